//! Which configuration holds for a file.

use crate::lint;
use crate::support_robust::{LEAK, Project};
use leaklint::config::{Finder, inside};

const OFF: &str = r#"{ "rules": { "uncleared-interval": "off" } }"#;

#[test]
fn the_nearest_configuration_of_each_file_holds() {
    let project = Project::new()
        .with("repo/.git/HEAD", "")
        .with("leaklint.jsonc", "{ broken")
        .with("repo/leaklint.json", OFF)
        .with("repo/a.js", LEAK)
        .with("repo/src/deep/b.js", LEAK)
        .with("repo/pkg/leaklint.jsonc", "{}")
        .with("repo/pkg/src/c.js", LEAK);
    let run = lint(&project, &["repo"]).expect(1);
    assert_eq!(run.out.lines().count(), 1, "{}", run.out);
    assert!(run.out.starts_with("repo/pkg/src/c.js:2:3"), "{}", run.out);
    let run = lint(&project, &["repo/pkg/../src/deep/b.js"]).expect(0);
    assert_eq!(run.out, "");
    let run = lint(&project, &["--config=repo/pkg/leaklint.jsonc", "repo/a.js"]).expect(1);
    assert!(run.out.starts_with("repo/a.js:2:3"), "{}", run.out);
    lint(&project, &["--config=repo/leaklint.json", "--no-config", "repo"]).expect(2);
}

#[test]
fn the_key_of_a_package() {
    let project = Project::new()
        .with("package.json", format!("{{ \"name\": \"app\", \"leaklint\": {OFF} }}"))
        .with("a.js", LEAK)
        .with("pkg/package.json", r#"{ "name": "leaklint", "devDependencies": { "leaklint": "1" } }"#)
        .with("pkg/b.js", LEAK)
        .with("own/package.json", r#"{ "leaklint": {} }"#)
        .with("own/c.js", LEAK);
    let run = lint(&project, &[]).expect(1);
    assert!(run.out.starts_with("own/c.js:2:3") && run.out.lines().count() == 1, "{}", run.out);
    lint(&project, &["--config=package.json", "own/c.js"]).expect(0);
}

/// The folder in which leaklint runs is of no matter.
#[test]
fn the_same_from_every_folder() {
    let project = Project::new()
        .with(
            "leaklint.jsonc",
            r#"{ "overrides": [{ "files": ["src/*.js"], "rules": { "uncleared-interval": "off" } }] }"#,
        )
        .with("src/a.js", LEAK)
        .with("lib/b.js", LEAK);
    for (from, path) in [(".", "."), ("src", ".."), ("lib", "../."), ("lib", "../lib/../src/../.")] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_leaklint"));
        command.args(["check", "--format=compact", "--threads=1", path]);
        let output = command.current_dir(project.root().join(from)).output().unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        assert!(out.contains("b.js:2:3") && out.lines().count() == 1, "{from} {path}: {out}");
    }
}

#[test]
fn two_configurations_in_one_folder() {
    let key = "{ \"leaklint\": {} }";
    for (one, two, said) in [
        (("leaklint.jsonc", "{}"), ("leaklint.json", "{}"), "both leaklint.jsonc and leaklint.json"),
        (
            ("leaklint.jsonc", "{}"),
            ("package.json", key),
            "both leaklint.jsonc and the key `leaklint` of package.json",
        ),
        (
            ("leaklint.json", "{}"),
            ("package.json", key),
            "both leaklint.json and the key `leaklint` of package.json",
        ),
    ] {
        let project = Project::new().with(one.0, one.1).with(two.0, two.1).with("a.js", LEAK);
        let run = lint(&project, &[]).expect(2);
        assert!(run.err.ends_with(&format!(": {said}; keep one\n")), "{}", run.err);
    }
}

/// What a folder held when it was asked is not asked again, and other folders are not asked.
#[test]
fn each_folder_is_asked_once() {
    let project = Project::new()
        .with("leaklint.jsonc", "{}")
        .with("a/b/c.js", "")
        .with("a/d/e.js", "")
        .with("z/leaklint.jsonc", "{}")
        .with("z/leaklint.json", "{}");
    let root = project.root().canonicalize().unwrap();
    let mut finder = Finder::new(inside);
    let config = Some(root.join("leaklint.jsonc"));
    assert_eq!(finder.of_folder(&root.join("a/b")), Ok(config.clone()));
    std::fs::remove_file(root.join("leaklint.jsonc")).unwrap();
    std::fs::write(root.join("a/leaklint.jsonc"), "{}").unwrap();
    assert_eq!(finder.of_folder(&root.join("a/b")), Ok(config.clone()));
    assert_eq!(finder.of_folder(&root.join("a/d")), Ok(config), "known from `a`");
}

/// Only folders in which files are linted, and those above, have a say.
#[test]
fn folders_without_files_are_not_asked() {
    let project = Project::new()
        .with("src/a.js", LEAK)
        .with("broken/leaklint.jsonc", "{ broken")
        .with("broken/readme.md", "")
        .with("gone/leaklint.jsonc", "{ broken")
        .with("gone/b.js", LEAK)
        .with(".leaklintignore", "gone/");
    lint(&project, &[]).expect(1);
}
