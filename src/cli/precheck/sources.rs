//! What is to be judged: a file, or the files of a folder and of those below it.

use super::Failure;
use std::path::{Path, PathBuf};

/// Folders below one another that are entered.
const DEPTH: usize = 8;

/// What was given.
pub(super) enum Sources {
    /// A file.
    One(PathBuf),
    /// A folder: its name and its files in the order of their names.
    Folder { name: String, files: Vec<Found> },
}

/// A file of a folder.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    /// Its path from the folder on, the folder's own name first: either may name unit and year.
    pub(super) shown: String,
    /// Where it is.
    pub(super) path: PathBuf,
}

impl Sources {
    /// Looks; what is given back goes to `results`, which are not looked into.
    pub(super) fn of(path: &Path, results: &[Option<&Path>], most: usize) -> Result<Self, Failure> {
        if !path.is_dir() {
            return Ok(Self::One(path.to_path_buf()));
        }
        // `.` and `..` have names of their own.
        let whole = path.canonicalize().map_err(|error| cannot(path, &error))?;
        let name = name_of(&whole);
        let results: Vec<PathBuf> = results
            .iter()
            .flatten()
            .filter_map(|path| path.canonicalize().ok())
            .collect();
        let mut files = Vec::new();
        let mut waiting = vec![(whole, name.clone(), 0)];
        while let Some((folder, shown, depth)) = waiting.pop() {
            for entry in std::fs::read_dir(&folder).map_err(|error| cannot(&folder, &error))? {
                let entry = entry.map_err(|error| cannot(&folder, &error))?;
                // A link is neither followed nor read: what it names lies elsewhere.
                let kind = entry.file_type().map_err(|error| cannot(&entry.path(), &error))?;
                let (own, path) = (entry.file_name().to_string_lossy().into_owned(), entry.path());
                if is_litter(&own) || results.contains(&path) {
                    continue;
                }
                let shown = format!("{shown}/{own}");
                if kind.is_dir() {
                    if depth == DEPTH {
                        return Err(Failure::input(format!("{}：文件夹套得太深", path.display())));
                    }
                    waiting.push((path, shown, depth + 1));
                } else if kind.is_file() {
                    files.push(Found { shown, path });
                }
                if files.len() > most {
                    return Err(Failure::input(format!(
                        "{name}：文件超过 {most} 个，请分批预检（或改配置 [files] max_members）"
                    )));
                }
            }
        }
        files.sort();
        Ok(Self::Folder { name, files })
    }
}

fn cannot(path: &Path, error: &std::io::Error) -> Failure {
    Failure::input(format!("{}：无法读取（{error}）", path.display()))
}

/// The name without folder.
pub(super) fn name_of(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// What office programs, desktops and this very command leave behind.
fn is_litter(name: &str) -> bool {
    name.starts_with('.')
        || name.starts_with("~$")
        || name.eq_ignore_ascii_case("thumbs.db")
        || name.eq_ignore_ascii_case("desktop.ini")
        || name.eq_ignore_ascii_case("__MACOSX")
        || super::targets::is_result(name)
}
