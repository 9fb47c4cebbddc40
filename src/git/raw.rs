//! What `git diff --raw -z --no-abbrev` prints: `:old-mode new-mode old-id new-id status`, then one path, or two where a
//! file was renamed, each of them ended by NUL.

use super::Id;

/// A file as it is now.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    /// Below the root of the work tree, as bytes.
    pub path: &'a [u8],
    /// What it was, under this name or another.
    pub before: Option<Id>,
    /// What it is, unless only the work tree has it.
    pub now: Option<Id>,
}

/// The files that are there afterwards; `None` where the bytes are of another form.
///
/// Deleted files, symbolic links, submodules and files with unsolved conflicts are passed over.
pub(super) fn entries(output: &[u8]) -> Option<Vec<Entry<'_>>> {
    let mut fields = output.split(|byte| *byte == 0);
    let mut out = Vec::new();
    while let Some(head) = fields.next() {
        if head.is_empty() {
            break;
        }
        let head = std::str::from_utf8(head).ok()?.strip_prefix(':')?;
        let [old_mode, new_mode, before, now, status] =
            head.split(' ').collect::<Vec<_>>().try_into().ok()?;
        let mut path = fields.next()?;
        if status.starts_with(['R', 'C']) {
            path = fields.next()?;
        }
        let (before, now) = (object(before)?, object(now)?);
        if is_file(new_mode) && status != "U" {
            out.push(Entry { path, before: before.filter(|_| is_file(old_mode)), now });
        }
    }
    Some(out)
}

fn is_file(mode: &str) -> bool {
    mode.starts_with("100")
}

/// The object that is named, `None` inside where zeros stand for none, `None` outside where it is no id.
fn object(text: &str) -> Option<Option<Id>> {
    Id::parse(text).map(|id| Some(id).filter(|id| id.text().bytes().any(|byte| byte != b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    const NONE: &str = "0000000000000000000000000000000000000000";

    #[test]
    fn files_that_are_there_afterwards() {
        let output = format!(
            ":100644 100644 {A} {B} M\0src/a b\n\".js\0:100644 000000 {A} {NONE} D\0gone.js\0\
             :000000 100755 {NONE} {B} A\0new.js\0:100644 100644 {A} {NONE} R090\0old.js\0moved.js\0\
             :160000 160000 {A} {B} M\0module\0:000000 120000 {NONE} {B} A\0link.js\0\
             :120000 100644 {A} {B} T\0real.js\0:000000 000000 {NONE} {NONE} U\0both.js\0"
        );
        let entries = entries(output.as_bytes()).unwrap();
        let seen: Vec<(&[u8], bool, bool)> =
            entries.iter().map(|entry| (entry.path, entry.before.is_some(), entry.now.is_some())).collect();
        assert_eq!(
            seen,
            [
                (&b"src/a b\n\".js"[..], true, true),
                (b"new.js", false, true),
                (b"moved.js", true, false),
                (b"real.js", false, true)
            ]
        );
    }

    #[test]
    fn other_bytes_are_refused() {
        assert_eq!(entries(b""), Some(Vec::new()));
        for bad in [&b"warning: x\0"[..], b":100644 100644 a b M\0", b":100644 M\0a.js\0", b"\xff\0a\0"] {
            assert_eq!(entries(bad), None, "{bad:?}");
        }
    }
}
