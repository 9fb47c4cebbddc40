//! Building on other configurations: what is found, and what wins.

use crate::lint;
use crate::support_robust::{LEAK, Project};

/// A proven interval in `a.js`, under configurations.
fn project(files: &[(&str, &str)]) -> Project {
    files.iter().fold(Project::new().with("a.js", LEAK), |project, (path, text)| project.with(path, text))
}

/// What the interval of `a.js` speaks as; empty where it is silent.
#[track_caller]
fn severity(files: &[(&str, &str)]) -> String {
    let run = lint(&project(files), &["a.js"]);
    assert_ne!(run.code, 2, "{}", run.err);
    run.out.split(": ").nth(1).unwrap_or_default().to_owned()
}

fn level(level: &str) -> String {
    format!("{{ \"rules\": {{ \"uncleared-interval\": \"{level}\" }} }}")
}

#[test]
fn paths_are_relative_to_the_file_that_says_them() {
    let (warn, info) = (level("warn"), level("info"));
    let here = |name: &'static str| ("leaklint.jsonc", name);
    assert_eq!(severity(&[here(r#"{ "extends": "./base.jsonc" }"#), ("base.jsonc", &warn)]), "warning");
    assert_eq!(
        severity(&[here(r#"{ "extends": ["./etc/base.json"] }"#), ("etc/base.json", &warn)]),
        "warning"
    );
    let chain = [
        here(r#"{ "extends": "./etc/one.json" }"#),
        ("etc/one.json", r#"{ "extends": "./deep/two.json" }"#),
        ("etc/deep/two.json", r#"{ "extends": "../../three.json" }"#),
        ("three.json", &info),
    ];
    assert_eq!(severity(&chain), "info");
    let folder = [here(r#"{ "extends": "./etc" }"#), ("etc/leaklint.json", warn.as_str())];
    assert_eq!(severity(&folder), "warning");
    let key = format!("{{ \"leaklint\": {warn} }}");
    assert_eq!(
        severity(&[here(r#"{ "extends": "./etc/package.json" }"#), ("etc/package.json", &key)]),
        "warning"
    );
    let packaged =
        [("package.json", r#"{ "leaklint": { "extends": "./base.json" } }"#), ("base.json", warn.as_str())];
    assert_eq!(severity(&packaged), "warning");
}

#[test]
fn packages() {
    let warn = level("warn");
    let key = format!("{{ \"name\": \"x\", \"leaklint\": {warn} }}");
    for (name, file, text) in [
        ("leaklint-config-acme", "node_modules/leaklint-config-acme/leaklint.jsonc", &warn),
        ("leaklint-config-acme", "node_modules/leaklint-config-acme/leaklint.json", &warn),
        ("leaklint-config-acme", "node_modules/leaklint-config-acme/package.json", &key),
        ("@acme/leaklint-config", "node_modules/@acme/leaklint-config/leaklint.jsonc", &warn),
        ("acme/strict.json", "node_modules/acme/strict.json", &warn),
        ("@acme/leaks/rules/strict.json", "node_modules/@acme/leaks/rules/strict.json", &warn),
        ("@acme/leaks/strict", "node_modules/@acme/leaks/strict/leaklint.json", &warn),
    ] {
        let config = format!("{{ \"extends\": \"{name}\" }}");
        assert_eq!(severity(&[("leaklint.jsonc", &config), (file, text)]), "warning", "{name} {file}");
    }
}

#[test]
fn the_nearest_package_is_taken() {
    let (warn, info) = (level("warn"), level("info"));
    let project = Project::new()
        .with("pkg/leaklint.jsonc", r#"{ "extends": "acme" }"#)
        .with("pkg/a.js", LEAK)
        .with("node_modules/acme/leaklint.json", &info);
    assert!(lint(&project, &["pkg"]).expect(0).out.contains(": info: "), "from above");
    let project = project.with("pkg/node_modules/acme/leaklint.json", &warn);
    assert!(lint(&project, &["pkg"]).expect(0).out.contains(": warning: "), "from beside");
}

/// Packages of workspaces are links.
#[cfg(unix)]
#[test]
fn linked_packages() {
    let warn = level("warn");
    let project = project(&[
        ("leaklint.jsonc", r#"{ "extends": "acme" }"#),
        ("tools/acme/leaklint.json", r#"{ "extends": "./more.json" }"#),
        ("tools/acme/more.json", &warn),
        ("node_modules/other/x", ""),
    ]);
    std::os::unix::fs::symlink("../tools/acme", project.root().join("node_modules/acme")).unwrap();
    assert!(lint(&project, &["a.js"]).expect(0).out.contains(": warning: "));
}

#[test]
fn what_is_said_later_wins() {
    let (off, info, warn) = (level("off"), level("info"), level("warn"));
    let two = [("one.json", off.as_str()), ("two.json", info.as_str())];
    let both = |config: &str| severity(&[("leaklint.jsonc", config), two[0], two[1]]);
    assert_eq!(both(r#"{ "extends": ["./one.json", "./two.json"] }"#), "info");
    assert_eq!(both(r#"{ "extends": ["./two.json", "./one.json"] }"#), "");
    let own = r#"{ "extends": ["./two.json", "./one.json"], "rules": { "uncleared-interval": "warn" } }"#;
    assert_eq!(both(own), "warning");
    let on = r#"{ "extends": "./one.json", "rules": { "uncleared-interval": "on" } }"#;
    assert_eq!(both(on), "error", "as if nothing had been said");
    // Both build on three, which counts once, before both.
    let diamond = [
        ("leaklint.jsonc", r#"{ "extends": ["./one.json", "./two.json"] }"#),
        ("one.json", r#"{ "extends": "./three.json", "rules": { "uncleared-interval": "info" } }"#),
        ("two.json", r#"{ "extends": "./three.json" }"#),
        ("three.json", warn.as_str()),
    ];
    assert_eq!(severity(&diamond), "info");
}

#[test]
fn overrides_of_what_is_extended_come_before_everything_else() {
    let base = r#"{ "overrides": [{ "files": ["*.js"], "rules": { "uncleared-interval": "off" } }] }"#;
    assert_eq!(severity(&[("leaklint.jsonc", r#"{ "extends": "./base.json" }"#), ("base.json", base)]), "");
    let own = r#"{ "extends": "./base.json", "rules": { "uncleared-interval": "info" } }"#;
    assert_eq!(severity(&[("leaklint.jsonc", own), ("base.json", base)]), "info");
}

#[test]
fn options_stay_where_only_a_level_is_said() {
    let source = "export function report(source) {\n  const rows = new Uint8Array(5000);\n  source.write(rows);\n  return () => rows.length;\n}\n";
    let base = r#"{ "rules": { "large-closure-capture": ["off", { "minBytes": 5000, "minElements": 7 }] } }"#;
    let run = |config: &str| {
        let project =
            Project::new().with("a.js", source).with("base.json", base).with("leaklint.jsonc", config);
        lint(&project, &["a.js"]).out.lines().count()
    };
    assert_eq!(run(r#"{ "extends": "./base.json" }"#), 0);
    assert_eq!(run(r#"{ "extends": "./base.json", "rules": { "large-closure-capture": "warn" } }"#), 1);
    let other = r#"{ "extends": "./base.json", "rules": { "large-closure-capture": ["warn", { "minElements": 9 }] } }"#;
    assert_eq!(run(other), 1, "each option by itself");
    let larger = r#"{ "extends": "./base.json", "rules": { "large-closure-capture": ["warn", { "minBytes": 5001 }] } }"#;
    assert_eq!(run(larger), 0);
}

#[test]
fn ignored_files_and_kinds() {
    let base = r#"{ "ignore": ["*.js", "!b.js"], "kinds": ["tests"] }"#;
    let linted = |config: &str| {
        let project = Project::new()
            .with("a.js", LEAK)
            .with("b.js", LEAK)
            .with("c.test.ts", LEAK)
            .with("base.json", base)
            .with("leaklint.jsonc", config);
        let run = lint(&project, &[]);
        assert_ne!(run.code, 2, "{}", run.err);
        run.out.lines().map(|line| line.split(':').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(linted(r#"{ "extends": "./base.json" }"#), ["b.js", "c.test.ts"]);
    assert_eq!(linted(r#"{ "extends": "./base.json", "ignore": ["!a.js", "c.*"] }"#), ["a.js", "b.js"]);
    assert_eq!(linted(r#"{ "extends": "./base.json", "kinds": [] }"#), ["b.js"]);
    assert_eq!(linted(r#"{ "extends": "./base.json", "kinds": ["stories"] }"#), ["b.js"]);
}

/// Patterns hold where their file lies; those of a package, where the file that extends it lies.
#[test]
fn patterns_of_what_is_extended() {
    let off = r#"{ "overrides": [{ "files": ["src/*.js"], "rules": { "uncleared-interval": "off" } }] }"#;
    let linted = |extends: &str| {
        let project = Project::new()
            .with("pkg/leaklint.jsonc", format!("{{ \"extends\": \"{extends}\" }}"))
            .with("pkg/src/a.js", LEAK)
            .with("base.json", off)
            .with("rooted.json", off.replace("src/", "pkg/src/"))
            .with("node_modules/acme/leaklint.json", r#"{ "extends": "./more.json" }"#)
            .with("node_modules/acme/more.json", off);
        lint(&project, &["pkg"]).out.lines().count()
    };
    assert_eq!(linted("../base.json"), 1);
    assert_eq!(linted("../rooted.json"), 0);
    assert_eq!(linted("acme"), 0);
}

#[test]
fn rows_add_up_and_replace_by_id() {
    let row = |method: &str, hush: &str| {
        crate::BUS.replace("\"hear\"", &format!("\"{method}\"")).replace("\"hush\"", &format!("\"{hush}\""))
    };
    let leaks = |config: &str| {
        let project = Project::new()
            .with("a.jsx", crate::hearing("my-bus", ""))
            .with("base.json", crate::BUS)
            .with("leaklint.jsonc", config);
        let run = lint(&project, &["a.jsx"]);
        assert_ne!(run.code, 2, "{}", run.err);
        run.out.lines().count()
    };
    assert_eq!(leaks("{}"), 0);
    assert_eq!(leaks(r#"{ "extends": "./base.json" }"#), 1);
    let replaced = row("listen", "hush").replacen('{', "{ \"extends\": \"./base.json\",", 1);
    assert_eq!(leaks(&replaced), 0, "the row of this id is another now");
    let beside = replaced.replace("\"id\": \"bus\"", "\"id\": \"bus-2\"");
    assert_eq!(leaks(&beside), 1);
    let project = Project::new()
        .with("base.json", crate::BUS)
        .with("leaklint.jsonc", r#"{ "extends": "./base.json" }"#);
    let run = project.run(&["rules", "--protocols"]).expect(0);
    assert!(run.out.contains("source:  base.json:1\n"), "{}", run.out);
}

#[test]
fn circles_and_what_is_missing() {
    let said = |files: &[(&str, &str)]| lint(&project(files), &["a.js"]).expect(2).err;
    let circle = [
        ("leaklint.jsonc", "{\n  \"extends\": \"./one.json\"\n}"),
        ("one.json", r#"{ "extends": ["./two.json"] }"#),
        ("two.json", r#"{ "extends": "./one.json" }"#),
    ];
    assert_eq!(
        said(&circle),
        "leaklint: two.json:1:14: this extends in a circle: one.json → two.json → one.json\n"
    );
    let missing = [
        ("leaklint.jsonc", r#"{ "extends": ["./one.json", "./gone.json"] }"#),
        ("one.json", r#"{ "extends": "../../gone.json" }"#),
    ];
    assert_eq!(
        said(&missing),
        "leaklint: one.json:1:14: cannot read `../../gone.json`: no such file or folder\n\
         leaklint: leaklint.jsonc:1:29: cannot read `./gone.json`: no such file or folder\n"
    );
    let empty = [("leaklint.jsonc", r#"{ "extends": "./etc" }"#), ("etc/x", "")];
    assert_eq!(
        said(&empty),
        "leaklint: leaklint.jsonc:1:14: `./etc` is a folder without a configuration (leaklint.jsonc, leaklint.json, package.json)\n"
    );
    let two = [
        ("leaklint.jsonc", r#"{ "extends": "./etc" }"#),
        ("etc/leaklint.json", "{}"),
        ("etc/leaklint.jsonc", "{}"),
    ];
    assert!(
        said(&two).contains("leaklint.jsonc:1:14: ") && said(&two).ends_with("; keep one\n"),
        "{}",
        said(&two)
    );
    let binary = [("leaklint.jsonc", r#"{ "extends": "./x.json" }"#), ("x.json", "a\0b")];
    assert_eq!(said(&binary), "leaklint: leaklint.jsonc:1:14: cannot read x.json: this is no text\n");
    let keyless =
        [("leaklint.jsonc", r#"{ "extends": "./package.json" }"#), ("package.json", "{ \"name\": \"x\" }")];
    assert_eq!(said(&keyless), "leaklint: package.json:1:1: there is no key `leaklint` here\n");
}

#[test]
fn chains_end_somewhere() {
    let mut project =
        Project::new().with("a.js", LEAK).with("leaklint.jsonc", r#"{ "extends": "./0.json" }"#);
    for at in 0..70 {
        project = project.with(&format!("{at}.json"), format!("{{ \"extends\": \"./{}.json\" }}", at + 1));
    }
    let run = lint(&project.with("70.json", "{}"), &["a.js"]).expect(2);
    assert_eq!(run.err, "leaklint: 62.json:1:14: more than 64 configurations extend one another here\n");
}
