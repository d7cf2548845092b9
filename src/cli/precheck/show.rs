//! The forms a judgement is shown in. Text and JSON are for whoever runs the command and hold everything; CSV and tables
//! are for handing on and hold the details of cases only when they are asked for.

use super::{Failure, View};
use crate::app::import::Source;
use crate::app::precheck::Checked;
use crate::app::precheck::export::{self, Exported};
use crate::app::precheck::record::{Earlier, said};
use crate::cli::table::Table;
use crate::cli::{delimited, printable, quota};
use crate::domain::protection::{Judged, Verdict, told};
use crate::domain::quota::Quota;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::io::{BufWriter, Write};

/// One list and what was found.
pub(super) struct Shown<'a> {
    pub(super) source: &'a Source,
    pub(super) as_of: NaiveDate,
    pub(super) checked: &'a Checked,
    pub(super) contacts: &'a [String],
    pub(super) earlier: Option<&'a Earlier>,
    pub(super) view: View,
    pub(super) keep: bool,
    pub(super) quota: &'a Quota,
}

/// One list in the summary.
pub(super) struct Line {
    pub(super) file: String,
    pub(super) rows_read: u32,
    pub(super) unreadable: usize,
    pub(super) counts: BTreeMap<&'static str, u32>,
}

impl Shown<'_> {
    /// The JSON that other programs read.
    pub(super) fn json(&self) -> Result<String, Failure> {
        Ok(self.exported().everything().map_err(std::io::Error::from)?)
    }

    fn exported(&self) -> Exported<'_> {
        Exported {
            source: self.source,
            as_of: self.as_of,
            checked: self.checked,
            contacts: self.contacts,
            earlier: self.earlier,
            view: self.view,
            quota: self.quota,
        }
    }

    /// Everything, line by line.
    pub(super) fn text(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let out = &mut BufWriter::new(out);
        self.head(true, out)?;
        for judged in &self.checked.report.results {
            let (name, why) = (printable(&judged.name), printable(&judged.why));
            writeln!(out, "{}  {name}  {}  {why}", place(judged), judged.verdict.zh())?;
            for matched in &judged.matched {
                writeln!(out, "    {}", printable(&matched.to_string()))?;
            }
        }
        self.tail(out)?;
        Ok(out.flush()?)
    }

    /// A ruled table of what is to be checked.
    pub(super) fn table(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let out = &mut BufWriter::new(out);
        self.head(false, out)?;
        let mut table = Table::new([20, 10, 28, 14, 8], ["位置", "姓名", "单位", "事项类别", "结论"]);
        let mut lines = 0;
        for (judged, contact) in self.checked.report.results.iter().zip(self.contacts) {
            let Some(said) = told(judged, self.view) else {
                continue;
            };
            lines += 1;
            let cells = [
                place(judged),
                printable(&judged.name),
                printable(judged.unit.as_deref().unwrap_or("")),
                judged.domain.zh().to_owned(),
                judged.verdict.zh().to_owned(),
            ];
            let mut below = vec![("依据：", printable(&said.basis))];
            if judged.verdict != Verdict::Clear {
                below.push(("请联系：", printable(contact)));
            }
            table.row(&cells, &below);
        }
        if lines == 0 {
            writeln!(out, "没有须核对的行")?;
        } else {
            for line in table.lines() {
                writeln!(out, "{line}")?;
            }
        }
        self.tail(out)?;
        Ok(out.flush()?)
    }

    /// Rows for CSV.
    pub(super) fn rows(&self) -> Vec<Vec<String>> {
        self.exported().rows()
    }

    fn head(&self, everything: bool, out: &mut dyn Write) -> Result<(), Failure> {
        let report = &self.checked.report;
        if let Some(earlier) = self.earlier {
            let found = match (everything, self.view) {
                (false, View::Clerk) => earlier.to_check(),
                _ => earlier.found(),
            };
            writeln!(out, "本文件已于 {} 预检过（结论：{found}）", earlier.at)?;
        }
        // In a short list the number alone would say who they are.
        let protected = match (everything, self.view) {
            (false, View::Clerk) => String::new(),
            _ => format!("，涉及受保护人员 {} 人", report.rows_protected),
        };
        writeln!(
            out,
            "{}：读出 {} 行{protected}，未能读出 {} 行",
            printable(&self.source.file),
            report.rows_read,
            report.unreadable.len()
        )?;
        Ok(())
    }

    fn tail(&self, out: &mut dyn Write) -> Result<(), Failure> {
        quota::tell(self.quota, &self.checked.report.appraised, out)?;
        if self.keep {
            let Checked {
                kept, opened, again, ..
            } = self.checked;
            writeln!(
                out,
                "已留存结果 {kept} 条，新开疑似问题 {opened} 件，升级或重新打开 {again} 件"
            )?;
        }
        Ok(())
    }
}

/// All rows of all lists.
pub(super) fn csv(view: View, rows: &[Vec<String>], out: &mut dyn Write) -> Result<(), Failure> {
    delimited::write(out, &export::header(view), rows)
}

/// What many lists came to.
pub(super) fn summary(
    lines: &[Line],
    failed: &[(String, String)],
    skipped: &[(String, Earlier)],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    const SHOWN: [Verdict; 5] = [
        Verdict::Violation,
        Verdict::Suspect,
        Verdict::Absent,
        Verdict::Review,
        Verdict::Explain,
    ];
    let mut table = Table::new(
        [34, 6, 4, 4, 8, 4, 6, 6],
        ["名单", "读出", "违反", "疑似", "名单缺漏", "待核", "待佐证", "读不出"],
    );
    let row = |name: String, read: u32, counts: &BTreeMap<&str, u32>, bad: usize| {
        let count = |verdict: Verdict| counts.get(verdict.as_str()).copied().unwrap_or(0).to_string();
        let [violation, suspect, absent, review, explain] = SHOWN.map(count);
        let (read, bad) = (read.to_string(), bad.to_string());
        [name, read, violation, suspect, absent, review, explain, bad]
    };
    let mut all: BTreeMap<&str, u32> = BTreeMap::new();
    for line in lines {
        for (verdict, count) in &line.counts {
            *all.entry(verdict).or_default() += count;
        }
        let name = line
            .file
            .split_once('/')
            .map_or(line.file.as_str(), |(_, inside)| inside);
        table.row(
            &row(printable(name), line.rows_read, &line.counts, line.unreadable),
            &[],
        );
    }
    let read = lines.iter().map(|line| line.rows_read).sum();
    let bad = lines.iter().map(|line| line.unreadable).sum();
    table.row(&row(format!("合计 {} 份", lines.len()), read, &all, bad), &[]);
    writeln!(out)?;
    for line in table.lines() {
        writeln!(out, "{line}")?;
    }
    let found = said(&all);
    writeln!(
        out,
        "预检 {} 份{}，未能预检 {} 份，此前已预检 {} 份",
        lines.len(),
        if found.is_empty() {
            found
        } else {
            format!("（{found}）")
        },
        failed.len(),
        skipped.len()
    )?;
    for (file, reason) in failed {
        let reason = reason.strip_prefix(&format!("{file}：")).unwrap_or(reason);
        writeln!(out, "未能预检  {}：{}", printable(file), printable(reason))?;
    }
    for (file, earlier) in skipped {
        writeln!(
            out,
            "此前已预检  {}：{}（{}）",
            printable(file),
            earlier.at,
            earlier.found()
        )?;
    }
    if !failed.is_empty() {
        writeln!(out, "改好后加 --retry-failed 再运行，只预检没有成功过的")?;
    }
    Ok(())
}

fn place(judged: &Judged) -> String {
    match (&judged.sheet, judged.row) {
        (Some(sheet), Some(row)) => format!("{} 第 {row} 行", printable(sheet)),
        (None, Some(row)) => format!("第 {row} 行"),
        (_, None) => "未在名单".to_owned(),
    }
}
