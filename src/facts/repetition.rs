//! How often a function runs while the program lives: a fixpoint over the calls, starting from module top level,
//! framework roots, handlers and exports.

pub mod events;
mod functions;

use super::Facts;
use super::classes::Dress;
use super::flow::Sink;
use super::graph::MAX_STORED;
use super::lifecycle::Made;
use super::places::{PlaceId, Root};
use crate::ast::Atom;
use crate::semantic::*;
use rustc_hash::{FxHashMap, FxHashSet};

/// How often, in rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Once in the life of the program, or not at all.
    Once,
    /// Nothing is known.
    Unknown,
    /// Exported, or reachable from outside in another way: other files decide.
    MayRepeat,
    /// The code shows that it runs again and again.
    Repeated,
}

/// What the level rests on.
#[derive(Debug, Clone, PartialEq)]
pub enum Why {
    ModuleTop,
    /// Called where this call stands.
    Caller(ExprId),
    Exported,
    NeverCalled,
    /// A public method of a class that is visible outside.
    PublicMethod(ClassId),
    /// The constructor of a class that is visible outside.
    VisibleClass(ClassId),
    Constructed(ExprId),
    Effect(usize, ExprId),
    Lifecycle(usize),
    Component,
    /// Handler of events, requests and the like; the call that registers it.
    Handler(ExprId),
    JsxHandler,
    /// A component's markup mentions it.
    Markup,
    /// `$: …`
    Reactive,
    /// Callback of what a call acquired, by its protocol row: an interval, an observer, a subscription.
    CalledBack(usize, ExprId),
    Loop(ExprId),
    Returned,
    Given(ExprId),
    OnceByName,
}

/// How often a function runs, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Repetition {
    pub level: Level,
    pub why: Why,
}

/// Functions, behind them classes, and behind them the names of methods as nodes.
struct Solver<'f, 'a> {
    facts: &'f Facts<'a>,
    nodes: Vec<Repetition>,
    /// Per node: who is at least as frequent; the reason to note there, if it is not the node's own.
    edges: Vec<Vec<(usize, Option<Why>)>>,
    touched: Vec<bool>,
    /// The nodes of names by which methods are called on something else than `this`.
    names: FxHashMap<Atom, usize>,
    /// How many more uses of the current function are followed.
    fuel: usize,
    /// Whether a place's value is handed out by some use.
    handed_out: FxHashMap<PlaceId, bool>,
    /// How many classes and functions a binding stands for.
    shared: FxHashMap<BindingId, usize>,
}

/// Solves for all functions of the file, and behind them for all classes: how often an instance is made.
pub fn solve(facts: &Facts<'_>) -> (Vec<Repetition>, Vec<Repetition>) {
    let functions = facts.tree.functions.len();
    let count = functions + facts.classes.all.len();
    let start = Repetition { level: Level::Once, why: Why::ModuleTop };
    let mut solver = Solver {
        facts,
        nodes: vec![start; count],
        edges: vec![Vec::new(); count],
        touched: vec![false; count],
        names: FxHashMap::default(),
        fuel: 0,
        handed_out: FxHashMap::default(),
        shared: FxHashMap::default(),
    };
    solver.count_shared();
    solver.method_names();
    for class in facts.classes.ids() {
        solver.class(class);
    }
    for function in facts.tree.fn_ids().skip(1) {
        solver.function(function);
    }
    for function in facts.tree.fn_ids().skip(1) {
        solver.untouched(function);
    }
    solver.propagate();
    solver.nodes.truncate(count);
    let classes = solver.nodes.split_off(functions);
    (solver.nodes, classes)
}

impl Solver<'_, '_> {
    fn count_shared(&mut self) {
        let facts = self.facts;
        let functions = facts.tree.functions.iter().filter_map(|function| function.binding);
        let classes = facts.classes.all.iter().filter_map(|class| class.binding);
        for binding in functions.chain(classes) {
            *self.shared.entry(binding).or_default() += 1;
        }
    }

    /// A name that is declared over and over, as in bundles, says nothing of any of the things that it stands for.
    fn is_shared(&self, binding: BindingId) -> bool {
        self.shared.get(&binding).is_some_and(|count| *count > MAX_STORED)
    }

    /// A node for each name of a method that is called. `this.m()` is linked exactly; a call on anything else may be
    /// of any method of that name, but for what was made elsewhere.
    fn method_names(&mut self) {
        let facts = self.facts;
        let members: FxHashSet<&Atom> =
            facts.classes.all.iter().flat_map(|class| class.members.keys()).collect();
        for call in &facts.tree.calls {
            let Some((callee, _)) = facts.tree.call_parts(*call) else {
                continue;
            };
            let Kind::Member { object, name } = facts.tree.kind(callee) else {
                continue;
            };
            if matches!(facts.tree.kind(*object), Kind::This)
                || !members.contains(name)
                || facts.is_made_elsewhere(*object)
            {
                continue;
            }
            let next = self.nodes.len();
            let node = *self.names.entry(name.clone()).or_insert(next);
            if node == next {
                self.nodes.push(Repetition { level: Level::Once, why: Why::ModuleTop });
                self.edges.push(Vec::new());
                self.touched.push(false);
            }
            self.runs_at(node, *call, false);
        }
    }

    fn class_node(&self, class: ClassId) -> usize {
        self.facts.tree.functions.len() + class.index()
    }

    fn raise(&mut self, node: usize, level: Level, why: Why) {
        self.touched[node] = true;
        if level > self.nodes[node].level {
            self.nodes[node] = Repetition { level, why };
        }
    }

    fn edge(&mut self, from: usize, to: usize, why: Why) {
        self.touched[to] = true;
        self.edges[from].push((to, Some(why)));
    }

    /// The function runs when this call runs: in a loop, again and again.
    fn runs_at(&mut self, node: usize, call: ExprId, constructs: bool) {
        if self.facts.in_loop(call).is_some() {
            self.raise(node, Level::Repeated, Why::Loop(call));
            return;
        }
        let from = self.facts.tree.expr(call).function.index();
        let why = if constructs { Why::Constructed(call) } else { Why::Caller(call) };
        self.edge(from, node, why);
    }

    fn class(&mut self, id: ClassId) {
        let facts = self.facts;
        let node = self.class_node(id);
        let fact = facts.classes.get(id);
        let made = facts.made(id);
        if matches!(made, Made::PerUse | Made::Unseen) {
            self.raise(node, often(made), Why::VisibleClass(id));
        }
        for derived in facts.classes.derived(id) {
            let from = self.class_node(*derived);
            self.edge(from, node, Why::VisibleClass(*derived));
        }
        let visible = match (made, fact.dress) {
            (Made::Once, _) => {
                self.touched[node] = true;
                true
            }
            (Made::Shared | Made::Root, _) => {
                self.raise(node, Level::Unknown, Why::VisibleClass(id));
                true
            }
            (_, Dress::Object(literal)) => self.object(id, literal, node),
            _ => self.named_class(id, node),
        };
        for constructor in &fact.constructors {
            self.edge(node, constructor.index(), Why::VisibleClass(id));
        }
        for (name, functions) in &fact.members {
            for function in functions {
                if !self.hook(id, name, *function, made) {
                    self.member(id, name, *function, visible);
                }
            }
        }
    }

    /// Whether the class, or an instance, can be reached from outside.
    fn named_class(&mut self, id: ClassId, node: usize) -> bool {
        let facts = self.facts;
        let fact = facts.classes.get(id);
        let mut visible = false;
        let mut referenced = false;
        let mut sinks = Vec::new();
        if let Some(binding) = fact.binding {
            visible |= facts.is_exported(binding);
            visible |= self.is_shared(binding);
            let refs = &facts.tree.scopes.binding(binding).refs;
            for reference in refs.iter().filter(|_| !self.is_shared(binding)) {
                let expr = facts.tree.scopes.reference(*reference).expr;
                sinks.extend(facts.sinks(expr));
                referenced = true;
            }
        }
        if let Some(expr) = facts.tree.classes.get(id.index()).and_then(|class| class.expr) {
            sinks.extend(facts.sinks(expr));
        }
        let mut instances_leave = false;
        let mut made_by_module = false;
        for sink in sinks {
            match sink {
                Sink::Constructed(call) => {
                    // `new class { … }()` has no other name by which to be made.
                    referenced = true;
                    self.runs_at(node, call, true);
                    instances_leave |= self.leaves(call);
                    made_by_module |= facts.tree.expr(call).function == MODULE;
                }
                Sink::Exported | Sink::Returned(_) | Sink::Property { .. } | Sink::Argument { .. } => {
                    visible = true;
                }
                Sink::Place { place, .. } => {
                    visible |=
                        !matches!(facts.places.root(place), Root::Binding(b) if fact.binding == Some(*b));
                }
                _ => {}
            }
        }
        if visible || !referenced {
            visible = true;
            // `export class Store {}; export const store = new Store()`: the class is exported for its type or for tests.
            let level = if made_by_module { Level::Unknown } else { Level::MayRepeat };
            self.raise(node, level, Why::VisibleClass(id));
        }
        visible || instances_leave
    }

    /// `export default new Store()`, `register(new Store())`
    fn leaves(&mut self, new: ExprId) -> bool {
        self.facts.sinks(new).iter().any(|sink| match sink {
            Sink::Place { place, .. } => match self.facts.places.root(*place) {
                Root::Binding(binding) => self.facts.is_exported(*binding) || self.is_handed_out(*place),
                Root::Global(_) | Root::This(_) | Root::UnknownThis(_) => true,
            },
            Sink::Discarded | Sink::Read | Sink::Member { .. } => false,
            _ => true,
        })
    }

    fn is_handed_out(&mut self, place: PlaceId) -> bool {
        let facts = self.facts;
        *self
            .handed_out
            .entry(place)
            .or_insert_with(|| facts.places.uses(place).iter().any(|at| facts.is_handed_out(*at)))
    }

    fn object(&mut self, id: ClassId, literal: ExprId, node: usize) -> bool {
        let facts = self.facts;
        let function = facts.tree.expr(literal).function;
        self.edge(function.index(), node, Why::VisibleClass(id));
        facts.sinks(literal).iter().any(|sink| match sink {
            Sink::Place { place, .. } => match facts.places.root(*place) {
                Root::Binding(binding) => facts.is_exported(*binding) || self.is_handed_out(*place),
                _ => true,
            },
            Sink::Discarded | Sink::Read => false,
            _ => true,
        })
    }

    /// Methods that the framework calls. True for those that nobody else is to call, where that makes a difference.
    fn hook(&mut self, class: ClassId, name: &Atom, function: FnId, made: Made) -> bool {
        let facts = self.facts;
        let node = function.index();
        if let Some(call) = facts.handler_decorator(class, function) {
            self.raise(node, Level::Repeated, Why::Handler(call));
        }
        let Some(at) = facts.lifecycle_row(class) else {
            return false;
        };
        let row = &facts.protocols.lifecycles[at];
        if row.once.has(name) {
            let from = self.class_node(class);
            self.edge(from, node, Why::Lifecycle(at));
            return true;
        }
        if row.repeats_per_instance.has(name) {
            self.raise(node, Level::Repeated, Why::Lifecycle(at));
            return false;
        }
        if !row.setup.has(name) && !row.entry.has(name) {
            return false;
        }
        self.raise(node, often(made), Why::Lifecycle(at));
        made == Made::Root
    }

    fn member(&mut self, class: ClassId, name: &Atom, function: FnId, visible: bool) {
        let facts = self.facts;
        let node = function.index();
        let fact = facts.classes.get(class);
        let private = fact.private.contains(name);
        if visible && !private {
            let begins = facts.protocols.is_set_up_name(name) || facts.protocols.once_functions.has(name);
            let set_up = facts.tree.function(function).is_static && begins;
            let level = if set_up { Level::Unknown } else { Level::MayRepeat };
            self.raise(node, level, Why::PublicMethod(class));
        }
        if private {
            self.touched[node] = true;
        }
        if let Some(named) = self.names.get(name).copied() {
            self.touched[node] = true;
            let Repetition { level, why } = self.nodes[named].clone();
            self.raise(node, level, why);
            self.edges[named].push((node, None));
        }
    }

    /// A function that nothing in the file mentions: others must be the ones who call it.
    fn untouched(&mut self, function: FnId) {
        let node = function.index();
        if self.touched[node] {
            return;
        }
        let entry = self.facts.tree.function(function);
        let top = entry.parent == Some(MODULE);
        let name = self.facts.function_name(function);
        if name.is_some_and(|name| self.facts.protocols.once_functions.has(name)) {
            return;
        }
        let set_up = name.is_some_and(|name| self.facts.protocols.is_set_up_name(name));
        let level = if top && !set_up { Level::MayRepeat } else { Level::Unknown };
        self.nodes[node] = Repetition { level, why: Why::NeverCalled };
    }

    fn propagate(&mut self) {
        let mut queue: Vec<usize> = (0..self.nodes.len()).collect();
        while let Some(from) = queue.pop() {
            let level = self.nodes[from].level;
            for at in 0..self.edges[from].len() {
                let (to, why) = &self.edges[from][at];
                let to = *to;
                if level > self.nodes[to].level {
                    let why = why.as_ref().unwrap_or(&self.nodes[from].why).clone();
                    self.nodes[to] = Repetition { level, why };
                    queue.push(to);
                }
            }
        }
    }
}

/// How often what runs for each instance of a framework's class runs.
fn often(made: Made) -> Level {
    match made {
        Made::Root => Level::Unknown,
        Made::Unseen => Level::MayRepeat,
        _ => Level::Repeated,
    }
}
