//! How long pages take at a large site: 20,000 cadres on the roster, at least 2,000 open obligations of cases, what is told
//! about them, a thousand rectifications and some hundred findings. Every page that takes no number, each asked for by the first role that may; the whole
//! way from the request to the last byte, without a network.
//!
//!     cargo bench --bench pages

#[expect(dead_code, reason = "what other benchmarks need")]
mod filled;
#[path = "../tests/it/support/site.rs"]
#[expect(dead_code, reason = "what tests need besides")]
mod site;

use filled::{Outcome, open, open_at};
use rongcuo::app::App;
use rongcuo::app::import::{self, Source, Summary};
use rongcuo::app::precheck::{Request, precheck};
use rongcuo::app::reconcile::reconcile;
use rongcuo::domain::account::Role;
use rongcuo::domain::time::Moment;
use rongcuo::files::{self, HeaderWords, Limits};
use rongcuo::store::Db;
use site::Browser;
use std::fmt::Write as _;
use std::io::{Write, stdout};
use std::time::{Duration, Instant};

const CADRES: usize = 20_000;
/// Of them have a case that is long closed.
const CLOSED: usize = 3_000;
/// Obligations that are open.
const OPEN: i64 = 2_000;
const ITEMS: usize = 1_000;
const UNITS: usize = 80;
/// Cadres of closed cases of whom a list tells what their case must not lead to.
const FINDINGS: usize = 300;
/// The day of November on which pages are asked for; reminders have gone out until then.
const TOLD_UNTIL: u32 = 12;
/// Times each page is asked for; the first one only warms up.
const ROUNDS: usize = 12;
/// What the median is wanted below.
const WANTED: Duration = Duration::from_millis(50);
/// Every page with whom it is for.
const ROUTES: &str = include_str!("../tests/it/web/routes.txt");

/// The same lists filtered, and far down.
const LISTS: &str = "\
GET /obligations?show=all&page=40 handler
GET /obligations?show=overdue handler
GET /obligations?show=met handler
GET /obligations?number=RC-2026-7 handler
GET /cases?state=all&page=50 handler
GET /cases?text=%E5%B9%B2%E9%83%A877 handler
GET /protections?text=%E5%B9%B2%E9%83%A877 handler
GET /protections?level=full&page=50 handler
GET /findings?state=all&page=4 handler
GET /findings?state=waiting handler
GET /standing?list=restore handler
GET /rectifications?show=all&page=15 supervisor
GET /rectifications?view=board supervisor
GET /rectifications?light=soon&text=7 supervisor
GET /alerts?show=all&page=20 handler
GET /mails?state=all&page=20 handler
GET /mails?state=skipped handler
GET /mails/preview?show=unsent handler
GET /statistics/steps handler
GET /statistics/findings handler
GET /statistics/hidden handler
GET /audit?kind=obligation&page=20 auditor
GET /settings/people?text=7 system-administrator
GET /settings/texts/profile/history system-administrator
";

fn main() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let mut out = stdout().lock();
    runtime.block_on(async {
        let db = Db::open_sqlite(&folder.path().join("pages.db")).await?;
        db.ready().await?;
        fill(&open(db.clone()).await?).await?;
        measured(&mut out, &open_at(db, moment(TOLD_UNTIL, "10:00")).await?).await
    })
}

fn moment(day: u32, time: &str) -> Moment {
    Moment::parse(&format!("2026-11-{day:02}T{time}:00+08:00")).expect("written as a moment here")
}

fn unit(number: usize) -> String {
    format!("云川市/第{}局/第{}科", number % UNITS / 8, number % UNITS)
}

async fn fill(app: &App) -> Outcome<()> {
    let (words, limits) = (HeaderWords::builtin(), Limits::default());
    let mut text = "姓名,单位,职务\n".to_owned();
    for number in 0..CADRES {
        writeln!(text, "干部{number},{},科员", unit(number))?;
    }
    let parsed = files::read_cadres("干部.csv", text.as_bytes(), &words, &limits)?;
    let source = Source::new("干部.csv", text.as_bytes());
    whole(&import::cadres(app, &source, parsed.rows, parsed.rows_read, parsed.faults).await?)?;

    let mut contacts = "单位,姓名,角色,邮箱\n".to_owned();
    for number in 0..UNITS {
        writeln!(
            contacts,
            "{},联系{number},经办,lianxi{number}@yunchuan.example",
            unit(number)
        )?;
    }
    let parsed = files::read_contacts("联系人.csv", contacts.as_bytes(), &words, &limits)?;
    let source = Source::new("联系人.csv", contacts.as_bytes());
    whole(&import::contacts(app, &source, parsed.rows, parsed.rows_read, parsed.faults).await?)?;

    let head = "案件编号,姓名,单位,事项名称,认定结论,认定日期,结论文号,问责实施机关,人事档案归档日期,廉政档案归档日期,反馈本人日期,抄送主管部门日期,抄送上级部门日期,抄送组织部门日期,入卷归档日期\n";
    let mut register = head.to_owned();
    for number in 0..CLOSED {
        let done = ",2026-03-12".repeat(7);
        writeln!(
            register,
            "RC-2026-{number},干部{number},{},第{number}号改革试点,免予问责,2026-03-10,云容〔2026〕{number}号,云川市纪委监委{done}",
            unit(number)
        )?;
    }
    for number in CLOSED..CLOSED + 20 {
        take_register(app, &register, &words, &limits).await?;
        if open_obligations(app).await? >= OPEN {
            break;
        }
        register = head.to_owned();
        for case in 0..50 {
            let number = number * 50 + case;
            writeln!(
                register,
                "RC-2026-{number},干部{},{},第{number}号改革试点,免予问责,2026-11-0{},云容〔2026〕{number}号,云川市纪委监委,,,,,,,",
                number % CADRES,
                unit(number % CADRES),
                2 + number % 3
            )?;
        }
    }

    let mut items = "编号,问题,责任单位,整改时限,来源,交办日期\n".to_owned();
    for number in 0..ITEMS {
        writeln!(
            items,
            "ZG-{number},第{number}个问题,{},2026-12-{:02},RC-2026-{number},2026-10-12",
            unit(number),
            1 + number % 28
        )?;
    }
    let parsed = files::read_rectifications("整改.csv", items.as_bytes(), &words, &limits)?;
    let source = Source::new("整改.csv", items.as_bytes());
    whole(&import::rectifications(app, &source, parsed.rows, parsed.rows_read, parsed.faults).await?)?;
    let mut list = "姓名,单位,事项类别,结果,理由,期间\n".to_owned();
    for number in 0..FINDINGS {
        writeln!(
            list,
            "干部{number},{},年度考核,基本称职,因第{number}号改革试点一事,2026年度",
            unit(number)
        )?;
    }
    keep(app, &list, &words, &limits).await?;
    // What is due by now is told, so that alerts and mails are there too.
    for day in 5..=TOLD_UNTIL {
        reconcile(app, moment(day, "09:05")).await?;
    }
    Ok(())
}

async fn keep(app: &App, text: &str, words: &HeaderWords, limits: &Limits) -> Outcome<()> {
    let list = files::read_list("考核.csv", text.as_bytes(), words, limits)?;
    let options = app.policy.judging(app.now().day());
    let request = Request {
        list: &list,
        source: &Source::new("考核.csv", text.as_bytes()),
        options,
        keep: true,
        kind: "precheck",
    };
    precheck(app, &request).await?;
    Ok(())
}

/// A site that was filled by half measures nothing.
fn whole(taken: &Summary) -> Outcome<()> {
    match taken.unreadable.first() {
        None => Ok(()),
        Some(fault) => Err(format!("{}：{fault:?}", taken.file).into()),
    }
}

async fn take_register(app: &App, text: &str, words: &HeaderWords, limits: &Limits) -> Outcome<()> {
    let parsed = files::read_register("台账.csv", text.as_bytes(), words, limits)?;
    let source = Source::new("台账.csv", text.as_bytes());
    whole(&import::register(app, &source, parsed.rows, parsed.rows_read, parsed.faults).await?)?;
    Ok(())
}

async fn counted(app: &App, what: &'static str) -> Outcome<i64> {
    let mut tx = app.db.read().await?;
    let rongcuo::store::Tx::Sqlite(own) = &mut tx else {
        return Ok(0);
    };
    let found = sqlx::query_scalar(what).fetch_one(&mut **own).await?;
    tx.rollback().await?;
    Ok(found)
}

async fn open_obligations(app: &App) -> Outcome<i64> {
    counted(app, "SELECT COUNT(*) FROM obligation WHERE state = 'open'").await
}

async fn measured(out: &mut impl Write, app: &App) -> Outcome<()> {
    let open = open_obligations(app).await?;
    let mails = counted(app, "SELECT COUNT(*) FROM mail").await?;
    let findings = counted(app, "SELECT COUNT(*) FROM finding").await?;
    writeln!(
        out,
        "名册 {CADRES} 人，未办结期限 {open} 项，邮件 {mails} 封，整改 {ITEMS} 项，疑似问题 {findings} 件；每页 {ROUNDS} 次取中位数\n\n\
         | 页面 | 角色 | 毫秒（中位数） | 最长 | KB |\n|---|---|--:|--:|--:|"
    )?;
    let mut all: Vec<(Duration, String)> = Vec::new();
    for line in ROUTES.lines().chain(LISTS.lines()) {
        let Some((path, roles)) = line.strip_prefix("GET ").and_then(|line| line.split_once(' ')) else {
            continue;
        };
        let Some(role) = roles.split(',').next().and_then(Role::from_text) else {
            continue;
        };
        if path.contains('{') {
            continue;
        }
        let mut browser = Browser::signed_in(app, role).await;
        let mut times = Vec::new();
        let mut bytes = 0;
        let mut status = 0;
        for _ in 0..ROUNDS {
            let begin = Instant::now();
            let answer = browser.get(path).await;
            times.push(begin.elapsed());
            bytes = answer.body.len();
            status = answer.status.as_u16();
        }
        times.remove(0);
        times.sort();
        let (median, longest) = (times[times.len() / 2], times[times.len() - 1]);
        let line = format!(
            "| {path}{} | {roles} | {:.1} | {:.1} | {} |",
            if status == 200 {
                String::new()
            } else {
                format!("（{status}）")
            },
            median.as_secs_f64() * 1e3,
            longest.as_secs_f64() * 1e3,
            bytes >> 10,
            roles = role.zh(),
        );
        all.push((median, line));
    }
    all.sort();
    all.reverse();
    for (_, line) in &all {
        writeln!(out, "{line}")?;
    }
    let middle = all.get(all.len() / 2).map_or(Duration::ZERO, |(median, _)| *median);
    let over = all.iter().filter(|(median, _)| *median > WANTED).count();
    writeln!(
        out,
        "\n各页中位数的中位数 {:.1} 毫秒；超过 {} 毫秒的 {over} 页",
        middle.as_secs_f64() * 1e3,
        WANTED.as_millis()
    )?;
    Ok(out.flush()?)
}
