//! What the mails look like, with a made-up matter: for whoever writes rules, and for looking at every kind there is.

use super::reconcile::{compose_as, decide};
use super::routing::{Around, Before};
use super::{App, AppError, answers, digest};
use crate::domain::alert::{Alert, Contact, Gap, Outcome, Point, Trouble};
use crate::domain::contact::Role;
use crate::domain::obligation::{Kind, Moved, Obligation, Wanted, due_of};
use crate::domain::policy::Limit;
use crate::domain::time::Moment;
use crate::store::alerts::StoredAlert;
use crate::store::mails::NewMail;

/// The word for the summary of a morning.
pub const DIGEST: &str = "digest";
const UNIT: &str = "云川市/示例单位";
const PERSON: &str = "样本人员";
/// Days before its day that a matter is known; the farthest reminder point of a usual profile is nearer.
const KNOWN_BEFORE: u64 = 60;
const READER: &str = "shili@example.org";

/// The kinds that have a mail under these rules, in their order.
pub fn kinds(app: &App) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = Vec::new();
    for limit in app.policy.limits() {
        if !kinds.contains(&limit.kind) {
            kinds.push(limit.kind);
        }
    }
    kinds
}

/// The points at which a kind is told, in their order.
pub fn points(app: &App, kind: Kind) -> Vec<Point> {
    app.policy.limit(kind).map_or_else(Vec::new, |limit| {
        let schedule = app.policy.schedule(limit);
        schedule.points.iter().map(|step| step.point).collect()
    })
}

/// The mail about a kind at a point; the summary of a morning where no kind is named.
///
/// # Errors
/// The rules have no limit of the kind, or its schedule no such point.
pub async fn mail(app: &App, kind: Kind, point: Option<Point>) -> Result<NewMail, AppError> {
    let limit = app
        .policy
        .limit(kind)
        .ok_or_else(|| AppError::Input(format!("现行规则没有种类为 {} 的期限", kind.as_str())))?;
    let (obligation, alert, now) = told(app, limit, point)?;
    let reader = alert.recipient.clone().ok_or_else(|| unknown(app, kind))?;
    let mut tx = app.db.read().await?;
    let mail = compose_as(app, &mut tx, &obligation, &alert, &reader, &alert.identity, now).await?;
    tx.rollback().await?;
    Ok(mail)
}

/// Kinds of a made-up summary that are answered from the mail, and as many that are not.
const EACH: usize = 3;

/// A summary with one line of each of a few kinds.
pub async fn summary(app: &App) -> Result<NewMail, AppError> {
    let mut lines: Vec<(StoredAlert, Obligation)> = Vec::new();
    let mut at = app.now();
    for limit in app.policy.limits().iter().filter(|limit| limit.kind != Kind::Backlog) {
        let (obligation, alert, now) = match told(app, limit, None) {
            // Its first point is never told alone; there are others to show.
            Err(AppError::Input(_)) => continue,
            told => told?,
        };
        let asked = answers::is_asked(&obligation, &alert);
        let alike =
            |(stored, obligation): &&(StoredAlert, Obligation)| answers::is_asked(obligation, &stored.alert) == asked;
        if lines.iter().filter(alike).count() == EACH {
            continue;
        }
        at = at.max(now);
        let stored = StoredAlert {
            alert,
            decided: now,
            mail: None,
            mail_state: None,
        };
        lines.push((stored, obligation));
    }
    let mut tx = app.db.read().await?;
    let reader = digest::Reader::alone(READER);
    let mail = digest::summary(
        app,
        &mut tx,
        (&reader, None),
        (&lines, Vec::new()),
        "preview|digest",
        at,
    )
    .await?;
    tx.rollback().await?;
    Ok(mail)
}

fn unknown(app: &App, kind: Kind) -> AppError {
    let points: Vec<String> = points(app, kind).iter().map(Point::to_string).collect();
    AppError::Input(format!("{} 的提醒点是 {}", kind.as_str(), points.join("、")))
}

/// A matter that runs from today, and the decision at one of its points, at the moment that is taken. Where the point falls
/// together with another that is told in its place, the matter began some days later.
fn told(app: &App, limit: &Limit, point: Option<Point>) -> Result<(Obligation, Alert, Moment), AppError> {
    const TRIED: i64 = 30;
    for days in 0..TRIED {
        let today = app.now().plus_millis(days * 86_400_000);
        if let Some(told) = told_of(app, limit, point, today)? {
            return Ok(told);
        }
    }
    Err(unknown(app, limit.kind))
}

fn told_of(
    app: &App,
    limit: &Limit,
    point: Option<Point>,
    today: Moment,
) -> Result<Option<(Obligation, Alert, Moment)>, AppError> {
    let (role, name) = (Role::Handler, None);
    let key = match limit.kind {
        Kind::ContactTrouble => Trouble::of_gap(&Gap {
            unit: UNIT.to_owned(),
            role,
            name,
        })
        .key(),
        Kind::MailTrouble => Trouble::of_mail("preview", Some(role), "").key(),
        other => format!("preview|{}", other.as_str()),
    };
    let calendars = app.calendars();
    let due = due_of(limit.terms, today.day(), &[], calendars.national())?;
    let mut obligation = Obligation {
        subject_id: "preview".to_owned(),
        number: "RC-0000-000".to_owned(),
        scope_unit: Some(UNIT.to_owned()),
        acting_unit: Some(UNIT.to_owned()),
        acting_person: Some(PERSON.to_owned()),
        ..Wanted::under(limit, key, today.day(), due).begun(today)
    };
    if point == Some(Point::Moved) {
        obligation.moved = Some(Moved {
            from: obligation.due.day - chrono::Days::new(1),
            at: today,
            cause: "放假安排调整".to_owned(),
        });
    }
    let around = Around {
        contacts: everybody(),
        ..Around::default()
    };
    let wanted = point.or_else(|| points(app, limit.kind).first().copied());
    let mut before = Before::default();
    // What is told before the day is told of a matter known long before.
    let mut at = match wanted {
        Some(Point::Before(_) | Point::Due) => {
            let known = obligation.due.alert_day - chrono::Days::new(KNOWN_BEFORE);
            Moment::at(known, app.policy.start)
        }
        _ => today,
    };
    obligation.created = at;
    // A schedule has some points, and the chain goes on for as long as nobody answers.
    for _ in 0..40 {
        let decision = decide(app, &obligation, &before, &around, at)?;
        for alert in decision.alerts {
            before.decided.push(alert.point);
            if alert.outcome == Outcome::Sent && Some(alert.point) == wanted {
                return Ok(Some((obligation, alert, at)));
            }
        }
        match decision.next.filter(|next| *next > at) {
            Some(next) => at = next,
            None => break,
        }
    }
    Ok(None)
}

/// One person who holds every role.
fn everybody() -> Vec<Contact> {
    Role::ALL
        .into_iter()
        .map(|role| Contact {
            unit: UNIT.to_owned(),
            name: "示例".to_owned(),
            role,
            email: Some(READER.to_owned()),
            deputy: None,
            disabled: false,
        })
        .collect()
}
