//! Every reminder that would be sent in a span: the same decision as `serve`, nothing written, nothing sent.

use super::reconcile::{Decision, decide};
use super::{App, AppError, notices, rectifications};
use crate::domain::alert::{Alert, Outcome, Point};
use crate::domain::obligation::Obligation;
use crate::domain::time::Moment;
use crate::store::{alerts, contacts, hands, obligations};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

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
}

/// Runs from one moment to another over a copy of the rows. Gives the alerts with the moment they were decided.
/// A span that begins in the future is reached by letting the service run until then.
pub async fn alerts_between(app: &App, from: Moment, to: Moment) -> Result<Vec<(Moment, Alert)>, AppError> {
    let mut alerts = run(app, from.min(app.now()), to).await?;
    alerts.retain(|(at, _)| *at >= from);
    Ok(alerts)
}

async fn run(app: &App, from: Moment, to: Moment) -> Result<Vec<(Moment, Alert)>, AppError> {
    let mut tx = app.db.read().await?;
    let contacts = contacts::all(&mut tx).await?;
    let delegations = hands::delegations(&mut tx, from.day()).await?;
    let mut open = obligations::open_ahead(&mut tx).await?;
    for coming in notices::ahead(app, app.now(), to) {
        if obligations::by_id(&mut tx, coming.id.as_str()).await?.is_none() {
            open.push(coming);
        }
    }
    let mut decided: HashMap<usize, Vec<Point>> = HashMap::new();
    let mut queue = BinaryHeap::new();
    for (index, obligation) in open.iter().enumerate() {
        decided.insert(
            index,
            alerts::decided_points(&mut tx, &obligation.key, obligation.revision).await?,
        );
        queue.push(Reverse((obligation.next_at.unwrap_or(from).max(from), index)));
    }
    tx.rollback().await?;
    let mut out = Vec::new();
    // Whoever is away, is so for whole days.
    let (mut present, mut seen_on) = (Vec::new(), None);
    while let Some(Reverse((at, index))) = queue.pop() {
        if at > to {
            break;
        }
        let obligation: &Obligation = &open[index];
        let settled = decided.entry(index).or_default();
        if seen_on != Some(at.day()) {
            present = rectifications::present(&contacts, &delegations, at.day());
            seen_on = Some(at.day());
        }
        let Decision { alerts, next, .. } = decide(app, obligation, settled, &present, at)?;
        for alert in alerts {
            if alert.outcome != Outcome::NoRecipient && !settled.contains(&alert.point) {
                settled.push(alert.point);
            }
            out.push((at, alert));
        }
        if let Some(next) = next.filter(|next| *next > at) {
            queue.push(Reverse((next, index)));
        }
    }
    Ok(out)
}

/// Groups the alerts of one reminder, as the JSON contract has them.
pub fn grouped(alerts: &[(Moment, Alert)]) -> Vec<Simulated> {
    let mut out: Vec<Simulated> = Vec::new();
    for (at, alert) in alerts {
        let Some(recipient) = alert.recipient.as_ref().filter(|_| alert.outcome == Outcome::Sent) else {
            continue;
        };
        let (at, point) = (at.to_string(), alert.point.to_string());
        match out
            .last_mut()
            .filter(|last| last.subject_id == alert.subject_id && last.point == point && last.at == at)
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
            }),
        }
    }
    out
}
