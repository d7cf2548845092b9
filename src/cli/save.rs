//! Writes a file that was asked for beside the answer.

use super::output::Failure;
use crate::runtime::newfile::NewFile;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// Refuses a file that may not be written: one of the inputs ever, what stands there unless it is to be replaced.
pub(super) fn check(path: &Path, overwrite: bool, inputs: &[PathBuf]) -> Result<(), Failure> {
    let Ok(real) = path.canonicalize() else {
        return Ok(());
    };
    if inputs
        .iter()
        .any(|input| input.canonicalize().is_ok_and(|input| input == real))
    {
        return Err(Failure::input(format!(
            "{}：不能写回读入的文件，请换一个文件名",
            path.display()
        )));
    }
    if overwrite { Ok(()) } else { Err(stands(path)) }
}

/// Writes it, whole or not at all.
pub(super) fn write(path: &Path, bytes: &[u8], overwrite: bool) -> Result<(), Failure> {
    let cannot = |error: std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => stands(path),
        _ => Failure::environment(format!("{}：无法写出（{error}）", path.display())),
    };
    let mut new = NewFile::at(path).map_err(cannot)?;
    new.writer().write_all(bytes).map_err(cannot)?;
    new.keep(overwrite).map_err(cannot)
}

fn stands(path: &Path) -> Failure {
    Failure::input(format!(
        "{} 已存在，请换一个文件名，或加 --overwrite 覆盖",
        path.display()
    ))
}
