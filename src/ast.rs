//! The only door through which swc's syntax tree enters the crate.

pub use swc_atoms::Atom;
pub use swc_common::{BytePos, Span as SwcSpan, Spanned};
pub use swc_ecma_ast::*;
pub use swc_ecma_visit::{Visit, VisitWith};

use crate::source::Span;

/// Turns swc's 1-based byte positions into our 0-based half-open byte span.
///
/// Dummy spans (position 0) become the empty span at the start of the file.
pub fn span_of(node: &impl Spanned) -> Span {
    from_swc(node.span())
}

/// See [`span_of`].
pub fn from_swc(span: SwcSpan) -> Span {
    Span { start: span.lo.0.saturating_sub(1), end: span.hi.0.saturating_sub(1) }
}

/// The text of a string literal; lone surrogates, which no name of interest contains, give `None`.
pub fn string_value(value: &swc_atoms::Wtf8Atom) -> Option<Atom> {
    value.clone().try_into_atom().ok()
}
