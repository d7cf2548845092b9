//! The file as it is written: every key optional, every value with its place.

use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

macro_rules! section {
    ($name:ident { $($key:ident: $kind:ty),+ $(,)? }) => {
        #[derive(Deserialize, Default)]
        #[serde(deny_unknown_fields, default)]
        pub(super) struct $name {
            $(pub(super) $key: Option<Spanned<$kind>>,)+
        }

        #[cfg(test)]
        impl $name {
            /// Keys that carry no value.
            fn missing(&self) -> Vec<&'static str> {
                let mut missing = Vec::new();
                $(if self.$key.is_none() { missing.push(stringify!($key)); })+
                missing
            }
        }
    };
}

section!(Site {
    name: String,
    base_url: String
});
section!(Database { url: String });
section!(WebTls {
    certificate: String,
    key: String
});
section!(WebOidc {
    issuer: String,
    client_id: String,
    secret_file: String,
    claim: String,
    label: String,
});
section!(Web {
    listen: String,
    address_per_minute: u32,
    account_per_minute: u32,
    tls: WebTls,
    oidc: WebOidc,
});
section!(Accounts {
    password_least: u32,
    tries: u32,
    address_tries: u32,
    tries_minutes: u32,
    idle_minutes: u32,
    session_hours: u32,
    link_hours: u32,
    proxies: Vec<String>,
    proxy_header: String,
});
section!(Smtp {
    mode: String,
    host: String,
    port: u16,
    tls: String,
    username: String,
    password_file: String,
    from: String,
    dir: String,
    ca_file: String,
    hello_name: String,
    connections: u32,
    per_minute: u32,
    domain_connections: u32,
    domain_per_minute: u32,
});
section!(Bounce { secret_file: String });
section!(Calendar { dir: String });
section!(Policy { file: String });
section!(Words { dir: String });
section!(Files {
    max_file_mib: u32,
    max_inflated_mib: u32,
    max_rows: u32,
    max_columns: u32,
    max_cells: u32,
    max_members: u32,
    memory_mib: u32,
    seconds: u32,
});
section!(Inbox {
    dir: String,
    kind: String,
    keep: bool,
});
section!(Outbound {
    allow: Vec<String>,
    allow_dirs: Vec<String>,
    ca_file: String,
});
section!(Watch {
    heartbeat_url: String,
    heartbeat_minutes: u32,
});
section!(Crypto { key_file: String });
section!(Log {
    format: String,
    level: String
});

/// One of any number of tables; there is none unless it is written, so it has no defaults.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Channel {
    pub(super) id: Option<Spanned<String>>,
    pub(super) kind: Option<Spanned<String>>,
    pub(super) url: Option<Spanned<String>>,
    pub(super) headers: Option<Spanned<BTreeMap<String, String>>>,
    pub(super) body: Option<Spanned<String>>,
    pub(super) format: Option<Spanned<String>>,
    pub(super) token_file: Option<Spanned<String>>,
    pub(super) secret_file: Option<Spanned<String>>,
    pub(super) dir: Option<Spanned<String>>,
    pub(super) per_minute: Option<Spanned<u32>>,
}

/// The whole file.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Raw {
    pub(super) site: Site,
    pub(super) database: Database,
    pub(super) web: Web,
    pub(super) accounts: Accounts,
    pub(super) smtp: Smtp,
    pub(super) bounce: Bounce,
    pub(super) calendar: Calendar,
    pub(super) policy: Policy,
    pub(super) words: Words,
    pub(super) files: Files,
    pub(super) inbox: Inbox,
    pub(super) outbound: Outbound,
    pub(super) watch: Watch,
    pub(super) channel: Vec<Spanned<Channel>>,
    pub(super) crypto: Crypto,
    pub(super) log: Log,
}

/// The defaults compiled into the binary.
pub(super) const DEFAULT_TEXT: &str = include_str!("../../config/default.toml");

/// The defaults, parsed.
pub(super) fn defaults() -> Raw {
    toml::from_str(DEFAULT_TEXT).expect("the defaults compiled in are read by a test")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_name_every_key() {
        let raw = defaults();
        let missing = [
            raw.site.missing(),
            raw.database.missing(),
            raw.web.missing(),
            raw.web.tls.as_ref().expect("a section").get_ref().missing(),
            raw.web.oidc.as_ref().expect("a section").get_ref().missing(),
            raw.accounts.missing(),
            raw.smtp.missing(),
            raw.bounce.missing(),
            raw.calendar.missing(),
            raw.policy.missing(),
            raw.words.missing(),
            raw.files.missing(),
            raw.inbox.missing(),
            raw.outbound.missing(),
            raw.watch.missing(),
            raw.crypto.missing(),
            raw.log.missing(),
        ]
        .concat();
        assert_eq!(missing, Vec::<&str>::new());
    }

    #[test]
    fn every_key_of_the_defaults_has_a_chinese_comment_above_it() {
        let mut above = "";
        for line in DEFAULT_TEXT.lines() {
            if line.contains(" = ") && !line.starts_with('#') {
                let chinese = above.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
                assert!(above.starts_with("# ") && chinese, "no comment above: {line}");
            }
            above = line;
        }
    }
}
