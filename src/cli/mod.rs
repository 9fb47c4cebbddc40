//! The command line.

mod args;
mod check;
mod explain;
mod output;

use args::{Cli, Command};
use clap::Parser;
use std::process::ExitCode;

/// leaklint could not do its job.
const FAILED: u8 = 2;

/// Runs the command that the arguments ask for.
///
/// Exit codes: 0, nothing at error level; 1, findings at error level, or more warnings than `--max-warnings`;
/// 2, leaklint could not do its job.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            let failed = error.use_stderr();
            return ExitCode::from(if failed { FAILED } else { 0 });
        }
    };
    let outcome = match cli.command {
        Command::Check(args) => check::check(&args),
        Command::Explain(args) => explain::explain(&args.rule),
        Command::Rules(args) => explain::rules(&args),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(message) => {
            output::stderr(&format!("leaklint: {}\n", crate::report::safe(&message)));
            ExitCode::from(FAILED)
        }
    }
}
