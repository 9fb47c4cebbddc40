//! Paths that are missing, forbidden, circular, or no plain files.

use crate::support_robust::{LEAK, Project};

#[test]
fn a_path_that_does_not_exist() {
    let project = Project::new().with("leak.js", LEAK);
    let run = project.run(&["check", "gone.js", "leak.js", "gone/deeper", "--format=compact"]).expect(2);
    assert!(run.out.starts_with("leak.js:2:3: error") && run.out.lines().count() == 1, "{}", run.out);
    for path in ["gone.js", "gone/deeper"] {
        let line = format!("leaklint: {path}: no such file or folder\n");
        assert!(run.err.contains(&line), "{}", run.err);
    }
    let run = project.run(&["check", "gone.js", "leak.js", "--format=json"]).expect(2);
    assert!(
        run.out.contains("\"path\": \"gone.js\"") && run.out.contains("uncleared-interval"),
        "{}",
        run.out
    );
}

#[test]
fn a_folder_named_like_a_file() {
    let project = Project::new().with("x.js/leak.js", LEAK);
    for args in [["check", "."], ["check", "x.js"]] {
        let run = project.run(&[args[0], args[1], "--format=compact"]).expect(1);
        assert!(run.out.starts_with("x.js/leak.js:2:3: error"), "{}", run.out);
        assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    }
}

#[test]
fn a_file_used_as_a_folder() {
    let project = Project::new().with("leak.js", LEAK);
    let run = project.run(&["check", "leak.js/inner.js", "leak.js", "--format=compact"]).expect(2);
    assert!(run.out.starts_with("leak.js:2:3: error"), "{}", run.out);
    assert!(run.err.contains("leaklint: leak.js/inner.js: "), "{}", run.err);
}

#[test]
fn files_that_are_no_sources_and_empty_folders() {
    let project = Project::new().with("notes.txt", LEAK).with("types.d.ts", LEAK).with("empty/.keep", "");
    let run = project.run(&["check", "."]).expect(0);
    assert_eq!(run.err, "leaklint: nothing found in 0 files\n");
    project.run(&["check", "notes.txt", "types.d.ts", "empty"]).expect(0);
}

#[test]
fn a_file_named_twice_is_linted_once() {
    let project = Project::new().with("src/leak.js", LEAK);
    for again in ["src/leak.js", "./src/leak.js", "src", ".", "src/../src/leak.js"] {
        let run = project.run(&["check", "src/leak.js", again, "--format=compact"]).expect(1);
        assert_eq!(run.out.lines().count(), 1, "with {again}: {}", run.out);
    }
}

#[test]
fn names_of_every_kind() {
    let names = [
        "with space.js",
        "ünï/cödé.js",
        "日本語.ts",
        "-dash.js",
        "a:b.js",
        "#hash?.js",
        "[x].js",
        "'\"`$.js",
    ];
    let mut project = Project::new();
    for name in names {
        project = project.with(name, LEAK);
    }
    let run = project.run(&["check", "--format=compact"]).expect(1);
    for name in names {
        assert!(run.out.contains(&format!("{name}:2:3: error")), "{name}: {}", run.out);
    }
    let run = project.run(&["check", "--format=compact", "--", "-dash.js", "a:b.js"]).expect(1);
    assert_eq!(run.out.lines().count(), 2, "{}", run.out);
}

#[cfg(unix)]
mod unix {
    use super::{LEAK, Project};
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    use std::os::unix::process::CommandExt;
    use std::path::Path;
    use std::process::Command;

    fn set_mode(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    /// The command as somebody whom permissions bind: root runs a copy that others can reach as another user.
    fn bound(project: &Project) -> Command {
        let binary = Path::new(env!("CARGO_BIN_EXE_leaklint"));
        if std::fs::metadata(project.root()).unwrap().uid() != 0 {
            return Command::new(binary);
        }
        let copy = project.root().join("leaklint");
        std::fs::copy(binary, &copy).unwrap();
        set_mode(project.root(), 0o755);
        set_mode(&copy, 0o755);
        let mut command = Command::new(copy);
        command.uid(65534).gid(65534);
        command
    }

    #[test]
    fn permission_denied() {
        let project =
            Project::new().with("leak.js", LEAK).with("file.js", LEAK).with("folder/inner.js", LEAK);
        let mut command = bound(&project);
        set_mode(&project.root().join("file.js"), 0o000);
        set_mode(&project.root().join("folder"), 0o000);
        command.args(["check", ".", "--format=compact"]);
        let run = project.wait(command).unwrap().expect(2);
        set_mode(&project.root().join("folder"), 0o755);
        assert!(run.out.starts_with("leak.js:2:3: error") && run.out.lines().count() == 1, "{}", run.out);
        for path in ["file.js", "folder"] {
            let line = format!("leaklint: {path}: ");
            let found = run.err.lines().find(|found| found.starts_with(&line));
            assert!(
                found.is_some_and(|found| found.to_lowercase().contains("permission denied")),
                "{}",
                run.err
            );
        }
    }

    /// A plain file by its kind that nobody can read, root included.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_that_fails_while_it_is_read() {
        let project = Project::new().with("leak.js", LEAK);
        symlink("/proc/self/mem", project.root().join("mem.js")).unwrap();
        let run = project.run(&["check", "mem.js", "leak.js", "--format=compact"]).expect(2);
        assert!(run.out.starts_with("leak.js:2:3: error"), "{}", run.out);
        assert!(run.err.contains("leaklint: mem.js: "), "{}", run.err);
    }

    #[test]
    fn symbolic_links_in_circles_and_into_nothing() {
        let project = Project::new().with("src/leak.js", LEAK);
        let at = |name: &str| project.root().join(name);
        symlink(".", at("src/again")).unwrap();
        symlink("..", at("src/up")).unwrap();
        symlink("b.js", at("a.js")).unwrap();
        symlink("a.js", at("b.js")).unwrap();
        symlink("nowhere.js", at("dead.js")).unwrap();
        let run = project.run(&["check", ".", "--format=compact"]).expect(1);
        assert_eq!(run.out.lines().count(), 1, "{}", run.out);
        let run = project.run(&["check", "a.js", "dead.js", "src", "--format=compact"]).expect(2);
        assert!(run.out.starts_with("src/leak.js:2:3: error"), "{}", run.out);
        assert!(
            run.err.contains("leaklint: a.js: ") && run.err.contains("leaklint: dead.js: "),
            "{}",
            run.err
        );
    }

    #[test]
    fn a_link_named_by_the_user_is_followed() {
        let project = Project::new().with("real/leak.js", LEAK);
        symlink("real/leak.js", project.root().join("link.js")).unwrap();
        symlink("real", project.root().join("folder")).unwrap();
        let run = project.run(&["check", "link.js", "--format=compact"]).expect(1);
        assert!(run.out.starts_with("link.js:2:3: error"), "{}", run.out);
        let run = project.run(&["check", "folder", "--format=compact"]).expect(1);
        assert!(run.out.starts_with("folder/leak.js:2:3: error"), "{}", run.out);
    }

    #[test]
    fn pipes_and_devices_are_not_waited_for() {
        let project = Project::new().with("leak.js", LEAK);
        let made = Command::new("mkfifo").arg(project.root().join("pipe.js")).status().unwrap();
        assert!(made.success());
        symlink("/dev/zero", project.root().join("zero.js")).unwrap();
        let listener = std::os::unix::net::UnixListener::bind(project.root().join("socket.js")).unwrap();
        let run = project.run(&["check", ".", "--format=compact"]).expect(1);
        assert_eq!((run.out.lines().count(), run.err.lines().count()), (1, 1), "{}{}", run.out, run.err);
        let args = ["check", "pipe.js", "zero.js", "socket.js", "/dev/null", "leak.js", "--format=compact"];
        let run = project.run(&args).expect(2);
        drop(listener);
        assert!(run.out.starts_with("leak.js:2:3: error"), "{}", run.out);
        for path in ["pipe.js", "zero.js", "socket.js", "/dev/null"] {
            assert!(run.err.contains(&format!("leaklint: {path}: not a plain file\n")), "{}", run.err);
        }
    }

    #[test]
    fn names_that_are_no_utf8() {
        let project = Project::new();
        let name = std::ffi::OsStr::from_bytes(b"latin\xE9.js");
        std::fs::write(project.root().join(name), LEAK).unwrap();
        let run = project.run(&["check", "--format=compact"]).expect(1);
        assert!(run.out.starts_with("latin\u{fffd}.js:2:3: error"), "{}", run.out);
        let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
        command.args(["check", "--format=compact"]).arg(name);
        project.wait(command).unwrap().expect(1);
    }
}

/// Not more threads than files, whatever is asked for.
#[test]
fn many_threads() {
    let project = Project::new().with("leak.js", LEAK).with("other.js", LEAK);
    for threads in ["--threads=100000", "--threads=18446744073709551615"] {
        let run = project.run(&["check", ".", threads, "--format=compact"]).expect(1);
        assert_eq!(run.out.lines().count(), 2, "{}", run.out);
    }
}

/// Containers and sandboxes limit the address space: stacks are smaller there, and the deepest files are left out.
#[cfg(target_os = "linux")]
#[test]
fn small_address_space() {
    let deep = |levels: usize| format!("{LEAK}{}1{};", "[".repeat(levels), "]".repeat(levels));
    let project = Project::new().with("leak.js", LEAK).with("deep.js", deep(50)).with("deeper.js", deep(900));
    let with_space = |kilobytes: &str| {
        let mut command = std::process::Command::new("sh");
        let line = "ulimit -v $0 && exec \"$1\" check --threads=2 --format=compact .";
        command.args(["-c", line, kilobytes, env!("CARGO_BIN_EXE_leaklint")]);
        project.wait(command).unwrap_or_else(|problem| panic!("{problem}")).expect(1)
    };
    for kilobytes in ["unlimited", "3000000", "600000"] {
        let run = with_space(kilobytes);
        let findings = run.out.lines().filter(|line| line.contains("uncleared-interval")).count();
        let skipped = run.out.lines().filter(|line| line.contains("nesting-too-deep")).count();
        let expected = if kilobytes == "unlimited" { (3, 0) } else { (2, 1) };
        assert_eq!((findings, skipped), expected, "{kilobytes}: {}", run.out);
    }
}
