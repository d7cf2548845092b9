//! `import register`: cases, their protections and the limits that follow from their conclusions.

use super::{Effect, Source, Summary, close_run, open_run};
use crate::app::people::{self, Named};
use crate::app::{App, AppError, backlog};
use crate::domain::case::{CaseRecord, StepsDone};
use crate::domain::ids::{CaseId, ObligationId, RunId};
use crate::domain::obligation::{Change, Obligation, State, Wanted, change, is_backlog, wanted_of_case};
use crate::domain::person::{IdNumber, normal_name};
use crate::domain::protection::list::{Located, RowFault};
use crate::domain::time::Moment;
use crate::store::cases::{self, StoredCase};
use crate::store::journal::{ACTOR_LOCAL, Entry};
use crate::store::{Tx, journal, obligations, people as store_people};
use chrono::NaiveDate;

const KIND: &str = "register";

/// Takes a register in.
pub async fn register(
    app: &App,
    source: &Source,
    rows: Vec<Located<CaseRecord>>,
    rows_read: u32,
    faults: Vec<RowFault>,
) -> Result<Summary, AppError> {
    let now = app.now();
    let mut summary = Summary::new(source, rows_read, faults);
    let mut tx = app.db.begin().await?;
    let run = open_run(&mut tx, KIND, source, rows_read, summary.unreadable.len(), now).await?;
    for mut row in rows {
        refuse_future_days(&mut row, now.day(), &mut summary.unreadable);
        match take_case(app, &mut tx, &row.value, &run, now).await? {
            Some(effect) => summary.count(effect),
            None => summary.unreadable.push(RowFault {
                sheet: row.sheet,
                row: row.row,
                column: Some("姓名".to_owned()),
                reason: "该单位有多名同名干部，无身份证号无法确定是谁；请补填公民身份号码".to_owned(),
            }),
        }
    }
    backlog::summarise(app, &mut tx, &run, now).await?;
    close_run(&mut tx, KIND, &run, &summary, now).await?;
    tx.commit().await?;
    Ok(summary)
}

/// A step cannot have been done on a day that has not come; the rest of the row counts.
fn refuse_future_days(row: &mut Located<CaseRecord>, today: NaiveDate, faults: &mut Vec<RowFault>) {
    let done = &mut row.value.done;
    for (column, day) in [
        ("人事档案归档日期", &mut done.archive_personnel),
        ("廉政档案归档日期", &mut done.archive_integrity),
        ("入卷归档日期", &mut done.archive_file),
        ("反馈本人日期", &mut done.feedback_subject),
        ("抄送主管部门日期", &mut done.feedback_competent),
        ("抄送上级部门日期", &mut done.feedback_superior),
        ("抄送组织部门日期", &mut done.feedback_organization),
    ] {
        if let Some(future) = day.take_if(|day| *day > today) {
            faults.push(RowFault {
                sheet: row.sheet.clone(),
                row: row.row,
                column: Some(column.to_owned()),
                reason: format!("{future} 晚于今天（{today}），未采用；办结后再填写"),
            });
        }
    }
}

async fn take_case(
    app: &App,
    tx: &mut Tx,
    record: &CaseRecord,
    run: &RunId,
    now: Moment,
) -> Result<Option<Effect>, AppError> {
    let named = Named {
        name: &record.name,
        id: &record.id,
        unit: &record.unit,
        ordinal: 1,
    };
    let Some(mut found) = people::find(tx, &app.keys, &named).await? else {
        return Ok(None);
    };
    if found.person.register_unit.as_deref() != Some(record.unit.as_str()) || found.is_new || found.sealed.is_some() {
        found.person.register_unit = Some(record.unit.clone());
        store_people::put(tx, &found.person, found.sealed.as_deref()).await?;
    }
    let known = known_case(tx, record, &found.person.id).await?;
    let mut bare = record.clone();
    bare.name = String::new();
    bare.id = IdNumber::Missing;
    let case = match &known {
        Some(before) => {
            // An empty cell never takes back a day that was recorded before.
            bare.done = kept(&bare.done, &before.record.done);
            StoredCase {
                id: before.id.clone(),
                person: found.person.id,
                record: bare,
                run: before.run.clone(),
                first: before.first,
            }
        }
        None => StoredCase {
            id: CaseId::of(&format!("{}|{}", record.case_no, found.person.id)),
            person: found.person.id,
            record: bare,
            run: run.clone(),
            first: now,
        },
    };
    let same = known
        .as_ref()
        .is_some_and(|before| before.record == case.record && before.person == case.person);
    if !same {
        cases::put(tx, &case).await?;
        let detail = format!(
            "{}：{}{}",
            case.record.case_no,
            case.record.conclusion.zh(),
            if case.record.revoked { "（撤销）" } else { "" }
        );
        let action = if known.is_some() { "case.change" } else { "case.add" };
        journal::append(
            tx,
            now,
            &[Entry {
                actor: ACTOR_LOCAL,
                action,
                object_kind: "case",
                object_id: case.id.as_str(),
                detail,
            }],
        )
        .await?;
    }
    let moved = settle(app, tx, &case, run, known.is_none(), now).await?;
    Ok(Some(match (known.is_some(), same && !moved) {
        (false, _) => Effect::Added,
        (true, true) => Effect::Unchanged,
        (true, false) => Effect::Changed,
    }))
}

/// The stored case a line means: the same number and cadre, or the only one of that number and name.
async fn known_case(
    tx: &mut Tx,
    record: &CaseRecord,
    person: &crate::domain::ids::PersonId,
) -> Result<Option<StoredCase>, AppError> {
    let mut same_number = cases::by_number(tx, &record.case_no).await?;
    if let Some(position) = same_number.iter().position(|case| case.person == *person) {
        return Ok(Some(same_number.swap_remove(position)));
    }
    let name_key = normal_name(&record.name);
    let mut namesakes = Vec::new();
    for case in same_number {
        let holder = store_people::by_id(tx, &case.person).await?;
        let lacks_number = record.id.valid().is_none() || holder.as_ref().is_some_and(|p| p.id_key.is_none());
        if lacks_number && holder.is_some_and(|p| p.name_key == name_key) {
            namesakes.push(case);
        }
    }
    Ok(if namesakes.len() == 1 { namesakes.pop() } else { None })
}

fn kept(new: &StepsDone, old: &StepsDone) -> StepsDone {
    StepsDone {
        archive_personnel: new.archive_personnel.or(old.archive_personnel),
        archive_integrity: new.archive_integrity.or(old.archive_integrity),
        archive_file: new.archive_file.or(old.archive_file),
        feedback_subject: new.feedback_subject.or(old.feedback_subject),
        feedback_competent: new.feedback_competent.or(old.feedback_competent),
        feedback_superior: new.feedback_superior.or(old.feedback_superior),
        feedback_organization: new.feedback_organization.or(old.feedback_organization),
    }
}

/// Brings the stored obligations of a case into line with what its conclusion asks for.
async fn settle(
    app: &App,
    tx: &mut Tx,
    case: &StoredCase,
    run: &RunId,
    new_case: bool,
    now: Moment,
) -> Result<bool, AppError> {
    let wanted = wanted_of_case(case.id.as_str(), &case.record, &app.policy, &app.calendar, now.day())?;
    let stored = obligations::of_subject(tx, case.id.as_str()).await?;
    let mut entries: Vec<(String, &'static str, String)> = Vec::new();
    for want in &wanted {
        let before = stored.iter().find(|o| o.key == want.key);
        let (after, action, detail) = match before {
            None => {
                let made = make(case, want, run, new_case, now);
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
        obligations::put(tx, &after).await?;
        entries.push((after.id.as_str().to_owned(), action, detail));
    }
    for gone in stored
        .iter()
        .filter(|o| o.state == State::Open && !wanted.iter().any(|w| w.key == o.key))
    {
        let after = Obligation {
            state: State::Void,
            next_at: None,
            ..gone.clone()
        };
        obligations::put(tx, &after).await?;
        entries.push((
            after.id.as_str().to_owned(),
            "obligation.void",
            format!(
                "{} {}：结论变更或撤销，不再要求",
                case.record.case_no,
                after.kind.as_str()
            ),
        ));
    }
    let rows: Vec<Entry<'_>> = entries
        .iter()
        .map(|(id, action, detail)| Entry {
            actor: ACTOR_LOCAL,
            action,
            object_kind: "obligation",
            object_id: id,
            detail: detail.clone(),
        })
        .collect();
    journal::append(tx, now, &rows).await?;
    Ok(!entries.is_empty())
}

fn make(case: &StoredCase, want: &Wanted, run: &RunId, new_case: bool, now: Moment) -> Obligation {
    let backlog = new_case && is_backlog(want, now.day());
    let state = if want.met_on.is_some() { State::Met } else { State::Open };
    Obligation {
        id: ObligationId::of(&want.key),
        key: want.key.clone(),
        kind: want.kind,
        subject_id: case.id.as_str().to_owned(),
        number: case.record.case_no.clone(),
        scope_unit: case.record.organ.clone(),
        acting_unit: Some(case.record.unit.clone()),
        event_day: want.event_day,
        days: want.days,
        due: want.due.clone(),
        revision: 1,
        clause: want.clause.clone(),
        number_from: want.number_from,
        state,
        met_on: want.met_on,
        backlog,
        opened_severity: None,
        run: Some(run.clone()),
        created: now,
        next_at: (state == State::Open && !backlog).then_some(now),
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
            after.days = want.days;
            after.revision += 1;
            after.backlog = before.backlog && to < now.day();
            after.next_at = (!after.backlog).then_some(now);
            format!("到期日由 {from} 改为 {to}")
        }
    };
    Some((after, detail))
}
