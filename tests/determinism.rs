//! The same input gives the same bytes: with any number of threads, with and without the prefilter, in every format.

mod support_robust;

use std::path::Path;
use support_robust::{LEAK, Project, Run};

const FORMATS: [&str; 10] =
    ["pretty", "compact", "json", "jsonl", "sarif", "github", "gitlab", "junit", "checkstyle", "rdjson"];

/// Runs every format with every number of threads and without the prefilter.
fn is_stable(lint: impl Fn(&[&str]) -> Run, findings: usize) {
    for format in FORMATS {
        let args = ["--format", format, "--min-confidence=possible"];
        let first = lint(&[&args[..], &["--threads=1"]].concat());
        assert!(first.code < 2, "{format}: {}", first.err);
        let count = first.out.matches("uncleared-interval").count();
        assert!(count >= findings, "{format}: {count} findings are too few to compare");
        let all = [&["--threads=8"][..], &["--no-prefilter"], &["--threads=1"], &["--threads=2"], &[]];
        // What one format shows of the run itself, the others show too.
        let some = if ["pretty", "json"].contains(&format) { &all[..] } else { &all[..1] };
        for more in some {
            let again = lint(&[&args[..], *more].concat());
            assert_eq!(again.code, first.code, "{format} {more:?}");
            assert_eq!(again.err, first.err, "{format} {more:?}");
            let differs = again.out.lines().zip(first.out.lines()).find(|(again, first)| again != first);
            assert_eq!(differs, None, "{format} {more:?}");
            assert!(again.out == first.out, "{format} {more:?}: one is longer");
        }
    }
}

#[test]
fn over_the_sources_of_the_repository() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["fixtures", "tests/inputs", "showcase"].map(|folder| root.join(folder));
    let paths: Vec<&str> =
        folders.iter().filter(|folder| folder.is_dir()).map(|folder| folder.to_str().unwrap()).collect();
    assert!(paths.len() >= 2, "{paths:?}");
    let project = Project::new();
    is_stable(|args| project.run(&[&["check", "--no-ignore"], paths.as_slice(), args].concat()), 1);
}

#[test]
fn over_a_tree_of_three_hundred_files() {
    let mut numbers = Numbers(7);
    let mut project = Project::new();
    for at in 0..300 {
        let folder = ["", "src/", "src/views/", "lib/a/b/", "ü/"][numbers.below(5)];
        let extension = ["js", "ts", "mjs", "tsx"][numbers.below(4)];
        let source: String = (0..=numbers.below(6)).map(|_| snippet(&mut numbers)).collect();
        project = project.with(&format!("{folder}f{at}.{extension}"), source);
    }
    is_stable(|args| project.run(&[&["check"], args].concat()), 100);
}

/// The order on the command line is no part of the input.
#[test]
fn in_any_order_of_paths() {
    let project = ["a.js", "b/c.js", "b.js", "b-c.js", "z/a.js"]
        .iter()
        .fold(Project::new(), |project, path| project.with(path, LEAK));
    let first = project.run(&["check", "."]).expect(1);
    assert_eq!(first.out.matches("uncleared-interval:").count(), 5);
    for paths in
        [&["z", "b.js", "b", "b-c.js", "a.js"][..], &["b-c.js", "a.js", "z/a.js", "b/c.js", "b.js"], &[]]
    {
        let again = project.run(&[&["check"], paths].concat()).expect(1);
        assert_eq!((again.out, again.err), (first.out.clone(), first.err.clone()), "{paths:?}");
    }
}

/// Small numbers that are the same in each run of the test.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

fn snippet(numbers: &mut Numbers) -> String {
    let n = numbers.below(1_000_000);
    match numbers.below(9) {
        0 => LEAK.to_owned(),
        1 => format!("export function poll{n}(target) {{\n  setInterval(() => target.go({n}), {n});\n}}\n"),
        2 => format!(
            "const seen{n} = new Map();\nexport function add{n}(key, value) {{ seen{n}.set(key, value); }}\n"
        ),
        3 => format!("export class Store{n} {{ constructor() {{ process.on('e{n}', () => this.f()); }} }}\n"),
        4 => format!(
            "export const f{n} = (a) => {{ const id = setInterval(a); return () => clearInterval(id); }};\n"
        ),
        5 => "// leaklint-disable-next-line uncleared-interval -- nothing here\n".to_owned(),
        6 => format!(
            "// leaklint-disable-next-line uncleared-interval\nexport const g{n} = (a) => setInterval(a);\n"
        ),
        7 => format!("export const plain{n} = {n};\n"),
        _ => "setInterval(f, 1; // broken\n".to_owned(),
    }
}
