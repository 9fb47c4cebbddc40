//! rules/*.toml → [`Protocols`], refusing what cannot be right.

use super::raw;
use super::*;
use rustc_hash::{FxHashMap, FxHashSet};

/// The files that are built into the binary.
pub const EMBEDDED: &[(&str, &str)] = &[
    ("rules/timers.toml", include_str!("../../rules/timers.toml")),
    ("rules/observers.toml", include_str!("../../rules/observers.toml")),
    ("rules/subscriptions.toml", include_str!("../../rules/subscriptions.toml")),
    ("rules/resources.toml", include_str!("../../rules/resources.toml")),
    ("rules/clients.toml", include_str!("../../rules/clients.toml")),
    ("rules/widgets.toml", include_str!("../../rules/widgets.toml")),
    ("rules/listeners.toml", include_str!("../../rules/listeners.toml")),
    ("rules/libraries.toml", include_str!("../../rules/libraries.toml")),
    ("rules/hooks.toml", include_str!("../../rules/hooks.toml")),
    ("rules/components.toml", include_str!("../../rules/components.toml")),
    ("rules/lifecycles.toml", include_str!("../../rules/lifecycles.toml")),
    ("rules/classes.toml", include_str!("../../rules/classes.toml")),
    ("rules/knowledge.toml", include_str!("../../rules/knowledge.toml")),
    ("rules/promises.toml", include_str!("../../rules/promises.toml")),
];

/// Reads and validates protocol files, given as name and text.
///
/// # Errors
/// The first thing that is wrong, with file, line and column: broken TOML, an unknown key, a row without
/// source, two rows of one id, a release that names neither call nor method, a table missing altogether.
pub fn load(files: &[(&str, &str)]) -> Result<Protocols, ProtocolError> {
    let mut merged = raw::File::default();
    let mut ids = FxHashSet::default();
    for (name, text) in files {
        let file: raw::File = toml::from_str(text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            ProtocolError::at(name, text, offset, error.message())
        })?;
        Checker { name, text, ids: &mut ids }.file(&file)?;
        merge(&mut merged, file);
    }
    let last = files.last().map_or(("rules", ""), |file| *file);
    build(merged).map_err(|message| ProtocolError::at(last.0, last.1, 0, message))
}

struct Checker<'a> {
    name: &'a str,
    text: &'a str,
    ids: &'a mut FxHashSet<String>,
}

impl Checker<'_> {
    fn file(&mut self, file: &raw::File) -> Result<(), ProtocolError> {
        for row in &file.handle {
            let at = row.span().start;
            let row = row.get_ref();
            self.row(at, &row.id, &row.source, &row.checked)?;
            self.handle(at, row)?;
        }
        for row in &file.listener {
            let at = row.span().start;
            let row = row.get_ref();
            self.row(at, &row.id, &row.source, &row.checked)?;
            self.filled(at, "add", row.add.is_empty())?;
            self.filled(at, "remove", row.remove.is_empty())?;
            if !row.distinctive && row.types.is_empty() && row.target.is_none() {
                return self.fail(at, "a row that is not `distinctive` needs `types` or a `target`");
            }
            if (row.exact || row.wraps) && row.types.is_empty() {
                return self.fail(at, "`exact` and `wraps` need `types`");
            }
        }
        for row in &file.hook {
            let (at, row) = (row.span().start, row.get_ref());
            self.row(at, &row.id, &row.source, &row.checked)?;
            self.filled(at, "names", row.names.is_empty())?;
            if HookRole::named(&row.role).is_none() {
                return self.fail(at, "`role` is one of `setup`, `effect`, `end`, `rest`, `part`, `once`");
            }
        }
        for row in &file.options {
            let (at, row) = (row.span().start, row.get_ref());
            self.filled(at, "source", row.source.trim().is_empty())?;
            self.filled(at, "checked", row.checked.trim().is_empty())?;
        }
        for row in &file.lifecycle {
            let (at, row) = (row.span().start, row.get_ref());
            self.row(at, &row.id, &row.source, &row.checked)?;
            self.filled(at, "teardown", row.teardown.is_empty())?;
        }
        self.tables(file)
    }

    fn handle(&self, at: usize, row: &raw::Handle) -> Result<(), ProtocolError> {
        self.filled(at, "acquire", row.acquire.is_empty() && row.methods.is_empty())?;
        self.filled(at, "release", row.release.is_empty())?;
        if !row.methods.is_empty() && row.types.is_empty() && !row.imported && !row.injected {
            return self
                .fail(at, "`methods` needs `types`, `imported` or `injected`: a name alone says too little");
        }
        if matches!(row.holder, Holder::Receiver | Holder::Source) && row.methods.is_empty() {
            return self.fail(at, "only `methods` have a receiver that could be the holder");
        }
        if row.holder == Holder::Reads && row.callback.is_none() {
            return self.fail(at, "only a `callback` reads");
        }
        if row.holder == Holder::Target && row.starts.is_empty() {
            return self.fail(at, "a `target` is the argument of one of `starts`");
        }
        let ways = |way: &raw::Release| {
            let named = [&way.call, &way.method, &way.receiver];
            named.iter().filter(|name| name.is_some()).count() + usize::from(way.itself)
        };
        if row.release.iter().any(|way| ways(way) != 1) {
            return self.fail(at, "a release is one of `call`, `method`, `receiver` and `itself`");
        }
        Ok(())
    }

    /// Word lists have sources as rows do.
    fn tables(&self, file: &raw::File) -> Result<(), ProtocolError> {
        let sources = [
            file.teardowns.as_ref().map(|t| (&t.source, &t.checked)),
            file.once.as_ref().map(|t| (&t.source, &t.checked)),
            file.renders.as_ref().map(|t| (&t.source, &t.checked)),
            file.repeated.as_ref().map(|t| (&t.source, &t.checked)),
            file.lifetimes.as_ref().map(|t| (&t.source, &t.checked)),
            file.calls.as_ref().map(|t| (&t.source, &t.checked)),
            file.containers.as_ref().map(|t| (&t.source, &t.checked)),
            file.large.as_ref().map(|t| (&t.source, &t.checked)),
            file.promises.as_ref().map(|t| (&t.source, &t.checked)),
            file.signals.as_ref().map(|t| (&t.source, &t.checked)),
        ];
        for (source, checked) in sources.into_iter().flatten() {
            self.filled(0, "source", source.trim().is_empty())?;
            self.filled(0, "checked", checked.trim().is_empty())?;
        }
        Ok(())
    }

    fn row(&mut self, at: usize, id: &str, source: &str, checked: &str) -> Result<(), ProtocolError> {
        if !self.ids.insert(id.to_owned()) {
            return self.fail(at, format!("a second row has the id `{id}`"));
        }
        self.filled(at, "source", source.trim().is_empty())?;
        self.filled(at, "checked", checked.trim().is_empty())
    }

    fn filled(&self, at: usize, key: &str, empty: bool) -> Result<(), ProtocolError> {
        if empty { self.fail(at, format!("`{key}` is empty")) } else { Ok(()) }
    }

    fn fail(&self, at: usize, message: impl Into<String>) -> Result<(), ProtocolError> {
        Err(ProtocolError::at(self.name, self.text, at, message))
    }
}

fn merge(into: &mut raw::File, file: raw::File) {
    into.handle.extend(file.handle);
    into.listener.extend(file.listener);
    into.hook.extend(file.hook);
    into.options.extend(file.options);
    into.lifecycle.extend(file.lifecycle);
    into.teardowns = into.teardowns.take().or(file.teardowns);
    into.once = into.once.take().or(file.once);
    into.renders = into.renders.take().or(file.renders);
    into.repeated = into.repeated.take().or(file.repeated);
    into.lifetimes = into.lifetimes.take().or(file.lifetimes);
    into.calls = into.calls.take().or(file.calls);
    into.containers = into.containers.take().or(file.containers);
    into.large = into.large.take().or(file.large);
    into.promises = into.promises.take().or(file.promises);
    into.signals = into.signals.take().or(file.signals);
}

fn build(file: raw::File) -> Result<Protocols, String> {
    let missing = |table: &str| format!("no file has the table [{table}]");
    let teardowns = file.teardowns.ok_or_else(|| missing("teardowns"))?;
    let once = file.once.ok_or_else(|| missing("once"))?;
    let renders = file.renders.ok_or_else(|| missing("renders"))?;
    let repeated = file.repeated.ok_or_else(|| missing("repeated"))?;
    let lifetimes = file.lifetimes.ok_or_else(|| missing("lifetimes"))?;
    let calls = file.calls.ok_or_else(|| missing("calls"))?;
    let containers = file.containers.ok_or_else(|| missing("containers"))?;
    let large = file.large.ok_or_else(|| missing("large"))?;
    let promises = file.promises.ok_or_else(|| missing("promises"))?;
    let signals = file.signals.ok_or_else(|| missing("signals"))?;
    let mut acquires = Patterns::default();
    let mut finds = Patterns::default();
    let ways = || file.handle.iter().flat_map(|row| &row.get_ref().release);
    let release_calls: Vec<String> = ways().filter_map(|way| way.call.clone()).collect();
    let release_methods: Vec<String> = ways().filter_map(|way| way.method.clone()).collect();
    let mut acquire_methods: FxHashMap<Atom, Vec<usize>> = FxHashMap::default();
    let mut handles = Vec::new();
    for (at, row) in file.handle.into_iter().enumerate() {
        let row = row.into_inner();
        acquires.add(&row.acquire, at);
        finds.add(&row.finds, at);
        for method in &row.methods {
            acquire_methods.entry(Atom::from(method.as_str())).or_default().push(at);
        }
        handles.push(handle(row));
    }
    let mut listener_methods = FxHashMap::default();
    let mut listeners = Vec::new();
    for (at, row) in file.listener.into_iter().enumerate() {
        listeners.push(listener(at, row.into_inner(), &mut listener_methods));
    }
    let lifecycles: Vec<Lifecycle> =
        file.lifecycle.into_iter().map(|row| lifecycle(row.into_inner())).collect();
    Ok(Protocols {
        needles: Needles::new(&handles).map_err(|error| error.to_string())?,
        handles,
        listeners,
        hooks: Hooks::new(file.hook.into_iter().map(|row| Hook::from(row.into_inner())).collect()),
        options: file.options.into_iter().map(|row| Options::new(row.into_inner(), &lifecycles)).collect(),
        lifecycles,
        teardowns: Teardowns::new(&teardowns.strong, &teardowns.weak, teardowns.prefixes),
        once_functions: Words::new(&once.functions),
        set_up_verbs: once.set_up,
        singleton_decorators: Patterns::new(&once.decorators),
        root_components: Words::new(&once.roots),
        once_events: Words::new(&once.events),
        gesture_events: Words::new(&once.gestures),
        farewells: Words::new(&once.farewells),
        render_hooks: Words::new(&renders.hooks),
        state_hooks: Words::new(&renders.state),
        inert_hooks: Words::new(&renders.inert),
        passive_effects: Words::new(&renders.passive),
        repeated_events: Words::new(&repeated.events),
        routes: Words::new(&repeated.routes),
        routers: Patterns::new(&repeated.routers),
        handlers: Patterns::new(&repeated.handlers),
        handler_exports: Words::new(&repeated.exports),
        handler_decorators: Patterns::new(&repeated.decorators),
        globals: Words::new(&lifetimes.globals),
        global_members: Words::new(&lifetimes.global_members),
        creators: Words::new(&lifetimes.creators),
        singletons: Words::new(&lifetimes.singletons),
        injected_longer: Patterns::new(&lifetimes.injected_longer),
        injected_same: Patterns::new(&lifetimes.injected_same),
        injected_services: lifetimes.injected_services,
        injecting: Patterns::new(&lifetimes.injecting),
        program_modules: Words::new(&lifetimes.program_modules),
        namespaces: Words::new(&lifetimes.namespaces),
        tokens: Patterns::new(&lifetimes.tokens),
        injectors: Patterns::new(&lifetimes.injectors),
        own_decorators: Patterns::new(&lifetimes.own_decorators),
        way_out: Words::new(&lifetimes.way_out),
        harmless: Words::new(&calls.harmless),
        wrappers: Words::new(&calls.wrappers),
        iterators: Words::new(&calls.iterators),
        continuations: Words::new(&calls.continuations),
        value_callbacks: Words::new(&calls.value_callbacks),
        void_callbacks: Words::new(&calls.void_callbacks),
        brief_makers: Patterns::new(&calls.brief),
        element_of: Words::new(&calls.element_of),
        contents_of: Words::new(&calls.contents_of),
        chained: Words::new(&calls.chained),
        injections: Patterns::new(&calls.injections),
        states: Words::new(&calls.states),
        cells: Words::new(&calls.cells),
        growing: Patterns::new(&containers.growing),
        grow: Words::new(&containers.grow),
        shrink: Words::new(&containers.shrink),
        read: Words::new(&containers.read),
        roles: containers.roles,
        registrars: Words::new(&containers.registrars),
        fresh_keys: Words::new(&containers.fresh_keys),
        request_names: Words::new(&containers.request_names),
        open_names: containers.open_names,
        closed_members: Words::new(&containers.closed_members),
        kept_by_page: Words::new(&lifetimes.kept_by_page),
        large: Large {
            bytes: large.bytes,
            elements: large.elements,
            whole: Patterns::new(&large.whole),
            body_methods: Words::new(&large.body_methods),
        },
        promises: Promises {
            races: Patterns::new(&promises.races),
            deferred: Patterns::new(&promises.deferred),
            deferred_names: Words::new(&promises.deferred_names),
            events: Patterns::new(&promises.events),
            soon: promises.soon,
            lasting: promises.lasting,
        },
        signals: Signals {
            controllers: Patterns::new(&signals.controllers),
            ending: Patterns::new(&signals.ending),
            joined: Patterns::new(&signals.joined),
            bags: Words::new(&signals.bags),
        },
        acquires,
        finds,
        release_calls: Patterns::new(&release_calls),
        release_methods: Words::new(&release_methods),
        acquire_methods,
        listener_methods,
    })
}

fn handle(row: raw::Handle) -> Handle {
    let calls: Vec<String> = row.release.iter().filter_map(|way| way.call.clone()).collect();
    let methods: Vec<String> = row.release.iter().filter_map(|way| way.method.clone()).collect();
    let receivers: Vec<String> = row.release.iter().filter_map(|way| way.receiver.clone()).collect();
    Handle {
        id: row.id,
        rule: row.rule,
        acquire: row.acquire,
        methods: row.methods,
        types: Patterns::new(&row.types),
        imported: row.imported,
        injected: row.injected,
        callback: row.callback.map(|at| at as usize),
        adopts: row.adopts.map(|at| at as usize),
        starts: Words::new(&row.starts),
        holder: row.holder,
        one_shot: row.one_shot,
        brief: row.brief,
        app_wide: row.app_wide,
        noun: row.noun,
        held_by: row.held_by,
        passes: Words::new(&row.passes),
        completing: Words::new(&row.completing),
        until: Words::new(&row.until),
        reopening: Words::new(&row.reopening),
        completed: Patterns::new(&row.completed),
        readers: Words::new(&row.readers),
        release_calls: Patterns::new(&calls),
        releases: row.release.iter().map(release).collect(),
        release_methods: Words::new(&methods),
        release_receivers: Words::new(&receivers),
        parts: Words::new(&row.parts),
        releases_itself: row.release.iter().any(|way| way.itself),
        source: row.source,
        checked: row.checked,
    }
}

fn release(way: &raw::Release) -> Release {
    match (&way.call, &way.method, &way.receiver) {
        (Some(call), ..) => Release::Call(call.clone()),
        (_, Some(method), _) => Release::Method(method.clone()),
        (.., Some(method)) => Release::Receiver(method.clone()),
        _ => Release::Itself,
    }
}

type ListenerMethods = FxHashMap<Atom, Vec<(usize, ListenerRole)>>;

fn listener(at: usize, row: raw::Listener, methods: &mut ListenerMethods) -> Listener {
    let roles = [
        (&row.add, ListenerRole::Add),
        (&row.once, ListenerRole::Once),
        (&row.remove, ListenerRole::Remove),
        (&row.blanket, ListenerRole::Blanket),
    ];
    for (names, role) in roles {
        for name in names {
            methods.entry(Atom::from(name.as_str())).or_default().push((at, role));
        }
    }
    Listener {
        id: row.id,
        add: row.add,
        remove: row.remove,
        blanket: row.blanket,
        distinctive: row.distinctive,
        deduplicates: row.deduplicates,
        unary: row.unary,
        exact: row.exact,
        wraps: row.wraps,
        options: row.options.map(|at| at as usize),
        target: row.target.map(|at| at as usize),
        types: Patterns::new(&row.types),
        source: row.source,
        checked: row.checked,
    }
}

fn lifecycle(row: raw::Lifecycle) -> Lifecycle {
    Lifecycle {
        id: row.id,
        bases: Patterns::new(&row.bases),
        suffixes: row.suffixes,
        makers: Patterns::new(&row.makers),
        decorators: Patterns::new(&row.decorators),
        setup: Words::new(&row.setup),
        once: Words::new(&row.once),
        entry: Words::new(&row.entry),
        repeats_per_instance: Words::new(&row.repeats_per_instance),
        teardown: Words::new(&row.teardown),
        teardown_names: row.teardown,
        misspelt: Words::new(&row.misspelt),
        own: Words::new(&row.own),
        single: row.single,
        what: row.what,
        element: row.element,
        members: Words::new(&row.members),
        source: row.source,
        checked: row.checked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_files_are_valid() {
        let protocols = load(EMBEDDED).expect("rules/*.toml");
        assert!(protocols.acquires.has("timers.setInterval"));
        assert!(!protocols.acquires.has("rxjs.setInterval"));
    }

    #[test]
    fn errors_point_into_the_file() {
        let text = "[[handle]]\nid = 'x'\nwrong = 1\n";
        let error = load(&[("mine.toml", text)]).unwrap_err();
        assert_eq!((error.file.as_str(), error.line), ("mine.toml", 3));
        assert!(error.message.contains("wrong"), "{}", error.message);
    }

    #[test]
    fn teardown_names() {
        let protocols = load(EMBEDDED).expect("rules/*.toml");
        let judge = |name| protocols.teardowns.judge(name);
        assert_eq!(judge("_onDestroy"), Some(TeardownName::Strong));
        assert_eq!(judge("closeConnection"), Some(TeardownName::Weak));
        assert_eq!(judge("stop"), Some(TeardownName::Weak));
        assert_eq!(judge("closest"), None);
        assert_eq!(judge("endsWith"), None);
        assert_eq!(judge("start"), None);
    }
}
