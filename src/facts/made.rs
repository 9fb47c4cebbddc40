//! How many instances of a class its framework makes.

use super::Facts;
use super::lifecycle::Made;
use super::options::Instances;
use super::paths;
use crate::ast::Atom;
use crate::protocol::TeardownName;
use crate::semantic::*;
use rustc_hash::{FxHashMap, FxHashSet};

/// Names of custom elements, gathered in one pass over the calls.
#[derive(Default)]
struct Tags<'t> {
    /// `customElements.define('x-toasts', Toasts)`
    defined: FxHashMap<BindingId, &'t Atom>,
    /// `document.createElement('x-toasts')`
    created: FxHashSet<&'t Atom>,
}

impl Facts<'_> {
    /// Who makes instances of a class, and how many.
    pub fn made(&self, class: ClassId) -> Made {
        self.made[class.index()]
    }

    /// The answer for every class.
    pub(super) fn collect_made(&self) -> Vec<Made> {
        let tags = self.tags();
        self.classes.ids().map(|class| self.judge_made(class, &tags)).collect()
    }

    fn judge_made(&self, class: ClassId, tags: &Tags<'_>) -> Made {
        if self.is_framework_singleton(class) {
            return Made::Once;
        }
        match self.classes.instances(class) {
            Some(Instances::One) => return Made::Root,
            Some(Instances::Unseen) => return Made::Unseen,
            Some(Instances::Many) => return Made::PerUse,
            None => {}
        }
        let fact = self.classes.get(class);
        if let Some(row) = self.lifecycle(class) {
            // An Astro page goes with all its elements, unless it navigates by swapping its body.
            let of_page = self.tree.component.as_ref().is_some_and(|file| file.format == Format::Astro);
            if row.element && of_page {
                return Made::Unseen;
            }
            let root = fact.name.as_ref().is_some_and(|name| self.protocols.root_components.has(name))
                || fact.binding.is_some_and(|binding| self.roots.contains(&binding))
                || row.element && self.is_placed_by_its_module(class, tags);
            return if root { Made::Root } else { Made::PerUse };
        }
        let ends = || fact.members.keys().any(|name| self.teardown_name(name) == Some(TeardownName::Strong));
        match self.singleton_decorators(class).next().is_some() && !ends() {
            true => Made::Shared,
            false => Made::Elsewhere,
        }
    }

    fn tags(&self) -> Tags<'_> {
        let tree = self.tree;
        let mut tags = Tags::default();
        for call in &tree.calls {
            let Some((callee, [first, rest @ ..])) = tree.call_parts(*call) else {
                continue;
            };
            let (Some(name), Some(tag)) = (self.callee_name(callee), tree.as_string(*first)) else {
                continue;
            };
            match (&**name, rest) {
                ("createElement", _) => {
                    tags.created.insert(tag);
                }
                ("define", [class, ..]) => {
                    if let Kind::Ident(reference) = tree.kind(*class)
                        && let Some(binding) = tree.scopes.reference(*reference).binding
                    {
                        tags.defined.insert(binding, tag);
                    }
                }
                _ => {}
            }
        }
        tags
    }

    /// An element that its own module puts into the page once, as a place to work from.
    fn is_placed_by_its_module(&self, class: ClassId, tags: &Tags<'_>) -> bool {
        let decorators =
            self.tree.classes.get(class.index()).map_or(&[][..], |class| class.decorators.as_slice());
        let by_decorator = decorators.iter().find_map(|decorator| {
            let (callee, args) = self.tree.call_parts(*decorator)?;
            let named = self.callee_name(callee).is_some_and(|name| name == "customElement");
            args.first().filter(|_| named).and_then(|arg| self.tree.as_string(*arg))
        });
        let by_call = || self.classes.get(class).binding.and_then(|at| tags.defined.get(&at).copied());
        by_decorator.or_else(by_call).is_some_and(|tag| tags.created.contains(tag))
    }

    /// A class of which its framework makes one: an Ember service, Nest's default scope, Angular's `providedIn: 'root'`.
    fn is_framework_singleton(&self, class: ClassId) -> bool {
        self.lifecycle(class).is_some_and(|row| row.single)
            || self.singleton_decorators(class).any(|(callee, args)| {
                let option = |name: &str| {
                    let Some(Kind::Object(list)) = args.first().map(|arg| self.tree.kind(*arg)) else {
                        return None;
                    };
                    let properties = self.tree.properties(*list);
                    let named = |key: &Key| matches!(key, Key::Named(key) if key == name);
                    properties.iter().find(|property| named(&property.key)).map(|property| property.value)
                };
                let path = paths::path_of(self.tree, callee).unwrap_or_default();
                match path.starts_with("@angular/") {
                    true => option("providedIn")
                        .and_then(|scope| self.tree.as_string(scope))
                        .is_some_and(|scope| scope == "root" || scope == "platform"),
                    false => option("scope").is_none(),
                }
            })
    }

    fn singleton_decorators(&self, class: ClassId) -> impl Iterator<Item = (ExprId, &[ExprId])> {
        let class = self.tree.classes.get(class.index());
        let decorators = class.map_or(&[][..], |class| class.decorators.as_slice());
        decorators.iter().filter_map(|decorator| {
            let (callee, args) = self.tree.call_parts(*decorator)?;
            paths::matches(self.tree, callee, &self.protocols.singleton_decorators)?;
            Some((callee, args))
        })
    }
}
