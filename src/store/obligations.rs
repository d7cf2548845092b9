//! Obligations.

use super::db::on;
use super::sight::seen;
use super::values::{BATCH, day, iso, maybe_day, rows};
use super::{StoreError, Tx, dialect};
use crate::domain::account::Scope;
use crate::domain::alert::Severity;
use crate::domain::calendar::{Certainty, Changed};
use crate::domain::deadline::{Adjustment, Direction, Terms, Unit};
use crate::domain::ids::{ObligationId, RunId};
use crate::domain::name::Name;
use crate::domain::obligation::{Due, Kind, Moved, Obligation, Restated, Standing, State};
use crate::domain::policy::NumberFrom;
use crate::domain::span::Span;
use crate::domain::time::Moment;
use chrono::NaiveDate;
use std::sync::LazyLock;

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    natural_key: String,
    kind: String,
    subject_id: String,
    number: String,
    scope_unit: Option<String>,
    acting_unit: Option<String>,
    acting_person: Option<String>,
    event_day: String,
    days: i64,
    due_day: String,
    rule: String,
    unit: String,
    direction: String,
    roll_off: bool,
    adjustments: String,
    calendar_unit: Option<String>,
    moved_from: Option<String>,
    moved_ms: Option<i64>,
    moved_cause: Option<String>,
    alert_day: String,
    certainty: String,
    calendar_revision: String,
    revision: i64,
    clause: String,
    number_from: String,
    state: String,
    met_on: Option<String>,
    backlog: bool,
    opened_severity: Option<String>,
    run_id: Option<String>,
    created_ms: i64,
    next_ms: Option<i64>,
}

impl TryFrom<Row> for Obligation {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let certainty = [Certainty::Firm, Certainty::Open, Certainty::Unpublished]
            .into_iter()
            .find(|certainty| certainty.as_str() == row.certainty)
            .ok_or_else(|| StoreError::corrupt("certainty", row.certainty.clone()))?;
        Ok(Self {
            id: ObligationId::stored(row.id),
            key: row.natural_key,
            kind: Kind::from_text(&row.kind).ok_or_else(|| StoreError::corrupt("kind", row.kind.clone()))?,
            subject_id: row.subject_id,
            number: row.number,
            scope_unit: row.scope_unit,
            acting_unit: row.acting_unit,
            acting_person: row.acting_person,
            event_day: day("event_day", &row.event_day)?,
            rule: Name::new(&row.rule).ok_or_else(|| StoreError::corrupt("rule", row.rule.clone()))?,
            calendar_unit: row.calendar_unit,
            terms: terms(row.days, &row.unit, &row.direction, row.roll_off)?,
            adjustments: read_adjustments(&row.adjustments)?,
            moved: match (maybe_day("moved_from", row.moved_from.as_ref())?, row.moved_ms) {
                (Some(from), Some(at)) => Some(Moved {
                    from,
                    at: Moment::from_millis(at),
                    cause: row.moved_cause.unwrap_or_default(),
                }),
                _ => None,
            },
            due: Due {
                day: day("due_day", &row.due_day)?,
                alert_day: day("alert_day", &row.alert_day)?,
                certainty,
                calendar_revision: row.calendar_revision,
            },
            revision: u32::try_from(row.revision)
                .map_err(|_| StoreError::corrupt("revision", row.revision.to_string()))?,
            clause: row.clause,
            number_from: if row.number_from == "policy" {
                NumberFrom::Policy
            } else {
                NumberFrom::Local
            },
            state: State::from_text(&row.state).ok_or_else(|| StoreError::corrupt("state", row.state.clone()))?,
            met_on: maybe_day("met_on", row.met_on.as_ref())?,
            backlog: row.backlog,
            opened_severity: row.opened_severity.as_deref().and_then(Severity::from_text),
            run: row.run_id.map(RunId::stored),
            created: Moment::from_millis(row.created_ms),
            next_at: row.next_ms.map(Moment::from_millis),
        })
    }
}

fn terms(days: i64, unit: &str, direction: &str, roll_off: bool) -> Result<Terms, StoreError> {
    Ok(Terms {
        amount: u32::try_from(days).map_err(|_| StoreError::corrupt("days", days.to_string()))?,
        unit: Unit::from_zh(unit).ok_or_else(|| StoreError::corrupt("unit", unit))?,
        direction: match direction {
            "before" => Direction::Before,
            _ => Direction::After,
        },
        roll_off,
    })
}

fn read_adjustments(text: &str) -> Result<Vec<Adjustment>, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::corrupt("adjustments", text))
}

macro_rules! select {
    ($($tail:expr),+) => {
        concat!(
            "SELECT id, natural_key, kind, subject_id, number, scope_unit, acting_unit, event_day, days, due_day, alert_day, ",
            "certainty, calendar_revision, revision, clause, number_from, state, met_on, backlog, opened_severity, run_id, ",
            "created_ms, next_ms, rule, unit, direction, roll_off, adjustments, calendar_unit, moved_from, moved_ms, moved_cause, ",
            "acting_person ",
            "FROM obligation ",
            $($tail),+
        )
    };
}

/// Within a scope: its unit, and whether steps of cases are part of it.
macro_rules! shown {
    ($top:literal, $steps:literal) => {
        concat!(
            "(",
            $steps,
            " OR natural_key NOT LIKE 'case:%') AND ",
            seen!($top: "scope_unit", "acting_unit")
        )
    };
}

const BY_ID: &str = select!("WHERE id = $1");
const OPEN_SEEN: &str = concat!(
    "SELECT id FROM obligation WHERE state = 'open' AND ",
    shown!("$1", "$2")
);
const SEEN_BY_ID: &str = select!("WHERE id = $1 AND ", shown!("$2", "$3"));
const OF_SUBJECT: &str = select!("WHERE subject_id = $1 ORDER BY due_day, kind");
const DUE: &str =
    select!("WHERE state = 'open' AND next_ms IS NOT NULL AND next_ms <= $1 ORDER BY next_ms, id LIMIT $2");
const LAPSED: &str = select!(
    "WHERE state = 'open' AND due_day < $1 AND NOT backlog AND kind <> 'backlog' AND id > $2 ORDER BY id LIMIT $3"
);
const OPEN_AHEAD: &str = select!("WHERE state = 'open' AND next_ms IS NOT NULL ORDER BY next_ms, id");
const OPEN_AWAKE: &str = select!("WHERE state = 'open' AND NOT backlog ORDER BY due_day, id");
const ANY_STALE: &str = "SELECT EXISTS (SELECT 1 FROM obligation WHERE state = 'open' AND calendar_revision < $1) \
     OR EXISTS (SELECT 1 FROM obligation WHERE state = 'open' AND calendar_revision > $1)";
const STALE: &str = "SELECT id, number, kind, scope_unit, calendar_unit, event_day, days, unit, direction, roll_off, adjustments, \
     due_day, alert_day, certainty, revision, backlog FROM obligation \
     WHERE state = 'open' AND calendar_revision <> $1 AND id > $2 AND (calendar_revision <> $3 \
     OR ((event_day <= $5 OR due_day <= $5) AND (event_day >= $4 OR due_day >= $4))) ORDER BY id LIMIT $6";
const SETTLE_REVISION: &str =
    "UPDATE obligation SET calendar_revision = $1 WHERE state = 'open' AND calendar_revision <> $1";
const STAGE: &str = "CREATE TEMPORARY TABLE restated (id TEXT NOT NULL, due_day TEXT NOT NULL, alert_day TEXT NOT NULL, \
     certainty TEXT NOT NULL, calendar_unit TEXT, revision BIGINT NOT NULL, moved_from TEXT)";
const RESTATE_ONE: &str = "INSERT INTO restated VALUES ($1, $2, $3, $4, $5, $6, $7)";
static RESTATE_BATCH: LazyLock<String> = LazyLock::new(|| format!("INSERT INTO restated VALUES {}", rows(7)));
/// One statement over all rows writes the table and each index in the order in which they lie.
const RESTATE: &str = "UPDATE obligation SET due_day = r.due_day, alert_day = r.alert_day, certainty = r.certainty, \
     calendar_unit = r.calendar_unit, calendar_revision = $1, revision = r.revision, \
     moved_from = COALESCE(r.moved_from, obligation.moved_from), \
     moved_ms = CASE WHEN r.moved_from IS NULL THEN obligation.moved_ms ELSE $2 END, \
     moved_cause = CASE WHEN r.moved_from IS NULL THEN obligation.moved_cause ELSE $3 END, \
     next_ms = CASE WHEN obligation.backlog THEN obligation.next_ms ELSE $2 END \
     FROM restated AS r WHERE obligation.id = r.id";
const UNSTAGE: &str = "DROP TABLE restated";
const BACKLOG_OF_RUN: &str = select!(
    "WHERE run_id = $1 AND state = 'open' AND backlog AND kind <> 'backlog' ORDER BY due_day, number, kind LIMIT $2"
);
/// Columns that a stored obligation has.
const COLUMNS: usize = 33;
macro_rules! put {
    (into) => {
        "INSERT INTO obligation (id, natural_key, kind, subject_id, number, scope_unit, acting_unit, event_day, days, \
         due_day, alert_day, certainty, calendar_revision, revision, clause, number_from, state, met_on, backlog, \
         opened_severity, run_id, created_ms, next_ms, rule, unit, direction, roll_off, adjustments, calendar_unit, \
         moved_from, moved_ms, moved_cause, acting_person) VALUES "
    };
    (anew) => {
        " ON CONFLICT (id) DO UPDATE SET number = excluded.number, scope_unit = excluded.scope_unit, \
         acting_unit = excluded.acting_unit, event_day = excluded.event_day, days = excluded.days, due_day = excluded.due_day, \
         alert_day = excluded.alert_day, certainty = excluded.certainty, calendar_revision = excluded.calendar_revision, \
         revision = excluded.revision, clause = excluded.clause, number_from = excluded.number_from, state = excluded.state, \
         met_on = excluded.met_on, backlog = excluded.backlog, opened_severity = excluded.opened_severity, \
         created_ms = excluded.created_ms, next_ms = excluded.next_ms, \
         rule = excluded.rule, unit = excluded.unit, direction = excluded.direction, roll_off = excluded.roll_off, \
         adjustments = excluded.adjustments, calendar_unit = excluded.calendar_unit, moved_from = excluded.moved_from, \
         moved_ms = excluded.moved_ms, moved_cause = excluded.moved_cause, acting_person = excluded.acting_person"
    };
}
const PUT: &str = concat!(
    put!(into),
    "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, \
     $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)",
    put!(anew)
);
static PUT_BATCH: LazyLock<String> = LazyLock::new(|| format!("{}{}{}", put!(into), rows(COLUMNS), put!(anew)));
/// What a settled obligation ends: its day in readers' calendars, and that somebody reads its reminders for another.
const ENTRIES_OVER: &str = "UPDATE alert SET entry = 'over' WHERE subject_id = $1 AND entry = 'there'";
const HAND_ONS_OVER: &str = "UPDATE alert_hand_on SET ended = TRUE WHERE obligation_id = $1 AND NOT ended";
/// The same after many were put; what is looked at is what lasts, not what was put.
const ENTRIES_FOLLOW: &str = "UPDATE alert SET entry = 'over' WHERE entry = 'there' AND EXISTS (SELECT 1 FROM obligation o WHERE o.id = alert.subject_id AND o.state <> 'open')";
const HAND_ONS_FOLLOW: &str = "UPDATE alert_hand_on SET ended = TRUE WHERE NOT ended AND EXISTS \
     (SELECT 1 FROM obligation o WHERE o.id = alert_hand_on.obligation_id AND o.state <> 'open')";
const OPEN_BY_RULE: &str = "SELECT rule, kind, COUNT(*) FROM obligation WHERE state = 'open' AND kind <> 'backlog' \
     GROUP BY rule, kind ORDER BY rule, kind LIMIT 2000";
const OPEN_UNITS: &str = "SELECT scope_unit FROM obligation WHERE state = 'open' AND scope_unit IS NOT NULL UNION \
    SELECT acting_unit FROM obligation WHERE state = 'open' AND acting_unit IS NOT NULL";
const OPEN_SUBJECTS: &str = "SELECT DISTINCT subject_id FROM obligation WHERE state = 'open' ORDER BY subject_id";
const WAKE_OPEN: &str = "UPDATE obligation SET next_ms = $1 WHERE state = 'open' AND NOT backlog";
const SET_NEXT: &str = "UPDATE obligation SET next_ms = $2 WHERE id = $1";
const WAKE_SILENCED: &str = "UPDATE obligation SET next_ms = $1 WHERE state = 'open' AND next_ms > $1 AND id IN \
     (SELECT subject_id FROM alert WHERE outcome = 'silenced')";
const ALIVE_BEFORE: &str = select!("WHERE created_ms <= $1 AND NOT backlog AND kind <> 'backlog' ORDER BY id LIMIT $2");
const QUIET: &str = select!("WHERE state = 'open' AND next_ms IS NULL ORDER BY due_day, number, id LIMIT $1");
const OPEN_OF_KIND: &str = select!("WHERE kind = $1 AND state = 'open' ORDER BY id LIMIT $2");
const OPEN_OF_NUMBER: &str =
    select!("WHERE number = $1 AND state = 'open' AND kind <> 'backlog' ORDER BY due_day, id LIMIT 500");
/// What was told urgently, is still open, and nobody has taken note of.
macro_rules! unanswered {
    () => {
        concat!(
            "WHERE state = 'open' AND NOT backlog AND kind <> 'backlog' AND EXISTS \
             (SELECT 1 FROM alert a WHERE a.subject_id = obligation.id AND a.outcome = 'sent' AND a.severity = 'urgent') \
             AND NOT EXISTS (SELECT 1 FROM acknowledgement a WHERE a.subject_key = obligation.natural_key \
             AND a.revision = obligation.revision) AND ",
            shown!("$1", "$2")
        )
    };
}
const UNANSWERED: &str = select!(unanswered!(), " ORDER BY due_day, number, id LIMIT $3 OFFSET $4");
const COUNT_OPEN: &str = "SELECT COUNT(*) FROM obligation WHERE state = 'open'";
const COUNT_UNANSWERED: &str = concat!("SELECT COUNT(*) FROM obligation ", unanswered!());
const MET: &str = concat!(
    "SELECT rule, calendar_unit, event_day, met_on, due_day, COUNT(*) FROM obligation \
     WHERE state = 'met' AND met_on >= $1 AND met_on <= $2 AND direction = 'after' AND natural_key LIKE 'case:%' AND ",
    seen!("$3": "scope_unit", "acting_unit"),
    " AND ",
    seen!("$4": "scope_unit", "acting_unit"),
    " GROUP BY rule, calendar_unit, event_day, met_on, due_day ORDER BY rule, event_day, met_on LIMIT 200000"
);
const WAKE_UNTOLD: &str = "UPDATE obligation SET next_ms = $1 WHERE state = 'open' AND id IN \
     (SELECT subject_id FROM alert WHERE outcome = 'no_recipient')";

/// One obligation.
pub async fn by_id(tx: &mut Tx, id: &str) -> Result<Option<Obligation>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)?;
    row.map(Obligation::try_from).transpose()
}

/// One obligation, for somebody who sees this much.
pub async fn seen_by_id(tx: &mut Tx, id: &str, scope: &Scope) -> Result<Option<Obligation>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(SEEN_BY_ID).bind(id).bind(scope.unit()).bind(scope.has_steps()).fetch_optional(c).await)?;
    row.map(Obligation::try_from).transpose()
}

/// The obligations of a case, rectification or finding.
pub async fn of_subject(tx: &mut Tx, subject_id: &str) -> Result<Vec<Obligation>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(OF_SUBJECT).bind(subject_id).fetch_all(c).await)?;
    rows.into_iter().map(Obligation::try_from).collect()
}

/// Open obligations that must be looked at now; cost grows with what is due, not with what exists.
pub async fn due(tx: &mut Tx, now: Moment, limit: i64) -> Result<Vec<Obligation>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(DUE).bind(now.millis()).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(Obligation::try_from).collect()
}

/// A page of open obligations whose due day has passed, in order of their ids, after the one named.
pub async fn lapsed(tx: &mut Tx, today: NaiveDate, after: &str, limit: i64) -> Result<Vec<Obligation>, StoreError> {
    let rows: Vec<Row> =
        on!(tx, c => sqlx::query_as(LAPSED).bind(today.to_string()).bind(after).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(Obligation::try_from).collect()
}

/// Every open obligation that will be looked at again.
pub async fn open_ahead(tx: &mut Tx) -> Result<Vec<Obligation>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(OPEN_AHEAD).fetch_all(c).await)?;
    rows.into_iter().map(Obligation::try_from).collect()
}

/// Open obligations that reconcile looks at when it is woken for all.
pub async fn open_awake(tx: &mut Tx) -> Result<Vec<Obligation>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(OPEN_AWAKE).fetch_all(c).await)?;
    rows.into_iter().map(Obligation::try_from).collect()
}

/// Whether an open obligation rests on another calendar; asked on every pass, so it looks into an index only.
pub async fn any_stale(tx: &mut Tx, calendar_revision: &str) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(ANY_STALE).bind(calendar_revision).fetch_one(c).await)?)
}

/// How many obligations are open under each limit.
pub async fn open_by_rule(tx: &mut Tx) -> Result<Vec<(Name, Kind, i64)>, StoreError> {
    let rows: Vec<(String, String, i64)> = on!(tx, c => sqlx::query_as(OPEN_BY_RULE).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(rule, kind, count)| {
            let rule = Name::new(&rule).ok_or_else(|| StoreError::corrupt("rule", rule))?;
            let kind = Kind::from_text(&kind).ok_or_else(|| StoreError::corrupt("kind", kind))?;
            Ok((rule, kind, count))
        })
        .collect()
}

/// Ids of the matters that have open obligations.
pub async fn open_subjects(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(OPEN_SUBJECTS).fetch_all(c).await)?)
}

/// The units open obligations are about, and those that are to act.
pub async fn open_units(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(OPEN_UNITS).fetch_all(c).await)?)
}

/// Lets reconcile look at every open obligation again.
pub async fn wake_open(tx: &mut Tx, now: Moment) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(WAKE_OPEN).bind(now.millis()).execute(c).await.map(drop))?;
    Ok(())
}

/// Which open obligations a change of the calendar may have moved.
#[derive(Debug, Clone, Copy)]
pub struct Touched<'a> {
    /// The calendar of now.
    pub revision: &'a str,
    /// The calendar before, and how far it parts from the one of now. What rests on neither was touched anyhow.
    pub since: Option<(&'a str, Changed)>,
}

/// A page of them in order of their ids, after the one named.
pub async fn touched(tx: &mut Tx, touched: Touched<'_>, after: &str, limit: i64) -> Result<Vec<Standing>, StoreError> {
    // No calendar has an empty revision and no day lies after the last or before the first of these.
    let (first_day, last_day) = ("0000-01-01".to_owned(), "9999-12-31".to_owned());
    let (before, first, last) = match touched.since {
        None | Some((_, Changed::Anything)) => ("", first_day, last_day),
        Some((before, Changed::Nothing)) => (before, last_day, first_day),
        Some((before, Changed::Between(first, last))) => (before, first.to_string(), last.to_string()),
    };
    let rows: Vec<StandingRow> = on!(tx, c => sqlx::query_as(STALE).bind(touched.revision).bind(after).bind(before)
        .bind(&first).bind(&last).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(standing).collect()
}

type StandingRow = (
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    String,
    i64,
    String,
    String,
    bool,
    String,
    String,
    String,
    String,
    i64,
    bool,
);

fn standing(row: StandingRow) -> Result<Standing, StoreError> {
    let (id, number, kind, scope_unit, calendar_unit, event_day, days, unit, direction, roll_off, adjustments, ..) =
        row;
    let (.., due_day, alert_day, certainty, revision, backlog) = row;
    Ok(Standing {
        id: ObligationId::stored(id),
        number,
        kind: Kind::from_text(&kind).ok_or_else(|| StoreError::corrupt("kind", kind))?,
        scope_unit,
        calendar_unit,
        event_day: day("event_day", &event_day)?,
        terms: terms(days, &unit, &direction, roll_off)?,
        adjustments: read_adjustments(&adjustments)?,
        day: day("due_day", &due_day)?,
        alert_day: day("alert_day", &alert_day)?,
        certainty: Certainty::parse(&certainty).ok_or_else(|| StoreError::corrupt("certainty", certainty))?,
        revision: u32::try_from(revision).map_err(|_| StoreError::corrupt("revision", revision.to_string()))?,
        backlog,
    })
}

/// Gathers what a changed calendar makes of obligations, to be written all at once: row by row, every write would hit
/// a table and three indexes in places far apart.
#[derive(Debug)]
pub struct Restating(());

impl Restating {
    /// Begins; one at a time in a transaction.
    pub async fn begin(tx: &mut Tx) -> Result<Self, StoreError> {
        if let Some(sql) = dialect::allow_long_statements(tx.backend()) {
            on!(tx, c => sqlx::query(sql).execute(c).await.map(drop))?;
        }
        on!(tx, c => sqlx::query(STAGE).execute(c).await.map(drop))?;
        Ok(Self(()))
    }

    /// Takes some more.
    pub async fn add(&mut self, tx: &mut Tx, restated: &[Restated]) -> Result<(), StoreError> {
        let (batches, rest) = restated.as_chunks::<BATCH>();
        for batch in batches {
            insert(tx, RESTATE_BATCH.as_str(), batch).await?;
        }
        for one in rest {
            insert(tx, RESTATE_ONE, std::slice::from_ref(one)).await?;
        }
        Ok(())
    }

    /// Writes what was gathered.
    pub async fn finish(
        self,
        tx: &mut Tx,
        calendar_revision: &str,
        cause: &str,
        now: Moment,
    ) -> Result<(), StoreError> {
        on!(tx, c => sqlx::query(RESTATE).bind(calendar_revision).bind(now.millis()).bind(cause)
            .execute(c).await.map(drop))?;
        on!(tx, c => sqlx::query(UNSTAGE).execute(c).await.map(drop))?;
        Ok(())
    }
}

/// Marks every open obligation that rests on another calendar as reckoned under this one; gives their number.
pub async fn settle_revision(tx: &mut Tx, calendar_revision: &str) -> Result<u64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query(SETTLE_REVISION).bind(calendar_revision).execute(c).await
        .map(|done| done.rows_affected()))?,
    )
}

async fn insert(tx: &mut Tx, sql: &'static str, restated: &[Restated]) -> Result<(), StoreError> {
    on!(tx, c => {
        let mut query = sqlx::query(sql);
        for one in restated {
            query = query
                .bind(one.id.as_str()).bind(one.due.day.to_string()).bind(one.due.alert_day.to_string())
                .bind(one.due.certainty.as_str()).bind(one.calendar_unit.as_deref()).bind(i64::from(one.revision))
                .bind(iso(one.moved_from));
        }
        query.execute(c).await.map(drop)
    })?;
    Ok(())
}

/// What had lapsed before the import that first brought it.
pub async fn backlog_of_run(tx: &mut Tx, run: &RunId, limit: i64) -> Result<Vec<Obligation>, StoreError> {
    let rows: Vec<Row> =
        on!(tx, c => sqlx::query_as(BACKLOG_OF_RUN).bind(run.as_str()).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(Obligation::try_from).collect()
}

/// Binds what is stored of an obligation to the places of a row.
macro_rules! bound {
    ($query:expr, $o:expr) => {{
        let o: &Obligation = $o;
        let number_from = match o.number_from {
            NumberFrom::Policy => "policy",
            NumberFrom::Local => "local",
        };
        let adjustments = serde_json::to_string(&o.adjustments).expect("dates and texts always serialise");
        $query
            .bind(o.id.as_str())
            .bind(&o.key)
            .bind(o.kind.as_str())
            .bind(&o.subject_id)
            .bind(&o.number)
            .bind(&o.scope_unit)
            .bind(&o.acting_unit)
            .bind(o.event_day.to_string())
            .bind(i64::from(o.terms.amount))
            .bind(o.due.day.to_string())
            .bind(o.due.alert_day.to_string())
            .bind(o.due.certainty.as_str())
            .bind(&o.due.calendar_revision)
            .bind(i64::from(o.revision))
            .bind(&o.clause)
            .bind(number_from)
            .bind(o.state.as_str())
            .bind(iso(o.met_on))
            .bind(o.backlog)
            .bind(o.opened_severity.map(Severity::as_str))
            .bind(o.run.as_ref().map(RunId::as_str))
            .bind(o.created.millis())
            .bind(o.next_at.map(Moment::millis))
            .bind(o.rule.as_str())
            .bind(o.terms.unit.zh())
            .bind(o.terms.direction.as_str())
            .bind(o.terms.roll_off)
            .bind(adjustments)
            .bind(&o.calendar_unit)
            .bind(iso(o.moved.as_ref().map(|moved| moved.from)))
            .bind(o.moved.as_ref().map(|moved| moved.at.millis()))
            .bind(o.moved.as_ref().map(|moved| moved.cause.as_str()))
            .bind(&o.acting_person)
    }};
}

/// Inserts or replaces.
pub async fn put(tx: &mut Tx, o: &Obligation) -> Result<(), StoreError> {
    on!(tx, c => bound!(sqlx::query(PUT), o).execute(c).await.map(drop))?;
    follow(tx, o).await
}

/// Ends what lasts as long as an obligation is open.
async fn follow(tx: &mut Tx, o: &Obligation) -> Result<(), StoreError> {
    if o.state == State::Open {
        return Ok(());
    }
    for end in [ENTRIES_OVER, HAND_ONS_OVER] {
        on!(tx, c => sqlx::query(end).bind(o.id.as_str()).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// The same for many, no two of them the same.
pub async fn put_all(tx: &mut Tx, all: &[Obligation]) -> Result<(), StoreError> {
    let (batches, rest) = all.as_chunks::<BATCH>();
    for batch in batches {
        on!(tx, c => {
            let mut query = sqlx::query(PUT_BATCH.as_str());
            for o in batch {
                query = bound!(query, o);
            }
            query.execute(c).await.map(drop)
        })?;
    }
    if !batches.is_empty() {
        for end in [ENTRIES_FOLLOW, HAND_ONS_FOLLOW] {
            on!(tx, c => sqlx::query(end).execute(c).await.map(drop))?;
        }
    }
    for o in rest {
        put(tx, o).await?;
    }
    Ok(())
}

/// Sets when to look again.
pub async fn set_next(tx: &mut Tx, id: &ObligationId, next: Option<Moment>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(SET_NEXT).bind(id.as_str()).bind(next.map(Moment::millis)).execute(c).await.map(drop))?;
    Ok(())
}

/// Looks again at everything that had nobody to tell: the contact list has changed.
pub async fn wake_untold(tx: &mut Tx, now: Moment) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(WAKE_UNTOLD).bind(now.millis()).execute(c).await.map(drop))?;
    Ok(())
}

/// Looks again at everything that a silence held back: it was lifted.
pub async fn wake_silenced(tx: &mut Tx, now: Moment) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(WAKE_SILENCED).bind(now.millis()).execute(c).await.map(drop))?;
    Ok(())
}

/// Everything made by a moment, whatever became of it, the history of imports left out.
pub async fn alive_before(tx: &mut Tx, moment: Moment, limit: i64) -> Result<Vec<Obligation>, StoreError> {
    let rows: Vec<Row> =
        on!(tx, c => sqlx::query_as(ALIVE_BEFORE).bind(moment.millis()).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(Obligation::try_from).collect()
}

/// Open obligations about which nothing will be sent.
pub async fn quiet(tx: &mut Tx, limit: i64) -> Result<Vec<Obligation>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(QUIET).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(Obligation::try_from).collect()
}

/// What is open of a kind.
pub async fn open_of_kind(tx: &mut Tx, kind: Kind, limit: i64) -> Result<Vec<Obligation>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(OPEN_OF_KIND).bind(kind.as_str()).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(Obligation::try_from).collect()
}

/// What is open under a number.
pub async fn open_of_number(tx: &mut Tx, number: &str) -> Result<Vec<Obligation>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(OPEN_OF_NUMBER).bind(number).fetch_all(c).await)?;
    rows.into_iter().map(Obligation::try_from).collect()
}

/// What was told urgently, is still open, and nobody has taken note of, as far as it is seen.
pub async fn unanswered(tx: &mut Tx, scope: &Scope, limit: i64, offset: i64) -> Result<Vec<Obligation>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(UNANSWERED).bind(scope.unit()).bind(scope.has_steps()).bind(limit).bind(offset).fetch_all(c).await)?;
    rows.into_iter().map(Obligation::try_from).collect()
}

/// How many of these there are.
pub async fn count_unanswered(tx: &mut Tx, scope: &Scope) -> Result<i64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_scalar(COUNT_UNANSWERED).bind(scope.unit()).bind(scope.has_steps()).fetch_one(c).await)?,
    )
}

/// Limits of cases that ran from one day, were met on one and due on one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetGroup {
    /// The limit of the profile.
    pub rule: Name,
    /// Unit whose own calendar rules; `None`: the national one.
    pub calendar_unit: Option<String>,
    /// Day the limit ran from.
    pub event_day: NaiveDate,
    /// Day it was met.
    pub met_on: NaiveDate,
    /// Day it was due.
    pub due: NaiveDate,
    /// How many.
    pub count: u32,
}

/// Limits of cases met in a span, as far as they are seen, of a unit with those below it unless none is named.
pub async fn met(tx: &mut Tx, span: Span, scope: &Scope, unit: Option<&str>) -> Result<Vec<MetGroup>, StoreError> {
    let rows: Vec<(String, Option<String>, String, String, String, i64)> = on!(tx, c => sqlx::query_as(MET)
        .bind(span.from.to_string()).bind(span.to.to_string()).bind(scope.unit()).bind(unit).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(rule, calendar_unit, event_day, met_on, due, count)| {
            Ok(MetGroup {
                rule: Name::new(&rule).ok_or_else(|| StoreError::corrupt("rule", rule))?,
                calendar_unit,
                event_day: day("event_day", &event_day)?,
                met_on: day("met_on", &met_on)?,
                due: day("due_day", &due)?,
                count: u32::try_from(count).unwrap_or(u32::MAX),
            })
        })
        .collect()
}

/// The ids of what is open and within what somebody sees.
pub async fn open_seen(tx: &mut Tx, scope: &Scope) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(OPEN_SEEN).bind(scope.unit()).bind(scope.has_steps()).fetch_all(c).await)?)
}

/// Which obligations a page shows. Summaries of old cases are no obligations of their own and never appear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Open and past the due day.
    Overdue,
    /// Open and due on the day.
    Today,
    /// Open and due from the day to the end of its week.
    Week,
    /// Open and due by the end of the week, overdue ones too.
    Pressing,
    /// All open ones.
    Open,
    /// Done.
    Met,
    /// Open and running over a holiday, so that it ends later for it; `today` and `week_end` are the first day of the
    /// holiday and the working day behind it. A limit by natural days ends later where its last day would have been free.
    Across,
    /// Had lapsed before the first import and still open.
    Backlog,
    /// Void.
    Void,
    /// Everything.
    All,
}

/// What a list is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Filter<'a> {
    /// Which states.
    pub show: Show,
    /// Today.
    pub today: NaiveDate,
    /// Last day of this week.
    pub week_end: NaiveDate,
    /// Only this case or rectification number.
    pub number: Option<&'a str>,
    /// Only due on this day.
    pub due: Option<NaiveDate>,
    /// Only what is seen with this.
    pub scope: &'a Scope,
}

/// The text of a list and the text that counts it, from one condition, so that they cannot part.
/// A server refuses binds that a text does not name, so each text names every bind. The order is one that an index has.
macro_rules! listed {
    ($number:literal, $where:literal, $order:literal) => {
        (
            select!(
                "WHERE kind <> 'backlog' AND $2 >= $1 AND ",
                $number,
                " AND ($4 IS NULL OR due_day = $4) AND ",
                shown!("$5", "$6"),
                " AND ",
                $where,
                " ORDER BY ",
                $order,
                "due_day, number, kind, id LIMIT $7 OFFSET $8"
            ),
            concat!(
                "SELECT COUNT(*) FROM obligation WHERE kind <> 'backlog' AND $2 >= $1 AND ",
                $number,
                " AND ($4 IS NULL OR due_day = $4) AND ",
                shown!("$5", "$6"),
                " AND ",
                $where
            ),
        )
    };
}

/// The texts of each list, of all numbers or of one.
macro_rules! texts {
    ($show:expr, $number:literal) => {
        match $show {
            Show::Overdue => listed!($number, "state = 'open' AND due_day < $1", ""),
            Show::Today => listed!($number, "state = 'open' AND due_day = $1", ""),
            Show::Week => listed!($number, "state = 'open' AND due_day >= $1 AND due_day <= $2", ""),
            Show::Pressing => listed!($number, "state = 'open' AND due_day <= $2", ""),
            Show::Open => listed!($number, "state = 'open'", ""),
            Show::Met => listed!($number, "state = 'met'", "met_on DESC, "),
            Show::Across => listed!(
                $number,
                "state = 'open' AND days > 0 AND direction = 'after' AND event_day < $1 AND ((unit = '工作日' AND due_day >= $2) \
                 OR (unit <> '工作日' AND roll_off AND due_day = $2))",
                ""
            ),
            Show::Backlog => listed!($number, "state = 'open' AND backlog", ""),
            Show::Void => listed!($number, "state = 'void'", ""),
            Show::All => listed!($number, "state IN ('open', 'met', 'void')", ""),
        }
    };
}

fn texts(f: &Filter<'_>) -> (&'static str, &'static str) {
    match f.number {
        None => texts!(f.show, "$3 IS NULL"),
        Some(_) => texts!(f.show, "number = $3"),
    }
}

/// One page: open ones by due day, then done ones, the latest first, then void ones.
pub async fn page(tx: &mut Tx, f: &Filter<'_>, limit: i64, mut offset: i64) -> Result<Vec<Obligation>, StoreError> {
    if f.show != Show::All {
        return part(tx, f, limit, offset).await;
    }
    // Each state is read in the order of its own index.
    let mut found = Vec::new();
    for show in [Show::Open, Show::Met, Show::Void] {
        let of_state = Filter { show, ..*f };
        let wanted = limit - found.len() as i64;
        let before = if offset == 0 { 0 } else { count(tx, &of_state).await? };
        if offset == 0 || offset < before {
            found.extend(part(tx, &of_state, wanted, offset).await?);
        }
        if found.len() as i64 == limit {
            break;
        }
        offset = (offset - before).max(0);
    }
    Ok(found)
}

async fn part(tx: &mut Tx, f: &Filter<'_>, limit: i64, offset: i64) -> Result<Vec<Obligation>, StoreError> {
    let (list, _) = texts(f);
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(list)
        .bind(f.today.to_string()).bind(f.week_end.to_string()).bind(f.number).bind(iso(f.due))
        .bind(f.scope.unit()).bind(f.scope.has_steps()).bind(limit).bind(offset)
        .fetch_all(c).await)?;
    rows.into_iter().map(Obligation::try_from).collect()
}

/// The number of rows on all pages of a list together.
pub async fn count(tx: &mut Tx, f: &Filter<'_>) -> Result<i64, StoreError> {
    let (_, count) = texts(f);
    Ok(on!(tx, c => sqlx::query_scalar(count)
        .bind(f.today.to_string()).bind(f.week_end.to_string()).bind(f.number).bind(iso(f.due))
        .bind(f.scope.unit()).bind(f.scope.has_steps()).fetch_one(c).await)?)
}

/// How many are open at all.
pub async fn count_open(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(COUNT_OPEN).fetch_one(c).await)?)
}

/// Obligations that fall due on one day and are alike in what decides their urgency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueGroup {
    /// The due day.
    pub day: NaiveDate,
    /// What must be done.
    pub kind: Kind,
    /// Where they stand.
    pub state: State,
    /// How sure the day is.
    pub certainty: Certainty,
    /// How many.
    pub count: i64,
}

/// Rows are bounded by days, kinds, states and certainties, however many obligations there are.
const BY_DAY: &str = concat!(
    "SELECT due_day, kind, state, certainty, COUNT(*) FROM obligation \
     WHERE kind <> 'backlog' AND state <> 'void' AND due_day >= $1 AND due_day <= $2 AND ",
    shown!("$3", "$4"),
    " GROUP BY due_day, kind, state, certainty ORDER BY due_day, kind, state, certainty LIMIT 20000"
);
const TENTATIVE: &str = concat!(
    "SELECT COUNT(*) FROM obligation WHERE kind <> 'backlog' AND state = 'open' AND certainty <> 'firm' AND ",
    shown!("$1", "$2")
);

/// What is due in a span, done or not, day by day; for the calendar.
pub async fn by_day(tx: &mut Tx, from: NaiveDate, to: NaiveDate, scope: &Scope) -> Result<Vec<DueGroup>, StoreError> {
    let rows: Vec<(String, String, String, String, i64)> = on!(tx, c => sqlx::query_as(BY_DAY).bind(from.to_string()).bind(to.to_string()).bind(scope.unit()).bind(scope.has_steps())
            .fetch_all(c).await)?;
    rows.into_iter()
        .map(|(due_day, kind, state, certainty, count)| {
            Ok(DueGroup {
                day: day("due_day", &due_day)?,
                kind: Kind::from_text(&kind).ok_or_else(|| StoreError::corrupt("kind", kind))?,
                state: State::from_text(&state).ok_or_else(|| StoreError::corrupt("state", state))?,
                certainty: Certainty::parse(&certainty).ok_or_else(|| StoreError::corrupt("certainty", certainty))?,
                count,
            })
        })
        .collect()
}

/// The number of open obligations whose day may still move.
pub async fn tentative(tx: &mut Tx, scope: &Scope) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(TENTATIVE).bind(scope.unit()).bind(scope.has_steps()).fetch_one(c).await)?)
}
