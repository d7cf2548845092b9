//! What a style sheet asks of a browser.

use std::collections::BTreeSet;

/// Properties that Chromium 80 knows.
const PROPERTIES: &str = "\
    -webkit-appearance -webkit-box-orient -webkit-line-clamp -webkit-print-color-adjust -webkit-text-size-adjust \
    align-content align-items align-self animation background background-color background-image \
    background-position background-repeat background-size border border-bottom border-bottom-color border-bottom-style \
    border-bottom-width border-collapse border-color border-left border-left-color border-left-width border-radius \
    border-right border-right-color border-right-width border-spacing border-style border-top border-top-color \
    border-top-style border-top-width border-width bottom box-shadow box-sizing break-after break-before break-inside \
    caption-side clear clip-path color column-count column-gap column-rule column-span column-width columns content \
    counter-increment counter-reset cursor direction display dominant-baseline fill fill-opacity flex flex-basis \
    flex-direction flex-flow flex-grow flex-shrink flex-wrap float font font-family font-feature-settings font-size \
    font-style font-variant-numeric font-weight gap grid-area grid-auto-columns grid-auto-flow grid-auto-rows grid-column \
    grid-gap grid-row grid-template grid-template-areas grid-template-columns grid-template-rows height hyphens \
    justify-content justify-items justify-self left letter-spacing line-break line-height list-style list-style-type \
    margin margin-bottom margin-left margin-right margin-top max-height max-width min-height min-width object-fit opacity \
    order orphans outline outline-color outline-offset outline-style outline-width overflow overflow-wrap overflow-x \
    overflow-y padding padding-bottom padding-left padding-right padding-top page-break-after page-break-before \
    page-break-inside paint-order place-content place-items place-self pointer-events position resize right row-gap \
    scroll-behavior scroll-margin-top scroll-padding-top size stroke stroke-dasharray stroke-linecap stroke-linejoin stroke-opacity \
    stroke-width tab-size table-layout text-align text-anchor text-decoration text-decoration-color text-decoration-line \
    text-decoration-style text-indent text-overflow text-shadow text-size-adjust text-transform top transform \
    transform-origin transition unicode-bidi user-select vertical-align visibility white-space widows width word-break \
    word-wrap writing-mode z-index";

/// Properties that came later and that nothing is lost without.
const LATER: [(&str, u32, &str); 4] = [
    ("color-scheme", 81, "fields have colours of their own"),
    ("text-decoration-thickness", 89, "links are underlined all the same"),
    ("text-underline-offset", 87, "links are underlined all the same"),
    ("text-wrap", 114, "headings break less evenly"),
];

/// Properties that came later and stand beside an older name for the same.
const BESIDE: [(&str, &str); 2] = [
    ("appearance", "-webkit-appearance"),
    ("print-color-adjust", "-webkit-print-color-adjust"),
];

const PSEUDO_CLASSES: &str = "\
    active after before checked disabled empty enabled first-child first-letter first-line first-of-type focus \
    focus-within hover invalid last-child last-of-type link not nth-child nth-last-child nth-of-type only-child optional \
    placeholder-shown read-only required root target valid visited";

const PSEUDO_ELEMENTS: &str = "\
    -webkit-details-marker -webkit-progress-bar -webkit-progress-value -webkit-search-cancel-button after before \
    first-letter first-line placeholder selection";

const AT_RULES: [&str; 6] = ["media", "supports", "font-face", "keyframes", "page", "charset"];

const MEDIA: &str = "\
    all and any-hover any-pointer hover max-height max-width min-height min-width not only orientation pointer \
    prefers-color-scheme prefers-reduced-motion print screen dark light portrait landscape reduce fine coarse none";

const FUNCTIONS: &str = "\
    attr blur calc circle clamp counter cubic-bezier ellipse hsl hsla inset linear-gradient max min minmax polygon \
    radial-gradient repeat rgb rgba rotate scale translate translateX translateY url var";

const UNITS: &str = "% ch cm deg em fr in mm ms pt px rem s vh vmax vmin vw x";

/// Values that some properties take in Chromium 80.
const VALUES: [(&str, &str); 6] = [
    (
        "display",
        "-webkit-box block contents flex flow-root grid inline inline-block inline-flex inline-grid list-item none table \
         table-cell table-header-group table-row",
    ),
    ("overflow", "auto hidden scroll visible"),
    ("align-items", "baseline center end flex-end flex-start start stretch"),
    (
        "justify-content",
        "center flex-end flex-start normal space-around space-between space-evenly",
    ),
    ("position", "absolute fixed relative static sticky"),
    ("white-space", "break-spaces normal nowrap pre pre-line pre-wrap"),
];

fn holds(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|one| one == word)
}

/// A rule with its selectors and declarations.
struct Rule {
    selectors: Vec<String>,
    declarations: Vec<(String, String)>,
    /// Whether it counts only where what it asks for is known.
    conditional: bool,
}

/// What Chromium 80 would not understand.
pub fn faults(css: &str) -> Vec<String> {
    let css = without_comments(css);
    let (mut rules, mut faults) = (Vec::new(), Vec::new());
    read(&css, false, &mut rules, &mut faults);
    let grids: BTreeSet<&str> = selectors_with(&rules, |name, value| {
        (name == "display" && value.contains("grid")) || name.starts_with("columns") || name == "column-width"
    });
    let flexes: BTreeSet<&str> = selectors_with(&rules, |name, value| name == "display" && value.contains("flex"));
    for (at, rule) in rules.iter().enumerate().filter(|(_, rule)| !rule.conditional) {
        for selector in &rule.selectors {
            selector_faults(selector, rule, &rules[..at], &mut faults);
        }
        let named = rule.selectors.join(", ");
        for (name, value) in &rule.declarations {
            declaration_faults(name, value, rule, &named, &mut faults);
            if matches!(name.as_str(), "gap" | "row-gap" | "column-gap" | "grid-gap") && value != "0" {
                for selector in &rule.selectors {
                    let selector = selector.as_str();
                    if flexes.contains(selector) || !grids.contains(selector) {
                        faults.push(format!(
                            "{selector}: {name} outside a grid (flex boxes know it since 84: use margins)"
                        ));
                    }
                }
            }
            let is_flex = rule.selectors.iter().any(|one| flexes.contains(one.as_str()));
            if is_flex
                && matches!(name.as_str(), "align-items" | "justify-content")
                && matches!(value.as_str(), "start" | "end")
            {
                faults.push(format!(
                    "{named}: {name}: {value} in a flex box (since 93: flex-{value})"
                ));
            }
        }
    }
    faults
}

fn selectors_with(rules: &[Rule], wanted: impl Fn(&str, &str) -> bool) -> BTreeSet<&str> {
    rules
        .iter()
        .filter(|rule| rule.declarations.iter().any(|(name, value)| wanted(name, value)))
        .flat_map(|rule| rule.selectors.iter().map(String::as_str))
        .collect()
}

fn without_comments(css: &str) -> String {
    let mut out = String::new();
    let mut rest = css;
    while let Some(at) = rest.find("/*") {
        out.push_str(&rest[..at]);
        rest = rest[at..].find("*/").map_or("", |end| &rest[at + end + 2..]);
    }
    out.push_str(rest);
    out
}

/// The end of a block that begins behind `{`, strings aside.
fn block_end(css: &str) -> usize {
    let (mut depth, mut quote) = (1, None);
    for (at, c) in css.char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '{') => depth += 1,
            (None, '}') => {
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
    }
    css.len()
}

fn read(css: &str, conditional: bool, rules: &mut Vec<Rule>, faults: &mut Vec<String>) {
    let mut rest = css;
    while let Some(open) = rest.find('{') {
        let prelude = rest[..open].trim().trim_start_matches(';').trim();
        let body = &rest[open + 1..];
        let end = block_end(body);
        let inner = &body[..end];
        rest = body.get(end + 1..).unwrap_or_default();
        if let Some(at_rule) = prelude.strip_prefix('@') {
            let name = at_rule
                .split(|c: char| c.is_whitespace() || c == '(')
                .next()
                .unwrap_or_default();
            if !AT_RULES.contains(&name) {
                faults.push(format!("@{name}"));
            }
            if name == "media" {
                media_faults(&at_rule[name.len()..], faults);
            }
            if matches!(name, "media" | "supports") {
                read(inner, conditional || name == "supports", rules, faults);
            }
            continue;
        }
        let plain = without_strings(inner);
        if plain.contains('{') {
            faults.push(format!("{prelude}: nesting"));
            continue;
        }
        rules.push(Rule {
            selectors: split(prelude, ',')
                .into_iter()
                .map(|one| one.trim().to_owned())
                .collect(),
            declarations: declarations(inner),
            conditional,
        });
    }
}

fn declarations(inner: &str) -> Vec<(String, String)> {
    split(inner, ';')
        .into_iter()
        .filter_map(|one| one.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

/// Splits outside of brackets and strings.
fn split(text: &str, by: char) -> Vec<&str> {
    let (mut parts, mut from, mut depth, mut quote) = (Vec::new(), 0, 0, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth -= 1,
            (None, c) if c == by && depth == 0 => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

fn without_strings(text: &str) -> String {
    let (mut out, mut quote) = (String::new(), None);
    for c in text.chars() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, c) => out.push(c),
        }
    }
    out
}

fn media_faults(query: &str, faults: &mut Vec<String>) {
    if query.contains(['<', '>', '=']) {
        faults.push(format!("@media {}: a range (since 104)", query.trim()));
        return;
    }
    for word in query.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
        let is_size = word.starts_with(|c: char| c.is_ascii_digit());
        if !word.is_empty() && !is_size && !holds(MEDIA, word) {
            faults.push(format!("@media: {word}"));
        }
    }
}

fn selector_faults(selector: &str, rule: &Rule, before: &[Rule], faults: &mut Vec<String>) {
    let plain = without_strings(selector);
    if plain.contains('&') {
        faults.push(format!("{selector}: nesting"));
    }
    let mut rest = plain.as_str();
    while let Some(at) = rest.find(':') {
        let element = rest[at..].starts_with("::");
        let name_at = at + if element { 2 } else { 1 };
        let name: String = rest[name_at..]
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
            .collect();
        let after = &rest[name_at + name.len()..];
        rest = after;
        let foreign = element && name.starts_with("-moz-");
        if foreign {
            if rule.selectors.len() > 1 {
                faults.push(format!(
                    "{selector}: ::{name} takes the other selectors of its rule with it"
                ));
            }
        } else if element {
            if !holds(PSEUDO_ELEMENTS, &name) {
                faults.push(format!("{selector}: ::{name}"));
            }
        } else if name == "focus-visible" {
            // An older browser shows every focus; the rule that takes it away again must be one it drops.
            let older = selector.replace(":focus-visible", ":focus");
            let has_older = before.iter().any(|rule| rule.selectors.contains(&older));
            let takes_away = selector.contains(":focus:not(:focus-visible)");
            if rule.selectors.len() > 1 || !(has_older || takes_away) {
                faults.push(format!(
                    "{selector}: :focus-visible (since 86) without a rule of its own after :focus"
                ));
            }
        } else if !holds(PSEUDO_CLASSES, &name) {
            faults.push(format!("{selector}: :{name}"));
        } else if name == "not" {
            let inner = after
                .strip_prefix('(')
                .and_then(|inner| inner.split(')').next())
                .unwrap_or_default();
            if inner.contains([',', ' ']) {
                faults.push(format!(
                    "{selector}: :not with more than one simple selector (since 88)"
                ));
            }
        }
    }
}

fn declaration_faults(name: &str, value: &str, rule: &Rule, named: &str, faults: &mut Vec<String>) {
    if !name.starts_with("--") && !holds(PROPERTIES, name) && !LATER.iter().any(|(later, ..)| *later == name) {
        let older = BESIDE.iter().find(|(later, _)| *later == name).map(|(_, older)| *older);
        let is_beside = older.is_some_and(|older| rule.declarations.iter().any(|(other, _)| other == older));
        if !is_beside {
            faults.push(format!("{named}: {name}"));
        }
    }
    let value = without_strings(value).replace("!important", "");
    if let Some((_, known)) = VALUES.iter().find(|(property, _)| *property == name) {
        for word in value.split_whitespace().filter(|word| !holds(known, word)) {
            faults.push(format!("{named}: {name}: {word}"));
        }
    }
    let mut word = String::new();
    for c in value.chars().chain([' ']) {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '%' | '#' | '_') {
            word.push(c);
            continue;
        }
        if c == '(' && !word.is_empty() && !holds(FUNCTIONS, &word) {
            faults.push(format!("{named}: {name}: {word}()"));
        }
        let number = word.trim_start_matches('-');
        if number.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            let unit = number.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
            if !unit.is_empty() && !holds(UNITS, unit) {
                faults.push(format!("{named}: {name}: unit {unit}"));
            }
        }
        word.clear();
    }
}
