//! leaklint.jsonc: what a user says of rules, of files, of APIs and of names.
//!
//! [`written`] is the shape of a file and [`schema`] its description for editors; [`layer`] is what one file says, with
//! places; [`chain`] puts what it extends before it. [`discovery`] says which file holds for a folder.

pub mod chain;
pub mod discovery;
pub mod document;
mod globs;
mod jsonc;
pub mod layer;
mod locate;
pub mod options;
pub mod schema;
pub mod written;

pub use chain::{Config, Holding, Loader};
pub use discovery::{Finder, Resolver, folder_of};
pub use document::{Document, Place};
pub use layer::{Says, Set};
pub use locate::inside;
