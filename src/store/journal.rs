//! 审计链: append-only and hash-chained, written in the transaction of the change it records.

use super::db::on;
use super::values::{BATCH, rows};
use super::{StoreError, Tx, dialect};
use crate::domain::time::Moment;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// Who acts when no person does.
pub const ACTOR_SERVICE: &str = "service";
/// Whoever sits at this machine; this release has no sign-in.
pub const ACTOR_LOCAL: &str = "local";

/// One entry to append. Names no person: numbers and ids only.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Who.
    pub actor: &'a str,
    /// What was done.
    pub action: &'a str,
    /// Kind of the object.
    pub object_kind: &'a str,
    /// Its id.
    pub object_id: &'a str,
    /// Before and after, in words.
    pub detail: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    at_ms: i64,
    actor: String,
    action: String,
    object_kind: String,
    object_id: String,
    detail: String,
    prev_hash: Vec<u8>,
    hash: Vec<u8>,
}

macro_rules! wanted {
    ($head:literal, $tail:literal) => {
        concat!(
            $head,
            " FROM journal WHERE ($1 = '' OR actor = $1 OR replace($1, '\n' || actor || '\n', '') <> $1) \
             AND ($2 = '' OR action = $2) AND ($3 = '' OR object_kind = $3) \
             AND ($4 = '' OR object_id = $4 OR replace($4, '\n' || object_id || '\n', '') <> $4) AND at_ms >= $5 AND at_ms < $6",
            $tail
        )
    };
}
const SOUGHT: &str = wanted!(
    "SELECT seq, at_ms, actor, action, object_kind, object_id, detail",
    " AND seq < $7 ORDER BY seq DESC LIMIT $8 OFFSET $9"
);
const COUNTED: &str = wanted!("SELECT COUNT(*)", "");
const NEWEST: &str = "SELECT MAX(at_ms) FROM journal";
macro_rules! insert {
    () => {
        "INSERT INTO journal (seq, at_ms, actor, action, object_kind, object_id, detail, prev_hash, hash) VALUES "
    };
}
const INSERT: &str = concat!(insert!(), "($1, $2, $3, $4, $5, $6, $7, $8, $9)");
static INSERT_BATCH: LazyLock<String> = LazyLock::new(|| format!("{}{}", insert!(), rows(9)));
const SET_HEAD: &str = "UPDATE journal_head SET seq = $1, hash = $2 WHERE id = 1";
const PAGE: &str = "SELECT seq, at_ms, actor, action, object_kind, object_id, detail, prev_hash, hash FROM journal \
     WHERE seq > $1 ORDER BY seq LIMIT $2";
const HEAD: &str = "SELECT seq, hash FROM journal_head WHERE id = 1";

const LAST_CHANGE: &str = "SELECT at_ms FROM journal WHERE object_kind = $1 AND object_id = $2 AND action <> 'view' \
     ORDER BY seq DESC LIMIT 1";

/// Entries read at a time when the chain is walked.
const VERIFY_PAGE: i64 = 2_000;

/// Takes this writer's turn until its transaction ends: what it reads from here on no other writer changes under it.
/// Every act asks for its turn before it reads, so that on a server, too, two of them are judged one after the other.
pub async fn take_turn(tx: &mut Tx) -> Result<(), StoreError> {
    let sql = dialect::lock_journal_head(tx.backend());
    on!(tx, c => sqlx::query(sql).fetch_one(c).await.map(drop))?;
    Ok(())
}

/// Appends entries in order.
pub async fn append(tx: &mut Tx, at: Moment, entries: &[Entry<'_>]) -> Result<(), StoreError> {
    if entries.is_empty() {
        return Ok(());
    }
    let sql = dialect::lock_journal_head(tx.backend());
    let (seq, hash) = on!(tx, c => sqlx::query_as(sql).fetch_one(c).await)?;
    let mut head = Head { seq, hash };
    let (batches, rest) = entries.as_chunks::<BATCH>();
    for batch in batches {
        head = insert(tx, INSERT_BATCH.as_str(), at, head, batch).await?;
    }
    for entry in rest {
        head = insert(tx, INSERT, at, head, std::slice::from_ref(entry)).await?;
    }
    on!(tx, c => sqlx::query(SET_HEAD).bind(head.seq).bind(&head.hash).execute(c).await.map(drop))?;
    Ok(())
}

/// Several actors or objects, any of which is looked for, as one text of [`Wanted`]; none of them has lines.
pub fn any_of(all: &[String]) -> String {
    if all.is_empty() {
        return String::new();
    }
    format!("\n{}\n", all.join("\n"))
}

/// What is looked for; empty texts ask for everything. Who and what may be [`any_of`] several.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Who.
    pub actor: &'a str,
    /// What was done.
    pub action: &'a str,
    /// Kind of the object.
    pub kind: &'a str,
    /// Its id.
    pub object: &'a str,
    /// The first millisecond.
    pub from: i64,
    /// The millisecond after the last.
    pub until: i64,
}

impl Wanted<'_> {
    fn is_everything(&self) -> bool {
        let texts = [self.actor, self.action, self.kind, self.object];
        texts.iter().all(|text| text.is_empty()) && (self.from, self.until) == (i64::MIN, i64::MAX)
    }
}

/// An entry as it was kept.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Kept {
    /// Its number in the chain.
    pub seq: i64,
    /// When.
    pub at_ms: i64,
    /// Who.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// Kind of the object.
    pub object_kind: String,
    /// Its id.
    pub object_id: String,
    /// Before and after, in words.
    pub detail: String,
}

/// Entries below a number, the newest first.
pub async fn page(
    tx: &mut Tx,
    wanted: &Wanted<'_>,
    below: i64,
    limit: i64,
    offset: i64,
) -> Result<Vec<Kept>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(SOUGHT)
        .bind(wanted.actor).bind(wanted.action).bind(wanted.kind).bind(wanted.object).bind(wanted.from).bind(wanted.until)
        .bind(below).bind(limit).bind(offset)
        .fetch_all(c).await)?)
}

/// How many there are.
pub async fn count(tx: &mut Tx, wanted: &Wanted<'_>) -> Result<i64, StoreError> {
    if wanted.is_everything() {
        // The chain numbers its entries from 1.
        return head(tx).await;
    }
    Ok(on!(tx, c => sqlx::query_scalar(COUNTED)
        .bind(wanted.actor).bind(wanted.action).bind(wanted.kind).bind(wanted.object).bind(wanted.from).bind(wanted.until)
        .fetch_one(c).await)?)
}

/// When the newest entry was written.
pub async fn newest(tx: &mut Tx) -> Result<Option<Moment>, StoreError> {
    let at: Option<i64> = on!(tx, c => sqlx::query_scalar(NEWEST).fetch_one(c).await)?;
    Ok(at.map(Moment::from_millis))
}

/// The number of the newest entry: whatever is changed on record raises it.
pub async fn head(tx: &mut Tx) -> Result<i64, StoreError> {
    let (seq, _): (i64, Vec<u8>) = on!(tx, c => sqlx::query_as(HEAD).fetch_one(c).await)?;
    Ok(seq)
}

/// The last entry of the chain.
struct Head {
    seq: i64,
    hash: Vec<u8>,
}

/// Writes entries with a statement that has places for so many; gives the new head.
async fn insert(
    tx: &mut Tx,
    sql: &'static str,
    at: Moment,
    mut head: Head,
    entries: &[Entry<'_>],
) -> Result<Head, StoreError> {
    on!(tx, c => {
        let mut query = sqlx::query(sql);
        for entry in entries {
            head.seq += 1;
            let hash = link(head.seq, at.millis(), entry, &head.hash);
            query = query
                .bind(head.seq).bind(at.millis()).bind(entry.actor).bind(entry.action).bind(entry.object_kind)
                .bind(entry.object_id).bind(&entry.detail).bind(std::mem::replace(&mut head.hash, hash.clone())).bind(hash);
        }
        query.execute(c).await.map(drop)
    })?;
    Ok(head)
}

/// When a thing was last changed; looking at it is no change.
pub async fn last_change(tx: &mut Tx, object_kind: &str, object_id: &str) -> Result<Option<Moment>, StoreError> {
    let at: Option<i64> =
        on!(tx, c => sqlx::query_scalar(LAST_CHANGE).bind(object_kind).bind(object_id).fetch_optional(c).await)?;
    Ok(at.map(Moment::from_millis))
}

/// Walks the chain; gives the number of entries, or the first broken link.
pub async fn verify(tx: &mut Tx) -> Result<i64, StoreError> {
    let (mut seq, mut head) = (0_i64, Vec::new());
    loop {
        let rows: Vec<Row> = on!(tx, c => sqlx::query_as(PAGE).bind(seq).bind(VERIFY_PAGE).fetch_all(c).await)?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let entry = Entry {
                actor: &row.actor,
                action: &row.action,
                object_kind: &row.object_kind,
                object_id: &row.object_id,
                detail: row.detail.clone(),
            };
            if row.seq != seq + 1 || row.prev_hash != head || row.hash != link(row.seq, row.at_ms, &entry, &head) {
                return Err(StoreError::BrokenChain(seq + 1));
            }
            seq = row.seq;
            head = row.hash;
        }
    }
    let (head_seq, head_hash): (i64, Vec<u8>) = on!(tx, c => sqlx::query_as(HEAD).fetch_one(c).await)?;
    if head_seq != seq || head_hash != head {
        return Err(StoreError::BrokenChain(seq + 1));
    }
    Ok(seq)
}

/// Each field stands behind its length, so that no two different entries have the same bytes.
fn link(seq: i64, at_ms: i64, entry: &Entry<'_>, prev: &[u8]) -> Vec<u8> {
    let mut hash = Sha256::new();
    let (seq, at) = (seq.to_be_bytes(), at_ms.to_be_bytes());
    let texts = [
        entry.actor,
        entry.action,
        entry.object_kind,
        entry.object_id,
        entry.detail.as_str(),
    ];
    for part in [prev, &seq, &at]
        .into_iter()
        .chain(texts.iter().map(|text| text.as_bytes()))
    {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}
