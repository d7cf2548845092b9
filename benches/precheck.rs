//! What it costs to find ten thousand protected people in a list of a million rows, beside what else one would take:
//! the same question as an SQL script for DuckDB and as a pandas script, and reading the file alone as the limit.
//!
//!     cargo bench --bench precheck              # a million rows, a workbook of 200,000
//!     cargo bench --bench precheck -- 100000    # fewer
//!
//! The scripts run where `python3`, or the program that `RONGCUO_BENCH_PYTHON` names, has duckdb, pandas and openpyxl.

use calamine::{Reader as _, Xlsx};
use rongcuo::app::import::Source;
use rongcuo::app::precheck::{Begun, Length, Request, precheck_with, sieve};
use rongcuo::app::{App, Parts, calendars};
use rongcuo::domain::case::{CaseRecord, Conclusion, StepsDone};
use rongcuo::domain::ids::{CaseId, PersonId, RunId};
use rongcuo::domain::person::{IdNumber, citizen_check_digit};
use rongcuo::domain::policy::Policy;
use rongcuo::domain::time::Moment;
use rongcuo::files::{self, HeaderWords, Limits, Opens as _, Sandbox, Sifting};
use rongcuo::runtime::clock::FixedClock;
use rongcuo::runtime::crypto::KeyRing;
use rongcuo::runtime::random::SystemRandom;
use rongcuo::store::cases::{self, StoredCase};
use rongcuo::store::people::{self, Person};
use rongcuo::store::runs::{self, Run};
use rongcuo::store::{Db, Tx};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write, stdout};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const NOW: &str = "2026-11-23T10:00:00+08:00";
/// Every row of so many is a protected person's.
const PROTECTED: u32 = 100;
const ROUNDS: usize = 5;
const PROGRAM: &str = env!("CARGO_BIN_EXE_rongcuo");
const TITLE: &str = "云川市2026年度考核等次汇总表";
const HEADER: [&str; 7] = ["序号", "姓名", "身份证号", "单位", "职务", "考核等次", "备注"];

fn main() -> Outcome<()> {
    let rows = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let rows: u32 = rows.unwrap_or(1_000_000);
    let folder = tempfile::tempdir()?;
    let place = Place::of(folder.path());
    write_list(&place.list, rows)?;
    write_list(&place.quarter, rows / 4)?;
    write_workbook(&place.workbook, rows / 5)?;
    write_protections(&place.protections, rows)?;
    std::fs::write(
        &place.config,
        format!("[crypto]\nkey_file = \"{}\"\n", place.key.display()),
    )?;
    let runtime = tokio::runtime::Runtime::new()?;
    let app = runtime.block_on(open(&place))?;
    runtime.block_on(fill(&app, rows))?;
    let mut out = stdout().lock();
    writeln!(
        out,
        "名单 {rows} 行、{:.0} MB，受保护干部 {} 人；各跑 {ROUNDS} 次取中位数\n",
        std::fs::metadata(&place.list)?.len() as f64 / 1e6,
        rows / PROTECTED,
    )?;
    text(&mut out, &place, &app, &runtime)?;
    writeln!(out, "\n工作簿 {} 行\n", rows / 5)?;
    workbook(&mut out, &place)?;
    runtime.block_on(app.db.clone().close());
    Ok(())
}

/// Where everything lies.
struct Place {
    list: PathBuf,
    quarter: PathBuf,
    workbook: PathBuf,
    protections: PathBuf,
    database: PathBuf,
    config: PathBuf,
    key: PathBuf,
}

impl Place {
    fn of(folder: &Path) -> Self {
        Self {
            list: folder.join("名单.csv"),
            quarter: folder.join("四分之一.csv"),
            workbook: folder.join("名单.xlsx"),
            protections: folder.join("protections.csv"),
            database: folder.join("bench.db"),
            config: folder.join("rongcuo.toml"),
            key: folder.join("rongcuo.key"),
        }
    }
}

// ---------------------------------------------------------------- delimited text

fn text(out: &mut impl Write, place: &Place, app: &App, runtime: &tokio::runtime::Runtime) -> Outcome<()> {
    let mut table = Table::begin(
        out,
        median(|| bare_text(&place.list).map(|()| 0))?,
        "csv 库读一遍（极限）",
    )?;
    let mut parts = Vec::new();
    let whole = median(|| {
        parts.push(runtime.block_on(library(app, &place.list))?);
        Ok(0)
    })?;
    table.line("rongcuo 预检（程序库）", whole)?;
    for (at, name) in ["—找谁", "—读名单", "—判断和记录"].into_iter().enumerate() {
        let mut times: Vec<Duration> = parts.iter().map(|times: &[Duration; 3]| times[at]).collect();
        times.sort();
        table.line(name, (times[times.len() / 2], 0))?;
    }
    let fingerprint = median(|| {
        let bytes = std::fs::read(&place.list)?;
        std::hint::black_box(Source::new("名单.csv", &bytes));
        Ok(0)
    })?;
    table.line("—SHA-256 单独计（读名单时另一线程在算）", fingerprint)?;
    table.line("rongcuo precheck（整个命令）", median(|| command(place, &place.list))?)?;
    table.line("同上，名单只有四分之一", median(|| command(place, &place.quarter))?)?;
    for (name, script) in [
        ("DuckDB（SQL 脚本）", "duckdb_join.py"),
        ("pandas（脚本）", "pandas_join.py"),
    ] {
        let files = [place.list.as_path(), place.protections.as_path()];
        table.script(name, script, &files)?;
    }
    Ok(())
}

/// Every record of the file, and nothing done with it.
fn bare_text(list: &Path) -> Outcome<()> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_path(list)?;
    let mut record = csv::ByteRecord::new();
    let mut cells = 0;
    while reader.read_byte_record(&mut record)? {
        cells += record.len();
    }
    std::hint::black_box(cells);
    Ok(())
}

/// The pre-check as the command does it; how long its parts took.
async fn library(app: &App, list: &Path) -> Outcome<[Duration; 3]> {
    let begin = Instant::now();
    let (wanted, ahead) = Begun::of(app, &SystemRandom, Length::Long).sieve().await?;
    let found = begin.elapsed();
    let begin = Instant::now();
    let words = HeaderWords::builtin();
    let sifted = Limits::default().sift("名单.csv", &mut File::open(list)?, &Sifting::new(&words, &wanted))?;
    let list = files::sifted_list(&sifted[0], &words)?;
    let read = begin.elapsed();
    let begin = Instant::now();
    let source = Source {
        file: "名单.csv".to_owned(),
        hash: sifted[0].document.hash.clone(),
    };
    let request = Request {
        list: &list,
        source: &source,
        options: app.policy.judging(app.now().day()),
        keep: false,
        kind: "precheck",
    };
    let checked = precheck_with(app, &request, Some(ahead), "bench").await?;
    let judged = begin.elapsed();
    assert!(
        checked.report.results.len() as u32 >= list.rows_read / PROTECTED,
        "every protected person is found"
    );
    Ok([found, read, judged])
}

/// The real command; the most memory it held.
fn command(place: &Place, list: &Path) -> Outcome<u64> {
    let mut command = Command::new(PROGRAM);
    command
        .args(["--config".as_ref(), place.config.as_os_str()])
        .arg("--database")
        .arg(format!("sqlite://{}", place.database.display()))
        .args(["precheck".as_ref(), list.as_os_str()])
        .args(["--format", "json", "--as-of", "2026-11-23"]);
    let (peak, code) = run(&mut command)?;
    assert_eq!(code, Some(1), "suspicions were found");
    Ok(peak)
}

// ---------------------------------------------------------------- workbook

fn workbook(out: &mut impl Write, place: &Place) -> Outcome<()> {
    let bare = median(|| {
        let mut book: Xlsx<_> = Xlsx::new(BufReader::new(File::open(&place.workbook)?))?;
        let mut cells = 0;
        for sheet in book.sheet_names() {
            let mut reader = book.worksheet_cells_reader(&sheet)?;
            while reader.next_cell()?.is_some() {
                cells += 1;
            }
        }
        std::hint::black_box(cells);
        Ok(0)
    })?;
    let mut table = Table::begin(out, bare, "calamine 逐格读一遍（极限）")?;
    let words = HeaderWords::builtin();
    let runtime = tokio::runtime::Runtime::new()?;
    let wanted = runtime.block_on(async {
        let app = open(place).await?;
        sieve(&app, &SystemRandom)
            .await
            .map_err(Box::<dyn std::error::Error>::from)
    })?;
    let sandbox = Sandbox::with_program(PROGRAM, Limits::default());
    let sift = median(|| {
        let sifted = sandbox.sift(
            "名单.xlsx",
            &mut File::open(&place.workbook)?,
            &Sifting::new(&words, &wanted),
        )?;
        assert!(sifted[0].passed[0].rows > 0, "rows were left out");
        Ok(0)
    })?;
    table.line("rongcuo 读名单（子进程，含解压核重和 SHA-256）", sift)?;
    table.line(
        "rongcuo precheck（整个命令）",
        median(|| command(place, &place.workbook))?,
    )?;
    table.script("openpyxl（只读方式）", "openpyxl_read.py", &[place.workbook.as_path()])
}

// ---------------------------------------------------------------- measuring

/// How long something took and, where that was looked at, how much memory it held at most.
type Measured = (Duration, u64);

fn median(mut work: impl FnMut() -> Outcome<u64>) -> Outcome<Measured> {
    let mut times = Vec::new();
    let mut peak = 0;
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        peak = peak.max(work()?);
        times.push(begin.elapsed());
    }
    times.sort();
    Ok((times[ROUNDS / 2], peak))
}

/// Runs a program to its end, and asks the system now and then how much memory it holds.
fn run(command: &mut Command) -> Outcome<(u64, Option<i32>)> {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let mut peak = 0;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok((peak, status.code()));
        }
        peak = peak.max(peak_of(child.id()).unwrap_or_default());
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The most memory a process held so far, in bytes, where the system tells.
fn peak_of(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib << 10)
}

struct Table<'a, W> {
    out: &'a mut W,
    limit: Duration,
}

impl<'a, W: Write> Table<'a, W> {
    fn begin(out: &'a mut W, limit: Measured, name: &str) -> Outcome<Self> {
        writeln!(out, "| | 秒 | 与极限之比 | 内存峰值 MB |\n|---|--:|--:|--:|")?;
        let mut table = Self { out, limit: limit.0 };
        table.line(name, limit)?;
        Ok(table)
    }

    fn line(&mut self, name: &str, (time, peak): Measured) -> Outcome<()> {
        let memory = if peak == 0 {
            String::new()
        } else {
            format!("{:.0}", peak as f64 / 1e6)
        };
        let ratio = time.as_secs_f64() / self.limit.as_secs_f64();
        writeln!(
            self.out,
            "| {name} | {:.3} | {ratio:.2} | {memory} |",
            time.as_secs_f64()
        )?;
        Ok(self.out.flush()?)
    }

    /// A script that tells itself how many seconds its work took, without the start of its language.
    fn script(&mut self, name: &str, script: &str, files: &[&Path]) -> Outcome<()> {
        let python = std::env::var("RONGCUO_BENCH_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("benches/precheck")
            .join(script);
        let mut told = Vec::new();
        let mut peak = 0;
        for _ in 0..ROUNDS {
            let told_in = tempfile::NamedTempFile::new()?;
            let mut command = Command::new(&python);
            command.arg(&script).arg(told_in.path()).args(files);
            match run(&mut command) {
                Ok((most, Some(0))) => peak = peak.max(most),
                Ok((_, code)) => {
                    writeln!(self.out, "| {name} | 没有运行：退出码 {code:?}，可能没有安装 | | |")?;
                    return Ok(());
                }
                Err(error) => {
                    writeln!(self.out, "| {name} | 没有运行：{error} | | |")?;
                    return Ok(());
                }
            }
            told.push(Duration::from_secs_f64(
                std::fs::read_to_string(told_in.path())?.trim().parse()?,
            ));
        }
        told.sort();
        self.line(name, (told[ROUNDS / 2], peak))
    }
}

// ---------------------------------------------------------------- a list, and whom it concerns

/// Somebody of the list, made up from a number.
struct Cadre {
    name: String,
    id: String,
    unit: String,
}

const FAMILY: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段";
const GIVEN: &str = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲建国华红梅春波宁宇浩然子涵欣怡梓轩博雨桐佳琪思远志强海燕晓东立新永庆";

fn cadre(number: u32) -> Cadre {
    // Mixed, so that neighbours do not resemble one another.
    let mixed = u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x0051_7cc1;
    let pick = |text: &str, by: u64| {
        let chars: Vec<char> = text.chars().collect();
        chars[(by % chars.len() as u64) as usize]
    };
    let name = [
        pick(FAMILY, mixed >> 8),
        pick(GIVEN, mixed >> 20),
        pick(GIVEN, mixed >> 32),
    ];
    let first = format!(
        "99{:04}19{:02}{:02}{:02}{:03}",
        number / 28_000 % 10_000,
        50 + mixed % 50,
        1 + (mixed >> 12) % 12,
        1 + number % 28,
        number / 28 % 1000
    );
    Cadre {
        name: name.iter().collect(),
        id: format!("{first}{}", char::from(citizen_check_digit(first.as_bytes()))),
        unit: format!("云川市/第{}局", mixed % 400),
    }
}

/// The cells of a row; the row's number says who it is.
fn cells(number: u32) -> [String; 7] {
    let cadre = cadre(number);
    let grade = ["称职", "称职", "称职", "优秀", "基本称职"][number as usize % 5];
    let remark = match number % 40 {
        0 => "曾受到问责",
        20 => "病假超过半年",
        _ => "",
    };
    [
        number.to_string(),
        cadre.name,
        cadre.id,
        cadre.unit,
        "四级主任科员".to_owned(),
        grade.to_owned(),
        remark.to_owned(),
    ]
}

fn write_list(path: &Path, rows: u32) -> Outcome<()> {
    let mut out = BufWriter::new(File::create(path)?);
    writeln!(out, "{TITLE},,,,,,\n{}", HEADER.join(","))?;
    for number in 1..=rows {
        writeln!(out, "{}", cells(number).join(","))?;
    }
    Ok(out.flush()?)
}

fn write_workbook(path: &Path, rows: u32) -> Outcome<()> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.merge_range(0, 0, 0, 6, TITLE, &rust_xlsxwriter::Format::new())?;
    sheet.write_row(1, 0, HEADER)?;
    for number in 1..=rows {
        let [_, texts @ ..] = cells(number);
        sheet.write_number(number + 1, 0, number)?;
        sheet.write_row(number + 1, 1, texts)?;
    }
    Ok(book.save(path)?)
}

fn protected(rows: u32) -> impl Iterator<Item = u32> {
    (1..=rows / PROTECTED).map(|number| number * PROTECTED)
}

fn write_protections(path: &Path, rows: u32) -> Outcome<()> {
    let mut out = BufWriter::new(File::create(path)?);
    writeln!(out, "case_no,name,id,unit,matter")?;
    for number in protected(rows) {
        let Cadre { name, id, unit } = cadre(number);
        writeln!(out, "RC-{number},{name},{id},{unit},{}", matter(number))?;
    }
    Ok(out.flush()?)
}

fn matter(number: u32) -> String {
    format!("第{number}号小区加装电梯试点补贴误发")
}

// ---------------------------------------------------------------- a full database

async fn open(place: &Place) -> Outcome<App> {
    let now = Moment::parse(NOW).expect("written as a moment here");
    let db = Db::open_sqlite(&place.database).await?;
    db.ready().await?;
    let parts = Parts {
        db,
        keys: KeyRing::load_or_create(&place.key, Arc::new(SystemRandom))?,
        policy: Policy::builtin(),
        words_dir: None,
        calendars: calendars::build(&files::calendar::load(None, now.day())?, None)?,
        calendar_dir: None,
        clock: Arc::new(FixedClock::new(now)),
        site_name: "云川市委组织部".to_owned(),
        base_url: "http://127.0.0.1:8080".to_owned(),
        mail_from: "rongcuo@yunchuan.example".to_owned(),
        outward: rongcuo::app::ways::Outward::default(),
    };
    Ok(App::new(parts).await?)
}

async fn fill(app: &App, rows: u32) -> Outcome<()> {
    let mut tx = app.db.begin().await?;
    let run = RunId::of("bench");
    let known = Run {
        id: run.clone(),
        kind: "register".to_owned(),
        file: "台账.csv".to_owned(),
        file_hash: String::new(),
        unit: None,
        period: None,
        rows_read: i64::from(rows / PROTECTED),
        rows_bad: 0,
        rows_changed: 0,
        counts: "{}".to_owned(),
        at: app.now(),
    };
    runs::put(&mut tx, &known).await?;
    for number in protected(rows) {
        protect(app, &mut tx, &run, number).await?;
    }
    Ok(tx.commit().await?)
}

async fn protect(app: &App, tx: &mut Tx, run: &RunId, number: u32) -> Outcome<()> {
    let Cadre { name, id, unit } = cadre(number);
    let person = Person {
        id: PersonId::of(&number.to_string()),
        name_key: name.clone(),
        name,
        id_key: Some(app.keys.lookup(&id).to_vec()),
        register_unit: Some(unit.clone()),
        roster_unit: None,
        post: None,
        rank: None,
        identity: None,
        representative: None,
        status: None,
    };
    let sealed = app.keys.seal(id.as_bytes(), person.id.as_str().as_bytes());
    people::put(tx, &person, Some(&sealed)).await?;
    let case = StoredCase {
        id: CaseId::of(&number.to_string()),
        person: person.id,
        record: CaseRecord {
            case_no: format!("RC-{number}"),
            name: String::new(),
            id: IdNumber::Missing,
            unit,
            matter: matter(number),
            conclusion: Conclusion::Exempted,
            concluded_on: "2026-03-10".parse().ok(),
            doc_no: Some(format!("云容认〔2026〕{number}号")),
            measure: None,
            revoked: false,
            revoked_on: None,
            organ: None,
            handler: None,
            competent: None,
            superior: None,
            done: StepsDone::default(),
        },
        run: run.clone(),
        first: app.now(),
        matter_no: None,
        version: 0,
    };
    Ok(cases::put(tx, &case).await?)
}
