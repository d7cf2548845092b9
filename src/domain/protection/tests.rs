//! The judgement on small lists made by hand: each row says what the table must say of it.

use super::list::{List, ListRow, ListSheet};
use super::*;
use crate::domain::case::Conclusion;
use crate::domain::ids::{CaseId, PersonId};
use crate::domain::person::{CadreStatus, CitizenId, IdNumber, citizen_check_digit};
use chrono::NaiveDate;
use list::Domain;
use std::sync::LazyLock;

mod long;
mod properties;
mod reasons;
mod shapes;
mod sheets;
mod titles;
mod wording;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn number(serial: u32) -> CitizenId {
    let first = format!("99010119800101{serial:03}");
    CitizenId::parse(&format!("{first}{}", char::from(citizen_check_digit(first.as_bytes())))).expect("made to fit")
}

fn key(id: &CitizenId) -> IdKey {
    let mut bytes = [0; 32];
    bytes[..18].copy_from_slice(id.reveal().as_bytes());
    IdKey(bytes)
}

fn case(no: &str, matter: &str, conclusion: Conclusion, on: Option<&str>, doc: &str) -> CaseFacts {
    CaseFacts {
        case: CaseId::of(no),
        case_no: no.to_owned(),
        matter: matter.to_owned(),
        conclusion,
        concluded_on: on.map(day),
        doc_no: Some(doc.to_owned()).filter(|doc| !doc.is_empty()),
        measure: None,
        revoked: false,
        revoked_on: None,
    }
}

fn person(serial: u32, name: &str, unit: &str, cases: Vec<CaseFacts>) -> PersonFacts {
    PersonFacts {
        person: PersonId::of(&format!("{name}{serial}")),
        name: name.to_owned(),
        id_key: Some(key(&number(serial))),
        roster_unit: Some(unit.to_owned()),
        register_unit: None,
        post: None,
        rank: None,
        status: Some(CadreStatus::Active),
        cases,
    }
}

/// A small city: 甲 has a full protection, 乙 a capped one (记过), 丙 is pending, 丁 has two, 戊 none, 己 was refused.
fn city() -> Register {
    let capped = CaseFacts {
        measure: Some("记过".to_owned()),
        ..case(
            "RC-2026-002",
            "秸秆离田补贴核验疏漏",
            Conclusion::Lighter,
            Some("2026-04-15"),
            "云纪监〔2026〕15号",
        )
    };
    Register {
        people: vec![
            person(
                1,
                "林甲",
                "云川市/住建局",
                vec![case(
                    "RC-2026-001",
                    "老旧小区加装电梯试点补贴误发",
                    Conclusion::Exempted,
                    Some("2026-03-10"),
                    "云容认〔2026〕1号",
                )],
            ),
            person(2, "林乙", "云川市/农业农村局", vec![capped]),
            person(
                3,
                "林丙",
                "云川市/教育局",
                vec![case(
                    "RC-2026-003",
                    "中考体育智能测试仪误判",
                    Conclusion::Investigating,
                    None,
                    "",
                )],
            ),
            person(
                4,
                "林丁",
                "云川市/交通局",
                vec![
                    case(
                        "RC-2025-006",
                        "智能红绿灯试点误判投诉",
                        Conclusion::NotAccountable,
                        Some("2025-11-28"),
                        "云容认〔2025〕6号",
                    ),
                    case(
                        "RC-2026-015",
                        "农村客运班线撤并论证不足",
                        Conclusion::Exempted,
                        Some("2026-07-24"),
                        "云容认〔2026〕15号",
                    ),
                ],
            ),
            person(5, "林戊", "云川市/住建局", Vec::new()),
            person(
                6,
                "林己",
                "云川市/住建局",
                vec![case(
                    "RC-2026-030",
                    "违规转包监管失察",
                    Conclusion::NotTolerated,
                    Some("2026-05-15"),
                    "云容认〔2026〕30号",
                )],
            ),
        ],
        units: [
            "云川市/住建局/质监站",
            "云川市/教育局",
            "云川市/农业农村局",
            "云川市/交通局",
        ]
        .map(str::to_owned)
        .to_vec(),
        grades: Vec::new(),
        neglect: Vec::new(),
    }
}

fn row(at: u32, who: u32, name: &str, domain: Domain, result: &str, reason: &str) -> ListRow {
    ListRow {
        row: at,
        name: name.to_owned(),
        id: IdNumber::Valid(number(who)),
        unit: None,
        section: None,
        post: None,
        rank: None,
        category: Some(domain.zh().to_owned()),
        item: None,
        result: Some(result.to_owned()).filter(|text| !text.is_empty()),
        baseline: None,
        grade: None,
        reasons: if reason.is_empty() {
            Vec::new()
        } else {
            vec![reason.to_owned()]
        },
        remarks: Vec::new(),
        evidence: None,
        period: None,
        decided_on: None,
    }
}

pub(super) fn options() -> JudgeOptions {
    JudgeOptions {
        as_of: day("2026-11-23"),
        undated_is_final: false,
        domain: None,
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

static WORDS: LazyLock<Words> = LazyLock::new(Words::builtin);

fn judged(rows: Vec<ListRow>) -> Report {
    let sheet = ListSheet {
        name: Some("表".to_owned()),
        rows,
        ..ListSheet::default()
    };
    let list = List {
        file: "人事结果.xlsx".to_owned(),
        sheets: vec![sheet],
        ..List::default()
    };
    judge(&list, &city(), &WORDS, &options(), &key).expect("every row has its domain")
}

fn one(row: ListRow) -> Judged {
    let mut report = judged(vec![row]);
    assert_eq!(report.results.len(), 1, "one line for one protected row");
    report.results.remove(0)
}

/// 林甲 with a result, a reason and evidence.
fn jia(domain: Domain, result: &str, reason: &str, evidence: &str) -> Judged {
    let mut row = row(5, 1, "林甲", domain, result, reason);
    row.evidence = Some(evidence.to_owned()).filter(|text| !text.is_empty());
    one(row)
}

use Attribution as A;
use OutcomeClass as C;
use Verdict as V;

#[test]
fn outcome_words_in_their_classes() {
    use Domain as D;
    for (domain, result, class) in [
        (D::AnnualAppraisal, "基本称职", C::Adverse),
        (D::AnnualAppraisal, "称 职", C::Ordinary),
        (D::AnnualAppraisal, "试用期不定等次", C::Ordinary),
        (D::AnnualAppraisal, "立案未结案，不定等次", C::Adverse),
        (D::AnnualAppraisal, "５Ｂ", C::Adverse),
        (D::AnnualAppraisal, "5A", C::Ordinary),
        (D::AnnualAppraisal, "优秀", C::Favourable),
        (D::AnnualAppraisal, "三类", C::Unknown),
        (D::MeritSelection, "推荐后又被撤下", C::Adverse),
        (D::MeritSelection, "取消其评选资格", C::Adverse),
        (D::MeritSelection, "未推荐", C::Ordinary),
        (D::MeritSelection, "推荐", C::Favourable),
        (D::Commendation, "撤销嘉奖", C::Adverse),
        (D::Commendation, "不宜授予", C::Unknown),
        (D::Commendation, "记三等功", C::Favourable),
        (D::Appointment, "免职", C::Adverse),
        (D::Appointment, "免职，另有任用", C::Ordinary),
        (D::Appointment, "到龄免职", C::Ordinary),
        (D::Appointment, "改任非领导职务", C::Adverse),
        (D::Appointment, "不予提拔", C::Adverse),
        (D::RankPromotion, "职数不足未晋升", C::Ordinary),
        (D::RankPromotion, "暂缓晋升", C::Adverse),
        (D::RankPromotion, "晋升", C::Favourable),
        (D::TitlePromotion, "评审未通过", C::Ordinary),
        (D::TitlePromotion, "评审通过", C::Favourable),
        (D::TitlePromotion, "不予推荐", C::Adverse),
        (D::Salary, "扣发", C::Adverse),
        (D::Salary, "未扣发", C::Ordinary),
        (D::Bonus, "拟扣发", C::Adverse),
        (D::PerformancePay, "足额发放", C::Favourable),
        (D::Representative, "终止其委员资格", C::Adverse),
        (D::Representative, "暂停其执行代表职务", C::Adverse),
        (D::Representative, "换届不连任", C::Ordinary),
        (D::Representative, "连任", C::Favourable),
        (D::Representative, "再议", C::Unknown),
        (D::Salary, "", C::Unknown),
    ] {
        assert_eq!(
            jia(domain, result, "", "").outcome_class,
            Some(class),
            "{} {result}",
            domain.zh()
        );
    }
}

#[test]
fn reasons_in_their_attributions() {
    for (reason, attribution) in [
        ("", A::None),
        ("——", A::None),
        ("综合研判", A::None),
        ("经党组研究决定", A::None),
        ("研究决定（会议纪要〔2026〕3号）", A::None),
        ("综合研判，名额限制", A::Independent),
        ("民主测评靠后", A::Independent),
        ("财政压减", A::Independent),
        ("曾被问责", A::Implied),
        ("正被调查", A::Implied),
        ("被追究过责任", A::Implied),
        ("学历不符；受处理", A::Implied),
        (
            "因违规操办受诫勉（云纪诫〔2026〕40号），影响期内不得提拔",
            A::Independent,
        ),
        ("因违规操办受诫勉（云纪诫〔2026〕40号）。另有失误", A::Implied),
        ("RC-2026-001 事项", A::Explicit),
        ("rc－２０２６－００１", A::Explicit),
        ("RC-2026-0011", A::Independent),
        ("依据云容认【２０２６】第1号", A::Explicit),
        ("〔2026〕1号文", A::Explicit),
        ("云容认〔2026〕11号", A::None),
        ("受“老旧小区 加装电梯\n试点补贴误发”影响", A::Explicit),
        ("涉老旧小区加装电梯", A::Explicit),
        ("电梯试点补贴误发", A::Explicit),
        ("补贴误发", A::Independent),
        ("试点补贴项目延期", A::Independent),
        ("系容错对象", A::Explicit),
        ("虽免予问责，影响不好", A::Explicit),
        ("与容错事项无关", A::None),
        ("未受问责", A::None),
        ("没有失误，名额限制", A::Independent),
        ("不因该项目", A::None),
        ("并非容错原因，系旷工2天", A::Independent),
        ("与容错事项不无关系", A::Explicit),
        ("不仅因老旧小区加装电梯，业绩也靠后", A::Explicit),
        ("并非与容错无关", A::Explicit),
        ("未完成年度任务被问责", A::Implied),
        ("病假较长、受问责", A::Implied),
    ] {
        let line = jia(Domain::Commendation, "取消奖励", reason, "");
        assert_eq!(line.attribution, Some(attribution), "{reason}: {}", line.why);
    }
}

#[test]
fn evidence_documents_unless_it_is_the_cases_own() {
    let line = |reason, evidence| jia(Domain::Bonus, "扣发", reason, evidence);
    assert_eq!(line("病假", "病假条").verdict, V::Clear);
    assert_eq!(line("病假", "无").verdict, V::Explain);
    assert_eq!(line("病假", "—").verdict, V::Explain);
    assert_eq!(line("病假", "云容认〔2026〕1号").verdict, V::Explain);
    assert_eq!(line("病假", "容错认定书（云容认〔2026〕1号）").verdict, V::Explain);
    assert_eq!(line("病假", "云容认〔2026〕1号、考勤表").verdict, V::Clear);
    assert_eq!(line("病假", "处分决定").verdict, V::Clear);
    assert_eq!(line("", "云容认〔2026〕1号").verdict, V::Violation);
    assert_eq!(line("受问责", "依据云容认〔2026〕1号").verdict, V::Violation);
    assert_eq!(line("受问责", "云教纪〔2026〕17号").verdict, V::Clear);
    assert_eq!(line("整改不力（云督办〔2026〕33号）", "").verdict, V::Clear);
}

#[test]
fn a_matter_named_in_the_result_is_a_reason_wherever_it_stands() {
    let line = jia(Domain::MeritSelection, "因加装电梯试点，取消评优资格", "", "");
    assert_eq!(line.verdict, Verdict::Violation, "{}", line.why);
    assert!(
        line.matched
            .iter()
            .any(|found| found.place == "结果" && found.meaning == "容错事项名称")
    );
    let line = jia(Domain::MeritSelection, "取消评优资格", "", "");
    assert_eq!(line.verdict, Verdict::Suspect, "{}", line.why);
    // A post in the matter is no reason.
    let line = jia(Domain::Appointment, "任老旧小区加装电梯专班副组长", "", "");
    assert_eq!(line.verdict, Verdict::Review, "{}", line.why);
}

#[test]
fn several_people_in_one_cell_are_looked_at() {
    let mut several = row(2, 0, "林戊、林甲", Domain::MeritSelection, "取消资格", "");
    several.id = IdNumber::Missing;
    several.unit = Some("云川市/住建局".to_owned());
    let line = one(several);
    assert_eq!(line.verdict, Verdict::Review, "{}", line.why);
    assert!(line.why.contains("几个人的姓名"), "{}", line.why);
    let mut numbered = row(2, 9, "林戊、林甲", Domain::MeritSelection, "取消资格", "");
    numbered.unit = Some("云川市/住建局".to_owned());
    let line = one(numbered);
    assert_eq!(line.verdict, Verdict::Review, "{}", line.why);
}

#[test]
fn words_that_decided_are_shown_with_their_places() {
    let line = jia(Domain::AnnualAppraisal, "基本称职", "因老旧小区加装电梯一事", "");
    let shown: Vec<String> = line.matched.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "结果第 1–4 字：基本称职（不利）",
            "理由第 2–9 字：老旧小区加装电梯（容错事项名称）"
        ]
    );
    assert_eq!(
        (line.clause.as_str(), line.cell.as_str()),
        ("二(五)", "full/adverse/explicit")
    );
    assert!(
        line.why.contains("RC-2026-001") && line.why.ends_with("违反。"),
        "{}",
        line.why
    );
}

#[test]
fn money_goes_by_its_baseline() {
    let line = |domain, result: &str, baseline: &str| {
        let mut row = row(5, 1, "林甲", domain, result, "");
        row.baseline = Some(baseline.to_owned()).filter(|text| !text.is_empty());
        one(row).outcome_class
    };
    assert_eq!(line(Domain::Salary, "9859.99", "9860"), Some(C::Adverse));
    assert_eq!(line(Domain::Bonus, "18000", "20,000元"), Some(C::Ordinary));
    assert_eq!(line(Domain::Bonus, "17999", "20000"), Some(C::Adverse));
    assert_eq!(line(Domain::PerformancePay, "5001", "5000"), Some(C::Favourable));
    assert_eq!(line(Domain::PerformancePay, "5000", ""), Some(C::Unknown));
    assert_eq!(line(Domain::MeritSelection, "85", "90"), Some(C::Unknown));
}

#[test]
fn a_cut_for_everybody_needs_the_words_and_the_figures() {
    let pay = |at, who, name: &str, result: &str, reason: &str| ListRow {
        baseline: Some("6000".to_owned()),
        ..row(at, who, name, Domain::PerformancePay, result, reason)
    };
    let class = |other: &str, reason: &str| {
        judged(vec![
            pay(2, 1, "林甲", "5100", reason),
            pay(3, 5, "林戊", other, reason),
        ])
        .results[0]
            .outcome_class
    };
    assert_eq!(class("5100", "全局统一下调15%"), Some(C::Ordinary));
    assert_eq!(class("5400", "全局统一下调15%"), Some(C::Adverse));
    assert_eq!(class("5100", ""), Some(C::Adverse));
    for said in [
        "全员统一下浮15%",
        "全体人员按标准的85%计发",
        "绩效一律打八五折",
        "所有职工均减一成半",
        "受财力影响普降",
        "各岗位降幅相同",
    ] {
        assert_eq!(class("5100", said), Some(C::Ordinary), "{said}");
    }
    // Whose it is and what it is stand in one clause, and neither is denied.
    for said in ["全员大会讨论，下浮15%", "并非全员下浮", "岗位下浮15%", "全院通报"] {
        assert_eq!(class("5100", said), Some(C::Adverse), "{said}");
    }
}

#[test]
fn the_year_end_bonus_follows_the_grade() {
    let line = |grade: &str, result: &str, baseline: &str, item: &str| {
        let mut row = row(5, 1, "林甲", Domain::Bonus, result, "");
        row.item = Some(item.to_owned());
        row.grade = Some(grade.to_owned()).filter(|text| !text.is_empty());
        row.baseline = Some(baseline.to_owned()).filter(|text| !text.is_empty());
        one(row).outcome_class
    };
    assert_eq!(line("称职", "0", "", "年终奖金"), Some(C::Adverse));
    assert_eq!(line("合格", "不发", "", "年终一次性奖金"), Some(C::Adverse));
    assert_eq!(line("", "不发", "", "年终奖金"), Some(C::Adverse));
    assert_eq!(line("", "0", "", "年终奖金（基本称职）"), Some(C::Ordinary));
    assert_eq!(line("基本称职", "0", "", "年终奖金"), Some(C::Ordinary));
    assert_eq!(line("基本称职", "0", "9600", "年终奖金"), Some(C::Adverse));
    assert_eq!(line("称职", "9600", "9600", "年终奖金"), Some(C::Ordinary));
}

#[test]
fn the_year_end_bonus_goes_by_the_grade_of_its_own_year() {
    let dated = |domain, result: &str, item: Option<&str>, period: Option<&str>| {
        let mut row = row(5, 1, "林甲", domain, result, "");
        row.item = item.map(str::to_owned);
        row.period = period.map(str::to_owned);
        row
    };
    let grade = |grade: &str, period| dated(Domain::AnnualAppraisal, grade, None, period);
    let class = |grades: Vec<ListRow>, period| {
        let bonus = dated(Domain::Bonus, "0", Some("年终奖金"), period);
        let orders = [
            [vec![bonus.clone()], grades.clone()].concat(),
            [grades.clone(), vec![bonus.clone()]].concat(),
            [vec![bonus], grades.into_iter().rev().collect()].concat(),
        ];
        let classes = orders.map(|rows| {
            let lines = judged(rows).results;
            let line = lines.iter().find(|line| line.domain == Domain::Bonus);
            line.and_then(|line| line.outcome_class)
        });
        assert!(
            classes.iter().all(|class| *class == classes[0]),
            "order does not matter"
        );
        classes[0]
    };
    let both = || vec![grade("称职", Some("2025")), grade("基本称职", Some("2026年度"))];
    assert_eq!(class(both(), Some("2025")), Some(C::Adverse));
    assert_eq!(class(both(), Some("2026")), Some(C::Ordinary));
    assert_eq!(class(both(), Some("2024")), Some(C::Adverse));
    assert_eq!(class(both(), None), Some(C::Adverse));
    let basic = |period| vec![grade("基本称职", period)];
    assert_eq!(class(basic(None), Some("2026")), Some(C::Ordinary));
    assert_eq!(class(basic(Some("2026")), None), Some(C::Ordinary));
    assert_eq!(class(basic(Some("2026年第三季度")), Some("2026")), Some(C::Adverse));
    let differing = vec![grade("称职", Some("2026")), grade("基本称职", Some("2026"))];
    assert_eq!(class(differing, Some("2026")), Some(C::Adverse));
}

#[test]
fn an_open_grade_is_excused_by_probation_and_long_leave() {
    let line = |result: &str, reason: &str| jia(Domain::AnnualAppraisal, result, reason, "").outcome_class;
    assert_eq!(line("不定等次", "试用期未满"), Some(C::Ordinary));
    assert_eq!(line("不进行考核", "病假累计超过半年"), Some(C::Ordinary));
    for reason in [
        "病假231天",
        "因病请假七个半月",
        "请了7个月的病假",
        "病事假合计二百天",
        "病假10天，后又病假190余天",
    ] {
        assert_eq!(line("不进行考核", reason), Some(C::Ordinary), "{reason}");
    }
    for reason in [
        "病假182天",
        "病假12月起",
        "病假不足200天",
        "病假10天，旷工200天",
        "病假6个月",
        "没有请假200天",
    ] {
        assert_eq!(line("不进行考核", reason), Some(C::Adverse), "{reason}");
    }
    assert_eq!(line("不定等次", "立案"), Some(C::Adverse));
    assert_eq!(line("基本称职", "试用期"), Some(C::Adverse));
}

#[test]
fn a_dismissal_with_a_new_post_in_another_row_is_ordinary() {
    let mut leaves = row(2, 1, "林甲", Domain::Appointment, "免职", "");
    leaves.item = Some("免去科长职务".to_owned());
    let mut takes = row(3, 1, "林甲", Domain::Appointment, "任命", "");
    takes.item = Some("副主任".to_owned());
    let report = judged(vec![leaves, takes]);
    assert_eq!(
        report.results[0].outcome_class,
        Some(C::Ordinary),
        "{}",
        report.results[0].why
    );
}

#[test]
fn capped_inside_the_effect_period_and_after() {
    let line = |domain, result: &str, reason: &str, on: &str| {
        let mut row = row(5, 2, "林乙", domain, result, reason);
        row.decided_on = Some(day(on));
        let line = one(row);
        (line.verdict, line.note)
    };
    let inside = Some(Note::WithinEffectPeriod);
    assert_eq!(line(Domain::Salary, "降低", "", "2026-05-20"), (V::Clear, inside));
    assert_eq!(
        line(Domain::RankPromotion, "未晋升", "受处分", "2026-05-20"),
        (V::Clear, inside)
    );
    assert_eq!(line(Domain::RankPromotion, "挂起", "", "2026-05-20"), (V::Review, None));
    assert_eq!(line(Domain::Bonus, "扣发", "受处分", "2026-05-20"), (V::Suspect, None));
    // 记过 twelve months from 2026-04-15; the last day is no longer inside. A later day than today is a proposal.
    assert_eq!(line(Domain::Salary, "降低", "", "2027-04-14"), (V::Clear, inside));
    assert_eq!(line(Domain::Salary, "降低", "", "2027-04-15"), (V::Suspect, None));
    assert_eq!(
        line(Domain::Salary, "降低", "", "2026-04-14"),
        (V::Clear, Some(Note::NotYet))
    );
}

#[test]
fn an_appraisal_is_inside_when_its_year_touches_the_effect_period() {
    let mut row = row(5, 2, "林乙", Domain::AnnualAppraisal, "不定等次", "");
    row.period = Some("2027年度".to_owned());
    row.decided_on = Some(day("2028-01-10"));
    assert_eq!(one(row.clone()).note, Some(Note::WithinEffectPeriod));
    row.period = Some("2028年度".to_owned());
    assert_eq!(one(row).verdict, V::Suspect);
}

#[test]
fn pending_looks_only_at_final_adverse_outcomes_that_cite() {
    let line = |result: &str, reason: &str, on: Option<&str>| {
        let mut row = row(5, 3, "林丙", Domain::Commendation, result, reason);
        row.decided_on = on.map(day);
        one(row).verdict
    };
    assert_eq!(line("取消奖励", "立案", Some("2026-11-01")), V::Suspect);
    assert_eq!(line("取消奖励", "立案", Some("2026-12-01")), V::Clear);
    assert_eq!(line("取消奖励", "立案", None), V::Clear);
    assert_eq!(line("取消奖励", "病假", Some("2026-11-01")), V::Clear);
    assert_eq!(line("待议", "中考体育智能测试仪误判", Some("2026-11-01")), V::Clear);
}

#[test]
fn a_decision_before_the_protection_counts_only_when_it_takes_effect_later() {
    let line = |result: &str, period: &str| {
        let mut row = row(5, 1, "林甲", Domain::Bonus, result, "老旧小区加装电梯试点补贴误发");
        row.decided_on = Some(day("2026-02-01"));
        row.period = Some(period.to_owned());
        let line = one(row);
        (line.verdict, line.note)
    };
    assert_eq!(line("扣发", "2026年度"), (V::Clear, Some(Note::NotYet)));
    assert_eq!(line("拟扣发", "2026年第一季度"), (V::Violation, None));
    assert_eq!(line("拟扣发", "2026年2月"), (V::Clear, Some(Note::NotYet)));
}

#[test]
fn of_several_protections_the_gravest_and_the_one_named() {
    let line = |reason: &str, on: &str| {
        let mut row = row(5, 4, "林丁", Domain::Bonus, "扣发", reason);
        row.decided_on = Some(day(on));
        let line = one(row);
        (line.verdict, line.case.unwrap_or_default())
    };
    let says = |verdict, case: &str| (verdict, case.to_owned());
    assert_eq!(
        line("农村客运班线撤并论证不足", "2026-10-15"),
        says(V::Violation, "RC-2026-015")
    );
    // Not yet protected, it is a cause of its own for the other case, and nothing documents it.
    assert_eq!(
        line("农村客运班线撤并论证不足", "2026-03-15"),
        says(V::Explain, "RC-2025-006")
    );
    assert_eq!(
        line("农村客运班线撤并论证不足，有反映", "2026-03-15"),
        says(V::Suspect, "RC-2025-006")
    );
    assert_eq!(line("影响期", "2026-10-15"), says(V::Suspect, "RC-2025-006"));
    assert_eq!(line("系容错对象", "2026-10-15"), says(V::Violation, "RC-2025-006"));
}

#[test]
fn another_cadres_matter_is_to_be_looked_at() {
    let line = jia(Domain::Bonus, "扣发", "因秸秆离田补贴核验疏漏", "考勤表");
    assert_eq!(line.verdict, V::Review, "{}", line.why);
    let own = jia(Domain::Bonus, "扣发", "因秸秆离田补贴核验疏漏和老旧小区加装电梯", "");
    assert_eq!(own.verdict, V::Violation);
}

#[test]
fn a_title_that_says_the_same_thing_twice_is_named_like_any_other() {
    let matter = "秸秆离田补贴一期秸秆离田补贴二期核验疏漏";
    let twice = case("RC-2026-090", matter, Conclusion::Exempted, Some("2026-03-10"), "");
    let register = Register {
        people: vec![person(1, "林甲", "住建局", vec![twice])],
        ..city()
    };
    let rows = vec![row(5, 1, "林甲", Domain::Bonus, "扣发", "因秸秆离田补贴核验疏漏")];
    let sheet = ListSheet {
        rows,
        ..ListSheet::default()
    };
    let list = List {
        sheets: vec![sheet],
        ..List::default()
    };
    let report = judge(&list, &register, &WORDS, &options(), &key).expect("every row has its domain");
    assert_eq!(report.results[0].verdict, V::Violation);
}

/// What 林甲's row says when a 诫勉 for neglect of 9 June 2026 is on record.
fn with_neglect(reason: &str, evidence: &str, decided: &str) -> Verdict {
    let register = Register {
        neglect: vec![NeglectFacts {
            person: PersonId::of("林甲1"),
            item: "ZG-2026-031".to_owned(),
            measure: "诫勉".to_owned(),
            doc_no: "云纪诫〔2026〕3号".to_owned(),
            decided_on: day("2026-06-09"),
        }],
        ..city()
    };
    let mut row = row(5, 1, "林甲", Domain::Bonus, "扣发", reason);
    row.evidence = Some(evidence.to_owned()).filter(|text| !text.is_empty());
    row.decided_on = Some(day(decided));
    let sheet = ListSheet {
        rows: vec![row],
        ..ListSheet::default()
    };
    let list = List {
        sheets: vec![sheet],
        ..List::default()
    };
    let report = judge(&list, &register, &WORDS, &options(), &key).expect("every row has its domain");
    report.results[0].verdict
}

#[test]
fn a_sanction_for_neglect_on_record_is_a_cause_of_its_own() {
    let on = "2026-10-12";
    // Without a record neglect is only said; with one it is documented.
    assert_eq!(jia(Domain::Bonus, "扣发", "整改不力", "").verdict, V::Explain);
    assert_eq!(with_neglect("整改不力", "", on), V::Clear);
    // The general word is the sanction on record, where the reason says that it is this.
    assert_eq!(jia(Domain::Bonus, "扣发", "整改不力受到诫勉", "").verdict, V::Suspect);
    assert_eq!(with_neglect("整改不力受到诫勉", "", on), V::Clear);
    assert_eq!(with_neglect("ZG-2026-031受诫勉", "", on), V::Clear);
    assert_eq!(with_neglect("受诫勉", "云纪诫〔2026〕3号", on), V::Clear);
    // It must really be this: no word of it, another accountability beside it, denied, or decided before it.
    assert_eq!(with_neglect("受到诫勉", "", on), V::Suspect);
    assert_eq!(with_neglect("整改不力受到诫勉，且被问责", "", on), V::Suspect);
    assert_eq!(with_neglect("与整改不力无关，受到诫勉", "", on), V::Suspect);
    assert_eq!(with_neglect("整改不力", "", "2026-06-08"), V::Explain);
    // And it never covers the tolerated matter.
    assert_eq!(
        with_neglect("整改不力受到诫勉，因老旧小区加装电梯", "", on),
        V::Violation
    );
}

#[test]
fn unprotected_people_are_only_counted() {
    let rows = vec![
        row(2, 5, "林戊", Domain::Bonus, "扣发", "受问责"),
        row(3, 6, "林己", Domain::Bonus, "扣发", "违规转包监管失察"),
    ];
    let report = judged(rows);
    assert!(report.results.is_empty());
    assert_eq!(report.rows_protected, 0);
}

#[test]
fn contradictory_rows_are_looked_at_both() {
    let rows = vec![
        row(2, 1, "林甲", Domain::AnnualAppraisal, "称职", ""),
        row(3, 1, "林甲", Domain::AnnualAppraisal, "基本称职", "老旧小区加装电梯"),
    ];
    let report = judged(rows);
    assert!(report.results.iter().all(|line| line.verdict == V::Review));
    assert!(
        report.results.iter().all(|line| line.why.contains("违反")),
        "{}",
        report.results[0].why
    );
    let same = vec![
        row(2, 1, "林甲", Domain::AnnualAppraisal, "称职", ""),
        row(3, 1, "林甲", Domain::AnnualAppraisal, "称 职", ""),
    ];
    assert!(judged(same).results.iter().all(|line| line.verdict == V::Clear));
    let mut early = row(2, 1, "林甲", Domain::AnnualAppraisal, "称职", "");
    early.period = Some("2025年度".to_owned());
    let mut late = row(3, 1, "林甲", Domain::AnnualAppraisal, "优秀", "");
    late.period = Some("2026年".to_owned());
    assert!(
        judged(vec![early, late])
            .results
            .iter()
            .all(|line| line.verdict == V::Clear)
    );
}

#[test]
fn a_post_taken_and_a_post_given_are_two_acts() {
    let act = |at, result: &str, on: &str| ListRow {
        decided_on: Some(day(on)),
        ..row(at, 1, "林甲", Domain::Appointment, result, "")
    };
    let verdicts = |rows| {
        let lines = judged(rows).results;
        lines.into_iter().map(|line| line.verdict).collect::<Vec<_>>()
    };
    let (early, late) = ("2026-10-10", "2026-10-20");
    let moved = |taken: &str, on: &str| verdicts(vec![act(2, taken, early), act(3, "任命", on)]);
    assert_eq!(moved("免职", early), [V::Clear, V::Clear]);
    // A new post of another day makes no move of it.
    assert_eq!(moved("免去副局长职务", late), [V::Suspect, V::Clear]);
    assert_eq!(
        moved("暂缓任用", early),
        [V::Review, V::Review],
        "the same appointment, put off and made"
    );
}

#[test]
fn who_is_it() {
    let line = |who: IdNumber, name: &str, unit: Option<&str>| {
        let mut row = row(2, 1, name, Domain::Bonus, "足额发放", "");
        row.id = who;
        row.unit = unit.map(str::to_owned);
        judged(vec![row]).results.first().map(|line| line.verdict)
    };
    let valid = |serial| IdNumber::Valid(number(serial));
    let (clear, review) = (Some(V::Clear), Some(V::Review));
    assert_eq!(
        line(valid(1), "林甲", Some("云川市/交通局")),
        clear,
        "the number decides whatever the unit says"
    );
    assert_eq!(line(valid(1), "", None), clear);
    assert_eq!(
        line(valid(1), "杨某", None),
        review,
        "a protected cadre's number under another name"
    );
    assert_eq!(
        line(valid(5), "林甲", Some("市住建局")),
        review,
        "another cadre's number under a protected name"
    );
    assert_eq!(line(valid(77), "林甲", Some("市住建局")), review, "a number nobody has");
    assert_eq!(
        line(valid(77), "林甲", Some("市教育局")),
        None,
        "a good number of somebody else"
    );
    assert_eq!(line(IdNumber::Missing, "林 甲", Some("云川市住建局")), clear);
    assert_eq!(
        line(IdNumber::Missing, "林甲", Some("市住建局质监站")),
        clear,
        "a unit below"
    );
    assert_eq!(
        line(IdNumber::Missing, "林甲", Some("市教育局")),
        review,
        "an unrelated unit"
    );
    assert_eq!(line(IdNumber::Missing, "林甲", None), review, "no unit anywhere");
    assert_eq!(line(IdNumber::Missing, "林戊", None), None);
}

#[test]
fn a_name_that_is_hidden_or_not_alone_in_its_cell_is_asked_about() {
    let line = |name: &str, unit: &str, id: IdNumber| {
        let mut row = row(2, 1, name, Domain::AnnualAppraisal, "不定等次", "");
        (row.id, row.unit) = (id, Some(unit.to_owned()));
        judged(vec![row]).results.first().map(|line| line.verdict)
    };
    let own = "云川市住建局";
    for name in ["林甲①", "（1）林甲", "林甲[2]", "林甲△", "林甲（男）"] {
        assert_eq!(line(name, own, IdNumber::Missing), Some(V::Suspect), "{name}");
    }
    for name in [
        "林甲1",
        "林甲科长",
        "主任林甲",
        "林甲 男",
        "林*",
        "林某",
        "林某某",
        "*甲",
    ] {
        assert_eq!(line(name, own, IdNumber::Missing), Some(V::Review), "{name}");
        assert_eq!(
            line(name, own, IdNumber::Valid(number(1))),
            Some(V::Suspect),
            "{name} with the number"
        );
        assert_eq!(line(name, "云川市审计局", IdNumber::Missing), None, "{name} elsewhere");
    }
    for other in ["林甲乙", "杨*", "林*申", "林甲乙丙", "林戊1"] {
        let expected = (other == "林甲乙丙").then_some(V::Review);
        assert_eq!(line(other, own, IdNumber::Missing), expected, "{other}");
    }
}

#[test]
fn somebody_protected_who_is_not_on_the_roster_of_the_unit() {
    let absent = |title: &str, register: &Register| {
        let list = List {
            file: "名单.xlsx".to_owned(),
            sheets: vec![ListSheet {
                name: Some("表".to_owned()),
                title: vec![title.to_owned()],
                header: vec!["姓名".to_owned(), "考核等次".to_owned()],
                rows: vec![ListRow {
                    category: None,
                    ..row(3, 5, "林戊", Domain::AnnualAppraisal, "称职", "")
                }],
                ..ListSheet::default()
            }],
            ..List::default()
        };
        let report = judge(&list, register, &Words::builtin(), &options(), &key).expect("the title names the domain");
        report
            .results
            .iter()
            .map(|line| (line.verdict, line.name.clone()))
            .collect::<Vec<_>>()
    };
    let title = "云川市住建局2026年度考核等次汇总表";
    assert_eq!(absent(title, &city()), [(V::Absent, "林甲".to_owned())]);
    assert_eq!(absent("云川市住建局考核等次汇总表", &city()), [], "no period");
    assert_eq!(absent("云川市2026年度考核等次汇总表", &city()), [], "exactly that unit");
    assert_eq!(
        absent("云川市住建局2026年度评优推荐", &city()),
        [],
        "a choice is no roster"
    );
    let mut retired = city();
    retired.people[0].status = Some(CadreStatus::Retired);
    assert_eq!(absent(title, &retired), []);

    // A list of this year may pay what an earlier one is owed: whoever is on it is on it.
    let mut owed = row(3, 1, "林甲", Domain::Bonus, "8000", "");
    (owed.category, owed.item) = (None, Some("2025年度考核奖".to_owned()));
    let list = List {
        file: "名单.xlsx".to_owned(),
        sheets: vec![ListSheet {
            title: vec!["云川市住建局2026年奖金补发清册".to_owned()],
            header: vec!["姓名".to_owned(), "奖金项目".to_owned(), "实发".to_owned()],
            rows: vec![owed],
            ..ListSheet::default()
        }],
        ..List::default()
    };
    let report = judge(&list, &city(), &Words::builtin(), &options(), &key).expect("the title names the domain");
    assert!(report.results.iter().all(|line| line.verdict != V::Absent));
}

#[test]
fn a_list_that_does_not_say_what_it_is() {
    let list = List {
        file: "名单.csv".to_owned(),
        sheets: vec![ListSheet {
            rows: vec![ListRow {
                category: None,
                ..row(2, 1, "林甲", Domain::Bonus, "扣发", "")
            }],
            ..ListSheet::default()
        }],
        ..List::default()
    };
    let error = judge(&list, &city(), &Words::builtin(), &options(), &key)
        .err()
        .expect("no domain")
        .to_string();
    assert!(
        error.contains("--domain") && error.contains("annual_appraisal"),
        "{error}"
    );
}

#[test]
fn a_row_that_nobody_can_be_found_for_is_reported() {
    let mut stranger = row(2, 1, "张三", Domain::Bonus, "扣发", "");
    stranger.id = IdNumber::Unusable(CitizenId::parse("9.9E+17").expect_err("rounded"));
    let mut known = row(3, 1, "林戊", Domain::Bonus, "扣发", "");
    known.id = stranger.id.clone();
    known.unit = Some("市住建局".to_owned());
    let report = judged(vec![stranger, known]);
    let rows: Vec<u32> = report.unreadable.iter().map(|fault| fault.row).collect();
    assert_eq!(rows, [2]);
}
