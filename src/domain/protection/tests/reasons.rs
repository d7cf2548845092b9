//! Reasons of an adverse outcome as lists really have them, each with the verdict the table must give.

use super::{A, Domain, V, jia};

const REASONS: &[(&str, V)] = &[
    ("因该同志系容错纠错对象", V::Violation),
    ("鉴于其已被认定容错", V::Violation),
    ("容错办案件", V::Violation),
    ("非因容错，因旷工", V::Explain),
    ("与其容错事项毫无关系", V::Suspect),
    ("和容错事项没有任何关系，系本人放弃", V::Explain),
    ("不能说与容错无关", V::Violation),
    ("未必与容错无关", V::Violation),
    ("不见得与容错无关", V::Violation),
    ("与容错未必无关", V::Violation),
    ("不是因为容错，而是名额限制", V::Explain),
    ("没有受到过问责", V::Suspect),
    ("从未受过处分，年龄偏大", V::Explain),
    ("未受过处分", V::Suspect),
    ("未因老旧小区加装电梯试点补贴误发受问责", V::Suspect),
    ("因老旧小区加装电梯试点补贴误发未受问责，但影响较大", V::Violation),
    ("受政务警告处分", V::Suspect),
    ("受过党内严重警告处分（云纪委〔2026〕3号）", V::Clear),
    ("另因违规操办婚宴，被云纪监〔2026〕88号文件诫勉", V::Clear),
    ("因违规操办婚宴被诫勉", V::Suspect),
    ("因病假超过半年", V::Explain),
    ("请假较多", V::Explain),
    ("年度考核不称职", V::Explain),
    ("集体研究，排名靠后", V::Explain),
    ("经集体研究决定", V::Suspect),
    ("组织上综合考虑", V::Suspect),
    ("—", V::Suspect),
    ("/", V::Suspect),
    ("无", V::Suspect),
    ("暂无", V::Suspect),
    ("同意", V::Suspect),
    ("依据云容认[2026]第1号", V::Violation),
    ("依据（2026）1号文件", V::Violation),
    ("依据〔2026〕001号", V::Violation),
    ("RC-2026-0011", V::Explain),
    ("RC2026001", V::Violation),
    ("rc 2026-001", V::Violation),
    ("见RC－2026－001", V::Violation),
    ("受处分。云纪监〔2026〕88号", V::Suspect),
    ("受处分（云纪监〔2026〕88号）；另有失误", V::Suspect),
    ("小区加装电梯工作推进", V::Violation),
    ("补贴试点项目", V::Explain),
    ("试点补贴", V::Explain),
    ("免予问责", V::Violation),
    ("曾不予问责", V::Violation),
    ("群众有争议", V::Suspect),
    ("正在接受审查", V::Suspect),
    ("正被立案审查调查", V::Suspect),
    ("纪委正在核查", V::Suspect),
    ("信访反映较多", V::Suspect),
    ("系试用期", V::Explain),
    ("未受问责、处分", V::Suspect),
    ("无违纪、无处分，名额有限", V::Explain),
    ("不仅因老旧小区加装电梯，还因排名", V::Violation),
    ("“老旧小区”“加装电梯”", V::Violation),
    ("处分影响期已满", V::Suspect),
    ("诫勉期内", V::Suspect),
    ("被组织约谈", V::Suspect),
    ("曾因工作失误被通报批评", V::Suspect),
    ("受问责影响", V::Suspect),
    ("领导批示", V::Suspect),
    ("因违反财经纪律", V::Explain),
    ("组织部门研究", V::Suspect),
    ("待调查结束再定", V::Suspect),
    ("见注1", V::Suspect),
    ("局党委会研究未通过", V::Suspect),
    ("酌情处理", V::Suspect),
    ("待责任认定", V::Suspect),
    ("非因老旧加装电梯试点，系票数不足", V::Explain),
    ("不是老旧加装电梯试点的原因", V::Suspect),
    ("因老旧加装电梯试点", V::Violation),
    ("不涉及小区加装电梯试点误发", V::Suspect),
    ("无老旧小区加装电梯误发问题，业绩靠后", V::Explain),
    ("因老旧小区误发", V::Violation),
    ("老旧小区加装电梯试点补贴误发一事除外", V::Suspect),
];

#[test]
fn reasons_in_many_shapes() {
    let mut wrong = Vec::new();
    for (reason, verdict) in REASONS {
        let line = jia(Domain::Commendation, "取消奖励", reason, "");
        if line.verdict != *verdict {
            wrong.push(format!("{reason}: {}", line.why));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_implies_may_be_inflected_and_intensified() {
    for reason in [
        "立过案",
        "立了案",
        "被立了案",
        "立过一次案",
        "诫过勉",
        "追过究",
        "追了责",
        "追过其责",
        "问了他的责",
        "处过分",
        "停其职",
        "被约了谈",
        "记过一次大过",
        "担责",
        "担过责",
        "承担过责任",
        "纪委正在查",
        "纪委还在查",
        "被查过",
        "反映过",
        "查过",
        "错误",
        "存在错误",
        "有严重错误",
        "问题反映多",
        "反映很多",
        "反映强烈",
        "群众反映特别强烈",
        "社会反响大",
        "社会反响较大",
        "群众有反映",
        "群众意见很大",
        "影响非常恶劣",
        "处理过",
        "被纪委谈过话",
        "案子还没结",
        "反映情况属实",
    ] {
        let line = jia(Domain::MeritSelection, "未当选", reason, "");
        assert_eq!(line.attribution, Some(A::Implied), "{reason}: {}", line.why);
        assert_eq!(line.verdict, V::Suspect, "{reason}: {}", line.why);
    }
    // One that names 容错 stays explicit.
    assert_eq!(jia(Domain::Bonus, "扣发", "被免了责", "").verdict, V::Violation);
    // What only looks like it, and what is denied.
    for reason in [
        "建立了案例库，未完成指标",
        "审查其中三份论文不合要求",
        "暂停了职工考评",
        "超过了失效期",
        "材料填写错误",
        "论文存在错误",
        "相处过分计较",
        "访问了责任单位",
        "群众反映良好，票数不足",
        "申报信息有错误",
        "没有立过案，名额限制",
        "从未被诫过勉，年龄偏大",
        "审查过程中本人放弃",
        "勇于担责，但票数不足",
    ] {
        let line = jia(Domain::MeritSelection, "未当选", reason, "");
        assert_eq!(line.attribution, Some(A::Independent), "{reason}: {}", line.why);
    }
}

#[test]
fn work_that_is_rearranged_is_no_reason() {
    for reason in ["工作调整", "工作变动", "因工作变动", "岗位调整"] {
        let line = jia(Domain::Appointment, "免去副局长职务", reason, "");
        assert_eq!(line.attribution, Some(A::None), "{reason}: {}", line.why);
        assert_eq!(line.verdict, V::Suspect, "{reason}: {}", line.why);
    }
    let line = jia(Domain::Appointment, "免去副局长职务", "工作调动", "");
    assert_eq!(line.attribution, Some(A::Independent), "{}", line.why);
}

#[test]
fn a_result_gives_its_reason_in_a_clause_of_its_own() {
    for (domain, result, verdict, attribution) in [
        (
            Domain::AnnualAppraisal,
            "加装电梯补贴试点误发影响大，定为称职",
            V::Violation,
            A::Explicit,
        ),
        (Domain::AnnualAppraisal, "称职，受问责", V::Suspect, A::Implied),
        (
            Domain::MeritSelection,
            "老旧小区加装电梯试行时投诉较多，党组研究不推荐",
            V::Violation,
            A::Explicit,
        ),
        (
            Domain::MeritSelection,
            "取消资格（老旧小区加装电梯）",
            V::Violation,
            A::Explicit,
        ),
        (Domain::MeritSelection, "受处分，取消推荐资格", V::Suspect, A::Implied),
        (Domain::AnnualAppraisal, "称职\n受问责", V::Suspect, A::Implied),
        (
            Domain::AnnualAppraisal,
            "称职——老旧小区加装电梯补贴试点",
            V::Violation,
            A::Explicit,
        ),
        (Domain::MeritSelection, "因受问责未推荐", V::Suspect, A::Implied),
        (
            Domain::MeritSelection,
            "老旧小区加装电梯试点未推荐",
            V::Violation,
            A::Explicit,
        ),
        (Domain::MeritSelection, "未推荐（被问责干部）", V::Suspect, A::Implied),
        // Nothing is held against what is given.
        (
            Domain::MeritSelection,
            "推荐（老旧小区加装电梯试点已容错免责）",
            V::Review,
            A::None,
        ),
        // Posts and honours are called after many a thing.
        (
            Domain::Appointment,
            "平职交流（任市纪委第三审查调查室主任）",
            V::Clear,
            A::None,
        ),
        (
            Domain::MeritSelection,
            "未入选（老旧小区加装电梯最美干部）",
            V::Clear,
            A::None,
        ),
        (
            Domain::MeritSelection,
            "老旧小区加装电梯先进个人未推荐",
            V::Clear,
            A::None,
        ),
        (Domain::AnnualAppraisal, "称职受问责", V::Suspect, A::Implied),
        // A clause before the outcome's that counts for nothing, and words across the end of one.
        (
            Domain::MeritSelection,
            "老旧小区加装电梯先进个人，未推荐",
            V::Clear,
            A::None,
        ),
        (
            Domain::MeritSelection,
            "因受党纪、政务处理，不推荐",
            V::Suspect,
            A::Implied,
        ),
        // Whose duty it was, and a figure, are no denial.
        (
            Domain::MeritSelection,
            "分管的老旧小区加装电梯出了问题，不推荐",
            V::Violation,
            A::Explicit,
        ),
        (Domain::Bonus, "停发，受问责扣分30", V::Suspect, A::Implied),
        (Domain::AnnualAppraisal, "称职（问责：无）", V::Clear, A::None),
        (Domain::AnnualAppraisal, "称职（零差错）", V::Clear, A::None),
        // A denial, another cause, and what only looks like either.
        (Domain::AnnualAppraisal, "称职（未受问责）", V::Clear, A::None),
        (Domain::AnnualAppraisal, "称职，病假三个月", V::Clear, A::None),
        (Domain::AnnualAppraisal, "受处分不定等次", V::Suspect, A::None),
        (Domain::AnnualAppraisal, "立案未结案，暂不定等次", V::Suspect, A::None),
        (
            Domain::MeritSelection,
            "未推荐老旧小区加装电梯先进个人",
            V::Clear,
            A::None,
        ),
    ] {
        let line = jia(domain, result, "", "");
        assert_eq!(
            (line.verdict, line.attribution),
            (verdict, Some(attribution)),
            "{result}: {}",
            line.why
        );
    }
}
