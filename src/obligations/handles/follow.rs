//! Follows a handle from its acquire: where it is kept, where it is released, where it gets out of sight.

use super::super::Engine;
use super::index::{Index, Named, Way};
use crate::ast::Atom;
use crate::facts::flow::Sink;
use crate::facts::paths;
use crate::facts::places::{PlaceId, Root};
use crate::protocol::HookRole;
use crate::semantic::*;
use rustc_hash::FxHashSet;

/// How many uses of one handle are followed; a handle with more is lost from sight.
const MAX_USES: usize = 400;

/// How many subclasses are asked whether they release what their base acquires.
const MAX_HEIRS: usize = 64;

/// What became of a handle.
#[derive(Debug, Default)]
pub(super) struct Trail {
    pub places: Vec<PlaceId>,
    pub releases: Vec<ExprId>,
    /// Calls that begin the holding: `observer.observe(target)`.
    pub starts: Vec<ExprId>,
    /// Where the handle gets out of sight, and how.
    pub escape: Option<(ExprId, &'static str)>,
    /// The value is thrown away and never kept.
    pub dropped: bool,
}

struct Follow<'e, 'f, 'a> {
    engine: &'e Engine<'f, 'a>,
    index: &'e Index,
    row: usize,
    trail: Trail,
    seen: FxHashSet<ExprId>,
    queue: Vec<ExprId>,
}

impl Engine<'_, '_> {
    /// Follows the handle that `call` makes.
    pub(super) fn follow_handle(&self, call: ExprId, row: usize, index: &Index) -> Trail {
        let mut follow = Follow {
            engine: self,
            index,
            row,
            trail: Trail::default(),
            seen: FxHashSet::default(),
            queue: vec![call],
        };
        if index.found_again.contains(&row) {
            follow.escape(call, "may be found again by a call");
        }
        while let Some(at) = follow.queue.pop() {
            if follow.seen.len() > MAX_USES {
                follow.escape(at, "has too many uses to follow");
            }
            if follow.trail.escape.is_some() {
                break;
            }
            if follow.seen.insert(at) {
                follow.step(at);
            }
        }
        follow.trail.dropped = follow.trail.places.is_empty() && follow.trail.escape.is_none();
        follow.trail
    }
}

impl Follow<'_, '_, '_> {
    fn escape(&mut self, at: ExprId, how: &'static str) {
        self.trail.escape.get_or_insert((at, how));
    }

    fn step(&mut self, at: ExprId) {
        let facts = self.engine.facts;
        if facts.is_write(at) {
            return;
        }
        for sink in facts.sinks(at) {
            match sink {
                Sink::Discarded | Sink::Read => {}
                Sink::Place { place, .. } => self.kept(place, at),
                Sink::Argument { call, index } => self.given(call, index),
                Sink::Member { member, name } => self.member(member, &name),
                Sink::Returned(function) => self.returned(at, function),
                Sink::Exported => self.escape(at, "is exported"),
                Sink::Property { literal, .. } => self.escape(literal, "goes into an object"),
                Sink::Called(call) if self.protocol().releases_itself => self.trail.releases.push(call),
                Sink::Jsx { name: Some(name) } if self.protocol().readers.has(&name) => self.read_back(name),
                Sink::Called(_) | Sink::Constructed(_) | Sink::Jsx { .. } => {
                    self.escape(at, "is used in a way that leaklint does not follow");
                }
                Sink::Unknown if let Some(name) = self.read_by_assignment(at) => self.read_back(name),
                Sink::Unknown => self.escape(at, "is used in a way that leaklint does not follow"),
            }
        }
    }

    fn kept(&mut self, place: PlaceId, at: ExprId) {
        let facts = self.engine.facts;
        if self.trail.places.contains(&place) {
            return;
        }
        let read_only = matches!(facts.places.segment(place), Some(Segment::Named(name)) if self.protocol().readers.has(name));
        self.trail.places.push(place);
        match facts.places.root(place) {
            _ if read_only => {}
            _ if self.is_taken_over(place) => self.escape(at, "is given to an object that may end it"),
            Root::Binding(binding) if facts.is_exported(*binding) => {
                self.escape(at, "is exported");
            }
            Root::Global(_) => self.escape(at, "is kept in a global"),
            Root::Binding(binding) if facts.places.depth(place) > 0 && self.is_foreign(*binding) => {
                self.escape(at, "is kept in an object from elsewhere");
            }
            _ => {}
        }
        let uses = facts.places.uses(place);
        if uses.len() > MAX_USES {
            return self.escape(at, "has too many uses to follow");
        }
        self.queue.extend(uses);
        match facts.places.segment(place) {
            Some(Segment::Named(name)) if read_only => self.read_back(name.clone()),
            _ => self.part_of_whole(place),
        }
        if facts.places.segment(place) == Some(&Segment::Element)
            && let Some(container) = facts.places.parent(place)
        {
            self.container(container);
        }
        self.named_elsewhere(place);
    }

    /// `this.following.value = handle` of `new MutableDisposable()`: an imported class decides what becomes of it.
    fn is_taken_over(&self, place: PlaceId) -> bool {
        let facts = self.engine.facts;
        let Some(owner) =
            facts.places.parent(place).filter(|_| facts.places.segment(place) != Some(&Segment::Element))
        else {
            return false;
        };
        let imported = |made: &ExprId| match facts.tree.kind(*made) {
            Kind::New { callee, .. } => {
                paths::path_of(facts.tree, *callee).is_some_and(|path| !path.starts_with("global."))
            }
            _ => false,
        };
        // `this._register(new MutableDisposable())`
        let handed_on = |made: &ExprId| match facts.tree.kind(*made) {
            Kind::Call { args, .. } => facts.tree.list(*args).iter().any(imported),
            _ => false,
        };
        facts.values_at(owner).iter().any(|made| imported(made) || handed_on(made))
    }

    /// `img.onload = () => URL.revokeObjectURL(this.src)`: some reader's property names the handle again.
    fn read_back(&mut self, name: Atom) {
        let mut named = self.index.named(&name).iter().take(MAX_USES);
        let found = named.find(|named| self.releases_by(named)).map(|named| named.call);
        if let Some(call) = found {
            self.escape(call, "may be released through what reads it");
        }
    }

    /// `const info = {}; info.url = handle; return info`: who gets the whole gets the handle.
    fn part_of_whole(&mut self, place: PlaceId) {
        let facts = self.engine.facts;
        let Root::Binding(binding) = *facts.places.root(place) else {
            return;
        };
        let home = facts.tree.scopes.function_of(binding);
        let Some(whole) = facts.place_of_binding(binding).filter(|whole| *whole != place && home != MODULE)
        else {
            return;
        };
        let uses = facts.places.uses(whole);
        if uses.len() > MAX_USES {
            return self.escape(uses[0], "is in an object with too many uses to follow");
        }
        for at in uses {
            for sink in facts.sinks(*at) {
                match sink {
                    Sink::Returned(_) | Sink::Exported | Sink::Property { .. } => {
                        self.escape(*at, "is in an object that is handed out");
                    }
                    Sink::Argument { call, .. } if !self.engine.is_harmless(call) => {
                        self.escape(call, "is in an object that is passed on");
                    }
                    _ => {}
                }
            }
        }
    }

    /// `this.timers.forEach(clearInterval)`, `stopAll(this.timers)`, `return timers`
    fn container(&mut self, container: PlaceId) {
        let facts = self.engine.facts;
        let uses = facts.places.uses(container);
        if uses.len() > MAX_USES {
            return self.escape(uses[0], "is in a collection with too many uses to follow");
        }
        for at in uses {
            if facts.is_write(*at) {
                continue;
            }
            for sink in facts.sinks(*at) {
                match sink {
                    Sink::Member { member, .. } => {
                        let Up::Expr(call) = facts.tree.expr(member).up else {
                            continue;
                        };
                        let args = facts.tree.call_parts(call).map_or(&[][..], |(_, args)| args);
                        if args.first().is_some_and(|arg| self.engine.names_release(self.row, *arg)) {
                            self.trail.releases.push(call);
                        }
                    }
                    Sink::Argument { call, .. } if !self.engine.is_harmless(call) => {
                        self.escape(call, "is in a collection that is passed on");
                    }
                    // `this.cleanups = cleanups`
                    Sink::Place { place, .. } if place != container => {
                        match facts.places.part(place, &Segment::Element) {
                            Some(part) => self.kept(part, *at),
                            None => self.escape(*at, "is in a collection that is kept elsewhere"),
                        }
                    }
                    Sink::Returned(_) | Sink::Exported | Sink::Property { .. } => {
                        self.escape(*at, "is in a collection that is handed out");
                    }
                    Sink::Read if self.is_spread_argument(*at) => {
                        self.escape(*at, "is in a collection that is passed on");
                    }
                    _ => {}
                }
            }
        }
    }

    /// `stopAll(...timers)`
    fn is_spread_argument(&self, at: ExprId) -> bool {
        let tree = self.engine.facts.tree;
        let Up::Expr(spread) = tree.expr(at).up else {
            return false;
        };
        matches!(tree.kind(spread), Kind::Spread(_))
            && matches!(tree.expr(spread).up, Up::Expr(call) if tree.call_parts(call).is_some())
    }

    /// `clearInterval(other.timer)`: another object's field of the same name may be this one.
    fn named_elsewhere(&mut self, place: PlaceId) {
        let facts = self.engine.facts;
        let (Root::This(class), Some(name)) = (facts.places.root(place), facts.places.last_name(place))
        else {
            return;
        };
        let foreign = self.index.named(name).iter().filter(|named| facts.places.depth(named.place) > 0);
        let inherited = self.heirs(*class).into_iter().flat_map(|heir| self.index.field(heir, name));
        let found = foreign
            .chain(inherited)
            .take(MAX_USES)
            .find(|named| self.releases_by(named))
            .map(|named| named.call);
        let any = self.index.any_field(*class).iter();
        let any: Vec<ExprId> = any.filter(|named| self.releases_by(named)).map(|named| named.call).collect();
        self.trail.releases.extend(any);
        if let Some(call) = found {
            self.escape(call, "may be released through another name of the object");
        }
    }

    /// The classes of this file that inherit from a class.
    fn heirs(&self, class: ClassId) -> Vec<ClassId> {
        let classes = &self.engine.facts.classes;
        let mut heirs = classes.derived(class).to_vec();
        let mut at = 0;
        while let Some(heir) = heirs.get(at).filter(|_| at < MAX_HEIRS) {
            heirs.extend_from_slice(classes.derived(*heir));
            at += 1;
        }
        heirs
    }

    /// Whether a call releases handles of this row in its way.
    fn releases_by(&self, named: &Named) -> bool {
        let tree = self.engine.facts.tree;
        let Some((callee, _)) = tree.call_parts(named.call) else {
            return false;
        };
        match (named.way, tree.kind(callee)) {
            (Way::Argument, _) => self.engine.names_release(self.row, callee),
            (Way::Receiver, Kind::Member { name, .. }) => self.protocol().release_methods.has(name),
            (Way::Called, _) => self.protocol().releases_itself,
            _ => false,
        }
    }

    fn protocol(&self) -> &crate::protocol::Handle {
        &self.engine.facts.protocols.handles[self.row]
    }

    /// A variable that holds an object of which this file has not seen the making.
    fn is_foreign(&self, id: BindingId) -> bool {
        let facts = self.engine.facts;
        let binding = facts.tree.scopes.binding(id);
        match binding.kind {
            BindingKind::Parameter { .. } | BindingKind::Import { .. } | BindingKind::Catch => true,
            BindingKind::Class | BindingKind::Function(_) | BindingKind::Enum | BindingKind::Namespace => {
                false
            }
            _ => {
                let values = facts.place_of_binding(id).map_or(&[][..], |place| facts.values_at(place));
                !values.is_empty() && values.iter().all(|value| self.is_got(*value))
            }
        }
    }

    /// What a call hands out, and did not make.
    fn is_got(&self, value: ExprId) -> bool {
        let facts = self.engine.facts;
        match facts.tree.kind(value) {
            Kind::Await(inner) => self.is_got(*inner),
            Kind::Call { .. } => {
                let cell = self.engine.called_name(value).is_some_and(|name| facts.protocols.cells.has(name));
                !cell && !facts.is_creator(value)
            }
            _ => false,
        }
    }

    /// `document.getElementById('x').src = url`: the property that reads.
    fn read_by_assignment(&self, at: ExprId) -> Option<Atom> {
        let tree = self.engine.facts.tree;
        let Up::Expr(parent) = tree.expr(at).up else {
            return None;
        };
        match tree.kind(parent) {
            Kind::Assign { target: Target::Expr(target), .. } => match tree.kind(*target) {
                Kind::Member { name, .. } => {
                    Some(name.clone()).filter(|name| self.protocol().readers.has(name))
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn given(&mut self, call: ExprId, index: usize) {
        let facts = self.engine.facts;
        let Some((callee, _)) = facts.tree.call_parts(call) else {
            return;
        };
        if self.engine.names_release(self.row, callee) {
            if index == 0 {
                self.trail.releases.push(call);
            }
            return;
        }
        if facts.callee_name(callee).is_some_and(|name| name == "Number") {
            self.queue.push(call);
            return;
        }
        if self.engine.is_harmless(call)
            || facts.callee_name(callee).is_some_and(|name| self.protocol().readers.has(name))
        {
            return;
        }
        let on_receiver = |name: &Atom| self.protocol().release_receivers.has(name);
        if facts.callee_name(callee).is_some_and(on_receiver) {
            self.trail.releases.push(call);
            return;
        }
        if let Some(state) = self.set_state(callee) {
            self.kept(state, call);
            return;
        }
        let targets = facts.targets(call);
        if targets.is_empty() {
            self.escape(call, "is passed to a function that may keep or end it");
            return;
        }
        // `stop(this.timer)`: what the function does with its parameter.
        for target in targets {
            match facts.tree.function(target).params.get(index).map(|param| param.binding) {
                Some(Some(binding)) => {
                    if let Some(place) = facts.place_of_binding(binding) {
                        let releases = self.engine.releases_place(self.row, place);
                        if releases {
                            self.trail.releases.push(call);
                        } else {
                            self.queue.extend(facts.places.uses(place));
                        }
                    }
                }
                _ => self.escape(call, "is passed to a function that may keep or end it"),
            }
        }
    }

    /// `setUrl(handle)` of `const [url, setUrl] = useState()` keeps the handle in `url`.
    fn set_state(&self, callee: ExprId) -> Option<PlaceId> {
        let facts = self.engine.facts;
        let Kind::Ident(reference) = facts.tree.kind(callee) else {
            return None;
        };
        let setter = facts.tree.scopes.reference(*reference).binding?;
        let init = facts.tree.scopes.binding(setter).init?;
        let state = self.engine.called_name(init).is_some_and(|name| facts.protocols.states.has(name));
        // The value is declared right before its setter.
        let value = BindingId(setter.0.checked_sub(1)?);
        let same = state && facts.tree.scopes.binding(value).init == Some(init);
        same.then(|| facts.place_of_binding(value)).flatten()
    }

    fn member(&mut self, member: ExprId, name: &Atom) {
        let facts = self.engine.facts;
        if self.protocol().parts.has(name) {
            self.escape(member, "is ended through its parts");
            return;
        }
        let call = match facts.tree.expr(member).up {
            Up::Expr(call) => Some(call),
            _ => None,
        };
        // `getDocument(source).promise`
        let is_called =
            call.and_then(|call| facts.tree.call_parts(call)).is_some_and(|(callee, _)| callee == member);
        if self.protocol().passes.has(name) && !is_called {
            self.queue.push(member);
            return;
        }
        let Some(call) = call else {
            return;
        };
        // `channel.onmessage = f`
        if self.protocol().starts.has(name) && facts.is_write(member) {
            self.trail.starts.push(call);
            return;
        }
        let Some((callee, args)) = facts.tree.call_parts(call) else {
            // `this.stop = store.addListener(f).remove`
            if self.protocol().release_methods.has(name) && !facts.is_write(member) {
                self.escape(member, "is released by who gets its method");
            }
            return;
        };
        if callee != member {
            // `done.then(timer.close)`, `onDestroy(sub.unsubscribe)`
            if self.protocol().release_methods.has(name) {
                self.escape(member, "is released by who gets its method");
            }
            return;
        }
        self.method(call, args, name);
    }

    /// A method of the handle is called.
    fn method(&mut self, call: ExprId, args: &[ExprId], name: &Atom) {
        let protocol = self.protocol();
        let (passes, starts) = (protocol.passes.has(name), protocol.starts.has(name));
        if protocol.release_methods.has(name) {
            self.trail.releases.push(call);
        } else if passes || starts {
            // `createServer(f).listen(80)` does both.
            if starts {
                self.trail.starts.push(call);
            }
            if passes {
                self.queue.push(call);
            }
        } else if name == "bind" && protocol.releases_itself {
            self.escape(call, "is handed on");
        } else if name == "then" {
            self.resolved(call, args);
        }
    }

    /// `connect().then((client) => …)`: the handle is the callback's parameter.
    fn resolved(&mut self, call: ExprId, args: &[ExprId]) {
        let facts = self.engine.facts;
        let functions = args.first().map(|arg| facts.functions_of(*arg)).unwrap_or_default();
        if functions.is_empty() {
            self.escape(call, "is passed to a function that may keep or end it");
        }
        for function in functions {
            let param = facts.tree.function(function).params.first().and_then(|param| param.binding);
            if let Some(place) = param.and_then(|binding| facts.place_of_binding(binding)) {
                self.kept(place, call);
            }
        }
        if facts.sinks(call).iter().any(|sink| matches!(sink, Sink::Returned(_) | Sink::Place { .. })) {
            self.escape(call, "is in a promise that goes on");
        }
    }

    /// The value of an effect's concise arrow is no cleanup and goes nowhere.
    fn returned(&mut self, at: ExprId, function: FnId) {
        let facts = self.engine.facts;
        let hook = facts.hook_role(function);
        let is_effect = hook.is_some();
        if hook == Some(HookRole::Effect)
            && self.protocol().releases_itself
            && !facts.is_result_of_promise(function)
        {
            self.escape(at, "is the effect's cleanup");
            return;
        }
        if is_effect || self.is_value_lost(function) {
            return;
        }
        self.escape(at, "is returned");
    }

    /// `xs.forEach(x => setInterval(…))`: nobody sees what the callback returns.
    fn is_value_lost(&self, function: FnId) -> bool {
        let facts = self.engine.facts;
        if facts.is_result_dropped(function) {
            return true;
        }
        let Some(Up::Expr(call)) = facts.tree.function(function).expr.map(|expr| facts.tree.expr(expr).up)
        else {
            return false;
        };
        let callee = facts.tree.call_parts(call).map(|(callee, _)| callee);
        callee
            .and_then(|callee| facts.callee_name(callee))
            .is_some_and(|name| matches!(&**name, "forEach" | "addEventListener" | "on" | "setTimeout"))
    }
}

impl Engine<'_, '_> {
    /// Whether some use of a place releases it.
    fn releases_place(&self, row: usize, place: PlaceId) -> bool {
        let protocol = &self.facts.protocols.handles[row];
        self.facts.places.uses(place).iter().take(MAX_USES).any(|at| {
            self.facts.sinks(*at).iter().any(|sink| match sink {
                Sink::Argument { call, index: 0 } => self
                    .facts
                    .tree
                    .call_parts(*call)
                    .is_some_and(|(callee, _)| self.names_release(row, callee)),
                Sink::Member { member, name } if protocol.release_methods.has(name) => {
                    matches!(self.facts.tree.expr(*member).up, Up::Expr(call) if self.facts.tree.call_parts(call).is_some())
                }
                Sink::Called(_) => protocol.releases_itself,
                _ => false,
            })
        })
    }
}
