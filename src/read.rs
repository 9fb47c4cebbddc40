//! Bytes to text: UTF-8 with or without BOM, UTF-16 by its BOM; what is no text says so.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Why bytes are no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotText {
    /// Holds NUL bytes.
    Binary,
    InvalidUtf8 {
        /// Byte offset of the first bad sequence.
        at: usize,
    },
    InvalidUtf16,
}

impl NotText {
    /// In words, for the notice.
    pub fn words(self) -> String {
        match self {
            Self::Binary => "not linted: it holds NUL bytes and seems to be no text".to_owned(),
            Self::InvalidUtf8 { at } => {
                format!("not linted: it is not valid UTF-8 from byte {at} on; save it as UTF-8")
            }
            Self::InvalidUtf16 => "not linted: it is not valid UTF-16; save it as UTF-8".to_owned(),
        }
    }
}

/// The bytes of a file that was this large when it was found. What is right costs one call of the system; what has grown or
/// shrunk since is read to its end.
///
/// # Errors
/// It cannot be read.
pub fn file(path: &Path, size: u64) -> std::io::Result<Vec<u8>> {
    let size = usize::try_from(size).unwrap_or(0);
    let mut file = File::open(path)?;
    // One byte more than there should be: a read that does not reach it has come to the end.
    let mut bytes = vec![0; size + 1];
    let read = file.read(&mut bytes)?;
    bytes.truncate(read);
    if read != size {
        file.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// Decodes a file; a byte order mark is not part of the text.
///
/// # Errors
/// What is no text in a known encoding.
pub fn decode(bytes: Vec<u8>) -> Result<String, NotText> {
    match bytes.as_slice() {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest.to_vec()),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: Vec<u8>) -> Result<String, NotText> {
    if memchr::memchr(0, &bytes).is_some() {
        return Err(NotText::Binary);
    }
    String::from_utf8(bytes).map_err(|error| NotText::InvalidUtf8 { at: error.utf8_error().valid_up_to() })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, NotText> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(NotText::InvalidUtf16);
    }
    let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
    String::from_utf16(&units).map_err(|_| NotText::InvalidUtf16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_to_its_end_whatever_its_size_was() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("a.js");
        for content in ["", "a", "abcdef"] {
            std::fs::write(&path, content).expect("a file");
            for size in [0, 1, 5, 6, 7, 100] {
                let read = super::file(&path, size).expect("a file");
                assert_eq!(String::from_utf8_lossy(&read), content, "{size}");
            }
        }
        assert!(super::file(dir.path(), 3).is_err());
    }

    #[test]
    fn encodings() {
        assert_eq!(decode(b"\xEF\xBB\xBFlet".to_vec()), Ok("let".to_owned()));
        assert_eq!(decode(b"\xFF\xFEl\0e\0".to_vec()), Ok("le".to_owned()));
        assert_eq!(decode(b"a\0b".to_vec()), Err(NotText::Binary));
        assert_eq!(decode(b"ab\xFF".to_vec()), Err(NotText::InvalidUtf8 { at: 2 }));
    }
}
