//! Growth without a method: `table[key] = value`, `table[key]++`, `list = [...list, value]`, told by the bytes around a bracket
//! or dots. Every answer errs on the side of yes.

/// How far the other bracket is looked for, in bytes.
const WINDOW: usize = 256;

/// Words behind which a bracket opens a list or a pattern, and no element of something.
const NO_VALUES: [&[u8]; 15] = [
    b"const", b"let", b"var", b"of", b"in", b"return", b"case", b"typeof", b"await", b"yield", b"default",
    b"else", b"delete", b"void", b"new",
];

/// Whether the bracket that closes at `close` may be that of an element that is written.
pub(super) fn is_written(text: &[u8], close: usize) -> bool {
    is_assigned(&text[close + 1..]) && is_element(text, close)
}

/// Whether dots at `at` may spread something into a list: behind `[`, or behind a comma in one.
pub(super) fn is_spread(text: &[u8], at: usize) -> bool {
    let before = text[..at].trim_ascii_end();
    match before.last() {
        Some(b'[' | b'/') => true,
        Some(b',') => open_bracket(before, before.len() - 1).is_none_or(|open| text[open] == b'['),
        _ => false,
    }
}

/// Whether `++` or `--` at `at` may change an element, written behind it.
pub(super) fn is_prefix(text: &[u8], at: usize) -> bool {
    let rest = text[at + 2..].trim_ascii_start();
    let part = |byte: &u8| is_part(*byte) || matches!(byte, b'.' | b'?' | b'!' | b'#' | b'(' | b'/');
    let end = rest.iter().position(|byte| !part(byte));
    end.is_some_and(|end| end > 0 && rest[end] == b'[')
}

/// `= v`, `+= v`, `??= v`, `++`, behind brackets and `!` that may stand between, or behind what may be a comment.
fn is_assigned(rest: &[u8]) -> bool {
    let passed = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b')' | b'!');
    let Some(at) = rest.iter().position(|byte| !passed(byte)) else {
        return false;
    };
    match &rest[at..] {
        [b'=', b'=' | b'>', ..] => false,
        [b'=', ..] | [b'+' | b'-' | b'*' | b'%' | b'^', b'=', ..] => true,
        [b'+', b'+', ..] | [b'-', b'-', ..] | [b'/', b'=' | b'/' | b'*', ..] => true,
        [b'?', b'?', b'=', ..] | [b'|', b'|', b'=', ..] | [b'&', b'&', b'=', ..] => true,
        [b'|' | b'&', b'=', ..] | [b'*', b'*', b'=', ..] | [b'<' | b'>', b'<' | b'>', ..] => true,
        _ => false,
    }
}

/// Whether a bracket stands behind a value: `x[k]`, `f()[k]`, `x?.[k]`, and not behind `const`, nor empty as in `string[]`.
fn is_element(text: &[u8], close: usize) -> bool {
    let Some(open) = open_bracket(text, close) else {
        return true;
    };
    if text[open + 1..close].trim_ascii().is_empty() {
        return false;
    }
    let before = text[..open].trim_ascii_end();
    match before.last() {
        Some(byte) if is_part(*byte) || !byte.is_ascii() => {
            let start = before.iter().rposition(|byte| !is_part(*byte)).map_or(0, |at| at + 1);
            !NO_VALUES.contains(&&before[start..])
        }
        Some(byte) => matches!(byte, b')' | b']' | b'}' | b'.' | b'!' | b'\'' | b'"' | b'`' | b'/' | b'>'),
        None => false,
    }
}

/// The bracket that is open at `at`, or that the one at `at` closes, if it is near; strings are not told from code.
fn open_bracket(text: &[u8], at: usize) -> Option<usize> {
    let mut closed = 0u32;
    for back in (at.saturating_sub(WINDOW)..at).rev() {
        match text[back] {
            b')' | b']' | b'}' => closed += 1,
            b'(' | b'[' | b'{' if closed == 0 => return Some(back),
            b'(' | b'[' | b'{' => closed -= 1,
            // A bracket in a string or a template would be counted.
            b'\'' | b'"' | b'`' => return None,
            _ => {}
        }
    }
    None
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_that_are_written() {
        let written = |text: &str| {
            let close = text.rfind(']').expect("a bracket");
            is_written(text.as_bytes(), close)
        };
        for text in [
            "t[k] = v",
            "t[k]=v",
            "t.a[k] ??= v",
            "t[k]++",
            "t?.[k] = v",
            "f()[k] += 1",
            "t[k]! = v",
            "(t[k]) = v",
            "t[k] /* c */ = v",
            "t['a]'] = v",
            "t[`${k}`] = v",
            "größe[k] = v",
            "t[a[k]] = v",
            "t[k] <<= 1",
        ] {
            assert!(written(text), "{text}");
        }
        for text in [
            "const [a, b] = v",
            "let x: string[] = v",
            "f(t[k])",
            "t[k] == v",
            "x = t[k] + 1",
            "([a]) => a",
            "for (const [k] of t)",
        ] {
            assert!(!written(text), "{text}");
        }
    }

    #[test]
    fn lists_that_take_others_in() {
        let spread = |text: &str| is_spread(text.as_bytes(), text.find("...").expect("dots"));
        assert!(spread("l = [...l, v]") && spread("l = [v, ...l]") && spread("l = ['v', ...l]"));
        assert!(spread("l = [/* all */ ...l]"));
        assert!(
            !spread("f(a, ...l)")
                && !spread("o = { ...o }")
                && !spread("o = { a, ...o }")
                && !spread("(...l) => l")
        );
    }

    #[test]
    fn changes_written_in_front() {
        let prefix = |text: &str| is_prefix(text.as_bytes(), 0);
        assert!(prefix("++t[k]") && prefix("-- this.t[k]") && prefix("++t?.[k]") && !prefix("++i; t[k]"));
    }
}
