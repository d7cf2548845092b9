//! 推荐 → 公示 → 最终: who is no longer on a later list.

use super::{Given, Unclear, follow, register, surveyed, unclear};
use crate::app::import::Source;
use crate::app::precheck::{Request, precheck};
use crate::app::{App, AppError};
use crate::domain::compare::{Presence, Track};
use crate::domain::ids::hex;
use crate::domain::protection::list::{List, ListRow, ListSheet};
use crate::domain::protection::{JudgeOptions, Judged, Surveyed};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;

/// The lists of one selection, first to last, with their names.
pub struct Stages {
    /// The lists.
    pub given: Vec<Given>,
    /// What they are called.
    pub names: Vec<String>,
    /// Keep judged rows and open findings.
    pub keep: bool,
}

/// What the comparison found.
pub struct StageReport {
    /// Who left, in the order of the lists.
    pub gone: Vec<Gone>,
    /// Who came that no earlier list had: the list, and who.
    pub came: Vec<Gone>,
    /// Who cannot be told from a namesake.
    pub unclear: Vec<Unclear>,
    /// Findings opened now.
    pub opened: u32,
    /// Outcomes kept now.
    pub kept: u32,
}

/// Somebody who is on one list and not on the one beside it.
pub struct Gone {
    /// 姓名, as written.
    pub name: String,
    /// 单位
    pub unit: Option<String>,
    /// The list somebody is on.
    pub on: usize,
    /// Place of the sheet in it.
    pub at_sheet: usize,
    /// Its name.
    pub sheet: Option<String>,
    /// Row as a person sees it.
    pub row: u32,
    /// 结果 list by list, where one stands.
    pub results: Vec<Option<String>>,
    /// A later list that has the person again.
    pub back_on: Option<usize>,
    /// What the disappearing is judged to be, for a protected cadre.
    pub judged: Option<Judged>,
}

/// Compares the lists of one selection.
pub async fn stages(app: &App, stages: &Stages) -> Result<StageReport, AppError> {
    let register = register(app, &stages.given).await?;
    let lists: Vec<Vec<Surveyed<'_>>> = stages
        .given
        .iter()
        .map(|given| surveyed(app, given, &register))
        .collect::<Result<_, _>>()?;
    let mut report = StageReport {
        gone: Vec::new(),
        came: Vec::new(),
        unclear: Vec::new(),
        opened: 0,
        kept: 0,
    };
    // Rows to judge, by the list they vanished from.
    let mut vanished: Vec<Vec<(usize, ListRow)>> = vec![Vec::new(); lists.len()];
    for track in follow(&lists, &register) {
        report.unclear.extend(unclear(&track, &lists));
        for list in 1..lists.len() {
            match (&track.lists[list - 1], &track.lists[list]) {
                (Presence::Here(_), Presence::Missing) => {
                    let gone = step(stages, &track, &lists, list - 1);
                    let row = &lists[list - 1][track.records(list - 1)[0]];
                    vanished[list - 1].push((row.sheet, withdrawn(app, &track, &lists, row, list)));
                    report.gone.push(gone);
                }
                (_, Presence::Here(_)) if track.lists[..list].iter().all(|one| *one == Presence::Missing) => {
                    report.came.push(step(stages, &track, &lists, list));
                }
                _ => {}
            }
        }
    }
    for (list, rows) in vanished.into_iter().enumerate().filter(|(_, rows)| !rows.is_empty()) {
        judge(app, stages, list, rows, &mut report).await?;
    }
    report.gone.sort_by_key(|gone| (gone.on, gone.at_sheet, gone.row));
    Ok(report)
}

fn step(stages: &Stages, track: &Track, lists: &[Vec<Surveyed<'_>>], on: usize) -> Gone {
    let row = &lists[on][track.records(on)[0]];
    let result = |list: usize| {
        let at = track.records(list).first()?;
        lists[list][*at].row.result.clone()
    };
    Gone {
        name: row.row.name.clone(),
        unit: row.unit.clone(),
        on,
        at_sheet: row.sheet,
        sheet: stages.given[on].list.sheets[row.sheet].name.clone(),
        row: row.row.row,
        results: (0..lists.len()).map(result).collect(),
        back_on: (on + 1..lists.len()).find(|later| !track.records(*later).is_empty()),
        judged: None,
    }
}

/// The row somebody vanished from, with the vanishing for its result and every list's reason for its reason.
fn withdrawn(app: &App, track: &Track, lists: &[Vec<Surveyed<'_>>], row: &Surveyed<'_>, missing_on: usize) -> ListRow {
    let mut reasons: Vec<String> = Vec::new();
    let mut evidence = None;
    for (list, rows) in lists.iter().enumerate() {
        for at in track.records(list) {
            let row = rows[*at].row;
            reasons.extend(row.reasons.iter().filter(|reason| !reason.trim().is_empty()).cloned());
            evidence = evidence.or_else(|| row.evidence.clone());
        }
    }
    let mut seen = std::collections::HashSet::new();
    reasons.retain(|reason| seen.insert(reason.clone()));
    ListRow {
        result: Some(app.vocabulary().words.stages.withdrawn.clone()),
        baseline: None,
        grade: None,
        reasons,
        evidence,
        // Whoever is not on a list was left off it on the day it was decided.
        decided_on: lists[missing_on].iter().filter_map(|row| row.row.decided_on).max(),
        ..row.row.clone()
    }
}

/// Judges those who vanished from one list as rows of that list.
async fn judge(
    app: &App,
    stages: &Stages,
    list: usize,
    rows: Vec<(usize, ListRow)>,
    report: &mut StageReport,
) -> Result<(), AppError> {
    let given = &stages.given[list];
    let mut of_sheet: HashMap<usize, Vec<ListRow>> = HashMap::new();
    for (sheet, row) in rows {
        of_sheet.entry(sheet).or_default().push(row);
    }
    let synthetic = List {
        file: given.list.file.clone(),
        sheets: given
            .list
            .sheets
            .iter()
            .enumerate()
            .map(|(at, sheet)| ListSheet {
                name: sheet.name.clone(),
                title: sheet.title.clone(),
                header: sheet.header.clone(),
                rows: of_sheet.remove(&at).unwrap_or_default(),
                ..ListSheet::default()
            })
            .collect(),
        ..List::default()
    };
    // A run of its own for this pair of files.
    let hashes: Vec<&str> = stages.given.iter().map(|given| given.source.hash.as_str()).collect();
    let source = Source {
        file: given.source.file.clone(),
        hash: hex(&Sha256::digest(format!("{}|{list}", hashes.join("|")).as_bytes())),
    };
    let options = JudgeOptions {
        domain: given.options.domain,
        unit: given.options.unit.clone(),
        period: given.options.period.clone(),
        protected: given.options.protected.clone(),
        ..given.options
    };
    let request = Request {
        list: &synthetic,
        source: &source,
        options,
        keep: stages.keep,
        kind: "compare",
    };
    let checked = precheck(app, &request).await?;
    report.opened += checked.opened;
    report.kept += checked.kept;
    // Nobody is missing from a list of those who are missing.
    for line in checked.report.results.into_iter().filter(|line| line.row.is_some()) {
        let gone = report
            .gone
            .iter_mut()
            .find(|gone| gone.on == list && gone.at_sheet == line.at_sheet && Some(gone.row) == line.row);
        if let Some(gone) = gone {
            gone.judged = Some(line);
        }
    }
    Ok(())
}
