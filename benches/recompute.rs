//! What a changed notice costs: every open obligation is reckoned again in one transaction. Tells how long that takes
//! and where the time goes, on the embedded database and, where its programs are installed, on PostgreSQL.
//!
//!     cargo bench --bench recompute              # a million obligations
//!     cargo bench --bench recompute -- 100000    # fewer

#[path = "../tests/it/support/pg.rs"]
mod pg;

use chrono::{Days, NaiveDate};
use rongcuo::app::calendars::{self, Imported};
use rongcuo::app::{App, Parts};
use rongcuo::domain::calendar::{Calendars, NoticeKind};
use rongcuo::domain::deadline::{Direction, Terms, Unit};
use rongcuo::domain::ids::{CaseId, ObligationId};
use rongcuo::domain::obligation::{Kind, Obligation, State, due_of};
use rongcuo::domain::policy::{NumberFrom, Policy};
use rongcuo::domain::time::Moment;
use rongcuo::files;
use rongcuo::runtime::clock::FixedClock;
use rongcuo::runtime::crypto::KeyRing;
use rongcuo::runtime::random::SeededRandom;
use rongcuo::store::{Db, Tx, journal, obligations};
use std::collections::HashMap;
use std::io::{Write, stdout};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tracing::span::{Attributes, Id};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// Obligations made one by one, with all that a stored one has; the others are copies under ids of their own.
const SAMPLES: usize = 1_000;
const NOW: &str = "2026-11-05T10:00:00+08:00";
/// The day that a first amendment frees: few limits reach it.
const FAR: &str = "2026-12-28";
/// The day that a second one frees: nearly all limits run over it.
const NEAR: &str = "2026-11-06";
/// The parts of the work in the order of the table, by the names of their spans.
const PARTS: [(&str, &str); 6] = [
    ("follow.read", "读取"),
    ("follow.reckon", "推算"),
    ("follow.write", "写入"),
    ("follow.journal", "审计链"),
    ("follow.settle", "其余行换版本"),
    ("follow.commit", "提交"),
];

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let rows = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let rows = rows.unwrap_or(1_000_000_usize).next_multiple_of(SAMPLES);
    let parts = Stopwatch::default();
    let shown = parts.clone().with_filter(tracing_subscriber::filter::filter_fn(|span| {
        span.name().starts_with("follow.")
    }));
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(shown))?;
    let mut out = stdout().lock();
    writeln!(
        out,
        "待办期限 {rows} 项，改一天放假安排后在一个事务里全部重算；单位：秒\n"
    )?;
    writeln!(
        out,
        "| 数据库 | 移动 | {} | 合计 |",
        PARTS.map(|(_, zh)| zh).join(" | ")
    )?;
    writeln!(out, "|---|--:|{}--:|", "--:|".repeat(PARTS.len()))?;
    let runtime = tokio::runtime::Runtime::new()?;
    let folder = tempfile::tempdir()?;
    runtime.block_on(async {
        let db = Db::open_sqlite(&folder.path().join("bench.db")).await?;
        run(&mut out, "内置", db, rows, &parts).await
    })?;
    if let Some(server) = pg::database() {
        runtime.block_on(async {
            let db = Db::open_postgres(&server.url()).await?;
            run(&mut out, "PostgreSQL", db, rows, &parts).await
        })?;
    }
    if let Some(peak) = peak_memory() {
        writeln!(out, "\n本程序内存峰值：{peak}")?;
    }
    Ok(())
}

async fn run(out: &mut impl Write, name: &str, db: Db, rows: usize, parts: &Stopwatch) -> Outcome<()> {
    db.ready().await?;
    let app = open(db.clone()).await?;
    fill(&app, rows).await?;
    for (seq, day) in [(2, FAR), (3, NEAR)] {
        parts.reset();
        let begin = Instant::now();
        let done = calendars::import(&app, "放假安排调整.json", amendment(seq, day), "bench").await?;
        let total = begin.elapsed();
        check(&app, &done, rows).await?;
        write!(out, "| {name} | {} |", done.moved)?;
        for (span, _) in PARTS {
            write!(out, " {:.1} |", parts.of(span).as_secs_f64())?;
        }
        writeln!(out, " {:.1} |", total.as_secs_f64())?;
        out.flush()?;
    }
    db.close().await;
    Ok(())
}

/// A measured run that did not do its work measures nothing.
async fn check(app: &App, done: &Imported, rows: usize) -> Outcome<()> {
    let mut tx = app.db.read().await?;
    let entries = journal::verify(&mut tx).await?;
    assert!(
        done.moved > 0 && entries > i64::from(done.moved),
        "every move is in the journal"
    );
    assert_eq!(done.looked_at, rows as u64, "every obligation was looked at");
    let stale = obligations::any_stale(&mut tx, app.calendars().revision()).await?;
    assert!(!stale, "no obligation rests on the old calendar");
    Ok(tx.rollback().await?)
}

async fn open(db: Db) -> Outcome<App> {
    let now = Moment::parse(NOW).expect("written as a moment here");
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
    };
    Ok(App::new(parts).await?)
}

/// An amendment of this year that frees one day.
fn amendment(seq: u32, day: &str) -> Vec<u8> {
    let kind = NoticeKind::Amendment;
    let notice = serde_json::json!({
        "year": 2026, "seq": seq, "kind": kind, "number": format!("国办发明电〔2026〕{seq}号"),
        "published": "2026-11-05", "url": null,
        "days": [{ "name": "调整", "date": day, "isOffDay": true }],
    });
    serde_json::to_vec(&notice).expect("a document made here")
}

// ---------------------------------------------------------------- a full database

async fn fill(app: &App, rows: usize) -> Outcome<()> {
    let mut tx = app.db.begin().await?;
    for number in 0..SAMPLES {
        obligations::put(&mut tx, &sample(number, &app.calendars())).await?;
    }
    copy(&mut tx, (rows / SAMPLES) as i64).await?;
    Ok(tx.commit().await?)
}

/// One in a hundred runs into the next year, one in ten is counted in natural days.
fn sample(number: usize, calendars: &Calendars) -> Obligation {
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

async fn copy(tx: &mut Tx, times: i64) -> Outcome<()> {
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

// ---------------------------------------------------------------- where the time goes

/// Adds up how long the spans of each name were open.
#[derive(Clone, Default)]
struct Stopwatch(Arc<Mutex<HashMap<&'static str, Duration>>>);

impl Stopwatch {
    fn reset(&self) {
        self.0.lock().expect("nobody panics while holding it").clear();
    }

    fn of(&self, name: &str) -> Duration {
        let sums = self.0.lock().expect("nobody panics while holding it");
        sums.get(name).copied().unwrap_or_default()
    }
}

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Stopwatch {
    fn on_new_span(&self, _: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(Instant::now());
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let open = span.extensions().get::<Instant>().map(Instant::elapsed);
        let mut sums = self.0.lock().expect("nobody panics while holding it");
        *sums.entry(span.name()).or_default() += open.unwrap_or_default();
    }
}

/// What this process held at most, where the system tells.
fn peak_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().to_owned())
}
