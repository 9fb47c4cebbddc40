//! Real fixes: is the leak reported before, and is the fixed code left alone?

use crate::judge::{Answer, Judge, Level};
use crate::tables::{self, share};
use crate::truth::Pair;
use std::fmt::Write;

/// A report counts within so many lines of the site.
const REACH: u32 = 3;

/// What is said of a pair.
pub struct Scored<'t> {
    pub pair: &'t Pair,
    pub before: Answer,
    /// Silent where the fix took the site away.
    pub after: Level,
}

impl Scored<'_> {
    fn is_caught(&self) -> bool {
        self.before.level.is_shown() && !self.after.is_shown()
    }
}

/// Judges both sides of a pair.
///
/// # Errors
/// As [`Judge::answer`].
pub fn score<'t>(judge: &Judge, pair: &'t Pair) -> Result<Scored<'t>, String> {
    let answer = |place| judge.answer(place, pair.family, REACH);
    let told = |why| format!("{}: {why}", pair.id);
    let before = answer(&pair.before).map_err(told)?;
    let after = match &pair.after {
        Some(place) => answer(place).map_err(told)?.level,
        None => Level::Silent,
    };
    Ok(Scored { pair, before, after })
}

/// The tables of fixes of one file.
pub fn markdown(name: &str, scored: &[Scored<'_>]) -> String {
    let local: Vec<&Scored<'_>> = scored.iter().filter(|row| row.pair.detectability == "local").collect();
    let mut out = format!("### Known leaks and their fixes: {name}\n\n");
    let group = |by: &str, key: fn(&Pair) -> &str| by_group(by, &local, key);
    let tables = [
        group("family", |pair| pair.family.name),
        group("tier", |pair| &pair.tier),
        group("framework", |pair| &pair.framework),
        by_group("one file shows it", &scored.iter().collect::<Vec<_>>(), |pair| &pair.detectability),
        fixed(scored),
        missed(&local),
    ];
    for table in tables {
        out.push_str(&table);
        out.push('\n');
    }
    out
}

/// How the rows of each group fare, and all of them.
fn by_group(by: &str, rows: &[&Scored<'_>], key: fn(&Pair) -> &str) -> String {
    let mut lines: Vec<Vec<String>> = tables::groups(rows, |row| key(row.pair))
        .into_iter()
        .map(|(name, rows)| counts(name.to_owned(), &rows))
        .collect();
    lines.push(counts("all".to_owned(), rows));
    let head =
        [by, "rows", "caught", "at error level", "reported before and after", "hidden as possible", "silent"];
    tables::table(&head, &lines)
}

fn counts(name: String, rows: &[&Scored<'_>]) -> Vec<String> {
    let count = |is: &dyn Fn(&Scored<'_>) -> bool| rows.iter().filter(|row| is(row)).count();
    let caught = count(&|row| row.is_caught());
    vec![
        name,
        rows.len().to_string(),
        share(caught, rows.len()),
        count(&|row| row.is_caught() && row.before.level == Level::Error).to_string(),
        count(&|row| row.before.level.is_shown() && row.after.is_shown()).to_string(),
        count(&|row| row.before.level == Level::Possible).to_string(),
        count(&|row| row.before.level == Level::Silent).to_string(),
    ]
}

/// How much of the fixed code is left alone.
fn fixed(scored: &[Scored<'_>]) -> String {
    let rows: Vec<&Scored<'_>> = scored.iter().collect();
    let lines: Vec<Vec<String>> = tables::groups(&rows, |row| row.pair.after_kind.as_str())
        .into_iter()
        .map(|(kind, rows)| {
            let silent = rows.iter().filter(|row| !row.after.is_shown()).count();
            vec![kind.to_owned(), rows.len().to_string(), share(silent, rows.len())]
        })
        .collect();
    tables::table(&["after the fix", "rows", "silent"], &lines)
}

/// What decided where nothing was shown.
fn missed(rows: &[&Scored<'_>]) -> String {
    let missed: Vec<&Scored<'_>> = rows.iter().copied().filter(|row| !row.before.level.is_shown()).collect();
    let mut lines: Vec<(usize, Vec<String>)> =
        tables::groups(&missed, |row| (row.pair.family.name, row.before.why.as_str()))
            .into_iter()
            .map(|((family, why), rows)| {
                (rows.len(), vec![family.to_owned(), rows.len().to_string(), why.to_owned()])
            })
            .collect();
    lines.sort_by(|a, b| a.1[0].cmp(&b.1[0]).then(b.0.cmp(&a.0)).then_with(|| a.1.cmp(&b.1)));
    let lines: Vec<Vec<String>> = lines.into_iter().map(|(_, line)| line).collect();
    tables::table(&["family", "missed", "what decided"], &lines)
}

/// What the columns of the lines of pairs hold.
pub const COLUMNS: &str = "table\trow\tfamily\ttier\tframework\tdetectability\tbefore\tafter\trule\twhy\n";

/// One line per pair.
pub fn tsv(name: &str, scored: &[Scored<'_>]) -> String {
    let mut out = String::new();
    for Scored { pair, before, after } in scored {
        let Pair { id, family, tier, framework, detectability, .. } = pair;
        let (level, after) = (before.level.name(), after.name());
        let _ = writeln!(
            out,
            "{name}\t{id}\t{}\t{tier}\t{framework}\t{detectability}\t{level}\t{after}\t{}\t{}",
            family.name,
            before.rule,
            tables::cell(&before.why)
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkouts::{Checkouts, tests};
    use crate::truth;

    const LEAK: &str = "export class Clock {\n  start() { this.timer = setInterval(() => this.tick(), 9); }\n  \
                        dispose() { this.ended = true; }\n  tick() { this.at = Date.now(); }\n}\n";

    #[test]
    fn a_fixed_leak_is_caught_and_a_kept_one_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let fixed = LEAK.replace("this.ended = true", "clearInterval(this.timer)");
        let commits = tests::clone(folder.path(), &[LEAK, &fixed]);
        let head = "id\tfamily\trepo\tparent_commit\tfix_commit\tpath\tline_before\tpath_after\tline_after\tframework\tdetectability\ttier\tafter_kind\n";
        let row = |id: &str, before: &str, after: &str, line: u32| {
            format!(
                "{id}\ttimers\towner/name\t{before}\t{after}\ta.js\t{line}\ta.js\t2\tdom\tlocal\tT1\treleased\n"
            )
        };
        let (leak, clean) = (&commits[0], &commits[1]);
        let text =
            [head, &row("fixed", leak, clean, 2), &row("kept", leak, leak, 2), &row("far", leak, clean, 90)];
        let pairs = truth::pairs(&text.concat()).unwrap();
        let judge = Judge::new(Checkouts::new(folder.path())).unwrap();
        let scored: Vec<Scored<'_>> = pairs.iter().map(|pair| score(&judge, pair).unwrap()).collect();
        assert!(scored[0].before.level.is_shown() && scored[0].is_caught());
        assert!(scored[1].before.level.is_shown() && !scored[1].is_caught());
        assert_eq!(scored[2].before.level, Level::Silent);
        assert_eq!(scored[2].before.why, "nothing here is known to acquire");
        let page = markdown("fixes", &scored);
        assert!(page.contains("| timers | 3 | 1 (33 %) |"), "{page}");
        assert!(page.contains("| released | 3 | 2 (67 %) |"), "{page}");
        assert_eq!(tsv("fixes", &scored).lines().count(), 3);
    }
}
