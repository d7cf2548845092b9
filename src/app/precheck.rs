//! Judges a list. Without `keep` it writes a run record and nothing else; with it, judged rows of protected
//! people are kept and findings opened.

use super::import::Source;
use super::{App, AppError};
use crate::domain::alert::Severity;
use crate::domain::finding::{self, Finding};
use crate::domain::ids::{FindingId, ObligationId, PersonId, RunId, hex};
use crate::domain::obligation::{Kind, Obligation, State, due_of};
use crate::domain::person::normal_name;
use crate::domain::protection::list::{Domain, List};
use crate::domain::protection::{
    CaseFacts, GradeFacts, IdKey, JudgeOptions, Judged, PersonFacts, Register, Report, Verdict, judge,
};
use crate::domain::time::Moment;
use crate::store::journal::{ACTOR_LOCAL, Entry};
use crate::store::outcomes::NewOutcome;
use crate::store::people::Person;
use crate::store::runs::Run;
use crate::store::{Tx, cases, findings, journal, obligations, outcomes, people, runs};
use std::collections::{BTreeMap, BTreeSet};

/// How a list is judged and what becomes of it.
pub struct Request<'a> {
    /// The list.
    pub list: &'a List,
    /// The file it came from.
    pub source: &'a Source,
    /// Options of the judgement.
    pub options: JudgeOptions,
    /// Keep judged rows and open findings.
    pub keep: bool,
    /// `precheck` or `outcomes`.
    pub kind: &'static str,
}

/// What a pre-check found and did.
pub struct Checked {
    /// The judgement.
    pub report: Report,
    /// Findings opened now.
    pub opened: u32,
    /// Outcomes kept now.
    pub kept: u32,
}

/// Judges, and keeps when asked to.
pub async fn precheck(app: &App, request: &Request<'_>) -> Result<Checked, AppError> {
    let now = app.now();
    let mut read = app.db.read().await?;
    let register = load_register(app, &mut read, request.list).await?;
    read.rollback().await?;
    let key_of = |id: &crate::domain::person::CitizenId| IdKey(app.keys.lookup(id.reveal()));
    let report = judge(request.list, &register, &app.words, &request.options, &key_of)
        .map_err(|error| AppError::Input(error.to_string()))?;
    let mut tx = app.db.begin().await?;
    let run = record_run(&mut tx, request, &report, now).await?;
    let mut checked = Checked {
        report,
        opened: 0,
        kept: 0,
    };
    if request.keep {
        for judged in &checked.report.results {
            checked.kept += u32::from(keep_outcome(&mut tx, judged, &run).await?);
            checked.opened += u32::from(open_finding(app, &mut tx, judged, request, &run, now).await?);
        }
        if checked.kept + checked.opened > 0 {
            let detail = format!(
                "{}：留存结果 {} 条，新开疑似问题 {} 件",
                request.kind, checked.kept, checked.opened
            );
            journal::append(
                &mut tx,
                now,
                &[Entry {
                    actor: ACTOR_LOCAL,
                    action: "keep",
                    object_kind: "run",
                    object_id: run.as_str(),
                    detail,
                }],
            )
            .await?;
        }
    }
    tx.commit().await?;
    Ok(checked)
}

async fn record_run(tx: &mut Tx, request: &Request<'_>, report: &Report, now: Moment) -> Result<RunId, AppError> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for judged in &report.results {
        *counts.entry(judged.verdict.as_str()).or_default() += 1;
    }
    let domains: Vec<&str> = report.domains.iter().map(|domain| domain.as_str()).collect();
    let id = RunId::of(&format!(
        "{}|{}|{}|{}",
        request.kind, request.source.hash, request.options.as_of, request.keep
    ));
    let run = Run {
        id: id.clone(),
        kind: request.kind.to_owned(),
        file: request.source.file.clone(),
        file_hash: request.source.hash.clone(),
        unit: report.unit.clone(),
        period: report.period.clone(),
        rows_read: i64::from(report.rows_read),
        rows_bad: i64::try_from(report.unreadable.len()).unwrap_or(i64::MAX),
        rows_changed: 0,
        counts: serde_json::json!({ "domains": domains, "verdicts": counts }).to_string(),
        at: now,
    };
    runs::put(tx, &run).await?;
    Ok(id)
}

/// Everybody with a case, and the namesakes and number holders the list names.
async fn load_register(app: &App, tx: &mut Tx, list: &List) -> Result<Register, AppError> {
    let mut by_person: BTreeMap<String, Vec<CaseFacts>> = BTreeMap::new();
    for case in cases::all(tx).await? {
        let r = case.record;
        by_person
            .entry(case.person.as_str().to_owned())
            .or_default()
            .push(CaseFacts {
                case: case.id,
                case_no: r.case_no,
                matter: r.matter,
                conclusion: r.conclusion,
                concluded_on: r.concluded_on,
                doc_no: r.doc_no,
                measure: r.measure,
                revoked: r.revoked,
                revoked_on: r.revoked_on,
            });
    }
    let mut found: BTreeMap<String, Person> = people::with_cases(tx)
        .await?
        .into_iter()
        .map(|person| (person.id.as_str().to_owned(), person))
        .collect();
    let mut names = BTreeSet::new();
    let mut keys = BTreeSet::new();
    for row in list.sheets.iter().flat_map(|sheet| &sheet.rows) {
        names.insert(normal_name(&row.name));
        keys.extend(row.id.valid().map(|id| app.keys.lookup(id.reveal())));
    }
    for name in names.iter().filter(|name| !name.is_empty()) {
        found.extend(
            people::by_name(tx, name)
                .await?
                .into_iter()
                .map(|person| (person.id.as_str().to_owned(), person)),
        );
    }
    for key in keys {
        found.extend(
            people::by_key(tx, &key)
                .await?
                .map(|person| (person.id.as_str().to_owned(), person)),
        );
    }
    let people = found
        .into_values()
        .map(|person| PersonFacts {
            id_key: person.id_key.as_deref().and_then(|key| key.try_into().ok()).map(IdKey),
            cases: by_person.remove(person.id.as_str()).unwrap_or_default(),
            person: person.id,
            name: person.name,
            roster_unit: person.roster_unit,
            register_unit: person.register_unit,
            post: person.post,
            status: person.status,
        })
        .collect();
    let grades = outcomes::grades(tx)
        .await?
        .into_iter()
        .map(|grade| GradeFacts {
            person: PersonId::stored(grade.person_id),
            period: grade.period,
            grade: grade.result,
        })
        .collect();
    Ok(Register {
        people,
        units: crate::store::people::units(tx).await?,
        grades,
    })
}

async fn keep_outcome(tx: &mut Tx, judged: &Judged, run: &RunId) -> Result<bool, AppError> {
    let Some(person) = judged.person.clone().filter(|_| judged.row.is_some()) else {
        return Ok(false);
    };
    let period = judged.period.clone().unwrap_or_default();
    let key = format!(
        "{person}|{}|{}|{period}|{}",
        judged.domain.as_str(),
        judged.item,
        judged.result
    );
    let outcome = NewOutcome {
        id: hex(&<sha2::Sha256 as sha2::Digest>::digest(key.as_bytes())[..10]),
        person,
        domain: judged.domain,
        item: judged.item.clone(),
        period,
        result: judged.result.clone(),
        reason: judged.reason.clone(),
        decided_on: judged.decided_on,
        run: run.clone(),
    };
    Ok(outcomes::insert(tx, &outcome).await?)
}

async fn open_finding(
    app: &App,
    tx: &mut Tx,
    judged: &Judged,
    request: &Request<'_>,
    run: &RunId,
    now: Moment,
) -> Result<bool, AppError> {
    if !matches!(judged.verdict, Verdict::Violation | Verdict::Suspect) {
        return Ok(false);
    }
    let (Some(case), Some(case_no), Some(person)) = (&judged.case_id, &judged.case, &judged.person) else {
        return Ok(false);
    };
    let key = finding::key(
        case,
        judged.domain,
        &judged.item,
        judged.period.as_deref().unwrap_or(""),
        &judged.result,
    );
    let finding = Finding {
        id: FindingId::of(&key),
        key,
        case: case.clone(),
        case_no: case_no.clone(),
        person: person.clone(),
        run: run.clone(),
        domain: judged.domain,
        verdict: judged.verdict.as_str().to_owned(),
        cell: judged.cell.clone(),
        why: judged.why.clone(),
        matched: judged.matched.iter().map(ToString::to_string).collect(),
        result: judged.result.clone(),
        reason: judged.reason.clone(),
        evidence: judged.evidence.clone(),
        period: judged.period.clone(),
        file: request.source.file.clone(),
        sheet: judged.sheet.clone(),
        row: judged.row,
        unit: judged.unit.clone(),
        decided_on: judged.decided_on,
        is_final: judged.is_final,
        opened: now,
    };
    if !findings::insert(tx, &finding).await? {
        return Ok(false);
    }
    let organ = cases::by_id(tx, case.as_str())
        .await?
        .and_then(|case| case.record.organ);
    let reply = reply_obligation(app, &finding, organ, judged, run, now)?;
    obligations::put(tx, &reply).await?;
    let detail = format!("{case_no} {} {}", finding.domain.as_str(), finding.verdict);
    journal::append(
        tx,
        now,
        &[Entry {
            actor: ACTOR_LOCAL,
            action: "finding.open",
            object_kind: "finding",
            object_id: finding.id.as_str(),
            detail,
        }],
    )
    .await?;
    Ok(true)
}

/// The answer owed to a finding. A violation, or any outcome that is final, is told at once.
fn reply_obligation(
    app: &App,
    finding: &Finding,
    organ: Option<String>,
    judged: &Judged,
    run: &RunId,
    now: Moment,
) -> Result<Obligation, AppError> {
    let limit = app
        .policy
        .limit(Kind::FindingReply)
        .expect("a checked profile has this limit");
    let key = format!("finding:{}:reply", finding.key);
    let loud = judged.verdict == Verdict::Violation || judged.is_final;
    Ok(Obligation {
        id: ObligationId::of(&key),
        key,
        kind: Kind::FindingReply,
        subject_id: finding.id.as_str().to_owned(),
        number: finding.case_no.clone(),
        scope_unit: organ,
        acting_unit: finding.unit.clone(),
        event_day: now.day(),
        rule: limit.id,
        calendar_unit: None,
        terms: limit.terms,
        adjustments: Vec::new(),
        moved: None,
        due: due_of(limit.terms, now.day(), &[], app.calendars().national())?,
        revision: 1,
        clause: limit.clause.clone(),
        number_from: limit.number_from,
        state: State::Open,
        met_on: None,
        backlog: false,
        opened_severity: Some(if loud { Severity::Urgent } else { Severity::Warn }),
        run: Some(run.clone()),
        created: now,
        next_at: Some(now),
    })
}

/// Whether a domain may be imported as final outcomes in this release.
pub fn outcomes_supported(domain: Domain) -> bool {
    domain == Domain::AnnualAppraisal
}
