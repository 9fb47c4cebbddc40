//! Every row of rules/subscriptions.toml is alive: what it acquires in an effect is found, and each of its ways to
//! release it is accepted as the effect's cleanup.

mod support {
    pub mod lint;
}

use leaklint::protocol::EMBEDDED;
use leaklint::source::Language;
use support::lint::{found, settings};

const RULE: &str = "unreleased-subscription";

/// Rows of what a framework injects, or a project names itself: their fixtures show what makes them count.
const APART: [&str; 4] =
    ["angular-app-stream", "angular-renderer-listen", "injected-stream", "project-disposer"];

fn rows() -> Vec<toml::Table> {
    let (_, text) = EMBEDDED.iter().find(|(name, _)| *name == "rules/subscriptions.toml").expect("the rows");
    let file: toml::Table = text.parse().expect("TOML");
    let rows = file["handle"].as_array().expect("[[handle]]");
    rows.iter().map(|row| row.as_table().expect("a row").clone()).collect()
}

fn words<'r>(row: &'r toml::Table, key: &str) -> Vec<&'r str> {
    let list = row.get(key).and_then(toml::Value::as_array);
    list.map_or(&[][..], Vec::as_slice).iter().filter_map(toml::Value::as_str).collect()
}

/// The import that a path needs, and the expression that has it: `rxjs.interval` is `interval` of `rxjs`.
fn imported(path: &str) -> (String, String) {
    if let Some(global) = path.strip_prefix("global.") {
        return (String::new(), global.to_owned());
    }
    let (folder, last) = path.rsplit_once('/').map_or(("", path), |(folder, last)| (folder, last));
    let (name, members) = last.split_once('.').map_or((last, ""), |(name, members)| (name, members));
    let module = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    match members.split('.').next().filter(|first| !first.is_empty()) {
        Some(first) => (format!("import {{ {first} }} from '{module}';\n"), members.to_owned()),
        None => (format!("import made from '{module}';\n"), "made".to_owned()),
    }
}

/// The text before the component, and the call that acquires.
fn acquire(row: &toml::Table) -> (String, String) {
    let before = row.get("callback").and_then(toml::Value::as_integer).unwrap_or(0).max(0);
    let mut args: Vec<&str> = (0..before).map(|at| if at == 0 { "shared" } else { "'change'" }).collect();
    args.push(match row.contains_key("callback") {
        true => "(value) => setValue(shared.title + name + value)",
        false => "shared",
    });
    let args = args.join(", ");
    if let Some(path) = words(row, "acquire").first() {
        let (import, name) = imported(path);
        return (import, format!("{name}({args})"));
    }
    let method = words(row, "methods")[0];
    if row.contains_key("imported") {
        return (String::new(), format!("shared.{method}({args})"));
    }
    let makers = words(row, "types");
    let maker = makers.iter().find(|path| path.contains(['.', '/'])).unwrap_or(&makers[0]);
    let (import, name) = imported(maker);
    (format!("{import}export const source = {name}(window);\n"), format!("source.{method}({args})"))
}

fn text((before, call): &(String, String), keep: &str, cleanup: &str) -> String {
    format!(
        "import {{ useEffect, useState }} from 'react';\nimport shared from './shared';\n{before}\n\
         export function View({{ name }}) {{\n  const [value, setValue] = useState('');\n  \
         useEffect(() => {{\n    {keep}{call};\n    {cleanup}\n  }}, [name]);\n  return value;\n}}\n"
    )
}

/// How often the rule speaks of a text, and whether any other does.
fn said(text: &str) -> (usize, bool) {
    let found = found(text, Language::JavaScript, &settings());
    let of_rule = found.iter().filter(|((_, rule), _)| rule == RULE).map(|(_, count)| *count).sum();
    (of_rule, found.keys().any(|(_, rule)| rule != RULE))
}

#[test]
fn what_a_row_acquires_is_found_and_what_it_releases_is_not() {
    let rows: Vec<toml::Table> =
        rows().into_iter().filter(|row| !APART.contains(&row["id"].as_str().expect("id"))).collect();
    assert!(rows.len() >= 50, "{} rows", rows.len());
    let mut wrong = Vec::new();
    for row in &rows {
        let id = &row["id"];
        let site = acquire(row);
        let leak = text(&site, "", "");
        if said(&leak) != (1, false) {
            wrong.push(format!("{id}: not found, or not alone\n{leak}"));
        }
        for way in row["release"].as_array().expect("release") {
            let name = |key: &str| way.get(key).and_then(toml::Value::as_str);
            let (import, release) = match (name("call"), name("method"), name("receiver")) {
                (Some(call), ..) => {
                    let (import, name) = imported(call);
                    (import, format!("{name}(handle)"))
                }
                (_, Some(method), _) if method.starts_with("Symbol.") => {
                    (String::new(), format!("handle[{method}]()"))
                }
                (_, Some(method), _) => (String::new(), format!("handle.{method}()")),
                (.., Some(method)) => (String::new(), format!("shared.{method}(handle)")),
                _ => (String::new(), "handle()".to_owned()),
            };
            let import = if site.0.contains(&import) { String::new() } else { import };
            let site = (format!("{import}{}", site.0), site.1.clone());
            let clean = text(&site, "const handle = ", &format!("return () => {release};"));
            if said(&clean) != (0, false) {
                wrong.push(format!("{id}: released by `{release}`, and found\n{clean}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
