use super::*;
use crate::domain::deadline::{Direction, Unit};

const STATUTES: &str = include_str!("../../../config/policy/statutes.toml");

fn faults(text: &str) -> Vec<Fault> {
    Policy::parse(text).expect_err("the profile has a mistake").0
}

/// Replaces the first `from` and gives the mistakes with the line and column where `from` stood.
fn planted(from: &str, to: &str) -> (Vec<Fault>, usize, usize) {
    let at = DEFAULT_PROFILE.find(from).expect("the profile has it");
    let before = &DEFAULT_PROFILE[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (faults(&DEFAULT_PROFILE.replacen(from, to, 1)), line, column)
}

#[test]
fn the_built_in_profile_says_what_the_seed_says() {
    let policy = Policy::parse(DEFAULT_PROFILE).expect("valid");
    let archive = policy.limit(Kind::ArchivePersonnel).expect("present");
    assert_eq!((archive.terms.amount, archive.number_from), (5, NumberFrom::Policy));
    let feedback = policy.limit(Kind::FeedbackCompetent).expect("present");
    assert_eq!((feedback.terms.amount, feedback.number_from), (3, NumberFrom::Local));
    assert!(policy.archive_when_not_tolerated);
    let from_the_text: Vec<&str> = policy
        .limits()
        .iter()
        .filter(|limit| limit.number_from == NumberFrom::Policy)
        .map(|limit| limit.kind.as_str())
        .collect();
    assert_eq!(
        from_the_text,
        ["archive_personnel", "archive_integrity"],
        "the seed gives one number"
    );
}

#[test]
fn the_second_profile_uses_every_feature() {
    let policy = Policy::parse(STATUTES).expect("valid");
    let limits = policy.limits();
    for unit in [Unit::WorkingDay, Unit::Day, Unit::Month, Unit::Year] {
        assert!(
            limits
                .iter()
                .any(|limit| limit.terms.unit == unit && limit.terms.counts()),
            "{unit:?}"
        );
    }
    for mode in [Mode::Hard, Mode::General, Mode::Prompt] {
        assert!(limits.iter().any(|limit| limit.mode == mode), "{mode:?}");
    }
    assert!(limits.iter().any(|limit| limit.terms.direction == Direction::Before));
    assert!(limits.iter().any(|limit| limit.suspension.is_some()));
    assert!(limits.iter().any(|limit| limit.postponement.is_some()));
    let inform = |limit: &Limit| limit.extension.as_ref().is_some_and(|one| one.inform_subject);
    assert!(limits.iter().any(inform));
    assert!(
        limits.iter().any(|limit| limit.id != limit.kind.name()),
        "two limits of one kind"
    );
    assert!(!policy.own_events().is_empty());
    assert!(
        limits
            .iter()
            .all(|limit| !limit.clause.is_empty() && !limit.quote.is_empty())
    );
}

#[test]
fn a_limit_without_a_clause_is_refused_where_it_stands() {
    let (found, line, column) = planted("clause = \"三(三)\"", "clause = \"\"");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].line, found[0].column), (line, column + "clause = ".len()));
    assert!(found[0].problem.contains("条款"), "{found:?}");
    let (found, ..) = planted("clause = \"三(三)\"\n", "");
    assert!(found[0].problem.contains("没有写明依据的条款"), "{found:?}");
}

#[test]
fn an_unknown_key_is_named_with_its_place() {
    let (found, line, column) = planted("amount = 3", "tage = 3");
    assert_eq!((found[0].line, found[0].column), (line, column), "{found:?}");
    assert!(found[0].problem.contains("不认识的键「tage」"), "{found:?}");
}

#[test]
fn an_anchor_that_nobody_emits_is_named_with_its_place() {
    let (found, line, column) = planted("anchor = \"applied\"", "anchor = \"petitioned\"");
    assert_eq!(
        (found[0].line, found[0].column),
        (line, column + "anchor = ".len()),
        "{found:?}"
    );
    assert!(found[0].problem.contains("petitioned"), "{found:?}");
    let (found, ..) = planted("done_by = \"accepted\"", "done_by = \"taken_in\"");
    assert!(found[0].problem.contains("taken_in"), "{found:?}");
}

#[test]
fn a_role_that_does_not_exist_is_named_with_its_place() {
    let (found, line, _) = planted("roles = [\"经办\"]", "roles = [\"经办人\"]");
    assert_eq!(found[0].line, line, "{found:?}");
    assert!(
        found[0].problem.contains("「经办人」") && found[0].problem.contains("科室负责人"),
        "{found:?}"
    );
    let (found, line, _) = planted("approver = \"主要负责人\"", "approver = \"书记\"");
    assert_eq!(found[0].line, line, "{found:?}");
}

#[test]
fn a_ring_of_limits_is_refused_where_it_stands() {
    let (found, ..) = planted("done_by = \"conclusion\"", "done_by = \"investigation_started\"");
    assert!(
        found.iter().all(|fault| fault.problem.contains("首尾相接")),
        "{found:?}"
    );
    assert_eq!(found.len(), 2, "both limits of the ring: {found:?}");
}

#[test]
fn a_schedule_that_is_not_there_is_named() {
    let (found, line, _) = planted("schedule = \"case\"", "schedule = \"nowhere\"");
    assert_eq!(found[0].line, line);
    assert!(found[0].problem.contains("nowhere"), "{found:?}");
}

#[test]
fn every_mistake_is_told_at_once_in_the_order_of_the_file() {
    let text = DEFAULT_PROFILE
        .replacen("start = \"09:00\"", "start = \"9 点\"", 1)
        .replacen("amount = 3", "amount = 0", 1)
        .replacen("schedule = \"backlog\"", "schedule = \"gone\"", 1);
    let found = faults(&text);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.is_sorted_by_key(|fault| fault.line), "{found:?}");
}

#[test]
fn other_mistakes_are_refused() {
    for (from, to, said) in [
        ("amount = 3", "amount = 9999999", "数量须在"),
        ("unit = \"工作日\"", "unit = \"小时\"", "不认识的取值「小时」"),
        (
            "kind = \"rectification\"",
            "kind = \"other_thing\"",
            "缺少期限 rectification",
        ),
        ("kind = \"acceptance\"", "kind = \"parallel_review\"", "写了两次"),
        (
            "mode = \"prompt\"\nnumber_from = \"local\"",
            "mode = \"prompt\"\nnumber_from = \"policy\"",
            "本单位约定",
        ),
        ("done_by = \"accepted\"\n", "", "done_by"),
        ("kind = \"acceptance\"", "kind = \"受理\"", "不能作名称"),
        ("point = \"T-1\"", "point = \"T-9999\"", "无法识别"),
        ("point = \"T-1\"", "point = \"moved\"", "自动发出"),
        ("end = \"18:00\"", "end = \"08:00\"", "早于"),
        ("times = 1", "times = 0", "延长次数"),
        (
            "[switches]",
            "[[event]]\nid = \"conclusion\"\nname = \"结论\"\n\n[switches]",
            "程序自有",
        ),
    ] {
        let (found, ..) = planted(from, to);
        assert!(
            found.iter().any(|fault| fault.problem.contains(said)),
            "{said}: {found:?}"
        );
    }
}

#[test]
fn a_backward_limit_cannot_be_extended() {
    let text = STATUTES.replacen("direction = \"before\"", "direction = \"before\"\nsuspension = { grounds = [], approver = \"分管领导\", clause = \"x\", number_from = \"local\" }", 1);
    assert!(faults(&text)[0].problem.contains("倒推"), "{:?}", faults(&text));
}
