use super::*;

const VUE: Language = Language::Vue { root: false };
const SVELTE: Language = Language::Svelte { root: false };

/// Per unit: role, language and trimmed code of each script.
fn read(text: &str, language: Language) -> Vec<Vec<(Role, Language, &str)>> {
    let of = |script: &Script| (script.role, script.language, text[range(script.inside)].trim());
    units(text, language).iter().map(|unit| unit.scripts.iter().map(of).collect()).collect()
}

#[test]
fn scripts_of_vue_stand_at_the_top_level() {
    let text = "<!-- <script>no</script> -->\n<template>\n  <template #a><p :a=\"x > y\">{{ a <b }}</p></template>\n  \
                <script>no</script>\n</template>\n<script setup lang=\"ts\">\nlet a\n</script>\n\
                <docs>\n```\n<script>no</script>\n```\n</docs>\n<script>\nexport default {}\n</script>\n\
                <script src=\"./x.js\"></script>\n";
    assert_eq!(
        read(text, VUE),
        [vec![
            (Role::Module, Language::JavaScript, "export default {}"),
            (Role::Instance, Language::TypeScript, "let a"),
        ]]
    );
    let markup = &units(text, VUE)[0];
    let names = Markup::of(text, markup).mentions(["x", "b", "docs"].into_iter());
    assert!(names.has("x") && names.has("b") && !names.has("docs"));
}

#[test]
fn scripts_of_svelte_may_stand_anywhere() {
    let text = "<script context=\"module\" lang=\"ts\">const m = 1</script>\n\
                {@html `<script>no</script>`}\n<div on:click={() => a > b} use:tip {@attach grow}>{#if a < b}x{/if}</div>\n\
                <script>let a = '</div>'</script>\n<style>a { b: c }</style>";
    assert_eq!(
        read(text, SVELTE),
        [vec![
            (Role::Module, Language::TypeScript, "const m = 1"),
            (Role::Instance, Language::JavaScript, "let a = '</div>'"),
        ]]
    );
    let names = Markup::of(text, &units(text, SVELTE)[0]).mentions(["tip", "grow", "a"].into_iter());
    assert!(names.is_action("tip") && names.is_action("grow") && !names.is_action("a"));
}

#[test]
fn astro_has_frontmatter_and_modules() {
    let text = "---\nconst a = '---';\n---\n<p>{a && <script>let b</script>}</p>\n<script is:inline>let c</script>\n\
                <script type=\"application/ld+json\">{}</script>";
    assert_eq!(
        read(text, Language::Astro),
        [
            vec![(Role::Render, Language::Tsx, "const a = '---';")],
            vec![(Role::Module, Language::TypeScript, "let b")],
            vec![(Role::Module, Language::JavaScript, "let c")],
        ]
    );
}

#[test]
fn what_is_not_closed_ends_with_the_file() {
    assert_eq!(read("<script>let a", VUE), [vec![(Role::Module, Language::JavaScript, "let a")]]);
    for text in
        ["<script", "<script lang=\"", "<", "<template><p", "<!-- <script>", "</script>", "---", "{", "{{"]
    {
        for language in [VUE, SVELTE, Language::Astro] {
            assert!(read(text, language).iter().flatten().all(|(.., code)| !code.is_empty()), "{text}");
        }
    }
    let unclosed = "<template><div><template></div></template>\n<script>let a</script>";
    assert_eq!(read(unclosed, VUE), [vec![(Role::Module, Language::JavaScript, "let a")]]);
}

/// Each of these would take minutes if some byte were looked at again and again.
#[test]
fn hostile_texts_are_read_in_linear_time() {
    let units_of = |piece: &str| {
        let text = piece.repeat(300_000 / piece.len());
        [VUE, SVELTE, Language::Astro].map(|language| units(&text, language).len())
    };
    for piece in [
        "{",
        "{{",
        "<a \"",
        "<script",
        "<script \"",
        "<!--",
        "{/*",
        "'\\'",
        "{'",
        "{`",
        "</",
        "<a {",
        "---\n",
        "</script",
        "<template>",
        "</template>",
        "<template lang=x>",
        "{{ '",
        "<b><script>",
        "<a b={",
        "<a b='",
    ] {
        let started = std::time::Instant::now();
        units_of(piece);
        assert!(started.elapsed().as_secs() < 20, "{piece}");
    }
}

#[test]
fn words_of_markup() {
    let markup = "<p>„name“ {{ größe }}…$x+1 last_one</p>";
    let unit = Unit { scripts: Vec::new(), markup: vec![Span::new(0, markup.len() as u32)] };
    let words = ["name", "größe", "$x", "last_one"];
    let no_words = ["„name", "größe…", "x", "last"];
    let names = Markup::of(markup, &unit).mentions(words.into_iter().chain(no_words));
    for word in words {
        assert!(names.has(word), "{word}");
    }
    for no_word in no_words {
        assert!(!names.has(no_word), "{no_word}");
    }
}
