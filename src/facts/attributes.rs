//! Functions that attributes of elements are given, where a framework calls them as it calls those of hooks.

use super::paths;
use crate::ast::Atom;
use crate::protocol::Protocols;
use crate::semantic::*;

/// `<div ref={(element) => …}>`
#[derive(Debug, Clone, Copy)]
pub struct Attribute {
    pub element: ExprId,
    pub value: ExprId,
    /// The row of the hook.
    pub row: usize,
}

/// Every attribute of a row whose packages the file imports, in the order of their elements.
pub fn of_hooks(tree: &Tree, protocols: &Protocols) -> Vec<Attribute> {
    let hooks = &protocols.hooks;
    let mut found = Vec::new();
    if !hooks.has_attributes() {
        return found;
    }
    let mut modules: Option<Vec<Atom>> = None;
    for element in tree.elements.iter().copied() {
        let Kind::Jsx { attributes, tag: None, .. } = tree.kind(element) else {
            continue;
        };
        for attribute in tree.properties(*attributes) {
            let Key::Named(name) = &attribute.key else {
                continue;
            };
            let row = hooks.of_attribute(name).iter().copied().find(|row| {
                let packages = &hooks.get(*row).modules;
                let modules = modules.get_or_insert_with(|| paths::modules(tree));
                packages.is_empty() || paths::imports_any(modules, packages)
            });
            found.extend(row.map(|row| Attribute { element, value: attribute.value, row }));
        }
    }
    found
}
