//! What a byte costs in files of 1 to 64 MB of each shape: as much in a large file as in a small one.
//!
//! ```text
//! cargo bench --bench growth -- [part of a shape's name] [sizes in MB, as 1,4,16,64]
//! ```
//!
//! Prints nanoseconds of CPU per byte, for the whole pipeline and for parsing alone. Each run is a process of its own, so that
//! none inherits the memory of another; small files are linted in several.

#[path = "../tests/support/shapes.rs"]
mod shapes;

use leaklint::linter;
use leaklint::settings::Settings;
use leaklint::source::Language;
use shapes::{Shape, shapes, text};
use std::error::Error;
use std::process::Command;

#[global_allocator]
static ALLOCATOR: leaklint::allocator::Mimalloc = leaklint::allocator::Mimalloc;

const MB: usize = 1_000_000;

/// Megabytes to lint for each figure, at least: clocks are coarse.
const ENOUGH: usize = 8;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    if let [measured, name, size, what] = args.as_slice()
        && measured == "measure"
    {
        let shape = shapes().into_iter().find(|shape| shape.name == name).ok_or("no such shape")?;
        return one(shape, size.parse()?, what == "parse");
    }
    let part = args.first().map_or("", String::as_str);
    let sizes = args.get(1).map_or("1,4,16,64", String::as_str);
    let sizes: Vec<usize> = sizes.split(',').map(str::parse).collect::<Result<_, _>>()?;
    println!("nanoseconds per byte, whole (parse only), at {sizes:?} MB; the largest to the smallest");
    for shape in shapes().iter().filter(|shape| shape.name.contains(part)) {
        let measured = sizes.iter().map(|size| apart(shape, *size)).collect::<Result<Vec<_>, _>>()?;
        let figures = measured.iter().map(|(whole, parse)| format!("{whole:>6.1} ({parse:.1})"));
        let figures: String = figures.collect();
        let ratio = |of: fn(&(f64, f64)) -> f64| match (measured.first(), measured.last()) {
            (Some(first), Some(last)) => of(last) / of(first),
            _ => 1.0,
        };
        println!("{:<50} {figures}   {:.2} ({:.2})", shape.name, ratio(|one| one.0), ratio(|one| one.1));
    }
    Ok(())
}

/// Measures in a process of its own.
fn apart(shape: &Shape, size: usize) -> Result<(f64, f64), Box<dyn Error>> {
    let program = std::env::current_exe()?;
    let figure = |what: &str| -> Result<f64, Box<dyn Error>> {
        let runs = ENOUGH.div_ceil(size);
        let mut all = 0.0;
        for _ in 0..runs {
            let mut command = Command::new(&program);
            let output = command.args(["measure", shape.name, &size.to_string(), what]).output()?;
            let figure = String::from_utf8(output.stdout)?.trim().parse::<f64>();
            all += figure.map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())?;
        }
        Ok(all / runs as f64)
    };
    Ok((figure("whole")?, figure("parse")?))
}

fn one(shape: Shape, size: usize, parse_only: bool) -> Result<(), Box<dyn Error>> {
    let measure = move || {
        let text = text(&shape, size * MB);
        let settings = Settings::new().map_err(|error| error.to_string())?;
        per_byte(&text, &Settings { parse_only, ..settings })
    };
    let thread = std::thread::Builder::new().stack_size(1024 * MB).spawn(measure)?;
    println!("{}", thread.join().map_err(|_| "a panic")??);
    Ok(())
}

/// Nanoseconds on a processor for each byte.
fn per_byte(text: &str, settings: &Settings) -> Result<f64, String> {
    let spent = || {
        let told =
            std::fs::read_to_string("/proc/thread-self/schedstat").map_err(|error| error.to_string())?;
        told.split_whitespace().next().and_then(|time| time.parse::<f64>().ok()).ok_or("no time".to_owned())
    };
    let before = spent()?;
    let linted = linter::lint(text, Language::JavaScript, settings);
    let after = spent()?;
    if let Some(stopped) = linted.diagnostics.iter().find(|found| leaklint::rules::is_unlinted(found.rule)) {
        return Err(format!("{}: {}", stopped.rule, stopped.message));
    }
    Ok((after - before) / text.len() as f64)
}
