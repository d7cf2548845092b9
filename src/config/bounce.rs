//! Whether a mail gateway may tell of bounces.

use super::entry::{Entry, Source};
use super::error::ConfigError;
use super::raw;
use super::smtp::secret;
use crate::runtime::secret::Secret;
use std::path::PathBuf;

/// Fewer bytes can be guessed.
const FEWEST: usize = 16;

/// The gateway's secret; a command that listens asks [`Bounce::ready`].
#[derive(Debug, Clone)]
pub struct Bounce(Entry<PathBuf>);

impl Bounce {
    /// The secret, read.
    pub fn ready(&self) -> Result<Secret, ConfigError> {
        let text = secret(&self.0, "退信密钥文件")?;
        if text.len() < FEWEST {
            return Err(self.0.refuse(
                format!("退信密钥文件 {} 里的密钥太短", self.0.value.display()),
                format!("写至少 {FEWEST} 个字符，例如 openssl rand -hex 32 的输出"),
            ));
        }
        Ok(Secret::new(text))
    }
}

pub(super) fn bounce(
    source: &Source,
    written: raw::Bounce,
    default: raw::Bounce,
) -> Result<Option<Bounce>, ConfigError> {
    let file = source.pick("bounce.secret_file", written.secret_file, default.secret_file);
    match source.optional_path(&file) {
        None => Ok(None),
        Some(_) => Ok(Some(Bounce(file.path_of(source)?))),
    }
}
