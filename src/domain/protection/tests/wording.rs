//! Words that only together with what stands around them say what they mean: a favour taken back, a grade left open,
//! a reason that gives none.

use super::{A, C, Domain, V, jia};

/// What kind of outcome each result is.
fn classed(results: &[(Domain, &str, C)]) {
    for (domain, result, class) in results {
        let line = jia(*domain, result, "", "");
        assert_eq!(
            line.outcome_class,
            Some(*class),
            "{} {result}: {}",
            domain.zh(),
            line.why
        );
    }
}

#[test]
fn a_favour_that_is_qualified_is_none() {
    use Domain as D;
    classed(&[
        (D::RankPromotion, "晋升三级主任科员（缓）", C::Unknown),
        (D::RankPromotion, "晋升（缓）", C::Adverse),
        (D::RankPromotion, "套转就低", C::Adverse),
        (D::RankPromotion, "职级套转下调", C::Adverse),
        (D::Salary, "正常晋档（暂不兑现）", C::Adverse),
        (D::Salary, "增资（减半）", C::Adverse),
        (D::PerformancePay, "非足额发放", C::Adverse),
        (D::TitlePromotion, "聘任（低一级）", C::Adverse),
        (D::TitlePromotion, "高聘（另行下调）", C::Unknown),
        (D::Commendation, "二等功改为嘉奖", C::Adverse),
        (D::Commendation, "授予改为通报表扬", C::Adverse),
        (D::Commendation, "退回嘉奖申报", C::Unknown),
        (D::MeritSelection, "免于推荐", C::Unknown),
        (D::MeritSelection, "推荐表退回", C::Unknown),
        (D::MeritSelection, "推荐（非本单位意见）", C::Unknown),
        (D::Representative, "当选资格未确认", C::Adverse),
        (D::Representative, "提名对象变更", C::Unknown),
        (D::Appointment, "提拔（降格安排）", C::Adverse),
        (D::Appointment, "拟任区水利局副局长（待定）", C::Unknown),
        (D::TitlePromotion, "降级聘用", C::Adverse),
        (D::TitlePromotion, "降薪后聘任", C::Adverse),
        (D::TitlePromotion, "聘任顺延至明年", C::Adverse),
        (D::RankPromotion, "晋升顺延", C::Adverse),
        (D::RankPromotion, "下一批次再晋级", C::Unknown),
        (D::Salary, "晋档顺延一年", C::Adverse),
        (D::Commendation, "记功缓办", C::Adverse),
        (D::Appointment, "改任副局长", C::Unknown),
        (
            D::Appointment,
            "免去市水务局党组成员、副局长、一级调研员职务",
            C::Adverse,
        ),
        (D::MeritSelection, "不同意", C::Adverse),
        (D::MeritSelection, "暂缓授予", C::Adverse),
        (D::RankPromotion, "限制晋升", C::Unknown),
        (D::RankPromotion, "延长晋升年限", C::Unknown),
        (D::Appointment, "提拔受阻", C::Unknown),
        (D::AnnualAppraisal, "与优秀无缘", C::Unknown),
        (D::TitlePromotion, "聘任解除", C::Unknown),
        (D::MeritSelection, "失去推荐资格", C::Unknown),
        // What was taken is given back, or never was taken.
        (D::TitlePromotion, "解除低聘", C::Unknown),
        (D::Bonus, "扣发部分已退还本人", C::Unknown),
        (D::Commendation, "恢复已撤销的嘉奖", C::Favourable),
        (D::Representative, "代表资格未终止", C::Ordinary),
        (D::Appointment, "不作调整职务处理", C::Ordinary),
        (D::AnnualAppraisal, "立案尚未结案，暂不定等次", C::Adverse),
        // What only looks like a qualification.
        (D::RankPromotion, "影响期满后晋升", C::Favourable),
        (D::TitlePromotion, "解除处分，聘任", C::Favourable),
        (D::Appointment, "任市审计局副局长", C::Favourable),
        (D::MeritSelection, "授予", C::Favourable),
        (D::MeritSelection, "推荐为改革先锋", C::Favourable),
        (D::TitlePromotion, "同意推荐", C::Favourable),
        (D::Appointment, "拟任不动产登记中心主任", C::Favourable),
        (D::Appointment, "任命（退役军人事务局副局长）", C::Favourable),
        (D::Appointment, "提任非税收入管理处处长", C::Favourable),
        (D::AnnualAppraisal, "优秀（不占本单位名额）", C::Favourable),
        (D::RankPromotion, "晋升（四级调研员）", C::Favourable),
        (D::MeritSelection, "推荐（无不良反映）", C::Favourable),
    ]);
}

#[test]
fn posts_taken_and_given_are_known_as_people_write_them() {
    use Domain as D;
    classed(&[
        (D::Appointment, "免综合科科长", C::Adverse),
        (D::Appointment, "免去现职", C::Adverse),
        (D::Appointment, "解除其站长职务", C::Adverse),
        (D::Appointment, "任监督科科长，免去执法科科长职务", C::Ordinary),
        (D::Appointment, "任局党组成员", C::Favourable),
        (D::Representative, "任期届满不再担任代表", C::Ordinary),
        (D::Representative, "届满，不再提名", C::Adverse),
        (D::AnnualAppraisal, "未定等", C::Adverse),
        (D::AnnualAppraisal, "不予定等次", C::Adverse),
        (D::AnnualAppraisal, "等次未定", C::Adverse),
        (D::Appointment, "降任副科长", C::Adverse),
        (D::Appointment, "平级调任审计科科长", C::Ordinary),
        (D::Appointment, "试用期满正式任命", C::Favourable),
        (D::Appointment, "缓期任用", C::Adverse),
        (D::RankPromotion, "缓期晋升", C::Adverse),
        (D::Bonus, "扣一半", C::Adverse),
        (D::PerformancePay, "扣三成", C::Adverse),
        (D::Salary, "缓期晋档", C::Adverse),
        (D::RankPromotion, "缓升", C::Adverse),
        (D::TitlePromotion, "取消聘任", C::Adverse),
        (D::Appointment, "免除职务", C::Adverse),
        (D::Appointment, "任期届满免职", C::Ordinary),
        (D::MeritSelection, "不再作为推荐对象", C::Adverse),
        (D::Commendation, "从表彰名单中去除", C::Adverse),
    ]);
}

#[test]
fn how_it_was_decided_is_no_reason() {
    for reason in [
        "党组会议定",
        "馆务会集体讨论",
        "见会议记录",
        "上会研究",
        "经理办公会研究",
        "党组集体决策",
        "报市委同意",
        "经公示",
        "票决",
        "待进一步研究",
        "综合各方意见",
        "班子成员共同商定",
        "上面要求",
        "不便说明",
        "局里统一考虑",
        "有关方面建议",
        "单位集体研究，未说明理由",
        "集团党委决定",
    ] {
        let line = jia(Domain::Bonus, "扣发", reason, "");
        assert_eq!(line.verdict, V::Suspect, "{reason}: {}", line.why);
    }
    for reason in ["仍在调查之中", "目前处于调查阶段", "调查核实中"] {
        let line = jia(Domain::Bonus, "扣发", reason, "考勤表");
        assert_eq!(line.verdict, V::Suspect, "{reason}: {}", line.why);
    }
}

#[test]
fn what_is_left_open_or_lowered_is_not_ordinary() {
    use Domain as D;
    classed(&[
        (D::AnnualAppraisal, "合格（待定）", C::Unknown),
        (D::AnnualAppraisal, "称职（暂）", C::Unknown),
        (D::AnnualAppraisal, "不能确定为合格", C::Adverse),
        (D::AnnualAppraisal, "不够称职", C::Adverse),
        (D::AnnualAppraisal, "未能定为称职", C::Unknown),
        (D::AnnualAppraisal, "合格（未评优）", C::Ordinary),
        (D::Appointment, "平职交流后又降级", C::Adverse),
        (D::Appointment, "转任非领导岗位", C::Adverse),
        (D::Appointment, "改任三级调研员", C::Adverse),
        (D::Appointment, "平级转任", C::Ordinary),
    ]);
}

#[test]
fn words_of_the_field_in_their_domains() {
    use Domain as D;
    for (domain, class, results) in [
        (
            D::AnnualAppraisal,
            C::Adverse,
            &["未考核", "未定年度等级", "不定档次", "缓评", "取消评优资格", "较差"][..],
        ),
        (D::AnnualAppraisal, C::Ordinary, &["不评优", "不定等次（新录用）"]),
        (
            D::MeritSelection,
            C::Adverse,
            &["推荐无效", "撤销入选", "不宜推荐", "停评", "被否决", "取消奖励"],
        ),
        (D::MeritSelection, C::Favourable, &["递补", "审核通过"]),
        (D::Commendation, C::Adverse, &["缓授", "不再授予", "通报批评"]),
        (
            D::Appointment,
            C::Adverse,
            &[
                "不拟提拔",
                "调整岗位",
                "转岗",
                "待岗",
                "暂缓任命",
                "辞退",
                "移出后备库",
                "劝其辞职",
            ],
        ),
        (
            D::RankPromotion,
            C::Adverse,
            &["晋升推迟", "延期", "不列入本次晋升范围"],
        ),
        (D::TitlePromotion, C::Adverse, &["聘任暂缓", "推迟一年申报", "终止聘任"]),
        (
            D::Salary,
            C::Adverse,
            &["不予增加", "晋档推迟", "降薪", "缓调", "部分发放", "补扣"],
        ),
        (D::PerformancePay, C::Adverse, &["未发", "按比例发放", "不足额", "全扣"]),
        (D::PerformancePay, C::Ordinary, &["按实际工作月数计发"]),
        (D::Bonus, C::Adverse, &["折半发放", "退还"]),
        (
            D::Representative,
            C::Adverse,
            &["提名撤回", "不予连任", "代表资格无效", "免去常委", "停职"],
        ),
        (D::Representative, C::Ordinary, &["差额落选"]),
    ] {
        for result in results {
            let line = jia(domain, result, "", "");
            assert_eq!(
                line.outcome_class,
                Some(class),
                "{} {result}: {}",
                domain.zh(),
                line.why
            );
        }
    }
}

#[test]
fn an_unknown_result_says_where_its_words_are_known() {
    let line = jia(Domain::AnnualAppraisal, "收回荣誉证书", "", "");
    assert_eq!(line.outcome_class, Some(C::Unknown));
    assert!(
        line.why.contains("按年度考核判断") && line.why.contains("表彰奖励"),
        "{}",
        line.why
    );
    let line = jia(Domain::AnnualAppraisal, "甲类", "", "");
    assert!(!line.why.contains("请核对名单属于哪一类"), "{}", line.why);
}

#[test]
fn a_reason_without_ground_of_its_own_is_no_cause() {
    for (reason, attribution) in [
        // Blame in general that may well be the tolerated matter.
        ("被纪工委约谈", A::Implied),
        ("对此有责任", A::Implied),
        ("日常监管不力", A::Implied),
        ("报账审核把关不严", A::Implied),
        ("在社会上影响不好", A::Implied),
        ("有信访未答复", A::Implied),
        ("相关案件尚未了结", A::Implied),
        ("派驻纪检组建议暂缓", A::Implied),
        ("暂不宜", A::Implied),
        ("被全市点名通报", A::Implied),
        ("巡察整改期间", A::Implied),
        ("已向组织说明情况", A::Implied),
        ("责令作出深刻检查", A::Implied),
        ("受此事牵连", A::Implied),
        ("历史问题尚需了解", A::Implied),
        ("以前出过问题", A::Implied),
        ("尚在考察期内", A::Implied),
        ("并非没有责任", A::Implied),
        ("考勤靠后、有信访", A::Implied),
        // Procedure and arrangements.
        ("经集体讨论", A::None),
        ("综合各方面因素", A::None),
        ("按照程序", A::None),
        ("按要求办理，详见附件", A::None),
        ("详见附件", A::None),
        ("全局平衡需要", A::None),
        ("岗位需要", A::None),
        ("另有其他原因", A::None),
        ("情况特殊", A::None),
        ("暂缓", A::None),
        ("主要领导不同意", A::None),
        ("暂不宜提拔", A::None),
        // Beside a ground, or denied, they leave it one.
        ("因住院暂缓", A::Independent),
        ("全局平衡，学历不符", A::Independent),
        ("年龄偏大，不宜提拔", A::Independent),
        ("未按规定报告房产", A::Independent),
        ("按规定办理", A::None),
        ("按要求培训未达学时", A::Independent),
        ("巡视整改不力", A::Independent),
        ("不服从组织安排", A::Independent),
        ("没有论文", A::Independent),
        ("纪委无不同意见，得票不够", A::Independent),
    ] {
        let line = jia(Domain::Commendation, "取消奖励", reason, "");
        assert_eq!(line.attribution, Some(attribution), "{reason}: {}", line.why);
    }
}

#[test]
fn a_denial_reaches_over_the_words_that_go_with_a_complaint() {
    for (reason, attribution) in [
        ("无信访举报", A::None),
        ("没有群众举报", A::None),
        ("未受信访影响", A::None),
        ("无负面舆情，论文不够", A::Independent),
        ("有信访举报", A::Implied),
    ] {
        let line = jia(Domain::Commendation, "取消奖励", reason, "");
        assert_eq!(line.attribution, Some(attribution), "{reason}: {}", line.why);
    }
}

#[test]
fn tolerance_as_the_cause_is_seen_inside_other_words() {
    for (reason, verdict) in [
        ("系受容错处理人员", V::Violation),
        ("被作容错认定后仍在调查", V::Violation),
        ("主要不是因容错", V::Violation),
        ("难以排除容错因素", V::Violation),
        ("云容认2026年1号", V::Violation),
        ("按云容认字２０２６年第01号", V::Violation),
        ("不是因容错，是名额限制", V::Explain),
        ("追究非容错部分责任，名额限制", V::Suspect),
        ("援引免责条款", V::Explain),
        // A number without brackets that no case has may be anything.
        ("云容认2026年11号", V::Explain),
        ("受处分，云纪监2026年88号", V::Suspect),
    ] {
        let line = jia(Domain::Commendation, "取消奖励", reason, "");
        assert_eq!(line.verdict, verdict, "{reason}: {}", line.why);
    }
}

#[test]
fn a_grade_of_another_year_or_one_that_was_corrected_is_not_this_years() {
    for (result, class) in [
        ("称职（2025年度：不确定等次）", C::Ordinary),
        ("合格（补定2025年度不确定档次）", C::Ordinary),
        ("由基本称职更正为称职", C::Favourable),
        ("原基本称职，复核后称职", C::Favourable),
        ("由不确定等次改定为优秀", C::Favourable),
        ("称职（2026年度：取消优秀）", C::Adverse),
        ("优秀改称职", C::Adverse),
        ("（2025年度不确定等次）", C::Adverse),
    ] {
        let mut row = super::row(2, 1, "林甲", Domain::AnnualAppraisal, result, "");
        row.period = Some("2026年度".to_owned());
        let line = super::one(row);
        assert_eq!(line.outcome_class, Some(class), "{result}: {}", line.why);
    }
}

#[test]
fn a_grade_that_only_bounds_the_real_one_is_not_given() {
    let results = [
        ("称职以下", C::Adverse),
        ("称职以下等次", C::Adverse),
        ("合格等次以下", C::Adverse),
        ("合格标准之下", C::Adverse),
        ("称职不足", C::Adverse),
        ("合格未达到", C::Adverse),
        ("不到称职", C::Adverse),
        ("未达到称职等次", C::Adverse),
        ("低于合格", C::Adverse),
        ("不低于称职", C::Ordinary),
        ("称职及以下", C::Unknown),
        ("基本称职及以下", C::Adverse),
        ("优秀以下", C::Unknown),
        ("优秀及以下", C::Unknown),
        ("低于优秀", C::Unknown),
        ("未达到优秀", C::Ordinary),
        ("称职（降）", C::Unknown),
        ("降为称职", C::Ordinary),
        ("由优秀降为称职", C::Adverse),
        ("优秀降至合格", C::Adverse),
        ("称职", C::Ordinary),
        ("称职（不占名额）", C::Ordinary),
        ("优秀", C::Favourable),
    ];
    classed(&results.map(|(result, class)| (Domain::AnnualAppraisal, result, class)));
}

#[test]
fn a_capacity_that_is_found_valid_is_given() {
    use Domain as D;
    classed(&[
        (D::Representative, "代表资格有效", C::Favourable),
        (D::Representative, "资格有效", C::Favourable),
        (D::Representative, "确认资格有效", C::Favourable),
        (D::Representative, "确认其代表资格", C::Favourable),
        (D::Representative, "代表资格暂不确认有效", C::Adverse),
        (D::Representative, "代表资格无效", C::Adverse),
        (D::Representative, "代表资格终止", C::Adverse),
        (D::Representative, "代表资格已丧失", C::Adverse),
        (D::Representative, "暂缓确认资格", C::Adverse),
        (D::Representative, "符合代表条件", C::Favourable),
        (D::Representative, "不予确认代表资格", C::Adverse),
        (D::TitlePromotion, "符合申报条件", C::Favourable),
        (D::TitlePromotion, "资格审查不通过", C::Ordinary),
        (D::TitlePromotion, "资格审查合格", C::Favourable),
        (D::TitlePromotion, "不符合申报条件", C::Ordinary),
        (D::RankPromotion, "符合条件", C::Favourable),
        (D::RankPromotion, "未通过资格审查", C::Ordinary),
        (D::TitlePromotion, "申报资格无效", C::Adverse),
        (D::MeritSelection, "通过资格审查", C::Favourable),
        (D::MeritSelection, "资格审查不合格", C::Unknown),
        (D::Commendation, "审核合格", C::Favourable),
        (D::Appointment, "资格审查通过", C::Favourable),
    ]);
}

#[test]
fn a_favour_beside_words_nobody_knows_is_none() {
    use Domain as D;
    for (class, results) in [
        (
            C::Unknown,
            &[
                (D::MeritSelection, "从推荐名单中拿下"),
                (D::MeritSelection, "推荐对象中去掉"),
                (D::MeritSelection, "推荐不了"),
                (D::MeritSelection, "推荐，停发奖金"),
                (D::MeritSelection, "把其推荐划掉"),
                (D::MeritSelection, "入选又拉下"),
                (D::RankPromotion, "晋升压一压"),
                (D::RankPromotion, "晋升让位"),
                (D::RankPromotion, "晋升靠后安排"),
                (D::RankPromotion, "晋升一事不提"),
                (D::Appointment, "提拔名单拿下"),
                (D::Appointment, "提拔搁下"),
                (D::Appointment, "重新任命为副职"),
                (D::Appointment, "任命压后的局长"),
                (D::Commendation, "记功材料退还"),
                (D::Commendation, "授予，人已划去"),
                (D::TitlePromotion, "评审通过但不聘"),
                (D::TitlePromotion, "降一级聘任"),
                (D::Salary, "晋档拿掉"),
                (D::Representative, "当选后辞让"),
                (D::AnnualAppraisal, "优秀名额让给别人"),
            ][..],
        ),
        (
            C::Favourable,
            &[
                (D::MeritSelection, "推荐上报"),
                (D::MeritSelection, "推荐为全市优秀共产党员"),
                (D::MeritSelection, "市级劳动模范，同意推荐"),
                (D::RankPromotion, "拟按期晋升二级主任科员"),
                (D::RankPromotion, "晋升一级（2026年3月起）"),
                (D::Appointment, "拟任命为云川市退役军人事务局党组成员、副局长"),
                (D::Appointment, "提拔到市发展和改革委员会任职"),
                (D::Commendation, "给予嘉奖一次"),
                (D::Commendation, "授予“先进工作者”称号"),
                (D::TitlePromotion, "正常聘任至专业技术七级"),
                (D::TitlePromotion, "评审通过（高级工程师）"),
                (D::Salary, "正常晋升薪级工资一档"),
                (D::PerformancePay, "足额发放3200元"),
                (D::Representative, "继续提名"),
                (D::Representative, "当选市第十五届人大代表"),
                (D::AnnualAppraisal, "A（优秀）"),
                (D::AnnualAppraisal, "优秀，记三等功"),
            ][..],
        ),
        (C::Ordinary, &[(D::RankPromotion, "没能晋升")][..]),
    ] {
        let all: Vec<(Domain, &str, C)> = results
            .iter()
            .map(|(domain, result)| (*domain, *result, class))
            .collect();
        classed(&all);
    }
}

#[test]
fn what_is_given_back_is_given_in_every_domain() {
    use Domain as D;
    classed(&[
        (D::AnnualAppraisal, "补定称职", C::Favourable),
        (D::AnnualAppraisal, "补定为基本称职", C::Adverse),
        (D::MeritSelection, "恢复荣誉称号", C::Favourable),
        (D::MeritSelection, "恢复已取消的评先资格", C::Favourable),
        (D::Commendation, "补授三等功", C::Favourable),
        (D::Commendation, "不予恢复荣誉称号", C::Unknown),
        (D::Commendation, "恢复荣誉称号一事搁下", C::Unknown),
        (D::Appointment, "恢复职务", C::Favourable),
        (D::Appointment, "官复原职", C::Favourable),
        (D::Appointment, "未恢复职务", C::Unknown),
        (D::RankPromotion, "补晋二级主任科员", C::Favourable),
        (D::TitlePromotion, "恢复原岗位等级", C::Favourable),
        (D::Salary, "恢复原薪级", C::Favourable),
        (D::PerformancePay, "补发前期扣减的绩效", C::Favourable),
        (D::Bonus, "补发暂缓", C::Unknown),
        (D::Representative, "恢复代表职务", C::Favourable),
        (D::Representative, "暂缓恢复代表职务", C::Unknown),
    ]);
}

#[test]
fn a_dismissal_names_its_new_post_anywhere_in_its_words() {
    let line = |result: &str, reason: &str| jia(Domain::Appointment, result, reason, "").outcome_class;
    for result in [
        "免去教育和体育局副局长职务，任县供销社副主任",
        "免去其副局长职务；任县供销社副主任",
        "免去副局长职务（任市供销社主任）",
        "免职，拟任县供销社主任",
        "免去市民政局副局长职务，任市慈善总会专职副会长",
        "免去市财政局党组成员、副局长职务，担任市供销社副主任",
    ] {
        assert_eq!(line(result, ""), Some(C::Ordinary), "{result}");
    }
    for (result, reason) in [
        ("免去教育和体育局副局长职务", ""),
        ("免去市财政局副局长职务，不再担任党组成员", ""),
        ("免去市财政局副局长职务，不拟任其他职务", ""),
        ("提名免去", ""),
        ("不再担任副局长职务，免职", ""),
        ("未任新职，免职", ""),
        ("停止任职，免职", ""),
        ("现任局长，免职", ""),
        ("免职", "任命程序有瑕疵"),
        ("免职", "没有另行任用"),
    ] {
        assert_eq!(line(result, reason), Some(C::Adverse), "{result} {reason}");
    }
    assert_eq!(line("免去市财政局副局长职务", "另有任用"), Some(C::Ordinary));
}

#[test]
fn procedure_and_denials_in_more_words() {
    let line = |result: &str, reason: &str| {
        let line = jia(Domain::MeritSelection, result, reason, "");
        (line.verdict, line.attribution)
    };
    for reason in ["局长办公会定", "根据实际", "结合工作实际研究决定"] {
        assert_eq!(line("撤销称号", reason), (V::Suspect, Some(A::None)), "{reason}");
    }
    for reason in ["未发生问责情形", "没有发生过问责情形", "该同志非本年度问责对象"] {
        assert_eq!(line("未推荐", reason).0, V::Clear, "{reason}");
    }
    assert_eq!(line("未推荐", "本年度问责对象").0, V::Suspect);
    for reason in ["责任倒查", "待上级认定责任", "责任待定", "因责任问题"] {
        assert_eq!(line("撤销称号", reason), (V::Suspect, Some(A::Implied)), "{reason}");
    }
}

#[test]
fn papers_and_bodies_that_decided_are_no_reason_and_doubts_are_one() {
    let line = |result: &str, reason: &str| {
        let line = jia(Domain::MeritSelection, result, reason, "");
        (line.verdict, line.attribution)
    };
    for reason in [
        "见街道党工委纪要（青柳纪要〔2026〕18号）",
        "按青柳办〔2026〕18号执行",
        "考核委员会审定",
        "考评小组认定",
        "集体讨论确定",
        "校务会议决定",
    ] {
        assert_eq!(line("撤销称号", reason), (V::Suspect, Some(A::None)), "{reason}");
    }
    for reason in [
        "在查",
        "尚在核查",
        "因前期的事",
        "有不同声音",
        "待事情平息",
        "有些情况需要核实",
    ] {
        assert_eq!(line("撤销称号", reason), (V::Suspect, Some(A::Implied)), "{reason}");
    }
    for reason in ["群众评议靠后", "在查体中查出疾病"] {
        assert_eq!(line("撤销称号", reason), (V::Explain, Some(A::Independent)), "{reason}");
    }
    for reason in ["半年以上病假", "请假半年多", "病休超过半年"] {
        let line = jia(Domain::AnnualAppraisal, "不进行考核", reason, "");
        assert_eq!(line.outcome_class, Some(C::Ordinary), "{reason}");
    }
    let short = jia(Domain::AnnualAppraisal, "不进行考核", "请假半个月", "");
    assert_eq!(short.outcome_class, Some(C::Adverse));
}

#[test]
fn a_favour_that_goes_on_as_before_is_one() {
    use Domain as D;
    classed(&[
        (D::Commendation, "维持授予", C::Favourable),
        (D::Commendation, "保留奖励", C::Favourable),
        (D::Bonus, "如数补发", C::Favourable),
        (D::PerformancePay, "10月绩效照常全额发放", C::Favourable),
        (D::PerformancePay, "绩效压一压再全额发放", C::Unknown),
    ]);
}
