//! `rongcuo channel …`: the ways out beside mail.

use super::args::Global;
use super::open::{self, Use};
use super::output::Failure;
use super::{DONE, ENVIRONMENT};
use crate::app::ways::{self, Change, Set};
use crate::config::Config;
use crate::domain::outbox::Attempt;
use crate::outbound::{self, Channel, Client, Limits, Message};
use crate::store::journal::ACTOR_LOCAL;
use clap::Subcommand;
use std::io::Write;

/// What is done with a channel.
#[derive(Debug, Subcommand)]
pub enum ChannelCommand {
    /// 发一条测试消息
    Test {
        /// 通道的名称
        id: String,
    },
    /// 列出现行的通道，不显示密钥
    List,
    /// 停用一个通道
    Retire {
        /// 通道的名称
        id: String,
        /// 理由，记入历史和审计
        #[arg(long, value_name = "文字")]
        reason: String,
    },
    /// 恢复通道的一个版本
    Restore {
        /// 通道的名称
        id: String,
        /// 第几版；0 是配置文件所写
        #[arg(value_name = "版本")]
        number: i64,
        /// 理由，记入历史和审计
        #[arg(long, value_name = "文字")]
        reason: String,
    },
}

/// Makes the client that outgoing requests go through, but for those that somebody waits for.
pub(super) fn client(config: &Config) -> Client {
    client_within(config, Limits::default())
}

/// The same within other bounds.
pub(super) fn client_within(config: &Config, limits: Limits) -> Client {
    let outbound = &config.outbound;
    Client::new(outbound.allow.clone(), outbound.ca_file.clone(), limits)
}

/// Runs a command about channels.
pub async fn run(global: &Global, what: &ChannelCommand, out: &mut dyn Write) -> Result<u8, Failure> {
    match what {
        ChannelCommand::Test { id } => test(global, id, out).await,
        ChannelCommand::List => list(global, out).await,
        ChannelCommand::Retire { id, reason } => change(global, id, Change::Retire, reason, out).await,
        ChannelCommand::Restore { id, number, reason } => {
            change(global, id, Change::Restore(*number), reason, out).await
        }
    }
}

/// The channel of this name that is in force.
async fn in_force(config: &Config, id: &str) -> Result<Channel, Failure> {
    let adopted = open::adopted(config).await?;
    // Without a version of its own no key is needed, and none is made.
    if adopted.channels.iter().any(|version| version.channel == id) {
        let keys = open::keys(config)?;
        match ways::set(&adopted.channels, &keys, id).map_err(Failure::environment)? {
            Set::Channel(channel) => {
                let permitted = open::outward(config).permits(&channel);
                permitted.map_err(|mistake| Failure::input(mistake.problem))?;
                return Ok(*channel);
            }
            Set::Retired => return Err(Failure::input(format!("通道“{id}”已停用"))),
            Set::OfFile => {}
        }
    }
    if let Some(settings) = config.channels.iter().find(|one| one.id == id) {
        return Ok(settings.ready()?);
    }
    let mut known: Vec<&str> = config.channels.iter().map(|one| one.id.as_str()).collect();
    let set = adopted.channels.iter().map(|version| version.channel.as_str());
    known.extend(set.filter(|id| !config.channels.iter().any(|one| one.id == *id)));
    let known = if known.is_empty() {
        "一个也没有".to_owned()
    } else {
        format!("有：{}", known.join("、"))
    };
    Err(Failure::input(format!("没有名为“{id}”的通道（{known}）")))
}

async fn list(global: &Global, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    let app = open::app(global, &config, Use::Read).await?;
    let lines = ways::list(&app).await?;
    app.db.close().await;
    if global.json() {
        let one = |line: &ways::Line| {
            serde_json::json!({
                "channel": line.id, "version": line.number(), "in_use": line.in_use, "of_file": line.is_of_file(),
                "kind": line.outline.as_ref().map(|outline| outline.kind.word()),
                "place": line.outline.as_ref().map(|outline| &outline.place),
                "per_minute": line.outline.as_ref().map(|outline| outline.per_minute),
            })
        };
        let all: Vec<_> = lines.iter().map(one).collect();
        writeln!(out, "{}", serde_json::json!({ "channels": all }))?;
        return Ok(DONE);
    }
    if lines.is_empty() {
        writeln!(out, "没有邮件以外的通道")?;
    }
    for line in &lines {
        let state = match (&line.barred, line.in_use, line.is_of_file()) {
            (Some(why), ..) => format!("第 {} 版，消息搁置：{why}", line.number()),
            (_, false, _) => "没有在用".to_owned(),
            (_, true, true) => "配置文件所写".to_owned(),
            (_, true, false) => format!("第 {} 版", line.number()),
        };
        let what = line.outline.as_ref().map_or_else(String::new, |outline| {
            format!(
                "，{}，{}，每分钟最多 {} 条",
                outline.kind.zh(),
                outline.place,
                outline.per_minute
            )
        });
        writeln!(out, "{}：{state}{what}", line.id)?;
    }
    Ok(DONE)
}

async fn change(global: &Global, id: &str, change: Change, reason: &str, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    let app = open::app(global, &config, Use::Write).await?;
    let refused = |mistakes: Vec<ways::Mistake>| {
        let all: Vec<String> = mistakes.into_iter().map(|mistake| mistake.problem).collect();
        Failure::input(all.join("；"))
    };
    if ways::one(&app, id).await?.is_none() {
        return Err(Failure::input(format!("没有名为“{id}”的通道")));
    }
    let base = ways::plan(&app, id, &change).await?.map_err(refused)?.base;
    let made = ways::apply(&app, id, &change, base, (reason, ACTOR_LOCAL)).await?;
    app.db.close().await;
    let number = made.map_err(refused)?;
    if global.json() {
        writeln!(out, "{}", serde_json::json!({ "channel": id, "version": number }))?;
    } else {
        let did = if matches!(change, Change::Retire) {
            "已停用"
        } else {
            "已恢复"
        };
        writeln!(out, "通道「{id}」{did}，是它的第 {number} 版；运行中的服务一分钟内启用")?;
    }
    Ok(DONE)
}

async fn test(global: &Global, id: &str, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    let channel = in_force(&config, id).await?;
    let now = open::clock(global, &config)?.now();
    let message = Message {
        id: format!("test-{}", now.millis()),
        title: format!("{}：测试消息", config.site.name),
        kind: "测试消息，不需要办理".to_owned(),
        number: String::new(),
        day: Some(now.day()),
        link: config.site.base_url.clone(),
    };
    let attempt = outbound::send(&client(&config), &channel, &message, now).await;
    let (word, zh) = match attempt {
        Attempt::Accepted { .. } => ("accepted", "已接收"),
        Attempt::Temporary { .. } => ("temporary", "暂未接收"),
        Attempt::Permanent { .. } => ("permanent", "被拒绝"),
        Attempt::Unknown { .. } => ("unknown", "没有得到答复"),
    };
    let said = super::printable(attempt.said());
    if global.json() {
        let document = serde_json::json!({ "channel": channel.id, "outcome": word, "reply": said });
        writeln!(out, "{document}")?;
    } else {
        writeln!(out, "{}：{zh}（{said}）", channel.id)?;
    }
    Ok(if word == "accepted" { DONE } else { ENVIRONMENT })
}
