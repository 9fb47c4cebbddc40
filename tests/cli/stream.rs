//! `--stdin-jsonl`: records in, answers out, for engines that pipe their data through programs.

use super::{CLEAN, LIKELY, POSSIBLE, pipe};
use crate::support_robust::{LEAK, Project};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

fn record(path: &str, source: &str) -> String {
    format!("{}\n", json!({ "path": path, "source": source }))
}

fn parsed(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
}

/// The answers to a stream, as many as it has lines; nothing is said on standard error.
#[track_caller]
fn answers(project: &Project, args: &[&str], input: impl AsRef<[u8]>) -> Vec<Value> {
    let run = pipe(project, &[&["check", "--stdin-jsonl"], args].concat(), &input).expect(0);
    assert_eq!(run.err, "");
    let answers = parsed(&run.out);
    let lines = input.as_ref().split_inclusive(|byte| *byte == b'\n').count();
    assert_eq!(answers.len(), lines, "{}", run.out);
    for (at, answer) in answers.iter().enumerate() {
        assert_eq!(answer["record"], at + 1, "{answer}");
        assert_eq!(answer["tool"]["name"], "leaklint");
    }
    answers
}

/// What stands for a record: each answer is what `--stdin --stdin-filename` says of the same buffer.
#[test]
fn each_record_is_answered_as_a_buffer_is() {
    let overrides = r#"{ "ignore": ["gen/"], "rules": { "uncleared-interval": "warn" },
        "overrides": [{ "files": ["src/hot/**"], "minConfidence": "possible" }] }"#;
    let project = Project::new()
        .with(".git/HEAD", "")
        .with(".gitignore", "/gone\n")
        .with("app/leaklint.jsonc", overrides)
        .with("app/known.js", LEAK)
        .with("other/leaklint.json", r#"{ "rules": { "uncleared-interval": "off" } }"#);
    project.run(&["baseline", "app"]).expect(0);
    let absolute = project.root().join("app/src/absolute.js");
    let typed = LEAK.replace("(req, res)", "(req: Request, res: any)");
    let suppressed =
        LEAK.replace("  setI", "  // leaklint-disable-next-line uncleared-interval -- why\n  setI");
    let vue = format!("<script>\n{LEAK}</script>\n");
    let broken = "setInterval(f, 1); let = = 1";
    let deep = format!("setInterval(f, 1); {}{}", "[".repeat(5_000), "]".repeat(5_000));
    let minified = format!("{};{}", LEAK.replace('\n', ""), "a();".repeat(5_000));
    let mut skipped = 0;
    for (path, source) in [
        ("a.js", LEAK),
        ("./a.js", LEAK),
        ("app/src/a.js", LEAK),
        ("app/src/hot/a.js", POSSIBLE),
        ("app/gen/a.js", LEAK),
        ("app/known.js", LEAK),
        ("app/known.js", CLEAN),
        ("app/known.js", &format!("{LEAK}{LEAK}")),
        ("other/a.js", LEAK),
        ("other/../app/a.js", LEAK),
        (absolute.to_str().unwrap(), LEAK),
        ("not/yet/a.ts", &typed),
        ("a b/ü.tsx", LEAK),
        ("part.vue", &vue),
        ("gone/a.js", LEAK),
        ("src/a.test.js", LEAK),
        ("notes.md", LEAK),
        ("types.d.ts", LEAK),
        ("broken.js", broken),
        ("deep.js", &deep),
        ("min.js", &minified),
        ("nul.js", "a\0b"),
        ("bom.js", &format!("\u{feff}{LEAK}")),
        ("quiet.js", &suppressed),
        ("empty.js", ""),
    ] {
        for args in [
            &[][..],
            &["--min-confidence=possible"],
            &["--no-baseline", "--no-config"],
            &["--no-ignore", "--quiet"],
        ] {
            let [answer] = answers(&project, args, record(path, source)).try_into().unwrap();
            let buffer = ["check", "--stdin", "--stdin-filename", path, "--format=json"];
            let run = pipe(&project, &[&buffer, args].concat(), source);
            let whole: Value = serde_json::from_str(&run.out).unwrap();
            assert_eq!(answer["findings"], whole["findings"], "{path} {args:?}");
            assert_eq!(answer["known"], whole["summary"]["known"], "{path} {args:?}");
            assert_eq!((&answer["type"], &answer["path"]), (&json!("report"), &json!(path)));
            skipped += usize::from(!answer["skipped"].is_null());
        }
    }
    assert!(skipped > 10, "{skipped}");
}

#[test]
fn what_is_left_out_says_why() {
    let project =
        Project::new().with(".gitignore", "gone/\n").with("app/leaklint.jsonc", r#"{ "ignore": ["gen/"] }"#);
    let minified = format!("{};{}", LEAK.replace('\n', ""), "a();".repeat(5_000));
    let all = [
        ("a.js", LEAK, Value::Null),
        ("gone/a.js", LEAK, json!("ignored")),
        ("app/gen/a.js", LEAK, json!("ignored")),
        ("tests/a.js", LEAK, json!("tests")),
        ("style.css", LEAK, json!("no-source")),
        ("a.js", &minified, json!("minified")),
    ];
    let input: String = all.iter().map(|(path, source, _)| record(path, source)).collect();
    for (answer, (path, _, why)) in answers(&project, &[], &input).iter().zip(&all) {
        assert_eq!(&answer["skipped"], why, "{path}");
    }
    let every = answers(&project, &["--no-ignore"], &input);
    let linted = every.iter().filter(|answer| answer["findings"][0]["rule"] == "uncleared-interval");
    assert_eq!(linted.count(), 5, "all but the style sheet");
}

#[test]
fn a_bad_record_is_answered_and_the_stream_goes_on() {
    let mut input = Vec::new();
    for line in [
        &b""[..],
        b"   ",
        b"let a = 1;",
        b"[\"a.js\", \"\"]",
        b"{\"path\":\"bad.js\",\"source\":",
        b"{\"path\":\"bad.js\"}",
        b"{\"source\":\"\"}",
        b"{\"path\":\"bad.js\",\"source\":7}",
        b"{\"path\":[],\"source\":\"\"}",
        b"{\"path\":\"src/\",\"source\":\"\"}",
        b"{\"path\":\"bad.js\",\"source\":\"\\ud800\"}",
        b"{\"path\":\"bad.js\",\"source\":\"\xff\xfe\"}",
        b"\xff\xfe{\0",
        b"\0",
        b"nul\x1b[31m",
    ] {
        input.extend_from_slice(line);
        input.push(b'\n');
        input.extend_from_slice(record("good.js", LEAK).as_bytes());
    }
    let answers = answers(&Project::new(), &[], &input);
    for pair in answers.chunks(2) {
        assert_eq!((&pair[0]["type"], pair[0]["findings"].is_null()), (&json!("error"), true), "{}", pair[0]);
        assert!(pair[0]["message"].as_str().unwrap().len() > 10, "{}", pair[0]);
        assert_eq!(pair[1]["findings"].as_array().unwrap().len(), 1, "{}", pair[1]);
    }
    let named = answers.iter().filter(|answer| answer["type"] == "error" && answer["path"] == "bad.js");
    assert_eq!(named.count(), 5, "where it can be read, the path is told");
}

#[test]
fn ends_of_lines_and_of_the_stream() {
    let project = Project::new();
    assert!(answers(&project, &[], "").is_empty());
    let one = record("a.js", LEAK);
    let wanted = answers(&project, &[], &one);
    for input in [one.trim_end().to_owned(), one.replace('\n', "\r\n"), format!("\u{feff}{one}")] {
        assert_eq!(answers(&project, &[], &input), wanted, "{input:?}");
    }
    let escaped: String = one.encode_utf16().map(|unit| char::from_u32(unit.into()).unwrap()).collect();
    let escaped = escaped.replace("setInterval", "\\u0073etInterval");
    assert_eq!(answers(&project, &[], escaped), wanted);
}

#[test]
fn the_size_limit_holds() {
    let project = Project::new();
    let limit = format!("--max-file-size={}", LEAK.len() - 1);
    let far_too_long = record("long.js", &"a".repeat(3 * 1024 * 1024));
    let input = record("a.js", LEAK) + &far_too_long + &record("b.js", CLEAN.get(..20).unwrap());
    let answers = answers(&project, &[&limit], input);
    assert_eq!(answers[0]["findings"][0]["rule"], "file-too-large");
    assert_eq!((&answers[1]["type"], &answers[1]["path"]), (&json!("error"), &json!("long.js")));
    assert!(answers[1]["message"].as_str().unwrap().contains("bytes: not read"), "{}", answers[1]);
    assert_eq!(answers[2]["type"], "report");
}

#[test]
fn wrong_configurations() {
    let project = Project::new()
        .with("one/leaklint.jsonc", r#"{ "rules": { "uncleared-intervall": "off" } }"#)
        .with("two/leaklint.jsonc", r#"{ "extends": ["../one/leaklint.jsonc"] }"#)
        .with("three/leaklint-baseline.json", "{");
    let input: String = ["one/a.js", "two/a.js", "one/deep/b.js", "three/a.js", "a.js"]
        .map(|path| record(path, LEAK))
        .concat();
    let all = answers(&project, &["--threads=1"], &input);
    assert!(all[0]["message"].as_str().unwrap().contains("did you mean `uncleared-interval`?"), "{}", all[0]);
    assert_eq!(all[0]["path"], "one/a.js");
    assert_eq!(all[1]["message"], all[0]["message"], "what it extends is wrong");
    assert_eq!(all[2]["message"], all[0]["message"], "told of each file that it holds for");
    assert!(all[3]["message"].as_str().unwrap().contains("leaklint-baseline.json"), "{}", all[3]);
    assert_eq!(all[4]["type"], "report");
    let all = answers(&project, &["--no-config", "--no-baseline"], &input);
    assert!(all.iter().all(|answer| answer["findings"].as_array().unwrap().len() == 1));
    for args in [["--config", "one/leaklint.jsonc"], ["--config", "gone.jsonc"], ["--baseline", "gone.json"]]
    {
        let run = pipe(&project, &[&["check", "--stdin-jsonl"], &args[..]].concat(), &input).expect(2);
        assert!(run.out.is_empty() && run.err.starts_with("leaklint: "), "{args:?}: {}", run.err);
    }
}

/// Sources of all sizes, some bad.
fn many(count: usize) -> String {
    let line = |at: usize| match at % 7 {
        6 => format!("bad {at}\n"),
        5 => record(&format!("src/f{at}.ts"), &LIKELY.repeat(1 + at * 37 % 200)),
        _ => record(&format!("src/f{at}.js"), [LEAK, CLEAN, POSSIBLE][at % 3]),
    };
    (0..count).map(line).collect()
}

#[test]
fn the_same_bytes_with_any_number_of_threads() {
    let (project, input) = (Project::new(), many(400));
    for format in ["jsonl", "sarif"] {
        let run = |threads: &str| {
            let args = ["check", "--stdin-jsonl", "--min-confidence=possible", "--format", format, threads];
            pipe(&project, &args, &input).expect(0).out
        };
        let first = run("--threads=1");
        assert_eq!(first.lines().count(), 400);
        for threads in ["--threads=2", "--threads=8", "--threads=0"] {
            assert!(run(threads) == first, "{format} {threads}");
        }
    }
}

/// A conversation: what the program writes is read line by line.
struct Talk {
    child: Child,
    input: Option<ChildStdin>,
    output: mpsc::Receiver<String>,
}

impl Talk {
    fn begin(project: &Project, args: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
        command.args(["check", "--stdin-jsonl"]).args(args).current_dir(project.root());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let (sender, output) = mpsc::channel();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { input: child.stdin.take(), child, output }
    }

    fn say(&mut self, text: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(text.as_bytes()).and_then(|()| input.flush()).unwrap();
    }

    #[track_caller]
    fn hear(&self) -> Value {
        let line = self.output.recv_timeout(Duration::from_secs(30)).expect("an answer in time");
        serde_json::from_str(&line).unwrap()
    }

    #[track_caller]
    fn end(mut self) {
        drop(self.input.take());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

/// An editor or a coprocess sends one record and waits.
#[test]
fn no_answer_waits_for_further_input() {
    let project = Project::new();
    for threads in ["--threads=1", "--threads=4"] {
        let mut talk = Talk::begin(&project, &[threads]);
        for at in 0..20 {
            talk.say(&record(&format!("{at}.js"), LEAK));
            assert_eq!(talk.hear()["path"], format!("{at}.js"));
        }
        talk.say(&(record("one.js", LEAK) + &record("two.js", CLEAN) + "{\"path\":\"half.js\","));
        assert_eq!(
            (talk.hear()["path"].clone(), talk.hear()["path"].clone()),
            (json!("one.js"), json!("two.js"))
        );
        talk.say("\"source\":\"\"}\n");
        assert_eq!(talk.hear()["path"], "half.js");
        talk.end();
    }
}

/// However much comes in, and in lines of whatever length.
#[cfg(target_os = "linux")]
#[test]
fn memory_is_bounded() {
    let peak = |talk: &Talk| -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", talk.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    };
    let project = Project::new();
    let mut talk = Talk::begin(&project, &["--max-file-size=100000"]);
    talk.say(&record("a.js", LEAK));
    talk.hear();
    let before = peak(&talk);
    talk.say("{\"path\":\"long.js\",\"source\":\"");
    for _ in 0..200 {
        talk.say(&"a".repeat(1024 * 1024));
    }
    talk.say("\"}\n");
    assert_eq!(talk.hear()["path"], "long.js");
    let lines: String = (0..100).map(|at| record(&format!("{at}.js"), &"a();".repeat(20_000))).collect();
    for _ in 0..20 {
        talk.say(&lines);
        (0..100).for_each(|_| drop(talk.hear()));
    }
    let grown = peak(&talk) - before;
    assert!(grown < 100_000, "{grown} KiB more for 360 MB of input");
    talk.end();
}

/// `leaklint … | head -1`: whoever reads has gone, whoever writes may still be there.
#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let project = Project::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
    command.args(["check", "--stdin-jsonl"]).current_dir(project.root());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(record("a.js", LEAK).as_bytes()).unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    output.read_line(&mut first).unwrap();
    drop(output);
    input.write_all(record("b.js", LEAK).as_bytes()).unwrap();
    let start = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if start.elapsed() > Duration::from_secs(30) => {
                panic!("it waits for input that nobody reads for")
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let said = std::io::read_to_string(child.stderr.take().unwrap()).unwrap();
    assert_eq!((status.code(), said.as_str()), (Some(0), ""));
    drop(input);
}

/// The answers of partitions become the report of a local run over the same files.
#[test]
fn merged_answers_are_the_bytes_of_a_local_report() {
    let mut project = Project::new();
    let mut parts = [String::new(), String::new(), String::new()];
    for at in 0..30 {
        let path = format!("p{}/src/a [{at}].js", at % 4);
        let source = [LEAK, CLEAN, LIKELY, "setInterval(f, 1); let = = 1", POSSIBLE][at % 5];
        parts[at % 3].push_str(&record(&path, source));
        project = project.with(&path, source);
    }
    let whole = project.run(&["check", "--format=sarif"]).expect(1).out;
    let elsewhere = Project::new().with("empty", "");
    let stream = ["check", "--stdin-jsonl", "--format=sarif"];
    for (at, part) in parts.iter().enumerate() {
        let out = pipe(&elsewhere, &stream, part).expect(0).out;
        std::fs::write(elsewhere.root().join(format!("part-{at}")), out).unwrap();
    }
    let names = ["part-2", "empty", "part-0", "part-1"];
    assert_eq!(elsewhere.run(&[&["merge"], &names[..]].concat()).expect(0).out, whole);
    elsewhere.run(&[&["merge", "--exit-code"], &names[..]].concat()).expect(1);

    let bad = pipe(&elsewhere, &stream, "bad\n").expect(0).out;
    let elsewhere = elsewhere.with("bad", bad).with("cut", "{\"type\":\"report\",\"rec");
    let run = elsewhere.run(&["merge", "bad", "part-0", "--exit-code"]).expect(2);
    let merged: Value = serde_json::from_str(&run.out).unwrap();
    let invocation = &merged["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["toolExecutionNotifications"][0]["descriptor"]["id"], "bad-record");

    let findings = pipe(&elsewhere, &stream[..2], &parts[0]).expect(0).out;
    let old = findings.replace(env!("CARGO_PKG_VERSION"), "0.0.1");
    let elsewhere = elsewhere.with("findings", findings).with("old", old).with("mixed", format!("{whole}\n"));
    for (names, problem) in [
        (&["empty"][..], "empty: the file is empty"),
        (&["findings"], "findings: line 1 holds no SARIF: lint with `--stdin-jsonl --format sarif`"),
        (&["old"], "old: line 1 is of leaklint 0.0.1, and this is"),
        (&["cut", "part-0"], "cut: this is no JSON"),
    ] {
        let run = elsewhere.run(&[&["merge"], names].concat()).expect(2);
        assert!(run.err.contains(problem) && run.out.is_empty(), "{names:?}: {}", run.err);
    }
    elsewhere.run(&["merge", "mixed", "part-0"]).expect(0);
}

#[test]
fn wrong_use_is_told() {
    let project = Project::new().with("a.js", LEAK);
    for (args, says) in [
        (&["a.js"][..], "cannot be used with"),
        (&["--stdin", "--stdin-filename=a.js"], "cannot be used with"),
        (&["--trace=a.js"], "cannot be used with"),
        (&["--staged"], "cannot be used with"),
        (&["--shard=1/2"], "cannot be used with"),
        (&["--report=sarif=a.sarif"], "cannot be used with"),
        (&["--max-warnings=0"], "cannot be used with"),
        (&["--format=pretty"], "--stdin-jsonl answers as jsonl or sarif"),
        (&["--only=no-such-rule"], "no-such-rule"),
    ] {
        let run = pipe(&project, &[&["check", "--stdin-jsonl"], args].concat(), "").expect(2);
        assert!(run.err.contains(says) && run.out.is_empty(), "{args:?}: {}", run.err);
    }
}

/// docs/integrations.md shows what answers look like.
#[test]
fn the_answers_of_the_page_are_those_of_the_program() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/integrations.md")).unwrap();
    let section = page.replace("\r\n", "\n").split("## In a stream\n").nth(1).unwrap().to_owned();
    let shown = section.split("```json\n").nth(1).unwrap().split("```").next().unwrap().to_owned();
    let input = record("src/a.js", CLEAN) + &record("tests/a.js", LEAK) + "{\"path\":\"src/b.js\"}\n";
    assert_eq!(pipe(&Project::new(), &["check", "--stdin-jsonl"], input).expect(0).out, shown);
}
