//! The table: kind of failure × what is known of holder and repetition → tier.

use super::Failure;
use crate::facts::lifetime::Life;
use crate::facts::repetition::Level;
use serde::{Deserialize, Serialize};

/// How sure a verdict is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Tier {
    /// Growth or acquire without release; domain or lifetime unknown.
    Possible,
    /// Exactly one step rests on a named heuristic.
    Likely,
    /// All four questions are answered by the code.
    Proven,
}

impl Tier {
    /// The tier's name as users write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Proven => "proven",
        }
    }
}

/// What the table is asked with.
#[derive(Debug, Clone, Copy)]
pub struct Evidence {
    pub life: Life,
    pub level: Level,
    /// The owner has an end that is surely one.
    pub has_teardown: bool,
}

/// `None` means silence.
pub fn tier(failure: &Failure, evidence: Evidence) -> Option<Tier> {
    if evidence.level == Level::Once || evidence.life == Life::Same {
        return None;
    }
    let repeated = evidence.level == Level::Repeated;
    let known = match (evidence.life, evidence.level) {
        (_, Level::Unknown) => return unknown_repetition(failure),
        (Life::Longer, _) => true,
        _ => false,
    };
    match failure {
        Failure::Dropped | Failure::NeverReleased | Failure::Unaborted { .. } if !known => None,
        Failure::Dropped | Failure::NeverReleased | Failure::Unaborted { .. } => Some(by(repeated)),
        Failure::Rival { .. } => Some(Tier::Likely),
        Failure::OneOutcome { .. } => Some(by(known && repeated)),
        Failure::Mismatch { .. } | Failure::Unreachable { .. } => Some(by(known && repeated)),
        Failure::OffTeardown { .. } if !known => Some(Tier::Possible),
        Failure::OffTeardown { .. } => Some(by(repeated && evidence.has_teardown)),
        Failure::Asymmetric { same_target, .. } => Some(by(*same_target)),
        Failure::AcquiredAtTheEnd { .. } => Some(by(repeated)),
        Failure::PathMiss { .. } if !known => None,
        Failure::PathMiss { .. } => Some(if repeated { Tier::Likely } else { Tier::Possible }),
        Failure::Overwritten { in_loop, .. } => Some(by(*in_loop)),
        Failure::Unbounded | Failure::Retained | Failure::Raced { .. } => Some(by(known && repeated)),
    }
}

fn by(proven: bool) -> Tier {
    if proven { Tier::Proven } else { Tier::Likely }
}

/// Nobody knows how often the site runs: only what is wrong whenever it runs at all is worth a word.
fn unknown_repetition(failure: &Failure) -> Option<Tier> {
    match failure {
        Failure::Mismatch { .. } | Failure::AcquiredAtTheEnd { .. } | Failure::Unreachable { .. } => {
            Some(Tier::Likely)
        }
        Failure::Asymmetric { same_target: true, .. } => Some(Tier::Likely),
        _ => Some(Tier::Possible),
    }
}
