//! 告警: what was decided about reminders, what nobody has taken note of, what is silent.

use super::Slice;
use super::mails::alert_row;
use super::obligations::row;
use crate::app::view::{AlertFilter, AlertRow, AlertShow, ObligationRow, PageOf, SilenceRow};
use crate::app::{App, AppError, wording};
use crate::domain::account::{Act, Scope, Viewer};
use crate::domain::alert::{Silence, Target};
use crate::domain::ids::ObligationId;
use crate::domain::obligation::{Obligation, State};
use crate::store::alerts::{self, Asked};
use crate::store::{Tx, obligations, silences};

/// A page of decisions about what somebody sees, newest first.
pub async fn alert_list(app: &App, viewer: &Viewer, asked: &AlertFilter) -> Result<PageOf<AlertRow>, AppError> {
    let slice = Slice::of(asked.page);
    if !viewer.may(Act::SeeMails) {
        return Ok(slice.nothing());
    }
    let wanted = Asked {
        scope: &viewer.scope,
        outcome: match asked.show {
            AlertShow::All => "",
            one => one.key(),
        },
        number: asked.number.as_deref().unwrap_or_default(),
        reader: asked.reader.as_deref().unwrap_or_default(),
    };
    let mut tx = app.db.read().await?;
    let (found, total) = alerts::asked(&mut tx, &wanted, slice.limit, slice.offset).await?;
    tx.rollback().await?;
    let rows = found.into_iter().map(|alert| alert_row(app, alert)).collect();
    Ok(slice.of_rows(rows, total))
}

fn is_seen(scope: &Scope, one: &Obligation) -> bool {
    let units = [&one.scope_unit, &one.acting_unit];
    units.into_iter().any(|unit| scope.holds(unit.as_deref()))
}

/// A page of what was told urgently and nobody has taken note of.
pub async fn unanswered(app: &App, viewer: &Viewer, page: u32) -> Result<PageOf<ObligationRow>, AppError> {
    let today = app.now().day();
    let slice = Slice::of(page);
    let mut tx = app.db.read().await?;
    let open = obligations::unanswered(&mut tx, &viewer.scope, slice.limit, slice.offset).await?;
    let total = obligations::count_unanswered(&mut tx, &viewer.scope).await?;
    tx.rollback().await?;
    Ok(slice.of_rows(open.iter().map(|one| row(app, one, today)).collect(), total))
}

/// An obligation to take note of, as its line with its kind's word; none for one that is not open or not seen.
///
/// # Errors
/// Taking note of it would take note of what others have to do, too.
pub async fn open_of(
    app: &App,
    viewer: &Viewer,
    id: &ObligationId,
) -> Result<Option<(ObligationRow, &'static str)>, AppError> {
    let today = app.now().day();
    let mut tx = app.db.read().await?;
    let found = obligations::by_id(&mut tx, id.as_str()).await?;
    let Some(one) = found.filter(|one| one.state == State::Open && is_seen(&viewer.scope, one)) else {
        tx.rollback().await?;
        return Ok(None);
    };
    let same = obligations::open_of_number(&mut tx, &one.number).await?;
    tx.rollback().await?;
    let others = same.iter().filter(|other| other.kind == one.kind);
    if others.into_iter().any(|other| !is_seen(&viewer.scope, other)) {
        return Err(AppError::Input(format!(
            "编号「{}」下有其他单位的同类事项，确认会一并生效：请由上级单位确认",
            one.number
        )));
    }
    Ok(Some((row(app, &one, today), one.kind.as_str())))
}

/// The silences in force that concern somebody.
pub async fn silence_list(app: &App, viewer: &Viewer) -> Result<Vec<SilenceRow>, AppError> {
    let mut tx = app.db.read().await?;
    let mut rows = Vec::new();
    let mut silences = silences::in_force(&mut tx, app.now()).await?;
    silences.sort_by_key(|silence| silence.until);
    for silence in silences {
        let is_own = stays_within(&mut tx, &viewer.scope, &silence.target).await?;
        // A silence of a kind is everybody's; one of a reader names somebody.
        if is_own || matches!(silence.target, Target::Kind(_)) {
            rows.push(silence_row(app, silence, is_own));
        }
    }
    tx.rollback().await?;
    Ok(rows)
}

fn silence_row(app: &App, silence: Silence, is_own: bool) -> SilenceRow {
    SilenceRow {
        target: match &silence.target {
            Target::Kind(kind) => format!("种类 {}", wording::kind_name(app, *kind)),
            other => other.zh(),
        },
        id: silence.id,
        reason: silence.reason,
        by: silence.by,
        from: silence.from,
        until: silence.until,
        is_own,
    }
}

/// Whether a silence stays within what somebody sees.
async fn stays_within(tx: &mut Tx, scope: &Scope, target: &Target) -> Result<bool, AppError> {
    if scope.unit().is_none() {
        return Ok(true);
    }
    Ok(match target {
        Target::Unit(unit) => scope.holds(Some(unit)),
        Target::Number(number) => {
            let open = obligations::open_of_number(tx, number.trim()).await?;
            !open.is_empty() && open.iter().all(|one| is_seen(scope, one))
        }
        Target::Kind(_) | Target::Recipient(_) => false,
    })
}

/// Whether somebody may silence something.
pub async fn may_silence(app: &App, viewer: &Viewer, target: &Target) -> Result<bool, AppError> {
    let mut tx = app.db.read().await?;
    let may = stays_within(&mut tx, &viewer.scope, target).await;
    tx.rollback().await?;
    may
}
