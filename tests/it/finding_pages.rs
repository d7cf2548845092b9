//! Findings through pages: narrowed, answered, looked at a second time by another account, handed over; and what was
//! taken recorded as restored.

use crate::support::app::{Bench, on_both};
use crate::support::casework::{CONTACTS, MATTER, UNIT, new_case};
use crate::support::site::Browser;
use axum::http::StatusCode;
use rongcuo::domain::account::Role;
use rongcuo::domain::case::Conclusion;

const NOW: &str = "2026-11-02T10:00:00+08:00";
const LIAISON: &str = "云川市/住建局,高联络,单位联络员,gao@yunchuan.example\n";

/// A city with one finding; gives its id.
async fn found(bench: &Bench) -> String {
    bench.contacts(&format!("{CONTACTS}{LIAISON}")).await;
    bench.concluded(&new_case("林甲"), Conclusion::Exempted).await;
    bench.set("2026-11-09T10:00:00+08:00");
    let row =
        format!("姓名,单位,事项类别,结果,理由,期间,决定日期\n林甲,{UNIT},年度考核,基本称职,因{MATTER}一事,2026年度,\n");
    bench.keep("拟.csv", &row).await;
    bench.texts("SELECT id FROM finding").await.remove(0)
}

async fn state(bench: &Bench) -> String {
    bench
        .texts("SELECT state || ' ' || COALESCE(answered_by, '') FROM finding")
        .await
        .remove(0)
}

#[tokio::test]
async fn a_liaison_answers_and_another_account_looks_at_it() {
    on_both(NOW, async |bench| {
        let id = found(&bench).await;
        let page = format!("/findings/{id}");
        let mut liaison = Browser::signed_in(&bench.app, Role::Liaison).await;
        let shown = liaison.get(&page).await;
        for form in ["已纠正", "有其他原因", "误报", "转办"] {
            assert!(
                shown.text().contains(&format!("<summary>{form}</summary>")),
                "{form}: {}",
                shown.text()
            );
        }
        assert!(!shown.text().contains("同意，办结"));
        let waiting = liaison.get("/findings?state=waiting").await;
        assert!(waiting.text().contains(&page), "{}", waiting.text());
        // What is wrong is told at the field and what was typed stays.
        let refused = liaison
            .fill(
                &page,
                &page,
                &[
                    ("act", "other_cause"),
                    ("version", "0"),
                    ("doc_no", "云容认〔2026〕5号"),
                    ("reason", ""),
                ],
            )
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("请写明其他原因") && refused.text().contains("云容认〔2026〕5号"));
        let own = [
            ("act", "other_cause"),
            ("version", "0"),
            ("doc_no", "云容认〔2026〕5号"),
            ("reason", "另案处分"),
        ];
        let refused = liaison.fill(&page, &page, &own).await;
        assert!(refused.text().contains("自己的文号"), "{}", refused.text());
        let stale = [("act", "mistaken"), ("version", "7"), ("reason", "录入错误")];
        let refused = liaison.fill(&page, &page, &stale).await;
        assert!(refused.text().contains("没有改动"), "{}", refused.text());
        assert_eq!(state(&bench).await, "open ");
        let mistaken = [
            ("act", "mistaken"),
            ("version", "0"),
            ("reason", "<script>录入错误</script>"),
        ];
        let done = liaison.fill(&page, &page, &mistaken).await;
        let next = liaison.follow(&done).await;
        assert!(next.text().contains("疑似问题现为「待复核」"), "{}", next.text());
        assert!(!next.text().contains("<script>"));
        assert_eq!(state(&bench).await, "answered 演示单位联络员（demo-liaison）");
        let actor = "SELECT actor FROM journal WHERE action = 'finding.act'";
        assert_eq!(bench.texts(actor).await, ["account:demo-liaison"]);
        // The second look is not a liaison's.
        let refused = liaison
            .fill("/findings", &format!("{page}/confirm"), &[("act", "confirm")])
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);

        let mut handler = Browser::signed_in(&bench.app, Role::Handler).await;
        assert!(handler.get("/findings?state=waiting").await.text().contains(&page));
        let refused = handler
            .fill(
                &page,
                &format!("{page}/confirm"),
                &[("act", "refuse"), ("version", "1")],
            )
            .await;
        assert!(refused.text().contains("请写明退回的理由"), "{}", refused.text());
        let back = [("act", "refuse"), ("version", "1"), ("reason", "没有附件")];
        let done = handler.fill(&page, &format!("{page}/confirm"), &back).await;
        assert!(handler.follow(&done).await.text().contains("复核退回：没有附件"));
        // The handler's own answer is another's to confirm.
        let again = [("act", "mistaken"), ("version", "2"), ("reason", "录入错误")];
        let done = handler.fill(&page, &page, &again).await;
        let next = handler.follow(&done).await;
        assert!(
            next.text().contains("本人不能复核") && !next.text().contains("同意，办结"),
            "{}",
            next.text()
        );
        let refused = handler
            .fill(
                &page,
                &format!("{page}/confirm"),
                &[("act", "confirm"), ("version", "3")],
            )
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("须由另一人复核"));
        // The same name with another account is another person.
        bench
            .execute("UPDATE finding SET answered_by = '演示经办（lin.jia）'")
            .await;
        let done = handler
            .fill(
                &page,
                &format!("{page}/confirm"),
                &[("act", "confirm"), ("version", "3")],
            )
            .await;
        assert!(handler.follow(&done).await.text().contains("已办结"));
        assert!(
            handler
                .get("/findings?state=waiting")
                .await
                .text()
                .contains("没有等待本人办理")
        );
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_finding_is_corrected_or_handed_over() {
    on_both(NOW, async |bench| {
        let id = found(&bench).await;
        let page = format!("/findings/{id}");
        let mut handler = Browser::signed_in(&bench.app, Role::Handler).await;
        let over = [
            ("act", "hand_over"),
            ("version", "0"),
            ("unit", "云川市/水务局"),
            ("person", "白某"),
            ("reason", "人已调动"),
        ];
        let done = handler.fill(&page, &page, &over).await;
        let next = handler.follow(&done).await;
        assert!(
            next.text().contains("由云川市/水务局（白某）答复") && next.text().contains("没有「云川市/水务局」"),
            "{}",
            next.text()
        );
        // The liaison of the first unit still sees it, and does not answer for the other.
        let mut liaison = Browser::signed_in(&bench.app, Role::Liaison).await;
        let shown = liaison.get(&page).await;
        assert!(!shown.text().contains("<summary>已纠正</summary>"), "{}", shown.text());
        let wrong = [("act", "mistaken"), ("version", "1"), ("reason", "录入错误")];
        let refused = liaison.fill("/findings", &page, &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("只答复本单位的"), "{}", refused.text());
        let corrected = |result: &'static str, on: &'static str| {
            [
                ("act", "corrected"),
                ("version", "1"),
                ("result", result),
                ("on", on),
                ("doc_no", "云组干〔2026〕31号"),
            ]
        };
        for (form, said) in [
            (corrected("基本称职", "2026-11-09"), "仍然不利"),
            (corrected("称职", "2026-12-01"), "晚于今天"),
            (corrected("称职", "去年"), "年-月-日"),
        ] {
            let refused = handler.fill(&page, &page, &form).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.text().contains(said), "{said}: {}", refused.text());
        }
        let mut sure = corrected("称职", "2026-11-09").to_vec();
        sure.push(("sure", "1"));
        let done = handler.fill(&page, &page, &sure).await;
        let next = handler.follow(&done).await;
        assert!(
            next.text().contains("答复已纠正：新结果「称职」") && next.text().contains("已纠正）"),
            "{}",
            next.text()
        );
        assert!(state(&bench).await.starts_with("closed"));
    })
    .await;
}

#[tokio::test]
async fn findings_are_narrowed_and_a_sister_sees_none() {
    on_both(NOW, async |bench| {
        let id = found(&bench).await;
        let page = format!("/findings/{id}");
        let mut handler = Browser::signed_in(&bench.app, Role::Handler).await;
        let unit = "%E4%BA%91%E5%B7%9D%E5%B8%82%2F%E4%BD%8F%E5%BB%BA%E5%B1%80";
        let sister = "%E4%BA%91%E5%B7%9D%E5%B8%82%2F%E6%B0%B4%E5%8A%A1%E5%B1%80";
        for (query, there) in [
            (format!("unit={unit}"), true),
            (format!("unit={sister}"), false),
            (format!("owner={unit}&domain=annual_appraisal"), true),
            ("domain=promotion".to_owned(), false),
            (format!("owner={sister}"), false),
        ] {
            let list = handler.get(&format!("/findings?state=all&{query}")).await;
            assert!(
                matches!(list.status, StatusCode::OK | StatusCode::BAD_REQUEST),
                "{query}"
            );
            assert_eq!(list.text().contains(&page), there, "{query}: {}", list.text());
        }
        assert_eq!(
            handler.get("/findings?domain=odd").await.status,
            StatusCode::BAD_REQUEST
        );
        bench
            .execute("UPDATE account SET unit = '云川市/水务局' WHERE login = 'demo-handler'")
            .await;
        assert_eq!(handler.get(&page).await.status, StatusCode::NOT_FOUND);
        let form = [("act", "mistaken"), ("version", "0"), ("reason", "录入错误")];
        assert_eq!(
            handler.fill("/findings", &page, &form).await.status,
            StatusCode::NOT_FOUND
        );
        let confirm = format!("{page}/confirm");
        assert_eq!(
            handler.fill("/findings", &confirm, &[("act", "confirm")]).await.status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(state(&bench).await, "open ");
    })
    .await;
}

#[tokio::test]
async fn what_was_taken_is_recorded_as_restored() {
    on_both(NOW, async |bench| {
        bench.contacts(CONTACTS).await;
        // Taken while the matter is looked into, and the matter ends in 免责.
        let case = bench.until_decided(&new_case("林甲"), None).await;
        bench.set("2026-11-20T10:00:00+08:00");
        let row =
            format!("姓名,单位,事项类别,事项,结果,理由,决定日期\n林甲,{UNIT},评先评优,先进个人,撤销称号,,2026-11-18\n");
        bench.outcomes("终.csv", &row).await;
        bench.set("2026-11-24T10:00:00+08:00");
        bench
            .act(&case, crate::support::casework::conclude(Conclusion::Exempted))
            .await;
        let ids = bench
            .texts("SELECT id FROM remedy WHERE sort = 'restore' AND state = 'open'")
            .await;
        assert_eq!(ids.len(), 1, "the outcome was not taken as one to be restored");
        let page = format!("/standing/{}", ids[0]);
        let mut handler = Browser::signed_in(&bench.app, Role::Handler).await;
        assert!(handler.get("/standing?list=restore").await.text().contains(&page));
        for (doc_no, on, said) in [
            ("", "2026-11-24", "请写明恢复的文号"),
            ("口头", "2026-11-24", "不是文号"),
            ("云组干〔2026〕12号", "2026-12-31", "之间"),
        ] {
            let refused = handler
                .fill(&page, &page, &[("doc_no", doc_no), ("on", on), ("version", "1")])
                .await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
            assert!(refused.text().contains(said), "{said}: {}", refused.text());
        }
        let form = [("doc_no", "云组干〔2026〕12号"), ("on", "2026-11-24"), ("version", "1")];
        let done = handler.fill(&page, &page, &form).await;
        assert!(handler.follow(&done).await.text().contains("已登记恢复"));
        assert_eq!(
            bench.texts("SELECT state || ' ' || settled_by FROM remedy").await,
            ["done 云组干〔2026〕12号"]
        );
        let mut liaison = Browser::signed_in(&bench.app, Role::Liaison).await;
        assert_eq!(liaison.get(&page).await.status, StatusCode::FORBIDDEN);
        bench
            .execute("UPDATE account SET unit = '临江市' WHERE login = 'demo-handler'")
            .await;
        assert_eq!(handler.get(&page).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
