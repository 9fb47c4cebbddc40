//! Questions to the flat tables that need no more than the tables.

use super::tree::*;
use crate::ast::Atom;
use crate::source::Span;

impl Tree {
    /// The kind of an expression.
    pub fn kind(&self, id: ExprId) -> &Kind {
        &self.exprs[id.index()].kind
    }

    /// One expression.
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.index()]
    }

    /// Byte span of an expression.
    pub fn span(&self, id: ExprId) -> Span {
        self.exprs[id.index()].span
    }

    /// One function.
    pub fn function(&self, id: FnId) -> &Function {
        &self.functions[id.index()]
    }

    /// One class.
    pub fn class(&self, id: ClassId) -> &Class {
        &self.classes[id.index()]
    }

    /// One region.
    pub fn region(&self, id: RegionId) -> &Region {
        &self.regions[id.index()]
    }

    /// The expressions of a list.
    pub fn list(&self, list: List) -> &[ExprId] {
        &self.lists[list.start as usize..(list.start + list.len) as usize]
    }

    /// The properties of an object literal.
    pub fn properties(&self, list: List) -> &[Property] {
        &self.properties[list.start as usize..(list.start + list.len) as usize]
    }

    /// The property whose value an expression is. Values stand in the table in the order of their text.
    pub fn property_of(&self, list: List, value: ExprId) -> Option<&Property> {
        let properties = self.properties(list);
        properties.binary_search_by_key(&value, |property| property.value).ok().map(|at| &properties[at])
    }

    /// All expression ids.
    pub fn expr_ids(&self) -> impl Iterator<Item = ExprId> + use<> {
        (0..self.exprs.len() as u32).map(ExprId)
    }

    /// All function ids, outer before inner.
    pub fn fn_ids(&self) -> impl DoubleEndedIterator<Item = FnId> + ExactSizeIterator + Clone + use<> {
        (0..self.functions.len() as u32).map(FnId)
    }

    /// All class ids.
    pub fn class_ids(&self) -> impl Iterator<Item = ClassId> + use<> {
        (0..self.classes.len() as u32).map(ClassId)
    }

    /// `function`, then its enclosing functions, the module last.
    pub fn enclosing(&self, function: FnId) -> impl Iterator<Item = FnId> + '_ {
        std::iter::successors(Some(function), |f| self.function(*f).parent)
    }

    /// Whether an expression stands in a function or in one nested in it.
    pub fn stands_in(&self, expr: ExprId, function: FnId) -> bool {
        let (start, end) = self.function(function).exprs;
        (start..end).contains(&expr.0)
    }

    /// Whether `inner` is `outer` or nested in it.
    pub fn is_within(&self, inner: FnId, outer: FnId) -> bool {
        (outer.0..self.function(outer).end).contains(&inner.0)
    }

    /// A function and those nested in it, outer before inner.
    pub fn nested(&self, function: FnId) -> impl Iterator<Item = FnId> + use<> {
        (function.0..self.function(function).end).map(FnId)
    }

    /// The type of the keys that `new Map<Key, …>()` is made for.
    pub fn key_type(&self, new: ExprId) -> Option<&Annotation> {
        let at = self.key_types.binary_search_by_key(&new, |(new, _)| *new).ok()?;
        Some(&self.key_types[at].1)
    }

    /// The guards of a region, in the order of their text.
    pub fn guards_in(&self, region: RegionId) -> &[Guard] {
        let start = self.guards.partition_point(|guard| guard.region < region);
        let len = self.guards[start..].partition_point(|guard| guard.region == region);
        &self.guards[start..start + len]
    }

    /// The calls inside a function and those nested in it.
    pub fn calls_inside(&self, function: FnId) -> &[ExprId] {
        let (start, end) = self.function(function).exprs;
        let from = self.calls.partition_point(|call| call.0 < start);
        let len = self.calls[from..].partition_point(|call| call.0 < end);
        &self.calls[from..from + len]
    }

    /// The region of an expression and those around it, innermost first, up to its function's body.
    pub fn region_path(&self, region: RegionId) -> impl Iterator<Item = RegionId> + '_ {
        let function = self.region(region).function;
        std::iter::successors(Some(region), |r| self.region(*r).parent)
            .take_while(move |r| self.region(*r).function == function)
    }

    /// The function whose `this` an arrow sees: itself if it is none.
    pub fn this_function(&self, function: FnId) -> FnId {
        self.enclosing(function).find(|f| self.function(*f).kind != FnKind::Arrow).unwrap_or(MODULE)
    }

    /// Callee and arguments of a call or `new`.
    pub fn call_parts(&self, id: ExprId) -> Option<(ExprId, &[ExprId])> {
        match self.kind(id) {
            Kind::Call { callee, args } | Kind::New { callee, args } => Some((*callee, self.list(*args))),
            _ => None,
        }
    }

    /// The function of a function expression.
    pub fn as_function(&self, id: ExprId) -> Option<FnId> {
        match self.kind(id) {
            Kind::Function(f) => Some(*f),
            _ => None,
        }
    }

    /// The value of a string literal or a template without interpolation.
    pub fn as_string(&self, id: ExprId) -> Option<&Atom> {
        match self.kind(id) {
            Kind::String(value) => Some(value),
            _ => None,
        }
    }
}
