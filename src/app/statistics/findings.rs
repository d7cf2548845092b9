//! What was found, by kind of outcome and by unit, and what became of it.

use super::{Asked, Part, Statistics, about};
use crate::app::{App, AppError};
use crate::domain::account::{Act, Viewer};
use crate::domain::finding::{Closing, Stage};
use crate::domain::statistics::{Counts, shown_together};
use crate::domain::time::Moment;
use crate::files::book::{Page, Value};
use crate::files::chart::{Stack, Stacked};
use crate::store::findings::{self as store, Tally};
use chrono::NaiveTime;
use std::collections::BTreeMap;
use std::ops::AddAssign;

const DAY: i64 = 86_400_000;
/// Of lists that name none.
const UNNAMED: &str = "未写明单位";
/// Sorts a drawing tells apart.
const PARTS: [&str; 4] = ["待答复", "待复核", "成立：已纠正", "不成立"];

/// How findings of one sort stand.
#[derive(Debug, Default, Clone)]
struct Ends {
    open: u32,
    answered: u32,
    corrected: u32,
    other_cause: u32,
    mistaken: u32,
    unprotected: u32,
    /// Answers that a second person sent back.
    refused: u32,
}

impl Ends {
    fn add(&mut self, one: &Tally) {
        let place = match (one.stage, one.closed_by) {
            (Stage::Open, _) => &mut self.open,
            (Stage::Answered, _) => &mut self.answered,
            (Stage::Closed, Some(Closing::Corrected)) => &mut self.corrected,
            (Stage::Closed, Some(Closing::OtherCause)) => &mut self.other_cause,
            (Stage::Closed, Some(Closing::Mistaken)) => &mut self.mistaken,
            (Stage::Closed, Some(Closing::Unprotected) | None) => &mut self.unprotected,
        };
        *place += one.count;
        self.refused += one.refused;
    }

    fn not_confirmed(&self) -> u32 {
        self.other_cause + self.mistaken + self.unprotected
    }
}

impl Counts for Ends {
    fn total(&self) -> u32 {
        self.open + self.answered + self.corrected + self.not_confirmed()
    }
}

impl AddAssign<&Ends> for Ends {
    fn add_assign(&mut self, other: &Self) {
        self.open += other.open;
        self.answered += other.answered;
        self.corrected += other.corrected;
        self.other_cause += other.other_cause;
        self.mistaken += other.mistaken;
        self.unprotected += other.unprotected;
        self.refused += other.refused;
    }
}

pub(super) async fn findings(app: &App, viewer: &Viewer, asked: &Asked) -> Result<Statistics, AppError> {
    let at = |day| Moment::at(day, NaiveTime::MIN);
    let span = (at(asked.span.from), at(asked.span.to).plus_millis(DAY));
    let mut tx = app.db.read().await?;
    let tallies = store::tally(&mut tx, span, &viewer.scope, asked.unit.as_deref()).await?;
    tx.rollback().await?;
    // Whoever sees the findings themselves may see how many there are of each sort.
    let sees = viewer.may(Act::SeeFindings);
    let least = if sees {
        1
    } else {
        app.policy.hidden_penalty.min_protected
    };
    let mut domains: BTreeMap<&str, (&str, Ends)> = BTreeMap::new();
    let mut units: BTreeMap<String, Ends> = BTreeMap::new();
    let mut total = Ends::default();
    for one in &tallies {
        let named = domains.entry(one.domain.as_str());
        named.or_insert_with(|| (one.domain.zh(), Ends::default())).1.add(one);
        units.entry(one.unit.clone()).or_default().add(one);
        total.add(one);
    }
    let by_domain = domains.values().map(|(name, ends)| ((*name).to_owned(), ends.clone()));
    let by_unit = units.into_iter().map(|(unit, ends)| {
        let name = if unit.is_empty() { UNNAMED.to_owned() } else { unit };
        (name, ends)
    });
    let by_domain = shown_together(by_domain.collect(), least, "其他类别");
    let by_unit = shown_together(by_unit.collect(), least, "其他单位");
    let title = format!("疑似问题统计{}", about(asked, viewer));
    let mut notes = vec![
        "按发现的日期归入期间，状态是现在的。成立的是答复已纠正的；不成立的是有其他原因、误报（都经另一人复核），以及保护变动后不再视为疑似问题的。"
            .to_owned(),
        "复核退回是次数，同一件可能退回多次。单位是名单的单位，名单没有写明的是答复的单位。".to_owned(),
    ];
    if !sees {
        notes.push(format!(
            "不足 {least} 件的单位、类别合为一行，合起来仍不足的再并入最小的一行，以免看出一两个人的情况。"
        ));
    }
    let (parts, empty) = match (by_domain, by_unit) {
        _ if total.total() == 0 => (Vec::new(), Some("这段时间没有发现疑似问题。".to_owned())),
        (Some(by_domain), Some(by_unit)) => {
            let key_of = |name: &str| {
                let found = domains.iter().find(|(_, (word, _))| *word == name);
                found.map(|(id, _)| (*id).to_owned())
            };
            let own_unit = |name: &str| (sees && name != UNNAMED).then(|| name.to_owned());
            let parts = vec![
                part(("domains", "各类别", "类别"), &title, by_domain, &total, key_of),
                part(("units", "各单位", "单位"), &title, by_unit, &total, own_unit),
            ];
            (parts, None)
        }
        _ => {
            let few = format!("样本不足：这段时间的疑似问题不足 {least} 件，不列明细。");
            (Vec::new(), Some(few))
        }
    };
    Ok(Statistics {
        title,
        parts,
        notes,
        empty,
        sheets: Vec::new(),
    })
}

fn part(
    (name, title, first): (&'static str, &str, &str),
    whole: &str,
    mut lines: Vec<(String, Ends)>,
    total: &Ends,
    key: impl Fn(&str) -> Option<String>,
) -> Part {
    lines.sort_by_key(|(name, ends)| (std::cmp::Reverse(ends.total()), name.clone()));
    let mut keys: Vec<Option<String>> = lines.iter().map(|(name, _)| key(name)).collect();
    keys.push(None);
    let bar = |(label, ends): &(String, Ends)| Stack {
        label: label.rsplit('/').next().unwrap_or(label).to_owned(),
        counts: vec![ends.open, ends.answered, ends.corrected, ends.not_confirmed()],
        said: format!("共 {}", ends.total()),
    };
    let chart = Stacked {
        name,
        title: format!("疑似问题：{title}"),
        parts: PARTS.map(str::to_owned).to_vec(),
        bars: lines.iter().map(bar).collect(),
    };
    let words = [
        (first, 32.0),
        ("合计", 8.0),
        (Stage::Open.zh(), 9.0),
        (Stage::Answered.zh(), 9.0),
        (Closing::Corrected.zh(), 9.0),
        (Closing::OtherCause.zh(), 12.0),
        (Closing::Mistaken.zh(), 8.0),
        (Closing::Unprotected.zh(), 18.0),
        ("复核退回（次）", 14.0),
    ];
    let row = |name: &str, ends: &Ends| {
        let counts = [
            ends.total(),
            ends.open,
            ends.answered,
            ends.corrected,
            ends.other_cause,
            ends.mistaken,
            ends.unprotected,
            ends.refused,
        ];
        let mut row = vec![Value::from(name)];
        row.extend(counts.map(Value::Count));
        row
    };
    let mut rows: Vec<Vec<Value>> = lines.iter().map(|(name, ends)| row(name, ends)).collect();
    rows.push(row("合计", total));
    Part {
        title: title.to_owned(),
        drawing: Some(chart.svg()),
        table: Page {
            name: title.to_owned(),
            title: vec![whole.to_owned()],
            header: words.map(|(word, width)| (word.to_owned(), width)).to_vec(),
            rows,
        },
        keys,
    }
}
