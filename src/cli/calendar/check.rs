//! `calendar check`: what the calendar rests on, and where its sources part.
//!
//! Exits 0 when all years needed now have a notice and the second witness parts from the notices
//! only on the days it is known to be wrong about; 1 otherwise.

use super::{ATTENTION, CalendarContext, DONE, Refusal, origin, print_json, source};
use crate::domain::calendar::{Calendar, Notice};
use crate::domain::time::weekday_zh;
use crate::files::calendar::{CalendarSource, DroppedYear};
use chinese_holiday::{Ymd, chinese_holiday};
use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use std::io::Write;

/// The span the second witness speaks for: it has no notice before, and panics after.
const WITNESS: [(i32, u32, u32); 2] = [(2007, 1, 1), (2026, 12, 25)];

/// Days the witness calls days off though the notices make them working days: 2016-10-09 is the
/// make-up Sunday of 国庆节, 2016-12-30 an ordinary Friday before 元旦 2017 (which had no make-up).
const KNOWN_FAULTS: [(i32, u32, u32); 2] = [(2016, 10, 9), (2016, 12, 30)];

#[derive(Serialize)]
struct Document {
    source: String,
    calendar_revision: String,
    published: Vec<Year>,
    provisional: Vec<Span>,
    missing: Vec<i32>,
    local_overrides: Vec<Local>,
    dropped_in: Vec<Dropped>,
    witness: Option<Compared>,
    contradictions: Vec<Contradiction>,
    ok: bool,
}

#[derive(Serialize)]
struct Year {
    year: i32,
    notices: Vec<YearNotice>,
}

#[derive(Serialize)]
struct YearNotice {
    kind: &'static str,
    number: Option<String>,
    published: Option<NaiveDate>,
    url: Option<String>,
    days: usize,
}

/// Years without a notice, both ends included.
#[derive(Serialize)]
struct Span {
    from: i32,
    to: i32,
}

/// Days compared, both ends included.
#[derive(Serialize)]
struct Compared {
    from: NaiveDate,
    to: NaiveDate,
    days: usize,
}

#[derive(Serialize)]
struct Dropped {
    year: i32,
    file: String,
    days: usize,
    dated: bool,
}

/// An arrangement of a region or unit.
#[derive(Serialize)]
struct Local {
    unit: String,
    name: String,
    number: Option<String>,
    published: Option<NaiveDate>,
    days: usize,
    /// Days on which it parts from the national arrangement.
    overrides: Vec<NaiveDate>,
}

#[derive(Serialize)]
struct Contradiction {
    date: NaiveDate,
    working: bool,
    witness_working: bool,
    known_fault: bool,
}

pub(super) fn run(ctx: &CalendarContext, out: &mut dyn Write) -> Result<u8, Refusal> {
    let source = source(ctx)?;
    let calendar = Calendar::replay(&source.notices, &source.statutory, None)?;
    let document = examine(ctx, &source, &calendar)?;
    if ctx.json {
        print_json(out, &document)?;
    } else {
        print(out, &document)?;
    }
    Ok(if document.ok { DONE } else { ATTENTION })
}

fn examine(ctx: &CalendarContext, source: &CalendarSource, calendar: &Calendar) -> Result<Document, Refusal> {
    let missing = calendar.missing_years(ctx.today, ctx.notice_by);
    let (witness, contradictions) = compare(calendar)?;
    let ok = missing.is_empty() && contradictions.iter().all(|it| it.known_fault);
    Ok(Document {
        source: origin(ctx.dir.as_deref()),
        calendar_revision: calendar.revision().to_owned(),
        published: calendar
            .covered()
            .iter()
            .map(|year| published(*year, &source.notices))
            .collect(),
        provisional: provisional(calendar),
        missing,
        local_overrides: local(source, calendar),
        dropped_in: source.dropped.iter().map(dropped).collect(),
        witness,
        contradictions,
        ok,
    })
}

fn published(year: i32, notices: &[Notice]) -> Year {
    let mut own: Vec<&Notice> = notices.iter().filter(|notice| notice.year == year).collect();
    own.sort_by_key(|notice| (notice.published, notice.seq));
    let notices = own
        .into_iter()
        .map(|notice| YearNotice {
            kind: notice.kind.zh(),
            number: notice.number.clone(),
            published: notice.published,
            url: notice.url.clone(),
            days: notice.days.len(),
        })
        .collect();
    Year { year, notices }
}

fn local(source: &CalendarSource, calendar: &Calendar) -> Vec<Local> {
    let mut found = Vec::new();
    for one in &source.local {
        let mut overrides = Vec::new();
        for day in &one.days {
            if calendar.is_working_day(day.date).ok() == Some(day.off) {
                overrides.push(day.date);
            }
        }
        found.push(Local {
            unit: one.unit.clone(),
            name: one.name.clone(),
            number: one.number.clone(),
            published: one.published,
            days: one.days.len(),
            overrides,
        });
    }
    found
}

fn dropped(year: &DroppedYear) -> Dropped {
    Dropped {
        year: year.year,
        file: year.file.clone(),
        days: year.days,
        dated: year.dated,
    }
}

fn provisional(calendar: &Calendar) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let years = calendar.first_day().year()..=calendar.last_day().year();
    for year in years.filter(|year| !calendar.is_published(*year)) {
        match spans.last_mut() {
            Some(span) if span.to + 1 == year => span.to = year,
            _ => spans.push(Span { from: year, to: year }),
        }
    }
    spans
}

/// Compares every published day with the second witness, within the span it speaks for.
fn compare(calendar: &Calendar) -> Result<(Option<Compared>, Vec<Contradiction>), Refusal> {
    let [from, to] = WITNESS.map(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default());
    let from = from.max(calendar.first_day());
    let to = to.min(calendar.last_day());
    let (mut days, mut found) = (0, Vec::new());
    for date in from.iter_days().take_while(|date| *date <= to) {
        if !calendar.is_published(date.year()) {
            continue;
        }
        days += 1;
        let working = calendar.is_working_day(date)?;
        let witness_working = witness(date);
        if working != witness_working {
            let named = KNOWN_FAULTS.contains(&(date.year(), date.month(), date.day()));
            found.push(Contradiction {
                date,
                working,
                witness_working,
                known_fault: named && working,
            });
        }
    }
    Ok(((days > 0).then_some(Compared { from, to, days }), found))
}

/// Asked for days within its span only.
fn witness(date: NaiveDate) -> bool {
    let year = u16::try_from(date.year()).unwrap_or_default();
    chinese_holiday(Ymd::new(year, date.month() as u8, date.day() as u8)).is_workday()
}

fn print(out: &mut dyn Write, document: &Document) -> Result<(), Refusal> {
    writeln!(
        out,
        "日历核对（{}，修订号 {}）",
        document.source, document.calendar_revision
    )?;
    writeln!(out, "\n已有正式通知的年份：")?;
    for year in &document.published {
        for notice in &year.notices {
            let number = notice.number.as_deref().unwrap_or("文号未核实");
            let published = notice.published.map(|day| day.to_string()).unwrap_or_default();
            writeln!(
                out,
                "  {}年 {} {number}，{published} 公布，{} 天",
                year.year, notice.kind, notice.days
            )?;
        }
    }
    writeln!(out, "\n暂定年份（未见通知，按周一至周五扣除法定节假日估算）：")?;
    for span in &document.provisional {
        writeln!(out, "  {}年至{}年", span.from, span.to)?;
    }
    print_local(out, &document.local_overrides)?;
    print_dropped(out, &document.dropped_in)?;
    print_contradictions(out, document)?;
    if !document.missing.is_empty() {
        let years: Vec<String> = document.missing.iter().map(|year| format!("{year}年")).collect();
        let years = years.join("、");
        writeln!(
            out,
            "\n需要处理：缺少{years}的放假安排，请用 rongcuo calendar import 导入该年的放假通知"
        )?;
    }
    writeln!(
        out,
        "\n结论：{}",
        if document.ok {
            "可用"
        } else {
            "有需要处理的事项"
        }
    )?;
    Ok(())
}

fn print_local(out: &mut dyn Write, local: &[Local]) -> Result<(), Refusal> {
    if local.is_empty() {
        writeln!(out, "\n本地调整：无")?;
        return Ok(());
    }
    writeln!(out, "\n本地调整：")?;
    for one in local {
        let number = one
            .number
            .as_deref()
            .map(|number| format!(" {number}"))
            .unwrap_or_default();
        let parted: Vec<String> = one.overrides.iter().map(NaiveDate::to_string).collect();
        let parted = if parted.is_empty() {
            "与全国安排一致".to_owned()
        } else {
            format!("与全国安排不同的有 {}", parted.join("、"))
        };
        writeln!(out, "  {}「{}」{number}：{} 天，{parted}", one.unit, one.name, one.days)?;
    }
    Ok(())
}

fn print_dropped(out: &mut dyn Write, dropped: &[Dropped]) -> Result<(), Refusal> {
    if dropped.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n与通知不同、另行放入的年份文件：")?;
    for year in dropped {
        let dated = if year.dated {
            "按文件所列公布日期计"
        } else {
            "无公布日期，按导入当日计"
        };
        writeln!(out, "  {}年 {}：{} 天不同，{dated}", year.year, year.file, year.days)?;
    }
    Ok(())
}

fn print_contradictions(out: &mut dyn Write, document: &Document) -> Result<(), Refusal> {
    let Some(span) = &document.witness else {
        writeln!(
            out,
            "\n来源比对：所有年份都在对照来源 chinese_holiday 的范围之外，未比对"
        )?;
        return Ok(());
    };
    let found = &document.contradictions;
    writeln!(
        out,
        "\n来源比对（对照来源 chinese_holiday，{} 至 {}，共 {} 天）：{} 处矛盾",
        span.from,
        span.to,
        span.days,
        found.len()
    )?;
    let word = |working| if working { "上班" } else { "休息" };
    for day in found {
        let verdict = if day.known_fault {
            "对照来源的已知错误，以通知为准"
        } else {
            "需要核对通知原文"
        };
        let (own, other) = (word(day.working), word(day.witness_working));
        writeln!(
            out,
            "  {} {}：日历为{own}，对照为{other}；{verdict}",
            day.date,
            weekday_zh(day.date)
        )?;
    }
    Ok(())
}
