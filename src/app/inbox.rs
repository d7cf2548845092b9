//! 收件夹: a folder into which systems that only export files drop their lists. A file is judged, and moved with what came
//! of it to `done/`, or with the reason to `failed/`. Files are opened in the reading process only.
//!
//! The file moves last. Whoever stops the program before that finds it judged once more, and no finding twice: findings
//! and kept results know themselves by what they say.

use super::columns::Columns;
use super::import::Source;
use super::precheck::giveback::{self, Stamp};
use super::precheck::record::{counts, said};
use super::precheck::{Checked, Request, precheck_by};
use super::{App, AppError};
use crate::domain::protection::list::List;
use crate::domain::protection::{JudgeOptions, Verdict, View};
use crate::files::annotate::{Annotation, annotate};
use crate::files::{Document, HeaderWords, Opens as _, Sandbox};
use crate::runtime::crash::crash_point;
use crate::runtime::newfile::{self, NewFile};
use crate::store::journal::{self, ACTOR_SERVICE, Entry};
use std::io::{self, BufWriter, Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Files a look takes note of; the others wait.
pub const MOST: usize = 1_000;
/// Where handled files go.
pub const DONE: &str = "done";
/// Where files go that could not be handled.
pub const FAILED: &str = "failed";
/// Endings of what is written beside a handled file.
const RESULT: &str = ".预检结果.xlsx";
const NOTE: &str = ".说明.txt";
/// Bytes of a name that leave room for what is added to it.
const STEM_BYTES: usize = 180;
/// Faults named in a note; the workbook has them all.
const FAULTS_NAMED: usize = 50;

/// What is done with the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Proposed lists.
    Precheck {
        /// Results are kept and findings opened.
        keep: bool,
    },
    /// Final outcomes, which are always kept.
    Outcomes,
}

/// The folder and how its files are taken.
#[derive(Clone)]
pub struct Inbox {
    /// The folder.
    pub dir: PathBuf,
    /// What is done with the lists.
    pub sort: Sort,
    /// Opens them.
    pub by: Sandbox,
}

/// A file as the folder shows it; the same twice means that nobody writes it any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// Its name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// When it was written last: seconds and nanoseconds.
    pub written: (i64, i64),
    identity: (u64, u64),
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Judged and moved to `done/`.
    Done,
    /// Moved to `failed/`.
    Failed,
    /// It is another file by now, or none; it is looked at again.
    Changed,
}

/// A list of the file, judged.
struct Judged {
    document: Document,
    /// Words of its own, where columns were pointed out for its unit.
    words: Option<Box<HeaderWords>>,
    annotation: Annotation,
    said: String,
}

impl Inbox {
    /// What lies in the folder, by name. Folders, links, hidden files and the locks of office programs are no lists.
    pub fn look(&self) -> io::Result<Vec<Dropped>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.dir)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            if name.starts_with('.') || name.starts_with("~$") || found.len() == MOST {
                continue;
            }
            // Of the entry itself: a link is not followed. One that went away meanwhile is none.
            let Ok(about) = entry.path().symlink_metadata() else {
                continue;
            };
            if about.is_file() {
                found.push(Dropped {
                    name,
                    bytes: about.len(),
                    written: (about.mtime(), about.mtime_nsec()),
                    identity: (about.dev(), about.ino()),
                });
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// Files that wait for somebody in `failed/`.
    pub fn failures(&self) -> usize {
        let entries = std::fs::read_dir(self.dir.join(FAILED)).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names
            .filter(|name| !name.starts_with('.') && !name.ends_with(NOTE) && !name.ends_with(RESULT))
            .count()
    }

    /// Judges a file, writes what came of it and moves it. An error leaves it where it is.
    pub async fn handle(&self, app: &App, file: &Dropped) -> Result<Ended, AppError> {
        let app = &app.latest();
        for folder in [DONE, FAILED] {
            // Before anything is judged: what cannot be put away is not begun.
            let folder = self.dir.join(folder);
            std::fs::create_dir_all(&folder)
                .and_then(|()| NewFile::at(&folder.join("x")))
                .map_err(|error| AppError::Environment(format!("{}：无法写入（{error}）", folder.display())))?;
        }
        let Some(bytes) = self.read(file)? else {
            return Ok(Ended::Changed);
        };
        let source = Source::new(&file.name, &bytes);
        let (by, name) = (self.by.clone(), file.name.clone());
        let opened = blocking(move || by.open(&name, &bytes)).await?;
        let (mut judged, mut failures) = (Vec::new(), Vec::new());
        match opened {
            Err(error) => failures.push(error.to_string()),
            Ok(documents) => {
                for document in documents {
                    match self.judge(app, document).await {
                        Ok(list) => judged.push(list),
                        Err(AppError::Input(reason)) => failures.push(reason),
                        Err(error) => return Err(error),
                    }
                }
            }
        }
        crash_point("inbox.judged");
        let ended = if failures.is_empty() {
            Ended::Done
        } else {
            Ended::Failed
        };
        self.put_away(app, file, &source, judged, &failures, ended).await?;
        Ok(ended)
    }

    /// The bytes of a file that is still the one that was looked at; one byte more than may be read when it is longer.
    fn read(&self, file: &Dropped) -> Result<Option<Vec<u8>>, AppError> {
        let path = self.dir.join(&file.name);
        let cannot = |error: io::Error| AppError::Environment(format!("{}：无法读取（{error}）", path.display()));
        let opened = match std::fs::File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(cannot)?,
        };
        let about = opened.metadata().map_err(cannot)?;
        if (about.dev(), about.ino()) != file.identity || about.len() != file.bytes {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        let most = self.by.limits().file_bytes + 1;
        opened.take(most).read_to_end(&mut bytes).map_err(cannot)?;
        Ok(Some(bytes))
    }

    async fn judge(&self, app: &App, document: Document) -> Result<Judged, AppError> {
        let usual = app.vocabulary();
        let read = Columns::load(app, Vec::new())
            .await?
            .read(&usual.headers, (&document, &[]), None)
            .map_err(|error| AppError::Input(error.to_string()))?;
        let list = read.list;
        let source = Source {
            file: document.name.clone(),
            hash: document.hash.clone(),
        };
        let as_of = app.now().day();
        let checked = self.precheck(app, &list, &source).await?;
        let contacts = giveback::contacts_of(app, &checked.report).await?;
        let stamp = Stamp {
            source: &source,
            at: app.now(),
            as_of,
            by: ACTOR_SERVICE,
            columns: self.by.limits().columns,
        };
        Ok(Judged {
            annotation: giveback::annotation(&checked, &contacts, &stamp, View::Clerk),
            said: told(&checked, &source.file),
            document,
            words: read.words,
        })
    }

    async fn precheck(&self, app: &App, list: &List, source: &Source) -> Result<Checked, AppError> {
        let (keep, kind) = match self.sort {
            Sort::Precheck { keep } => (keep, "precheck"),
            Sort::Outcomes => (true, "outcomes"),
        };
        let request = Request {
            list,
            source,
            options: JudgeOptions {
                undated_is_final: self.sort == Sort::Outcomes,
                ..app.policy.judging(app.now().day())
            },
            keep,
            kind,
        };
        precheck_by(app, &request, ACTOR_SERVICE).await
    }

    /// Writes what came of it, journals that, and moves the file.
    async fn put_away(
        &self,
        app: &App,
        file: &Dropped,
        source: &Source,
        judged: Vec<Judged>,
        failures: &[String],
        ended: Ended,
    ) -> Result<(), AppError> {
        let (folder, action) = match ended {
            Ended::Failed | Ended::Changed => (self.dir.join(FAILED), "inbox.failed"),
            Ended::Done => (self.dir.join(DONE), "inbox.done"),
        };
        let free = Free::of(&folder, &file.name, judged.len());
        let mut detail: Vec<String> = judged.iter().map(|list| list.said.clone()).collect();
        detail.extend(failures.iter().cloned());
        let detail: String = detail.join("；").chars().take(500).collect();
        let cannot = |error: io::Error| AppError::Environment(format!("{}：无法写入（{error}）", folder.display()));
        let (words, names) = (app.vocabulary(), free.results.clone());
        let (judged, unwritten) = blocking(move || {
            let mut unwritten = Vec::new();
            for (list, path) in judged.iter().zip(names) {
                unwritten.extend(write_list(list, &words.headers, &path)?);
            }
            Ok((judged, unwritten))
        })
        .await?
        .map_err(cannot)?;
        let note = note(app, file, source, &judged, &[failures, &unwritten].concat());
        let mut new = NewFile::at(&free.note).map_err(cannot)?;
        new.writer().write_all(note.as_bytes()).map_err(cannot)?;
        new.keep(false).map_err(cannot)?;
        let mut tx = app.db.begin().await?;
        let entry = Entry {
            actor: ACTOR_SERVICE,
            action,
            object_kind: "file",
            object_id: &source.hash,
            detail,
        };
        journal::append(&mut tx, app.now(), &[entry]).await?;
        tx.commit().await?;
        crash_point("inbox.recorded");
        let path = self.dir.join(&file.name);
        std::fs::rename(&path, &free.file)
            .map_err(|error| AppError::Environment(format!("{}：无法移走（{error}）", path.display())))
    }
}

/// Work that waits for files or other processes does not hold up the loops.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| AppError::Environment(format!("内部任务异常中止：{error}")))
}

/// Writes the workbook; says why where a list cannot be one.
fn write_list(list: &Judged, words: &HeaderWords, path: &Path) -> io::Result<Option<String>> {
    let mut new = NewFile::at(path)?;
    let out = BufWriter::new(new.writer());
    match annotate(
        &list.document,
        list.words.as_deref().unwrap_or(words),
        &list.annotation,
        newfile::folder(path),
        out,
    ) {
        Ok(()) => new.keep(false).map(|()| None),
        Err(error) => Ok(Some(format!("标注好的名单没有写出：{error}"))),
    }
}

/// Names that nothing has yet, alike for all that belongs to one file.
struct Free {
    file: PathBuf,
    note: PathBuf,
    results: Vec<PathBuf>,
}

impl Free {
    fn of(folder: &Path, name: &str, lists: usize) -> Self {
        let (stem, ending) = match name.rsplit_once('.') {
            Some((stem, ending)) if !stem.is_empty() => (stem, format!(".{ending}")),
            _ => (name, String::new()),
        };
        let stem = &stem[..stem.floor_char_boundary(STEM_BYTES)];
        let made = |number: u32| {
            let base = if number == 1 {
                stem.to_owned()
            } else {
                format!("{stem}({number})")
            };
            let results = (1..=lists).map(|at| match lists {
                1 => folder.join(format!("{base}{RESULT}")),
                _ => folder.join(format!("{base}-{at}{RESULT}")),
            });
            Self {
                file: folder.join(format!("{base}{ending}")),
                note: folder.join(format!("{base}{NOTE}")),
                results: results.collect(),
            }
        };
        let is_free = |free: &Self| {
            let mut all = free.results.iter().chain([&free.file, &free.note]);
            all.all(|path| path.symlink_metadata().is_err())
        };
        let mut tries = (1_u32..).map(made);
        tries.find(is_free).expect("there are more numbers than files")
    }
}

/// What a list came to, in one line without names.
fn told(checked: &Checked, file: &str) -> String {
    let report = &checked.report;
    let mut found = counts(report);
    found.remove(Verdict::Clear.as_str());
    let found = said(&found);
    let found = if found.is_empty() {
        "没有须核对的".to_owned()
    } else {
        format!("须核对：{found}")
    };
    let opened = match checked.opened {
        0 => String::new(),
        count => format!("，新开疑似问题 {count} 件"),
    };
    let said = format!(
        "{file}：读出 {} 行，读不出 {} 处，{found}{opened}",
        report.rows_read,
        report.unreadable.len()
    );
    let notices = report.notices.iter().cloned();
    std::iter::once(said).chain(notices).collect::<Vec<_>>().join("；")
}

/// The note beside the file. Windows programs want the mark and its line ends.
fn note(app: &App, file: &Dropped, source: &Source, judged: &[Judged], failures: &[String]) -> String {
    let mut lines = vec![
        format!("文件：{}", file.name),
        format!("文件指纹（SHA-256）：{}", source.hash),
        format!("处理时间：{}", app.now().local().format("%Y-%m-%d %H:%M")),
    ];
    if !failures.is_empty() {
        lines.push("未能处理：".to_owned());
        lines.extend(failures.iter().map(|reason| format!("  {reason}")));
        lines.push("请改好后重新放入收件夹。".to_owned());
    }
    for (at, list) in (1..).zip(judged) {
        lines.push(match judged {
            [_] => list.said.clone(),
            _ => format!("第 {at} 份  {}", list.said),
        });
        for fault in list.annotation.unreadable.iter().take(FAULTS_NAMED) {
            let sheet = fault.sheet.as_ref().map(|sheet| format!("工作表「{sheet}」"));
            lines.push(format!(
                "  {}第 {} 行：{}",
                sheet.unwrap_or_default(),
                fault.row,
                fault.reason
            ));
        }
    }
    if !judged.is_empty() {
        lines.push("标注好的名单见同名的「.预检结果.xlsx」。预检只提出须核对的问题，不作任何决定。".to_owned());
    }
    let plain = lines.iter().map(|line| line.replace(['\r', '\n'], " "));
    format!("\u{feff}{}\r\n", plain.collect::<Vec<_>>().join("\r\n"))
}
