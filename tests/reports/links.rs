//! Hyperlinks to the pages of rules, where a terminal shows them.

use super::read::MACHINE;
use super::support_robust::{LEAK, Project, Run};
use std::process::Command;

fn run(project: &Project, args: &[&str], variables: &[(&str, &str)]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
    command.arg("check").args(args).envs(variables.iter().copied());
    project.wait(command).unwrap().expect(1)
}

#[test]
fn a_rule_links_to_its_page() {
    let project = Project::new().with("a.js", LEAK);
    let linked = run(&project, &["--color=always"], &[("FORCE_HYPERLINK", "1")]).out;
    let links: Vec<&str> = linked.match_indices("\u{1b}]8;;https://").map(|(at, _)| &linked[at..]).collect();
    assert_eq!(links.len(), 1, "{linked:?}");
    let page = "docs/rules/uncleared-interval.md\u{1b}\\uncleared-interval\u{1b}]8;;\u{1b}\\";
    assert!(links[0].contains(page), "{linked:?}");
    let plain = run(&project, &["--color=always"], &[("FORCE_HYPERLINK", "0")]).out;
    assert!(plain.contains("uncleared-interval") && !plain.contains("\u{1b}]8"), "{plain:?}");
}

#[test]
fn there_are_none_without_colours_in_pipes_and_in_reports() {
    let project = Project::new().with("a.js", LEAK);
    let force = ("FORCE_HYPERLINK", "1");
    for (args, variables) in [
        (&["--color=never"][..], &[force][..]),
        (&[], &[force]),
        (&[], &[force, ("NO_COLOR", "1"), ("FORCE_COLOR", "")]),
        // A terminal that has links, but no terminal is looking.
        (&["--color=always"], &[("TERM_PROGRAM", "WezTerm")]),
        (&["--color=always", "--format=compact", "--report=pretty=p.txt"], &[force]),
    ] {
        let out = run(&project, args, variables).out;
        assert!(out.contains("uncleared-interval") && !out.contains("\u{1b}]8"), "{args:?}: {out:?}");
    }
    assert!(!std::fs::read_to_string(project.root().join("p.txt")).unwrap().contains('\u{1b}'));
    for format in MACHINE {
        assert!(
            !run(&project, &["--color=always", "--format", format], &[force]).out.contains('\u{1b}'),
            "{format}"
        );
    }
}
