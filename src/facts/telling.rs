//! Facts in words: functions and owners by name, and why a site repeats.

use super::Facts;
use super::owner::Owner;
use super::repetition::{Level, Repetition, Why};
use crate::protocol::HandleRule;
use crate::semantic::*;
use crate::source::Span;

/// How far a chain of callers is told.
const MAX_CALLERS: usize = 6;

impl Level {
    /// In words, for traces.
    pub fn words(self) -> &'static str {
        match self {
            Self::Once => "once",
            Self::Unknown => "nobody can say how often",
            Self::MayRepeat => "perhaps again and again",
            Self::Repeated => "again and again",
        }
    }
}

impl Facts<'_> {
    /// A function as the reader would call it, in backticks.
    pub fn title(&self, function: FnId) -> String {
        match self.function_name(function) {
            Some(name) if name == "constructor" => {
                let class = self.classes.of_member(function);
                let class = class.map_or("the class", |class| self.classes.get(class).title());
                format!("the constructor of `{class}`")
            }
            Some(name) => format!("`{name}()`"),
            None if self.tree.function(function).kind == FnKind::Instance => "the component".to_owned(),
            None => "this function".to_owned(),
        }
    }

    /// The names of a function and of what stands around it, outermost first: `SessionStore.watch.retry`.
    pub fn scopes(&self, function: FnId) -> String {
        let mut names = Vec::new();
        let mut inside = None;
        for function in self.tree.enclosing(function) {
            names.extend(self.function_name(function));
            let class = self.classes.of_member(function);
            // An arrow in a field stands in the field's initialiser, which is of the same class.
            if let Some(class) = class.filter(|class| inside != Some(*class)) {
                names.extend(self.classes.get(class).name.as_ref());
                inside = Some(class);
            }
        }
        names.iter().rev().map(|name| name.as_str()).collect::<Vec<_>>().join(".")
    }

    /// The owner as the reader would call it.
    pub fn owner_title(&self, owner: Owner) -> String {
        match owner {
            Owner::Class(class) => format!("`{}`", self.classes.get(class).title()),
            Owner::Effect(function) => {
                let row = self.roles.effects.get(&function).map(|(row, _)| self.hook(*row));
                format!("the {}", row.and_then(|row| row.noun.as_deref()).unwrap_or("effect"))
            }
            Owner::Component(function) | Owner::Factory(function) | Owner::Call(function) => {
                self.title(function)
            }
            Owner::Module => "the module".to_owned(),
        }
    }

    /// The span of what a call calls.
    pub fn callee_span(&self, call: ExprId) -> Span {
        self.tree.call_parts(call).map_or(self.tree.span(call), |(callee, _)| self.tree.span(callee))
    }

    /// Why a function runs again and again, told from what starts the chain of its callers; the span is that place.
    pub fn why_repeated(&self, function: FnId, repetition: &Repetition) -> (Span, String) {
        let (mut function, mut repetition) = (function, repetition.clone());
        let mut through = Vec::new();
        for _ in 0..MAX_CALLERS {
            let call = match repetition.why {
                Why::Caller(call) | Why::Given(call) => call,
                Why::Constructed(call) => call,
                _ => break,
            };
            let next = self.tree.expr(call).function;
            if next == function || next == MODULE {
                break;
            }
            through.push(self.title(function));
            function = next;
            repetition = self.repetition(next).clone();
        }
        let (span, mut text) = self.cause(function, &repetition.why);
        if let Some(first) = through.first() {
            text = format!("{text}, and it runs {first}");
        }
        (span, text)
    }

    fn cause(&self, function: FnId, why: &Why) -> (Span, String) {
        let tree = self.tree;
        let head = tree.function(function).head;
        let name = self.title(function);
        match why {
            Why::Effect(row, call) => (self.callee_span(*call), self.hook(*row).what.clone()),
            Why::Lifecycle(row) => {
                let row = &self.protocols.lifecycles[*row];
                let member = self.function_name(function);
                let text = match member {
                    Some(name) if row.entry.has(name) && row.element => {
                        "runs each time an element of this class enters a document".to_owned()
                    }
                    Some(name) if row.entry.has(name) => {
                        format!("runs each time a {} of this class is connected", row.what)
                    }
                    Some(name) if row.repeats_per_instance.has(name) => {
                        format!("runs again and again in the life of each {} of this class", row.what)
                    }
                    _ if self.classes.of_member(function).is_some_and(|at| self.classes.is_options(at)) => {
                        format!("runs for every instance of this {}", row.what)
                    }
                    _ => format!("runs for every {} of this class", row.what),
                };
                (head, text)
            }
            Why::Component if self.roles.hooks.instances.contains(&function) => {
                (head, "runs for every instance of the component".to_owned())
            }
            Why::Component => (head, "runs at every render".to_owned()),
            Why::Reactive => (head, "runs whenever something that it reads changes".to_owned()),
            Why::Markup if self.is_action(function) => {
                (head, "runs for every element to which the markup applies it".to_owned())
            }
            Why::Markup => (head, "the markup calls it: it runs at its events".to_owned()),
            Why::Handler(call) => (self.callee_span(*call), self.handler_words(*call)),
            Why::JsxHandler => (head, "runs at every event".to_owned()),
            Why::CalledBack(row, call) => {
                let row = &self.protocols.handles[*row];
                let text = match row.rule {
                    HandleRule::Interval => "runs at every tick of this interval".to_owned(),
                    _ => format!("runs whenever this {} calls it", row.noun),
                };
                (self.callee_span(*call), text)
            }
            Why::Loop(site) => (tree.span(*site), "runs in a loop".to_owned()),
            Why::VisibleClass(class) => {
                let fact = self.classes.get(*class);
                (fact.head, format!("runs for every `new {}`", fact.title()))
            }
            Why::PublicMethod(class) => {
                (head, format!("runs at every call of {name} on any `{}`", self.classes.get(*class).title()))
            }
            Why::Constructed(call) | Why::Caller(call) | Why::Given(call) => {
                (self.callee_span(*call), format!("{name} is called here"))
            }
            Why::Exported => (head, format!("{name} is exported: it runs at every call from elsewhere")),
            Why::NeverCalled => {
                (head, format!("nothing here calls {name}: it runs at every call from elsewhere"))
            }
            Why::Returned => (head, format!("{name} is handed out: it runs whenever its new owner calls it")),
            Why::ModuleTop | Why::OnceByName => (head, format!("{name} runs")),
        }
    }

    fn handler_words(&self, call: ExprId) -> String {
        let args = self.tree.call_parts(call).map_or(&[][..], |(_, args)| args);
        match args.first().and_then(|arg| self.tree.as_string(*arg)) {
            Some(event) if event.starts_with('/') => format!("runs for every request to `{event}`"),
            Some(event) => format!("runs for every `{event}`"),
            None => "runs for every request or event".to_owned(),
        }
    }
}
