//! `smtp.mode = "file"`: mails become `.eml` files.

use super::attempt::{Attempt, OutgoingMail};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Writes each mail once, under a name that its Message-ID gives.
#[derive(Debug, Clone)]
pub struct FileTransport {
    dir: PathBuf,
}

impl FileTransport {
    /// Makes the folder if it is missing.
    pub fn new(dir: PathBuf) -> std::io::Result<Self> {
        std::fs::create_dir_all(&dir)?;
        Ok(Self { dir })
    }

    /// Writes the mail; the same mail again is the same file.
    pub async fn deliver(&self, mail: &OutgoingMail) -> Attempt {
        let (path, bytes) = (self.dir.join(file_name(&mail.message_id)), mail.bytes.clone());
        let shown = path.display().to_string();
        match tokio::task::spawn_blocking(move || write(&path, &bytes)).await {
            Ok(Ok(())) => Attempt::Accepted {
                reply: format!("已写入 {shown}"),
            },
            Ok(Err(error)) => Attempt::Unknown {
                what: format!("{shown} 无法写入：{error}"),
                in_doubt: false,
            },
            Err(error) => Attempt::Unknown {
                what: format!("写入任务中止：{error}"),
                in_doubt: false,
            },
        }
    }
}

/// Whole or not at all, and on the disk before it is called sent.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let half = path.with_extension("part");
    let mut file = std::fs::File::create(&half)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&half, path)?;
    match path.parent() {
        Some(dir) => std::fs::File::open(dir)?.sync_all(),
        None => Ok(()),
    }
}

/// A file name from a Message-ID.
pub(super) fn file_name(message_id: &str) -> String {
    const LONGEST: usize = 120;
    let plain: String = message_id
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '@' | '_') {
                c
            } else {
                '_'
            }
        })
        .take(LONGEST)
        .collect();
    let plain = plain.trim_matches(['.', '_']);
    format!("{}.eml", if plain.is_empty() { "mail" } else { plain })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_same_mail_twice_is_one_file() {
        let dir = tempfile::tempdir().expect("a folder");
        let files = FileTransport::new(dir.path().join("outbox")).expect("makes the folder");
        let mail = OutgoingMail {
            from: "a@example.org".into(),
            to: "b@example.org".into(),
            bytes: b"Subject: x\r\n\r\ny\r\n".to_vec(),
            message_id: "../ab/c@example.org".into(),
        };
        for _ in 0..2 {
            assert!(matches!(files.deliver(&mail).await, Attempt::Accepted { .. }));
        }
        let names: Vec<_> = std::fs::read_dir(dir.path().join("outbox"))
            .expect("there")
            .map(|e| e.expect("entry").file_name())
            .collect();
        assert_eq!(names.len(), 1, "{names:?}");
        assert!(!names[0].to_string_lossy().contains('/'));
    }
}
