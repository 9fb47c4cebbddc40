//! What a file has to say before an obligation of some kind can open in it: words, and further words that must stand beside
//! them. Declared by the rows themselves; asked of every file before it is parsed.

use super::{HandleRule, HookRole, Pair, Verb, raw};
use crate::shapes::Shapes;
use rustc_hash::FxHashMap;

/// Whose obligation a gate leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    Handle(HandleRule),
    Listener,
    Container,
    Race,
    Capture,
    /// A cleanup that cannot run.
    Cleanup,
}

/// Where a word has to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stand {
    Anywhere,
    /// As the last part of a member access, behind `.` or in quotes.
    Member,
    /// Behind `new`, or in front of `(` or `.`.
    Maker,
}

impl Stand {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 3] = [Self::Anywhere, Self::Member, Self::Maker];
}

/// One of the words of a [`Gates`], by where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WordId(u32);

impl WordId {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A way in: the word it is filed under, and the words that it asks for besides.
#[derive(Debug)]
pub struct Gate {
    pub family: Family,
    /// All of these.
    pub all: Vec<WordId>,
    /// One of these, if there are any.
    pub any: Vec<WordId>,
}

/// All gates of a catalogue.
#[derive(Debug, Default)]
pub struct Gates {
    shapes: Shapes,
    words: FxHashMap<Box<[u8]>, [Option<WordId>; Stand::ALL.len()]>,
    /// By the word they are filed under.
    gates: Vec<Vec<Gate>>,
    /// By the first byte of their names; few bytes have any.
    verbs: Vec<(u8, Verbs)>,
}

/// Verbs of a project's own that begin with one letter.
#[derive(Debug, Default)]
pub struct Verbs {
    /// What takes off by the name of what puts on: `detach*`.
    pub removals: Vec<Verb>,
    /// Verbs that count where a file shows what they are.
    pub local: Vec<Verb>,
}

/// Words of which one stands where a promise can lose what it is given.
const LOSES: [&str; 3] = ["async", "then", "catch"];

/// Methods of arrays that add without being in the list of those that do for every container.
const LISTS: [&str; 3] = ["splice", "concat", "assign"];

/// Methods by which only what is made by a constructor grows.
pub const KEYED: [&str; 2] = ["set", "add"];

/// What makes something large by a number that it is given.
pub const SIZED: [&str; 14] = [
    "Array",
    "ArrayBuffer",
    "SharedArrayBuffer",
    "Uint8Array",
    "Int8Array",
    "Uint8ClampedArray",
    "Uint16Array",
    "Int16Array",
    "Uint32Array",
    "Int32Array",
    "Float32Array",
    "Float64Array",
    "BigInt64Array",
    "BigUint64Array",
];
/// Methods that do.
pub const SIZED_BY_METHOD: [&str; 4] = ["alloc", "allocUnsafe", "allocUnsafeSlow", "repeat"];

impl Gates {
    /// Those of the built-in rows and lists and of a user's.
    pub fn new(built_in: &raw::File, own: &raw::File) -> Self {
        let mut gates = Self::default();
        for file in [built_in, own] {
            file.handle.iter().for_each(|row| gates.handle(row.get_ref()));
            file.listener.iter().for_each(|row| gates.listener(row.get_ref()));
            file.hook.iter().for_each(|row| gates.hook(row.get_ref()));
            file.promises.races.iter().for_each(|path| gates.path(path, Family::Race));
            file.large.whole.iter().for_each(|path| gates.path(path, Family::Capture));
            for method in &file.large.body_methods {
                gates.add(method, Stand::Member, Family::Capture, &[], &[]);
            }
        }
        gates.containers(built_in, own);
        for name in SIZED {
            gates.add(name, Stand::Maker, Family::Capture, &[], &[]);
        }
        for name in SIZED_BY_METHOD {
            gates.add(name, Stand::Member, Family::Capture, &[], &[]);
        }
        gates
    }

    fn handle(&mut self, row: &raw::Handle) {
        row.acquire.iter().for_each(|path| self.path(path, Family::Handle(row.rule)));
        if row.local {
            for verb in row.methods.iter().filter_map(|method| Verb::new(method)) {
                self.verbs_of(&verb).local.push(verb);
            }
            return;
        }
        // A convention counts on whatever receiver.
        let types = if row.imported || row.injected { Vec::new() } else { of_types(&row.types) };
        for method in &row.methods {
            self.add(method, Stand::Anywhere, Family::Handle(row.rule), &[], &types);
        }
    }

    fn listener(&mut self, row: &raw::Listener) {
        let types = if row.exact { of_types(&row.types) } else { Vec::new() };
        let stand = if row.distinctive { Stand::Anywhere } else { Stand::Member };
        for name in row.add.iter().chain(&row.once) {
            self.add(name, stand, Family::Listener, &[], &types);
        }
        for pair in row.pairs.iter().filter_map(|pair| Pair::new(pair)) {
            self.verbs_of(&pair.remove).removals.push(pair.remove);
        }
    }

    /// What a callback returns is lost in a promise, or by a hook that takes nothing.
    fn hook(&mut self, row: &raw::Hook) {
        let loses: &[&str] = match HookRole::named(&row.role) {
            Some(HookRole::Effect) => &LOSES,
            Some(HookRole::Setup) => &[],
            _ => return,
        };
        for name in row.names.iter().chain(&row.attribute) {
            self.add(name, Stand::Anywhere, Family::Cleanup, &[], loses);
        }
    }

    fn containers(&mut self, built_in: &raw::File, own: &raw::File) {
        let lists = || [&built_in.containers, &own.containers].into_iter();
        let makers: Vec<&str> = lists()
            .flat_map(|list| list.growing.iter().chain(&list.limited))
            .filter(|path| *path != "global.Array")
            .filter_map(|path| longest(path.rsplit('.').next().unwrap_or(path)))
            .collect();
        for method in lists().flat_map(|list| &list.grow) {
            let made = if KEYED.contains(&&**method) { &makers[..] } else { &[] };
            self.add(method, Stand::Anywhere, Family::Container, &[], made);
        }
        for method in LISTS {
            self.add(method, Stand::Member, Family::Container, &[], &[]);
        }
    }

    /// A path asks for its last name, and for all other words of it: `chokidar.watch` for `watch` beside `chokidar`,
    /// `node-cache` for `cache` beside `node`.
    fn path(&mut self, path: &str, family: Family) {
        let path = path.trim_end_matches(['*', '.']);
        let (before, last) = path.rsplit_once('.').unwrap_or(("", path));
        let mut rest: Vec<&str> = words(before.strip_prefix("global").unwrap_or(before)).collect();
        if let Some(name) = longest(last) {
            rest.extend(words(last).filter(|word| *word != name));
            self.add(name, Stand::Anywhere, family, &rest, &[]);
        }
    }

    fn add(&mut self, word: &str, stand: Stand, family: Family, all: &[&str], any: &[&str]) {
        let at = self.word(word, stand);
        let all = all.iter().map(|word| self.word(word, Stand::Anywhere)).collect();
        let any = any.iter().map(|word| self.word(word, Stand::Anywhere)).collect();
        self.gates[at.index()].push(Gate { family, all, any });
    }

    fn word(&mut self, word: &str, stand: Stand) -> WordId {
        self.shapes.add(word);
        let next = WordId(self.gates.len() as u32);
        let entry = match self.words.get_mut(word.as_bytes()) {
            Some(entry) => entry,
            None => self.words.entry(word.as_bytes().into()).or_default(),
        };
        let id = *entry[stand as usize].get_or_insert(next);
        if id == next {
            self.gates.push(Vec::new());
        }
        id
    }

    /// How many words there are, by where they stand.
    pub fn len(&self) -> usize {
        self.gates.len()
    }

    /// Whether nothing at all opens.
    pub fn is_empty(&self) -> bool {
        self.gates.is_empty()
    }

    /// What a word is if it stands [anywhere, as a member, as a maker](Stand).
    #[inline]
    pub fn find(&self, word: &[u8]) -> Option<&[Option<WordId>; Stand::ALL.len()]> {
        if self.shapes.may_have_bytes(word) { self.words.get(word) } else { None }
    }

    /// The verbs that may have made a name.
    #[inline]
    pub fn verbs(&self, name: &[u8]) -> Option<&Verbs> {
        let first = name.first()?;
        self.verbs.iter().find(|(letter, _)| letter == first).map(|(_, verbs)| verbs)
    }

    fn verbs_of(&mut self, verb: &Verb) -> &mut Verbs {
        let first = verb.before.as_bytes().first().copied().unwrap_or_default();
        let at = self.verbs.iter().position(|(letter, _)| *letter == first);
        let at = at.unwrap_or_else(|| {
            self.verbs.push((first, Verbs::default()));
            self.verbs.len() - 1
        });
        &mut self.verbs[at].1
    }

    /// The gates filed under a word.
    pub fn of(&self, word: WordId) -> &[Gate] {
        &self.gates[word.index()]
    }
}

/// The words of which one stands in every file in which something can be known to be of one of the types: what each ends
/// in, or of `rxjs.*` the module.
fn of_types(types: &[String]) -> Vec<&str> {
    types
        .iter()
        .filter_map(|path| match path.strip_suffix(".*") {
            Some(module) => longest(module),
            None => longest(path.rsplit('.').next().unwrap_or(path)),
        })
        .collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '$')).filter(|word| !word.is_empty())
}

/// The word of a module's or type's name that is the least likely to stand in a file by chance.
fn longest(text: &str) -> Option<&str> {
    words(text).max_by_key(|word| word.len())
}
