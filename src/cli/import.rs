//! `rongcuo import …`

use super::args::{Global, ImportFile, ImportWhat};
use super::open::{self, Use};
use super::output::Failure;
use super::{ATTENTION, DONE};
use crate::app::App;
use crate::app::import::{self, Source, Summary};
use crate::app::precheck::{Checked, Request, outcomes_supported, precheck};
use crate::config::Config;
use crate::domain::protection::JudgeOptions;
use crate::domain::protection::list::RowFault;
use crate::files::{self, HeaderWords, Limits, Parsed, ReadError};
use std::io::Write;
use std::path::Path;

/// Takes a file in.
pub async fn run(global: &Global, what: &ImportWhat, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    let file = match what {
        ImportWhat::Register(file)
        | ImportWhat::Cadres(file)
        | ImportWhat::Outcomes(file)
        | ImportWhat::Rectifications(file)
        | ImportWhat::Contacts(file) => file,
    };
    let input = Input::load(&config, &file.file)?;
    let summary = match what {
        ImportWhat::Register(_) => {
            let parsed = input.parse(files::read_register, file, err)?;
            let app = open::app(global, &config, Use::Write).await?;
            import::register(&app, &input.source, parsed.rows, parsed.rows_read, parsed.faults).await?
        }
        ImportWhat::Cadres(_) => {
            let parsed = input.parse(files::read_cadres, file, err)?;
            let app = open::app(global, &config, Use::Write).await?;
            import::cadres(&app, &input.source, parsed.rows, parsed.rows_read, parsed.faults).await?
        }
        ImportWhat::Contacts(_) => {
            let parsed = input.parse(files::read_contacts, file, err)?;
            let app = open::app(global, &config, Use::Write).await?;
            import::contacts(&app, &input.source, parsed.rows, parsed.rows_read, parsed.faults).await?
        }
        ImportWhat::Rectifications(_) => {
            let parsed = input.parse(files::read_rectifications, file, err)?;
            let app = open::app(global, &config, Use::Write).await?;
            import::rectifications(&app, &input.source, parsed.rows, parsed.rows_read, parsed.faults).await?
        }
        ImportWhat::Outcomes(_) => {
            let app = open::app(global, &config, Use::Write).await?;
            return outcomes(global, &app, &input, file, out, err).await;
        }
    };
    tell(global, &summary, out, err)
}

/// A file with what is needed to read it.
pub(super) struct Input {
    pub(super) source: Source,
    bytes: Vec<u8>,
    words: HeaderWords,
    limits: Limits,
}

impl Input {
    /// Reads the file's bytes, bounded.
    pub(super) fn load(config: &Config, path: &Path) -> Result<Self, Failure> {
        let limits = Limits::default();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let cannot = |error: std::io::Error| Failure::input(format!("{}：无法读取（{error}）", path.display()));
        let length = std::fs::metadata(path).map_err(cannot)?.len();
        if length > limits.file_bytes {
            return Err(Failure::input(format!(
                "{name}：文件超过 {} MiB，请拆分后重试",
                limits.file_bytes >> 20
            )));
        }
        let bytes = std::fs::read(path).map_err(cannot)?;
        let own = match &config.words_dir {
            Some(dir) => files::words::headers(dir).map_err(|error| Failure::input(error.to_string()))?,
            None => None,
        };
        let words = match own {
            Some(text) => HeaderWords::parse(&text).map_err(|error| Failure::input(error.to_string()))?,
            None => HeaderWords::builtin(),
        };
        Ok(Self {
            source: Source::new(name, &bytes),
            bytes,
            words,
            limits,
        })
    }

    fn parse<T>(
        &self,
        reader: impl Fn(&str, &[u8], &HeaderWords, &Limits) -> Result<Parsed<T>, ReadError>,
        file: &ImportFile,
        err: &mut dyn Write,
    ) -> Result<Parsed<T>, Failure> {
        let parsed = reader(&self.source.file, &self.bytes, &self.words, &self.limits)
            .map_err(|error| Failure::input(error.to_string()))?;
        refuse_if_strict(file.strict, &parsed.faults, err)?;
        Ok(parsed)
    }

    /// Reads a personnel list.
    pub(super) fn list(&self) -> Result<crate::domain::protection::list::List, Failure> {
        files::read_list(&self.source.file, &self.bytes, &self.words, &self.limits)
            .map_err(|error| Failure::input(error.to_string()))
    }
}

/// With `--strict` one bad row keeps the whole file out.
pub(super) fn refuse_if_strict(strict: bool, faults: &[RowFault], err: &mut dyn Write) -> Result<(), Failure> {
    if !strict || faults.is_empty() {
        return Ok(());
    }
    list_faults(faults, err)?;
    Err(Failure::input(format!(
        "有 {} 处读不出，按 --strict 整个文件未采用",
        faults.len()
    )))
}

/// Names every fault with its place.
pub(super) fn list_faults(faults: &[RowFault], err: &mut dyn Write) -> Result<(), Failure> {
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

fn tell(global: &Global, summary: &Summary, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8, Failure> {
    if global.json() {
        writeln!(out, "{}", serde_json::to_string(summary)?)?;
    } else {
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
        list_faults(&summary.unreadable, err)?;
    }
    Ok(if summary.unreadable.is_empty() { DONE } else { ATTENTION })
}

async fn outcomes(
    global: &Global,
    app: &App,
    input: &Input,
    file: &ImportFile,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let list = input.list()?;
    refuse_if_strict(file.strict, &list.unreadable, err)?;
    let options = JudgeOptions {
        as_of: app.now().day(),
        domain: None,
        unit: None,
        period: None,
        tolerance: app.policy.tolerance,
        protected: app.policy.protected().to_vec(),
    };
    let request = Request {
        list: &list,
        source: &input.source,
        options,
        keep: true,
        kind: "outcomes",
    };
    let Checked { report, opened, kept } = precheck(app, &request).await?;
    if let Some(other) = report.domains.iter().find(|domain| !outcomes_supported(**domain)) {
        writeln!(err, "提示：名单含「{}」，已一并判断留存", other.zh())?;
    }
    if global.json() {
        let document = serde_json::json!({
            "file": input.source.file, "rows_read": report.rows_read, "rows_protected": report.rows_protected,
            "kept": kept, "findings_opened": opened, "unreadable": report.unreadable,
        });
        writeln!(out, "{document}")?;
    } else {
        writeln!(
            out,
            "{}：读出 {} 行，涉及受保护人员 {} 人，新留存 {} 条，新开疑似问题 {} 件，未能读出 {} 行",
            input.source.file,
            report.rows_read,
            report.rows_protected,
            kept,
            opened,
            report.unreadable.len()
        )?;
        list_faults(&report.unreadable, err)?;
    }
    Ok(if opened > 0 || !report.unreadable.is_empty() {
        ATTENTION
    } else {
        DONE
    })
}
