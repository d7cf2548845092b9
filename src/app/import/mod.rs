//! Imports: the same file twice changes nothing, a bad row is listed and the good ones are in.

mod cadres;
mod contacts;
mod days;
mod rectifications;
mod register;

pub use cadres::cadres;
pub use contacts::contacts;
pub use rectifications::{Changed, Compared, Ledger, ledger, rectifications};
pub use register::register;

use crate::domain::ids::{RunId, hex};
use crate::domain::protection::list::RowFault;
use crate::domain::time::Moment;
use crate::store::journal::{ACTOR_LOCAL, Entry};
use crate::store::runs::Run;
use crate::store::{StoreError, Tx, journal, runs};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// A file as it came.
#[derive(Debug, Clone)]
pub struct Source {
    /// Name without folder.
    pub file: String,
    /// SHA-256 of its bytes.
    pub hash: String,
}

impl Source {
    /// Names a file by its bytes.
    pub fn new(file: impl Into<String>, bytes: &[u8]) -> Self {
        Self {
            file: file.into(),
            hash: hex(&Sha256::digest(bytes)),
        }
    }

    /// The run this file makes; the same file again is the same run.
    pub fn run_id(&self, kind: &str) -> RunId {
        RunId::of(&format!("{kind}|{}", self.hash))
    }
}

/// What an import did.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// File name.
    pub file: String,
    /// Records read.
    pub rows_read: u32,
    /// Records that are new.
    pub added: u32,
    /// Records that changed.
    pub changed: u32,
    /// Records that were there already.
    pub unchanged: u32,
    /// What could not be read, or only in part.
    pub unreadable: Vec<RowFault>,
}

impl Summary {
    fn new(source: &Source, rows_read: u32, faults: Vec<RowFault>) -> Self {
        Self {
            file: source.file.clone(),
            rows_read,
            added: 0,
            changed: 0,
            unchanged: 0,
            unreadable: faults,
        }
    }

    fn count(&mut self, effect: Effect) {
        match effect {
            Effect::Added => self.added += 1,
            Effect::Changed => self.changed += 1,
            Effect::Unchanged => self.unchanged += 1,
        }
    }

    /// Whether something was written.
    pub fn wrote(&self) -> bool {
        self.added + self.changed > 0
    }
}

/// What a record did to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Added,
    Changed,
    Unchanged,
}

/// Makes the run known, so that records can refer to it.
async fn open_run(
    tx: &mut Tx,
    kind: &str,
    source: &Source,
    rows_read: u32,
    rows_bad: usize,
    now: Moment,
) -> Result<RunId, StoreError> {
    // What is read below is written back, so nobody may write in between.
    journal::take_turn(tx).await?;
    let id = source.run_id(kind);
    let run = Run {
        id: id.clone(),
        kind: kind.to_owned(),
        file: source.file.clone(),
        file_hash: source.hash.clone(),
        unit: None,
        period: None,
        rows_read: i64::from(rows_read),
        rows_bad: i64::try_from(rows_bad).unwrap_or(i64::MAX),
        rows_changed: 0,
        counts: "{}".to_owned(),
        at: now,
    };
    runs::put(tx, &run).await?;
    Ok(id)
}

/// Journals the run if it wrote something.
async fn close_run(tx: &mut Tx, kind: &str, run: &RunId, summary: &Summary, now: Moment) -> Result<(), StoreError> {
    if !summary.wrote() {
        return Ok(());
    }
    runs::add_changed(tx, run, i64::from(summary.added + summary.changed)).await?;
    let detail = format!(
        "{kind}：新增 {}，变更 {}，不变 {}，未读出 {}",
        summary.added,
        summary.changed,
        summary.unchanged,
        summary.unreadable.len()
    );
    journal::append(
        tx,
        now,
        &[Entry {
            actor: ACTOR_LOCAL,
            action: "import",
            object_kind: "run",
            object_id: run.as_str(),
            detail,
        }],
    )
    .await
}
