//! What a script asks of a browser.

use std::collections::BTreeSet;

/// Words of the language.
const KEYWORDS: &str = "\
    arguments as async await break case catch class const continue debugger default delete do else extends false finally \
    for from function get if in instanceof let new null of return set static super switch this throw true try typeof \
    undefined var void while with yield NaN Infinity use strict";

/// Names that are there in Chromium 80.
const GLOBALS: &str = "\
    AbortController Array Blob Boolean CustomEvent DOMParser Date Error Event File FileReader FormData Headers \
    IntersectionObserver Intl JSON Map Math MutationObserver Number Object Promise RegExp Request Response Set String \
    Symbol TypeError URL URLSearchParams WeakMap WeakSet XMLHttpRequest addEventListener alert cancelAnimationFrame \
    clearInterval clearTimeout confirm console decodeURIComponent document encodeURIComponent fetch history isNaN \
    localStorage location navigator parseFloat parseInt performance queueMicrotask removeEventListener \
    requestAnimationFrame sessionStorage setInterval setTimeout window";

/// Members that are there in Chromium 80.
const MEMBERS: &str = "\
    abort action activeElement add addEventListener altKey append appendChild apply assign back body bind blur body \
    bubbles call catch ceil checked childNodes children classList className click clearTimeout clientHeight clientWidth \
    cloneNode closest concat console contains content contentType cookie createElement createTextNode ctrlKey currentTarget \
    dataset delete dir disabled dispatchEvent display document documentElement elements entries error every exec \
    files filter finally find findIndex firstChild firstElementChild floor focus forEach form formData forms freeze from \
    get getAll getAttribute getBoundingClientRect getElementById getItem getTime has hasAttribute hash head headers height \
    hidden history host hostname href id importNode includes indexOf innerHTML innerText insertAdjacentElement \
    insertAdjacentHTML insertBefore isArray item join json key keys lastChild lastElementChild left length location log map \
    matchMedia match matches max message metaKey method min name nextElementSibling nextSibling nodeType now \
    offsetHeight offsetTop ok onerror onload open options outerHTML ownerDocument padStart parentElement parentNode parse \
    parseFromString pathname persisted pop preventDefault previousElementSibling protocol prototype push pushState \
    querySelector querySelectorAll random readyState reduce reload remove removeAttribute removeChild removeEventListener \
    removeItem repeat replace replaceChild replaceState reset resolve reverse round scrollIntoView scrollTo scrollTop search \
    searchParams select selected selectedIndex send set setAttribute setItem setTimeout shift shiftKey signal size slice some \
    sort splice split startsWith endsWith state status stopPropagation stringify style submit substring tagName \
    target test text textContent then toFixed toISOString toLowerCase toString toUpperCase toggle top trim type unshift \
    url value valueOf values visibilityState warn width";

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Mark(String),
    /// Strings, numbers, regular expressions.
    Value,
}

fn holds(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|one| one == word)
}

/// What Chromium 80 would not understand.
pub fn faults(js: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let tokens = tokens(js, &mut faults);
    let own = own_names(&tokens);
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| &tokens[at]);
        match token {
            Token::Mark(mark) if matches!(mark.as_str(), "??=" | "||=" | "&&=") => {
                faults.push(format!("{mark} (since 85)"));
            }
            Token::Word(word) if word.starts_with('#') => {
                faults.push(format!("{word}: private names (methods since 84)"));
            }
            Token::Word(word) if own.contains(word) => {}
            Token::Word(word) if before.is_some_and(|one| is_mark(one, ".") || is_mark(one, "?.")) => {
                faults.extend((!holds(MEMBERS, word)).then(|| format!(".{word}")));
            }
            Token::Word(word) if !holds(KEYWORDS, word) && !holds(GLOBALS, word) => faults.push(word.clone()),
            _ => {}
        }
    }
    faults
}

fn is_mark(token: &Token, mark: &str) -> bool {
    *token == Token::Mark(mark.to_owned())
}

fn is_word(token: &Token, word: &str) -> bool {
    *token == Token::Word(word.to_owned())
}

/// Names that the script makes itself: variables, functions, parameters, keys of its objects.
fn own_names(tokens: &[Token]) -> BTreeSet<String> {
    let mut own = BTreeSet::new();
    let mut put = |tokens: &[Token]| {
        own.extend(tokens.iter().filter_map(|token| match token {
            Token::Word(word) if !holds(KEYWORDS, word) => Some(word.clone()),
            _ => None,
        }));
    };
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Word(word) if matches!(word.as_str(), "var" | "let" | "const") => {
                let end = tokens[at..]
                    .iter()
                    .position(|one| is_mark(one, "=") || is_mark(one, ";") || is_word(one, "of") || is_word(one, "in"));
                put(&tokens[at..at + end.unwrap_or(2)]);
            }
            Token::Word(word) if matches!(word.as_str(), "function" | "catch" | "class") => {
                let end = tokens[at..].iter().position(|one| is_mark(one, "{"));
                put(&tokens[at..at + end.unwrap_or(1)]);
            }
            Token::Mark(mark) if mark == "=>" => {
                let from = if is_mark(&tokens[at - 1], ")") {
                    opened(tokens, at - 1)
                } else {
                    at - 1
                };
                put(&tokens[from..at]);
            }
            Token::Word(_) if tokens.get(at + 1).is_some_and(|one| is_mark(one, ":")) => {
                let key = at
                    .checked_sub(1)
                    .is_some_and(|at| is_mark(&tokens[at], "{") || is_mark(&tokens[at], ","));
                if key {
                    put(&tokens[at..=at]);
                }
            }
            _ => {}
        }
    }
    own
}

/// Where the bracket opened that closes at `end`.
fn opened(tokens: &[Token], end: usize) -> usize {
    let mut depth = 0;
    for at in (0..=end).rev() {
        if is_mark(&tokens[at], ")") {
            depth += 1;
        } else if is_mark(&tokens[at], "(") {
            depth -= 1;
            if depth == 0 {
                return at;
            }
        }
    }
    0
}

const MARKS: [&str; 27] = [
    "??=", "||=", "&&=", "===", "!==", "...", "**=", ">>>", "=>", "?.", "??", "||", "&&", "==", "!=", "<=", ">=", "++",
    "--", "+=", "-=", "*=", "/=", "%=", "**", "<<", ">>",
];

fn tokens(js: &str, faults: &mut Vec<String>) -> Vec<Token> {
    let chars: Vec<char> = js.chars().collect();
    let mut tokens: Vec<Token> = Vec::new();
    // Braces that are open; `true` where one belongs to a template literal.
    let mut braces: Vec<bool> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        let next = chars.get(at + 1).copied();
        if c.is_whitespace() {
            at += 1;
        } else if c == '/' && next == Some('/') {
            at = until(&chars, at, |rest| rest[0] == '\n');
        } else if c == '/' && next == Some('*') {
            at = until(&chars, at + 2, |rest| rest.starts_with(&['*', '/'])) + 2;
        } else if c == '"' || c == '\'' {
            at = closing(&chars, at + 1, c) + 1;
            tokens.push(Token::Value);
        } else if c == '`' || (c == '}' && braces.last() == Some(&true)) {
            if c == '}' {
                braces.pop();
            }
            at = template(&chars, at + 1, &mut braces);
            tokens.push(Token::Value);
        } else if c == '/' && begins_expression(&tokens) {
            at = regular(&chars, at + 1, faults);
            tokens.push(Token::Value);
        } else if c.is_ascii_digit() {
            at = until(&chars, at, |rest| {
                !(rest[0].is_ascii_alphanumeric() || matches!(rest[0], '.' | '_'))
            });
            tokens.push(Token::Value);
        } else if c.is_alphabetic() || matches!(c, '_' | '$' | '#') {
            let end = until(&chars, at + 1, |rest| {
                !(rest[0].is_alphanumeric() || matches!(rest[0], '_' | '$'))
            });
            tokens.push(Token::Word(chars[at..end].iter().collect()));
            at = end;
        } else {
            let mark = MARKS.iter().find(|mark| {
                let mark: Vec<char> = mark.chars().collect();
                chars[at..].starts_with(&mark)
            });
            let mark = mark.map_or_else(|| c.to_string(), |mark| (*mark).to_owned());
            match c {
                '{' => braces.push(false),
                '}' => drop(braces.pop()),
                _ => {}
            }
            at += mark.chars().count();
            tokens.push(Token::Mark(mark));
        }
    }
    tokens
}

fn until(chars: &[char], from: usize, ends: impl Fn(&[char]) -> bool) -> usize {
    (from..chars.len())
        .find(|at| ends(&chars[*at..]))
        .unwrap_or(chars.len())
}

fn closing(chars: &[char], mut at: usize, quote: char) -> usize {
    while at < chars.len() && chars[at] != quote {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at
}

/// Skips text of a template literal up to its end or to the code inside it.
fn template(chars: &[char], mut at: usize, braces: &mut Vec<bool>) -> usize {
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('\\', _) => at += 2,
            ('`', _) => return at + 1,
            ('$', Some('{')) => {
                braces.push(true);
                return at + 2;
            }
            _ => at += 1,
        }
    }
    at
}

/// Whether a slash here begins a regular expression and does not divide.
fn begins_expression(tokens: &[Token]) -> bool {
    match tokens.last() {
        None => true,
        Some(Token::Value) => false,
        Some(Token::Word(word)) => holds("return typeof case in of delete void throw new else do", word),
        Some(Token::Mark(mark)) => !matches!(mark.as_str(), ")" | "]" | "}" | "++" | "--"),
    }
}

fn regular(chars: &[char], mut at: usize, faults: &mut Vec<String>) -> usize {
    let mut in_class = false;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 1,
            '[' => in_class = true,
            ']' => in_class = false,
            '/' if !in_class => break,
            _ => {}
        }
        at += 1;
    }
    let end = until(chars, at + 1, |rest| !rest[0].is_ascii_alphabetic());
    let flags: String = chars[(at + 1).min(end)..end].iter().collect();
    if flags.chars().any(|flag| !"gimsuy".contains(flag)) {
        faults.push(format!("a regular expression with /{flags}"));
    }
    end
}
