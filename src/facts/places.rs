//! Places: what holds a value. Two spellings of one place are one: `const self = this; self.t`,
//! `const { t } = this`, `this['t']`, `for (const t of this.timers)` against `this.timers[0]`.

mod build;

pub use build::PlaceBuilder;

use super::rows::Rows;
use crate::ast::Atom;
use crate::semantic::tree::index;
use crate::semantic::*;
use rustc_hash::FxHashMap;
use std::cell::OnceCell;

index!(
    /// An interned place.
    PlaceId,
);

/// Where a place begins.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Root {
    /// A name that no scope of the file declares; `window.x` is the global `x`.
    Global(Atom),
    Binding(BindingId),
    /// An instance of a class.
    This(ClassId),
    /// `this` of a function that belongs to no class we know.
    UnknownThis(FnId),
}

#[derive(Debug)]
struct Entry {
    parent: Option<PlaceId>,
    /// Into [`Places::roots`].
    root: u32,
    segment: Option<Segment>,
    depth: u32,
    /// The place of its elements.
    element: Option<PlaceId>,
}

/// All places of a file.
#[derive(Debug)]
pub struct Places {
    entries: Vec<Entry>,
    of_expr: Vec<State>,
    /// Found when first asked for.
    uses: OnceCell<Rows<ExprId>>,
    roots: Roots,
    /// Parts that have names.
    parts: FxHashMap<(PlaceId, Atom), PlaceId>,
    children: Rows<PlaceId>,
    /// Places by the name of their last step.
    by_name: OnceCell<FxHashMap<Atom, Vec<PlaceId>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Unknown,
    Busy,
    Nowhere,
    At(PlaceId),
}

/// How deep a place may be; deeper ones are nowhere.
const MAX_DEPTH: u32 = 6;

/// Where places begin, each with the place of its own.
#[derive(Debug)]
struct Roots {
    all: Vec<Root>,
    of_binding: Vec<Option<PlaceId>>,
    others: FxHashMap<Root, PlaceId>,
}

impl Roots {
    fn new(bindings: usize) -> Self {
        Self { all: Vec::new(), of_binding: vec![None; bindings], others: FxHashMap::default() }
    }

    fn get(&self, at: u32) -> &Root {
        &self.all[at as usize]
    }

    fn find(&self, root: &Root) -> Option<PlaceId> {
        match root {
            Root::Binding(binding) => self.of_binding[binding.index()],
            other => self.others.get(other).copied(),
        }
    }

    /// Where the root is in the table, if it is new; its place, which is `next` for a new one.
    fn add(&mut self, root: Root, next: PlaceId) -> (PlaceId, Option<u32>) {
        let known = match &root {
            Root::Binding(binding) => self.of_binding[binding.index()].get_or_insert(next),
            other => match self.others.get_mut(other) {
                Some(known) => known,
                None => self.others.entry(root.clone()).or_insert(next),
            },
        };
        if *known != next {
            return (*known, None);
        }
        self.all.push(root);
        (next, Some(self.all.len() as u32 - 1))
    }
}

impl Places {
    /// The place an expression names, if it names one.
    pub fn of(&self, expr: ExprId) -> Option<PlaceId> {
        match self.of_expr[expr.index()] {
            State::At(place) => Some(place),
            _ => None,
        }
    }

    /// Every expression that names the place, in source order of their tables.
    pub fn uses(&self, place: PlaceId) -> &[ExprId] {
        let uses = self.uses.get_or_init(|| {
            let named = self.of_expr.iter().enumerate().filter_map(|(at, state)| match state {
                State::At(place) => Some((place.index(), ExprId(at as u32))),
                _ => None,
            });
            Rows::new(self.entries.len(), named)
        });
        &uses[place.index()]
    }

    /// Where the place begins.
    pub fn root(&self, place: PlaceId) -> &Root {
        self.roots.get(self.entries[place.index()].root)
    }

    /// The place this one is a part of.
    pub fn parent(&self, place: PlaceId) -> Option<PlaceId> {
        self.entries[place.index()].parent
    }

    /// The last step into the place; `None` for a root.
    pub fn segment(&self, place: PlaceId) -> Option<&Segment> {
        self.entries[place.index()].segment.as_ref()
    }

    /// 0 for a root, 1 for `root.x`, …
    pub fn depth(&self, place: PlaceId) -> u32 {
        self.entries[place.index()].depth
    }

    /// The last name in the place: `t` of `this.a.t` and of `this.t[*]`.
    pub fn last_name(&self, place: PlaceId) -> Option<&Atom> {
        let mut at = Some(place);
        while let Some(id) = at {
            if let Some(Segment::Named(name)) = self.segment(id) {
                return Some(name);
            }
            at = self.parent(id);
        }
        None
    }

    /// The places directly inside a place.
    pub fn parts(&self, place: PlaceId) -> &[PlaceId] {
        &self.children[place.index()]
    }

    /// The place of a root that some code names.
    pub fn at_root(&self, root: &Root) -> Option<PlaceId> {
        self.roots.find(root)
    }

    /// A part of a place that some code names; elements of every named place exist.
    pub fn part(&self, parent: PlaceId, segment: &Segment) -> Option<PlaceId> {
        match segment {
            Segment::Named(name) => self.parts.get(&(parent, name.clone())).copied(),
            Segment::Element if self.segment(parent) == Some(&Segment::Element) => Some(parent),
            Segment::Element => self.entries[parent.index()].element,
        }
    }

    /// The places whose last step is a name, whatever they are part of.
    pub fn named(&self, name: &Atom) -> &[PlaceId] {
        let by_name = self.by_name.get_or_init(|| {
            let mut by_name: FxHashMap<Atom, Vec<PlaceId>> = FxHashMap::default();
            for place in self.ids() {
                if let Some(Segment::Named(name)) = self.segment(place) {
                    by_name.entry(name.clone()).or_default().push(place);
                }
            }
            by_name
        });
        by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// How many places there are.
    pub fn count(&self) -> usize {
        self.entries.len()
    }

    /// All places.
    pub fn ids(&self) -> impl Iterator<Item = PlaceId> + use<> {
        (0..self.entries.len() as u32).map(PlaceId)
    }

    /// The place and those it is a part of.
    pub fn ancestors(&self, place: PlaceId) -> impl Iterator<Item = PlaceId> + '_ {
        std::iter::successors(Some(place), |at| self.parent(*at))
    }

    /// The place as the reader would write it.
    pub fn text(&self, tree: &Tree, place: PlaceId) -> String {
        let entry = &self.entries[place.index()];
        let Some(parent) = entry.parent else {
            return match self.root(place) {
                Root::Global(name) => name.to_string(),
                Root::Binding(binding) => tree.scopes.binding(*binding).name.to_string(),
                Root::This(_) | Root::UnknownThis(_) => "this".to_owned(),
            };
        };
        let head = self.text(tree, parent);
        match &entry.segment {
            Some(Segment::Named(name)) => format!("{head}.{name}"),
            _ => format!("{head}[…]"),
        }
    }
}
