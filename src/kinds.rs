//! Kinds of files that are left out by default, judged on the path below the folder named on the command line.

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Tests,
    Stories,
    Examples,
    Benchmarks,
    Docs,
    Fixtures,
    Scripts,
    Generated,
    Vendored,
    Minified,
    Dist,
}

/// The name of a kind, as users write it.
pub fn name(kind: Kind) -> &'static str {
    KINDS.iter().find(|(_, one)| *one == kind).map_or("other", |(name, _)| name)
}

/// All kinds with the name by which `--include` switches them on.
pub const KINDS: [(&str, Kind); 11] = [
    ("tests", Kind::Tests),
    ("stories", Kind::Stories),
    ("examples", Kind::Examples),
    ("benchmarks", Kind::Benchmarks),
    ("docs", Kind::Docs),
    ("fixtures", Kind::Fixtures),
    ("scripts", Kind::Scripts),
    ("generated", Kind::Generated),
    ("vendored", Kind::Vendored),
    ("minified", Kind::Minified),
    ("dist", Kind::Dist),
];

/// Folder names that mark a kind.
const FOLDERS: [(Kind, &[&str]); 10] = [
    (
        Kind::Tests,
        &[
            "test",
            "tests",
            "__tests__",
            "__test__",
            "spec",
            "specs",
            "e2e",
            "cypress",
            "__mocks__",
            "mocks",
            "playwright",
            "testing",
            "test-utils",
            "testutils",
            "test-helpers",
            "integration-tests",
            "jest",
            "unittests",
            "unit-tests",
        ],
    ),
    (Kind::Stories, &["stories", "__stories__", ".storybook", "storybook"]),
    (
        Kind::Examples,
        &[
            "example",
            "examples",
            "demo",
            "demos",
            "sample",
            "samples",
            "playground",
            "playgrounds",
            "sandbox",
            "sandboxes",
        ],
    ),
    (Kind::Benchmarks, &["bench", "benches", "benchmark", "benchmarks", "perf", "__benchmarks__"]),
    (Kind::Docs, &["docs", "doc", "documentation", "website"]),
    (Kind::Fixtures, &["fixtures", "__fixtures__", "fixture", "__snapshots__", "testdata", "test-data"]),
    (
        Kind::Scripts,
        &["scripts", "script", "tools", "bin", "build-tools", "gulp", "grunt", "tasks", "codemods"],
    ),
    (Kind::Generated, &["generated", "__generated__", "gen"]),
    (
        Kind::Vendored,
        &[
            "vendor",
            "vendors",
            "vendored",
            "third_party",
            "third-party",
            "thirdparty",
            "3rdparty",
            "bower_components",
            "jspm_packages",
            "external",
        ],
    ),
    (Kind::Dist, &["dist", "build", "out", "lib-esm", "esm", "cjs", "umd", ".next", ".nuxt", "coverage"]),
];

/// Names that mark a kind only of what stands beside the sources: `src/doc` is about documents, `packages/tools` a package.
const BESIDE_SOURCES: [&str; 15] = [
    "doc",
    "website",
    "script",
    "tools",
    "bin",
    "tasks",
    "gen",
    "external",
    "perf",
    "sandbox",
    "sample",
    "samples",
    "playground",
    "testing",
    "mocks",
];

/// Folders below which all is a program's own.
const SOURCES: [&str; 4] = ["src", "lib", "app", "source"];

/// Folders whose folders are named after what each of them is.
const PACKAGES: [&str; 5] = ["packages", "libs", "modules", "apps", "plugins"];

/// Name parts, between dots, that mark a kind: `button.test.ts`.
const INFIXES: [(Kind, &[&str]); 6] = [
    (Kind::Tests, &["test", "tests", "spec", "e2e", "cy", "mock"]),
    (Kind::Stories, &["stories", "story"]),
    (Kind::Benchmarks, &["bench", "benchmark"]),
    (Kind::Generated, &["generated", "gen", "pb", "g"]),
    (Kind::Minified, &["min", "bundle", "prod"]),
    (Kind::Scripts, &["config", "conf"]),
];

/// The kind of a path relative to the folder named on the command line, `/` between its parts; `has_source` says
/// whether a folder holds a sibling `src` (a `dist` beside sources is compiled from them).
pub fn kind_of(relative: &str, has_source: impl Fn(&str) -> bool) -> Option<Kind> {
    let mut folders: Vec<&str> = relative.split('/').collect();
    let name = folders.pop().unwrap_or_default();
    let mut above = String::new();
    let mut around = Around::default();
    for folder in folders {
        if let Some(kind) = kind_of_folder(folder, around, || has_source(&above)) {
            return Some(kind);
        }
        around = around.with(folder);
        if !above.is_empty() {
            above.push('/');
        }
        above.push_str(folder);
    }
    kind_of_name(name)
}

/// What the folders around a folder say of it.
#[derive(Debug, Default, Clone, Copy)]
pub struct Around {
    in_sources: bool,
    in_packages: bool,
}

impl Around {
    /// What is said of a folder that lies in one of the name, which lies in these.
    pub fn with(self, name: &str) -> Self {
        let is_one_of = |names: &[&str]| names.iter().any(|one| one.eq_ignore_ascii_case(name));
        Self { in_sources: self.in_sources || is_one_of(&SOURCES), in_packages: is_one_of(&PACKAGES) }
    }
}

/// The kind of all that lies in a folder of a name; `has_source` says whether the folder around it holds a `src`.
pub fn kind_of_folder(name: &str, around: Around, has_source: impl FnOnce() -> bool) -> Option<Kind> {
    let lower = name.to_ascii_lowercase();
    let lower = lower.as_str();
    if (around.in_sources || around.in_packages) && BESIDE_SOURCES.contains(&lower) {
        return None;
    }
    if lower.len() > 5 && ["-test", "-tests", "-e2e"].iter().any(|end| lower.ends_with(end)) {
        return Some(Kind::Tests);
    }
    let (kind, _) = FOLDERS.iter().find(|(_, names)| names.contains(&lower))?;
    (*kind != Kind::Dist || has_source()).then_some(*kind)
}

/// The kind of a file by its name alone.
pub fn kind_of_name(name: &str) -> Option<Kind> {
    let lower = name.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split('.').collect();
    if let [first @ .., _extension] = parts.as_slice() {
        for (kind, infixes) in INFIXES {
            if first.iter().skip(1).any(|part| infixes.contains(part)) {
                return Some(kind);
            }
        }
        let stem = first.first().copied().unwrap_or_default();
        if ["-min", "_min"].iter().any(|end| stem.ends_with(end)) {
            return Some(Kind::Minified);
        }
        if ["_test", "-test", "_spec", "-spec"].iter().any(|end| stem.ends_with(end)) {
            return Some(Kind::Tests);
        }
        if matches!(stem, "gulpfile" | "gruntfile" | "karma" | "jest") {
            return Some(Kind::Scripts);
        }
    }
    None
}

/// Whether a text looks minified: long, with hardly a line end.
pub fn looks_minified(text: &str) -> bool {
    const HEAD: usize = 16 * 1024;
    if text.len() < HEAD {
        return false;
    }
    let head = &text.as_bytes()[..HEAD];
    memchr::memchr_iter(b'\n', head).count() < 16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_judged_by_whole_parts() {
        let none = |_: &str| false;
        assert_eq!(kind_of("src/a.test.ts", none), Some(Kind::Tests));
        assert_eq!(kind_of("src/contest/a.ts", none), None);
        assert_eq!(kind_of("packages/shop-smoke-test/a.ts", none), Some(Kind::Tests));
        assert_eq!(kind_of("doc/a.ts", none), Some(Kind::Docs));
        assert_eq!(kind_of("packages/sync/src/doc/a.ts", none), None);
        assert_eq!(kind_of("packages/tools/src/a.ts", none), None);
        assert_eq!(kind_of("packages/shop/tools/a.ts", none), Some(Kind::Scripts));
        assert_eq!(kind_of("packages/shop/src/tests/a.ts", none), Some(Kind::Tests));
        assert_eq!(kind_of("dist/a.js", none), None, "no src beside it");
        assert_eq!(kind_of("dist/a.js", |_| true), Some(Kind::Dist));
        assert_eq!(kind_of("a.min.js", none), Some(Kind::Minified));
        assert_eq!(kind_of("config.ts", none), None);
        assert_eq!(kind_of("vite.config.ts", none), Some(Kind::Scripts));
    }
}
