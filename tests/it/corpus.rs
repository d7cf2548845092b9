//! Lists as clerks have them, against verdicts derived by hand; what it all is stands in tests/corpus/README.md.

use super::support::app::{Bench, bench, on_both};
use chrono::NaiveDate;
use rongcuo::app::import::{self, Source};
use rongcuo::app::precheck::{Begun, Length, Request, precheck, precheck_with};
use rongcuo::domain::protection::list::Domain;
use rongcuo::domain::protection::{Attribution, JudgeOptions, Note, OutcomeClass, Report};
use rongcuo::files::{self, HeaderWords, Limits, Opens as _, Sifted, Sifting};
use rongcuo::runtime::random::SystemRandom;
use rongcuo::store::{Db, people};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::path::{Path, PathBuf};

/// A line of expected.csv.
#[derive(Debug, Clone, Deserialize)]
struct Expected {
    file: String,
    as_of: NaiveDate,
    args: String,
    sheet: String,
    row: Option<u32>,
    name: String,
    domain: String,
    verdict: String,
    outcome_class: String,
    attribution: String,
    case: String,
    note: String,
    because: String,
}

/// Where a line belongs: list, sheet, row, domain, and the name of somebody missing.
type Place = (String, String, Option<u32>, String, String);

/// What was judged there: verdict, class, attribution, case, note, and the explanation.
type Found = ([String; 5], String);

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

fn bytes(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn expectations() -> Vec<Expected> {
    let text = bytes(&folder(), "expected.csv");
    let mut reader = csv::Reader::from_reader(text.as_slice());
    reader.deserialize().collect::<Result<_, _>>().expect("expected.csv")
}

/// The file on disk that holds a list; a list of an archive is named behind it.
fn on_disk(list: &str) -> &str {
    list.find(".zip/").map_or(list, |at| &list[..at + 4])
}

async fn import(bench: &Bench, folder: &Path) {
    let (words, limits) = (HeaderWords::builtin(), Limits::default());
    let text = bytes(folder, "register.csv");
    let parsed = files::read_register("register.csv", &text, &words, &limits).expect("a register");
    assert!(parsed.faults.is_empty(), "{:?}", parsed.faults);
    let source = Source::new("register.csv", &text);
    import::register(&bench.app, &source, parsed.rows, parsed.rows_read, parsed.faults)
        .await
        .expect("an import");
    let text = bytes(folder, "cadres.csv");
    let parsed = files::read_cadres("cadres.csv", &text, &words, &limits).expect("a roster");
    assert!(parsed.faults.is_empty(), "{:?}", parsed.faults);
    let source = Source::new("cadres.csv", &text);
    import::cadres(&bench.app, &source, parsed.rows, parsed.rows_read, parsed.faults)
        .await
        .expect("an import");
}

fn options(bench: &Bench, as_of: NaiveDate, args: &str) -> JudgeOptions {
    let words: Vec<&str> = args.split_whitespace().collect();
    let given = |name: &str| {
        let pair = words.chunks(2).find(|pair| pair[0] == name)?;
        Some((*pair.get(1)?).to_owned())
    };
    JudgeOptions {
        domain: given("--domain").map(|id| Domain::from_id(&id).expect("a domain")),
        unit: given("--unit"),
        period: given("--period"),
        ..bench.app.policy.judging(as_of)
    }
}

fn take(list: &str, report: &Report, into: &mut BTreeMap<Place, Found>) {
    for judged in &report.results {
        let missing = if judged.row.is_none() { judged.name.as_str() } else { "" };
        let place = (
            list.to_owned(),
            judged.sheet.clone().unwrap_or_default(),
            judged.row,
            judged.domain.as_str().to_owned(),
            missing.to_owned(),
        );
        let said = [
            judged.verdict.as_str(),
            judged.outcome_class.map_or("", OutcomeClass::as_str),
            judged.attribution.map_or("", Attribution::as_str),
            judged.case.as_deref().unwrap_or_default(),
            judged.note.map_or("", Note::as_str),
        ];
        let twice = into.insert(place.clone(), (said.map(str::to_owned), judged.why.clone()));
        assert!(twice.is_none(), "judged twice: {place:?}");
    }
}

/// Judges one file on one day; one line for every difference.
async fn differences(
    bench: &Bench,
    folder: &Path,
    run: (&str, NaiveDate, &str),
    expected: &[&Expected],
) -> Vec<String> {
    let (file, as_of, args) = run;
    let (words, content) = (HeaderWords::builtin(), bytes(folder, &format!("lists/{file}")));
    let mut judged = BTreeMap::new();
    let mut unreadable = BTreeSet::new();
    let documents = Limits::default().open(file, &content).expect("a list");
    for document in &documents {
        let list = files::list(document, &words).unwrap_or_else(|error| panic!("{file}: {error}"));
        let request = Request {
            list: &list,
            source: &Source::new(&document.name, &content),
            options: options(bench, as_of, args),
            keep: false,
            kind: "precheck",
        };
        let checked = precheck(&bench.app, &request).await.expect("a judgement");
        take(&document.name, &checked.report, &mut judged);
        for fault in &checked.report.unreadable {
            let sheet = fault.sheet.clone().unwrap_or_default();
            unreadable.insert((document.name.clone(), sheet, Some(fault.row)));
        }
    }
    let mut out = Vec::new();
    for line in expected {
        let at = format!(
            "{} {} {} 第 {:?} 行 {}",
            line.file, line.as_of, line.sheet, line.row, line.name
        );
        if line.verdict == "unreadable" {
            if !unreadable.contains(&(line.file.clone(), line.sheet.clone(), line.row)) {
                out.push(format!("{at}：应列为读不出。{}", line.because));
            }
            continue;
        }
        let missing = if line.row.is_none() {
            line.name.clone()
        } else {
            String::new()
        };
        let place = (
            line.file.clone(),
            line.sheet.clone(),
            line.row,
            line.domain.clone(),
            missing,
        );
        let Some((found, why)) = judged.remove(&place) else {
            out.push(format!("{at}：应为 {}，没有结果。{}", line.verdict, line.because));
            continue;
        };
        let wanted = [
            &line.verdict,
            &line.outcome_class,
            &line.attribution,
            &line.case,
            &line.note,
        ];
        // What is left empty is not asked for.
        let same = wanted
            .iter()
            .zip(&found)
            .all(|(want, got)| want.is_empty() || *want == got);
        if !same {
            out.push(format!("{at}：应为 {wanted:?}，得 {found:?}。{}｜{why}", line.because));
        }
    }
    let extra = judged
        .into_iter()
        .map(|(place, (found, why))| format!("{place:?}：不该有结果，得 {found:?}。{why}"));
    out.extend(extra);
    out
}

#[tokio::test]
async fn every_list_of_the_corpus_gets_the_verdicts_derived_by_hand() {
    let expected = expectations();
    let mut runs = runs_of(&expected);
    // A list of which nothing is expected: nobody on it is protected.
    let day = NaiveDate::from_ymd_opt(2026, 11, 25).expect("a day");
    let names: Vec<String> = std::fs::read_dir(folder().join("lists"))
        .expect("the lists")
        .map(|entry| entry.expect("a list").file_name().to_string_lossy().into_owned())
        .collect();
    for name in &names {
        if !runs.keys().any(|(file, _, _)| file == name) {
            runs.insert((name, day, ""), Vec::new());
        }
    }
    passes(&folder(), runs).await;
}

/// A corpus that others keep, of the same form but for its expectations: what is not in them must not be said.
#[derive(Debug, Deserialize)]
struct Foreign {
    file: String,
    as_of: NaiveDate,
    args: Vec<String>,
    sheet: Option<String>,
    row: Option<u32>,
    name: String,
    domain: Option<String>,
    verdict: String,
    because: String,
}

impl Foreign {
    /// Its verdict counts, and nothing else.
    fn expected(self) -> Expected {
        let file = self.file.strip_prefix("lists/").unwrap_or(&self.file).to_owned();
        Expected {
            file,
            as_of: self.as_of,
            args: self.args.join(" "),
            sheet: self.sheet.unwrap_or_default(),
            row: self.row,
            name: self.name,
            domain: self.domain.unwrap_or_default(),
            verdict: self.verdict,
            outcome_class: String::new(),
            attribution: String::new(),
            case: String::new(),
            note: String::new(),
            because: self.because,
        }
    }
}

/// The public corpus does not belong to the repository; whoever has it beside it, or says where it is, tries it too.
#[tokio::test]
#[expect(clippy::print_stderr, reason = "whoever runs it is told that nothing was tried")]
async fn the_public_corpus_passes_whole_where_it_is_present() {
    let folder = std::env::var_os("RONGCUO_PUBLIC_CORPUS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/scenarios"),
        PathBuf::from,
    );
    if !folder.join("expected.jsonl").is_file() {
        eprintln!("no public corpus in {}", folder.display());
        return;
    }
    let text = String::from_utf8(bytes(&folder, "expected.jsonl")).expect("a text");
    let expected: Vec<Expected> = text
        .lines()
        .map(|line| serde_json::from_str::<Foreign>(line).expect("a line").expected())
        .collect();
    assert!(!expected.is_empty());
    passes(&folder, runs_of(&expected)).await;
}

/// What is judged at once: a file, a day and options, with the lines about it.
type Runs<'a> = BTreeMap<(&'a str, NaiveDate, &'a str), Vec<&'a Expected>>;

fn runs_of(expected: &[Expected]) -> Runs<'_> {
    let mut runs = Runs::new();
    for line in expected {
        let run = (on_disk(&line.file), line.as_of, line.args.as_str());
        runs.entry(run).or_default().push(line);
    }
    runs
}

async fn passes(folder: &Path, runs: Runs<'_>) {
    let place = tempfile::tempdir().expect("a folder");
    let db = Db::open_sqlite(&place.path().join("corpus.db"))
        .await
        .expect("a database");
    let bench = bench(db, "2026-11-25").await;
    import(&bench, folder).await;
    let mut wrong = Vec::new();
    for (run, lines) in &runs {
        wrong.extend(differences(&bench, folder, *run, lines).await);
    }
    let all: usize = runs.values().map(Vec::len).sum();
    assert!(
        wrong.is_empty(),
        "{} of {all} lines differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// The lines of every list: read whole, or searched, as a file of some length is, by what was read of the register ahead
/// of it.
async fn lines(bench: &Bench, ahead: Option<Length>) -> Vec<String> {
    let words = HeaderWords::builtin();
    let day = NaiveDate::from_ymd_opt(2026, 11, 25).expect("a day");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder().join("lists"))
        .expect("the lists")
        .map(|entry| entry.expect("a list").path())
        .collect();
    files.sort();
    let mut out = Vec::new();
    for file in files {
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        let content = std::fs::read(&file).expect("a list");
        let limits = Limits::default();
        let whole: Vec<Sifted> = limits
            .open(&name, &content)
            .expect("a list")
            .into_iter()
            .map(Sifted::from)
            .collect();
        for (at, whole) in whole.iter().enumerate() {
            let begun = ahead.map(|length| Begun::of(&bench.app, &SystemRandom, length));
            let (list, ahead) = match begun {
                Some(begun) => {
                    let (sieve, ahead) = begun.sieve().await.expect("a register");
                    let sifted = limits.sift(&name, &mut Cursor::new(&content), &Sifting::new(&words, &sieve));
                    let sifted = &sifted.expect("a list")[at];
                    (files::sifted_list(sifted, &words), Some(ahead))
                }
                None => (files::sifted_list(whole, &words), None),
            };
            let list = list.expect("a list");
            let request = Request {
                list: &list,
                source: &Source::new(&whole.document.name, &content),
                options: bench.app.policy.judging(day),
                keep: false,
                kind: "precheck",
            };
            let checked = precheck_with(&bench.app, &request, ahead, "谁").await;
            out.push(match checked {
                Ok(checked) => format!("{name} {:?} {:?}", checked.report.results, checked.report.unreadable),
                Err(error) => format!("{name} {error}"),
            });
        }
    }
    out
}

#[tokio::test]
async fn what_is_read_ahead_of_a_list_is_what_is_asked_for_afterwards() {
    on_both("2026-11-25", async |bench| {
        import(&bench, &folder()).await;
        let mut tx = bench.app.db.read().await.expect("the store");
        let others = people::without_cases(&mut tx, 1_000).await.expect("the store");
        let count = others.expect("they are few").len();
        assert!(count > 1, "the roster has people without a case");
        let most = i64::try_from(count).expect("they are few") - 1;
        let more = people::without_cases(&mut tx, most).await.expect("the store");
        assert!(more.is_none(), "they are more than {most}");
        tx.rollback().await.expect("the store");
        let afterwards = lines(&bench, None).await;
        assert!(afterwards.len() > 20 && afterwards.iter().any(|line| line.contains("verdict: Review")));
        for length in [Length::Short, Length::Long] {
            assert_eq!(lines(&bench, Some(length)).await, afterwards, "{length:?}");
        }
    })
    .await;
}

/// What the corpus promises to cover, so that nobody thins it out unnoticed.
#[test]
fn the_corpus_holds_every_cell_of_the_table_and_every_domain() {
    let expected = expectations();
    let lists: BTreeSet<&str> = expected.iter().map(|line| line.file.as_str()).collect();
    assert!(
        expected.len() >= 500 && lists.len() >= 25,
        "{} {}",
        expected.len(),
        lists.len()
    );
    let cells: BTreeSet<(&str, &str, &str)> = expected
        .iter()
        .map(|line| {
            (
                line.domain.as_str(),
                line.outcome_class.as_str(),
                line.attribution.as_str(),
            )
        })
        .collect();
    for domain in Domain::ALL {
        for class in ["adverse", "ordinary", "favourable", "unknown"] {
            for attribution in ["explicit", "implied", "none", "independent"] {
                let cell = (domain.as_str(), class, attribution);
                assert!(cells.contains(&cell), "{cell:?} is nowhere expected");
            }
        }
    }
}
