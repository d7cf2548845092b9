//! One sender for an embedded database: a lock file beside it that the system frees when the process ends, however it ends.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

/// Held as long as the process sends.
#[derive(Debug)]
pub struct SoleSender(#[expect(dead_code, reason = "closing the file frees the lock")] File);

/// Why nobody may send now.
#[derive(Debug, thiserror::Error)]
pub enum SoleError {
    /// Another process holds the lock.
    #[error("另一个 rongcuo 正在用这个数据库发信；同一个内嵌数据库同时只能有一个，请等它结束或先停止它")]
    Taken,
    /// The lock file cannot be made.
    #[error("无法建立锁文件：{0}")]
    Io(#[from] io::Error),
}

impl SoleSender {
    /// Takes the lock of a database file at once or not at all.
    pub fn of(database: &Path) -> Result<Self, SoleError> {
        let mut path = database.as_os_str().to_owned();
        path.push(".lock");
        let file = File::options().create(true).truncate(false).write(true).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(SoleError::Taken),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_refused_until_the_first_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("rongcuo.db");
        let first = SoleSender::of(&database).unwrap();
        assert!(matches!(SoleSender::of(&database), Err(SoleError::Taken)));
        drop(first);
        assert!(SoleSender::of(&database).is_ok());
    }
}
