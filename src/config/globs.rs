//! Patterns for files, as in .gitignore, with `{a,b}` besides; the last one that matches decides.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

/// Patterns in order, relative to folders.
#[derive(Debug, Default)]
pub struct Globs {
    set: GlobSet,
    /// Per glob of the set, the index of its pattern and whether that takes files out again.
    patterns: Vec<(usize, bool)>,
}

impl Globs {
    /// From patterns, each with the folder to which it is relative: absolute, `/` between its parts.
    ///
    /// # Errors
    /// What is wrong, in words; all of them may be too many to be searched for at once.
    pub fn new<'p>(patterns: impl IntoIterator<Item = (&'p str, &'p str)>) -> Result<Self, String> {
        let mut set = GlobSetBuilder::new();
        let mut indices = Vec::new();
        for (at, (pattern, folder)) in patterns.into_iter().enumerate() {
            for glob in globs(pattern, folder).map_err(|error| words(&error))? {
                set.add(glob);
                indices.push((at, pattern.starts_with('!')));
            }
        }
        let set = set.build().map_err(|error| words(&error))?;
        Ok(Self { set, patterns: indices })
    }

    /// The pattern by which a file is taken in: the last one that matches it, unless that takes it out again.
    ///
    /// The path is absolute, `/` between its parts.
    pub fn matching(&self, path: &str) -> Option<usize> {
        let last = self.set.matches(path).into_iter().max()?;
        let (pattern, negated) = self.patterns[last];
        (!negated).then_some(pattern)
    }
}

/// Whether a pattern can be understood.
///
/// # Errors
/// What is wrong with it, in words.
pub fn check(pattern: &str) -> Result<(), String> {
    match Globs::new([(pattern, "")])?.patterns.is_empty() {
        true => Err("an empty pattern matches nothing".to_owned()),
        false => Ok(()),
    }
}

fn words(error: &globset::Error) -> String {
    format!("this is no pattern: {}", error.kind())
}

/// What a pattern stands for: the files that match it, and all files in folders that match it.
fn globs(pattern: &str, folder: &str) -> Result<Vec<Glob>, globset::Error> {
    let pattern = pattern.strip_prefix('!').unwrap_or(pattern);
    let (pattern, only_folders) = match pattern.strip_suffix('/') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    // Without a `/` inside, a pattern holds at any depth, and wherever the file lies.
    let rooted = if !pattern.contains('/') || pattern.starts_with("**/") {
        format!("**/{}", pattern.trim_start_matches("**/"))
    } else {
        below(folder, pattern)
    };
    let mut out = Vec::new();
    if matches!(pattern, "" | "." | "./") {
        return Ok(out);
    }
    if !only_folders {
        out.push(glob(&rooted)?);
    }
    out.push(glob(&format!("{rooted}/**"))?);
    Ok(out)
}

/// `../src/*.js` relative to `/app/ci` is `/app/src/*.js`.
fn below(folder: &str, pattern: &str) -> String {
    let mut folder = folder.trim_end_matches('/');
    let mut pattern = pattern.trim_start_matches('/');
    loop {
        if let Some(rest) = pattern.strip_prefix("./") {
            pattern = rest;
        } else if let Some(rest) = pattern.strip_prefix("../") {
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
            pattern = rest;
        } else {
            return format!("{}/{pattern}", globset::escape(folder));
        }
    }
}

fn glob(text: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(text).literal_separator(true).backslash_escape(true).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matched(patterns: &[&str], path: &str) -> bool {
        patterns.iter().for_each(|pattern| check(pattern).expect("a pattern"));
        let globs = Globs::new(patterns.iter().map(|pattern| (*pattern, "/app/p[1]")));
        globs.expect("patterns").matching(path).is_some()
    }

    #[test]
    fn patterns_are_those_of_gitignore() {
        for (pattern, inside, outside) in [
            ("*.js", "/app/p[1]/a/b.js", "/app/p[1]/a/b.ts"),
            ("*.{js,ts}", "/app/p[1]/a/b.ts", "/app/p[1]/a/b.tsx"),
            ("legacy", "/app/p[1]/a/legacy/b.js", "/app/p[1]/a/legacy.js"),
            ("/legacy", "/app/p[1]/legacy/b.js", "/app/p[1]/a/legacy/b.js"),
            ("legacy/", "/app/p[1]/a/legacy/b.js", "/app/p[1]/legacy"),
            ("src/*.js", "/app/p[1]/src/a.js", "/app/p[1]/src/a/b.js"),
            ("src/*", "/app/p[1]/src/a/b.js", "/app/p[1]/lib/src/a.js"),
            ("src/**/*.js", "/app/p[1]/src/a/b/c.js", "/app/p1/src/a.js"),
            ("./src/**", "/app/p[1]/src/a.js", "/app/p[1]/a.js"),
            ("../src/**", "/app/src/a.js", "/app/p[1]/src/a.js"),
            ("**/a.js", "/app/p[1]/a.js", "/app/p[1]/ba.js"),
            ("**/*.test.js", "/elsewhere/a.test.js", "/elsewhere/a.js"),
            ("a?[0-9].js", "/app/p[1]/ab1.js", "/app/p[1]/abc.js"),
            ("\\!a.js", "/app/p[1]/!a.js", "/app/p[1]/a.js"),
            ("../../../../x.js", "/x.js", "/app/x.js"),
        ] {
            assert!(matched(&[pattern], inside), "{pattern} {inside}");
            assert!(!matched(&[pattern], outside), "{pattern} {outside}");
        }
    }

    #[test]
    fn the_last_one_decides() {
        let patterns = ["src/**", "!src/old", "src/old/keep.js"];
        assert!(matched(&patterns, "/app/p[1]/src/a.js"));
        assert!(!matched(&patterns, "/app/p[1]/src/old/a.js"));
        assert!(matched(&patterns, "/app/p[1]/src/old/keep.js"));
    }

    #[test]
    fn what_is_no_pattern() {
        for (pattern, said) in [("", "empty"), ("/", "empty"), ("a[", "unclosed"), ("{a", "unclosed")] {
            let problem = check(pattern).expect_err(pattern);
            assert!(problem.contains(said), "{pattern}: {problem}");
        }
    }
}
