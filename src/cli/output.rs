//! The only place that writes to the terminal.

use std::io::{IsTerminal, Write};

/// Writes to standard output. A reader that has gone away is no error: `leaklint check | head`.
///
/// # Errors
/// Any other failure to write, in words.
pub(super) fn stdout(text: &str) -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| format!("cannot write to standard output: {error}")),
    }
}

/// Writes to standard error; if that is closed there is nobody left to tell.
pub(super) fn stderr(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Whether to colour, by option, environment and terminal.
pub(super) fn color(choice: super::args::Color) -> bool {
    use super::args::Color;
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match choice {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR") => false,
        Color::Auto if set("FORCE_COLOR") => true,
        Color::Auto => std::io::stdout().is_terminal(),
    }
}

/// Characters per line of the terminal; 100 where there is none.
pub(super) fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    columns.unwrap_or(100).clamp(60, 120)
}
