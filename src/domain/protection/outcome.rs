//! What kind of outcome a row holds.

use super::amount;
use super::beside::is_understood;
use super::facts::Tolerance;
use super::leave::is_long;
use super::list::{Domain, ListRow};
use super::pattern::{Hit, Pattern, find_all};
use super::reason::Reading;
use super::report::{Match, OutcomeClass};
use super::text::{Folded, Span, folded, is_break};
use super::words::{Below, Outcomes, Overturned, Words, any_in};

/// Characters between a word that turns an outcome round and the outcome.
const REACH: usize = 6;
/// Other kinds of outcome that are named where their words are known.
const ELSEWHERE: usize = 3;

/// What stands around a row.
pub(super) struct Around<'a> {
    pub domain: Domain,
    pub tolerance: Tolerance,
    /// The list's title, for the year-end bonus of a list without 事项.
    pub titles: &'a [String],
    /// Its sheet's name, for the same.
    pub sheet: Option<&'a String>,
    /// Every row of the sheet fell by the same share.
    pub fell_alike: bool,
    /// Another row of the same person and day names a new post.
    pub new_post: bool,
    /// The grade on record for the year.
    pub grade: Option<&'a str>,
    /// The year it is for.
    pub year: Option<i32>,
}

/// A class with what decided it.
pub(super) struct Classified {
    pub class: OutcomeClass,
    /// Said of the result in a sentence.
    pub said: String,
    pub matched: Vec<Match>,
}

/// Classifies a row.
pub(super) fn classify(row: &ListRow, around: &Around<'_>, reading: &Reading<'_>, words: &Words) -> Classified {
    let mut result = row.result.as_deref().unwrap_or("").trim();
    let sum = amount::parse(result);
    // An appraisal list that shows the bonus of each grade beside it: the grade is the outcome.
    if around.domain == Domain::AnnualAppraisal
        && let Some(grade) = &row.grade
        && (sum.is_some() || result.is_empty() || is_of_pay(result, words))
    {
        result = grade.trim();
    }
    if around.domain == Domain::Bonus
        && let Some(class) = year_end(row, around, sum, words)
    {
        return class;
    }
    let own = || words.names(around.domain).and_then(|names| names.tolerance);
    if let (Some(value), Some(tolerance)) = (sum, around.tolerance.of(around.domain).or_else(own)) {
        return by_number(row, around, value, tolerance, reading, words);
    }
    by_words(row, result, around, reading, words)
}

/// Whether a result is known where money is paid and in no appraisal (足额发放).
fn is_of_pay(result: &str, words: &Words) -> bool {
    let text = folded(result);
    let knows = |domain| words.of(domain).classes.any_in(&text);
    !knows(Domain::AnnualAppraisal) && knows(Domain::Bonus)
}

// ---------------------------------------------------------------- the year-end bonus

fn year_end(row: &ListRow, around: &Around<'_>, sum: Option<i128>, words: &Words) -> Option<Classified> {
    let rule = &words.year_end;
    let named = match &row.item {
        Some(item) => any_in(&rule.items, &Folded::of(item).chars),
        None => around
            .titles
            .iter()
            .chain(around.sheet)
            .any(|title| any_in(&rule.items, &Folded::of(title).chars)),
    };
    let result = row.result.as_deref().unwrap_or("");
    let unpaid = sum == Some(0) || any_in(&rule.unpaid, &Folded::of(result).chars);
    if !named || !unpaid {
        return None;
    }
    let beside = [row.grade.as_deref(), row.item.as_deref(), around.grade];
    let grade = beside.into_iter().flatten().find_map(|text| {
        let found = find_all(&Folded::of(text).chars, &rule.grades);
        found.first().map(|hit| (text.to_owned(), hit.what))
    });
    let falls = || {
        let baseline = row.baseline.as_deref().and_then(amount::parse)?;
        Some(amount::fell(baseline, 0, around.tolerance.bonus))
    };
    let (class, said) = match &grade {
        Some((grade, true)) => (OutcomeClass::Adverse, format!("考核为“{grade}”而年终奖金“{result}”")),
        None => (OutcomeClass::Adverse, format!("年终奖金“{result}”，考核等次不详")),
        Some((grade, false)) if falls() == Some(true) => (
            OutcomeClass::Adverse,
            format!("年终奖金“{result}”，低于基准，考核为“{grade}”"),
        ),
        Some((grade, false)) => (OutcomeClass::Ordinary, format!("考核为“{grade}”，按规定没有年终奖金")),
    };
    Some(Classified {
        class,
        said,
        matched: vec![whole_cell("结果", result, class)],
    })
}

// ---------------------------------------------------------------- numbers

fn by_number(
    row: &ListRow,
    around: &Around<'_>,
    value: i128,
    tolerance: u8,
    reading: &Reading<'_>,
    words: &Words,
) -> Classified {
    let result = row.result.as_deref().unwrap_or("");
    let Some(baseline) = row.baseline.as_deref().and_then(amount::parse) else {
        return Classified {
            class: OutcomeClass::Unknown,
            said: format!("结果“{result}”只有数额而没有可比的基准"),
            matched: vec![whole_cell("结果", result, OutcomeClass::Unknown)],
        };
    };
    let shown = format!("{}→{result}", row.baseline.as_deref().unwrap_or(""));
    let (class, why) = if value > baseline {
        (OutcomeClass::Favourable, "高于基准".to_owned())
    } else if value == baseline {
        (OutcomeClass::Ordinary, "与基准相同".to_owned())
    } else if !amount::fell(baseline, value, tolerance) {
        (OutcomeClass::Ordinary, format!("低于基准不超过 {tolerance}%"))
    } else if around.fell_alike && reading.says_it_is_everybodys(&words.across_the_board) {
        (OutcomeClass::Ordinary, "全单位同比例调整".to_owned())
    } else {
        (OutcomeClass::Adverse, "低于基准".to_owned())
    };
    Classified {
        class,
        said: format!("结果“{shown}”（{why}）"),
        matched: vec![whole_cell("结果", result, class)],
    }
}

// ---------------------------------------------------------------- words

fn by_words(row: &ListRow, result: &str, around: &Around<'_>, reading: &Reading<'_>, words: &Words) -> Classified {
    let list = words.of(around.domain);
    let text = Folded::of(result);
    let own = match around.year {
        Some(year) if !list.graded.is_empty() => without_other_years(&text.chars, year),
        _ => text.chars.clone(),
    };
    let hits = classes_in(&own, list, words);
    let of = |class: OutcomeClass| hits.iter().filter(move |(found, _)| *found == class);
    let class = [
        OutcomeClass::Adverse,
        OutcomeClass::Unknown,
        OutcomeClass::Ordinary,
        OutcomeClass::Favourable,
    ]
    .into_iter()
    .find(|class| of(*class).next().is_some());
    let Some(class) = class else {
        let said = if result.is_empty() {
            "结果栏空白".to_owned()
        } else {
            format!(
                "结果“{result}”没有规则认识{}",
                known_elsewhere(&text.chars, around.domain, words)
            )
        };
        return Classified {
            class: OutcomeClass::Unknown,
            said,
            matched: Vec::new(),
        };
    };
    let mut out = Classified {
        class,
        said: format!("结果“{result}”属{}", class.zh()),
        matched: of(class).map(|(_, span)| shown(&text, *span, class)).collect(),
    };
    if class == OutcomeClass::Adverse {
        soften(row, around, reading, words, &hits, &text, &mut out);
    }
    out
}

/// A grade left open for probation or long leave, and a dismissal with a new post, are ordinary.
fn soften(
    row: &ListRow,
    around: &Around<'_>,
    reading: &Reading<'_>,
    words: &Words,
    hits: &[(OutcomeClass, Span)],
    text: &Folded,
    out: &mut Classified,
) {
    let list = words.of(around.domain);
    let only = |known: &[Pattern]| {
        hits.iter()
            .filter(|(class, _)| *class == OutcomeClass::Adverse)
            .all(|(_, span)| is_one_of(known, &text.chars[span.from..span.to]))
    };
    let is_long_leave = || {
        list.long_leave.as_ref().is_some_and(|rule| {
            let said: Vec<Span> = reading.affirmed(&rule.words).collect();
            is_long(&reading.text.chars, &said, rule)
        })
    };
    if !list.undetermined.is_empty()
        && only(&list.undetermined)
        && (reading.affirms(&list.excused_by) || any_in(&list.excused_by, &text.chars) || is_long_leave())
    {
        out.class = OutcomeClass::Ordinary;
        out.said.push_str("，理由为试用期或病事假超半年，改属一般");
    }
    if !list.dismissal.is_empty() && only(&list.dismissal) {
        let item = Folded::of(row.item.as_deref().unwrap_or(""));
        let is_new = |text: &[char]| {
            let mut found = list.new_post.iter().flat_map(|word| word.find(text));
            found.any(|span| !is_denied_post(list, &text[..span.from]))
        };
        let here = is_new(&text.chars) || is_new(&item.chars);
        let is_said = || names_another_post(hits, &text.chars, list) || reading.affirms(&list.new_post_in_reason);
        if here || around.new_post || is_said() {
            out.class = OutcomeClass::Ordinary;
            out.said.push_str("，另有新职务或者到龄、退休，改属一般");
        }
    }
}

/// Whether what stands before the words of a new post says that it is none: 不再担任副局长,免职.
fn is_denied_post(list: &Outcomes, before: &[char]) -> bool {
    list.not_new.iter().any(|word| before.ends_with(word))
}

/// Whether something is given in another clause than all that is taken (免去局长职务，任主任; not 提名免去).
fn names_another_post(hits: &[(OutcomeClass, Span)], text: &[char], list: &Outcomes) -> bool {
    let of = |class| {
        hits.iter()
            .filter(move |(found, _)| *found == class)
            .map(|(_, span)| span)
    };
    let apart = |one: &Span, other: &Span| {
        let between = if one.to <= other.from {
            one.to..other.from
        } else {
            other.to..one.from
        };
        text[between].iter().any(|c| is_break(*c) || *c == '(')
    };
    let mut given = of(OutcomeClass::Favourable).filter(|given| !is_denied_post(list, &text[..given.from]));
    given.any(|given| of(OutcomeClass::Adverse).all(|taken| apart(given, taken)))
}

/// The words of a list in a text, each with its class where it stands.
fn classes_in(text: &[char], list: &Outcomes, words: &Words) -> Vec<(OutcomeClass, Span)> {
    let signs = without(text, &words.overturned.harmless);
    let mut found: Vec<(OutcomeClass, Span)> = list
        .classes
        .find(text)
        .iter()
        .map(|hit| (turned(hit, text, &signs, list, &words.overturned), hit.span))
        .collect();
    let spans: Vec<Span> = found.iter().map(|(_, span)| *span).collect();
    if let Some(rule) = &words.beside_favourable
        && found.iter().all(|(class, _)| *class == OutcomeClass::Favourable)
        && !is_understood(text, &signs, &spans, rule)
    {
        for (class, _) in &mut found {
            *class = OutcomeClass::Unknown;
        }
    }
    found
}

/// Where else the words of a result are known: its list may be of another kind.
fn known_elsewhere(text: &[char], domain: Domain, words: &Words) -> String {
    let others = words.outcomes.iter().filter(|(other, _)| **other != domain);
    let known: Vec<&str> = others
        .filter(|(_, list)| {
            classes_in(text, list, words)
                .iter()
                .any(|(class, _)| *class != OutcomeClass::Unknown)
        })
        .map(|(other, _)| other.zh())
        .take(ELSEWHERE)
        .collect();
    if known.is_empty() {
        return String::new();
    }
    format!(
        "（按{}判断，{}里有这个说法，请核对名单属于哪一类）",
        domain.zh(),
        known.join("、")
    )
}

/// The class of a word where it stands: a denial before or inside it, or a word before or behind it that takes it back.
/// `signs` is the text without the words that only look like one of those.
fn turned(hit: &Hit<OutcomeClass>, text: &[char], signs: &[char], list: &Outcomes, rule: &Overturned) -> OutcomeClass {
    let begins = |(at, c): (usize, &char)| is_break(*c) || *c == '(' && at + 1 == hit.span.from;
    let clause = text[..hit.span.from].iter().enumerate().rev().find(|at| begins(*at));
    let clause = clause.map_or(0, |(at, _)| at + 1);
    let before = &text[clause..hit.span.from];
    let near = &signs[clause.max(hit.span.from.saturating_sub(REACH))..hit.span.from];
    let behind = &signs[hit.span.to..signs.len().min(hit.span.to + REACH)];
    let directly = |list: &[Vec<char>]| list.iter().any(|word| before.ends_with(word));
    let taken_back = stands_in(&rule.reversed, near) || stands_in(&rule.followed, behind);
    let is_grade = || is_one_of(&list.graded, &text[hit.span.from..hit.span.to]);
    if matches!(hit.what, OutcomeClass::Ordinary | OutcomeClass::Favourable)
        && let Some(below) = rule.below(before, &text[hit.span.to..])
        && is_grade()
    {
        // Below 优秀 is 称职 or worse, and below that nothing but what is adverse. Not to reach 优秀 is ordinary.
        return match (hit.what, below) {
            (OutcomeClass::Ordinary, Below::Lower) => OutcomeClass::Adverse,
            (OutcomeClass::Favourable, _) if stands_in(&rule.withheld, near) => OutcomeClass::Ordinary,
            _ => OutcomeClass::Unknown,
        };
    }
    match hit.what {
        OutcomeClass::Adverse if directly(&rule.withheld) || directly(&rule.spared) => OutcomeClass::Ordinary,
        OutcomeClass::Adverse if steps_over(list, &text[hit.span.from..hit.span.to], &rule.withheld) => {
            OutcomeClass::Ordinary
        }
        // 解除低聘, 扣发部分已退还: what was taken is given back, or it is not known how it ended.
        OutcomeClass::Adverse if directly(&rule.undoing) || stands_in(&rule.undone, behind) => OutcomeClass::Unknown,
        OutcomeClass::Favourable if is_one_of(&list.corrected, &text[hit.span.from..hit.span.to]) => {
            let denied = directly(&rule.withheld) || directly(&rule.reversed) || stands_in(&rule.followed, behind);
            if denied { OutcomeClass::Unknown } else { hit.what }
        }
        OutcomeClass::Favourable => {
            let inside = &signs[hit.span.from..hit.span.to];
            let bracket = bracket(&signs[hit.span.to..]);
            if stands_in(&rule.withheld, near) || stands_in(&rule.withheld, inside) {
                OutcomeClass::Ordinary
            } else if taken_back
                || stands_in(&rule.reversed, inside)
                || stands_in(&rule.followed, bracket)
                || stands_in(&rule.bracketed, bracket)
            {
                OutcomeClass::Unknown
            } else {
                OutcomeClass::Favourable
            }
        }
        // A grade that is not given, or not for good, is none (不能确定为称职, 合格（待定）).
        OutcomeClass::Ordinary
            if (taken_back
                || stands_in(&rule.withheld, near)
                || stands_in(&rule.lowered, bracket(&signs[hit.span.to..])))
                && is_grade() =>
        {
            OutcomeClass::Unknown
        }
        other => other,
    }
}

/// Whether the words of an outcome are found only across a denial that stands between them (资格未取消).
fn steps_over(list: &Outcomes, said: &[char], denials: &[Vec<char>]) -> bool {
    let denied = |word: &&Vec<char>| said.windows(word.len()).any(|at| at == word.as_slice());
    let Some(denial) = denials.iter().find(denied) else {
        return false;
    };
    let denial: String = denial.iter().collect();
    let whole = |pattern: &&Pattern| is_one_of(std::slice::from_ref(*pattern), said);
    let mut found = list.classes.iter().map(|(pattern, _)| pattern).filter(whole).peekable();
    found.peek().is_some() && found.all(|pattern| pattern.has_gap() && !pattern.text.contains(&denial))
}

/// A text of the same length in which brackets about other years are blank, where something stands outside them:
/// 称职（2025年度：不确定等次） is the grade of this year.
fn without_other_years(text: &[char], year: i32) -> Vec<char> {
    let mut out = text.to_vec();
    let mut from = 0;
    while let Some(open) = text[from..].iter().position(|c| *c == '(').map(|at| from + at) {
        let close = text[open..].iter().position(|c| *c == ')');
        let close = close.map_or(text.len(), |at| open + at + 1);
        let years = years_in(&text[open..close]);
        if !years.is_empty() && !years.contains(&year) {
            out[open..close].fill(' ');
        }
        from = close;
    }
    if out.iter().all(|c| *c == ' ') {
        text.to_vec()
    } else {
        out
    }
}

/// The years that a text writes in full.
fn years_in(text: &[char]) -> Vec<i32> {
    let mut years = Vec::new();
    for run in text.split(|c| !c.is_ascii_digit()).filter(|run| run.len() == 4) {
        let year = run.iter().collect::<String>().parse();
        years.extend(year.ok().filter(|year| (1990..2100).contains(year)));
    }
    years
}

/// What the first bracket of a clause holds.
fn bracket(text: &[char]) -> &[char] {
    let clause = &text[..text.iter().position(|c| is_break(*c)).unwrap_or(text.len())];
    let open = clause.iter().position(|c| matches!(c, '(' | '[' | '【' | '〔'));
    let Some(open) = open else { return &[] };
    let inside = &text[open + 1..];
    let close = inside.iter().position(|c| matches!(c, ')' | ']' | '】' | '〕'));
    &inside[..close.unwrap_or(inside.len())]
}

/// A text of the same length in which some words are blank.
fn without(text: &[char], words: &[Vec<char>]) -> Vec<char> {
    let mut out = text.to_vec();
    for at in 0..text.len() {
        for word in words.iter().filter(|word| text[at..].starts_with(word)) {
            out[at..at + word.len()].fill(' ');
        }
    }
    out
}

/// Whether characters are one of the words and nothing else.
pub(super) fn is_one_of(known: &[Pattern], word: &[char]) -> bool {
    let whole = |found: &Span| found.from == 0 && found.to == word.len();
    known.iter().any(|pattern| pattern.find(word).iter().any(whole))
}

fn stands_in(words: &[Vec<char>], text: &[char]) -> bool {
    words
        .iter()
        .any(|word| text.windows(word.len()).any(|at| at == word.as_slice()))
}

fn shown(text: &Folded, span: Span, class: OutcomeClass) -> Match {
    let (_, from, to, words) = text.shown(span);
    Match {
        place: "结果".to_owned(),
        span: Some((from, to)),
        text: words,
        meaning: class.zh().to_owned(),
    }
}

fn whole_cell(place: &str, text: &str, class: OutcomeClass) -> Match {
    Match {
        place: place.to_owned(),
        span: None,
        text: text.to_owned(),
        meaning: class.zh().to_owned(),
    }
}
