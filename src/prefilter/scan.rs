//! The pass over the bytes.

use super::{Enabled, Standing, comments, growth};
use crate::protocol::{Gate, Gates, Stand, WordId};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;

/// What a byte begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Byte {
    Part,
    Line,
    Bracket,
    Dot,
    Sign,
    Other,
}

const BYTES: [Byte; 256] = {
    let mut bytes = [Byte::Other; 256];
    let mut at = 0;
    while at < 256 {
        bytes[at] = match at as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'$' => Byte::Part,
            b'\n' => Byte::Line,
            b']' => Byte::Bracket,
            b'.' => Byte::Dot,
            b'+' | b'-' => Byte::Sign,
            _ => Byte::Other,
        };
        at += 1;
    }
    bytes
};

/// The state of the pass.
pub(super) struct Scan<'t> {
    text: &'t [u8],
    gates: &'t Gates,
    enabled: Enabled,
    /// By [`WordId`].
    seen: Vec<bool>,
    /// Words that stand in the text and have gates.
    met: SmallVec<[WordId; 32]>,
    /// Calls of verbs that count where a file shows what they are.
    local: FxHashSet<&'t [u8]>,
    before: &'t [u8],
}

impl<'t> Scan<'t> {
    pub(super) fn new(text: &'t [u8], gates: &'t Gates, enabled: Enabled) -> Self {
        let seen = vec![false; gates.len()];
        Self { text, gates, enabled, seen, met: SmallVec::new(), local: FxHashSet::default(), before: b"" }
    }

    /// Goes through the text until something is sure.
    pub(super) fn run(mut self) -> Standing {
        let mut at = self.behind_comments(0);
        while let Some(byte) = self.text.get(at) {
            at = match BYTES[usize::from(*byte)] {
                Byte::Other => at + 1,
                Byte::Part => {
                    let end = self.word_end(at);
                    if self.word(at, end) {
                        return Standing::MayOpen;
                    }
                    end
                }
                Byte::Line => self.behind_comments(at + 1),
                mark => {
                    if self.enabled.containers && self.grows(mark, at) {
                        return Standing::MayOpen;
                    }
                    at + 1
                }
            };
        }
        self.conclude()
    }

    fn word_end(&self, start: usize) -> usize {
        let rest = &self.text[start..];
        let len = rest.iter().position(|byte| BYTES[usize::from(*byte)] != Byte::Part);
        start + len.unwrap_or(rest.len())
    }

    /// Behind blanks and comments at the beginning of lines.
    fn behind_comments(&self, line: usize) -> usize {
        let blanks = self.text[line..].iter().position(|byte| !matches!(byte, b' ' | b'\t'));
        let Some(start) = blanks.map(|blanks| line + blanks) else {
            return self.text.len();
        };
        comments::behind(self.text, start).unwrap_or(start)
    }

    fn grows(&self, mark: Byte, at: usize) -> bool {
        let rest = &self.text[at..];
        match mark {
            Byte::Bracket => growth::is_written(self.text, at),
            Byte::Dot => rest.starts_with(b"...") && growth::is_spread(self.text, at),
            Byte::Sign => {
                (rest.starts_with(b"++") || rest.starts_with(b"--")) && growth::is_prefix(self.text, at)
            }
            _ => false,
        }
    }

    /// Takes note of a word; whether it opens by itself.
    fn word(&mut self, start: usize, end: usize) -> bool {
        let text = self.text;
        let word = &text[start..end];
        let opens = match self.gates.find(word) {
            Some(ids) => self.known(ids, start, end),
            None => false,
        };
        let opens = opens || self.verb(word, end);
        self.before = word;
        opens
    }

    fn known(&mut self, ids: &[Option<WordId>; Stand::ALL.len()], start: usize, end: usize) -> bool {
        for (stand, id) in Stand::ALL.into_iter().zip(ids) {
            let Some(id) = *id else {
                continue;
            };
            if self.seen[id.index()] || !self.stands(stand, start, end) {
                continue;
            }
            self.seen[id.index()] = true;
            let gates = self.gates.of(id);
            if !gates.is_empty() {
                self.met.push(id);
            }
            let alone = |gate: &Gate| gate.all.is_empty() && gate.any.is_empty();
            if gates.iter().any(|gate| alone(gate) && self.enabled.has(gate.family)) {
                return true;
            }
        }
        false
    }

    fn stands(&self, stand: Stand, start: usize, end: usize) -> bool {
        let rest = || self.text[end..].trim_ascii_start();
        match stand {
            Stand::Anywhere => true,
            Stand::Member => {
                let before = self.text[..start].trim_ascii_end();
                matches!(before.last(), Some(b'.' | b'\'' | b'"' | b'`' | b'/'))
            }
            Stand::Maker => {
                self.before == b"new"
                    || match rest() {
                        [b'(' | b'/', ..] => true,
                        [b'.', of @ ..] => {
                            let of = of.trim_ascii_start();
                            of.starts_with(b"from") || of.starts_with(b"/")
                        }
                        [b'<', ..] => self.text[..start].trim_ascii_end().ends_with(b"."),
                        _ => false,
                    }
            }
        }
    }

    /// A verb of the project's own: what takes off, or what is called at least twice: `.onChange(` and `.onChange(`.
    fn verb(&mut self, word: &'t [u8], end: usize) -> bool {
        let Some(verbs) = self.gates.verbs(word) else {
            return false;
        };
        let Ok(name) = std::str::from_utf8(word) else {
            return false;
        };
        if self.enabled.listeners && verbs.removals.iter().any(|verb| verb.subject(name).is_some()) {
            return true;
        }
        let next = self.text[end..].trim_ascii_start().first();
        let called = matches!(next, Some(b'(' | b'?' | b'<' | b'!' | b'/' | b')' | b'\'' | b'"' | b'`'));
        self.enabled.local
            && called
            && verbs.local.iter().any(|verb| verb.subject(name).is_some())
            && !self.local.insert(word)
    }

    /// What the words that were met are worth beside each other.
    fn conclude(&self) -> Standing {
        let seen = |word: &WordId| self.seen[word.index()];
        let mut gates = self.met.iter().flat_map(|word| self.gates.of(*word));
        let mut words = gates.clone().filter(|gate| self.enabled.has(gate.family));
        let open = gates.any(|gate| {
            self.enabled.has(gate.family)
                && gate.all.iter().all(seen)
                && (gate.any.is_empty() || gate.any.iter().any(seen))
        });
        match open {
            true => Standing::MayOpen,
            false if words.next().is_some() || !self.local.is_empty() => Standing::Words,
            false => Standing::Nothing,
        }
    }
}
