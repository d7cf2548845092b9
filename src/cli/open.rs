//! From arguments to a working service.

use super::args::Global;
use super::output::Failure;
use crate::app::settings::{self, Adopted};
use crate::app::vocabulary::Vocabulary;
use crate::app::ways::{Outward, Own};
use crate::app::{self, App, Parts};
use crate::config::{Config, DatabaseUrl, SmtpMode};
use crate::domain::policy::Policy;
use crate::domain::time::Moment;
use crate::mail::is_loopback;
use crate::runtime::clock::{Clock, OffsetClock, SystemClock};
use crate::runtime::crypto::KeyRing;
use crate::runtime::random::SystemRandom;
use crate::store::calendar_entries::{self, CalendarEntry};
use crate::store::{Db, Schema, meta};
use std::path::Path;
use std::sync::Arc;

/// A policy file longer than this is something else.
const MAX_POLICY_BYTES: u64 = 1024 * 1024;

/// Loads the configuration and starts logging.
pub fn config(global: &Global) -> Result<Config, Failure> {
    let config = Config::load(global.config.as_deref(), global.database.as_deref())?;
    // Several commands in one process, as in tests, share the first one's logging.
    if crate::runtime::telemetry::init(config.log).is_err() {
        tracing::debug!("日志已经启动");
    }
    Ok(config)
}

/// The clock the arguments ask for. Whether it may be another than the machine's is checked by [`app`].
pub fn clock(global: &Global, _config: &Config) -> Result<Arc<dyn Clock>, Failure> {
    match &global.debug_now {
        None => Ok(Arc::new(SystemClock)),
        Some(text) => Ok(Arc::new(OffsetClock::starting_at(moment(text)?))),
    }
}

/// Reads the moment of `--debug-now`.
pub fn moment(text: &str) -> Result<Moment, Failure> {
    Moment::parse(text).ok_or_else(|| {
        Failure::input(format!(
            "--debug-now「{text}」不是时刻，应写成 2026-12-01T09:00:00+08:00 或 2026-12-01"
        ))
    })
}

/// Whether there is a database already; one on a server is taken to be there.
pub fn is_there(config: &Config) -> bool {
    match &config.database {
        DatabaseUrl::Sqlite(path) => path.exists(),
        DatabaseUrl::Postgres(_) => true,
    }
}

/// Opens the database the configuration names.
pub async fn database(config: &Config) -> Result<Db, Failure> {
    let opened = match &config.database {
        DatabaseUrl::Sqlite(path) => Db::open_sqlite(path).await,
        DatabaseUrl::Postgres(url) => Db::open_postgres(url).await,
    };
    opened.map_err(|error| Failure::environment(format!("数据库无法打开：{error}")))
}

/// The notices and arrangements imported into the database, where there is one.
pub async fn calendar_entries(config: &Config) -> Result<Vec<CalendarEntry>, Failure> {
    if let DatabaseUrl::Sqlite(path) = &config.database
        && !path.exists()
    {
        return Ok(Vec::new());
    }
    let db = database(config).await?;
    db.ready().await?;
    let mut tx = db.read().await?;
    let entries = calendar_entries::all(&mut tx).await?;
    tx.rollback().await?;
    db.close().await;
    Ok(entries)
}

/// The keys of the installation.
pub fn keys(config: &Config) -> Result<KeyRing, Failure> {
    KeyRing::load_or_create(&config.key_file, Arc::new(SystemRandom))
        .map_err(|error| Failure::environment(error.to_string()))
}

/// What a command does with the database, as far as another clock matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Only reads.
    Read,
    /// Writes or sends.
    Write,
}

/// Opens everything; refuses a clock of one's own where real people could be written to.
pub async fn app(global: &Global, config: &Config, purpose: Use) -> Result<App, Failure> {
    let (app, ()) = app_beside(global, config, purpose, |_, _| ()).await?;
    Ok(app)
}

/// The same; what is begun with the database and the keys goes on while words and calendars are read.
pub async fn app_beside<T>(
    global: &Global,
    config: &Config,
    purpose: Use,
    begin: impl FnOnce(&Db, &KeyRing) -> T,
) -> Result<(App, T), Failure> {
    let db = database(config).await?;
    db.ready().await?;
    if global.debug_now.is_some() && purpose == Use::Write {
        allow_other_clock(config, &db).await?;
    }
    let clock = clock(global, config)?;
    let today = clock.now().day();
    refuse_new_keys(config, &db).await?;
    let keys = keys(config)?;
    let begun = begin(&db, &keys);
    let mut tx = db.read().await?;
    let entries = calendar_entries::all(&mut tx).await?;
    tx.rollback().await?;
    let source = app::calendars::source(config.calendar_dir.as_deref(), &entries, today)?;
    let parts = Parts {
        db,
        keys,
        policy: policy(config)?,
        words_dir: config.words_dir.clone(),
        calendars: app::calendars::build(&source, None)?,
        calendar_dir: config.calendar_dir.clone(),
        clock,
        site_name: config.site.name.clone(),
        base_url: config.site.base_url.clone(),
        mail_from: config.smtp.from.clone(),
        outward: outward(config),
    };
    Ok((App::new(parts).await?, begun))
}

/// A database that was sealed with a key is not opened with a new one; none is made then, which somebody could take for
/// the right one later.
async fn refuse_new_keys(config: &Config, db: &Db) -> Result<(), Failure> {
    if config.key_file.exists() {
        return Ok(());
    }
    let mut tx = db.read().await?;
    let sealed_with = meta::get(&mut tx, meta::KEY_FINGERPRINT).await?;
    tx.rollback().await?;
    match sealed_with {
        None => Ok(()),
        Some(_) => Err(Failure::environment(format!(
            "密钥文件与数据库不匹配：没有找到 {}，而数据库是用密钥加密的。请在配置 [crypto] key_file 中指定当时的密钥文件",
            config.key_file.display()
        ))),
    }
}

/// What the configuration says of the channels beside mail. Their secrets are read only where they are asked for.
pub fn outward(config: &Config) -> Outward {
    let own = config.channels.iter().cloned().map(|channel| Own {
        id: channel.id.clone(),
        outline: channel.outline(),
        ready: Arc::new(move || channel.ready().map_err(|error| error.to_string())),
    });
    let dirs = config.channels.iter().filter_map(|channel| channel.dir());
    Outward {
        own: own.collect(),
        allow: config.outbound.allow.clone(),
        dirs: dirs.chain(&config.outbound.dirs).cloned().collect(),
    }
}

async fn allow_other_clock(config: &Config, db: &Db) -> Result<(), Failure> {
    let loopback = match &config.smtp.mode {
        SmtpMode::File { .. } => return Ok(()),
        SmtpMode::Smtp(settings) => settings.host().is_none_or(|host| is_loopback(&host)),
    };
    let mut tx = db.read().await?;
    let rehearsal = meta::get(&mut tx, meta::REHEARSAL).await?.is_some();
    tx.rollback().await?;
    if loopback && rehearsal {
        return Ok(());
    }
    Err(Failure::input(
        "--debug-now 只能用于演练：把 [smtp] mode 设为 \"file\"，或者用 demo 建立的（或以 migrate --rehearsal 标明演练的）数据库并只发往本机邮件服务器",
    ))
}

/// What was adopted through the pages; nothing where there is no database of this release yet.
pub async fn adopted(config: &Config) -> Result<Adopted, Failure> {
    if !is_there(config) {
        return Ok(Adopted::default());
    }
    let db = database(config).await?;
    let adopted = match db.schema().await? {
        Schema::Current => settings::adopted_in(&db).await?,
        _ => Adopted::default(),
    };
    db.close().await;
    Ok(adopted)
}

/// The word lists in force: those adopted, else those of the site's files.
pub async fn vocabulary(config: &Config) -> Result<Vocabulary, Failure> {
    let adopted = adopted(config).await?;
    Ok(app::vocabulary::load_with(config.words_dir.as_deref(), &adopted.words)?)
}

/// The rules in force: those adopted, else those of the site's files.
pub async fn policy_in_force(config: &Config) -> Result<Policy, Failure> {
    policy_under(config, &adopted(config).await?)
}

/// The rules under what was adopted, else those of the site's files. Rules may name kinds of outcome that the word lists add.
pub fn policy_under(config: &Config, adopted: &Adopted) -> Result<Policy, Failure> {
    app::vocabulary::load_with(config.words_dir.as_deref(), &adopted.words)?;
    match adopted.rules()? {
        Some(policy) => Ok(policy),
        None => policy(config),
    }
}

/// The rules of the site's files.
pub fn policy(config: &Config) -> Result<Policy, Failure> {
    match &config.policy_file {
        Some(path) => {
            own_kinds(config)?;
            policy_file(path)
        }
        None => Ok(Policy::builtin()),
    }
}

/// Makes the kinds of outcome known that the site's word lists add: rules may name them.
pub fn own_kinds(config: &Config) -> Result<(), Failure> {
    app::vocabulary::load(config.words_dir.as_deref())?;
    Ok(())
}

/// The rules of a file, checked.
pub fn policy_file(path: &Path) -> Result<Policy, Failure> {
    Policy::read(&read_bytes(path)?).map_err(|error| Failure::input(format!("{}：{error}", path.display())))
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let length = std::fs::metadata(path)
        .map_err(|error| Failure::input(format!("{}：无法读取（{error}）", path.display())))?
        .len();
    if length > MAX_POLICY_BYTES {
        return Err(Failure::input(format!("{}：超过 1 MiB，不是规则文件", path.display())));
    }
    std::fs::read(path).map_err(|error| Failure::input(format!("{}：无法读取（{error}）", path.display())))
}
