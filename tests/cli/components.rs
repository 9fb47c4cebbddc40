//! Files of components: which scripts are linted, and where in the file their findings are.

use crate::support_robust::Project;

/// What the compact format prints, without the words.
#[track_caller]
fn places(project: &Project) -> Vec<String> {
    let run = project.run(&["check", "--format=compact"]);
    assert!(run.code < 2, "{}", run.err);
    let place = |line: &str| {
        let rule = line.rsplit(' ').next().unwrap_or_default();
        format!("{} {rule}", line.splitn(4, ':').take(3).collect::<Vec<_>>().join(":"))
    };
    run.out.lines().map(place).collect()
}

const VUE: &str = "<template><p>é😀</p></template>\n<script setup>\nimport { ref } from 'vue';\nconst n = ref(0);\n\
                   /* é😀 */ setInterval(() => n.value++, 9);\n</script>\n";

#[test]
fn columns_are_those_of_the_file() {
    let project = Project::new().with("a.vue", VUE).with("b.vue", VUE.replace('\n', "\r\n"));
    let expected = ["a.vue:5:11 [uncleared-interval]", "b.vue:5:11 [uncleared-interval]"];
    assert_eq!(places(&project), expected, "é is one unit of UTF-16, the emoji two");
}

#[test]
fn a_broken_script_is_said_where_it_stands_and_spares_the_others() {
    let astro = "---\nconst a = setInterval(;\n---\n<script>\n  export function f() {\n    document.onclick = () => { \
                 setInterval(() => f, 9); };\n  }\n</script>\n";
    let project = Project::new()
        .with("a.svelte", "<p>{a < b}</p>\n<script>\n  let a = setInterval(;\n</script>\n")
        .with("b.astro", astro)
        .with("c.vue", "<template><p></template>\n");
    let found = places(&project);
    assert_eq!(found[0], "a.svelte:3:23 [syntax-error]");
    assert_eq!(found[1], "b.astro:2:23 [syntax-error]");
    assert!(found[2].starts_with("b.astro:6:"), "{found:?}");
    assert_eq!(found.len(), 3, "{found:?}");
}

#[test]
fn suppressions_hold_in_scripts() {
    let quiet = VUE.replace("/* é😀 */", "// leaklint-disable-next-line uncleared-interval -- on purpose\n");
    let project = Project::new().with("a.vue", &quiet);
    assert_eq!(places(&project), Vec::<String>::new());
}

/// Two leaks, one in each script.
const SVELTE: &str = "<script context=\"module\">\n  export function f() {\n    document.onclick = () => { setInterval(() => f, 9); };\n  }\n</script>\n<script>\n  let n = 0;\n  setInterval(() => n++, 9);\n</script>\n<p>{n}</p>\n";

#[test]
fn comments_in_markup_suppress() {
    let lint = |name: &str, text: String| {
        let project = Project::new().with(name, text);
        project.run(&["check", "--format=compact", "--min-confidence=possible"]).out.lines().count()
    };
    let rule = "uncleared-interval";
    for (name, text, all) in [("a.svelte", SVELTE, 2), ("a.vue", VUE, 1)] {
        assert_eq!(lint(name, text.to_owned()), all, "{name}");
        let file = format!("<!-- leaklint-disable-file {rule} -- ours -->\n");
        assert_eq!(lint(name, format!("{file}{text}")), 0, "{name}");
        assert_eq!(lint(name, format!("{text}{file}")), 0, "{name}, below");
        let block = format!("<!-- leaklint-disable {rule} -->\n{text}<!-- leaklint-enable {rule} -->\n");
        assert_eq!(lint(name, block), 0, "{name}");
        assert_eq!(
            lint(name, format!("{file}{}", text.replace("setInterval", "other"))),
            1,
            "{name}: unused"
        );
    }
    let one = SVELTE
        .replace("</script>\n<script>", &format!("</script>\n<!-- leaklint-disable {rule} -->\n<script>"));
    assert_eq!(lint("a.svelte", one), 1, "only the second script");
    let across = SVELTE.replace("  let n", &format!("  // leaklint-disable-file {rule} -- both\n  let n"));
    assert_eq!(lint("a.svelte", across), 0, "a file is more than a script");
    let template = VUE.replace("<p>", &format!("<!-- leaklint-disable-file {rule} --><p>"));
    assert_eq!(lint("a.vue", template), 0);
    let text = VUE.replace("<p>", &format!("<p> leaklint-disable-file {rule} "));
    assert_eq!(lint("a.vue", text), 1, "what a page shows is no comment");
}

/// Nobody knows what a script that cannot be read would have held.
#[test]
fn comments_are_not_unused_beside_a_broken_script() {
    let text =
        "<!-- leaklint-disable-file uncleared-interval -- ours -->\n<script>\nsetInterval(;\n</script>\n";
    let project = Project::new().with("a.vue", text);
    assert_eq!(places(&project), ["a.vue:3:13 [syntax-error]"]);
}

#[test]
fn the_component_that_holds_all_others_is_made_once() {
    let project = Project::new().with("App.vue", VUE).with("AppBar.vue", VUE);
    assert_eq!(places(&project), ["AppBar.vue:5:11 [uncleared-interval]"]);
}
