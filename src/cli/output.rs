//! The only place that writes to the terminal.

use super::args::Color;
use crate::report;
use std::io::{BufWriter, IsTerminal, Stdout, Write};

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

/// Standard output, written bit by bit.
pub(super) struct Stream {
    out: BufWriter<Stdout>,
    /// What went wrong; a reader that has gone away is no error.
    pub failed: Option<String>,
}

impl Stream {
    pub(super) fn new() -> Self {
        Self { out: BufWriter::new(std::io::stdout()), failed: None }
    }

    /// Writes; with `None`, what was written goes out now. Whether more can be written.
    pub(super) fn write(&mut self, text: Option<&str>) -> bool {
        let written = match text {
            Some(text) => self.out.write_all(text.as_bytes()),
            None => self.out.flush(),
        };
        let Err(error) = written else {
            return true;
        };
        if error.kind() != std::io::ErrorKind::BrokenPipe {
            self.failed = Some(format!("cannot write to standard output: {error}"));
        }
        false
    }
}

/// Writes to standard error, which a build server may read; if that is closed there is nobody left to tell.
pub(super) fn stderr(text: &str) {
    let text = report::log(text.to_owned());
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Whether to colour standard output, by option, environment and terminal.
pub(super) fn color(choice: Color) -> bool {
    let variable = |name: &str| std::env::var_os(name)?.into_string().ok();
    colors(choice, variable, std::io::stdout().is_terminal())
}

/// The option is stronger than the environment, that than the terminal. Variables that are set but empty say nothing;
/// `FORCE_COLOR=0` (as Node reads it) and `CLICOLOR_FORCE=0` force nothing.
fn colors(choice: Color, variable: impl Fn(&str) -> Option<String>, terminal: bool) -> bool {
    let value = |name: &str| variable(name).filter(|value| !value.is_empty());
    let is_off = |value: &String| matches!(value.as_str(), "0" | "false");
    match choice {
        Color::Always => return true,
        Color::Never => return false,
        Color::Auto => {}
    }
    if value("NO_COLOR").is_some() || value("FORCE_COLOR").as_ref().is_some_and(is_off) {
        return false;
    }
    if value("FORCE_COLOR").is_some() || value("CLICOLOR_FORCE").is_some_and(|value| !is_off(&value)) {
        return true;
    }
    terminal && value("CLICOLOR").is_none_or(|value| value != "0") && value("TERM").as_deref() != Some("dumb")
}

/// Whether the terminal shows hyperlinks; not where colours are off.
pub(super) fn links(color: bool) -> bool {
    color && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout)
}

/// Characters per line where nothing says how many there are.
pub(super) const WIDTH: usize = 100;

/// Characters per line: what `COLUMNS` says, else the terminal.
pub(super) fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let of_terminal =
        || terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0));
    columns.or_else(of_terminal).unwrap_or(WIDTH).clamp(60, 120)
}

#[cfg(test)]
mod tests {
    use super::{Color, colors};

    #[test]
    fn option_then_environment_then_terminal() {
        for (set, piped, shown) in [
            ("", false, true),
            ("NO_COLOR=1", false, false),
            ("NO_COLOR=", false, true),
            ("NO_COLOR=1 FORCE_COLOR=1", false, false),
            ("FORCE_COLOR=1", true, true),
            ("FORCE_COLOR=3", true, true),
            ("FORCE_COLOR=0", false, false),
            ("FORCE_COLOR=false CLICOLOR_FORCE=1", false, false),
            ("FORCE_COLOR=", false, true),
            ("CLICOLOR_FORCE=1", true, true),
            ("CLICOLOR_FORCE=0", false, true),
            ("CLICOLOR=0", false, false),
            ("CLICOLOR=1", false, true),
            ("CLICOLOR=0 CLICOLOR_FORCE=1", true, true),
            ("TERM=dumb", false, false),
            ("TERM=dumb FORCE_COLOR=1", true, true),
            ("TERM=xterm", false, true),
        ] {
            let variable = |name: &str| {
                let mut pairs = set.split(' ').filter_map(|pair| pair.split_once('='));
                pairs.find(|(one, _)| *one == name).map(|(_, value)| value.to_owned())
            };
            assert_eq!(colors(Color::Auto, variable, false), piped, "{set}, piped");
            assert_eq!(colors(Color::Auto, variable, true), shown, "{set}, on a terminal");
            assert!(colors(Color::Always, variable, false) && !colors(Color::Never, variable, true), "{set}");
        }
    }
}
