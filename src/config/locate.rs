//! Where configurations lie: which files of a folder are one, and what `extends` names.

use super::document::PACKAGE_KEY;
use super::jsonc;
use crate::spelling::quoted;
use crate::walk;
use std::path::{Path, PathBuf};

/// Names under which a configuration is found. A package.json is one if it has the key.
const NAMES: [&str; 3] = ["leaklint.jsonc", "leaklint.json", "package.json"];

/// The configuration of a folder.
///
/// # Errors
/// It holds more than one.
pub fn inside(folder: &Path) -> Result<Option<PathBuf>, String> {
    let mut present = NAMES.iter().map(|name| folder.join(name)).filter(|path| is_config(path));
    let (Some(first), second) = (present.next(), present.next()) else {
        return Ok(None);
    };
    match second {
        None => Ok(Some(first)),
        Some(second) => Err(format!(
            "{}: both {} and {}; keep one",
            walk::shown(folder),
            name_of(&first),
            name_of(&second)
        )),
    }
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if name == NAMES[2] { format!("the key `{PACKAGE_KEY}` of {name}") } else { name.into_owned() }
}

fn is_config(path: &Path) -> bool {
    if !path.ends_with(NAMES[2]) {
        // A link to nowhere is not passed over but cannot be read.
        return std::fs::symlink_metadata(path).is_ok_and(|meta| !meta.is_dir());
    }
    if !std::fs::metadata(path).is_ok_and(|meta| meta.is_file()) {
        return false;
    }
    let Ok(text) = std::fs::read_to_string(path) else {
        return false;
    };
    // Most have no such word; one that has it and is broken says so when it is read.
    memchr::memmem::find(text.as_bytes(), PACKAGE_KEY.as_bytes()).is_some()
        && jsonc::parse(&text).map_or(true, |mut value| jsonc::member(&mut value, PACKAGE_KEY).is_some())
}

/// The file that `extends` names in a file, without links, and whether it is one of a package.
///
/// # Errors
/// In words: there is no such file, package or configuration.
pub fn locate(name: &str, from: &Path) -> Result<(PathBuf, bool), String> {
    let folder = from.parent().unwrap_or(from);
    let is_path = matches!(name, "." | "..")
        || ["./", "../"].iter().any(|start| name.starts_with(start))
        || Path::new(name).is_absolute();
    let found = if is_path { folder.join(name) } else { in_packages(name, folder)? };
    let path = std::fs::canonicalize(&found)
        .map_err(|error| format!("cannot read {}: {}", quoted(name), walk::describe(&error)))?;
    if !path.is_dir() {
        return Ok((path, !is_path));
    }
    match inside(&path)? {
        Some(file) => Ok((file, !is_path)),
        None => Err(format!("{} is a folder without a configuration ({})", quoted(name), NAMES.join(", "))),
    }
}

/// `acme` and `acme/strict.jsonc` in the nearest node_modules that has the package.
fn in_packages(name: &str, folder: &Path) -> Result<PathBuf, String> {
    let parts = if name.starts_with('@') { 2 } else { 1 };
    let package: Vec<&str> = name.splitn(parts + 1, '/').take(parts).collect();
    if package.len() < parts
        || package.iter().any(|part| part.is_empty() || part.contains('\\') || *part == "..")
    {
        return Err(format!("{} is neither a path, which begins with `./`, nor a package", quoted(name)));
    }
    let package = package.join("/");
    let mut homes = folder.ancestors().map(|above| above.join("node_modules"));
    if let Some(home) = homes.find(|home| home.join(&package).is_dir()) {
        return Ok(home.join(name));
    }
    let hint = match folder.join(name).exists() {
        true => format!("; did you mean `./{name}`?"),
        false => String::new(),
    };
    Err(format!("there is no package {} in node_modules, here or above{hint}", quoted(&package)))
}
