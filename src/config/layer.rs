//! What one file says, validated, each thing with its place.

use super::document::{Document, Place};
use super::globs;
use super::jsonc::{self, MAX_ERRORS};
use super::options::OPTIONS;
use super::written::{Confidence, Extends, KindName, Level, Override, Protocols, Rules, Written};
use crate::kinds::Kind;
use crate::obligations::{Limits, Tier};
use crate::protocol::{self, ProtocolError, raw};
use crate::{rules, suppress};
use serde_spanned::Spanned;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A value, and where it is said.
#[derive(Debug, Clone)]
pub struct Set<T> {
    pub value: T,
    pub place: Place,
}

/// What can be said for all files and, in `overrides`, for some.
#[derive(Debug, Clone, Default)]
pub struct Says {
    pub min_confidence: Option<Set<Tier>>,
    pub require_reason: Option<Set<bool>>,
    pub kinds: Option<Set<Vec<Kind>>>,
    /// By rule or notice.
    pub levels: BTreeMap<String, Set<Level>>,
    /// By rule and option.
    pub options: BTreeMap<(String, &'static str), Set<u64>>,
}

/// Of the files that match, what holds for them.
#[derive(Debug)]
pub struct Section {
    pub place: Place,
    pub files: Vec<Set<String>>,
    pub says: Says,
}

/// What one file says.
#[derive(Debug, Default)]
pub struct Layer {
    pub extends: Vec<Set<String>>,
    pub says: Says,
    pub ignore: Vec<Set<String>>,
    pub overrides: Vec<Section>,
    /// Rows and lists that come to those that are built in.
    pub own: raw::File,
}

impl Says {
    /// Takes over what is said later: each key by itself.
    pub fn extend(&mut self, later: &Self) {
        fn replace<T: Clone>(mine: &mut Option<Set<T>>, later: &Option<Set<T>>) {
            if later.is_some() {
                mine.clone_from(later);
            }
        }
        replace(&mut self.min_confidence, &later.min_confidence);
        replace(&mut self.require_reason, &later.require_reason);
        replace(&mut self.kinds, &later.kinds);
        self.levels.extend(later.levels.iter().map(|(id, set)| (id.clone(), set.clone())));
        self.options.extend(later.options.iter().map(|(key, set)| (key.clone(), set.clone())));
    }
}

impl Says {
    /// Sets the thresholds that options of rules say.
    pub fn set_limits(&self, limits: &mut Limits) {
        for option in &OPTIONS {
            let key = (option.rule.to_owned(), option.name);
            if let Some(set) = self.options.get(&key) {
                (option.apply)(limits, set.value);
            }
        }
    }
}

/// Reads and validates a file.
///
/// # Errors
/// Everything that is wrong, with its place.
pub fn read(document: &Arc<Document>) -> Result<Layer, Vec<ProtocolError>> {
    let read = document.with_value(jsonc::read::<Written>).map_err(|error| vec![error])?;
    let (written, errors) = read;
    let mut reader = Reader { document, complete: errors.is_empty(), errors: Vec::new() };
    for error in errors {
        reader.fail(error.offset(), error.message);
    }
    let layer = written.map(|written| reader.layer(written)).unwrap_or_default();
    reader.errors.sort_by_key(|error| (error.line, error.column));
    if reader.is_full() {
        let last = reader.errors.last().map_or(1, |error| error.line);
        let message = format!("there may be more from here on: {MAX_ERRORS} mistakes are shown");
        reader.errors.push(ProtocolError { file: document.name.clone(), line: last, column: 1, message });
    }
    if reader.errors.is_empty() { Ok(layer) } else { Err(reader.errors) }
}

struct Reader<'d> {
    document: &'d Arc<Document>,
    /// Nothing was left out: what is missing is missing in the file.
    complete: bool,
    errors: Vec<ProtocolError>,
}

impl Reader<'_> {
    fn layer(&mut self, written: Written) -> Layer {
        let mut own = own(written.protocols, written.teardowns, written.lifetimes);
        if self.complete {
            self.errors.extend(protocol::check_own(&self.document.name, &self.document.text, &own));
        }
        own.sign(|offset| format!("{}:{}", self.document.name, self.document.line(offset)));
        Layer {
            extends: self.extends(written.extends),
            says: self.says(written.rules, written.min_confidence, written.require_reason, written.kinds),
            ignore: self.patterns(written.ignore),
            overrides: written.overrides.into_iter().map(|section| self.section(section)).collect(),
            own,
        }
    }

    /// Enough is said; the rest is not even looked at.
    fn is_full(&self) -> bool {
        self.errors.len() >= MAX_ERRORS
    }

    fn fail(&mut self, offset: usize, message: impl Into<String>) {
        if !self.is_full() {
            self.errors.push(self.document.error(offset, message));
        }
    }

    fn set<T>(&self, offset: usize, value: T) -> Set<T> {
        Set { value, place: Place::new(self.document, offset) }
    }

    fn kept<A, T>(&self, said: Option<Spanned<A>>, into: impl FnOnce(A) -> T) -> Option<Set<T>> {
        said.map(|said| self.set(said.span().start, into(said.into_inner())))
    }

    fn extends(&mut self, said: Option<Spanned<Extends>>) -> Vec<Set<String>> {
        let Some(said) = said else {
            return Vec::new();
        };
        let at = said.span().start;
        let all: Vec<(usize, String)> = match said.into_inner() {
            Extends::One(name) => vec![(at, name)],
            Extends::Many(names) => {
                names.into_iter().map(|name| (name.span().start, name.into_inner())).collect()
            }
        };
        all.into_iter().map(|(at, name)| self.set(at, name)).collect()
    }

    fn section(&mut self, section: Spanned<Override>) -> Section {
        let place = Place::new(self.document, section.span().start);
        let section = section.into_inner();
        let at = section.files.span().start;
        let files = section.files.into_inner();
        match files.first() {
            None if self.complete => self.fail(at, "`files` is empty: this holds for no file"),
            Some(first) if first.get_ref().starts_with('!') => {
                self.fail(at, "the first pattern takes files out before one takes files in");
            }
            _ => {}
        }
        let files = self.patterns(files);
        let says = self.says(section.rules, section.min_confidence, section.require_reason, section.kinds);
        Section { place, files, says }
    }

    fn patterns(&mut self, written: Vec<Spanned<String>>) -> Vec<Set<String>> {
        let mut out = Vec::new();
        for pattern in written {
            if self.is_full() {
                break;
            }
            let at = pattern.span().start;
            let pattern = pattern.into_inner();
            match globs::check(&pattern) {
                Ok(()) => out.push(self.set(at, pattern)),
                Err(problem) => self.fail(at, problem),
            }
        }
        out
    }

    fn says(
        &mut self,
        rules: Rules,
        min_confidence: Option<Spanned<Confidence>>,
        require_reason: Option<Spanned<bool>>,
        kinds: Option<Spanned<Vec<KindName>>>,
    ) -> Says {
        let mut says = Says {
            min_confidence: self.kept(min_confidence, Tier::from),
            require_reason: self.kept(require_reason, |required| required),
            kinds: self.kept(kinds, |names| KindName::kinds(&names)),
            ..Says::default()
        };
        for (id, entry) in rules {
            if self.is_full() {
                break;
            }
            let at = id.span().start;
            let id = id.into_inner();
            if rules::find(&id).is_none() {
                self.fail(at, suppress::unknown_rule(&id));
                continue;
            }
            for (option, value) in entry.options.said() {
                let at = value.span().start;
                if option.rule == id {
                    says.options.insert((id.clone(), option.name), self.set(at, *value.get_ref()));
                } else {
                    self.fail(at, no_option(&id, option.name));
                }
            }
            says.levels.insert(id, self.set(at, entry.level));
        }
        says
    }
}

/// That a rule has no such option, with those that it has.
fn no_option(rule: &str, name: &str) -> String {
    let own: Vec<String> = OPTIONS
        .iter()
        .filter(|option| option.rule == rule)
        .map(|option| format!("`{}`", option.name))
        .collect();
    match own.is_empty() {
        true => format!("`{rule}` has no options"),
        false => format!("`{name}` is no option of `{rule}`, which has {}", own.join(", ")),
    }
}

fn own(rows: Protocols, teardowns: raw::Teardowns, lifetimes: raw::Lifetimes) -> raw::File {
    raw::File {
        handle: rows.handle,
        listener: rows.listener,
        hook: rows.hook,
        options: rows.options,
        lifecycle: rows.lifecycle,
        once: rows.once,
        renders: rows.renders,
        repeated: rows.repeated,
        calls: rows.calls,
        containers: rows.containers,
        teardowns,
        lifetimes,
        ..raw::File::default()
    }
}
