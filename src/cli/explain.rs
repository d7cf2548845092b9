//! `rongcuo explain …`

use super::DONE;
use super::args::{ExplainWhat, Global};
use super::open::{self, Use};
use super::output::Failure;
use crate::app::explain::{Explained, finding, obligation};
use std::io::Write;

/// Prints the chain of clause, facts, rule and days.
pub async fn run(global: &Global, what: &ExplainWhat, out: &mut dyn Write) -> Result<u8, Failure> {
    let config = open::config(global)?;
    let app = open::app(global, &config, Use::Read).await?;
    let explained: Explained = match what {
        ExplainWhat::Finding { id } => finding(&app, id).await?,
        ExplainWhat::Obligation { id } => obligation(&app, id).await?,
    };
    if global.json() {
        writeln!(out, "{}", serde_json::to_string(&explained)?)?;
        return Ok(DONE);
    }
    for (label, text) in &explained.lines {
        writeln!(out, "{label}：{text}")?;
    }
    Ok(DONE)
}
