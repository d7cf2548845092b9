//! Which of several columns of sums is what somebody was to have, and which is what came of it, where no two headers
//! belong together: by how near to the payment each header speaks, and by whether sums stand below.

use super::guess::{Columns, Inferred, Sheet, bare, field_of, take};
use super::{Kind, squeezed};
use serde::{Deserialize, Serialize};

/// How headers of sums speak that are equally near to the payment.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Step {
    begins: Vec<String>,
    ends: Vec<String>,
    has: Vec<String>,
}

impl Step {
    /// Every word, to be written without spaces.
    pub(super) fn words_mut(&mut self) -> impl Iterator<Item = &mut String> {
        self.begins.iter_mut().chain(&mut self.ends).chain(&mut self.has)
    }
}

/// A column of sums.
#[derive(Debug, Clone, Copy)]
struct Sums {
    column: usize,
    /// How near to the payment its header speaks, where it says.
    step: Option<usize>,
}

impl Kind {
    /// Two columns of sums of which the headers say which is held against which; where only one of them says it, the two
    /// must be the only ones. What is called the baseline, or due, is one of them.
    pub(super) fn by_steps(&self, columns: &mut Columns, sheet: &Sheet<'_>, out: &mut Inferred) -> bool {
        let known = columns.get("基准").and_then(|columns| columns.first()).copied();
        let due = columns.get("应发").and_then(|columns| columns.first()).copied();
        let mut sums = self.sums(columns, sheet, out);
        if let Some(known) = known {
            // What is due is the result of what has a baseline, where nothing says what was paid.
            let paid: Vec<usize> = sums
                .iter()
                .filter(|one| self.is_paid(**one))
                .map(|one| one.column)
                .collect();
            let only = match (&paid[..], &sums[..], due) {
                ([paid], ..) => Some(*paid),
                ([], [only], None) if only.column > known && !columns.contains_key("考核等次") => Some(only.column),
                _ => None,
            };
            let Some(after) = only.filter(|_| sheet.holds_sums(known)) else {
                return false;
            };
            take(columns, out, after, "结果");
            return true;
        }
        if let Some(due) = due.filter(|due| sheet.holds_sums(*due)) {
            let step = self.step(&sheet.texts[due]);
            sums.push(Sums { column: due, step });
            sums.sort_by_key(|one| one.column);
        }
        // Beside a grade figures may be anything that their headers do not say.
        if columns.contains_key("考核等次") {
            sums.retain(|one| one.step.is_some());
        }
        let pair = self.held_against(&sums);
        let Some((before, after)) = pair.filter(|pair| self.is_whole(*pair, sheet)) else {
            return false;
        };
        let is_due = |column: usize| Some(column) == due;
        if !is_due(after) {
            take(columns, out, after, "结果");
        }
        // What is called due is the baseline by itself where something else is the result.
        if !is_due(before) {
            take(columns, out, before, "基准");
        }
        true
    }

    /// The sum that stands before the one that is called the result.
    pub(super) fn baseline_by_steps(&self, columns: &mut Columns, sheet: &Sheet<'_>, out: &mut Inferred) {
        if columns.contains_key("基准") || columns.contains_key("应发") {
            return;
        }
        let Some([result]) = columns.get("结果").map(Vec::as_slice) else {
            return;
        };
        if !sheet.holds_sums(*result) || sheet.said(*result).next().is_none() {
            return;
        }
        let mut sums = self.sums(columns, sheet, out);
        sums.retain(|one| !self.is_paid(*one) && one.step.is_some());
        let lowest = sums.iter().filter_map(|one| one.step).min();
        let mut first = sums.iter().filter(|one| one.step == lowest);
        if let (Some(only), None) = (first.next(), first.next())
            && self.is_whole((only.column, *result), sheet)
        {
            take(columns, out, only.column, "基准");
        }
    }

    /// Whether two sums are of one thing: of a list that has the parts of a payment, too, one may be a part and the other
    /// the whole.
    pub(super) fn is_whole(&self, (before, after): (usize, usize), sheet: &Sheet<'_>) -> bool {
        let is_part = |column: usize| {
            let said = squeezed(&sheet.texts[column]);
            column != before
                && column != after
                && self.may_be_money(&said)
                && self.guesses.pay.iter().any(|word| said.contains(word.as_str()))
                && sheet.said(column).next().is_some()
                && sheet.holds_sums(column)
        };
        if !(0..sheet.texts.len()).any(is_part) {
            return true;
        }
        let (before, after) = (self.stem(&sheet.texts[before]), self.stem(&sheet.texts[after]));
        before.is_empty() || after.is_empty() || before == after
    }

    /// What a header speaks of, without how near it is to the payment.
    fn stem(&self, text: &str) -> String {
        let mut said = self.fronted(text.rsplit('\n').next().unwrap_or_default());
        for step in &self.guesses.steps {
            let begins = step.begins.iter().filter(|word| said.starts_with(word.as_str()));
            if let Some(word) = begins.max_by_key(|word| word.len()) {
                said.drain(..word.len());
                break;
            }
        }
        for end in self
            .guesses
            .steps
            .iter()
            .flat_map(|step| &step.ends)
            .chain(&self.guesses.plain)
        {
            if let Some(rest) = said.strip_suffix(end.as_str()) {
                said.truncate(rest.len());
            }
        }
        said
    }

    /// Whether figures below a header may be sums that are paid.
    pub(super) fn may_be_money(&self, text: &str) -> bool {
        let said = squeezed(text);
        let is_change = said.contains('扣') && !said.contains(['前', '后']);
        let is_other = self.step(text).is_none() && self.guesses.is_other(&said);
        !is_change && !is_other && !self.guesses.unpaid.iter().any(|word| said.contains(word.as_str()))
    }

    /// Whether a header speaks of what a payment is held against.
    pub(super) fn is_held_against(&self, text: &str) -> bool {
        self.step(text) == Some(0)
    }

    /// Columns without a field that mostly hold sums of money.
    fn sums(&self, columns: &Columns, sheet: &Sheet<'_>, out: &mut Inferred) -> Vec<Sums> {
        let mut open = self.unlisted(columns, sheet);
        open.retain(|column| field_of(columns, *column).is_none() && self.may_be_money(&sheet.texts[*column]));
        out.by_rows |= !open.is_empty();
        open.retain(|column| sheet.holds_sums(*column) && sheet.said(*column).next().is_some());
        let of = |column| Sums {
            column,
            step: self.step(&sheet.texts[column]),
        };
        open.into_iter().map(of).collect()
    }

    /// The only pair that can be meant.
    fn held_against(&self, sums: &[Sums]) -> Option<(usize, usize)> {
        let steps = || sums.iter().filter_map(|one| one.step);
        let (lowest, highest) = (steps().min()?, steps().max()?);
        let only = |step: usize| {
            let mut found = sums.iter().filter(|one| one.step == Some(step));
            found.next().filter(|_| found.next().is_none()).map(|one| one.column)
        };
        if lowest < highest {
            return Some((only(lowest)?, only(highest)?));
        }
        let [first, second] = sums else { return None };
        let begins = first.step.is_some_and(|step| step < 2) && second.step.is_none();
        let ends = first.step.is_none() && self.is_paid(*second);
        (begins || ends).then_some((first.column, second.column))
    }

    /// Whether a header speaks of what was paid in the end.
    fn is_paid(&self, one: Sums) -> bool {
        one.step.is_some_and(|step| step + 1 == self.guesses.steps.len())
    }

    /// How near to the payment a header speaks: its lower line, else both.
    pub(super) fn step(&self, text: &str) -> Option<usize> {
        let last = text.rsplit('\n').next().unwrap_or_default();
        self.step_of(last)
            .or_else(|| self.step_of(text).filter(|_| last.len() < text.len()))
    }

    /// The same of one text: by words for what was paid that it begins with, by how it ends, by how it begins, by what
    /// stands in it.
    fn step_of(&self, text: &str) -> Option<usize> {
        let said = self.fronted(text);
        let steps = &self.guesses.steps;
        let begins = |step: &Step| step.begins.iter().any(|word| said.starts_with(word.as_str()));
        let ends = |step: &Step| step.ends.iter().any(|word| said.ends_with(word.as_str()));
        let has = |step: &Step| step.has.iter().any(|word| said.contains(word.as_str()));
        let last = steps.len().checked_sub(1)?;
        let is_last = begins(&steps[last]).then_some(last);
        is_last
            .or_else(|| steps.iter().rposition(ends))
            .or_else(|| steps.iter().position(begins))
            .or_else(|| steps.iter().position(has))
    }
}

/// A header with what its last brackets or its second line say before it, where those are words that belong there:
/// 岗位工资（原）, 应发合计 over 上月.
pub(super) fn fronted(text: &str, fronts: &[String]) -> Option<String> {
    if let Some((upper, last)) = text.rsplit_once('\n') {
        let last = squeezed(last);
        if fronts.contains(&last) {
            return Some(format!("{last}{}", bare(upper)));
        }
    }
    let said = squeezed(text);
    let inner = said.strip_suffix([')', '）', ']', '】'])?;
    let (before, inner) = inner.rsplit_once(['(', '（', '[', '【'])?;
    let known = fronts.iter().any(|word| word == inner);
    (known && !before.is_empty()).then(|| format!("{inner}{}", bare(before)))
}
