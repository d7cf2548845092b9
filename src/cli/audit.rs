//! `rongcuo audit verify`

use super::args::{AuditWhat, Global};
use super::open::{self, Use};
use super::output::Failure;
use super::{ATTENTION, DONE};
use crate::store::{StoreError, journal};
use std::io::Write;

/// Walks the audit chain.
pub async fn run(global: &Global, what: &AuditWhat, out: &mut dyn Write) -> Result<u8, Failure> {
    let AuditWhat::Verify = what;
    let config = open::config(global)?;
    let app = open::app(global, &config, Use::Read).await?;
    let mut tx = app.db.read().await?;
    let walked = journal::verify(&mut tx).await;
    tx.rollback().await?;
    let (entries, broken) = match walked {
        Ok(entries) => (Some(entries), None),
        Err(StoreError::BrokenChain(at)) => (None, Some(at)),
        Err(error) => return Err(error.into()),
    };
    if global.json() {
        writeln!(
            out,
            "{}",
            serde_json::json!({ "entries": entries, "broken_at": broken })
        )?;
    } else {
        match (entries, broken) {
            (Some(entries), _) => writeln!(out, "审计链完整，共 {entries} 条")?,
            (None, at) => writeln!(
                out,
                "审计链在第 {} 条断裂：该条或其前一条被改动、删除或插入",
                at.unwrap_or_default()
            )?,
        }
    }
    Ok(if broken.is_some() { ATTENTION } else { DONE })
}
