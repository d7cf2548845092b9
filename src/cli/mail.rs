//! `rongcuo mail …`

use super::args::Global;
use super::case::named;
use super::open::{self, Use};
use super::output::{self, Failure};
use super::{ATTENTION, DONE, printable};
use crate::app::pages;
use crate::app::view::{MailFilter, MailShow, MailState, MailsView};
use crate::app::{App, mails};
use crate::domain::account::{Role, Scope, Viewer};
use crate::domain::ids::MailId;
use clap::Subcommand;
use serde_json::json;
use std::io::Write;

/// `mail …`
#[derive(Debug, Subcommand)]
pub enum MailCommand {
    /// 列出邮件，新的在前；有待人工处理的，退出码为 1
    List {
        /// 哪些：all、unsent（未送出）、waiting、held（被拒收而搁置）、doubt（存疑）、sent、dropped（已放弃）
        #[arg(long, default_value = "unsent", value_parser = show)]
        state: MailShow,
        /// 第几页
        #[arg(long, default_value_t = 1)]
        page: u32,
    },
    /// 重发一封被拒收而搁置的邮件：内容和邮件编号不变
    Resend {
        /// 编号
        id: String,
        /// 由谁决定，记入审计链
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// 放弃一封搁置或待送出的邮件：不再发送，提醒的事须另行告知
    Drop {
        /// 编号
        id: String,
        /// 原因
        #[arg(long)]
        reason: String,
        /// 由谁决定，记入审计链
        #[arg(long, value_name = "NAME")]
        by: String,
    },
}

/// Reminders that became no mail are no mails.
fn show(text: &str) -> Result<MailShow, String> {
    let mails = || MailShow::ALL.iter().filter(|one| **one != MailShow::Skipped);
    mails().find(|one| one.key() == text).copied().ok_or_else(|| {
        let known: Vec<&str> = mails().map(|one| one.key()).collect();
        format!("可用的是 {}", known.join("、"))
    })
}

/// Runs one of them.
pub async fn run(global: &Global, command: MailCommand, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    match command {
        MailCommand::List { state, page } => {
            let app = open::app(global, &config, Use::Read).await?;
            list(
                global,
                &app,
                MailFilter {
                    show: state,
                    page: page.max(1),
                },
                out,
            )
            .await
        }
        MailCommand::Resend { id, by } => {
            let by = named("--by", &by)?;
            let app = open::app(global, &config, Use::Write).await?;
            let mail = mails::resend(&app, &MailId::stored(id), &by).await?;
            let text = format!("邮件 {} 已放回队列，下一轮发信时以同一邮件编号重发", mail.id);
            said(global, &mail.id, "waiting", &text, out)
        }
        MailCommand::Drop { id, reason, by } => {
            let by = named("--by", &by)?;
            let app = open::app(global, &config, Use::Write).await?;
            let mail = mails::drop_mail(&app, &MailId::stored(id), &reason, &by).await?;
            let text = format!("邮件 {} 不再发送；其中提醒的事，请另行告知收件人", mail.id);
            said(global, &mail.id, "dropped", &text, out)
        }
    }
}

/// Whoever works at the machine sees every mail.
fn operator() -> Viewer {
    Viewer {
        login: "local".to_owned(),
        name: "本机".to_owned(),
        role: Role::Handler,
        scope: Scope::WHOLE,
    }
}

async fn list(global: &Global, app: &App, filter: MailFilter, out: &mut dyn Write) -> Result<u8, Failure> {
    let MailsView::Mails(found) = pages::mails(app, &operator(), filter).await? else {
        return Ok(DONE);
    };
    let needs_somebody = found.rows.iter().any(|row| row.state == MailState::Held);
    if global.json() {
        let rows: Vec<_> = found
            .rows
            .iter()
            .map(|row| {
                json!({
                    "id": row.id.as_str(), "state": row.state.key(), "to": row.to, "subject": row.subject,
                    "created": row.created.to_string(), "attempts": row.attempts,
                    "last_attempt": row.last_attempt.map(|at| at.to_string()),
                    "next_attempt": row.next_attempt.map(|at| at.to_string()), "last_reply": row.last_reply,
                    "dropped": row.given_up.as_ref().map(|(by, reason)| json!({ "by": by, "reason": reason })),
                })
            })
            .collect();
        writeln!(out, "{}", json!({ "total": found.total, "mails": rows }))?;
    } else {
        let mut rows = vec![["编号", "状态", "次数", "收件人", "主题", "答复"].map(str::to_owned)];
        rows.extend(found.rows.iter().map(|row| {
            [
                row.id.as_str().to_owned(),
                row.state.word().to_owned(),
                row.attempts.to_string(),
                row.to.join(","),
                printable(&row.subject),
                printable(row.last_reply.as_deref().unwrap_or("—")),
            ]
        }));
        for line in output::aligned(&rows) {
            writeln!(out, "{line}")?;
        }
        writeln!(out, "{}：共 {} 封", filter.show.word(), found.total)?;
    }
    Ok(if needs_somebody { ATTENTION } else { DONE })
}

fn said(global: &Global, id: &str, state: &str, text: &str, out: &mut dyn Write) -> Result<u8, Failure> {
    if global.json() {
        writeln!(out, "{}", json!({ "id": id, "state": state, "text": text }))?;
    } else {
        writeln!(out, "{text}")?;
    }
    Ok(DONE)
}
