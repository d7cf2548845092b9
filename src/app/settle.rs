//! Keeps the stored obligations of a case in line with what happened in it.

use super::{App, AppError};
use crate::domain::ids::RunId;
use crate::domain::obligation::{Change, Obligation, State, Timeline, Wanted, change, is_backlog, wanted_of_case};
use crate::domain::time::Moment;
use crate::store::cases::StoredCase;
use crate::store::journal::Entry;
use crate::store::{Tx, journal, obligations};

/// Where a change comes from.
pub(super) struct Origin<'a> {
    /// The import, if it was one.
    pub(super) run: Option<&'a RunId>,
    /// The case was not known before.
    pub(super) new_case: bool,
    /// Who, for the journal.
    pub(super) actor: &'a str,
}

/// Brings the stored obligations of a case into line with what its conclusion asks for.
pub(super) async fn settle_case(
    app: &App,
    tx: &mut Tx,
    case: &StoredCase,
    timeline: &Timeline,
    origin: &Origin<'_>,
    now: Moment,
) -> Result<bool, AppError> {
    let stored = obligations::of_subject(tx, case.id.as_str()).await?;
    let settled = settle(app, &stored, case, timeline, origin, now)?;
    obligations::put_all(tx, &settled.obligations).await?;
    let entries: Vec<Entry<'_>> = settled.entries.iter().map(Told::entry).collect();
    journal::append(tx, now, &entries).await?;
    Ok(!settled.entries.is_empty())
}

/// What brings the stored obligations of a case into line.
#[derive(Default)]
pub(super) struct Settled {
    /// To be stored, each once.
    pub(super) obligations: Vec<Obligation>,
    /// To be journalled, in this order.
    pub(super) entries: Vec<Told>,
}

/// A journal entry that keeps its own texts.
pub(super) struct Told {
    pub(super) actor: String,
    pub(super) action: &'static str,
    pub(super) object_kind: &'static str,
    pub(super) object_id: String,
    pub(super) detail: String,
}

impl Told {
    pub(super) fn entry(&self) -> Entry<'_> {
        Entry {
            actor: &self.actor,
            action: self.action,
            object_kind: self.object_kind,
            object_id: &self.object_id,
            detail: self.detail.clone(),
        }
    }
}

/// Finds out what has to change in the stored obligations of a case.
pub(super) fn settle(
    app: &App,
    stored: &[Obligation],
    case: &StoredCase,
    timeline: &Timeline,
    origin: &Origin<'_>,
    now: Moment,
) -> Result<Settled, AppError> {
    let calendars = app.calendars();
    let (calendar, calendar_unit) = calendars.of(case.record.organ.as_deref());
    let adjustments = |key: &str| {
        stored
            .iter()
            .find(|o| o.key == key)
            .map(|o| o.adjustments.clone())
            .unwrap_or_default()
    };
    let wanted = wanted_of_case(case.id.as_str(), timeline, &app.policy, calendar, adjustments)?;
    let mut out = Settled::default();
    let told = |after: &Obligation, action: &'static str, detail: String| Told {
        actor: origin.actor.to_owned(),
        action,
        object_kind: "obligation",
        object_id: after.id.as_str().to_owned(),
        detail,
    };
    for want in &wanted {
        let before = stored.iter().find(|o| o.key == want.key);
        let (after, action, detail) = match before {
            None => {
                let made = make(case, want, origin, calendar_unit, now);
                (
                    made,
                    "obligation.add",
                    format!("{} {} 应于 {}", case.record.case_no, want.kind.as_str(), want.due.day),
                )
            }
            Some(before) => match adjusted(before, case, want, now) {
                Some((after, detail)) => (
                    after,
                    "obligation.change",
                    format!("{} {}：{detail}", case.record.case_no, want.kind.as_str()),
                ),
                None => continue,
            },
        };
        out.entries.push(told(&after, action, detail));
        out.obligations.push(after);
    }
    // What rests on a rule that the profile has lost stays owed: the case did not change.
    let ruled = |o: &Obligation| app.policy.rule(o.rule).is_some() || app.policy.limit(o.kind).is_some();
    for gone in stored
        .iter()
        .filter(|o| o.state == State::Open && o.is_step() && !wanted.iter().any(|w| w.key == o.key) && ruled(o))
    {
        let after = Obligation {
            state: State::Void,
            next_at: None,
            ..gone.clone()
        };
        let why = if app.policy.rule(after.rule).is_some() {
            "案件情况变化"
        } else {
            "现行规则以别的期限代替"
        };
        let detail = format!("{} {}：{why}，不再要求", case.record.case_no, after.kind.as_str());
        out.entries.push(told(&after, "obligation.void", detail));
        out.obligations.push(after);
    }
    Ok(out)
}

fn make(case: &StoredCase, want: &Wanted, origin: &Origin<'_>, calendar_unit: Option<&str>, now: Moment) -> Obligation {
    let backlog = origin.new_case && origin.run.is_some() && is_backlog(want, now.day());
    let begun = want.begun(now);
    Obligation {
        subject_id: case.id.as_str().to_owned(),
        number: case.record.case_no.clone(),
        scope_unit: case.record.organ.clone(),
        acting_unit: Some(case.record.unit.clone()),
        calendar_unit: calendar_unit.map(str::to_owned),
        backlog,
        run: origin.run.cloned(),
        next_at: begun.next_at.filter(|_| !backlog),
        ..begun
    }
}

fn adjusted(before: &Obligation, case: &StoredCase, want: &Wanted, now: Moment) -> Option<(Obligation, String)> {
    let mut after = before.clone();
    after.scope_unit.clone_from(&case.record.organ);
    after.acting_unit = Some(case.record.unit.clone());
    let detail = match change(before, want) {
        Change::Same if after == *before => return None,
        Change::Same => "通知单位变更".to_owned(),
        Change::Met(day) => {
            after.state = State::Met;
            after.met_on = Some(day);
            after.next_at = None;
            format!("已办结于 {day}")
        }
        Change::Reopened => {
            after.state = State::Open;
            after.met_on = None;
            after.due = want.due.clone();
            after.event_day = want.event_day;
            after.revision += 1;
            after.next_at = Some(now);
            "重新列为待办".to_owned()
        }
        Change::Moved { from, to } => {
            after.due = want.due.clone();
            after.event_day = want.event_day;
            after.terms = want.terms;
            after.revision += 1;
            after.backlog = before.backlog && to < now.day();
            after.next_at = (!after.backlog).then_some(now);
            format!("到期日由 {from} 改为 {to}")
        }
    };
    Some((after, detail))
}
