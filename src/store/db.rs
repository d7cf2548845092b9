//! The two databases behind one handle.

use super::StoreError;
use super::dialect;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, Postgres, SqlStr, Sqlite, SqliteConnection, SqlitePool, Transaction};
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Schema changes in order: number, name, text for the embedded database, text for the server.
const MIGRATIONS: &[(i64, &str, &str, &str)] = &[
    (
        1,
        "first release",
        include_str!("migrations/sqlite/0001_first_release.sql"),
        include_str!("migrations/postgres/0001_first_release.sql"),
    ),
    (
        2,
        "evidence of findings",
        include_str!("migrations/sqlite/0002_finding_evidence.sql"),
        include_str!("migrations/postgres/0002_finding_evidence.sql"),
    ),
    (
        3,
        "case procedure",
        include_str!("migrations/sqlite/0003_case_procedure.sql"),
        include_str!("migrations/postgres/0003_case_procedure.sql"),
    ),
    (
        4,
        "life of findings",
        include_str!("migrations/sqlite/0004_life_of_findings.sql"),
        include_str!("migrations/postgres/0004_life_of_findings.sql"),
    ),
    (
        5,
        "run record",
        include_str!("migrations/sqlite/0005_run_record.sql"),
        include_str!("migrations/postgres/0005_run_record.sql"),
    ),
    (
        6,
        "peer groups",
        include_str!("migrations/sqlite/0006_peer_groups.sql"),
        include_str!("migrations/postgres/0006_peer_groups.sql"),
    ),
    (
        7,
        "columns of lists",
        include_str!("migrations/sqlite/0007_column_map.sql"),
        include_str!("migrations/postgres/0007_column_map.sql"),
    ),
    (
        8,
        "life of rectifications",
        include_str!("migrations/sqlite/0008_life_of_rectifications.sql"),
        include_str!("migrations/postgres/0008_life_of_rectifications.sql"),
    ),
    (
        9,
        "health",
        include_str!("migrations/sqlite/0009_health.sql"),
        include_str!("migrations/postgres/0009_health.sql"),
    ),
    (
        10,
        "routing",
        include_str!("migrations/sqlite/0010_routing.sql"),
        include_str!("migrations/postgres/0010_routing.sql"),
    ),
    (
        11,
        "outbox",
        include_str!("migrations/sqlite/0011_outbox.sql"),
        include_str!("migrations/postgres/0011_outbox.sql"),
    ),
    (
        12,
        "bounces",
        include_str!("migrations/sqlite/0012_bounces.sql"),
        include_str!("migrations/postgres/0012_bounces.sql"),
    ),
    (
        13,
        "answers",
        include_str!("migrations/sqlite/0013_answers.sql"),
        include_str!("migrations/postgres/0013_answers.sql"),
    ),
    (
        14,
        "accounts",
        include_str!("migrations/sqlite/0014_accounts.sql"),
        include_str!("migrations/postgres/0014_accounts.sql"),
    ),
    (
        15,
        "what a unit sees",
        include_str!("migrations/sqlite/0015_what_a_unit_sees.sql"),
        include_str!("migrations/postgres/0015_what_a_unit_sees.sql"),
    ),
    (
        16,
        "findings of a cadre",
        include_str!("migrations/sqlite/0016_findings_of_a_cadre.sql"),
        include_str!("migrations/postgres/0016_findings_of_a_cadre.sql"),
    ),
    (
        18,
        "ledger lists",
        include_str!("migrations/sqlite/0018_ledger_lists.sql"),
        include_str!("migrations/postgres/0018_ledger_lists.sql"),
    ),
    (
        19,
        "adopted settings",
        include_str!("migrations/sqlite/0019_settings.sql"),
        include_str!("migrations/postgres/0019_settings.sql"),
    ),
    (
        20,
        "history of the directory",
        include_str!("migrations/sqlite/0020_directory.sql"),
        include_str!("migrations/postgres/0020_directory.sql"),
    ),
    (
        21,
        "summaries",
        include_str!("migrations/sqlite/0021_summaries.sql"),
        include_str!("migrations/postgres/0021_summaries.sql"),
    ),
    (
        22,
        "items of hand-overs",
        include_str!("migrations/sqlite/0022_items_of_hand_overs.sql"),
        include_str!("migrations/postgres/0022_items_of_hand_overs.sql"),
    ),
    (
        23,
        "channels",
        include_str!("migrations/sqlite/0023_channels.sql"),
        include_str!("migrations/postgres/0023_channels.sql"),
    ),
];

/// How long a statement waits for another writer.
const BUSY: Duration = Duration::from_secs(30);
/// Rows that wait at most for whoever reads them.
const ROW_BUFFER: usize = 2048;
/// Connections that read beside the one that writes.
const SQLITE_READERS: u32 = 4;
/// Connections of one instance to a server.
const POSTGRES_CONNECTIONS: u32 = 8;

/// Runs one expression against whichever connection a transaction holds.
macro_rules! on {
    ($tx:expr, $connection:ident => $body:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(inner) => {
                let $connection = &mut **inner;
                $body
            }
            $crate::store::Tx::Postgres(inner) => {
                let $connection = &mut **inner;
                $body
            }
        }
    };
}
pub(crate) use on;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// Embedded.
    Sqlite,
    /// Server.
    Postgres,
}

/// A handle on the database; cheap to clone.
#[derive(Debug, Clone)]
pub enum Db {
    /// One connection writes, some read.
    Sqlite {
        /// The one that writes.
        writer: SqlitePool,
        /// Another that writes, and leaves it to the next commit of the first to reach the disk.
        hasty: SqlitePool,
        /// Those that read.
        readers: SqlitePool,
        /// Lets one of the two write, in the order of asking: the database itself lets a second writer sleep by
        /// milliseconds and ask again.
        turn: Arc<Semaphore>,
    },
    /// A pool.
    Postgres(PgPool),
}

/// A transaction; the only handle to read or write with.
#[derive(Debug)]
pub enum Tx {
    /// On the embedded database.
    Sqlite(Embedded),
    /// On the server.
    Postgres(Transaction<'static, Postgres>),
}

/// A transaction on the embedded database, with its turn to write.
#[derive(Debug)]
pub struct Embedded {
    inner: Transaction<'static, Sqlite>,
    /// Given back after the transaction has ended. Whoever only reads needs none.
    turn: Option<OwnedSemaphorePermit>,
}

impl Deref for Embedded {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.inner
    }
}

impl DerefMut for Embedded {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.inner
    }
}

/// Begins to write on one of the embedded database's connections when its turn has come.
async fn take_turn(pool: &SqlitePool, turn: &Arc<Semaphore>) -> Result<Tx, StoreError> {
    let turn = tokio::time::timeout(BUSY, Arc::clone(turn).acquire_owned())
        .await
        .map_err(|_| sqlx::Error::PoolTimedOut)?
        .map_err(|_| sqlx::Error::PoolClosed)?;
    Ok(Tx::Sqlite(Embedded {
        inner: pool.begin_with(dialect::BEGIN_WRITE_SQLITE).await?,
        turn: Some(turn),
    }))
}

impl Db {
    /// Opens the embedded database, making the file if it is missing.
    pub async fn open_sqlite(path: &Path) -> Result<Self, StoreError> {
        begin_private(path);
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A mail acknowledged to nobody must survive a power cut: every commit reaches the disk.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // Whole tables are read for a pre-check; the thread that reads them should not be woken every few rows.
            .row_buffer_size(ROW_BUFFER)
            .busy_timeout(BUSY);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            // A file does not go away behind a connection; asking costs a turn of the thread every time.
            .test_before_acquire(false)
            .acquire_timeout(BUSY)
            .connect_with(options.clone())
            .await?;
        // WAL files stay whole whatever this connection leaves in the system's memory.
        let hasty = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .min_connections(0)
            .acquire_timeout(BUSY)
            .connect_lazy_with(options.clone().synchronous(SqliteSynchronous::Normal));
        let readers = SqlitePoolOptions::new()
            .max_connections(SQLITE_READERS)
            .test_before_acquire(false)
            .acquire_timeout(BUSY)
            .connect_with(options)
            .await?;
        Ok(Self::Sqlite {
            writer,
            hasty,
            readers,
            turn: Arc::new(Semaphore::new(1)),
        })
    }

    /// Connects to a server.
    pub async fn open_postgres(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)?.options([
            ("statement_timeout", "60s"),
            ("lock_timeout", "30s"),
            ("idle_in_transaction_session_timeout", "120s"),
            // The rollback below warns when there is nothing to roll back; that warning says nothing.
            ("client_min_messages", "error"),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(BUSY)
            // A `begin` that was dropped half-way leaves its connection inside a transaction, and later
            // commits on it vanish; every connection goes back clean.
            .after_release(|connection, _| {
                Box::pin(async move {
                    sqlx::raw_sql("ROLLBACK").execute(connection).await?;
                    Ok(true)
                })
            })
            .connect_with(options)
            .await?;
        Ok(Self::Postgres(pool))
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        match self {
            Self::Sqlite { .. } => Backend::Sqlite,
            Self::Postgres(_) => Backend::Postgres,
        }
    }

    /// Begins a transaction that may write. On the embedded database it takes the write lock at once.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        match self {
            Self::Sqlite { writer, turn, .. } => take_turn(writer, turn).await,
            Self::Postgres(pool) => Ok(Tx::Postgres(pool.begin().await?)),
        }
    }

    /// Begins a transaction whose commit outlives this process, and on the embedded database a power cut only from the
    /// next commit of [`Self::begin`] on: a step that must not cost a write to the disk.
    pub async fn begin_hasty(&self) -> Result<Tx, StoreError> {
        match self {
            Self::Sqlite { hasty, turn, .. } => take_turn(hasty, turn).await,
            Self::Postgres(pool) => Ok(Tx::Postgres(pool.begin().await?)),
        }
    }

    /// Begins a transaction that only reads one consistent picture.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Tx::Sqlite(Embedded {
                inner: readers.begin().await?,
                turn: None,
            }),
            Self::Postgres(pool) => Tx::Postgres(pool.begin_with(dialect::BEGIN_READ_POSTGRES).await?),
        })
    }

    /// Whether the schema is there, and of this release.
    pub async fn schema(&self) -> Result<Schema, StoreError> {
        let known = MIGRATIONS.iter().map(|(version, ..)| *version).max().unwrap_or(0);
        let applied = match self {
            Self::Sqlite { writer, .. } => {
                let there: i64 = sqlx::query_scalar(dialect::HAS_MIGRATIONS_SQLITE)
                    .fetch_one(writer)
                    .await?;
                let applied: i64 = if there == 0 {
                    0
                } else {
                    sqlx::query_scalar(dialect::LAST_MIGRATION).fetch_one(writer).await?
                };
                applied
            }
            Self::Postgres(pool) => {
                let there: i64 = sqlx::query_scalar(dialect::HAS_MIGRATIONS_POSTGRES)
                    .fetch_one(pool)
                    .await?;
                let applied: i64 = if there == 0 {
                    0
                } else {
                    sqlx::query_scalar(dialect::LAST_MIGRATION).fetch_one(pool).await?
                };
                applied
            }
        };
        Ok(match applied.cmp(&known) {
            _ if applied == 0 => Schema::Empty,
            std::cmp::Ordering::Less => Schema::Older,
            std::cmp::Ordering::Equal => Schema::Current,
            std::cmp::Ordering::Greater => Schema::Newer,
        })
    }

    /// Creates or upgrades the schema.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite { writer, .. } => migrator(Backend::Sqlite).run(writer).await?,
            Self::Postgres(pool) => migrator(Backend::Postgres).run(pool).await?,
        }
        Ok(())
    }

    /// Creates the schema in an empty database, and refuses any other than this release's.
    pub async fn ready(&self) -> Result<(), StoreError> {
        match self.schema().await? {
            Schema::Current => Ok(()),
            Schema::Empty => self.migrate().await,
            Schema::Older => Err(StoreError::Schema(
                "数据库是旧版本的结构。请先备份，再运行 rongcuo migrate（或 rongcuo serve --migrate）升级".to_owned(),
            )),
            Schema::Newer => Err(StoreError::Schema(
                "数据库由更新的版本建立，本程序不能使用。请换用新版本的 rongcuo".to_owned(),
            )),
        }
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match self {
            Self::Sqlite {
                writer, hasty, readers, ..
            } => {
                readers.close().await;
                hasty.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Makes the file of a database that only its owner reads; the files beside it get its rights. Why it cannot be made the
/// database tells better.
fn begin_private(path: &Path) {
    use std::os::unix::fs::OpenOptionsExt as _;
    let made = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    drop(made);
}

/// State of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// No table yet.
    Empty,
    /// Of an earlier release.
    Older,
    /// Of this release.
    Current,
    /// Of a later release.
    Newer,
}

fn migrator(backend: Backend) -> Migrator {
    let migrations = MIGRATIONS.iter().map(|(version, name, sqlite, postgres)| {
        let sql = match backend {
            Backend::Sqlite => *sqlite,
            Backend::Postgres => *postgres,
        };
        Migration::new(
            *version,
            (*name).into(),
            MigrationType::Simple,
            SqlStr::from_static(sql),
            false,
        )
    });
    Migrator::with_migrations(migrations.collect())
}

impl Tx {
    /// Makes everything of this transaction stand.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(Embedded { inner, turn }) => {
                inner.commit().await?;
                drop(turn);
            }
            Self::Postgres(inner) => inner.commit().await?,
        }
        Ok(())
    }

    /// Takes everything of this transaction back.
    pub async fn rollback(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(Embedded { inner, turn }) => {
                inner.rollback().await?;
                drop(turn);
            }
            Self::Postgres(inner) => inner.rollback().await?,
        }
        Ok(())
    }

    /// Which database this is on.
    pub fn backend(&self) -> Backend {
        match self {
            Self::Sqlite(_) => Backend::Sqlite,
            Self::Postgres(_) => Backend::Postgres,
        }
    }
}
