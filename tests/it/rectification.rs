//! The rectification ledger: imported again and again, followed up until it is done, on both databases and through the
//! program itself.

mod year;

use crate::cli::{Desk, Said, json};
use crate::support::app::{Bench, on_both};
use rongcuo::app::rectifications::{self as ledger, By, Done, ItemRef};
use rongcuo::app::{AppError, reconcile::reconcile};
use rongcuo::domain::account::Scope;
use rongcuo::domain::contact::Delegation;
use rongcuo::domain::rectification::{Act, Dealt};

const CONTACTS: &str = "单位,姓名,角色,邮箱\n\
    云川市/市委督查室,沈督办,督办员,shen@yunchuan.example\n\
    云川市/市委督查室,许科长,科室负责人,xu@yunchuan.example\n\
    云川市/市委督查室,钱分管,分管领导,qian@yunchuan.example\n\
    云川市/水务局,高联络,单位联络员,gao@yunchuan.example\n\
    云川市/水务局,程砺,经办,cheng@yunchuan.example\n\
    云川市/水务局,副局长,分管领导,fu@yunchuan.example\n\
    云川市/水务局,正局长,主要负责人,zheng@yunchuan.example\n";

fn ledger_of(due: &str, more: &str) -> String {
    format!(
        "编号,问题,责任单位,责任人,督办单位,整改时限,状态\nZG-2026-031,台账缺失,云川市/水务局,程砺,云川市/市委督查室,{due},整改中\n{more}"
    )
}

impl Bench {
    async fn item(&self, act: Act, by: &str) -> Result<Done, AppError> {
        let which = ItemRef {
            number: "ZG-2026-031".to_owned(),
            version: None,
        };
        let by = By::from(by);
        ledger::act(&self.app, &which, &act, &by).await
    }

    async fn did(&self, act: Act, by: &str) -> Done {
        let said = format!("{act:?}");
        self.item(act, by)
            .await
            .unwrap_or_else(|error| panic!("{said}: {error}"))
    }

    async fn hands_in(&self, by: &str) {
        let which = ItemRef {
            number: "ZG-2026-031".to_owned(),
            version: None,
        };
        let file = ledger::Attachment {
            name: "整改报告.pdf".to_owned(),
            bytes: b"%PDF-1.7 report".to_vec(),
        };
        let by = By::from(by);
        ledger::attach(&self.app, &which, file, &by).await.expect("a file");
    }

    async fn pass(&self, now: &str) {
        self.set(now);
        reconcile(&self.app, rongcuo::domain::time::Moment::parse(now).expect("a moment"))
            .await
            .expect("a pass");
    }

    /// Kind, point, outcome and address of what was decided, in order.
    async fn alerts(&self) -> Vec<String> {
        self.texts(
            "SELECT kind || ' ' || point || ' ' || outcome || COALESCE(' ' || recipient, '') FROM alert \
             WHERE kind <> 'calendar_missing' ORDER BY at_ms, kind, point, recipient",
        )
        .await
    }

    async fn owed_of_items(&self) -> Vec<String> {
        self.texts(
            "SELECT kind || ' ' || state || ' ' || due_day || ' r' || revision FROM obligation ORDER BY kind, natural_key",
        )
        .await
    }
}

fn asks(to: &str) -> Act {
    Act::ExtensionAsked {
        to: to.parse().expect("a day"),
        reason: "等待招标".to_owned(),
    }
}

const ACCEPTED: Act = Act::Accepted {
    opinion: None,
    by_ledger: false,
};

#[tokio::test]
async fn a_lapse_reaches_the_supervisor_and_the_chain_at_the_start_of_the_next_working_day() {
    on_both("2026-10-20T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench.rectifications(&ledger_of("2026-10-30", "")).await;
        // Friday 30 October; the first working day after is Monday 2 November.
        bench.pass("2026-10-27T09:00:00+08:00").await;
        bench.pass("2026-10-30T09:00:00+08:00").await;
        bench.pass("2026-11-01T20:00:00+08:00").await;
        let before = bench.alerts().await.len();
        bench.pass("2026-11-02T08:59:00+08:00").await;
        assert_eq!(
            bench.alerts().await.len(),
            before,
            "nothing is late before the working day begins"
        );
        bench.pass("2026-11-02T09:00:59+08:00").await;
        let told: Vec<String> = bench.alerts().await.split_off(before);
        assert_eq!(
            told,
            [
                "rectification T+1 sent cheng@yunchuan.example",
                "rectification T+1 sent fu@yunchuan.example",
                "rectification T+1 sent gao@yunchuan.example",
                "rectification T+1 sent shen@yunchuan.example",
            ]
        );
        let shown = ledger::show(&bench.app, "ZG-2026-031", "查阅").await.expect("an item");
        assert_eq!(shown.line.level.as_deref(), Some("黄色督办"));
        assert_eq!(shown.line.delay.as_deref(), Some("逾期 1 个工作日"));
        let levels: Vec<&str> = shown.levels.iter().map(|one| one.level.as_str()).collect();
        assert_eq!(levels, ["蓝色提醒", "黄色督办"]);
        // The fifth working day: the chain goes up, once.
        bench.pass("2026-11-06T09:00:30+08:00").await;
        bench.pass("2026-11-06T09:01:30+08:00").await;
        let top: Vec<String> = bench
            .alerts()
            .await
            .into_iter()
            .filter(|one| one.contains("T+5"))
            .collect();
        assert_eq!(
            top,
            [
                "rectification T+5 sent qian@yunchuan.example",
                "rectification T+5 sent shen@yunchuan.example",
                "rectification T+5 sent zheng@yunchuan.example",
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn an_outage_is_made_good_and_nothing_comes_after_acceptance() {
    on_both("2026-10-20T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench.rectifications(&ledger_of("2026-10-30", "")).await;
        // Down for a fortnight: the newest comes, the older ones are recorded.
        bench.pass("2026-11-10T09:00:00+08:00").await;
        let alerts = bench.alerts().await;
        let of = |point: &str, outcome: &str| {
            alerts
                .iter()
                .filter(|one| one.contains(&format!(" {point} {outcome}")))
                .count()
        };
        assert_eq!(
            (
                of("T+5", "sent"),
                of("T+1", "merged"),
                of("T0", "merged"),
                of("T+1", "sent")
            ),
            (6, 1, 1, 0)
        );
        bench.hands_in("程砺").await;
        bench.did(Act::ClosingAsked, "程砺").await;
        bench.did(ACCEPTED, "许科长").await;
        let before = bench.alerts().await.len();
        for day in ["2026-11-11", "2026-11-17", "2026-11-30", "2027-01-20"] {
            bench.pass(&format!("{day}T09:00:00+08:00")).await;
        }
        let after = bench.alerts().await;
        assert_eq!(after.len(), before, "accepted: silent until the first visit: {after:?}");
        let owed = bench.owed_of_items().await;
        let open: Vec<&String> = owed
            .iter()
            .filter(|one| one.contains(" open ") && !one.starts_with("calendar"))
            .collect();
        assert_eq!(
            open,
            [
                "follow_up open 2027-02-10 r1",
                "follow_up open 2027-05-10 r1",
                "follow_up open 2027-11-10 r1",
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn an_extension_stops_the_clock_while_it_waits_and_moves_the_day_when_it_is_granted() {
    on_both("2026-10-20T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench.rectifications(&ledger_of("2026-10-30", "")).await;
        bench.pass("2026-10-27T09:00:00+08:00").await;
        bench.set("2026-10-29T10:00:00+08:00");
        bench.did(asks("2026-11-20"), "程砺").await;
        bench.pass("2026-10-29T10:01:00+08:00").await;
        bench.pass("2026-11-03T09:00:00+08:00").await;
        let alerts = bench.alerts().await;
        assert!(
            !alerts.iter().any(|one| one.starts_with("rectification T+1")),
            "{alerts:?}"
        );
        assert!(
            alerts.contains(&"extension opened sent qian@yunchuan.example".to_owned()),
            "{alerts:?}"
        );
        // Three working days later it is the supervisor who is late.
        bench.pass("2026-11-04T09:00:00+08:00").await;
        let late: Vec<String> = bench
            .alerts()
            .await
            .into_iter()
            .filter(|one| one.starts_with("extension T+1"))
            .collect();
        assert_eq!(late.len(), 3, "{late:?}");
        bench.set("2026-11-04T10:00:00+08:00");
        let done = bench
            .did(
                Act::ExtensionGranted {
                    remark: None,
                    due: None,
                },
                "钱分管",
            )
            .await;
        assert_eq!((done.due.as_deref(), done.level), (Some("2026-11-20"), None));
        bench.pass("2026-11-04T10:01:00+08:00").await;
        let owed = bench.owed_of_items().await;
        assert!(
            owed.contains(&"rectification open 2026-11-20 r2".to_owned()),
            "{owed:?}"
        );
        bench.pass("2026-11-23T09:00:00+08:00").await;
        let lapsed = bench
            .alerts()
            .await
            .into_iter()
            .filter(|one| one.starts_with("rectification T+1 sent"))
            .count();
        assert_eq!(lapsed, 4);
        let late = bench.item(asks("2026-12-20"), "程砺").await.expect_err("too late");
        assert!(late.to_string().contains("时限 2026-11-20 已过"), "{late}");
    })
    .await;
}

#[tokio::test]
async fn a_level_raised_by_hand_is_told_at_once_and_ends_with_the_item() {
    on_both("2026-10-20T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench.rectifications(&ledger_of("2026-12-30", "")).await;
        let raise = Act::Raised {
            level: rongcuo::domain::name::Name::new("red").expect("a word"),
            reason: "敷衍整改".to_owned(),
            deduction: 200,
        };
        let stranger = bench
            .item(raise.clone(), "路人甲")
            .await
            .expect_err("nobody knows them");
        assert!(stranger.to_string().contains("请先导入联系人"), "{stranger}");
        let unit = bench.item(raise.clone(), "高联络").await.expect_err("not theirs");
        assert!(unit.to_string().contains("由督办单位办理"), "{unit}");
        bench.did(raise, "沈督办").await;
        bench.pass("2026-10-20T10:01:00+08:00").await;
        let told = bench.alerts().await;
        assert_eq!(
            told,
            [
                "rectification level-3 sent cheng@yunchuan.example",
                "rectification level-3 sent fu@yunchuan.example",
                "rectification level-3 sent gao@yunchuan.example",
                "rectification level-3 sent qian@yunchuan.example",
                "rectification level-3 sent shen@yunchuan.example",
                "rectification level-3 sent zheng@yunchuan.example",
            ]
        );
        let lower = |by: &'static str| {
            let act = Act::Lowered {
                level: None,
                reason: "已说明情况".to_owned(),
            };
            bench.item(act, by)
        };
        assert!(lower("沈督办").await.is_err());
        lower("许科长").await.expect("a second person");
        let owed = bench.owed_of_items().await;
        assert!(owed.contains(&"escalation void 2026-10-27 r1".to_owned()), "{owed:?}");
    })
    .await;
}

#[tokio::test]
async fn all_open_items_change_hands_in_one_step_that_both_confirm() {
    on_both("2026-10-20T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        let more = "ZG-2026-032,制度缺失,云川市/水务局,程砺,云川市/市委督查室,2026-12-30,整改中\n\
                    ZG-2026-033,账目不清,云川市/水务局,他人,云川市/市委督查室,2026-12-30,整改中\n";
        bench.rectifications(&ledger_of("2026-12-30", more)).await;
        let offer = ledger::offer(
            &bench.app,
            "程砺",
            "高联络",
            None,
            "调离",
            &By::from("程砺"),
            &Scope::WHOLE,
        )
        .await
        .expect("an offer");
        assert_eq!((offer.items.len(), offer.done), (2, false));
        assert!(
            ledger::confirm(&bench.app, &offer.id, &By::from("沈督办"))
                .await
                .is_err()
        );
        assert!(
            ledger::confirm(&bench.app, &offer.id, &By::from("程砺")).await.is_err(),
            "they have"
        );
        let held = "SELECT number || ' ' || person FROM rectification ORDER BY number";
        assert_eq!(bench.texts(held).await[0], "ZG-2026-031 程砺");
        let done = ledger::confirm(&bench.app, &offer.id, &By::from("高联络"))
            .await
            .expect("both");
        assert!(done.done && done.left_out.is_empty());
        assert_eq!(
            bench.texts(held).await,
            ["ZG-2026-031 高联络", "ZG-2026-032 高联络", "ZG-2026-033 他人"]
        );
        let told = "SELECT DISTINCT acting_person FROM obligation WHERE kind = 'rectification' ORDER BY 1";
        assert_eq!(bench.texts(told).await, ["他人", "高联络"]);
        assert!(ledger::offers(&bench.app).await.expect("a list").is_empty());
    })
    .await;
}

#[tokio::test]
async fn whoever_is_away_is_told_and_acts_through_whoever_stands_in() {
    on_both("2026-10-20T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench.rectifications(&ledger_of("2026-10-30", "")).await;
        let absence = Delegation {
            unit: "云川市/市委督查室".to_owned(),
            name: "钱分管".to_owned(),
            deputy: "许科长".to_owned(),
            from: "2026-10-26".parse().expect("a day"),
            to: "2026-11-06".parse().expect("a day"),
            reason: "学习".to_owned(),
        };
        for (by, why) in [
            ("许科长", "代理人本人"),
            ("程砺", "别的单位"),
            ("沈督办", "不负责该单位"),
        ] {
            assert!(ledger::delegate(&bench.app, &absence, by).await.is_err(), "{why}");
        }
        let outsider = Delegation {
            deputy: "程砺".to_owned(),
            ..absence.clone()
        };
        assert!(ledger::delegate(&bench.app, &outsider, "钱分管").await.is_err());
        ledger::delegate(&bench.app, &absence, "钱分管").await.expect("kept");
        bench.set("2026-10-28T10:00:00+08:00");
        bench.did(asks("2026-11-20"), "程砺").await;
        bench.pass("2026-10-28T10:01:00+08:00").await;
        let opened: Vec<String> = bench
            .alerts()
            .await
            .into_iter()
            .filter(|one| one.starts_with("extension"))
            .collect();
        assert_eq!(
            opened,
            [
                "extension opened sent shen@yunchuan.example",
                "extension opened sent xu@yunchuan.example"
            ]
        );
        bench
            .did(
                Act::ExtensionGranted {
                    remark: None,
                    due: None,
                },
                "许科长",
            )
            .await;
        // After the absence they are what they were.
        bench.set("2026-11-10T10:00:00+08:00");
        bench.did(asks("2026-12-20"), "程砺").await;
        let refused = bench
            .item(
                Act::ExtensionGranted {
                    remark: None,
                    due: None,
                },
                "许科长",
            )
            .await
            .expect_err("not any more");
        assert!(refused.to_string().contains("由分管领导审批"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn whoever_is_dealt_with_is_on_record() {
    on_both("2026-11-20T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench.rectifications(&ledger_of("2026-11-18", "")).await;
        let dealt = Dealt {
            person: "程砺".to_owned(),
            measure: "诫勉".to_owned(),
            organ: "云川市纪委监委".to_owned(),
            doc_no: "云纪诫〔2026〕3号".to_owned(),
            on: "2026-11-20".parse().expect("a day"),
            reason: "逾期不整改".to_owned(),
        };
        bench.did(Act::Dealt(dealt), "许科长").await;
        let shown = ledger::show(&bench.app, "ZG-2026-031", "查阅").await.expect("an item");
        assert!(
            shown
                .history
                .last()
                .expect("an event")
                .text
                .contains("诫勉（云纪诫〔2026〕3号")
        );
    })
    .await;
}

// ---------------------------------------------------------------- the program itself

/// Runs a command on 24 November 2026.
fn run_at(desk: &Desk, args: &[&str]) -> Said {
    let mut all = args.to_vec();
    all.extend(["--debug-now", "2026-11-24T10:00:00+08:00"]);
    desk.run(&all)
}

const OWN: &str = "整改台账（2026年10月）,,,,,,,,,\n\
    序号,问题编号,问题描述,责任单位,责任人,整改完成时限,目前进展,填报日期,完成率,科室备注\n\
    1,ZG-01,泵站变更未报批,云川市/水务局,程砺,2026.12.30,,,10%,甲组\n\
    2,ZG-02,补贴复核不到位,云川市/住建局,贺明远,长期坚持,,,0,乙组\n\
    合计,,2 项,,,,,,,\n";

#[test]
fn a_ledger_keeps_its_own_shape_and_never_moves_a_day() {
    let desk = Desk::new();
    desk.write("十月.csv", OWN.as_bytes());
    let first = run_at(&desk, &["import", "rectifications", "十月.csv"]);
    assert_eq!(first.code, 0, "{}{}", first.out, first.err);
    assert!(
        first.err.contains("这些列没有认出，原样保存、导出：科室备注"),
        "{}",
        first.err
    );
    // The month after: news, a day that was moved, a new item, one left out.
    let news = "序号,问题编号,问题描述,责任单位,责任人,整改完成时限,目前进展,填报日期,完成率,科室备注\n\
        1,ZG-01,泵站变更未报批,云川市/水务局,乔新,2027.3.31,已补报,2026-11-20,60%,丙组\n\
        2,ZG-03,账目不清,云川市/财政局,戚某,2026-12-15,,,,甲组\n";
    desk.write("十一月.csv", news.as_bytes());
    let dry = run_at(&desk, &["import", "rectifications", "十一月.csv", "--dry-run"]);
    assert_eq!(dry.code, 1);
    for said in [
        "变更 ZG-01",
        "责任人：程砺 → 乔新",
        "完成比例：10% → 60%",
        "科室备注：甲组 → 丙组",
        "新增 ZG-03",
        "没有写入",
    ] {
        assert!(dry.out.contains(said), "{said}: {}", dry.out);
    }
    assert!(dry.err.contains("改期须按延期办理"), "{}", dry.err);
    assert!(
        dry.err.contains("没有列出 1 件未销号的事项，未作改动：ZG-02"),
        "{}",
        dry.err
    );
    let listed = json(&run_at(&desk, &["rectification", "list", "--format", "json"]).out);
    assert_eq!(
        listed["rectifications"].as_array().map(Vec::len),
        Some(2),
        "nothing was written"
    );
    assert_eq!(run_at(&desk, &["import", "rectifications", "十一月.csv"]).code, 1);
    let again = run_at(&desk, &["import", "rectifications", "十一月.csv"]);
    assert!(again.out.contains("新增 0，变更 0，不变 2"), "{}", again.out);
    let shown = json(&run_at(&desk, &["rectification", "show", "ZG-01", "--format", "json"]).out);
    assert_eq!(
        (
            shown["due"].as_str(),
            shown["percent"].as_u64(),
            shown["person"].as_str()
        ),
        (Some("2026-12-30"), Some(60), Some("乔新"))
    );
    // Given back with the columns and the numbers it came with, and taken in again without a change.
    assert_eq!(
        run_at(&desk, &["rectification", "export", "--out", "给回.xlsx"]).code,
        0
    );
    let back = run_at(&desk, &["import", "rectifications", "给回.xlsx", "--dry-run"]);
    assert_eq!(back.code, 0, "{}", back.err);
    assert!(back.out.contains("新增 0，变更 0，不变 3"), "{}", back.out);
    let twice = run_at(&desk, &["rectification", "export", "--out", "给回.xlsx"]);
    assert_eq!(twice.code, 2, "it stands there already");
}

#[test]
fn every_column_of_a_full_ledger_comes_in_and_goes_out() {
    let header = "问题编号,来源,问题描述,问题类型,整改措施,整改目标,责任单位,牵头领导,责任人,联系人,督办单位,整改时限,延期后时限,\
        延期次数,阶段节点,进展情况,进展日期,完成比例,佐证材料,自评状态,申请销号日期,验收人,验收意见,销号日期,是否反弹,回访日期,督办单号,灯色";
    let row = "ZG-01,RC-2026-014,变更未报批,程序,补报,合规,云川市/水务局,陆局,程砺,高联络,云川市/市委督查室,2026-06-30,2026-07-31,\
        1,摸底 2026-03-31 已完成；整治 2026-06-15 已完成,已补报,2026-07-20,100%,批复；照片,已完成,2026-07-21,许科长,合格,2026-07-24,否,,云督〔2026〕3号,";
    let desk = Desk::new();
    desk.write("全.csv", format!("{header}\n{row}\n").as_bytes());
    let done = run_at(&desk, &["import", "rectifications", "全.csv"]);
    assert_eq!((done.code, done.err.as_str()), (0, ""), "{}", done.out);
    let shown = json(&run_at(&desk, &["rectification", "show", "ZG-01", "--format", "json"]).out);
    assert_eq!(
        (shown["done"].as_str(), shown["accepted"].as_str()),
        (Some("已完成"), Some("已销号"))
    );
    let life = &shown["life"];
    assert_eq!(life["facts"]["source"]["kind"], "case");
    assert_eq!(life["facts"]["paper_no"], "云督〔2026〕3号");
    assert_eq!(life["stages"][1]["name"], "整治");
    assert_eq!(life["evidence"][1]["name"], "照片");
    assert_eq!(life["closings"][0]["checked"]["by"], "许科长");
    assert_eq!(run_at(&desk, &["rectification", "export", "--out", "全.xlsx"]).code, 0);
    let back = run_at(&desk, &["import", "rectifications", "全.xlsx", "--dry-run"]);
    assert_eq!((back.code, back.err.as_str()), (0, ""), "{}", back.out);
    assert!(back.out.contains("不变 1"), "{}", back.out);
}

#[test]
fn an_item_is_followed_by_commands_from_issue_to_visit() {
    let desk = Desk::new();
    desk.write("联系人.csv", CONTACTS.as_bytes());
    desk.write("台账.csv", ledger_of("2026-12-30", "").as_bytes());
    desk.write("报告.pdf", b"%PDF-1.7 report");
    desk.write("假.pdf", b"MZ");
    assert_eq!(run_at(&desk, &["import", "contacts", "联系人.csv"]).code, 0);
    assert_eq!(run_at(&desk, &["import", "rectifications", "台账.csv"]).code, 0);
    let run = |args: &[&str]| {
        let mut all = vec!["rectification", args[0], "ZG-2026-031"];
        all.extend(&args[1..]);
        run_at(&desk, &all)
    };
    let good = |args: &[&str]| {
        let said = run(args);
        assert_eq!(said.code, 0, "{args:?}: {}{}", said.out, said.err);
        said.out
    };
    let bad = |args: &[&str], because: &str| {
        let said = run(args);
        assert_eq!(said.code, 2, "{args:?}: {}", said.out);
        assert!(said.err.contains(because), "{args:?}: {}", said.err);
    };
    good(&["issue", "--by", "沈督办"]);
    good(&["receive", "--by", "程砺"]);
    good(&["report", "--by", "程砺", "--text", "完成摸底", "--percent", "40"]);
    bad(&["close", "--by", "程砺"], "没有佐证材料");
    bad(&["attach", "--by", "程砺", "--file", "假.pdf"], "不是 pdf 文件");
    good(&["attach", "--by", "程砺", "--file", "报告.pdf"]);
    bad(&["attach", "--by", "程砺", "--file", "报告.pdf"], "已提交过");
    bad(&["close", "--by", "程砺", "--version", "1"], "有变化");
    good(&["close", "--by", "程砺"]);
    bad(&["accept", "--by", "程砺"], "由督办单位办理");
    good(&["accept", "--by", "沈督办", "--return", "--reason", "缺少照片"]);
    good(&["close", "--by", "高联络"]);
    let out = good(&["accept", "--by", "许科长", "--opinion", "整改到位"]);
    assert!(out.contains("验：已销号"), "{out}");
    good(&["fetch", "--name", "报告.pdf", "--out", "取回.pdf"]);
    assert_eq!(
        std::fs::read(desk.path("取回.pdf")).expect("a file"),
        b"%PDF-1.7 report"
    );
    let visit = ["visit", "--by", "沈督办", "--result", "保持良好"];
    bad(&visit, "销号之日以后");
    let later = |args: &[&str]| {
        let mut all = vec!["rectification", args[0], "ZG-2026-031"];
        all.extend(&args[1..]);
        all.extend(["--debug-now", "2026-12-24T10:00:00+08:00"]);
        let said = desk.run(&all);
        assert_eq!(said.code, 0, "{args:?}: {}{}", said.out, said.err);
    };
    later(&visit);
    later(&["relapse", "--by", "沈督办", "--reason", "又出现", "--due", "2027-02-26"]);
    let shown = json(&run_at(&desk, &["rectification", "show", "ZG-2026-031", "--format", "json"]).out);
    assert_eq!(
        (shown["accepted"].as_str(), shown["due"].as_str()),
        (Some("反弹"), Some("2027-02-26"))
    );
    let said = desk.run(&[
        "report",
        "rectification",
        "--from",
        "2026-01-01",
        "--to",
        "2027-12-31",
        "--format",
        "json",
        "--debug-now",
        "2026-12-24T10:00:00+08:00",
    ]);
    let report = json(&said.out);
    assert_eq!(report["total"]["counts"]["relapsed"], 1);
    assert_eq!(report["total"]["items"]["relapsed"][0], "ZG-2026-031");
    assert_eq!(report["total"]["rates"]["relapse_rate"], 100.0);
    let audit = run_at(&desk, &["audit", "verify"]);
    assert_eq!(audit.code, 0, "{}", audit.err);
}

#[test]
fn the_papers_of_the_ladder_are_numbered_and_kept() {
    let desk = Desk::new();
    desk.write("联系人.csv", CONTACTS.as_bytes());
    desk.write("台账.csv", ledger_of("2026-11-16", "").as_bytes());
    assert_eq!(run_at(&desk, &["import", "contacts", "联系人.csv"]).code, 0);
    assert_eq!(run_at(&desk, &["import", "rectifications", "台账.csv"]).code, 0);
    let issue = |more: &[&str], code: i32| {
        let mut args = vec![
            "rectification",
            "paper",
            "ZG-2026-031",
            "--by",
            "沈督办",
            "--format",
            "json",
        ];
        args.extend(more);
        let said = run_at(&desk, &args);
        assert_eq!(said.code, code, "{args:?}: {}{}", said.out, said.err);
        said
    };
    let none = issue(&["--code", "云督", "--out", "一.docx"], 2);
    assert!(none.err.contains("没有文书"), "{}", none.err);
    let draft = json(&issue(&["--kind", "督办通知单", "--draft", "--out", "稿.docx"], 0).out);
    assert!(draft["number"].is_null());
    let first = json(&issue(&["--kind", "督办通知单", "--code", "云督", "--out", "一.docx"], 0).out);
    let second = json(&issue(&["--kind", "督办通知单", "--code", "云督", "--out", "二.docx"], 0).out);
    assert_eq!(
        (first["number"].as_str(), second["number"].as_str()),
        (Some("云督督〔2026〕1号"), Some("云督督〔2026〕2号"))
    );
    let nobody = issue(&["--kind", "移交函", "--code", "云督", "--out", "三.docx"], 2);
    assert!(nobody.err.contains("移交给哪个机关"), "{}", nobody.err);
    let referral = json(
        &issue(
            &[
                "--kind",
                "移交函",
                "--code",
                "云督",
                "--to",
                "云川市纪委监委",
                "--out",
                "三.docx",
            ],
            0,
        )
        .out,
    );
    assert_eq!(referral["number"], "云督函〔2026〕1号");
    let shown = json(&run_at(&desk, &["rectification", "show", "ZG-2026-031", "--format", "json"]).out);
    assert_eq!(shown["life"]["papers"].as_array().map(Vec::len), Some(3));
}

#[test]
fn a_sanction_for_neglect_is_known_to_the_pre_check() {
    let desk = Desk::new();
    desk.write("联系人.csv", CONTACTS.as_bytes());
    desk.write("台账.csv", ledger_of("2026-06-01", "").as_bytes());
    desk.write(
        "容错.csv",
        "案件编号,姓名,单位,事项名称,认定结论,认定日期,结论文号,状态\n\
         RC-2026-014,程砺,云川市/水务局,泵站变更试点,免予问责,2026-03-10,云容认〔2026〕14号,生效\n"
            .as_bytes(),
    );
    desk.write(
        "奖金.csv",
        "姓名,单位,事项类别,结果,理由,决定日期\n程砺,云川市/水务局,奖金,扣发,整改不力受到诫勉,2026-11-20\n".as_bytes(),
    );
    for args in [
        ["import", "contacts", "联系人.csv"],
        ["import", "rectifications", "台账.csv"],
        ["import", "register", "容错.csv"],
    ] {
        assert_eq!(run_at(&desk, &args).code, 0);
    }
    let verdict = || json(&run_at(&desk, &["precheck", "奖金.csv", "--format", "json"]).out)["results"][0].clone();
    assert_eq!(verdict()["verdict"], "suspect");
    let mut dealt = vec![
        "rectification",
        "sanction",
        "ZG-2026-031",
        "--by",
        "许科长",
        "--person",
        "程砺",
    ];
    dealt.extend([
        "--measure",
        "诫勉",
        "--organ",
        "云川市纪委监委",
        "--doc-no",
        "云纪诫〔2026〕3号",
    ]);
    dealt.extend(["--decided", "2026-07-06", "--reason", "逾期不整改"]);
    let done = run_at(&desk, &dealt);
    assert_eq!(done.code, 0, "{}", done.err);
    let known = verdict();
    assert_eq!(known["verdict"], "clear", "{known}");
    assert!(
        known["why"]
            .as_str()
            .is_some_and(|why| why.contains("ZG-2026-031 诫勉")),
        "{known}"
    );
}

#[tokio::test]
async fn nobody_is_late_because_the_supervisor_was() {
    on_both("2026-10-20T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench.rectifications(&ledger_of("2026-10-30", "")).await;
        bench.set("2026-10-28T10:00:00+08:00");
        bench.hands_in("程砺").await;
        bench.did(Act::ClosingAsked, "程砺").await;
        // Handed in two working days before the day, returned nine after it.
        bench.set("2026-11-12T10:00:00+08:00");
        let returned = Act::Returned {
            reason: "缺少照片".to_owned(),
            redo_by: None,
        };
        let done = bench.did(returned, "沈督办").await;
        assert_eq!(
            done.delay.as_deref(),
            Some("逾期 9 个工作日，其中责任单位 0 个、等待审批或验收 9 个")
        );
        bench.pass("2026-11-12T10:01:00+08:00").await;
        let owed = bench.owed_of_items().await;
        assert!(
            owed.contains(&"rectification open 2026-11-16 r2".to_owned()),
            "{owed:?}"
        );
        let alerts = bench.alerts().await;
        assert!(!alerts.iter().any(|one| one.contains("rectification T+")), "{alerts:?}");
        bench.pass("2026-11-17T09:00:00+08:00").await;
        let lapsed = bench
            .alerts()
            .await
            .into_iter()
            .filter(|one| one.starts_with("rectification T+1 sent"))
            .count();
        assert_eq!(lapsed, 4, "then it is theirs");
    })
    .await;
}

#[test]
fn what_was_begun_here_is_closed_here() {
    let desk = Desk::new();
    let with = |closed: &str, checked: &str, progress: &str| {
        format!(
            "编号,问题,责任单位,责任人,督办单位,整改时限,最近进展,验收人,销号日期\n\
             ZG-2026-031,台账缺失,云川市/水务局,程砺,云川市/市委督查室,2026-12-30,{progress},{checked},{closed}\n"
        )
    };
    desk.write("联系人.csv", CONTACTS.as_bytes());
    desk.write("一.csv", with("", "", "开始").as_bytes());
    desk.write("二.csv", with("2026-11-20", "程砺", "开始").as_bytes());
    desk.write("三.csv", with("2026-11-20", "许科长", "开始").as_bytes());
    assert_eq!(run_at(&desk, &["import", "contacts", "联系人.csv"]).code, 0);
    assert_eq!(run_at(&desk, &["import", "rectifications", "一.csv"]).code, 0);
    let own = run_at(&desk, &["import", "rectifications", "二.csv"]);
    assert_eq!(own.code, 1);
    assert!(own.err.contains("验收人是责任单位办理该事项的人"), "{}", own.err);
    let report = [
        "rectification",
        "report",
        "ZG-2026-031",
        "--by",
        "程砺",
        "--text",
        "完成摸底",
        "--percent",
        "60",
    ];
    assert_eq!(run_at(&desk, &report).code, 0);
    let closed = run_at(&desk, &["import", "rectifications", "三.csv"]);
    assert_eq!(closed.code, 1);
    assert!(closed.err.contains("销号须在本系统由另一人验收"), "{}", closed.err);
    // The old word of the ledger is no news beside the report.
    let shown = json(&run_at(&desk, &["rectification", "show", "ZG-2026-031", "--format", "json"]).out);
    assert_eq!(
        (shown["life"]["report"]["text"].as_str(), shown["percent"].as_u64()),
        (Some("完成摸底"), Some(60))
    );
    assert_eq!(shown["accepted"], "未申请");
}

#[test]
fn a_column_that_was_pointed_out_once_is_known_from_then_on() {
    let desk = Desk::new();
    let month = |problem: &str| format!("编号,问题内容,责任处室,办结期限\nZG-1,{problem},水务局,2026-12-30\n");
    desk.write("一.csv", month("缺失").as_bytes());
    desk.write("二.csv", month("仍缺失").as_bytes());
    let unknown = run_at(&desk, &["import", "rectifications", "一.csv"]);
    assert_eq!(unknown.code, 2, "{}", unknown.out);
    let args = [
        "import",
        "rectifications",
        "一.csv",
        "--map",
        "责任单位=责任处室",
        "--map",
        "整改时限=办结期限",
    ];
    let pointed = run_at(&desk, &args);
    assert_eq!(pointed.code, 0, "{}", pointed.err);
    let known = run_at(&desk, &["import", "rectifications", "二.csv"]);
    assert_eq!(known.code, 0, "{}", known.err);
    assert!(known.out.contains("变更 1"), "{}", known.out);
    let wrong = run_at(&desk, &["import", "rectifications", "二.csv", "--map", "工资=办结期限"]);
    assert!(wrong.err.contains("不是整改台账的栏目"), "{}", wrong.err);
}
