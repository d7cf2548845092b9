//! What the auditor asks: the journal page by page, as a file, and whether its chain is whole.

use super::view::{PER_PAGE, PageOf};
use super::{App, AppError, uncancelled};
use crate::domain::account::Viewer;
use crate::domain::time::Moment;
use crate::files::plain;
use crate::store::StoreError;
use crate::store::journal::{self, Entry, Wanted};
use chrono::{NaiveDate, NaiveTime};

/// Lines one file holds; more are asked for by smaller spans.
const MOST: i64 = 100_000;
/// Lines read at a time.
const BATCH: i64 = 2_000;
const DAY: i64 = 86_400_000;
const HEADER: [&str; 7] = ["序号", "时间", "办理人", "动作", "对象种类", "对象", "内容"];

/// What is looked for; empty texts ask for everything.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Who.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// Kind of the object.
    pub kind: String,
    /// Its id.
    pub object: String,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
}

impl Asked {
    fn wanted(&self) -> Wanted<'_> {
        let start = |day: NaiveDate| Moment::at(day, NaiveTime::MIN).millis();
        Wanted {
            actor: &self.actor,
            action: &self.action,
            kind: &self.kind,
            object: &self.object,
            from: self.from.map_or(i64::MIN, start),
            until: self.to.map_or(i64::MAX, |day| start(day) + DAY),
        }
    }
}

/// A line of the journal.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its number.
    pub number: i64,
    /// When.
    pub at: Moment,
    /// Who.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// Kind of the object.
    pub kind: String,
    /// Its id.
    pub object: String,
    /// Before and after, in words.
    pub detail: String,
}

impl Line {
    fn cells(self) -> Vec<String> {
        let at = self.at.local().format("%Y-%m-%d %H:%M:%S").to_string();
        vec![
            self.number.to_string(),
            at,
            self.actor,
            self.action,
            self.kind,
            self.object,
            self.detail,
        ]
    }
}

impl From<journal::Kept> for Line {
    fn from(row: journal::Kept) -> Self {
        Self {
            number: row.seq,
            at: Moment::from_millis(row.at_ms),
            actor: row.actor,
            action: row.action,
            kind: row.object_kind,
            object: row.object_id,
            detail: row.detail,
        }
    }
}

/// A page of the journal, the newest first.
pub async fn page(app: &App, asked: &Asked, page: u32) -> Result<PageOf<Line>, AppError> {
    let mut tx = app.db.read().await?;
    let wanted = asked.wanted();
    let offset = i64::from(page.max(1) - 1) * i64::from(PER_PAGE);
    let rows = journal::page(&mut tx, &wanted, i64::MAX, i64::from(PER_PAGE), offset).await?;
    let total = journal::count(&mut tx, &wanted).await?;
    tx.rollback().await?;
    Ok(PageOf {
        rows: rows.into_iter().map(Line::from).collect(),
        total: u64::try_from(total).unwrap_or(0),
        page: page.max(1),
        per_page: PER_PAGE,
    })
}

/// The lines as a list for a spreadsheet; that it was taken is journaled.
///
/// # Errors
/// There are more lines than one file holds.
pub async fn export(app: &App, by: &Viewer, asked: &Asked) -> Result<Vec<u8>, AppError> {
    let mut tx = app.db.read().await?;
    let wanted = asked.wanted();
    let total = journal::count(&mut tx, &wanted).await?;
    if total > MOST {
        return Err(AppError::Input(format!(
            "符合条件的记录有 {total} 条，一个文件最多 {MOST} 条，请缩小日期范围分几次导出"
        )));
    }
    let mut lines: Vec<Line> = Vec::new();
    let mut below = i64::MAX;
    loop {
        let rows = journal::page(&mut tx, &wanted, below, BATCH, 0).await?;
        let Some(last) = rows.last() else { break };
        below = last.seq;
        lines.extend(rows.into_iter().map(Line::from));
    }
    tx.rollback().await?;
    let detail = format!("导出审计记录 {} 条", lines.len());
    note(app, by, "export", detail).await?;
    let rows: Vec<Vec<String>> = lines.into_iter().map(Line::cells).collect();
    let mut out = Vec::new();
    plain::write(&mut out, &HEADER, &rows).map_err(|error| AppError::Environment(error.to_string()))?;
    Ok(out)
}

/// Walks the chain and says whether it is whole.
pub async fn verify(app: &App, by: &Viewer) -> Result<String, AppError> {
    let mut tx = app.db.read().await?;
    let walked = journal::verify(&mut tx).await;
    tx.rollback().await?;
    let said = match walked {
        Ok(count) => format!("审计链完整：共 {count} 条，自第一条起逐条核对，没有删改。"),
        Err(StoreError::BrokenChain(at)) => {
            format!("审计链不完整：第 {at} 条起与前面的记录不衔接，可能被删改。请保留数据库现状并报告。")
        }
        Err(other) => return Err(other.into()),
    };
    note(app, by, "verify", said.clone()).await?;
    Ok(said)
}

async fn note(app: &App, by: &Viewer, action: &'static str, detail: String) -> Result<(), AppError> {
    let (app, actor) = (app.clone(), by.actor());
    uncancelled(async move {
        let mut tx = app.db.begin().await?;
        let entry = Entry {
            actor: &actor,
            action,
            object_kind: "journal",
            object_id: "all",
            detail,
        };
        journal::append(&mut tx, app.now(), &[entry]).await?;
        Ok(tx.commit().await?)
    })
    .await
}
