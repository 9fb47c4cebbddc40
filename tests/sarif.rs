//! SARIF as code scanning services read it.

mod support_robust;

use serde_json::Value;
use std::path::Path;
use support_robust::{LEAK, Project};

/// The only run of a report.
fn log(project: &Project, args: &[&str], code: i32) -> Value {
    let run = project.run(&[&["check", "--format=sarif"], args].concat()).expect(code);
    let mut log: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().ends_with("sarif-2.1.0.json"));
    assert_eq!(log["runs"].as_array().unwrap().len(), 1);
    log["runs"][0].take()
}

fn results(run: &Value) -> &Vec<Value> {
    run["results"].as_array().unwrap()
}

/// Start line and column, end line and column of a location.
fn region(location: &Value) -> [u64; 4] {
    let region = &location["physicalLocation"]["region"];
    ["startLine", "startColumn", "endLine", "endColumn"].map(|key| region[key].as_u64().expect(key))
}

fn uri(location: &Value) -> &str {
    location["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap()
}

#[test]
fn results_point_to_their_rules() {
    let both = LEAK.replace("});", "  process.on('warning', () => res.end());\n});");
    let project = Project::new().with("a.js", both).with("b.js", "setInterval(f, 1); let = = 1");
    let run = log(&project, &[], 1);
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), ids.len(), "{ids:?}");
    let mut named = Vec::new();
    for result in results(&run) {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(result["ruleId"], rules[index]["id"]);
        named.push(ids[index]);
    }
    named.sort_unstable();
    assert_eq!(named, ["syntax-error", "uncleared-interval", "unremoved-listener"]);
}

#[test]
fn rules_say_what_a_reader_needs() {
    let run = log(&Project::new(), &[], 0);
    let driver = &run["tool"]["driver"];
    assert_eq!(
        (&driver["name"], &driver["version"]),
        (&"leaklint".into(), &env!("CARGO_PKG_VERSION").into())
    );
    for rule in driver["rules"].as_array().unwrap() {
        for text in
            [&rule["shortDescription"]["text"], &rule["fullDescription"]["text"], &rule["help"]["text"]]
        {
            assert!(text.as_str().is_some_and(|text| text.len() > 10), "{rule}");
        }
        assert!(rule["help"]["markdown"].as_str().unwrap().starts_with("# "), "{rule}");
        let level = rule["defaultConfiguration"]["level"].as_str().unwrap();
        assert!(["error", "warning", "note"].contains(&level), "{rule}");
        let severity = rule["properties"]["problem.severity"].as_str().unwrap();
        assert_eq!(severity, level.replace("note", "recommendation"), "{rule}");
        let precision = rule["properties"]["precision"].as_str().unwrap();
        assert!(["very-high", "high", "medium"].contains(&precision), "{rule}");
        assert!(rule["properties"]["tags"].as_array().unwrap().len() >= 2, "{rule}");
        assert!(rule["helpUri"].as_str().unwrap().starts_with("https://"), "{rule}");
        assert!(rule["name"].as_str().unwrap().chars().all(char::is_alphabetic), "{rule}");
        assert!(rule["properties"].get("security-severity").is_none(), "{rule}");
    }
}

#[test]
fn levels_come_from_severities() {
    let project = Project::new().with("a.js", LEAK);
    for (severity, level, code) in [("error", "error", 1), ("warn", "warning", 0), ("info", "note", 0)] {
        let run = log(&project, &["--rule", &format!("uncleared-interval={severity}")], code);
        assert_eq!(results(&run)[0]["level"], level);
        assert_eq!(results(&run)[0]["properties"]["confidence"], "proven");
    }
}

#[test]
fn columns_are_utf16_units() {
    for (before, column) in [("", 3), ("\t\t", 5), ("/* é */ ", 11), ("/* 😀 */ ", 12), ("/* 👩‍👩‍👧 */\t", 18)]
    {
        let project = Project::new().with("a.js", LEAK.replace("setI", &format!("{before}setI")));
        let run = log(&project, &[], 1);
        assert_eq!(run["columnKind"], "utf16CodeUnits");
        let expected = [2, column, 2, column + "setInterval".len() as u64];
        assert_eq!(region(&results(&run)[0]["locations"][0]), expected, "{before:?}");
    }
}

/// Every location has all four numbers, they lie in the file, and the end is behind the start.
#[test]
fn regions_lie_in_the_file() {
    let source = format!("\u{feff}// 😀\r\n{}\r{LEAK}", LEAK.replace('\n', "\r\n"));
    let project = Project::new().with("a.js", &source).with("b.js", "setInterval(f, 1);\n\tlet = = '😀';");
    let run = log(&project, &[], 1);
    assert_eq!(results(&run).len(), 3);
    for result in results(&run) {
        let locations = result["locations"].as_array().unwrap();
        assert_eq!(locations.len(), 1);
        for location in locations.iter().chain(result["relatedLocations"].as_array().into_iter().flatten()) {
            let [line, column, end_line, end_column] = region(location);
            assert!(line >= 1 && column >= 1 && (end_line, end_column) >= (line, column), "{location}");
            assert!(end_line <= 9, "{location}");
        }
    }
}

#[test]
fn related_locations_are_numbered_and_worded() {
    let run = log(&Project::new().with("a.js", LEAK), &[], 1);
    let related = results(&run)[0]["relatedLocations"].as_array().unwrap();
    assert!(!related.is_empty());
    let mut ids: Vec<u64> = related.iter().map(|location| location["id"].as_u64().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), related.len());
    for location in related {
        assert!(!location["message"]["text"].as_str().unwrap().is_empty());
        assert_eq!(uri(location), "a.js");
    }
}

#[test]
fn uris_are_encoded_and_relative() {
    for (path, encoded) in [
        ("src/a b.js", "src/a%20b.js"),
        ("ünï/日.js", "%C3%BCn%C3%AF/%E6%97%A5.js"),
        ("100%/#a?.js", "100%25/%23a%3F.js"),
        ("[id].js", "%5Bid%5D.js"),
        ("a+b@c-d_e~f.js", "a+b@c-d_e~f.js"),
        ("c:d.js", "c%3Ad.js"),
    ] {
        let project = Project::new().with(path, LEAK);
        for args in [&[][..], &["./"], &[path]] {
            let run = log(&project, args, 1);
            assert_eq!(uri(&results(&run)[0]["locations"][0]), encoded);
        }
    }
}

#[test]
fn what_could_not_be_read_is_a_notification() {
    let run = log(&Project::new().with("a.js", LEAK), &["gone away.js", "a.js"], 2);
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let notes = invocation["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(notes.len(), 1);
    assert_eq!(notes[0]["level"], "error");
    assert!(notes[0]["message"]["text"].as_str().unwrap().contains("no such file"), "{}", notes[0]);
    assert_eq!(uri(&notes[0]["locations"][0]), "gone%20away.js");
    assert_eq!(results(&run).len(), 1, "the other file's finding is there");
    let run = log(&Project::new().with("a.js", LEAK), &[], 1);
    assert_eq!(run["invocations"][0]["executionSuccessful"], true, "findings are no failure");
}

#[test]
fn messages_stand_alone() {
    let run = log(&Project::new().with("a.js", LEAK), &[], 1);
    let message = results(&run)[0]["message"]["text"].as_str().unwrap();
    assert!(message.lines().next().unwrap().contains("interval"), "{message}");
    assert!(message.contains("clearInterval"), "what to do is in it, too: {message}");
}

#[test]
fn links_lead_to_the_related_locations() {
    let run = log(&Project::new().with("a.js", LEAK), &[], 1);
    let result = &results(&run)[0];
    let message = result["message"]["text"].as_str().unwrap();
    for location in result["relatedLocations"].as_array().unwrap() {
        let link = format!("[{}]({})", location["message"]["text"].as_str().unwrap(), location["id"]);
        assert!(message.contains(&link), "{link} in {message}");
    }
}

/// From the acquire to the release that is missing, over every place that explains it.
#[test]
fn the_flow_tells_the_story() {
    let source = "export class Poller {
  constructor() { this.timer = setInterval(() => this.poll(), 1000); this.other = setInterval(f, 1); }
  close() { clearInterval(this.other); }
}
";
    let run = log(&Project::new().with("a.js", source), &["--min-confidence=possible"], 1);
    let result = &results(&run)[0];
    let steps = result["codeFlows"][0]["threadFlows"][0]["locations"].as_array().unwrap();
    let words: Vec<&str> =
        steps.iter().map(|step| step["location"]["message"]["text"].as_str().unwrap()).collect();
    assert!(words[0].starts_with("acquired here: the runtime keeps"), "{words:?}");
    assert!(words.last().unwrap().starts_with("not released: call `clearInterval(this.timer)`"), "{words:?}");
    let last_but_one = words[words.len() - 2];
    assert_eq!(last_but_one, "`close()` ends the object and does not clear the interval", "{words:?}");
    assert_eq!(words.len(), 2 + result["relatedLocations"].as_array().unwrap().len());
    assert_eq!(steps[0]["kinds"], serde_json::json!(["acquire", "resource"]));
    let primary = region(&result["locations"][0]);
    assert_eq!(
        (region(&steps[0]["location"]), region(&steps.last().unwrap()["location"])),
        (primary, primary)
    );
    // A notice has no story.
    let run = log(&Project::new().with("a.js", "setInterval(() => {, 1);"), &[], 0);
    assert!(results(&run)[0].get("codeFlows").is_none());
}

#[test]
fn fingerprints_are_githubs_and_ours() {
    let project = Project::new().with(".git", "").with("a.js", LEAK);
    let prints = |code: &str| {
        std::fs::write(project.root().join("a.js"), code).unwrap();
        let run = log(&project, &[], 1);
        let prints = &results(&run)[0]["partialFingerprints"];
        let both =
            ["primaryLocationLineHash", "leaklint/v1"].map(|key| prints[key].as_str().unwrap().to_owned());
        assert_eq!(prints.as_object().unwrap().len(), both.len());
        both
    };
    // The hash of the second line, by the function that GitHub publishes.
    assert_eq!(prints(LEAK)[0], "d86baec51f4b40ee:1");
    let [hash, ours] = prints(&format!("// moved\n\n{LEAK}"));
    assert_eq!([hash, ours.clone()], prints(LEAK), "moved");
    let edited = prints(&LEAK.replace("res.end()", "res.destroy()"));
    assert_eq!(edited[1], ours, "the handler is another, the finding the same");
    assert_ne!(edited[0], prints(LEAK)[0]);
}

#[test]
fn the_root_is_named_and_told_from_no_machine() {
    let project = Project::new().with(".git", "").with("src/a.js", LEAK);
    let run = log(&project, &["src"], 1);
    let base = &run["originalUriBaseIds"]["%SRCROOT%"];
    assert!(base.get("uri").is_none() && base["description"]["text"].is_string());
    let root = project.root().to_str().unwrap();
    assert!(!run.to_string().contains(root), "no path of the machine is in it");
    let artifact = &results(&run)[0]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(
        (artifact["uri"].as_str(), artifact["uriBaseId"].as_str()),
        (Some("src/a.js"), Some("%SRCROOT%"))
    );
}

#[test]
fn a_category_is_written_if_one_is_given() {
    let project = Project::new().with("a.js", LEAK);
    assert!(log(&project, &[], 1).get("automationDetails").is_none());
    for category in ["web", "web/"] {
        assert_eq!(log(&project, &["--category", category], 1)["automationDetails"]["id"], "web/");
    }
    project.run(&["check", "--category", ""]).expect(2);
}

/// The same findings as in the other machine format, at the same places.
#[test]
fn agrees_with_json() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["fixtures", "showcase"].map(|folder| root.join(folder));
    let paths = folders.iter().filter(|folder| folder.is_dir()).map(|folder| folder.to_str().unwrap());
    let paths: Vec<&str> = paths.collect();
    let project = Project::new().with("a.js", LEAK);
    let args = [&["check", "--no-ignore", "a.js"], paths.as_slice()].concat();
    let run = project.run(&[args.as_slice(), &["--format=json"]].concat()).expect(1);
    let json: Value = serde_json::from_str(&run.out).unwrap();
    let run = project.run(&[args.as_slice(), &["--format=sarif"]].concat()).expect(1);
    let sarif: Value = serde_json::from_str(&run.out).unwrap();
    // Each in an order of its own: by shown path, by path from the root.
    let mut sarif: Vec<(String, [u64; 4])> = results(&sarif["runs"][0])
        .iter()
        .map(|result| (result["ruleId"].as_str().unwrap().to_owned(), region(&result["locations"][0])))
        .collect();
    let place = |finding: &Value| {
        ["line", "column", "endLine", "endColumn"].map(|key| finding[key].as_u64().unwrap())
    };
    let mut findings: Vec<(String, [u64; 4])> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (finding["rule"].as_str().unwrap().to_owned(), place(finding)))
        .collect();
    sarif.sort();
    findings.sort();
    assert_eq!(sarif, findings);
}
