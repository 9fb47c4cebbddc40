//! A library that leaklint has never heard of is two rows of TOML: what it acquires is found, by the rules that are there.

mod support {
    pub mod lint;
    pub mod marks;
}

use leaklint::protocol::{self, Catalogue, EMBEDDED, ProtocolError};
use leaklint::settings::Settings;
use leaklint::source::Language;
use support::lint::{Counts, found, settings};
use support::marks;

const ROWS: &str = include_str!("inputs/new_library/rows.toml");
const LEAK: &str = include_str!("inputs/new_library/leak.ts");
const CLEAN: &str = include_str!("inputs/new_library/clean.ts");

/// The rows that are built in, and those of a file.
fn protocols_with(rows: &str) -> Result<Catalogue, ProtocolError> {
    let mut files = EMBEDDED.to_vec();
    files.push(("rows.toml", rows));
    protocol::load(&files)
}

fn with_the_rows() -> Settings {
    Settings { catalogue: protocols_with(ROWS).expect("rows.toml is valid").into(), ..settings() }
}

#[test]
fn rows_alone_teach_it_a_library() {
    let settings = with_the_rows();
    assert_eq!(found(LEAK, Language::TypeScript, &settings), marks::expected(LEAK));
    assert_eq!(found(CLEAN, Language::TypeScript, &settings), Counts::new());
}

#[test]
fn without_the_rows_it_knows_nothing_of_it() {
    assert_eq!(found(LEAK, Language::TypeScript, &settings()), Counts::new());
}

/// Rows are held to their form, wherever they come from.
#[test]
fn a_row_without_its_source_is_refused() {
    let rows = ROWS.replacen("source = \"https://sensors.example/reference\"", "source = \" \"", 1);
    let error = protocols_with(&rows).expect_err("a row without source");
    assert_eq!((error.file.as_str(), error.line), ("rows.toml", 3), "{}", error.message);
}

#[test]
fn a_second_row_of_one_id_is_refused() {
    let rows = ROWS.replacen("acme-reading", "acme-sensor", 1);
    let error = protocols_with(&rows).expect_err("two rows of one id");
    assert!(error.message.contains("acme-sensor"), "{}", error.message);
}
