//! Word lists of a folder, as text.

use super::ReadError;
use std::path::Path;

/// Files of a folder that are looked at.
const MOST_FILES: usize = 100;
/// A word list longer than this is something else.
const MOST_BYTES: u64 = 4 << 20;
// The header words live in the same folder and are read by themselves.
pub use crate::domain::settings::HEADERS;

/// Every `.toml` of a folder with its name, the header words left out.
pub fn folder(dir: &Path) -> Result<Vec<(String, String)>, ReadError> {
    let shown = dir.display().to_string();
    let entries =
        std::fs::read_dir(dir).map_err(|error| ReadError::kind(&shown, format!("文件夹无法读取（{error}）")))?;
    let mut texts = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| ReadError::broken(&shown, &error))?.path();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if path.extension().is_some_and(|ext| ext == "toml") && name != HEADERS {
            texts.push((name, text(&path)?));
        }
        if texts.len() > MOST_FILES {
            return Err(ReadError::too_large(&shown, format!("用词文件超过 {MOST_FILES} 个")));
        }
    }
    texts.sort();
    Ok(texts)
}

/// The header words of a folder; `None` when it has none of its own.
pub fn headers(dir: &Path) -> Result<Option<String>, ReadError> {
    let path = dir.join(HEADERS);
    if path.exists() { text(&path).map(Some) } else { Ok(None) }
}

fn text(path: &Path) -> Result<String, ReadError> {
    let shown = path.display().to_string();
    let length = std::fs::metadata(path)
        .map_err(|error| ReadError::kind(&shown, format!("无法读取（{error}）")))?
        .len();
    if length > MOST_BYTES {
        return Err(ReadError::too_large(&shown, "文件超过 4 MiB"));
    }
    std::fs::read_to_string(path)
        .map_err(|error| ReadError::kind(&shown, format!("无法读取（{error}），须为 UTF-8 文本")))
}
