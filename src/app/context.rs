//! What every use case works with.

use super::AppError;
use super::health::Pulse;
use super::precheck::jobs::Jobs;
use super::settings::{self, Adopted};
use super::simulate::Ahead;
use super::vocabulary::{self, Vocabulary};
use super::ways::Outward;
use crate::domain::calendar::Calendars;
use crate::domain::policy::Policy;
use crate::domain::time::Moment;
use crate::runtime::clock::Clock;
use crate::runtime::crypto::KeyRing;
use crate::store::{Db, meta};
use std::future::Future;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

/// The parts an [`App`] is made of.
pub struct Parts {
    /// Database, schema ready.
    pub db: Db,
    /// Keys of the installation.
    pub keys: KeyRing,
    /// Rules of the site's files; what was adopted stands in their place.
    pub policy: Policy,
    /// Folder of the site's word lists; `None`: those built in.
    pub words_dir: Option<PathBuf>,
    /// Working days as they stand at the start.
    pub calendars: Calendars,
    /// Folder the calendar files come from; `None`: those built in.
    pub calendar_dir: Option<PathBuf>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Name of the site, for pages and mails.
    pub site_name: String,
    /// Address of the pages, for links in mails.
    pub base_url: String,
    /// Sender of mails.
    pub mail_from: String,
    /// What the configuration says of the channels beside mail.
    pub outward: Outward,
}

/// The service without its shell; cheap to clone. One piece of work goes by one set of rules: those that were in force when
/// its handle was taken with [`App::latest`].
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
    /// The rules this handle goes by.
    pub policy: Arc<Policy>,
}

struct Inner {
    parts: Parts,
    /// A notice or a word list that comes while the service runs is in force from the next pass on.
    live: RwLock<Live>,
    pulse: Pulse,
    jobs: Jobs,
    ahead: Ahead,
}

struct Live {
    calendars: Arc<Calendars>,
    mark: Option<String>,
    words: Arc<Vocabulary>,
    /// The last word lists looked at, in use or refused.
    words_mark: String,
    policy: Arc<Policy>,
    adopted: Arc<Adopted>,
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.inner.parts
    }
}

impl App {
    /// Takes the parts; refuses a database that was sealed with another key. What was adopted through the pages stands in
    /// the place of the site's files: for the daemon and for every command that opens the database.
    pub async fn new(parts: Parts) -> Result<Self, AppError> {
        let fingerprint = parts.keys.fingerprint();
        let mut tx = parts.db.begin().await?;
        let stored = meta::put_new(&mut tx, meta::KEY_FINGERPRINT, &fingerprint).await?;
        let adopted = settings::adopted(&mut tx).await?;
        tx.commit().await?;
        if stored != fingerprint {
            return Err(AppError::Environment(
                "密钥文件与数据库不匹配：数据库是用另一把密钥加密的。请在配置 [crypto] key_file 中指定当时的密钥文件"
                    .to_owned(),
            ));
        }
        let words = vocabulary::load_with(parts.words_dir.as_deref(), &adopted.words)?;
        let policy = Arc::new(adopted.rules()?.unwrap_or_else(|| parts.policy.clone()));
        let live = RwLock::new(Live {
            calendars: Arc::new(parts.calendars.clone()),
            mark: None,
            words_mark: words.mark.clone(),
            words: Arc::new(words),
            policy: Arc::clone(&policy),
            adopted: Arc::new(adopted),
        });
        let inner = Arc::new(Inner {
            parts,
            live,
            pulse: Pulse::default(),
            jobs: Jobs::default(),
            ahead: Ahead::default(),
        });
        Ok(Self { inner, policy })
    }

    /// The same service by the rules that are in force now.
    #[must_use]
    pub fn latest(&self) -> Self {
        let live = self.inner.live.read().unwrap_or_else(PoisonError::into_inner);
        Self {
            inner: Arc::clone(&self.inner),
            policy: Arc::clone(&live.policy),
        }
    }

    /// The same service by other rules: what would be.
    #[must_use]
    pub fn under(&self, policy: Policy) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            policy: Arc::new(policy),
        }
    }

    /// The rules of the site's files.
    pub(super) fn own_policy(&self) -> &Policy {
        &self.inner.parts.policy
    }

    /// What was adopted, as far as this process knows.
    pub(super) fn adopted(&self) -> Arc<Adopted> {
        Arc::clone(&self.inner.live.read().unwrap_or_else(PoisonError::into_inner).adopted)
    }

    pub(super) fn put_adopted(&self, adopted: Adopted) {
        self.inner.live.write().unwrap_or_else(PoisonError::into_inner).adopted = Arc::new(adopted);
    }

    pub(super) fn put_policy(&self, policy: Policy) {
        self.inner.live.write().unwrap_or_else(PoisonError::into_inner).policy = Arc::new(policy);
    }

    /// The calendars of now.
    pub fn calendars(&self) -> Arc<Calendars> {
        Arc::clone(&self.inner.live.read().unwrap_or_else(PoisonError::into_inner).calendars)
    }

    /// What the calendars of now were read from.
    pub(super) fn calendar_mark(&self) -> Option<String> {
        self.inner
            .live
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .mark
            .clone()
    }

    pub(super) fn put_calendars(&self, calendars: Calendars, mark: String) {
        let mut live = self.inner.live.write().unwrap_or_else(PoisonError::into_inner);
        live.calendars = Arc::new(calendars);
        live.mark = Some(mark);
    }

    /// The word lists of now.
    pub fn vocabulary(&self) -> Arc<Vocabulary> {
        Arc::clone(&self.inner.live.read().unwrap_or_else(PoisonError::into_inner).words)
    }

    /// Whether these word lists were looked at before.
    pub(super) fn words_seen(&self, mark: &str) -> bool {
        self.inner
            .live
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .words_mark
            == mark
    }

    pub(super) fn put_words(&self, words: Vocabulary) {
        let mut live = self.inner.live.write().unwrap_or_else(PoisonError::into_inner);
        live.words_mark.clone_from(&words.mark);
        live.words = Arc::new(words);
    }

    /// Remembers word lists that cannot be used, so that they are told once.
    pub(super) fn refuse_words(&self, mark: String) {
        self.inner
            .live
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .words_mark = mark;
    }

    /// What this process did of late.
    pub fn pulse(&self) -> &Pulse {
        &self.inner.pulse
    }

    /// The pre-checks of this process that people sent in through pages.
    pub fn jobs(&self) -> &Jobs {
        &self.inner.jobs
    }

    /// The weeks to come as they were reckoned last.
    pub(super) fn ahead(&self) -> &Ahead {
        &self.inner.ahead
    }

    /// The time now.
    pub fn now(&self) -> Moment {
        self.clock.now()
    }
}

/// Runs a unit of work that nobody can drop half-way: a request whose client went away still finishes it.
pub async fn uncancelled<T, F>(work: F) -> Result<T, AppError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, AppError>> + Send + 'static,
{
    tokio::spawn(work)
        .await
        .map_err(|error| AppError::Environment(format!("内部任务异常中止：{error}")))?
}
