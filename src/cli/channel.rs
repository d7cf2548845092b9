//! `rongcuo channel …`: the ways out beside mail.

use super::args::Global;
use super::open;
use super::output::Failure;
use super::{DONE, ENVIRONMENT};
use crate::config::Config;
use crate::domain::outbox::Attempt;
use crate::outbound::{self, Client, Limits, Message};
use clap::Subcommand;
use std::io::Write;

/// What is done with a channel.
#[derive(Debug, Subcommand)]
pub enum ChannelCommand {
    /// 发一条测试消息
    Test {
        /// 通道的名称（配置 [[channel]] 的 id）
        id: String,
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
    let ChannelCommand::Test { id } = what;
    let config = open::config(global)?;
    let Some(settings) = config.channels.iter().find(|one| one.id == *id) else {
        let known: Vec<&str> = config.channels.iter().map(|one| one.id.as_str()).collect();
        let known = if known.is_empty() {
            "配置里没有通道".to_owned()
        } else {
            format!("配置里有：{}", known.join("、"))
        };
        return Err(Failure::input(format!("没有名为“{id}”的通道（{known}）")));
    };
    let channel = settings.ready()?;
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
