//! Settings through pages: texts are checked, looked at with what they would do, adopted, taken over by another process,
//! brought back.

use crate::support::app::{Bench, bench_under, each_its_own_mail, on_both};
use crate::support::site::{Answer, Browser};
use axum::http::StatusCode;
use rongcuo::app::policies;
use rongcuo::app::reconcile::reconcile;
use rongcuo::app::settings::{self as app_settings};
use rongcuo::domain::account::Role;
use rongcuo::domain::name::Name;
use rongcuo::domain::policy::{DEFAULT_PROFILE, Policy};
use rongcuo::domain::settings::Document;
use rongcuo::store::{Db, journal, settings};

const NOW: &str = "2026-11-23T10:00:00+08:00";
const RULES: &str = "/settings/texts/profile";
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

/// The rules of the tests with another number of days for the two archives, and what they are called in the list.
fn other_rules() -> String {
    let text = each_its_own_mail().text().to_owned();
    let limit = text.find("kind = \"archive_personnel\"").expect("the built-in rules");
    let amount = limit + text[limit..].find("amount = 5").expect("five working days");
    format!("{}amount = 3{}", &text[..amount], &text[amount + "amount = 5".len()..])
}

/// Sends the form of a page of its own, then what the page to check shows.
async fn previewed(browser: &mut Browser, page: &str, fields: &[(&str, &str)]) -> Answer {
    let base = browser.get(page).await.hidden("base");
    let mut all = vec![("base", base.as_str())];
    all.extend_from_slice(fields);
    browser.fill(page, page, &all).await
}

fn unescaped(text: &str) -> String {
    text.replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&")
}

async fn adopted(browser: &mut Browser, checked: &Answer, path: &str, reason: &str) -> Answer {
    let whole = unescaped(&checked.hidden("whole"));
    let (mark, key, base) = (
        checked.hidden("form_mark"),
        checked.hidden("form_key"),
        checked.hidden("base"),
    );
    let mut all = vec![
        ("form_mark", mark.as_str()),
        ("form_key", key.as_str()),
        ("base", base.as_str()),
        ("whole", whole.as_str()),
        ("reason", reason),
        ("sure", "1"),
    ];
    let restores = checked
        .text()
        .contains("name=\"restores\"")
        .then(|| checked.hidden("restores"));
    if let Some(number) = &restores {
        all.push(("restores", number));
    }
    browser.post(path, &all).await
}

fn days(policy: &Policy) -> u32 {
    let limit = policy.rule(Name::new("archive_personnel").expect("a name"));
    limit.expect("a limit").terms.amount
}

async fn due(bench: &Bench) -> String {
    let days = bench
        .texts("SELECT due_day FROM obligation WHERE kind = 'archive_personnel'")
        .await;
    days.first().cloned().expect("an obligation")
}

async fn numbers(bench: &Bench, document: &str) -> i64 {
    bench
        .read(async |tx| settings::newest(tx, document).await.expect("a number"))
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_are_looked_at_adopted_taken_over_and_brought_back() {
    on_both(NOW, async |bench| {
        bench.contacts(CONTACTS).await;
        bench.register(REGISTER).await;
        policies::put_in_force(&bench.app, bench.app.now()).await.expect("in force");
        // 5 个工作日：11 月 30 日。
        assert_eq!(due(&bench).await, "2026-11-30");
        let other = bench_under(bench.app.db.clone(), NOW, each_its_own_mail()).await;
        let mut admin = Browser::signed_in(&bench.app, Role::SystemAdministrator).await;
        let shown = admin.get("/settings").await;
        assert!(shown.text().contains(RULES) && shown.text().contains("程序内置的"));
        let rules = other_rules();
        let checked = previewed(&mut admin, RULES, &[("text", &rules)]).await;
        assert_eq!(checked.status, StatusCode::OK, "{}", checked.text());
        for said in ["增 1 行，删 1 行", "RC-1", "2026-11-30", "2026-11-26", "1 项", "改发"] {
            assert!(checked.text().contains(said), "{said}: {}", checked.text());
        }
        assert_eq!((numbers(&bench, "profile").await, due(&bench).await.as_str()), (0, "2026-11-30"));
        // Without a reason it is not adopted, and what was typed stays.
        let refused = adopted(&mut admin, &checked, RULES, " ").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("请写明采用的理由"));
        assert_eq!(unescaped(&refused.hidden("whole")), rules);
        let done = adopted(&mut admin, &refused, RULES, "市里改为三日").await;
        let history = admin.follow(&done).await;
        assert!(history.text().contains("规则第 1 版已采用") && history.text().contains("市里改为三日"));
        assert!(history.text().contains("第 1–2 项，共 2 项"), "with the text that was there before");
        for page in ["/settings", RULES, "/settings/texts/profile/history", "/settings/texts/profile/versions/1"] {
            let shown = admin.get(page).await;
            let text = shown.text();
            assert!(text.contains("demo-system-administrator"), "{page}: {text}");
            assert!(!text.contains("account:"), "{page}: {text}");
        }
        assert_eq!(days(&bench.app.latest().policy), 3);
        assert_eq!(due(&bench).await, "2026-11-26");

        // Another process takes it over with its next pass, a new one at its start, each in place of its own file.
        assert_eq!(days(&other.app.latest().policy), 5);
        reconcile(&other.app, other.app.now()).await.expect("a pass");
        assert_eq!(days(&other.app.latest().policy), 3);
        let fresh = bench_under(bench.app.db.clone(), NOW, each_its_own_mail()).await;
        assert_eq!(days(&fresh.app.policy), 3);

        // A page that was opened before says so, and nothing of what was typed is lost.
        let mine = rules.replace("amount = 3", "amount = 4");
        let stale = admin.fill(RULES, RULES, &[("base", "0"), ("text", &mine)]).await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(stale.text().contains("已采用第 1 版") && stale.text().contains("amount = 4"));

        // The version shows what it changed, and the one before comes back as a new one.
        let version = admin.get(&format!("{RULES}/versions/1")).await;
        assert!(version.text().contains("amount = 3") && version.text().contains("line-removed"));
        let restore = format!("{RULES}/restore");
        let before = format!("{RULES}/versions/0");
        let checked = admin.fill(&before, &restore, &[("number", "0")]).await;
        assert_eq!(checked.status, StatusCode::OK, "{}", checked.text());
        assert!(checked.text().contains("配置文件所写或程序内置的内容"));
        let done = adopted(&mut admin, &checked, RULES, "改回").await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        assert_eq!(due(&bench).await, "2026-11-30");
        assert_eq!(numbers(&bench, "profile").await, 2);
        let second = bench
            .read(async |tx| settings::one(tx, "profile", 2).await.expect("read").expect("a version"))
            .await;
        assert_eq!((second.replaces, second.restores, second.reason.as_str()), (1, Some(0), "改回"));
        assert!(second.actor.starts_with("account:"));
        let said = bench
            .texts("SELECT actor || ' ' || action FROM journal WHERE action IN ('settings.adopt', 'obligation.move') ORDER BY seq")
            .await;
        let moved = format!("{} obligation.move", second.actor);
        let taken = format!("{} settings.adopt", second.actor);
        assert_eq!(said, [taken.clone(), moved.clone(), taken, moved]);
        let mut tx = bench.app.db.read().await.expect("a transaction");
        journal::verify(&mut tx).await.expect("an unbroken chain");
        tx.rollback().await.expect("ended");
        // What was adopted cannot be taken away again.
        let gone = "DELETE FROM setting_version";
        let refused = match &bench.app.db {
            Db::Sqlite { writer, .. } => sqlx::query(gone).execute(writer).await.is_err(),
            Db::Postgres(pool) => sqlx::query(gone).execute(pool).await.is_err(),
        };
        assert!(refused);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mistake_is_told_with_line_and_column_where_it_stands() {
    on_both(NOW, async |bench| {
        let mut admin = Browser::signed_in(&bench.app, Role::SystemAdministrator).await;
        let wrong = other_rules().replacen("amount = 3", "amount = \"<b>三\"", 1);
        let line = wrong.lines().position(|line| line.contains("<b>")).expect("the line") + 1;
        let refused = previewed(&mut admin, RULES, &[("text", &wrong)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = refused.text();
        assert!(text.contains(&format!("第 {line} 行第 10 列：")), "{text}");
        assert!(text.contains("aria-invalid=\"true\"") && text.contains("&#60;b&#62;三") && !text.contains("<b>三"));
        let words = "/settings/texts/everyday";
        let refused = previewed(&mut admin, words, &[("text", "# 一行\nwords = [\"好\"\n")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.text().contains("第 3 行第 1 列") || refused.text().contains("第 2 行"),
            "{}",
            refused.text()
        );
        let refused = previewed(&mut admin, words, &[("text", "words = [\"好\", \" \"]\n")]).await;
        assert!(refused.text().contains("不是可用的词"), "{}", refused.text());
        let unchanged = app_settings::current(&bench.app, Document::Words("everyday.toml"))
            .await
            .expect("a text")
            .text;
        let refused = previewed(&mut admin, words, &[("text", &unchanged)]).await;
        assert!(refused.text().contains("一字不差"), "{}", refused.text());
        assert_eq!(numbers(&bench, "everyday").await, 0);
        assert_eq!(
            admin.get("/settings/texts/passwords").await.status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(
            admin.get("/settings/texts/profile/versions/7").await.status,
            StatusCode::NOT_FOUND
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_told_is_changed_by_itself_and_keeps_the_rest_of_the_rules() {
    on_both(NOW, async |bench| {
        bench.contacts(CONTACTS).await;
        bench.register(REGISTER).await;
        let routing = "/settings/texts/routing";
        let mut admin = Browser::signed_in(&bench.app, Role::SystemAdministrator).await;
        let shown = admin.get(routing).await;
        assert!(shown.text().contains("[routing]") && !shown.text().contains("[[limit]]"));
        let whole = each_its_own_mail().text().to_owned();
        let own: Vec<String> = rongcuo::domain::settings::parts(&whole)
            .into_iter()
            .filter(|part| part.routing)
            .map(|part| part.text)
            .collect();
        let names = ["text", "text_2", "text_3", "text_4"];
        let changed: Vec<String> = own
            .iter()
            .map(|text| text.replace("longest_silence = 60", "longest_silence = 20"))
            .collect();
        assert_ne!(own, changed, "the rules say how long a silence may last");
        let fields: Vec<(&str, &str)> = names.into_iter().zip(changed.iter().map(String::as_str)).collect();
        let checked = previewed(&mut admin, routing, &fields).await;
        assert_eq!(checked.status, StatusCode::OK, "{}", checked.text());
        assert!(checked.text().contains("增 1 行，删 1 行"));
        assert!(checked.text().contains("没有未办结的事项因此改变到期日"));
        assert!(checked.text().contains("不再发 0 条，改发 0 条"), "{}", checked.text());
        // A mistake is told by the lines of its own place.
        let mut broken = changed.clone();
        broken[0] = broken[0].replace("longest_silence = 20", "longest_silence = \"x\"");
        let line = broken[0]
            .lines()
            .position(|line| line.contains("= \"x\""))
            .expect("the line")
            + 1;
        let fields: Vec<(&str, &str)> = names.into_iter().zip(broken.iter().map(String::as_str)).collect();
        let refused = previewed(&mut admin, routing, &fields).await;
        assert!(
            refused.text().contains(&format!("第 {line} 行第 19 列")),
            "{}",
            refused.text()
        );
        let done = adopted(&mut admin, &checked, routing, "静默不超过二十日").await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        assert_eq!(bench.app.latest().policy.routing.longest_silence, 20);
        let kept = app_settings::current(&bench.app, Document::Profile)
            .await
            .expect("a text")
            .text;
        assert_eq!(kept, whole.replace("longest_silence = 60", "longest_silence = 20"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_are_adopted_over_the_files_and_taken_over_by_another_process() {
    on_both(NOW, async |bench| {
        let other = bench_under(bench.app.db.clone(), NOW, each_its_own_mail()).await;
        let words = "/settings/texts/outcomes";
        let before = app_settings::current(&bench.app, Document::Words("outcomes.toml"))
            .await
            .expect("a text")
            .text;
        let changed = before.replacen("\"基本称职\"", "\"基本称职\", \"勉强过关\"", 1);
        assert_ne!(before, changed);
        let mut admin = Browser::signed_in(&bench.app, Role::SystemAdministrator).await;
        let checked = previewed(&mut admin, words, &[("text", &changed)]).await;
        assert_eq!(checked.status, StatusCode::OK, "{}", checked.text());
        assert!(checked.text().contains("勉强过关") && checked.text().contains("按新的用词"));
        let done = adopted(&mut admin, &checked, words, "本市的写法").await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        let said = |bench: &Bench| format!("{:?}", bench.app.vocabulary().words).contains("勉强过关");
        assert!(said(&bench) && !said(&other));
        reconcile(&other.app, other.app.now()).await.expect("a pass");
        assert!(said(&other));
        // A command that opens the database goes by them, too.
        let fresh = bench_under(
            bench.app.db.clone(),
            NOW,
            Policy::parse(DEFAULT_PROFILE).expect("rules"),
        )
        .await;
        assert!(said(&fresh));
        let file = admin.get(&format!("{words}/versions/1/text")).await;
        assert_eq!(file.text(), changed);
        assert!(file.header("content-disposition").contains("outcomes-1.toml"));
    })
    .await;
}

#[tokio::test]
async fn nobody_but_the_system_administrator_sees_or_changes_settings() {
    on_both(NOW, async |bench| {
        for role in Role::ALL.into_iter().filter(|role| *role != Role::SystemAdministrator) {
            let mut browser = Browser::signed_in(&bench.app, role).await;
            for path in ["/settings", RULES, "/settings/texts/profile/versions/0/text"] {
                assert_eq!(browser.get(path).await.status, StatusCode::FORBIDDEN, "{role:?} {path}");
            }
            assert!(!browser.get("/account").await.text().contains("href=\"/settings\""));
        }
    })
    .await;
}

const ENTRY: &str = "云川市纪委监委,何收文,经办";

async fn entry(bench: &Bench, name: &str) -> String {
    let sql = format!(
        "SELECT COALESCE(email, '-') || ' ' || COALESCE(deputy, '-') || ' ' || CASE WHEN disabled THEN '停用' ELSE '启用' END \
         FROM contact WHERE name = '{name}' ORDER BY disabled"
    );
    bench.texts(&sql).await.join("；")
}

/// The page of the entry that the list of a name leads to.
async fn page_of(browser: &mut Browser, name: &str) -> String {
    let list = browser.get("/settings/people").await;
    let row = list
        .text()
        .split("<a href=\"")
        .find(|rest| rest.contains(&format!("\">{name}</a>")))
        .unwrap_or_else(|| panic!("no {name}: {}", list.text()));
    row.split('"').next().unwrap_or_default().to_owned()
}

/// The page of the unit of the contacts.
async fn unit_page(browser: &mut Browser) -> String {
    let units = browser.get("/settings/units").await;
    let rest = units.text().split("href=\"/settings/units/");
    let own = rest.into_iter().find(|rest| rest.contains("\">云川市纪委监委</a>"));
    let id = own.and_then(|rest| rest.split('"').next()).expect("a unit");
    format!("/settings/units/{id}")
}

/// Sends the form of a page to check with the reason.
async fn confirmed(browser: &mut Browser, checked: &Answer, path: &str, names: &[&str], reason: &str) -> Answer {
    let kept: Vec<(&str, String)> = names
        .iter()
        .chain(&["form_mark", "form_key"])
        .map(|name| (*name, unescaped(&checked.hidden(name))))
        .collect();
    let mut all: Vec<(&str, &str)> = kept.iter().map(|(name, value)| (*name, value.as_str())).collect();
    all.extend([("reason", reason), ("sure", "1")]);
    browser.post(path, &all).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_of_the_directory_is_added_changed_and_brought_back() {
    on_both(NOW, async |bench| {
        bench.contacts(CONTACTS).await;
        let mut admin = Browser::signed_in(&bench.app, Role::SystemAdministrator).await;
        let new = "/settings/people/new";
        let fields = [
            ("unit", "云川市/住建局"),
            ("name", "<b>高联络"),
            ("role", "单位联络员"),
            ("email", "gao"),
        ];
        let refused = admin.fill(new, new, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("不是邮箱地址") && refused.text().contains("value=\"&#60;b&#62;高联络\""));
        let mut fields = fields;
        fields[3].1 = "gao@yunchuan.example";
        let checked = admin.fill(new, new, &fields).await;
        assert!(checked.text().contains("新增") && !checked.text().contains("<b>高联络"));
        assert_eq!(entry(&bench, "<b>高联络").await, "");
        let names = ["unit", "name", "role", "email", "deputy", "seen"];
        let unsaid = confirmed(&mut admin, &checked, new, &names, "").await;
        assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unsaid.text().contains("请写明改动的理由"));
        let checked = admin.fill(new, new, &fields).await;
        let done = confirmed(&mut admin, &checked, new, &names, "新任联络员").await;
        let shown = admin.follow(&done).await;
        assert!(shown.text().contains("通讯录已改动 1 条") && shown.text().contains("新任联络员"));
        assert_eq!(entry(&bench, "<b>高联络").await, "gao@yunchuan.example - 启用");

        // Whoever would be left without anybody to tell is said before.
        let page = page_of(&mut admin, "何收文").await;
        let set = [
            ("form", "entry"),
            ("email", "he@yunchuan.example"),
            ("deputy", "孟 科长"),
            ("state", "closed"),
        ];
        let mut alone = set;
        alone[2].1 = "";
        let checked = admin.fill(&page, &page, &alone).await;
        let lost = "的经办将没有可以收信的人";
        assert!(checked.text().contains(lost), "{}", checked.text());
        alone[2].1 = "无此人";
        let checked = admin.fill(&page, &page, &alone).await;
        assert!(
            checked.text().contains(lost) && checked.text().contains("的代理人「无此人」"),
            "{}",
            checked.text()
        );
        // A deputy stands in, however the name is spaced.
        let checked = admin.fill(&page, &page, &set).await;
        assert!(
            checked.text().contains("邮箱变更、代理人变更、停用"),
            "{}",
            checked.text()
        );
        assert!(!checked.text().contains("注意："), "{}", checked.text());
        // Somebody changes it meanwhile: what was looked at is not made.
        bench
            .contacts(&format!("单位,姓名,角色,邮箱\n{ENTRY},new@yunchuan.example\n"))
            .await;
        let names = ["form", "email", "deputy", "state", "seen"];
        let stale = confirmed(&mut admin, &checked, &page, &names, "调离").await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(stale.text().contains("请重新预览"), "{}", stale.text());
        let done = confirmed(&mut admin, &stale, &page, &names, "调离").await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        assert_eq!(entry(&bench, "何收文").await, "he@yunchuan.example 孟 科长 停用");
        let unit = unit_page(&mut admin).await;
        let shown = admin.get(&unit).await;
        assert!(shown.text().contains("<dt>可以收信</dt><dd>3 人"), "{}", shown.text());

        // The history has what was imported, too, and the first state comes back.
        let shown = admin.get(&page).await;
        assert!(shown.text().contains("第 3 版") && shown.text().contains("导入 联系人.csv"));
        let checked = admin.fill(&page, &page, &[("form", "restore"), ("number", "1")]).await;
        let done = confirmed(&mut admin, &checked, &page, &["form", "number", "seen"], "改回").await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        assert_eq!(entry(&bench, "何收文").await, "shouwen@yunchuan.example - 启用");
        let said = bench
            .texts("SELECT detail FROM journal WHERE action = 'directory.change' ORDER BY seq")
            .await;
        assert_eq!(
            said,
            [
                "第 1 版，新增：新任联络员",
                "第 3 版，邮箱变更、代理人变更、停用：调离",
                "第 4 版，邮箱变更、代理人变更、启用：改回"
            ]
        );
        assert_eq!(
            admin.get("/settings/people/0011223344556677").await.status,
            StatusCode::NOT_FOUND
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_absence_and_a_unit_are_changed_and_changed_back() {
    on_both(NOW, async |bench| {
        bench.contacts(CONTACTS).await;
        let mut admin = Browser::signed_in(&bench.app, Role::SystemAdministrator).await;
        let page = page_of(&mut admin, "何收文").await;
        let absence = [
            ("form", "absence"),
            ("stand_in", "孟科长"),
            ("from", "2026-11-23"),
            ("to", "2026-11-27"),
            ("why", "休假"),
        ];
        let mut nobody = absence;
        nobody[1].1 = "无此人";
        let refused = admin.fill(&page, &page, &nobody).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("代理人须是") && refused.text().contains("value=\"无此人\""));
        // The form that was filled in stays open when it is gone back to; another one is closed.
        let back: Vec<(&str, &str)> = absence.into_iter().chain([("back", "1")]).collect();
        let again = admin.fill(&page, &page, &back).await;
        let open = "<details open><summary>登记离岗";
        assert!(again.text().contains(open) && again.text().contains("value=\"孟科长\""));
        let entry_again = admin.fill(&page, &page, &[("form", "entry"), ("email", "何")]).await;
        assert_eq!(entry_again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!entry_again.text().contains(open), "{}", entry_again.text());
        let checked = admin.fill(&page, &page, &absence).await;
        assert!(
            checked.text().contains("「何收文」的提醒送「孟科长」"),
            "{}",
            checked.text()
        );
        let names = ["form", "stand_in", "from", "to", "why"];
        let done = confirmed(&mut admin, &checked, &page, &names, "").await;
        let shown = admin.follow(&done).await;
        assert!(shown.text().contains("已登记") && shown.text().contains("结束代理"));
        let checked = admin
            .fill(&page, &page, &[("form", "end"), ("since", "2026-11-23")])
            .await;
        assert!(checked.text().contains("自今天起结束"));
        // As long as the field lets it be, and in lines.
        assert!(checked.text().contains("maxlength=\"4000\""), "{}", checked.text());
        let long = format!("提前回来\n{}", "详".repeat(300));
        let done = confirmed(&mut admin, &checked, &page, &["form", "since"], &long).await;
        let shown = admin.follow(&done).await;
        assert!(shown.text().contains("没有登记离岗"), "{}", shown.text());
        let mut later = absence;
        later[2].1 = "2026-11-24";
        let checked = admin.fill(&page, &page, &later).await;
        confirmed(&mut admin, &checked, &page, &names, "").await;

        let unit = unit_page(&mut admin).await;
        let checked = admin.fill(&unit, &unit, &[("act", "close")]).await;
        assert!(checked.text().contains("将改动 3 条"), "{}", checked.text());
        let done = confirmed(&mut admin, &checked, &unit, &["act", "to", "seen"], "撤并").await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        assert_eq!(entry(&bench, "管平").await, "guan@yunchuan.example - 停用");
        let checked = admin.fill(&unit, &unit, &[("act", "open")]).await;
        confirmed(&mut admin, &checked, &unit, &["act", "to", "seen"], "恢复").await;
        assert_eq!(entry(&bench, "管平").await, "guan@yunchuan.example - 启用");
        let rename = [("act", "rename"), ("to", "云川市/纪委监委")];
        let checked = admin.fill(&unit, &unit, &rename).await;
        assert!(checked.text().contains("将改动 6 条"), "{}", checked.text());
        assert!(
            checked.text().contains("登记的离岗代理 1 次") && checked.text().contains("2026-11-24"),
            "{}",
            checked.text()
        );
        let done = confirmed(&mut admin, &checked, &unit, &["act", "to", "seen"], "更名").await;
        let shown = admin.follow(&done).await;
        assert!(shown.text().contains("<h1>云川市/纪委监委</h1>"), "{}", shown.text());
        assert_eq!(
            entry(&bench, "管平").await,
            "guan@yunchuan.example - 启用；guan@yunchuan.example - 停用"
        );
        // The absence goes along; the one that has ended stays where it was.
        let absences = "SELECT unit || ' ' || from_day FROM delegation ORDER BY from_day";
        assert_eq!(
            bench.texts(absences).await,
            ["云川市纪委监委 2026-11-23", "云川市/纪委监委 2026-11-24"]
        );
        let page = page_of(&mut admin, "何收文").await;
        let shown = admin.get(&page).await;
        assert!(
            shown.text().contains("云川市/纪委监委") && shown.text().contains("结束代理"),
            "{}",
            shown.text()
        );
        let said = "SELECT detail FROM journal WHERE action = 'directory.change' AND detail LIKE '%名下%'";
        assert_eq!(
            bench.texts(said).await,
            ["何收文自 2026-11-24 起由孟科长代理，改到「云川市/纪委监委」名下：更名"]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ways_out_are_tried_through_the_outbox_and_secrets_are_not_shown() {
    on_both(NOW, async |bench| {
        bench.contacts(CONTACTS).await;
        let mut admin = Browser::signed_in(&bench.app, Role::SystemAdministrator).await;
        let shown = admin.get("/settings/ways").await;
        assert!(shown.text().contains("smtp.yunchuan.example") && shown.text().contains("hook.yunchuan.example"));
        assert!(shown.text().contains("没有测试过"));
        let form = "/settings/ways/mail";
        let refused = admin.fill(form, form, &[("address", "somebody@else.example")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("只发给通讯录里的邮箱") && refused.text().contains("somebody@else.example"));
        let done = admin.fill(form, form, &[("address", "GUAN@yunchuan.example")]).await;
        let shown = admin.follow(&done).await;
        assert!(shown.text().contains("guan@yunchuan.example") && shown.text().contains("待送出"));
        let channel = "/settings/ways/channels/duty/trial";
        let done = admin.fill("/settings/ways", channel, &[]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        let other = admin
            .fill("/settings/ways", "/settings/ways/channels/other/trial", &[])
            .await;
        assert_eq!(other.status, StatusCode::NOT_FOUND);
        let waiting = bench
            .texts("SELECT recipient FROM mail WHERE state = 'pending' ORDER BY recipient")
            .await;
        assert_eq!(waiting, ["channel:duty", "guan@yunchuan.example"]);
        bench
            .execute("UPDATE mail SET in_doubt = 1 WHERE recipient = 'guan@yunchuan.example'")
            .await;
        // The words of the list of mails, no others.
        let shown = admin.get("/settings/ways").await;
        assert!(
            shown.text().contains("存疑") && !shown.text().contains("结果不明"),
            "{}",
            shown.text()
        );
        // So many an hour: it is no way to write to people.
        for _ in 2..20 {
            bench.set(&format!(
                "2026-11-23T10:00:{:02}+08:00",
                bench
                    .app
                    .now()
                    .time()
                    .format("%S")
                    .to_string()
                    .parse::<u32>()
                    .expect("seconds")
                    + 1
            ));
            admin.fill(form, form, &[("address", "guan@yunchuan.example")]).await;
        }
        let refused = admin.fill(form, form, &[("address", "guan@yunchuan.example")]).await;
        assert!(refused.text().contains("一小时内已测试 20 次"), "{}", refused.text());
        let said = bench
            .texts("SELECT action FROM journal WHERE action LIKE '%.trial' GROUP BY action ORDER BY action")
            .await;
        assert_eq!(said, ["channel.trial", "mail.trial"]);
    })
    .await;
}

#[tokio::test]
async fn the_first_page_says_which_version_is_in_force_and_reads_no_text() {
    let folder = tempfile::tempdir().expect("a folder");
    let words = folder.path().join("words");
    std::fs::create_dir(&words).expect("a folder");
    let db = Db::open_sqlite(&folder.path().join("test.db"))
        .await
        .expect("a database");
    let bench = crate::support::app::bench_saying(db, NOW, words.clone()).await;
    // Not to be read any more.
    std::fs::write(words.join("outcomes.toml"), [0xff, 0xfe]).expect("a file");
    let mut admin = Browser::signed_in(&bench.app, Role::SystemAdministrator).await;
    let shown = admin.get("/settings").await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text());
    let lost = admin.get("/settings/texts/outcomes").await;
    assert_ne!(lost.status, StatusCode::OK, "the file can be read after all");
}

#[tokio::test]
async fn what_goes_through_a_channel_is_said_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = Db::open_sqlite(&folder.path().join("test.db"))
        .await
        .expect("a database");
    let before = "\nanswers = [";
    let channel = "channels = [{ id = \"duty\", severities = [\"warn\", \"urgent\"] }]\n";
    let rules = DEFAULT_PROFILE.replacen(before, &format!("\n{}{before}", channel.trim_end()), 1);
    let rules = Policy::parse(&rules).expect("rules with a channel");
    let bench = bench_under(db, NOW, rules).await;
    let mut admin = Browser::signed_in(&bench.app, Role::SystemAdministrator).await;
    let shown = admin.get("/settings/ways").await;
    assert!(
        shown.text().contains("警示、紧急") && !shown.text().contains("urgent"),
        "{}",
        shown.text()
    );
}
