//! Profiles by their documentation: it says everything, its sums are right, and a profile written from it alone drives
//! cases to the days reckoned by hand.

use crate::support::app::{Bench, bench_under, on_both};
use crate::support::pg;
use chrono::NaiveDate;
use rongcuo::app::policies;
use rongcuo::app::procedure::{self, CaseRef, Done, NewCase};
use rongcuo::app::reconcile::reconcile;
use rongcuo::domain::alert::{Outcome, Severity};
use rongcuo::domain::calendar::Calendar;
use rongcuo::domain::case::Conclusion;
use rongcuo::domain::contact::Role;
use rongcuo::domain::deadline::{Adjustment, Direction, Terms, Unit, reckon};
use rongcuo::domain::name::Name;
use rongcuo::domain::obligation::Kind;
use rongcuo::domain::person::IdNumber;
use rongcuo::domain::policy::{DEFAULT_PROFILE, Event, Guard, Policy};
use rongcuo::domain::procedure::{Act, Applicant, Archive, Aspect, Dated, Meeting, Told, Weight};
use rongcuo::domain::protection::list::Domain;
use rongcuo::files;
use rongcuo::store::{Db, alerts};

const PAGE: &str = include_str!("../../docs/policy-profiles.md");
const SHORT: &str = include_str!("../fixtures/policy/short.toml");
const QINGHE: &str = include_str!("../fixtures/policy/qinghe.toml");

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

// ---- the page ----

/// The keys a section has, from what the check says of one it does not know.
fn keys(profile: &str, before: &str) -> Vec<String> {
    let text = profile.replacen(before, &format!("{before}no_such_key = 1{}", separator(before)), 1);
    assert_ne!(text, profile, "{before}");
    let faults = Policy::parse(&text).expect_err("an unknown key").0;
    let (_, known) = faults[0].problem.split_once("可用的是 ").expect("those it knows");
    known.split('、').map(str::to_owned).collect()
}

fn separator(before: &str) -> &'static str {
    if before.ends_with('\n') { "\n" } else { ", " }
}

#[test]
fn the_page_names_every_section_and_key() {
    let statutes = include_str!("../../config/policy/statutes.toml");
    let sections = [
        (SHORT, "[profile]\n", "### `[profile]`"),
        (SHORT, "[switches]\n", "### `[switches]`"),
        (SHORT, "[hours]\n", "### `[hours]`"),
        (SHORT, "[pay_tolerance]\n", "### `[pay_tolerance]`"),
        (DEFAULT_PROFILE, "[protection]\n", "### `[protection]`"),
        (DEFAULT_PROFILE, "[excellent_quota]\n", "### `[excellent_quota]`"),
        (DEFAULT_PROFILE, "[hidden_penalty]\n", "### `[hidden_penalty]`"),
        (DEFAULT_PROFILE, "[[consequence]]\n", "### `[[consequence]]`"),
        (DEFAULT_PROFILE, "[[guard]]\n", "### `[[guard]]`"),
        (DEFAULT_PROFILE, "[rectification]\n", "### `[rectification]`"),
        (DEFAULT_PROFILE, "[[ladder]]\n", "### `[[ladder]]`"),
        (DEFAULT_PROFILE, "[routing]\n", "### `[routing]`"),
        (DEFAULT_PROFILE, "[[chain]]\n", "### `[[chain]]`"),
        (DEFAULT_PROFILE, "[[inhibition]]\n", "### `[[inhibition]]`"),
        (SHORT, "[[event]]\n", "### `[[event]]`"),
        (SHORT, "[[limit]]\n", "### `[[limit]]`"),
        (DEFAULT_PROFILE, "extension = { ", "`extension = { … }`"),
        (DEFAULT_PROFILE, "suspension = { ", "`suspension = { … }`"),
        (statutes, "postponement = { ", "`postponement = { … }`"),
        (SHORT, "[[schedule]]\n", "### `[[schedule]]`"),
        (SHORT, "points = [\n  { ", "`points` 里每个提醒点"),
        (DEFAULT_PROFILE, "also = { ", "`also`"),
    ];
    for (profile, before, heading) in sections {
        let section = PAGE
            .split_once(heading)
            .unwrap_or_else(|| panic!("no part {heading}"))
            .1;
        let section = section.split("\n### ").next().unwrap_or_default();
        for key in keys(profile, before) {
            let named = [format!("| `{key}` |"), format!("{key} = ")];
            assert!(named.iter().any(|form| section.contains(form)), "{heading} lacks {key}");
        }
    }
    let unknown = Policy::parse(&format!("no_such_section = 1\n{DEFAULT_PROFILE}"))
        .expect_err("unknown")
        .0;
    let (_, sections) = unknown[0].problem.split_once("可用的是 ").expect("those it knows");
    for section in sections.split('、') {
        assert!(
            PAGE.contains(&format!("| `[{section}]` |")) || PAGE.contains(&format!("| `[[{section}]]` |")),
            "no row for {section}"
        );
    }
}

#[test]
fn the_page_names_every_word_that_can_be_used() {
    for (event, zh) in Event::BUILT_IN {
        assert!(
            PAGE.contains(&format!("| `{}` | {zh}", event.as_str())),
            "event {event:?} {zh}"
        );
    }
    for kind in Kind::KNOWN {
        assert!(PAGE.contains(&format!("`{}`", kind.as_str())), "kind {}", kind.as_str());
    }
    for guard in Guard::ALL {
        assert!(PAGE.contains(&format!("| `{}` |", guard.as_str())), "guard {guard:?}");
    }
    for domain in Domain::ALL {
        assert!(
            PAGE.contains(&format!("`{}` {}", domain.as_str(), domain.zh())),
            "domain {domain:?}"
        );
    }
    for role in Role::ALL {
        assert!(PAGE.contains(&format!("`{}`", role.zh())), "role {role:?}");
    }
    for unit in [Unit::WorkingDay, Unit::Day, Unit::Month, Unit::Year] {
        assert!(PAGE.contains(&format!("`\"{}\"`", unit.zh())), "unit {unit:?}");
    }
    for severity in [Severity::Info, Severity::Warn, Severity::Urgent] {
        assert!(PAGE.contains(&format!("`\"{}\"`", severity.as_str())), "{severity:?}");
    }
    for direction in [Direction::After, Direction::Before] {
        assert!(PAGE.contains(&format!("`\"{}\"`", direction.as_str())), "{direction:?}");
    }
    // The remaining words, as the check itself lists them.
    for (from, to) in [
        ("mode = \"hard\"", "mode = \"x\""),
        ("number_from = \"policy\"", "number_from = \"x\""),
        ("levels = [\"full\"", "levels = [\"x\""),
        ("scope = \"organ\"\n", "scope = \"x\"\n"),
    ] {
        let faults = Policy::parse(&DEFAULT_PROFILE.replacen(&format!("\n{from}"), &format!("\n{to}"), 1));
        let faults = faults.expect_err("a wrong word").0;
        let (_, words) = faults[0].problem.split_once("可用的是 ").expect("those it knows");
        for word in words.split('、') {
            assert!(
                PAGE.contains(&format!("`\"{word}\"`")) || PAGE.contains(&format!("`{word}` ")),
                "{from}: {word}"
            );
        }
    }
    assert!(DEFAULT_PROFILE.contains("docs/policy-profiles.md"));
}

#[test]
fn the_sample_of_the_page_is_a_profile() {
    let sample = PAGE.split_once("```toml\n").expect("a sample").1;
    let sample = sample.split_once("```").expect("its end").0;
    assert_eq!(sample, SHORT, "the sample is the fixture");
    Policy::parse(sample).expect("a profile");
}

fn calendar() -> Calendar {
    let source = files::calendar::load(None, day("2026-11-24")).expect("built in");
    Calendar::replay(&source.notices, &source.statutory, None).expect("built in")
}

fn amount(text: &str) -> (u32, Unit) {
    let (number, unit) = text.split_once(' ').expect("a number and a unit");
    let unit = Unit::from_zh(unit.trim_start_matches('个')).unwrap_or_else(|| panic!("unit {unit}"));
    (number.parse().expect("a number"), unit)
}

fn adjustment(text: &str) -> Option<Adjustment> {
    if text == "—" {
        return None;
    }
    if let Some(more) = text.strip_prefix("延长 ") {
        let (amount, unit) = amount(more);
        return Some(Adjustment::Extended {
            amount,
            unit,
            on: day("2026-01-05"),
            approver: "主要负责人".to_owned(),
            reason: "案情复杂".to_owned(),
            informed_on: None,
        });
    }
    let (from, until) = text.split_once('，').expect("two days");
    let from_day = day(&from[..10]);
    let until_day = day(&until[..10]);
    Some(if from.ends_with("中止") && until.ends_with("恢复") {
        Adjustment::Suspended {
            from: from_day,
            until: Some(until_day),
            reason: "等待司法结论".to_owned(),
            approver: "分管领导".to_owned(),
        }
    } else {
        assert!(from.ends_with("受阻") && until.ends_with("消除"), "{text}");
        Adjustment::Postponed {
            from: from_day,
            until: until_day,
            applied_on: until_day,
            reason: "洪水".to_owned(),
        }
    })
}

#[test]
fn the_sums_of_the_page_are_right() {
    let rows: Vec<Vec<&str>> = PAGE
        .lines()
        .filter(|line| line.starts_with("| 20"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    assert!(rows.len() >= 12, "{} examples", rows.len());
    let calendar = calendar();
    for row in rows {
        let [event, limit, change, due, _how] = row[..] else {
            panic!("five cells: {row:?}");
        };
        let roll_off = !limit.ends_with("不顺延休息日");
        let limit = limit.trim_end_matches("，不顺延休息日");
        let direction = if limit.ends_with('前') {
            Direction::Before
        } else {
            Direction::After
        };
        let (amount, unit) = amount(limit.trim_end_matches(['内', '前']));
        let terms = Terms {
            amount,
            unit,
            direction,
            roll_off,
        };
        let changes: Vec<Adjustment> = adjustment(change).into_iter().collect();
        let end = reckon(terms, day(event), &changes, &calendar).expect("within the calendar");
        assert_eq!(end.day, day(due), "{row:?}");
    }
}

// ---- a profile written from the page ----

/// Runs a test under a profile on a fresh database of either kind.
async fn under<F>(profile: &str, now: &str, test: F)
where
    F: AsyncFn(Bench),
{
    let policy = Policy::parse(profile).expect("a profile");
    let folder = tempfile::tempdir().expect("a folder");
    let db = Db::open_sqlite(&folder.path().join("test.db"))
        .await
        .expect("a database");
    test(bench_under(db.clone(), now, policy.clone()).await).await;
    db.close().await;
    if let Some(server) = pg::database() {
        let db = Db::open_postgres(&server.url()).await.expect("a database");
        test(bench_under(db.clone(), now, policy).await).await;
        db.close().await;
    }
}

/// A case, told step by step; the clock follows the days.
struct Story<'a> {
    bench: &'a Bench,
    case: String,
}

impl Story<'_> {
    async fn open(bench: &Bench, on: &str, act: Act) -> (String, Done) {
        bench.set(on);
        let new = NewCase {
            case_no: None,
            matter_no: None,
            matter: "园区道路改造超概算".to_owned(),
            name: "许知远".to_owned(),
            id: IdNumber::Missing,
            unit: "青禾市住建局".to_owned(),
            organ: Some("青禾市纪委监委".to_owned()),
            handler: None,
            competent: None,
            superior: None,
        };
        let first = Dated {
            act: &act,
            day: day(on),
        };
        let done = procedure::open(&bench.app, &new, &first, "tester")
            .await
            .expect("a case");
        (done.case.clone(), done)
    }

    async fn try_on(&self, now: &str, on: &str, act: Act) -> Result<Done, String> {
        self.bench.set(now);
        let which = CaseRef {
            case_no: self.case.clone(),
            name: None,
            version: None,
        };
        let dated = Dated {
            act: &act,
            day: day(on),
        };
        let done = procedure::act(&self.bench.app, &which, &dated, "tester").await;
        done.map_err(|error| error.to_string())
    }

    async fn on(&self, on: &str, act: Act) -> Done {
        let zh = act.zh(&self.bench.app.policy);
        self.try_on(on, on, act)
            .await
            .unwrap_or_else(|error| panic!("{on} {zh}: {error}"))
    }
}

/// The open limits with their due days.
fn due(done: &Done) -> Vec<(&str, &str)> {
    let mut due: Vec<(&str, &str)> = done
        .limits
        .iter()
        .map(|line| (line.limit.as_str(), line.due.as_str()))
        .collect();
    due.sort_unstable();
    due
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

fn own(event: &str) -> Act {
    Act::Record {
        event: Event(name(event)),
        note: String::new(),
    }
}

fn extend(limit: &str, amount: u32, approver: Role, informed_on: Option<&str>) -> Act {
    Act::Extend {
        limit: name(limit),
        amount,
        unit: Unit::Month,
        approver,
        reason: "涉及单位多".to_owned(),
        informed_on: informed_on.map(day),
    }
}

fn meeting() -> Meeting {
    Meeting {
        attendees: 7,
        minutes_no: "纪要〔2026〕9号".to_owned(),
    }
}

fn conclude(conclusion: Conclusion) -> Act {
    Act::Conclude {
        conclusion,
        doc_no: Some("青容认〔2026〕3号".to_owned()),
        measure: None,
        basis: Some("办法第十三条".to_owned()),
        mitigation: Some("已追回".to_owned()),
        approved_over: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_city_that_wrote_its_profile_from_the_page_gets_its_own_days() {
    under(QINGHE, "2026-02-06", async |bench| {
        let apply = Act::Apply { by: Applicant::Cadre };
        let (case, done) = Story::open(&bench, "2026-02-06", apply).await;
        let story = Story { bench: &bench, case };
        // 10 日：2 月 6 日 + 10 = 16 日，春节放假到 23 日，顺延到 24 日。
        assert_eq!(due(&done), [("acceptance", "2026-02-24")]);

        let done = story.on("2026-02-24", Act::Accept).await;
        // 2 个月：2 月 24 日 → 4 月 24 日（周五）。
        assert_eq!(due(&done), [("investigation", "2026-04-24")]);

        let untold = story.try_on(
            "2026-04-20",
            "2026-04-20",
            extend("investigation", 1, Role::DeputyLeader, None),
        );
        assert!(
            untold
                .await
                .expect_err("the subject must be told")
                .contains("告知当事人")
        );
        let by_another = extend("investigation", 1, Role::Leader, Some("2026-04-20"));
        let by_another = story.try_on("2026-04-20", "2026-04-20", by_another).await;
        assert!(by_another.expect_err("another role").contains("须由分管领导批准"));
        let first = extend("investigation", 1, Role::DeputyLeader, Some("2026-04-20"));
        let done = story.on("2026-04-20", first).await;
        // 2 + 1 = 3 个月：5 月 24 日是周日 → 25 日。
        assert_eq!(due(&done), [("investigation", "2026-05-25")]);
        let second = extend("investigation", 1, Role::DeputyLeader, Some("2026-05-25"));
        let done = story.on("2026-05-25", second).await;
        // 4 个月：6 月 24 日（周三）。
        assert_eq!(due(&done), [("investigation", "2026-06-24")]);
        let third = extend("investigation", 1, Role::DeputyLeader, Some("2026-06-10"));
        let third = story.try_on("2026-06-10", "2026-06-10", third).await;
        assert!(third.expect_err("twice is the most").contains("最多延长 2 次"));

        // 拟定 6 月 24 日开会，预先登记；倒数 3 个工作日：23、22 日，端午 19 至 21 日放假，18 日。
        let done = story
            .try_on("2026-06-10", "2026-06-24", own("meeting_planned"))
            .await
            .expect("a day to come can be announced");
        assert_eq!(
            due(&done),
            [("investigation", "2026-06-24"), ("meeting_notice", "2026-06-18")]
        );
        for aspect in Aspect::ALL {
            let considered = Act::Consider {
                aspect,
                weight: Weight::For,
                finding: "查明".to_owned(),
                evidence: "笔录".to_owned(),
            };
            story.on("2026-06-11", considered).await;
        }
        let report = Act::Report {
            title: "青纪调〔2026〕2号".to_owned(),
            fits: true,
        };
        let done = story.on("2026-06-15", report).await;
        assert_eq!(due(&done), [("meeting_notice", "2026-06-18")]);
        let done = story.on("2026-06-17", own("meeting_notice_sent")).await;
        assert_eq!(due(&done), []);
        story.on("2026-06-24", Act::Decide { meeting: meeting() }).await;
        let done = story.on("2026-06-24", conclude(Conclusion::Mitigated)).await;
        assert_eq!(
            due(&done),
            [
                // 3 个工作日：25、26、29 日。
                ("archive_integrity", "2026-06-29"),
                ("archive_personnel", "2026-06-29"),
                // 5 日：29 日（周一）。
                ("feedback_subject", "2026-06-29"),
                // 1 个月：7 月 24 日（周五）。
                ("heart_talk", "2026-07-24"),
            ]
        );
        for into in [Archive::Personnel, Archive::Integrity] {
            story.on("2026-06-26", Act::Archive { into, receipt: None }).await;
        }
        let tell = Act::Tell {
            to: Told::Subject,
            receipt: None,
        };
        let done = story.on("2026-06-25", tell).await;
        // 15 日：6 月 25 日 + 15 = 7 月 10 日（周五）。
        assert_eq!(due(&done), [("heart_talk", "2026-07-24"), ("objection", "2026-07-10")]);
        let postpone = |reason: &str| Act::Postpone {
            limit: name("objection"),
            from: day("2026-07-06"),
            until: day("2026-07-13"),
            reason: reason.to_owned(),
        };
        // 障碍消除后 10 个工作日：7 月 13 日之后的第 10 个是 27 日。
        let late = story.try_on("2026-07-28", "2026-07-28", postpone("住院")).await;
        assert!(late.expect_err("too late").contains("最迟应在 2026-07-27"));
        let done = story.on("2026-07-27", postpone("住院")).await;
        // 受阻时还剩 6 至 10 日的 5 日；自 13 日起数 5 日：17 日（周五）。
        assert_eq!(due(&done), [("heart_talk", "2026-07-24"), ("objection", "2026-07-17")]);
        story.on("2026-07-28", own("heart_talk_held")).await;
        let done = story.on("2026-07-28", own("objection_filed")).await;
        assert_eq!(due(&done), []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_stopped_over_a_holiday_goes_on_as_the_profile_says() {
    under(QINGHE, "2026-08-28", async |bench| {
        let (case, _) = Story::open(&bench, "2026-08-28", Act::Apply { by: Applicant::Unit }).await;
        let story = Story { bench: &bench, case };
        let done = story.on("2026-09-01", Act::Accept).await;
        // 2 个月：11 月 1 日是周日 → 2 日。
        assert_eq!(due(&done), [("investigation", "2026-11-02")]);
        let suspend = |approver, reason: &str| Act::Suspend {
            limit: name("investigation"),
            approver,
            reason: reason.to_owned(),
        };
        let ground = story
            .try_on("2026-09-21", "2026-09-21", suspend(Role::Leader, "人手不足"))
            .await;
        assert!(ground.expect_err("no such ground").contains("等待审计结论"));
        let done = story.on("2026-09-21", suspend(Role::Leader, "等待审计结论")).await;
        assert!(done.limits[0].stopped);
        let resume = Act::Resume {
            limit: name("investigation"),
        };
        let done = story.on("2026-10-12", resume).await;
        // 停 9 月 21 日至 10 月 11 日共 21 日：11 月 1 日 + 21 = 22 日（周日）→ 23 日。
        assert_eq!(due(&done), [("investigation", "2026-11-23")]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_is_not_archived_where_the_profile_says_so() {
    under(QINGHE, "2026-09-14", async |bench| {
        let (case, _) = Story::open(&bench, "2026-09-14", Act::Apply { by: Applicant::Unit }).await;
        let story = Story { bench: &bench, case };
        story.on("2026-09-15", Act::Accept).await;
        let report = Act::Report {
            title: "调查报告".to_owned(),
            fits: false,
        };
        story.on("2026-09-28", report).await;
        story.on("2026-09-29", Act::Decide { meeting: meeting() }).await;
        let done = story.on("2026-09-30", conclude(Conclusion::NotTolerated)).await;
        // 5 日：10 月 5 日，国庆放假到 7 日 → 8 日；archive_when_not_tolerated = false，没有归档。
        assert_eq!(due(&done), [("explanation", "2026-10-08")]);
    })
    .await;
}

// ---- another profile over what already runs ----

const CONTACTS: &str = "\
单位,姓名,角色,邮箱
云川市纪委监委,何收文,经办,shouwen@yunchuan.example
云川市纪委监委,孟科长,科室负责人,meng@yunchuan.example
云川市纪委监委,管平,管理员,guan@yunchuan.example
";

const REGISTER: &str = "\
案件编号,姓名,单位,事项名称,认定结论,认定日期,状态,问责实施机关
RC-1,沈砚舟,云川市住建局,电梯补贴误发,免责,2026-11-23,生效,云川市纪委监委
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_owed_does_not_fall_silent_with_its_rule() {
    on_both("2026-11-23T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench.register(REGISTER).await;
        assert_eq!(
            policies::put_in_force(&bench.app, bench.app.now())
                .await
                .expect("in force"),
            []
        );
        reconcile(&bench.app, bench.app.now()).await.expect("a pass");

        // The same database under a profile without any of the seven limits of a conclusion but the archives'.
        let poorer = bench_under(
            bench.app.db.clone(),
            "2026-11-24T10:00:00+08:00",
            Policy::parse(QINGHE).expect("a profile"),
        )
        .await;
        let lost = policies::put_in_force(&poorer.app, poorer.app.now())
            .await
            .expect("in force");
        let rules: Vec<&str> = lost.iter().map(|one| one.rule.as_str()).collect();
        assert_eq!(
            rules,
            [
                "archive_file",
                "calendar_missing",
                "feedback_competent",
                "feedback_organization",
                "feedback_superior"
            ]
        );
        assert!(lost.iter().all(|one| one.open == 1 && !one.replaced));

        // 3 个工作日：11 月 26 日；逾期 1 个工作日是 27 日。
        poorer.set("2026-11-27T10:00:00+08:00");
        reconcile(&poorer.app, poorer.app.now()).await.expect("a pass");
        let mut tx = poorer.app.db.read().await.expect("the store");
        let sent: Vec<(String, String)> = alerts::all(&mut tx)
            .await
            .expect("alerts")
            .into_iter()
            .filter(|stored| stored.alert.outcome == Outcome::Sent && stored.alert.kind == Kind::FeedbackCompetent)
            .map(|stored| (stored.alert.point.to_string(), stored.alert.due.to_string()))
            .collect();
        tx.rollback().await.expect("the store");
        assert!(sent.contains(&("T+1".to_owned(), "2026-11-26".to_owned())), "{sent:?}");

        // A further step leaves it owed.
        let which = CaseRef {
            case_no: "RC-1".to_owned(),
            name: None,
            version: None,
        };
        let act = Act::Archive {
            into: Archive::Personnel,
            receipt: None,
        };
        let dated = Dated {
            act: &act,
            day: day("2026-11-26"),
        };
        let done = procedure::act(&poorer.app, &which, &dated, "tester")
            .await
            .expect("a step");
        let open: Vec<&str> = done.limits.iter().map(|line| line.limit.as_str()).collect();
        assert!(
            open.contains(&"feedback_competent") && open.contains(&"archive_file"),
            "{open:?}"
        );
    })
    .await;
}
