//! Says what the program was built from, so that results of another program are told from its own.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// What decides about findings. Pages and texts beside them do not.
const SOURCES: [&str; 5] = ["build.rs", "Cargo.toml", "Cargo.lock", "rules", "src"];

fn main() -> io::Result<()> {
    let mut files = Vec::new();
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
        below(Path::new(source), &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        fs::read(file)?.hash(&mut hasher);
    }
    for name in ["TARGET", "PROFILE", "OPT_LEVEL"] {
        env::var(name).ok().hash(&mut hasher);
    }
    println!("cargo::rustc-env=LEAKLINT_SOURCES={}", hasher.finish());
    Ok(())
}

/// The files of a folder and of those in it; a package may lack the lock file.
fn below(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            below(&entry?.path(), files)?;
        }
    } else if path.is_file() {
        files.push(path.to_owned());
    }
    Ok(())
}
