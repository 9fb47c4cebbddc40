//! The lines around a label, answered from a line index instead of a scan from the start of the file.

use super::{safe, safe_path};
use crate::source::{LineIndex, line_text};
use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

/// A text that miette can ask for lines.
#[derive(Debug)]
pub(super) struct Excerpt {
    name: String,
    text: String,
    lines: LineIndex,
}

impl Excerpt {
    /// `name` is what stands in the frame.
    pub(super) fn new(name: &str, text: &str) -> Self {
        Self { name: safe_path(name), text: safe(text).replace('\r', " "), lines: LineIndex::new(text) }
    }

    /// Whether the line at a byte offset is too long to be shown to anybody.
    pub(super) fn is_unreadable(&self, offset: u32) -> bool {
        const WIDEST: usize = 1_000;
        let line = self.lines.line(offset);
        line_text(&self.text, &self.lines, line).len() > WIDEST
    }

    fn end_of(&self, line: u32) -> usize {
        if line < self.lines.count() { self.lines.start_of(line + 1) as usize } else { self.text.len() }
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let start = span.offset();
        let end = start + span.len();
        if end > self.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let first = self.lines.line(start as u32).saturating_sub(before as u32).max(1);
        let last_offset = if span.is_empty() { end } else { end - 1 };
        let last = self.lines.line(last_offset as u32).saturating_add(after as u32).min(self.lines.count());
        let from = self.lines.start_of(first) as usize;
        let to = self.end_of(last);
        let data = self.text.as_bytes()[from..to].trim_ascii_end();
        let data = if from + data.len() < end { &self.text.as_bytes()[from..to] } else { data };
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            data,
            (from, data.len()).into(),
            if before == 0 { self.lines.line(start as u32) as usize - 1 } else { first as usize - 1 },
            self.lines.position(&self.text, start as u32).column as usize - 1,
            (last - first + 1) as usize,
        )))
    }
}
