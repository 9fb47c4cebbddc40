//! What a value is known to be: by the path that names it, by what made it, by a base class, by an annotation.

use super::places::{PlaceId, Root};
use super::{Facts, paths};
use crate::ast::Atom;
use crate::protocol::{Handle, Patterns};
use crate::semantic::*;

/// How many steps through assignments and chained methods are followed.
const MAX_STEPS: u32 = 6;

impl Facts<'_> {
    /// The row of the handle protocol by which a call acquires.
    pub fn acquires_handle(&self, call: ExprId) -> Option<usize> {
        let (callee, args) = self.tree.call_parts(call)?;
        let row = match paths::matches(self.tree, callee, &self.protocols.acquires) {
            Some(row) => row,
            None => self.acquires_by_method(callee, args)?,
        };
        // `pool.connect((error, client, release) => …)`: what is acquired comes by another way.
        let called_back = |arg: &ExprId| !self.functions_of(*arg).is_empty();
        let takes_callback = self.protocols.handles[row].callback.is_some();
        (takes_callback || !args.iter().any(called_back)).then_some(row)
    }

    fn acquires_by_method(&self, callee: ExprId, args: &[ExprId]) -> Option<usize> {
        let Kind::Member { object, name } = self.tree.kind(callee) else {
            return None;
        };
        let rows = self.protocols.acquire_methods.get(name)?;
        rows.iter().copied().find(|row| {
            let row = &self.protocols.handles[*row];
            row.anywhere
                || self.is_typed(*object, &row.types)
                || row.imported && self.is_convention(*object, row, args)
                || row.injected && self.is_stream_of_service(*object)
        })
    }

    /// `store.addListener(this.onChange)` on something imported: a method of the name, and nothing but a function for it.
    fn is_convention(&self, object: ExprId, row: &Handle, args: &[ExprId]) -> bool {
        let only = match (row.callback, args) {
            (Some(0), [only]) | (Some(1), [_, only]) => only,
            _ => return false,
        };
        let source = self.unchained(object);
        // `api.user$`: a stream by its name.
        let stream = matches!(self.tree.kind(source), Kind::Member { name, .. } if name.ends_with('$'));
        let imported = self.places.of(source).is_some_and(|place| {
            self.is_imported(place)
                || stream && self.places.parent(place).is_some_and(|of| self.is_imported(of))
        });
        imported && (!self.functions_of(*only).is_empty() || self.is_state_setter(*only))
    }

    /// `setUser` of `const [user, setUser] = useState()`
    fn is_state_setter(&self, value: ExprId) -> bool {
        let Kind::Ident(reference) = self.tree.kind(value) else {
            return false;
        };
        let binding = self.tree.scopes.reference(*reference).binding;
        let made = binding.and_then(|binding| self.tree.scopes.binding(binding).init);
        let callee = made.and_then(|made| self.tree.call_parts(made)).map(|(callee, _)| callee);
        callee.and_then(|callee| self.callee_name(callee)).is_some_and(|name| self.protocols.states.has(name))
    }

    /// What a chain of methods begins with: `a` of `a.pipe(…).pipe(…)`.
    pub(super) fn unchained(&self, object: ExprId) -> ExprId {
        let mut at = object;
        while let Some((callee, _)) = self.tree.call_parts(at)
            && let Kind::Member { object, name } = self.tree.kind(callee)
            && self.protocols.chained.has(name)
        {
            at = *object;
        }
        at
    }

    /// Whether a place is an imported object, or a field that nothing but such an object fills.
    pub fn is_imported(&self, place: PlaceId) -> bool {
        let of_binding = |place: PlaceId| match (self.places.root(place), self.places.depth(place)) {
            (Root::Binding(binding), 0) => {
                let binding = self.tree.scopes.binding(*binding);
                matches!(binding.kind, BindingKind::Import { .. })
                    || binding.writes == 0
                        && binding.init.is_some_and(|init| {
                            matches!(self.tree.kind(init), Kind::Call { .. })
                                && paths::path_of(self.tree, init).is_some()
                        })
            }
            _ => false,
        };
        let values = self.values_at(place);
        let filled = |value: &ExprId| self.places.of(*value).is_some_and(of_binding);
        of_binding(place)
            || matches!(self.places.root(place), Root::This(_))
                && self.places.depth(place) == 1
                && !values.is_empty()
                && values.iter().all(filled)
    }

    /// Whether an expression is known to be a value of one of `types`: paths of constructors, makers and imports, names
    /// of types, or a member of a type (`Router.events`).
    pub fn is_typed(&self, expr: ExprId, types: &Patterns) -> bool {
        !types.is_empty() && self.is_typed_within(expr, types, MAX_STEPS)
    }

    fn is_typed_within(&self, expr: ExprId, types: &Patterns, fuel: u32) -> bool {
        // `source = source.pipe(…)` is made of itself.
        let Some(fuel) = fuel.checked_sub(1) else {
            return false;
        };
        if paths::matches(self.tree, expr, types).is_some() || self.is_made_as(expr, types, fuel) {
            return true;
        }
        let Some(place) = self.places.of(expr) else {
            return self.is_member_of_injected(expr, types);
        };
        if self.values_at(place).iter().any(|value| self.is_made_as(*value, types, fuel)) {
            return true;
        }
        let mut members = String::new();
        for at in self.places.ancestors(place) {
            let may_be = !members.is_empty() || self.may_have_type(at, types);
            if may_be && self.type_names(at).iter().any(|name| types.has(&format!("{name}{members}"))) {
                return true;
            }
            let Some(Segment::Named(name)) = self.places.segment(at) else {
                return false;
            };
            // Whatever holds the place, the path would end in its name.
            if members.is_empty() && !types.ends_in(name) {
                return false;
            }
            members = format!(".{name}{members}");
        }
        false
    }

    /// Whether some of the [names of a place's types](Self::type_names) may end as one of the types: without making them.
    fn may_have_type(&self, place: PlaceId, types: &Patterns) -> bool {
        let of_value = |value: &ExprId| {
            let Some((callee, _)) = self.tree.call_parts(*value) else {
                return false;
            };
            let bare =
                matches!(self.tree.kind(callee), Kind::Ident(_)).then(|| self.callee_name(callee)).flatten();
            matches!(self.tree.kind(*value), Kind::Call { .. }) && self.is_injection(callee)
                || bare.is_some_and(|name| types.ends_in(name))
                || paths::last_name(self.tree, callee).is_some_and(|last| types.ends_in(last))
        };
        self.annotation(place).is_some_and(|name| self.may_be_called(name, types))
            || self.values_at(place).iter().any(of_value)
    }

    /// `inject(Router).events`
    fn is_member_of_injected(&self, expr: ExprId, types: &Patterns) -> bool {
        let Kind::Member { object, name } = self.tree.kind(expr) else {
            return false;
        };
        let injected = self.tree.call_parts(*object).filter(|(callee, _)| self.is_injection(*callee));
        let of = injected.and_then(|(_, args)| args.first()).map(|arg| self.type_of_class(*arg));
        of.is_some_and(|of| of.iter().any(|of| types.has(&format!("{of}.{name}"))))
    }

    /// `new Subject()`, `interval(9)`, `new Bus()` with `class Bus extends EventEmitter`, `inject(Router)`,
    /// and what a chained method makes of one of these.
    fn is_made_as(&self, value: ExprId, types: &Patterns, fuel: u32) -> bool {
        if let Kind::Await(inner) = self.tree.kind(value) {
            return self.is_made_as(*inner, types, fuel);
        }
        let Some((callee, args)) = self.tree.call_parts(value) else {
            return false;
        };
        if paths::matches(self.tree, callee, types).is_some() || self.extends_type(callee, types) {
            return true;
        }
        match self.tree.kind(callee) {
            Kind::Member { object, name } if self.protocols.chained.has(name) => {
                self.is_typed_within(*object, types, fuel)
            }
            _ => self.is_injection(callee) && args.first().is_some_and(|arg| self.names_type(*arg, types)),
        }
    }

    /// An import, a true global, or what `new` makes of one: no instance of a class of this file.
    pub(super) fn is_made_elsewhere(&self, expr: ExprId) -> bool {
        let foreign = |expr: ExprId| paths::path_of(self.tree, expr).is_some();
        let made = |value: &ExprId| match self.tree.kind(*value) {
            Kind::New { callee, .. } => foreign(*callee),
            _ => false,
        };
        let kept = self.places.of(expr).map_or(&[][..], |place| self.values_at(place));
        foreign(expr) || !kept.is_empty() && kept.iter().all(made)
    }

    fn extends_type(&self, callee: ExprId, types: &Patterns) -> bool {
        self.class_named(callee).is_some_and(|class| {
            let mut bases = self.classes.lineage(class).filter_map(|at| self.classes.get(at).extends);
            bases.any(|base| paths::matches(self.tree, base, types).is_some())
        })
    }

    fn is_injection(&self, callee: ExprId) -> bool {
        paths::matches(self.tree, callee, &self.protocols.injections).is_some()
    }

    fn names_type(&self, expr: ExprId, types: &Patterns) -> bool {
        self.type_of_class(expr).iter().any(|name| types.has(name))
    }

    /// The names of a class or type that an expression names: qualified, and bare.
    fn type_of_class(&self, expr: ExprId) -> Vec<String> {
        let bare = match self.tree.kind(expr) {
            Kind::Ident(reference) => self.tree.scopes.reference(*reference).name.to_string(),
            _ => return Vec::new(),
        };
        paths::path_of(self.tree, expr).into_iter().chain([bare]).collect()
    }

    /// The names of the types of which a place is annotated, made or injected to be.
    pub fn type_names(&self, place: PlaceId) -> Vec<String> {
        let mut names: Vec<String> =
            self.annotation(place).map(|name| self.qualified_type(name)).unwrap_or_default();
        for value in self.values_at(place) {
            let Some((callee, args)) = self.tree.call_parts(*value) else {
                continue;
            };
            if matches!(self.tree.kind(*value), Kind::New { .. }) {
                names.extend(self.type_of_class(callee));
            } else if self.is_injection(callee) {
                names.extend(args.first().map(|arg| self.type_of_class(*arg)).unwrap_or_default());
            }
        }
        names
    }

    /// Whether a type's name is one of the types: as written, or with the module from which it is imported.
    pub(super) fn is_type_of(&self, name: &Atom, types: &Patterns) -> bool {
        self.may_be_called(name, types) && self.qualified_type(name).iter().any(|name| types.has(name))
    }

    /// Whether a type's name, or that under which it is imported, ends as one of the types.
    fn may_be_called(&self, name: &Atom, types: &Patterns) -> bool {
        let last = |path: &str| types.ends_in(path.rsplit('.').next().unwrap_or(path));
        let binding = self.tree.scopes.lookup(ScopeId(0), name).map(|id| self.tree.scopes.binding(id));
        // Only an import may call it otherwise.
        match binding.map(|binding| &binding.kind) {
            Some(BindingKind::Import { name: Imported::Named(original), .. }) => last(original),
            Some(BindingKind::Import { module, .. }) => last(module),
            _ => last(name),
        }
    }

    /// A type's name as written, and with the module from which it is imported.
    pub(super) fn qualified_type(&self, name: &Atom) -> Vec<String> {
        let head = Atom::from(name.split('.').next().unwrap_or(name));
        let binding = self.tree.scopes.lookup(ScopeId(0), &head).map(|id| self.tree.scopes.binding(id));
        let imported = binding.and_then(|binding| match &binding.kind {
            BindingKind::Import { module, name: Imported::Named(original) } => {
                Some(format!("{module}.{original}{}", &name[head.len()..]))
            }
            BindingKind::Import { module, .. } => Some(format!("{module}{}", &name[head.len()..])),
            _ => None,
        });
        match (imported, binding) {
            (Some(path), _) => vec![path, name.to_string()],
            // A class of this file that happens to have the name.
            (None, Some(_)) => Vec::new(),
            (None, None) => vec![name.to_string(), format!("global.{name}")],
        }
    }

    /// The name that a type annotation gives to what a place holds.
    fn annotation(&self, place: PlaceId) -> Option<&Atom> {
        let annotation = match (self.places.root(place), self.places.depth(place)) {
            (Root::Binding(binding), 0) => self.tree.scopes.binding(*binding).annotation.as_ref(),
            (Root::This(class), 1) => {
                let Some(Segment::Named(name)) = self.places.segment(place) else {
                    return None;
                };
                let class = self.tree.classes.get(class.index())?;
                let member = class.named(name).next()?;
                match (&member.annotation, member.kind) {
                    (Some(annotation), _) => Some(annotation),
                    (None, MemberKind::ParameterProperty(binding)) => {
                        self.tree.scopes.binding(binding).annotation.as_ref()
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        match annotation? {
            Annotation::Named(name) => Some(name),
            _ => None,
        }
    }
}
