//! What closures capture. V8 makes one context per scope and links contexts outwards: every closure made in a scope
//! keeps every variable of it that any closure captures.

use super::Facts;
use super::handler::Handler;
use super::lifecycle::Made;
use super::places::Root;
use crate::semantic::*;

impl Facts<'_> {
    /// The bindings from outside a function that it, or a function nested in it, mentions. Module-level and
    /// global names are left out: they live anyway.
    pub fn captures(&self, function: FnId) -> Vec<BindingId> {
        let (start, end) = self.tree.function(function).refs;
        let mut out = Vec::new();
        for at in start..end.min(self.tree.scopes.refs.len() as u32) {
            let Some(binding) = self.tree.scopes.reference(RefId(at)).binding else {
                continue;
            };
            let home = self.tree.scopes.function_of(binding);
            let inside = self.tree.is_within(home, function);
            if home != MODULE && !inside && !out.contains(&binding) {
                out.push(binding);
            }
        }
        out
    }

    /// Whether the function keeps the `this` of its surroundings.
    pub fn captures_this(&self, function: FnId) -> bool {
        if self.tree.function(function).kind != FnKind::Arrow {
            return false;
        }
        let owner = self.tree.this_function(function);
        let (start, end) = self.tree.function(function).exprs;
        (start..end).map(ExprId).any(|at| {
            matches!(self.tree.kind(at), Kind::This | Kind::Super)
                && self.tree.this_function(self.tree.expr(at).function) == owner
        })
    }

    /// Whether `this` is the one object of its class that there is: keeping it keeps nothing that would go.
    fn is_single(&self, class: Option<ClassId>) -> bool {
        class.is_some_and(|class| matches!(self.made(class), Made::Once | Made::Shared))
    }

    fn keeps_an_instance(&self, function: FnId) -> bool {
        self.captures_this(function) && !self.is_single(self.classes.of_this(self.tree, function))
    }

    /// Whether a handler keeps data of the call that made it: a local, a parameter, `this`.
    pub fn keeps_call_data(&self, handler: ExprId) -> bool {
        match self.tree.kind(handler) {
            Kind::Function(function) => {
                self.keeps_an_instance(*function) || !self.captures(*function).is_empty()
            }
            // `fn.bind(this)`, `this.onTick`
            Kind::Call { .. } => {
                !self.is_single(self.classes.of_this(self.tree, self.tree.expr(handler).function))
            }
            // `this.onTick` that is bound or made per instance; a bare prototype method knows no instance.
            Kind::Member { .. } => match self.handler(handler) {
                Handler::Method(_) => false,
                _ => self.places.of(handler).is_some_and(|place| match self.places.root(place) {
                    Root::This(class) => !self.is_single(Some(*class)),
                    _ => false,
                }),
            },
            Kind::Ident(_) => self
                .functions_of(handler)
                .iter()
                .any(|function| self.keeps_an_instance(*function) || !self.captures(*function).is_empty()),
            _ => false,
        }
    }
}
