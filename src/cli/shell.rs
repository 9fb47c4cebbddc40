//! What shells and `man` are told of the command; all of it comes from the options themselves.

use super::args::{Cli, EXIT_CODES, ManArgs};
use super::output;
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use std::io::{self, Write};

/// Prints the script that completes `leaklint` in a shell.
pub(super) fn completions(shell: Shell) -> Result<u8, String> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "leaklint", &mut script);
    output::stdout(&String::from_utf8_lossy(&script))?;
    Ok(0)
}

/// Prints the manual page of leaklint, or of one of its commands, as roff.
///
/// # Errors
/// There is no such command.
pub(super) fn man(args: &ManArgs) -> Result<u8, String> {
    let mut whole = Cli::command();
    // Gives `leaklint-check` its own name and usage.
    whole.build();
    let command = match &args.command {
        None => whole,
        Some(name) => {
            let named = whole.get_subcommands().find(|command| command.get_name() == name);
            named
                .cloned()
                .ok_or_else(|| format!("there is no command `{name}` (`leaklint --help` lists them)"))?
        }
    };
    let mut roff = Vec::new();
    page(command, &mut roff).map_err(|error| format!("cannot write the page: {error}"))?;
    output::stdout(&String::from_utf8_lossy(&roff))?;
    Ok(0)
}

/// The sections of a page, in the order that readers of manuals expect.
fn page(command: Command, out: &mut Vec<u8>) -> io::Result<()> {
    let (commands, exits) = (command.has_subcommands(), command.get_after_help().is_some());
    let name = command.get_display_name().unwrap_or("leaklint").to_owned();
    // Without a date, so that a build gives the same page every day; the library would drop the empty argument.
    let version = env!("CARGO_PKG_VERSION");
    writeln!(out, ".TH \"{}\" 1 \"\" \"leaklint {version}\" \"leaklint manual\"", name.to_uppercase())?;
    let man = clap_mangen::Man::new(command);
    man.render_name_section(out)?;
    man.render_synopsis_section(out)?;
    man.render_description_section(out)?;
    man.render_options_section(out)?;
    if commands {
        man.render_subcommands_section(out)?;
    }
    if exits {
        writeln!(out, ".SH \"EXIT STATUS\"")?;
        for (code, meaning) in EXIT_CODES {
            writeln!(out, ".TP\n{code}\n{}", meaning.replace('-', "\\-"))?;
        }
    }
    Ok(())
}
