//! Classes in every dress: `class`, constructor functions with a prototype, object literals with methods.
//!
//! They share one index type: the first entries are the tree's own classes in their order, the others follow.

use super::lifecycle;
use super::options::{self, Instances};
use crate::ast::Atom;
use crate::protocol::Protocols;
use crate::semantic::*;
use crate::source::Span;
use rustc_hash::{FxHashMap, FxHashSet};

/// One class, whatever its dress.
#[derive(Debug)]
pub struct ClassFact {
    pub name: Option<Atom>,
    pub head: Span,
    pub span: Span,
    pub binding: Option<BindingId>,
    pub dress: Dress,
    pub members: FxHashMap<Atom, Vec<FnId>>,
    /// Names of members that only the class itself can call.
    pub private: FxHashSet<Atom>,
    pub constructors: Vec<FnId>,
    /// Base class in this file.
    pub base: Option<ClassId>,
    /// The class extends something, in this file or elsewhere.
    pub extends: Option<ExprId>,
    /// Index into [`Protocols::lifecycles`].
    pub lifecycle: Option<usize>,
}

/// How a class is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dress {
    Class,
    Prototype,
    /// An object literal with methods.
    Object(ExprId),
}

/// All classes of a file.
#[derive(Debug)]
pub struct Classes {
    pub all: Vec<ClassFact>,
    derived: Vec<Vec<ClassId>>,
    /// Per function: the class whose instance (or, in static members, which itself) is its `this`.
    of_function: Vec<Option<ClassId>>,
    constructors: FxHashSet<FnId>,
    /// The `class` that a binding declares or is initialised with; the first if there are more.
    declared: FxHashMap<BindingId, ClassId>,
    /// Options from which a framework makes instances.
    options: FxHashMap<ClassId, Instances>,
}

impl Classes {
    /// Finds all classes.
    pub fn new(tree: &Tree, protocols: &Protocols) -> Self {
        let mut classes = Self {
            all: Vec::with_capacity(tree.classes.len()),
            derived: Vec::new(),
            of_function: vec![None; tree.functions.len()],
            constructors: FxHashSet::default(),
            declared: FxHashMap::default(),
            options: FxHashMap::default(),
        };
        for id in tree.class_ids() {
            classes.all.push(declared(tree, id));
        }
        for id in tree.class_ids() {
            if let Some(binding) = classes.get(id).binding {
                classes.declared.entry(binding).or_insert(id);
            }
        }
        classes.prototypes(tree);
        for (fact, instances) in options::find(tree, protocols) {
            classes.options.insert(ClassId(classes.all.len() as u32), instances);
            classes.all.push(fact);
        }
        classes.objects(tree);
        for at in 0..classes.all.len() {
            let id = ClassId(at as u32);
            let functions: Vec<FnId> = classes.all[at].functions().collect();
            for function in functions {
                classes.of_function[function.index()] = Some(id);
            }
            classes.constructors.extend(&classes.all[at].constructors);
        }
        classes.link_bases(tree);
        for at in 0..classes.all.len() {
            if !classes.options.contains_key(&ClassId(at as u32)) {
                classes.all[at].lifecycle = lifecycle::of_class(tree, protocols, &classes.all[at], at);
            }
        }
        classes
    }

    /// One class.
    pub fn get(&self, id: ClassId) -> &ClassFact {
        &self.all[id.index()]
    }

    /// All class ids.
    pub fn ids(&self) -> impl Iterator<Item = ClassId> + use<> {
        (0..self.all.len() as u32).map(ClassId)
    }

    /// The class whose `this` a function sees; arrows look outwards.
    pub fn of_this(&self, tree: &Tree, function: FnId) -> Option<ClassId> {
        self.of_function[tree.this_function(function).index()]
    }

    /// The class of which a function is itself a member.
    pub fn of_member(&self, function: FnId) -> Option<ClassId> {
        self.of_function[function.index()]
    }

    /// The `class` that a binding stands for.
    pub fn declared_as(&self, binding: BindingId) -> Option<ClassId> {
        self.declared.get(&binding).copied()
    }

    /// Whether a function is the constructor, or runs the field initialisers, of some class.
    pub fn is_constructor(&self, function: FnId) -> bool {
        self.constructors.contains(&function)
    }

    /// A class and its bases in this file, nearest first.
    pub fn lineage(&self, id: ClassId) -> impl Iterator<Item = ClassId> + '_ {
        std::iter::successors(Some(id), |at| self.get(*at).base).take(8)
    }

    /// The functions that `this.name()` may call: the class's own, else the nearest base's.
    pub fn member(&self, id: ClassId, name: &Atom) -> &[FnId] {
        self.lineage(id).find_map(|at| self.get(at).members.get(name)).map_or(&[], Vec::as_slice)
    }

    /// Whether a class is an object literal of which a framework makes instances.
    pub fn is_options(&self, id: ClassId) -> bool {
        self.options.contains_key(&id)
    }

    /// How many instances a framework makes of options.
    pub fn instances(&self, id: ClassId) -> Option<Instances> {
        self.options.get(&id).copied()
    }

    /// Classes of this file that extend this one.
    pub fn derived(&self, id: ClassId) -> &[ClassId] {
        &self.derived[id.index()]
    }

    fn link_bases(&mut self, tree: &Tree) {
        let by_binding: FxHashMap<BindingId, ClassId> = self
            .ids()
            .filter(|id| !matches!(self.get(*id).dress, Dress::Object(_)))
            .filter_map(|id| Some((self.get(id).binding?, id)))
            .collect();
        self.derived = vec![Vec::new(); self.all.len()];
        for id in self.ids() {
            let Some(Kind::Ident(reference)) = self.get(id).extends.map(|e| tree.kind(e)) else {
                continue;
            };
            let binding = tree.scopes.reference(*reference).binding;
            let base = binding.and_then(|binding| by_binding.get(&binding)).copied();
            if let Some(base) = base.filter(|base| *base != id) {
                self.all[id.index()].base = Some(base);
                self.derived[base.index()].push(id);
            }
        }
    }

    /// `X.prototype.m = function …`, `X.prototype = { … }`, `assign(X.prototype, { … })`
    fn prototypes(&mut self, tree: &Tree) {
        let mut found: FxHashMap<BindingId, usize> = FxHashMap::default();
        let mut add = |all: &mut Vec<ClassFact>, owner: BindingId, name: &Atom, function: FnId| {
            let at = *found.entry(owner).or_insert_with(|| {
                all.push(prototype(tree, owner));
                all.len() - 1
            });
            all[at].members.entry(name.clone()).or_default().push(function);
        };
        for assign in &tree.assigns {
            let Kind::Assign { target: Target::Expr(target), value, .. } = tree.kind(*assign) else {
                continue;
            };
            let Kind::Member { object, name } = tree.kind(*target) else {
                continue;
            };
            if let (Some(owner), Some(function)) = (prototype_owner(tree, *object), tree.as_function(*value))
            {
                add(&mut self.all, owner, name, function);
            } else if let Some(owner) = prototype_owner(tree, *target) {
                for (name, function) in methods(tree, *value) {
                    add(&mut self.all, owner, name, function);
                }
            }
        }
        for call in &tree.calls {
            let Some((_, [first, rest @ ..])) = tree.call_parts(*call) else {
                continue;
            };
            let Some(owner) = prototype_owner(tree, *first) else {
                continue;
            };
            for (name, function) in rest.iter().flat_map(|arg| methods(tree, *arg)) {
                add(&mut self.all, owner, name, function);
            }
        }
    }

    fn objects(&mut self, tree: &Tree) {
        let taken: Vec<FnId> = self.all.iter().flat_map(ClassFact::functions).collect();
        let taken: FxHashSet<FnId> = taken.into_iter().collect();
        let options = |class: &ClassFact| match class.dress {
            Dress::Object(literal) => Some(literal),
            _ => None,
        };
        let options: FxHashSet<ExprId> = self.all.iter().filter_map(options).collect();
        for id in tree.expr_ids() {
            if !matches!(tree.kind(id), Kind::Object(list) if list.len > 0) || options.contains(&id) {
                continue;
            }
            let mut members: FxHashMap<Atom, Vec<FnId>> = FxHashMap::default();
            for (name, function) in methods(tree, id) {
                if tree.function(function).kind != FnKind::Arrow && !taken.contains(&function) {
                    members.entry(name.clone()).or_default().push(function);
                }
            }
            if members.is_empty() {
                continue;
            }
            let span = tree.span(id);
            let binding = match tree.expr(id).up {
                Up::Init(binding) => Some(binding),
                _ => None,
            };
            self.all.push(ClassFact {
                name: binding.map(|binding| tree.scopes.binding(binding).name.clone()),
                head: Span::new(span.start, span.start + 1),
                span,
                binding,
                dress: Dress::Object(id),
                members,
                private: FxHashSet::default(),
                constructors: Vec::new(),
                base: None,
                extends: None,
                lifecycle: None,
            });
        }
    }
}

impl ClassFact {
    /// Constructors and members.
    pub fn functions(&self) -> impl Iterator<Item = FnId> + '_ {
        self.constructors.iter().copied().chain(self.members.values().flatten().copied())
    }

    /// The class's name, or a word for it.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(match self.dress {
            Dress::Object(_) => "this object",
            _ => "this class",
        })
    }
}

fn declared(tree: &Tree, id: ClassId) -> ClassFact {
    let class = tree.class(id);
    let mut members: FxHashMap<Atom, Vec<FnId>> = FxHashMap::default();
    let mut constructors = Vec::new();
    let mut private = FxHashSet::default();
    for member in &class.members {
        match (member.kind, &member.name) {
            (MemberKind::Constructor(f) | MemberKind::Initialiser(f), _) => constructors.push(f),
            (MemberKind::Field(Some(value)), Some(name)) => {
                if let Some(function) = tree.as_function(value) {
                    members.entry(name.clone()).or_default().push(function);
                }
            }
            (kind, Some(name)) => {
                if let Some(function) = kind.function() {
                    members.entry(name.clone()).or_default().push(function);
                }
            }
            _ => {}
        }
        if let (true, Some(name)) = (member.is_private, &member.name) {
            private.insert(name.clone());
        }
    }
    let binding = class.binding.or_else(|| match class.expr.map(|expr| tree.expr(expr).up) {
        Some(Up::Init(binding)) => Some(binding),
        _ => None,
    });
    ClassFact {
        name: class.name.clone().or_else(|| binding.map(|binding| tree.scopes.binding(binding).name.clone())),
        head: class.head,
        span: class.span,
        binding,
        dress: Dress::Class,
        members,
        private,
        constructors,
        base: None,
        extends: class.super_class,
        lifecycle: None,
    }
}

fn prototype(tree: &Tree, owner: BindingId) -> ClassFact {
    let binding = tree.scopes.binding(owner);
    let constructor = match binding.kind {
        BindingKind::Function(function) => Some(function),
        _ => binding.init.and_then(|init| tree.as_function(init)),
    };
    let span = constructor.map_or(binding.span, |function| tree.function(function).span);
    ClassFact {
        name: Some(binding.name.clone()),
        head: binding.span,
        span,
        binding: Some(owner),
        dress: Dress::Prototype,
        members: FxHashMap::default(),
        private: FxHashSet::default(),
        constructors: constructor.into_iter().collect(),
        base: None,
        extends: None,
        lifecycle: None,
    }
}

/// `X` of `X.prototype`, also through `const proto = X.prototype`.
fn prototype_owner(tree: &Tree, expr: ExprId) -> Option<BindingId> {
    match tree.kind(expr) {
        Kind::Member { object, name } if name == "prototype" => {
            let Kind::Ident(reference) = tree.kind(*object) else {
                return None;
            };
            tree.scopes.reference(*reference).binding
        }
        Kind::Ident(reference) => {
            let binding = tree.scopes.reference(*reference).binding?;
            let binding = tree.scopes.binding(binding);
            let init = binding.init.filter(|_| binding.writes == 0)?;
            match tree.kind(init) {
                Kind::Member { name, .. } if name == "prototype" => prototype_owner(tree, init),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The function-valued properties of an object literal.
pub fn methods(tree: &Tree, object: ExprId) -> impl Iterator<Item = (&Atom, FnId)> {
    let list = match tree.kind(object) {
        Kind::Object(list) => *list,
        _ => List::default(),
    };
    tree.properties(list).iter().filter_map(|property| match &property.key {
        Key::Named(name) => Some((name, tree.as_function(property.value)?)),
        _ => None,
    })
}
