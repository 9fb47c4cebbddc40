//! Paths as URIs.

use super::model::ArtifactLocation;
use crate::repository::Place;
use std::fmt::Write as _;

/// The name of the repository's root in a report.
pub(super) const ROOT: &str = "%SRCROOT%";

/// Where a file lies: relative to the root, or absolute when it lies elsewhere.
pub(super) fn artifact(place: &Place) -> ArtifactLocation {
    match place {
        Place::Inside(path) => ArtifactLocation { uri: encode(path), uri_base_id: Some(ROOT.to_owned()) },
        Place::Outside(path) => {
            let uri = format!("file:///{}", encode(path.trim_start_matches('/')));
            ArtifactLocation { uri, uri_base_id: None }
        }
    }
}

/// Percent-encodes what may not stand in a URI's path.
fn encode(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' | b'@' | b'+' => {
                out.push(byte as char);
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_elsewhere_are_absolute() {
        let outside = |path: &str| artifact(&Place::Outside(path.to_owned()));
        assert_eq!(outside("/tmp/a b.js").uri, "file:///tmp/a%20b.js");
        assert_eq!(outside("C:/a.js").uri, "file:///C%3A/a.js");
        assert_eq!(outside("/a.js").uri_base_id, None);
    }
}
