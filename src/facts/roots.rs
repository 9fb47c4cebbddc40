//! Components at the root of a page or program: `createRoot(element).render(<App />)` at module level makes one.

use super::Facts;
use crate::semantic::*;
use rustc_hash::FxHashSet;

/// How deep providers may be nested around a root.
const MAX_DEPTH: u32 = 8;

impl Facts<'_> {
    /// The components that this file itself puts there.
    pub(super) fn collect_roots(&self) -> FxHashSet<BindingId> {
        let mut roots = FxHashSet::default();
        for call in &self.tree.calls {
            if self.tree.expr(*call).function != MODULE {
                continue;
            }
            let Some((callee, args)) = self.tree.call_parts(*call) else {
                continue;
            };
            if self.callee_name(callee).is_some_and(|name| self.protocols.mounts.has(name)) {
                for arg in args {
                    self.add_roots(*arg, MAX_DEPTH, &mut roots);
                }
            }
        }
        roots
    }

    /// `<Providers><App /></Providers>`, `() => App`, `createElement(App)`
    fn add_roots(&self, expr: ExprId, fuel: u32, roots: &mut FxHashSet<BindingId>) {
        if fuel == 0 {
            return;
        }
        match self.tree.kind(expr) {
            Kind::Ident(reference) => roots.extend(self.tree.scopes.reference(*reference).binding),
            Kind::Jsx { tag, children, .. } => {
                for at in tag.iter().chain(self.tree.list(*children)) {
                    self.add_roots(*at, fuel - 1, roots);
                }
            }
            Kind::Function(function) => {
                for at in &self.tree.function(*function).returns {
                    self.add_roots(*at, fuel - 1, roots);
                }
            }
            Kind::Call { callee, args } => {
                if self.callee_name(*callee).is_some_and(|name| name == "createElement" || name == "h")
                    && let Some(component) = self.tree.list(*args).first()
                {
                    self.add_roots(*component, fuel - 1, roots);
                }
            }
            _ => {}
        }
    }

    /// Whether a function component is such a root, by its name or by what this file does with it.
    pub fn is_root_function(&self, function: FnId) -> bool {
        let entry = self.tree.function(function);
        let binding = entry.binding.or(match entry.expr.map(|expr| self.tree.expr(expr).up) {
            Some(Up::Init(binding)) => Some(binding),
            _ => None,
        });
        binding.is_some_and(|binding| self.roots.contains(&binding))
            || self.function_name(function).is_some_and(|name| self.protocols.root_components.has(name))
    }

    /// `useEffect(f, [])` of a root component runs once in the life of the page.
    pub(super) fn is_effect_of_a_root(&self, call: ExprId) -> bool {
        self.depends_on_nothing(call) && self.is_root_function(self.tree.expr(call).function)
    }
}
