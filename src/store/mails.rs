//! The outbox: finished mails, claimed with a lease, sent outside any transaction, recorded in another.

use super::db::on;
use super::sight::by_obligation;
use super::{StoreError, Tx, dialect};
use crate::domain::account::Scope;
use crate::domain::ids::MailId;
use crate::domain::time::Moment;
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// A mail to put into the outbox.
#[derive(Debug, Clone)]
pub struct NewMail {
    /// Derived from the alert's identity.
    pub id: MailId,
    /// The alert's identity.
    pub dedup_key: String,
    /// Derived from the identity and the installation key.
    pub message_id: String,
    /// Envelope sender.
    pub sender: String,
    /// Envelope recipient.
    pub recipient: String,
    /// Name of the recipient.
    pub recipient_name: String,
    /// Subject, decoded.
    pub subject: String,
    /// The finished message.
    pub bytes: Vec<u8>,
}

/// A mail this instance holds the lease of.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Claimed {
    /// Id.
    pub id: String,
    /// Message-ID.
    pub message_id: String,
    /// Envelope sender.
    pub sender: String,
    /// Envelope recipient.
    pub recipient: String,
    /// The finished message.
    pub bytes: Vec<u8>,
    /// Attempts begun before this one.
    pub attempts: i64,
    /// Number of the claim; a record under an older one is refused.
    pub fence: i64,
}

/// A mail as a page shows it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MailRow {
    /// Id.
    pub id: String,
    /// Message-ID.
    pub message_id: String,
    /// Envelope recipient.
    pub recipient: String,
    /// Name of the recipient.
    pub recipient_name: String,
    /// Subject, decoded.
    pub subject: String,
    /// `pending`, `leased`, `sent`, `held`, `dropped`.
    pub state: String,
    /// Attempts so far.
    pub attempts: i64,
    /// Attempts whose end nobody knows.
    pub in_doubt: i64,
    /// When it is tried next.
    pub next_ms: i64,
    /// When the last attempt began.
    pub begun_ms: Option<i64>,
    /// Last reply of the server.
    pub last_reply: Option<String>,
    /// When it was written.
    pub created_ms: i64,
    /// When the server took it.
    pub sent_ms: Option<i64>,
    /// Who ended it unsent.
    pub dropped_by: Option<String>,
    /// Why.
    pub dropped_reason: Option<String>,
}

macro_rules! select_rows {
    ($($tail:expr),+) => {
        concat!(
            "SELECT id, message_id, recipient, recipient_name, subject, state, attempts, in_doubt, next_ms, begun_ms, ",
            "last_reply, created_ms, sent_ms, dropped_by, dropped_reason FROM mail ",
            $($tail),+
        )
    };
}

/// A mail is seen that says nothing beyond matters that are seen. A summary says more than the decisions it carries out.
macro_rules! sight {
    ($top:literal) => {
        concat!(
            "(",
            $top,
            " IS NULL OR (EXISTS (SELECT 1 FROM alert a WHERE a.mail_id = mail.id) \
             AND NOT EXISTS (SELECT 1 FROM alert a WHERE a.mail_id = mail.id AND NOT ",
            by_obligation!($top, "a.subject_id"),
            ") AND NOT EXISTS (SELECT 1 FROM digest d WHERE d.mail_id = mail.id)))"
        )
    };
}

const INSERT: &str = "INSERT INTO mail (id, dedup_key, message_id, sender, recipient, recipient_name, subject, state, attempts, in_doubt, \
     next_ms, fence, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending', 0, 0, $8, 0, $8) ON CONFLICT (dedup_key) DO NOTHING";
const INSERT_BYTES: &str = "INSERT INTO mail_bytes (mail_id, bytes) VALUES ($1, $2)";
const TRIALS: &str =
    select_rows!("WHERE dedup_key LIKE 'trial|%' AND created_ms > $1 ORDER BY created_ms DESC, id LIMIT 50");
const BEGIN: &str = "UPDATE mail SET begun_ms = $3, attempts = attempts + 1, lease_until_ms = $4 \
     WHERE id = $1 AND fence = $2 AND state = 'leased' AND begun_ms IS NULL";
const UNBEGIN: &str = "UPDATE mail SET begun_ms = NULL, attempts = attempts - 1 \
     WHERE id = $1 AND fence = $2 AND state = 'leased' AND begun_ms IS NOT NULL";
const GIVE_BACK: &str = "UPDATE mail SET state = 'pending', lease_until_ms = NULL, lease_owner = NULL \
     WHERE id = $1 AND fence = $2 AND state = 'leased' AND begun_ms IS NULL";
const RENEW: &str = "UPDATE mail SET lease_until_ms = $3 WHERE id = $1 AND fence = $2 AND state = 'leased'";
const SENT: &str = "UPDATE mail SET state = 'sent', sent_ms = $3, last_reply = $4, lease_until_ms = NULL, lease_owner = NULL \
     WHERE id = $1 AND fence = $2 AND state = 'leased'";
const RETRY: &str = "UPDATE mail SET state = 'pending', next_ms = $3, last_reply = $4, lease_until_ms = NULL, lease_owner = NULL, \
     in_doubt = in_doubt + $5 WHERE id = $1 AND fence = $2 AND state = 'leased'";
const HELD: &str = "UPDATE mail SET state = 'held', last_reply = $3, lease_until_ms = NULL, lease_owner = NULL \
     WHERE id = $1 AND fence = $2 AND state = 'leased'";
/// On the embedded database nobody else can hold a lease: the predecessor's end with it.
const RECLAIM: &str = "UPDATE mail SET lease_until_ms = $1 WHERE state = 'leased' AND lease_owner <> $2";
/// After a power cut even the beginning of a sending may be forgotten.
const DOUBT: &str =
    "UPDATE mail SET begun_ms = next_ms, attempts = attempts + 1 WHERE state = 'leased' AND begun_ms IS NULL";
const LEFT_IN_DOUBT: &str =
    "SELECT COUNT(*) FROM mail WHERE state = 'leased' AND begun_ms IS NOT NULL AND lease_until_ms <= $1";
/// A held mail goes out again as it is: the same bytes, the same Message-ID.
const RESEND: &str = "UPDATE mail SET state = 'pending', next_ms = $2 WHERE id = $1 AND state = 'held'";
const DROP: &str = "UPDATE mail SET state = 'dropped', dropped_ms = $2, dropped_by = $3, dropped_reason = $4, fence = fence + 1, \
     lease_until_ms = NULL, lease_owner = NULL WHERE id = $1 AND state IN ('held', 'pending')";
const NEXT: &str = "SELECT MIN(CASE WHEN state = 'leased' THEN lease_until_ms ELSE next_ms END) FROM mail WHERE state IN ('pending', 'leased')";
/// The server took it, and it came back all the same.
const BOUNCED: &str = "UPDATE mail SET state = 'held', last_reply = $2 WHERE id = $1 AND state = 'sent'";
const BY_MESSAGE_ID: &str = select_rows!("WHERE message_id = $1");
const NEWEST_TAKEN: &str =
    select_rows!("WHERE sent_ms >= $2 AND lower(recipient) = lower($1) ORDER BY sent_ms DESC, id LIMIT 1");
const BY_ID: &str = select_rows!("WHERE id = $1");
const SEEN_BY_ID: &str = select_rows!("WHERE id = $1 AND ", sight!("$2"));
const BYTES: &str = "SELECT bytes FROM mail_bytes WHERE mail_id = $1";
const COUNTS: &str = "SELECT state, COUNT(*) FROM mail GROUP BY state";
const OLDEST_WAITING: &str = "SELECT MIN(created_ms) FROM mail WHERE state IN ('pending', 'leased')";
const OLDEST_WAITING_BY_MAIL: &str =
    "SELECT MIN(created_ms) FROM mail WHERE state IN ('pending', 'leased') AND recipient NOT LIKE 'channel:%'";
const IN_DOUBT: &str = "SELECT CAST(COALESCE(SUM(in_doubt), 0) AS BIGINT) FROM mail WHERE in_doubt > 0";

/// Puts a mail into the outbox; `false` when it was there already.
pub async fn insert(tx: &mut Tx, mail: &NewMail, now: Moment) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(INSERT)
        .bind(mail.id.as_str()).bind(&mail.dedup_key).bind(&mail.message_id).bind(&mail.sender).bind(&mail.recipient)
        .bind(&mail.recipient_name).bind(&mail.subject).bind(now.millis())
        .execute(c).await.map(|done| done.rows_affected()))?;
    if rows == 1 {
        on!(tx, c => sqlx::query(INSERT_BYTES).bind(mail.id.as_str()).bind(&mail.bytes).execute(c).await.map(drop))?;
    }
    Ok(rows == 1)
}

/// What a deliverer asks for.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// Its name.
    pub owner: &'a str,
    /// How long the claim lasts without renewal.
    pub lease_millis: i64,
    /// Mails at most.
    pub limit: i64,
    /// Domains to which nothing may go now.
    pub without: &'a [String],
    /// Only messages of channels beside mail: the mail server cannot be spoken to.
    pub channels_only: bool,
    /// Whether claims that ran out are taken over; only a test that plants a mistake says no.
    pub left: bool,
}

/// Claims mails whose lease has run out, then mails whose time has come.
pub async fn claim(tx: &mut Tx, now: Moment, wanted: Claim<'_>) -> Result<Vec<Claimed>, StoreError> {
    let backend = tx.backend();
    let (left, due) = (dialect::claim_left(backend), dialect::claim_due(backend));
    let channels = if wanted.channels_only { "channel:%" } else { "%" };
    let mut ids: Vec<String> = Vec::new();
    if wanted.left {
        ids = on!(tx, c => sqlx::query_scalar(left).bind(now.millis()).bind(wanted.limit).bind(channels).fetch_all(c).await)?;
    }
    let room = wanted.limit - ids.len() as i64;
    if room > 0 {
        let without = format!(" {} ", wanted.without.join(" "));
        let more: Vec<String> = on!(tx, c => sqlx::query_scalar(due).bind(now.millis()).bind(room).bind(without).bind(channels).fetch_all(c).await)?;
        ids.extend(more);
    }
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let until = now.plus_millis(wanted.lease_millis).millis();
    let (take, read) = (dialect::claim_listed(backend), dialect::claimed_listed(backend));
    let list = serde_json::Value::from(ids.clone()).to_string();
    on!(tx, c => sqlx::query(take).bind(&list).bind(until).bind(wanted.owner).execute(c).await.map(drop))?;
    let claimed: Vec<Claimed> = on!(tx, c => sqlx::query_as(read).bind(&list).fetch_all(c).await)?;
    let mut by_id: HashMap<String, Claimed> = claimed.into_iter().map(|mail| (mail.id.clone(), mail)).collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}

/// Notes that the sending of a claimed mail begins; `false` when it is no longer ours and must not be sent.
pub async fn begin(tx: &mut Tx, id: &str, fence: i64, now: Moment, until: Moment) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(BEGIN).bind(id).bind(fence).bind(now.millis()).bind(until.millis()).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// What several mails have to do with at once: id and number of the claim, and for a record what the server said.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Leased<'a> {
    /// Id.
    pub id: &'a str,
    /// Number of the claim.
    pub fence: i64,
    /// What the server said, if anything.
    pub reply: &'a str,
}

fn listed(mails: &[Leased<'_>]) -> String {
    serde_json::to_string(mails).expect("texts and numbers are JSON")
}

/// Notes that the sendings of claimed mails begin. Gives the ids of those that are still ours.
pub async fn begin_listed(
    tx: &mut Tx,
    mails: &[Leased<'_>],
    now: Moment,
    until: Moment,
) -> Result<HashSet<String>, StoreError> {
    let text = dialect::begin_listed(tx.backend());
    let ours: Vec<String> = on!(tx, c => sqlx::query_scalar(text).bind(listed(mails)).bind(now.millis()).bind(until.millis()).fetch_all(c).await)?;
    Ok(ours.into_iter().collect())
}

/// Records that the server took mails. Gives the ids of those whose lease was still ours.
pub async fn record_sent_listed(tx: &mut Tx, mails: &[Leased<'_>], now: Moment) -> Result<HashSet<String>, StoreError> {
    let text = dialect::sent_listed(tx.backend());
    let ours: Vec<String> =
        on!(tx, c => sqlx::query_scalar(text).bind(listed(mails)).bind(now.millis()).fetch_all(c).await)?;
    Ok(ours.into_iter().collect())
}

/// Takes the beginning of a sending back that was not come to: claimed, as it was before.
pub async fn unbegin(tx: &mut Tx, id: &str, fence: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(UNBEGIN).bind(id).bind(fence).execute(c).await.map(drop))?;
    Ok(())
}

/// Gives a claimed mail back whose sending has not begun; its turn is as it was.
pub async fn give_back(tx: &mut Tx, id: &str, fence: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(GIVE_BACK).bind(id).bind(fence).execute(c).await.map(drop))?;
    Ok(())
}

/// Lengthens a lease; `false` when it is no longer ours.
pub async fn renew(tx: &mut Tx, id: &str, fence: i64, until: Moment) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(RENEW).bind(id).bind(fence).bind(until.millis()).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Records that the server took the mail; `false` when the lease is no longer ours.
pub async fn record_sent(tx: &mut Tx, id: &str, fence: i64, now: Moment, reply: &str) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(SENT).bind(id).bind(fence).bind(now.millis()).bind(reply).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Records a failure that will be tried again.
pub async fn record_retry(
    tx: &mut Tx,
    id: &str,
    fence: i64,
    next: Moment,
    reply: &str,
    in_doubt: bool,
) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(RETRY).bind(id).bind(fence).bind(next.millis()).bind(reply).bind(i64::from(in_doubt)).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Records a refusal that waits for a person.
pub async fn record_held(tx: &mut Tx, id: &str, fence: i64, reply: &str) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(HELD).bind(id).bind(fence).bind(reply).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Ends the leases of whoever held the embedded database before. Gives the number of those whose end nobody knows.
pub async fn reclaim(tx: &mut Tx, owner: &str, now: Moment) -> Result<i64, StoreError> {
    on!(tx, c => sqlx::query(RECLAIM).bind(now.millis()).bind(owner).execute(c).await.map(drop))?;
    Ok(on!(tx, c => sqlx::query_scalar(LEFT_IN_DOUBT).bind(now.millis()).fetch_one(c).await)?)
}

/// Takes every claim for one whose sending had begun.
pub async fn doubt(tx: &mut Tx) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(DOUBT).execute(c).await.map(drop))?;
    Ok(())
}

/// Lets a held mail go out again; `false` when it is not held.
pub async fn resend(tx: &mut Tx, id: &str, now: Moment) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(RESEND).bind(id).bind(now.millis()).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Ends a mail that is held or waits; `false` when it is on its way, sent or ended.
pub async fn drop_mail(tx: &mut Tx, id: &str, now: Moment, by: &str, reason: &str) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(DROP).bind(id).bind(now.millis()).bind(by).bind(reason).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// When the outbox has something to do next.
pub async fn next(tx: &mut Tx) -> Result<Option<Moment>, StoreError> {
    let at: Option<i64> = on!(tx, c => sqlx::query_scalar(NEXT).fetch_one(c).await)?;
    Ok(at.map(Moment::from_millis))
}

/// One mail.
pub async fn by_id(tx: &mut Tx, id: &str) -> Result<Option<MailRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)?)
}

/// One mail, for somebody who sees this much.
pub async fn seen_by_id(tx: &mut Tx, id: &str, scope: &Scope) -> Result<Option<MailRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(SEEN_BY_ID).bind(id).bind(scope.unit()).fetch_optional(c).await)?)
}

/// The mail with this Message-ID.
pub async fn by_message_id(tx: &mut Tx, message_id: &str) -> Result<Option<MailRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(BY_MESSAGE_ID).bind(message_id).fetch_optional(c).await)?)
}

/// The mail to an address that the server took last, at or after `since`, whatever has become of it.
pub async fn newest_taken_for(tx: &mut Tx, recipient: &str, since: Moment) -> Result<Option<MailRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(NEWEST_TAKEN).bind(recipient).bind(since.millis()).fetch_optional(c).await)?)
}

/// Holds a mail that bounced after the server had taken it; `false` when it does not count as sent.
pub async fn bounced(tx: &mut Tx, id: &str, said: &str) -> Result<bool, StoreError> {
    let rows =
        on!(tx, c => sqlx::query(BOUNCED).bind(id).bind(said).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// The finished bytes of one mail.
pub async fn bytes(tx: &mut Tx, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(BYTES).bind(id).fetch_optional(c).await)?)
}

/// Numbers of mails by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Waiting or being sent.
    pub waiting: i64,
    /// Taken by the server.
    pub sent: i64,
    /// Waiting for a person.
    pub held: i64,
    /// Ended unsent by a person.
    pub dropped: i64,
    /// Attempts in doubt, over all mails.
    pub in_doubt: i64,
}

/// Counts the outbox.
pub async fn counts(tx: &mut Tx) -> Result<Counts, StoreError> {
    let by_state: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(COUNTS).fetch_all(c).await)?;
    let in_doubt: i64 = on!(tx, c => sqlx::query_scalar(IN_DOUBT).fetch_one(c).await)?;
    let mut counts = Counts {
        in_doubt,
        ..Counts::default()
    };
    for (state, number) in by_state {
        match state.as_str() {
            "sent" => counts.sent += number,
            "held" => counts.held += number,
            "dropped" => counts.dropped += number,
            _ => counts.waiting += number,
        }
    }
    Ok(counts)
}

/// When the mail that has waited longest was written.
pub async fn oldest_waiting(tx: &mut Tx) -> Result<Option<Moment>, StoreError> {
    let at: Option<i64> = on!(tx, c => sqlx::query_scalar(OLDEST_WAITING).fetch_one(c).await)?;
    Ok(at.map(Moment::from_millis))
}

/// The same, without what goes through channels.
pub async fn oldest_waiting_by_mail(tx: &mut Tx) -> Result<Option<Moment>, StoreError> {
    let at: Option<i64> = on!(tx, c => sqlx::query_scalar(OLDEST_WAITING_BY_MAIL).fetch_one(c).await)?;
    Ok(at.map(Moment::from_millis))
}

/// Which mails a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Every one.
    All,
    /// Not taken by the server, whatever the reason.
    Unsent,
    /// Taken by the server.
    Sent,
    /// Waiting or being sent.
    Waiting,
    /// Waiting for a person.
    Held,
    /// Not taken as far as we know, with an attempt in doubt.
    InDoubt,
    /// Ended unsent by a person.
    Dropped,
}

/// The text of a list and the text that counts it, from one condition.
macro_rules! listed {
    ($where:literal) => {
        (
            select_rows!(
                "WHERE ",
                $where,
                " AND ",
                sight!("$1"),
                " ORDER BY created_ms DESC, id LIMIT $2 OFFSET $3"
            ),
            concat!("SELECT COUNT(*) FROM mail WHERE ", $where, " AND ", sight!("$1")),
        )
    };
}

fn texts(show: Show) -> (&'static str, &'static str) {
    match show {
        Show::All => listed!("state IN ('pending', 'leased', 'sent', 'held', 'dropped')"),
        Show::Unsent => listed!("state IN ('pending', 'leased', 'held')"),
        Show::Sent => listed!("state = 'sent'"),
        Show::Waiting => listed!("state IN ('pending', 'leased')"),
        Show::Held => listed!("state = 'held'"),
        Show::InDoubt => listed!("in_doubt > 0 AND state IN ('pending', 'leased', 'held')"),
        Show::Dropped => listed!("state = 'dropped'"),
    }
}

/// One page of what is seen, newest first.
pub async fn page(tx: &mut Tx, show: Show, scope: &Scope, limit: i64, offset: i64) -> Result<Vec<MailRow>, StoreError> {
    let (list, _) = texts(show);
    Ok(on!(tx, c => sqlx::query_as(list).bind(scope.unit()).bind(limit).bind(offset).fetch_all(c).await)?)
}

/// The number of mails on all pages of a list together.
pub async fn count(tx: &mut Tx, show: Show, scope: &Scope) -> Result<i64, StoreError> {
    let (_, count) = texts(show);
    Ok(on!(tx, c => sqlx::query_scalar(count).bind(scope.unit()).fetch_one(c).await)?)
}

/// What was sent to try a way out since a moment, the newest first.
pub async fn trials(tx: &mut Tx, since: Moment) -> Result<Vec<MailRow>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(TRIALS).bind(since.millis()).fetch_all(c).await)?)
}
