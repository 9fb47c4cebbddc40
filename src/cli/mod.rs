//! The command line.

mod args;
mod baseline;
mod brought;
mod cached;
mod check;
mod explain;
mod init;
mod known;
mod ledger;
mod merge;
mod novel;
mod output;
mod policy;
mod print_config;
mod progress;
mod reports;
mod select;
mod shell;
mod stream;
mod write;

use args::{Cli, Command};
use clap::Parser;
use std::io::IsTerminal;
use std::process::ExitCode;

/// leaklint could not do its job.
const FAILED: u8 = 2;

/// A panic in a worker is caught and becomes a finding of its file; its raw message says nothing to users.
fn silence_caught_panics() {
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let worker =
            std::thread::current().name().is_some_and(|name| name.starts_with(crate::runner::WORKER));
        if !worker {
            default(panic);
        }
    }));
}

/// Runs the command that the arguments ask for.
///
/// Exit codes: 0, nothing at error level; 1, findings at error level, or more warnings than `--max-warnings`;
/// 2, leaklint could not do its job.
pub fn main() -> ExitCode {
    silence_caught_panics();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            if error.use_stderr() && !std::io::stderr().is_terminal() {
                // What was given on the command line stands in it.
                output::stderr(&crate::report::safe(&error.render().to_string()));
                return ExitCode::from(FAILED);
            }
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { FAILED } else { 0 });
        }
    };
    let outcome = match cli.command {
        Command::Check(args) => check::check(&args),
        Command::Baseline(args) => baseline::baseline(&args),
        Command::Explain(args) => explain::explain(&args.rule),
        Command::Rules(args) => explain::rules(&args),
        Command::Merge(args) => merge::merge(&args),
        Command::Completions(args) => shell::completions(args.shell),
        Command::Man(args) => shell::man(&args),
        Command::Init => init::init(),
        Command::Schema => init::schema(),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(message) => {
            output::stderr(&format!("leaklint: {}\n", crate::report::safe(&message)));
            ExitCode::from(FAILED)
        }
    }
}
