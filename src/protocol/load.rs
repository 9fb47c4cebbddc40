//! rules/*.toml → [`Protocols`], refusing what cannot be right.

use super::check;
use super::raw;
use super::*;
use rustc_hash::{FxHashMap, FxHashSet};

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// What is built in: [`EMBEDDED`], read when the program was built. To read TOML takes longer than a small file.
///
/// # Errors
/// The build has packed what cannot be read, which the tests rule out.
pub fn built_in() -> Result<Catalogue, ProtocolError> {
    let files: Vec<raw::File> = rmp_serde::from_slice(PACKED)
        .map_err(|error| ProtocolError::at("rules", "", 0, error.to_string()))?;
    let mut merged = raw::File::default();
    files.into_iter().for_each(|file| merged.extend(file));
    Ok(Catalogue::new(merged, raw::File::default()))
}

/// Reads and validates protocol files, given as name and text.
///
/// # Errors
/// The first thing that is wrong, with file, line and column: broken TOML, an unknown key, a row without
/// source, two rows of one id, a release that names neither call nor method, a list missing altogether.
pub fn load(files: &[(&str, &str)]) -> Result<Catalogue, ProtocolError> {
    let mut merged = raw::File::default();
    let mut ids = FxHashSet::default();
    for (name, text) in files {
        let file: raw::File = toml::from_str(text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            ProtocolError::at(name, text, offset, error.message())
        })?;
        if let Some(error) = check::check(name, text, &file, &mut ids).into_iter().next() {
            return Err(error);
        }
        merged.extend(file);
    }
    let last = files.last().map_or(("rules", ""), |file| *file);
    let fail = |message: String| ProtocolError::at(last.0, last.1, 0, message);
    for table in merged.tables() {
        if let Some(list) = table.missing().first() {
            return Err(fail(format!("no file has `{list}` of [{}]", table.name())));
        }
    }
    Ok(Catalogue::new(merged, raw::File::default()))
}

/// Makes rows and lists fast to ask.
pub(super) fn build(file: raw::File) -> Protocols {
    let raw::File { teardowns, once, renders, repeated, lifetimes, .. } = file;
    let raw::File { calls, containers, large, promises, signals, .. } = file;
    let mut acquires = Patterns::default();
    let mut finds = Patterns::default();
    let ways = || file.handle.iter().flat_map(|row| row.get_ref().release.get_ref());
    let release_calls: Vec<String> = ways().filter_map(|way| way.call.clone()).collect();
    let release_methods: Vec<String> = ways().filter_map(|way| way.method.clone()).collect();
    let release_receivers: Vec<String> = ways().filter_map(|way| way.receiver.clone()).collect();
    let mut acquire_methods: FxHashMap<Atom, Vec<usize>> = FxHashMap::default();
    let mut local_methods = Vec::new();
    let mut handles = Vec::new();
    for (at, row) in file.handle.into_iter().enumerate() {
        let row = row.into_inner();
        acquires.add(&row.acquire, at);
        finds.add(&row.finds, at);
        local_methods.extend(row.methods.iter().filter_map(|method| Some((Verb::new(method)?, at))));
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
    let mut lifecycle_members = Words::default();
    for row in &lifecycles {
        lifecycle_members.extend(&row.members);
    }
    let options: Vec<Options> =
        file.options.into_iter().map(|row| Options::new(row.into_inner(), &lifecycles)).collect();
    let mut option_members = Words::default();
    for row in &options {
        option_members.extend(&row.members);
        option_members.extend(&row.beside);
    }
    let paired = (0..listeners.len()).filter(|at: &usize| !listeners[*at].pairs.is_empty()).collect();
    let mut protocols = Protocols {
        openers: Openers::default(),
        paired,
        local_methods,
        handles,
        listeners,
        hooks: Hooks::new(file.hook.into_iter().map(|row| Hook::from(row.into_inner())).collect()),
        options,
        option_members,
        lifecycles,
        lifecycle_members,
        teardowns: Teardowns::new(teardowns),
        once_functions: Words::new(&once.functions),
        set_up_verbs: once.set_up,
        singleton_decorators: Patterns::new(&once.decorators),
        root_components: Words::new(&once.roots),
        given: Words::new(&once.given),
        mounts: Words::new(&once.mounts),
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
        handler_types: Patterns::new(&repeated.types),
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
        given_decorators: Patterns::new(&lifetimes.given_decorators),
        way_out: Words::new(&lifetimes.way_out),
        harmless: Words::new(&calls.harmless),
        wrappers: Words::new(&calls.wrappers),
        iterators: Words::new(&calls.iterators),
        continuations: Words::new(&calls.continuations),
        starters: Patterns::new(&calls.starters),
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
        limited: Patterns::new(&containers.limited),
        limits: Words::new(&containers.limits),
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
        passing_members: Words::new(&lifetimes.passing),
        connections: Words::new(&lifetimes.connections),
        exchanges: Words::new(&lifetimes.exchanges),
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
        finds,
        release_calls: Patterns::new(&release_calls),
        release_methods: Words::new(&release_methods),
        release_receivers: Words::new(&release_receivers),
        acquire_methods,
        listener_methods,
    };
    protocols.openers = Openers::of(&protocols);
    protocols
}

fn handle(row: raw::Handle) -> Handle {
    let ways = row.release.into_inner();
    let calls: Vec<String> = ways.iter().filter_map(|way| way.call.clone()).collect();
    let methods: Vec<String> = ways.iter().filter_map(|way| way.method.clone()).collect();
    let receivers: Vec<String> = ways.iter().filter_map(|way| way.receiver.clone()).collect();
    Handle {
        id: row.id.into_inner(),
        rule: row.rule,
        acquire: row.acquire,
        methods: row.methods,
        types: Patterns::new(&row.types),
        imported: row.imported,
        local: row.local,
        owners: row.owners,
        injected: row.injected,
        anywhere: row.anywhere,
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
        releases: ways.iter().map(release).collect(),
        release_methods: Words::new(&methods),
        release_receivers: Words::new(&receivers),
        parts: Words::new(&row.parts),
        releases_itself: ways.iter().any(|way| way.itself),
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
        id: row.id.into_inner(),
        add: row.add,
        remove: row.remove,
        pairs: row.pairs.iter().filter_map(|pair| Pair::new(pair)).collect(),
        blanket: row.blanket,
        distinctive: row.distinctive,
        deduplicates: row.deduplicates,
        unary: row.unary,
        exact: row.exact,
        wraps: row.wraps,
        clears: Patterns::new(&row.clears),
        options: row.options.map(|at| at as usize),
        target: row.target.map(|at| at as usize),
        types: Patterns::new(&row.types),
        source: row.source,
        checked: row.checked,
    }
}

fn lifecycle(row: raw::Lifecycle) -> Lifecycle {
    Lifecycle {
        id: row.id.into_inner(),
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
        let catalogue = load(EMBEDDED).expect("rules/*.toml");
        let protocols = catalogue.all();
        assert!(protocols.acquires.has("timers.setInterval"));
        assert!(!protocols.acquires.has("rxjs.setInterval"));
    }

    #[test]
    fn what_is_packed_is_what_is_written() {
        let packed = built_in().expect("the packed rows");
        let written = load(EMBEDDED).expect("rules/*.toml");
        let text = |catalogue: &Catalogue| format!("{:?}", catalogue.all().handles);
        assert_eq!(text(&packed), text(&written));
        let rows = |catalogue: &Catalogue| {
            let all = catalogue.all();
            (all.listeners.len(), all.options.len(), all.lifecycles.len(), catalogue.gates().len())
        };
        assert_eq!(rows(&packed), rows(&written));
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
        let catalogue = load(EMBEDDED).expect("rules/*.toml");
        let protocols = catalogue.all();
        let judge = |name| protocols.teardowns.judge(name);
        assert_eq!(judge("_onDestroy"), Some(TeardownName::Strong));
        assert_eq!(judge("closeConnection"), Some(TeardownName::Weak));
        assert_eq!(judge("stop"), Some(TeardownName::Weak));
        assert_eq!(judge("closest"), None);
        assert_eq!(judge("endsWith"), None);
        assert_eq!(judge("start"), None);
        let handles = |name| protocols.teardowns.may_be_handler(name);
        assert!(handles("onClose") && handles("_handleClose"));
        assert!(!handles("close") && !handles("onRemove") && !handles("only"));
    }
}
