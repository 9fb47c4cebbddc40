//! Nesting so deep that a recursive parser or walk would end the process: a notice or a clean lint, in good time.

use crate::support_robust::{LEAK, Project};
use std::process::Command;

/// A name, the extension of the file, and the text at a depth.
type Construct = (&'static str, &'static str, fn(usize) -> String);

/// Lints a file of each construct beside a leaking one, whose finding must come out.
#[track_caller]
fn survives(constructs: &[Construct], depth: usize) {
    let project = Project::new().with("leak.js", LEAK);
    let mut problems = Vec::new();
    for (name, extension, text) in constructs {
        let deep = format!("deep.{extension}");
        let source = format!("setInterval(f, 1);\n{}\n", text(depth));
        std::fs::write(project.root().join(&deep), source).unwrap();
        if let Err(problem) = lint_beside_leak(&project, &deep) {
            problems.push(format!("{name} × {depth}: {problem}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn lint_beside_leak(project: &Project, deep: &str) -> Result<(), String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
    command.args(["check", "--no-ignore", "--format=compact", "leak.js", deep]);
    let run = project.wait(command)?;
    let notice = |line: &str| line.contains("[nesting-too-deep]") || line.contains("[syntax-error]");
    let leak = |line: &str| line.starts_with("leak.js:2:3: error");
    let fine = run.code == 1 && run.out.lines().any(leak) && run.out.lines().all(|l| leak(l) || notice(l));
    if fine { Ok(()) } else { Err(format!("exit code {}: {}{}", run.code, run.out, run.err)) }
}

fn around(open: &str, middle: &str, close: &str, depth: usize) -> String {
    format!("{}{middle}{}", open.repeat(depth), close.repeat(depth))
}

const BRACKETS: &[Construct] = &[
    ("parentheses", "js", |n| around("(", "a", ")", n)),
    ("open parentheses", "js", |n| "(".repeat(n)),
    ("arrays", "js", |n| around("[", "", "]", n)),
    ("open arrays", "js", |n| "[".repeat(n)),
    ("objects", "js", |n| format!("x = {}", around("{a:", "1", "}", n))),
    ("open objects", "js", |n| format!("x = {}", "{a:".repeat(n))),
    ("blocks", "js", |n| around("{", "", "}", n)),
    ("open blocks", "js", |n| "{".repeat(n)),
    ("templates", "js", |n| format!("x = {}", around("`${", "1", "}`", n))),
    ("open templates", "js", |n| format!("x = {}", "`${".repeat(n))),
    ("back quotes", "js", |n| "`".repeat(n)),
    ("calls in calls", "js", |n| around("f(", "a", ")", n)),
    ("indices in indices", "js", |n| around("a[", "0", "]", n)),
    ("spreads", "js", |n| around("[...", "a", "]", n)),
    ("imports", "js", |n| around("import(", "a", ")", n)),
    ("array patterns", "js", |n| format!("let {} = b", around("[", "a", "]", n))),
    ("object patterns", "js", |n| format!("let {} = b", around("{a:", "a", "}", n))),
    ("pattern defaults", "js", |n| format!("let [a={}] = d", around("[b=", "1", "]=c", n))),
    ("brackets in a string", "js", |n| format!("x = '{}'", "(".repeat(n))),
    ("brackets in a pattern", "js", |n| format!("x = /{}/", around("(", "a", ")", n))),
];

const FUNCTIONS: &[Construct] = &[
    ("functions", "js", |n| around("function f(){", "", "}", n)),
    ("function expressions", "js", |n| format!("x = {}", around("function(){return ", "1", "}", n))),
    ("arrows", "js", |n| format!("x = {}1", "a=>".repeat(n))),
    ("arrows over lines", "js", |n| format!("x = {}1", "a=>\n".repeat(n))),
    ("async arrows", "js", |n| format!("x = {}1", "async a=>".repeat(n))),
    ("arrows in defaults", "js", |n| format!("x = {}", around("(a=", "1", ")=>1", n))),
    ("callbacks", "js", |n| around("a.then(()=>", "b", ")", n)),
    ("called at once", "js", |n| around("(function(){", "", "})()", n)),
    ("getters", "js", |n| format!("x = {}", around("{get a(){return ", "1", "}}", n))),
    ("classes in fields", "js", |n| format!("x = {}", around("class{a=", "1", "}", n))),
    ("classes in methods", "js", |n| format!("x = {}", around("class{a(){return ", "1", "}}", n))),
    ("classes in heritage", "js", |n| format!("x = {}", around("class extends ", "A", "{}", n))),
];

const PREFIXES: &[Construct] = &[
    ("not", "js", |n| format!("x = {}1", "!".repeat(n))),
    ("complement", "js", |n| format!("x = {}1", "~".repeat(n))),
    ("minus", "js", |n| format!("x = {}1", "- ".repeat(n))),
    ("plus", "js", |n| format!("x = {}1", "+ ".repeat(n))),
    ("plus over lines", "js", |n| format!("x = {}1", "+\n".repeat(n))),
    ("typeof", "js", |n| format!("x = {}1", "typeof ".repeat(n))),
    ("typeof over lines", "js", |n| format!("x = {}1", "typeof\n".repeat(n))),
    ("typeof with tabs", "js", |n| format!("x = {}1", "typeof\t".repeat(n))),
    ("typeof with comments", "js", |n| format!("x = {}1", "typeof/**/".repeat(n))),
    ("void", "js", |n| format!("x = {}1", "void ".repeat(n))),
    ("delete", "js", |n| format!("x = {}a.b", "delete ".repeat(n))),
    ("new", "js", |n| format!("x = {}a", "new ".repeat(n))),
    ("new over lines", "js", |n| format!("x = {}a", "new\n".repeat(n))),
    ("await", "js", |n| format!("async function g() {{ {}a }}", "await ".repeat(n))),
    ("await over lines", "js", |n| format!("async function g() {{ {}a }}", "await\n".repeat(n))),
    ("yield", "js", |n| format!("function* g() {{ {}a }}", "yield ".repeat(n))),
    ("yield all", "js", |n| format!("function* g() {{ {}a }}", "yield*".repeat(n))),
];

const CHAINS: &[Construct] = &[
    ("conditionals", "js", |n| format!("x = {}1", "a?b:".repeat(n))),
    ("conditionals over lines", "js", |n| format!("x = {}1", "a\n?b\n:".repeat(n))),
    ("conditionals in the middle", "js", |n| format!("x = {}", around("a?", "b", ":c", n))),
    ("sums", "js", |n| format!("x = {}1", "a+".repeat(n))),
    ("powers", "js", |n| format!("x = {}1", "a**".repeat(n))),
    ("and", "js", |n| format!("x = {}1", "a&&".repeat(n))),
    ("or", "js", |n| format!("x = {}1", "a||".repeat(n))),
    ("nullish", "js", |n| format!("x = {}1", "a??".repeat(n))),
    ("comparisons", "js", |n| format!("x = {}1", "a< ".repeat(n))),
    ("in", "js", |n| format!("x = {}b", "a in ".repeat(n))),
    ("commas", "js", |n| format!("x = ({}1)", "a,".repeat(n))),
    ("assignments", "js", |n| format!("{}1", "a=".repeat(n))),
    ("compound assignments", "js", |n| format!("{}1", "a||=".repeat(n))),
    ("members", "js", |n| format!("x = a{}", ".a".repeat(n))),
    ("optional members", "js", |n| format!("x = a{}", "?.a".repeat(n))),
    ("indices", "js", |n| format!("x = a{}", "[0]".repeat(n))),
    ("calls", "js", |n| format!("x = a{}", "()".repeat(n))),
    ("optional calls", "js", |n| format!("x = a{}", "?.()".repeat(n))),
    ("method calls", "js", |n| format!("x = a{}", ".b()".repeat(n))),
    ("promises", "js", |n| format!("x = a{}", ".then(f)\n".repeat(n))),
    ("tagged templates", "js", |n| format!("x = a{}", "`b`".repeat(n))),
];

const STATEMENTS: &[Construct] = &[
    ("else if", "js", |n| format!("if(a){{b}}{}", "else if(a){b}".repeat(n))),
    ("else if without braces", "js", |n| format!("if(a)b;{}", "else if(a)b;".repeat(n))),
    ("else if over lines", "js", |n| format!("if(a)b;{}", "else\nif(a)b;".repeat(n))),
    ("if", "js", |n| format!("{}b", "if(a)".repeat(n))),
    ("if with blanks", "js", |n| format!("{}b", "if (a) ".repeat(n))),
    ("while", "js", |n| format!("{}b", "while(a)".repeat(n))),
    ("for", "js", |n| format!("{}b", "for(;;)".repeat(n))),
    ("for of", "js", |n| format!("{}b", "for(x of y)".repeat(n))),
    ("for await", "js", |n| format!("async () => {{ {}b }}", "for await(x of y)".repeat(n))),
    ("do", "js", |n| around("do ", "b;", "while(a);", n)),
    ("do over lines", "js", |n| around("do\n", "b;", "while(a);", n)),
    ("with", "js", |n| format!("{}b", "with(a)".repeat(n))),
    ("try", "js", |n| around("try{", "", "}catch(e){}", n)),
    ("switch", "js", |n| around("switch(a){case 1:", "", "}", n)),
    ("cases", "js", |n| format!("switch(a) {{ {} }}", "case 1:".repeat(n))),
    ("labels", "js", labels),
];

fn labels(depth: usize) -> String {
    let mut text: String = (0..depth).map(|at| format!("l{at}:\n")).collect();
    text.push('b');
    text
}

const TAGS: &[Construct] = &[
    ("elements", "jsx", |n| format!("x = {}", around("<a>", "", "</a>", n))),
    ("open elements", "jsx", |n| format!("x = {}", "<a>".repeat(n))),
    ("elements in tsx", "tsx", |n| format!("x = {}", around("<a>", "", "</a>", n))),
    ("fragments", "jsx", |n| format!("x = {}", around("<>", "", "</>", n))),
    ("attributes", "jsx", |n| format!("x = {}", around("<a b=", "'c'", "/>", n))),
    ("expressions", "jsx", |n| format!("x = {}", around("<a>{", "1", "}</a>", n))),
    ("expressions in attributes", "jsx", |n| format!("x = {}", around("<a b={", "1", "}/>", n))),
    ("member names", "jsx", |n| format!("x = <a{}/>", ".a".repeat(n))),
];

const TYPES: &[Construct] = &[
    ("generics", "ts", |n| format!("let x: {}", around("A<", "B", ">", n))),
    ("generics apart", "ts", |n| format!("let x: {}", around("A<", "B", " >", n))),
    ("open generics", "ts", |n| "f<".repeat(n)),
    ("type parentheses", "ts", |n| format!("let x: {}", around("(", "A", ")", n))),
    ("array types", "ts", |n| format!("let x: A{}", "[]".repeat(n))),
    ("indexed types", "ts", |n| format!("let x: A{}", "['a']".repeat(n))),
    ("qualified names", "ts", |n| format!("let x: A{}", ".A".repeat(n))),
    ("unions", "ts", |n| format!("let x: {}B", "A|".repeat(n))),
    ("function types", "ts", |n| format!("let x: {}B", "()=>".repeat(n))),
    ("conditional types", "ts", |n| format!("type X = {}D", "A extends B?C:".repeat(n))),
    ("keyof", "ts", |n| format!("type X = {}D", "keyof ".repeat(n))),
    ("keyof over lines", "ts", |n| format!("type X = {}D", "keyof\n".repeat(n))),
    ("object types", "ts", |n| format!("type X = {}", around("{a:", "D", "}", n))),
    ("as", "ts", |n| format!("x = a{}", " as B".repeat(n))),
    ("not null", "ts", |n| format!("x = a{}", "!".repeat(n))),
    ("casts", "ts", |n| format!("x = {}a", "<A>".repeat(n))),
    ("casts in parentheses", "ts", |n| format!("x = {}", around("<A>(", "a", ")", n))),
    ("less than an object", "ts", |n| format!("x = {}", around("a<{b:", "b", "}", n))),
    ("namespaces", "ts", |n| around("namespace A{", "", "}", n)),
    ("dotted namespaces", "ts", |n| format!("namespace A{} {{}}", ".A".repeat(n))),
    ("decorators", "ts", |n| format!("@a{} class A {{}}", ".a".repeat(n))),
    ("decorated classes", "ts", |n| around("@(class{", "", "})class A{}", n)),
    ("flow generics", "js", |n| format!("// @flow\nlet x: {}", around("Array<", "B", ">", n))),
    ("flow maybes", "js", |n| format!("// @flow\nlet x: {}B", "?".repeat(n))),
    ("flow functions", "js", |n| format!("// @flow\nlet x: {}B", "B=>".repeat(n))),
    ("flow type parentheses", "js", |n| format!("// @flow\nlet x: {}", around("(", "B", ")", n))),
];

const DEEP: usize = 100_000;

#[test]
fn brackets() {
    survives(BRACKETS, DEEP);
}

#[test]
fn functions_and_classes() {
    survives(FUNCTIONS, DEEP);
}

#[test]
fn prefix_operators() {
    survives(PREFIXES, DEEP);
}

#[test]
fn chains() {
    survives(CHAINS, DEEP);
}

#[test]
fn statements() {
    survives(STATEMENTS, DEEP);
}

#[test]
fn tags() {
    survives(TAGS, DEEP);
}

#[test]
fn types() {
    survives(TYPES, DEEP);
}

/// Depths that a person could still write by hand must not take time that doubles with each level.
#[test]
fn no_construct_takes_exponential_time() {
    for depth in [12, 30, 100] {
        survives(TYPES, depth);
        survives(FUNCTIONS, depth);
    }
    let arrows = "a?(b):(c)=>(".repeat(30) + "b" + &")".repeat(30);
    let maybes = "?(".repeat(30) + "B" + &")".repeat(30);
    let project = Project::new()
        .with("arrows.js", format!("// @flow\nsetInterval(f, 1);\nx = {arrows}"))
        .with("maybes.js", format!("// @flow\nsetInterval(f, 1);\nlet x: {maybes}"));
    project.run(&["check", "--no-ignore"]).expect(0);
}

#[test]
fn a_million_levels() {
    const SOME: &[Construct] = &[
        BRACKETS[1],
        BRACKETS[3],
        BRACKETS[7],
        BRACKETS[9],
        FUNCTIONS[2],
        PREFIXES[0],
        PREFIXES[4],
        PREFIXES[6],
        CHAINS[3],
        CHAINS[11],
        CHAINS[13],
        CHAINS[16],
        CHAINS[18],
        STATEMENTS[3],
        TAGS[0],
        TAGS[1],
    ];
    survives(SOME, 1_000_000);
}

/// Ordinary depth stays below every limit.
#[test]
fn code_as_people_write_it_is_linted() {
    let nested = format!("{}setInterval(() => res.end(), 10);{}", "if (a) { ".repeat(40), " }".repeat(40));
    let chained = "  .then((value) => value)\n".repeat(300);
    let branches = "else if (a === b) { f(a); } ".repeat(300);
    let table = "  { name: 'a', list: [1, [2, [3]]], make: () => ({ a: 1 }) },\n".repeat(3_000);
    let source = format!(
        "require('http').createServer((req, res) => {{\n{nested}\n}});\nf()\n{chained};\nif (a) {{ b(); }} {branches}\nlet t = [\n{table}];\n"
    );
    let run = Project::new().with("a.js", source).run(&["check", "--format=compact"]).expect(1);
    assert_eq!(run.out.lines().count(), 1, "{}", run.out);
    assert!(run.out.starts_with("a.js:2:361: error:"), "{}", run.out);
}
