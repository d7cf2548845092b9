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
    let (found, line, column) = planted("clause = \"三(二)\"", "clause = \"\"");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].line, found[0].column), (line, column + "clause = ".len()));
    assert!(found[0].problem.contains("条款"), "{found:?}");
    let (found, ..) = planted("clause = \"三(二)\"\n", "");
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

/// One event, one limit of each that the service needs, one schedule: for mistakes of a whole section.
const SHORT: &str = include_str!("../../../tests/fixtures/policy/short.toml");

/// A profile, what is replaced in it, what by (`⟦` stands where the mistake must be told), and words of the message.
type Planted = (&'static str, &'static str, &'static str, &'static str);

fn check_planted(rows: &[Planted]) {
    for (profile, from, to, said) in rows {
        let at = profile
            .find(from)
            .unwrap_or_else(|| panic!("not in the profile: {from}"));
        let text = format!("{}{to}{}", &profile[..at], &profile[at + from.len()..]);
        let before = &text[..text.find('⟦').expect("the place is marked")];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let found = faults(&text.replace('⟦', ""));
        assert!(
            found
                .iter()
                .any(|fault| (fault.line, fault.column) == (line, column) && fault.problem.contains(said)),
            "{to}: expected {line}:{column} 「{said}」, told {found:?}"
        );
        assert!(
            found.iter().all(|fault| !fault.problem.is_ascii()),
            "{to}: in Chinese: {found:?}"
        );
    }
}

#[test]
fn unknown_keys_are_told_at_every_level() {
    check_planted(&[
        (DEFAULT_PROFILE, "[profile]", "⟦foo = 1\n[profile]", "不认识的节「foo」"),
        (DEFAULT_PROFILE, "[hours]", "[⟦office]\n[hours]", "不认识的节「office」"),
        (
            DEFAULT_PROFILE,
            "id = \"default\"",
            "⟦version = 2",
            "不认识的键「version」",
        ),
        (DEFAULT_PROFILE, "roll_off = true", "⟦rolloff = true", "roll_off"),
        (DEFAULT_PROFILE, "start = \"09:00\"", "⟦begin = \"09:00\"", "start、end"),
        (
            DEFAULT_PROFILE,
            "salary = 0",
            "salary = 0\n⟦allowance = 1",
            "performance_pay",
        ),
        (
            DEFAULT_PROFILE,
            "clause = \"二(五)\"\ndomains",
            "⟦basis = \"二(五)\"\ndomains",
            "clause",
        ),
        (
            DEFAULT_PROFILE,
            "id = \"organ_named\"",
            "id = \"organ_named\"\n⟦on = true",
            "「on」",
        ),
        (
            SHORT,
            "id = \"notice_sent\"",
            "id = \"notice_sent\"\n⟦by = \"经办\"",
            "「by」",
        ),
        (DEFAULT_PROFILE, "amount = 3", "⟦tage = 3", "不认识的键「tage」"),
        (DEFAULT_PROFILE, "times = 1", "⟦often = 1", "times"),
        (
            DEFAULT_PROFILE,
            "suspension = { grounds",
            "suspension = { ⟦reasons",
            "grounds",
        ),
        (STATUTES, "within = 10", "⟦days = 10", "within"),
        (
            DEFAULT_PROFILE,
            "id = \"case\"\nscope",
            "id = \"case\"\n⟦unit = \"organ\"\nscope",
            "scope",
        ),
        (DEFAULT_PROFILE, "{ point = \"T-1\"", "{ ⟦when = \"T-1\"", "point"),
        (DEFAULT_PROFILE, "also = { scope", "also = { ⟦whom", "scope"),
    ]);
}

#[test]
fn wrong_types_and_numbers_are_told() {
    check_planted(&[
        (
            DEFAULT_PROFILE,
            "amount = 3",
            "amount = ⟦\"3\"",
            "文字 \"3\"，应是不小于 0 的整数",
        ),
        (DEFAULT_PROFILE, "amount = 3", "amount = ⟦3.5", "小数 3.5"),
        (DEFAULT_PROFILE, "amount = 3", "amount = ⟦true", "真假值"),
        (
            DEFAULT_PROFILE,
            "amount = 3",
            "amount = ⟦-3",
            "超出了范围：写的是整数 -3",
        ),
        (DEFAULT_PROFILE, "amount = 3", "amount = ⟦99999999999", "超出了范围"),
        (
            DEFAULT_PROFILE,
            "amount = 3",
            "amount = ⟦99999999999999999999999999",
            "整数 99999999999999999999999999，",
        ),
        (
            DEFAULT_PROFILE,
            "amount = 3",
            "amount = ⟦0",
            "1 到 4000 之间（单位：工作日）",
        ),
        (DEFAULT_PROFILE, "amount = 3", "amount = ⟦4001", "1 到 4000"),
        (
            DEFAULT_PROFILE,
            "amount = 1\nunit = \"月\"",
            "amount = ⟦121\nunit = \"月\"",
            "1 到 120",
        ),
        (
            STATUTES,
            "amount = 3\nunit = \"年\"",
            "amount = ⟦11\nunit = \"年\"",
            "1 到 10",
        ),
        (DEFAULT_PROFILE, "amount = 3", "⟦amount.x = 3", "应是不小于 0 的整数"),
        (
            DEFAULT_PROFILE,
            "amount = 3",
            "amount = 3\n⟦amount = 4",
            "「amount」在同一处写了两次",
        ),
        (
            DEFAULT_PROFILE,
            "amount = 0\nunit = \"工作日\"\nmode = \"hard\"",
            "amount = ⟦5\nunit = \"工作日\"\nmode = \"hard\"",
            "数量应写 0",
        ),
        (
            DEFAULT_PROFILE,
            "roll_off = true",
            "roll_off = ⟦\"是\"",
            "true 或 false",
        ),
        (
            DEFAULT_PROFILE,
            "name = \"默认规则\"",
            "name = ⟦5",
            "英文引号括起来的文字",
        ),
        (DEFAULT_PROFILE, "name = \"默认规则\"", "name = ⟦2026-01-01", "日期"),
        (
            DEFAULT_PROFILE,
            "levels = []",
            "levels = ⟦\"full\"",
            "方括号括起来的一组",
        ),
        (DEFAULT_PROFILE, "bonus = 10", "bonus = ⟦101", "0 到 100"),
        (DEFAULT_PROFILE, "bonus = 10", "bonus = ⟦300", "0 到 100"),
        (DEFAULT_PROFILE, "bonus = 10", "bonus = ⟦-1", "-1"),
        (DEFAULT_PROFILE, "max = 30", "max = ⟦0", "合计最多延长"),
        (DEFAULT_PROFILE, "max = 30", "max = ⟦-1", "-1"),
        (
            DEFAULT_PROFILE,
            "max = 30, unit = \"工作日\", times = 1",
            "max = 2, unit = \"工作日\", times = ⟦3",
            "多于合计",
        ),
        (DEFAULT_PROFILE, "times = 1", "times = ⟦0", "1 到 10"),
        (DEFAULT_PROFILE, "times = 1", "times = ⟦11", "1 到 10"),
        (STATUTES, "within = 10", "within = ⟦0", "申请顺延的时间"),
        (DEFAULT_PROFILE, "start = \"09:00\"", "start = ⟦\"9点\"", "不是时刻"),
        (DEFAULT_PROFILE, "start = \"09:00\"", "start = ⟦\"25:00\"", "不是时刻"),
        (DEFAULT_PROFILE, "end = \"18:00\"", "end = ⟦\"08:00\"", "早于"),
    ]);
}

#[test]
fn wrong_words_are_told_with_those_that_can_be_used() {
    check_planted(&[
        (
            DEFAULT_PROFILE,
            "unit = \"工作日\"",
            "unit = ⟦\"天\"",
            "工作日、日、月、年",
        ),
        (
            DEFAULT_PROFILE,
            "unit = \"工作日\"",
            "unit = ⟦\"小时\"",
            "不认识的取值「小时」",
        ),
        (
            DEFAULT_PROFILE,
            "mode = \"prompt\"",
            "mode = ⟦\"及时\"",
            "hard、general、prompt",
        ),
        (
            DEFAULT_PROFILE,
            "\nnumber_from = \"local\"",
            "\nnumber_from = ⟦\"本单位约定\"",
            "policy、local",
        ),
        (
            STATUTES,
            "direction = \"before\"",
            "direction = ⟦\"倒推\"",
            "after、before",
        ),
        (
            DEFAULT_PROFILE,
            "[\"full\", \"capped\"]",
            "[⟦\"免责\"]",
            "full、capped、not_tolerated、clarified",
        ),
        (
            DEFAULT_PROFILE,
            "[\"full\", \"capped\"]",
            "[\"full\", ⟦\"full\"]",
            "「免责」写了两次",
        ),
        (
            DEFAULT_PROFILE,
            "id = \"organ_named\"",
            "id = ⟦\"organ_name\"",
            "organ_named",
        ),
        (
            DEFAULT_PROFILE,
            "  \"annual_appraisal\"",
            "  ⟦\"年度考核\"",
            "annual_appraisal",
        ),
        (
            DEFAULT_PROFILE,
            "  \"representative\",",
            "  \"representative\", ⟦\"salary\"",
            "「salary」写了两次",
        ),
        (
            DEFAULT_PROFILE,
            "severity = \"info\"",
            "severity = ⟦\"low\"",
            "info、warn、urgent",
        ),
        (
            DEFAULT_PROFILE,
            "scope = \"organ\"",
            "scope = ⟦\"机关\"",
            "organ、supervisor、unit",
        ),
        (
            DEFAULT_PROFILE,
            "roles = [\"经办\"]",
            "roles = [⟦\"经办人\"]",
            "科室负责人",
        ),
        (
            DEFAULT_PROFILE,
            "roles = [\"经办\"]",
            "roles = [\"经办\", ⟦\"经办\"]",
            "「经办」写了两次",
        ),
        (
            DEFAULT_PROFILE,
            "roles = [\"经办\"]",
            "roles = ⟦[]",
            "的角色（roles）是空的",
        ),
        (
            DEFAULT_PROFILE,
            "roles = [\"单位联络员\"]",
            "roles = ⟦[]",
            "另行通知的角色",
        ),
        (
            DEFAULT_PROFILE,
            "approver = \"主要负责人\"",
            "approver = ⟦\"书记\"",
            "主要负责人",
        ),
        (DEFAULT_PROFILE, "point = \"T-1\"", "point = ⟦\"T-9999\"", "无法识别"),
        (
            DEFAULT_PROFILE,
            "point = \"T-1\"",
            "point = ⟦\"到期前一天\"",
            "无法识别",
        ),
        (DEFAULT_PROFILE, "point = \"T-1\"", "point = ⟦\"moved\"", "自动发出"),
        (DEFAULT_PROFILE, "point = \"T0\"", "point = ⟦\"T-1\"", "写了两次"),
        (DEFAULT_PROFILE, "kind = \"finding\" }", "kind = ⟦\"found\" }", "不存在"),
        (
            DEFAULT_PROFILE,
            "kind = \"acceptance\"",
            "kind = ⟦\"受理\"",
            "不能作名称",
        ),
        (
            DEFAULT_PROFILE,
            "kind = \"acceptance\"",
            "kind = ⟦\"a23456789012345678901234567890123456789012\"",
            "不超过 40",
        ),
    ]);
}

#[test]
fn what_nobody_starts_or_ends_is_told() {
    check_planted(&[
        (
            DEFAULT_PROFILE,
            "anchor = \"applied\"",
            "anchor = ⟦\"petitioned\"",
            "没有任何环节会产生事件「petitioned」",
        ),
        (
            DEFAULT_PROFILE,
            "done_by = \"accepted\"",
            "done_by = ⟦\"taken_in\"",
            "taken_in",
        ),
        (
            DEFAULT_PROFILE,
            "done_by = \"accepted\"",
            "done_by = ⟦\"given\"",
            "没有任何环节会产生事件「given」",
        ),
        (
            DEFAULT_PROFILE,
            "anchor = \"applied\"\ndone_by = \"accepted\"\n",
            "anchor = ⟦\"applied\"\n",
            "永远不会办结",
        ),
        (
            DEFAULT_PROFILE,
            "done_by = \"accepted\"",
            "done_by = ⟦\"applied\"",
            "同一个事件",
        ),
        (
            DEFAULT_PROFILE,
            "anchor = \"applied\"\ndone_by = \"accepted\"",
            "anchor = ⟦\"given\"",
            "没有任何环节会给「acceptance」写明",
        ),
        (
            DEFAULT_PROFILE,
            "anchor = \"given\"",
            "anchor = \"given\"\ndone_by = ⟦\"accepted\"",
            "不写 done_by",
        ),
        (
            DEFAULT_PROFILE,
            "kind = \"rectification\"\nname = \"督促整改\"\nanchor = \"given\"",
            "kind = \"rectification\"\nname = \"督促整改\"\nanchor = ⟦\"applied\"",
            "anchor 应写 \"given\"",
        ),
        (
            DEFAULT_PROFILE,
            "kind = \"finding_reply\"\nname = \"疑似问题答复\"\nanchor = \"opened\"",
            "kind = \"finding_reply\"\nname = \"疑似问题答复\"\nanchor = ⟦\"given\"",
            "anchor 应写 \"opened\"",
        ),
        (
            DEFAULT_PROFILE,
            "kind = \"acceptance\"",
            "kind = ⟦\"finding\"",
            "是提醒的种类",
        ),
        (
            DEFAULT_PROFILE,
            "kind = \"acceptance\"",
            "kind = ⟦\"deadline_moved\"",
            "是提醒的种类",
        ),
        (DEFAULT_PROFILE, "levels = []", "levels = ⟦[\"full\"]", "没有结论可分"),
        (
            DEFAULT_PROFILE,
            "anchor = \"given\"\nlevels = []",
            "anchor = \"given\"\nlevels = ⟦[\"full\"]",
            "不分结论",
        ),
        (
            DEFAULT_PROFILE,
            "done_by = \"feedback_subject\"\nlevels = [\"full\", \"capped\"]",
            "done_by = ⟦\"feedback_subject\"",
            "永远不会办结",
        ),
        (
            DEFAULT_PROFILE,
            "done_by = \"explained\"\nlevels = [\"not_tolerated\"]",
            "done_by = ⟦\"explained\"\nlevels = [\"capped\"]",
            "永远不会办结",
        ),
        (
            DEFAULT_PROFILE,
            "schedule = \"case\"",
            "schedule = ⟦\"nowhere\"",
            "不存在",
        ),
        (
            DEFAULT_PROFILE,
            "anchor = \"given\"",
            "anchor = \"given\"\nsuspension = ⟦{ grounds = [], approver = \"分管领导\", clause = \"x\", number_from = \"local\" }",
            "只有以事件起算",
        ),
        (
            DEFAULT_PROFILE,
            "anchor = \"given\"",
            "anchor = \"given\"\npostponement = ⟦{ within = 10, unit = \"日\", clause = \"x\", number_from = \"local\" }",
            "只有以事件起算",
        ),
        (
            STATUTES,
            "direction = \"before\"",
            "direction = ⟦\"before\"\npostponement = { within = 10, unit = \"日\", clause = \"x\", number_from = \"local\" }",
            "倒推的期限不能",
        ),
        (
            SHORT,
            "anchor = \"given\"\n",
            "anchor = \"given\"\ndirection = ⟦\"before\"\n",
            "须以事件为准",
        ),
    ]);
}

#[test]
fn what_is_written_twice_or_left_out_is_told() {
    check_planted(&[
        (
            DEFAULT_PROFILE,
            "id = \"follow_up_2\"",
            "id = ⟦\"follow_up_1\"",
            "期限「follow_up_1」写了两次",
        ),
        (
            DEFAULT_PROFILE,
            "kind = \"acceptance\"",
            "kind = ⟦\"parallel_review\"",
            "写了两次",
        ),
        (
            SHORT,
            "kind = \"backlog\"",
            "id = \"other\"\nkind = ⟦\"finding_reply\"",
            "只能有一项期限",
        ),
        (SHORT, "id = \"notice_sent\"", "id = ⟦\"conclusion\"", "程序自有"),
        (SHORT, "id = \"notice_sent\"", "id = ⟦\"opened\"", "保留词"),
        (SHORT, "id = \"notice_sent\"", "id = ⟦\"Sent\"", "不能作名称"),
        (SHORT, "name = \"已发会议通知\"", "name = ⟦\"　\"", "事件名称是空的"),
        (SHORT, "id = \"all\"", "id = ⟦\"\"", "提醒的名称（id）是空的"),
        (
            SHORT,
            "[[schedule]]",
            "[[schedule]]\nid = \"all\"\nscope = \"unit\"\npoints = ⟦[]\n[[schedule]]",
            "至少要有一个提醒点",
        ),
        (
            DEFAULT_PROFILE,
            "id = \"no_umbrella\"",
            "id = ⟦\"organ_named\"",
            "写了两次",
        ),
        (
            DEFAULT_PROFILE,
            "clause = \"三(三)\"",
            "clause = ⟦\"　\"",
            "条款（clause）是空的",
        ),
        (
            DEFAULT_PROFILE,
            "quote = \"加强对纠错整改",
            "quote = ⟦\"\" # ",
            "原文（quote）是空的",
        ),
        (
            DEFAULT_PROFILE,
            "kind = \"rectification\"\nname = \"督促整改\"\nanchor = \"given\"\nlevels = []\namount = 0\nunit = \"工作日\"\nmode = \"hard\"\nnumber_from = \"local\"\nclause = \"三(三)\"",
            "kind = ⟦\"rectification\"\nname = \"督促整改\"\nanchor = \"given\"\nlevels = []\namount = 0\nunit = \"工作日\"\nmode = \"hard\"\nnumber_from = \"local\"",
            "没有写明依据的条款",
        ),
        (
            DEFAULT_PROFILE,
            "clause = \"二(四)2\", number_from = \"local\" }",
            "clause = ⟦\"\", number_from = \"local\" }",
            "延长的规定依据的条款",
        ),
        (DEFAULT_PROFILE, "[\"等待上级机关答复\"", "[⟦\"\"", "中止的事由"),
        (DEFAULT_PROFILE, "\"等待司法结论\"", "⟦\"等待上级机关答复\"", "写了两次"),
        (
            DEFAULT_PROFILE,
            "mode = \"prompt\"\nnumber_from = \"local\"",
            "mode = \"prompt\"\nnumber_from = ⟦\"policy\"",
            "本单位约定",
        ),
        (
            DEFAULT_PROFILE,
            "[protection]\nclause = \"二(五)\"\n",
            "⟦[protection]\n",
            "缺少「clause」",
        ),
        (DEFAULT_PROFILE, "[switches]", "⟦[[switches]]", "应写成 [switches] 一节"),
        (SHORT, "[[schedule]]", "⟦[schedule]", "应写成 [[schedule]]"),
    ]);
}

#[test]
fn the_place_of_what_another_place_lacks_is_told() {
    // Here the mistake is told elsewhere than where it was planted: where the last text, with its mark taken out, stands.
    for (profile, from, to, said, where_told) in [
        (
            SHORT,
            "id = \"notice_sent\"",
            "id = \"other_sent\"",
            "没有任何环节会产生事件「notice_sent」",
            "done_by = ⟦\"notice_sent\"",
        ),
        (
            SHORT,
            "[[event]]",
            "[[event]]\nid = \"notice_sent\"\nname = \"甲\"\n[[event]]",
            "写了两次",
            "id = ⟦\"notice_sent\"\nname = \"已发会议通知\"",
        ),
        (
            SHORT,
            "amount = 2\n",
            "",
            "缺少「amount」（数量）",
            "⟦[[limit]]\nkind = \"meeting_notice\"",
        ),
        (
            DEFAULT_PROFILE,
            ", approver = \"主要负责人\"",
            "",
            "缺少「approver」（由谁批准）",
            "extension = ⟦{ max = 30",
        ),
        (
            DEFAULT_PROFILE,
            ", roles = [\"经办\"] }",
            " }",
            "缺少「roles」",
            "⟦{ point = \"T-1\", severity",
        ),
        (
            DEFAULT_PROFILE,
            "[[limit]]",
            "[limit]",
            "双方括号 [[limit]]",
            "[[⟦limit]]",
        ),
    ] {
        let text = profile.replacen(from, to, 1);
        let at = text.find(&where_told.replace('⟦', "")).expect("the place is there");
        let before = &text[..at + where_told.find('⟦').expect("the place is marked")];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let found = faults(&text);
        assert!(
            found
                .iter()
                .any(|fault| (fault.line, fault.column) == (line, column) && fault.problem.contains(said)),
            "{from}: expected {line}:{column} 「{said}」, told {found:?}"
        );
    }
    let start = DEFAULT_PROFILE.find("domains = [").expect("the section");
    let end = start + DEFAULT_PROFILE[start..].find("\n]").expect("its end") + 2;
    let nothing = format!("{}domains = []{}", &DEFAULT_PROFILE[..start], &DEFAULT_PROFILE[end..]);
    assert!(faults(&nothing)[0].problem.contains("至少写一项"));
}

#[test]
fn mistakes_of_the_notation_are_told() {
    check_planted(&[
        (
            DEFAULT_PROFILE,
            "name = \"默认规则\"",
            "name = \"默认规则⟦",
            "缺少右边的引号",
        ),
        (DEFAULT_PROFILE, "amount = 3", "amount ⟦3", "等号和取值"),
        (DEFAULT_PROFILE, "amount = 3", "amount =⟦", "没有取值"),
        (
            DEFAULT_PROFILE,
            "amount = 3",
            "amount ⟦＝ 3",
            "「＝」是中文（全角）符号",
        ),
        (
            DEFAULT_PROFILE,
            "amount = 3",
            "amount = ⟦３",
            "「３」是中文（全角）符号",
        ),
        (
            DEFAULT_PROFILE,
            "unit = \"工作日\"",
            "unit = ⟦“工作日”",
            "「“」是中文（全角）符号",
        ),
        (DEFAULT_PROFILE, "unit = \"工作日\"", "unit = ⟦工作日", "英文引号"),
        (DEFAULT_PROFILE, "amount = 3", "amount = ⟦03", "不能有 0"),
        (
            DEFAULT_PROFILE,
            "[\"full\", \"capped\"]",
            "[\"full\" ⟦\"capped\"]",
            "缺少英文逗号",
        ),
        (DEFAULT_PROFILE, "name = \"默认规则\"", "name = \"D:\\⟦规则\"", "反斜杠"),
        (DEFAULT_PROFILE, "[hours]", "[hours⟦", "缺少 ]"),
        (
            DEFAULT_PROFILE,
            "[hours]",
            "[⟦switches]\n[hours]",
            "「switches」在同一处写了两次",
        ),
    ]);
}

#[test]
fn mistakes_of_several_sections_are_told_together() {
    let text = DEFAULT_PROFILE
        .replacen("start = \"09:00\"", "start = 9", 1)
        .replacen("amount = 3", "amont = 3", 1)
        .replacen("point = \"T0\"", "pint = \"T0\"", 1);
    let found = faults(&text);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.is_sorted_by_key(|fault| fault.line), "{found:?}");
}

#[test]
fn an_empty_file_lacks_every_section() {
    for text in ["", "\n\n", "# 规则\n", "\u{feff}"] {
        let found = faults(text);
        assert_eq!(found.len(), 6, "{found:?}");
        assert!(found.iter().all(|fault| fault.problem.contains("一节")), "{found:?}");
    }
}

#[test]
fn files_of_office_programs_are_read_or_told_what_they_are() {
    let of = |bytes: &[u8]| Policy::read(bytes).map_err(|error| error.0);
    let print = Policy::builtin().fingerprint().to_owned();
    let windows = format!("\u{feff}{}", DEFAULT_PROFILE.replace('\n', "\r\n"));
    let read = of(windows.as_bytes()).expect("a byte order mark and CRLF do no harm");
    assert_eq!(read.fingerprint(), print, "the same words");
    let broken = of(windows.replace("amount = 3\r", "amont = 3\r").as_bytes()).expect_err("a mistake");
    let (plain, line, column) = planted("amount = 3", "amont = 3");
    assert_eq!((broken[0].line, broken[0].column), (line, column), "{plain:?}");

    let (gb, ..) = encoding_rs::GB18030.encode(DEFAULT_PROFILE);
    let found = of(&gb).expect_err("not UTF-8");
    assert_eq!((found[0].line, found[0].column), (1, 3), "# 规");
    assert!(found[0].problem.contains("GB18030"), "{found:?}");
    let utf16: Vec<u8> = [0xfeff]
        .into_iter()
        .chain(DEFAULT_PROFILE.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(of(&utf16).expect_err("UTF-16")[0].problem.contains("UTF-16"));
    let mut cut = DEFAULT_PROFILE
        .replace("name = \"默认规则\"", "name = \"默认")
        .into_bytes();
    cut.truncate(cut.iter().position(|byte| *byte == 0xe9).expect("默") + 1);
    assert!(of(&cut).expect_err("half a character")[0].problem.contains("UTF-8"));
    let old_mac = of(DEFAULT_PROFILE.replace('\n', "\r").as_bytes()).expect_err("line ends");
    assert!(old_mac[0].problem.contains("换行"), "{old_mac:?}");
    assert!(of(&[0; 64]).is_err());
}

#[test]
fn a_file_of_too_much_is_refused_in_good_time() {
    let mut text = SHORT.to_owned();
    for _ in 0..1001 {
        text.push_str("[[guard]]\nid = \"no_umbrella\"\nclause = \"x\"\nquote = \"x\"\n");
    }
    assert!(faults(&text)[0].problem.contains("最多 1000 节"));
    let mut text = SHORT.to_owned();
    for _ in 0..300 {
        text.push_str("[[guard]]\nid = \"no_umbrella\"\nclause = \"\"\nquote = \"x\"\n");
    }
    let found = faults(&text);
    assert_eq!(found.len(), 101, "no more than can be read");
    assert!(found[100].problem.contains("还有 499 处"), "{:?}", found[100]);
    let deep = format!("x = {}1{}", "[".repeat(5000), "]".repeat(5000));
    assert!(faults(&deep)[0].problem.contains("太深"));
}

#[test]
fn a_mutilated_profile_is_told_and_never_stops_the_program() {
    let bytes = STATUTES.as_bytes();
    let lines = STATUTES.matches('\n').count() + 1;
    for at in (0..bytes.len()).step_by(211) {
        let cut = &bytes[..at];
        let without: Vec<u8> = bytes[..at].iter().chain(&bytes[at + 1..]).copied().collect();
        let doubled: Vec<u8> = bytes[..at].iter().chain(&bytes[at / 2..]).copied().collect();
        for text in [cut, &without, &doubled] {
            let Err(PolicyError(found)) = Policy::read(text) else {
                continue;
            };
            assert!(!found.is_empty());
            for fault in found {
                assert!((1..=2 * lines).contains(&fault.line) && fault.column >= 1, "{fault:?}");
                assert!(!fault.problem.is_ascii(), "{fault:?}");
            }
        }
    }
}

#[test]
fn what_may_not_be_meant_is_hinted_at() {
    let hints = |text: &str| Policy::parse(text).expect("valid").hints().join("\n");
    assert_eq!(Policy::builtin().hints(), Vec::<String>::new());
    let unused = SHORT.replacen(
        "[[event]]",
        "[[event]]\nid = \"forgotten\"\nname = \"没人用\"\n\n[[event]]",
        1,
    );
    assert!(hints(&unused).contains("「没人用」（forgotten）没有期限用到"));
    let backward = SHORT.replacen("anchor = \"meeting_planned\"", "anchor = \"decided\"", 1);
    assert!(hints(&backward).contains("从「集体研究」倒推"), "{}", hints(&backward));
    assert!(hints(SHORT).contains("archive_integrity"), "{}", hints(SHORT));
}

#[test]
fn a_backward_limit_cannot_be_extended() {
    let text = STATUTES.replacen("direction = \"before\"", "direction = \"before\"\nsuspension = { grounds = [], approver = \"分管领导\", clause = \"x\", number_from = \"local\" }", 1);
    assert!(faults(&text)[0].problem.contains("倒推"), "{:?}", faults(&text));
}
