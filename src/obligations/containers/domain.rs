//! The domain of a key: how many different ones there can be.

use super::super::Engine;
use super::super::growth::Growth;
use crate::ast::BinaryOp;
use crate::facts::paths;
use crate::facts::places::Root;
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
    /// What the message says of the key.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Closed | Self::Unknown => "a value that leaklint knows nothing of",
            Self::Param => "a value that the caller gives",
            Self::Composite => "a string made of what the caller gives",
            Self::Request => "a value that differs from event to event",
            Self::Fresh => "a key that is never the same twice",
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
                Some(value) => self.pushed_domain(value),
                None => Domain::Unknown,
            },
            (None, false) => Domain::Unknown,
        }
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
                            && matches!(
                                facts.tree.kind(*made),
                                Kind::Object(_) | Kind::New { .. } | Kind::Array(_)
                            )
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
        match self.facts.repetition[function.index()].level {
            Level::Repeated => Domain::Request,
            _ => Domain::Param,
        }
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
            Kind::Update(_) => Domain::Fresh,
            Kind::Unary { .. } => Domain::Closed,
            Kind::Await(inner) => self.domain(*inner, steps - 1),
            Kind::Call { callee, args } => self.call_domain(*callee, tree.list(*args), steps),
            Kind::Ident(_) | Kind::Member { .. } | Kind::Index { .. } => self.place_domain(key, steps),
            _ => Domain::Unknown,
        }
    }

    fn composite(&self, parts: &[ExprId], steps: u32) -> Domain {
        let most = parts.iter().map(|part| self.domain(*part, steps - 1)).max();
        match most.unwrap_or(Domain::Closed) {
            Domain::Param => Domain::Composite,
            other => other,
        }
    }

    fn call_domain(&self, callee: ExprId, args: &[ExprId], steps: u32) -> Domain {
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
            // What another function makes of it may well be one of few.
            _ => Domain::Unknown,
        }
    }

    fn place_domain(&self, key: ExprId, steps: u32) -> Domain {
        let facts = self.facts;
        let Some(place) = facts.places.of(key) else {
            return Domain::Unknown;
        };
        match facts.places.root(place) {
            Root::Binding(binding) => self.binding_domain(key, place, *binding, steps),
            _ => Domain::Unknown,
        }
    }

    fn binding_domain(
        &self,
        key: ExprId,
        place: crate::facts::places::PlaceId,
        id: BindingId,
        steps: u32,
    ) -> Domain {
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
            // An element of what is iterated: as many as there are.
            _ if binding.projection.contains(&Segment::Element) => match binding.init {
                Some(list) if facts.is_literal_list(list) => Domain::Closed,
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

    /// `let next = 0; … next++`
    fn counts_up(&self, place: crate::facts::places::PlaceId) -> bool {
        let facts = self.facts;
        facts.places.uses(place).iter().any(|at| match facts.tree.expr(*at).up {
            Up::Expr(parent) => matches!(facts.tree.kind(parent), Kind::Update(_)),
            _ => false,
        })
    }

    fn param_domain(&self, function: FnId, index: usize, name: &crate::ast::Atom) -> Domain {
        let facts = self.facts;
        let param = facts.tree.function(function).params.get(index);
        if self.is_closed_type(param.and_then(|param| param.annotation.as_ref())) {
            return Domain::Closed;
        }
        let repetition = &facts.repetition[function.index()];
        let per_event = repetition.level == Level::Repeated
            && matches!(repetition.why, Why::Handler(_) | Why::JsxHandler);
        if per_event || facts.protocols.request_names.has(name) {
            return Domain::Request;
        }
        Domain::Param
    }

    fn is_closed_type(&self, annotation: Option<&Annotation>) -> bool {
        match annotation {
            Some(Annotation::Closed) => true,
            Some(Annotation::Named(name)) => self
                .facts
                .tree
                .scopes
                .bindings
                .iter()
                .any(|binding| binding.kind == BindingKind::Enum && binding.name == *name),
            _ => false,
        }
    }
}

/// Methods whose result is the same text in another dress.
fn is_same_text(name: &str) -> bool {
    matches!(
        name,
        "toLowerCase" | "toUpperCase" | "trim" | "toString" | "normalize" | "slice" | "substring" | "replace" | "valueOf"
    )
}
