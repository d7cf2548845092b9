//! Why, in the record's own words: reads the reason and the evidence of a row once, then says what they mean for
//! each protected case.

use super::docno;
use super::list::{Domain, ListRow};
use super::naming::{By, CaseAt, Index, Named, Naming};
use super::pattern::{Hit, Pattern, find_each};
use super::report::{Attribution, Match};
use super::text::{Folded, Span, is_break, is_stop};
use super::words::{AcrossTheBoard, Cause, Causes, Words};
use std::cell::RefCell;

mod in_result;
mod negation;
mod neglect;

/// A row's reason and evidence, read.
pub(super) struct Reading<'a> {
    causes: &'a Causes,
    /// What the row gives as its reason: cells of reasons, and of the others that are headed like reasons those that name
    /// a matter or speak of accountability, since most of what stands in such is none.
    pub given: Vec<&'a str>,
    /// Reason as folded text.
    pub text: Folded,
    /// Cells of reasons; one more is the result's.
    cells: usize,
    named: Named,
    hits: Vec<Hit<Cause>>,
    evidence: Folded,
    proof: Named,
    /// Whether words are denied, as far as that was asked.
    denied: RefCell<Vec<(Span, bool)>>,
}

/// What a row's reason means for one case.
pub(super) struct Reasoned {
    pub attribution: Attribution,
    /// An independent cause has a document or other evidence behind it.
    pub documented: bool,
    /// The reason names this very case.
    pub names_case: bool,
    /// The reason names another cadre's tolerated matter and not this one.
    pub names_other: bool,
    pub matched: Vec<Match>,
}

impl<'a> Reading<'a> {
    /// Reads a row that may be about the given people.
    pub fn of(row: &'a ListRow, domain: Domain, words: &'a Words, index: &Index<'_>, people: &[usize]) -> Self {
        let causes = &words.causes;
        let mut given: Vec<&str> = row.reasons.iter().map(String::as_str).collect();
        let mut alone = None;
        for remark in &row.remarks {
            let reading = Self::of_cells((&[remark], 1), &[], causes, index, people);
            if reading.accuses() {
                given.push(remark);
                alone = Some(reading);
            }
        }
        let mut cells = given.clone();
        cells.retain(|cell| says_something(cell, causes));
        let in_result = row
            .result
            .as_deref()
            .filter(|result| in_result::gives_reason(result, domain, words, index, people));
        let of_reasons = cells.len();
        cells.extend(in_result);
        let evidence = row.evidence.as_deref();
        let evidence: Vec<&str> = evidence
            .filter(|cell| says_something(cell, causes))
            .into_iter()
            .collect();
        // Most rows that give a reason give it in one remark, which has been read.
        let read = alone.filter(|_| given.len() == 1 && cells == given && evidence.is_empty());
        Self {
            given,
            ..read.unwrap_or_else(|| Self::of_cells((&cells, of_reasons), &evidence, causes, index, people))
        }
    }

    /// Reads cells, of which so many are of reasons.
    fn of_cells(
        (cells, of_reasons): (&[&str], usize),
        evidence: &[&str],
        causes: &'a Causes,
        index: &Index<'_>,
        people: &[usize],
    ) -> Self {
        let (text, evidence) = (Folded::of_cells(cells), Folded::of_cells(evidence));
        Self {
            given: Vec::new(),
            denied: RefCell::default(),
            named: look(index, &text, people),
            hits: hits(&text.chars, causes),
            proof: look(index, &evidence, people),
            cells: of_reasons,
            causes,
            text,
            evidence,
        }
    }

    /// Whether it names a matter or speaks of accountability.
    fn accuses(&self) -> bool {
        let names = self.named.namings.iter().any(|naming| !self.negated(naming.span));
        let all = Span {
            from: 0,
            to: self.text.chars.len(),
        };
        let is_general = |hit: &Hit<Cause>| matches!(hit.what, Cause::Explicit | Cause::Implied);
        names || self.stated(all).any(is_general)
    }

    /// Whether the reason affirms one of the words.
    pub fn affirms(&self, words: &[Pattern]) -> bool {
        self.affirmed(words).next().is_some()
    }

    /// Where the reason affirms one of the words.
    pub fn affirmed(&self, words: &[Pattern]) -> impl Iterator<Item = Span> {
        let hits = find_each(&self.text.chars, words.iter().map(|word| (word, ())));
        hits.into_iter().map(|hit| hit.span).filter(|span| !self.negated(*span))
    }

    /// Whether the reason says that what it is about befell everybody.
    pub fn says_it_is_everybodys(&self, words: &AcrossTheBoard) -> bool {
        let found = |patterns: &[Pattern]| -> Vec<Span> { self.affirmed(patterns).collect() };
        let (everyone, lowered) = (found(&words.everyone), found(&words.lowered));
        let together = |clause: Span| {
            let here = |span: &&Span| span.overlaps(clause);
            everyone
                .iter()
                .filter(here)
                .any(|one| lowered.iter().filter(here).any(|other| !one.overlaps(*other)))
        };
        self.affirms(&words.words) || pieces(0, &self.text.chars, is_break).into_iter().any(together)
    }

    /// What the reason means for a case of a person; `case.0` is the person.
    pub fn for_case(&self, case: CaseAt) -> Reasoned {
        let stated: Vec<&Naming> = self
            .named
            .namings
            .iter()
            .filter(|naming| !self.negated(naming.span))
            .collect();
        let own: Vec<&&Naming> = stated.iter().filter(|naming| naming.case == case).collect();
        let sibling = self.siblings(case).next().is_some();
        let other = stated
            .iter()
            .any(|naming| naming.case.0 != case.0 && !self.shared(naming, case));
        let foreign_proof = self.proof.namings.iter().any(|naming| {
            let own = |other: &Naming| other.case == case && other.span.overlaps(naming.span);
            naming.case.0 != case.0 && !self.proof.namings.iter().any(own)
        });
        let other = other || foreign_proof;
        let proved: Vec<&Naming> = self.proof.namings.iter().filter(|naming| naming.case == case).collect();
        let mut out = Reasoned {
            attribution: Attribution::Explicit,
            documented: self.documented(case),
            names_case: !own.is_empty(),
            names_other: false,
            matched: own
                .iter()
                .map(|naming| self.shown(naming.span, by_zh(naming.by)))
                .collect(),
        };
        if out.names_case {
            return out;
        }
        if !sibling && !other {
            out.matched = self.marks(Cause::Explicit, "以容错为理由");
            if !out.matched.is_empty() {
                return out;
            }
        }
        out.names_other = other;
        (out.attribution, out.matched) = self.causes_for(case);
        if !proved.is_empty() && matches!(out.attribution, Attribution::None | Attribution::Implied) {
            out.attribution = Attribution::Explicit;
            out.names_case = true;
            out.matched = proved
                .iter()
                .map(|naming| self.proof_shown(naming.span, by_zh(naming.by)))
                .collect();
        }
        if other {
            let namings = stated.iter().filter(|naming| naming.case.0 != case.0);
            out.matched
                .extend(namings.map(|naming| self.shown(naming.span, "他人的容错事项")));
        }
        out
    }

    /// Implied, independent or none, sentence by sentence.
    fn causes_for(&self, case: CaseAt) -> (Attribution, Vec<Match>) {
        let mut implied = Vec::new();
        let mut independent: Vec<Match> = self
            .siblings(case)
            .map(|naming| self.shown(naming.span, "本人的另一容错事项"))
            .collect();
        let proof = foreign(&self.proof, case);
        let chars = &self.text.chars;
        for sentence in pieces(0, chars, is_stop) {
            let documented = proof || self.has_document(sentence, case);
            for hit in self.stated(sentence) {
                match hit.what {
                    Cause::Implied if documented => independent.push(self.shown(hit.span, "属于另有文号的事项")),
                    Cause::Implied => implied.push(self.shown(hit.span, "笼统的问责用语")),
                    Cause::Independent => independent.push(self.shown(hit.span, "另外的原因")),
                    Cause::Explicit | Cause::Nothing => {}
                }
            }
            for clause in pieces(sentence.from, &chars[sentence.from..sentence.to], |c| {
                is_break(c) && c != '、'
            }) {
                if self.stands_alone(clause) {
                    independent.push(self.shown(clause, "未列入用词的原因"));
                }
            }
        }
        if !implied.is_empty() {
            (Attribution::Implied, implied)
        } else if !independent.is_empty() {
            (Attribution::Independent, independent)
        } else {
            (Attribution::None, Vec::new())
        }
    }

    /// Other cases of the same person that the reason names.
    fn siblings(&self, case: CaseAt) -> impl Iterator<Item = &Naming> {
        self.named
            .namings
            .iter()
            .filter(move |naming| naming.case != case && naming.case.0 == case.0 && !self.negated(naming.span))
    }

    /// Hits of a span that are not denied and no part of a title.
    fn stated(&self, within: Span) -> impl Iterator<Item = &Hit<Cause>> {
        self.hits
            .iter()
            .filter(move |hit| hit.span.overlaps(within) && !self.in_name(hit.span) && !self.negated(hit.span))
    }

    fn in_name(&self, span: Span) -> bool {
        let inside = |outer: Span| outer.from <= span.from && span.to <= outer.to;
        self.named.namings.iter().any(|naming| inside(naming.span))
            || self.named.documents.iter().any(|doc| inside(*doc))
    }

    /// Whether a clause gives a reason that no list knows.
    fn stands_alone(&self, clause: Span) -> bool {
        // What a result says besides is the result.
        if self.text.shown(clause).0 >= self.cells {
            return false;
        }
        // 按规定 says nothing, and 未按规定 says that somebody failed.
        let says = |hit: &&Hit<Cause>| hit.what != Cause::Nothing || !self.negated(hit.span);
        if self.hits.iter().filter(says).any(|hit| hit.span.overlaps(clause)) {
            return false;
        }
        if self.named.namings.iter().any(|naming| naming.span.overlaps(clause)) {
            return false;
        }
        let chars = &self.text.chars;
        let fillers = [
            &self.causes.before,
            &self.causes.after,
            &self.causes.between,
            &self.causes.leads,
            &self.causes.procedure,
        ];
        let mut at = clause.from;
        while at < clause.to {
            let document = self.named.documents.iter().find(|doc| doc.from <= at && at < doc.to);
            if let Some(document) = document {
                at = document.to;
                continue;
            }
            let filler = fillers
                .iter()
                .flat_map(|list| list.iter())
                .filter(|word| chars[at..clause.to].starts_with(word));
            match filler.map(Vec::len).max() {
                Some(length) => at += length,
                None if chars[at].is_alphanumeric() => return true,
                None => at += 1,
            }
        }
        false
    }

    /// Whether a sentence carries the document of another matter.
    fn has_document(&self, sentence: Span, case: CaseAt) -> bool {
        self.named
            .documents
            .iter()
            .any(|doc| doc.overlaps(sentence) && !is_of(&self.named, *doc, case))
    }

    /// A naming of somebody else's case that names this case by the same words: one matter of several cadres.
    fn shared(&self, naming: &Naming, case: CaseAt) -> bool {
        self.named
            .namings
            .iter()
            .any(|own| own.case == case && own.span.overlaps(naming.span))
    }

    fn documented(&self, case: CaseAt) -> bool {
        foreign(&self.named, case) || self.evidence_says_more(case)
    }

    /// Whether the evidence says anything besides the protected case's own papers.
    fn evidence_says_more(&self, case: CaseAt) -> bool {
        let own: Vec<Span> = self
            .proof
            .namings
            .iter()
            .filter(|naming| naming.case == case)
            .map(|naming| naming.span)
            .collect();
        let chars = &self.evidence.chars;
        if own.is_empty() {
            return !chars.is_empty();
        }
        let mut at = 0;
        while at < chars.len() {
            if let Some(span) = own.iter().find(|span| span.from <= at && at < span.to) {
                at = span.to;
                continue;
            }
            let lead = self
                .causes
                .leads
                .iter()
                .chain(&self.causes.between)
                .chain(&self.causes.papers)
                .filter(|word| chars[at..].starts_with(word));
            match lead.map(Vec::len).max() {
                Some(length) => at += length,
                None if chars[at].is_alphanumeric() && chars[at] != '号' => return true,
                None => at += 1,
            }
        }
        false
    }

    fn marks(&self, cause: Cause, meaning: &str) -> Vec<Match> {
        let all = Span {
            from: 0,
            to: self.text.chars.len(),
        };
        self.stated(all)
            .filter(|hit| hit.what == cause)
            .map(|hit| self.shown(hit.span, meaning))
            .collect()
    }

    fn shown(&self, span: Span, meaning: &str) -> Match {
        let (cell, from, to, text) = self.text.shown(span);
        let place = if cell >= self.cells {
            "结果".to_owned()
        } else if self.cells > 1 {
            format!("理由第{}栏", cell + 1)
        } else {
            "理由".to_owned()
        };
        Match {
            place,
            span: Some((from, to)),
            text,
            meaning: meaning.to_owned(),
        }
    }

    fn proof_shown(&self, span: Span, meaning: &str) -> Match {
        let (_, from, to, text) = self.evidence.shown(span);
        Match {
            place: "佐证材料".to_owned(),
            span: Some((from, to)),
            text,
            meaning: meaning.to_owned(),
        }
    }
}

/// What a text names. A document number without brackets may be a day or a typhoon: it counts where a case has it.
fn look(index: &Index<'_>, text: &Folded, people: &[usize]) -> Named {
    let mut named = index.look(text, people);
    let (documents, namings) = (&mut named.documents, &named.namings);
    documents.retain(|doc| {
        docno::is_bracketed(&text.chars[doc.from..doc.to]) || namings.iter().any(|naming| naming.span == *doc)
    });
    named
}

/// The words of a reason. One that names 容错 is not lost inside another that lets some characters stand between
/// (受~处理 in 受容错处理).
fn hits(text: &[char], causes: &Causes) -> Vec<Hit<Cause>> {
    let (mut all, tight) = causes.words.find_and_tight(text);
    let named: Vec<Span> = tight
        .iter()
        .filter(|hit| hit.what == Cause::Explicit)
        .map(|hit| hit.span)
        .collect();
    all.retain(|hit| !named.iter().any(|span| span.overlaps(hit.span)));
    for hit in tight {
        if !all.iter().any(|other| other.span.overlaps(hit.span)) {
            all.push(hit);
        }
    }
    all.sort_by_key(|hit| hit.span.from);
    all
}

fn foreign(named: &Named, case: CaseAt) -> bool {
    named.documents.iter().any(|doc| !is_of(named, *doc, case))
}

fn is_of(named: &Named, doc: Span, case: CaseAt) -> bool {
    named
        .namings
        .iter()
        .any(|naming| naming.case == case && naming.by == By::Document && naming.span == doc)
}

fn by_zh(by: By) -> &'static str {
    match by {
        By::Number => "容错案件编号",
        By::Document => "容错结论文号",
        By::Title => "容错事项名称",
    }
}

/// Whether a cell says anything at all.
fn says_something(cell: &str, causes: &Causes) -> bool {
    let chars = super::text::folded(cell);
    let said = || bare(&chars);
    said().next().is_some() && !causes.empty.iter().any(|empty| bare(empty).eq(said()))
}

fn bare(chars: &[char]) -> impl Iterator<Item = &char> {
    // The first question answers for nearly all; the other one takes its time.
    let says = |c: char| matches!(c, '\u{4e00}'..='\u{9fff}') || c.is_alphanumeric();
    chars.iter().filter(move |c| says(**c))
}

/// The parts of a text between separators, empty ones left out; `base` is where the text begins.
fn pieces(base: usize, chars: &[char], separates: impl Fn(char) -> bool) -> Vec<Span> {
    let mut out = Vec::new();
    let mut from = 0;
    for at in 0..=chars.len() {
        if at == chars.len() || separates(chars[at]) {
            if from < at {
                out.push(Span {
                    from: base + from,
                    to: base + at,
                });
            }
            from = at + 1;
        }
    }
    out
}
