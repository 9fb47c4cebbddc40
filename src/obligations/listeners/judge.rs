//! How sure an open listener is, and what it assumes.

use super::super::growth::Uses;
use super::super::presence::COMES_AND_GOES;
use super::super::tier::{Evidence, Tier, tier};
use super::super::{Engine, Failure};
use super::Table;
use super::decide::Setting;
use super::site::{Event, Site};
use crate::facts::handler::{Handler, Home, Same};
use crate::facts::lifetime::Life;
use crate::facts::options::Instances;
use crate::facts::owner::Owner;
use crate::facts::paths;
use crate::facts::places::{PlaceId, Root};
use crate::facts::repetition::{Level, Why};
use crate::semantic::*;
use std::rc::Rc;

/// What is assumed of a listener that would be harmless, had its removal not been meant.
const COMES_OR_NOT: &str = "that the event need not come, as its removal shows";
const OUTLIVES: &str = "that the target outlives what listens, as its removal shows";

impl Engine<'_, '_> {
    pub(super) fn listener_tier(
        &self,
        table: &Table,
        site: &Site,
        failure: &Failure,
        setting: &Setting<'_>,
    ) -> Option<(Tier, Option<String>)> {
        let Setting { owner, holder, repetition, reach } = *setting;
        let evidence = Evidence {
            life: holder.life,
            level: repetition.level,
            has_teardown: reach.teardowns.strong().is_some(),
        };
        let never_called = reach.teardowns.is_misspelt();
        if let (Failure::OffTeardown { .. }, true, Level::Repeated) =
            (failure, never_called, repetition.level)
        {
            let known = holder.life == Life::Longer && holder.assumed.is_none();
            let assumed = "that the target outlives the owner".to_owned();
            return Some(if known { (Tier::Proven, None) } else { (Tier::Likely, Some(assumed)) });
        }
        if let (Failure::Mismatch { .. }, true) = (failure, site.once || holder.life == Life::Same) {
            let assumed = if site.once { COMES_OR_NOT } else { OUTLIVES };
            return Some((Tier::Likely, Some(assumed.to_owned())));
        }
        let mut found = tier(failure, evidence)?;
        let plain = matches!(failure, Failure::NeverReleased | Failure::Dropped | Failure::Unaborted { .. });
        let paired = !self.facts.protocols.listeners[site.row].pairs.is_empty();
        if paired && plain && !self.is_released_elsewhere(table, site) {
            return None;
        }
        let keeps = site.handler.is_some_and(|handler| self.facts.keeps_call_data(handler));
        if plain && !site.known {
            return Some((Tier::Possible, Some("that this is an event emitter".to_owned())));
        }
        let mut assumed = holder.assumed.map(str::to_owned);
        // A removal that never worked: each of the thirteen that were read was a mistake, however many instances there are.
        let once = matches!(&site.event, Event::Named(name) if self.facts.protocols.once_events.has(name));
        let vain = matches!(failure, Failure::Mismatch { .. }) && holder.life == Life::Longer && !once;
        if vain && repetition.level == Level::MayRepeat {
            found = Tier::Proven;
        } else if repetition.level != Level::Repeated {
            let what = match owner {
                Owner::Class(_) => "that more than one instance is made while the target lives",
                _ => "that other files call this function more than once",
            };
            if plain && !self.is_per_instance(site, setting) && !self.is_of_one_wait(site) {
                found = Tier::Possible;
            }
            // What an owner forgets beside its siblings, it forgets however often it is made.
            if !matches!(failure, Failure::Asymmetric { same_target: true, .. }) {
                assumed.get_or_insert(what.to_owned());
            }
        } else if plain && !keeps {
            // One more small function for each run: of what no component begins, none of seven that were read mattered.
            let begun = self.runs_at_mount(owner, repetition) || self.is_forwarded(site);
            let mattering = begun && !self.is_farewell(site);
            found = if mattering { found.min(Tier::Likely) } else { Tier::Possible };
            assumed.get_or_insert(
                "that the site runs often enough to matter: the handler keeps no data of its run".to_owned(),
            );
        }
        if let (Level::Repeated, Some(what)) = (repetition.level, self.of_messages(repetition)) {
            found = found.min(Tier::Likely);
            assumed.get_or_insert(what.to_owned());
        }
        if matches!(failure, Failure::Asymmetric { same_target: false, .. }) {
            if site.place.is_some_and(|place| self.is_of_the_maker(place, owner)) {
                found = Tier::Possible;
            }
            assumed
                .get_or_insert("that the target outlives the owner, as those of its siblings do".to_owned());
        }
        if matches!(failure, Failure::Rival { .. }) {
            assumed = Some("that this waits more than once while the emitter lives".to_owned());
        }
        if let Failure::OffTeardown { release, .. } = failure {
            // Without a framework that ends it, who aborts listens to all sorts of ends: of five such listeners none leaked.
            let framed = matches!(owner, Owner::Effect(_) | Owner::Component(_))
                || matches!(owner, Owner::Class(class) if self.facts.lifecycle(class).is_some());
            let aborted = !framed && self.called_name(*release).is_some_and(|name| name == "abort");
            found = match aborted || self.is_gesture(table, site, *release) || self.closes_itself(site) {
                true => Tier::Possible,
                false if holder.life == Life::Unknown && self.is_renewed(site, *release, setting) => {
                    Tier::Likely
                }
                false => found.min(Tier::Likely),
            };
            assumed.get_or_insert("that the owner can end before that code runs".to_owned());
        }
        // Another removal fits: what is in doubt is whether it runs in time.
        if let Failure::Mismatch { release, .. } = failure
            && self.fits_elsewhere(table, site)
        {
            let gesture = self.is_gesture(table, site, *release);
            found = found.min(if gesture { Tier::Possible } else { Tier::Likely });
            assumed.get_or_insert("that the owner can end before the removal that fits".to_owned());
        }
        if let Failure::Mismatch { release, .. } = failure
            && let Some(removal) = self.candidates(table, site).find(|removal| removal.call == *release)
            && let Some(step) = self.anew(site, removal).and_then(|anew| anew.assumed)
        {
            found = found.min(Tier::Likely);
            assumed.get_or_insert(step.to_owned());
        }
        if matches!(failure, Failure::PathMiss { .. }) {
            assumed.get_or_insert("that the work in between fails, or leaves, now and then".to_owned());
        }
        if let Failure::Unaborted { open: true, .. } = failure {
            found = if found == Tier::Proven { Tier::Likely } else { Tier::Possible };
            assumed.get_or_insert("that no other file aborts this field's controller".to_owned());
        }
        if !self.is_given_to_owner(site) && self.forgotten_by_partner(table, site).as_ref() == Some(failure) {
            found = found.min(Tier::Likely);
            assumed.get_or_insert("that both functions are given the same object".to_owned());
        }
        if holder.assumed.is_some() || paired {
            found = found.min(Tier::Likely);
        }
        // Where a component listens and never thinks of its end, its page often never thinks of another one.
        if plain && self.runs_at_mount(owner, repetition) && !self.facts.is_in_hook(owner) {
            found = found.min(Tier::Likely);
            assumed.get_or_insert(COMES_AND_GOES.to_owned());
        }
        if let Some(presence) = self.presence_tier(failure, owner, repetition) {
            found = found.min(presence);
            assumed.get_or_insert(COMES_AND_GOES.to_owned());
        }
        if paired {
            assumed = Some(self.pair_step(site));
        }
        Some((found, assumed))
    }

    /// Another listener of the same receiver and event is taken off by a call that fits it: what the pair of methods does.
    fn is_released_elsewhere(&self, table: &Table, site: &Site) -> bool {
        let added = self.added(table, site.place, &site.event).unwrap_or_default();
        let mut others =
            added.into_iter().filter(|other| other.event == site.event && other.call != site.call);
        site.place.is_some()
            && others.any(|other| {
                let mut removals = self.candidates(table, other).filter(|removal| removal.row == site.row);
                removals.any(|removal| {
                    removal.place == other.place
                        && removal.event == other.event
                        && self.facts.same_handler(&other.identity, &removal.identity) == Same::Yes
                })
            })
    }

    fn pair_step(&self, site: &Site) -> String {
        let facts = self.facts;
        let callee = facts.tree.call_parts(site.call).and_then(|(callee, _)| facts.callee_name(callee));
        let added = callee.map(ToString::to_string).unwrap_or_default();
        let removal = facts.protocols.listeners[site.row].removal_of(&added).unwrap_or_default();
        format!("that `{removal}` undoes what `{added}` does")
    }

    /// Set-up code that a page or a server runs once looks just like a leak, unless it runs for every instance, or its
    /// object has an end that forgets it.
    fn is_per_instance(&self, site: &Site, setting: &Setting<'_>) -> bool {
        let Setting { owner, repetition, reach, .. } = *setting;
        // A request is what its connection outlives, whoever makes it.
        if let Some(place) = site.place.filter(|place| self.facts.is_lent_connection(*place)) {
            return !self.facts.is_asked_about(place, site.call);
        }
        // A mixin belongs to whoever takes it in: to the one root component as well.
        let mixin = matches!(owner, Owner::Class(class)
            if self.facts.classes.instances(class) == Some(Instances::Unseen));
        let component = self.facts.is_ended_by_framework(owner) && !mixin;
        if !component && !matches!(owner, Owner::Class(_) | Owner::Factory(_)) {
            return false;
        }
        if self.is_of_the_program(site) {
            return false;
        }
        let root = self.root_cause(repetition);
        let constructs = matches!(root, Why::VisibleClass(_) | Why::Constructed(_));
        let farewell = self.is_farewell(site);
        if farewell && !constructs {
            return false;
        }
        if component || reach.teardowns.strong().is_some() {
            return true;
        }
        // A class that only this file makes is made by code that can be read: of seven such none leaked.
        let Owner::Class(class) = owner else {
            return false;
        };
        let elsewhere = matches!(self.facts.instances(class).why, Why::VisibleClass(_));
        !farewell && constructs && elsewhere && !self.is_of_the_page(site) && self.instance_grows(owner)
    }

    /// A target of the page, or one that this very module made: whoever listens there and never ends is mostly the one
    /// object of a program, such as its router.
    fn is_of_the_page(&self, site: &Site) -> bool {
        let facts = self.facts;
        let Some(place) = site.place else {
            return site.receiver.is_none();
        };
        match facts.places.root(place) {
            Root::Global(name) => name != "process",
            Root::Binding(binding) => {
                let entry = facts.tree.scopes.binding(*binding);
                facts.tree.scopes.function_of(*binding) == MODULE
                    && !matches!(entry.kind, BindingKind::Import { .. })
            }
            _ => false,
        }
    }

    /// An instance that gathers data is worth more than the few bytes of one more listener: the singletons of a program
    /// listen in their constructors too, and mostly hold little.
    fn instance_grows(&self, owner: Owner) -> bool {
        let Owner::Class(class) = owner else {
            return false;
        };
        self.collections(class).any(|uses| uses.bounds.is_empty() && !uses.growths.is_empty())
    }

    /// What the file does with each collection in the fields of a class.
    fn collections(&self, class: ClassId) -> impl Iterator<Item = Rc<Uses>> {
        let facts = self.facts;
        let root = facts.places.at_root(&Root::This(class));
        let fields = root.into_iter().flat_map(|root| facts.parts_of(root));
        fields.filter(|field| facts.is_plain_container(*field)).map(|field| self.container_uses(field))
    }

    /// `constructor(camera) { this.camera = camera; }`: what an object was made for is mostly its maker, which holds it and
    /// ends with it, or was made beside it.
    fn is_of_the_maker(&self, field: PlaceId, owner: Owner) -> bool {
        let facts = self.facts;
        let Owner::Class(class) = owner else {
            return false;
        };
        let constructors = &facts.classes.get(class).constructors;
        let given = |value: &ExprId| match facts.tree.kind(*value) {
            Kind::Ident(reference) => {
                facts.tree.scopes.reference(*reference).binding.is_some_and(|binding| {
                    matches!(facts.tree.scopes.binding(binding).kind, BindingKind::Parameter { function, .. }
                    if constructors.contains(&function))
                })
            }
            _ => false,
        };
        facts.places.depth(field) == 1 && facts.values_at(field).iter().any(given)
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
    pub(super) fn is_forwarded(&self, site: &Site) -> bool {
        let facts = self.facts;
        let Handler::Kept { place, home: Home::Activation(function) } = &site.identity else {
            return false;
        };
        let Root::Binding(binding) = facts.places.root(*place) else {
            return false;
        };
        // `el.onPress = () => …; document.addEventListener('click', el.onPress)` is made here.
        matches!(facts.tree.scopes.binding(*binding).kind, BindingKind::Parameter { .. })
            && facts.tree.function(*function).kind != FnKind::Module
            && facts.values_at(*place).is_empty()
    }

    /// The same function takes the last one off before it adds the next, in something that its framework ends: the target
    /// outlives one round, and nobody takes off the last.
    fn is_renewed(&self, site: &Site, release: ExprId, setting: &Setting<'_>) -> bool {
        let facts = self.facts;
        let ended = match setting.owner {
            Owner::Effect(_) | Owner::Component(_) => true,
            Owner::Class(class) => {
                facts.lifecycle(class).is_some() && setting.reach.teardowns.strong().is_some()
            }
            _ => false,
        };
        ended
            && facts.tree.expr(release).function == facts.tree.expr(site.call).function
            && facts.can_follow(release, site.call)
    }
}
