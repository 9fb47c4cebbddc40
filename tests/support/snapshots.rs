//! Rendered reports, compared with files or, when asked, written to them.

use crate::support::corpus::{Source, root};
use leaklint::linter;
use leaklint::report::{Style, pretty};
use leaklint::runner::{FileReport, Report};
use leaklint::settings::Settings;
use std::fs;

/// Set to anything, this variable makes the tests rewrite what they would compare.
const BLESS: &str = "LEAKLINT_BLESS";

/// Columns of a rendered report.
const WIDTH: usize = 100;

/// Where the snapshot of a source lies.
pub fn path_of(source: &Source) -> String {
    format!("{}.snap", source.path)
}

/// The report on a source as a person sees it.
pub fn render(source: &Source, settings: &Settings) -> String {
    let linted = linter::lint(&source.text, source.language, settings);
    let file = FileReport {
        path: source.path.clone(),
        text: source.text.as_str().into(),
        diagnostics: linted.diagnostics,
        decisions: Vec::new(),
    };
    let report = Report { files: vec![file], ..Report::default() };
    let text = pretty(&report, Style { color: false, links: false, width: WIDTH });
    let mut lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines.join("\n") + "\n"
}

/// Compares a text with a file, or writes it when that is asked for; what differs.
pub fn compare(path: &str, now: &str) -> Option<String> {
    let file = root().join(path);
    if std::env::var_os(BLESS).is_some() {
        fs::write(&file, now).unwrap_or_else(|error| panic!("{path}: {error}"));
        return None;
    }
    let Ok(kept) = fs::read_to_string(&file) else {
        return Some(format!("{path}: there is none; `{BLESS}=1 cargo test` writes it\n"));
    };
    let kept = kept.replace("\r\n", "\n");
    (kept != now).then(|| format!("{path}: `{BLESS}=1 cargo test` rewrites it\n{}", difference(&kept, now)))
}

/// The lines between the first and the last that differ, `-` as kept and `+` as it is now.
fn difference(kept: &str, now: &str) -> String {
    let (kept, now): (Vec<&str>, Vec<&str>) = (kept.lines().collect(), now.lines().collect());
    let head = kept.iter().zip(&now).take_while(|(a, b)| a == b).count();
    let rest = kept.len().min(now.len()) - head;
    let tail = kept.iter().rev().zip(now.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let said = |sign: char, lines: &[&str]| -> String {
        lines[head..lines.len() - tail].iter().map(|line| format!("    {sign} {line}\n")).collect()
    };
    said('-', &kept) + &said('+', &now)
}

#[test]
fn differences_are_shown_line_by_line() {
    assert_eq!(difference("a\nb\nc\n", "a\nx\ny\nc\n"), "    - b\n    + x\n    + y\n");
    assert_eq!(difference("a\na\n", "a\n"), "    - a\n");
}
