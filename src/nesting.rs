//! How deep a text may be nested, judged from its bytes before any recursion starts: the parser and every walk
//! over its tree recurse, and a stack that overflows ends the process, whatever guards stand around it.

/// How many tokens that can each open a recursion (`!`, `=`, `.b`, `()`, `else if` …) one statement may have for each
/// bracket that it may be nested in.
const CHAIN: u32 = 20;
/// The same, counted in strings and comments too: a regular expression can make the scanner take code for text.
const RAW_CHAIN: u32 = 150;

/// How far blanks are looked past, in bytes.
const WINDOW: usize = 256;

/// The first byte at which the text may be nested deeper than `limit` brackets or tags, or at which a statement has
/// more chained operators than the stack is made for. The bound is an upper one: ordinary code stays far below it.
pub fn too_deep(text: &str, limit: u32) -> Option<usize> {
    let bytes = text.as_bytes();
    if is_shallow(bytes, limit) {
        return None;
    }
    Scan::over(bytes, limit)
}

/// Whether no reading of the text can be too deep, by counts that [`Scan`] cannot exceed. Nearly every file ends here.
fn is_shallow(bytes: &[u8], limit: u32) -> bool {
    let links = (CHAIN * limit) as usize;
    count(bytes, b"<") <= limit as usize
        && is_bracket_bounded(bytes, limit as usize)
        && (bytes.len() <= links || links_at_most(bytes, links))
}

/// How many bytes are counted together: few enough that ordinary code opens far fewer brackets than the bound.
const BLOCK: usize = 2048;

/// Whether fewer brackets are open at any byte than `limit`, in whatever order those of a block stand.
fn is_bracket_bounded(bytes: &[u8], limit: usize) -> bool {
    // The scan's first level is never closed.
    let mut depth = 1;
    bytes.chunks(BLOCK).all(|block| {
        let opened = count(block, b"([{");
        let within = depth + opened <= limit;
        depth = (depth + opened).saturating_sub(count(block, b")]}")).max(1 + opened);
        within
    })
}

/// Whether [`Scan`] counts at most this many links, at all levels together.
fn links_at_most(bytes: &[u8], limit: usize) -> bool {
    let operators = count(bytes, b"([{!~-+*=|&?:.`@;\n\t");
    operators <= limit && operators + blanks_behind_letters(bytes) <= limit
}

/// How many blanks stand behind a lower-case letter, where the word may be a prefix of what follows.
fn blanks_behind_letters(bytes: &[u8]) -> usize {
    // Blocks of one size, whose bytes the compiler compares side by side.
    const SIDE_BY_SIDE: usize = 64;
    let (letters, rest) = bytes.as_chunks::<SIDE_BY_SIDE>();
    let (blanks, _) = bytes.get(1..).unwrap_or_default().as_chunks::<SIDE_BY_SIDE>();
    let of_block = |(letters, blanks): (&[u8; SIDE_BY_SIDE], &[u8; SIDE_BY_SIDE])| {
        let pairs = letters.iter().zip(blanks);
        let pairs = pairs.map(|(letter, at)| u8::from(letter.is_ascii_lowercase()) & u8::from(*at == b' '));
        usize::from(pairs.sum::<u8>())
    };
    // The last blocks have no partner of their length: all their bytes may count.
    letters.iter().zip(blanks).map(of_block).sum::<usize>() + SIDE_BY_SIDE + rest.len()
}

/// How many of the bytes are one of `which`.
fn count(bytes: &[u8], which: &[u8]) -> usize {
    which.iter().map(|byte| memchr::memchr_iter(*byte, bytes).count()).sum()
}

/// The first byte at which more than `limit` parentheses are open that the parser may have to read twice: behind `(`, `?`,
/// `:` or `>` an arrow's head, a type or a cast may begin, and each level that turns out otherwise doubles the time.
pub fn too_speculative(text: &str, limit: u32) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut open = Vec::new();
    let mut speculative = 0u32;
    for at in memchr::memchr2_iter(b'(', b')', bytes) {
        if bytes[at] == b')' {
            speculative -= u32::from(open.pop().unwrap_or(false));
            continue;
        }
        let before = bytes[at.saturating_sub(WINDOW)..at].trim_ascii_end();
        let may_be = matches!(before.last(), Some(b'(' | b'?' | b':' | b'>'));
        open.push(may_be);
        speculative += u32::from(may_be);
        if speculative > limit {
            return Some(at);
        }
    }
    None
}

/// What was counted in the innermost open bracket since the last end of a statement.
#[derive(Debug, Default, Clone, Copy)]
struct Level {
    chain: u32,
    tags: u32,
}

struct Scan<'t> {
    bytes: &'t [u8],
    levels: Vec<Level>,
    raw: u32,
    quote: Option<u8>,
}

impl<'t> Scan<'t> {
    fn over(bytes: &'t [u8], limit: u32) -> Option<usize> {
        let mut scan = Self { bytes, levels: vec![Level::default()], raw: 0, quote: None };
        (0..bytes.len()).find(|at| {
            scan.step(*at);
            scan.is_over(limit)
        })
    }

    fn is_over(&self, limit: u32) -> bool {
        let level = self.levels.last().copied().unwrap_or_default();
        self.levels.len() > limit as usize
            || level.tags > limit
            || level.chain > CHAIN * limit
            || self.raw > RAW_CHAIN * limit
    }

    fn step(&mut self, at: usize) {
        let byte = self.bytes[at];
        // Brackets count in strings too: what looks like a string may be code behind a regular expression.
        match byte {
            b'(' | b'[' | b'{' => {
                self.link();
                self.levels.push(Level::default());
            }
            b')' | b']' | b'}' => self.close(at),
            b'"' | b'\'' => self.toggle(at, byte),
            b'\n' => self.line_end(at),
            b';' if self.bytes[at + 1..].trim_ascii_start().starts_with(b"else") => self.link(),
            b';' => self.end_statement(),
            b',' => self.end_item(),
            b'<' => self.tag(at),
            b'/' if self.bytes.get(at + 1) == Some(&b'>') => self.untag(),
            b'!' | b'~' | b'?' | b':' | b'-' | b'+' | b'=' | b'.' | b'*' | b'`' | b'@' | b'|' | b'&' => {
                self.link();
            }
            b' ' | b'\t' if is_prefix_word(&self.bytes[..at]) => self.link(),
            _ => {}
        }
    }

    fn link(&mut self) {
        self.raw += 1;
        if self.quote.is_none()
            && let Some(level) = self.levels.last_mut()
        {
            level.chain += 1;
        }
    }

    fn close(&mut self, at: usize) {
        if self.levels.len() > 1 {
            self.levels.pop();
        }
        if self.bytes[at] == b'}' && !continues(&self.bytes[at + 1..]) {
            self.end_statement();
        }
    }

    fn toggle(&mut self, at: usize, quote: u8) {
        let escaped = self.bytes[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
        match self.quote {
            Some(open) if open == quote && !escaped => self.quote = None,
            None => self.quote = Some(quote),
            _ => {}
        }
    }

    fn line_end(&mut self, at: usize) {
        self.quote = None;
        // A window, since runs of blank lines must not be read again for each of them.
        let before = self.bytes[at.saturating_sub(WINDOW)..at].trim_ascii_end();
        let complete = before.last().is_some_and(|byte| {
            byte.is_ascii_alphanumeric()
                || matches!(byte, b')' | b']' | b'"' | b'\'' | b'`' | b'_' | b'$' | b'>')
        });
        if is_prefix_word(before) || before.ends_with(b"=>") {
            self.link();
        } else if complete && !continues(&self.bytes[at + 1..]) {
            self.end_statement();
        }
    }

    fn end_statement(&mut self) {
        self.raw = 0;
        if let Some(level) = self.levels.last_mut() {
            *level = Level::default();
        }
    }

    /// What chains before a comma is closed by it; tags and type arguments may go on.
    fn end_item(&mut self) {
        self.raw = 0;
        if let Some(level) = self.levels.last_mut() {
            level.chain = 0;
        }
    }

    /// `<div`, `<>`, `Map<K`: deeper; `</div>` and `/>`: back.
    fn tag(&mut self, at: usize) {
        let next = self.bytes.get(at + 1).copied().unwrap_or_default();
        if next == b'/' {
            self.untag();
        } else if (next.is_ascii_alphabetic() || matches!(next, b'>' | b'_' | b'$' | b'(' | b'{' | b'`'))
            && let Some(level) = self.levels.last_mut()
        {
            level.tags += 1;
        }
    }

    fn untag(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            level.tags = level.tags.saturating_sub(1);
        }
    }
}

/// Whether what follows goes on with the expression or statement before it.
fn continues(rest: &[u8]) -> bool {
    let rest = rest[..rest.len().min(WINDOW)].trim_ascii_start();
    let word = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    match rest.first() {
        None => false,
        Some(_) if word > 0 => matches!(
            &rest[..word],
            b"else" | b"while" | b"catch" | b"finally" | b"extends" | b"in" | b"of" | b"instanceof" | b"as"
        ),
        Some(first) => !matches!(first, b'"' | b'\'' | b'@' | b'#' | b'_' | b'$' | b'}' | b'/' | b'0'..=b'9'),
    }
}

/// Words that make what follows their operand or body.
const PREFIX_WORDS: [&[u8]; 20] = [
    b"typeof",
    b"void",
    b"delete",
    b"await",
    b"new",
    b"else",
    b"yield",
    b"if",
    b"do",
    b"while",
    b"for",
    b"with",
    b"of",
    b"in",
    b"extends",
    b"keyof",
    b"return",
    b"class",
    b"infer",
    b"namespace",
];

/// Ends in one of [`PREFIX_WORDS`].
fn is_prefix_word(before: &[u8]) -> bool {
    // Nearly every word is told apart by its last letter.
    before.last().is_some_and(|last| b"denorstwfh".contains(last))
        && PREFIX_WORDS.iter().any(|word| {
            before.ends_with(word)
                && before
                    .get(before.len().wrapping_sub(word.len() + 1))
                    .is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_' && *byte != b'$')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speculation_is_bounded() {
        assert!(too_speculative(&"?(".repeat(30), 9).is_some());
        assert!(too_speculative(&"a?(b):(c)=>(".repeat(30), 9).is_some());
        assert_eq!(too_speculative(&"f(a => (g(b)), c ? (d) : (e));\n".repeat(100), 9), None);
    }

    #[test]
    fn what_the_counts_let_pass_the_scan_lets_pass() {
        const PARTS: [&str; 24] = [
            "(", ")", "[", "]", "{", "}", "<a", "</a>", "/>", ";", "\n", " ", "a", "=>\n", "else ", "else\n",
            "if (", ", ", ".b", "!", "'", "` ${", "typeof\t", "?",
        ];
        let (mut shallow, mut deep) = (0, 0);
        let mut state = 1u64;
        for round in 0..4_000 {
            let mut text = String::new();
            for _ in 0..round % 400 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.push_str(PARTS[(state >> 33) as usize % PARTS.len()]);
            }
            for limit in [2, 5, 20] {
                let over = Scan::over(text.as_bytes(), limit);
                if is_shallow(text.as_bytes(), limit) {
                    assert_eq!(over, None, "{text}");
                    shallow += 1;
                }
                deep += usize::from(over.is_some());
            }
        }
        assert!(shallow > 500 && deep > 500, "{shallow} {deep}");
        assert!(PREFIX_WORDS.iter().all(|word| is_prefix_word(word)));
    }

    #[test]
    fn depth_is_bounded_and_ordinary_code_passes() {
        assert!(too_deep(&"[".repeat(100), 50).is_some());
        assert_eq!(too_deep("f([{a: [1]}])", 50), None);
        for line in [
            "const f = a => b;\n",
            "if (a < b) { c(x => y > z) }\n",
            "a.b = c\n",
            "x = `${a}`\n",
            "function f() { return new Map<string, number>() }\n",
            "  key: -0.5,\n",
        ] {
            assert_eq!(too_deep(&line.repeat(30_000), 50), None, "{line}");
        }
        for unit in [
            "<a>",
            "!",
            "a=",
            ".b()",
            "else if(a){b}",
            "typeof\n",
            "for(;;)",
            "while(a)",
            "class extends ",
            "a=>\n",
            "if(a)b;else ",
        ] {
            assert!(too_deep(&unit.repeat(200_000), 1000).is_some(), "{unit}");
        }
    }
}
