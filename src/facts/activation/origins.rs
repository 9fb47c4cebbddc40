//! From which closures of a component a piece of code runs, and in which renders those are made.

use super::super::Facts;
use super::super::owner::is_hook;
use super::super::places::PlaceId;
use crate::semantic::*;
use std::rc::Rc;

/// How many mentions of one closure are followed.
const MAX_MENTIONS: usize = 32;

/// In which renders a closure of a component is made that later runs.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) enum Renders {
    Each,
    /// An effect with `[]`.
    First,
    /// An effect whose dependencies are these places.
    When(Vec<PlaceId>),
    Unknown,
}

/// A closure of a component, and where in it a call stands that leads to the site.
#[derive(Debug)]
pub(in super::super) struct Origin {
    pub closure: FnId,
    pub at: ExprId,
}

/// All ways from a component's closures to a site.
#[derive(Debug, Default)]
pub(in super::super) struct Origins {
    pub all: Vec<Origin>,
    /// Those that somebody outside calls.
    pub entries: Vec<(Renders, Origin)>,
}

impl Facts<'_> {
    /// The closure of a component that a function is, or stands in.
    pub(super) fn closure_of(&self, home: FnId, function: FnId) -> Option<FnId> {
        self.tree.enclosing(function).take_while(|at| *at != home).last()
    }

    pub(super) fn origins_of_site(&self, home: FnId, site: ExprId) -> Rc<Origins> {
        if let Some(known) = self.origins.borrow().get(&(home, site)) {
            return Rc::clone(known);
        }
        let origins = Rc::new(self.find_origins(home, site));
        self.origins.borrow_mut().insert((home, site), Rc::clone(&origins));
        origins
    }

    fn find_origins(&self, home: FnId, site: ExprId) -> Origins {
        match self.closure_of(home, self.tree.expr(site).function) {
            Some(closure) => self.origins(home, closure, site),
            None => {
                let mut origins = Origins::default();
                origins.entries.push((Renders::Each, Origin { closure: home, at: site }));
                origins
            }
        }
    }

    /// Goes from the closure in which a site stands to the closures that call or hand on that closure.
    pub(super) fn origins(&self, home: FnId, closure: FnId, site: ExprId) -> Origins {
        let mut origins = Origins::default();
        let mut queue = vec![Origin { closure, at: site }];
        while let Some(origin) = queue.pop() {
            let closure = origin.closure;
            let seen = origins.all.iter().any(|known| known.closure == closure);
            let at = origin.at;
            origins.all.push(origin);
            if let Some((_, call)) = self.roles.effects.get(&closure) {
                origins.entries.push((self.renders_of_effect(*call), Origin { closure, at }));
                continue;
            }
            // Each way into a closure is noted, but what leads to it is looked for once.
            if seen {
                continue;
            }
            let mentions = self.mentions_of(closure);
            if mentions.len() > MAX_MENTIONS || self.is_memoised(closure) {
                origins.entries.push((Renders::Unknown, Origin { closure, at }));
                continue;
            }
            for mention in mentions {
                match self.closure_of(home, self.tree.expr(mention).function) {
                    Some(user) => queue.push(Origin { closure: user, at: mention }),
                    None if self.is_dependency(mention) => {}
                    None => origins.entries.push((self.renders_of_use(mention), Origin { closure, at })),
                }
            }
        }
        origins
    }

    /// Where a closure is used: the mentions of its name, or the place where it is written.
    pub(in super::super) fn mentions_of(&self, closure: FnId) -> Vec<ExprId> {
        let function = self.tree.function(closure);
        let named = function.expr.and_then(|expr| match self.tree.expr(expr).up {
            Up::Init(binding) => Some(binding),
            _ => None,
        });
        let declared = function.binding.filter(|_| function.kind == FnKind::Declaration);
        match named.or(declared) {
            Some(binding) => {
                let refs = self.tree.scopes.binding(binding).refs.iter();
                refs.map(|reference| self.tree.scopes.reference(*reference).expr).collect()
            }
            None => function.expr.into_iter().collect(),
        }
    }

    /// `const start = useCallback(() => …, [])`
    pub(super) fn is_memoised(&self, closure: FnId) -> bool {
        let Some(Up::Expr(call)) = self.tree.function(closure).expr.map(|expr| self.tree.expr(expr).up)
        else {
            return false;
        };
        let callee = self.tree.call_parts(call).map(|(callee, _)| callee);
        !self.roles.effects.contains_key(&closure)
            && callee.and_then(|callee| self.callee_name(callee)).is_some_and(|name| is_hook(name))
    }

    /// An element of the list of dependencies of a hook.
    pub(super) fn is_dependency(&self, mention: ExprId) -> bool {
        let Up::Expr(list) = self.tree.expr(mention).up else {
            return false;
        };
        let Up::Expr(call) = self.tree.expr(list).up else {
            return false;
        };
        let callee = self.tree.call_parts(call).map(|(callee, _)| callee);
        matches!(self.tree.kind(list), Kind::Array(_))
            && callee.and_then(|callee| self.callee_name(callee)).is_some_and(|name| is_hook(name))
    }

    pub(in super::super) fn renders_of_effect(&self, call: ExprId) -> Renders {
        let Some((callee, args)) = self.tree.call_parts(call) else {
            return Renders::Unknown;
        };
        let row = self.hook_rows(callee).first().map(|row| self.hook(*row)).filter(|row| row.own);
        let Some(list) = row.and_then(|row| args.get(row.callback + 1)) else {
            let plain = self.callee_name(callee).is_some_and(|name| self.protocols.render_hooks.has(name));
            return if args.len() == 1 && plain { Renders::Each } else { Renders::Unknown };
        };
        let Kind::Array(items) = self.tree.kind(*list) else {
            return Renders::Unknown;
        };
        let mut places = Vec::new();
        for item in self.tree.list(*items) {
            match self.places.of(*item) {
                Some(place) if self.made_anew_in(place).is_some() => return Renders::Each,
                Some(place) => places.push(place),
                None => return Renders::Unknown,
            }
        }
        places.sort_unstable();
        if places.is_empty() { Renders::First } else { Renders::When(places) }
    }

    /// `onMouseDown={start}` and a call in the component's body use the closure of the last render.
    pub(super) fn renders_of_use(&self, mention: ExprId) -> Renders {
        let parent = match self.tree.expr(mention).up {
            Up::Expr(parent) => parent,
            _ => return Renders::Unknown,
        };
        match self.tree.kind(parent) {
            Kind::Call { callee, .. } if *callee == mention => Renders::Each,
            Kind::Jsx { attributes, .. } => match self.tree.property_of(*attributes, mention) {
                Some(Property { key: Key::Named(name), .. }) if name.starts_with("on") => Renders::Each,
                _ => Renders::Unknown,
            },
            _ => Renders::Unknown,
        }
    }

    /// Whether an origin is a plain call of the next closure, or the site itself.
    pub(super) fn is_called_in(&self, origin: &Origin) -> bool {
        let tree = self.tree;
        if tree.expr(origin.at).function != origin.closure {
            return false;
        }
        tree.call_parts(origin.at).is_some()
            || matches!(tree.expr(origin.at).up, Up::Expr(call)
                if tree.call_parts(call).is_some_and(|(callee, _)| callee == origin.at))
    }

    /// Whether an effect's way to a site leads through the cleanup that the effect returns.
    pub(super) fn is_in_cleanup(&self, origin: &Origin) -> bool {
        let function = self.tree.function(origin.closure);
        self.roles.effects.contains_key(&origin.closure)
            && (self.tree.expr(origin.at).up == Up::Return(origin.closure)
                || function.returns.iter().any(|value| {
                    let cleanups = self.functions_of(*value);
                    cleanups.iter().any(|cleanup| self.tree.stands_in(origin.at, *cleanup))
                }))
    }
}
