//! `completions` and `man`: what shells and manual readers make of them.

use crate::support_robust::Project;
use std::process::Command;

const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "powershell", "elvish"];
const COMMANDS: [&str; 5] = ["check", "explain", "rules", "completions", "man"];

#[test]
fn every_shell_learns_every_option() {
    let project = Project::new();
    for shell in SHELLS {
        let script = project.run(&["completions", shell]).expect(0).out;
        for word in COMMANDS.iter().chain(&["min-confidence", "max-warnings", "no-config"]) {
            assert!(script.contains(word), "{shell} does not complete {word}");
        }
    }
    project.run(&["completions", "tcsh"]).expect(2);
    project.run(&["completions"]).expect(2);
}

/// What bash itself offers for a line, by the script that we print.
fn bash_offers(line: &[&str]) -> Vec<String> {
    let project = Project::new();
    let script = project.run(&["completions", "bash"]).expect(0).out;
    let project = project.with("leaklint.bash", script);
    let ask = "source ./leaklint.bash; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); \
               _leaklint leaklint \"${!#}\" \"${COMP_WORDS[COMP_CWORD-1]}\"; printf '%s\\n' \"${COMPREPLY[@]}\"";
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-euc", ask, "bash", "leaklint"]).args(line);
    let run = project.wait(bash).unwrap_or_else(|problem| panic!("{problem}")).expect(0);
    assert_eq!(run.err, "");
    run.out.lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes() {
    assert_eq!(bash_offers(&["che"]), ["check"]);
    assert_eq!(bash_offers(&["check", "--min-c"]), ["--min-confidence"]);
    assert_eq!(bash_offers(&["check", "--min-confidence", ""]), ["proven", "likely", "possible"]);
    assert_eq!(bash_offers(&["check", "--only", "uncleared-"]), ["uncleared-interval", "uncleared-timeout"]);
    assert_eq!(bash_offers(&["explain", "unabo"]), ["unaborted-signal"]);
    assert_eq!(bash_offers(&["check", "--include", "sto"]), ["stories"]);
    assert_eq!(bash_offers(&["completions", "zs"]), ["zsh"]);
}

#[test]
fn manual_pages() {
    let project = Project::new();
    let page = project.run(&["man"]).expect(0).out;
    assert!(page.starts_with(".TH \"LEAKLINT\" 1 \"\" \"leaklint "), "{page}");
    for command in COMMANDS {
        assert!(page.contains(&format!("leaklint\\-{command}(1)")), "{page}");
        let own = project.run(&["man", command]).expect(0).out;
        assert!(own.starts_with(&format!(".TH \"LEAKLINT-{}\" 1", command.to_uppercase())), "{own}");
        assert!(own.contains(&format!("\\fBleaklint {command}\\fR")), "{own}");
    }
    let check = project.run(&["man", "check"]).expect(0).out;
    for part in ["\\-\\-min\\-confidence", "EXIT STATUS", "nothing at error level", "\\-\\-max\\-warnings"] {
        assert!(check.contains(part), "{part}: {check}");
    }
    let run = project.run(&["man", "tea"]).expect(2);
    assert!(run.err.contains("there is no command `tea`") && run.out.is_empty(), "{}", run.err);
}

/// Roff is a list of lines: one that begins with a dot is a request, and unknown ones would swallow text.
#[test]
fn manual_pages_use_known_requests_only() {
    let project = Project::new();
    for args in [&["man"][..], &["man", "check"], &["man", "rules"]] {
        for line in project.run(args).expect(0).out.lines() {
            assert!(!line.starts_with('\''), "{line}");
            let Some(request) = line.strip_prefix('.') else { continue };
            let name = request.split(' ').next().unwrap();
            assert!(["TH", "SH", "TP", "RS", "RE", "IP", "br", "sp", "ie", "el"].contains(&name), "{line}");
        }
    }
}
