//! Whether the service works, for whoever watches it: the pages, the monitoring system, another process.

use super::reconcile::is_owed;
use super::{App, AppError};
use crate::domain::alert::Known;
use crate::domain::calendar::{Calendar, Calendars};
use crate::domain::health::{self, Alerts, MailSigns, MailTrouble};
use crate::domain::obligation::Obligation;
use crate::domain::policy::Policy;
use crate::domain::time::Moment;
use crate::store::health as store;
use crate::store::{Db, Tx, alerts, obligations, silences};
use chrono::{Datelike as _, NaiveDate};
use serde::Serialize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// Whoever asks whether the service is ready waits no longer for the database.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// Lapsed obligations looked at in one query.
const BATCH: i64 = 500;

/// What this process did of late; other processes read the tick in the database.
#[derive(Debug, Default)]
pub struct Pulse {
    ticks: watch::Sender<u64>,
    last: Mutex<Option<Moment>>,
    heartbeats: AtomicU64,
    heartbeats_failed: AtomicU64,
}

impl Pulse {
    /// Passes of reconcile that this process completed; changes with each.
    pub fn ticks(&self) -> watch::Receiver<u64> {
        self.ticks.subscribe()
    }

    /// When this process last completed one.
    pub fn last(&self) -> Option<Moment> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a heartbeat that was answered, or was not.
    pub fn heartbeat(&self, answered: bool) {
        let counter = if answered {
            &self.heartbeats
        } else {
            &self.heartbeats_failed
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    fn ticked(&self, now: Moment) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        self.ticks.send_modify(|ticks| *ticks += 1);
    }
}

/// Notes a completed pass of reconcile, here and — at most once a minute, whichever instance it was — in the database.
pub async fn tick(app: &App, now: Moment) -> Result<(), AppError> {
    app.pulse().ticked(now);
    let mut tx = app.db.read().await?;
    let last = store::last_tick(&mut tx).await?;
    tx.rollback().await?;
    if last.is_some_and(|at| (now.millis() - at.millis()).abs() < health::TICK_APART_MILLIS) {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    store::tick(&mut tx, now, health::TICK_APART_MILLIS).await?;
    tx.commit().await?;
    Ok(())
}

/// One thing that must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The word other programs read.
    pub check: &'static str,
    /// Whether it holds.
    pub ok: bool,
    /// What people read; names nobody.
    pub text: String,
}

impl Check {
    fn of(check: &'static str, ok: bool, text: impl Into<String>) -> Self {
        Self {
            check,
            ok,
            text: text.into(),
        }
    }
}

/// Whether this instance can do its work now.
pub async fn readiness(app: &App) -> Vec<Check> {
    let now = app.now();
    let asked = async {
        let mut tx = app.db.read().await?;
        let signs = (
            store::last_tick(&mut tx).await?,
            store::mail_signs(&mut tx, health::MANY_ATTEMPTS).await?,
        );
        tx.rollback().await?;
        Ok::<_, AppError>(signs)
    };
    let calendar = covers_today(app.calendars().national(), now.day());
    let (tick, mail) = match tokio::time::timeout(ANSWER_LIMIT, asked).await {
        Ok(Ok(signs)) => signs,
        Ok(Err(error)) => {
            tracing::warn!(error = %error, "就绪检查：数据库没有应答");
            return vec![Check::of("database", false, "数据库没有应答，详见日志"), calendar];
        }
        Err(_) => {
            let text = format!("数据库 {} 秒内没有应答", ANSWER_LIMIT.as_secs());
            return vec![Check::of("database", false, text), calendar];
        }
    };
    vec![
        Check::of("database", true, "数据库可用"),
        calendar,
        // An instance answers for its own loop; before its first pass, for that of the service.
        ticking(app.pulse().last().or(tick), now),
        on_time(&mail, now),
    ]
}

fn covers_today(national: &Calendar, today: NaiveDate) -> Check {
    let year = today.year();
    if national.is_published(year) {
        Check::of("calendar", true, format!("{year}年有放假通知"))
    } else {
        Check::of("calendar", false, format!("{year}年没有放假通知，期限都是暂定"))
    }
}

fn ticking(last: Option<Moment>, now: Moment) -> Check {
    let limit = health::TICK_LIMIT_MILLIS / 60_000;
    let text = match health::tick_age(last, now) {
        Some(age) => format!("最近一轮核对在 {} 秒前完成（限 {limit} 分钟）", age / 1000),
        None => "还没有完成过一轮核对".to_owned(),
    };
    Check::of("tick", health::tick_is_fresh(last, now), text)
}

fn on_time(mail: &MailSigns, now: Moment) -> Check {
    let limit = health::MAIL_LIMIT_MILLIS / 3_600_000;
    match mail.late(now) {
        Some(since) => Check::of(
            "mail",
            false,
            format!(
                "有 {} 封邮件待发，最早的一封自 {since} 起没有送出（限 {limit} 小时）",
                mail.waiting
            ),
        ),
        None => Check::of("mail", true, format!("没有邮件等待超过 {limit} 小时")),
    }
}

/// Why mail does not work, if it does not; cheap enough for every page.
pub async fn mail_trouble(app: &App) -> Result<Option<MailTrouble>, AppError> {
    let mut tx = app.db.read().await?;
    let signs = store::mail_signs(&mut tx, health::MANY_ATTEMPTS).await?;
    tx.rollback().await?;
    Ok(signs.trouble(app.now()))
}

/// The numbers a monitoring system collects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Open obligations by kind.
    pub open: Vec<(String, i64)>,
    /// Those whose day has passed, by kind.
    pub lapsed: Vec<(String, i64)>,
    /// Decisions by outcome.
    pub alerts: Alerts,
    /// Silences in force, and reminders of open matters that they hold back.
    pub silences: (i64, i64),
    /// Mails by state.
    pub mails: Vec<(String, i64)>,
    /// Attempts whose end nobody knows.
    pub in_doubt: i64,
    /// How long the oldest unsent mail has waited, in seconds.
    pub oldest_waiting: i64,
    /// Age of the last tick in seconds; none before the first.
    pub tick_age: Option<i64>,
    /// Days from today to the last one a notice covers.
    pub days_covered: i64,
    /// Findings that are not closed.
    pub findings: i64,
    /// Heartbeats of this process, answered and not.
    pub heartbeats: (u64, u64),
}

/// Collects them.
pub async fn figures(app: &App) -> Result<Figures, AppError> {
    let now = app.now();
    let mut tx = app.db.read().await?;
    let mail = store::mail_signs(&mut tx, health::MANY_ATTEMPTS).await?;
    let figures = Figures {
        open: store::open_by_kind(&mut tx).await?,
        lapsed: store::lapsed_by_kind(&mut tx, now.day()).await?,
        alerts: store::alerts_by_outcome(&mut tx).await?,
        silences: store::silences(&mut tx, now).await?,
        mails: store::mails_by_state(&mut tx).await?,
        in_doubt: store::in_doubt(&mut tx).await?,
        oldest_waiting: mail
            .oldest_waiting
            .map_or(0, |since| (now.millis() - since.millis()).max(0) / 1000),
        tick_age: health::tick_age(store::last_tick(&mut tx).await?, now).map(|age| age / 1000),
        days_covered: health::days_covered(app.calendars().national().covered(), now.day()),
        findings: store::findings_open(&mut tx).await?,
        heartbeats: (
            app.pulse().heartbeats.load(Ordering::Relaxed),
            app.pulse().heartbeats_failed.load(Ordering::Relaxed),
        ),
    };
    tx.rollback().await?;
    Ok(figures)
}

/// What must hold of a service that somebody else runs, from its database alone; reads only.
pub async fn monitor(db: &Db, policy: &Policy, calendars: &Calendars, now: Moment) -> Result<Vec<Check>, AppError> {
    let mut tx = db.read().await?;
    let mail = store::mail_signs(&mut tx, health::MANY_ATTEMPTS).await?;
    let grace = grace(now);
    let overlooked = store::overlooked(&mut tx, grace).await?;
    let owed = owed(&mut tx, policy, calendars, now).await?;
    let untold = store::untold(&mut tx).await?;
    let lost = store::lost(&mut tx).await?;
    let checks = vec![
        ticking(store::last_tick(&mut tx).await?, now),
        match overlooked {
            0 => Check::of("reconcile", true, "到时点的期限事项都已核对"),
            n => Check::of(
                "reconcile",
                false,
                format!("有 {n} 项期限事项过了核对时点 5 分钟还没有核对"),
            ),
        },
        match owed {
            0 => Check::of("alerts", true, "逾期事项的提醒都有决定"),
            n => Check::of(
                "alerts",
                false,
                format!("有 {n} 项逾期事项没有记下提醒决定，应提醒而没有提醒"),
            ),
        },
        match untold {
            0 => Check::of("recipients", true, "每个提醒都有人可通知"),
            n => Check::of("recipients", false, format!("有 {n} 个提醒没有人可通知：请导入联系人")),
        },
        on_time(&mail, now),
        if mail.failing() {
            Check::of(
                "delivery",
                false,
                format!("最近几次发送都失败了，有 {} 封邮件在等待", mail.waiting),
            )
        } else {
            Check::of("delivery", true, "发送正常")
        },
        match mail.held {
            0 => Check::of("held", true, "没有被拒收的邮件"),
            n => Check::of("held", false, format!("有 {n} 封邮件被拒收，等待人工处理")),
        },
        match lost {
            (0, 0) => Check::of("outbox", true, "已发、待发的提醒都有邮件"),
            (mails, bytes) => Check::of(
                "outbox",
                false,
                format!(
                    "有 {mails} 个记作已发或待发的提醒在邮件表中没有邮件，{bytes} 封邮件没有正文：数据库被改动过，请用备份核对，并先用电话等方式通知"
                ),
            ),
        },
        coverage(calendars.national(), policy, now.day()),
    ];
    tx.rollback().await?;
    Ok(checks)
}

/// What fell due by this moment has been due for more than the limit.
fn grace(now: Moment) -> Moment {
    now.plus_millis(-health::TICK_LIMIT_MILLIS - 1)
}

/// Lapsed obligations whose reminder should stand recorded by now and does not.
async fn owed(tx: &mut Tx, policy: &Policy, calendars: &Calendars, now: Moment) -> Result<u64, AppError> {
    let grace = grace(now);
    let (mut count, mut after) = (0, String::new());
    loop {
        let page = obligations::lapsed(tx, now.day(), &after, BATCH).await?;
        let Some(last) = page.last() else {
            return Ok(count);
        };
        last.id.as_str().clone_into(&mut after);
        for obligation in page.iter().filter(|one| had_its_chance(one, grace, now)) {
            let recorded = alerts::recorded_points(tx, &obligation.key, obligation.revision).await?;
            let known = Known {
                decided: &recorded,
                acknowledged: silences::acknowledged(tx, &obligation.key, obligation.revision)
                    .await?
                    .is_some(),
            };
            count += u64::from(is_owed(policy, calendars, obligation, known, grace)?);
        }
    }
}

/// Whether reconcile had time to look at an obligation as it stands: it is not only now made, moved or called up.
fn had_its_chance(obligation: &Obligation, grace: Moment, now: Moment) -> bool {
    obligation.created <= grace
        && obligation.moved.as_ref().is_none_or(|moved| moved.at <= grace)
        && obligation.next_at.is_none_or(|at| at <= grace || at > now)
}

fn coverage(national: &Calendar, policy: &Policy, today: NaiveDate) -> Check {
    let days = health::days_covered(national.covered(), today);
    let text = match health::covered_until(national.covered(), today) {
        Some(last) => format!("放假通知覆盖到 {last}，还有 {days} 天"),
        None => format!("{}年没有放假通知", today.year()),
    };
    if health::coverage_is_short(national.covered(), today, policy.notice_by) {
        let text = format!("{text}：请用 rongcuo calendar import 导入新的放假通知");
        return Check::of("calendar", false, text);
    }
    Check::of("calendar", true, text)
}
