//! What is said of a line to whoever brought the list: that something must be checked, what kind of problem it is and
//! at which cell. The case itself is said only to those who may see it.

use super::amount;
use super::report::{Attribution, Cell, Judged, Match, OutcomeClass, Verdict};

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// To the clerk: neither number, title, document nor conclusion of a case, nor who is protected without a problem.
    Clerk,
    /// Everything the judgement found.
    Details,
}

/// A line in the words of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// 预检结论
    pub verdict: Verdict,
    /// 依据: the clause and the kind of problem; in details, the whole reasoning.
    pub basis: String,
    /// The cells that decided it.
    pub cells: Vec<Deciding>,
}

/// A cell that decided something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deciding {
    /// Which: 结果, 理由, 佐证材料, 公民身份号码 or 姓名. 理由 may stand in several columns.
    pub field: &'static str,
    /// Words that stand there, to find the right one of several columns.
    pub words: String,
    /// What to say of it.
    pub note: String,
}

const RESULT: &str = "结果";
const REASON: &str = "理由";
const PROOF: &str = "佐证材料";
const NUMBER: &str = "公民身份号码";
const NAME: &str = "姓名";

/// What reason words may be taken for without saying anything of a case. Whatever is not listed here is not quoted.
const PLAIN: [&str; 4] = ["笼统的问责用语", "另外的原因", "未列入用词的原因", "属于另有文号的事项"];

/// Says a line; `None`: this view says nothing of it.
pub fn told(judged: &Judged, view: View) -> Option<Told> {
    let verdict = judged.verdict;
    match view {
        View::Clerk if verdict == Verdict::Clear => None,
        View::Clerk => Some(Told {
            verdict,
            basis: format!("{}：{}，请核对", judged.clause, problem(judged)),
            cells: cells(judged, view),
        }),
        View::Details => Some(Told {
            verdict,
            basis: format!("{}：{}", judged.clause, judged.why),
            cells: if verdict == Verdict::Clear {
                Vec::new()
            } else {
                cells(judged, view)
            },
        }),
    }
}

/// What a verdict means, in the words of a view.
pub fn legend(verdict: Verdict, view: View) -> &'static str {
    match (view, verdict) {
        (View::Clerk, Verdict::Violation) => "所写理由不宜作为依据，须更正或者书面说明。",
        (View::Clerk, Verdict::Absent) => "名单应列入的人员没有列入，须补列或者说明。",
        (View::Clerk, Verdict::Suspect) => "理由笼统，或者结果不利而没有说明理由，须核对。",
        _ => verdict.meaning(),
    }
}

/// The kind of problem, in words that fit every case.
fn problem(judged: &Judged) -> String {
    match judged.cell.as_str() {
        "absent" => return "本单位应列入的人员没有列入".to_owned(),
        "identity" => return "身份不能确定".to_owned(),
        "duplicate" => return "同一人同一事项结果不一致".to_owned(),
        _ => {}
    }
    let class = judged.outcome_class.and_then(|class| match class {
        OutcomeClass::Adverse => Some(adverse(judged)),
        OutcomeClass::Unknown => Some("结果看不出属于哪一类"),
        OutcomeClass::Ordinary | OutcomeClass::Favourable => None,
    });
    let parts: Vec<&str> = class.into_iter().chain(cause(judged)).collect();
    if parts.is_empty() {
        "本行须核对".to_owned()
    } else {
        parts.join("、")
    }
}

/// How an adverse outcome is called: a sum is compared with its baseline, words with what is usual.
fn adverse(judged: &Judged) -> &'static str {
    let is_sum =
        |found: &&Match| found.place == RESULT && found.text == judged.result && amount::parse(&found.text).is_some();
    let has_baseline = amount::parse(&judged.baseline).is_some();
    if has_baseline && judged.matched.iter().any(|found| is_sum(&found)) {
        "金额低于基准"
    } else {
        "结果低于一般"
    }
}

fn cause(judged: &Judged) -> Option<&'static str> {
    match judged.attribution? {
        Attribution::Explicit => Some("所写理由不宜作为依据"),
        Attribution::Implied => Some("理由笼统"),
        Attribution::None => Some("理由未说明"),
        Attribution::Independent if Cell::parse(&judged.cell).is_some_and(|cell| !cell.documented) => {
            Some("理由没有佐证材料")
        }
        Attribution::Independent => None,
    }
}

fn cells(judged: &Judged, view: View) -> Vec<Deciding> {
    let mut cells: Vec<Deciding> = Vec::new();
    for found in &judged.matched {
        let field = field(found);
        let note = match view {
            View::Details => found.to_string(),
            View::Clerk => plainly(judged, found, field),
        };
        match cells
            .iter_mut()
            .find(|cell| cell.field == field && cell.words == found.text)
        {
            Some(known) if known.note.contains(&note) => {}
            Some(known) => {
                known.note.push('\n');
                known.note.push_str(&note);
            }
            None => cells.push(Deciding {
                field,
                words: found.text.clone(),
                note,
            }),
        }
    }
    let mut also = |field: &'static str, note: &str| {
        if !cells.iter().any(|cell| cell.field == field) {
            cells.push(Deciding {
                field,
                words: String::new(),
                note: note.to_owned(),
            });
        }
    };
    match judged.cell.as_str() {
        "identity" => also(NAME, "身份不能确定，请核对"),
        "duplicate" => also(RESULT, "同一人同一事项结果不一致，请核对"),
        _ => {
            if judged.outcome_class == Some(OutcomeClass::Unknown) {
                also(RESULT, "结果看不出属于哪一类，请核对");
            }
            if judged.attribution == Some(Attribution::None) {
                also(REASON, "没有说明理由，请核对");
            }
        }
    }
    cells
}

fn field(found: &Match) -> &'static str {
    // Of several columns of reasons each is called 理由第…栏.
    [RESULT, PROOF, NUMBER]
        .into_iter()
        .find(|field| found.place == *field)
        .unwrap_or(REASON)
}

/// What is said of words without a case: quoted only where they say nothing of one.
fn plainly(judged: &Judged, found: &Match, field: &str) -> String {
    if field == NUMBER {
        return format!("{}，{}", found.text, found.meaning);
    }
    if field == RESULT {
        return match judged.outcome_class {
            Some(OutcomeClass::Adverse) => format!("“{}”：{}，请核对", found.text, adverse(judged)),
            _ => format!("“{}”：请核对", found.text),
        };
    }
    if PLAIN.contains(&found.meaning.as_str()) {
        let said = cause(judged).unwrap_or("理由须核对");
        return format!("“{}”：{said}，请核对", found.text);
    }
    "所写理由须核对".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::case::Level;
    use crate::domain::protection::list::Domain;

    fn found(place: &str, text: &str, meaning: &str) -> Match {
        Match {
            place: place.to_owned(),
            span: Some((1, text.chars().count())),
            text: text.to_owned(),
            meaning: meaning.to_owned(),
        }
    }

    fn line(verdict: Verdict, attribution: Attribution, matched: Vec<Match>) -> Judged {
        Judged {
            sheet: None,
            at_sheet: 0,
            row: Some(3),
            name: "林甲".into(),
            unit: None,
            domain: Domain::AnnualAppraisal,
            verdict,
            outcome_class: Some(OutcomeClass::Adverse),
            attribution: Some(attribution),
            level: Some(Level::Full),
            clause: "二(五)".into(),
            case: Some("RC-2026-001".into()),
            case_id: None,
            person: None,
            note: None,
            cell: "full/adverse/explicit".into(),
            why: "RC-2026-001 完全保护；加装电梯补贴".into(),
            matched,
            item: String::new(),
            baseline: String::new(),
            result: "基本称职".into(),
            reason: String::new(),
            evidence: String::new(),
            period: None,
            decided_on: None,
            is_final: false,
        }
    }

    #[test]
    fn the_clerk_is_told_nothing_of_the_case() {
        let judged = line(
            Verdict::Violation,
            Attribution::Explicit,
            vec![
                found("结果", "基本称职", "不利"),
                found("理由第2栏", "加装电梯补贴", "容错事项名称"),
            ],
        );
        let clerk = told(&judged, View::Clerk).expect("something must be checked");
        let said = format!(
            "{} {:?}",
            clerk.basis,
            clerk.cells.iter().map(|cell| &cell.note).collect::<Vec<_>>()
        );
        for detail in ["RC-2026-001", "加装电梯", "容错", "保护"] {
            assert!(!said.contains(detail), "{said}");
        }
        assert!(said.contains("结果低于一般") && said.contains("基本称职"), "{said}");
        let details = told(&judged, View::Details).expect("details");
        assert!(details.basis.contains("RC-2026-001"));
        assert!(details.cells[1].note.contains("加装电梯补贴（容错事项名称）"));
    }

    #[test]
    fn who_has_no_problem_is_not_shown_to_be_protected() {
        let judged = line(Verdict::Clear, Attribution::None, Vec::new());
        assert_eq!(told(&judged, View::Clerk), None);
        assert!(told(&judged, View::Details).is_some());
    }

    #[test]
    fn what_is_said_fits_the_outcome() {
        let mut ordinary = line(
            Verdict::Violation,
            Attribution::Explicit,
            vec![
                found("结果", "称职", "一般"),
                found("理由", "加装电梯补贴", "容错事项名称"),
            ],
        );
        ordinary.outcome_class = Some(OutcomeClass::Ordinary);
        ordinary.result = "称职".into();
        let told_of = |judged: &Judged| told(judged, View::Clerk).expect("something must be checked");
        let said = told_of(&ordinary);
        assert_eq!(said.basis, "二(五)：所写理由不宜作为依据，请核对");
        assert_eq!(said.cells[0].note, "“称职”：请核对");
        let legends = [
            legend(Verdict::Violation, View::Clerk),
            legend(Verdict::Violation, View::Details),
        ];
        assert!(legends.iter().all(|legend| !legend.contains("不利")), "{legends:?}");
        for view in [View::Clerk, View::Details] {
            let suspect = legend(Verdict::Suspect, view);
            assert!(
                !suspect.starts_with("结果不利"),
                "an ordinary outcome may be suspect: {suspect}"
            );
        }
        let mut sum = line(Verdict::Suspect, Attribution::None, vec![found("结果", "8000", "不利")]);
        sum.domain = Domain::Bonus;
        (sum.result, sum.baseline) = ("8000".into(), "10000".into());
        assert!(told_of(&sum).basis.contains("金额低于基准"), "{}", told_of(&sum).basis);
        assert_eq!(told_of(&sum).cells[0].note, "“8000”：金额低于基准，请核对");
        // The grade decided and not the sum beside it.
        sum.matched = vec![found("结果", "基本称职", "不利")];
        assert!(told_of(&sum).basis.contains("结果低于一般"));
    }

    #[test]
    fn a_reason_that_is_missing_is_shown_where_it_should_stand() {
        let mut judged = line(
            Verdict::Suspect,
            Attribution::None,
            vec![found("结果", "基本称职", "不利")],
        );
        judged.cell = "full/adverse/none".into();
        let told = told(&judged, View::Clerk).expect("something must be checked");
        assert!(
            told.basis.ends_with("结果低于一般、理由未说明，请核对"),
            "{}",
            told.basis
        );
        let fields: Vec<&str> = told.cells.iter().map(|cell| cell.field).collect();
        assert_eq!(fields, ["结果", "理由"]);
    }
}
