//! The rules of the house that the compiler does not check. Each rule is a function over text and is shown to fail
//! on a planted fault.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

// ---------------------------------------------------------------- reading source text

/// A source text taken apart: code with comments and strings blanked out, and the strings, each with its line.
struct Source {
    code: String,
    strings: Vec<(usize, String)>,
}

/// Takes a source text apart. Knows line and nested block comments, plain, raw and byte strings, and characters.
fn take_apart(text: &str) -> Source {
    let chars: Vec<char> = text.chars().collect();
    let (mut code, mut strings) = (String::with_capacity(text.len()), Vec::new());
    let (mut at, mut line) = (0, 1);
    while at < chars.len() {
        let end = match chars[at] {
            '/' if chars.get(at + 1) == Some(&'/') => end_of_line(&chars, at),
            '/' if chars.get(at + 1) == Some(&'*') => end_of_block(&chars, at),
            '"' => {
                let end = end_of_string(&chars, at);
                strings.push((line, chars[at + 1..end.saturating_sub(1).max(at + 1)].iter().collect()));
                end
            }
            'r' if !follows_word(&chars, at) && is_raw_string(&chars, at) => {
                let end = end_of_raw_string(&chars, at);
                strings.push((line, chars[at..end].iter().collect()));
                end
            }
            '\'' => end_of_char(&chars, at),
            _ => at,
        };
        if end == at {
            code.push(chars[at]);
        }
        for c in &chars[at..end.max(at + 1)] {
            line += usize::from(*c == '\n');
            if end > at {
                code.push(if *c == '\n' { '\n' } else { ' ' });
            }
        }
        at = end.max(at + 1);
    }
    Source { code, strings }
}

fn end_of_line(chars: &[char], at: usize) -> usize {
    chars[at..]
        .iter()
        .position(|c| *c == '\n')
        .map_or(chars.len(), |found| at + found)
}

fn end_of_block(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => (depth, at) = (depth + 1, at + 2),
            ('*', '/') => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

fn end_of_string(chars: &[char], at: usize) -> usize {
    let mut next = at + 1;
    while next < chars.len() {
        match chars[next] {
            '\\' => next += 2,
            '"' => return next + 1,
            _ => next += 1,
        }
    }
    chars.len()
}

fn is_raw_string(chars: &[char], at: usize) -> bool {
    chars[at + 1..].iter().find(|c| **c != '#') == Some(&'"')
}

fn end_of_raw_string(chars: &[char], at: usize) -> usize {
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    let mut next = at + hashes + 2;
    while next < chars.len() {
        let closes =
            chars[next] == '"' && chars[next + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes;
        if closes {
            return next + 1 + hashes;
        }
        next += 1;
    }
    chars.len()
}

/// A character literal, or `at` itself when the quote begins a lifetime.
fn end_of_char(chars: &[char], at: usize) -> usize {
    if chars.get(at + 1) == Some(&'\\') {
        return chars[at + 3..]
            .iter()
            .position(|c| *c == '\'')
            .map_or(chars.len(), |found| at + 4 + found);
    }
    if chars.get(at + 2) == Some(&'\'') { at + 3 } else { at }
}

fn follows_word(chars: &[char], at: usize) -> bool {
    // `br"…"` is a raw string too, so a single `b` before it is no word.
    let before = |back: usize| at.checked_sub(back).map(|at| chars[at]);
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if before(1) == Some('b') {
        is_word(before(2))
    } else {
        is_word(before(1))
    }
}

/// The product's part of a file: unit tests at its end are cut off, lines kept.
fn without_tests(code: &str) -> &str {
    let mut from = 0;
    while let Some(found) = code[from..].find("#[cfg(") {
        let start = from + found;
        let attribute = &code[start..];
        let end = attribute.find(']').map_or(attribute.len(), |end| end + 1);
        let is_test = words(&attribute[..end]).any(|word| word == "test");
        if is_test && attribute[end..].trim_start().starts_with("mod ") {
            return &code[..start];
        }
        from = start + end;
    }
    code
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
}

/// Top-level modules named through `crate::` or `rongcuo::`, in paths and in `{…}` groups, each with its line.
fn rooms_named(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, _) in code.match_indices("crate::").chain(code.match_indices("rongcuo::")) {
        let line = code[..number].matches('\n').count() + 1;
        let rest = &code[number..];
        let rest = &rest[rest.find("::").map_or(0, |at| at + 2)..];
        if let Some(group) = rest.strip_prefix('{') {
            found.extend(heads_of_group(group).into_iter().map(|head| (line, head)));
        } else {
            found.extend(words(rest).next().map(|word| (line, word.to_owned())));
        }
    }
    found
}

/// First words of the items of `a::b, c::{d, e}, f}`.
fn heads_of_group(group: &str) -> Vec<String> {
    let (mut depth, mut item, mut heads) = (0_usize, String::new(), Vec::new());
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => heads.push(std::mem::take(&mut item)),
            _ if depth == 0 => item.push(c),
            _ => {}
        }
    }
    heads.push(item);
    heads
        .iter()
        .filter_map(|item| words(item).next().map(str::to_owned))
        .collect()
}

// ---------------------------------------------------------------- the rules

/// What the pure core may not name.
const IMPURE: &[&str] = &[
    "tokio",
    "sqlx",
    "axum",
    "lettre",
    "tracing",
    "askama",
    "calamine",
    "async",
    "getrandom",
    "rand",
];

/// Parts of the standard library that reach outside.
const IMPURE_STD: &[&str] = &["fs", "env", "net", "time", "process"];

/// Faults of a file of the pure core: outside worlds and sibling rooms.
fn impurities(text: &str) -> Vec<String> {
    let source = take_apart(text);
    let code = without_tests(&source.code);
    let mut faults = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let named = words(line).filter(|word| IMPURE.contains(word));
        faults.extend(named.map(|word| format!("{}: {word}", number + 1)));
    }
    for (at, _) in code.match_indices("std::") {
        let rest = &code[at + "std::".len()..];
        let heads = match rest.strip_prefix('{') {
            Some(group) => heads_of_group(group),
            None => words(rest).next().map(str::to_owned).into_iter().collect(),
        };
        let line = code[..at].matches('\n').count() + 1;
        let outside = heads.into_iter().filter(|head| IMPURE_STD.contains(&head.as_str()));
        faults.extend(outside.map(|head| format!("{line}: std::{head}")));
    }
    let rooms = rooms_named(code).into_iter().filter(|(_, room)| room != "domain");
    faults.extend(rooms.map(|(line, room)| format!("{line}: crate::{room}")));
    faults
}

/// Rooms of `forbidden` that the file names.
fn wrong_directions(text: &str, forbidden: &[&str]) -> Vec<String> {
    let source = take_apart(text);
    rooms_named(without_tests(&source.code))
        .into_iter()
        .filter(|(_, room)| forbidden.contains(&room.as_str()))
        .map(|(line, room)| format!("{line}: crate::{room}"))
        .collect()
}

/// Places where a file from outside would be opened in this very process: a crafted one ends it.
fn opens_here(text: &str) -> Vec<String> {
    const OPENERS: &[&str] = &["Limits", "read_tables", "calamine", "ZipArchive"];
    let source = take_apart(text);
    let code = without_tests(&source.code);
    let mut faults = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let named = words(line).filter(|word| OPENERS.contains(word));
        faults.extend(named.map(|word| format!("{}: {word}", number + 1)));
    }
    faults
}

/// Places where a request would leave the house past the list of permitted places.
fn asks_outside(text: &str) -> Vec<String> {
    const CLIENTS: &[&str] = &["hyper", "hyper_util", "reqwest", "ureq", "http1"];
    let source = take_apart(text);
    let code = without_tests(&source.code);
    let mut faults = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let named = words(line).filter(|word| CLIENTS.contains(word));
        faults.extend(named.map(|word| format!("{}: {word}", number + 1)));
    }
    faults
}

/// SQL statements in strings.
fn statements(text: &str) -> Vec<String> {
    const SHAPES: &[&[&str]] = &[
        &["SELECT", "FROM"],
        &["INSERT", "INTO"],
        &["UPDATE", "SET"],
        &["DELETE", "FROM"],
        &["CREATE", "TABLE"],
    ];
    let is_statement = |string: &str| {
        let words: Vec<&str> = words(string).collect();
        SHAPES.iter().any(|shape| {
            let first = words.iter().position(|word| *word == shape[0]);
            first.is_some_and(|first| words[first..].contains(&shape[1]))
        })
    };
    let strings = take_apart(text).strings;
    strings
        .into_iter()
        .filter(|(_, string)| is_statement(string))
        .map(|(line, string)| format!("{line}: {}", string.chars().take(60).collect::<String>()))
        .collect()
}

/// Places on somebody's machine.
fn machine_paths(text: &str) -> Vec<String> {
    const PLACES: &[&str] = &["/work/", "/root/", "/home/", "/Users/", "C:\\Users", ".cargo/registry"];
    let named = |line: &str| PLACES.iter().any(|place| line.contains(place));
    text.lines()
        .enumerate()
        .filter(|(_, line)| named(line))
        .map(|(number, line)| format!("{}: {}", number + 1, line.trim()))
        .collect()
}

/// Files that no `mod` line names, by path relative to the folder of `main.rs`.
fn forgotten(files: &BTreeMap<PathBuf, String>) -> Vec<PathBuf> {
    let names = |parent: &Path, name: &str| {
        files.get(parent).is_some_and(|text| {
            let code = take_apart(text).code;
            let tokens: Vec<&str> = code.split_whitespace().collect();
            tokens
                .windows(2)
                .any(|pair| pair[0] == "mod" && pair[1].trim_end_matches([';', '{']) == name)
        })
    };
    let is_forgotten = |path: &Path| {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let folder = path.parent().unwrap_or(Path::new(""));
        let (folder, name) = match stem {
            "main" if folder == Path::new("") => return false,
            "mod" => (
                folder.parent().unwrap_or(Path::new("")),
                folder.file_name().and_then(|name| name.to_str()).unwrap_or_default(),
            ),
            _ => (folder, stem),
        };
        let parents = if folder == Path::new("") {
            vec![PathBuf::from("main.rs")]
        } else {
            vec![folder.join("mod.rs"), folder.with_extension("rs")]
        };
        !parents.iter().any(|parent| names(parent, name))
    };
    files.keys().filter(|path| is_forgotten(path)).cloned().collect()
}

// ---------------------------------------------------------------- the house

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All text files below a folder, or the file itself, by path relative to the root.
fn texts(place: &str) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![root().join(place)];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(entries(&path));
        } else if let Ok(text) = fs::read_to_string(&path) {
            found.insert(relative(&path), text);
        }
    }
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder was seen a moment ago");
    entries
        .map(|entry| entry.expect("the folder is readable").path())
        .collect()
}

fn relative(path: &Path) -> PathBuf {
    path.strip_prefix(root())
        .expect("all places lie below the root")
        .to_path_buf()
}

fn rust(place: &str) -> BTreeMap<PathBuf, String> {
    let mut files = texts(place);
    files.retain(|path, _| path.extension().is_some_and(|kind| kind == "rs"));
    assert!(!files.is_empty(), "nothing found in {place}");
    files
}

/// Files that hold nothing but unit tests.
fn is_test_file(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem == "tests") || path.iter().any(|part| part == "tests")
}

fn check(files: &BTreeMap<PathBuf, String>, rule: impl Fn(&str) -> Vec<String>) {
    let faults: Vec<String> = files
        .iter()
        .flat_map(|(path, text)| {
            rule(text)
                .into_iter()
                .map(move |fault| format!("{}:{fault}", path.display()))
        })
        .collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn the_domain_is_pure() {
    let mut files = rust("src/domain");
    files.retain(|path, _| !is_test_file(path));
    check(&files, impurities);
}

#[test]
fn dependencies_point_one_way() {
    for (room, forbidden) in [
        ("store", &["app", "web", "worker", "cli"][..]),
        ("app", &["web", "worker", "cli"]),
        ("mail", &["app", "store", "web", "worker", "cli"]),
        (
            "outbound",
            &["app", "store", "web", "worker", "cli", "mail", "files", "config"],
        ),
        ("files", &["app", "store", "web", "worker", "cli"]),
    ] {
        let mut files = rust(&format!("src/{room}"));
        files.retain(|path, _| !is_test_file(path));
        check(&files, |text| wrong_directions(text, forbidden));
    }
}

#[test]
fn the_daemon_opens_no_file_in_its_own_process() {
    for room in ["web", "worker", "app"] {
        let mut files = rust(&format!("src/{room}"));
        files.retain(|path, _| !is_test_file(path));
        check(&files, opens_here);
    }
}

#[test]
fn only_one_room_makes_requests() {
    let mut files = rust("src");
    // They are asked, and what is sent to them.
    for asked in ["src/web/server.rs", "src/web/uploads.rs"] {
        let answers = files.remove(Path::new(asked)).expect("the lines of the pages");
        let asks = |word: &&str| ["client", "connect", "reqwest", "ureq"].contains(word);
        assert_eq!(words(&take_apart(&answers).code).find(asks), None, "{asked}");
    }
    files.retain(|path, _| !path.starts_with("src/outbound") && !is_test_file(path));
    check(&files, asks_outside);
}

#[test]
fn only_the_store_speaks_sql() {
    let mut files = rust("src");
    files.retain(|path, _| !path.starts_with("src/store"));
    check(&files, statements);
}

#[test]
fn the_binary_is_thin() {
    let lines = fs::read_to_string(root().join("src/main.rs")).unwrap().lines().count();
    assert!(lines <= 60, "src/main.rs has {lines} lines");
}

#[test]
fn no_integration_test_is_forgotten() {
    let files = rust("tests/it")
        .into_iter()
        .map(|(path, text)| (path.strip_prefix("tests/it").unwrap().to_path_buf(), text))
        .collect();
    assert_eq!(forgotten(&files), Vec::<PathBuf>::new(), "no `mod` line names these");
}

#[test]
fn nothing_names_places_on_a_machine() {
    for place in [
        "src",
        "docs",
        "config",
        "scripts",
        ".ci",
        "README.md",
        "CHANGELOG.md",
        "Cargo.toml",
    ] {
        check(&texts(place), machine_paths);
    }
}

// ---------------------------------------------------------------- each rule can fail

#[test]
fn a_planted_impurity_is_found() {
    for (fault, place) in [
        ("use tokio::time;", "1: tokio"),
        ("fn a() {}\nasync fn b() {}", "2: async"),
        ("use std::fs;", "1: std::fs"),
        ("use std::{collections::BTreeMap, env};", "1: std::env"),
        ("let t = std::time::Instant::now();", "1: std::time"),
        ("\nuse crate::store::Tx;", "2: crate::store"),
        ("use crate::{domain::ids, mail::{a, b}};", "1: crate::mail"),
        ("let c = '\"'; use sqlx::x; let d = '\"';", "1: sqlx"),
        ("#[cfg(feature = \"x\")]\nmod a;\nuse axum::A;", "3: axum"),
    ] {
        assert_eq!(impurities(fault), [place], "{fault}");
    }
    for harmless in [
        "// tokio, std::fs\n/* async /* sqlx */ axum */\nuse crate::domain::time::Moment;",
        "let text = \"tokio\"; let raw = r#\"a \" std::fs\"#; fn f<'a>(x: &'a str) {}",
        "use std::{fmt, collections::BTreeMap};\nlet asynchronous = 1;",
        "fn a() {}\n#[cfg(test)]\nmod tests { use std::fs; }",
    ] {
        assert_eq!(impurities(harmless), [""; 0], "{harmless}");
    }
}

#[test]
fn a_planted_wrong_direction_is_found() {
    let text = "use crate::domain::ids::CaseId;\nuse crate::web::router;";
    assert_eq!(wrong_directions(text, &["web", "cli"]), ["2: crate::web"]);
    assert_eq!(
        wrong_directions("let x = rongcuo::cli::run();", &["web", "cli"]),
        ["1: crate::cli"]
    );
    assert_eq!(wrong_directions("use crate::website;", &["web"]), [""; 0]);
}

#[test]
fn a_planted_opening_is_found() {
    assert_eq!(opens_here("use crate::files::{Limits, Opens};"), ["1: Limits"]);
    assert_eq!(opens_here("\nlet a = files::read_tables(f, b, l);"), ["2: read_tables"]);
    assert_eq!(
        opens_here("// Limits\nlet by = Sandbox::new(limits); by.limits();"),
        [""; 0]
    );
}

#[test]
fn a_planted_request_is_found() {
    assert_eq!(asks_outside("use hyper::client::conn;"), ["1: hyper"]);
    assert_eq!(asks_outside("\nlet a = ureq::get(url);"), ["2: ureq"]);
    assert_eq!(asks_outside("// hyper\nlet a = \"reqwest\"; hyperlink();"), [""; 0]);
}

#[test]
fn a_planted_statement_is_found() {
    for fault in [
        "let a = \"SELECT id FROM cases\";",
        "let a = r#\"INSERT INTO cases VALUES (\"x\")\"#;",
        "let a = \"\\\n  UPDATE cases\n SET a = 1\";",
        "let a = \"DELETE FROM cases\";",
        "let a = \"CREATE TABLE IF NOT EXISTS cases (id TEXT)\";",
    ] {
        assert_eq!(statements(fault).len(), 1, "{fault}");
    }
    for harmless in [
        "// SELECT id FROM cases",
        "let a = \"select a row from the list\";",
        "let a = \"UPDATE\";",
    ] {
        assert_eq!(statements(harmless), [""; 0], "{harmless}");
    }
}

#[test]
fn a_forgotten_file_is_found() {
    let files: BTreeMap<PathBuf, String> = [
        ("main.rs", "mod cli;\n// mod lost;\nmod support;"),
        ("cli.rs", ""),
        ("lost.rs", ""),
        ("support/mod.rs", "pub mod pg;"),
        ("support/pg.rs", ""),
        ("support/smtp.rs", ""),
        ("web/mod.rs", "mod pages;"),
        ("web/pages.rs", ""),
    ]
    .map(|(path, text)| (PathBuf::from(path), text.to_owned()))
    .into();
    let lost = ["lost.rs", "support/smtp.rs", "web/mod.rs"].map(PathBuf::from);
    assert_eq!(forgotten(&files), lost);
}

#[test]
fn a_planted_place_is_found() {
    assert_eq!(machine_paths("a\nsee /home/li/rc"), ["2: see /home/li/rc"]);
    assert_eq!(machine_paths("path = \"C:\\Users\\li\"").len(), 1);
    assert_eq!(machine_paths("workflow/a, /var/lib/rongcuo"), [""; 0]);
}
