//! A sanction for neglected rectification that is on record: a cause of its own, and no penalty for the tolerated matter.
//! Only where the reason says that it is this: by its document number, the number of the item, or as neglect.

use super::{Reading, Reasoned};
use crate::domain::protection::facts::NeglectFacts;
use crate::domain::protection::pattern::Hit;
use crate::domain::protection::report::{Attribution, Match};
use crate::domain::protection::text::folded;
use crate::domain::protection::words::Cause;

impl Reading<'_> {
    /// Lets a reason rest on what is on record. A reason that names the tolerated matter stays what it is.
    pub fn rest_on(&self, reasoned: &mut Reasoned, on_record: &[&NeglectFacts]) {
        if reasoned.names_case || reasoned.names_other || reasoned.attribution == Attribution::Explicit {
            return;
        }
        let Some(known) = on_record.iter().find(|known| self.says(known)) else {
            return;
        };
        if reasoned.attribution == Attribution::Implied && !self.implies_only(known) {
            return;
        }
        reasoned.attribution = Attribution::Independent;
        reasoned.documented = true;
        reasoned.matched.push(Match {
            place: "整改台账".to_owned(),
            span: None,
            text: format!("{} {}（{}）", known.item, known.measure, known.doc_no),
            meaning: "整改不力的处理记录，与容错事项无关".to_owned(),
        });
    }

    fn says(&self, known: &NeglectFacts) -> bool {
        let holds = |chars: &[char], text: &str| {
            let wanted = folded(text);
            !wanted.is_empty() && chars.windows(wanted.len()).any(|window| window == wanted)
        };
        let named = [&self.text.chars, &self.evidence.chars]
            .into_iter()
            .any(|chars| holds(chars, &known.doc_no) || holds(chars, &known.item));
        named || self.hits.iter().any(|hit| self.is_neglect(hit))
    }

    /// A cause of its own that speaks of rectification, and is not denied.
    fn is_neglect(&self, hit: &Hit<Cause>) -> bool {
        let words = &self.text.chars[hit.span.from..hit.span.to];
        hit.what == Cause::Independent
            && words.windows(2).any(|pair| pair == ['整', '改'])
            && !self.negated(hit.span)
            && !self.in_name(hit.span)
    }

    /// Whether what the reason implies is the sanction on record and nothing else.
    fn implies_only(&self, known: &NeglectFacts) -> bool {
        let measure = folded(&known.measure);
        self.hits
            .iter()
            .filter(|hit| hit.what == Cause::Implied && !self.negated(hit.span) && !self.in_name(hit.span))
            .all(|hit| {
                let words = &self.text.chars[hit.span.from..hit.span.to];
                let core: Vec<char> = words
                    .iter()
                    .copied()
                    .filter(|c| !"受到被予以给了着其".contains(*c))
                    .collect();
                // 记过 is a measure, and 诫过勉 is 诫勉.
                let plain: Vec<char> = core.iter().copied().filter(|c| *c != '过').collect();
                let is_it = |core: &[char]| !core.is_empty() && measure.windows(core.len()).any(|at| at == core);
                is_it(&core) || is_it(&plain)
            })
    }
}
