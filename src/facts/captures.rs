//! What closures capture. V8 makes one context per scope and links contexts outwards: every closure made in a scope
//! keeps every variable of it that any closure captures.

use super::Facts;
use super::handler::Handler;
use super::lifecycle::Made;
use super::places::Root;
use crate::semantic::*;

/// How many captured variables are listed, and how many mentions are gone through for them.
const MAX_LISTED: usize = 3;
const MAX_MENTIONS: u32 = 2000;

/// Per function: how far out the things live that it, or a function nested in it, mentions. Depth 0 is the module; what
/// nothing mentions is as deep as can be.
#[derive(Debug)]
pub struct Outward {
    depth: Vec<u32>,
    /// The outermost variable of a function; module-level and global names live anyway.
    variables: Vec<u32>,
    /// The function whose `this` is the outermost.
    this: Vec<u32>,
}

impl Outward {
    fn new(tree: &Tree) -> Self {
        let mut depth = vec![0; tree.functions.len()];
        // Arrows see the `this` of what is around them.
        let mut of_this = vec![0; tree.functions.len()];
        for id in tree.fn_ids().skip(1) {
            let parent = tree.function(id).parent.unwrap_or(MODULE).index();
            depth[id.index()] = depth[parent] + 1;
            let arrow = tree.function(id).kind == FnKind::Arrow;
            of_this[id.index()] = if arrow { of_this[parent] } else { depth[id.index()] };
        }
        let mut variables = vec![u32::MAX; depth.len()];
        for reference in &tree.scopes.refs {
            let home = reference.binding.map(|binding| tree.scopes.function_of(binding));
            if let Some(home) = home.filter(|home| *home != MODULE) {
                let least = &mut variables[tree.expr(reference.expr).function.index()];
                *least = (*least).min(depth[home.index()]);
            }
        }
        let mut this = vec![u32::MAX; depth.len()];
        for expr in tree.exprs.iter().filter(|expr| matches!(expr.kind, Kind::This | Kind::Super)) {
            let at = expr.function.index();
            this[at] = this[at].min(of_this[at]);
        }
        for id in tree.fn_ids().skip(1).rev() {
            let parent = tree.function(id).parent.unwrap_or(MODULE).index();
            variables[parent] = variables[parent].min(variables[id.index()]);
            this[parent] = this[parent].min(this[id.index()]);
        }
        Self { depth, variables, this }
    }
}

impl Facts<'_> {
    fn outward(&self) -> &Outward {
        self.outward.get_or_init(|| Outward::new(self.tree))
    }

    /// Whether a function, or one nested in it, mentions variables of the functions around it.
    pub fn captures_variables(&self, function: FnId) -> bool {
        self.outward().variables[function.index()] < self.outward().depth[function.index()]
    }

    /// The first of the bindings that a function captures. Module-level and global names are left out: they live anyway.
    pub fn captures(&self, function: FnId) -> Vec<BindingId> {
        let mut out = Vec::new();
        if !self.captures_variables(function) {
            return out;
        }
        let (start, end) = self.tree.function(function).refs;
        for at in start..end.min(start.saturating_add(MAX_MENTIONS)) {
            let Some(binding) = self.tree.scopes.reference(RefId(at)).binding else {
                continue;
            };
            let home = self.tree.scopes.function_of(binding);
            if home != MODULE && !self.tree.is_within(home, function) && !out.contains(&binding) {
                out.push(binding);
            }
            if out.len() == MAX_LISTED {
                break;
            }
        }
        out
    }

    /// Whether the function keeps the `this` of its surroundings.
    pub fn captures_this(&self, function: FnId) -> bool {
        self.tree.function(function).kind == FnKind::Arrow
            && self.outward().this[function.index()] < self.outward().depth[function.index()]
    }

    fn keeps_anything(&self, function: FnId) -> bool {
        self.keeps_an_instance(function) || self.captures_variables(function)
    }

    /// Whether `this` is the one object of its class that there is: keeping it keeps nothing that would go.
    fn is_single(&self, class: Option<ClassId>) -> bool {
        class.is_some_and(|class| matches!(self.made(class), Made::Once | Made::Shared))
    }

    fn keeps_an_instance(&self, function: FnId) -> bool {
        self.captures_this(function) && !self.is_single(self.classes.of_this(self.tree, function))
    }

    /// Whether a handler keeps data of the call that made it: a local, a parameter, `this`.
    pub fn keeps_call_data(&self, handler: ExprId) -> bool {
        match self.tree.kind(handler) {
            Kind::Function(function) => self.keeps_anything(*function),
            // `fn.bind(this)`, `this.onTick`
            Kind::Call { .. } => {
                !self.is_single(self.classes.of_this(self.tree, self.tree.expr(handler).function))
            }
            // `this.onTick` that is bound or made per instance; a bare prototype method knows no instance.
            Kind::Member { .. } => match self.handler(handler) {
                Handler::Method(_) => false,
                _ => self.places.of(handler).is_some_and(|place| match self.places.root(place) {
                    Root::This(class) => !self.is_single(Some(*class)),
                    _ => false,
                }),
            },
            Kind::Ident(_) => {
                self.functions_of(handler).iter().any(|function| self.keeps_anything(*function))
            }
            _ => false,
        }
    }
}
