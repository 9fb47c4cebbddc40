//! Text to syntax tree. The only file that knows swc's syntax options.

use crate::ast::{BytePos, Program, from_swc};
use crate::source::{Language, Span};
use swc_common::comments::{Comments, SingleThreadedComments};
use swc_ecma_parser::{EsSyntax, FlowSyntax, Parser, StringInput, Syntax, TsSyntax, lexer::Lexer};

/// Why a file could not be parsed, with the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    pub message: String,
    pub span: Span,
}

/// Parses a file; recoverable errors (a duplicate `let`, say) are passed over, since the tree is whole.
///
/// # Errors
/// The first error that swc cannot recover from.
pub fn parse(text: &str, language: Language) -> Result<Parsed, SyntaxError> {
    parse_part(text, 0, language)
}

/// Parses a part of a file that begins at a byte offset; every span is one into the whole file.
///
/// # Errors
/// The first error that swc cannot recover from.
pub fn parse_part(part: &str, offset: u32, language: Language) -> Result<Parsed, SyntaxError> {
    // A panic of the parser is its way to refuse a text (a file that ends inside a class body, for one).
    let parsed = std::panic::catch_unwind(|| attempt(part, offset, language));
    parsed.unwrap_or_else(|_| {
        let span = Span::new(offset, offset);
        Err(SyntaxError { message: "the parser gave up on it".to_owned(), span })
    })
}

fn attempt(text: &str, offset: u32, language: Language) -> Result<Parsed, SyntaxError> {
    let first = parse_with(text, offset, syntax_of(text, language));
    match (&first, language) {
        // Some `.js` files use Flow without saying so.
        (Err(_), Language::JavaScript) if looks_typed(text) => parse_with(text, offset, flow()).or(first),
        _ => first,
    }
}

/// A tree, and the comments where the text has any that leaklint reads.
pub struct Parsed {
    pub program: Program,
    /// Those that name leaklint, in order.
    pub comments: Vec<Comment>,
}

/// A comment that names leaklint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// With what opens and closes it. Bytes.
    pub span: Span,
    /// What stands inside.
    pub text: String,
}

/// How many open parentheses the parser may have to read twice before it takes too long (measured: at 10 in Flow's
/// syntax and at 20 in TypeScript's it takes seconds, and every further level two to four times as long).
pub fn speculation_limit(text: &str, language: Language) -> u32 {
    let flow = language == Language::JavaScript && (has_flow_pragma(text) || looks_typed(text));
    if flow { 9 } else { 18 }
}

fn looks_typed(text: &str) -> bool {
    text.contains("import type") || text.contains(": ?") || text.contains("export type")
}

fn parse_with(text: &str, offset: u32, syntax: Syntax) -> Result<Parsed, SyntaxError> {
    let start = BytePos(1 + offset);
    let end = BytePos(1 + offset + text.len() as u32);
    let input = StringInput::new(text, start, end);
    let comments = SingleThreadedComments::default();
    let wanted = memchr::memmem::find(text.as_bytes(), b"leaklint").is_some();
    let kept = wanted.then_some(&comments as &dyn Comments);
    let lexer = Lexer::new(syntax, Default::default(), input, kept);
    let mut parser = Parser::new_from(lexer);
    let program = parser.parse_program().map_err(|error| SyntaxError {
        message: error.kind().msg().to_string(),
        span: clamp(from_swc(swc_common::Spanned::span(&error)), offset, text),
    })?;
    Ok(Parsed { program, comments: own_comments(comments) })
}

fn own_comments(comments: SingleThreadedComments) -> Vec<Comment> {
    let (leading, trailing) = comments.take_all();
    let mut found: Vec<Comment> = leading
        .borrow()
        .values()
        .chain(trailing.borrow().values())
        .flatten()
        .filter(|comment| comment.text.contains("leaklint"))
        .map(|comment| Comment { span: from_swc(comment.span), text: comment.text.to_string() })
        .collect();
    found.sort_by_key(|comment| comment.span);
    found.dedup();
    found
}

fn clamp(span: Span, offset: u32, text: &str) -> Span {
    let end = offset + text.len() as u32;
    Span::new(span.start.clamp(offset, end), span.end.clamp(offset, end))
}

fn syntax_of(text: &str, language: Language) -> Syntax {
    match language {
        Language::JavaScript if has_flow_pragma(text) => flow(),
        Language::JavaScript => Syntax::Es(EsSyntax {
            jsx: true,
            decorators: true,
            decorators_before_export: true,
            export_default_from: true,
            import_attributes: true,
            allow_super_outside_method: true,
            allow_return_outside_function: true,
            auto_accessors: true,
            explicit_resource_management: true,
            fn_bind: false,
        }),
        Language::TypeScript => typescript(false),
        // A component is never parsed as a whole; its scripts say what they are.
        Language::Tsx | Language::Vue { .. } | Language::Svelte { .. } | Language::Astro => typescript(true),
    }
}

fn typescript(tsx: bool) -> Syntax {
    Syntax::Typescript(TsSyntax { tsx, decorators: true, no_early_errors: true, ..Default::default() })
}

fn flow() -> Syntax {
    Syntax::Flow(FlowSyntax {
        jsx: true,
        all: true,
        enums: true,
        decorators: true,
        components: true,
        ..Default::default()
    })
}

/// Whether a comment among the first lines says `@flow`, as Flow itself asks for.
fn has_flow_pragma(text: &str) -> bool {
    let head = &text.as_bytes()[..text.len().min(1024)];
    memchr::memmem::find(head, b"@flow").is_some()
}
