//! Functions of this file that add a listener and return what takes it off: `const off = listen(window, 'resize', f)`.
//! What such a call returns is the duty of its caller.

use super::super::{Engine, Failure, Family, Tier, Verdict};
use super::Table;
use super::decide::Setting;
use super::forward::{MAX_CALLERS, MAX_DEPTH};
use super::removal::Fit;
use super::signals::SignalOption;
use super::site::Site;
use crate::facts::flow::Sink;
use crate::facts::handler::Handler;
use crate::facts::lifetime::Life;
use crate::facts::owner::Owner;
use crate::facts::places::{PlaceId, Root};
use crate::facts::repetition::Level;
use crate::protocol::{HookRole, ListenerRole};
use crate::semantic::*;

/// What a caller does with a disposer.
enum Use {
    Dropped,
    /// Kept here, and nothing reads it.
    NeverRead(PlaceId),
    /// Returned by the caller, whose callers have the duty then.
    HandedOn(FnId),
    Kept,
}

impl Engine<'_, '_> {
    /// Judges what the callers of disposer functions do with the disposers.
    pub(super) fn disposers(&mut self, table: &Table) {
        for site in &table.sites {
            let function = self.facts.tree.expr(site.call).function;
            if site.role == ListenerRole::Add && self.returns_disposer(table, site, function) {
                let mut through = Vec::new();
                self.disposer_callers(table, site, function, &mut through);
            }
        }
    }

    /// Whether the function returns a function that takes off what the site in it adds.
    fn returns_disposer(&self, table: &Table, site: &Site, function: FnId) -> bool {
        let facts = self.facts;
        let entry = facts.tree.function(function);
        if facts.graph.callers[function.index()].is_empty()
            || entry.returns.is_empty()
            || entry.is_async
            || facts.hook_role(function).is_some()
            || facts.roles.components.contains(&function)
        {
            return false;
        }
        let returned: Vec<FnId> = entry.returns.iter().flat_map(|value| facts.functions_of(*value)).collect();
        let takes_off = |removal: &Site| {
            let at = facts.tree.expr(removal.call).function;
            returned.iter().any(|disposer| facts.tree.is_within(at, *disposer))
                && matches!(self.fit(table, site, removal), Fit::Matches)
        };
        !returned.is_empty() && self.candidates(table, site).any(takes_off)
    }

    fn disposer_callers(&mut self, table: &Table, site: &Site, function: FnId, through: &mut Vec<FnId>) {
        let facts = self.facts;
        let callers = &facts.graph.callers[function.index()];
        if callers.len() > MAX_CALLERS || through.len() > MAX_DEPTH || through.contains(&function) {
            return;
        }
        through.push(function);
        let forwarded = self.forwarded(site, function);
        for call in callers {
            let at_caller = self.at_caller(site, &forwarded, *call);
            match self.use_of_disposer(*call) {
                Use::Kept => {}
                Use::HandedOn(by) => self.disposer_callers(table, &at_caller, by, through),
                Use::Dropped => self.lost_disposer(table, &at_caller, function, None),
                Use::NeverRead(place) => self.lost_disposer(table, &at_caller, function, Some(place)),
            }
        }
        through.pop();
    }

    fn use_of_disposer(&self, call: ExprId) -> Use {
        let facts = self.facts;
        match facts.sinks(call).as_slice() {
            [Sink::Discarded] => Use::Dropped,
            [Sink::Place { place, .. }] => {
                let own = matches!(facts.places.root(*place), Root::This(_) | Root::Binding(_));
                let whole = facts.places.depth(*place) <= 1;
                let read = facts
                    .places
                    .uses(*place)
                    .iter()
                    .any(|at| !facts.is_write(*at) && !self.is_kept_at(*at, call));
                if own && whole && !read { Use::NeverRead(*place) } else { Use::Kept }
            }
            [Sink::Returned(by)] => match facts.hook_role(*by) {
                None if facts.is_result_dropped(*by) => Use::Dropped,
                None => Use::HandedOn(*by),
                Some(HookRole::Effect) => Use::Kept,
                Some(_) => Use::Dropped,
            },
            _ => Use::Kept,
        }
    }

    /// `this.off = listen(…)` is itself a mention of the place.
    fn is_kept_at(&self, mention: ExprId, call: ExprId) -> bool {
        mention == call || self.facts.tree.expr(call).up == Up::Expr(mention)
    }

    fn lost_disposer(&mut self, table: &Table, site: &Site, made_by: FnId, kept: Option<PlaceId>) {
        let facts = self.facts;
        let function = facts.tree.expr(site.call).function;
        let owner = facts.owner_of(function);
        let reach = self.reach(owner);
        let repetition = self.repetition_at(site.call);
        let holder = self.listener_holder(site, owner, function);
        let setting = Setting { owner, holder: &holder, repetition: &repetition, reach: &reach };
        let theirs = !matches!(owner, Owner::Effect(_) | Owner::Component(_)) && self.is_forwarded(site);
        let one = facts.protocols.listeners[site.row].deduplicates && self.is_one_for_all(&site.identity);
        let harmless = repetition.level == Level::Once
            || site.signal != SignalOption::None
            || site.once
            || holder.life == Life::Same;
        let said = |known: &Verdict| known.site == site.call && known.family == Family::Listener;
        // Nobody else can name a function written at the call.
        let out_of_sight = reach.teardowns.opaque && !matches!(site.identity, Handler::Fresh(_));
        if theirs || one || harmless || out_of_sight || self.verdicts.iter().any(said) {
            return;
        }
        let otherwise = |removal: &Site| {
            let at = facts.tree.expr(removal.call).function;
            !facts.tree.is_within(at, made_by) && matches!(self.fit(table, site, removal), Fit::Matches)
        };
        if self.candidates(table, site).any(otherwise) {
            return;
        }
        let Some((tier, assumed)) = self.listener_tier(table, site, &Failure::Dropped, &setting) else {
            return;
        };
        let mut verdict = self.listener_verdict(site, Failure::Dropped, tier, &setting);
        verdict.assumed = assumed;
        if let Some(place) = kept
            && matches!(facts.places.root(place), Root::This(_))
        {
            verdict.tier = verdict.tier.min(Tier::Likely);
            let field = facts.places.text(facts.tree, place);
            verdict.assumed.get_or_insert(format!("that nothing outside calls `{field}`"));
        }
        verdict.handler = facts.function_name(made_by).map(ToString::to_string);
        self.verdicts.push(verdict);
    }
}
