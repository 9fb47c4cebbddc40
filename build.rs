//! Packs rules/*.toml, and says what the program was built from, so that results of another program are told from its own.

use std::collections::hash_map::DefaultHasher;
use std::error::Error;
use std::fmt::Write;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// What decides about findings. Pages and texts beside them do not.
const SOURCES: [&str; 5] = ["build.rs", "Cargo.toml", "Cargo.lock", "rules", "src"];

/// The rows that are built in, in the order in which they are looked through.
const RULES: [&str; 17] = [
    "timers",
    "observers",
    "subscriptions",
    "resources",
    "clients",
    "servers",
    "realtime",
    "widgets",
    "players",
    "listeners",
    "libraries",
    "hooks",
    "components",
    "lifecycles",
    "classes",
    "knowledge",
    "promises",
];

fn main() -> Result<(), Box<dyn Error>> {
    pack()?;
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

/// Writes `rules.bin`, all rows as MessagePack, and `rules.rs`, which takes it and the texts in.
fn pack() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let mut tables = Vec::new();
    let mut texts = String::new();
    for name in RULES.map(|name| format!("rules/{name}.toml")) {
        let path = root.join(&name);
        let table: toml::Table =
            toml::from_str(&fs::read_to_string(&path)?).map_err(|error| format!("{name}: {error}"))?;
        tables.push(table);
        writeln!(texts, "    ({name:?}, include_str!({path:?})),")?;
    }
    fs::write(out.join("rules.bin"), rmp_serde::to_vec_named(&tables)?)?;
    let code = format!(
        "/// The files that are built into the binary, as written.\n\
         pub const EMBEDDED: &[(&str, &str)] = &[\n{texts}];\n\
         /// The same, packed.\n\
         const PACKED: &[u8] = include_bytes!({:?});\n",
        out.join("rules.bin")
    );
    fs::write(out.join("rules.rs"), code)?;
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
