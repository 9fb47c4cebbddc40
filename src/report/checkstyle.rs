//! Checkstyle's XML, which many build servers read. Columns are 1-based UTF-16 units.

use super::Run;
use super::located::{self, advice};
use super::text::one_line;
use super::xml::Document;

/// Renders the whole report, without findings too.
pub fn checkstyle(run: &Run<'_>) -> String {
    let mut xml = Document::new();
    // The version of the format's model, as consumers know it.
    xml.open("checkstyle", &[("version", "4.3")]);
    for located in located::files(run) {
        if located.file.diagnostics.is_empty() {
            continue;
        }
        xml.open("file", &[("name", &located.file.path)]);
        for one in &located.file.diagnostics {
            let region = located.utf16(one.primary.span);
            let mut message = located::message(one);
            for advice in advice(one) {
                message = format!("{message} — {advice}");
            }
            xml.empty(
                "error",
                &[
                    ("line", &region.line.to_string()),
                    ("column", &region.column.to_string()),
                    ("severity", one.severity.name()),
                    ("message", &message),
                    ("source", &format!("leaklint.{}", one.rule)),
                ],
            );
        }
        xml.close("file");
    }
    for error in &run.report.errors {
        xml.open("file", &[("name", &error.path)]);
        let message = one_line(&error.message);
        // Line 0: the file as a whole.
        let attributes = [("line", "0"), ("severity", "error"), ("message", &message)];
        xml.empty("error", &[&attributes[..], &[("source", "leaklint.unreadable")]].concat());
        xml.close("file");
    }
    xml.close("checkstyle");
    xml.finish()
}
