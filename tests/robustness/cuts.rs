//! Every source of the repository cut at every line, with other line ends and with a byte order mark.

use leaklint::diagnostic::Diagnostic;
use leaklint::runner::guarded;
use leaklint::settings::Settings;
use leaklint::source::{Language, LineIndex, Span};
use leaklint::walk::{Content, File};
use leaklint::{obligations::Tier, read};
use std::path::{Path, PathBuf};

struct Source {
    file: File,
    text: String,
}

/// What a reader sees of a finding: its rule, and the line of each label.
type Seen = (&'static str, u32, Vec<u32>);

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for folder in ["fixtures", "tests/inputs", "showcase"] {
        gather(&root.join(folder), &mut paths);
    }
    let sources: Vec<Source> = paths.into_iter().filter_map(|path| source(&path)).collect();
    assert!(sources.len() > 10, "only {} sources", sources.len());
    sources
}

fn gather(folder: &Path, paths: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() { gather(&path, paths) } else { paths.push(path) }
    }
}

fn source(path: &Path) -> Option<Source> {
    let shown = path.to_string_lossy().into_owned();
    let language = Language::of_path(&shown)?;
    let text = read::decode(std::fs::read(path).unwrap()).ok()?;
    Some(Source {
        file: File { shown, kind: None, path: path.to_owned(), size: 0, language, content: Content::Disk },
        text,
    })
}

fn settings() -> Settings {
    Settings { min_confidence: Tier::Possible, no_prefilter: true, ..Settings::new().unwrap() }
}

/// Lints a variant of a source; its spans must lie in the text, between characters.
fn lint(source: &Source, text: &str, settings: &Settings) -> Vec<Seen> {
    let (linted, failed) = guarded(text, &source.file, settings);
    let shown = &source.file.shown;
    assert!(!failed, "{shown}: {}\n{text}", linted.diagnostics[0].message);
    let lines = LineIndex::new(text);
    linted.diagnostics.iter().map(|found| seen(found, text, &lines, shown)).collect()
}

fn seen(found: &Diagnostic, text: &str, lines: &LineIndex, shown: &str) -> Seen {
    let at = |span: Span| {
        let whole = text.get(span.start as usize..span.end as usize);
        assert!(whole.is_some(), "{shown}: {span:?} of {} is not in\n{text}", found.rule);
        lines.line(span.start)
    };
    at(found.statement);
    (found.rule, at(found.primary.span), found.labels.iter().map(|label| at(label.span)).collect())
}

/// Shares the sources among threads whose stacks are as large as a test build needs.
fn each_source(check: impl Fn(&Source, &Settings) + Sync) {
    let (sources, settings) = (sources(), settings());
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            let work = || {
                while let Some(source) = sources.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
                {
                    check(source, &settings);
                }
            };
            std::thread::Builder::new().stack_size(64 << 20).spawn_scoped(scope, work).unwrap();
        }
    });
}

#[test]
fn at_every_line() {
    each_source(|source, settings| {
        let ends = source.text.match_indices('\n').map(|(at, _)| at);
        for end in ends {
            let found = lint(source, &source.text[..end], settings);
            let last = source.text[..end].matches('\n').count() as u32 + 1;
            assert!(found.iter().all(|(_, line, _)| *line <= last), "{}", source.file.shown);
        }
    });
}

#[test]
fn in_the_middle_of_lines() {
    each_source(|source, settings| {
        let cuts = source.text.char_indices().map(|(at, _)| at).skip(7).step_by(61);
        for end in cuts {
            lint(source, &source.text[..end], settings);
            lint(source, &source.text[end..], settings);
        }
    });
}

#[test]
fn without_one_line() {
    each_source(|source, settings| {
        let lines: Vec<&str> = source.text.split_inclusive('\n').collect();
        for gone in 0..lines.len() {
            let text = [&lines[..gone], &lines[gone + 1..]].concat().concat();
            lint(source, &text, settings);
        }
    });
}

#[test]
fn with_other_line_ends_and_a_mark() {
    each_source(|source, settings| {
        let unix = source.text.replace("\r\n", "\n");
        let expected = lint(source, &unix, settings);
        let variants = [
            unix.replace('\n', "\r\n"),
            unix.replace('\n', "\r"),
            format!("\u{feff}{unix}"),
            format!("{unix}\n\n"),
        ];
        for variant in variants {
            let text = read::decode(variant.clone().into_bytes()).unwrap();
            assert_eq!(lint(source, &text, settings), expected, "{}: {variant:?}", source.file.shown);
        }
    });
}
