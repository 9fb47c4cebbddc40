//! leaklint
pub mod ast;
pub mod facts;
pub mod parse;
pub mod protocol;
pub mod semantic;
pub mod source;
