//! The pages' data on both databases, against days counted by hand from the notices of 2026.

use crate::support::app::{Bench, everyone, on_both};
use chrono::NaiveDate;
use rongcuo::app::pages;
use rongcuo::app::view::{
    Attribution, CaseFilter, Certainty, Count, Coverage, DayKind, Decision, FindingFilter, FindingShow, FindingState,
    LedgerFilter, LedgerShow, Level, Light, MailFilter, MailShow, MailState, MailsView, ObligationFilter,
    ObligationRow, ObligationShow, OutcomeClass, PageOf, ProtectedRow, ProtectionShow, Remaining, Standing, Verdict,
};
use rongcuo::domain::alert::{Alert, Outcome, Point, Recipient, Severity};
use rongcuo::domain::contact::Role;
use rongcuo::domain::deadline::Terms;
use rongcuo::domain::finding::Finding;
use rongcuo::domain::ids::{AlertId, FindingId, MailId, ObligationId};
use rongcuo::domain::obligation::{Kind, Obligation, State, due_of};
use rongcuo::domain::policy::NumberFrom;
use rongcuo::domain::protection::list::Domain;
use rongcuo::store::mails::{Claim, NewMail};
use rongcuo::store::{alerts, cases, findings, journal, mails, obligations};
use rongcuo::web::{PageError, PageSource as _};

/// A Monday; Mid-Autumn was on 25–27 September, National Day is on 1–7 October, 10 October is worked.
const NOW: &str = "2026-09-28T10:00:00+08:00";

/// RC-1 concluded today; RC-2 last Wednesday, told the cadre in time; RC-3 refused last Tuesday; RC-4 long lapsed.
const REGISTER: &str = "\
案件编号,姓名,单位,事项名称,认定结论,认定日期,状态,撤销日期,问责实施机关,反馈本人日期
RC-1,沈砚舟,云川市住建局,电梯补贴误发,免责,2026-09-28,生效,,云川市纪委监委,
RC-2,苏念之,云川市水务局,堤防改造延期,从轻,2026-09-23,生效,,云川市纪委监委,2026-09-24
RC-3,陆知行,云川市水务局,泵站采购失当,不予容错,2026-09-22,生效,,云川市纪委监委,
RC-4,顾临川,云川市住建局,旧改超支,免予问责,2026-09-10,生效,,云川市纪委监委,
RC-5,温若棠,云川市教育局,校车试点事故,调查中,,生效,,云川市纪委监委,
RC-6,程望舒,云川市教育局,课后服务收费,不予问责,2026-08-03,撤销,2026-09-20,云川市纪委监委,
";

const LEDGER: &str = "\
编号,问题,责任单位,责任人,督办单位,整改时限,状态,最近进展,最近进展日期,销号日期
ZG-1,补贴复核不到位,云川市住建局,周予安,云川市委督查室,2026-09-30,整改中,已复核 318 户,2026-09-21,
ZG-2,台账缺失,云川市水务局,,云川市委督查室,2026-09-25,整改中,,,
ZG-3,公示不及时,云川市水务局,何见山,云川市委督查室,2026-09-18,已完成,,,2026-09-17
ZG-4,长效机制,云川市教育局,何见山,云川市委督查室,长期坚持,整改中,,,
ZG-5,资金追缴,云川市教育局,何见山,云川市委督查室,2026-11-30,整改中,,,
";

const CONTACTS: &str = "\
单位,姓名,角色,邮箱
云川市纪委监委,何收文,经办,shouwen@yunchuan.example
云川市委督查室,秦督办,督办员,duban@yunchuan.example
";

async fn filled(bench: &Bench) {
    let cases = bench.register(REGISTER).await;
    assert_eq!((cases.added, cases.unreadable.len()), (6, 0), "{:?}", cases.unreadable);
    assert_eq!(bench.contacts(CONTACTS).await.added, 2);
    let items = bench.rectifications(LEDGER).await;
    assert_eq!((items.added, items.unreadable.len()), (5, 0), "{:?}", items.unreadable);
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("as the test set it up")
}

fn asked(show: ObligationShow) -> ObligationFilter {
    ObligationFilter {
        show,
        number: None,
        due: None,
        page: 1,
    }
}

async fn list(bench: &Bench, show: ObligationShow) -> PageOf<ObligationRow> {
    bench
        .app
        .obligations(&everyone(), asked(show))
        .await
        .expect("as the test set it up")
}

/// The line of a number whose kind has this name.
async fn line(bench: &Bench, number: &str, kind: &str) -> ObligationRow {
    let filter = ObligationFilter {
        number: Some(number.to_owned()),
        ..asked(ObligationShow::All)
    };
    let rows = bench
        .app
        .obligations(&everyone(), filter)
        .await
        .expect("as the test set it up")
        .rows;
    rows.into_iter()
        .find(|row| row.kind == kind)
        .expect("as the test set it up")
}

async fn register(bench: &Bench) -> PageOf<ProtectedRow> {
    let asked = CaseFilter {
        show: ProtectionShow::All,
        text: None,
        unit: None,
        page: 1,
    };
    pages::protected(&bench.app, &everyone(), &asked)
        .await
        .expect("as the test set it up")
}

async fn journal_length(bench: &Bench) -> i64 {
    let mut tx = bench.app.db.read().await.expect("as the test set it up");
    let length = journal::verify(&mut tx).await.expect("as the test set it up");
    tx.rollback().await.expect("as the test set it up");
    length
}

#[tokio::test]
async fn every_number_of_the_first_page_is_the_length_of_the_list_behind_it() {
    on_both(NOW, async |bench| {
        filled(&bench).await;
        let mut totals = Vec::new();
        for show in ObligationShow::ALL {
            let page = list(&bench, show).await;
            assert_eq!(page.rows.len() as u64, page.total, "{show:?}");
            totals.push((show.key(), page.total));
        }
        let expected = [
            ("open", 33),
            ("overdue", 8),
            ("today", 1),
            ("week", 8),
            ("holiday", 12),
            ("met", 3),
            ("backlog", 8),
            ("all", 36),
        ];
        assert_eq!(totals, expected);
        let view = bench.app.dashboard(&everyone()).await.expect("as the test set it up");
        let counts = view.counts;
        assert_eq!((counts.overdue, counts.today, counts.week), (8, 1, 8));
        assert_eq!((counts.findings, counts.unsent), (0, 0));
        assert_eq!((view.today.kind, view.week_workdays), (DayKind::Workday, 3));
        let holiday = view.next_holiday.expect("as the test set it up");
        assert_eq!(
            (holiday.name.as_str(), holiday.from.date),
            ("国庆节", date("2026-10-01"))
        );
        assert_eq!((holiday.days, view.missing_year), (Some(7), Some(2027)));
        let days: Vec<String> = view.obligations.iter().map(|row| row.due.date.to_string()).collect();
        assert_eq!(days.len(), 16);
        assert_eq!((days[0].as_str(), days[7].as_str()), ("2026-09-15", "2026-09-25"));
        assert_eq!((days[8].as_str(), days[15].as_str()), ("2026-09-28", "2026-09-30"));
    })
    .await;
}

#[tokio::test]
async fn lines_say_how_urgent_they_are() {
    on_both(NOW, async |bench| {
        filled(&bench).await;
        for (number, kind, due, light, left) in [
            (
                "RC-4",
                "结论归入廉政档案",
                "2026-09-17",
                Light::Overdue,
                Some(Remaining::Over(7)),
            ),
            (
                "RC-3",
                "不予容错解释答复",
                "2026-09-28",
                Light::Soon,
                Some(Remaining::Today),
            ),
            (
                "RC-2",
                "结论抄送主管部门",
                "2026-09-29",
                Light::Soon,
                Some(Remaining::Left(1)),
            ),
            (
                "RC-3",
                "结论归入廉政档案",
                "2026-09-30",
                Light::Normal,
                Some(Remaining::Left(2)),
            ),
            (
                "RC-1",
                "结论反馈容错对象",
                "2026-10-08",
                Light::Normal,
                Some(Remaining::Left(3)),
            ),
            ("RC-2", "结论反馈容错对象", "2026-09-29", Light::Met, None),
            ("ZG-1", "督促整改", "2026-09-30", Light::Soon, Some(Remaining::Left(2))),
            (
                "ZG-2",
                "督促整改",
                "2026-09-25",
                Light::Overdue,
                Some(Remaining::Over(1)),
            ),
        ] {
            let row = line(&bench, number, kind).await;
            assert_eq!(
                (row.due.date, row.light, row.remaining),
                (date(due), light, left),
                "{number} {kind}"
            );
        }
        assert_eq!(line(&bench, "RC-1", "结论归入廉政档案").await.unit, "云川市纪委监委");
        assert_eq!(line(&bench, "ZG-2", "督促整改").await.unit, "云川市水务局");
    })
    .await;
}

#[tokio::test]
async fn number_and_day_narrow_a_list_together_with_its_state() {
    on_both(NOW, async |bench| {
        filled(&bench).await;
        let total = async |show, number: Option<&str>, due: Option<&str>| {
            let filter = ObligationFilter {
                number: number.map(str::to_owned),
                due: due.map(date),
                ..asked(show)
            };
            bench
                .app
                .obligations(&everyone(), filter)
                .await
                .expect("as the test set it up")
                .total
        };
        assert_eq!(total(ObligationShow::All, Some("RC-2"), None).await, 7);
        assert_eq!(total(ObligationShow::Open, Some("RC-2"), None).await, 6);
        assert_eq!(total(ObligationShow::All, None, Some("2026-09-29")).await, 4);
        assert_eq!(total(ObligationShow::Open, None, Some("2026-09-29")).await, 3);
        assert_eq!(total(ObligationShow::Open, Some("RC-1"), Some("2026-09-29")).await, 0);
        assert_eq!(total(ObligationShow::All, Some("RC"), None).await, 0);
        let beyond = ObligationFilter {
            page: 2,
            ..asked(ObligationShow::All)
        };
        let page = bench
            .app
            .obligations(&everyone(), beyond)
            .await
            .expect("as the test set it up");
        assert_eq!((page.rows.len(), page.total, page.page), (0, 36, 2));
    })
    .await;
}

#[tokio::test]
async fn a_reckoning_steps_over_the_holiday_and_counts_the_worked_saturday() {
    on_both(NOW, async |bench| {
        filled(&bench).await;
        let row = line(&bench, "RC-1", "结论归入干部人事档案").await;
        assert_eq!((row.due.date, row.due.kind), (date("2026-10-10"), DayKind::MakeUp));
        let view = bench
            .app
            .obligation(&everyone(), row.id.clone(), None)
            .await
            .expect("as the test set it up");
        assert_eq!(view.person.as_deref(), Some("沈砚舟"));
        assert_eq!(view.matter.as_deref(), Some("电梯补贴误发"));
        assert_eq!(
            (view.state.word.as_str(), view.state.by.as_str()),
            ("未办结", "由导入容错案件台账产生")
        );
        assert_eq!(view.reckoning.limit, "5 个工作日");
        let counted: Vec<(String, u32)> = view
            .reckoning
            .days
            .iter()
            .filter_map(|day| match day.count {
                Count::Counted(n) => Some((day.day.date.to_string(), n)),
                _ => None,
            })
            .collect();
        let expected = [
            ("2026-09-29", 1),
            ("2026-09-30", 2),
            ("2026-10-08", 3),
            ("2026-10-09", 4),
            ("2026-10-10", 5),
        ];
        assert_eq!(counted, expected.map(|(day, n)| (day.to_owned(), n)));
        assert_eq!((view.reckoning.days.len(), view.reckoning.omitted), (13, 0));
        assert_eq!(view.reckoning.days[3].name.as_deref(), Some("国庆节"));

        bench.set("2026-10-13");
        let late = bench
            .app
            .obligation(&everyone(), row.id, None)
            .await
            .expect("as the test set it up");
        assert_eq!(
            (late.row.light, late.row.remaining),
            (Light::Overdue, Some(Remaining::Over(2)))
        );
        let after: Vec<Count> = late.reckoning.days[12..].iter().map(|day| day.count).collect();
        assert_eq!(after, [Count::Counted(5), Count::None, Count::Over(1), Count::Over(2)]);
    })
    .await;
}

#[tokio::test]
async fn a_day_that_the_ledger_gives_is_not_counted_up_to_and_a_long_span_is_cut() {
    on_both(NOW, async |bench| {
        filled(&bench).await;
        let row = line(&bench, "ZG-2", "督促整改").await;
        let before = journal_length(&bench).await;
        let view = bench
            .app
            .obligation(&everyone(), row.id.clone(), None)
            .await
            .expect("as the test set it up");
        assert_eq!(
            journal_length(&bench).await,
            before,
            "a rectification is no cadre's file"
        );
        let days: Vec<_> = view
            .reckoning
            .days
            .iter()
            .map(|day| (day.day.date, day.count))
            .collect();
        let expected = [
            (date("2026-09-25"), Count::None),
            (date("2026-09-26"), Count::None),
            (date("2026-09-27"), Count::None),
            (date("2026-09-28"), Count::Over(1)),
        ];
        assert_eq!(days, expected);
        bench.set("2027-09-28");
        let later = bench
            .app
            .obligation(&everyone(), row.id, None)
            .await
            .expect("as the test set it up");
        assert_eq!((later.reckoning.days.len(), later.reckoning.omitted), (200, 169));
    })
    .await;
}

#[tokio::test]
async fn looking_at_a_file_is_journaled_and_looking_for_nothing_is_not() {
    on_both(NOW, async |bench| {
        filled(&bench).await;
        let before = journal_length(&bench).await;
        let row = line(&bench, "RC-1", "结论归入干部人事档案").await;
        assert_eq!(journal_length(&bench).await, before);
        bench
            .app
            .obligation(&everyone(), row.id, None)
            .await
            .expect("as the test set it up");
        assert_eq!(journal_length(&bench).await, before + 1);
        register(&bench).await;
        assert_eq!(journal_length(&bench).await, before + 2);
        let nothing = "0000000000".to_owned();
        let missing = [
            bench
                .app
                .obligation(&everyone(), ObligationId::stored(nothing.clone()), None)
                .await
                .err(),
            bench
                .app
                .finding(&everyone(), FindingId::stored(nothing.clone()), None)
                .await
                .err(),
            bench.app.mail(&everyone(), MailId::stored(nothing.clone())).await.err(),
            bench.app.mail_bytes(&everyone(), MailId::stored(nothing)).await.err(),
            bench.app.calendar(&everyone(), Some(2006)).await.err(),
            bench.app.calendar(&everyone(), Some(2061)).await.err(),
        ];
        for error in missing {
            assert!(matches!(error, Some(PageError::NotFound { .. })), "{error:?}");
        }
        assert_eq!(journal_length(&bench).await, before + 2);
    })
    .await;
}

#[tokio::test]
async fn the_registers_show_levels_and_ends() {
    on_both(NOW, async |bench| {
        filled(&bench).await;
        let protections = register(&bench).await;
        let rows: Vec<_> = protections
            .rows
            .iter()
            .map(|row| (row.number.as_str(), row.person.as_str(), row.level, row.revoked))
            .collect();
        let expected = [
            ("RC-6", "程望舒", Level::Revoked, Some(date("2026-09-20"))),
            ("RC-5", "温若棠", Level::Pending, None),
            ("RC-4", "顾临川", Level::Full, None),
            ("RC-2", "苏念之", Level::Capped, None),
            ("RC-1", "沈砚舟", Level::Full, None),
        ];
        assert_eq!((rows.as_slice(), protections.total), (expected.as_slice(), 5));
        let all = LedgerFilter {
            show: LedgerShow::All,
            light: None,
            unit: None,
            supervisor: None,
            text: None,
            page: 1,
        };
        let ledger = pages::ledger(&bench.app, &everyone(), &all)
            .await
            .expect("as the test set it up");
        let rows: Vec<_> = ledger
            .rows
            .iter()
            .map(|row| (row.number.as_str(), row.light, row.remaining))
            .collect();
        let expected = [
            ("ZG-2", Light::Overdue, Some(Remaining::Over(1))),
            ("ZG-1", Light::Soon, Some(Remaining::Left(2))),
            // 2 days of September, 22 - 5 + 1 (a worked Saturday) of October, 21 of November.
            ("ZG-5", Light::Normal, Some(Remaining::Left(41))),
            ("ZG-4", Light::Normal, None),
            ("ZG-3", Light::Met, None),
        ];
        assert_eq!(rows, expected);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_longer_asked_for_is_only_in_the_whole_list() {
    on_both(NOW, async |bench| {
        filled(&bench).await;
        bench.set("2026-09-29");
        bench
            .register(&REGISTER.replace("免责,2026-09-28,生效,", "免责,2026-09-28,撤销,2026-09-29"))
            .await;
        assert_eq!(list(&bench, ObligationShow::Open).await.total, 26);
        let all = list(&bench, ObligationShow::All).await;
        let void: Vec<_> = all
            .rows
            .iter()
            .filter(|row| row.kind.ends_with("（不再要求）"))
            .collect();
        assert_eq!((all.total, void.len()), (36, 7));
        assert_eq!(void[0].remaining, None);
        let view = bench
            .app
            .obligation(&everyone(), void[0].id.clone(), None)
            .await
            .expect("as the test set it up");
        assert_eq!(
            (view.state.word.as_str(), view.state.at.day()),
            ("不再要求", date("2026-09-29"))
        );
    })
    .await;
}

#[tokio::test]
async fn a_year_shows_every_day_with_what_is_due() {
    on_both(NOW, async |bench| {
        filled(&bench).await;
        let view = bench
            .app
            .calendar(&everyone(), None)
            .await
            .expect("as the test set it up");
        assert_eq!((view.year, view.days.len(), view.workdays), (2026, 365, 248));
        assert_eq!((view.first_year, view.coverage), (2007, Coverage::Open));
        let on = |text: &str| {
            view.days
                .iter()
                .find(|day| day.day.date == date(text))
                .expect("as the test set it up")
        };
        let dot = |text: &str| on(text).due.map(|due| (due.light, due.count));
        assert_eq!(dot("2026-09-29"), Some((Light::Soon, 4)));
        assert_eq!(dot("2026-09-18"), Some((Light::Met, 1)));
        assert_eq!(
            (dot("2026-09-17"), dot("2026-10-01")),
            (Some((Light::Overdue, 3)), None)
        );
        assert_eq!(
            (on("2026-10-10").day.kind, on("2026-12-31").certainty),
            (DayKind::MakeUp, Certainty::Open)
        );
        assert_eq!(view.notices.len(), 1);
        assert_eq!(view.notices[0].number.as_deref(), Some("国办发明电〔2025〕7号"));
        let next = bench
            .app
            .calendar(&everyone(), Some(2027))
            .await
            .expect("as the test set it up");
        assert_eq!((next.coverage, next.notices.len()), (Coverage::Unpublished, 0));
        let leap = bench
            .app
            .calendar(&everyone(), Some(2020))
            .await
            .expect("as the test set it up");
        let about: Vec<&str> = leap.notices.iter().map(|notice| notice.about.as_str()).collect();
        assert_eq!((leap.days.len(), leap.coverage), (366, Coverage::Firm));
        assert_eq!(about, ["2020 年全年", "调整春节安排"]);
    })
    .await;
}

/// Opens a finding about RC-1 with its reply, as a kept pre-check does.
async fn open_finding(bench: &Bench) -> FindingId {
    let app = &bench.app;
    let mut tx = app.db.begin().await.expect("as the test set it up");
    let case = cases::by_number(&mut tx, "RC-1")
        .await
        .expect("as the test set it up")
        .remove(0);
    let key = format!("{}|annual_appraisal|年度考核等次|2026|基本称职", case.id);
    let finding = Finding {
        id: FindingId::of(&key),
        key,
        case: case.id,
        case_no: "RC-1".to_owned(),
        person: case.person,
        run: case.run.clone(),
        domain: Domain::AnnualAppraisal,
        verdict: "violation".to_owned(),
        cell: "full/adverse/explicit".to_owned(),
        why: "结果不利，理由点明容错事项".to_owned(),
        matched: vec!["电梯补贴误发".to_owned(), "被容错".to_owned()],
        item: "年度考核等次".to_owned(),
        result: "基本称职".to_owned(),
        baseline: String::new(),
        reason: "因电梯补贴误发被容错".to_owned(),
        evidence: "会议纪要".to_owned(),
        period: Some("2026".to_owned()),
        file: "考核.xlsx".to_owned(),
        sheet: Some("拟定等次".to_owned()),
        row: Some(17),
        unit: Some("云川市住建局".to_owned()),
        decided_on: None,
        is_final: false,
        predecessor: None,
        opened: app.now(),
    };
    assert!(
        findings::insert(&mut tx, &finding)
            .await
            .expect("as the test set it up")
    );
    let today = app.now().day();
    let key = format!("finding:{}:reply", finding.key);
    let reply = Obligation {
        id: ObligationId::of(&key),
        key,
        kind: Kind::FindingReply,
        subject_id: finding.id.as_str().to_owned(),
        number: "RC-1".to_owned(),
        scope_unit: None,
        acting_unit: finding.unit.clone(),
        acting_person: None,
        event_day: today,
        rule: Kind::FindingReply.name(),
        calendar_unit: None,
        terms: Terms::working_days(5),
        adjustments: Vec::new(),
        moved: None,
        due: due_of(Terms::working_days(5), today, &[], app.calendars().national()).expect("as the test set it up"),
        revision: 1,
        clause: "二(五)".to_owned(),
        number_from: NumberFrom::Local,
        state: State::Open,
        met_on: None,
        backlog: false,
        opened_severity: Some(Severity::Urgent),
        run: Some(case.run),
        created: app.now(),
        next_at: None,
    };
    obligations::put(&mut tx, &reply).await.expect("as the test set it up");
    tx.commit().await.expect("as the test set it up");
    finding.id
}

#[tokio::test]
async fn a_finding_is_listed_counted_and_shown_with_its_words() {
    on_both(NOW, async |bench| {
        filled(&bench).await;
        let id = open_finding(&bench).await;
        let shown = async |show| {
            bench
                .app
                .findings(&everyone(), FindingFilter::of(show, 1))
                .await
                .expect("as the test set it up")
        };
        for (show, total) in [
            (FindingShow::Open, 1),
            (FindingShow::Answered, 0),
            (FindingShow::Closed, 0),
            (FindingShow::All, 1),
        ] {
            assert_eq!(shown(show).await.total, total, "{show:?}");
        }
        let dashboard = bench.app.dashboard(&everyone()).await.expect("as the test set it up");
        assert_eq!((dashboard.counts.findings, dashboard.findings.len()), (1, 1));
        let before = journal_length(&bench).await;
        let view = bench
            .app
            .finding(&everyone(), id, None)
            .await
            .expect("as the test set it up");
        assert_eq!(journal_length(&bench).await, before + 1);
        assert_eq!(
            (view.person.as_str(), view.item.as_str()),
            ("沈砚舟", "年度考核等次，2026 年度")
        );
        assert_eq!(
            (view.row.verdict, view.row.state),
            (Verdict::Violation, FindingState::Open)
        );
        assert_eq!(view.row.reply_due.map(|day| day.date), Some(date("2026-10-10")));
        assert_eq!(view.row.remaining, Some(Remaining::Left(5)));
        let cell = view.cell.expect("as the test set it up");
        assert_eq!(
            (cell.class, cell.attribution, cell.standing),
            (OutcomeClass::Adverse, Attribution::Explicit, Standing::Full)
        );
        assert_eq!(view.matched, ["电梯补贴误发", "被容错"]);
        let reply = bench
            .app
            .obligation(&everyone(), view.reply.expect("as the test set it up"), None)
            .await
            .expect("as the test set it up");
        assert_eq!(
            (reply.person.as_deref(), reply.row.unit.as_str()),
            (Some("沈砚舟"), "云川市住建局")
        );
        assert_eq!(journal_length(&bench).await, before + 2);
    })
    .await;
}

fn alert(about: &ObligationRow, point: Point, to: Option<&str>, outcome: Outcome) -> Alert {
    let identity = format!("{}|{point}|{}", about.id, to.unwrap_or("*"));
    Alert {
        id: AlertId::of(&identity),
        identity,
        subject_key: about.id.as_str().to_owned(),
        subject_id: about.id.as_str().to_owned(),
        kind: Kind::ArchivePersonnel,
        point,
        revision: 1,
        severity: Severity::Info,
        number: Some(about.number.clone()),
        due: about.due.date,
        clause: about.clause.clone(),
        recipient: to.map(|name| Recipient {
            email: "shouwen@yunchuan.example".to_owned(),
            name: name.to_owned(),
            role: Role::Handler,
        }),
        at: rongcuo::domain::time::Moment::parse(NOW).expect("as the test set it up"),
        outcome,
        reason: "到提醒时点".to_owned(),
        title: "提醒".to_owned(),
        waits: false,
    }
}

/// Puts a mail with its decision into the outbox.
async fn post(bench: &Bench, about: &ObligationRow, point: Point) -> MailId {
    let told = alert(about, point, Some("何收文"), Outcome::Sent);
    let mail = NewMail {
        id: MailId::of(&told.identity),
        dedup_key: told.identity.clone(),
        message_id: format!("<{point}@yunchuan.example>"),
        sender: "rongcuo@yunchuan.example".to_owned(),
        recipient: "shouwen@yunchuan.example".to_owned(),
        recipient_name: "何收文".to_owned(),
        subject: format!("提醒 {point}"),
        bytes: b"Subject: x\r\n\r\nbody\r\n".to_vec(),
    };
    let mut tx = bench.app.db.begin().await.expect("as the test set it up");
    assert!(
        mails::insert(&mut tx, &mail, bench.app.now())
            .await
            .expect("as the test set it up")
    );
    assert!(
        alerts::insert(&mut tx, &told, bench.app.now(), Some(&mail.id))
            .await
            .expect("as the test set it up")
    );
    tx.commit().await.expect("as the test set it up");
    mail.id
}

async fn totals(bench: &Bench) -> Vec<(&'static str, u64)> {
    let mut totals = Vec::new();
    for show in MailShow::ALL {
        let total = match bench
            .app
            .mails(&everyone(), MailFilter { show: *show, page: 1 })
            .await
            .expect("as the test set it up")
        {
            MailsView::Mails(page) if *show != MailShow::Skipped => (page.rows.len() as u64, page.total),
            MailsView::Skipped(page) if *show == MailShow::Skipped => (page.rows.len() as u64, page.total),
            other => panic!("{show:?}: {other:?}"),
        };
        assert_eq!(total.0, total.1, "{show:?}");
        totals.push((show.key(), total.1));
    }
    totals
}

#[tokio::test]
async fn mails_and_decisions_agree_about_what_became_of_them() {
    on_both(NOW, async |bench| {
        filled(&bench).await;
        let about = line(&bench, "RC-1", "结论归入干部人事档案").await;
        let sent = post(&bench, &about, Point::Before(1)).await;
        let held = post(&bench, &about, Point::Due).await;
        let doubtful = post(&bench, &about, Point::After(1)).await;
        let waiting = post(&bench, &about, Point::After(3)).await;
        let ended = post(&bench, &about, Point::After(10)).await;
        let (now, later) = (bench.app.now(), bench.app.now().plus_millis(60_000));
        let mut tx = bench.app.db.begin().await.expect("as the test set it up");
        let wanted = Claim {
            owner: "test",
            lease_millis: 60_000,
            limit: 10,
            without: &[],
            channels_only: false,
            left: true,
        };
        let claimed = mails::claim(&mut tx, now, wanted).await.expect("as the test set it up");
        assert_eq!(claimed.len(), 5);
        for mail in &claimed {
            assert!(
                mails::begin(&mut tx, &mail.id, mail.fence, now, later)
                    .await
                    .expect("as the test set it up")
            );
        }
        assert!(
            mails::record_sent(&mut tx, sent.as_str(), 1, now, "250 ok")
                .await
                .expect("as the test set it up")
        );
        assert!(
            mails::record_held(&mut tx, held.as_str(), 1, "550 no")
                .await
                .expect("as the test set it up")
        );
        assert!(
            mails::record_retry(&mut tx, doubtful.as_str(), 1, later, "断线", true)
                .await
                .expect("as the test set it up")
        );
        assert!(
            mails::record_retry(&mut tx, waiting.as_str(), 1, later, "451 later", false)
                .await
                .expect("as the test set it up")
        );
        assert!(
            mails::record_held(&mut tx, ended.as_str(), 1, "550 gone")
                .await
                .expect("as the test set it up")
        );
        assert!(
            mails::drop_mail(&mut tx, ended.as_str(), now, "何收文", "已当面告知")
                .await
                .expect("as the test set it up")
        );
        for (point, outcome) in [
            (Point::Before(3), Outcome::Merged),
            (Point::After(5), Outcome::NoRecipient),
        ] {
            let untold = alert(&about, point, None, outcome);
            assert!(
                alerts::insert(&mut tx, &untold, now, None)
                    .await
                    .expect("as the test set it up")
            );
        }
        tx.commit().await.expect("as the test set it up");
        let expected = [
            ("all", 5),
            ("unsent", 3),
            ("sent", 1),
            ("waiting", 2),
            ("held", 1),
            ("doubt", 1),
            ("dropped", 1),
            ("skipped", 2),
        ];
        assert_eq!(totals(&bench).await, expected);
        assert_eq!(
            bench
                .app
                .dashboard(&everyone())
                .await
                .expect("as the test set it up")
                .counts
                .unsent,
            3
        );
        for (id, state, decision, next) in [
            (&sent, MailState::Sent, Decision::Sent, None),
            (&held, MailState::Held, Decision::Held, None),
            (&doubtful, MailState::Doubt, Decision::Waiting, Some(later)),
            (&waiting, MailState::Waiting, Decision::Waiting, Some(later)),
            (&ended, MailState::Dropped, Decision::GivenUp, None),
        ] {
            let view = bench
                .app
                .mail(&everyone(), id.clone())
                .await
                .expect("as the test set it up");
            assert_eq!(
                (view.row.state, view.row.attempts, view.row.next_attempt),
                (state, 1, next)
            );
            assert_eq!((view.alerts.len(), view.alerts[0].decision), (1, decision));
            assert_eq!(view.alerts[0].obligation.as_ref(), Some(&about.id));
            assert_eq!(
                view.bytes,
                bench
                    .app
                    .mail_bytes(&everyone(), id.clone())
                    .await
                    .expect("as the test set it up")
            );
        }
        let view = bench
            .app
            .obligation(&everyone(), about.id, None)
            .await
            .expect("as the test set it up");
        let decisions: Vec<_> = view.alerts.iter().map(|alert| alert.decision).collect();
        assert_eq!(decisions.len(), 7);
        assert!(decisions.contains(&Decision::Merged) && decisions.contains(&Decision::NoRecipient));
        assert!(view.alerts.iter().any(|alert| alert.point == "逾期第 5 个工作日"));
    })
    .await;
}
