//! What handlers' names and registrations say of their frequency.

use super::Level;
use crate::ast::Atom;
use crate::facts::Facts;
use crate::facts::lifecycle;
use crate::facts::paths;
use crate::protocol::ListenerRole;
use crate::semantic::*;

impl Facts<'_> {
    /// The decorator that makes a method run per request, message or event.
    pub(super) fn handler_decorator(&self, class: ClassId, function: FnId) -> Option<ExprId> {
        let members = &self.tree.classes.get(class.index())?.members;
        let member = members.iter().find(|member| member.kind == MemberKind::Method(function))?;
        member.decorators.iter().copied().find(|decorator| {
            let callee = lifecycle::decorated_by(self.tree, *decorator);
            paths::matches(self.tree, callee, &self.protocols.handler_decorators).is_some()
        })
    }

    /// `element.onclick = f`, `socket.onmessage = f`: how often such a handler runs.
    pub(super) fn handler_property(&self, place: crate::facts::places::PlaceId) -> Option<Level> {
        let Some(Segment::Named(name)) = self.places.segment(place) else {
            return None;
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
}
