//! Numbers of papers, given out to many at once: without gaps, never twice, and none for a paper that was not issued.

use crate::support::app::{Bench, on_both};
use crate::support::casework::{UNIT, act_on, case_ref, conclude, new_case};
use rongcuo::app::AppError;
use rongcuo::app::papers::{self, Occasion, Written};
use rongcuo::app::procedure::CaseRef;
use rongcuo::domain::case::Conclusion;
use rongcuo::domain::paper::PaperKind;
use rongcuo::domain::procedure::{Act, Changes};
use rongcuo::store::Backend;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Read as _;

const ORGANS: [&str; 3] = ["云川市纪委监委", "云川市委组织部", "云川市/审计局"];
const YEARS: [i32; 2] = [2025, 2026];
/// Cases of each organ; each is concluded in both years' reach.
const CASES: usize = 18;

fn occasion(date: &str) -> Occasion {
    Occasion {
        code: Some("云容".to_owned()),
        date: Some(date.parse().expect("a day")),
        organization: Some("中共云川市委组织部".to_owned()),
        regrade: vec![(2024, "不确定等次".to_owned())],
        ..Occasion::default()
    }
}

/// A register of exonerated cases that can be written about in both years.
fn register() -> String {
    let mut text =
        String::from("案件编号,姓名,单位,事项名称,认定结论,认定日期,结论文号,状态,问责实施机关,主管部门,上级部门\n");
    for (number, organ) in ORGANS.iter().enumerate() {
        for serial in 0..CASES {
            writeln!(
                text,
                "RC-{number}-{serial},林{number}{serial},{UNIT},事项{number}之{serial},免予问责,2025-03-10,\
                 云容认〔2025〕{serial}号,生效,{organ},云川市人民政府,自治区住房和城乡建设厅"
            )
            .expect("a text");
        }
    }
    text
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a text");
        text
    })
}

/// The text of the document inside a paper.
fn document(bytes: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a zip");
    let mut text = String::new();
    let mut part = archive.by_name("word/document.xml").expect("the document");
    part.read_to_string(&mut text).expect("UTF-8");
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn hundreds_of_papers_at_once_are_numbered_without_gaps_or_doubles() {
    on_both("2026-11-24T10:00:00+08:00", async |bench| {
        bench.register(&register()).await;
        let kinds = [
            PaperKind::Conclusion,
            PaperKind::CopyLetter,
            PaperKind::ArchiveList,
            // Not for an exonerated case: fails, and must take no number.
            PaperKind::Refusal,
        ];
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..ORGANS.len() {
            for serial in 0..CASES {
                for year in YEARS {
                    let (app, which) = (bench.app.clone(), case_ref(&format!("RC-{number}-{serial}")));
                    tasks.spawn(async move {
                        let mut issued = Vec::new();
                        for kind in kinds {
                            let occasion = occasion(&format!("{year}-06-{:02}", serial + 1));
                            let done = papers::issue(&app, &which, kind, &occasion, "何收文").await;
                            match (kind, done) {
                                (PaperKind::Refusal, Err(AppError::Input(_))) => {}
                                (_, Ok(written)) => issued.push(written),
                                (kind, done) => panic!("{kind:?}: {done:?}"),
                            }
                        }
                        issued
                    });
                }
            }
        }
        let all: Vec<Written> = tasks.join_all().await.into_iter().flatten().collect();
        assert_eq!(all.len(), ORGANS.len() * CASES * YEARS.len() * 3);
        let mut series: BTreeMap<(String, String, i32), BTreeSet<u32>> = BTreeMap::new();
        for written in &all {
            let number = written.paper.number.clone().expect("a number");
            assert!(document(&written.bytes).contains(&number.to_string()));
            let own = series
                .entry((written.paper.organ.clone(), number.prefix, number.year))
                .or_default();
            assert!(own.insert(number.serial), "{} twice", number.serial);
        }
        // 馈, 函 and 移 of each organ and year.
        assert_eq!(series.len(), 3 * ORGANS.len() * YEARS.len());
        let expected: BTreeSet<u32> = (1..=u32::try_from(CASES).expect("few")).collect();
        for (key, serials) in &series {
            assert_eq!(serials, &expected, "{key:?}");
        }
        let (units, last) = (
            bench
                .count("SELECT COUNT(*) FROM number_series WHERE prefix <> 'RC'")
                .await,
            bench
                .count("SELECT COUNT(*) FROM number_series WHERE prefix <> 'RC' AND last <> 18")
                .await,
        );
        assert_eq!((units, last), (18, 0), "no number beyond those issued");
        let entries = bench
            .count("SELECT COUNT(*) FROM journal WHERE action = 'paper.issue'")
            .await;
        assert_eq!(entries, i64::try_from(all.len()).expect("few"));
        for written in all.iter().step_by(17) {
            let number = written.paper.number.as_ref().expect("a number").to_string();
            let kept = papers::issued(&bench.app, &number, Some(&written.paper.organ), "何收文").await;
            let kept = kept.expect("the paper");
            assert_eq!(kept.bytes, written.bytes);
            assert_eq!(kept.paper.hash, hash(&kept.bytes));
        }
        let vague = papers::issued(&bench.app, "云容馈〔2026〕1号", None, "何收文").await;
        let said = vague.expect_err("three organs have that number").to_string();
        assert!(said.contains("--organ") && said.contains("云川市审计局"), "{said}");
        bench.verified().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_paper_is_issued_once_however_often_it_is_asked_for() {
    on_both("2026-11-24T10:00:00+08:00", async |bench| {
        let case = bench.concluded(&new_case("林甲"), Conclusion::Exempted).await;
        let ask = || {
            let (app, which) = (bench.app.clone(), case_ref(&case));
            let occasion = Occasion {
                date: None,
                ..occasion("2026-11-24")
            };
            tokio::spawn(async move { papers::issue(&app, &which, PaperKind::Conclusion, &occasion, "何收文").await })
        };
        let (first, second) = (ask(), ask());
        let both = [first, second].map(async |task| task.await.expect("ended").expect("issued"));
        let [first, second] = both;
        let (first, second) = (first.await, second.await);
        assert_ne!(first.again, second.again, "one is issued, the other taken out");
        assert_eq!((&first.bytes, &first.hash), (&second.bytes, &second.hash));
        assert_eq!(number(&first), "云容馈〔2026〕1号");

        // On a later day it is still the same paper; dated otherwise, or saying something else, it is another.
        bench.set("2026-11-26");
        let later = ask().await.expect("ended").expect("issued");
        assert!(later.again);
        assert_eq!(later.bytes, first.bytes);
        let dated = occasion("2026-11-26");
        let other = papers::issue(&bench.app, &case_ref(&case), PaperKind::Conclusion, &dated, "何收文").await;
        assert_eq!(number(&other.expect("issued")), "云容馈〔2026〕2号");
        let amend = Act::Amend {
            changes: Changes {
                matter: Some("电梯试点补贴误发".to_owned()),
                ..Changes::default()
            },
            reason: "名称写错".to_owned(),
        };
        let seen = CaseRef {
            version: Some(bench.shown(&case).await.case.version),
            ..case_ref(&case)
        };
        act_on(&bench.app, &seen, &amend).await.expect("possible");
        let changed = ask().await.expect("ended").expect("issued");
        assert_eq!((number(&changed).as_str(), changed.again), ("云容馈〔2026〕3号", false));
        assert_eq!(bench.count("SELECT COUNT(*) FROM paper").await, 3);
    })
    .await;
}

fn number(written: &Written) -> String {
    written.paper.number.as_ref().expect("a number").to_string()
}

#[tokio::test]
async fn a_paper_that_fails_takes_no_number_and_a_changed_one_is_not_given_out() {
    on_both("2026-11-24T10:00:00+08:00", async |bench| {
        let case = bench.concluded(&new_case("林甲"), Conclusion::Exempted).await;
        let which = case_ref(&case);
        let before = bench.everything().await;
        let issue = async |which: &CaseRef, kind, occasion: &Occasion| {
            papers::issue(&bench.app, which, kind, occasion, "何收文").await
        };
        let today = occasion("2026-11-24");
        let without_code = Occasion {
            code: None,
            ..today.clone()
        };
        let hostile = Occasion {
            rectification: Some("整改\u{202E}".to_owned()),
            ..today.clone()
        };
        let whole_number = Occasion {
            code: Some("云容函〔2026〕12号".to_owned()),
            ..today.clone()
        };
        for (kind, occasion) in [
            (PaperKind::Refusal, &today),
            (PaperKind::Inquiry, &today),
            (PaperKind::Conclusion, &without_code),
            (PaperKind::Conclusion, &hostile),
            (PaperKind::Conclusion, &whole_number),
            (PaperKind::Conclusion, &occasion("2026-11-25")),
            (PaperKind::Conclusion, &occasion("2026-11-23")),
        ] {
            let done = issue(&which, kind, occasion).await;
            assert!(
                matches!(done, Err(AppError::Input(_))),
                "{kind:?} {occasion:?}: {done:?}"
            );
        }
        assert!(issue(&case_ref("RC-无"), PaperKind::Conclusion, &today).await.is_err());
        fail_on_papers(&bench, true).await;
        let done = issue(&which, PaperKind::Conclusion, &today).await;
        assert!(matches!(done, Err(AppError::Store(_))), "{done:?}");
        fail_on_papers(&bench, false).await;
        assert_eq!(bench.everything().await, before);

        let written = issue(&which, PaperKind::Conclusion, &today).await.expect("issued");
        assert_eq!(number(&written), "云容馈〔2026〕1号");
        let blob = match bench.app.db.backend() {
            Backend::Sqlite => "x'504B'",
            Backend::Postgres => "'\\x504B'",
        };
        bench.execute(&format!("UPDATE paper SET bytes = {blob}")).await;
        let changed = papers::issued(&bench.app, "云容馈〔2026〕1号", None, "何收文").await;
        assert!(matches!(changed, Err(AppError::Environment(said)) if said.contains("SHA-256")));
        let again = issue(&which, PaperKind::Conclusion, &today).await;
        assert!(matches!(again, Err(AppError::Environment(_))), "{again:?}");
    })
    .await;
}

async fn fail_on_papers(bench: &Bench, plant: bool) {
    let sql = match (bench.app.db.backend(), plant) {
        (Backend::Sqlite, true) => {
            "CREATE TRIGGER planted BEFORE INSERT ON paper BEGIN SELECT RAISE(ABORT, 'planted'); END"
        }
        (Backend::Postgres, true) => {
            "CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'planted'; END $$; \
             CREATE TRIGGER planted BEFORE INSERT ON paper FOR EACH ROW EXECUTE FUNCTION planted()"
        }
        (Backend::Sqlite, false) => "DROP TRIGGER planted",
        (Backend::Postgres, false) => "DROP TRIGGER planted ON paper; DROP FUNCTION planted()",
    };
    bench.execute(sql).await;
}

#[tokio::test]
async fn papers_go_with_the_conclusion_and_a_preview_leaves_only_its_entry() {
    on_both("2026-11-24T10:00:00+08:00", async |bench| {
        let case = bench.until_decided(&new_case("林甲"), None).await;
        let today = Occasion {
            reasons: Some("招标未经集体研究。".to_owned()),
            ..occasion("2026-11-24")
        };
        let preview = async |kind| papers::preview(&bench.app, &case_ref(&case), kind, &today, "何收文").await;
        for kind in PaperKind::ALL {
            assert!(preview(kind).await.is_err(), "{kind:?} before the conclusion");
        }
        bench.act(&case, conclude(Conclusion::NotTolerated)).await;
        let before = bench.everything().await;
        let draft = preview(PaperKind::Refusal).await.expect("a draft");
        assert_eq!(draft.paper.number, None);
        assert!(document(&draft.bytes).contains("招标未经集体研究。"));
        let after = bench.everything().await;
        assert_eq!(after[0], before[0] + 1, "the view is journaled");
        assert_eq!(after[1..], before[1..], "and nothing else is kept");
        assert!(preview(PaperKind::Conclusion).await.is_err());

        let first = Act::OpenClarification {
            reported: "反映收受礼金".to_owned(),
        };
        let clarified = bench.open(&new_case("林乙"), &first).await;
        let act = Act::Clarify {
            verified_by: "信访室".to_owned(),
            form: "书面".to_owned(),
            reach: rongcuo::domain::procedure::Reach::Unit,
            consent: true,
            doc_no: Some("云澄〔2026〕1号".to_owned()),
        };
        bench.act(&clarified, act).await;
        let which = case_ref(&clarified);
        for kind in [PaperKind::Conclusion, PaperKind::CopyLetter, PaperKind::ArchiveList] {
            let done = papers::preview(&bench.app, &which, kind, &today, "何收文").await;
            let said = done.expect_err("no fault was found").to_string();
            assert!(said.contains("没有失误错误"), "{said}");
        }
        let letter = papers::preview(&bench.app, &which, PaperKind::RegradeLetter, &today, "何收文").await;
        let text = document(&letter.expect("a letter").bytes);
        assert!(text.contains("反映失实") && !text.contains("失误错误"), "{text}");
        assert!(
            text.contains("云川市住建局：") && !text.contains(UNIT),
            "a unit is named in full"
        );
    })
    .await;
}
