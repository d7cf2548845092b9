//! `rongcuo rectification …`: one subcommand for each thing that is done with a 整改事项.

mod show;

use super::args::Global;
use super::case::{actor, day, named};
use super::open::{self, Use};
use super::output::Failure;
use super::{DONE, import, save};
use crate::app::App;
use crate::app::rectifications::{self as ledger, Attachment, By, ItemRef, Listing, Wanted};
use crate::domain::account::Scope;
use crate::domain::contact::Delegation;
use crate::domain::paper::PaperKind;
use crate::domain::rectification::{Act, Dealt, SelfRating};
use crate::files::evidence;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use std::io::{Read as _, Write};
use std::path::PathBuf;

/// `rectification …`
#[derive(Debug, Subcommand)]
pub enum RectificationCommand {
    /// 列出整改事项：未销号的，或全部
    List(ListArgs),
    /// 查看一件：三个环节、期限、材料、处置级别、经过
    Show {
        /// 编号
        number: String,
        /// 经办账号或姓名，记入审计链
        #[arg(long)]
        actor: Option<String>,
    },
    /// 按导入时的表头和编号导出台账
    Export {
        /// 写到哪个文件
        #[arg(long, value_name = "OUT.xlsx")]
        out: PathBuf,
        /// 只导出该单位和它的下级单位的
        #[arg(long, value_name = "PATH")]
        unit: Option<String>,
        /// 文件已存在时覆盖
        #[arg(long)]
        overwrite: bool,
    },
    /// 交办
    Issue(WhichArgs),
    /// 签收
    Receive(WhichArgs),
    /// 报告进展
    Report {
        /// Which, by whom.
        #[command(flatten)]
        which: WhichArgs,
        /// 进展情况
        #[arg(long)]
        text: String,
        /// 完成比例，0 到 100
        #[arg(long)]
        percent: Option<u8>,
        /// 自评状态：未启动、整改中、基本完成、已完成
        #[arg(long, value_parser = rating)]
        state: Option<SelfRating>,
        /// 同时完成的阶段
        #[arg(long)]
        stage: Option<String>,
    },
    /// 提交佐证材料（pdf、ofd、docx、xlsx、图片等，最大 20 MB）
    Attach {
        /// Which, by whom.
        #[command(flatten)]
        which: WhichArgs,
        /// 文件
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
    },
    /// 取出佐证材料
    Fetch {
        /// 编号
        number: String,
        /// 材料的文件名或校验值
        #[arg(long)]
        name: String,
        /// 写到哪个文件
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// 文件已存在时覆盖
        #[arg(long)]
        overwrite: bool,
        /// 经办账号或姓名，记入审计链
        #[arg(long)]
        actor: Option<String>,
    },
    /// 长期坚持事项的定期确认
    Confirm {
        /// Which, by whom.
        #[command(flatten)]
        which: WhichArgs,
        /// 确认的情况
        #[arg(long)]
        text: String,
    },
    /// 申请延期（到期前）
    Extend {
        /// Which, by whom.
        #[command(flatten)]
        which: WhichArgs,
        /// 新的时限
        #[arg(long, value_name = "DATE", value_parser = day)]
        to: NaiveDate,
        /// 理由
        #[arg(long)]
        reason: String,
    },
    /// 审批延期
    DecideExtension {
        /// Which, by whom.
        #[command(flatten)]
        which: WhichArgs,
        /// 不同意；不写即同意
        #[arg(long, requires = "reason")]
        refuse: bool,
        /// 理由（不同意的必写）
        #[arg(long)]
        reason: Option<String>,
    },
    /// 申请销号
    Close(WhichArgs),
    /// 验收：合格销号，或退回
    Accept {
        /// Which, by whom.
        #[command(flatten)]
        which: WhichArgs,
        /// 验收意见
        #[arg(long, conflicts_with = "return_it")]
        opinion: Option<String>,
        /// 退回；不写即合格
        #[arg(long = "return", requires = "reason")]
        return_it: bool,
        /// 退回的理由
        #[arg(long, requires = "return_it")]
        reason: Option<String>,
        /// 退回后重新限定的日期
        #[arg(long, value_name = "DATE", value_parser = day, requires = "return_it")]
        redo_by: Option<NaiveDate>,
    },
    /// 登记反弹，重新整改
    Relapse {
        /// Which, by whom.
        #[command(flatten)]
        which: WhichArgs,
        /// 反弹的情况
        #[arg(long)]
        reason: String,
        /// 重新整改的时限
        #[arg(long, value_name = "DATE", value_parser = day)]
        due: NaiveDate,
    },
    /// 登记销号后的回访
    Visit {
        /// Which, by whom.
        #[command(flatten)]
        which: WhichArgs,
        /// 回访的情况
        #[arg(long)]
        result: String,
    },
    /// 手工升级
    Raise {
        /// Which, by whom.
        #[command(flatten)]
        which: WhichArgs,
        /// 升到哪一级（名称、代号或颜色）
        #[arg(long)]
        level: String,
        /// 理由
        #[arg(long)]
        reason: String,
    },
    /// 降级（由第二人决定）
    Lower {
        /// Which, by whom.
        #[command(flatten)]
        which: WhichArgs,
        /// 降到哪一级；不写即撤下
        #[arg(long)]
        level: Option<String>,
        /// 理由
        #[arg(long)]
        reason: String,
    },
    /// 制发处置级别的文书：提醒函、督办通知单、告诫书、移交函
    Paper {
        /// Which, by whom.
        #[command(flatten)]
        which: WhichArgs,
        /// 文种；不写即现在级别的
        #[arg(long, value_parser = paper_kind)]
        kind: Option<PaperKind>,
        /// 机关代字，如 云督（制发时必需）
        #[arg(long)]
        code: Option<String>,
        /// 移交函移交给哪个机关
        #[arg(long)]
        to: Option<String>,
        /// 只拟稿，不编号、不留存
        #[arg(long)]
        draft: bool,
        /// 写到哪个 .docx 文件
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// 文件已存在时覆盖
        #[arg(long)]
        overwrite: bool,
    },
    /// 登记对整改不力的处理（批评教育、诫勉等）
    Sanction {
        /// Which, by whom.
        #[command(flatten)]
        which: WhichArgs,
        /// 被处理人
        #[arg(long)]
        person: String,
        /// 措施，用规则所列的用词
        #[arg(long)]
        measure: String,
        /// 决定机关
        #[arg(long)]
        organ: String,
        /// 文号
        #[arg(long)]
        doc_no: String,
        /// 决定日期
        #[arg(long, value_name = "DATE", value_parser = day)]
        decided: NaiveDate,
        /// 事由
        #[arg(long)]
        reason: String,
    },
    /// 移交：把一人名下未销号的事项一次移交另一人，双方确认后生效
    HandOver {
        /// 移交人
        #[arg(long)]
        from: String,
        /// 接收人
        #[arg(long)]
        to: String,
        /// 只移交该单位和它的下级单位的
        #[arg(long, value_name = "PATH")]
        unit: Option<String>,
        /// 理由
        #[arg(long)]
        reason: String,
        /// 由谁提出；移交人、接收人本人提出的即已确认
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// 确认移交
    ConfirmHandOver {
        /// 移交的编号
        id: String,
        /// 移交人或接收人本人
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// 等待确认的移交
    HandOvers,
    /// 离岗代理：一段时间内由另一人代收提醒、代为办理
    Delegate {
        /// 离岗人的单位
        #[arg(long, value_name = "PATH")]
        unit: String,
        /// 离岗人
        #[arg(long)]
        name: String,
        /// 代理人
        #[arg(long)]
        deputy: String,
        /// 起日
        #[arg(long, value_name = "DATE", value_parser = day)]
        from: NaiveDate,
        /// 止日（含）
        #[arg(long, value_name = "DATE", value_parser = day)]
        to: NaiveDate,
        /// 理由
        #[arg(long)]
        reason: String,
        /// 由谁登记
        #[arg(long, value_name = "NAME")]
        by: String,
    },
}

/// `rectification list`
#[derive(Debug, Args)]
pub struct ListArgs {
    /// 已销号的也列
    #[arg(long)]
    all: bool,
    /// 只列该单位和它的下级单位的
    #[arg(long, value_name = "PATH")]
    unit: Option<String>,
    /// 只列此人名下的（责任人、联系人或牵头领导）
    #[arg(long)]
    person: Option<String>,
    /// 只列逾期未完成的
    #[arg(long)]
    overdue: bool,
    /// 只列待验收、待审批延期的
    #[arg(long)]
    waiting: bool,
    /// 只列这一处置级别和更高的（名称、代号或颜色）
    #[arg(long)]
    level: Option<String>,
    /// 最多几件
    #[arg(long, default_value_t = 500)]
    limit: usize,
}

/// Which item, by whom, for which day.
#[derive(Debug, Args)]
pub struct WhichArgs {
    /// 编号
    number: String,
    /// 由谁办理：责任人，或者责任单位、督办单位的联系人；记入经过和审计链
    #[arg(long, value_name = "NAME")]
    by: String,
    /// 发生在哪一天（不写为今天；交办、签收、报告、确认、回访、处理可以补登）
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Option<NaiveDate>,
    /// 查看时的版本；此后有变化的不予采用
    #[arg(long, value_name = "N")]
    version: Option<i64>,
}

fn paper_kind(text: &str) -> Result<PaperKind, String> {
    PaperKind::of_ladder(text).ok_or_else(|| {
        let known: Vec<&str> = PaperKind::LADDER.iter().map(|kind| kind.zh()).collect();
        format!("「{text}」不是处置级别的文书，可用的是 {}", known.join("、"))
    })
}

fn rating(text: &str) -> Result<SelfRating, String> {
    SelfRating::read(text).ok_or_else(|| {
        let known: Vec<&str> = SelfRating::ALL.iter().map(|one| one.zh()).collect();
        format!("「{text}」不是自评状态，可用的是 {}", known.join("、"))
    })
}

/// Runs one of them.
pub async fn run(global: &Global, command: RectificationCommand, out: &mut dyn Write) -> Result<u8, Failure> {
    use RectificationCommand as C;
    let config = open::config(global)?;
    let app = async |mode| open::app(global, &config, mode).await;
    match command {
        C::List(args) => {
            let listing = Listing {
                all: args.all,
                unit: args.unit,
                person: args.person,
                overdue: args.overdue,
                waiting: args.waiting,
                level: args.level,
                limit: args.limit,
                scope: Scope::WHOLE,
            };
            show::list(global, &ledger::list(&app(Use::Read).await?, &listing).await?, out)
        }
        C::Show { number, actor: who } => {
            let who = actor(who.as_deref())?;
            let app = app(Use::Write).await?;
            show::item(global, &ledger::show(&app, &number, &who).await?, out)
        }
        C::Export {
            out: path,
            unit,
            overwrite,
        } => {
            save::check(&path, overwrite, &[])?;
            let exported = ledger::export(&app(Use::Read).await?, unit.as_deref()).await?;
            save::write(&path, &exported.bytes, overwrite)?;
            show::exported(global, &path, exported.rows, out)
        }
        C::Attach { which, file } => {
            let (item, by) = which.parts()?;
            let (name, opened) = import::open_file(&config.files, &file)?;
            let mut bytes = Vec::new();
            let read = opened.take(evidence::MOST_BYTES + 1).read_to_end(&mut bytes);
            read.map_err(|error| Failure::input(format!("{}：无法读取（{error}）", file.display())))?;
            let done = ledger::attach(&app(Use::Write).await?, &item, Attachment { name, bytes }, &by).await?;
            show::done(global, &done, out)
        }
        C::Fetch {
            number,
            name,
            out: path,
            overwrite,
            actor: who,
        } => {
            save::check(&path, overwrite, &[])?;
            let who = actor(who.as_deref())?;
            let found = ledger::fetch(&app(Use::Write).await?, &number, &name, &who).await?;
            save::write(&path, &found.bytes, overwrite)?;
            show::fetched(global, &path, &found, out)
        }
        C::Paper {
            which,
            kind,
            code,
            to,
            draft,
            out: path,
            overwrite,
        } => {
            save::check(&path, overwrite, &[])?;
            let (item, by) = which.parts()?;
            let wanted = Wanted { kind, code, to };
            let app = app(Use::Write).await?;
            let papered = if draft {
                ledger::draft(&app, &item, &wanted, &by.name).await?
            } else {
                ledger::paper(&app, &item, &wanted, &by).await?
            };
            save::write(&path, &papered.bytes, overwrite)?;
            show::papered(global, &path, &papered, out)
        }
        C::HandOver {
            from,
            to,
            unit,
            reason,
            by,
        } => {
            let by = By::from(named("--by", &by)?.as_str());
            let app = app(Use::Write).await?;
            let offered = ledger::offer(&app, &from, &to, unit.as_deref(), &reason, &by, &Scope::WHOLE).await?;
            show::hand_over(global, &offered, out)
        }
        C::ConfirmHandOver { id, by } => {
            let by = By::from(named("--by", &by)?.as_str());
            show::hand_over(global, &ledger::confirm(&app(Use::Write).await?, &id, &by).await?, out)
        }
        C::HandOvers => show::hand_overs(global, &ledger::offers(&app(Use::Read).await?).await?, out),
        C::Delegate {
            unit,
            name,
            deputy,
            from,
            to,
            reason,
            by,
        } => {
            let by = named("--by", &by)?;
            let absence = Delegation {
                unit,
                name,
                deputy,
                from,
                to,
                reason,
            };
            show::absence(
                global,
                &ledger::delegate(&app(Use::Write).await?, &absence, &by).await?,
                out,
            )
        }
        other => {
            let app = app(Use::Write).await?;
            let (which, act) = other.into_act(&app)?;
            let (item, by) = which.parts()?;
            show::done(global, &ledger::act(&app, &item, &act, &by).await?, out)
        }
    }
    .map(|()| DONE)
}

impl WhichArgs {
    fn parts(&self) -> Result<(ItemRef, By), Failure> {
        let item = ItemRef {
            number: self.number.clone(),
            version: self.version,
        };
        let by = By {
            on: self.on,
            ..By::from(named("--by", &self.by)?.as_str())
        };
        Ok((item, by))
    }
}

impl RectificationCommand {
    /// The act that a command records.
    fn into_act(self, app: &App) -> Result<(WhichArgs, Act), Failure> {
        let level = |text: &str| {
            let ladder = &app.policy.ladder;
            ladder.find(text).ok_or_else(|| {
                let known: Vec<&str> = ladder.0.iter().map(|level| level.name.as_str()).collect();
                Failure::input(format!("处置阶梯没有级别「{text}」，有的是 {}", known.join("、")))
            })
        };
        Ok(match self {
            Self::Issue(which) => (which, Act::Issued),
            Self::Receive(which) => (which, Act::Received),
            Self::Report {
                which,
                text,
                percent,
                state,
                stage,
            } => {
                let act = Act::Reported {
                    percent,
                    rating: state,
                    text,
                    stage,
                };
                (which, act)
            }
            Self::Confirm { which, text } => (which, Act::Confirmed { text }),
            Self::Extend { which, to, reason } => (which, Act::ExtensionAsked { to, reason }),
            Self::DecideExtension { which, refuse, reason } => {
                let act = if refuse {
                    Act::ExtensionRefused {
                        reason: reason.unwrap_or_default(),
                        due: None,
                    }
                } else {
                    Act::ExtensionGranted {
                        remark: reason,
                        due: None,
                    }
                };
                (which, act)
            }
            Self::Close(which) => (which, Act::ClosingAsked),
            Self::Accept {
                which,
                opinion,
                return_it,
                reason,
                redo_by,
            } => {
                let act = if return_it {
                    Act::Returned {
                        reason: reason.unwrap_or_default(),
                        redo_by,
                    }
                } else {
                    Act::Accepted {
                        opinion,
                        by_ledger: false,
                    }
                };
                (which, act)
            }
            Self::Relapse { which, reason, due } => (which, Act::Relapsed { reason, due_on: due }),
            Self::Visit { which, result } => (which, Act::Visited { result }),
            Self::Raise {
                which,
                level: text,
                reason,
            } => {
                let found = level(&text)?;
                let act = Act::Raised {
                    level: found.id,
                    reason,
                    deduction: found.deduction,
                };
                (which, act)
            }
            Self::Lower {
                which,
                level: text,
                reason,
            } => {
                let found = text.map(|text| level(&text).map(|found| found.id)).transpose()?;
                (which, Act::Lowered { level: found, reason })
            }
            Self::Sanction {
                which,
                person,
                measure,
                organ,
                doc_no,
                decided,
                reason,
            } => {
                let dealt = Dealt {
                    person,
                    measure,
                    organ,
                    doc_no,
                    on: decided,
                    reason,
                };
                (which, Act::Dealt(dealt))
            }
            Self::List(_)
            | Self::Show { .. }
            | Self::Export { .. }
            | Self::Attach { .. }
            | Self::Fetch { .. }
            | Self::Paper { .. }
            | Self::HandOver { .. }
            | Self::ConfirmHandOver { .. }
            | Self::HandOvers
            | Self::Delegate { .. } => unreachable!("run takes these itself"),
        })
    }
}
