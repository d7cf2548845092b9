//! What is asked of accounts, and whose word is taken on who is behind a request.

use super::entry::{Entry, Source};
use super::error::ConfigError;
use super::raw;
use crate::app::accounts::Rules;
use crate::domain::account::{LONGEST_PASSWORD, Throttle};
use std::net::IpAddr;

/// The section `[accounts]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accounts {
    /// Passwords, sessions, tries.
    pub rules: Rules,
    /// Proxies whose word is taken.
    pub proxies: Vec<IpAddr>,
    /// The header in which they name whom they have signed in.
    pub proxy_header: Option<String>,
}

impl Accounts {
    /// The defaults compiled in.
    pub fn builtin() -> Self {
        let source = Source {
            file: None,
            text: String::new(),
            base: std::path::PathBuf::new(),
        };
        accounts(&source, raw::Accounts::default(), raw::defaults().accounts).expect("the defaults are read by a test")
    }
}

pub(super) fn accounts(
    source: &Source,
    written: raw::Accounts,
    default: raw::Accounts,
) -> Result<Accounts, ConfigError> {
    let least = source.pick(
        "accounts.password_least",
        written.password_least,
        default.password_least,
    );
    let tries = source.pick("accounts.tries", written.tries, default.tries);
    let from = source.pick("accounts.address_tries", written.address_tries, default.address_tries);
    let minutes = source.pick("accounts.tries_minutes", written.tries_minutes, default.tries_minutes);
    let idle = source.pick("accounts.idle_minutes", written.idle_minutes, default.idle_minutes);
    let hours = source.pick("accounts.session_hours", written.session_hours, default.session_hours);
    let link = source.pick("accounts.link_hours", written.link_hours, default.link_hours);
    let proxies = source.pick("accounts.proxies", written.proxies, default.proxies);
    let header = source.pick("accounts.proxy_header", written.proxy_header, default.proxy_header);
    let rules = Rules {
        password_least: within(&least, 8, LONGEST_PASSWORD as u32 / 2)? as usize,
        throttle: Throttle {
            per_account: within(&tries, 1, 100)?,
            per_address: within(&from, 1, 10_000)?,
            minutes: within(&minutes, 1, 24 * 60)?,
        },
        idle_minutes: within(&idle, 1, 24 * 60)?,
        session_hours: within(&hours, 1, 24 * 7)?,
        link_hours: within(&link, 1, 24 * 14)?,
    };
    let proxies = addresses(&proxies)?;
    let proxy_header = header_name(&header)?;
    if proxy_header.is_some() && proxies.is_empty() {
        return Err(header.refuse(
            "写了请求头，却没有写受信任的代理：任何人都能自称是谁",
            "在 accounts.proxies 写上代理的 IP 地址",
        ));
    }
    Ok(Accounts {
        rules,
        proxies,
        proxy_header,
    })
}

fn within(entry: &Entry<u32>, least: u32, most: u32) -> Result<u32, ConfigError> {
    if (least..=most).contains(&entry.value) {
        return Ok(entry.value);
    }
    Err(entry.refuse(
        format!("{} 超出范围", entry.value),
        format!("写一个 {least} 到 {most} 之间的整数"),
    ))
}

fn addresses(entry: &Entry<Vec<String>>) -> Result<Vec<IpAddr>, ConfigError> {
    entry
        .value
        .iter()
        .map(|text| {
            text.trim()
                .parse::<IpAddr>()
                .map(|ip| ip.to_canonical())
                .map_err(|_| entry.refuse(format!("“{text}”不是 IP 地址"), "写作 [\"127.0.0.1\"]"))
        })
        .collect()
}

fn header_name(entry: &Entry<String>) -> Result<Option<String>, ConfigError> {
    let text = entry.value.trim().to_ascii_lowercase();
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if text.is_empty() {
        return Ok(None);
    }
    if text.bytes().all(plain) && text.starts_with("x-") {
        return Ok(Some(text));
    }
    Err(entry.refuse(
        format!("“{}”不能用作请求头", entry.value),
        "写一个以 X- 开头、由字母、数字和横线组成的名称，如 X-Remote-User",
    ))
}
