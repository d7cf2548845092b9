//! The command line; names and flags are a contract.

use super::calendar::CalendarWhat;
use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// 容错护航：容错免责结论的归档时限、结果运用保护与督促整改的跟踪告警服务
#[derive(Debug, Parser)]
#[command(name = "rongcuo", version, about, disable_help_subcommand = true)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "各命令通用")]
pub struct Global {
    /// 配置文件（默认用当前目录的 rongcuo.toml，没有则用内置默认值）
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// 数据库：sqlite:路径 或 postgres://…
    #[arg(long, global = true, value_name = "URL")]
    pub database: Option<String>,
    /// 输出格式
    #[arg(long, global = true, value_enum, default_value = "text")]
    pub format: Format,
    /// 演练用的当前时刻（如 2026-12-01T09:00:00+08:00），真实发信时不接受
    #[arg(long, global = true, value_name = "MOMENT")]
    pub debug_now: Option<String>,
}

impl Global {
    /// Whether one JSON document is asked for.
    pub fn json(&self) -> bool {
        self.format == Format::Json
    }
}

/// Form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// 供人看的文字
    Text,
    /// 供程序读的一份 JSON
    Json,
    /// 供表格软件打开的 CSV（precheck、runs list）
    Csv,
    /// 画线的表格（precheck、runs list）
    Table,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 演示：用虚构城市的数据启动全部功能，无需任何准备
    Demo(DemoArgs),
    /// 启动服务：网页、定时核对、发信
    Serve(ServeArgs),
    /// 工作日计算与放假安排
    Calendar {
        /// The question.
        #[command(subcommand)]
        command: CalendarWhat,
    },
    /// 导入台账、名册、联系人、整改台账、考核结果
    Import {
        /// What is imported.
        #[command(subcommand)]
        what: ImportWhat,
    },
    /// 预检拟定名单（如年度考核），默认不保存
    Precheck(PrecheckArgs),
    /// 预检和导入的记录
    Runs {
        /// What is done with them.
        #[command(subcommand)]
        what: super::runs::RunsCommand,
    },
    /// 预演一段时间内会发出的提醒，不发送
    Simulate(SimulateArgs),
    /// 回放一段已经过去的时间：按另一份规则会发出什么，与实际发出的对照
    Replay(super::replay::ReplayArgs),
    /// 看一种邮件是什么样子（虚构的事项，不发送）
    PreviewMail(super::preview::PreviewArgs),
    /// 提醒的确认收悉和静默
    Alert {
        /// What is done.
        #[command(subcommand)]
        what: super::alert::AlertCommand,
    },
    /// 建立或升级数据库的结构
    Migrate(MigrateArgs),
    /// 说明一项期限或疑似问题的依据
    Explain {
        /// What is explained.
        #[command(subcommand)]
        what: ExplainWhat,
    },
    /// 案件：按程序逐步登记，查看经过
    Case {
        /// What is done.
        #[command(subcommand)]
        what: Box<super::case::CaseCommand>,
    },
    /// 通道：邮件以外的去处（企业微信、钉钉、通用接口、文件）
    Channel {
        /// What is done.
        #[command(subcommand)]
        what: super::channel::ChannelCommand,
    },
    /// 公文：拟稿、编号、留存
    Paper {
        /// What is done.
        #[command(subcommand)]
        what: Box<super::paper::PaperCommand>,
    },
    /// 苗头性问题的提醒
    Reminder {
        /// What is done.
        #[command(subcommand)]
        what: super::reminder::ReminderCommand,
    },
    /// 记住的列对应：名单的哪一列是哪一栏
    Columns {
        /// What is done with them.
        #[command(subcommand)]
        what: super::columns::ColumnsCommand,
    },
    /// 比对几份名单：一次选拔的各份，或今年与前三年
    Compare {
        /// Which.
        #[command(subcommand)]
        what: Box<super::compare::CompareCommand>,
    },
    /// 报告：供人工研判的数字
    Report {
        /// Which.
        #[command(subcommand)]
        what: super::report::ReportCommand,
    },
    /// 疑似问题：列出、查看、答复、复核、转办
    Finding {
        /// What is done.
        #[command(subcommand)]
        what: Box<super::finding::FindingCommand>,
    },
    /// 整改事项：台账、签收、进展、延期、销号、处置阶梯、移交
    Rectification {
        /// What is done.
        #[command(subcommand)]
        what: Box<super::rectification::RectificationCommand>,
    },
    /// 演练：用虚构的单位把一年的督促整改走一遍，看本单位的规则会发出哪些提醒
    Rehearse(super::rehearse::RehearseArgs),
    /// 应补定未补定、应恢复未恢复两份清单
    Standing {
        /// Which list.
        #[command(subcommand)]
        what: super::standing::StandingCommand,
    },
    /// 邮件：列出、重发、放弃
    Mail {
        /// What is done.
        #[command(subcommand)]
        what: super::mail::MailCommand,
    },
    /// 规则（期限、提醒、依据）
    Policy {
        /// What is done with it.
        #[command(subcommand)]
        what: PolicyWhat,
    },
    /// 体检：配置、数据库、邮件服务器、时钟、放假安排、磁盘、积压邮件
    Doctor,
    /// 监看运行中的服务：核对、提醒、邮件、放假安排有一项不对即以 1 退出；只读数据库
    Monitor,
    /// 账号：列出；管理员忘记密码时从服务器上重设
    Account {
        /// What is done.
        #[command(subcommand)]
        what: super::account::AccountCommand,
    },
    /// 审计链
    Audit {
        /// What is done with it.
        #[command(subcommand)]
        what: AuditWhat,
    },
    /// 读取程序，由本程序自己调用
    #[command(name = crate::files::child::COMMAND, hide = true)]
    Read(ReadArgs),
}

/// The reading process.
#[derive(Debug, Args)]
pub struct ReadArgs {
    /// Memory it may take.
    pub memory_bytes: u64,
    /// Seconds of computing it may take.
    pub cpu_seconds: u64,
}

/// `demo`
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// 数据存放的文件夹（默认为临时文件夹；已有的演示数据会重新生成）
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// 网页地址（只能是本机地址；端口 0 表示自动选择）
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8087")]
    pub listen: std::net::SocketAddr,
    /// 只生成故事并退出，不启动网页
    #[arg(long)]
    pub no_serve: bool,
}

/// `serve`
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// 只核对并发信一次，然后退出
    #[arg(long)]
    pub run_once: bool,
    /// 启动前升级数据库结构
    #[arg(long)]
    pub migrate: bool,
}

/// `import …`
#[derive(Debug, Subcommand)]
pub enum ImportWhat {
    /// 容错案件台账
    Register(ImportFile),
    /// 干部名册
    Cadres(ImportFile),
    /// 已定的人事结果（十类都可以；没有决定日期的行按已作出判断）
    Outcomes(ImportFile),
    /// 整改台账（可以一再导入：按编号更新，不改期，不删除）
    Rectifications(LedgerFile),
    /// 联系人
    Contacts(ImportFile),
}

/// `policy …`
#[derive(Debug, Subcommand)]
pub enum PolicyWhat {
    /// 核对一份规则文件，写错的地方指出行号
    Check {
        /// 规则文件（.toml）
        file: PathBuf,
        /// 并与数据库比对：换用这份规则后，有没有未办结的事项失去依据
        #[arg(long)]
        in_use: bool,
    },
    /// 采用一份规则文件，代替正在使用的规则（与设置页面的采用相同，记入历史）
    Adopt {
        /// 规则文件（.toml）
        file: PathBuf,
        /// 采用的理由
        #[arg(long)]
        reason: String,
    },
    /// 把规则打印成一张可以签字的表
    Show {
        /// 规则文件；不写为正在使用的规则
        file: Option<PathBuf>,
    },
}

/// A file to import.
#[derive(Debug, Args)]
pub struct ImportFile {
    /// 文件：.xlsx .xls .ods .csv .tsv .txt，或装有多份名单的 .zip；名册还可以是 .lrmx、.lrm 或装有它们的文件夹
    pub file: PathBuf,
    /// 有读不出的行时整个文件不导入
    #[arg(long)]
    pub strict: bool,
}

/// A ledger to import.
#[derive(Debug, Args)]
pub struct LedgerFile {
    /// The file.
    #[command(flatten)]
    pub file: ImportFile,
    /// 只显示会有哪些变化，不写入
    #[arg(long)]
    pub dry_run: bool,
    /// 认不出的表头：栏目=表头，如 责任单位=责任处室，可重复；导入后记住，以后的台账照此读取
    #[arg(long, value_name = "栏目=表头", value_parser = super::columns::pointed)]
    pub map: Vec<crate::app::columns::Pointed>,
}

/// `precheck`
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own on the command line"
)]
pub struct PrecheckArgs {
    /// 名单文件：.xlsx .xls .ods .csv .tsv .txt，或装有多份名单的 .zip、文件夹（连同各级下层文件夹）
    pub file: PathBuf,
    /// 按哪一天判断（默认今天）
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<NaiveDate>,
    /// 事项类别（名单未写明时），如 annual_appraisal
    #[arg(long, value_name = "ID")]
    pub domain: Option<String>,
    /// 单位（名单未写明时），如 云川市/住建局
    #[arg(long, value_name = "PATH")]
    pub unit: Option<String>,
    /// 期间（名单未写明时），如 2026年度
    #[arg(long, value_name = "P")]
    pub period: Option<String>,
    /// 指明名单的哪一列是哪一栏，如 结果=审核结论（可写多次）；按单位记住，下次不必再写
    #[arg(long, value_name = "栏目=表头", value_parser = super::columns::pointed)]
    pub map: Vec<crate::app::columns::Pointed>,
    /// 留存受保护人员的结果，并对违反、疑似的开立疑似问题
    #[arg(long)]
    pub keep: bool,
    /// 有读不出的行时不判断
    #[arg(long)]
    pub strict: bool,
    /// 交回标注好的名单：原表各行原样，加上预检结论、依据、请联系三列；多份名单时写文件夹
    #[arg(long, value_name = "OUT.xlsx")]
    pub annotate: Option<PathBuf>,
    /// 给报送单位的预检意见，每个单位一份；多份名单时写文件夹
    #[arg(long, value_name = "OUT.docx")]
    pub opinion: Option<PathBuf>,
    /// 交回的文件已存在时覆盖
    #[arg(long)]
    pub overwrite: bool,
    /// 交回的文件、csv、table 中写明案件和判断过程（查看记入审计链）；不写的只说须核对什么、问谁
    #[arg(long)]
    pub details: bool,
    /// 预检人（默认为本机登录的账号），记入预检记录
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// 多份名单时只预检没有成功预检过的（按文件指纹和判断日）
    #[arg(long)]
    pub retry_failed: bool,
}

/// `migrate`
#[derive(Debug, Args)]
pub struct MigrateArgs {
    /// 把新建的空数据库标明为演练用（可配合 --debug-now，只发往本机邮件服务器）
    #[arg(long)]
    pub rehearsal: bool,
}

/// `simulate`
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// 起始日
    #[arg(long, value_name = "DATE")]
    pub from: NaiveDate,
    /// 截止日（含）
    #[arg(long, value_name = "DATE")]
    pub to: NaiveDate,
    /// 连同不发的一起列出，并说明为什么不发
    #[arg(long)]
    pub explain: bool,
}

/// `explain …`
#[derive(Debug, Subcommand)]
pub enum ExplainWhat {
    /// 一件疑似问题
    Finding {
        /// 编号（网页地址中的一段）
        id: String,
    },
    /// 一项期限
    Obligation {
        /// 编号（网页地址中的一段）
        id: String,
    },
}

/// `audit …`
#[derive(Debug, Subcommand)]
pub enum AuditWhat {
    /// 逐条核对审计链，指出第一处断裂
    Verify,
}
