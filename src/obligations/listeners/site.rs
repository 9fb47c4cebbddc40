//! One call that adds or removes a listener, read into its keys.

use super::super::Engine;
use super::signals::SignalOption;
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
    /// `click.menu keydown.menu`: events with namespaces, of a row that `wraps`.
    Tokens(Atom),
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
    pub signal: SignalOption,
    /// The receiver is known to be such a target, or the method's name alone says so.
    pub known: bool,
}

impl Engine<'_, '_> {
    /// Reads a call, if it is a listener's.
    pub(super) fn listener_site(&self, call: ExprId, callee: ExprId, args: &[ExprId]) -> Option<Site> {
        let facts = self.facts;
        let name = facts.callee_name(callee)?;
        let Some(rows) = facts.protocols.listener_methods.get(name) else {
            return self.paired_site(call, callee, name, args);
        };
        if self.handle_row(call).is_some() {
            return None;
        }
        let receiver = match facts.tree.kind(callee) {
            // An emitter's methods give the emitter back.
            Kind::Member { object, .. } => Some(facts.chain_start(*object).unwrap_or(*object)),
            // A bare `addEventListener(…)` is the window's.
            Kind::Ident(reference) => {
                if facts.tree.scopes.reference(*reference).binding.is_some() {
                    return None;
                }
                None
            }
            _ => return None,
        };
        let (row, role) = self.row_of(rows, receiver, args)?;
        let protocol = &facts.protocols.listeners[row];
        let known = protocol.distinctive
            || protocol.exact
            || protocol.target.is_some()
            || receiver.is_some_and(|receiver| self.is_target(row, receiver));
        let (receiver, args) = match protocol.target {
            Some(at) => (args.get(at).copied(), args.get(at + 1..).unwrap_or_default()),
            None if protocol.wraps => (receiver.and_then(|receiver| self.wrapped(row, receiver)), args),
            None => (receiver, args),
        };
        let handler = self.handler_argument(row, args);
        let event = match (protocol.unary, args.first()) {
            (true, _) => Event::Named(Atom::from("change")),
            (false, Some(event)) => match (protocol.wraps, self.event(*event)) {
                (true, Event::Named(name)) => Event::Tokens(name),
                (_, event) => event,
            },
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
            known,
        })
    }

    /// `store.subscribeNews(f)` and `store.unsubscribeNews(f)`: a listener of `News`, if the file shows that they are a pair.
    fn paired_site(&self, call: ExprId, callee: ExprId, name: &Atom, args: &[ExprId]) -> Option<Site> {
        let facts = self.facts;
        let (row, role, subject) = facts.protocols.paired(name)?;
        let (Kind::Member { object, .. }, [handler]) = (facts.tree.kind(callee), args) else {
            return None;
        };
        let adds = role == ListenerRole::Add;
        let callable = self.may_be_handler(*handler) && !(adds && facts.functions_of(*handler).is_empty());
        if !callable || self.handle_row(call).is_some() {
            return None;
        }
        Some(Site {
            call,
            row,
            role,
            receiver: Some(*object),
            place: facts.places.of(*object),
            event: Event::Named(Atom::from(subject)),
            handler: Some(*handler),
            identity: facts.handler(*handler),
            capture: Some(false),
            once: false,
            signal: SignalOption::None,
            known: true,
        })
    }

    /// The row that a call belongs to: one whose types the receiver has, else the first whose shape the arguments have.
    fn row_of(
        &self,
        rows: &[(usize, ListenerRole)],
        receiver: Option<ExprId>,
        args: &[ExprId],
    ) -> Option<(usize, ListenerRole)> {
        let mut general = None;
        for (row, role) in rows {
            if !self.fits(*row, *role, receiver, args) {
                continue;
            }
            match self.facts.protocols.listeners[*row].exact {
                true if receiver.is_some_and(|receiver| self.has_type(*row, receiver)) => {
                    return Some((*row, *role));
                }
                true => {}
                false => general = general.or(Some((*row, *role))),
            }
        }
        general
    }

    /// The argument that is the handler. Behind `$(x).on('click', '.item', data, handler)` it is the last.
    pub(in super::super) fn handler_argument(&self, row: usize, args: &[ExprId]) -> Option<ExprId> {
        let protocol = &self.facts.protocols.listeners[row];
        match protocol.wraps {
            true => args.get(1..)?.last().copied().filter(|last| self.may_be_handler(*last)),
            false => args.get(usize::from(!protocol.unary)).copied(),
        }
    }

    /// `window` of `$(window)`, also through `const $window = $(window)`.
    fn wrapped(&self, row: usize, receiver: ExprId) -> Option<ExprId> {
        let facts = self.facts;
        let types = &facts.protocols.listeners[row].types;
        let unwrap = |call: ExprId| {
            let (callee, args) = facts.tree.call_parts(call)?;
            paths::matches(facts.tree, callee, types)?;
            args.first().copied()
        };
        match (facts.tree.call_parts(receiver), facts.places.of(receiver)) {
            (Some(_), _) => unwrap(receiver),
            (None, Some(place)) => match facts.values_at(place) {
                [only] => unwrap(*only),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether the arguments have the row's shape.
    fn fits(&self, row: usize, role: ListenerRole, receiver: Option<ExprId>, args: &[ExprId]) -> bool {
        let facts = self.facts;
        let protocol = &facts.protocols.listeners[row];
        if receiver.is_none() && !protocol.distinctive {
            return false;
        }
        let spread = args.iter().any(|arg| matches!(facts.tree.kind(*arg), Kind::Spread(_)));
        if let Some(at) = protocol.target {
            return self.fits_helper(at, role, receiver, args);
        }
        let adds = matches!(role, ListenerRole::Add | ListenerRole::Once);
        match role {
            _ if spread => false,
            _ if protocol.wraps => {
                args.first().is_none_or(|event| self.may_be_event(*event))
                    && (!adds || self.handler_argument(row, args).is_some())
            }
            // `chrome.webRequest.onCompleted.addListener(handler, filter)`
            _ if protocol.exact && protocol.unary => {
                args.first().is_some_and(|arg| self.may_be_handler(*arg))
            }
            ListenerRole::Blanket => args.len() <= 1,
            _ if protocol.unary => args.len() == 1,
            ListenerRole::Remove if !protocol.distinctive => {
                args.first().is_none_or(|event| self.may_be_event(*event))
            }
            // `target.removeEventListener(toValue(type), handler)`
            ListenerRole::Remove => args.len() >= 2 && self.may_be_handler(args[1]),
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
        let of_known = |place| {
            self.is_of_import(place)
                || self.facts.is_kept_alive(place)
                || self.facts.is_lent_connection(place)
        };
        self.has_type(row, receiver) || self.facts.places.of(receiver).is_some_and(of_known)
    }

    /// The same, imports apart.
    fn has_type(&self, row: usize, receiver: ExprId) -> bool {
        let facts = self.facts;
        facts.is_typed(receiver, &facts.protocols.listeners[row].types)
    }

    /// `bus`, `bus.hub` of an imported `bus`.
    fn is_of_import(&self, place: PlaceId) -> bool {
        let root = self.facts.places.ancestors(place).last();
        root.is_some_and(|root| self.facts.is_imported(root))
    }

    fn options(&self, options: Option<ExprId>) -> Options {
        let Some(options) = options else {
            return Options { capture: Some(false), once: false, signal: SignalOption::None };
        };
        let facts = self.facts;
        match facts.tree.kind(options) {
            Kind::Boolean(capture) => {
                Options { capture: Some(*capture), once: false, signal: SignalOption::None }
            }
            Kind::Object(list) => self.option_object(*list),
            Kind::Null => Options { capture: Some(false), once: false, signal: SignalOption::None },
            _ => match facts.places.of(options).map(|place| facts.values_at(place)) {
                Some([only]) if *only != options => match facts.tree.kind(*only) {
                    Kind::Object(list) => self.option_object(*list),
                    Kind::Boolean(capture) => {
                        Options { capture: Some(*capture), once: false, signal: SignalOption::None }
                    }
                    _ => Options::unreadable(),
                },
                _ => Options::unreadable(),
            },
        }
    }

    fn option_object(&self, list: List) -> Options {
        let facts = self.facts;
        let mut options = Options { capture: Some(false), once: false, signal: SignalOption::None };
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
                "signal" if !self.is_nothing(property.value) => {
                    options.signal = SignalOption::Given(property.value);
                }
                _ => {}
            }
        }
        options
    }
}

struct Options {
    capture: Option<bool>,
    once: bool,
    signal: SignalOption,
}

impl Options {
    /// Anything may stand in there, a signal too.
    fn unreadable() -> Self {
        Self { capture: None, once: false, signal: SignalOption::Unreadable }
    }
}
