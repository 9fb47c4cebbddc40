//! Keys of which the way to a growth shows that they are few, or there already.

use super::super::Engine;
use super::super::growth::Growth;
use crate::ast::{BinaryOp, UnaryOp};
use crate::facts::places::{PlaceId, Root};
use crate::semantic::*;

impl Engine<'_, '_> {
    /// Whether a test before the growth lets only keys of a table through that never grows itself:
    /// `if (!KNOWN.has(key)) return`, `if (key in TABLE)`.
    pub(super) fn is_checked_against_table(&self, growth: &Growth) -> bool {
        let Some(key) = growth.key.or(growth.value) else {
            return false;
        };
        self.conditions(growth.site, key).into_iter().any(|(test, _)| {
            let looked_up = self.calls_within(test).into_iter().any(|call| {
                self.looked_up(call).is_some_and(|(table, looked_for)| {
                    self.same_value(looked_for, key) && self.is_constant_table(table)
                })
            });
            looked_up || self.is_in_table(test, key)
        })
    }

    fn is_in_table(&self, test: ExprId, key: ExprId) -> bool {
        match self.facts.tree.kind(test) {
            Kind::Binary { op: BinaryOp::In, left, right } => {
                self.same_value(*left, key) && self.is_constant_table(*right)
            }
            Kind::Binary { left, right, .. } => self.is_in_table(*left, key) || self.is_in_table(*right, key),
            Kind::Unary { operand, .. } => self.is_in_table(*operand, key),
            _ => false,
        }
    }

    /// A module-level table that no code adds to.
    fn is_constant_table(&self, table: ExprId) -> bool {
        let facts = self.facts;
        let Some(place) = facts.places.of(table) else {
            return false;
        };
        match facts.places.root(place) {
            Root::Binding(binding) if facts.tree.scopes.function_of(*binding) == MODULE => {
                self.container_uses(place).growths.is_empty()
            }
            _ => false,
        }
    }

    /// `const known = map.get(key); if (!known) return; map.set(key, …)`: the key is there already, and its value is replaced.
    pub(super) fn is_overwriting(&self, place: PlaceId, growth: &Growth) -> bool {
        growth.key.is_some_and(|key| {
            !self.is_reassigned(key)
                && self
                    .conditions(growth.site, key)
                    .into_iter()
                    .any(|(test, outcome)| self.shows_presence(test, outcome, place, key))
        })
    }

    fn is_reassigned(&self, expr: ExprId) -> bool {
        let facts = self.facts;
        let place = facts.places.of(expr);
        place.is_some_and(|place| {
            let written = facts.places.uses(place).iter().any(|at| facts.is_write(*at));
            written || facts.counters.contains(&place)
        })
    }

    /// If `test` coming out as `outcome` means that the container has the key.
    fn shows_presence(&self, test: ExprId, outcome: bool, place: PlaceId, key: ExprId) -> bool {
        let facts = self.facts;
        match facts.tree.kind(test) {
            Kind::Unary { op: UnaryOp::Bang, operand } => self.shows_presence(*operand, !outcome, place, key),
            Kind::Binary { op, left, right } => match op {
                BinaryOp::LogicalAnd | BinaryOp::LogicalOr => {
                    outcome == (*op == BinaryOp::LogicalAnd)
                        && (self.shows_presence(*left, outcome, place, key)
                            || self.shows_presence(*right, outcome, place, key))
                }
                BinaryOp::In => {
                    outcome && self.same_value(*left, key) && facts.places.of(*right) == Some(place)
                }
                BinaryOp::EqEq | BinaryOp::EqEqEq | BinaryOp::NotEq | BinaryOp::NotEqEq => {
                    outcome == matches!(op, BinaryOp::NotEq | BinaryOp::NotEqEq)
                        && self.is_nothing(*right)
                        && self.is_entry(*left, place, key)
                }
                _ => false,
            },
            _ => {
                let has = self.looked_up(test).is_some_and(|(table, looked_for)| {
                    facts.places.of(table) == Some(place) && self.same_value(looked_for, key)
                });
                outcome && (has || self.is_entry(test, place, key))
            }
        }
    }

    /// The collection and the key of `map.has(key)`, `list.includes(key)`, `table.hasOwnProperty(key)`.
    fn looked_up(&self, call: ExprId) -> Option<(ExprId, ExprId)> {
        let tree = self.facts.tree;
        let (callee, args) = tree.call_parts(call)?;
        let Kind::Member { object, name } = tree.kind(callee) else {
            return None;
        };
        match (&**name, args) {
            ("has" | "includes" | "hasOwnProperty", [key, ..]) => Some((*object, *key)),
            ("hasOwn", [table, key]) => Some((*table, *key)),
            _ => None,
        }
    }

    /// `map.get(key)`, `table[key]`, a variable that holds it and nothing else, and what is asked of it (`map.get(key)?.items`).
    fn is_entry(&self, value: ExprId, place: PlaceId, key: ExprId) -> bool {
        let tree = self.facts.tree;
        let mut at = self.variable(value).unwrap_or(value);
        loop {
            at = match tree.kind(at) {
                Kind::Index { object, index } => {
                    if self.facts.places.of(*object) == Some(place) && self.same_value(*index, key) {
                        return true;
                    }
                    *object
                }
                Kind::Member { object, .. } => *object,
                Kind::Call { callee, args } => {
                    if let Kind::Member { object, name } = tree.kind(*callee)
                        && name == "get"
                        && self.facts.places.of(*object) == Some(place)
                    {
                        return tree.list(*args).first().is_some_and(|arg| self.same_value(*arg, key));
                    }
                    *callee
                }
                _ => return false,
            };
        }
    }

    /// What a variable that is never written again was made of.
    pub(super) fn variable(&self, expr: ExprId) -> Option<ExprId> {
        let scopes = &self.facts.tree.scopes;
        let Kind::Ident(reference) = self.facts.tree.kind(expr) else {
            return None;
        };
        let binding = scopes.binding(scopes.reference(*reference).binding?);
        binding.init.filter(|_| binding.writes == 0 && binding.projection.is_empty())
    }

    /// The tests that decide whether a site is reached, with how they came out; in the functions around it too, as far as
    /// the key is the same there.
    fn conditions(&self, site: ExprId, key: ExprId) -> Vec<(ExprId, bool)> {
        let tree = self.facts.tree;
        let home = match self.facts.places.of(key).map(|place| self.facts.places.root(place)) {
            Some(Root::Binding(binding)) => tree.scopes.function_of(*binding),
            _ => tree.expr(site).function,
        };
        let mut found = self.outcomes_before(site);
        let mut at = tree.expr(site).function;
        while at != home
            && let Some(made) = tree.function(at).expr
        {
            found.extend(self.outcomes_before(made));
            at = tree.expr(made).function;
        }
        found
    }
}
