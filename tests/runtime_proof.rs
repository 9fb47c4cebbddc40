//! Runtime proof: what a leaking fixture is said to leave behind, it leaves behind in Node or in Chromium, and its clean
//! twin does not. The harness is tests/runtime/prove.mjs, and each `drive.mjs` beside a fixture tells it what to run.
//!
//! Without Node (20.19 or newer) or without Chromium the proofs that need them are named on standard error as not run;
//! with `LEAKLINT_REQUIRE_RUNTIME=1` that fails. `LEAKLINT_NODE` and `LEAKLINT_CHROMIUM` name other programs.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Set to 1, a proof that cannot run is a failure.
const REQUIRE: &str = "LEAKLINT_REQUIRE_RUNTIME";

/// The driver's line that makes a case run in a page.
const IN_PAGE: &str = "export const runsIn = 'chromium';";

/// How many proofs a rule has at least, and how many of them in a page.
const PROOFS: [(&str, usize, usize); 14] = [
    ("large-closure-capture", 3, 0),
    ("long-lived-race", 2, 0),
    ("mismatched-removal", 3, 1),
    ("overwritten-handle", 1, 0),
    ("rearming-timer", 1, 0),
    ("unaborted-signal", 3, 1),
    ("unbounded-collection", 4, 0),
    ("uncleared-interval", 4, 0),
    ("uncleared-timeout", 2, 1),
    ("unclosed-resource", 3, 1),
    ("undisconnected-observer", 2, 1),
    ("unreleased-subscription", 4, 0),
    ("unreachable-cleanup", 1, 0),
    ("unremoved-listener", 4, 2),
];

/// What the harness says of one case.
#[derive(Debug, Deserialize)]
struct Proof {
    case: PathBuf,
    #[serde(default)]
    rounds: u32,
    figures: Vec<Figure>,
    /// Why it proves nothing; empty when it does.
    reasons: Vec<String>,
}

/// One figure, above what it was before the first round.
#[derive(Debug, Deserialize)]
struct Figure {
    metric: String,
    leak: Growth,
    clean: Growth,
}

#[derive(Debug, Deserialize)]
struct Growth {
    first: i64,
    second: i64,
}

/// What the harness says of one claim about the runtime.
#[derive(Debug, Deserialize)]
struct Claim {
    claim: String,
    kept: bool,
    left: u32,
    of: u32,
    holds: bool,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The folders below fixtures/ with a driver: all that run in a page, or all that run in Node.
fn cases(in_page: bool) -> Vec<PathBuf> {
    let mut cases = Vec::new();
    for rule in folders(&root().join("fixtures")) {
        for case in folders(&rule) {
            let driver = fs::read_to_string(case.join("drive.mjs"));
            if driver.is_ok_and(|text| text.lines().any(|line| line == IN_PAGE) == in_page) {
                cases.push(case);
            }
        }
    }
    cases
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let paths = entries.map(|entry| entry.expect("a readable folder").path());
    let mut folders: Vec<PathBuf> = paths.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// The rule and the name of a case.
fn title(case: &Path) -> String {
    let parts: Vec<_> = case.iter().rev().take(2).map(|part| part.to_string_lossy()).collect();
    parts.into_iter().rev().collect::<Vec<_>>().join("/")
}

/// The first of some programs that runs and whose version suits.
fn program(variable: &str, names: &[&str], suits: impl Fn(&str) -> bool) -> Option<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from);
    let candidates = named.map_or_else(|| names.iter().map(PathBuf::from).collect(), |path| vec![path]);
    candidates.into_iter().find(|path| {
        let version = Command::new(path).arg("--version").stderr(Stdio::null()).output();
        version.is_ok_and(|out| out.status.success() && suits(&String::from_utf8_lossy(&out.stdout)))
    })
}

fn node() -> Option<PathBuf> {
    program("LEAKLINT_NODE", &["node"], |version| {
        let mut parts =
            version.trim().trim_start_matches('v').split('.').map(|part| part.parse().unwrap_or(0));
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= (20, 19)
    })
}

fn chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome", "chrome"];
    program("LEAKLINT_CHROMIUM", &names, |version| version.contains("Chrom"))
}

/// What is said when proofs cannot run.
fn not_run(missing: &str, what: &[String]) -> String {
    format!(
        "NOT RUN for want of {missing}: {} runtime proofs ({REQUIRE}=1 makes this a failure)\n  {}\n",
        what.len(),
        what.join("\n  ")
    )
}

/// The programs that a test needs; `None`, having said so past the test runner's capture, when one is missing.
fn programs(in_page: bool, what: &[String]) -> Option<(PathBuf, PathBuf)> {
    let (node, chromium) = (node(), if in_page { chromium() } else { Some(PathBuf::new()) });
    let missing = if node.is_none() { "Node 20.19 or newer" } else { "Chromium" };
    if let (Some(node), Some(chromium)) = (node, chromium) {
        return Some((node, chromium));
    }
    let text = not_run(missing, what);
    std::io::stderr().write_all(text.as_bytes()).expect("standard error takes text");
    assert!(std::env::var_os(REQUIRE).is_none_or(|value| value != "1"), "{text}");
    None
}

/// Runs a script of the harness; the lines that it wrote, and whether it ended well.
fn harness(
    (node, chromium): &(PathBuf, PathBuf),
    script: &str,
    args: impl IntoIterator<Item = PathBuf>,
) -> (Vec<String>, bool) {
    let mut command = Command::new(node);
    command.arg("--expose-gc").arg(root().join("tests/runtime").join(script));
    command.arg("--browser").arg(chromium).args(args);
    let out = command.output().expect("Node starts");
    let lines: Vec<String> = String::from_utf8_lossy(&out.stdout).lines().map(str::to_owned).collect();
    assert!(!lines.is_empty(), "{script} says nothing: {}", String::from_utf8_lossy(&out.stderr));
    (lines, out.status.success())
}

fn prove(programs: &(PathBuf, PathBuf), cases: &[PathBuf]) -> Vec<Proof> {
    let (lines, well) = harness(programs, "prove.mjs", cases.iter().cloned());
    let proofs: Vec<Proof> = lines.iter().map(|line| serde_json::from_str(line).expect("a proof")).collect();
    assert_eq!(proofs.len(), cases.len());
    assert_eq!(proofs.iter().all(|proof| proof.reasons.is_empty()), well, "status and reasons agree");
    proofs
}

/// Prints what was measured, and fails with all that proves nothing.
fn report(proofs: &[Proof]) {
    let mut wrong = Vec::new();
    for proof in proofs {
        let title = title(&proof.case);
        for Figure { metric, leak, clean } in &proof.figures {
            let (rounds, more) = (proof.rounds, proof.rounds * 4);
            println!(
                "{title}: {metric} after {rounds} and {more} rounds: leak {} {}, clean {} {}",
                leak.first, leak.second, clean.first, clean.second
            );
        }
        wrong.extend(proof.reasons.iter().map(|reason| format!("{title}: {reason}")));
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn all_prove(in_page: bool) {
    let cases = cases(in_page);
    let titles: Vec<String> = cases.iter().map(|case| title(case)).collect();
    if let Some(programs) = programs(in_page, &titles) {
        report(&prove(&programs, &cases));
    }
}

#[test]
fn leaks_leak_in_node_and_clean_twins_do_not() {
    all_prove(false);
}

#[test]
fn leaks_leak_in_chromium_and_clean_twins_do_not() {
    all_prove(true);
}

fn claims(in_page: bool) {
    let place = if in_page { "page" } else { "node" };
    let Some(programs) = programs(in_page, &[format!("claims about the runtime ({place})")]) else {
        return;
    };
    let (lines, well) = harness(&programs, "claims.mjs", [place.into()]);
    let claims: Vec<Claim> = lines.iter().map(|line| serde_json::from_str(line).expect("a claim")).collect();
    assert!(claims.iter().any(|claim| claim.kept) && claims.iter().any(|claim| !claim.kept));
    let wrong: Vec<String> = claims
        .iter()
        .filter(|claim| !claim.holds)
        .map(|claim| format!("{}: {} of {} are left", claim.claim, claim.left, claim.of))
        .collect();
    assert!(wrong.is_empty() && well, "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_the_analysis_says_of_v8_and_node_is_so() {
    claims(false);
}

#[test]
fn what_the_analysis_says_of_pages_is_so() {
    claims(true);
}

/// Writes a case into a folder: its leak is the file `leak` of a real case, its clean twin the file `clean`.
fn rebuilt(folder: &Path, case: &Path, leak: &str, clean: &str, driver: Option<&str>) -> PathBuf {
    let to = folder.join(format!("{leak}-{clean}-{}", driver.is_some()));
    fs::create_dir(&to).expect("a new folder");
    fs::copy(case.join(leak), to.join("leak.js")).expect("a leak");
    fs::copy(case.join(clean), to.join("clean.js")).expect("a clean twin");
    let real = fs::read_to_string(case.join("drive.mjs")).expect("a driver");
    fs::write(to.join("drive.mjs"), driver.unwrap_or(&real)).expect("a driver");
    to
}

/// The harness can fail: what is no proof is not taken for one.
fn only_the_real_case_proves(in_page: bool, case: &str, idle: &str) {
    let case = root().join("fixtures").join(case);
    let Some(programs) = programs(in_page, &[format!("that the harness can fail ({})", title(&case))]) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let built = |leak, clean, driver| rebuilt(folder.path(), &case, leak, clean, driver);
    let cases = [
        built("leak.js", "clean.js", None),
        built("clean.js", "leak.js", None),
        built("leak.js", "leak.js", None),
        built("clean.js", "clean.js", None),
        built("leak.js", "clean.js", Some(idle)),
    ];
    let proofs = prove(&programs, &cases);
    let says = |at: usize, what: &str| proofs[at].reasons.iter().any(|reason| reason.contains(what));
    let (still, grows) = ("of the leaking file do not grow", "of the clean file grow");
    let said: Vec<(bool, bool)> = (0..cases.len()).map(|at| (says(at, still), says(at, grows))).collect();
    let wanted = [(false, false), (true, true), (false, true), (true, false), (true, false)];
    assert_eq!(said, wanted, "real, swapped, two leaks, two clean, idle: {proofs:#?}");
}

#[test]
fn swapped_files_prove_nothing_in_node() {
    let idle = "export const iterate = () => {};\n";
    only_the_real_case_proves(false, "uncleared-interval/proof-poller-class", idle);
}

#[test]
fn swapped_files_prove_nothing_in_chromium() {
    let idle =
        format!("{IN_PAGE}\nexport const proof = ['listeners'];\nexport const iterate = () => {{}};\n");
    only_the_real_case_proves(true, "unremoved-listener/proof-window-element", &idle);
}

#[test]
fn a_file_that_throws_proves_nothing() {
    let Some(programs) = programs(false, &["that a file that throws proves nothing".to_owned()]) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in [("leak.js", "throw new Error('broken on purpose')"), ("clean.js", "")] {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    fs::write(folder.path().join("drive.mjs"), "export const iterate = () => {};\n").expect("a driver");
    let proofs = prove(&programs, &[folder.path().to_owned()]);
    assert!(proofs[0].reasons[0].contains("broken on purpose"), "{proofs:#?}");
}

#[test]
fn what_is_not_run_is_named() {
    let text = not_run("Chromium", &["one".to_owned(), "two".to_owned()]);
    assert!(text.starts_with("NOT RUN for want of Chromium: 2 runtime proofs"), "{text}");
    assert!(text.ends_with("\n  one\n  two\n"), "{text}");
    assert_eq!(program("LEAKLINT_NO_SUCH_VARIABLE", &["leaklint-no-such-program"], |_| true), None);
}

#[test]
fn every_rule_has_its_proofs() {
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for in_page in [false, true] {
        for case in cases(in_page) {
            let rule = title(&case).split('/').next().unwrap_or_default().to_owned();
            let (all, pages) = counts.entry(rule).or_default();
            *all += 1;
            *pages += usize::from(in_page);
        }
    }
    for (rule, all, pages) in PROOFS {
        let (found, found_pages) = counts.get(rule).copied().unwrap_or_default();
        assert!(found >= all && found_pages >= pages, "{rule}: {found} proofs, {found_pages} in a page");
    }
}
