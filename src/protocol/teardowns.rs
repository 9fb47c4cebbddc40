//! Names of methods that end their object.

use super::tables;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

/// Names of methods that end their object.
#[derive(Debug)]
pub struct Teardowns {
    /// The words, bare and behind each prefix, in lower case.
    known: FxHashMap<Box<str>, TeardownName>,
    beginnings: Beginnings,
    /// In lower case.
    strong: FxHashSet<String>,
    handlers: Vec<String>,
}

/// How surely a method's name says that it ends its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TeardownName {
    Weak,
    Strong,
}

impl Teardowns {
    /// From the words as written.
    pub fn new(words: tables::Teardowns) -> Self {
        let mut known: FxHashMap<Box<str>, TeardownName> = FxHashMap::default();
        for (names, judged) in [(&words.weak, TeardownName::Weak), (&words.strong, TeardownName::Strong)] {
            for prefix in words.prefixes.iter().map(String::as_str).chain([""]) {
                let names = names.iter().map(|name| format!("{prefix}{name}").to_ascii_lowercase());
                known.extend(names.map(|name| (name.into_boxed_str(), judged)));
            }
        }
        let mut beginnings = Beginnings::default();
        known.keys().for_each(|name| beginnings.add(name));
        let strong = words.strong.iter().map(|word| word.to_ascii_lowercase()).collect();
        Self { known, beginnings, strong, handlers: words.handlers }
    }

    /// Whether a method is called as handlers of events are: `onClose`, which may hear of somebody else's end.
    pub fn may_be_handler(&self, name: &str) -> bool {
        let bare = name.trim_start_matches(['_', '#']);
        let begins = |word: &String| {
            bare.strip_prefix(&**word).is_some_and(|rest| rest.starts_with(char::is_uppercase))
        };
        !self.strong.contains(&name.to_ascii_lowercase()) && self.handlers.iter().any(begins)
    }

    /// Judges a method's name: case does not matter, a known prefix is allowed (`_onDestroy`). With a noun behind it
    /// (`closeConnection`) it may end only a part, and is weak; `closest` is no `close`.
    pub fn judge(&self, name: &str) -> Option<TeardownName> {
        if !self.beginnings.may_have(name) {
            return None;
        }
        let mut lower: SmallVec<[u8; 64]> = SmallVec::from_slice(name.as_bytes());
        lower.make_ascii_lowercase();
        // Bytes of one text with other ASCII letters are text.
        let lower = std::str::from_utf8(&lower).unwrap_or_default();
        if let Some(judged) = self.known.get(lower) {
            return Some(*judged);
        }
        let begins_word = |(at, c): &(usize, char)| {
            *at > 0 && (c.is_uppercase() || matches!(c, '_' | '$') || c.is_numeric())
        };
        let mut heads = name.char_indices().filter(begins_word).filter_map(|(at, _)| lower.get(..at));
        let known = !lower.starts_with("symbol.") && heads.any(|head| self.known.contains_key(head));
        known.then_some(TeardownName::Weak)
    }
}

/// How known names begin: by the first byte, which of the last five bits of the second one occur. Most names are told
/// from all known ones by that.
#[derive(Debug, Default)]
struct Beginnings([u32; 32]);

impl Beginnings {
    fn add(&mut self, name: &str) {
        let seconds = match name.as_bytes() {
            [first, second, ..] => (first, 1 << (second & 31)),
            [first] => (first, u32::MAX),
            [] => return,
        };
        self.0[usize::from(seconds.0 & 31)] |= seconds.1;
    }

    /// Whether some known name may begin a name, in whatever case: a letter's last five bits are the same in both.
    fn may_have(&self, name: &str) -> bool {
        match name.as_bytes() {
            [first, second, ..] => self.0[usize::from(first & 31)] >> (second & 31) & 1 == 1,
            [first] => self.0[usize::from(first & 31)] != 0,
            [] => false,
        }
    }
}
