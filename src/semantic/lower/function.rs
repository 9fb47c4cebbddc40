//! Functions: scope, parameters, body.

use super::super::scope::{BindingKind, ScopeKind};
use super::super::tree::*;
use super::pattern::{Source, summary};
use super::{ClassId, Lower};
use crate::ast::{
    ArrowExpr, ArrowFunctionBody, Atom, FnDecl, FnExpr, Function as SwcFunction, FunctionBody,
    ParamOrTsParamProp, Pat, TsParamPropParam, from_swc, span_of,
};
use crate::source::Span;

/// What is known of a function before its body is walked.
pub(super) struct Head {
    pub kind: FnKind,
    pub class: Option<ClassId>,
    pub is_static: bool,
    pub is_async: bool,
    pub is_generator: bool,
    pub name: Option<Atom>,
    pub expr: Option<ExprId>,
    pub span: Span,
    pub head: Span,
}

impl Head {
    pub(super) fn new(kind: FnKind, span: Span, head: Span) -> Self {
        Self {
            kind,
            class: None,
            is_static: false,
            is_async: false,
            is_generator: false,
            name: None,
            expr: None,
            span,
            head,
        }
    }

    pub(super) fn of(kind: FnKind, function: &SwcFunction, head: Span) -> Self {
        Self {
            is_async: function.is_async,
            is_generator: function.is_generator,
            ..Self::new(kind, span_of(function), head)
        }
    }
}

impl Lower {
    pub(super) fn fn_decl(&mut self, decl: &FnDecl) {
        let head = Head {
            name: Some(decl.ident.sym.clone()),
            ..Head::of(FnKind::Declaration, &decl.function, span_of(&decl.ident))
        };
        let id = self.plain_function(head, &decl.function);
        let binding = self.declare(&decl.ident, BindingKind::Function(id));
        self.tree.functions[id.index()].binding = Some(binding);
    }

    pub(super) fn fn_expr(&mut self, expr: &FnExpr, up: Up) -> ExprId {
        let node = self.alloc(span_of(expr), up);
        let start = span_of(expr).start;
        let head = match &expr.ident {
            Some(ident) => Span::new(start, from_swc(ident.span).end),
            None => Span::new(start, start + 8),
        };
        let head = Head {
            name: expr.ident.as_ref().map(|ident| ident.sym.clone()),
            expr: Some(node),
            ..Head::of(FnKind::Expression, &expr.function, head)
        };
        let id = match &expr.ident {
            None => self.plain_function(head, &expr.function),
            Some(ident) => self.in_scope(ScopeKind::Name, |me| {
                let id = me.plain_function(head, &expr.function);
                let binding = me.declare(ident, BindingKind::Function(id));
                me.tree.functions[id.index()].binding = Some(binding);
                id
            }),
        };
        self.set(node, Kind::Function(id));
        node
    }

    pub(super) fn arrow(&mut self, arrow: &ArrowExpr, up: Up) -> ExprId {
        let span = from_swc(arrow.span);
        let node = self.alloc(span, up);
        let body = match &*arrow.body {
            ArrowFunctionBody::FunctionBody(body) => from_swc(body.span),
            ArrowFunctionBody::Expr(body) => span_of(body),
        };
        let head = Head {
            is_async: arrow.is_async,
            is_generator: arrow.is_generator,
            expr: Some(node),
            ..Head::new(FnKind::Arrow, span, Span::new(span.start, body.start))
        };
        let id = self.function_with(head, |me, id| {
            for (at, param) in arrow.params.iter().enumerate() {
                me.param(id, at as u32, param);
            }
            match &*arrow.body {
                ArrowFunctionBody::FunctionBody(body) => me.stmts(&body.stmts),
                ArrowFunctionBody::Expr(body) => {
                    let value = me.expr(body, Up::Return(id));
                    me.tree.functions[id.index()].returns.push(value);
                }
            }
        });
        self.set(node, Kind::Function(id));
        node
    }

    pub(super) fn plain_function(&mut self, head: Head, function: &SwcFunction) -> FnId {
        for decorator in &function.decorators {
            self.expr(&decorator.expr, Up::Decorator);
        }
        self.function_with(head, |me, id| {
            for (at, param) in function.params.iter().enumerate() {
                for decorator in &param.decorators {
                    me.expr(&decorator.expr, Up::Decorator);
                }
                me.param(id, at as u32, &param.pat);
            }
            me.body(function.body.as_ref());
        })
    }

    pub(super) fn constructor_params(&mut self, id: FnId, params: &[ParamOrTsParamProp]) {
        for (at, param) in params.iter().enumerate() {
            match param {
                ParamOrTsParamProp::Param(param) => {
                    let decorators = self.decorators(&param.decorators);
                    self.param(id, at as u32, &param.pat);
                    self.tree.functions[id.index()].params[at].decorators = decorators;
                }
                ParamOrTsParamProp::TsParamProp(property) => {
                    let decorators = self.decorators(&property.decorators);
                    let pattern = match &property.param {
                        TsParamPropParam::Ident(ident) => Pat::Ident(ident.clone()),
                        TsParamPropParam::Assign(assign) => Pat::Assign(assign.clone()),
                    };
                    self.param(id, at as u32, &pattern);
                    self.tree.functions[id.index()].params[at].decorators = decorators;
                }
            }
        }
    }

    pub(super) fn body(&mut self, body: Option<&FunctionBody>) {
        if let Some(body) = body {
            self.stmts(&body.stmts);
        }
    }

    /// Opens a function, walks its inside with `body`, and leaves it.
    pub(super) fn function_with(&mut self, head: Head, body: impl FnOnce(&mut Self, FnId)) -> FnId {
        let id = FnId(self.tree.functions.len() as u32);
        let (scope, function, region) = (self.scope, self.function, self.region);
        let inner = self.tree.scopes.push(Some(scope), ScopeKind::Function, id);
        self.function = id;
        self.scope = inner;
        self.region = self.push_region(RegionKind::Function, Some(region), None);
        self.tree.functions.push(Function {
            kind: head.kind,
            parent: Some(function),
            class: head.class,
            is_static: head.is_static,
            is_async: head.is_async,
            is_generator: head.is_generator,
            name: head.name,
            binding: None,
            expr: head.expr,
            params: Vec::new(),
            returns: Vec::new(),
            scope: inner,
            region: self.region,
            refs: (self.tree.scopes.refs.len() as u32, 0),
            exprs: (self.tree.exprs.len() as u32, 0),
            end: 0,
            span: head.span,
            head: head.head,
        });
        body(self, id);
        let (refs, exprs) = (self.tree.scopes.refs.len() as u32, self.tree.exprs.len() as u32);
        let end = self.tree.functions.len() as u32;
        let entry = &mut self.tree.functions[id.index()];
        (entry.refs.1, entry.exprs.1, entry.end) = (refs, exprs, end);
        (self.scope, self.function, self.region) = (scope, function, region);
        id
    }

    pub(super) fn param(&mut self, function: FnId, index: u32, pattern: &Pat) {
        let kind = BindingKind::Parameter { function, index };
        let mut param =
            Param { binding: None, default: None, annotation: None, decorators: Vec::new(), rest: false };
        match pattern {
            Pat::Ident(ident) => {
                let binding = self.declare(&ident.id, kind);
                self.annotate(binding, ident.type_ann.as_deref());
                param.binding = Some(binding);
                param.annotation = ident.type_ann.as_deref().map(|ann| summary(&ann.type_ann));
            }
            Pat::Assign(assign) => {
                if let Pat::Ident(ident) = &*assign.left {
                    let binding = self.declare(&ident.id, kind);
                    self.annotate(binding, ident.type_ann.as_deref());
                    param.binding = Some(binding);
                } else {
                    self.pattern(&assign.left, kind, Source::default());
                }
                param.default = Some(self.expr(&assign.right, Up::Default));
            }
            Pat::Rest(rest) => {
                param.rest = true;
                if let Pat::Ident(ident) = &*rest.arg {
                    param.binding = Some(self.declare(&ident.id, kind));
                } else {
                    self.pattern(&rest.arg, kind, Source::default());
                }
            }
            other => self.pattern(other, kind, Source::default()),
        }
        self.tree.functions[function.index()].params.push(param);
    }
}
