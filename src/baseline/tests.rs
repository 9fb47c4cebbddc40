use super::*;
use crate::linter;
use crate::settings::Settings;
use crate::source::Language;

/// One proven finding in `createServer`.
const LEAK: &str = "require('http').createServer((req, res) => {\n  setInterval(() => res.end(), 10);\n});\n";

const CLASS: &str = "export class Poll {\n  start(el) {\n    el.onclick = () => {\n      setInterval(() => this.go(el), 1000);\n    };\n  }\n  go() {}\n}\n";

fn lint(text: &str) -> Vec<Diagnostic> {
    linter::lint(text, Language::JavaScript, &Settings::new().unwrap()).diagnostics
}

/// The baseline of files with their texts.
fn baseline(files: &[(&str, &str)]) -> Baseline {
    let mut entries: Vec<Entry> = Vec::new();
    for (path, text) in files {
        for diagnostic in lint(text) {
            let entry = Entry::of(&diagnostic, path, text);
            match entries.iter_mut().find(|known| known.id == entry.id) {
                Some(known) => known.count += 1,
                None => entries.push(entry),
            }
        }
    }
    Baseline::new(entries)
}

/// Which findings of a text are known.
fn known(baseline: &Baseline, path: &str, text: &str, brought: Option<&[bool]>) -> Vec<bool> {
    let diagnostics = lint(text);
    assert!(!diagnostics.is_empty(), "{text}");
    let mut tally = Tally::new(baseline, |path| path.starts_with("gone/"));
    let known = tally.known(Findings { path, text, diagnostics: &diagnostics, brought });
    known.into_iter().map(|entry| entry.is_some()).collect()
}

#[test]
fn what_stays_known() {
    let leak = baseline(&[("a.js", LEAK)]);
    let class = baseline(&[("a.js", CLASS)]);
    for (text, of) in [
        (LEAK.to_owned(), &leak),
        (format!("// above\n\nlet x;\n{LEAK}"), &leak),
        (LEAK.replace('\n', "\r\n"), &leak),
        (LEAK.replace("  setInterval", "\tsetInterval").replace("10)", "10, )"), &leak),
        (LEAK.replace("10)", "10 /* ms */)"), &leak),
        (LEAK.replace("res.end()", "{ more(); res.end() }"), &leak),
        (CLASS.to_owned(), &class),
        (CLASS.replace("  go() {}\n", "").replace("  start", "  go() {}\n  start"), &class),
        (format!("import './x.js';\n{}", CLASS.replace("export class", "class")), &class),
    ] {
        assert_eq!(known(of, "a.js", &text, None), [true], "{text}");
    }
}

#[test]
fn what_becomes_new() {
    let leak = baseline(&[("a.js", LEAK)]);
    let class = baseline(&[("a.js", CLASS)]);
    assert_eq!(known(&leak, "b.js", LEAK, None), [false], "in another file");
    for (text, of) in [
        (LEAK.replace("10)", "20)"), &leak),
        (CLASS.replace("Poll", "Watch"), &class),
        (CLASS.replace("start(", "begin("), &class),
    ] {
        assert_eq!(known(of, "a.js", &text, None), [false], "{text}");
    }
}

#[test]
fn a_second_copy_is_new() {
    let one = baseline(&[("a.js", LEAK)]);
    let twice = format!("{LEAK}{LEAK}");
    assert_eq!(known(&one, "a.js", &twice, None), [true, false], "the one that stands last");
    assert_eq!(known(&one, "a.js", &twice, Some(&[true, false])), [false, true], "the one in changed lines");
    assert_eq!(known(&one, "a.js", &twice, Some(&[true, true])), [true, false]);
    assert_eq!(known(&baseline(&[("a.js", &twice)]), "a.js", &twice, None), [true, true]);
}

#[test]
fn moved_files_stay_known() {
    let moved = baseline(&[("gone/a.js", LEAK)]);
    assert_eq!(known(&moved, "new/b.js", LEAK, None), [true]);
    assert_eq!(known(&moved, "new/b.js", &format!("{LEAK}{LEAK}"), None), [true, false], "once");
    assert_eq!(known(&moved, "new/b.js", &LEAK.replace("10)", "20)"), None), [false]);
    let copied = baseline(&[("still/here.js", LEAK)]);
    assert_eq!(known(&copied, "new/b.js", LEAK, None), [false], "a copy is new");
}

#[test]
fn what_is_found_is_counted() {
    let baseline = baseline(&[("a.js", &format!("{LEAK}{LEAK}")), ("b.js", LEAK)]);
    let mut tally = Tally::new(&baseline, |_| false);
    tally.known(Findings { path: "a.js", text: LEAK, diagnostics: &lint(LEAK), brought: None });
    let counts: Vec<(&str, u32, u32)> =
        tally.counts().map(|(entry, found)| (entry.path.as_str(), entry.count, found)).collect();
    assert_eq!(counts, [("a.js", 2, 1), ("b.js", 1, 0)]);
}

#[test]
fn files_are_read_as_they_are_written() {
    let baseline = baseline(&[("b.js", &format!("{LEAK}{LEAK}")), ("a \"ü\".js", CLASS), ("a.js", LEAK)]);
    let text = write(&baseline).unwrap();
    assert_eq!(read("x", &text).unwrap(), baseline);
    assert_eq!(text.lines().count(), 3 + 3 + 2, "one entry a line: {text}");
    let paths: Vec<&str> = text.lines().filter_map(|line| line.split("\"path\":").nth(1)).collect();
    assert!(paths.is_sorted(), "{text}");
    assert!(text.contains("\"count\":2") && text.contains("\"in\":\"Poll.start.onclick\""), "{text}");
    let empty = write(&Baseline::default()).unwrap();
    assert_eq!(empty, "{\n  \"version\": 1,\n  \"known\": []\n}\n");
    assert_eq!(read("x", &empty).unwrap(), Baseline::default());
}

/// Both sides of a merge may add the same line.
#[test]
fn doubles_count_once() {
    let entry =
        |count| Entry { path: "a".into(), rule: "r".into(), scopes: String::new(), id: "0".into(), count };
    assert_eq!(Baseline::new(vec![entry(1), entry(3), entry(1)]).entries(), [entry(3)]);
}

#[test]
fn what_is_wrong_in_a_file() {
    let id = "0".repeat(32);
    let line = format!("{{\"path\":\"a\",\"rule\":\"r\",\"id\":\"{id}\"}}");
    let with = |line: &str| format!("{{\n  \"version\": 1,\n  \"known\": [\n    {line}\n  ]\n}}\n");
    assert!(read("x", &with(&line)).is_ok());
    for (text, place, says) in [
        (String::new(), "x:1:", "EOF"),
        ("[]".to_owned(), "x:1:", "invalid"),
        ("{}".to_owned(), "x:1:", "version"),
        ("{\n  \"version\": 2,\n  \"other\": 1 }".to_owned(), "x:2:3", "newer leaklint"),
        ("{ \"version\": 0 }".to_owned(), "x:1:3", "`leaklint baseline`"),
        ("{ \"version\": -1 }".to_owned(), "x:1:", "-1"),
        ("{ \"version\": 1 }".to_owned(), "x:1:", "known"),
        (with("<<<<<<< HEAD"), "x:4:5", "expected value"),
        (with(&line.replace("rule", "role")), "x:4:", "role"),
        (with(&line.replace(&id, "abc")), "x:4:", "\"abc\" is no fingerprint"),
        (with(&line.replace("\"r\"", "1")), "x:4:", "expected a string"),
        (with(&line.replace("}", ",\"count\":-1}")), "x:4:", "u32"),
        ("[".repeat(100_000), "x:1:", "invalid type"),
        (format!("{{\"x\":{}", "[".repeat(100_000)), "x:1:", "EOF"),
    ] {
        let error = read("x", &text).unwrap_err().to_string();
        assert!(error.starts_with(place) && error.contains(says), "{error}");
        assert!(!error.contains(" at line "), "{error}");
    }
}
