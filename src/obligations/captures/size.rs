//! How large a value provably is.

use super::super::Engine;
use crate::ast::BinaryOp;
use crate::facts::paths;
use crate::semantic::*;

/// A provably large value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Size {
    Elements(u64),
    Bytes(u64),
    /// A whole file or response body.
    Whole,
}

impl Size {
    /// In words, for the message; empty where only "all of it" is known.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Elements(count) => format!("{} elements", grouped(*count)),
            Self::Bytes(count) => format!("{} bytes", grouped(*count)),
            Self::Whole => String::new(),
        }
    }
}

/// `1000000` as `1,000,000`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

impl Engine<'_, '_> {
    /// The size of a value if it is at or over the thresholds.
    pub(super) fn size_of(&self, value: ExprId) -> Option<Size> {
        let large = &self.facts.protocols.large;
        match self.measured(value, 6)? {
            Size::Elements(count) if count < self.limits.large_elements.unwrap_or(large.elements) => None,
            Size::Bytes(count) if count < self.limits.large_bytes.unwrap_or(large.bytes) => None,
            size => Some(size),
        }
    }

    fn measured(&self, value: ExprId, fuel: u32) -> Option<Size> {
        let tree = self.facts.tree;
        if fuel == 0 {
            return None;
        }
        match tree.kind(value) {
            Kind::New { callee, args } => {
                let name = self.facts.callee_name(*callee)?;
                let count = self.number(*tree.list(*args).first()?, fuel)?;
                sized(name, count)
            }
            Kind::Await(inner) => self.measured(*inner, fuel - 1),
            Kind::Call { callee, args } => self.measured_call(*callee, tree.list(*args), fuel),
            _ => None,
        }
    }

    fn measured_call(&self, callee: ExprId, args: &[ExprId], fuel: u32) -> Option<Size> {
        let tree = self.facts.tree;
        if paths::matches(tree, callee, &self.facts.protocols.large.whole).is_some() {
            return Some(Size::Whole);
        }
        match tree.kind(callee) {
            Kind::Ident(_) if self.facts.callee_name(callee)? == "Array" => {
                Some(Size::Elements(self.number(*args.first()?, fuel)?))
            }
            Kind::Member { object, name } => match &**name {
                "fill" | "map" | "slice" => self.measured(*object, fuel - 1),
                "alloc" | "allocUnsafe" | "allocUnsafeSlow" => {
                    Some(Size::Bytes(self.number(*args.first()?, fuel)?))
                }
                "from" => {
                    let Kind::Object(list) = tree.kind(*args.first()?) else {
                        return None;
                    };
                    let length = tree
                        .properties(*list)
                        .iter()
                        .find(|property| matches!(&property.key, Key::Named(name) if name == "length"))?;
                    Some(Size::Elements(self.number(length.value, fuel)?))
                }
                "repeat" => {
                    let text = tree.as_string(*object).map_or(1, |text| text.len() as u64);
                    Some(Size::Bytes(self.number(*args.first()?, fuel)? * text))
                }
                name if self.facts.protocols.large.body_methods.has(&name.into()) => Some(Size::Whole),
                _ => None,
            },
            _ => None,
        }
    }

    /// Folds arithmetic over literals and never reassigned bindings.
    pub(in super::super) fn number(&self, value: ExprId, fuel: u32) -> Option<u64> {
        let number = self.folded(value, fuel)?;
        (number.is_finite() && number >= 0.0).then_some(number as u64)
    }

    fn folded(&self, value: ExprId, fuel: u32) -> Option<f64> {
        let tree = self.facts.tree;
        if fuel == 0 {
            return None;
        }
        match tree.kind(value) {
            Kind::Number(number) => Some(*number),
            Kind::Binary { op, left, right } => {
                let (left, right) = (self.folded(*left, fuel - 1)?, self.folded(*right, fuel - 1)?);
                match op {
                    BinaryOp::Mul => Some(left * right),
                    BinaryOp::Add => Some(left + right),
                    BinaryOp::Sub => Some(left - right),
                    BinaryOp::Div => Some(left / right),
                    BinaryOp::Exp => Some(left.powf(right)),
                    BinaryOp::LShift if right < 53.0 => Some(left * 2f64.powf(right)),
                    _ => None,
                }
            }
            Kind::Ident(reference) => {
                let binding = tree.scopes.binding(tree.scopes.reference(*reference).binding?);
                let init = binding.init.filter(|_| binding.writes == 0)?;
                binding.projection.is_empty().then(|| self.folded(init, fuel - 1))?
            }
            _ => None,
        }
    }
}

fn sized(constructor: &str, count: u64) -> Option<Size> {
    match constructor {
        "Array" => Some(Size::Elements(count)),
        "ArrayBuffer" | "SharedArrayBuffer" | "Uint8Array" | "Int8Array" | "Uint8ClampedArray" => {
            Some(Size::Bytes(count))
        }
        "Uint16Array" | "Int16Array" => Some(Size::Bytes(count.saturating_mul(2))),
        "Uint32Array" | "Int32Array" | "Float32Array" => Some(Size::Bytes(count.saturating_mul(4))),
        "Float64Array" | "BigInt64Array" | "BigUint64Array" => Some(Size::Bytes(count.saturating_mul(8))),
        _ => None,
    }
}
