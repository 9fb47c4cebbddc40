//! Lines of bytes, none held that is longer than a bound.

use std::io::{self, BufRead};

/// Bytes that are kept of a line that is too long.
const KEPT: usize = 64 * 1024;

/// A line without its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    Whole(Vec<u8>),
    /// Longer than the bound; this is how it begins.
    TooLong(Vec<u8>),
}

impl Line {
    /// Bytes that it holds.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Whole(bytes) | Self::TooLong(bytes) => bytes.len(),
        }
    }
}

/// Reads a line of at most `longest` bytes; of a longer one the rest is passed over. The last line needs no end.
///
/// # Errors
/// Those of the reader.
pub(super) fn read(reader: &mut impl BufRead, longest: usize) -> io::Result<Option<Line>> {
    let mut bytes = Vec::new();
    let (mut begun, mut too_long) = (false, false);
    loop {
        let buffer = match reader.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            buffer => buffer?,
        };
        if buffer.is_empty() {
            break;
        }
        begun = true;
        let end = memchr::memchr(b'\n', buffer);
        let part = &buffer[..end.unwrap_or(buffer.len())];
        if !too_long && bytes.len() + part.len() <= longest {
            bytes.extend_from_slice(part);
        } else if !too_long {
            too_long = true;
            bytes.extend_from_slice(&part[..part.len().min(KEPT)]);
            bytes.truncate(KEPT);
            bytes.shrink_to_fit();
        }
        let used = end.map_or(buffer.len(), |end| end + 1);
        reader.consume(used);
        if end.is_some() {
            break;
        }
    }
    let line = if too_long { Line::TooLong(bytes) } else { Line::Whole(bytes) };
    Ok(begun.then_some(line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    #[test]
    fn lines_of_any_length_through_a_small_buffer() {
        let text = "\nab\nabcdefgh\nabcdefghi\n\r\nlast";
        for capacity in [1, 2, 3, 5, 100] {
            let mut reader = BufReader::with_capacity(capacity, text.as_bytes());
            let mut all = Vec::new();
            while let Some(line) = read(&mut reader, 8).unwrap() {
                all.push(line);
            }
            let whole = |text: &str| Line::Whole(text.into());
            let long = Line::TooLong("abcdefghi".into());
            let wanted = [whole(""), whole("ab"), whole("abcdefgh"), long, whole("\r"), whole("last")];
            assert_eq!(all.len(), wanted.len());
            for (one, wanted) in all.iter().zip(&wanted) {
                match (one, wanted) {
                    (Line::TooLong(begins), Line::TooLong(line)) => assert!(line.starts_with(begins)),
                    (one, wanted) => assert_eq!(one, wanted, "{capacity}"),
                }
            }
        }
    }

    #[test]
    fn what_is_too_long_is_not_held() {
        let text = "a".repeat(10 * KEPT);
        let mut reader = BufReader::new(text.as_bytes());
        let Ok(Some(Line::TooLong(begins))) = read(&mut reader, 2 * KEPT) else {
            panic!("a line that is too long");
        };
        assert!(begins.capacity() <= KEPT);
        assert_eq!(read(&mut reader, 2 * KEPT).unwrap(), None);
    }
}
