//! What a framework injects: objects that a component is given by their type, and does not make.

use super::lifetime::{Holder, Life};
use super::places::{PlaceId, Root};
use super::{Facts, paths};
use crate::protocol::Patterns;
use crate::semantic::*;

impl Facts<'_> {
    /// How long an injected object lives, by its type.
    pub(super) fn injected_by_type(&self, place: PlaceId, text: &str) -> Option<Holder> {
        let names = self.type_names(place);
        let is = |list: &Patterns| names.iter().any(|name| list.has(name));
        if is(&self.protocols.injected_same) {
            let why = format!("`{text}` is injected, and dies with who gets it");
            return Some(Holder { life: Life::Same, why, assumed: None });
        }
        if is(&self.protocols.injected_longer) {
            let why = format!("`{text}` is injected, and lives as long as the application");
            return Some(Holder { life: Life::Longer, why, assumed: None });
        }
        let why = || format!("`{text}` is an injected service, which others use too");
        let assumed = Some("that the injected service outlives who gets it");
        self.is_service(place).then(|| Holder { life: Life::Longer, why: why(), assumed })
    }

    /// `this.messages.shown$` where `messages: MessageService` is injected: a stream that a service keeps. What a method
    /// of a service returns is mostly a reply, which ends.
    pub fn is_stream_of_service(&self, expr: ExprId) -> bool {
        let at = self.unchained(expr);
        let Some(place) = self.places.of(at).filter(|_| matches!(self.tree.kind(at), Kind::Member { .. }))
        else {
            return false;
        };
        let home = match self.places.root(place) {
            Root::This(_) => 1,
            Root::Binding(_) => 0,
            _ => return false,
        };
        let mut services = self.places.ancestors(place).filter(|at| self.places.depth(*at) == home);
        self.places.depth(place) == home + 1 && services.any(|at| self.is_service(at))
    }

    /// A field or parameter of a class into which a framework injects, of a type that is called a service, and that the
    /// class does not provide for itself.
    fn is_service(&self, place: PlaceId) -> bool {
        let class = match self.places.root(place) {
            Root::This(class) => *class,
            Root::Binding(binding) => match self.tree.scopes.binding(*binding).kind {
                BindingKind::Parameter { function, .. } => match self.tree.function(function).class {
                    Some(class) if self.tree.function(function).kind == FnKind::Constructor => class,
                    _ => return false,
                },
                _ => return false,
            },
            _ => return false,
        };
        let Some(class) = self.tree.classes.get(class.index()) else {
            return false;
        };
        let injects = |decorator: &&ExprId| {
            let callee = self.tree.call_parts(**decorator).map(|(callee, _)| callee);
            callee.is_some_and(|at| paths::matches(self.tree, at, &self.protocols.injecting).is_some())
        };
        let Some(decorator) = class.decorators.iter().find(injects) else {
            return false;
        };
        let names = self.type_names(place);
        let called = |name: &String| self.protocols.injected_services.iter().any(|end| name.ends_with(end));
        names.iter().any(called) && !self.is_provided(*decorator, &names)
    }

    /// `@Component({ providers: [MessageService] })`: each instance gets a service of its own.
    fn is_provided(&self, decorator: ExprId, names: &[String]) -> bool {
        let args = self.tree.call_parts(decorator).map_or(&[][..], |(_, args)| args);
        let Some(Kind::Object(list)) = args.first().map(|arg| self.tree.kind(*arg)) else {
            return false;
        };
        self.tree.properties(*list).iter().any(|property| match &property.key {
            Key::Named(name) if name == "providers" || name == "viewProviders" => {
                self.may_name(property.value, names)
            }
            Key::Named(_) => false,
            _ => true,
        })
    }

    fn may_name(&self, providers: ExprId, names: &[String]) -> bool {
        let Kind::Array(list) = self.tree.kind(providers) else {
            return true;
        };
        self.tree.list(*list).iter().any(|provider| match self.tree.kind(*provider) {
            Kind::Ident(reference) => {
                names.iter().any(|name| **name == *self.tree.scopes.reference(*reference).name)
            }
            Kind::Object(list) => self.tree.properties(*list).iter().any(|property| {
                matches!(&property.key, Key::Named(key) if key == "provide")
                    && matches!(self.tree.kind(property.value), Kind::Ident(reference)
                        if names.iter().any(|name| **name == *self.tree.scopes.reference(*reference).name))
            }),
            Kind::Call { .. } => false,
            _ => true,
        })
    }
}
