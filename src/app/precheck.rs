//! Judges a list. Without `keep` it writes a run record and nothing else; with it, judged rows of protected
//! people are kept and findings opened.

pub mod giveback;
mod keep;
pub mod record;
mod register;

use super::import::Source;
use super::{App, AppError};
use crate::domain::protection::list::{Domain, List};
use crate::domain::protection::{IdKey, JudgeOptions, Report, judge};
use crate::store::journal::{self, ACTOR_LOCAL, Entry};

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
    /// Outcomes kept now.
    pub kept: u32,
}

/// Judges, and keeps when asked to, for whoever runs this program.
pub async fn precheck(app: &App, request: &Request<'_>) -> Result<Checked, AppError> {
    precheck_by(app, request, &crate::runtime::user::name()).await
}

/// Judges, and keeps when asked to; the run record says who did it.
pub async fn precheck_by(app: &App, request: &Request<'_>, who: &str) -> Result<Checked, AppError> {
    let now = app.now();
    let mut read = app.db.read().await?;
    let register = register::load(app, &mut read, request.list).await?;
    read.rollback().await?;
    let key_of = |id: &crate::domain::person::CitizenId| IdKey(app.keys.lookup(id.reveal()));
    let report = judge(request.list, &register, &app.words, &request.options, &key_of)
        .map_err(|error| AppError::Input(error.to_string()))?;
    let mut tx = app.db.begin().await?;
    let run = record::run(&mut tx, request, &report, who, now).await?;
    let mut checked = Checked {
        report,
        opened: 0,
        kept: 0,
    };
    if request.keep {
        for judged in &checked.report.results {
            checked.kept += u32::from(keep::outcome(&mut tx, judged, &run).await?);
            checked.opened += u32::from(keep::finding(app, &mut tx, judged, request, &run, now).await?);
        }
        if checked.kept + checked.opened > 0 {
            let detail = format!(
                "{}：留存结果 {} 条，新开疑似问题 {} 件",
                request.kind, checked.kept, checked.opened
            );
            journal::append(
                &mut tx,
                now,
                &[Entry {
                    actor: ACTOR_LOCAL,
                    action: "keep",
                    object_kind: "run",
                    object_id: run.as_str(),
                    detail,
                }],
            )
            .await?;
        }
    }
    tx.commit().await?;
    Ok(checked)
}

/// Whether a domain may be imported as final outcomes in this release.
pub fn outcomes_supported(domain: Domain) -> bool {
    domain == Domain::AnnualAppraisal
}
