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
use size::Size;

/// Properties whose value does not keep the object.
const SCALARS: [&str; 3] = ["length", "size", "byteLength"];

/// A local variable that holds something provably large.
struct Large {
    binding: BindingId,
    size: Size,
    home: FnId,
    scope: ScopeId,
    /// Closures that mention it, directly.
    users: Vec<FnId>,
}

impl Engine<'_, '_> {
    /// Looks at every provably large local that some closure captures.
    pub(super) fn captures(&mut self) {
        for at in 0..self.facts.tree.scopes.bindings.len() as u32 {
            if let Some(large) = self.large(BindingId(at)) {
                self.large_value(&large);
            }
        }
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
        let mut users = Vec::new();
        for reference in &binding.refs {
            let function = tree.expr(tree.scopes.reference(*reference).expr).function;
            if function != home && !users.contains(&function) {
                users.push(function);
            }
        }
        (!users.is_empty()).then_some(Large { binding: id, size, home, scope: binding.scope, users })
    }

    fn large_value(&mut self, large: &Large) {
        let closures = self.closures_over(large);
        // On the same site as an interval or a listener it is a label of that finding.
        if self.label_existing(large, &closures) {
            return;
        }
        for closure in &closures {
            if let Some(verdict) = self.kept_closure(large, *closure, &closures) {
                self.drop_container_verdict(*closure);
                self.verdicts.push(verdict);
                return;
            }
        }
    }

    /// A collection that grows by this very closure is one defect with it, and the closure says more.
    fn drop_container_verdict(&mut self, closure: FnId) {
        let facts = self.facts;
        let adds_it = |site: ExprId| match facts.tree.kind(site) {
            Kind::Assign { value, .. } => facts.functions_of(*value).contains(&closure),
            _ => facts
                .tree
                .call_parts(site)
                .is_some_and(|(_, args)| args.iter().any(|arg| facts.functions_of(*arg).contains(&closure))),
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
    fn closures_over(&self, large: &Large) -> Vec<FnId> {
        let tree = self.facts.tree;
        tree.fn_ids()
            .filter(|function| {
                let entry = tree.function(*function);
                *function != large.home
                    && tree.is_within(*function, large.home)
                    && self.scope_within(entry.scope, large.scope)
            })
            .collect()
    }

    fn scope_within(&self, inner: ScopeId, outer: ScopeId) -> bool {
        let scopes = &self.facts.tree.scopes.scopes;
        std::iter::successors(Some(inner), |at| scopes[at.index()].parent).any(|at| at == outer)
    }

    fn label_existing(&mut self, large: &Large, closures: &[FnId]) -> bool {
        let facts = self.facts;
        let found = self.verdicts.iter_mut().find_map(|verdict| {
            // A timer that fires once keeps its callback for a while only.
            let lasts =
                verdict.family != Family::Handle(HandleRule::Timeout) || verdict.tier > Tier::Possible;
            if !matches!(verdict.family, Family::Handle(_) | Family::Listener) || !lasts {
                return None;
            }
            let (_, args) = facts.tree.call_parts(verdict.site)?;
            let closure = args
                .iter()
                .flat_map(|arg| facts.functions_of(*arg))
                .find(|function| closures.contains(function))?;
            Some((verdict, closure))
        });
        let Some((verdict, closure)) = found else {
            return false;
        };
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
        true
    }

    fn kept_closure(&mut self, large: &Large, closure: FnId, all: &[FnId]) -> Option<Verdict> {
        let facts = self.facts;
        let keeper = self.keeper(large, closure)?;
        let use_of_it = use_in(facts, large, closure);
        let tier = match (&use_of_it, &keeper) {
            (_, Keeper::Module { proven: true }) => Tier::Proven,
            // Another closure that is kept too may need it: then this one costs nothing.
            (CapturedUse::Scalar(_) | CapturedUse::Shared(_), _) if self.kept_user(large, all) => {
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
        let repetition = facts.repetition[large.home.index()].clone();
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
    fn kept_user(&self, large: &Large, all: &[FnId]) -> bool {
        all.iter().any(|function| {
            matches!(use_in(self.facts, large, *function), CapturedUse::Whole)
                && self.keeper(large, *function).is_some()
        })
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
                    let level = facts.repetition[large.home.index()].level;
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

enum Keeper {
    Returned,
    Module { proven: bool },
}

/// What a closure, with the functions nested in it, does with the value.
fn use_in(facts: &crate::facts::Facts<'_>, large: &Large, closure: FnId) -> CapturedUse {
    let tree = facts.tree;
    let mut scalar = None;
    for reference in &tree.scopes.binding(large.binding).refs {
        let at = tree.scopes.reference(*reference).expr;
        if !tree.stands_in(at, closure) {
            continue;
        }
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
        None => CapturedUse::Shared(large.users[0]),
    }
}
