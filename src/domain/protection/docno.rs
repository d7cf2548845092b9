//! Document numbers: 云容认〔2026〕12号 in all the brackets and widths people type.

use super::text::Span;

/// A document number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DocNo {
    /// Characters of the organ code; where the number stands in a sentence, the words before it too.
    organ: Vec<char>,
    year: u16,
    number: u32,
}

/// Characters an organ code has at least where no bracket tells that it is one.
const SHORTEST_CODE: usize = 2;

/// Characters before the bracket that may belong to the organ code.
const LONGEST_ORGAN: usize = 14;

/// Characters of an organ code that are shown and no longer read as words.
const LONGEST_CODE: usize = 5;

/// A number found in a text, with its place.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub doc: DocNo,
    pub span: Span,
}

/// Every document number of a folded text. `leads` are words that stand before a number without belonging to it.
/// 云容认2026年12号 is one as well, and may be something else: whether it is bracketed tells `is_bracketed`.
pub(super) fn find(text: &[char], leads: &[Vec<char>]) -> Vec<Found> {
    let at = |at| at_bracket(text, at, leads).or_else(|| at_year(text, at, leads));
    (0..text.len()).filter_map(at).collect()
}

/// Whether what was found has its year in brackets.
pub(super) fn is_bracketed(found: &[char]) -> bool {
    found.iter().any(|c| is_opening(*c))
}

fn is_opening(c: char) -> bool {
    matches!(c, '〔' | '[' | '(' | '【' | '〖' | '{' | '﹝')
}

/// 云容认2026年12号, with the organ code before it.
fn at_year(text: &[char], at: usize, leads: &[Vec<char>]) -> Option<Found> {
    let from = organ_start(text, at);
    let has_sign = |sign: char| usize::from(text.get(at + 4) == Some(&sign));
    if at - from < SHORTEST_CODE || has_sign('年') + has_sign('第') == 0 {
        return None;
    }
    let year: String = text[at..at + 4].iter().collect();
    let year: u16 = year.parse().ok().filter(|year| (1950..2100).contains(year))?;
    let behind_year = at + 4 + has_sign('年');
    let start = behind_year + usize::from(text.get(behind_year) == Some(&'第'));
    let digits: String = text
        .get(start..)?
        .iter()
        .take(7)
        .take_while(|c| c.is_ascii_digit())
        .collect();
    let end = start + digits.len();
    if text.get(end) != Some(&'号') {
        return None;
    }
    Some(Found {
        doc: DocNo {
            organ: organ(text, from, at),
            year,
            number: digits.parse().ok()?,
        },
        span: Span {
            from: code_start(text, from, at, leads),
            to: end + 1,
        },
    })
}

fn organ(text: &[char], from: usize, to: usize) -> Vec<char> {
    let mut organ = text[from..to].to_vec();
    if organ.last() == Some(&'字') {
        organ.pop();
    }
    organ
}

fn at_bracket(text: &[char], open: usize, leads: &[Vec<char>]) -> Option<Found> {
    if !is_opening(text[open]) {
        return None;
    }
    let year: String = text.get(open + 1..open + 5)?.iter().collect();
    let year: u16 = year.parse().ok().filter(|year| (1950..2100).contains(year))?;
    if !matches!(text.get(open + 5)?, '〕' | ']' | ')' | '】' | '〗' | '}' | '﹞') {
        return None;
    }
    let mut at = open + 6;
    if text.get(at) == Some(&'第') {
        at += 1;
    }
    let digits: String = text[at..].iter().take(7).take_while(|c| c.is_ascii_digit()).collect();
    let number = digits.parse().ok()?;
    at += digits.len();
    let named = text.get(at) == Some(&'号');
    let round = matches!(text[open], '(' | '{');
    if !named && round {
        return None;
    }
    let from = organ_start(text, open);
    Some(Found {
        doc: DocNo {
            organ: organ(text, from, open),
            year,
            number,
        },
        span: Span {
            from: code_start(text, from, open, leads),
            to: at + usize::from(named),
        },
    })
}

fn organ_start(text: &[char], open: usize) -> usize {
    let mut from = open;
    while from > 0 && open - from < LONGEST_ORGAN && is_han(text[from - 1]) {
        from -= 1;
    }
    from
}

/// Where the organ code itself begins, as far as that can be told.
fn code_start(text: &[char], first: usize, open: usize, leads: &[Vec<char>]) -> usize {
    let mut from = open;
    while from > first && open - from < LONGEST_CODE && !leads.iter().any(|lead| text[first..from].ends_with(lead)) {
        from -= 1;
    }
    from
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}')
}

impl DocNo {
    /// Reads a number that stands alone in a cell.
    pub fn parse(text: &str) -> Option<Self> {
        let chars = super::text::folded(text);
        (0..chars.len())
            .find_map(|at| at_bracket(&chars, at, &[]))
            .map(|found| found.doc)
    }

    /// Year and number, which two spellings of one document share.
    pub fn key(&self) -> (u16, u32) {
        (self.year, self.number)
    }

    /// Whether this number, found in a sentence, is `other`: organ code, year and number agree, or no organ code
    /// stands here. `leads` are words that stand before a number without belonging to it (依据, 按).
    pub fn is(&self, other: &Self, leads: &[Vec<char>]) -> bool {
        if self.year != other.year || self.number != other.number {
            return false;
        }
        if other.organ.is_empty() {
            return true;
        }
        match self.organ.strip_suffix(other.organ.as_slice()) {
            // One or two characters before the code are another organ's (青云容认), more are the sentence's.
            Some(before) => before.len() > 2 || ends_in_lead(before, leads),
            None => ends_in_lead(&self.organ, leads),
        }
    }
}

fn ends_in_lead(before: &[char], leads: &[Vec<char>]) -> bool {
    before.is_empty() || leads.iter().any(|lead| before.ends_with(lead))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(found: &str, own: &str) -> bool {
        let leads: Vec<Vec<char>> = ["依据", "按", "见"].iter().map(|lead| lead.chars().collect()).collect();
        DocNo::parse(found).unwrap().is(&DocNo::parse(own).unwrap(), &leads)
    }

    #[test]
    fn brackets_widths_and_zeros_do_not_matter() {
        let own = "云容认〔2026〕2号";
        for spelled in [
            "云容认[2026]2号",
            "云容认 ( ２０２６ ) ２ 号",
            "云容认【2026】第2号",
            "云容认字〔2026〕02号",
            "依据云容认〔2026〕2号",
            "〔2026〕2号",
            "依据〔2026〕2号",
        ] {
            assert!(same(spelled, own), "{spelled}");
        }
        for other in [
            "云容认〔2026〕21号",
            "云容认〔2025〕2号",
            "云纪监〔2026〕2号",
            "青云容认〔2026〕2号",
        ] {
            assert!(!same(other, own), "{other}");
        }
    }

    #[test]
    fn a_number_without_brackets_has_its_organ_before_it() {
        let leads = [vec!['按']];
        let shown = |text: &str| {
            let chars = super::super::text::folded(text);
            let found = find(&chars, &leads);
            found
                .iter()
                .map(|found| chars[found.span.from..found.span.to].iter().collect())
                .collect::<Vec<String>>()
        };
        assert_eq!(shown("按云容认２０２６年第2号"), ["云容认2026年第2号"]);
        assert_eq!(shown("按云容认2026第2号"), ["云容认2026第2号"]);
        for none in [
            "2026年2号",
            "云容认2026年2月",
            "云容认2026第2季度",
            "云容认20262号",
            "云容认3026年2号",
            "云容认2026年号",
        ] {
            assert_eq!(shown(none), [""; 0], "{none}");
        }
        assert_eq!(DocNo::parse("云容认2026年2号"), None);
    }

    #[test]
    fn a_year_in_brackets_is_no_number() {
        assert!(DocNo::parse("年度考核（2026）").is_none());
        assert!(DocNo::parse("工资（2026）12月").is_none());
    }
}
