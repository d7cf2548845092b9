//! `rongcuo account …`: who may sign in, and a way back in for an administrator, for whoever owns this machine.

use super::args::Global;
use super::open::{self, Use};
use super::output::{self, Failure};
use super::{DONE, printable};
use crate::app::accounts;
use crate::domain::account::Role;
use crate::runtime::user;
use crate::store::accounts::Account;
use clap::Subcommand;
use serde_json::json;
use std::io::Write;

/// Accounts that are listed at most.
const MOST: i64 = 10_000;

/// `account …`
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// 列出账号：登录名、姓名、角色、单位、状态
    List,
    /// 系统管理员、安全管理员、审计员忘记密码而网页上无人能重设时，给出重设密码的一次性链接；记入审计链，并告知其他管理员
    Recover {
        /// 登录名
        login: String,
    },
}

/// Runs one of them.
pub async fn run(global: &Global, command: AccountCommand, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    match command {
        AccountCommand::List => {
            let app = open::app(global, &config, Use::Read).await?;
            let found = accounts::listed(&app, MOST, 0).await?.rows;
            list(global, &found, out)?;
        }
        AccountCommand::Recover { login } => {
            let app = open::app(global, &config, Use::Write).await?;
            let rules = &config.accounts.rules;
            let given = accounts::recover(&app, rules, &login, &user::name()).await?;
            let hours = rules.link_hours;
            if global.json() {
                let document = json!({
                    "login": given.login, "role": given.role.as_str(), "link": given.link, "hours": hours, "told": given.told,
                });
                writeln!(out, "{document}")?;
            } else {
                writeln!(
                    out,
                    "{}（{}）：原密码和动态验证码已作废，全部登录已结束。请本人在浏览器打开以下一次性链接设定密码（{hours} 小时内有效）\n  {}\n\
                     已记入审计链；其他管理员登录后会看到，并发出邮件 {} 封",
                    given.login,
                    given.role.zh(),
                    given.link,
                    given.told
                )?;
            }
        }
    }
    Ok(DONE)
}

fn list(global: &Global, found: &[Account], out: &mut dyn Write) -> Result<(), Failure> {
    if global.json() {
        let rows: Vec<_> = found
            .iter()
            .map(|account| {
                json!({
                    "login": account.login, "name": account.name, "role": account.role.map(Role::as_str),
                    "unit": account.unit, "state": account.standing().0, "second_factor": account.totp.is_some(),
                })
            })
            .collect();
        writeln!(out, "{}", json!({ "accounts": rows }))?;
        return Ok(());
    }
    if found.is_empty() {
        writeln!(
            out,
            "还没有账号：启动服务（rongcuo serve），按给出的一次性链接建立三位管理员"
        )?;
        return Ok(());
    }
    let mut rows = vec![["登录名", "姓名", "角色", "单位", "状态"].map(str::to_owned)];
    rows.extend(found.iter().map(|account| {
        [
            account.login.clone(),
            printable(&account.name),
            account.role.map_or("未授予", Role::zh).to_owned(),
            printable(account.unit.as_deref().unwrap_or("全部")),
            account.standing().1.to_owned(),
        ]
    }));
    for line in output::aligned(&rows) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}
