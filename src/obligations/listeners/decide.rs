//! What becomes of one added listener.

use super::super::tier::{Evidence, Tier, tier};
use super::super::{Engine, Failure, Family, Verdict};
use super::Table;
use super::site::{Event, Site};
use crate::facts::handler::{Handler, Home, Same};
use crate::facts::lifetime::{Holder, Life};
use crate::facts::owner::Owner;
use crate::facts::paths;
use crate::facts::places::{PlaceId, Root};
use crate::facts::reach::Reach;
use crate::facts::repetition::{Level, Repetition, Why};
use crate::protocol::ListenerRole;
use crate::semantic::*;

/// How a removal fits an added listener.
enum Fit {
    /// Takes this listener off, or may.
    Matches,
    /// Aims at the same receiver and event and cannot match; why.
    Misses(String),
    Other,
}

enum Outcome {
    Closed(String),
    Open(Failure),
}

impl Engine<'_, '_> {
    pub(super) fn listener(&mut self, table: &Table, at: usize) {
        let facts = self.facts;
        let site = &table.sites[at];
        let function = facts.tree.expr(site.call).function;
        let owner = facts.owner_of(function);
        let reach = self.reach(owner);
        let repetition = self.repetition_at(site.call);
        let holder = self.listener_holder(site, owner, function);
        let outcome = match self.quiet(site, owner, &repetition, &holder) {
            Some(why) => Outcome::Closed(why),
            None => self.listener_outcome(table, at, owner, &holder, &reach),
        };
        let verdict = match &outcome {
            Outcome::Closed(_) => None,
            Outcome::Open(failure) => self.listener_tier(site, failure, owner, &holder, &repetition, &reach),
        };
        self.decide(Family::Listener, site.call, || {
            vec![
                format!("owner: {owner:?}, site runs {:?} ({:?})", repetition.level, repetition.why),
                format!("holder: {:?}: {}", holder.life, holder.why),
                format!("handler: {:?}, known target: {}", site.identity, site.known),
                match (&outcome, &verdict) {
                    (Outcome::Closed(why), _) => format!("silent: {why}"),
                    (Outcome::Open(failure), Some((tier, _))) => {
                        format!("{}: {failure:?}", tier.name())
                    }
                    (Outcome::Open(failure), None) => {
                        format!("silent: the table says so of {failure:?}")
                    }
                },
            ]
        });
        let (Outcome::Open(failure), Some((tier, assumed))) = (outcome, verdict) else {
            return;
        };
        let subject = match (site.receiver, site.place) {
            (None, _) => "window".to_owned(),
            (_, Some(place)) => facts.places.text(facts.tree, place),
            _ => "the receiver".to_owned(),
        };
        let detail = match &site.event {
            Event::Named(name) => name.to_string(),
            Event::Place(place) => facts.places.text(facts.tree, *place),
            Event::Dynamic | Event::All => String::new(),
        };
        self.verdicts.push(Verdict {
            family: Family::Listener,
            row: site.row,
            site: site.call,
            span: self.callee_span(site.call),
            failure,
            tier,
            assumed,
            holder: holder.why,
            owner,
            repetition,
            teardowns: reach.teardowns.clone(),
            subject,
            event: match &site.event {
                Event::Named(name) => Some(format!("'{name}'")),
                Event::Place(place) if !facts.places.text(facts.tree, *place).contains('…') => {
                    Some(facts.places.text(facts.tree, *place))
                }
                _ => None,
            },
            handler: match &site.identity {
                Handler::Kept { place, .. } | Handler::Method(place) | Handler::This(place) => {
                    Some(facts.places.text(facts.tree, *place))
                }
                Handler::Fresh(_) | Handler::Unknown => None,
            },
            capture: site.capture == Some(true),
            detail,
            captured: None,
            pushes: false,
            also: Vec::new(),
        });
    }

    fn listener_holder(&self, site: &Site, owner: Owner, function: FnId) -> Holder {
        match site.receiver {
            Some(receiver) => self.facts.holder(receiver, owner, function),
            None => Holder {
                life: Life::Longer,
                why: "`window` lives as long as the page".to_owned(),
                assumed: None,
            },
        }
    }

    /// What makes a listener harmless whatever is removed.
    fn quiet(&self, site: &Site, owner: Owner, repetition: &Repetition, holder: &Holder) -> Option<String> {
        let facts = self.facts;
        if repetition.level == Level::Once {
            return Some("the site runs once".to_owned());
        }
        if site.signal {
            return Some("a signal takes it off".to_owned());
        }
        if site.once {
            return Some("it takes itself off".to_owned());
        }
        if holder.life == Life::Same {
            return Some(holder.why.clone());
        }
        if !matches!(owner, Owner::Effect(_) | Owner::Component(_)) && self.is_forwarded(site) {
            return Some("the handler is the caller's: so is the duty to take it off".to_owned());
        }
        let protocol = &facts.protocols.listeners[site.row];
        if protocol.deduplicates && self.is_one_for_all(&site.identity) {
            return Some(
                "the target keeps one copy of the same handler, however often it is added".to_owned(),
            );
        }
        if !self.is_dropped(site, protocol.distinctive) {
            return Some("the result of the call is kept, and may be what takes it off".to_owned());
        }
        None
    }

    fn is_one_for_all(&self, handler: &Handler) -> bool {
        matches!(handler, Handler::Method(_) | Handler::Kept { home: Home::Module, .. })
    }

    /// The result is thrown away, or is the receiver of a further call in a chain. The DOM's method returns nothing;
    /// others of its name (React Native's) return a subscription, which shows where it is kept.
    fn is_dropped(&self, site: &Site, returns_nothing: bool) -> bool {
        use crate::facts::flow::Sink;
        self.facts.sinks(site.call).iter().all(|sink| {
            matches!(sink, Sink::Discarded | Sink::Member { .. } | Sink::Read)
                || (returns_nothing && matches!(sink, Sink::Returned(_)))
                || matches!(sink, Sink::Returned(f) if self.facts.tree.function(*f).kind == FnKind::Arrow
                    && self.facts.tree.function(*f).returns.len() == 1)
        })
    }

    fn listener_outcome(
        &self,
        table: &Table,
        at: usize,
        owner: Owner,
        holder: &Holder,
        reach: &Reach,
    ) -> Outcome {
        let facts = self.facts;
        let site = &table.sites[at];
        if let Some(outcome) = self.doubled(table, site, reach) {
            return outcome;
        }
        if let Some(place) = site.place
            && table.dynamic.contains(&place)
        {
            return Outcome::Closed("a method with a computed name is called on the target".to_owned());
        }
        if let Some(call) = self.ended(table, site, reach) {
            let line = facts.tree.span(call).start;
            return Outcome::Closed(format!("the owner's end ends the target (byte {line})"));
        }
        let mut matching = Vec::new();
        let mut missing: Option<(ExprId, String)> = None;
        for removal in self.candidates(table, site) {
            match self.fit(table, site, removal) {
                Fit::Matches => matching.push(removal.call),
                Fit::Misses(why) if missing.is_none() => missing = Some((removal.call, why)),
                Fit::Misses(_) | Fit::Other => {}
            }
        }
        let site_fn = facts.tree.expr(site.call).function;
        if matching.iter().any(|call| self.releases_here(*call, site_fn, owner, reach)) {
            return Outcome::Closed("the owner's end takes it off".to_owned());
        }
        if reach.teardowns.opaque {
            return Outcome::Closed("the owner's end may take it off out of sight".to_owned());
        }
        if let Some(release) = matching.first() {
            return self.listener_off_teardown(site, *release, owner, reach);
        }
        if let Some((release, why)) =
            missing.or_else(|| self.wrong_event(table, site)).or_else(|| self.wrong_target(table, site))
        {
            return Outcome::Open(Failure::Mismatch { release, why });
        }
        let siblings = self.released_siblings(table, at, owner, reach, true);
        if !siblings.is_empty() {
            return Outcome::Open(Failure::Asymmetric { siblings, same_target: true });
        }
        if holder.life == Life::Unknown && self.is_given_to_owner(site) {
            let siblings = self.released_siblings(table, at, owner, reach, false);
            if !siblings.is_empty() {
                return Outcome::Open(Failure::Asymmetric { siblings, same_target: false });
            }
        }
        Outcome::Open(Failure::NeverReleased)
    }

    /// Removals whose receiver is this one's, or cannot be told from it.
    fn candidates<'t>(&self, table: &'t Table, site: &Site) -> impl Iterator<Item = &'t Site> {
        let same = table.removals.get(&site.place).into_iter().flatten();
        let unknown = site.place.and_then(|_| table.removals.get(&None)).into_iter().flatten();
        same.chain(unknown).map(|at| &table.sites[*at])
    }

    fn fit(&self, table: &Table, site: &Site, removal: &Site) -> Fit {
        let facts = self.facts;
        if removal.row != site.row && removal.role != ListenerRole::Blanket {
            return Fit::Other;
        }
        let Some(true) = self.same_event(&site.event, &removal.event) else {
            return match self.same_event(&site.event, &removal.event) {
                Some(_) => Fit::Other,
                None => Fit::Matches,
            };
        };
        if removal.role == ListenerRole::Blanket || removal.place.is_none() {
            return Fit::Matches;
        }
        match facts.same_handler(&site.identity, &removal.identity) {
            Same::No if self.serves_another(table, site, removal) => Fit::Other,
            Same::No if !self.is_meant_for(table, site, removal) => Fit::Other,
            Same::No => Fit::Misses(self.why_not_same(site, removal)),
            Same::Maybe => Fit::Matches,
            Same::Yes => match (site.capture, removal.capture) {
                (Some(added), Some(removed)) if added != removed => {
                    Fit::Misses(capture_mismatch(added, removed))
                }
                _ => Fit::Matches,
            },
        }
    }

    /// The removal takes off another listener of the same receiver and event.
    fn serves_another(&self, table: &Table, site: &Site, removal: &Site) -> bool {
        table.sites.iter().any(|other| {
            other.call != site.call
                && matches!(other.role, ListenerRole::Add | ListenerRole::Once)
                && other.place == removal.place
                && self.same_event(&other.event, &removal.event) != Some(false)
                && self.facts.same_handler(&other.identity, &removal.identity) != Same::No
        })
    }

    /// Whether a removal that takes off another function was meant for this listener: it is written with a function of
    /// its own, names what the added function wraps, or there is nothing else on the target that it could mean.
    fn is_meant_for(&self, table: &Table, site: &Site, removal: &Site) -> bool {
        let facts = self.facts;
        if matches!(removal.identity, Handler::Fresh(_)) {
            return true;
        }
        let Some(removed) = removal.handler.map(|handler| facts.functions_of(handler)) else {
            return false;
        };
        if let (Handler::Fresh(added), false) = (&site.identity, removed.is_empty()) {
            let added = facts.functions_of(*added);
            let wraps = |function: &FnId| {
                removed.contains(function)
                    || facts.graph.calls_in[function.index()]
                        .iter()
                        .any(|call| facts.targets(*call).iter().any(|target| removed.contains(target)))
            };
            return added.iter().any(wraps);
        }
        let alone = table.sites.iter().all(|other| {
            other.call == site.call
                || !matches!(other.role, ListenerRole::Add | ListenerRole::Once)
                || other.place != site.place
                || self.same_event(&other.event, &site.event) == Some(false)
        });
        alone && !removed.is_empty()
    }

    /// A removal of this very handler from another target, to which nobody added it.
    fn wrong_target(&self, table: &Table, site: &Site) -> Option<(ExprId, String)> {
        let facts = self.facts;
        if matches!(site.event, Event::Dynamic | Event::All) {
            return None;
        }
        let place = site.place?;
        table.removals_of.get(&site.event)?.iter().map(|at| &table.sites[*at]).find_map(|removal| {
            let other = removal.place?;
            let meant = removal.row == site.row
                && self.surely_differ(place, other)
                && facts.same_handler(&site.identity, &removal.identity) == Same::Yes
                && !table.sites.iter().any(|added| {
                    added.place == Some(other)
                        && matches!(added.role, ListenerRole::Add | ListenerRole::Once)
                        && self.same_event(&added.event, &removal.event) != Some(false)
                        && facts.same_handler(&added.identity, &removal.identity) != Same::No
                });
            meant.then(|| {
                let from = facts.places.text(facts.tree, other);
                let to = facts.places.text(facts.tree, place);
                (removal.call, format!("this takes it off `{from}`, but it was added to `{to}`"))
            })
        })
    }

    /// A removal of this very handler from the same target for another event, for which nobody added it.
    fn wrong_event(&self, table: &Table, site: &Site) -> Option<(ExprId, String)> {
        let facts = self.facts;
        site.place?;
        table.removals.get(&site.place)?.iter().map(|at| &table.sites[*at]).find_map(|removal| {
            let (Event::Named(wrong), Event::Named(right)) = (&removal.event, &site.event) else {
                return None;
            };
            let meant = removal.row == site.row
                && wrong != right
                && facts.same_handler(&site.identity, &removal.identity) == Same::Yes
                && !table.sites.iter().any(|added| {
                    added.place == site.place
                        && matches!(added.role, ListenerRole::Add | ListenerRole::Once)
                        && self.same_event(&added.event, &removal.event) != Some(false)
                        && facts.same_handler(&added.identity, &removal.identity) != Same::No
                });
            meant.then(|| {
                (removal.call, format!("this takes it off `{wrong}`, but it was added for `{right}`"))
            })
        })
    }

    /// Two globals of other names, or a global and a part of something that was given.
    fn surely_differ(&self, a: PlaceId, b: PlaceId) -> bool {
        let places = &self.facts.places;
        let global = |place: PlaceId| matches!(places.root(place), Root::Global(_));
        match (global(a), global(b)) {
            (true, true) => a != b,
            (true, false) => places.depth(b) >= 2,
            (false, true) => places.depth(a) >= 2,
            _ => false,
        }
    }

    fn why_not_same(&self, site: &Site, removal: &Site) -> String {
        let tree = self.facts.tree;
        let bound = |expr: &ExprId| matches!(tree.kind(*expr), Kind::Call { .. });
        match (&site.identity, &removal.identity) {
            (_, Handler::Fresh(expr)) if bound(expr) => {
                "`.bind()` makes a new function at each call, so this takes off nothing".to_owned()
            }
            (_, Handler::Fresh(_)) => {
                "a function written here is a new one, so this takes off nothing".to_owned()
            }
            (Handler::Fresh(expr), _) if bound(expr) => {
                "what was added is the result of `.bind()`, another function than this one".to_owned()
            }
            (Handler::Fresh(_), _) => {
                "what was added is a function written at the call, another than this one".to_owned()
            }
            _ => "this is another function than the one that was added".to_owned(),
        }
    }

    fn releases_here(&self, release: ExprId, site: FnId, owner: Owner, reach: &Reach) -> bool {
        let facts = self.facts;
        let function = facts.tree.expr(release).function;
        if reach.functions.contains(&function) {
            return true;
        }
        match owner {
            Owner::Module | Owner::Call(_) => true,
            // The handler itself, or something the adding code hands on: `off` inside what `on` added.
            _ => function != site && facts.tree.is_within(function, site),
        }
    }

    fn listener_off_teardown(&self, site: &Site, release: ExprId, owner: Owner, reach: &Reach) -> Outcome {
        let facts = self.facts;
        let same_function = facts.tree.expr(release).function == facts.tree.expr(site.call).function;
        let before = facts.tree.span(release).start < facts.tree.span(site.call).start;
        let teardown = reach.teardowns.strong();
        if teardown.is_none() && !matches!(owner, Owner::Effect(_)) && !same_function {
            return Outcome::Closed("another method takes it off, and the owner has no end".to_owned());
        }
        if same_function && !before {
            return Outcome::Closed("the adding function takes it off itself".to_owned());
        }
        // Off before on: never more than one, and the owner has no end that could forget it.
        if same_function && teardown.is_none() {
            return Outcome::Closed("it is taken off before it is added again".to_owned());
        }
        Outcome::Open(Failure::OffTeardown { release, teardown })
    }

    /// `this.socket.close()` in the owner's end ends the target and its listeners with it.
    fn ended(&self, table: &Table, site: &Site, reach: &Reach) -> Option<ExprId> {
        let facts = self.facts;
        let place = site.place?;
        facts.places.ancestors(place).find_map(|at| {
            if facts.places.depth(at) == 0 && at != place {
                return None;
            }
            let calls = table.ended.get(&at)?;
            calls
                .iter()
                .find(|call| {
                    let function = facts.tree.expr(**call).function;
                    reach.functions.contains(&function) && !table.sites.iter().any(|site| site.call == **call)
                })
                .copied()
        })
    }

    /// Listeners of the same receiver that the owner's end takes off, while nothing takes off this one.
    fn released_siblings(
        &self,
        table: &Table,
        at: usize,
        owner: Owner,
        reach: &Reach,
        same_target: bool,
    ) -> Vec<ExprId> {
        let facts = self.facts;
        let site = &table.sites[at];
        let Some(place) = site.place else {
            return Vec::new();
        };
        if facts.places.depth(place) == 0
            && matches!(facts.places.root(place), crate::facts::places::Root::This(_))
        {
            return Vec::new();
        }
        let mut siblings = Vec::new();
        let of_target = table.removals.get(&site.place).into_iter().flatten().copied();
        let of_all = table.removals.values().flatten().copied().filter(|_| !same_target);
        let mut removals: Vec<usize> = of_target.chain(of_all).collect();
        removals.sort_unstable();
        for removal in removals {
            let removal = &table.sites[removal];
            let function = facts.tree.expr(removal.call).function;
            if removal.row != site.row || !reach.strong.contains(&function) {
                continue;
            }
            let serves = table.sites.iter().find(|other| {
                other.call != site.call
                    && matches!(other.role, ListenerRole::Add | ListenerRole::Once)
                    && other.place == removal.place
                    && self.same_event(&other.event, &removal.event) == Some(true)
                    && facts.same_handler(&other.identity, &removal.identity) == Same::Yes
                    && facts.owner_of(facts.tree.expr(other.call).function) == owner
            });
            if let Some(other) = serves
                && !siblings.contains(&other.call)
            {
                siblings.push(other.call);
            }
        }
        siblings
    }

    /// `on` written for `off`: the owner's end adds once more what was added before.
    fn doubled(&self, table: &Table, site: &Site, reach: &Reach) -> Option<Outcome> {
        let facts = self.facts;
        let at_end = |site: &Site| reach.strong.contains(&facts.tree.expr(site.call).function);
        let twin = table.sites.iter().find(|other| {
            other.call != site.call
                && other.role == ListenerRole::Add
                && other.row == site.row
                && other.place.is_some()
                && other.place == site.place
                && self.same_event(&other.event, &site.event) == Some(true)
                && facts.same_handler(&other.identity, &site.identity) == Same::Yes
                && at_end(other) != at_end(site)
        })?;
        Some(match at_end(site) {
            true => Outcome::Open(Failure::AcquiredAtTheEnd { first: twin.call }),
            false => Outcome::Closed("its owner's end adds it once more: said there".to_owned()),
        })
    }

    /// `this.props.store`, `this.client`: something that outsiders gave to the owner.
    fn is_given_to_owner(&self, site: &Site) -> bool {
        site.place.is_some_and(|place| {
            matches!(self.facts.places.root(place), Root::This(_)) && self.facts.places.depth(place) > 0
        })
    }

    fn listener_tier(
        &self,
        site: &Site,
        failure: &Failure,
        owner: Owner,
        holder: &Holder,
        repetition: &Repetition,
        reach: &Reach,
    ) -> Option<(Tier, Option<String>)> {
        let evidence = Evidence {
            life: holder.life,
            level: repetition.level,
            has_teardown: reach.teardowns.strong().is_some(),
        };
        let mut found = tier(failure, evidence)?;
        let plain = matches!(failure, Failure::NeverReleased | Failure::Dropped);
        let keeps = site.handler.is_some_and(|handler| self.facts.keeps_call_data(handler));
        if plain && !site.known {
            return Some((Tier::Possible, Some("that this is an event emitter".to_owned())));
        }
        let mut assumed = holder.assumed.map(str::to_owned);
        if repetition.level != Level::Repeated {
            let what = match owner {
                Owner::Class(_) => "that more than one instance is made while the target lives",
                _ => "that other files call this function more than once",
            };
            if plain && !self.is_per_instance(site, owner, repetition, reach) {
                found = Tier::Possible;
            }
            // What an owner forgets beside its siblings, it forgets however often it is made.
            if !matches!(failure, Failure::Asymmetric { same_target: true, .. }) {
                assumed.get_or_insert(what.to_owned());
            }
        } else if plain && !keeps {
            found = found.min(Tier::Likely);
            assumed.get_or_insert(
                "that the site runs often enough to matter: the handler keeps no data of its run".to_owned(),
            );
        }
        if matches!(failure, Failure::Asymmetric { same_target: false, .. }) {
            assumed
                .get_or_insert("that the target outlives the owner, as those of its siblings do".to_owned());
        }
        if matches!(failure, Failure::OffTeardown { .. }) {
            found = if self.is_gesture(site) { Tier::Possible } else { found.min(Tier::Likely) };
            assumed.get_or_insert("that the owner can end before that code runs".to_owned());
        }
        if holder.assumed.is_some() {
            found = found.min(Tier::Likely);
        }
        Some((found, assumed))
    }
}

impl Engine<'_, '_> {
    /// Set-up code that a page or a server runs once looks just like a leak, unless it runs for every instance, or its
    /// object has an end that forgets it.
    fn is_per_instance(&self, site: &Site, owner: Owner, repetition: &Repetition, reach: &Reach) -> bool {
        if !matches!(owner, Owner::Class(_) | Owner::Factory(_)) {
            return false;
        }
        if self.is_of_the_program(site) {
            return false;
        }
        if reach.teardowns.strong().is_some() {
            return true;
        }
        if !matches!(owner, Owner::Class(_)) {
            return false;
        }
        let root = self.root_cause(repetition);
        matches!(root, Why::VisibleClass(_) | Why::Constructed(_))
    }

    /// What starts the chain of callers.
    fn root_cause(&self, repetition: &Repetition) -> Why {
        let facts = self.facts;
        let mut at = repetition.clone();
        for _ in 0..6 {
            let call = match at.why {
                Why::Caller(call) | Why::Given(call) => call,
                _ => break,
            };
            at = facts.repetition[facts.tree.expr(call).function.index()].clone();
        }
        at.why
    }

    /// Targets of which only the program's own shell takes notice: who listens there lives as long as they do.
    fn is_of_the_program(&self, site: &Site) -> bool {
        let path = site.receiver.and_then(|receiver| paths::path_of(self.facts.tree, receiver));
        path.is_some_and(|path| {
            let module = path.split('.').next().unwrap_or_default();
            self.facts.protocols.program_modules.has(&module.into())
        })
    }

    /// `onResize(handler) { window.addEventListener('resize', handler) }`
    fn is_forwarded(&self, site: &Site) -> bool {
        let facts = self.facts;
        let Handler::Kept { place, home: Home::Activation(function) } = &site.identity else {
            return false;
        };
        let Root::Binding(binding) = facts.places.root(*place) else {
            return false;
        };
        matches!(facts.tree.scopes.binding(*binding).kind, BindingKind::Parameter { .. })
            && facts.tree.function(*function).kind != FnKind::Module
    }

    fn is_gesture(&self, site: &Site) -> bool {
        match &site.event {
            Event::Named(name) => self.facts.protocols.gesture_events.has(name),
            _ => false,
        }
    }
}

fn capture_mismatch(added: bool, removed: bool) -> String {
    format!(
        "it was added with `capture: {added}` and this removes `capture: {removed}`: two different listeners"
    )
}
