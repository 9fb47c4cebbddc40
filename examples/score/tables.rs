//! Tables in Markdown, and the place of a page where they stand.

use std::collections::BTreeMap;

const BEGIN: &str = "<!-- score: begin, written by `cargo run --release --example score` -->\n";
const END: &str = "<!-- score: end -->\n";

/// Rows by what they have in common, sorted by it.
pub fn groups<'r, T, K: Ord>(rows: &[&'r T], key: impl Fn(&'r T) -> K) -> BTreeMap<K, Vec<&'r T>> {
    let mut out: BTreeMap<K, Vec<&'r T>> = BTreeMap::new();
    for row in rows {
        out.entry(key(row)).or_default().push(row);
    }
    out
}

/// A table with a head.
pub fn table(head: &[&str], lines: &[Vec<String>]) -> String {
    let mut out = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    for line in lines {
        let cells: Vec<String> = line.iter().map(|text| cell(text).replace('|', "\\|")).collect();
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    out
}

/// A text on one line, without tabs.
pub fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A count with its share of a whole; without, where the whole is nothing.
pub fn share(count: usize, of: usize) -> String {
    match of {
        0 => count.to_string(),
        of => format!("{count} ({:.0} %)", 100.0 * count as f64 / of as f64),
    }
}

/// A share with the bounds of its 95 % interval by Wilson's score, which holds for small counts too.
pub fn interval(count: usize, of: usize) -> String {
    if of == 0 {
        return "-".to_owned();
    }
    let (n, z) = (of as f64, 1.96);
    let p = count as f64 / n;
    let middle = p + z * z / (2.0 * n);
    let spread = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let bound = |sign: f64| 100.0 * (middle + sign * spread) / (1.0 + z * z / n);
    format!("{count} of {of}: {:.0} % ({:.0}–{:.0})", 100.0 * p, bound(-1.0), bound(1.0))
}

/// The page with `tables` between its markers.
///
/// # Errors
/// The page lacks a marker.
pub fn replace(page: &str, tables: &str) -> Result<String, String> {
    let missing = |marker: &str| format!("there is no line `{}`", marker.trim_end());
    let (head, rest) = page.split_once(BEGIN).ok_or_else(|| missing(BEGIN))?;
    let (_, tail) = rest.split_once(END).ok_or_else(|| missing(END))?;
    Ok(format!("{head}{BEGIN}\n{tables}{END}{tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_markers_is_replaced() {
        let page = format!("# Title\n\n{BEGIN}old\n{END}\nRest.\n");
        let new = replace(&page, "| a |\n").unwrap();
        assert_eq!(new, format!("# Title\n\n{BEGIN}\n| a |\n{END}\nRest.\n"));
        assert_eq!(replace(&new, "| a |\n").unwrap(), new);
        assert!(replace("no markers", "").unwrap_err().contains("score: begin"));
    }

    #[test]
    fn cells_hold_on_to_their_row() {
        let text = table(&["a"], &[vec!["x |\ny".to_owned()]]);
        assert_eq!(text, "| a |\n|---|\n| x \\| y |\n");
    }

    #[test]
    fn shares_and_intervals() {
        assert_eq!(share(1, 3), "1 (33 %)");
        assert_eq!(share(0, 0), "0");
        assert_eq!(interval(25, 26), "25 of 26: 96 % (81–99)");
        assert_eq!(interval(0, 0), "-");
    }
}
