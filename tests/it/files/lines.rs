//! Headers of two lines, with line breaks, of marks, and columns that have none.

use super::guesses::{guessed, one, read};
use super::refused;
use super::shapes::{expected, named_results, sifted_for};
use rongcuo::domain::protection::list::ListRow;

fn first(text: &str) -> ListRow {
    read(text).sheets[0].rows[0].clone()
}

#[test]
fn what_only_the_upper_line_says_is_read_beside_its_like_below() {
    let lower = ",姓名,身份证号,工作单位,复审结果,说明,";
    let text = |upper: &str, lower: &str, last: &str| {
        format!(
            "先进个人审核表\n序号,基本信息,,,审核情况,,{upper}\n{lower}\n1,林甲,,云川市住建局,取消奖励,不符合条件,{last}\n"
        )
    };
    let both = ["不符合条件".to_owned(), "电梯".to_owned()];
    for header in ["备注", "原因", "未授予原因"] {
        let row = first(&text(header, lower, "电梯"));
        assert_eq!(row.result.as_deref(), Some("取消奖励"), "{header}");
        let mut reasons = row.reasons;
        reasons.sort_unstable_by_key(|reason| reason != "不符合条件");
        assert_eq!(reasons, both, "{header}");
    }
    let row = first(&text("备注", ",姓名,身份证号,工作单位,复审结果,初审意见,", "电梯"));
    assert_eq!(row.reasons, ["电梯"]);
    assert_eq!(row.remarks, ["不符合条件"]);
    let row = first(&text("理由", ",姓名,身份证号,工作单位,复审结果,备注,", "电梯"));
    assert_eq!(row.reasons, ["电梯", "不符合条件"]);
    let row = first(&text("佐证材料", lower, "云人社函〔2026〕8号"));
    assert_eq!(row.reasons, ["不符合条件"]);
    assert_eq!(row.evidence.as_deref(), Some("云人社函〔2026〕8号"));
    // A title over the list is none of its lines, whatever it ends with.
    let row = first("情况说明,情况说明,情况说明,情况说明\n姓名,考核等次,备注,\n林甲,称职,病假,电梯\n");
    assert_eq!(row.reasons, ["病假"]);
    // A heading of a block with a line between is none either.
    let row = first("附件,,,备注\n\n姓名,考核等次,说明,\n林甲,称职,病假,电梯\n");
    assert_eq!(row.reasons, ["病假"]);
}

#[test]
fn the_lower_line_again_is_the_whole_header_again() {
    let found = read(
        "序号,基本信息,,审核情况,,备注\n,姓名,工作单位,复审结果,说明,\n1,林甲,云川市住建局,取消奖励,,电梯\n,姓名,工作单位,复审结果,说明,\n2,林乙,云川市住建局,取消奖励,,围挡\n",
    );
    let rows = &found.sheets[0].rows;
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert_eq!(
        (&rows[0].reasons[..], &rows[1].reasons[..]),
        (&["电梯".to_owned()][..], &["围挡".to_owned()][..])
    );
}

#[test]
fn a_line_break_in_a_header_is_a_blank() {
    for head in [
        "\"核定\n金额\",\"实发\n金额\",\"扣发\n原因\"",
        "\"核定\r\n金额\",\"实 发\r\n金额\",\"扣发\r\n原因\"",
        "核定金额,实发金额,扣发原因",
    ] {
        let found = read(&format!("序号,\"姓\n名\",{head}\n1,林甲,5000,3500,电梯\n"));
        assert_eq!(one(&found), (Some("3500"), Some("5000"), None), "{head}");
        assert_eq!(found.sheets[0].rows[0].reasons, ["电梯"], "{head}");
        assert!(found.sheets[0].unread.is_empty(), "{:?}", found.sheets[0].unread);
    }
    // What it is called in another language does not hide it.
    let found = read("\"姓名\nName\",\"考核等次\nGrade\",\"Remarks\n备注\"\n林甲,称职,电梯\n");
    assert_eq!(one(&found).0, Some("称职"));
    assert_eq!(found.sheets[0].rows[0].reasons, ["电梯"]);
    // The lower line stands below the upper one however many lines of the file that takes.
    let found = read("\"姓\n名\",职务,考核意见,,\n,,科室意见,主管领导意见,审定等次\n林甲,科长,称职,称职,基本称职\n");
    assert_eq!(named_results(&found), expected(&[(4, "林甲", Some("基本称职"))]));
    // A page further down repeats it.
    let found = read("姓名,\"考核\n等次\",备注\n林甲,称职,\n姓名,\"考核\n等次\",备注\n林乙,优秀,\n");
    assert_eq!(found.sheets[0].rows.len(), 2);
}

#[test]
fn marks_below_any_results_say_them() {
    let rows = "1,林甲,科长,,,√,问责\n2,林乙,科员,√,,,\n3,林丙,科员,,√,,\n";
    let heads = [
        (
            "审核意见,,,原因\n,,,同意晋升,暂缓晋升,不予晋升,\n",
            ["不予晋升", "同意晋升", "暂缓晋升"],
        ),
        (
            "审核结果,,,原因\n,,,同意晋升,暂缓晋升,不予晋升,\n",
            ["不予晋升", "同意晋升", "暂缓晋升"],
        ),
        (
            "审核意见,审核意见,审核意见,原因\n,,,同意,暂缓,不予,\n",
            ["不予", "同意", "暂缓"],
        ),
        (
            "同意晋升,暂缓晋升,不予晋升,原因\n",
            ["不予晋升", "同意晋升", "暂缓晋升"],
        ),
        ("推荐,不予推荐,取消资格,原因\n", ["取消资格", "推荐", "不予推荐"]),
        ("同意,暂缓,不予,原因\n", ["不予", "同意", "暂缓"]),
        ("拟晋升,未晋升,\"暂缓\n晋升\",原因\n", ["暂缓晋升", "拟晋升", "未晋升"]),
    ];
    for (head, [of_a, of_b, of_c]) in heads {
        for mark in ["√", "✓", "是", "1", "○", "Y"] {
            let text = format!("职级晋升审核表\n序号,姓名,现任职务,{head}{}", rows.replace('√', mark));
            let found = read(&text);
            let said: Vec<Option<&str>> = found.sheets[0].rows.iter().map(|row| row.result.as_deref()).collect();
            assert_eq!(said, [Some(of_a), Some(of_b), Some(of_c)], "{head} {mark}");
            assert_eq!(found.sheets[0].rows[0].reasons, ["问责"], "{head} {mark}");
        }
    }
    // Who is far below is read as the others are.
    let many = "1,王二,科员,√,,,\n".repeat(200);
    let text = format!("序号,姓名,现任职务,同意晋升,暂缓晋升,不予晋升,原因\n{many}1,林甲,科长,,,√,问责\n");
    let far = sifted_for(&["林甲"], "名单.csv", &text);
    let far = far.sheets[0]
        .rows
        .iter()
        .find(|row| row.name == "林甲")
        .expect("somebody");
    assert_eq!(far.result.as_deref(), Some("不予晋升"));
    // Votes are no marks, one such column alone is none, and neither is one with words.
    for text in [
        "姓名,同意晋升,暂缓晋升\n林甲,12,3\n林乙,15,0\n",
        "姓名,同意晋升,职务\n林甲,√,科长\n",
        "姓名,同意晋升,暂缓晋升\n林甲,√,待查\n林乙,,√\n",
    ] {
        refused("名单.csv", text.as_bytes());
    }
}

#[test]
fn of_a_column_that_is_a_reason_only_at_times_it_is_said_so() {
    let found = read("姓名,处理结果,征求意见情况,处分说明\n林甲,停发,无不同意见,进修\n");
    assert_eq!(
        guessed(&found),
        [
            ("征求意见情况", "理由（只限点到事项或者问责的话）"),
            ("处分说明", "理由")
        ]
    );
}

#[test]
fn what_stands_where_no_header_does_is_a_remark_and_the_column_is_told() {
    let unread = |text: &str| -> Vec<String> {
        let found = read(text);
        found.sheets[0]
            .unread
            .iter()
            .map(|unread| unread.header.clone())
            .collect()
    };
    // Below a blank, and past the last header, whether the list has reasons or not.
    for (text, told) in [
        ("姓名,考核等次,\n林甲,称职,因电梯一事被问责\n", "第 3 列（没有表头）"),
        (
            "姓名,考核等次,备注\n林甲,称职,,因电梯一事被问责\n",
            "第 4 列（没有表头）",
        ),
        (
            "姓名,,考核等次,备注\n林甲,因电梯一事被问责,称职,\n",
            "第 2 列（没有表头）",
        ),
    ] {
        let row = first(text);
        assert_eq!(
            (row.reasons.len(), &row.remarks[..]),
            (0, &["因电梯一事被问责".to_owned()][..]),
            "{text}"
        );
        assert_eq!(unread(text), [told], "{text}");
    }
    // Far down it is read for whoever is looked for.
    let many = "王二,称职,\n".repeat(200);
    let text = format!("姓名,考核等次,\n{many}林甲,称职,因电梯一事被问责\n");
    let far = sifted_for(&["林甲"], "名单.csv", &text);
    let row = far.sheets[0]
        .rows
        .iter()
        .find(|row| row.name == "林甲")
        .expect("somebody");
    assert_eq!(row.remarks, ["因电梯一事被问责"]);
    assert_eq!(far.sheets[0].unread.len(), 1);
    // Dashes, figures, days, marks, and what stands in the row already say nothing; rows that are none say nothing either.
    let text = "姓名,考核等次,备注,,,,,,\n林甲,称职,病假,—,12,2026年3月5日,√,病假,无\n合计,1人,,,,,制表人签字,,\n,,,,,,,另一行表头,\n";
    assert!(unread(text).is_empty(), "{:?}", unread(text));
    assert!(first(text).remarks.is_empty());
}
