//! The folder into which other systems drop their lists.

use super::entry::Source;
use super::error::ConfigError;
use super::raw;
use crate::app::inbox::Sort;
use std::path::PathBuf;

/// Where, and what is done with the lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbox {
    /// The folder.
    pub dir: PathBuf,
    /// What is done with the lists.
    pub sort: Sort,
}

pub(super) fn inbox(source: &Source, written: raw::Inbox, default: raw::Inbox) -> Result<Option<Inbox>, ConfigError> {
    let dir = source.folder(&source.pick("inbox.dir", written.dir, default.dir))?;
    let kind = source.pick("inbox.kind", written.kind, default.kind);
    let keep = source.pick("inbox.keep", written.keep, default.keep).value;
    let sort = kind.word(&[("precheck", Sort::Precheck { keep }), ("outcomes", Sort::Outcomes)])?;
    Ok(dir.map(|dir| Inbox { dir, sort }))
}
