//! Subscriptions that end by an operator of their source: `source.pipe(takeUntil(this.gone)).subscribe(f)`.

use super::super::{Engine, Failure};
use super::{Acquired, Outcome};
use crate::facts::flow::Sink;
use crate::facts::places::{PlaceId, Root};
use crate::facts::reach::Reach;
use crate::protocol;
use crate::semantic::*;

/// How many uses of one notifier are followed.
const MAX_USES: usize = 400;

impl Engine<'_, '_> {
    /// What the operators between source and acquire say of its end; `None` if nothing.
    pub(super) fn by_operators(&self, site: &Acquired, reach: &Reach) -> Option<Outcome> {
        let facts = self.facts;
        let protocol = &facts.protocols.handles[site.row];
        let (callee, _) = facts.tree.call_parts(site.call)?;
        let Kind::Member { object, .. } = facts.tree.kind(callee) else {
            return None;
        };
        let mut links = self.chain(*object);
        let mut source = links.last().map_or(*object, |(_, source)| *source);
        // `this.item$ = this.route.data.pipe(first())`, and elsewhere `this.item$.subscribe(f)`
        if let Some([made]) = facts.places.of(source).map(|place| facts.values_at(place)) {
            links.extend(self.chain(*made));
            source = links.last().map_or(source, |(_, source)| *source);
        }
        if self.completes(source, protocol) {
            return Some(Outcome::Closed("its source ends by itself".to_owned()));
        }
        let mut found = None;
        // The innermost link is applied first.
        for (link, _) in links.iter().rev() {
            let operators = facts.tree.call_parts(*link).map_or(&[][..], |(_, args)| args);
            for operator in operators {
                let Some(name) = self.called_name(*operator) else {
                    continue;
                };
                if protocol.completing.has(name) {
                    found = Some(Outcome::Closed(format!("`{name}` ends it")));
                } else if protocol.until.has(name) {
                    found = Some(self.until(*operator, reach));
                } else if protocol.reopening.has(name) && self.reopens(*operator, protocol) {
                    found = None;
                }
            }
        }
        found
    }

    /// `takeUntil(gone), switchMap(() => interval(9))`: what is subscribed to behind the end is known not to end. What is
    /// only fetched there does.
    fn reopens(&self, operator: ExprId, protocol: &protocol::Handle) -> bool {
        let facts = self.facts;
        let args = facts.tree.call_parts(operator).map_or(&[][..], |(_, args)| args);
        args.iter().any(|arg| {
            let functions = facts.functions_of(*arg);
            let mut inner =
                functions.iter().flat_map(|function| &facts.tree.function(*function).returns).chain([arg]);
            inner.any(|value| self.is_endless(*value, protocol))
        })
    }

    fn is_endless(&self, value: ExprId, protocol: &protocol::Handle) -> bool {
        let facts = self.facts;
        let source = self.source(value);
        let mut rows = facts.protocols.handles.iter().filter(|row| row.rule == protocol.rule);
        !self.ends_by_itself(value, protocol) && rows.any(|row| facts.is_typed(source, &row.types))
    }

    /// `name.pipe(first())`, `of(name)`
    pub(super) fn ends_by_itself(&self, stream: ExprId, protocol: &protocol::Handle) -> bool {
        let facts = self.facts;
        let links = self.chain(stream);
        let ends = |link: ExprId| {
            let operators = facts.tree.call_parts(link).map_or(&[][..], |(_, args)| args);
            operators
                .iter()
                .filter_map(|operator| self.called_name(*operator))
                .any(|name| protocol.completing.has(name) || protocol.until.has(name))
        };
        links.iter().any(|(link, _)| ends(*link)) || self.completes(self.source(stream), protocol)
    }

    fn completes(&self, source: ExprId, protocol: &protocol::Handle) -> bool {
        let facts = self.facts;
        let made = |value: ExprId| {
            facts
                .tree
                .call_parts(value)
                .is_some_and(|(callee, _)| facts.is_typed(callee, &protocol.completed))
        };
        let kept = facts.places.of(source).map_or(&[][..], |place| facts.values_at(place));
        made(source)
            || facts.is_typed(source, &protocol.completed)
            || !kept.is_empty() && kept.iter().all(|value| made(*value))
    }

    /// `takeUntil(notifier)` ends it when the notifier speaks; `notifier.complete()` alone is no word.
    fn until(&self, operator: ExprId, reach: &Reach) -> Outcome {
        let facts = self.facts;
        let notifier = facts.tree.call_parts(operator).and_then(|(_, args)| args.first().copied());
        let Some(place) = notifier.and_then(|notifier| facts.places.of(notifier)) else {
            return Outcome::Closed("a notifier from elsewhere ends it".to_owned());
        };
        if !self.is_own_notifier(place) {
            return Outcome::Closed("a notifier from elsewhere ends it".to_owned());
        }
        let (mut fired, mut completed) = (Vec::new(), false);
        let uses = facts.places.uses(place);
        if uses.len() > MAX_USES {
            return Outcome::Closed("its notifier has too many uses to follow".to_owned());
        }
        for at in uses {
            for sink in facts.sinks(*at) {
                match sink {
                    Sink::Member { member, name } if name == "next" || name == "error" => fired.push(member),
                    Sink::Member { name, .. } if name == "complete" => completed = true,
                    Sink::Member { .. } | Sink::Read | Sink::Discarded => {}
                    Sink::Argument { call, .. } if self.is_until(call) => {}
                    Sink::Place { .. } if facts.is_write(*at) => {}
                    _ => return Outcome::Closed("its notifier is handed on".to_owned()),
                }
            }
        }
        if fired.is_empty() {
            let why = match completed {
                true => "the notifier is only completed, and that does not fire it: call `next()` before",
                false => "nothing in this file fires its notifier",
            };
            return Outcome::Open(Failure::Mismatch { release: operator, why: why.to_owned() });
        }
        let reached = fired.iter().find(|at| reach.functions.contains(&facts.tree.expr(**at).function));
        match (reached, reach.teardowns.strong()) {
            (None, Some(teardown)) if !reach.teardowns.opaque => {
                Outcome::Open(Failure::OffTeardown { release: fired[0], teardown: Some(teardown) })
            }
            _ => Outcome::Closed("its notifier ends it".to_owned()),
        }
    }

    fn is_until(&self, call: ExprId) -> bool {
        let handles = &self.facts.protocols.handles;
        self.called_name(call).is_some_and(|name| handles.iter().any(|row| row.until.has(name)))
    }

    /// A notifier that this file makes, and that no heir of its class can fire.
    fn is_own_notifier(&self, place: PlaceId) -> bool {
        let facts = self.facts;
        let made = |value: &ExprId| matches!(facts.tree.kind(*value), Kind::New { .. });
        let heirs = match facts.places.root(place) {
            Root::This(class) => {
                let class = facts.tree.classes.get(class.index());
                class.is_none_or(|class| class.is_abstract)
            }
            // `upload.cancel`: whoever gets the upload can fire it.
            Root::Binding(binding) => facts.is_exported(*binding) || facts.places.depth(place) > 0,
            _ => true,
        };
        !heirs && facts.values_at(place).iter().any(made)
    }
}
