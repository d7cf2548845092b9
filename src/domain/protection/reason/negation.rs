//! Denial: words that do not count because the reason says so (未受问责, 与……无关), and double denial, which affirms.

use super::Reading;
use crate::domain::protection::text::{Span, is_break};

impl Reading<'_> {
    /// Whether words are denied: a denial directly before them, or after them in the clause; both make it a yes.
    pub(super) fn negated(&self, span: Span) -> bool {
        // Each is asked for by several, once and again.
        if let Some((_, known)) = self.denied.borrow().iter().find(|(of, _)| *of == span) {
            return *known;
        }
        let is_denied = self.is_denied(span);
        self.denied.borrow_mut().push((span, is_denied));
        is_denied
    }

    fn is_denied(&self, span: Span) -> bool {
        let clause = self.clause(span);
        let affirmed = self.all(&self.causes.affirmed, clause);
        self.denied_before(span, clause, &affirmed) != self.denied_after(span, clause, &affirmed)
    }

    fn clause(&self, span: Span) -> Span {
        let chars = &self.text.chars;
        let ends = |c: &char| is_break(*c) && *c != '、';
        let from = chars[..span.from].iter().rposition(ends).map_or(0, |at| at + 1);
        let to = chars[span.to..]
            .iter()
            .position(ends)
            .map_or(chars.len(), |at| span.to + at);
        Span { from, to }
    }

    fn denied_before(&self, span: Span, clause: Span, affirmed: &[Span]) -> bool {
        let chars = &self.text.chars;
        let mut at = span.from;
        while at > clause.from {
            let before = &chars[clause.from..at];
            let ends_here =
                |word: &&Vec<char>| word.last().is_none_or(|last| *last == chars[at - 1]) && before.ends_with(word);
            let denial = self.causes.before.iter().filter(ends_here).map(|word| Span {
                from: at - word.len(),
                to: at,
            });
            if denial
                .into_iter()
                .any(|denial| !affirmed.iter().any(|yes| yes.overlaps(denial)))
            {
                return true;
            }
            let word = self.causes.between.iter().find(ends_here).map(|word| at - word.len());
            let marks = self
                .hits
                .iter()
                .map(|hit| hit.span)
                .chain(self.named.namings.iter().map(|naming| naming.span));
            let mark = marks
                .filter(|mark| mark.to == at && mark.from >= clause.from)
                .map(|mark| mark.from)
                .min();
            match word.into_iter().chain(mark).min() {
                Some(back) => at = back,
                None => return false,
            }
        }
        false
    }

    fn denied_after(&self, span: Span, clause: Span, affirmed: &[Span]) -> bool {
        let rest = Span {
            from: span.to,
            to: clause.to,
        };
        let turned = ['但', '却', '仍'];
        let cancelled = !self
            .all(
                &self.causes.cancels,
                Span {
                    from: clause.from,
                    to: span.from,
                },
            )
            .is_empty();
        let denials = self.all(&self.causes.after, rest);
        let plain = denials
            .iter()
            .find(|denial| !affirmed.iter().any(|yes| yes.overlaps(**denial)));
        let reaches = |denial: &Span| !self.text.chars[span.to..denial.from].iter().any(|c| turned.contains(c));
        let doubted = |denial: &Span| {
            let between = Span {
                from: span.to,
                to: denial.to,
            };
            !self.all(&self.causes.cancels, between).is_empty()
        };
        if plain.is_some_and(doubted) {
            return false;
        }
        // A cancelling word that is itself a denial before the words is counted there.
        let stands = !cancelled || self.denied_before(span, clause, affirmed);
        stands && plain.is_some_and(reaches)
    }

    /// Every place of the words inside a span. Nearly all of them differ in their first character.
    fn all(&self, words: &[Vec<char>], within: Span) -> Vec<Span> {
        let chars = &self.text.chars[..within.to.max(within.from)];
        (within.from..chars.len())
            .flat_map(|from| {
                words
                    .iter()
                    .filter(move |word| {
                        word.first().is_none_or(|first| *first == chars[from]) && chars[from..].starts_with(word)
                    })
                    .map(move |word| Span {
                        from,
                        to: from + word.len(),
                    })
            })
            .collect()
    }
}
