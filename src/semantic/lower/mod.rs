//! One walk over swc's tree that fills the flat tables.

mod class;
mod expr;
mod function;
mod jsx;
mod module;
mod pattern;
mod statement;

use super::component::Component;
use super::scope::{BindingId, BindingKind, MODULE_SCOPE, ScopeId, ScopeKind, Scopes};
use super::tree::*;
use crate::ast::{Atom, Ident, Program, Stmt, from_swc, span_of};
use crate::components::{Markup, Role, Script};
use crate::source::{Language, Span};
use function::Head;
use rustc_hash::FxHashSet;
use smallvec::SmallVec;

/// Fills the tables from a parsed file.
pub fn lower(program: &Program) -> Tree {
    let mut lower = Lower::new(span_of(program));
    lower.program(program);
    lower.finish()
}

/// Fills the tables from scripts that share their names; what runs per instance becomes a function of the module. What the
/// markup mentions is left to [`Tree::read_markup`].
pub fn lower_unit(parts: &[(Program, &Script)], language: Language, markup: &Markup<'_>) -> Tree {
    let [(only, script)] = parts else {
        return lower_component(parts, language);
    };
    match script.role {
        Role::Module if markup.is_empty() => {
            let mut tree = lower(only);
            tree.component = Component::of(language);
            tree
        }
        _ => lower_component(parts, language),
    }
}

fn lower_component(parts: &[(Program, &Script)], language: Language) -> Tree {
    let end = parts.iter().map(|(_, script)| script.inside.end).max().unwrap_or(0);
    let mut lower = Lower::new(Span::new(0, end));
    let mut component = Component { instance: None, ..Component::of(language).unwrap_or_default() };
    for (program, script) in parts {
        match script.role {
            Role::Module => lower.program(program),
            Role::Instance | Role::Render => {
                let head = Head::new(FnKind::Instance, script.inside, script.tag);
                let instance = lower.function_with(head, |me, _| me.program(program));
                // Nothing ends a render of the frontmatter, and no markup calls into it.
                component.instance = (script.role == Role::Instance).then_some(instance);
            }
        }
    }
    lower.tree.is_module = true;
    let mut tree = lower.finish();
    tree.component = Some(component);
    tree
}

/// The operands of one expression: mostly few.
type Items = SmallVec<[ExprId; 8]>;

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
        let bytes = (span.end - span.start) as usize;
        let mut scopes = Scopes::for_text(bytes);
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
            // Vectors that grow copy what they hold again and again; these are as large as the text mostly asks for.
            exprs: Vec::with_capacity(bytes / 14),
            lists: Vec::with_capacity(bytes / 60),
            properties: Vec::with_capacity(bytes / 200),
            functions: vec![module],
            classes: Vec::new(),
            regions: vec![Region { kind: RegionKind::Function, parent: None, function: MODULE, test: None }],
            guards: Vec::new(),
            scopes,
            calls: Vec::with_capacity(bytes / 80),
            elements: Vec::new(),
            import_calls: Vec::new(),
            assigns: Vec::new(),
            updates: Vec::new(),
            suspends: Vec::new(),
            tries: Vec::new(),
            exits: Vec::new(),
            key_types: Vec::new(),
            modules: Vec::new(),
            closed_types: FxHashSet::default(),
            is_module: false,
            component: None,
        };
        Self { tree, scope, function: MODULE, region, exported_names: Vec::new() }
    }

    fn program(&mut self, program: &Program) {
        match program {
            Program::Module(module) => self.module(module),
            Program::Script(script) => {
                self.hoist(&script.body);
                for stmt in &script.body {
                    self.stmt(stmt);
                }
            }
        }
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
    #[inline]
    fn alloc(&mut self, span: Span, up: Up) -> ExprId {
        self.add(Kind::Other, span, up)
    }

    #[inline]
    fn add(&mut self, kind: Kind, span: Span, up: Up) -> ExprId {
        let id = ExprId(self.tree.exprs.len() as u32);
        self.tree.exprs.push(Expr { kind, span, up, function: self.function, region: self.region });
        id
    }

    #[inline]
    fn set(&mut self, id: ExprId, kind: Kind) {
        self.tree.exprs[id.index()].kind = kind;
    }

    fn list(&mut self, items: Items) -> List {
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
            // An instance's script imports once, with its module.
            BindingKind::Import { .. } => MODULE_SCOPE,
            _ => self.scope,
        };
        let span = from_swc(ident.span);
        self.tree.scopes.declare(scope, ident.sym.clone(), kind, span)
    }

    fn mention(&mut self, ident: &Ident, up: Up, write: bool) -> ExprId {
        let id = ExprId(self.tree.exprs.len() as u32);
        let reference = self.tree.scopes.refer(ident.sym.clone(), self.scope, id, write);
        self.add(Kind::Ident(reference), from_swc(ident.span), up)
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
        let region = self.push_region(kind, Some(self.region), test);
        self.inside(region, body)
    }

    fn inside<R>(&mut self, region: RegionId, body: impl FnOnce(&mut Self) -> R) -> R {
        let outer = std::mem::replace(&mut self.region, region);
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
