//! The subcommands and what act each of them stands for.

use super::day;
use crate::cli::output::Failure;
use crate::domain::case::Conclusion;
use crate::domain::contact::Role;
use crate::domain::deadline::Unit;
use crate::domain::name::Name;
use crate::domain::policy::Event;
use crate::domain::procedure::{Act, Applicant, Archive, Aspect, Changes, Meeting, Override, Reach, Told, Weight};
use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// `case …`
#[derive(Debug, Subcommand)]
pub enum CaseCommand {
    /// 登记一件新案件（一项问责事项有几名干部的，每人一件，写同一个 --matter-no）
    Open(OpenArgs),
    /// 列出案件
    List {
        /// 最多几件
        #[arg(long, default_value_t = 200)]
        limit: usize,
    },
    /// 查看一件案件：现状、六看、期限、经过、公文
    Show(Step),
    /// 问责启动（已有申请的案件）
    Accountability(Step),
    /// 同步研判容错情形
    Review(ReviewArgs),
    /// 收到书面申请
    Apply(ApplyArgs),
    /// 受理申请
    Accept(Step),
    /// 六看之一：认定和证据
    Consider(ConsiderArgs),
    /// 调查报告形成
    Report(ReportArgs),
    /// 集体研究
    Decide(DecideArgs),
    /// 结论性认定意见
    Conclude(ConcludeArgs),
    /// 反馈容错对象，抄送主管部门、上级部门、组织部门
    Tell(TellArgs),
    /// 不予容错的解释答复
    Explain(TextArgs),
    /// 归档：干部人事档案、廉政档案、案卷
    Archive(ArchiveArgs),
    /// 撤销认定：另作的决定，保护自当日终止
    Revoke(RevokeArgs),
    /// 撤回申请
    Withdraw(TextArgs),
    /// 终止认定
    Terminate(TextArgs),
    /// 采取补救措施
    Remedy(TextArgs),
    /// 教育指导
    Guide(TextArgs),
    /// 移送诬告陷害线索（澄清案件）
    Refer(ReferArgs),
    /// 澄清正名（澄清案件）
    Clarify(ClarifyArgs),
    /// 登记其他事件：回访、回看、特批报告、撤销决定送达，以及规则文件中自定的事件
    Record(RecordArgs),
    /// 更正已登记事件的日期
    Correct(RecordArgs),
    /// 补填或更改基本情况：主管部门、上级部门、问责实施机关、经办人、事项名称、结论文号
    Amend(AmendArgs),
    /// 延长期限
    Extend(ExtendArgs),
    /// 中止期限
    Suspend(SuspendArgs),
    /// 恢复期限
    Resume(LimitArgs),
    /// 障碍消除后顺延期限
    Postpone(PostponeArgs),
}

/// Which case, on which day, by whom.
#[derive(Debug, Args)]
pub struct Step {
    /// 案件编号
    #[arg(value_name = "CASE")]
    pub case_no: String,
    /// 姓名（同一编号有几名干部时）
    #[arg(long)]
    pub name: Option<String>,
    /// 发生日期（默认今天）
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub on: Option<NaiveDate>,
    /// 经办账号或姓名，记入审计链
    #[arg(long)]
    pub actor: Option<String>,
    /// 查看时的版本；此后被他人登记过的不予采用
    #[arg(long, value_name = "N")]
    pub version: Option<i64>,
}

/// How a case begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Start {
    /// 问责启动（应同步研判容错）
    Accountability,
    /// 干部本人书面申请
    Cadre,
    /// 单位书面申请
    Unit,
    /// 澄清：收到可能不实的反映
    Clarification,
}

/// `case open`
#[derive(Debug, Args)]
pub struct OpenArgs {
    /// 怎样开始
    #[arg(long, value_enum)]
    pub start: Start,
    /// 事项名称
    #[arg(long)]
    pub matter: String,
    /// 姓名
    #[arg(long)]
    pub name: String,
    /// 单位
    #[arg(long)]
    pub unit: String,
    /// 案件编号（不写则自动编号 RC-年-序号）
    #[arg(long)]
    pub case_no: Option<String>,
    /// 事项编号（几名干部同属一项问责事项时）
    #[arg(long)]
    pub matter_no: Option<String>,
    /// 存有公民身份号码的文件（号码不写在命令行上，以免留在历史记录里）
    #[arg(long, value_name = "FILE")]
    pub id_file: Option<PathBuf>,
    /// 问责实施机关
    #[arg(long)]
    pub organ: Option<String>,
    /// 经办人
    #[arg(long)]
    pub handler: Option<String>,
    /// 主管部门
    #[arg(long)]
    pub competent: Option<String>,
    /// 上级部门
    #[arg(long)]
    pub superior: Option<String>,
    /// 反映的问题（澄清案件）
    #[arg(long, required_if_eq("start", "clarification"))]
    pub reported: Option<String>,
    /// 发生日期（默认今天）
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub on: Option<NaiveDate>,
    /// 经办账号或姓名，记入审计链
    #[arg(long)]
    pub actor: Option<String>,
}

/// `case review`
#[derive(Debug, Args)]
pub struct ReviewArgs {
    #[command(flatten)]
    step: Step,
    /// 有容错情形（即自动启动认定）；不写则为无容错情形
    #[arg(long)]
    fits: bool,
    /// 研判情况
    #[arg(long)]
    note: String,
}

/// `case apply`
#[derive(Debug, Args)]
pub struct ApplyArgs {
    #[command(flatten)]
    step: Step,
    /// 申请人
    #[arg(long, value_parser = one_of(&[("本人", Applicant::Cadre), ("单位", Applicant::Unit)]))]
    by: Applicant,
}

/// `case consider`
#[derive(Debug, Args)]
pub struct ConsiderArgs {
    #[command(flatten)]
    step: Step,
    /// 哪一看：主观动机、客观条件、程序方法、问题性质、后果影响、处置行为
    #[arg(long, value_parser = aspect)]
    aspect: Aspect,
    /// 有利于容错、不利于容错、明知故犯、谋取私利
    #[arg(long, value_parser = weight)]
    weight: Weight,
    /// 认定情况
    #[arg(long)]
    finding: String,
    /// 证据
    #[arg(long)]
    evidence: String,
}

/// `case report`
#[derive(Debug, Args)]
pub struct ReportArgs {
    #[command(flatten)]
    step: Step,
    /// 调查报告的名称或编号
    #[arg(long)]
    title: String,
    /// 符合容错条件；不写则为不符合
    #[arg(long)]
    fits: bool,
}

/// A collective decision.
#[derive(Debug, Args)]
pub struct MeetingArgs {
    /// 参加人数
    #[arg(long)]
    attendees: u32,
    /// 会议纪要编号
    #[arg(long)]
    minutes: String,
}

impl From<MeetingArgs> for Meeting {
    fn from(args: MeetingArgs) -> Self {
        Self {
            attendees: args.attendees,
            minutes_no: args.minutes,
        }
    }
}

/// `case decide`
#[derive(Debug, Args)]
pub struct DecideArgs {
    #[command(flatten)]
    step: Step,
    #[command(flatten)]
    meeting: MeetingArgs,
}

/// `case conclude`
#[derive(Debug, Args)]
pub struct ConcludeArgs {
    #[command(flatten)]
    step: Step,
    /// 不予问责、免予问责、免责、从轻、减轻、不予容错
    #[arg(long, value_parser = conclusion)]
    conclusion: Conclusion,
    /// 结论文号
    #[arg(long)]
    doc_no: Option<String>,
    /// 处理措施
    #[arg(long)]
    measure: Option<String>,
    /// 法规依据
    #[arg(long)]
    basis: Option<String>,
    /// 积极整改、挽回或减轻损失的证据（从轻、减轻）
    #[arg(long)]
    mitigation: Option<String>,
    /// 书面特批的批准人（六看认定明知故犯或谋取私利而仍作免责结论时）
    #[arg(long, requires_all = ["override_reason", "override_doc"])]
    override_by: Option<String>,
    /// 书面特批的理由
    #[arg(long)]
    override_reason: Option<String>,
    /// 书面特批的文号
    #[arg(long)]
    override_doc: Option<String>,
}

/// `case tell`
#[derive(Debug, Args)]
pub struct TellArgs {
    #[command(flatten)]
    step: Step,
    /// 本人、主管部门、上级部门、组织部门
    #[arg(long, value_parser = told)]
    to: Told,
    /// 回执编号
    #[arg(long)]
    receipt: Option<String>,
}

/// Steps that ask for words only.
#[derive(Debug, Args)]
pub struct TextArgs {
    #[command(flatten)]
    step: Step,
    /// 理由或内容
    #[arg(long)]
    text: String,
}

/// `case archive`
#[derive(Debug, Args)]
pub struct ArchiveArgs {
    #[command(flatten)]
    step: Step,
    /// 人事档案、廉政档案、案卷
    #[arg(long, value_parser = archive)]
    into: Archive,
    /// 回执编号（两份档案各一个）
    #[arg(long)]
    receipt: Option<String>,
}

/// `case revoke`
#[derive(Debug, Args)]
pub struct RevokeArgs {
    #[command(flatten)]
    step: Step,
    /// 撤销决定的文号
    #[arg(long)]
    doc_no: String,
    /// 撤销的理由
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    meeting: MeetingArgs,
}

/// `case refer`
#[derive(Debug, Args)]
pub struct ReferArgs {
    #[command(flatten)]
    step: Step,
    /// 移送给哪个机关
    #[arg(long)]
    to: String,
    /// 移送文号
    #[arg(long)]
    doc_no: String,
}

/// `case clarify`
#[derive(Debug, Args)]
pub struct ClarifyArgs {
    #[command(flatten)]
    step: Step,
    /// 由谁核实
    #[arg(long)]
    verified_by: String,
    /// 澄清的形式，如 书面、会议、通报
    #[arg(long)]
    form: String,
    /// 范围：本人、本单位、系统内、社会
    #[arg(long, value_parser = reach)]
    reach: Reach,
    /// 已征得本人同意
    #[arg(long)]
    consent: bool,
    /// 文号
    #[arg(long)]
    doc_no: Option<String>,
}

/// `case record`, `case correct`
#[derive(Debug, Args)]
pub struct RecordArgs {
    #[command(flatten)]
    step: Step,
    /// 事件的名称，如 第一次回访（或 visited_1）
    #[arg(long, value_parser = event)]
    event: Event,
    /// 情况；更正日期的，写更正的理由
    #[arg(long, default_value = "", hide_default_value = true)]
    note: String,
}

/// `case amend`
#[derive(Debug, Args)]
pub struct AmendArgs {
    #[command(flatten)]
    step: Step,
    /// 主管部门
    #[arg(long)]
    competent: Option<String>,
    /// 上级部门
    #[arg(long)]
    superior: Option<String>,
    /// 问责实施机关
    #[arg(long)]
    organ: Option<String>,
    /// 经办人
    #[arg(long)]
    handler: Option<String>,
    /// 事项名称
    #[arg(long)]
    matter: Option<String>,
    /// 结论文号（已作结论的案件）
    #[arg(long)]
    doc_no: Option<String>,
    /// 理由，如 立案时未填
    #[arg(long)]
    reason: String,
}

/// Which limit.
#[derive(Debug, Args)]
pub struct LimitArgs {
    #[command(flatten)]
    step: Step,
    /// 期限的名称，如 investigation
    #[arg(long, value_parser = limit)]
    limit: Name,
}

/// `case extend`
#[derive(Debug, Args)]
pub struct ExtendArgs {
    #[command(flatten)]
    which: LimitArgs,
    /// 延长多少
    #[arg(long)]
    amount: u32,
    /// 单位：工作日、日、月、年
    #[arg(long, value_parser = unit)]
    unit: Unit,
    /// 批准人的角色，如 主要负责人
    #[arg(long, value_parser = role)]
    approver: Role,
    /// 理由
    #[arg(long, default_value = "")]
    reason: String,
    /// 告知当事人的日期
    #[arg(long, value_name = "DATE", value_parser = day)]
    informed_on: Option<NaiveDate>,
}

/// `case suspend`
#[derive(Debug, Args)]
pub struct SuspendArgs {
    #[command(flatten)]
    which: LimitArgs,
    /// 批准人的角色
    #[arg(long, value_parser = role)]
    approver: Role,
    /// 事由
    #[arg(long)]
    reason: String,
}

/// `case postpone`
#[derive(Debug, Args)]
pub struct PostponeArgs {
    #[command(flatten)]
    which: LimitArgs,
    /// 受阻的第一天
    #[arg(long, value_name = "DATE", value_parser = day)]
    from: NaiveDate,
    /// 障碍消除之日
    #[arg(long, value_name = "DATE", value_parser = day)]
    until: NaiveDate,
    /// 不可抗拒的事由或其他正当理由
    #[arg(long)]
    reason: String,
}

impl CaseCommand {
    /// The case that is meant and the act that is recorded.
    pub(super) fn into_act(self) -> Result<(Step, Act), Failure> {
        Ok(match self {
            Self::Open(_) | Self::List { .. } | Self::Show(_) => {
                return Err(Failure::input("这不是一个登记步骤"));
            }
            Self::Accountability(step) => (step, Act::StartAccountability),
            Self::Review(args) => (
                args.step,
                Act::Review {
                    fits: args.fits,
                    note: args.note,
                },
            ),
            Self::Apply(args) => (args.step, Act::Apply { by: args.by }),
            Self::Accept(step) => (step, Act::Accept),
            Self::Consider(args) => (
                args.step,
                Act::Consider {
                    aspect: args.aspect,
                    weight: args.weight,
                    finding: args.finding,
                    evidence: args.evidence,
                },
            ),
            Self::Report(args) => (
                args.step,
                Act::Report {
                    title: args.title,
                    fits: args.fits,
                },
            ),
            Self::Decide(args) => (
                args.step,
                Act::Decide {
                    meeting: args.meeting.into(),
                },
            ),
            Self::Conclude(args) => conclude(args),
            Self::Tell(args) => (
                args.step,
                Act::Tell {
                    to: args.to,
                    receipt: args.receipt,
                },
            ),
            Self::Explain(args) => (args.step, Act::Explain { reasons: args.text }),
            Self::Archive(args) => (
                args.step,
                Act::Archive {
                    into: args.into,
                    receipt: args.receipt,
                },
            ),
            Self::Revoke(args) => (
                args.step,
                Act::Revoke {
                    doc_no: args.doc_no,
                    reason: args.reason,
                    meeting: args.meeting.into(),
                },
            ),
            Self::Withdraw(args) => (args.step, Act::Withdraw { reason: args.text }),
            Self::Terminate(args) => (args.step, Act::Terminate { reason: args.text }),
            Self::Remedy(args) => (args.step, Act::Remedy { measures: args.text }),
            Self::Guide(args) => (args.step, Act::Guide { content: args.text }),
            Self::Refer(args) => (
                args.step,
                Act::Refer {
                    to: args.to,
                    doc_no: args.doc_no,
                },
            ),
            Self::Clarify(args) => (
                args.step,
                Act::Clarify {
                    verified_by: args.verified_by,
                    form: args.form,
                    reach: args.reach,
                    consent: args.consent,
                    doc_no: args.doc_no,
                },
            ),
            Self::Record(args) => (
                args.step,
                Act::Record {
                    event: args.event,
                    note: args.note,
                },
            ),
            Self::Correct(args) => (
                args.step,
                Act::Correct {
                    event: args.event,
                    reason: args.note,
                },
            ),
            Self::Amend(args) => (
                args.step,
                Act::Amend {
                    changes: Changes {
                        matter: args.matter,
                        organ: args.organ,
                        handler: args.handler,
                        competent: args.competent,
                        superior: args.superior,
                        doc_no: args.doc_no,
                    },
                    reason: args.reason,
                },
            ),
            Self::Extend(args) => (
                args.which.step,
                Act::Extend {
                    limit: args.which.limit,
                    amount: args.amount,
                    unit: args.unit,
                    approver: args.approver,
                    reason: args.reason,
                    informed_on: args.informed_on,
                },
            ),
            Self::Suspend(args) => (
                args.which.step,
                Act::Suspend {
                    limit: args.which.limit,
                    approver: args.approver,
                    reason: args.reason,
                },
            ),
            Self::Resume(args) => (args.step, Act::Resume { limit: args.limit }),
            Self::Postpone(args) => (
                args.which.step,
                Act::Postpone {
                    limit: args.which.limit,
                    from: args.from,
                    until: args.until,
                    reason: args.reason,
                },
            ),
        })
    }
}

fn conclude(args: ConcludeArgs) -> (Step, Act) {
    let approved_over = match (args.override_by, args.override_reason, args.override_doc) {
        (Some(by), Some(reason), Some(doc_no)) => Some(Override { by, reason, doc_no }),
        _ => None,
    };
    (
        args.step,
        Act::Conclude {
            conclusion: args.conclusion,
            doc_no: args.doc_no,
            measure: args.measure,
            basis: args.basis,
            mitigation: args.mitigation,
            approved_over,
        },
    )
}

/// Reads one of a few words.
fn one_of<T: Copy + Send + Sync + 'static>(
    words: &'static [(&'static str, T)],
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text| {
        words
            .iter()
            .find(|(word, _)| *word == text)
            .map(|(_, value)| *value)
            .ok_or_else(|| {
                let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                format!("「{text}」不在可用的取值中：{}", known.join("、"))
            })
    }
}

fn known<T: Copy>(text: &str, read: Option<T>, words: impl Iterator<Item = &'static str>) -> Result<T, String> {
    read.ok_or_else(|| {
        let words: Vec<&str> = words.collect();
        format!("「{text}」不在可用的取值中：{}", words.join("、"))
    })
}

fn aspect(text: &str) -> Result<Aspect, String> {
    known(text, Aspect::from_zh(text), Aspect::ALL.iter().map(|one| one.zh()))
}

fn weight(text: &str) -> Result<Weight, String> {
    known(text, Weight::from_zh(text), Weight::ALL.iter().map(|one| one.zh()))
}

fn conclusion(text: &str) -> Result<Conclusion, String> {
    let possible = [
        Conclusion::NotAccountable,
        Conclusion::Exempted,
        Conclusion::Exonerated,
        Conclusion::Lighter,
        Conclusion::Mitigated,
        Conclusion::NotTolerated,
    ];
    let read = Conclusion::from_zh(text).filter(|one| possible.contains(one));
    known(text, read, possible.iter().map(|one| one.zh()))
}

fn told(text: &str) -> Result<Told, String> {
    one_of(&[
        ("本人", Told::Subject),
        ("主管部门", Told::Competent),
        ("上级部门", Told::Superior),
        ("组织部门", Told::Organization),
    ])(text)
}

fn archive(text: &str) -> Result<Archive, String> {
    one_of(&[
        ("人事档案", Archive::Personnel),
        ("廉政档案", Archive::Integrity),
        ("案卷", Archive::File),
    ])(text)
}

fn reach(text: &str) -> Result<Reach, String> {
    one_of(&[
        ("本人", Reach::Subject),
        ("本单位", Reach::Unit),
        ("系统内", Reach::System),
        ("社会", Reach::Public),
    ])(text)
}

fn unit(text: &str) -> Result<Unit, String> {
    one_of(&[
        ("工作日", Unit::WorkingDay),
        ("日", Unit::Day),
        ("月", Unit::Month),
        ("年", Unit::Year),
    ])(text)
}

fn role(text: &str) -> Result<Role, String> {
    known(text, Role::from_zh(text), Role::ALL.iter().map(|one| one.zh()))
}

fn limit(text: &str) -> Result<Name, String> {
    Name::new(text).ok_or_else(|| format!("「{text}」不是期限的名称，应如 investigation（policy show 列出全部）"))
}

fn event(text: &str) -> Result<Event, String> {
    let by_words = Event::BUILT_IN
        .iter()
        .find(|(_, zh)| *zh == text)
        .map(|(event, _)| *event);
    by_words
        .or_else(|| Name::new(text).map(Event))
        .ok_or_else(|| format!("「{text}」不是事件，应如 第一次回访、visited_1"))
}
