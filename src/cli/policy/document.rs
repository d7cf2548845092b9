//! The profile as a document for other programs.

use super::{extension, postponement, suspension};
use crate::domain::contact::Role;
use crate::domain::obligation::Kind;
use crate::domain::policy::{Anchor, Event, Limit, Policy, Schedule, Step};
use serde_json::{Value, json};

/// The whole profile.
pub fn of(policy: &Policy) -> Value {
    let limits: Vec<Value> = policy.limits().iter().map(|one| limit(policy, one)).collect();
    let guards: Vec<Value> = policy
        .guards()
        .iter()
        .map(|rule| json!({ "id": rule.guard.as_str(), "name": rule.guard.zh(), "clause": rule.clause, "quote": rule.quote }))
        .collect();
    let protected: Vec<&str> = policy.protected().iter().map(|domain| domain.as_str()).collect();
    let events: Vec<Value> = policy
        .own_events()
        .iter()
        .map(|own| json!({ "id": own.id.as_str(), "name": own.name }))
        .collect();
    let schedules: Vec<Value> = policy.schedules().iter().map(schedule).collect();
    let fall = policy.tolerance;
    json!({
        "id": policy.profile.id,
        "name": policy.profile.name,
        "source": policy.profile.source,
        "fingerprint": policy.fingerprint(),
        "switches": { "archive_when_not_tolerated": policy.archive_when_not_tolerated, "roll_off": policy.roll_off },
        "hours": { "start": policy.start.format("%H:%M").to_string(), "end": policy.end.format("%H:%M").to_string() },
        "pay_tolerance": { "salary": fall.salary, "performance_pay": fall.performance_pay, "bonus": fall.bonus },
        "excellent_quota": {
            "percent": policy.quota.percent, "with_approval": policy.quota.with_approval,
            "basis": policy.quota.basis, "number_from": policy.quota.number_from.zh(),
        },
        "hidden_penalty": {
            "min_protected": policy.hidden_penalty.min_protected, "min_peers": policy.hidden_penalty.min_peers,
            "level": policy.hidden_penalty.level, "number_from": policy.hidden_penalty.number_from.zh(),
        },
        "protected": protected,
        "protection_clause": policy.protection_clause(),
        "guards": guards,
        "events": events,
        "limits": limits,
        "schedules": schedules,
        "hints": policy.hints(),
    })
}

fn limit(policy: &Policy, limit: &Limit) -> Value {
    let points: Vec<Value> = policy
        .schedule(limit)
        .points
        .iter()
        .map(|step| json!({ "point": step.point.to_string(), "severity": step.severity.as_str(), "roles": everybody(step) }))
        .collect();
    json!({
        "kind": limit.kind.as_str(),
        "name": limit.name,
        "id": limit.id.as_str(),
        "days": limit.terms.amount,
        "unit": limit.terms.unit.zh(),
        "direction": limit.terms.direction.as_str(),
        "anchor": policy.anchor_zh(limit.anchor),
        "anchor_event": anchor_word(limit.anchor),
        "done_by": limit.done_by.map(Event::as_str),
        "levels": limit.levels.iter().map(|level| level.zh()).collect::<Vec<_>>(),
        "changes": changes(limit),
        "extension": limit.extension.as_ref().map(|one| json!({
            "max": one.max, "unit": one.unit.zh(), "times": one.times, "approver": one.approver.zh(),
            "reason_required": one.reason_required, "inform_subject": one.inform_subject,
            "clause": one.clause, "number_from": one.number_from.zh(),
        })),
        "suspension": limit.suspension.as_ref().map(|one| json!({
            "grounds": one.grounds, "approver": one.approver.zh(), "clause": one.clause, "number_from": one.number_from.zh(),
        })),
        "postponement": limit.postponement.as_ref().map(|one| json!({
            "within": one.within, "unit": one.unit.zh(), "clause": one.clause, "number_from": one.number_from.zh(),
        })),
        "mode": limit.mode.zh(),
        "number_from": limit.number_from.zh(),
        "clause": limit.clause,
        "quote": limit.quote,
        "action": limit.action,
        "schedule": limit.schedule,
        "points": points,
    })
}

fn changes(limit: &Limit) -> Vec<String> {
    let extension = limit.extension.as_ref().map(|one| format!("延长：{}", extension(one)));
    let suspension = limit
        .suspension
        .as_ref()
        .map(|one| format!("中止：{}", suspension(one)));
    let postponement = limit
        .postponement
        .as_ref()
        .map(|one| format!("顺延：{}", postponement(one)));
    [extension, suspension, postponement].into_iter().flatten().collect()
}

fn schedule(schedule: &Schedule) -> Value {
    let points: Vec<Value> = schedule
        .points
        .iter()
        .map(|step| {
            json!({
                "point": step.point.to_string(), "severity": step.severity.as_str(), "roles": words(&step.roles),
                "also": step.also.as_ref().map(|also| json!({ "scope": also.scope.zh(), "roles": words(&also.roles) })),
                "kind": step.kind.map(Kind::as_str),
            })
        })
        .collect();
    json!({ "id": schedule.id, "scope": schedule.scope.zh(), "points": points })
}

fn words(roles: &[Role]) -> Vec<&'static str> {
    roles.iter().map(|role| role.zh()).collect()
}

fn everybody(step: &Step) -> String {
    let also = step.also.iter().flat_map(|also| also.roles.iter());
    let roles: Vec<&str> = step.roles.iter().chain(also).map(|role| role.zh()).collect();
    roles.join("、")
}

fn anchor_word(anchor: Anchor) -> &'static str {
    match anchor {
        Anchor::Event(event) => event.as_str(),
        Anchor::Given => "given",
        Anchor::Opened => "opened",
    }
}
