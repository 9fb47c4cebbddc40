//! Obligations of closures: what lives long must not keep a large value that it does not need.

mod size;

use super::trace::Step;
use super::{Captured, CapturedUse, Engine, Failure, Family, Tier, Verdict};
use crate::facts::flow::Sink;
use crate::facts::owner::Teardowns;
use crate::facts::places::Root;
use crate::facts::repetition::Level;
use crate::protocol::HandleRule;
use crate::semantic::*;
use rustc_hash::{FxHashMap, FxHashSet};
use size::Size;

/// Properties whose value does not keep the object.
const SCALARS: [&str; 3] = ["length", "size", "byteLength"];

/// How many large values of one function, and how many functions kept from one scope, are looked at.
const MAX_VALUES: usize = 64;
const MAX_KEPT: usize = 256;

/// A local variable that holds something provably large.
struct Large {
    binding: BindingId,
    size: Size,
    home: FnId,
    scope: ScopeId,
    /// The first closure that mentions it.
    user: FnId,
}

impl Engine<'_, '_> {
    /// Looks at every provably large local that some closure captures.
    pub(super) fn captures(&mut self) {
        let bindings = 0..self.facts.tree.scopes.bindings.len() as u32;
        let all: Vec<Large> = bindings.filter_map(|at| self.large(BindingId(at))).collect();
        if all.is_empty() {
            return;
        }
        let told = self.told_closures();
        let mut scopes: FxHashMap<ScopeId, Closures> = FxHashMap::default();
        let mut counts: FxHashMap<FnId, usize> = FxHashMap::default();
        let mut kept = FxHashSet::default();
        for large in &all {
            let count = counts.entry(large.home).or_default();
            *count += 1;
            if *count <= MAX_VALUES {
                let closures = scopes.entry(large.scope).or_insert_with(|| self.closures_over(large, &told));
                kept.extend(self.large_value(large, closures));
            }
        }
        self.drop_container_verdicts(&kept);
    }

    /// The functions that intervals and listeners with verdicts were given; the first such verdict of each.
    fn told_closures(&self) -> FxHashMap<FnId, usize> {
        let mut told = FxHashMap::default();
        for (at, verdict) in self.verdicts.iter().enumerate() {
            // A timer that fires once keeps its callback for a while only.
            let lasts =
                verdict.family != Family::Handle(HandleRule::Timeout) || verdict.tier > Tier::Possible;
            if matches!(verdict.family, Family::Handle(_) | Family::Listener) && lasts {
                let args = self.facts.tree.call_parts(verdict.site).map_or(&[][..], |(_, args)| args);
                for function in args.iter().flat_map(|arg| self.facts.functions_of(*arg)) {
                    told.entry(function).or_insert(at);
                }
            }
        }
        told
    }

    fn large(&self, id: BindingId) -> Option<Large> {
        let tree = self.facts.tree;
        let binding = tree.scopes.binding(id);
        let home = tree.scopes.function_of(id);
        let init = binding.init.filter(|_| binding.projection.is_empty())?;
        // `data = null` lets go of it.
        if home == MODULE || binding.writes > 0 {
            return None;
        }
        let size = self.size_of(init)?;
        let mentions = binding.refs.iter().map(|reference| tree.scopes.reference(*reference).expr);
        let user = mentions.map(|at| tree.expr(at).function).find(|function| *function != home)?;
        Some(Large { binding: id, size, home, scope: binding.scope, user })
    }

    /// The closure whose verdict was said.
    fn large_value(&mut self, large: &Large, closures: &Closures) -> Option<FnId> {
        // On the same site as an interval or a listener it is a label of that finding.
        if let Some((verdict, closure)) = closures.told {
            self.label_existing(large, verdict, closure);
            return None;
        }
        let users = self.kept_users(large, closures);
        for (closure, keeper) in &closures.kept {
            if let Some(verdict) = self.kept_closure(large, *closure, *keeper, users) {
                self.verdicts.push(verdict);
                return Some(*closure);
            }
        }
        None
    }

    /// A collection that grows by this very closure is one defect with it, and the closure says more.
    fn drop_container_verdicts(&mut self, kept: &FxHashSet<FnId>) {
        if kept.is_empty() {
            return;
        }
        let facts = self.facts;
        let is_kept =
            |value: &ExprId| facts.functions_of(*value).iter().any(|function| kept.contains(function));
        let adds_it = |site: ExprId| match facts.tree.kind(site) {
            Kind::Assign { value, .. } => is_kept(value),
            _ => facts.tree.call_parts(site).is_some_and(|(_, args)| args.iter().any(is_kept)),
        };
        self.verdicts.retain(|verdict| verdict.family != Family::Container || !adds_it(verdict.site));
    }

    /// Whether a callback keeps something provably large.
    pub(super) fn keeps_large(&self, callback: ExprId) -> bool {
        let facts = self.facts;
        let captured = facts.functions_of(callback).into_iter().flat_map(|function| facts.captures(function));
        captured.into_iter().any(|id| {
            let binding = facts.tree.scopes.binding(id);
            let init = binding.init.filter(|_| binding.projection.is_empty());
            init.is_some_and(|init| self.size_of(init).is_some())
        })
    }

    /// The functions made where the variable is visible: they hold its context, used or not.
    fn closures_over(&self, large: &Large, told: &FxHashMap<FnId, usize>) -> Closures {
        let tree = self.facts.tree;
        let made_there = |function: &FnId| {
            *function != large.home && self.scope_within(tree.function(*function).scope, large.scope)
        };
        let closures: Vec<FnId> = tree.nested(large.home).filter(made_there).collect();
        let keeper = |closure: FnId| Some((closure, self.keeper(large, closure)?));
        let kept = closures.iter().filter_map(|closure| keeper(*closure)).take(MAX_KEPT).collect();
        let told = closures.iter().filter_map(|closure| Some((*told.get(closure)?, *closure))).min();
        Closures { kept, told }
    }

    fn scope_within(&self, inner: ScopeId, outer: ScopeId) -> bool {
        let scopes = &self.facts.tree.scopes.scopes;
        std::iter::successors(Some(inner), |at| scopes[at.index()].parent).any(|at| at == outer)
    }

    fn label_existing(&mut self, large: &Large, verdict: usize, closure: FnId) {
        let facts = self.facts;
        let verdict = &mut self.verdicts[verdict];
        verdict.captured = Some(Captured {
            binding: large.binding,
            closure,
            size: large.size.words(),
            use_of_it: use_in(facts, large, closure),
        });
        // `function start() { const rows = new Array(1e6); setInterval(() => rows.length) }`: what each call keeps is large.
        if verdict.tier == Tier::Possible && verdict.repetition.level >= Level::MayRepeat {
            verdict.tier = Tier::Likely;
        }
    }

    fn kept_closure(
        &mut self,
        large: &Large,
        closure: FnId,
        keeper: Keeper,
        kept_user: bool,
    ) -> Option<Verdict> {
        let facts = self.facts;
        let use_of_it = use_in(facts, large, closure);
        let tier = match (&use_of_it, &keeper) {
            (_, Keeper::Module { proven: true }) => Tier::Proven,
            // Another closure that is kept too may need it: then this one costs nothing.
            (CapturedUse::Scalar(_) | CapturedUse::Shared(_), _) if kept_user => {
                return None;
            }
            (CapturedUse::Scalar(_) | CapturedUse::Shared(_), _) => Tier::Likely,
            (CapturedUse::Whole, _) => {
                self.note_capture(large, closure, "silent: the closure uses the value");
                return None;
            }
        };
        self.note_capture(large, closure, tier.name());
        let tree = facts.tree;
        let site = tree.function(closure).expr.or_else(|| self.first_mention(closure))?;
        let binding = tree.scopes.binding(large.binding);
        let repetition = facts.repetition(large.home).clone();
        let holder = match keeper {
            Keeper::Returned => "whoever calls this keeps the function it returns".to_owned(),
            Keeper::Module { .. } => "a module-level collection keeps the function".to_owned(),
        };
        Some(Verdict {
            family: Family::Capture,
            row: 0,
            site,
            span: tree.function(closure).head,
            failure: Failure::Retained,
            tier,
            assumed: (tier == Tier::Likely).then(|| "that the returned function is kept for long".to_owned()),
            holder,
            owner: facts.owner_of(large.home),
            repetition,
            teardowns: Teardowns::default(),
            subject: binding.name.to_string(),
            detail: String::new(),
            event: None,
            handler: None,
            capture: false,
            captured: Some(Captured { binding: large.binding, closure, size: large.size.words(), use_of_it }),
            pushes: false,
            also: Vec::new(),
        })
    }

    /// A declaration has no expression of its own: the mention by which it is handed out stands for it.
    fn first_mention(&self, function: FnId) -> Option<ExprId> {
        let scopes = &self.facts.tree.scopes;
        let binding = self.facts.tree.function(function).binding?;
        scopes.binding(binding).refs.first().map(|reference| scopes.reference(*reference).expr)
    }

    fn note_capture(&mut self, large: &Large, closure: FnId, outcome: &str) {
        let tree = self.facts.tree;
        let name = tree.scopes.binding(large.binding).name.to_string();
        if let Some(site) = tree.function(closure).expr {
            self.decide(Family::Capture, site, |_| {
                vec![Step::new(format!("`{name}` is large: {}", large.size.words())), Step::new(outcome)]
            });
        }
    }

    /// Some other closure that is handed out as well uses the value itself.
    fn kept_users(&self, large: &Large, closures: &Closures) -> bool {
        let mut kept = closures.kept.iter();
        kept.any(|(function, _)| matches!(use_in(self.facts, large, *function), CapturedUse::Whole))
    }

    /// Who keeps the closure beyond the run that made it.
    fn keeper(&self, large: &Large, closure: FnId) -> Option<Keeper> {
        let facts = self.facts;
        let entry = facts.tree.function(closure);
        let mut exprs: Vec<ExprId> = entry.expr.into_iter().collect();
        if let Some(binding) = entry.binding {
            let refs = &facts.tree.scopes.binding(binding).refs;
            exprs.extend(refs.iter().map(|r| facts.tree.scopes.reference(*r).expr));
        }
        exprs.iter().find_map(|expr| self.keeper_of(large, *expr, 4))
    }

    fn keeper_of(&self, large: &Large, expr: ExprId, hops: u32) -> Option<Keeper> {
        let facts = self.facts;
        if hops == 0 {
            return None;
        }
        facts.sinks(expr).iter().find_map(|sink| match sink {
            Sink::Returned(function) if *function == large.home && !self.is_inner_call(large.home) => {
                Some(Keeper::Returned)
            }
            Sink::Property { literal, .. } => self.keeper_of(large, *literal, hops - 1),
            Sink::Place { place, .. } => match facts.places.root(*place) {
                Root::Binding(binding) if facts.tree.scopes.function_of(*binding) == MODULE => {
                    let element = facts.places.segment(*place) == Some(&Segment::Element);
                    let level = facts.repetition(large.home).level;
                    let repeated = level == crate::facts::repetition::Level::Repeated;
                    let container = facts.places.parent(*place);
                    let unbounded =
                        container.is_some_and(|container| self.container_uses(container).bounds.is_empty());
                    (element && unbounded).then_some(Keeper::Module { proven: repeated })
                }
                Root::Binding(binding) if facts.tree.scopes.function_of(*binding) == large.home => {
                    let uses = facts.places.uses(*place).to_vec();
                    uses.iter().find_map(|at| match *at == expr {
                        true => None,
                        false => self.keeper_of(large, *at, hops - 1),
                    })
                }
                _ => None,
            },
            _ => None,
        })
    }

    /// A handler, effect or promise callback: what it returns, nobody keeps, or a framework does for one run.
    fn is_inner_call(&self, home: FnId) -> bool {
        let facts = self.facts;
        facts.roles.effects.contains_key(&home)
            || facts.tree.function(home).expr.is_some_and(|expr| {
                facts.sinks(expr).iter().any(|sink| matches!(sink, Sink::Argument { .. }))
            })
    }
}

/// The functions made in one scope.
struct Closures {
    /// Those that somebody keeps beyond the run that made them.
    kept: Vec<(FnId, Keeper)>,
    /// The first interval or listener that takes one of them, by the index of its verdict.
    told: Option<(usize, FnId)>,
}

#[derive(Debug, Clone, Copy)]
enum Keeper {
    Returned,
    Module { proven: bool },
}

/// What a closure, with the functions nested in it, does with the value.
fn use_in(facts: &crate::facts::Facts<'_>, large: &Large, closure: FnId) -> CapturedUse {
    let tree = facts.tree;
    let mut scalar = None;
    let refs = &tree.scopes.binding(large.binding).refs;
    let (start, end) = tree.function(closure).refs;
    let from = refs.partition_point(|reference| reference.0 < start);
    for reference in refs[from..].iter().take_while(|reference| reference.0 < end) {
        let at = tree.scopes.reference(*reference).expr;
        match tree.expr(at).up {
            Up::Expr(parent) => match tree.kind(parent) {
                Kind::Member { name, .. } if SCALARS.contains(&&**name) && !facts.is_write(parent) => {
                    scalar = Some(name.clone());
                }
                _ => return CapturedUse::Whole,
            },
            _ => return CapturedUse::Whole,
        }
    }
    match scalar {
        Some(name) => CapturedUse::Scalar(name),
        None => CapturedUse::Shared(large.user),
    }
}
