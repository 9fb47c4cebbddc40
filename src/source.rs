//! One file as text: its language and the single place where byte offsets become lines and columns.

use serde::{Deserialize, Serialize};

/// A half-open range of byte offsets into a file's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    /// A span from two byte offsets.
    pub fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// Whether `other` lies wholly inside this span.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// The syntax a file is parsed with, chosen by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// `.js .jsx .mjs .cjs`: JavaScript with JSX and decorators.
    JavaScript,
    /// `.ts .mts .cts`
    TypeScript,
    /// `.tsx`
    Tsx,
    /// `.vue`: a component with scripts, which say their own language; so do those of the others below.
    Vue {
        /// By its name the component that holds all others: a program makes one.
        root: bool,
    },
    /// `.svelte`
    Svelte {
        /// See [`Language::Vue`].
        root: bool,
    },
    /// `.astro`
    Astro,
}

impl Language {
    /// The language of a path, or `None` where leaklint does not read such files.
    ///
    /// `.d.ts`, `.d.mts` and `.d.cts` hold no code and are none of ours.
    pub fn of_path(path: &str) -> Option<Self> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let (stem, extension) = name.rsplit_once('.')?;
        match extension {
            "js" | "jsx" | "mjs" | "cjs" => Some(Self::JavaScript),
            "ts" | "mts" | "cts" if stem.ends_with(".d") => None,
            "ts" | "mts" | "cts" => Some(Self::TypeScript),
            "tsx" => Some(Self::Tsx),
            "vue" => Some(Self::Vue { root: is_root(stem) }),
            "svelte" => Some(Self::Svelte { root: is_root(stem) || stem.starts_with("+layout") }),
            "astro" => Some(Self::Astro),
            _ => None,
        }
    }
}

/// `App`, `AppRoot`, `GlobalEventListeners`: a program has one of them, if it is what it is called.
fn is_root(stem: &str) -> bool {
    let lower = stem.to_ascii_lowercase();
    matches!(lower.as_str(), "app" | "approot" | "app-root") || lower.starts_with("global")
}

/// A line and column as editors and SARIF count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// 1-based.
    pub line: u32,
    /// 1-based, in UTF-16 code units.
    pub column: u32,
}

/// The byte offset at which each line starts; lines end at `\n`, `\r\n` or a lone `\r`.
#[derive(Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Scans the text once.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            if bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n') {
                continue;
            }
            starts.push(at as u32 + 1);
        }
        Self { starts }
    }

    /// 1-based line of a byte offset.
    pub fn line(&self, offset: u32) -> u32 {
        self.starts.partition_point(|start| *start <= offset) as u32
    }

    /// Byte offset at which a 1-based line starts; past the end, the start of the last line.
    pub fn start_of(&self, line: u32) -> u32 {
        let last = self.starts.len() - 1;
        self.starts[(line.max(1) as usize - 1).min(last)]
    }

    /// How many lines the text has.
    pub fn count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// Line and UTF-16 column of a byte offset into `text`.
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let offset = floor_boundary(text, offset as usize);
        let line = self.line(offset as u32);
        let start = self.start_of(line) as usize;
        let column = text[start..offset].encode_utf16().count() as u32 + 1;
        Position { line, column }
    }
}

fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The text of one 1-based line without its line ending.
pub fn line_text<'t>(text: &'t str, lines: &LineIndex, line: u32) -> &'t str {
    let start = lines.start_of(line) as usize;
    let end = if line < lines.count() { lines.start_of(line + 1) as usize } else { text.len() };
    text[start..end].trim_end_matches(['\n', '\r'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_utf16_units() {
        let text = "a\r\né😀x\rlast";
        let lines = LineIndex::new(text);
        let x = text.find('x').unwrap() as u32;
        assert_eq!(lines.position(text, x), Position { line: 2, column: 4 }, "é is one unit, the emoji two");
        let last = text.find("last").unwrap() as u32;
        assert_eq!(lines.position(text, last), Position { line: 3, column: 1 });
        assert_eq!(line_text(text, &lines, 2), "é😀x");
    }

    #[test]
    fn declaration_files_have_no_language() {
        assert_eq!(Language::of_path("a/b.d.ts"), None);
        assert_eq!(Language::of_path("a/b.d.mts"), None);
        assert_eq!(Language::of_path("a.b/c.mts"), Some(Language::TypeScript));
        assert_eq!(Language::of_path("README"), None);
        assert_eq!(Language::of_path("src/App.vue"), Some(Language::Vue { root: true }));
        assert_eq!(Language::of_path("src/AppBar.vue"), Some(Language::Vue { root: false }));
    }
}
