//! How often a site runs: its function's frequency, the loop it stands in, and guards that let it run once.

use super::Engine;
use crate::ast::{BinaryOp, UnaryOp};
use crate::facts::classes::Dress;
use crate::facts::lifecycle::Made;
use crate::facts::places::{PlaceId, Root};
use crate::facts::repetition::{Level, Repetition, Why};
use crate::semantic::*;
use rustc_hash::FxHashSet;
use std::rc::Rc;

/// How many early returns of one block are asked about a site that stands behind them.
const MAX_GUARDS: usize = 64;

/// How many expressions of a test are looked at.
const MAX_TEST: usize = 256;

/// The early returns of a region that stand before a byte offset.
fn guards_before(tree: &Tree, region: RegionId, position: u32) -> impl DoubleEndedIterator<Item = &Guard> {
    let guards = tree.guards_in(region);
    guards[..guards.partition_point(|guard| guard.from <= position)].iter()
}

impl Engine<'_, '_> {
    /// How often the expression is evaluated in the life of the program.
    pub(super) fn repetition_at(&self, site: ExprId) -> Repetition {
        let tree = self.facts.tree;
        let function = tree.expr(site).function;
        let own = self.facts.repetition(function);
        if let Some(home) = self.once_per_run_of(site).or_else(|| self.once_by_callers(function)) {
            // Once for each run of the function that the guard's variable belongs to.
            let outer = self.facts.repetition(home);
            return match home {
                MODULE => Repetition { level: Level::Once, why: Why::ModuleTop },
                _ if outer.level < own.level => outer.clone(),
                _ => own.clone(),
            };
        }
        if self.facts.in_loop(site).is_some() {
            return Repetition { level: Level::Repeated, why: Why::Loop(site) };
        }
        self.by_construction(function, own)
    }

    /// What every `new` of a class runs, computed once per class.
    pub(super) fn construction(&self, class: ClassId) -> Rc<FxHashSet<FnId>> {
        let mut known = self.constructions.borrow_mut();
        Rc::clone(known.entry(class).or_insert_with(|| Rc::new(self.facts.construction(class))))
    }

    /// A method that the constructor calls runs for every `new`, whoever else may call it.
    fn by_construction(&self, function: FnId, own: &Repetition) -> Repetition {
        let facts = self.facts;
        if own.level == Level::MayRepeat
            && let Some(class) = facts.classes.of_this(facts.tree, function)
            && !matches!(own.why, Why::VisibleClass(_))
            && self.construction(class).contains(&function)
        {
            return Repetition { level: own.level, why: Why::VisibleClass(class) };
        }
        own.clone()
    }

    /// `if (started) return; started = true`, `if (!timer) timer = …`, `timer ??= …` on an outer variable: once for each
    /// run of the function that declares it, the module included, however often the guarded function runs. On `this.x`
    /// it is once per instance, which says nothing.
    fn once_per_run_of(&self, site: ExprId) -> Option<FnId> {
        let tree = self.facts.tree;
        if let Up::Expr(parent) = tree.expr(site).up
            && let Kind::Assign { op, target: Target::Expr(target), .. } = tree.kind(parent)
            && op.may_short_circuit()
            && let Some((_, home)) = self.outer_place(*target, tree.expr(site).function)
        {
            return Some(home);
        }
        tree.enclosing(tree.expr(site).function).take(3).find_map(|function| self.guarded_in(site, function))
    }

    /// `if (ready) return; ready = true; build()` where nothing else calls or mentions `build`.
    fn once_by_callers(&self, function: FnId) -> Option<FnId> {
        let facts = self.facts;
        let entry = facts.tree.function(function);
        let binding = entry.binding.filter(|binding| entry.expr.is_none() && !facts.is_exported(*binding))?;
        let callers = &facts.graph.callers[function.index()];
        let mentions = facts.tree.scopes.binding(binding).refs.len();
        let once = |call: &ExprId| self.once_per_run_of(*call) == Some(MODULE);
        (!callers.is_empty() && callers.len() == mentions && callers.iter().all(once)).then_some(MODULE)
    }

    fn guarded_in(&self, site: ExprId, function: FnId) -> Option<FnId> {
        let tree = self.facts.tree;
        let position = tree.span(site).start;
        let mut region = Some(tree.expr(site).region);
        while let Some(at) = region {
            let entry = tree.region(at);
            if entry.function == function {
                let conditional = matches!(entry.kind, RegionKind::Then | RegionKind::ShortCircuit);
                let test = entry.test.filter(|_| conditional);
                if let Some(home) = test.and_then(|test| self.tests_unset(test, function, true)) {
                    return Some(home);
                }
                // `else if`: the tests before it failed.
                if let (RegionKind::Else, Some(test)) = (entry.kind, entry.test)
                    && let Some(home) = self.tests_unset(test, function, false)
                {
                    return Some(home);
                }
                let early = guards_before(tree, at, position).take(MAX_GUARDS);
                let home = early.into_iter().find_map(|guard| self.tests_unset(guard.test, function, false));
                if home.is_some() {
                    return home;
                }
            }
            region = entry.parent;
        }
        None
    }

    /// The tests that decide whether a site is reached: of the regions around it, and of early returns before it.
    pub(super) fn tests_before(&self, site: ExprId) -> Vec<ExprId> {
        self.outcomes_before(site).into_iter().map(|(test, _)| test).collect()
    }

    /// The tests that decide whether a site is reached, and how they come out where it is.
    pub(super) fn outcomes_before(&self, site: ExprId) -> Vec<(ExprId, bool)> {
        let tree = self.facts.tree;
        let position = tree.span(site).start;
        let mut tests = Vec::new();
        for region in tree.region_path(tree.expr(site).region) {
            let entry = tree.region(region);
            let outcome = match entry.kind {
                RegionKind::Else => false,
                RegionKind::ShortCircuit => entry.test.is_some_and(|test| !self.is_left_of_or(test)),
                _ => true,
            };
            tests.extend(entry.test.map(|test| (test, outcome)));
            let early = guards_before(tree, region, position).rev().take(MAX_GUARDS);
            tests.extend(early.map(|guard| (guard.test, false)));
        }
        tests
    }

    /// What stands behind `test ||` or `test ??` runs where the test fails.
    fn is_left_of_or(&self, test: ExprId) -> bool {
        let Up::Expr(parent) = self.facts.tree.expr(test).up else {
            return false;
        };
        let or = |op: &BinaryOp| matches!(op, BinaryOp::LogicalOr | BinaryOp::NullishCoalescing);
        matches!(self.facts.tree.kind(parent), Kind::Binary { op, left, .. } if *left == test && or(op))
    }

    /// The calls inside an expression.
    pub(super) fn calls_within(&self, expr: ExprId) -> Vec<ExprId> {
        let tree = self.facts.tree;
        let span = tree.span(expr);
        // Operands stand behind their parents in the table, and inside them in the text.
        let end = tree.exprs.len() as u32;
        (expr.0..end)
            .map(ExprId)
            .take(MAX_TEST)
            .take_while(|at| span.contains(tree.span(*at)))
            .filter(|at| tree.call_parts(*at).is_some())
            .collect()
    }

    /// If `test` being `expected` means that an outer variable, which the function sets, is not set yet: the function
    /// that declares the variable.
    fn tests_unset(&self, test: ExprId, function: FnId, expected: bool) -> Option<FnId> {
        let tree = self.facts.tree;
        match tree.kind(test) {
            Kind::Unary { op: UnaryOp::Bang, operand } => self.tests_unset(*operand, function, !expected),
            Kind::Binary { op, left, right } => {
                let equal = matches!(op, BinaryOp::EqEq | BinaryOp::EqEqEq);
                let unequal = matches!(op, BinaryOp::NotEq | BinaryOp::NotEqEq);
                match op {
                    BinaryOp::LogicalAnd if expected => self
                        .tests_unset(*left, function, true)
                        .or_else(|| self.tests_unset(*right, function, true)),
                    BinaryOp::LogicalOr if !expected => self
                        .tests_unset(*left, function, false)
                        .or_else(|| self.tests_unset(*right, function, false)),
                    _ if (equal && expected || unequal && !expected) && self.is_nullish(*right) => {
                        self.set_by(*left, function)
                    }
                    BinaryOp::Gt if !expected => match self.sized(*left) {
                        Some(collection) => self.grown_by(collection, function),
                        None => self.set_by(*left, function),
                    },
                    _ => None,
                }
            }
            _ if !expected && self.sized(test).is_some() => {
                self.sized(test).and_then(|collection| self.grown_by(collection, function))
            }
            Kind::Call { callee, .. } => match tree.kind(*callee) {
                Kind::Member { object, name } if name == "has" && !expected && !self.has_open_key(test) => {
                    self.grown_by(*object, function)
                }
                _ => None,
            },
            _ if expected => None,
            _ => self.set_by(test, function),
        }
    }

    /// The collection of `built.size`, `list.length`.
    fn sized(&self, expr: ExprId) -> Option<ExprId> {
        match self.facts.tree.kind(expr) {
            Kind::Member { object, name } if name == "size" || name == "length" => Some(*object),
            _ => None,
        }
    }

    /// `if (seen.has(key)) return`: once per key; only a literal key makes it once.
    fn has_open_key(&self, call: ExprId) -> bool {
        let args = self.facts.tree.call_parts(call).map_or(&[][..], |(_, args)| args);
        args.first().is_none_or(|key| self.facts.tree.as_string(*key).is_none())
    }

    /// `if (seen.get(key)) return; …; seen.set(key, …)` on an outer collection: the site runs once for each such key.
    pub(super) fn is_once_per(&self, key: PlaceId, site: ExprId) -> bool {
        let facts = self.facts;
        let function = facts.tree.expr(site).function;
        let asks = |call: ExprId| {
            let Some((callee, [asked])) = facts.tree.call_parts(call) else {
                return false;
            };
            matches!(facts.tree.kind(callee), Kind::Member { object, name }
                if (name == "get" || name == "has")
                    && facts.places.of(*asked) == Some(key)
                    && self.grown_by(*object, function).is_some())
        };
        self.tests_before(site).into_iter().any(|test| {
            let asked = match facts.tree.kind(test) {
                Kind::Unary { op: UnaryOp::Bang, operand } => *operand,
                _ => test,
            };
            // `const known = seen.get(key); if (known) …`
            let kept = match facts.tree.kind(asked) {
                Kind::Ident(reference) => facts.tree.scopes.reference(*reference).binding,
                _ => None,
            };
            let kept = kept.and_then(|binding| facts.tree.scopes.binding(binding).init);
            self.calls_within(test).into_iter().chain(kept).any(asks)
        })
    }

    fn is_nullish(&self, expr: ExprId) -> bool {
        match self.facts.tree.kind(expr) {
            Kind::Null | Kind::Boolean(false) => true,
            Kind::Ident(reference) => self.facts.tree.scopes.reference(*reference).name == "undefined",
            _ => false,
        }
    }

    /// The home of an outer variable that this function assigns.
    fn set_by(&self, expr: ExprId, function: FnId) -> Option<FnId> {
        let (place, home) = self.outer_place(expr, function)?;
        let sets = self.facts.values_in(place, function).iter().any(|value| !self.is_nullish(*value));
        sets.then_some(home)
    }

    fn grown_by(&self, expr: ExprId, function: FnId) -> Option<FnId> {
        let facts = self.facts;
        let (place, home) = self.outer_place(expr, function)?;
        let part = facts.places.part(place, &Segment::Element)?;
        let grows = !facts.values_in(part, function).is_empty();
        grows.then_some(home)
    }

    /// The place of a variable that outlives a run of the function, and the function that declares it.
    ///
    /// An element of a collection is no flag: `if (known) return known` after `known = memo.get(key)` is once per key.
    fn outer_place(&self, expr: ExprId, function: FnId) -> Option<(PlaceId, FnId)> {
        let facts = self.facts;
        let place = facts.places.of(expr)?;
        if facts.places.ancestors(place).any(|at| facts.places.segment(at) == Some(&Segment::Element)) {
            return None;
        }
        match facts.places.root(place) {
            Root::Binding(binding) => {
                let home = facts.tree.scopes.function_of(*binding);
                (home != function).then_some((place, home))
            }
            Root::Global(_) => Some((place, MODULE)),
            Root::This(class) => self.is_alone(*class).then_some((place, MODULE)),
            _ => None,
        }
    }

    /// `const poller = { start() { if (this.timer) return; … } }`, a service of which the framework makes one.
    fn is_alone(&self, class: ClassId) -> bool {
        let facts = self.facts;
        match facts.classes.get(class).dress {
            Dress::Object(literal) => {
                let literal = facts.tree.expr(literal);
                literal.function == MODULE && matches!(literal.up, Up::Init(_))
            }
            _ => facts.made(class) == Made::Once,
        }
    }
}
