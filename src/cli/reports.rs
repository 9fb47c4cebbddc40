//! What standard output gets, and the files that `--report` names.

use super::args::{CheckArgs, Format, ReportFile};
use super::{output, write};
use crate::report::{self, Run, Style};
use crate::repository::Places;
use crate::runner::Report;
use crate::walk::{self, File};
use rustc_hash::FxHashSet;
use std::path::{Path, PathBuf};

/// The reports of a run.
pub(super) struct Reports<'a> {
    args: &'a CheckArgs,
}

impl<'a> Reports<'a> {
    /// Looks at the files before anything is linted: a run of minutes must not end for want of a folder.
    ///
    /// # Errors
    /// A file that cannot be written, or is named twice.
    pub(super) fn of(args: &'a CheckArgs) -> Result<Self, String> {
        let mut seen = FxHashSet::default();
        for ReportFile { path, .. } in &args.report {
            write::can_be_written(path).map_err(|error| format!("--report: {error}"))?;
            if !seen.insert(target(path)) {
                return Err(format!("--report: {} is named twice", walk::shown(path)));
            }
        }
        Ok(Self { args })
    }

    /// No report takes the place of what is linted.
    ///
    /// # Errors
    /// One would.
    pub(super) fn spare(&self, files: &[File]) -> Result<(), String> {
        for ReportFile { path, .. } in &self.args.report {
            let target = target(path);
            let linted =
                |file: &File| file.path.file_name() == path.file_name() && self::target(&file.path) == target;
            if files.iter().any(linted) {
                return Err(format!("--report: {} is a file that is linted", walk::shown(path)));
            }
        }
        Ok(())
    }

    /// Writes the files, then standard output: the report in its format, or `instead`.
    ///
    /// # Errors
    /// What could not be written. The rest is.
    pub(super) fn write(&self, report: &Report, instead: Option<String>) -> Result<(), String> {
        let shown = report.files.iter().map(|file| file.path.as_str());
        let shown = shown.chain(report.errors.iter().map(|error| error.path.as_str()));
        let places = Places::new(&self.named(), shown);
        let run = Run { report, places: &places };
        let mut problems = Vec::new();
        for ReportFile { format, path } in &self.args.report {
            let style = Style { color: false, links: false, width: output::WIDTH };
            let text = self.render(*format, &run, style);
            problems.extend(write::file(path, &text).err().map(|error| format!("--report: {error}")));
        }
        let text =
            instead.map(report::log).unwrap_or_else(|| self.render(self.args.format(), &run, self.style()));
        problems.extend(output::stdout(&text).err());
        if problems.is_empty() { Ok(()) } else { Err(problems.join("\nleaklint: ")) }
    }

    fn style(&self) -> Style {
        let color = output::color(self.args.color);
        Style { color, links: output::links(color), width: output::width() }
    }

    /// What the paths of a run are named by.
    fn named(&self) -> Vec<PathBuf> {
        let stdin = self.args.select.stdin_filename.clone();
        stdin.map_or_else(|| self.args.paths.clone(), |path| vec![path])
    }

    fn render(&self, format: Format, run: &Run<'_>, style: Style) -> String {
        match format {
            Format::Pretty => report::log(report::pretty(run.report, style)),
            Format::Compact => report::log(report::compact(run.report)),
            Format::Json => report::json(run),
            Format::Jsonl => report::jsonl(run),
            Format::Sarif => fitted(report::sarif(run, self.args.category.as_deref())),
            Format::Github => report::github(run),
            Format::Gitlab => report::gitlab(run),
            Format::Junit => report::junit(run),
            Format::Checkstyle => report::checkstyle(run),
            Format::Rdjson => report::rdjson(run),
        }
    }
}

/// The text of a SARIF report; what had to be left out is said here, too.
pub(super) fn fitted(fitted: report::Fitted) -> String {
    if fitted.left_out > 0 {
        output::stderr(&format!(
            "leaklint: {} left out of the SARIF report, the quietest first: code scanning takes no more\n",
            report::plural(fitted.left_out as u64, "result")
        ));
    }
    fitted.text
}

/// The same for each spelling of a path.
fn target(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    folder.join(path.file_name().unwrap_or_default())
}
