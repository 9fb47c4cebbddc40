//! JUnit's XML: a suite a file, a failed test a finding, an error a path that could not be read.
//!
//! A run without any is one test that passed, since build servers take a report without tests for a broken one.

use super::Run;
use super::located::{self, Located, advice};
use super::text::{one_line, safe_path};
use super::xml::Document;
use crate::diagnostic::Diagnostic;

/// Renders the whole report, without findings too. Columns in its texts are UTF-16 units.
pub fn junit(run: &Run<'_>) -> String {
    let files: Vec<Located<'_>> =
        located::files(run).filter(|located| !located.file.diagnostics.is_empty()).collect();
    let failures: usize = files.iter().map(|located| located.file.diagnostics.len()).sum();
    let errors = run.report.errors.len();
    let clean = failures + errors == 0;
    let mut xml = Document::new();
    let tests = if clean { 1 } else { failures + errors };
    let [tests, failed, broken] = [tests, failures, errors].map(|count| count.to_string());
    xml.open(
        "testsuites",
        &[("name", "leaklint"), ("tests", &tests), ("failures", &failed), ("errors", &broken)],
    );
    for located in &files {
        suite(located, &mut xml);
    }
    for error in &run.report.errors {
        xml.open("testsuite", &suite_attributes(&error.path, "1", "0", "1"));
        xml.open("testcase", &[("name", "readable"), ("classname", &error.path)]);
        let message = one_line(&error.message);
        let text = format!("{}: {message}", safe_path(&error.path));
        xml.text("error", &[("message", &message), ("type", "unreadable")], &text);
        xml.close("testcase");
        xml.close("testsuite");
    }
    if clean {
        xml.open("testsuite", &suite_attributes("leaklint", "1", "0", "0"));
        xml.empty("testcase", &[("name", "no findings"), ("classname", "leaklint")]);
        xml.close("testsuite");
    }
    xml.close("testsuites");
    xml.finish()
}

fn suite_attributes<'a>(
    name: &'a str,
    tests: &'a str,
    failures: &'a str,
    errors: &'a str,
) -> [(&'static str, &'a str); 4] {
    [("name", name), ("tests", tests), ("failures", failures), ("errors", errors)]
}

fn suite(located: &Located<'_>, xml: &mut Document) {
    let path = &located.file.path;
    let count = located.file.diagnostics.len().to_string();
    xml.open("testsuite", &suite_attributes(path, &count, &count, "0"));
    let mut before = None;
    let mut copies = 1;
    for one in &located.file.diagnostics {
        let region = located.utf16(one.primary.span);
        let mut name = format!("{} {}:{}", one.rule, region.line, region.column);
        // Tests of one name are one test to some.
        copies = if before.as_ref() == Some(&name) { copies + 1 } else { 1 };
        before = Some(name.clone());
        if copies > 1 {
            name = format!("{name} ({copies})");
        }
        xml.open("testcase", &[("name", &name), ("classname", path)]);
        let attributes = [("message", located::message(one)), ("type", one.severity.name().to_owned())];
        let attributes = attributes.each_ref().map(|(key, value)| (*key, value.as_str()));
        xml.text("failure", &attributes, &text(located, one));
        xml.close("testcase");
    }
    xml.close("testsuite");
}

/// All there is to say, since some show nothing else.
fn text(located: &Located<'_>, one: &Diagnostic) -> String {
    let path = safe_path(&located.file.path);
    let at = |span| {
        let region = located.utf16(span);
        format!("{path}:{}:{}", region.line, region.column)
    };
    let mut lines = vec![
        format!(
            "{}: {}: {} [{}]",
            at(one.primary.span),
            one.severity.name(),
            located::message(one),
            one.rule
        ),
        format!("{}: {}", at(one.primary.span), one_line(&one.primary.text)),
    ];
    lines.extend(one.labels.iter().map(|label| format!("{}: {}", at(label.span), one_line(&label.text))));
    lines.extend(advice(one));
    lines.join("\n")
}
