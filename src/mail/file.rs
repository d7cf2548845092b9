//! Mail into files: for installations without a mail server and for rehearsals.

use super::classify::{Attempt, one_line};
use super::transport::OutgoingMail;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Longest file name made from a Message-ID.
const NAME_CHARS: usize = 120;

/// Tells apart the unfinished files of one process.
static SERIAL: AtomicU64 = AtomicU64::new(0);

/// The folder for mail cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("邮件文件夹 {dir} 无法使用：{cause}（请检查 smtp.dir 及其权限）", dir = .dir.display())]
pub struct FileError {
    dir: PathBuf,
    cause: io::Error,
}

/// Writes each mail as one `.eml` file named after its Message-ID.
#[derive(Debug, Clone)]
pub struct FileTransport {
    dir: PathBuf,
}

impl FileTransport {
    /// Uses the folder, which is made when it is missing.
    pub fn new(dir: impl Into<PathBuf>) -> Result<Self, FileError> {
        let dir = dir.into();
        match fs::create_dir_all(&dir) {
            Ok(()) => Ok(Self { dir }),
            Err(cause) => Err(FileError { dir, cause }),
        }
    }

    /// Writes the mail. It is accepted when the file is whole and on disk; a mail written before stays as it is.
    pub async fn deliver(&self, mail: &OutgoingMail) -> Attempt {
        let name = format!("{}.eml", safe_name(&mail.message_id));
        let path = self.dir.join(&name);
        let bytes = mail.bytes.clone();
        let written = tokio::task::spawn_blocking(move || write_whole(&path, &bytes)).await;
        match written {
            Ok(Ok(())) => Attempt::Accepted {
                reply: format!("已写入 {name}"),
            },
            Ok(Err(error)) => Attempt::failed(one_line(&format!("邮件文件 {name} 未能写入：{error}"))),
            Err(error) => Attempt::failed(one_line(&format!("邮件文件 {name} 未能写入：{error}"))),
        }
    }
}

/// Writes under another name, then renames: nobody ever sees half a file, and a crash leaves none.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    if !path.try_exists()? {
        let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
        let unfinished = dir.join(format!(".{}-{serial}.part", std::process::id()));
        let done = write_new(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, path));
        if let Err(error) = done {
            // The first failure matters; what is left of the file hurts nobody.
            drop(fs::remove_file(&unfinished));
            return Err(error);
        }
    }
    File::open(dir)?.sync_all()
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A file name that stays inside its folder whatever the id says.
pub(super) fn safe_name(id: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@') {
            c
        } else {
            '_'
        }
    };
    let name: String = id
        .trim()
        .trim_matches(['<', '>'])
        .chars()
        .take(NAME_CHARS)
        .map(plain)
        .collect();
    let name = name.trim_start_matches('.');
    if name.is_empty() {
        "mail".to_owned()
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_their_folder() {
        assert_eq!(safe_name("<0af3@example.org>"), "0af3@example.org");
        assert_eq!(safe_name("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(safe_name("..\\a b\0\n名"), "_a_b___");
        assert_eq!(safe_name("<>"), "mail");
        assert_eq!(safe_name(&"x".repeat(999)).len(), NAME_CHARS);
    }
}
