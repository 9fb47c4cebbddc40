//! Ignored files, kinds, and what holds for some files only.

use crate::lint;
use crate::support_robust::{LEAK, Project};

/// The files with findings, each with its severity, in order.
#[track_caller]
fn linted(project: &Project, args: &[&str]) -> Vec<String> {
    let run = lint(project, args);
    assert_ne!(run.code, 2, "{}", run.err);
    let line = |line: &str| {
        let (path, rest) = line.split_once(":2:3: ").expect("a finding");
        format!("{path} {}", rest.split(':').next().unwrap())
    };
    run.out.lines().map(line).collect()
}

fn leaking(config: &str, paths: &[&str]) -> Project {
    paths.iter().fold(Project::new().with("leaklint.jsonc", config), |project, path| project.with(path, LEAK))
}

#[test]
fn ignored_files() {
    let config = r#"{ "ignore": ["legacy/", "/src/*.out.js", "!legacy/keep.js"] }"#;
    let paths =
        ["a.js", "legacy/b.js", "legacy/keep.js", "deep/legacy/c.js", "src/d.out.js", "src/deep/e.out.js"];
    let project = leaking(config, &paths);
    let left = ["a.js error", "legacy/keep.js error", "src/deep/e.out.js error"];
    assert_eq!(linted(&project, &[]), left);
    assert_eq!(linted(&project, &paths), left, "named one by one, as hooks do");
    assert_eq!(linted(&project, &["--no-ignore"]).len(), 6);
    assert_eq!(linted(&project, &["--no-config", "."]).len(), 6);
    let run = lint(&project, &["--stats"]);
    assert!(run.err.contains("left out         3 ignored\n"), "{}", run.err);
}

#[test]
fn kinds_that_are_linted() {
    let paths = ["a.js", "a.test.js", "e2e/b.js", "a.stories.js", "x.min.js"];
    let all = |kinds: &str| linted(&leaking(&format!("{{ \"kinds\": [{kinds}] }}"), &paths), &[]);
    assert_eq!(all(""), ["a.js error"]);
    assert_eq!(all("\"tests\""), ["a.js error", "a.test.js error", "e2e/b.js error"]);
    assert_eq!(all("\"stories\", \"minified\"").len(), 3);
    assert_eq!(all("\"all\"").len(), 5);
    let project = leaking(r#"{ "kinds": ["tests"] }"#, &paths);
    assert_eq!(linted(&project, &["a.test.js", "a.stories.js"]), ["a.test.js error"], "named");
    assert_eq!(linted(&project, &["--include=stories"]).len(), 4, "the command line adds");
    assert_eq!(linted(&project, &["e2e/../e2e", ".", "e2e"]).len(), 3, "each file once");
    let run = lint(&project, &["--stats"]);
    assert!(run.err.contains("left out         1 minified\nleft out         1 stories\n"), "{}", run.err);
}

/// A text on one line, which the walk cannot tell by its name.
#[test]
fn minified_texts() {
    let text = format!("{};{}", LEAK.replace('\n', ""), "a();".repeat(5_000));
    let project = Project::new().with("a.js", &text);
    assert_eq!(lint(&project, &[]).out, "");
    let project =
        project.with("leaklint.jsonc", r#"{ "overrides": [{ "files": ["a.js"], "kinds": ["minified"] }] }"#);
    assert_eq!(lint(&project, &[]).out.lines().count(), 1);
}

#[test]
fn overrides() {
    let config = r#"{
      "rules": { "uncleared-interval": "info" },
      "overrides": [
        { "files": ["src/**", "!src/legacy", "*.special.js"], "rules": { "uncleared-interval": "warn" } },
        { "files": ["src/api/"], "rules": { "uncleared-interval": "error" } },
        { "files": ["*.test.js"], "kinds": ["tests"], "rules": { "unclosed-resource": "off" } },
        { "files": ["off.js"], "minConfidence": "proven", "rules": { "uncleared-interval": "off" } },
      ],
    }"#;
    let project = leaking(
        config,
        &[
            "a.js",
            "lib/x.special.js",
            "src/a.js",
            "src/api/a.js",
            "src/api/a.test.js",
            "src/api/off.js",
            "src/legacy/a.js",
            "src/tests/a.js",
        ],
    );
    let all = [
        "a.js info",
        "lib/x.special.js warning",
        "src/a.js warning",
        "src/api/a.js error",
        "src/api/a.test.js error",
        "src/legacy/a.js info",
    ];
    assert_eq!(linted(&project, &[]), all);
    for one in all {
        let (path, _) = one.split_once(' ').unwrap();
        assert_eq!(linted(&project, &[path]), [one], "named alone");
    }
    assert_eq!(linted(&project, &["--rule=uncleared-interval=warn", "a.js", "src/api/off.js"]).len(), 2);
}

#[test]
fn confidence_and_reasons_of_some_files() {
    let likely =
        "export class Clock {\n  constructor() {\n    this.t = setInterval(() => this.tick(), 9);\n  }\n}\n";
    let excused = LEAK.replace("  setI", "  // leaklint-disable-next-line uncleared-interval\n  setI");
    let config = r#"{ "overrides": [
      { "files": ["quiet/"], "minConfidence": "proven" },
      { "files": ["strict/"], "requireReason": true } ] }"#;
    let project = Project::new()
        .with("leaklint.jsonc", config)
        .with("quiet/a.js", likely)
        .with("loud/a.js", likely)
        .with("strict/b.js", &excused)
        .with("loud/b.js", &excused);
    let run = lint(&project, &[]);
    let found: Vec<&str> = run.out.lines().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(found, ["loud/a.js:3:14", "strict/b.js:2:3"], "{}", run.out);
}

/// `--config` names a file anywhere: its patterns are relative to its folder, and lead out of it by `../`.
#[test]
fn a_configuration_that_lies_elsewhere() {
    let config = r#"{ "ignore": ["../src/*.made.js", "*.tmp.js", "out/"], "overrides": [{ "files": ["../src/**"], "rules": { "uncleared-interval": "info" } }] }"#;
    let project = leaking("{}", &["src/a.js", "src/b.made.js", "src/c.tmp.js", "lib/out/d.js", "lib/e.js"])
        .with("ci/leaks.jsonc", config);
    assert_eq!(linted(&project, &["--config=ci/leaks.jsonc"]), ["lib/e.js error", "src/a.js info"]);
}

/// A folder that is reached over a link is where it really is.
#[cfg(unix)]
#[test]
fn links() {
    let project = leaking(r#"{ "ignore": ["real/a.js"] }"#, &["real/a.js", "real/b.js"]);
    std::os::unix::fs::symlink("real", project.root().join("link")).unwrap();
    assert_eq!(linted(&project, &["link"]), ["link/b.js error"]);
    assert_eq!(linted(&project, &["link/a.js", "link/b.js"]), ["link/b.js error"]);
    // A configuration that is a link holds where the link lies.
    let project =
        leaking("{}", &["pkg/gone.js", "pkg/b.js"]).with("shared/x.json", r#"{ "ignore": ["/gone.js"] }"#);
    std::os::unix::fs::symlink("../shared/x.json", project.root().join("pkg/leaklint.json")).unwrap();
    assert_eq!(linted(&project, &["pkg"]), ["pkg/b.js error"]);
    assert_eq!(linted(&project, &["--config=pkg/leaklint.json", "."]), ["pkg/b.js error"]);
}

#[test]
fn buffers_of_editors() {
    let project = leaking(
        r#"{ "ignore": ["gone.js"], "overrides": [{ "files": ["new/*.js"], "rules": { "uncleared-interval": "info" } }], "kinds": ["tests"] }"#,
        &["buffer"],
    );
    let run = |path: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_leaklint"));
        command.args(["check", "--format=compact", "--threads=1", "--stdin", "--stdin-filename", path]);
        let input = std::fs::File::open(project.root().join("buffer")).unwrap();
        project.wait_with(command, input.into()).unwrap().out
    };
    assert!(run("new/a.js").starts_with("new/a.js:2:3: info: "), "a folder that is not there yet");
    assert_eq!(run("gone.js"), "");
    assert!(run("a.test.js").starts_with("a.test.js:2:3: error: "), "a kind that is let in");
    assert_eq!(run("a.stories.js"), "");
}

/// What git lists is let in and left out as what a walk finds, with the content that is staged.
#[test]
fn staged_files() {
    let paths = ["a.js", "a.test.js", "a.stories.js", "gone.js"];
    let project = leaking(r#"{ "ignore": ["gone.js"], "kinds": ["tests"] }"#, &paths);
    for args in [&["init", "--quiet"][..], &["add", "."]] {
        let status =
            std::process::Command::new("git").args(args).current_dir(project.root()).status().unwrap();
        assert!(status.success());
    }
    let project = project.with("a.test.js", "").with("a.js", "");
    assert_eq!(linted(&project, &["--staged"]), ["a.js error", "a.test.js error"]);
    assert_eq!(linted(&project, &[]), [""; 0]);
    assert_eq!(linted(&project, &["--staged", "--no-ignore"]).len(), 4);
}
