//! The record of how each obligation was decided, for `--trace`.

use super::Family;
use crate::source::Span;

/// One obligation and the steps of its decision, last the deciding one.
#[derive(Debug, Clone)]
pub struct Decision {
    pub family: Family,
    pub span: Span,
    pub lines: Vec<String>,
}

impl Family {
    /// The family's name in traces.
    pub fn name(self) -> &'static str {
        match self {
            Self::Capture => "capture",
            Self::Interval => "interval",
            Self::Listener => "listener",
            Self::Container => "container",
        }
    }
}
