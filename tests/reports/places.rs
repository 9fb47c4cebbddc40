//! Paths: from the repository's root where its host reads the report, as given elsewhere.

use super::read::{MACHINE, read};
use super::support_robust::{LEAK, Project, Run};
use std::process::Command;

fn in_folder(project: &Project, folder: &str, args: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
    command.args(args).current_dir(project.root().join(folder));
    project.wait(command).unwrap()
}

fn is_from_the_root(format: &str) -> bool {
    ["sarif", "github", "gitlab"].contains(&format)
}

#[test]
fn paths_are_from_the_root_wherever_the_command_runs() {
    // In a worktree or submodule `.git` is a file.
    for git in [".git", ".git/HEAD"] {
        let project = Project::new().with(git, "").with("packages/a/src/x y.js", LEAK);
        for (folder, arg, given) in [
            ("", ".", "packages/a/src/x y.js"),
            ("packages/a", ".", "src/x y.js"),
            ("packages/a/src", "../src/x y.js", "../src/x y.js"),
            ("packages", "./a/../a", "a/../a/src/x y.js"),
        ] {
            for format in MACHINE {
                let run = in_folder(&project, folder, &["check", arg, "--format", format]).expect(1);
                let path = if is_from_the_root(format) { "packages/a/src/x y.js" } else { given };
                assert_eq!(read(format, &run.out)[0].path, path, "{format} in {folder:?}");
            }
        }
    }
}

#[test]
fn an_absolute_path_is_the_same_file() {
    let project = Project::new().with(".git", "").with("src/a.js", LEAK);
    let other = Project::new();
    let root = project.root().to_str().unwrap();
    for format in MACHINE.into_iter().filter(|format| is_from_the_root(format)) {
        for from in [&project, &other] {
            let run = from.run(&["check", root, "--format", format]).expect(1);
            assert_eq!(read(format, &run.out)[0].path, "src/a.js", "{format}");
        }
    }
}

#[test]
fn two_repositories_are_told_from_the_folder_that_holds_both() {
    let project = Project::new().with("repo/.git", "").with("repo/a.js", LEAK).with("b.js", LEAK);
    for format in MACHINE.into_iter().filter(|format| is_from_the_root(format)) {
        let run = in_folder(&project, "repo", &["check", ".", "../b.js", "--format", format]).expect(1);
        let mut paths: Vec<String> = read(format, &run.out).into_iter().map(|one| one.path).collect();
        paths.sort();
        assert_eq!(paths, ["b.js", "repo/a.js"], "{format}");
    }
}

#[cfg(unix)]
#[test]
fn links_are_known_by_what_they_point_to() {
    let project = Project::new().with("repo/.git", "").with("repo/src/a.js", LEAK).with("away/b.js", LEAK);
    let root = project.root();
    std::os::unix::fs::symlink(root.join("away"), root.join("repo/link")).unwrap();
    std::os::unix::fs::symlink(root.join("repo/src/a.js"), root.join("repo/other.js")).unwrap();
    for format in MACHINE.into_iter().filter(|format| is_from_the_root(format)) {
        let run = in_folder(&project, "repo", &["check", "other.js", "--format", format]).expect(1);
        assert_eq!(read(format, &run.out)[0].path, "src/a.js", "{format}");
        // The folder that is linted is elsewhere, and no repository.
        let run = in_folder(&project, "repo", &["check", "link/b.js", "--format", format]).expect(1);
        assert_eq!(read(format, &run.out)[0].path, "b.js", "{format}");
    }
}

#[test]
fn without_a_repository_paths_are_from_the_current_folder() {
    let project = Project::new().with("src/a.js", LEAK);
    for format in MACHINE {
        let run = project.run(&["check", "src", "--format", format]).expect(1);
        assert_eq!(read(format, &run.out)[0].path, "src/a.js", "{format}");
    }
}

#[test]
fn a_buffer_is_the_file_it_stands_for() {
    let project = Project::new().with(".git", "").with("packages/a/old.js", "").with("buffer", LEAK);
    for format in MACHINE {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
        command.args(["check", "--stdin", "--stdin-filename", "new.js", "--format", format]);
        command.current_dir(project.root().join("packages/a"));
        let buffer = std::fs::File::open(project.root().join("buffer")).unwrap();
        let run = project.wait_with(command, buffer.into()).unwrap().expect(1);
        let path = if is_from_the_root(format) { "packages/a/new.js" } else { "new.js" };
        assert_eq!(read(format, &run.out)[0].path, path, "{format}");
    }
}
