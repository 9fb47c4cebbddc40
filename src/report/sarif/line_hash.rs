//! The hash of a line by which GitHub follows an alert when lines move, as its upload action computes it (source:
//! `src/fingerprints.ts` of github/codeql-action, read 2026-11).
//!
//! Of a text's UTF-16 units, spaces and tabs do not count, and each line ending is one line feed; a unit of 65535 stands
//! for the end, and zeros follow. A line's hash is that of the 100 units from its start: read as digits to the base of
//! 37, modulo 2^64. Behind the hash stands how many lines up to here had it.
//!
//! A byte order mark is not part of our texts, but is of theirs: then the first line's hash is another one.

use rustc_hash::FxHashMap;

const WINDOW: usize = 100;
const BASE: u64 = 37;
const END: u16 = u16::MAX;

/// The hashes of a text's lines, in order.
pub(super) fn line_hashes(text: &str) -> Vec<String> {
    let units = units(text);
    let ahead = |at: usize| u64::from(units.get(at).copied().unwrap_or_default());
    let mut hash = (0..WINDOW).fold(0_u64, |hash, at| hash.wrapping_mul(BASE).wrapping_add(ahead(at)));
    let first_digit = (1..WINDOW).fold(1_u64, |power, _| power.wrapping_mul(BASE));
    let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
    let mut hashes = Vec::new();
    let mut starts_line = true;
    for (at, unit) in units.iter().enumerate() {
        if starts_line {
            let count = counts.entry(hash).or_default();
            *count += 1;
            hashes.push(format!("{hash:x}:{count}"));
        }
        starts_line = *unit == u16::from(b'\n');
        let without_first = hash.wrapping_sub(u64::from(*unit).wrapping_mul(first_digit));
        hash = without_first.wrapping_mul(BASE).wrapping_add(ahead(at + WINDOW));
    }
    hashes
}

/// What counts of a text.
fn units(text: &str) -> Vec<u16> {
    let mut units = Vec::with_capacity(text.len() + 1);
    let mut after_return = false;
    for unit in text.encode_utf16() {
        let is_pair = after_return && unit == u16::from(b'\n');
        after_return = unit == u16::from(b'\r');
        match unit {
            _ if is_pair || unit == u16::from(b' ') || unit == u16::from(b'\t') => {}
            _ if after_return => units.push(u16::from(b'\n')),
            _ => units.push(unit),
        }
    }
    units.push(END);
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed by running the function that is named above.
    #[test]
    fn agrees_with_the_published_one() {
        let long = format!("{}{}\nend", "  const a = 1;\n".repeat(3), "z".repeat(150));
        let equal = format!("{}\n", "x".repeat(120)).repeat(3);
        let known: [(&str, &str); 11] = [
            ("", "c129715d7a2bc9a3:1"),
            ("\n", "3c5bef55b72b93c9:1 c129715d7a2bc9a3:1"),
            ("a", "53b5d4aabe50d64:1"),
            ("a\n", "243cbaa4685aab12:1 c129715d7a2bc9a3:1"),
            (
                "a\n  \n\tb\r\nc\rd",
                "b6731cb574dd1021:1 a5fbde895f7a36da:1 54703d4cd895b18:1 180aee12dab6264:1 a23a3dc5e078b07b:1",
            ),
            ("x\nx\nx\n", "4c74ab87820424b1:1 8c072f39cc89b447:1 828973aa50c68d6d:1 c129715d7a2bc9a3:1"),
            (
                "\r \n\r\n\n",
                "8d2f5848087196b:1 4e5d562094661a0d:1 5b5d4caf73a13177:1 3c5bef55b72b93c9:1 c129715d7a2bc9a3:1",
            ),
            (
                "let s = '\u{1F600}é';\n  setInterval(f, 1);\n",
                "bba046637b101f2b:1 57594b71b7a9abad:1 c129715d7a2bc9a3:1",
            ),
            (
                &long,
                "19f3a253d36ec19:1 29f82be172f6ff56:1 65ef81e00cbba8eb:1 430534b53b700418:1 43b6461eda086fe2:1",
            ),
            (
                "te\u{301}\u{ffff}\u{2028}q\n\n\n",
                "cb6ca702a78d336b:1 5b5d4caf73a13177:1 3c5bef55b72b93c9:1 c129715d7a2bc9a3:1",
            ),
            (&equal, "52b56201ffb58620:1 52b56201ffb58620:2 52b56201ffb58620:3 c129715d7a2bc9a3:1"),
        ];
        for (text, hashes) in known {
            assert_eq!(line_hashes(text).join(" "), hashes, "{text:?}");
        }
    }
}
