//! How deep a text may be nested, judged from its bytes before any recursion starts: the parser and every walk
//! over its tree recurse, and a stack that overflows ends the process.

/// The first byte at which the text may be nested deeper than `limit`.
///
/// Brackets inside strings and comments count too, as do prefix operators, arrows and conditionals since the last
/// `;` or line that ends a statement: the bound is an upper one. Ordinary code stays far below it.
pub fn too_deep(text: &str, limit: u32) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0u32;
    let mut chain = 0u32;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b'}' => {
                depth = depth.saturating_sub(1);
                chain = 0;
            }
            b';' => chain = 0,
            b'<' if opens_tag(bytes, at) => depth += 1,
            b'>' => depth = depth.saturating_sub(u32::from(at > 0 && bytes[at - 1] != b'=')),
            b'!' | b'~' | b'?' | b':' | b'-' => chain += 1,
            b'=' if bytes.get(at + 1) == Some(&b'>') => chain += 1,
            // `typeof typeof x`, `if (a) if (b)`, `else if`, `new new X`: words that prefix.
            b' ' if is_prefix_word(bytes, at) => chain += 1,
            _ => continue,
        }
        if depth > limit || chain > limit.saturating_mul(4) {
            return Some(at);
        }
    }
    None
}

/// `<div` and `Map<K`, not `a < b` nor `</div`.
fn opens_tag(bytes: &[u8], at: usize) -> bool {
    bytes.get(at + 1).is_some_and(|next| next.is_ascii_alphabetic() || *next == b'>')
}

fn is_prefix_word(bytes: &[u8], at: usize) -> bool {
    const WORDS: [&[u8]; 9] =
        [b"typeof", b"void", b"delete", b"await", b"new", b"else", b"yield", b"if", b"do"];
    WORDS.iter().any(|word| bytes[..at].ends_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_bounded_and_ordinary_code_passes() {
        assert_eq!(too_deep(&"[".repeat(100), 50), Some(50));
        assert_eq!(too_deep("f([{a: [1]}])", 50), None);
        assert_eq!(too_deep(&"a => b;\n".repeat(10_000), 50), None);
        assert!(too_deep(&"<a>".repeat(100), 50).is_some());
        assert_eq!(too_deep(&"if (a < b) { c(x => y > z) }\n".repeat(1000), 50), None);
    }
}
