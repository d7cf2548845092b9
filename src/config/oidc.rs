//! Whether people may sign in with a provider.

use super::entry::{Entry, Source};
use super::error::ConfigError;
use super::raw;
use super::smtp::secret;
use crate::outbound::{Settings, Url};
use crate::runtime::secret::Secret;
use std::path::PathBuf;
use toml::Spanned;

/// Longest text of the button, in characters.
const LABEL_CHARS: usize = 20;
/// Longest name of a claim or of this service, in characters.
const NAME_CHARS: usize = 200;

/// The provider; a command that asks it takes [`Oidc::ready`].
#[derive(Debug, Clone)]
pub struct Oidc {
    /// The provider, by the name it gives itself.
    pub issuer: String,
    /// Where it is asked.
    pub url: Url,
    /// What the button on the sign-in page says.
    pub label: String,
    client_id: String,
    claim: String,
    secret_file: Entry<PathBuf>,
}

impl Oidc {
    /// What the provider is asked as, with the secret read.
    pub fn ready(&self) -> Result<Settings, ConfigError> {
        Ok(Settings {
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            secret: Secret::new(secret(&self.secret_file, "统一身份认证的密钥文件")?),
            claim: self.claim.clone(),
        })
    }
}

/// `base_url` is the address that people write: the provider leads them back there.
pub(super) fn oidc(
    source: &Source,
    written: Option<Spanned<raw::WebOidc>>,
    default: Option<Spanned<raw::WebOidc>>,
    base_url: &str,
) -> Result<Option<Oidc>, ConfigError> {
    let inner = |section: Option<Spanned<raw::WebOidc>>| section.map(Spanned::into_inner).unwrap_or_default();
    let (written, default) = (inner(written), inner(default));
    let issuer = source.pick("web.oidc.issuer", written.issuer, default.issuer);
    let client_id = source.pick("web.oidc.client_id", written.client_id, default.client_id);
    let file = source.pick("web.oidc.secret_file", written.secret_file, default.secret_file);
    let claim = source.pick("web.oidc.claim", written.claim, default.claim);
    let label = source.pick("web.oidc.label", written.label, default.label);
    let Some(name) = issuer.text() else {
        return match [&client_id, &file].into_iter().find(|entry| entry.text().is_some()) {
            Some(entry) => Err(entry.refuse(
                "没有写 issuer，统一身份认证没有启用",
                "在 [web.oidc] issuer 写上统一身份认证的地址，或删去此项",
            )),
            None => Ok(None),
        };
    };
    let advice = "照统一身份认证公布的 issuer 一字不差地写，如 https://id.example.org/realms/gov";
    let url = Url::parse_guarded(&name).map_err(|problem| issuer.refuse(problem, advice))?;
    if name.contains('?') {
        return Err(issuer.refuse("issuer 里不能有“?”", advice));
    }
    if Url::parse_guarded(base_url).is_err() {
        return Err(issuer.refuse(
            "经统一身份认证登录以后要回到 [site] base_url，而它不以 https:// 开头",
            "把 base_url 写成人们在浏览器里用的 https 网址",
        ));
    }
    if file.text().is_none() {
        return Err(file.refuse(
            "没有写 secret_file",
            "把登记本系统时给出的密钥写进单独的文件（权限 0600），用 secret_file 指明",
        ));
    }
    Ok(Some(Oidc {
        url,
        client_id: line(&client_id, NAME_CHARS, "写上在统一身份认证登记本系统时给出的名称")?,
        claim: line(&claim, NAME_CHARS, "写上其中存放登录名的声明，如 preferred_username")?,
        label: line(&label, LABEL_CHARS, "写登录按钮上的字，如 统一身份认证登录")?,
        secret_file: file.path_of(source)?,
        issuer: name,
    }))
}

fn line(entry: &Entry<String>, most: usize, advice: &str) -> Result<String, ConfigError> {
    match entry.text() {
        Some(text) if text.chars().count() <= most && !text.contains(char::is_control) => Ok(text),
        _ => Err(entry.refuse(format!("为空、不止一行或者超过 {most} 个字"), advice)),
    }
}
