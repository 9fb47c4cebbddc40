//! One line of the stream: `{"path": …, "source": …}`.

use super::super::args::file_path;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// What is asked about.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub path: String,
    pub source: String,
}

/// Why a line is no record, with the path if that can be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub path: Option<String>,
    pub message: String,
}

/// The fields, still as they are written: what is wrong in one says nothing about the other. Others are passed over.
#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow)]
    path: Option<&'a RawValue>,
    #[serde(borrow)]
    source: Option<&'a RawValue>,
}

/// Reads a line.
///
/// # Errors
/// What is wrong with it.
pub(super) fn parse(line: &[u8]) -> Result<Record, Wrong> {
    let nameless = |message: String| Wrong { path: leading_path(line), message };
    let text = str::from_utf8(line)
        .map_err(|error| nameless(format!("not valid UTF-8 from byte {} on", error.valid_up_to() + 1)))?;
    let text = text.trim_start_matches('\u{feff}').trim();
    if !text.starts_with('{') {
        let found = if text.is_empty() { "the line is empty" } else { "this is no object" };
        return Err(nameless(format!("{found}: a record is {{\"path\": …, \"source\": …}} on one line")));
    }
    let fields: Fields<'_> = serde_json::from_str(text).map_err(|error| nameless(reason(&error)))?;
    let path = string("path", fields.path).map_err(|message| Wrong { path: None, message })?;
    let failed = |message: String| Wrong { path: Some(path.clone()), message };
    file_path(&path).map_err(|problem| failed(format!("`path`: {problem}")))?;
    let source = string("source", fields.source).map_err(failed)?;
    Ok(Record { path, source })
}

fn string(name: &str, value: Option<&RawValue>) -> Result<String, String> {
    let value = value.ok_or_else(|| format!("there is no `{name}`"))?;
    serde_json::from_str(value.get()).map_err(|error| match error.is_data() {
        true => format!("`{name}` is no string"),
        // A lone surrogate: JSON lets it be written, and no text can hold it.
        false => format!("`{name}`: {}", reason(&error)),
    })
}

/// What serde says, with a column only: all is on one line.
fn reason(error: &serde_json::Error) -> String {
    let words = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    match words.strip_suffix(&place) {
        Some(words) => format!("{words} at column {}", error.column()),
        None => words,
    }
}

/// The path of an object that cannot be read to its end, if that stands before what is wrong.
pub(super) fn leading_path(line: &[u8]) -> Option<String> {
    let mut path = None;
    let mut json = serde_json::Deserializer::from_slice(line);
    // It fails where the object does; what came before counts.
    let _ = json.deserialize_map(Leading(&mut path));
    path.filter(|path| file_path(path).is_ok())
}

struct Leading<'p>(&'p mut Option<String>);

impl<'de> Visitor<'de> for Leading<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == "path" {
                *self.0 = Some(map.next_value()?);
                return Ok(());
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_in_every_dress() {
        let record = |path: &str, source: &str| Record { path: path.to_owned(), source: source.to_owned() };
        for (line, wanted) in [
            (r#"{"path":"a.js","source":"x"}"#, record("a.js", "x")),
            ("\u{feff}  {\"source\":\"\",\"path\":\"/b/ü.ts\"}\r", record("/b/ü.ts", "")),
            (
                r#"{"id":7,"path":"../a.js","more":{"path":3},"source":"\ud83d\ude00\n\u0000"}"#,
                record("../a.js", "😀\n\0"),
            ),
        ] {
            assert_eq!(parse(line.as_bytes()), Ok(wanted), "{line}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_the_path() {
        for (line, path, message) in [
            (&b""[..], None, "the line is empty"),
            (b" \t\r", None, "the line is empty"),
            (br#"["a.js","x"]"#, None, "this is no object"),
            (br#""a.js""#, None, "this is no object"),
            (br#"{"path":"a.js","source":"x""#, Some("a.js"), "EOF while parsing an object at column 27"),
            (br#"{"path":"a.js","source":"x"} {"#, Some("a.js"), "trailing characters at column 30"),
            (br#"{"path":"a.js","path":"b.js","source":""}"#, Some("a.js"), "duplicate field `path`"),
            (br#"{"path":"a.js"}"#, Some("a.js"), "there is no `source`"),
            (br#"{"path":"a.js","source":null}"#, Some("a.js"), "there is no `source`"),
            (br#"{"path":"a.js","source":["x"]}"#, Some("a.js"), "`source` is no string"),
            (br#"{"source":"x"}"#, None, "there is no `path`"),
            (br#"{"path":7,"source":"x"}"#, None, "`path` is no string"),
            (br#"{"path":"","source":"x"}"#, Some(""), "name a file, not a folder"),
            (br#"{"path":"src/","source":"x"}"#, Some("src/"), "name a file, not a folder"),
            (br#"{"path":"..","source":"x"}"#, Some(".."), "name a file, not a folder"),
            (br#"{"path":"a.js","source":"\ud800"}"#, Some("a.js"), "`source`: "),
            (br#"{"path":"\udc00.js","source":""}"#, None, "`path`: lone leading surrogate"),
            (b"{\"path\":\"a.js\",\"source\":\"\xff\"}", Some("a.js"), "not valid UTF-8 from byte 26 on"),
            (b"{\"path\":\"a.js\",\"source\":\"a\tb\"}", Some("a.js"), "control character"),
        ] {
            let wrong = parse(line).unwrap_err();
            let shown = String::from_utf8_lossy(line);
            assert_eq!(wrong.path.as_deref(), path, "{shown}: {}", wrong.message);
            assert!(wrong.message.contains(message), "{shown}: {}", wrong.message);
        }
    }

    #[test]
    fn the_path_of_a_line_that_was_cut() {
        let path = |line: &str| leading_path(line.as_bytes());
        assert_eq!(path(r#"{"id":1,"path":"a.js","source":"let a"#).as_deref(), Some("a.js"));
        assert_eq!(path(r#"{"source":"let a"#), None);
        assert_eq!(path(r#"{"path":"a.j"#), None);
        assert_eq!(path("let a = 1;"), None);
    }
}
