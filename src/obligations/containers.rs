//! Obligations of containers: what lives long and grows must be bounded.

mod domain;
mod judge;
mod known;
mod siblings;

pub(super) use siblings::Emptied;

use super::growth::{Growth, Uses};
use super::trace::Step;
use super::{Engine, Failure, Family, Tier, Verdict};
use crate::facts::owner::{Owner, Teardowns};
use crate::facts::paths;
use crate::facts::places::{PlaceId, Root};
use crate::facts::repetition::{Level, Repetition};
use crate::semantic::*;
use crate::source::Span;
use domain::Domain;

/// Where a container lives.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Home {
    Module(BindingId),
    Static(ClassId),
    Field(ClassId),
    /// A variable of a function that hands out closures over it.
    Closure(BindingId, FnId),
}

/// A growth that counts, with what is known of it.
struct Counted {
    growth: Growth,
    repetition: Repetition,
    domain: Domain,
}

impl Engine<'_, '_> {
    /// Judges every container of the file.
    pub(super) fn containers(&mut self) {
        for place in self.facts.places.ids() {
            if let Some(home) = self.container_home(place) {
                self.container(place, home);
            }
        }
    }

    fn container_home(&self, place: PlaceId) -> Option<Home> {
        let facts = self.facts;
        let home = match (facts.places.root(place), facts.places.depth(place)) {
            (Root::Binding(binding), 0) => {
                let entry = facts.tree.scopes.binding(*binding);
                if matches!(entry.kind, BindingKind::Import { .. } | BindingKind::Parameter { .. }) {
                    return None;
                }
                match facts.tree.scopes.function_of(*binding) {
                    MODULE => Home::Module(*binding),
                    function if facts.roles.factories.contains(&function) => {
                        Home::Closure(*binding, function)
                    }
                    _ => return None,
                }
            }
            (Root::Binding(binding), 1) => Home::Static(facts.classes.declared_as(*binding)?),
            (Root::This(class), 1) => Home::Field(*class),
            _ => return None,
        };
        if matches!(facts.places.segment(place), Some(Segment::Element)) {
            return None;
        }
        self.is_container(place).then_some(home)
    }

    fn is_container(&self, place: PlaceId) -> bool {
        let facts = self.facts;
        let mut any = false;
        for value in facts.values_at(place) {
            match facts.tree.kind(*value) {
                Kind::Array(_) | Kind::Object(_) => any = true,
                Kind::New { .. } => {
                    if !facts.makes_container(*value) {
                        return false;
                    }
                    any = true;
                }
                Kind::Call { callee, .. } => {
                    any |= paths::path_of(facts.tree, *callee).as_deref() == Some("global.Object.create");
                }
                _ => {}
            }
        }
        any
    }

    fn container(&mut self, place: PlaceId, home: Home) {
        let uses = self.container_uses(place);
        if uses.growths.is_empty() {
            return;
        }
        let counted = self.counted(place, &uses, home);
        let silent = self
            .container_silence(&uses, &counted, home)
            .or_else(|| {
                self.is_closed_by_type(place, home).then(|| "its keys are of a closed type".to_owned())
            })
            .or_else(|| self.bounded_elsewhere(place, home));
        let judged = match silent {
            Some(_) => None,
            None => self.container_tier(place, &uses, &counted, home),
        };
        // Only what `stays_with_its_owner` finds has bounds and is judged.
        let failure = match uses.bounds.first() {
            Some((release, _)) => Failure::OffTeardown { release: *release, teardown: None },
            None => Failure::Unbounded,
        };
        let first = uses.growths[0].site;
        self.decide(Family::Container, first, |me| {
            let facts = me.facts;
            let mut steps = vec![Step::new(format!("`{}`", facts.places.text(facts.tree, place)))];
            steps.extend(counted.iter().map(|one| {
                let how = one.domain.words(one.growth.pushes);
                let often = one.repetition.level.words();
                Step::at(facts.callee_span(one.growth.site), format!("grows {how}; runs {often}"))
            }));
            steps.push(match (&silent, &judged) {
                (Some(why), _) => me.verdict_step(Some(why), None, None),
                (None, Some((tier, ..))) => me.verdict_step(None, Some(&failure), Some(*tier)),
                (None, None) => me.verdict_step(Some("nothing grows without end"), None, None),
            });
            steps
        });
        if let Some((tier, assumed, at)) = judged {
            self.report_container(place, home, (tier, assumed, failure), &counted, at);
        }
    }

    /// The growths that may run again and again and are not bounded by the program's text.
    fn counted(&self, place: PlaceId, uses: &Uses, home: Home) -> Vec<Counted> {
        let mut out = Vec::new();
        for growth in &uses.growths {
            let repetition = self.repetition_at(growth.site);
            let function = self.facts.tree.expr(growth.site).function;
            if repetition.level == Level::Once || self.is_set_up(function, home) {
                continue;
            }
            let domain = self.growth_domain(growth);
            let named = !matches!(domain, Domain::Composite | Domain::Fresh | Domain::Request);
            if domain == Domain::Closed
                || (named && uses.vain.is_empty() && self.is_registration(growth, function))
                || self.is_checked_against_table(growth)
                || self.is_overwriting(place, growth)
                || self.is_size_checked(growth, uses)
            {
                continue;
            }
            out.push(Counted { growth: growth.clone(), repetition, domain });
        }
        out
    }

    /// `if (list.length < MAX) list.push(x)`, `if (map.size >= MAX) return`
    fn is_size_checked(&self, growth: &Growth, uses: &Uses) -> bool {
        let tree = self.facts.tree;
        self.tests_before(growth.site).iter().any(|test| {
            // What a test consists of stands behind it in the table.
            let from = uses.checks.partition_point(|check| check < test);
            uses.checks[from..].first().is_some_and(|check| tree.span(*test).contains(tree.span(*check)))
        })
    }

    /// `const byKind = new Map<Kind, Handler>()` with a union or enum as `Kind`.
    fn is_closed_by_type(&self, place: PlaceId, home: Home) -> bool {
        let facts = self.facts;
        let closed = |annotation: &Annotation| match annotation {
            Annotation::Keyed(key) => self.is_closed_type(Some(key)),
            _ => false,
        };
        let declared = match home {
            Home::Module(binding) | Home::Closure(binding, _) => {
                facts.tree.scopes.binding(binding).annotation.as_ref().is_some_and(closed)
            }
            Home::Field(class) | Home::Static(class) => {
                let class = facts.tree.classes.get(class.index());
                let members = class.zip(facts.places.last_name(place));
                members.is_some_and(|(class, name)| {
                    class.named(name).any(|member| member.annotation.as_ref().is_some_and(closed))
                })
            }
        };
        let made = |value: &ExprId| self.is_closed_type(facts.tree.key_type(*value));
        declared || facts.values_at(place).iter().any(made)
    }

    /// `store.sessions.delete(id)`: another receiver reaches the field and takes entries out.
    fn bounded_elsewhere(&self, place: PlaceId, home: Home) -> Option<String> {
        let facts = self.facts;
        let (Home::Field(_), Some(name)) = (home, facts.places.last_name(place)) else {
            return None;
        };
        let mut known = self.bounded_names.borrow_mut();
        let bounded = *known.entry(name.clone()).or_insert_with(|| {
            facts.places.named(name).iter().any(|other| {
                !matches!(facts.places.root(*other), Root::This(_))
                    && !self.container_uses(*other).bounds.is_empty()
            })
        });
        bounded.then(|| "another object of the file takes entries out".to_owned())
    }

    /// The class of which this file makes one, at module level, and which nobody else can make.
    fn is_single(&self, class: ClassId) -> bool {
        *self.single_classes.borrow_mut().entry(class).or_insert_with(|| self.is_made_once(class))
    }

    fn is_made_once(&self, class: ClassId) -> bool {
        use crate::facts::flow::Sink;
        let facts = self.facts;
        let Some(binding) = facts.classes.get(class).binding else {
            return false;
        };
        let refs = &facts.tree.scopes.binding(binding).refs;
        let once = |at: ExprId| {
            facts.sinks(at).iter().all(|sink| match sink {
                Sink::Constructed(new) => facts.tree.expr(*new).function == MODULE,
                Sink::Member { .. } | Sink::Read => true,
                _ => false,
            })
        };
        !facts.is_exported(binding)
            && !refs.is_empty()
            && refs.iter().all(|reference| once(facts.tree.scopes.reference(*reference).expr))
    }

    /// Filled in the constructor only: as large as what the instance was made from.
    fn is_set_up(&self, function: FnId, home: Home) -> bool {
        let facts = self.facts;
        let class = match home {
            Home::Field(class) => class,
            Home::Closure(_, factory) => return function == factory,
            _ => return false,
        };
        // A handler that the constructor registers runs later, and often.
        let mut at = function;
        while facts.runs_in_place(at)
            && let Some(parent) = facts.tree.function(at).parent
        {
            at = parent;
        }
        facts.classes.get(class).constructors.contains(&at)
    }

    /// `register(name, plugin) { this.plugins.set(name, plugin) }`: as many as the program's text registers.
    fn is_registration(&self, growth: &Growth, function: FnId) -> bool {
        let facts = self.facts;
        let name = facts.tree.enclosing(function).find_map(|at| facts.function_name(at));
        let registers = name.is_some_and(|name| {
            facts.protocols.registrars.has(name)
                || ["register", "add", "define", "use", "subscribe", "on", "create", "declare"].iter().any(
                    |verb| {
                        name.strip_prefix(*verb)
                            .is_some_and(|rest| rest.starts_with(|c: char| c.is_uppercase()))
                    },
                )
        });
        registers && growth.value.is_none_or(|value| self.is_given(value))
    }

    /// The value is a parameter, or is made of them: what the caller gave.
    fn is_given(&self, value: ExprId) -> bool {
        let facts = self.facts;
        match facts.places.of(value) {
            Some(place) => match facts.places.root(place) {
                Root::Binding(binding) => {
                    matches!(facts.tree.scopes.binding(*binding).kind, BindingKind::Parameter { .. })
                }
                _ => false,
            },
            None => matches!(facts.tree.kind(value), Kind::Object(_) | Kind::Array(_) | Kind::Function(_)),
        }
    }

    fn container_silence(&self, uses: &Uses, counted: &[Counted], home: Home) -> Option<String> {
        if let Some((_, how)) = uses.bounds.first()
            && !self.stays_with_its_owner(uses, home)
        {
            return Some(format!("it {how}"));
        }
        if let Some((_, how)) = uses.escape {
            return Some(format!("it {how}"));
        }
        if let Home::Module(binding) = home
            && self.facts.is_exported(binding)
        {
            return Some("it is exported".to_owned());
        }
        counted.is_empty().then(|| "every growth is bounded by the program's text".to_owned())
    }

    fn report_container(
        &mut self,
        place: PlaceId,
        home: Home,
        (tier, assumed, failure): (Tier, Option<String>, Failure),
        counted: &[Counted],
        at: usize,
    ) {
        let facts = self.facts;
        let subject = facts.places.text(facts.tree, place);
        let holder = match home {
            Home::Module(_) => format!("`{subject}` lives as long as its module"),
            Home::Static(_) => format!("the static field `{subject}` lives as long as its class"),
            Home::Field(class) => {
                format!("`{subject}` lives as long as its `{}`", facts.classes.get(class).title())
            }
            Home::Closure(..) => format!("`{subject}` lives as long as the functions handed out"),
        };
        let owner = match home {
            Home::Module(_) | Home::Static(_) => Owner::Module,
            Home::Field(class) => Owner::Class(class),
            Home::Closure(_, function) => Owner::Factory(function),
        };
        let one = &counted[at];
        let also = counted.iter().map(|one| one.growth.site).filter(|s| *s != one.growth.site);
        self.verdicts.push(Verdict {
            family: Family::Container,
            row: 0,
            site: one.growth.site,
            span: self.growth_span(&one.growth),
            failure,
            tier,
            assumed,
            holder,
            owner,
            repetition: one.repetition.clone(),
            teardowns: Teardowns::default(),
            subject,
            detail: one.domain.words(one.growth.pushes).to_owned(),
            event: None,
            handler: None,
            capture: false,
            captured: None,
            pushes: one.growth.pushes && one.growth.key.is_none(),
            also: also.collect(),
        });
    }

    fn growth_span(&self, growth: &Growth) -> Span {
        let tree = self.facts.tree;
        match tree.kind(growth.site) {
            Kind::Assign { target: Target::Expr(target), .. } => tree.span(*target),
            _ => self.callee_span(growth.site),
        }
    }
}
