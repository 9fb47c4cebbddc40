//! One configuration file: its text, and the places in it.

use super::jsonc;
use crate::protocol::ProtocolError;
use crate::read;
use crate::source::{LineIndex, Position};
use crate::walk;
use jsonc_parser::ast::Value;
use std::fmt::{self, Display};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

/// The key of a package.json under which a configuration stands.
pub const PACKAGE_KEY: &str = "leaklint";

/// A larger file, in bytes, is no configuration.
const MAX_SIZE: u64 = 4 * 1024 * 1024;

/// Where something is said. Line and column are made out when somebody asks.
#[derive(Debug, Clone)]
pub struct Place {
    document: Arc<Document>,
    /// Bytes.
    offset: usize,
}

impl Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let position = self.document.position(self.offset);
        write!(out, "{}:{}:{}", self.document.name, position.line, position.column)
    }
}

impl Place {
    /// A place in a text.
    pub fn new(document: &Arc<Document>, offset: usize) -> Self {
        Self { document: Arc::clone(document), offset }
    }

    /// An error here.
    pub fn error(&self, message: impl Into<String>) -> ProtocolError {
        self.document.error(self.offset, message)
    }
}

/// A file's text with its lines.
#[derive(Debug)]
pub struct Document {
    /// As shown to the user.
    pub name: String,
    pub text: String,
    lines: LineIndex,
    /// The configuration is the value of `leaklint` in a package.json.
    is_package: bool,
}

impl Document {
    /// A text under the name by which errors call it; that of a package.json ends so.
    pub fn new(name: &str, text: String) -> Self {
        let is_package = name.rsplit('/').next() == Some("package.json");
        Self { name: name.to_owned(), lines: LineIndex::new(&text), text, is_package }
    }

    /// Reads a plain file.
    ///
    /// # Errors
    /// In words: no such file, no plain file, too large, no text.
    pub fn open(name: &str, path: &Path) -> Result<Self, String> {
        // Asked before it is opened: a pipe would wait for its writer.
        let meta = std::fs::metadata(path).map_err(|error| walk::describe(&error))?;
        if !meta.is_file() {
            return Err("this is no plain file".to_owned());
        }
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(|error| walk::describe(&error))?;
        file.take(MAX_SIZE + 1).read_to_end(&mut bytes).map_err(|error| walk::describe(&error))?;
        if bytes.len() as u64 > MAX_SIZE {
            return Err(format!("larger than the {MAX_SIZE} bytes that a configuration may have"));
        }
        let text = read::decode(bytes).map_err(|_| "this is no text".to_owned())?;
        Ok(Self::new(name, text))
    }

    /// 1-based line of a byte offset.
    pub fn line(&self, offset: usize) -> u32 {
        self.lines.line(u32::try_from(offset).unwrap_or(u32::MAX))
    }

    fn position(&self, offset: usize) -> Position {
        self.lines.position(&self.text, u32::try_from(offset).unwrap_or(u32::MAX))
    }

    /// An error at a byte offset.
    pub fn error(&self, offset: usize, message: impl Into<String>) -> ProtocolError {
        let Position { line, column } = self.position(offset);
        ProtocolError { file: self.name.to_string(), line, column, message: message.into() }
    }

    /// Where the configuration itself begins, if there is one.
    ///
    /// # Errors
    /// Broken JSON; a package.json without the key.
    pub fn with_value<T>(&self, read: impl FnOnce(&mut Value<'_>) -> T) -> Result<T, ProtocolError> {
        let parsed = jsonc::parse(&self.text);
        let mut value = parsed.map_err(|error| self.error(error.offset(), error.message))?;
        if !self.is_package {
            return Ok(read(&mut value));
        }
        match jsonc::member(&mut value, PACKAGE_KEY) {
            Some(value) => Ok(read(value)),
            None => Err(self.error(0, format!("there is no key `{PACKAGE_KEY}` here"))),
        }
    }
}
