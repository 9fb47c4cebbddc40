//! One-shot timers whose callback starts them anew: `function tick() { draw(); requestAnimationFrame(tick); }`.

use super::super::Engine;
use crate::facts::graph::FnList;
use crate::semantic::*;

/// How many calls may lie between a callback and the call that starts its timer anew.
const MAX_CALLS: u32 = 3;

/// How many calls are looked at for one that starts the next run, and how many exits before it.
const MAX_ASKED: u32 = 500;
const MAX_EXITS: usize = 256;

impl Engine<'_, '_> {
    /// Whether the callback of a timer starts it again whenever it runs. A condition on the way may be its stop.
    pub(super) fn rearms(&self, call: ExprId, row: usize) -> bool {
        if !self.is_unconditional(call) {
            return false;
        }
        let home = self.facts.tree.expr(call).function;
        let callbacks = self.callback_functions(call, row);
        let mut asked = 0;
        callbacks.iter().any(|function| self.always_runs(*function, home, MAX_CALLS, &mut asked))
    }

    /// Whether every run of `function` runs `wanted`.
    fn always_runs(&self, function: FnId, wanted: FnId, fuel: u32, asked: &mut u32) -> bool {
        if function == wanted {
            return true;
        }
        if fuel == 0 {
            return false;
        }
        let facts = self.facts;
        facts.graph.calls_in[function.index()].iter().any(|call| {
            *asked += 1;
            *asked < MAX_ASKED
                && self.is_unconditional(*call)
                && (matches!(facts.targets(*call).as_slice(), [only] if self.always_runs(*only, wanted, fuel - 1, asked))
                    || self.goes_on_in(*call).iter().any(|next| self.always_runs(*next, wanted, fuel - 1, asked)))
        })
    }

    /// `ask().then(draw)`: what runs when the work that a call waits for is done.
    fn goes_on_in(&self, call: ExprId) -> FnList {
        let (Some(name), Some((_, args))) = (self.called_name(call), self.facts.tree.call_parts(call)) else {
            return FnList::new();
        };
        match (&**name, args) {
            ("then" | "finally", [next, ..]) => self.facts.functions_of(*next),
            _ => FnList::new(),
        }
    }

    /// No branch, loop or early return decides whether the call is made.
    fn is_unconditional(&self, call: ExprId) -> bool {
        let tree = self.facts.tree;
        let plain = tree.region_path(tree.expr(call).region).all(|region| {
            matches!(tree.region(region).kind, RegionKind::Function | RegionKind::Try | RegionKind::Finally)
        });
        plain && self.tests_before(call).is_empty() && !self.leaves_before(call)
    }

    fn leaves_before(&self, call: ExprId) -> bool {
        let tree = self.facts.tree;
        let function = tree.expr(call).function;
        let (start, end) = (tree.function(function).span.start, tree.span(call).start);
        let from = tree.exits.partition_point(|exit| exit.span.end <= start);
        let before = tree.exits[from..].iter().take_while(|exit| exit.span.end <= end);
        before.take(MAX_EXITS).any(|exit| tree.region(exit.region).function == function)
    }
}
