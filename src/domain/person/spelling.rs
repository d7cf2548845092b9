//! How people write a name in lists.

use crate::domain::unseen::is_unseen;

/// How somebody is addressed behind their name.
const COMRADE: &str = "同志";

/// Folds what people write in different ways into one form of a name: spaces inside it go away, full-width forms become
/// plain, the middle dots are one, remarks in brackets, marks of notes, quotation marks and an address around it and numbers
/// and signs of a list before it go away. Plain figures behind a name stay: rosters tell namesakes by them.
pub fn normal_name(text: &str) -> String {
    let folded = folded(text);
    // What is taken away may have hidden more of it.
    let mut name = folded.as_str();
    loop {
        let shorter = addressed(remarked(listed(name.trim_end_matches(is_mark))));
        if shorter.len() == name.len() {
            return name.to_owned();
        }
        name = shorter;
    }
}

/// A text without spaces, in plain forms, its middle dots alike.
fn folded(text: &str) -> String {
    let plain = text.chars().filter(|c| !c.is_whitespace() && !is_unseen(*c));
    let mut folded = String::with_capacity(text.len());
    for c in plain {
        match c {
            // A dot that is written twice is one.
            '·' | '•' | '・' | '．' | '‧' | '∙' | '●' | '･' | '.' | '˙' | '⋅' if folded.ends_with('·') =>
                {}
            '•' | '・' | '．' | '‧' | '∙' | '●' | '･' | '.' | '˙' | '⋅' => folded.push('·'),
            'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '０'..='９' => {
                folded.push(char::from_u32(c as u32 - 0xfee0).expect("the full-width block mirrors ASCII"));
            }
            other => folded.push(other),
        }
    }
    folded
}

/// Signs that lists put before a name or behind it, and what a name is quoted by.
fn is_mark(c: char) -> bool {
    matches!(
        c,
        '★' | '☆'
            | '※'
            | '▲'
            | '△'
            | '■'
            | '◆'
            | '*'
            | '＊'
            | '#'
            | '＃'
            | '·'
            | '。'
            | '“'
            | '”'
            | '"'
            | '「'
            | '」'
    ) || matches!(c, '①'..='⑳' | '¹' | '²' | '³' | '⁰' | '⁴'..='⁹')
}

/// A folded name without the sign or the number of a list before it.
fn listed(text: &str) -> &str {
    let plain = text.trim_start_matches(is_mark);
    let behind = plain.trim_start_matches(|c: char| c.is_ascii_digit());
    let unnumbered = behind.strip_prefix(['·', '、']).filter(|_| behind.len() < text.len());
    let name = unnumbered.or_else(|| numbered(plain)).unwrap_or(plain);
    if name.is_empty() { text } else { name }
}

/// Brackets in pairs.
const BRACKETS: [(char, char); 6] = [
    ('（', '）'),
    ('(', ')'),
    ('[', ']'),
    ('［', '］'),
    ('【', '】'),
    ('〔', '〕'),
];

/// What stands behind a number in brackets.
fn numbered(text: &str) -> Option<&str> {
    let (_, close) = BRACKETS.iter().find(|(open, _)| text.starts_with(*open))?;
    let (number, rest) = text.split_once(*close)?;
    let mut number = number.chars().skip(1);
    number
        .all(|c| c.is_ascii_digit() || "一二三四五六七八九十".contains(c))
        .then_some(rest)
}

/// A name without the remark in brackets behind it.
fn remarked(name: &str) -> &str {
    match name.find(BRACKETS.map(|(open, _)| open)) {
        Some(at) if at > 0 && name.ends_with(BRACKETS.map(|(_, close)| close)) => &name[..at],
        _ => name,
    }
}

/// A name without the address behind it.
fn addressed(name: &str) -> &str {
    name.strip_suffix(COMRADE)
        .filter(|rest| !rest.is_empty())
        .unwrap_or(name)
}

/// What two spellings of one name have in common that differ in the dot of a name of several parts: lists write a space for
/// it, a hyphen, or nothing.
pub fn without_dots(normal: &str) -> String {
    normal
        .chars()
        .filter(|c| !matches!(c, '·' | '-' | '—' | '–' | '－'))
        .collect()
}

/// What hides characters of a name in a list that is made public.
const MASKS: [char; 9] = ['*', '＊', '某', '×', '○', 'x', 'X', 'ｘ', 'Ｘ'];
/// Most characters of a name that is looked at for masks.
const LONGEST_MASKED: usize = 6;

/// Whether a cell hides part of a name.
pub fn is_masked(text: &str) -> bool {
    text.contains(MASKS)
}

/// A name part of which is hidden, however many signs hide it; `None` when nothing is, or nothing else is left.
pub fn masked_name(text: &str) -> Option<String> {
    let folded = folded(text);
    let mut masked = String::new();
    for c in remarked(&folded).chars() {
        let c = if MASKS.contains(&c) { '*' } else { c };
        if !(c == '*' && masked.ends_with('*')) {
            masked.push(c);
        }
    }
    (masked.contains('*') && masked != "*").then_some(masked)
}

/// How a name may look with a part of it hidden, as [`masked_name`] writes it.
pub fn masks_of(normal: &str) -> Vec<String> {
    let chars: Vec<char> = normal.chars().collect();
    if !(2..=LONGEST_MASKED).contains(&chars.len()) {
        return Vec::new();
    }
    let mut masks = Vec::new();
    for from in 0..chars.len() {
        for to in from + 1..=chars.len() {
            if to - from < chars.len() {
                let parts = [&chars[..from], &['*'], &chars[to..]];
                masks.push(parts.concat().into_iter().collect());
            }
        }
    }
    masks
}

/// Fewest characters of a name.
const SHORTEST: usize = 2;
/// Most characters of a name before or behind which something else is looked for.
const LONGEST_BESIDE: usize = 4;

/// Names that may stand in a cell together with something else: a post, 男 or 女 behind a space, a figure.
pub fn names_within(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut add = |name: &str| {
        if name.chars().count() >= SHORTEST {
            names.push(name.to_owned());
        }
    };
    for word in text.split_whitespace() {
        add(&normal_name(word));
    }
    if let Some((before, _)) = text.trim_end().rsplit_once(char::is_whitespace) {
        add(&normal_name(before));
    }
    let normal = normal_name(text);
    for run in normal.split(|c: char| c.is_ascii() || is_mark(c) && c != '·' || BETWEEN.contains(&c)) {
        add(run);
        if let Some(name) = run
            .strip_suffix(['男', '女'])
            .filter(|name| name.chars().count() > SHORTEST)
        {
            add(name);
        }
        let ends: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([run.len()]).collect();
        let length = ends.len() - 1;
        // Of a name alone nothing is left beside it: an unusual one has four characters.
        for name in SHORTEST..=LONGEST_BESIDE.min(length.saturating_sub(SHORTEST)) {
            add(&run[..ends[name]]);
            add(&run[ends[length - name]..]);
        }
    }
    names
}

/// What stands between the names of a cell that lists several people.
const BETWEEN: [char; 7] = ['、', ',', '，', ';', '；', '/', '\n'];

/// The names of a cell that lists several people, or one with such a mark behind it.
pub fn listed_names(text: &str) -> Vec<String> {
    // A number before the first is no name.
    let (number, rest) = text.split_once('、').unwrap_or(("", text));
    let is_number = !number.is_empty() && number.trim().chars().all(char::is_numeric);
    let text = if is_number { rest } else { text };
    if !text.contains(BETWEEN) {
        return Vec::new();
    }
    let names = text.split(BETWEEN).map(normal_name);
    names.filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_list_adds_to_a_name_goes_away() {
        for written in [
            "闻立言同志",
            "1.闻立言",
            "12、闻立言",
            "★闻立言",
            "※ 闻立言（女）",
            "３．闻立言",
            "闻立言①",
            "①闻立言",
            "②、闻立言",
            "（一）闻立言",
            "[3]闻立言",
            "闻立言[1]",
            "闻立言△",
            "闻立言。",
            "“闻立言”",
            "闻立言#",
        ] {
            assert_eq!(normal_name(written), "闻立言", "{written}");
        }
        // Rosters tell namesakes so, and nobody is called an address alone.
        assert_eq!(normal_name("闻立言1"), "闻立言1");
        assert_eq!(normal_name("同志"), "同志");
        assert_eq!(listed_names("闻立言、顾南乔"), ["闻立言", "顾南乔"]);
        assert_eq!(listed_names("1、闻立言、顾南乔"), ["闻立言", "顾南乔"]);
        assert_eq!(listed_names("闻立言、"), ["闻立言"]);
        assert!(listed_names("阿依古丽·买买提").is_empty() && listed_names("1、闻立言").is_empty());
    }

    #[test]
    fn a_name_is_found_beside_what_does_not_belong_to_it() {
        for written in [
            "闻立言1",
            "闻立言主任",
            "局长闻立言",
            "闻立言 女",
            "闻 立 言 女",
            "闻立言女",
            "闻立言（代）2",
        ] {
            assert!(names_within(written).iter().any(|name| name == "闻立言"), "{written}");
        }
        // A longer name is no shorter one with something behind it.
        for other in ["闻立言明", "闻立", "闻立言立"] {
            assert!(!names_within(other).iter().any(|name| name == "闻立言"), "{other}");
        }
    }

    #[test]
    fn a_name_hidden_in_part_is_compared_by_what_is_left() {
        let fits = |written: &str, name: &str| masks_of(name).contains(&masked_name(written).expect("a mask"));
        for written in [
            "闻*言",
            "闻某言",
            "闻立*",
            "闻**",
            "闻某某",
            "闻某",
            "*立言",
            "闻×言",
            "闻x言",
            "闻○○",
            "闻＊言（女）",
        ] {
            assert!(is_masked(written) && fits(written, "闻立言"), "{written}");
        }
        for written in ["闻*信", "顾*言", "闻里*"] {
            assert!(!fits(written, "闻立言"), "{written}");
        }
        assert_eq!((masked_name("闻立言"), masked_name("***")), (None, None));
        assert!(masks_of("闻").is_empty());
    }

    #[test]
    fn spellings_of_one_name_agree() {
        for written in [
            "阿依古丽买买提",
            "阿依古丽 买买提",
            "阿依古丽˙买买提",
            "阿依古丽⋅买买提",
            "阿依古丽-买买提",
            "阿依古丽——买买提",
            "阿依古丽··买买提",
        ] {
            assert_eq!(
                without_dots(&normal_name(written)),
                without_dots("阿依古丽·买买提"),
                "{written}"
            );
        }
        assert_eq!(normal_name("张 三"), "张三");
        assert_eq!(normal_name("张\u{3000}三"), "张三");
        assert_eq!(normal_name("阿依古丽・买买提"), normal_name("阿依古丽．买买提"));
        assert_eq!(normal_name("阿依古丽 • 买买提"), "阿依古丽·买买提");
        assert_eq!(normal_name("阿依古丽.买买提"), "阿依古丽·买买提");
        assert_eq!(normal_name("沈砚舟（兼）"), "沈砚舟");
        assert_eq!(normal_name("沈砚舟*"), "沈砚舟");
        for unseen in "\u{202e}\u{202c}\u{200e}\u{2066}\u{ad}\u{61c}\u{fe0f}\u{3164}\u{2800}\u{180e}\u{2064}\u{1}\u{7f}\u{e0001}\u{115f}\u{fff9}".chars() {
            assert_eq!(normal_name(&format!("{unseen}沈{unseen}砚舟{unseen}")), "沈砚舟", "{unseen:?}");
        }
    }
}
