//! `rongcuo demo`: a fictitious city's story around today, told by the public imports, the real decisions,
//! the real outbox and a real SMTP conversation with a catcher on loopback.

mod acts;
mod city;
mod folder;
mod lists;
mod sheets;
mod story;

pub use story::{Stage, Told, tell};

use super::args::{DemoArgs, Global};
use super::output::Failure;
use super::serve::{Beside, daemon};
use super::{DONE, open};
use crate::config::{Accounts, Log, LogFormat, LogLevel, Web};
use crate::files::{Limits, Sandbox};
use crate::runtime::clock::{Clock, OffsetClock, SystemClock};
use crate::web::{self, Doors, SiteInfo};
use folder::Folder;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Starts the demonstration.
pub async fn run(global: &Global, args: &DemoArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    if global.config.is_some() || global.database.is_some() {
        let said = "演示用自带的配置和自己目录里的数据库，不接受 --config 和 --database；要换目录用 --dir";
        return Err(Failure::input(said));
    }
    web::loopback_only(args.listen).map_err(|error| Failure::input(error.to_string()))?;
    if crate::runtime::telemetry::init(demo_log()).is_err() {
        tracing::debug!("日志已经启动");
    }
    let clock: Arc<dyn Clock> = match &global.debug_now {
        None => Arc::new(SystemClock),
        Some(text) => Arc::new(OffsetClock::starting_at(open::moment(text)?)),
    };
    let folder = Folder::fresh(args.dir.as_deref())?;
    let listener = listen(args.listen).await?;
    let address = listener.local_addr()?;
    writeln!(out, "正在用虚构的云川市演示数据走一遍近三周的流程……")?;
    out.flush()?;
    let stop = CancellationToken::new();
    let stage = Stage::set(folder.path(), &format!("http://{address}"), stop.clone()).await?;
    let told = tell(&stage, clock.now()).await?;
    if args.no_serve {
        leave(&stage, &told, &folder, out)?;
        stop.cancel();
        return Ok(DONE);
    }
    introduce(&stage, &told, address, &folder, out)?;
    let app = stage.app(clock.clone()).await?;
    let code = daemon(
        &app,
        stage.deliverer(&app),
        Beside::default(),
        (listener, Doors::default()),
        site(address),
        out,
    )
    .await;
    stop.cancel();
    code
}

/// The usual port may be taken; a demonstration is content with another.
async fn listen(wanted: SocketAddr) -> Result<TcpListener, Failure> {
    match TcpListener::bind(wanted).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind(SocketAddr::new(wanted.ip(), 0))
            .await
            .map_err(|error| Failure::environment(format!("本机没有可用的端口：{error}"))),
    }
}

/// Warnings and worse: the story itself is told on standard output.
fn demo_log() -> Log {
    Log {
        format: LogFormat::Text,
        level: LogLevel::Warn,
    }
}

fn site(address: SocketAddr) -> SiteInfo {
    SiteInfo {
        name: city::SITE.to_owned(),
        base_url: format!("http://{address}"),
        demo: true,
        accounts: Accounts::builtin().rules,
        proxies: Vec::new(),
        proxy_header: None,
        sign_on: None,
        pace: Web::builtin().pace,
        files: Sandbox::for_everything(Limits::default()),
        mail: vec![("方式", "演示：由本机的截获程序收下，不发给任何人".to_owned())],
    }
}

/// Says what is there when no page is to be opened.
fn leave(stage: &Stage, told: &Told, folder: &Folder, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(out)?;
    writeln!(out, "演示数据已生成（人物、单位、事项均为虚构），没有启动网页")?;
    writeln!(
        out,
        "  截获的邮件    {} 封，.eml 文件在 {}",
        told.mails,
        stage.mail_folder().display()
    )?;
    writeln!(out, "  所用的名单    {}", folder.lists().display())?;
    if folder.is_temporary() {
        writeln!(out, "数据在临时文件夹，现在删除；想保留请用 demo --dir 文件夹。")?;
    } else {
        writeln!(
            out,
            "数据在 {}，在该文件夹里可以使用其他命令。",
            folder.path().display()
        )?;
    }
    Ok(())
}

fn introduce(
    stage: &Stage,
    told: &Told,
    address: SocketAddr,
    folder: &Folder,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    writeln!(out)?;
    writeln!(out, "演示已就绪（人物、单位、事项均为虚构）")?;
    writeln!(out, "  工作台        http://{address}/")?;
    writeln!(
        out,
        "  截获的邮件    http://{address}/mails （共 {} 封，.eml 文件在 {}）",
        told.mails,
        stage.mail_folder().display()
    )?;
    writeln!(out, "  所用的名单    {}", folder.lists().display())?;
    writeln!(out)?;
    writeln!(out, "先看这几处：")?;
    for (what, path) in &told.sights {
        writeln!(out, "  {what}  http://{address}{path}")?;
    }
    writeln!(out)?;
    if folder.is_temporary() {
        writeln!(
            out,
            "数据在临时文件夹，退出即删除；想保留请用 demo --dir 文件夹。按 Ctrl-C 结束。"
        )?;
    } else {
        writeln!(
            out,
            "数据在 {}，再次运行会重新生成。按 Ctrl-C 结束。",
            folder.path().display()
        )?;
    }
    out.flush()?;
    Ok(())
}
