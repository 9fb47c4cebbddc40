//! `leaklint check`.

use super::args::CheckArgs;
use super::known::Known;
use super::ledger::Where;
use super::novel::{self, Past};
use super::policy::{Overrides, Policies};
use super::progress::Progress;
use super::reports::Reports;
use super::select::Selected;
use super::{cached, output, print_config, select, stream};
use crate::config::written::KindName;
use crate::diagnostic::Severity;
use crate::report::{self, Counts};
use crate::runner::{self, Options, Report};
use crate::shard::Members;
use crate::walk::{File, Found, Request};
use std::fmt::Write as _;
use std::path::PathBuf;

/// Lints, reports, and says the exit code.
pub(super) fn check(args: &CheckArgs) -> Result<u8, String> {
    if args.select.stdin_jsonl {
        return stream::answer(args);
    }
    let traced = args.trace.as_deref().map(trace_target);
    let paths = match &traced {
        Some((path, _)) => vec![path.clone()],
        None => args.paths.clone(),
    };
    let request =
        Request { paths, no_ignore: args.lint.no_ignore, include: KindName::kinds(&args.lint.include) };
    if let Some(path) = &args.print_config {
        return print_config::print_config(path, args, &request);
    }
    if let (Some(max @ 1..), Some(_)) = (args.max_warnings, args.select.shard) {
        return Err(format!(
            "--max-warnings {max} with --shard: a shard knows its own warnings only; \
             `leaklint merge --max-warnings {max}` counts those of all"
        ));
    }
    let overrides = Overrides::of(&args.lint, args.trace.is_some())?;
    let reports = Reports::of(args)?;
    let Selected { mut found, before } = select::files(&args.select, &request, args.lint.max_file_size)?;
    reports.spare(&found.files)?;
    let mut policies = Policies::of(&args.lint.config, &mut found, &overrides)?;
    if let Some(shard) = args.select.shard {
        keep_own(&mut found, Members::of(shard, &request.paths));
    }
    let known = known(args, &found.files)?;
    if !known.ledgers.is_empty() {
        policies.keep_hidden();
    }
    // An editor's buffer is another one at each key.
    let is_remembered = !args.select.stdin && args.trace.is_none();
    let cache = is_remembered.then(|| cached::open(&args.cache)).flatten();
    let options = Options { threads: args.lint.threads, cache: cache.as_ref() };
    let run = |files: Vec<File>| {
        let progress = Progress::of(files.len());
        let settings = |file: &File| {
            progress.step();
            policies.settings(file)
        };
        let report = runner::run(files, settings, options);
        progress.clear();
        report.map_err(|error| format!("cannot start threads: {error}"))
    };
    let mut report = run(found.files.clone())?;
    let whole = before.is_none() && !args.select.stdin && args.select.shard.is_none();
    let past = Past {
        known: &known,
        before: before.as_ref(),
        new_lines: args.select.new_lines,
        files: &found.files,
        policies: &policies,
        max_size: args.lint.max_file_size,
        folders: if whole { novel::folders(&request) } else { Vec::new() },
    };
    novel::keep_new(&mut report, &past, run)?;
    report.errors.extend(found.errors.iter().cloned());
    report.errors.sort();
    // What is not shown still counts: `--quiet` is about the output.
    let (counts, code) = (Counts::of(&report), exit_code(&report, args));
    if args.quiet {
        keep_errors(&mut report);
    }
    let written = match traced {
        Some((_, line)) => reports.write(&report, Some(report::trace(&report, line))),
        None => reports.write(&report, None),
    };
    say(&report, counts, &found, args);
    cache.into_iter().for_each(cached::close);
    written.map(|()| code)
}

/// Leaves the files of other shards to them. Their configurations were read all the same: a shard fails where the whole run
/// would.
fn keep_own(found: &mut Found, mut members: Members) {
    let all = found.files.len();
    found.files.retain(|file| members.holds(&file.path));
    found.left_out.insert("of other shards", (all - found.files.len()) as u64);
}

/// What the baselines of the files know. A trace is about all that was considered.
fn known(args: &CheckArgs, files: &[File]) -> Result<Known, String> {
    match &args.known.baseline {
        _ if args.known.no_baseline || args.trace.is_some() => Ok(Known::default()),
        Some(path) => Known::of(files, Where::At(path)),
        None => Known::of(files, Where::Nearest),
    }
}

/// `src/a.js:12` is line 12 of `src/a.js`; a path that ends in a number and exists is a path.
fn trace_target(target: &str) -> (PathBuf, Option<u32>) {
    let whole = PathBuf::from(target);
    if whole.exists() {
        return (whole, None);
    }
    match target.rsplit_once(':') {
        Some((path, line)) => match line.parse() {
            Ok(line) => (PathBuf::from(path), Some(line)),
            Err(_) => (whole, None),
        },
        None => (whole, None),
    }
}

/// Takes away what is no error.
pub(super) fn keep_errors(report: &mut Report) {
    for file in &mut report.files {
        file.diagnostics.retain(|diagnostic| diagnostic.severity == Severity::Error);
    }
    report.files.retain(|file| !file.diagnostics.is_empty() || !file.decisions.is_empty());
}

/// What goes to standard error: what could not be read, the summary, the numbers.
fn say(report: &Report, counts: Counts, found: &Found, args: &CheckArgs) {
    let mut text = String::new();
    for error in &report.errors {
        let path = report::safe_path(&error.path);
        let _ = writeln!(text, "leaklint: {path}: {}", report::safe(&error.message));
    }
    // An editor asks about every buffer; nothing is to be said of those that are left out.
    let nothing_asked = args.select.stdin && found.files.is_empty();
    if args.format().is_for_people() && args.trace.is_none() && !nothing_asked {
        let _ = writeln!(text, "{}", report::summary(report, counts));
    }
    if args.stats {
        stats(report, found, &mut text);
    }
    output::stderr(&text);
}

fn stats(report: &Report, found: &Found, text: &mut String) {
    let stats = report.stats;
    let _ = writeln!(text, "files linted     {}", stats.files);
    let _ = writeln!(text, "bytes read       {}", stats.bytes);
    let _ = writeln!(text, "files parsed     {} (in the others no rule can fire)", stats.parsed);
    if stats.minified > 0 {
        let _ = writeln!(text, "left out         {} minified by their content", stats.minified);
    }
    for (kind, count) in &found.left_out {
        let _ = writeln!(text, "left out         {count} {kind}");
    }
}

fn exit_code(report: &Report, args: &CheckArgs) -> u8 {
    let counts = Counts::of(report);
    if !report.errors.is_empty() || report.failed {
        return super::FAILED;
    }
    let too_many = args.max_warnings.is_some_and(|max| counts.warnings > max);
    u8::from(!args.exit_zero && (counts.errors > 0 || too_many))
}
