//! One walk over swc's tree that fills the flat tables.

mod class;
mod expr;
mod function;
mod jsx;
mod module;
mod pattern;
mod statement;

use super::scope::{BindingId, BindingKind, ScopeId, ScopeKind, Scopes};
use super::tree::*;
use crate::ast::{Atom, Ident, Program, Stmt, from_swc, span_of};
use crate::source::Span;
use rustc_hash::FxHashSet;

/// Fills the tables from a parsed file.
pub fn lower(program: &Program) -> Tree {
    let mut lower = Lower::new(span_of(program));
    match program {
        Program::Module(module) => lower.module(module),
        Program::Script(script) => {
            lower.hoist(&script.body);
            for stmt in &script.body {
                lower.stmt(stmt);
            }
        }
    }
    lower.finish()
}

/// The state of the walk: where we are, and the tables so far.
struct Lower {
    tree: Tree,
    scope: ScopeId,
    function: FnId,
    region: RegionId,
    exported_names: Vec<(ScopeId, Atom)>,
}

impl Lower {
    fn new(span: Span) -> Self {
        let mut scopes = Scopes::default();
        let scope = scopes.push(None, ScopeKind::Module, MODULE);
        let region = RegionId(0);
        let module = Function {
            kind: FnKind::Module,
            parent: None,
            class: None,
            is_static: false,
            is_async: false,
            is_generator: false,
            name: None,
            binding: None,
            expr: None,
            params: Vec::new(),
            returns: Vec::new(),
            scope,
            region,
            refs: (0, u32::MAX),
            exprs: (0, u32::MAX),
            end: u32::MAX,
            span: Span::new(0, span.end),
            head: Span::new(span.start, span.start),
        };
        let tree = Tree {
            exprs: Vec::new(),
            lists: Vec::new(),
            properties: Vec::new(),
            functions: vec![module],
            classes: Vec::new(),
            regions: vec![Region { kind: RegionKind::Function, parent: None, function: MODULE, test: None }],
            guards: Vec::new(),
            scopes,
            calls: Vec::new(),
            assigns: Vec::new(),
            suspends: Vec::new(),
            key_types: Vec::new(),
            closed_types: FxHashSet::default(),
            is_module: false,
        };
        Self { tree, scope, function: MODULE, region, exported_names: Vec::new() }
    }

    fn finish(mut self) -> Tree {
        self.tree.functions[MODULE.index()].end = self.tree.functions.len() as u32;
        self.tree.guards.sort_by_key(|guard| (guard.region, guard.from));
        self.tree.scopes.resolve();
        for (scope, name) in std::mem::take(&mut self.exported_names) {
            if let Some(binding) = self.tree.scopes.lookup(scope, &name) {
                self.tree.scopes.bindings[binding.index()].exported = true;
            }
        }
        self.tree
    }

    /// Reserves the entry of an expression so that its operands can name it as their parent.
    fn alloc(&mut self, span: Span, up: Up) -> ExprId {
        let id = ExprId(self.tree.exprs.len() as u32);
        self.tree.exprs.push(Expr {
            kind: Kind::Other,
            span,
            up,
            function: self.function,
            region: self.region,
        });
        id
    }

    fn set(&mut self, id: ExprId, kind: Kind) {
        self.tree.exprs[id.index()].kind = kind;
    }

    fn list(&mut self, items: Vec<ExprId>) -> List {
        let start = self.tree.lists.len() as u32;
        let len = items.len() as u32;
        self.tree.lists.extend(items);
        List { start, len }
    }

    fn property_list(&mut self, items: Vec<Property>) -> List {
        let start = self.tree.properties.len() as u32;
        let len = items.len() as u32;
        self.tree.properties.extend(items);
        List { start, len }
    }

    fn declare(&mut self, ident: &Ident, kind: BindingKind) -> BindingId {
        let scope = match kind {
            BindingKind::Var => self.tree.scopes.var_scope(self.scope),
            _ => self.scope,
        };
        let span = from_swc(ident.span);
        self.tree.scopes.declare(scope, ident.sym.clone(), kind, span)
    }

    fn mention(&mut self, ident: &Ident, up: Up, write: bool) -> ExprId {
        let id = self.alloc(from_swc(ident.span), up);
        let reference = self.tree.scopes.refer(ident.sym.clone(), self.scope, id, write);
        self.set(id, Kind::Ident(reference));
        id
    }

    fn in_scope<R>(&mut self, kind: ScopeKind, body: impl FnOnce(&mut Self) -> R) -> R {
        let outer = self.scope;
        self.scope = self.tree.scopes.push(Some(outer), kind, self.function);
        let result = body(self);
        self.scope = outer;
        result
    }

    fn in_region<R>(
        &mut self,
        kind: RegionKind,
        test: Option<ExprId>,
        body: impl FnOnce(&mut Self) -> R,
    ) -> R {
        let outer = self.region;
        self.region = self.push_region(kind, Some(outer), test);
        let result = body(self);
        self.region = outer;
        result
    }

    fn push_region(&mut self, kind: RegionKind, parent: Option<RegionId>, test: Option<ExprId>) -> RegionId {
        let id = RegionId(self.tree.regions.len() as u32);
        self.tree.regions.push(Region { kind, parent, function: self.function, test });
        id
    }

    /// Declares the functions and classes of a block before its statements are walked, so that a later
    /// declaration keeps its own kind. References are resolved at the end and need no hoisting.
    fn hoist(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            if let Stmt::Decl(crate::ast::Decl::Class(class)) = stmt {
                self.declare(&class.ident, BindingKind::Class);
            }
        }
    }

    fn mark_dynamic(&mut self) {
        let mut at = Some(self.scope);
        while let Some(id) = at {
            let scope = &mut self.tree.scopes.scopes[id.index()];
            scope.dynamic = true;
            at = scope.parent;
        }
    }
}
