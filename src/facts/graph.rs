//! Who calls whom: the functions kept in places, the targets of calls, the functions given away inside a function.

use super::Facts;
use super::flow::Sink;
use super::places::{PlaceId, Root};
use super::rows::Rows;
use crate::ast::Atom;
use crate::semantic::*;
use smallvec::SmallVec;

/// How many wrappers and branches around a function are looked through.
const MAX_HOPS: u32 = 4;

/// What may be more functions than this, as in bundles, tells nothing of a call through it.
pub const MAX_STORED: usize = 64;

/// The functions that a value may be; mostly one.
pub type FnList = SmallVec<[FnId; 4]>;

/// See the module's text.
#[derive(Debug, Default)]
pub struct Graph {
    /// Per place: the functions that it may hold.
    held: Vec<FnList>,
    /// Per function: the calls inside it, not in functions nested in it.
    pub calls_in: Rows<ExprId>,
    /// Per function: the calls that may run it.
    pub callers: Rows<ExprId>,
    /// Per function: functions whose text stands directly in it.
    pub children: Rows<FnId>,
    /// Per function: the setters that its assignments run.
    pub setters: Rows<FnId>,
}

/// What an expression's value may be.
enum Leaf {
    Function(FnId),
    Place(PlaceId),
}

impl Graph {
    /// Builds the graph; `facts` has its places, values and classes already.
    pub fn build(facts: &Facts<'_>) -> Self {
        let tree = facts.tree;
        let count = tree.functions.len();
        let calls = tree.calls.iter().map(|call| (tree.expr(*call).function.index(), *call));
        let nested = tree.fn_ids().filter_map(|id| Some((tree.function(id).parent?.index(), id)));
        let (calls_in, children) = (Rows::new(count, calls), Rows::new(count, nested));
        Self { held: facts.held_functions(), calls_in, children, ..Self::default() }
    }
}

impl<'a> Facts<'a> {
    /// Fills the callers, once places, classes and stored functions are known.
    pub(super) fn link_callers(&mut self) {
        let calls = self.tree.calls.iter();
        let callers: Vec<(FnId, ExprId)> =
            calls.flat_map(|call| self.targets(*call).into_iter().map(|target| (target, *call))).collect();
        let pairs = callers.iter().map(|(target, call)| (target.index(), *call));
        self.graph.callers = Rows::new(self.tree.functions.len(), pairs);
        self.graph.setters = self.setters();
    }

    /// `this.recording = null` of a `set recording(…)`
    fn setters(&self) -> Rows<FnId> {
        let sets = |function: FnId| self.tree.function(function).kind == FnKind::Setter;
        let mut run = Vec::new();
        let assigns = if self.tree.fn_ids().any(sets) { self.tree.assigns.as_slice() } else { &[] };
        for assign in assigns {
            let Kind::Assign { target: Target::Expr(target), .. } = self.tree.kind(*assign) else {
                continue;
            };
            let held = self.places.of(*target).map_or(&[][..], |place| self.functions_at(place));
            let home = self.tree.expr(*assign).function.index();
            run.extend(held.iter().copied().filter(|held| sets(*held)).map(|setter| (home, setter)));
        }
        Rows::new(self.tree.functions.len(), run.iter().copied())
    }

    /// What each place holds: the functions that are put into it, the members of the class whose field it is, and what
    /// the places hold whose values are put into it.
    fn held_functions(&self) -> Vec<FnList> {
        let mut held: Vec<FnList> = std::iter::repeat_with(FnList::new).take(self.places.count()).collect();
        for function in self.tree.fn_ids() {
            let entry = self.tree.function(function);
            if let Some(place) = entry.binding.and_then(|binding| self.place_of_binding(binding)) {
                push_new(&mut held[place.index()], function);
            }
            if let Some(expr) = entry.expr {
                self.store(expr, function, &mut held, MAX_HOPS);
            }
        }
        for root in self.places.ids().filter(|place| self.places.depth(*place) == 0) {
            if let Some(class) = self.class_at(root) {
                self.hold_members(root, class, &mut held);
            }
        }
        self.follow_aliases(&mut held);
        for functions in held.iter_mut().filter(|functions| functions.len() > MAX_STORED) {
            functions.clear();
        }
        held
    }

    /// Puts a function into the places to which the value of an expression goes.
    fn store(&self, expr: ExprId, function: FnId, held: &mut [FnList], hops: u32) {
        if hops == 0 {
            return;
        }
        for sink in self.sinks(expr) {
            match sink {
                Sink::Place { place, .. } => push_new(&mut held[place.index()], function),
                // `debounce(fn)`, `fn.bind(this)`: the result stands for the function.
                Sink::Argument { call, index: 0 } if self.is_wrapper(call) => {
                    self.store(call, function, held, hops - 1);
                }
                Sink::Member { member, name } if name == "bind" => {
                    if let Up::Expr(call) = self.tree.expr(member).up {
                        self.store(call, function, held, hops - 1);
                    }
                }
                _ => {}
            }
        }
    }

    /// `this.m`: members, inherited ones included.
    fn hold_members(&self, root: PlaceId, class: ClassId, held: &mut [FnList]) {
        for part in self.places.parts(root) {
            if let Some(Segment::Named(name)) = self.places.segment(*part) {
                for function in self.classes.member(class, name).iter().take(MAX_STORED + 1) {
                    push_new(&mut held[part.index()], *function);
                }
            }
        }
    }

    /// `this.off = off`, `this.listener = this.onEvent.bind(this)`
    fn follow_aliases(&self, held: &mut [FnList]) {
        let mut aliases: Vec<(PlaceId, PlaceId)> = Vec::new();
        for place in self.places.ids() {
            for value in self.values_at(place) {
                if self.tree.as_function(*value).is_none() {
                    self.leaves(*value, MAX_HOPS - 1, &mut |leaf| match leaf {
                        Leaf::Function(function) => push_new(&mut held[place.index()], function),
                        Leaf::Place(from) if from != place => aliases.push((from, place)),
                        Leaf::Place(_) => {}
                    });
                }
            }
        }
        let goes_to = Rows::new(held.len(), aliases.iter().map(|(from, to)| (from.index(), *to)));
        let mut queue: Vec<PlaceId> =
            aliases.iter().map(|(from, _)| *from).filter(|from| !held[from.index()].is_empty()).collect();
        while let Some(from) = queue.pop() {
            let functions = held[from.index()].clone();
            for to in &goes_to[from.index()] {
                let known = held[to.index()].len();
                functions.iter().for_each(|function| push_new(&mut held[to.index()], *function));
                if held[to.index()].len() > known {
                    queue.push(*to);
                }
            }
        }
    }

    /// The functions that a call may run, as far as this file shows.
    pub fn targets(&self, call: ExprId) -> FnList {
        let Some((callee, _)) = self.tree.call_parts(call) else {
            return FnList::new();
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

    fn constructors(&self, callee: ExprId) -> FnList {
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

    fn super_constructors(&self, function: FnId) -> FnList {
        let base = self.base_of_this(function);
        base.map(|base| FnList::from_slice(&self.classes.get(base).constructors)).unwrap_or_default()
    }

    fn super_members(&self, function: FnId, name: &Atom) -> FnList {
        let members = self.base_of_this(function).map_or(&[][..], |base| self.classes.member(base, name));
        if members.len() > MAX_STORED { FnList::new() } else { FnList::from_slice(members) }
    }

    fn base_of_this(&self, function: FnId) -> Option<ClassId> {
        self.classes.get(self.classes.of_this(self.tree, function)?).base
    }

    /// The functions that an expression's value may be, as far as this file shows.
    pub fn functions_of(&self, expr: ExprId) -> FnList {
        let mut out = FnList::new();
        self.leaves(expr, MAX_HOPS, &mut |leaf| match leaf {
            Leaf::Function(function) => push_new(&mut out, function),
            Leaf::Place(place) => {
                self.graph.held[place.index()].iter().for_each(|function| push_new(&mut out, *function));
            }
        });
        out
    }

    /// The functions kept in a place.
    pub fn functions_at(&self, place: PlaceId) -> &[FnId] {
        &self.graph.held[place.index()]
    }

    /// The functions and places that an expression's value may come from.
    fn leaves(&self, expr: ExprId, hops: u32, out: &mut dyn FnMut(Leaf)) {
        if hops == 0 {
            return;
        }
        match self.tree.kind(expr) {
            Kind::Function(function) => return out(Leaf::Function(*function)),
            Kind::Conditional { yes, no, .. } => {
                self.leaves(*yes, hops - 1, out);
                return self.leaves(*no, hops - 1, out);
            }
            Kind::Binary { left, right, .. } => {
                self.leaves(*left, hops - 1, out);
                return self.leaves(*right, hops - 1, out);
            }
            Kind::Call { callee, args } => match (self.tree.kind(*callee), self.tree.list(*args).first()) {
                (Kind::Member { object, name }, _) if name == "bind" => {
                    return self.leaves(*object, hops - 1, out);
                }
                (_, Some(first)) if self.is_wrapper(expr) => return self.leaves(*first, hops - 1, out),
                _ => {}
            },
            _ => {}
        }
        if let Some(place) = self.places.of(expr) {
            out(Leaf::Place(place));
        }
    }

    /// The class whose members are parts of a place: of `this`, of the class's name, of a variable that holds an instance.
    fn class_at(&self, root: PlaceId) -> Option<ClassId> {
        match self.places.root(root) {
            Root::This(class) => Some(*class),
            Root::Binding(binding) => self.class_of_value(*binding),
            _ => None,
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

/// One more than `MAX_STORED` at most: then the list tells nothing anyway.
fn push_new(out: &mut FnList, function: FnId) {
    if out.len() <= MAX_STORED && !out.contains(&function) {
        out.push(function);
    }
}
