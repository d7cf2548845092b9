//! What the auditor asks: the journal page by page, as a file, and whether its chain is whole.

mod words;

pub use words::{ACTIONS, KINDS};

use super::view::{PER_PAGE, PageOf};
use super::{App, AppError, uncancelled, wording};
use crate::domain::account::Viewer;
use crate::domain::ids::RectificationId;
use crate::domain::time::Moment;
use crate::files::plain;
use crate::store::journal::{self, Entry, Wanted};
use crate::store::{StoreError, Tx, accounts, cases, findings, obligations};
use chrono::{NaiveDate, NaiveTime};
use std::collections::HashMap;

/// Lines one file holds; more are asked for by smaller spans.
const MOST: i64 = 100_000;
/// Lines read at a time.
const BATCH: i64 = 2_000;
const DAY: i64 = 86_400_000;
const HEADER: [&str; 7] = ["序号", "时间", "办理人", "动作", "对象种类", "对象", "内容"];

/// What is looked for; empty texts ask for everything.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Who: an account's login, or somebody's name.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// Kind of the object.
    pub kind: String,
    /// The number of a case or an item, an account's login, or an id.
    pub object: String,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
}

/// Everybody and everything that a text means, as the chain names them.
struct Meant {
    actors: String,
    objects: String,
}

impl Meant {
    async fn by(tx: &mut Tx, asked: &Asked) -> Result<Self, AppError> {
        Ok(Self {
            actors: journal::any_of(&actors(tx, asked.actor.trim()).await?),
            objects: journal::any_of(&objects(tx, asked.object.trim()).await?),
        })
    }
}

/// An account by its login or by the name of whoever holds it; a name by which somebody acted at the command line.
async fn actors(tx: &mut Tx, text: &str) -> Result<Vec<String>, AppError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let mut all = vec![text.to_owned(), format!("account:{text}")];
    let logins = accounts::named(tx, text).await?;
    all.extend(logins.into_iter().map(|login| format!("account:{login}")));
    let words = wording::ACTORS.iter().filter(|(_, shown)| *shown == text);
    all.extend(words.map(|(kept, _)| (*kept).to_owned()));
    Ok(all)
}

/// A case or an item by its number, with what is owed for it and what was found about it; an account; else an id.
async fn objects(tx: &mut Tx, text: &str) -> Result<Vec<String>, AppError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let mut all = vec![text.to_owned()];
    all.extend(accounts::named(tx, text).await?);
    let mut subjects = vec![RectificationId::of(text).to_string()];
    for case in cases::by_number(tx, text).await? {
        let found = findings::of_case(tx, &case.id).await?;
        subjects.extend(found.into_iter().map(|found| found.finding.id.to_string()));
        subjects.push(case.id.to_string());
    }
    for subject in subjects {
        let owed = obligations::of_subject(tx, &subject).await?;
        all.extend(owed.into_iter().map(|one| one.id.to_string()));
        all.push(subject);
    }
    Ok(all)
}

impl Asked {
    /// Whether the first day lies behind the last: then nothing can be found.
    pub fn is_reversed(&self) -> bool {
        self.from.zip(self.to).is_some_and(|(from, to)| from > to)
    }

    fn wanted<'a>(&'a self, meant: &'a Meant) -> Wanted<'a> {
        let start = |day: NaiveDate| Moment::at(day, NaiveTime::MIN).millis();
        Wanted {
            actor: &meant.actors,
            action: &self.action,
            kind: &self.kind,
            object: &meant.objects,
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

/// A page of the journal in words, the newest first.
pub async fn page(app: &App, asked: &Asked, page: u32) -> Result<PageOf<Line>, AppError> {
    let mut tx = app.db.read().await?;
    let meant = Meant::by(&mut tx, asked).await?;
    let wanted = asked.wanted(&meant);
    let offset = i64::from(page.max(1) - 1) * i64::from(PER_PAGE);
    let rows = journal::page(&mut tx, &wanted, i64::MAX, i64::from(PER_PAGE), offset).await?;
    let total = journal::count(&mut tx, &wanted).await?;
    let mut lines: Vec<Line> = rows.into_iter().map(Line::from).collect();
    let mut names: HashMap<String, Option<String>> = HashMap::new();
    for line in &mut lines {
        if let Some(login) = line.actor.strip_prefix("account:")
            && !names.contains_key(&line.actor)
        {
            let account = accounts::by_login(&mut tx, login).await?;
            names.insert(line.actor.clone(), account.map(|account| account.name));
        }
        let name = names.get(&line.actor).and_then(Option::as_deref);
        line.actor = words::actor(&line.actor, name);
        line.detail = words::detail(app, &line.detail);
    }
    tx.rollback().await?;
    Ok(PageOf {
        rows: lines,
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
    let meant = Meant::by(&mut tx, asked).await?;
    let wanted = asked.wanted(&meant);
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
