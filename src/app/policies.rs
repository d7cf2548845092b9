//! Rules over time: what another profile means for limits that already run.

use super::procedure::state_of;
use super::rectifications::{From, changes};
use super::settle::{Origin, settle};
use super::{App, AppError};
use crate::domain::name::Name;
use crate::domain::obligation::{Kind, Obligation, State};
use crate::domain::policy::Policy;
use crate::domain::time::Moment;
use crate::store::journal::{ACTOR_SERVICE, Entry};
use crate::store::{Db, Tx, case_events, cases, journal, meta, obligations, rectifications};

/// Open obligations whose limit a profile does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The limit.
    pub rule: Name,
    /// Its kind.
    pub kind: Kind,
    /// How many are open.
    pub open: i64,
    /// Whether another limit of the kind takes its place.
    pub replaced: bool,
}

impl Lost {
    /// For the terminal, the log and the journal.
    pub fn zh(&self) -> String {
        let then = if self.replaced {
            "改按同种类的期限"
        } else {
            "仍按原到期日提醒，但不能登记办结，请在规则文件中保留到办结为止"
        };
        format!(
            "期限「{}」（{}）不在规则文件中，还有 {} 项未办结：{then}",
            self.rule,
            self.kind.as_str(),
            self.open
        )
    }
}

/// What open obligations rest on and a profile lacks.
pub async fn lost(db: &Db, policy: &Policy) -> Result<Vec<Lost>, AppError> {
    let mut tx = db.read().await?;
    let lost = lost_in(&mut tx, policy).await?;
    tx.rollback().await?;
    Ok(lost)
}

pub(super) async fn lost_in(tx: &mut Tx, policy: &Policy) -> Result<Vec<Lost>, AppError> {
    let open = obligations::open_by_rule(tx).await?;
    Ok(open
        .into_iter()
        .filter(|(rule, ..)| policy.rule(*rule).is_none())
        .map(|(rule, kind, open)| Lost {
            rule,
            kind,
            open,
            replaced: policy.limit(kind).is_some(),
        })
        .collect())
}

/// An open obligation that another profile gives another due day.
#[derive(Debug, Clone)]
pub struct Moved {
    /// As it is stored.
    pub before: Obligation,
    /// As it would be.
    pub after: Obligation,
}

/// The open obligations of cases and rectifications whose due day is another one under the rules of this handle, by
/// matter. What the rules add or no longer ask for comes with the next act of a matter; what was given as a day, and
/// what a finding owes, stands.
pub(super) async fn moves(app: &App, tx: &mut Tx, now: Moment) -> Result<Vec<Moved>, AppError> {
    let mut moved = Vec::new();
    for subject in obligations::open_subjects(tx).await? {
        let (stored, after) = if let Some(case) = cases::by_id(tx, &subject).await? {
            let stored = obligations::of_subject(tx, &subject).await?;
            let events = case_events::of_case(tx, &case.id).await?;
            let timeline = state_of(&case, &events, now).timeline();
            let origin = Origin {
                run: None,
                new_case: false,
                actor: ACTOR_SERVICE,
            };
            let after = settle(app, &stored, &case, &timeline, &origin, now)?.obligations;
            (stored, after)
        } else if let Some(item) = rectifications::by_id(tx, &subject).await? {
            let stored = obligations::of_subject(tx, &subject).await?;
            let changed = changes(app, &stored, &item, &From::act(), now)?;
            (stored, changed.into_iter().map(|(after, ..)| after).collect())
        } else {
            continue;
        };
        moved.extend(after.into_iter().filter_map(|after| {
            let before = stored.iter().find(|before| before.id == after.id)?;
            let runs = before.state == State::Open && after.state == State::Open;
            (runs && before.due.day != after.due.day).then(|| Moved {
                before: before.clone(),
                after,
            })
        }));
    }
    Ok(moved)
}

/// Notes that a profile has come into force. Where it is another one than before, limits that run are reckoned by it,
/// every open obligation is looked at again, because its reminders may have changed, and the journal says so.
pub async fn put_in_force(app: &App, now: Moment) -> Result<Vec<Lost>, AppError> {
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let lost = put_in_force_in(app, &mut tx, ACTOR_SERVICE, now).await?;
    tx.commit().await?;
    Ok(lost)
}

/// The same in a transaction of the caller's, for whoever did it.
pub(super) async fn put_in_force_in(app: &App, tx: &mut Tx, actor: &str, now: Moment) -> Result<Vec<Lost>, AppError> {
    let lost = lost_in(tx, &app.policy).await?;
    let print = app.policy.fingerprint();
    if meta::get(tx, meta::POLICY).await?.as_deref() == Some(print) {
        return Ok(lost);
    }
    meta::put(tx, meta::POLICY, print).await?;
    let moved = moves(app, tx, now).await?;
    let after: Vec<Obligation> = moved.iter().map(|one| one.after.clone()).collect();
    obligations::put_all(tx, &after).await?;
    obligations::wake_open(tx, now).await?;
    let profile = &app.policy.profile;
    let mut detail = format!(
        "启用规则「{}」（{}），校验值 {print}，{} 项期限的到期日改变",
        profile.name,
        profile.id,
        moved.len()
    );
    for one in &lost {
        detail.push('；');
        detail.push_str(&one.zh());
    }
    let mut entries = vec![Entry {
        actor,
        action: "policy.change",
        object_kind: "policy",
        object_id: &profile.id,
        detail,
    }];
    entries.extend(moved.iter().map(|Moved { before, after }| Entry {
        actor,
        action: "obligation.move",
        object_kind: "obligation",
        object_id: before.id.as_str(),
        detail: format!(
            "{} {}：规则变更，到期日由 {} 改为 {}",
            before.number,
            before.kind.as_str(),
            before.due.day,
            after.due.day
        ),
    }));
    journal::append(tx, now, &entries).await?;
    Ok(lost)
}
