//! A Monday in a fictitious city: what each page would show on 23 November 2026.

use chrono::{Datelike, NaiveDate, NaiveTime, Weekday};
use rongcuo::app::view::{
    AlertRow, AnswerForm, AnswerState, AnswerView, ArrivalRow, Attribution, CalendarDay, CalendarView, Cell, Certainty,
    Count, Coverage, DashboardCounts, DashboardView, Day, DayKind, DayView, Decision, DueDot, FindingRow, FindingState,
    FindingView, HistoryRow, Light, MailRow, MailState, MailView, Mine, MineRow, NextHoliday, NoticeRow, NumberSource,
    ObligationRow, ObligationView, Other, OutcomeClass, PageOf, Reckoning, Remaining, RemedyRow, RemedyShow, Since,
    Standing, Verdict,
};
use rongcuo::domain::ids::{FindingId, MailId, ObligationId};
use rongcuo::domain::time::Moment;

type MonthDay = (u32, u32);

/// Free and worked days of 2026 as the State Council's office announced them on 4 November 2025.
const FREE: [(&str, MonthDay, MonthDay); 7] = [
    ("元旦", (1, 1), (1, 3)),
    ("春节", (2, 15), (2, 23)),
    ("清明节", (4, 4), (4, 6)),
    ("劳动节", (5, 1), (5, 5)),
    ("端午节", (6, 19), (6, 21)),
    ("中秋节", (9, 25), (9, 27)),
    ("国庆节", (10, 1), (10, 7)),
];
const WORKED: [(&str, MonthDay); 6] = [
    ("元旦", (1, 4)),
    ("春节", (2, 14)),
    ("春节", (2, 28)),
    ("劳动节", (5, 9)),
    ("国庆节", (9, 20)),
    ("国庆节", (10, 10)),
];

pub fn date(text: &str) -> NaiveDate {
    text.parse().expect("a sample day")
}

pub fn today() -> NaiveDate {
    date("2026-11-23")
}

pub fn at(day: &str, hour: u32, minute: u32) -> Moment {
    Moment::at(
        date(day),
        NaiveTime::from_hms_opt(hour, minute, 0).expect("a sample time"),
    )
}

fn named(day: NaiveDate) -> (DayKind, Option<&'static str>) {
    let key = (day.month(), day.day());
    if day.year() == 2026 {
        if let Some((name, _)) = WORKED.iter().find(|(_, worked)| *worked == key) {
            return (DayKind::MakeUp, Some(name));
        }
        if let Some((name, ..)) = FREE.iter().find(|(_, from, to)| (*from..=*to).contains(&key)) {
            return (DayKind::Holiday, Some(name));
        }
    } else if key == (1, 1) {
        return (DayKind::Holiday, Some("元旦"));
    }
    let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    (if weekend { DayKind::Weekend } else { DayKind::Workday }, None)
}

pub fn day(text: &str) -> Day {
    let date = date(text);
    Day {
        date,
        kind: named(date).0,
    }
}

/// Days from `from` to `to` with working days counted to `due` and then past it.
fn days(from: &str, due: &str, to: &str) -> Vec<DayView> {
    let (from, due, to) = (date(from), date(due), date(to));
    let (mut counted, mut over) = (0, 0);
    from.iter_days()
        .take_while(|day| *day <= to)
        .map(|date| {
            let (kind, name) = named(date);
            let count = if date == from || kind.is_rest() {
                Count::None
            } else if date <= due {
                counted += 1;
                Count::Counted(counted)
            } else {
                over += 1;
                Count::Over(over)
            };
            DayView {
                day: Day { date, kind },
                name: name.map(str::to_owned),
                count,
            }
        })
        .collect()
}

fn row(
    (id, number): (&str, &str),
    light: Light,
    kind: &str,
    unit: &str,
    due: &str,
    remaining: Option<Remaining>,
    clause: &str,
) -> ObligationRow {
    ObligationRow {
        id: ObligationId::stored(id.to_owned()),
        light,
        kind: kind.to_owned(),
        number: number.to_owned(),
        unit: unit.to_owned(),
        due: day(due),
        remaining,
        certainty: if due > "2026-12-31" {
            Certainty::Unpublished
        } else {
            Certainty::Firm
        },
        clause: clause.to_owned(),
        met: (light == Light::Met).then(|| date("2026-11-18")),
    }
}

#[rustfmt::skip]
pub fn obligation_rows() -> Vec<ObligationRow> {
    use Remaining::{Left, Over, Today};
    vec![
        row(("a014integrity", "RC-2026-014"), Light::Overdue, "结论归入廉政档案", "云川市纪委监委干部监督室", "2026-11-19", Some(Over(2)), "二(四)5"),
        row(("a031progress", "ZG-2026-031"), Light::Overdue, "整改措施未报进展", "云川市住房和城乡建设局", "2026-11-20", Some(Over(1)), "三(三)"),
        row(("a016superior", "RC-2026-016"), Light::Soon, "反馈上级部门", "云川市委组织部干部监督科", "2026-11-23", Some(Today), "二(四)4"),
        row(("a007reply", "RC-2025-007"), Light::Soon, "答复疑似问题", "云川市城市建设管理局", "2026-11-26", Some(Left(3)), "二(五)"),
        row(("a022accept", "ZG-2026-022"), Light::Normal, "整改到期", "云川市水务局", "2026-11-30", Some(Left(5)), "三(三)"),
        row(("a018follow", "ZG-2026-018"), Light::Tentative, "整改后回访", "云川市农业农村局", "2027-01-15", Some(Left(38)), "三(三)"),
        row(("a014personnel", "RC-2026-014"), Light::Met, "结论归入干部人事档案", "云川市委组织部干部监督科", "2026-11-19", None, "二(四)5"),
    ]
}

pub fn dashboard() -> DashboardView {
    DashboardView {
        today: day("2026-11-23"),
        week_workdays: 5,
        next_holiday: Some(NextHoliday {
            name: "元旦".to_owned(),
            from: day("2027-01-01"),
            days: None,
            resumes: Some(day("2027-01-04")),
            worked: vec![day("2026-12-27")],
            across: Some(3),
        }),
        missing_year: Some(2027),
        counts: DashboardCounts {
            overdue: 2,
            today: 1,
            week: 6,
            findings: 3,
            unsent: 0,
        },
        mine: vec![
            MineRow {
                what: Mine::Acknowledge,
                count: 2,
            },
            MineRow {
                what: Mine::Findings,
                count: 1,
            },
            MineRow {
                what: Mine::Cases,
                count: 0,
            },
        ],
        obligations: obligation_rows().into_iter().take(5).collect(),
        findings: finding_rows(),
    }
}

fn alert(
    at: Moment,
    point: &str,
    decision: Decision,
    recipients: &[&str],
    reason: &str,
    mail: Option<&str>,
) -> AlertRow {
    AlertRow {
        at,
        obligation: Some(ObligationId::stored("a014integrity".to_owned())),
        subject: "RC-2026-014 结论归入廉政档案".to_owned(),
        point: point.to_owned(),
        decision,
        recipients: recipients.iter().map(|name| (*name).to_owned()).collect(),
        reason: reason.to_owned(),
        mail: mail.map(|id| MailId::stored(id.to_owned())),
    }
}

pub fn alerts() -> Vec<AlertRow> {
    vec![
        alert(
            at("2026-11-16", 9, 0),
            "到期前 3 个工作日",
            Decision::Sent,
            &["经办 陆知行"],
            "到提醒时点，列入当日汇总",
            Some("m0001"),
        ),
        alert(
            at("2026-11-18", 9, 0),
            "到期前 1 个工作日",
            Decision::Merged,
            &["经办 陆知行"],
            "因停机合并：恢复时已过到期日，改发到期当日的提醒",
            None,
        ),
        alert(
            at("2026-11-20", 9, 0),
            "逾期第 1 个工作日",
            Decision::Sent,
            &["经办 陆知行", "科室负责人 温若棠"],
            "逾期，立即告知并报上一级",
            Some("m0002"),
        ),
        alert(
            at("2026-11-23", 9, 0),
            "逾期第 2 个工作日",
            Decision::NoRecipient,
            &[],
            "「分管领导」没有登记邮箱，已告知管理员",
            None,
        ),
        alert(
            at("2026-11-23", 18, 30),
            "催办升级",
            Decision::Held,
            &["分管领导 顾临川"],
            "非工作时间，下一个工作日 9:00 发送",
            None,
        ),
    ]
}

pub fn obligation(id: &str) -> Option<ObligationView> {
    let row = obligation_rows().into_iter().find(|row| row.id.as_str() == id)?;
    let (event, from, to, limit, source) = match id {
        "a022accept" => (
            "下达整改通知",
            "2026-09-15",
            "2026-11-30",
            "50 个工作日",
            NumberSource::Local,
        ),
        "a018follow" => (
            "整改销号",
            "2026-11-20",
            "2027-01-15",
            "39 个工作日",
            NumberSource::Local,
        ),
        _ => (
            "作出结论性认定意见",
            "2026-11-12",
            "2026-11-23",
            "5 个工作日",
            NumberSource::Policy,
        ),
    };
    let due = row.due.date.to_string();
    let days = days(from, &due, if due.as_str() > to { &due } else { to });
    let tentative = row.certainty == Certainty::Unpublished;
    Some(ObligationView {
        person: Some("沈砚舟".to_owned()),
        matter: Some("老旧小区加装电梯试点补贴误发".to_owned()),
        state: Since {
            word: if row.light == Light::Met {
                "已办结"
            } else {
                "未办结"
            }
            .to_owned(),
            at: at("2026-11-12", 15, 20),
            by: "由导入容错案件台账产生".to_owned(),
        },
        calendar: "云川市的当地日历".to_owned(),
        adjustments: vec!["2026-11-20 起中止".to_owned()],
        certainty_reason: if tentative {
            "2027 年放假通知未发布，按周一至周五并扣除法定节假日估计"
        } else {
            "2026 年放假通知（国办发明电〔2025〕7号）已确定其间每一天"
        }
        .to_owned(),
        reckoning: Reckoning {
            event: event.to_owned(),
            event_day: day(from),
            limit: limit.to_owned(),
            source,
            today: today(),
            days,
            omitted: 0,
        },
        alerts: if id == "a022accept" { Vec::new() } else { alerts() },
        row,
    })
}

fn finding_row(
    id: &str,
    verdict: Verdict,
    domain: &str,
    outcome: Option<&str>,
    case: Option<&str>,
    unit: &str,
    (due, left): (&str, u32),
) -> FindingRow {
    FindingRow {
        id: FindingId::stored(id.to_owned()),
        verdict,
        domain: domain.to_owned(),
        outcome: outcome.map(str::to_owned),
        case_number: case.map(str::to_owned),
        unit: unit.to_owned(),
        state: FindingState::Open,
        reply_due: Some(day(due)),
        remaining: Some(Remaining::Left(left)),
    }
}

#[rustfmt::skip]
pub fn finding_rows() -> Vec<FindingRow> {
    vec![
        finding_row("f001", Verdict::Violation, "年度考核", Some("基本称职"), Some("RC-2025-007"), "云川市城市建设管理局", ("2026-11-26", 3)),
        finding_row("f002", Verdict::Suspect, "职级晋升", Some("暂缓晋升"), Some("RC-2026-003"), "云川市水务局", ("2026-11-30", 5)),
        finding_row("f003", Verdict::Absent, "年度考核", None, None, "云川市城市建设管理局", ("2026-11-30", 5)),
    ]
}

pub fn finding(id: &str) -> Option<FindingView> {
    let row = finding_rows().into_iter().find(|row| row.id.as_str() == id)?;
    let cell = |class, attribution| {
        Some(Cell {
            class,
            attribution,
            documented: false,
            standing: Standing::Full,
        })
    };
    let (person, cell, reason, matched, why) = match row.verdict {
        Verdict::Violation => (
            "沈砚舟",
            cell(OutcomeClass::Adverse, Attribution::Explicit),
            "因老旧小区加装电梯试点补贴误发一事被容错认定，本年度不宜评为称职。",
            vec!["老旧小区加装电梯试点补贴误发", "被容错"],
            "结果为不利，理由点明了容错事项，不应影响年度考核。",
        ),
        Verdict::Suspect => (
            "苏念之",
            cell(OutcomeClass::Adverse, Attribution::Implied),
            "曾受问责，暂缓一年。",
            vec!["问责"],
            "结果为不利，理由笼统提及问责，没有说明是别的事项。",
        ),
        _ => (
            "顾临川",
            None,
            "",
            vec![],
            "名单覆盖本单位 2026 年度，应列入的受保护人员未在名单。",
        ),
    };
    Some(FindingView {
        person: person.to_owned(),
        item: "2026 年度".to_owned(),
        cell,
        clause: "二(五)".to_owned(),
        file: "城建局2026年度考核.xlsx".to_owned(),
        sheet: Some("拟定等次".to_owned()),
        line: cell.map(|_| 17),
        reason: reason.to_owned(),
        evidence: String::new(),
        matched: matched.into_iter().map(str::to_owned).collect(),
        why: why.to_owned(),
        is_final: false,
        state: Since {
            word: "待答复".to_owned(),
            at: at("2026-11-19", 10, 5),
            by: "预检留存结果时产生".to_owned(),
        },
        owner: "云川市城市建设管理局单位联络员".to_owned(),
        history: vec![HistoryRow {
            at: at("2026-11-19", 10, 5),
            by: "本机".to_owned(),
            text: "发现：疑似，城建局2026年度考核.xlsx，第 17 行".to_owned(),
        }],
        reply: Some(ObligationId::stored("a007reply".to_owned())),
        predecessor: (id == "f002").then(|| FindingId::stored("f001".to_owned())),
        version: 3,
        given: (id == "f003").then(|| ("高联络（gao）".to_owned(), "误报：录入错误".to_owned())),
        may_answer: id == "f001",
        may_confirm: id == "f003",
        is_own_answer: false,
        reopened: (id == "f001").then(|| "答复为已纠正，而此后的名单仍有这一结果".to_owned()),
        row,
    })
}

pub fn remedies(show: RemedyShow) -> Vec<RemedyRow> {
    let (what, period, result) = match show {
        RemedyShow::Regrade => ("年度考核", "2025", "不确定等次"),
        RemedyShow::Restore => ("奖金，目标考核奖", "2026-03-20", "停发"),
    };
    vec![RemedyRow {
        id: "r014".to_owned(),
        version: 1,
        may_restore: false,
        case_number: "RC-2026-014".to_owned(),
        unit: "云川市城市建设管理局".to_owned(),
        what: what.to_owned(),
        period: period.to_owned(),
        result: result.to_owned(),
        due: Some(day("2026-12-10")),
        remaining: Some(Remaining::Left(13)),
        obligation: Some(ObligationId::stored("a014personnel".to_owned())),
    }]
}

pub fn mail_rows() -> Vec<MailRow> {
    let row = |id: &str, state, subject: &str, attempts, reply: Option<&str>, next: Option<Moment>| MailRow {
        id: MailId::stored(id.to_owned()),
        state,
        to: vec![
            "luzhixing@yunchuan.example".to_owned(),
            "wenruotang@yunchuan.example".to_owned(),
        ],
        subject: subject.to_owned(),
        created: at("2026-11-20", 9, 0),
        last_attempt: (attempts > 0).then(|| at("2026-11-20", 9, 1)),
        attempts,
        next_attempt: next,
        last_reply: reply.map(str::to_owned),
        given_up: (state == MailState::Dropped).then(|| ("陆知行".to_owned(), "收件人已调离，改由电话告知".to_owned())),
    };
    vec![
        row(
            "m0004",
            MailState::Waiting,
            "［临期］RC-2026-016 反馈上级部门 今天到期",
            3,
            Some("451 4.7.1 Greylisted, try again later"),
            Some(at("2026-11-23", 9, 20)),
        ),
        row(
            "m0003",
            MailState::Held,
            "［逾期］ZG-2026-031 整改措施未报进展",
            1,
            Some("550 5.1.1 User unknown"),
            None,
        ),
        row(
            "m0005",
            MailState::Doubt,
            "［答复］疑似问题 RC-2025-007 待答复",
            1,
            Some("等待答复时连接中断"),
            None,
        ),
        row(
            "m0002",
            MailState::Sent,
            "［逾期］RC-2026-014 结论归入廉政档案 逾期第 1 个工作日",
            1,
            Some("250 2.0.0 Ok: queued as 4T9x"),
            None,
        ),
        row(
            "m0001",
            MailState::Sent,
            "11月16日 期限汇总：3 项",
            1,
            Some("250 2.0.0 Ok"),
            None,
        ),
        row(
            "m0006",
            MailState::Waiting,
            "11月23日 期限汇总：4 项",
            0,
            None,
            Some(at("2026-11-23", 9, 0)),
        ),
        row(
            "m0007",
            MailState::Dropped,
            "［临期］RC-2026-009 结论送达本人 今天到期",
            1,
            Some("550 5.1.1 User unknown"),
            None,
        ),
    ]
}

pub const MAIL: &str = "From: =?utf-8?B?5a656ZSZ5oqk6Iiq?= <rongcuo@yunchuan.example>\r\n\
To: luzhixing@yunchuan.example\r\n\
Subject: =?utf-8?B?6YC+5pyfIFJDLTIwMjYtMDE0?=\r\n\
Date: Fri, 20 Nov 2026 09:00:00 +0800\r\n\
Message-ID: <6f1c.a014@yunchuan.example>\r\n\
Auto-Submitted: auto-generated\r\n\
MIME-Version: 1.0\r\n\
Content-Type: multipart/alternative; boundary=\"b1\"\r\n\
\r\n\
--b1\r\n\
Content-Type: text/plain; charset=utf-8\r\n\
Content-Transfer-Encoding: 8bit\r\n\
\r\n\
陆知行：\r\n\
\r\n\
RC-2026-014 结论归入廉政档案，应于 2026年11月19日（周四）前办结，已逾期 1 个工作日。\r\n\
依据：二(四)5，5 个工作日（政策规定）。\r\n\
\r\n\
--b1\r\n\
Content-Type: text/html; charset=utf-8\r\n\
Content-Transfer-Encoding: 8bit\r\n\
\r\n\
<!DOCTYPE html><html lang=\"zh-CN\"><body style=\"font-family:sans-serif\"><p>陆知行：</p><p><b>RC-2026-014</b> 结论归入廉政档案，应于 2026年11月19日（周四）前办结，<b style=\"color:#b3261e\">已逾期 1 个工作日</b>。</p><p>依据：二(四)5，5 个工作日（政策规定）。</p></body></html>\r\n\
--b1--\r\n";

pub fn mail(id: &str) -> Option<MailView> {
    let row = mail_rows().into_iter().find(|row| row.id.as_str() == id)?;
    Some(MailView {
        row,
        alerts: alerts().into_iter().skip(2).take(1).collect(),
        bytes: MAIL.as_bytes().to_vec(),
    })
}

pub fn calendar(year: i32) -> Option<CalendarView> {
    if !(2026..=2027).contains(&year) {
        return None;
    }
    let dues = [
        ("2026-11-19", Light::Overdue, 1),
        ("2026-11-20", Light::Overdue, 2),
        ("2026-11-23", Light::Soon, 1),
        ("2026-11-26", Light::Soon, 3),
        ("2026-11-30", Light::Normal, 2),
        ("2026-11-18", Light::Met, 1),
        ("2027-01-15", Light::Tentative, 1),
    ];
    let first = NaiveDate::from_ymd_opt(year, 1, 1)?;
    let days: Vec<_> = first
        .iter_days()
        .take_while(|day| day.year() == year)
        .map(|date| {
            let (kind, name) = named(date);
            let open = year == 2026 && date.month() == 12 && date.day() >= 29;
            CalendarDay {
                day: Day { date, kind },
                name: name.map(str::to_owned),
                certainty: match (year, open) {
                    (2027, _) => Certainty::Unpublished,
                    (_, true) => Certainty::Open,
                    _ => Certainty::Firm,
                },
                due: dues
                    .iter()
                    .find(|(day, ..)| self::date(day) == date)
                    .map(|(_, light, count)| DueDot {
                        light: *light,
                        count: *count,
                    }),
            }
        })
        .collect();
    let notices = vec![NoticeRow {
        number: Some("国办发明电〔2025〕7号".to_owned()),
        published: Some(date("2025-11-04")),
        about: "2026 年部分节假日安排".to_owned(),
    }];
    Some(CalendarView {
        year,
        first_year: 2026,
        last_year: 2027,
        today: today(),
        coverage: if year == 2026 {
            Coverage::Open
        } else {
            Coverage::Unpublished
        },
        workdays: days.iter().filter(|day| !day.day.kind.is_rest()).count() as u32,
        notices: if year == 2026 { notices } else { Vec::new() },
        arrivals: vec![ArrivalRow {
            at: at("2026-11-20", 9, 30),
            by: "lin.jia".to_owned(),
            said: "2026年放假安排（调整通知，2 天不同），文件 2026-2.json".to_owned(),
            moved: Some(4),
        }],
        days,
    })
}

/// All rows as the first of one page.
pub fn page<T>(rows: Vec<T>, page: u32, total: u64) -> PageOf<T> {
    PageOf {
        rows: if page == 1 { rows } else { Vec::new() },
        total,
        page,
        per_page: 50,
    }
}

/// The page behind the link of a mail.
pub fn answer(token: &str) -> Option<AnswerView> {
    let state = match token {
        "open" => AnswerState::Open,
        "noted" => AnswerState::Noted {
            by: "孟科长".to_owned(),
            at: at("2026-11-20", 9, 30),
        },
        "moved" => AnswerState::Moved,
        "expired" => return Some(AnswerView::expired()),
        _ => return None,
    };
    Some(AnswerView {
        state,
        kind: "结论归入廉政档案".to_owned(),
        number: "RC-2026-014".to_owned(),
        standing: "逾期 2 个工作日".to_owned(),
        due: chrono::NaiveDate::from_ymd_opt(2026, 11, 19),
        action: "将结论性认定意见归入廉政档案，并登记归档日期。".to_owned(),
        clause: "二(四)5".to_owned(),
        page: "/obligations/a014integrity".to_owned(),
        reader: "何收文".to_owned(),
        notes: true,
        handed_on: vec!["何收文交由云川市纪委监委科室负责人「孟科长」接收提醒：休产假".to_owned()],
        others: vec![Other {
            key: "0a1b2c".to_owned(),
            said: "孟科长 科室负责人（云川市纪委监委）".to_owned(),
        }],
        form: match token {
            "open" => AnswerForm::Finding { version: 2 },
            "noted" => AnswerForm::Report {
                version: 3,
                stages: vec!["完成公示".to_owned()],
            },
            _ => AnswerForm::Statement,
        },
        done: None,
    })
}
