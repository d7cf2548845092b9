//! What nobody may learn, guess or do in passing: of other units' matters, with a screen left unlocked, too often.

use crate::cli::id_number;
use crate::support::app::{Bench, on_both, viewer};
use crate::support::casework::{CONTACTS, MATTER, ORGAN, UNIT, new_case};
use crate::support::site::{Answer, Browser};
use axum::http::StatusCode;
use rongcuo::app::import::Source;
use rongcuo::app::precheck::{By, Checked, Request, precheck_for};
use rongcuo::app::rectifications as ledger;
use rongcuo::app::view::{CaseFilter, ProtectedRow, ProtectionShow};
use rongcuo::app::pages;
use rongcuo::domain::account::{Role, Scope};
use rongcuo::domain::case::Conclusion;
use rongcuo::domain::ids::RectificationId;
use rongcuo::domain::person::{CitizenId, IdNumber};
use rongcuo::domain::protection::JudgeOptions;
use rongcuo::files::{self, HeaderWords, Limits};

const NOW: &str = "2026-11-12T10:00:00+08:00";
const WATER: &str = "云川市/水务局";

/// Somebody with a role who sees only a unit and what lies below it.
async fn of_unit(bench: &Bench, role: Role, unit: &str) -> Browser {
    let browser = Browser::signed_in(&bench.app, role).await;
    let role = role.as_str();
    bench
        .execute(&format!("UPDATE account SET unit = '{unit}' WHERE role = '{role}'"))
        .await;
    browser
}

fn entry<'a>(changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("name", "林甲"),
        ("case_unit", WATER),
        ("matter", "堤防改造延期"),
        ("organ", WATER),
        ("start", "accountability"),
        ("on", "2026-11-12"),
    ];
    let kept = usual
        .into_iter()
        .filter(|(name, _)| changed.iter().all(|(other, _)| other != name));
    kept.chain(changed.iter().copied()).collect()
}

#[tokio::test]
async fn whoever_enters_a_case_learns_nothing_of_what_others_handle() {
    on_both(NOW, async |bench| {
        let id = id_number(1);
        let register = format!(
            "案件编号,姓名,公民身份号码,单位,事项名称,认定结论,认定日期,状态,问责实施机关\n\
             RC-2026-700,林甲,{id},{UNIT},{MATTER},免予问责,2026-11-02,生效,{ORGAN}\n"
        );
        bench.register(&register).await;
        bench
            .execute(&format!(
                "INSERT INTO matter (number, title, organ, first_ms) VALUES ('SX-1', '{MATTER}', '{ORGAN}', 0); \
                 UPDATE tolerance_case SET matter_no = 'SX-1'"
            ))
            .await;
        let mut water = of_unit(&bench, Role::Handler, WATER).await;
        let known = water.fill("/cases/new", "/cases/new", &entry(&[("id", &id)])).await;
        let unknown = water
            .fill("/cases/new", "/cases/new", &entry(&[("id", &id_number(2))]))
            .await;
        for page in [&known, &unknown] {
            assert_eq!(page.status, StatusCode::OK, "{}", page.text());
            assert!(page.text().contains("没有此人"), "{}", page.text());
            for telling in ["RC-2026-700", "已有案件", "名册或台账中已有", MATTER, ORGAN] {
                assert!(!page.text().contains(telling), "{telling}: {}", page.text());
            }
        }
        // Numbers that others use are refused alike, whoever the case is about, and tell nothing more.
        for (number, said) in [
            (("case_no", "RC-2026-700"), "案件编号 RC-2026-700 已由其他单位使用"),
            (("matter_no", "SX-1"), "事项编号 SX-1 已由其他单位使用"),
        ] {
            for id in [&id, &id_number(2)] {
                let fields = entry(&[("id", id.as_str()), number]);
                let page = water.fill("/cases/new", "/cases/new", &fields).await;
                assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
                assert!(page.text().contains(said), "{}", page.text());
                assert!(!page.text().contains(MATTER) && !page.text().contains(ORGAN));
            }
        }
        // Somebody who sees the case is told.
        let mut all = of_unit(&bench, Role::Handler, "").await;
        let page = all.fill("/cases/new", "/cases/new", &entry(&[("id", &id)])).await;
        assert!(page.text().contains("已有案件 RC-2026-700"), "{}", page.text());
        // And so is the unit in which the roster has the cadre by now.
        bench
            .execute(&format!(
                "UPDATE person SET roster_unit = '{WATER}' WHERE name = '林甲'"
            ))
            .await;
        let mut water = of_unit(&bench, Role::Handler, WATER).await;
        let page = water.fill("/cases/new", "/cases/new", &entry(&[("id", &id)])).await;
        assert!(page.text().contains("已有案件 RC-2026-700"), "{}", page.text());
    })
    .await;
}

async fn judged(bench: &Bench, text: &str, unit: Option<&str>, keep: bool) -> Checked {
    let (words, limits) = (HeaderWords::builtin(), Limits::default());
    let list = files::read_list("拟.csv", text.as_bytes(), &words, &limits).expect("a list");
    let source = Source::new("拟.csv", text.as_bytes());
    let request = Request {
        list: &list,
        source: &source,
        options: JudgeOptions {
            as_of: bench.app.now().day(),
            undated_is_final: false,
            domain: None,
            unit: None,
            period: None,
            tolerance: bench.app.policy.tolerance,
            protected: bench.app.policy.protected(),
        },
        keep,
        kind: "precheck",
    };
    let by = By {
        who: "林甲（lin.jia）",
        actor: "account:lin.jia",
        scope: &Scope::of(unit),
    };
    precheck_for(&bench.app, &request, by).await.expect("a judged list")
}

#[tokio::test]
async fn a_list_that_claims_a_unit_tells_nothing_of_people_outside_it() {
    on_both(NOW, async |bench| {
        bench.contacts(CONTACTS).await;
        let mut new = new_case("沈砚舟");
        new.id = IdNumber::Valid(CitizenId::parse(&id_number(7)).expect("a number"));
        bench.concluded(&new, Conclusion::Exempted).await;
        bench.set("2026-11-16T10:00:00+08:00");
        let head = "姓名,单位,公民身份号码,事项类别,结果,理由,期间\n";
        let row =
            |name: &str, id: &str| format!("{head}{name},{WATER},{id},年度考核,基本称职,因{MATTER}一事,2026年度\n");
        for text in [
            row("沈砚舟", &id_number(7)),
            // The name alone, and the number under another name.
            row("沈砚舟", ""),
            row("顾临川", &id_number(7)),
        ] {
            for keep in [false, true] {
                let narrow = judged(&bench, &text, Some(WATER), keep).await;
                assert_eq!(
                    (narrow.report.results.len(), narrow.withheld, narrow.kept),
                    (0, 0, 0),
                    "{text}"
                );
                assert_eq!(narrow.report.rows_protected, 0);
            }
            assert_eq!(
                judged(&bench, &text, None, false).await.report.results.len(),
                1,
                "{text}"
            );
        }
        assert_eq!(bench.count("SELECT COUNT(*) FROM finding").await, 0);
        // Whose unit has the case, and whose roster has the cadre, is told.
        let own = row("沈砚舟", &id_number(7)).replace(WATER, UNIT);
        assert_eq!(judged(&bench, &own, Some(UNIT), false).await.report.results.len(), 1);
        bench
            .execute(&format!(
                "UPDATE person SET roster_unit = '{WATER}' WHERE name = '沈砚舟'"
            ))
            .await;
        let text = row("沈砚舟", &id_number(7));
        assert_eq!(judged(&bench, &text, Some(WATER), false).await.report.results.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_register_counts_and_tells_only_what_is_seen() {
    on_both("2026-11-09T10:00:00+08:00", async |bench| {
        bench
            .register(&format!(
                "案件编号,姓名,单位,事项名称,认定结论,认定日期,状态,问责实施机关\n\
                 RC-1,沈砚舟,{UNIT},{MATTER},免予问责,2026-11-06,生效,{ORGAN}\n"
            ))
            .await;
        let list = |unit: &str, result: &str| {
            format!("姓名,单位,事项类别,结果,理由,期间\n沈砚舟,{unit},年度考核,{result},因{MATTER}一事,2026年度\n")
        };
        bench.keep("住建.csv", &list(UNIT, "基本称职")).await;
        bench
            .execute(&format!(
                "UPDATE person SET roster_unit = '{WATER}' WHERE name = '沈砚舟'"
            ))
            .await;
        let asked = CaseFilter {
            show: ProtectionShow::All,
            text: None,
            unit: None,
            page: 1,
        };
        let line = async |unit: Option<&str>| -> ProtectedRow {
            let page = pages::protected(&bench.app, &viewer(Role::Handler, unit), &asked).await;
            let mut rows = page.expect("a list").rows;
            assert_eq!(rows.len(), 1, "{unit:?}");
            rows.remove(0)
        };
        for unit in [None, Some(UNIT), Some("云川市")] {
            let row = line(unit).await;
            assert_eq!((row.findings, row.outcomes.len()), (1, 1), "{unit:?}");
            assert!(row.outcomes[0].contains("基本称职"));
        }
        // The unit of today knows whom it protects, not what another found.
        let row = line(Some(WATER)).await;
        assert_eq!((row.findings, row.outcomes), (0, Vec::new()));
    })
    .await;
}

const LEDGER: &str = "\
编号,问题,责任单位,责任人,督办单位,整改时限,状态
ZG-1,台账缺失,云川市/水务局,程砺,云川市/督查室,2026-11-30,整改中
ZG-2,公示不及时,云川市/水务局,程砺,云川市/督查室,2026-12-12,整改中
ZG-3,收费不公示,云川市/水务局,程砺,云川市/审计局,2026-12-30,整改中
";
const PEOPLE: &str = "\
单位,姓名,角色,邮箱
云川市/督查室,演示督办员,督办员,shen@yunchuan.example
云川市/水务局,高联络,单位联络员,gao@yunchuan.example
云川市/水务局,程砺,经办,cheng@yunchuan.example
";

async fn send(browser: &mut Browser, number: &str, way: &str, fields: &[(&str, &str)]) -> Answer {
    let page = format!("/rectifications/{}", RectificationId::of(number));
    let version = browser.get(&page).await.hidden("version");
    let mut all = vec![("version", version.as_str())];
    all.extend_from_slice(fields);
    browser.fill(&page, &format!("{page}/{way}"), &all).await
}

#[tokio::test]
async fn a_hand_over_names_and_moves_only_what_is_seen() {
    on_both(NOW, async |bench| {
        bench.contacts(PEOPLE).await;
        bench.rectifications(LEDGER).await;
        let mut desk = of_unit(&bench, Role::Supervisor, "云川市/督查室").await;
        let fields = [("from", "程砺"), ("to", "高联络"), ("reason", "岗位调整")];
        let check = send(&mut desk, "ZG-1", "hand-over", &fields).await;
        assert_eq!(check.status, StatusCode::OK);
        assert!(
            check.text().contains("2 件：ZG-1、ZG-2") && !check.text().contains("ZG-3"),
            "{}",
            check.text()
        );
        let sure = [fields[0], fields[1], fields[2], ("sure", "1")];
        let offered = send(&mut desk, "ZG-1", "hand-over", &sure).await;
        let page = desk.follow(&offered).await;
        assert!(page.text().contains("2 件"), "{}", page.text());
        assert_eq!(
            bench.texts("SELECT number FROM hand_over_item ORDER BY number").await,
            ["ZG-1", "ZG-2"]
        );
        // One over everything is no matter of whoever does not see all of it.
        let giver = ledger::By::from("程砺");
        let all = ledger::offer(&bench.app, "程砺", "高联络", None, "调离", &giver, &Scope::WHOLE).await;
        let all = all.expect("an offer");
        assert_eq!(all.items.len(), 3);
        let page = desk
            .get(&format!("/rectifications/{}", RectificationId::of("ZG-1")))
            .await;
        assert!(!page.text().contains(&all.id), "{}", page.text());
        let foreign = send(&mut desk, "ZG-1", "confirm-hand-over", &[("offer", &all.id)]).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
        let scope = Scope::of(Some(WATER));
        assert!(
            ledger::sees_offer(&bench.app, &all.id, &scope)
                .await
                .expect("an answer")
        );
        assert_eq!(
            ledger::offers_of(&bench.app, "ZG-1", &scope)
                .await
                .expect("a list")
                .len(),
            2
        );
        assert_eq!(
            ledger::offers_of(&bench.app, "ZG-3", &scope)
                .await
                .expect("a list")
                .len(),
            1
        );
        // What is done here is journaled under the account.
        let done = send(&mut desk, "ZG-1", "issue", &[]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        let acted = "SELECT DISTINCT actor FROM journal WHERE action IN ('hand_over.offer', 'rectification') \
                     AND actor LIKE 'account:%'";
        assert_eq!(bench.texts(acted).await, ["account:demo-supervisor"]);
        bench.verified().await;
    })
    .await;
}
