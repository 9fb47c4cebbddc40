//! Which files a run is about.

use super::args::SelectArgs;
use crate::walk::{self, Found, Request};
use std::io::Read;

/// The files to lint.
///
/// # Errors
/// Standard input cannot be read.
pub(super) fn files(args: &SelectArgs, request: &Request) -> Result<Found, String> {
    match &args.stdin_filename {
        Some(path) => {
            let mut bytes = Vec::new();
            let read = std::io::stdin().lock().read_to_end(&mut bytes);
            read.map_err(|error| format!("cannot read standard input: {error}"))?;
            Ok(walk::given(path, bytes, request))
        }
        None => Ok(walk::walk(request)),
    }
}
