//! The ladder: a level reached by a reminder, and one raised by hand.

use super::owed::ladder_key;
use super::{From, keep};
use crate::app::{App, AppError};
use crate::domain::alert::Point;
use crate::domain::ids::ObligationId;
use crate::domain::name::Name;
use crate::domain::obligation::{Kind, Obligation, Wanted};
use crate::domain::policy::{Policy, Schedule, Step};
use crate::domain::rectification::{Act, Happened, Level};
use crate::domain::time::Moment;
use crate::store::journal::ACTOR_SERVICE;
use crate::store::rectifications::{self as store, StoredRectification};
use crate::store::{Tx, obligations};
use std::borrow::Cow;

/// The level that an obligation of a raised level is about.
pub(in crate::app) fn level_of<'a>(policy: &'a Policy, key: &str) -> Option<&'a Level> {
    let (_, word) = key.rsplit_once(":ladder:")?;
    policy.ladder.level(Name::new(word)?)
}

/// The reminders of an obligation: those of its limit, and first the level itself where one was raised by hand.
pub(in crate::app) fn schedule<'a>(
    policy: &'a Policy,
    obligation: &Obligation,
    of_limit: &'a Schedule,
) -> Cow<'a, Schedule> {
    if obligation.kind != Kind::Escalation {
        return Cow::Borrowed(of_limit);
    }
    let Some(level) = level_of(policy, &obligation.key) else {
        return Cow::Borrowed(of_limit);
    };
    let mut schedule = of_limit.clone();
    let told = Step {
        point: Point::Level(policy.ladder.rank(level.id)),
        severity: level.severity,
        roles: level.roles.clone(),
        also: level.also.clone(),
        kind: Some(Kind::Rectification),
        level: None,
    };
    schedule.points.insert(0, told);
    Cow::Owned(schedule)
}

/// Keeps that a reminder has brought an item to a level; nothing where it stands as high already.
pub(in crate::app) async fn climbed(
    app: &App,
    tx: &mut Tx,
    obligation: &Obligation,
    (level, point): (Name, Point),
    now: Moment,
) -> Result<(), AppError> {
    let ladder = &app.policy.ladder;
    let Some(level) = ladder.level(level) else {
        return Ok(());
    };
    let Some(mut item) = store::by_id(tx, &obligation.subject_id).await? else {
        return Ok(());
    };
    if item.life.done_on().is_some() || ladder.rank_of(item.life.level) >= ladder.rank(level.id) {
        return Ok(());
    }
    let happened = Happened {
        act: Act::Reached {
            level: level.id,
            point: point.to_string(),
            deduction: level.deduction,
        },
        on: now.day(),
        by: String::new(),
        role: None,
    };
    keep(app, tx, &mut item, vec![happened], ACTOR_SERVICE, &From::act(), now).await
}

/// Opens what a level raised by hand asks for; whoever it concerns is told at once.
pub(super) async fn raised(
    app: &App,
    tx: &mut Tx,
    item: &StoredRectification,
    level: Name,
    now: Moment,
) -> Result<(), AppError> {
    let Some(limit) = app.policy.limit(Kind::Escalation) else {
        return Ok(());
    };
    let facts = &item.life.facts;
    let key = ladder_key(&item.number, level);
    let id = ObligationId::of(&key);
    let before = obligations::by_id(tx, id.as_str()).await?;
    let obligation = Obligation {
        subject_id: item.id.as_str().to_owned(),
        number: item.number.clone(),
        acting_unit: Some(facts.unit.clone()),
        acting_person: facts.person.clone(),
        revision: before.map_or(0, |before| before.revision) + 1,
        ..Wanted::begun_of(limit, key, facts.supervisor.as_deref(), &app.calendars(), now)?
    };
    Ok(obligations::put(tx, &obligation).await?)
}
