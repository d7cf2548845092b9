use super::*;
use proptest::prelude::*;

fn table([a, b, c, d]: [u32; 4]) -> Table {
    let share = |favoured: u32, others: u32| Share {
        persons: favoured + others,
        favoured,
    };
    Table {
        protected: share(a, b),
        peers: share(c, d),
    }
}

fn close(found: f64, wanted: f64) -> bool {
    (found - wanted).abs() <= wanted * 1e-4
}

/// Values of R's `fisher.test` and of scipy's `fisher_exact`, as their manuals and bug reports give them.
#[test]
fn one_table_gives_the_known_p_values() {
    for (cells, p) in [
        ([3, 1, 1, 3], 0.485_714),
        ([8, 2, 1, 5], 0.034_965),
        ([6, 2, 1, 4], 0.102_564),
        ([1, 9, 11, 3], 0.002_759_5),
        ([18, 16, 12, 14], 0.794_7),
        // The ready test of the statistics crate says 1 here.
        ([345, 455, 260, 345], 0.956_7),
        ([50, 1, 257, 375], 1.222_047e-17),
        ([22, 0, 0, 102], 7.175_067e-25),
        ([94, 48, 3577, 16988], 2.069_356e-37),
        ([0, 0, 3, 4], 1.0),
        ([0, 5, 0, 9], 1.0),
        ([5, 0, 9, 0], 1.0),
    ] {
        let found = two_sided(&[table(cells)]);
        assert!(close(found, p), "{cells:?}: {found}, not {p}");
        let turned = [cells[2], cells[3], cells[0], cells[1]];
        assert!(close(two_sided(&[table(turned)]), p), "{turned:?}");
    }
    assert!(two_sided(&[]) >= 1.0);
}

/// R's `mantelhaen.test(Rabbits, exact = TRUE)`: S = 16, p = 0.03994.
#[test]
fn several_tables_give_the_known_p_value() {
    let rabbits = [[0, 6, 0, 5], [3, 3, 0, 6], [6, 0, 2, 4], [5, 1, 6, 0], [2, 0, 5, 0]];
    let p = two_sided(&rabbits.map(table));
    assert!((p - 0.03994).abs() < 5e-6, "{p}");
}

/// Every split of the favoured, by counting: how many ways there are, in whole numbers.
fn by_counting(cells: [u32; 4]) -> f64 {
    let choose = |n: u32, k: u32| (0..k).fold(1_u128, |ways, at| ways * u128::from(n - at) / u128::from(at + 1));
    let (protected, peers, favoured) = (cells[0] + cells[1], cells[2] + cells[3], cells[0] + cells[2]);
    let ways = |count: u32| choose(protected, count) * choose(peers, favoured - count);
    let span = favoured.saturating_sub(peers)..=favoured.min(protected);
    let (seen, all): (u128, u128) = (ways(cells[0]), span.clone().map(ways).sum());
    let extreme: u128 = span.map(ways).filter(|ways| *ways <= seen).sum();
    extreme as f64 / all as f64
}

proptest! {
    #[test]
    fn one_table_agrees_with_counting(cells in prop::array::uniform4(0_u32..25)) {
        let (found, wanted) = (two_sided(&[table(cells)]), by_counting(cells));
        prop_assert!((found - wanted).abs() < 1e-9, "{cells:?}: {found}, not {wanted}");
    }

    #[test]
    fn a_table_without_choice_changes_nothing(cells in prop::array::uniform4(0_u32..15), others in 1_u32..9) {
        let alone = two_sided(&[table(cells)]);
        let beside = two_sided(&[table(cells), table([0, others, 0, others])]);
        prop_assert!((alone - beside).abs() < 1e-12);
    }
}

// ---------------------------------------------------------------- counting a list

fn row(who: &str, rank: &str, side: Side, mark: Mark) -> Counted {
    Counted {
        who: who.to_owned(),
        unit: "云川市/住建局".to_owned(),
        rank: rank.to_owned(),
        measure: Measure::Bonus,
        year: 2026,
        period: "2026".to_owned(),
        item: "年终奖金".to_owned(),
        side,
        mark,
    }
}

#[test]
fn sums_are_held_against_the_median_of_unit_and_rank() {
    let groups = gather(vec![
        row("甲", "科员", Side::Protected, Mark::Sum(4000)),
        row("乙", "科员", Side::Peer, Mark::Sum(5000)),
        row("丙", "科员", Side::Peer, Mark::Sum(6000)),
        row("丁", "科员", Side::Peer, Mark::Sum(6000)),
        row("戊", "科长", Side::Peer, Mark::Sum(9000)),
    ]);
    let found: Vec<(&str, Share, Share)> = groups
        .iter()
        .map(|group| (group.rank.as_str(), group.protected, group.peers))
        .collect();
    let share = |persons, favoured| Share { persons, favoured };
    // Between 5000 and 6000 lies 5500.
    assert_eq!(
        found,
        [("科员", share(1, 0), share(3, 2)), ("科长", share(0, 0), share(1, 1))]
    );
}

#[test]
fn who_stands_twice_is_counted_once() {
    let groups = gather(vec![
        row("甲", "科员", Side::Protected, Mark::Given(false)),
        row("甲", "科员", Side::Protected, Mark::Given(true)),
        row("乙", "科员", Side::Peer, Mark::Given(false)),
    ]);
    assert_eq!(
        groups[0].protected,
        Share {
            persons: 1,
            favoured: 1
        }
    );
    assert_eq!(
        groups[0].peers,
        Share {
            persons: 1,
            favoured: 0
        }
    );
}

// ---------------------------------------------------------------- comparing

fn group(unit: &str, rank: &str, protected: (u32, u32), peers: (u32, u32)) -> Group {
    let share = |(favoured, persons)| Share { persons, favoured };
    Group {
        unit: unit.to_owned(),
        rank: rank.to_owned(),
        measure: Measure::Excellent,
        year: 2026,
        period: "2026".to_owned(),
        item: String::new(),
        protected: share(protected),
        peers: share(peers),
    }
}

fn only(groups: &[Group]) -> Comparison {
    let mut found = compare(groups, &Thresholds::usual());
    assert_eq!(found.len(), 1);
    found.remove(0)
}

#[test]
fn a_hidden_penalty_is_found_and_its_counterpart_too() {
    let units: Vec<String> = (0..6).map(|number| format!("云川市/{number}局")).collect();
    let city = |protected| -> Vec<Group> {
        units
            .iter()
            .map(|unit| group(unit, "科员", protected, (12, 40)))
            .collect()
    };
    let found = only(&city((0, 4)));
    assert_eq!(found.reading, Reading::Lower);
    assert!((found.expected - 7.2).abs() < 1e-9, "{}", found.expected);
    assert_eq!((found.protected.persons, found.peers.persons), (24, 240));
    assert!(found.stratified.expect("enough") < 0.01);
    assert_eq!(only(&city((4, 4))).reading, Reading::Higher);
    assert_eq!(only(&city((1, 4))).reading, Reading::Even);
}

#[test]
fn units_of_different_customs_are_no_difference() {
    // One office is generous and has few protected cadres, the other is strict and has many; within each they are alike.
    let found = only(&[
        group("云川市/宽局", "科员", (3, 6), (100, 200)),
        group("云川市/严局", "科员", (4, 80), (10, 200)),
    ]);
    assert!(found.pooled.expect("enough") < 0.01, "{:?}", found.pooled);
    assert!(found.stratified.expect("enough") > 0.9, "{:?}", found.stratified);
    assert_eq!(found.reading, Reading::Even);
    assert!(found.adjusted().expect("somebody").abs() < 0.01);
}

#[test]
fn few_people_say_nothing() {
    let found = only(&[group("云川市/住建局", "科员", (0, 4), (30, 40))]);
    assert_eq!(
        (found.reading, found.pooled, found.stratified),
        (Reading::Insufficient, None, None)
    );
    let found = only(&[group("云川市/住建局", "科员", (0, 9), (10, 19))]);
    assert_eq!(found.reading, Reading::Insufficient);
    let found = only(&[group("云川市/住建局", "科员", (0, 9), (18, 20))]);
    assert_eq!(found.reading, Reading::Lower);
}

#[test]
fn a_small_unit_cannot_be_got_from_the_whole() {
    let large = group("云川市/住建局", "科员", (2, 8), (20, 40));
    let small = |unit: &str| group(unit, "科员", (1, 3), (15, 30));
    let units = |found: &Comparison| -> Vec<(String, u32, bool)> {
        let line = |line: &UnitLine| (line.unit.clone(), line.protected.persons, line.enough());
        found.units.iter().map(line).collect()
    };
    let found = only(&[large.clone(), small("云川市/教育局")]);
    assert_eq!(
        (found.protected, found.too_few),
        (
            Share {
                persons: 8,
                favoured: 2
            },
            3
        )
    );
    assert_eq!((found.peers.persons, found.enough()), (40, true));
    assert_eq!(
        units(&found),
        [
            ("云川市/住建局".to_owned(), 8, true),
            ("云川市/教育局".to_owned(), 3, false)
        ]
    );
    let found = only(&[small("云川市/教育局"), large, small("云川市/民政局")]);
    assert_eq!((found.protected.persons, found.too_few), (14, 0));
    assert_eq!(
        units(&found),
        [("云川市/住建局".to_owned(), 8, true), ("其他单位".to_owned(), 6, true)]
    );
}

#[test]
fn only_like_is_compared_with_like() {
    let found = only(&[
        group("云川市/住建局", "科员", (1, 6), (6, 30)),
        group("云川市/住建局", "局长", (0, 2), (0, 0)),
        group("云川市/教育局", "科员", (0, 0), (30, 30)),
    ]);
    assert_eq!(
        (found.protected.persons, found.peers.persons, found.unmatched),
        (6, 30, 2)
    );
    assert_eq!(found.units.len(), 1);
}

#[test]
fn lists_of_one_year_hold_the_same_people() {
    let quarter = |number: u32, protected, peers| Group {
        period: format!("2026年第{number}季度"),
        measure: Measure::PerformancePay,
        ..group("云川市/住建局", "科员", protected, peers)
    };
    let found = only(&[
        quarter(1, (1, 6), (15, 30)),
        quarter(2, (2, 6), (16, 30)),
        quarter(3, (1, 6), (14, 29)),
    ]);
    assert_eq!(
        (found.protected, found.peers.persons),
        (
            Share {
                persons: 6,
                favoured: 1
            },
            30
        )
    );
    assert_eq!(found.peers.favoured, 15);
    let promoted = |month: u32, protected, peers| Group {
        period: format!("2026年{month}月"),
        measure: Measure::RankPromotion,
        ..group("云川市/住建局", "科员", protected, peers)
    };
    let found = only(&[promoted(3, (1, 6), (5, 30)), promoted(9, (0, 6), (4, 30))]);
    assert_eq!((found.protected.favoured, found.peers.favoured), (1, 9));
}
