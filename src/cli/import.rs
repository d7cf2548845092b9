//! `rongcuo import …`

use super::args::{Global, ImportWhat};
use super::open::{self, Use};
use super::output::Failure;
use super::{ATTENTION, DONE};
use crate::app::columns::Columns;
use crate::app::import::{self, Compared, Ledger, Source, Summary};
use crate::app::precheck::{Checked, Request, precheck};
use crate::app::rectifications as ledger;
use crate::app::{App, peers};
use crate::config::Config;
use crate::domain::protection::JudgeOptions;
use crate::domain::protection::list::{List, RowFault};
use crate::files::{self, Document, HeaderWords, Limits, Opens as _, ReadError, Sandbox};
use std::fs::File;
use std::io::{Read as _, Write};
use std::path::Path;

/// Takes a file in; an archive of many lists is taken in list by list, each with its own result.
pub async fn run(global: &Global, what: &ImportWhat, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    let file = match what {
        ImportWhat::Register(file)
        | ImportWhat::Cadres(file)
        | ImportWhat::Outcomes(file)
        | ImportWhat::Contacts(file) => file,
        ImportWhat::Rectifications(ledger) => &ledger.file,
    };
    let input = match what {
        ImportWhat::Cadres(_) => Input::load_or_folder(&config, &file.file).await?,
        _ => Input::load(&config, &file.file).await?,
    };
    let strict = file.strict;
    match what {
        ImportWhat::Register(_) => {
            let parsed = input.each(files::register, |parsed| &parsed.faults, strict, err)?;
            let app = open::app(global, &config, Use::Write).await?;
            let mut told = Vec::new();
            for (source, parsed) in parsed.good {
                told.push(import::register(&app, &source, parsed.rows, parsed.rows_read, parsed.faults).await?);
            }
            tell(global, &input.name, &told, &parsed.bad, out, err)
        }
        ImportWhat::Cadres(_) => {
            let parsed = input.each(files::cadres, |parsed| &parsed.faults, strict, err)?;
            let app = open::app(global, &config, Use::Write).await?;
            let mut told = Vec::new();
            for (source, parsed) in parsed.good {
                told.push(import::cadres(&app, &source, parsed.rows, parsed.rows_read, parsed.faults).await?);
            }
            tell(global, &input.name, &told, &parsed.bad, out, err)
        }
        ImportWhat::Contacts(_) => {
            let parsed = input.each(files::contacts, |parsed| &parsed.faults, strict, err)?;
            let app = open::app(global, &config, Use::Write).await?;
            let mut told = Vec::new();
            for (source, parsed) in parsed.good {
                told.push(import::contacts(&app, &source, parsed.rows, parsed.rows_read, parsed.faults).await?);
            }
            tell(global, &input.name, &told, &parsed.bad, out, err)
        }
        ImportWhat::Rectifications(args) => {
            // Columns that were found in a ledger once are found again.
            let mut app = None;
            let mut before = Vec::new();
            if open::is_there(&config) {
                let opened = app.insert(open::app(global, &config, Use::Write).await?);
                before = ledger::known_columns(opened).await?;
            }
            let pointed: Vec<(&str, &str)> = args
                .map
                .iter()
                .map(|one| (one.field.as_str(), one.header.as_str()))
                .collect();
            let words = input
                .words
                .with_ledger_columns(&before, &pointed)
                .map_err(Failure::input)?;
            let read = |document: &Document, _: &HeaderWords| {
                let parsed = files::rectifications(document, &words)?;
                let shape = files::ledger_shape(document, &words);
                Ok(Ledger {
                    rows: parsed.rows,
                    shape,
                    rows_read: parsed.rows_read,
                    faults: parsed.faults,
                })
            };
            let parsed = input.each(read, |ledger| &ledger.faults, strict, err)?;
            let app = match app {
                Some(app) => app,
                None => open::app(global, &config, Use::Write).await?,
            };
            let mut told = Vec::new();
            for (source, read) in parsed.good {
                told.push(import::ledger(&app, &source, read, args.dry_run).await?);
            }
            tell_ledgers(global, &input.name, &told, &parsed.bad, out, err)
        }
        ImportWhat::Outcomes(_) => {
            // Columns that were pointed out for a unit once count here, too.
            let mut app = None;
            let mut columns = Columns::default();
            if open::is_there(&config) {
                let opened = app.insert(open::app(global, &config, Use::Write).await?);
                columns = Columns::load(opened, Vec::new()).await?;
            }
            let lists = input.lists(&columns, strict, err)?;
            let app = match app {
                Some(app) => app,
                None => open::app(global, &config, Use::Write).await?,
            };
            let mut documents = Vec::new();
            let mut code = list_failures(&lists.bad, err)?;
            for (source, list) in &lists.good {
                let (document, own) = outcomes(global, &app, source, list, out, err).await?;
                code = code.max(own);
                documents.push(document);
            }
            if global.json() {
                write_json(&input.name, documents, &lists.bad, out)?;
            }
            Ok(code)
        }
    }
}

/// A file, or a folder of approval forms, opened.
pub(super) struct Input {
    /// Its name without folder.
    pub(super) name: String,
    documents: Vec<Document>,
    words: HeaderWords,
}

/// What the lists of a file came to.
pub(super) struct Lists<T> {
    /// Those that can be used.
    pub(super) good: Vec<(Source, T)>,
    /// Those that cannot, and why.
    pub(super) bad: Vec<(String, ReadError)>,
}

impl Input {
    /// Opens a file in the reading process.
    pub(super) async fn load(config: &Config, path: &Path) -> Result<Self, Failure> {
        let (name, bytes) = load_bytes(&config.files, path)?;
        let documents = Sandbox::new(config.files.clone())
            .open(&name, &bytes)
            .map_err(|error| Failure::input(error.to_string()))?;
        Ok(Self {
            name,
            documents,
            words: words(config).await?,
        })
    }

    async fn load_or_folder(config: &Config, path: &Path) -> Result<Self, Failure> {
        if !path.is_dir() {
            return Self::load(config, path).await;
        }
        let document = files::folder::open(path, &Sandbox::new(config.files.clone()))
            .map_err(|error| Failure::input(error.to_string()))?;
        Ok(Self {
            name: document.name.clone(),
            documents: vec![document],
            words: words(config).await?,
        })
    }

    /// Reads every list; none that can be used is a failure, one of many that cannot is told beside the others.
    pub(super) fn each<T>(
        &self,
        reader: impl Fn(&Document, &HeaderWords) -> Result<T, ReadError>,
        faults: impl Fn(&T) -> &[RowFault],
        strict: bool,
        err: &mut dyn Write,
    ) -> Result<Lists<T>, Failure> {
        let mut lists = Lists {
            good: Vec::new(),
            bad: Vec::new(),
        };
        for document in &self.documents {
            match reader(document, &self.words) {
                Ok(read) => {
                    refuse_if_strict(strict, (&document.name, faults(&read)), err)?;
                    let source = Source {
                        file: document.name.clone(),
                        hash: document.hash.clone(),
                    };
                    lists.good.push((source, read));
                }
                Err(error) if strict => return Err(Failure::input(error.to_string())),
                Err(error) => lists.bad.push((document.name.clone(), error)),
            }
        }
        if lists.good.is_empty() {
            let reasons: Vec<String> = lists.bad.iter().map(|(_, error)| error.to_string()).collect();
            return Err(Failure::input(reasons.join("\n")));
        }
        Ok(lists)
    }

    /// Reads the personnel lists.
    pub(super) fn lists(&self, columns: &Columns, strict: bool, err: &mut dyn Write) -> Result<Lists<List>, Failure> {
        let read = |document: &Document, usual: &HeaderWords| columns.read(usual, (document, &[]), None);
        let lists = self.each(read, |read| &read.list.unreadable, strict, err)?;
        let mut good = Vec::new();
        for (source, read) in lists.good {
            if let Some(remembered) = &read.remembered {
                writeln!(
                    err,
                    "{}：{}",
                    super::printable(&source.file),
                    super::printable(&remembered.said())
                )?;
            }
            good.push((source, read.list));
        }
        Ok(Lists { good, bad: lists.bad })
    }
}

/// Reads a list of which only the names matter: where no header with results is found, one without does.
pub(super) fn names(document: &Document, usual: &HeaderWords) -> Result<List, ReadError> {
    match files::list(document, usual) {
        Err(ReadError::NoHeader { .. }) => files::list(document, &usual.without_results()),
        read => read,
    }
}

/// A file's bytes, bounded.
pub(super) fn load_bytes(limits: &Limits, path: &Path) -> Result<(String, Vec<u8>), Failure> {
    let (name, mut file) = open_file(limits, path)?;
    let mut bytes = Vec::new();
    let read = file.read_to_end(&mut bytes);
    read.map_err(|error| Failure::input(format!("{}：无法读取（{error}）", path.display())))?;
    Ok((name, bytes))
}

/// A file by its name without folder, if it is not too large.
pub(super) fn open_file(limits: &Limits, path: &Path) -> Result<(String, File), Failure> {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let cannot = |error: std::io::Error| Failure::input(format!("{}：无法读取（{error}）", path.display()));
    // A pipe or a device has no end that can be waited for.
    if !std::fs::metadata(path).map_err(cannot)?.is_file() {
        return Err(Failure::input(format!(
            "{}：不是普通文件，不能当作名单读取",
            path.display()
        )));
    }
    let file = File::open(path).map_err(cannot)?;
    let length = file.metadata().map_err(cannot)?.len();
    if length > limits.file_bytes {
        return Err(Failure::input(format!(
            "{name}：文件超过 {} MiB，请拆分后重试",
            limits.file_bytes >> 20
        )));
    }
    Ok((name, file))
}

pub(super) async fn words(config: &Config) -> Result<HeaderWords, Failure> {
    Ok(open::vocabulary(config).await?.headers)
}

/// Names the lists of an archive that cannot be used; says how the command ends because of them.
pub(super) fn list_failures(bad: &[(String, ReadError)], err: &mut dyn Write) -> Result<u8, Failure> {
    for (_, error) in bad {
        writeln!(err, "{error}")?;
    }
    Ok(if bad.is_empty() { DONE } else { ATTENTION })
}

/// One document for one list; for many, one with all of them and the lists that could not be used.
pub(super) fn write_json(
    name: &str,
    mut documents: Vec<serde_json::Value>,
    bad: &[(String, ReadError)],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    match documents.pop() {
        Some(only) if documents.is_empty() && bad.is_empty() => writeln!(out, "{only}")?,
        last => {
            documents.extend(last);
            let failed: Vec<serde_json::Value> = bad
                .iter()
                .map(|(file, error)| serde_json::json!({"file": file, "reason": error.to_string()}))
                .collect();
            let document = serde_json::json!({"file": name, "files": documents, "failed": failed});
            writeln!(out, "{document}")?;
        }
    }
    Ok(())
}

/// With `--strict` one bad row keeps the whole file out.
pub(super) fn refuse_if_strict(
    strict: bool,
    (file, faults): (&str, &[RowFault]),
    err: &mut dyn Write,
) -> Result<(), Failure> {
    if !strict || faults.is_empty() {
        return Ok(());
    }
    list_faults(file, faults, err)?;
    Err(Failure::input(format!(
        "有 {} 处读不出，按 --strict 整个文件未采用",
        faults.len()
    )))
}

/// Names every fault of a file with its place.
pub(super) fn list_faults(file: &str, faults: &[RowFault], err: &mut dyn Write) -> Result<(), Failure> {
    if !faults.is_empty() {
        writeln!(err, "{file}：")?;
    }
    for fault in faults {
        let sheet = fault
            .sheet
            .as_ref()
            .map(|sheet| format!("工作表「{sheet}」"))
            .unwrap_or_default();
        let column = fault
            .column
            .as_ref()
            .map(|column| format!("「{column}」列"))
            .unwrap_or_default();
        writeln!(err, "{sheet}第 {} 行{column}：{}", fault.row, fault.reason)?;
    }
    Ok(())
}

fn tell(
    global: &Global,
    name: &str,
    summaries: &[Summary],
    bad: &[(String, ReadError)],
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let mut code = list_failures(bad, err)?;
    let mut documents = Vec::new();
    for summary in summaries {
        if !summary.unreadable.is_empty() {
            code = ATTENTION;
        }
        if global.json() {
            documents.push(serde_json::to_value(summary)?);
            continue;
        }
        writeln!(
            out,
            "{}：读出 {} 行，新增 {}，变更 {}，不变 {}，有问题 {} 处",
            summary.file,
            summary.rows_read,
            summary.added,
            summary.changed,
            summary.unchanged,
            summary.unreadable.len()
        )?;
        list_faults(&summary.file, &summary.unreadable, err)?;
    }
    if global.json() {
        write_json(name, documents, bad, out)?;
    }
    Ok(code)
}

/// What ledgers changed, or would change.
fn tell_ledgers(
    global: &Global,
    name: &str,
    ledgers: &[Compared],
    bad: &[(String, ReadError)],
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    if global.json() {
        let code = list_failures(bad, err)?;
        let faults = ledgers.iter().any(|one| !one.summary.unreadable.is_empty());
        let documents = ledgers.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
        write_json(name, documents, bad, out)?;
        return Ok(if faults { ATTENTION } else { code });
    }
    for ledger in ledgers.iter().filter(|ledger| ledger.dry_run) {
        for item in &ledger.items {
            let what = if item.is_new { "新增" } else { "变更" };
            writeln!(out, "{what} {}", item.number)?;
            for change in item.changes.iter().filter(|change| change.column != "编号") {
                writeln!(out, "  {}", change.zh())?;
            }
        }
    }
    let summaries: Vec<Summary> = ledgers.iter().map(|ledger| ledger.summary.clone()).collect();
    let code = tell(global, name, &summaries, bad, out, err)?;
    for ledger in ledgers {
        if !ledger.not_listed.is_empty() {
            writeln!(
                err,
                "提示：{} 没有列出 {} 件未销号的事项，未作改动：{}",
                ledger.summary.file,
                ledger.not_listed.len(),
                ledger.not_listed.join("、")
            )?;
        }
        if !ledger.unknown_columns.is_empty() {
            let columns = ledger.unknown_columns.join("、");
            writeln!(
                err,
                "提示：这些列没有认出，原样保存、导出：{}",
                super::printable(&columns)
            )?;
        }
        if !ledger.unknown_units.is_empty() {
            let units = ledger.unknown_units.join("、");
            writeln!(
                err,
                "提示：这些责任单位没有联系人，提醒送不到：{}",
                super::printable(&units)
            )?;
        }
        if ledger.dry_run {
            writeln!(out, "以上是试运行，没有写入")?;
        }
    }
    Ok(code)
}

/// Judges and keeps one list; the JSON document and how it ended.
async fn outcomes(
    global: &Global,
    app: &App,
    source: &Source,
    list: &List,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(serde_json::Value, u8), Failure> {
    let options = JudgeOptions {
        undated_is_final: true,
        ..app.policy.judging(app.now().day())
    };
    let request = Request {
        list,
        source,
        options,
        keep: true,
        kind: "outcomes",
    };
    let Checked {
        report,
        opened,
        again,
        kept,
        ..
    } = precheck(app, &request).await?;
    let peers = peers::count(app, list, &request.options).await?;
    if peers.left_out > 0 {
        writeln!(err, "提示：{} 行看不出单位或期间，没有计入同类人员比对", peers.left_out)?;
    }
    if peers.partial > 0 {
        writeln!(
            err,
            "提示：{} 个单位的名单人数不到已知同一名单的一半（如补定名单），同类人员比对仍用原来的人次",
            peers.partial
        )?;
    }
    let document = serde_json::json!({
        "file": source.file, "rows_read": report.rows_read, "rows_protected": report.rows_protected,
        "peer_lists_changed": peers.changed, "kept": kept, "findings_opened": opened, "findings_again": again,
        "unreadable": report.unreadable,
    });
    if !global.json() {
        writeln!(
            out,
            "{}：读出 {} 行，涉及受保护人员 {} 人，新留存 {} 条，新开疑似问题 {} 件，升级或重新打开 {} 件，未能读出 {} 行",
            source.file,
            report.rows_read,
            report.rows_protected,
            kept,
            opened,
            again,
            report.unreadable.len()
        )?;
        list_faults(&source.file, &report.unreadable, err)?;
    }
    let code = if opened + again > 0 || !report.unreadable.is_empty() {
        ATTENTION
    } else {
        DONE
    };
    Ok((document, code))
}
