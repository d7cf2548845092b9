//! What the installation is set up by: the rules and word lists that were adopted stand in the place of the site's files.
//! Each is adopted whole, as a version after the one before; nothing is taken away, and an earlier one comes back as a new
//! version. Here is the one place where it is found out which text is in force.

mod effect;

pub use effect::{Effect, Mails, Moving, Reminder, effect};

use super::view::{PER_PAGE, PageOf, offset_of};
use super::{App, AppError, policies, vocabulary, ways};
use crate::domain::policy::Policy;
use crate::domain::protection::Words;
use crate::domain::settings::{Document, HEADERS};
use crate::domain::time::Moment;
use crate::domain::written;
use crate::files::HeaderWords;
use crate::store::channels;
use crate::store::journal::{self, Entry};
use crate::store::settings::{self as store, Version};
use crate::store::{Db, Tx};

/// Bytes a text may have.
const MOST: usize = 1 << 20;

/// What was adopted.
#[derive(Debug, Clone, Default)]
pub struct Adopted {
    mark: i64,
    rules: Option<Version>,
    /// Word lists by file name.
    pub words: Vec<(String, String)>,
    /// The newest version of each channel that was set through the pages.
    pub channels: Vec<channels::Version>,
}

impl Adopted {
    /// The number of the rules, where some were adopted.
    pub(super) fn rules_number(&self) -> Option<i64> {
        self.rules.as_ref().map(|version| version.number)
    }

    /// The rules, where some were adopted.
    ///
    /// # Errors
    /// They are none that this program understands.
    pub fn rules(&self) -> Result<Option<Policy>, AppError> {
        let Some(version) = &self.rules else { return Ok(None) };
        let read = Policy::parse(&version.text).map_err(|error| {
            AppError::Input(format!(
                "采用的规则（第 {} 版）不能用：{error}\n改正后用 rongcuo policy adopt 采用",
                version.number
            ))
        });
        read.map(Some)
    }
}

/// What was adopted, as the store has it now.
pub(super) async fn adopted(tx: &mut Tx) -> Result<Adopted, AppError> {
    let mut adopted = Adopted {
        mark: store::mark(tx).await?,
        channels: channels::newest_of_each(tx).await?,
        ..Adopted::default()
    };
    for version in store::in_force(tx).await? {
        match Document::from_slug(&version.document) {
            Some(Document::Profile) => adopted.rules = Some(version),
            Some(Document::Words(file)) => adopted.words.push((file.to_owned(), version.text)),
            None => tracing::warn!(document = version.document, "采用过不认识的设置，不起作用"),
        }
    }
    Ok(adopted)
}

/// What was adopted, for a command that does without the rest of the service.
pub async fn adopted_in(db: &Db) -> Result<Adopted, AppError> {
    let mut tx = db.read().await?;
    let adopted = adopted(&mut tx).await?;
    tx.rollback().await?;
    Ok(adopted)
}

/// Takes what was adopted through another process, and word lists whose files have changed, into use. What cannot be used
/// leaves what is in use.
pub(super) async fn keep_up(app: &App, now: Moment) -> Result<(), AppError> {
    let mut tx = app.db.read().await?;
    let mark = store::mark(&mut tx).await?;
    let news = if mark == app.adopted().mark {
        None
    } else {
        Some(adopted(&mut tx).await?)
    };
    tx.rollback().await?;
    let Some(news) = news else {
        vocabulary::keep_up(app, &app.adopted().words, false, now).await?;
        return Ok(());
    };
    take(app, news, now).await
}

/// Takes what was adopted into use in this process.
pub(super) async fn take(app: &App, news: Adopted, now: Moment) -> Result<(), AppError> {
    let before = app.adopted();
    // Another pass of this process has been here meanwhile.
    if news.mark <= before.mark {
        return Ok(());
    }
    // Rules may name kinds of outcome that the word lists add.
    vocabulary::keep_up(app, &news.words, true, now).await?;
    if news.rules != before.rules {
        match news.rules() {
            Ok(Some(policy)) => {
                // Where a command adopted them, nothing has been reckoned by them yet.
                policies::put_in_force(&app.under(policy.clone()), now).await?;
                tracing::info!(policy.fingerprint = policy.fingerprint(), "已启用采用的规则");
                app.put_policy(policy);
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "采用的规则不能用，沿用原来的"),
        }
    }
    // Last, so that what failed above is tried again by the next pass.
    app.put_adopted(news);
    Ok(())
}

/// A text as it stands.
#[derive(Debug, Clone)]
pub struct Current {
    /// The number of its version; 0: the site's files say so.
    pub number: i64,
    /// The text.
    pub text: String,
    /// The version, where it was adopted.
    pub version: Option<Version>,
}

/// One kind of line end and an end to the last line: what a form sends back unchanged is the same.
fn tidy(text: &str) -> String {
    let text = text
        .strip_prefix('\u{feff}')
        .unwrap_or(text)
        .replace("\r\n", "\n")
        .replace('\r', "\n");
    let mut text: String = text
        .chars()
        .filter(|c| !c.is_control() || *c == '\n' || *c == '\t')
        .collect();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// What the site's files say.
fn own_text(app: &App, document: Document) -> Result<String, AppError> {
    Ok(match document {
        Document::Profile => tidy(app.own_policy().text()),
        Document::Words(file) => tidy(&vocabulary::own_text(app.words_dir.as_deref(), file)?),
    })
}

/// The version in force of each document for which one was adopted, without its text.
pub async fn in_force(app: &App) -> Result<Vec<Version>, AppError> {
    let mut tx = app.db.read().await?;
    let named = store::named(&mut tx).await?;
    tx.rollback().await?;
    Ok(named)
}

/// The text in force.
pub async fn current(app: &App, document: Document) -> Result<Current, AppError> {
    let mut tx = app.db.read().await?;
    let number = store::newest(&mut tx, document.slug()).await?;
    let version = store::one(&mut tx, document.slug(), number).await?;
    tx.rollback().await?;
    Ok(match version {
        Some(version) => Current {
            number,
            text: version.text.clone(),
            version: Some(version),
        },
        None => Current {
            number: 0,
            text: own_text(app, document)?,
            version: None,
        },
    })
}

/// A version; 0 is what the site's files say now.
pub async fn version(app: &App, document: Document, number: i64) -> Result<Option<Current>, AppError> {
    if number == 0 {
        return Ok(Some(Current {
            number,
            text: own_text(app, document)?,
            version: None,
        }));
    }
    let mut tx = app.db.read().await?;
    let version = store::one(&mut tx, document.slug(), number).await?;
    tx.rollback().await?;
    Ok(version.map(|version| Current {
        number,
        text: version.text.clone(),
        version: Some(version),
    }))
}

/// A page of the versions, without their texts, the newest first.
pub async fn history(app: &App, document: Document, page: u32) -> Result<PageOf<Version>, AppError> {
    let mut tx = app.db.read().await?;
    let total = store::newest(&mut tx, document.slug()).await?;
    let offset = offset_of(page);
    let rows = store::page(&mut tx, document.slug(), PER_PAGE.into(), offset).await?;
    tx.rollback().await?;
    Ok(PageOf::usual(rows, total, page))
}

/// A mistake of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Line and column, from 1, where known.
    pub place: Option<(usize, usize)>,
    /// What is wrong and what to do.
    pub problem: String,
}

impl Mistake {
    fn whole(problem: impl Into<String>) -> Self {
        Self {
            place: None,
            problem: problem.into(),
        }
    }
}

/// A text that may be adopted.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The text as it would be kept.
    pub text: String,
    /// The rules it is, if it is rules.
    pub policy: Option<Policy>,
}

/// Checks a text as files are checked.
///
/// # Errors
/// Every mistake that is found.
pub fn check(app: &App, document: Document, text: &str) -> Result<Checked, Vec<Mistake>> {
    let text = tidy(text);
    if text.trim().is_empty() {
        return Err(vec![Mistake::whole("没有内容")]);
    }
    if text.len() > MOST {
        return Err(vec![Mistake::whole("超过 1 MiB，不能采用")]);
    }
    match document {
        Document::Profile => match Policy::parse(&text) {
            Ok(policy) => {
                // A list that was only looked at may have made a kind known that no other process knows.
                let words = app.vocabulary();
                let lost = policy
                    .named_domains()
                    .into_iter()
                    .find(|domain| !words.words.knows(*domain));
                // What the rules in force name already stands: something else is to be changed.
                let own = &app.policy.routing.channels;
                let mut named = policy.routing.channels.iter().map(|one| &one.id);
                let stray = named.find(|id| !own.iter().any(|one| one.id == **id) && !ways::is_there(app, id));
                match lost {
                    None => stray.map_or(Ok(()), |id| {
                        let said = format!("没有在用的通道「{id}」：先在「邮件和通道」里设好，再采用规则");
                        Err(vec![at(&text, None, &said)])
                    }),
                    Some(domain) => Err(vec![Mistake::whole(format!(
                        "规则用到的事项类别「{}」不在现行用词中：先采用用词，再采用规则",
                        domain.as_str()
                    ))]),
                }?;
                Ok(Checked {
                    text,
                    policy: Some(policy),
                })
            }
            Err(error) => Err(error
                .0
                .into_iter()
                .map(|fault| Mistake {
                    place: Some((fault.line, fault.column)),
                    problem: fault.problem,
                })
                .collect()),
        },
        Document::Words(file) => match words(app, file, &text) {
            Ok(()) => Ok(Checked { text, policy: None }),
            Err(mistake) => Err(vec![mistake]),
        },
    }
}

fn words(app: &App, file: &'static str, text: &str) -> Result<(), Mistake> {
    if file == HEADERS {
        return HeaderWords::parse(text)
            .map(drop)
            .map_err(|error| at(text, error.at(), &error.to_string()));
    }
    let lists = vocabulary::lists_with(app, file, text).map_err(|error| Mistake::whole(error.to_string()))?;
    let named: Vec<(&str, &str)> = lists
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let read = Words::parse(&named).map_err(|error| {
        if error.file == file {
            at(text, error.at, &error.message)
        } else {
            Mistake::whole(format!("与 {} 不符：{}", error.file, error.message))
        }
    })?;
    let lost = app
        .policy
        .named_domains()
        .into_iter()
        .find(|domain| !read.knows(*domain));
    lost.map_or(Ok(()), |domain| {
        Err(Mistake::whole(format!(
            "规则中用到的事项类别「{}」（{}）不在其中：先改规则，或者保留",
            domain.zh(),
            domain.as_str()
        )))
    })
}

/// A mistake with its place: where the reader stopped, else where the first word stands that the message quotes.
fn at(text: &str, offset: Option<usize>, message: &str) -> Mistake {
    let quoted = || {
        let word = message.split('「').nth(1)?.split('」').next()?;
        text.find(&format!("\"{word}\""))
            .or_else(|| text.find(word))
            .filter(|_| !word.is_empty())
    };
    // The reader draws the line before it says what is wrong.
    let said = message
        .lines()
        .rev()
        .find(|line| !line.trim().is_empty())
        .unwrap_or(message);
    let place = offset.or_else(quoted).map(|offset| {
        let before = text.get(..offset.min(text.len())).unwrap_or(text);
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
    });
    Mistake {
        place,
        problem: said.trim().to_owned(),
    }
}

/// A text somebody wants to adopt.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Of what.
    pub document: Document,
    /// The text, as [`check`] gave it back.
    pub checked: Checked,
    /// The version in whose place it is to stand.
    pub base: i64,
    /// The version whose text it is again.
    pub restores: Option<i64>,
}

/// Adopts a text: it is in force from now on in this process, in every other from its next pass on.
///
/// # Errors
/// No reason; nothing changes; another version has been adopted meanwhile.
pub async fn adopt(app: &App, new: Proposal, reason: &str, actor: &str) -> Result<i64, AppError> {
    let now = app.now();
    let reason = &written::lines("采用的理由", reason).map_err(AppError::Input)?;
    let own = own_text(app, new.document)?;
    let mut tx = app.db.begin().await?;
    let number = add(&mut tx, &new, &own, (reason, actor), now).await?;
    if let Some(policy) = &new.checked.policy {
        policies::put_in_force_in(&app.under(policy.clone()), &mut tx, actor, now).await?;
    }
    let news = adopted(&mut tx).await?;
    tx.commit().await?;
    // It is adopted, whatever holds up its coming into use here: the next pass tries again.
    if let Err(error) = take(app, news, now).await {
        tracing::error!(%error, "已采用，暂未启用，下一轮再试");
    }
    Ok(number)
}

/// Adopts rules into a database whose service cannot start with those that it has; they come into force when it does.
///
/// # Errors
/// No reason; nothing changes.
pub async fn adopt_rules_in(
    db: &Db,
    policy: Policy,
    (reason, actor): (&str, &str),
    now: Moment,
) -> Result<i64, AppError> {
    let reason = &written::lines("采用的理由", reason).map_err(AppError::Input)?;
    let mut tx = db.begin().await?;
    let new = Proposal {
        document: Document::Profile,
        base: store::newest(&mut tx, Document::Profile.slug()).await?,
        checked: Checked {
            text: tidy(policy.text()),
            policy: Some(policy),
        },
        restores: None,
    };
    let number = add(&mut tx, &new, "", (reason, actor), now).await?;
    tx.commit().await?;
    Ok(number)
}

/// Keeps the version and journals it.
async fn add(
    tx: &mut Tx,
    new: &Proposal,
    own: &str,
    (reason, actor): (&str, &str),
    now: Moment,
) -> Result<i64, AppError> {
    journal::take_turn(tx).await?;
    let document = new.document.slug();
    let newest = store::newest(tx, document).await?;
    if newest != new.base {
        return Err(AppError::Conflict(format!(
            "打开以后已采用第 {newest} 版，本次没有改动；请对照现行的第 {newest} 版再核对"
        )));
    }
    let before = store::one(tx, document, newest).await?;
    if before.as_ref().map_or(own, |before| before.text.as_str()) == new.checked.text {
        return Err(AppError::Input("与现行的一字不差，没有需要采用的改动".to_owned()));
    }
    let number = newest + 1;
    let version = Version {
        document: document.to_owned(),
        number,
        replaces: newest,
        restores: new.restores,
        text: new.checked.text.clone(),
        actor: actor.to_owned(),
        reason: reason.to_owned(),
        at: now,
    };
    store::add(tx, &version).await?;
    let restored = new
        .restores
        .map(|number| format!("，恢复第 {number} 版的内容"))
        .unwrap_or_default();
    let entry = Entry {
        actor,
        action: "settings.adopt",
        object_kind: "settings",
        object_id: document,
        detail: format!(
            "采用{}第 {number} 版，代替第 {newest} 版{restored}：{reason}",
            new.document.zh()
        ),
    };
    journal::append(tx, now, &[entry]).await?;
    Ok(number)
}
