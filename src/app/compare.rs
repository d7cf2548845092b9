//! Comparing a user's own lists with one another: the lists of one selection, and the lists of several years. Names
//! come from the lists alone; only protected cadres are judged.

mod stages;
mod years;

pub use stages::{Gone, StageReport, Stages, stages};
pub use years::{Line, Recognised, Value, YearReport, years};

use super::import::Source;
use super::{App, AppError};
use crate::domain::compare::{Entry, Presence, Track, tracks};
use crate::domain::person::{CitizenId, IdNumber, normal_name};
use crate::domain::protection::list::{List, ListRow, ListSheet};
use crate::domain::protection::{IdKey, JudgeOptions, Register, Surveyed, Watched, survey};
use crate::domain::unit::Units;

/// A list that is compared.
pub struct Given {
    /// The list.
    pub list: List,
    /// The file it came from.
    pub source: Source,
    /// How it is to be read.
    pub options: JudgeOptions,
}

/// Somebody who cannot be told from a namesake on a list.
#[derive(Debug, Clone)]
pub struct Unclear {
    /// 姓名
    pub name: String,
    /// 单位
    pub unit: Option<String>,
    /// Place of the list, or the year.
    pub list: usize,
    /// Why.
    pub why: String,
    /// A case may protect the person.
    pub protected: bool,
}

/// What the register knows of everybody on some lists.
async fn register(app: &App, given: &[Given]) -> Result<Register, AppError> {
    let who = |row: &ListRow| ListRow {
        row: row.row,
        name: row.name.clone(),
        id: row.id.clone(),
        unit: None,
        section: None,
        post: None,
        rank: None,
        category: None,
        item: None,
        result: None,
        baseline: None,
        grade: None,
        reasons: Vec::new(),
        remarks: Vec::new(),
        evidence: None,
        period: None,
        decided_on: None,
    };
    let everybody = List {
        sheets: vec![ListSheet {
            rows: given
                .iter()
                .flat_map(|given| &given.list.sheets)
                .flat_map(|sheet| sheet.rows.iter().map(who))
                .collect(),
            ..ListSheet::default()
        }],
        ..List::default()
    };
    let mut tx = app.db.read().await?;
    let register = super::precheck::register(app, &mut tx, &everybody).await?;
    tx.rollback().await?;
    Ok(register)
}

/// Looks through one list.
fn surveyed<'a>(app: &App, given: &'a Given, register: &Register) -> Result<Vec<Surveyed<'a>>, AppError> {
    let key_of = |id: &CitizenId| IdKey(app.keys.lookup(id.reveal()));
    survey(&given.list, register, &app.vocabulary().words, &given.options, &key_of)
        .map_err(|error| AppError::Input(format!("{}：{error}", given.list.file)))
}

fn entry(row: &Surveyed<'_>, item: String) -> Entry {
    Entry {
        name: normal_name(&row.row.name),
        id: match &row.row.id {
            IdNumber::Valid(id) => Some(id.reveal().to_owned()),
            IdNumber::Missing | IdNumber::Unusable(_) => None,
        },
        person: row.person,
        unit: row.unit.clone(),
        item,
    }
}

/// The first record of a track, which says who it is.
fn first<'a, 'b>(track: &Track, lists: &'b [Vec<Surveyed<'a>>]) -> &'b Surveyed<'a> {
    let (list, at) = track.first();
    &lists[list][at]
}

/// Where it cannot be told whether somebody is on a list.
fn unclear(track: &Track, lists: &[Vec<Surveyed<'_>>]) -> Vec<Unclear> {
    let who = first(track, lists);
    (0..lists.len())
        .filter_map(|list| {
            let Presence::Unclear(why) = &track.lists[list] else {
                return None;
            };
            Some(Unclear {
                name: who.row.name.clone(),
                unit: who.unit.clone(),
                list,
                why: why.clone(),
                protected: who.watched != Watched::No,
            })
        })
        .collect()
}

fn follow(lists: &[Vec<Surveyed<'_>>], register: &Register) -> Vec<Track> {
    let entries: Vec<Vec<Entry>> = lists
        .iter()
        .map(|rows| {
            rows.iter()
                .map(|row| entry(row, row.row.item.clone().unwrap_or_default()))
                .collect()
        })
        .collect();
    tracks(&entries, &Units::new(&register.units))
}
