//! Files, texts and surroundings that nobody wishes for: each gives a clear message and the right exit code, and the
//! findings of the other files are there all the same.

mod support_robust;

#[path = "robustness/cuts.rs"]
mod cuts;
#[path = "robustness/nesting.rs"]
mod nesting;
#[path = "robustness/paths.rs"]
mod paths;
#[path = "robustness/syntax.rs"]
mod syntax;
#[path = "robustness/terminal.rs"]
mod terminal;
#[path = "robustness/texts.rs"]
mod texts;
