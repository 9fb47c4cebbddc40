//! Sites that somebody has read: harmless ones should be silent, leaks reported. The share of leaks among what is
//! reported is the precision, as far as the table's rows were drawn from what leaklint says.

use crate::judge::{Answer, Judge, Level};
use crate::tables::{self, share};
use crate::truth::{Label, Site};
use std::fmt::Write;

/// A report counts within so many lines of the site.
const REACH: u32 = 2;

/// What is said of a site.
pub struct Scored<'t> {
    pub site: &'t Site,
    pub answer: Answer,
}

/// Judges a site.
///
/// # Errors
/// As [`Judge::answer`].
pub fn score<'t>(judge: &Judge, site: &'t Site) -> Result<Scored<'t>, String> {
    Ok(Scored { site, answer: judge.answer(&site.place, site.family, REACH)? })
}

/// The tables of one file of labelled sites.
pub fn markdown(name: &str, scored: &[Scored<'_>]) -> String {
    let rows: Vec<&Scored<'_>> = scored.iter().collect();
    let mut lines: Vec<Vec<String>> = tables::groups(&rows, |row| row.site.family.name)
        .into_iter()
        .map(|(family, rows)| counts(family.to_owned(), &rows))
        .collect();
    lines.push(counts("all".to_owned(), &rows));
    let head = ["family", "leaks", "reported", "harmless", "reported", "unclear", "reported"];
    let shown: Vec<&Scored<'_>> = rows.iter().copied().filter(|row| row.answer.level.is_shown()).collect();
    let mut precision: Vec<Vec<String>> =
        tables::groups(&shown, |row| (row.answer.level.name(), row.answer.rule))
            .into_iter()
            .map(|((level, rule), rows)| right(level, rule, &rows))
            .collect();
    for (level, rows) in tables::groups(&shown, |row| row.answer.level.name()) {
        precision.push(right(level, "all", &rows));
    }
    let said = ["level", "rule", "leaks", "harmless", "unclear", "right of the decided (95 % interval)"];
    format!(
        "### Labelled sites: {name}\n\n{}\n{}\n",
        tables::table(&head, &lines),
        tables::table(&said, &precision)
    )
}

fn counts(name: String, rows: &[&Scored<'_>]) -> Vec<String> {
    let mut line = vec![name];
    for label in [Label::Leak, Label::Harmless, Label::Unclear] {
        let of: Vec<_> = rows.iter().filter(|row| row.site.label == label).collect();
        let shown = of.iter().filter(|row| row.answer.level.is_shown()).count();
        line.extend([of.len().to_string(), share(shown, of.len())]);
    }
    line
}

/// How many of the reported sites are leaks.
fn right(level: &str, rule: &str, rows: &[&Scored<'_>]) -> Vec<String> {
    let count = |label| rows.iter().filter(|row| row.site.label == label).count();
    let (leaks, harmless) = (count(Label::Leak), count(Label::Harmless));
    vec![
        level.to_owned(),
        rule.to_owned(),
        leaks.to_string(),
        harmless.to_string(),
        count(Label::Unclear).to_string(),
        tables::interval(leaks, leaks + harmless),
    ]
}

/// One line per site.
pub fn tsv(name: &str, scored: &[Scored<'_>]) -> String {
    let mut out = String::from("table\trow\tfamily\tlabel\tverdict\tidiom\tlevel\trule\twhy\n");
    for Scored { site, answer } in scored {
        let (place, family) = (&site.place, site.family.name);
        let should = match (site.label, answer.level) {
            (Label::Harmless, Level::Warning | Level::Error) => "wrong",
            (Label::Leak, Level::Silent | Level::Possible) => "missed",
            _ => "-",
        };
        let _ = writeln!(
            out,
            "{name}\t{}@{:.9}:{}:{}\t{family}\t{:?}\t{}\t{should}\t{}\t{}\t{}",
            place.repository,
            place.commit,
            place.path,
            place.line,
            site.label,
            site.idiom,
            answer.level.name(),
            answer.rule,
            tables::cell(&answer.why)
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkouts::{Checkouts, tests};
    use crate::truth;

    #[test]
    fn a_reported_harmless_site_counts_against_the_rule() {
        let folder = tempfile::tempdir().unwrap();
        let leak = "export class Clock {\n  start() { this.timer = setInterval(() => this.tick(), 9); }\n  \
                    dispose() {}\n  tick() { this.at = Date.now(); }\n}\n";
        let commit = tests::clone(folder.path(), &[leak]).remove(0);
        let row = |line: u32, label: &str| format!("timer\towner/name\t{commit}\ta.js\t{line}\t{label}\t-\n");
        let head = "family\trepo\tcommit\tpath\tline\tlabel\tidiom\n";
        let text = [head, &row(2, "leak"), &row(2, "harmless"), &row(50, "harmless")].concat();
        let sites = truth::sites(&text).unwrap();
        let judge = Judge::new(Checkouts::new(folder.path())).unwrap();
        let scored: Vec<Scored<'_>> = sites.iter().map(|site| score(&judge, site).unwrap()).collect();
        let page = markdown("read", &scored);
        assert!(page.contains("| timers | 1 | 1 (100 %) | 2 | 1 (50 %) | 0 | 0 |"), "{page}");
        assert!(page.contains("| uncleared-interval | 1 | 1 | 0 | 1 of 2: 50 %"), "{page}");
        assert!(tsv("read", &scored).contains("\twrong\t"));
    }
}
