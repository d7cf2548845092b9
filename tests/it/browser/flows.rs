//! The five main flows, as people go through them with a mouse and a keyboard.

use super::driver::Session;
use super::stage::{Site, Turn, enter};
use rongcuo::domain::account::Role;

/// 登记案件: typed, checked with every limit, entered.
pub async fn register(browser: &Session, turn: &Turn) {
    enter(browser, Role::Handler).await;
    browser.goto("/cases").await;
    browser.press("登记案件").await;
    // What is wrong is told, and what was typed stays.
    browser.fill("姓名", turn.person).await;
    browser.fill("单位", "云川市/市场监管局").await;
    browser.fill("事项名称", turn.matter).await;
    browser.fill("问责实施机关", "云川市/纪委监委").await;
    browser.choose("已作结论：免予问责").await;
    browser.fill("日期", "2026-12-01").await;
    browser.press("核对期限").await;
    browser.wait_for(".problems a").await;
    browser.says("晚于今天").await;
    browser.fill("日期", "2026-11-20").await;
    browser.press("核对期限").await;
    browser.says("核对：登记案件").await;
    browser.says("结论归入廉政档案").await;
    browser.says("二(四)5").await;
    browser.press("登记").await;
    browser.wait_for(".done").await;
    browser.says("已登记").await;
    browser.says(turn.matter).await;
    // An archive check-off in the row of its limit.
    browser.fill("回执编号", "档收〔2026〕77号").await;
    browser.click(".quick button").await;
    browser.says("按期").await;
}

/// Drops a list in and waits for what is said of it.
pub async fn precheck_as(browser: &Session, role: Role, site: &Site) {
    enter(browser, role).await;
    browser.goto("/precheck").await;
    browser.says("核对拟定的人事名单").await;
    browser.upload("名单", &site.list).await;
    browser.press("送检").await;
    browser.wait_for("table.lines").await;
    browser.says("基本称职").await;
}

/// 预检: a list is dropped in and its rows are told, without the case.
pub async fn precheck(browser: &Session, site: &Site) {
    precheck_as(browser, Role::Prechecker, site).await;
    browser.says("下载标注后的原表").await;
    let text = browser.text().await;
    assert!(
        !text.contains("RC-2026"),
        "a pre-check clerk is told of a case:\n{text}"
    );
}

/// 回复疑似问题: the unit answers, another looks at it.
pub async fn answer(browser: &Session, turn: &Turn) {
    enter(browser, Role::Liaison).await;
    browser.goto("/findings").await;
    browser.press(turn.questioned).await;
    browser.press("误报").await;
    browser.fill("理由", "名单录入有误，已与经办核对").await;
    browser.press("登记误报").await;
    browser.wait_for(".done").await;
    browser.says("待复核").await;
    let page = browser.path().await;
    let page = page.split('?').next().expect("a path");
    assert!(!browser.has("#confirm").await, "who answers looks at it again");
    enter(browser, Role::Handler).await;
    browser.goto(page).await;
    browser.press("同意，办结").await;
    browser.wait_for(".done").await;
    browser.says("已办结").await;
}

/// 整改进展与销号: reported, proved, asked to be closed, checked by another. Gives the item's page.
pub async fn rectify(browser: &Session, site: &Site, turn: &Turn) -> String {
    site.become_(Role::Supervisor, "秦牧野", None).await;
    enter(browser, Role::Liaison).await;
    browser.goto("/rectifications").await;
    browser.press(turn.item).await;
    browser.press("报告进展").await;
    browser.fill("进展情况", "制度已印发，逐项核对完毕").await;
    browser.fill("完成比例", "100").await;
    browser.click("#act-report button").await;
    browser.wait_for(".done").await;
    browser.says("进展已登记").await;
    browser.press("提交佐证材料").await;
    browser.upload("文件", &site.evidence).await;
    browser.click("#act-attach button").await;
    browser.wait_for(".done").await;
    browser.says("整改报告.pdf").await;
    let page = browser.path().await;
    let page = page.split('?').next().expect("a path").to_owned();
    enter(browser, Role::Supervisor).await;
    browser.goto(&page).await;
    browser.press("申请销号").await;
    browser.click("#act-close button").await;
    browser.wait_for(".done").await;
    browser.says("等待验收").await;
    site.become_(Role::Supervisor, "岳知秋", None).await;
    browser.goto(&page).await;
    browser.press("验收").await;
    browser.choose("合格，销号").await;
    browser.click("#act-check button").await;
    browser.says("销号不能撤回").await;
    browser.click("main form.entry button").await;
    browser.wait_for(".done").await;
    browser.says("已销号").await;
    page
}

/// 确认告警: somebody takes note, and it is no longer waited for.
pub async fn acknowledge(browser: &Session) {
    enter(browser, Role::Handler).await;
    browser.goto("/alerts/waiting").await;
    browser.click("main td a[href^='/alerts/waiting/']").await;
    let asked = browser.path().await;
    browser.fill("说明", "档案室本周移交").await;
    browser.press("确认收悉").await;
    browser.wait_for(".done").await;
    assert!(
        !browser.has(&format!("a[href='{asked}']")).await,
        "it is still waited for"
    );
}
