//! Where lists that are given back are written.

use super::Failure;
use crate::domain::paper::Paper;
use crate::files::annotate::{Annotation, annotate};
use crate::files::{Document, HeaderWords, docx};
use crate::runtime::newfile::{NewFile, folder};
use std::collections::HashSet;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// What is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// The list's own workbook.
    Workbook,
    /// 预检意见
    Opinion,
}

impl What {
    fn option(self) -> &'static str {
        match self {
            Self::Workbook => "--annotate",
            Self::Opinion => "--opinion",
        }
    }

    /// The ending of a file that the user names.
    fn ending(self) -> &'static str {
        match self {
            Self::Workbook => "xlsx",
            Self::Opinion => "docx",
        }
    }

    /// How the name ends where the list's own name is taken over.
    fn tail(self) -> &'static str {
        match self {
            Self::Workbook => ".预检结果.xlsx",
            Self::Opinion => ".预检意见.docx",
        }
    }
}

/// Whether a file is one that this command wrote.
pub(super) fn is_result(name: &str) -> bool {
    [What::Workbook, What::Opinion]
        .iter()
        .any(|what| name.ends_with(what.tail()))
}

/// Bytes of a file name that every system takes.
const NAME_BYTES: usize = 100;

/// Where to.
pub(super) struct Targets {
    what: What,
    place: Option<Place>,
    overwrite: bool,
    used: HashSet<PathBuf>,
}

enum Place {
    File(PathBuf),
    Folder(PathBuf),
}

/// Where one list goes.
pub(super) struct Target {
    path: PathBuf,
    overwrite: bool,
}

impl Targets {
    /// `many`: there is more than one list, so a folder is needed. `input` is never written over.
    pub(super) fn of(
        what: What,
        given: Option<&Path>,
        overwrite: bool,
        many: bool,
        input: &Path,
    ) -> Result<Self, Failure> {
        let place = match given {
            None => None,
            Some(path) if many || path.is_dir() => Some(Place::Folder(ready(what, path)?)),
            Some(path) => Some(Place::File(file(what, path, overwrite, input)?)),
        };
        Ok(Self {
            what,
            place,
            overwrite,
            used: HashSet::new(),
        })
    }

    /// Whether a list was given back before, as far as that is asked for; then its name is taken.
    pub(super) fn has(&mut self, shown: &str) -> bool {
        let Some(path) = self.path(shown) else {
            return true;
        };
        let there = path.exists();
        if there {
            self.used.insert(path);
        }
        there
    }

    fn path(&self, shown: &str) -> Option<PathBuf> {
        let folder = match self.place.as_ref()? {
            Place::File(path) => return Some(path.clone()),
            Place::Folder(folder) => folder,
        };
        let (stem, tail) = (stem(shown), self.what.tail());
        let mut paths = (1_u32..).map(|number| match number {
            1 => folder.join(format!("{stem}{tail}")),
            _ => folder.join(format!("{stem}({number}){tail}")),
        });
        paths.find(|path| !self.used.contains(path))
    }

    /// Where the next list goes; `None`: it is not given back.
    pub(super) fn next(&mut self, shown: &str) -> Result<Option<Target>, Failure> {
        let Some(path) = self.path(shown) else {
            return Ok(None);
        };
        if path.exists() && !self.overwrite {
            return Err(Failure::input(format!(
                "{shown}：{} 已存在，没有预检；要覆盖请加 --overwrite",
                path.display()
            )));
        }
        self.used.insert(path.clone());
        Ok(Some(Target {
            path,
            overwrite: self.overwrite,
        }))
    }
}

impl Target {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The opinions of a list: one unit takes the name as it is, several add theirs.
    pub(super) fn write_opinions(&self, papers: &[(Option<String>, Paper)]) -> Result<Vec<PathBuf>, Failure> {
        let mut written = Vec::new();
        for (at, (unit, paper)) in papers.iter().enumerate() {
            let path = match papers {
                [_] => self.path.clone(),
                _ => self.beside(unit.as_deref().unwrap_or("单位不明"), at, &written),
            };
            let bytes = docx::write(paper).map_err(|error| Failure::environment(error.to_string()))?;
            let cannot =
                |error: std::io::Error| Failure::environment(format!("{}：无法写入（{error}）", path.display()));
            let mut new = NewFile::at(&path).map_err(cannot)?;
            new.writer().write_all(&bytes).map_err(cannot)?;
            new.keep(self.overwrite).map_err(cannot)?;
            written.push(path);
        }
        Ok(written)
    }

    /// The name with a unit's in it.
    fn beside(&self, unit: &str, at: usize, used: &[PathBuf]) -> PathBuf {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let tail = [What::Opinion.tail(), ".docx"]
            .into_iter()
            .find(|tail| name.ends_with(tail));
        let tail = tail.unwrap_or_default();
        let own = name.strip_suffix(tail).unwrap_or(&name);
        let unit = safe(unit);
        let path = self.path.with_file_name(format!("{own}-{unit}{tail}"));
        if used.contains(&path) {
            return self.path.with_file_name(format!("{own}-{unit}({}){tail}", at + 1));
        }
        path
    }

    /// Writes the workbook; it is there whole or not at all.
    pub(super) fn write(
        &self,
        document: &Document,
        words: &HeaderWords,
        annotation: &Annotation,
    ) -> Result<(), Failure> {
        let cannot =
            |error: std::io::Error| Failure::environment(format!("{}：无法写入（{error}）", self.path.display()));
        let mut new = NewFile::at(&self.path).map_err(cannot)?;
        let scratch = folder(&self.path);
        annotate(document, words, annotation, scratch, BufWriter::new(new.writer()))
            .map_err(|error| Failure::input(format!("{}：{error}", document.name)))?;
        new.keep(self.overwrite).map_err(cannot)
    }
}

/// A folder, made where there is none.
fn ready(what: What, path: &Path) -> Result<PathBuf, Failure> {
    if path.is_file() || ends_so(what, path) {
        return Err(Failure::input(format!(
            "{}：有多份名单，{} 请写一个文件夹，每份名单交回一份",
            path.display(),
            what.option()
        )));
    }
    std::fs::create_dir_all(path)
        .map_err(|error| Failure::input(format!("{}：无法建立文件夹（{error}）", path.display())))?;
    Ok(path.to_path_buf())
}

fn ends_so(what: What, path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case(what.ending()))
}

fn file(what: What, path: &Path, overwrite: bool, input: &Path) -> Result<PathBuf, Failure> {
    if !ends_so(what, path) {
        return Err(Failure::input(format!(
            "{}：{} 的文件名须以 .{} 结尾",
            path.display(),
            what.option(),
            what.ending()
        )));
    }
    let real = |path: &Path| path.canonicalize().ok();
    if path.exists() && real(path) == real(input) {
        return Err(Failure::input(format!(
            "{} 不能写回名单本身，请换一个文件名",
            what.option()
        )));
    }
    if path.exists() && !overwrite {
        return Err(Failure::input(format!(
            "{} 已存在，请换一个文件名，或加 --overwrite 覆盖",
            path.display()
        )));
    }
    if !folder(path).is_dir() {
        return Err(Failure::input(format!("{}：没有这个文件夹", folder(path).display())));
    }
    Ok(path.to_path_buf())
}

/// The name of a list without the folder or archive it came in and without its ending, fit for a file name.
fn stem(shown: &str) -> String {
    let inside = shown.split_once('/').map_or(shown, |(_, inside)| inside);
    let own = match inside.rsplit_once('.') {
        Some((own, ending)) if !own.is_empty() && !ending.contains('/') => own,
        _ => inside,
    };
    safe(own)
}

/// A text as a part of a file name.
fn safe(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars() {
        let c = if c.is_control() || "/\\:*?\"<>|".contains(c) {
            '_'
        } else {
            c
        };
        if name.len() + c.len_utf8() > NAME_BYTES {
            break;
        }
        name.push(c);
    }
    let name = name.trim().trim_start_matches('.');
    if name.is_empty() {
        "名单".to_owned()
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn a_name_stays_in_its_folder() {
        for (shown, wanted) in [
            ("考核.xlsx", "考核"),
            ("报送.zip/住建局/考核.xlsx", "住建局_考核"),
            ("报送.zip/../../etc/passwd", "_.._etc_passwd"),
            ("报送/.", "名单"),
            ("a/b.c/d", "b.c_d"),
        ] {
            assert_eq!(stem(shown), wanted, "{shown}");
        }
        assert!(stem(&"长".repeat(300)).len() <= 100);
    }
}
