//! Where requests may go. Pure.

use hyper::Uri;
use std::fmt::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address longer than this is something else.
const MAX_URL: usize = 2048;

/// Scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Whether the line is encrypted.
    encrypted: bool,
    host: Host,
    port: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    /// Lower case, without a dot at the end.
    Name(String),
    Literal(IpAddr),
}

/// An address a request may be made to, if the list permits.
#[derive(Clone, PartialEq, Eq)]
pub struct Url {
    origin: Origin,
    target: String,
}

/// The places requests may go to; an empty list permits none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowList(Vec<Origin>);

impl Url {
    /// Reads an address; the refusal says what is wrong, without repeating it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.len() > MAX_URL {
            return Err(format!("超过 {MAX_URL} 个字节"));
        }
        if text.contains('#') {
            return Err("里不能有“#”".to_owned());
        }
        let uri: Uri = text
            .parse()
            .map_err(|_| "写得不对，要像 https://主机名/路径".to_owned())?;
        let origin = Origin::of(&uri)?;
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        let root = if target.starts_with('/') { "" } else { "/" };
        let target = format!("{root}{}", in_ascii(target));
        Ok(Self { origin, target })
    }

    /// Reads an address over which people sign in: encrypted, unless it is on this machine.
    pub fn parse_guarded(text: &str) -> Result<Self, String> {
        let url = Self::parse(text)?;
        let inside = match &url.origin.host {
            Host::Name(name) => name == "localhost",
            Host::Literal(ip) => ip.is_loopback(),
        };
        if url.origin.encrypted || inside {
            Ok(url)
        } else {
            Err("要以 https:// 开头（只有本机的可以用 http://）".to_owned())
        }
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The whole address, which may hold a key: never for logs, pages or mail.
    pub fn reveal(&self) -> String {
        format!("{}{}", self.origin, self.target)
    }

    /// Path and query.
    pub(super) fn target(&self) -> &str {
        &self.target
    }

    /// Whether a parameter of this name is written in the query.
    pub fn has_parameter(&self, name: &str) -> bool {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        query
            .split('&')
            .any(|one| one.split('=').next().is_some_and(|key| key == name))
    }

    /// With another parameter. Neither part may need escaping beyond what is given.
    pub(super) fn with_parameter(&self, name: &str, value: &str) -> Self {
        let joint = if self.target.contains('?') { '&' } else { '?' };
        Self {
            origin: self.origin.clone(),
            target: format!("{}{joint}{name}={value}", self.target),
        }
    }
}

/// The query may hold a key, so only the place is shown.
impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({}/…)", self.origin)
    }
}

impl Origin {
    /// Reads an entry of the list: scheme, host and, where it is not the usual one, port.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text)?;
        if url.target != "/" {
            return Err("只写到主机名和端口，不写路径".to_owned());
        }
        if !url.origin.encrypted && matches!(&url.origin.host, Host::Name(name) if name != "localhost") {
            return Err("不加密的 http 只能用于写明 IP 地址的本机或内网网关".to_owned());
        }
        Ok(url.origin)
    }

    fn of(uri: &Uri) -> Result<Self, String> {
        let encrypted = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err("要以 https:// 或 http:// 开头".to_owned()),
        };
        let authority = uri.authority().ok_or("里没有主机名")?;
        if authority.as_str().contains('@') {
            return Err("里不能有用户名或密码".to_owned());
        }
        let host = authority.host().to_ascii_lowercase();
        let host = host.strip_suffix('.').unwrap_or(&host);
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let host = match bare.parse::<IpAddr>() {
            Ok(ip) => Host::Literal(ip.to_canonical()),
            Err(_) if bare.is_empty() || host.starts_with('[') => return Err("里没有主机名".to_owned()),
            Err(_) => Host::Name(host.to_owned()),
        };
        let port = match (authority.port(), encrypted) {
            (Some(port), _) => port.as_u16(),
            (None, true) => 443,
            (None, false) => 80,
        };
        // `host:` and `host:99999` have no port the parser takes for one.
        if port == 0 || (authority.port().is_none() && authority.as_str().ends_with(':')) {
            return Err("里的端口不对".to_owned());
        }
        Ok(Self { encrypted, host, port })
    }

    /// Whether the line is encrypted.
    pub(super) const fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// The host as it is resolved and as a certificate names it.
    pub(super) fn host(&self) -> String {
        match &self.host {
            Host::Name(name) => name.clone(),
            Host::Literal(ip) => ip.to_string(),
        }
    }

    /// The literal address, where one is written.
    pub(super) const fn literal(&self) -> Option<IpAddr> {
        match self.host {
            Host::Literal(ip) => Some(ip),
            Host::Name(_) => None,
        }
    }

    /// The host as a request names it.
    pub(super) fn authority(&self) -> String {
        let host = match &self.host {
            Host::Literal(IpAddr::V6(ip)) => format!("[{ip}]"),
            _ => self.host(),
        };
        match (self.encrypted, self.port) {
            (true, 443) | (false, 80) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }

    /// Whether an address this place resolved to may be connected to. What lies inside the house must have been named as
    /// such: a public name whose owner points it at an inner address gets nowhere.
    pub(super) fn may_be(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        match &self.host {
            Host::Literal(literal) => ip == *literal,
            Host::Name(name) if name == "localhost" => ip.is_loopback(),
            Host::Name(_) => is_public(ip),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.encrypted { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority())
    }
}

impl AllowList {
    /// A list of places.
    pub fn new(places: Vec<Origin>) -> Self {
        Self(places)
    }

    /// Whether requests may go there.
    pub fn permits(&self, url: &Url) -> bool {
        self.0.contains(&url.origin)
    }
}

/// A path as people type it, as a request may carry it: other letters than those of ASCII are escaped.
fn in_ascii(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for c in path.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            out.push_str(&encoded(c.encode_utf8(&mut [0; 4])));
        }
    }
    out
}

/// Whether a token can stand in an address as it is.
pub fn is_token(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~'))
}

/// A value as a part of an address or of a form.
pub fn encoded(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("writing to a string cannot fail");
        }
    }
    out
}

fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let special = (a == 192 && b == 0 && c == 0) || (a == 198 && (18..20).contains(&b)) || a == 0 || a >= 240;
    !(ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        || shared
        || special)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let parts = ip.segments();
    let v4 = |at: usize| Ipv4Addr::from((u32::from(parts[at]) << 16) | u32::from(parts[at + 1]));
    match (parts[0], parts[1]) {
        // Translated and tunnelled addresses lead to the IPv4 address inside them.
        (0x64, 0xff9b) => parts[2..6] == [0; 4] && is_public_v4(v4(6)),
        (0x2002, _) => is_public_v4(v4(1)),
        // Only what is assigned as global unicast, without Teredo, ORCHID and the documentation prefixes.
        (0x2001, 0..0x200 | 0xdb8) | (0x3fff, 0..0x1000) => false,
        (first, _) => (0x2000..0x4000).contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(places: &[&str]) -> AllowList {
        AllowList::new(places.iter().map(|place| Origin::parse(place).unwrap()).collect())
    }

    #[test]
    fn a_place_is_scheme_host_and_port_as_a_whole() {
        let allow = list(&[
            "https://qyapi.weixin.qq.com",
            "http://127.0.0.1:9000",
            "https://gw.example.org:8443/",
        ]);
        let permits = |url: &str| allow.permits(&Url::parse(url).unwrap());
        for good in [
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a",
            "https://QYAPI.weixin.qq.com:443/x",
            "https://qyapi.weixin.qq.com./x",
            "http://127.0.0.1:9000",
            "https://gw.example.org:8443/a/b",
        ] {
            assert!(permits(good), "{good}");
        }
        for bad in [
            "http://qyapi.weixin.qq.com/",
            "https://qyapi.weixin.qq.com:8443/",
            "https://qyapi.weixin.qq.com.evil.example/",
            "https://evil.example/?https://qyapi.weixin.qq.com",
            "http://127.0.0.1/",
            "http://127.0.0.1:90000",
            "http://localhost:9000/",
            "http://[::1]:9000/",
            "https://gw.example.org/",
        ] {
            assert!(Url::parse(bad).is_err() || !permits(bad), "{bad}");
        }
        assert!(!AllowList::default().permits(&Url::parse("https://a.example").unwrap()));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in [
            "",
            "example.org",
            "/path",
            "ftp://example.org/",
            "https://",
            "https://user:pass@example.org/",
            "https://qyapi.weixin.qq.com@evil.example/",
            "https://a.example/#x",
            "https://a b.example/",
            "https://例.example/",
            "https://a.example:0/",
            "https://a.example:",
            "https://[::1/",
            "https://a.example/\r\nX: y",
        ] {
            assert!(Url::parse(bad).is_err(), "{bad}");
        }
        for bad in [
            "https://a.example/path",
            "https://a.example/?q",
            "http://a.example",
            "http://gw",
        ] {
            assert!(Origin::parse(bad).is_err(), "{bad}");
        }
        assert!(Origin::parse("http://10.1.2.3:80").is_ok() && Origin::parse("http://localhost:8080").is_ok());
    }

    #[test]
    fn inner_addresses_are_reached_only_where_they_are_named() {
        let place = |text: &str| Origin::parse(text).unwrap();
        let named = place("https://hook.example.org");
        for inner in [
            "127.0.0.1",
            "127.8.8.8",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "0.1.2.3",
            "100.64.0.1",
            "192.0.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "2001::1",
            "2001:db8::1",
            "fec0::1",
            "::7f00:1",
        ] {
            assert!(!named.may_be(inner.parse().unwrap()), "{inner}");
        }
        for outer in [
            "1.1.1.1",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1111",
            "64:ff9b::101:101",
            "2400:3200::1",
        ] {
            assert!(named.may_be(outer.parse().unwrap()), "{outer}");
        }
        let literal = place("http://10.1.2.3:8080");
        assert!(literal.may_be("10.1.2.3".parse().unwrap()) && literal.may_be("::ffff:10.1.2.3".parse().unwrap()));
        assert!(!literal.may_be("10.1.2.4".parse().unwrap()) && !literal.may_be("1.1.1.1".parse().unwrap()));
        let local = place("http://localhost:8080");
        assert!(local.may_be("127.0.0.1".parse().unwrap()) && local.may_be("::1".parse().unwrap()));
        assert!(!local.may_be("10.0.0.1".parse().unwrap()) && !local.may_be("1.1.1.1".parse().unwrap()));
    }

    #[test]
    fn people_sign_in_over_encrypted_lines_or_on_this_machine() {
        for good in [
            "https://id.example.org/realms/a",
            "http://127.0.0.1:4593/api/oidc",
            "http://localhost",
            "http://[::1]:8080/",
        ] {
            assert!(Url::parse_guarded(good).is_ok(), "{good}");
        }
        for bad in [
            "http://id.example.org/",
            "http://10.1.2.3:8080/",
            "http://localhost.example.org/",
            "ldap://127.0.0.1/",
        ] {
            assert!(Url::parse_guarded(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn nothing_shown_holds_the_query() {
        let url = Url::parse("https://a.example:8443/send?key=secret").unwrap();
        assert_eq!(
            format!("{url:?} {}", url.origin()),
            "Url(https://a.example:8443/…) https://a.example:8443"
        );
        assert!(url.has_parameter("key") && !url.has_parameter("secret"));
        assert_eq!(url.with_parameter("t", "1").target(), "/send?key=secret&t=1");
    }
}
