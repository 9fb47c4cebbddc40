//! How long a signal lives, seen from the work that listens for its abort.

use super::super::super::Engine;
use super::super::site::Site;
use super::{MAX_HOPS, Outlives};
use crate::facts::flow::Sink;
use crate::facts::places::{PlaceId, Root};
use crate::facts::repetition::{Level, Why};
use crate::semantic::*;

impl Engine<'_, '_> {
    /// Whether a signal outlives the work that listens to it.
    pub(super) fn signal_outlives(&self, place: PlaceId, site: &Site) -> Result<Outlives, String> {
        let facts = self.facts;
        let tree = facts.tree;
        let text = facts.places.text(tree, place);
        let assumed = || {
            Outlives::Assumed(format!(
                "that callers give one `{text}` to many calls, and mostly do not abort it"
            ))
        };
        if self.is_made_around(place, tree.expr(site.call).function) {
            return Err("the signal's controller is made anew right here".to_owned());
        }
        match facts.places.root(place) {
            Root::Global(_) => Err("nothing is known of this global".to_owned()),
            Root::UnknownThis(_) => Ok(assumed()),
            Root::This(_) => Ok(assumed()),
            Root::Binding(binding) => {
                let entry = tree.scopes.binding(*binding);
                let of_request =
                    facts.protocols.request_names.has(&entry.name) && facts.places.depth(place) > 0;
                let holds_request = facts.places.ancestors(place).skip(1).any(|at| {
                    matches!(facts.places.segment(at), Some(Segment::Named(name))
                        if facts.protocols.request_names.has(name))
                });
                if of_request || holds_request {
                    return Err("the signal of a request goes with the request".to_owned());
                }
                let home = tree.scopes.function_of(*binding);
                let function = tree.expr(site.call).function;
                if matches!(entry.kind, BindingKind::Import { .. }) || home == MODULE {
                    return Ok(Outlives::Shown);
                }
                // What the function's own parameter hands in, perhaps through a variable: `const signal = options.signal`.
                if let Some((function, index)) = self.given_by(*binding) {
                    return match self.is_callers_own(function, index, place, MAX_HOPS) {
                        true => Ok(assumed()),
                        false => Err("whoever calls this makes a signal for each call".to_owned()),
                    };
                }
                match tree.is_within(function, home)
                    && home != function
                    && self.is_own_function(function, home)
                {
                    true => Ok(assumed()),
                    false => Err("the signal is made for this call".to_owned()),
                }
            }
        }
    }

    /// `controller = new Controller()` in the function that listens, whoever else knows the variable.
    fn is_made_around(&self, signal: PlaceId, function: FnId) -> bool {
        let facts = self.facts;
        let values = facts.places.parent(signal).map_or(&[][..], |controller| facts.values_at(controller));
        values.iter().any(|value| {
            let maker = facts.tree.expr(*value).function;
            matches!(facts.tree.kind(*value), Kind::New { .. })
                && maker != MODULE
                && facts.tree.is_within(function, maker)
        })
    }

    /// The parameter that a variable is, or is filled from: `const { signal } = options`, `const config = complete(options)`.
    /// With a controller of its own as a fallback, the signal is one for each call.
    fn given_by(&self, binding: BindingId) -> Option<(FnId, usize)> {
        let facts = self.facts;
        let entry = facts.tree.scopes.binding(binding);
        if let BindingKind::Parameter { function, index } = entry.kind {
            return Some((function, index as usize));
        }
        let init = entry.init.filter(|_| entry.writes == 0)?;
        let mut given = Vec::new();
        match facts.tree.kind(init) {
            Kind::Binary { left, right, .. } => given.extend([*left, *right]),
            Kind::Conditional { yes, no, .. } => given.extend([*yes, *no]),
            Kind::Object(list) if facts.protocols.signals.bags.has(&entry.name) => {
                let properties = facts.tree.properties(*list).iter();
                given.extend(properties.filter(|p| p.key == Key::Spread).map(|p| p.value));
            }
            Kind::Call { args, .. } if facts.protocols.signals.bags.has(&entry.name) => {
                given.extend(facts.tree.list(*args));
            }
            _ => given.push(init),
        }
        if given.iter().any(|value| matches!(facts.tree.kind(*value), Kind::New { .. })) {
            return None;
        }
        given.into_iter().find_map(|value| {
            let Root::Binding(of) = facts.places.root(facts.places.of(value)?) else {
                return None;
            };
            let of = facts.tree.scopes.binding(*of);
            match of.kind {
                BindingKind::Parameter { function, index }
                    if !facts.protocols.request_names.has(&of.name) =>
                {
                    Some((function, index as usize))
                }
                _ => None,
            }
        })
    }

    /// Whether the callers of a function may give it a signal that outlives the call. A framework gives its call-backs a
    /// signal for each run (`run(async ({ signal }) => …)`), a controller is made for one piece of work, and of a function
    /// that only this file calls, the calls show it.
    fn is_callers_own(&self, function: FnId, index: usize, place: PlaceId, hops: u32) -> bool {
        let facts = self.facts;
        let tree = facts.tree;
        let of_controller = facts.places.ancestors(place).skip(1).any(|at| {
            let name = match (facts.places.segment(at), facts.places.root(at)) {
                (Some(Segment::Named(name)), _) => Some(name),
                (None, Root::Binding(binding)) => Some(&tree.scopes.binding(*binding).name),
                _ => None,
            };
            name.is_some_and(|name| name.to_ascii_lowercase().ends_with("controller"))
        });
        let is_call_back = tree.function(function).expr.is_some_and(|expr| {
            facts
                .sinks(expr)
                .iter()
                .any(|sink| matches!(sink, Sink::Argument { .. } | Sink::Jsx { .. } | Sink::Property { .. }))
        });
        if of_controller || is_call_back || hops == 0 {
            return false;
        }
        if !self.is_called_here_only(function) {
            return true;
        }
        facts.graph.callers[function.index()].iter().any(|call| {
            let given = tree.call_parts(*call).and_then(|(_, args)| args.get(index));
            let given = given.map(|given| self.signal_in(*given));
            given.and_then(|given| facts.places.of(given)).is_some_and(|given| {
                match facts.places.root(given) {
                    Root::This(_) | Root::UnknownThis(_) => true,
                    Root::Global(_) => false,
                    Root::Binding(binding) if tree.scopes.function_of(*binding) == MODULE => true,
                    Root::Binding(binding) => self
                        .given_by(*binding)
                        .is_some_and(|(outer, index)| self.is_callers_own(outer, index, given, hops - 1)),
                }
            })
        })
    }

    /// A private method, or a function that is neither exported nor given away.
    fn is_called_here_only(&self, function: FnId) -> bool {
        let facts = self.facts;
        let entry = facts.tree.function(function);
        let callers = facts.graph.callers[function.index()].len();
        if callers == 0 {
            return false;
        }
        match (facts.classes.of_member(function), &entry.name) {
            (Some(class), Some(name)) => {
                facts.classes.get(class).private.contains(name) || name.starts_with(['_', '#'])
            }
            _ => {
                let why = &facts.repetition(function).why;
                let binding =
                    entry.binding.or_else(|| match entry.expr.map(|expr| facts.tree.expr(expr).up) {
                        Some(Up::Init(binding)) => Some(binding),
                        _ => None,
                    });
                !matches!(why, Why::Exported | Why::Returned | Why::NeverCalled)
                    && binding.is_some_and(|binding| !facts.is_exported(binding))
            }
        }
    }

    /// `call({ url, signal })`: the signal of an object that is written at the call.
    fn signal_in(&self, given: ExprId) -> ExprId {
        let tree = self.facts.tree;
        let Kind::Object(list) = tree.kind(given) else {
            return given;
        };
        let is_signal = |property: &&Property| matches!(&property.key, Key::Named(name) if name.to_ascii_lowercase().ends_with("signal"));
        tree.properties(*list).iter().find(is_signal).map_or(given, |property| property.value)
    }

    /// A function that others may call several times for one run of the one around it.
    fn is_own_function(&self, function: FnId, home: FnId) -> bool {
        let tree = self.facts.tree;
        tree.enclosing(function).take_while(|at| *at != home).any(|at| {
            matches!(tree.function(at).kind, FnKind::Method | FnKind::Declaration)
                && self.facts.repetition(at).level == Level::Repeated
        })
    }
}
