//! `leaklint check --stdin-jsonl`: records in, answers out, one line each, for engines that pipe their data through programs.

mod gate;
mod lines;
mod record;

use super::args::{CheckArgs, Format};
use super::check;
use super::novel;
use super::output::Stream;
use super::policy::Overrides;
use crate::config::written::KindName;
use crate::report::{self, Outcome, Run};
use crate::repository::Places;
use crate::runner::{self, Out, Singles};
use crate::settings::Settings;
use crate::walk::Request;
use gate::{Admitted, Gate};
use lines::Line;
use record::{Record, Wrong};
use std::io::BufReader;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that JSON may make of one: `\u0041`.
const ESCAPED: usize = 6;

/// Bytes of a line beside its source.
const REST: usize = 1024 * 1024;

/// Answers each line of standard input until that ends, or nobody reads the answers any more.
///
/// # Errors
/// Bad options, a bad configuration or baseline that is named, standard input that cannot be read. What is wrong with a
/// record is its answer.
pub(super) fn answer(args: &CheckArgs) -> Result<u8, String> {
    let as_sarif = match args.format {
        None | Some(Format::Jsonl) => false,
        Some(Format::Sarif) => true,
        Some(_) => return Err("--stdin-jsonl answers as jsonl or sarif".to_owned()),
    };
    let include = KindName::kinds(&args.lint.include);
    let request = Request { paths: Vec::new(), no_ignore: args.lint.no_ignore, include };
    let overrides = Overrides::of(&args.lint, false)?;
    let gate = Mutex::new(Gate::new(&args.known, &request, &overrides)?);
    let longest = usize::try_from(args.lint.max_file_size).unwrap_or(usize::MAX);
    let longest = longest.saturating_mul(ESCAPED).saturating_add(REST);
    let unread = Arc::new(Mutex::new(None));
    let input = numbered(longest, Arc::clone(&unread));
    let answers = Answers { singles: Singles::default(), gate: &gate, longest, as_sarif, quiet: args.quiet };
    let work = |(record, line): (u64, Line), share| answers.guarded(record, line, share);
    let mut out = Stream::new();
    let sink = |answer: Out<String>| match answer {
        Out::Next(answer) => out.write(Some(answer.as_str())),
        Out::Idle => out.write(None),
    };
    runner::ordered(args.lint.threads, input, |(_, line)| line.size(), work, sink)?;
    let unread = unread.lock().unwrap_or_else(PoisonError::into_inner).take();
    match out.failed.or(unread) {
        Some(problem) => Err(problem),
        None => Ok(0),
    }
}

/// The lines of standard input, counted from 1, to its end; why that came too early is left in `failed`.
fn numbered(
    longest: usize,
    failed: Arc<Mutex<Option<String>>>,
) -> impl FnMut() -> Option<(u64, Line)> + Send {
    let mut input = BufReader::with_capacity(64 * 1024, std::io::stdin());
    let mut number = 0;
    move || match lines::read(&mut input, longest) {
        Ok(line) => {
            number += 1;
            line.map(|line| (number, line))
        }
        Err(error) => {
            let problem = format!("cannot read standard input: {error}");
            *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
            None
        }
    }
}

/// What all answers share.
struct Answers<'a> {
    singles: Singles,
    gate: &'a Mutex<Gate<'a>>,
    /// The longest line that is read, in bytes.
    longest: usize,
    as_sarif: bool,
    quiet: bool,
}

impl Answers<'_> {
    /// One line of answer, whatever happens.
    fn guarded(&self, record: u64, line: Line, share: u32) -> String {
        let attempt = std::panic::catch_unwind(AssertUnwindSafe(|| self.answer(record, line, share)));
        attempt.unwrap_or_else(|_| {
            let message = "leaklint failed on this record: please report it";
            report::answer(record, None, Outcome::Wrong(message), self.as_sarif)
        })
    }

    fn answer(&self, record: u64, line: Line, share: u32) -> String {
        let (path, linted) = match self.read(line) {
            Ok(Record { path, source }) => {
                let admitted = self.gate.lock().unwrap_or_else(PoisonError::into_inner).admit(&path, source);
                (Some(path), admitted)
            }
            Err(Wrong { path, message }) => (path, Err(message)),
        };
        let answer = |outcome: Outcome<'_>| report::answer(record, path.as_deref(), outcome, self.as_sarif);
        match linted {
            Err(message) => answer(Outcome::Wrong(&message)),
            Ok(Err(why)) => answer(Outcome::Skipped(why)),
            Ok(Ok(admitted)) => self.lint(admitted, share, answer),
        }
    }

    /// The line goes: it is as large as what is read from it.
    fn read(&self, line: Line) -> Result<Record, Wrong> {
        match line {
            Line::Whole(bytes) => record::parse(&bytes),
            Line::TooLong(begins) => Err(Wrong {
                path: record::leading_path(&begins),
                message: format!("the line is longer than {} bytes: not read", self.longest),
            }),
        }
    }

    fn lint(&self, admitted: Admitted, share: u32, answer: impl Fn(Outcome<'_>) -> String) -> String {
        let Admitted { file, source, settings, known } = admitted;
        let keep_hidden = !known.ledgers.is_empty();
        let settings = Settings { keep_hidden, max_nesting: settings.max_nesting / share, ..settings };
        let mut report = self.singles.lint(&file, source.into_bytes(), &settings);
        if report.stats.minified > 0 {
            return answer(Outcome::Skipped("minified"));
        }
        novel::keep_unknown(&mut report, &known, &settings);
        if self.quiet {
            check::keep_errors(&mut report);
        }
        let places = Places::each(report.files.iter().map(|file| file.path.as_str()));
        answer(Outcome::Linted(Run { report: &report, places: &places }))
    }
}
