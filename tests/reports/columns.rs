//! Each format counts columns in its own unit.

use super::read::{MACHINE, read};
use super::support_robust::{LEAK, Project};

#[test]
fn columns_are_in_the_unit_of_the_format() {
    // What stands before the finding, its UTF-16 units, its bytes.
    for (before, units, bytes) in [
        ("  ", 2, 2),
        ("\t\t", 2, 2),
        ("/* é */ ", 8, 9),
        ("/* e\u{301} */ ", 9, 10),
        ("/* 😀 */ ", 9, 11),
        ("/* 👩‍👩‍👧 */\t", 15, 25),
        ("/* 日本 */ ", 9, 13),
    ] {
        for ending in ["\n", "\r\n", "\r"] {
            let source = LEAK.replace("  setI", &format!("{before}setI")).replace('\n', ending);
            let project = Project::new().with("ünï 日.js", &source);
            for format in MACHINE {
                let run = project.run(&["check", "--format", format]).expect(1);
                let told = read(format, &run.out);
                assert_eq!(told.len(), 1, "{format}");
                let column = match format {
                    "gitlab" => 0,
                    "rdjson" => bytes + 1,
                    _ => units + 1,
                };
                assert_eq!((told[0].line, told[0].column), (2, column), "{format} {before:?} {ending:?}");
                assert_eq!(told[0].path, "ünï 日.js", "{format}");
            }
        }
    }
}

/// The document of the format says so; its example is 'a𐐀b'.
#[test]
fn the_example_of_reviewdog() {
    let project = Project::new().with("a.js", LEAK.replace("  setI", "/*a𐐀b*/setI"));
    let run = project.run(&["check", "--format=rdjson"]).expect(1);
    let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let range = &report["diagnostics"][0]["location"]["range"];
    assert_eq!(range["start"]["column"], 1 + "/*a𐐀b*/".len());
    assert_eq!(range["end"]["column"], 1 + "/*a𐐀b*/setInterval".len(), "the end is exclusive");
}

#[test]
fn a_byte_order_mark_is_no_column() {
    let project = Project::new().with("a.js", format!("\u{feff}{}", LEAK.replace("=> {\n", "=> {")));
    for format in MACHINE {
        let run = project.run(&["check", "--format", format]).expect(1);
        let told = read(format, &run.out);
        assert_eq!(told[0].line, 1);
        let column = if format == "gitlab" { 0 } else { LEAK.find("{\n").unwrap() as u64 + 4 };
        assert_eq!(told[0].column, column, "{format}");
    }
}

/// Nothing is shown for files without a text, and still the numbers are numbers of a file.
#[test]
fn what_has_no_place_is_at_the_start() {
    let project = Project::new().with("a.js", b"setInterval\0");
    for format in MACHINE {
        let told = read(format, &project.run(&["check", "--format", format]).expect(0).out);
        assert_eq!((told[0].line, told[0].rule.as_str()), (1, "not-text"), "{format}");
    }
}
