//! `leaklint explain` and `leaklint rules`.

use super::args::{ListFormat, RulesArgs};
use super::{output, policy};
use crate::protocol::Protocols;
use crate::rules::{self, Meta};
use crate::suppress;
use serde::Serialize;
use std::fmt::Write as _;

/// Prints a rule's page.
pub(super) fn explain(rule: &str) -> Result<u8, String> {
    let Some(meta) = rules::find(rule) else {
        let hint = suppress::nearest(rule).map(|near| format!("; did you mean `{near}`?"));
        return Err(format!(
            "there is no rule `{rule}`{} (`leaklint rules` lists them)",
            hint.unwrap_or_default()
        ));
    };
    output::stdout(meta.page)?;
    Ok(0)
}

#[derive(Serialize)]
struct ListedRule {
    id: &'static str,
    confidence: Vec<&'static str>,
    summary: &'static str,
}

#[derive(Serialize)]
struct ListedProtocol<'a> {
    id: &'a str,
    rule: &'a str,
    acquire: Vec<String>,
    release: Vec<String>,
    source: &'a str,
    checked: &'a str,
}

/// Prints the rules, or the protocols.
pub(super) fn rules(args: &RulesArgs) -> Result<u8, String> {
    let text = if args.protocols {
        protocol_list(policy::catalogue(&args.config)?.all(), args.format)?
    } else {
        rule_list(args.format)?
    };
    output::stdout(&text)?;
    Ok(0)
}

fn rule_list(format: ListFormat) -> Result<String, String> {
    if format == ListFormat::Json {
        let list: Vec<ListedRule> = rules::metas()
            .map(|meta| ListedRule {
                id: meta.id,
                confidence: meta.tiers.iter().map(|tier| tier.name()).collect(),
                summary: meta.summary,
            })
            .collect();
        return json(&list);
    }
    let mut out = String::new();
    for meta in rules::metas() {
        let _ = writeln!(out, "{:<24}{:<26}{}", meta.id, tiers(meta), meta.summary);
    }
    Ok(out)
}

fn tiers(meta: &Meta) -> String {
    if meta.tiers.is_empty() {
        return "notice".to_owned();
    }
    let names: Vec<&str> = meta.tiers.iter().rev().map(|tier| tier.name()).collect();
    names.join(" ")
}

fn protocol_list(protocols: &Protocols, format: ListFormat) -> Result<String, String> {
    let mut list = Vec::new();
    for row in &protocols.handles {
        list.push(ListedProtocol {
            id: &row.id,
            rule: rules::of_handle(row.rule),
            acquire: row.acquire.iter().chain(&row.methods).cloned().collect(),
            release: row.releases.iter().map(|way| way.text(&row.noun.replace(' ', "_"))).collect(),
            source: &row.source,
            checked: &row.checked,
        });
    }
    for row in &protocols.listeners {
        let pairs = row.pairs.iter().map(|pair| (pair.add.name("*"), pair.remove.name("*")));
        let (added, removed): (Vec<String>, Vec<String>) = pairs.unzip();
        list.push(ListedProtocol {
            id: &row.id,
            rule: "unremoved-listener",
            acquire: row.add.iter().cloned().chain(added).collect(),
            release: row.remove.iter().chain(&row.blanket).cloned().chain(removed).collect(),
            source: &row.source,
            checked: &row.checked,
        });
    }
    if format == ListFormat::Json {
        return json(&list);
    }
    let mut out = String::new();
    for row in list {
        let (acquire, release) = (row.acquire.join(", "), row.release.join(", "));
        let _ = writeln!(out, "{} ({})", row.id, row.rule);
        let _ = writeln!(out, "    acquire: {acquire}\n    release: {release}");
        match row.checked {
            "" => writeln!(out, "    source:  {}", row.source),
            checked => writeln!(out, "    source:  {} ({checked})", row.source),
        }
        .map_err(|error| error.to_string())?;
    }
    Ok(out)
}

fn json(list: &impl Serialize) -> Result<String, String> {
    serde_json::to_string_pretty(list).map(|text| text + "\n").map_err(|error| error.to_string())
}
