//! What a file with markup is: a component of Vue, Svelte or Astro.

use super::scope::{BindingId, MODULE_SCOPE, ScopeId};
use super::tree::{FnId, Tree};
use crate::components::Markup;
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

impl Tree {
    /// Notes which top-level names of a component its markup mentions. Only facts ask for that, so that it is left to those
    /// who derive them.
    pub fn read_markup(&mut self, markup: &Markup<'_>) {
        let Some(mut component) = self.component.take() else {
            return;
        };
        let instance = component.instance.map(|instance| self.function(instance).scope);
        let top = |scope: ScopeId| scope == MODULE_SCOPE || Some(scope) == instance;
        let all = || (0..).map(BindingId).zip(&self.scopes.bindings).filter(|(_, at)| top(at.scope));
        let mentions = markup.mentions(all().map(|(_, binding)| &*binding.name));
        component.in_markup = all().filter(|(_, at)| mentions.has(&at.name)).map(|(id, _)| id).collect();
        component.actions = all().filter(|(_, at)| mentions.is_action(&at.name)).map(|(id, _)| id).collect();
        self.component = Some(component);
    }
}
