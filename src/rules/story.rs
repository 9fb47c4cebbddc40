//! The sentences that rules share: why a site repeats, who ends the owner, what the releases were.

use crate::diagnostic::Label;
use crate::facts::Facts;
use crate::facts::handler::Handler;
use crate::facts::owner::Owner;
use crate::facts::places::Root;
use crate::facts::repetition::Why;
use crate::obligations::{Captured, CapturedUse, Family, Verdict};
use crate::protocol::HandleRule;
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
    if let Some(meant) = misspelt(facts, verdict) {
        return Some(Label {
            span,
            text: format!("{name} is never called: the framework calls `{meant}()`"),
        });
    }
    let what = match verdict.family {
        Family::Handle(rule) => {
            let noun = &facts.protocols.handles[verdict.row].noun;
            &format!("{} the {noun}", verb(rule))
        }
        _ => "take this listener off",
    };
    let text = match verdict.owner {
        Owner::Effect(_) | Owner::Component(_) => format!("this cleanup does not {what}"),
        _ => format!("{name} ends the object and does not {what}"),
    };
    Some(Label { span, text })
}

/// Where a class without an end should release: the cleanup of the effect in it, its framework's teardown, or a method
/// that is yet to be named.
pub fn end_to_write(facts: &Facts<'_>, verdict: &Verdict, class: ClassId) -> String {
    if let Why::Effect(row, _) = verdict.repetition.why
        && facts.hook(row).cleanup.is_some()
    {
        return "the effect's `onCleanup(() => { … })`".to_owned();
    }
    match facts.lifecycle(class).and_then(|row| row.teardown_names.first()) {
        Some(name) => format!("`{name}()`"),
        None => format!("a method that ends `{}`", facts.classes.get(class).title()),
    }
}

/// Whether the site runs per request, message or event of a class that lives on: the class's end is not its own.
pub fn is_per_event(verdict: &Verdict) -> bool {
    matches!(verdict.repetition.why, Why::Handler(_))
}

/// The teardown that the owner's end was meant to be.
fn misspelt<'f>(facts: &'f Facts<'_>, verdict: &Verdict) -> Option<&'f str> {
    let function = verdict.teardowns.misspelt.filter(|_| verdict.teardowns.is_misspelt())?;
    let class = facts.classes.of_member(function)?;
    facts.misspelt_teardown(class, facts.function_name(function)?, function)
}

/// What to do about an end with a misspelt name.
pub fn rename(facts: &Facts<'_>, verdict: &Verdict) -> Option<String> {
    let meant = misspelt(facts, verdict)?;
    let title = facts.title(verdict.teardowns.misspelt?);
    Some(format!("rename {title} to `{meant}()`, so that it runs"))
}

fn verb(rule: HandleRule) -> &'static str {
    match rule {
        HandleRule::Interval | HandleRule::Timeout | HandleRule::Rearming => "clear",
        HandleRule::Observer => "disconnect",
        HandleRule::Subscription => "end",
        HandleRule::Resource => "release",
    }
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
    let of_this = |expr: ExprId| {
        let root = facts.places.of(expr).map(|place| facts.places.root(place));
        matches!(root, None | Some(Root::This(_) | Root::UnknownThis(_)))
    };
    let bound = match facts.tree.kind(callback) {
        Kind::Call { .. } => true,
        Kind::Member { .. } => of_this(callback),
        _ => false,
    };
    if facts.captures_this(function) || bound {
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
