//! What handlers' names and registrations say of their frequency.

use super::{Level, Why};
use crate::ast::Atom;
use crate::facts::Facts;
use crate::facts::lifecycle;
use crate::facts::paths;
use crate::facts::places::{PlaceId, Root};
use crate::protocol::ListenerRole;
use crate::semantic::*;

impl Facts<'_> {
    /// The decorator that makes a method run per request, message or event.
    pub(super) fn handler_decorator(&self, class: ClassId, function: FnId) -> Option<ExprId> {
        let mut members =
            self.tree.classes.get(class.index())?.named(self.tree.function(function).name.as_ref()?);
        let member = members.find(|member| member.kind == MemberKind::Method(function))?;
        member.decorators.iter().copied().find(|decorator| {
            let callee = lifecycle::decorated_by(self.tree, *decorator);
            paths::matches(self.tree, callee, &self.protocols.handler_decorators).is_some()
        })
    }

    /// `element.onclick = f`, `socket.onmessage = f`: how often such a handler runs.
    pub(super) fn handler_property(&self, place: PlaceId) -> Option<Level> {
        let name = match (self.places.segment(place), self.places.root(place)) {
            (Some(Segment::Named(name)), _) => name,
            // `self.onmessage = f`
            (None, Root::Global(name)) => name,
            _ => return None,
        };
        let event =
            name.strip_prefix("on").filter(|event| event.starts_with(|c: char| c.is_ascii_lowercase()))?;
        match self.protocols.once_events.has(&event.into()) {
            true => Some(Level::Unknown),
            false => Some(Level::Repeated),
        }
    }

    /// How often a handler of this event runs; `None` where the call registers no handler.
    pub(super) fn event_level(&self, name: &Atom, args: &[ExprId], callee: ExprId) -> Option<Level> {
        let event = args.first().and_then(|arg| self.tree.as_string(*arg));
        if let Some(event) = event {
            let is_listener = self
                .protocols
                .listener_methods
                .get(name)
                .is_some_and(|rows| rows.iter().any(|(_, role)| *role != ListenerRole::Remove));
            if is_listener && self.protocols.once_events.has(event) {
                return Some(Level::Once);
            }
            if is_listener && self.protocols.repeated_events.has(event) {
                return Some(Level::Repeated);
            }
        }
        if let Some(rows) = self.protocols.listener_methods.get(name) {
            let (row, role) = rows[0];
            return match role {
                ListenerRole::Add if self.protocols.listeners[row].distinctive => Some(Level::Repeated),
                ListenerRole::Add => Some(Level::MayRepeat),
                ListenerRole::Once => Some(Level::Unknown),
                _ => None,
            };
        }
        // `server.addHook('onClose', …)`
        if self.protocols.routes.has(name) && event.is_some_and(|event| self.protocols.once_events.has(event))
        {
            return Some(Level::Once);
        }
        self.is_route(name, event, callee).then_some(Level::Repeated)
    }

    /// `app.get('/users', handler)`, `router.use(handler)`
    fn is_route(&self, name: &Atom, path: Option<&Atom>, callee: ExprId) -> bool {
        let Kind::Member { object, .. } = self.tree.kind(callee) else {
            return false;
        };
        if !self.protocols.routes.has(name) {
            return false;
        }
        if path.is_some_and(|path| path.starts_with('/')) {
            return true;
        }
        let Some(place) = self.places.of(*object) else {
            return false;
        };
        self.values_at(place).iter().any(|value| {
            let made_by = self.tree.call_parts(*value).map(|(callee, _)| callee);
            made_by.is_some_and(|callee| paths::matches(self.tree, callee, &self.protocols.routers).is_some())
        })
    }

    /// `request.socket` in what runs per request: one connection carries many of them.
    pub fn is_kept_alive(&self, place: PlaceId) -> bool {
        let connection = matches!(self.places.segment(place), Some(Segment::Named(name)) if name == "socket" || name == "connection");
        let Root::Binding(binding) = self.places.root(place) else {
            return false;
        };
        let BindingKind::Parameter { function, .. } = self.tree.scopes.binding(*binding).kind else {
            return false;
        };
        let Why::Handler(call) = self.repetition(function).why else {
            return false;
        };
        connection && self.places.depth(place) == 1 && self.is_request_handler(call)
    }

    /// Whether a call registers what runs per request, and not per connection or upgrade.
    fn is_request_handler(&self, call: ExprId) -> bool {
        let Some((callee, args)) = self.tree.call_parts(call) else {
            return false;
        };
        match args.first().and_then(|event| self.tree.as_string(*event)) {
            Some(event) => event == "request" || event.starts_with('/'),
            None => self.callee_name(callee).is_some_and(|name| {
                matches!(
                    &**name,
                    "createServer" | "use" | "get" | "post" | "put" | "patch" | "delete" | "all"
                )
            }),
        }
    }

    /// `export const handle: Handle = …`, `function answer(request: NextApiRequest)`
    pub(super) fn is_per_request(&self, function: FnId) -> bool {
        let types = &self.protocols.handler_types;
        let named = |annotation: Option<&Annotation>| match annotation {
            Some(Annotation::Named(name)) => self.is_type_of(name, types),
            _ => false,
        };
        let entry = self.tree.function(function);
        let kept = self.top_level_name(function).filter(|binding| self.is_exported(*binding));
        let of_binding = |binding: BindingId| self.tree.scopes.binding(binding).annotation.as_ref();
        entry.params.iter().any(|param| named(param.annotation.as_ref()))
            || kept.is_some_and(|binding| named(of_binding(binding)))
    }

    /// The `new ReadableStream({ start() { … } })` that calls a member of a literal at once.
    pub(super) fn started_by(&self, literal: ExprId, name: &Atom) -> Option<ExprId> {
        let Up::Expr(call) = self.tree.expr(literal).up else {
            return None;
        };
        let (callee, _) = self.tree.call_parts(call)?;
        let path = paths::path_of(self.tree, callee)?;
        self.protocols.starters.has(&format!("{path}.{name}")).then_some(call)
    }
}
