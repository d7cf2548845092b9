//! `rongcuo doctor`: whether everything the service rests on is in order. Changes nothing and sends nothing; the mail server and the
//! provider that people sign in with are asked whether they are there.

use super::args::Global;
use super::open;
use super::output::Failure;
use super::{ATTENTION, DONE, ENVIRONMENT};
use crate::app::ways::{self, Set};
use crate::app::{calendars, settings, vocabulary};
use crate::config::{Config, DatabaseUrl, Outgoing};
use crate::domain::channel::State;
use crate::domain::policy::Policy;
use crate::domain::time::Moment;
use crate::mail::{NoProbe, Session};
use crate::outbound::Url;
use crate::runtime::crypto::KeyRing;
use crate::runtime::disk;
use crate::runtime::random::SystemRandom;
use crate::store::channels::Version;
use crate::store::{Db, Tx, calendar_entries, contacts, journal, mails, meta};
use serde::Serialize;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// How far the clock may lie behind the newest record before it counts as wrong, in milliseconds.
const CLOCK_SLACK_MS: i64 = 5 * 60 * 1000;
/// A mail that has waited longer is stuck, in milliseconds.
const STUCK_MS: i64 = 4 * 60 * 60 * 1000;
/// Less room than this is told, in bytes.
const ROOM_LOW: u64 = 1 << 30;
/// With less than this nothing can be relied on, in bytes.
const ROOM_NONE: u64 = 200 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Ok,
    Attention,
    Fault,
}

impl Verdict {
    const fn zh(self) -> &'static str {
        match self {
            Self::Ok => "正常",
            Self::Attention => "注意",
            Self::Fault => "故障",
        }
    }
}

#[derive(Serialize)]
struct Finding {
    check: &'static str,
    verdict: Verdict,
    text: String,
}

#[derive(Default)]
struct Report(Vec<Finding>);

impl Report {
    fn say(&mut self, check: &'static str, verdict: Verdict, text: impl Into<String>) {
        self.0.push(Finding {
            check,
            verdict,
            text: text.into(),
        });
    }

    fn worst(&self) -> Verdict {
        self.0.iter().map(|one| one.verdict).max().unwrap_or(Verdict::Ok)
    }
}

/// Checks everything and says it line by line.
pub async fn run(global: &Global, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    let now = open::clock(global, &config)?.now();
    let mut report = Report::default();
    settings(&config, &mut report);
    database(&config, now, &mut report).await;
    mail_server(&config, &mut report).await;
    inbox(&config, &mut report);
    certificate(&config, &mut report);
    outbound(&config, &mut report);
    provider(&config, now, &mut report).await;
    room(&config, &mut report);
    tell(global, &report, out)?;
    Ok(match report.worst() {
        Verdict::Ok => DONE,
        Verdict::Attention => ATTENTION,
        Verdict::Fault => ENVIRONMENT,
    })
}

fn tell(global: &Global, report: &Report, out: &mut dyn Write) -> Result<(), Failure> {
    if global.json() {
        let document = serde_json::json!({ "checks": report.0, "verdict": report.worst() });
        writeln!(out, "{document}")?;
        return Ok(());
    }
    for one in &report.0 {
        writeln!(out, "{}  {}：{}", one.verdict.zh(), one.check, one.text)?;
    }
    writeln!(
        out,
        "\n结论：{}",
        match report.worst() {
            Verdict::Ok => "一切正常",
            Verdict::Attention => "有需要处理的事项，见标「注意」的各行",
            Verdict::Fault => "有故障，服务不能正常工作，见标「故障」的各行",
        }
    )?;
    Ok(())
}

fn settings(config: &Config, report: &mut Report) {
    let file = config.file.as_ref().map_or_else(
        || "没有配置文件，用内置默认值".to_owned(),
        |file| file.display().to_string(),
    );
    report.say("配置", Verdict::Ok, file);
    match open::policy(config) {
        Ok(policy) => report.say(
            "规则",
            Verdict::Ok,
            format!("{}，{} 条期限", policy.profile.name, policy.limits().len()),
        ),
        Err(failure) => report.say("规则", Verdict::Fault, failure.to_string()),
    }
    match vocabulary::load(config.words_dir.as_deref()) {
        Ok(_) => report.say("词表", Verdict::Ok, "可用"),
        Err(failure) => report.say("词表", Verdict::Fault, failure.to_string()),
    }
}

async fn database(config: &Config, now: Moment, report: &mut Report) {
    if let DatabaseUrl::Sqlite(path) = &config.database
        && !path.exists()
    {
        let text = format!("{} 还不存在，首次导入或启动服务时建立", path.display());
        report.say("数据库", Verdict::Attention, text);
        under_rules(config, (None, &[]), &[], now, report);
        return;
    }
    let db = match open::database(config).await {
        Ok(db) => db,
        Err(failure) => {
            report.say("数据库", Verdict::Fault, failure.to_string());
            return;
        }
    };
    if let Err(error) = db.ready().await {
        report.say("数据库", Verdict::Fault, error.to_string());
        return;
    }
    if let Err(failure) = stored(config, &db, now, report).await {
        report.say("数据库", Verdict::Fault, failure.to_string());
    }
    db.close().await;
}

async fn stored(config: &Config, db: &Db, now: Moment, report: &mut Report) -> Result<(), Failure> {
    let mut tx = db.read().await?;
    report.say("数据库", Verdict::Ok, "可用，结构为本版本");
    key(config, &mut tx, report).await?;
    match journal::newest(&mut tx).await? {
        Some(newest) if newest.millis() > now.millis() + CLOCK_SLACK_MS => report.say(
            "时钟",
            Verdict::Fault,
            format!("现在是 {now}，早于最近一条记录的 {newest}：请校准本机时间"),
        ),
        _ => report.say("时钟", Verdict::Ok, format!("{now}（北京时间）")),
    }
    let entries = calendar_entries::all(&mut tx).await?;
    let adopted = settings::adopted_in(db).await?;
    // Rules may name kinds of outcome that the word lists add.
    if let Err(error) = vocabulary::load_with(config.words_dir.as_deref(), &adopted.words) {
        report.say("采用的用词", Verdict::Fault, error.to_string());
    }
    let rules = match adopted.rules() {
        Ok(Some(rules)) => {
            let said = format!("{}，校验值 {}，代替规则文件", rules.profile.name, rules.fingerprint());
            report.say("采用的规则", Verdict::Ok, said);
            Some(rules)
        }
        Ok(None) => None,
        Err(error) => {
            report.say("采用的规则", Verdict::Fault, error.to_string());
            None
        }
    };
    channels_set(config, &adopted.channels, report);
    under_rules(config, (rules, &adopted.channels), &entries, now, report);
    if contacts::all(&mut tx).await?.is_empty() {
        report.say(
            "联系人",
            Verdict::Attention,
            "一名也没有，提醒发不出去：请用 rongcuo import contacts 导入",
        );
    } else {
        report.say("联系人", Verdict::Ok, "已导入");
    }
    outbox(&mut tx, now, report).await?;
    tx.rollback().await?;
    Ok(())
}

async fn key(config: &Config, tx: &mut Tx, report: &mut Report) -> Result<(), Failure> {
    let Some(sealed_with) = meta::get(tx, meta::KEY_FINGERPRINT).await? else {
        report.say("密钥", Verdict::Ok, "数据库还没有加密的内容");
        return Ok(());
    };
    if !config.key_file.exists() {
        let text = format!(
            "{} 不存在，数据库中的身份证号解不开：请从备份取回密钥文件",
            config.key_file.display()
        );
        report.say("密钥", Verdict::Fault, text);
        return Ok(());
    }
    match KeyRing::load_or_create(&config.key_file, Arc::new(SystemRandom)) {
        Ok(keys) if keys.fingerprint() == sealed_with => report.say("密钥", Verdict::Ok, "与数据库相符"),
        Ok(_) => report.say("密钥", Verdict::Fault, "与数据库不符：数据库是用另一把密钥加密的"),
        Err(error) => report.say("密钥", Verdict::Fault, error.to_string()),
    }
    Ok(())
}

/// What the rules in force ask of the surroundings: those that were adopted, else those of the file.
fn under_rules(
    config: &Config,
    (adopted, channels): (Option<Policy>, &[Version]),
    entries: &[calendar_entries::CalendarEntry],
    now: Moment,
    report: &mut Report,
) {
    // A profile that cannot be used has its own line.
    let rules = adopted.map_or_else(|| open::policy(config), Ok);
    let rules = rules.unwrap_or_else(|_| Policy::builtin());
    unknown_channels(config, channels, &rules, report);
    coverage(config, rules.notice_by, entries, now, report);
}

fn coverage(
    config: &Config,
    notice_by: (u32, u32),
    entries: &[calendar_entries::CalendarEntry],
    now: Moment,
    report: &mut Report,
) {
    let built = calendars::source(config.calendar_dir.as_deref(), entries, now.day())
        .and_then(|source| calendars::build(&source, None));
    let calendars = match built {
        Ok(calendars) => calendars,
        Err(error) => {
            report.say("放假安排", Verdict::Fault, error.to_string());
            return;
        }
    };
    let national = calendars.national();
    let missing = national.missing_years(now.day(), notice_by);
    let newest = national.covered().last().copied().unwrap_or_default();
    if missing.is_empty() {
        report.say("放假安排", Verdict::Ok, format!("有通知的年份到 {newest} 年"));
    } else {
        let years: Vec<String> = missing.iter().map(|year| format!("{year}年")).collect();
        let years = years.join("、");
        let text = format!("缺少{years}的放假通知，跨入的期限都是暂定：请用 rongcuo calendar import 导入");
        report.say("放假安排", Verdict::Attention, text);
    }
}

/// Channels that the rules send through and that nobody has set: what goes there is held.
fn unknown_channels(config: &Config, set: &[Version], rules: &Policy, report: &mut Report) {
    for through in &rules.routing.channels {
        let newest = set.iter().find(|version| version.channel == through.id);
        let state = newest.map_or(State::OfFile, |version| version.state);
        let of_file = || config.channels.iter().any(|channel| channel.id == through.id);
        let is_there = match state {
            State::InUse => true,
            State::Retired => false,
            State::OfFile => of_file(),
        };
        if !is_there {
            let text = format!(
                "规则要经「{}」发出，没有这个通道，或者已停用：在「设置」里新增，写进配置的 [[channel]]，或者从规则中去掉",
                through.id
            );
            report.say("通道", Verdict::Attention, text);
        }
    }
}

/// Channels that stand in the place of the configuration's; nothing is sent.
fn channels_set(config: &Config, set: &[Version], report: &mut Report) {
    const CHECK: &str = "设置的通道";
    let keys = (!set.is_empty() && config.key_file.exists()).then(|| open::keys(config));
    let Some(Ok(keys)) = keys else {
        // What is wrong with the keys has its own line.
        return;
    };
    for version in set {
        let name = format!("{}（第 {} 版）", version.channel, version.number);
        let (verdict, text) = match ways::set(set, &keys, &version.channel) {
            Ok(Set::Retired) => (Verdict::Ok, "已停用".to_owned()),
            Ok(Set::OfFile) => (Verdict::Ok, "恢复为配置文件所写".to_owned()),
            Ok(Set::Channel(channel)) => match (open::outward(config).permits(&channel), channel.url()) {
                (Err(mistake), _) => (Verdict::Attention, mistake.problem),
                (Ok(()), Some(url)) => allowed(config, url),
                (Ok(()), None) => (Verdict::Ok, "写成文件".to_owned()),
            },
            Err(problem) => (Verdict::Fault, problem),
        };
        report.say(CHECK, verdict, format!("{name}：{text}"));
    }
}

async fn outbox(tx: &mut Tx, now: Moment, report: &mut Report) -> Result<(), Failure> {
    let counts = mails::counts(tx).await?;
    let oldest = mails::oldest_waiting(tx).await?;
    let stuck = oldest.filter(|at| now.millis() - at.millis() > STUCK_MS);
    let said = format!(
        "待发 {}，已送出 {}，被拒收 {}",
        counts.waiting, counts.sent, counts.held
    );
    match (stuck, counts.held) {
        (Some(since), _) => report.say(
            "邮件",
            Verdict::Attention,
            format!("{said}；最早的一封自 {since} 起没有送出：请看邮件服务器一行，或网页「告警与邮件」"),
        ),
        (None, 1..) => report.say(
            "邮件",
            Verdict::Attention,
            format!("{said}；被拒收的请在网页「告警与邮件」查看原因"),
        ),
        _ => report.say("邮件", Verdict::Ok, said),
    }
    Ok(())
}

async fn mail_server(config: &Config, report: &mut Report) {
    let outgoing = match config.smtp_ready() {
        Ok(outgoing) => outgoing,
        Err(error) => {
            report.say("邮件服务器", Verdict::Fault, error.to_string());
            return;
        }
    };
    match outgoing {
        Outgoing::File { dir } => {
            let text = format!("邮件写成文件，放在 {}，不发给任何人", dir.display());
            report.say("邮件服务器", Verdict::Attention, text);
        }
        Outgoing::Smtp(server) => {
            let place = format!("{}:{}", server.host, server.port);
            match Session::open(&super::serve::settings(server), &NoProbe).await {
                Ok(session) => {
                    session.quit().await;
                    report.say("邮件服务器", Verdict::Ok, format!("{place} 连接、登录正常"));
                }
                Err(attempt) => report.say("邮件服务器", Verdict::Fault, format!("{place}：{}", attempt.said())),
            }
        }
    }
}

fn inbox(config: &Config, report: &mut Report) {
    // Words that cannot be used have their own line.
    let Some(inbox) = super::serve::inbox(config) else {
        return;
    };
    let dir = inbox.dir.display();
    match (inbox.look(), inbox.failures()) {
        (Err(error), _) => report.say("收件夹", Verdict::Fault, format!("{dir} 无法读取（{error}）")),
        (Ok(waiting), 0) => {
            report.say("收件夹", Verdict::Ok, format!("{dir}，待处理 {} 个文件", waiting.len()));
        }
        (Ok(waiting), failed) => {
            let text = format!(
                "{dir}，待处理 {} 个文件；failed 中有 {failed} 个未能处理：请看同名的说明，改好后重新放入，并移走原来的",
                waiting.len()
            );
            report.say("收件夹", Verdict::Attention, text);
        }
    }
}

/// What the pages are encrypted with, where the daemon does it itself.
fn certificate(config: &Config, report: &mut Report) {
    match super::serve::certificate(config) {
        Ok(None) => {}
        Ok(Some(_)) => report.say("网页证书", Verdict::Ok, "证书和密钥可用"),
        Err(failure) => report.say("网页证书", Verdict::Fault, failure.to_string()),
    }
}

fn allowed(config: &Config, url: &Url) -> (Verdict, String) {
    let origin = url.origin();
    if config.outbound.allow.permits(url) {
        (Verdict::Ok, format!("发往 {origin}，在允许外发的地址之列"))
    } else {
        let text = format!("{origin} 不在 [outbound] allow 之列，发不出去：确要发往那里的，写进 allow");
        (Verdict::Attention, text)
    }
}

/// Whether the provider that people sign in with answers, and as whom. Without it they have passwords still.
async fn provider(config: &Config, now: Moment, report: &mut Report) {
    let check = "统一身份认证";
    let Some(oidc) = &config.oidc else { return };
    let (listed, text) = allowed(config, &oidc.url);
    if listed != Verdict::Ok {
        report.say(check, listed, text);
        return;
    }
    let on = match super::serve::sign_on(config) {
        Ok(on) => on,
        Err(error) => {
            report.say(check, Verdict::Fault, error.to_string());
            return;
        }
    };
    let Some(on) = on else { return };
    match on.provider.look(now).await {
        Ok(keys) => {
            let text = format!(
                "{} 可用，公布签名密钥 {keys} 把；须在那里登记回调地址 {}",
                oidc.issuer, on.back
            );
            report.say(check, Verdict::Ok, text);
        }
        Err(trouble) => report.say(check, Verdict::Attention, format!("{}：{trouble}", oidc.issuer)),
    }
}

/// What may leave by HTTP; nothing is sent.
fn outbound(config: &Config, report: &mut Report) {
    let allowed = |url: &Url| allowed(config, url);
    if let Some(heartbeat) = &config.heartbeat {
        let (verdict, text) = allowed(&heartbeat.url);
        report.say("心跳", verdict, text);
    }
    for channel in &config.channels {
        let name = format!("{}（{}）", channel.id, channel.kind.word());
        if let Err(error) = channel.ready() {
            report.say("通道", Verdict::Fault, format!("{name}：{error}"));
            continue;
        }
        let (verdict, text) = channel
            .url
            .as_ref()
            .map_or((Verdict::Ok, "写成文件".to_owned()), allowed);
        report.say("通道", verdict, format!("{name}：{text}"));
    }
}

fn room(config: &Config, report: &mut Report) {
    let DatabaseUrl::Sqlite(path) = &config.database else {
        return;
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    match disk::free_bytes(folder) {
        Ok(free) => {
            let said = format!("{} 所在磁盘剩余 {} MB", folder.display(), free >> 20);
            let verdict = match free {
                _ if free < ROOM_NONE => Verdict::Fault,
                _ if free < ROOM_LOW => Verdict::Attention,
                _ => Verdict::Ok,
            };
            report.say("磁盘", verdict, said);
        }
        Err(error) => report.say(
            "磁盘",
            Verdict::Attention,
            format!("{}：查不到剩余空间（{error}）", folder.display()),
        ),
    }
}
