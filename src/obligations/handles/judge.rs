//! How sure an open handle is, and what it assumes.

use super::super::presence::COMES_AND_GOES;
use super::super::tier::{Evidence, Tier, tier};
use super::super::{Engine, Failure};
use super::Acquired;
use crate::ast::BinaryOp;
use crate::facts::lifecycle::decorated_by;
use crate::facts::lifetime::Life;
use crate::facts::owner::Owner;
use crate::facts::paths;
use crate::facts::places::{PlaceId, Root};
use crate::facts::reach::Reach;
use crate::facts::repetition::{Level, Repetition, Why};
use crate::protocol::HandleRule;
use crate::semantic::*;

/// Milliseconds from which a one-shot timer lasts: one that its owner's end forgets, or that keeps much of a request.
const LONG_DELAY: u64 = 10_000;

/// What is assumed of an interval that its owner's end forgets.
const STILL_RUNS: &str = "that the owner can end while it still runs";

impl Engine<'_, '_> {
    pub(super) fn handle_tier(
        &self,
        site: &Acquired,
        failure: &Failure,
        repetition: &Repetition,
        reach: &Reach,
    ) -> Option<(Tier, Option<String>)> {
        let (found, assumed) = self.tier_of_handle(site, failure, repetition, reach)?;
        Some(match self.presence_tier(failure, site.owner, repetition) {
            Some(presence) if presence < found => (presence, Some(COMES_AND_GOES.to_owned())),
            _ => (found, assumed),
        })
    }

    fn tier_of_handle(
        &self,
        site: &Acquired,
        failure: &Failure,
        repetition: &Repetition,
        reach: &Reach,
    ) -> Option<(Tier, Option<String>)> {
        let evidence = Evidence {
            life: site.holder.life,
            level: repetition.level,
            has_teardown: reach.teardowns.strong().is_some(),
        };
        // Elements of its own go with an object that has an end: what it is given, others own.
        let foreign = site.rule == HandleRule::Observer && site.holder.life == Life::Unknown;
        if foreign && evidence.has_teardown && matches!(failure, Failure::NeverReleased | Failure::Dropped) {
            return Some((Tier::Likely, Some("that what it observes outlives it".to_owned())));
        }
        let found = tier(failure, evidence)?;
        let (found, step) = self.tier_of_failure(site, failure, found, repetition, reach);
        if site.rule == HandleRule::Subscription
            && site.holder.life == Life::Unknown
            && matches!(failure, Failure::Asymmetric { .. })
        {
            let step = "that what it subscribes to outlives it, as with those that are ended";
            return Some((found.min(Tier::Likely), Some(step.to_owned())));
        }
        if site.holder.life == Life::Unknown && self.is_only_replaced(site, failure) {
            let step =
                "that what it subscribes to outlives it: it is ended for the next one, and never for good";
            return Some((found.max(Tier::Likely), Some(step.to_owned())));
        }
        // What its owner's end does shows what it means, however long the holder lives.
        let shown = matches!(failure, Failure::Asymmetric { .. } | Failure::Mismatch { .. });
        Some(match site.holder.assumed.filter(|_| !shown) {
            Some(assumed) => (found.min(Tier::Likely), Some(assumed.to_owned())),
            None => (found, step),
        })
    }

    /// A subscription that is ended only to make room for the next one, in an object with an end that forgets it.
    fn is_only_replaced(&self, site: &Acquired, failure: &Failure) -> bool {
        let tree = self.facts.tree;
        let (Failure::OffTeardown { teardown: Some(_), .. }, [place]) =
            (failure, site.trail.places.as_slice())
        else {
            return false;
        };
        let replaced = |release: &ExprId| {
            let function = tree.expr(*release).function;
            self.facts.values_at(*place).iter().any(|value| {
                let next = tree.expr(*value);
                next.function == function && next.span.start > tree.span(*release).start
            })
        };
        site.rule == HandleRule::Subscription && site.trail.releases.iter().all(replaced)
    }

    fn tier_of_failure(
        &self,
        site: &Acquired,
        failure: &Failure,
        found: Tier,
        repetition: &Repetition,
        reach: &Reach,
    ) -> (Tier, Option<String>) {
        if self.is_one_of_two(site.call) {
            return (Tier::Possible, Some("that it is not somebody else's object".to_owned()));
        }
        if self.facts.protocols.handles[site.row].one_shot && site.rule != HandleRule::Rearming {
            return self.one_shot_tier(site, failure, found, reach);
        }
        match failure {
            Failure::Asymmetric { .. } | Failure::Mismatch { .. } | Failure::Unreachable { .. } => {
                return (found, None);
            }
            // A file or a connection that stays open when the work fails is missed at the first bad day, however often it runs.
            Failure::PathMiss { .. } => {
                let seen = site.rule == HandleRule::Resource && repetition.level != Level::Unknown;
                let found = if seen { found.max(Tier::Likely) } else { found };
                return (found, Some("that the work in between fails, or leaves, now and then".to_owned()));
            }
            Failure::OffTeardown { release, .. } if self.is_in_handler(*release) => {
                let step = "that what the handler waits for does not come at the end as well";
                return (found.min(Tier::Likely), Some(step.to_owned()));
            }
            // Most intervals stop by what they wait for, or by a call that the owner's end makes superfluous.
            Failure::OffTeardown { teardown, .. } if site.rule == HandleRule::Interval => {
                let found = self.forgotten_interval(site, found, teardown.is_some());
                return (found, Some(STILL_RUNS.to_owned()));
            }
            Failure::Overwritten { .. } => return (found, self.overwriting_step(found)),
            _ => {}
        }
        match repetition.level {
            Level::Repeated => self.repeated_tier(site, found),
            _ => self.unseen_tier(site, found, repetition, reach),
        }
    }

    /// An interval that something clears, and its owner's end does not: one that its own callback clears ends by itself.
    fn forgotten_interval(&self, site: &Acquired, found: Tier, has_end: bool) -> Tier {
        let tree = self.facts.tree;
        let own = self.callback_functions(site.call, site.row);
        let releasers = || site.trail.releases.iter().map(|release| tree.expr(*release).function);
        let inside = |releaser: FnId| tree.enclosing(releaser).any(|at| own.contains(&at));
        // What it waits for may never come to an object whose end is written, and nobody else stops it.
        if has_end && releasers().all(inside) {
            return found.min(Tier::Likely);
        }
        // `tick() { if (nothingLeft()) this.stop() }`; what starts it anew ends nothing.
        let reached = self.facts.closure(own.iter().copied());
        let restarts = reached.contains(&tree.expr(site.call).function);
        let by_itself = |releaser: FnId| inside(releaser) || !restarts && reached.contains(&releaser);
        if releasers().any(by_itself) { Tier::Possible } else { found.min(Tier::Likely) }
    }

    /// `onDetached() { … }`: a method that hears of an end; that of its object may bring it about, out of sight.
    fn is_in_handler(&self, release: ExprId) -> bool {
        let function = self.facts.tree.expr(release).function;
        let name = self.facts.function_name(function);
        let hears = |name: &crate::ast::Atom| {
            self.facts.protocols.teardowns.may_be_handler(name) && self.facts.sounds_like_end(name)
        };
        name.is_some_and(hears)
    }

    /// `props.term || new Terminal()`, `@Input() term = new Terminal()`: where one was given, its giver ends it, and perhaps
    /// this one too.
    fn is_one_of_two(&self, call: ExprId) -> bool {
        let tree = self.facts.tree;
        let parent = match tree.expr(call).up {
            Up::Expr(parent) => parent,
            Up::Field(class, member) => {
                return tree.class(class).members[member as usize].decorators.iter().any(|decorator| {
                    let named = decorated_by(tree, *decorator);
                    paths::matches(tree, named, &self.facts.protocols.given_decorators).is_some()
                });
            }
            _ => return false,
        };
        let given = |other: ExprId| {
            self.facts.places.of(other).is_some_and(|place| !self.facts.places.uses(place).is_empty())
                && !matches!(tree.kind(other), Kind::Ident(reference)
                    if tree.scopes.reference(*reference).name == "undefined")
        };
        match tree.kind(parent) {
            Kind::Binary { op: BinaryOp::LogicalOr | BinaryOp::NullishCoalescing, left, right } => {
                *right == call && given(*left)
            }
            Kind::Conditional { yes, no, .. } => given(if *yes == call { *no } else { *yes }),
            _ => false,
        }
    }

    /// The code shows that the site runs again and again.
    fn repeated_tier(&self, site: &Acquired, found: Tier) -> (Tier, Option<String>) {
        let callback = self.handle_callback(site.call, site.row);
        let args = self.facts.tree.call_parts(site.call).map_or(&[][..], |(_, args)| args);
        // What stands behind the delay is handed to the callback, and kept like a capture.
        let timer = matches!(site.rule, HandleRule::Interval | HandleRule::Rearming);
        let keeps = callback.is_none_or(|callback| self.facts.keeps_call_data(callback))
            || timer && args.iter().skip(2).any(|arg| self.is_call_data(*arg));
        if keeps {
            return (found, None);
        }
        // A function that something repeated calls at most once in practice, and that leaves one small function behind.
        if site.rule == HandleRule::Subscription && matches!(site.owner, Owner::Call(_)) {
            return (Tier::Possible, Some("that other code calls the function more than once".to_owned()));
        }
        // What is kept is the handle alone: cheap, and often meant.
        let step = "that the site runs often enough to matter: the callback keeps no data of its run";
        (found.min(Tier::Likely), Some(step.to_owned()))
    }

    /// Nobody has seen the site run twice.
    fn unseen_tier(
        &self,
        site: &Acquired,
        found: Tier,
        repetition: &Repetition,
        reach: &Reach,
    ) -> (Tier, Option<String>) {
        let row = &self.facts.protocols.handles[site.row];
        let callback = self.handle_callback(site.call, site.row);
        let keeps = callback.is_none_or(|callback| self.facts.keeps_call_data(callback));
        // `export function startMetrics() { setInterval(flush, 1000) }` is what healthy code looks like.
        // So does set-up code that keeps a few variables; a large value that it keeps is said by its capture.
        let endless = matches!(site.owner, Owner::Call(_) | Owner::Factory(_)) && !self.has_named_end(reach);
        let per_instance = matches!(repetition.why, Why::VisibleClass(_) | Why::Constructed(_));
        let made_once = row.app_wide && endless && !per_instance
            || row.app_wide
                && (row.callback.is_none() || site.rule == HandleRule::Resource)
                && reach.teardowns.strong().is_none();
        let assumed = match site.owner {
            Owner::Class(_) => "that the class is made, or the method called, more than once",
            _ => "that other files call this function more than once",
        };
        // Of classes without an end that subscribe, each of the six that were read was made once, for the program.
        let single = site.rule == HandleRule::Subscription
            && matches!(site.owner, Owner::Class(_))
            && reach.teardowns.strong().is_none();
        let started = match site.rule {
            HandleRule::Interval => {
                self.is_started_once(site, reach) || self.is_of_the_background(site, reach)
            }
            HandleRule::Resource => site.trail.places.is_empty() && self.is_started_once(site, reach),
            _ => false,
        };
        let quiet = !keeps || made_once || single || started || self.is_of_foreign_base(site);
        (if quiet { Tier::Possible } else { found }, Some(assumed.to_owned()))
    }

    /// `startReporting() { setInterval(…) }` of an object that has no end: somebody starts it once, for the program. A handle
    /// that is kept beside a `stop()` was meant to be cleared there, and a store is kept with all that it holds.
    fn is_started_once(&self, site: &Acquired, reach: &Reach) -> bool {
        let Owner::Class(class) = site.owner else {
            return false;
        };
        let facts = self.facts;
        facts.lifecycle(class).is_none()
            && reach.teardowns.strong().is_none()
            && (site.trail.places.is_empty() || reach.teardowns.functions.is_empty())
            && !self.is_store(class)
            && !facts.construction(class).contains(&facts.tree.expr(site.call).function)
    }

    /// `setInterval(…).unref()` of an object that has no end: it is to go on for as long as the program does.
    fn is_of_the_background(&self, site: &Acquired, reach: &Reach) -> bool {
        let facts = self.facts;
        let kept = site.trail.places.iter().flat_map(|place| facts.places.uses(*place));
        let mut values = kept.copied().chain([site.call]);
        let unrefs = |value: ExprId| match facts.tree.expr(value).up {
            Up::Expr(parent) => {
                matches!(facts.tree.kind(parent), Kind::Member { name, .. } if name == "unref")
            }
            _ => false,
        };
        reach.teardowns.functions.is_empty() && values.any(unrefs)
    }

    /// A timer that fires once leaks for a while only: worth a word where its owner clearly means to clear it, or where
    /// many of them hold on to much.
    fn one_shot_tier(
        &self,
        site: &Acquired,
        failure: &Failure,
        found: Tier,
        reach: &Reach,
    ) -> (Tier, Option<String>) {
        let long = self.delay(site.call).is_some_and(|delay| delay >= LONG_DELAY);
        // Of twelve that the owner's end forgets, and that something else clears, none leaked: they fire, and are gone.
        let forgotten = match failure {
            Failure::OffTeardown { teardown, .. } => teardown.is_some() && long && !self.is_of_one_run(site),
            Failure::Asymmetric { .. } => !site.trail.places.is_empty(),
            _ => false,
        };
        if forgotten && !self.is_brief(site) && !self.starts_at_the_end(site, reach) {
            let step = "that the owner can end before the timer fires, and that it matters then";
            return (found.min(Tier::Likely), Some(step.to_owned()));
        }
        let heavy = self.handle_callback(site.call, site.row).is_some_and(|at| self.keeps_large(at));
        match long && heavy && found == Tier::Proven {
            true => (Tier::Likely, Some("that many of these run at the same time".to_owned())),
            false => (Tier::Possible, Some("that the timer outlives what it was meant for".to_owned())),
        }
    }

    /// `let t; const done = () => clearTimeout(t); t = setTimeout(done, 60_000)` in a function of a component: a deadline of one
    /// piece of work, which clears it when it is done.
    fn is_of_one_run(&self, site: &Acquired) -> bool {
        let facts = self.facts;
        let Owner::Component(component) = site.owner else {
            return false;
        };
        let of_one_run = |place: &PlaceId| {
            matches!(facts.places.root(*place), Root::Binding(binding) if {
                let home = facts.tree.scopes.function_of(*binding);
                home != component && facts.tree.is_within(home, component)
            })
        };
        !site.trail.places.is_empty() && site.trail.places.iter().all(of_one_run)
    }

    /// Fires within a moment: a frame, the next turn, or what counts as one (400 ms).
    fn is_brief(&self, site: &Acquired) -> bool {
        let brief = self.facts.protocols.handles[site.row].brief;
        let args = self.facts.tree.call_parts(site.call).map_or(0, |(_, args)| args.len());
        brief
            || site.rule == HandleRule::Timeout && args < 2
            || self.delay(site.call).is_some_and(|delay| delay <= self.limits.moment)
    }

    /// The owner's end starts the timer itself, to finish what it began.
    fn starts_at_the_end(&self, site: &Acquired, reach: &Reach) -> bool {
        reach.functions.contains(&self.facts.tree.expr(site.call).function)
    }

    fn delay(&self, call: ExprId) -> Option<u64> {
        let (_, args) = self.facts.tree.call_parts(call)?;
        self.number(*args.get(1)?, 4)
    }

    /// A value that belongs to one run of a function: a local, a parameter, `this`.
    fn is_call_data(&self, value: ExprId) -> bool {
        let facts = self.facts;
        facts.places.of(value).is_some_and(|place| match facts.places.root(place) {
            Root::Binding(binding) => facts.tree.scopes.function_of(*binding) != MODULE,
            Root::This(_) | Root::UnknownThis(_) => true,
            Root::Global(_) => false,
        })
    }

    /// `return { release() { … } }`: a member whose name says that it ends what was begun.
    fn has_named_end(&self, reach: &Reach) -> bool {
        let facts = self.facts;
        reach.teardowns.functions.iter().any(|(function, _)| {
            facts.function_name(*function).is_some_and(|name| facts.teardown_name(name).is_some())
        })
    }

    /// A handle in a field that the class itself does not declare, while its base is imported: the base may release it.
    fn is_of_foreign_base(&self, site: &Acquired) -> bool {
        let facts = self.facts;
        let function = facts.tree.expr(site.call).function;
        let Some(class) = facts.classes.of_this(facts.tree, function) else {
            return false;
        };
        let fact = facts.classes.get(class);
        // `this.timer = …`, `this.disposables.push(…)`
        let mut fields = site.trail.places.iter().filter_map(|place| {
            let of_this = matches!(facts.places.root(*place), Root::This(_));
            let field = facts.places.ancestors(*place).find(|at| facts.places.depth(*at) == 1)?;
            facts.places.last_name(field).filter(|_| of_this)
        });
        let declares = |name| {
            let class = facts.tree.classes.get(class.index());
            class.is_some_and(|class| class.named(name).next().is_some())
        };
        let Some(declared) = fields.next().map(|name| declares(name) && fields.all(declares)) else {
            return false;
        };
        let known = fact.extends.is_some_and(|base| {
            let mut rows = facts.protocols.listeners.iter();
            rows.any(|row| paths::matches(facts.tree, base, &row.types).is_some())
        });
        fact.extends.is_some() && fact.base.is_none() && fact.lifecycle.is_none() && !known && !declared
    }
}
