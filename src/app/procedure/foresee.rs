//! What an act would come to, told before it is kept: the same decision and the same reckoning, and nothing written.

use super::{
    CaseEvent, NewCase, Which, blank_record, describe, find, id_of_new, organ_named, others_of, person_meant, project,
    same_matter, state_of, tidy,
};
use crate::app::settle::{Origin, settle};
use crate::app::{App, AppError};
use crate::domain::account::Scope;
use crate::domain::ids::RunId;
use crate::domain::obligation::Obligation;
use crate::domain::procedure::{Accepted, Act, CaseState, Dated, step};
use crate::domain::time::Moment;
use crate::store::cases::{self, StoredCase};
use crate::store::{Tx, case_events, matters, obligations, papers};
use chrono::Datelike as _;

/// What would come of an act.
#[derive(Debug, Clone)]
pub struct Foreseen {
    /// What would be recorded.
    pub act: String,
    /// Where the case would stand.
    pub stage: &'static str,
    /// What people should know before.
    pub warnings: Vec<String>,
    /// The limits that would be made, fulfilled, moved or no longer asked for, as they would be kept.
    pub limits: Vec<Obligation>,
}

/// What would come of a new case.
#[derive(Debug, Clone)]
pub struct Opening {
    /// The number it would have; the next one may be another's by then.
    pub case_no: String,
    /// Whether the cadre is known, as far as whoever asks sees.
    pub known: bool,
    /// Numbers of the cases of the cadre that whoever asks sees. That there are others is not told.
    pub others: Vec<String>,
    /// What would come of the first act.
    pub foreseen: Foreseen,
}

/// What a decision in a case would come to. Changes of a limit's clock are not foreseen.
pub async fn foresee(app: &App, which: Which<'_>, dated: &Dated<'_>) -> Result<Foreseen, AppError> {
    let now = app.now();
    let mut tx = app.db.read().await?;
    let case = find(&mut tx, which).await?;
    let events: Vec<CaseEvent> = case_events::of_case(&mut tx, &case.id).await?;
    let stored = obligations::of_subject(&mut tx, case.id.as_str()).await?;
    tx.rollback().await?;
    let state = state_of(&case, &events, now);
    foreseen(app, case, &state, &stored, dated, now)
}

/// What a new case would come to, told to somebody who sees a part of the tree or all of it.
pub async fn foresee_opening(app: &App, new: &NewCase, first: &Dated<'_>, scope: &Scope) -> Result<Opening, AppError> {
    let now = app.now();
    let new = &tidy(new)?;
    organ_named(app, new)?;
    let mut tx = app.db.read().await?;
    if let Some(number) = &new.matter_no
        && let Some(kept) = matters::by_number(&mut tx, number).await?
    {
        same_matter(&kept, new, scope)?;
    }
    let case_no = match &new.case_no {
        Some(no) => no.clone(),
        None => coming_case_no(&mut tx, now).await?,
    };
    let found = person_meant(app, &mut tx, new).await?;
    let id = id_of_new(&mut tx, new, &case_no, &found.person, scope).await?;
    let others = others_of(&mut tx, &found.person, scope).await?;
    tx.rollback().await?;
    let unit = found.person.roster_unit.or(found.person.register_unit);
    let case = StoredCase {
        id,
        person: found.person.id,
        record: blank_record(new, case_no.clone(), new.matter.clone()),
        run: RunId::of(super::ENTRY),
        first: now,
        matter_no: new.matter_no.clone(),
        version: 0,
    };
    Ok(Opening {
        foreseen: foreseen(app, case, &CaseState::default(), &[], first, now)?,
        known: !found.is_new && (scope.holds(unit.as_deref()) || !others.is_empty()),
        others,
        case_no,
    })
}

fn foreseen(
    app: &App,
    mut case: StoredCase,
    state: &CaseState,
    stored: &[Obligation],
    dated: &Dated<'_>,
    now: Moment,
) -> Result<Foreseen, AppError> {
    let Accepted { state, warnings, .. } =
        step(state, dated, &app.policy, now.day()).map_err(|refused| AppError::Input(refused.0))?;
    project(&mut case.record, &state);
    if let Act::Amend { changes, .. } = dated.act {
        describe(&mut case.record, changes);
    }
    let origin = Origin {
        run: None,
        new_case: false,
        actor: "",
    };
    let settled = settle(app, stored, &case, &state.timeline(), &origin, now)?;
    Ok(Foreseen {
        act: dated.act.zh(&app.policy),
        stage: state.stage.zh(),
        warnings,
        limits: settled.obligations,
    })
}

/// The number that the next case would have.
async fn coming_case_no(tx: &mut Tx, now: Moment) -> Result<String, AppError> {
    let year = now.day().year();
    let mut serial = papers::last_number(tx, "", "RC", year).await?;
    loop {
        serial += 1;
        let number = format!("RC-{year}-{serial:03}");
        if cases::by_number(tx, &number).await?.is_empty() {
            return Ok(number);
        }
    }
}

/// The number a new case is proposed.
pub async fn proposed_case_no(app: &App) -> Result<String, AppError> {
    let mut tx = app.db.read().await?;
    let number = coming_case_no(&mut tx, app.now()).await?;
    tx.rollback().await?;
    Ok(number)
}
