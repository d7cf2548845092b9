//! Long lists, whose rows several threads work on: they come to what their rows come to.

use super::*;
use crate::domain::person::IdFault;

/// More rows than one share has.
const ROWS: u32 = 2_400;

#[test]
fn every_row_of_a_long_list_is_judged_as_in_a_short_one() {
    let kinds = [
        row(0, 1, "林甲", Domain::AnnualAppraisal, "基本称职", "被问责"),
        row(0, 2, "林乙", Domain::RankPromotion, "暂缓晋升", ""),
        row(0, 3, "林丙", Domain::Commendation, "记功", "综合研判"),
        ListRow {
            id: IdNumber::Missing,
            unit: Some("市交通局".to_owned()),
            ..row(
                0,
                4,
                "林丁",
                Domain::TitlePromotion,
                "不予推荐",
                "智能红绿灯试点误判投诉",
            )
        },
        // Nobody on record, and a kind of outcome that nobody knows.
        ListRow {
            id: IdNumber::Unusable(IdFault::CheckDigit),
            ..row(0, 7, "闻立言", Domain::Salary, "扣发", "")
        },
        ListRow {
            category: Some("团建".to_owned()),
            ..row(0, 1, "林甲", Domain::Salary, "扣发", "")
        },
    ];
    let rows: Vec<ListRow> = (2..ROWS + 2)
        .zip(kinds.iter().cycle())
        .map(|(at, kind)| ListRow {
            row: at,
            item: Some(format!("事{at}")),
            ..kind.clone()
        })
        .collect();
    let (long, short) = (judged(rows.clone()), judged(rows[..kinds.len()].to_vec()));
    let of = |report: &Report| -> Vec<(u32, String)> {
        let lines = report.results.iter().map(|line| {
            let said = format!(
                "{:?} {:?} {:?} {} {:?}",
                line.verdict, line.case, line.cell, line.why, line.matched
            );
            (line.row.expect("a row"), said)
        });
        let faults = report.unreadable.iter();
        lines
            .chain(faults.map(|fault| (fault.row, fault.reason.clone())))
            .collect()
    };
    let mut expected = Vec::new();
    let told = of(&short);
    let (lines, faults) = told.split_at(short.results.len());
    for part in [lines, faults] {
        for at in 2..ROWS + 2 {
            let like = (at - 2) % kinds.len() as u32 + 2;
            let of_kind = part.iter().filter(|(row, _)| *row == like);
            expected.extend(of_kind.map(|(_, said)| (at, said.clone())));
        }
    }
    assert_eq!((short.results.len(), short.unreadable.len()), (4, 2));
    assert!(of(&long) == expected, "the rows of a long list differ");
}

#[test]
fn whether_a_whole_unit_fell_alike_is_told_over_all_rows() {
    let rows = |odd: Option<u32>| -> Vec<ListRow> {
        (2..ROWS + 2)
            .map(|at| ListRow {
                baseline: Some("5000".to_owned()),
                item: Some(format!("事{at}")),
                ..row(
                    at,
                    1,
                    "林甲",
                    Domain::Bonus,
                    if odd == Some(at) { "3000" } else { "4000" },
                    "全单位同比例调整",
                )
            })
            .collect()
    };
    let adverse = |rows: Vec<ListRow>| {
        let lines = judged(rows).results.into_iter();
        lines.filter(|line| line.outcome_class == Some(C::Adverse)).count()
    };
    assert_eq!(adverse(rows(None)), 0);
    for odd in [2, ROWS / 2, ROWS + 1] {
        assert_eq!(adverse(rows(Some(odd))), ROWS as usize, "row {odd}");
    }
}
