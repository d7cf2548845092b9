//! `rongcuo serve`

use super::args::{Global, ServeArgs};
use super::open::{self, Use};
use super::output::Failure;
use super::{ATTENTION, DONE, ENVIRONMENT};
use crate::app::accounts::oidc::SignOn;
use crate::app::bounces::Gate;
use crate::app::inbox::Inbox;
use crate::app::{App, accounts, policies};
use crate::config::{Config, ConfigError, DatabaseUrl, Outgoing, SmtpServer, SmtpTls};
use crate::files::Sandbox;
use crate::mail::{FileTransport, SmtpSettings, Tls};
use crate::outbound::{Limits, Provider};
use crate::runtime::certificate::Certificate;
use crate::runtime::lifecycle::{Finished, Lifecycle, STOP_LIMIT, StopCause};
use crate::runtime::notify;
use crate::runtime::random::SystemRandom;
use crate::runtime::sole::SoleSender;
use crate::web::{self, Doors};
use crate::worker::{Channels, Deliverer, Handled, Heartbeat, Pace, Route, Supervisor, Watcher, run_once};
use std::io::Write;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Starts the daemon, or makes one pass.
pub async fn run(global: &Global, args: &ServeArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    if args.migrate {
        open::database(&config).await?.migrate().await?;
    }
    let route = route(config.smtp_ready()?)?;
    // Held to the end of the run; several instances belong on PostgreSQL, where claims are leased.
    let _sole = match &config.database {
        DatabaseUrl::Sqlite(path) => {
            Some(SoleSender::of(path).map_err(|error| Failure::environment(error.to_string()))?)
        }
        DatabaseUrl::Postgres(_) => None,
    };
    let app = open::app(global, &config, Use::Write).await?;
    for lost in policies::put_in_force(&app, app.now()).await? {
        tracing::warn!("{}", lost.zh());
    }
    let pace = Pace {
        connections: config.smtp.rate.connections as usize,
        limits: config.smtp.rate.limits,
        ..Pace::default()
    };
    let deliverer = Deliverer::new(app.clone(), route, Arc::new(SystemRandom))
        .at_pace(pace)
        .through(channels(&config)?);
    let watcher = inbox(&config).map(|inbox| Watcher::new(app.clone(), inbox));
    let heartbeat = heartbeat(&config);
    if args.run_once {
        let code = once(global, &app, &deliverer, watcher, out).await?;
        if let Some(heartbeat) = heartbeat {
            heartbeat.beat(&app).await;
        }
        app.db.close().await;
        return Ok(code);
    }
    let certificate = certificate(&config)?;
    let (proxies, set_up) = (&config.accounts.proxies, accounts::is_set_up(&app).await?);
    web::may_listen(config.web.listen, certificate.is_some(), proxies, set_up)
        .map_err(|error| Failure::input(error.to_string()))?;
    // In clear, others reach the pages through the proxy only.
    let for_proxies = certificate.is_none() && !config.web.listen.ip().to_canonical().is_loopback();
    let doors = Doors {
        certificate,
        proxies: proxies.clone(),
        ..Doors::default()
    };
    if for_proxies && !config.site.base_url.starts_with("https://") {
        tracing::warn!("网页经代理对外提供，而 [site] base_url 不是 https：登录凭据可能不加密传输");
    }
    let listener = TcpListener::bind(config.web.listen).await.map_err(|error| {
        let address = config.web.listen;
        Failure::environment(format!(
            "无法在 {address} 监听：{error}（端口可能被占用，可在 [web] listen 中改用别的端口）"
        ))
    })?;
    let hours = config.accounts.rules.link_hours;
    let welcome = accounts::first_link(&app, &config.accounts.rules).await?.map(|link| {
        format!("首次使用：请在浏览器打开以下一次性链接，建立三位管理员（{hours} 小时内有效，重新启动服务会给出新的）\n  {link}")
    });
    let beside = Beside {
        welcome,
        watcher,
        heartbeat,
        gate: config
            .bounce
            .as_ref()
            .map(|bounce| bounce.ready().map(Gate::new))
            .transpose()?,
    };
    let site = site(&config, sign_on(&config)?);
    daemon(&app, deliverer, beside, (listener, doors), site, out).await
}

/// The provider people may sign in with.
pub(super) fn sign_on(config: &Config) -> Result<Option<SignOn>, ConfigError> {
    let Some(oidc) = &config.oidc else { return Ok(None) };
    let client = super::channel::client_within(config, Limits::WAITED_FOR);
    let provider = Provider::new(client, oidc.ready()?);
    Ok(Some(SignOn::new(provider, oidc.label.clone(), &config.site.base_url)))
}

/// What the pages are encrypted with, if the daemon does it itself.
pub(super) fn certificate(config: &Config) -> Result<Option<Certificate>, Failure> {
    let Some(files) = &config.web.tls else { return Ok(None) };
    let read = Certificate::load(files.certificate.clone(), files.key.clone());
    read.map(Some).map_err(|why| Failure::input(format!("[web.tls] {why}")))
}

/// What runs beside the loops and the pages, if it is asked for.
#[derive(Default)]
pub struct Beside {
    /// What the console is told when the pages can be opened.
    welcome: Option<String>,
    watcher: Option<Watcher>,
    heartbeat: Option<Heartbeat>,
    gate: Option<Gate>,
}

fn heartbeat(config: &Config) -> Option<Heartbeat> {
    config.heartbeat.as_ref().map(|asked| Heartbeat {
        client: super::channel::client(config),
        url: asked.url.clone(),
        every: asked.every,
    })
}

/// The ways out beside mail.
fn channels(config: &Config) -> Result<Channels, Failure> {
    let ready: Result<Vec<_>, _> = config
        .channels
        .iter()
        .map(crate::config::ChannelSettings::ready)
        .collect();
    Ok(Channels::new(super::channel::client(config), ready?))
}

/// The folder that is watched, if one is.
pub(super) fn inbox(config: &Config) -> Option<Inbox> {
    config.inbox.as_ref().map(|inbox| Inbox {
        dir: inbox.dir.clone(),
        sort: inbox.sort,
        by: Sandbox::for_everything(config.files.clone()),
    })
}

async fn once(
    global: &Global,
    app: &App,
    deliverer: &Deliverer,
    watcher: Option<Watcher>,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let stop = CancellationToken::new();
    let watched = watcher.is_some();
    let handled = match watcher {
        Some(mut watcher) => watcher.run_once(&stop).await?,
        None => Handled::default(),
    };
    let (pass, delivered) = run_once(app, deliverer, &stop).await?;
    let trouble =
        pass.untold > 0 || delivered.held > 0 || delivered.retry > 0 || handled.failed > 0 || handled.stuck > 0;
    if global.json() {
        let mut document = serde_json::json!({
            "alerts": pass.sent, "merged": pass.merged, "untold": pass.untold, "moved": pass.moved,
            "mails": { "sent": delivered.sent, "retry": delivered.retry, "held": delivered.held },
        });
        if watched {
            document["inbox"] = serde_json::json!({
                "done": handled.done, "failed": handled.failed, "waiting": handled.waiting, "stuck": handled.stuck,
            });
        }
        writeln!(out, "{document}")?;
    } else {
        if watched {
            let Handled {
                done,
                failed,
                waiting,
                stuck,
            } = handled;
            writeln!(
                out,
                "收件夹：处理 {done}，未能处理 {failed}，下次再看 {waiting}，无法移走 {stuck}"
            )?;
        }
        writeln!(
            out,
            "发出提醒 {}，合并 {}，无人可通知 {}；邮件送出 {}，待重试 {}，被拒收 {}",
            pass.sent, pass.merged, pass.untold, delivered.sent, delivered.retry, delivered.held
        )?;
    }
    Ok(if trouble { ATTENTION } else { DONE })
}

/// Runs the loops and the pages until told to stop.
pub async fn daemon(
    app: &App,
    deliverer: Deliverer,
    beside: Beside,
    (listener, doors): (TcpListener, Doors),
    site: web::SiteInfo,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let address = listener.local_addr()?;
    let mut lifecycle =
        Lifecycle::start().map_err(|error| Failure::environment(format!("无法接收停机信号：{error}")))?;
    let supervisor = Supervisor::new(app.clone(), deliverer);
    if let Some(heartbeat) = beside.heartbeat {
        supervisor.beat(heartbeat, &lifecycle);
    }
    supervisor.start(&lifecycle);
    if let Some(watcher) = beside.watcher {
        Supervisor::watch(watcher, &lifecycle);
    }
    let mut router = web::router(Arc::new(app.clone()), site);
    if let Some(gate) = beside.gate {
        router = router.merge(web::bounces(app.clone(), gate));
    }
    let soft = lifecycle.soft();
    lifecycle.spawn_service(
        "web",
        async move { Ok(web::serve(listener, router, doors, soft).await?) },
    );
    // In one piece: whoever waits for the first line may be gone for the second.
    let welcome = beside.welcome.map(|welcome| format!("{welcome}\n")).unwrap_or_default();
    out.write_all(format!("listening on {address}\n{welcome}").as_bytes())?;
    out.flush()?;
    notify::ready();
    lifecycle.wait_for_signal().await;
    notify::stopping();
    let finished = lifecycle.finish(STOP_LIMIT).await;
    if finished != Finished::Clean {
        tracing::warn!("到停机时限仍有邮件在发送，其结果不明，下次启动将以同一邮件编号重发");
    }
    app.db.close().await;
    match lifecycle.cause() {
        StopCause::Asked => Ok(DONE),
        StopCause::ServiceEnded(why) => {
            tracing::error!("服务异常停止：{why}");
            Ok(ENVIRONMENT)
        }
    }
}

/// What the pages say of the installation.
fn site(config: &Config, sign_on: Option<SignOn>) -> web::SiteInfo {
    web::SiteInfo {
        name: config.site.name.clone(),
        base_url: config.site.base_url.clone(),
        demo: false,
        accounts: config.accounts.rules.clone(),
        proxies: config.accounts.proxies.clone(),
        proxy_header: config.accounts.proxy_header.clone(),
        sign_on,
        pace: config.web.pace,
        files: Sandbox::for_everything(config.files.clone()),
        mail: config.smtp.told(),
    }
}

/// Turns the configuration into a way for mail.
pub fn route(outgoing: Outgoing) -> Result<Route, Failure> {
    Ok(match outgoing {
        Outgoing::File { dir } => Route::File(Arc::new(
            FileTransport::new(dir).map_err(|error| Failure::environment(error.to_string()))?,
        )),
        Outgoing::Smtp(server) => Route::Smtp(Arc::new(settings(server))),
    })
}

pub(super) fn settings(server: SmtpServer) -> SmtpSettings {
    let tls = match server.tls {
        SmtpTls::None => Tls::None,
        SmtpTls::StartTls => Tls::StartTls,
        SmtpTls::Tls => Tls::Tls,
    };
    let mut settings = SmtpSettings::new(&server.host, server.port, tls);
    if let Some(login) = server.credentials {
        settings.username = login.username;
        login.password.reveal().clone_into(&mut settings.password);
    }
    settings.ca_file = server.ca_file;
    settings.hello_name = server.hello_name.unwrap_or_default();
    settings
}
