//! Findings out of any format, by the rules of those who read it.

use serde_json::Value;
use std::collections::BTreeMap;

/// The formats for programs.
pub const MACHINE: [&str; 8] =
    ["json", "jsonl", "sarif", "github", "gitlab", "junit", "checkstyle", "rdjson"];

/// One finding, or one path that could not be read, as far as every format tells it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told {
    pub path: String,
    pub line: u64,
    /// 0 where the format has none.
    pub column: u64,
    /// `unreadable` for a path.
    pub rule: String,
    pub severity: String,
    pub message: String,
}

/// Reads a report; panics on what a reader of the format would refuse.
pub fn read(format: &str, report: &str) -> Vec<Told> {
    match format {
        "json" => json(report),
        "jsonl" => jsonl(report),
        "sarif" => sarif(report),
        "github" => github(report),
        "gitlab" => gitlab(report),
        "junit" => junit(report),
        "checkstyle" => checkstyle(report),
        "rdjson" => rdjson(report),
        other => panic!("{other}"),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

fn unreadable(path: String, message: String) -> Told {
    Told { path, line: 0, column: 0, rule: "unreadable".into(), severity: "error".into(), message }
}

fn finding(one: &Value) -> Told {
    assert!(one["fingerprint"].as_str().is_some_and(|print| print.len() == 32));
    Told {
        path: text(&one["path"]),
        line: number(&one["line"]),
        column: number(&one["column"]),
        rule: text(&one["rule"]),
        severity: text(&one["severity"]),
        message: text(&one["message"]),
    }
}

fn json(report: &str) -> Vec<Told> {
    let report: Value = serde_json::from_str(report).unwrap();
    assert_eq!(report["version"], 1);
    let errors = list(&report["errors"]).iter();
    let errors = errors.map(|one| unreadable(text(&one["path"]), text(&one["message"])));
    list(&report["findings"]).iter().map(finding).chain(errors).collect()
}

fn jsonl(report: &str) -> Vec<Told> {
    let lines: Vec<Value> = report.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (last, records) = lines.split_last().unwrap();
    assert_eq!(last["type"], "summary");
    let told: Vec<Told> = records
        .iter()
        .map(|one| match one["type"].as_str() {
            Some("finding") => finding(one),
            Some("error") => unreadable(text(&one["path"]), text(&one["message"])),
            other => panic!("{other:?}"),
        })
        .collect();
    let count = ["errors", "warnings", "infos"].iter().map(|key| number(&last[*key])).sum::<u64>();
    assert_eq!(count as usize, told.iter().filter(|one| one.rule != "unreadable").count());
    told
}

fn sarif(report: &str) -> Vec<Told> {
    let report: Value = serde_json::from_str(report).unwrap();
    let run = &report["runs"][0];
    let notes = run["invocations"][0]["toolExecutionNotifications"].as_array().cloned().unwrap_or_default();
    let notes = notes
        .iter()
        .filter(|note| note["descriptor"]["id"] == "unreadable")
        .map(|note| unreadable(path_of(&note["locations"][0]), text(&note["message"]["text"])));
    let results = list(&run["results"]).iter().map(|result| {
        let region = &result["locations"][0]["physicalLocation"]["region"];
        Told {
            path: path_of(&result["locations"][0]),
            line: number(&region["startLine"]),
            column: number(&region["startColumn"]),
            rule: text(&result["ruleId"]),
            severity: text(&result["level"]).replace("note", "info"),
            message: unescaped(text(&result["message"]["text"]).lines().next().unwrap()),
        }
    });
    results.chain(notes).collect()
}

/// A message's text as a viewer shows it; it must hold no link.
fn unescaped(message: &str) -> String {
    let mut out = String::new();
    let mut chars = message.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            '[' | ']' => panic!("a link in {message}"),
            c => out.push(c),
        }
    }
    out
}

/// The decoded path of a location.
pub fn path_of(location: &Value) -> String {
    let artifact = &location["physicalLocation"]["artifactLocation"];
    let uri = text(&artifact["uri"]);
    assert!(uri.bytes().all(|byte| byte.is_ascii_graphic()), "{uri}");
    let path = decoded(&uri);
    match artifact.get("uriBaseId") {
        Some(base) => {
            assert_eq!(base, "%SRCROOT%");
            path
        }
        None => path.strip_prefix("file://").expect("a relative path has a base").to_owned(),
    }
}

fn decoded(escaped: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = escaped.as_bytes();
    while let [first, tail @ ..] = rest {
        if *first == b'%' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&tail[..2]).unwrap(), 16).unwrap());
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// A workflow command as the runner of GitHub Actions takes it apart.
#[derive(Debug)]
pub struct Command {
    pub name: String,
    pub properties: BTreeMap<String, String>,
    pub data: String,
}

/// The commands that the runner sees in a log.
pub fn commands(log: &str) -> Vec<Command> {
    log.split(['\n', '\r']).filter_map(command).collect()
}

fn command(line: &str) -> Option<Command> {
    let Some(rest) = line.trim_start().strip_prefix("::") else {
        // The older form stands anywhere in a line; other build servers know more names.
        assert!(!is_older_command(line), "a command in {line:?}");
        return None;
    };
    let (head, data) = rest.split_once("::")?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let properties = properties.split(',').filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or_else(|| panic!("{pair} in {line}"));
        (key.to_owned(), decoded(value))
    });
    Some(Command { name: name.to_owned(), properties: properties.collect(), data: decoded(data) })
}

fn is_older_command(line: &str) -> bool {
    line.match_indices("##")
        .any(|(at, _)| line[at + 2..].trim_start_matches(char::is_alphabetic).starts_with('['))
}

fn github(report: &str) -> Vec<Told> {
    let told = commands(report).into_iter().map(|command| {
        let get = |key: &str| command.properties.get(key).cloned();
        let number = |key: &str| get(key).map_or(0, |number| number.parse().unwrap());
        let title = get("title").unwrap();
        let (first, path) = (command.data.lines().next().unwrap().to_owned(), get("file").unwrap());
        if title == "leaklint" {
            return unreadable(path, first.rsplit(": ").next().unwrap().to_owned());
        }
        assert!(first.ends_with(&format!(" [{title}]")), "{first}");
        if number("line") == number("endLine") {
            assert!(number("endColumn") >= number("col") && number("col") > 0, "{command:?}");
        } else {
            assert!(get("col").is_none() && get("endColumn").is_none(), "{command:?}");
        }
        let message = first.trim_end_matches(&format!(" [{title}]"));
        let place = format!(":{}:{}: ", number("line"), number("col"));
        Told {
            path,
            line: number("line"),
            column: number("col"),
            rule: title,
            severity: command.name.replace("notice", "info"),
            message: message.split_once(&place).unwrap().1.to_owned(),
        }
    });
    let told: Vec<Told> = told.collect();
    assert_eq!(told.len(), report.lines().count(), "each line is a command");
    told
}

fn gitlab(report: &str) -> Vec<Told> {
    let report: Value = serde_json::from_str(report).unwrap();
    let mut prints: Vec<String> = list(&report).iter().map(|one| text(&one["fingerprint"])).collect();
    prints.sort();
    prints.dedup();
    assert_eq!(prints.len(), list(&report).len(), "fingerprints are unique");
    let told = list(&report).iter().map(|one| {
        let severity = match one["severity"].as_str().unwrap() {
            "critical" | "major" => "error",
            "minor" => "warning",
            "info" => "info",
            other => panic!("{other}"),
        };
        let lines = &one["location"]["lines"];
        assert!(number(&lines["end"]) >= number(&lines["begin"]) && number(&lines["begin"]) > 0);
        let description = text(&one["description"]);
        assert!(!description.contains(['\n', '\r']));
        let (path, rule) = (text(&one["location"]["path"]), text(&one["check_name"]));
        if rule == "unreadable" {
            return unreadable(path, description);
        }
        let message = description.split(" — ").next().unwrap().to_owned();
        Told { path, line: number(&lines["begin"]), column: 0, rule, severity: severity.into(), message }
    });
    told.collect()
}

fn junit(report: &str) -> Vec<Told> {
    let document = roxmltree::Document::parse(report).unwrap();
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "testsuites");
    let get = |node: &roxmltree::Node<'_, '_>, key: &str| node.attribute(key).unwrap().to_owned();
    let cases: Vec<_> = root.descendants().filter(|node| node.has_tag_name("testcase")).collect();
    assert!(!cases.is_empty(), "a report without tests is a broken one to some");
    assert_eq!(get(&root, "tests"), cases.len().to_string());
    let mut names: Vec<_> = cases.iter().map(|case| (get(case, "classname"), get(case, "name"))).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), cases.len(), "tests of one name are one test to some");
    for (key, tag) in [("failures", "failure"), ("errors", "error")] {
        let count = root.descendants().filter(|node| node.has_tag_name(tag)).count();
        assert_eq!(get(&root, key), count.to_string());
    }
    let told = cases.iter().filter_map(|case| {
        let what = case.first_element_child()?;
        let (path, message) = (get(case, "classname"), get(&what, "message"));
        assert_eq!(get(&case.parent().unwrap(), "name"), path);
        if what.has_tag_name("error") {
            return Some(unreadable(path, message));
        }
        assert!(what.text().unwrap().contains(&message), "the text says it all");
        let name = get(case, "name");
        let (rule, place) = name.split_once(' ').unwrap();
        let (line, column) = place.split(' ').next().unwrap().split_once(':').unwrap();
        let (line, column) = (line.parse().unwrap(), column.parse().unwrap());
        Some(Told { path, line, column, rule: rule.to_owned(), severity: get(&what, "type"), message })
    });
    told.collect()
}

fn checkstyle(report: &str) -> Vec<Told> {
    let document = roxmltree::Document::parse(report).unwrap();
    let root = document.root_element();
    assert_eq!((root.tag_name().name(), root.attribute("version")), ("checkstyle", Some("4.3")));
    let mut told = Vec::new();
    for file in root.children().filter(roxmltree::Node::is_element) {
        let path = file.attribute("name").unwrap().to_owned();
        for error in file.children().filter(roxmltree::Node::is_element) {
            let get = |key: &str| error.attribute(key).unwrap_or_default().to_owned();
            let (rule, message) = (get("source").replace("leaklint.", ""), get("message"));
            let message = message.split(" — ").next().unwrap().to_owned();
            told.push(Told {
                path: path.clone(),
                line: get("line").parse().unwrap(),
                column: get("column").parse().unwrap_or_default(),
                rule,
                severity: get("severity"),
                message,
            });
        }
    }
    told
}

fn rdjson(report: &str) -> Vec<Told> {
    let report: Value = serde_json::from_str(report).unwrap();
    assert_eq!(report["source"]["name"], "leaklint");
    let told = list(&report["diagnostics"]).iter().map(|one| {
        let start = &one["location"]["range"]["start"];
        Told {
            path: text(&one["location"]["path"]),
            line: start["line"].as_u64().unwrap_or_default(),
            column: start["column"].as_u64().unwrap_or_default(),
            rule: text(&one["code"]["value"]),
            severity: text(&one["severity"]).to_lowercase(),
            message: of_markdown(text(&one["message"]).lines().next().unwrap()),
        }
    });
    told.collect()
}

/// A line of Markdown as it was meant.
fn of_markdown(line: &str) -> String {
    use pulldown_cmark::Event;
    let events = pulldown_cmark::Parser::new(line).map(|event| match event {
        Event::Code(code) => format!("`{code}`"),
        Event::Text(text) => text.into_string(),
        _ => String::new(),
    });
    events.collect()
}
