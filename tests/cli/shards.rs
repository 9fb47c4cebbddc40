//! `--shard`: each file in one part, and the parts together are the whole run.

use super::changed::Repository;
use super::{CLEAN, LIKELY, POSSIBLE, pipe};
use crate::support_robust::{LEAK, Project, Run};
use std::process::Command;

/// A repository with leaks in two packages, and what cannot be linted.
fn project() -> Project {
    let mut project = Project::new().with(".git/HEAD", "");
    for at in 0..12 {
        let source = [LEAK, LIKELY, CLEAN, POSSIBLE][at % 4];
        project = project.with(&format!("packages/{}/src/file {at}.js", at % 2), source);
    }
    project.with("packages/0/broken[1].js", "setInterval(() => {, 1);").with("Z.js", LEAK)
}

/// What the shards of a run print, one each.
fn shards(project: &Project, count: usize, args: &[&str]) -> Vec<Run> {
    let shard = |at| format!("--shard={at}/{count}");
    (1..=count).map(|at| project.run(&[&["check", &shard(at)], args].concat())).collect()
}

fn lines(run: &Run) -> Vec<String> {
    run.out.lines().map(str::to_owned).collect()
}

#[test]
fn the_shards_together_are_the_whole_run() {
    let project = project();
    let args = ["--format=compact", "--min-confidence=possible"];
    let whole = lines(&project.run(&[&["check"], &args[..]].concat()).expect(1));
    assert_eq!(whole.len(), 11, "{whole:#?}");
    for count in [1, 2, 5] {
        let mut all: Vec<String> = shards(&project, count, &args).iter().flat_map(lines).collect();
        all.sort_by_key(|line| whole.iter().position(|one| one == line));
        assert_eq!(all, whole, "each once, in {count}");
    }
}

/// Each machine may have its own current folder, and name the paths as it likes.
#[test]
fn the_current_folder_makes_no_difference() {
    let project = project();
    let [first, second] = shards(&project, 2, &["--format=compact", "."]).try_into().ok().unwrap();
    assert!(!first.out.is_empty() && !second.out.is_empty());
    for (folder, prefix) in [("packages", "packages/"), ("packages/1/src", "packages/1/src/")] {
        for named in [".", project.root().join(folder).to_str().unwrap()] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
            command.args(["check", "--shard=1/2", "--format=json", named]);
            command.current_dir(project.root().join(folder));
            let json: serde_json::Value = serde_json::from_str(&project.wait(command).unwrap().out).unwrap();
            let findings = json["findings"].as_array().unwrap();
            let names = findings.iter().map(|one| one["path"].as_str().unwrap().rsplit('/').next().unwrap());
            let below = lines(&first).into_iter().filter(|line| line.starts_with(prefix));
            let wanted: Vec<String> = below.map(|line| line.split(':').next().unwrap().to_owned()).collect();
            let wanted: Vec<&str> = wanted.iter().map(|path| path.rsplit('/').next().unwrap()).collect();
            assert_eq!(names.collect::<Vec<_>>(), wanted, "{folder} as {named}");
        }
    }
}

#[test]
fn merged_shards_are_the_bytes_of_the_unsharded_report() {
    let project = project();
    for (paths, code) in [(&["."][..], 1), (&[".", "gone [1].js", "gone Z.js"], 2)] {
        let whole = project.run(&[&["check", "--format=sarif"], paths].concat()).expect(code).out;
        for at in 1..=3 {
            let (shard, report) = (format!("--shard={at}/3"), format!("--report=sarif={at}.sarif"));
            let run = project.run(&[&["check", &shard, &report], paths].concat());
            assert!(code == 1 || run.code == 2, "what cannot be read fails every shard: {}", run.err);
        }
        let merged = project.run(&["merge", "2.sarif", "3.sarif", "1.sarif", "--exit-code"]).expect(code);
        assert_eq!(merged.out, whole);
        project.run(&["merge", "2.sarif", "3.sarif", "1.sarif"]).expect(0);
    }
}

#[test]
fn a_shard_without_files_is_a_whole_document() {
    let project = Project::new().with("a.js", CLEAN);
    for run in shards(&project, 9, &["--format=json"]) {
        let run = run.expect(0);
        assert!(run.out.contains("\"findings\": []") && run.err.is_empty(), "{}{}", run.out, run.err);
    }
    let run = project.run(&["check", "--shard=1/1", "--stats"]).expect(0);
    assert!(run.err.contains("nothing found in 1 file"), "{}", run.err);
    let said: Vec<String> =
        shards(&project, 9, &["--stats"]).into_iter().map(|run| run.expect(0).err).collect();
    let others = said.iter().filter(|err| err.contains("left out         1 of other shards")).count();
    assert_eq!(others, 8, "{said:?}");
}

/// The bound is one for all: a shard that has fewer must not pass for the whole.
#[test]
fn warnings_are_counted_where_all_are_known() {
    let project = Project::new().with("a.js", LIKELY).with("b.js", LIKELY).with("c.js", LIKELY);
    let run = project.run(&["check", "--shard=1/2", "--max-warnings=2"]).expect(2);
    assert!(run.err.contains("`leaklint merge --max-warnings 2` counts those of all"), "{}", run.err);
    let zero = shards(&project, 2, &["--max-warnings=0"]);
    assert!(zero.iter().any(|run| run.code == 1));
    for at in 1..=2 {
        project.run(&["check", &format!("--shard={at}/2"), &format!("--report=sarif={at}.sarif")]).expect(0);
    }
    for (max, code) in [("--max-warnings=3", 0), ("--max-warnings=2", 1), ("--exit-code", 0)] {
        project.run(&["merge", "1.sarif", "2.sarif", "-o", "all.sarif", max]).expect(code);
    }
}

/// What other shards lint is not gone.
#[test]
fn baselines_hold_in_each_shard() {
    let project = project();
    project.run(&["baseline"]).expect(0);
    for run in shards(&project, 3, &["--format=compact", "--max-warnings=0"]) {
        assert_eq!(run.expect(0).out, "");
    }
    let project = project.with("Z.js", CLEAN);
    let stale =
        |runs: Vec<Run>| runs.iter().flat_map(lines).filter(|line| line.contains("stale-baseline")).count();
    assert_eq!(stale(shards(&project, 3, &["--format=compact"])), 1, "told by the shard that has the file");
    std::fs::remove_file(project.root().join("Z.js")).unwrap();
    assert_eq!(
        stale(shards(&project, 3, &["--format=compact"])),
        0,
        "it may have been moved into another shard"
    );
    assert_eq!(stale(vec![project.run(&["check", "--format=compact"])]), 1);
}

#[test]
fn what_git_chooses_is_sharded_too() {
    let repository = Repository::new(&[]);
    for path in ["a.js", "b.js", "c.js", "d.js"] {
        repository.write(path, LEAK);
    }
    repository.git(&["add", "."]);
    let staged = |args: &[&str]| lines(&repository.run_in(".", &[&["--staged"], args].concat(), &[]));
    let shards = ["--shard=1/3", "--shard=2/3", "--shard=3/3"];
    let mut all: Vec<String> = shards.into_iter().flat_map(|shard| staged(&[shard])).collect();
    all.sort();
    assert_eq!(all, staged(&[]));
    assert_eq!(all.len(), 4);
}

#[test]
fn wrong_use_is_told() {
    let project = Project::new().with("a.js", LEAK);
    for (args, says) in [
        (&["check", "--shard=0/3"][..], "shards are counted from 1: the first is 1/3"),
        (&["check", "--shard=4/3"], "there is no shard 4 of 3: the last is 3/3"),
        (&["check", "--shard=a/b"], "write it as I/N: 2/8 is the second of eight shards"),
        (&["check", "--shard="], "I/N"),
        (&["check", "--shard"], "I/N"),
        (&["check", "--shard=1/2", "--stdin", "--stdin-filename=a.js"], "cannot be used with"),
        (&["check", "--shard=1/2", "--trace=a.js"], "cannot be used with"),
        (&["check", "--shard=1/2", "--print-config=a.js"], "cannot be used with"),
    ] {
        let run = pipe(&project, args, LEAK).expect(2);
        assert!(run.err.contains(says) && run.out.is_empty(), "{args:?}: {}", run.err);
    }
}
