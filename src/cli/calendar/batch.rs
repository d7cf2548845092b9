//! Many reckonings at once: a delimited list in, the same list with two columns more out.

use super::{ATTENTION, DONE, Refusal, bad_date, parse_date, print_json, working_days};
use crate::domain::calendar::Calendar;
use chrono::NaiveDate;
use csv::StringRecord;
use encoding_rs::GB18030;
use serde::Serialize;
use std::io::{self, Read, Write};
use std::path::Path;

/// The largest list read.
const MAX_BYTES: u64 = 64 << 20;

/// The two cells added to a row, or why there are none.
type Answer = Result<[String; 2], String>;

/// A kind of batch: the columns it reads, the columns it adds, and the reckoning of a row.
pub(super) struct Batch {
    input: [&'static str; 2],
    output: [&'static str; 2],
    reckon: fn(&Calendar, &str, &str) -> Answer,
}

/// `calendar add --batch`.
pub(super) const ADD: Batch = Batch {
    input: ["start_date", "n_working_days"],
    output: ["deadline", "certainty"],
    reckon: add,
};

/// `calendar count --batch`.
pub(super) const COUNT: Batch = Batch {
    input: ["from_date", "to_date"],
    output: ["working_days", "certainty"],
    reckon: count,
};

/// A row of the JSON document.
#[derive(Serialize)]
struct Row {
    line: u64,
    fields: Vec<String>,
    #[serde(flatten)]
    added: std::collections::BTreeMap<&'static str, Option<String>>,
    error: Option<String>,
}

#[derive(Serialize)]
struct Document {
    columns: Vec<String>,
    rows: Vec<Row>,
    bad_rows: usize,
    calendar_revision: String,
}

/// Where the answered rows go.
trait Sink {
    fn row(&mut self, line: u64, record: &StringRecord, answer: Option<&Answer>) -> io::Result<()>;
}

pub(super) fn run(
    calendar: &Calendar,
    kind: &Batch,
    path: &Path,
    json: bool,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Refusal> {
    let text = read(path)?;
    let delimiter = delimiter(&text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut records = Records {
        text: &text,
        byte: 0,
        line: 1,
        inner: &mut reader,
    };
    let Some((_, header)) = records.next()? else {
        return Err(Refusal::Input(format!(
            "{} 是空文件，缺少列 {}",
            path.display(),
            kind.input.join("、")
        )));
    };
    let columns = columns(path, kind, &header)?;
    let bad = if json {
        let mut sink = JsonSink { kind, rows: Vec::new() };
        let bad = answer_all(calendar, kind, columns, header.len(), &mut records, &mut sink, err)?;
        let document = Document {
            columns: header.iter().map(str::to_owned).collect(),
            rows: sink.rows,
            bad_rows: bad,
            calendar_revision: calendar.revision().to_owned(),
        };
        print_json(out, &document)?;
        bad
    } else {
        let mut writer = csv::WriterBuilder::new()
            .flexible(true)
            .delimiter(delimiter)
            .from_writer(out);
        writer
            .write_record(header.iter().chain(kind.output))
            .map_err(io::Error::from)?;
        let bad = answer_all(
            calendar,
            kind,
            columns,
            header.len(),
            &mut records,
            &mut CsvSink(&mut writer),
            err,
        )?;
        writer.flush()?;
        bad
    };
    if bad == 0 {
        return Ok(DONE);
    }
    writeln!(err, "共 {bad} 行未能推算，已留空；其余各行结果有效")?;
    Ok(ATTENTION)
}

fn answer_all(
    calendar: &Calendar,
    kind: &Batch,
    columns: [usize; 2],
    width: usize,
    records: &mut Records<'_>,
    sink: &mut dyn Sink,
    err: &mut dyn Write,
) -> Result<usize, Refusal> {
    let mut bad = 0;
    while let Some((line, record)) = records.next()? {
        // Office programs leave rows of bare separators at the end of a sheet.
        if record.iter().all(|cell| cell.trim().is_empty()) {
            sink.row(line, &record, None)?;
            continue;
        }
        let answer = answer(calendar, kind, columns, width, &record);
        if let Err(reason) = &answer {
            bad += 1;
            writeln!(err, "第 {line} 行：{reason}")?;
        }
        let mut record = record;
        // A short row is filled up, so that the added cells stand under their headers.
        while record.len() < width {
            record.push_field("");
        }
        sink.row(line, &record, Some(&answer))?;
    }
    Ok(bad)
}

fn answer(calendar: &Calendar, kind: &Batch, columns: [usize; 2], width: usize, record: &StringRecord) -> Answer {
    if record.len() > width {
        return Err(format!(
            "有 {} 列，多于表头的 {width} 列，请检查分隔符和引号",
            record.len()
        ));
    }
    let [first, second] = columns.map(|column| record.get(column).unwrap_or_default());
    (kind.reckon)(calendar, first, second)
}

fn add(calendar: &Calendar, start: &str, days: &str) -> Answer {
    let start = cell_date("start_date", start)?;
    let days = working_days(days).map_err(|refusal| format!("n_working_days 列：{refusal}"))?;
    let deadline = calendar.add(start, days).map_err(|error| error.to_string())?;
    Ok([deadline.day.to_string(), deadline.certainty.as_str().to_owned()])
}

fn count(calendar: &Calendar, from: &str, to: &str) -> Answer {
    let (from, to) = (cell_date("from_date", from)?, cell_date("to_date", to)?);
    let count = calendar.count(from, to).map_err(|error| error.to_string())?;
    Ok([count.working_days.to_string(), count.certainty.as_str().to_owned()])
}

fn cell_date(column: &str, text: &str) -> Result<NaiveDate, String> {
    parse_date(text).ok_or_else(|| format!("{column} 列{}", bad_date(text)))
}

fn columns(path: &Path, kind: &Batch, header: &StringRecord) -> Result<[usize; 2], Refusal> {
    let find = |name: &str| {
        let place = header.iter().position(|cell| cell.trim().eq_ignore_ascii_case(name));
        place.ok_or_else(|| {
            let shown = path.display();
            Refusal::Input(format!(
                "{shown} 第 1 行缺少列 {name}：表头应含 {}",
                kind.input.join(" 和 ")
            ))
        })
    };
    Ok([find(kind.input[0])?, find(kind.input[1])?])
}

/// The records with the line each begins on, which the parser itself miscounts after `\r\n`.
struct Records<'a> {
    text: &'a str,
    byte: usize,
    line: u64,
    inner: &'a mut csv::Reader<&'a [u8]>,
}

impl Records<'_> {
    fn next(&mut self) -> Result<Option<(u64, StringRecord)>, Refusal> {
        let mut record = StringRecord::new();
        let more = self
            .inner
            .read_record(&mut record)
            .map_err(|error| Refusal::Input(format!("无法读取 CSV：第 {} 行附近格式不对（{error}）", self.line)))?;
        if !more {
            return Ok(None);
        }
        let bytes = self.text.as_bytes();
        let mut start = record
            .position()
            .map_or(0, |position| position.byte() as usize)
            .min(bytes.len());
        while matches!(bytes.get(start), Some(b'\r' | b'\n')) {
            start += 1;
        }
        self.line += self.text[self.byte..start.max(self.byte)].matches('\n').count() as u64;
        self.byte = start.max(self.byte);
        Ok(Some((self.line, record)))
    }
}

struct CsvSink<'a, W: Write>(&'a mut csv::Writer<W>);

impl<W: Write> Sink for CsvSink<'_, W> {
    fn row(&mut self, _line: u64, record: &StringRecord, answer: Option<&Answer>) -> io::Result<()> {
        let [first, second] = match answer {
            Some(Ok(cells)) => [cells[0].as_str(), cells[1].as_str()],
            Some(Err(_)) | None => ["", ""],
        };
        Ok(self.0.write_record(record.iter().chain([first, second]))?)
    }
}

struct JsonSink<'a> {
    kind: &'a Batch,
    rows: Vec<Row>,
}

impl Sink for JsonSink<'_> {
    fn row(&mut self, line: u64, record: &StringRecord, answer: Option<&Answer>) -> io::Result<()> {
        let Some(answer) = answer else { return Ok(()) };
        let cells = answer.as_ref().ok();
        let added = [0, 1].map(|place| (self.kind.output[place], cells.map(|cells| cells[place].clone())));
        self.rows.push(Row {
            line,
            fields: record.iter().map(str::to_owned).collect(),
            added: added.into_iter().collect(),
            error: answer.as_ref().err().cloned(),
        });
        Ok(())
    }
}

fn read(path: &Path) -> Result<String, Refusal> {
    let shown = if path == Path::new("-") {
        "标准输入".to_owned()
    } else {
        path.display().to_string()
    };
    let mut bytes = Vec::new();
    let done = if path == Path::new("-") {
        io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
    };
    done.map_err(|error| Refusal::Input(format!("无法读取 {shown}：{error}；请检查路径和权限")))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Refusal::Input(format!(
            "{shown} 超过 {} MB，请拆分后再读",
            MAX_BYTES >> 20
        )));
    }
    decode(&bytes).ok_or_else(|| {
        Refusal::Input(format!(
            "{shown} 既不是 UTF-8 也不是 GB18030 文本，请另存为 CSV（UTF-8）"
        ))
    })
}

/// UTF-8 with or without its mark, else GB18030 as office programs save it.
fn decode(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => GB18030
            .decode_without_bom_handling_and_without_replacement(bytes)?
            .into_owned(),
    };
    // Workbooks and other binary files are full of zero bytes; lists have none.
    if text.contains('\0') { None } else { Some(text) }
}

/// The separator the header uses.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |separator: u8| header.bytes().filter(|byte| *byte == separator).count();
    [b'\t', b';']
        .into_iter()
        .find(|it| count(*it) > count(b','))
        .unwrap_or(b',')
}
