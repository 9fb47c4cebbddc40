//! rules/*.toml as written: what serde reads, with unknown keys refused.

use serde::Deserialize;
use toml::Spanned;

/// One file of rules/.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    pub handle: Vec<Spanned<Handle>>,
    pub listener: Vec<Spanned<Listener>>,
    pub effect: Vec<Spanned<Effect>>,
    pub lifecycle: Vec<Spanned<Lifecycle>>,
    pub teardowns: Option<Teardowns>,
    pub once: Option<Once>,
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
    pub rule: String,
    pub acquire: Vec<String>,
    pub callback: Option<u32>,
    pub noun: String,
    pub held_by: String,
    #[serde(default)]
    pub passes: Vec<String>,
    pub release: Vec<Release>,
    pub source: String,
    pub checked: String,
}

/// One way to end a handle: a call that takes it, or a method on it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    pub call: Option<String>,
    pub method: Option<String>,
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
    pub options: Option<u32>,
    pub target: Option<u32>,
    #[serde(default)]
    pub types: Vec<String>,
    pub source: String,
    pub checked: String,
}

/// A call that takes a callback which the framework runs again and again.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    pub id: String,
    pub names: Vec<String>,
    pub callback: u32,
    pub what: String,
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
    pub decorators: Vec<String>,
    pub setup: Vec<String>,
    pub repeats_per_instance: Vec<String>,
    pub teardown: Vec<String>,
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
    Once { functions: Vec<String>, set_up: Vec<String>, decorators: Vec<String>, events: Vec<String>, gestures: Vec<String>, farewells: Vec<String> }
    /// What runs per request.
    Repeated {
        events: Vec<String>,
        routes: Vec<String>,
        routers: Vec<String>,
        handlers: Vec<String>,
        exports: Vec<String>,
    }
    /// Who lives how long.
    Lifetimes {
        globals: Vec<String>,
        global_members: Vec<String>,
        creators: Vec<String>,
        singletons: Vec<String>,
        program_modules: Vec<String>,
        kept_by_page: Vec<String>,
    }
    /// What calls do with what they are given.
    Calls {
        harmless: Vec<String>,
        wrappers: Vec<String>,
        iterators: Vec<String>,
        continuations: Vec<String>,
        element_of: Vec<String>,
        contents_of: Vec<String>,
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
        waited_events: Vec<String>,
        soon: Vec<String>,
        lasting: Vec<String>,
    }
    /// Who aborts a signal.
    Signals { controllers: Vec<String>, ending: Vec<String>, joined: Vec<String>, bags: Vec<String> }
    /// What counts as large.
    Large { bytes: u64, elements: u64, whole: Vec<String>, body_methods: Vec<String> }
}
