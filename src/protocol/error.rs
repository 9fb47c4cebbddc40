//! What can be wrong in rules/*.toml, with the place.

use thiserror::Error;

/// An error in a protocol file; `line` and `column` are 1-based.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{file}:{line}:{column}: {message}")]
pub struct ProtocolError {
    pub file: String,
    pub line: usize,
    pub column: usize,
    pub message: String,
}

impl ProtocolError {
    /// An error at a byte offset of the file's text.
    pub fn at(file: &str, text: &str, offset: usize, message: impl Into<String>) -> Self {
        let before = &text[..offset.min(text.len())];
        let line = before.matches('\n').count() + 1;
        let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1) + 1;
        Self { file: file.to_owned(), line, column, message: message.into() }
    }
}
