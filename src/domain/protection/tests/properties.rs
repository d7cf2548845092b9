//! What holds of every list: folding twice folds no further, and a row is judged by itself.

use super::super::text::folded;
use super::*;
use crate::domain::person::normal_name;
use proptest::prelude::*;
use proptest::sample::select;

/// Results and reasons as lists have them, those apart whose meaning other rows of a list may change: a dismissal
/// (another row may name the new post), a year-end bonus (another row may hold the grade), a cut of a whole unit.
const RESULTS: [&str; 24] = [
    "",
    "优秀",
    "称职",
    "基本称职",
    "不确定等次",
    "不进行考核",
    "5B",
    "推荐",
    "未推荐",
    "取消资格",
    "记功",
    "撤销奖励",
    "降职",
    "不予提拔",
    "未列入",
    "晋升",
    "暂缓晋升",
    "职数不足未晋升",
    "低聘",
    "扣发",
    "足额发放",
    "终止其委员资格",
    "当选",
    "按有关规定办理",
];
const REASONS: [&str; 16] = [
    "",
    "—",
    "综合研判",
    "被问责",
    "与容错事项无关，职数不足",
    "因“老旧小区加装电梯试点补贴误发”",
    "加装电梯一事被追究责任",
    "病假超过半年",
    "云容认〔2026〕1号",
    "云纪监〔2026〕99号",
    "试用期",
    "整改不力",
    "智能红绿灯试点误判投诉",
    "秸秆离田补贴核验疏漏，\n年龄原因",
    "任职年限不足；正在被调查",
    "未受问责",
];

fn any_row() -> impl Strategy<Value = ListRow> {
    let people = [
        (1, "林甲"),
        (2, "林乙"),
        (3, "林丙"),
        (4, "林丁"),
        (5, "林戊"),
        (6, "林己"),
        (7, "林甲"),
    ];
    let days = [None, Some("2026-01-15"), Some("2026-06-30"), Some("2026-12-20")];
    let units = [None, Some("云川市/住建局"), Some("市交通局"), Some("青禾区住建局")];
    (
        select(people.to_vec()),
        any::<bool>(),
        select(Domain::ALL.to_vec()),
        select(RESULTS.to_vec()),
        select(REASONS.to_vec()),
        select(days.to_vec()),
        select(units.to_vec()),
        select(vec![None, Some("病历"), Some("云组〔2026〕8号")]),
    )
        .prop_map(
            |((serial, name), with_id, domain, result, reason, on, unit, evidence)| {
                let mut row = row(0, serial, name, domain, result, reason);
                if !with_id {
                    row.id = IdNumber::Missing;
                }
                row.decided_on = on.map(day);
                row.unit = unit.map(str::to_owned);
                row.evidence = evidence.map(str::to_owned);
                row
            },
        )
}

/// Everything said of a row but where it stands.
fn said(line: &Judged) -> String {
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {} {} {:?}",
        line.verdict,
        line.outcome_class,
        line.attribution,
        line.level,
        line.case,
        line.note,
        line.cell,
        line.why,
        line.matched
    )
}

proptest! {
    #[test]
    fn folding_twice_folds_no_further(text in "[\\PC\u{3000}\u{ff01}-\u{ff5e}\n\t\u{200b}]{0,40}") {
        let name = normal_name(&text);
        prop_assert_eq!(normal_name(&name), name);
        let once: String = folded(&text).into_iter().collect();
        let twice: String = folded(&once).into_iter().collect();
        prop_assert_eq!(twice, once);
    }

    #[test]
    fn a_row_is_judged_as_if_it_stood_alone(rows in proptest::collection::vec(any_row(), 1..12)) {
        // A matter of its own each: the same matter twice may contradict itself.
        let rows: Vec<ListRow> = (2..)
            .zip(rows)
            .map(|(at, row)| ListRow { row: at, item: Some(format!("事{at}")), ..row })
            .collect();
        let together = judged(rows.clone());
        for row in rows {
            let at = row.row;
            let alone = judged(vec![row]);
            let of = |report: &Report| report.results.iter().find(|line| line.row == Some(at)).map(said);
            prop_assert_eq!(of(&together), of(&alone), "row {}", at);
        }
    }
}
