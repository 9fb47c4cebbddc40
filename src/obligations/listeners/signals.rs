//! What the `signal` option of a listener is worth: who can abort it, and where.

use super::super::Engine;
use super::Table;
use super::site::Site;
use crate::facts::flow::Sink;
use crate::facts::paths;
use crate::facts::places::{PlaceId, Root};
use crate::semantic::*;

/// How many aliases of a controller or signal are followed.
const MAX_HOPS: u32 = 4;

/// The `signal` of a listener's options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum SignalOption {
    None,
    /// Options that cannot be read: a signal may be among them.
    Unreadable,
    Given(ExprId),
}

/// Who aborts a signal.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fate {
    /// It ends by itself, or may be aborted out of sight.
    Elsewhere,
    /// Its controller is made here, and nothing aborts it; `open` when other files could.
    Never { controller: ExprId, open: bool },
    /// The calls that abort its controller.
    Aborted(Vec<ExprId>),
}

/// What becomes of a controller.
#[derive(Debug, Default)]
struct Uses {
    aborts: Vec<ExprId>,
    escapes: bool,
}

impl Engine<'_, '_> {
    /// `None` for a listener without a signal.
    pub(super) fn fate_of(&self, table: &Table, site: &Site) -> Option<Fate> {
        match site.signal {
            SignalOption::None => None,
            SignalOption::Unreadable => Some(Fate::Elsewhere),
            SignalOption::Given(signal) => Some(self.fate(table, signal, MAX_HOPS)),
        }
    }

    fn fate(&self, table: &Table, signal: ExprId, hops: u32) -> Fate {
        let facts = self.facts;
        let signals = &facts.protocols.signals;
        if hops == 0 {
            return Fate::Elsewhere;
        }
        match facts.tree.kind(signal) {
            Kind::Member { object, name } if name == "signal" && self.is_controller(*object) => {
                // `new AbortController().signal`: nobody keeps the controller.
                Fate::Never { controller: *object, open: false }
            }
            Kind::Call { callee, args } => {
                if paths::matches(facts.tree, *callee, &signals.joined).is_none() {
                    return Fate::Elsewhere;
                }
                match facts.tree.list(*args).first().map(|list| facts.tree.kind(*list)) {
                    Some(Kind::Array(parts)) => self.joined(table, facts.tree.list(*parts), hops - 1),
                    _ => Fate::Elsewhere,
                }
            }
            _ => match facts.places.of(signal) {
                Some(place) => self.fate_at(table, place, hops - 1),
                None => Fate::Elsewhere,
            },
        }
    }

    /// `AbortSignal.any([a, b])` aborts with the first.
    fn joined(&self, table: &Table, parts: &[ExprId], hops: u32) -> Fate {
        let mut aborts = Vec::new();
        let mut never = None;
        for part in parts {
            match self.fate(table, *part, hops) {
                Fate::Elsewhere => return Fate::Elsewhere,
                Fate::Aborted(calls) => aborts.extend(calls),
                fate @ Fate::Never { .. } => never = Some(fate),
            }
        }
        match (aborts.is_empty(), never) {
            (true, Some(never)) => never,
            (true, None) => Fate::Elsewhere,
            (false, _) => Fate::Aborted(aborts),
        }
    }

    fn fate_at(&self, table: &Table, place: PlaceId, hops: u32) -> Fate {
        let facts = self.facts;
        if let (Some(Segment::Named(name)), Some(controller)) =
            (facts.places.segment(place), facts.places.parent(place))
            && name == "signal"
        {
            return self.fate_of_controller(table, controller);
        }
        if let (Root::Binding(binding), 0) = (facts.places.root(place), facts.places.depth(place)) {
            let entry = facts.tree.scopes.binding(*binding);
            // `const { signal } = new AbortController()`: nobody keeps the controller.
            let of_signal = matches!(&entry.projection[..], [Segment::Named(name)] if name == "signal");
            if let (Some(init), true, 0) = (entry.init, of_signal, entry.writes)
                && self.is_controller(init)
            {
                return Fate::Never { controller: init, open: false };
            }
        }
        match facts.values_at(place) {
            [only] => self.fate(table, *only, hops),
            _ => Fate::Elsewhere,
        }
    }

    /// `new AbortController()`
    fn is_controller(&self, value: ExprId) -> bool {
        let tree = self.facts.tree;
        match tree.kind(value) {
            Kind::New { callee, .. } => {
                paths::matches(tree, *callee, &self.facts.protocols.signals.controllers).is_some()
            }
            _ => false,
        }
    }

    /// The controllers that a place is filled with; `None` when it holds anything else.
    fn controllers_at(&self, place: PlaceId) -> Option<Vec<ExprId>> {
        let values = self.facts.values_at(place).iter().filter(|value| !self.is_nothing(**value));
        let mut controllers: Vec<ExprId> = values.map(|value| self.made_by(*value)).collect::<Option<_>>()?;
        controllers.sort_unstable_by_key(|controller| self.facts.tree.span(*controller).start);
        (!controllers.is_empty()).then_some(controllers)
    }

    fn made_by(&self, value: ExprId) -> Option<ExprId> {
        if self.is_controller(value) {
            return Some(value);
        }
        // `const controller = (this.controller = new AbortController())`, `this.controller = controller`
        match self.facts.tree.kind(value) {
            Kind::Assign { value, .. } => self.made_by(*value),
            _ => self.facts.places.of(value).and_then(|place| match self.facts.values_at(place) {
                [only] if self.is_controller(*only) => Some(*only),
                _ => None,
            }),
        }
    }

    fn fate_of_controller(&self, table: &Table, place: PlaceId) -> Fate {
        if let Some(known) = table.fates.borrow().get(&place) {
            return known.clone();
        }
        let fate = self.judge_controller(table, place);
        table.fates.borrow_mut().insert(place, fate.clone());
        fate
    }

    fn judge_controller(&self, table: &Table, place: PlaceId) -> Fate {
        let facts = self.facts;
        let Some(controllers) = self.controllers_at(place) else {
            return Fate::Elsewhere;
        };
        if let Root::Binding(binding) = facts.places.root(place)
            && facts.is_exported(*binding)
        {
            return Fate::Elsewhere;
        }
        let mut uses = Uses::default();
        self.controller_uses(table, place, &mut uses, MAX_HOPS);
        for controller in &controllers {
            self.value_uses(table, *controller, &mut uses, MAX_HOPS);
        }
        if uses.escapes || self.is_aborted_through_another(table, place) {
            return Fate::Elsewhere;
        }
        uses.aborts.sort_unstable();
        uses.aborts.dedup();
        match uses.aborts.is_empty() {
            true => Fate::Never { controller: controllers[0], open: self.is_open_field(place) },
            false => Fate::Aborted(uses.aborts),
        }
    }

    fn controller_uses(&self, table: &Table, place: PlaceId, uses: &mut Uses, hops: u32) {
        let facts = self.facts;
        for at in facts.places.uses(place) {
            if !facts.is_write(*at) {
                self.value_uses(table, *at, uses, hops);
            }
        }
    }

    fn value_uses(&self, table: &Table, value: ExprId, uses: &mut Uses, hops: u32) {
        let facts = self.facts;
        // `const { signal } = controller`
        if facts.tree.expr(value).up == Up::Destructured && !table.taken_apart.contains(&value) {
            return;
        }
        for sink in facts.sinks(value) {
            match sink {
                Sink::Member { name, .. } if name == "signal" => {}
                Sink::Member { member, name } if name == "abort" => match facts.tree.expr(member).up {
                    Up::Expr(call)
                        if facts.tree.call_parts(call).is_some_and(|(callee, _)| callee == member) =>
                    {
                        uses.aborts.push(call);
                    }
                    _ => uses.escapes = true,
                },
                Sink::Place { place, .. } if facts.places.of(value) == Some(place) => {}
                // A list of controllers is aborted by going through it.
                Sink::Place { place, .. }
                    if hops > 0 && facts.places.segment(place) != Some(&Segment::Element) =>
                {
                    self.controller_uses(table, place, uses, hops - 1);
                }
                Sink::Read | Sink::Discarded => {}
                _ => uses.escapes = true,
            }
        }
    }

    /// `session.controller.abort()` where this is `this.controller`.
    fn is_aborted_through_another(&self, table: &Table, place: PlaceId) -> bool {
        let facts = self.facts;
        if facts.places.depth(place) == 0 {
            return false;
        }
        let aborted = facts.places.last_name(place).and_then(|name| table.aborted.get(name));
        aborted.is_some_and(|receivers| receivers.iter().any(|at| facts.places.of(*at) != Some(place)))
    }

    /// A field that other files can reach.
    fn is_open_field(&self, place: PlaceId) -> bool {
        let facts = self.facts;
        let (Root::This(class), Some(name)) = (facts.places.root(place), facts.places.last_name(place))
        else {
            return false;
        };
        let fact = facts.classes.get(*class);
        !fact.private.contains(name) && !name.starts_with(['_', '#'])
    }
}
