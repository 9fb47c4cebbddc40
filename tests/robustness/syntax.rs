//! Source that cannot be parsed, or makes the parser fail.

use crate::support_robust::{LEAK, Project};

/// A candidate file with broken source beside a leaking one: one `syntax-error` in it, and the other's finding.
#[track_caller]
fn is_a_notice(name: &str, source: &str) {
    let project = Project::new().with("leak.js", LEAK).with(name, format!("setInterval(f, 1);\n{source}"));
    let run = project.run(&["check", ".", "--format=compact"]).expect(1);
    assert!(run.out.contains("leak.js:2:3: error"), "{source}: {}", run.out);
    let notices: Vec<&str> = run.out.lines().filter(|line| line.starts_with(name)).collect();
    assert_eq!(notices.len(), 1, "{source}: {}", run.out);
    assert!(notices[0].ends_with("[syntax-error]"), "{source}: {}", run.out);
    let line: usize = notices[0].split(':').nth(1).unwrap().parse().unwrap();
    assert!(line <= source.lines().count() + 2, "{source}: {}", notices[0]);
    assert_eq!(run.err.lines().count(), 1, "only the summary: {}", run.err);
}

#[test]
fn broken_javascript() {
    for source in [
        "let = = 3",
        "function (",
        "if (",
        "x = `${",
        "x = /never",
        "}",
        ")",
        "a b c",
        "class { constructor( }",
        "import {",
        "export default",
        "\u{1}",
        "@",
        "#",
        "\\",
        "x = 08n",
        "<div>",
        "<a></b>",
        "for (let of of) {",
        "async () => { await }",
        "x => { } ()",
        "???",
        "new.target.",
        "let let = 1; }",
        "yield = ; 1",
        "\u{fffd}(",
        "x = {a:1,,}",
        "`\\u{110000}`;(",
    ] {
        is_a_notice("broken.js", source);
    }
}

#[test]
fn broken_typescript() {
    for source in [
        "let x: = 1",
        "type X =",
        "interface {",
        "enum E { A = }",
        "function f<T(",
        "x = <T>",
        "abstract class",
        "let x: {",
        "x as",
        "import type from",
        "class A { constructor(private",
        "export = ",
    ] {
        is_a_notice("broken.ts", source);
    }
    is_a_notice("broken.tsx", "x = <T>(a) => a");
    is_a_notice("broken.tsx", "x = <div");
}

/// What swc's parser panics on is told like any other broken file, without the words of a panic.
#[test]
fn a_panic_in_the_parser_is_caught() {
    for source in ["const x = <a:b.c />;", "const x = <a:b.c>1</a:b.c>;"] {
        let project =
            Project::new().with("leak.js", LEAK).with("b.jsx", format!("setInterval(f, 1);\n{source}"));
        let run = project.run(&["check", ".", "--format=compact"]);
        assert!(run.out.contains("leak.js:2:3: error"), "{}", run.out);
        assert!(run.out.lines().any(|line| line.starts_with("b.jsx:")), "{}", run.out);
        assert!(matches!(run.code, 1 | 2), "{}: {}{}", run.code, run.out, run.err);
        assert!(run.code == 2 || run.out.contains("[syntax-error]"), "{}", run.out);
        for word in ["panicked", "thread '", "backtrace", ".rs:"] {
            assert!(!run.err.contains(word), "{}", run.err);
        }
    }
}

#[test]
fn flow_annotations_are_understood() {
    let leak = |annotated: &str| LEAK.replace("(req, res)", annotated);
    for source in [
        format!("// @flow\n{}", leak("(req: Request, res: ?Response): void")),
        format!(
            "/**\n * @flow strict\n */\nimport type {{ A }} from './a';\n{}",
            leak("(req: {| a: A |}, res: any)")
        ),
        format!("// @flow\ntype T = {{ +a: ?number, ... }};\n{}", leak("(req: T, res: $ReadOnly<T>)")),
        format!("import type {{ A }} from './a';\n{}", leak("(req: A, res)")),
    ] {
        let run = Project::new().with("a.js", &source).run(&["check", "a.js", "--format=compact"]).expect(1);
        assert!(run.out.ends_with("[uncleared-interval]\n"), "{source}{}", run.out);
        assert_eq!(run.out.lines().count(), 1, "{source}{}", run.out);
    }
}

/// Syntax that is new, old or rare is no syntax error.
#[test]
fn rare_syntax_is_parsed() {
    for (name, source) in [
        ("a.js", "#!/usr/bin/env node\nsetInterval(f, 1);"),
        ("a.js", "<!-- an old comment\nsetInterval(f, 1);"),
        ("a.js", "import data from './d.json' with { type: 'json' }; setInterval(f, 1);"),
        ("a.js", "{ using a = open(); } async () => { await using b = open(); setInterval(f, 1); }"),
        ("a.js", "@decorated class A { @bound m() {} accessor x = 1; static { setInterval(f, 1); } }"),
        ("a.js", "label: { break label; } with (a) { setInterval(f, 1); }"),
        ("a.js", "return setInterval(f, 1);"),
        ("a.js", "var a = 010 + 0o10 + 1_000n; a ||= /(?<n>a)\\k<n>/dgimsuy; setInterval(f, 1);"),
        ("a.js", "export * as ns from 'x'; export default 1; await setInterval(f, 1);"),
        ("a.cjs", "const x = <div {...props}>{/* c */}</div>; setInterval(f, 1);"),
        (
            "a.ts",
            "enum E { A } declare global { var x: 1 } abstract class A { abstract m(): void } setInterval(f, 1);",
        ),
        (
            "a.mts",
            "export type { A } from 'a'; const x = a satisfies B; let y = <const T,>(t: T) => t; setInterval(f, 1);",
        ),
        ("a.cts", "import a = require('a'); export = a; setInterval(f, 1);"),
        ("a.tsx", "const x = <T,>(a: T) => <A<T> b={a!} />; setInterval(f, 1);"),
    ] {
        let run = Project::new().with(name, source).run(&["check", name, "--format=compact"]).expect(0);
        assert_eq!(run.out, "", "{source}");
    }
}
