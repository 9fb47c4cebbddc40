//! Follows a handle from its acquire: where it is kept, where it is released, where it gets out of sight.

use super::Engine;
use crate::facts::flow::Sink;
use crate::facts::places::{PlaceId, Root};
use crate::semantic::*;
use rustc_hash::FxHashSet;

/// How many uses of one handle are followed; a handle with more is lost from sight.
const MAX_USES: usize = 400;

/// What became of a handle.
#[derive(Debug, Default)]
pub(super) struct Trail {
    pub places: Vec<PlaceId>,
    pub releases: Vec<ExprId>,
    /// Where the handle gets out of sight, and how.
    pub escape: Option<(ExprId, &'static str)>,
    /// The value is thrown away and never kept.
    pub dropped: bool,
}

struct Follow<'e, 'f, 'a> {
    engine: &'e Engine<'f, 'a>,
    row: usize,
    trail: Trail,
    seen: FxHashSet<ExprId>,
    queue: Vec<ExprId>,
}

impl Engine<'_, '_> {
    /// Follows the handle that `call` makes.
    pub(super) fn follow_handle(&self, call: ExprId, row: usize) -> Trail {
        let mut follow = Follow {
            engine: self,
            row,
            trail: Trail::default(),
            seen: FxHashSet::default(),
            queue: vec![call],
        };
        while let Some(at) = follow.queue.pop() {
            if follow.seen.len() > MAX_USES {
                follow.escape(at, "has too many uses to follow");
            }
            if follow.trail.escape.is_some() {
                break;
            }
            if follow.seen.insert(at) {
                follow.step(at);
            }
        }
        follow.trail.dropped = follow.trail.places.is_empty() && follow.trail.escape.is_none();
        follow.trail
    }
}

impl Follow<'_, '_, '_> {
    fn escape(&mut self, at: ExprId, how: &'static str) {
        self.trail.escape.get_or_insert((at, how));
    }

    fn step(&mut self, at: ExprId) {
        let facts = self.engine.facts;
        if facts.is_write(at) {
            return;
        }
        for sink in facts.sinks(at) {
            match sink {
                Sink::Discarded | Sink::Read => {}
                Sink::Place { place, .. } => self.kept(place, at),
                Sink::Argument { call, index } => self.given(call, index),
                Sink::Member { member, name } => self.member(member, &name),
                Sink::Returned(function) => self.returned(at, function),
                Sink::Exported => self.escape(at, "is exported"),
                Sink::Property { literal, .. } => self.escape(literal, "goes into an object"),
                Sink::Called(_) | Sink::Constructed(_) | Sink::Jsx { .. } | Sink::Unknown => {
                    self.escape(at, "is used in a way that leaklint does not follow");
                }
            }
        }
    }

    fn kept(&mut self, place: PlaceId, at: ExprId) {
        let facts = self.engine.facts;
        if self.trail.places.contains(&place) {
            return;
        }
        self.trail.places.push(place);
        match facts.places.root(place) {
            Root::Binding(binding) if facts.is_exported(*binding) => {
                self.escape(at, "is exported");
            }
            Root::Global(_) => self.escape(at, "is kept in a global"),
            _ => {}
        }
        self.queue.extend(facts.places.uses(place));
        if facts.places.segment(place) == Some(&Segment::Element)
            && let Some(container) = facts.places.parent(place)
        {
            self.container(container);
        }
        self.named_elsewhere(place);
    }

    /// `this.timers.forEach(clearInterval)`, `stopAll(this.timers)`, `return timers`
    fn container(&mut self, container: PlaceId) {
        let facts = self.engine.facts;
        for at in facts.places.uses(container) {
            if facts.is_write(*at) {
                continue;
            }
            for sink in facts.sinks(*at) {
                match sink {
                    Sink::Member { member, .. } => {
                        let Up::Expr(call) = facts.tree.expr(member).up else {
                            continue;
                        };
                        let args = facts.tree.call_parts(call).map_or(&[][..], |(_, args)| args);
                        if args.first().is_some_and(|arg| self.engine.names_release(self.row, *arg)) {
                            self.trail.releases.push(call);
                        }
                    }
                    Sink::Argument { call, .. } if !self.engine.is_harmless(call) => {
                        self.escape(call, "is in a collection that is passed on");
                    }
                    Sink::Returned(_) | Sink::Exported | Sink::Property { .. } => {
                        self.escape(*at, "is in a collection that is handed out");
                    }
                    Sink::Read if self.is_spread_argument(*at) => {
                        self.escape(*at, "is in a collection that is passed on");
                    }
                    _ => {}
                }
            }
        }
    }

    /// `stopAll(...timers)`
    fn is_spread_argument(&self, at: ExprId) -> bool {
        let tree = self.engine.facts.tree;
        let Up::Expr(spread) = tree.expr(at).up else {
            return false;
        };
        matches!(tree.kind(spread), Kind::Spread(_))
            && matches!(tree.expr(spread).up, Up::Expr(call) if tree.call_parts(call).is_some())
    }

    /// `clearInterval(other.timer)`: another object's field of the same name may be this one.
    fn named_elsewhere(&mut self, place: PlaceId) {
        let facts = self.engine.facts;
        let (Root::This(class), Some(name)) = (facts.places.root(place), facts.places.last_name(place))
        else {
            return;
        };
        for call in self.engine.release_calls(self.row) {
            let Some((_, [first, ..])) = facts.tree.call_parts(call) else {
                continue;
            };
            let Some(released) = facts.places.of(*first) else {
                continue;
            };
            let elsewhere = match facts.places.root(released) {
                Root::This(other) => other != class && facts.classes.lineage(*other).any(|c| c == *class),
                _ => facts.places.depth(released) > 0,
            };
            if elsewhere && facts.places.last_name(released) == Some(name) {
                self.escape(call, "may be released through another name of the object");
            }
        }
    }

    fn given(&mut self, call: ExprId, index: usize) {
        let facts = self.engine.facts;
        let Some((callee, _)) = facts.tree.call_parts(call) else {
            return;
        };
        if self.engine.names_release(self.row, callee) {
            if index == 0 {
                self.trail.releases.push(call);
            }
            return;
        }
        if facts.callee_name(callee).is_some_and(|name| name == "Number") {
            self.queue.push(call);
            return;
        }
        if self.engine.is_harmless(call) {
            return;
        }
        let targets = facts.targets(call);
        if targets.is_empty() {
            self.escape(call, "is passed to a function that may keep or end it");
            return;
        }
        // `stop(this.timer)`: what the function does with its parameter.
        for target in targets {
            match facts.tree.function(target).params.get(index).map(|param| param.binding) {
                Some(Some(binding)) => {
                    if let Some(place) = facts.place_of_binding(binding) {
                        let releases = self.engine.releases_place(self.row, place);
                        if releases {
                            self.trail.releases.push(call);
                        } else {
                            self.queue.extend(facts.places.uses(place));
                        }
                    }
                }
                _ => self.escape(call, "is passed to a function that may keep or end it"),
            }
        }
    }

    fn member(&mut self, member: ExprId, name: &crate::ast::Atom) {
        let facts = self.engine.facts;
        let protocol = &facts.protocols.handles[self.row];
        let Up::Expr(call) = facts.tree.expr(member).up else {
            return;
        };
        let called = facts.tree.call_parts(call).is_some_and(|(callee, _)| callee == member);
        if !called {
            return;
        }
        if protocol.release_methods.has(name) {
            self.trail.releases.push(call);
        } else if protocol.passes.has(name) {
            self.queue.push(call);
        }
    }

    /// The value of an effect's concise arrow is no cleanup and goes nowhere.
    fn returned(&mut self, at: ExprId, function: FnId) {
        let facts = self.engine.facts;
        if facts.roles.effects.contains_key(&function) || self.is_value_lost(function) {
            return;
        }
        self.escape(at, "is returned");
    }

    /// `xs.forEach(x => setInterval(…))`: nobody sees what the callback returns.
    fn is_value_lost(&self, function: FnId) -> bool {
        let facts = self.engine.facts;
        let Some(Up::Expr(call)) = facts.tree.function(function).expr.map(|expr| facts.tree.expr(expr).up)
        else {
            return false;
        };
        let callee = facts.tree.call_parts(call).map(|(callee, _)| callee);
        callee
            .and_then(|callee| facts.callee_name(callee))
            .is_some_and(|name| matches!(&**name, "forEach" | "addEventListener" | "on" | "setTimeout"))
    }
}

impl Engine<'_, '_> {
    /// Every call in the file that releases handles of a row.
    fn release_calls(&self, row: usize) -> impl Iterator<Item = ExprId> + '_ {
        self.facts.tree.calls.iter().copied().filter(move |call| {
            self.facts.tree.call_parts(*call).is_some_and(|(callee, _)| self.names_release(row, callee))
        })
    }

    /// Whether some use of a place releases it.
    fn releases_place(&self, row: usize, place: PlaceId) -> bool {
        self.facts.places.uses(place).iter().any(|at| {
            self.facts.sinks(*at).iter().any(|sink| match sink {
                Sink::Argument { call, index: 0 } => self
                    .facts
                    .tree
                    .call_parts(*call)
                    .is_some_and(|(callee, _)| self.names_release(row, callee)),
                _ => false,
            })
        })
    }
}
