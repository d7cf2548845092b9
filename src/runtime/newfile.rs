//! A file that is there whole or not at all, readable by its owner only, and that replaces nothing unless told to.

use std::io;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A file on its way to its name. Dropped before that, it is gone.
#[derive(Debug)]
pub struct NewFile {
    file: NamedTempFile,
    path: PathBuf,
}

impl NewFile {
    /// Begins a file in the folder it will stand in.
    pub fn at(path: &Path) -> io::Result<Self> {
        let file = tempfile::Builder::new().prefix(".rongcuo-").tempfile_in(folder(path))?;
        Ok(Self {
            file,
            path: path.to_path_buf(),
        })
    }

    /// What is written into it.
    pub fn writer(&mut self) -> &mut std::fs::File {
        self.file.as_file_mut()
    }

    /// Puts it in its place. What stands there is an error, unless it is to be replaced.
    pub fn keep(self, replace: bool) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        let kept = if replace {
            self.file.persist(&self.path)
        } else {
            self.file.persist_noclobber(&self.path)
        };
        kept.map(drop).map_err(|error| error.error)
    }
}

/// The folder a file stands in.
pub fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn what_stands_there_is_replaced_only_when_told_to() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.xlsx");
        let put = |text: &[u8], replace: bool| {
            let mut new = NewFile::at(&path).unwrap();
            new.writer().write_all(text).unwrap();
            new.keep(replace)
        };
        put(b"first", false).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(put(b"second", false).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&path).unwrap(), b"first");
        put(b"third", true).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"third");
        assert_eq!(
            std::fs::read_dir(dir.path()).unwrap().count(),
            1,
            "nothing is left beside it"
        );
    }
}
