//! Files that options name, written whole or not at all.

use crate::walk;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Writes a file whole or not at all: beside it first, then in its place. A link is replaced, not followed; what is no
/// plain file (`/dev/stdout`, a pipe) is written to.
///
/// # Errors
/// What stands in the way, with the path.
pub(super) fn file(path: &Path, text: &str) -> Result<(), String> {
    let fail = |error: std::io::Error| format!("cannot write {}: {error}", walk::shown(path));
    if is_device(path) {
        let opened = std::fs::OpenOptions::new().write(true).open(path);
        return match opened.and_then(|mut file| file.write_all(text.as_bytes())) {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            other => other.map_err(fail),
        };
    }
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut beside = builder.prefix(".leaklint-").tempfile_in(folder(path)).map_err(fail)?;
    beside.write_all(text.as_bytes()).map_err(fail)?;
    beside.persist(path).map_err(|error| fail(error.error))?;
    Ok(())
}

/// Whether a file can be written at a path, as far as can be told before.
///
/// # Errors
/// There is no folder for it, or a folder is in its place.
pub(super) fn can_be_written(path: &Path) -> Result<(), String> {
    let (folder, name) = (folder(path), walk::shown(path));
    match std::fs::metadata(&folder) {
        _ if path.is_dir() => Err(format!("cannot write {name}: it is a folder")),
        Ok(meta) if meta.is_dir() => Ok(()),
        Ok(_) => Err(format!("cannot write {name}: {} is no folder", walk::shown(&folder))),
        Err(_) => Err(format!("cannot write {name}: there is no folder {}", walk::shown(&folder))),
    }
}

fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn is_device(path: &Path) -> bool {
    let listed = ["/dev", "/proc"].iter().any(|folder| path.starts_with(folder));
    listed || std::fs::symlink_metadata(path).is_ok_and(|meta| !meta.is_file() && !meta.is_symlink())
}
