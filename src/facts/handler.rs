//! Who a handler is. Identity is (binding, activation): a function declared in an activation equals itself in
//! every closure made in that activation, and never the one of another call or render.

use super::Facts;
use super::places::{PlaceId, Root};
use crate::ast::AssignOp;
use crate::semantic::*;

/// The identity of a handler at one site.
#[derive(Debug, Clone, PartialEq)]
pub enum Handler {
    /// Arrow, function expression, `.bind()` or another call, written at the site: equals nothing.
    Fresh(ExprId),
    /// A function or value kept in a place. One per activation of `home` (a module-level one is one for all).
    Kept {
        place: PlaceId,
        home: Home,
    },
    /// `this.onKey` that is the class's own method, never replaced: one function for all instances.
    Method(PlaceId),
    /// `addEventListener(type, this)`: the object itself.
    This(PlaceId),
    Unknown,
}

/// How many functions a kept handler stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    Module,
    /// One per instance of the class.
    Instance(ClassId),
    /// One per run of the function.
    Activation(FnId),
}

/// Whether two handlers are the same function at run time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Same {
    Yes,
    No,
    Maybe,
}

impl Facts<'_> {
    /// Identifies the handler given at a site.
    pub fn handler(&self, expr: ExprId) -> Handler {
        match self.tree.kind(expr) {
            Kind::Function(_) => Handler::Fresh(expr),
            Kind::Call { .. } if self.is_fresh_function(expr) => Handler::Fresh(expr),
            Kind::Call { .. } => Handler::Unknown,
            Kind::Assign { value, target: Target::Expr(target), .. } => match self.places.of(*target) {
                Some(place) => Handler::Kept { place, home: self.home(place) },
                None => self.handler(*value),
            },
            _ => match self.places.of(expr) {
                Some(place) => self.placed(place),
                None => Handler::Unknown,
            },
        }
    }

    fn placed(&self, place: PlaceId) -> Handler {
        match self.places.root(place) {
            Root::This(_) if self.places.depth(place) == 0 => Handler::This(place),
            Root::This(class) if self.places.depth(place) == 1 => {
                let replaced = !self.values_at(place).is_empty();
                let name = match self.places.segment(place) {
                    Some(Segment::Named(name)) => name,
                    _ => return Handler::Unknown,
                };
                let is_method = self.classes.member(*class, name).iter().any(|function| {
                    matches!(self.tree.function(*function).kind, FnKind::Method)
                        || self.tree.function(*function).kind == FnKind::Expression
                });
                // A framework binds the methods of options for each instance.
                let bound = self.is_bound_by_decorator(*class, name) || self.classes.is_options(*class);
                match is_method && !replaced && !bound {
                    true => Handler::Method(place),
                    false => Handler::Kept { place, home: Home::Instance(*class) },
                }
            }
            _ => Handler::Kept { place, home: self.home(place) },
        }
    }

    /// `@autobind onKey() {}` makes one function per instance.
    fn is_bound_by_decorator(&self, class: ClassId, name: &crate::ast::Atom) -> bool {
        let class = self.tree.classes.get(class.index());
        class.is_some_and(|class| class.named(name).any(|member| !member.decorators.is_empty()))
    }

    fn home(&self, place: PlaceId) -> Home {
        match self.places.root(place) {
            Root::Global(_) => Home::Module,
            Root::Binding(binding) => match self.tree.scopes.function_of(*binding) {
                MODULE => Home::Module,
                function => Home::Activation(function),
            },
            Root::This(class) => Home::Instance(*class),
            Root::UnknownThis(function) => Home::Activation(*function),
        }
    }

    /// Compares the handler of an acquire with that of a release.
    pub fn same_handler(&self, acquired: &Handler, released: &Handler) -> Same {
        match (acquired, released) {
            (Handler::Unknown, _) | (_, Handler::Unknown) => Same::Maybe,
            // `on('x', function once() { off('x', once) })`: the function's own name.
            (Handler::Fresh(fresh), Handler::Kept { place, .. }) if self.names_itself(*fresh, *place) => {
                Same::Yes
            }
            (Handler::Fresh(_), _) | (_, Handler::Fresh(_)) => Same::No,
            (Handler::Kept { place: a, .. }, Handler::Kept { place: b, .. })
            | (Handler::Method(a), Handler::Method(b))
            | (Handler::This(a), Handler::This(b))
                if a == b =>
            {
                Same::Yes
            }
            (Handler::Kept { place: a, .. }, Handler::Kept { place: b, .. }) => self.same_places(*a, *b),
            (Handler::Method(_), Handler::Method(_)) => Same::No,
            _ => Same::Maybe,
        }
    }

    /// `render() { this.onKey = () => …; }`: the method that replaces an instance's function again and again, while
    /// nothing in it takes off the one before.
    pub fn replaced_by(&self, place: PlaceId, class: ClassId) -> Option<FnId> {
        let lifecycle = self.classes.lineage(class).find_map(|at| self.classes.get(at).lifecycle)?;
        let lifecycle = &self.protocols.lifecycles[lifecycle];
        self.values_at(place).iter().find_map(|value| {
            let method = self.tree.expr(*value).function;
            let name = self.tree.function(method).name.as_ref()?;
            let at = self.tree.span(*value).start;
            let Up::Expr(assign) = self.tree.expr(*value).up else {
                return None;
            };
            let is_plain = matches!(self.tree.kind(assign), Kind::Assign { op: AssignOp::Assign, .. });
            let asks_before = self.places.uses(place).iter().any(|mention| {
                self.tree.expr(*mention).function == method
                    && self.tree.span(*mention).start < at
                    && *mention != assign
                    && !self.is_write(*mention)
            });
            let fresh = is_plain && self.is_fresh_function(*value);
            (lifecycle.repeats_per_instance.has(name)
                && fresh
                && !asks_before
                && self.classes.of_member(method).is_some())
            .then_some(method)
        })
    }

    fn names_itself(&self, fresh: ExprId, place: PlaceId) -> bool {
        let own = self.tree.as_function(fresh).and_then(|function| self.tree.function(function).binding);
        own.is_some_and(|own| *self.places.root(place) == Root::Binding(own) && self.places.depth(place) == 0)
    }

    /// Two places hold the same function if one was filled from the other.
    fn same_places(&self, a: PlaceId, b: PlaceId) -> Same {
        let filled = |into: PlaceId, from: PlaceId| {
            self.values_at(into).iter().any(|value| self.places.of(*value) == Some(from))
        };
        if filled(a, b) || filled(b, a) {
            return Same::Yes;
        }
        let (fa, fb) = (self.functions_at(a), self.functions_at(b));
        match !fa.is_empty() && !fb.is_empty() && fa.iter().all(|f| !fb.contains(f)) {
            true => Same::No,
            false => Same::Maybe,
        }
    }
}
