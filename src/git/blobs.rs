//! The contents of objects, many of them from one `git cat-file`.

use super::{GitError, Id, Repository};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{ChildStdout, Stdio};

/// What a file was or will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Bytes of its whole content.
    pub size: u64,
    /// Empty if that is larger than was asked for.
    pub content: Vec<u8>,
}

/// The blobs of a list, in its order; `None` where the repository lacks one.
pub(super) fn read(repository: &Repository, ids: &[&Id], limit: u64) -> Result<Vec<Option<Blob>>, GitError> {
    let sizes = batch(repository, ids, "--batch-check", |_, size| Ok(size))?;
    let fits = |size: &Option<u64>| size.is_some_and(|size| size <= limit);
    let small: Vec<&Id> = ids.iter().zip(&sizes).filter(|(_, size)| fits(size)).map(|(id, _)| *id).collect();
    let mut contents = batch(repository, &small, "--batch", content)?.into_iter();
    let blob = |size: Option<u64>| {
        let content = if fits(&size) { contents.next()?? } else { Vec::new() };
        Some(Blob { size: size?, content })
    };
    Ok(sizes.into_iter().map(blob).collect())
}

/// The content behind a head line, which a line end follows.
fn content(out: &mut BufReader<ChildStdout>, size: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    out.take(size + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != size + 1 {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    bytes.pop();
    Ok(bytes)
}

/// Asks for objects and reads the answers: `<id> blob <size>`, or `<id> missing`.
fn batch<T>(
    repository: &Repository,
    ids: &[&Id],
    mode: &str,
    body: impl Fn(&mut BufReader<ChildStdout>, u64) -> std::io::Result<T>,
) -> Result<Vec<Option<T>>, GitError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let failed = |error: std::io::Error| GitError::Failed { command: "cat-file", says: error.to_string() };
    let mut command = repository.command("cat-file");
    command.arg(mode).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(GitError::of_start)?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(failed(std::io::ErrorKind::BrokenPipe.into()));
    };
    let mut out = BufReader::new(output);
    let answers = std::thread::scope(|scope| {
        // Questions and answers side by side, so that no full pipe stops both. If git ends early the answers say so.
        scope.spawn(move || ids.iter().try_for_each(|id| writeln!(input, "{}", id.text())));
        ids.iter()
            .map(|_| {
                let mut head = String::new();
                out.read_line(&mut head)?;
                match head.trim_end().split(' ').collect::<Vec<_>>().as_slice() {
                    [_, "blob", size] => match size.parse() {
                        Ok(size) => body(&mut out, size).map(Some),
                        Err(_) => Err(std::io::ErrorKind::InvalidData.into()),
                    },
                    [_, "missing"] => Ok(None),
                    _ => Err(std::io::ErrorKind::InvalidData.into()),
                }
            })
            .collect::<std::io::Result<Vec<_>>>()
    });
    // A reader that stopped half-way leaves git writing into a closed pipe, which ends it.
    drop(out);
    let _ = child.wait();
    answers.map_err(failed)
}
