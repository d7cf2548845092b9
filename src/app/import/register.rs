//! `import register`: cases, their protections and the limits that follow from their conclusions.

use super::days::Days;
use super::{Effect, Source, Summary, close_run, open_run};
use crate::app::people::{self, Named};
use crate::app::procedure::protects;
use crate::app::settle::{Origin, Told, settle};
use crate::app::{App, AppError, backlog, remedies};
use crate::domain::case::{CaseRecord, StepsDone};
use crate::domain::ids::{CaseId, RunId};
use crate::domain::obligation::{Obligation, Timeline};
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
    let mut later = Later::default();
    let days = Days::of(app)?;
    for mut row in rows {
        if !within(days, &mut row, now.day(), &mut summary.unreadable) {
            continue;
        }
        match take_case(app, &mut tx, &row.value, &run, &mut later, now).await? {
            Taken::In(effect) => summary.count(effect),
            Taken::Refused(column, reason) => {
                let fault = RowFault::of_column(row.sheet.as_deref(), row.row, column, reason);
                summary.unreadable.push(fault);
            }
        }
    }
    later.write(&mut tx).await?;
    later.tell(&mut tx, now).await?;
    backlog::summarise(app, &mut tx, &run, now).await?;
    close_run(&mut tx, KIND, &run, &summary, now).await?;
    tx.commit().await?;
    Ok(summary)
}

/// Obligations that many lines at a time write, and the journal of all lines.
#[derive(Default)]
struct Later {
    obligations: Vec<Obligation>,
    entries: Vec<Told>,
}

impl Later {
    /// Obligations held before they are written.
    const MOST: usize = 1024;

    /// Writes what is held.
    async fn write(&mut self, tx: &mut Tx) -> Result<(), AppError> {
        obligations::put_all(tx, &self.obligations).await?;
        self.obligations.clear();
        Ok(())
    }

    /// Journals what is held.
    async fn tell(&mut self, tx: &mut Tx, now: Moment) -> Result<(), AppError> {
        let entries: Vec<Entry<'_>> = self.entries.iter().map(Told::entry).collect();
        journal::append(tx, now, &entries).await?;
        self.entries.clear();
        Ok(())
    }

    /// What is stored of a case's obligations, those that were held included.
    async fn stored(&mut self, tx: &mut Tx, case: &StoredCase) -> Result<Vec<Obligation>, AppError> {
        self.write(tx).await?;
        Ok(obligations::of_subject(tx, case.id.as_str()).await?)
    }
}

/// What became of a line.
enum Taken {
    In(Effect),
    /// Column and reason.
    Refused(&'static str, &'static str),
}

/// Takes days that cannot be out of a row: those no calendar reckons with, and a step done on a day that has not come.
/// `false` where the row cannot be taken in without one.
fn within(days: Days, row: &mut Located<CaseRecord>, today: NaiveDate, faults: &mut Vec<RowFault>) -> bool {
    let Located {
        sheet,
        row: number,
        value,
    } = row;
    let mut fault = |column: &str, reason: String| {
        faults.push(RowFault::of_column(sheet.as_deref(), *number, column, reason));
    };
    for (column, day) in [("认定日期", value.concluded_on), ("撤销日期", value.revoked_on)] {
        if let Some(why) = day.and_then(|day| days.beyond(day)) {
            fault(column, format!("{why}；这一行没有采用，请核对年份"));
            return false;
        }
    }
    let done = &mut value.done;
    for (column, day) in [
        ("人事档案归档日期", &mut done.archive_personnel),
        ("廉政档案归档日期", &mut done.archive_integrity),
        ("入卷归档日期", &mut done.archive_file),
        ("反馈本人日期", &mut done.feedback_subject),
        ("抄送主管部门日期", &mut done.feedback_competent),
        ("抄送上级部门日期", &mut done.feedback_superior),
        ("抄送组织部门日期", &mut done.feedback_organization),
    ] {
        if let Some(why) = days.take_out(day) {
            fault(column, why);
        } else if let Some(future) = day.take_if(|day| *day > today) {
            fault(column, format!("{future} 晚于今天（{today}），未采用；办结后再填写"));
        }
    }
    true
}

async fn take_case(
    app: &App,
    tx: &mut Tx,
    record: &CaseRecord,
    run: &RunId,
    later: &mut Later,
    now: Moment,
) -> Result<Taken, AppError> {
    let named = Named {
        name: &record.name,
        id: &record.id,
        unit: &record.unit,
        ordinal: 1,
    };
    let Some(mut found) = people::find(tx, &app.keys, &named).await? else {
        return Ok(Taken::Refused(
            "姓名",
            "该单位有多名同名干部，无身份证号无法确定是谁；请补填公民身份号码",
        ));
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
                matter_no: before.matter_no.clone(),
                version: before.version,
            }
        }
        None => StoredCase {
            id: CaseId::of(&format!("{}|{}", record.case_no, found.person.id)),
            person: found.person.id,
            record: bare,
            run: run.clone(),
            first: now,
            matter_no: None,
            version: 0,
        },
    };
    // What people record act by act is not overwritten by a ledger.
    if let Some(before) = known.as_ref().filter(|before| before.version > 0) {
        return Ok(under_procedure(before, &case.record));
    }
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
        later.entries.push(Told {
            actor: ACTOR_LOCAL.to_owned(),
            action,
            object_kind: "case",
            object_id: case.id.as_str().to_owned(),
            detail,
        });
    }
    let moved = {
        let timeline = Timeline::of_record(&case.record, now.day());
        let first = Origin {
            run: Some(run),
            new_case: known.is_none(),
            actor: ACTOR_LOCAL,
        };
        let stored = match &known {
            Some(_) => later.stored(tx, &case).await?,
            None => Vec::new(),
        };
        let settled = settle(app, &stored, &case, &timeline, &first, now)?;
        let moved = !settled.entries.is_empty();
        later.obligations.extend(settled.obligations);
        later.entries.extend(settled.entries);
        if later.obligations.len() > Later::MOST {
            later.write(tx).await?;
        }
        moved
    };
    match &known {
        None => remedies::follow_case(app, tx, &case, ACTOR_LOCAL, now).await?,
        Some(before) if protects(&before.record) != protects(&case.record) => {
            later.write(tx).await?;
            later.tell(tx, now).await?;
            remedies::case_changed(app, tx, &case, ACTOR_LOCAL, now).await?;
        }
        Some(_) => {}
    }
    Ok(Taken::In(match (known.is_some(), same && !moved) {
        (false, _) => Effect::Added,
        (true, true) => Effect::Unchanged,
        (true, false) => Effect::Changed,
    }))
}

fn under_procedure(before: &StoredCase, line: &CaseRecord) -> Taken {
    let known = &before.record;
    let same = (line.conclusion, line.concluded_on, line.revoked, &line.done)
        == (known.conclusion, known.concluded_on, known.revoked, &known.done);
    if same {
        return Taken::In(Effect::Unchanged);
    }
    Taken::Refused(
        "案件编号",
        "该案件已按程序逐步登记，台账所写与登记的不同，未采用；请用 rongcuo case 登记或更正",
    )
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
