//! rules/*.toml as written: what serde reads, with unknown keys refused.

use serde::Deserialize;
use toml::Spanned;

/// One file of rules/.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    pub handle: Vec<Spanned<Handle>>,
    pub listener: Vec<Spanned<Listener>>,
    pub hook: Vec<Spanned<Hook>>,
    pub options: Vec<Spanned<Options>>,
    pub lifecycle: Vec<Spanned<Lifecycle>>,
    pub teardowns: Option<Teardowns>,
    pub once: Option<Once>,
    pub renders: Option<Renders>,
    pub repeated: Option<Repeated>,
    pub lifetimes: Option<Lifetimes>,
    pub calls: Option<Calls>,
    pub containers: Option<Containers>,
    pub large: Option<Large>,
    pub promises: Option<Promises>,
    pub signals: Option<Signals>,
}

/// A call whose result must be released.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handle {
    pub id: String,
    pub rule: HandleRule,
    #[serde(default)]
    pub acquire: Vec<String>,
    #[serde(default)]
    pub methods: Vec<String>,
    #[serde(default)]
    pub types: Vec<String>,
    #[serde(default)]
    pub imported: bool,
    #[serde(default)]
    pub injected: bool,
    pub callback: Option<u32>,
    pub adopts: Option<u32>,
    #[serde(default)]
    pub starts: Vec<String>,
    #[serde(default)]
    pub holder: Holder,
    #[serde(default)]
    pub one_shot: bool,
    #[serde(default)]
    pub brief: bool,
    #[serde(default)]
    pub app_wide: bool,
    pub noun: String,
    pub held_by: String,
    #[serde(default)]
    pub passes: Vec<String>,
    #[serde(default)]
    pub completing: Vec<String>,
    #[serde(default)]
    pub until: Vec<String>,
    #[serde(default)]
    pub reopening: Vec<String>,
    #[serde(default)]
    pub completed: Vec<String>,
    #[serde(default)]
    pub parts: Vec<String>,
    #[serde(default)]
    pub finds: Vec<String>,
    #[serde(default)]
    pub readers: Vec<String>,
    pub release: Vec<Release>,
    pub source: String,
    pub checked: String,
}

/// Which rule speaks of a handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum HandleRule {
    #[serde(rename = "uncleared-interval")]
    Interval,
    #[serde(rename = "uncleared-timeout")]
    Timeout,
    /// A one-shot timer whose callback starts it anew.
    #[serde(skip)]
    Rearming,
    #[serde(rename = "undisconnected-observer")]
    Observer,
    #[serde(rename = "unreleased-subscription")]
    Subscription,
    #[serde(rename = "unclosed-resource")]
    Resource,
}

/// Who holds what a call acquires.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Holder {
    /// The runtime, the operating system, a server: as long as it is not released.
    #[default]
    Runtime,
    /// The receiver of the acquiring method.
    Receiver,
    /// The argument of the method that starts it.
    Target,
    /// The first argument of the acquiring call: `observe(store, f)`.
    Argument,
    /// The first argument of the call that made the receiver: `fromEvent(target, …).subscribe(f)`.
    Source,
    /// What the callback reads: `autorun(() => store.name)`.
    Reads,
}

/// One way to end a handle: a call that takes it, a method on it, a method of what gave it out, or a
/// call of the handle itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    pub call: Option<String>,
    pub method: Option<String>,
    pub receiver: Option<String>,
    #[serde(default)]
    pub itself: bool,
}

/// A pair of methods that put a handler on and take it off.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listener {
    pub id: String,
    pub add: Vec<String>,
    #[serde(default)]
    pub once: Vec<String>,
    pub remove: Vec<String>,
    #[serde(default)]
    pub blanket: Vec<String>,
    pub distinctive: bool,
    pub deduplicates: bool,
    #[serde(default)]
    pub unary: bool,
    #[serde(default)]
    pub exact: bool,
    #[serde(default)]
    pub wraps: bool,
    pub options: Option<u32>,
    pub target: Option<u32>,
    #[serde(default)]
    pub types: Vec<String>,
    pub source: String,
    pub checked: String,
}

/// A call that registers what runs at a station of a component's life.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hook {
    pub id: String,
    pub names: Vec<String>,
    #[serde(default)]
    pub modules: Vec<String>,
    pub role: String,
    #[serde(default)]
    pub callback: u32,
    #[serde(default)]
    pub own: bool,
    #[serde(default)]
    pub reruns: bool,
    #[serde(default)]
    pub anywhere: bool,
    #[serde(default)]
    pub awaits: bool,
    pub cleanup: Option<u32>,
    pub framework: String,
    pub what: String,
    pub source: String,
    pub checked: String,
}

/// Object literals that a framework makes instances of.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    pub lifecycle: String,
    #[serde(default)]
    pub makers: Vec<String>,
    #[serde(default)]
    pub single: Vec<String>,
    #[serde(default)]
    pub formats: Vec<String>,
    #[serde(default)]
    pub members: Vec<String>,
    #[serde(default)]
    pub beside: Vec<String>,
    #[serde(default)]
    pub sections: Vec<String>,
    #[serde(default)]
    pub takes_element: bool,
    #[serde(default)]
    pub setup: Vec<String>,
    #[serde(default)]
    pub rests: Vec<String>,
    #[serde(default)]
    pub own: Vec<String>,
    #[serde(default)]
    pub other: Vec<String>,
    #[serde(default)]
    pub shared: Vec<String>,
    pub installed: Option<String>,
    pub source: String,
    pub checked: String,
}

/// A kind of class that a framework makes and ends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifecycle {
    pub id: String,
    #[serde(default)]
    pub bases: Vec<String>,
    #[serde(default)]
    pub suffixes: Vec<String>,
    #[serde(default)]
    pub makers: Vec<String>,
    #[serde(default)]
    pub decorators: Vec<String>,
    #[serde(default)]
    pub setup: Vec<String>,
    #[serde(default)]
    pub once: Vec<String>,
    #[serde(default)]
    pub entry: Vec<String>,
    #[serde(default)]
    pub repeats_per_instance: Vec<String>,
    pub teardown: Vec<String>,
    #[serde(default)]
    pub misspelt: Vec<String>,
    #[serde(default)]
    pub own: Vec<String>,
    #[serde(default)]
    pub single: bool,
    pub what: String,
    #[serde(default)]
    pub element: bool,
    #[serde(default)]
    pub members: Vec<String>,
    pub source: String,
    pub checked: String,
}

/// Declares a table of word lists with its source.
macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $ty:ty),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $(pub $field: $ty,)+
            pub source: String,
            pub checked: String,
        }
    )+};
}

tables! {
    /// Names of methods that end their object.
    Teardowns { strong: Vec<String>, weak: Vec<String>, prefixes: Vec<String> }
    /// What runs once.
    Once { functions: Vec<String>, set_up: Vec<String>, decorators: Vec<String>, roots: Vec<String>, events: Vec<String>, gestures: Vec<String>, farewells: Vec<String> }
    /// What makes a function run anew at every render.
    Renders { hooks: Vec<String>, state: Vec<String>, inert: Vec<String>, passive: Vec<String> }
    /// What runs per request.
    Repeated {
        events: Vec<String>,
        routes: Vec<String>,
        routers: Vec<String>,
        handlers: Vec<String>,
        exports: Vec<String>,
        decorators: Vec<String>,
    }
    /// Who lives how long.
    Lifetimes {
        globals: Vec<String>,
        global_members: Vec<String>,
        creators: Vec<String>,
        singletons: Vec<String>,
        injected_longer: Vec<String>,
        injected_same: Vec<String>,
        injected_services: Vec<String>,
        injecting: Vec<String>,
        program_modules: Vec<String>,
        namespaces: Vec<String>,
        tokens: Vec<String>,
        injectors: Vec<String>,
        own_decorators: Vec<String>,
        way_out: Vec<String>,
        kept_by_page: Vec<String>,
    }
    /// What calls do with what they are given.
    Calls {
        harmless: Vec<String>,
        wrappers: Vec<String>,
        iterators: Vec<String>,
        continuations: Vec<String>,
        value_callbacks: Vec<String>,
        void_callbacks: Vec<String>,
        brief: Vec<String>,
        element_of: Vec<String>,
        contents_of: Vec<String>,
        chained: Vec<String>,
        injections: Vec<String>,
        states: Vec<String>,
        cells: Vec<String>,
    }
    /// What grows and what bounds.
    Containers {
        growing: Vec<String>,
        grow: Vec<String>,
        shrink: Vec<String>,
        read: Vec<String>,
        roles: Vec<String>,
        registrars: Vec<String>,
        fresh_keys: Vec<String>,
        request_names: Vec<String>,
        open_names: Vec<String>,
        closed_members: Vec<String>,
    }
    /// What settles when, and what waits for it.
    Promises {
        races: Vec<String>,
        deferred: Vec<String>,
        deferred_names: Vec<String>,
        events: Vec<String>,
        soon: Vec<String>,
        lasting: Vec<String>,
    }
    /// Who aborts a signal.
    Signals { controllers: Vec<String>, ending: Vec<String>, joined: Vec<String>, bags: Vec<String> }
    /// What counts as large.
    Large { bytes: u64, elements: u64, whole: Vec<String>, body_methods: Vec<String> }
}
