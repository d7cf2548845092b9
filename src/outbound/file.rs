//! Messages as files, for a gateway of the site's own that looks into a folder.

use super::message::Message;
use crate::domain::outbox::Attempt;
use crate::runtime::newfile::NewFile;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Longest file name made from an id.
const NAME_CHARS: usize = 120;
/// The gateway is in the service's group; nobody else reads messages.
const MODE: u32 = 0o640;

/// A folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Where; made on first use.
    pub dir: PathBuf,
}

impl Folder {
    /// Writes the message. It is accepted when the file is whole and on disk; the same message again is the same file.
    pub(super) async fn deliver(&self, message: &Message) -> Attempt {
        let name = format!("{}.json", safe_name(&message.id));
        let text = match serde_json::to_string(&message.document()) {
            Ok(text) => text + "\n",
            Err(error) => return Attempt::failed(format!("消息写不成 JSON：{error}")),
        };
        let path = self.dir.join(&name);
        let written = tokio::task::spawn_blocking(move || write(&path, text.as_bytes())).await;
        match written {
            Ok(Ok(())) => Attempt::Accepted {
                reply: format!("已写入 {name}"),
            },
            Ok(Err(error)) => Attempt::failed(format!("文件 {name} 未能写入：{error}")),
            Err(error) => Attempt::failed(format!("文件 {name} 未能写入：{error}")),
        }
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(dir)?;
    let mut file = NewFile::at(path)?;
    file.writer().write_all(bytes)?;
    file.writer().set_permissions(fs::Permissions::from_mode(MODE))?;
    file.keep(true)?;
    fs::File::open(dir)?.sync_all()
}

/// A name that stays inside its folder whatever the id says.
fn safe_name(id: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') {
            c
        } else {
            '_'
        }
    };
    let name: String = id.chars().take(NAME_CHARS).map(plain).collect();
    if name.is_empty() { "message".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_their_folder() {
        assert_eq!(safe_name("0af3-b_c"), "0af3-b_c");
        assert_eq!(safe_name("../../etc/passwd"), "______etc_passwd");
        assert_eq!(safe_name(""), "message");
        assert_eq!(safe_name(&"x".repeat(999)).len(), NAME_CHARS);
    }
}
