//! `leaklint init` and `leaklint schema`: a configuration to start from, and its description for editors.

use super::output;
use crate::config::{self, schema};
use crate::report;
use crate::walk;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

/// The file that is written.
const NAME: &str = "leaklint.jsonc";

/// Where the npm package holds the schema.
const INSTALLED: &str = "node_modules/leaklint/schema.json";

/// What is written, but for the line about the schema. Everything that is commented out is valid as well.
const START: &str = include_str!("start.jsonc");

/// Writes a configuration into the current folder, unless there is one.
pub(super) fn init() -> Result<u8, String> {
    let here = Path::new(".");
    if let Some(present) = config::inside(here)? {
        return Err(format!("{} is there already; nothing was written", walk::shown(&present)));
    }
    let above = config_above(here);
    let text = START.replace("// SCHEMA", &schema_line(here));
    let file = OpenOptions::new().write(true).create_new(true).open(NAME);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| format!("cannot write {NAME}: {error}"))?;
    let mut said = format!(
        "wrote {NAME}: it says what holds without it; change what should differ\n\
         leaklint check                            lints this folder\n\
         leaklint check --print-config FILE        shows what applies to a file, and who says so\n"
    );
    if let Some(above) = above {
        said.push_str(&format!("{above} no longer holds here; to build on it: \"extends\": [\"{above}\"]\n"));
    }
    output::stdout(&report::safe(&said))?;
    Ok(0)
}

/// The configuration that has held in a folder until now, as `extends` names it.
fn config_above(here: &Path) -> Option<String> {
    let here = walk::real(here);
    let config = config::Finder::new(config::inside).of_folder(&here).ok().flatten()?;
    let up = here.ancestors().position(|folder| config.parent() == Some(folder))?;
    Some(format!("{}{}", "../".repeat(up), config.file_name()?.to_string_lossy()))
}

/// The schema of the npm package, if that is installed here or above; else how to get it.
fn schema_line(here: &Path) -> String {
    let above = std::path::absolute(here).unwrap_or_default();
    let up = above.ancestors().position(|folder| folder.join(INSTALLED).is_file());
    match up {
        Some(0) => format!("\"$schema\": \"./{INSTALLED}\","),
        Some(up) => format!("\"$schema\": \"{}{INSTALLED}\",", "../".repeat(up)),
        None => "// For editors: write the schema by `leaklint schema > leaklint.schema.json`, then take this line in.\n  \
                 // \"$schema\": \"./leaklint.schema.json\","
            .to_owned(),
    }
}

/// Prints the schema.
pub(super) fn schema() -> Result<u8, String> {
    output::stdout(&schema::text())?;
    Ok(0)
}
