//! How long a promise is pending, by what settles it.

use super::super::Engine;
use super::{Lookup, MAX_HOPS};
use crate::facts::flow::Sink;
use crate::facts::paths;
use crate::facts::places::{PlaceId, Root};
use crate::semantic::*;

/// How long a promise stays pending.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Pending {
    /// The code shows that it settles at an end, or never; in words.
    Shown(String),
    /// Its name says that it settles at an end.
    Named,
    /// It settles when what was called is done, or nothing is known.
    Unknown,
    /// It settles after a while, whatever happens; in words.
    Soon(String),
}

/// When one mention of the settling function settles the promise.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Settles {
    Soon,
    Unknown,
    /// At an end: the event or function, in words.
    AtEnd(String),
    Nothing,
}

impl Engine<'_, '_> {
    pub(super) fn pending(&self, lookup: &Lookup, place: PlaceId) -> Pending {
        if let Some(known) = lookup.pending.borrow().get(&place) {
            return known.clone();
        }
        let pending = self.judge_pending(lookup, place);
        lookup.pending.borrow_mut().insert(place, pending.clone());
        pending
    }

    fn judge_pending(&self, lookup: &Lookup, place: PlaceId) -> Pending {
        let facts = self.facts;
        let known = self.pending_place(lookup, place, MAX_HOPS);
        if known != Pending::Unknown || self.is_work(place) {
            return known;
        }
        let promises = &facts.protocols.promises;
        match facts.places.last_name(place) {
            Some(name) if promises.is_soon(name) => Pending::Soon(format!("`{name}` settles after a while")),
            _ if self.names(place).any(|name| promises.is_lasting(name)) => Pending::Named,
            _ => Pending::Unknown,
        }
    }

    /// `const closing = socket.close()`: whatever its name, it settles when the call's work is done.
    fn is_work(&self, place: PlaceId) -> bool {
        let tree = self.facts.tree;
        self.facts.values_at(place).iter().any(|value| match tree.kind(*value) {
            Kind::Call { callee, .. } => !matches!(
                tree.kind(*callee),
                Kind::Member { name, .. } if matches!(&**name, "then" | "catch" | "finally")
            ),
            _ => false,
        })
    }

    /// `closed` of `this.closed`, and of `this.closed.promise`.
    fn names(&self, place: PlaceId) -> impl Iterator<Item = &crate::ast::Atom> + '_ {
        let facts = self.facts;
        facts.places.ancestors(place).take(2).filter_map(|at| {
            match (facts.places.segment(at), facts.places.root(at)) {
                (Some(Segment::Named(name)), _) => Some(name),
                (None, Root::Binding(binding)) => Some(&facts.tree.scopes.binding(*binding).name),
                _ => None,
            }
        })
    }

    fn pending_place(&self, lookup: &Lookup, place: PlaceId, hops: u32) -> Pending {
        let facts = self.facts;
        if let (Root::Binding(binding), 0) = (facts.places.root(place), facts.places.depth(place))
            && let Some(parts) = self.parts_with(lookup, *binding)
        {
            return self.combine(parts.into_iter().map(|mention| self.settles(mention, hops)).collect());
        }
        if let (Some(Segment::Named(name)), Some(parent)) =
            (facts.places.segment(place), facts.places.parent(place))
            && name == "promise"
            && facts.values_at(parent).iter().any(|value| self.is_deferred(*value))
        {
            return self.deferred(parent, hops);
        }
        let values: Vec<ExprId> =
            facts.values_at(place).iter().copied().filter(|value| !self.is_nothing(*value)).collect();
        let mut all = Vec::new();
        for value in values {
            match self.pending_value(lookup, value, hops) {
                Pending::Soon(why) => return Pending::Soon(why),
                Pending::Shown(why) => all.push(why),
                Pending::Named | Pending::Unknown => return Pending::Unknown,
            }
        }
        all.into_iter().next().map_or(Pending::Unknown, Pending::Shown)
    }

    /// `const { promise: closed, resolve: close } = Promise.withResolvers()`: the mentions of what settles `closed`.
    fn parts_with(&self, lookup: &Lookup, promise: BindingId) -> Option<Vec<ExprId>> {
        let scopes = &self.facts.tree.scopes;
        let init = scopes.binding(promise).init?;
        let siblings = lookup.parts.get(&init).filter(|_| self.is_deferred(init))?;
        let named = |binding: &BindingId, wanted: &[&str]| matches!(&scopes.binding(*binding).projection[..], [Segment::Named(name)] if wanted.contains(&&**name));
        if !named(&promise, &["promise"]) {
            return None;
        }
        let settling = siblings.iter().filter(|binding| named(binding, &["resolve", "reject"]));
        Some(settling.flat_map(|binding| self.mentions(*binding)).collect())
    }

    fn mentions(&self, binding: BindingId) -> impl Iterator<Item = ExprId> + '_ {
        let scopes = &self.facts.tree.scopes;
        scopes.binding(binding).refs.iter().map(|reference| scopes.reference(*reference).expr)
    }

    /// `Promise.withResolvers()`, `new Deferred()`
    fn is_deferred(&self, value: ExprId) -> bool {
        let facts = self.facts;
        let promises = &facts.protocols.promises;
        facts.tree.call_parts(value).is_some_and(|(callee, _)| {
            paths::matches(facts.tree, callee, &promises.deferred).is_some()
                || facts.callee_name(callee).is_some_and(|name| promises.deferred_names.has(name))
        })
    }

    /// What calls `resolve` and `reject` of a deferred.
    fn deferred(&self, deferred: PlaceId, hops: u32) -> Pending {
        let facts = self.facts;
        // Given to somebody else, it settles out of sight.
        let handed_on = facts.places.uses(deferred).iter().any(|at| {
            !facts.is_write(*at)
                && facts.sinks(*at).iter().any(|sink| {
                    !matches!(sink, Sink::Member { .. } | Sink::Read | Sink::Discarded | Sink::Place { .. })
                })
        });
        if handed_on {
            return Pending::Unknown;
        }
        // `resolve`, `reject`, `fulfill`, `cancel`: whatever is called on it but the promise itself.
        let settling = |at: &ExprId| {
            facts.sinks(*at).into_iter().find_map(|sink| match sink {
                Sink::Member { member, name } if name != "promise" => Some(member),
                _ => None,
            })
        };
        let mentions: Vec<ExprId> = facts.places.uses(deferred).iter().filter_map(settling).collect();
        if mentions.is_empty() {
            return Pending::Unknown;
        }
        self.combine(mentions.into_iter().map(|mention| self.settles(mention, hops)).collect())
    }

    fn pending_value(&self, lookup: &Lookup, value: ExprId, hops: u32) -> Pending {
        let facts = self.facts;
        if hops == 0 {
            return Pending::Unknown;
        }
        if self.is_deferred(value) {
            let place = facts.sinks(value).into_iter().find_map(|sink| match sink {
                Sink::Place { place, .. } => Some(place),
                _ => None,
            });
            return place.map_or(Pending::Unknown, |place| self.deferred(place, hops - 1));
        }
        match facts.tree.kind(value) {
            Kind::New { callee, args } => {
                match paths::path_of(facts.tree, *callee).as_deref() == Some("global.Promise") {
                    true => self.executed(facts.tree.list(*args).first().copied(), hops - 1),
                    false => Pending::Unknown,
                }
            }
            Kind::Call { callee, args } => match facts.tree.kind(*callee) {
                Kind::Member { object, name } if matches!(&**name, "then" | "catch" | "finally") => {
                    self.pending_value(lookup, *object, hops - 1)
                }
                _ => self.called(*callee, facts.tree.list(*args)),
            },
            Kind::Conditional { yes, no, .. } => {
                let yes = self.pending_value(lookup, *yes, hops - 1);
                if matches!(yes, Pending::Shown(_)) { yes } else { self.pending_value(lookup, *no, hops - 1) }
            }
            _ => match facts.places.of(value) {
                Some(place) => self.pending_place(lookup, place, hops - 1),
                None => Pending::Unknown,
            },
        }
    }

    /// `once(emitter, 'close')`, `sleep(1000)`
    fn called(&self, callee: ExprId, args: &[ExprId]) -> Pending {
        let facts = self.facts;
        let promises = &facts.protocols.promises;
        if paths::matches(facts.tree, callee, &promises.events).is_some() {
            return match args.get(1).and_then(|event| self.ending_event(*event)) {
                Some(event) => Pending::Shown(format!("pending until `{event}`")),
                None => Pending::Unknown,
            };
        }
        match facts.callee_name(callee) {
            Some(name) if promises.is_soon(name) => {
                Pending::Soon(format!("`{name}()` settles it after a while"))
            }
            _ => Pending::Unknown,
        }
    }

    /// `new Promise((resolve, reject) => …)`: what becomes of the two functions.
    fn executed(&self, executor: Option<ExprId>, hops: u32) -> Pending {
        let tree = self.facts.tree;
        let Some(function) = executor.and_then(|executor| tree.as_function(executor)) else {
            return Pending::Unknown;
        };
        let params = tree.function(function).params.iter().take(2);
        let mentions = params.filter_map(|param| param.binding).flat_map(|binding| self.mentions(binding));
        self.combine(mentions.map(|mention| self.settles(mention, hops)).collect())
    }

    fn combine(&self, all: Vec<Settles>) -> Pending {
        if all.contains(&Settles::Soon) {
            return Pending::Soon("it settles after a while".to_owned());
        }
        if all.contains(&Settles::Unknown) {
            return Pending::Unknown;
        }
        let end = all.into_iter().find_map(|settles| match settles {
            Settles::AtEnd(what) => Some(what),
            _ => None,
        });
        Pending::Shown(match end {
            Some(what) => format!("pending until {what}"),
            None => "never settled".to_owned(),
        })
    }

    fn settles(&self, mention: ExprId, hops: u32) -> Settles {
        let mut found = Settles::Nothing;
        for sink in self.facts.sinks(mention) {
            let settles = match sink {
                Sink::Called(call) => self.settled_at(call, hops),
                Sink::Argument { call, .. } => self.settled_by(call),
                Sink::Place { place, .. } if hops > 0 => self.settled_from(place, mention, hops - 1),
                Sink::Read | Sink::Discarded => Settles::Nothing,
                _ => Settles::Unknown,
            };
            found = match (found, settles) {
                (Settles::Soon, _) | (_, Settles::Soon) => Settles::Soon,
                (Settles::Unknown, _) | (_, Settles::Unknown) => Settles::Unknown,
                (Settles::AtEnd(what), _) | (_, Settles::AtEnd(what)) => Settles::AtEnd(what),
                _ => Settles::Nothing,
            };
        }
        found
    }

    /// `this.onClosed = resolve`: whoever calls what is kept there.
    fn settled_from(&self, place: PlaceId, mention: ExprId, hops: u32) -> Settles {
        let uses = self.facts.places.uses(place);
        let mut found = Settles::Nothing;
        for at in uses.iter().filter(|at| **at != mention && !self.facts.is_write(**at)).take(16) {
            match self.settles(*at, hops) {
                Settles::Nothing => {}
                Settles::AtEnd(what) if !matches!(found, Settles::Unknown) => found = Settles::AtEnd(what),
                Settles::AtEnd(_) => {}
                Settles::Unknown => found = Settles::Unknown,
                Settles::Soon => return Settles::Soon,
            }
        }
        // Kept, and nobody is seen to call it.
        if found == Settles::Nothing { Settles::Unknown } else { found }
    }

    /// `setTimeout(resolve, 100)`, `socket.once('close', resolve)`
    fn settled_by(&self, call: ExprId) -> Settles {
        let facts = self.facts;
        let Some((callee, args)) = facts.tree.call_parts(call) else {
            return Settles::Unknown;
        };
        let Some(name) = facts.callee_name(callee) else {
            return Settles::Unknown;
        };
        if facts.protocols.promises.is_soon(name) {
            return Settles::Soon;
        }
        if facts.protocols.listener_methods.contains_key(name) {
            if facts.protocols.is_removal(name) {
                return Settles::Nothing;
            }
            return match args.first().and_then(|event| self.ending_event(*event)) {
                Some(event) => Settles::AtEnd(format!("`{event}`")),
                None => Settles::Unknown,
            };
        }
        Settles::Unknown
    }

    /// A call of the settling function: judged by the function around it, and by what that is given to.
    fn settled_at(&self, call: ExprId, hops: u32) -> Settles {
        let facts = self.facts;
        let tree = facts.tree;
        let function = tree.expr(call).function;
        // `new Promise(resolve => { if (signal.aborted) resolve(); … })`
        let entry = tree.function(function);
        if let Some(Up::Expr(parent)) = entry.expr.map(|expr| tree.expr(expr).up)
            && let Some((callee, _)) = tree.call_parts(parent)
        {
            if paths::path_of(tree, callee).as_deref() == Some("global.Promise") {
                let always = tree.region(tree.expr(call).region).kind == RegionKind::Function;
                return if always { Settles::Soon } else { Settles::Nothing };
            }
            return self.settled_by(parent);
        }
        let name = facts.function_name(function);
        let ends = facts.roles.ends.contains(&function)
            || name.is_some_and(|name| {
                facts.teardown_name(name).is_some() || facts.protocols.promises.is_lasting(name)
            });
        if ends {
            return Settles::AtEnd(facts.title(function));
        }
        // A handler with a name: `const onClose = () => resolve(); socket.on('close', onClose)`.
        let place = entry.binding.and_then(|binding| facts.place_of_binding(binding));
        let kept = entry.expr.and_then(|expr| {
            facts.sinks(expr).into_iter().find_map(|sink| match sink {
                Sink::Place { place, .. } => Some(place),
                _ => None,
            })
        });
        match place.or(kept) {
            Some(place) if hops > 0 => self.settled_from(place, call, hops - 1),
            _ => Settles::Unknown,
        }
    }

    /// `'close'`, `'SIGTERM'`, `'abort'`: an event that says that something is over.
    fn ending_event(&self, event: ExprId) -> Option<String> {
        let facts = self.facts;
        let name = facts.tree.as_string(event)?;
        let last = name.rsplit([':', '.']).next().unwrap_or(name);
        let ends = facts.protocols.farewells.has(name)
            || facts.teardown_name(&last.into()).is_some()
            || facts.protocols.promises.is_lasting(last)
            || last == "error";
        ends.then(|| name.to_string())
    }
}
