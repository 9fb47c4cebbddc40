//! A value and where it is written.

use serde::{Deserialize, Deserializer};
use serde_spanned::Spanned;
use std::ops::Range;

/// A value with its span in bytes; empty and at 0 in what the build has packed, which nobody wrote by hand.
#[derive(Debug, Clone)]
pub struct Placed<T>(Spanned<T>);

impl<T> Placed<T> {
    /// The value.
    pub fn get_ref(&self) -> &T {
        self.0.get_ref()
    }

    /// The value, to be changed.
    pub fn get_mut(&mut self) -> &mut T {
        self.0.get_mut()
    }

    /// The value, without its place.
    pub fn into_inner(self) -> T {
        self.0.into_inner()
    }

    /// In bytes.
    pub fn span(&self) -> Range<usize> {
        self.0.span()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Placed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.is_human_readable() {
            true => Spanned::deserialize(deserializer).map(Self),
            false => T::deserialize(deserializer).map(|value| Self(Spanned::new(0..0, value))),
        }
    }
}
