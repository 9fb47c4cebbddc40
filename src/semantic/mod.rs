//! What names mean and where values go: scopes, bindings, references and the flat expression tables.

mod component;
mod lower;
mod queries;
pub mod scope;
pub mod tree;

pub use component::{Component, Format};
pub use lower::{lower, lower_unit};
pub use scope::{Binding, BindingId, BindingKind, Imported, RefId, ScopeId, ScopeKind, Segment};
pub use tree::*;
