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
            for word in part.split(|c: char| !is_part_of_word(c)) {
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
