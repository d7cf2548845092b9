//! Judges a list. Without `keep` it writes a run record and nothing else; with it, judged rows of protected
//! people are kept and findings opened.

pub mod export;
pub mod giveback;
pub mod jobs;
mod keep;
mod neglect;
pub mod record;
mod register;
mod sieve;

pub use register::{Ahead, Begun, Length};
pub use sieve::sieve;

pub(super) use register::load as register;

use self::record::Record;
use super::import::Source;
use super::{App, AppError};
use crate::domain::account::Scope;
use crate::domain::person::CitizenId;
use crate::domain::protection::list::List;
use crate::domain::protection::{IdKey, JudgeOptions, Report, judge};
use crate::domain::unit::Units;
use crate::store::journal::{self, ACTOR_LOCAL, Entry};
use crate::store::{Tx, cases};

/// How a list is judged and what becomes of it.
pub struct Request<'a> {
    /// The list.
    pub list: &'a List,
    /// The file it came from.
    pub source: &'a Source,
    /// Options of the judgement.
    pub options: JudgeOptions,
    /// Keep judged rows and open findings.
    pub keep: bool,
    /// `precheck` or `outcomes`.
    pub kind: &'static str,
}

/// What a pre-check found and did.
pub struct Checked {
    /// The judgement.
    pub report: Report,
    /// Findings opened now.
    pub opened: u32,
    /// Findings that have become graver now, or whose answer is contradicted now.
    pub again: u32,
    /// Outcomes kept now, or kept anew because something about them changed.
    pub kept: u32,
    /// Lines about units that whoever asked does not see: neither told nor kept.
    pub withheld: u32,
}

/// On whose behalf a list is judged.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// Who, for the run record.
    pub who: &'a str,
    /// How the journal names them.
    pub actor: &'a str,
    /// The units they see.
    pub scope: &'a Scope,
}

/// Judges, and keeps when asked to, for whoever runs this program.
pub async fn precheck(app: &App, request: &Request<'_>) -> Result<Checked, AppError> {
    precheck_by(app, request, &crate::runtime::user::name()).await
}

/// Judges, and keeps when asked to; the run record says who did it.
pub async fn precheck_by(app: &App, request: &Request<'_>, who: &str) -> Result<Checked, AppError> {
    precheck_with(app, request, None, who).await
}

/// The same with what was read of the register while the file was; what is kept is judged by what is there then.
pub async fn precheck_with(
    app: &App,
    request: &Request<'_>,
    ahead: Option<Ahead>,
    who: &str,
) -> Result<Checked, AppError> {
    Ok(precheck_shown(app, request, ahead, who, |_| ()).await?.0)
}

/// The same with what is shown of it. That is made while the run is recorded: the disk takes its time, too.
pub async fn precheck_shown<T>(
    app: &App,
    request: &Request<'_>,
    ahead: Option<Ahead>,
    who: &str,
    show: impl FnOnce(&Checked) -> T,
) -> Result<(Checked, T), AppError> {
    let by = By {
        who,
        actor: ACTOR_LOCAL,
        scope: &Scope::WHOLE,
    };
    precheck_ahead(app, request, ahead, by, show).await
}

/// The same on behalf of somebody who may see a part of the tree only.
pub async fn precheck_for(app: &App, request: &Request<'_>, by: By<'_>) -> Result<Checked, AppError> {
    Ok(precheck_ahead(app, request, None, by, |_| ()).await?.0)
}

async fn precheck_ahead<T>(
    app: &App,
    request: &Request<'_>,
    ahead: Option<Ahead>,
    by: By<'_>,
    show: impl FnOnce(&Checked) -> T,
) -> Result<(Checked, T), AppError> {
    let By { who, actor, scope } = by;
    let now = app.now();
    if !request.keep {
        let known = match ahead {
            Some(ahead) => Some(ahead.known().await?),
            None => None,
        };
        let mut read = app.db.read().await?;
        let (report, withheld) = judged(app, &mut read, request, known, scope).await?;
        read.rollback().await?;
        let record = Record::of(request, &report, who, now);
        let writing = app.clone();
        let written = tokio::spawn(async move {
            let mut tx = writing.db.begin().await?;
            record.write(&mut tx).await?;
            Ok::<_, AppError>(tx.commit().await?)
        });
        let checked = Checked {
            report,
            opened: 0,
            again: 0,
            kept: 0,
            withheld,
        };
        let shown = show(&checked);
        written
            .await
            .map_err(|error| AppError::Environment(format!("内部任务异常中止：{error}")))??;
        return Ok((checked, shown));
    }
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let (report, withheld) = judged(app, &mut tx, request, None, scope).await?;
    let run = record::run(&mut tx, request, &report, who, now).await?;
    let left = keep::all(app, &mut tx, request, &report, &run, (actor, now)).await?;
    if left.kept + left.opened + left.again > 0 {
        let detail = format!(
            "{}：留存结果 {} 条，新开疑似问题 {} 件，升级或重新打开 {} 件",
            request.kind, left.kept, left.opened, left.again
        );
        let entry = Entry {
            actor,
            action: "keep",
            object_kind: "run",
            object_id: run.as_str(),
            detail,
        };
        journal::append(&mut tx, now, &[entry]).await?;
    }
    tx.commit().await?;
    let checked = Checked {
        report,
        opened: left.opened,
        again: left.again,
        kept: left.kept,
        withheld,
    };
    let shown = show(&checked);
    Ok((checked, shown))
}

/// Gives memory back beside the work: there are a hundred thousand small pieces, and a command may end before that is done.
pub fn let_go<T: Send + 'static>(value: T) {
    drop(std::thread::spawn(move || drop(value)));
}

/// The judgement, and how many lines of it are not told because their unit is not seen.
async fn judged(
    app: &App,
    tx: &mut Tx,
    request: &Request<'_>,
    known: Option<register::Known>,
    scope: &Scope,
) -> Result<(Report, u32), AppError> {
    let keys = register::Keys::of(app, request.list);
    let known = match known {
        Some(known) => known,
        None => register::Known::load(tx).await?,
    };
    let mut register = known.with(tx, request.list, &keys).await?;
    if scope.unit().is_some() {
        // Whoever sees a part of the tree is told of the protections they see, whatever unit a list claims for its rows.
        let seen = cases::seen(tx, scope).await?;
        for person in &mut register.people {
            person.cases.retain(|case| seen.contains(&case.case));
        }
    }
    let key_of = |id: &CitizenId| keys.get(id).unwrap_or_else(|| IdKey(app.keys.lookup(id.reveal())));
    let report = judge(
        request.list,
        &register,
        &app.vocabulary().words,
        &request.options,
        &key_of,
    );
    let mut report = report.map_err(|error| AppError::Input(error.to_string()))?;
    let Some(own) = scope.unit() else {
        let_go(register);
        return Ok((report, 0));
    };
    // Said whether or not there was anything: whoever hands in another unit's list must not take silence for an all-clear.
    report.notices.push(format!(
        "只核对了「{own}」及其下级单位的受保护人员；不在当前账号的范围内的单位没有核对，请由该单位或上级单位送检"
    ));
    let units = Units::new(&register.units);
    let before = report.results.len();
    report.results.retain(|line| {
        let unit = line.unit.as_deref().map(|unit| units.find_exact(unit).unwrap_or(unit));
        scope.holds(unit)
    });
    let withheld = before - report.results.len();
    let rows = report
        .results
        .iter()
        .filter_map(|line| Some((line.at_sheet, line.row?)));
    report.rows_protected = rows.collect::<std::collections::BTreeSet<_>>().len() as u32;
    Ok((report, withheld as u32))
}
