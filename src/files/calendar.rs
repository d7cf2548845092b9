//! Calendar files: the notices built into the binary, or a folder of the same shape that stands
//! alone. A year file that says other than its notices becomes one more notice.

use crate::domain::calendar::{
    CalendarError, LocalArrangement, Notice, NoticeDay, NoticeKind, Statutory, StatutoryData,
};
use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The largest file read. A year is about three kilobytes.
const MAX_FILE_BYTES: u64 = 1 << 20;
/// The most entries of one folder looked at.
const MAX_FILES: usize = 1000;
/// The most days a file may name.
const MAX_DAYS: usize = 400;

#[derive(rust_embed::Embed)]
#[folder = "calendars/"]
struct Embedded;

/// What the calendar is built from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarSource {
    /// The notices, those made from dropped-in year files included.
    pub notices: Vec<Notice>,
    /// The statutory holidays.
    pub statutory: Statutory,
    /// Arrangements of regions and units.
    pub local: Vec<LocalArrangement>,
    /// The year files that said other than their notices.
    pub dropped: Vec<DroppedYear>,
}

/// A year file that was dropped in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DroppedYear {
    /// The year.
    pub year: i32,
    /// Number of the notice made from the file.
    pub seq: u32,
    /// The file.
    pub file: String,
    /// How many days differ from the notices.
    pub days: usize,
    /// Whether the file itself says when it was published; else the day of import was taken.
    pub dated: bool,
}

/// Why the calendar files cannot be used: where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum CalendarFileError {
    /// The folder named is not there, or is no calendar folder.
    #[error("日历文件夹 {} 不存在，或其中没有 cn 子文件夹：请检查配置 calendar.dir，或删去该项改用内置日历", .0.display())]
    NoFolder(PathBuf),
    /// A file or folder cannot be read.
    #[error("无法读取 {file}：{source}；请检查文件是否存在、有无读取权限")]
    Read {
        /// The file.
        file: String,
        /// What the system said.
        source: io::Error,
    },
    /// The file is over the bound.
    #[error("{file} 过大（超过 {} KB）：这不像年份文件，请核对后移走", MAX_FILE_BYTES / 1024)]
    TooLarge {
        /// The file.
        file: String,
    },
    /// The folder holds too many files.
    #[error("{folder} 中的文件超过 {MAX_FILES} 个：请移走无关文件")]
    TooMany {
        /// The folder.
        folder: String,
    },
    /// The text is no JSON of the expected shape.
    #[error("{file} 第 {line} 行第 {column} 列：{problem}；请改正，或重新下载该文件")]
    Syntax {
        /// The file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong.
        problem: String,
    },
    /// The name and the content do not agree, or the name is unknown.
    #[error("{file}：{problem}")]
    Content {
        /// The file.
        file: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// The days contradict each other.
    #[error("{file}：{source}")]
    Days {
        /// The file.
        file: String,
        /// What is wrong.
        source: CalendarError,
    },
}

/// A merged year: the holiday-cn shape, with our list of notices as an extra.
#[derive(Debug, Deserialize)]
struct YearFile {
    year: i32,
    #[serde(default)]
    published: Option<NaiveDate>,
    #[serde(default)]
    papers: Vec<String>,
    #[serde(default)]
    notices: Vec<YearNotice>,
    days: Vec<NoticeDay>,
}

#[derive(Debug, Deserialize)]
struct YearNotice {
    number: Option<String>,
    published: Option<NaiveDate>,
    url: Option<String>,
}

/// A file of a folder, by its name within `cn`.
struct Named {
    name: String,
    path: String,
    bytes: Vec<u8>,
}

/// Loads the calendar from `dir`, or from the files built in when none is named. What has no
/// publication date counts as published on `import_day`.
pub fn load(dir: Option<&Path>, import_day: NaiveDate) -> Result<CalendarSource, CalendarFileError> {
    let (years, notices, local, statutory) = match dir {
        Some(dir) => {
            let cn = dir.join("cn");
            if !cn.is_dir() {
                return Err(CalendarFileError::NoFolder(dir.to_owned()));
            }
            let local = folder_of(&dir.join("local"), is_json)?;
            (folder(&cn)?, folder(&cn.join("notices"))?, local, own_statutory(&cn)?)
        }
        None => (embedded("cn/"), embedded("cn/notices/"), Vec::new(), None),
    };
    let statutory = match statutory {
        Some(own) => own,
        None => embedded_file("cn/statutory.json")?,
    };
    let mut all = notice_files(&notices)?;
    let mut dropped = Vec::new();
    for file in &years {
        if let Some((notice, drop)) = year_file(file, &all, import_day)? {
            all.push(notice);
            dropped.push(drop);
        }
    }
    for notice in &mut all {
        notice.published.get_or_insert(import_day);
    }
    let table: StatutoryData = json(&statutory)?;
    let path = statutory.path;
    let statutory = Statutory::new(table).map_err(|source| CalendarFileError::Days { file: path, source })?;
    Ok(CalendarSource {
        notices: all,
        statutory,
        local: local.iter().map(local_file).collect::<Result<_, _>>()?,
        dropped,
    })
}

/// What one file brings when it is imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Brought {
    /// A notice, with the days in which it parts from what is known.
    Notice(Notice),
    /// An arrangement of a region or unit.
    Local(LocalArrangement),
    /// Nothing that is not known already.
    Nothing,
    /// A year announced without days: as good as no notice.
    Empty(i32),
}

/// Reads a file to import: a notice of the shape of `cn/notices`, a year file of the holiday-cn shape, or a local
/// arrangement. `known` are the notices there are; what has no publication date counts as published on `import_day`.
pub fn read_import(
    name: &str,
    bytes: Vec<u8>,
    known: &[Notice],
    import_day: NaiveDate,
) -> Result<Brought, CalendarFileError> {
    let mut file = Named {
        name: name.to_owned(),
        path: name.to_owned(),
        bytes,
    };
    if file.bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(CalendarFileError::TooLarge { file: file.path });
    }
    let shape: Shape = json(&file)?;
    if shape.unit.is_some() {
        return local_file(&file).map(|mut local| {
            local.published.get_or_insert(import_day);
            Brought::Local(local)
        });
    }
    if shape.days.is_empty() {
        return Ok(Brought::Empty(shape.year));
    }
    if shape.kind.is_some() {
        let mut notice: Notice = json(&file)?;
        check(&file, &notice)?;
        notice.published.get_or_insert(import_day);
        let same_place = known
            .iter()
            .find(|one| (one.year, one.seq) == (notice.year, notice.seq));
        return match same_place {
            Some(same) if same.days == notice.days => Ok(Brought::Nothing),
            Some(_) => Err(content(
                &file,
                format!(
                    "{} 年第 {} 号通知已经有了而内容不同：调整通知请用下一个序号（seq）",
                    notice.year, notice.seq
                ),
            )),
            None => Ok(Brought::Notice(notice)),
        };
    }
    // The name of a file that is handed over says nothing; the year stands in it.
    file.name = format!("{}.json", shape.year);
    let brought = year_file(&file, known, import_day)?;
    Ok(brought.map_or(Brought::Nothing, |(notice, _)| Brought::Notice(notice)))
}

/// As much of a file as tells what it is.
#[derive(Deserialize)]
struct Shape {
    #[serde(default)]
    year: i32,
    kind: Option<String>,
    unit: Option<String>,
    #[serde(default)]
    days: Vec<serde_json::Value>,
}

fn local_file(file: &Named) -> Result<LocalArrangement, CalendarFileError> {
    let local: LocalArrangement = json(file)?;
    if local.days.len() > MAX_DAYS {
        return Err(content(file, format!("列出的日期超过 {MAX_DAYS} 天，请核对")));
    }
    local.check().map_err(|source| CalendarFileError::Days {
        file: file.path.clone(),
        source,
    })?;
    Ok(local)
}

/// Changes whenever a file of the folder is added, changed or taken away; cheap enough to ask every minute.
pub fn fingerprint(dir: &Path) -> String {
    let mut seen = Vec::new();
    for folder in [dir.join("cn"), dir.join("cn").join("notices"), dir.join("local")] {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.take(MAX_FILES).flatten() {
            let Ok(facts) = entry.metadata() else {
                continue;
            };
            let changed = facts
                .modified()
                .ok()
                .and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok())
                .map_or(0, |since| since.as_millis());
            seen.push(format!("{} {} {changed}", entry.path().display(), facts.len()));
        }
    }
    seen.sort();
    seen.join("\n")
}

fn notice_files(files: &[Named]) -> Result<Vec<Notice>, CalendarFileError> {
    let mut notices = Vec::new();
    for file in files.iter().filter(|file| is_dated_json(&file.name)) {
        let notice: Notice = json(file)?;
        let expected = format!("{}-{}.json", notice.year, notice.seq);
        if file.name != expected {
            return Err(content(
                file,
                format!("文件内写的年份和序号对应 {expected}，请改文件名或改正内容"),
            ));
        }
        check(file, &notice)?;
        notices.push(notice);
    }
    Ok(notices)
}

/// What a year file adds to the notices of its year; nothing when it agrees with them. An empty
/// file (a year announced but not yet arranged) says nothing at all.
fn year_file(
    file: &Named,
    all: &[Notice],
    import_day: NaiveDate,
) -> Result<Option<(Notice, DroppedYear)>, CalendarFileError> {
    if !is_dated_json(&file.name) {
        return Ok(None);
    }
    let year: YearFile = json(file)?;
    if file.name != format!("{}.json", year.year) {
        return Err(content(
            file,
            format!("文件内写的年份是 {}，请改文件名或改正内容", year.year),
        ));
    }
    let mut own: Vec<&Notice> = all.iter().filter(|notice| notice.year == year.year).collect();
    own.sort_by_key(|notice| (notice.published.unwrap_or(NaiveDate::MAX), notice.seq));
    let mut notice = Notice {
        year: year.year,
        seq: own.iter().map(|notice| notice.seq).max().unwrap_or(0) + 1,
        kind: NoticeKind::Amendment,
        number: None,
        published: None,
        url: None,
        days: year.days.clone(),
    };
    check(file, &notice)?;
    notice.days = difference(&year.days, &own);
    if year.days.is_empty() || notice.days.is_empty() {
        return Ok(None);
    }
    if !own.iter().any(|notice| notice.kind == NoticeKind::Annual) {
        notice.kind = NoticeKind::Annual;
    }
    let dated = describe(&mut notice, &year, &own, import_day);
    let drop = DroppedYear {
        year: notice.year,
        seq: notice.seq,
        file: file.path.clone(),
        days: notice.days.len(),
        dated,
    };
    Ok(Some((notice, drop)))
}

/// Gives the new notice the number and date the year file lists for it. A correction is never
/// older than the notices it corrects, or replaying would lose it.
fn describe(notice: &mut Notice, year: &YearFile, own: &[&Notice], import_day: NaiveDate) -> bool {
    let known: BTreeSet<Option<&str>> = own.iter().map(|notice| notice.url.as_deref()).collect();
    let listed = year
        .notices
        .iter()
        .rev()
        .find(|listed| listed.published.is_some() && !known.contains(&listed.url.as_deref()));
    let dated = listed.is_some() || year.published.is_some();
    if let Some(listed) = listed {
        notice.number.clone_from(&listed.number);
        notice.url.clone_from(&listed.url);
        notice.published = listed.published;
    } else {
        notice.published = year.published;
        notice.url = year
            .papers
            .iter()
            .rev()
            .find(|url| !known.contains(&Some(url.as_str())))
            .cloned();
    }
    let newest = own.iter().filter_map(|notice| notice.published).max();
    notice.published = Some(notice.published.unwrap_or(import_day)).max(newest);
    dated
}

/// The days on which the year file and the replay of its notices part. A day the file no longer
/// names goes back to what its weekday says.
fn difference(days: &[NoticeDay], own: &[&Notice]) -> Vec<NoticeDay> {
    let mut replayed: BTreeMap<NaiveDate, bool> = BTreeMap::new();
    for day in own.iter().flat_map(|notice| &notice.days) {
        replayed.insert(day.date, day.off);
    }
    let mut parted: BTreeMap<NaiveDate, NoticeDay> = BTreeMap::new();
    for day in days {
        if replayed.remove(&day.date) != Some(day.off) {
            parted.insert(day.date, day.clone());
        }
    }
    for (date, off) in replayed {
        let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        if off != weekend {
            parted.insert(
                date,
                NoticeDay {
                    name: String::new(),
                    date,
                    off: weekend,
                },
            );
        }
    }
    parted.into_values().collect()
}

fn check(file: &Named, notice: &Notice) -> Result<(), CalendarFileError> {
    if notice.days.len() > MAX_DAYS {
        return Err(content(file, format!("列出的日期超过 {MAX_DAYS} 天，请核对")));
    }
    notice.check().map_err(|source| CalendarFileError::Days {
        file: file.path.clone(),
        source,
    })
}

fn content(file: &Named, problem: String) -> CalendarFileError {
    CalendarFileError::Content {
        file: file.path.clone(),
        problem,
    }
}

/// `2027.json`, `2020-2.json`; a name like `2027年.json` is taken too, so that it is refused by
/// name instead of being passed over.
fn is_dated_json(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_digit()) && name.to_ascii_lowercase().ends_with(".json")
}

fn json<T: DeserializeOwned>(file: &Named) -> Result<T, CalendarFileError> {
    // Editors on Windows put a mark in front of UTF-8 text.
    let bytes = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&file.bytes);
    serde_json::from_slice(bytes).map_err(|error| CalendarFileError::Syntax {
        file: file.path.clone(),
        line: error.line(),
        column: error.column(),
        problem: problem(&error),
    })
}

fn problem(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let field = text.split('`').nth(1);
    match (error.classify(), field) {
        (serde_json::error::Category::Eof, _) => "文件不完整".to_owned(),
        (serde_json::error::Category::Data, Some(field)) if text.starts_with("missing field") => {
            format!("缺少字段 {field}")
        }
        (serde_json::error::Category::Data, _) => {
            "内容不合要求（日期应写作 2027-01-01，是否放假应为 true 或 false）".to_owned()
        }
        _ => "不是有效的 JSON".to_owned(),
    }
}

fn is_json(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".json") && !name.starts_with('.')
}

/// The files of a folder that are named after a year.
fn folder(dir: &Path) -> Result<Vec<Named>, CalendarFileError> {
    folder_of(dir, is_dated_json)
}

/// The regular files of a folder by name; a folder that is absent holds none.
fn folder_of(dir: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<Named>, CalendarFileError> {
    let shown = dir.display().to_string();
    let read = |source| CalendarFileError::Read {
        file: shown.clone(),
        source,
    };
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(read(error)),
    };
    let mut files = Vec::new();
    for (seen, entry) in entries.enumerate() {
        if seen >= MAX_FILES {
            return Err(CalendarFileError::TooMany { folder: shown });
        }
        let entry = entry.map_err(read)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if wanted(&name) {
            files.push(file(&entry.path(), name)?);
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

fn file(path: &Path, name: String) -> Result<Named, CalendarFileError> {
    let shown = path.display().to_string();
    let mut bytes = Vec::new();
    // A pipe or a device under a year's name would never end, or never begin.
    if path.exists() && !path.is_file() {
        let problem = "不是普通文件，请移走".to_owned();
        return Err(CalendarFileError::Content { file: shown, problem });
    }
    std::fs::File::open(path)
        .and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|source| CalendarFileError::Read {
            file: shown.clone(),
            source,
        })?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(CalendarFileError::TooLarge { file: shown });
    }
    Ok(Named {
        name,
        path: shown,
        bytes,
    })
}

fn own_statutory(cn: &Path) -> Result<Option<Named>, CalendarFileError> {
    let path = cn.join("statutory.json");
    if path.exists() {
        file(&path, "statutory.json".to_owned()).map(Some)
    } else {
        Ok(None)
    }
}

fn embedded(prefix: &str) -> Vec<Named> {
    let mut files: Vec<Named> = Embedded::iter()
        .filter_map(|path| {
            let name = path
                .strip_prefix(prefix)
                .filter(|name| is_dated_json(name) && !name.contains('/'))?;
            let bytes = Embedded::get(&path)?.data.into_owned();
            Some(Named {
                name: name.to_owned(),
                path: format!("内置日历 {path}"),
                bytes,
            })
        })
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

fn embedded_file(path: &str) -> Result<Named, CalendarFileError> {
    let shown = format!("内置日历 {path}");
    match Embedded::get(path) {
        Some(file) => Ok(Named {
            name: path.to_owned(),
            path: shown,
            bytes: file.data.into_owned(),
        }),
        None => Err(CalendarFileError::Read {
            file: shown,
            source: io::ErrorKind::NotFound.into(),
        }),
    }
}
