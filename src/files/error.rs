//! Why a file cannot be used at all.

use serde::{Deserialize, Serialize};

/// A file that cannot be used; nothing of it was taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum ReadError {
    /// The kind of file is not read.
    #[error("{file}：{what}")]
    Kind {
        /// File name.
        file: String,
        /// What it is and what to do.
        what: String,
    },
    /// Larger than the limits.
    #[error("{file}：{what}。请拆分后重试")]
    TooLarge {
        /// File name.
        file: String,
        /// Which limit.
        what: String,
    },
    /// Damaged.
    #[error("{file}：文件已损坏或不完整（{what}）。请重新导出或另存后重试")]
    Broken {
        /// File name.
        file: String,
        /// What the reader says.
        what: String,
    },
    /// No header that means anything.
    #[error("{file}：没有找到表头。需要的列：{wanted}；{found}")]
    NoHeader {
        /// File name.
        file: String,
        /// Columns looked for.
        wanted: String,
        /// What was found instead.
        found: String,
    },
}

impl ReadError {
    pub(super) fn kind(file: &str, what: impl Into<String>) -> Self {
        Self::Kind {
            file: file.to_owned(),
            what: what.into(),
        }
    }

    /// It opens only with a password.
    pub(super) fn locked(file: &str) -> Self {
        Self::kind(file, "文件设有打开密码。请去掉密码后重新保存")
    }

    pub(super) fn too_large(file: &str, what: impl Into<String>) -> Self {
        Self::TooLarge {
            file: file.to_owned(),
            what: what.into(),
        }
    }

    pub(super) fn broken(file: &str, what: &impl ToString) -> Self {
        Self::Broken {
            file: file.to_owned(),
            what: what.to_string(),
        }
    }
}
