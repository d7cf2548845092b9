//! The procedure of a case: load, let `step` decide, keep the act, the projection, the limits and the journal in one
//! transaction.

mod foresee;

pub use foresee::{Foreseen, Opening, foresee, foresee_opening, proposed_case_no};

use super::findings::Rejudgement;
use super::settle::{Origin, settle_case};
use super::{App, AppError, people, reconcile, remedies};
use crate::domain::account::Scope;
use crate::domain::calendar::{Calendar, Certainty};
use crate::domain::case::{CaseRecord, Conclusion, StepsDone};
use crate::domain::deadline::reckon;
use crate::domain::finding::Finding;
use crate::domain::ids::{CaseId, RunId};
use crate::domain::name::Name;
use crate::domain::obligation::{Obligation, State, case_key};
use crate::domain::person::{IdNumber, normal_name};
use crate::domain::policy::{Anchor, Event, Guard};
use crate::domain::procedure::{Act, CaseState, Changes, Dated, Effect, in_time, step};
use crate::domain::time::Moment;
use crate::domain::written::{self, Size};
use crate::store::case_events::{self, CaseEvent};
use crate::store::cases::{self, StoredCase};
use crate::store::journal::{ACTOR_SERVICE, Entry};
use crate::store::matters::{self, Matter};
use crate::store::people::Person;
use crate::store::runs::{self, Run};
use crate::store::{Tx, findings, journal, obligations, papers, people as store_people};
use chrono::{Datelike, NaiveDate};
use serde::Serialize;

/// A case to open.
#[derive(Debug, Clone)]
pub struct NewCase {
    /// 案件编号; `None`: the next one of the organ and year.
    pub case_no: Option<String>,
    /// 事项编号, where several cadres share one matter.
    pub matter_no: Option<String>,
    /// 事项名称
    pub matter: String,
    /// 姓名
    pub name: String,
    /// 公民身份号码
    pub id: IdNumber,
    /// 单位
    pub unit: String,
    /// 问责实施机关
    pub organ: Option<String>,
    /// 经办人
    pub handler: Option<String>,
    /// 主管部门
    pub competent: Option<String>,
    /// 上级部门
    pub superior: Option<String>,
}

/// Which case is meant.
#[derive(Debug, Clone)]
pub struct CaseRef {
    /// 案件编号
    pub case_no: String,
    /// 姓名, where several cadres share the number.
    pub name: Option<String>,
    /// The version that was looked at; another one is a conflict.
    pub version: Option<i64>,
}

/// How a case is meant: by its number as people write it, or as a page shows it.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// By number, and by name where several cadres share it.
    Named(&'a CaseRef),
    /// The case itself, in the version that was looked at.
    Seen {
        /// Its id.
        id: &'a CaseId,
        /// Another version is a conflict.
        version: Option<i64>,
    },
}

impl Which<'_> {
    fn version(self) -> Option<i64> {
        match self {
            Self::Named(named) => named.version,
            Self::Seen { version, .. } => version,
        }
    }
}

impl<'a> From<&'a CaseRef> for Which<'a> {
    fn from(named: &'a CaseRef) -> Self {
        Self::Named(named)
    }
}

/// What an accepted act did.
#[derive(Debug, Clone, Serialize)]
pub struct Done {
    /// Id of the case.
    #[serde(skip)]
    pub id: CaseId,
    /// 案件编号
    pub case: String,
    /// Version after the act.
    pub version: i64,
    /// Where the case stands.
    pub stage: &'static str,
    /// What was done.
    pub act: String,
    /// What people should know.
    pub warnings: Vec<String>,
    /// Open limits of the case.
    pub limits: Vec<LimitLine>,
    /// Findings that were closed because of what the case protects now.
    pub findings_closed: u32,
    /// Findings that were opened or became graver because of it.
    pub findings_opened: u32,
}

/// One limit of a case.
#[derive(Debug, Clone, Serialize)]
pub struct LimitLine {
    /// Id of the obligation, for `explain obligation`.
    pub id: String,
    /// Name of the limit in the profile.
    pub limit: String,
    /// Its name for people.
    pub name: String,
    /// `open`, `met` or `void`.
    pub state: &'static str,
    /// Due day.
    pub due: String,
    /// `firm`, `open` or `unpublished`.
    pub certainty: &'static str,
    /// Day it was done.
    pub met_on: Option<String>,
    /// Whether its clock stands still.
    pub stopped: bool,
}

impl LimitLine {
    /// What is said behind a due day that a notice may still move.
    pub fn provisional(&self) -> String {
        Certainty::parse(self.certainty)
            .filter(|certainty| *certainty != Certainty::Firm)
            .map(|certainty| format!("（{}）", certainty.zh()))
            .unwrap_or_default()
    }
}

/// Everything kept about a case, for `case show`.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The case as stored.
    pub case: StoredCase,
    /// Name of the cadre.
    pub name: String,
    /// What its acts add up to.
    pub state: CaseState,
    /// The acts in order.
    pub events: Vec<CaseEvent>,
    /// Its limits.
    pub limits: Vec<LimitLine>,
    /// Findings that are still open.
    pub findings: Vec<Finding>,
    /// Papers issued.
    pub papers: Vec<papers::StoredPaper>,
    /// Numbers of the other cases of the matter.
    pub siblings: Vec<String>,
}

/// Opens a case with its first act.
pub async fn open(app: &App, new: &NewCase, first: &Dated<'_>, actor: &str) -> Result<Done, AppError> {
    open_for(app, new, first, actor, (&Scope::WHOLE, None)).await
}

/// The same on behalf of somebody who sees a part of the tree: what is refused tells nothing of other cases. Whoever
/// checked the case before names the other cases of the cadre that they saw; another one since is a conflict.
pub async fn open_for(
    app: &App,
    new: &NewCase,
    first: &Dated<'_>,
    actor: &str,
    (scope, seen): (&Scope, Option<&str>),
) -> Result<Done, AppError> {
    let now = app.now();
    let new = &tidy(new)?;
    organ_named(app, new)?;
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let matter = matter_of(&mut tx, new, now, scope).await?;
    let case_no = match &new.case_no {
        Some(no) => no.clone(),
        None => next_case_no(&mut tx, now).await?,
    };
    let person = person_of(app, &mut tx, new).await?;
    if let Some(seen) = seen {
        let others = others_of(&mut tx, &person, scope).await?.join("、");
        if seen != others {
            return Err(AppError::Conflict(format!(
                "核对以后这名干部又有案件登记（现有 {others}）：请再核对是否同一事项，不是的再登记"
            )));
        }
    }
    let id = id_of_new(&mut tx, new, &case_no, &person, scope).await?;
    let case = StoredCase {
        id,
        person: person.id,
        record: blank_record(
            new,
            case_no,
            matter.map_or_else(|| new.matter.clone(), |matter| matter.title),
        ),
        run: entry_run(&mut tx, now).await?,
        first: now,
        matter_no: new.matter_no.clone(),
        version: 0,
    };
    cases::put(&mut tx, &case).await?;
    let done = take(app, &mut tx, case, true, first, actor, now).await?;
    tx.commit().await?;
    Ok(done)
}

/// The id of a case that is not there yet: nobody has two cases in one matter or under one number.
async fn id_of_new(
    tx: &mut Tx,
    new: &NewCase,
    case_no: &str,
    person: &Person,
    scope: &Scope,
) -> Result<CaseId, AppError> {
    if let Some(number) = &new.matter_no
        && let Some(same) = cases::of_matter(tx, number)
            .await?
            .into_iter()
            .find(|other| other.person == person.id)
    {
        return Err(AppError::Input(if sees(scope, &same, Some(person)) {
            format!(
                "事项 {number} 中已有这名干部的案件 {}：请在该案件中登记下一步",
                same.record.case_no
            )
        } else {
            format!("事项 {number} 中已有这名干部的案件，由其他单位承办")
        }));
    }
    let same_number = cases::by_number(tx, case_no).await?;
    if scope.unit().is_some() {
        // Whoever it is about: a number that others use is no longer free.
        for other in &same_number {
            let cadre = store_people::by_id(tx, &other.person).await?;
            if !sees(scope, other, cadre.as_ref()) {
                return Err(AppError::Input(format!("案件编号 {case_no} 已由其他单位使用，请另编")));
            }
        }
    }
    // Several cadres of one matter share a number, as in a register; mails and searches know the matter by it.
    if let Some(other) = same_number.first()
        && same_number.iter().all(|other| other.record.matter != new.matter)
    {
        return Err(AppError::Input(format!(
            "案件编号 {case_no} 已用于另一事项「{}」：请另编；同一事项的几名干部，事项名称写得相同",
            other.record.matter
        )));
    }
    let id = CaseId::of(&format!("{case_no}|{}", person.id));
    if cases::by_id(tx, id.as_str()).await?.is_some() {
        return Err(AppError::Input(format!(
            "案件 {case_no} 已有这名干部；请直接登记下一步，或另编案件编号"
        )));
    }
    Ok(id)
}

/// Numbers of the cases of a cadre that may be named to somebody.
async fn others_of(tx: &mut Tx, cadre: &Person, scope: &Scope) -> Result<Vec<String>, AppError> {
    let all = cases::of_person(tx, &cadre.id).await?.into_iter();
    let seen = all.filter(|case| sees(scope, case, Some(cadre)));
    Ok(seen.map(|case| case.record.case_no).collect())
}

/// Whether a case may be named to somebody: its unit, its organ, or the unit in which the roster has the cadre is theirs.
fn sees(scope: &Scope, case: &StoredCase, cadre: Option<&Person>) -> bool {
    let roster_unit = cadre.and_then(|cadre| cadre.roster_unit.as_deref());
    let record = &case.record;
    [Some(record.unit.as_str()), record.organ.as_deref(), roster_unit]
        .into_iter()
        .any(|unit| scope.holds(unit))
}

/// A case names its organ where the profile insists on it.
fn organ_named(app: &App, new: &NewCase) -> Result<(), AppError> {
    if app.policy.insists_on(Guard::OrganNamed) && new.organ.is_none() {
        return Err(AppError::Input(
            "请写明问责实施机关（--organ）：谁问责追责、谁容错（二(四)）".to_owned(),
        ));
    }
    Ok(())
}

/// Without blanks around the texts; an empty one is none.
fn tidy(new: &NewCase) -> Result<NewCase, AppError> {
    let line = |what: &str, text: &str| {
        let text = text.trim();
        written::check(what, text, Size::Line).map_err(AppError::Input)?;
        Ok::<_, AppError>(Some(text.to_owned()).filter(|text| !text.is_empty()))
    };
    let needed = |what: &str, text: &str| line(what, text)?.ok_or_else(|| AppError::Input(format!("请写明{what}")));
    let optional = |what: &str, text: &Option<String>| line(what, text.as_deref().unwrap_or_default());
    Ok(NewCase {
        case_no: optional("案件编号", &new.case_no)?,
        matter_no: optional("事项编号", &new.matter_no)?,
        matter: needed("事项名称", &new.matter)?,
        name: needed("姓名", &new.name)?,
        id: new.id.clone(),
        unit: needed("单位", &new.unit)?,
        organ: optional("问责实施机关", &new.organ)?,
        handler: optional("经办人", &new.handler)?,
        competent: optional("主管部门", &new.competent)?,
        superior: optional("上级部门", &new.superior)?,
    })
}

/// Records an act in a case.
pub async fn act<'a>(app: &App, which: impl Into<Which<'a>>, dated: &Dated<'_>, actor: &str) -> Result<Done, AppError> {
    let which = which.into();
    let now = app.now();
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let case = find(&mut tx, which).await?;
    if which.version().is_none() {
        seen_before_changed(&mut tx, &case, dated.act, now).await?;
    }
    let done = take(app, &mut tx, case, false, dated, actor, now).await?;
    tx.commit().await?;
    Ok(done)
}

/// Nobody writes over what another has written without having seen it: such an act names the version it was seen in.
async fn seen_before_changed(tx: &mut Tx, case: &StoredCase, act: &Act, now: Moment) -> Result<(), AppError> {
    let events = case_events::of_case(tx, &case.id).await?;
    let state = state_of(case, &events, now);
    let Some(what) = act.writes_over(&case.record, &state) else {
        return Ok(());
    };
    Err(AppError::Input(format!(
        "「{what}」已登记为别的内容，这次会盖过它：请先用 case show 查看，再写明看到的版本（--version {}）",
        case.version
    )))
}

/// Everything about a case. It shows a person's file, so the view is journaled.
pub async fn show<'a>(app: &App, which: impl Into<Which<'a>>, actor: &str) -> Result<Shown, AppError> {
    let which = which.into();
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let case = find(&mut tx, which).await?;
    let events = case_events::of_case(&mut tx, &case.id).await?;
    let state = state_of(&case, &events, now);
    let name = store_people::by_id(&mut tx, &case.person)
        .await?
        .map(|person| person.name)
        .unwrap_or_default();
    let limits = lines(app, &obligations::of_subject(&mut tx, case.id.as_str()).await?);
    let findings = findings::open_of_case(&mut tx, &case.id).await?;
    let papers = papers::of_case(&mut tx, &case.id).await?;
    let siblings = match &case.matter_no {
        Some(matter) => cases::of_matter(&mut tx, matter)
            .await?
            .into_iter()
            .filter(|other| other.id != case.id)
            .map(|other| other.record.case_no)
            .collect(),
        None => Vec::new(),
    };
    let entry = Entry {
        actor,
        action: "view",
        object_kind: "case",
        object_id: case.id.as_str(),
        detail: format!("查看案件 {}", case.record.case_no),
    };
    journal::append(&mut tx, now, &[entry]).await?;
    tx.commit().await?;
    Ok(Shown {
        case,
        name,
        state,
        events,
        limits,
        findings,
        papers,
        siblings,
    })
}

/// The case that is meant, in the version that was seen.
pub(super) async fn find(tx: &mut Tx, which: Which<'_>) -> Result<StoredCase, AppError> {
    let case = match which {
        Which::Named(named) => by_name(tx, named).await?,
        Which::Seen { id, .. } => cases::by_id(tx, id.as_str())
            .await?
            .ok_or_else(|| AppError::Input("没有这件案件".to_owned()))?,
    };
    match which.version() {
        Some(seen) if seen != case.version => Err(conflict(&case.record.case_no, seen, case.version)),
        _ => Ok(case),
    }
}

/// Several cadres of one number are told apart by name.
async fn by_name(tx: &mut Tx, which: &CaseRef) -> Result<StoredCase, AppError> {
    let mut found = cases::by_number(tx, which.case_no.trim()).await?;
    if let Some(name) = &which.name {
        let wanted = normal_name(name);
        let mut own = Vec::new();
        for case in found {
            let holder = store_people::by_id(tx, &case.person).await?;
            if holder.is_some_and(|person| person.name_key == wanted) {
                own.push(case);
            }
        }
        found = own;
    }
    let count = found.len();
    match (found.pop(), count) {
        (Some(case), 1) => Ok(case),
        (None, _) => Err(AppError::Input(format!(
            "没有案件「{}」，请核对编号和姓名",
            which.case_no
        ))),
        (Some(_), _) => Err(AppError::Input(format!(
            "案件「{}」有 {count} 名干部，请用 --name 写明是哪一名",
            which.case_no
        ))),
    }
}

fn conflict(case_no: &str, seen: i64, now: i64) -> AppError {
    AppError::Conflict(format!(
        "案件「{case_no}」在查看（第 {seen} 版）之后已被他人登记（现为第 {now} 版），本次没有改动；请重新查看后再办"
    ))
}

/// What a case's acts add up to; a line of the register counts as one act.
pub(super) fn state_of(case: &StoredCase, events: &[CaseEvent], now: Moment) -> CaseState {
    if case.version == 0 && events.is_empty() {
        let baseline = CaseState::baseline(&case.record, now.day());
        let day = case.record.concluded_on.unwrap_or_else(|| case.first.day());
        return CaseState::of([(&baseline, day)]);
    }
    CaseState::of(events.iter().map(|event| (&event.act, event.day)))
}

async fn take(
    app: &App,
    tx: &mut Tx,
    mut case: StoredCase,
    fresh: bool,
    dated: &Dated<'_>,
    actor: &str,
    now: Moment,
) -> Result<Done, AppError> {
    let events = case_events::of_case(tx, &case.id).await?;
    let mut seq = events.last().map_or(0, |event| event.seq);
    if seq >= case_events::MOST {
        return Err(AppError::Input(
            "案件的登记已达上限，请核对是否登记到了别的案件".to_owned(),
        ));
    }
    let state = if fresh {
        CaseState::default()
    } else {
        state_of(&case, &events, now)
    };
    let mut accepted = step(&state, dated, &app.policy, now.day()).map_err(|refused| AppError::Input(refused.0))?;
    if !cases::bump(tx, &case.id, case.version).await? {
        return Err(conflict(&case.record.case_no, case.version, case.version + 1));
    }
    if !fresh && events.is_empty() {
        seq += 1;
        let baseline = CaseEvent {
            seq,
            act: CaseState::baseline(&case.record, now.day()),
            day: case.record.concluded_on.unwrap_or_else(|| case.first.day()),
            // Whoever acts first did not write the register.
            actor: ACTOR_SERVICE.to_owned(),
            at: now,
        };
        case_events::append(tx, &case.id, &baseline).await?;
    }
    let kept = CaseEvent {
        seq: seq + 1,
        act: dated.act.clone(),
        day: dated.day,
        actor: actor.to_owned(),
        at: now,
    };
    case_events::append(tx, &case.id, &kept).await?;
    case.version += 1;
    let before = case.record.clone();
    project(&mut case.record, &accepted.state);
    if let Act::Amend { changes, .. } = dated.act {
        describe(&mut case.record, changes);
    }
    cases::put(tx, &case).await?;
    let entry = Entry {
        actor,
        action: "case.act",
        object_kind: "case",
        object_id: case.id.as_str(),
        detail: format!(
            "{}：{}（{}）",
            case.record.case_no,
            dated.act.zh(&app.policy),
            dated.day
        ),
    };
    journal::append(tx, now, &[entry]).await?;
    let mut approved_over = false;
    for effect in &accepted.effects {
        match effect {
            Effect::ClockChanged(limit) => {
                let late = clock(app, tx, &case, *limit, &accepted.state, dated, now).await?;
                accepted.warnings.extend(late);
            }
            Effect::ApprovedOver => approved_over = true,
        }
    }
    let origin = Origin {
        run: None,
        new_case: false,
        actor,
    };
    settle_case(app, tx, &case, &accepted.state.timeline(), &origin, now).await?;
    if fresh && matches!(dated.act, Act::Register { .. }) {
        remedies::follow_case(app, tx, &case, actor, now).await?;
    }
    let again = if fresh || protects(&before) == protects(&case.record) {
        Rejudgement::default()
    } else {
        Box::pin(remedies::case_changed(app, tx, &case, actor, now)).await?
    };
    let stored = obligations::of_subject(tx, case.id.as_str()).await?;
    let mut warnings = accepted.warnings;
    if approved_over {
        warnings.extend(report_over(app, tx, &stored, now).await?);
    }
    Ok(Done {
        id: case.id.clone(),
        case: case.record.case_no.clone(),
        version: case.version,
        stage: accepted.state.stage.zh(),
        act: dated.act.zh(&app.policy),
        warnings,
        limits: lines(app, &stored)
            .into_iter()
            .filter(|line| line.state == "open")
            .collect(),
        findings_closed: again.closed,
        findings_opened: again.opened + again.raised,
    })
}

/// What of a case decides whom it protects how.
pub(super) fn protects(record: &CaseRecord) -> (Conclusion, Option<NaiveDate>, Option<&str>, bool, Option<NaiveDate>) {
    (
        record.conclusion,
        record.concluded_on,
        record.measure.as_deref(),
        record.revoked,
        record.revoked_on,
    )
}

/// Tells of an exoneration over a grave finding in the same transaction: whoever recorded it cannot come before the mail
/// by recording the report as well.
async fn report_over(app: &App, tx: &mut Tx, stored: &[Obligation], now: Moment) -> Result<Option<String>, AppError> {
    let mut untold = 0;
    for owed in stored {
        let rule = app.policy.rule(owed.rule);
        let from_override = rule.is_some_and(|limit| limit.anchor == Anchor::Event(Event::OVERRIDDEN));
        if from_override && owed.state == State::Open {
            untold += reconcile::at_once(app, tx, owed, now).await?.untold;
        }
    }
    Ok((untold > 0).then(|| "书面特批应当报告，但联系人中没有可以告知的人：请导入联系人".to_owned()))
}

/// The row that lists, pages and the judgement read.
fn project(record: &mut CaseRecord, state: &CaseState) {
    record.conclusion = state.standing();
    record.concluded_on = state.days.get(&Event::CONCLUSION).copied();
    record.doc_no.clone_from(&state.doc_no);
    record.measure.clone_from(&state.measure);
    record.revoked_on = state.days.get(&Event::REVOKED).copied();
    record.revoked = record.revoked_on.is_some() || (record.revoked && state.registered);
    record.done = state.done();
}

/// What an act fills in or changes beside the procedure.
fn describe(record: &mut CaseRecord, changes: &Changes) {
    let new = |text: &Option<String>| text.as_deref().map(|text| text.trim().to_owned());
    if let Some(matter) = new(&changes.matter) {
        record.matter = matter;
    }
    for (field, text) in [
        (&mut record.organ, &changes.organ),
        (&mut record.handler, &changes.handler),
        (&mut record.competent, &changes.competent),
        (&mut record.superior, &changes.superior),
    ] {
        if let Some(text) = new(text) {
            *field = Some(text);
        }
    }
}

/// Puts what was decided about a limit's clock on its obligation, if it came in time.
async fn clock(
    app: &App,
    tx: &mut Tx,
    case: &StoredCase,
    limit: Name,
    state: &CaseState,
    dated: &Dated<'_>,
    now: Moment,
) -> Result<Vec<String>, AppError> {
    let key = case_key(case.id.as_str(), limit);
    let stored = obligations::of_subject(tx, case.id.as_str()).await?;
    let Some(before) = stored.into_iter().find(|one| one.key == key) else {
        return Err(AppError::Input(format!("期限「{limit}」还没有起算")));
    };
    let calendars = app.calendars();
    let (calendar, _) = calendars.of(case.record.organ.as_deref());
    let late = in_time(
        dated.act,
        (dated.day, now.day()),
        before.due.day,
        apply_by(app, limit, dated.act, calendar)?,
    )
    .map_err(|refused| AppError::Input(refused.0))?;
    let after = Obligation {
        adjustments: state.adjustments.get(&limit).cloned().unwrap_or_default(),
        next_at: Some(now),
        ..before
    };
    obligations::put(tx, &after).await?;
    Ok(late)
}

/// The last day to ask for time lost to an obstacle.
fn apply_by(app: &App, limit: Name, act: &Act, calendar: &Calendar) -> Result<Option<NaiveDate>, AppError> {
    let rule = app.policy.rule(limit).and_then(|limit| limit.postponement.as_ref());
    match (act, rule) {
        (Act::Postpone { until, .. }, Some(rule)) => {
            let end = reckon(rule.terms(app.policy.roll_off), *until, &[], calendar)?;
            Ok(Some(end.day))
        }
        _ => Ok(None),
    }
}

fn lines(app: &App, stored: &[Obligation]) -> Vec<LimitLine> {
    stored
        .iter()
        .map(|o| LimitLine {
            id: o.id.as_str().to_owned(),
            limit: o.rule.as_str().to_owned(),
            name: super::wording::name(app, o),
            state: o.state.as_str(),
            due: o.due.day.to_string(),
            certainty: o.due.certainty.as_str(),
            met_on: o.met_on.map(|day| day.to_string()),
            stopped: crate::domain::deadline::is_stopped(&o.adjustments),
        })
        .collect()
}

/// Kind of the run that stands for entry by hand.
const ENTRY: &str = "entry";

/// Cases entered by hand belong to one run, as those of a register belong to the import.
async fn entry_run(tx: &mut Tx, now: Moment) -> Result<RunId, AppError> {
    let run = Run {
        id: RunId::of(ENTRY),
        kind: ENTRY.to_owned(),
        file: "逐步登记".to_owned(),
        file_hash: String::new(),
        unit: None,
        period: None,
        rows_read: 0,
        rows_bad: 0,
        rows_changed: 0,
        counts: "{}".to_owned(),
        at: now,
    };
    runs::put(tx, &run).await?;
    Ok(run.id)
}

async fn matter_of(tx: &mut Tx, new: &NewCase, now: Moment, scope: &Scope) -> Result<Option<Matter>, AppError> {
    let Some(number) = &new.matter_no else {
        return Ok(None);
    };
    let matter = Matter {
        number: number.clone(),
        title: new.matter.clone(),
        organ: new.organ.clone(),
    };
    matters::put_new(tx, &matter, now).await?;
    let kept = matters::by_number(tx, number).await?.unwrap_or(matter);
    same_matter(&kept, new, scope)?;
    Ok(Some(kept))
}

fn same_matter(kept: &Matter, new: &NewCase, scope: &Scope) -> Result<(), AppError> {
    if kept.title != new.matter || kept.organ != new.organ {
        if !scope.holds(kept.organ.as_deref()) {
            return Err(AppError::Input(format!(
                "事项编号 {} 已由其他单位使用，请核对或另编",
                kept.number
            )));
        }
        return Err(AppError::Input(format!(
            "事项 {} 已登记为「{}」，与这次所写的名称或问责实施机关不同，请核对",
            kept.number, kept.title
        )));
    }
    Ok(())
}

/// One run of numbers for all organs: a case number says nothing of its organ, so two of them must not share one.
async fn next_case_no(tx: &mut Tx, now: Moment) -> Result<String, AppError> {
    let year = now.day().year();
    loop {
        let serial = papers::next_number(tx, "", "RC", year).await?;
        let number = format!("RC-{year}-{serial:03}");
        // A register may have used the number before.
        if cases::by_number(tx, &number).await?.is_empty() {
            return Ok(number);
        }
    }
}

/// The cadre a new case means.
async fn person_meant(app: &App, tx: &mut Tx, new: &NewCase) -> Result<people::Found, AppError> {
    let named = people::Named {
        name: &new.name,
        id: &new.id,
        unit: &new.unit,
        ordinal: 1,
    };
    people::find(tx, &app.keys, &named)
        .await?
        .ok_or_else(|| AppError::Input("该单位有多名同名干部，无身份证号无法确定是谁；请写明公民身份号码".to_owned()))
}

async fn person_of(app: &App, tx: &mut Tx, new: &NewCase) -> Result<Person, AppError> {
    let mut found = person_meant(app, tx, new).await?;
    if found.is_new || found.sealed.is_some() || found.person.register_unit.is_none() {
        found.person.register_unit = Some(new.unit.clone());
        store_people::put(tx, &found.person, found.sealed.as_deref()).await?;
    }
    Ok(found.person)
}

fn blank_record(new: &NewCase, case_no: String, matter: String) -> CaseRecord {
    CaseRecord {
        case_no,
        name: String::new(),
        id: IdNumber::Missing,
        unit: new.unit.clone(),
        matter,
        conclusion: CaseState::default().standing(),
        concluded_on: None,
        doc_no: None,
        measure: None,
        revoked: false,
        revoked_on: None,
        organ: new.organ.clone(),
        handler: new.handler.clone(),
        competent: new.competent.clone(),
        superior: new.superior.clone(),
        done: StepsDone::default(),
    }
}

/// One line of `case list`.
#[derive(Debug, Clone, Serialize)]
pub struct CaseLine {
    /// 案件编号
    pub case: String,
    /// 事项名称
    pub matter: String,
    /// 单位
    pub unit: String,
    /// Where it stands.
    pub stage: &'static str,
    /// Version.
    pub version: i64,
    /// The open limit that is due first.
    pub next: Option<String>,
}

/// The cases by number, without names; at most so many.
pub async fn list(app: &App, limit: usize) -> Result<Vec<CaseLine>, AppError> {
    let now = app.now();
    let mut tx = app.db.read().await?;
    let mut out = Vec::new();
    for case in cases::all(&mut tx).await?.into_iter().take(limit) {
        let events = case_events::of_case(&mut tx, &case.id).await?;
        let state = state_of(&case, &events, now);
        let next = obligations::of_subject(&mut tx, case.id.as_str())
            .await?
            .into_iter()
            .filter(|o| o.state == State::Open)
            .min_by_key(|o| o.due.day)
            .map(|o| format!("{} {}", o.due.day, super::wording::name(app, &o)));
        out.push(CaseLine {
            case: case.record.case_no,
            matter: case.record.matter,
            unit: case.record.unit,
            stage: state.stage.zh(),
            version: case.version,
            next,
        });
    }
    tx.rollback().await?;
    Ok(out)
}
