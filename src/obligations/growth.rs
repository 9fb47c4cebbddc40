//! What happens to a container: growth, shrinking, size checks, handing out.

mod ring;

use super::Engine;
use crate::ast::{AssignOp, Atom, BinaryOp, UnaryOp};
use crate::facts::flow::Sink;
use crate::facts::places::PlaceId;
use crate::protocol::KEYED;
use crate::semantic::*;
use std::rc::Rc;

/// One statement by which a container grows.
#[derive(Debug, Clone)]
pub(super) struct Growth {
    pub site: ExprId,
    pub key: Option<ExprId>,
    pub value: Option<ExprId>,
    /// `push`, `unshift`, a Set's `add`: each new value is a new entry.
    pub pushes: bool,
}

/// Everything that this file does with one container.
#[derive(Debug, Default)]
pub(super) struct Uses {
    pub growths: Vec<Growth>,
    /// What bounds it, and where.
    pub bounds: Vec<(ExprId, &'static str)>,
    /// The keys of slots that are set to `null` or `undefined`: they stay.
    pub emptied: Vec<ExprId>,
    /// Methods of arrays called on a plain object, which has none of them: what they were to take out stays.
    pub vain: Vec<ExprId>,
    /// The functions that use it, but for the one that makes it; sorted.
    pub homes: Vec<FnId>,
    /// Comparisons of its size, sorted; they bound the growths that they guard.
    pub checks: Vec<ExprId>,
    /// Where it gets out of sight.
    pub escape: Option<(ExprId, &'static str)>,
    /// `get`, `has`, `[k]`: something looks keys up.
    pub reads_by_key: bool,
    /// Iterated as a whole.
    pub iterated: bool,
}

impl Engine<'_, '_> {
    /// Classifies every use of a container's place and of its elements.
    pub(super) fn container_uses(&self, place: PlaceId) -> Rc<Uses> {
        if let Some(known) = self.uses.borrow().get(&place) {
            return Rc::clone(known);
        }
        let uses = Rc::new(self.collect_uses(place));
        self.uses.borrow_mut().insert(place, Rc::clone(&uses));
        uses
    }

    fn collect_uses(&self, place: PlaceId) -> Uses {
        let mut uses = Uses::default();
        for at in self.facts.places.uses(place) {
            self.container_use(*at, &mut uses);
        }
        if !uses.bounds.is_empty() && self.is_plain_object(place) {
            let (vain, bounds) = uses.bounds.iter().partition(|(at, _)| self.is_method_of_arrays(*at));
            let vain: Vec<(ExprId, &'static str)> = vain;
            uses.vain = vain.into_iter().map(|(at, _)| at).collect();
            uses.bounds = bounds;
        }
        if let Some(element) = self.facts.places.part(place, &Segment::Element) {
            for at in self.facts.places.uses(element) {
                self.element_use(*at, &mut uses);
            }
        }
        self.drop_keyed(place, &mut uses);
        uses.checks.sort_unstable();
        let places = [Some(place), self.facts.places.part(place, &Segment::Element)];
        let used = places.iter().flatten().flat_map(|place| self.facts.places.uses(*place));
        let homes = used.filter(|at| !self.facts.is_write(**at)).map(|at| self.facts.tree.expr(*at).function);
        uses.homes = homes.collect();
        uses.homes.sort_unstable();
        uses.homes.dedup();
        uses
    }

    /// `{}`, and nothing else: an object without methods of its own.
    fn is_plain_object(&self, place: PlaceId) -> bool {
        let tree = self.facts.tree;
        let values = self.facts.values_at(place);
        let plain = |value: &ExprId| matches!(tree.kind(*value), Kind::Object(list) if tree.properties(*list).is_empty());
        !values.is_empty() && values.iter().all(plain)
    }

    fn is_method_of_arrays(&self, call: ExprId) -> bool {
        let callee = self.facts.tree.call_parts(call).map(|(callee, _)| callee);
        let name = callee.and_then(|callee| self.facts.callee_name(callee));
        name.is_some_and(|name| matches!(&**name, "splice" | "shift" | "pop"))
    }

    /// `{}.set(…)`, `[].add(…)`: methods that only something made by a constructor has; nothing is known of what they do.
    fn drop_keyed(&self, place: PlaceId, uses: &mut Uses) {
        let tree = self.facts.tree;
        let is_made = |value: &ExprId| match tree.kind(*value) {
            Kind::New { callee, .. } => self.facts.callee_name(*callee).is_none_or(|name| name != "Array"),
            _ => false,
        };
        if self.facts.values_at(place).iter().any(is_made) {
            return;
        }
        let keyed = |growth: &Growth| {
            let callee = tree.call_parts(growth.site).map(|(callee, _)| tree.kind(callee));
            matches!(callee, Some(Kind::Member { name, .. }) if KEYED.contains(&&**name))
        };
        if let Some(growth) = uses.growths.iter().find(|growth| keyed(growth)) {
            uses.escape.get_or_insert((growth.site, "has a method called that leaklint does not know"));
        }
        uses.growths.retain(|growth| !keyed(growth));
    }

    fn container_use(&self, at: ExprId, uses: &mut Uses) {
        let facts = self.facts;
        if facts.is_write(at) {
            self.rewritten(at, uses);
            return;
        }
        for sink in facts.sinks(at) {
            match sink {
                Sink::Member { member, name } if name.is_empty() => self.indexed(member, uses),
                Sink::Member { member, name } => self.member_use(member, &name, uses),
                Sink::Read => self.read(at, uses),
                Sink::Discarded => {}
                Sink::Argument { call, .. } => self.passed(at, call, uses),
                Sink::Place { .. } => {}
                Sink::Returned(_) | Sink::Exported | Sink::Property { .. } => {
                    uses.escape.get_or_insert((at, "is handed out"));
                }
                _ => {
                    uses.escape.get_or_insert((at, "is used in a way that leaklint does not follow"));
                }
            }
        }
    }

    /// `list = list.filter(…)`, `cache = {}` outside its initialisation.
    fn rewritten(&self, at: ExprId, uses: &mut Uses) {
        let tree = self.facts.tree;
        let Up::Expr(assign) = tree.expr(at).up else {
            uses.bounds.push((at, "is replaced"));
            return;
        };
        let Kind::Assign { op, value, .. } = tree.kind(assign) else {
            return;
        };
        let grows = match tree.kind(*value) {
            Kind::Array(items) => self.spreads_itself(at, tree.list(*items)),
            Kind::Object(_) => false,
            Kind::Call { callee, .. } => match tree.kind(*callee) {
                Kind::Member { object, name } => {
                    name == "concat" && self.facts.places.of(*object) == self.facts.places.of(at)
                }
                _ => false,
            },
            _ => false,
        };
        if grows {
            let growth = Growth { site: assign, key: None, value: Some(*value), pushes: true };
            uses.growths.push(growth);
            return;
        }
        if matches!(op, AssignOp::Assign) && !self.is_initialisation(assign) {
            uses.bounds.push((assign, "is replaced"));
        }
    }

    /// `list = [...list, x]`
    fn spreads_itself(&self, at: ExprId, items: &[ExprId]) -> bool {
        let tree = self.facts.tree;
        items.len() > 1
            && items.iter().any(|item| match tree.kind(*item) {
                Kind::Spread(inner) => self.facts.places.of(*inner) == self.facts.places.of(at),
                _ => false,
            })
    }

    /// In the constructor, in a field initialiser, at module level, or under "not there yet".
    fn is_initialisation(&self, assign: ExprId) -> bool {
        let tree = self.facts.tree;
        let function = tree.expr(assign).function;
        let kind = tree.function(function).kind;
        if function == MODULE
            || matches!(kind, FnKind::Constructor | FnKind::FieldInit | FnKind::StaticInit)
            || self.facts.classes.is_constructor(function)
        {
            return true;
        }
        let Kind::Assign { target: Target::Expr(target), .. } = tree.kind(assign) else {
            return false;
        };
        let place = self.facts.places.of(*target);
        tree.region_path(tree.expr(assign).region).any(|region| {
            let region = tree.region(region);
            region.kind == RegionKind::Then
                && region.test.is_some_and(|test| match tree.kind(test) {
                    Kind::Unary { op: UnaryOp::Bang, operand } => self.facts.places.of(*operand) == place,
                    _ => false,
                })
        })
    }

    /// `container[key]`: written, deleted or read.
    fn indexed(&self, member: ExprId, uses: &mut Uses) {
        let tree = self.facts.tree;
        let Kind::Index { index, .. } = tree.kind(member) else {
            return;
        };
        match tree.expr(member).up {
            Up::Expr(parent) => match tree.kind(parent) {
                Kind::Assign { op, target: Target::Expr(target), value } if *target == member => {
                    if self.is_nothing(*value) {
                        uses.emptied.push(*index);
                        return;
                    }
                    if self.is_ring(*index) {
                        uses.bounds.push((parent, "is written in a ring"));
                        return;
                    }
                    let adds = matches!(
                        op,
                        AssignOp::Assign | AssignOp::OrAssign | AssignOp::NullishAssign | AssignOp::AddAssign
                    );
                    if adds {
                        uses.growths.push(Growth {
                            site: parent,
                            key: Some(*index),
                            value: Some(*value),
                            pushes: false,
                        });
                    }
                }
                Kind::Unary { op: UnaryOp::Delete, .. } => {
                    uses.bounds.push((parent, "is shrunk by `delete`"));
                }
                Kind::Update(_) => {
                    uses.growths.push(Growth { site: parent, key: Some(*index), value: None, pushes: false })
                }
                _ => uses.reads_by_key = true,
            },
            _ => uses.reads_by_key = true,
        }
    }

    /// `null` or `undefined`.
    pub(super) fn is_nothing(&self, value: ExprId) -> bool {
        match self.facts.tree.kind(value) {
            Kind::Null => true,
            Kind::Ident(reference) => self.facts.tree.scopes.reference(*reference).name == "undefined",
            _ => false,
        }
    }

    fn member_use(&self, member: ExprId, name: &Atom, uses: &mut Uses) {
        let tree = self.facts.tree;
        let call = match tree.expr(member).up {
            Up::Expr(parent) if tree.call_parts(parent).is_some_and(|(callee, _)| callee == member) => {
                Some(parent)
            }
            _ => None,
        };
        let Some(call) = call else {
            self.property_use(member, name, uses);
            return;
        };
        let args = tree.call_parts(call).map_or(&[][..], |(_, args)| args);
        if name == "set" && args.len() > 2 {
            uses.bounds.push((call, "is told how long its entries live"));
        } else if self.facts.protocols.grow.has(name) {
            let pushes = name != "set";
            uses.growths.push(Growth {
                site: call,
                key: args.first().copied().filter(|_| name == "set" || name == "add"),
                value: if pushes { args.first().copied() } else { args.get(1).copied() },
                pushes,
            });
        } else if name == "splice" && args.len() > 2 {
            uses.growths.push(Growth { site: call, key: None, value: Some(args[2]), pushes: true });
        } else if self.facts.protocols.shrink.has(name) {
            uses.bounds.push((call, "is shrunk"));
        } else if matches!(&**name, "get" | "has" | "includes" | "hasOwnProperty") {
            uses.reads_by_key = true;
        } else if self.facts.protocols.read.has(name) {
            uses.iterated = true;
        } else {
            uses.escape.get_or_insert((call, "has a method called that leaklint does not know"));
        }
    }

    /// `list.length = 0`, `map.size > MAX`, `table.known = …`
    fn property_use(&self, member: ExprId, name: &Atom, uses: &mut Uses) {
        let tree = self.facts.tree;
        if name != "length" && name != "size" {
            return;
        }
        if self.facts.is_write(member) {
            uses.bounds.push((member, "is cut by `length =`"));
            return;
        }
        let Up::Expr(parent) = tree.expr(member).up else {
            return;
        };
        if let Kind::Binary { op, left, right } = tree.kind(parent) {
            let compares = matches!(
                op,
                BinaryOp::Gt | BinaryOp::GtEq | BinaryOp::Lt | BinaryOp::LtEq | BinaryOp::EqEqEq
            );
            let other = if *left == member { *right } else { *left };
            let against_zero = matches!(tree.kind(other), Kind::Number(n) if *n <= 1.0);
            if compares && !against_zero && !self.is_loop_test(parent) {
                uses.checks.push(parent);
            }
        }
    }

    fn is_loop_test(&self, test: ExprId) -> bool {
        self.facts.loop_tests.contains(&test)
    }

    /// Iterated, tested, or under `delete`.
    fn read(&self, at: ExprId, uses: &mut Uses) {
        if self.facts.tree.expr(at).up == Up::Iterated {
            uses.iterated = true;
        }
    }

    fn passed(&self, at: ExprId, call: ExprId, uses: &mut Uses) {
        if self.is_harmless(call) {
            return;
        }
        let tree = self.facts.tree;
        let callee = tree.call_parts(call).map(|(callee, _)| callee);
        if let Some(Kind::Member { object, name }) = callee.map(|callee| tree.kind(callee))
            && matches!(tree.kind(*object), Kind::Ident(r) if matches!(&*tree.scopes.reference(*r).name, "Object" | "Array" | "JSON" | "Reflect"))
        {
            if name == "assign" {
                let args = tree.call_parts(call).map_or(&[][..], |(_, args)| args);
                if args.first() == Some(&at) {
                    uses.growths.push(Growth {
                        site: call,
                        key: None,
                        value: args.get(1).copied(),
                        pushes: false,
                    });
                }
                return;
            }
            uses.iterated = true;
            return;
        }
        uses.escape.get_or_insert((at, "is passed to a function"));
    }

    /// `map.get(k).push(v)` grows what is inside; `delete map.get(k)`…; a shrinking call on an element is no bound.
    fn element_use(&self, at: ExprId, uses: &mut Uses) {
        let tree = self.facts.tree;
        let Up::Expr(parent) = tree.expr(at).up else {
            return;
        };
        // `delete container[k]` through an alias.
        if matches!(tree.kind(parent), Kind::Unary { op: UnaryOp::Delete, .. }) {
            uses.bounds.push((parent, "is shrunk by `delete`"));
        }
    }
}
