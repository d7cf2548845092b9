//! The texts an installation is set up by: which there are, what changes between two of them, and which lines of the
//! rules say who is told what.

mod diff;
mod parts;

pub use diff::{Line, Sort, diff};
pub use parts::{Part, join, parts};

/// A text that may be adopted in place of the one in the site's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Document {
    /// The rules.
    Profile,
    /// A word list, by its file name.
    Words(&'static str),
}

/// The words of headers; they are read by themselves.
pub const HEADERS: &str = "headers.toml";

impl Document {
    /// Every document.
    pub const ALL: [Self; 8] = [
        Self::Profile,
        Self::Words("outcomes.toml"),
        Self::Words("causes.toml"),
        Self::Words("everyday.toml"),
        Self::Words("effects.toml"),
        Self::Words("domains.toml"),
        Self::Words("comparison.toml"),
        Self::Words(HEADERS),
    ];

    /// Its name in addresses and in the store.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Words(file) => file.strip_suffix(".toml").unwrap_or(file),
        }
    }

    /// Reads the name.
    pub fn from_slug(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.slug() == text)
    }

    /// What people call it.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Profile => "规则",
            Self::Words("outcomes.toml") => "用词：结果的写法",
            Self::Words("causes.toml") => "用词：理由的写法",
            Self::Words("everyday.toml") => "用词：日常用语",
            Self::Words("effects.toml") => "用词：处分处理的影响期",
            Self::Words("domains.toml") => "用词：事项类别",
            Self::Words("comparison.toml") => "用词：等次和环节",
            Self::Words(_) => "用词：表头",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_is_found_by_its_own_name() {
        for one in Document::ALL {
            assert_eq!(Document::from_slug(one.slug()), Some(one));
        }
        assert_eq!(Document::from_slug("../outcomes"), None);
    }
}
