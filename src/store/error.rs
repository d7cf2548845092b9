//! What can go wrong between the service and its database.

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The driver or the server failed.
    #[error("数据库操作失败：{0}")]
    Database(#[from] sqlx::Error),
    /// The schema could not be made.
    #[error("数据库结构升级失败：{0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The schema is of another release.
    #[error("{0}")]
    Schema(String),
    /// A stored value cannot be read back.
    #[error("数据库中的值无法读取：{what}「{value}」")]
    Corrupt {
        /// Which value.
        what: &'static str,
        /// What stood there.
        value: String,
    },
    /// The journal's chain is broken.
    #[error("审计链在第 {0} 条断裂")]
    BrokenChain(i64),
}

impl StoreError {
    /// A stored value that makes no sense.
    pub fn corrupt(what: &'static str, value: impl Into<String>) -> Self {
        Self::Corrupt {
            what,
            value: value.into(),
        }
    }
}
