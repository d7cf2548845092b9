//! What rules that are not in force yet would do: the same reckoning and the same decisions, and nothing written.

use crate::app::pages::{mail_point, shown_day};
use crate::app::simulate::{Foreseen, alerts_between, alerts_if_in_force};
use crate::app::view::Day;
use crate::app::{App, AppError, policies, wording};
use crate::domain::alert::Outcome;
use crate::domain::policy::Policy;
use crate::domain::time::Moment;
use crate::store::obligations;
use std::collections::{BTreeMap, HashMap};

/// Days that are looked ahead.
const AHEAD_DAYS: i64 = 28;
const DAY: i64 = 86_400_000;
/// Open obligations with which a page still reckons.
const MOST: u64 = 20_000;

/// What other rules would do.
#[derive(Debug, Clone, Default)]
pub struct Effect {
    /// What open obligations rest on and the rules lack.
    pub lost: Vec<String>,
    /// What is allowed but may not be meant.
    pub hints: Vec<String>,
    /// Open obligations that get another due day.
    pub moving: Vec<Moving>,
    /// The weeks to come; none where there is too much for a page.
    pub mails: Option<Mails>,
}

/// An open obligation that gets another due day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moving {
    /// Number of the case or rectification.
    pub number: String,
    /// What is due.
    pub what: String,
    /// Its day now.
    pub from: Day,
    /// Its day then.
    pub to: Day,
}

/// How the reminders of the next four weeks change.
#[derive(Debug, Clone, Default)]
pub struct Mails {
    /// How many there are now.
    pub now: usize,
    /// How many there would be.
    pub then: usize,
    /// Those that would not be sent any more, or not so.
    pub gone: Vec<Reminder>,
    /// Those that would be sent instead.
    pub come: Vec<Reminder>,
}

/// A reminder that would be sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reminder {
    /// When it reaches its reader.
    pub at: Moment,
    /// Number and kind of the matter.
    pub subject: String,
    /// Which reminder it is.
    pub point: String,
    /// Who is told.
    pub reader: String,
    /// In the summary of a morning.
    pub waits: bool,
}

/// What rules would do if they came into force now.
pub async fn effect(app: &App, policy: &Policy) -> Result<Effect, AppError> {
    let now = app.now();
    let then = app.under(policy.clone());
    let mut tx = app.db.read().await?;
    let lost = policies::lost_in(&mut tx, policy).await?;
    let count = u64::try_from(obligations::count_open(&mut tx).await?).unwrap_or(u64::MAX);
    let mut effect = Effect {
        lost: lost.iter().map(policies::Lost::zh).collect(),
        hints: policy.hints(),
        ..Effect::default()
    };
    if count > MOST {
        tx.rollback().await?;
        return Ok(effect);
    }
    let moved = policies::moves(&then, &mut tx, now).await?;
    tx.rollback().await?;
    effect.moving = moved
        .iter()
        .map(|one| Moving {
            number: one.before.number.clone(),
            what: wording::name(&then, &one.before),
            from: shown_day(app, one.before.due.day),
            to: shown_day(app, one.after.due.day),
        })
        .collect();
    let moved: HashMap<_, _> = moved
        .into_iter()
        .map(|one| (one.after.id.as_str().to_owned(), one.after))
        .collect();
    let to = now.plus_millis(AHEAD_DAYS * DAY);
    let before = reminders(app, alerts_between(app, now, to).await?);
    let after = reminders(&then, alerts_if_in_force(&then, to, &moved).await?);
    effect.mails = Some(Mails {
        now: before.values().sum(),
        then: after.values().sum(),
        gone: only_in(&before, &after),
        come: only_in(&after, &before),
    });
    Ok(effect)
}

fn reminders(app: &App, foreseen: Vec<Foreseen>) -> BTreeMap<Reminder, usize> {
    let mut counted = BTreeMap::new();
    for Foreseen { sent_at, alert, .. } in foreseen {
        let Some(reader) = alert.recipient.as_ref().filter(|_| alert.outcome == Outcome::Sent) else {
            continue;
        };
        let name = wording::kind_name(app, alert.kind);
        let reminder = Reminder {
            at: sent_at,
            subject: format!("{} {name}", alert.number.as_deref().unwrap_or_default())
                .trim()
                .to_owned(),
            point: mail_point(alert.point),
            reader: reader.name.clone(),
            waits: alert.waits,
        };
        *counted.entry(reminder).or_insert(0) += 1;
    }
    counted
}

fn only_in(these: &BTreeMap<Reminder, usize>, those: &BTreeMap<Reminder, usize>) -> Vec<Reminder> {
    these
        .iter()
        .flat_map(|(one, count)| {
            let more = count.saturating_sub(those.get(one).copied().unwrap_or(0));
            std::iter::repeat_n(one.clone(), more)
        })
        .collect()
}
