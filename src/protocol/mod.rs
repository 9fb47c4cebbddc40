//! Knowledge as data: rules/*.toml, validated and made fast to ask.

mod catalogue;
mod check;
mod components;
mod error;
mod gates;
mod load;
mod openers;
mod pairs;
mod placed;
pub mod raw;
mod tables;
mod teardowns;
mod words;

pub use catalogue::{Catalogue, is_below};
pub use check::check_own;
pub use components::{Hook, HookRole, Hooks, Options};
pub use error::ProtocolError;
pub use gates::{Family, Gate, Gates, KEYED, SIZED, SIZED_BY_METHOD, Stand, Verbs, WordId};
pub use load::{EMBEDDED, built_in, load};
pub use openers::{Opener, Openers, openers_by_path};
pub use pairs::{Pair, Verb};
pub use raw::{HandleRule, Holder};
pub use teardowns::{TeardownName, Teardowns};
pub use words::{Patterns, Words};

use crate::ast::Atom;

/// Everything that rules/*.toml say.
#[derive(Debug)]
pub struct Protocols {
    pub handles: Vec<Handle>,
    pub listeners: Vec<Listener>,
    pub hooks: Hooks,
    pub options: Vec<Options>,
    /// Members of which some tell, alone or beside others, such a literal of some row.
    pub option_members: Words,
    pub lifecycles: Vec<Lifecycle>,
    /// Members of which one tells a class of some row.
    pub lifecycle_members: Words,
    pub teardowns: Teardowns,
    pub once_functions: Words,
    /// Verbs of functions that a program calls to set itself up: mostly once, nobody can say.
    pub set_up_verbs: Vec<String>,
    /// Decorators of classes of which a framework makes one.
    pub singleton_decorators: Patterns,
    /// Names of components at the root of a program: made once, if it is what it is called.
    pub root_components: Words,
    /// What a component takes from those who use it: options, and calls that declare it.
    pub given: Words,
    /// Calls that put a component there.
    pub mounts: Words,
    pub once_events: Words,
    /// Events that belong to a gesture whose end surely comes.
    pub gesture_events: Words,
    /// Events of the process by which a program says goodbye.
    pub farewells: Words,
    /// A function that calls one of these runs anew at every render.
    pub render_hooks: Words,
    /// Hooks whose last result makes the component render again.
    pub state_hooks: Words,
    /// Hooks that never make a component render.
    pub inert_hooks: Words,
    /// Effects whose cleanups run after the component's refs are detached.
    pub passive_effects: Words,
    pub repeated_events: Words,
    pub routes: Words,
    pub routers: Patterns,
    pub handlers: Patterns,
    pub handler_exports: Words,
    /// Types of what runs per request, or of what it is given.
    pub handler_types: Patterns,
    /// Decorators of methods that run per request, message or event.
    pub handler_decorators: Patterns,
    pub globals: Words,
    pub global_members: Words,
    pub creators: Words,
    pub singletons: Words,
    /// Types whose injected objects live longer than whoever gets them, or no longer.
    pub injected_longer: Patterns,
    pub injected_same: Patterns,
    /// How the names of types of services end, which are injected into classes of these decorators.
    pub injected_services: Vec<String>,
    pub injecting: Patterns,
    /// Modules whose emitters belong to the whole program.
    pub program_modules: Words,
    /// Globals of which every part lives as long as the page or program.
    pub namespaces: Words,
    /// What stands for a global in dependency injection, and the calls and decorators that inject.
    pub tokens: Patterns,
    pub injectors: Patterns,
    /// Decorators of fields that hold a part of their own object.
    pub own_decorators: Patterns,
    /// Decorators of fields that those who use an object fill.
    pub given_decorators: Patterns,
    /// Members that lead from an element to what is not its own.
    pub way_out: Words,
    pub harmless: Words,
    pub wrappers: Words,
    pub iterators: Words,
    pub continuations: Words,
    /// Members of literals that constructors call at once.
    pub starters: Patterns,
    /// Calls whose result promises what the callback returned.
    pub value_callbacks: Words,
    /// Calls that throw away what the callback returns.
    pub void_callbacks: Words,
    /// What these make belongs to work that is over soon, ended or not.
    pub brief_makers: Patterns,
    pub element_of: Words,
    pub contents_of: Words,
    /// Methods that make another value of the receiver's kind.
    pub chained: Words,
    /// Calls that hand out the object of the type they are given.
    pub injections: Patterns,
    /// Calls that give a value and the function that sets it.
    pub states: Words,
    /// Calls that make an object to keep values in.
    pub cells: Words,
    pub growing: Patterns,
    /// Constructors of caches that grow unless their options name one of `limits`.
    pub limited: Patterns,
    pub limits: Words,
    pub grow: Words,
    pub shrink: Words,
    pub read: Words,
    pub roles: Vec<String>,
    pub registrars: Words,
    pub fresh_keys: Words,
    pub request_names: Words,
    pub open_names: Vec<String>,
    /// Properties that have few values on whatever object.
    pub closed_members: Words,
    /// Calls whose result the page keeps while it has listeners.
    pub kept_by_page: Words,
    /// Members that stand for another object each time something begins, and let it go when that is over.
    pub passing_members: Words,
    /// Events and members that hand out the connection under an HTTP exchange, and names of exchanges.
    pub connections: Words,
    pub exchanges: Words,
    pub large: Large,
    pub promises: Promises,
    pub signals: Signals,
    /// `acquire` patterns of all handles; the payload is the index into `handles`.
    pub acquires: Patterns,
    /// Calls that find a handle again; the payload is the row.
    pub finds: Patterns,
    /// All ways to release, of whatever row.
    pub release_calls: Patterns,
    pub release_methods: Words,
    /// Methods of any row that take a handle, or a handler, back.
    pub release_receivers: Words,
    /// Methods that acquire handles, with the rows they may belong to.
    pub acquire_methods: rustc_hash::FxHashMap<Atom, Vec<usize>>,
    /// Rows of `listeners` that have pairs.
    paired: Vec<usize>,
    /// Verbs of handles that count where the file shows what they are.
    local_methods: Vec<(Verb, usize)>,
    /// Names of listener methods: the payload says which listener and which role.
    pub listener_methods: rustc_hash::FxHashMap<Atom, Vec<(usize, ListenerRole)>>,
    /// Names of all calls by which an obligation can begin.
    pub openers: Openers,
}

/// A call whose result must be released (see rules/README.md).
#[derive(Debug)]
pub struct Handle {
    pub id: String,
    pub rule: HandleRule,
    pub acquire: Vec<String>,
    /// Methods that acquire on a receiver of one of `types`.
    pub methods: Vec<String>,
    pub types: Patterns,
    /// `methods` count on whatever is imported, when all they are given is a callback: a convention, not knowledge.
    pub imported: bool,
    /// `methods` are verbs of the project's own (`on*`): they count where the file itself releases what one returned.
    pub local: bool,
    /// Words in the names of what takes such handles over: `this.toDispose.push(…)`.
    owners: Vec<String>,
    /// `methods` count on a property of an injected service: a convention as well.
    pub injected: bool,
    /// `methods` count on every receiver: their names say enough.
    pub anywhere: bool,
    pub callback: Option<usize>,
    /// The argument that takes the handle over: the array of disposables of an editor's event.
    pub adopts: Option<usize>,
    /// Methods without which nothing is held yet.
    pub starts: Words,
    pub holder: Holder,
    /// Ends by itself after its callback ran.
    pub one_shot: bool,
    /// Of those: within a moment.
    pub brief: bool,
    /// Programs mostly make one and keep it.
    pub app_wide: bool,
    pub noun: String,
    pub held_by: String,
    pub passes: Words,
    /// Operators after which the receiver ends by itself (`take`), after which it ends when their argument speaks
    /// (`takeUntil`), and which make the former void when they follow (`switchMap`).
    pub completing: Words,
    pub until: Words,
    pub reopening: Words,
    /// Calls whose result ends by itself.
    pub completed: Patterns,
    /// Properties and calls that read the handle without taking it over.
    pub readers: Words,
    pub release_calls: Patterns,
    /// All ways to release it, as users write them; the first stands in messages.
    pub releases: Vec<Release>,
    pub release_methods: Words,
    /// Methods of whatever object that take the handle as their first argument.
    pub release_receivers: Words,
    /// Methods and properties through which the handle is ended piece by piece.
    pub parts: Words,
    /// The handle is a function that releases.
    pub releases_itself: bool,
    pub source: String,
    pub checked: String,
}

/// A way to release, as words of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Release {
    /// `clearInterval(handle)`
    Call(String),
    /// `handle.close()`
    Method(String),
    /// `store.unregister(handle)`
    Receiver(String),
    /// `handle()`
    Itself,
}

impl Release {
    /// The call on a handle of this name.
    pub fn text(&self, handle: &str) -> String {
        match self {
            Self::Call(path) => {
                let path = path.strip_prefix("global.").unwrap_or(path);
                let name = if path.contains('/') { path.rsplit('.').next().unwrap_or(path) } else { path };
                format!("{name}({handle})")
            }
            Self::Method(name) if name.starts_with("Symbol.") => format!("{handle}[{name}]()"),
            Self::Method(name) => format!("{handle}.{name}()"),
            Self::Receiver(name) => format!("….{name}({handle})"),
            Self::Itself => format!("{handle}()"),
        }
    }
}

/// What a listener method does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListenerRole {
    Add,
    Once,
    Remove,
    /// Takes off all handlers, or all of one event.
    Blanket,
}

/// A pair of methods that put a handler on a target and take it off.
#[derive(Debug)]
pub struct Listener {
    pub id: String,
    pub add: Vec<String>,
    pub remove: Vec<String>,
    /// Instead of names: verbs of pairs whose subject is the event.
    pub pairs: Vec<Pair>,
    pub blanket: Vec<String>,
    pub distinctive: bool,
    pub deduplicates: bool,
    pub unary: bool,
    /// Only a receiver of one of `types` will do; being imported is no evidence.
    pub exact: bool,
    /// The receiver is a call of one of `types` with the target as its argument: `$(window)`.
    pub wraps: bool,
    /// Calls that take off all that an object, their first argument, has put on.
    pub clears: Patterns,
    pub options: Option<usize>,
    /// The argument that is the target; the receiver of the call is a helper then.
    pub target: Option<usize>,
    pub types: Patterns,
    pub source: String,
    pub checked: String,
}

/// A kind of class that a framework makes and ends.
#[derive(Debug)]
pub struct Lifecycle {
    pub id: String,
    pub bases: Patterns,
    pub suffixes: Vec<String>,
    /// Calls whose object literals are such classes.
    pub makers: Patterns,
    /// Paths, or the bare name of a decorator of no known package.
    pub decorators: Patterns,
    pub setup: Words,
    /// Methods that the framework calls once for each instance, and nobody else.
    pub once: Words,
    /// Methods that run each time the instance is taken into use, and are followed by the teardown.
    pub entry: Words,
    pub repeats_per_instance: Words,
    pub teardown: Words,
    /// As written, for messages.
    pub teardown_names: Vec<String>,
    /// Names that are taken for a teardown and are none.
    pub misspelt: Words,
    /// Members of the framework that live and die with the instance.
    pub own: Words,
    /// The framework makes one and keeps it.
    pub single: bool,
    pub what: String,
    /// Instances are DOM elements: `this` is an event target.
    pub element: bool,
    /// A class with one of these members is of this kind, whatever it extends.
    pub members: Words,
    pub source: String,
    pub checked: String,
}

/// What counts as large.
#[derive(Debug)]
pub struct Large {
    /// Bytes.
    pub bytes: u64,
    pub elements: u64,
    pub whole: Patterns,
    pub body_methods: Words,
}

/// What settles when, and what waits for it.
#[derive(Debug)]
pub struct Promises {
    /// Calls that wait for the first of several promises.
    pub races: Patterns,
    /// Calls whose result holds a promise and the functions that settle it.
    pub deferred: Patterns,
    pub deferred_names: Words,
    /// Calls whose result settles at an event.
    pub events: Patterns,
    /// Events that a program waits for again and again on one emitter.
    pub waited_events: Words,
    soon: Vec<String>,
    lasting: Vec<String>,
}

impl Promises {
    /// `setTimeout`, `sleep`, `afterTimeout`: what it settles is settled after a while.
    pub fn is_soon(&self, name: &str) -> bool {
        has_word(name, &self.soon)
    }

    /// `closed`, `whenClosed`, `shutdownPromise`: pending until something is over.
    pub fn is_lasting(&self, name: &str) -> bool {
        has_word(name, &self.lasting)
    }
}

/// Who aborts a signal.
#[derive(Debug)]
pub struct Signals {
    pub controllers: Patterns,
    /// Calls whose result aborts by itself.
    pub ending: Patterns,
    /// Calls whose result aborts with the first of the signals it is given.
    pub joined: Patterns,
    /// Names of variables that hold what the caller gave.
    pub bags: Words,
}

/// Whether a verb may have something in its gap, which begins with a capital letter: asked of every method's name.
fn has_subject(name: &str) -> bool {
    name.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// Whether a name has one of the words: `whenClosed` has `closed`.
fn has_word(name: &str, words: &[String]) -> bool {
    split_words(name).iter().any(|word| words.iter().any(|known| known == word))
}

/// The words of a name in lower case: `onSocketClosed` is `on`, `socket`, `closed`.
fn split_words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut lower_before = false;
    for c in name.chars() {
        if (c.is_uppercase() && lower_before || !c.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        lower_before = !c.is_uppercase();
    }
    words.push(word);
    words
}

impl Lifecycle {
    /// The methods that end an instance, in words.
    pub fn end_words(&self) -> String {
        let ends: Vec<String> =
            self.teardown_names.iter().take(2).map(|name| format!("`{name}()`")).collect();
        ends.join(" or ")
    }
}

impl Handle {
    /// `toDispose`, `subscriptions`: what is put there is meant to be released.
    pub fn is_owner(&self, name: &str) -> bool {
        has_word(name, &self.owners)
    }
}

impl Listener {
    /// The name of the method that undoes what a method adds.
    pub fn removal_of(&self, added_by: &str) -> Option<String> {
        let paired = self.pairs.iter().find_map(|pair| Some(pair.remove.name(pair.add.subject(added_by)?)));
        paired.or_else(|| self.remove.first().cloned())
    }
}

impl Protocols {
    /// The row and role of a method that is one of a pair, and what it is about: `News` of `subscribeNews`.
    pub fn paired<'n>(&self, name: &'n str) -> Option<(usize, ListenerRole, &'n str)> {
        if !has_subject(name) {
            return None;
        }
        self.paired.iter().find_map(|row| {
            self.listeners[*row].pairs.iter().find_map(|pair| {
                let added = pair.add.subject(name).map(|subject| (*row, ListenerRole::Add, subject));
                added.or_else(|| Some((*row, ListenerRole::Remove, pair.remove.subject(name)?)))
            })
        })
    }

    /// The row of a method that may return what ends what it begins.
    pub fn local_method(&self, name: &str) -> Option<usize> {
        if !has_subject(name) {
            return None;
        }
        self.local_methods.iter().find(|(verb, _)| verb.subject(name).is_some()).map(|(_, row)| *row)
    }

    /// Whether a method of this name takes listeners off.
    pub fn is_removal(&self, name: &Atom) -> bool {
        self.listener_methods
            .get(name)
            .is_some_and(|rows| rows.iter().all(|(_, role)| *role == ListenerRole::Remove))
    }

    /// Whether a parameter's name says that it can be anything: one of its words is `url`, `id`, `query` …
    pub fn is_open_name(&self, name: &str) -> bool {
        split_words(name).iter().any(|word| {
            self.open_names.iter().any(|open| word.trim_end_matches('s') == open.trim_end_matches('s'))
        })
    }

    /// `init`, `setupServer`, `registerRoutes`: called to set something up.
    pub fn is_set_up_name(&self, name: &str) -> bool {
        let first = name.as_bytes().first().map(u8::to_ascii_lowercase);
        let begins = |verb: &&String| verb.as_bytes().first().map(u8::to_ascii_lowercase) == first;
        self.set_up_verbs.iter().filter(begins).any(|verb| matches_word(name, verb))
    }
}

/// `name` is `word`, or `word` followed by a new word: an upper-case letter, `_`, a digit or `$`.
fn matches_word(name: &str, word: &str) -> bool {
    let Some(rest) = strip_prefix_ignore_case(name, word) else {
        return false;
    };
    rest.chars().next().is_none_or(|c| c.is_uppercase() || c == '_' || c == '$' || c.is_numeric())
}

fn strip_prefix_ignore_case<'n>(name: &'n str, prefix: &str) -> Option<&'n str> {
    let head = name.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &name[prefix.len()..])
}
