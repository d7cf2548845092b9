//! Where the pages are listened for, how they are encrypted, how often somebody may ask.

use super::entry::{Entry, Source};
use super::error::ConfigError;
use super::raw;
use crate::domain::bucket::Rate;
use crate::web::Pace;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use toml::Spanned;

/// The section `[web]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Web {
    /// The address.
    pub listen: SocketAddr,
    /// What lines are encrypted with; `None`: they are not.
    pub tls: Option<TlsFiles>,
    /// How often somebody may ask.
    pub pace: Pace,
}

/// The files of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and those that vouch for it, PEM.
    pub certificate: PathBuf,
    /// Its key, PEM.
    pub key: PathBuf,
}

impl Web {
    /// The defaults compiled in.
    pub fn builtin() -> Self {
        let source = Source {
            file: None,
            text: String::new(),
            base: PathBuf::new(),
        };
        web(&source, raw::Web::default(), raw::defaults().web, ("", &[])).expect("the defaults are read by a test")
    }
}

/// `base_url` is the address that people write, `proxies` those that are trusted.
pub(super) fn web(
    source: &Source,
    written: raw::Web,
    default: raw::Web,
    (base_url, proxies): (&str, &[IpAddr]),
) -> Result<Web, ConfigError> {
    let entry = source.pick("web.listen", written.listen, default.listen);
    let per_address = source.pick(
        "web.address_per_minute",
        written.address_per_minute,
        default.address_per_minute,
    );
    let per_account = source.pick(
        "web.account_per_minute",
        written.account_per_minute,
        default.account_per_minute,
    );
    let tls = tls(source, written.tls, default.tls, base_url)?;
    Ok(Web {
        listen: listen(&entry, tls.is_some() || !proxies.is_empty())?,
        tls,
        pace: Pace {
            address: rate(&per_address)?,
            account: rate(&per_account)?,
        },
    })
}

fn listen(entry: &Entry<String>, guarded: bool) -> Result<SocketAddr, ConfigError> {
    let address: SocketAddr = entry.value.trim().parse().map_err(|_| {
        entry.refuse(
            format!("“{}”不是 IP 地址加端口", entry.value),
            "写作 127.0.0.1:8087 或 [::1]:8087",
        )
    })?;
    if guarded || address.ip().to_canonical().is_loopback() {
        return Ok(address);
    }
    Err(entry.refuse(
        format!("{} 不是本机回环地址，而网页传输没有加密", address.ip()),
        "在 [web.tls] 写上证书和密钥文件；由别的机器上的反向代理加密的，在 [accounts] proxies 写上代理的 IP 地址；\
         都没有的，改为 127.0.0.1:端口",
    ))
}

fn tls(
    source: &Source,
    written: Option<Spanned<raw::WebTls>>,
    default: Option<Spanned<raw::WebTls>>,
    base_url: &str,
) -> Result<Option<TlsFiles>, ConfigError> {
    let inner = |section: Option<Spanned<raw::WebTls>>| section.map(Spanned::into_inner).unwrap_or_default();
    let (written, default) = (inner(written), inner(default));
    let certificate = source.pick("web.tls.certificate", written.certificate, default.certificate);
    let key = source.pick("web.tls.key", written.key, default.key);
    match (source.file(&certificate)?, source.file(&key)?) {
        (None, None) => Ok(None),
        (Some(_), None) => Err(certificate.refuse("写了证书而没有写密钥", "在 key 写上密钥文件")),
        (None, Some(_)) => Err(key.refuse("写了密钥而没有写证书", "在 certificate 写上证书文件")),
        (Some(_), Some(_)) if !base_url.starts_with("https://") => Err(certificate.refuse(
            "网页加密传输，而 [site] base_url 不以 https:// 开头，邮件中的链接会打不开",
            "把 base_url 写成人们在浏览器里用的地址，如 https://rc.example.org:8443",
        )),
        (Some(certificate), Some(key)) => Ok(Some(TlsFiles { certificate, key })),
    }
}

/// Fewer would bother whoever works.
const FEWEST: u32 = 30;

fn rate(entry: &Entry<u32>) -> Result<Rate, ConfigError> {
    if entry.value == 0 || entry.value >= FEWEST {
        return Ok(Rate::per_minute(entry.value));
    }
    Err(entry.refuse(
        format!("{} 太少，会妨碍正常使用", entry.value),
        format!("写 {FEWEST} 以上的整数；不限制的写 0"),
    ))
}
