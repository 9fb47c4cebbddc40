//! Where a value goes from the expression that makes or names it.

use super::Facts;
use super::places::PlaceId;
use crate::ast::{AssignOp, Atom, BinaryOp};
use crate::semantic::*;

/// One thing that happens to a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Sink {
    /// An expression statement: nobody has it any more.
    Discarded,
    /// Kept in a place; its other uses are [`super::places::Places::uses`] of the place.
    Place {
        place: PlaceId,
        at: ExprId,
    },
    Called(ExprId),
    Constructed(ExprId),
    Argument {
        call: ExprId,
        index: usize,
    },
    /// `value.name`, `value.name(…)`
    Member {
        member: ExprId,
        name: Atom,
    },
    /// A property of an object literal, or an element of an array literal, that goes who knows where.
    Property {
        literal: ExprId,
        name: Option<Atom>,
    },
    Returned(FnId),
    Exported,
    /// An attribute or child of a JSX element.
    Jsx {
        name: Option<Atom>,
    },
    /// Tested, compared, iterated, printed: the value stays where it is.
    Read,
    /// Anything else.
    Unknown,
}

impl Facts<'_> {
    /// Where the value of an expression goes, one step on (through `await`, `?:`, `||`, `.bind()` and the like).
    pub fn sinks(&self, expr: ExprId) -> Vec<Sink> {
        let mut out = Vec::new();
        self.collect(expr, &mut out, 12);
        out
    }

    fn collect(&self, expr: ExprId, out: &mut Vec<Sink>, fuel: u32) {
        if fuel == 0 {
            out.push(Sink::Unknown);
            return;
        }
        match self.tree.expr(expr).up {
            Up::Statement => out.push(Sink::Discarded),
            Up::Return(function) => out.push(Sink::Returned(function)),
            Up::Init(binding) => self.bound(binding, expr, out),
            Up::Field(class, member) => self.field(class, member, expr, out),
            Up::Test | Up::Iterated => out.push(Sink::Read),
            Up::Exported => out.push(Sink::Exported),
            Up::Expr(parent) => self.in_parent(expr, parent, out, fuel - 1),
            Up::Destructured | Up::Default | Up::Throw | Up::Decorator | Up::Extends | Up::Other => {
                out.push(Sink::Unknown)
            }
        }
    }

    fn bound(&self, binding: BindingId, at: ExprId, out: &mut Vec<Sink>) {
        let entry = self.tree.scopes.binding(binding);
        if entry.exported {
            out.push(Sink::Exported);
        }
        if entry.kind == BindingKind::Using {
            out.push(Sink::Unknown);
        }
        if let Some(place) = self.place_of_binding(binding) {
            out.push(Sink::Place { place, at });
        } else {
            // Never mentioned again.
            out.push(Sink::Discarded);
        }
    }

    fn field(&self, class: ClassId, member: u32, at: ExprId, out: &mut Vec<Sink>) {
        let member = &self.tree.class(class).members[member as usize];
        let place = member.name.as_ref().and_then(|name| self.field_place(class, name, member.is_static));
        out.push(place.map_or(Sink::Unknown, |place| Sink::Place { place, at }));
    }

    fn in_parent(&self, expr: ExprId, parent: ExprId, out: &mut Vec<Sink>, fuel: u32) {
        match self.tree.kind(parent) {
            Kind::Call { callee, args } | Kind::New { callee, args } => {
                if *callee == expr {
                    let is_new = matches!(self.tree.kind(parent), Kind::New { .. });
                    out.push(if is_new { Sink::Constructed(parent) } else { Sink::Called(parent) });
                    return;
                }
                let index = self.tree.list(*args).binary_search(&expr).ok();
                self.argument(parent, *callee, index.unwrap_or(usize::MAX), out);
            }
            Kind::Member { name, .. } => out.push(Sink::Member { member: parent, name: name.clone() }),
            Kind::Index { object, .. } => out.push(match *object == expr {
                true => Sink::Member { member: parent, name: Atom::default() },
                false => Sink::Read,
            }),
            Kind::Assign { op, target, value } if *value == expr => {
                self.assigned(parent, *op, *target, expr, out, fuel);
            }
            Kind::Conditional { test, .. } if *test == expr => out.push(Sink::Read),
            Kind::Conditional { .. } | Kind::Await(_) => self.collect(parent, out, fuel),
            Kind::Binary { op, .. } => match op {
                BinaryOp::LogicalAnd | BinaryOp::LogicalOr | BinaryOp::NullishCoalescing => {
                    self.collect_logical(parent, out, fuel);
                }
                _ => out.push(Sink::Read),
            },
            Kind::Sequence(items) => match self.tree.list(*items).last() {
                Some(last) if *last == expr => self.collect(parent, out, fuel),
                _ => out.push(Sink::Discarded),
            },
            Kind::Object(list) => {
                let property = self.tree.property_of(*list, expr);
                let name = match property.map(|property| &property.key) {
                    Some(Key::Named(name)) => Some(name.clone()),
                    _ => None,
                };
                self.in_literal(parent, name, out, fuel);
            }
            Kind::Array(_) => self.in_literal(parent, None, out, fuel),
            Kind::Jsx { attributes, .. } => {
                let attribute = self.tree.property_of(*attributes, expr);
                let name = match attribute.map(|attribute| &attribute.key) {
                    Some(Key::Named(name)) => Some(name.clone()),
                    _ => None,
                };
                out.push(Sink::Jsx { name });
            }
            // `+timer` is the timer's number.
            Kind::Unary { op: crate::ast::UnaryOp::Plus, .. } => self.collect(parent, out, fuel),
            Kind::Assign { .. } | Kind::Unary { .. } | Kind::Update(_) => out.push(Sink::Read),
            Kind::Template(_) | Kind::Spread(_) => out.push(Sink::Read),
            _ => out.push(Sink::Unknown),
        }
    }

    /// `a && b` in statement position only tests.
    fn collect_logical(&self, parent: ExprId, out: &mut Vec<Sink>, fuel: u32) {
        match self.tree.expr(parent).up {
            Up::Statement | Up::Test => out.push(Sink::Read),
            _ => self.collect(parent, out, fuel),
        }
    }

    /// A value that is given to a container's `push`, `add` or `set` is kept in that container.
    fn argument(&self, call: ExprId, callee: ExprId, index: usize, out: &mut Vec<Sink>) {
        if let Kind::Member { object, name } = self.tree.kind(callee) {
            let grows = self.protocols.grow.has(name) && !(name == "set" && index == 0);
            let container = grows
                .then(|| self.places.of(*object))
                .flatten()
                .filter(|place| self.is_plain_container(*place));
            if let Some(place) = container.and_then(|place| self.places.part(place, &Segment::Element)) {
                out.push(Sink::Place { place, at: call });
                return;
            }
        }
        out.push(Sink::Argument { call, index });
    }

    /// An array, Map, Set or object that this file makes; `new Disposables()` is none: what it is given, it takes over.
    pub fn is_plain_container(&self, place: PlaceId) -> bool {
        self.values_at(place).iter().any(|value| match self.tree.kind(*value) {
            Kind::Array(_) | Kind::Object(_) => true,
            Kind::New { .. } | Kind::Call { .. } => self.makes_container(*value),
            _ => false,
        })
    }

    /// `new Map()`, and `new NodeCache()` that is given no limit.
    pub fn makes_container(&self, value: ExprId) -> bool {
        let Some((callee, args)) = self.tree.call_parts(value) else {
            return false;
        };
        super::paths::matches(self.tree, callee, &self.protocols.growing).is_some()
            || super::paths::matches(self.tree, callee, &self.protocols.limited).is_some()
                && args.iter().all(|arg| self.names_no_limit(*arg))
    }

    fn names_no_limit(&self, options: ExprId) -> bool {
        let Kind::Object(list) = self.tree.kind(options) else {
            return false;
        };
        self.tree.properties(*list).iter().all(|property| match &property.key {
            Key::Named(name) => !self.protocols.limits.has(name),
            _ => false,
        })
    }

    fn assigned(
        &self,
        parent: ExprId,
        op: AssignOp,
        target: Target,
        expr: ExprId,
        out: &mut Vec<Sink>,
        fuel: u32,
    ) {
        if !matches!(
            op,
            AssignOp::Assign | AssignOp::OrAssign | AssignOp::NullishAssign | AssignOp::AndAssign
        ) {
            out.push(Sink::Read);
            return;
        }
        let place = match target {
            Target::Expr(target) => self.places.of(target),
            Target::Pattern => None,
        };
        match place {
            Some(place) => out.push(Sink::Place { place, at: expr }),
            None => out.push(Sink::Unknown),
        }
        // `return (x = f())`, `a = b = f()`: the value also goes on.
        if !matches!(self.tree.expr(parent).up, Up::Statement) {
            let mut further = Vec::new();
            self.collect(parent, &mut further, fuel);
            out.extend(further.into_iter().filter(|sink| *sink != Sink::Discarded));
        }
    }

    /// A literal that goes to a place makes parts of that place.
    fn in_literal(&self, literal: ExprId, name: Option<Atom>, out: &mut Vec<Sink>, fuel: u32) {
        let mut literal_sinks = Vec::new();
        self.collect(literal, &mut literal_sinks, fuel);
        let segment = match (&name, self.tree.kind(literal)) {
            (Some(name), _) => Segment::Named(name.clone()),
            _ => Segment::Element,
        };
        for sink in literal_sinks {
            match sink {
                Sink::Place { place, at } => match self.places.part(place, &segment) {
                    Some(part) => out.push(Sink::Place { place: part, at }),
                    // The whole is kept, and nobody names the part.
                    None => out.push(Sink::Property { literal, name: name.clone() }),
                },
                Sink::Discarded | Sink::Read => out.push(sink),
                _ => out.push(Sink::Property { literal, name: name.clone() }),
            }
        }
    }
}
