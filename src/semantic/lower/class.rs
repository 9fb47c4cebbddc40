//! Classes: members, field initialisers as functions of their own, decorators.

use super::super::scope::{BindingId, ScopeKind};
use super::super::tree::*;
use super::Lower;
use super::function::Head;
use super::pattern::summary;
use crate::ast::{
    Accessibility, Atom, Class as SwcClass, ClassExpr, ClassMember, Decorator, Expr as SwcExpr,
    Function as SwcFunction, Key as SwcKey, MethodKind, ParamOrTsParamProp, PropName, TsParamPropParam,
    TsTypeAnn, from_swc, span_of,
};
use crate::source::Span;

impl Lower {
    pub(super) fn class_expr(&mut self, expr: &ClassExpr, up: Up) -> ExprId {
        let node = self.alloc(span_of(expr), up);
        let start = span_of(expr).start;
        let name = expr.ident.as_ref().map(|ident| ident.sym.clone());
        let head = match &expr.ident {
            Some(ident) => from_swc(ident.span),
            None => Span::new(start, start + 5),
        };
        let id = self.in_scope(ScopeKind::Name, |me| {
            let binding = expr.ident.as_ref().map(|ident| me.declare(ident, super::BindingKind::Class));
            me.class(&expr.class, name, binding, Some(node), head)
        });
        self.set(node, Kind::Class(id));
        node
    }

    pub(super) fn class(
        &mut self,
        class: &SwcClass,
        name: Option<Atom>,
        binding: Option<BindingId>,
        expr: Option<ExprId>,
        head: Span,
    ) -> ClassId {
        let decorators = self.decorators(&class.decorators);
        let super_class = class.super_class.as_ref().map(|base| self.expr(base, Up::Extends));
        let id = ClassId(self.tree.classes.len() as u32);
        self.tree.classes.push(Class {
            name,
            binding,
            expr,
            super_class,
            decorators,
            members: Vec::new(),
            by_name: Vec::new(),
            function: self.function,
            span: from_swc(class.span),
            head,
            is_abstract: class.is_abstract,
        });
        self.initialiser(id, class, false, head);
        self.initialiser(id, class, true, head);
        for member in &class.body {
            self.member(id, member);
        }
        let entry = &mut self.tree.classes[id.index()];
        let named = entry.members.iter().enumerate().filter(|(_, member)| member.name.is_some());
        entry.by_name = named.map(|(at, _)| at as u32).collect();
        entry.by_name.sort_by_key(|at| &entry.members[*at as usize].name);
        id
    }

    pub(super) fn decorators(&mut self, decorators: &[Decorator]) -> Vec<ExprId> {
        decorators.iter().map(|decorator| self.expr(&decorator.expr, Up::Decorator)).collect()
    }

    /// Walks the field initialisers (or static ones, with static blocks) as one function.
    fn initialiser(&mut self, id: ClassId, class: &SwcClass, is_static: bool, head: Span) {
        let kind = if is_static { FnKind::StaticInit } else { FnKind::FieldInit };
        let span = from_swc(class.span);
        let needed = class.body.iter().any(|member| match member {
            ClassMember::ClassProp(prop) => prop.is_static == is_static,
            ClassMember::PrivateProp(prop) => prop.is_static == is_static,
            ClassMember::AutoAccessor(prop) => prop.is_static == is_static,
            ClassMember::StaticBlock(_) => is_static,
            _ => false,
        });
        if !needed {
            return;
        }
        let head = Head { class: Some(id), is_static, ..Head::new(kind, span, head) };
        let function = self.function_with(head, |me, _| {
            for member in &class.body {
                me.field(id, member, is_static);
            }
        });
        let member = Member {
            name: None,
            kind: MemberKind::Initialiser(function),
            is_static,
            is_private: true,
            decorators: Vec::new(),
            annotation: None,
            span,
        };
        self.tree.classes[id.index()].members.push(member);
    }

    fn field(&mut self, class: ClassId, member: &ClassMember, want_static: bool) {
        match member {
            ClassMember::ClassProp(prop) if prop.is_static == want_static && !prop.declare => {
                let name = self.key_name(&prop.key);
                let is_private = is_private(prop.accessibility);
                self.one_field(
                    class,
                    name,
                    prop.value.as_deref(),
                    prop.type_ann.as_deref(),
                    want_static,
                    is_private,
                    &prop.decorators,
                    from_swc(prop.span),
                );
            }
            ClassMember::PrivateProp(prop) if prop.is_static == want_static => self.one_field(
                class,
                Some(private_name(&prop.key.name)),
                prop.value.as_deref(),
                prop.type_ann.as_deref(),
                want_static,
                true,
                &prop.decorators,
                from_swc(prop.span),
            ),
            ClassMember::AutoAccessor(prop) if prop.is_static == want_static => {
                let name = match &prop.key {
                    SwcKey::Private(name) => Some(private_name(&name.name)),
                    SwcKey::Public(key) => self.key_name(key),
                };
                self.one_field(
                    class,
                    name,
                    prop.value.as_deref(),
                    prop.type_ann.as_deref(),
                    want_static,
                    is_private(prop.accessibility),
                    &prop.decorators,
                    from_swc(prop.span),
                );
            }
            ClassMember::StaticBlock(block) if want_static => self.block(&block.body),
            _ => {}
        }
    }

    #[expect(clippy::too_many_arguments, reason = "three shapes of field meet here")]
    fn one_field(
        &mut self,
        class: ClassId,
        name: Option<Atom>,
        value: Option<&SwcExpr>,
        annotation: Option<&TsTypeAnn>,
        is_static: bool,
        is_private: bool,
        decorators: &[Decorator],
        span: Span,
    ) {
        let decorators = self.decorators(decorators);
        let index = self.tree.classes[class.index()].members.len() as u32;
        self.tree.classes[class.index()].members.push(Member {
            name,
            kind: MemberKind::Field(None),
            is_static,
            is_private,
            decorators,
            annotation: annotation.map(|ann| summary(&ann.type_ann)),
            span,
        });
        if let Some(value) = value {
            let value = self.expr(value, Up::Field(class, index));
            self.tree.classes[class.index()].members[index as usize].kind = MemberKind::Field(Some(value));
        }
    }

    fn member(&mut self, class: ClassId, member: &ClassMember) {
        match member {
            ClassMember::Constructor(constructor) if constructor.body.is_some() => {
                let head = span_of(&constructor.key);
                let head = Head {
                    class: Some(class),
                    name: Some(Atom::from("constructor")),
                    ..Head::new(FnKind::Constructor, from_swc(constructor.span), head)
                };
                let function = self.function_with(head, |me, id| {
                    me.constructor_params(id, &constructor.params);
                    me.body(constructor.body.as_ref());
                });
                let span = from_swc(constructor.span);
                let member = Member {
                    name: Some(Atom::from("constructor")),
                    kind: MemberKind::Constructor(function),
                    is_static: false,
                    is_private: constructor.accessibility == Some(Accessibility::Private),
                    decorators: Vec::new(),
                    annotation: None,
                    span,
                };
                self.tree.classes[class.index()].members.push(member);
                self.parameter_properties(class, function, &constructor.params);
            }
            ClassMember::Method(method) => {
                let name = self.key_name(&method.key);
                let head = key_span(&method.key);
                let private = is_private(method.accessibility);
                self.method(class, name, method.kind, method.is_static, private, &method.function, head);
            }
            ClassMember::PrivateMethod(method) => {
                let name = Some(private_name(&method.key.name));
                let head = from_swc(method.key.span);
                self.method(class, name, method.kind, method.is_static, true, &method.function, head);
            }
            _ => {}
        }
    }

    #[expect(clippy::too_many_arguments, reason = "public and private methods meet here")]
    fn method(
        &mut self,
        class: ClassId,
        name: Option<Atom>,
        kind: MethodKind,
        is_static: bool,
        is_private: bool,
        function: &SwcFunction,
        head: Span,
    ) {
        if function.body.is_none() {
            return;
        }
        let decorators = self.decorators(&function.decorators);
        let fn_kind = match kind {
            MethodKind::Method => FnKind::Method,
            MethodKind::Getter => FnKind::Getter,
            MethodKind::Setter => FnKind::Setter,
        };
        let span = Span::new(head.start, span_of(function).end);
        let head = Head {
            class: Some(class),
            is_static,
            name: name.clone(),
            span,
            ..Head::of(fn_kind, function, head)
        };
        let id = self.function_with(head, |me, id| {
            for (at, param) in function.params.iter().enumerate() {
                me.decorators(&param.decorators);
                me.param(id, at as u32, &param.pat);
            }
            me.body(function.body.as_ref());
        });
        let kind = match kind {
            MethodKind::Method => MemberKind::Method(id),
            MethodKind::Getter => MemberKind::Getter(id),
            MethodKind::Setter => MemberKind::Setter(id),
        };
        self.tree.classes[class.index()].members.push(Member {
            name,
            kind,
            is_static,
            is_private,
            decorators,
            annotation: None,
            span,
        });
    }

    fn parameter_properties(&mut self, class: ClassId, constructor: FnId, params: &[ParamOrTsParamProp]) {
        for (at, param) in params.iter().enumerate() {
            let ParamOrTsParamProp::TsParamProp(property) = param else {
                continue;
            };
            let ident = match &property.param {
                TsParamPropParam::Ident(ident) => Some(ident),
                TsParamPropParam::Assign(assign) => assign.left.as_ident(),
            };
            let binding = self.tree.function(constructor).params[at].binding;
            let (Some(ident), Some(binding)) = (ident, binding) else {
                continue;
            };
            self.tree.classes[class.index()].members.push(Member {
                name: Some(ident.id.sym.clone()),
                kind: MemberKind::ParameterProperty(binding),
                is_static: false,
                is_private: is_private(property.accessibility),
                decorators: Vec::new(),
                annotation: ident.type_ann.as_deref().map(|ann| summary(&ann.type_ann)),
                span: from_swc(property.span),
            });
        }
    }
}

/// `#name` keeps its mark, so that it never equals a public field.
pub(super) fn private_name(name: &Atom) -> Atom {
    Atom::from(format!("#{name}"))
}

fn is_private(accessibility: Option<Accessibility>) -> bool {
    matches!(accessibility, Some(Accessibility::Private | Accessibility::Protected))
}

fn key_span(key: &PropName) -> Span {
    span_of(key)
}
