//! Expressions. Parentheses, casts and non-null marks vanish; `a?.b` is `a.b`.

use super::super::tree::*;
use super::Lower;
use super::class::private_name;
use super::function::Head;
use crate::ast::{
    AssignExpr, AssignTarget, AssignTargetPat, Atom, BinExpr, BinaryOp, Callee, Expr as Swc, ExprOrSpread,
    Lit, MemberExpr, MemberProp, ObjectLit, OptChainBase, Pat, Prop, PropOrSpread, SimpleAssignTarget,
    SuperProp, from_swc, span_of, string_value,
};

impl Lower {
    pub(super) fn expr(&mut self, expr: &Swc, up: Up) -> ExprId {
        match expr {
            Swc::Paren(inner) => self.expr(&inner.expr, up),
            Swc::TsAs(inner) => self.expr(&inner.expr, up),
            Swc::TsSatisfies(inner) => self.expr(&inner.expr, up),
            Swc::TsNonNull(inner) => self.expr(&inner.expr, up),
            Swc::TsTypeAssertion(inner) => self.expr(&inner.expr, up),
            Swc::TsConstAssertion(inner) => self.expr(&inner.expr, up),
            Swc::TsInstantiation(inner) => self.expr(&inner.expr, up),
            Swc::Ident(ident) => self.mention(ident, up, false),
            Swc::Fn(function) => self.fn_expr(function, up),
            Swc::Arrow(arrow) => self.arrow(arrow, up),
            Swc::Class(class) => self.class_expr(class, up),
            Swc::Member(member) => self.member_expr(member, up),
            Swc::OptChain(chain) => match &*chain.base {
                OptChainBase::Member(member) => self.member_expr(member, up),
                OptChainBase::Call(call) => self.call(&call.callee, &call.args, from_swc(chain.span), up),
            },
            Swc::Call(call) => match &call.callee {
                Callee::Expr(callee) => self.call(callee, &call.args, from_swc(call.span), up),
                Callee::Super(_) => self.super_call(&call.args, from_swc(call.span), up),
                Callee::Import(_) => {
                    let node = self.alloc(from_swc(call.span), up);
                    let args = self.args(&call.args, node);
                    self.set(node, Kind::ImportCall(args));
                    self.tree.import_calls.push(node);
                    node
                }
            },
            Swc::New(new) => {
                let node = self.alloc(from_swc(new.span), up);
                self.tree.calls.push(node);
                if let Some(key) = new.type_args.as_ref().and_then(|args| args.params.first()) {
                    let key = super::pattern::summary(key);
                    self.tree.key_types.push((node, key));
                }
                let callee = self.expr(&new.callee, Up::Expr(node));
                let args = self.args(new.args.as_deref().unwrap_or_default(), node);
                self.set(node, Kind::New { callee, args });
                node
            }
            Swc::Assign(assign) => self.assign(assign, up),
            Swc::Bin(binary) => self.binary(binary, up),
            Swc::Cond(cond) => {
                let node = self.alloc(from_swc(cond.span), up);
                let test = self.expr(&cond.test, Up::Expr(node));
                let yes =
                    self.in_region(RegionKind::Then, Some(test), |me| me.expr(&cond.cons, Up::Expr(node)));
                let no =
                    self.in_region(RegionKind::Else, Some(test), |me| me.expr(&cond.alt, Up::Expr(node)));
                self.set(node, Kind::Conditional { test, yes, no });
                node
            }
            Swc::Object(object) => self.object(object, up),
            Swc::Lit(literal) => self.literal(literal, up),
            Swc::JSXElement(element) => self.jsx(element, up),
            Swc::JSXFragment(fragment) => self.jsx_fragment(fragment, up),
            other => self.rarer(other, up),
        }
    }

    fn rarer(&mut self, expr: &Swc, up: Up) -> ExprId {
        let node = self.alloc(span_of(expr), up);
        let kind = match expr {
            Swc::This(_) => Kind::This,
            Swc::Array(array) => {
                let items = array.elems.iter().flatten().map(|item| self.item(item, node)).collect();
                Kind::Array(self.list(items))
            }
            Swc::Unary(unary) => Kind::Unary { op: unary.op, operand: self.expr(&unary.arg, Up::Expr(node)) },
            Swc::Update(update) => {
                self.tree.updates.push(node);
                Kind::Update(self.target(&update.arg, Up::Expr(node)))
            }
            Swc::Seq(sequence) => {
                let items = sequence.exprs.iter().map(|item| self.expr(item, Up::Expr(node))).collect();
                Kind::Sequence(self.list(items))
            }
            Swc::Tpl(template) => self.template(template, node),
            Swc::TaggedTpl(tagged) => {
                let tag = self.expr(&tagged.tag, Up::Expr(node));
                let items = tagged.tpl.exprs.iter().map(|part| self.expr(part, Up::Expr(node))).collect();
                Kind::Tagged { tag, parts: self.list(items) }
            }
            Swc::Await(inner) => {
                self.tree.suspends.push(node);
                Kind::Await(self.expr(&inner.arg, Up::Expr(node)))
            }
            Swc::Yield(inner) => {
                self.tree.suspends.push(node);
                Kind::Yield(inner.arg.as_ref().map(|arg| self.expr(arg, Up::Expr(node))))
            }
            Swc::SuperProp(property) => {
                let object = self.alloc(from_swc(property.obj.span), Up::Expr(node));
                self.set(object, Kind::Super);
                match &property.prop {
                    SuperProp::Ident(name) => Kind::Member { object, name: name.sym.clone() },
                    SuperProp::Computed(key) => {
                        let index = self.expr(&key.expr, Up::Expr(node));
                        Kind::Index { object, index }
                    }
                }
            }
            _ => Kind::Other,
        };
        self.set(node, kind);
        node
    }

    fn template(&mut self, template: &crate::ast::Tpl, node: ExprId) -> Kind {
        if template.exprs.is_empty() {
            let text = template.quasis.first().and_then(|quasi| quasi.cooked.as_ref());
            return text.and_then(string_value).map_or(Kind::Other, Kind::String);
        }
        let parts = template.exprs.iter().map(|part| self.expr(part, Up::Expr(node))).collect();
        Kind::Template(self.list(parts))
    }

    fn literal(&mut self, literal: &Lit, up: Up) -> ExprId {
        let node = self.alloc(span_of(literal), up);
        let kind = match literal {
            Lit::Str(text) => string_value(&text.value).map_or(Kind::Other, Kind::String),
            Lit::Num(number) => Kind::Number(number.value),
            Lit::Bool(boolean) => Kind::Boolean(boolean.value),
            Lit::Null(_) => Kind::Null,
            Lit::Regex(_) => Kind::Regex,
            Lit::BigInt(_) | Lit::JSXText(_) => Kind::Other,
        };
        self.set(node, kind);
        node
    }

    fn call(&mut self, callee: &Swc, args: &[ExprOrSpread], span: crate::source::Span, up: Up) -> ExprId {
        let node = self.alloc(span, up);
        self.tree.calls.push(node);
        if matches!(callee, Swc::Ident(ident) if ident.sym == "eval") {
            self.mark_dynamic();
        }
        let callee = self.expr(callee, Up::Expr(node));
        let args = self.args(args, node);
        self.set(node, Kind::Call { callee, args });
        node
    }

    fn super_call(&mut self, args: &[ExprOrSpread], span: crate::source::Span, up: Up) -> ExprId {
        let node = self.alloc(span, up);
        self.tree.calls.push(node);
        let callee = self.alloc(span, Up::Expr(node));
        self.set(callee, Kind::Super);
        let args = self.args(args, node);
        self.set(node, Kind::Call { callee, args });
        node
    }

    fn args(&mut self, args: &[ExprOrSpread], node: ExprId) -> List {
        let items = args.iter().map(|arg| self.item(arg, node)).collect();
        self.list(items)
    }

    fn item(&mut self, item: &ExprOrSpread, node: ExprId) -> ExprId {
        if item.spread.is_none() {
            return self.expr(&item.expr, Up::Expr(node));
        }
        let spread = self.alloc(span_of(&item.expr), Up::Expr(node));
        let inner = self.expr(&item.expr, Up::Expr(spread));
        self.set(spread, Kind::Spread(inner));
        spread
    }

    fn member_expr(&mut self, member: &MemberExpr, up: Up) -> ExprId {
        let node = self.alloc(from_swc(member.span), up);
        let object = self.expr(&member.obj, Up::Expr(node));
        let kind = match &member.prop {
            MemberProp::Ident(name) => Kind::Member { object, name: name.sym.clone() },
            MemberProp::PrivateName(name) => Kind::Member { object, name: private_name(&name.name) },
            MemberProp::Computed(key) => {
                let index = self.expr(&key.expr, Up::Expr(node));
                match self.index_name(index) {
                    Some(name) => Kind::Member { object, name },
                    None => Kind::Index { object, index },
                }
            }
        };
        self.set(node, kind);
        node
    }

    /// `x["name"]` and `x[Symbol.dispose]` are members with a name.
    fn index_name(&self, index: ExprId) -> Option<Atom> {
        match self.tree.kind(index) {
            Kind::String(name) => Some(name.clone()),
            Kind::Member { object, name } => self.well_known_symbol(*object, name),
            _ => None,
        }
    }

    /// Walks the left spine in a loop: `'a' + b + …` is as deep as it is long.
    fn binary(&mut self, binary: &BinExpr, up: Up) -> ExprId {
        let mut spine = vec![];
        let mut at = binary;
        let mut parent = up;
        let first = loop {
            let node = self.alloc(from_swc(at.span), parent);
            spine.push((node, at));
            parent = Up::Expr(node);
            match &*at.left {
                Swc::Bin(inner) => at = inner,
                other => break other,
            }
        };
        let root = spine[0].0;
        let mut left = self.expr(first, parent);
        for (node, part) in spine.into_iter().rev() {
            let right = match part.op {
                BinaryOp::LogicalAnd | BinaryOp::LogicalOr | BinaryOp::NullishCoalescing => {
                    self.in_region(RegionKind::ShortCircuit, Some(left), |me| {
                        me.expr(&part.right, Up::Expr(node))
                    })
                }
                _ => self.expr(&part.right, Up::Expr(node)),
            };
            self.set(node, Kind::Binary { op: part.op, left, right });
            left = node;
        }
        root
    }

    fn assign(&mut self, assign: &AssignExpr, up: Up) -> ExprId {
        let node = self.alloc(from_swc(assign.span), up);
        self.tree.assigns.push(node);
        let target = match &assign.left {
            AssignTarget::Simple(target) => Target::Expr(self.simple_target(target, node)),
            AssignTarget::Pat(pattern) => {
                match pattern {
                    AssignTargetPat::Array(array) => {
                        self.assigned_pattern(&Pat::Array(array.clone()));
                    }
                    AssignTargetPat::Object(object) => {
                        self.assigned_pattern(&Pat::Object(object.clone()));
                    }
                    AssignTargetPat::Invalid(_) => {}
                }
                Target::Pattern
            }
        };
        let value = self.expr(&assign.right, Up::Expr(node));
        self.set(node, Kind::Assign { op: assign.op, target, value });
        node
    }

    fn simple_target(&mut self, target: &SimpleAssignTarget, node: ExprId) -> ExprId {
        let up = Up::Expr(node);
        match target {
            SimpleAssignTarget::Ident(ident) => self.mention(&ident.id, up, true),
            SimpleAssignTarget::Member(member) => self.member_expr(member, up),
            SimpleAssignTarget::Paren(inner) => self.target(&inner.expr, up),
            SimpleAssignTarget::TsAs(inner) => self.target(&inner.expr, up),
            SimpleAssignTarget::TsSatisfies(inner) => self.target(&inner.expr, up),
            SimpleAssignTarget::TsNonNull(inner) => self.target(&inner.expr, up),
            SimpleAssignTarget::TsTypeAssertion(inner) => self.target(&inner.expr, up),
            SimpleAssignTarget::TsInstantiation(inner) => self.target(&inner.expr, up),
            SimpleAssignTarget::SuperProp(property) => self.expr(&Swc::SuperProp(property.clone()), up),
            SimpleAssignTarget::OptChain(chain) => self.expr(&Swc::OptChain(chain.clone()), up),
            SimpleAssignTarget::Invalid(_) => self.alloc(span_of(target), up),
        }
    }

    /// An expression that is written: an identifier counts as a write reference.
    pub(super) fn target(&mut self, expr: &Swc, up: Up) -> ExprId {
        match expr {
            Swc::Ident(ident) => self.mention(ident, up, true),
            Swc::Paren(inner) => self.target(&inner.expr, up),
            Swc::TsAs(inner) => self.target(&inner.expr, up),
            Swc::TsNonNull(inner) => self.target(&inner.expr, up),
            other => self.expr(other, up),
        }
    }

    fn object(&mut self, object: &ObjectLit, up: Up) -> ExprId {
        let node = self.alloc(from_swc(object.span), up);
        let mut properties = Vec::with_capacity(object.props.len());
        for property in &object.props {
            properties.push(self.property(property, node));
        }
        let properties = self.property_list(properties);
        self.set(node, Kind::Object(properties));
        node
    }

    fn property(&mut self, property: &PropOrSpread, node: ExprId) -> Property {
        let up = Up::Expr(node);
        let prop = match property {
            PropOrSpread::Spread(spread) => {
                let value = self.expr(&spread.expr, up);
                return Property { key: Key::Spread, value, accessor: false };
            }
            PropOrSpread::Prop(prop) => &**prop,
        };
        match prop {
            Prop::Shorthand(ident) => Property {
                key: Key::Named(ident.sym.clone()),
                value: self.mention(ident, up, false),
                accessor: false,
            },
            Prop::KeyValue(pair) => {
                let key = self.property_key(&pair.key);
                Property { key, value: self.expr(&pair.value, up), accessor: false }
            }
            Prop::Assign(assign) => Property {
                key: Key::Named(assign.key.sym.clone()),
                value: self.expr(&assign.value, up),
                accessor: false,
            },
            Prop::Method(method) => {
                let key = self.property_key(&method.key);
                self.object_method(key, span_of(&method.key), &method.function, FnKind::Expression, up)
            }
            Prop::Getter(getter) => {
                let key = self.property_key(&getter.key);
                self.object_method(key, span_of(&getter.key), &getter.function, FnKind::Getter, up)
            }
            Prop::Setter(setter) => {
                let key = self.property_key(&setter.key);
                self.object_method(key, span_of(&setter.key), &setter.function, FnKind::Setter, up)
            }
        }
    }

    fn property_key(&mut self, key: &crate::ast::PropName) -> Key {
        let before = self.tree.exprs.len() as u32;
        match self.key_name(key) {
            Some(name) => Key::Named(name),
            None if (before as usize) < self.tree.exprs.len() => Key::Computed(ExprId(before)),
            None => Key::Named(Atom::default()),
        }
    }

    fn object_method(
        &mut self,
        key: Key,
        head: crate::source::Span,
        function: &crate::ast::Function,
        kind: FnKind,
        up: Up,
    ) -> Property {
        let span = crate::source::Span::new(head.start, span_of(function).end);
        let node = self.alloc(span, up);
        let name = match &key {
            Key::Named(name) => Some(name.clone()),
            _ => None,
        };
        let head = Head { name, expr: Some(node), span, ..Head::of(kind, function, head) };
        let id = self.plain_function(head, function);
        self.set(node, Kind::Function(id));
        Property { key, value: node, accessor: kind != FnKind::Expression }
    }
}
