//! Whether a file can hold a finding at all, judged from its bytes in one pass. A file is passed over only when no enabled
//! rule can fire in it; the same findings come out without this step.
//!
//! What has to stand in a file is declared by the rows (see [`crate::protocol::Gates`]): `watch` beside `chokidar`, `connect`
//! beside `Signal`, `add` beside `Set`.

mod comments;
mod growth;
mod scan;

use crate::protocol::{Family, HandleRule};
use crate::rules;
use crate::settings::Settings;
use memchr::memmem;
use scan::Scan;

/// What a file's bytes say, in rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// No word of a rule stands in it.
    Nothing,
    /// Words of rules stand in it, and not what would have to stand beside them.
    Words,
    /// An obligation may open.
    MayOpen,
}

/// See the module's text.
pub fn standing(text: &str, settings: &Settings) -> Standing {
    let bytes = text.as_bytes();
    // Escapes can spell any name; suppressions must be reported when unused.
    if memmem::find(bytes, b"\\u").is_some() || memmem::find(bytes, b"leaklint").is_some() {
        return Standing::MayOpen;
    }
    Scan::new(bytes, settings.catalogue.gates(), Enabled::of(settings)).run()
}

/// The families whose rules are on.
#[derive(Debug, Clone, Copy)]
struct Enabled {
    handles: [bool; HandleRule::ALL.len()],
    listeners: bool,
    containers: bool,
    races: bool,
    captures: bool,
    cleanups: bool,
    /// What a file itself shows to be a handle.
    local: bool,
}

impl Enabled {
    fn of(settings: &Settings) -> Self {
        let on = |rule: &str| settings.is_enabled(rule);
        let cleanups = on("unreachable-cleanup");
        // These two speak of the handles of all rules.
        let every = cleanups || on("overwritten-handle");
        let handles = HandleRule::ALL.map(|rule| {
            let rearms = rule == HandleRule::Timeout && on(rules::of_handle(HandleRule::Rearming));
            every || rearms || on(rules::of_handle(rule))
        });
        Self {
            handles,
            listeners: cleanups
                || ["unremoved-listener", "mismatched-removal", "unaborted-signal"].into_iter().any(on),
            containers: on("unbounded-collection"),
            races: on("long-lived-race"),
            captures: on("large-closure-capture"),
            cleanups,
            local: every || on("unreleased-subscription"),
        }
    }

    fn has(&self, family: Family) -> bool {
        match family {
            Family::Handle(rule) => self.handles[rule as usize],
            Family::Listener => self.listeners,
            Family::Container => self.containers,
            Family::Race => self.races,
            Family::Capture => self.captures,
            Family::Cleanup => self.cleanups,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linter;
    use crate::source::Language;

    fn settings() -> Settings {
        Settings::new().expect("rules/*.toml")
    }

    #[test]
    fn words_need_their_company() {
        let settings = settings();
        let of = |text: &str| standing(text, &settings);
        assert_eq!(of("export const a = 1;"), Standing::Nothing);
        assert_eq!(of("app.commands.registerCommand(name, run);"), Standing::Words);
        assert_eq!(
            of("import { commands } from 'vscode';\ncommands.registerCommand(name, run);"),
            Standing::MayOpen
        );
        assert_eq!(of("const kept = config.cache;"), Standing::Words);
        assert_eq!(
            of("import Kept from 'node-cache';\nexport const kept = () => new Kept();"),
            Standing::MayOpen
        );
        assert_eq!(of("const seen = {};\nseen.add(1);"), Standing::Words);
        assert_eq!(of("const seen = new Set();\nseen.add(1);"), Standing::MayOpen);
        assert_eq!(
            of("// a licence that has set conditions, and emitter.on('x') in it\nlet a;"),
            Standing::Nothing
        );
        assert_eq!(of("emitter\n  .on('x', f)"), Standing::MayOpen);
        assert_eq!(of("turn(on)"), Standing::Words);
        assert_eq!(of("bus.onChange(a); bus.onChange(b);"), Standing::MayOpen);
        assert_eq!(of("bus.onChange(a); bus.onClose(b);"), Standing::Words);
        assert_eq!(of("Array.isArray(a); new Array<number>(1e6)"), Standing::MayOpen);
        assert_eq!(of("Array.isArray(a)"), Standing::Nothing);
        assert_eq!(of("caf\\u00e9"), Standing::MayOpen);
    }

    #[test]
    fn rules_that_are_off_open_nothing() {
        let mut settings = settings();
        assert_eq!(standing("table[key] = value", &settings), Standing::MayOpen);
        settings.rules.insert("unbounded-collection".into(), None);
        assert_eq!(standing("table[key] = value", &settings), Standing::Nothing);
    }

    #[test]
    fn what_an_attribute_is_given_may_lose_its_cleanup() {
        let text = "import 'react';\n\
            export const Card = ({ line, dial }) => <p ref={async (node) => {\n\
            const talk = await dial(line, node);\n\
            return () => talk.destroy();\n\
            }}>card</p>;\n";
        let mut settings = settings();
        assert_eq!(linter::lint(text, Language::Tsx, &settings).diagnostics.len(), 1);
        settings.no_prefilter = true;
        assert_eq!(linter::lint(text, Language::Tsx, &settings).diagnostics.len(), 1);
    }
}
