//! The same list as three office files: what is read must not depend on who wrote it.

use super::{fixture, ods_of, sandbox};
use rongcuo::files::{self, Cell, HeaderWords, Limits, Table};

fn tables(name: &str) -> Vec<Table> {
    let mut tables = files::read_tables(name, &fixture(name), &Limits::default()).expect("tables");
    // The program that wrote them keeps a yes without a format of its own as a number, except in .xlsx.
    let row = tables[0].rows.iter_mut().find(|row| row.number == 8).expect("a row");
    row.cells.truncate(7);
    tables
}

#[test]
fn the_three_kinds_of_workbook_say_the_same() {
    let newest = tables("list.xlsx");
    assert_eq!(
        newest.iter().map(|table| table.sheet.as_deref()).collect::<Vec<_>>(),
        [Some("机关"), Some("借调"), Some("填表说明")],
        "the hidden sheet is read"
    );
    for name in ["list.ods", "list.xls"] {
        assert_eq!(tables(name), newest, "{name}");
    }
}

#[test]
fn cells_of_every_type_are_read() {
    let tables = tables("list.ods");
    let row = |number: u32| {
        let found = tables[0].rows.iter().find(|row| row.number == number);
        found.expect("a row").cells.clone()
    };
    let text = |text: &str| Cell::Text(text.to_owned());
    let day = |day: u32| Cell::Date(chrono::NaiveDate::from_ymd_opt(2026, 12, day).expect("a day"));
    assert_eq!(row(1).len(), 8, "a merged title stands over each of its columns");
    assert_eq!(row(6)[1], text("林　甲"), "a remark is no part of its cell");
    assert_eq!((&row(6)[6], &row(6)[7]), (&day(5), &Cell::Number(0.955)));
    assert_eq!(row(8)[5], text("曾被  问责"), "two spaces stay two");
    assert_eq!((&row(9)[5], &row(9)[6]), (&text("同一原因\n写了两行"), &day(6)));
    assert!(
        matches!(&row(10)[5], Cell::Error(error) if error == "#N/A"),
        "{:?}",
        row(10)[5]
    );
}

#[test]
fn the_reading_process_says_what_reading_here_says() {
    let words = HeaderWords::builtin();
    for name in ["list.xlsx", "list.ods", "list.xls"] {
        let bytes = fixture(name);
        let here = files::read_list(name, &bytes, &words, &Limits::default()).expect("a list");
        let apart = files::read_list(name, &bytes, &words, &sandbox(Limits::default())).expect("a list");
        assert_eq!(format!("{here:?}"), format!("{apart:?}"), "{name}");
    }
}

#[test]
fn what_an_open_document_cell_stores_counts_and_not_how_it_looks() {
    let cell = |attributes: &str, text: &str| {
        format!("<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>")
    };
    let row = [
        cell(r#"office:value-type="boolean" office:boolean-value="true""#, "TRUE"),
        cell(r#"office:value-type="currency" office:value="1234.5""#, "￥1,234.50"),
        cell(r#"office:value-type="date" office:date-value="2026-03-05T08:30:00""#, "05.03.26"),
        cell(r#"office:value-type="string""#, "甲<text:s text:c=\"2\"/>&amp;<text:span>乙</text:span><text:line-break/>丙"),
        "<table:table-cell office:value-type=\"string\"><office:annotation><text:p>批注</text:p></office:annotation><text:p>一</text:p><text:p>二</text:p></table:table-cell>".to_owned(),
        r#"<table:table-cell office:value-type="string" office:string-value="存"/>"#.to_owned(),
        r#"<table:covered-table-cell table:number-columns-repeated="2"/>"#.to_owned(),
        r#"<table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="3"><text:p>3</text:p></table:table-cell>"#.to_owned(),
    ]
    .concat();
    let tracked = "<table:tracked-changes><table:deletion><table:table-cell office:value-type=\"string\"><text:p>删</text:p></table:table-cell></table:deletion></table:tracked-changes>";
    let sheet = ods_of(&format!("{tracked}<table:table-row>{row}</table:table-row>"));
    let tables = files::read_tables("表.ods", &sheet, &Limits::default()).expect("tables");
    let text = |text: &str| Cell::Text(text.to_owned());
    assert_eq!(
        tables[0].rows[0].cells,
        [
            text("是"),
            Cell::Number(1234.5),
            Cell::Date(chrono::NaiveDate::from_ymd_opt(2026, 3, 5).expect("a day")),
            text("甲  &乙\n丙"),
            text("一\n二"),
            text("存"),
            Cell::Empty,
            Cell::Empty,
            Cell::Number(3.0),
            Cell::Number(3.0),
        ]
    );
}
