//! Whether a file can hold any obligation, judged from its tree alone. Most files cannot: their words let them through the
//! prefilter, but what grows in them is a local variable, and what sounds like an acquire stands in a type. For those
//! nothing is derived.
//!
//! Every answer errs on the side of yes. What a family looks for is repeated here as far as a tree without facts can tell;
//! the same findings come out without this step.

mod cleanups;
mod large;
mod mentions;
mod typed;

use crate::ast::Atom;
use crate::facts::paths;
use crate::protocol::{ListenerRole, Opener, Protocols, openers_by_path};
use crate::semantic::*;
use mentions::mentioned;
use rustc_hash::FxHashSet;
use std::cell::OnceCell;

/// How far a name is followed before it may stand for anything.
const MAX_STEPS: u32 = 8;

/// Whether some family may open an obligation.
pub fn may_open(tree: &Tree, protocols: &Protocols) -> bool {
    let openings = Openings {
        tree,
        protocols,
        prototypes: OnceCell::new(),
        mentioned: OnceCell::new(),
        methods: OnceCell::new(),
        containers: OnceCell::new(),
        typed: OnceCell::new(),
    };
    let mut verbs = FxHashSet::default();
    tree.calls.iter().any(|call| openings.call(*call, &mut verbs))
        || tree.assigns.iter().any(|assign| openings.assign(*assign))
        || tree.updates.iter().any(|update| openings.update(*update))
        || openings.has_losing_attribute()
        || openings.has_captured_large()
}

struct Openings<'t> {
    tree: &'t Tree,
    protocols: &'t Protocols,
    /// Whether the file gives some function a prototype, which makes it a constructor.
    prototypes: OnceCell<bool>,
    /// What the path of some value or type in the file may end in.
    mentioned: OnceCell<FxHashSet<Atom>>,
    /// The methods that the file calls.
    methods: OnceCell<FxHashSet<&'t Atom>>,
    /// Names of variables and fields into which the file puts a collection.
    containers: OnceCell<FxHashSet<&'t Atom>>,
    /// Names of what is annotated or made as something of a type that rows ask for.
    typed: OnceCell<FxHashSet<&'t Atom>>,
}

impl<'t> Openings<'t> {
    fn call(&self, call: ExprId, verbs: &mut FxHashSet<&'t Atom>) -> bool {
        let Some((callee, args)) = self.tree.call_parts(call) else {
            return false;
        };
        if self.opens_by_path(callee) {
            return true;
        }
        match self.tree.kind(callee) {
            Kind::Ident(reference) => {
                let name = &self.tree.scopes.reference(*reference).name;
                self.opens_by_name(name, None) || self.is_losing_hook(callee, Some(name), args)
            }
            Kind::Member { object, name } => {
                self.opens_by_name(name, Some(*object))
                    || self.is_losing_hook(callee, Some(name), args)
                    || self.is_verb(name, args, verbs)
                    || self.grows(name) && self.may_last(*object, MAX_STEPS)
                    || name == "assign" && args.first().is_some_and(|first| self.may_last(*first, MAX_STEPS))
            }
            _ => false,
        }
    }

    fn opens_by_path(&self, callee: ExprId) -> bool {
        paths::last_name(self.tree, callee).is_some_and(|last| self.protocols.openers.ends_in(last))
            && paths::path_of(self.tree, callee)
                .is_some_and(|path| openers_by_path(self.protocols).iter().any(|paths| paths.has(&path)))
    }

    fn opens_by_name(&self, name: &Atom, receiver: Option<ExprId>) -> bool {
        match self.protocols.openers.named(name) {
            None => false,
            Some(Opener::Always) => true,
            Some(Opener::Typed(types)) => {
                receiver.is_none_or(|receiver| self.may_be_typed(receiver, types, MAX_STEPS)) && {
                    let openers = &self.protocols.openers;
                    let mentioned = self.mentioned.get_or_init(|| mentioned(self.tree, openers));
                    types.iter().any(|name| mentioned.contains(name))
                }
            }
        }
    }

    /// A verb of the project's own: one that adds where another takes off, or one that is used twice and may return what
    /// ends it.
    fn is_verb(&self, name: &'t Atom, args: &[ExprId], verbs: &mut FxHashSet<&'t Atom>) -> bool {
        let [_] = args else {
            return false;
        };
        self.is_paired(name) || self.protocols.local_method(name).is_some() && !verbs.insert(name)
    }

    /// `attachNews` where `detachNews` is called, too.
    fn is_paired(&self, name: &Atom) -> bool {
        let Some((row, ListenerRole::Add, _)) = self.protocols.paired(name) else {
            return false;
        };
        let methods = self.methods.get_or_init(|| {
            let callees = self.tree.calls.iter().filter_map(|call| self.tree.call_parts(*call));
            let named = callees.filter_map(|(callee, _)| match self.tree.kind(callee) {
                Kind::Member { name, .. } => Some(name),
                _ => None,
            });
            named.collect()
        });
        let removal = self.protocols.listeners[row].removal_of(name);
        removal.is_some_and(|removal| methods.contains(&Atom::from(removal)))
    }

    /// Whether the file puts a collection into some variable or field of the name.
    fn keeps(&self, name: &Atom) -> bool {
        self.containers.get_or_init(|| self.containers()).contains(name)
    }

    fn containers(&self) -> FxHashSet<&'t Atom> {
        self.filled().filter(|(_, value)| self.is_collection(*value)).map(|(name, _)| name).collect()
    }

    /// The names of variables, fields and properties, each with a value that is put there.
    fn filled(&self) -> impl Iterator<Item = (&'t Atom, ExprId)> + use<'t> {
        let tree = self.tree;
        let assigned = tree.assigns.iter().filter_map(|assign| match tree.kind(*assign) {
            Kind::Assign { target: Target::Expr(target), value, .. } => match tree.kind(*target) {
                Kind::Ident(reference) => Some((&tree.scopes.reference(*reference).name, *value)),
                Kind::Member { name, .. } => Some((name, *value)),
                _ => None,
            },
            _ => None,
        });
        let bindings = tree.scopes.bindings.iter().filter(|binding| binding.projection.is_empty());
        let declared = bindings.filter_map(|binding| Some((&binding.name, binding.init?)));
        let members = tree.classes.iter().flat_map(|class| &class.members);
        let fields = members.filter_map(|member| match member.kind {
            MemberKind::Field(Some(value)) => Some((member.name.as_ref()?, value)),
            _ => None,
        });
        let properties = tree.properties.iter().filter_map(|property| match &property.key {
            Key::Named(name) => Some((name, property.value)),
            _ => None,
        });
        declared.chain(assigned).chain(fields).chain(properties)
    }

    fn is_collection(&self, value: ExprId) -> bool {
        match self.tree.kind(value) {
            Kind::Array(_) | Kind::Object(_) => true,
            Kind::New { callee, .. } => paths::matches(self.tree, *callee, &self.protocols.growing).is_some(),
            Kind::Call { callee, .. } => {
                paths::last_name(self.tree, *callee).is_some_and(|last| last == "create")
            }
            _ => false,
        }
    }

    fn grows(&self, name: &Atom) -> bool {
        self.protocols.grow.has(name) || name == "splice"
    }

    /// `table[key] = value`, `list = [...list, value]`, `list = list.concat(value)`
    fn assign(&self, assign: ExprId) -> bool {
        let Kind::Assign { target: Target::Expr(target), value, .. } = self.tree.kind(assign) else {
            return false;
        };
        match (self.tree.kind(*target), self.tree.kind(*value)) {
            (Kind::Index { object, .. }, _) => self.may_last(*object, MAX_STEPS),
            (_, Kind::Array(items)) => {
                let spreads = |item: &ExprId| matches!(self.tree.kind(*item), Kind::Spread(_));
                self.tree.list(*items).iter().any(spreads) && self.may_last(*target, MAX_STEPS)
            }
            (_, Kind::Call { callee, .. }) => {
                matches!(self.tree.kind(*callee), Kind::Member { name, .. } if name == "concat")
                    && self.may_last(*target, MAX_STEPS)
            }
            _ => false,
        }
    }

    /// `table[key]++`
    fn update(&self, update: ExprId) -> bool {
        match self.tree.kind(update) {
            Kind::Update(target) => match self.tree.kind(*target) {
                Kind::Index { object, .. } => self.may_last(*object, MAX_STEPS),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a collection may be one that the engine looks at: of the module, a class, an object or a closure.
    fn may_last(&self, collection: ExprId, steps: u32) -> bool {
        let Some(steps) = steps.checked_sub(1) else {
            return true;
        };
        let list = |list: &List| self.tree.list(*list).iter().any(|item| self.may_last(*item, steps));
        match self.tree.kind(collection) {
            Kind::Ident(reference) => {
                let binding = self.tree.scopes.reference(*reference).binding;
                binding.is_some_and(|binding| self.variable_may_last(binding, steps))
            }
            Kind::Member { object, name } => self.may_be_instance(*object, steps) && self.keeps(name),
            // What a call passes on, or hands out of what it is asked of.
            Kind::Call { callee, args } => {
                let of = match self.tree.kind(*callee) {
                    Kind::Member { object, .. } => self.may_last(*object, steps),
                    _ => false,
                };
                of || list(args)
            }
            Kind::Assign { target: Target::Expr(target), value, .. } => {
                self.may_last(*target, steps) || self.may_last(*value, steps)
            }
            Kind::Binary { left, right, .. } => self.may_last(*left, steps) || self.may_last(*right, steps),
            Kind::Conditional { yes, no, .. } => self.may_last(*yes, steps) || self.may_last(*no, steps),
            Kind::Await(inner) => self.may_last(*inner, steps),
            Kind::Sequence(items) => list(items),
            _ => false,
        }
    }

    fn variable_may_last(&self, id: BindingId, steps: u32) -> bool {
        let binding = self.tree.scopes.binding(id);
        let home = self.tree.scopes.function_of(id);
        match binding.kind {
            BindingKind::Import { .. } => return false,
            BindingKind::Parameter { function, .. } => return self.parameter_may_last(function),
            _ => {}
        }
        let captured =
            |reference: &RefId| self.tree.expr(self.tree.scopes.reference(*reference).expr).function != home;
        if (home == MODULE || binding.refs.iter().any(captured)) && self.keeps(&binding.name) {
            return true;
        }
        // Another name: `const list = this.list`, `const { list } = this`.
        let Some(init) = binding.init.filter(|_| binding.writes == 0) else {
            return false;
        };
        match (self.tree.kind(init), binding.projection.last()) {
            (Kind::Array(_) | Kind::Object(_) | Kind::New { .. }, _) | (_, Some(Segment::Element)) => false,
            (_, Some(Segment::Named(name))) => self.keeps(name),
            (_, None) => self.may_last(init, steps),
        }
    }

    /// `constructor(list) { this.list = list; list.push(1) }`, `((list) => list.push(1))(all)`
    fn parameter_may_last(&self, function: FnId) -> bool {
        let entry = self.tree.function(function);
        match entry.kind {
            FnKind::Constructor => true,
            _ if self.is_called_at_once(function) => true,
            FnKind::Declaration | FnKind::Expression => self.has_prototypes(),
            _ => false,
        }
    }

    fn is_called_at_once(&self, function: FnId) -> bool {
        let Some(expr) = self.tree.function(function).expr else {
            return false;
        };
        match self.tree.expr(expr).up {
            Up::Expr(parent) => self.tree.call_parts(parent).is_some_and(|(callee, _)| callee == expr),
            _ => false,
        }
    }

    fn has_prototypes(&self) -> bool {
        *self.prototypes.get_or_init(|| {
            self.tree
                .exprs
                .iter()
                .any(|expr| matches!(&expr.kind, Kind::Member { name, .. } if name == "prototype"))
        })
    }

    /// `this`, a class, or another name of one of these: what stands in their fields is looked at, and nothing deeper.
    fn may_be_instance(&self, object: ExprId, steps: u32) -> bool {
        let Some(steps) = steps.checked_sub(1) else {
            return true;
        };
        match self.tree.kind(object) {
            Kind::This => true,
            Kind::Assign { target: Target::Expr(target), .. } => self.may_be_instance(*target, steps),
            Kind::Ident(reference) => {
                let Some(id) = self.tree.scopes.reference(*reference).binding else {
                    return false;
                };
                let binding = self.tree.scopes.binding(id);
                match (&binding.kind, binding.init) {
                    (BindingKind::Class, _) => true,
                    (BindingKind::Parameter { function, .. }, _) => self.is_called_at_once(*function),
                    (_, Some(init)) if binding.projection.is_empty() => {
                        matches!(self.tree.kind(init), Kind::Class(_)) || self.may_be_instance(init, steps)
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }
}
