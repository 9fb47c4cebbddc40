//! One call that adds or removes a listener, read into its keys.

use super::super::Engine;
use crate::ast::Atom;
use crate::facts::handler::Handler;
use crate::facts::paths;
use crate::facts::places::{PlaceId, Root};
use crate::protocol::ListenerRole;
use crate::semantic::*;

/// What a listener listens for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in super::super) enum Event {
    Named(Atom),
    /// `Events.CHANGE`, or the element of a list of names.
    Place(PlaceId),
    Dynamic,
    /// A blanket removal without an event.
    All,
}

/// One listener call.
#[derive(Debug)]
pub(in super::super) struct Site {
    pub call: ExprId,
    pub row: usize,
    pub role: ListenerRole,
    pub receiver: Option<ExprId>,
    pub place: Option<PlaceId>,
    pub event: Event,
    pub handler: Option<ExprId>,
    pub identity: Handler,
    /// `None` where the options cannot be read.
    pub capture: Option<bool>,
    pub once: bool,
    pub signal: bool,
    /// The receiver is known to be such a target, or the method's name alone says so.
    pub known: bool,
}

impl Engine<'_, '_> {
    /// Reads a call, if it is a listener's.
    pub(super) fn listener_site(&self, call: ExprId, callee: ExprId, args: &[ExprId]) -> Option<Site> {
        let facts = self.facts;
        let name = facts.callee_name(callee)?;
        let rows = facts.protocols.listener_methods.get(name)?;
        let receiver = match facts.tree.kind(callee) {
            Kind::Member { object, .. } => Some(*object),
            // A bare `addEventListener(…)` is the window's.
            Kind::Ident(reference) => {
                if facts.tree.scopes.reference(*reference).binding.is_some() {
                    return None;
                }
                None
            }
            _ => return None,
        };
        let (row, role) = *rows.iter().find(|(row, role)| self.fits(*row, *role, receiver, args))?;
        let protocol = &facts.protocols.listeners[row];
        let (receiver, args) = match protocol.target {
            Some(at) => (args.get(at).copied(), args.get(at + 1..).unwrap_or_default()),
            None => (receiver, args),
        };
        let at = usize::from(!protocol.unary);
        let handler = args.get(at).copied();
        let event = match (protocol.unary, args.first()) {
            (true, _) => Event::Named(Atom::from("change")),
            (false, Some(event)) => self.event(*event),
            (false, None) => Event::All,
        };
        // `emitter.off('x')` takes off every handler of the event.
        let role = match (role, handler) {
            (ListenerRole::Remove, None) if !protocol.distinctive => ListenerRole::Blanket,
            (role, _) => role,
        };
        let options = protocol.options.and_then(|at| args.get(at)).copied();
        let options = self.options(options);
        Some(Site {
            call,
            row,
            role,
            receiver,
            place: match receiver {
                Some(receiver) => facts.places.of(receiver),
                None => facts.places.at_root(&Root::Global(Atom::from("window"))),
            },
            event,
            handler,
            identity: handler.map_or(Handler::Unknown, |handler| facts.handler(handler)),
            capture: options.capture,
            once: role == ListenerRole::Once || options.once,
            signal: options.signal,
            known: protocol.distinctive
                || protocol.target.is_some()
                || receiver.is_some_and(|receiver| self.is_target(row, receiver)),
        })
    }

    /// Whether the arguments have the row's shape.
    fn fits(&self, row: usize, role: ListenerRole, receiver: Option<ExprId>, args: &[ExprId]) -> bool {
        let facts = self.facts;
        let protocol = &facts.protocols.listeners[row];
        if receiver.is_none() && !protocol.distinctive {
            return false;
        }
        if let Some(at) = protocol.target {
            return self.fits_helper(at, role, receiver, args);
        }
        let spread = args.iter().any(|arg| matches!(facts.tree.kind(*arg), Kind::Spread(_)));
        match role {
            _ if spread => false,
            ListenerRole::Blanket => args.len() <= 1,
            _ if protocol.unary => args.len() == 1,
            ListenerRole::Remove if !protocol.distinctive => {
                args.first().is_none_or(|event| self.may_be_event(*event))
            }
            _ => args.len() >= 2 && self.may_be_event(args[0]) && self.may_be_handler(args[1]),
        }
    }

    /// `Events.on(target, 'x', handler)` on an imported or module-level helper.
    fn fits_helper(&self, at: usize, role: ListenerRole, receiver: Option<ExprId>, args: &[ExprId]) -> bool {
        let facts = self.facts;
        let namespace = receiver.and_then(|receiver| facts.places.of(receiver)).is_some_and(|place| {
            match facts.places.root(place) {
                Root::Binding(binding) => facts.tree.scopes.function_of(*binding) == MODULE,
                Root::Global(_) => true,
                _ => false,
            }
        });
        let least = if role == ListenerRole::Remove { at + 2 } else { at + 3 };
        namespace
            && args.len() >= least
            && !matches!(facts.tree.kind(args[at]), Kind::String(_))
            && facts.tree.as_string(args[at + 1]).is_some()
            && args.get(at + 2).is_none_or(|handler| self.may_be_handler(*handler))
    }

    fn may_be_event(&self, arg: ExprId) -> bool {
        matches!(
            self.facts.tree.kind(arg),
            Kind::String(_)
                | Kind::Ident(_)
                | Kind::Member { .. }
                | Kind::Index { .. }
                | Kind::Template(_)
                | Kind::Binary { .. }
                | Kind::Conditional { .. }
        )
    }

    fn may_be_handler(&self, arg: ExprId) -> bool {
        matches!(
            self.facts.tree.kind(arg),
            Kind::Function(_)
                | Kind::Ident(_)
                | Kind::Member { .. }
                | Kind::Index { .. }
                | Kind::Call { .. }
                | Kind::This
                | Kind::Assign { .. }
                | Kind::Binary { .. }
                | Kind::Conditional { .. }
        )
    }

    pub(super) fn event(&self, arg: ExprId) -> Event {
        if let Some(name) = self.facts.tree.as_string(arg) {
            return Event::Named(name.clone());
        }
        let Some(place) = self.facts.places.of(arg) else {
            return Event::Dynamic;
        };
        // `const CHANGE = 'change'`
        match self.facts.values_at(place) {
            [only] => match self.facts.tree.as_string(*only) {
                Some(name) => Event::Named(name.clone()),
                None => Event::Place(place),
            },
            _ => Event::Place(place),
        }
    }

    /// Whether a receiver is known to be a target of the row: by constructor, annotation, import or base class.
    fn is_target(&self, row: usize, receiver: ExprId) -> bool {
        let facts = self.facts;
        let types = &facts.protocols.listeners[row].types;
        if paths::matches(facts.tree, receiver, types).is_some() {
            return true;
        }
        let Some(place) = facts.places.of(receiver) else {
            return facts
                .tree
                .call_parts(receiver)
                .is_some_and(|(callee, _)| paths::matches(facts.tree, callee, types).is_some());
        };
        let made = facts.values_at(place).iter().any(|value| {
            facts.tree.call_parts(*value).is_some_and(|(callee, _)| {
                paths::matches(facts.tree, callee, types).is_some() || self.extends(callee, row)
            })
        });
        made || self.annotated(place, row) || self.is_imported(place)
    }

    /// `new Bus()` where `class Bus extends EventEmitter`.
    fn extends(&self, callee: ExprId, row: usize) -> bool {
        let facts = self.facts;
        let types = &facts.protocols.listeners[row].types;
        facts.class_named(callee).is_some_and(|class| {
            facts.classes.lineage(class).any(|at| {
                facts
                    .classes
                    .get(at)
                    .extends
                    .is_some_and(|base| paths::matches(facts.tree, base, types).is_some())
            })
        })
    }

    fn annotated(&self, place: PlaceId, row: usize) -> bool {
        let facts = self.facts;
        let types = &facts.protocols.listeners[row].types;
        let is_type = |annotation: &Annotation| match annotation {
            Annotation::Named(name) => types.has(name) || types.has(&format!("global.{name}")),
            _ => false,
        };
        match (facts.places.root(place), facts.places.depth(place)) {
            (Root::Binding(binding), 0) => {
                facts.tree.scopes.binding(*binding).annotation.as_ref().is_some_and(is_type)
            }
            (Root::This(class), 1) => {
                let Some(Segment::Named(name)) = facts.places.segment(place) else {
                    return false;
                };
                let class = facts.tree.classes.get(class.index());
                class.is_some_and(|class| {
                    class.named(name).any(|member| member.annotation.as_ref().is_some_and(is_type))
                })
            }
            _ => false,
        }
    }

    fn is_imported(&self, place: PlaceId) -> bool {
        match self.facts.places.root(place) {
            Root::Binding(binding) => {
                let binding = self.facts.tree.scopes.binding(*binding);
                matches!(binding.kind, BindingKind::Import { .. }) || self.is_required(binding)
            }
            _ => false,
        }
    }

    fn is_required(&self, binding: &Binding) -> bool {
        binding.writes == 0
            && binding.init.is_some_and(|init| {
                matches!(self.facts.tree.kind(init), Kind::Call { .. })
                    && paths::path_of(self.facts.tree, init).is_some()
            })
    }

    fn options(&self, options: Option<ExprId>) -> Options {
        let Some(options) = options else {
            return Options { capture: Some(false), once: false, signal: false };
        };
        let facts = self.facts;
        match facts.tree.kind(options) {
            Kind::Boolean(capture) => Options { capture: Some(*capture), once: false, signal: false },
            Kind::Object(list) => self.option_object(*list),
            Kind::Null => Options { capture: Some(false), once: false, signal: false },
            _ => match facts.places.of(options).map(|place| facts.values_at(place)) {
                Some([only]) if *only != options => match facts.tree.kind(*only) {
                    Kind::Object(list) => self.option_object(*list),
                    Kind::Boolean(capture) => Options { capture: Some(*capture), once: false, signal: false },
                    _ => Options::unreadable(),
                },
                _ => Options::unreadable(),
            },
        }
    }

    fn option_object(&self, list: List) -> Options {
        let facts = self.facts;
        let mut options = Options { capture: Some(false), once: false, signal: false };
        for property in facts.tree.properties(list) {
            let Key::Named(name) = &property.key else {
                return Options::unreadable();
            };
            let value = facts.tree.kind(property.value);
            match &**name {
                "capture" => {
                    options.capture = match value {
                        Kind::Boolean(capture) => Some(*capture),
                        _ => None,
                    };
                }
                "once" => options.once = !matches!(value, Kind::Boolean(false)),
                "signal" => options.signal = true,
                _ => {}
            }
        }
        options
    }
}

struct Options {
    capture: Option<bool>,
    once: bool,
    signal: bool,
}

impl Options {
    /// Anything may stand in there, a signal too.
    fn unreadable() -> Self {
        Self { capture: None, once: false, signal: true }
    }
}
