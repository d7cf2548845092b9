//! A refused configuration: file, place, key, what is wrong, what to do.

use std::fmt;
use std::path::{Path, PathBuf};

/// Why the configuration was refused. Displays as one Chinese sentence with a hint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    /// The file, or what stands for it (the command line).
    pub origin: Origin,
    /// Line and column, both counted from one.
    pub position: Option<(usize, usize)>,
    /// `section.key`.
    pub key: Option<String>,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub advice: String,
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A configuration file.
    File(PathBuf),
    /// Nothing was written; the value compiled in applies.
    Default,
    /// An argument such as `--database`.
    Argument(&'static str),
}

impl ConfigError {
    /// Exit code of a command that meets this error: bad input.
    pub const EXIT_CODE: u8 = 2;

    /// A refusal that concerns a whole file.
    pub(super) fn of_file(file: &Path, problem: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            origin: Origin::File(file.to_path_buf()),
            position: None,
            key: None,
            problem: problem.into(),
            advice: advice.into(),
        }
    }

    /// Turns the parser's refusal into one that people can act upon.
    pub(super) fn of_syntax(file: &Path, text: &str, error: &toml::de::Error) -> Self {
        let offset = error.span().map(|span| span.start);
        let (problem, advice) = in_chinese(error.message());
        Self {
            origin: Origin::File(file.to_path_buf()),
            position: offset.map(|at| position(text, at)),
            key: offset.and_then(|at| key_at(text, at)),
            problem,
            advice,
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Origin::File(file) => write!(f, "配置文件 {}", file.display())?,
            Origin::Default => write!(f, "配置（默认值）")?,
            Origin::Argument(name) => write!(f, "命令行参数 {name}")?,
        }
        if let Some((line, column)) = self.position {
            write!(f, " 第 {line} 行第 {column} 列")?;
        }
        if let Some(key) = &self.key {
            write!(f, "，{key}")?;
        }
        write!(f, "：{}。处理办法：{}。", self.problem, self.advice)
    }
}

/// Line and column of a byte offset, columns counted in characters.
pub(super) fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset.min(text.len())).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (
        before.matches('\n').count() + 1,
        before[line_start..].chars().count() + 1,
    )
}

/// The `section.key` written at a byte offset, read off the text because the parser keeps its own path private.
fn key_at(text: &str, offset: usize) -> Option<String> {
    let before = text.get(..offset.min(text.len()))?;
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = text[line_start..].lines().next()?.trim();
    if line.starts_with('[') {
        return Some(line.split(']').next()?.trim_start_matches('[').trim().to_owned());
    }
    let key = line.split('=').next()?.trim();
    if key.is_empty() || key.starts_with('#') {
        return None;
    }
    let section = text[..line_start]
        .lines()
        .rev()
        .map(str::trim)
        .find(|line| line.starts_with('['))
        .map(|line| {
            line.trim_start_matches('[')
                .split(']')
                .next()
                .unwrap_or_default()
                .trim()
        });
    Some(section.map_or_else(|| key.to_owned(), |section| format!("{section}.{key}")))
}

/// Says in Chinese what the parser says in English; what is not known here is quoted.
fn in_chinese(message: &str) -> (String, String) {
    let quoted = backquoted(message);
    if message.starts_with("unknown field") {
        let known = quoted.get(1..).unwrap_or_default().join("、");
        return (
            format!("不认识的配置项 {}", quoted.first().copied().unwrap_or("?")),
            format!("检查拼写；此处可用的有：{known}"),
        );
    }
    if message.starts_with("invalid type") || message.starts_with("invalid value") {
        let expected = message.rsplit("expected ").next().unwrap_or_default();
        return ("值的类型或范围不对".to_owned(), format!("改为{}", kind_zh(expected)));
    }
    if message.starts_with("duplicate key") {
        return ("同一配置项写了两次".to_owned(), "只保留一处".to_owned());
    }
    (
        format!("不符合 TOML 格式（{message}）"),
        "文字要加英文双引号，每项一行，写作 名称 = 值".to_owned(),
    )
}

fn kind_zh(expected: &str) -> String {
    match expected.split_whitespace().next().unwrap_or_default() {
        "u16" => "0 至 65535 的整数，不加引号".to_owned(),
        "struct" => "一节配置，写作 [节名]".to_owned(),
        _ if expected.contains("string") => "加英文双引号的文字".to_owned(),
        _ => format!("要求的类型（{expected}）"),
    }
}

fn backquoted(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_and_start_at_one() {
        let text = "a\n市委 = 1\n";
        assert_eq!(position(text, 0), (1, 1));
        assert_eq!(position(text, text.find('=').unwrap()), (2, 4));
        assert_eq!(position(text, 999), (3, 1));
    }

    #[test]
    fn a_key_is_named_with_its_section() {
        let text = "[site]\nname = 3\n[web]\n# listen\nlisten = 1\n";
        assert_eq!(key_at(text, text.find('3').unwrap()).as_deref(), Some("site.name"));
        assert_eq!(
            key_at(text, text.rfind("listen").unwrap()).as_deref(),
            Some("web.listen")
        );
        assert_eq!(key_at(text, text.find("web").unwrap()).as_deref(), Some("web"));
    }
}
