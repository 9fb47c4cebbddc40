//! Listeners that are taken off by what the adding call returned: `subscription.remove()`, `unlisten()`.

use super::super::Engine;
use super::decide::Outcome;
use super::site::Site;
use crate::facts::flow::Sink;
use crate::facts::owner::Owner;
use crate::facts::places::{PlaceId, Root};
use crate::facts::reach::Reach;
use crate::semantic::*;
use rustc_hash::FxHashSet;

/// How many uses of one result are followed.
const MAX_USES: usize = 200;

/// What became of a call's result.
#[derive(Default)]
struct Result {
    ends: Vec<ExprId>,
    escaped: bool,
}

impl Engine<'_, '_> {
    /// `None` where the result decides nothing: it is dropped, or nobody ends what it stands for.
    pub(super) fn by_result(&self, site: &Site, owner: Owner, reach: &Reach) -> Option<Outcome> {
        if self.facts.protocols.listeners[site.row].result.is_empty() {
            return None;
        }
        let result = self.result_of(site);
        if result.escaped {
            return Some(Outcome::Closed("the result of the call is handed on, and takes it off".to_owned()));
        }
        let function = self.facts.tree.expr(site.call).function;
        let first = *result.ends.first()?;
        if result.ends.iter().any(|end| self.releases_here(*end, function, owner, reach)) {
            return Some(Outcome::Closed("the owner's end takes it off".to_owned()));
        }
        if reach.teardowns.opaque {
            return Some(Outcome::Closed("the owner's end may take it off out of sight".to_owned()));
        }
        Some(self.listener_off_teardown(site, first, owner, reach))
    }

    fn result_of(&self, site: &Site) -> Result {
        let facts = self.facts;
        let ways = &facts.protocols.listeners[site.row].result;
        let mut result = Result::default();
        let mut seen = FxHashSet::default();
        let mut queue = vec![site.call];
        while let Some(at) = queue.pop() {
            if !seen.insert(at) || facts.is_write(at) {
                continue;
            }
            if result.escaped || seen.len() > MAX_USES {
                result.escaped = true;
                break;
            }
            for sink in facts.sinks(at) {
                match sink {
                    Sink::Discarded | Sink::Read => {}
                    Sink::Place { place, .. } => {
                        result.escaped |= self.is_out_of_sight(place);
                        queue.extend(facts.places.uses(place));
                    }
                    Sink::Called(call) if ways.iter().any(|way| way == "()") => result.ends.push(call),
                    Sink::Member { member, name } => match facts.tree.expr(member).up {
                        Up::Expr(call)
                            if ways.iter().any(|way| *way == *name) && self.calls(call, member) =>
                        {
                            result.ends.push(call);
                        }
                        _ => result.escaped = true,
                    },
                    _ => result.escaped = true,
                }
            }
        }
        result
    }

    fn calls(&self, call: ExprId, member: ExprId) -> bool {
        self.facts.tree.call_parts(call).is_some_and(|(callee, _)| callee == member)
    }

    /// A place that others can reach: exported, global, or in a collection that is passed on.
    fn is_out_of_sight(&self, place: PlaceId) -> bool {
        let facts = self.facts;
        let shared = match facts.places.root(place) {
            Root::Binding(binding) => facts.is_exported(*binding),
            Root::Global(_) => true,
            Root::This(_) | Root::UnknownThis(_) => false,
        };
        let container = facts.places.parent(place).filter(|_| {
            facts.places.depth(place) > 1 || matches!(facts.places.root(place), Root::Binding(_))
        });
        shared
            || container.is_some_and(|container| {
                facts.places.uses(container).iter().any(|at| {
                    facts.sinks(*at).iter().any(|sink| {
                        matches!(
                            sink,
                            Sink::Argument { .. }
                                | Sink::Returned(_)
                                | Sink::Exported
                                | Sink::Property { .. }
                                | Sink::Jsx { .. }
                        )
                    })
                })
            })
    }
}
