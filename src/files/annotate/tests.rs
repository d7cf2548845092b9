use super::*;
use crate::files::{Limits, Opens as _, table::text_cell};
use calamine::{Data, Reader as _, Xlsx};
use std::io::{Cursor, Read as _};

fn mark(sheet: Option<&str>, row: u32, verdict: Verdict, cells: Vec<Deciding>) -> Mark {
    Mark {
        sheet: sheet.map(str::to_owned),
        row,
        name: String::new(),
        verdict,
        basis: "二(五)：结果低于一般，请核对".to_owned(),
        contact: "何收文（云川市纪委监委），shouwen@yunchuan.example".to_owned(),
        cells,
    }
}

fn deciding(field: &'static str, words: &str) -> Deciding {
    Deciding {
        field,
        words: words.to_owned(),
        note: format!("“{words}”：请核对"),
    }
}

fn written(document: &Document, annotation: &Annotation) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = Vec::new();
    annotate(document, &HeaderWords::builtin(), annotation, folder.path(), &mut bytes).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left");
    bytes
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// Every part that holds cells.
fn sheets(bytes: &[u8]) -> String {
    let zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names = zip.file_names().map(|name| name.unwrap().into_owned());
    let names: Vec<String> = names.filter(|name| name.contains("worksheets/sheet")).collect();
    names.iter().map(|name| part(bytes, name)).collect()
}

fn book(bytes: &[u8]) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(bytes.to_vec())).unwrap()
}

fn document(tables: Vec<Table>) -> Document {
    Document {
        name: "考核.xlsx".to_owned(),
        hash: "00".to_owned(),
        tables: Ok(tables),
        faults: Vec::new(),
    }
}

fn row(number: u32, cells: Vec<Cell>) -> RawRow {
    RawRow { number, cells }
}

fn texts(texts: &[&str]) -> Vec<Cell> {
    texts.iter().map(|text| text_cell((*text).to_owned())).collect()
}

#[test]
fn every_row_comes_back_in_its_place_as_it_was() {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
    let mut person = texts(&["1", "林甲", "990101198001010019", "基本称职", "第一行\n第二行"]);
    person.extend([Cell::Number(7500.25), Cell::Date(day), Cell::Error("#REF!".to_owned())]);
    let tables = vec![
        Table {
            sheet: Some("机关".to_owned()),
            rows: vec![
                row(2, texts(&["云川市住建局2026年度考核", "云川市住建局2026年度考核"])),
                row(
                    3,
                    texts(&["填报：人事科", "填报：人事科", "", "日期：1月", "日期：1月"]),
                ),
                row(
                    4,
                    texts(&["序号", "姓名", "身份证号", "考核等次", "备注", "工资", "日期", "错"]),
                ),
                row(5, person),
                row(9, texts(&["", "合计"])),
            ],
        },
        Table {
            sheet: Some("说明".to_owned()),
            rows: vec![row(3, texts(&["没有表头的一页"]))],
        },
    ];
    let annotation = Annotation {
        marks: vec![mark(
            Some("机关"),
            5,
            Verdict::Suspect,
            vec![deciding("结果", "基本称职")],
        )],
        ..Annotation::default()
    };
    let bytes = written(&document(tables), &annotation);
    let mut book = book(&bytes);
    assert_eq!(book.sheet_names(), ["机关", "说明", "预检说明"]);
    let range = book.worksheet_range("机关").unwrap();
    let at = |row: u32, column: u32| range.get_value((row - 1, column)).cloned().unwrap_or(Data::Empty);
    let text = |text: &str| Data::String(text.to_owned());
    assert_eq!(at(2, 0), text("云川市住建局2026年度考核"));
    assert_eq!(at(2, 1), Data::Empty, "a merged title stands once");
    let line = [0, 1, 2, 3, 4].map(|column| at(3, column));
    let [by, day] = ["填报：人事科", "日期：1月"].map(text);
    assert_eq!(line, [by, Data::Empty, Data::Empty, day, Data::Empty]);
    assert_eq!(
        (at(5, 2), at(5, 4)),
        (text("990101198001010019"), text("第一行\n第二行"))
    );
    assert_eq!(at(5, 5), Data::Float(7500.25));
    assert!(
        matches!(at(5, 6), Data::DateTime(at) if (at.as_f64() - 46_346.0).abs() < 1e-9),
        "{:?}",
        at(5, 6)
    );
    assert_eq!(at(5, 7), text("#REF!"));
    assert_eq!(at(9, 1), text("合计"));
    assert_eq!([8, 9, 10].map(|column| at(4, column)), HEADS.map(text));
    assert_eq!(at(5, 8), text("疑似"));
    assert_eq!(at(5, 10), text("何收文（云川市纪委监委），shouwen@yunchuan.example"));
    assert_eq!(at(9, 8), Data::Empty);
    let other = book.worksheet_range("说明").unwrap();
    assert_eq!(other.get_value((2, 0)), Some(&text("没有表头的一页")));
}

#[test]
fn the_cell_that_decided_is_coloured_and_says_why() {
    let text = "序号,姓名,考核等次,理由,备注\n1,林甲,基本称职,综合考虑,受到诫勉\n2,林乙,称职,,\n";
    let document = Limits::default().open("考核.csv", text.as_bytes()).unwrap().remove(0);
    let annotation = Annotation {
        marks: vec![mark(
            None,
            2,
            Verdict::Suspect,
            vec![deciding("结果", "基本称职"), deciding("理由", "诫勉")],
        )],
        ..Annotation::default()
    };
    let bytes = written(&document, &annotation);
    let comments = part(&bytes, "xl/comments1.xml");
    assert!(
        comments.contains("ref=\"C2\"") && comments.contains("基本称职"),
        "{comments}"
    );
    // Two columns give reasons; the words stand in the second.
    assert!(
        comments.contains("ref=\"E2\"") && !comments.contains("ref=\"D2\""),
        "{comments}"
    );
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    let style = |cell: &str| {
        let at = sheet
            .find(&format!("<c r=\"{cell}\""))
            .unwrap_or_else(|| panic!("{cell}: {sheet}"));
        sheet[at..].split('>').next().unwrap().to_owned()
    };
    assert_ne!(
        style("C2").replace("C2", ""),
        style("C3").replace("C3", ""),
        "the cell looks different"
    );
    assert!(part(&bytes, "xl/styles.xml").contains("FFFFD9B3"));
}

#[test]
fn an_opinion_that_decided_is_coloured() {
    let text = "姓名,晋升职级,资格审核,审核结论,备注\n林甲,科员,符合,不予晋升,\n林乙,科员,符合,同意晋升,\n";
    let document = Limits::default().open("晋升.csv", text.as_bytes()).unwrap().remove(0);
    let annotation = Annotation {
        marks: vec![mark(None, 2, Verdict::Suspect, vec![deciding("结果", "不予晋升")])],
        ..Annotation::default()
    };
    let comments = part(&written(&document, &annotation), "xl/comments1.xml");
    assert!(comments.contains("ref=\"D2\""), "{comments}");
}

#[test]
fn the_mark_and_the_remark_without_a_header_are_coloured() {
    let text = "姓名,审核意见,,,原因\n,同意晋升,暂缓晋升,不予晋升,\n林甲,×,,√,\n林乙,√,,,,因受到诫勉暂不晋升\n";
    let document = Limits::default().open("晋升.csv", text.as_bytes()).unwrap().remove(0);
    let annotation = Annotation {
        marks: vec![
            mark(None, 3, Verdict::Suspect, vec![deciding("结果", "不予晋升")]),
            mark(None, 4, Verdict::Suspect, vec![deciding("理由", "诫勉")]),
        ],
        ..Annotation::default()
    };
    let comments = part(&written(&document, &annotation), "xl/comments1.xml");
    assert!(
        comments.contains("ref=\"D3\"") && comments.contains("ref=\"F4\""),
        "{comments}"
    );
    assert!(
        !comments.contains("ref=\"B3\"") && !comments.contains("ref=\"E4\""),
        "{comments}"
    );
}

#[test]
fn nothing_becomes_a_formula_and_nothing_breaks_the_workbook() {
    let long = "长".repeat(40_000);
    let hostile = [
        "=cmd|' /C calc'!A0",
        "+1",
        "@SUM(A1)",
        "a\u{0}b\u{1}c\u{fffe}",
        "_x000D_",
        long.as_str(),
    ];
    let mut rows = vec![row(1, texts(&["姓名", "考核等次", "备注"]))];
    for (number, text) in (2..).zip(hostile) {
        rows.push(row(number, texts(&["林甲", "称职", text])));
    }
    let table = Table {
        sheet: Some("a[b]:*?/\\很长很长很长很长很长很长很长很长很长很长很长的名字".to_owned()),
        rows,
    };
    let annotation = Annotation {
        marks: vec![mark(
            table.sheet.as_deref(),
            2,
            Verdict::Review,
            vec![deciding("理由", "=cmd")],
        )],
        absent: vec![Absent {
            name: "=1+1".to_owned(),
            unit: "云川市".to_owned(),
            basis: String::new(),
            contact: String::new(),
        }],
        unreadable: vec![RowFault {
            sheet: None,
            row: 7,
            column: None,
            reason: "=HYPERLINK(\"x\")".to_owned(),
        }],
        ..Annotation::default()
    };
    let bytes = written(&document(vec![table]), &annotation);
    let xml = sheets(&bytes);
    assert!(!xml.contains("<f>") && !xml.contains("<hyperlink"), "only texts");
    let mut book = book(&bytes);
    let names = book.sheet_names();
    assert_eq!(names.len(), 4, "{names:?}");
    let range = book.worksheet_range(&names[0]).unwrap();
    let at = |row: u32| range.get_value((row - 1, 2)).unwrap().to_string();
    assert_eq!(at(2), "=cmd|' /C calc'!A0");
    assert_eq!((at(5), at(6)), ("abc".to_owned(), "_x000D_".to_owned()));
    let cut = at(7);
    assert!(cut.encode_utf16().count() <= 32_767 && cut.ends_with('…'));
    let about = book.worksheet_range("预检说明").unwrap();
    assert!(
        about.rows().any(|row| row[1].to_string().contains("第 7 行第 3 列")),
        "the cut is told"
    );
    assert_eq!(
        book.worksheet_range("名单缺漏").unwrap().get_value((1, 0)),
        Some(&Data::String("=1+1".to_owned()))
    );
}

#[test]
fn a_list_without_room_beside_it_is_refused() {
    let mut wide = texts(&["姓名", "考核等次"]);
    wide.resize(COLUMNS - 1, Cell::Empty);
    wide.push(Cell::Text("边".to_owned()));
    let table = Table {
        sheet: None,
        rows: vec![row(1, wide)],
    };
    let folder = tempfile::tempdir().unwrap();
    let refused = annotate(
        &document(vec![table]),
        &HeaderWords::builtin(),
        &Annotation::default(),
        folder.path(),
        Vec::new(),
    );
    assert!(matches!(refused, Err(AnnotateError::TooWide(_))));
}

#[test]
fn a_second_header_is_followed() {
    let text = "姓名,考核等次,理由\n林甲,称职,\n姓名,理由,考核等次\n林乙,诫勉,基本称职\n";
    let document = Limits::default().open("考核.csv", text.as_bytes()).unwrap().remove(0);
    let annotation = Annotation {
        marks: vec![mark(None, 4, Verdict::Suspect, vec![deciding("理由", "诫勉")])],
        ..Annotation::default()
    };
    let bytes = written(&document, &annotation);
    assert!(part(&bytes, "xl/comments1.xml").contains("ref=\"B4\""));
}

#[test]
fn cells_that_spanned_others_span_them_again() {
    let table = Table {
        sheet: Some("机关".to_owned()),
        rows: vec![
            row(1, texts(&["云川市住建局2026年度考核"; 5])),
            row(2, texts(&["序号", "基本情况", "基本情况", "考核等次", "备注"])),
            row(3, texts(&["序号", "姓名", "单位", "考核等次", "备注"])),
            row(4, texts(&["1", "林甲", "住建局", "基本称职", ""])),
        ],
    };
    let bytes = written(&document(vec![table]), &Annotation::default());
    let mut book = book(&bytes);
    let spans = book.merge_cells_by_sheet_name("机关").unwrap();
    let spans: Vec<_> = spans.iter().map(|span| (span.start, span.end)).collect();
    assert_eq!(
        spans,
        [
            ((0, 0), (0, 4)),
            ((1, 0), (2, 0)),
            ((1, 1), (1, 2)),
            ((1, 3), (2, 3)),
            ((1, 4), (2, 4))
        ]
    );
    let range = book.worksheet_range("机关").unwrap();
    let at = |row: u32, column: u32| range.get_value((row, column)).cloned().unwrap_or(Data::Empty);
    assert_eq!(at(2, 1), Data::String("姓名".to_owned()));
    assert_eq!(at(2, 5), Data::String(HEADS[0].to_owned()));
    assert_eq!(at(3, 3), Data::String("基本称职".to_owned()));
}
