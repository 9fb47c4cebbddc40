//! Encodings, sizes, and texts that are none.

use crate::support_robust::{LEAK, Project, Run};

/// Lints a file beside a leaking one, whose finding must come out, and gives the lines about the file.
#[track_caller]
fn about(name: &str, content: impl AsRef<[u8]>, more: &[&str]) -> (Run, Vec<String>) {
    let project = Project::new().with("leak.js", LEAK).with(name, content);
    let mut args = vec!["check", ".", "--format=compact"];
    args.extend(more);
    let run = project.run(&args);
    assert!(run.out.contains("leak.js:2:3: error"), "{}{}", run.out, run.err);
    let lines = run.out.lines().filter(|line| !line.starts_with("leak.js")).map(str::to_owned).collect();
    (run, lines)
}

#[track_caller]
fn one_line(found: &[String], starts: &str, holds: &str) {
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with(starts) && found[0].contains(holds), "{found:?}");
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    std::iter::once('\u{feff}')
        .chain(text.chars())
        .collect::<String>()
        .encode_utf16()
        .flat_map(unit)
        .collect()
}

/// The leak with an emoji before it on its line: columns are UTF-16 units in every encoding.
const EMOJI: &str =
    "require('http').createServer((req, res) => {\n  /* 😀é */ setInterval(() => res.end(), 10);\n});\n";

#[test]
fn utf8_with_and_without_mark() {
    let (run, found) = about("a.js", EMOJI, &[]);
    one_line(&found, "a.js:2:13: error", "uncleared-interval");
    run.expect(1);
    let (run, found) = about("a.js", format!("\u{feff}{EMOJI}"), &[]);
    one_line(&found, "a.js:2:13: error", "uncleared-interval");
    run.expect(1);
    let flat = format!("\u{feff}{}", LEAK.replace('\n', " "));
    let (_, found) = about("a.js", flat, &[]);
    one_line(&found, "a.js:1:48: error", "uncleared-interval");
}

#[test]
fn utf16_by_its_mark() {
    for unit in [u16::to_le_bytes, u16::to_be_bytes] {
        let (run, found) = about("a.js", utf16(EMOJI, unit), &[]);
        one_line(&found, "a.js:2:13: error", "uncleared-interval");
        run.expect(1);
    }
    let mut odd = utf16(LEAK, u16::to_le_bytes);
    odd.pop();
    let (_, found) = about("a.js", odd, &[]);
    one_line(&found, "a.js:1:1: warning: ", "UTF-16");
    let lone = [b"\xFF\xFE".as_slice(), &0xD800u16.to_le_bytes(), &utf16("a", u16::to_le_bytes)].concat();
    let (_, found) = about("a.js", lone, &[]);
    one_line(&found, "a.js:1:1: warning: ", "[not-text]");
}

#[test]
fn invalid_utf8_says_where() {
    let latin1 = [b"// caf\xE9\n".as_slice(), LEAK.as_bytes()].concat();
    let (run, found) = about("a.js", latin1, &[]);
    one_line(&found, "a.js:1:1: warning: ", "not valid UTF-8 from byte 6");
    run.expect(1);
}

#[test]
fn nul_bytes_are_no_text() {
    let (_, found) = about("a.js", b"setInterval(f)\0;", &[]);
    one_line(&found, "a.js:1:1: warning: ", "NUL");
    let (_, found) = about("a.ts", [0x47, 0x40, 0x11, 0x10, 0x00, 0x42].repeat(500), &[]);
    one_line(&found, "a.ts:1:1: warning: ", "[not-text]");
}

#[test]
fn nothing_to_lint() {
    for content in
        ["", "\n", "\u{feff}", "   ", "// nothing", "#!/usr/bin/env node", "'use strict'", "\r", "\u{2028}"]
    {
        let (run, found) = about("a.js", content, &["--no-prefilter"]);
        assert!(found.is_empty(), "{content:?}: {found:?}");
        run.expect(1);
    }
    let run = Project::new().with("empty.js", "").run(&["check", "empty.js"]).expect(0);
    assert_eq!((run.out.as_str(), run.err.as_str()), ("", "leaklint: nothing found in 1 file\n"));
}

#[test]
fn line_endings_do_not_move_findings() {
    for ending in ["\n", "\r\n", "\r"] {
        let (_, found) = about("a.js", LEAK.replace('\n', ending), &[]);
        one_line(&found, "a.js:2:3: error", "uncleared-interval");
    }
}

/// 10 MB on one line, as bundlers write it, with one leak at its end.
fn bundle() -> String {
    let unit = "!function(e,t){\"use strict\";var n=t(42),r=n.n(e);e.exports=function(t){return t&&t.length?r(t,{a:[1,2,3],b:\"c\"}):null}}(i,o);";
    let mut text = unit.repeat(10_000_000 / unit.len());
    text.push_str(&LEAK.replace('\n', ""));
    text
}

#[test]
fn a_bundle_of_ten_megabytes() {
    let text = bundle();
    let (run, found) = about("app.js", &text, &[]);
    one_line(&found, "app.js:1:1: warning: ", "[file-too-large]");
    run.expect(1);
    let (run, found) = about("app.js", &text, &["--max-file-size=20000000"]);
    assert!(found.is_empty(), "left out by its content: {found:?}");
    assert!(run.err.contains("error"), "{}", run.err);
    let (_, found) = about("app.js", &text, &["--max-file-size=20000000", "--include=minified"]);
    one_line(&found, "app.js:1:", "uncleared-interval");
}

#[test]
fn a_long_line_is_not_shown_whole() {
    let project = Project::new().with("app.js", bundle());
    let run = project.run(&["check", "--max-file-size=20000000", "--include=minified"]).expect(1);
    assert!(run.out.contains("uncleared-interval") && run.out.contains("app.js"), "{}", &run.out[..200]);
    assert!(run.out.len() < 4_000, "{} bytes for one finding", run.out.len());
}
