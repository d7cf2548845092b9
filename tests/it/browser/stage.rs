//! The city, its pages and what the flows need beside the story.

use super::driver::Session;
use crate::support::app::Bench;
use crate::support::mails;
use crate::support::site::{info, session};
use rongcuo::app::accounts;
use rongcuo::cli::demo::{Stage, tell};
use rongcuo::config::Accounts;
use rongcuo::domain::account::Role;
use rongcuo::domain::time::Moment;
use rongcuo::runtime::clock::FixedClock;
use rongcuo::web::{Doors, router, serve};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// A working Monday of the city.
const NOW: &str = "2026-11-23T10:00:00+08:00";

/// What one turn through the flows works on: each needs matters of its own.
pub struct Turn {
    pub person: &'static str,
    pub matter: &'static str,
    /// What kind of result is questioned.
    pub questioned: &'static str,
    pub item: &'static str,
}

pub const FIRST: Turn = Turn {
    person: "顾临渊",
    matter: "信用承诺先行试点执行偏差",
    questioned: "年度考核",
    item: "ZG-2026-032",
};

pub const SECOND: Turn = Turn {
    person: "何清川",
    matter: "联合抽查改革首批结果误录",
    questioned: "评先评优",
    item: "ZG-2026-041",
};

/// The pages, served.
pub struct Site {
    pub base: String,
    /// The list that is checked.
    pub list: PathBuf,
    /// A file of evidence.
    pub evidence: PathBuf,
    /// Addresses that are nobody's but whoever was given them.
    pub given: Vec<(&'static str, String)>,
    bench: Bench,
    stop: CancellationToken,
    _folder: TempDir,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// What the story lacks: a second item, a second questionable result.
const LEDGER: &str = "\
编号,问题,责任单位,责任人,督办单位,整改时限,状态,最近进展,最近进展日期,销号日期
ZG-2026-041,竣工资料移交不及时,云川市/住建局,陆明澈,云川市/委督查室,2026-12-21,整改中,已清理积案,2026-11-16,
";
const DRAFT: &str = "\
姓名,单位,事项类别,结果,理由,期间,决定日期
许知微,云川市/住建局,评先评优,取消推荐,因装配式建筑检测标准先行先试偏差一事,2026年度,
";
impl Site {
    /// Tells the story and opens the pages.
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let base = format!("http://{address}");
        let stop = CancellationToken::new();
        let stage = Stage::set(folder.path(), &base, stop.clone()).await.expect("a stage");
        let now = Moment::parse(NOW).expect("a moment");
        let clock = FixedClock::new(now);
        let app = stage.app(Arc::new(clock.clone())).await.expect("the service");
        let bench = Bench { app, clock };
        let rules = Accounts::builtin().rules;
        let first = accounts::first_link(&bench.app, &rules).await.expect("a link");
        let first = first.expect("no accounts yet");
        tell(&stage, now).await.expect("a story");
        bench.rectifications(LEDGER).await;
        bench.keep("评先.csv", DRAFT).await;
        for role in Role::ALL {
            session(&bench.app, role).await;
        }
        let evidence = folder.path().join("整改报告.pdf");
        std::fs::write(&evidence, "%PDF-1.7 整改报告").expect("a file");
        let lists = std::fs::read_dir(folder.path().join("lists")).expect("the lists");
        let list = lists
            .map(|entry| entry.expect("an entry").path())
            .find(|path| path.to_string_lossy().ends_with("年度考核.xlsx"))
            .expect("the story has a list");
        let mail = mails::of_folder(&stage.mail_folder());
        let answer = mail
            .iter()
            .filter_map(|mail| mail.text.split("/answers/").nth(1))
            .next_back()
            .and_then(|rest| rest.split_whitespace().next())
            .expect("urgent mails carry a link");
        let given = vec![
            ("/answers/{token}", format!("/answers/{answer}")),
            ("/set-up/{token}", first.replacen(&base, "", 1)),
        ];
        let pages = router(Arc::new(bench.app.clone()), info(&base, true));
        let stopped = stop.clone();
        tokio::spawn(async move { serve(listener, pages, Doors::default(), stopped).await });
        Self {
            base,
            list,
            evidence,
            given,
            bench,
            stop,
            _folder: folder,
        }
    }

    /// Makes the account of a role somebody whom the contacts know.
    pub async fn become_(&self, role: Role, name: &str, unit: Option<&str>) {
        let login = format!("demo-{}", role.as_str());
        let unit = unit.map_or_else(|| "NULL".to_owned(), |unit| format!("'{unit}'"));
        let update = format!("UPDATE account SET name = '{name}', unit = {unit} WHERE login = '{login}'");
        self.bench.execute(&update).await;
    }
}

/// Signs in by one click, as whoever was there before or nobody.
pub async fn enter(browser: &Session, role: Role) {
    browser.goto("/sign-in").await;
    if browser.has(".who form button").await {
        browser.click(".who form button").await;
        browser.wait_for("button[name=role]").await;
    }
    browser
        .click(&format!("button[name=role][value={}]", role.as_str()))
        .await;
    browser.wait_for(".who").await;
}
