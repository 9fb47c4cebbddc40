//! File names and sources that would like to be something else: nothing of theirs is markup, a command or an escape.

use super::read::{MACHINE, commands, read};
use super::support_robust::{LEAK, Project};

/// Names that a file can have on Linux.
const NAMES: [&str; 16] = [
    "::error file=x.js,line=1::forged.js",
    "a\n::error::forged.js",
    "a\r\n  ::warning::forged.js",
    "##[error]forged.js",
    "##vso[task.setvariable variable=x]y.js",
    "##teamcity[message text='x'].js",
    "%0A::error::forged%0D.js",
    "a,line=9:b.js",
    "]]><failure>&amp;<!--.js",
    "\"'><x a='b.js",
    "[click](http:evil)](1).js",
    "\u{1b}[31mred\u{1b}[0m\u{7}.js",
    "\u{202e}sj.gpj.js",
    "\\[a\\](b).js",
    "${x} `rm`.js",
    "é😀\u{301}.js",
];

/// What stands in messages: the name of an event.
const WORDS: [&str; 11] = [
    "::error file=x.js::forged",
    "\\n::error::forged",
    "##[error]forged",
    "##vso[task.complete result=Succeeded]",
    "]]></failure><testcase name=\"x\"/>",
    "[click](http://evil) [more](1)",
    "<img src=x onerror=alert(1)> &lt;",
    "a`[click](http://evil)`b",
    "a``<img src=x>``\\\\`![x](http://evil) http://evil @all",
    "\u{1b}]8;;http://evil\u{1b}\\\\x \u{9b}31m",
    "\u{202e}desrever\u{2066}\u{200f}",
];

fn hostile() -> (Project, usize) {
    let mut project = Project::new().with(".git", "");
    for name in NAMES {
        project = project.with(&name.replace('/', ":"), LEAK);
    }
    for (at, words) in WORDS.iter().enumerate() {
        let source = format!(
            "require('http').createServer((req, res) => {{\n  process.on('{words}', () => res.end());\n}});\n"
        );
        project = project.with(&format!("words{at}.js"), source);
    }
    (project, NAMES.len() + WORDS.len())
}

#[cfg(unix)]
#[test]
fn every_format_holds_what_was_found_and_nothing_else() {
    let (project, count) = hostile();
    for format in MACHINE {
        let run = project.run(&["check", ".", "gone\n::error::x.js", "--format", format]).expect(2);
        let told = read(format, &run.out);
        assert_eq!(told.len(), count + 1, "{format}");
        assert!(told.iter().all(|one| one.severity == "error"), "{format}");
        if ["json", "jsonl", "sarif", "gitlab", "rdjson"].contains(&format) {
            for name in NAMES {
                assert!(told.iter().any(|one| one.path == name), "{format} changes {name:?}");
            }
        }
        for one in &told {
            let bad = |c: char| {
                c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200f}')
            };
            assert!(!one.message.contains(bad), "{format}: {:?}", one.message);
        }
    }
}

#[cfg(unix)]
#[test]
fn no_log_holds_a_command_that_leaklint_did_not_give() {
    let (project, count) = hostile();
    for format in ["pretty", "compact"].into_iter().chain(MACHINE) {
        let run = project.run(&["check", ".", "gone\n::error::x.js", "--format", format]).expect(2);
        let expected = if format == "github" { count + 1 } else { 0 };
        assert_eq!(commands(&run.out).len(), expected, "{format}");
        assert_eq!(commands(&run.err).len(), 0, "{format}: {}", run.err);
        assert!(!run.out.contains(['\u{1b}', '\u{7}', '\u{9b}']), "{format}");
        assert!(!run.err.contains(['\u{1b}', '\u{7}', '\u{9b}']), "{format}");
    }
    let files: Vec<String> =
        project.run(&["check", ".", "--format=github"]).out.lines().map(str::to_owned).collect();
    for command in files.iter().flat_map(|line| commands(line)) {
        assert!(["error"].contains(&command.name.as_str()));
        assert_eq!(command.properties["line"], "2", "{command:?}");
    }
}

#[cfg(unix)]
#[test]
fn broken_configurations_and_usage_forge_nothing() {
    let config = "{ \"rules\": { \"\\n::error::forged ##[error]x\\u001b[31m\": \"off\" } }";
    let project = Project::new().with("leaklint.jsonc", config).with("a.js", LEAK);
    for args in [
        &["check"][..],
        &["check", "--rule", "\n::error::x=off"],
        &["check", "--report=json=a\n::error::x/b"],
        &["merge", "a\n::error::x"],
        &["explain", "\n::error::x"],
        &["check", "--report", "\n::error::x=y"],
        &["\n::error::x\u{1b}[31m"],
    ] {
        let run = project.run(args).expect(2);
        assert_eq!(commands(&run.out).len() + commands(&run.err).len(), 0, "{args:?}: {}", run.err);
        assert!(!run.err.contains('\u{1b}'), "{args:?}");
    }
}

/// reviewdog makes comments of what it is given.
#[test]
fn comments_of_reviewdog_hold_no_markup_but_code() {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let (project, count) = hostile();
    let run = project.run(&["check", ".", "--format=rdjson"]).expect(1);
    let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let diagnostics = report["diagnostics"].as_array().unwrap();
    assert_eq!(diagnostics.len(), count);
    let related = diagnostics.iter().filter_map(|one| one["related_locations"].as_array()).flatten();
    let mut codes = 0;
    for message in diagnostics.iter().chain(related).map(|one| one["message"].as_str().unwrap()) {
        for event in Parser::new_ext(
            message,
            Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_GFM,
        ) {
            match event {
                Event::Code(_) => codes += 1,
                Event::Text(text) => {
                    assert!(!text.contains("http://") && !text.contains("@all"), "{message}")
                }
                Event::Start(Tag::Paragraph) | Event::End(_) | Event::SoftBreak => {}
                other => panic!("{other:?} in {message}"),
            }
        }
    }
    assert!(codes > count, "{codes}");
}

/// A message is a text with links to the places that it names, whatever brackets stand in the code.
#[test]
fn links_of_sarif_messages_are_ours() {
    let source = "require('http').createServer((req, res) => {\n  process.on('[click](http://evil)', () => res.end());\n});\n";
    let project = Project::new().with("a.js", source);
    let run = project.run(&["check", "--format=sarif"]).expect(1);
    let log: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let result = &log["runs"][0]["results"][0];
    let message = result["message"]["text"].as_str().unwrap();
    let related = result["relatedLocations"].as_array().unwrap();
    let plain = message.replace(r"\\", "").replace(r"\[", "").replace(r"\]", "");
    let links: Vec<&str> = plain.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()).collect();
    let ids: Vec<String> = related.iter().map(|location| location["id"].to_string()).collect();
    assert_eq!(links, ids, "{message}");
    assert!(message.contains(r"`\[click\](http://evil)`"), "{message}");
}
