//! A list read for its protected people only is judged as the whole list is: every format, many made-up lists.

use super::{fixture, id_number, ods_of, sandbox, zipped};
use proptest::prelude::*;
use rongcuo::domain::case::Conclusion;
use rongcuo::domain::ids::{CaseId, PersonId};
use rongcuo::domain::person::{CadreStatus, CitizenId};
use rongcuo::domain::protection::list::{Domain, List};
use rongcuo::domain::protection::{
    CaseFacts, IdKey, JudgeOptions, Judged, PersonFacts, Register, Tolerance, Words, judge,
};
use rongcuo::domain::unit::{Relation, Units};
use rongcuo::files::{self, HeaderWords, Limits, Opens, Progress, Sieve, Sifting};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::io::Cursor;
use std::sync::LazyLock;

static HEADERS: LazyLock<HeaderWords> = LazyLock::new(HeaderWords::builtin);
static WORDS: LazyLock<Words> = LazyLock::new(Words::builtin);

const UNITS: [&str; 3] = ["云川市/住建局", "云川市/教育局", "云川市/住建局/质监站"];

fn key(id: &CitizenId) -> IdKey {
    let mut key = [0; 32];
    key[..18].copy_from_slice(id.reveal().as_bytes());
    IdKey(key)
}

/// Protected people, somebody refused, and people of the roster with the same and with other names.
fn register() -> Register {
    let person = |serial: u32, name: &str, unit: &str, conclusion: Option<Conclusion>| PersonFacts {
        person: PersonId::of(&format!("{serial}")),
        name: name.to_owned(),
        id_key: (serial != 5).then(|| key(&CitizenId::parse(&id_number(serial)).expect("a number"))),
        roster_unit: Some(unit.to_owned()),
        register_unit: None,
        post: None,
        rank: None,
        status: Some(CadreStatus::Active),
        cases: conclusion
            .map(|conclusion| CaseFacts {
                case: CaseId::of(&format!("{serial}")),
                case_no: format!("RC-2026-{serial:03}"),
                matter: "老旧小区加装电梯试点补贴误发".to_owned(),
                conclusion,
                concluded_on: "2026-03-10".parse().ok(),
                doc_no: Some(format!("云容认〔2026〕{serial}号")),
                measure: None,
                revoked: false,
                revoked_on: None,
            })
            .into_iter()
            .collect(),
    };
    Register {
        people: vec![
            person(1, "林甲", UNITS[0], Some(Conclusion::Exempted)),
            person(2, "阿依古丽·买买提", UNITS[1], Some(Conclusion::Exempted)),
            person(3, "林丙", UNITS[0], Some(Conclusion::Investigating)),
            person(4, "林己", UNITS[0], Some(Conclusion::NotTolerated)),
            person(5, "单公", UNITS[2], Some(Conclusion::Exempted)),
            person(6, "林甲", UNITS[1], None),
            person(7, "林戊", UNITS[0], None),
        ],
        units: UNITS.map(str::to_owned).to_vec(),
        grades: Vec::new(),
        neglect: Vec::new(),
    }
}

/// Looks for those with a case, as the service does.
fn sieve(register: &Register) -> Sieve {
    let mut sieve = Sieve::new([0x0123_4567_89ab_cdef, 42]);
    for person in register.people.iter().filter(|person| !person.cases.is_empty()) {
        sieve.add_name(&person.name);
        if let Some(key) = &person.id_key {
            sieve.add_number(std::str::from_utf8(&key.0[..18]).expect("digits"));
        }
    }
    sieve
}

/// The same, told where they belong, and who else has a number.
fn sieve_with_places(register: &Register) -> Sieve {
    let mut sieve = sieve(register);
    let units = Units::new(&register.units);
    sieve.know_units(units.names().map(str::to_owned));
    for person in &register.people {
        if person.cases.is_empty() {
            if let Some(key) = &person.id_key {
                sieve.add_other_number(std::str::from_utf8(&key.0[..18]).expect("digits"));
            }
        } else {
            let home = person.home().expect("everybody belongs somewhere");
            let is_near = |unit: &&str| units.relation(home, unit) != Relation::Apart;
            let near: Vec<&str> = units.names().filter(is_near).collect();
            sieve.add_place(&person.name, Some((home, &near)));
        }
    }
    sieve
}

fn options(domain: Option<Domain>) -> JudgeOptions {
    JudgeOptions {
        undated_is_final: false,
        as_of: "2026-11-23".parse().expect("a day"),
        domain,
        unit: None,
        period: None,
        tolerance: Tolerance {
            salary: 0,
            performance_pay: 10,
            bonus: 10,
        },
        protected: Domain::ALL.to_vec(),
    }
}

/// What is said of a list, all of it.
fn said(list: &List, register: &Register, domain: Option<Domain>) -> String {
    match judge(list, register, &WORDS, &options(domain), &key) {
        Err(error) => error.to_string(),
        Ok(report) => {
            let tallies: Vec<_> = list.sheets.iter().map(|sheet| &sheet.tally).collect();
            format!(
                "{} {} {:?} {:?} {:?}\n{:#?}\n{:#?}\n{tallies:#?}",
                report.rows_read,
                report.rows_protected,
                report.unit,
                report.period,
                report.domains,
                report.results,
                report.unreadable,
            )
        }
    }
}

/// Reads and judges a file whole and sifted, namesakes left out or not, and gives the number of rows that were left out
/// with them in.
fn same_both_ways(name: &str, bytes: &[u8], by: &impl Opens) -> u32 {
    let register = register();
    let more = same_by(&sieve_with_places(&register), (name, bytes), by);
    let passed = same_by(&sieve(&register), (name, bytes), by);
    assert!(more >= passed, "{name}");
    passed
}

fn same_by(sieve: &Sieve, (name, bytes): (&str, &[u8]), by: &impl Opens) -> u32 {
    let register = register();
    let whole = by.open(name, bytes);
    let sifted = by.sift(name, &mut Cursor::new(bytes), &Sifting::new(&HEADERS, sieve));
    let (whole, sifted) = match (whole, sifted) {
        (Ok(whole), Ok(sifted)) => (whole, sifted),
        (whole, sifted) => {
            assert_eq!(whole.err(), sifted.err(), "{name}");
            return 0;
        }
    };
    assert_eq!(whole.len(), sifted.len(), "{name}");
    let mut passed = 0;
    for (whole, sifted) in whole.iter().zip(&sifted) {
        assert_eq!(
            (&whole.name, &whole.hash),
            (&sifted.document.name, &sifted.document.hash)
        );
        let lists = (files::list(whole, &HEADERS), files::sifted_list(sifted, &HEADERS));
        let (whole, sifted) = match lists {
            (Ok(whole), Ok(sifted)) => (whole, sifted),
            (whole, sifted) => {
                assert_eq!(whole.err(), sifted.err(), "{name}");
                continue;
            }
        };
        for domain in [None, Some(Domain::PerformancePay), Some(Domain::AnnualAppraisal)] {
            assert_eq!(
                said(&sifted, &register, domain),
                said(&whole, &register, domain),
                "{name}"
            );
        }
        passed += sifted.sheets.iter().map(|sheet| sheet.passed.rows).sum::<u32>();
    }
    passed
}

// ---------------------------------------------------------------- made-up lists

/// Anything that may stand under a header; its place in `columns`.
fn cell_of(column: usize) -> BoxedStrategy<String> {
    let stranger = (100_u32..130).prop_map(|n| format!("王{}", char::from_u32(0x4e00 + n).expect("Han")));
    match column {
        0 => prop_oneof![8 => (1_u32..2000).prop_map(|n| n.to_string()), 1 => Just("合计".to_owned()), 1 => Just(String::new())]
            .boxed(),
        1 => prop_oneof![
            12 => stranger,
            4 => prop::sample::select(vec![
                "林甲", "林 甲", "林甲*", "林甲（兼）", "林甲1", "林甲科长", "处长林甲", "林甲 女", "①林甲", "林*", "林某", "阿依古丽买买提", "阿依古丽・买买提", "阿依古丽．买买提", "林丙", "林己", "林戊", "单公",
                "姓名", "单红", "合计", "#REF!", "—", "（小计）", "李\n四", "公丕", "填表人：张三",
            ]).prop_map(str::to_owned),
            1 => Just(String::new()),
        ]
        .boxed(),
        2 => prop_oneof![
            8 => (100_u32..130).prop_map(id_number),
            4 => (1_u32..8).prop_map(id_number),
            2 => (1_u32..8).prop_map(|n| id_number(n).to_lowercase().replace("1980", " 1980 ")),
            2 => prop::sample::select(vec![
                "", "—", "无", "9.90101E+17", "110105491231002", "99010119800101001", "990101198002300011", "'", "身份证号",
            ]).prop_map(str::to_owned),
        ]
        .boxed(),
        3 => prop::sample::select(vec!["云川市住建局", "住建局质监站", "市教育局", "临江市财政局", "", "云川市/教育局", "云川市/住建局", "云川市/住建局/质监站", "云川市", "云川市/气象台", "云川市气象台", "云川市/住建局/第九所", "气象台", "石桥镇政府"])
            .prop_map(str::to_owned)
            .boxed(),
        4 => prop::sample::select(vec!["", "", "年度考核", "绩效", "工资", "奖金", "说不清的事", "干部选拔任用"])
            .prop_map(str::to_owned)
            .boxed(),
        5 => prop_oneof![
            prop::sample::select(vec![
                "优秀", "称职", "基本称职", "不称职", "未推荐", "推荐", "扣发", "0", "免职", "任职", "1.2万元", "", "考核等次",
            ]).prop_map(str::to_owned),
            (4200_u32..4260).prop_map(|n| n.to_string()),
        ]
        .boxed(),
        6 => prop_oneof![(4900_u32..5000).prop_map(|n| n.to_string()), Just(String::new())].boxed(),
        7 => prop::sample::select(vec![
            "", "2026-11-05", "2026年3月5日", "20260305", "46349", "去年", "—", "2026-13-01", "#N/A",
        ])
        .prop_map(str::to_owned)
        .boxed(),
        _ => prop::sample::select(vec![
            "", "因老旧小区加装电梯试点补贴误发被问责", "统一下调绩效", "云容认〔2026〕1号", "曾被\"问责\"", "病假", "a,b;c\td",
        ])
        .prop_map(str::to_owned)
        .boxed(),
    }
}

const COLUMNS: [&str; 9] = [
    "序号",
    "姓名",
    "身份证号",
    "单位",
    "事项类别",
    "结果",
    "基准",
    "决定日期",
    "理由",
];

#[derive(Debug, Clone)]
struct Made {
    title: Vec<String>,
    columns: Vec<usize>,
    rows: Vec<Vec<String>>,
}

impl Made {
    fn header(&self) -> Vec<String> {
        self.columns.iter().map(|column| COLUMNS[*column].to_owned()).collect()
    }

    fn lines(&self) -> Vec<Vec<String>> {
        let title = self.title.iter().map(|line| vec![line.clone()]);
        title.chain([self.header()]).chain(self.rows.iter().cloned()).collect()
    }
}

/// A list with some of the columns in some order: their cells, and now and then the header again or a line of one cell.
fn made(most: usize) -> impl Strategy<Value = Made> {
    let columns = (
        Just((0..COLUMNS.len()).collect::<Vec<_>>()).prop_shuffle(),
        3..=COLUMNS.len(),
    )
        .prop_map(|(all, some)| all.into_iter().take(some).collect::<Vec<_>>())
        .prop_filter("a list has a result", |columns| columns.contains(&5));
    let title = prop::sample::subsequence(
        vec![
            "云川市住建局2026年度考核等次汇总表".to_owned(),
            "填报单位：云川市教育局".to_owned(),
            "2026年10月绩效工资发放表".to_owned(),
        ],
        0..=3,
    );
    (title, columns).prop_flat_map(move |(title, columns)| {
        let cells: Vec<_> = columns.iter().map(|column| cell_of(*column)).collect();
        let header: Vec<String> = columns.iter().map(|column| COLUMNS[*column].to_owned()).collect();
        let mut turned = header.clone();
        turned.reverse();
        let row = prop_oneof![
            30 => cells,
            1 => Just(header),
            1 => Just(turned),
            1 => Just(vec!["一、机关".to_owned()]),
            1 => prop::sample::select(vec![
                "单位：云川市教育局", "单位：云川市住建局|2026年12月", "呈报单位:|云川市教育局", "单位：元", "单位：云川市教育局|林甲",
            ]).prop_map(|line| line.split('|').map(str::to_owned).collect()),
            1 => Just(vec![String::new()]),
        ];
        prop::collection::vec(row, 0..most).prop_map(move |rows| Made {
            title: title.clone(),
            columns: columns.clone(),
            rows,
        })
    })
}

fn delimited(lines: &[Vec<String>], delimiter: u8, end: &str) -> String {
    quoted(lines, delimiter, end, &[false])
}

/// The same with quotation marks around some cells that need none, too.
fn quoted(lines: &[Vec<String>], delimiter: u8, end: &str, quotes: &[bool]) -> String {
    let mut out = String::new();
    let mut quotes = quotes.iter().cycle();
    for line in lines {
        let cells = line.iter().map(|cell| {
            if *quotes.next().expect("it never ends") || cell.contains([char::from(delimiter), '"', '\n', '\r']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.clone()
            }
        });
        out.push_str(&cells.collect::<Vec<_>>().join(&char::from(delimiter).to_string()));
        out.push_str(end);
    }
    out
}

/// Digits as numbers or as text, days as days, and merged cells where `merged` says so: row, column, rows, columns.
fn workbook(made: &Made, merged: &[(u32, u16, u32, u16)], numbers: bool) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let (plain, day) = (Format::new(), Format::new().set_num_format("yyyy-mm-dd"));
    for (row, line) in made.lines().iter().enumerate() {
        let row = row as u32;
        for (column, text) in line.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let column = column as u16;
            let written = match text.parse::<f64>() {
                Ok(number) if numbers && text.len() < 16 => sheet.write_number(row, column, number),
                _ if numbers && text == "2026-11-05" => {
                    let date = ExcelDateTime::from_ymd(2026, 11, 5).expect("a day");
                    sheet.write_datetime_with_format(row, column, &date, &day)
                }
                _ => sheet.write_string(row, column, text),
            };
            written.expect("a cell");
        }
    }
    // The writer takes no blocks of one cell and none that overlap one another.
    let mut blocks: Vec<&(u32, u16, u32, u16)> = Vec::new();
    for block in merged {
        let apart = |other: &&(u32, u16, u32, u16)| {
            let rows = block.0 > other.0 + other.2 || other.0 > block.0 + block.2;
            rows || block.1 > other.1 + other.3 || other.1 > block.1 + block.3
        };
        if (block.2 > 0 || block.3 > 0) && blocks.iter().all(apart) {
            blocks.push(block);
            sheet
                .merge_range(block.0, block.1, block.0 + block.2, block.1 + block.3, "", &plain)
                .expect("a block of its own");
        }
    }
    // Merging empties the first cell of a block; it gets its text back.
    for (row, line) in made.lines().iter().enumerate() {
        for (column, text) in line.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let is_first = merged
                .iter()
                .any(|block| (block.0, block.1) == (row as u32, column as u16));
            if is_first {
                sheet.write_string(row as u32, column as u16, text).expect("a cell");
            }
        }
    }
    book.add_worksheet().write_string(0, 0, "填表说明").expect("a cell");
    book.save_to_buffer().expect("a workbook")
}

fn open_document(made: &Made) -> Vec<u8> {
    let row = |line: &Vec<String>| {
        let cells = line.iter().map(|text| {
            let text = text
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('\n', "</text:p><text:p>");
            format!(r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#)
        });
        format!("<table:table-row>{}</table:table-row>", cells.collect::<String>())
    };
    ods_of(&made.lines().iter().map(row).collect::<String>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_delimited_list_is_judged_the_same_both_ways(
        made in made(80),
        delimiter in prop::sample::select(vec![b',', b';', b'\t']),
        end in prop::sample::select(vec!["\n", "\r\n", "\n\n", "\r"]),
        encoding in 0_usize..5,
        quotes in prop::collection::vec(any::<bool>(), 1..12),
    ) {
        let text = quoted(&made.lines(), delimiter, end, &quotes);
        let bytes = match encoding {
            0 => text.into_bytes(),
            1 => format!("\u{feff}{text}").into_bytes(),
            2 => [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
            3 => [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect(),
            _ => encoding_rs::GB18030.encode(&text).0.into_owned(),
        };
        same_both_ways("名单.csv", &bytes, &Limits::default());
    }

    #[test]
    fn a_workbook_is_judged_the_same_both_ways(
        made in made(80),
        merged in prop::collection::vec((0_u32..40, 0_u16..6, 0_u32..6, 0_u16..4), 0..4),
        numbers in any::<bool>(),
    ) {
        same_both_ways("名单.xlsx", &workbook(&made, &merged, numbers), &Limits::default());
    }

    #[test]
    fn an_open_document_is_judged_the_same_both_ways(made in made(40)) {
        same_both_ways("名单.ods", &open_document(&made), &Limits::default());
    }
}

// ---------------------------------------------------------------- by example

fn clear_list(rows: u32) -> Made {
    let line = |n: u32| {
        let name = if n % 500 == 250 {
            "林甲".to_owned()
        } else {
            format!("王{n}")
        };
        let result = if n % 500 == 250 { "不称职" } else { "称职" };
        vec![n.to_string(), name, "云川市住建局".to_owned(), result.to_owned()]
    };
    Made {
        title: vec!["云川市住建局2026年度考核等次汇总表".to_owned()],
        columns: vec![0, 1, 3, 5],
        rows: (1..=rows).map(line).collect(),
    }
}

#[test]
fn a_list_over_many_blocks_keeps_only_whom_it_is_read_for() {
    let made = clear_list(24_000);
    let text = delimited(&made.lines(), b',', "\r\n");
    assert!(text.len() > 512 << 10, "several blocks");
    for bytes in [
        text.clone().into_bytes(),
        encoding_rs::GB18030.encode(&text).0.into_owned(),
    ] {
        assert_eq!(same_both_ways("名单.csv", &bytes, &Limits::default()), 24_000 - 48);
    }
}

#[test]
fn a_line_between_blocks_names_the_unit_of_those_below_it() {
    let text = "2026年度考核等次\n单位：云川市住建局,\n姓名,等次\n林甲,称职\n王五,称职\n合计,2\n单位：元,\n林丙,称职\n\
        单位：云川市教育局（盖章）  填报时间：2026年12月,\n姓名,等次\n林甲,不称职\n王五,称职\n合计,2\n\
        呈报单位：,云川市住建局/质监站\n单公,称职\n";
    assert_eq!(same_both_ways("名单.csv", text.as_bytes(), &Limits::default()), 2);
    let whole = Limits::default().open("名单.csv", text.as_bytes()).expect("a list");
    let list = files::list(&whole[0], &HEADERS).expect("a list");
    let rows: Vec<(&str, Option<&str>)> = list.sheets[0]
        .rows
        .iter()
        .filter(|row| row.name != "王五")
        .map(|row| (row.name.as_str(), row.unit.as_deref()))
        .collect();
    let expected = [
        ("林甲", None),
        ("单位：元", None),
        ("林丙", None),
        ("林甲", Some("云川市教育局")),
        ("单公", Some("云川市住建局/质监站")),
    ];
    assert_eq!(rows, expected);
    let text_of_words = HeaderWords::builtin_text();
    let units_by = |words: &str| -> Vec<Option<String>> {
        let words = HeaderWords::parse(words).expect("header words");
        let text = "姓名,等次\n林甲,称职\n报表单位：云川市教育局,\n林丙,称职\n单位：云川市住建局,\n林丁,称职\n";
        let whole = Limits::default().open("名单.csv", text.as_bytes()).expect("a list");
        let list = files::list(&whole[0], &words).expect("a list");
        let rows = list.sheets[0].rows.iter().filter(|row| row.name.starts_with('林'));
        rows.map(|row| row.unit.as_deref().map(str::to_owned)).collect()
    };
    let housing = || Some("云川市住建局".to_owned());
    assert_eq!(units_by(text_of_words), [None, None, housing()]);
    let more = text_of_words.replacen("unit_labels = [", "unit_labels = [\"报表单位\", ", 1);
    assert_eq!(units_by(&more), [None, Some("云川市教育局".to_owned()), housing()]);
    // Words of a site from before these were words.
    let is_older = |line: &&str| !line.starts_with("unit_labels");
    let older: Vec<&str> = text_of_words.lines().filter(is_older).collect();
    assert_eq!(units_by(&older.join("\n")), [None, None, housing()]);
    let columned = "姓名,单位,等次\n单位：云川市教育局,,\n林甲,云川市住建局,称职\n林丙,,称职\n";
    same_both_ways("名单.csv", columned.as_bytes(), &Limits::default());
    let whole = Limits::default().open("名单.csv", columned.as_bytes()).expect("a list");
    let list = files::list(&whole[0], &HEADERS).expect("a list");
    let units: Vec<Option<&str>> = list.sheets[0].rows.iter().map(|row| row.unit.as_deref()).collect();
    assert_eq!(units, [Some("云川市住建局"), None]);
}

#[test]
fn who_stands_beside_somebody_in_two_minds_is_judged_by_the_own_result() {
    let list = |people: [(&str, u32); 4]| {
        let row = |pair: &[(&str, u32)], results: [&str; 2]| {
            let of = |at: usize| format!("{},{},{}", pair[at].0, id_number(pair[at].1), results[at]);
            format!("{},{}\n", of(0), of(1))
        };
        let text = format!(
            "2026年度考核等次\n姓名,身份证号,等次,姓名,身份证号,等次\n{}{}",
            row(&people[..2], ["称职", "优秀"]),
            row(&people[2..], ["称职", "不称职"])
        );
        same_both_ways("名单.csv", text.as_bytes(), &Limits::default());
        let whole = Limits::default().open("名单.csv", text.as_bytes()).expect("a list");
        files::list(&whole[0], &HEADERS).expect("a list")
    };
    let judged = |list: &List| -> Vec<(String, bool)> {
        let report = judge(list, &register(), &WORDS, &options(None), &key).expect("a report");
        let line = |line: Judged| (line.name, line.cell == "duplicate");
        report.results.into_iter().map(line).collect()
    };
    // Who has two results has no case.
    let of_others = list([("林甲", 1), ("林戊", 7), ("王五", 100), ("林戊", 7)]);
    assert_eq!(judged(&of_others), [("林甲".to_owned(), false)]);
    let own = list([("林丙", 3), ("林甲", 1), ("王五", 100), ("林甲", 1)]);
    let expected = [("林丙", false), ("林甲", true), ("林甲", true)];
    assert_eq!(
        judged(&own),
        expected.map(|(name, is_twice)| (name.to_owned(), is_twice))
    );
}

#[test]
fn a_row_with_a_number_is_somebody_s_whatever_else_it_says() {
    let text = format!(
        "姓名,身份证号,单位,等次\n林甲,{},云川市住建局,不称职\n姓名,{},单位,等次\n单位：云川市教育局,{},,称职\n林丙,,,称职\n",
        id_number(1),
        id_number(100),
        id_number(101)
    );
    same_both_ways("名单.csv", text.as_bytes(), &Limits::default());
    let whole = Limits::default().open("名单.csv", text.as_bytes()).expect("a list");
    let list = files::list(&whole[0], &HEADERS).expect("a list");
    let rows: Vec<(u32, Option<&str>)> = list.sheets[0]
        .rows
        .iter()
        .map(|row| (row.row, row.unit.as_deref()))
        .collect();
    assert_eq!(
        rows,
        [(2, Some("云川市住建局")), (3, Some("单位")), (4, None), (5, None)]
    );
}

#[test]
fn namesakes_with_another_number_in_other_units_are_left_out_of_a_long_list() {
    let register = register();
    let left_out = |rows: &[String]| {
        let text = format!("姓名,身份证号,单位,等次\n{}\n", rows.join("\n"));
        same_by(
            &sieve_with_places(&register),
            ("名单.csv", text.as_bytes()),
            &Limits::default(),
        )
    };
    let row = |name: &str, number: u32, unit: &str| format!("{name},{},{unit},不称职", id_number(number));
    // Number 7 is that of somebody without a case, which contradicts the name.
    let kept = [
        row("林甲", 1, UNITS[1]),
        row("林甲", 100, UNITS[0]),
        row("林甲", 100, UNITS[2]),
        row("林甲", 100, "云川市"),
        row("林甲", 100, "云川市教育局"),
        row("林甲", 7, UNITS[1]),
        row("林甲（兼）", 100, UNITS[1]),
        row("林甲", 100, ""),
        format!("林甲,,{},不称职", UNITS[1]),
    ];
    for one in &kept {
        assert_eq!(left_out(std::slice::from_ref(one)), 0, "{one}");
    }
    assert_eq!(left_out(&[row("林甲", 100, UNITS[1])]), 1);
    assert_eq!(left_out(&[row("单公", 100, UNITS[1])]), 1);
    // Units that are not on record, and what may be one that is.
    for elsewhere in [
        "云川市/第九局",
        "云川市气象台",
        "临江市教育局",
        "云川市/教育局/第九小学",
        "云川市/住建局/第九所",
    ] {
        let is_below = elsewhere.starts_with(UNITS[0]);
        assert_eq!(
            left_out(&[row("林甲", 100, elsewhere)]),
            u32::from(!is_below),
            "{elsewhere}"
        );
    }
    for open in ["教育局", "市教育局", "气象台", "市气象台", "石桥镇党政办"] {
        assert_eq!(left_out(&[row("林甲", 100, open)]), 0, "{open}");
    }
}

#[test]
fn a_text_that_stops_being_utf_8_is_read_again_as_what_it_is() {
    let made = clear_list(20_000);
    let mut lines = made.lines();
    for line in &mut lines[..] {
        // Until the last rows all bytes are those of ASCII.
        *line = line
            .iter()
            .map(|cell| cell.chars().filter(char::is_ascii).collect())
            .collect();
    }
    lines[0] = vec!["id".to_owned()];
    lines[1] = ["no", "name", "unit", "result"].map(str::to_owned).to_vec();
    lines.extend(clear_list(500).lines());
    let bytes = encoding_rs::GB18030
        .encode(&delimited(&lines, b',', "\n"))
        .0
        .into_owned();
    same_both_ways("名单.csv", &bytes, &Limits::default());
    let mut broken = b"\xef\xbb\xbf".to_vec();
    broken.extend(&bytes);
    same_both_ways("名单.csv", &broken, &Limits::default());
}

#[test]
fn a_record_larger_than_a_block_and_a_quotation_without_end_are_read_alike() {
    let long = "长".repeat(100_000);
    let text = format!("姓名,考核等次,备注\n林甲,不称职,\"{long}\n{long}\"\n王五,称职,\n林丙,优秀,\"没有写完\n");
    same_both_ways("名单.csv", text.as_bytes(), &Limits::default());
}

#[test]
fn the_same_limits_hold_both_ways() {
    let made = clear_list(3_000);
    let limits = Limits {
        rows: 2_000,
        ..Limits::default()
    };
    let text = delimited(&made.lines(), b',', "\n");
    same_both_ways("名单.csv", text.as_bytes(), &limits);
    same_both_ways("名单.xlsx", &workbook(&made, &[], false), &limits);
    let limits = Limits {
        cells: 5_000,
        ..Limits::default()
    };
    same_both_ways("名单.csv", text.as_bytes(), &limits);
    same_both_ways("名单.xlsx", &workbook(&made, &[], false), &limits);
    same_both_ways("名单.csv", b"", &limits);
    same_both_ways("名单.csv", b"a\0b,c\n", &limits);
    same_both_ways("名单.csv", b"\xef\xbb\xbfa\xff,c\n", &limits);
}

#[test]
fn rows_in_any_order_and_merged_blocks_downwards_are_read_alike() {
    let sheet = |rows: &str, behind: &str| {
        let xml = format!(
            r#"<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData>{behind}</worksheet>"#
        );
        super::hostile::sheet_of(xml.into_bytes())
    };
    let row = |at: u32, cells: &[(&str, &str)]| {
        let cells: Vec<String> = cells
            .iter()
            .map(|(column, text)| format!(r#"<c r="{column}{at}" t="inlineStr"><is><t>{text}</t></is></c>"#))
            .collect();
        format!(r#"<row r="{at}">{}</row>"#, cells.concat())
    };
    let header = row(1, &[("A", "姓名"), ("B", "单位"), ("C", "考核等次")]);
    let body: String = (2..80).map(|at| row(at, &[("A", "王五"), ("C", "称职")])).collect();
    let own = row(80, &[("A", "林甲"), ("C", "不称职")]);
    let merged = r#"<mergeCells count="2"><mergeCell ref="B2:B90"/><mergeCell ref="A1:A1"/></mergeCells>"#;
    let first = row(2, &[("A", "王六"), ("B", "云川市住建局"), ("C", "称职")]);
    let body_filled: String = (3..80).map(|at| row(at, &[("A", "王五"), ("C", "称职")])).collect();
    for (rows, behind) in [
        (format!("{header}{body}{own}"), ""),
        (format!("{own}{body}{header}"), ""),
        (format!("{header}{first}{body_filled}{own}"), merged),
        (
            format!("{header}{first}{body_filled}{own}"),
            "<!-- <mergeCells> --><mergeCells><mergeCell ref=\"B2:B90\"/></mergeCells>",
        ),
        (
            format!("{header}{first}{body_filled}{own}"),
            "<mergeCells><mergeCell ref=\"b2:b90\"/></mergeCells>",
        ),
    ] {
        same_both_ways("考核.xlsx", &sheet(&rows, behind), &Limits::default());
    }
}

#[test]
fn fixtures_and_archives_are_read_alike_here_and_in_the_reading_process() {
    let own = workbook(&clear_list(3_000), &[(0, 0, 0, 3)], true);
    let archive = zipped(&[
        ("甲.xlsx", fixture("list.xlsx")),
        ("乙.xls", fixture("list.xls")),
        ("丙.csv", "姓名,考核等次\n林甲,不称职\n".as_bytes().to_vec()),
        ("丁.csv", "没有表头\n".as_bytes().to_vec()),
    ]);
    for (name, bytes) in [
        ("list.ods", fixture("list.ods")),
        ("list.xls", fixture("list.xls")),
        ("list.xlsx", fixture("list.xlsx")),
        ("考核.xlsx", super::clerks_workbook()),
        ("考核.xlsx", own),
        ("全部.zip", archive),
    ] {
        let here = same_both_ways(name, &bytes, &Limits::default());
        assert_eq!(
            same_both_ways(name, &bytes, &sandbox(Limits::default())),
            here,
            "{name}"
        );
    }
}

/// Whoever waits sees how many rows were read, in steps of 1,024, over all lists of the file; a second attempt in
/// another encoding counts no row twice.
#[test]
fn how_far_a_reading_is_can_be_seen() {
    let lines = "林甲,合格\n".repeat(5_000);
    let text = format!("姓名,结果\n{lines}");
    let (foreign, _, _) = encoding_rs::GB18030.encode(&text);
    let archive = zipped(&[
        ("一.csv", text.clone().into_bytes()),
        ("二.csv", text.clone().into_bytes()),
    ]);
    let by = Sieve::new([11, 12]);
    let by = Sifting::new(&HEADERS, &by);
    for (name, bytes, rows) in [
        ("名单.csv", text.as_bytes(), 4 * 1024),
        ("名单.csv", &*foreign, 4 * 1024),
        ("名单.zip", &archive, 8 * 1024),
    ] {
        let (sifted, whole) = (Progress::default(), Progress::default());
        let apart = sandbox(Limits::default()).apart();
        let read = apart.clone().watched(&sifted).sift(name, &mut Cursor::new(bytes), &by);
        assert!(read.is_ok(), "{name}: {read:?}");
        assert_eq!(sifted.rows(), rows, "{name}");
        let read = apart.watched(&whole).open(name, bytes);
        assert!(read.is_ok(), "{name}: {read:?}");
        assert_eq!(whole.rows(), rows, "{name}");
    }
    let nobody = Progress::default();
    nobody.stop();
    let read = sandbox(Limits::default())
        .apart()
        .watched(&nobody)
        .open("名单.csv", text.as_bytes());
    assert!(read.expect_err("nobody waits").to_string().contains("已停止"));
}
