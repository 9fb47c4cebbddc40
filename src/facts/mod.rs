//! What the analysis asks of a file, derived once: classes, places, calls, owners, lifetimes, repetition.

pub mod activation;
pub mod attributes;
pub mod captures;
pub mod classes;
mod connection;
pub mod flow;
pub mod graph;
pub mod handler;
mod hooked;
pub mod hooks;
mod injected;
pub mod lifecycle;
pub mod lifetime;
pub mod lost;
mod made;
pub mod options;
pub mod order;
pub mod owner;
pub mod paths;
pub mod places;
mod presence;
pub mod reach;
mod refs;
pub mod repetition;
mod roots;
pub mod rows;
pub mod telling;
pub mod types;

use crate::ast::Atom;
use crate::protocol::{Protocols, TeardownName};
use crate::semantic::*;
use captures::Outward;
use classes::Classes;
use graph::Graph;
use owner::Roles;
use places::{PlaceBuilder, PlaceId, Places, Root};
use repetition::Repetition;
use rows::Rows;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

/// How many values of one place are looked at. A variable that is filled in more places than this, as in tables and
/// generated code, is known well enough by the first of them.
const MAX_VALUES: usize = 256;

/// All facts of one file.
#[derive(Debug)]
pub struct Facts<'a> {
    pub tree: &'a Tree,
    pub protocols: &'a Protocols,
    pub classes: Classes,
    pub places: Places,
    pub graph: Graph,
    /// What each function is to a framework: effect, component, handler.
    pub roles: Roles,
    lost: OnceCell<lost::LostCleanups>,
    /// Per function and per class, found when first asked for: most files have nothing that runs too often.
    runs: OnceCell<(Vec<Repetition>, Vec<Repetition>)>,
    /// From where a component's sites run, found when first asked for.
    origins: RefCell<FxHashMap<(FnId, ExprId), Rc<activation::Origins>>>,
    /// Judged names, since the same few are asked for again and again.
    teardown_names: RefCell<FxHashMap<Atom, Option<TeardownName>>>,
    end_sounds: RefCell<FxHashMap<Atom, bool>>,
    /// Whether an owner may be the root of a page, and what that is told by.
    may_be_root: RefCell<FxHashMap<owner::Owner, bool>>,
    takers: OnceCell<presence::Takers>,
    class_of_binding: FxHashMap<BindingId, ClassId>,
    /// Values that are put into a place by an initialiser, `=`, a field, `push`, `set`, in this order.
    values: Rows<ExprId>,
    /// The same, sorted.
    sorted_values: OnceCell<Rows<ExprId>>,
    outward: OnceCell<Outward>,
    /// The tests of loops that go on until something else happens.
    pub loop_tests: FxHashSet<ExprId>,
    /// Places that `++` or `--` changes.
    pub counters: FxHashSet<PlaceId>,
    /// Bindings that leave the file through `module.exports`, `exports.x` or `export default`.
    exported: FxHashSet<BindingId>,
    /// Components that the file puts at the root of a page.
    roots: FxHashSet<BindingId>,
    /// How many instances of each class its framework makes.
    made: Vec<lifecycle::Made>,
}

impl<'a> Facts<'a> {
    /// Derives everything; linear in the size of the tree.
    pub fn new(tree: &'a Tree, protocols: &'a Protocols) -> Self {
        let classes = Classes::new(tree, protocols);
        let places = PlaceBuilder::build(tree, &classes, protocols);
        let mut facts = Self {
            tree,
            protocols,
            classes,
            places,
            graph: Graph::default(),
            roles: Roles::default(),
            lost: OnceCell::new(),
            runs: OnceCell::new(),
            origins: RefCell::default(),
            teardown_names: RefCell::default(),
            end_sounds: RefCell::default(),
            may_be_root: RefCell::default(),
            takers: OnceCell::new(),
            class_of_binding: FxHashMap::default(),
            values: Rows::default(),
            sorted_values: OnceCell::new(),
            outward: OnceCell::new(),
            loop_tests: loop_tests(tree),
            counters: FxHashSet::default(),
            exported: FxHashSet::default(),
            roots: FxHashSet::default(),
            made: Vec::new(),
        };
        facts.class_of_binding = facts
            .classes
            .ids()
            .filter(|id| !matches!(facts.classes.get(*id).dress, classes::Dress::Object(_)))
            .filter_map(|id| Some((facts.classes.get(id).binding?, id)))
            .collect();
        facts.values = facts.collect_values();
        facts.counters = facts.collect_counters();
        facts.exported = facts.collect_exports();
        facts.roots = facts.collect_roots();
        facts.made = facts.collect_made();
        facts.graph = Graph::build(&facts);
        facts.link_callers();
        facts.roles = Roles::new(&facts);
        facts.link_owners();
        facts
    }

    /// Cleanups that cannot run.
    pub fn lost(&self) -> &lost::LostCleanups {
        self.lost.get_or_init(|| lost::LostCleanups::new(self))
    }

    /// How often a function runs.
    pub fn repetition(&self, function: FnId) -> &Repetition {
        &self.runs.get_or_init(|| repetition::solve(self)).0[function.index()]
    }

    /// How often an instance of a class is made.
    pub fn instances(&self, class: ClassId) -> &Repetition {
        &self.runs.get_or_init(|| repetition::solve(self)).1[class.index()]
    }

    /// How surely a name says that it ends its object; see [`crate::protocol::Teardowns::judge`].
    pub fn teardown_name(&self, name: &Atom) -> Option<TeardownName> {
        if let Some(known) = self.teardown_names.borrow().get(name) {
            return *known;
        }
        let judged = self.protocols.teardowns.judge(name);
        self.teardown_names.borrow_mut().insert(name.clone(), judged);
        judged
    }

    /// The place of a binding, if anything mentions it.
    pub fn place_of_binding(&self, binding: BindingId) -> Option<PlaceId> {
        self.places.at_root(&Root::Binding(binding))
    }

    /// The place of a class's field, if anything mentions it.
    pub fn field_place(&self, class: ClassId, name: &Atom, is_static: bool) -> Option<PlaceId> {
        let root = match self.classes.get(class).binding {
            Some(binding) if is_static => Root::Binding(binding),
            _ => Root::This(class),
        };
        let root = self.places.at_root(&root)?;
        self.places.part(root, &Segment::Named(name.clone()))
    }

    /// The values that some code puts into a place, `MAX_VALUES` at most.
    pub fn values_at(&self, place: PlaceId) -> &[ExprId] {
        let values = &self.values[place.index()];
        &values[..values.len().min(MAX_VALUES)]
    }

    /// The values that the code of a function, and of those nested in it, puts into a place.
    pub fn values_in(&self, place: PlaceId, function: FnId) -> &[ExprId] {
        let (start, end) = self.tree.function(function).exprs;
        let values = &self.sorted_values.get_or_init(|| self.values.sorted())[place.index()];
        let from = values.partition_point(|value| value.0 < start);
        let len = values[from..].partition_point(|value| value.0 < end).min(MAX_VALUES);
        &values[from..from + len]
    }

    /// Whether a binding can be reached from other files.
    pub fn is_exported(&self, binding: BindingId) -> bool {
        self.tree.scopes.binding(binding).exported || self.exported.contains(&binding)
    }

    /// Whether an expression is written rather than read: the target of `=`, `delete`, a pattern's leaf.
    pub fn is_write(&self, expr: ExprId) -> bool {
        match self.tree.expr(expr).up {
            Up::Expr(parent) => matches!(
                self.tree.kind(parent),
                Kind::Assign { target: Target::Expr(target), .. } if *target == expr
            ),
            Up::Destructured => self.is_pattern_leaf(expr),
            _ => false,
        }
    }

    fn is_pattern_leaf(&self, expr: ExprId) -> bool {
        match self.tree.kind(expr) {
            Kind::Ident(reference) => self.tree.scopes.reference(*reference).write,
            Kind::Member { .. } | Kind::Index { .. } => true,
            // `const { remove } = listen()`: what is taken apart.
            _ => false,
        }
    }

    /// The loop around a site that goes on until something else happens. A loop over data is none: it runs as often as
    /// what it starts with says, once for each time its function runs.
    pub fn in_loop(&self, expr: ExprId) -> Option<RegionId> {
        self.tree
            .region_path(self.tree.expr(expr).region)
            .find(|region| self.tree.region(*region).kind == RegionKind::Loop)
    }

    /// An array or object literal, also through a never reassigned `const`.
    pub fn is_literal_list(&self, list: ExprId) -> bool {
        match self.tree.kind(list) {
            Kind::Array(items) => {
                !self.tree.list(*items).iter().any(|i| matches!(self.tree.kind(*i), Kind::Spread(_)))
            }
            Kind::Object(_) => true,
            Kind::Ident(reference) => {
                let Some(binding) = self.tree.scopes.reference(*reference).binding else {
                    return false;
                };
                let binding = self.tree.scopes.binding(binding);
                let init = binding.init.filter(|_| binding.writes == 0);
                init.is_some_and(|init| {
                    binding.projection.is_empty()
                        && matches!(self.tree.kind(init), Kind::Array(items) if items.len > 0)
                })
            }
            Kind::Call { callee, args } => match self.tree.kind(*callee) {
                Kind::Member { object, name } if name == "entries" || name == "keys" => {
                    let inner = self.tree.list(*args).first().unwrap_or(object);
                    self.is_literal_list(*inner)
                }
                _ => false,
            },
            _ => false,
        }
    }

    fn collect_values(&self) -> Rows<ExprId> {
        let mut values: Vec<(PlaceId, ExprId)> = Vec::new();
        for (at, binding) in self.tree.scopes.bindings.iter().enumerate() {
            let place = self.place_of_binding(BindingId(at as u32));
            if let (Some(place), Some(init), true) = (place, binding.init, binding.projection.is_empty()) {
                values.push((place, init));
            }
        }
        for assign in &self.tree.assigns {
            if let Kind::Assign { target: Target::Expr(target), value, .. } = self.tree.kind(*assign)
                && let Some(place) = self.places.of(*target)
            {
                values.push((place, *value));
            }
        }
        for class in self.tree.class_ids() {
            for member in &self.tree.class(class).members {
                if let (MemberKind::Field(Some(value)), Some(name)) = (member.kind, &member.name)
                    && let Some(place) = self.field_place(class, name, member.is_static)
                {
                    values.push((place, value));
                }
            }
        }
        self.add_parts(&mut values);
        Rows::new(self.places.count(), values.iter().map(|(place, value)| (place.index(), *value)))
    }

    /// `{ a: x }` in a place puts `x` into its part `a`; `push`, `add` and `set` put into the elements.
    fn add_parts(&self, values: &mut Vec<(PlaceId, ExprId)>) {
        for at in 0..values.len() {
            let (place, literal) = values[at];
            match self.tree.kind(literal) {
                Kind::Object(list) => {
                    for property in self.tree.properties(*list) {
                        let Key::Named(name) = &property.key else {
                            continue;
                        };
                        if let Some(part) = self.places.part(place, &Segment::Named(name.clone())) {
                            values.push((part, property.value));
                        }
                    }
                }
                Kind::Array(list) => {
                    if let Some(part) = self.places.part(place, &Segment::Element) {
                        values.extend(self.tree.list(*list).iter().map(|item| (part, *item)));
                    }
                }
                _ => {}
            }
        }
        for call in &self.tree.calls {
            let Some((callee, args)) = self.tree.call_parts(*call) else {
                continue;
            };
            let Kind::Member { object, name } = self.tree.kind(callee) else {
                continue;
            };
            if !self.protocols.grow.has(name) {
                continue;
            }
            let Some(place) = self.places.of(*object) else {
                continue;
            };
            if let Some(part) = self.places.part(place, &Segment::Element) {
                let given = args.iter().skip(usize::from(name == "set"));
                values.extend(given.map(|arg| (part, *arg)));
            }
        }
    }

    fn collect_counters(&self) -> FxHashSet<PlaceId> {
        let updates = self.tree.updates.iter().filter_map(|update| match self.tree.kind(*update) {
            Kind::Update(target) => self.places.of(*target),
            _ => None,
        });
        updates.collect()
    }

    fn collect_exports(&self) -> FxHashSet<BindingId> {
        let mut exported = FxHashSet::default();
        for id in self.tree.expr_ids() {
            if self.tree.expr(id).up == Up::Exported {
                self.export_value(id, &mut exported);
            }
        }
        for assign in &self.tree.assigns {
            let Kind::Assign { target: Target::Expr(target), value, .. } = self.tree.kind(*assign) else {
                continue;
            };
            if self.is_exports(*target) {
                self.export_value(*value, &mut exported);
            }
        }
        exported
    }

    /// `module.exports`, `module.exports.x`, `exports.x`, `window.x`
    fn is_exports(&self, target: ExprId) -> bool {
        let Some(place) = self.places.of(target) else {
            return false;
        };
        match self.places.root(place) {
            Root::Global(name) => {
                let named = self.places.depth(place) > 0;
                // `window.x = …` is the global `x`.
                let global = !named && matches!(self.tree.kind(target), Kind::Member { .. });
                global || ((name == "module" || name == "exports") && named)
            }
            _ => false,
        }
    }

    fn export_value(&self, value: ExprId, exported: &mut FxHashSet<BindingId>) {
        match self.tree.kind(value) {
            Kind::Ident(reference) => {
                exported.extend(self.tree.scopes.reference(*reference).binding);
            }
            Kind::Object(list) => {
                for property in self.tree.properties(*list) {
                    if let Kind::Ident(reference) = self.tree.kind(property.value) {
                        exported.extend(self.tree.scopes.reference(*reference).binding);
                    }
                }
            }
            Kind::Assign { value, .. } => self.export_value(*value, exported),
            Kind::Call { args, .. } | Kind::New { args, .. } => {
                for arg in self.tree.list(*args) {
                    if matches!(self.tree.kind(*arg), Kind::Ident(_)) {
                        self.export_value(*arg, exported);
                    }
                }
            }
            _ => {}
        }
    }
}

fn loop_tests(tree: &Tree) -> FxHashSet<ExprId> {
    let loops = tree.regions.iter().filter(|region| region.kind == RegionKind::Loop);
    loops.filter_map(|region| region.test).collect()
}
