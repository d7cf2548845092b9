//! The approval form for appointments and removals (干部任免审批表): one person a file, as the roster and the
//! appraisal list it amounts to. Photograph, family and the account of a life are passed over.

use super::table::{Cell, RawRow, Table, text_cell};
use super::xml::{Xml, reference};
use super::{ReadError, delimited};
use quick_xml::events::Event;
use std::collections::HashMap;

/// The fields that are read.
const FIELDS: [&str; 5] = [
    "XingMing",
    "ShenFenZheng",
    "XianRenZhiWu",
    "ChengBaoDanWei",
    "NianDuKaoHeJieGuo",
];
/// A field longer than this is something else.
const LONGEST: usize = 64 << 10;

/// Reads the newer form, XML.
pub(super) fn read(file: &str, bytes: &[u8]) -> Result<Vec<Table>, ReadError> {
    let text = delimited::decode(file, bytes)?;
    // The text is decoded already; what the declaration says of its encoding no longer holds.
    let body = match text.trim_start().strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or(rest, |(_, body)| body),
        None => &text,
    };
    let mut xml = Xml::new(file, body.as_bytes());
    let mut fields: HashMap<String, String> = HashMap::new();
    let (mut depth, mut is_form) = (0_usize, false);
    let mut field: Option<String> = None;
    loop {
        match xml.next()? {
            Event::Start(element) => {
                let name = element.local_name().as_ref().to_owned();
                match depth {
                    0 => {
                        is_form = name == "Person";
                        depth += 1;
                    }
                    1 if FIELDS.contains(&name.as_str()) => {
                        field = Some(name);
                        depth += 1;
                    }
                    _ => xml.skip()?,
                }
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                field = None;
            }
            Event::Text(part) => add(&mut fields, field.as_ref(), &part.xml10_content()),
            Event::CData(part) => add(&mut fields, field.as_ref(), &part),
            Event::GeneralRef(part) => {
                if let Some(text) = reference(&part) {
                    add(&mut fields, field.as_ref(), &text);
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if !is_form {
        return Err(ReadError::kind(file, "不是任免审批表（应以 Person 元素开头）"));
    }
    let mut take = |name: &str| fields.remove(name).unwrap_or_default();
    Ok(tables(&Form {
        name: take("XingMing"),
        id: take("ShenFenZheng"),
        post: take("XianRenZhiWu"),
        reporter: take("ChengBaoDanWei"),
        grades: take("NianDuKaoHeJieGuo"),
    }))
}

fn add(fields: &mut HashMap<String, String>, field: Option<&String>, text: &str) {
    if let Some(field) = field {
        let own = fields.entry(field.clone()).or_default();
        if own.len() + text.len() <= LONGEST {
            own.push_str(text);
        }
    }
}

/// Reads the older form: quoted fields in GB18030, without ID number; `#` breaks a line, `@` ends a cell.
pub(super) fn read_old(file: &str, bytes: &[u8]) -> Result<Vec<Table>, ReadError> {
    const NAME: usize = 0;
    const GRADES: usize = 19;
    const POST: usize = 25;
    const REPORTER: usize = 29;
    let text = delimited::decode(file, bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let is_read = reader
        .read_record(&mut record)
        .map_err(|error| ReadError::broken(file, &error))?;
    if !is_read || record.len() <= POST {
        return Err(ReadError::kind(file, "不是任免审批表（旧版应有三十余项）"));
    }
    let field = |index: usize| record.get(index).unwrap_or_default().replace(['#', '@'], "\n");
    Ok(tables(&Form {
        name: field(NAME),
        id: String::new(),
        post: field(POST),
        reporter: field(REPORTER),
        grades: field(GRADES),
    }))
}

struct Form {
    name: String,
    id: String,
    post: String,
    reporter: String,
    grades: String,
}

/// A roster of one and, where grades are given, a list of them.
fn tables(form: &Form) -> Vec<Table> {
    let post = one_line(&form.post);
    let mut tables = vec![table(
        1,
        &["姓名", "公民身份号码", "工作单位及职务", "呈报单位", "管理状态"],
        &[[
            form.name.trim(),
            form.id.trim(),
            &post,
            form.reporter.trim(),
            status(&post).unwrap_or_default(),
        ]],
    )];
    let grades = grades(&form.grades);
    if !grades.is_empty() {
        // The usual name of such a file would make it a list of appointments.
        let rows: Vec<[&str; 6]> = grades
            .iter()
            .map(|(year, grade)| ["年度考核", form.name.trim(), form.id.trim(), &post, year, grade])
            .collect();
        tables.push(table(
            1,
            &[
                "事项类别",
                "姓名",
                "公民身份号码",
                "工作单位及现任职务",
                "考核年度",
                "年度考核结果",
            ],
            &rows,
        ));
    }
    tables
}

fn table<const N: usize>(number: u32, header: &[&str; N], rows: &[[&str; N]]) -> Table {
    let row = |texts: &[&str; N]| RawRow {
        number,
        cells: texts
            .iter()
            .map(|text| text_cell((*text).to_owned()))
            .collect::<Vec<Cell>>(),
    };
    Table {
        sheet: None,
        rows: std::iter::once(header).chain(rows).map(row).collect(),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Only what the post says outright; what is proposed in the form has not happened.
fn status(post: &str) -> Option<&'static str> {
    let says = |words: &[&str]| words.iter().any(|word| post.contains(word));
    if says(&["去世", "病故"]) {
        Some("已去世")
    } else if says(&["退休", "离休"]) {
        Some("离退")
    } else {
        None
    }
}

/// Grades, the longest word first: 称职 stands in 基本称职 and 不称职.
const GRADES: [&str; 12] = [
    "不进行考核",
    "不确定等次",
    "不定等次",
    "基本称职",
    "基本合格",
    "不称职",
    "不合格",
    "不参加考核",
    "未参加考核",
    "优秀",
    "称职",
    "合格",
];

/// `2018年、2019年年度考核均为称职，2020年优秀`: each year with the next grade behind it.
fn grades(text: &str) -> Vec<(String, &'static str)> {
    let plain: Vec<char> = super::cells::half_width(text).chars().collect();
    let mut years: Vec<String> = Vec::new();
    let mut found = Vec::new();
    let mut at = 0;
    while at < plain.len() {
        let rest: String = plain[at..].iter().take(8).collect();
        let digits = rest.chars().take_while(char::is_ascii_digit).count();
        if digits == 4 && (rest.starts_with("19") || rest.starts_with("20")) {
            years.push(format!("{}年度", &rest[..4]));
            at += 4;
        } else if digits > 0 {
            at += digits;
        } else if let Some(grade) = GRADES.iter().find(|grade| rest.starts_with(**grade)) {
            found.extend(years.drain(..).map(|year| (year, *grade)));
            at += grade.chars().count();
        } else {
            at += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_are_read_in_every_shape_seen() {
        let read = |text: &str| -> Vec<String> {
            grades(text)
                .iter()
                .map(|(year, grade)| format!("{year}{grade}"))
                .collect()
        };
        assert_eq!(
            read("2018年年度考核为称职,2019年年度考核为优秀。"),
            ["2018年度称职", "2019年度优秀"]
        );
        assert_eq!(
            read("2018年、2019年年度考核均为称职，2020年年度考核为优秀"),
            ["2018年度称职", "2019年度称职", "2020年度优秀"]
        );
        assert_eq!(
            read("2021年年度考核“优秀”等次；２０２２年年度考核不定等次。2023年基本称职"),
            ["2021年度优秀", "2022年度不定等次", "2023年度基本称职"]
        );
        assert_eq!(read("近两年均为称职"), [""; 0]);
    }

    #[test]
    fn only_the_post_itself_says_that_somebody_has_left() {
        assert_eq!(status("原云川市住建局局长（2026年5月退休）"), Some("离退"));
        assert_eq!(status("云川市住建局局长"), None);
    }
}
