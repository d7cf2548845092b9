//! 统计, the notices that come and what they move, and the desk: as people see them in a browser.

use crate::support::app::{Bench, on_both};
use crate::support::casework::{CONTACTS, MATTER, UNIT, new_case};
use crate::support::site::Browser;
use axum::http::StatusCode;
use calamine::{Data, Reader as _, Xlsx, open_workbook_from_rs};
use rongcuo::app::calendars;
use rongcuo::domain::account::Role;
use rongcuo::domain::case::Conclusion;
use rongcuo::domain::procedure::Act;
use rongcuo::store::accounts;
use std::io::Cursor;

const NOW: &str = "2026-10-20T10:00:00+08:00";

const LEDGER: &str = "\
编号,问题,责任单位,责任人,督办单位,整改时限,状态,最近进展,最近进展日期,销号日期
ZG-1,按期的,云川市/水务局,程砺,云川市/督查室,2026-09-18,已完成,,,2026-09-17
ZG-2,逾期完成的,云川市/水务局,程砺,云川市/督查室,2026-09-18,已完成,,,2026-09-25
ZG-3,没有完成的,云川市/水务局,程砺,云川市/督查室,2026-10-12,整改中,,,
ZG-4,还没到期的,云川市/水务局,程砺,云川市/督查室,2026-12-30,整改中,,,
ZG-5,另一个市的,临江市/住建局,周予安,临江市/督查室,2026-10-12,整改中,,,
ZG-6,名称像公式的单位,=1+1|<b>局,周予安,临江市/督查室,2026-10-12,整改中,,,
";

/// Archived on the next day, after six days, and not at all; 1 September 2026 is a Tuesday.
const REGISTER: &str = "\
案件编号,姓名,单位,事项名称,认定结论,认定日期,结论文号,问责实施机关,人事档案归档日期
RC-1,林甲,云川市/住建局,加装电梯补贴误发,免责,2026-09-01,云容〔2026〕1号,云川市纪委监委,2026-09-02
RC-2,林乙,云川市/住建局,绿化补贴误发,免责,2026-09-01,云容〔2026〕2号,云川市纪委监委,2026-09-09
RC-3,林丙,云川市/住建局,路灯补贴误发,免责,2026-09-01,云容〔2026〕3号,云川市纪委监委,
";

/// Somebody of a role who sees a unit only.
async fn within(bench: &Bench, role: Role, unit: &str) -> Browser {
    let browser = Browser::signed_in(&bench.app, role).await;
    bench
        .write(async |tx| {
            let login = format!("demo-{}", role.as_str());
            let account = accounts::by_login(tx, &login).await.expect("as the test set it up");
            let mut account = account.expect("it signed in");
            account.unit = Some(unit.to_owned());
            assert!(accounts::update(tx, &account).await.expect("as the test set it up"));
        })
        .await;
    browser
}

/// The cells of the row of a page's tables that begins so.
fn row(page: &str, first: &str) -> Vec<String> {
    let plain = |html: &str| {
        let mut out = String::new();
        let mut inside = false;
        for c in html.chars() {
            match c {
                '<' => inside = true,
                '>' => inside = false,
                c if !inside => out.push(c),
                _ => {}
            }
        }
        out.trim().to_owned()
    };
    page.split("<tr>")
        .map(|row| {
            let row = row.split("</tr>").next().unwrap_or_default();
            let cells = row.split("</th>").flat_map(|part| part.split("</td>"));
            cells.map(plain).filter(|cell| !cell.is_empty()).collect::<Vec<_>>()
        })
        .find(|cells| cells.first().is_some_and(|cell| cell == first))
        .unwrap_or_else(|| panic!("no row {first}: {page}"))
}

fn texts(bytes: &[u8]) -> Vec<String> {
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).expect("a workbook");
    let mut out = Vec::new();
    for name in book.sheet_names() {
        let formulas = book.worksheet_formula(&name).expect("a sheet");
        assert!(formulas.used_cells().all(|(.., formula)| formula.is_empty()), "{name}");
        let range = book.worksheet_range(&name).expect("a sheet");
        for (.., cell) in range.used_cells() {
            if let Data::String(text) = cell {
                out.push(text.clone());
            }
        }
    }
    out
}

#[tokio::test]
async fn rectifications_are_counted_drawn_and_lead_to_their_items() {
    on_both(NOW, async |bench| {
        bench.rectifications(LEDGER).await;
        let mut leader = Browser::signed_in(&bench.app, Role::Leader).await;
        let page = leader.get("/statistics").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        let text = page.text();
        // To be done by now: five; done in time one, late one, open three, all of those past their day.
        assert_eq!(row(text, "合计")[1..6], ["5", "1", "1", "3", "3"]);
        assert_eq!(
            row(text, "云川市/水务局")[1..9],
            ["3", "1", "1", "1", "1", "66.7", "33.3", "0.0"]
        );
        assert_eq!(row(text, "2026 年 9 月")[1..5], ["2", "1", "1", "0"]);
        assert_eq!(row(text, "2026 年 10 月")[1..5], ["3", "0", "0", "3"]);
        for there in [
            "<svg ",
            "id=\"units-hatch\"",
            "id=\"months-hatch\"",
            "按期完成 1，逾期完成 1，未完成 1",
        ] {
            assert!(text.contains(there), "{there}");
        }
        assert!(!text.contains("<b>局") && text.contains("=1+1|&#60;b&#62;局"), "{text}");
        // Numbers lead to their items, months to themselves.
        let late = leader
            .get("/statistics?period=2026&ended=late&of=%E4%BA%91%E5%B7%9D%E5%B8%82%2F%E6%B0%B4%E5%8A%A1%E5%B1%80")
            .await;
        assert!(
            late.text().contains("逾期完成 1 项") && late.text().contains(">ZG-2</a>"),
            "{}",
            late.text()
        );
        assert!(!late.text().contains(">ZG-1</a>"));
        let open = leader.get("/statistics?period=2026-10&ended=open").await;
        for number in ["ZG-3", "ZG-5", "ZG-6"] {
            assert!(open.text().contains(&format!(">{number}</a>")), "{number}");
        }
        let quarter = leader.get("/statistics?period=2026Q2").await;
        assert!(quarter.text().contains("没有到期的整改事项"), "{}", quarter.text());
        for wrong in ["/statistics?period=last", "/statistics?ended=soon", "/statistics?x=1"] {
            assert_eq!(leader.get(wrong).await.status, StatusCode::BAD_REQUEST, "{wrong}");
        }
        assert_eq!(leader.get("/statistics/nothing").await.status, StatusCode::NOT_FOUND);
        let taken = leader.get("/statistics/rectifications/xlsx?period=2026").await;
        assert!(taken.header("content-disposition").contains(".xlsx"));
        let cells = texts(&taken.body);
        for there in ["=1+1|<b>局", "ZG-2", "逾期完成", "说明"] {
            assert!(cells.iter().any(|cell| cell == there), "{there}: {cells:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_unit_is_told_its_own_numbers_only() {
    on_both(NOW, async |bench| {
        bench.contacts(CONTACTS).await;
        bench.rectifications(LEDGER).await;
        bench.register(REGISTER).await;
        let mut leader = within(&bench, Role::Leader, "临江市").await;
        let page = leader.get("/statistics").await;
        assert_eq!(row(page.text(), "合计")[1..6], ["2", "0", "0", "2", "2"]);
        assert!(!page.text().contains("水务局"), "{}", page.text());
        let items = leader
            .get("/statistics?ended=late&of=%E4%BA%91%E5%B7%9D%E5%B8%82%2F%E6%B0%B4%E5%8A%A1%E5%B1%80")
            .await;
        assert!(items.text().contains("没有这样的事项"), "{}", items.text());
        let cells = texts(&leader.get("/statistics/rectifications/xlsx").await.body);
        assert!(
            !cells.iter().any(|cell| cell.contains("水务局") || cell == "ZG-1"),
            "{cells:?}"
        );
        let steps = leader.get("/statistics/steps").await;
        assert!(steps.text().contains("没有办结的步骤"), "{}", steps.text());
        // A wider unit in the address opens nothing more.
        let wider = leader.get("/statistics?unit=%E4%BA%91%E5%B7%9D%E5%B8%82").await;
        assert!(wider.text().contains("没有到期的整改事项"), "{}", wider.text());
        for role in [Role::Liaison, Role::Prechecker, Role::SystemAdministrator] {
            let mut other = Browser::signed_in(&bench.app, role).await;
            assert_eq!(other.get("/statistics").await.status, StatusCode::FORBIDDEN, "{role:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn steps_are_told_beside_their_limit_and_not_of_too_few() {
    on_both(NOW, async |bench| {
        bench.contacts(CONTACTS).await;
        bench.register(REGISTER).await;
        let mut handler = Browser::signed_in(&bench.app, Role::Handler).await;
        let page = handler.get("/statistics/steps?period=2026Q3").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        // One day, and 2, 3, 4, 7, 8, 9 September: the middle of one and six; due on the 8th.
        let cells = row(page.text(), "结论归入干部人事档案");
        assert_eq!(cells[1], "5 个工作日");
        assert_eq!(cells[3..], ["2", "3.5", "1", "6", "1", "50.0"], "{cells:?}");
        assert!(page.text().contains("中位 3.5，1—6；2 件，按期 1"));
        assert_eq!(
            row(
                handler.get("/statistics/steps?period=2026-09").await.text(),
                "结论归入干部人事档案"
            ),
            cells
        );
        let none = handler.get("/statistics/steps?period=2026-08").await;
        assert!(none.text().contains("没有办结的步骤"));
        // Whoever does not see the cases is not told of two of them.
        let mut leader = Browser::signed_in(&bench.app, Role::Leader).await;
        let page = leader.get("/statistics/steps?period=2026Q3").await;
        let cells = row(page.text(), "结论归入干部人事档案");
        assert_eq!(cells[3..5], ["2", "样本不足"], "{cells:?}");
        assert!(!page.text().contains("3.5"), "{}", page.text());
        let taken = texts(&leader.get("/statistics/steps/xlsx?period=2026Q3").await.body);
        assert!(taken.iter().any(|cell| cell == "样本不足"));
    })
    .await;
}

#[tokio::test]
async fn findings_are_counted_by_kind_and_unit() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench.concluded(&new_case("林甲"), Conclusion::Exempted).await;
        bench.set("2026-11-09T10:00:00+08:00");
        let list = format!(
            "姓名,单位,事项类别,结果,理由,期间,决定日期\n林甲,{UNIT},年度考核,基本称职,因{MATTER}一事,2026年度,\n"
        );
        bench.keep("拟.csv", &list).await;
        let mut handler = Browser::signed_in(&bench.app, Role::Handler).await;
        let page = handler.get("/statistics/findings?period=2026-11").await;
        assert_eq!(row(page.text(), "年度考核")[1..4], ["1", "1", "0"], "{}", page.text());
        assert_eq!(row(page.text(), UNIT)[1..4], ["1", "1", "0"]);
        assert!(
            page.text()
                .contains("href=\"/findings?state=all&#38;domain=annual_appraisal\""),
            "{}",
            page.text()
        );
        let october = handler.get("/statistics/findings?period=2026-10").await;
        assert!(october.text().contains("没有发现疑似问题"));
        // A refusal by the second person is counted, and the finding is open again.
        let id = bench.texts("SELECT id FROM finding").await.remove(0);
        let finding = format!("/findings/{id}");
        let answer = [("act", "mistaken"), ("version", "0"), ("reason", "录入错误")];
        handler.fill(&finding, &finding, &answer).await;
        bench
            .execute("UPDATE finding SET answered_by = '演示经办（lin.jia）'")
            .await;
        let refuse = [("act", "refuse"), ("version", "1"), ("reason", "没有附件")];
        handler.fill(&finding, &format!("{finding}/confirm"), &refuse).await;
        let page = handler.get("/statistics/findings").await;
        assert_eq!(
            row(page.text(), "合计")[1..],
            ["1", "1", "0", "0", "0", "0", "0", "1"],
            "{}",
            page.text()
        );
        // One finding is one person's: whoever may not see it is not told where it is.
        let mut leader = Browser::signed_in(&bench.app, Role::Leader).await;
        let page = leader.get("/statistics/findings").await;
        assert!(page.text().contains("样本不足"), "{}", page.text());
        assert!(!page.text().contains("<svg") && !page.text().contains("年度考核"));
        let mut sister = within(&bench, Role::Handler, "云川市/水务局").await;
        assert!(
            sister
                .get("/statistics/findings")
                .await
                .text()
                .contains("没有发现疑似问题")
        );
        let hidden = leader.get("/statistics/hidden?period=2026").await;
        assert!(hidden.text().contains("没有可比的名单"), "{}", hidden.text());
        assert_eq!(leader.get("/statistics/hidden/xlsx").await.status, StatusCode::OK);
    })
    .await;
}

/// Thursday 8 October 2026 would be free, too.
const AMENDMENT: &str = r#"{"year": 2026, "seq": 2, "kind": "amendment", "number": null, "published": "2026-09-29",
"url": null, "days": [{"name": "国庆节", "date": "2026-10-08", "isOffDay": true}]}"#;

#[tokio::test]
async fn a_notice_is_looked_at_before_it_is_adopted() {
    on_both("2026-09-30T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench
            .register(
                "案件编号,姓名,单位,事项名称,认定结论,认定日期,结论文号,问责实施机关\n\
                 RC-1,林甲,云川市/住建局,加装电梯补贴误发,免责,2026-09-30,云容〔2026〕1号,云川市纪委监委\n",
            )
            .await;
        let before = bench.count("SELECT COUNT(*) FROM calendar_entry").await;
        let mut handler = Browser::signed_in(&bench.app, Role::Handler).await;
        let (page, adopt) = ("/calendar/import", "/calendar/import/adopt");
        let looked = async |browser: &mut Browser, text: &str| {
            let file = [("file", "2026-2.json", text.as_bytes())];
            browser.upload(page, page, &[], &file).await
        };
        for (text, said) in [
            ("<b>", "不是有效的 JSON"),
            (
                r#"{"year": 2026, "days": [{"name": "国庆节", "date": "2026-13-08", "isOffDay": true}]}"#,
                "内容不合要求",
            ),
            (
                r#"{"year": 2150, "days": [{"name": "国庆节", "date": "2150-10-01", "isOffDay": true}]}"#,
                "法定节假日表只到",
            ),
        ] {
            let refused = looked(&mut handler, text).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
            assert!(refused.text().contains(said), "{said}: {}", refused.text());
        }
        assert_eq!(
            handler.upload(page, page, &[], &[]).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        // 8, 9, the make-up Saturday, 12, 13 October; without the 8th a day later.
        let check = looked(&mut handler, AMENDMENT).await;
        assert_eq!(check.status, StatusCode::OK, "{}", check.text());
        for there in [
            "2026-10-08",
            "工作日",
            "放假",
            "RC-1",
            "2026-10-13",
            "2026-10-14",
            "推迟",
        ] {
            assert!(check.text().contains(there), "{there}: {}", check.text());
        }
        assert_eq!(bench.count("SELECT COUNT(*) FROM calendar_entry").await, before);
        let due = "SELECT due_day FROM obligation WHERE kind = 'archive_personnel'";
        assert_eq!(bench.texts(due).await, ["2026-10-13"]);
        // What is adopted is what was looked at.
        let seen = check.hidden("seen");
        let other = AMENDMENT.replace("2026-10-08", "2026-10-09");
        let changed = [
            ("name", "2026-2.json"),
            ("seen", seen.as_str()),
            ("content", other.as_str()),
        ];
        let refused = handler.fill(page, adopt, &changed).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("请重新预览"), "{}", refused.text());
        let form = [("name", "2026-2.json"), ("seen", seen.as_str()), ("content", AMENDMENT)];
        let done = handler.fill(page, adopt, &form).await;
        let next = handler.follow(&done).await;
        for there in [
            "已采用2026年放假安排",
            "demo-handler",
            "RC-1",
            "到期日由 2026-10-13（确定）改为 2026-10-14（确定）",
        ] {
            assert!(next.text().contains(there), "{there}: {}", next.text());
        }
        assert_eq!(bench.texts(due).await, ["2026-10-14"]);
        let by = "SELECT actor FROM journal WHERE action = 'calendar.import'";
        assert_eq!(bench.texts(by).await, ["account:demo-handler"]);
        bench.verified().await;
        let again = looked(&mut handler, AMENDMENT).await;
        assert!(again.text().contains("未作改动"), "{}", again.text());
        // The year shows it, and leads to what moved.
        let year = handler.get("/calendar?year=2026").await;
        let at = bench.app.now().millis();
        assert!(
            year.text().contains(&format!("/calendar/moves?at={at}#moved")),
            "{}",
            year.text()
        );
        let moves = handler.get(&format!("/calendar/moves?at={at}")).await;
        assert!(moves.text().contains("结论归入干部人事档案"), "{}", moves.text());
        assert!(
            handler
                .get("/calendar/moves?at=1")
                .await
                .text()
                .contains("没有改期的期限")
        );
        assert_eq!(
            handler.get("/calendar/moves?at=x").await.status,
            StatusCode::BAD_REQUEST
        );
        // A sister sees the notice and nothing of what it moved for others.
        let mut sister = within(&bench, Role::Liaison, "云川市/水务局").await;
        let moves = sister.get("/calendar/moves").await;
        assert!(
            moves.text().contains("2026年放假安排") && !moves.text().contains("RC-1"),
            "{}",
            moves.text()
        );
    })
    .await;
}

#[tokio::test]
async fn a_notice_is_everybodys_and_an_arrangement_its_units() {
    on_both("2026-09-30T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        let local = |unit: &str| {
            format!(
                r#"{{"unit": "{unit}", "name": "河灯节", "published": "2026-09-29", "days": [{{"name": "河灯节", "date": "2026-10-15", "isOffDay": true}}]}}"#
            )
        };
        let mut handler = within(&bench, Role::Handler, "云川市").await;
        let page = "/calendar/import";
        for (text, taken) in [
            (AMENDMENT.to_owned(), false),
            (local("临江市"), false),
            (local("云川市"), true),
        ] {
            let file = [("file", "x.json", text.as_bytes())];
            let answer = handler.upload(page, page, &[], &file).await;
            assert_eq!(answer.status == StatusCode::OK, taken, "{text}: {}", answer.text());
            assert_eq!(answer.text().contains("请由看得到这些单位的账号导入"), !taken, "{text}");
        }
        let mut whole = Browser::signed_in(&bench.app, Role::SystemAdministrator).await;
        let early = AMENDMENT.replace("2026", "1999");
        let early = whole
            .upload(page, page, &[], &[("file", "1999.json", early.as_bytes())])
            .await;
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", early.text());
        assert!(early.text().contains("1999 年的安排不能导入"), "{}", early.text());
        let narrow = crate::support::app::viewer(Role::Handler, Some("云川市"));
        let forced = calendars::import_for(
            &bench.app,
            &narrow,
            "x.json",
            AMENDMENT.as_bytes().to_vec(),
            "",
        );
        assert!(forced.await.is_err());
        // Whoever looks after the machine brings notices without seeing whom they concern.
        let mut system = Browser::signed_in(&bench.app, Role::SystemAdministrator).await;
        let file = [("file", "x.json", AMENDMENT.as_bytes())];
        let check = system.upload(page, page, &[], &file).await;
        assert_eq!(check.status, StatusCode::OK, "{}", check.text());
        assert!(!check.text().contains("/obligations/"));
        assert_eq!(bench.count("SELECT COUNT(*) FROM journal WHERE action = 'calendar.import'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_desk_tells_what_waits_for_whom() {
    on_both("2026-09-30T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench.rectifications(LEDGER).await;
        let case = bench.open(&new_case("林甲"), &Act::StartAccountability).await;
        bench.concluded(&new_case("林乙"), Conclusion::Exempted).await;
        let mut handler = Browser::signed_in(&bench.app, Role::Handler).await;
        let waits = |text: &str, word: &str, count: u32| {
            text.contains(&format!("{word} <span class=\"num\">{count}</span> 件"))
        };
        let desk = handler.get("/").await;
        assert!(waits(desk.text(), "本人经办的案件未办结", 0), "{}", desk.text());
        bench
            .execute("UPDATE tolerance_case SET handler = '演示经办' WHERE conclusion = '未进入认定' OR conclusion = '调查中'")
            .await;
        let desk = handler.get("/").await;
        assert!(waits(desk.text(), "本人经办的案件未办结", 1), "{}", desk.text());
        assert!(desk.text().contains("href=\"/cases?state=mine\"") && desk.text().contains("href=\"#mine\""));
        let mine = handler.get("/cases?state=mine").await;
        assert!(mine.text().contains(&case) && !mine.text().contains("林乙"), "{}", mine.text());
        // Archives and feedback that are open after the conclusion are the handler's work, too.
        bench.execute("UPDATE tolerance_case SET handler = '演示经办'").await;
        assert!(waits(handler.get("/").await.text(), "本人经办的案件未办结", 2));
        assert!(handler.get("/cases?state=mine").await.text().contains("林乙"));
        // What began on 30 September and is due after the holiday runs over it.
        let list = handler.get("/obligations?show=holiday").await;
        let across = bench
            .count(
                "SELECT COUNT(*) FROM obligation WHERE state = 'open' AND days > 0 AND event_day < '2026-10-01' \
                 AND (unit = '工作日' AND due_day > '2026-10-07' OR unit <> '工作日' AND due_day = '2026-10-08')",
            )
            .await;
        assert!(across > 3, "{across}");
        assert!(
            desk.text().contains(&format!("<a href=\"/obligations?show=holiday\">{across} 项未办结期限</a>")),
            "{across}: {}",
            desk.text()
        );
        assert!(list.text().contains("结论归入干部人事档案"), "{}", list.text());
        // The supervisor waits for other things; the leader is led to no list that does not open.
        let mut supervisor = Browser::signed_in(&bench.app, Role::Supervisor).await;
        let desk = supervisor.get("/").await;
        for word in ["延期申请待审批", "销号申请待验收", "提醒等待确认收悉"] {
            assert!(waits(desk.text(), word, 0), "{word}: {}", desk.text());
        }
        assert!(desk.text().contains("href=\"/statistics/findings\"") && !desk.text().contains("href=\"/findings"));
        let mut leader = Browser::signed_in(&bench.app, Role::Leader).await;
        let desk = leader.get("/").await;
        assert!(desk.text().contains("逾期") && !desk.text().contains("href=\"/obligations"), "{}", desk.text());
        assert!(desk.text().contains("只列数目"), "{}", desk.text());
        for page in ["/calendar?year=2026", "/calendar?year=26", "/cases"] {
            let shown = leader.get(page).await;
            assert!(!shown.text().contains("href=\"/obligations"), "{page}: {}", shown.text());
        }
        assert!(leader.get("/calendar?year=2026").await.text().contains("到期 "));
        let mut liaison = within(&bench, Role::Liaison, "云川市/水务局").await;
        let desk = liaison.get("/").await;
        assert!(waits(desk.text(), "本单位的整改事项未销号", 2), "{}", desk.text());
    })
    .await;
}

#[tokio::test]
async fn a_correction_is_looked_at_before_it_closes_the_finding() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench.concluded(&new_case("林甲"), Conclusion::Exempted).await;
        bench.set("2026-11-09T10:00:00+08:00");
        let list = format!(
            "姓名,单位,事项类别,结果,理由,期间,决定日期\n林甲,{UNIT},年度考核,基本称职,因{MATTER}一事,2026年度,\n"
        );
        bench.keep("拟.csv", &list).await;
        let id = bench.texts("SELECT id FROM finding").await.remove(0);
        let page = format!("/findings/{id}");
        let mut handler = Browser::signed_in(&bench.app, Role::Handler).await;
        let form = [
            ("act", "corrected"),
            ("version", "0"),
            ("result", "称职<i>"),
            ("on", "2026-11-09"),
            ("doc_no", "云组干〔2026〕31号"),
        ];
        let with = |more: (&'static str, &'static str), result: &'static str| {
            let mut all = form.to_vec();
            all[2].1 = result;
            all.push(more);
            all
        };
        let check = handler.fill(&page, &page, &with(("x", "1"), "称职")).await;
        assert_eq!(check.status, StatusCode::OK, "{}", check.text());
        for there in [
            "核对：已纠正",
            "已办结（已纠正）",
            "答复期限办结",
            "云组干〔2026〕31号",
            "name=\"sure\"",
        ] {
            assert!(check.text().contains(there), "{there}: {}", check.text());
        }
        assert_eq!(bench.texts("SELECT state FROM finding").await, ["open"]);
        let back = handler.fill(&page, &page, &with(("back", "1"), "称职")).await;
        assert!(back.text().contains("value=\"云组干〔2026〕31号\""), "{}", back.text());
        let hostile = handler.fill(&page, &page, &form).await;
        assert!(!hostile.text().contains("<i>"));
        let done = handler.fill(&page, &page, &with(("sure", "1"), "称职")).await;
        assert!(handler.follow(&done).await.text().contains("已纠正）"));
        assert_eq!(bench.texts("SELECT state FROM finding").await, ["closed"]);
        bench.verified().await;
    })
    .await;
}
