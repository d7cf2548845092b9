//! Every stage against every act, as one table.

use super::super::*;
use super::story::*;
use crate::domain::case::Conclusion;
use crate::domain::contact::Role;
use crate::domain::deadline::Unit;
use crate::domain::name::Name;
use crate::domain::policy::{Event, Policy};
use std::fmt::Write as _;

const INVESTIGATION: Name = Name::known("investigation");

/// The columns: every stage, and where the way that led there matters, each way.
fn columns() -> Vec<(&'static str, Stage, Story)> {
    vec![
        ("未登记", Stage::New, Story::new()),
        (
            "待研判",
            Stage::AccountabilityOnly,
            Story::new().then(0, Act::StartAccountability),
        ),
        (
            "无情形",
            Stage::NoCircumstance,
            Story::new().then(0, Act::StartAccountability).then(2, review(false)),
        ),
        ("待受理", Stage::Applied, Story::new().then(0, apply())),
        ("已受理", Stage::Open, accepted()),
        ("自动启动", Stage::Open, open()),
        ("已报告", Stage::Reported, reported()),
        ("已研究", Stage::Decided, decided()),
        ("免责", Stage::Concluded, concluded()),
        ("不予容错", Stage::Concluded, not_tolerated()),
        ("澄清中", Stage::Clarifying, clarifying()),
        ("已澄清", Stage::Concluded, clarified()),
        ("已撤销", Stage::Revoked, revoked()),
        ("已撤回", Stage::Withdrawn, accepted().then(5, withdraw())),
        ("已终止", Stage::Terminated, open().then(5, terminate())),
    ]
}

fn rows() -> Vec<(&'static str, Act)> {
    let limit = INVESTIGATION;
    vec![
        ("台账登记", register()),
        ("问责启动", Act::StartAccountability),
        ("同步研判", review(true)),
        ("申请", apply()),
        ("受理", Act::Accept),
        ("六看", consider(Aspect::Motive, Weight::For)),
        ("调查报告", report(true)),
        ("集体研究", decide()),
        ("结论免责", conclude(Conclusion::NotAccountable)),
        ("结论不容", conclude(Conclusion::NotTolerated)),
        ("反馈", tell(Told::Subject)),
        ("解释答复", explain()),
        ("归档", archive(Archive::Personnel, "回执 1")),
        ("撤销", revoke()),
        ("撤回", withdraw()),
        ("终止", terminate()),
        ("补救", remedy()),
        ("教育指导", guide()),
        ("启动澄清", open_clarification()),
        ("移送线索", refer()),
        ("澄清正名", clarify(Reach::Unit, true)),
        ("登记回访", record(Event::VISITED_1)),
        ("登记送达", record(Event::REVOCATION_TOLD)),
        ("更正受理", correct(Event::ACCEPTED)),
        ("更正结论", correct(Event::CONCLUSION)),
        (
            "补填经办",
            amend(Changes {
                handler: Some(text("何收文")),
                ..Changes::default()
            }),
        ),
        (
            "补填文号",
            amend(Changes {
                doc_no: Some(text("容错〔2025〕9号")),
                ..Changes::default()
            }),
        ),
        (
            "延长",
            Act::Extend {
                limit,
                amount: 10,
                unit: Unit::WorkingDay,
                approver: Role::Leader,
                reason: text("证人在外地"),
                informed_on: None,
            },
        ),
        (
            "中止",
            Act::Suspend {
                limit,
                approver: Role::DeputyLeader,
                reason: text("等待鉴定意见"),
            },
        ),
        ("恢复", Act::Resume { limit }),
        (
            "顺延",
            Act::Postpone {
                limit,
                from: d(1),
                until: d(2),
                reason: text("洪水"),
            },
        ),
    ]
}

fn register() -> Act {
    register_of("免责")
}

fn register_of(conclusion: &str) -> Act {
    Act::Register {
        conclusion: text(conclusion),
        days: [(Event::CONCLUSION, d(0))].into(),
        doc_no: None,
        measure: None,
        revoked_on: None,
        revoked: false,
    }
}

/// For each act the columns in which it is possible; in every other one it is refused. All acts are of the last day, so
/// that only the stage decides.
const TABLE: &str = "\
台账登记：未登记
问责启动：未登记 待受理 已受理
同步研判：待研判
申请：未登记 待研判 无情形 自动启动
受理：待受理
六看：已受理 自动启动 已报告 已研究
调查报告：已受理 自动启动
集体研究：已报告
结论免责：已研究
结论不容：已研究
反馈：免责 已澄清
解释答复：不予容错
归档：免责 不予容错 已澄清
撤销：免责 不予容错 已澄清
撤回：待受理 已受理
终止：无情形 已受理 自动启动 澄清中
补救：待研判 无情形 待受理 已受理 自动启动 已报告 已研究 免责 不予容错 澄清中 已澄清
教育指导：待研判 无情形 待受理 已受理 自动启动 已报告 已研究 免责 不予容错 澄清中 已澄清
启动澄清：未登记
移送线索：澄清中 已澄清
澄清正名：澄清中
登记回访：免责 不予容错 已澄清
登记送达：已撤销
更正受理：已受理
更正结论：
补填经办：待研判 无情形 待受理 已受理 自动启动 已报告 已研究 免责 不予容错 澄清中 已澄清 已撤销 已撤回 已终止
补填文号：免责 不予容错 已澄清
延长：已受理 自动启动
中止：已受理 自动启动
恢复：
顺延：
";

#[test]
fn every_stage_against_every_act() {
    let mut table = String::new();
    for (name, act) in rows() {
        let possible: Vec<&str> = columns()
            .iter()
            .filter(|(_, _, story)| story.attempt(TODAY, &act).is_ok())
            .map(|(column, ..)| *column)
            .collect();
        writeln!(table, "{name}：{}", possible.join(" ")).expect("a string takes it");
    }
    assert_eq!(table, TABLE);
}

#[test]
fn the_table_has_every_stage_and_every_act() {
    for (name, stage, story) in columns() {
        assert_eq!(story.state.stage, stage, "{name}");
    }
    let stages: std::collections::BTreeSet<&str> = columns().iter().map(|(_, stage, _)| stage.zh()).collect();
    assert_eq!(stages.len(), 12);
    let acts: std::collections::BTreeSet<&str> = rows().iter().map(|(_, act)| act.as_str()).collect();
    assert_eq!(acts.len(), 27);
}

#[test]
fn what_is_refused_says_what_to_do_instead() {
    let started = Story::new().then(0, Act::StartAccountability);
    let applied = Story::new().then(0, apply());
    let withdrawn = accepted().then(5, withdraw());
    let cases: Vec<(&str, Story, Act, &str)> = vec![
        (
            "应当受理",
            applied.clone(),
            consider(Aspect::Motive, Weight::For),
            "请先登记受理",
        ),
        ("应当受理", applied.clone(), report(true), "请先登记受理"),
        ("应当受理", applied.clone(), decide(), "请先登记受理"),
        (
            "应当受理",
            applied.clone(),
            conclude(Conclusion::NotTolerated),
            "请先登记受理",
        ),
        ("应当受理", applied, terminate(), "请先登记受理"),
        ("研判在先", started.clone(), terminate(), "不能终止：请先登记研判"),
        ("没有申请", started, withdraw(), "没有申请可以撤回"),
        ("没有申请", open(), Act::Accept, "没有登记书面申请"),
        (
            "研判一次",
            open(),
            review(false),
            "「同步研判容错情形」已登记于 2025-03-05",
        ),
        ("报告在先", open(), decide(), "集体研究在调查报告形成之后"),
        ("研究在先", reported(), conclude(Conclusion::Exempted), "须经集体研究"),
        ("调查结束", reported(), terminate(), "应当集体研究"),
        ("调查结束", reported(), apply(), "调查已经结束"),
        ("已经研究", decided(), terminate(), "应当集体研究"),
        (
            "结论一次",
            concluded(),
            conclude(Conclusion::Exempted),
            "案件现在是「已作结论」",
        ),
        ("结论不改", concluded(), withdraw(), "另作撤销决定"),
        ("结论不改", concluded(), terminate(), "另作撤销决定"),
        (
            "结论不改",
            concluded(),
            correct(Event::CONCLUSION),
            "是决定，不能更正日期",
        ),
        (
            "六看已定",
            concluded(),
            consider(Aspect::Motive, Weight::For),
            "作出结论之前登记",
        ),
        ("给予容错", concluded(), explain(), "登记反馈（二(四)4）"),
        (
            "不予容错",
            not_tolerated(),
            tell(Told::Subject),
            "登记解释答复（二(四)4）",
        ),
        ("没有事件", open(), correct(Event::APPLIED), "没有可以更正的日期"),
        (
            "没有事件",
            open(),
            record(Event::REMEDY_CHECKED),
            "还没有「采取补救措施」",
        ),
        ("自有命令", open(), record(Event::CONCLUSION), "有自己的命令"),
        ("澄清自立", open(), open_clarification(), "澄清须作为新的案件登记"),
        ("澄清自立", clarifying(), apply(), "没有容错申请"),
        ("澄清自立", clarifying(), withdraw(), "没有容错申请"),
        ("移送有据", open(), refer(), "请先登记澄清"),
        ("已经撤销", revoked(), conclude(Conclusion::Exempted), "案件已撤销"),
        ("已经撤回", withdrawn.clone(), apply(), "案件申请已撤回"),
        ("已经撤回", withdrawn, record(Event::VISITED_1), "案件申请已撤回"),
        ("没有登记", Story::new(), remedy(), "案件还没有登记"),
        (
            "不是结论",
            decided(),
            conclude(Conclusion::Investigating),
            "不是结论性认定意见",
        ),
        (
            "不是结论",
            decided(),
            conclude(Conclusion::Clarified),
            "不是结论性认定意见",
        ),
        ("台账不识", Story::new(), register_of("半免责"), "「半免责」不能识别"),
    ];
    for (what, story, act, reason) in cases {
        let said = story.refused(TODAY, &act);
        assert!(said.contains(reason), "{what}：{}：{said}", act.zh(&Policy::builtin()));
    }
}

#[test]
fn what_is_left_empty_is_asked_for() {
    let blank = || text("  ");
    let cases: Vec<(Story, Act, &str)> = vec![
        (
            Story::new().then(0, Act::StartAccountability),
            Act::Review {
                fits: true,
                note: blank(),
            },
            "研判的情况",
        ),
        (
            open(),
            Act::Consider {
                aspect: Aspect::Motive,
                weight: Weight::For,
                finding: blank(),
                evidence: text("纪要"),
            },
            "认定情况",
        ),
        (
            open(),
            Act::Consider {
                aspect: Aspect::Motive,
                weight: Weight::For,
                finding: text("出于公心"),
                evidence: blank(),
            },
            "证据",
        ),
        (
            open(),
            Act::Report {
                title: blank(),
                fits: true,
            },
            "调查报告的名称",
        ),
        (not_tolerated(), Act::Explain { reasons: blank() }, "解释答复的理由"),
        (
            concluded(),
            Act::Revoke {
                doc_no: blank(),
                reason: text("隐瞒"),
                meeting: meeting("纪要 40"),
            },
            "撤销决定的文号",
        ),
        (
            concluded(),
            Act::Revoke {
                doc_no: text("撤 1"),
                reason: blank(),
                meeting: meeting("纪要 40"),
            },
            "撤销的理由",
        ),
        (accepted(), Act::Withdraw { reason: blank() }, "撤回的理由"),
        (accepted(), Act::Terminate { reason: blank() }, "终止的理由"),
        (open(), Act::Remedy { measures: blank() }, "内容"),
        (open(), Act::Guide { content: blank() }, "内容"),
        (Story::new(), Act::OpenClarification { reported: blank() }, "反映的问题"),
        (
            clarifying(),
            Act::Refer {
                to: blank(),
                doc_no: text("移 1"),
            },
            "移送给哪个机关",
        ),
        (
            clarifying(),
            Act::Refer {
                to: text("公安机关"),
                doc_no: blank(),
            },
            "移送文号",
        ),
        (
            accepted(),
            Act::Correct {
                event: Event::ACCEPTED,
                reason: blank(),
            },
            "更正的理由",
        ),
    ];
    for (story, act, what) in cases {
        let said = story.refused(TODAY, &act);
        assert!(said.contains(&format!("请写明{what}")), "{what}：{said}");
    }
}

#[test]
fn what_follows_outside_the_case_is_named() {
    let effects = |story: &Story, day: u64, act: &Act| story.attempt(day, act).expect("possible").effects;
    assert_eq!(effects(&concluded(), 60, &revoke()), []);
    assert_eq!(effects(&decided(), 26, &conclude(Conclusion::Exempted)), []);
    let resume = Act::Resume { limit: INVESTIGATION };
    let stopped = open().then(
        5,
        rows().into_iter().find(|(name, _)| *name == "中止").expect("a row").1,
    );
    assert_eq!(effects(&stopped, 9, &resume), [Effect::ClockChanged(INVESTIGATION)]);
}
