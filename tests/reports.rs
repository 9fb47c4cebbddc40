//! Every format, read back by a parser that is not ours: what stands in it, in which unit, and what cannot be forged.

mod support_robust;

#[path = "reports/columns.rs"]
mod columns;
#[path = "reports/files.rs"]
mod files;
#[path = "reports/formats.rs"]
mod formats;
#[path = "reports/hostile.rs"]
mod hostile;
#[path = "reports/links.rs"]
mod links;
#[path = "reports/merge.rs"]
mod merge;
#[path = "reports/places.rs"]
mod places;
#[path = "reports/read.rs"]
mod read;
