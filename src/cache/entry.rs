//! What was found in a file, as bytes and back.

use crate::diagnostic::{Diagnostic, Label};
use crate::fingerprint::Anchor;
use crate::rules;
use crate::source::Span;

/// Findings as they were written; not yet believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<'c>(pub(super) &'c [u8]);

impl Found<'_> {
    /// The findings, if they can be those of this text.
    pub fn diagnostics(self, text: &str) -> Option<Vec<Diagnostic>> {
        let written: Vec<(&str, Diagnostic)> = serde_json::from_slice(self.0).ok()?;
        let believed = written.into_iter().map(|(rule, diagnostic)| {
            let rule = rules::find(rule)?.id;
            fits(&diagnostic, text).then_some(Diagnostic { rule, ..diagnostic })
        });
        believed.collect::<Option<Vec<_>>>().filter(|all| !all.is_empty())
    }
}

pub(super) fn write(diagnostics: &[Diagnostic]) -> Option<Vec<u8>> {
    let written: Vec<_> = diagnostics.iter().map(|diagnostic| (diagnostic.rule, diagnostic)).collect();
    serde_json::to_vec(&written).ok()
}

/// Whether all places of a diagnostic lie in a text.
fn fits(diagnostic: &Diagnostic, text: &str) -> bool {
    let Diagnostic { primary, labels, story, statement, anchor, .. } = diagnostic;
    let Anchor { acquire, functions, .. } = anchor;
    let labelled = std::iter::once(primary).chain(labels).map(|label: &Label| label.span);
    let mut spans = labelled.chain([*statement, *acquire]).chain(functions.iter().copied());
    spans.all(|span| is_in(span, text)) && story.iter().all(|at| *at < labels.len())
}

fn is_in(span: Span, text: &str) -> bool {
    text.get(span.start as usize..span.end as usize).is_some()
}
