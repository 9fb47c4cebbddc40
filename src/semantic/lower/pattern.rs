//! Binding patterns and destructuring assignments.

use super::super::scope::{BindingId, BindingKind, Segment};
use super::super::tree::*;
use super::Lower;
use crate::ast::{
    Atom, Ident, ObjectPatProp, Pat, PropName, TsEntityName, TsKeywordTypeKind, TsLit, TsType, TsTypeAnn,
    TsTypeOperatorOp, TsUnionOrIntersectionType, string_value,
};

/// What a pattern takes apart: a value and the way into it.
#[derive(Debug, Clone, Default)]
pub(super) struct Source {
    value: Option<ExprId>,
    projection: Vec<Segment>,
}

impl Source {
    pub(super) fn of(value: ExprId) -> Self {
        Self { value: Some(value), projection: Vec::new() }
    }

    pub(super) fn element(self) -> Self {
        self.then(Segment::Element)
    }

    fn named(&self, name: Option<Atom>) -> Self {
        self.clone().then(name.map_or(Segment::Element, Segment::Named))
    }

    fn then(mut self, segment: Segment) -> Self {
        self.projection.push(segment);
        self
    }

    /// `...rest` and defaults make a value that is not simply that part.
    fn unknown() -> Self {
        Self::default()
    }
}

impl Lower {
    /// Declares the leaves of a binding pattern.
    pub(super) fn pattern(&mut self, pattern: &Pat, kind: BindingKind, source: Source) {
        match pattern {
            Pat::Ident(ident) => {
                let binding = self.declare(&ident.id, kind);
                self.project(binding, source, ident.type_ann.as_deref());
            }
            Pat::Array(array) => {
                for element in array.elems.iter().flatten() {
                    self.pattern(element, kind.clone(), source.clone().element());
                }
            }
            Pat::Object(object) => {
                for property in &object.props {
                    self.pattern_property(property, &kind, &source);
                }
            }
            Pat::Rest(rest) => self.pattern(&rest.arg, kind, Source::unknown()),
            Pat::Assign(assign) => {
                self.pattern(&assign.left, kind, source);
                self.expr(&assign.right, Up::Default);
            }
            Pat::Expr(target) => {
                self.target(target, Up::Destructured);
            }
            Pat::Invalid(_) => {}
        }
    }

    fn pattern_property(&mut self, property: &ObjectPatProp, kind: &BindingKind, source: &Source) {
        match property {
            ObjectPatProp::KeyValue(pair) => {
                let name = self.key_name(&pair.key);
                self.pattern(&pair.value, kind.clone(), source.named(name));
            }
            ObjectPatProp::Assign(short) => {
                let binding = self.declare(&short.key.id, kind.clone());
                self.project(binding, source.named(Some(short.key.id.sym.clone())), None);
                if let Some(default) = &short.value {
                    self.expr(default, Up::Default);
                }
            }
            ObjectPatProp::Rest(rest) => {
                self.pattern(&rest.arg, kind.clone(), Source::unknown());
            }
        }
    }

    fn project(&mut self, binding: BindingId, source: Source, ann: Option<&TsTypeAnn>) {
        let Some(value) = source.value else {
            self.annotate(binding, ann);
            return;
        };
        self.init_binding(binding, value, ann);
        self.tree.scopes.bindings[binding.index()].projection = source.projection;
    }

    pub(super) fn init_binding(&mut self, binding: BindingId, value: ExprId, annotation: Option<&TsTypeAnn>) {
        self.annotate(binding, annotation);
        let entry = &mut self.tree.scopes.bindings[binding.index()];
        match entry.init {
            None => entry.init = Some(value),
            Some(_) => entry.writes += 1,
        }
    }

    pub(super) fn annotate(&mut self, binding: BindingId, annotation: Option<&TsTypeAnn>) {
        if let Some(annotation) = annotation {
            self.tree.scopes.bindings[binding.index()].annotation = Some(summary(&annotation.type_ann));
        }
    }

    /// The name of a property key; a computed one is lowered and has none unless it is a string.
    pub(super) fn key_name(&mut self, key: &PropName) -> Option<Atom> {
        match key {
            PropName::Ident(name) => Some(name.sym.clone()),
            PropName::Str(text) => string_value(&text.value),
            PropName::Num(number) => Some(Atom::from(number.value.to_string())),
            PropName::BigInt(_) => None,
            PropName::Computed(computed) => {
                let key = self.expr(&computed.expr, Up::Other);
                match self.tree.kind(key) {
                    Kind::String(name) => Some(name.clone()),
                    Kind::Member { object, name } => self.well_known_symbol(*object, name),
                    _ => None,
                }
            }
        }
    }

    /// `[Symbol.dispose]` has the name `Symbol.dispose`.
    pub(super) fn well_known_symbol(&self, object: ExprId, name: &Atom) -> Option<Atom> {
        let Kind::Ident(reference) = self.tree.kind(object) else {
            return None;
        };
        let is_symbol = self.tree.scopes.reference(*reference).name == "Symbol";
        is_symbol.then(|| Atom::from(format!("Symbol.{name}")))
    }

    /// `[this.a, b] = …` and `for (x of …)`: the leaves are written, their values unknown.
    pub(super) fn assigned_pattern(&mut self, pattern: &Pat) {
        match pattern {
            Pat::Ident(ident) => self.written(&ident.id),
            Pat::Array(array) => {
                for element in array.elems.iter().flatten() {
                    self.assigned_pattern(element);
                }
            }
            Pat::Object(object) => {
                for property in &object.props {
                    match property {
                        ObjectPatProp::KeyValue(pair) => {
                            self.key_name(&pair.key);
                            self.assigned_pattern(&pair.value);
                        }
                        ObjectPatProp::Assign(short) => {
                            self.written(&short.key.id);
                            if let Some(default) = &short.value {
                                self.expr(default, Up::Default);
                            }
                        }
                        ObjectPatProp::Rest(rest) => self.assigned_pattern(&rest.arg),
                    }
                }
            }
            Pat::Rest(rest) => self.assigned_pattern(&rest.arg),
            Pat::Assign(assign) => {
                self.assigned_pattern(&assign.left);
                self.expr(&assign.right, Up::Default);
            }
            Pat::Expr(target) => {
                self.target(target, Up::Destructured);
            }
            Pat::Invalid(_) => {}
        }
    }

    fn written(&mut self, ident: &Ident) {
        self.mention(ident, Up::Destructured, true);
    }
}

/// What a type annotation says, as far as it is evidence.
pub(super) fn summary(ty: &TsType) -> Annotation {
    match ty {
        TsType::TsKeywordType(keyword) => match keyword.kind {
            TsKeywordTypeKind::TsBooleanKeyword => Annotation::Closed,
            TsKeywordTypeKind::TsStringKeyword | TsKeywordTypeKind::TsNumberKeyword => Annotation::Primitive,
            _ => Annotation::Other,
        },
        TsType::TsTypeRef(reference) => match dotted(&reference.type_name) {
            name if name == "Array" || name == "ReadonlyArray" => Annotation::Array,
            name if matches!(&*name, "Partial" | "Readonly" | "Required" | "NonNullable") => {
                first_param(reference).unwrap_or(Annotation::Other)
            }
            name if matches!(&*name, "Map" | "Set" | "Record" | "ReadonlyMap") => {
                match first_param(reference) {
                    Some(key) => Annotation::Keyed(Box::new(key)),
                    None => Annotation::Other,
                }
            }
            name => Annotation::Named(name),
        },
        TsType::TsArrayType(_) | TsType::TsTupleType(_) => Annotation::Array,
        TsType::TsFnOrConstructorType(_) => Annotation::Function,
        TsType::TsLitType(literal) if !matches!(literal.lit, TsLit::Tpl(_)) => Annotation::Closed,
        TsType::TsParenthesizedType(inner) => summary(&inner.type_ann),
        TsType::TsTypeOperator(operator) => match operator.op {
            TsTypeOperatorOp::KeyOf => Annotation::Closed,
            _ => summary(&operator.type_ann),
        },
        TsType::TsUnionOrIntersectionType(TsUnionOrIntersectionType::TsUnionType(union)) => {
            union_summary(&union.types)
        }
        _ => Annotation::Other,
    }
}

fn first_param(reference: &crate::ast::TsTypeRef) -> Option<Annotation> {
    reference.type_params.as_ref()?.params.first().map(|key| summary(key))
}

/// `Timer | null` is `Timer`; a union of literals is closed.
fn union_summary(types: &[Box<TsType>]) -> Annotation {
    let mut parts = types.iter().filter(|ty| !is_nullish(ty)).map(|ty| summary(ty));
    let Some(first) = parts.next() else {
        return Annotation::Other;
    };
    let mut all_same = true;
    for part in parts {
        all_same &= part == first;
    }
    if all_same { first } else { Annotation::Other }
}

fn is_nullish(ty: &TsType) -> bool {
    matches!(ty, TsType::TsKeywordType(keyword) if matches!(
        keyword.kind,
        TsKeywordTypeKind::TsNullKeyword | TsKeywordTypeKind::TsUndefinedKeyword
    ))
}

fn dotted(name: &TsEntityName) -> Atom {
    match name {
        TsEntityName::Ident(ident) => ident.sym.clone(),
        TsEntityName::TsQualifiedName(qualified) => {
            Atom::from(format!("{}.{}", dotted(&qualified.left), qualified.right.sym))
        }
    }
}
