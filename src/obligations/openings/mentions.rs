//! The names in a file that say something of a type.

use crate::ast::Atom;
use crate::facts::paths;
use crate::protocol::Openers;
use crate::semantic::*;
use rustc_hash::FxHashSet;

/// The last names of all that the file names, as far as they say something of a type: globals, imports, members,
/// variables, types.
pub(super) fn mentioned(tree: &Tree, openers: &Openers) -> FxHashSet<Atom> {
    let mut names = FxHashSet::default();
    let mut add = |name: &Atom| {
        if openers.is_type(name) {
            names.insert(name.clone());
        }
    };
    for expr in &tree.exprs {
        if let Kind::Member { name, .. } = &expr.kind {
            add(name);
        }
    }
    tree.scopes.refs.iter().for_each(|reference| add(&reference.name));
    let last = |path: &Atom| Atom::from(path.rsplit('.').next().unwrap_or(path));
    paths::modules(tree).iter().for_each(|module| add(&last(module)));
    for binding in &tree.scopes.bindings {
        if let BindingKind::Import { name: Imported::Named(name), .. } = &binding.kind {
            add(name);
        }
        for segment in &binding.projection {
            if let Segment::Named(name) = segment {
                add(name);
            }
        }
    }
    let of_bindings = tree.scopes.bindings.iter().filter_map(|binding| binding.annotation.as_ref());
    let of_members = tree.classes.iter().flat_map(|class| &class.members);
    for annotation in of_bindings.chain(of_members.filter_map(|member| member.annotation.as_ref())) {
        if let Annotation::Named(name) = annotation {
            add(&last(name));
        }
    }
    names
}
