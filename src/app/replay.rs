//! What would have been sent in a span of the past under the rules at hand, beside what was sent.

use super::reconcile::{Decision, decide};
use super::routing::{self, Around, Before, whole_of};
use super::{App, AppError, rectifications};
use crate::domain::alert::{Alert, HeldBack, Outcome, Silence, Target, after_silence, silence_of_reader};
use crate::domain::contact::{mailbox, same_mailbox};
use crate::domain::obligation::{Obligation, State, due_of};
use crate::domain::time::Moment;
use crate::store::{alerts, contacts, hand_ons, hands, obligations, silences};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Obligations one replay looks at.
const MOST: i64 = 200_000;

/// One reminder to one reader.
#[derive(Debug, Clone, Serialize, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told {
    /// When it was decided.
    pub at: String,
    /// Number of the case or rectification.
    pub number: Option<String>,
    /// Kind.
    pub kind: String,
    /// Point.
    pub point: String,
    /// Reader.
    pub recipient: String,
    /// What it says.
    pub title: String,
}

/// What a replay finds.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Replayed {
    /// Reminders that were sent and would be sent, on the same day.
    pub same: u32,
    /// Sent and would be sent, on another day: then, now.
    pub other_day: Vec<(Told, Told)>,
    /// Sent then, not under these rules.
    pub only_sent: Vec<Told>,
    /// Not sent then, but under these rules.
    pub only_replayed: Vec<Told>,
    /// Obligations that are not replayed: what became void left no day.
    pub left_out: u32,
}

/// Lives through a span of the past once more with the obligations as they are known today.
///
/// # Errors
/// The span holds more than one replay looks at.
pub async fn replay(app: &App, from: Moment, to: Moment) -> Result<Replayed, AppError> {
    let mut tx = app.db.read().await?;
    let all = obligations::alive_before(&mut tx, to, MOST + 1).await?;
    if all.len() as i64 > MOST {
        return Err(AppError::Input(format!("这段时间的事项超过 {MOST} 项，请缩短时间段")));
    }
    let contacts = contacts::all(&mut tx).await?;
    let delegations = hands::delegations(&mut tx, from.day()).await?;
    let silences = routing::silences(&mut tx, from).await?;
    let mut ends: Vec<&Silence> = silences.iter().filter(|silence| silence.until <= to).collect();
    ends.retain(|silence| matches!(silence.target, Target::Recipient(_)));
    ends.sort_by_key(|silence| silence.until);
    let mut now = BTreeMap::new();
    let mut left_out = 0;
    let mut handed: BTreeSet<(String, String, Moment)> = BTreeSet::new();
    let mut lives: BTreeMap<&str, Vec<Obligation>> = BTreeMap::new();
    for obligation in &all {
        if obligation.state == State::Void {
            left_out += 1;
        } else if let Some(lived) = under(app, obligation)? {
            lives.entry(&obligation.subject_id).or_default().push(lived);
        }
    }
    for (lived, siblings) in lives.values().flat_map(|all| all.iter().map(move |one| (one, all))) {
        let noted = silences::acknowledged(&mut tx, &lived.key, lived.revision).await?;
        let around = |at: Moment| Around {
            contacts: rectifications::present(&contacts, &delegations, at.day()),
            silences: silences.clone(),
            summarised: BTreeSet::new(),
        };
        let handed_on = hand_ons::ever_of(&mut tx, lived.id.as_str()).await?;
        // What was handed on was told the other at once; no rule decides that.
        handed.extend(
            handed_on
                .iter()
                .map(|one| (one.obligation.clone(), one.to.email.clone(), one.at)),
        );
        let mut before = Before::default();
        let mut said: Vec<HeldBack> = Vec::new();
        let mut at = lived.created;
        while at <= to {
            if !is_open(lived, at) {
                break;
            }
            before.late_whole = whole_of(app, lived, siblings.iter().filter(|one| is_open(one, at)), at);
            before.handed_on = handed_on.iter().filter(|one| one.at < at).cloned().collect();
            before.acknowledged = noted.clone().filter(|noted| noted.at <= at);
            let Decision { alerts, next, .. } = decide(app, lived, &before, &around(at), at)?;
            for alert in alerts {
                if alert.settles() && !before.decided.contains(&alert.point) {
                    before.decided.push(alert.point);
                }
                if at >= from {
                    keep(&mut now, &alert, at);
                }
                if alert.recipient.is_some() && !ends.is_empty() {
                    said.push(HeldBack {
                        alert,
                        decided: at,
                        told: None,
                    });
                }
            }
            match next.filter(|next| *next > at) {
                Some(next) => at = next,
                None => break,
            }
        }
        let ends = ends.iter().filter(|silence| is_open(lived, silence.until));
        for told in told_after(&mut said, ends, &silences) {
            if told.decided >= from {
                keep(&mut now, &told.alert, told.decided);
            }
        }
    }
    let mut then = BTreeMap::new();
    for stored in alerts::decided_between(&mut tx, from, to).await? {
        let reader = stored.alert.recipient.as_ref().map(|reader| reader.email.clone());
        if reader.is_some_and(|email| handed.contains(&(stored.alert.subject_id.clone(), email, stored.decided))) {
            continue;
        }
        keep(&mut then, &stored.alert, stored.decided);
    }
    tx.rollback().await?;
    Ok(compared(then, now, left_out))
}

/// What the readers of a matter were told after silences of their own, out of what was said about it, with the moment at
/// which it was held back.
fn told_after<'a>(
    said: &mut [HeldBack],
    ends: impl Iterator<Item = &'a &'a Silence>,
    silences: &[Silence],
) -> Vec<HeldBack> {
    let mut out = Vec::new();
    for silence in ends {
        let reader = silence.target.value();
        if silence_of_reader(silences, reader, silence.until).is_some() {
            continue;
        }
        let to_reader = |one: &HeldBack| {
            let to = one.alert.recipient.as_ref();
            one.decided <= silence.until && to.is_some_and(|to| same_mailbox(&to.email, reader))
        };
        let is = |outcome: Outcome| move |one: &&HeldBack| one.alert.outcome == outcome;
        let own: Vec<&HeldBack> = said.iter().filter(|one| to_reader(one)).collect();
        let told = own
            .iter()
            .copied()
            .filter(is(Outcome::Sent))
            .map(|one| one.decided)
            .max();
        let held: Vec<HeldBack> = own
            .iter()
            .copied()
            .filter(is(Outcome::Silenced))
            .map(|one| HeldBack { told, ..one.clone() })
            .collect();
        for alert in after_silence(&held) {
            if let Some(one) = said.iter_mut().find(|one| one.alert.identity == alert.identity) {
                one.alert = alert;
                out.push(one.clone());
            }
        }
    }
    out
}

/// Whether an obligation was still to be done at a moment; the day it was done counts.
fn is_open(lived: &Obligation, at: Moment) -> bool {
    lived.met_on.is_none_or(|met| at.day() <= met)
}

type ByReader = BTreeMap<(String, String, String), Told>;

fn keep(all: &mut ByReader, alert: &Alert, at: Moment) {
    let Some(reader) = alert.recipient.as_ref().filter(|_| alert.outcome == Outcome::Sent) else {
        return;
    };
    let point = alert.point.to_string();
    all.insert(
        (alert.subject_id.clone(), point.clone(), mailbox(&reader.email)),
        Told {
            at: at.to_string(),
            number: alert.number.clone(),
            kind: alert.kind.as_str().to_owned(),
            point,
            recipient: reader.email.clone(),
            title: alert.title.clone(),
        },
    );
}

fn compared(then: ByReader, mut now: ByReader, left_out: u32) -> Replayed {
    let mut out = Replayed {
        left_out,
        ..Replayed::default()
    };
    for (key, sent) in then {
        match now.remove(&key) {
            Some(again) if again.at[..10] == sent.at[..10] => out.same += 1,
            Some(again) => out.other_day.push((sent, again)),
            None => out.only_sent.push(sent),
        }
    }
    out.only_replayed.extend(now.into_values());
    out.only_sent.sort();
    out.only_replayed.sort();
    out.other_day.sort();
    out
}

/// The obligation as it would have been made under these rules; `None` where they know no such limit.
fn under(app: &App, obligation: &Obligation) -> Result<Option<Obligation>, AppError> {
    let Some(limit) = app
        .policy
        .rule(obligation.rule)
        .or_else(|| app.policy.limit(obligation.kind))
    else {
        return Ok(None);
    };
    let mut lived = Obligation {
        state: State::Open,
        ..obligation.clone()
    };
    if obligation.terms.counts() && limit.terms.counts() {
        let calendars = app.calendars();
        let (calendar, _) = calendars.of(obligation.scope_unit.as_deref());
        lived.terms = limit.terms;
        lived.due = due_of(limit.terms, obligation.event_day, &obligation.adjustments, calendar)?;
    }
    Ok(Some(lived))
}
