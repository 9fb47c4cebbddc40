//! `--staged`, `--changed`, `--since` and `--new-lines` in real repositories.

use super::CLEAN;
use crate::support_robust::{LEAK, Project, Run};
use std::path::Path;
use std::process::Command;

/// Runs a command of git in a folder, with no configuration but its own.
#[track_caller]
pub fn git_in(folder: &Path, args: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(["-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always"]).args(args);
    let output = alone(&mut command).current_dir(folder).output().unwrap();
    let says = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {args:?}: {says}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn alone(command: &mut Command) -> &mut Command {
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    let nobody = ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"];
    command.envs(nobody.map(|name| (name, "nobody")));
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1")
}

pub struct Repository {
    pub project: Project,
}

impl Repository {
    /// With these files committed on `main`.
    #[track_caller]
    pub fn new(files: &[(&str, &str)]) -> Self {
        let repository = Self { project: Project::new() };
        repository.git(&["init", "--quiet"]);
        for (path, content) in files {
            repository.write(path, content);
        }
        repository.commit();
        repository
    }

    #[track_caller]
    pub fn git(&self, args: &[&str]) -> String {
        git_in(self.project.root(), args)
    }

    #[track_caller]
    pub fn write(&self, path: &str, content: &str) {
        let path = self.project.root().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    #[track_caller]
    pub fn remove(&self, path: &str) {
        std::fs::remove_file(self.project.root().join(path)).unwrap();
    }

    /// Commits whatever stands in the work tree.
    #[track_caller]
    pub fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=x"]);
    }

    /// Runs leaklint in a folder of it.
    #[track_caller]
    pub fn run_in(&self, folder: &str, args: &[&str], env: &[(&str, &str)]) -> Run {
        let inside = self.project.root().join(folder);
        let mut command = Command::new("sh");
        command.args(["-c", "cd \"$0\" && exec \"$@\""]).arg(inside);
        command.arg(env!("CARGO_BIN_EXE_leaklint")).args(["check", "--format=compact"]).args(args);
        alone(&mut command).envs(env.iter().copied());
        self.project.wait(command).unwrap()
    }

    /// Where there are findings: `path:line:column`.
    #[track_caller]
    pub fn found(&self, args: &[&str]) -> Vec<String> {
        places(&self.run_in(".", args, &[]))
    }
}

#[track_caller]
fn places(run: &Run) -> Vec<String> {
    assert!(run.code < 2, "{}", run.err);
    let place = |line: &str| line.split(": ").next().unwrap().to_owned();
    run.out.lines().map(place).collect()
}

const NOTHING: [&str; 0] = [];

/// The leak some lines further down.
fn lower() -> String {
    format!("// one\n// two\n{LEAK}")
}

#[test]
fn what_is_staged_is_linted_as_it_is_staged() {
    let repository = Repository::new(&[("old.js", LEAK), ("a.js", CLEAN), ("b.js", CLEAN), ("c.js", CLEAN)]);
    assert_eq!(repository.found(&["--staged"]), NOTHING, "nothing is staged");
    repository.write("a.js", LEAK);
    repository.write("b.js", &lower());
    repository.git(&["add", "a.js", "b.js"]);
    // The work tree goes on: clean, worse, gone, and a change that is not staged.
    repository.write("a.js", CLEAN);
    repository.write("b.js", &format!("{}{LEAK}", lower()));
    repository.write("c.js", LEAK);
    repository.write("untracked.js", LEAK);
    assert_eq!(repository.found(&["--staged"]), ["a.js:2:3", "b.js:4:3"]);
    repository.remove("a.js");
    assert_eq!(repository.found(&["--staged"]), ["a.js:2:3", "b.js:4:3"], "though a.js is deleted");
    assert_eq!(repository.found(&["--staged", "a.js"]), ["a.js:2:3"], "a hook may name it all the same");
}

#[test]
fn what_is_in_the_work_tree_and_not_in_head() {
    let repository = Repository::new(&[("old.js", LEAK), ("a.js", CLEAN), ("b.js", CLEAN)]);
    assert_eq!(repository.found(&["--changed"]), NOTHING);
    repository.write(".gitignore", "ignored.js\n");
    for path in ["a.js", "b.js", "sub/new.js", "ignored.js"] {
        repository.write(path, LEAK);
    }
    repository.git(&["add", "a.js"]);
    repository.write("a.js", &lower());
    assert_eq!(repository.found(&["--changed"]), ["a.js:4:3", "b.js:2:3", "sub/new.js:2:3"]);
    repository.remove("b.js");
    assert_eq!(repository.found(&["--changed"]), ["a.js:4:3", "sub/new.js:2:3"]);
    repository.git(&["rm", "--quiet", "--cached", "old.js"]);
    assert!(repository.found(&["--changed"]).contains(&"old.js:2:3".to_owned()), "untracked now");
}

#[test]
fn before_the_first_commit() {
    let repository = Repository { project: Project::new() };
    repository.git(&["init", "--quiet"]);
    repository.write("a.js", LEAK);
    assert_eq!(repository.found(&["--changed"]), ["a.js:2:3"]);
    assert_eq!(repository.found(&["--staged"]), NOTHING);
    repository.git(&["add", "a.js"]);
    assert_eq!(repository.found(&["--staged"]), ["a.js:2:3"]);
    assert_eq!(repository.found(&["--changed", "--new-lines"]), ["a.js:2:3"]);
    let run = repository.run_in(".", &["--since=HEAD"], &[]).expect(2);
    assert!(run.err.contains("no commit"), "{}", run.err);
}

#[test]
fn since_a_branch_is_since_the_commit_at_which_they_parted() {
    let repository = Repository::new(&[("a.js", CLEAN), ("b.js", CLEAN), ("c.js", CLEAN)]);
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    repository.write("a.js", LEAK);
    repository.commit();
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write("b.js", LEAK);
    repository.commit();
    repository.git(&["checkout", "--quiet", "topic"]);
    assert_eq!(repository.found(&["--since=main"]), ["a.js:2:3"], "b.js was changed by others");
    repository.write("c.js", LEAK);
    repository.write("new.js", LEAK);
    assert_eq!(repository.found(&["--since=main"]), ["a.js:2:3", "c.js:2:3", "new.js:2:3"]);
    assert_eq!(repository.found(&["--since=HEAD"]), ["c.js:2:3", "new.js:2:3"]);
    repository.git(&["tag", "v1", "main"]);
    let commit = repository.git(&["rev-parse", "main"]);
    for name in ["refs/heads/main", "v1", "main~0", "main^{commit}", &commit, &commit[..10]] {
        assert_eq!(repository.found(&["--since", name]).len(), 3, "{name}");
    }
    repository.git(&["merge", "--quiet", "--no-edit", "main"]);
    assert_eq!(repository.found(&["--since=main"]), ["a.js:2:3", "c.js:2:3", "new.js:2:3"]);
}

#[test]
fn paths_narrow_the_choice() {
    let repository = Repository::new(&[("README", "")]);
    for path in ["src/a.js", "src/deep/b.js", "lib/c.js", "top.js"] {
        repository.write(path, LEAK);
    }
    for scope in ["--changed", "--staged"] {
        assert_eq!(repository.found(&[scope, "src"]), ["src/a.js:2:3", "src/deep/b.js:2:3"]);
        assert_eq!(
            repository.found(&[scope, "lib", "./src/deep/b.js"]),
            ["lib/c.js:2:3", "src/deep/b.js:2:3"]
        );
        assert_eq!(repository.found(&[scope, "src", "src/a.js", "src/../src"]).len(), 2, "each of them once");
        assert_eq!(places(&repository.run_in("src", &[scope], &[])), ["a.js:2:3", "deep/b.js:2:3"]);
        assert_eq!(places(&repository.run_in("src", &[scope, "../lib"], &[])), ["../lib/c.js:2:3"]);
        let run = repository.run_in(".", &[scope, "gone"], &[]).expect(2);
        assert!(run.err.contains("gone: no such file or folder"), "{}", run.err);
        repository.git(&["add", "--all"]);
    }
}

#[test]
fn what_a_run_leaves_out_is_left_out() {
    let repository = Repository::new(&[(".leaklintignore", "mine/\n")]);
    let paths = [
        "a.js",
        "src/a.test.js",
        "mine/a.js",
        ".hidden/a.js",
        "node_modules/p/a.js",
        "docs/a.js",
        "a.d.ts",
        "b.txt",
    ];
    for path in paths {
        repository.write(path, LEAK);
    }
    repository.git(&["add", "--all", "--force"]);
    for scope in ["--staged", "--changed"] {
        assert_eq!(repository.found(&[scope]), ["a.js:2:3"]);
        assert_eq!(repository.found(&[scope, "--include=tests"]), ["a.js:2:3", "src/a.test.js:2:3"]);
        assert_eq!(
            repository.found(&[scope, "docs"]),
            ["docs/a.js:2:3"],
            "judged below the folder that is named"
        );
        assert_eq!(repository.found(&[scope, "docs/a.js", "mine/a.js"]), NOTHING);
        assert_eq!(repository.found(&[scope, "node_modules/p"]), ["node_modules/p/a.js:2:3"]);
        let all = repository.found(&[scope, "--no-ignore"]);
        assert_eq!(all.len(), 5, "{all:?}");
        assert!(!all.iter().any(|place| place.starts_with("node_modules")), "not even then");
    }
}

/// The configuration beside a file holds, as the work tree has it.
#[test]
fn configuration_holds() {
    let repository =
        Repository::new(&[("pkg/leaklint.jsonc", r#"{ "rules": { "uncleared-interval": "warn" } }"#)]);
    repository.write("pkg/deep/a.js", LEAK);
    repository.write("b.js", LEAK);
    repository.git(&["add", "--all"]);
    std::fs::remove_dir_all(repository.project.root().join("pkg/deep")).unwrap();
    let run = repository.run_in(".", &["--staged"], &[]).expect(1);
    assert!(
        run.out.contains("pkg/deep/a.js:2:3: warning") && run.out.contains("b.js:2:3: error"),
        "{}",
        run.out
    );
}

#[test]
fn suppressions_and_limits_hold_in_what_is_staged() {
    let repository = Repository::new(&[]);
    let quiet = LEAK.replace("  setI", "  // leaklint-disable-next-line uncleared-interval -- why\n  setI");
    repository.write("quiet.js", &quiet);
    repository.write("unused.js", "// leaklint-disable-file uncleared-interval\n");
    repository.write("crlf.js", &LEAK.replace('\n', "\r\n"));
    repository.write("large.js", &format!("{LEAK}// {}\n", "x".repeat(300)));
    repository.git(&["add", "--all"]);
    for path in ["quiet.js", "unused.js", "crlf.js", "large.js"] {
        repository.remove(path);
    }
    let run = repository.run_in(".", &["--staged", "--max-file-size=300"], &[]).expect(1);
    let rules: Vec<&str> = run.out.lines().map(|line| line.rsplit('[').next().unwrap()).collect();
    assert_eq!(rules, ["uncleared-interval]", "file-too-large]", "unused-suppression]"], "{}", run.out);
    assert!(run.out.contains("crlf.js:2:3"), "{}", run.out);
}

#[test]
fn renamed_files() {
    let long = format!("{LEAK}{}", CLEAN.repeat(8));
    let repository = Repository::new(&[("old name.js", &long), ("kept.js", CLEAN)]);
    repository.git(&["mv", "old name.js", "new.js"]);
    assert_eq!(repository.found(&["--staged"]), ["new.js:2:3"]);
    assert_eq!(repository.found(&["--staged", "--new-lines"]), NOTHING, "it was there under the old name");
    repository.write("new.js", &format!("{long}{LEAK}"));
    assert_eq!(repository.found(&["--changed", "--new-lines"]).len(), 1);
    assert_eq!(repository.found(&["--staged", "--new-lines"]), NOTHING);
}

/// A partial clone without a way to its origin, or one that is damaged.
#[test]
fn objects_that_are_not_there() {
    let long = format!("{LEAK}{}", CLEAN.repeat(8));
    let repository = Repository::new(&[("old.js", &long), ("kept.js", CLEAN)]);
    let id = repository.git(&["rev-parse", "HEAD:old.js"]);
    repository.git(&["mv", "old.js", "new.js"]);
    repository.write("new.js", &format!("// x\n{long}"));
    repository.git(&["add", "new.js"]);
    let object = format!(".git/objects/{}/{}", &id[..2], &id[2..]);
    std::fs::remove_file(repository.project.root().join(object)).unwrap();
    for scope in ["--staged", "--changed", "--since=HEAD"] {
        assert_eq!(repository.found(&[scope]), ["new.js:3:3"], "{scope}");
        assert_eq!(repository.found(&[scope, "--new-lines"]), ["new.js:3:3"], "{scope}: nobody knows");
    }
    repository.write("kept.js", LEAK);
    repository.git(&["add", "kept.js"]);
    let id = repository.git(&["rev-parse", ":kept.js"]);
    let object = format!(".git/objects/{}/{}", &id[..2], &id[2..]);
    std::fs::remove_file(repository.project.root().join(object)).unwrap();
    let run = repository.run_in(".", &["--staged"], &[]).expect(2);
    assert!(run.err.contains("the staged content of kept.js is not in the repository"), "{}", run.err);
}

#[cfg(unix)]
#[test]
fn hostile_names() {
    let names = [
        "a b.js",
        "quote\".js",
        "tab\t.js",
        "line\n@@ -1 +1 @@.js",
        ":(exclude)x.js",
        "-x.js",
        "ünï.js",
        "*.js",
        "[a].js",
        "$(touch hacked).js",
        "::error::.js",
    ];
    let repository = Repository::new(&[("kept.js", CLEAN)]);
    for name in names {
        repository.write(name, LEAK);
    }
    for scope in ["--changed", "--staged"] {
        assert_eq!(repository.found(&[scope]).len(), names.len(), "{scope}");
        for name in names {
            let named = format!("./{name}");
            assert_eq!(repository.found(&[scope, &named]).len(), 1, "{scope} {name}");
        }
        repository.git(&["add", "--all"]);
    }
    assert!(!repository.project.root().join("hacked").exists());
}

#[cfg(unix)]
#[test]
fn bytes_that_are_no_text_in_names() {
    use std::os::unix::ffi::OsStrExt;
    let repository = Repository::new(&[]);
    let name = std::ffi::OsStr::from_bytes(b"b\xff.js");
    std::fs::write(repository.project.root().join(name), LEAK).unwrap();
    assert_eq!(repository.found(&["--changed"]).len(), 1);
    repository.git(&["add", "--all"]);
    assert_eq!(repository.found(&["--staged"]).len(), 1);
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let repository = Repository::new(&[("a.js", LEAK)]);
    std::os::unix::fs::symlink("a.js", repository.project.root().join("link.js")).unwrap();
    assert_eq!(repository.found(&["--changed"]), NOTHING);
    repository.git(&["add", "--all"]);
    assert_eq!(repository.found(&["--staged"]), NOTHING);
    assert_eq!(repository.found(&["--changed"]), NOTHING);
}

#[test]
fn submodules_are_repositories_of_their_own() {
    let inner = Repository::new(&[("a.js", CLEAN)]);
    let repository = Repository::new(&[("top.js", CLEAN)]);
    let from = inner.project.root().to_str().unwrap();
    repository.git(&["submodule", "--quiet", "add", from, "module"]);
    assert_eq!(repository.found(&["--staged"]), NOTHING, "a submodule that is staged is no file");
    repository.commit();
    repository.write("module/a.js", LEAK);
    repository.write("module/new.js", LEAK);
    repository.write("top.js", LEAK);
    assert_eq!(repository.found(&["--changed"]), ["top.js:2:3"]);
    assert_eq!(repository.found(&["--changed", "module"]), ["module/a.js:2:3", "module/new.js:2:3"]);
    assert_eq!(places(&repository.run_in("module", &["--changed"], &[])), ["a.js:2:3", "new.js:2:3"]);
    for paths in [["top.js", "module"], ["module", "top.js"]] {
        let run = repository.run_in(".", &["--changed", paths[0], paths[1]], &[]).expect(2);
        assert!(run.err.contains("one repository at a time"), "{}", run.err);
    }
}

#[test]
fn files_with_conflicts() {
    let repository = Repository::new(&[("a.js", CLEAN)]);
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    repository.write("a.js", LEAK);
    repository.commit();
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write("a.js", "let x;\n");
    repository.commit();
    let mut merge = Command::new("git");
    merge.args(["merge", "--quiet", "topic"]).current_dir(repository.project.root());
    assert!(!alone(&mut merge).output().unwrap().status.success(), "it is a conflict");
    assert_eq!(repository.found(&["--staged"]), NOTHING, "nothing of it is staged");
    let run = repository.run_in(".", &["--changed"], &[]).expect(0);
    assert_eq!(run.out.lines().count(), 0, "no rule can fire in what is left of it: {}", run.out);
    repository.write("a.js", LEAK);
    assert_eq!(repository.found(&["--changed"]), ["a.js:2:3"], "solved, not yet staged");
}

#[test]
fn settings_of_git_do_not_matter() {
    let repository = Repository::new(&[("a.js", CLEAN), ("sub/b.js", CLEAN)]);
    for (key, value) in [
        ("core.quotepath", "true"),
        ("diff.external", "false"),
        ("diff.noprefix", "true"),
        ("diff.relative", "true"),
        ("diff.renames", "false"),
        ("diff.js.textconv", "false"),
        ("diff.js.command", "false"),
        ("diff.orderFile", "order"),
        ("diff.ignoreSubmodules", "all"),
        ("color.ui", "always"),
        ("core.pager", "false"),
    ] {
        repository.git(&["config", key, value]);
    }
    repository.write("order", "sub/*\n");
    repository.write(".gitattributes", "*.js diff=js\n");
    repository.write("a.js", LEAK);
    repository.write("sub/b.js", LEAK);
    repository.git(&["mv", "a.js", "ä.js"]);
    let env = [("GIT_EXTERNAL_DIFF", "false"), ("GIT_DIFF_OPTS", "-u9"), ("GIT_ICASE_PATHSPECS", "1")];
    for scope in ["--changed", "--since=main"] {
        let run = repository.run_in(".", &[scope, "--new-lines"], &env);
        assert_eq!(places(&run), ["sub/b.js:2:3", "ä.js:2:3"]);
        assert_eq!(places(&repository.run_in("sub", &[scope], &env)), ["b.js:2:3"]);
    }
}

/// In a hook git says by its environment where it is; a hook may change its folder first.
#[test]
fn in_hooks() {
    let repository = Repository::new(&[("sub/a.js", CLEAN)]);
    let root = repository.project.root();
    let hook = |folder: &str| {
        let bin = env!("CARGO_BIN_EXE_leaklint");
        let report = root.join("report");
        let text = format!(
            "#!/bin/sh\nenv | grep ^GIT_ >'{0}'.env\ncd {folder} && '{bin}' check --staged --format=compact >'{0}' 2>&1\n",
            report.display()
        );
        let path = root.join(".git/hooks/pre-commit");
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let _ = std::fs::remove_file(&report);
        report
    };
    let commit = |folder: &Path, args: &[&str]| {
        let mut command = Command::new("git");
        command.args(["commit", "--quiet", "--message=x"]).args(args).current_dir(folder);
        alone(&mut command).output().unwrap().status.success()
    };
    repository.write("sub/a.js", LEAK);
    for (folder, shown) in [(".", "sub/a.js:2:3: error"), ("sub", "a.js:2:3: error")] {
        let report = hook(folder);
        assert!(!commit(root, &["--all"]), "an index of its own is what is committed");
        let text = std::fs::read_to_string(&report).unwrap();
        assert!(text.starts_with(shown), "{folder}: {text}");
        assert!(!commit(root, &["sub/a.js"]));
    }
    // A work tree beside the first: there git sets GIT_DIR.
    let beside = root.join("beside");
    repository.git(&["worktree", "add", "--quiet", beside.to_str().unwrap()]);
    std::fs::write(beside.join("sub/a.js"), LEAK).unwrap();
    for folder in [".", "sub"] {
        let report = hook(folder);
        assert!(!commit(&beside, &["--all"]));
        let text = std::fs::read_to_string(&report).unwrap();
        assert!(text.contains("a.js:2:3: error"), "{folder}: {text}");
    }
}

/// Home folders under version control: the repository lies elsewhere, and the environment says so.
#[test]
fn a_repository_apart_from_its_work_tree() {
    let repository = Repository::new(&[("a.js", CLEAN)]);
    let root = repository.project.root();
    std::fs::rename(root.join(".git"), root.join("store.git")).unwrap();
    repository.write("a.js", LEAK);
    let store = root.join("store.git");
    let env = [("GIT_DIR", store.to_str().unwrap()), ("GIT_WORK_TREE", root.to_str().unwrap())];
    assert_eq!(places(&repository.run_in(".", &["--changed", "a.js"], &env)), ["a.js:2:3"]);
    let relative = [("GIT_DIR", "store.git"), ("GIT_WORK_TREE", ".")];
    assert_eq!(places(&repository.run_in(".", &["--changed", "a.js"], &relative)), ["a.js:2:3"]);
    let run = repository.run_in(".", &["--changed"], &[]).expect(2);
    assert!(run.err.contains("git finds no work tree in"), "{}", run.err);
    let run = repository.run_in("store.git", &["--changed"], &[]).expect(2);
    assert!(run.err.contains("git finds no work tree in"), "{}", run.err);
}

#[test]
fn what_cannot_be_answered_is_told() {
    let plain = Project::new().with("a.js", LEAK);
    for args in [["check", "--staged"], ["check", "--changed"], ["check", "--since=main"]] {
        let run = plain.run(&args).expect(2);
        assert!(run.err.contains("git finds no work tree in") && run.out.is_empty(), "{}", run.err);
    }
    let repository = Repository::new(&[("a.js", LEAK)]);
    for (args, says) in [
        (&["--since=mian"][..], "there is no commit `mian`"),
        (&["--since=a.js"], "there is no commit `a.js`"),
        (&["--since=--output=hacked"], "`--output=hacked` is no name of a commit"),
        (&["--since", "-x"], "`-x` is no name of a commit"),
        (&["--since="], "`` is no name of a commit"),
        (&["--since=main...HEAD"], "is no name of a commit"),
        (&["--staged", "--changed"], "cannot be used with"),
        (&["--new-lines"], "--staged"),
        (&["--staged", "--stdin", "--stdin-filename=a.js"], "cannot be used with"),
        (&["--staged", "--trace=a.js"], "cannot be used with"),
    ] {
        let run = repository.run_in(".", args, &[]).expect(2);
        assert!(run.err.contains(says) && run.out.is_empty(), "{args:?}: {}", run.err);
    }
    // git has this for its own tests: the repository belongs to another user.
    let run = repository.run_in(".", &["--staged"], &[("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")]).expect(2);
    assert!(run.err.contains("dubious ownership") && run.err.contains("safe.directory"), "{}", run.err);
    let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
    command.args(["check", "--staged"]).env("PATH", repository.project.root());
    let run = repository.project.wait(command).unwrap().expect(2);
    assert!(run.err.contains("no `git` on the PATH"), "{}", run.err);
}

#[test]
fn shallow_clones_and_unrelated_histories() {
    let repository = Repository::new(&[("a.js", CLEAN)]);
    repository.commit();
    let origin = format!("file://{}", repository.project.root().to_str().unwrap());
    repository.git(&["clone", "--quiet", "--depth=1", &origin, "clone"]);
    let run = repository.run_in("clone", &["--since=main~1"], &[]).expect(2);
    assert!(run.err.contains("no commit `main~1`") && run.err.contains("shallow clone"), "{}", run.err);
    repository.git(&["checkout", "--quiet", "--orphan", "other"]);
    repository.commit();
    let run = repository.run_in(".", &["--since=main"], &[]).expect(2);
    assert!(run.err.contains("have no commit in common") && !run.err.contains("shallow"), "{}", run.err);
    let clone = repository.project.root().join("clone");
    git_in(&clone, &["fetch", "--quiet", "--depth=1", &origin, "other:other"]);
    let run = repository.run_in("clone", &["--since=other"], &[]).expect(2);
    assert!(run.err.contains("have no commit in common") && run.err.contains("shallow"), "{}", run.err);
}

/// A class whose interval is cleared where it ends.
const HEALTHY: &str = "export class Poll extends HTMLElement {\n  connectedCallback() {\n    this.t = setInterval(() => this.go(), 1000);\n  }\n  disconnectedCallback() {\n    clearInterval(this.t);\n  }\n  go() {}\n}\n";

#[test]
fn new_lines_keeps_what_the_change_brought() {
    let repository = Repository::new(&[("a.js", LEAK), ("poll.js", HEALTHY)]);
    let new = |args: &[&str]| repository.found(&[&["--changed", "--new-lines"], args].concat());
    repository.write("a.js", &format!("// above\n{LEAK}// below\n"));
    assert_eq!(repository.found(&["--changed"]), ["a.js:3:3"]);
    assert_eq!(new(&[]), NOTHING, "it only moved");
    repository.write("a.js", &format!("{LEAK}{LEAK}"));
    assert_eq!(new(&[]), ["a.js:5:3"], "the second one is new");
    repository.write("a.js", &LEAK.replace("10)", "20)"));
    assert_eq!(new(&[]), ["a.js:2:3"], "its own line was changed");
    repository.write("a.js", &LEAK.replace('\n', "\r\n"));
    assert_eq!(new(&[]), NOTHING, "other line ends are no change");
    repository.write("a.js", LEAK);
    repository.write("poll.js", &HEALTHY.replace("    clearInterval(this.t);\n", ""));
    assert_eq!(new(&[]), ["poll.js:3:14"], "its cleanup went, on lines that are no more");
    assert_eq!(repository.found(&["--changed"]), ["poll.js:3:14"]);
    repository.write("new.js", LEAK);
    assert_eq!(new(&["new.js"]), ["new.js:2:3"], "all of a new file is new");
}

#[test]
fn new_lines_counts_for_the_exit_code() {
    let repository = Repository::new(&[("a.js", LEAK)]);
    repository.write("a.js", &lower());
    repository.run_in(".", &["--changed"], &[]).expect(1);
    let run = repository.run_in(".", &["--changed", "--new-lines"], &[]).expect(0);
    assert_eq!(run.err, "leaklint: nothing found in 1 file\n");
}
