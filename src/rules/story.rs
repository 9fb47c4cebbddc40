//! The sentences that rules share: why a site repeats, who ends the owner, what the releases were.

use crate::diagnostic::Label;
use crate::facts::Facts;
use crate::facts::handler::Handler;
use crate::facts::owner::Owner;
use crate::obligations::{Captured, CapturedUse, Family, Verdict};
use crate::semantic::*;

/// The label that says why the site runs again and again.
pub fn repeats(facts: &Facts<'_>, verdict: &Verdict) -> Label {
    let function = facts.tree.expr(verdict.site).function;
    let (span, text) = facts.why_repeated(function, &verdict.repetition);
    Label { span, text }
}

/// Where the owner's end is, and that it forgets this.
pub fn forgetful_end(facts: &Facts<'_>, verdict: &Verdict) -> Option<Label> {
    let function = verdict.teardowns.strong()?;
    let span = facts.tree.function(function).head;
    let name = facts.title(function);
    let what = match verdict.family {
        Family::Interval => "clear the interval",
        _ => "take this listener off",
    };
    let text = match verdict.owner {
        Owner::Effect(_) | Owner::Component(_) => format!("this cleanup does not {what}"),
        _ => format!("{name} ends the object and does not {what}"),
    };
    Some(Label { span, text })
}

/// What a handler or callback keeps alive, as a label on it.
pub fn kept(facts: &Facts<'_>, verdict: &Verdict, callback: Option<ExprId>) -> Option<Label> {
    if let Some(captured) = &verdict.captured {
        return Some(large(facts, captured));
    }
    let callback = callback?;
    let function = facts.functions_of(callback).first().copied()?;
    if matches!(facts.handler(callback), Handler::Method(_)) {
        return None;
    }
    let span = facts.tree.function(function).head;
    let mut kept = Vec::new();
    if facts.captures_this(function)
        || matches!(facts.tree.kind(callback), Kind::Call { .. } | Kind::Member { .. })
    {
        kept.push("`this`".to_owned());
    }
    let names = facts.captures(function);
    kept.extend(names.iter().map(|name| format!("`{}`", facts.tree.scopes.binding(*name).name)));
    (!kept.is_empty()).then(|| Label { span, text: format!("keeps {} alive", enumerated(&kept)) })
}

/// `a`, `a and b`, `a, b and c`.
fn enumerated(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The large value a closure keeps, as a label on the value.
pub fn large(facts: &Facts<'_>, captured: &Captured) -> Label {
    let binding = facts.tree.scopes.binding(captured.binding);
    let how = match &captured.use_of_it {
        CapturedUse::Whole => "kept by the function that uses it".to_owned(),
        CapturedUse::Scalar(name) => format!("kept whole, though only its `{name}` is read"),
        CapturedUse::Shared(_) => {
            "kept although the function does not use it: closures of one scope share its variables".to_owned()
        }
    };
    let size = if captured.size.is_empty() { "the file or body" } else { &captured.size };
    Label { span: binding.span, text: format!("{size} {how}") }
}
