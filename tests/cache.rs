//! `--cache`: nothing is different but the time. Whether something was known shows in the cache itself, which is written
//! only if something was not.

mod support_robust;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use support_robust::{LEAK, Project, Run};

const FORMATS: [&str; 10] =
    ["pretty", "compact", "json", "jsonl", "sarif", "github", "gitlab", "junit", "checkstyle", "rdjson"];

const CLEAN: &str = "export const one = (target) => clearInterval(target.id);\n";

/// One likely and one possible finding.
const UNSURE: &str = "export class Poll { constructor(target) {\n  setInterval(() => target.refresh(), 1000);\n} }\n\
     export function startMetrics() { setInterval(flush, 1000); }\n";

/// Bytes of a record in a cache, and of what stands before the first.
const RECORD: usize = 32;
const HEADER: usize = 52;

/// Something of everything that can come of a file.
fn project() -> Project {
    let suppressed = format!("// leaklint-disable-next-line uncleared-interval -- é\n{UNSURE}");
    let utf16: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(LEAK.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    Project::new()
        .with("leaklint.jsonc", "{ \"rules\": { \"uncleared-timeout\": \"off\" } }")
        .with("leak.js", LEAK)
        .with("moved/the-same.js", LEAK)
        .with("unsure.ts", UNSURE)
        .with("clean.js", CLEAN)
        .with("unparsed.js", "export const one = 1;\n")
        .with("empty.js", "")
        .with("suppressed.js", suppressed)
        .with("unused.js", "// leaklint-disable-next-line uncleared-interval\nexport const é = '😀';\n")
        .with("broken.js", "setInterval(() => {\n")
        .with("ended.js", "setInterval(")
        .with("binary.ts", b"G@\0\0setInterval")
        .with("latin.js", b"// caf\xE9\nsetInterval(tick);\n")
        .with("mark.js", format!("\u{FEFF}{LEAK}"))
        .with("wide.js", utf16)
        .with("small.js", "f();".repeat(5_000))
        .with("deep.js", format!("setInterval({}", "[".repeat(3_000)))
        .with("Player.vue", format!("<script>\n{LEAK}</script>\n<template><p>é</p></template>\n"))
        .with("App.vue", format!("<script setup>\n{UNSURE}</script>\n"))
}

fn check(project: &Project, more: &[&str]) -> Run {
    project.run(&[&["check", "--cache-dir", "kept"], more].concat())
}

fn file(project: &Project) -> PathBuf {
    project.root().join("kept/leaklint.cache")
}

fn kept(project: &Project) -> Vec<u8> {
    fs::read(file(project)).unwrap()
}

/// How many files a cache knows.
fn count(project: &Project) -> u32 {
    u32::from_le_bytes(*kept(project)[HEADER - 4..].first_chunk().unwrap())
}

#[track_caller]
fn same(one: &Run, other: &Run) {
    assert_eq!((one.code, &one.out, &one.err), (other.code, &other.out, &other.err));
}

#[test]
fn a_warm_run_says_what_a_cold_one_does() {
    let project = project();
    project.run(&["baseline", "unsure.ts"]).expect(0);
    assert!(project.root().join("leaklint-baseline.json").is_file());
    let mut variants: Vec<Vec<&str>> =
        FORMATS.iter().map(|format| vec!["--stats", "--format", format]).collect();
    variants.extend([
        vec!["--min-confidence", "possible"],
        vec!["--no-baseline", "--format", "json"],
        vec!["--quiet", "--max-warnings", "0"],
        vec!["--rule", "uncleared-interval=warn", "--stats"],
        vec!["--only", "unbounded-collection", "--stats"],
        vec!["--no-ignore", "--stats", "--threads", "1"],
        vec!["--max-file-size", "100", "--stats"],
        vec!["--no-prefilter", "--stats"],
    ]);
    for more in variants {
        let without = project.run(&[&["check"], more.as_slice()].concat());
        let cold = check(&project, &more);
        let before = kept(&project);
        let warm = check(&project, &more);
        same(&without, &cold);
        same(&without, &warm);
        assert!(kept(&project) == before, "{more:?}: all that could be known was");
    }
}

#[test]
fn a_changed_file_costs_one_file() {
    let mut project = Project::new().with("a.js", CLEAN).with("b.js", "export {};\n").with("c/d.js", LEAK);
    check(&project, &[]).expect(1);
    assert_eq!(count(&project), 3);
    project = project.with("a.js", CLEAN.replace("clear", "setup"));
    let size = kept(&project).len();
    check(&project, &[]).expect(1);
    assert_eq!((count(&project), kept(&project).len()), (4, size + RECORD), "one more");
    // Back again, moved, copied: nothing new.
    let before = kept(&project);
    fs::rename(project.root().join("c/d.js"), project.root().join("e.js")).unwrap();
    project = project.with("a.js", CLEAN).with("f.js", CLEAN);
    let run = check(&project, &["--format", "compact"]).expect(1);
    assert!(run.out.starts_with("e.js:2:3: error"), "{}", run.out);
    assert!(kept(&project) == before);
    // The same bytes are another thing in another language.
    project = project.with("a.ts", CLEAN);
    check(&project, &[]).expect(1);
    assert_eq!(count(&project), 5);
}

#[test]
fn other_settings_share_nothing() {
    let mut project = Project::new().with("a.js", LEAK);
    check(&project, &[]).expect(1);
    check(&project, &["--rule", "uncleared-interval=off"]).expect(0);
    assert_eq!(count(&project), 2);
    project = project.with("leaklint.jsonc", "{ \"rules\": { \"uncleared-interval\": \"warn\" } }");
    let run = check(&project, &["--format", "compact"]).expect(0);
    assert!(run.out.starts_with("a.js:2:3: warning"), "{}", run.out);
    assert_eq!(count(&project), 3);
    let radio = |remove: &str| {
        format!(
            "{{ \"protocols\": {{ \"listener\": [{{ \"id\": \"radio\", \"add\": [\"tuneIn\"], \"remove\": [\"{remove}\"], \"types\": [\"radio.station\"] }}] }} }}"
        )
    };
    for (remove, known) in [("tuneOut", 4), ("leave", 5), ("tuneOut", 5)] {
        project = project.with("leaklint.jsonc", radio(remove));
        check(&project, &[]).expect(1);
        assert_eq!(count(&project), known, "{remove}");
    }
}

#[test]
fn a_cache_that_is_damaged_is_written_anew() {
    let project = Project::new().with("a.js", LEAK).with("b.js", CLEAN);
    let first = check(&project, &["--format", "json"]).expect(1);
    let whole = kept(&project);
    let cut = |length: usize| whole[..length].to_vec();
    let flipped = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        bytes
    };
    let lengths = [0, 1, 15, 16, 40, HEADER - 1, HEADER, HEADER + RECORD, whole.len() - 1];
    let places = [0, 16, 40, HEADER - 1, HEADER, HEADER + RECORD, whole.len() - 1];
    let damaged = lengths.into_iter().map(cut).chain(places.into_iter().map(flipped));
    for bytes in damaged.chain([b"not a cache".to_vec(), vec![0xFF; 1_000], [&*whole, b"more"].concat()]) {
        fs::write(file(&project), &bytes).unwrap();
        let run = check(&project, &["--format", "json"]);
        same(&run, &first);
        assert!(kept(&project) == whole, "{} bytes were not mended", bytes.len());
    }
}

#[test]
fn runs_at_once_do_not_harm_one_another() {
    let mut project = Project::new();
    for at in 0..40 {
        project = project.with(
            &format!("f{at}.js"),
            format!("const n = {at};\n{}", if at % 4 == 0 { LEAK } else { CLEAN }),
        );
    }
    let expected = project.run(&["check", "--format", "json"]).expect(1);
    for _ in 0..5 {
        let _ = fs::remove_dir_all(project.root().join("kept"));
        let start = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
            command.args(["check", "--format", "json", "--cache-dir", "kept"]).current_dir(project.root());
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        };
        for run in [start(), start(), start(), start()] {
            let run = run.wait_with_output().unwrap();
            assert_eq!(String::from_utf8_lossy(&run.stdout), expected.out);
            assert!(run.stderr.is_empty(), "{}", String::from_utf8_lossy(&run.stderr));
        }
        assert_eq!(count(&project), 40);
        let names =
            fs::read_dir(project.root().join("kept")).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.collect();
        names.sort();
        assert_eq!(names, [".gitignore", "leaklint.cache"], "nothing is left half written");
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_said_and_no_more() {
    let project = Project::new().with("a.js", LEAK).with("taken/leaklint.cache/full", "");
    let without = project.run(&["check"]).expect(1);
    for (folder, place) in [("a.js/kept", "a.js/kept/leaklint.cache"), ("taken", "taken/leaklint.cache")] {
        let run = project.run(&["check", "--cache-dir", folder]).expect(1);
        assert_eq!(run.out, without.out);
        let said = format!("leaklint: nothing is kept in the cache: {place}: ");
        assert!(run.err.contains(&said), "{}", run.err);
    }
}

#[cfg(unix)]
#[test]
fn a_cache_that_may_only_be_read_is_read() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::new().with("a.js", LEAK);
    let cold = check(&project, &[]).expect(1);
    let folder = project.root().join("kept");
    for (path, mode) in [(file(&project), 0o444), (folder.clone(), 0o555)] {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    same(&check(&project, &[]), &cold);
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(unix)]
#[test]
fn only_a_plain_file_is_read() {
    let project = Project::new().with("a.js", LEAK).with("victim", "keep me");
    let cold = check(&project, &[]).expect(1);
    let whole = kept(&project);
    let place = file(&project);
    let pipe = || {
        let made = Command::new("mkfifo").arg(&place).status().unwrap();
        assert!(made.success());
    };
    let link = |to: &Path| std::os::unix::fs::symlink(to, &place).unwrap();
    let other = project.root().join("other");
    fs::write(&other, &whole).unwrap();
    for put in [&pipe as &dyn Fn(), &|| link(&project.root().join("victim")), &|| link(&other), &|| {
        link(Path::new("/dev/zero"))
    }] {
        fs::remove_file(&place).unwrap();
        put();
        same(&check(&project, &[]), &cold);
        assert!(fs::symlink_metadata(&place).unwrap().is_file(), "it is in the place of what was there");
        assert!(kept(&project) == whole);
    }
    assert_eq!(fs::read_to_string(project.root().join("victim")).unwrap(), "keep me");
}

/// The files below a folder whose names are those of caches.
fn caches(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let all = entries.flat_map(|path| if path.is_dir() { caches(&path) } else { vec![path] });
    all.filter(|path| path.ends_with("leaklint.cache")).collect()
}

/// Runs `check --cache` where the user's caches lie in the folder `home`.
fn in_folder(project: &Project, folder: &str) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
    let home = project.root().join("home");
    for name in ["HOME", "XDG_CACHE_HOME", "LOCALAPPDATA"] {
        command.env(name, &home);
    }
    command.args(["check", "--cache"]).current_dir(project.root().join(folder));
    project.wait(command).unwrap().expect(1);
}

#[test]
fn where_it_lies() {
    let project = Project::new()
        .with("shop/.git/HEAD", "")
        .with("shop/node_modules/dep/index.js", LEAK)
        .with("shop/packages/own/node_modules/dep/index.js", LEAK)
        .with("shop/packages/own/a.js", LEAK)
        .with("shop/packages/none/a.js", LEAK)
        .with("plain/src/a.js", LEAK);
    let root = project.root();
    let in_modules = |folder: &str| root.join(folder).join("node_modules/.cache/leaklint/leaklint.cache");
    in_folder(&project, "shop/packages/none");
    assert_eq!(caches(root), [in_modules("shop")], "the nearest one upwards");
    in_folder(&project, "shop/packages/own");
    assert!(in_modules("shop/packages/own").is_file());
    assert!(!root.join("home").exists());
    in_folder(&project, "plain/src");
    in_folder(&project, "plain");
    assert_eq!(caches(&root.join("home")).len(), 2, "without a repository the current folder is the project");
    fs::create_dir(root.join("plain/.git")).unwrap();
    in_folder(&project, "plain/src");
    in_folder(&project, "plain");
    assert_eq!(caches(&root.join("home")).len(), 2, "one for the repository: that of its root was there");
}

#[test]
fn buffers_and_traces_are_not_remembered() {
    let project = Project::new().with("a.js", LEAK);
    check(&project, &["--trace", "a.js"]).expect(1);
    check(&project, &["--stdin", "--stdin-filename", "a.js"]).expect(0);
    assert!(!project.root().join("kept").exists());
    let run = project.run(&["check"]).expect(1);
    assert!(
        !run.out.is_empty() && caches(project.root()).is_empty(),
        "nor anything where nobody asks for it"
    );
}

#[test]
fn what_git_chose_and_what_it_was_are_remembered() {
    let mut project = Project::new().with("a.js", LEAK).with("b.js", CLEAN);
    let git = |args: &[&str], root: &Path| {
        let who = ["-c", "user.name=me", "-c", "user.email=me@example.org"];
        let run = Command::new("git").args(who).args(args).current_dir(root).output().unwrap();
        assert!(run.status.success(), "{args:?}: {}", String::from_utf8_lossy(&run.stderr));
    };
    for args in [&["init", "-q"][..], &["add", "."], &["commit", "-qm", "first"]] {
        git(args, project.root());
    }
    project = project.with("a.js", format!("{LEAK}{LEAK}"));
    git(&["add", "a.js"], project.root());
    for scope in [&["--staged"][..], &["--changed", "--new-lines"], &["--since", "HEAD", "--new-lines"]] {
        let json = [&["--format", "json"], scope].concat();
        let without = project.run(&[&["check"], json.as_slice()].concat()).expect(1);
        same(&without, &check(&project, &json));
        let before = kept(&project);
        same(&without, &check(&project, &json));
        assert!(kept(&project) == before, "{scope:?}");
    }
    assert_eq!(count(&project), 2, "the file as it is, and as it was");
}
