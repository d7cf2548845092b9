//! Files that would hurt: each is refused in plain words, and whoever asked lives on.

use super::{clerks_workbook, fixture, ods_of, refused, sandbox, zipped};
use rongcuo::files::{self, HeaderWords, Limits, Opens as _, ReadError};
use std::time::Duration;

/// Bounds under which a test's bomb goes off early.
fn small() -> Limits {
    Limits {
        inflated_bytes: 16 << 20,
        shared_text_bytes: 1 << 20,
        rows: 1_000,
        cells: 10_000,
        memory_bytes: 512 << 20,
        cpu_seconds: 20,
        wall_seconds: 60,
        ..Limits::default()
    }
}

/// What the reading process says of a file that it cannot read.
fn refused_apart(name: &str, bytes: &[u8], limits: Limits) -> ReadError {
    match sandbox(limits).open(name, bytes) {
        Ok(documents) => {
            let tables = &documents[0].tables;
            tables.as_ref().expect_err("nothing to read").clone()
        }
        Err(error) => error,
    }
}

/// A workbook whose only sheet is the given text.
pub(super) fn sheet_of(xml: Vec<u8>) -> Vec<u8> {
    sheets_of(1, xml)
}

/// A workbook that lists its only sheet so many times.
fn sheets_of(times: u32, xml: Vec<u8>) -> Vec<u8> {
    let types = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;
    let rels = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    let sheets: Vec<String> = (1..=times)
        .map(|id| format!(r#"<sheet name="S{id}" sheetId="{id}" r:id="rId1"/>"#))
        .collect();
    let sheets = sheets.concat();
    let book = format!(
        r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>{sheets}</sheets></workbook>"#
    );
    let book_rels = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
    zipped(&[
        ("[Content_Types].xml", types.as_bytes().to_vec()),
        ("_rels/.rels", rels.as_bytes().to_vec()),
        ("xl/workbook.xml", book.as_bytes().to_vec()),
        ("xl/_rels/workbook.xml.rels", book_rels.as_bytes().to_vec()),
        ("xl/worksheets/sheet1.xml", xml),
    ])
}

fn worksheet(rows: &str) -> Vec<u8> {
    format!(r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#).into_bytes()
}

fn text_cell(at: &str, text: &str) -> String {
    format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

#[test]
fn a_workbook_that_lists_one_sheet_thousands_of_times_is_refused() {
    let sheet = || worksheet(&format!("<row r=\"1\">{}</row>", text_cell("A1", "姓名")));
    assert!(Limits::default().open("名单.xlsx", &sheets_of(3, sheet())).is_ok());
    let book = sheets_of(10_000, sheet());
    let words = HeaderWords::builtin();
    let sieve = files::Sieve::new([11, 12]);
    let sifting = files::Sifting::new(&words, &sieve);
    let mut bytes = std::io::Cursor::new(&book);
    let sifted = Limits::default().sift("名单.xlsx", &mut bytes, &sifting).map(drop);
    for said in [Limits::default().open("名单.xlsx", &book).map(drop), sifted] {
        let said = said.expect_err("no clerk's workbook").to_string();
        assert!(said.contains("工作表超过"), "{said}");
    }
}

#[test]
fn a_cell_with_too_long_a_text_is_refused_before_it_is_read() {
    let list = |text: &str| {
        let row = |at: u32, cells: [&str; 2]| {
            let cells = ["A", "B"]
                .iter()
                .zip(cells)
                .map(|(column, text)| text_cell(&format!("{column}{at}"), text));
            format!("<row r=\"{at}\">{}</row>", cells.collect::<String>())
        };
        sheet_of(worksheet(
            &(row(1, ["姓名", "考核等次"]) + &row(2, ["林甲", "称职"]) + &row(3, ["林乙", text])),
        ))
    };
    // More than a workbook holds in a cell, and yet short.
    let good = Limits::default()
        .open("名单.xlsx", &list(&"长".repeat(40_000)))
        .expect("a list");
    let read = files::list(&good[0], &HeaderWords::builtin()).expect("a list");
    assert_eq!(read.rows_read, 2);
    for by in [true, false] {
        let bytes = list(&"x".repeat(3 << 20));
        let said = if by {
            Limits::default().open("名单.xlsx", &bytes).map(drop)
        } else {
            let words = HeaderWords::builtin();
            let sieve = files::Sieve::new([11, 12]);
            let sifting = files::Sifting::new(&words, &sieve);
            let mut bytes = std::io::Cursor::new(bytes);
            Limits::default().sift("名单.xlsx", &mut bytes, &sifting).map(drop)
        };
        let said = said.expect_err("no cell is so long").to_string();
        assert!(said.contains("单元格") && said.contains("2 MiB"), "{said}");
    }
    let of_paragraphs = |paragraph: &str| {
        ods_of(&format!(
            "<table:table-row><table:table-cell office:value-type=\"string\">{paragraph}</table:table-cell></table:table-row>"
        ))
    };
    let paragraph = |length: usize| format!("<text:p>{}</text:p>", "x".repeat(length));
    for text in [paragraph(3 << 20), paragraph(1 << 10).repeat(3 << 10)] {
        let said = Limits::default().open("名单.ods", &of_paragraphs(&text)).map(drop);
        let said = said.expect_err("no cell is so long").to_string();
        assert!(said.contains("单元格") && said.contains("2 MiB"), "{said}");
    }
}

#[test]
fn broken_and_foreign_files_are_refused_with_a_way_out() {
    let good = clerks_workbook();
    for (name, bytes, says) in [
        ("空.xlsx", &b""[..], "空.xlsx"),
        ("半.xlsx", &good[..good.len() / 2], "重新导出"),
        (
            "假.xlsx",
            b"\xe5\xa7\x93\xe5\x90\x8d,\xe7\xbb\x93\xe6\x9e\x9c\n".as_slice(),
            "假.xlsx",
        ),
        (
            "锁.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 encrypted".as_slice(),
            "锁.xlsx",
        ),
        ("旧.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), "重新导出"),
        ("假.ods", b"PK\x03\x04".as_slice(), "重新导出"),
        ("假.zip", b"no archive".as_slice(), "重新压缩"),
        ("包.7z", b"7z\xbc\xaf".as_slice(), ".zip"),
        ("图.png", b"\x89PNG".as_slice(), "图.png"),
        ("二进制.csv", b"\x00\x01\x02\x00\xff\xfe\x00".as_slice(), "二进制.csv"),
    ] {
        let error = refused(name, bytes).to_string();
        assert!(error.contains(says), "{name}: {error}");
        assert!(
            error.chars().any(|c| matches!(c, '\u{4e00}'..='\u{9fff}')),
            "{name}: {error}"
        );
    }
}

#[test]
fn a_part_that_inflates_without_end_is_refused() {
    let blank = format!("<row r=\"1\">{}</row>", text_cell("A1", "姓名"));
    let mut xml = worksheet(&blank);
    xml.resize(64 << 20, b' ');
    let limits = Limits {
        inflated_bytes: 8 << 20,
        ..Limits::default()
    };
    let bomb = sheet_of(xml);
    assert!(bomb.len() < 1 << 20, "a small file, {} bytes", bomb.len());
    let error = files::read_list("炸.xlsx", &bomb, &HeaderWords::builtin(), &limits).expect_err("too large");
    assert!(matches!(error, ReadError::TooLarge { .. }), "{error}");
}

/// A header and one row of a sheet, which says this of 林甲.
fn one_row(result: &str) -> String {
    let row = |number: u32, name: &str, said: &str| {
        let (a, b) = (format!("A{number}"), format!("B{number}"));
        format!(
            "<row r=\"{number}\">{}{}</row>",
            text_cell(&a, name),
            text_cell(&b, said)
        )
    };
    format!("{}{}", row(1, "姓名", "结果"), row(2, "林甲", result))
}

#[test]
fn a_cell_at_the_far_corner_costs_nothing() {
    let rows = one_row("扣发");
    let corner = format!("<row r=\"1048576\">{}</row>", text_cell("XFD1048576", "x"));
    let read = files::read_list(
        "角.xlsx",
        &sheet_of(worksheet(&format!("{rows}{corner}"))),
        &HeaderWords::builtin(),
        &Limits::default(),
    );
    if let Ok(list) = read {
        assert_eq!(list.sheets[0].rows.len(), 1, "the near row is there");
    }
}

#[test]
fn entities_are_not_expanded_without_end() {
    let mut xml = String::from("<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\">");
    for (name, of) in ["b", "c", "d", "e", "f", "g", "h", "i"]
        .iter()
        .zip(["a", "b", "c", "d", "e", "f", "g", "h"])
    {
        let entity = format!("<!ENTITY {name} \"{}\">", format!("&{of};").repeat(10));
        xml.push_str(&entity);
    }
    xml.push_str("]>");
    let rows = format!(
        "<row r=\"1\">{}{}</row><row r=\"2\">{}{}</row>",
        text_cell("A1", "姓名"),
        text_cell("B1", "结果"),
        text_cell("A2", "&i;"),
        text_cell("B2", "扣发")
    );
    xml.push_str(
        std::str::from_utf8(&worksheet(&rows))
            .expect("text")
            .split_once("?>")
            .expect("a head")
            .1,
    );
    let read = files::read_list(
        "实体.xlsx",
        &sheet_of(xml.into_bytes()),
        &HeaderWords::builtin(),
        &Limits::default(),
    );
    if let Ok(list) = read {
        assert!(
            list.sheets
                .iter()
                .flat_map(|sheet| &sheet.rows)
                .all(|row| row.name.len() < 1000)
        );
    }
}

#[test]
fn a_line_of_a_million_columns_and_a_table_of_too_many_rows_are_bounded() {
    let wide = format!(
        "姓名,结果{}\n林甲,扣发{}\n",
        ",x".repeat(1_000_000),
        ",y".repeat(1_000_000)
    );
    match files::read_list("宽.csv", wide.as_bytes(), &HeaderWords::builtin(), &Limits::default()) {
        Ok(list) => assert_eq!(list.sheets[0].rows.len(), 1),
        Err(error) => assert!(matches!(error, ReadError::TooLarge { .. }), "{error}"),
    }
    let limits = Limits {
        rows: 1000,
        ..Limits::default()
    };
    let long = format!("姓名,结果\n{}", "林甲,扣发\n".repeat(2000));
    let error =
        files::read_list("长.csv", long.as_bytes(), &HeaderWords::builtin(), &limits).expect_err("too many rows");
    assert!(matches!(error, ReadError::TooLarge { .. }), "{error}");
}

#[test]
fn bombs_of_every_kind_are_refused_by_the_reading_process() {
    let mut shared =
        br#"<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>"#
            .to_vec();
    shared.resize(2 << 20, b'A');
    shared.extend_from_slice(b"</t></si></sst>");
    let filled = |rows: u32, columns: u32| {
        ods_of(&format!(
            r#"<table:table-row table:number-rows-repeated="{rows}"><table:table-cell office:value-type="string" table:number-columns-repeated="{columns}"><text:p>姓名</text:p></table:table-cell></table:table-row>"#
        ))
    };
    let deep = ods_of(&format!(
        "<table:table-row><table:table-cell>{}{}</table:table-cell></table:table-row>",
        "<text:span>".repeat(100_000),
        "</text:span>".repeat(100_000)
    ));
    let wide = format!("<row r=\"1\">{}</row>", "<c><v>1</v></c>".repeat(300));
    let bomb = zipped(&[("内.csv", vec![b'x'; 17 << 20])]);
    for (name, bytes, says) in [
        ("串.xlsx", zipped(&[("xl/sharedStrings.xml", shared)]), "过大"),
        ("行.ods", filled(1_048_576, 1), "行"),
        ("格.ods", filled(900, 1024), "单元格"),
        ("深.ods", deep, "嵌套"),
        (
            "宽.xlsx",
            sheet_of(worksheet(&wide.replace("r=\"1\"", "").repeat(50))),
            "单元格",
        ),
        ("包.zip", bomb, "过大"),
    ] {
        let error = refused_apart(name, &bytes, small());
        assert!(error.to_string().contains(says), "{name}: {error}");
    }
}

#[test]
fn what_is_far_to_the_right_is_not_looked_at() {
    let names = format!("{}{}", text_cell("A1", "姓名"), text_cell("B1", "结果"));
    let cells = "<c><v>1</v></c>".repeat(16_000);
    let sheet = sheet_of(worksheet(&format!(
        "<row>{names}</row><row>{}{cells}</row>",
        text_cell("A2", "林甲")
    )));
    let tables = files::read_tables("宽.xlsx", &sheet, &Limits::default()).expect("tables");
    assert_eq!(tables[0].rows[1].cells.len(), 256);
}

#[test]
fn more_columns_than_sheets_have_and_elements_nested_without_end_are_refused() {
    let wide = "<c t=\"inlineStr\"><is><t>x</t></is></c>".repeat(20_000);
    let wide = sheet_of(worksheet(&format!("<row r=\"1\">{wide}</row>")));
    assert!(refused("宽.xlsx", &wide).to_string().contains("16384 列"));
    let formulas = "<c><f>B1</f></c>".repeat(20_000);
    let formulas = sheet_of(worksheet(&format!("<row r=\"1\">{formulas}</row>")));
    assert!(refused("公式.xlsx", &formulas).to_string().contains("16384 列"));
    for text in [
        "<x>".repeat(300_000),
        format!("{}{}", "<x><y/>".repeat(50_000), "</x>".repeat(50_000)),
    ] {
        let error = refused("深.xlsx", &sheet_of(worksheet(&text))).to_string();
        assert!(error.contains("嵌套超过 128 层"), "{error}");
    }
    // What looks like elements and is text is read.
    let said = format!("<![CDATA[{}]]>", "<x>".repeat(300));
    let row = one_row(&said);
    let bytes = sheet_of(worksheet(&row));
    assert!(files::read_list("好.xlsx", &bytes, &HeaderWords::builtin(), &Limits::default()).is_ok());
}

#[test]
fn rows_that_are_counted_and_not_written_are_bounded() {
    let cell = r#"<table:table-cell office:value-type="string"><text:p>姓名</text:p></table:table-cell>"#;
    let row = |times: u32, cells: usize| {
        format!(
            "<table:table-row table:number-rows-repeated=\"{times}\">{}</table:table-row>",
            cell.repeat(cells)
        )
    };
    let error = refused("重复.ods", &ods_of(&row(300_000, 4))).to_string();
    assert!(error.contains("重复的行超过"), "{error}");
    let few = files::read_tables("重复.ods", &ods_of(&row(3_000, 4)), &Limits::default()).expect("a table");
    assert_eq!(few[0].rows.len(), 3_000);
}

#[test]
fn empty_cells_without_end_cost_nothing() {
    let rows = r#"<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row><table:table-row><table:table-cell office:value-type="string"><text:p>姓名</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>结果</text:p></table:table-cell><table:table-cell table:number-columns-repeated="4294967295"/></table:table-row><table:table-row><table:table-cell office:value-type="string"><text:p>林甲</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="0"><text:p>0</text:p></table:table-cell></table:table-row><table:table-row table:number-rows-repeated="4294967295"><table:table-cell/></table:table-row>"#;
    let list = files::read_list("空.ods", &ods_of(rows), &HeaderWords::builtin(), &sandbox(small())).expect("a list");
    assert_eq!(list.sheets[0].rows[0].row, 1_000_002);
    assert_eq!(list.sheets[0].rows[0].result.as_deref(), Some("0"));
}

#[test]
fn a_document_type_is_refused() {
    let entities = "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>";
    let form = format!("<?xml version=\"1.0\"?>{entities}<Person><XingMing>&a;</XingMing></Person>");
    let error = refused_apart("表.lrmx", form.as_bytes(), small()).to_string();
    assert!(error.contains("DOCTYPE"), "{error}");
    let content = format!("<?xml version=\"1.0\"?>{entities}<office:document-content/>");
    let error = refused_apart("表.ods", &zipped(&[("content.xml", content.into_bytes())]), small()).to_string();
    assert!(error.contains("DOCTYPE"), "{error}");
}

#[test]
fn a_password_is_named_as_the_reason() {
    let locked: Vec<u8> = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        .iter()
        .copied()
        .chain("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    // The record behind the first one becomes the one that says the rest is encrypted.
    let mut old = fixture("list.xls");
    let interface = b"\xe1\x00\x02\x00\xb0\x04";
    let at = old
        .windows(interface.len())
        .position(|window| window == interface)
        .expect("the second record");
    old[at..at + 2].copy_from_slice(b"\x2f\x00");
    let manifest = br#"<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>"#;
    let open = zipped(&[
        ("content.xml", b"\x01\x02".to_vec()),
        ("META-INF/manifest.xml", manifest.to_vec()),
    ]);
    for (name, bytes) in [("新.xlsx", locked), ("旧.xls", old), ("开.ods", open)] {
        let error = refused_apart(name, &bytes, small()).to_string();
        assert!(error.contains("密码"), "{name}: {error}");
    }
}

#[test]
fn cut_files_and_files_of_nothing_are_refused() {
    for name in ["list.xls", "list.ods", "list.xlsx"] {
        let whole = fixture(name);
        for part in [1, 2, 3] {
            let cut = &whole[..whole.len() * part / 4];
            let read = sandbox(small()).open(name, cut);
            assert!(read.is_err(), "{name}, {part} quarters");
        }
        refused_apart(name, &vec![0; 4096], small());
    }
}

#[test]
fn running_out_of_memory_or_time_ends_the_child_only() {
    // The library asks for the whole of a sheet at once: so much is not to be had.
    let starved = Limits {
        memory_bytes: 24 << 20,
        ..small()
    };
    let text = format!("姓名,结果\n{}", "林甲,扣发\n".repeat(400_000));
    let archive = zipped(&[("名单.csv", text.into_bytes())]);
    let error = refused_apart("名单.zip", &archive, starved).to_string();
    assert!(error.contains("内存") && error.contains("名单.zip"), "{error}");

    // A program that never answers is not waited for.
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("silent");
    std::fs::write(&program, "#!/bin/sh\nexec sleep 600\n").expect("a script");
    let runs = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&program, runs).expect("a script");
    let hasty = Limits {
        wall_seconds: 1,
        ..small()
    };
    let began = std::time::Instant::now();
    let error = files::Sandbox::with_program(&program, hasty.clone())
        .open("名单.xlsx", &clerks_workbook())
        .expect_err("no answer");
    assert!(error.to_string().contains("秒"), "{error}");
    assert!(began.elapsed() < Duration::from_mins(5), "it was not waited for");

    // One that says something else is not believed.
    std::fs::write(&program, "#!/bin/sh\necho running 0 tests\n").expect("a script");
    let error = files::Sandbox::with_program(&program, small())
        .open("名单.xlsx", &clerks_workbook())
        .expect_err("no answer");
    assert!(matches!(error, ReadError::Broken { .. }), "{error}");
    let error = files::Sandbox::with_program(folder.path().join("absent"), small())
        .open("名单.xlsx", &clerks_workbook())
        .expect_err("no program");
    assert!(error.to_string().contains("无法启动"), "{error}");
}
