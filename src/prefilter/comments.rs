//! Comments that begin a line: half of what is written in many files, licences above all, and full of words.

use memchr::{memchr, memchr_iter, memmem};

/// Longer comments are read, in bytes: each line that begins with `/*` looks for the end of one.
const MAX_COMMENT: usize = 16 * 1024;

/// Where to go on behind the comment that a line begins with, `at` being behind its blanks; `None` if there is none, or if
/// it cannot be told whether it is one.
///
/// What looks like a comment may stand in a template or between JSX tags, and hold code in braces there: what has a brace
/// or a backtick in it is read. In a string that goes on from the line before, the backslash at its end tells.
pub(super) fn behind(text: &[u8], at: usize) -> Option<usize> {
    let rest = &text[at..];
    let end = match rest {
        [b'/', b'/', ..] => at + memchr(b'\n', rest).unwrap_or(rest.len()),
        [b'/', b'*', near @ ..] => at + 2 + memmem::find(&near[..near.len().min(MAX_COMMENT)], b"*/")? + 2,
        _ => return None,
    };
    if holds_code(&text[at..end]) {
        return None;
    }
    let line_before = text[..at].iter().rev().skip_while(|byte| matches!(byte, b' ' | b'\t'));
    let before = line_before.skip(1).find(|byte| **byte != b'\r');
    (before != Some(&b'\\')).then_some(end)
}

/// Whether a comment has a backtick, a closing tag, or a brace that is not a documentation tag's: `{@link x}`.
fn holds_code(comment: &[u8]) -> bool {
    memchr(b'`', comment).is_some()
        || memchr_iter(b'{', comment).any(|at| comment.get(at + 1) != Some(&b'@'))
        || memmem::find(comment, b"</").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn behind_of(text: &str) -> Option<&str> {
        let at = text.find('/').expect("a comment");
        behind(text.as_bytes(), at).map(|end| &text[end..])
    }

    #[test]
    fn comments_end() {
        assert_eq!(behind_of("  // set, add\nx"), Some("\nx"));
        assert_eq!(behind_of("/* set\n * {@link add} */ x"), Some(" x"));
        assert_eq!(behind_of("// at the end"), Some(""));
    }

    #[test]
    fn what_may_hold_code_is_read() {
        assert_eq!(behind_of("`\n// ${list.push(1)}"), None);
        assert_eq!(behind_of("/* open ` list.push(1) */"), None);
        assert_eq!(behind_of("/* note\n</p>; list.push(1); /* */"), None);
        assert_eq!(behind_of("/* never closed"), None);
        assert_eq!(behind_of("'a\\\n// '; list.push(1)"), None);
    }
}
