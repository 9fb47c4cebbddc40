//! `--stdin --stdin-filename`: a buffer is linted as if it were that file.

use super::{CLEAN, pipe};
use crate::support_robust::{LEAK, Project, Run};

#[track_caller]
fn buffer(project: &Project, path: &str, text: impl AsRef<[u8]>) -> Run {
    pipe(project, &["check", "--stdin", "--stdin-filename", path, "--format=compact"], text)
}

#[test]
fn the_buffer_is_linted_and_not_the_file() {
    let project = Project::new().with("src/a.js", CLEAN).with("src/b.js", LEAK);
    let run = buffer(&project, "src/a.js", LEAK).expect(1);
    assert!(run.out.starts_with("src/a.js:2:3: error: ") && run.out.lines().count() == 1, "{}", run.out);
    let run = buffer(&project, "src/b.js", CLEAN).expect(0);
    assert_eq!((run.out.as_str(), run.err.as_str()), ("", "leaklint: nothing found in 1 file\n"));
    let pretty = pipe(&project, &["check", "--stdin", "--stdin-filename=src/a.js"], LEAK).expect(1);
    assert!(pretty.out.contains("src/a.js:2:3") && pretty.out.contains("setInterval("), "{}", pretty.out);
}

/// A new buffer has no file yet, and perhaps no folder.
#[test]
fn the_file_need_not_exist() {
    let project = Project::new().with("leaklint.jsonc", r#"{ "rules": { "uncleared-interval": "warn" } }"#);
    for path in ["new.js", "not/yet/here/new.ts", "./sub/../new.mjs"] {
        let run = buffer(&project, path, LEAK).expect(0);
        assert!(run.out.contains(":2:3: warning: "), "the configuration above holds: {}", run.out);
    }
    let absolute = project.root().join("not/yet/new.js");
    let run = buffer(&project, absolute.to_str().unwrap(), LEAK).expect(0);
    assert!(run.out.contains(":2:3: warning: "), "{}", run.out);
}

#[test]
fn the_language_is_that_of_the_name() {
    let project = Project::new();
    let typed = LEAK.replace("(req, res)", "(req: Request, res: any)");
    buffer(&project, "a.ts", &typed).expect(1);
    let run = buffer(&project, "a.js", typed).expect(0);
    assert!(run.out.contains("[syntax-error]"), "{}", run.out);
    let run = buffer(&project, "a.vue", format!("<template><p/></template>\n<script>\n{LEAK}</script>\n"));
    assert!(run.expect(1).out.starts_with("a.vue:4:3: error: "));
}

#[test]
fn what_a_run_leaves_out_prints_nothing() {
    let project = Project::new().with(".gitignore", "gone/\n").with(".leaklintignore", "b.js\n");
    for path in ["gone/a.js", "b.js", "src/a.test.js", "docs/a.js", "notes.md", "Makefile"] {
        let run = buffer(&project, path, LEAK).expect(0);
        assert_eq!((run.out.as_str(), run.err.as_str()), ("", ""), "{path}");
        let args = ["check", "--stdin", "--stdin-filename", path, "--format=json"];
        let run = pipe(&project, &args, LEAK).expect(0);
        assert!(run.out.contains("\"findings\": []"), "machines get a whole document: {}", run.out);
    }
    let all = ["check", "--stdin", "--stdin-filename=src/a.test.js", "--include=tests"];
    pipe(&project, &all, LEAK).expect(1);
    pipe(&project, &["check", "--stdin", "--stdin-filename=gone/a.js", "--no-ignore"], LEAK).expect(1);
}

/// An editor's current folder may be anywhere.
#[test]
fn where_the_project_lies_says_nothing_about_the_buffer() {
    let project = Project::new()
        .with("home/docs/app/.git/HEAD", "")
        .with("home/docs/app/leaklint.jsonc", r#"{ "rules": { "uncleared-interval": "warn" } }"#);
    let run = buffer(&project, "home/docs/app/src/a.js", LEAK).expect(0);
    assert!(run.out.starts_with("home/docs/app/src/a.js:2:3: warning: "), "{}", run.out);
    let run = buffer(&project, "home/docs/app/docs/a.js", LEAK).expect(0);
    assert_eq!(run.out, "", "below the repository's root the folder's name counts");
}

#[test]
fn line_ends_and_encodings() {
    let project = Project::new();
    let utf16: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(LEAK.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let texts = [LEAK.replace('\n', "\r\n").into_bytes(), format!("\u{feff}{LEAK}").into_bytes(), utf16];
    for text in texts {
        let run = buffer(&project, "a.js", text).expect(1);
        assert!(run.out.starts_with("a.js:2:3: error: "), "{}", run.out);
    }
    for bad in [&b"setInterval(f, 1) // \xFF"[..], b"a\0b"] {
        let run = buffer(&project, "a.js", bad).expect(0);
        assert!(run.out.contains("[not-text]"), "{}", run.out);
    }
    assert_eq!(buffer(&project, "a.js", "").expect(0).out, "");
}

#[test]
fn the_size_limit_holds() {
    let limit = format!("--max-file-size={}", LEAK.len() - 1);
    let run = pipe(
        &Project::new(),
        &["check", "--stdin", "--stdin-filename=a.js", "--format=compact", &limit],
        LEAK,
    );
    assert!(run.expect(0).out.contains("[file-too-large]"));
}

#[test]
fn wrong_use_is_told() {
    let project = Project::new().with("a.js", LEAK);
    for (args, says) in [
        (&["check", "--stdin"][..], "--stdin-filename <PATH>"),
        (&["check", "--stdin-filename=a.js"], "--stdin"),
        (&["check", "--stdin", "--stdin-filename=a.js", "a.js"], "cannot be used with"),
        (&["check", "--stdin", "--stdin-filename=a.js", "--trace=a.js"], "cannot be used with"),
        (&["check", "--stdin", "--stdin-filename=src/"], "not a folder"),
        (&["check", "--stdin", "--stdin-filename="], "PATH"),
    ] {
        let run = pipe(&project, args, LEAK).expect(2);
        assert!(run.err.contains(says) && run.out.is_empty(), "{args:?}: {}", run.err);
    }
}

/// Suppressions and the prefilter see a buffer as they see a file.
#[test]
fn suppressions_hold() {
    let project = Project::new();
    let quiet = LEAK.replace("  setI", "  // leaklint-disable-next-line uncleared-interval -- why\n  setI");
    assert_eq!(buffer(&project, "a.js", &quiet).expect(0).out, "");
    let unused = format!("// leaklint-disable-file uncleared-interval\n{CLEAN}");
    assert!(buffer(&project, "a.js", unused).expect(0).out.ends_with("[unused-suppression]\n"));
}
