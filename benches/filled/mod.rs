//! A database full of obligations, for the benchmarks that need one.

use chrono::{Days, NaiveDate};
use rongcuo::app::{App, Parts, calendars};
use rongcuo::domain::calendar::Calendars;
use rongcuo::domain::deadline::{Direction, Terms, Unit};
use rongcuo::domain::ids::{CaseId, ObligationId};
use rongcuo::domain::obligation::{Kind, Obligation, State, due_of};
use rongcuo::domain::policy::{NumberFrom, Policy};
use rongcuo::domain::time::Moment;
use rongcuo::files;
use rongcuo::runtime::clock::FixedClock;
use rongcuo::runtime::crypto::KeyRing;
use rongcuo::runtime::random::SeededRandom;
use rongcuo::store::{Db, Tx};
use std::sync::Arc;

/// When the measurement happens.
const NOW: &str = "2026-11-05T10:00:00+08:00";

pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// The service on a database.
pub async fn open(db: Db) -> Outcome<App> {
    open_at(db, Moment::parse(NOW).expect("written as a moment here")).await
}

/// The same at another time.
pub async fn open_at(db: Db, now: Moment) -> Outcome<App> {
    let parts = Parts {
        db,
        keys: KeyRing::from_master(&[7; 32], Arc::new(SeededRandom::new(1))),
        policy: Policy::builtin(),
        words_dir: None,
        calendars: calendars::build(&files::calendar::load(None, now.day())?, None)?,
        calendar_dir: None,
        clock: Arc::new(FixedClock::new(now)),
        site_name: "云川市委组织部".to_owned(),
        base_url: "http://127.0.0.1:8080".to_owned(),
        mail_from: "rongcuo@yunchuan.example".to_owned(),
        outward: rongcuo::app::ways::Outward::default(),
    };
    Ok(App::new(parts).await?)
}

/// One in a hundred runs into the next year, one in ten is counted in natural days.
pub fn sample(number: usize, calendars: &Calendars) -> Obligation {
    let event_day: NaiveDate = "2026-10-26".parse().expect("written as a date here");
    let event_day = event_day + Days::new([0, 1, 2, 3, 4, 7, 8, 9][number % 8]);
    let terms = match number {
        _ if number.is_multiple_of(100) => Terms::working_days(45),
        _ if number % 10 == 9 => Terms {
            amount: 30,
            unit: Unit::Day,
            direction: Direction::After,
            roll_off: true,
        },
        _ => Terms::working_days([10, 15, 20, 30][number / 8 % 4]),
    };
    let due = due_of(terms, event_day, &[], calendars.national()).expect("inside the calendar");
    let key = format!("case:{number}:archive_personnel");
    Obligation {
        id: ObligationId::of(&key),
        key,
        kind: Kind::ArchivePersonnel,
        rule: Kind::ArchivePersonnel.name(),
        subject_id: CaseId::of(&number.to_string()).as_str().to_owned(),
        number: format!("云容〔2026〕{number}号"),
        scope_unit: Some("云川市纪委监委".to_owned()),
        acting_unit: Some("云川市/住房和城乡建设局".to_owned()),
        acting_person: None,
        calendar_unit: None,
        event_day,
        terms,
        adjustments: Vec::new(),
        revision: 1,
        moved: None,
        clause: "二（四）5".to_owned(),
        number_from: NumberFrom::Policy,
        state: State::Open,
        met_on: None,
        backlog: false,
        opened_severity: None,
        run: None,
        created: Moment::parse(NOW).expect("written as a moment here"),
        next_at: Moment::parse(&due.day.to_string()),
        due,
    }
}

/// Copies every sample so often that there are `times` of each. Ids are hashes, so neighbours by id lie far apart.
const COPY: &str = "WITH RECURSIVE copy (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM copy WHERE n < $1) \
    INSERT INTO obligation (id, natural_key, kind, subject_id, number, scope_unit, acting_unit, event_day, days, due_day, \
    alert_day, certainty, calendar_revision, revision, clause, number_from, state, met_on, backlog, opened_severity, run_id, \
    created_ms, next_ms, rule, unit, direction, roll_off, adjustments, calendar_unit, moved_from, moved_ms, moved_cause) \
    SELECT id || '-' || n, natural_key || '-' || n, kind, subject_id || '-' || n, number, scope_unit, acting_unit, event_day, \
    days, due_day, alert_day, certainty, calendar_revision, revision, clause, number_from, state, met_on, backlog, \
    opened_severity, run_id, created_ms, next_ms, rule, unit, direction, roll_off, adjustments, calendar_unit, moved_from, \
    moved_ms, moved_cause FROM copy CROSS JOIN obligation WHERE n <= $1";

pub async fn copy(tx: &mut Tx, times: i64) -> Outcome<()> {
    match tx {
        Tx::Sqlite(tx) => sqlx::query(COPY).bind(times).execute(&mut **tx).await.map(|_| ())?,
        Tx::Postgres(tx) => {
            // A million rows take longer than any statement of the service may.
            sqlx::query("SET LOCAL statement_timeout = '15min'")
                .execute(&mut **tx)
                .await?;
            sqlx::query(COPY).bind(times).execute(&mut **tx).await?;
        }
    }
    Ok(())
}
