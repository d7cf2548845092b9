//! The next year's notice as something that must be there by a day: an obligation like any other, so that the page, the
//! mail and `simulate` say the same.

use super::{App, AppError};
use crate::domain::calendar::Calendars;
use crate::domain::deadline::Terms;
use crate::domain::obligation::{Kind, Obligation, State, Wanted, due_given};
use crate::domain::time::Moment;
use crate::store::journal::{ACTOR_SERVICE, Entry};
use crate::store::{Tx, journal, obligations};
use chrono::Datelike;

/// Opens the obligation for each of this and the next year that has no notice, and closes it when the notice is there.
pub(super) async fn watch(app: &App, tx: &mut Tx, calendars: &Calendars, now: Moment) -> Result<(), AppError> {
    let this = now.day().year();
    for year in [this, this + 1] {
        let Some(wanted) = wanted(app, calendars, year, now) else {
            continue;
        };
        let published = calendars.national().is_published(year);
        let before = obligations::by_id(tx, wanted.id.as_str()).await?;
        let (after, action, detail) = match before {
            None if published => continue,
            None => (wanted, "obligation.add", format!("{year}年放假通知还没有导入")),
            Some(before) if published && before.state == State::Open => {
                let met = Obligation {
                    state: State::Met,
                    met_on: Some(now.day()),
                    next_at: None,
                    ..before
                };
                (met, "obligation.change", format!("{year}年放假通知已导入"))
            }
            Some(before) if !published && before.state != State::Open => {
                let open = Obligation {
                    revision: before.revision + 1,
                    ..wanted
                };
                (open, "obligation.change", format!("{year}年放假通知又不在日历中"))
            }
            Some(_) => continue,
        };
        obligations::put(tx, &after).await?;
        let entry = Entry {
            actor: ACTOR_SERVICE,
            action,
            object_kind: "obligation",
            object_id: after.id.as_str(),
            detail,
        };
        journal::append(tx, now, &[entry]).await?;
    }
    Ok(())
}

/// The obligations that the service will open by the end of a span; for `simulate`.
pub(super) fn ahead(app: &App, now: Moment, to: Moment) -> Vec<Obligation> {
    let calendars = app.calendars();
    (now.day().year()..=to.day().year() + 1)
        .filter(|year| !calendars.national().is_published(*year))
        .filter_map(|year| wanted(app, &calendars, year, now))
        .collect()
}

/// Import the notice of a year; `None` where the profile asks for no such thing or the calendar does not reach so far.
fn wanted(app: &App, calendars: &Calendars, year: i32, now: Moment) -> Option<Obligation> {
    let limit = app.policy.limit(Kind::CalendarMissing)?;
    let by = app.policy.notice_day(year);
    let national = calendars.national();
    if by > national.last_day() {
        return None;
    }
    let key = format!("calendar:{year}");
    Some(Obligation {
        subject_id: format!("calendar-{year}"),
        number: format!("{year}年"),
        terms: Terms::GIVEN,
        ..Wanted::under(limit, key, by, due_given(by, national)).begun(now)
    })
}
