//! `reconcile(now)`: which reminders are due, decided from rows, calendar, policy and `now` alone.
//! Start-up, catch-up after an outage, a second instance and the normal minute are this one path.

use super::calendars;
use super::letters::Letter;
use super::routing::{self, Around, Before};
use super::{App, AppError, backlog, rectifications, settings, troubles, wording};
use super::{answers, channels, digest, entries};
use crate::domain::alert::{self, Alert, Outcome, Planned, Point, Recipient};
use crate::domain::alert::{Contact, Gap, Named, Severity, Silence, Subject, Trouble};
use crate::domain::calendar::{Calendar, Calendars};
use crate::domain::contact::{Role, mailbox, same_mailbox};
use crate::domain::finding::{Act, Event};
use crate::domain::ids::AlertId;
use crate::domain::name::Name;
use crate::domain::obligation::{Kind, Obligation};
use crate::domain::policy::{Limit, Policy, Schedule, Scope, Step};
use crate::domain::time::Moment;
use crate::mail::{self, AlertItem, AlertMail};
use crate::runtime::crash::crash_point;
use crate::store::journal::{ACTOR_SERVICE, Entry};
use crate::store::mails::NewMail;
use crate::store::rectifications as stored_rectifications;
use crate::store::{Tx, alerts, cases, contacts, findings, hands, journal, mails, obligations, people, remedies};
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
    /// Reminders that wait for the summary of a morning.
    pub waiting: u32,
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
        self.waiting += other.waiting;
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
    /// Who should have been told and cannot be.
    pub gaps: Vec<Gap>,
}

/// Decides everything that is due, batch by batch, until nothing is.
pub async fn reconcile(app: &App, now: Moment) -> Result<Pass, AppError> {
    settings::keep_up(app, now).await?;
    let app = &app.latest();
    let mut pass = Pass {
        moved: calendars::keep_up(app, now).await?,
        ..Pass::default()
    };
    // What a decision has opened is decided in the same pass; a matter opens few others, so there is an end.
    let mut last = app.policy.routing.follow_ups;
    loop {
        let (done, looked_at) = batch(app, now).await?;
        pass.add(done);
        if looked_at == 0 || (looked_at < BATCH && last == 0) {
            break;
        }
        last -= u32::from(looked_at < BATCH);
    }
    routing::catch_up(app, now).await?;
    // Each is done whatever becomes of the others.
    let (sent, taken) = (digest::send(app, now).await, entries::take_back(app, now).await);
    channels::tell_of_late_mails(app, now).await?;
    pass.sent += sent? + taken?;
    Ok(pass)
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
    let around = around(&mut tx, now).await?;
    let mut pass = Pass::default();
    for obligation in &due {
        match one(app, &mut tx, obligation, &around, now).await {
            Ok(done) => pass.add(done),
            Err(error) if is_of_one(&error) => {
                tx.rollback().await?;
                return Ok((one_by_one(app, &due, now).await?, looked_at));
            }
            Err(error) => return Err(error),
        }
    }
    crash_point("reconcile.commit.before");
    tx.commit().await?;
    crash_point("reconcile.commit.after");
    Ok((pass, looked_at))
}

/// Whether what went wrong lies in one matter, so that the others need not wait for it.
pub(super) fn is_of_one(error: &AppError) -> bool {
    match error {
        AppError::Input(_) | AppError::Conflict(_) => true,
        AppError::Store(_) | AppError::Environment(_) => false,
    }
}

/// Milliseconds after which a matter that could not be decided is looked at again.
const AGAIN_MILLIS: i64 = 3_600_000;

/// Decides each in a transaction of its own; one that cannot be decided is said to be so, and looked at again later.
async fn one_by_one(app: &App, due: &[Obligation], now: Moment) -> Result<Pass, AppError> {
    let mut pass = Pass::default();
    for obligation in due {
        let mut tx = app.db.begin().await?;
        journal::take_turn(&mut tx).await?;
        let around = around(&mut tx, now).await?;
        match one(app, &mut tx, obligation, &around, now).await {
            Ok(done) => {
                tx.commit().await?;
                pass.add(done);
            }
            Err(error) if is_of_one(&error) => {
                tx.rollback().await?;
                tracing::error!(obligation.id = obligation.id.as_str(), error = %error, "一项期限无法核对，一小时后再试，其余照常");
                let mut tx = app.db.begin().await?;
                journal::take_turn(&mut tx).await?;
                obligations::set_next(&mut tx, &obligation.id, Some(now.plus_millis(AGAIN_MILLIS))).await?;
                let entry = Entry {
                    actor: ACTOR_SERVICE,
                    action: "reconcile.failed",
                    object_kind: "obligation",
                    object_id: obligation.id.as_str(),
                    detail: format!("{} {} 无法核对：{error}", obligation.kind.as_str(), obligation.number),
                };
                journal::append(&mut tx, now, &[entry]).await?;
                tx.commit().await?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(pass)
}

/// Decides about one obligation at once, in the transaction of what made it: for what must not wait until somebody has
/// recorded it as done.
pub(super) async fn at_once(app: &App, tx: &mut Tx, obligation: &Obligation, now: Moment) -> Result<Pass, AppError> {
    let around = around(tx, now).await?;
    one(app, tx, obligation, &around, now).await
}

/// What every decision of a pass looks at. Whoever is away is told through whoever stands in.
async fn around(tx: &mut Tx, now: Moment) -> Result<Around, AppError> {
    let contacts = contacts::all(tx).await?;
    let delegations = hands::delegations(tx, now.day()).await?;
    Ok(Around {
        contacts: rectifications::present(&contacts, &delegations, now.day()),
        silences: routing::silences(tx, now).await?,
        summarised: alerts::had_summary(tx, now.day()).await?.into_iter().collect(),
    })
}

async fn one(app: &App, tx: &mut Tx, obligation: &Obligation, around: &Around, now: Moment) -> Result<Pass, AppError> {
    let before = routing::before(app, tx, obligation, now).await?;
    let decision = decide(app, obligation, &before, around, now)?;
    let mut pass = Pass::default();
    let mut entries = Vec::new();
    for alert in &decision.alerts {
        let recorded = match (&alert.outcome, &alert.recipient) {
            (Outcome::Sent, Some(_)) if alert.waits => {
                let new = alerts::insert(tx, alert, now, None).await?;
                pass.waiting += u32::from(new);
                new
            }
            (Outcome::Sent, Some(recipient)) => {
                let mail = compose(app, tx, obligation, alert, recipient, now).await?;
                let id = mail.id.clone();
                mails::insert(tx, &mail, now).await?;
                let new = alerts::insert(tx, alert, now, Some(&id)).await?;
                if new {
                    entries::given(app, tx, alert, obligation, now).await?;
                }
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
    if !entries.is_empty() {
        channels::tell(app, tx, obligation, &decision.alerts, now).await?;
    }
    for gap in &decision.gaps {
        troubles::contact(app, tx, gap, now).await?;
    }
    for reached in decision.reached {
        rectifications::climbed(app, tx, obligation, reached, now).await?;
    }
    Ok(pass)
}

/// The pure decision with recipients and words.
pub fn decide(
    app: &App,
    obligation: &Obligation,
    before: &Before,
    around: &Around,
    now: Moment,
) -> Result<Decision, AppError> {
    let calendars = app.calendars();
    let (calendar, _) = calendars.of(obligation.scope_unit.as_deref());
    let schedule = &*schedule_of(&app.policy, obligation);
    let contacts = around.contacts.as_slice();
    let known = alert::Known {
        decided: &before.decided,
        acknowledged: before.acknowledged.is_some(),
    };
    let verdict = alert::decide(obligation, schedule, &app.policy, calendar, known, now)?;
    let mut out = Vec::new();
    let mut gaps = Vec::new();
    if let Some(planned) = &verdict.send {
        if let Some(silence) = alert::silence_of(&around.silences, obligation, now) {
            return Ok(held_back(app, obligation, planned, silence, now));
        }
        if let Some(whole) = &before.late_whole {
            let reason = format!("{whole}已经逾期，由它提醒，这一项不另发");
            out.push(make(app, obligation, planned, None, Outcome::Inhibited, reason, now));
            out.extend(merged(app, obligation, &verdict.merged, around, now));
            return Ok(Decision {
                alerts: out,
                next: verdict.next,
                reached: Vec::new(),
                gaps: Vec::new(),
            });
        }
        let mut told = recipients(app, obligation, schedule, &planned.step, contacts);
        gaps = unreached(obligation, schedule, &planned.step, contacts);
        // Whoever would have been told of a lapse while the service stood still is told now, and so is whoever another
        // reminder of the same moment goes to.
        let missed = verdict.merged.iter().filter(|pending| {
            let point = pending.planned.step.point;
            let lapse = matches!(point, Point::After(_)) || point.is_of_chain();
            pending.reason == alert::MERGED_TOGETHER || (pending.reason == alert::MERGED_OUTAGE && lapse)
        });
        for pending in missed {
            add_new(
                &mut told,
                recipients(app, obligation, schedule, &pending.planned.step, contacts),
            );
        }
        told = alert::in_place(told, &before.handed_on, contacts);
        if told.is_empty() {
            let reason = "没有可通知的联系人：请导入联系人，写明单位、角色和邮箱".to_owned();
            out.push(make(app, obligation, planned, None, Outcome::NoRecipient, reason, now));
        }
        for recipient in told {
            if let Some(silence) = alert::silence_of_reader(&around.silences, &recipient.email, now) {
                let reason = silence.zh();
                out.push(make(
                    app,
                    obligation,
                    planned,
                    Some(recipient),
                    Outcome::Silenced,
                    reason,
                    now,
                ));
                continue;
            }
            let reason = format!(
                "{}，{}「{}」",
                wording::standing(app, obligation, planned.step.point, planned.at, now),
                recipient.role.zh(),
                recipient.name
            );
            let had = around.summarised.contains(&mailbox(&recipient.email));
            let own = calendar_of(&calendars, contacts, &recipient.email);
            let summary = alert::summary_at(&app.policy, own, had, now)?;
            let waits = alert::waits(obligation, planned, &app.policy, summary, now);
            let told = make(app, obligation, planned, Some(recipient), Outcome::Sent, reason, now);
            out.push(Alert { waits, ..told });
        }
    }
    out.extend(merged(app, obligation, &verdict.merged, around, now));
    Ok(Decision {
        alerts: out,
        next: verdict.next,
        gaps,
        reached: {
            let missed = verdict
                .merged
                .iter()
                .filter(|pending| pending.reason != alert::MERGED_LATE_ENTRY)
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

/// The calendar a reader works by: their unit's.
pub(super) fn calendar_of<'a>(calendars: &'a Calendars, contacts: &[Contact], email: &str) -> &'a Calendar {
    let own = |contact: &&Contact| contact.email.as_deref().is_some_and(|own| same_mailbox(own, email));
    let unit = contacts.iter().find(own).map(|contact| contact.unit.as_str());
    calendars.of(unit).0
}

/// The points that are settled without a mail of their own.
fn merged(
    app: &App,
    obligation: &Obligation,
    pending: &[alert::Pending<'_>],
    around: &Around,
    now: Moment,
) -> Vec<Alert> {
    pending
        .iter()
        .map(|pending| {
            let silence = alert::silence_of(&around.silences, obligation, pending.planned.at);
            let reason = match silence.filter(|_| pending.reason == alert::MERGED_OUTAGE) {
                Some(silence) => format!("静默期间已过，并入静默结束后的最近一次（{}）", silence.zh()),
                None => pending.reason.to_owned(),
            };
            make(app, obligation, &pending.planned, None, Outcome::Merged, reason, now)
        })
        .collect()
}

/// Nothing is said and nothing is settled: when the silence ends, the newest reminder goes out.
fn held_back(app: &App, obligation: &Obligation, planned: &Planned<'_>, silence: &Silence, now: Moment) -> Decision {
    let mut alert = make(app, obligation, planned, None, Outcome::Silenced, silence.zh(), now);
    // The reminder itself is still to come, so its identity stays free.
    alert.identity = format!("{}|silence {}", alert.identity, silence.id);
    alert.id = AlertId::of(&alert.identity);
    Decision {
        alerts: vec![alert],
        next: Some(silence.until),
        reached: Vec::new(),
        gaps: Vec::new(),
    }
}

/// Adds whoever is not told already.
fn add_new(told: &mut Vec<Recipient>, further: Vec<Recipient>) {
    for one in further {
        if !told.iter().any(|known| same_mailbox(&known.email, &one.email)) {
            told.push(one);
        }
    }
}

/// Whether a reminder was due by `now` that is not among the points `recorded`: the question reconcile answers by deciding.
pub fn is_owed(
    policy: &Policy,
    calendars: &Calendars,
    obligation: &Obligation,
    recorded: alert::Known<'_>,
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

/// The unit a scope means.
fn unit_of(obligation: &Obligation, scope: Scope) -> Option<&str> {
    match scope {
        Scope::Organ | Scope::Supervisor => obligation.scope_unit.as_deref(),
        Scope::Unit => obligation.acting_unit.as_deref(),
    }
}

/// Whom a step means and nobody can reach. What tells of a gap finds none itself.
fn unreached(obligation: &Obligation, schedule: &Schedule, step: &Step, contacts: &[Contact]) -> Vec<Gap> {
    if matches!(
        obligation.kind,
        Kind::ContactTrouble | Kind::MailTrouble | Kind::Backlog
    ) || contacts.is_empty()
    {
        return Vec::new();
    }
    let mut gaps = alert::gaps(contacts, unit_of(obligation, schedule.scope), &step.roles);
    if let Some(also) = &step.also {
        gaps.extend(alert::gaps(contacts, unit_of(obligation, also.scope), &also.roles));
    }
    gaps.sort();
    gaps.dedup();
    gaps
}

fn recipients(
    app: &App,
    obligation: &Obligation,
    schedule: &Schedule,
    step: &Step,
    contacts: &[Contact],
) -> Vec<Recipient> {
    let unit_of = |scope: Scope| unit_of(obligation, scope);
    let person = obligation.acting_person.as_deref();
    let mut told = alert::resolve(contacts, unit_of(schedule.scope), &step.roles, person);
    // Whoever cannot be told is represented by the next in the chain.
    if matches!(obligation.kind, Kind::ContactTrouble | Kind::MailTrouble) {
        // A role that nobody holds either passes it on; no chain is longer than there are roles.
        let trouble = troubles::of(obligation);
        let mut role = trouble.as_ref().and_then(Trouble::role);
        for _ in Role::ALL {
            role = role.and_then(|role| app.policy.routing.above.get(&role)).copied();
            let Some(wanted) = role else { break };
            let next = alert::resolve(contacts, unit_of(schedule.scope), &[wanted], None);
            // Where nobody holds it, that gives the administrators.
            let found = next.iter().any(|one| one.role == wanted);
            add_new(&mut told, next);
            if found {
                break;
            }
        }
        let refused = trouble.as_ref().and_then(Trouble::refused);
        let reachable = |one: &Recipient| refused.is_none_or(|refused| !same_mailbox(&one.email, refused));
        told.retain(reachable);
        // A site without an administrator still has somebody.
        if told.is_empty() {
            told = alert::resolve(contacts, unit_of(schedule.scope), &app.policy.routing.anybody, None);
            told.retain(reachable);
        }
    }
    // A ledger's history is the supervisor's where nobody handles cases there.
    if obligation.kind == Kind::Backlog && told.iter().all(|one| one.role == Role::Administrator) {
        let unit = unit_of(schedule.scope);
        let supervisors = alert::resolve(contacts, unit, &[Role::Supervisor], None);
        told.extend(supervisors.into_iter().filter(|one| one.role == Role::Supervisor));
    }
    if let Some(also) = &step.also {
        add_new(
            &mut told,
            alert::resolve(contacts, unit_of(also.scope), &also.roles, person),
        );
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
        (None, Outcome::Merged | Outcome::Silenced | Outcome::Inhibited) => "*",
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
        waits: false,
    }
}

/// The mail about one reminder.
async fn compose(
    app: &App,
    tx: &mut Tx,
    obligation: &Obligation,
    alert: &Alert,
    to: &Recipient,
    now: Moment,
) -> Result<NewMail, AppError> {
    compose_as(app, tx, obligation, alert, to, &alert.identity, now).await
}

/// The same under an identity of the caller's choice.
pub(super) async fn compose_as(
    app: &App,
    tx: &mut Tx,
    obligation: &Obligation,
    alert: &Alert,
    to: &Recipient,
    identity: &str,
    now: Moment,
) -> Result<NewMail, AppError> {
    let items = if obligation.kind == Kind::Backlog {
        summary_items(app, tx, obligation).await?
    } else {
        Vec::new()
    };
    let due_zh = (obligation.kind != Kind::Backlog).then(|| wording::short_day(obligation.due.day));
    let link = page_of(app, obligation);
    let content = AlertMail {
        site: app.site_name.clone(),
        kind_zh: wording::alert_name(app, obligation, alert.kind, alert.point),
        subject_no: obligation.number.clone(),
        about: about(app, tx, obligation).await?,
        point_zh: wording::standing(app, obligation, alert.point, alert.at, now),
        severity: shown(alert.severity),
        due_zh,
        certainty_zh: wording::certainty(obligation.due.certainty),
        facts: facts(tx, obligation, alert.point).await?,
        clause: obligation.clause.clone(),
        basis_zh: obligation
            .terms
            .counts()
            .then(|| obligation.number_from.zh().to_owned()),
        reckoning: wording::reckoning(app, obligation),
        action_zh: action_of(app, obligation).to_owned(),
        link,
        answer: answers::of_mail(app, obligation, alert, now),
        recipient_name: to.name.clone(),
        reason_zh: alert.reason.clone(),
        items,
        deadline: entries::deadline(app, obligation, now),
        decided_at: now,
    };
    let letter = Letter {
        to: (&to.email, &to.name),
        identity,
        thread_key: &obligation.key,
        at: now,
    };
    letter.written(app, |envelope| mail::render(&content, envelope))
}

/// What the subject says beside kind, number and day, as far as the site lets it.
async fn about(app: &App, tx: &mut Tx, obligation: &Obligation) -> Result<Option<String>, AppError> {
    let step = app.policy.routing.subject;
    if step == Subject::Number {
        return Ok(None);
    }
    let mut named = Named {
        unit: obligation.acting_unit.clone().or_else(|| obligation.scope_unit.clone()),
        person: obligation.acting_person.clone(),
        texts: vec![obligation.number.clone()],
    };
    let (subject, number) = (obligation.subject_id.as_str(), obligation.number.as_str());
    if let Some(finding) = findings::by_id(tx, subject).await? {
        let person = people::by_id(tx, &finding.person).await?;
        named.person = person.map(|person| person.name);
        named.texts.extend([finding.item, finding.result, finding.reason]);
        named.unit = finding.unit.or(named.unit);
        named.texts.extend(matter_of(tx, finding.case.as_str()).await?);
    } else if let Some(case) = cases::by_id(tx, subject).await? {
        let person = people::by_id(tx, &case.person).await?;
        named.person = person.map(|person| person.name);
        named.texts.push(case.record.matter);
    } else if let Some(item) = stored_rectifications::by_number(tx, number)
        .await?
        .filter(|item| item.id.as_str() == subject)
    {
        named.texts.push(item.life.facts.problem);
    }
    Ok(step.about(&named))
}

async fn matter_of(tx: &mut Tx, case: &str) -> Result<Option<String>, AppError> {
    Ok(cases::by_id(tx, case).await?.map(|case| case.record.matter))
}

/// The severity as a mail shows it.
pub(super) fn shown(severity: Severity) -> mail::Severity3 {
    match severity {
        Severity::Info => mail::Severity3::Info,
        Severity::Warn => mail::Severity3::Warn,
        Severity::Urgent => mail::Severity3::Urgent,
    }
}

/// What an obligation asks people to do.
pub(super) fn action_of<'a>(app: &'a App, obligation: &Obligation) -> &'a str {
    rule_of(&app.policy, obligation).map_or(ACTION_OF_LOST, |limit| &limit.action)
}

/// The page on which it is done.
pub(super) fn page_of(app: &App, obligation: &Obligation) -> String {
    let base = &app.base_url;
    match obligation.kind {
        Kind::FindingReply | Kind::FindingConfirm => format!("{base}/findings/{}", obligation.subject_id),
        Kind::Backlog => format!("{base}/obligations?show=backlog"),
        _ => format!("{base}/obligations/{}", obligation.id),
    }
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
        Event::Opened { .. } | Event::Acted { .. } | Event::Stated { .. } => None,
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
