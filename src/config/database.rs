//! Which database.

use super::error::{ConfigError, Origin};
use std::fmt;
use std::path::{Path, PathBuf};

/// A database address. `Debug` and `Display` never show a password.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// The embedded database in this file.
    Sqlite(PathBuf),
    /// A PostgreSQL server, address as it was written.
    Postgres(String),
}

impl DatabaseUrl {
    /// Reads `sqlite:path` or `postgres://…`; a relative path counts from `base`. The error says what is wrong.
    pub fn parse(text: &str, base: &Path) -> Result<Self, String> {
        let text = text.trim();
        if let Some(rest) = text.strip_prefix("sqlite:") {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            return match path {
                "" => Err("sqlite: 后面没有写文件路径".to_owned()),
                ":memory:" => Err("数据库不能只放在内存中，停机就全部丢失".to_owned()),
                path if path.contains('?') => Err("sqlite: 的路径后面不能带参数".to_owned()),
                path => Ok(Self::Sqlite(base.join(path))),
            };
        }
        let server = text
            .strip_prefix("postgres://")
            .or_else(|| text.strip_prefix("postgresql://"));
        match server {
            Some(rest) if rest.is_empty() || rest.contains(char::is_whitespace) => {
                Err("postgres:// 后面应为 用户@主机:端口/库名，不能有空格".to_owned())
            }
            Some(_) => Ok(Self::Postgres(text.to_owned())),
            None => Err("不认识的数据库地址".to_owned()),
        }
    }
}

/// What to do about a bad address.
pub(super) const ADVICE: &str = "写作 sqlite:文件路径 或 postgres://用户@主机:端口/库名";

/// Reads the address given on the command line; a relative path counts from the current folder, as in a shell.
pub(super) fn from_argument(text: &str) -> Result<DatabaseUrl, ConfigError> {
    let here = std::path::absolute(".").unwrap_or_default();
    DatabaseUrl::parse(text, &here).map_err(|problem| ConfigError {
        origin: Origin::Argument("--database"),
        position: None,
        key: None,
        problem,
        advice: ADVICE.to_owned(),
    })
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => f.write_str(&masked(url)),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

/// The address without its password and without its parameters, which may carry one too.
fn masked(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    match rest.rsplit_once('@') {
        Some((user, host)) => {
            let name = user.split(':').next().unwrap_or_default();
            let mask = if user.contains(':') { ":***" } else { "" };
            format!("{scheme}://{name}{mask}@{host}")
        }
        None => format!("{scheme}://{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_kinds() {
        let base = Path::new("/srv/rc");
        for (text, path) in [
            ("sqlite:a.db", "/srv/rc/a.db"),
            ("sqlite:/var/a.db", "/var/a.db"),
            ("sqlite:///var/a.db", "/var/a.db"),
            ("sqlite://a.db", "/srv/rc/a.db"),
        ] {
            assert_eq!(
                DatabaseUrl::parse(text, base),
                Ok(DatabaseUrl::Sqlite(PathBuf::from(path)))
            );
        }
        assert_eq!(
            DatabaseUrl::parse("postgresql://u@h/d", base),
            Ok(DatabaseUrl::Postgres("postgresql://u@h/d".to_owned()))
        );
    }

    #[test]
    fn refuses_what_is_no_database() {
        for text in [
            "",
            "sqlite:",
            "sqlite::memory:",
            "sqlite:a.db?mode=ro",
            "postgres://",
            "postgres://a b",
            "mysql://h/d",
            "rongcuo.db",
        ] {
            assert!(DatabaseUrl::parse(text, Path::new("/")).is_err(), "{text}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let url = DatabaseUrl::parse(
            "postgres://rc:p@ss:w0rd@10.0.0.5:5432/rc?password=again",
            Path::new("/"),
        )
        .unwrap();
        assert_eq!(url.to_string(), "postgres://rc:***@10.0.0.5:5432/rc");
        assert_eq!(format!("{url:?}"), "DatabaseUrl(postgres://rc:***@10.0.0.5:5432/rc)");
    }
}
