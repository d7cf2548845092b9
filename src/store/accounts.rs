//! Accounts, their sessions, and the one-time links that open them.

use super::db::on;
use super::{StoreError, Tx};
use crate::domain::account::{Role, Trials};
use crate::domain::time::Moment;

/// An account as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The name to sign in with.
    pub login: String,
    /// 姓名
    pub name: String,
    /// As what; none until it is granted.
    pub role: Option<Role>,
    /// The unit that is seen, with what lies below it; none means all.
    pub unit: Option<String>,
    /// The password's hash; none until its owner has set one.
    pub password: Option<String>,
    /// The sealed secret of the second factor.
    pub totp: Option<Vec<u8>>,
    /// The last step of the second factor that was used; none is used twice.
    pub totp_step: i64,
    /// Nobody signs in any more.
    pub closed: bool,
    /// Since when nobody may sign in until it is unlocked.
    pub locked: Option<Moment>,
    /// Raised by every change.
    pub version: i64,
    /// Since when it exists.
    pub created: Moment,
}

impl Account {
    /// What it may be used for at present: the word other programs read, and the one people do.
    pub fn standing(&self) -> (&'static str, &'static str) {
        match self {
            Self { closed: true, .. } => ("closed", "已停用"),
            Self { locked: Some(_), .. } => ("locked", "已锁定"),
            Self { role: None, .. } => ("no_role", "待授予角色"),
            Self { password: None, .. } => ("no_password", "待设定密码"),
            _ => ("usable", "可用"),
        }
    }
}

/// A session as it is kept, under the hash of what the browser holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Hash of the token.
    pub key: String,
    /// Whose.
    pub login: String,
    /// Since when.
    pub created: Moment,
    /// When it was last used, to the minute.
    pub seen: Moment,
    /// When it ends at the latest.
    pub until: Moment,
    /// From which address.
    pub address: String,
    /// With which browser, as it says of itself.
    pub agent: String,
}

/// What a one-time link opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Hash of the token.
    pub key: String,
    /// Whose password; none: the first three administrators.
    pub login: Option<String>,
    /// When it ends.
    pub until: Moment,
}

#[derive(sqlx::FromRow)]
struct Row {
    login: String,
    name: String,
    role: Option<String>,
    unit: Option<String>,
    password: Option<String>,
    totp_sealed: Option<Vec<u8>>,
    totp_step: i64,
    closed: bool,
    locked_ms: Option<i64>,
    version: i64,
    created_ms: i64,
}

impl TryFrom<Row> for Account {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let role = |text: String| Role::from_text(&text).ok_or_else(|| StoreError::corrupt("role", text));
        Ok(Self {
            login: row.login,
            name: row.name,
            role: row.role.map(role).transpose()?,
            unit: row.unit,
            password: row.password,
            totp: row.totp_sealed,
            totp_step: row.totp_step,
            closed: row.closed,
            locked: row.locked_ms.map(Moment::from_millis),
            version: row.version,
            created: Moment::from_millis(row.created_ms),
        })
    }
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    key: String,
    login: String,
    created_ms: i64,
    seen_ms: i64,
    until_ms: i64,
    address: String,
    agent: String,
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        Self {
            key: row.key,
            login: row.login,
            created: Moment::from_millis(row.created_ms),
            seen: Moment::from_millis(row.seen_ms),
            until: Moment::from_millis(row.until_ms),
            address: row.address,
            agent: row.agent,
        }
    }
}

macro_rules! account {
    ($tail:literal) => {
        concat!(
            "SELECT login, name, role, unit, password, totp_sealed, totp_step, closed, locked_ms, version, created_ms FROM account ",
            $tail
        )
    };
}
macro_rules! session {
    ($tail:literal) => {
        concat!(
            "SELECT key, login, created_ms, seen_ms, until_ms, address, agent FROM session ",
            $tail
        )
    };
}

const BY_LOGIN: &str = account!("WHERE login = $1");
const PAGE: &str = account!("ORDER BY closed, login LIMIT $1 OFFSET $2");
const COUNT: &str = "SELECT COUNT(*) FROM account";
const NAMED: &str = "SELECT login FROM account WHERE name = $1 ORDER BY login LIMIT 100";
const INSERT: &str = "INSERT INTO account (login, name, role, unit, password, version, created_ms) VALUES ($1, $2, $3, $4, $5, 0, $6) \
     ON CONFLICT (login) DO NOTHING";
const UPDATE: &str = "UPDATE account SET name = $2, role = $3, unit = $4, password = $5, totp_sealed = $6, totp_step = $7, \
     closed = $8, locked_ms = $9, version = version + 1 WHERE login = $1 AND version = $10";
const USE_STEP: &str = "UPDATE account SET totp_step = $2 WHERE login = $1 AND totp_step < $2";

const SESSION: &str = session!("WHERE key = $1");
const SESSIONS: &str = session!("WHERE login = $1 AND until_ms > $2 ORDER BY seen_ms DESC LIMIT 100");
const OPEN: &str = "INSERT INTO session (key, login, created_ms, seen_ms, until_ms, address, agent) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const SEEN: &str = "UPDATE session SET seen_ms = $2 WHERE key = $1";
const END: &str = "DELETE FROM session WHERE key = $1";
const END_ALL: &str = "DELETE FROM session WHERE login = $1 AND key <> $2";
const SWEEP: &str = "DELETE FROM session WHERE until_ms <= $1";

const PUT_LINK: &str = "INSERT INTO set_up_link (key, login, until_ms) VALUES ($1, $2, $3)";
const LINK: &str = "SELECT key, login, until_ms FROM set_up_link WHERE key = $1";
const DROP_LINKS: &str = "DELETE FROM set_up_link WHERE login = $1";
const DROP_FIRST_LINKS: &str = "DELETE FROM set_up_link WHERE login IS NULL";
const SWEEP_LINKS: &str = "DELETE FROM set_up_link WHERE until_ms <= $1";

const FAILED: &str = "INSERT INTO sign_in_failure (login_key, address, at_ms) VALUES ($1, $2, $3)";
const FAILURES_OF_LOGIN: &str = "SELECT COUNT(*) FROM sign_in_failure WHERE login_key = $1 AND at_ms > $2";
const FAILURES_FROM: &str = "SELECT COUNT(*) FROM sign_in_failure WHERE address = $1 AND at_ms > $2";
const FORGIVE: &str = "DELETE FROM sign_in_failure WHERE login_key = $1";
const SWEEP_FAILURES: &str = "DELETE FROM sign_in_failure WHERE at_ms <= $1";

/// The account of a name.
pub async fn by_login(tx: &mut Tx, login: &str) -> Result<Option<Account>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(BY_LOGIN).bind(login).fetch_optional(c).await)?;
    row.map(Account::try_from).transpose()
}

/// The logins of the accounts that people of a name hold.
pub async fn named(tx: &mut Tx, name: &str) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(NAMED).bind(name).fetch_all(c).await)?)
}

/// Accounts in the order of their names, those in use first.
pub async fn page(tx: &mut Tx, limit: i64, offset: i64) -> Result<Vec<Account>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(PAGE).bind(limit).bind(offset).fetch_all(c).await)?;
    rows.into_iter().map(Account::try_from).collect()
}

/// How many there are.
pub async fn count(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(COUNT).fetch_one(c).await)?)
}

/// Adds one; `false` when the name is taken.
pub async fn insert(tx: &mut Tx, account: &Account) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(INSERT).bind(&account.login).bind(&account.name).bind(account.role.map(Role::as_str))
        .bind(&account.unit).bind(&account.password).bind(account.created.millis())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Replaces what was read at a version; `false` when somebody changed it since.
pub async fn update(tx: &mut Tx, account: &Account) -> Result<bool, StoreError> {
    let rows = on!(tx, c => sqlx::query(UPDATE).bind(&account.login).bind(&account.name).bind(account.role.map(Role::as_str))
        .bind(&account.unit).bind(&account.password).bind(&account.totp).bind(account.totp_step).bind(account.closed)
        .bind(account.locked.map(Moment::millis)).bind(account.version)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Takes a step of the second factor; `false` when it, or a later one, was used before.
pub async fn use_step(tx: &mut Tx, login: &str, step: i64) -> Result<bool, StoreError> {
    let rows =
        on!(tx, c => sqlx::query(USE_STEP).bind(login).bind(step).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// The session behind a token's hash.
pub async fn session(tx: &mut Tx, key: &str) -> Result<Option<Session>, StoreError> {
    let row: Option<SessionRow> = on!(tx, c => sqlx::query_as(SESSION).bind(key).fetch_optional(c).await)?;
    Ok(row.map(Session::from))
}

/// The sessions of an account that have not ended, the last used first.
pub async fn sessions(tx: &mut Tx, login: &str, now: Moment) -> Result<Vec<Session>, StoreError> {
    let rows: Vec<SessionRow> =
        on!(tx, c => sqlx::query_as(SESSIONS).bind(login).bind(now.millis()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(Session::from).collect())
}

/// Begins a session.
pub async fn open(tx: &mut Tx, session: &Session) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(OPEN).bind(&session.key).bind(&session.login).bind(session.created.millis())
        .bind(session.seen.millis()).bind(session.until.millis()).bind(&session.address).bind(&session.agent)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Notes that a session is used.
pub async fn seen(tx: &mut Tx, key: &str, at: Moment) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(SEEN).bind(key).bind(at.millis()).execute(c).await.map(drop))?;
    Ok(())
}

/// Ends a session.
pub async fn end(tx: &mut Tx, key: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(END).bind(key).execute(c).await.map(drop))?;
    Ok(())
}

/// Ends all sessions of an account but one; gives their number.
pub async fn end_all(tx: &mut Tx, login: &str, but: Option<&str>) -> Result<u64, StoreError> {
    let but = but.unwrap_or("");
    Ok(on!(tx, c => sqlx::query(END_ALL).bind(login).bind(but).execute(c).await.map(|done| done.rows_affected()))?)
}

/// Adds a one-time link.
pub async fn put_link(tx: &mut Tx, link: &Link) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(PUT_LINK).bind(&link.key).bind(&link.login).bind(link.until.millis()).execute(c).await.map(drop))?;
    Ok(())
}

/// The one-time link behind a token's hash.
pub async fn link(tx: &mut Tx, key: &str) -> Result<Option<Link>, StoreError> {
    let row: Option<(String, Option<String>, i64)> =
        on!(tx, c => sqlx::query_as(LINK).bind(key).fetch_optional(c).await)?;
    Ok(row.map(|(key, login, until)| Link {
        key,
        login,
        until: Moment::from_millis(until),
    }))
}

/// Ends every link to an account's password, or to the first set-up.
pub async fn drop_links(tx: &mut Tx, login: Option<&str>) -> Result<(), StoreError> {
    match login {
        Some(login) => on!(tx, c => sqlx::query(DROP_LINKS).bind(login).execute(c).await.map(drop))?,
        None => on!(tx, c => sqlx::query(DROP_FIRST_LINKS).execute(c).await.map(drop))?,
    }
    Ok(())
}

/// Notes that signing in failed.
pub async fn failed(tx: &mut Tx, login_key: &str, address: &str, at: Moment) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(FAILED).bind(login_key).bind(address).bind(at.millis()).execute(c).await.map(drop))?;
    Ok(())
}

/// Failures since a moment.
pub async fn trials(tx: &mut Tx, login_key: &str, address: &str, since: Moment) -> Result<Trials, StoreError> {
    let account: i64 =
        on!(tx, c => sqlx::query_scalar(FAILURES_OF_LOGIN).bind(login_key).bind(since.millis()).fetch_one(c).await)?;
    let from: i64 =
        on!(tx, c => sqlx::query_scalar(FAILURES_FROM).bind(address).bind(since.millis()).fetch_one(c).await)?;
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(Trials {
        account: count(account),
        address: count(from),
    })
}

/// Forgets the failures on an account.
pub async fn forgive(tx: &mut Tx, login_key: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(FORGIVE).bind(login_key).execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets what has ended: sessions and links by now, failures before `failures`.
pub async fn sweep(tx: &mut Tx, now: Moment, failures: Moment) -> Result<(), StoreError> {
    for (sql, before) in [(SWEEP, now), (SWEEP_LINKS, now), (SWEEP_FAILURES, failures)] {
        on!(tx, c => sqlx::query(sql).bind(before.millis()).execute(c).await.map(drop))?;
    }
    Ok(())
}
