//! Columns of a unit's lists that somebody had to point out: said once, remembered for that unit.

use super::{App, AppError};
use crate::domain::unit::Units;
use crate::files::{Cell, Document, HeaderWords};
use crate::store::column_maps::{self, ColumnMap};
use crate::store::journal::{self, Entry};

/// Rows from the top in which a unit's name is looked for.
const TITLE_ROWS: usize = 60;
/// Filled cells of such a row.
const TITLE_CELLS: usize = 2;

/// A header and the field it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointed {
    /// 姓名, 结果 and so on.
    pub field: String,
    /// The header as it stands in the list.
    pub header: String,
}

/// What was pointed out for the lists at hand, and what is remembered.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    given: Vec<Pointed>,
    known: Vec<ColumnMap>,
}

impl Columns {
    /// Only what is pointed out now.
    pub fn given(given: Vec<Pointed>) -> Self {
        Self {
            given,
            known: Vec::new(),
        }
    }

    /// With what is remembered.
    pub async fn load(app: &App, given: Vec<Pointed>) -> Result<Self, AppError> {
        let mut tx = app.db.read().await?;
        let known = column_maps::all(&mut tx).await?;
        tx.rollback().await?;
        Ok(Self { given, known })
    }

    /// Every list is read by the usual words.
    pub fn is_empty(&self) -> bool {
        self.given.is_empty() && self.known.is_empty()
    }

    /// What holds for a list: what is pointed out now, else what is remembered of the unit that the option, the title,
    /// a sheet or the file name names.
    pub fn of(&self, document: &Document, unit: Option<&str>) -> Vec<Pointed> {
        if !self.given.is_empty() {
            return self.given.clone();
        }
        let Some(unit) = self.unit_of(document, unit) else {
            return Vec::new();
        };
        let its = self.known.iter().filter(|map| map.unit == unit);
        its.map(|map| Pointed {
            field: map.field.clone(),
            header: map.header.clone(),
        })
        .collect()
    }

    /// The words that a list's headers are found by; `None`: the usual ones.
    ///
    /// # Errors
    /// A field that lists do not have.
    pub fn words(
        &self,
        usual: &HeaderWords,
        document: &Document,
        unit: Option<&str>,
    ) -> Result<Option<HeaderWords>, AppError> {
        let pointed = self.of(document, unit);
        if pointed.is_empty() {
            return Ok(None);
        }
        let pairs: Vec<(&str, &str)> = pointed
            .iter()
            .map(|one| (one.field.as_str(), one.header.as_str()))
            .collect();
        usual.with_list_columns(&pairs).map(Some).map_err(AppError::Input)
    }

    fn unit_of(&self, document: &Document, given: Option<&str>) -> Option<String> {
        let names: Vec<&str> = self.known.iter().map(|map| map.unit.as_str()).collect();
        if names.is_empty() {
            return None;
        }
        let units = Units::new(&names);
        let is_known = |unit: &&str| names.contains(unit);
        if let Some(given) = given {
            let found = units.find_exact(given).unwrap_or(given);
            return Some(found.to_owned()).filter(|unit| names.contains(&unit.as_str()));
        }
        let mut texts: Vec<String> = Vec::new();
        for table in document.tables.iter().flatten() {
            // Titles and unit lines; the rows of people may name other units.
            for row in table.rows.iter().take(TITLE_ROWS) {
                let filled: Vec<String> = row.cells.iter().filter_map(Cell::text).collect();
                if filled.len() <= TITLE_CELLS {
                    texts.extend(filled);
                }
            }
            texts.extend(table.sheet.clone());
        }
        texts.push(document.name.clone());
        texts
            .iter()
            .find_map(|text| units.find(text).filter(is_known))
            .map(str::to_owned)
    }
}

/// Everything that is remembered.
pub async fn known(app: &App) -> Result<Vec<ColumnMap>, AppError> {
    let mut tx = app.db.read().await?;
    let known = column_maps::all(&mut tx).await?;
    tx.rollback().await?;
    Ok(known)
}

/// Remembers for a unit what was pointed out; whether that is new.
pub async fn remember(app: &App, unit: &str, pointed: &[Pointed], actor: &str) -> Result<bool, AppError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let known = column_maps::all(&mut tx).await?;
    let is_known = |one: &&Pointed| {
        !known
            .iter()
            .any(|map| map.unit == unit && map.header == one.header && map.field == one.field)
    };
    let new: Vec<&Pointed> = pointed.iter().filter(is_known).collect();
    for one in &new {
        let map = ColumnMap {
            unit: unit.to_owned(),
            header: one.header.clone(),
            field: one.field.clone(),
            actor: actor.to_owned(),
        };
        column_maps::put(&mut tx, &map, now).await?;
    }
    if new.is_empty() {
        tx.rollback().await?;
        return Ok(false);
    }
    let said: Vec<String> = new.iter().map(|one| format!("{}＝{}", one.field, one.header)).collect();
    let entry = Entry {
        actor,
        action: "columns.remember",
        object_kind: "unit",
        object_id: unit,
        detail: said.join("、"),
    };
    journal::append(&mut tx, now, &[entry]).await?;
    tx.commit().await?;
    Ok(true)
}

/// Forgets what is remembered for a unit; how many columns.
pub async fn forget(app: &App, unit: &str, actor: &str) -> Result<u64, AppError> {
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let gone = column_maps::forget(&mut tx, unit).await?;
    if gone == 0 {
        tx.rollback().await?;
        return Ok(0);
    }
    let entry = Entry {
        actor,
        action: "columns.forget",
        object_kind: "unit",
        object_id: unit,
        detail: format!("{gone} 列"),
    };
    journal::append(&mut tx, app.now(), &[entry]).await?;
    tx.commit().await?;
    Ok(gone)
}
