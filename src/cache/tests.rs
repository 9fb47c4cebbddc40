use super::format::{Kind, Record, Stored, write};
use super::*;
use crate::diagnostic::{Label, Severity};
use crate::obligations::Tier;
use crate::settings::Settings;
use crate::source::{Language, Span};

const PROGRAM: u128 = 7;
const TEXT: &str = "setInterval(() => tick(), 10); // é";

fn key(of: u8) -> Key {
    Key([of; 16])
}

fn finding() -> Diagnostic {
    let mut finding = Diagnostic::notice("uncleared-interval", Span::new(0, 11), "never cleared", "here");
    finding.tier = Some(Tier::Likely);
    finding.severity = Severity::Error;
    finding.labels = vec![Label { span: Span::new(18, 22), text: "é\"\n".to_owned() }];
    finding.story = vec![0];
    finding.help = Some("clear it".to_owned());
    finding.anchor.functions = vec![Span::new(12, 24)];
    finding
}

fn found(cache: &Cache, key: Key) -> Option<Vec<Diagnostic>> {
    match cache.find(key)? {
        Remembered::Found(found) => found.diagnostics(TEXT),
        _ => None,
    }
}

/// A cache of four files, one of each kind: the key of each is its index.
fn filled(folder: &Path, today: u16) {
    let cache = Cache::open_as(folder, PROGRAM, today);
    cache.keep(key(3), Remembered::Found(&[finding()]));
    cache.keep(key(0), Remembered::Clean { bytes: 12, parsed: false });
    cache.keep(key(2), Remembered::Minified);
    cache.keep(key(1), Remembered::Clean { bytes: 34, parsed: true });
    cache.store().unwrap();
}

fn bytes(folder: &Path) -> Vec<u8> {
    std::fs::read(folder.join(NAME)).unwrap()
}

#[test]
fn what_is_kept_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 100);
    let cache = Cache::open_as(dir.path(), PROGRAM, 100);
    assert_eq!(cache.find(key(0)), Some(Remembered::Clean { bytes: 12, parsed: false }));
    assert_eq!(cache.find(key(1)), Some(Remembered::Clean { bytes: 34, parsed: true }));
    assert_eq!(cache.find(key(2)), Some(Remembered::Minified));
    assert_eq!(found(&cache, key(3)), Some(vec![finding()]));
    assert_eq!(cache.find(key(4)), None);
    let before = bytes(dir.path());
    cache.store().unwrap();
    assert_eq!(bytes(dir.path()), before, "there was nothing new");
}

#[test]
fn what_is_damaged_or_of_another_program_is_as_good_as_none() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 100);
    let whole = bytes(dir.path());
    assert!(Stored::new(whole.clone(), PROGRAM).is_some());
    assert!(Stored::new(whole.clone(), PROGRAM + 1).is_none());
    for length in 0..whole.len() {
        assert!(Stored::new(whole[..length].to_vec(), PROGRAM).is_none(), "cut at {length}");
    }
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << bit;
            assert!(Stored::new(flipped, PROGRAM).is_none(), "bit {bit} of byte {at}");
        }
    }
    let mut longer = whole;
    longer.push(0);
    assert!(Stored::new(longer, PROGRAM).is_none());
}

/// Bytes with the checksum that they should have.
fn signed(mut bytes: Vec<u8>) -> Vec<u8> {
    let checksum = XxHash3_128::oneshot(&bytes[48..]);
    bytes[32..48].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

#[test]
fn nothing_that_is_forged_can_panic() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 100);
    let whole = bytes(dir.path());
    let mut believed = 0;
    for at in 48..whole.len() {
        for value in [0, 1, 0x7F, 0x80, 0xFF, whole[at].wrapping_add(1)] {
            let mut forged = whole.clone();
            forged[at] = value;
            std::fs::write(dir.path().join(NAME), signed(forged)).unwrap();
            let cache = Cache::open_as(dir.path(), PROGRAM, 200);
            for of in 0..5 {
                for one in found(&cache, key(of)).into_iter().flatten() {
                    let span = one.primary.span;
                    believed += usize::from(TEXT.get(span.start as usize..span.end as usize).is_some());
                }
            }
            cache.store().unwrap();
        }
    }
    assert!(believed > 0, "what is still right is found");
}

#[test]
fn findings_are_held_against_the_text() {
    let written = |change: fn(&mut Diagnostic)| {
        let mut finding = finding();
        change(&mut finding);
        entry::write(&[finding]).unwrap()
    };
    let read = |bytes: &[u8]| Found(bytes).diagnostics(TEXT);
    assert_eq!(read(&written(|_| ())), Some(vec![finding()]));
    let beyond = TEXT.len() as u32 + 1;
    let inside_a_character = Span::new(0, TEXT.len() as u32 - 1);
    assert!(!TEXT.is_char_boundary(TEXT.len() - 1));
    let wrong: [fn(&mut Diagnostic); 8] = [
        |one| one.rule = "no-such-rule",
        |one| one.primary.span.end = u32::MAX,
        |one| one.primary.span = Span::new(5, 4),
        |one| one.labels[0].span.start = u32::MAX,
        |one| one.statement.end = 1_000,
        |one| one.anchor.acquire.end = 1_000,
        |one| one.anchor.functions[0].end = 1_000,
        |one| one.story = vec![1],
    ];
    for (at, wrong) in wrong.into_iter().enumerate() {
        assert_eq!(read(&written(wrong)), None, "{at}");
    }
    for span in [Span::new(0, beyond), inside_a_character] {
        let mut finding = finding();
        finding.primary.span = span;
        assert_eq!(read(&entry::write(&[finding]).unwrap()), None, "{span:?}");
    }
    for text in ["", "[]", "[[]]", "null", "[[\"uncleared-interval\",{}]]"] {
        assert_eq!(read(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn what_nobody_asks_for_is_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 100);
    let run = |today: u16, asked: u8, fresh: Option<u8>| {
        let cache = Cache::open_as(dir.path(), PROGRAM, today);
        assert!(cache.find(key(asked)).is_some(), "{asked} on day {today}");
        if let Some(fresh) = fresh {
            cache.keep(key(fresh), Remembered::Minified);
        }
        let before = bytes(dir.path());
        cache.store().unwrap();
        bytes(dir.path()) != before
    };
    assert!(!run(100 + NOTED - 1, 3, None), "nothing to note yet");
    assert!(run(100 + NOTED, 3, None), "3 is still asked for");
    assert!(run(100 + KEPT, 3, Some(9)), "nothing is too old yet");
    assert_eq!(Cache::open_as(dir.path(), PROGRAM, 0).stored.records().len(), 5);
    assert!(run(100 + KEPT + 1, 3, Some(8)));
    let cache = Cache::open_as(dir.path(), PROGRAM, 0);
    let left = (0..10).filter(|of| cache.find(key(*of)).is_some());
    assert_eq!(left.collect::<Vec<_>>(), [3, 8, 9], "0, 1 and 2 are gone");
}

#[test]
fn a_clock_that_went_wrong_keeps_nothing_for_ever() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), u16::MAX);
    let cache = Cache::open_as(dir.path(), PROGRAM, 100);
    cache.keep(key(9), Remembered::Minified);
    cache.store().unwrap();
    let cache = Cache::open_as(dir.path(), PROGRAM, 101 + KEPT);
    cache.keep(key(8), Remembered::Minified);
    cache.store().unwrap();
    assert_eq!(Cache::open_as(dir.path(), PROGRAM, 0).stored.records().len(), 1);
}

#[test]
fn the_file_stays_small() {
    let large = vec![b'x'; 1_000];
    let record = |of: u8, day: u16, found| Record { key: key(of), day, kind: Kind::Found, bytes: 0, found };
    let records: Vec<_> = (0..20).map(|of| record(of, u16::from(of), large.as_slice())).collect();
    let file = write(records, PROGRAM, 10_000);
    assert!(file.len() <= 10_000);
    let stored = Stored::new(file, PROGRAM).unwrap();
    let left = (0..20).filter(|of| stored.find(key(*of)).is_some());
    assert_eq!(left.collect::<Vec<_>>(), (11..20).collect::<Vec<_>>(), "those that were used last");
    // What does not fit by itself takes no place of others.
    let records = vec![record(1, 9, &large), record(2, 8, &[]), record(2, 8, &[])];
    let stored = Stored::new(write(records, PROGRAM, 500), PROGRAM).unwrap();
    assert_eq!((stored.find(key(1)), stored.find(key(2))), (None, Some(0)));
}

#[test]
fn everything_that_decides_is_in_the_key() {
    let built_in = Settings::new().unwrap();
    let keys = |settings: &Settings, bytes: &[u8], language, nesting| {
        Keys::default().key(bytes, language, settings, nesting)
    };
    let of = |settings: &Settings| keys(settings, b"a", Language::JavaScript, 9);
    let plain = of(&built_in);
    assert!(plain.is_some() && plain == of(&Settings::new().unwrap()));
    let own =
        toml::from_str("[teardowns]\nstrong = ['sayonara']\nsource = 'us'\nchecked = 'today'\n").unwrap();
    let taught = std::sync::Arc::new(built_in.catalogue.extended(own));
    let changes: [&dyn Fn(&mut Settings); 9] = [
        &|settings| settings.catalogue = taught.clone(),
        &|settings| settings.min_confidence = Tier::Proven,
        &|settings| settings.rules.extend([("long-lived-race".to_owned(), None)]),
        &|settings| settings.only.push("long-lived-race".to_owned()),
        &|settings| settings.limits.moment += 1,
        &|settings| settings.require_reason = true,
        &|settings| settings.minified = true,
        &|settings| settings.no_prefilter = true,
        &|settings| settings.keep_hidden = true,
    ];
    let changed = changes.iter().map(|change| {
        let mut settings = built_in.clone();
        change(&mut settings);
        of(&settings)
    });
    let others = [
        keys(&built_in, b"b", Language::JavaScript, 9),
        keys(&built_in, b"a", Language::TypeScript, 9),
        keys(&built_in, b"a", Language::Vue { root: true }, 9),
        keys(&built_in, b"a", Language::Vue { root: false }, 9),
        keys(&built_in, b"a", Language::JavaScript, 8),
    ];
    let mut all: Vec<Option<Key>> = changed.chain(others).chain([plain]).collect();
    assert!(all.iter().all(Option::is_some));
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 15, "all are different");
    let measured: [fn(&mut Settings); 2] =
        [|settings| settings.trace = true, |settings| settings.parse_only = true];
    for change in measured {
        let mut settings = built_in.clone();
        change(&mut settings);
        assert_eq!(of(&settings), None);
    }
}

#[test]
fn old_leavings_go() {
    let dir = tempfile::tempdir().unwrap();
    let aged = |path: &str, age: Duration| {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let file = std::fs::File::create(path).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
    };
    let is_there = |path: &str| dir.path().join(path).exists();
    aged("p/.leaklint-old", DAY);
    aged("p/.leaklint-new", DAY / 48);
    aged("p/other", DAY);
    prune::unfinished(&dir.path().join("p"));
    assert!(!is_there("p/.leaklint-old") && is_there("p/.leaklint-new") && is_there("p/other"));
    aged("gone/leaklint.cache", DAY * 31);
    aged("gone/.gitignore", DAY * 31);
    aged("shared/leaklint.cache", DAY * 31);
    aged("shared/mine", DAY * 31);
    aged("used/leaklint.cache", DAY * 29);
    aged("else/file", DAY * 99);
    forget_unused(dir.path());
    assert!(!is_there("gone") && is_there("used/leaklint.cache") && is_there("else/file"));
    assert!(is_there("shared/mine") && !is_there("shared/leaklint.cache"));
}
