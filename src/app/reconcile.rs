//! `reconcile(now)`: which reminders are due, decided from rows, calendar, policy and `now` alone.
//! Start-up, catch-up after an outage, a second instance and the normal minute are this one path.

use super::calendars;
use super::{App, AppError, backlog, rectifications, vocabulary, wording};
use crate::domain::alert::{self, Alert, Outcome, Planned, Point, Recipient};
use crate::domain::alert::{Contact, Severity};
use crate::domain::calendar::Calendars;
use crate::domain::contact::Role;
use crate::domain::finding::{Act, Event};
use crate::domain::ids::{AlertId, MailId};
use crate::domain::name::Name;
use crate::domain::obligation::{Kind, Obligation};
use crate::domain::policy::{Limit, Policy, Schedule, Scope, Step};
use crate::domain::time::Moment;
use crate::mail::{self, AlertItem, AlertMail};
use crate::runtime::crash::crash_point;
use crate::store::journal::{ACTOR_SERVICE, Entry};
use crate::store::mails::NewMail;
use crate::store::{Tx, alerts, contacts, findings, hands, journal, mails, obligations, remedies};
use std::borrow::Cow;

/// Obligations looked at in one transaction.
const BATCH: i64 = 200;
/// What to do about something whose rule is gone.
const ACTION_OF_LOST: &str = "现行规则文件中已没有这项期限，仍按原规则办理并登记；不再要求的，请核对规则文件。";
/// Lines of a summary mail; the page has the rest.
const SUMMARY_LINES: usize = 200;

/// What one pass did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pass {
    /// Mails put into the outbox.
    pub sent: u32,
    /// Reminders recorded and not sent.
    pub merged: u32,
    /// Reminders with nobody to tell.
    pub untold: u32,
    /// Due days that moved with the calendar.
    pub moved: u32,
}

impl Pass {
    fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.merged += other.merged;
        self.untold += other.untold;
        self.moved += other.moved;
    }
}

/// What is decided about one obligation: the same for `serve` and `simulate`.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Alerts to record, those to send with their recipient.
    pub alerts: Vec<Alert>,
    /// When to look again.
    pub next: Option<Moment>,
    /// Levels of the ladder that an item reaches with it, and by which points, in order.
    pub reached: Vec<(Name, Point)>,
}

/// Decides everything that is due, batch by batch, until nothing is.
pub async fn reconcile(app: &App, now: Moment) -> Result<Pass, AppError> {
    vocabulary::keep_up(app, now).await?;
    let mut pass = Pass {
        moved: calendars::keep_up(app, now).await?,
        ..Pass::default()
    };
    loop {
        let (done, looked_at) = batch(app, now).await?;
        pass.add(done);
        if looked_at < BATCH {
            return Ok(pass);
        }
    }
}

async fn batch(app: &App, now: Moment) -> Result<(Pass, i64), AppError> {
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let due = obligations::due(&mut tx, now, BATCH).await?;
    let looked_at = i64::try_from(due.len()).unwrap_or(BATCH);
    if due.is_empty() {
        tx.rollback().await?;
        return Ok((Pass::default(), 0));
    }
    let contacts = contacts_of(&mut tx, now).await?;
    let mut pass = Pass::default();
    for obligation in &due {
        pass.add(one(app, &mut tx, obligation, &contacts, now).await?);
    }
    crash_point("reconcile.commit.before");
    tx.commit().await?;
    crash_point("reconcile.commit.after");
    Ok((pass, looked_at))
}

/// Decides about one obligation at once, in the transaction of what made it: for what must not wait until somebody has
/// recorded it as done.
pub(super) async fn at_once(app: &App, tx: &mut Tx, obligation: &Obligation, now: Moment) -> Result<Pass, AppError> {
    let contacts = contacts_of(tx, now).await?;
    one(app, tx, obligation, &contacts, now).await
}

/// The contacts as they are now: whoever is away is told through whoever stands in.
async fn contacts_of(tx: &mut Tx, now: Moment) -> Result<Vec<Contact>, AppError> {
    let contacts = contacts::all(tx).await?;
    let delegations = hands::delegations(tx, now.day()).await?;
    Ok(rectifications::present(&contacts, &delegations, now.day()))
}

async fn one(
    app: &App,
    tx: &mut Tx,
    obligation: &Obligation,
    contacts: &[Contact],
    now: Moment,
) -> Result<Pass, AppError> {
    let decided = alerts::decided_points(tx, &obligation.key, obligation.revision).await?;
    let decision = decide(app, obligation, &decided, contacts, now)?;
    let mut pass = Pass::default();
    let mut entries = Vec::new();
    for alert in &decision.alerts {
        let recorded = match (&alert.outcome, &alert.recipient) {
            (Outcome::Sent, Some(recipient)) => {
                let mail = compose(app, tx, obligation, alert, recipient, now).await?;
                let id = mail.id.clone();
                mails::insert(tx, &mail, now).await?;
                let new = alerts::insert(tx, alert, now, Some(&id)).await?;
                pass.sent += u32::from(new);
                new
            }
            (outcome, _) => {
                let new = alerts::insert(tx, alert, now, None).await?;
                match outcome {
                    Outcome::NoRecipient => pass.untold += u32::from(new),
                    _ => pass.merged += u32::from(new),
                }
                new
            }
        };
        if recorded {
            entries.push((
                alert.id.as_str(),
                format!(
                    "{} {} {}：{}",
                    alert.kind.as_str(),
                    alert.point,
                    alert.outcome.as_str(),
                    alert.reason
                ),
            ));
        }
    }
    let rows: Vec<Entry<'_>> = entries
        .iter()
        .map(|(id, detail)| Entry {
            actor: ACTOR_SERVICE,
            action: "alert",
            object_kind: "alert",
            object_id: id,
            detail: detail.clone(),
        })
        .collect();
    journal::append(tx, now, &rows).await?;
    obligations::set_next(tx, &obligation.id, decision.next).await?;
    for reached in decision.reached {
        rectifications::climbed(app, tx, obligation, reached, now).await?;
    }
    Ok(pass)
}

/// The pure decision with recipients and words.
pub fn decide(
    app: &App,
    obligation: &Obligation,
    decided: &[alert::Point],
    contacts: &[Contact],
    now: Moment,
) -> Result<Decision, AppError> {
    let calendars = app.calendars();
    let (calendar, _) = calendars.of(obligation.scope_unit.as_deref());
    let schedule = &*schedule_of(&app.policy, obligation);
    let verdict = alert::decide(obligation, schedule, &app.policy, calendar, decided, now)?;
    let mut out = Vec::new();
    if let Some(planned) = &verdict.send {
        let mut told = recipients(obligation, schedule, planned.step, contacts);
        // Whoever would have been told of a lapse while the service stood still is told now.
        let missed = verdict.merged.iter().filter(|pending| {
            pending.reason == alert::MERGED_OUTAGE && matches!(pending.planned.step.point, Point::After(_))
        });
        for pending in missed {
            for further in recipients(obligation, schedule, pending.planned.step, contacts) {
                if !told
                    .iter()
                    .any(|known| known.email.eq_ignore_ascii_case(&further.email))
                {
                    told.push(further);
                }
            }
        }
        if told.is_empty() {
            let reason = "没有可通知的联系人：请导入联系人，写明单位、角色和邮箱".to_owned();
            out.push(make(app, obligation, planned, None, Outcome::NoRecipient, reason, now));
        }
        for recipient in told {
            let reason = format!(
                "{}，{}「{}」",
                wording::standing(app, obligation, planned.step.point, planned.at, now),
                recipient.role.zh(),
                recipient.name
            );
            out.push(make(
                app,
                obligation,
                planned,
                Some(recipient),
                Outcome::Sent,
                reason,
                now,
            ));
        }
    }
    for pending in &verdict.merged {
        out.push(make(
            app,
            obligation,
            &pending.planned,
            None,
            Outcome::Merged,
            pending.reason.to_owned(),
            now,
        ));
    }
    Ok(Decision {
        alerts: out,
        next: verdict.next,
        reached: {
            let missed = verdict
                .merged
                .iter()
                .filter(|pending| pending.reason == alert::MERGED_OUTAGE)
                .map(|pending| &pending.planned);
            let mut steps: Vec<&Planned<'_>> = missed.chain(&verdict.send).collect();
            steps.sort_by_key(|planned| planned.at);
            steps
                .into_iter()
                .filter_map(|planned| Some((planned.step.level?, planned.step.point)))
                .collect()
        },
    })
}

/// Whether a reminder was due by `now` that is not among the points `recorded`: the question reconcile answers by deciding.
pub fn is_owed(
    policy: &Policy,
    calendars: &Calendars,
    obligation: &Obligation,
    recorded: &[Point],
    now: Moment,
) -> Result<bool, AppError> {
    let schedule = schedule_of(policy, obligation);
    let (calendar, _) = calendars.of(obligation.scope_unit.as_deref());
    let verdict = alert::decide(obligation, &schedule, policy, calendar, recorded, now)?;
    Ok(verdict.send.is_some() || !verdict.merged.is_empty())
}

fn schedule_of<'a>(policy: &'a Policy, obligation: &Obligation) -> Cow<'a, Schedule> {
    let of_limit =
        rule_of(policy, obligation).map_or_else(|| policy.schedule_of_lost(), |limit| policy.schedule(limit));
    rectifications::schedule(policy, obligation, of_limit)
}

/// The limit an obligation comes from; a profile that no longer has it still has one of its kind.
fn rule_of<'a>(policy: &'a Policy, obligation: &Obligation) -> Option<&'a Limit> {
    policy.rule(obligation.rule).or_else(|| policy.limit(obligation.kind))
}

fn recipients(obligation: &Obligation, schedule: &Schedule, step: &Step, contacts: &[Contact]) -> Vec<Recipient> {
    let unit_of = |scope: Scope| match scope {
        Scope::Organ | Scope::Supervisor => obligation.scope_unit.as_deref(),
        Scope::Unit => obligation.acting_unit.as_deref(),
    };
    let person = obligation.acting_person.as_deref();
    let mut told = alert::resolve(contacts, unit_of(schedule.scope), &step.roles, person);
    // A ledger's history is the supervisor's where nobody handles cases there.
    if obligation.kind == Kind::Backlog && told.iter().all(|one| one.role == Role::Administrator) {
        let unit = unit_of(schedule.scope);
        let supervisors = alert::resolve(contacts, unit, &[Role::Supervisor], None);
        told.extend(supervisors.into_iter().filter(|one| one.role == Role::Supervisor));
    }
    if let Some(also) = &step.also {
        for further in alert::resolve(contacts, unit_of(also.scope), &also.roles, person) {
            if !told
                .iter()
                .any(|known| known.email.eq_ignore_ascii_case(&further.email))
            {
                told.push(further);
            }
        }
    }
    told
}

fn make(
    app: &App,
    obligation: &Obligation,
    planned: &Planned<'_>,
    recipient: Option<Recipient>,
    outcome: Outcome,
    reason: String,
    now: Moment,
) -> Alert {
    let to = match (&recipient, outcome) {
        (Some(recipient), _) => recipient.email.as_str(),
        (None, Outcome::Merged) => "*",
        (None, _) => "",
    };
    let identity = alert::identity(&obligation.key, obligation.revision, planned.step.point, to);
    Alert {
        id: AlertId::of(&identity),
        identity,
        subject_key: obligation.key.clone(),
        subject_id: obligation.id.as_str().to_owned(),
        kind: planned.step.kind.unwrap_or(obligation.kind),
        point: planned.step.point,
        revision: obligation.revision,
        severity: planned.severity,
        number: (obligation.kind != Kind::Backlog).then(|| obligation.number.clone()),
        due: obligation.due.day,
        clause: obligation.clause.clone(),
        recipient,
        at: planned.at,
        outcome,
        reason,
        title: wording::title(app, obligation, planned, now),
    }
}

async fn compose(
    app: &App,
    tx: &mut Tx,
    obligation: &Obligation,
    alert: &Alert,
    to: &Recipient,
    now: Moment,
) -> Result<NewMail, AppError> {
    let items = if obligation.kind == Kind::Backlog {
        summary_items(app, tx, obligation).await?
    } else {
        Vec::new()
    };
    let action = rule_of(&app.policy, obligation).map_or(ACTION_OF_LOST, |limit| &limit.action);
    let message_id = mail::message_id(app.keys.message_key(), &alert.identity, &mail_host(&app.mail_from));
    let (due_zh, link) = match obligation.kind {
        Kind::FindingReply | Kind::FindingConfirm => (
            Some(wording::short_day(obligation.due.day)),
            format!("{}/findings/{}", app.base_url, obligation.subject_id),
        ),
        Kind::Backlog => (None, format!("{}/obligations?show=backlog", app.base_url)),
        _ => (
            Some(wording::short_day(obligation.due.day)),
            format!("{}/obligations/{}", app.base_url, obligation.id),
        ),
    };
    let content = AlertMail {
        site: app.site_name.clone(),
        kind_zh: wording::alert_name(app, obligation, alert.kind, alert.point),
        subject_no: obligation.number.clone(),
        point_zh: wording::standing(app, obligation, alert.point, alert.at, now),
        severity: match alert.severity {
            Severity::Info => mail::Severity3::Info,
            Severity::Warn => mail::Severity3::Warn,
            Severity::Urgent => mail::Severity3::Urgent,
        },
        due_zh,
        certainty_zh: wording::certainty(obligation.due.certainty),
        facts: facts(tx, obligation, alert.point).await?,
        clause: obligation.clause.clone(),
        basis_zh: obligation
            .terms
            .counts()
            .then(|| obligation.number_from.zh().to_owned()),
        reckoning: wording::reckoning(app, obligation),
        action_zh: action.to_owned(),
        link,
        recipient_name: to.name.clone(),
        reason_zh: alert.reason.clone(),
        items,
        decided_at: now,
    };
    let envelope = mail::Envelope {
        from: app.mail_from.clone(),
        to_address: to.email.clone(),
        to_name: to.name.clone(),
        message_id: message_id.clone(),
        date: now,
        list_id: mail_host(&app.mail_from),
        thread_key: obligation.key.clone(),
    };
    let rendered = mail::render(&content, &envelope).map_err(|error| AppError::Input(error.to_string()))?;
    Ok(NewMail {
        id: MailId::of(&alert.identity),
        dedup_key: alert.identity.clone(),
        message_id,
        sender: mail::address_of(&app.mail_from),
        recipient: to.email.clone(),
        recipient_name: to.name.clone(),
        subject: rendered.subject,
        bytes: rendered.bytes,
    })
}

/// What a mail says beside the day: how a day moved, what a finding is.
async fn facts(tx: &mut Tx, obligation: &Obligation, point: Point) -> Result<Vec<(String, String)>, AppError> {
    let mut facts = match obligation.kind {
        Kind::FindingReply | Kind::FindingConfirm => finding_facts(tx, obligation, point).await?,
        Kind::Regrade | Kind::Restore => remedy_facts(tx, obligation).await?,
        _ => Vec::new(),
    };
    if let (Point::Moved, Some(moved)) = (point, &obligation.moved) {
        facts.push(("原到期日".to_owned(), wording::short_day(moved.from)));
        facts.push(("变动原因".to_owned(), moved.cause.clone()));
    }
    Ok(facts)
}

/// What a mail about a finding says of it: where it stands and what it is, without the cadre and the matter.
async fn finding_facts(tx: &mut Tx, obligation: &Obligation, point: Point) -> Result<Vec<(String, String)>, AppError> {
    let Some(finding) = findings::by_id(tx, &obligation.subject_id).await? else {
        return Ok(Vec::new());
    };
    let stage = if finding.is_final { "已作出" } else { "拟定" };
    let mut facts = vec![
        ("判断".to_owned(), finding.verdict_zh().to_owned()),
        (
            "结果".to_owned(),
            format!("{}「{}」，{stage}", finding.domain.zh(), finding.result),
        ),
        ("名单".to_owned(), finding.place()),
    ];
    facts.extend(finding.unit.clone().map(|unit| ("单位".to_owned(), unit)));
    if point == Point::Opened && obligation.revision > 1 {
        let last = findings::events(tx, &finding.id).await?.pop();
        facts.extend(
            last.and_then(|last| told(&last.event))
                .map(|said| ("变化".to_owned(), said)),
        );
    }
    Ok(facts)
}

/// What a mail says of the last thing that happened; what people wrote stays on the page.
fn told(event: &Event) -> Option<String> {
    match event {
        Event::Raised { .. } | Event::Reopened { .. } | Event::Rejudged { .. } => Some(event.zh()),
        Event::Acted {
            act: Act::HandOver { unit, .. },
        } => Some(format!("转办{unit}")),
        Event::Acted {
            act: Act::Refuse { .. },
        } => Some("答复经复核退回".to_owned()),
        Event::Opened { .. } | Event::Acted { .. } => None,
    }
}

/// What a mail about a standing list says: which outcome, without the cadre and the matter.
async fn remedy_facts(tx: &mut Tx, obligation: &Obligation) -> Result<Vec<(String, String)>, AppError> {
    let Some(entry) = remedies::by_id(tx, &obligation.subject_id).await? else {
        return Ok(Vec::new());
    };
    let period = [entry.period.as_str(), entry.domain.zh(), entry.item.as_str()];
    let what: Vec<&str> = period.into_iter().filter(|text| !text.is_empty()).collect();
    let mut facts = vec![("事项".to_owned(), format!("{}「{}」", what.join(" "), entry.result))];
    facts.extend(entry.unit.map(|unit| ("单位".to_owned(), unit)));
    Ok(facts)
}

async fn summary_items(app: &App, tx: &mut Tx, obligation: &Obligation) -> Result<Vec<AlertItem>, AppError> {
    let Some(run) = &obligation.run else {
        return Ok(Vec::new());
    };
    let lapsed = obligations::backlog_of_run(tx, run, backlog::COUNTED).await?;
    Ok(lapsed
        .iter()
        .filter(|o| o.scope_unit == obligation.scope_unit)
        .take(SUMMARY_LINES)
        .map(|o| AlertItem {
            number: o.number.clone(),
            kind_zh: wording::name(app, o),
            due_zh: o.due.day.to_string(),
        })
        .collect())
}

fn mail_host(from: &str) -> String {
    let address = mail::address_of(from);
    address
        .rsplit_once('@')
        .map_or_else(|| "localhost".to_owned(), |(_, host)| host.to_owned())
}
