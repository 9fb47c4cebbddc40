//! How often a function runs, by what becomes of it as a value: called, given away, kept, handed out.

use super::{Level, Solver, Why};
use crate::facts::flow::Sink;
use crate::facts::graph::MAX_STORED;
use crate::facts::lifecycle::Made;
use crate::facts::paths;
use crate::facts::places::Root;
use crate::protocol::HandleRule;
use crate::semantic::*;

/// How many uses of a place are followed.
const MAX_USES: usize = 200;

/// How many uses of one function are followed beyond its own name.
const MAX_STEPS: usize = 400;

impl Solver<'_, '_> {
    pub(super) fn function(&mut self, function: FnId) {
        let facts = self.facts;
        let node = function.index();
        let entry = facts.tree.function(function);
        self.component(function);
        if facts.is_per_request(function) {
            self.raise(node, Level::Repeated, Why::Exported);
        }
        for call in &facts.graph.callers[node] {
            let constructs = matches!(facts.tree.kind(*call), Kind::New { .. });
            self.runs_at(node, *call, constructs);
        }
        self.fuel = MAX_STEPS;
        match entry.kind {
            FnKind::StaticInit => {
                let parent = entry.parent.unwrap_or(MODULE);
                self.edge(parent.index(), node, Why::ModuleTop);
                return;
            }
            FnKind::Reactive => self.raise(node, Level::Repeated, Why::Reactive),
            FnKind::Getter | FnKind::Setter => {
                self.raise(node, Level::MayRepeat, Why::Exported);
            }
            _ => {}
        }
        if let Some(binding) = entry.binding {
            if facts.is_exported(binding) {
                self.exported(function);
            }
            let refs = &facts.tree.scopes.binding(binding).refs;
            if self.is_shared(binding) {
                self.raise(node, Level::Unknown, Why::Returned);
            } else {
                self.fuel += refs.len();
                for reference in refs {
                    self.value(function, facts.tree.scopes.reference(*reference).expr, 3);
                }
            }
        }
        if let Some(expr) = entry.expr {
            self.value(function, expr, 3);
        }
        if facts.classes.of_member(function).is_some() {
            self.method_values(function);
        }
    }

    /// What a framework does with a function: makes it an instance, calls it for a hook, lets the markup call it.
    fn component(&mut self, function: FnId) {
        let facts = self.facts;
        let node = function.index();
        let component = facts.tree.component.as_ref();
        if facts.roles.components.contains(&function) {
            let root =
                component.is_some_and(|component| component.is_root && component.instance == Some(function));
            let level = match facts.roles.hooks.setups.get(&function) {
                Some(class) => match facts.made(*class) {
                    Made::Root => Level::Unknown,
                    Made::Unseen => Level::MayRepeat,
                    _ => Level::Repeated,
                },
                None if root => Level::Unknown,
                None => Level::Repeated,
            };
            self.raise(node, level, Why::Component);
        }
        if let Some((row, call)) = facts.roles.hooks.callbacks.get(&function) {
            let hook = facts.hook(*row);
            if hook.own || hook.reruns {
                let level = if facts.is_effect_of_a_root(*call) { Level::Unknown } else { Level::Repeated };
                self.raise(node, level, Why::Effect(*row, *call));
            } else {
                let home = facts.tree.expr(*call).function.index();
                self.edge(home, node, Why::Effect(*row, *call));
            }
        }
        let Some(component) = component else {
            return;
        };
        let named = facts.top_level_name(function);
        if facts.is_action(function) {
            self.raise(node, Level::Repeated, Why::Markup);
        } else if named.is_some_and(|binding| component.in_markup.contains(&binding)) {
            self.edge(component.instance.unwrap_or(MODULE).index(), node, Why::Markup);
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
        if facts.classes.member(class, name).len() > MAX_STORED {
            self.raise(function.index(), Level::Unknown, Why::Returned);
            return;
        }
        let uses = facts.places.uses(place);
        self.fuel += uses.len();
        for at in uses {
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
        if self.fuel == 0 {
            self.raise(node, Level::Unknown, Why::Returned);
            return;
        }
        self.fuel -= 1;
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
                    // A name under which thousands of functions are kept, as in bundles, says nothing of any.
                    let uses = facts.places.uses(place);
                    if uses.len() > MAX_USES {
                        self.raise(node, Level::Unknown, Why::Returned);
                        continue;
                    }
                    for at in uses {
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
                Sink::Property { literal, name: Some(name) }
                    if let Some(call) = facts.started_by(literal, &name) =>
                {
                    self.runs_at(node, call, false);
                }
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
        if facts.roles.hooks.callbacks.contains_key(&function) {
            return;
        }
        if facts.roles.hooks.once.contains(&function) {
            self.runs_at(node, call, false);
            return;
        }
        let from = facts.tree.expr(call).function.index();
        if paths::matches(facts.tree, callee, &facts.protocols.handlers).is_some() {
            self.raise(node, Level::Repeated, Why::Handler(call));
            return;
        }
        if let Some(at) = facts.acquires_handle(call)
            && facts.protocols.handles[at].callback == Some(index)
            && !facts.protocols.handles[at].one_shot
        {
            // What an observer tells of may come once, and mostly its callback looks before it acts.
            let level = match facts.protocols.handles[at].rule {
                HandleRule::Observer => Level::MayRepeat,
                _ => Level::Repeated,
            };
            self.raise(node, level, Why::CalledBack(at, call));
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
}

/// `define(function () { … })`, `$(function () { … })`: the module's own wrapper.
fn is_module_wrapper(name: &str) -> bool {
    matches!(name, "define" | "require" | "$" | "jQuery" | "ready" | "domReady" | "runInAction")
}
