//! JSX: a tag where it is an expression, attributes as properties, children.

use super::super::tree::*;
use super::{Items, Lower};
use crate::ast::{
    JSXAttrName, JSXAttrOrSpread, JSXAttrValue, JSXElement, JSXElementChild, JSXElementName, JSXExpr,
    JSXFragment, JSXObject, from_swc,
};

impl Lower {
    pub(super) fn jsx(&mut self, element: &JSXElement, up: Up) -> ExprId {
        let node = self.alloc(from_swc(element.span), up);
        self.tree.elements.push(node);
        let tag = self.jsx_tag(&element.opening.name, node);
        let mut attributes = Vec::new();
        for attribute in &element.opening.attrs {
            match attribute {
                JSXAttrOrSpread::SpreadElement(spread) => {
                    let value = self.expr(&spread.expr, Up::Expr(node));
                    attributes.push(Property { key: Key::Spread, value, accessor: false });
                }
                JSXAttrOrSpread::JSXAttr(attribute) => {
                    let JSXAttrName::Ident(name) = &attribute.name else {
                        continue;
                    };
                    let Some(value) = self.jsx_value(attribute.value.as_ref(), node) else {
                        continue;
                    };
                    let key = Key::Named(name.sym.clone());
                    attributes.push(Property { key, value, accessor: false });
                }
            }
        }
        let attributes = self.property_list(attributes);
        let children = self.jsx_children(&element.children, node);
        self.set(node, Kind::Jsx { tag, attributes, children });
        node
    }

    fn jsx_value(&mut self, value: Option<&JSXAttrValue>, node: ExprId) -> Option<ExprId> {
        match value? {
            JSXAttrValue::JSXExprContainer(container) => match &container.expr {
                JSXExpr::Expr(expr) => Some(self.expr(expr, Up::Expr(node))),
                JSXExpr::JSXEmptyExpr(_) => None,
            },
            JSXAttrValue::JSXElement(element) => Some(self.jsx(element, Up::Expr(node))),
            JSXAttrValue::JSXFragment(fragment) => Some(self.jsx_fragment(fragment, Up::Expr(node))),
            JSXAttrValue::Str(_) => None,
        }
    }

    fn jsx_tag(&mut self, name: &JSXElementName, node: ExprId) -> Option<ExprId> {
        match name {
            JSXElementName::Ident(ident) => {
                let is_component = ident.sym.chars().next().is_some_and(char::is_uppercase);
                is_component.then(|| self.mention(ident, Up::Expr(node), false))
            }
            JSXElementName::JSXMemberExpr(member) => {
                let mut object = &member.obj;
                loop {
                    match object {
                        JSXObject::Ident(ident) => {
                            return Some(self.mention(ident, Up::Expr(node), false));
                        }
                        JSXObject::JSXMemberExpr(inner) => object = &inner.obj,
                    }
                }
            }
            JSXElementName::JSXNamespacedName(_) => None,
        }
    }

    pub(super) fn jsx_fragment(&mut self, fragment: &JSXFragment, up: Up) -> ExprId {
        let node = self.alloc(from_swc(fragment.span), up);
        let children = self.jsx_children(&fragment.children, node);
        self.set(node, Kind::Jsx { tag: None, attributes: List::default(), children });
        node
    }

    fn jsx_children(&mut self, children: &[JSXElementChild], node: ExprId) -> List {
        let up = Up::Expr(node);
        let mut items = Items::new();
        for child in children {
            match child {
                JSXElementChild::JSXText(_) => {}
                JSXElementChild::JSXExprContainer(container) => {
                    if let JSXExpr::Expr(expr) = &container.expr {
                        items.push(self.expr(expr, up));
                    }
                }
                JSXElementChild::JSXSpreadChild(spread) => items.push(self.expr(&spread.expr, up)),
                JSXElementChild::JSXElement(element) => items.push(self.jsx(element, up)),
                JSXElementChild::JSXFragment(fragment) => items.push(self.jsx_fragment(fragment, up)),
            }
        }
        self.list(items)
    }
}
