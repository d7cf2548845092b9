//! Readers against real files: what people have, and what would hurt.

mod archives;
mod forms;
mod guesses;
mod hostile;
mod kinds;
mod lines;
mod reading;
mod shapes;
mod sift;

use rongcuo::domain::person::{IdFault, IdNumber, citizen_check_digit};
use rongcuo::domain::protection::list::List;
use rongcuo::files::{self, HeaderWords, Limits, ReadError, Sandbox};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::io::{Cursor, Write as _};

fn list(name: &str, bytes: &[u8]) -> List {
    files::read_list(name, bytes, &HeaderWords::builtin(), &Limits::default()).expect("a list")
}

fn refused(name: &str, bytes: &[u8]) -> ReadError {
    files::read_list(name, bytes, &HeaderWords::builtin(), &Limits::default()).expect_err("no list")
}

/// The program in whose child process files are opened.
fn sandbox(limits: Limits) -> Sandbox {
    Sandbox::with_program(env!("CARGO_BIN_EXE_rongcuo"), limits)
}

/// A file of the fixtures; each was written by an office program.
fn fixture(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/files")
        .join(name);
    std::fs::read(path).expect("a fixture")
}

/// An archive made of the given parts.
fn zipped(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .expect("a part");
        zip.write_all(bytes).expect("a part");
    }
    zip.finish().expect("an archive").into_inner()
}

/// An OpenDocument sheet with the given content of its one table.
fn ods_of(rows: &str) -> Vec<u8> {
    let content = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="表">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"#
    );
    zipped(&[("content.xml", content.into_bytes())])
}

fn id_number(serial: u32) -> String {
    let first = format!("99010119800101{serial:03}");
    format!("{first}{}", char::from(citizen_check_digit(first.as_bytes())))
}

// ---------------------------------------------------------------- workbooks

/// A list as a clerk has it: title, unit line, header of two lines, section rows, totals, notes, a hidden sheet.
fn clerks_workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("机关").expect("a name");
    let centre = Format::new();
    sheet
        .merge_range(0, 0, 0, 5, "云川市住建局2026年度考核等次汇总表", &centre)
        .expect("a title");
    sheet
        .write_string(1, 0, "填报单位：云川市住建局（盖章）")
        .expect("a cell");
    sheet.merge_range(2, 0, 3, 0, "序号", &centre).expect("a header");
    sheet.merge_range(2, 1, 2, 3, "基本情况", &centre).expect("a header");
    sheet.merge_range(2, 4, 2, 5, "考核情况", &centre).expect("a header");
    for (column, text) in [(1, "姓 名"), (2, "身份证号"), (3, "职务"), (4, "考核等次"), (5, "备注")] {
        sheet.write_string(3, column, text).expect("a header");
    }
    sheet.merge_range(4, 0, 4, 5, "一、局机关", &centre).expect("a section");
    sheet.write_number(5, 0, 1).expect("a cell");
    sheet.write_string(5, 1, "林　甲").expect("a cell");
    sheet.write_string(5, 2, id_number(1)).expect("a cell");
    sheet.write_string(5, 4, "称职").expect("a cell");
    // The number typed as a number: the table program has rounded its last digits away.
    sheet.write_string(7, 1, "林乙").expect("a cell");
    sheet.write_number(7, 2, 990_101_198_001_010_029.0).expect("a cell");
    sheet.write_string(7, 4, "基本称职").expect("a cell");
    sheet.write_string(7, 5, "曾被问责").expect("a cell");
    // Somebody has a grade and no name.
    sheet.write_string(8, 4, "称职").expect("a cell");
    sheet.write_string(9, 0, "合计").expect("a cell");
    sheet.write_string(9, 1, "2人").expect("a cell");
    sheet.write_string(10, 0, "注：优秀等次比例不超过20%").expect("a cell");
    let hidden = book.add_worksheet();
    hidden.set_name("借调").expect("a name");
    hidden.set_hidden(true);
    for (row, cells) in [["姓名", "考核等次"], ["林丙", "优秀"]].iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            let (row, column) = (
                u32::try_from(row).expect("small"),
                u16::try_from(column).expect("small"),
            );
            hidden.write_string(row, column, *cell).expect("a cell");
        }
    }
    let notes = book.add_worksheet();
    notes.set_name("填表说明").expect("a name");
    notes.write_string(0, 0, "1. 一人一行").expect("a cell");
    book.save_to_buffer().expect("a workbook")
}

#[test]
fn a_clerks_workbook_is_read_as_it_is() {
    let list = list("考核.xlsx", &clerks_workbook());
    assert_eq!(
        list.sheets.len(),
        2,
        "the sheet without a header yields nothing, the hidden one is read"
    );
    let main = &list.sheets[0];
    assert_eq!(main.name.as_deref(), Some("机关"));
    assert_eq!(main.title[0], "云川市住建局2026年度考核等次汇总表");
    let rows: Vec<(u32, &str, Option<&str>)> = main
        .rows
        .iter()
        .map(|row| (row.row, row.name.as_str(), row.result.as_deref()))
        .collect();
    assert_eq!(rows, [(6, "林　甲", Some("称职")), (8, "林乙", Some("基本称职"))]);
    assert!(
        matches!(main.rows[1].id, IdNumber::Unusable(IdFault::Rounded)),
        "{:?}",
        main.rows[1].id
    );
    assert_eq!(main.rows[1].reasons, ["曾被问责"]);
    assert_eq!(list.sheets[1].rows[0].name, "林丙");
    let fault = &list.unreadable[0];
    assert_eq!((fault.sheet.as_deref(), fault.row), (Some("机关"), 9));
    assert!(fault.reason.contains("读不出是谁"), "{}", fault.reason);
    assert_eq!((list.unreadable.len(), list.rows_read), (1, 4));
}

#[test]
fn dates_are_serials_or_any_of_the_usual_texts() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, text) in (0..).zip(["姓名", "事项类别", "结果", "决定日期"]) {
        sheet.write_string(0, column, text).expect("a cell");
    }
    let day = Format::new().set_num_format("yyyy-mm-dd");
    for (row, text) in (1..).zip([
        "2026.3.5",
        "2026年3月5日",
        "20260305",
        "2026-03-05",
        "２０２６/３/５",
        "三月五日",
    ]) {
        sheet.write_string(row, 0, format!("林{row}")).expect("a cell");
        sheet.write_string(row, 2, "扣发").expect("a cell");
        sheet.write_string(row, 3, text).expect("a cell");
    }
    sheet.write_string(7, 0, "林末").expect("a cell");
    sheet.write_string(7, 2, "扣发").expect("a cell");
    let date = ExcelDateTime::from_ymd(2026, 3, 5).expect("a date");
    sheet.write_datetime_with_format(7, 3, date, &day).expect("a cell");
    let list = list("奖金.xlsx", &book.save_to_buffer().expect("a workbook"));
    let read: Vec<Option<String>> = list.sheets[0]
        .rows
        .iter()
        .map(|row| row.decided_on.map(|day| day.to_string()))
        .collect();
    let march = Some("2026-03-05".to_owned());
    assert_eq!(
        read,
        [
            march.clone(),
            march.clone(),
            march.clone(),
            march.clone(),
            march.clone(),
            None,
            march
        ]
    );
    let fault = &list.unreadable[0];
    assert_eq!((fault.row, fault.column.as_deref()), (7, Some("决定日期")));
    assert!(fault.reason.contains("三月五日"), "{}", fault.reason);
}

// ---------------------------------------------------------------- delimited text

#[test]
fn text_in_any_usual_clothes() {
    let text = "序号,姓名,单位,推荐结果,理由\r\n1,林𬍛,市教育局,入选,\r\n2,林乙,市教育局,未推荐,\"因流动接种车\r\n选址不当\"\r\n3,林丙,市教育局,推荐,\r\n合计,3人,,,\r\n";
    let semicolons = text.replace(',', ";");
    let tabs = text.replace(',', "\t");
    let gb18030 = encoding_rs::GB18030.encode(text).0.into_owned();
    let with_bom = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
    for (name, bytes) in [
        ("a.csv", text.as_bytes()),
        ("b.csv", &with_bom),
        ("c.csv", &gb18030),
        ("d.csv", semicolons.as_bytes()),
        ("e.tsv", tabs.as_bytes()),
        ("f.txt", tabs.as_bytes()),
    ] {
        let list = list(name, bytes);
        let sheet = &list.sheets[0];
        assert_eq!(sheet.name, None, "{name}");
        let rows: Vec<(u32, &str)> = sheet.rows.iter().map(|row| (row.row, row.name.as_str())).collect();
        // The second record runs over lines 3 and 4; its number is its first physical line.
        assert_eq!(rows, [(2, "林𬍛"), (3, "林乙"), (5, "林丙")], "{name}");
        assert_eq!(
            sheet.rows[1].reasons[0].replace("\r\n", "\n"),
            "因流动接种车\n选址不当",
            "{name}"
        );
    }
}

#[test]
fn a_register_lists_its_bad_rows_and_takes_the_good_ones() {
    let text = format!(
        "云川市容错案件台账,,,,,,\n案件编号,姓名,公民身份号码,单位,事项名称,认定结论,认定日期\n\
         RC-1,林甲,{},云川市/住建局,电梯补贴误发,免予问责,2026年3月5日\n\
         RC-2,林乙,,云川市/住建局,道路返工,酌情处理,2026-03-05\n\
         RC-3,林丙,,云川市/住建局,桥梁试验,从轻,\n\
         RC-4,林丁,,云川市/住建局,收费试点,不予问责,2026-03-06\n",
        id_number(1)
    );
    let parsed = files::read_register("台账.csv", text.as_bytes(), &HeaderWords::builtin(), &Limits::default())
        .expect("a register");
    let good: Vec<&str> = parsed.rows.iter().map(|row| row.value.case_no.as_str()).collect();
    assert_eq!(good, ["RC-1", "RC-4"]);
    let bad: Vec<(u32, Option<&str>)> = parsed
        .faults
        .iter()
        .map(|fault| (fault.row, fault.column.as_deref()))
        .collect();
    assert_eq!(bad, [(4, Some("认定结论")), (5, Some("认定日期"))]);
    assert!(
        parsed.faults[0].reason.contains("酌情处理"),
        "{}",
        parsed.faults[0].reason
    );
}
