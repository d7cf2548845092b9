//! How long a leave is that a reason speaks of, in days.

use super::text::{Span, is_break};
use super::words::Leave;
use crate::domain::numerals::{is_numeral, numeral};

/// Days that a month counts: six of them are less than half a year, seven are more.
const MONTH: i128 = 30;

/// Whether a leave that the reason affirms lasts as long as the rule says; `at`: where the reason speaks of leave.
pub(super) fn is_long(text: &[char], at: &[Span], rule: &Leave) -> bool {
    at.iter().any(|span| {
        let from = text[..span.from]
            .iter()
            .rposition(|c| is_break(*c))
            .map_or(0, |at| at + 1);
        let to = text[span.to..]
            .iter()
            .position(|c| is_break(*c))
            .map_or(text.len(), |at| span.to + at);
        longest(&text[from..to], rule).is_some_and(|days| days >= i128::from(rule.days))
    })
}

/// The longest time that a clause names.
fn longest(clause: &[char], rule: &Leave) -> Option<i128> {
    let is_figure = |c: &char| c.is_ascii_digit() || is_numeral(*c);
    let mut at = 0;
    let mut found = None;
    while let Some(from) = clause[at..].iter().position(is_figure).map(|skip| at + skip) {
        let to = clause[from..]
            .iter()
            .position(|c| !is_figure(c))
            .map_or(clause.len(), |length| from + length);
        let is_short = rule.short.iter().any(|word| clause[..from].ends_with(word));
        found = found.max(days(&clause[from..to], &clause[to..]).filter(|_| !is_short));
        at = to;
    }
    found
}

/// What a number and the unit behind it come to. A month or a day of the calendar (3月, 5日) is no time that passes.
fn days(number: &[char], behind: &[char]) -> Option<i128> {
    let number: String = number.iter().collect();
    let value = number.parse().ok().or_else(|| numeral(&number))?;
    let behind: String = behind.iter().skip_while(|c| matches!(c, '余' | '多')).take(3).collect();
    let times = |each: i128| value.checked_mul(each);
    match behind.as_str() {
        "个半月" => times(MONTH)?.checked_add(MONTH / 2),
        unit if unit.starts_with("个月") || unit.starts_with("个多月") => times(MONTH),
        unit if unit.starts_with('天') => Some(value),
        unit if unit.starts_with('周') => times(7),
        _ => None,
    }
}
