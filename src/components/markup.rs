//! Which of a script's names stand in a component's markup.

use super::{Unit, range};
use crate::shapes::Shapes;
use rustc_hash::FxHashSet;

/// The markup from which the names of a unit can be used.
#[derive(Debug)]
pub struct Markup<'t> {
    parts: Vec<&'t str>,
}

/// Names of a script that the markup has.
#[derive(Debug, Default)]
pub struct Mentions<'t> {
    words: FxHashSet<&'t str>,
    actions: FxHashSet<&'t str>,
}

impl<'t> Markup<'t> {
    /// That of a unit in a file of this text.
    pub fn of(text: &'t str, unit: &Unit) -> Self {
        Self { parts: unit.markup.iter().map(|span| &text[range(*span)]).collect() }
    }

    /// Whether no word stands in the markup.
    pub fn is_empty(&self) -> bool {
        !self.parts.iter().any(|part| part.contains(is_part_of_word))
    }

    /// Those of some names that the markup has, anywhere in it.
    pub fn mentions<'n>(&self, names: impl Iterator<Item = &'n str>) -> Mentions<'t> {
        let wanted: FxHashSet<&str> = names.collect();
        let mut shapes = Shapes::default();
        wanted.iter().for_each(|name| shapes.add(name));
        let mut found = Mentions::default();
        for part in &self.parts {
            for word in words(part) {
                if shapes.may_have(word) && wanted.contains(word) {
                    found.add(word, &part[..word.as_ptr() as usize - part.as_ptr() as usize]);
                }
            }
        }
        found
    }
}

impl<'t> Mentions<'t> {
    /// A word, and the markup before it.
    fn add(&mut self, word: &'t str, before: &str) {
        self.words.insert(word);
        // `use:name`, `{@attach name}`
        let uses = before.strip_suffix("use:").is_some_and(|rest| !rest.ends_with(is_part_of_word));
        if uses || before.trim_end().ends_with("@attach") {
            self.actions.insert(word);
        }
    }

    /// Whether the markup has the word, in its text too.
    pub fn has(&self, name: &str) -> bool {
        self.words.contains(name)
    }

    /// Whether the markup applies the name to an element: `use:name`, `{@attach name}`.
    pub fn is_action(&self, name: &str) -> bool {
        self.actions.contains(name)
    }
}

fn is_part_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// What each byte is in a text: part of a word, the beginning of a character that has to be looked at, or neither.
const BYTES: [Byte; 256] = {
    let mut bytes = [Byte::Other; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' {
            bytes[at] = Byte::Part;
        } else if !byte.is_ascii() {
            bytes[at] = Byte::Wide;
        }
        at += 1;
    }
    bytes
};

#[derive(Clone, Copy, PartialEq)]
enum Byte {
    Part,
    Wide,
    Other,
}

/// The words of a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + run(&text[at..], false);
        let end = start + run(&text[start..], true);
        at = end;
        (start < end).then(|| &text[start..end])
    })
}

/// How many bytes at the beginning of a text are parts of words, or are none.
fn run(text: &str, parts: bool) -> usize {
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        let (is_part, len) = match BYTES[usize::from(*byte)] {
            Byte::Part => (true, 1),
            Byte::Other => (false, 1),
            Byte::Wide => {
                let c = text[at..].chars().next().unwrap_or_default();
                (is_part_of_word(c), c.len_utf8())
            }
        };
        if is_part != parts {
            break;
        }
        at += len;
    }
    at
}
