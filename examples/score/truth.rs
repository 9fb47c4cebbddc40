//! The tables of truth: tab-separated, the first line names the columns; columns that are not asked for may follow.

use std::collections::HashMap;
use std::fmt;

/// A family of leaks and the rules by which a report on its sites counts.
#[derive(Debug, PartialEq, Eq)]
pub struct Family {
    /// As tables of fixes write it; tables of sites write it without its last letter.
    pub name: &'static str,
    rules: &'static [&'static str],
    /// The names of the engine's families, as `--trace` prints them.
    pub decisions: &'static [&'static str],
}

/// Rules that count for every family: they speak of the same acquire.
const ANY: [&str; 2] = ["overwritten-handle", "unreachable-cleanup"];

const FAMILIES: [Family; 7] = [
    Family {
        name: "listeners",
        rules: &["unremoved-listener", "mismatched-removal", "unaborted-signal"],
        decisions: &["listener", "signal"],
    },
    Family {
        name: "timers",
        rules: &["uncleared-interval", "uncleared-timeout", "rearming-timer"],
        decisions: &["interval", "timeout", "rearming timer"],
    },
    Family {
        name: "subscriptions",
        rules: &["unreleased-subscription", "unremoved-listener"],
        decisions: &["subscription", "listener"],
    },
    Family { name: "observers", rules: &["undisconnected-observer"], decisions: &["observer"] },
    Family { name: "resources", rules: &["unclosed-resource"], decisions: &["resource"] },
    Family { name: "caches", rules: &["unbounded-collection"], decisions: &["container"] },
    Family {
        name: "closures",
        rules: &["large-closure-capture", "long-lived-race"],
        decisions: &["capture", "race"],
    },
];

impl Family {
    fn find(name: &str) -> Option<&'static Self> {
        FAMILIES.iter().find(|family| family.name == name || family.name.strip_suffix('s') == Some(name))
    }

    /// Whether a report by this rule counts for a site of the family.
    pub fn counts(&self, rule: &str) -> bool {
        self.rules.contains(&rule) || ANY.contains(&rule)
    }
}

/// A line of a file at a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub repository: String,
    /// A commit, or `name@version` for a package of npm.
    pub commit: String,
    pub path: String,
    /// 1-based.
    pub line: u32,
}

/// A leak and its fix.
#[derive(Debug)]
pub struct Pair {
    pub id: String,
    pub family: &'static Family,
    pub before: Place,
    /// `None`: the fix took the site away.
    pub after: Option<Place>,
    pub framework: String,
    /// `local`: one file shows it.
    pub detectability: String,
    pub tier: String,
    /// `released`, `capped`, `gone`, or `bounded`: a report on the last one is debatable.
    pub after_kind: String,
}

/// What a reader called a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    Leak,
    Harmless,
    Unclear,
}

/// A site that somebody has read.
#[derive(Debug)]
pub struct Site {
    pub family: &'static Family,
    pub place: Place,
    pub label: Label,
    /// The idiom, or the reason, in short.
    pub idiom: String,
}

/// A line of a table that says something impossible.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// 1-based.
    line: usize,
    message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.message)
    }
}

/// Reads a table of fixes.
///
/// # Errors
/// The first line that lacks a column or holds a value that is none of the known ones.
pub fn pairs(text: &str) -> Result<Vec<Pair>, Problem> {
    rows(text, |row| {
        let place = |commit, path, line| -> Result<Place, String> {
            Ok(Place {
                repository: row.text("repo")?,
                commit: row.text(commit)?,
                path: row.text(path)?,
                line: row.line(line)?,
            })
        };
        let gone = row.get("line_after")? == "-";
        Ok(Pair {
            id: row.text("id")?,
            family: row.family()?,
            before: place("parent_commit", "path", "line_before")?,
            after: if gone { None } else { Some(place("fix_commit", "path_after", "line_after")?) },
            framework: row.text("framework")?,
            detectability: row.text("detectability")?,
            tier: row.text("tier")?,
            after_kind: row.text("after_kind")?,
        })
    })
}

/// Reads a table of labelled sites.
///
/// # Errors
/// As [`pairs`].
pub fn sites(text: &str) -> Result<Vec<Site>, Problem> {
    rows(text, |row| {
        let place = Place {
            repository: row.text("repo")?,
            commit: row.text("commit")?,
            path: row.text("path")?,
            line: row.line("line")?,
        };
        let label = match row.get("label")? {
            "leak" => Label::Leak,
            "harmless" => Label::Harmless,
            "unclear" => Label::Unclear,
            other => return Err(format!("`{other}` is no label: leak, harmless or unclear")),
        };
        Ok(Site { family: row.family()?, place, label, idiom: row.text("idiom")? })
    })
}

fn rows<T>(text: &str, row: impl Fn(&Row<'_>) -> Result<T, String>) -> Result<Vec<T>, Problem> {
    let mut lines = text.lines().enumerate();
    let head = lines.next().map_or("", |(_, line)| line);
    let columns: HashMap<&str, usize> = head.split('\t').enumerate().map(|(at, name)| (name, at)).collect();
    lines
        .filter(|(_, line)| !line.is_empty())
        .map(|(at, line)| {
            let cells = line.split('\t').collect();
            row(&Row { columns: &columns, cells }).map_err(|message| Problem { line: at + 1, message })
        })
        .collect()
}

struct Row<'t> {
    columns: &'t HashMap<&'t str, usize>,
    cells: Vec<&'t str>,
}

impl<'t> Row<'t> {
    fn get(&self, column: &str) -> Result<&'t str, String> {
        let at = self.columns.get(column).ok_or_else(|| format!("there is no column `{column}`"))?;
        self.cells.get(*at).copied().ok_or_else(|| format!("`{column}` is missing"))
    }

    fn text(&self, column: &str) -> Result<String, String> {
        self.get(column).map(str::to_owned)
    }

    fn line(&self, column: &str) -> Result<u32, String> {
        let value = self.get(column)?;
        value.parse().map_err(|_| format!("`{value}` in `{column}` is no line"))
    }

    fn family(&self) -> Result<&'static Family, String> {
        let name = self.get("family")?;
        Family::find(name).ok_or_else(|| {
            let known: Vec<&str> = FAMILIES.iter().map(|family| family.name).collect();
            format!("`{name}` is no family: {}", known.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use leaklint::rules;

    #[test]
    fn rows_are_read_by_the_names_of_their_columns() {
        let text =
            "label\tline\tpath\tcommit\trepo\tidiom\tfamily\textra\nleak\t7\ta.js\tc0\to/n\tloop\tcache\tx\n";
        let sites = sites(text).unwrap();
        assert_eq!(sites[0].label, Label::Leak);
        assert_eq!(sites[0].family.name, "caches");
        assert_eq!(sites[0].place.line, 7);
    }

    #[test]
    fn a_bad_row_is_named_with_its_line() {
        let head = "family\trepo\tcommit\tpath\tline\tlabel\tidiom\n";
        let told = |row: &str| sites(&format!("{head}{row}\n")).unwrap_err().to_string();
        assert_eq!(told("cache\to/n\tc\ta.js\tx\tleak\t-"), "2: `x` in `line` is no line");
        assert!(told("cash\to/n\tc\ta.js\t1\tleak\t-").starts_with("2: `cash` is no family: listeners"));
        assert_eq!(told("cache\to/n\tc\ta.js\t1"), "2: `label` is missing");
    }

    #[test]
    fn a_site_that_the_fix_took_away_has_no_after() {
        let head = "id\tfamily\trepo\tparent_commit\tfix_commit\tpath\tline_before\tpath_after\tline_after\tframework\tdetectability\ttier\tafter_kind\n";
        let pairs =
            pairs(&format!("{head}p\ttimers\to/n\tb\ta\tx.js\t3\tx.js\t-\tnode\tlocal\tT1\tgone\n")).unwrap();
        assert_eq!(pairs[0].after, None);
        assert_eq!(pairs[0].before.commit, "b");
    }

    #[test]
    fn every_rule_counts_for_some_family_and_every_name_is_a_rule() {
        for rule in rules::RULES {
            let id = rule.meta().id;
            assert!(FAMILIES.iter().any(|family| family.counts(id)), "{id}");
        }
        for id in FAMILIES.iter().flat_map(|family| family.rules).chain(&ANY) {
            assert!(rules::find(id).is_some(), "{id}");
        }
    }

    #[test]
    fn the_tables_of_the_project_can_be_read() {
        let fixes = pairs(include_str!("../../tests/truth/fix-pairs.tsv")).unwrap();
        let read = sites(include_str!("../../tests/truth/labelled-sites.tsv")).unwrap();
        assert!(sites(include_str!("../../tests/truth/read-sites.tsv")).unwrap().len() >= 65);
        assert!(fixes.len() >= 190 && read.len() >= 118);
        assert!(fixes.iter().any(|pair| pair.after.is_none()));
    }
}
