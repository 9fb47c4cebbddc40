//! The sentences that rules share: why a site repeats, who ends the owner, what the releases were.

use crate::diagnostic::Label;
use crate::facts::Facts;
use crate::facts::owner::Owner;
use crate::facts::repetition::{Repetition, Why};
use crate::obligations::{Captured, CapturedUse, Family, Verdict};
use crate::semantic::*;
use crate::source::Span;

/// How far a chain of callers is told.
const MAX_CALLERS: usize = 6;

/// The label that says why the site runs again and again.
pub fn repeats(facts: &Facts<'_>, verdict: &Verdict) -> Label {
    let function = facts.tree.expr(verdict.site).function;
    root_cause(facts, function, &verdict.repetition)
}

/// Follows callers to what starts the chain.
fn root_cause(facts: &Facts<'_>, function: FnId, repetition: &Repetition) -> Label {
    let (mut function, mut repetition) = (function, repetition.clone());
    let mut through = Vec::new();
    for _ in 0..MAX_CALLERS {
        let call = match repetition.why {
            Why::Caller(call) | Why::Given(call) => call,
            Why::Constructed(call) => call,
            _ => break,
        };
        let next = facts.tree.expr(call).function;
        if next == function || next == MODULE {
            break;
        }
        through.push(title(facts, function));
        function = next;
        repetition = facts.repetition[next.index()].clone();
    }
    let (span, mut text) = cause(facts, function, &repetition.why);
    if let Some(first) = through.first() {
        text = format!("{text}, and it runs {first}");
    }
    Label { span, text }
}

fn cause(facts: &Facts<'_>, function: FnId, why: &Why) -> (Span, String) {
    let tree = facts.tree;
    let head = tree.function(function).head;
    let name = title(facts, function);
    match why {
        Why::Effect(row, call) => (callee_span(facts, *call), facts.protocols.effects[*row].what.clone()),
        Why::Lifecycle(row) => {
            let what = &facts.protocols.lifecycles[*row].what;
            match what.as_str() {
                "element" => (head, "runs each time an element of this class enters a document".to_owned()),
                what => (head, format!("runs for every {what} of this class")),
            }
        }
        Why::Component => (head, "runs at every render".to_owned()),
        Why::Handler(call) => (callee_span(facts, *call), handler_words(facts, *call)),
        Why::JsxHandler => (head, "runs at every event".to_owned()),
        Why::Interval(call) => (callee_span(facts, *call), "runs at every tick of this interval".to_owned()),
        Why::Loop(site) => (tree.span(*site), "runs in a loop".to_owned()),
        Why::VisibleClass(class) => {
            let fact = facts.classes.get(*class);
            (fact.head, format!("runs for every `new {}`", fact.title()))
        }
        Why::PublicMethod(class) => {
            (head, format!("runs at every call of {name} on any `{}`", facts.classes.get(*class).title()))
        }
        Why::Constructed(call) | Why::Caller(call) | Why::Given(call) => {
            (callee_span(facts, *call), format!("{name} is called here"))
        }
        Why::Exported => (head, format!("{name} is exported: it runs at every call from elsewhere")),
        Why::NeverCalled => {
            (head, format!("nothing here calls {name}: it runs at every call from elsewhere"))
        }
        Why::Returned => (head, format!("{name} is handed out: it runs whenever its new owner calls it")),
        Why::ModuleTop | Why::OnceByName => (head, format!("{name} runs")),
    }
}

fn handler_words(facts: &Facts<'_>, call: ExprId) -> String {
    let args = facts.tree.call_parts(call).map_or(&[][..], |(_, args)| args);
    match args.first().and_then(|arg| facts.tree.as_string(*arg)) {
        Some(event) if event.starts_with('/') => format!("runs for every request to `{event}`"),
        Some(event) => format!("runs for every `{event}`"),
        None => "runs for every request or event".to_owned(),
    }
}

/// A function as the reader would call it, in backticks.
pub fn title(facts: &Facts<'_>, function: FnId) -> String {
    match facts.function_name(function) {
        Some(name) if name == "constructor" => {
            let class = facts.classes.of_member(function);
            let class = class.map_or("the class", |class| facts.classes.get(class).title());
            format!("the constructor of `{class}`")
        }
        Some(name) => format!("`{name}()`"),
        None => "this function".to_owned(),
    }
}

/// The owner as the reader would call it.
pub fn owner_title(facts: &Facts<'_>, owner: Owner) -> String {
    match owner {
        Owner::Class(class) => format!("`{}`", facts.classes.get(class).title()),
        Owner::Effect(_) => "the effect".to_owned(),
        Owner::Component(function) | Owner::Factory(function) | Owner::Call(function) => {
            title(facts, function)
        }
        Owner::Module => "the module".to_owned(),
    }
}

/// The span of what a call calls.
pub fn callee_span(facts: &Facts<'_>, call: ExprId) -> Span {
    facts.tree.call_parts(call).map_or(facts.tree.span(call), |(callee, _)| facts.tree.span(callee))
}

/// Where the owner's end is, and that it forgets this.
pub fn forgetful_end(facts: &Facts<'_>, verdict: &Verdict) -> Option<Label> {
    let function = verdict.teardowns.strong()?;
    let span = facts.tree.function(function).head;
    let name = title(facts, function);
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
    let span = facts.tree.function(function).head;
    let mut kept = Vec::new();
    if facts.captures_this(function)
        || matches!(facts.tree.kind(callback), Kind::Call { .. } | Kind::Member { .. })
    {
        kept.push("`this`".to_owned());
    }
    let names = facts.captures(function);
    kept.extend(names.iter().take(3).map(|name| format!("`{}`", facts.tree.scopes.binding(*name).name)));
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
    let size = if captured.size.is_empty() { "the whole file or body" } else { &captured.size };
    Label { span: binding.span, text: format!("{size} {how}") }
}
