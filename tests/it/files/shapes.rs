//! The ways people write: two-line headers, posts and units in one cell, numbers and names in any width.

use super::{id_number, list};
use rongcuo::domain::person::{IdNumber, normal_name};
use rongcuo::files::{self, HeaderWords, Limits, Opens as _};

#[test]
fn the_bare_official_shape_is_read() {
    let list = list(
        "云川市住建局2026年度考核.csv",
        "序号,姓名,职务,考核等次\n1,林　甲,科长,称职\n\n２,阿依·古丽,副科长,优秀\n,合计,2人,\n单位负责人：（签字）,,,\n"
            .as_bytes(),
    );
    assert_eq!(
        list.file, "云川市住建局2026年度考核.csv",
        "unit and year stand in the name"
    );
    let rows: Vec<(u32, String)> = list.sheets[0]
        .rows
        .iter()
        .map(|row| (row.row, normal_name(&row.name)))
        .collect();
    assert_eq!(rows, [(2, "林甲".to_owned()), (4, normal_name("阿依•古丽"))]);
    assert!(list.unreadable.is_empty(), "{:?}", list.unreadable);
}

#[test]
fn a_signature_in_the_column_of_names_is_nobody() {
    let text = "单位,姓名,考核等次\n云川市住建局,林甲,称职\n,镇（街道）审核：林乙,\n,制表: 林丙,\n云川市住建局,科长：林丁,称职\n";
    let found = list("名单.csv", text.as_bytes());
    let names: Vec<&str> = found.sheets[0].rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["林甲", "科长：林丁"]);
    assert_eq!(
        sifted_for(&["林甲", "林丁"], "名单.csv", text).rows_read,
        found.rows_read
    );
}

#[test]
fn a_quotation_mark_that_is_never_closed_swallows_nobody() {
    let text = "姓名,单位,考核等次,理由\n林甲,云川市住建局,基本称职,\"问责\n林乙,云川市住建局,称职,\n";
    let read = |text: &str| files::read_list("名单.csv", text.as_bytes(), &HeaderWords::builtin(), &Limits::default());
    let error = read(text).expect_err("nobody knows where rows end").to_string();
    assert!(error.contains("第 2 行") && error.contains("引号"), "{error}");
    let closed = read(&text.replace("\"问责", "\"问\"\"责\"")).expect("a good list");
    assert_eq!(closed.sheets[0].rows.len(), 2);
    assert_eq!(closed.sheets[0].rows[0].reasons, ["问\"责"]);
}

#[test]
fn a_long_list_is_read_as_its_rows_are() {
    // More than one thread takes: totals, headers again and lines that name a unit stand among the rows.
    let head = "姓名,考核等次,决定日期,备注\n";
    let block = |at: u32| {
        format!(
            "单位：云川市第{at}局,,,\n林甲,称职,2026-12-20,调入\n合计,1人,,\n林乙,优秀,某日,\n,称职,,\n{head}林丙,基本称职,,\n"
        )
    };
    let blocks = 3_000;
    let text = head.to_owned() + &(0..blocks).map(block).collect::<String>();
    let found = list("名单.csv", text.as_bytes());
    assert_eq!(found.rows_read, 4 * blocks);
    let rows = &found.sheets[0].rows;
    assert_eq!(rows.len() as u32, 3 * blocks);
    for (at, three) in (0..).zip(rows.chunks(3)) {
        let unit = format!("云川市第{at}局");
        for (row, (name, offset)) in three.iter().zip([("林甲", 3), ("林乙", 5), ("林丙", 8)]) {
            assert_eq!((row.name.as_str(), row.row), (name, 7 * at + offset));
            assert_eq!(row.unit.as_deref(), Some(unit.as_str()));
        }
    }
    let faults: Vec<u32> = found.unreadable.iter().map(|fault| fault.row).collect();
    let expected: Vec<u32> = (0..blocks).flat_map(|at| [7 * at + 5, 7 * at + 6]).collect();
    assert_eq!(faults, expected);
    assert_eq!(found.sheets[0].tally.counts["称职"], 2 * blocks);
}

#[test]
fn a_name_alone_in_its_row_is_a_row_and_a_result_merged_over_the_reason_is_no_reason() {
    let found = list(
        "名单.csv",
        "姓名,单位,考核等次,备注\n林甲,云川市住建局,称职,\n林乙\n林丙,云川市住建局,不称职,不称职\n此表一式三份，由各单位人事部门留存备查\n"
            .as_bytes(),
    );
    let rows: Vec<(&str, Option<&str>, usize)> = found.sheets[0]
        .rows
        .iter()
        .map(|row| (row.name.as_str(), row.result.as_deref(), row.reasons.len()))
        .collect();
    assert_eq!(
        rows,
        [
            ("林甲", Some("称职"), 0),
            ("林乙", None, 0),
            ("林丙", Some("不称职"), 0)
        ]
    );
}

#[test]
fn id_numbers_are_read_as_people_type_them() {
    let number = id_number(1);
    let wide: String = number
        .chars()
        .map(|c| char::from_u32(c as u32 + 0xfee0).expect("full width"))
        .collect();
    let spaced = format!("{} {} {}", &number[..6], &number[6..14], &number[14..]);
    let with_x = (1..200)
        .map(id_number)
        .find(|number| number.ends_with('X'))
        .expect("one ends in X");
    let text = format!(
        "姓名,身份证号码,结果\n甲,{wide},扣发\n乙,{spaced},扣发\n丙,{},扣发\n丁,'{number},扣发\n戊,990101800101001,扣发\n己,9.90101E+17,扣发\n",
        with_x.to_lowercase()
    );
    let list = list("奖金.csv", text.as_bytes());
    let usable: Vec<bool> = list.sheets[0]
        .rows
        .iter()
        .map(|row| matches!(row.id, IdNumber::Valid(_)))
        .collect();
    assert_eq!(usable[..4], [true; 4]);
    assert!(!usable[5], "a rounded number is nobody's");
}

#[test]
fn text_in_utf_16_is_read() {
    let text = "姓名\t单位\t结果\r\n林甲\t云川市住建局\t扣发\r\n";
    for (mark, big) in [([0xff, 0xfe], false), ([0xfe, 0xff], true)] {
        let units = text
            .encode_utf16()
            .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
        let bytes: Vec<u8> = mark.into_iter().chain(units).collect();
        assert_eq!(list("表.txt", &bytes).sheets[0].rows[0].name, "林甲");
    }
}

#[test]
fn a_unit_and_a_post_in_one_cell_are_told_apart() {
    let words = HeaderWords::builtin();
    let text = "姓名,性别,工作单位及职务\n林甲,男,云川市住建局党组成员、副局长\n林乙,女,云川市教育局\n林丙,女,副局长\n";
    let parsed = files::read_cadres("名册.csv", text.as_bytes(), &words, &Limits::default()).expect("a roster");
    let read: Vec<(&str, Option<&str>)> = parsed
        .rows
        .iter()
        .map(|row| (row.value.unit.as_str(), row.value.post.as_deref()))
        .collect();
    assert_eq!(
        read,
        [("云川市住建局", Some("党组成员、副局长")), ("云川市教育局", None)]
    );
    assert_eq!(
        (parsed.faults[0].row, parsed.faults[0].column.as_deref()),
        (4, Some("工作单位及职务"))
    );
    let list = list(
        "考核.csv",
        "姓名,单位及职务,考核等次\n林甲,云川市住建局副局长,称职\n".as_bytes(),
    );
    assert_eq!(list.sheets[0].rows[0].unit.as_deref(), Some("云川市住建局"));
}

pub(super) fn named_results(list: &rongcuo::domain::protection::list::List) -> Vec<(u32, String, Option<String>)> {
    let rows = list.sheets.iter().flat_map(|sheet| &sheet.rows);
    rows.map(|row| (row.row, row.name.clone(), row.result.clone()))
        .collect()
}

pub(super) fn expected(rows: &[(u32, &str, Option<&str>)]) -> Vec<(u32, String, Option<String>)> {
    let owned = |(row, name, result): &(u32, &str, Option<&str>)| (*row, (*name).to_owned(), result.map(str::to_owned));
    rows.iter().map(owned).collect()
}

/// Read whole, and sifted for somebody who is not in it: nothing may depend on which.
fn both_ways(name: &str, text: &str) -> rongcuo::domain::protection::list::List {
    let whole = list(name, text.as_bytes());
    let again = sifted_for(&[], name, text);
    assert_eq!(named_results(&whole), named_results(&again));
    assert_eq!(whole.rows_read, again.rows_read);
    whole
}

/// The same where rows are left out: those of somebody looked for are read alike, and the counts are those of all.
fn both_ways_for(who: &str, text: &str) -> rongcuo::domain::protection::list::List {
    let whole = list("名单.csv", text.as_bytes());
    for looked_for in [&[who][..], &[]] {
        let again = sifted_for(looked_for, "名单.csv", text);
        // Of the others those rows are kept that say what the columns hold.
        let of_wanted = |list| {
            let mut rows = named_results(list);
            rows.retain(|(_, name, _)| looked_for.contains(&name.as_str()));
            rows
        };
        assert_eq!(of_wanted(&again), of_wanted(&whole));
        if whole.sheets[0].guessed.is_empty() {
            assert_eq!(named_results(&again), of_wanted(&whole), "nobody else is kept");
        }
        assert_eq!(whole.sheets[0].tally, again.sheets[0].tally);
        assert_eq!(whole.rows_read, again.rows_read);
    }
    whole
}

pub(super) fn sifted_for(who: &[&str], name: &str, text: &str) -> rongcuo::domain::protection::list::List {
    let words = HeaderWords::builtin();
    let mut sieve = files::Sieve::new([1, 2]);
    for name in who {
        sieve.add_name(name);
    }
    let mut bytes = std::io::Cursor::new(text.as_bytes());
    let sifted = Limits::default()
        .sift(name, &mut bytes, &files::Sifting::new(&words, &sieve))
        .expect("a list");
    files::sifted_list(&sifted[0], &words).expect("a list")
}

#[test]
fn a_mark_in_a_column_of_its_own_is_the_result() {
    for head in [
        "姓名,职务,优秀,称职,基本称职,不称职,备注\n",
        "姓名,职务,年度考核等次,,,,备注\n,,优秀,称职,基本称职,不称职,\n",
        "姓名,职务,年度考核等次,年度考核等次,年度考核等次,年度考核等次,备注\n姓名,职务,优秀,称职,基本称职,不称职,备注\n",
    ] {
        let below = u32::try_from(head.lines().count()).expect("few") + 1;
        let text = format!(
            "{head}林甲,科长,,√,,,\n林乙,科员,✔,,—,×,\n林丙,科员,,,√,√,漏改\n林丁,科员,,,,,未参加考核\n合计,4人,1,1,1,1,\n"
        );
        let found = both_ways("云川市住建局2026年度考核.csv", &text);
        assert_eq!(
            named_results(&found),
            expected(&[
                (below, "林甲", Some("称职")),
                (below + 1, "林乙", Some("优秀")),
                (below + 2, "林丙", None),
                (below + 3, "林丁", None),
            ]),
            "{head}"
        );
        assert_eq!(found.unreadable.len(), 1, "{:?}", found.unreadable);
        assert!(
            found.unreadable[0]
                .reason
                .contains("「基本称职」「不称职」几栏都作了记号")
        );
        assert_eq!(found.sheets[0].rows[2].reasons, ["漏改"]);
    }
}

#[test]
fn one_column_called_like_a_result_and_a_result_of_its_own_stay_what_they_are() {
    let found = both_ways(
        "名单.csv",
        "姓名,推荐,考核等次,优秀,称职\n林甲,张三,称职,√,\n林乙,李四,,√,\n",
    );
    assert_eq!(
        named_results(&found),
        expected(&[(2, "林甲", Some("称职")), (3, "林乙", Some("优秀"))])
    );
    let plain = list("名单.csv", "姓名,好,考核等次\n林甲,√,称职\n".as_bytes());
    assert_eq!(named_results(&plain), expected(&[(2, "林甲", Some("称职"))]));
}

#[test]
fn lists_side_by_side_lose_nobody() {
    let found = both_ways(
        "云川市住建局2026年度考核.csv",
        "序号,姓名,职务,考核等次,序号,姓名,职务,考核等次\n1,林甲,科长,称职,3,林丙,科员,基本称职\n2,林乙,科员,优秀,,,,\n,,,,4,林丁,科员,称职\n合计,4人\n",
    );
    assert_eq!(
        named_results(&found),
        expected(&[
            (2, "林甲", Some("称职")),
            (2, "林丙", Some("基本称职")),
            (3, "林乙", Some("优秀")),
            (4, "林丁", Some("称职")),
        ])
    );
    assert!(found.unreadable.is_empty(), "{:?}", found.unreadable);
    let three = both_ways(
        "名单.csv",
        "单位,姓名,结果,姓名,结果,姓名,结果\n云川市住建局,甲某,入选,乙某,未入选,丙某,入选\n",
    );
    assert_eq!(named_results(&three).len(), 3);
    assert!(
        three.sheets[0]
            .rows
            .iter()
            .all(|row| row.unit.as_deref() == Some("云川市住建局"))
    );
}

#[test]
fn of_several_results_the_last_that_does_more_than_agree_counts() {
    let results = |text: &str| named_results(&both_ways_for("林甲", text));
    let one = |result: &'static str| expected(&[(2, "林甲", Some(result))]);
    let stages = "姓名,推荐意见,审核意见,审批意见\n林甲,推荐,取消资格,同意\n";
    assert_eq!(results(stages), one("取消资格"));
    assert_eq!(results("姓名,推荐结果,审核结果\n林甲,推荐,取消资格\n"), one("取消资格"));
    assert_eq!(results("姓名,拟定等次,确定等次\n林甲,优秀,不称职\n"), one("不称职"));
    // Codes of grades are no sums; of sums the first counts, as their columns follow from it.
    assert_eq!(results("姓名,拟定等次,确定等次\n林甲,1,4\n"), one("4"));
    // That it was paid out changes no sum.
    assert_eq!(
        results("姓名,应发金额,实发金额,发放情况\n林甲,10000,5000,已发放\n"),
        one("5000")
    );
    assert_eq!(results("姓名,实发金额,调整后\n林甲,5000,4000\n"), one("5000"));
}

#[test]
fn of_grades_of_several_years_the_latest_counts() {
    let results = |text: &str| named_results(&both_ways_for("林甲", text));
    let one = |result: &'static str| expected(&[(2, "林甲", Some(result))]);
    let years = "姓名,单位,2025年度考核等次,2026年度考核等次,备注\n林甲,云川市住建局,优秀,基本称职,\n";
    assert_eq!(results(years), one("基本称职"));
    let history = "姓名,考核等次,2024年度考核等次,2025年度考核等次\n林甲,称职,优秀,优秀\n";
    assert_eq!(results(history), one("称职"));
    let behind = "姓名,考核等次（2026年度）,考核等次（2025年度）\n林甲,基本称职,优秀\n";
    assert_eq!(results(behind), one("基本称职"));
    let beside = "姓名,2025年度考核等次,2026年度考核等次,年终奖\n林甲,不称职,称职,0\n";
    assert_eq!(
        both_ways_for("林甲", beside).sheets[0].rows[0].grade.as_deref(),
        Some("称职")
    );
}

#[test]
fn a_header_that_no_word_knows_is_read_by_its_ending_or_told() {
    let found = both_ways_for(
        "林甲",
        "序号,姓名,审核意见,群众基础,不予晋升的具体原因\n1,林甲,未晋升,好,加装电梯\n",
    );
    assert_eq!(found.sheets[0].rows[0].reasons, ["加装电梯"]);
    let unread = found.sheets[0].unread.iter().map(|unread| unread.header.as_str());
    assert_eq!(unread.collect::<Vec<_>>(), ["群众基础"]);
}

#[test]
fn names_side_by_side_without_order_are_told() {
    let found = both_ways(
        "名单.csv",
        "姓名,职务,考核等次,姓名,考核等次\n林甲,科长,称职,林丙,基本称职\n",
    );
    assert_eq!(named_results(&found), expected(&[(2, "林甲", Some("称职"))]));
    assert!(
        found.unreadable[0].reason.contains("几个同样的姓名栏"),
        "{:?}",
        found.unreadable
    );
}
