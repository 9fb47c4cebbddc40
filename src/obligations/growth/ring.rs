//! Indexes that come back to where they started.

use super::super::Engine;
use crate::ast::BinaryOp;
use crate::facts::places::PlaceId;
use crate::semantic::*;

impl Engine<'_, '_> {
    /// `ring[n % SIZE]`, `at = (at + 1) % SIZE; … ring[at]`, `if (at === SIZE) at = 0; ring[at++]`
    pub(super) fn is_ring(&self, index: ExprId) -> bool {
        let facts = self.facts;
        let place = match facts.tree.kind(index) {
            Kind::Binary { op: BinaryOp::Mod, .. } => return true,
            Kind::Update(counter) => facts.places.of(*counter),
            _ => facts.places.of(index),
        };
        place.is_some_and(|place| {
            facts.values_at(place).iter().any(|value| match facts.tree.kind(*value) {
                Kind::Binary { op: BinaryOp::Mod, .. } => true,
                Kind::Number(_) => self.is_set_back(*value, place),
                _ => false,
            })
        })
    }

    /// `if (at >= SIZE) at = 0`
    fn is_set_back(&self, start: ExprId, place: PlaceId) -> bool {
        let tree = self.facts.tree;
        tree.region_path(tree.expr(start).region).any(|region| {
            let region = tree.region(region);
            region.kind == RegionKind::Then && region.test.is_some_and(|test| self.is_at_the_end(test, place))
        })
    }

    fn is_at_the_end(&self, test: ExprId, place: PlaceId) -> bool {
        let tree = self.facts.tree;
        let Kind::Binary { op, left, right } = tree.kind(test) else {
            return false;
        };
        let counts = |side: ExprId| {
            let counter = match tree.kind(side) {
                Kind::Update(counter) => *counter,
                _ => side,
            };
            self.facts.places.of(counter) == Some(place)
        };
        match op {
            BinaryOp::EqEq | BinaryOp::EqEqEq => counts(*left) || counts(*right),
            BinaryOp::Gt | BinaryOp::GtEq => counts(*left),
            BinaryOp::Lt | BinaryOp::LtEq => counts(*right),
            _ => false,
        }
    }
}
