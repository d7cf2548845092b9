//! Words that a profile may add to: kinds of obligations and events. A name is kept once and copied freely.

use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// A lower-case word such as `review_applied`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Name(&'static str);

/// The longest name.
const LONGEST: usize = 40;
/// Names of all profiles one process ever reads; a profile has a few dozen.
const MOST: usize = 4000;

static KEPT: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

fn is_well_formed(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.len() <= LONGEST
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

impl Name {
    /// A name that is written in the program.
    pub const fn known(text: &'static str) -> Self {
        Self(text)
    }

    /// Takes a name; `None` when it is not made of lower-case letters, digits and `_`, or too long.
    pub fn new(text: &str) -> Option<Self> {
        if !is_well_formed(text) {
            return None;
        }
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.get(text) {
            return Some(Self(known));
        }
        if kept.len() >= MOST {
            return None;
        }
        let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
        kept.insert(text);
        Some(Self(text))
    }

    /// The word.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).ok_or_else(|| {
            serde::de::Error::custom(if is_well_formed(&text) {
                format!("「{text}」不能再添加：名称总共不能超过 {MOST} 个")
            } else {
                format!("「{text}」不能作名称：须以小写字母开头，只含小写字母、数字和下划线，不超过 {LONGEST} 个字符")
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_words_are_one_name_and_other_shapes_are_none() {
        assert_eq!(Name::new("review_applied"), Name::new("review_applied"));
        assert_eq!(Name::new("conclusion"), Some(Name::known("conclusion")));
        for text in ["", "Review", "9a", "复核", "a b", &"a".repeat(41)] {
            assert_eq!(Name::new(text), None, "{text}");
        }
    }
}
