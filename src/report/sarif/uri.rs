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
            // `/a.js`, `//server/share/a.js`, `C:/a.js`
            let uri = match path.strip_prefix("//") {
                Some(share) => format!("file://{}", encode(share)),
                None => format!("file:///{}", encode(path.trim_start_matches('/')).replacen("%3A/", ":/", 1)),
            };
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
        assert_eq!(outside("C:/a b.js").uri, "file:///C:/a%20b.js");
        assert_eq!(outside("//server/share/a.js").uri, "file://server/share/a.js");
        assert_eq!(outside("/a.js").uri_base_id, None);
    }
}
