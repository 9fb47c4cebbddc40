//! Whether a cleanup that a hook's callback returns may get lost: the opening of obligations whose acquire no row knows.

use super::Openings;
use crate::ast::Atom;
use crate::facts::attributes;
use crate::protocol::HookRole;
use crate::semantic::*;

impl Openings<'_> {
    /// `<div ref={(element) => …}>`
    pub(super) fn has_losing_attribute(&self) -> bool {
        attributes::of_hooks(self.tree, self.protocols)
            .iter()
            .any(|attribute| self.may_lose(attribute.value, attribute.row))
    }

    /// `useEffect(async () => { …; return () => …; })`
    pub(super) fn is_losing_hook(&self, callee: ExprId, name: Option<&Atom>, args: &[ExprId]) -> bool {
        let hooks = &self.protocols.hooks;
        let named = name.map_or(&[][..], |name| hooks.named(name));
        let by_path = || crate::facts::paths::matches(self.tree, callee, hooks.paths());
        let loses = |row: usize| {
            let hook = hooks.get(row);
            matches!(hook.role, HookRole::Setup | HookRole::Effect)
                && args.get(hook.callback).is_some_and(|callback| self.may_lose(*callback, row))
        };
        named.iter().any(|row| loses(*row)) || by_path().is_some_and(loses)
    }

    /// Whether a callback, or a function in it, may return a cleanup to somebody who throws it away.
    fn may_lose(&self, callback: ExprId, row: usize) -> bool {
        match self.tree.kind(callback) {
            Kind::Function(function) => self.function_may_lose(*function, row),
            Kind::Ident(reference) => {
                let binding = self.tree.scopes.reference(*reference).binding;
                let Some(binding) = binding.map(|id| self.tree.scopes.binding(id)) else {
                    return false;
                };
                match (&binding.kind, binding.init.filter(|_| binding.writes == 0)) {
                    (BindingKind::Import { .. }, _) => false,
                    (_, Some(init)) if binding.projection.is_empty() => self.value_may_lose(init, row),
                    _ => true,
                }
            }
            _ => !self.is_plain(callback),
        }
    }

    /// What a variable is declared with: `() => …`, `useCallback(async () => …, [])`.
    fn value_may_lose(&self, value: ExprId, row: usize) -> bool {
        match self.tree.kind(value) {
            Kind::Function(function) => self.function_may_lose(*function, row),
            _ => !self.is_plain(value),
        }
    }

    /// The callback itself returns its cleanup to the hook, and loses it only if it is async or the hook takes none.
    fn function_may_lose(&self, callback: FnId, row: usize) -> bool {
        let takes = self.protocols.hooks.get(row).role == HookRole::Effect;
        let loses = |id: FnId| {
            let function = self.tree.function(id);
            (id != callback || function.is_async || !takes)
                && function.returns.iter().any(|value| !self.is_plain(*value))
        };
        self.tree.nested(callback).any(loses)
    }

    /// A value that is no function, and no name of one. What a call gives is none that the file shows, unless the call
    /// passes on what it is given (`useCallback`, `bind`) or hands out of something (`stops.get(id)`).
    fn is_plain(&self, value: ExprId) -> bool {
        match self.tree.kind(value) {
            Kind::Call { callee, .. } => {
                let name = match self.tree.kind(*callee) {
                    Kind::Ident(reference) => &self.tree.scopes.reference(*reference).name,
                    Kind::Member { name, .. } => name,
                    _ => return false,
                };
                name != "bind" && !self.protocols.wrappers.has(name) && !self.protocols.element_of.has(name)
            }
            Kind::Await(_)
            | Kind::New { .. }
            | Kind::Object(_)
            | Kind::Array(_)
            | Kind::String(_)
            | Kind::Number(_)
            | Kind::Boolean(_)
            | Kind::Null
            | Kind::Regex
            | Kind::Template(_)
            | Kind::Unary { .. }
            | Kind::Update(_)
            | Kind::Jsx { .. } => true,
            _ => false,
        }
    }
}
