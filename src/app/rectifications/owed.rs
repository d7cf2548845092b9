//! Keeps the stored obligations of an item in line with where it stands.

use crate::app::{App, AppError};
use crate::domain::deadline::{Adjustment, is_stopped};
use crate::domain::ids::RunId;
use crate::domain::name::Name;
use crate::domain::obligation::{Kind, Obligation, State, Wanted};
use crate::domain::rectification::{main_key, wanted};
use crate::domain::time::Moment;
use crate::store::journal::{self, Entry};
use crate::store::rectifications::StoredRectification;
use crate::store::{Tx, obligations};

/// Where a change comes from.
pub(in crate::app) struct From<'a> {
    /// The import, if it was one.
    pub(in crate::app) run: Option<&'a RunId>,
    /// The item was not known before.
    pub(in crate::app) is_new: bool,
}

impl From<'_> {
    /// Somebody did something.
    pub(in crate::app) const fn act() -> Self {
        Self {
            run: None,
            is_new: false,
        }
    }
}

/// The key of what is asked for when a level was raised by hand.
pub(super) fn ladder_key(number: &str, level: Name) -> String {
    format!("{}:ladder:{level}", main_key(number))
}

/// Brings the stored obligations of an item into line with what it asks for.
pub(in crate::app) async fn settle(
    app: &App,
    tx: &mut Tx,
    item: &StoredRectification,
    from: &From<'_>,
    actor: &str,
    now: Moment,
) -> Result<(), AppError> {
    let stored = obligations::of_subject(tx, item.id.as_str()).await?;
    let changed = changes(app, &stored, item, from, now)?;
    let (after, entries): (Vec<&Obligation>, Vec<Entry<'_>>) = changed
        .iter()
        .map(|(after, action, detail)| {
            let entry = Entry {
                actor,
                action,
                object_kind: "obligation",
                object_id: after.id.as_str(),
                detail: detail.clone(),
            };
            (after, entry)
        })
        .unzip();
    for one in after {
        obligations::put(tx, one).await?;
    }
    journal::append(tx, now, &entries).await?;
    Ok(())
}

/// An obligation as it is to be stored, what that is called, and why.
pub(in crate::app) type Changed = (Obligation, &'static str, String);

/// What has to change in the stored obligations of an item.
pub(in crate::app) fn changes(
    app: &App,
    stored: &[Obligation],
    item: &StoredRectification,
    from: &From<'_>,
    now: Moment,
) -> Result<Vec<Changed>, AppError> {
    let today = now.day();
    let calendars = app.calendars();
    let (calendar, calendar_unit) = calendars.of(item.life.facts.supervisor.as_deref());
    let main = main_key(&item.number);
    let backlog = stored.iter().find(|o| o.key == main).map_or_else(
        || from.is_new && item.life.due_on.is_some_and(|due| due < today),
        |o| o.backlog,
    );
    let wants = wanted(&item.number, &item.life, &app.policy, calendar, backlog)?;
    let mut changed: Vec<Changed> = Vec::new();
    for (want, adjustments) in &wants {
        match stored.iter().find(|o| o.key == want.key) {
            None => {
                // History that is only listed asks for nothing whose day had passed before it came here, but the whole.
                let lapsed = want.met_on.is_none() && want.due.day < today;
                if from.is_new && lapsed && want.kind == Kind::FollowUp {
                    continue;
                }
                let made = make(item, want, adjustments, (from, lapsed), calendar_unit, now);
                let said = format!("{} {} 应于 {}", item.number, want.kind.as_str(), want.due.day);
                changed.push((made, "obligation.add", said));
            }
            Some(before) => {
                if let Some((after, what)) = adjusted(before, item, want, adjustments, now) {
                    let said = format!("{} {}：{what}", item.number, want.kind.as_str());
                    changed.push((after, "obligation.change", said));
                }
            }
        }
    }
    for gone in stored
        .iter()
        .filter(|o| o.state == State::Open && is_gone(app, o, item, &wants))
    {
        let after = Obligation {
            state: State::Void,
            next_at: None,
            ..gone.clone()
        };
        let said = format!("{} {}：情况变化，不再要求", item.number, after.kind.as_str());
        changed.push((after, "obligation.void", said));
    }
    Ok(changed)
}

/// What was asked for when a level was raised is done: a paper was issued, somebody was dealt with, or the unit reported.
pub(super) async fn escalation_met(tx: &mut Tx, item: &StoredRectification, now: Moment) -> Result<(), AppError> {
    for one in obligations::of_subject(tx, item.id.as_str()).await? {
        if one.kind == Kind::Escalation && one.state == State::Open {
            let after = Obligation {
                state: State::Met,
                met_on: Some(now.day()),
                next_at: None,
                ..one
            };
            obligations::put(tx, &after).await?;
        }
    }
    Ok(())
}

fn is_gone(app: &App, stored: &Obligation, item: &StoredRectification, wants: &[(Wanted, Vec<Adjustment>)]) -> bool {
    if stored.kind == Kind::Escalation {
        // It stands while the item is at least as high as the level that was raised.
        let rank = |level: Option<Name>| app.policy.ladder.rank_of(level);
        let raised = super::level_of(&app.policy, &stored.key).map(|level| level.id);
        return item.life.is_closed() || item.life.level.is_none() || rank(item.life.level) < rank(raised);
    }
    let ruled = app.policy.rule(stored.rule).is_some() || app.policy.limit(stored.kind).is_some();
    ruled && !wants.iter().any(|(want, _)| want.key == stored.key)
}

fn make(
    item: &StoredRectification,
    want: &Wanted,
    adjustments: &[Adjustment],
    (from, lapsed): (&From<'_>, bool),
    calendar_unit: Option<&str>,
    now: Moment,
) -> Obligation {
    let facts = &item.life.facts;
    let begun = want.begun(now);
    let backlog = from.is_new && from.run.is_some() && lapsed;
    Obligation {
        subject_id: item.id.as_str().to_owned(),
        number: item.number.clone(),
        scope_unit: facts.supervisor.clone(),
        acting_unit: Some(facts.unit.clone()),
        acting_person: facts.person.clone(),
        event_day: if want.terms.counts() { want.event_day } else { now.day() },
        calendar_unit: calendar_unit.filter(|_| want.terms.counts()).map(str::to_owned),
        adjustments: adjustments.to_vec(),
        backlog,
        run: from.run.cloned(),
        next_at: begun.next_at.filter(|_| !backlog && !is_stopped(adjustments)),
        ..begun
    }
}

fn adjusted(
    before: &Obligation,
    item: &StoredRectification,
    want: &Wanted,
    adjustments: &[Adjustment],
    now: Moment,
) -> Option<(Obligation, String)> {
    let facts = &item.life.facts;
    let mut after = before.clone();
    after.scope_unit.clone_from(&facts.supervisor);
    after.acting_unit = Some(facts.unit.clone());
    after.acting_person.clone_from(&facts.person);
    after.adjustments = adjustments.to_vec();
    if want.terms.counts() {
        after.event_day = want.event_day;
        after.terms = want.terms;
    }
    let mut said = Vec::new();
    if let Some(day) = want.met_on {
        if before.state != State::Met || before.met_on != Some(day) {
            after.state = State::Met;
            after.met_on = Some(day);
            after.next_at = None;
            said.push(format!("已办结于 {day}"));
        }
    } else if before.state != State::Open {
        after.state = State::Open;
        after.met_on = None;
        after.due = want.due.clone();
        after.revision += 1;
        after.backlog = false;
        after.created = now;
        said.push("重新列为待办".to_owned());
    } else if (before.due.day, before.due.alert_day) != (want.due.day, want.due.alert_day) {
        after.due = want.due.clone();
        after.revision += 1;
        after.backlog = before.backlog && want.due.day < now.day();
        said.push(format!("到期日由 {} 改为 {}", before.due.day, want.due.day));
    } else if after.due.certainty != want.due.certainty {
        after.due = want.due.clone();
        said.push("到期日的确定程度有变化".to_owned());
    }
    if after == *before {
        return None;
    }
    if after.state == State::Open {
        after.next_at = (!after.backlog && !is_stopped(adjustments)).then_some(now);
    }
    if said.is_empty() {
        said.push(if after.adjustments == before.adjustments {
            "通知对象或起算日变更".to_owned()
        } else if is_stopped(adjustments) {
            "等待审批延期，提醒暂停".to_owned()
        } else {
            "延期已审批，提醒恢复".to_owned()
        });
    }
    Some((after, said.join("；")))
}
