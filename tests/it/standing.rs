//! 应补定未补定, 应恢复未恢复: what opens an entry, what closes it, what takes it back.

use crate::cli::{Desk, id_number, json};
use crate::support::app::{Bench, on_both};
use crate::support::casework::{CONTACTS, MATTER, UNIT, conclude, new_case};
use rongcuo::app::AppError;
use rongcuo::app::remedies::{self, RemedyLine, Restored};
use rongcuo::domain::case::Conclusion;
use rongcuo::domain::procedure::{Act, Meeting};
use rongcuo::domain::remedy::Sort;

fn grade(result: &str, reason: &str, year: u32, decided: &str) -> String {
    format!("姓名,单位,事项类别,结果,理由,期间,决定日期\n林甲,{UNIT},年度考核,{result},{reason},{year}年度,{decided}\n")
}

fn outcome(category: &str, item: &str, result: &str, reason: &str, decided: &str) -> String {
    format!("姓名,单位,事项类别,事项,结果,理由,决定日期\n林甲,{UNIT},{category},{item},{result},{reason},{decided}\n")
}

impl Bench {
    async fn standing(&self, sort: Sort) -> Vec<RemedyLine> {
        remedies::list(&self.app, sort, true, 100, 0).await.expect("a list").0
    }

    async fn states(&self, sort: Sort) -> Vec<&'static str> {
        self.standing(sort).await.iter().map(|line| line.state).collect()
    }

    async fn owed_as(&self, kind: &str) -> Vec<String> {
        self.texts(&format!(
            "SELECT state || ' ' || due_day FROM obligation WHERE kind = '{kind}' ORDER BY due_day, id"
        ))
        .await
    }
}

#[tokio::test]
async fn a_grade_left_open_is_owed_when_the_case_ends_and_paid_when_it_is_set() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        let case = bench.until_decided(&new_case("林甲"), None).await;
        bench.set("2027-01-20");
        bench
            .outcomes("考核.csv", &grade("立案未结案不定等次", "", 2026, "2027-01-15"))
            .await;
        assert!(
            bench.standing(Sort::Regrade).await.is_empty(),
            "the case is not concluded"
        );
        bench.act(&case, conclude(Conclusion::Exempted)).await;
        let list = bench.standing(Sort::Regrade).await;
        assert_eq!(list.len(), 1);
        assert_eq!(
            (list[0].period.as_str(), list[0].state, list[0].case.as_str()),
            ("2026", "open", case.as_str())
        );
        assert_eq!(bench.owed_as("regrade").await.len(), 1);
        bench.reconcile("2027-01-20T10:00:00+08:00").await;
        let mails = bench.mails_to("shouwen@yunchuan.example").await;
        assert!(
            mails.iter().any(|subject| subject.contains("应补定的考核等次")),
            "{mails:?}"
        );

        bench.set("2027-02-10");
        bench.keep("拟补.csv", &grade("称职", "", 2026, "")).await;
        assert_eq!(bench.states(Sort::Regrade).await, ["open"], "a proposal sets nothing");
        bench.outcomes("别年.csv", &grade("称职", "", 2025, "2027-02-09")).await;
        assert_eq!(bench.states(Sort::Regrade).await, ["open"], "another year");
        bench.outcomes("补定.csv", &grade("称职", "", 2026, "2027-02-09")).await;
        let list = bench.standing(Sort::Regrade).await;
        assert_eq!((list[0].state, list[0].due.as_deref()), ("done", None));
        assert!(
            list[0].settled_by.as_deref().is_some_and(|by| by.contains("称职")),
            "{list:?}"
        );
        assert!(bench.owed_as("regrade").await[0].starts_with("met"));
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn only_what_the_case_left_open_is_owed() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        bench.concluded(&new_case("林甲"), Conclusion::Exempted).await;
        bench.set("2027-01-20");
        for (file, result, reason, year, owed) in [
            ("a.csv", "5A", "", 2026, 0),
            ("b.csv", "不确定等次", "试用期", 2026, 0),
            ("c.csv", "5C", "", 2026, 0),
            ("d.csv", "6A", "", 2026, 0),
            ("e.csv", "不确定等次", "云纪〔2026〕3号处分期间", 2026, 0),
            ("f.csv", "不确定等次", "", 2024, 0),
            ("g.csv", "5B", "", 2026, 1),
            ("h.csv", "不确定等次", "", 2026, 2),
        ] {
            bench.outcomes(file, &grade(result, reason, year, "2027-01-15")).await;
            assert_eq!(
                bench.standing(Sort::Regrade).await.len(),
                owed,
                "{file} {result} {reason}"
            );
        }
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_register_that_tells_no_beginning_looks_back_and_the_order_does_not_matter() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        let register = |conclusion: &str, more: &str| {
            format!(
                "案件编号,姓名,单位,事项名称,认定结论,认定日期,状态,撤销日期\nRC-1,林甲,{UNIT},{MATTER},{conclusion},{more}\n"
            )
        };
        bench.register(&register("调查中", ",生效,")).await;
        bench.outcomes("一.csv", &grade("不确定等次", "", 2025, "2026-01-15")).await;
        bench.outcomes("二.csv", &outcome("奖金", "目标考核奖", "停发", "", "2026-03-20")).await;
        bench.outcomes("三.csv", &grade("不确定等次", "", 2021, "2022-01-15")).await;
        bench.register(&register("免予问责", "2026-10-30,生效,")).await;
        assert_eq!(bench.states(Sort::Regrade).await, ["open"], "2021 lies too far back");
        assert_eq!(bench.states(Sort::Restore).await, ["open"]);
        // Taken back, nothing is owed; the lists say why.
        bench.register(&register("免予问责", "2026-10-30,撤销,2026-11-01")).await;
        for sort in [Sort::Regrade, Sort::Restore] {
            let list = bench.standing(sort).await;
            assert_eq!((list[0].state, list[0].due.as_deref()), ("void", None));
            assert_eq!(list[0].settled_by.as_deref(), Some("免责结论不再有效"));
        }
        assert!(bench.owed_as("restore").await[0].starts_with("void"));
        bench.register(&register("免予问责", "2026-10-30,生效,")).await;
        assert_eq!(bench.states(Sort::Restore).await, ["open"], "in force again");
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_taken_is_given_back_by_a_later_outcome_or_a_document() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        let case = bench.until_decided(&new_case("林甲"), None).await;
        bench.set("2026-11-20");
        let lists = [
            outcome("干部选拔任用", "副局长", "免职", "", "2026-11-18"),
            outcome("奖金", "目标考核奖", "停发", "", "2026-11-18"),
            outcome("评先评优", "先进个人", "撤销称号", "", "2026-11-18"),
            outcome("工资", "", "降低", "云纪〔2026〕3号处分", "2026-11-18"),
            outcome("绩效", "", "扣发", "", "2026-10-01"),
        ];
        for (at, list) in lists.iter().enumerate() {
            bench.outcomes(&format!("{at}.csv"), list).await;
        }
        bench.set("2026-11-24");
        bench.act(&case, conclude(Conclusion::Exempted)).await;
        let list = bench.standing(Sort::Restore).await;
        let domains: Vec<&str> = list.iter().map(|line| line.domain).collect();
        assert_eq!(
            list.len(),
            3,
            "another matter's and an earlier one's are none: {domains:?}"
        );
        let of = async |domain: &str| {
            let list = bench.standing(Sort::Restore).await;
            list.into_iter().find(|line| line.domain == domain).expect("an entry")
        };
        bench.set("2026-12-10");
        bench
            .outcomes("不.csv", &outcome("奖金", "目标考核奖", "不予恢复", "", "2026-12-01"))
            .await;
        assert_eq!(of("奖金").await.state, "open");
        bench
            .outcomes("任.csv", &outcome("干部选拔任用", "副局长", "任命", "", "2026-12-01"))
            .await;
        bench
            .outcomes("补.csv", &outcome("奖金", "目标考核奖", "补发", "", "2026-12-01"))
            .await;
        assert_eq!(
            (of("干部选拔任用").await.state, of("奖金").await.state),
            ("done", "done")
        );

        let honour = of("评先评优").await;
        let restored = |doc_no: &str, on: &str, version| Restored {
            id: honour.id.clone(),
            doc_no: doc_no.to_owned(),
            on: on.parse().expect("a day"),
            version,
        };
        for (wrong, why) in [
            (restored("有文件", "2026-12-09", None), "不是文号"),
            (restored("云组干〔2026〕40号", "2026-12-11", None), "今天之间"),
            (restored("云组干〔2026〕40号", "2026-12-09", Some(9)), "第 1 版"),
        ] {
            let said = remedies::restored(&bench.app, &wrong, "何收文").await;
            assert!(
                matches!(&said, Err(AppError::Input(said) | AppError::Conflict(said)) if said.contains(why)),
                "{said:?}"
            );
        }
        let done = remedies::restored(
            &bench.app,
            &restored("云组干〔2026〕40号", "2026-12-09", Some(1)),
            "何收文",
        )
        .await;
        assert_eq!(done.expect("restored").state, "done");
        let again = remedies::restored(
            &bench.app,
            &restored("云组干〔2026〕40号", "2026-12-09", None),
            "何收文",
        )
        .await;
        assert!(again.is_err(), "only once");
        assert!(
            bench
                .owed_as("restore")
                .await
                .iter()
                .all(|owed| owed.starts_with("met"))
        );
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_revoked_protection_asks_for_nothing_any_more() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        let case = bench.until_decided(&new_case("林甲"), None).await;
        bench.set("2026-11-20");
        bench
            .outcomes("一.csv", &outcome("奖金", "", "停发", "", "2026-11-18"))
            .await;
        bench.act(&case, conclude(Conclusion::Exempted)).await;
        assert_eq!(bench.states(Sort::Restore).await, ["open"]);
        bench.set("2026-11-24");
        let revoke = Act::Revoke {
            doc_no: "云容撤〔2026〕1号".to_owned(),
            reason: "隐瞒重大事实".to_owned(),
            meeting: Meeting {
                attendees: 5,
                minutes_no: "纪要〔2026〕9号".to_owned(),
            },
        };
        bench.act(&case, revoke).await;
        assert_eq!(bench.states(Sort::Restore).await, ["void"]);
        assert!(bench.owed_as("restore").await[0].starts_with("void"));
        let journaled = "SELECT COUNT(*) FROM journal WHERE action IN ('remedy.open', 'remedy.void')";
        assert_eq!(bench.count(journaled).await, 2);
        bench.verified().await;
    })
    .await;
}

#[test]
fn the_lists_are_printed_and_a_restoration_is_recorded() {
    let desk = Desk::new();
    desk.furnish();
    let now = "2026-11-24T10:00:00+08:00";
    desk.at(now, 0, &["standing", "regrade"]);
    // The register tells of a conclusion and not of the beginning: two years back count.
    let (name, unit, id) = ("林甲", "云川市/住建局", id_number(1));
    desk.write(
        "奖金.csv",
        format!(
            "姓名,公民身份号码,单位,事项类别,事项,结果,决定日期\n{name},{id},{unit},奖金,目标考核奖,停发,2026-01-20\n"
        )
        .as_bytes(),
    );
    desk.at(now, 0, &["import", "outcomes", "奖金.csv"]);
    let said = desk.at(now, 1, &["standing", "restore", "--format", "json"]);
    let entry = json(&said.out)["entries"][0].clone();
    assert_eq!(
        (&entry["state"], &entry["case"]),
        (&"open".into(), &"RC-2026-001".into())
    );
    assert!(!said.out.contains(name), "a list names no cadre");
    let entry = entry["id"].as_str().expect("an id").to_owned();
    let text = desk.at(now, 1, &["standing", "restore"]);
    assert!(
        text.out.contains("应恢复未恢复（1 项）") && text.out.contains("停发"),
        "{}",
        text.out
    );
    let done = [
        "standing",
        "restore-done",
        &entry,
        "--doc-no",
        "云人社〔2026〕7号",
        "--by",
        "何收文",
    ];
    desk.at(now, 0, &done);
    desk.at(now, 2, &done);
    desk.at(now, 0, &["standing", "restore"]);
    desk.ok(0, &["audit", "verify"]);
}
