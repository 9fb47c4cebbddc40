//! Holds leaklint's scope table against swc's resolver: two mentions of a name share a binding in one exactly when they
//! share it in the other, and no use of a name is missing from leaklint's table.
//!
//! Sources are everything under `fixtures/` and `tests/inputs/scopes/`, and the folders that `LEAKLINT_ORACLE_DIR` names
//! (several with `:` between them). Mentions are matched by their place in the text. Outside the comparison: files with
//! `with` or a direct `eval`, names in type positions, names of functions declared in blocks (which sloppy code lifts out
//! of them), and members of enums, which swc does not resolve.

use leaklint::ast::{
    AssignTarget, BindingIdent, ClassProp, Expr, ForHead, Ident, JSXElementName, JSXObject,
    JSXOpeningElement, Program, Prop, TsExprWithTypeArgs, TsInterfaceDecl, TsType, span_of,
};
use leaklint::components;
use leaklint::semantic::{Binding, BindingKind, ScopeKind};
use leaklint::source::{Language, LineIndex, Span};
use leaklint::{parse, read, semantic};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use swc_common::{GLOBALS, Globals, Mark, SyntaxContext};
use swc_ecma_transforms_base::resolver;
use swc_ecma_visit::{Visit, VisitMutWith, VisitWith};

/// One mention as both tables see it; equal keys mean the same binding.
struct Mention {
    span: Span,
    name: String,
    ours: String,
    theirs: (String, SyntaxContext),
}

/// What came of comparing one folder.
#[derive(Default)]
struct Tally {
    files: usize,
    dynamic: usize,
    unparsed: usize,
    unmatched: Vec<String>,
    /// Uses of a name that leaklint's table has no mention of.
    missed: Vec<String>,
    compared: usize,
    disagreements: Vec<String>,
}

#[test]
fn agrees_on_the_fixtures() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = compare_folder(&root.join("tests/inputs/scopes"));
    assert!(own.compared > 300, "only {} mentions compared", own.compared);
    own.demand_agreement();
    let fixtures = root.join("fixtures");
    if fixtures.is_dir() {
        compare_folder(&fixtures).demand_agreement();
    }
}

#[test]
fn agrees_on_the_named_folders() {
    let Some(folders) = std::env::var_os("LEAKLINT_ORACLE_DIR") else {
        // Without larger sources the other test is the whole comparison; this one then only checks itself.
        let tally = compare_text("let a; { let a; a }", Language::JavaScript, "itself");
        assert_eq!((tally.compared, tally.disagreements.len()), (3, 0));
        return;
    };
    let mut wrong = Vec::new();
    for folder in std::env::split_paths(&folders) {
        let tally = compare_folder(&folder);
        println!("{}: {}", folder.display(), tally.figures());
        assert!(tally.compared > 0, "{} holds nothing to compare", folder.display());
        wrong.extend(tally.problems());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn sees_a_wrong_table() {
    let tally = judge(
        "a.js",
        "a a",
        vec![mention(0, "1", SyntaxContext::empty()), mention(2, "2", SyntaxContext::empty())],
    );
    assert_eq!(tally.disagreements.len(), 1, "one binding there, two here");
}

fn mention(at: u32, ours: &str, context: SyntaxContext) -> Mention {
    let name = "a".to_owned();
    Mention { span: Span::new(at, at + 1), theirs: (name.clone(), context), name, ours: ours.to_owned() }
}

impl Tally {
    fn figures(&self) -> String {
        format!(
            "{} files ({} unparsed, {} with eval or with), {} mentions compared, {} disagree, {} unmatched, {} missed",
            self.files,
            self.unparsed,
            self.dynamic,
            self.compared,
            self.disagreements.len(),
            self.unmatched.len(),
            self.missed.len()
        )
    }

    fn problems(&self) -> Vec<String> {
        let mut all = Vec::new();
        all.extend(self.disagreements.iter().map(|place| format!("disagrees: {place}")));
        all.extend(self.unmatched.iter().map(|place| format!("no such identifier there: {place}")));
        all.extend(self.missed.iter().map(|place| format!("missed: {place}")));
        all
    }

    fn demand_agreement(&self) {
        let problems = self.problems();
        assert!(problems.is_empty(), "{}\n{}", self.figures(), problems.join("\n"));
    }

    fn add(&mut self, other: Self) {
        self.files += other.files;
        self.dynamic += other.dynamic;
        self.unparsed += other.unparsed;
        self.compared += other.compared;
        self.unmatched.extend(other.unmatched);
        self.disagreements.extend(other.disagreements);
        self.missed.extend(other.missed);
    }
}

fn compare_folder(folder: &Path) -> Tally {
    let mut tally = Tally::default();
    for path in sources(folder) {
        let name = path.to_string_lossy().into_owned();
        let Some(language) = Language::of_path(&name) else { continue };
        let Ok(text) = read::decode(std::fs::read(&path).unwrap()) else { continue };
        // Each script of a component by itself; a plain file is one.
        for script in components::units(&text, language).iter().flat_map(|unit| &unit.scripts) {
            let code = &text[script.inside.start as usize..script.inside.end as usize];
            tally.add(compare_text(code, script.language, &name));
        }
    }
    tally
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() && entry.file_name() != "node_modules" {
            found.extend(sources(&entry.path()));
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
    found.sort();
    found
}

fn compare_text(text: &str, language: Language, name: &str) -> Tally {
    // Both tables walk recursively; the deepest real files need more than a test thread's stack.
    std::thread::scope(|scope| {
        let work = || compare_here(text, language, name);
        std::thread::Builder::new().stack_size(256 << 20).spawn_scoped(scope, work).unwrap().join().unwrap()
    })
}

fn compare_here(text: &str, language: Language, name: &str) -> Tally {
    let Ok(parsed) = parse::parse(text, language) else {
        return Tally { files: 1, unparsed: 1, ..Tally::default() };
    };
    let tree = semantic::lower(&parsed.program);
    if tree.scopes.scopes.iter().any(|scope| scope.dynamic) {
        return Tally { files: 1, dynamic: 1, ..Tally::default() };
    }
    let theirs = resolved(parsed.program, language);
    let (mentions, unmatched) = matched(&tree, &theirs);
    let known: HashSet<Span> = tree.scopes.refs.iter().map(|reference| tree.span(reference.expr)).collect();
    let missed: Vec<Span> = theirs.uses.iter().copied().filter(|span| !known.contains(span)).collect();
    let lines = LineIndex::new(text);
    let mut tally = judge(name, text, mentions);
    tally.unmatched = unmatched.iter().map(|span| at(name, text, &lines, *span)).collect();
    tally.missed = missed.iter().map(|span| at(name, text, &lines, *span)).collect();
    tally
}

/// Resolves with swc, and collects what its identifiers mean.
fn resolved(mut program: Program, language: Language) -> Identifiers {
    GLOBALS.set(&Globals::new(), || {
        let typescript = language != Language::JavaScript;
        program.visit_mut_with(&mut resolver(Mark::new(), Mark::new(), typescript));
        let mut all = Identifiers::default();
        program.visit_with(&mut all);
        all
    })
}

/// What swc's resolver says of every identifier, by its place.
#[derive(Default)]
struct Identifiers {
    found: HashMap<Span, (String, SyntaxContext)>,
    /// The places where a value is read or written, declarations left out.
    uses: Vec<Span>,
    /// Inside the target of an assignment or a `for` head without declaration.
    assigned: bool,
}

impl Identifiers {
    fn assigned(&mut self, node: &impl VisitWith<Self>) {
        let before = std::mem::replace(&mut self.assigned, true);
        node.visit_children_with(self);
        self.assigned = before;
    }
}

impl Visit for Identifiers {
    fn visit_ident(&mut self, ident: &Ident) {
        self.found.insert(span_of(ident), (ident.sym.to_string(), ident.ctxt));
    }

    fn visit_binding_ident(&mut self, ident: &BindingIdent) {
        if self.assigned {
            self.uses.push(span_of(&ident.id));
        }
        ident.visit_children_with(self);
    }

    fn visit_assign_target(&mut self, target: &AssignTarget) {
        self.assigned(target);
    }

    fn visit_for_head(&mut self, head: &ForHead) {
        match head {
            ForHead::Pat(pattern) => self.assigned(&**pattern),
            _ => head.visit_children_with(self),
        }
    }

    fn visit_expr(&mut self, expr: &Expr) {
        if let Expr::Ident(ident) = expr {
            self.uses.push(span_of(ident));
        }
        let before = std::mem::replace(&mut self.assigned, false);
        expr.visit_children_with(self);
        self.assigned = before;
    }

    fn visit_prop(&mut self, property: &Prop) {
        if let Prop::Shorthand(ident) = property {
            self.uses.push(span_of(ident));
        }
        property.visit_children_with(self);
    }

    fn visit_jsx_opening_element(&mut self, element: &JSXOpeningElement) {
        if let Some(ident) = used_by_tag(&element.name) {
            self.uses.push(span_of(ident));
        }
        element.visit_children_with(self);
    }

    // Names in type positions are outside the comparison.
    fn visit_ts_type(&mut self, _: &TsType) {}
    fn visit_class_prop(&mut self, field: &ClassProp) {
        if !field.declare {
            field.visit_children_with(self);
        }
    }
    fn visit_ts_interface_decl(&mut self, _: &TsInterfaceDecl) {}
    fn visit_ts_expr_with_type_args(&mut self, _: &TsExprWithTypeArgs) {}
}

/// `<Panel>` and `<ui.panel>` read a variable, `<div>` does not.
fn used_by_tag(name: &JSXElementName) -> Option<&Ident> {
    match name {
        JSXElementName::Ident(ident) => ident.sym.starts_with(char::is_uppercase).then_some(ident),
        JSXElementName::JSXMemberExpr(member) => {
            let mut object = &member.obj;
            while let JSXObject::JSXMemberExpr(inner) = object {
                object = &inner.obj;
            }
            object.as_ident()
        }
        JSXElementName::JSXNamespacedName(_) => None,
    }
}

/// Our references and declared names with theirs, and the places where they have no identifier.
fn matched(tree: &semantic::Tree, theirs: &Identifiers) -> (Vec<Mention>, Vec<Span>) {
    let mut ours: Vec<(Span, String, String)> = Vec::new();
    for reference in &tree.scopes.refs {
        let key = match reference.binding {
            Some(binding) => binding.0.to_string(),
            None => "global".to_owned(),
        };
        ours.push((tree.span(reference.expr), reference.name.to_string(), key));
    }
    for (at, binding) in tree.scopes.bindings.iter().enumerate() {
        ours.push((binding.span, binding.name.to_string(), at.to_string()));
    }
    ours.sort();
    ours.dedup();
    let lifted = lifted_names(tree);
    let mut mentions = Vec::new();
    let mut unmatched = Vec::new();
    for (span, name, ours) in ours {
        match theirs.found.get(&span) {
            Some((_, context)) if *context == SyntaxContext::empty() || lifted.contains(&name) => {}
            Some(theirs) => mentions.push(Mention { span, name, ours, theirs: theirs.clone() }),
            None => unmatched.push(span),
        }
    }
    (mentions, unmatched)
}

fn lifted_names(tree: &semantic::Tree) -> HashSet<String> {
    let in_block = |binding: &&Binding| {
        matches!(binding.kind, BindingKind::Function(_))
            && tree.scopes.scopes[binding.scope.index()].kind == ScopeKind::Block
    };
    tree.scopes.bindings.iter().filter(in_block).map(|binding| binding.name.to_string()).collect()
}

/// A mention disagrees when its pair of keys is not the one that its binding usually has on either side.
fn judge(file: &str, text: &str, mentions: Vec<Mention>) -> Tally {
    let mut counts: HashMap<(&str, &str, &(String, SyntaxContext)), usize> = HashMap::new();
    for one in &mentions {
        *counts.entry((&one.name, &one.ours, &one.theirs)).or_default() += 1;
    }
    let mut ours_to_theirs = HashMap::new();
    let mut theirs_to_ours = HashMap::new();
    let mut pairs: Vec<_> = counts.iter().collect();
    pairs.sort_by_key(|((name, ours, _), count)| (std::cmp::Reverse(**count), *name, *ours));
    for ((name, ours, theirs), _) in pairs {
        ours_to_theirs.entry((*name, *ours)).or_insert(*theirs);
        theirs_to_ours.entry(*theirs).or_insert((*name, *ours));
    }
    let lines = LineIndex::new(text);
    let wrong = mentions.iter().filter(|one| {
        let ours = (one.name.as_str(), one.ours.as_str());
        ours_to_theirs[&ours] != &one.theirs || theirs_to_ours[&one.theirs] != ours
    });
    let disagreements = wrong.map(|one| {
        let place = at(file, text, &lines, one.span);
        format!("{place} `{}`: here {}, there {:?}", one.name, one.ours, one.theirs.1)
    });
    Tally { files: 1, compared: mentions.len(), disagreements: disagreements.collect(), ..Tally::default() }
}

fn at(file: &str, text: &str, lines: &LineIndex, span: Span) -> String {
    let at = lines.position(text, span.start);
    format!("{file}:{}:{}", at.line, at.column)
}
