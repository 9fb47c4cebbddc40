//! What handlers' names and registrations say of their frequency.

use super::Level;
use crate::ast::Atom;
use crate::facts::Facts;
use crate::facts::lifecycle::{self, Made};
use crate::facts::options::Instances;
use crate::facts::paths;
use crate::protocol::{ListenerRole, TeardownName};
use crate::semantic::*;

impl Facts<'_> {
    /// Who makes instances of a class, and how many.
    pub fn made(&self, class: ClassId) -> Made {
        if self.is_framework_singleton(class) {
            return Made::Once;
        }
        match self.classes.instances(class) {
            Some(Instances::One) => return Made::Root,
            Some(Instances::Unseen) => return Made::Unseen,
            Some(Instances::Many) => return Made::PerUse,
            None => {}
        }
        let fact = self.classes.get(class);
        if let Some(row) = self.lifecycle(class) {
            let named = fact.name.as_ref().is_some_and(|name| self.protocols.root_components.has(name));
            // An Astro page goes with all its elements, unless it navigates by swapping its body.
            let of_page = self.tree.component.as_ref().is_some_and(|file| file.format == Format::Astro);
            if row.element && of_page {
                return Made::Unseen;
            }
            return match named || row.element && self.is_placed_by_its_module(class) {
                true => Made::Root,
                false => Made::PerUse,
            };
        }
        let ends = || fact.members.keys().any(|name| self.teardown_name(name) == Some(TeardownName::Strong));
        match self.has_singleton_decorator(class) && !ends() {
            true => Made::Shared,
            false => Made::Elsewhere,
        }
    }

    /// `customElements.define('x-toasts', Toasts)` and, in the same file, `document.createElement('x-toasts')`: an
    /// element that its own module puts into the page once, as a place to work from.
    fn is_placed_by_its_module(&self, class: ClassId) -> bool {
        let tree = self.tree;
        let decorators = tree.classes.get(class.index()).map_or(&[][..], |class| class.decorators.as_slice());
        let binding = self.classes.get(class).binding;
        let called = |call: &ExprId| {
            let (callee, args) = tree.call_parts(*call)?;
            Some((self.callee_name(callee)?, args))
        };
        let defined = decorators.iter().filter_map(called).find_map(|(name, args)| {
            (name == "customElement").then(|| args.first().and_then(|arg| tree.as_string(*arg))).flatten()
        });
        let registered = || {
            tree.calls.iter().filter_map(called).find_map(|(name, args)| match args {
                [tag, class, ..] if name == "define" => match tree.kind(*class) {
                    Kind::Ident(reference) if tree.scopes.reference(*reference).binding == binding => {
                        tree.as_string(*tag)
                    }
                    _ => None,
                },
                _ => None,
            })
        };
        let Some(tag) = defined.or_else(registered) else {
            return false;
        };
        tree.calls.iter().filter_map(called).any(|(name, args)| {
            name == "createElement" && args.first().and_then(|arg| tree.as_string(*arg)) == Some(tag)
        })
    }

    /// The decorator that makes a method run per request, message or event.
    pub(super) fn handler_decorator(&self, class: ClassId, function: FnId) -> Option<ExprId> {
        let members = &self.tree.classes.get(class.index())?.members;
        let member = members.iter().find(|member| member.kind == MemberKind::Method(function))?;
        member.decorators.iter().copied().find(|decorator| {
            let callee = lifecycle::decorated_by(self.tree, *decorator);
            paths::matches(self.tree, callee, &self.protocols.handler_decorators).is_some()
        })
    }

    /// A class of which its framework makes one: an Ember service, Nest's default scope, Angular's `providedIn: 'root'`.
    fn is_framework_singleton(&self, class: ClassId) -> bool {
        self.lifecycle(class).is_some_and(|row| row.single)
            || self.singleton_decorators(class).any(|(callee, args)| {
                let option = |name: &str| {
                    let Some(Kind::Object(list)) = args.first().map(|arg| self.tree.kind(*arg)) else {
                        return None;
                    };
                    let properties = self.tree.properties(*list);
                    let named = |key: &Key| matches!(key, Key::Named(key) if key == name);
                    properties.iter().find(|property| named(&property.key)).map(|property| property.value)
                };
                let path = paths::path_of(self.tree, callee).unwrap_or_default();
                match path.starts_with("@angular/") {
                    true => option("providedIn")
                        .and_then(|scope| self.tree.as_string(scope))
                        .is_some_and(|scope| scope == "root" || scope == "platform"),
                    false => option("scope").is_none(),
                }
            })
    }

    /// `@Injectable()`: shared by all who are given it, though nobody says among whom.
    fn has_singleton_decorator(&self, class: ClassId) -> bool {
        self.singleton_decorators(class).next().is_some()
    }

    fn singleton_decorators(&self, class: ClassId) -> impl Iterator<Item = (ExprId, &[ExprId])> {
        let class = self.tree.classes.get(class.index());
        let decorators = class.map_or(&[][..], |class| class.decorators.as_slice());
        decorators.iter().filter_map(|decorator| {
            let (callee, args) = self.tree.call_parts(*decorator)?;
            paths::matches(self.tree, callee, &self.protocols.singleton_decorators)?;
            Some((callee, args))
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
