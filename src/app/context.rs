//! What every use case works with.

use super::AppError;
use super::health::Pulse;
use super::precheck::jobs::Jobs;
use super::simulate::Ahead;
use super::vocabulary::{self, Vocabulary};
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
    /// Rules.
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
}

/// The service without its shell; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

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
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}

impl App {
    /// Takes the parts; refuses a database that was sealed with another key.
    pub async fn new(parts: Parts) -> Result<Self, AppError> {
        let fingerprint = parts.keys.fingerprint();
        let mut tx = parts.db.begin().await?;
        let stored = meta::put_new(&mut tx, meta::KEY_FINGERPRINT, &fingerprint).await?;
        tx.commit().await?;
        if stored != fingerprint {
            return Err(AppError::Environment(
                "密钥文件与数据库不匹配：数据库是用另一把密钥加密的。请在配置 [crypto] key_file 中指定当时的密钥文件"
                    .to_owned(),
            ));
        }
        let words = vocabulary::load(parts.words_dir.as_deref())?;
        let live = RwLock::new(Live {
            calendars: Arc::new(parts.calendars.clone()),
            mark: None,
            words_mark: words.mark.clone(),
            words: Arc::new(words),
        });
        Ok(Self(Arc::new(Inner {
            parts,
            live,
            pulse: Pulse::default(),
            jobs: Jobs::default(),
            ahead: Ahead::default(),
        })))
    }

    /// The calendars of now.
    pub fn calendars(&self) -> Arc<Calendars> {
        Arc::clone(&self.0.live.read().unwrap_or_else(PoisonError::into_inner).calendars)
    }

    /// What the calendars of now were read from.
    pub(super) fn calendar_mark(&self) -> Option<String> {
        self.0.live.read().unwrap_or_else(PoisonError::into_inner).mark.clone()
    }

    pub(super) fn put_calendars(&self, calendars: Calendars, mark: String) {
        let mut live = self.0.live.write().unwrap_or_else(PoisonError::into_inner);
        live.calendars = Arc::new(calendars);
        live.mark = Some(mark);
    }

    /// The word lists of now.
    pub fn vocabulary(&self) -> Arc<Vocabulary> {
        Arc::clone(&self.0.live.read().unwrap_or_else(PoisonError::into_inner).words)
    }

    /// Whether these word lists were looked at before.
    pub(super) fn words_seen(&self, mark: &str) -> bool {
        self.0.live.read().unwrap_or_else(PoisonError::into_inner).words_mark == mark
    }

    pub(super) fn put_words(&self, words: Vocabulary) {
        let mut live = self.0.live.write().unwrap_or_else(PoisonError::into_inner);
        live.words_mark.clone_from(&words.mark);
        live.words = Arc::new(words);
    }

    /// Remembers word lists that cannot be used, so that they are told once.
    pub(super) fn refuse_words(&self, mark: String) {
        self.0.live.write().unwrap_or_else(PoisonError::into_inner).words_mark = mark;
    }

    /// What this process did of late.
    pub fn pulse(&self) -> &Pulse {
        &self.0.pulse
    }

    /// The pre-checks of this process that people sent in through pages.
    pub fn jobs(&self) -> &Jobs {
        &self.0.jobs
    }

    /// The weeks to come as they were reckoned last.
    pub(super) fn ahead(&self) -> &Ahead {
        &self.0.ahead
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
