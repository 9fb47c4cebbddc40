//! Holders that are neither the runtime nor a receiver: an argument, the target of a source, what a callback reads.

use super::super::Engine;
use super::acquire::{rank, unknown};
use crate::facts::lifetime::{Holder, Life};
use crate::facts::owner::Owner;
use crate::facts::places::Root;
use crate::semantic::*;

/// How many expressions of a callback are looked at for what it reads.
const MAX_READ: u32 = 2000;

impl Engine<'_, '_> {
    /// `observe(store, f)`: whoever is observed; of `combineLatest([a, b])` the longest-lived.
    pub(super) fn argument_holder(&self, call: ExprId, owner: Owner) -> Holder {
        let facts = self.facts;
        let Some((_, [first, ..])) = facts.tree.call_parts(call) else {
            return unknown("what it is given cannot be seen");
        };
        let parts = match facts.tree.kind(*first) {
            Kind::Array(list) => facts.tree.list(*list),
            _ => std::slice::from_ref(first),
        };
        let holders = parts.iter().map(|part| facts.holder(*part, owner, facts.tree.expr(call).function));
        holders.max_by_key(|holder| rank(holder.life)).unwrap_or_else(|| unknown("it is given an empty list"))
    }

    /// `fromEvent(window, 'resize').pipe(…).subscribe(f)`: the target of the source.
    pub(super) fn source_holder(&self, call: ExprId, owner: Owner) -> Holder {
        match self.receiver(call) {
            Some(receiver) => self.argument_holder(self.maker(receiver), owner),
            None => unknown("the receiver cannot be seen"),
        }
    }

    /// `combineLatest([this.service.a, b.pipe(first())]).subscribe(f)`: the longest-lived of the streams that it joins.
    /// It goes on while one of them does. What a call hands out may end as soon as it has answered.
    pub(super) fn sources_holder(&self, call: ExprId, row: usize, owner: Owner) -> Holder {
        let facts = self.facts;
        let protocol = &facts.protocols.handles[row];
        let Some(receiver) = self.receiver(call) else {
            return unknown("the receiver cannot be seen");
        };
        let (_, args) = facts.tree.call_parts(self.maker(receiver)).unwrap_or((call, &[]));
        let joined = args.iter().flat_map(|arg| match facts.tree.kind(*arg) {
            Kind::Array(list) => facts.tree.list(*list).to_vec(),
            Kind::Object(list) => {
                facts.tree.properties(*list).iter().map(|property| property.value).collect()
            }
            _ => vec![*arg],
        });
        let site = facts.tree.expr(call).function;
        let lasting = joined
            .filter(|stream| !self.ends_by_itself(*stream, protocol))
            .map(|stream| self.maker(stream))
            .filter(|maker| facts.tree.call_parts(*maker).is_none());
        let holders = lasting.map(|maker| facts.holder(maker, owner, site));
        holders.max_by_key(|holder| rank(holder.life)).unwrap_or_else(|| Holder {
            life: Life::Same,
            why: "it joins nothing that is known to go on".to_owned(),
            assumed: None,
        })
    }

    fn receiver(&self, call: ExprId) -> Option<ExprId> {
        let (callee, _) = self.facts.tree.call_parts(call)?;
        match self.facts.tree.kind(callee) {
            Kind::Member { object, .. } => Some(*object),
            _ => None,
        }
    }

    /// What made a stream: `fromEvent(…)` of `widths` with `widths = fromEvent(window, 'resize').pipe(…)`.
    fn maker(&self, stream: ExprId) -> ExprId {
        let source = self.source(stream);
        match self.facts.places.of(source).map(|place| self.facts.values_at(place)) {
            Some([only]) => self.source(*only),
            _ => source,
        }
    }

    /// What a chain of methods begins with.
    pub(super) fn source(&self, object: ExprId) -> ExprId {
        self.chain(object).last().map_or(object, |(_, source)| *source)
    }

    /// `autorun(() => session.name)`: each observable that a reaction reads keeps it. One that reads its own object only
    /// is collected with it.
    pub(super) fn reads_holder(&self, call: ExprId, row: usize, owner: Owner) -> Holder {
        let facts = self.facts;
        let site = facts.tree.expr(call).function;
        let mut found: Option<Holder> = None;
        for function in self.callback_functions(call, row) {
            let (start, end) = facts.tree.function(function).exprs;
            let end = end.min(start.saturating_add(MAX_READ));
            for object in (start..end).map(ExprId).filter_map(|at| self.read_object(at, function)) {
                let holder = facts.holder(object, owner, site);
                if found.as_ref().is_none_or(|known| rank(holder.life) > rank(known.life)) {
                    found = Some(holder);
                }
            }
        }
        let holder = found.unwrap_or_else(|| unknown("what it reads cannot be seen"));
        Holder { assumed: Some("that what the callback reads is observable"), ..holder }
    }

    /// The object of `session.name`, where that reads a field of something from outside the callback: neither a
    /// method's call, nor an assignment, nor a constant such as `Mode.Dark`.
    fn read_object(&self, at: ExprId, callback: FnId) -> Option<ExprId> {
        let facts = self.facts;
        let Kind::Member { object, name } = facts.tree.kind(at) else {
            return None;
        };
        let called = matches!(facts.tree.expr(at).up, Up::Expr(parent)
            if facts.tree.call_parts(parent).is_some_and(|(callee, _)| callee == at));
        if called || facts.is_write(at) || name.starts_with(char::is_uppercase) {
            return None;
        }
        let outside = match facts.places.root(facts.places.of(*object)?) {
            Root::Global(_) => false,
            Root::Binding(binding) => {
                !facts.tree.is_within(facts.tree.scopes.function_of(*binding), callback)
            }
            Root::This(_) | Root::UnknownThis(_) => true,
        };
        outside.then_some(*object)
    }
}
