//! What may run after what in one run of a function.

use super::Facts;
use crate::semantic::*;

impl Facts<'_> {
    /// Whether, in one run of the function in which both stand, `second` may be evaluated after `first`.
    pub fn can_follow(&self, first: ExprId, second: ExprId) -> bool {
        let tree = self.tree;
        let path = |at: ExprId| -> Vec<RegionId> { tree.region_path(tree.expr(at).region).collect() };
        let (one, two) = (path(first), path(second));
        let is_loop = |region: &RegionId| {
            let kind = tree.region(*region).kind;
            matches!(kind, RegionKind::Loop | RegionKind::Counted | RegionKind::Each)
        };
        if one.iter().any(|region| is_loop(region) && two.contains(region)) {
            return true;
        }
        tree.span(second).start > tree.span(first).start && !self.excludes(&one, &two, second)
    }

    /// `if (on) first(); else second();`, `if (on) { first(); return; } second();`
    fn excludes(&self, first: &[RegionId], second: &[RegionId], at: ExprId) -> bool {
        let tree = self.tree;
        let position = tree.span(at).start;
        first.iter().filter(|region| tree.region(**region).kind == RegionKind::Then).any(|then| {
            let test = tree.region(*then).test;
            let in_else = second.iter().map(|region| tree.region(*region));
            let mut in_else = in_else.filter(|region| region.kind == RegionKind::Else);
            in_else.any(|other| other.test == test)
                || tree.guards.iter().any(|guard| {
                    Some(guard.test) == test && guard.from <= position && second.contains(&guard.region)
                })
        })
    }
}
