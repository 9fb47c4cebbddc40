//! Where the output goes: readers that go away, disks that are full, and text that would command the terminal.

use crate::support_robust::{LEAK, Project, Run};
use std::io::Read;
use std::process::{Command, Stdio};

/// More findings than any pipe holds.
fn many_leaks() -> Project {
    let body = "  setInterval(() => res.end(), 10);\n".repeat(2_000);
    Project::new().with("a.js", format!("require('http').createServer((req, res) => {{\n{body}}});\n"))
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let project = many_leaks();
    let whole = project.run(&["check", "a.js"]).expect(1).out;
    assert!(whole.len() > 200_000, "no pipe must hold it: {}", whole.len());
    for format in ["pretty", "compact", "json", "sarif"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_leaklint"))
            .args(["check", "a.js", "--format", format])
            .current_dir(project.root())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut head = [0; 10];
        child.stdout.take().unwrap().read_exact(&mut head).unwrap();
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{format}: {err}");
        assert!(!err.contains("panic") && !err.contains("roken pipe"), "{format}: {err}");
    }
}

#[cfg(unix)]
#[test]
fn closed_and_full_outputs() {
    let project = many_leaks();
    let shell = |script: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_leaklint")]);
        project.wait(command).unwrap()
    };
    let run = shell("exec \"$1\" check a.js >&-").expect(1);
    assert!(!run.err.contains("panic"), "{}", run.err);
    shell("exec \"$1\" check a.js >&- 2>&-").expect(1);
    shell("exec \"$1\" check a.js <&-").expect(1);
    if cfg!(target_os = "linux") {
        let run = shell("exec \"$1\" check a.js >/dev/full").expect(2);
        assert!(run.err.contains("cannot write to standard output"), "{}", run.err);
        shell("exec \"$1\" check a.js 2>/dev/full").expect(1);
    }
}

/// Characters that move the cursor, colour, ring or reorder must not come from what is linted.
#[track_caller]
fn is_tame(run: &Run) {
    for (place, text) in [("stdout", &run.out), ("stderr", &run.err)] {
        let wild = text.chars().find(|c| {
            let bidi = matches!(*c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            bidi || (c.is_control() && *c != '\n')
        });
        assert_eq!(wild, None, "{place}: {text:?}");
        assert!(!text.lines().any(|line| line.starts_with("forged")), "{place}: {text:?}");
    }
}

const WILD: &str =
    "\u{1b}[31m\u{1b}]8;;http://a\u{7}\u{9b}2J\u{8}\u{61c}\u{200f}\u{202e}\u{2066}\u{2069}\u{7f}\u{85}";

#[test]
fn wild_characters_in_the_source() {
    let on_the_line =
        LEAK.replace("res.end()", &format!("res.end('{WILD}', `{WILD}\nforged\u{2028}forged`)"));
    let cases = [
        on_the_line.clone(),
        LEAK.replace("setInterval", &format!("/* {WILD} */ setInterval")),
        format!("{on_the_line}// leaklint-disable-next-line {WILD}\n// leaklint-disable-line\n"),
        format!("setInterval(f, 1); let {WILD} = 1;"),
        format!("setInterval(f, 1); import '{WILD}' {WILD}"),
        format!("const held = {{}};\n{}", LEAK.replace("res.end()", &format!("held['{WILD}'] = res"))),
        format!(
            "class A {{ constructor() {{ this['{WILD}'] = new Map(); process.on('{WILD}', () => this); }} }}\nsetInterval(() => new A());"
        ),
    ];
    for source in cases {
        let project = Project::new().with("a.js", &source);
        for args in [
            &["check", "a.js", "--min-confidence=possible"][..],
            &["check", "a.js", "--format=compact", "--min-confidence=possible"],
            &["check", "--trace", "a.js"],
        ] {
            let run = project.run(args);
            assert!(!run.out.is_empty() || args.contains(&"--trace"), "{source:?}");
            is_tame(&run);
        }
    }
}

#[cfg(unix)]
#[test]
fn wild_characters_in_file_names() {
    use std::os::unix::ffi::OsStrExt;
    let names: [&[u8]; 5] = [
        b"\x1b[31mred.js",
        "\u{202e}sj.b.js".as_bytes(),
        b"new\nforged: line.js",
        b"bell\x07\ttab\r.js",
        b"latin\xE9\xFF.js",
    ];
    let project = Project::new();
    for name in names {
        std::fs::write(project.root().join(std::ffi::OsStr::from_bytes(name)), LEAK).unwrap();
    }
    for args in [&["check"][..], &["check", "--format=compact"]] {
        let run = project.run(args).expect(1);
        assert_eq!(run.out.matches("uncleared-interval").count() / (2 - args.len() / 2), 5, "{}", run.out);
        is_tame(&run);
    }
    let gone = "gone\u{1b}[2J\nforged\u{202e}.js";
    is_tame(&project.run(&["check", gone]).expect(2));
    is_tame(&project.run(&["check", "--trace", gone]).expect(2));
    for format in ["json", "sarif"] {
        let run = project.run(&["check", "--format", format]).expect(1);
        assert!(!run.out.contains('\u{1b}'), "{}", run.out);
    }
}

#[test]
fn our_own_colours_are_the_only_escapes() {
    let project = Project::new().with("a.js", LEAK.replace("res.end()", &format!("res.end('{WILD}')")));
    let run = project.run(&["check", "a.js", "--color=always"]).expect(1);
    assert!(run.out.contains("\u{1b}["), "coloured");
    let mut rest = run.out.as_str();
    while let Some(at) = rest.find('\u{1b}') {
        let tail = &rest[at + 1..];
        let end = tail.find(|c: char| !matches!(c, '[' | ';' | '0'..='9')).unwrap();
        assert_eq!(&tail[end..=end], "m", "only colours: {:?}", &rest[at..]);
        rest = &tail[end..];
    }
}
