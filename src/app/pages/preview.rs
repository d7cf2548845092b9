//! The weeks to come: what will be sent, and why other things will not be.

use super::mails::point;
use super::{Slice, number};
use crate::app::simulate::{Foreseen, ahead, unsent};
use crate::app::view::{Decision, ForeseenRow, PER_PAGE, PageOf, PreviewShow};
use crate::app::{App, AppError, wording};
use crate::domain::account::{Scope, Viewer};
use crate::domain::alert::{Alert, Outcome, Point};
use crate::domain::ids::ObligationId;
use crate::domain::obligation::Kind;
use crate::domain::time::Moment;
use crate::store::obligations;
use std::collections::BTreeSet;

/// Days that are looked ahead.
const AHEAD_DAYS: i64 = 28;
const DAY: i64 = 86_400_000;
/// Open obligations with which a page still reckons; a command does with more.
const MOST: u64 = 20_000;

/// The weeks to come, or that there is too much for a page.
#[derive(Debug, Clone)]
pub enum Preview {
    /// A page of them.
    Page(PageOf<ForeseenRow>),
    /// So many open obligations.
    TooMuch(u64),
}

/// A page of the next four weeks.
pub async fn preview(app: &App, viewer: &Viewer, show: PreviewShow, page: u32) -> Result<Preview, AppError> {
    let mut tx = app.db.read().await?;
    let count = number(obligations::count_open(&mut tx).await?);
    if count > MOST {
        tx.rollback().await?;
        return Ok(Preview::TooMuch(count));
    }
    let seen = obligations::open_seen(&mut tx, &viewer.scope).await?;
    tx.rollback().await?;
    let seen: BTreeSet<String> = seen.into_iter().collect();
    let foreseen = ahead(app, AHEAD_DAYS * DAY).await?;
    let mut rows: Vec<(String, ForeseenRow)> = match show {
        PreviewShow::Sent => {
            let mut sent: Vec<&Foreseen> = foreseen
                .iter()
                .filter(|one| one.alert.outcome == Outcome::Sent)
                .collect();
            sent.sort_by_key(|one| one.sent_at);
            let mut rows: Vec<(String, ForeseenRow)> = Vec::new();
            for one in sent {
                let reader = one.alert.recipient.as_ref().map(|reader| reader.name.clone());
                match rows
                    .last_mut()
                    .filter(|(id, last)| is_same(id, last, &one.alert, one.sent_at))
                {
                    Some((_, last)) => last.recipients.extend(reader),
                    None => rows.push((one.alert.subject_id.clone(), sent_row(app, &one.alert, one.sent_at))),
                }
            }
            rows
        }
        PreviewShow::Unsent => unsent(app, &foreseen)
            .await?
            .into_iter()
            .map(|one| {
                let kind = Kind::from_text(&one.kind);
                let name = kind.map_or_else(|| one.kind.clone(), |kind| wording::kind_name(app, kind));
                let told = one.point.as_deref().and_then(Point::parse);
                let row = ForeseenRow {
                    at: one.at.as_deref().and_then(Moment::parse),
                    subject: format!("{} {name}", one.case.unwrap_or_default()).trim().to_owned(),
                    obligation: linked(kind, &one.subject_id),
                    point: told.map_or_else(|| "—".to_owned(), point),
                    decision: match Outcome::from_text(one.outcome) {
                        Some(Outcome::Merged) => Decision::Merged,
                        Some(Outcome::Silenced) => Decision::Silenced,
                        Some(Outcome::NoRecipient) => Decision::NoRecipient,
                        Some(Outcome::Inhibited) => Decision::Inhibited,
                        _ => Decision::Quiet,
                    },
                    recipients: Vec::new(),
                    reason: one.reason,
                };
                (one.subject_id, row)
            })
            .collect(),
    };
    // What the service itself will have to tell belongs to no unit.
    rows.retain(|(id, _)| viewer.scope == Scope::WHOLE || seen.contains(id));
    let slice = Slice::of(page);
    let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let skip = usize::try_from(slice.offset).unwrap_or(usize::MAX);
    let shown = rows.into_iter().skip(skip).take(PER_PAGE as usize);
    Ok(Preview::Page(slice.of_rows(shown.map(|(_, row)| row).collect(), total)))
}

fn is_same(id: &str, last: &ForeseenRow, alert: &Alert, sent_at: Moment) -> bool {
    id == alert.subject_id && last.at == Some(sent_at) && last.point == point(alert.point)
}

fn linked(kind: Option<Kind>, id: &str) -> Option<ObligationId> {
    let has_page = !matches!(
        kind,
        None | Some(Kind::Backlog | Kind::CalendarMissing | Kind::ContactTrouble)
    );
    has_page.then(|| ObligationId::stored(id.to_owned()))
}

fn sent_row(app: &App, alert: &Alert, sent_at: Moment) -> ForeseenRow {
    let name = wording::kind_name(app, alert.kind);
    ForeseenRow {
        at: Some(sent_at),
        subject: format!("{} {name}", alert.number.as_deref().unwrap_or_default())
            .trim()
            .to_owned(),
        obligation: linked(Some(alert.kind), &alert.subject_id),
        point: point(alert.point),
        decision: if alert.waits { Decision::Digest } else { Decision::Ahead },
        recipients: alert.recipient.iter().map(|reader| reader.name.clone()).collect(),
        reason: alert.reason.clone(),
    }
}
