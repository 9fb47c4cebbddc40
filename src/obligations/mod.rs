//! The one engine: opens an obligation at every acquire, looks for what closes it, and says what is left.
//!
//! Rules never match on their own. They pick the verdicts of their family and word them.

mod captures;
mod containers;
mod exits;
mod growth;
mod handles;
mod listeners;
mod once;
mod openings;
mod presence;
mod race;
mod tier;
pub mod trace;
mod unreachable;

pub use exits::Miss;
pub use openings::may_open;
pub use tier::{Evidence, Tier};

use crate::ast::Atom;
use crate::facts::Facts;
use crate::facts::lost::Lost;
use crate::facts::owner::{Owner, Teardowns};
use crate::facts::places::PlaceId;
use crate::facts::reach::Reach;
use crate::facts::repetition::Repetition;
use crate::protocol::HandleRule;
use crate::semantic::*;
use crate::source::Span;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use trace::{Decision, Step};

/// Which rule's family a verdict belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    Capture,
    Race,
    Signal,
    Handle(HandleRule),
    Listener,
    Container,
    /// A cleanup that cannot run, whatever it should have released.
    Cleanup,
}

/// How a release failed.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// The handle is thrown away where it is made.
    Dropped,
    /// The handle, or what is needed to release, is kept, and nothing releases.
    NeverReleased,
    /// A release that can never match, and why.
    Mismatch { release: ExprId, why: String },
    /// A release that the owner's end does not reach.
    OffTeardown { release: ExprId, teardown: Option<FnId> },
    /// The owner's end releases the siblings: listeners on the same target, or at least of the same owner.
    Asymmetric { siblings: Vec<ExprId>, same_target: bool },
    /// The owner's end acquires once more what it should release.
    AcquiredAtTheEnd { first: ExprId },
    /// A way out of the acquiring function on which nothing releases.
    PathMiss { exit: Miss },
    /// A live handle is replaced by the next one: in a loop, or when this call runs the site again.
    Overwritten { in_loop: bool, by: ExprId },
    /// Every release stands in a cleanup that cannot run.
    Unreachable { lost: Lost, release: ExprId },
    /// A container that only grows.
    Unbounded,
    /// A closure that keeps a large value; see [`Captured`].
    Retained,
    /// A race against a promise that outlives it.
    Raced { promise: ExprId },
    /// A listener whose only release is a signal that nothing aborts; `open` when other files could.
    Unaborted { controller: ExprId, open: bool },
    /// A listener that waits beside others for whichever event comes first, and stays when `winner` does.
    Rival { winner: ExprId },
    /// A listener for a signal's abort that stays when the work ends in another way: where it does, and what takes the
    /// listener off on the way of the abort alone.
    OneOutcome { outcome: ExprId, release: Option<ExprId> },
}

/// A large value that a closure keeps.
#[derive(Debug, Clone, PartialEq)]
pub struct Captured {
    pub binding: BindingId,
    pub closure: FnId,
    /// In words: "1,000,000 elements".
    pub size: String,
    pub use_of_it: CapturedUse,
}

/// What the closure does with the large value.
#[derive(Debug, Clone, PartialEq)]
pub enum CapturedUse {
    Whole,
    /// Only this scalar property is read.
    Scalar(crate::ast::Atom),
    /// Not used at all: another closure of the scope captures it.
    Shared(FnId),
}

/// What the engine has to say of one site.
#[derive(Debug, Clone)]
pub struct Verdict {
    pub family: Family,
    /// Index of the protocol row, where the family has rows.
    pub row: usize,
    pub site: ExprId,
    /// The primary span: the acquiring call's callee, or the growing statement.
    pub span: Span,
    pub failure: Failure,
    pub tier: Tier,
    /// The one step that rests on a heuristic.
    pub assumed: Option<String>,
    /// Who holds, in words.
    pub holder: String,
    pub owner: Owner,
    pub repetition: Repetition,
    pub teardowns: Teardowns,
    /// The receiver, container or handle, as text.
    pub subject: String,
    /// The event or the key, as text.
    pub detail: String,
    /// A listener's event as written: `'resize'`, `EVENT.MOVE`.
    pub event: Option<String>,
    /// A listener's handler as text, where it can be named again.
    pub handler: Option<String>,
    /// A listener's capture flag.
    pub capture: bool,
    pub captured: Option<Captured>,
    /// A container that grows at its end, without keys.
    pub pushes: bool,
    /// Further places of the same defect.
    pub also: Vec<ExprId>,
}

impl Verdict {
    /// A verdict of which only the core is known yet.
    fn new(
        family: Family,
        site: ExprId,
        span: Span,
        failure: Failure,
        tier: Tier,
        repetition: Repetition,
    ) -> Self {
        Self {
            family,
            row: 0,
            site,
            span,
            failure,
            tier,
            assumed: None,
            holder: String::new(),
            owner: Owner::Module,
            repetition,
            teardowns: Teardowns::default(),
            subject: String::new(),
            detail: String::new(),
            event: None,
            handler: None,
            capture: false,
            captured: None,
            pushes: false,
            also: Vec::new(),
        }
    }
}

/// Thresholds that users may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Milliseconds within which nobody feels a delay, nor a timer that comes late.
    pub moment: u64,
    /// Bytes and elements from which on a value is large; as in rules/knowledge.toml where the user says nothing.
    pub large_bytes: Option<u64>,
    pub large_elements: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { moment: 400, large_bytes: None, large_elements: None }
    }
}

/// The engine's state for one file.
pub struct Engine<'f, 'a> {
    pub facts: &'f Facts<'a>,
    limits: Limits,
    reaches: FxHashMap<Owner, Rc<Reach>>,
    constructions: RefCell<FxHashMap<ClassId, Rc<FxHashSet<FnId>>>>,
    uses: RefCell<FxHashMap<PlaceId, Rc<growth::Uses>>>,
    /// Whether a field of this name is emptied through another object than `this`.
    bounded_names: RefCell<FxHashMap<Atom, bool>>,
    /// Per class: the containers that its own methods empty.
    emptied: RefCell<FxHashMap<ClassId, Rc<containers::Emptied>>>,
    /// Classes of which the file makes one; see `is_single`.
    single_classes: RefCell<FxHashMap<ClassId, bool>>,
    /// The calls that acquire handles, with their rows.
    handle_rows: OnceCell<FxHashMap<ExprId, usize>>,
    /// Receivers from which the file takes listeners off.
    removers: OnceCell<FxHashSet<PlaceId>>,
    verdicts: Vec<Verdict>,
    decisions: Option<Vec<Decision>>,
}

/// Judges every obligation of a file; with `tracing`, every decision is recorded too.
pub fn judge(facts: &Facts<'_>, limits: Limits, tracing: bool) -> (Vec<Verdict>, Vec<Decision>) {
    let mut engine = Engine {
        facts,
        limits,
        reaches: FxHashMap::default(),
        constructions: RefCell::default(),
        uses: RefCell::default(),
        bounded_names: RefCell::default(),
        emptied: RefCell::default(),
        single_classes: RefCell::default(),
        handle_rows: OnceCell::new(),
        removers: OnceCell::new(),
        verdicts: Vec::new(),
        decisions: tracing.then(Vec::new),
    };
    engine.handles();
    engine.listeners();
    engine.races();
    engine.containers();
    engine.captures();
    engine.unreachable_cleanups();
    (engine.verdicts, engine.decisions.unwrap_or_default())
}

impl Engine<'_, '_> {
    /// What the owner's end reaches, computed once per owner.
    fn reach(&mut self, owner: Owner) -> Rc<Reach> {
        if let Some(reach) = self.reaches.get(&owner) {
            return Rc::clone(reach);
        }
        let reach = Rc::new(self.facts.reach(owner));
        self.reaches.insert(owner, Rc::clone(&reach));
        reach
    }

    /// The small span that a finding points at: `process.on` of `process.on('x', …)`.
    fn callee_span(&self, call: ExprId) -> Span {
        let tree = self.facts.tree;
        match tree.call_parts(call) {
            Some((callee, _)) if !matches!(tree.kind(call), Kind::New { .. }) => {
                let span = tree.span(callee);
                // A callee over several lines is shown by its last name only.
                match tree.kind(callee) {
                    Kind::Member { object, name } if is_long(tree, *object) => {
                        let end = span.end;
                        Span::new(end.saturating_sub(name.len() as u32), end)
                    }
                    _ => span,
                }
            }
            _ => tree.span(call),
        }
    }

    fn decide(&mut self, family: Family, site: ExprId, steps: impl FnOnce(&Self) -> Vec<Step>) {
        if self.decisions.is_none() {
            return;
        }
        let decision = Decision { family, span: self.facts.tree.span(site), steps: steps(self) };
        self.decisions.get_or_insert_default().push(decision);
    }
}

/// A receiver that is itself a call or reaches far makes a poor label.
fn is_long(tree: &Tree, object: ExprId) -> bool {
    let span = tree.span(object);
    span.end - span.start > 40 || matches!(tree.kind(object), Kind::Call { .. })
}
