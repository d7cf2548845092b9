//! What the installation is called and where people find its pages.

use super::entry::{Entry, Source};
use super::error::ConfigError;
use super::raw;

/// The installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Name on pages and mail.
    pub name: String,
    /// Where links in mail begin, without a slash at the end.
    pub base_url: String,
}

pub(super) fn site(source: &Source, written: raw::Site, default: raw::Site) -> Result<Site, ConfigError> {
    let name = source.pick("site.name", written.name, default.name);
    let base_url = source.pick("site.base_url", written.base_url, default.base_url);
    Ok(Site {
        name: match name.text() {
            Some(text) if !text.contains(char::is_control) => text,
            _ => return Err(name.refuse("单位名称为空或含有换行等控制字符", "写一行文字")),
        },
        base_url: address(&base_url)?,
    })
}

fn address(entry: &Entry<String>) -> Result<String, ConfigError> {
    let text = entry.value.trim().trim_end_matches('/');
    let host = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"))
        .map(|rest| rest.split('/').next().unwrap_or_default());
    let odd = |c: char| c.is_whitespace() || c.is_control() || "\"'<>?#".contains(c);
    match host {
        Some(host) if !host.is_empty() && !text.contains(odd) => Ok(text.to_owned()),
        _ => Err(entry.refuse(
            "不是网页地址",
            "以 http:// 或 https:// 开头，写到主机和端口为止，例如 http://127.0.0.1:8087",
        )),
    }
}
