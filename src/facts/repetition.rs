//! How often a function runs while the program lives: a fixpoint over the calls, starting from module top level,
//! framework roots, handlers and exports.

use super::Facts;
use super::classes::Dress;
use super::flow::Sink;
use super::places::Root;
use crate::ast::Atom;
use crate::protocol::ListenerRole;
use crate::semantic::*;
use rustc_hash::FxHashMap;

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
    Interval(ExprId),
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

/// Functions and, behind them, classes as nodes.
struct Solver<'f, 'a> {
    facts: &'f Facts<'a>,
    nodes: Vec<Repetition>,
    /// Per node: who is at least as frequent; the reason to note there.
    edges: Vec<Vec<(usize, Why)>>,
    touched: Vec<bool>,
    member_calls: FxHashMap<Atom, Vec<ExprId>>,
}

/// Solves for all functions of the file.
pub fn solve(facts: &Facts<'_>) -> Vec<Repetition> {
    let functions = facts.tree.functions.len();
    let count = functions + facts.classes.all.len();
    let start = Repetition { level: Level::Once, why: Why::ModuleTop };
    let mut solver = Solver {
        facts,
        nodes: vec![start; count],
        edges: vec![Vec::new(); count],
        touched: vec![false; count],
        member_calls: FxHashMap::default(),
    };
    solver.index_member_calls();
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
    solver.nodes.truncate(functions);
    solver.nodes
}

impl Solver<'_, '_> {
    fn index_member_calls(&mut self) {
        for call in &self.facts.tree.calls {
            if let Some((callee, _)) = self.facts.tree.call_parts(*call)
                && let Kind::Member { name, .. } = self.facts.tree.kind(callee)
            {
                self.member_calls.entry(name.clone()).or_default().push(*call);
            }
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
        self.edges[from].push((to, why));
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
        let lifecycle = facts.classes.lineage(id).find_map(|at| facts.classes.get(at).lifecycle);
        if lifecycle.is_some() {
            self.raise(node, Level::Repeated, Why::VisibleClass(id));
        }
        for derived in facts.classes.derived(id) {
            let from = self.class_node(*derived);
            self.edge(from, node, Why::VisibleClass(*derived));
        }
        if facts.is_framework_singleton(id) {
            self.touched[node] = true;
            for constructor in &fact.constructors {
                self.edge(node, constructor.index(), Why::VisibleClass(id));
            }
            for (name, functions) in &fact.members {
                for function in functions {
                    self.member(id, name, *function, true, lifecycle);
                }
            }
            return;
        }
        let visible = match fact.dress {
            Dress::Object(literal) => self.object(id, literal, node),
            _ => self.named_class(id, node),
        };
        for constructor in &fact.constructors {
            self.edge(node, constructor.index(), Why::VisibleClass(id));
        }
        for (name, functions) in &fact.members {
            for function in functions {
                self.member(id, name, *function, visible, lifecycle);
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
            for reference in &facts.tree.scopes.binding(binding).refs {
                let expr = facts.tree.scopes.reference(*reference).expr;
                sinks.extend(facts.sinks(expr));
                referenced = true;
            }
        }
        if let Some(expr) = facts.tree.classes.get(id.index()).and_then(|class| class.expr) {
            sinks.extend(facts.sinks(expr));
        }
        let mut instances_leave = false;
        for sink in sinks {
            match sink {
                Sink::Constructed(call) => {
                    self.runs_at(node, call, true);
                    instances_leave |= self.leaves(call);
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
            self.raise(node, Level::MayRepeat, Why::VisibleClass(id));
        }
        visible || instances_leave
    }

    /// `export default new Store()`, `register(new Store())`
    fn leaves(&self, new: ExprId) -> bool {
        self.facts.sinks(new).iter().any(|sink| match sink {
            Sink::Place { place, .. } => match self.facts.places.root(*place) {
                Root::Binding(binding) => {
                    self.facts.is_exported(*binding)
                        || self.facts.places.uses(*place).iter().any(|u| self.facts.is_handed_out(*u))
                }
                Root::Global(_) | Root::This(_) | Root::UnknownThis(_) => true,
            },
            Sink::Discarded | Sink::Read | Sink::Member { .. } => false,
            _ => true,
        })
    }

    fn object(&mut self, id: ClassId, literal: ExprId, node: usize) -> bool {
        let facts = self.facts;
        let function = facts.tree.expr(literal).function;
        self.edge(function.index(), node, Why::VisibleClass(id));
        facts.sinks(literal).iter().any(|sink| match sink {
            Sink::Place { place, .. } => match facts.places.root(*place) {
                Root::Binding(binding) => {
                    facts.is_exported(*binding)
                        || facts.places.uses(*place).iter().any(|u| facts.is_handed_out(*u))
                }
                _ => true,
            },
            Sink::Discarded | Sink::Read => false,
            _ => true,
        })
    }

    fn member(
        &mut self,
        class: ClassId,
        name: &Atom,
        function: FnId,
        visible: bool,
        lifecycle: Option<usize>,
    ) {
        let facts = self.facts;
        let node = function.index();
        if let Some(at) = lifecycle {
            let lifecycle = &facts.protocols.lifecycles[at];
            if lifecycle.setup.has(name) || lifecycle.repeats_per_instance.has(name) {
                self.raise(node, Level::Repeated, Why::Lifecycle(at));
            }
        }
        let fact = facts.classes.get(class);
        let private = fact.private.contains(name);
        if visible && !private {
            let set_up = facts.tree.function(function).is_static && facts.protocols.is_set_up_name(name);
            let level = if set_up { Level::Unknown } else { Level::MayRepeat };
            self.raise(node, level, Why::PublicMethod(class));
        }
        if private {
            self.touched[node] = true;
        }
        for call in self.member_calls.get(name).cloned().unwrap_or_default() {
            let (callee, _) = facts.tree.call_parts(call).expect("indexed from a call");
            let Kind::Member { object, .. } = facts.tree.kind(callee) else {
                continue;
            };
            // `this.m()` is linked exactly; a call on anything else may be this method.
            if !matches!(facts.tree.kind(*object), Kind::This) {
                self.runs_at(node, call, false);
            }
        }
    }

    fn function(&mut self, function: FnId) {
        let facts = self.facts;
        let node = function.index();
        let entry = facts.tree.function(function);
        if facts.roles.components.contains(&function) {
            self.raise(node, Level::Repeated, Why::Component);
        }
        if let Some((effect, call)) = facts.roles.effects.get(&function) {
            self.raise(node, Level::Repeated, Why::Effect(*effect, *call));
        }
        for call in &facts.graph.callers[node] {
            let constructs = matches!(facts.tree.kind(*call), Kind::New { .. });
            self.runs_at(node, *call, constructs);
        }
        match entry.kind {
            FnKind::StaticInit => {
                let parent = entry.parent.unwrap_or(MODULE);
                self.edge(parent.index(), node, Why::ModuleTop);
                return;
            }
            FnKind::Getter | FnKind::Setter => {
                self.raise(node, Level::MayRepeat, Why::Exported);
            }
            _ => {}
        }
        if let Some(binding) = entry.binding {
            if facts.is_exported(binding) {
                self.exported(function);
            }
            for reference in &facts.tree.scopes.binding(binding).refs {
                let expr = facts.tree.scopes.reference(*reference).expr;
                self.value(function, expr, 3);
            }
        }
        if let Some(expr) = entry.expr {
            self.value(function, expr, 3);
        }
        if facts.classes.of_member(function).is_some() {
            self.method_values(function);
        }
    }

    /// `emitter.on('x', this.m)`: a method used as a value.
    fn method_values(&mut self, function: FnId) {
        let facts = self.facts;
        let Some(class) = facts.classes.of_member(function) else {
            return;
        };
        let Some(name) = &facts.tree.function(function).name else {
            return;
        };
        let Some(place) = facts.field_place(class, name, facts.tree.function(function).is_static) else {
            return;
        };
        for at in facts.places.uses(place) {
            self.value(function, *at, 2);
        }
    }

    fn exported(&mut self, function: FnId) {
        let name = self.facts.function_name(function).cloned().unwrap_or_default();
        let node = function.index();
        if self.facts.protocols.once_functions.has(&name) {
            self.touched[node] = true;
        } else if self.facts.protocols.is_set_up_name(&name) {
            self.raise(node, Level::Unknown, Why::Exported);
        } else if self.facts.protocols.handler_exports.has(&name) {
            self.raise(node, Level::Repeated, Why::Exported);
        } else {
            self.raise(node, Level::MayRepeat, Why::Exported);
        }
    }

    /// What becomes of a function as a value.
    fn value(&mut self, function: FnId, expr: ExprId, hops: u32) {
        if hops == 0 || self.facts.is_write(expr) {
            return;
        }
        let facts = self.facts;
        let node = function.index();
        for sink in facts.sinks(expr) {
            match sink {
                // Direct calls are linked as callers.
                Sink::Called(_) | Sink::Constructed(_) | Sink::Read | Sink::Discarded => {}
                Sink::Argument { call, index } => self.given(function, call, index, hops),
                Sink::Member { member, name } if name == "bind" => {
                    if let Up::Expr(call) = facts.tree.expr(member).up {
                        self.value(function, call, hops - 1);
                    }
                }
                Sink::Member { .. } => {}
                Sink::Place { place, .. } => {
                    match facts.places.root(place) {
                        Root::Binding(binding) if facts.is_exported(*binding) => {
                            self.exported(function);
                        }
                        Root::Global(_) => self.raise(node, Level::MayRepeat, Why::Exported),
                        _ => {}
                    }
                    if let Some(level) = facts.handler_property(place) {
                        self.raise(node, level, Why::JsxHandler);
                    }
                    for at in facts.places.uses(place) {
                        if *at != expr {
                            self.value(function, *at, hops - 1);
                        }
                    }
                }
                Sink::Jsx { name } => {
                    let is_handler = name.is_some_and(|name| name.starts_with("on"));
                    let level = if is_handler { Level::Repeated } else { Level::MayRepeat };
                    self.raise(node, level, Why::JsxHandler);
                }
                Sink::Exported => self.exported(function),
                Sink::Returned(_) | Sink::Property { .. } => {
                    let name = facts.function_name(function);
                    let set_up = name.is_some_and(|name| facts.protocols.is_set_up_name(name))
                        && facts.tree.function(function).parent == Some(MODULE);
                    let level = if set_up { Level::Unknown } else { Level::MayRepeat };
                    self.raise(node, level, Why::Returned);
                }
                Sink::Unknown => self.raise(node, Level::Unknown, Why::Returned),
            }
        }
    }

    /// A function given to a call: who is the call?
    fn given(&mut self, function: FnId, call: ExprId, index: usize, hops: u32) {
        let facts = self.facts;
        let node = function.index();
        let Some((callee, args)) = facts.tree.call_parts(call) else {
            return;
        };
        if facts.is_wrapper(call) && index == 0 {
            self.value(function, call, hops - 1);
            self.touched[node] = true;
            return;
        }
        if facts.roles.effects.contains_key(&function) {
            return;
        }
        let from = facts.tree.expr(call).function.index();
        if let Some(at) = super::paths::matches(facts.tree, callee, &facts.protocols.acquires)
            && facts.protocols.handles[at].callback == Some(index)
        {
            self.raise(node, Level::Repeated, Why::Interval(call));
            return;
        }
        if super::paths::matches(facts.tree, callee, &facts.protocols.handlers).is_some() {
            self.raise(node, Level::Repeated, Why::Handler(call));
            return;
        }
        let Some(name) = facts.callee_name(callee) else {
            // `(function (factory) { … })(function () { … })`
            self.edge(from, node, Why::Caller(call));
            return;
        };
        if facts.protocols.iterators.has(name)
            || facts.protocols.continuations.has(name)
            || is_module_wrapper(name)
        {
            self.runs_at(node, call, false);
        } else if let Some(level) = facts.event_level(name, args, callee) {
            match level {
                Level::Once => self.edge(from, node, Why::Caller(call)),
                level => self.raise(node, level, Why::Handler(call)),
            }
        } else {
            self.edge(from, node, Why::Given(call));
            self.raise(node, Level::Unknown, Why::Given(call));
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
                let (to, why) = self.edges[from][at].clone();
                if level > self.nodes[to].level {
                    self.nodes[to] = Repetition { level, why };
                    queue.push(to);
                }
            }
        }
    }
}

/// `define(function () { … })`, `$(function () { … })`: the module's own wrapper.
fn is_module_wrapper(name: &str) -> bool {
    matches!(name, "define" | "require" | "$" | "jQuery" | "ready" | "domReady" | "runInAction")
}

impl Facts<'_> {
    /// A class of which its framework makes one: Nest's default scope, Angular's `providedIn: 'root'`.
    fn is_framework_singleton(&self, class: ClassId) -> bool {
        let Some(class) = self.tree.classes.get(class.index()) else {
            return false;
        };
        class.decorators.iter().any(|decorator| {
            let Some((callee, args)) = self.tree.call_parts(*decorator) else {
                return false;
            };
            if super::paths::matches(self.tree, callee, &self.protocols.singleton_decorators).is_none() {
                return false;
            }
            let option = |name: &str| {
                let Some(Kind::Object(list)) = args.first().map(|arg| self.tree.kind(*arg)) else {
                    return None;
                };
                let properties = self.tree.properties(*list);
                properties.iter().find(|p| matches!(&p.key, Key::Named(key) if key == name)).map(|p| p.value)
            };
            let path = super::paths::path_of(self.tree, callee).unwrap_or_default();
            match path.starts_with("@angular/") {
                true => option("providedIn")
                    .and_then(|scope| self.tree.as_string(scope))
                    .is_some_and(|scope| scope == "root" || scope == "platform"),
                false => option("scope").is_none(),
            }
        })
    }

    /// `element.onclick = f`, `socket.onmessage = f`: how often such a handler runs.
    fn handler_property(&self, place: super::places::PlaceId) -> Option<Level> {
        let Some(Segment::Named(name)) = self.places.segment(place) else {
            return None;
        };
        let event =
            name.strip_prefix("on").filter(|event| event.starts_with(|c: char| c.is_ascii_lowercase()))?;
        match self.protocols.once_events.has(&event.into()) {
            true => Some(Level::Unknown),
            false => Some(Level::Repeated),
        }
    }

    /// How often a handler of this event runs; `None` where the call registers no handler.
    fn event_level(&self, name: &Atom, args: &[ExprId], callee: ExprId) -> Option<Level> {
        let event = args.first().and_then(|arg| self.tree.as_string(*arg));
        if let Some(event) = event {
            let is_listener = self
                .protocols
                .listener_methods
                .get(name)
                .is_some_and(|rows| rows.iter().any(|(_, role)| *role != ListenerRole::Remove));
            if is_listener && self.protocols.once_events.has(event) {
                return Some(Level::Once);
            }
            if is_listener && self.protocols.repeated_events.has(event) {
                return Some(Level::Repeated);
            }
        }
        if let Some(rows) = self.protocols.listener_methods.get(name) {
            let (row, role) = rows[0];
            return match role {
                ListenerRole::Add if self.protocols.listeners[row].distinctive => Some(Level::Repeated),
                ListenerRole::Add => Some(Level::MayRepeat),
                ListenerRole::Once => Some(Level::Unknown),
                _ => None,
            };
        }
        self.is_route(name, event, callee).then_some(Level::Repeated)
    }

    /// `app.get('/users', handler)`, `router.use(handler)`
    fn is_route(&self, name: &Atom, path: Option<&Atom>, callee: ExprId) -> bool {
        let Kind::Member { object, .. } = self.tree.kind(callee) else {
            return false;
        };
        if !self.protocols.routes.has(name) {
            return false;
        }
        if path.is_some_and(|path| path.starts_with('/')) {
            return true;
        }
        let Some(place) = self.places.of(*object) else {
            return false;
        };
        self.values_at(place).iter().any(|value| {
            let made_by = self.tree.call_parts(*value).map(|(callee, _)| callee);
            made_by.is_some_and(|callee| {
                super::paths::matches(self.tree, callee, &self.protocols.routers).is_some()
            })
        })
    }
}
