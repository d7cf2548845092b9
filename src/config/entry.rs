//! One value together with where it was written.

use super::error::{ConfigError, Origin, position};
use std::path::{Path, PathBuf};
use toml::Spanned;

/// The text a value was read from.
pub(super) struct Source {
    /// The file; `None` when only defaults apply.
    pub(super) file: Option<PathBuf>,
    pub(super) text: String,
    /// The folder relative paths count from.
    pub(super) base: PathBuf,
}

/// A value, its key and its place.
#[derive(Debug, Clone)]
pub(super) struct Entry<T> {
    pub(super) key: &'static str,
    pub(super) value: T,
    pub(super) origin: Origin,
    pub(super) position: Option<(usize, usize)>,
}

impl Source {
    /// Takes what is written, else the default.
    pub(super) fn pick<T>(
        &self,
        key: &'static str,
        written: Option<Spanned<T>>,
        default: Option<Spanned<T>>,
    ) -> Entry<T> {
        match (written, &self.file) {
            (Some(value), Some(file)) => Entry {
                key,
                position: Some(position(&self.text, value.span().start)),
                value: value.into_inner(),
                origin: Origin::File(file.clone()),
            },
            _ => Entry {
                key,
                position: None,
                value: default
                    .expect("a test checks that every key has a default")
                    .into_inner(),
                origin: Origin::Default,
            },
        }
    }

    /// What is written, where something is; for keys that have no default.
    pub(super) fn written<T>(&self, key: &'static str, written: Option<Spanned<T>>) -> Option<Entry<T>> {
        written.map(|value| {
            let start = value.span().start;
            self.at(key, start, value.into_inner())
        })
    }

    /// A value with the place it stands at.
    pub(super) fn at<T>(&self, key: &'static str, start: usize, value: T) -> Entry<T> {
        Entry {
            key,
            value,
            origin: self.file.clone().map_or(Origin::Default, Origin::File),
            position: Some(position(&self.text, start)),
        }
    }

    /// A path that is required; empty is refused.
    pub(super) fn path(&self, entry: &Entry<String>) -> Result<PathBuf, ConfigError> {
        self.optional_path(entry)
            .ok_or_else(|| entry.refuse("没有写路径", "写上路径，或删去此项以使用默认值"))
    }

    /// A path that may be left empty.
    pub(super) fn optional_path(&self, entry: &Entry<String>) -> Option<PathBuf> {
        let text = entry.value.trim();
        (!text.is_empty()).then(|| self.base.join(text))
    }

    /// A folder that may be left empty; one that is named must exist.
    pub(super) fn folder(&self, entry: &Entry<String>) -> Result<Option<PathBuf>, ConfigError> {
        self.existing(entry, Path::is_dir, "目录")
    }

    /// A file that may be left empty; one that is named must exist.
    pub(super) fn file(&self, entry: &Entry<String>) -> Result<Option<PathBuf>, ConfigError> {
        self.existing(entry, Path::is_file, "文件")
    }

    fn existing(
        &self,
        entry: &Entry<String>,
        exists: fn(&Path) -> bool,
        kind: &str,
    ) -> Result<Option<PathBuf>, ConfigError> {
        match self.optional_path(entry) {
            Some(path) if !exists(&path) => Err(entry.refuse(
                format!("找不到{kind} {}", path.display()),
                format!("建立这个{kind}或改正路径；要用程序内置的内容，删去此项"),
            )),
            path => Ok(path),
        }
    }
}

impl<T> Entry<T> {
    /// A refusal of this value.
    pub(super) fn refuse(&self, problem: impl Into<String>, advice: impl Into<String>) -> ConfigError {
        ConfigError {
            origin: self.origin.clone(),
            position: self.position,
            key: Some(self.key.to_owned()),
            problem: problem.into(),
            advice: advice.into(),
        }
    }
}

impl Entry<String> {
    /// The path it names, with the place it was written at.
    pub(super) fn path_of(&self, source: &Source) -> Result<Entry<PathBuf>, ConfigError> {
        Ok(Entry {
            key: self.key,
            value: source.path(self)?,
            origin: self.origin.clone(),
            position: self.position,
        })
    }

    /// The value one of the named words stands for.
    pub(super) fn word<V: Copy>(&self, words: &[(&str, V)]) -> Result<V, ConfigError> {
        let found = words.iter().find(|(word, _)| *word == self.value);
        found.map(|(_, value)| *value).ok_or_else(|| {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.refuse(
                format!("不能是“{}”", self.value),
                format!("从这些值中选一个：{}", known.join("、")),
            )
        })
    }

    /// The trimmed text, `None` when empty.
    pub(super) fn text(&self) -> Option<String> {
        let text = self.value.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }
}
