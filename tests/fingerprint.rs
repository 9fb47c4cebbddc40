//! Fingerprints over edits of a file: which ones a finding outlives, and which make it another.

use leaklint::fingerprint::{acquire, fingerprint};
use leaklint::linter;
use leaklint::settings::Settings;
use leaklint::source::Language;

const STORE: &str = "export class SessionStore {
  sessions = new Map();
  constructor() { this.watchMemory(); }
  watchMemory() {
    process.on('memory-pressure', () => this.shrink());
  }
  close() { this.sessions.clear(); }
}
";

/// The fingerprints of a text's findings, in order of place.
fn prints(text: &str) -> Vec<String> {
    let settings = Settings::new().unwrap();
    let linted = linter::lint(text, Language::TypeScript, &settings);
    linted.diagnostics.iter().map(|one| fingerprint(one, "src/store.ts", text)).collect()
}

/// The only fingerprint of a text.
#[track_caller]
fn print(text: &str) -> String {
    let prints = prints(text);
    assert_eq!(prints.len(), 1, "{text}");
    prints[0].clone()
}

#[test]
fn what_identifies_a_finding() {
    let settings = Settings::new().unwrap();
    let linted = linter::lint(STORE, Language::JavaScript, &settings);
    let anchor = &linted.diagnostics[0].anchor;
    assert_eq!(anchor.scopes, "SessionStore.watchMemory");
    assert_eq!(acquire(anchor, STORE), "process.on('memory-pressure',ƒ)");
}

#[test]
fn edits_that_it_outlives() {
    let known = print(STORE);
    let moved = format!("import fs from 'fs';\n\n\nexport const a = 1;\n{STORE}");
    let windows = STORE.replace('\n', "\r\n");
    let formatted = STORE.replace(
        "process.on('memory-pressure', () => this.shrink());",
        "process.on(\n      \"memory-pressure\",\n      // too much\n      () => this.shrink(),\n    );",
    );
    let handler = STORE.replace("() => this.shrink()", "async (level) => { await this.drop(level); }");
    let assigned = STORE.replace("process.on", "const same = process.on");
    let indented = STORE.replace("  ", "\t\t");
    for edited in [moved, windows, formatted, handler, assigned, indented] {
        assert_eq!(print(&edited), known, "{edited}");
    }
}

#[test]
fn edits_that_make_it_another() {
    let known = print(STORE);
    for (from, to) in [
        ("SessionStore", "UserStore"),
        ("watchMemory", "watch"),
        ("'memory-pressure'", "'memory  pressure'"),
        ("process.on", "process.addListener"),
    ] {
        assert_ne!(print(&STORE.replace(from, to)), known, "{from} → {to}");
    }
}

#[test]
fn copies_are_equal_and_others_are_not() {
    let line = "    process.on('memory-pressure', () => this.shrink());\n";
    let twice = prints(&STORE.replace(line, &format!("{line}{line}")));
    assert_eq!(twice, [print(STORE), print(STORE)]);
    let other = line.replace("memory", "cpu");
    let both = prints(&STORE.replace(line, &format!("{other}{line}")));
    assert_eq!(both.len(), 2);
    assert_ne!(both[0], both[1]);
    assert_eq!(both[1], print(STORE));
}

#[test]
fn a_finding_at_the_top_of_a_file_is_known_by_its_call() {
    let source =
        "setInterval(() => { x }, 5); setInterval(poll, 5)\nexport function poll() { setInterval(poll, 5); }";
    let settings = Settings::new().unwrap();
    let linted = linter::lint(source, Language::JavaScript, &settings);
    let seen: Vec<(&str, String)> = linted
        .diagnostics
        .iter()
        .map(|one| (one.anchor.scopes.as_str(), acquire(&one.anchor, source)))
        .collect();
    assert_eq!(seen, [("poll", "setInterval(poll,5)".to_owned())]);
}

#[test]
fn names_around_a_finding_are_told_from_outside_in() {
    let leak = "require('http').createServer((req, res) => { setInterval(() => res.end(), 10); });";
    for (around, scopes) in [
        ("LEAK", ""),
        ("export const start = () => { LEAK };", "start"),
        ("function outer() { const inner = function () { LEAK }; inner(); } outer();", "outer.inner"),
        ("const api = { serve() { LEAK } }; api.serve();", "api.serve"),
        ("export class Api { static #serve = () => { LEAK }; }", "Api.#serve"),
    ] {
        let text = around.replace("LEAK", leak);
        let settings = Settings::new().unwrap();
        let linted = linter::lint(&text, Language::JavaScript, &settings);
        assert_eq!(linted.diagnostics.len(), 1, "{text}");
        assert_eq!(linted.diagnostics[0].anchor.scopes, scopes, "{text}");
    }
}

#[test]
fn comments_are_known_by_their_words() {
    let comment = "// leaklint-disable-next-line uncleared-interval --  why\nf();\n";
    assert_eq!(prints(&format!("\n\n{comment}")), prints(comment));
    assert_ne!(prints(&comment.replace("interval", "timeout")), prints(comment));
}
