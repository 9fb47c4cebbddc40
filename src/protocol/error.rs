//! What can be wrong in rules/*.toml and leaklint.jsonc, with the place.

use crate::source::LineIndex;
use thiserror::Error;

/// An error in a file of rows or a configuration; `line` and `column` are 1-based, columns in UTF-16 units.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{file}:{line}:{column}: {message}")]
pub struct ProtocolError {
    pub file: String,
    pub line: u32,
    pub column: u32,
    pub message: String,
}

impl ProtocolError {
    /// An error at a byte offset of the file's text.
    pub fn at(file: &str, text: &str, offset: usize, message: impl Into<String>) -> Self {
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        let place = LineIndex::new(text).position(text, offset);
        let (line, column) = (place.line, place.column);
        Self { file: file.to_owned(), line, column, message: message.into() }
    }
}
