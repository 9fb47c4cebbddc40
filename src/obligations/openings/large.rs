//! Whether some closure may capture a large value: the opening of obligations of closures.

use super::Openings;
use crate::facts::paths;
use crate::protocol::{SIZED, SIZED_BY_METHOD};
use crate::semantic::*;

/// How many calls a large value is followed through: `new Array(n).fill(0).map(f)`.
const MAX_CHAIN: u32 = 6;

impl Openings<'_> {
    /// A local variable that closures see and nothing writes again, with what may be large: `const all = new Array(1e6)`.
    pub(super) fn has_captured_large(&self) -> bool {
        let scopes = &self.tree.scopes;
        (0..scopes.bindings.len() as u32).map(BindingId).any(|id| {
            let binding = scopes.binding(id);
            let Some(init) = binding.init.filter(|_| binding.writes == 0 && binding.projection.is_empty())
            else {
                return false;
            };
            self.may_be_large(init, MAX_CHAIN) && {
                let home = scopes.function_of(id);
                let seen = |at: &RefId| self.tree.expr(scopes.reference(*at).expr).function != home;
                home != MODULE && binding.refs.iter().any(seen)
            }
        })
    }

    /// `new Array(1e6)`, `Buffer.alloc(size)`, `'x'.repeat(n)`, `Array.from({ length: n })`, `await response.text()`
    fn may_be_large(&self, value: ExprId, steps: u32) -> bool {
        let Some(steps) = steps.checked_sub(1) else {
            return false;
        };
        match self.tree.kind(value) {
            Kind::New { callee, .. } => {
                let last = paths::last_name(self.tree, *callee);
                last.is_some_and(|name| SIZED.contains(&name))
            }
            Kind::Await(inner) => self.may_be_large(*inner, steps),
            Kind::Call { callee, .. } => {
                let large = &self.protocols.large;
                let named = match self.tree.kind(*callee) {
                    Kind::Ident(reference) => self.tree.scopes.reference(*reference).name == "Array",
                    Kind::Member { object, name } => match &**name {
                        "fill" | "map" | "slice" => self.may_be_large(*object, steps),
                        "from" => true,
                        known if SIZED_BY_METHOD.contains(&known) => true,
                        _ => large.body_methods.has(name),
                    },
                    _ => false,
                };
                named || paths::matches(self.tree, *callee, &large.whole).is_some()
            }
            _ => false,
        }
    }
}
