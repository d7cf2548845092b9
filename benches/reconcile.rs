//! What a pass costs where little of much is due: a thousand reminders among a thousand open obligations, and the same
//! thousand among a million. On the embedded database and, where its programs are installed, on PostgreSQL.
//!
//!     cargo bench --bench reconcile              # a million obligations
//!     cargo bench --bench reconcile -- 100000    # fewer

mod filled;
#[path = "../tests/it/support/pg.rs"]
mod pg;

use filled::{Outcome, copy, open, sample};
use rongcuo::app::App;
use rongcuo::app::reconcile::reconcile;
use rongcuo::domain::alert::Contact;
use rongcuo::domain::contact::Role;
use rongcuo::domain::deadline::Terms;
use rongcuo::domain::ids::ObligationId;
use rongcuo::domain::obligation::{Obligation, State, due_of};
use rongcuo::domain::time::Moment;
use rongcuo::store::{Db, contacts, obligations};
use std::io::{Write, stdout};
use std::time::{Duration, Instant};

/// Due in every pass.
const DUE: usize = 1_000;
/// Passes measured; the middle one counts.
const PASSES: usize = 5;
/// The others are looked at long after the measurement.
const LATER: &str = "2027-03-01";
/// Ten working days before the day after the measurement, so that a reminder is due.
const BEGUN: &str = "2026-10-23";
/// What the costs may differ by.
const MOST: f64 = 3.0;

fn main() -> Outcome<()> {
    let rows = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let rows = rows.unwrap_or(1_000_000_usize).next_multiple_of(DUE).max(2 * DUE);
    let mut out = stdout().lock();
    writeln!(
        out,
        "一轮核对，到提醒时间的期限 {DUE} 项；{PASSES} 轮的中位数（最短～最长），毫秒\n\n\
         | 数据库 | 待办 {DUE} 项 | 待办 {rows} 项 | 之比 |\n|---|--:|--:|--:|"
    )?;
    let runtime = tokio::runtime::Runtime::new()?;
    let folder = tempfile::tempdir()?;
    let mut most: f64 = 0.0;
    most = most.max(runtime.block_on(async {
        let few = measured(Db::open_sqlite(&folder.path().join("few.db")).await?, DUE).await?;
        let many = measured(Db::open_sqlite(&folder.path().join("many.db")).await?, rows).await?;
        told(&mut out, "内置", &few, &many)
    })?);
    if let (Some(few), Some(many)) = (pg::database(), pg::database()) {
        most = most.max(runtime.block_on(async {
            let few = measured(Db::open_postgres(&few.url()).await?, DUE).await?;
            let many = measured(Db::open_postgres(&many.url()).await?, rows).await?;
            told(&mut out, "PostgreSQL", &few, &many)
        })?);
    }
    writeln!(
        out,
        "\n要求：之比不超过 {MOST}；{}",
        if most <= MOST { "达到" } else { "没有达到" }
    )?;
    Ok(())
}

fn told(out: &mut impl Write, name: &str, few: &[Duration], many: &[Duration]) -> Outcome<f64> {
    let ratio = middle(many).as_secs_f64() / middle(few).as_secs_f64();
    writeln!(out, "| {name} | {} | {} | {ratio:.2} |", range(few), range(many))?;
    out.flush()?;
    Ok(ratio)
}

fn middle(sorted: &[Duration]) -> Duration {
    sorted[sorted.len() / 2]
}

fn range(sorted: &[Duration]) -> String {
    let ends = [sorted.first(), sorted.last()].map(|one| one.map_or(0, Duration::as_millis));
    format!("{}（{}～{}）", middle(sorted).as_millis(), ends[0], ends[1])
}

/// Passes over a database with so many open obligations, shortest first.
async fn measured(db: Db, rows: usize) -> Outcome<Vec<Duration>> {
    db.ready().await?;
    let app = open(db.clone()).await?;
    fill(&app, rows - DUE).await?;
    let mut took = Vec::new();
    for number in 0..PASSES {
        took.push(pass(&app, number).await?);
    }
    db.close().await;
    took.sort();
    Ok(took)
}

/// Everybody who is told, and obligations that are not due.
async fn fill(app: &App, rows: usize) -> Outcome<()> {
    let mut tx = app.db.begin().await?;
    for (name, role) in [
        ("何收文", Role::Handler),
        ("林知微", Role::SectionHead),
        ("周既明", Role::DeputyLeader),
    ] {
        let contact = Contact {
            unit: "云川市纪委监委".to_owned(),
            name: name.to_owned(),
            role,
            email: Some(format!("{}@yunchuan.example", role as u8)),
            deputy: None,
            disabled: false,
        };
        contacts::put(&mut tx, &contact).await?;
    }
    if rows > 0 {
        let later = Moment::parse(LATER);
        for number in 0..DUE {
            let one = Obligation {
                next_at: later,
                ..sample(number, &app.calendars())
            };
            obligations::put(&mut tx, &one).await?;
        }
        copy(&mut tx, (rows / DUE) as i64).await?;
    }
    Ok(tx.commit().await?)
}

/// Lets a thousand come due, measures the pass, and ends them.
async fn pass(app: &App, number: usize) -> Outcome<Duration> {
    let calendars = app.calendars();
    let terms = Terms::working_days(10);
    let event_day = BEGUN.parse().expect("written as a date here");
    let tomorrow = due_of(terms, event_day, &[], calendars.national())?;
    let due = (0..DUE).map(|one| {
        let key = format!("due:{number}:{one}");
        Obligation {
            id: ObligationId::of(&key),
            key,
            event_day,
            terms,
            due: tomorrow.clone(),
            next_at: Some(app.now()),
            ..sample(one, &calendars)
        }
    });
    let due: Vec<Obligation> = due.collect();
    put(app, &due).await?;
    let begin = Instant::now();
    let done = reconcile(app, app.now()).await?;
    let took = begin.elapsed();
    let told = (done.sent + done.waiting + done.merged) as usize;
    assert!(
        told >= DUE && done.untold == 0,
        "nobody was told of what is due: {done:?}"
    );
    let mut tx = app.db.read().await?;
    assert!(
        obligations::due(&mut tx, app.now(), 1).await?.is_empty(),
        "something is still due"
    );
    tx.rollback().await?;
    let ended = due.into_iter().map(|one| Obligation {
        state: State::Met,
        met_on: Some(app.now().day()),
        next_at: None,
        ..one
    });
    put(app, &ended.collect::<Vec<_>>()).await?;
    Ok(took)
}

async fn put(app: &App, all: &[Obligation]) -> Outcome<()> {
    let mut tx = app.db.begin().await?;
    for one in all {
        obligations::put(&mut tx, one).await?;
    }
    Ok(tx.commit().await?)
}
