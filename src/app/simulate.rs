//! Every reminder that would be sent in a span: the same decision as `serve`, nothing written, nothing sent.

use super::reconcile::{Decision, calendar_of, decide, is_of_one};
use super::routing::{self, Around, Before};
use super::{App, AppError, notices, rectifications, troubles};
use crate::domain::alert::{self, Alert, HeldBack, Outcome, Target};
use crate::domain::contact::mailbox;
use crate::domain::deadline::is_stopped;
use crate::domain::obligation::{Kind, Obligation};
use crate::domain::time::Moment;
use crate::store::{Tx, alerts, contacts, hand_ons, hands, journal, obligations, silences};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};
use std::sync::Arc;
use tokio::sync::Mutex;

/// Readers who cannot be told that are looked at.
const TROUBLES: i64 = 2_000;

/// One reminder as `simulate` prints it; recipients of the same reminder stand together.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Simulated {
    /// When it would be sent.
    pub at: String,
    /// Kind.
    pub kind: &'static str,
    /// Point.
    pub point: String,
    /// Severity.
    pub severity: &'static str,
    /// Id of the obligation.
    pub subject_id: String,
    /// Number of the case or rectification.
    pub case: Option<String>,
    /// Due day.
    pub due: String,
    /// Clause.
    pub clause: String,
    /// Addresses.
    pub recipients: Vec<String>,
    /// Title.
    pub title: String,
    /// `at_once`, or `digest`: in the summary of a morning.
    pub delivery: &'static str,
    /// When it reaches its readers.
    pub sent_at: String,
}

/// A decision of a simulated span.
#[derive(Debug, Clone)]
pub struct Foreseen {
    /// When it is taken.
    pub at: Moment,
    /// When it reaches its reader.
    pub sent_at: Moment,
    /// The decision.
    pub alert: Alert,
}

/// The weeks to come as they were reckoned last, for lists that are looked at page by page.
#[derive(Debug, Default)]
pub struct Ahead(Mutex<Option<Reckoned>>);

#[derive(Debug)]
struct Reckoned {
    at: Moment,
    span: i64,
    /// Newest entry of the journal and calendar it was reckoned by.
    mark: (i64, String),
    foreseen: Arc<Vec<Foreseen>>,
}

/// How long it is shown again while nothing was recorded meanwhile.
const KEPT: i64 = 60_000;
/// Decisions that are held; more are reckoned each time.
const HELD: usize = 50_000;

/// What a span from now on brings. Whoever asks while it is being reckoned waits for that.
pub async fn ahead(app: &App, span: i64) -> Result<Arc<Vec<Foreseen>>, AppError> {
    let mut kept = app.ahead().0.lock().await;
    let now = app.now();
    let mut tx = app.db.read().await?;
    let head = journal::head(&mut tx).await?;
    tx.rollback().await?;
    let mark = (head, app.calendars().revision().to_owned());
    let fresh = |one: &&Reckoned| {
        let age = now.millis() - one.at.millis();
        one.mark == mark && one.span == span && (0..KEPT).contains(&age)
    };
    if let Some(one) = kept.as_ref().filter(fresh) {
        return Ok(Arc::clone(&one.foreseen));
    }
    *kept = None;
    let foreseen = Arc::new(alerts_between(app, now, now.plus_millis(span)).await?);
    if foreseen.len() <= HELD {
        *kept = Some(Reckoned {
            at: now,
            span,
            mark,
            foreseen: Arc::clone(&foreseen),
        });
    }
    Ok(foreseen)
}

/// Runs from one moment to another over a copy of the rows. Gives every decision, those not to send too.
/// A span that begins in the future is reached by letting the service run until then.
pub async fn alerts_between(app: &App, from: Moment, to: Moment) -> Result<Vec<Foreseen>, AppError> {
    let mut alerts = run(app, from.min(app.now()), to, None).await?;
    alerts.retain(|foreseen| foreseen.at >= from);
    Ok(alerts)
}

/// The same from now on as if the rules of this handle had come into force: these obligations have moved, and every open
/// one is looked at again.
pub(super) async fn alerts_if_in_force(
    app: &App,
    to: Moment,
    moved: &HashMap<String, Obligation>,
) -> Result<Vec<Foreseen>, AppError> {
    run(app, app.now(), to, Some(moved)).await
}

async fn run(
    app: &App,
    from: Moment,
    to: Moment,
    in_force: Option<&HashMap<String, Obligation>>,
) -> Result<Vec<Foreseen>, AppError> {
    let mut tx = app.db.read().await?;
    let contacts = contacts::all(&mut tx).await?;
    let delegations = hands::delegations(&mut tx, from.day()).await?;
    let mut open = match in_force {
        None => obligations::open_ahead(&mut tx).await?,
        Some(moved) => {
            let mut all = obligations::open_awake(&mut tx).await?;
            for one in &mut all {
                if let Some(after) = moved.get(one.id.as_str()) {
                    one.clone_from(after);
                }
                one.next_at = Some(from).filter(|_| !one.backlog);
            }
            all
        }
    };
    for coming in notices::ahead(app, app.now(), to) {
        if obligations::by_id(&mut tx, coming.id.as_str()).await?.is_none() {
            open.push(coming);
        }
    }
    let mut before: HashMap<usize, Before> = HashMap::new();
    let mut around = Around {
        contacts: Vec::new(),
        silences: routing::silences(&mut tx, from).await?,
        summarised: alerts::had_summary(&mut tx, from.day()).await?.into_iter().collect(),
    };
    let mut queue = BinaryHeap::new();
    for (index, obligation) in open.iter().enumerate() {
        let known = Before {
            decided: alerts::decided_points(&mut tx, &obligation.key, obligation.revision).await?,
            acknowledged: silences::acknowledged(&mut tx, &obligation.key, obligation.revision).await?,
            late_whole: None,
            handed_on: hand_ons::of(&mut tx, obligation.id.as_str()).await?,
        };
        before.insert(index, known);
        let at = obligation.next_at.unwrap_or(from).max(from);
        queue.push(Reverse((at, Step::Obligation(index))));
    }
    // What readers' own silences hold back is told after their end.
    let mut held = routing::held_back(&mut tx, around.silences.iter()).await?;
    for (index, silence) in around.silences.iter().enumerate() {
        if matches!(silence.target, Target::Recipient(_)) {
            queue.push(Reverse((silence.until.max(from), Step::SilenceEnds(index))));
        }
    }
    let wholes = wholes(app, &mut tx, &open).await?;
    let troubles = obligations::open_of_kind(&mut tx, Kind::ContactTrouble, TROUBLES).await?;
    let mut known_troubles: BTreeSet<String> = troubles.into_iter().map(|trouble| trouble.key).collect();
    tx.rollback().await?;
    let mut out = Vec::new();
    // Whoever is away, is so for whole days.
    let mut seen_on = None;
    while let Some(Reverse((at, step))) = queue.pop() {
        if at > to {
            break;
        }
        if seen_on != Some(at.day()) {
            around.contacts = rectifications::present(&contacts, &delegations, at.day());
            if seen_on.is_some() || at.day() != from.day() {
                around.summarised.clear();
            }
            seen_on = Some(at.day());
        }
        let index = match step {
            Step::Obligation(index) => index,
            Step::SilenceEnds(index) => {
                let reader = mailbox(around.silences[index].target.value());
                if alert::silence_of_reader(&around.silences, &reader, at).is_none() {
                    for alert in alert::after_silence(&held.remove(&reader).unwrap_or_default()) {
                        let sent_at = reaches(app, &mut around, &alert, at)?;
                        out.push(Foreseen { at, sent_at, alert });
                    }
                }
                continue;
            }
        };
        let obligation = &open[index];
        let known = before.entry(index).or_default();
        let siblings = wholes.get(obligation.subject_id.as_str());
        known.late_whole = siblings.and_then(|all| routing::whole_of(app, obligation, all.iter(), at));
        let decision = match decide(app, obligation, known, &around, at) {
            Err(error) if is_of_one(&error) => {
                tracing::error!(obligation.id = obligation.id.as_str(), error = %error, "一项期限无法预演，其余照常");
                continue;
            }
            other => other?,
        };
        let Decision { alerts, next, gaps, .. } = decision;
        for alert in alerts {
            if alert.settles() && !known.decided.contains(&alert.point) {
                known.decided.push(alert.point);
            }
            hold(&mut held, &alert, at);
            let sent_at = reaches(app, &mut around, &alert, at)?;
            out.push(Foreseen { at, sent_at, alert });
        }
        if let Some(next) = next.filter(|next| *next > at) {
            queue.push(Reverse((next, Step::Obligation(index))));
        }
        // Whoever cannot be told becomes a matter of its own.
        for gap in gaps {
            if let Some(trouble) = troubles::of_gap(app, &gap, at)?.filter(|new| known_troubles.insert(new.key.clone()))
            {
                queue.push(Reverse((at, Step::Obligation(open.len()))));
                open.push(trouble);
            }
        }
    }
    Ok(out)
}

/// What comes next. At the same moment all decisions come first, as in a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// An obligation is looked at.
    Obligation(usize),
    /// A silence ends.
    SilenceEnds(usize),
}

/// Keeps what a reader's own silence holds back, and when they were told of the matter.
fn hold(held: &mut BTreeMap<String, Vec<HeldBack>>, alert: &Alert, at: Moment) {
    let Some(reader) = &alert.recipient else { return };
    let Some(own) = held.get_mut(&mailbox(&reader.email)) else {
        return;
    };
    match alert.outcome {
        Outcome::Silenced => own.push(HeldBack {
            alert: alert.clone(),
            decided: at,
            told: None,
        }),
        Outcome::Sent => {
            for one in own.iter_mut().filter(|one| one.alert.subject_id == alert.subject_id) {
                one.told = Some(at);
            }
        }
        Outcome::Merged | Outcome::NoRecipient | Outcome::Inhibited => {}
    }
}

/// By matter, the obligations that may silence its parts.
async fn wholes(app: &App, tx: &mut Tx, open: &[Obligation]) -> Result<HashMap<String, Vec<Obligation>>, AppError> {
    let mut wholes = HashMap::new();
    for part in open {
        if app.policy.wholes_of(part.kind).next().is_some() && !wholes.contains_key(&part.subject_id) {
            let siblings = obligations::of_subject(tx, &part.subject_id).await?;
            wholes.insert(part.subject_id.clone(), siblings);
        }
    }
    Ok(wholes)
}

/// A decision not to send, or something about which nothing is ever decided.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Unsent {
    /// When it was decided; none where nothing will be.
    pub at: Option<String>,
    /// Kind.
    pub kind: String,
    /// Point; none where nothing will be decided.
    pub point: Option<String>,
    /// Id of the obligation.
    pub subject_id: String,
    /// Number of the case or rectification.
    pub case: Option<String>,
    /// `merged`, `no_recipient`, `silenced`, `inhibited` or `quiet`.
    pub outcome: &'static str,
    /// Why.
    pub reason: String,
}

/// Obligations a list of the quiet ones shows.
const QUIET: i64 = 1_000;

/// Why things are not sent: the decisions of a span, and the open obligations about which nothing is decided any more.
pub async fn unsent(app: &App, alerts: &[Foreseen]) -> Result<Vec<Unsent>, AppError> {
    let decided = alerts.iter().filter(|foreseen| foreseen.alert.outcome != Outcome::Sent);
    let mut out: Vec<Unsent> = decided
        .map(|Foreseen { at, alert, .. }| Unsent {
            at: Some(at.to_string()),
            kind: alert.kind.as_str().to_owned(),
            point: Some(alert.point.to_string()),
            subject_id: alert.subject_id.clone(),
            case: alert.number.clone(),
            outcome: alert.outcome.as_str(),
            reason: alert.reason.clone(),
        })
        .collect();
    let mut tx = app.db.read().await?;
    let mut quiet = obligations::quiet(&mut tx, QUIET).await?;
    // One that was stopped a moment ago still stands where it would be looked at next.
    let stopped = obligations::open_ahead(&mut tx).await?.into_iter();
    quiet.extend(stopped.filter(|one| is_stopped(&one.adjustments)).take(QUIET as usize));
    let mut listed = BTreeSet::new();
    quiet.retain(|one| listed.insert(one.id.as_str().to_owned()));
    for obligation in quiet {
        let noted = silences::acknowledged(&mut tx, &obligation.key, obligation.revision).await?;
        let reason = if obligation.backlog {
            "首次导入时已经逾期，列入历史存量汇总，不逐项提醒".to_owned()
        } else if is_stopped(&obligation.adjustments) {
            "计时已中止，恢复后再提醒".to_owned()
        } else if let Some(noted) = noted {
            format!("提醒点都已发过；{}已确认收悉，不再重复和上报", noted.by)
        } else {
            "提醒点都已发过，规则没有规定再提醒".to_owned()
        };
        out.push(Unsent {
            at: None,
            kind: obligation.kind.as_str().to_owned(),
            point: None,
            subject_id: obligation.id.as_str().to_owned(),
            case: Some(obligation.number.clone()),
            outcome: "quiet",
            reason,
        });
    }
    tx.rollback().await?;
    Ok(out)
}

/// When a decision reaches its reader. Whoever is told something this morning has had this morning's summary.
fn reaches(app: &App, around: &mut Around, alert: &Alert, at: Moment) -> Result<Moment, AppError> {
    let Some(reader) = alert.recipient.as_ref().filter(|_| alert.waits) else {
        return Ok(at);
    };
    let had = around.summarised.contains(&mailbox(&reader.email));
    let calendars = app.calendars();
    let own = calendar_of(&calendars, &around.contacts, &reader.email);
    let summary = alert::summary_at(&app.policy, own, had, at)?;
    // What is decided at the moment of the summary still comes into it.
    if summary.day() == at.day() && summary < at {
        around.summarised.insert(mailbox(&reader.email));
    }
    Ok(summary)
}

/// Groups the alerts of one reminder, as the JSON contract has them.
pub fn grouped(alerts: &[Foreseen]) -> Vec<Simulated> {
    let mut out: Vec<Simulated> = Vec::new();
    for Foreseen { at, sent_at, alert } in alerts {
        let Some(recipient) = alert.recipient.as_ref().filter(|_| alert.outcome == Outcome::Sent) else {
            continue;
        };
        let (at, sent_at, point) = (at.to_string(), sent_at.to_string(), alert.point.to_string());
        let delivery = if alert.waits { "digest" } else { "at_once" };
        match out
            .last_mut()
            .filter(|last| last.subject_id == alert.subject_id && last.point == point && last.at == at)
            .filter(|last| last.delivery == delivery && last.sent_at == sent_at)
        {
            Some(same) => same.recipients.push(recipient.email.clone()),
            None => out.push(Simulated {
                at,
                kind: alert.kind.as_str(),
                point,
                severity: alert.severity.as_str(),
                subject_id: alert.subject_id.clone(),
                case: alert.number.clone(),
                due: alert.due.to_string(),
                clause: alert.clause.clone(),
                recipients: vec![recipient.email.clone()],
                title: alert.title.clone(),
                delivery,
                sent_at,
            }),
        }
    }
    out
}
