//! leaklint finds memory leaks in JavaScript and TypeScript.
//!
//! The flow of one run:
//!
//! ```text
//! paths → walk → read → components → prefilter → parse → semantic → facts → obligations → rules → suppress → sort → report
//! ```
//!
//! [`linter::lint`] is the pipeline of one file, a pure function; [`runner`] runs it over many. Rules pick the verdicts
//! of one engine, [`obligations`], and word them; what acquires and what releases is data in `rules/*.toml`.

#![cfg_attr(not(test), deny(clippy::unwrap_used))]

pub mod allocator;
pub mod ast;
pub mod baseline;
pub mod cache;
pub mod changes;
pub mod cli;
pub mod components;
pub mod config;
pub mod diagnostic;
pub mod facts;
pub mod fingerprint;
pub mod git;
pub mod kinds;
pub mod linter;
pub mod nesting;
pub mod obligations;
pub mod parse;
pub mod prefilter;
pub mod protocol;
pub mod read;
pub mod report;
pub mod repository;
pub mod rules;
pub mod runner;
pub mod semantic;
pub mod settings;
pub mod shapes;
pub mod shard;
pub mod source;
pub mod spelling;
pub mod suppress;
pub mod walk;
