//! What the pages show, read from the store, and no more of it than the viewer sees: their scope narrows every statement,
//! and what their role may not see is not there. Nothing here changes a thing, but whoever looks at a person's file leaves
//! an entry in the journal.

mod alerts;
mod calendar;
mod cases;
mod dashboard;
mod days;
mod findings;
mod held;
mod ledger;
mod mails;
mod obligations;
mod prechecks;
mod preview;
mod reckoning;
mod remedies;

pub use alerts::{alert_list, may_silence, open_of, silence_list, unanswered};
pub use calendar::{arrivals, calendar, day_of, kind_word, moved};
pub use cases::{case, cases, kept_in_time, person, planned, protected, sees_case};
pub use dashboard::dashboard;
pub(super) use days::day as shown_day;
pub use findings::{finding, findings};
pub use held::held;
pub use ledger::{board, item, item_line, item_paper, ledger, ledger_export, ledger_units};
pub(super) use mails::point as mail_point;
pub use mails::{mail, mail_bytes, mail_state, mails};
pub use obligations::{obligation, obligations};
pub use prechecks::{line_shows, precheck_job, precheck_runs};
pub use preview::{Preview, preview};
pub use remedies::{remedies, remedy};

use super::view::{PER_PAGE, PageOf};
use super::{App, AppError, uncancelled};
use crate::domain::account::{Act, Viewer};
use crate::domain::ids::RunId;
use crate::domain::obligation::Obligation;
use crate::domain::written::{self, Size};
use crate::store::journal::Entry;
use crate::store::{Tx, journal, runs};

/// Where a page of a list begins and how long it is.
#[derive(Debug, Clone, Copy)]
struct Slice {
    page: u32,
    limit: i64,
    offset: i64,
}

impl Slice {
    fn of(page: u32) -> Self {
        let page = page.max(1);
        Self {
            page,
            limit: i64::from(PER_PAGE),
            offset: i64::from(page - 1) * i64::from(PER_PAGE),
        }
    }

    /// What somebody finds who may not see the list.
    fn nothing<T>(self) -> PageOf<T> {
        self.of_rows(Vec::new(), 0)
    }

    fn of_rows<T>(self, rows: Vec<T>, total: i64) -> PageOf<T> {
        PageOf {
            rows,
            total: number(total),
            page: self.page,
            per_page: PER_PAGE,
        }
    }
}

/// A count as the database gives it.
fn number(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

/// A text a page shows where the record says nothing.
fn or_unsaid(text: Option<&str>) -> String {
    text.map(str::trim)
        .filter(|text| !text.is_empty())
        .unwrap_or("未写明")
        .to_owned()
}

/// Whether the page of an obligation opens to the viewer, so that a link to it leads somewhere.
fn opens(viewer: &Viewer, o: &Obligation) -> bool {
    viewer.may(Act::SeeObligations)
        && (viewer.scope.has_steps() || !o.is_step())
        && [&o.scope_unit, &o.acting_unit]
            .iter()
            .any(|unit| viewer.scope.holds(unit.as_deref()))
}

/// Why somebody looks at a file, where they say.
///
/// # Errors
/// The text is too long or holds an ID number.
fn stated(purpose: Option<&str>) -> Result<Option<&str>, AppError> {
    let purpose = purpose.map(str::trim).filter(|purpose| !purpose.is_empty());
    if let Some(purpose) = purpose {
        written::check("查阅事由", purpose, Size::Line).map_err(AppError::Input)?;
    }
    Ok(purpose)
}

/// What is looked at, in the words of the journal.
struct Looked {
    object_kind: &'static str,
    object_id: String,
    detail: String,
}

/// Records that a person's file is looked at, by whom and why. It runs to its end even when the request is dropped,
/// and the page is shown only after it stands.
async fn record_view(app: &App, viewer: &Viewer, purpose: Option<&str>, looked: Looked) -> Result<(), AppError> {
    let app = app.clone();
    let actor = viewer.actor();
    let detail = match stated(purpose)? {
        Some(purpose) => format!("{}，事由：{purpose}", looked.detail),
        None => looked.detail,
    };
    uncancelled(async move {
        let mut tx = app.db.begin().await?;
        let entry = Entry {
            actor: &actor,
            action: "view",
            object_kind: looked.object_kind,
            object_id: &looked.object_id,
            detail,
        };
        journal::append(&mut tx, app.now(), &[entry]).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// What a run did, in the words of "this came about by …".
async fn run_words(tx: &mut Tx, run: Option<&RunId>) -> Result<&'static str, AppError> {
    let kind = match run {
        Some(run) => runs::kind(tx, run).await?,
        None => None,
    };
    Ok(match kind.as_deref() {
        Some("register") => "导入容错案件台账",
        Some("rectifications") => "导入整改台账",
        Some("cadres") => "导入干部名册",
        Some("contacts") => "导入联系人",
        Some("outcomes") => "导入人事结果",
        Some("precheck") => "预检留存结果",
        _ => "本机登记",
    })
}
