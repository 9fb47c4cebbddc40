//! Texts of others made harmless for terminals, logs and lines.

/// Makes text safe for a terminal or a log: control characters and those that reorder text are replaced by
/// characters of the same length in bytes, so that spans into the text stay true.
pub fn safe(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' => c,
            '\u{0}'..='\u{1f}' | '\u{7f}' => '?',
            '\u{80}'..='\u{9f}' | '\u{61c}' => '¿',
            '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{2028}'
            | '\u{2029}' => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// A path on one line, safe to show.
pub fn safe_path(path: &str) -> String {
    safe(path).replace(['\n', '\t'], "?")
}

/// A text on one line, its blanks squeezed, safe to show.
pub(super) fn one_line(text: &str) -> String {
    safe(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text that goes to a log that build servers read: no line of it is a command to them.
///
/// GitHub obeys lines that begin with `::`, blanks before it or not, and `##[error]` wherever it stands; Azure `##vso[…]`,
/// TeamCity `##teamcity[…]`.
pub fn log(text: String) -> String {
    let text = replace_commands(text, "?");
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive(['\n', '\r']) {
        let begin = line.trim_start();
        match begin.strip_prefix("::") {
            Some(rest) => {
                out.push_str(&line[..line.len() - begin.len()]);
                out.push_str("?:");
                out.push_str(rest);
            }
            None => out.push_str(line),
        }
    }
    out
}

/// Replaces the second `#` of `##[`, `##vso[` and the like.
pub(super) fn replace_commands(text: String, hash: &str) -> String {
    let is_command = |at: &usize| {
        let rest = text[*at..].strip_prefix("##").map(|rest| rest.trim_start_matches(char::is_alphabetic));
        rest.is_some_and(|rest| rest.starts_with('['))
    };
    let mut places = memchr::memchr_iter(b'#', text.as_bytes()).filter(is_command).peekable();
    if places.peek().is_none() {
        return text;
    }
    let mut out = String::with_capacity(text.len() + hash.len());
    let mut copied = 0;
    for at in places {
        out.push_str(&text[copied..=at]);
        out.push_str(hash);
        copied = at + 2;
    }
    out.push_str(&text[copied..]);
    out
}

/// A text for readers that take it for Markdown: code between backticks stays code, and nothing else is markup.
///
/// Words of the source stand between backticks of ours; one that holds backticks itself could end them.
pub(super) fn markdown(text: &str) -> String {
    text.split('\n').map(markdown_line).collect::<Vec<_>>().join("\n")
}

fn markdown_line(line: &str) -> String {
    let mut line = line.to_owned();
    // Only a run of the same length ends a run of backticks: let there be none but single ones.
    while line.contains("``") {
        line = line.replace("``", "`");
    }
    let mut out = String::new();
    let mut rest = line.as_str();
    while let Some((before, after)) = rest.split_once('`') {
        out.push_str(&unmarked(before));
        let Some((code, behind)) = after.split_once('`') else {
            return out + "'" + &unmarked(after);
        };
        out.extend(["`", code, "`"]);
        rest = behind;
    }
    out + &unmarked(rest)
}

/// Without links, images, HTML and mentions of people.
fn unmarked(text: &str) -> String {
    let mut out = String::new();
    let text = text.replace("://", ":\u{2060}//").replace("www.", "www\u{2060}.");
    for c in text.chars() {
        if matches!(c, '\\' | '[' | ']' | '<' | '&' | '!') {
            out.push('\\');
        }
        out.push(c);
        if c == '@' {
            // A word joiner: what follows is no name.
            out.push('\u{2060}');
        }
    }
    out
}

/// `1 file`, `2 files`.
pub fn plural(count: u64, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_keep_their_length() {
        let hostile = "a\u{1b}[31m\u{9b}\u{202e}b\r";
        let shown = safe(hostile);
        assert_eq!(shown.len(), hostile.len());
        assert!(!shown.chars().any(|c| c.is_control()));
    }

    #[test]
    fn commands_to_build_servers_are_none_in_a_log() {
        for (text, shown) in [
            ("a ##[error]b", "a #?[error]b"),
            ("###[x]", "##?[x]"),
            ("##vso[task.setvariable]", "#?vso[task.setvariable]"),
            ("## [x] # ##", "## [x] # ##"),
            ("::error::x\n  \t::warning::y\n", "?:error::x\n  \t?:warning::y\n"),
            ("a::b\r::c", "a::b\r?:c"),
            ("ü##[é]\n\u{a0}::é", "ü#?[é]\n\u{a0}?:é"),
        ] {
            assert_eq!(log(text.to_owned()), shown);
        }
    }

    #[test]
    fn only_code_is_markup() {
        for (text, shown) in [
            ("the `a[0](b)` of `<c>`", "the `a[0](b)` of `<c>`"),
            ("`a`[x](y)`b`", r"`a`\[x\](y)`b`"),
            ("`a``[x](y)``b`", r"`a`\[x\](y)`b`"),
            (r"`a`\`[x](y)`", r"`a`\\`[x](y)`"),
            ("odd ` [x](y)", r"odd ' \[x\](y)"),
            ("`a\n[x](y)`", "'a\n\\[x\\](y)'"),
            ("@me http://x <b>", "@\u{2060}me http:\u{2060}//x \\<b>"),
        ] {
            assert_eq!(markdown(text), shown, "{text}");
        }
    }

    #[test]
    fn lines_are_single() {
        assert_eq!(one_line(" a\r\n\tb\u{2028}c "), "a? b\u{fffd}c");
    }
}
