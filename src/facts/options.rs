//! Object literals of which a framework makes instances: `export default { mounted() { … }, methods: { … } }`.
//!
//! They are classes: their sections' functions are members, and `this` in all of them is the instance.

use super::classes::{ClassFact, Dress};
use super::paths;
use crate::ast::Atom;
use crate::protocol::{Options, Protocols};
use crate::semantic::*;
use crate::source::Span;
use rustc_hash::FxHashMap;

type Members = FxHashMap<Atom, Vec<FnId>>;

/// How many instances are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instances {
    /// `new Vue({ … })`
    One,
    /// A component of its own, or a mixin of the one that holds all others.
    Unseen,
    Many,
}

/// All of them.
pub fn find(tree: &Tree, protocols: &Protocols) -> Vec<(ClassFact, Instances)> {
    let mut found = Vec::new();
    for id in tree.expr_ids() {
        if let Kind::Object(list) = tree.kind(id)
            && let Some((row, instances)) = row_of(tree, protocols, id, *list)
        {
            let members = members(tree, row, id);
            let sets_up = functions(tree, id, false).any(|(name, _)| row.setup.has(name));
            if !members.is_empty() || sets_up {
                found.push((fact(tree, protocols, row, id, members), instances));
            }
        }
    }
    found
}

/// The functions that hold hooks of their own: `setup() { onMounted(…) }`.
pub fn setups(tree: &Tree, protocols: &Protocols, class: &ClassFact) -> Vec<FnId> {
    let Dress::Object(literal) = class.dress else {
        return Vec::new();
    };
    let row = protocols.options.iter().find(|row| Some(row.lifecycle) == class.lifecycle);
    let of_row = |name: &Atom| row.is_some_and(|row| row.setup.has(name));
    let own = functions(tree, literal, false);
    own.filter(|(name, _)| of_row(name)).map(|(_, function)| function).collect()
}

fn fact(tree: &Tree, protocols: &Protocols, row: &Options, literal: ExprId, members: Members) -> ClassFact {
    let span = tree.span(literal);
    let binding = match tree.expr(literal).up {
        Up::Init(binding) => Some(binding),
        _ => None,
    };
    let named = properties_of(tree, literal).iter().find_map(|property| match &property.key {
        Key::Named(name) if name == "name" => tree.as_string(property.value).cloned(),
        _ => None,
    });
    let what = protocols.lifecycles[row.lifecycle].what.split(' ').next().unwrap_or_default();
    ClassFact {
        name: named
            .or_else(|| binding.map(|binding| tree.scopes.binding(binding).name.clone()))
            .or_else(|| Some(Atom::from(what))),
        head: Span::new(span.start, span.start + 1),
        span,
        binding,
        dress: Dress::Object(literal),
        members,
        private: rustc_hash::FxHashSet::default(),
        constructors: Vec::new(),
        base: None,
        extends: None,
        lifecycle: Some(row.lifecycle),
    }
}

/// The row of a literal: by what it is given to, by the file whose default export it is, or by its members.
fn row_of<'p>(
    tree: &Tree,
    protocols: &'p Protocols,
    literal: ExprId,
    list: List,
) -> Option<(&'p Options, Instances)> {
    let maker = match tree.expr(literal).up {
        Up::Expr(call) => tree.call_parts(call).filter(|(_, args)| args.contains(&literal)),
        _ => None,
    };
    let named = tree.properties(list).iter().any(|property| match &property.key {
        Key::Named(name) => protocols.option_members.has(name),
        _ => false,
    });
    if maker.is_none() && !named && tree.expr(literal).up != Up::Exported {
        return None;
    }
    for row in protocols.options.iter().filter(|row| row.lifecycle < protocols.lifecycles.len()) {
        if let Some((callee, _)) = maker {
            if paths::matches(tree, callee, &row.single).is_some() {
                return Some((row, Instances::One));
            }
            if paths::matches(tree, callee, &row.makers).is_some() {
                return Some((row, Instances::Many));
            }
        }
        if let (Up::Exported, Some(component)) = (tree.expr(literal).up, &tree.component)
            && row.formats.iter().any(|format| format == component.format.name())
        {
            return Some((row, if component.is_root { Instances::One } else { Instances::Many }));
        }
        if is_told(tree, protocols, row, list) {
            return Some((row, Instances::Unseen));
        }
    }
    None
}

fn is_told(tree: &Tree, protocols: &Protocols, row: &Options, list: List) -> bool {
    let lifecycle = &protocols.lifecycles[row.lifecycle];
    let properties = tree.properties(list);
    let named = |words: &dyn Fn(&Atom) -> bool| {
        properties.iter().any(|property| match &property.key {
            Key::Named(name) => words(name),
            _ => false,
        })
    };
    let surely = properties.iter().any(|property| {
        let Key::Named(name) = &property.key else {
            return false;
        };
        let function = tree.as_function(property.value);
        row.members.has(name)
            && function.is_some_and(|function| tree.function(function).params.is_empty() != row.takes_element)
    });
    surely
        || named(&|name| row.beside.has(name))
            && named(&|name| {
                lifecycle.setup.has(name) && !row.beside.has(name)
                    || lifecycle.teardown.has(name)
                    || row.setup.has(name)
            })
}

fn members(tree: &Tree, row: &Options, literal: ExprId) -> Members {
    let mut members = Members::default();
    for (name, function) in functions(tree, literal, false) {
        // An arrow has no `this`; where hooks get the element, it needs none.
        if (row.takes_element || tree.function(function).kind != FnKind::Arrow) && !row.setup.has(name) {
            members.entry(name.clone()).or_default().push(function);
        }
    }
    for property in properties_of(tree, literal) {
        if let Key::Named(section) = &property.key
            && row.sections.has(section)
        {
            let callable = section == "methods";
            for (name, function) in functions(tree, property.value, !callable) {
                let name = if callable { name.clone() } else { Atom::from(format!("{section}.{name}")) };
                members.entry(name).or_default().push(function);
            }
        }
    }
    members
}

/// The functions of a literal: `f() {}`, `f: debounce(function () {})`; with `deep` also those one level further down, in
/// `x: { get() {}, set() {} }` and `x: { handler() {} }`.
fn functions(tree: &Tree, literal: ExprId, deep: bool) -> impl Iterator<Item = (&Atom, FnId)> {
    properties_of(tree, literal).iter().flat_map(move |property| {
        let Key::Named(name) = &property.key else {
            return Vec::new();
        };
        let functions: Vec<FnId> = match tree.kind(property.value) {
            Kind::Function(function) => vec![*function],
            Kind::Call { args, .. } => {
                tree.list(*args).first().and_then(|first| tree.as_function(*first)).into_iter().collect()
            }
            Kind::Object(inner) if deep => {
                let inner = tree.properties(*inner).iter();
                inner.filter_map(|property| tree.as_function(property.value)).collect()
            }
            _ => Vec::new(),
        };
        functions.into_iter().map(|function| (name, function)).collect()
    })
}

fn properties_of(tree: &Tree, literal: ExprId) -> &[Property] {
    match tree.kind(literal) {
        Kind::Object(list) => tree.properties(*list),
        _ => &[],
    }
}
