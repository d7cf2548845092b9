//! What every command needs to say how it ended.

use super::{BAD_INPUT, DONE, ENVIRONMENT};
use crate::app::AppError;
use crate::config::ConfigError;
use crate::store::StoreError;
use std::fmt;

/// A command that did not finish: the text for standard error and the exit code.
#[derive(Debug)]
pub struct Failure {
    /// Exit code.
    pub code: u8,
    text: String,
}

impl Failure {
    /// Bad input: nothing was changed.
    pub fn input(text: impl Into<String>) -> Self {
        Self {
            code: BAD_INPUT,
            text: text.into(),
        }
    }

    /// With something more to say.
    pub fn and(mut self, more: &str) -> Self {
        self.text.push_str(more);
        self
    }

    /// What is said.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whoever read the output has had enough (`… | head`); there is nothing to say and nobody to say it to.
    fn stopped_reading() -> Self {
        Self {
            code: DONE,
            text: String::new(),
        }
    }

    /// Whether there is anything to tell.
    pub fn is_silent(&self) -> bool {
        self.text.is_empty()
    }

    /// The surroundings failed.
    pub fn environment(text: impl Into<String>) -> Self {
        Self {
            code: ENVIRONMENT,
            text: text.into(),
        }
    }
}

/// Columns of equal width for a terminal, where a Chinese character takes two places.
pub fn aligned<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let widths: [usize; N] =
        std::array::from_fn(|column| rows.iter().map(|row| width(&row[column])).max().unwrap_or(0));
    rows.iter()
        .map(|row| {
            let mut line = String::new();
            for (cell, wanted) in row.iter().zip(widths) {
                line.push_str(cell);
                line.push_str(&" ".repeat(wanted - width(cell) + 2));
            }
            line.trim_end().to_owned()
        })
        .collect()
}

/// Places a text takes.
pub fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "错误：{}", self.text)
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        Self {
            code: error.exit_code(),
            text: error.to_string(),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::environment(error.to_string())
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self {
            code: ConfigError::EXIT_CODE,
            text: error.to_string(),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self::stopped_reading();
        }
        Self::environment(format!("输出失败：{error}"))
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::environment(format!("输出失败：{error}"))
    }
}
