//! The life of a finding: answered, looked at a second time, raised, opened again, judged again.

use crate::cli::{Desk, json};
use crate::support::app::{Bench, on_both};
use crate::support::casework::{CONTACTS, MATTER, UNIT, case_ref, conclude, new_case};
use rongcuo::app::AppError;
use rongcuo::app::findings::{self, Done, FindingRef, Shown};
use rongcuo::domain::case::Conclusion;
use rongcuo::domain::finding::{Act, Answer};

const LIAISON: &str = "云川市/住建局,高联络,单位联络员,gao@yunchuan.example\n";

fn row(result: &str, reason: &str, decided: &str) -> String {
    format!("姓名,单位,事项类别,结果,理由,期间,决定日期\n林甲,{UNIT},年度考核,{result},{reason},2026年度,{decided}\n")
}

fn explicit() -> String {
    format!("因{MATTER}一事")
}

fn corrected(result: &str, on: &str) -> Act {
    Act::Answer(Answer::Corrected {
        result: result.to_owned(),
        baseline: None,
        decided_on: on.parse().expect("a day"),
        doc_no: "云组干〔2026〕31号".to_owned(),
    })
}

fn other_cause(doc_no: &str) -> Act {
    Act::Answer(Answer::OtherCause {
        doc_no: doc_no.to_owned(),
        reason: "另案受警告处分".to_owned(),
    })
}

fn mistaken() -> Act {
    Act::Answer(Answer::Mistaken {
        reason: "名单录入错误".to_owned(),
    })
}

/// A city with an exonerated cadre, on 9 November.
async fn exonerated(bench: &Bench) -> String {
    bench.contacts(&format!("{CONTACTS}{LIAISON}")).await;
    let case = bench.concluded(&new_case("林甲"), Conclusion::Exempted).await;
    bench.set("2026-11-09");
    case
}

impl Bench {
    async fn only_finding(&self) -> Shown {
        let ids = self.texts("SELECT id FROM finding ORDER BY opened_ms, id").await;
        assert_eq!(ids.len(), 1, "{ids:?}");
        self.finding_shown(&ids[0]).await
    }

    async fn finding_shown(&self, id: &str) -> Shown {
        findings::show(&self.app, id, "何收文").await.expect("a finding")
    }

    async fn answer(&self, id: &str, act: Act, by: &str) -> Result<Done, AppError> {
        let which = FindingRef {
            id: id.to_owned(),
            version: None,
        };
        findings::act(&self.app, &which, &act, by).await
    }

    /// State of the answer and of the second look, each with its due day.
    async fn owed(&self) -> Vec<String> {
        self.texts(
            "SELECT kind || ' ' || state || ' ' || due_day FROM obligation WHERE kind LIKE 'finding%' ORDER BY kind DESC",
        )
        .await
    }

    fn events(shown: &Shown) -> Vec<&'static str> {
        shown.history.iter().map(|one| one.event).collect()
    }
}

fn said(refused: Result<Done, AppError>) -> String {
    match refused {
        Err(AppError::Input(said) | AppError::Conflict(said)) => said,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_cause_or_a_mistake_is_agreed_with_by_a_second_person() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        exonerated(&bench).await;
        bench.keep("拟.csv", &row("基本称职", &explicit(), "")).await;
        let id = bench.only_finding().await.line.id;
        assert_eq!(bench.owed().await, ["finding_reply open 2026-11-16"]);

        let own = bench.answer(&id, other_cause("云容认〔2026〕5号"), "高联络").await;
        assert!(said(own).contains("自己的文号"));
        let done = bench
            .answer(&id, other_cause("云纪〔2026〕3号"), "高联络")
            .await
            .expect("answered");
        assert_eq!((done.state, done.due.as_deref()), ("answered", Some("2026-11-12")));
        assert_eq!(
            bench.owed().await,
            ["finding_reply met 2026-11-16", "finding_confirm open 2026-11-12"]
        );
        assert!(said(bench.answer(&id, mistaken(), "高联络").await).contains("待复核"));
        assert!(said(bench.answer(&id, Act::Confirm, "高 联络").await).contains("另一人"));

        let refuse = Act::Refuse {
            reason: "文件与本人无关".to_owned(),
        };
        let done = bench.answer(&id, refuse, "孟科长").await.expect("sent back");
        assert_eq!((done.state, done.due.as_deref()), ("open", Some("2026-11-16")));
        bench.answer(&id, mistaken(), "高联络").await.expect("answered");
        let done = bench.answer(&id, Act::Confirm, "孟科长").await.expect("agreed");
        assert_eq!((done.state, done.due), ("closed", None));
        assert_eq!(
            bench.owed().await,
            ["finding_reply met 2026-11-16", "finding_confirm met 2026-11-12"]
        );
        let shown = bench.finding_shown(&id).await;
        assert_eq!(
            Bench::events(&shown),
            ["opened", "other_cause", "refused", "mistaken", "confirmed"]
        );
        assert_eq!((shown.line.closed_by, shown.line.version), (Some("mistaken"), 4));
        assert!(said(bench.answer(&id, Act::Confirm, "孟科长").await).contains("已办结"));
        let stale = FindingRef {
            id: id.clone(),
            version: Some(1),
        };
        assert!(said(findings::act(&bench.app, &stale, &mistaken(), "孟科长").await).contains("第 4 版"));
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_proposed_finding_that_comes_as_final_is_told_at_once_and_keeps_its_day() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        exonerated(&bench).await;
        bench.keep("拟.csv", &row("基本称职", "有过失误", "2026-11-12")).await;
        bench.reconcile("2026-11-09T10:00:00+08:00").await;
        let before = bench.mails_to("gao@yunchuan.example").await;
        assert!(
            before.iter().any(|subject| subject.contains("发现疑似问题")),
            "{before:?}"
        );
        bench.set("2026-11-13T20:00:00+08:00");
        let checked = bench
            .outcomes("终.csv", &row("基本称职", "有过失误", "2026-11-12"))
            .await;
        assert_eq!((checked.opened, checked.again), (0, 1));
        let shown = bench.only_finding().await;
        assert!(shown.line.is_final && shown.place.contains("终.csv"));
        assert_eq!(Bench::events(&shown), ["opened", "raised"]);
        assert_eq!(
            bench.owed().await,
            ["finding_reply open 2026-11-16"],
            "no time is gained by deciding"
        );
        // After hours: what is urgent does not wait.
        bench.reconcile("2026-11-13T20:01:00+08:00").await;
        let after = bench.mails_to("gao@yunchuan.example").await;
        assert!(
            after.iter().any(|subject| subject.contains("疑似问题有变化")),
            "{after:?}"
        );
        let body = bench
            .texts("SELECT reason FROM alert WHERE point = 'opened' AND revision = 2")
            .await;
        assert!(!body.is_empty());
        let urgent = "SELECT COUNT(*) FROM alert WHERE revision = 2 AND point = 'opened' AND severity = 'urgent'";
        assert!(bench.count(urgent).await >= 3);
        let again = bench
            .outcomes("终.csv", &row("基本称职", "有过失误", "2026-11-12"))
            .await;
        assert_eq!(
            (again.opened, again.again, again.kept),
            (0, 0, 0),
            "the same file again"
        );
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_correction_that_does_not_hold_opens_the_finding_again() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        exonerated(&bench).await;
        let first = row("基本称职", &explicit(), "2026-11-05");
        bench.outcomes("一.csv", &first).await;
        let id = bench.only_finding().await.line.id;
        for (result, why) in [("不称职", "仍然不利"), ("待定档", "不能认定")] {
            assert!(said(bench.answer(&id, corrected(result, "2026-11-09"), "高联络").await).contains(why));
        }
        bench
            .answer(&id, corrected("称职", "2026-11-09"), "高联络")
            .await
            .expect("corrected");
        bench.set("2026-11-16");
        let same = bench.keep("一又.csv", &first).await;
        assert_eq!(same.again, 0, "a file from before the answer contradicts nothing");
        // Other words of the same matter are as much of a contradiction.
        let later = bench
            .outcomes("年终.csv", &row("不称职", &explicit(), "2026-11-15"))
            .await;
        assert_eq!((later.opened, later.again), (0, 1));
        let shown = bench.only_finding().await;
        assert_eq!(Bench::events(&shown), ["opened", "corrected", "reopened"]);
        assert_eq!((shown.line.state, shown.line.result.as_str()), ("open", "不称职"));
        assert_eq!(
            bench.owed().await,
            ["finding_reply open 2026-11-23"],
            "an answer is owed anew"
        );
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_agreed_to_be_a_mistake_is_opened_only_by_something_graver() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        exonerated(&bench).await;
        bench.keep("拟.csv", &row("基本称职", "有过失误", "")).await;
        let id = bench.only_finding().await.line.id;
        bench.answer(&id, mistaken(), "高联络").await.expect("answered");
        bench.answer(&id, Act::Confirm, "孟科长").await.expect("agreed");
        bench.set("2026-11-10");
        let alike = bench.keep("拟二.csv", &row("基本称职", "存在失误", "")).await;
        assert_eq!((alike.opened, alike.again), (0, 0));
        let graver = bench.keep("拟三.csv", &row("基本称职", &explicit(), "")).await;
        assert_eq!((graver.opened, graver.again), (0, 1));
        let shown = bench.only_finding().await;
        assert_eq!((shown.line.state, shown.line.verdict.as_str()), ("open", "violation"));
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn handed_over_the_other_unit_is_told_and_nothing_is_put_off() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        exonerated(&bench).await;
        bench
            .contacts("单位,姓名,角色,邮箱\n云川市/人社局,许工资,单位联络员,xu@yunchuan.example\n")
            .await;
        bench.keep("拟.csv", &row("基本称职", &explicit(), "")).await;
        bench.reconcile("2026-11-09T10:00:00+08:00").await;
        let id = bench.only_finding().await.line.id;
        assert_eq!(bench.mails_to("xu@yunchuan.example").await.len(), 0);
        let hand_over = |unit: &str| Act::HandOver {
            unit: unit.to_owned(),
            person: Some("许工资".to_owned()),
            reason: "由人社局核定".to_owned(),
        };
        bench.set("2026-11-10T10:00:00+08:00");
        let done = bench
            .answer(&id, hand_over("云川市/人社局"), "高联络")
            .await
            .expect("handed over");
        assert_eq!((done.state, done.due.as_deref()), ("open", Some("2026-11-16")));
        assert_eq!(
            (done.owner.as_str(), done.warnings.len()),
            ("云川市/人社局（许工资）", 0)
        );
        bench.reconcile("2026-11-10T10:01:00+08:00").await;
        let told = bench.mails_to("xu@yunchuan.example").await;
        assert_eq!(told.len(), 1, "{told:?}");
        let list = findings::list(&bench.app, false, Some("云川市/人社局"), 10)
            .await
            .expect("a list");
        assert_eq!(list.len(), 1);
        assert_eq!(
            findings::list(&bench.app, false, Some("云川市"), 10)
                .await
                .expect("a list")
                .len(),
            1
        );
        assert_eq!(
            findings::list(&bench.app, false, Some("云川"), 10)
                .await
                .expect("a list")
                .len(),
            0
        );
        let done = bench
            .answer(&id, hand_over("云川市/无人局"), "许工资")
            .await
            .expect("handed over");
        assert_eq!(done.warnings.len(), 1, "nobody there can be told");
    })
    .await;
}

#[tokio::test]
async fn a_wrong_grade_is_named_where_the_promotion_of_the_next_year_fails() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        exonerated(&bench).await;
        bench.set("2027-03-01");
        let promotion = format!(
            "姓名,单位,事项类别,事项,结果,理由,期间,决定日期\n林甲,{UNIT},干部选拔任用,拟任副科长,取消考察对象,,2027年度,2027-02-20\n"
        );
        bench.outcomes("任用.csv", &promotion).await;
        let later = bench.only_finding().await;
        assert_eq!(later.predecessor, None);
        bench.outcomes("考核.csv", &row("基本称职", "", "2027-01-20")).await;
        let shown = bench.finding_shown(&later.line.id).await;
        let earlier = bench.texts("SELECT id FROM finding WHERE domain = 'annual_appraisal'").await;
        assert_eq!(shown.predecessor.as_deref(), earlier.first().map(String::as_str));
        assert!(shown.why.contains("干部选拔任用工作条例 第二十四条"), "{}", shown.why);
        // The other way round the rule is asked when the later one is found.
        let rank = promotion.replace("干部选拔任用", "职级晋升").replace("取消考察对象", "暂缓晋升");
        bench.outcomes("职级.csv", &rank).await;
        let linked = "SELECT COUNT(*) FROM finding WHERE predecessor IS NOT NULL";
        assert_eq!(bench.count(linked).await, 2);
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_conclusion_raises_what_was_suspected_and_opens_what_was_kept() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        let case = bench.until_decided(&new_case("林甲"), None).await;
        bench.set("2026-11-12");
        let cited = bench.keep("一.csv", &row("基本称职", &explicit(), "2026-11-11")).await;
        // Without a reason it is clear while nothing is concluded, and a suspicion under 免责.
        let kept = bench
            .keep(
                "二.csv",
                &row("不合格", "", "2026-11-11").replace("2026年度", "2026年第四季度"),
            )
            .await;
        assert_eq!((cited.opened, kept.opened, kept.kept), (1, 0, 1));
        bench
            .answer(&bench.only_finding().await.line.id, mistaken(), "何收文")
            .await
            .expect("answered");

        let day = "2026-11-10".parse().expect("a day");
        let dated = rongcuo::domain::procedure::Dated {
            act: &conclude(Conclusion::Exempted),
            day,
        };
        let done = rongcuo::app::procedure::act(&bench.app, &case_ref(&case), &dated, "何收文").await;
        let done = done.expect("possible");
        assert_eq!((done.findings_closed, done.findings_opened), (0, 2));
        let verdicts = bench
            .texts("SELECT verdict || ' ' || state FROM finding ORDER BY verdict")
            .await;
        assert_eq!(verdicts, ["suspect open", "violation open"]);
        let open = "SELECT COUNT(*) FROM obligation WHERE kind = 'finding_confirm' AND state = 'open'";
        assert_eq!(bench.count(open).await, 0, "the answer was to something milder");
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_decided_too_early_stays_until_it_is_put_right_or_explained() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        let case = bench.until_decided(&new_case("林甲"), None).await;
        bench.set("2026-11-12");
        bench.keep("一.csv", &row("基本称职", &explicit(), "2026-11-11")).await;
        bench
            .keep(
                "二.csv",
                &row("不确定等次", &explicit(), "2026-11-11").replace("2026年度", "2025年度"),
            )
            .await;
        bench.set("2026-11-13");
        bench.act(&case, conclude(Conclusion::Exempted)).await;
        let states = bench
            .texts("SELECT result || ' ' || state FROM finding ORDER BY result")
            .await;
        assert_eq!(states.len(), 2);
        assert!(states.contains(&"基本称职 open".to_owned()), "{states:?}");
        assert!(
            states.contains(&"不确定等次 closed".to_owned()),
            "the list of open grades has it: {states:?}"
        );
        assert_eq!(bench.count("SELECT COUNT(*) FROM remedy WHERE state = 'open'").await, 1);
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn an_act_leaves_everything_or_nothing_behind() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        exonerated(&bench).await;
        bench.keep("拟.csv", &row("基本称职", &explicit(), "")).await;
        let id = bench.only_finding().await.line.id;
        let before = bench.everything().await;
        for (act, by) in [
            (corrected("不称职", "2026-11-09"), "高联络"),
            (Act::Confirm, "孟科长"),
            (mistaken(), " "),
        ] {
            assert!(bench.answer(&id, act, by).await.is_err());
        }
        assert!(bench.answer("没有", mistaken(), "高联络").await.is_err());
        assert_eq!(bench.everything().await, before);
        let update = "UPDATE finding_event SET actor = 'x'";
        let changed = match &bench.app.db {
            rongcuo::store::Db::Sqlite { writer, .. } => sqlx::query(update).execute(writer).await.is_ok(),
            rongcuo::store::Db::Postgres(pool) => sqlx::query(update).execute(pool).await.is_ok(),
        };
        assert!(!changed, "a history is only added to");
    })
    .await;
}

#[tokio::test]
async fn without_a_period_each_day_of_decision_is_an_outcome_of_its_own() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        exonerated(&bench).await;
        bench.set("2027-03-01");
        let list = |days: &[&str]| {
            let mut text = "姓名,单位,事项类别,事项,结果,理由,决定日期\n".to_owned();
            for day in days {
                text.push_str(&["林甲,", UNIT, ",工资,岗位津贴,扣发,", &explicit(), ",", day, "\n"].concat());
            }
            text
        };
        let proposed = bench.keep("拟.csv", &list(&[""])).await;
        assert_eq!((proposed.kept, proposed.opened), (1, 1));
        let months = list(&["2026-12-02", "2027-01-04", "2027-02-02"]);
        let first = bench.outcomes("工资.csv", &months).await;
        assert_eq!(
            (first.kept, first.opened, first.again),
            (3, 2, 1),
            "one was proposed before"
        );
        let again = bench.outcomes("工资.csv", &months).await;
        assert_eq!((again.kept, again.opened, again.again), (0, 0, 0));
        let turned = list(&["2027-02-02", "2026-12-02", "2027-01-04", ""]);
        let turned = bench.keep("又.csv", &turned).await;
        assert_eq!((turned.kept, turned.opened, turned.again), (0, 0, 0));
        for table in ["outcome", "finding"] {
            let days = bench
                .texts(&format!("SELECT decided_on FROM {table} ORDER BY decided_on"))
                .await;
            assert_eq!(days, ["2026-12-02", "2027-01-04", "2027-02-02"], "{table}");
        }
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn no_number_among_the_words_of_a_list_is_kept() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        exonerated(&bench).await;
        let number = "11010519491231002X";
        let text = format!(
            "姓名,单位,事项类别,事项,结果,基准,理由,佐证材料,决定日期\n\
             林甲,{UNIT},工资,津贴{number},扣发{number},{number},因{MATTER}一事（{number}）,证{number},2026-11-05\n"
        );
        let checked = bench.outcomes("工资.csv", &text).await;
        assert_eq!((checked.kept, checked.opened), (1, 1));
        let line = &checked.report.results[0];
        assert!(!line.why.contains(number) && line.reason.contains("110***********002X"));
        for (table, columns) in [
            (
                "outcome",
                "item || result || baseline || reason || evidence || why || matched",
            ),
            (
                "finding",
                "natural_key || item || result || baseline || reason || evidence || why || matched",
            ),
            ("finding_event", "body"),
            ("obligation", "natural_key"),
            ("journal", "detail"),
        ] {
            let kept = bench.texts(&format!("SELECT {columns} FROM {table}")).await;
            assert!(!kept.is_empty(), "{table}");
            assert!(!kept.iter().any(|text| text.contains(number)), "{table}: {kept:?}");
        }
        let masked = "SELECT COUNT(*) FROM finding WHERE natural_key LIKE '%110***********002X%'";
        assert_eq!(bench.count(masked).await, 1);
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_revocation_closed_is_opened_again_when_the_revocation_is_undone() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        let register = |more: &str| {
            format!(
                "案件编号,姓名,单位,事项名称,认定结论,认定日期,状态,撤销日期\nRC-1,林甲,{UNIT},{MATTER},免予问责,2026-10-30,{more}\n"
            )
        };
        bench.register(&register("生效,")).await;
        bench.outcomes("一.csv", &row("基本称职", &explicit(), "2026-11-02")).await;
        let id = bench.only_finding().await.line.id;
        bench.register(&register("撤销,2026-11-01")).await;
        let closed = bench.finding_shown(&id).await;
        assert_eq!(
            (closed.line.state, closed.line.closed_by),
            ("closed", Some("unprotected"))
        );
        assert!(bench.owed().await[0].starts_with("finding_reply void"));

        bench.set("2026-11-09");
        bench.register(&register("生效,")).await;
        let open = bench.only_finding().await;
        assert_eq!((open.line.state, open.line.verdict.as_str()), ("open", "violation"));
        assert_eq!(open.line.closed_by, None);
        assert_eq!(Bench::events(&open), ["opened", "rejudged", "rejudged"]);
        assert_eq!(
            bench.owed().await,
            ["finding_reply open 2026-11-16"],
            "an answer is owed anew"
        );
        bench.register(&register("生效,")).await;
        assert_eq!(bench.only_finding().await.history.len(), 3);
        bench.verified().await;
    })
    .await;
}

// ---- the program ----

#[test]
fn a_finding_is_listed_answered_and_agreed_with_on_the_command_line() {
    let desk = Desk::new();
    desk.furnish();
    let list = desk.list();
    let now = "2026-11-24T10:00:00+08:00";
    desk.at(now, 0, &["finding", "list"]);
    desk.at(now, 1, &["precheck", list, "--keep"]);
    let said = desk.at(now, 1, &["finding", "list", "--format", "json"]);
    let found = json(&said.out);
    let one = &found["findings"][0];
    assert_eq!((&one["state"], &one["is_final"]), (&"open".into(), &false.into()));
    assert!(!said.out.contains("name\":\""), "a list names no cadre");
    let id = one["id"].as_str().expect("an id").to_owned();
    let answer = |rest: &[&str], code| {
        let args: Vec<&str> = ["finding", "answer", &id]
            .iter()
            .copied()
            .chain(rest.iter().copied())
            .collect();
        desk.at(now, code, &args)
    };
    answer(&["mistaken", "--reason", "录入错误"], 2);
    answer(&["mistaken", "--reason", "录入错误", "--by", " "], 2);
    answer(
        &["mistaken", "--reason", "录入错误", "--by", "高联络", "--version", "7"],
        2,
    );
    answer(
        &[
            "corrected",
            "--result",
            "不称职",
            "--on",
            "2026-11-24",
            "--doc-no",
            "云组干〔2026〕9号",
            "--by",
            "高联络",
        ],
        2,
    );
    answer(
        &["mistaken", "--reason", "录入错误", "--by", "高联络", "--version", "0"],
        0,
    );
    desk.at(now, 2, &["finding", "confirm", &id, "--by", "高联络"]);
    desk.at(now, 2, &["finding", "confirm", &id, "--by", "孟科长", "--refuse"]);
    desk.at(now, 0, &["finding", "confirm", &id, "--by", "孟科长"]);
    desk.at(now, 0, &["finding", "list"]);
    let all = json(&desk.at(now, 0, &["finding", "list", "--all", "--format", "json"]).out);
    assert_eq!(all["findings"][0]["closed_by"], "mistaken");
    let shown = desk.at(now, 0, &["finding", "show", &id]);
    for words in ["已办结", "答复误报：录入错误", "复核同意", "孟科长"] {
        assert!(shown.out.contains(words), "{words}: {}", shown.out);
    }
    let explained = desk.ok(0, &["explain", "finding", &id]);
    assert!(explained.out.contains("由谁答复："), "{}", explained.out);
    desk.ok(0, &["audit", "verify"]);
    desk.at(now, 2, &["finding", "show", "0000"]);
}
