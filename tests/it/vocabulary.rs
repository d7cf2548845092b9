//! Word lists that somebody changes while the service runs.

use crate::cli::Desk;
use crate::support::app::{Bench, bench_saying, each_database};
use rongcuo::app::import::Source;
use rongcuo::app::precheck::{Request, precheck};
use rongcuo::app::reconcile::reconcile;
use rongcuo::domain::protection::OutcomeClass;
use rongcuo::files::{self, Limits};
use std::fs;
use std::path::Path;

const REGISTER: &str = "案件编号,姓名,公民身份号码,单位,事项名称,认定结论,认定日期,结论文号\n\
    RC-1,林甲,,云川市/住建局,加装电梯补贴误发,免责,2026-03-02,云容认〔2026〕1号\n";
const LIST: &str = "姓名,单位,事项类别,结果,理由\n林甲,云川市/住建局,年度考核,留评,\n";

/// What the result 留评 is taken for.
async fn class_of_the_new_word(bench: &Bench) -> Option<OutcomeClass> {
    let app = &bench.app;
    let list = files::read_list(
        "名单.csv",
        LIST.as_bytes(),
        &app.vocabulary().headers,
        &Limits::default(),
    );
    let list = list.expect("a plain list");
    let options = app.policy.judging(app.now().day());
    let request = Request {
        list: &list,
        source: &Source::new("名单.csv", LIST.as_bytes()),
        options,
        keep: false,
        kind: "precheck",
    };
    let checked = precheck(app, &request).await.expect("judged");
    checked.report.results[0].outcome_class
}

async fn entries(bench: &Bench, action: &str) -> i64 {
    bench
        .count(&format!("SELECT COUNT(*) FROM journal WHERE action = '{action}'"))
        .await
}

fn write(dir: &Path, words: &str) {
    let builtin = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/words/outcomes.toml");
    let text = fs::read_to_string(builtin).expect("the built-in words");
    let place = "[annual_appraisal]\nadverse = [";
    assert!(text.contains(place));
    fs::write(
        dir.join("outcomes.toml"),
        text.replacen(place, &format!("{place}{words}"), 1),
    )
    .expect("written");
}

#[tokio::test]
async fn a_changed_word_list_is_in_force_from_the_next_pass_on_and_a_wrong_one_never() {
    each_database(async |db| {
        let dir = tempfile::tempdir().expect("a folder");
        write(dir.path(), "");
        let bench = bench_saying(db, "2026-11-05T10:00:00+08:00", dir.path().to_path_buf()).await;
        bench.register(REGISTER).await;
        let pass = async || reconcile(&bench.app, bench.app.now()).await.expect("a pass");
        pass().await;
        assert_eq!(class_of_the_new_word(&bench).await, Some(OutcomeClass::Unknown));

        write(dir.path(), "\"留评\", ");
        pass().await;
        assert_eq!(class_of_the_new_word(&bench).await, Some(OutcomeClass::Adverse));
        assert_eq!(entries(&bench, "words.reload").await, 1);

        write(dir.path(), "\"称职\", ");
        pass().await;
        pass().await;
        assert_eq!(
            class_of_the_new_word(&bench).await,
            Some(OutcomeClass::Adverse),
            "what was in use stays"
        );
        assert_eq!(entries(&bench, "words.refuse").await, 1, "told once");

        fs::write(dir.path().join("headers.toml"), "[stop]\nstarts = 1\n").expect("written");
        write(dir.path(), "");
        pass().await;
        assert_eq!(entries(&bench, "words.refuse").await, 2, "header words are checked too");
        fs::remove_file(dir.path().join("headers.toml")).expect("removed");
        pass().await;
        assert_eq!(class_of_the_new_word(&bench).await, Some(OutcomeClass::Unknown));
        assert_eq!(entries(&bench, "words.reload").await, 2);
    })
    .await;
}

/// The built-in lists with one kind of outcome more, in a folder of the site.
fn with_secondments(dir: &Path) {
    let builtin = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/words");
    let text = |name: &str| fs::read_to_string(builtin.join(name)).expect("the built-in words");
    let names = "\n[secondment]\nname = \"挂职锻炼\"\ntitles = [\"挂职\"]\ncategories = [\"挂职锻炼\"]\nheaders = []\n";
    let classes = "\n[secondment]\nadverse = [\"提前召回\"]\nordinary = [\"期满\"]\nfavourable = [\"选派\"]\n";
    fs::create_dir(dir).expect("a folder");
    fs::write(dir.join("domains.toml"), text("domains.toml") + names).expect("written");
    fs::write(dir.join("outcomes.toml"), text("outcomes.toml") + classes).expect("written");
}

#[test]
fn a_kind_of_outcome_is_added_without_a_program() {
    let desk = Desk::new();
    with_secondments(&desk.path("words"));
    let config = fs::read_to_string(desk.path("rongcuo.toml")).expect("a configuration");
    desk.write("rongcuo.toml", format!("{config}[words]\ndir = \"words\"\n").as_bytes());
    desk.write("register.csv", REGISTER.as_bytes());
    desk.write(
        "list.csv",
        "2026年干部挂职情况,,,\n姓名,单位,结果,理由\n林甲,云川市/住建局,提前召回,加装电梯补贴误发\n".as_bytes(),
    );
    let now = "2026-11-23T10:00:00+08:00";
    assert_eq!(
        desk.run(&["import", "register", "register.csv", "--debug-now", now])
            .code,
        0
    );
    let said = desk.run(&["precheck", "list.csv", "--keep", "--format", "json", "--debug-now", now]);
    assert_eq!(said.code, 1, "{}", said.err);
    let told: serde_json::Value = serde_json::from_str(&said.out).expect("one document");
    let line = &told["results"][0];
    assert_eq!(
        (&line["domain"], &line["verdict"]),
        (&"secondment".into(), &"violation".into())
    );
    assert_eq!(told["findings_opened"], 1);
    // It stays readable when the site gives its word lists up; nobody is on record who could be told.
    desk.write("rongcuo.toml", config.as_bytes());
    // The clock of each command runs on from its start, so what one made is only sure to be due minutes later.
    let later = "2026-11-23T10:05:00+08:00";
    desk.at(later, 1, &["serve", "--run-once"]);
    let wrong = desk.at(later, 2, &["precheck", "list.csv", "--domain", "secondment"]);
    assert!(wrong.err.contains("annual_appraisal"), "{}", wrong.err);
}
