//! What an event's name says of how often it comes: farewells, gestures, a page that loads, messages to a worker.

use super::super::Engine;
use super::Table;
use super::site::{Event, Site};
use crate::ast::Atom;
use crate::facts::paths;
use crate::facts::places::Root;
use crate::facts::repetition::{Level, Repetition, Why};
use crate::semantic::*;
use rustc_hash::FxHashSet;

/// How many functions are followed from the handler of a gesture's end to what it runs.
const MAX_HOPS: usize = 3;

/// How many expressions of a test are looked at.
const MAX_TEST: usize = 64;

/// Events of a press anywhere, without which nobody leaves a page's part.
const PRESSES: [&str; 7] =
    ["click", "mousedown", "mouseup", "pointerdown", "pointerup", "touchstart", "touchend"];

impl Engine<'_, '_> {
    /// What a process or page has once in its life.
    pub(super) fn is_farewell(&self, site: &Site) -> bool {
        matches!(&site.event, Event::Named(name) if self.facts.protocols.farewells.has(name))
    }

    /// What a gesture listens for goes when the gesture ends, and its end surely comes: the release belongs to the event
    /// of a gesture, stands beside one that does, or is run by what listens for a gesture's end.
    pub(super) fn is_gesture(&self, table: &Table, site: &Site, release: ExprId) -> bool {
        let tree = self.facts.tree;
        let function = tree.expr(release).function;
        self.is_gesture_event(&site.event)
            || table.end_gestures.contains(&function)
            || table.run_by_gestures.contains(&function)
    }

    pub(super) fn is_gesture_event(&self, event: &Event) -> bool {
        self.plain_name(event).is_some_and(|name| self.facts.protocols.gesture_events.has(&name.into()))
    }

    /// The name without case and punctuation: `pointerup` of `Events.POINTER_UP`.
    fn plain_name(&self, event: &Event) -> Option<String> {
        let name = match event {
            Event::Named(name) | Event::Tokens(name) => name,
            Event::Place(place) => self.facts.places.last_name(*place)?,
            Event::Dynamic | Event::All => return None,
        };
        Some(name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect())
    }

    /// What the handlers of a gesture's end run, by way of a few functions.
    pub(super) fn run_by_gestures(&self, sites: &[Site]) -> FxHashSet<FnId> {
        let facts = self.facts;
        let ends = |site: &&Site| {
            self.is_gesture_event(&site.event)
                && self
                    .plain_name(&site.event)
                    .is_some_and(|name| ["up", "end", "cancel"].iter().any(|end| name.ends_with(end)))
        };
        let handlers = sites.iter().filter(ends).filter_map(|site| site.handler);
        let mut next: Vec<FnId> = handlers.flat_map(|handler| facts.functions_of(handler)).collect();
        let mut known = FxHashSet::default();
        for _ in 0..=MAX_HOPS {
            next.retain(|function| known.insert(*function));
            let calls = next.iter().flat_map(|function| &facts.graph.calls_in[function.index()]);
            next = calls.flat_map(|call| facts.targets(*call)).collect();
        }
        known
    }

    /// `if (document.readyState === 'complete') start(); else window.addEventListener('load', start)`
    pub(super) fn waits_for_the_page(&self, site: &Site) -> bool {
        let tree = self.facts.tree;
        let comes_once =
            matches!(&site.event, Event::Named(name) if self.facts.protocols.once_events.has(name));
        let asks = |test: ExprId| {
            let span = tree.span(test);
            // Operands stand behind their parents in the table, and inside them in the text.
            let within = (test.0..tree.exprs.len() as u32).map(ExprId).take(MAX_TEST);
            within.take_while(|at| span.contains(tree.span(*at))).any(|at| {
                matches!(tree.kind(at), Kind::Member { name, .. } if name == "readyState")
                    && paths::path_of(tree, at).is_some_and(|path| path.ends_with("document.readyState"))
            })
        };
        comes_once && self.tests_before(site.call).into_iter().any(asks)
    }

    /// `watch: { open(open) { window[on ? 'addEventListener' : …]('click', this.closeOutside) } }`, where the handler itself
    /// sets `this.open`: the click that leads away takes the listener off before its owner goes.
    pub(super) fn closes_itself(&self, site: &Site) -> bool {
        let facts = self.facts;
        let function = facts.tree.expr(site.call).function;
        let Some(class) = facts.classes.of_member(function).filter(|_| facts.is_watcher(function)) else {
            return false;
        };
        let presses = matches!(&site.event, Event::Named(name) if PRESSES.contains(&&**name));
        let members = &facts.classes.get(class).members;
        let watched = members.iter().filter(|(_, functions)| functions.contains(&function));
        let root = facts.places.at_root(&Root::This(class));
        let fields = watched
            .filter_map(|(name, _)| name.strip_prefix("watch."))
            .filter_map(|name| facts.places.part(root?, &Segment::Named(Atom::from(name))));
        let handlers = site.handler.map(|handler| facts.functions_of(handler)).unwrap_or_default();
        let mut fields = fields.filter(|_| presses);
        fields.any(|field| handlers.iter().any(|handler| !facts.values_in(field, *handler).is_empty()))
    }

    /// What is assumed of code that a worker's own messages run: its first message is often the only one of its kind.
    ///
    /// ```js
    /// addEventListener('message', async ({ data }) => { const db = await open(data); self.addEventListener('close', …); });
    /// ```
    pub(super) fn of_messages(&self, repetition: &Repetition) -> Option<&'static str> {
        let tree = self.facts.tree;
        let Why::Handler(call) = self.root_cause(repetition) else {
            return None;
        };
        let (callee, args) = tree.call_parts(call)?;
        let message =
            args.first().and_then(|event| tree.as_string(*event)).is_some_and(|name| name == "message");
        let own = match tree.kind(callee) {
            Kind::Member { object, .. } => {
                paths::path_of(tree, *object).is_some_and(|path| is_own_port(&path))
            }
            Kind::Ident(reference) => tree.scopes.reference(*reference).binding.is_none(),
            _ => false,
        };
        let set_up = self.repetition_at(call).level == Level::Once;
        (message && own && set_up).then_some("that a message which sets this up comes more than once")
    }
}

/// The end of a worker's or child process's channel to the one who made it.
fn is_own_port(path: &str) -> bool {
    let path = path.strip_prefix("global.").unwrap_or(path);
    matches!(path, "self" | "globalThis" | "process" | "process.parentPort")
        || path.ends_with("worker_threads.parentPort")
}
