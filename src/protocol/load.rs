//! rules/*.toml → [`Protocols`], refusing what cannot be right.

use super::raw;
use super::*;
use rustc_hash::{FxHashMap, FxHashSet};

/// The files that are built into the binary.
pub const EMBEDDED: &[(&str, &str)] = &[
    ("rules/timers.toml", include_str!("../../rules/timers.toml")),
    ("rules/listeners.toml", include_str!("../../rules/listeners.toml")),
    ("rules/lifecycles.toml", include_str!("../../rules/lifecycles.toml")),
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
    build(merged)
        .map_err(|table| ProtocolError::at(last.0, last.1, 0, format!("no file has the table [{table}]")))
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
            self.filled(at, "acquire", row.acquire.is_empty())?;
            self.filled(at, "release", row.release.is_empty())?;
            if row.release.iter().any(|way| way.call.is_some() == way.method.is_some()) {
                return self.fail(at, "a release names either `call` or `method`");
            }
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
        }
        for row in &file.effect {
            let (at, row) = (row.span().start, row.get_ref());
            self.row(at, &row.id, &row.source, &row.checked)?;
        }
        for row in &file.lifecycle {
            let (at, row) = (row.span().start, row.get_ref());
            self.row(at, &row.id, &row.source, &row.checked)?;
            self.filled(at, "teardown", row.teardown.is_empty())?;
        }
        self.tables(file)
    }

    /// Word lists have sources as rows do.
    fn tables(&self, file: &raw::File) -> Result<(), ProtocolError> {
        let sources = [
            file.teardowns.as_ref().map(|t| (&t.source, &t.checked)),
            file.once.as_ref().map(|t| (&t.source, &t.checked)),
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
    into.effect.extend(file.effect);
    into.lifecycle.extend(file.lifecycle);
    into.teardowns = into.teardowns.take().or(file.teardowns);
    into.once = into.once.take().or(file.once);
    into.repeated = into.repeated.take().or(file.repeated);
    into.lifetimes = into.lifetimes.take().or(file.lifetimes);
    into.calls = into.calls.take().or(file.calls);
    into.containers = into.containers.take().or(file.containers);
    into.large = into.large.take().or(file.large);
    into.promises = into.promises.take().or(file.promises);
    into.signals = into.signals.take().or(file.signals);
}

/// `Err` names the table that is missing.
fn build(file: raw::File) -> Result<Protocols, &'static str> {
    let teardowns = file.teardowns.ok_or("teardowns")?;
    let once = file.once.ok_or("once")?;
    let repeated = file.repeated.ok_or("repeated")?;
    let lifetimes = file.lifetimes.ok_or("lifetimes")?;
    let calls = file.calls.ok_or("calls")?;
    let containers = file.containers.ok_or("containers")?;
    let large = file.large.ok_or("large")?;
    let promises = file.promises.ok_or("promises")?;
    let signals = file.signals.ok_or("signals")?;
    let mut acquires = Patterns::default();
    let mut handles = Vec::new();
    for (at, row) in file.handle.into_iter().enumerate() {
        let row = row.into_inner();
        acquires.add(&row.acquire, at);
        handles.push(handle(row));
    }
    let mut listener_methods = FxHashMap::default();
    let mut listeners = Vec::new();
    for (at, row) in file.listener.into_iter().enumerate() {
        listeners.push(listener(at, row.into_inner(), &mut listener_methods));
    }
    Ok(Protocols {
        handles,
        listeners,
        effects: file.effect.into_iter().map(|row| effect(row.into_inner())).collect(),
        lifecycles: file.lifecycle.into_iter().map(|row| lifecycle(row.into_inner())).collect(),
        teardowns: Teardowns::new(&teardowns.strong, &teardowns.weak, teardowns.prefixes),
        once_functions: Words::new(&once.functions),
        set_up_verbs: once.set_up,
        singleton_decorators: Patterns::new(&once.decorators),
        once_events: Words::new(&once.events),
        gesture_events: Words::new(&once.gestures),
        farewells: Words::new(&once.farewells),
        repeated_events: Words::new(&repeated.events),
        routes: Words::new(&repeated.routes),
        routers: Patterns::new(&repeated.routers),
        handlers: Patterns::new(&repeated.handlers),
        handler_exports: Words::new(&repeated.exports),
        globals: Words::new(&lifetimes.globals),
        global_members: Words::new(&lifetimes.global_members),
        creators: Words::new(&lifetimes.creators),
        singletons: Words::new(&lifetimes.singletons),
        program_modules: Words::new(&lifetimes.program_modules),
        harmless: Words::new(&calls.harmless),
        wrappers: Words::new(&calls.wrappers),
        iterators: Words::new(&calls.iterators),
        continuations: Words::new(&calls.continuations),
        element_of: Words::new(&calls.element_of),
        contents_of: Words::new(&calls.contents_of),
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
            waited_events: Words::new(&promises.waited_events),
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
        listener_methods,
    })
}

fn handle(row: raw::Handle) -> Handle {
    let calls: Vec<String> = row.release.iter().filter_map(|way| way.call.clone()).collect();
    let methods: Vec<String> = row.release.iter().filter_map(|way| way.method.clone()).collect();
    Handle {
        id: row.id,
        rule: row.rule,
        acquire: row.acquire,
        callback: row.callback.map(|at| at as usize),
        noun: row.noun,
        held_by: row.held_by,
        passes: Words::new(&row.passes),
        release_calls: Patterns::new(&calls),
        release_call_names: calls,
        release_methods: Words::new(&methods),
        source: row.source,
        checked: row.checked,
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
        options: row.options.map(|at| at as usize),
        target: row.target.map(|at| at as usize),
        types: Patterns::new(&row.types),
        source: row.source,
        checked: row.checked,
    }
}

fn effect(row: raw::Effect) -> Effect {
    Effect {
        id: row.id,
        names: Words::new(&row.names),
        callback: row.callback as usize,
        what: row.what,
        source: row.source,
        checked: row.checked,
    }
}

fn lifecycle(row: raw::Lifecycle) -> Lifecycle {
    Lifecycle {
        id: row.id,
        bases: Patterns::new(&row.bases),
        suffixes: row.suffixes,
        decorators: Words::new(&row.decorators),
        setup: Words::new(&row.setup),
        repeats_per_instance: Words::new(&row.repeats_per_instance),
        teardown: Words::new(&row.teardown),
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
