//! Feeds damaged files to the readers, the same ones each time: `mutate KIND RUNS [SEED]`. What a reader panics on is
//! counted, told and written to `fuzz/found`; `docs/fuzzing.md` has the figures.

use rongcuo::files::{self, HeaderWords, Limits, Opens as _, ReadError, Sieve, Sifting};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// xorshift64*: fast, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, most: usize) -> usize {
        (self.next() % most.max(1) as u64) as usize
    }
}

/// Pieces that mean something to one reader or another.
const PIECES: [&[u8]; 24] = [
    b"<table:table-row table:number-rows-repeated=\"1048576\">",
    b"<table:table-cell table:number-columns-repeated=\"4294967295\">",
    b"<!DOCTYPE x [<!ENTITY a \"aaaa\">]>",
    b"&a;",
    b"&#0;",
    b"&#x110000;",
    b"<![CDATA[",
    b"]]>",
    b"-->",
    b"<",
    b"\"",
    b"\0",
    b"\xff\xff\xff\xff",
    b"\x00\x00\x00\x80",
    b"\xff\xfe",
    b"XFD1048576",
    b"r=\"18446744073709551616\"",
    b"t=\"s\"><v>4294967295</v>",
    b"1e308",
    b"office:date-value=\"9999-99-99\"",
    b"\xe5\xa7",
    b"\n",
    b",",
    b"#@",
];

fn mutate(dice: &mut Dice, seed: &[u8]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.below(6) {
        if bytes.is_empty() {
            return bytes;
        }
        let at = dice.below(bytes.len());
        match dice.below(8) {
            0 => bytes[at] ^= 1 << dice.below(8),
            1 => bytes[at] = dice.next() as u8,
            2 => bytes.truncate(at),
            3 => {
                let end = (at + dice.below(64)).min(bytes.len());
                bytes.drain(at..end);
            }
            4 => {
                let end = (at + dice.below(64)).min(bytes.len());
                let again = bytes[at..end].to_vec();
                let to = dice.below(bytes.len());
                bytes.splice(to..to, again);
            }
            5 | 6 => {
                let piece = PIECES[dice.below(PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            _ => {
                let end = (at + 4).min(bytes.len());
                let word = (dice.next() as u32).to_le_bytes();
                bytes[at..end].copy_from_slice(&word[..end - at]);
            }
        }
    }
    bytes
}

type Parts = Vec<(String, Vec<u8>)>;

/// The parts of an archive, so that damage reaches the reader behind the checksum.
fn parts(bytes: &[u8]) -> Parts {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a seed is whole");
    (0..archive.len())
        .map(|index| {
            let mut part = archive.by_index(index).expect("a seed is whole");
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).expect("a seed is whole");
            (String::from_utf8_lossy(part.name_raw()).into_owned(), bytes)
        })
        .filter(|(name, _)| !name.ends_with('/') && !name.starts_with("Thumbnails"))
        .collect()
}

fn packed(parts: &Parts) -> Vec<u8> {
    let plain = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(name.as_str(), plain).expect("in memory");
        zip.write_all(bytes).expect("in memory");
    }
    zip.finish().expect("in memory").into_inner()
}

/// Small, so that a damaged file meets them.
fn limits() -> Limits {
    Limits {
        inflated_bytes: 4 << 20,
        shared_text_bytes: 1 << 20,
        text_bytes: 4 << 20,
        rows: 2_000,
        cells: 50_000,
        ..Limits::default()
    }
}

/// What the readers make of documents; a list is no roster: what one reader refuses is still for the others.
fn answers(documents: &[files::Document], words: &HeaderWords) -> Vec<Result<(), ReadError>> {
    let mut answers = Vec::new();
    for document in documents {
        answers.push(files::list(document, words).map(|_| ()));
        answers.push(files::cadres(document, words).map(|_| ()));
        answers.push(files::rectifications(document, words).map(|_| ()));
    }
    answers
}

/// Memory of a worker, in bytes.
const MEMORY: u64 = 512 << 20;
/// What this program is called with to be a worker.
const WORKER: &str = "__worker";

/// The damaged file of a run, the same whoever makes it.
fn damaged(seed: u64, run: u64, whole: &[u8]) -> Vec<u8> {
    let mut dice = Dice(seed.wrapping_add(run).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    dice.next();
    mutate(&mut dice, whole)
}

/// Reads one file after another in a process of small memory, and says a line for each: read, refused, or in whose source
/// there was a panic.
fn work(kind: &str, runs: std::ops::Range<u64>, seed: u64, whole: &[u8]) {
    let most = Rlimit {
        current: Some(MEMORY),
        maximum: Some(MEMORY),
    };
    setrlimit(Resource::As, most).expect("a limit of memory");
    let place = Arc::new(Mutex::new(String::new()));
    let told = Arc::clone(&place);
    std::panic::set_hook(Box::new(move |panic| {
        let file = panic.location().map_or("", std::panic::Location::file);
        let parts: Vec<&str> = file.rsplit('/').take(3).collect();
        *told.lock().expect("nobody panics here") = parts.into_iter().rev().collect::<Vec<_>>().join("/");
    }));
    let (name, limits, words) = (format!("名单.{kind}"), limits(), HeaderWords::builtin());
    let mut out = std::io::stdout().lock();
    for run in runs {
        let bytes = damaged(seed, run, whole);
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let documents = limits.open(&name, &bytes)?;
            let answers = answers(&documents, &words);
            if answers.iter().any(Result::is_ok) {
                Ok(())
            } else {
                answers.into_iter().next_back().unwrap_or(Ok(()))
            }
        }));
        let line = match ended {
            Ok(Ok(())) => "read".to_owned(),
            Ok(Err(_)) => "refused".to_owned(),
            Err(_) => place.lock().expect("nobody panics here").clone(),
        };
        // The line is not held back: whoever listens counts where this process dies.
        writeln!(out, "{line}")
            .and_then(|()| out.flush())
            .expect("somebody listens");
    }
}

/// Has workers read the files, and begins another behind the file that one died of.
fn in_workers(kind: &str, runs: u64, seed: u64) {
    let began = Instant::now();
    let (mut read, mut refused, mut died) = (0_u64, 0_u64, 0_u64);
    let mut panics = BTreeMap::<String, u64>::new();
    let mut next = 0;
    while next < runs {
        let mut worker = Command::new(std::env::current_exe().expect("a program"))
            .args([WORKER, kind, &next.to_string(), &runs.to_string(), &seed.to_string()])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a worker");
        let mut said = String::new();
        let mut from = worker.stdout.take().expect("it was asked for");
        from.read_to_string(&mut said).expect("lines");
        worker.wait().expect("an end");
        for line in said.lines() {
            match line {
                "read" => read += 1,
                "refused" => refused += 1,
                place => *panics.entry(place.to_owned()).or_default() += 1,
            }
            next += 1;
        }
        if next < runs {
            died += 1;
            next += 1;
        }
    }
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{kind}: {runs} runs in workers, {read} read, {refused} refused, {died} at the limit of memory, {:.0} s",
        began.elapsed().as_secs_f64()
    )
    .expect("standard output");
    for (place, count) in panics {
        writeln!(out, "  {count} × panic in {place}").expect("standard output");
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let kind = args.next().expect("mutate KIND RUNS [SEED]");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fixture = |name: &str| std::fs::read(root.join("tests/fixtures/files").join(name)).expect("a fixture");
    if kind == WORKER {
        let kind = args.next().expect("a kind");
        let mut number = || args.next().and_then(|text| text.parse().ok()).expect("a number");
        let (from, to, seed) = (number(), number(), number());
        work(&kind, from..to, seed, &fixture(&format!("list.{kind}")));
        return;
    }
    let runs: u64 = args
        .next()
        .and_then(|text| text.parse().ok())
        .expect("a number of runs");
    let seed = args.next().and_then(|text| text.parse().ok()).unwrap_or(0x9e37_79b9);
    // The library behind .xls allocates what a file claims and may fail on it.
    if kind == "xls" {
        in_workers(&kind, runs, seed);
        return;
    }
    let mut dice = Dice(seed);
    let form = "<?xml version=\"1.0\" encoding=\"utf-8\"?><Person><XingMing>林甲</XingMing><XianRenZhiWu>云川市住建局局长</XianRenZhiWu><NianDuKaoHeJieGuo>2024年称职，2025年优秀</NianDuKaoHeJieGuo><JiaTingChengYuan><Item><ChengWei>妻子</ChengWei></Item></JiaTingChengYuan><ShenFenZheng>990101198001010010</ShenFenZheng></Person>";
    let old = (0..33)
        .map(|n| format!("\"甲{n}#2025年称职@\""))
        .collect::<Vec<_>>()
        .join(",");
    let text = "序号,姓名,单位,考核等次,理由\r\n1,林甲,云川市住建局,称职,\"因\r\n故\"\r\n合计,,,,\r\n";
    let whole = match kind.as_str() {
        "xlsx" | "ods" => fixture(&format!("list.{kind}")),
        "lrmx" => form.as_bytes().to_vec(),
        "lrm" => encoding_rs::GB18030.encode(&old).0.into_owned(),
        "csv" => encoding_rs::GB18030.encode(text).0.into_owned(),
        "zip" => packed(&vec![
            ("一.csv".to_owned(), text.as_bytes().to_vec()),
            ("二.lrmx".to_owned(), form.as_bytes().to_vec()),
        ]),
        _ => panic!("one of xlsx xls ods csv lrmx lrm zip"),
    };
    let inner = if matches!(kind.as_str(), "xlsx" | "ods" | "zip") {
        parts(&whole)
    } else {
        Vec::new()
    };
    let limits = limits();
    let words = HeaderWords::builtin();
    let name = format!("名单.{kind}");
    let (mut read, mut refused, mut panics) = (0_u64, 0_u64, BTreeMap::<String, u64>::new());
    let (began, mut slowest) = (Instant::now(), std::time::Duration::ZERO);
    std::panic::set_hook(Box::new(|_| {}));
    for run in 0..runs {
        // Every eighth time the container itself is damaged, else one of its parts.
        let bytes = if inner.is_empty() || run % 8 == 0 {
            mutate(&mut dice, &whole)
        } else {
            let mut damaged = inner.clone();
            let at = dice.below(damaged.len());
            damaged[at].1 = mutate(&mut dice, &damaged[at].1);
            packed(&damaged)
        };
        let start = Instant::now();
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let documents = limits.open(&name, &bytes)?;
            let mut answers = answers(&documents, &words);
            // The way of the pre-check, which holds only some rows.
            let sieve = Sieve::new([1, 2]);
            let by = Sifting::new(&words, &sieve);
            for sifted in &limits.sift(&name, &mut Cursor::new(&bytes), &by)? {
                answers.push(files::sifted_list(sifted, &words).map(|_| ()));
            }
            if answers.iter().all(Result::is_err) {
                answers.pop().unwrap_or(Ok(()))?;
            }
            Ok::<_, ReadError>(())
        }));
        slowest = slowest.max(start.elapsed());
        match ended {
            Ok(Ok(())) => read += 1,
            Ok(Err(_)) => refused += 1,
            Err(cause) => {
                let says = cause
                    .downcast_ref::<String>()
                    .cloned()
                    .or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned()))
                    .unwrap_or_default();
                let plain: String = says.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
                let count = panics.entry(plain).or_default();
                *count += 1;
                if *count == 1 {
                    let folder = root.join("fuzz/found");
                    std::fs::create_dir_all(&folder).expect("a folder");
                    std::fs::write(folder.join(format!("{run}.{kind}")), &bytes).expect("a file");
                }
            }
        }
    }
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{kind}: {runs} runs, {read} read, {refused} refused, {} panics, {:.0} s, slowest {} ms",
        panics.values().sum::<u64>(),
        began.elapsed().as_secs_f64(),
        slowest.as_millis()
    )
    .expect("standard output");
    for (says, count) in panics {
        writeln!(out, "  {count} × {says}").expect("standard output");
    }
}
