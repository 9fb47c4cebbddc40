//! Scores leaklint against labelled truth: real fixes (reported before, silent after?) and labelled sites (harmless ones
//! silent, leaks reported?).
//!
//! ```text
//! cargo run --release --example score -- --checkouts FOLDER
//! ```
//!
//! docs/accuracy.md says what the tables hold, and how a project is added.

mod checkouts;
mod judge;
mod pairs;
mod sites;
mod tables;
mod truth;

use checkouts::Checkouts;
use clap::Parser;
use judge::Judge;
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: leaklint::allocator::Mimalloc = leaklint::allocator::Mimalloc;

/// Bytes of stack per thread: what the deepest file that is linted needs.
const STACK: usize = 1024 * 1024 * 1024;

/// Scores leaklint against labelled truth.
#[derive(Parser)]
#[command(name = "score")]
struct Args {
    /// The folder of clones: `OWNER+NAME` for each repository, `npm/NAME@VERSION` for each unpacked package
    #[arg(long, value_name = "FOLDER")]
    checkouts: PathBuf,
    /// Tables of fixes
    #[arg(long, value_name = "TSV", default_values = ["tests/truth/fix-pairs.tsv", "tests/truth/mined-pairs.tsv"])]
    pairs: Vec<PathBuf>,
    /// Tables of labelled sites
    #[arg(long, value_name = "TSV", default_values = ["tests/truth/labelled-sites.tsv", "tests/truth/read-sites.tsv", "tests/truth/unseen-sites.tsv"])]
    sites: Vec<PathBuf>,
    /// Write one line per row there, to compare two runs with `diff`
    #[arg(long, value_name = "FILE")]
    tsv: Option<PathBuf>,
    /// Replace what stands between the markers of this page by the tables, if every row could be judged
    #[arg(long, value_name = "PAGE")]
    write: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(unread) => {
            eprintln!("score: {unread} rows are not in the tables, since their files could not be read");
            ExitCode::from(2)
        }
        Err(problem) => {
            eprintln!("score: {problem}");
            ExitCode::from(2)
        }
    }
}

/// Scores every row and writes what was asked for; how many rows could not be judged.
fn run(args: &Args) -> Result<usize, Box<dyn std::error::Error>> {
    let mut pair_tables = Vec::new();
    for path in &args.pairs {
        let rows = truth::pairs(&read(path)?).map_err(|problem| format!("{}:{problem}", path.display()))?;
        pair_tables.push((path, rows));
    }
    let mut site_tables = Vec::new();
    for path in &args.sites {
        let rows = truth::sites(&read(path)?).map_err(|problem| format!("{}:{problem}", path.display()))?;
        site_tables.push((path, rows));
    }
    let judge = Judge::new(Checkouts::new(&args.checkouts))?;
    let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK).build()?;
    let mut unread = Vec::new();

    let mut markdown = String::new();
    let mut tsv = pairs::COLUMNS.to_owned();
    for (path, rows) in &pair_tables {
        let scored = pool.install(|| rows.par_iter().map(|row| pairs::score(&judge, row)).collect());
        let scored = readable(scored, &mut unread);
        let name = name_of(path);
        markdown.push_str(&pairs::markdown(&name, &scored));
        tsv.push_str(&pairs::tsv(&name, &scored));
    }
    for (path, rows) in &site_tables {
        let scored = pool.install(|| rows.par_iter().map(|row| sites::score(&judge, row)).collect());
        let scored = readable(scored, &mut unread);
        let name = name_of(path);
        markdown.push_str(&sites::markdown(&name, &scored));
        tsv.push_str(&sites::tsv(&name, &scored));
    }

    for problem in &unread {
        eprintln!("score: {problem}");
    }
    print!("{markdown}");
    if let Some(path) = &args.tsv {
        write(path, &tsv)?;
    }
    if let Some(path) = args.write.as_ref().filter(|_| unread.is_empty()) {
        let page = tables::replace(&read(path)?, &markdown)
            .map_err(|problem| format!("{}: {problem}", path.display()))?;
        write(path, &page)?;
    }
    Ok(unread.len())
}

/// The name of a table: that of its file, without the ending.
fn name_of(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// What could be judged; the problems of the rest are kept apart.
fn readable<T>(scored: Vec<Result<T, String>>, unread: &mut Vec<String>) -> Vec<T> {
    scored.into_iter().filter_map(|row| row.map_err(|problem| unread.push(problem)).ok()).collect()
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
