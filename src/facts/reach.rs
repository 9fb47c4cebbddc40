//! Which functions run when a function runs.

use super::Facts;
use super::owner::{Owner, Teardowns};
use crate::semantic::*;
use rustc_hash::FxHashSet;

/// How many functions are followed from one end: an end that may run more of them may release anything.
const MAX_REACH: usize = 512;

/// What an owner's end reaches.
#[derive(Debug)]
pub struct Reach {
    pub teardowns: Teardowns,
    /// All functions that run when the owner ends.
    pub functions: FxHashSet<FnId>,
    /// Those reached from a surely ending function.
    pub strong: FxHashSet<FnId>,
}

impl Facts<'_> {
    /// Follows calls, functions given to calls, setters, and functions that stand inside.
    pub fn reach(&self, owner: Owner) -> Reach {
        let mut teardowns = self.teardowns(owner);
        let functions = self.closure(teardowns.functions.iter().map(|(function, _)| *function));
        let strong = self.closure(teardowns.strong());
        teardowns.opaque |= functions.len() >= MAX_REACH;
        Reach { teardowns, functions, strong }
    }

    /// Whether a function is a callback that runs where it stands: `xs.forEach(x => …)`.
    pub fn runs_in_place(&self, function: FnId) -> bool {
        let Some(Up::Expr(call)) = self.tree.function(function).expr.map(|expr| self.tree.expr(expr).up)
        else {
            return false;
        };
        let callee = self.tree.call_parts(call).map(|(callee, _)| callee);
        callee
            .and_then(|callee| self.callee_name(callee))
            .is_some_and(|name| self.protocols.iterators.has(name))
    }

    /// The functions that every `new` of a class runs: its constructors and what they call, `MAX_REACH` at most.
    pub fn construction(&self, class: ClassId) -> FxHashSet<FnId> {
        let mut seen = FxHashSet::default();
        let mut queue = self.classes.get(class).constructors.clone();
        while let Some(function) = queue.pop() {
            if seen.len() < MAX_REACH && seen.insert(function) {
                let calls = &self.graph.calls_in[function.index()];
                queue.extend(calls.iter().flat_map(|call| self.targets(*call)));
            }
        }
        seen
    }

    /// The functions that may run when one of `roots` runs, the roots included, `MAX_REACH` at most.
    pub fn closure(&self, roots: impl IntoIterator<Item = FnId>) -> FxHashSet<FnId> {
        let mut seen = FxHashSet::default();
        let mut queue: Vec<FnId> = roots.into_iter().collect();
        while let Some(function) = queue.pop() {
            if seen.len() >= MAX_REACH {
                break;
            }
            if !seen.insert(function) {
                continue;
            }
            queue.extend(self.graph.children[function.index()].iter().copied());
            queue.extend(self.graph.setters[function.index()].iter().copied());
            for call in &self.graph.calls_in[function.index()] {
                queue.extend(self.targets(*call));
                let Some((callee, args)) = self.tree.call_parts(*call) else {
                    continue;
                };
                // Taking a handler off does not run it.
                if self.callee_name(callee).is_some_and(|name| self.protocols.is_removal(name)) {
                    continue;
                }
                for arg in args {
                    queue.extend(self.functions_of(*arg));
                }
            }
        }
        seen
    }
}
