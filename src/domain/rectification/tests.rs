use super::*;
use crate::domain::calendar::{Calendar, testing};
use crate::domain::contact::Role;
use crate::domain::name::Name;
use crate::domain::obligation::Kind;
use crate::domain::policy::{Extension, NumberFrom, Policy};
use chrono::NaiveDate;
use proptest::prelude::*;
use std::sync::LazyLock;

static POLICY: LazyLock<Policy> = LazyLock::new(Policy::builtin);
static CALENDAR: LazyLock<Calendar> = LazyLock::new(testing::national);

const UNIT: (Side, Role) = (Side::Unit, Role::Responsible);
const CLERK: (Side, Role) = (Side::Supervisor, Role::Supervisor);
const HEAD: (Side, Role) = (Side::Supervisor, Role::SectionHead);
const DEPUTY: (Side, Role) = (Side::Supervisor, Role::DeputyLeader);

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn level(word: &str) -> Name {
    Name::new(word).expect("a word")
}

/// An item due on 30 June 2026, listed on 2 March.
fn item() -> Life {
    let row = RectificationRecord {
        facts: Facts {
            person: Some("程砺".to_owned()),
            ..RectificationRecord::plain("ZG-1", "台账缺失", "云川市/水务局", None).facts
        },
        ..RectificationRecord::plain("ZG-1", "台账缺失", "云川市/水务局", Some(day("2026-06-30")))
    };
    let mut life = Life::default();
    follow(&mut life, &row, "2026-03-02");
    life
}

/// Takes in what a row says.
fn follow(life: &mut Life, row: &RectificationRecord, today: &str) -> Differences {
    let found = differences(life, row, day(today));
    for one in &found.acts {
        life.take(&Happened {
            act: one.act.clone(),
            on: one.on,
            by: one.by.clone(),
            role: None,
        });
    }
    found
}

fn extension() -> &'static Extension {
    let limit = POLICY.limit(Kind::Rectification).expect("in every profile");
    limit.extension.as_ref().expect("in the built-in profile")
}

fn attempt(life: &Life, act: &Act, who: (&str, (Side, Role)), on: &str, today: &str) -> Result<Happened, Refused> {
    let roles = [who.1];
    let known = Known {
        roles: &roles,
        extension: Some(extension()),
        rules: &POLICY.rectification,
        ladder: &POLICY.ladder,
        calendar: &CALENDAR,
    };
    let said = Said {
        act,
        by: who.0,
        on: day(on),
        today: day(today),
    };
    step(life, &said, &known)
}

fn does(life: &mut Life, act: &Act, who: (&str, (Side, Role)), today: &str) {
    match attempt(life, act, who, today, today) {
        Ok(happened) => life.take(&happened),
        Err(refused) => panic!("{act:?} on {today}: {}", refused.0),
    }
}

fn refuses(life: &Life, act: &Act, who: (&str, (Side, Role)), today: &str, because: &str) {
    let Err(refused) = attempt(life, act, who, today, today) else {
        panic!("{act:?} on {today} should be refused");
    };
    assert!(refused.0.contains(because), "{act:?}: {}", refused.0);
}

fn paper() -> Act {
    Act::Attached {
        evidence: Evidence {
            name: "报告.pdf".to_owned(),
            hash: Some("0".repeat(64)),
            bytes: 9,
            kind: "pdf".to_owned(),
        },
    }
}

fn asks(to: &str) -> Act {
    Act::ExtensionAsked {
        to: day(to),
        reason: "招标延后".to_owned(),
    }
}

fn accepts() -> Act {
    Act::Accepted {
        opinion: None,
        by_ledger: false,
    }
}

fn returns() -> Act {
    Act::Returned {
        reason: "缺少照片".to_owned(),
        redo_by: None,
    }
}

const DOER: (&str, (Side, Role)) = ("程砺", UNIT);

#[test]
fn the_three_axes_move_on_their_own() {
    let mut life = item();
    let axes = |life: &Life, today: &str| (life.received_zh(), life.done_zh(day(today)), life.accepted_zh());
    assert_eq!(axes(&life, "2026-03-02"), ("—", "未启动", "未申请"));
    does(&mut life, &Act::Issued, ("沈督", CLERK), "2026-03-03");
    assert_eq!(axes(&life, "2026-03-03"), ("未签收", "未启动", "未申请"));
    does(&mut life, &Act::Received, DOER, "2026-03-04");
    assert_eq!(axes(&life, "2026-07-01"), ("已签收", "逾期未完成", "未申请"));
    does(&mut life, &paper(), DOER, "2026-07-02");
    does(&mut life, &Act::ClosingAsked, DOER, "2026-07-02");
    assert_eq!(axes(&life, "2026-07-02"), ("已签收", "逾期完成", "待验收"));
    does(&mut life, &returns(), ("沈督", CLERK), "2026-07-03");
    assert_eq!(axes(&life, "2026-07-03"), ("已签收", "逾期未完成", "已退回"));
    does(&mut life, &Act::ClosingAsked, DOER, "2026-07-06");
    does(&mut life, &accepts(), ("沈督", CLERK), "2026-07-07");
    assert_eq!(axes(&life, "2026-07-07"), ("已签收", "逾期完成", "已销号"));
    assert_eq!(life.closed_on, Some(day("2026-07-07")));
    let relapse = Act::Relapsed {
        reason: "复查发现".to_owned(),
        due_on: day("2026-09-30"),
    };
    does(&mut life, &relapse, ("沈督", CLERK), "2026-08-03");
    assert_eq!(axes(&life, "2026-08-03"), ("已签收", "整改中", "反弹"));
    assert_eq!(life.earlier_closings, [day("2026-07-07")]);
}

#[test]
fn acceptance_needs_evidence_and_another_person_of_another_role() {
    let mut life = item();
    refuses(&life, &Act::ClosingAsked, DOER, "2026-05-06", "没有佐证材料");
    refuses(&life, &accepts(), ("沈督", CLERK), "2026-05-06", "没有待验收");
    does(&mut life, &paper(), DOER, "2026-05-06");
    does(&mut life, &Act::ClosingAsked, ("沈督", CLERK), "2026-05-06");
    refuses(&life, &accepts(), ("沈督", CLERK), "2026-05-07", "须由另一人验收");
    refuses(&life, &accepts(), ("沈 督", HEAD), "2026-05-07", "须由另一人验收");
    refuses(&life, &accepts(), ("另督", CLERK), "2026-05-07", "须由另一角色");
    refuses(&life, &accepts(), ("程砺", HEAD), "2026-05-07", "须由另一人验收");
    refuses(&life, &accepts(), ("路人", UNIT), "2026-05-07", "由督办单位办理");
    let silent = Act::Returned {
        reason: " ".to_owned(),
        redo_by: None,
    };
    refuses(&life, &silent, ("许科", HEAD), "2026-05-07", "退回的理由");
    does(&mut life, &accepts(), ("许科", HEAD), "2026-05-07");
    refuses(&life, &accepts(), ("许科", HEAD), "2026-05-08", "已经销号");
    refuses(&life, &paper(), DOER, "2026-05-08", "已于 2026-05-07 销号");
}

#[test]
fn an_extension_is_asked_in_time_and_within_its_caps() {
    let mut life = item();
    refuses(&life, &asks("2026-06-30"), DOER, "2026-06-01", "须晚于现在的时限");
    refuses(&life, &asks("2026-07-31"), DOER, "2026-07-01", "时限 2026-06-30 已过");
    refuses(&life, &asks("2026-08-30"), DOER, "2026-06-01", "最迟 2026-08-29");
    let silent = Act::ExtensionAsked {
        to: day("2026-07-31"),
        reason: String::new(),
    };
    refuses(&life, &silent, DOER, "2026-06-01", "延期的理由");
    does(&mut life, &asks("2026-07-31"), DOER, "2026-06-30");
    refuses(&life, &asks("2026-08-01"), DOER, "2026-06-30", "还没有审批");
    let grant = Act::ExtensionGranted {
        remark: None,
        due: None,
    };
    refuses(&life, &grant, ("沈督", CLERK), "2026-07-02", "由分管领导审批");
    does(&mut life, &grant, ("钱分管", DEPUTY), "2026-07-02");
    assert_eq!(
        (life.due_on, life.first_due),
        (Some(day("2026-07-31")), Some(day("2026-06-30")))
    );
    does(&mut life, &asks("2026-08-29"), DOER, "2026-07-20");
    let refuse = Act::ExtensionRefused {
        reason: "条件已具备".to_owned(),
        due: None,
    };
    does(&mut life, &refuse, ("钱分管", DEPUTY), "2026-07-21");
    assert_eq!(life.due_on, Some(day("2026-07-31")));
    does(&mut life, &asks("2026-08-14"), DOER, "2026-07-22");
    does(&mut life, &grant, ("钱分管", DEPUTY), "2026-07-23");
    refuses(&life, &asks("2026-08-20"), DOER, "2026-08-03", "已延期 2 次");
    // What the ledger had brought along counts.
    let mut brought = item();
    brought.earlier_extensions = 2;
    refuses(&brought, &asks("2026-07-15"), DOER, "2026-06-01", "已延期 2 次");
    // Whoever asked does not decide.
    let mut own = item();
    does(&mut own, &asks("2026-07-15"), ("钱分管", DEPUTY), "2026-06-01");
    let grant = Act::ExtensionGranted {
        remark: None,
        due: None,
    };
    refuses(&own, &grant, ("钱分管", DEPUTY), "2026-06-02", "须由另一人审批");
}

#[test]
fn a_level_is_raised_with_a_reason_and_lowered_by_a_second_person() {
    let mut life = item();
    let raise = |word: &str, reason: &str| Act::Raised {
        level: level(word),
        reason: reason.to_owned(),
        deduction: 200,
    };
    let lower = |word: Option<&str>| Act::Lowered {
        level: word.map(level),
        reason: "情况说明成立".to_owned(),
    };
    refuses(&life, &lower(None), ("许科", HEAD), "2026-05-06", "没有处置级别");
    refuses(&life, &raise("red", ""), ("沈督", CLERK), "2026-05-06", "升级的理由");
    refuses(&life, &raise("purple", "x"), ("沈督", CLERK), "2026-05-06", "没有级别");
    does(&mut life, &raise("red", "敷衍整改"), ("沈督", CLERK), "2026-05-06");
    refuses(&life, &raise("yellow", "x"), ("沈督", CLERK), "2026-05-06", "不低于");
    refuses(&life, &lower(None), ("沈督", CLERK), "2026-05-07", "须由另一人降级");
    refuses(&life, &lower(Some("red")), ("许科", HEAD), "2026-05-07", "更低的级别");
    refuses(&life, &lower(None), ("另督", CLERK), "2026-05-07", "第二人");
    does(&mut life, &lower(Some("blue")), ("许科", HEAD), "2026-05-07");
    assert_eq!(life.level, Some(level("blue")));
    // Reached by itself: whoever supervises needs somebody above.
    life.take(&Happened {
        act: Act::Reached {
            level: level("yellow"),
            point: "T+1".to_owned(),
            deduction: 100,
        },
        on: day("2026-07-01"),
        by: String::new(),
        role: None,
    });
    refuses(&life, &lower(None), ("沈督", CLERK), "2026-07-02", "第二人");
    does(&mut life, &lower(None), ("许科", HEAD), "2026-07-02");
    assert_eq!(life.steps.len(), 2);
}

#[test]
fn whoever_is_dealt_with_must_have_neglected_something() {
    let mut life = item();
    let dealt = |on: &str, measure: &str| {
        Act::Dealt(Dealt {
            person: "程砺".to_owned(),
            measure: measure.to_owned(),
            organ: "云川市纪委监委".to_owned(),
            doc_no: "云纪诫〔2026〕3号".to_owned(),
            on: day(on),
            reason: "逾期不整改".to_owned(),
        })
    };
    refuses(
        &life,
        &dealt("2026-06-01", "诫勉"),
        ("许科", HEAD),
        "2026-06-02",
        "不能以整改不力处理",
    );
    refuses(
        &life,
        &dealt("2026-07-06", "罚款"),
        ("许科", HEAD),
        "2026-07-07",
        "不是规则所列",
    );
    refuses(
        &life,
        &dealt("2026-07-08", "诫勉"),
        ("许科", HEAD),
        "2026-07-07",
        "晚于今天",
    );
    does(&mut life, &dealt("2026-07-06", "诫勉"), ("许科", HEAD), "2026-07-07");
    assert_eq!(life.dealt.len(), 1);
}

#[test]
fn delay_is_theirs_or_ours() {
    let mut life = item();
    // Due on a Tuesday. Asked in time, decided late: those days are ours.
    does(&mut life, &asks("2026-07-31"), DOER, "2026-06-29");
    let refuse = Act::ExtensionRefused {
        reason: "不同意".to_owned(),
        due: None,
    };
    does(&mut life, &refuse, ("钱分管", DEPUTY), "2026-07-03");
    let late = |life: &Life, today: &str| delay(life, &CALENDAR, day(today)).expect("a published year");
    assert_eq!(late(&life, "2026-06-30"), Delay::default());
    assert_eq!(late(&life, "2026-07-03"), Delay { theirs: 0, ours: 3 });
    // From the answer they have what was left when they asked: one working day.
    assert_eq!(life.due_on, Some(day("2026-07-06")));
    assert_eq!(late(&life, "2026-07-07"), Delay { theirs: 1, ours: 3 });
    does(&mut life, &paper(), DOER, "2026-07-07");
    does(&mut life, &Act::ClosingAsked, DOER, "2026-07-07");
    assert_eq!(late(&life, "2026-07-10"), Delay { theirs: 1, ours: 6 });
    does(&mut life, &returns(), ("沈督", CLERK), "2026-07-10");
    does(&mut life, &Act::ClosingAsked, DOER, "2026-07-14");
    does(&mut life, &accepts(), ("沈督", CLERK), "2026-07-15");
    assert_eq!(late(&life, "2026-09-01"), Delay { theirs: 3, ours: 7 });
    assert_eq!(
        late(&life, "2026-09-01").zh(),
        "逾期 10 个工作日，其中责任单位 3 个、等待审批或验收 7 个"
    );
}

#[test]
fn a_ledger_that_comes_again_updates_and_never_moves_a_day() {
    let mut life = item();
    let row = |due: &str| RectificationRecord {
        facts: life_facts(),
        ..RectificationRecord::plain("ZG-1", "台账缺失", "云川市/水务局", Some(day(due)))
    };
    assert_eq!(
        follow(&mut life, &row("2026-06-30"), "2026-04-01"),
        Differences::default()
    );
    let moved = follow(&mut life, &row("2026-09-30"), "2026-04-01");
    assert!(moved.acts.is_empty());
    assert_eq!(moved.refused[0].0, "整改时限");
    let mut news = row("2026-06-30");
    news.facts.person = Some("乔新".to_owned());
    news.progress = Progressed {
        text: Some("已完成摸底".to_owned()),
        on: Some(day("2026-03-31")),
        percent: Some(40),
        state: None,
    };
    let found = follow(&mut life, &news, "2026-04-01");
    let columns: Vec<&str> = found.changes.iter().map(|change| change.column.as_str()).collect();
    assert_eq!(columns, ["责任人", "最近进展", "最近进展日期", "完成比例"]);
    assert_eq!((life.percent, life.facts.person.as_deref()), (40, Some("乔新")));
    let mut paper = news.clone();
    paper.facts.paper_no = Some("云督〔2026〕3号".to_owned());
    assert_eq!(follow(&mut life, &paper, "2026-04-01").changes[0].column, "督办单号");
    // The same once more changes nothing; an emptied cell takes nothing back; an older day is not taken.
    assert_eq!(follow(&mut life, &news, "2026-04-02"), Differences::default());
    news.facts.person = None;
    assert_eq!(follow(&mut life, &news, "2026-04-02"), Differences::default());
    news.progress.on = Some(day("2026-03-01"));
    news.progress.text = Some("旧进展".to_owned());
    assert_eq!(follow(&mut life, &news, "2026-04-02").refused[0].0, "最近进展日期");
}

fn life_facts() -> Facts {
    Facts {
        person: Some("程砺".to_owned()),
        ..RectificationRecord::plain("ZG-1", "台账缺失", "云川市/水务局", None).facts
    }
}

#[test]
fn limits_follow_what_happened() {
    let mut life = item();
    let kinds = |life: &Life| {
        let wants = wanted("ZG-1", life, &POLICY, &CALENDAR, false).expect("a published year");
        wants
            .into_iter()
            .filter(|(want, _)| want.met_on.is_none())
            .map(|(want, _)| (want.kind.as_str(), want.due.day))
            .collect::<Vec<_>>()
    };
    // Twenty working days after 2 March, less 清明 (6 April).
    assert_eq!(
        kinds(&life),
        [("rectification", day("2026-06-30")), ("progress", day("2026-03-30"))]
    );
    does(&mut life, &Act::Issued, ("沈督", CLERK), "2026-03-03");
    assert!(kinds(&life).contains(&("receipt", day("2026-03-06"))));
    does(&mut life, &Act::Received, DOER, "2026-03-04");
    assert!(!kinds(&life).iter().any(|(kind, _)| *kind == "receipt"));
    does(&mut life, &asks("2026-07-31"), DOER, "2026-06-25");
    assert!(kinds(&life).contains(&("extension", day("2026-06-30"))));
    let stopped = wanted("ZG-1", &life, &POLICY, &CALENDAR, false).expect("a published year");
    assert!(crate::domain::deadline::is_stopped(&stopped[0].1));
    does(
        &mut life,
        &Act::ExtensionGranted {
            remark: None,
            due: None,
        },
        ("钱分管", DEPUTY),
        "2026-06-26",
    );
    assert!(kinds(&life).contains(&("rectification", day("2026-07-31"))));
    does(&mut life, &paper(), DOER, "2026-07-30");
    does(&mut life, &Act::ClosingAsked, DOER, "2026-07-30");
    assert_eq!(kinds(&life), [("acceptance_check", day("2026-08-06"))]);
    does(&mut life, &accepts(), ("沈督", CLERK), "2026-08-03");
    let visits = kinds(&life);
    assert_eq!(visits.len(), 3);
    assert_eq!(visits[0], ("follow_up", day("2026-11-03")));
    let visit = Act::Visited {
        result: "保持良好".to_owned(),
    };
    does(&mut life, &visit, ("沈督", CLERK), "2026-11-02");
    assert_eq!(kinds(&life).len(), 2);
}

#[test]
fn figures_say_what_they_count() {
    let late = {
        let mut life = item();
        does(&mut life, &paper(), DOER, "2026-07-02");
        does(&mut life, &Act::ClosingAsked, DOER, "2026-07-02");
        does(&mut life, &accepts(), ("沈督", CLERK), "2026-07-03");
        life
    };
    let in_time = {
        let mut life = item();
        does(&mut life, &paper(), DOER, "2026-06-29");
        does(&mut life, &Act::ClosingAsked, DOER, "2026-06-29");
        // Checked after the day: it was done in time.
        does(&mut life, &accepts(), ("沈督", CLERK), "2026-07-03");
        life
    };
    let open = item();
    let counted = [("A", &late), ("B", &in_time), ("C", &open)].map(|(number, life)| Counted { number, life });
    let span = Span {
        from: day("2026-01-01"),
        to: day("2026-12-31"),
    };
    let all = figures(counted, span, day("2026-07-31")).total;
    let numbers = |figure| all.items.get(&figure).cloned().unwrap_or_default();
    assert_eq!(numbers(Figure::Due), ["A", "B", "C"]);
    assert_eq!(numbers(Figure::Closed), ["A", "B"]);
    assert_eq!(numbers(Figure::OnTime), ["B"]);
    assert_eq!(numbers(Figure::Overdue), ["C"]);
    assert_eq!(
        (all.rectified().zh(), all.on_time().zh()),
        ("66.7%".to_owned(), "33.3%".to_owned())
    );
    assert_eq!(all.relapsed().zh(), "0.0%");
    // Before the end of the span nothing that came later shows.
    let june = Span {
        from: day("2026-06-01"),
        to: day("2026-06-30"),
    };
    let then = figures(counted, june, day("2026-07-31")).total;
    assert_eq!((then.count(Figure::Due), then.count(Figure::Closed)), (3, 0));
}

#[test]
fn deductions_add_up_exactly() {
    for (hundredths, said) in [(0, "0"), (50, "0.5"), (125, "1.25"), (300, "3"), (105, "1.05")] {
        assert_eq!(Tally(hundredths).to_string(), said);
    }
}

fn any_act() -> impl Strategy<Value = Act> {
    let days = (0u32..250).prop_map(|n| day("2026-01-05") + chrono::Days::new(u64::from(n)));
    let words = prop::sample::select(vec!["blue", "yellow", "red", "transfer"]);
    prop_oneof![
        Just(Act::Issued),
        Just(Act::Received),
        (0u8..=100).prop_map(|percent| Act::Reported {
            percent: Some(percent),
            rating: None,
            text: "推进".to_owned(),
            stage: None,
        }),
        Just(paper()),
        days.clone().prop_map(|to| Act::ExtensionAsked {
            to,
            reason: "理由".to_owned(),
        }),
        Just(Act::ExtensionGranted {
            remark: None,
            due: None
        }),
        Just(Act::ExtensionRefused {
            reason: "理由".to_owned(),
            due: None
        }),
        Just(Act::ClosingAsked),
        Just(accepts()),
        prop::option::of(days.clone()).prop_map(|redo_by| Act::Returned {
            reason: "理由".to_owned(),
            redo_by,
        }),
        days.prop_map(|due_on| Act::Relapsed {
            reason: "理由".to_owned(),
            due_on,
        }),
        Just(Act::Visited {
            result: "好".to_owned(),
        }),
        Just(Act::Dealt(Dealt {
            person: "程砺".to_owned(),
            measure: "诫勉".to_owned(),
            organ: "云川市纪委监委".to_owned(),
            doc_no: "云纪诫〔2026〕3号".to_owned(),
            on: day("2026-01-05"),
            reason: "理由".to_owned(),
        })),
        words.prop_map(|word| Act::Raised {
            level: level(word),
            reason: "理由".to_owned(),
            deduction: 100,
        }),
        Just(Act::Lowered {
            level: None,
            reason: "理由".to_owned(),
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_people_try_the_item_stays_whole(
        tried in prop::collection::vec((any_act(), 0usize..5, 0u64..4), 1..60),
    ) {
        let people = [DOER, ("沈督", CLERK), ("许科", HEAD), ("钱分管", DEPUTY), ("联络", (Side::Unit, Role::UnitLiaison))];
        let mut life = item();
        let mut today = day("2026-03-02");
        let mut history = Vec::new();
        for (act, who, later) in tried {
            today = today + chrono::Days::new(later * 3);
            let (before, text) = (life.clone(), today.to_string());
            let Ok(happened) = attempt(&life, &act, people[who], &text, &text) else {
                prop_assert_eq!(&before, &life);
                continue;
            };
            let stored = serde_json::to_string(&happened).expect("it serialises");
            prop_assert_eq!(&serde_json::from_str::<Happened>(&stored).expect("it reads"), &happened);
            life.take(&happened);
            history.push(happened);
            // Closed means checked by somebody else, with evidence, and nothing is pending.
            if life.is_closed() {
                let closing = life.closings.last().expect("asked before");
                let checked = closing.checked.as_ref().expect("checked");
                prop_assert_ne!(&closing.by, &checked.by);
                prop_assert_ne!(closing.role, checked.role);
                prop_assert!(!life.evidence.is_empty());
                prop_assert!(life.level.is_none() && life.extension_pending().is_none());
            }
            prop_assert!(life.granted().count() as u32 <= extension().times);
            let most = life.first_due.expect("it has one") + chrono::Days::new(u64::from(extension().max));
            let by_extension = life.granted().last().map(|one| one.to);
            prop_assert!(by_extension.is_none_or(|to| to <= most));
            let late = delay(&life, &CALENDAR, today).expect("a published year");
            let due = life.due_on.expect("it has one");
            let end = life.closed_on.unwrap_or(today);
            let asked = life.extensions.iter().map(|one| (one.asked_on, one.decided.as_ref()));
            let handed_in = life.closings.iter().map(|one| (one.asked_on, one.checked.as_ref()));
            let waits: Vec<_> = asked.chain(handed_in).map(|(on, answer)| (on, answer.map_or(end, |one| one.on))).collect();
            let theirs = due
                .iter_days()
                .skip(1)
                .take_while(|day| *day <= end)
                .filter(|day| CALENDAR.is_working_day(*day).expect("published"))
                .filter(|day| !waits.iter().any(|(from, until)| from < day && day <= until))
                .count();
            prop_assert_eq!(late.theirs as usize, theirs);
        }
        let mut again = item();
        for happened in &history {
            again.take(happened);
        }
        prop_assert_eq!(&again, &life);
        let kept = serde_json::to_string(&life).expect("it serialises");
        prop_assert_eq!(serde_json::from_str::<Life>(&kept).expect("it reads"), life);
    }
}

#[test]
fn a_profile_without_extensions_allows_none() {
    let life = item();
    let roles = [UNIT];
    let known = Known {
        roles: &roles,
        extension: None,
        rules: &POLICY.rectification,
        ladder: &POLICY.ladder,
        calendar: &CALENDAR,
    };
    let act = asks("2026-07-31");
    let said = Said {
        act: &act,
        by: "程砺",
        on: day("2026-06-01"),
        today: day("2026-06-01"),
    };
    assert!(step(&life, &said, &known).is_err());
    assert_eq!(extension().number_from, NumberFrom::Local);
}

#[test]
fn a_hand_over_needs_both() {
    let mut hand_over = HandOver {
        from: "甲".to_owned(),
        to: "乙".to_owned(),
        unit: None,
        reason: "调离".to_owned(),
        items: vec!["ZG-1".to_owned()],
        offered_on: day("2026-03-02"),
        given_on: None,
        taken_on: None,
    };
    let today = day("2026-03-03");
    assert!(hand_over.confirm("丙", today).is_err());
    assert_eq!(hand_over.confirm("甲", today), Ok(Hands::Waits));
    assert!(hand_over.confirm("甲", today).is_err());
    assert_eq!(hand_over.confirm("乙", today), Ok(Hands::Joined));
    let facts = Facts {
        person: Some("甲".to_owned()),
        lead: Some("丁".to_owned()),
        ..Facts::default()
    };
    let handed = hand_over.handed(&facts);
    assert_eq!(
        (handed.person.as_deref(), handed.lead.as_deref()),
        (Some("乙"), Some("丁"))
    );
}
