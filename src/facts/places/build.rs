//! Gives every expression of a file its place.

use super::{Entry, MAX_DEPTH, PlaceId, Places, Root, Roots, State};
use crate::ast::Atom;
use crate::facts::classes::Classes;
use crate::facts::paths;
use crate::facts::rows::Rows;
use crate::protocol::Protocols;
use crate::semantic::*;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::cell::OnceCell;

/// `const a = b`, `const b = c`, …: what stands at the end of more names than this is a place of its own. The stack is
/// not made for more.
const MAX_FOLLOWED: u32 = 500;

/// Builds the table.
pub struct PlaceBuilder<'a> {
    tree: &'a Tree,
    classes: &'a Classes,
    protocols: &'a Protocols,
    entries: Vec<Entry>,
    roots: Roots,
    parts: FxHashMap<(PlaceId, Atom), PlaceId>,
    of_expr: Vec<State>,
    of_binding: Vec<State>,
    /// How many names are being followed to what they stand for.
    following: u32,
    /// Constructor parameters that fill a field which nothing else fills: another name of it.
    fields_of: FxHashMap<BindingId, (ClassId, Atom)>,
}

impl<'a> PlaceBuilder<'a> {
    /// Gives every expression of the file its place.
    pub fn build(tree: &'a Tree, classes: &'a Classes, protocols: &'a Protocols) -> Places {
        let mut builder = Self {
            tree,
            classes,
            protocols,
            entries: Vec::with_capacity(tree.exprs.len() / 2),
            roots: Roots::new(tree.scopes.bindings.len()),
            parts: FxHashMap::with_capacity_and_hasher(tree.exprs.len() / 6, FxBuildHasher),
            of_expr: vec![State::Unknown; tree.exprs.len()],
            of_binding: vec![State::Unknown; tree.scopes.bindings.len()],
            following: 0,
            fields_of: FxHashMap::default(),
        };
        builder.fields_of = builder.parameter_fields();
        // Operands stand behind their parents in the table: from the back, each finds its operands done.
        for at in (0..tree.exprs.len() as u32).rev() {
            if may_be_place(&tree.exprs[at as usize].kind) {
                builder.expr(ExprId(at));
            }
        }
        // Places that are written into without being named: class fields, array and map elements.
        for id in tree.class_ids() {
            builder.fields(id);
        }
        for place in 0..builder.entries.len() as u32 {
            builder.element(PlaceId(place));
        }
        let parts = builder.entries.iter().enumerate();
        let parts = parts.filter_map(|(at, entry)| Some((entry.parent?.index(), PlaceId(at as u32))));
        Places {
            uses: OnceCell::new(),
            children: Rows::new(builder.entries.len(), parts),
            entries: builder.entries,
            of_expr: builder.of_expr,
            roots: builder.roots,
            by_name: OnceCell::new(),
            parts: builder.parts,
        }
    }

    fn root(&mut self, root: Root) -> PlaceId {
        let next = PlaceId(self.entries.len() as u32);
        let (id, new) = self.roots.add(root, next);
        if let Some(root) = new {
            self.entries.push(Entry { parent: None, root, segment: None, depth: 0, element: None });
        }
        id
    }

    fn part(&mut self, parent: PlaceId, segment: &Segment) -> Option<PlaceId> {
        match segment {
            Segment::Named(name) => self.named(parent, name),
            Segment::Element => self.element(parent),
        }
    }

    /// An element of a place; one of an element is an element (`for (const [k, v] of map)`).
    fn element(&mut self, parent: PlaceId) -> Option<PlaceId> {
        let above = &self.entries[parent.index()];
        if above.segment == Some(Segment::Element) {
            return Some(parent);
        }
        if above.element.is_some() || above.depth >= MAX_DEPTH {
            return above.element;
        }
        let id = self.add(parent, Segment::Element);
        self.entries[parent.index()].element = Some(id);
        Some(id)
    }

    fn named(&mut self, parent: PlaceId, name: &Atom) -> Option<PlaceId> {
        let above = &self.entries[parent.index()];
        if above.depth >= MAX_DEPTH {
            return None;
        }
        if above.parent.is_none()
            && let Root::Global(global) = self.roots.get(above.root)
            && matches!(&**global, "window" | "globalThis" | "self" | "global")
        {
            return Some(self.root(Root::Global(name.clone())));
        }
        let next = PlaceId(self.entries.len() as u32);
        let id = *self.parts.entry((parent, name.clone())).or_insert(next);
        if id == next {
            self.add(parent, Segment::Named(name.clone()));
        }
        Some(id)
    }

    fn add(&mut self, parent: PlaceId, segment: Segment) -> PlaceId {
        let above = &self.entries[parent.index()];
        let (root, depth) = (above.root, above.depth + 1);
        self.entries.push(Entry { parent: Some(parent), root, segment: Some(segment), depth, element: None });
        PlaceId(self.entries.len() as u32 - 1)
    }

    fn expr(&mut self, id: ExprId) -> Option<PlaceId> {
        match self.of_expr[id.index()] {
            State::At(place) => return Some(place),
            State::Nowhere | State::Busy => return None,
            State::Unknown => {}
        }
        self.of_expr[id.index()] = State::Busy;
        let place = self.find(id);
        self.of_expr[id.index()] = place.map_or(State::Nowhere, State::At);
        place
    }

    fn find(&mut self, id: ExprId) -> Option<PlaceId> {
        match self.tree.kind(id) {
            Kind::Ident(reference) => {
                let reference = self.tree.scopes.reference(*reference);
                match reference.binding {
                    Some(binding) => self.binding(binding),
                    None => Some(self.root(Root::Global(reference.name.clone()))),
                }
            }
            Kind::This => Some(self.this(self.tree.expr(id).function)),
            Kind::Member { object, name } => {
                let parent = self.expr(*object)?;
                self.named(parent, name)
            }
            Kind::Index { object, .. } => {
                let parent = self.expr(*object)?;
                self.element(parent)
            }
            Kind::Call { callee, args } => match self.tree.kind(*callee) {
                Kind::Member { object, name } if self.protocols.element_of.has(name) => {
                    let parent = self.expr(*object)?;
                    // `Peg.get()` of an import hands out its one object; `http.get(url)` makes one.
                    match self.is_foreign(parent) && args.len > 0 {
                        true => None,
                        false => self.element(parent),
                    }
                }
                _ => None,
            },
            // `const t = (x.y = value)`: the value is what `x.y` now holds.
            Kind::Assign { target: Target::Expr(target), .. } => self.expr(*target),
            _ => None,
        }
    }

    fn is_foreign(&self, place: PlaceId) -> bool {
        match self.roots.get(self.entries[place.index()].root) {
            Root::Global(_) => true,
            Root::Binding(binding) => {
                let binding = self.tree.scopes.binding(*binding);
                matches!(binding.kind, BindingKind::Import { .. })
                    || binding.init.is_some_and(|init| paths::path_of(self.tree, init).is_some())
            }
            _ => false,
        }
    }

    fn this(&mut self, function: FnId) -> PlaceId {
        let owner = self.tree.this_function(function);
        let root = match self.classes.of_member(owner) {
            Some(class) if self.tree.function(owner).is_static => match self.classes.get(class).binding {
                Some(binding) => Root::Binding(binding),
                None => Root::UnknownThis(owner),
            },
            Some(class) => Root::This(class),
            None => Root::UnknownThis(owner),
        };
        self.root(root)
    }

    fn binding(&mut self, id: BindingId) -> Option<PlaceId> {
        match self.of_binding[id.index()] {
            State::At(place) => return Some(place),
            State::Busy => return Some(self.root(Root::Binding(id))),
            State::Nowhere | State::Unknown => {}
        }
        self.of_binding[id.index()] = State::Busy;
        self.following += 1;
        let alias = if self.following <= MAX_FOLLOWED { self.alias(id) } else { None };
        self.following -= 1;
        let place = alias.unwrap_or_else(|| self.root(Root::Binding(id)));
        self.of_binding[id.index()] = State::At(place);
        Some(place)
    }

    /// What a never reassigned binding is another name for.
    fn alias(&mut self, id: BindingId) -> Option<PlaceId> {
        let binding = self.tree.scopes.binding(id);
        if binding.writes > 0 {
            return None;
        }
        if let BindingKind::Parameter { function, index } = binding.kind {
            return self.parameter(id, function, index as usize);
        }
        let init = binding.init?;
        let mut place = match binding.projection.first() {
            Some(Segment::Element) => self.contents(init)?,
            _ => self.aliased(init)?,
        };
        for segment in &binding.projection {
            place = self.part(place, segment)?;
        }
        Some(place)
    }

    /// Only names and member chains are other names of a place; a call's result is a new thing, except where
    /// the call hands out an element.
    fn aliased(&mut self, init: ExprId) -> Option<PlaceId> {
        match self.tree.kind(init) {
            Kind::Ident(_) | Kind::This | Kind::Member { .. } | Kind::Index { .. } => self.expr(init),
            Kind::Call { .. } => self.expr(init),
            _ => None,
        }
    }

    /// The place whose elements `values` iterates: `p`, `p.values()`, `[...p]`, `Object.values(p)`.
    fn contents(&mut self, values: ExprId) -> Option<PlaceId> {
        match self.tree.kind(values) {
            Kind::Call { callee, args } => {
                let Kind::Member { object, name } = self.tree.kind(*callee) else {
                    return None;
                };
                if !self.protocols.contents_of.has(name) {
                    return self.expr(values);
                }
                match (self.is_global(*object), self.tree.list(*args).first()) {
                    (true, Some(first)) => self.contents(*first),
                    _ => self.contents(*object),
                }
            }
            Kind::Array(items) => match self.tree.list(*items) {
                [only] => match self.tree.kind(*only) {
                    Kind::Spread(inner) => self.contents(*inner),
                    _ => None,
                },
                _ => None,
            },
            Kind::Binary { left, .. } => self.contents(*left),
            _ => self.aliased(values),
        }
    }

    /// `Object` or `Array` of `Object.values(x)`, `Array.from(x)`.
    fn is_global(&self, object: ExprId) -> bool {
        let Kind::Ident(reference) = self.tree.kind(object) else {
            return false;
        };
        let reference = self.tree.scopes.reference(*reference);
        reference.binding.is_none() && matches!(&*reference.name, "Object" | "Array")
    }

    /// The parameter of `p.forEach(x => …)` is an element of p; that of a function called where it stands
    /// is the argument.
    fn parameter(&mut self, id: BindingId, function: FnId, index: usize) -> Option<PlaceId> {
        if let Some((class, name)) = self.fields_of.get(&id).cloned() {
            let root = self.root(Root::This(class));
            return self.named(root, &name);
        }
        let expr = self.tree.function(function).expr?;
        let Up::Expr(call) = self.tree.expr(expr).up else {
            return None;
        };
        let (callee, args) = self.tree.call_parts(call)?;
        if callee == expr {
            let arg = *args.get(index)?;
            return self.aliased(arg);
        }
        let Kind::Member { object, name } = self.tree.kind(callee) else {
            return None;
        };
        if args.first() != Some(&expr) || !self.protocols.iterators.has(name) {
            return None;
        }
        let element = if name.starts_with("reduce") { 1 } else { 0 };
        if index != element {
            return None;
        }
        let container = self.contents(*object)?;
        self.element(container)
    }

    /// `constructor(private feed: Feed)`, `constructor(feed) { this.feed = feed }`
    fn parameter_fields(&self) -> FxHashMap<BindingId, (ClassId, Atom)> {
        let mut found = FxHashMap::default();
        for class in self.tree.class_ids() {
            for member in &self.tree.class(class).members {
                if let (MemberKind::ParameterProperty(binding), Some(name)) = (member.kind, &member.name) {
                    found.insert(binding, (class, name.clone()));
                }
            }
        }
        let mut fills: FxHashMap<(ClassId, Atom), u32> = FxHashMap::default();
        let mut given = Vec::new();
        for assign in &self.tree.assigns {
            let Kind::Assign { target: Target::Expr(target), value, .. } = self.tree.kind(*assign) else {
                continue;
            };
            let Kind::Member { object, name } = self.tree.kind(*target) else {
                continue;
            };
            if !matches!(self.tree.kind(*object), Kind::This) {
                continue;
            }
            let function = self.tree.expr(*assign).function;
            let Some(class) = self.classes.of_this(self.tree, function) else {
                continue;
            };
            *fills.entry((class, name.clone())).or_default() += 1;
            if let Some(binding) = self.given(*value, function)
                && self.classes.get(class).constructors.contains(&function)
            {
                given.push((binding, class, name.clone()));
            }
        }
        for (binding, class, name) in given {
            if fills.get(&(class, name.clone())) == Some(&1) {
                found.entry(binding).or_insert((class, name));
            }
        }
        found
    }

    /// The parameter of `function` that an expression names.
    fn given(&self, value: ExprId, function: FnId) -> Option<BindingId> {
        let Kind::Ident(reference) = self.tree.kind(value) else {
            return None;
        };
        let id = self.tree.scopes.reference(*reference).binding?;
        let binding = self.tree.scopes.binding(id);
        let own = matches!(binding.kind, BindingKind::Parameter { function: of, .. } if of == function);
        (own && binding.writes == 0).then_some(id)
    }

    fn fields(&mut self, id: ClassId) {
        for member in &self.tree.class(id).members {
            let (MemberKind::Field(_) | MemberKind::ParameterProperty(_), Some(name)) =
                (member.kind, &member.name)
            else {
                continue;
            };
            let root = match (member.is_static, self.classes.get(id).binding) {
                (true, Some(binding)) => Root::Binding(binding),
                _ => Root::This(id),
            };
            let root = self.root(root);
            self.named(root, name);
        }
    }
}

/// The kinds of expressions that [`PlaceBuilder::find`] looks into.
fn may_be_place(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Ident(_)
            | Kind::This
            | Kind::Member { .. }
            | Kind::Index { .. }
            | Kind::Call { .. }
            | Kind::Assign { .. }
    )
}
