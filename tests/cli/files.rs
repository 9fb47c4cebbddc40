//! Which files are linted: ignore files, hidden files, and the kinds that are left out by default.

use crate::support_robust::{LEAK, Project};

/// The files with findings, in order.
#[track_caller]
fn linted(project: &Project, args: &[&str]) -> Vec<String> {
    let run = project.run(&[&["check", "--format=compact"], args].concat());
    assert!(run.code < 2, "{}", run.err);
    run.out.lines().map(|line| line.split(":2:3: ").next().unwrap().to_owned()).collect()
}

fn leaking(paths: &[&str]) -> Project {
    paths.iter().fold(Project::new(), |project, path| project.with(path, LEAK))
}

#[test]
fn extensions() {
    let project = leaking(&[
        "a.js", "b.jsx", "c.mjs", "d.cjs", "e.ts", "f.tsx", "g.mts", "h.cts", "i.d.ts", "j.json", "k.txt",
        "l", "m.JS.bak",
    ]);
    assert_eq!(linted(&project, &[]), ["a.js", "b.jsx", "c.mjs", "d.cjs", "e.ts", "f.tsx", "g.mts", "h.cts"]);
}

#[test]
fn ignore_files_hold_in_folders_and_for_files_named_by_hooks() {
    for name in [".gitignore", ".ignore", ".leaklintignore"] {
        let project =
            leaking(&["kept.js", "out.js", "deep/out.js", "gone/a.js", "deep/gone/b.js", "deep/kept.js"])
                .with(name, "# a comment\nout.js\ngone/\n");
        assert_eq!(linted(&project, &["."]), ["deep/kept.js", "kept.js"], "{name}");
        let named = ["out.js", "deep/out.js", "gone/a.js", "deep/gone/b.js", "kept.js"];
        assert_eq!(linted(&project, &named), ["kept.js"], "{name}");
        assert_eq!(
            linted(&project, &["--no-ignore", "out.js", "gone/a.js"]),
            ["gone/a.js", "out.js"],
            "{name}"
        );
        assert_eq!(linted(&project, &["--no-ignore", "."]).len(), 6, "{name}");
    }
}

#[test]
fn ignore_files_nearer_and_exceptions_win() {
    let project = leaking(&["a.js", "keep.js", "sub/a.js", "sub/keep.js", "sub/b.js"])
        .with(".gitignore", "*.js\n!keep.js\n")
        .with("sub/.gitignore", "!b.js\nkeep.js\n");
    assert_eq!(linted(&project, &["."]), ["keep.js", "sub/b.js"]);
    let all = ["a.js", "keep.js", "sub/a.js", "sub/keep.js", "sub/b.js"];
    assert_eq!(linted(&project, &all), ["keep.js", "sub/b.js"], "named one by one");
    assert_eq!(linted(&project, &["sub"]), ["sub/b.js"], "from a folder below");
}

#[test]
fn anchored_patterns() {
    let project =
        leaking(&["a/x.js", "b/a/x.js", "b/y.js", "x.js"]).with(".leaklintignore", "/a\nb/*.js\n/x.js\n");
    assert_eq!(linted(&project, &["."]), ["b/a/x.js"]);
    assert_eq!(linted(&project, &["a/x.js", "b/a/x.js", "b/y.js", "x.js"]), ["b/a/x.js"]);
}

#[test]
fn a_repository_ends_the_search_for_git_ignore_files() {
    let project =
        leaking(&["repo/a.js", "repo/sub/b.js"]).with("repo/.git/HEAD", "").with(".gitignore", "*.js\n");
    assert_eq!(linted(&project, &["repo/a.js", "repo/sub/b.js"]), ["repo/a.js", "repo/sub/b.js"]);
    assert_eq!(linted(&project, &["repo"]), ["repo/a.js", "repo/sub/b.js"]);
}

#[test]
fn hidden_files_only_when_named() {
    let project = leaking(&[".hidden.js", ".config/a.js", "seen.js"]);
    assert_eq!(linted(&project, &[]), ["seen.js"]);
    assert_eq!(linted(&project, &[".hidden.js", ".config"]), [".config/a.js", ".hidden.js"]);
}

#[test]
fn installed_packages_only_when_named() {
    let project =
        leaking(&["a.js", "node_modules/p/index.js", "sub/node_modules/q/index.js", ".git/hook.js"]);
    assert_eq!(linted(&project, &[]), ["a.js"]);
    assert_eq!(linted(&project, &["--no-ignore"]), ["a.js"], "not even then");
    assert_eq!(linted(&project, &["--include=all"]), ["a.js"], "not even then");
    assert_eq!(linted(&project, &["node_modules/p"]), ["node_modules/p/index.js"]);
    assert_eq!(linted(&project, &["sub/node_modules/q/index.js"]), ["sub/node_modules/q/index.js"]);
}

/// A file of each kind with the name that `--include` knows it by.
const KINDS: [(&str, &str); 10] = [
    ("src/a.test.js", "tests"),
    ("src/button.stories.js", "stories"),
    ("examples/a.js", "examples"),
    ("bench/a.js", "benchmarks"),
    ("docs/a.js", "docs"),
    ("src/__fixtures__/a.js", "fixtures"),
    ("scripts/a.js", "scripts"),
    ("src/generated/a.js", "generated"),
    ("vendor/a.js", "vendored"),
    ("src/a.min.js", "minified"),
];

#[test]
fn kinds_are_left_out_unless_included() {
    let paths: Vec<&str> = KINDS.iter().map(|(path, _)| *path).chain(["src/app.js"]).collect();
    let project = leaking(&paths);
    assert_eq!(linted(&project, &[]), ["src/app.js"]);
    for (path, kind) in KINDS {
        let mut expected = [path, "src/app.js"];
        expected.sort_unstable();
        assert_eq!(linted(&project, &["--include", kind]), expected, "{kind}");
        assert_eq!(linted(&project, &["--include", kind, path]), [path], "{kind} named");
        assert!(linted(&project, &[path]).is_empty(), "{kind} named without the option");
    }
    assert_eq!(
        linted(&project, &["--include=tests", "--include=docs"]),
        ["docs/a.js", "src/a.test.js", "src/app.js"]
    );
    assert_eq!(linted(&project, &["--include=all"]).len(), paths.len());
    assert_eq!(linted(&project, &["--no-ignore"]).len(), paths.len());
    let run = project.run(&["check", "--include=poems"]).expect(2);
    assert!(run.err.contains("tests, stories"), "{}", run.err);
}

#[test]
fn compiled_folders_count_beside_sources_only() {
    let project = leaking(&["src/a.js", "dist/a.js", "other/dist/b.js"]);
    assert_eq!(linted(&project, &[]), ["other/dist/b.js", "src/a.js"]);
    assert_eq!(linted(&project, &["--include=dist"]).len(), 3);
}

#[test]
fn naming_a_folder_opts_its_kind_in() {
    let project = leaking(&["tests/a.js", "tests/deep/b.js", "tests/docs/c.js", "src/tests/d.js"]);
    assert_eq!(linted(&project, &["tests"]), ["tests/a.js", "tests/deep/b.js"]);
    assert_eq!(linted(&project, &["src"]), [""; 0]);
    assert_eq!(linted(&project, &["src/tests", "tests/docs"]), ["src/tests/d.js", "tests/docs/c.js"]);
}

/// Where the project lies on the disk says nothing about its files.
#[test]
fn folders_above_the_current_one_do_not_count() {
    let project = leaking(&["tests/vendor/app/src/a.js"]);
    let folder = project.root().join("tests/vendor/app");
    let command = |path: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_leaklint"));
        command.args(["check", "--format=compact", path]).arg("--threads=1");
        command
    };
    let absolute = folder.to_str().unwrap().to_owned();
    let run = project.wait(command(&absolute)).unwrap().expect(1);
    assert!(run.out.contains("src/a.js:2:3: error"), "{}", run.out);
}

#[test]
fn the_size_limit() {
    let project = leaking(&["a.js"]);
    let exact = format!("--max-file-size={}", LEAK.len());
    assert_eq!(linted(&project, &[&exact]), ["a.js"]);
    let below = format!("--max-file-size={}", LEAK.len() - 1);
    let run = project.run(&["check", "--format=compact", &below]).expect(0);
    assert!(
        run.out.starts_with("a.js:1:1: warning: ") && run.out.contains("[file-too-large]"),
        "{}",
        run.out
    );
    assert!(run.out.contains(&LEAK.len().to_string()), "{}", run.out);
}
