//! Script blocks of single-file components (`.vue`, `.svelte`, `.astro`), found in the bytes: tolerant, linear, and without
//! a parser of markup. The scripts are parsed where they stand, so that every offset is one into the whole file.

mod markup;
mod tags;

pub use markup::Markup;

use crate::source::{Language, Span};
use tags::{Tag, skip_braces, tag_at};

/// When the top level of a script runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Once, as that of any module.
    Module,
    /// Once for every instance of the component: `<script setup>`, Svelte's instance script.
    Instance,
    /// For every page that is rendered: Astro's frontmatter.
    Render,
}

/// One script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Script {
    /// The code.
    pub inside: Span,
    /// The opening tag or fence; empty for a file that is one script.
    pub tag: Span,
    pub language: Language,
    pub role: Role,
}

/// Scripts that share their names: a module and what runs per instance in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Unit {
    /// Modules before instances.
    pub scripts: Vec<Script>,
    /// The markup from which the scripts' names can be used.
    pub markup: Vec<Span>,
}

/// The units of a file; one for a file that is itself a script.
pub fn units(text: &str, language: Language) -> Vec<Unit> {
    let Some(Scan { mut scripts, markup, .. }) = scan(text, language) else {
        let inside = Span::new(0, text.len() as u32);
        let script = Script { inside, tag: Span::default(), language, role: Role::Module };
        return vec![Unit { scripts: vec![script], markup: Vec::new() }];
    };
    scripts.retain(|script| !text[range(script.inside)].trim().is_empty());
    match language {
        // Each of them is a module of its own.
        Language::Astro => {
            scripts.into_iter().map(|script| Unit { scripts: vec![script], markup: Vec::new() }).collect()
        }
        _ => one_component(scripts, markup),
    }
}

/// The comments between the scripts of a component, `<!-- … -->` included; none in a file that is itself a script.
pub fn comments(text: &str, language: Language) -> Vec<Span> {
    scan(text, language).map(|scan| scan.comments).unwrap_or_default()
}

fn scan(text: &str, language: Language) -> Option<Scan<'_>> {
    let mut scan =
        Scan { text, at: 0, scripts: Vec::new(), markup: Vec::new(), comments: Vec::new(), faults: 0 };
    match language {
        Language::Vue { .. } => scan.vue(),
        Language::Svelte { .. } => scan.flat(Format::Svelte),
        Language::Astro => scan.astro(),
        _ => return None,
    }
    Some(scan)
}

/// A component has one script per instance; further ones stand in the page by themselves.
fn one_component(scripts: Vec<Script>, markup: Vec<Span>) -> Vec<Unit> {
    let mut component = Unit { scripts: Vec::new(), markup };
    let mut others = Vec::new();
    for script in scripts {
        let second = component.scripts.iter().any(|known| known.role == script.role);
        match second {
            true => others.push(Unit { scripts: vec![script], markup: Vec::new() }),
            false => component.scripts.push(script),
        }
    }
    component.scripts.sort_by_key(|script| script.role != Role::Module);
    let mut units = vec![component];
    units.retain(|unit| !unit.scripts.is_empty());
    units.extend(others);
    units
}

fn range(span: Span) -> std::ops::Range<usize> {
    span.start as usize..span.end as usize
}

/// How markup is read outside the tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// `{ … }` holds code, in which `<` opens no tag.
    Svelte,
    /// `{ … }` holds code, in which `<` opens a tag.
    Astro,
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    scripts: Vec<Script>,
    markup: Vec<Span>,
    comments: Vec<Span>,
    /// How often something was opened that never ends; each of them costs a look at the rest of the file.
    faults: u32,
}

/// How many things that never end are put up with.
const MAX_FAULTS: u32 = 8;

impl Scan<'_> {
    /// Scripts stand at the top level, beside a template, styles and blocks of other kinds.
    fn vue(&mut self) {
        while let Some(tag) = self.next_tag() {
            if tag.closes_itself || tag.is_end {
                continue;
            }
            let name = tag.name(self.text);
            let html = tag.value(self.text, "lang").is_none_or(|lang| lang == "html");
            if name == "template" && html {
                let end = self.end_of_template();
                self.markup.push(Span::new(tag.end as u32, end as u32));
                continue;
            }
            let inside = self.raw(&tag);
            match name {
                "script" => self.script(&tag, inside, tag.has(self.text, "setup"), Language::JavaScript),
                "template" => self.markup.push(inside),
                _ => {}
            }
        }
    }

    /// The end of the template that was opened before `at`, and `at` behind its closing tag.
    fn end_of_template(&mut self) -> usize {
        let start = self.at;
        let mut depth = 1;
        while let Some(tag) = self.next_tag() {
            if !tag.name(self.text).eq_ignore_ascii_case("template") || tag.closes_itself {
                continue;
            }
            depth = if tag.is_end { depth - 1 } else { depth + 1 };
            if depth == 0 {
                return tag.start;
            }
        }
        // Something in it is not closed: it ends where the last closing tag stands.
        let end = memchr::memmem::rfind(&self.text.as_bytes()[start..], b"</template");
        self.at = end.map_or(self.text.len(), |end| start + end);
        self.at
    }

    /// Frontmatter between `---` and `---`, then markup with scripts anywhere in it.
    fn astro(&mut self) {
        let bytes = self.text.as_bytes();
        let start = self.text.len() - self.text.trim_start().len();
        if self.text[start..].starts_with("---") {
            let open = start + 3;
            let begins_line = |at: &usize| {
                let before = bytes[open..*at].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
                matches!(before, Some(b'\n' | b'\r'))
            };
            let mut fences = memchr::memmem::find_iter(&bytes[open..], b"---").map(|at| open + at);
            let close = fences.find(begins_line);
            let end = close.unwrap_or(self.text.len());
            self.scripts.push(Script {
                inside: Span::new(open as u32, end as u32),
                tag: Span::new(start as u32, open as u32),
                language: Language::Tsx,
                role: Role::Render,
            });
            self.at = (end + 3).min(self.text.len());
        }
        self.flat(Format::Astro);
    }

    /// Markup in which scripts may stand anywhere.
    fn flat(&mut self, format: Format) {
        let mut text_from = self.at;
        while let Some(tag) = self.next_tag_in(Some(format)) {
            let name = tag.name(self.text);
            if tag.is_end || tag.closes_itself || !matches!(name, "script" | "style") {
                continue;
            }
            self.markup.push(Span::new(text_from as u32, tag.start as u32));
            let inside = self.raw(&tag);
            text_from = self.at;
            if name == "script" {
                match format {
                    Format::Svelte => {
                        let module =
                            tag.has(self.text, "module") || tag.value(self.text, "context") == Some("module");
                        self.script(&tag, inside, !module, Language::JavaScript);
                    }
                    Format::Astro if tag.has(self.text, "is:inline") => {
                        self.script(&tag, inside, false, Language::JavaScript);
                    }
                    Format::Astro => self.script(&tag, inside, false, Language::TypeScript),
                }
            }
        }
        self.markup.push(Span::new(text_from.min(self.text.len()) as u32, self.text.len() as u32));
    }

    /// What stands between a tag and its closing one, which may be missing; `at` behind it.
    fn raw(&mut self, tag: &Tag) -> Span {
        let bytes = self.text.as_bytes();
        let name = tag.name(self.text).as_bytes();
        let is_end = |at: &usize| {
            let rest = &bytes[at + 2..];
            rest.len() >= name.len()
                && rest[..name.len()].eq_ignore_ascii_case(name)
                && rest
                    .get(name.len())
                    .is_none_or(|byte| matches!(byte, b'>' | b'/') || byte.is_ascii_whitespace())
        };
        let found = memchr::memmem::find_iter(&bytes[tag.end..], b"</").map(|at| tag.end + at).find(is_end);
        let end = found.unwrap_or(bytes.len());
        self.at = match found {
            Some(end) => memchr::memchr(b'>', &bytes[end..]).map_or(bytes.len(), |at| end + at + 1),
            None => bytes.len(),
        };
        Span::new(tag.end as u32, end as u32)
    }

    fn script(&mut self, tag: &Tag, inside: Span, instance: bool, default: Language) {
        let Some(language) = language_of(tag, self.text, default) else {
            return;
        };
        let role = if instance { Role::Instance } else { Role::Module };
        let tag = Span::new(tag.start as u32, tag.end as u32);
        self.scripts.push(Script { inside, tag, language, role });
    }

    fn next_tag(&mut self) -> Option<Tag> {
        self.next_tag_in(None)
    }

    /// The next tag, comments and code in braces passed over; `at` behind it.
    fn next_tag_in(&mut self, format: Option<Format>) -> Option<Tag> {
        let bytes = self.text.as_bytes();
        loop {
            let at = self.at + memchr::memchr2(b'<', b'{', bytes.get(self.at..)?)?;
            let rest = &bytes[at..];
            if rest[0] == b'{' {
                self.at = self.behind_brace(at, format);
            } else if rest.starts_with(b"<!--") {
                self.at = at + 4 + memchr::memmem::find(&rest[4..], b"-->")? + 3;
                self.comments.push(Span::new(at as u32, self.at as u32));
            } else {
                match tag_at(bytes, at, format.is_some()) {
                    tags::Found::Tag(tag) => {
                        self.at = tag.end;
                        return Some(tag);
                    }
                    tags::Found::NoTag => self.at = at + 1,
                    // `a<b && "it's"`: what looks like a tag is code. The next script is one again.
                    tags::Found::Unclosed => {
                        self.faults += 1;
                        let next = memchr::memmem::find(&rest[1..], b"<script")?;
                        self.at = (self.faults < MAX_FAULTS).then_some(at + 1 + next)?;
                    }
                }
            }
        }
    }

    /// Where to go on behind a `{` in text.
    fn behind_brace(&mut self, at: usize, format: Option<Format>) -> usize {
        let rest = &self.text.as_bytes()[at..];
        match format {
            Some(Format::Svelte) if self.faults < MAX_FAULTS => {
                let end = skip_braces(self.text.as_bytes(), at);
                self.faults += u32::from(end.is_none());
                end.unwrap_or(at + 1)
            }
            // `{{ a <b }}`
            None if rest.starts_with(b"{{") => {
                let near = &rest[..rest.len().min(MAX_MUSTACHE)];
                at + memchr::memmem::find(near, b"}}").map_or(1, |end| end + 2)
            }
            _ => at + 1,
        }
    }
}

/// Bytes that `{{ … }}` may span: looked through again for each `{`.
const MAX_MUSTACHE: usize = 512;

/// The language that a `<script>` says it is in; `None` for data, and for languages that compile to JavaScript otherwise.
fn language_of(tag: &Tag, text: &str, default: Language) -> Option<Language> {
    let named = match tag.value(text, "lang") {
        Some(lang) => Some(lang),
        None => match tag.value(text, "type") {
            None | Some("" | "module" | "text/javascript" | "application/javascript") => None,
            Some("text/typescript") => Some("ts"),
            Some("text/babel" | "text/jsx") => Some("jsx"),
            Some(_) => return None,
        },
    };
    match named {
        None => Some(default),
        Some("js" | "javascript" | "jsx" | "mjs" | "") => Some(Language::JavaScript),
        Some("ts" | "typescript" | "mts") => Some(Language::TypeScript),
        Some("tsx") => Some(Language::Tsx),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests;
