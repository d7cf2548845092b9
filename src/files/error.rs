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
    #[error("{file}：{advice}\n需要的列：{wanted}；{found}")]
    NoHeader {
        /// File name.
        file: String,
        /// What is missing, and what to do where something can be proposed.
        advice: String,
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
            what: said(&what.to_string()),
        }
    }

    /// The same of a file inside another one, which is named too.
    #[must_use]
    pub(super) fn inside(mut self, outer: &str) -> Self {
        let (Self::Kind { file, .. }
        | Self::TooLarge { file, .. }
        | Self::Broken { file, .. }
        | Self::NoHeader { file, .. }) = &mut self;
        *file = format!("{outer}/{file}");
        self
    }
}

/// What the readers of foreign formats say, in words for whoever has the file.
fn said(what: &str) -> String {
    const WORDS: [(&[&str], &str); 6] = [
        (
            &["eocd", "central directory", "invalid zip", "local file header"],
            "压缩结构不完整",
        ),
        (&["checksum", "crc"], "校验值不符"),
        (
            &[
                "unexpected end",
                "unexpectedeof",
                "failed to fill",
                "early eof",
                "deflate",
                "corrupt",
            ],
            "内容中断",
        ),
        (
            &["xml", "tag", "element", "attribute", "utf-8", "utf8"],
            "内部的文字写得不合格式",
        ),
        (
            &["cfb", "ole", "sector", "directory", "stream", "biff", "xls"],
            "内部的目录不合格式",
        ),
        (&["no such file", "permission", "os error"], "读取失败"),
    ];
    // What this program says itself is Chinese.
    if !what.is_ascii() {
        return what.to_owned();
    }
    let small = what.to_ascii_lowercase();
    let known = WORDS
        .iter()
        .find(|(marks, _)| marks.iter().any(|mark| small.contains(mark)));
    known.map_or("内部结构不合格式", |(_, word)| word).to_owned()
}
