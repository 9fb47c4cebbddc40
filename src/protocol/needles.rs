//! Words of which one stands in every file in which a handle can be acquired.

use super::{HandleRule, Pair, Verb, raw};
use aho_corasick::{AhoCorasick, BuildError};

/// All words of handles, searched for at once, and the few of a user's other rows.
#[derive(Debug)]
pub struct Needles {
    automaton: AhoCorasick,
    /// Per pattern of the automaton.
    rules: Vec<HandleRule>,
    /// Methods by which a user's rows listen, and by which a user's collections grow.
    pub listening: Vec<String>,
    pub growing: Vec<String>,
    /// Attributes of elements whose functions are called as those of hooks are.
    pub attributes: Vec<String>,
    /// The removals of pairs, and the verbs that count where a file shows what they are.
    pub removals: Vec<Verb>,
    pub local: Vec<Verb>,
}

impl Needles {
    /// The last names of all acquiring paths, and all acquiring methods.
    ///
    /// # Errors
    /// More words than the automaton can hold.
    pub fn new(built_in: &raw::File, own: &raw::File) -> Result<Self, BuildError> {
        let mut words: Vec<(&str, HandleRule)> = Vec::new();
        for handle in built_in.handle.iter().chain(&own.handle) {
            let handle = handle.get_ref();
            let paths = handle.acquire.iter().map(|path| path.rsplit('.').next().unwrap_or(path));
            let methods = handle.methods.iter().filter(|_| !handle.local).map(String::as_str);
            words.extend(paths.chain(methods).map(|word| (word, handle.rule)));
        }
        words.sort_unstable();
        words.dedup();
        let automaton = AhoCorasick::new(words.iter().map(|(word, _)| word))?;
        let listening =
            own.listener.iter().map(|row| row.get_ref()).flat_map(|row| row.add.iter().chain(&row.once));
        let listeners = built_in.listener.iter().chain(&own.listener).map(|row| row.get_ref());
        let pairs = listeners.flat_map(|row| &row.pairs).filter_map(|pair| Pair::new(pair));
        let hooks = built_in.hook.iter().chain(&own.hook);
        let handles = built_in.handle.iter().chain(&own.handle).map(|row| row.get_ref());
        let local = handles.flat_map(|row| &row.methods).filter_map(|method| Verb::new(method));
        Ok(Self {
            removals: pairs.map(|pair| pair.remove).collect(),
            local: local.collect(),
            automaton,
            rules: words.into_iter().map(|(_, rule)| rule).collect(),
            listening: listening.cloned().collect(),
            attributes: hooks.filter_map(|row| row.get_ref().attribute.clone()).collect(),
            growing: own.containers.grow.clone(),
        })
    }

    /// Whether a whole word of a rule that is asked for stands in the text.
    pub fn any(&self, text: &[u8], asked: impl Fn(HandleRule) -> bool) -> bool {
        self.automaton.find_overlapping_iter(text).any(|found| {
            asked(self.rules[found.pattern().as_usize()]) && is_word(text, found.start(), found.len())
        })
    }
}

/// No letter, digit, `_` or `$` stands before or behind.
pub fn is_word(bytes: &[u8], at: usize, len: usize) -> bool {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte == b'$';
    let before = at.checked_sub(1).and_then(|at| bytes.get(at)).is_some_and(part);
    let after = bytes.get(at + len).is_some_and(part);
    !before && !after
}
