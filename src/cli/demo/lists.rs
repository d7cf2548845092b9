//! What each list of the story says on each day, told in working days before today.

use super::city::{Cadre, ORGAN, SUPERVISOR};
use crate::app::AppError;
use crate::cli::output::Failure;
use crate::domain::calendar::Calendar;
use chrono::{Datelike, NaiveDate};

/// Working days before today on which the story begins.
pub(super) const BEGINS: u32 = 14;

/// The days of the story: `days[n]` is the n-th working day before today, `days[0]` today or the last working day.
pub(super) struct Plot {
    pub(super) today: NaiveDate,
    days: Vec<NaiveDate>,
}

impl Plot {
    pub(super) fn around(today: NaiveDate, calendar: &Calendar) -> Result<Self, Failure> {
        let cannot = |error: crate::domain::calendar::CalendarError| Failure::from(AppError::from(error));
        let mut days = vec![calendar.on_or_before(today).map_err(cannot)?];
        for back in 1..=60 {
            days.push(calendar.back(days[0], back).map_err(cannot)?);
        }
        Ok(Self { today, days })
    }

    pub(super) fn day(&self, back: u32) -> NaiveDate {
        self.days[back as usize]
    }

    /// A day some months ago, on a working day of the plot's past.
    fn months_ago(&self, months: u64) -> NaiveDate {
        self.today - chrono::Days::new(months * 30)
    }
}

/// A case as the register has it on some day of the story.
pub(super) struct Line {
    no: u32,
    pub(super) name: &'static str,
    matter: &'static str,
    conclusion: &'static str,
    concluded: Option<NaiveDate>,
    /// 本人, 主管部门, 上级部门, 组织部门, 入卷, 人事档案, 廉政档案
    done: [Option<NaiveDate>; 7],
}

const MATTER_LIFT: &str = "老旧小区加装电梯试点补贴误发";

impl Line {
    pub(super) fn number(&self, today: NaiveDate) -> String {
        format!("RC-{}-{:03}", self.concluded.unwrap_or(today).year(), self.no)
    }
}

/// What the register knows `back` working days before today.
pub(super) fn register_lines(plot: &Plot, back: u32) -> Vec<Line> {
    let long_ago = plot.months_ago(9);
    let all_done = |after: NaiveDate| [Some(after + chrono::Days::new(2)); 7];
    let known = |on: u32| (back <= on).then(|| plot.day(on));
    let mut lines = vec![
        Line {
            no: 7,
            name: "沈砚舟",
            matter: MATTER_LIFT,
            conclusion: "免予问责",
            concluded: Some(long_ago),
            done: all_done(long_ago),
        },
        Line {
            no: 9,
            name: "陈星遥",
            matter: "公交线网优化首月投诉集中",
            conclusion: "不予问责",
            concluded: Some(plot.months_ago(7)),
            done: all_done(plot.months_ago(7)),
        },
        Line {
            no: 10,
            name: "顾临渊",
            matter: "信用修复系统先行试运行数据错位",
            conclusion: "从轻",
            concluded: Some(plot.months_ago(5)),
            done: all_done(plot.months_ago(5)),
        },
        Line {
            no: 11,
            name: "何清川",
            matter: "抽检批次漏报后补报",
            conclusion: "不予容错",
            concluded: Some(plot.months_ago(4)),
            done: all_done(plot.months_ago(4)),
        },
        Line {
            no: 12,
            name: "温若溪",
            matter: "基层卫生站选址调整",
            conclusion: "调查中",
            concluded: None,
            done: [None; 7],
        },
        // Nobody had kept track of this one: it comes as history in one summary.
        Line {
            no: 3,
            name: "叶文澜",
            matter: "疫苗流动接种点临时停用",
            conclusion: "免予问责",
            concluded: Some(plot.months_ago(6)),
            done: [Some(plot.months_ago(6)), None, None, None, None, None, None],
        },
    ];
    if back <= 9 {
        lines.push(Line {
            no: 14,
            name: "郑怀谷",
            matter: "国省道养护新材料试用后返修",
            conclusion: "免予问责",
            concluded: Some(plot.day(9)),
            done: [known(7), known(7), known(7), known(7), known(6), known(6), None],
        });
    }
    if back <= 6 {
        lines.push(Line {
            no: 15,
            name: "宋稼禾",
            matter: "高标准农田灌溉先建后补",
            conclusion: "减轻",
            concluded: Some(plot.day(6)),
            done: [known(4), known(4), None, known(4), known(3), known(3), known(2)],
        });
    }
    if back <= 2 {
        lines.push(Line {
            no: 16,
            name: "许知微",
            matter: "装配式建筑检测标准先行先试偏差",
            conclusion: "不予问责",
            concluded: Some(plot.day(2)),
            done: [known(1), None, None, None, None, None, None],
        });
    }
    lines
}

pub(super) const REGISTER_HEADER: &[&str] = &[
    "案件编号",
    "姓名",
    "公民身份号码",
    "单位",
    "事项名称",
    "认定结论",
    "认定日期",
    "结论文号",
    "处理措施",
    "状态",
    "撤销日期",
    "问责实施机关",
    "反馈本人日期",
    "抄送主管部门日期",
    "抄送上级部门日期",
    "抄送组织部门日期",
    "入卷归档日期",
    "人事档案归档日期",
    "廉政档案归档日期",
];

pub(super) fn register_row(line: &Line, today: NaiveDate) -> Vec<String> {
    let cadre = Cadre::named(line.name);
    let date = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let document = line
        .concluded
        .map(|day| format!("云容认〔{}〕{}号", day.year(), line.no))
        .unwrap_or_default();
    let mut row = vec![
        line.number(today),
        line.name.to_owned(),
        cadre.id_number(),
        cadre.unit.to_owned(),
        line.matter.to_owned(),
        line.conclusion.to_owned(),
        date(line.concluded),
        document,
        if line.conclusion == "从轻" {
            "诫勉".to_owned()
        } else {
            String::new()
        },
        "生效".to_owned(),
        String::new(),
        ORGAN.to_owned(),
    ];
    row.extend(line.done.iter().map(|day| date(*day)));
    row
}

pub(super) const LEDGER_HEADER: &[&str] = &[
    "编号",
    "问题",
    "整改措施",
    "责任单位",
    "责任人",
    "督办单位",
    "整改时限",
    "状态",
    "最近进展",
    "最近进展日期",
    "销号日期",
];

pub(super) fn ledger_rows(plot: &Plot) -> Vec<Vec<String>> {
    let year = plot.day(BEGINS).year();
    let row = |no: u32, texts: [&str; 4], due: NaiveDate, state: &str, progress: &str, on: NaiveDate, closed: &str| {
        let [problem, measures, unit, person] = texts;
        vec![
            format!("ZG-{year}-{no:03}"),
            problem.to_owned(),
            measures.to_owned(),
            unit.to_owned(),
            person.to_owned(),
            SUPERVISOR.to_owned(),
            due.to_string(),
            state.to_owned(),
            progress.to_owned(),
            on.to_string(),
            closed.to_owned(),
        ]
    };
    let began = plot.day(BEGINS + 1);
    let later = plot.today + chrono::Days::new(24);
    vec![
        row(
            31,
            [
                "养护新材料返修未建质量追溯台账",
                "补建台账并逐段复检",
                "云川市/交通局",
                "郑怀谷",
            ],
            plot.day(3),
            "整改中",
            "已列出复检路段",
            began,
            "",
        ),
        row(
            32,
            ["试点补贴发放复核环节缺失", "增设双人复核", "云川市/住建局", "陆明澈"],
            later,
            "整改中",
            "制度初稿征求意见",
            began,
            "",
        ),
        row(
            33,
            ["线网优化公示期过短", "修订公示办法", "云川市/交通局", "陈星遥"],
            plot.day(BEGINS),
            "已完成",
            "办法已印发",
            began,
            &began.to_string(),
        ),
        row(
            34,
            [
                "停车收费公示不全",
                "补齐公示牌并公布监督电话",
                "云川市/住建局",
                "许知微",
            ],
            later,
            "整改中",
            "已排查点位",
            began,
            "",
        ),
    ]
}

pub(super) const APPRAISAL_HEADER: &[&str] = &["序号", "姓名", "公民身份号码", "职务", "考核等次", "备注"];

pub(super) fn appraisal_rows() -> Vec<Vec<String>> {
    let draft = [
        ("梁望舒", "优秀", String::new()),
        (
            "沈砚舟",
            "基本称职",
            format!("因{MATTER_LIFT}问题，群众有议论，不宜定为称职"),
        ),
        ("陆明澈", "称职", String::new()),
        ("许知微", "称职", String::new()),
        ("周景行", "称职", String::new()),
    ];
    let mut rows: Vec<Vec<String>> = (1..)
        .zip(&draft)
        .map(|(number, (name, grade, remark))| {
            let cadre = Cadre::named(name);
            vec![
                number.to_string(),
                (*name).to_owned(),
                cadre.id_number(),
                cadre.post.to_owned(),
                (*grade).to_owned(),
                remark.clone(),
            ]
        })
        .collect();
    rows.push(vec!["合计".to_owned(), format!("{}人", draft.len())]);
    rows
}
