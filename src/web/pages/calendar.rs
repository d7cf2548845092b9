//! 日历: a year at a glance.

use crate::app::view::{ArrivalRow, CalendarDay, CalendarView, Certainty, Coverage, Light};
use crate::domain::account::Act;
use crate::web::desk::Desk;
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::{Shown as _, Small as _};
use crate::web::params::Params;
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;
use chrono::Datelike;

#[derive(Template)]
#[template(path = "pages/calendar.html")]
struct Calendar<'a> {
    chrome: Chrome<'a>,
    months: Vec<Month>,
    previous: Option<i32>,
    next: Option<i32>,
    arrivals: Vec<ArrivalRow>,
    /// Whether the list of a day opens to whoever looks.
    sees_obligations: bool,
    view: CalendarView,
}

struct Month {
    number: u32,
    workdays: usize,
    weeks: Vec<Vec<Option<CalendarDay>>>,
}

pub async fn show<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let year = params.only(&["year"])?.year()?;
    let mut view = site.source.calendar(&site.viewer(), year).await?;
    html(&Calendar {
        chrome: site.chrome(Some(Nav::Calendar), format!("{} 年日历", view.year)).await,
        months: (1..=12).map(|number| month(number, &view.days)).collect(),
        previous: (view.year > view.first_year).then(|| view.year - 1),
        arrivals: std::mem::take(&mut view.arrivals),
        sees_obligations: site.may(Act::SeeObligations),
        next: (view.year < view.last_year).then(|| view.year + 1),
        view,
    })
}

fn month(number: u32, days: &[CalendarDay]) -> Month {
    let own: Vec<_> = days
        .iter()
        .filter(|day| day.day.date.month() == number)
        .cloned()
        .collect();
    let lead = own
        .first()
        .map_or(0, |first| first.day.date.weekday().num_days_from_monday());
    let workdays = own.iter().filter(|day| !day.day.kind.is_rest()).count();
    let mut slots: Vec<_> = std::iter::repeat_n(None, lead as usize).collect();
    slots.extend(own.into_iter().map(Some));
    slots.resize(slots.len().next_multiple_of(7), None);
    Month {
        number,
        workdays,
        weeks: slots.chunks(7).map(<[_]>::to_vec).collect(),
    }
}
