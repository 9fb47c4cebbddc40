//! Ends that are registered too late: behind an `await` no component is current any more.

use super::super::Facts;
use super::{Loss, Lost, LostCleanups};
use crate::protocol::HookRole;
use crate::semantic::*;

impl LostCleanups {
    /// `async setup() { await load(); onUnmounted(stop); }`
    pub(super) fn add_late(&mut self, facts: &Facts<'_>) {
        if facts.tree.suspends.is_empty() {
            return;
        }
        for call in &facts.tree.calls {
            let Some((callee, args)) = facts.tree.call_parts(*call) else {
                continue;
            };
            let Some(row) = facts.end_hook_row(callee) else {
                continue;
            };
            let (Some(callback), Some(suspend)) =
                (args.get(facts.hook(row).callback), facts.await_before(*call))
            else {
                continue;
            };
            let lost = Lost { value: *callback, loss: Loss::Late { call: *call, suspend } };
            for cleanup in facts.functions_of(*callback) {
                if facts.is_only_given(cleanup, *call) {
                    self.by_function.insert(cleanup, lost);
                }
            }
        }
    }
}

impl Facts<'_> {
    fn end_hook_row(&self, callee: ExprId) -> Option<usize> {
        self.hook_rows(callee).into_iter().find(|row| self.hook(*row).role == HookRole::End)
    }

    /// Whether a hook that registers an end is called where no component is current.
    pub(in super::super) fn is_late(&self, call: ExprId) -> bool {
        self.await_before(call).is_some()
    }

    /// The `await` that lies before a call of a hook in the same function. A script's top level keeps its component
    /// across `await`, and so does a hook that is given the component.
    fn await_before(&self, call: ExprId) -> Option<ExprId> {
        let tree = self.tree;
        let function = tree.expr(call).function;
        let (_, args) = tree.call_parts(call)?;
        if !tree.function(function).is_async || args.len() > 1 {
            return None;
        }
        let around: Vec<RegionId> = tree.region_path(tree.expr(call).region).collect();
        let (first, last) = tree.function(function).exprs;
        let from = tree.suspends.partition_point(|at| at.0 < first);
        tree.suspends[from..].iter().take_while(|at| at.0 < last).copied().find(|at| {
            let suspend = tree.expr(*at);
            let before = suspend.span.end <= tree.span(call).start;
            let mut region = suspend.region;
            while tree.region(region).kind == RegionKind::Try {
                region = tree.region(region).parent.unwrap_or(region);
            }
            suspend.function == function
                && before
                && matches!(suspend.kind, Kind::Await(_))
                && around.contains(&region)
        })
    }

    /// The cleanup is mentioned where this call is given it, and nowhere else.
    fn is_only_given(&self, cleanup: FnId, call: ExprId) -> bool {
        let mentions = self.mentions_of(cleanup);
        !mentions.is_empty() && mentions.iter().all(|mention| self.tree.expr(*mention).up == Up::Expr(call))
    }
}
