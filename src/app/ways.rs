//! The channels beside mail that were set through the pages. The newest version of a channel stands in the place of what the
//! configuration says of it; nothing is taken away, and an earlier one comes back as a new version. What a channel is, is
//! sealed; what a page or the journal says of it is an outline.

mod change;
mod content;

pub use change::{Asked, Change, Plan, Row, apply, plan};
pub use content::Unshown;

use super::view::{PER_PAGE, PageOf, offset_of};
use super::{App, AppError};
use crate::domain::channel::{Outline, State};
use crate::outbound::{AllowList, Channel, Kind};
use crate::runtime::crypto::KeyRing;
use crate::store::channels::{self as store, Version};
use content::Content;
use std::path::PathBuf;
use std::sync::Arc;

/// Gives a channel of the configuration with its secrets read, or says why not.
pub type Ready = Arc<dyn Fn() -> Result<Channel, String> + Send + Sync>;

/// A channel that the configuration has.
#[derive(Clone)]
pub struct Own {
    /// Its name.
    pub id: String,
    /// What may be said of it.
    pub outline: Outline,
    /// Itself.
    pub ready: Ready,
}

/// What the configuration says of the ways out by HTTP and of folders; the bounds of what the pages may set.
#[derive(Clone, Default)]
pub struct Outward {
    /// The channels it has.
    pub own: Vec<Own>,
    /// Where requests may go.
    pub allow: AllowList,
    /// Folders that may be written to.
    pub dirs: Vec<PathBuf>,
}

impl Outward {
    fn own(&self, id: &str) -> Option<&Own> {
        self.own.iter().find(|own| own.id == id)
    }

    /// Refuses what lies outside the bounds, with the field of a form it is about.
    ///
    /// # Errors
    /// A host or a folder that the configuration does not name.
    pub fn permits(&self, channel: &Channel) -> Result<(), Mistake> {
        match (&channel.kind, channel.url()) {
            (Kind::File(folder), _) if !self.dirs.contains(&folder.dir) => Err(Mistake::of(
                "dir",
                format!(
                    "{} 不是配置文件允许写入的目录（[outbound] allow_dirs）",
                    folder.dir.display()
                ),
            )),
            (_, Some(url)) if !self.allow.permits(url) => Err(Mistake::of(
                "url",
                format!(
                    "{} 不在配置文件允许外发的地址之列（[outbound] allow），要由管理服务器的人写进去",
                    url.origin()
                ),
            )),
            _ => Ok(()),
        }
    }
}

/// What is wrong with what was asked, and with which field of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The field; empty: the whole.
    pub field: &'static str,
    /// What is wrong and what to do.
    pub problem: String,
}

impl Mistake {
    fn of(field: &'static str, problem: impl Into<String>) -> Self {
        Self {
            field,
            problem: problem.into(),
        }
    }

    fn whole(problem: impl Into<String>) -> Self {
        Self::of("", problem)
    }
}

/// What the pages have made of a channel.
pub enum Set {
    /// This.
    Channel(Box<Channel>),
    /// It is out of use.
    Retired,
    /// Nothing: the configuration says what it is.
    OfFile,
}

/// What the versions of a site make of a channel.
///
/// # Errors
/// The version cannot be used.
pub fn set(newest: &[Version], keys: &KeyRing, id: &str) -> Result<Set, String> {
    let Some(version) = newest.iter().find(|version| version.channel == id) else {
        return Ok(Set::OfFile);
    };
    let read = || {
        let content = Content::open(keys, version)?;
        let channel = content.map(|content| content.channel(id).map_err(|mistake| mistake.problem));
        channel.transpose()
    };
    match version.state {
        State::OfFile => Ok(Set::OfFile),
        State::Retired => Ok(Set::Retired),
        State::InUse => match read() {
            Ok(Some(channel)) => Ok(Set::Channel(Box::new(channel))),
            Ok(None) => Err(format!("通道「{id}」第 {} 版没有内容", version.number)),
            Err(problem) => Err(format!("通道「{id}」第 {} 版不能用：{problem}", version.number)),
        },
    }
}

/// The channel that the pages have set, to send through; `None`: the one of the configuration.
///
/// # Errors
/// It is out of use, or lies outside the bounds of the configuration as it is now.
pub fn to_send(app: &App, id: &str) -> Result<Option<Channel>, String> {
    match set(&app.adopted().channels, &app.keys, id)? {
        Set::OfFile => Ok(None),
        Set::Retired => Err(format!("通道「{id}」已停用")),
        Set::Channel(channel) => {
            app.outward.permits(&channel).map_err(|mistake| mistake.problem)?;
            Ok(Some(*channel))
        }
    }
}

/// Whether there is a channel of this name that something may go through.
pub fn is_there(app: &App, id: &str) -> bool {
    match to_send(app, id) {
        Ok(Some(_)) => true,
        Ok(None) => of_file(app, id).is_some(),
        Err(_) => false,
    }
}

/// A channel as a list shows it.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its name.
    pub id: String,
    /// The newest version; none: it was never changed through the pages.
    pub version: Option<Version>,
    /// What may be said of it, where that can be read.
    pub outline: Option<Outline>,
    /// Whether anything is to go through it.
    pub in_use: bool,
    /// What holds up what is to go through it: the configuration permits the place no longer.
    pub barred: Option<String>,
}

impl Line {
    /// The number of the newest version; 0: the configuration's.
    pub fn number(&self) -> i64 {
        self.version.as_ref().map_or(0, |version| version.number)
    }

    /// Whether what is in force is what the configuration says.
    pub fn is_of_file(&self) -> bool {
        self.version
            .as_ref()
            .is_none_or(|version| version.state == State::OfFile)
    }
}

fn line(app: &App, id: &str, version: Option<Version>) -> Option<Line> {
    let own = app.outward.own(id).map(|own| own.outline.clone());
    let (outline, in_use) = match &version {
        None => (Some(own?), true),
        Some(version) => match version.state {
            State::OfFile => (own.clone(), own.is_some()),
            State::Retired => (None, false),
            State::InUse => (outline_of(app, version), true),
        },
    };
    let set = version.as_ref().filter(|version| version.state == State::InUse);
    let barred = set.and_then(|version| {
        let content = Content::open(&app.keys, version).ok().flatten()?;
        let channel = content.channel(id).ok()?;
        app.outward.permits(&channel).err().map(|mistake| mistake.problem)
    });
    Some(Line {
        id: id.to_owned(),
        barred,
        version,
        outline,
        in_use,
    })
}

/// What may be said of a version that says itself what it is.
pub fn outline_of(app: &App, version: &Version) -> Option<Outline> {
    let content = Content::open(&app.keys, version).ok().flatten();
    content.map(|content| content.outline())
}

/// Every channel: those of the configuration, then those of the pages, also out of use.
pub async fn list(app: &App) -> Result<Vec<Line>, AppError> {
    let mut tx = app.db.read().await?;
    let mut newest = store::newest_of_each(&mut tx).await?;
    tx.rollback().await?;
    let mut lines = Vec::new();
    for own in &app.outward.own {
        let at = newest.iter().position(|version| version.channel == own.id);
        lines.extend(line(app, &own.id, at.map(|at| newest.remove(at))));
    }
    for version in newest {
        let id = version.channel.clone();
        lines.extend(line(app, &id, Some(version)));
    }
    Ok(lines)
}

/// One channel; none of that name.
pub async fn one(app: &App, id: &str) -> Result<Option<Line>, AppError> {
    let mut tx = app.db.read().await?;
    let number = store::newest(&mut tx, id).await?;
    let version = store::one(&mut tx, id, number).await?;
    tx.rollback().await?;
    Ok(line(app, id, version))
}

/// What the configuration says of a channel.
pub fn of_file<'a>(app: &'a App, id: &str) -> Option<&'a Outline> {
    app.outward.own(id).map(|own| &own.outline)
}

/// A page of the versions of a channel, the newest first.
pub async fn history(app: &App, id: &str, page: u32) -> Result<PageOf<Version>, AppError> {
    let mut tx = app.db.read().await?;
    let total = store::newest(&mut tx, id).await?;
    let offset = offset_of(page);
    let rows = store::page(&mut tx, id, PER_PAGE.into(), offset).await?;
    tx.rollback().await?;
    Ok(PageOf::usual(rows, total, page))
}
