//! What a file with markup is: a component of Vue, Svelte or Astro.

use super::scope::BindingId;
use super::tree::FnId;
use crate::source::Language;
use rustc_hash::FxHashSet;

/// A file that is a component with markup.
#[derive(Debug, Default)]
pub struct Component {
    pub format: Format,
    /// By its name the component that holds all others.
    pub is_root: bool,
    /// The top level of the script that runs per instance.
    pub instance: Option<FnId>,
    /// Top-level names that the markup mentions: functions it may call, values it may read.
    pub in_markup: FxHashSet<BindingId>,
    /// Functions that the markup applies to elements: `use:tooltip`.
    pub actions: FxHashSet<BindingId>,
}

/// What a component is written for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    #[default]
    Vue,
    Svelte,
    Astro,
}

impl Format {
    /// As files of the format end.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vue => "vue",
            Self::Svelte => "svelte",
            Self::Astro => "astro",
        }
    }
}

impl Component {
    /// The component that a file of a language is.
    pub fn of(language: Language) -> Option<Self> {
        let (format, is_root) = match language {
            Language::Vue { root } => (Format::Vue, root),
            Language::Svelte { root } => (Format::Svelte, root),
            Language::Astro => (Format::Astro, false),
            Language::JavaScript | Language::TypeScript | Language::Tsx => return None,
        };
        Some(Self { format, is_root, ..Self::default() })
    }
}
