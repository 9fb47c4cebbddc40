//! How often a site runs: its function's frequency, the loop it stands in, and guards that let it run once.

use super::Engine;
use crate::ast::{BinaryOp, UnaryOp};
use crate::facts::places::{PlaceId, Root};
use crate::facts::repetition::{Level, Repetition, Why};
use crate::semantic::*;

impl Engine<'_, '_> {
    /// How often the expression is evaluated in the life of the program.
    pub(super) fn repetition_at(&self, site: ExprId) -> Repetition {
        let tree = self.facts.tree;
        let function = tree.expr(site).function;
        let own = &self.facts.repetition[function.index()];
        if self.runs_once_by_guard(site) {
            return Repetition { level: Level::Once, why: Why::OnceByName };
        }
        if self.facts.in_loop(site).is_some() && !self.loop_leaves(site) {
            return Repetition { level: Level::Repeated, why: Why::Loop(site) };
        }
        own.clone()
    }

    /// A loop at module level or in a function that runs once is bounded by the data it starts with.
    fn loop_leaves(&self, site: ExprId) -> bool {
        let function = self.facts.tree.expr(site).function;
        self.facts.repetition[function.index()].level == Level::Once
    }

    /// `if (started) return; started = true`, `if (!timer) timer = …`, `timer ??= …` on a module-level name: once in
    /// the program's life, however often the function runs. On `this.x` it is once per instance, which says nothing.
    fn runs_once_by_guard(&self, site: ExprId) -> bool {
        let tree = self.facts.tree;
        if let Up::Expr(parent) = tree.expr(site).up
            && let Kind::Assign { op, target: Target::Expr(target), .. } = tree.kind(parent)
            && op.may_short_circuit()
            && self.module_place(*target).is_some()
        {
            return true;
        }
        tree.enclosing(tree.expr(site).function).take(3).any(|function| self.guarded_in(site, function))
    }

    fn guarded_in(&self, site: ExprId, function: FnId) -> bool {
        let tree = self.facts.tree;
        let position = tree.span(site).start;
        let mut region = Some(tree.expr(site).region);
        while let Some(at) = region {
            let entry = tree.region(at);
            if entry.function == function {
                let conditional = matches!(entry.kind, RegionKind::Then | RegionKind::ShortCircuit);
                if let (true, Some(test)) = (conditional, entry.test)
                    && self.tests_unset(test, function, true)
                {
                    return true;
                }
                let early = self.guards_in(at);
                if early
                    .iter()
                    .any(|guard| guard.from <= position && self.tests_unset(guard.test, function, false))
                {
                    return true;
                }
            }
            region = entry.parent;
        }
        false
    }

    fn guards_in(&self, region: RegionId) -> Vec<Guard> {
        let guards = &self.facts.tree.guards;
        // Guards are noted after their statement's inside: not sorted by region, but few.
        guards.iter().filter(|guard| guard.region == region).copied().collect()
    }

    /// Whether `test` being `expected` means that a module-level name, which the function sets, is not set yet.
    fn tests_unset(&self, test: ExprId, function: FnId, expected: bool) -> bool {
        let tree = self.facts.tree;
        match tree.kind(test) {
            Kind::Unary { op: UnaryOp::Bang, operand } => self.tests_unset(*operand, function, !expected),
            Kind::Binary { op, left, right } => match op {
                BinaryOp::LogicalAnd if expected => {
                    self.tests_unset(*left, function, true) || self.tests_unset(*right, function, true)
                }
                BinaryOp::LogicalOr if !expected => {
                    self.tests_unset(*left, function, false) || self.tests_unset(*right, function, false)
                }
                BinaryOp::EqEq | BinaryOp::EqEqEq => {
                    expected && self.is_nullish(*right) && self.set_by(*left, function)
                }
                BinaryOp::NotEq | BinaryOp::NotEqEq => {
                    !expected && self.is_nullish(*right) && self.set_by(*left, function)
                }
                BinaryOp::Gt => !expected && self.set_by(*left, function),
                _ => false,
            },
            Kind::Member { object, name } if name == "size" || name == "length" => {
                !expected && self.grown_by(*object, function)
            }
            Kind::Call { callee, .. } => match tree.kind(*callee) {
                Kind::Member { object, name } if name == "has" => {
                    !expected && self.grown_by(*object, function) && !self.has_open_key(test)
                }
                _ => false,
            },
            _ => !expected && self.set_by(test, function),
        }
    }

    /// `if (seen.has(key)) return`: once per key; only a literal key makes it once.
    fn has_open_key(&self, call: ExprId) -> bool {
        let args = self.facts.tree.call_parts(call).map_or(&[][..], |(_, args)| args);
        args.first().is_none_or(|key| self.facts.tree.as_string(*key).is_none())
    }

    fn is_nullish(&self, expr: ExprId) -> bool {
        match self.facts.tree.kind(expr) {
            Kind::Null | Kind::Boolean(false) => true,
            Kind::Ident(reference) => self.facts.tree.scopes.reference(*reference).name == "undefined",
            _ => false,
        }
    }

    /// A module-level place that this function assigns.
    fn set_by(&self, expr: ExprId, function: FnId) -> bool {
        self.module_place(expr).is_some_and(|place| {
            self.facts
                .values_at(place)
                .iter()
                .any(|value| self.facts.tree.stands_in(*value, function) && !self.is_nullish(*value))
        })
    }

    fn grown_by(&self, expr: ExprId, function: FnId) -> bool {
        let facts = self.facts;
        self.module_place(expr).and_then(|place| facts.places.part(place, &Segment::Element)).is_some_and(
            |part| facts.values_at(part).iter().any(|value| facts.tree.stands_in(*value, function)),
        )
    }

    fn module_place(&self, expr: ExprId) -> Option<PlaceId> {
        let facts = self.facts;
        let place = facts.places.of(expr)?;
        match facts.places.root(place) {
            Root::Binding(binding) => (facts.tree.scopes.function_of(*binding) == MODULE).then_some(place),
            Root::Global(_) => Some(place),
            _ => None,
        }
    }
}
