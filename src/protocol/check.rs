//! What cannot be right in rows and lists, whoever wrote them.

use super::components::HookRole;
use super::error::ProtocolError;
use super::pairs::Pair;
use super::raw::{self, Holder, Placed};
use rustc_hash::FxHashSet;

/// More errors than this are not told of one file.
const MAX_ERRORS: usize = 20;

/// Validates a file of rules/, in which `source` and `checked` must be given; `ids` are those of the files before.
pub(super) fn check(
    name: &str,
    text: &str,
    file: &raw::File,
    ids: &mut FxHashSet<String>,
) -> Vec<ProtocolError> {
    Checker { name, text, sourced: true, ids }.file(file)
}

/// Validates a user's own rows and lists, for which `source` and `checked` may be left out: what is wrong first in
/// each of them, with its place in the user's file.
pub fn check_own(name: &str, text: &str, file: &raw::File) -> Vec<ProtocolError> {
    Checker { name, text, sourced: false, ids: &mut FxHashSet::default() }.file(file)
}

struct Checker<'a> {
    name: &'a str,
    text: &'a str,
    /// `source` and `checked` must be given.
    sourced: bool,
    ids: &'a mut FxHashSet<String>,
}

/// What is wrong, with the byte offset at which it stands.
type Checked = Result<(), (usize, String)>;

impl Checker<'_> {
    fn file(&mut self, file: &raw::File) -> Vec<ProtocolError> {
        let mut all: Vec<Checked> = Vec::new();
        all.extend(file.handle.iter().map(|row| self.handle(row.span().start, row.get_ref())));
        all.extend(file.listener.iter().map(|row| self.listener(row.span().start, row.get_ref())));
        all.extend(file.hook.iter().map(|row| self.hook(row.span().start, row.get_ref())));
        all.extend(file.options.iter().map(|row| {
            let (at, row) = (row.span().start, row.get_ref());
            self.sourced(at, &row.source, &row.checked)
        }));
        all.extend(file.lifecycle.iter().map(|row| self.lifecycle(row.span().start, row.get_ref())));
        all.push(self.tables(file));
        let wrong = all.into_iter().filter_map(Result::err).take(MAX_ERRORS);
        wrong.map(|(at, message)| ProtocolError::at(self.name, self.text, at, message)).collect()
    }

    fn listener(&mut self, at: usize, row: &raw::Listener) -> Checked {
        self.row(at, &row.id, &row.source, &row.checked)?;
        if row.pairs.iter().any(|pair| Pair::new(pair).is_none()) {
            return self.fail(at, "a pair is `add* remove*`: two verbs, each with one star");
        }
        if !row.pairs.is_empty() {
            return Ok(());
        }
        self.filled(at, "add", row.add.is_empty())?;
        self.filled(at, "remove", row.remove.is_empty())?;
        if !row.distinctive && row.types.is_empty() && row.target.is_none() {
            return self.fail(at, "a row that is not `distinctive` needs `types` or a `target`");
        }
        if (row.exact || row.wraps) && row.types.is_empty() {
            return self.fail(at, "`exact` and `wraps` need `types`");
        }
        Ok(())
    }

    fn hook(&mut self, at: usize, row: &raw::Hook) -> Checked {
        self.row(at, &row.id, &row.source, &row.checked)?;
        self.filled(at, "names", row.names.is_empty() && row.attribute.is_none())?;
        match HookRole::named(&row.role) {
            Some(_) => Ok(()),
            None => self.fail(at, "`role` is one of `setup`, `effect`, `end`, `rest`, `part`, `once`"),
        }
    }

    fn lifecycle(&mut self, at: usize, row: &raw::Lifecycle) -> Checked {
        self.row(at, &row.id, &row.source, &row.checked)?;
        self.filled(at, "teardown", row.teardown.is_empty())
    }

    fn handle(&mut self, at: usize, row: &raw::Handle) -> Checked {
        self.row(at, &row.id, &row.source, &row.checked)?;
        self.filled(at, "acquire", row.acquire.is_empty() && row.methods.is_empty())?;
        self.filled(row.release.span().start, "release", row.release.get_ref().is_empty())?;
        let evident = row.imported || row.injected || row.local || row.anywhere;
        if !row.methods.is_empty() && row.types.is_empty() && !evident {
            return self
                .fail(at, "`methods` needs `types`, `imported` or `injected`: a name alone says too little");
        }
        if matches!(row.holder, Holder::Receiver | Holder::Source | Holder::Sources) && row.methods.is_empty()
        {
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
        if row.release.get_ref().iter().any(|way| ways(way) != 1) {
            return self.fail(
                row.release.span().start,
                "a release is one of `call`, `method`, `receiver` and `itself`",
            );
        }
        Ok(())
    }

    /// Word lists have sources as rows do.
    fn tables(&self, file: &raw::File) -> Checked {
        for table in file.tables().into_iter().filter(|table| !table.is_blank()) {
            let (source, checked) = table.origin();
            self.sourced(0, source, checked)?;
        }
        Ok(())
    }

    fn row(&mut self, at: usize, id: &Placed<String>, source: &str, checked: &str) -> Checked {
        if !self.ids.insert(id.get_ref().clone()) {
            return self.fail(id.span().start, format!("a second row has the id `{}`", id.get_ref()));
        }
        self.filled(id.span().start, "id", id.get_ref().trim().is_empty())?;
        self.sourced(at, source, checked)
    }

    fn sourced(&self, at: usize, source: &str, checked: &str) -> Checked {
        if !self.sourced {
            return Ok(());
        }
        self.filled(at, "source", source.trim().is_empty())?;
        self.filled(at, "checked", checked.trim().is_empty())
    }

    fn filled(&self, at: usize, key: &str, empty: bool) -> Checked {
        if empty { self.fail(at, format!("`{key}` is empty")) } else { Ok(()) }
    }

    fn fail(&self, at: usize, message: impl Into<String>) -> Checked {
        Err((at, message.into()))
    }
}
