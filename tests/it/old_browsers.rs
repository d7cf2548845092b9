//! Offices keep browsers for years: the style sheet and the script must work in Chromium 80. What is newer is refused,
//! unless the older browser does without it and nothing is lost. The lists name what Chromium 80 knows as far as it is
//! used here; whoever needs more looks up since when it is known and adds it, or a way without it.

mod script;
mod style;

use std::fs;
use std::path::Path;

fn asset(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/assets").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn none(what: &str, faults: &[String]) {
    assert!(
        faults.is_empty(),
        "{what} asks for what Chromium 80 does not know, or is not on the list of what it knows:\n{}",
        faults.join("\n")
    );
}

#[test]
fn the_style_sheet_needs_no_newer_browser() {
    none("app.css", &style::faults(&asset("app.css")));
}

#[test]
fn what_is_for_narrow_screens_is_not_for_paper() {
    // A sheet of A4 is narrower than some screens, and its tables stay tables.
    let css = asset("app.css");
    for query in css.split("@media").skip(1).filter_map(|rest| rest.split('{').next()) {
        assert!(
            !query.contains("-width:") || query.trim().starts_with("screen and"),
            "{query}"
        );
    }
    assert!(css.contains("@media screen and (max-width: 720px)"));
}

#[test]
fn the_script_needs_no_newer_browser() {
    none("app.js", &script::faults(&asset("app.js")));
}

/// Elements and attributes that came later.
const NEWER_MARKUP: [&str; 9] = [
    "<search",
    "<selectedcontent",
    " popover",
    " inert",
    " fetchpriority",
    " blocking=",
    " commandfor",
    " enterkeyhint",
    " closedby",
];

#[test]
fn the_markup_needs_no_newer_browser() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/templates")];
    let mut faults = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the templates") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).expect("a template");
            for newer in NEWER_MARKUP.iter().filter(|newer| text.contains(**newer)) {
                faults.push(format!("{}: {newer}", path.display()));
            }
        }
    }
    none("a template", &faults);
}

#[test]
fn planted_styles_are_found() {
    for (css, fault) in [
        ("a { inset: 0; }", "inset"),
        (".x { aspect-ratio: 1; }", "aspect-ratio"),
        (".x { display: flex; gap: 4px; }", "gap"),
        (".x { gap: 4px; } @media print { .x { display: flex; } }", "gap"),
        ("a:has(b) { color: red; }", ":has"),
        (":is(a, b) { color: red; }", ":is"),
        ("a:focus-visible { color: red; }", ":focus-visible"),
        ("a:focus, a:focus-visible { color: red; }", ":focus-visible"),
        (".x { b { color: red; } }", "nesting"),
        (".x { height: 100dvh; }", "dvh"),
        (".x { color: color-mix(in srgb, red, blue); }", "color-mix"),
        ("@container (width > 4px) { a { color: red; } }", "@container"),
        ("@layer a { a { color: red; } }", "@layer"),
        ("@media (width >= 4px) { a { color: red; } }", "range"),
        (
            "@media (prefers-contrast: more) { a { color: red; } }",
            "prefers-contrast",
        ),
        (".x { display: flex; align-items: end; }", "align-items: end"),
        (".x { appearance: none; }", "appearance"),
        (".x { overflow: clip; }", "overflow: clip"),
        ("a:not(.b, .c) { color: red; }", ":not"),
    ] {
        let faults = style::faults(css);
        assert!(
            faults.iter().any(|one| one.contains(fault)),
            "{css} passed for {fault}: {faults:?}"
        );
    }
    for css in [
        "a:focus { color: red; } a:focus-visible { color: blue; }",
        ":focus { color: red; } :focus:not(:focus-visible) { outline: none; }",
        ".x { display: grid; gap: 4px; width: min(100%, 3em); height: clamp(1px, 2vh, 3px); }",
        ".x { -webkit-appearance: none; appearance: none; }",
        "@supports (aspect-ratio: 1) { .x { aspect-ratio: 1; } }",
        "/* :has */ @media (max-width: 720px) { .x::before { content: \"a:has({\"; } }",
    ] {
        assert_eq!(style::faults(css), Vec::<String>::new(), "{css}");
    }
}

#[test]
fn planted_scripts_are_found() {
    for (js, fault) in [
        ("a ??= 1;", "??="),
        ("var a = list.at(-1);", ".at"),
        ("text.replaceAll('a', 'b');", ".replaceAll"),
        ("var b = structuredClone(a);", "structuredClone"),
        ("class A { #x = 1; }", "#x"),
        ("var t = `${list.at(0)}`;", ".at"),
        ("var f = (a) => new WeakRef(a);", "WeakRef"),
        ("var r = /a/v;", "/v"),
    ] {
        let faults = script::faults(js);
        assert!(
            faults.iter().any(|one| one.contains(fault)),
            "{js} passed for {fault}: {faults:?}"
        );
    }
    for js in [
        "// list.at(0)\nvar a = document.body?.textContent ?? 'x.at(1)';",
        "const f = ({ one, two }, ...rest) => one + two + rest.length; f({ one: 1, two: 2 });",
        "try { JSON.parse('1'); } catch (error) { console.log(error); }",
        "var r = /[/.at(]/g.test(\"a\"); for (const x of [1]) { r = x / 2 / 1; }",
        "var own = { shade: 1 }; own.shade = 2;",
    ] {
        assert_eq!(script::faults(js), Vec::<String>::new(), "{js}");
    }
}
