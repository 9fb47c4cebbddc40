//! The domain of a key: how many different ones there can be.

use super::super::Engine;
use super::super::growth::Growth;
use crate::ast::BinaryOp;
use crate::facts::paths;
use crate::facts::places::{PlaceId, Root};
use crate::facts::repetition::{Level, Why};
use crate::semantic::*;

/// How many different keys there can be, in rising order of openness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Domain {
    /// Literals, enum members, unions of literals, what a table in the program lists.
    Closed,
    Unknown,
    /// What a caller gives.
    Param,
    /// A string made of what callers give.
    Composite,
    /// Differs from request to request, event to event.
    Request,
    /// Another at each time: `Date.now()`, a counter.
    Fresh,
}

impl Domain {
    /// What the message says of an entry and its key.
    pub(super) fn words(self, pushes: bool) -> &'static str {
        match (self, pushes) {
            (Self::Fresh, false) => "under a key that is never the same twice",
            (Self::Request, false) => "under a key that differs from event to event",
            (Self::Composite, false) => "under a string made of what the caller gives",
            (Self::Param, false) => "under what the caller gives",
            (Self::Request | Self::Fresh, true) => "for each event",
            (Self::Param | Self::Composite, true) => "at each call",
            (Self::Closed | Self::Unknown, _) => "each time",
        }
    }
}

const MAX_STEPS: u32 = 6;

impl Engine<'_, '_> {
    /// The domain of what a growth adds: its key, or what is pushed.
    pub(super) fn growth_domain(&self, growth: &Growth) -> Domain {
        let keyed = growth.key.map(|key| self.domain(key, MAX_STEPS));
        match (keyed, growth.pushes) {
            (Some(domain), false) => domain,
            // A Set's element, an array's: an object made here is never the same twice.
            (_, true) => match growth.value {
                Some(value) => self.pushed_domain(value).max(self.entry_domain(growth, value)),
                None => Domain::Unknown,
            },
            (None, false) => Domain::Unknown,
        }
    }

    /// In an array every push is a new entry, whatever is pushed; a Set takes a value once.
    fn entry_domain(&self, growth: &Growth, value: ExprId) -> Domain {
        let literal = matches!(self.domain(value, MAX_STEPS), Domain::Closed);
        let once_per_value = growth.key.is_some() || self.is_looked_up_first(growth, value);
        if literal || once_per_value { Domain::Closed } else { self.event_domain(growth.site) }
    }

    /// `if (!list.includes(x)) list.push(x)`
    fn is_looked_up_first(&self, growth: &Growth, value: ExprId) -> bool {
        self.tests_before(growth.site).into_iter().any(|test| {
            self.calls_within(test).into_iter().any(|call| {
                let (callee, args) = self.facts.tree.call_parts(call).unwrap_or((call, &[]));
                self.facts
                    .callee_name(callee)
                    .is_some_and(|name| matches!(&**name, "includes" | "indexOf" | "has"))
                    && args.first().is_some_and(|arg| self.same_value(*arg, value))
            })
        })
    }

    pub(super) fn same_value(&self, a: ExprId, b: ExprId) -> bool {
        a == b || self.facts.places.of(a).is_some() && self.facts.places.of(a) == self.facts.places.of(b)
    }

    fn pushed_domain(&self, value: ExprId) -> Domain {
        let facts = self.facts;
        match facts.tree.kind(value) {
            Kind::Object(_) | Kind::Array(_) | Kind::New { .. } => self.event_domain(value),
            Kind::Function(_) => Domain::Param,
            _ => {
                let made = facts.places.of(value).is_some_and(|place| {
                    facts.values_at(place).iter().any(|made| {
                        *made != value
                            && (matches!(facts.tree.kind(*made), Kind::Object(_) | Kind::Array(_))
                                || facts.is_creator(*made))
                            && facts.tree.expr(*made).function != MODULE
                    })
                });
                match made {
                    true => self.event_domain(value),
                    false => self.domain(value, MAX_STEPS),
                }
            }
        }
    }

    /// A fresh object: one per event inside a handler, else as many as calls.
    fn event_domain(&self, value: ExprId) -> Domain {
        let function = self.facts.tree.expr(value).function;
        match self.facts.repetition(function).level {
            Level::Repeated => Domain::Request,
            _ => Domain::Param,
        }
    }

    /// The domain of a key.
    pub(super) fn key_domain(&self, key: ExprId) -> Domain {
        self.domain(key, MAX_STEPS)
    }

    fn domain(&self, key: ExprId, steps: u32) -> Domain {
        if steps == 0 {
            return Domain::Unknown;
        }
        let facts = self.facts;
        let tree = facts.tree;
        match tree.kind(key) {
            Kind::String(_) | Kind::Number(_) | Kind::Boolean(_) | Kind::Null => Domain::Closed,
            Kind::Template(parts) => self.composite(tree.list(*parts), steps),
            Kind::Binary { op, left, right } => match op {
                BinaryOp::Add => self.composite(&[*left, *right], steps),
                BinaryOp::LogicalOr | BinaryOp::NullishCoalescing | BinaryOp::LogicalAnd => {
                    self.domain(*left, steps - 1).max(self.domain(*right, steps - 1))
                }
                BinaryOp::Mod => Domain::Closed,
                _ => Domain::Unknown,
            },
            Kind::Conditional { yes, no, .. } => {
                self.domain(*yes, steps - 1).max(self.domain(*no, steps - 1))
            }
            Kind::Update(counter) => self.counter_domain(key, *counter),
            Kind::Unary { .. } => Domain::Closed,
            Kind::Await(inner) => self.domain(*inner, steps - 1),
            Kind::Array(items) => self.composite(tree.list(*items), steps),
            Kind::Object(list) => {
                let values: Vec<ExprId> = tree.properties(*list).iter().map(|p| p.value).collect();
                self.composite(&values, steps)
            }
            Kind::New { args, .. } => self.composite(tree.list(*args), steps),
            Kind::Call { callee, args } => self.call_domain(key, *callee, tree.list(*args), steps),
            Kind::Ident(_) | Kind::Member { .. } | Kind::Index { .. } => self.place_domain(key, steps),
            _ => Domain::Unknown,
        }
    }

    fn composite(&self, parts: &[ExprId], steps: u32) -> Domain {
        let most = parts.iter().map(|part| self.domain(*part, steps - 1)).max();
        match most.unwrap_or(Domain::Closed) {
            Domain::Param if parts.iter().any(|part| self.is_open(*part)) => Domain::Composite,
            other => other,
        }
    }

    /// A part of a key whose name says that it can be anything.
    pub(super) fn is_open(&self, part: ExprId) -> bool {
        let facts = self.facts;
        match facts.tree.kind(part) {
            Kind::Ident(reference) => {
                facts.protocols.is_open_name(&facts.tree.scopes.reference(*reference).name)
            }
            Kind::Member { name, .. } => facts.protocols.is_open_name(name),
            Kind::Call { args, .. } => facts.tree.list(*args).iter().any(|arg| self.is_open(*arg)),
            Kind::Template(parts) => facts.tree.list(*parts).iter().any(|arg| self.is_open(*arg)),
            Kind::Binary { left, right, .. } => self.is_open(*left) || self.is_open(*right),
            _ => false,
        }
    }

    fn call_domain(&self, call: ExprId, callee: ExprId, args: &[ExprId], steps: u32) -> Domain {
        let facts = self.facts;
        if let Some(path) = paths::path_of(facts.tree, callee) {
            let bare = path.strip_prefix("global.").unwrap_or(&path);
            let last = bare.rsplit('.').next().unwrap_or(bare);
            if facts.protocols.fresh_keys.has(&bare.into()) || facts.protocols.fresh_keys.has(&last.into()) {
                return Domain::Fresh;
            }
        }
        let name = facts.callee_name(callee);
        let given = self.composite(args, steps);
        match facts.tree.kind(callee) {
            // `JSON.stringify(args)`, `[a, b].join(':')`
            Kind::Member { object, name } if name == "stringify" || name == "join" => {
                match facts.tree.kind(*object) {
                    Kind::Array(parts) => self.composite(facts.tree.list(*parts), steps),
                    _ if given == Domain::Closed => Domain::Unknown,
                    _ => given,
                }
            }
            // `name.toLowerCase()`, `id.toString()`
            Kind::Member { object, name } if is_same_text(name) => self.domain(*object, steps - 1),
            Kind::Ident(_) if name.is_some_and(|name| name == "String" || name == "Number") => given,
            // `c.req.query('x')`, `req.get('host')`
            Kind::Member { object, .. } if self.domain(*object, steps - 1) == Domain::Request => {
                Domain::Request
            }
            // What another function makes of it may well be one of few, unless it is seen to build a string.
            _ => self.returned_domain(call, steps),
        }
    }

    fn returned_domain(&self, call: ExprId, steps: u32) -> Domain {
        let facts = self.facts;
        let returned = facts
            .targets(call)
            .iter()
            .flat_map(|function| facts.tree.function(*function).returns.clone())
            .map(|value| self.domain(value, steps - 1))
            .max();
        match returned {
            Some(domain @ (Domain::Composite | Domain::Fresh | Domain::Request)) => domain,
            // What a function of this file makes of the request differs with it.
            Some(Domain::Param) => {
                let args = facts.tree.call_parts(call).map_or(&[][..], |(_, args)| args);
                let given = args.iter().map(|arg| self.domain(*arg, steps - 1)).max();
                given.filter(|given| *given == Domain::Request).unwrap_or(Domain::Unknown)
            }
            _ => Domain::Unknown,
        }
    }

    fn place_domain(&self, key: ExprId, steps: u32) -> Domain {
        let facts = self.facts;
        let Some(place) = facts.places.of(key) else {
            // `new URL(request.url).pathname`
            return match facts.tree.kind(key) {
                Kind::Member { object, .. } => self.domain(*object, steps - 1),
                _ => Domain::Unknown,
            };
        };
        // `req.method`, `res.statusCode`, `event.type`: few, whoever asks.
        if facts.places.depth(place) > 0
            && matches!(facts.places.segment(place), Some(Segment::Named(name)) if facts.protocols.closed_members.has(name))
        {
            return Domain::Closed;
        }
        match facts.places.root(place) {
            Root::Binding(_) if self.is_mark_of_new(place) => self.event_domain(key),
            Root::Binding(binding) => self.binding_domain(key, place, *binding, steps),
            _ => Domain::Unknown,
        }
    }

    /// `child.pid` of a child that is made here: no two have the same.
    fn is_mark_of_new(&self, place: PlaceId) -> bool {
        let facts = self.facts;
        let mark = matches!(facts.places.segment(place), Some(Segment::Named(name)) if name == "pid" || name == "id");
        let whole = facts.places.parent(place).filter(|_| mark && facts.places.depth(place) == 1);
        whole.is_some_and(|whole| {
            let mut values = facts.values_at(whole).iter();
            values.any(|made| facts.tree.expr(*made).function != MODULE && facts.is_creator(*made))
        })
    }

    fn binding_domain(&self, key: ExprId, place: PlaceId, id: BindingId, steps: u32) -> Domain {
        let facts = self.facts;
        let binding = facts.tree.scopes.binding(id);
        if self.is_closed_type(binding.annotation.as_ref()) {
            return Domain::Closed;
        }
        match &binding.kind {
            BindingKind::Import { .. }
            | BindingKind::Enum
            | BindingKind::Class
            | BindingKind::Function(_) => Domain::Closed,
            BindingKind::Parameter { function, index } => {
                self.param_domain(*function, *index as usize, &binding.name)
            }
            _ if facts.tree.scopes.function_of(id) == MODULE => match self.counts_up(place) {
                true => Domain::Fresh,
                false => Domain::Closed,
            },
            // An element of what is iterated: as many as there are, unless that differs from request to request.
            _ if binding.projection.contains(&Segment::Element) => match binding.init {
                Some(list) if facts.is_literal_list(list) => Domain::Closed,
                Some(list) if self.domain(list, steps - 1) == Domain::Request => Domain::Request,
                _ => Domain::Unknown,
            },
            _ => {
                let sources: Vec<ExprId> = match (binding.init, facts.places.depth(place)) {
                    (Some(init), _) => vec![init],
                    _ => facts.values_at(place).to_vec(),
                };
                if sources.is_empty() || sources.contains(&key) {
                    return Domain::Unknown;
                }
                sources
                    .iter()
                    .map(|source| match facts.is_literal_list(*source) {
                        true => Domain::Closed,
                        false => self.domain(*source, steps - 1),
                    })
                    .max()
                    .unwrap_or(Domain::Unknown)
            }
        }
    }

    /// `let at = 0; for (const x of xs) list[at++] = x`: a counter of this run starts anew at each call.
    fn counter_domain(&self, update: ExprId, counter: ExprId) -> Domain {
        let facts = self.facts;
        let root = facts.places.of(counter).filter(|place| facts.places.depth(*place) == 0);
        let mut counting = facts.tree.expr(update).function;
        while facts.runs_in_place(counting)
            && let Some(parent) = facts.tree.function(counting).parent
        {
            counting = parent;
        }
        let of_this_run = root.is_some_and(|root| {
            matches!(facts.places.root(root), Root::Binding(binding)
                if counting != MODULE && facts.tree.scopes.function_of(*binding) == counting)
        });
        match of_this_run && facts.in_loop(update).is_none() {
            true => Domain::Unknown,
            false => Domain::Fresh,
        }
    }

    /// `let next = 0; … next++`
    fn counts_up(&self, place: PlaceId) -> bool {
        self.facts.counters.contains(&place)
    }

    fn param_domain(&self, function: FnId, index: usize, name: &crate::ast::Atom) -> Domain {
        let facts = self.facts;
        let param = facts.tree.function(function).params.get(index);
        if self.is_closed_type(param.and_then(|param| param.annotation.as_ref())) {
            return Domain::Closed;
        }
        let repetition = facts.repetition(function);
        let per_event = repetition.level == Level::Repeated
            && matches!(repetition.why, Why::Handler(_) | Why::JsxHandler);
        if per_event || facts.protocols.request_names.has(name) {
            return Domain::Request;
        }
        Domain::Param
    }

    pub(super) fn is_closed_type(&self, annotation: Option<&Annotation>) -> bool {
        match annotation {
            Some(Annotation::Closed) => true,
            Some(Annotation::Named(name)) => self.facts.tree.closed_types.contains(name),
            _ => false,
        }
    }
}

/// Methods whose result is the same text in another dress.
fn is_same_text(name: &str) -> bool {
    matches!(
        name,
        "toLowerCase"
            | "toUpperCase"
            | "trim"
            | "toString"
            | "normalize"
            | "slice"
            | "substring"
            | "replace"
            | "valueOf"
    )
}
