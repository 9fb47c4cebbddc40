//! Whether a file can hold a finding at all, judged from its bytes. A file is passed over only when no enabled
//! rule can fire in it; the same findings come out without this step.

use crate::protocol::{HandleRule, is_word};
use crate::rules;
use crate::settings::Settings;
use memchr::memmem;
use rustc_hash::FxHashSet;

/// Words of which one must occur before any rule of their group can fire.
const LISTENERS: [&str; 6] =
    ["addEvent", "addListener", "prependListener", "prependOnceListener", "$on", "$once"];
const GROWTH: [&str; 6] = ["set", "add", "push", "unshift", "concat", "splice"];
const LARGE: [&str; 8] =
    ["Array", "Buffer", "alloc", "repeat", "readFileSync", "readFile", "arrayBuffer", "allocUnsafe"];

const EFFECTS: [&str; 3] = ["Effect", "useSyncExternalStore", "effect"];
const LOSES: [&str; 3] = ["async", "then", "catch"];

/// See the module's text.
pub fn is_candidate(text: &str, settings: &Settings) -> bool {
    let bytes = text.as_bytes();
    // Escapes can spell any name; suppressions must be reported when unused.
    if has(bytes, "\\u") || has(bytes, "leaklint") {
        return true;
    }
    may_acquire(bytes, settings)
        || (listens(settings) && may_listen(bytes, settings))
        || (settings.is_enabled("long-lived-race") && may_race(bytes))
        || (settings.is_enabled("unbounded-collection") && may_grow(bytes, settings))
        || (settings.is_enabled("large-closure-capture") && may_be_large(bytes))
}

/// A word of a protocol row whose rule, or one that speaks of the same handles, is on.
fn may_acquire(bytes: &[u8], settings: &Settings) -> bool {
    let needles = settings.catalogue.needles();
    if settings.is_enabled("overwritten-handle") || settings.is_enabled("unreachable-cleanup") {
        return needles.any(bytes, |_| true)
            || may_be_local(bytes, settings)
            || settings.is_enabled("unreachable-cleanup") && may_lose(bytes, settings);
    }
    let enabled = |rule: HandleRule| settings.is_enabled(rules::of_handle(rule));
    may_be_local(bytes, settings) && settings.is_enabled("unreleased-subscription")
        || needles
            .any(bytes, |rule| enabled(rule) || rule == HandleRule::Timeout && enabled(HandleRule::Rearming))
}

/// A cleanup of something unknown gets lost in an async function or a promise of an effect, or of what an attribute is given.
fn may_lose(bytes: &[u8], settings: &Settings) -> bool {
    let runs = EFFECTS.iter().any(|word| has(bytes, word))
        || has_any(bytes, &settings.catalogue.needles().attributes);
    runs && LOSES.iter().any(|word| has(bytes, word))
}

/// A method of a verb that counts by what the file shows, called at least twice: `.onChange(` and `.onChange(`.
fn may_be_local(bytes: &[u8], settings: &Settings) -> bool {
    let mut names: FxHashSet<&[u8]> = FxHashSet::default();
    for verb in &settings.catalogue.needles().local {
        let before = verb.before.as_bytes();
        for at in memmem::find_iter(bytes, before) {
            let rest = &bytes[at..];
            let part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | 0x80..);
            let end = rest.iter().position(|byte| !part(byte));
            let name = &rest[..end.unwrap_or(rest.len())];
            let next = rest[name.len()..].iter().find(|byte| !byte.is_ascii_whitespace());
            let called = matches!(next, Some(b'(' | b'?' | b'<' | b'!' | b'/' | b')' | b'\'' | b'"' | b'`'));
            let begins = name.get(before.len()).is_some_and(u8::is_ascii_uppercase);
            if called && begins && is_word(bytes, at, name.len()) && !names.insert(name) {
                return true;
            }
        }
    }
    false
}

fn listens(settings: &Settings) -> bool {
    ["unreachable-cleanup", "unremoved-listener", "mismatched-removal", "unaborted-signal"]
        .iter()
        .any(|rule| settings.is_enabled(rule))
}

fn has(bytes: &[u8], needle: &str) -> bool {
    memmem::find(bytes, needle.as_bytes()).is_some()
}

fn may_listen(bytes: &[u8], settings: &Settings) -> bool {
    LISTENERS.iter().any(|word| has(bytes, word))
        || ["on", "once", "one"].iter().any(|word| has_member(bytes, word.as_bytes()))
        || (has_member(bytes, b"bind") && (has(bytes, "$") || has(bytes, "jQuery")))
        || has_any(bytes, &settings.catalogue.needles().listening)
        || (has_member(bytes, b"connect") && has(bytes, "Signal"))
        || settings
            .catalogue
            .needles()
            .removals
            .iter()
            .any(|verb| has(bytes, &verb.before) && has(bytes, &verb.after))
}

fn may_grow(bytes: &[u8], settings: &Settings) -> bool {
    GROWTH.iter().any(|word| has_word(bytes, word.as_bytes()))
        || memchr::memchr_iter(b']', bytes).any(|at| is_assigned(&bytes[at + 1..]))
        || has(bytes, "...")
        || has_any(bytes, &settings.catalogue.needles().growing)
}

fn may_race(bytes: &[u8]) -> bool {
    has(bytes, "Promise") && (has_word(bytes, b"race") || has_word(bytes, b"any"))
}

/// Large values are made with one of these, or read by a function whose name ends so.
fn may_be_large(bytes: &[u8]) -> bool {
    LARGE.iter().any(|word| has(bytes, word))
}

/// `name` as the last part of a member access: behind `.` or a quote, blanks and comments allowed between.
fn has_member(bytes: &[u8], name: &[u8]) -> bool {
    memmem::find_iter(bytes, name).any(|at| {
        is_word(bytes, at, name.len()) && {
            let before = bytes[..at].iter().rev().find(|byte| !byte.is_ascii_whitespace());
            matches!(before, Some(b'.' | b'\'' | b'"' | b'`' | b'/'))
        }
    })
}

fn has_any(bytes: &[u8], words: &[String]) -> bool {
    words.iter().any(|word| has_word(bytes, word.as_bytes()))
}

fn has_word(bytes: &[u8], word: &[u8]) -> bool {
    memmem::find_iter(bytes, word).any(|at| is_word(bytes, at, word.len()))
}

/// `] = v`, `] ??= v`, `]++`, with blanks and comments between.
fn is_assigned(rest: &[u8]) -> bool {
    let next = rest.iter().find(|byte| !byte.is_ascii_whitespace());
    matches!(next, Some(b'=' | b'+' | b'?' | b'|' | b'!' | b'/' | b'&' | b'-' | b')'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linter;
    use crate::source::Language;

    #[test]
    fn what_an_attribute_is_given_may_lose_its_cleanup() {
        let text = "import 'react';\n\
            export const Card = ({ line, dial }) => <p ref={async (node) => {\n\
            const talk = await dial(line, node);\n\
            return () => talk.destroy();\n\
            }}>card</p>;\n";
        let mut settings = Settings::new().expect("rules/*.toml");
        assert_eq!(linter::lint(text, Language::Tsx, &settings).diagnostics.len(), 1);
        settings.no_prefilter = true;
        assert_eq!(linter::lint(text, Language::Tsx, &settings).diagnostics.len(), 1);
    }
}
