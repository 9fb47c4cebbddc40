//! What decides about the outcome of a file, as one number.

use crate::settings::Settings;
use crate::source::Language;
use rustc_hash::FxHashMap;
use std::sync::{Mutex, PoisonError};
use twox_hash::XxHash3_128;

/// A hash of a file's bytes, its language and what the settings say about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(pub(super) [u8; 16]);

/// The keys of the files of a run.
#[derive(Debug, Default)]
pub struct Keys {
    /// By address: settings stay where they are during a run.
    known: Mutex<FxHashMap<usize, Option<u128>>>,
}

impl Keys {
    /// The key of a file, unless what is asked is more than a cache knows. Files are parsed as deep as `max_nesting`, which
    /// need not be what the settings say.
    ///
    /// `settings` must not change or move while these keys are in use.
    pub fn key(
        &self,
        bytes: &[u8],
        language: Language,
        settings: &Settings,
        max_nesting: u32,
    ) -> Option<Key> {
        let said = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let address = std::ptr::from_ref(settings).addr();
            *known.entry(address).or_insert_with(|| identity(settings))
        };
        let mut parts = [0; 38];
        parts[..16].copy_from_slice(&XxHash3_128::oneshot(bytes).to_le_bytes());
        parts[16..32].copy_from_slice(&said?.to_le_bytes());
        parts[32..36].copy_from_slice(&max_nesting.to_le_bytes());
        parts[36..].copy_from_slice(&code(language));
        Some(Key(XxHash3_128::oneshot(&parts).to_le_bytes()))
    }
}

fn code(language: Language) -> [u8; 2] {
    match language {
        Language::JavaScript => [0, 0],
        Language::TypeScript => [1, 0],
        Language::Tsx => [2, 0],
        Language::Vue { root } => [3, u8::from(root)],
        Language::Svelte { root } => [4, u8::from(root)],
        Language::Astro => [5, 0],
    }
}

/// All that settings say of findings. Every field is named here, so that none can be forgotten.
fn identity(settings: &Settings) -> Option<u128> {
    let Settings {
        catalogue,
        min_confidence,
        rules,
        only,
        limits,
        require_reason,
        minified,
        // Larger files are not read.
        max_file_size: _,
        // Given by itself.
        max_nesting: _,
        no_prefilter,
        keep_hidden,
        trace,
        parse_only,
    } = settings;
    if *trace || *parse_only {
        return None;
    }
    let mut rules: Vec<_> = rules.iter().collect();
    rules.sort_unstable();
    let taught = catalogue.taught();
    let said =
        (taught, min_confidence, rules, only, limits, require_reason, minified, no_prefilter, keep_hidden);
    Some(XxHash3_128::oneshot(format!("{said:?}").as_bytes()))
}

/// What this program was built from. Its size stands for what no source tells, such as other versions of its libraries.
pub(super) fn program() -> u128 {
    let size = std::env::current_exe().and_then(std::fs::metadata).map_or(0, |meta| meta.len());
    let built = (env!("CARGO_PKG_VERSION"), env!("LEAKLINT_SOURCES"), size);
    XxHash3_128::oneshot(format!("{built:?}").as_bytes())
}
