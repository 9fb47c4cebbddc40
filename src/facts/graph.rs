//! Who calls whom: the functions kept in places, the targets of calls, the functions given away inside a function.

use super::Facts;
use super::flow::Sink;
use super::places::{PlaceId, Root};
use crate::ast::Atom;
use crate::semantic::*;
use rustc_hash::FxHashMap;

/// How many places a function may wander through before it counts as lost.
const MAX_HOPS: u32 = 4;

/// A place that keeps more functions than this tells nothing of a call through it.
const MAX_STORED: usize = 64;

/// See the module's text.
#[derive(Debug, Default)]
pub struct Graph {
    /// Functions kept in a place by assignment, initialisation, `push` and the like.
    stored: FxHashMap<PlaceId, Vec<FnId>>,
    /// Per function: the calls inside it, not in functions nested in it.
    pub calls_in: Vec<Vec<ExprId>>,
    /// Per function: the calls that may run it.
    pub callers: Vec<Vec<ExprId>>,
    /// Per function: functions whose text stands directly in it.
    pub children: Vec<Vec<FnId>>,
}

impl Graph {
    /// Builds the graph; `facts` has its places and classes already.
    pub fn build(facts: &Facts<'_>) -> Self {
        let tree = facts.tree;
        let mut graph = Self {
            stored: FxHashMap::default(),
            calls_in: vec![Vec::new(); tree.functions.len()],
            callers: vec![Vec::new(); tree.functions.len()],
            children: vec![Vec::new(); tree.functions.len()],
        };
        for id in tree.fn_ids() {
            if let Some(parent) = tree.function(id).parent {
                graph.children[parent.index()].push(id);
            }
            graph.store(facts, id);
        }
        for call in &tree.calls {
            graph.calls_in[tree.expr(*call).function.index()].push(*call);
        }
        graph
    }

    fn store(&mut self, facts: &Facts<'_>, function: FnId) {
        let entry = facts.tree.function(function);
        if let Some(place) = entry.binding.and_then(|binding| facts.place_of_binding(binding)) {
            self.stored.entry(place).or_default().push(function);
        }
        if let Some(expr) = entry.expr {
            self.follow(facts, expr, function, MAX_HOPS);
        }
    }

    fn follow(&mut self, facts: &Facts<'_>, expr: ExprId, function: FnId, hops: u32) {
        if hops == 0 {
            return;
        }
        for sink in facts.sinks(expr) {
            match sink {
                Sink::Place { place, .. } => {
                    let known = self.stored.entry(place).or_default();
                    if known.len() <= MAX_STORED && !known.contains(&function) {
                        known.push(function);
                    }
                }
                // `debounce(fn)`, `fn.bind(this)`: the result stands for the function.
                Sink::Argument { call, index: 0 } if facts.is_wrapper(call) => {
                    self.follow(facts, call, function, hops - 1);
                }
                Sink::Member { member, name } if name == "bind" => {
                    if let Up::Expr(call) = facts.tree.expr(member).up {
                        self.follow(facts, call, function, hops - 1);
                    }
                }
                _ => {}
            }
        }
    }
}

impl<'a> Facts<'a> {
    /// Fills the callers, once places, classes and stored functions are known.
    pub(super) fn link_callers(&mut self) {
        for call in &self.tree.calls {
            for target in self.targets(*call) {
                self.graph.callers[target.index()].push(*call);
            }
        }
    }

    /// The functions that a call may run, as far as this file shows.
    pub fn targets(&self, call: ExprId) -> Vec<FnId> {
        let Some((callee, _)) = self.tree.call_parts(call) else {
            return Vec::new();
        };
        if matches!(self.tree.kind(call), Kind::New { .. }) {
            return self.constructors(callee);
        }
        match self.tree.kind(callee) {
            Kind::Super => self.super_constructors(self.tree.expr(call).function),
            Kind::Member { object, name } if matches!(self.tree.kind(*object), Kind::Super) => {
                self.super_members(self.tree.expr(call).function, name)
            }
            Kind::Member { object, name } if name == "call" || name == "apply" => self.functions_of(*object),
            _ => self.functions_of(callee),
        }
    }

    fn constructors(&self, callee: ExprId) -> Vec<FnId> {
        match self.class_named(callee) {
            Some(class) => self
                .classes
                .lineage(class)
                .flat_map(|at| self.classes.get(at).constructors.iter().copied())
                .collect(),
            None => self.functions_of(callee),
        }
    }

    /// The class that an expression names (`Foo`, `this.constructor` apart).
    pub fn class_named(&self, expr: ExprId) -> Option<ClassId> {
        match self.tree.kind(expr) {
            Kind::Class(id) => Some(*id),
            Kind::Ident(reference) => {
                let binding = self.tree.scopes.reference(*reference).binding?;
                self.class_of_binding.get(&binding).copied()
            }
            _ => None,
        }
    }

    fn super_constructors(&self, function: FnId) -> Vec<FnId> {
        let base = self.classes.of_this(self.tree, function).and_then(|class| self.classes.get(class).base);
        base.map(|base| self.classes.get(base).constructors.clone()).unwrap_or_default()
    }

    fn super_members(&self, function: FnId, name: &Atom) -> Vec<FnId> {
        let base = self.classes.of_this(self.tree, function).and_then(|class| self.classes.get(class).base);
        base.map(|base| self.classes.member(base, name).to_vec()).unwrap_or_default()
    }

    /// The functions that an expression's value may be, as far as this file shows.
    pub fn functions_of(&self, expr: ExprId) -> Vec<FnId> {
        let mut out = Vec::new();
        self.add_functions(expr, &mut out, MAX_HOPS);
        out
    }

    fn add_functions(&self, expr: ExprId, out: &mut Vec<FnId>, hops: u32) {
        if hops == 0 {
            return;
        }
        match self.tree.kind(expr) {
            Kind::Function(function) => push_new(out, *function),
            Kind::Conditional { yes, no, .. } => {
                self.add_functions(*yes, out, hops - 1);
                self.add_functions(*no, out, hops - 1);
            }
            Kind::Binary { left, right, .. } => {
                self.add_functions(*left, out, hops - 1);
                self.add_functions(*right, out, hops - 1);
            }
            Kind::Call { callee, args } => {
                let first = self.tree.list(*args).first();
                match (self.tree.kind(*callee), first) {
                    (Kind::Member { object, name }, _) if name == "bind" => {
                        self.add_functions(*object, out, hops - 1);
                    }
                    (_, Some(first)) if self.is_wrapper(expr) => {
                        self.add_functions(*first, out, hops - 1);
                    }
                    _ => self.add_place_functions(expr, out, hops),
                }
            }
            _ => self.add_place_functions(expr, out, hops),
        }
    }

    fn add_place_functions(&self, expr: ExprId, out: &mut Vec<FnId>, hops: u32) {
        if let Some(place) = self.places.of(expr) {
            self.add_functions_at(place, out, hops);
        }
    }

    fn add_functions_at(&self, place: PlaceId, out: &mut Vec<FnId>, hops: u32) {
        let stored = self.graph.stored.get(&place).map_or(&[][..], Vec::as_slice);
        if stored.len() > MAX_STORED {
            return;
        }
        for function in stored {
            push_new(out, *function);
        }
        // `this.m`: members, inherited ones included.
        if let (Some(parent), Some(Segment::Named(name))) =
            (self.places.parent(place), self.places.segment(place))
        {
            let class = match self.places.root(parent) {
                Root::This(class) if self.places.depth(parent) == 0 => Some(*class),
                Root::Binding(binding) if self.places.depth(parent) == 0 => self.class_of_value(*binding),
                _ => None,
            };
            for function in class.map_or(&[][..], |class| self.classes.member(class, name)) {
                push_new(out, *function);
            }
        }
        if hops <= 1 {
            return;
        }
        // `this.off = off`, `this.listener = this.onEvent.bind(this)`
        for value in self.values_at(place) {
            if self.tree.as_function(*value).is_none() && self.places.of(*value) != Some(place) {
                self.add_functions(*value, out, hops - 1);
            }
        }
    }

    /// The class of which a never reassigned binding holds the class itself or an instance.
    fn class_of_value(&self, binding: BindingId) -> Option<ClassId> {
        if let Some(class) = self.class_of_binding.get(&binding) {
            return Some(*class);
        }
        let entry = self.tree.scopes.binding(binding);
        let init = entry.init.filter(|_| entry.writes == 0 && entry.projection.is_empty())?;
        match self.tree.kind(init) {
            Kind::New { callee, .. } => self.class_named(*callee),
            _ => None,
        }
    }

    /// A call that hands back the function it is given first.
    pub fn is_wrapper(&self, call: ExprId) -> bool {
        let Some((callee, _)) = self.tree.call_parts(call) else {
            return false;
        };
        match self.tree.kind(callee) {
            Kind::Ident(reference) => {
                self.protocols.wrappers.has(&self.tree.scopes.reference(*reference).name)
            }
            Kind::Member { name, .. } => name != "bind" && self.protocols.wrappers.has(name),
            _ => false,
        }
    }
}

fn push_new(out: &mut Vec<FnId>, function: FnId) {
    if !out.contains(&function) {
        out.push(function);
    }
}
