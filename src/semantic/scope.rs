//! Scopes, bindings and references: declare while walking, keep references flat, resolve at the end.
//!
//! Limits, written down: `with` and direct `eval` are only marked, sloppy functions in blocks are block
//! scoped, and names in type positions are not references.

use super::tree::{ExprId, FnId, index};
use crate::ast::Atom;
use crate::source::Span;
use rustc_hash::{FxBuildHasher, FxHashMap};
use smallvec::SmallVec;

index!(
    /// A lexical scope.
    ScopeId,
    /// A declared name.
    BindingId,
    /// One mention of a name.
    RefId,
);

/// The scope of the file's top level.
pub const MODULE_SCOPE: ScopeId = ScopeId(0);

/// What introduced a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeKind {
    Module,
    Function,
    /// `{ … }`, a loop's head and body, `switch`, `catch`
    Block,
    /// The name of a function or class expression, visible inside only.
    Name,
}

/// One scope.
#[derive(Debug)]
pub struct Scope {
    pub parent: Option<ScopeId>,
    pub kind: ScopeKind,
    pub function: FnId,
    /// A loop makes this scope anew for each turn.
    pub in_loop: bool,
    /// Direct `eval` or `with` inside: everything visible is captured.
    pub dynamic: bool,
    /// Some name is declared in it; most blocks declare none.
    declares: bool,
}

/// What declared a binding.
#[derive(Debug, Clone, PartialEq)]
pub enum BindingKind {
    Import { module: Atom, name: Imported },
    Const,
    Let,
    Var,
    Using,
    Function(FnId),
    Class,
    Parameter { function: FnId, index: u32 },
    Catch,
    Enum,
    Namespace,
}

/// Which export an import binds.
#[derive(Debug, Clone, PartialEq)]
pub enum Imported {
    Default,
    Namespace,
    Named(Atom),
}

/// One step of a destructuring pattern or a place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Segment {
    /// `.name`
    Named(Atom),
    /// Some element: `[i]`, `of`, the content of a Map, Set or array.
    Element,
}

/// One declared name.
#[derive(Debug)]
pub struct Binding {
    pub name: Atom,
    pub kind: BindingKind,
    pub scope: ScopeId,
    /// Byte span of the declared name.
    pub span: Span,
    /// The initialiser; with a non-empty projection the binding is that part of its value.
    pub init: Option<ExprId>,
    pub projection: Vec<Segment>,
    /// Bound by `for (const x of init)`: some element of `init`.
    pub annotation: Option<super::tree::Annotation>,
    pub exported: bool,
    pub refs: SmallVec<[RefId; 4]>,
    /// How many references write it (its initialiser does not count).
    pub writes: u32,
}

/// One mention of a name in value position.
#[derive(Debug)]
pub struct Reference {
    pub name: Atom,
    pub scope: ScopeId,
    pub expr: ExprId,
    pub write: bool,
    pub binding: Option<BindingId>,
}

/// All scopes of a file.
#[derive(Debug, Default)]
pub struct Scopes {
    pub scopes: Vec<Scope>,
    pub bindings: Vec<Binding>,
    pub refs: Vec<Reference>,
    names: Names,
}

/// Bindings by their names, and by the scopes in which these are declared.
#[derive(Debug, Default)]
struct Names {
    /// The first scopes of each name: most names are declared in one or two.
    all: FxHashMap<Atom, SmallVec<[(ScopeId, BindingId); 2]>>,
    /// All scopes of the names that have more than [`FEW`].
    crowded: FxHashMap<(ScopeId, Atom), BindingId>,
}

/// How many scopes of one name are gone through.
const FEW: usize = 8;

type Declared = [(ScopeId, BindingId)];

impl Names {
    fn with_capacity(names: usize) -> Self {
        Self { all: FxHashMap::with_capacity_and_hasher(names, FxBuildHasher), crowded: FxHashMap::default() }
    }

    /// Where a name is declared, if anywhere.
    fn of(&self, name: &Atom) -> Option<&Declared> {
        self.all.get(name).map(SmallVec::as_slice)
    }

    fn find(&self, declared: &Declared, scope: ScopeId, name: &Atom) -> Option<BindingId> {
        if declared.len() > FEW {
            return self.crowded.get(&(scope, name.clone())).copied();
        }
        declared.iter().find(|(at, _)| *at == scope).map(|(_, binding)| *binding)
    }

    /// The binding of a name in a scope: the one there is, or the new one.
    fn insert(&mut self, scope: ScopeId, name: &Atom, new: BindingId) -> BindingId {
        let Self { all, crowded } = self;
        let declared = match all.get_mut(name) {
            Some(declared) => declared,
            None => all.entry(name.clone()).or_default(),
        };
        if declared.len() > FEW {
            return *crowded.entry((scope, name.clone())).or_insert(new);
        }
        if let Some((_, known)) = declared.iter().find(|(at, _)| *at == scope) {
            return *known;
        }
        declared.push((scope, new));
        if declared.len() > FEW {
            crowded.extend(declared.iter().map(|(at, binding)| ((*at, name.clone()), *binding)));
        }
        new
    }
}

impl Scopes {
    /// With room for what a text of so many bytes mostly holds.
    pub fn for_text(bytes: usize) -> Self {
        Self {
            scopes: Vec::with_capacity(bytes / 100),
            bindings: Vec::with_capacity(bytes / 80),
            refs: Vec::with_capacity(bytes / 28),
            names: Names::with_capacity(bytes / 80),
        }
    }

    /// Opens a scope.
    pub fn push(&mut self, parent: Option<ScopeId>, kind: ScopeKind, function: FnId) -> ScopeId {
        let id = ScopeId(self.scopes.len() as u32);
        self.scopes.push(Scope { parent, kind, function, in_loop: false, dynamic: false, declares: false });
        id
    }

    /// Declares a name; a second `var`, function or overload of it in the same scope is the same binding.
    pub fn declare(&mut self, scope: ScopeId, name: Atom, kind: BindingKind, span: Span) -> BindingId {
        let next = BindingId(self.bindings.len() as u32);
        self.scopes[scope.index()].declares = true;
        let id = self.names.insert(scope, &name, next);
        if id != next {
            let earlier = &mut self.bindings[id.index()];
            // Both scripts of a component may import the same.
            if earlier.kind == kind && matches!(kind, BindingKind::Import { .. }) {
                return id;
            }
            earlier.writes += 1;
            if matches!(kind, BindingKind::Function(_)) {
                earlier.kind = kind;
            }
            return id;
        }
        self.bindings.push(Binding {
            name,
            kind,
            scope,
            span,
            init: None,
            projection: Vec::new(),
            annotation: None,
            exported: false,
            refs: SmallVec::new(),
            writes: 0,
        });
        id
    }

    /// Notes a mention; it is resolved by [`Scopes::resolve`].
    pub fn refer(&mut self, name: Atom, scope: ScopeId, expr: ExprId, write: bool) -> RefId {
        let id = RefId(self.refs.len() as u32);
        self.refs.push(Reference { name, scope, expr, write, binding: None });
        id
    }

    /// The scope that `var` and sloppy declarations in `scope` belong to.
    pub fn var_scope(&self, scope: ScopeId) -> ScopeId {
        let mut at = scope;
        loop {
            let here = &self.scopes[at.index()];
            match (here.kind, here.parent) {
                (ScopeKind::Function | ScopeKind::Module, _) | (_, None) => return at,
                (_, Some(parent)) => at = parent,
            }
        }
    }

    /// Finds what a name means in a scope, walking outwards.
    pub fn lookup(&self, scope: ScopeId, name: &Atom) -> Option<BindingId> {
        let declared = self.names.of(name)?;
        let mut at = Some(scope);
        while let Some(id) = at {
            let scope = &self.scopes[id.index()];
            if scope.declares
                && let Some(binding) = self.names.find(declared, id, name)
            {
                return Some(binding);
            }
            at = scope.parent;
        }
        None
    }

    /// Links every reference with its binding. Call once, after the walk.
    pub fn resolve(&mut self) {
        for at in 0..self.refs.len() {
            let found = self.lookup(self.refs[at].scope, &self.refs[at].name);
            self.refs[at].binding = found;
            if let Some(binding) = found {
                let entry = &mut self.bindings[binding.index()];
                entry.refs.push(RefId(at as u32));
                entry.writes += u32::from(self.refs[at].write);
            }
        }
    }

    /// One binding.
    pub fn binding(&self, id: BindingId) -> &Binding {
        &self.bindings[id.index()]
    }

    /// One reference.
    pub fn reference(&self, id: RefId) -> &Reference {
        &self.refs[id.index()]
    }

    /// The function in whose activation a binding lives.
    pub fn function_of(&self, id: BindingId) -> FnId {
        self.scopes[self.binding(id).scope.index()].function
    }
}
