//! What a finding is recognised by after code has moved: its rule, its file, the names around it, and what is acquired.
//!
//! No line, column, message or version takes part. Equal findings of one file have equal fingerprints: who needs to tell
//! them apart counts them.

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use serde::{Deserialize, Serialize};
use siphasher::sip128::{Hasher128, SipHasher24};
use std::hash::Hasher;

/// Raised when the same finding would get another fingerprint than before: everything that is known then becomes new.
pub const VERSION: u32 = 1;

/// Characters of an acquire that count; what follows only makes long literals cost more.
const LONGEST: usize = 4_096;

/// Where a finding stands, in terms that do not move.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Anchor {
    /// The names of the classes and functions around it, outermost first: `SessionStore.watchMemory`. Empty at the top
    /// of a file; functions without a name are left out.
    pub scopes: String,
    /// The acquiring expression.
    pub acquire: Span,
    /// The function literals in it, in order of place, none inside another. Their text does not count: a listener is the
    /// same one after its handler was edited.
    pub functions: Vec<Span>,
}

/// The fingerprint of a finding or notice: 32 hexadecimal digits.
///
/// `path` is the file's, relative to the root that the fingerprints of a run share, with `/`; `text` is the file's text.
pub fn fingerprint(diagnostic: &Diagnostic, path: &str, text: &str) -> String {
    let mut hasher = SipHasher24::new();
    let acquire = acquire(&diagnostic.anchor, text);
    for part in [diagnostic.rule, path, &diagnostic.anchor.scopes, &acquire] {
        hasher.write(part.as_bytes());
        // No part can hold this byte by itself, as all are UTF-8.
        hasher.write(&[0xFF]);
    }
    let hash = hasher.finish128();
    format!("{:016x}{:016x}", hash.h1, hash.h2)
}

/// The acquire as it counts: without blanks, comments, functions, and what formatters change. A comment that is the whole
/// of it loses its line breaks only.
///
/// `process.on( "exit", () => save(), )` and `process.on('exit', function () {})` are both `process.on('exit',ƒ)`.
pub fn acquire(anchor: &Anchor, text: &str) -> String {
    let (start, end) = (anchor.acquire.start as usize, anchor.acquire.end as usize);
    let Some(written) = text.get(start..end) else {
        return String::new();
    };
    let mut squeezed = Squeezed { text: &text[..end], at: start, out: String::new() };
    squeezed.all(&anchor.functions);
    if squeezed.out.is_empty() {
        return written.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    squeezed.out
}

struct Squeezed<'t> {
    text: &'t str,
    /// Byte offset of what is read next.
    at: usize,
    out: String,
}

impl Squeezed<'_> {
    fn all(&mut self, functions: &[Span]) {
        let mut functions = functions.iter().peekable();
        while self.at < self.text.len() && self.out.len() < LONGEST {
            while functions.peek().is_some_and(|function| (function.start as usize) < self.at) {
                functions.next();
            }
            match functions.peek() {
                Some(function) if function.start as usize == self.at => {
                    self.out.push('ƒ');
                    self.skip_to(function.end as usize);
                }
                _ => self.next(),
            }
        }
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Goes on at a byte offset, or behind it if that lies inside a character.
    fn skip_to(&mut self, offset: usize) {
        self.at = offset.max(self.at + 1);
        while !self.text.is_char_boundary(self.at.min(self.text.len())) {
            self.at += 1;
        }
    }

    fn next(&mut self) {
        let Some(c) = self.rest().chars().next() else {
            self.at = self.text.len();
            return;
        };
        match c {
            _ if c.is_whitespace() => self.blank(c.len_utf8()),
            '/' if self.rest().starts_with("//") => {
                self.blank(self.rest().find('\n').unwrap_or(usize::MAX - self.at));
            }
            '/' if self.rest().starts_with("/*") => {
                self.blank(self.rest().find("*/").map_or(usize::MAX - self.at, |end| end + 2));
            }
            '"' | '\'' => self.string(c),
            '`' => self.template(),
            ')' | ']' | '}' => {
                if self.out.ends_with(',') {
                    self.out.pop();
                }
                self.push(c);
            }
            c => self.push(c),
        }
    }

    fn push(&mut self, c: char) {
        self.out.push(c);
        self.at += c.len_utf8();
    }

    /// Something that only keeps words apart, `len` bytes long.
    fn blank(&mut self, len: usize) {
        self.at = self.at.saturating_add(len).min(self.text.len());
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
        if self.out.chars().next_back().is_some_and(is_word) && self.rest().starts_with(is_word) {
            self.out.push(' ');
        }
    }

    /// A string, which ends on its line; whichever quotes it has, it is written with single ones.
    fn string(&mut self, quote: char) {
        self.at += 1;
        self.out.push('\'');
        while let Some(c) = self.rest().chars().next() {
            let escapes_quote = self.rest().starts_with("\\'") || self.rest().starts_with("\\\"");
            match c {
                '\\' if escapes_quote => {
                    self.at += 1;
                    self.push(self.text.as_bytes()[self.at] as char);
                }
                '\\' => {
                    self.push('\\');
                    if let Some(escaped) = self.rest().chars().next() {
                        self.push(escaped);
                    }
                }
                '\n' => break,
                c if c == quote => {
                    self.at += 1;
                    break;
                }
                c => self.push(c),
            }
        }
        self.out.push('\'');
    }

    /// A template as it is written, up to the next backtick.
    fn template(&mut self) {
        self.push('`');
        while let Some(c) = self.rest().chars().next() {
            self.push(c);
            match c {
                '`' => return,
                '\\' => {
                    if let Some(escaped) = self.rest().chars().next() {
                        self.push(escaped);
                    }
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Squeezes a whole text; `«…»` marks a function in it.
    fn squeezed(marked: &str) -> String {
        let (mut text, mut functions) = (String::new(), Vec::new());
        for c in marked.chars() {
            let at = text.len() as u32;
            match c {
                '«' => functions.push(Span::new(at, at)),
                '»' => functions.last_mut().unwrap().end = at,
                c => text.push(c),
            }
        }
        let anchor = Anchor { scopes: String::new(), acquire: Span::new(0, text.len() as u32), functions };
        acquire(&anchor, &text)
    }

    #[test]
    fn what_formatters_change_does_not_count() {
        let squeezed_once = squeezed("process.on('exit',«()=>save()»)");
        assert_eq!(squeezed_once, "process.on('exit',ƒ)");
        for same in [
            "process.on(\"exit\", «() => { save(); more() }»)",
            "process\r\n\t.on(\n  'exit', // at the end\n  «function () {}»,\n)",
            "process /* the /* program */ . on ('exit',«x=>x»,)",
            "process\u{a0}.on('exit',«()=>')'»)",
        ] {
            assert_eq!(squeezed(same), squeezed_once, "{same}");
        }
    }

    #[test]
    fn what_is_written_counts() {
        assert_eq!(squeezed("new  Worker( \"it's\" )"), "new Worker('it's')");
        assert_eq!(squeezed(r#"f('it\'s', "\n\"")"#), r#"f('it's','\n"')"#);
        assert_eq!(squeezed("f('a  b')"), "f('a  b')");
        assert_eq!(squeezed("f(`a  ${ b }\\` `, 1)"), "f(`a  ${ b }\\` `,1)");
        assert_eq!(squeezed("f(' //no comment')"), "f(' //no comment')");
        assert_eq!(squeezed("// a  comment\r\n only"), "only");
        assert_eq!(squeezed("// a  comment"), "// a comment");
    }

    #[test]
    fn broken_texts_end() {
        for text in ["f('", "f('\\", "f(`", "f(`\\", "f(/*", "f(//", "f(\"\\\"", "é\\", "'\\é"] {
            assert!(!squeezed(text).is_empty(), "{text}");
        }
        let beyond = Anchor { acquire: Span::new(3, 9), ..Anchor::default() };
        assert_eq!(acquire(&beyond, "short"), "");
        let inside = Anchor { acquire: Span::new(1, 3), ..Anchor::default() };
        assert_eq!(acquire(&inside, "é"), "", "no character begins there");
        let long = squeezed(&format!("f('{}')", "x".repeat(10_000)));
        assert!(long.len() < 10_010);
    }

    /// Another value here is a new [`VERSION`].
    #[test]
    fn stays_the_same_over_versions() {
        let mut one = Diagnostic::notice("not-text", Span::default(), "words do not count", "");
        let first = fingerprint(&one, "a.js", "");
        assert_eq!(first, "8cc8a0bd385802ba8e7b3f974a5e8eda");
        assert_ne!(fingerprint(&one, "b.js", ""), first);
        one.anchor.scopes = "f".to_owned();
        assert_ne!(fingerprint(&one, "a.js", ""), first);
    }
}
