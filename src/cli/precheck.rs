//! `rongcuo precheck`: one list, an archive of them, or a folder of them.

mod show;
mod sources;
mod targets;

use super::args::{Format, Global, PrecheckArgs};
use super::import::{list_faults, load_bytes, open_file, refuse_if_strict, words};
use super::open::{self, Use};
use super::output::Failure;
use super::{ATTENTION, DONE};
use crate::app::App;
use crate::app::columns::{self, Columns, Read};
use crate::app::import::Source;
use crate::app::precheck::export;
use crate::app::precheck::giveback::{self, Stamp};
use crate::app::precheck::record::{Earlier, counts};
use crate::app::precheck::{self, Ahead, Begun, Checked, Length, Request, let_go, precheck_shown};
use crate::config::Config;
use crate::domain::protection::list::{Domain, List};
use crate::domain::protection::{JudgeOptions, Report, Verdict, View};
use crate::files::{Bytes, Document, HeaderWords, Opens as _, Sandbox, Sieve, Sifted, Sifting};
use crate::runtime::random::SystemRandom;
use crate::runtime::user;
use chrono::NaiveDate;
use serde_json::{Value, json};
use show::Shown;
use sources::{Found, Sources};
use std::io::{BufWriter, Cursor, Write};
use std::path::Path;
use targets::{Targets, What};

/// Judges what is given.
pub async fn run(
    global: &Global,
    args: &PrecheckArgs,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let config = open::config(global)?;
    let purpose = if args.keep { Use::Write } else { Use::Read };
    let sources = Sources::of(
        &args.file,
        &[args.annotate.as_deref(), args.opinion.as_deref()],
        config.files.members,
    )?;
    // Where there is no database yet, a single file that cannot be used makes none.
    let mut app = None;
    let mut begun = None;
    if open::is_there(&config) {
        // What is kept is judged by what is there then, and a folder takes its time.
        let quick = match &sources {
            Sources::One(path) if args.annotate.is_none() && !args.keep => {
                // One that cannot be looked at cannot be opened either.
                Some(Length::of(std::fs::metadata(path).map_or(0, |file| file.len())))
            }
            _ => None,
        };
        let begin = |db: &_, keys: &_| quick.map(|length| Begun::by(db, keys, &SystemRandom, length));
        let (opened, people) = open::app_beside(global, &config, purpose, begin).await?;
        (app, begun) = (Some(opened), people);
    }
    // The site's words may add kinds of outcome.
    let words = match &app {
        Some(app) => app.vocabulary().headers.clone(),
        None => words(&config).await?,
    };
    let domain = args.domain.as_deref().map(domain).transpose()?;
    let by = who(args.by.as_deref())?;
    // Only rows that may be about protected people are held; a workbook that is given back needs them all.
    let mut sieve = None;
    let mut ahead = None;
    let mut columns = Columns::given(args.map.clone());
    if let Some(opened) = &app {
        columns = Columns::load(opened, args.map.clone()).await?;
        if args.annotate.is_none() && columns.is_empty() {
            if let Some(begun) = begun {
                let (wanted, rest) = begun.sieve().await?;
                (sieve, ahead) = (Some(wanted), Some(rest));
            } else {
                sieve = Some(precheck::sieve(opened, &SystemRandom).await?);
            }
        }
    }
    let first = match &sources {
        Sources::One(path) => {
            let (name, mut file) = open_file(&config.files, path)?;
            let reading = Reading {
                config: &config,
                words: &words,
                columns: &columns,
                sieve: sieve.as_ref(),
                args,
            };
            Some(reading.lists((&name, &mut file), err)?)
        }
        Sources::Folder { .. } => None,
    };
    let many = first.as_ref().is_none_or(|lists| lists.len() > 1);
    let targets = |what: What, given: Option<&Path>| Targets::of(what, given, args.overwrite, many, &args.file);
    let workbooks = targets(What::Workbook, args.annotate.as_deref())?;
    let opinions = targets(What::Opinion, args.opinion.as_deref())?;
    let app = match app {
        Some(app) => app,
        None => open::app(global, &config, purpose).await?,
    };
    let mut desk = Desk {
        args,
        as_of: args.as_of.unwrap_or_else(|| app.now().day()),
        app: &app,
        config: &config,
        words,
        columns,
        sieve,
        ahead,
        domain,
        by,
        view: if args.details { View::Details } else { View::Clerk },
        format: global.format,
        many,
        workbooks,
        opinions,
        tally: Tally::default(),
    };
    match (sources, first) {
        (Sources::One(path), Some(lists)) => {
            let name = sources::name_of(&path);
            Box::pin(desk.lists(lists, out, err)).await?;
            desk.finish(&name, out, err)
        }
        (Sources::Folder { name, files }, _) => {
            for (at, found) in (1..).zip(&files) {
                writeln!(err, "（{at}/{}）{}", files.len(), super::printable(&found.shown))?;
                Box::pin(desk.file(found, out, err)).await?;
            }
            desk.finish(&name, out, err)
        }
        (Sources::One(_), None) => unreachable!("a single file was opened above"),
    }
}

pub(super) fn domain(text: &str) -> Result<Domain, Failure> {
    Domain::from_id(text).ok_or_else(|| {
        let known: Vec<String> = Domain::known()
            .iter()
            .map(|d| format!("{}（{}）", d.as_str(), d.zh()))
            .collect();
        Failure::input(format!("--domain「{text}」不是事项类别，可用：{}", known.join("、")))
    })
}

fn who(given: Option<&str>) -> Result<String, Failure> {
    match given {
        None => Ok(user::name()),
        Some(name) => {
            super::case::actor(Some(name)).map_err(|failure| Failure::input(failure.text().replace("--actor", "--by")))
        }
    }
}

/// A list and its rows, or why there are none.
struct Opened {
    document: Document,
    read: Result<Read, Failure>,
}

/// How files are read.
struct Reading<'a> {
    config: &'a Config,
    words: &'a HeaderWords,
    columns: &'a Columns,
    /// Whom lists are searched for; `None`: every row is held.
    sieve: Option<&'a Sieve>,
    args: &'a PrecheckArgs,
}

impl Reading<'_> {
    /// The lists of a file. None that can be used is a failure; with `--strict` one bad row is.
    fn lists(&self, (name, bytes): (&str, &mut dyn Bytes), err: &mut dyn Write) -> Result<Vec<Opened>, Failure> {
        let sandbox = Sandbox::new(self.config.files.clone());
        let documents = if let Some(sieve) = self.sieve {
            sandbox.sift(name, bytes, &Sifting::new(self.words, sieve))
        } else {
            let mut whole = Vec::new();
            let read = bytes.read_to_end(&mut whole);
            read.map_err(|error| Failure::input(format!("{name}：无法读取（{error}）")))?;
            let documents = sandbox.open(name, &whole);
            documents.map(|documents| documents.into_iter().map(Sifted::from).collect())
        };
        let documents = documents.map_err(|error| Failure::input(error.to_string()))?;
        let lists: Vec<Opened> = documents.into_iter().map(|sifted| self.list(sifted)).collect();
        let mut reasons = Vec::new();
        for opened in &lists {
            match &opened.read {
                Ok(Read { list, .. }) => refuse_if_strict(self.args.strict, (&list.file, &list.unreadable), err)?,
                Err(failure) if self.args.strict => return Err(Failure::input(failure.text())),
                Err(failure) => reasons.push(failure.text().to_owned()),
            }
        }
        if reasons.len() == lists.len() {
            return Err(Failure::input(reasons.join("\n")));
        }
        Ok(lists)
    }

    fn list(&self, sifted: Sifted) -> Opened {
        let unit = self.args.unit.as_deref();
        let read = self.columns.read(self.words, (&sifted.document, &sifted.passed), unit);
        Opened {
            read: read.map_err(|error| Failure::input(error.to_string())),
            document: sifted.document,
        }
    }
}

/// What the lists came to.
#[derive(Default)]
struct Tally {
    /// JSON of each list.
    documents: Vec<String>,
    /// Rows for CSV.
    rows: Vec<Vec<String>>,
    /// A line of the summary for each list.
    lines: Vec<show::Line>,
    /// Lists that could not be judged or given back, and why.
    failed: Vec<(String, String)>,
    /// Lists that were judged before.
    skipped: Vec<(String, Earlier)>,
    attention: bool,
}

/// The work on all lists of one command.
struct Desk<'a> {
    args: &'a PrecheckArgs,
    app: &'a App,
    config: &'a Config,
    words: HeaderWords,
    columns: Columns,
    /// Whom lists are searched for; `None`: every row is held.
    sieve: Option<Sieve>,
    /// For the first list.
    ahead: Option<Ahead>,
    as_of: NaiveDate,
    domain: Option<Domain>,
    by: String,
    view: View,
    format: Format,
    /// Lists are counted, one that fails does not hold up the others.
    many: bool,
    workbooks: Targets,
    opinions: Targets,
    tally: Tally,
}

impl Desk<'_> {
    /// A file of a folder.
    async fn file(&mut self, found: &Found, out: &mut dyn Write, err: &mut dyn Write) -> Result<(), Failure> {
        match self.open(found, err).await {
            Ok(lists) => Box::pin(self.lists(lists, out, err)).await,
            Err(failure) => self.failed(found.shown.clone(), failure, err),
        }
    }

    async fn open(&mut self, found: &Found, err: &mut dyn Write) -> Result<Vec<Opened>, Failure> {
        let (_, bytes) = load_bytes(&self.config.files, &found.path)?;
        if self.skip(&Source::new(&found.shown, &bytes), err).await? {
            return Ok(Vec::new());
        }
        let mut bytes = Cursor::new(bytes);
        let reading = Reading {
            config: self.config,
            words: &self.words,
            columns: &self.columns,
            sieve: self.sieve.as_ref(),
            args: self.args,
        };
        reading.lists((&found.shown, &mut bytes), err)
    }

    /// Whether a list is left out because it was judged before.
    async fn skip(&mut self, source: &Source, err: &mut dyn Write) -> Result<bool, Failure> {
        if !(self.args.retry_failed && self.many) {
            return Ok(false);
        }
        let Some(earlier) = Earlier::same(self.app, &source.hash, self.as_of, self.args.keep).await? else {
            return Ok(false);
        };
        // Judged, but not given back: that is done again.
        if !self.workbooks.has(&source.file) {
            return Ok(false);
        }
        writeln!(
            err,
            "{}：已于 {} 预检过（{}），不再重做",
            super::printable(&source.file),
            earlier.at,
            earlier.found()
        )?;
        self.tally.skipped.push((source.file.clone(), earlier));
        Ok(true)
    }

    async fn lists(&mut self, lists: Vec<Opened>, out: &mut dyn Write, err: &mut dyn Write) -> Result<(), Failure> {
        for Opened { document, read } in lists {
            let judged = match read {
                Ok(read) => {
                    let judged = self.list(&document, &read, out, err).await;
                    self.done_with(read);
                    judged
                }
                Err(failure) => Err(failure),
            };
            if let Err(failure) = judged {
                self.failed(document.name.clone(), failure, err)?;
            }
            self.done_with(document);
        }
        Ok(())
    }

    /// Gives back what a list took, unless the command ends with it: then the system takes all of it at once.
    fn done_with<T: Send + 'static>(&self, value: T) {
        if self.many {
            let_go(value);
        } else {
            std::mem::forget(value);
        }
    }

    /// Of several lists one that cannot be used is told beside the others; a fault of the surroundings ends the command.
    fn failed(&mut self, name: String, failure: Failure, err: &mut dyn Write) -> Result<(), Failure> {
        if !self.many || failure.code != super::BAD_INPUT {
            return Err(failure);
        }
        writeln!(err, "{}", failure.text())?;
        self.tally.failed.push((name, failure.text().to_owned()));
        Ok(())
    }

    async fn list(
        &mut self,
        document: &Document,
        read: &Read,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<(), Failure> {
        let source = Source {
            file: document.name.clone(),
            hash: document.hash.clone(),
        };
        if self.skip(&source, err).await? {
            return Ok(());
        }
        let (workbook, opinion) = (self.workbooks.next(&source.file)?, self.opinions.next(&source.file)?);
        let earlier = Earlier::of(self.app, &source.hash).await?;
        let ahead = self.ahead.take();
        let request = self.request(&read.list, &source);
        let about = (&source, earlier.as_ref());
        // It names no contacts.
        let json = |checked: &_| (self.format == Format::Json).then(|| self.shown(about, checked, &[]).json());
        let (checked, json) = precheck_shown(self.app, &request, ahead, &self.by, json).await?;
        for notice in &checked.report.notices {
            writeln!(err, "提示：{}", super::printable(notice))?;
        }
        self.columns(read, &checked.report, err).await?;
        // The forms for other programs and for whoever runs the command name no contacts.
        let named = workbook.is_some() || opinion.is_some() || matches!(self.format, Format::Csv | Format::Table);
        let contacts = if named {
            giveback::contacts_of(self.app, &checked.report).await?
        } else {
            Vec::new()
        };
        if self.args.details {
            giveback::view_details(self.app, &source, &checked.report, &self.by).await?;
        }
        let stamp = Stamp {
            source: &source,
            at: self.app.now(),
            as_of: self.as_of,
            by: &self.by,
            columns: self.config.files.columns,
        };
        if let Some(target) = workbook {
            let annotation = giveback::annotation(&checked, &contacts, &stamp, self.view);
            target.write(document, read.words.as_deref().unwrap_or(&self.words), &annotation)?;
            writeln!(err, "已写到 {}", target.path().display())?;
        }
        if let Some(target) = opinion {
            let papers = giveback::opinions(self.app, &checked, &contacts, &stamp, self.args.by.as_deref())?;
            for path in target.write_opinions(&papers)? {
                writeln!(err, "已写到 {}", path.display())?;
            }
        }
        match self.format {
            Format::Json => self.tally.documents.extend(json.transpose()?),
            Format::Csv => self.tally.rows.extend(self.shown(about, &checked, &contacts).rows()),
            Format::Table => self.shown(about, &checked, &contacts).table(out)?,
            Format::Text => self.shown(about, &checked, &contacts).text(out)?,
        }
        if self.format != Format::Json {
            list_faults(&source.file, &checked.report.unreadable, err)?;
        }
        let report = &checked.report;
        let clear = report.results.iter().all(|judged| judged.verdict == Verdict::Clear);
        self.tally.attention |= !clear || !report.unreadable.is_empty();
        self.tally.lines.push(show::Line {
            file: source.file,
            rows_read: report.rows_read,
            unreadable: report.unreadable.len(),
            counts: counts(report),
        });
        self.done_with(checked);
        Ok(())
    }

    /// Remembers columns that were pointed out for the list's unit, or says which remembered ones it was read by.
    async fn columns(&self, read: &Read, report: &Report, err: &mut dyn Write) -> Result<(), Failure> {
        if let Some(remembered) = &read.remembered {
            writeln!(err, "{}", super::printable(&remembered.said()))?;
        }
        if self.args.map.is_empty() {
            return Ok(());
        }
        if !read.absent.is_empty() {
            let said = super::printable(&columns::said(&read.absent));
            writeln!(err, "提示：指明的 {said} 这份名单没有，没有用上")?;
        }
        let unit = self.args.unit.as_deref();
        let pointed = &read.pointed;
        if pointed.is_empty() {
            return Ok(());
        }
        if !columns::says_something(pointed, &read.list, report, &self.app.vocabulary().headers) {
            writeln!(err, "提示：{}", columns::SAYS_NOTHING)?;
            return Ok(());
        }
        let said = columns::said(pointed);
        let said = super::printable(&said);
        let Some(unit) = report.unit.as_deref().or(unit) else {
            writeln!(
                err,
                "看不出名单是哪个单位的，列对应没有记住；加 --unit 指明单位即可记住"
            )?;
            return Ok(());
        };
        if columns::remember(self.app, unit, pointed, &self.by).await? {
            writeln!(err, "已记住 {} 的列对应：{said}", super::printable(unit))?;
        }
        Ok(())
    }

    fn shown<'b>(
        &'b self,
        (source, earlier): (&'b Source, Option<&'b Earlier>),
        checked: &'b Checked,
        contacts: &'b [String],
    ) -> Shown<'b> {
        Shown {
            source,
            as_of: self.as_of,
            checked,
            contacts,
            earlier,
            view: self.view,
            keep: self.args.keep,
            quota: &self.app.policy.quota,
        }
    }

    fn request<'b>(&self, list: &'b List, source: &'b Source) -> Request<'b> {
        Request {
            list,
            source,
            options: JudgeOptions {
                domain: self.domain,
                unit: self.args.unit.clone(),
                period: self.args.period.clone(),
                ..self.app.policy.judging(self.as_of)
            },
            keep: self.args.keep,
            kind: "precheck",
        }
    }

    /// Says what all of it came to.
    fn finish(self, name: &str, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8, Failure> {
        let tally = self.tally;
        if tally.lines.is_empty() && tally.skipped.is_empty() {
            let reasons: Vec<&str> = tally.failed.iter().map(|(_, reason)| reason.as_str()).collect();
            return Err(Failure::input(if reasons.is_empty() {
                format!("{name}：里面没有可以预检的名单")
            } else {
                reasons.join("\n")
            }));
        }
        match self.format {
            Format::Json => json_document(name, tally.documents, &tally.failed, &tally.skipped, self.many, out)?,
            Format::Csv => {
                show::csv(self.view, &tally.rows, out)?;
                if self.many {
                    show::summary(&tally.lines, &tally.failed, &tally.skipped, err)?;
                }
            }
            Format::Table | Format::Text if self.many => {
                show::summary(&tally.lines, &tally.failed, &tally.skipped, out)?;
            }
            Format::Table | Format::Text => {}
        }
        Ok(if tally.attention || !tally.failed.is_empty() {
            ATTENTION
        } else {
            DONE
        })
    }
}

/// One document for one list; for many, one with all of them and those that could not be used.
fn json_document(
    name: &str,
    mut documents: Vec<String>,
    failed: &[(String, String)],
    skipped: &[(String, Earlier)],
    many: bool,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if let [only] = documents.as_mut_slice()
        && !many
    {
        // In one piece: a terminal's writer searches each for the end of a line.
        only.push('\n');
        return Ok(out.write_all(only.as_bytes())?);
    }
    let failed: Vec<Value> = failed
        .iter()
        .map(|(file, reason)| json!({ "file": file, "reason": reason }))
        .collect();
    let skipped: Vec<Value> = skipped
        .iter()
        .map(|(file, earlier)| json!({ "file": file, "earlier_run": export::earlier_json(earlier) }))
        .collect();
    // The documents are text already.
    let (failed, name, skipped) = (json!(failed), json!(name), json!(skipped));
    let mut out = BufWriter::new(out);
    write!(out, "{{\"failed\":{failed},\"file\":{name},\"files\":[")?;
    for (at, document) in documents.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        write!(out, "{comma}{document}")?;
    }
    writeln!(out, "],\"skipped\":{skipped}}}")?;
    Ok(out.flush()?)
}
