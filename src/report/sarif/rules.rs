//! Rules as SARIF describes them: their pages, and how loud and how right they are.

use super::super::text::one_line;
use super::model::*;
use crate::obligations::Tier;
use crate::rules::{self, Meta};

/// All rules and notices, in the order of `ruleIndex`.
pub(super) fn all() -> Vec<Rule> {
    rules::metas().map(rule).collect()
}

fn rule(meta: &'static Meta) -> Rule {
    let page = page(meta);
    // Notices are warnings about facts.
    let surest = meta.tiers.last().copied();
    let (level, severity, precision) = match surest {
        Some(Tier::Proven) => (Level::Error, "error", "very-high"),
        Some(Tier::Likely) => (Level::Warning, "warning", "high"),
        Some(Tier::Possible) => (Level::Note, "recommendation", "medium"),
        None => (Level::Warning, "warning", "very-high"),
    };
    let kind = if surest.is_some() { "memory-leak" } else { "notice" };
    Rule {
        id: meta.id.to_owned(),
        name: one_word(meta.id),
        short_description: text(meta.summary),
        full_description: text(first_paragraph(page)),
        help: Help { text: plain(page), markdown: page.to_owned() },
        help_uri: meta.url(),
        default_configuration: Configuration { level },
        properties: RuleProperties {
            tags: [kind, "javascript", "typescript"].map(str::to_owned).to_vec(),
            precision: precision.to_owned(),
            problem_severity: severity.to_owned(),
        },
    }
}

/// `uncleared-interval` → `UnclearedInterval`
fn one_word(id: &str) -> String {
    let capital = |word: &str| word.get(..1).map(|first| first.to_ascii_uppercase() + &word[1..]);
    id.split('-').filter_map(capital).collect()
}

/// The page of a rule; notices share one, of which each has a part.
fn page(meta: &'static Meta) -> &'static str {
    let page = meta.page.trim();
    let heading = format!("## {}\n", meta.id);
    match page.find(&heading) {
        Some(start) => {
            let part = &page[start + 1..];
            let end = part[heading.len()..].find("\n## ").map_or(part.len(), |end| heading.len() + end);
            part[..end].trim()
        }
        None => page,
    }
}

fn first_paragraph(page: &str) -> String {
    let paragraph = page.split("\n\n").find(|part| !part.starts_with('#')).unwrap_or(page);
    one_line(paragraph)
}

/// Markdown without marks, for readers that show texts only.
fn plain(page: &str) -> String {
    let mut out = String::new();
    let mut is_code = false;
    for line in page.lines() {
        if line.starts_with("```") {
            is_code = !is_code;
            continue;
        }
        if is_code {
            out.push_str("    ");
            out.push_str(line);
        } else {
            out.push_str(&line.trim_start_matches('#').trim_start().replace(['`', '*'], ""));
        }
        out.push('\n');
    }
    out.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_whole_and_notices_have_their_part() {
        for rule in all() {
            assert!(rule.help.markdown.contains(&rule.id), "{}", rule.id);
            assert!(rule.help.text.len() > 40 && !rule.help.text.contains("```"), "{}", rule.id);
            assert!(!rule.full_description.text.starts_with('#'), "{}", rule.id);
            assert!(rule.full_description.text.len() <= 1_000, "{}", rule.id);
        }
        let notice = all().into_iter().find(|rule| rule.id == "nesting-too-deep").unwrap();
        assert!(notice.help.markdown.starts_with("# nesting-too-deep\n"));
        assert!(!notice.help.markdown.contains("file-too-large"));
    }
}
