//! The pages in a real browser: the distribution's Chromium, driven over WebDriver. The demonstration's city is told once,
//! its pages are served on loopback, and browsers go through them: the five main flows as the people whose they are, with
//! scripts and without, then every page of every role, looked at for what a browser complains of, for whoever uses no
//! mouse or sees badly, and for narrow windows. Pictures of all pages are left in `target/screenshots`.

mod driver;
mod flows;
mod stage;
mod walk;

use driver::Driver;
use stage::Site;
use std::io::Write as _;

/// One test, so that the city is told once and one driver serves all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pages_hold_in_a_real_browser() {
    let Some(driver) = Driver::start() else {
        let message = "没有 Chromium 或 chromedriver，浏览器里的测试没有运行：安装 chromium、chromium-driver";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{message}");
        writeln!(std::io::stderr(), "\n######## {message} ########").expect("standard error is open");
        return;
    };
    let site = Site::open().await;
    let (with, without) = tokio::join!(driver.open(&site.base, true), driver.open(&site.base, false));
    let mut closed = String::new();
    for (browser, turn) in [(&with, stage::FIRST), (&without, stage::SECOND)] {
        flows::register(browser, &turn).await;
        flows::precheck(browser, &site).await;
        flows::answer(browser, &turn).await;
        closed = flows::rectify(browser, &site, &turn).await;
        flows::acknowledge(browser).await;
        let complaints = browser.complaints().await;
        assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    }
    assert!(
        without_scripts(&without).await,
        "scripts ran where they were turned off"
    );
    without.close().await;
    let faults = walk::walk(with, &site, &closed).await;
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// A form that was sent carries the script's mark; here none may.
async fn without_scripts(browser: &driver::Session) -> bool {
    browser.goto("/sign-in").await;
    let marks = "var form = document.querySelector('form'); form.dispatchEvent(new Event('submit', { bubbles: true, \
                 cancelable: true })); return form.hasAttribute('data-sent');";
    browser.script(marks).await == serde_json::Value::Bool(false)
}
