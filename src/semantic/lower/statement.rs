//! Statements: regions, block scopes and guards.

use super::super::scope::{BindingKind, ScopeKind};
use super::super::tree::*;
use super::Lower;
use super::function::Head;
use super::pattern::{Source, summary};
use crate::ast::{
    BlockStmt, Decl, ForHead, Pat, Stmt, TryStmt, TsEnumMemberId, VarDecl, VarDeclKind, VarDeclOrExpr,
    VarDeclarator, from_swc, span_of,
};
use crate::source::Span;

impl Lower {
    pub(super) fn stmts(&mut self, stmts: &[Stmt]) {
        self.hoist(stmts);
        for stmt in stmts {
            self.stmt(stmt);
        }
    }

    pub(super) fn block(&mut self, block: &BlockStmt) {
        self.in_scope(ScopeKind::Block, |me| me.stmts(&block.stmts));
    }

    pub(super) fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Block(block) => self.block(block),
            Stmt::Expr(stmt) => {
                self.expr(&stmt.expr, Up::Statement);
            }
            Stmt::Decl(decl) => self.decl(decl),
            Stmt::Return(stmt) => {
                if let Some(arg) = &stmt.arg {
                    let value = self.expr(arg, Up::Return(self.function));
                    self.tree.functions[self.function.index()].returns.push(value);
                }
                self.exit(from_swc(stmt.span), false);
            }
            Stmt::If(stmt) => self.if_stmt(stmt),
            Stmt::For(_) | Stmt::While(_) | Stmt::DoWhile(_) | Stmt::ForIn(_) | Stmt::ForOf(_) => {
                self.loop_stmt(stmt)
            }
            Stmt::Try(stmt) => self.try_stmt(stmt),
            Stmt::Switch(stmt) => {
                let test = self.expr(&stmt.discriminant, Up::Test);
                self.in_scope(ScopeKind::Block, |me| {
                    for case in &stmt.cases {
                        if let Some(test) = &case.test {
                            me.expr(test, Up::Test);
                        }
                        me.in_region(RegionKind::Case, Some(test), |me| {
                            for stmt in &case.cons {
                                me.stmt(stmt);
                            }
                        });
                    }
                });
            }
            Stmt::Throw(stmt) => {
                self.expr(&stmt.arg, Up::Throw);
                self.exit(from_swc(stmt.span), true);
            }
            Stmt::Labeled(stmt) if &*stmt.label.sym == "$" && self.is_instance() => {
                // Svelte runs `$: …` again whenever something that it reads has changed.
                let span = from_swc(stmt.span);
                let head = Head::new(FnKind::Reactive, span, from_swc(stmt.label.span));
                self.function_with(head, |me, _| me.stmt(&stmt.body));
            }
            Stmt::Labeled(stmt) => self.stmt(&stmt.body),
            Stmt::With(stmt) => {
                self.expr(&stmt.obj, Up::Other);
                self.mark_dynamic();
                self.stmt(&stmt.body);
            }
            Stmt::Empty(_) | Stmt::Debugger(_) | Stmt::Break(_) | Stmt::Continue(_) => {}
        }
    }

    fn is_instance(&self) -> bool {
        self.tree.functions[self.function.index()].kind == FnKind::Instance
    }

    fn if_stmt(&mut self, stmt: &crate::ast::IfStmt) {
        let test = self.expr(&stmt.test, Up::Test);
        self.in_region(RegionKind::Then, Some(test), |me| me.stmt(&stmt.cons));
        if let Some(alt) = &stmt.alt {
            self.in_region(RegionKind::Else, Some(test), |me| me.stmt(alt));
        } else if leaves(&stmt.cons) {
            let region = self.region;
            let from = from_swc(stmt.span).end;
            self.tree.guards.push(Guard { region, test, from });
        }
    }

    fn try_stmt(&mut self, stmt: &TryStmt) {
        let mut part = |kind| self.push_region(kind, Some(self.region), None);
        let body = part(RegionKind::Try);
        let catch = stmt.handler.as_ref().map(|_| part(RegionKind::Catch));
        let finally = stmt.finalizer.as_ref().map(|_| part(RegionKind::Finally));
        self.tree.tries.push(TryParts { body, catch, finally });
        self.inside(body, |me| me.block(&stmt.block));
        if let (Some(region), Some(handler)) = (catch, &stmt.handler) {
            self.inside(region, |me| {
                me.in_scope(ScopeKind::Block, |me| {
                    if let Some(param) = &handler.param {
                        me.pattern(param, BindingKind::Catch, Source::default());
                    }
                    me.stmts(&handler.body.stmts);
                });
            });
        }
        if let (Some(region), Some(finalizer)) = (finally, &stmt.finalizer) {
            self.inside(region, |me| me.block(finalizer));
        }
    }

    fn exit(&mut self, span: Span, throws: bool) {
        self.tree.exits.push(Exit { region: self.region, span, throws });
    }

    fn loop_stmt(&mut self, stmt: &Stmt) {
        self.in_scope(ScopeKind::Block, |me| match stmt {
            Stmt::While(stmt) => {
                let test = me.expr(&stmt.test, Up::Test);
                me.loop_body(RegionKind::Loop, Some(test), &stmt.body);
            }
            Stmt::DoWhile(stmt) => {
                me.loop_body(RegionKind::Loop, None, &stmt.body);
                me.expr(&stmt.test, Up::Test);
            }
            Stmt::For(stmt) => {
                match &stmt.init {
                    Some(VarDeclOrExpr::VarDecl(decl)) => me.var_decl(decl),
                    Some(VarDeclOrExpr::Expr(init)) => {
                        me.expr(init, Up::Statement);
                    }
                    None => {}
                }
                let test = stmt.test.as_ref().map(|test| me.expr(test, Up::Test));
                if let Some(update) = &stmt.update {
                    me.expr(update, Up::Statement);
                }
                let kind = if test.is_some() { RegionKind::Counted } else { RegionKind::Loop };
                me.loop_body(kind, test, &stmt.body);
            }
            Stmt::ForOf(stmt) => {
                let iterated = me.expr(&stmt.right, Up::Iterated);
                me.each(&stmt.left, iterated, true, &stmt.body);
            }
            Stmt::ForIn(stmt) => {
                let iterated = me.expr(&stmt.right, Up::Iterated);
                me.each(&stmt.left, iterated, false, &stmt.body);
            }
            _ => {}
        });
    }

    fn loop_body(&mut self, kind: RegionKind, test: Option<ExprId>, body: &Stmt) {
        self.in_region(kind, test, |me| me.turn(|me| me.stmt(body)));
    }

    /// A scope that each turn of a loop makes anew.
    fn turn(&mut self, body: impl FnOnce(&mut Self)) {
        self.in_scope(ScopeKind::Block, |me| {
            me.tree.scopes.scopes[me.scope.index()].in_loop = true;
            body(me);
        });
    }

    fn each(&mut self, head: &ForHead, iterated: ExprId, of_values: bool, body: &Stmt) {
        let source = match of_values {
            true => Source::of(iterated).element(),
            false => Source::default(),
        };
        self.in_region(RegionKind::Each, Some(iterated), |me| {
            me.turn(|me| {
                match head {
                    ForHead::VarDecl(decl) => {
                        for declarator in &decl.decls {
                            me.pattern(&declarator.name, var_kind(decl), source.clone());
                        }
                    }
                    ForHead::UsingDecl(decl) => {
                        for declarator in &decl.decls {
                            me.pattern(&declarator.name, BindingKind::Using, source.clone());
                        }
                    }
                    ForHead::Pat(pattern) => me.assigned_pattern(pattern),
                }
                me.stmt(body);
            });
        });
    }

    pub(super) fn decl(&mut self, decl: &Decl) {
        match decl {
            Decl::Fn(decl) => {
                if decl.function.body.is_some() {
                    self.fn_decl(decl);
                }
            }
            Decl::Class(decl) => {
                let binding = self.declare_class(&decl.ident);
                let head = span_of(&decl.ident);
                self.class(&decl.class, Some(decl.ident.sym.clone()), Some(binding), None, head);
            }
            Decl::Var(decl) => self.var_decl(decl),
            Decl::Using(decl) => {
                for declarator in &decl.decls {
                    self.declarator(declarator, BindingKind::Using);
                }
            }
            Decl::TsEnum(decl) => {
                self.declare(&decl.id, BindingKind::Enum);
                self.tree.closed_types.insert(decl.id.sym.clone());
                self.in_scope(ScopeKind::Block, |me| {
                    for member in &decl.members {
                        if let TsEnumMemberId::Ident(ident) = &member.id {
                            me.declare(ident, BindingKind::Enum);
                            me.tree.closed_types.insert(ident.sym.clone());
                        }
                        if let Some(init) = &member.init {
                            me.expr(init, Up::Other);
                        }
                    }
                });
            }
            Decl::TsModule(decl) => self.namespace(decl),
            Decl::TsTypeAlias(decl) => {
                if summary(&decl.type_ann) == Annotation::Closed {
                    self.tree.closed_types.insert(decl.id.sym.clone());
                }
            }
            Decl::TsInterface(_) => {}
        }
    }

    /// A class was declared by `hoist` where it stands in a block; declaring it twice would count as a write.
    fn declare_class(&mut self, ident: &crate::ast::Ident) -> super::super::scope::BindingId {
        match self.tree.scopes.lookup(self.scope, &ident.sym) {
            Some(binding) if self.tree.scopes.binding(binding).scope == self.scope => binding,
            _ => self.declare(ident, BindingKind::Class),
        }
    }

    pub(super) fn var_decl(&mut self, decl: &VarDecl) {
        if decl.declare {
            return;
        }
        for declarator in &decl.decls {
            self.declarator(declarator, var_kind(decl));
        }
    }

    fn declarator(&mut self, declarator: &VarDeclarator, kind: BindingKind) {
        let Some(init) = &declarator.init else {
            self.pattern(&declarator.name, kind, Source::default());
            return;
        };
        if let Pat::Ident(ident) = &declarator.name {
            let binding = self.declare(&ident.id, kind);
            let value = self.expr(init, Up::Init(binding));
            self.init_binding(binding, value, ident.type_ann.as_deref());
            return;
        }
        let value = self.expr(init, Up::Destructured);
        self.pattern(&declarator.name, kind, Source::of(value));
    }
}

fn var_kind(decl: &VarDecl) -> BindingKind {
    match decl.kind {
        VarDeclKind::Var => BindingKind::Var,
        VarDeclKind::Let => BindingKind::Let,
        VarDeclKind::Const => BindingKind::Const,
    }
}

/// Whether a statement always leaves what follows it.
fn leaves(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Return(_) | Stmt::Throw(_) | Stmt::Continue(_) | Stmt::Break(_) => true,
        Stmt::Block(block) => block.stmts.last().is_some_and(leaves),
        _ => false,
    }
}
