//! The whole run against a parse-only run of the same files, in pairs, one thread.
//!
//! ```text
//! cargo bench --bench whole_run -- path/to/sources [pairs]
//! ```
//!
//! Prints the wall time of each pair and the median of their ratios. On one thread wall time is CPU time as long as the
//! machine is otherwise idle; the ratio holds when it is not, since both halves of a pair suffer alike.

use leaklint::runner::{self, Options};
use leaklint::settings::Settings;
use leaklint::walk::{self, File, Request};
use std::path::PathBuf;
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: leaklint::allocator::Mimalloc = leaklint::allocator::Mimalloc;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let folder = args.first().map_or("fixtures", String::as_str);
    let pairs: usize = args.get(1).map_or(Ok(7), |count| count.parse())?;
    let request = Request { paths: vec![PathBuf::from(folder)], ..Request::default() };
    let files = walk::walk(&request).files;
    let bytes: u64 = files.iter().map(|file| file.size).sum();
    println!("{folder}: {} files, {bytes} bytes", files.len());

    let whole = Settings::new()?;
    let parse_only = Settings { parse_only: true, ..Settings::new()? };
    run(&files, &whole)?;
    let mut ratios = Vec::new();
    for _ in 0..pairs {
        let (a, b) = (run(&files, &whole)?, run(&files, &parse_only)?);
        let ratio = a.as_secs_f64() / b.as_secs_f64();
        println!("whole {a:>9.1?}   parse only {b:>9.1?}   ratio {ratio:.2}");
        ratios.push(ratio);
    }
    ratios.sort_by(f64::total_cmp);
    if let Some(median) = ratios.get(ratios.len() / 2) {
        println!("median ratio {median:.2}");
    }
    Ok(())
}

fn run(files: &[File], settings: &Settings) -> Result<Duration, Box<dyn std::error::Error>> {
    let start = Instant::now();
    runner::run(files.to_vec(), |_| settings, Options { threads: 1, ..Options::default() })?;
    Ok(start.elapsed())
}
