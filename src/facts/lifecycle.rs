//! Which framework a class belongs to, and what that says of its members.

use super::Facts;
use super::classes::{ClassFact, Dress};
use super::paths;
use super::places::{PlaceId, Root};
use crate::ast::Atom;
use crate::protocol::{Lifecycle, Protocols};
use crate::semantic::*;

/// How many instances of a class there are, as far as its framework says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// The framework makes one and keeps it.
    Once,
    /// Shared by all who are given it; nobody says among whom.
    Shared,
    /// It stands at the root of a program, or its own module puts it into the page.
    Root,
    /// One for each place where a view, page or document uses it.
    PerUse,
    /// Other files decide: a component of its own, a mixin.
    Unseen,
    /// No framework makes it.
    Elsewhere,
}

/// The row of a class: by what its base, its decorators or the call that makes it are known to be; else by its members.
pub fn of_class(tree: &Tree, protocols: &Protocols, class: &ClassFact, at: usize) -> Option<usize> {
    let bases: Vec<ExprId> = class.extends.into_iter().chain(extended(tree, class)).collect();
    let maker = maker(tree, class);
    let decorators = tree.classes.get(at).map_or(&[][..], |class| class.decorators.as_slice());
    let asked = !bases.is_empty() || maker.is_some() || !decorators.is_empty();
    let rows = if asked { protocols.lifecycles.as_slice() } else { &[] };
    let known = rows.iter().position(|row| {
        bases.iter().any(|base| paths::matches(tree, *base, &row.bases).is_some())
            || maker.is_some_and(|maker| paths::matches(tree, maker, &row.makers).is_some())
            || decorators.iter().any(|decorator| {
                paths::matches(tree, decorated_by(tree, *decorator), &row.decorators).is_some()
            })
    });
    let telling = class.members.keys().any(|name| protocols.lifecycle_members.has(name));
    if bases.is_empty() && !telling {
        return known;
    }
    known.or_else(|| {
        let named: Vec<(ExprId, String)> =
            bases.iter().filter_map(|base| Some((*base, dotted(tree, *base)?))).collect();
        protocols.lifecycles.iter().position(|row| {
            named.iter().any(|(base, name)| is_by_name(tree, *base, name, class, row))
                || class.members.keys().any(|name| row.members.has(name))
        })
    })
}

/// `A` of `A.extend({ … })`, where the class is the literal.
fn extended(tree: &Tree, class: &ClassFact) -> Option<ExprId> {
    match tree.kind(maker(tree, class)?) {
        Kind::Member { object, name } if name == "extend" => Some(*object),
        _ => None,
    }
}

/// What is called with the literal that is the class: `createReactClass({ … })`, `$.widget('ns.name', { … })`.
fn maker(tree: &Tree, class: &ClassFact) -> Option<ExprId> {
    let Dress::Object(literal) = class.dress else {
        return None;
    };
    let Up::Expr(call) = tree.expr(literal).up else {
        return None;
    };
    let (callee, args) = tree.call_parts(call)?;
    args.contains(&literal).then_some(callee)
}

/// What a decorator calls or names.
pub fn decorated_by(tree: &Tree, decorator: ExprId) -> ExprId {
    tree.call_parts(decorator).map_or(decorator, |(callee, _)| callee)
}

/// A base that is known by its name alone: of another file, and the class has a member of the framework's; or with an
/// ending that leaves no doubt.
fn is_by_name(tree: &Tree, base: ExprId, name: &str, class: &ClassFact, row: &Lifecycle) -> bool {
    if row.suffixes.iter().any(|suffix| name.ends_with(suffix.as_str())) {
        return true;
    }
    let foreign = || {
        let path = paths::path_of(tree, base);
        path.is_some_and(|path| !path.starts_with("global.") && !path.starts_with('.'))
    };
    row.bases.has(name)
        && !foreign()
        && class.members.keys().any(|name| {
            name != "constructor"
                && [&row.teardown, &row.setup, &row.entry, &row.repeats_per_instance]
                    .iter()
                    .any(|list| list.has(name))
        })
}

/// `a.b.c` as written.
fn dotted(tree: &Tree, expr: ExprId) -> Option<String> {
    match tree.kind(expr) {
        Kind::Ident(reference) => Some(tree.scopes.reference(*reference).name.to_string()),
        Kind::Member { object, name } => Some(format!("{}.{name}", dotted(tree, *object)?)),
        _ => None,
    }
}

impl Facts<'_> {
    /// The framework's row of a class, its own or the nearest base's.
    pub fn lifecycle(&self, class: ClassId) -> Option<&Lifecycle> {
        self.lifecycle_row(class).map(|at| &self.protocols.lifecycles[at])
    }

    /// Its index.
    pub fn lifecycle_row(&self, class: ClassId) -> Option<usize> {
        self.classes.lineage(class).find_map(|at| self.classes.get(at).lifecycle)
    }

    /// The teardown that a member's name was meant to be: `componentWillUnMount`. The framework never calls it.
    pub fn misspelt_teardown(&self, class: ClassId, name: &Atom, function: FnId) -> Option<&str> {
        let row = self.lifecycle(class)?;
        if [&row.teardown, &row.setup, &row.entry, &row.repeats_per_instance]
            .iter()
            .any(|list| list.has(name))
        {
            return None;
        }
        if !self.graph.callers[function.index()].is_empty() {
            return None;
        }
        let meant = row.teardown_names.iter().find(|meant| is_slip(name, meant));
        match meant {
            Some(meant) => Some(meant),
            None if row.misspelt.has(name) => row.teardown_names.first().map(String::as_str),
            None => None,
        }
    }

    /// Whether a field holds a part of its own object: what the framework puts there, what a decorator or type says.
    pub fn is_own_part(&self, field: PlaceId, class: ClassId) -> bool {
        let Some(Segment::Named(name)) = self.places.segment(field) else {
            return false;
        };
        if self.lifecycle(class).is_some_and(|row| row.own.has(name)) {
            return true;
        }
        self.classes.lineage(class).any(|at| {
            let class = self.tree.classes.get(at.index());
            class.is_some_and(|class| class.named(name).any(|member| self.is_queried(member)))
        })
    }

    fn is_queried(&self, member: &Member) -> bool {
        member.decorators.iter().any(|decorator| {
            let callee = decorated_by(self.tree, *decorator);
            paths::matches(self.tree, callee, &self.protocols.own_decorators).is_some()
        })
    }

    /// Whether a place lies beyond what it starts with: `this.element.ownerDocument`.
    pub fn leads_out(&self, place: PlaceId) -> bool {
        self.places.ancestors(place).any(
            |at| matches!(self.places.segment(at), Some(Segment::Named(name)) if self.protocols.way_out.has(name)),
        )
    }

    /// `inject(DOCUMENT)`, `@Inject(DOCUMENT) private document: Document`: the global behind a field or parameter.
    pub fn is_injected_global(&self, value: ExprId) -> bool {
        let Some((callee, args)) = self.tree.call_parts(value) else {
            return false;
        };
        paths::matches(self.tree, callee, &self.protocols.injectors).is_some()
            && args
                .first()
                .is_some_and(|token| paths::matches(self.tree, *token, &self.protocols.tokens).is_some())
    }

    /// The decorators of the parameter that fills a field.
    pub fn filled_by_token(&self, field: PlaceId, class: ClassId) -> bool {
        if self.values_at(field).iter().any(|value| self.is_injected_global(*value)) {
            return true;
        }
        self.classes.get(class).constructors.iter().any(|constructor| {
            self.tree.function(*constructor).params.iter().any(|param| {
                param.decorators.iter().any(|decorator| self.is_injected_global(*decorator))
                    && param
                        .binding
                        .is_some_and(|binding| self.place_of_parameter(binding, class) == Some(field))
            })
        })
    }

    fn place_of_parameter(&self, binding: BindingId, class: ClassId) -> Option<PlaceId> {
        let of_property = self.tree.classes.get(class.index()).and_then(|entry| {
            let mut named = entry.named(&self.tree.scopes.binding(binding).name);
            named.find(|member| member.kind == MemberKind::ParameterProperty(binding))
        });
        if let Some(name) = of_property.and_then(|member| member.name.as_ref()) {
            let root = self.places.at_root(&Root::This(class))?;
            return self.places.part(root, &Segment::Named(name.clone()));
        }
        let mention = *self.tree.scopes.binding(binding).refs.first()?;
        self.places.of(self.tree.scopes.reference(mention).expr)
    }
}

/// One name written for another: in other case, or with a letter or two amiss.
fn is_slip(name: &str, meant: &str) -> bool {
    const LONG_ENOUGH: usize = 10;
    if name == meant || meant.len() < LONG_ENOUGH || name.len().abs_diff(meant.len()) > 1 {
        return false;
    }
    name.eq_ignore_ascii_case(meant) || differs_by_one(name.as_bytes(), meant.as_bytes())
}

/// One letter too many, too few or another; or two neighbours swapped.
fn differs_by_one(a: &[u8], b: &[u8]) -> bool {
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[same..], &b[same..]);
    match (a, b) {
        ([], [_]) | ([_], []) => true,
        ([x, y, a @ ..], [p, q, b @ ..]) if a == b && x == q && y == p => true,
        ([_, a_rest @ ..], [_, b_rest @ ..]) => a_rest == b_rest || a_rest == b || a == b_rest,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_pen() {
        assert!(is_slip("componentWillUnMount", "componentWillUnmount"));
        assert!(is_slip("ngOnDestory", "ngOnDestroy"));
        assert!(is_slip("componentWilUnmount", "componentWillUnmount"));
        assert!(is_slip("disconectedCallback", "disconnectedCallback"));
        assert!(!is_slip("componentWillUnmount", "componentWillUnmount"));
        assert!(!is_slip("componentWillUpdate", "componentWillUnmount"));
        assert!(!is_slip("connectedCallback", "disconnectedCallback"));
        assert!(!is_slip("willDestroy", "willDestroyElement"));
    }
}
