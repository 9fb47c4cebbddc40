//! The word lists of rules/*.toml and leaklint.jsonc as written; those of several files are taken together.

use schemars::JsonSchema;
use serde::Deserialize;

/// One value of a table.
pub trait Part {
    /// Whether nothing is said.
    fn is_empty(&self) -> bool;
    /// Takes over what another file says.
    fn extend(&mut self, more: Self);
}

impl Part for Vec<String> {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn extend(&mut self, more: Self) {
        Extend::extend(self, more);
    }
}

impl Part for u64 {
    fn is_empty(&self) -> bool {
        *self == 0
    }

    fn extend(&mut self, more: Self) {
        if more != 0 {
            *self = more;
        }
    }
}

/// A table of word lists.
pub trait Table {
    /// As in the file: `teardowns`.
    fn name(&self) -> &'static str;
    /// The keys of which nothing is said.
    fn missing(&self) -> Vec<&'static str>;
    /// Whether nothing is said at all.
    fn is_blank(&self) -> bool;
    /// Where it comes from, and what it was checked against.
    fn origin(&self) -> (&str, &str);
    /// Takes over what another file says.
    fn extend(&mut self, more: Self)
    where
        Self: Sized;
}

/// Declares a table of word lists with its source.
macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident $key:literal { $($field:ident: $ty:ty),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            $(pub $field: $ty,)+
            pub source: String,
            pub checked: String,
        }

        impl Table for $name {
            fn name(&self) -> &'static str {
                $key
            }

            fn missing(&self) -> Vec<&'static str> {
                let mut missing = Vec::new();
                $(if Part::is_empty(&self.$field) {
                    missing.push(stringify!($field));
                })+
                missing
            }

            fn is_blank(&self) -> bool {
                true $(&& Part::is_empty(&self.$field))+
            }

            fn origin(&self) -> (&str, &str) {
                (&self.source, &self.checked)
            }

            fn extend(&mut self, more: Self) {
                $(Part::extend(&mut self.$field, more.$field);)+
                if self.source.is_empty() {
                    self.source = more.source;
                    self.checked = more.checked;
                }
            }
        }
    )+};
}

tables! {
    /// Names of methods that end their object.
    Teardowns "teardowns" { strong: Vec<String>, weak: Vec<String>, prefixes: Vec<String>, handlers: Vec<String> }
    /// What runs once.
    Once "once" { functions: Vec<String>, set_up: Vec<String>, decorators: Vec<String>, roots: Vec<String>, given: Vec<String>, mounts: Vec<String>, events: Vec<String>, gestures: Vec<String>, farewells: Vec<String> }
    /// What makes a function run anew at every render.
    Renders "renders" { hooks: Vec<String>, state: Vec<String>, inert: Vec<String>, passive: Vec<String> }
    /// What runs per request.
    Repeated "repeated" {
        events: Vec<String>,
        routes: Vec<String>,
        routers: Vec<String>,
        handlers: Vec<String>,
        exports: Vec<String>,
        types: Vec<String>,
        decorators: Vec<String>,
    }
    /// Who lives how long.
    Lifetimes "lifetimes" {
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
        given_decorators: Vec<String>,
        way_out: Vec<String>,
        kept_by_page: Vec<String>,
        passing: Vec<String>,
        connections: Vec<String>,
        exchanges: Vec<String>,
    }
    /// What calls do with what they are given.
    Calls "calls" {
        harmless: Vec<String>,
        wrappers: Vec<String>,
        iterators: Vec<String>,
        continuations: Vec<String>,
        starters: Vec<String>,
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
    Containers "containers" {
        growing: Vec<String>,
        limited: Vec<String>,
        limits: Vec<String>,
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
    Promises "promises" {
        races: Vec<String>,
        deferred: Vec<String>,
        deferred_names: Vec<String>,
        events: Vec<String>,
        waited_events: Vec<String>,
        soon: Vec<String>,
        lasting: Vec<String>,
    }
    /// Who aborts a signal.
    Signals "signals" { controllers: Vec<String>, ending: Vec<String>, joined: Vec<String>, bags: Vec<String> }
    /// What counts as large.
    Large "large" { bytes: u64, elements: u64, whole: Vec<String>, body_methods: Vec<String> }
}
