//! 案件: the list, one of them as a file, and the register of protections.

use super::days::{self, day};
use super::findings;
use super::obligations::row as obligation_row;
use super::{Slice, number, or_unsaid, reckoning, run_words};
use crate::app::procedure::state_of;
use crate::app::view::{
    AspectView, CaseEventRow, CaseFilter, CaseRow, CaseShow, CaseView, Level, Light, LimitView, Offer, OutcomeRow,
    PageOf, PaperRow, PersonView, PlannedLimit, ProtectedRow, ProtectionShow, Span, StepItem, StepState, StepView,
};
use crate::app::{App, AppError, uncancelled, wording};
use crate::domain::account::{Act, Viewer};
use crate::domain::case::{self, CaseRecord, Conclusion};
use crate::domain::finding::Stage as FindingStage;
use crate::domain::ids::{CaseId, PersonId};
use crate::domain::kept::Kept;
use crate::domain::obligation::{Obligation, State};
use crate::domain::paper::PaperKind;
use crate::domain::policy::{Event, Guard};
use crate::domain::procedure::{Archive, Aspect, CaseState, Stage, What, offered};
use crate::domain::time::Moment;
use crate::domain::written::{self, Size};
use crate::store::case_events::CaseEvent;
use crate::store::casebook::{self, Filter, Line, Show};
use crate::store::cases::{self, StoredCase};
use crate::store::findings::{self as store_findings, StoredFinding};
use crate::store::journal::Entry;
use crate::store::people::Person;
use crate::store::{Tx, accounts, case_events, journal, obligations, outcomes, papers, people};
use chrono::{Days, NaiveDate};
use std::collections::{BTreeMap, HashMap};

/// Outcomes of one cadre on their page.
const OUTCOMES: usize = 200;
/// Outcomes beside a line of the register.
const LAST_OUTCOMES: i64 = 2;
/// Days of a case that are drawn.
const DRAWN: usize = 500;
/// Days ahead up to which a due day stretches the picture.
const AHEAD: u64 = 90;

/// Whether somebody sees the protection a case gives: as the file itself, or by the unit in which the roster has the cadre
/// by now, which must know whom it may not put at a disadvantage.
fn sees(viewer: &Viewer, record: &CaseRecord, person: Option<&Person>) -> bool {
    let roster_unit = person.and_then(|person| person.roster_unit.as_deref());
    sees_file(viewer, record) || viewer.scope.holds(roster_unit)
}

/// Whether somebody sees the file of a case, and may act on it: by the unit of the case, or by the organ that holds it.
fn sees_file(viewer: &Viewer, record: &CaseRecord) -> bool {
    viewer.scope.holds(Some(&record.unit)) || viewer.scope.holds(record.organ.as_deref())
}

/// The findings of a case that somebody sees: a list of another unit's is nothing to the cadre's home unit.
async fn seen_findings(tx: &mut Tx, viewer: &Viewer, case: &CaseId) -> Result<Vec<StoredFinding>, AppError> {
    let mut seen = Vec::new();
    for one in store_findings::of_case(tx, case).await? {
        let id = one.finding.id.as_str();
        if viewer.scope.unit().is_none() || store_findings::seen_by_id(tx, id, &viewer.scope).await?.is_some() {
            seen.push(one);
        }
    }
    Ok(seen)
}

/// Whether a case is there and seen by the viewer.
pub async fn sees_case(app: &App, viewer: &Viewer, id: &CaseId) -> Result<bool, AppError> {
    let mut tx = app.db.read().await?;
    let seen = seen(&mut tx, viewer, id).await?.is_some();
    tx.rollback().await?;
    Ok(seen)
}

async fn seen(tx: &mut Tx, viewer: &Viewer, id: &CaseId) -> Result<Option<(StoredCase, Option<Person>)>, AppError> {
    let Some(case) = cases::by_id(tx, id.as_str()).await? else {
        return Ok(None);
    };
    let person = people::by_id(tx, &case.person).await?;
    Ok(sees_file(viewer, &case.record).then_some((case, person)))
}

/// Journals that somebody looks at a file, and why, where they say. The page is shown only after it stands.
async fn looked(
    app: &App,
    viewer: &Viewer,
    purpose: Option<&str>,
    (object_kind, object_id, what): (&'static str, String, String),
) -> Result<(), AppError> {
    let detail = match stated(purpose)? {
        Some(purpose) => format!("{what}，事由：{purpose}"),
        None => what,
    };
    let (app, actor) = (app.clone(), viewer.actor());
    uncancelled(async move {
        let mut tx = app.db.begin().await?;
        let entry = Entry {
            actor: &actor,
            action: "view",
            object_kind,
            object_id: &object_id,
            detail,
        };
        journal::append(&mut tx, app.now(), &[entry]).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

fn stated(purpose: Option<&str>) -> Result<Option<&str>, AppError> {
    let purpose = purpose.map(str::trim).filter(|purpose| !purpose.is_empty());
    if let Some(purpose) = purpose {
        written::check("查阅事由", purpose, Size::Line).map_err(AppError::Input)?;
    }
    Ok(purpose)
}

/// A page of cases. It names cadres, so the view is journaled with the cases it shows.
pub async fn cases(app: &App, viewer: &Viewer, asked: &CaseFilter<CaseShow>) -> Result<PageOf<CaseRow>, AppError> {
    let slice = Slice::of(asked.page);
    let today = app.now().day();
    let wanted = Filter {
        show: match asked.show {
            CaseShow::UnderWay => Show::UnderWay,
            CaseShow::Mine => Show::Owing,
            CaseShow::Protecting => Show::Protecting,
            CaseShow::NotTolerated => Show::NotTolerated,
            CaseShow::Revoked => Show::Revoked,
            CaseShow::All => Show::All,
        },
        text: asked.text.as_deref(),
        unit: asked.unit.as_deref(),
        handler: (asked.show == CaseShow::Mine).then_some(viewer.name.as_str()),
        scope: &viewer.scope,
        today,
    };
    let mut tx = app.db.read().await?;
    let (found, total) = casebook::page(&mut tx, &wanted, slice.limit, slice.offset).await?;
    let mut rows = Vec::with_capacity(found.len());
    for line in found {
        rows.push(row(app, &mut tx, line, today).await?);
    }
    tx.rollback().await?;
    let shown: Vec<&str> = rows.iter().map(|row| row.number.as_str()).collect();
    let what = format!("查看案件列表第 {} 页：{}", slice.page, shown.join("、"));
    looked(app, viewer, None, ("cases", slice.page.to_string(), what)).await?;
    Ok(slice.of_rows(rows, total))
}

async fn row(app: &App, tx: &mut Tx, line: Line, today: NaiveDate) -> Result<CaseRow, AppError> {
    let owed = obligations::of_subject(tx, line.id.as_str()).await?;
    let open: Vec<&Obligation> = owed.iter().filter(|o| o.state == State::Open).collect();
    Ok(CaseRow {
        next: open.first().map(|o| obligation_row(app, o, today)),
        open: open.len(),
        level: level(line.conclusion, line.revoked, line.revoked_on, today),
        unit: or_unsaid(Some(line.roster_unit.as_deref().unwrap_or(&line.unit))),
        person: or_unsaid(Some(&line.name)),
        conclusion: line.conclusion.zh().to_owned(),
        since: line.concluded_on,
        id: line.id,
        number: line.case_no,
        matter: line.matter,
    })
}

/// How far a conclusion protects on a day; none for one that protects nobody.
fn level(conclusion: Conclusion, revoked: bool, on: Option<NaiveDate>, today: NaiveDate) -> Option<Level> {
    match conclusion.level() {
        _ if revoked && on.is_none_or(|day| day <= today) => Some(Level::Revoked),
        case::Level::Full => Some(Level::Full),
        case::Level::Capped => Some(Level::Capped),
        case::Level::Pending => Some(Level::Pending),
        case::Level::None => None,
    }
}

/// One case as a file, or none that the viewer sees. The view is journaled.
pub async fn case(
    app: &App,
    viewer: &Viewer,
    id: &CaseId,
    purpose: Option<&str>,
) -> Result<Option<CaseView>, AppError> {
    let now = app.now();
    let mut tx = app.db.read().await?;
    let Some((case, person)) = seen(&mut tx, viewer, id).await? else {
        return Ok(None);
    };
    let view = file(app, &mut tx, viewer, case, person, now).await?;
    tx.rollback().await?;
    let what = format!("查看案件 {}", view.number);
    looked(app, viewer, purpose, ("case", id.as_str().to_owned(), what)).await?;
    Ok(Some(view))
}

async fn file(
    app: &App,
    tx: &mut Tx,
    viewer: &Viewer,
    case: StoredCase,
    person: Option<Person>,
    now: Moment,
) -> Result<CaseView, AppError> {
    let today = now.day();
    let events = case_events::of_case(tx, &case.id).await?;
    let state = state_of(&case, &events, now);
    let owed = obligations::of_subject(tx, case.id.as_str()).await?;
    let mut names = Names::default();
    let history = history(app, tx, &case, &events, &mut names).await?;
    let mut issued = Vec::new();
    for paper in papers::of_case(tx, &case.id).await? {
        issued.push(PaperRow {
            kind: PaperKind::from_text(&paper.kind).map_or_else(|| paper.kind.clone(), |kind| kind.zh().to_owned()),
            by: names.of(tx, &paper.actor).await?,
            at: Moment::from_millis(paper.at_ms),
            id: paper.id,
            number: paper.number,
            dated: paper.dated,
        });
    }
    let found = seen_findings(tx, viewer, &case.id).await?;
    let open: Vec<_> = found
        .into_iter()
        .filter(|one| one.state.stage != FindingStage::Closed)
        .collect();
    let findings = findings::rows(app, tx, &open, today).await?;
    let siblings = siblings(tx, viewer, &case).await?;
    let offers = offers(app, &state, today);
    let r = case.record;
    Ok(CaseView {
        stage: state.stage.zh(),
        level: level(r.conclusion, r.revoked, r.revoked_on, today),
        conclusion: r.conclusion.zh().to_owned(),
        concluded_on: r.concluded_on,
        revoked_on: r.revoked_on.filter(|_| r.revoked),
        facts: facts(&r, &state),
        steps: steps(app, &state, &owed, today),
        aspects: Aspect::ALL
            .into_iter()
            .map(|aspect| looked_into(&state, aspect))
            .collect(),
        limits: limits(app, &offers, &owed, today),
        span: span(app, &state, &owed, today),
        person: or_unsaid(person.as_ref().map(|person| person.name.as_str())),
        post: person.as_ref().and_then(|person| person.post.clone()),
        unit: {
            let roster = person.and_then(|person| person.roster_unit);
            or_unsaid(Some(roster.as_deref().unwrap_or(&r.unit)))
        },
        id: case.id,
        version: case.version,
        matter_no: case.matter_no,
        person_id: case.person,
        number: r.case_no,
        matter: r.matter,
        papers: issued,
        siblings,
        history,
        findings,
        offers,
    })
}

fn facts(r: &CaseRecord, state: &CaseState) -> Vec<(&'static str, String)> {
    let meeting = state.meeting.as_ref();
    let meeting = meeting.map(|meeting| format!("{} 人参加，会议纪要 {}", meeting.attendees, meeting.minutes_no));
    [
        ("问责实施机关", r.organ.clone()),
        ("经办人", r.handler.clone()),
        ("主管部门", r.competent.clone()),
        ("上级部门", r.superior.clone()),
        ("集体研究", meeting),
        ("结论文号", r.doc_no.clone()),
        ("处理措施", r.measure.clone()),
        ("法规依据", state.basis.clone()),
    ]
    .into_iter()
    .filter_map(|(name, text)| Some((name, text?)))
    .collect()
}

fn looked_into(state: &CaseState, aspect: Aspect) -> AspectView {
    AspectView {
        word: aspect.zh(),
        question: aspect.question(),
        found: state.considered.get(&aspect).map(|one| {
            let (finding, evidence) = (one.finding.clone(), one.evidence.clone());
            (one.weight.zh(), finding, evidence, one.day)
        }),
    }
}

async fn siblings(tx: &mut Tx, viewer: &Viewer, case: &StoredCase) -> Result<Vec<(CaseId, String)>, AppError> {
    let Some(matter) = &case.matter_no else {
        return Ok(Vec::new());
    };
    let mut siblings = Vec::new();
    for other in cases::of_matter(tx, matter).await? {
        if other.id != case.id && sees_file(viewer, &other.record) {
            siblings.push((other.id, other.record.case_no));
        }
    }
    Ok(siblings)
}

/// The names behind the accounts that acted, each looked up once.
#[derive(Default)]
struct Names(HashMap<String, String>);

impl Names {
    async fn of(&mut self, tx: &mut Tx, actor: &str) -> Result<String, AppError> {
        let Some(login) = actor.strip_prefix("account:") else {
            return Ok(wording::actor(actor).to_owned());
        };
        if let Some(known) = self.0.get(login) {
            return Ok(known.clone());
        }
        let account = accounts::by_login(tx, login).await?;
        let name = account.map_or_else(|| login.to_owned(), |account| account.name);
        self.0.insert(login.to_owned(), name.clone());
        Ok(name)
    }
}

async fn history(
    app: &App,
    tx: &mut Tx,
    case: &StoredCase,
    events: &[CaseEvent],
    names: &mut Names,
) -> Result<Vec<CaseEventRow>, AppError> {
    if events.is_empty() {
        let act = CaseState::baseline(&case.record, case.first.day());
        return Ok(vec![CaseEventRow {
            day: case.record.concluded_on.unwrap_or_else(|| case.first.day()),
            at: case.first,
            by: run_words(tx, Some(&case.run)).await?.to_owned(),
            text: act.zh(&app.policy),
            details: Vec::new(),
        }]);
    }
    let mut rows = Vec::with_capacity(events.len());
    for event in events.iter().rev() {
        let texts = event.act.texts().into_iter();
        rows.push(CaseEventRow {
            day: event.day,
            at: event.at,
            by: names.of(tx, &event.actor).await?,
            text: event.act.zh(&app.policy),
            details: texts.map(|(name, text, _)| (name, text.trim().to_owned())).collect(),
        });
    }
    Ok(rows)
}

fn offers(app: &App, state: &CaseState, today: NaiveDate) -> Vec<Offer> {
    let offer = |what: &What| Offer {
        what: *what,
        why_not: offered(state, *what, &app.policy, today).err().map(|refused| refused.0),
    };
    What::ALL.iter().map(offer).collect()
}

/// What belongs to each step of the way.
const STEPS: [(&str, &[Event]); 5] = [
    (
        "启动",
        &[
            Event::ACCOUNTABILITY_STARTED,
            Event::APPLIED,
            Event::REVIEWED,
            Event::ACCEPTED,
            Event::CLARIFICATION_OPENED,
        ],
    ),
    ("调查", &[Event::REPORT_FORMED]),
    ("集体研究", &[Event::DECIDED, Event::CLARIFIED, Event::CONCLUSION]),
    (
        "反馈",
        &[
            Event::FEEDBACK_SUBJECT,
            Event::FEEDBACK_COMPETENT,
            Event::FEEDBACK_SUPERIOR,
            Event::FEEDBACK_ORGANIZATION,
            Event::EXPLAINED,
        ],
    ),
    (
        "归档",
        &[
            Event::ARCHIVED_PERSONNEL,
            Event::ARCHIVED_INTEGRITY,
            Event::ARCHIVED_FILE,
        ],
    ),
];

fn steps(app: &App, state: &CaseState, owed: &[Obligation], today: NaiveDate) -> Vec<StepView> {
    let reached = match (state.stage, state.conclusion) {
        (_, Some(_)) => 3,
        (Stage::Reported | Stage::Decided, _) => 2,
        (Stage::New | Stage::AccountabilityOnly | Stage::NoCircumstance | Stage::Applied, _) => 0,
        _ => 1,
    };
    let step = |(at, (word, events)): (usize, (&'static str, &[Event]))| {
        let done = events.iter().filter_map(|event| {
            Some(StepItem {
                word: app.policy.event_zh(*event),
                day: Some(*state.days.get(event)?),
                light: None,
            })
        });
        let ahead = owed.iter().filter(|o| {
            let by = app.policy.rule(o.rule).and_then(|limit| limit.done_by);
            o.state == State::Open && by.is_some_and(|by| events.contains(&by))
        });
        let ahead = ahead.map(|o| StepItem {
            word: wording::name(app, o),
            day: None,
            light: Some(obligation_row(app, o, today).light),
        });
        let items: Vec<StepItem> = done.chain(ahead).collect();
        let waits = items.iter().any(|item| item.day.is_none());
        StepView {
            word,
            state: match at {
                _ if at < reached && at < 3 => StepState::Done,
                _ if at > reached && reached < 3 => StepState::Ahead,
                0..3 => StepState::Now,
                _ if reached < 3 => StepState::Ahead,
                _ if waits => StepState::Now,
                _ if items.is_empty() => StepState::Ahead,
                _ => StepState::Done,
            },
            items,
        }
    };
    STEPS.into_iter().enumerate().map(step).collect()
}

fn limits(app: &App, offers: &[Offer], owed: &[Obligation], today: NaiveDate) -> Vec<LimitView> {
    let mut sorted: Vec<&Obligation> = owed.iter().collect();
    sorted.sort_by_key(|o| match o.state {
        State::Open => 0,
        State::Met => 1,
        State::Void => 2,
    });
    let possible = |what: &What| {
        let offer = offers.iter().find(|offer| offer.what == *what);
        offer.is_some_and(|offer| offer.why_not.is_none())
    };
    let limit = |o: &Obligation| {
        let done_by = app.policy.rule(o.rule).and_then(|limit| limit.done_by);
        let act = done_by.filter(|_| o.state == State::Open).and_then(What::of_event);
        let act = act.filter(possible);
        let reckoning = reckoning::reckoning(app, o, today);
        LimitView {
            row: obligation_row(app, o, today),
            anchor: reckoning.event,
            event_day: reckoning.event_day,
            limit: reckoning.limit,
            source: reckoning.source,
            is_quick: act.is_some_and(|act| act == What::Accept || act.told().is_some() || act.archive().is_some()),
            receipt: act.and_then(What::archive).is_some_and(|into| into != Archive::File)
                && app.policy.insists_on(Guard::ArchiveReceipts),
            event: done_by.filter(|_| act == Some(What::Record)),
            act,
        }
    };
    sorted.into_iter().map(limit).collect()
}

fn span(app: &App, state: &CaseState, owed: &[Obligation], today: NaiveDate) -> Span {
    let mut events: BTreeMap<NaiveDate, Vec<String>> = BTreeMap::new();
    for (event, day) in &state.days {
        // It begins with what is named beside it.
        let said = *event == Event::INVESTIGATION_STARTED && (state.has(Event::REVIEWED) || state.has(Event::ACCEPTED));
        if !said {
            events.entry(*day).or_default().push(app.policy.event_zh(*event));
        }
    }
    let asked: Vec<&Obligation> = owed.iter().filter(|o| o.state != State::Void).collect();
    let open = asked.iter().any(|o| o.state == State::Open);
    let last_event = events.keys().next_back().copied();
    let until = last_event
        .into_iter()
        .chain(open.then_some(today))
        .max()
        .unwrap_or(today);
    let horizon = until.checked_add_days(Days::new(AHEAD)).unwrap_or(until);
    let mut dues: BTreeMap<NaiveDate, Vec<&Obligation>> = BTreeMap::new();
    for o in asked.iter().filter(|o| o.due.day <= horizon) {
        dues.entry(o.due.day).or_default().push(o);
    }
    let first = events
        .keys()
        .next()
        .or_else(|| dues.keys().next())
        .copied()
        .unwrap_or(today);
    let last = dues
        .keys()
        .next_back()
        .copied()
        .into_iter()
        .chain([until])
        .max()
        .unwrap_or(until);
    let days: Vec<_> = first
        .iter_days()
        .take_while(|date| *date <= last)
        .take(DRAWN)
        .map(|date| day(app, date))
        .collect();
    Span {
        clipped: days.last().is_some_and(|day| day.date < last) || asked.iter().any(|o| o.due.day > horizon),
        days,
        events: events.into_iter().map(|(day, words)| (day, words.join("、"))).collect(),
        dues: dues
            .into_iter()
            .map(|(day, several)| {
                let rows: Vec<_> = several.iter().map(|o| obligation_row(app, o, today)).collect();
                let gravest = Light::ALL
                    .into_iter()
                    .find(|light| rows.iter().any(|row| row.light == *light));
                let names: Vec<String> = rows.into_iter().map(|row| row.kind).collect();
                (day, gravest.unwrap_or(Light::Met), names.join("、"))
            })
            .collect(),
        today,
    }
}

/// The limits that an act would make, change or fulfil, each with its reckoning.
pub fn planned(app: &App, limits: &[Obligation]) -> Vec<PlannedLimit> {
    let today = app.now().day();
    limits
        .iter()
        .map(|o| {
            let reckoning = reckoning::reckoning(app, o, today);
            PlannedLimit {
                row: obligation_row(app, o, today),
                id: o.id.clone(),
                anchor: reckoning.event,
                event_day: reckoning.event_day,
                limit: reckoning.limit,
                source: reckoning.source,
                quote: app
                    .policy
                    .rule(o.rule)
                    .map(|limit| limit.quote.clone())
                    .unwrap_or_default(),
                reckoning: wording::reckoning(app, o),
                becomes: match o.state {
                    State::Open => "",
                    State::Met => "随之办结",
                    State::Void => "不再要求",
                },
            }
        })
        .collect()
}

/// Whether an act that fulfils a limit came in time, in words; empty where it fulfils none.
pub async fn kept_in_time(app: &App, id: &CaseId, event: Event) -> Result<String, AppError> {
    let mut tx = app.db.read().await?;
    let owed = obligations::of_subject(&mut tx, id.as_str()).await?;
    tx.rollback().await?;
    let done = owed.iter().find(|o| {
        let by = app.policy.rule(o.rule).and_then(|limit| limit.done_by);
        o.state == State::Met && by == Some(event)
    });
    let Some((o, met)) = done.and_then(|o| Some((o, o.met_on?))) else {
        return Ok(String::new());
    };
    if met <= o.due.day {
        return Ok(format!("{}，按期", o.terms.zh()));
    }
    let late = days::remaining(app.calendars().national(), o.due.day, met);
    let late = late.map_or_else(|| "逾期".to_owned(), super::super::view::Remaining::words);
    Ok(format!("应于 {}，{late}办结", o.due.day))
}

/// A page of the register of protections. It names cadres, so the view is journaled with the cases it shows.
pub async fn protected(
    app: &App,
    viewer: &Viewer,
    asked: &CaseFilter<ProtectionShow>,
) -> Result<PageOf<ProtectedRow>, AppError> {
    let slice = Slice::of(asked.page);
    if !viewer.may(Act::SeeProtections) {
        return Ok(slice.nothing());
    }
    let today = app.now().day();
    let wanted = Filter {
        show: match asked.show {
            ProtectionShow::All => Show::Register,
            ProtectionShow::Full => Show::Full,
            ProtectionShow::Capped => Show::Capped,
            ProtectionShow::Pending => Show::Pending,
            ProtectionShow::Revoked => Show::Revoked,
        },
        text: asked.text.as_deref(),
        unit: asked.unit.as_deref(),
        handler: None,
        scope: &viewer.scope,
        today,
    };
    let mut tx = app.db.read().await?;
    let (found, total) = casebook::page(&mut tx, &wanted, slice.limit, slice.offset).await?;
    let mut rows = Vec::with_capacity(found.len());
    for line in found {
        let last = casebook::last_outcomes(&mut tx, &line.person, &viewer.scope, LAST_OUTCOMES).await?;
        let outcomes = last.into_iter().map(|(domain, period, result)| {
            let said = [domain.zh().to_owned(), period, format!("「{result}」")];
            said.into_iter()
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join(" ")
        });
        rows.push(ProtectedRow {
            outcomes: outcomes.collect(),
            findings: number(casebook::open_findings(&mut tx, &line.person, &viewer.scope).await?),
            // 不予容错 is not selected; one that was revoked is shown as that.
            level: level(line.conclusion, line.revoked, line.revoked_on, today).unwrap_or(Level::Pending),
            revoked: line.revoked_on.filter(|day| line.revoked && *day <= today),
            unit: or_unsaid(Some(line.roster_unit.as_deref().unwrap_or(&line.unit))),
            person: or_unsaid(Some(&line.name)),
            conclusion: line.conclusion.zh().to_owned(),
            since: line.concluded_on,
            person_id: line.person,
            case: line.id,
            number: line.case_no,
            matter: line.matter,
        });
    }
    tx.rollback().await?;
    let shown: Vec<&str> = rows.iter().map(|row| row.number.as_str()).collect();
    let what = format!("查看保护名册第 {} 页：{}", slice.page, shown.join("、"));
    looked(app, viewer, None, ("protections", slice.page.to_string(), what)).await?;
    Ok(slice.of_rows(rows, total))
}

/// A cadre with their cases, outcomes and findings, or nobody the viewer sees. The view is journaled.
pub async fn person(
    app: &App,
    viewer: &Viewer,
    id: &PersonId,
    purpose: Option<&str>,
) -> Result<Option<PersonView>, AppError> {
    stated(purpose)?;
    let today = app.now().day();
    let mut tx = app.db.read().await?;
    let Some(person) = people::by_id(&mut tx, id).await? else {
        return Ok(None);
    };
    let own: Vec<StoredCase> = cases::of_person(&mut tx, id)
        .await?
        .into_iter()
        .filter(|case| sees(viewer, &case.record, Some(&person)))
        .collect();
    if own.is_empty() {
        return Ok(None);
    }
    let (mut lines, mut found) = (Vec::new(), Vec::new());
    for case in &own {
        lines.push(row(app, &mut tx, line(case, &person), today).await?);
        found.extend(seen_findings(&mut tx, viewer, &case.id).await?);
    }
    found.sort_by_key(|one| one.state.stage == FindingStage::Closed);
    let mut kept = outcomes::of_person(&mut tx, id).await?;
    // What a unit recorded is told to those who see the unit.
    kept.retain(|one| viewer.scope.holds(one.unit.as_deref()));
    let findings = if viewer.may(Act::SeeFindings) {
        findings::rows(app, &mut tx, &found, today).await?
    } else {
        Vec::new()
    };
    tx.rollback().await?;
    let numbers: Vec<&str> = own.iter().map(|case| case.record.case_no.as_str()).collect();
    let what = format!("查看受保护人员，案件 {}", numbers.join("、"));
    looked(app, viewer, purpose, ("person", id.as_str().to_owned(), what)).await?;
    let unit = person.roster_unit.as_deref().or(person.register_unit.as_deref());
    Ok(Some(PersonView {
        unit: or_unsaid(unit),
        person: or_unsaid(Some(&person.name)),
        status: person.status.map(crate::domain::person::CadreStatus::zh),
        more_outcomes: kept.len().saturating_sub(OUTCOMES),
        outcomes: kept.into_iter().rev().take(OUTCOMES).map(outcome).collect(),
        post: person.post,
        rank: person.rank,
        cases: lines,
        findings,
    }))
}

fn line(case: &StoredCase, person: &Person) -> Line {
    let r = &case.record;
    Line {
        id: case.id.clone(),
        case_no: r.case_no.clone(),
        person: case.person.clone(),
        name: person.name.clone(),
        unit: r.unit.clone(),
        roster_unit: person.roster_unit.clone(),
        matter: r.matter.clone(),
        conclusion: r.conclusion,
        concluded_on: r.concluded_on,
        revoked: r.revoked,
        revoked_on: r.revoked_on,
    }
}

fn outcome(kept: Kept) -> OutcomeRow {
    let item: Vec<&str> = [kept.item.as_str(), kept.period.as_str()]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    OutcomeRow {
        domain: kept.domain.zh().to_owned(),
        item: item.join("，"),
        result: kept.result,
        reason: kept.reason,
        verdict: kept.verdict,
        is_final: kept.is_final,
        decided: kept.decided_on,
        file: kept.file,
        at: kept.at,
    }
}
