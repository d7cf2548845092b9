//! Which columns say the result, what it is held against and why, where headers mislead or say nothing: by what stands in
//! the columns, and by what may stand there.

use super::guesses::{guessed, one, read};
use super::refused;
use super::shapes::sifted_for;
use rongcuo::domain::protection::list::ListRow;

fn first(text: &str) -> ListRow {
    read(text).sheets[0].rows[0].clone()
}

/// What the first line of the refusal says.
fn asked(text: &str) -> String {
    let error = refused("名单.csv", text.as_bytes()).to_string();
    error.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn grounds_say_the_reason_where_no_column_of_reasons_does() {
    for header in ["依据", "处理依据", "处分依据"] {
        let list = |ground: &str| first(&format!("姓名,处理结果,{header}\n林甲,停发,{ground}\n"));
        let why = list("在外进修");
        assert_eq!(
            (&why.reasons[..], why.evidence),
            (&["在外进修".to_owned()][..], None),
            "{header}"
        );
        let both = list("考勤造假（云人社函〔2026〕8号）");
        assert_eq!(both.reasons, ["考勤造假（云人社函〔2026〕8号）"], "{header}");
        let number = list("云人社函〔2026〕8号");
        assert!(number.reasons.is_empty() && number.remarks.is_empty(), "{header}");
        assert_eq!(number.evidence.as_deref(), Some("云人社函〔2026〕8号"));
        // A paper proves, and what it is called by may speak of accountability.
        let paper = list("约谈记录");
        assert_eq!(
            (paper.reasons.len(), &paper.remarks[..]),
            (0, &["约谈记录".to_owned()][..])
        );
        assert_eq!(paper.evidence.as_deref(), Some("约谈记录"));
    }
    let told = read("姓名,处理结果,依据\n林甲,停发,在外进修\n");
    assert_eq!(guessed(&told), [("依据", "理由")]);
    // Beside a column of reasons it is evidence, as ever, and so is a column called by papers.
    for text in [
        "姓名,处理结果,原因,依据\n林甲,停发,进修,考勤表\n",
        "姓名,处理结果,原因,依据\n林甲,停发,,考勤表\n",
        "姓名,处理结果,依据文号\n林甲,停发,考勤表\n",
    ] {
        let row = first(text);
        assert_eq!(row.evidence.as_deref(), Some("考勤表"), "{text}");
        assert!(!row.reasons.contains(&"考勤表".to_owned()), "{text}");
    }
    // Another column of evidence stays one.
    let row = first("姓名,处理结果,依据,佐证材料\n林甲,停发,在外进修,通知书\n");
    assert_eq!(
        (&row.reasons[..], row.evidence.as_deref()),
        (&["在外进修".to_owned()][..], Some("通知书"))
    );
}

#[test]
fn remarks_go_by_many_names() {
    for header in ["备考", "附注", "附记", "原由", "情由", "年度备考", "扣减事项"] {
        let row = first(&format!("姓名,考核等次,{header}\n林甲,称职,电梯补贴\n"));
        assert_eq!(row.reasons, ["电梯补贴"], "{header}");
    }
}

#[test]
fn the_last_words_of_a_list_without_reasons_are_remarks_whatever_they_are_headed_by() {
    let list = read("姓名,职务,考核等次,其他栏目\n林甲,科长,称职,加装电梯补贴误发\n林乙,科员,称职,\n");
    let row = &list.sheets[0].rows[0];
    assert_eq!(
        (row.reasons.len(), &row.remarks[..]),
        (0, &["加装电梯补贴误发".to_owned()][..])
    );
    assert_eq!(guessed(&list), [("其他栏目", "理由（只限点到事项或者问责的话）")]);
    for text in [
        // Marks and names are no sentences, and neither are outcomes.
        "姓名,考核等次,其他栏目\n林甲,称职,甲\n",
        "姓名,考核等次,其他栏目\n林甲,称职,基本称职\n",
        // What is no remark by its header, or does not stand at the end.
        "姓名,考核等次,所在科室\n林甲,称职,加装电梯补贴科\n",
        "姓名,考核等次,主要业绩情况\n林甲,称职,加装电梯补贴\n",
        "姓名,其他栏目,考核等次\n林甲,加装电梯补贴误发,称职\n",
        "姓名,考核等次,分管的领域\n林甲,称职,加装电梯补贴发放\n",
        // A list that has reasons says them there.
        "姓名,考核等次,备注,其他栏目\n林甲,称职,,加装电梯补贴误发\n",
    ] {
        let row = first(text);
        assert!(row.reasons.is_empty() && row.remarks.is_empty(), "{text}");
    }
}

#[test]
fn a_column_of_reasons_is_never_the_result() {
    for reason in ["核减原因", "减发原因", "扣罚理由", "扣减事由"] {
        let list =
            format!("姓名,绩效基数,绩效核算额,{reason}\n林甲,4500,4000,\n林乙,4500,4500,\n林丙,4500,3000,电梯\n");
        let found = read(&list);
        assert_eq!(one(&found), (Some("4000"), Some("4500"), None), "{reason}");
        assert_eq!(found.sheets[0].rows[2].reasons, ["电梯"], "{reason}");
        // Sums that nobody can tell apart are asked for.
        let asked = asked(&format!("姓名,甲项,乙项,{reason}\n林甲,4500,4000,\n"));
        assert!(asked.contains("「乙项」「甲项」"), "{asked}");
    }
}

#[test]
fn sums_are_told_apart_by_how_near_to_the_payment_they_are() {
    for pair in [
        "年度标准（元）|兑现金额（元）",
        "核定标准|本次发放",
        "调前|调后",
        "上月数|本月数",
        "原标准|新标准",
        "年度绩效|核减后",
        "应享受|实际享受",
        "2026年9月|2026年10月",
        "2025年12月|2026年1月",
        "2025年4季度|2026年1季度",
        "岗位工资（原）|岗位工资（现）",
        "年终奖（应发）|年终奖（实发）",
        "年终奖金标准|年终奖金实发",
        "基础标准|核定金额",
        "分配基数|分配金额",
        "申报金额|审批金额",
        "理论绩效|到手绩效",
        "应发奖金|扣减后奖金",
        "月绩效标准|应发绩效",
        "奖金定额|最终奖金",
    ] {
        let header = pair.replace('|', ",");
        for further in ["", ",系数", ",兑现比例", ",差额"] {
            let figure = if further.is_empty() { "" } else { ",0.8" };
            let text = format!(
                "云川市住建局绩效发放表\n姓名,{header}{further},备注\n林甲,5000,4000{figure},电梯\n林乙,5000,5000{figure},\n"
            );
            let found = read(&text);
            assert_eq!(one(&found), (Some("4000"), Some("5000"), None), "{pair} {further}");
        }
    }
}

#[test]
fn sums_win_over_agreement_and_grades_where_the_list_is_of_pay() {
    let list = read("姓名,原标准,新标准,审批意见\n林甲,5000,4000,同意\n林乙,5000,5000,同意\n");
    assert_eq!(one(&list), (Some("4000"), Some("5000"), None));
    let list = read("姓名,年度绩效,核减后,核减事由,审批\n林甲,5000,4000,,同意\n林乙,5000,5000,,同意\n");
    assert_eq!(one(&list), (Some("4000"), Some("5000"), None));
    let list = read("姓名,年度考核结果,年终奖金标准,年终奖金实发\n林甲,合格,12000,4000\n");
    assert_eq!(one(&list), (Some("4000"), Some("12000"), Some("合格")));
    // What the upper line calls a result is none where the lower one is a share.
    let list = read(
        "云川市一中绩效表\n姓名,月绩效标准,考核结果,考核结果,考核结果\n,,扣分,系数,应发绩效\n林甲,2800,-20,0.6,1680\n林乙,2800,0,1,2800\n",
    );
    assert_eq!(one(&list), (Some("1680"), Some("2800"), None));
    // An opinion that says what came of it is the result.
    let list = read("姓名,绩效标准,绩效金额小计,处理意见\n林甲,5000,4000,扣发\n林乙,5000,5000,正常\n");
    assert_eq!(one(&list).0, Some("扣发"));
    // Marks beside a grade are no pay.
    let list = read("姓名,考核等次,上年绩效得分,本年绩效得分\n林甲,称职,90,80\n");
    assert_eq!(one(&list), (Some("称职"), None, None));
    let list = read("姓名,考核等次,奖金标准,民主测评\n林甲,称职,5000,92\n");
    assert_eq!(one(&list).0, Some("称职"));
}

#[test]
fn a_part_of_a_payment_is_not_held_against_the_whole() {
    let list = read("姓名,原岗位工资,薪级工资,绩效工资,实发工资\n林甲,1000,800,900,2500\n");
    assert_eq!(one(&list), (Some("2500"), None, None));
    let asked = asked("云川市住建局工资表\n姓名,原岗位工资,津贴,新薪级工资\n林甲,1000,300,900\n");
    assert!(asked.contains("--map 结果="), "{asked}");
}

#[test]
fn where_outcomes_stand_is_the_result_and_the_post_beside_it_what_it_is_about() {
    let list = read("姓名,任免事项,任免类别\n林甲,免预算科科长,免职\n林乙,任绩效科科长,任职\n林丙,免资产科科长,免职\n");
    let row = &list.sheets[0].rows[0];
    assert_eq!(
        (row.result.as_deref(), row.item.as_deref()),
        (Some("免职"), Some("免预算科科长"))
    );
    let list = read("姓名,任免情况,类别\n林甲,预算科科长,免职\n林乙,绩效科科长,任职\n");
    let row = &list.sheets[0].rows[0];
    assert_eq!((row.result.as_deref(), row.category.as_deref()), (Some("免职"), None));
    // Where the posts say what happens to them, they are the result, as ever.
    let list = read("姓名,任免事项,任免类别\n林甲,免去预算科科长职务,免职\n林乙,提拔为科长,提拔\n");
    assert_eq!(list.sheets[0].rows[0].result.as_deref(), Some("免去预算科科长职务"));
    let list = read("姓名,审批意见,拟办方案\n林甲,同意,取消资格\n林乙,同意,推荐\n");
    assert_eq!(list.sheets[0].rows[0].result.as_deref(), Some("取消资格"));
    // Of an earlier year, or under a header that says the result, nothing changes.
    let list = read("姓名,审批意见,2025年评选\n林甲,再议,取消资格\n林乙,再议,推荐\n");
    assert_eq!(list.sheets[0].rows[0].result.as_deref(), Some("再议"));
    let list = read("姓名,审批结果,政治审查\n林甲,列为后备,合格\n林乙,再议,合格\n");
    assert_eq!(list.sheets[0].rows[0].result.as_deref(), Some("列为后备"));
}

#[test]
fn outcomes_decide_under_a_header_that_may_be_of_people_asked_too() {
    for header in ["民主推荐和党委研究情况", "公示结果"] {
        let list = read(&format!("姓名,{header},异议情况\n林甲,暂缓晋升,电梯\n林乙,未晋升,\n"));
        assert_eq!(one(&list).0, Some("暂缓晋升"), "{header}");
        assert_eq!(list.sheets[0].rows[0].reasons, ["电梯"], "{header}");
    }
    let asked = asked("姓名,公示结果\n林甲,无异议\n林乙,无异议\n");
    assert!(asked.contains("--map 结果="), "{asked}");
}

#[test]
fn a_cell_may_say_the_result_and_why() {
    for header in ["考核等次及理由", "考核结果和原因", "考核等次及情况说明"] {
        let list = read(&format!("姓名,{header}\n林甲,基本合格（电梯补贴误发）\n林乙,合格\n"));
        let rows = &list.sheets[0].rows;
        assert_eq!(rows[0].result.as_deref(), Some("基本合格（电梯补贴误发）"), "{header}");
        assert_eq!(rows[0].reasons, ["电梯补贴误发"], "{header}");
        assert!(rows[1].reasons.is_empty(), "{header}");
    }
    // Beside a result it says why.
    let row = first("姓名,处理结果,处理结果及理由\n林甲,停发,进修\n");
    assert_eq!(
        (row.result.as_deref(), &row.reasons[..]),
        (Some("停发"), &["进修".to_owned()][..])
    );
}

#[test]
fn an_opinion_called_like_the_result_says_why_where_it_does_more_than_take_a_stand() {
    let list = |opinion: &str| first(&format!("姓名,审批结果,审批意见\n林甲,撤销奖励,{opinion}\n"));
    assert_eq!(list("申报事迹失实").reasons, ["申报事迹失实"]);
    for stand in [
        "同意",
        "拟同意上报",
        "同意撤销奖励",
        "建议撤销奖励",
        "经研究予以收回",
        "无异议",
    ] {
        assert!(list(stand).reasons.is_empty(), "{stand}");
    }
    // Where another column says why, or the opinion is of another office, it speaks only of a matter or of accountability.
    for text in [
        "姓名,审批结果,审批意见,理由\n林甲,撤销奖励,申报事迹失实,\n",
        "姓名,审批结果,处室意见\n林甲,撤销奖励,申报事迹失实\n",
    ] {
        let row = first(text);
        assert_eq!(
            (row.reasons.len(), &row.remarks[..]),
            (0, &["申报事迹失实".to_owned()][..]),
            "{text}"
        );
    }
}

#[test]
fn what_is_proposed_for_the_result_can_be_one() {
    let said = asked("姓名,民主评价,甲组方案\n林甲,95,停发\n林乙,93,在岗\n");
    assert!(said.contains("--map 结果=甲组方案"), "{said}");
    // Of sums those that were paid come first, with what they are held against.
    let said = asked("云川市住建局分配表\n姓名,一次分配,二次分配\n林甲,5000,4000\n");
    assert!(said.contains("「二次分配」「一次分配」，请选定一栏"), "{said}");
    assert!(said.contains("--map 结果=二次分配 --map 基准=一次分配"), "{said}");
    let said = asked("姓名,满分,得分,某某额,又某额\n林甲,100,95,5000,4000\n");
    assert!(said.contains("可能是「又某额」「某某额」，"), "{said}");
    let said = asked("姓名,薪级工资,岗位工资标准,月工资数\n林甲,1800,2000,4300\n");
    assert!(said.contains("结果=月工资数") && !said.contains("基准="), "{said}");
    // Where nothing can be one, nothing is proposed.
    let said = asked("姓名,民主评价,值班室\n林甲,好,东楼\n");
    assert!(
        said.contains("没有一栏像是写着结果用词") && said.contains("--map 结果=表头"),
        "{said}"
    );
    assert!(
        said.contains("第 1 行像是表头") && !said.contains("没有找到表头"),
        "{said}"
    );
    let whole = refused("名单.csv", "姓名,值班室\n林甲,东楼\n".as_bytes()).to_string();
    assert!(!whole.contains("「姓名」（也可写作"), "{whole}");
}

#[test]
fn what_the_first_rows_decide_holds_for_whoever_stands_far_below() {
    let row = |at: u32| {
        let sums = if at < 19 { "5000,4000,再商" } else { "略,略,停发" };
        let name = char::from_u32(0x5000 + at).expect("a character");
        format!("卫{name},{sums},同意\n")
    };
    let mut text = String::from("云川市住建局绩效表\n姓名,年度绩效,核减后,拟办,意见\n");
    text.extend((0..40).map(row));
    text.push_str("林甲,5000,3000,再商,同意\n");
    let whole = super::list("名单.csv", text.as_bytes());
    let sifted = sifted_for(&["林甲"], "名单.csv", &text);
    let last = |list: &rongcuo::domain::protection::list::List| {
        let row = list.sheets[0].rows.last().expect("a row").clone();
        (row.name, row.result, row.baseline)
    };
    let expected = ("林甲".to_owned(), Some("3000".to_owned()), Some("5000".to_owned()));
    assert_eq!(last(&whole), expected);
    assert_eq!(last(&sifted), expected);
    assert_eq!(
        (whole.rows_read, &whole.sheets[0].tally),
        (sifted.rows_read, &sifted.sheets[0].tally)
    );
    assert!(sifted.sheets[0].rows.len() < 30, "the others are counted only");
}

#[test]
fn what_somebody_is_chosen_as_is_what_the_result_is_about() {
    for header in ["身份", "代表身份", "资格名称"] {
        let text = format!(
            "代表资格审查\n姓名,单位,{header},结果\n林甲,住建局,市人大代表,资格有效\n林甲,住建局,县政协委员,终止资格\n"
        );
        assert_eq!(first(&text).item.as_deref(), Some("市人大代表"), "{header}");
    }
    // 身份 says something else of people in most lists.
    let text = "姓名,单位,身份,结果\n林甲,住建局,事业编制,扣发\n";
    assert_eq!(first(text).item, None);
    let text = "姓名,单位,身份,奖金项目,结果\n林甲,住建局,市人大代表,年终奖金,扣发\n";
    assert_eq!(first(text).item.as_deref(), Some("年终奖金"));
}
