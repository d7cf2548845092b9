//! What a changed notice costs: every open obligation is reckoned again in one transaction. Tells how long that takes
//! and where the time goes, on the embedded database and, where its programs are installed, on PostgreSQL.
//!
//!     cargo bench --bench recompute              # a million obligations
//!     cargo bench --bench recompute -- 100000    # fewer

mod filled;
#[path = "../tests/it/support/pg.rs"]
mod pg;

use filled::{Outcome, copy, open, sample};
use rongcuo::app::App;
use rongcuo::app::calendars::{self, Imported};
use rongcuo::domain::calendar::NoticeKind;
use rongcuo::store::{Db, journal, obligations};
use std::collections::HashMap;
use std::io::{Write, stdout};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tracing::span::{Attributes, Id};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// Obligations made one by one, with all that a stored one has; the others are copies under ids of their own.
const SAMPLES: usize = 1_000;
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
