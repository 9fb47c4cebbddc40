//! Whether a promise outlives the races against it: made outside the loop, by the module, by an outer function that
//! goes on, or kept in a field from call to call.

use super::super::Engine;
use super::{Lookup, Racer};
use crate::ast::BinaryOp;
use crate::facts::places::{PlaceId, Root};
use crate::facts::repetition::{Level, Repetition, Why};
use crate::semantic::*;
use rustc_hash::FxHashSet;

/// How far a chain of callers is followed.
const MAX_CALLERS: usize = 6;

/// How many functions are searched for one that makes the promise anew.
const MAX_REACHED: usize = 64;

/// How often the race runs while the promise lives, and how long that is in words.
type Lives = Result<(Repetition, String), String>;

impl Engine<'_, '_> {
    /// `Err` says why the promise does not outlive the race.
    pub(super) fn outlives(&self, lookup: &Lookup, racer: Racer) -> Lives {
        let facts = self.facts;
        match facts.places.root(racer.place) {
            Root::Binding(binding) => self.outlives_binding(lookup, racer, *binding),
            Root::This(class) => self.outlives_field(lookup, racer, *class),
            Root::Global(_) => Err("nothing is known of this global".to_owned()),
            Root::UnknownThis(_) => Err("nothing is known of this function's `this`".to_owned()),
        }
    }

    fn outlives_binding(&self, lookup: &Lookup, racer: Racer, binding: BindingId) -> Lives {
        let tree = self.facts.tree;
        let site = tree.expr(racer.site).function;
        let home = tree.scopes.function_of(binding);
        if matches!(tree.scopes.binding(binding).kind, BindingKind::Import { .. }) {
            return Err("the promise comes from another file".to_owned());
        }
        if home == site && home != MODULE || self.open_loop(racer.site).is_some() {
            return self.outlives_turn(lookup, racer, binding);
        }
        if !tree.is_within(site, home) {
            return Err("the promise is made for this call".to_owned());
        }
        let inner: Vec<FnId> = tree.enclosing(site).take_while(|at| *at != home).collect();
        let makers = self.makers(lookup, racer.place);
        if makers.iter().any(|made| inner.contains(&tree.expr(*made).function)) {
            return Err("the promise is made anew by the code that races it".to_owned());
        }
        if inner.iter().any(|function| self.begins_or_ends(*function)) {
            return Err("this begins or ends something, once".to_owned());
        }
        match home {
            MODULE => {
                if makers.is_empty() {
                    return Err("nothing shows what promise this is".to_owned());
                }
                Ok((self.repetition_at(racer.site), "as old as its module".to_owned()))
            }
            _ => {
                let repetition = self.repeats_within(racer.site, home)?;
                Ok((repetition, format!("shared by all that a run of {} does", self.facts.title(home))))
            }
        }
    }

    /// A promise of the function in which the race stands: it must be older than the loop's turn.
    fn outlives_turn(&self, lookup: &Lookup, racer: Racer, binding: BindingId) -> Lives {
        let Some(turn) = self.open_loop(racer.site) else {
            return Err("the promise is made for this call".to_owned());
        };
        let tree = self.facts.tree;
        let in_turn = |at: ExprId| tree.region_path(tree.expr(at).region).any(|region| region == turn);
        if self.makers(lookup, racer.place).into_iter().any(in_turn) || self.declared_in(binding, turn) {
            return Err("the promise is made anew for each turn of the loop".to_owned());
        }
        if self.makers(lookup, racer.place).iter().any(|made| self.may_run_in(*made, turn)) {
            return Err("something that the loop calls makes the promise anew".to_owned());
        }
        let repetition = Repetition { level: Level::Repeated, why: Why::Loop(racer.site) };
        Ok((repetition, "older than the turn of the loop".to_owned()))
    }

    fn outlives_field(&self, lookup: &Lookup, racer: Racer, class: ClassId) -> Lives {
        let facts = self.facts;
        let tree = facts.tree;
        let site = tree.expr(racer.site).function;
        let makers = self.makers(lookup, racer.place);
        if makers.is_empty() {
            return Err("nothing shows what promise this is".to_owned());
        }
        let text = facts.places.text(tree, racer.place);
        let title = facts.classes.get(class).title();
        if let Some(turn) = self.open_loop(racer.site) {
            let in_turn = |at: &ExprId| {
                tree.region_path(tree.expr(*at).region).any(|region| region == turn)
                    || self.may_run_in(*at, turn)
            };
            if makers.iter().any(in_turn) {
                return Err("the promise is made anew for each turn of the loop".to_owned());
            }
            let repetition = Repetition { level: Level::Repeated, why: Why::Loop(racer.site) };
            return Ok((repetition, "older than the turn of the loop".to_owned()));
        }
        let around: Vec<FnId> = tree.enclosing(site).collect();
        let initialises = |made: &ExprId| tree.function(tree.expr(*made).function).kind == FnKind::FieldInit;
        let mut here = makers.iter().filter(|made| !initialises(made)).map(|made| tree.expr(*made).function);
        if here.any(|maker| around.contains(&maker) || self.may_run([site].into_iter(), maker)) {
            return Err(format!("`{text}` is made anew by the code that races it"));
        }
        if self.runs_once_per_instance(site, class) {
            return Err(format!("this runs once for each `{title}`"));
        }
        Ok((self.repetition_at(racer.site), format!("shared by all calls on its `{title}`")))
    }

    /// What the constructor runs, or a method whose name says that it begins or ends the object.
    fn runs_once_per_instance(&self, site: FnId, class: ClassId) -> bool {
        let facts = self.facts;
        facts.tree.enclosing(site).any(|function| self.begins_or_ends(function))
            || self.construction(class).contains(&site)
    }

    /// A function whose name says that it sets something up or ends it.
    fn begins_or_ends(&self, function: FnId) -> bool {
        let facts = self.facts;
        facts.function_name(function).is_some_and(|name| {
            facts.teardown_name(name).is_some()
                || facts.protocols.is_set_up_name(name)
                || facts.protocols.once_functions.has(name)
        })
    }

    /// The expressions that make the promise, or the object that holds it.
    pub(super) fn makers(&self, lookup: &Lookup, place: PlaceId) -> Vec<ExprId> {
        let facts = self.facts;
        let mut makers = Vec::new();
        for at in facts.places.ancestors(place) {
            makers.extend(facts.values_at(at).iter().copied().filter(|value| !self.is_nothing(*value)));
            if let (Root::Binding(binding), 0) = (facts.places.root(at), facts.places.depth(at)) {
                let init = facts.tree.scopes.binding(*binding).init;
                makers.extend(init.filter(|init| lookup.parts.contains_key(init)));
            }
        }
        makers
    }

    /// The loop around a race that goes on until something happens; a comparison bounds its turns.
    fn open_loop(&self, site: ExprId) -> Option<RegionId> {
        let tree = self.facts.tree;
        self.facts.in_loop(site).filter(|region| {
            !tree.region(*region).test.is_some_and(|test| {
                matches!(
                    tree.kind(test),
                    Kind::Binary { op: BinaryOp::Lt | BinaryOp::LtEq | BinaryOp::Gt | BinaryOp::GtEq, .. }
                        | Kind::Update(_)
                )
            })
        })
    }

    /// `for (…) { const closed = … }`
    fn declared_in(&self, binding: BindingId, turn: RegionId) -> bool {
        let tree = self.facts.tree;
        let init = tree.scopes.binding(binding).init;
        init.is_some_and(|init| tree.region_path(tree.expr(init).region).any(|region| region == turn))
    }

    /// Whether a call in the loop's turn may run the function in which an expression stands.
    fn may_run_in(&self, expr: ExprId, turn: RegionId) -> bool {
        let facts = self.facts;
        let maker = facts.tree.expr(expr).function;
        let function = facts.tree.region(turn).function;
        let calls = facts.graph.calls_in[function.index()].iter();
        let in_turn = calls.filter(|call| {
            facts.tree.region_path(facts.tree.expr(**call).region).any(|region| region == turn)
        });
        maker != function && self.may_run(in_turn.flat_map(|call| facts.targets(*call)), maker)
    }

    /// Whether running one of `roots` may run `wanted`; beyond a few functions nobody knows, and it may.
    fn may_run(&self, roots: impl Iterator<Item = FnId>, wanted: FnId) -> bool {
        let facts = self.facts;
        let mut queue: Vec<FnId> = roots.collect();
        let mut seen = FxHashSet::default();
        while let Some(function) = queue.pop() {
            if function == wanted || seen.len() > MAX_REACHED {
                return true;
            }
            if seen.insert(function) {
                queue.extend(facts.graph.children[function.index()].iter().copied());
                let calls = facts.graph.calls_in[function.index()].iter();
                queue.extend(calls.flat_map(|call| facts.targets(*call)));
            }
        }
        false
    }

    /// How often the race runs for one run of an outer function.
    fn repeats_within(&self, site: ExprId, home: FnId) -> Result<Repetition, String> {
        let facts = self.facts;
        let mut function = facts.tree.expr(site).function;
        for _ in 0..MAX_CALLERS {
            let repetition = facts.repetition(function);
            match repetition.why {
                Why::Caller(call) | Why::Given(call) => {
                    let next = facts.tree.expr(call).function;
                    if next == home || !facts.tree.is_within(next, home) {
                        break;
                    }
                    function = next;
                }
                Why::Loop(call) | Why::Handler(call) | Why::CalledBack(_, call)
                    if facts.tree.is_within(facts.tree.expr(call).function, home) =>
                {
                    return Ok(repetition.clone());
                }
                Why::JsxHandler | Why::Returned | Why::Exported | Why::PublicMethod(_) => {
                    return Ok(repetition.clone());
                }
                _ => break,
            }
        }
        Err(format!("this runs once for each run of {}", facts.title(home)))
    }
}
