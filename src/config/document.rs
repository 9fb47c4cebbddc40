//! One configuration file: its text, and the places in it.

use super::jsonc;
use crate::protocol::ProtocolError;
use crate::read;
use crate::source::LineIndex;
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
const MAX_SIZE: u64 = 16 * 1024 * 1024;

/// Where something is said: 1-based, columns in UTF-16 units.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// As shown to the user.
    pub file: Arc<str>,
    pub line: u32,
    pub column: u32,
}

impl Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}:{}", self.file, self.line, self.column)
    }
}

impl Place {
    /// An error here.
    pub fn error(&self, message: impl Into<String>) -> ProtocolError {
        ProtocolError {
            file: self.file.to_string(),
            line: self.line,
            column: self.column,
            message: message.into(),
        }
    }
}

/// A file's text with its lines.
#[derive(Debug)]
pub struct Document {
    /// As shown to the user.
    pub name: Arc<str>,
    pub text: String,
    lines: LineIndex,
    /// The configuration is the value of `leaklint` in a package.json.
    is_package: bool,
}

impl Document {
    /// A text under the name by which errors call it; that of a package.json ends so.
    pub fn new(name: &str, text: String) -> Self {
        let is_package = name.rsplit('/').next() == Some("package.json");
        Self { name: name.into(), lines: LineIndex::new(&text), text, is_package }
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

    /// The place of a byte offset.
    pub fn place(&self, offset: usize) -> Place {
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        let position = self.lines.position(&self.text, offset);
        Place { file: Arc::clone(&self.name), line: position.line, column: position.column }
    }

    /// Where the configuration itself begins, if there is one.
    ///
    /// # Errors
    /// Broken JSON; a package.json without the key.
    pub fn with_value<T>(&self, read: impl FnOnce(&mut Value<'_>) -> T) -> Result<T, ProtocolError> {
        let parsed = jsonc::parse(&self.text);
        let mut value = parsed.map_err(|error| self.place(error.offset()).error(error.message))?;
        if !self.is_package {
            return Ok(read(&mut value));
        }
        match jsonc::member(&mut value, PACKAGE_KEY) {
            Some(value) => Ok(read(value)),
            None => Err(self.place(0).error(format!("there is no key `{PACKAGE_KEY}` here"))),
        }
    }
}
