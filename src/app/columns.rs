//! Columns of a unit's lists that somebody had to point out: said once, remembered for that unit.

use super::{App, AppError};
use crate::domain::protection::list::{List, Passed};
use crate::domain::protection::{OutcomeClass, Report};
use crate::domain::unit::Units;
use crate::files::{self, Cell, Document, HeaderWords, ReadError};
use crate::store::column_maps::{self, ColumnMap};
use crate::store::journal::{self, Entry};
use crate::store::people;
use std::borrow::Cow;

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
    /// Units that a title may name, those without a correction too.
    units: Vec<String>,
}

/// A list that was read.
#[derive(Debug)]
pub struct Read {
    /// The words it was read by, where columns of it were pointed out.
    pub words: Option<Box<HeaderWords>>,
    /// Its rows.
    pub list: List,
    /// What was pointed out, now or before, and counted.
    pub pointed: Vec<Pointed>,
    /// What was pointed out now and is not in it.
    pub absent: Vec<Pointed>,
    /// What is remembered for its unit, if anything is.
    pub remembered: Option<Remembered>,
}

/// What is remembered for the unit of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// The unit it is remembered for.
    pub unit: String,
    /// What the list was read by.
    pub used: Vec<Pointed>,
    /// What the list does not have.
    pub unused: Vec<Pointed>,
}

impl Remembered {
    /// How the list was read, and what to do where that is wrong.
    pub fn said(&self) -> String {
        let mut parts = Vec::new();
        if !self.used.is_empty() {
            parts.push(format!("按记住的列对应读取：{}", said(&self.used)));
        }
        if !self.unused.is_empty() {
            let usual = "这份名单没有这样的表头，按通常的写法读取";
            parts.push(format!("记住的列对应 {} 没有用上：{usual}", said(&self.unused)));
        }
        format!("{}（{}）", parts.join("；"), self.way_out())
    }

    fn way_out(&self) -> String {
        format!(
            "查看用 rongcuo columns list，去掉用 rongcuo columns forget {}",
            self.unit
        )
    }
}

/// Columns in words: 结果＝审核结论、理由＝说明.
pub fn said(pointed: &[Pointed]) -> String {
    let said: Vec<String> = pointed
        .iter()
        .map(|one| format!("{}＝{}", one.field, one.header))
        .collect();
    said.join("、")
}

impl Columns {
    /// Only what is pointed out now.
    pub fn given(given: Vec<Pointed>) -> Self {
        Self {
            given,
            ..Self::default()
        }
    }

    /// With what is remembered.
    pub async fn load(app: &App, given: Vec<Pointed>) -> Result<Self, AppError> {
        let mut tx = app.db.read().await?;
        let known = column_maps::all(&mut tx).await?;
        let units = if known.is_empty() {
            Vec::new()
        } else {
            people::units(&mut tx).await?
        };
        tx.rollback().await?;
        Ok(Self { given, known, units })
    }

    /// Every list is read by the usual words.
    pub fn is_empty(&self) -> bool {
        self.given.is_empty() && self.known.is_empty()
    }

    /// Reads a list: by what is pointed out now, else by what is remembered of the unit that the option, the title, a
    /// sheet or the file name names, as far as the list has such headers, else by the usual words. `passed`: what rows
    /// come to that were left out of the document.
    ///
    /// # Errors
    /// The list cannot be read, or a field is given that lists do not have.
    pub fn read(
        &self,
        usual: &HeaderWords,
        (document, passed): (&Document, &[Passed]),
        unit: Option<&str>,
    ) -> Result<Read, ReadError> {
        let refused = |what: String| ReadError::Kind {
            file: document.name.clone(),
            what,
        };
        if !self.given.is_empty() {
            let words = usual.with_list_columns(&pairs(&self.given)).map_err(refused)?;
            let list = files::list_with(document, passed, &words)?;
            let (pointed, absent) = used(&list, self.given.clone());
            // A list is not judged by other results than the ones that were pointed out.
            if let Some(one) = absent.iter().find(|one| usual.is_told_by(&one.field)) {
                return Err(refused(format!(
                    "指明的「{}＝{}」这份名单没有，请照表头的原文写",
                    one.field, one.header
                )));
            }
            return Ok(Read {
                list,
                words: Some(Box::new(words)),
                pointed,
                absent,
                remembered: None,
            });
        }
        let Some((unit, known)) = self.remembered(usual, document, unit) else {
            return Ok(Read {
                list: files::list_with(document, passed, usual)?,
                words: None,
                pointed: Vec::new(),
                absent: Vec::new(),
                remembered: None,
            });
        };
        let words = usual.with_list_columns(&pairs(&known)).map_err(refused)?;
        let list = match files::list_with(document, passed, &words) {
            Err(ReadError::NoHeader {
                file,
                advice,
                wanted,
                found,
            }) => {
                let unused = Remembered {
                    unit,
                    used: Vec::new(),
                    unused: known,
                };
                return Err(ReadError::NoHeader {
                    file,
                    advice,
                    wanted,
                    found: format!("{found}\n{}", unused.said()),
                });
            }
            read => read?,
        };
        let (used, unused) = used(&list, known);
        Ok(Read {
            list,
            words: (!used.is_empty()).then(|| Box::new(words)),
            pointed: used.clone(),
            absent: Vec::new(),
            remembered: Some(Remembered { unit, used, unused }),
        })
    }

    /// The unit of a list and what is remembered for it; a field that the words in force no longer have counts no more.
    fn remembered(
        &self,
        usual: &HeaderWords,
        document: &Document,
        unit: Option<&str>,
    ) -> Option<(String, Vec<Pointed>)> {
        let unit = self.unit_of(document, unit)?;
        let fields = usual.list_fields();
        let its = self
            .known
            .iter()
            .filter(|map| map.unit == unit && fields.contains(&map.field));
        let known = its.map(|map| Pointed {
            field: map.field.clone(),
            header: map.header.clone(),
        });
        let known: Vec<Pointed> = known.collect();
        (!known.is_empty()).then_some((unit, known))
    }

    fn unit_of(&self, document: &Document, given: Option<&str>) -> Option<String> {
        if self.known.is_empty() {
            return None;
        }
        let known: Vec<&str> = self.known.iter().map(|map| map.unit.as_str()).collect();
        // A list of a unit below is not one of the unit above it.
        let names: Vec<&str> = self
            .units
            .iter()
            .map(String::as_str)
            .chain(known.iter().copied())
            .collect();
        let units = Units::new(&names);
        let is_known = |unit: &String| known.contains(&unit.as_str());
        if let Some(given) = given {
            let found = units.find_exact(given).unwrap_or(given);
            return Some(found.to_owned()).filter(is_known);
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
        let (folders, own) = document.name.rsplit_once('/').unwrap_or(("", &document.name));
        texts.push(own.to_owned());
        let around = units.find_in_folders(folders);
        let found = texts.iter().find_map(|text| units.find_titled(text, around.as_deref()));
        found.or(around).map(Cow::into_owned).filter(is_known)
    }
}

/// What a list was read by of what was pointed out, and what it does not have.
fn used(list: &List, pointed: Vec<Pointed>) -> (Vec<Pointed>, Vec<Pointed>) {
    let is_used = |one: &Pointed| list.sheets.iter().any(|sheet| sheet.pointed.contains(&one.header));
    pointed.into_iter().partition(is_used)
}

fn pairs(pointed: &[Pointed]) -> Vec<(&str, &str)> {
    let pairs = pointed.iter().map(|one| (one.field.as_str(), one.header.as_str()));
    pairs.collect()
}

/// Whether a list that was read by columns pointed out says anything by them: a column taken by mistake for the result
/// makes every row one that nobody can judge, and is not to be met again.
pub fn says_something(pointed: &[Pointed], list: &List, report: &Report, words: &HeaderWords) -> bool {
    if !pointed.iter().any(|one| words.is_result(&one.field)) {
        return true;
    }
    let mut judged = report.results.iter().filter(|line| line.row.is_some()).peekable();
    if judged.peek().is_some() {
        return judged.any(|line| line.outcome_class.is_some_and(|class| class != OutcomeClass::Unknown));
    }
    let rows = || list.sheets.iter().flat_map(|sheet| &sheet.rows);
    let said = list.sheets.iter().flat_map(|sheet| sheet.tally.counts.keys());
    let mut said = said.peekable();
    said.peek().is_none() || said.any(|word| words.is_outcome(word)) || rows().any(|row| row.baseline.is_some())
}

/// What is said where columns are not remembered for that.
pub const SAYS_NOTHING: &str =
    "按指明的列，名单中没有一行判得出结果，列的对应没有记住；请核对「结果」指的是不是这一栏，金额还要指明「基准」";

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
    let new: Vec<Pointed> = new.into_iter().cloned().collect();
    let entry = Entry {
        actor,
        action: "columns.remember",
        object_kind: "unit",
        object_id: unit,
        detail: said(&new),
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
