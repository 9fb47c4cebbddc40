//! One tag of markup: where it ends, and its attributes.

use crate::source::Span;

/// An opening or closing tag.
#[derive(Debug)]
pub struct Tag {
    pub start: usize,
    /// Behind `>`.
    pub end: usize,
    /// `</name>`
    pub is_end: bool,
    /// `<name/>`
    pub closes_itself: bool,
    name: Span,
    attributes: Vec<(Span, Option<Span>)>,
}

/// What a `<` is.
#[derive(Debug)]
pub enum Found {
    Tag(Tag),
    /// Text.
    NoTag,
    /// A tag that goes on to the end of the file.
    Unclosed,
}

impl Tag {
    pub fn name<'t>(&self, text: &'t str) -> &'t str {
        slice(text, self.name)
    }

    /// Whether there is an attribute of this name, with a value or without.
    pub fn has(&self, text: &str, name: &str) -> bool {
        self.attributes.iter().any(|(at, _)| slice(text, *at) == name)
    }

    /// The value of an attribute, without its quotes.
    pub fn value<'t>(&self, text: &'t str, name: &str) -> Option<&'t str> {
        let (_, value) = self.attributes.iter().find(|(at, _)| slice(text, *at) == name)?;
        value.map(|value| slice(text, value))
    }
}

fn slice(text: &str, span: Span) -> &str {
    text.get(span.start as usize..span.end as usize).unwrap_or_default()
}

fn span(start: usize, end: usize) -> Span {
    Span::new(start as u32, end as u32)
}

/// Reads the tag that may begin at a `<`; with `braces`, values and attributes may be code in braces.
pub fn tag_at(bytes: &[u8], start: usize, braces: bool) -> Found {
    let is_end = bytes.get(start + 1) == Some(&b'/');
    let from = start + 1 + usize::from(is_end);
    if !bytes.get(from).is_some_and(u8::is_ascii_alphabetic) {
        return Found::NoTag;
    }
    let name_end =
        run(bytes, from, |byte| !matches!(byte, b'>' | b'/' | b'<') && !byte.is_ascii_whitespace());
    let mut reader = Reader { bytes, at: name_end, braces, attributes: Vec::new() };
    let Some(closes_itself) = reader.attributes() else {
        return Found::Unclosed;
    };
    Found::Tag(Tag {
        start,
        end: reader.at,
        is_end,
        closes_itself,
        name: span(from, name_end),
        attributes: reader.attributes,
    })
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
    braces: bool,
    attributes: Vec<(Span, Option<Span>)>,
}

impl Reader<'_> {
    /// Up to and behind `>`: whether the tag closes itself. `None` where the file ends first.
    fn attributes(&mut self) -> Option<bool> {
        loop {
            self.at = run(self.bytes, self.at, |byte| byte.is_ascii_whitespace());
            match *self.bytes.get(self.at)? {
                b'>' => {
                    self.at += 1;
                    return Some(false);
                }
                b'/' if self.bytes.get(self.at + 1) == Some(&b'>') => {
                    self.at += 2;
                    return Some(true);
                }
                b'{' if self.braces => self.at = skip_braces(self.bytes, self.at)?,
                b'/' | b'=' | b'"' | b'\'' => self.at += 1,
                _ => self.attribute()?,
            }
        }
    }

    fn attribute(&mut self) -> Option<()> {
        let start = self.at;
        let in_name = |byte: u8| {
            !matches!(byte, b'>' | b'=' | b'/' | b'"' | b'\'' | b'{') && !byte.is_ascii_whitespace()
        };
        // `v-slot:[name]`, `on:click|once` and the like are names as well; one byte at least, to get on.
        self.at = run(self.bytes, start, in_name).max(start + 1);
        let name = span(start, self.at);
        let behind = run(self.bytes, self.at, |byte| byte.is_ascii_whitespace());
        if self.bytes.get(behind) != Some(&b'=') {
            self.attributes.push((name, None));
            return Some(());
        }
        let from = run(self.bytes, behind + 1, |byte| byte.is_ascii_whitespace());
        let (value, end) = match *self.bytes.get(from)? {
            quote @ (b'"' | b'\'') => {
                let end = from + 1 + memchr::memchr(quote, &self.bytes[from + 1..])?;
                (span(from + 1, end), end + 1)
            }
            b'{' if self.braces => {
                let end = skip_braces(self.bytes, from)?;
                (span(from, end), end)
            }
            b'`' if self.braces => {
                let end = skip_quoted(self.bytes, from)?;
                (span(from, end), end)
            }
            _ => {
                let end = run(self.bytes, from, |byte| byte != b'>' && !byte.is_ascii_whitespace());
                (span(from, end), end)
            }
        };
        self.attributes.push((name, Some(value)));
        self.at = end;
        Some(())
    }
}

fn run(bytes: &[u8], from: usize, while_: impl Fn(u8) -> bool) -> usize {
    bytes.iter().skip(from).position(|byte| !while_(*byte)).map_or(bytes.len(), |at| from + at)
}

/// Behind the brace that closes the one at `open`; strings and comments between do not count. `None` where there is none.
pub fn skip_braces(bytes: &[u8], open: usize) -> Option<usize> {
    let mut depth = 0u32;
    let mut at = open;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            b'"' | b'\'' | b'`' => at = skip_quoted(bytes, at - 1).unwrap_or(at),
            b'\\' => at += 1,
            b'/' if bytes.get(at) == Some(&b'*') => at += memchr::memmem::find(&bytes[at..], b"*/")? + 2,
            _ => {}
        }
    }
    None
}

/// Behind the quote that closes the one at `open`. A string ends with its line at the latest: what looks like one may be
/// an apostrophe.
fn skip_quoted(bytes: &[u8], open: usize) -> Option<usize> {
    let quote = bytes[open];
    let mut at = open + 1;
    loop {
        match *bytes.get(at)? {
            b'\\' => at += 2,
            b'\n' if quote != b'`' => return None,
            byte => {
                at += 1;
                if byte == quote {
                    return Some(at);
                }
            }
        }
    }
}
