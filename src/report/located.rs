//! Findings with what formats ask of their places.

use super::Run;
use super::text::one_line;
use crate::diagnostic::Diagnostic;
use crate::fingerprint;
use crate::repository::Place;
use crate::runner::FileReport;
use crate::source::{LineIndex, Position, Span};
use serde::Serialize;

/// A file with findings, and where it lies.
pub(super) struct Located<'a> {
    pub file: &'a FileReport,
    pub lines: LineIndex,
    pub place: Place,
}

/// 1-based lines and columns, the end exclusive. What a column counts is for the format to say.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

/// The files of a run in the order of output.
pub(super) fn files<'a>(run: &Run<'a>) -> impl Iterator<Item = Located<'a>> {
    let places = run.places;
    run.report.files.iter().map(move |file| Located {
        file,
        lines: LineIndex::new(&file.text),
        place: places.of(&file.path),
    })
}

impl Located<'_> {
    /// Columns in UTF-16 units.
    pub(super) fn utf16(&self, span: Span) -> Region {
        let at = |offset| self.lines.position(&self.file.text, offset);
        region(at(span.start), at(span.end))
    }

    /// Columns in bytes of UTF-8.
    pub(super) fn bytes(&self, span: Span) -> Region {
        let at = |offset: u32| {
            let line = self.lines.line(offset);
            Position { line, column: offset - self.lines.start_of(line) + 1 }
        };
        region(at(span.start), at(span.end))
    }

    /// See [`fingerprint::fingerprint`]; the path in it is the place.
    pub(super) fn fingerprint(&self, one: &Diagnostic) -> String {
        fingerprint::fingerprint(one, self.place.path(), &self.file.text)
    }
}

fn region(start: Position, end: Position) -> Region {
    Region { line: start.line, column: start.column, end_line: end.line, end_column: end.column }
}

/// What is wrong, on one line.
pub(super) fn message(one: &Diagnostic) -> String {
    one_line(&one.message)
}

/// What to do and what was assumed, each on its own line.
pub(super) fn advice(one: &Diagnostic) -> impl Iterator<Item = String> {
    [&one.help, &one.note].into_iter().flatten().map(|text| one_line(text))
}
