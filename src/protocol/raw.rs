//! rules/*.toml as written, and the rows of a leaklint.jsonc: what serde reads, with unknown keys refused.

pub use super::placed::Placed;
pub use super::tables::*;
use schemars::JsonSchema;
use serde::Deserialize;

/// One file of rules/.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    pub handle: Vec<Placed<Handle>>,
    pub listener: Vec<Placed<Listener>>,
    pub hook: Vec<Placed<Hook>>,
    pub options: Vec<Placed<Options>>,
    pub lifecycle: Vec<Placed<Lifecycle>>,
    pub teardowns: Teardowns,
    pub once: Once,
    pub renders: Renders,
    pub repeated: Repeated,
    pub lifetimes: Lifetimes,
    pub calls: Calls,
    pub containers: Containers,
    pub large: Large,
    pub promises: Promises,
    pub signals: Signals,
}

/// A row of whatever kind.
pub trait Row {
    /// Unlike that of any other row; object literals of frameworks have none.
    fn id(&self) -> Option<&str>;
    /// The row counts only in files that import this package, or what lies below it.
    fn package(&self) -> Option<&str>;
    /// Says where the row is from, unless it says so itself.
    fn sign(&mut self, source: String);
}

macro_rules! rows {
    ($($name:ident: $id:expr),+ $(,)?) => {$(
        impl Row for $name {
            fn id(&self) -> Option<&str> {
                let id: fn(&Self) -> Option<&str> = $id;
                id(self)
            }

            fn package(&self) -> Option<&str> {
                self.package.as_deref()
            }

            fn sign(&mut self, source: String) {
                if self.source.is_empty() {
                    self.source = source;
                }
            }
        }
    )+};
}

rows! {
    Handle: |row| Some(row.id.get_ref()),
    Listener: |row| Some(row.id.get_ref()),
    Hook: |row| Some(row.id.get_ref()),
    Lifecycle: |row| Some(row.id.get_ref()),
    Options: |_| None,
}

impl File {
    /// All rows.
    pub fn rows(&self) -> impl Iterator<Item = &dyn Row> {
        fn each<R: Row>(rows: &[Placed<R>]) -> impl Iterator<Item = &dyn Row> {
            rows.iter().map(|row| row.get_ref() as &dyn Row)
        }
        let handled = each(&self.handle).chain(each(&self.listener)).chain(each(&self.hook));
        handled.chain(each(&self.options)).chain(each(&self.lifecycle))
    }

    /// Says of all rows where they are from, by the byte offset at which they stand.
    pub fn sign(&mut self, source: impl Fn(usize) -> String) {
        fn each<R: Row>(rows: &mut [Placed<R>], source: impl Fn(usize) -> String) {
            for row in rows {
                let at = row.span().start;
                row.get_mut().sign(source(at));
            }
        }
        each(&mut self.handle, &source);
        each(&mut self.listener, &source);
        each(&mut self.hook, &source);
        each(&mut self.options, &source);
        each(&mut self.lifecycle, &source);
    }

    /// Drops all other rows.
    pub fn retain(&mut self, keep: impl Fn(&dyn Row) -> bool) {
        self.handle.retain(|row| keep(row.get_ref()));
        self.listener.retain(|row| keep(row.get_ref()));
        self.hook.retain(|row| keep(row.get_ref()));
        self.options.retain(|row| keep(row.get_ref()));
        self.lifecycle.retain(|row| keep(row.get_ref()));
    }

    /// Whether nothing is said at all.
    pub fn is_blank(&self) -> bool {
        self.rows().next().is_none() && self.tables().iter().all(|table| table.is_blank())
    }

    /// All tables of word lists.
    pub fn tables(&self) -> [&dyn Table; 10] {
        [
            &self.teardowns,
            &self.once,
            &self.renders,
            &self.repeated,
            &self.lifetimes,
            &self.calls,
            &self.containers,
            &self.large,
            &self.promises,
            &self.signals,
        ]
    }

    /// Takes over what another file says.
    pub fn extend(&mut self, more: Self) {
        self.handle.extend(more.handle);
        self.listener.extend(more.listener);
        self.hook.extend(more.hook);
        self.options.extend(more.options);
        self.lifecycle.extend(more.lifecycle);
        self.teardowns.extend(more.teardowns);
        self.once.extend(more.once);
        self.renders.extend(more.renders);
        self.repeated.extend(more.repeated);
        self.lifetimes.extend(more.lifetimes);
        self.calls.extend(more.calls);
        self.containers.extend(more.containers);
        self.large.extend(more.large);
        self.promises.extend(more.promises);
        self.signals.extend(more.signals);
    }
}

/// A call whose result must be released.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Handle {
    #[schemars(with = "String")]
    pub id: Placed<String>,
    pub package: Option<String>,
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
    pub local: bool,
    #[serde(default)]
    pub owners: Vec<String>,
    #[serde(default)]
    pub injected: bool,
    #[serde(default)]
    pub anywhere: bool,
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
    #[schemars(with = "Vec<Release>")]
    pub release: Placed<Vec<Release>>,
    #[serde(default)]
    pub source: String,
    #[serde(default)]
    pub checked: String,
}

/// Which rule speaks of a handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
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

impl HandleRule {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 6] =
        [Self::Interval, Self::Timeout, Self::Rearming, Self::Observer, Self::Subscription, Self::Resource];
}

/// Who holds what a call acquires.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
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
    /// Every argument of the call that made the receiver, or what is in their lists: `combineLatest([a, b]).subscribe(f)`.
    Sources,
    /// What the callback reads: `autorun(() => store.name)`.
    Reads,
}

/// One way to end a handle: a call that takes it, a method on it, a method of what gave it out, or a
/// call of the handle itself.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The path of a call that takes the handle as its first argument.
    pub call: Option<String>,
    /// A method of the handle.
    pub method: Option<String>,
    /// A method, of whatever object, that takes the handle as its first argument.
    pub receiver: Option<String>,
    /// The handle is a function, and calling it releases.
    #[serde(default)]
    pub itself: bool,
}

/// A pair of methods that put a handler on and take it off.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Listener {
    #[schemars(with = "String")]
    pub id: Placed<String>,
    pub package: Option<String>,
    #[serde(default)]
    pub add: Vec<String>,
    #[serde(default)]
    pub pairs: Vec<String>,
    #[serde(default)]
    pub once: Vec<String>,
    #[serde(default)]
    pub remove: Vec<String>,
    #[serde(default)]
    pub blanket: Vec<String>,
    #[serde(default)]
    pub distinctive: bool,
    #[serde(default)]
    pub deduplicates: bool,
    #[serde(default)]
    pub unary: bool,
    #[serde(default)]
    pub exact: bool,
    #[serde(default)]
    pub wraps: bool,
    #[serde(default)]
    pub clears: Vec<String>,
    pub options: Option<u32>,
    pub target: Option<u32>,
    #[serde(default)]
    pub types: Vec<String>,
    #[serde(default)]
    pub source: String,
    #[serde(default)]
    pub checked: String,
}

/// A call that registers what runs at a station of a component's life.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hook {
    #[schemars(with = "String")]
    pub id: Placed<String>,
    pub package: Option<String>,
    #[serde(default)]
    pub names: Vec<String>,
    pub attribute: Option<String>,
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
    pub noun: Option<String>,
    pub framework: String,
    pub what: String,
    #[serde(default)]
    pub source: String,
    #[serde(default)]
    pub checked: String,
}

/// Object literals that a framework makes instances of.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    pub package: Option<String>,
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
    #[serde(default)]
    pub source: String,
    #[serde(default)]
    pub checked: String,
}

/// A kind of class that a framework makes and ends.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lifecycle {
    #[schemars(with = "String")]
    pub id: Placed<String>,
    pub package: Option<String>,
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
    #[serde(default)]
    pub source: String,
    #[serde(default)]
    pub checked: String,
}
