//! 告警与邮件 as people work them in a browser: decisions with their reasons, taking note, silences, mails that wait, the
//! weeks to come; and what whoever looks after the machine sees of them.

use crate::cli::id_number;
use crate::support::app::{Bench, on_both};
use crate::support::site::Browser;
use axum::http::StatusCode;
use rongcuo::app::reconcile::reconcile;
use rongcuo::domain::account::Role;
use rongcuo::store::journal::{self, Wanted};
use rongcuo::store::mails::{self, Claim};
use rongcuo::store::{accounts, alerts};

const NOW: &str = "2026-09-02T10:00:00+08:00";

const CONTACTS: &str = "\
单位,姓名,角色,邮箱
云川市纪委监委,何收文,经办,he@yunchuan.example
云川市纪委监委,孟科长,科室负责人,meng@yunchuan.example
云川市住建局,罗联络,单位联络员,luo@yunchuan.example
云川市,管维护,管理员,guan@yunchuan.example
";
/// Concluded on Tuesday 1 September 2026; only the integrity file is missing, due on Tuesday the 8th.
const REGISTER: &str = "\
案件编号,姓名,单位,事项名称,认定结论,认定日期,状态,问责实施机关,人事档案归档日期,入卷归档日期,反馈本人日期,抄送主管部门日期,抄送上级部门日期,抄送组织部门日期
RC-1,林甲,云川市住建局,加装电梯补贴误发,免责,2026-09-01,生效,云川市纪委监委,2026-09-02,2026-09-02,2026-09-02,2026-09-02,2026-09-02,2026-09-02
";

/// A week of passes: the integrity file lapses and is told urgently.
async fn lived(bench: &Bench) {
    bench.contacts(CONTACTS).await;
    bench.register(REGISTER).await;
    for day in ["2026-09-07", "2026-09-08", "2026-09-09"] {
        for time in ["00:05", "09:00", "09:01"] {
            bench.set(&format!("{day}T{time}:00+08:00"));
            reconcile(&bench.app, bench.app.now()).await.expect("a pass");
        }
    }
    bench.set("2026-09-09T10:00:00+08:00");
}

/// Narrows what somebody sees to a unit.
async fn within(bench: &Bench, role: Role, unit: &str) {
    let mut tx = bench.app.db.begin().await.expect("as the test set it up");
    let mut account = accounts::by_login(&mut tx, &format!("demo-{}", role.as_str()))
        .await
        .expect("as the test set it up")
        .expect("it signed in");
    account.unit = Some(unit.to_owned());
    assert!(
        accounts::update(&mut tx, &account)
            .await
            .expect("as the test set it up")
    );
    tx.commit().await.expect("as the test set it up");
}

async fn first_alert(bench: &Bench) -> alerts::StoredAlert {
    let mut tx = bench.app.db.read().await.expect("as the test set it up");
    let all = alerts::all(&mut tx).await.expect("as the test set it up");
    tx.rollback().await.expect("as the test set it up");
    all.into_iter()
        .find(|one| one.alert.number.as_deref() == Some("RC-1"))
        .expect("it was told")
}

async fn journaled(bench: &Bench, actor: &str, action: &str) -> i64 {
    let wanted = Wanted {
        actor,
        action,
        kind: "",
        object: "",
        from: 0,
        until: i64::MAX,
    };
    let mut tx = bench.app.db.read().await.expect("as the test set it up");
    let count = journal::count(&mut tx, &wanted).await.expect("as the test set it up");
    tx.rollback().await.expect("as the test set it up");
    count
}

#[tokio::test]
async fn decisions_are_listed_with_their_reasons_and_to_nobody_else() {
    on_both(NOW, async |bench| {
        lived(&bench).await;
        let mut desk = Browser::signed_in(&bench.app, Role::Handler).await;
        let page = desk.get("/alerts?number=RC-1").await;
        for words in ["RC-1", "看邮件", "何收文", "逾期第 1 个工作日"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        let other = desk.get("/alerts?number=RC-9").await;
        assert!(other.text().contains("没有这样的决定"));
        let read = desk.get("/alerts?reader=meng%40yunchuan.example&show=sent").await;
        assert!(read.text().contains("孟科长") && !read.text().contains(">何收文<"));
        let digest = desk.get("/alerts?show=digest").await;
        assert!(
            digest.text().contains("没有这样的决定"),
            "each reminder is a mail of its own here"
        );
        assert_eq!(desk.get("/alerts?show=nothing").await.status, StatusCode::BAD_REQUEST);
        within(&bench, Role::Handler, "云川市水务局").await;
        let sister = desk.get("/alerts").await;
        assert!(!sister.text().contains("RC-1"), "{}", sister.text());
        let mut auditor = Browser::signed_in(&bench.app, Role::Auditor).await;
        for page in [
            "/alerts",
            "/alerts/waiting",
            "/alerts/silences",
            "/mails/preview",
            "/mails/held",
        ] {
            assert_eq!(auditor.get(page).await.status, StatusCode::FORBIDDEN, "{page}");
        }
    })
    .await;
}

#[tokio::test]
async fn somebody_takes_note_once_and_for_what_is_theirs() {
    on_both(NOW, async |bench| {
        lived(&bench).await;
        let about = first_alert(&bench).await.alert.subject_id;
        let page = format!("/alerts/waiting/{about}");
        let mut desk = Browser::signed_in(&bench.app, Role::Handler).await;
        assert!(desk.get("/alerts/waiting").await.text().contains(&page));
        let id_number = id_number(1);
        let refused = desk.fill(&page, &page, &[("note", id_number.as_str())]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("公民身份号码"));
        within(&bench, Role::Handler, "云川市水务局").await;
        assert_eq!(desk.get(&page).await.status, StatusCode::NOT_FOUND);
        let sent = desk.fill("/alerts/waiting", "/alerts/silences", &[]).await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
        within(&bench, Role::Handler, "云川市纪委监委").await;
        let done = desk.fill(&page, &page, &[("note", "档案室<i>本周</i>移交")]).await;
        let next = desk.follow(&done).await;
        assert!(next.text().contains("已确认收悉"), "{}", next.text());
        assert!(!next.text().contains(&page), "it still waits");
        assert_eq!(journaled(&bench, "account:demo-handler", "alert.acknowledge").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_silence_has_a_reason_and_an_end_and_is_lifted() {
    on_both(NOW, async |bench| {
        lived(&bench).await;
        let mut desk = Browser::signed_in(&bench.app, Role::Handler).await;
        let page = "/alerts/silences";
        let whole = [
            ("target", "number"),
            ("value", "RC-1"),
            ("until", "2026-09-16"),
            ("reason", "等待回函<b>"),
        ];
        for (missing, said) in [("value", "选择静默什么"), ("until", "到哪一天"), ("reason", "理由")] {
            let fields: Vec<_> = whole.into_iter().filter(|(name, _)| *name != missing).collect();
            let refused = desk.fill(page, page, &fields).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{missing}");
            assert!(refused.text().contains(said), "{missing}");
        }
        let past = [
            ("target", "number"),
            ("value", "RC-1"),
            ("until", "2026-09-01"),
            ("reason", "迟了"),
        ];
        let refused = desk.fill(page, page, &past).await;
        assert!(refused.text().contains("静默到 2026-09-01 为止，已经过去"));
        assert!(refused.text().contains("value=\"RC-1\""));
        for (field, value, said) in [
            ("value", "没有的编号", "没有编号为「没有的编号」的未办结事项"),
            ("until", "2026-02-30", "没有 2026-02-30 这一天"),
            ("until", "2028-09-16", "按现行规则，静默最长"),
        ] {
            let fields = whole.map(|(name, kept)| (name, if name == field { value } else { kept }));
            let refused = desk.fill(page, page, &fields).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{value}");
            assert!(refused.text().contains(said), "{value}: {}", refused.text());
        }
        for (target, value, said) in [
            ("unit", "云川市往建局", "没有单位「云川市往建局」"),
            ("recipient", "hee@yunchuan.example", "没有邮箱「hee@yunchuan.example」"),
        ] {
            let fields = [
                ("target", target),
                ("value", value),
                ("until", "2026-09-16"),
                ("reason", "写错了"),
            ];
            let refused = desk.fill(page, page, &fields).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{value}");
            assert!(refused.text().contains(said), "{value}: {}", refused.text());
        }
        within(&bench, Role::Handler, "云川市水务局").await;
        for foreign in [
            [("target", "unit"), ("value", "云川市住建局")],
            [("target", "number"), ("value", "RC-1")],
            [("target", "kind"), ("kind", "archive_integrity")],
            [("target", "recipient"), ("value", "he@yunchuan.example")],
        ] {
            let mut fields = foreign.to_vec();
            fields.extend([("until", "2026-09-16"), ("reason", "不归本单位")]);
            let refused = desk.fill(page, page, &fields).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{foreign:?}");
            assert!(refused.text().contains("只能静默本单位"), "{foreign:?}");
        }
        within(&bench, Role::Handler, "云川市纪委监委").await;
        let done = desk.fill(page, page, &whole).await;
        let next = desk.follow(&done).await;
        assert!(next.text().contains("等待回函&#60;b&#62;") && next.text().contains("编号 RC-1"));
        let lift = next.text().split("action=\"/alerts/silences/").nth(1).expect("a form");
        let lift = format!("/alerts/silences/{}", lift.split('"').next().expect("its end"));
        within(&bench, Role::Handler, "云川市水务局").await;
        let foreign = desk.fill(page, &lift, &[]).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
        within(&bench, Role::Handler, "云川市纪委监委").await;
        let lifted = desk.fill(page, &lift, &[]).await;
        assert!(desk.follow(&lifted).await.text().contains("没有生效中的静默"));
        assert_eq!(journaled(&bench, "account:demo-handler", "alert.lift").await, 1);
    })
    .await;
}

/// Has the server refuse the first mail for good, repeating whom it was for.
async fn refused_mail(bench: &Bench) -> (String, String) {
    let now = bench.app.now();
    let mut tx = bench.app.db.begin().await.expect("as the test set it up");
    let wanted = Claim {
        owner: "test",
        lease_millis: 60_000,
        limit: 1,
        without: &[],
        channels_only: false,
        left: true,
    };
    let claimed = mails::claim(&mut tx, now, wanted).await.expect("as the test set it up");
    let mail = claimed.first().expect("a mail").clone();
    mails::begin(&mut tx, &mail.id, mail.fence, now, now.plus_millis(60_000))
        .await
        .expect("as the test set it up");
    let reply = format!("550 5.1.1 <{}>: user unknown", mail.recipient);
    mails::record_held(&mut tx, &mail.id, mail.fence, &reply)
        .await
        .expect("as the test set it up");
    tx.commit().await.expect("as the test set it up");
    (mail.id, mail.recipient)
}

async fn state(bench: &Bench, id: &str) -> String {
    let mut tx = bench.app.db.read().await.expect("as the test set it up");
    let row = mails::by_id(&mut tx, id).await.expect("as the test set it up");
    tx.rollback().await.expect("as the test set it up");
    row.expect("a mail").state
}

#[tokio::test]
async fn a_refused_mail_goes_out_again_or_is_ended_with_a_reason() {
    on_both(NOW, async |bench| {
        lived(&bench).await;
        let (id, _) = refused_mail(&bench).await;
        let page = format!("/mails/{id}");
        let mut desk = Browser::signed_in(&bench.app, Role::Supervisor).await;
        let resent = desk.fill(&page, &format!("{page}/resend"), &[]).await;
        assert!(desk.follow(&resent).await.text().contains("已放回队列"));
        assert_eq!(state(&bench, &id).await, "pending");
        let again = desk.fill("/alerts/silences", &format!("{page}/resend"), &[]).await;
        assert_eq!(
            again.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "a waiting mail is not held"
        );
        let end = format!("{page}/end");
        let wordless = desk.fill(&end, &end, &[("reason", " ")]).await;
        assert_eq!(wordless.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wordless.text().contains("须写明原因"));
        let ended = desk.fill(&end, &end, &[("reason", "已当面告知")]).await;
        assert!(desk.follow(&ended).await.text().contains("不再发送"));
        assert_eq!(state(&bench, &id).await, "dropped");
        assert_eq!(journaled(&bench, "account:demo-supervisor", "mail.drop").await, 1);
        within(&bench, Role::Supervisor, "云川市水务局").await;
        for foreign in [page.clone(), end.clone()] {
            assert_eq!(desk.get(&foreign).await.status, StatusCode::NOT_FOUND, "{foreign}");
        }
        let foreign = desk.fill("/alerts/silences", &format!("{page}/resend"), &[]).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn whoever_looks_after_the_machine_sees_envelopes_and_no_words() {
    on_both(NOW, async |bench| {
        lived(&bench).await;
        let (id, reader) = refused_mail(&bench).await;
        let mut system = Browser::signed_in(&bench.app, Role::SystemAdministrator).await;
        let page = system.get("/mails/held").await;
        assert_eq!(page.status, StatusCode::OK);
        for shown in [
            id.as_str(),
            "已搁置",
            "user unknown",
            "＊@y＊.example",
            "重发",
            "未送出的邮件",
        ] {
            assert!(page.text().contains(shown), "{shown}");
        }
        for hidden in [reader.as_str(), "yunchuan.example", "RC-1", "廉政档案", "应于"] {
            assert!(!page.text().contains(hidden), "{hidden}");
        }
        for closed in [
            "/mails".to_owned(),
            format!("/mails/{id}"),
            format!("/mails/{id}/raw"),
            format!("/mails/{id}/html"),
            format!("/mails/{id}/end"),
            "/alerts".to_owned(),
            "/mails/preview".to_owned(),
        ] {
            assert_eq!(system.get(&closed).await.status, StatusCode::FORBIDDEN, "{closed}");
        }
        let end = system
            .fill("/mails/held", &format!("/mails/{id}/end"), &[("reason", "x")])
            .await;
        assert_eq!(end.status, StatusCode::FORBIDDEN);
        let resent = system.fill("/mails/held", &format!("/mails/{id}/resend"), &[]).await;
        assert_eq!(resent.header("location").split('?').next(), Some("/mails/held"));
        assert_eq!(state(&bench, &id).await, "pending");
        within(&bench, Role::SystemAdministrator, "云川市水务局").await;
        assert_eq!(system.get("/mails/held").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn the_next_four_weeks_are_only_looked_at() {
    on_both(NOW, async |bench| {
        lived(&bench).await;
        let count = async || {
            let mut tx = bench.app.db.read().await.expect("as the test set it up");
            let all = alerts::all(&mut tx).await.expect("as the test set it up").len();
            tx.rollback().await.expect("as the test set it up");
            all
        };
        let before = count().await;
        let mut desk = Browser::signed_in(&bench.app, Role::Handler).await;
        let page = desk.get("/mails/preview").await;
        // The fifth working day after Tuesday the 8th is Tuesday the 15th.
        for words in ["2026-09-15", "RC-1", "逾期第 5 个工作日", "单独发出"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        assert_eq!(desk.get("/mails/preview?show=unsent").await.status, StatusCode::OK);
        assert!(
            desk.get("/mails/preview?page=9")
                .await
                .text()
                .contains("第 9 页没有内容")
        );
        assert_eq!(count().await, before);
        within(&bench, Role::Handler, "云川市水务局").await;
        assert!(!desk.get("/mails/preview").await.text().contains("RC-1"));
    })
    .await;
}
