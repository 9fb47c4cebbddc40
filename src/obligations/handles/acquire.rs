//! Which calls acquire a handle, and who holds what they acquire.

use super::super::Engine;
use super::follow::Trail;
use crate::facts::lifetime::{Holder, Life};
use crate::facts::owner::Owner;
use crate::facts::paths;
use crate::protocol;
use crate::semantic::*;

impl Engine<'_, '_> {
    /// Whether an expression names a function that releases handles of a row: `clearInterval`.
    pub(in super::super) fn names_release(&self, row: usize, function: ExprId) -> bool {
        let protocol = &self.facts.protocols.handles[row];
        paths::matches(self.facts.tree, function, &protocol.release_calls).is_some()
    }

    /// A call that neither keeps nor ends what it is given.
    pub(in super::super) fn is_harmless(&self, call: ExprId) -> bool {
        self.called_name(call).is_some_and(|name| self.facts.protocols.harmless.has(name))
    }

    /// The bare name of what a call calls.
    pub(in super::super) fn called_name(&self, call: ExprId) -> Option<&crate::ast::Atom> {
        let (callee, _) = self.facts.tree.call_parts(call)?;
        self.facts.callee_name(callee)
    }

    /// Who holds what a call acquired.
    pub(super) fn handle_holder(&self, call: ExprId, row: usize, trail: &Trail, owner: Owner) -> Holder {
        let protocol = &self.facts.protocols.handles[row];
        let held = |holder: Holder| Holder { why: format!("{}: {}", protocol.held_by, holder.why), ..holder };
        match protocol.holder {
            protocol::Holder::Runtime => {
                Holder { life: Life::Longer, why: protocol.held_by.clone(), assumed: None }
            }
            protocol::Holder::Receiver if protocol.imported => {
                let assumed = Some("that what is imported keeps the function until it is told to stop");
                held(Holder { assumed, ..self.receiver_holder(call, owner) })
            }
            protocol::Holder::Receiver if protocol.local => {
                let assumed = Some("that what this call returns ends it, like what the other calls return");
                held(Holder { assumed, ..self.receiver_holder(call, owner) })
            }
            protocol::Holder::Receiver => held(self.receiver_holder(call, owner)),
            protocol::Holder::Target => held(self.target_holder(trail, owner)),
            protocol::Holder::Argument => held(self.argument_holder(call, owner)),
            protocol::Holder::Source => held(self.source_holder(call, owner)),
            protocol::Holder::Sources => held(self.sources_holder(call, row, owner)),
            protocol::Holder::Reads => held(self.reads_holder(call, row, owner)),
        }
    }

    /// The receiver of `a.pipe(…).subscribe(f)` is `a`.
    fn receiver_holder(&self, call: ExprId, owner: Owner) -> Holder {
        let facts = self.facts;
        let callee = facts.tree.call_parts(call).map(|(callee, _)| callee);
        let Some(Kind::Member { object, .. }) = callee.map(|callee| facts.tree.kind(callee)) else {
            return unknown("the receiver cannot be seen");
        };
        facts.holder(self.source(*object), owner, facts.tree.expr(call).function)
    }

    /// The calls of a chain of methods that keep the receiver's kind, outermost first, each with its receiver.
    pub(super) fn chain(&self, object: ExprId) -> Vec<(ExprId, ExprId)> {
        let facts = self.facts;
        let mut links = Vec::new();
        let mut at = object;
        while let Some((callee, _)) = facts.tree.call_parts(at)
            && let Kind::Member { object, name } = facts.tree.kind(callee)
            && facts.protocols.chained.has(name)
        {
            links.push((at, *object));
            at = *object;
        }
        links
    }

    /// The longest-lived of what is observed.
    fn target_holder(&self, trail: &Trail, owner: Owner) -> Holder {
        let facts = self.facts;
        let mut found: Option<Holder> = None;
        for start in &trail.starts {
            let Some((_, [target, ..])) = facts.tree.call_parts(*start) else {
                // `observe({ type: 'longtask' })` has a target of its own kind.
                continue;
            };
            let holder = match facts.tree.kind(*target) {
                Kind::Object(_) => Holder {
                    life: Life::Longer,
                    why: "it observes the page itself".to_owned(),
                    assumed: None,
                },
                _ => facts.holder(*target, owner, facts.tree.expr(*start).function),
            };
            let longer = found.as_ref().is_none_or(|known| rank(holder.life) > rank(known.life));
            if longer {
                found = Some(holder);
            }
        }
        found.unwrap_or_else(|| unknown("what it observes cannot be seen"))
    }
}

pub(super) fn rank(life: Life) -> u8 {
    match life {
        Life::Same => 0,
        Life::Unknown => 1,
        Life::Longer => 2,
    }
}

pub(super) fn unknown(why: &str) -> Holder {
    Holder { life: Life::Unknown, why: why.to_owned(), assumed: None }
}
