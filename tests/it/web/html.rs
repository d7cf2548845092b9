//! A small strict reader of the pages' markup, independent of what wrote them.

use std::collections::HashSet;

const VOID: [&str; 6] = ["meta", "link", "input", "br", "hr", "img"];

/// What a page consists of, as far as the tests ask.
#[derive(Default)]
pub struct Page {
    /// Addresses of links, frames, styles and forms that ask.
    pub addresses: Vec<String>,
    /// Text outside tags.
    pub text: String,
}

/// Reads a page; panics with the place where the markup is not well-formed or not ours.
pub fn read(name: &str, html: &str) -> Page {
    let mut page = Page::default();
    let mut open: Vec<(String, usize)> = Vec::new();
    let mut ids = HashSet::new();
    let mut places: Vec<String> = Vec::new();
    let body = html
        .strip_prefix("<!DOCTYPE html>")
        .unwrap_or_else(|| panic!("{name}: no doctype"));
    let mut rest = body;
    while let Some(at) = rest.find('<') {
        page.text.push_str(&rest[..at]);
        let end = rest[at..]
            .find('>')
            .unwrap_or_else(|| panic!("{name}: tag without end: {:.80}", &rest[at..]))
            + at;
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(closing) = tag.strip_prefix('/') {
            let (opened, text_at) = open.pop().unwrap_or_else(|| panic!("{name}: stray </{closing}>"));
            assert_eq!(opened, closing, "{name}: <{opened}> closed by </{closing}>");
            let inner = page.text[text_at..].trim();
            let named = matches!(
                closing,
                "a" | "button" | "h1" | "h2" | "title" | "th" | "dt" | "dd" | "summary"
            );
            assert!(
                !named || !inner.is_empty(),
                "{name}: <{closing}> without words before: {rest:.60}"
            );
            continue;
        }
        let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (element, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        assert!(
            element.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            "{name}: odd tag <{tag}>"
        );
        let own = attributes.starts_with("src=\"/assets/app.") && attributes.contains(" nonce=\"");
        assert!(element != "script" || own, "{name}: a script that is not ours");
        assert_ne!(element, "style", "{name}: styles live in the style sheet");
        for (attribute, value) in split(name, attributes) {
            assert!(
                !attribute.starts_with("on") && attribute != "style",
                "{name}: {attribute} in <{tag}>"
            );
            if attribute == "id" {
                assert!(ids.insert(value.to_owned()), "{name}: id {value} twice");
            }
            if matches!(attribute, "href" | "src" | "action") {
                if let Some(place) = value.strip_prefix('#') {
                    places.push(place.to_owned());
                    continue;
                }
                assert!(value.starts_with('/'), "{name}: address {value:?} in <{tag}>");
                // What a form sends to need not be a page.
                if attribute == "action" && attributes.contains("method=\"post\"") {
                    continue;
                }
                page.addresses.push(value.replace("&amp;", "&").replace("&#38;", "&"));
            }
        }
        if !closed && !VOID.contains(&element) {
            open.push((element.to_owned(), page.text.len()));
        }
    }
    assert!(open.is_empty(), "{name}: left open: {open:?}");
    for place in places {
        assert!(ids.contains(&place), "{name}: no place #{place}");
    }
    page.text.push_str(rest);
    check_entities(name, &page.text);
    page
}

/// Attributes as name and value; every value is quoted with double quotes.
fn split<'a>(name: &str, mut rest: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return found;
        }
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let (attribute, after) = rest.split_at(end);
        let Some(value) = after.strip_prefix("=\"") else {
            assert!(
                matches!(attribute, "required" | "defer"),
                "{name}: attribute {attribute} without a quoted value"
            );
            rest = after;
            continue;
        };
        let close = value
            .find('"')
            .unwrap_or_else(|| panic!("{name}: open quote at {value:.40}"));
        assert!(!value[..close].contains('<'), "{name}: < inside {attribute}");
        found.push((attribute, &value[..close]));
        rest = &value[close + 1..];
    }
}

fn check_entities(name: &str, text: &str) {
    for piece in text.split('&').skip(1) {
        let entity = piece.split(';').next().unwrap_or_default();
        let good =
            piece.contains(';') && entity.len() < 8 && entity.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#');
        assert!(good, "{name}: bare & before {piece:.20}");
    }
}
