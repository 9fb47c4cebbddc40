//! Known findings: `leaklint baseline`, and what `check` makes of its file.

use super::changed::Repository;
use super::{CLEAN, LIKELY, POSSIBLE, pipe};
use crate::support_robust::{LEAK, Project, Run};

const FILE: &str = "leaklint-baseline.json";

/// A repository, as far as leaklint looks.
fn project() -> Project {
    Project::new().with(".git/HEAD", "")
}

fn text(project: &Project) -> String {
    std::fs::read_to_string(project.root().join(FILE)).unwrap()
}

fn lines(project: &Project) -> Vec<String> {
    let text = text(project);
    let entries = text.lines().filter_map(|line| line.split("\"path\":\"").nth(1));
    entries.map(|line| line.split('"').next().unwrap().to_owned()).collect()
}

#[track_caller]
fn check(project: &Project, args: &[&str]) -> Run {
    project.run(&[&["check", "--format=compact"], args].concat())
}

/// `path:line:column [rule]` of what is reported.
#[track_caller]
fn found(project: &Project, args: &[&str]) -> Vec<String> {
    let run = check(project, args);
    assert!(run.code < 2, "{}", run.err);
    let place =
        |line: &str| format!("{} {}", line.split(": ").next().unwrap(), line.rsplit(' ').next().unwrap());
    run.out.lines().map(place).collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn what_is_written_is_known() {
    let project = project().with("src/a.js", LEAK).with("src/b.js", LIKELY).with("c.js", CLEAN);
    check(&project, &[]).expect(1);
    let run = project.run(&["baseline"]).expect(0);
    assert_eq!(run.out, "leaklint-baseline.json: 2 known findings (2 added, 0 gone)\n");
    assert_eq!(lines(&project), ["src/a.js", "src/b.js"]);
    let run = check(&project, &["--max-warnings=0"]).expect(0);
    assert_eq!(
        (run.out.as_str(), run.err.as_str()),
        ("", "leaklint: nothing new found in 3 files, 2 known\n")
    );
    let project = project.with("src/new.js", LEAK);
    let run = check(&project, &[]).expect(1);
    assert!(run.out.starts_with("src/new.js:2:3: error") && run.out.lines().count() == 1, "{}", run.out);
    assert_eq!(run.err, "leaklint: 1 error in 4 files, 2 known\n");
    assert_eq!(found(&project, &["--no-baseline"]).len(), 3);
    for format in ["json", "sarif", "github", "gitlab"] {
        let run = project.run(&["check", "--format", format]).expect(1);
        assert!(run.out.contains("src/new.js") && !run.out.contains("src/b.js"), "{format}: {}", run.out);
    }
    let json = project.run(&["check", "--format=json"]).expect(1);
    assert!(json.out.contains("\"known\": 2"), "{}", json.out);
}

/// Where leaklint is started says nothing about what is known.
#[test]
fn it_is_found_from_everywhere() {
    let project = project().with("app/src/a.js", LEAK).with("app/deep/er/b.js", LEAK);
    project.run(&["baseline", "app"]).expect(0);
    assert_eq!(lines(&project), ["app/deep/er/b.js", "app/src/a.js"], "it lies at the root");
    let absolute = project.root().join("app").to_str().unwrap().to_owned();
    for paths in [&["."][..], &["app/src"], &["app/src/a.js"], &[&absolute], &["app/src/../deep"]] {
        assert_eq!(found(&project, paths), NOTHING, "{paths:?}");
    }
    let args = ["check", "--stdin", "--stdin-filename=app/src/a.js", "--format=compact"];
    assert_eq!(pipe(&project, &args, LEAK).expect(0).out, "");
    let two = pipe(&project, &args, format!("{LEAK}{LEAK}")).expect(1).out;
    assert!(two.starts_with("app/src/a.js:5:3") && two.lines().count() == 1, "{two}");
    let other = ["check", "--stdin", "--stdin-filename=app/src/new/b.js", "--format=compact"];
    pipe(&project, &other, LEAK).expect(1);
}

/// A package may keep its own.
#[test]
fn the_nearest_one_holds() {
    let project = project().with("a.js", LEAK).with("pkg/b.js", LEAK);
    project.run(&["baseline", "pkg", "--baseline=pkg/leaklint-baseline.json"]).expect(0);
    assert_eq!(found(&project, &[]), ["a.js:2:3 [uncleared-interval]"]);
    let run = project.run(&["baseline"]).expect(0);
    let (first, second) = run.out.split_once('\n').unwrap();
    assert_eq!(first, "leaklint-baseline.json: 1 known finding (1 added, 0 gone)");
    assert_eq!(second, "pkg/leaklint-baseline.json: 1 known finding, as before\n");
    assert_eq!(lines(&project), ["a.js"]);
    assert_eq!(found(&project, &[]), NOTHING);
}

#[test]
fn a_file_that_is_named_holds_for_all() {
    let project = project().with("a.js", LEAK).with("pkg/b.js", LEAK).with("ci/README", "");
    project.run(&["baseline", "--baseline=ci/known.json"]).expect(0);
    let text = std::fs::read_to_string(project.root().join("ci/known.json")).unwrap();
    assert!(text.contains("\"../a.js\"") && text.contains("\"../pkg/b.js\""), "{text}");
    assert_eq!(found(&project, &["--baseline=ci/known.json"]), NOTHING);
    assert_eq!(found(&project, &[]).len(), 2, "it is not found by itself");
    let run = check(&project, &["--baseline=gone.json"]).expect(2);
    assert!(run.err.contains("gone.json: no such file"), "{}", run.err);
    check(&project, &["--baseline=ci/known.json", "--no-baseline"]).expect(2);
}

#[test]
fn it_lies_in_the_current_folder_without_a_repository() {
    let project = Project::new().with("src/a.js", LEAK);
    project.run(&["baseline", "src"]).expect(0);
    assert_eq!(lines(&project), ["src/a.js"]);
    assert_eq!(found(&project, &[]), NOTHING);
}

#[test]
fn moved_reformatted_and_renamed_code() {
    let leak = "export class Poll {\n  connectedCallback() {\n    window.addEventListener('resize', () => this.go());\n  }\n  go() {}\n}\n";
    let source = leak.replace("class Poll", "class Poll extends HTMLElement");
    let project = project().with("src/poll.js", &source);
    assert_eq!(found(&project, &[]).len(), 1);
    project.run(&["baseline"]).expect(0);
    let with = |path: &str, text: &str| {
        std::fs::create_dir_all(project.root().join("src/sub")).unwrap();
        std::fs::write(project.root().join(path), text).unwrap();
        let found = found(&project, &[]);
        std::fs::remove_file(project.root().join(path)).unwrap();
        found
    };
    for same in [
        format!("// a licence\n\n{source}"),
        source.replace("  go() {}\n", "").replace("  connected", "  go() {}\n\n  connected"),
        source.replace('\n', "\r\n").replace("  ", "\t"),
        source.replace("'resize', () => this.go()", "\n      \"resize\",\n      () => { this.go(); },\n    "),
        source.replace("this.go()", "this.go(1, 2)"),
    ] {
        assert_eq!(with("src/poll.js", &same), NOTHING, "{same}");
    }
    assert_eq!(with("src/sub/moved.js", &source), NOTHING, "a file that was moved");
    for new in [
        source.replace("'resize'", "'scroll'"),
        source.replace("window.", "document."),
        source.replace("class Poll", "class Watch"),
        source.replace("    window", "    const add = () => window").replace("go());", "go()); add();"),
    ] {
        let found = with("src/poll.js", &new);
        let rules: Vec<&str> = found.iter().map(|place| place.rsplit(' ').next().unwrap()).collect();
        assert_eq!(rules, ["[stale-baseline]", "[unremoved-listener]"], "{new}: {found:?}");
    }
}

#[test]
fn a_second_copy_is_new_and_that_in_changed_lines_is_blamed() {
    let repository = Repository::new(&[("a.js", LEAK)]);
    repository.project.run(&["baseline"]).expect(0);
    repository.commit();
    repository.write("a.js", &format!("{LEAK}{LEAK}"));
    assert_eq!(repository.found(&[]), ["a.js:5:3"], "nothing is known of changes: the last one");
    repository.write("a.js", &format!("{}{LEAK}", LEAK.replace("res.end()", "res.destroy()")));
    for scope in [&["--changed"][..], &["--since=main"], &["--changed", "--new-lines"]] {
        assert_eq!(repository.found(scope), ["a.js:2:3"], "{scope:?}");
    }
    assert_eq!(repository.found(&[]), ["a.js:5:3"]);
}

#[test]
fn stale_entries_are_told_and_pruned() {
    let project = project()
        .with("a.js", format!("{LEAK}{LEAK}"))
        .with("b.js", LEAK)
        .with("c.js", LEAK)
        .with("d.js", LEAK);
    project.run(&["baseline"]).expect(0);
    let write = |path: &str, text: &str| std::fs::write(project.root().join(path), text).unwrap();
    write("a.js", LEAK);
    write("b.js", CLEAN);
    std::fs::remove_file(project.root().join("c.js")).unwrap();
    write("new.js", LIKELY);
    let all = check(&project, &[]).expect(0);
    let stale: Vec<&str> = all.out.lines().filter(|line| line.ends_with("[stale-baseline]")).collect();
    assert_eq!(stale.len(), 3, "{}", all.out);
    assert!(
        stale[0].starts_with("leaklint-baseline.json:4:5: warning: only 1 of 2 of this is left"),
        "{stale:?}"
    );
    assert!(
        stale[1].starts_with("leaklint-baseline.json:5:5: warning: nothing of this is left"),
        "{stale:?}"
    );
    assert!(stale[2].contains("in c.js"), "{stale:?}");
    assert_eq!(
        found(&project, &["b.js"]),
        ["leaklint-baseline.json:5:5 [stale-baseline]"],
        "of what was linted"
    );
    assert_eq!(found(&project, &["d.js"]), NOTHING);
    check(&project, &["d.js", "b.js", "--max-warnings=0"]).expect(1);
    assert_eq!(found(&project, &["b.js", "--rule=stale-baseline=off"]), NOTHING);
    for format in ["pretty", "sarif", "json"] {
        let run = project.run(&["check", "--format", format]).expect(0);
        assert!(run.out.contains("stale-baseline"), "{format}");
    }
    let run = project.run(&["baseline", "--prune"]).expect(0);
    assert_eq!(run.out, "leaklint-baseline.json: 2 known findings (0 added, 3 gone)\n");
    assert_eq!(lines(&project), ["a.js", "d.js"]);
    assert_eq!(found(&project, &[]), ["new.js:2:3 [uncleared-interval]"], "nothing was added");
    let run = project.run(&["baseline"]).expect(0);
    assert_eq!(run.out, "leaklint-baseline.json: 3 known findings (1 added, 0 gone)\n");
}

#[test]
fn a_configuration_says_how_stale_entries_speak() {
    let project = project().with("a.js", LEAK).with("gone.js", LEAK).with("kept.js", LEAK);
    project.run(&["baseline"]).expect(0);
    std::fs::write(project.root().join("a.js"), CLEAN).unwrap();
    std::fs::remove_file(project.root().join("gone.js")).unwrap();
    for (level, code, count) in [("error", 1, 2), ("info", 0, 2), ("off", 0, 0)] {
        let config = format!("{{ \"rules\": {{ \"stale-baseline\": \"{level}\" }} }}");
        std::fs::write(project.root().join("leaklint.jsonc"), config).unwrap();
        let run = check(&project, &[]).expect(code);
        assert_eq!(run.out.lines().count(), count, "{level}: {}", run.out);
    }
}

/// Whatever is compared, the same input gives the same bytes.
#[test]
fn threads_and_the_prefilter_change_nothing() {
    let repository = Repository::new(&[("src/0.js", CLEAN)]);
    let twice = format!("{LEAK}{LEAK}");
    for at in 0..12 {
        repository.write(&format!("src/{at}.js"), if at % 3 == 0 { CLEAN } else { LEAK });
    }
    repository.project.run(&["baseline"]).expect(0);
    repository.commit();
    for at in 0..12 {
        let text = [LEAK, &twice, CLEAN, LIKELY][at % 4];
        repository.write(&format!("src/{at}.js"), text);
    }
    std::fs::rename(
        repository.project.root().join("src/1.js"),
        repository.project.root().join("src/moved.js"),
    )
    .unwrap();
    for args in [
        &[][..],
        &["--changed"],
        &["--since=HEAD", "--new-lines"],
        &["--no-baseline", "--changed", "--new-lines"],
    ] {
        let run = |more: &[&str]| {
            let run = repository.project.run(&[&["check", "--format=json"], args, more].concat());
            assert!(run.code < 2, "{}", run.err);
            run.out
        };
        let one = run(&["--threads=1"]);
        assert!(one.contains("\"rule\""), "{args:?}: something is found");
        assert_eq!(run(&["--threads=8"]), one, "{args:?}");
        assert_eq!(run(&["--threads=8", "--no-prefilter"]), one, "{args:?}");
    }
}

/// A run that is narrower, or that looks for less, takes nothing away.
#[test]
fn what_a_run_cannot_judge_stays() {
    let project = project()
        .with("a.js", LEAK)
        .with("sub/b.js", POSSIBLE)
        .with("sub/c.test.js", LEAK)
        .with("sub/d.js", LEAK)
        .with("sub/e.js", LEAK.replace("});", "  process.on('warning', () => res.end());\n});"));
    let wide = ["--include=tests", "--min-confidence=possible"];
    project.run(&[&["baseline"][..], &wide].concat()).expect(0);
    let before = text(&project);
    assert_eq!(before.lines().count(), 6 + 5, "{before}");
    std::fs::write(project.root().join("sub/d.js"), "setInterval(;").unwrap();
    let narrow = [
        &["baseline", "--prune"][..],
        &["baseline", "sub", "--prune"],
        &["baseline", "a.js"],
        &["baseline", "sub/e.js", "--rule=unremoved-listener=off"],
        &["baseline", "--min-confidence=proven", "--prune"],
    ];
    for args in narrow {
        let run = project.run(args).expect(0);
        assert!(run.out.ends_with("6 known findings, as before\n"), "{args:?}: {}", run.out);
        assert_eq!(text(&project), before, "{args:?}");
    }
    for args in [&[][..], &["sub"], &["--only=unremoved-listener"], &["--min-confidence=proven"]] {
        let found = found(&project, args);
        assert!(!found.iter().any(|place| place.contains("stale")), "{args:?}: {found:?}");
    }
    assert_eq!(found(&project, &wide), ["sub/d.js:1:13 [syntax-error]"]);
}

#[test]
fn moved_files_take_their_entries_along() {
    let project = project().with("old.js", LEAK);
    project.run(&["baseline"]).expect(0);
    std::fs::rename(project.root().join("old.js"), project.root().join("new.js")).unwrap();
    assert_eq!(found(&project, &[]), NOTHING);
    let run = project.run(&["baseline", "--prune"]).expect(0);
    assert_eq!(run.out, "leaklint-baseline.json: 1 known finding (0 added, 0 gone)\n");
    assert_eq!(lines(&project), ["new.js"]);
    assert_eq!(found(&project, &[]), NOTHING);
}

#[test]
fn notices_can_be_known() {
    let unused = format!("// leaklint-disable-file uncleared-interval\n{CLEAN}");
    let project = project().with("a.js", unused).with("b.js", "setInterval(;");
    project.run(&["baseline"]).expect(0);
    check(&project, &["--max-warnings=0"]).expect(0);
    std::fs::write(project.root().join("a.js"), CLEAN).unwrap();
    assert_eq!(found(&project, &[]), ["leaklint-baseline.json:4:5 [stale-baseline]"]);
}

#[test]
fn the_file_is_small_in_differences() {
    let project = project().with("a.js", LEAK).with("b.js", LEAK).with("c.js", LEAK);
    project.run(&["baseline"]).expect(0);
    let before = text(&project);
    std::fs::write(project.root().join("b.js"), LIKELY).unwrap();
    project.run(&["baseline"]).expect(0);
    let after = text(&project);
    let differ = before.lines().zip(after.lines()).filter(|(old, new)| old != new).count();
    assert_eq!((differ, before.lines().count()), (1, after.lines().count()), "{after}");
    let modified = || std::fs::metadata(project.root().join(FILE)).unwrap().modified().unwrap();
    let first = modified();
    std::fs::write(project.root().join(FILE), after.replace('\n', "\r\n")).unwrap();
    let run = project.run(&["baseline"]).expect(0);
    assert!(run.out.ends_with("as before\n"), "{}", run.out);
    assert!(text(&project).contains('\r') && modified() >= first, "what is right is not written anew");
    let left = std::fs::read_dir(project.root()).unwrap().count();
    assert_eq!(left, 5, "nothing else is left");
}

#[test]
fn nothing_to_know() {
    let project = project().with("a.js", CLEAN);
    let run = project.run(&["baseline"]).expect(0);
    assert_eq!(run.out, "leaklint-baseline.json: 0 known findings, as before\n");
    assert!(!project.root().join(FILE).exists());
    project.run(&["baseline", "gone.js"]).expect(2);
    project.run(&["baseline", "--baseline=gone/x.json"]).expect(0);
    std::fs::write(project.root().join("a.js"), LEAK).unwrap();
    let run = project.run(&["baseline", "--baseline=gone/x.json"]).expect(2);
    assert!(run.err.contains("gone/x.json"), "{}", run.err);
}

#[test]
fn what_is_wrong_in_the_file_is_told_with_its_place() {
    let project = project().with("a.js", LEAK);
    for (text, place, says) in [
        ("{\n  \"version\": 1,\n<<<<<<< HEAD\n", "leaklint-baseline.json:3:1", "key"),
        ("{\n  \"version\": 99\n}", "leaklint-baseline.json:2:3", "needs a newer leaklint"),
        ("{\n  \"version\": 1,\n  \"known\": 3\n}", "leaklint-baseline.json:3:", "sequence"),
        ("\u{1b}[31m{", "leaklint-baseline.json:1:", "expected"),
        (
            "{\"version\":1,\"known\":[{\"path\":\"a\",\"rule\":\"\\u001b[31m\",\"id\":\"x\"}]}",
            "leaklint-baseline.json:1:",
            "no fingerprint",
        ),
    ] {
        std::fs::write(project.root().join(FILE), text).unwrap();
        for command in ["check", "baseline"] {
            let run = project.run(&[command, "a.js"]).expect(2);
            assert!(run.err.contains(place) && run.err.contains(says), "{command}: {}", run.err);
            assert!(!run.err.contains('\u{1b}') && run.out.is_empty(), "{}", run.err);
        }
        assert_eq!(std::fs::read_to_string(project.root().join(FILE)).unwrap(), text, "left as it is");
        check(&project, &["--no-baseline"]).expect(1);
    }
}

/// What a baseline names is looked for, never read.
#[test]
fn hostile_entries() {
    let id = "0".repeat(32);
    let entry = |path: &str, count: &str| {
        format!("{{\"path\":{path:?},\"rule\":\"x\\u001b[31m\",\"count\":{count},\"id\":\"{id}\"}}")
    };
    let project = project().with("a.js", CLEAN);
    for path in ["../../../../etc/passwd", "/dev/stdin", "\n::error::x", "a\u{0}b.js", ""] {
        let text =
            format!("{{\"version\":1,\"known\":[{}]}}", entry(path, "4294967295").replace("\\0", "\\u0000"));
        std::fs::write(project.root().join(FILE), text).unwrap();
        let run = check(&project, &[]).expect(0);
        assert!(!run.out.contains('\u{1b}') && !run.out.contains("\n::error::"), "{path:?}: {}", run.out);
        project.run(&["baseline", "--prune"]).expect(0);
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_the_project_changes_nothing() {
    let project = project().with("real/src/a.js", LEAK);
    std::os::unix::fs::symlink("real", project.root().join("link")).unwrap();
    project.run(&["baseline", "link"]).expect(0);
    assert_eq!(lines(&project), ["real/src/a.js"]);
    assert_eq!(found(&project, &["real"]), NOTHING);
    assert_eq!(found(&project, &["link/src/a.js"]), NOTHING);
}
