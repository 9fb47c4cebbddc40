//! Listeners that wait for one of several events: `new Promise((resolve, reject) => { stream.once('drain', resolve);
//! stream.once('error', reject) })`. The first event settles the promise and takes off its own listener; those of the
//! others stay on the emitter, one for each wait.

use super::super::{Engine, Failure};
use super::Table;
use super::decide::Setting;
use super::removal::Fit;
use super::site::{Event, Site};
use crate::facts::flow::Sink;
use crate::facts::places::Root;
use crate::facts::repetition::Level;
use crate::protocol::ListenerRole;
use crate::semantic::*;

/// A function that adds more listeners than this is no wait for one of them.
const MAX_RIVALS: usize = 16;

impl Engine<'_, '_> {
    /// The failure of a listener that loses against one that comes again and again on an emitter that outlives the wait.
    /// Of the losers of one wait the first speaks.
    pub(super) fn lost_rival(&self, table: &Table, site: &Site, setting: &Setting<'_>) -> Option<Failure> {
        let facts = self.facts;
        let executor = facts.tree.expr(site.call).function;
        if !self.is_executor(executor) || setting.repetition.level == Level::Once {
            return None;
        }
        let rivals: Vec<&Site> = table
            .in_function
            .get(&executor)
            .filter(|sites| sites.len() <= MAX_RIVALS)?
            .iter()
            .map(|at| &table.sites[*at])
            .filter(|rival| {
                matches!(rival.role, ListenerRole::Add | ListenerRole::Once)
                    && rival.place == site.place
                    && self.settles_wait(rival, executor)
            })
            .collect();
        let winner = rivals.iter().find(|rival| self.comes_again(&rival.event))?;
        let loses = |rival: &&&Site| rival.event != winner.event && !self.is_taken_off(table, rival);
        let loser = rivals.iter().find(loses)?;
        let stays = loser.call == site.call && self.outlives_wait(site, executor);
        stays.then_some(Failure::Rival { winner: winner.call })
    }

    /// The handler settles a promise that each call makes: the function is a question that is asked again and again, no
    /// set-up of a program.
    pub(super) fn is_of_one_wait(&self, site: &Site) -> bool {
        let executor = self.facts.tree.expr(site.call).function;
        self.is_executor(executor) && self.settles_wait(site, executor)
    }

    fn is_taken_off(&self, table: &Table, site: &Site) -> bool {
        self.fate_of(table, site).is_some()
            || self
                .candidates(table, site)
                .any(|removal| matches!(self.fit(table, site, removal), Fit::Matches))
    }

    /// The handler is `resolve` or `reject`, or mentions one of them.
    fn settles_wait(&self, site: &Site, executor: FnId) -> bool {
        let facts = self.facts;
        let Some(handler) = site.handler else {
            return false;
        };
        let is_own = |binding: BindingId| {
            matches!(facts.tree.scopes.binding(binding).kind,
                BindingKind::Parameter { function, .. } if function == executor)
        };
        let named = facts.places.of(handler).is_some_and(|place| match facts.places.root(place) {
            Root::Binding(binding) => is_own(*binding),
            _ => false,
        });
        named
            || facts
                .functions_of(handler)
                .iter()
                .any(|function| facts.captures(*function).into_iter().any(is_own))
    }

    /// An event that one emitter may send many times, unlike `open`, `error` or `close`.
    fn comes_again(&self, event: &Event) -> bool {
        matches!(event, Event::Named(name) if self.facts.protocols.promises.waited_events.has(name))
    }

    /// The emitter is older than the wait: a field, or something that was there before the loop around it.
    fn outlives_wait(&self, site: &Site, executor: FnId) -> bool {
        let facts = self.facts;
        let tree = facts.tree;
        let Some(place) = site.place else {
            return false;
        };
        let waits = tree.function(executor).expr;
        let around = waits.map(|expr| tree.expr(expr).function).unwrap_or(executor);
        // `this.ready = new Promise(…)`: kept, and waited for once.
        let kept = waits.and_then(|expr| match tree.expr(expr).up {
            Up::Expr(new) => Some(new),
            _ => None,
        });
        let is_field = |sink: &Sink| matches!(sink, Sink::Place { place, .. } if !matches!(facts.places.root(*place), Root::Binding(_)));
        if kept.is_some_and(|new| facts.sinks(new).iter().any(is_field)) {
            return false;
        }
        let named_once = facts
            .function_name(around)
            .is_some_and(|name| facts.teardown_name(name).is_some() || facts.protocols.is_set_up_name(name));
        let turn = waits.and_then(|expr| facts.in_loop(expr));
        match facts.places.root(place) {
            Root::This(_) => facts.places.depth(place) > 0 && (turn.is_some() || !named_once),
            Root::Binding(binding) => {
                let home = tree.scopes.function_of(*binding);
                let init = tree.scopes.binding(*binding).init;
                let in_turn = |turn: RegionId| {
                    init.is_some_and(|init| tree.region_path(tree.expr(init).region).any(|at| at == turn))
                };
                match turn {
                    Some(turn) => !in_turn(turn),
                    None => home == MODULE && !named_once,
                }
            }
            _ => false,
        }
    }
}
