//! Whether a receiver may be known to be of a type, where a method's name counts on that type alone.

use super::Openings;
use crate::ast::Atom;
use crate::facts::paths;
use crate::semantic::*;
use rustc_hash::FxHashSet;

impl<'t> Openings<'t> {
    /// Whether facts may find one of the types for a receiver: it is called as the type's path ends, or something of its
    /// name is annotated or made as one, or it cannot be told from its name.
    pub(super) fn may_be_typed(&self, receiver: ExprId, types: &[Atom], steps: u32) -> bool {
        let Some(steps) = steps.checked_sub(1) else {
            return true;
        };
        let named = |name: &Atom| types.contains(name) || self.is_typed_name(name);
        match self.tree.kind(receiver) {
            Kind::Member { name, .. } => named(name),
            Kind::Ident(reference) => {
                let reference = self.tree.scopes.reference(*reference);
                let Some(id) = reference.binding else {
                    return types.contains(&reference.name);
                };
                let binding = self.tree.scopes.binding(id);
                if named(&binding.name) {
                    return true;
                }
                match (&binding.kind, binding.projection.last()) {
                    (BindingKind::Import { .. }, _) => {
                        let last = paths::last_name(self.tree, receiver);
                        last.is_some_and(|last| types.iter().any(|name| *name == last))
                    }
                    // The element of a list, what a call at once is given, another name of a field.
                    (BindingKind::Parameter { .. }, _) => binding.annotation.is_none(),
                    (_, Some(Segment::Named(name))) => named(name),
                    (_, Some(Segment::Element)) => true,
                    (_, None) => binding.init.is_some_and(|init| self.may_be_typed(init, types, steps)),
                }
            }
            _ => true,
        }
    }

    /// Whether some variable, parameter, field or property of the name may be known to be of a type that rows ask for.
    fn is_typed_name(&self, name: &Atom) -> bool {
        self.typed.get_or_init(|| self.typed_names()).contains(name)
    }

    fn typed_names(&self) -> FxHashSet<&'t Atom> {
        let mut names: FxHashSet<&'t Atom> =
            self.filled().filter(|(_, value)| self.may_make(*value)).map(|(name, _)| name).collect();
        let bindings = self.tree.scopes.bindings.iter();
        let bindings = bindings.filter_map(|at| Some((&at.name, at.annotation.as_ref()?)));
        let members = self.tree.classes.iter().flat_map(|class| &class.members);
        let members = members.filter_map(|at| Some((at.name.as_ref()?, at.annotation.as_ref()?)));
        let annotated = bindings.chain(members).filter(|(_, annotation)| self.names_type(annotation));
        names.extend(annotated.map(|(name, _)| name));
        names
    }

    /// `Signal`, `signaling.Signal`, `Changed` that is imported as another name of `Signal`.
    fn names_type(&self, annotation: &Annotation) -> bool {
        let Annotation::Named(name) = annotation else {
            return false;
        };
        let openers = &self.protocols.openers;
        let mut parts = name.split('.');
        let head = parts.next().unwrap_or_default();
        if openers.is_type(parts.next_back().unwrap_or(head)) {
            return true;
        }
        let binding = self.tree.scopes.lookup(ScopeId(0), &Atom::from(head));
        match binding.map(|id| &self.tree.scopes.binding(id).kind) {
            Some(BindingKind::Import { name: Imported::Named(original), .. }) => openers.is_type(original),
            Some(BindingKind::Import { module, .. }) => {
                openers.is_type(module.rsplit('.').next().unwrap_or(module))
            }
            _ => false,
        }
    }

    /// Whether a value may be made as one of a type: `new Signal(this)`, `source.pipe(…)`, `inject(Router)`, an instance of
    /// a class of this file.
    fn may_make(&self, value: ExprId) -> bool {
        if let Kind::Await(inner) = self.tree.kind(value) {
            return self.may_make(*inner);
        }
        let Some((callee, _)) = self.tree.call_parts(value) else {
            return false;
        };
        let chained = match self.tree.kind(callee) {
            Kind::Member { name, .. } => self.protocols.chained.has(name),
            _ => false,
        };
        chained
            || paths::last_name(self.tree, callee).is_none_or(|last| {
                self.protocols.openers.is_type(last) || self.protocols.injections.ends_in(last)
            })
    }
}
