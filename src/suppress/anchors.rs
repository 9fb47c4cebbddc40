//! Where users put a comment about a place in the code: above the statement, class member or JSX element around it.

use crate::ast::{
    ClassMember, Decorator, JSXElement, ModuleItem, Program, Spanned, Stmt, Visit, VisitWith, from_swc,
    span_of,
};
use crate::source::Span;

/// The statements and elements of a file's scripts.
#[derive(Debug, Default)]
pub struct Anchors {
    statements: Vec<Span>,
    elements: Vec<Span>,
}

impl Anchors {
    /// Adds those of one script.
    pub fn add(&mut self, program: &Program) {
        program.visit_with(self);
    }

    /// Ready to be asked.
    pub(super) fn index(self) -> Index {
        Index { statements: Nested::new(self.statements), elements: Nested::new(self.elements) }
    }
}

impl Visit for Anchors {
    fn visit_module_item(&mut self, item: &ModuleItem) {
        if let ModuleItem::ModuleDecl(declaration) = item {
            self.statements.push(span_of(declaration));
        }
        item.visit_children_with(self);
    }

    fn visit_stmt(&mut self, statement: &Stmt) {
        self.statements.push(span_of(statement));
        statement.visit_children_with(self);
    }

    fn visit_class_member(&mut self, member: &ClassMember) {
        let mut span = span_of(member);
        // Decorators stand before their member, and are written before it.
        let decorators: &[Decorator] = match member {
            ClassMember::ClassProp(prop) => &prop.decorators,
            ClassMember::PrivateProp(prop) => &prop.decorators,
            ClassMember::AutoAccessor(accessor) => &accessor.decorators,
            ClassMember::Method(method) => &method.function.decorators,
            _ => &[],
        };
        span.start = decorators
            .iter()
            .map(|one| from_swc(one.span()).start)
            .min()
            .unwrap_or(span.start)
            .min(span.start);
        self.statements.push(span);
        member.visit_children_with(self);
    }

    fn visit_jsx_element(&mut self, element: &JSXElement) {
        self.elements.push(span_of(element));
        element.visit_children_with(self);
    }
}

/// Answers which statement and which element are the innermost around an offset.
pub(super) struct Index {
    statements: Nested,
    elements: Nested,
}

impl Index {
    pub(super) fn statement(&self, at: u32) -> Option<Span> {
        self.statements.innermost(at)
    }

    pub(super) fn element(&self, at: u32) -> Option<Span> {
        self.elements.innermost(at)
    }
}

/// Spans that lie inside or beside one another.
struct Nested {
    /// Which span is the innermost from an offset on, in order.
    cuts: Vec<(u32, Option<Span>)>,
}

impl Nested {
    fn new(mut spans: Vec<Span>) -> Self {
        spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
        let mut cuts = Vec::with_capacity(spans.len() * 2);
        let mut open: Vec<Span> = Vec::new();
        let close = |open: &mut Vec<Span>, cuts: &mut Vec<_>, until: u32| {
            while let Some(ended) = open.pop_if(|span| span.end <= until) {
                cuts.push((ended.end, open.last().copied()));
            }
        };
        for span in spans {
            close(&mut open, &mut cuts, span.start);
            cuts.push((span.start, Some(span)));
            open.push(span);
        }
        close(&mut open, &mut cuts, u32::MAX);
        Self { cuts }
    }

    fn innermost(&self, at: u32) -> Option<Span> {
        let next = self.cuts.partition_point(|(from, _)| *from <= at);
        self.cuts[..next].last()?.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_span() {
        let [outer, left, right, deep] = [(2, 20), (4, 8), (8, 16), (10, 12)].map(|(a, b)| Span::new(a, b));
        let nested = Nested::new(vec![right, deep, outer, left, outer]);
        for (at, expected) in [
            (0, None),
            (2, Some(outer)),
            (4, Some(left)),
            (8, Some(right)),
            (11, Some(deep)),
            (12, Some(right)),
            (16, Some(outer)),
            (19, Some(outer)),
            (20, None),
        ] {
            assert_eq!(nested.innermost(at), expected, "{at}");
        }
        assert_eq!(Nested::new(Vec::new()).innermost(3), None);
    }
}
