//! The connection under an HTTP exchange: it outlives the exchange where an agent keeps it alive.
//!
//! ```js
//! request.on('socket', socket => socket.on('timeout', retry));   // once more for each request on that socket
//! function handle(req, res) { req.socket.on('close', stop); }
//! ```

use super::Facts;
use super::places::{PlaceId, Root};
use crate::ast::Atom;
use crate::semantic::*;

impl Facts<'_> {
    /// Whether a place holds a connection that one exchange after the other is given.
    pub fn is_lent_connection(&self, place: PlaceId) -> bool {
        let Root::Binding(binding) = self.places.root(place) else {
            return false;
        };
        let BindingKind::Parameter { function, index } = self.tree.scopes.binding(*binding).kind else {
            return false;
        };
        match self.places.depth(place) {
            0 => index == 0 && self.gets_connection(function),
            _ => self.is_connection_of(place, function),
        }
    }

    /// Whether what stands at `site` runs only after a question about what is in the place:
    /// `if (!known.has(socket)) { known.add(socket); … }`.
    pub fn is_asked_about(&self, place: PlaceId, site: ExprId) -> bool {
        let tree = self.tree;
        let path: Vec<RegionId> = tree.region_path(tree.expr(site).region).collect();
        let around = path.iter().filter_map(|region| tree.region(*region).test);
        let position = tree.span(site).start;
        let before =
            tree.guards.iter().filter(|guard| guard.from <= position && path.contains(&guard.region));
        let mut tests = around.chain(before.map(|guard| guard.test));
        tests.any(|test| {
            let mut uses = self.places.uses(place).iter();
            self.places.of(test) != Some(place) && uses.any(|at| tree.span(test).contains(tree.span(*at)))
        })
    }

    /// The function handles the event that hands out the connection of a request.
    fn gets_connection(&self, function: FnId) -> bool {
        let Some(Up::Expr(call)) = self.tree.function(function).expr.map(|expr| self.tree.expr(expr).up)
        else {
            return false;
        };
        let Some((callee, args)) = self.tree.call_parts(call) else {
            return false;
        };
        let Kind::Member { object, name } = self.tree.kind(callee) else {
            return false;
        };
        let event = args.first().and_then(|event| self.tree.as_string(*event));
        self.protocols.listener_methods.contains_key(name)
            && event.is_some_and(|event| self.protocols.connections.has(event))
            && self.callee_name(*object).is_some_and(|name| self.protocols.exchanges.has(name))
    }

    /// `req.socket`, in a function that is not told of a new connection, which it would be once.
    fn is_connection_of(&self, place: PlaceId, function: FnId) -> bool {
        let name_of = |binding: BindingId| &self.tree.scopes.binding(binding).name;
        let exchange = self.places.parent(place).and_then(|parent| match self.places.root(parent) {
            Root::Binding(binding) if self.places.depth(parent) == 0 => Some(name_of(*binding)),
            _ => self.places.last_name(parent),
        });
        let is_new = |name: &Atom| self.protocols.connections.has(name) || matches!(&**name, "ws" | "head");
        let mut params = self.tree.function(function).params.iter().filter_map(|param| param.binding);
        self.places.last_name(place).is_some_and(|name| self.protocols.connections.has(name))
            && exchange.is_some_and(|name| self.protocols.exchanges.has(name))
            && !params.any(|param| is_new(name_of(param)))
    }
}
