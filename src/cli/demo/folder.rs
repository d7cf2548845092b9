//! Where a demonstration keeps its files. It clears only what a demonstration made.

use crate::cli::output::Failure;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Marks a folder that a demonstration may clear.
const MARKER: &str = ".rongcuo-demo";

/// A folder, new or cleared.
pub(super) struct Folder {
    path: PathBuf,
    temporary: Option<TempDir>,
}

impl Folder {
    pub(super) fn fresh(named: Option<&Path>) -> Result<Self, Failure> {
        let cannot = |path: &Path, error: std::io::Error| {
            Failure::environment(format!("{}：无法建立演示文件夹（{error}）", path.display()))
        };
        let folder = match named {
            None => {
                let temporary = tempfile::Builder::new()
                    .prefix("rongcuo-demo-")
                    .tempdir()
                    .map_err(|error| cannot(&std::env::temp_dir(), error))?;
                Self {
                    path: temporary.path().to_path_buf(),
                    temporary: Some(temporary),
                }
            }
            Some(path) => {
                clear(path)?;
                std::fs::create_dir_all(path).map_err(|error| cannot(path, error))?;
                Self {
                    path: path.to_path_buf(),
                    temporary: None,
                }
            }
        };
        let marker = folder.path.join(MARKER);
        std::fs::write(&marker, "rongcuo demo\n").map_err(|error| cannot(&marker, error))?;
        std::fs::create_dir_all(folder.lists()).map_err(|error| cannot(&folder.lists(), error))?;
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn lists(&self) -> PathBuf {
        self.path.join("lists")
    }

    pub(super) fn is_temporary(&self) -> bool {
        self.temporary.is_some()
    }
}

fn clear(path: &Path) -> Result<(), Failure> {
    if !path.exists() {
        return Ok(());
    }
    let mut entries = std::fs::read_dir(path)
        .map_err(|error| Failure::environment(format!("{}：无法读取（{error}）", path.display())))?
        .peekable();
    if entries.peek().is_none() {
        return Ok(());
    }
    if !path.join(MARKER).exists() {
        return Err(Failure::input(format!(
            "{}：文件夹里有别的文件，不是演示数据，不敢清空。请换一个空文件夹",
            path.display()
        )));
    }
    std::fs::remove_dir_all(path)
        .map_err(|error| Failure::environment(format!("{}：旧的演示数据无法清除（{error}）", path.display())))
}
