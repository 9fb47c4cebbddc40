//! The file as flat tables: expressions with their parents, functions, classes and regions, linked by
//! integers. It outlives the syntax tree, which is dropped as soon as these tables are filled.

use super::component::Component;
use super::scope::{BindingId, RefId, ScopeId, Scopes};
use crate::ast::{AssignOp, Atom, BinaryOp, UnaryOp};
use crate::source::Span;
use rustc_hash::FxHashSet;

/// Declares a `u32` newtype that indexes one table.
macro_rules! index {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The table index.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )+};
}
pub(crate) use index;

index!(
    /// An expression.
    ExprId,
    /// A function, a class's field initialisers, or the module itself.
    FnId,
    /// A class declaration or expression.
    ClassId,
    /// A stretch of code that runs under one condition.
    RegionId,
);

/// The function that is the module's top level.
pub const MODULE: FnId = FnId(0);

/// A run of entries in [`Tree::lists`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct List {
    pub start: u32,
    pub len: u32,
}

/// One expression.
#[derive(Debug)]
pub struct Expr {
    pub kind: Kind,
    pub span: Span,
    pub up: Up,
    pub function: FnId,
    pub region: RegionId,
}

/// What an expression is. Parentheses, casts and non-null marks are not represented.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Ident(RefId),
    This,
    Super,
    /// `object.name`, `object?.name`, `object["name"]`, `object.#name`
    Member {
        object: ExprId,
        name: Atom,
    },
    /// `object[index]`
    Index {
        object: ExprId,
        index: ExprId,
    },
    Call {
        callee: ExprId,
        args: List,
    },
    New {
        callee: ExprId,
        args: List,
    },
    /// `import(x)`
    ImportCall(List),
    Function(FnId),
    Class(ClassId),
    /// A run of [`Tree::properties`].
    Object(List),
    Array(List),
    String(Atom),
    Number(f64),
    Boolean(bool),
    Null,
    Regex,
    /// Interpolations only; a template without any is a [`Kind::String`].
    Template(List),
    Tagged {
        tag: ExprId,
        parts: List,
    },
    Assign {
        op: AssignOp,
        target: Target,
        value: ExprId,
    },
    Binary {
        op: BinaryOp,
        left: ExprId,
        right: ExprId,
    },
    Unary {
        op: UnaryOp,
        operand: ExprId,
    },
    Update(ExprId),
    Conditional {
        test: ExprId,
        yes: ExprId,
        no: ExprId,
    },
    Await(ExprId),
    Yield(Option<ExprId>),
    Spread(ExprId),
    Sequence(List),
    /// A JSX element: its tag where it is an expression, attributes as properties, children.
    Jsx {
        tag: Option<ExprId>,
        attributes: List,
        children: List,
    },
    /// Anything without influence on what is held.
    Other,
}

/// What an assignment writes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    Expr(ExprId),
    /// `[a, b] = …`: the leaves are expressions whose [`Up`] is [`Up::Destructured`].
    Pattern,
}

/// Where an expression's value goes when its parent is not an expression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Up {
    Expr(ExprId),
    /// An expression statement: the value is dropped.
    Statement,
    /// `return value` or the body of a concise arrow.
    Return(FnId),
    /// `const name = value`
    Init(BindingId),
    /// `const { a, b } = value`, or a leaf target of a destructuring assignment.
    Destructured,
    /// The initialiser of a class field (class, index of the member).
    Field(ClassId, u32),
    /// A default value of a parameter or pattern.
    Default,
    /// A condition of `if`, `while`, `for`, `switch`.
    Test,
    /// The right side of `for … of` or `for … in`.
    Iterated,
    Throw,
    /// `export default value`, `export = value`
    Exported,
    Decorator,
    Extends,
    /// A computed key, an import attribute and the like.
    Other,
}

/// A property of an object literal or an attribute of a JSX element.
#[derive(Debug)]
pub struct Property {
    pub key: Key,
    pub value: ExprId,
    pub accessor: bool,
}

/// A property's key.
#[derive(Debug, Clone, PartialEq)]
pub enum Key {
    Named(Atom),
    Computed(ExprId),
    Spread,
}

/// How a function came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FnKind {
    Module,
    Declaration,
    Expression,
    Arrow,
    Constructor,
    Method,
    Getter,
    Setter,
    /// The field initialisers of one class, run by its constructor.
    FieldInit,
    /// Static fields and static blocks, run once where the class stands.
    StaticInit,
    /// The top level of a component's script, run for every instance.
    Instance,
    /// `$: …` of such a script, run again and again.
    Reactive,
}

/// One function.
#[derive(Debug)]
pub struct Function {
    pub kind: FnKind,
    pub parent: Option<FnId>,
    /// The class whose member this is (not of functions nested in members).
    pub class: Option<ClassId>,
    pub is_static: bool,
    pub is_async: bool,
    pub is_generator: bool,
    pub name: Option<Atom>,
    /// The binding of a declaration, or of a named function expression.
    pub binding: Option<BindingId>,
    /// The expression that makes the function; `None` for declarations, members and the module.
    pub expr: Option<ExprId>,
    pub params: Vec<Param>,
    pub returns: Vec<ExprId>,
    pub scope: ScopeId,
    pub region: RegionId,
    /// The references that stand in the function and in functions nested in it, as a range of
    /// [`Scopes::refs`].
    pub refs: (u32, u32),
    /// The expressions inside, as a range of [`Tree::exprs`].
    pub exprs: (u32, u32),
    /// One past the last function nested in this one: functions stand in the table in the order of their text.
    pub end: u32,
    pub span: Span,
    /// The name, or the head up to the body, for labels.
    pub head: Span,
}

/// One parameter.
#[derive(Debug)]
pub struct Param {
    /// `None` for a pattern; its leaves are bindings with a projection.
    pub binding: Option<BindingId>,
    pub default: Option<ExprId>,
    pub annotation: Option<Annotation>,
    pub decorators: Vec<ExprId>,
    pub rest: bool,
}

/// A type annotation, as far as it is evidence.
#[derive(Debug, Clone, PartialEq)]
pub enum Annotation {
    /// `EventEmitter`, `http.Server` (dotted)
    Named(Atom),
    /// `'a' | 'b'`, `1 | 2`, `boolean`, `keyof typeof table`
    Closed,
    /// `Map<Key, …>`, `Record<Key, …>`, `Set<Key>`
    Keyed(Box<Annotation>),
    Primitive,
    Array,
    Function,
    Other,
}

/// One class.
#[derive(Debug)]
pub struct Class {
    pub name: Option<Atom>,
    pub binding: Option<BindingId>,
    pub expr: Option<ExprId>,
    pub super_class: Option<ExprId>,
    pub decorators: Vec<ExprId>,
    pub members: Vec<Member>,
    /// Indexes of the members that have names, sorted by name.
    pub by_name: Vec<u32>,
    /// The function in which the class stands.
    pub function: FnId,
    pub span: Span,
    pub head: Span,
    pub is_abstract: bool,
}

impl Class {
    /// The members of a name, in the order of their text.
    pub fn named(&self, name: &Atom) -> impl Iterator<Item = &Member> {
        let name_of = |at: &u32| self.members[*at as usize].name.as_ref();
        let from = self.by_name.partition_point(|at| name_of(at) < Some(name));
        let found = self.by_name[from..].iter().take_while(move |at| name_of(at) == Some(name));
        found.map(|at| &self.members[*at as usize])
    }
}

/// A member of a class.
#[derive(Debug)]
pub struct Member {
    pub name: Option<Atom>,
    pub kind: MemberKind,
    pub is_static: bool,
    /// `#name`, `private` or `protected`.
    pub is_private: bool,
    pub decorators: Vec<ExprId>,
    pub annotation: Option<Annotation>,
    pub span: Span,
}

/// What a class member is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MemberKind {
    Constructor(FnId),
    Method(FnId),
    Getter(FnId),
    Setter(FnId),
    Field(Option<ExprId>),
    /// `constructor(private store: Store)`
    ParameterProperty(BindingId),
    /// The class's field initialisers as a function; has no name.
    Initialiser(FnId),
}

impl MemberKind {
    /// The function of a method, accessor, constructor or initialiser.
    pub fn function(self) -> Option<FnId> {
        match self {
            Self::Constructor(f)
            | Self::Method(f)
            | Self::Getter(f)
            | Self::Setter(f)
            | Self::Initialiser(f) => Some(f),
            Self::Field(_) | Self::ParameterProperty(_) => None,
        }
    }
}

/// Why a region may run or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegionKind {
    Function,
    Then,
    Else,
    /// `while`, `do`, `for` without a test: goes on until something else happens.
    Loop,
    /// `for (…; test; …)`: as often as the data it starts with says.
    Counted,
    /// `for … of`, `for … in`; the iterated expression is the region's test.
    Each,
    Try,
    Catch,
    Finally,
    Case,
    /// The right side of `&&`, `||`, `??` or an arm of `?:`.
    ShortCircuit,
}

/// One region.
#[derive(Debug)]
pub struct Region {
    pub kind: RegionKind,
    pub parent: Option<RegionId>,
    pub function: FnId,
    /// The condition, or what is iterated.
    pub test: Option<ExprId>,
}

/// `if (test) return;`: what follows in the same region runs only if the test fails.
#[derive(Debug, Clone, Copy)]
pub struct Guard {
    pub region: RegionId,
    pub test: ExprId,
    /// Byte offset from which the guard holds.
    pub from: u32,
}

/// A `try` statement's parts.
#[derive(Debug, Clone, Copy)]
pub struct TryParts {
    pub body: RegionId,
    pub catch: Option<RegionId>,
    pub finally: Option<RegionId>,
}

/// A statement that leaves its function: `return`, `throw`.
#[derive(Debug, Clone, Copy)]
pub struct Exit {
    pub region: RegionId,
    pub span: Span,
    pub throws: bool,
}

/// The whole file.
#[derive(Debug)]
pub struct Tree {
    pub exprs: Vec<Expr>,
    pub lists: Vec<ExprId>,
    pub properties: Vec<Property>,
    pub functions: Vec<Function>,
    pub classes: Vec<Class>,
    pub regions: Vec<Region>,
    /// Sorted by region, then by place.
    pub guards: Vec<Guard>,
    pub scopes: Scopes,
    /// Every call and `new`, in source order of their starts within one expression.
    pub calls: Vec<ExprId>,
    /// JSX elements.
    pub elements: Vec<ExprId>,
    /// `import(x)`
    pub import_calls: Vec<ExprId>,
    pub assigns: Vec<ExprId>,
    /// `++` and `--`.
    pub updates: Vec<ExprId>,
    /// `await` and `yield`, for the question what lies between two sites.
    pub suspends: Vec<ExprId>,
    /// In source order.
    pub tries: Vec<TryParts>,
    /// In source order of their ends.
    pub exits: Vec<Exit>,
    /// `new Map<Key, …>()`: the type of its keys, by expression.
    pub key_types: Vec<(ExprId, Annotation)>,
    /// Type aliases of unions of literals, and enums.
    pub closed_types: FxHashSet<Atom>,
    /// The modules that `import` and `export … from` name, types included.
    pub modules: Vec<Atom>,
    /// An `import` or `export` declaration is present.
    pub is_module: bool,
    /// The file is a component with markup.
    pub component: Option<Component>,
}
