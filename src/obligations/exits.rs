//! Paths on which a release is missed: what leaves the acquiring function between the acquire and the release.

use super::Engine;
use crate::facts::places::PlaceId;
use crate::semantic::*;
use crate::source::Span;

/// A way out that no release covers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Miss {
    /// The `return`, the `throw`, or the `await` whose promise may be rejected.
    pub span: Span,
    pub awaits: bool,
}

impl Engine<'_, '_> {
    /// The first way out of the acquiring function on which it has not released yet.
    ///
    /// Asks only where every release stands in that function itself; a `finally` covers everything:
    ///
    /// ```js
    /// const client = await pool.connect();
    /// await client.query(sql);   // rejected: nobody releases
    /// client.release();
    /// ```
    pub(super) fn path_miss(&self, site: ExprId, releases: &[ExprId], places: &[PlaceId]) -> Option<Miss> {
        let tree = self.facts.tree;
        let function = tree.expr(site).function;
        let here = |release: &ExprId| tree.expr(*release).function == function;
        if !releases.iter().all(here) || releases.iter().any(|release| self.is_in_finally(*release)) {
            return None;
        }
        let start = tree.span(site).end;
        let last = releases.iter().map(|release| tree.span(*release).end).max()?;
        let exits = self.exits_between(function, start, last);
        exits.into_iter().find(|exit| self.misses(site, exit, releases, places)).map(|(_, miss)| miss)
    }

    fn is_in_finally(&self, release: ExprId) -> bool {
        let tree = self.facts.tree;
        tree.region_path(tree.expr(release).region).any(|at| tree.region(at).kind == RegionKind::Finally)
    }

    /// Exits and awaits of a function in a stretch of text, in its order. Both tables are in source order.
    fn exits_between(&self, function: FnId, start: u32, end: u32) -> Vec<(RegionId, Miss)> {
        let tree = self.facts.tree;
        let from = tree.exits.partition_point(|exit| exit.span.end <= start);
        let leaves = tree.exits[from..].iter().take_while(|exit| exit.span.start < end);
        let leaves = leaves
            .filter(|exit| exit.span.start >= start && tree.region(exit.region).function == function)
            .map(|exit| (exit.region, Miss { span: exit.span, awaits: false }));
        let (first, last) = tree.function(function).exprs;
        let from = tree.suspends.partition_point(|at| at.0 < first);
        let awaits = tree.suspends[from..].iter().take_while(|at| at.0 < last).filter(|at| {
            let expr = tree.expr(**at);
            expr.function == function && (start..end).contains(&expr.span.start)
        });
        let awaits = awaits
            .filter(|at| matches!(tree.kind(**at), Kind::Await(_)))
            .map(|at| (tree.expr(*at).region, Miss { span: tree.span(*at), awaits: true }));
        let mut exits: Vec<(RegionId, Miss)> = leaves.chain(awaits).collect();
        exits.sort_unstable_by_key(|(_, miss)| miss.span.start);
        exits
    }

    fn misses(
        &self,
        site: ExprId,
        (region, miss): &(RegionId, Miss),
        releases: &[ExprId],
        places: &[PlaceId],
    ) -> bool {
        let tree = self.facts.tree;
        let around: Vec<RegionId> = tree.region_path(*region).collect();
        let site_region = tree.expr(site).region;
        // The other branch than the one that acquires.
        let reached = around.contains(&site_region) || tree.region_path(site_region).any(|at| at == *region);
        if !reached || self.tests_handle(&around, site_region, places) {
            return false;
        }
        let released = releases.iter().any(|release| {
            let span = tree.span(*release);
            let dominates = around.contains(&tree.expr(*release).region) && span.end <= miss.span.start;
            dominates || miss.span.contains(span)
        });
        if released {
            return false;
        }
        !miss.awaits || !self.is_caught(site_region, &around, releases)
    }

    /// `if (!client) return`: there is nothing to release on this way.
    fn tests_handle(&self, around: &[RegionId], site: RegionId, places: &[PlaceId]) -> bool {
        let tree = self.facts.tree;
        let inner = around.iter().take_while(|at| **at != site);
        inner.filter_map(|at| tree.region(*at).test).any(|test| {
            let span = tree.span(test);
            places
                .iter()
                .flat_map(|place| self.facts.places.uses(*place))
                .any(|at| span.contains(tree.span(*at)))
        })
    }

    /// A rejection is caught inside the function by a handler that releases, or behind which a release follows.
    fn is_caught(&self, site: RegionId, around: &[RegionId], releases: &[ExprId]) -> bool {
        let tree = self.facts.tree;
        let inner = around.iter().take_while(|at| **at != site);
        let bodies = inner.filter(|at| tree.region(**at).kind == RegionKind::Try);
        let catch_of = |body: &RegionId| {
            let parts = tree.tries.binary_search_by_key(body, |parts| parts.body).ok();
            parts.and_then(|at| tree.tries[at].catch).map(|catch| (*body, catch))
        };
        let Some((body, catch)) = bodies.filter_map(catch_of).next() else {
            return false;
        };
        let region_of = |release: &ExprId| tree.expr(*release).region;
        let inside =
            |release: &ExprId, region: RegionId| tree.region_path(region_of(release)).any(|at| at == region);
        let in_catch = releases.iter().any(|release| inside(release, catch));
        let behind = releases.iter().any(|release| !inside(release, body) && !inside(release, catch));
        let leaves = tree.exits.iter().any(|exit| tree.region_path(exit.region).any(|at| at == catch));
        in_catch || behind && !leaves
    }
}
