//! Qualified paths: `every` of `import { setInterval as every } from 'node:timers'` is `timers.setInterval`.

use crate::ast::{Atom, BinaryOp};
use crate::protocol::{Patterns, is_below};
use crate::semantic::*;

/// How many aliases are followed before a name counts as unknown.
const MAX_ALIASES: u32 = 8;

/// The qualified path of an expression: `global.` or the module's name, then the members.
///
/// `None` for anything that is rooted in a value of this file.
pub fn path_of(tree: &Tree, expr: ExprId) -> Option<String> {
    qualified(tree, expr, MAX_ALIASES)
}

/// Whether the expression's path is one of the patterns. The last name is asked first, because that
/// answers nearly always.
pub fn matches(tree: &Tree, expr: ExprId, patterns: &Patterns) -> Option<usize> {
    let last = last_name(tree, expr)?;
    if !patterns.ends_in(last) {
        return None;
    }
    patterns.find(&path_of(tree, expr)?)
}

/// The last name of an expression's path; it is one that some pattern may end in, or none of this file.
pub fn last_name(tree: &Tree, expr: ExprId) -> Option<&str> {
    last_within(tree, expr, MAX_ALIASES)
}

fn last_within(tree: &Tree, expr: ExprId, fuel: u32) -> Option<&str> {
    match tree.kind(expr) {
        Kind::Member { name, .. } if name == "default" => None,
        Kind::Member { name, .. } => Some(name),
        Kind::Ident(reference) => {
            let reference = tree.scopes.reference(*reference);
            let Some(binding) = reference.binding else {
                return Some(&reference.name);
            };
            let binding = tree.scopes.binding(binding);
            match &binding.kind {
                BindingKind::Import { name: Imported::Named(name), .. } => Some(name),
                BindingKind::Import { module, .. } => module.rsplit('.').next(),
                _ if fuel == 0 || binding.writes > 0 => None,
                _ => match binding.projection.last() {
                    Some(Segment::Named(name)) => Some(name),
                    Some(Segment::Element) => None,
                    None => {
                        let value = binding.init.or_else(|| given_at_once(tree, &binding.kind));
                        last_within(tree, value?, fuel - 1)
                    }
                },
            }
        }
        Kind::Call { .. } => required(tree, expr),
        Kind::Binary { op: BinaryOp::LogicalOr | BinaryOp::NullishCoalescing, left, .. } if fuel > 0 => {
            last_within(tree, *left, fuel - 1)
        }
        _ => None,
    }
}

fn qualified(tree: &Tree, expr: ExprId, fuel: u32) -> Option<String> {
    match tree.kind(expr) {
        Kind::Ident(reference) => {
            let reference = tree.scopes.reference(*reference);
            match reference.binding {
                None => Some(format!("global.{}", reference.name)),
                Some(binding) => of_binding(tree, binding, fuel.checked_sub(1)?),
            }
        }
        Kind::Member { object, name } => {
            let head = qualified(tree, *object, fuel)?;
            if name == "default" {
                return Some(head);
            }
            match head.as_str() {
                "global.window" | "global.globalThis" | "global.self" | "global.global" => {
                    Some(format!("global.{name}"))
                }
                _ => Some(format!("{head}.{name}")),
            }
        }
        Kind::Call { .. } => required(tree, expr).map(|module| module.to_string()),
        Kind::Await(inner) => qualified(tree, *inner, fuel),
        // `(window.AudioContext || window.webkitAudioContext)`
        Kind::Binary { op: BinaryOp::LogicalOr | BinaryOp::NullishCoalescing, left, .. } => {
            qualified(tree, *left, fuel.checked_sub(1)?).filter(|path| path.starts_with("global."))
        }
        _ => None,
    }
}

fn of_binding(tree: &Tree, id: BindingId, fuel: u32) -> Option<String> {
    let binding = tree.scopes.binding(id);
    if let BindingKind::Import { module, name } = &binding.kind {
        return Some(match name {
            Imported::Named(name) if name != "default" => format!("{module}.{name}"),
            _ => module.to_string(),
        });
    }
    if binding.writes > 0 {
        return None;
    }
    let mut path = qualified(tree, binding.init.or_else(|| given_at_once(tree, &binding.kind))?, fuel)?;
    for segment in &binding.projection {
        match segment {
            Segment::Named(name) => {
                path.push('.');
                path.push_str(name);
            }
            Segment::Element => return None,
        }
    }
    Some(path)
}

/// `jQuery` of `(function ($) { … })(jQuery)`: what a function that is called where it is written gets for a parameter.
fn given_at_once(tree: &Tree, kind: &BindingKind) -> Option<ExprId> {
    let BindingKind::Parameter { function, index } = kind else {
        return None;
    };
    let function = tree.function(*function).expr?;
    let Up::Expr(call) = tree.expr(function).up else {
        return None;
    };
    let (callee, args) = tree.call_parts(call)?;
    args.get(*index as usize).copied().filter(|_| callee == function)
}

/// The modules that a file names: imported, exported from, required. Sorted.
pub fn modules(tree: &Tree) -> Vec<Atom> {
    let calls = tree.calls.iter().chain(&tree.import_calls);
    let mut modules: Vec<Atom> = calls.filter_map(|call| required(tree, *call)).map(Atom::from).collect();
    modules.extend(tree.modules.iter().cloned());
    modules.sort_unstable();
    modules.dedup();
    modules
}

/// Whether some module is one of the packages, or lies below it.
pub fn imports_any(modules: &[Atom], packages: &[String]) -> bool {
    modules.iter().any(|module| packages.iter().any(|package| is_below(module, package)))
}

/// `require('x')` and `import('x')`, the latter awaited.
fn required(tree: &Tree, call: ExprId) -> Option<&str> {
    let args = match tree.kind(call) {
        Kind::Call { callee, args } => {
            let Kind::Ident(reference) = tree.kind(*callee) else {
                return None;
            };
            let reference = tree.scopes.reference(*reference);
            if reference.name != "require" || reference.binding.is_some() {
                return None;
            }
            args
        }
        Kind::ImportCall(args) => args,
        _ => return None,
    };
    let name = tree.as_string(*tree.list(*args).first()?)?;
    Some(name.strip_prefix("node:").unwrap_or(name))
}
