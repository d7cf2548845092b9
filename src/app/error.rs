//! What a use case can refuse.

use crate::domain::calendar::CalendarError;
use crate::store::StoreError;

/// Why a use case did not finish.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// What was given cannot be used; nothing was changed.
    #[error("{0}")]
    Input(String),
    /// Somebody else changed it since it was looked at; nothing was changed.
    #[error("{0}")]
    Conflict(String),
    /// The database failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// Something in the surroundings failed.
    #[error("{0}")]
    Environment(String),
}

impl AppError {
    /// The exit code a command ends with.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Input(_) | Self::Conflict(_) => 2,
            Self::Store(_) | Self::Environment(_) => 3,
        }
    }
}

/// A day that cannot be reckoned is put right by whoever gave it, so every form says it where it says what else is wrong.
impl From<CalendarError> for AppError {
    fn from(error: CalendarError) -> Self {
        Self::Input(error.to_string())
    }
}
