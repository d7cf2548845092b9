//! Where the pages may be listened for.

use std::net::{IpAddr, SocketAddr};

/// The listener would be reachable from other machines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("监听地址 {0} 不是本机地址：演示不用密码登录，只能监听本机（127.0.0.1 或 [::1]）。请改为 127.0.0.1:{port}", port = .0.port())]
pub struct NotLoopback(pub SocketAddr);

/// Refuses to listen where other machines could connect: in the demonstration anybody signs in as anybody.
pub fn loopback_only(addr: SocketAddr) -> Result<(), NotLoopback> {
    if is_own(addr.ip()) {
        Ok(())
    } else {
        Err(NotLoopback(addr))
    }
}

/// Why the pages may not be listened for there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSafe {
    /// Passwords would go over the network in clear.
    #[error(
        "监听地址 {0} 不是本机地址，而传输没有加密：请在 [web.tls] 写上证书和密钥文件；\
         由前置的反向代理加密的，在 [accounts] proxies 写上代理的 IP 地址"
    )]
    InClear(SocketAddr),
    /// Whoever comes first would set the site up.
    #[error(
        "监听地址 {0} 不是本机地址，而还没有建立账号：请先把 [web] listen 写作 127.0.0.1:{port} 启动服务，\
         用给出的一次性链接建立三位管理员，再改回来", port = .0.port()
    )]
    NoAccounts(SocketAddr),
}

/// Whether the pages may be listened for at an address: on this machine always; elsewhere only encrypted, or from behind a
/// trusted proxy, and with accounts.
pub fn may_listen(addr: SocketAddr, tls: bool, proxies: &[IpAddr], set_up: bool) -> Result<(), NotSafe> {
    if is_own(addr.ip()) {
        Ok(())
    } else if !tls && proxies.is_empty() {
        Err(NotSafe::InClear(addr))
    } else if !set_up {
        Err(NotSafe::NoAccounts(addr))
    } else {
        Ok(())
    }
}

/// Whether only this machine can reach an address.
pub(super) fn is_own(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demonstration_listens_on_this_machine_only() {
        for good in ["127.0.0.1:8087", "127.8.8.8:1", "[::1]:8087", "[::ffff:127.0.0.1]:8087"] {
            assert_eq!(loopback_only(good.parse().expect("an address")), Ok(()), "{good}");
        }
        for bad in [
            "0.0.0.0:8087",
            "[::]:8087",
            "192.168.1.5:80",
            "[fe80::1]:80",
            "[::ffff:10.0.0.1]:80",
        ] {
            let refused = loopback_only(bad.parse().expect("an address")).expect_err(bad);
            assert!(refused.to_string().contains(bad), "{refused}");
        }
    }

    #[test]
    fn other_machines_come_encrypted_or_through_a_proxy_and_find_accounts() {
        let own: SocketAddr = "127.0.0.1:8087".parse().expect("an address");
        let all: SocketAddr = "0.0.0.0:8443".parse().expect("an address");
        let proxy = ["10.0.0.5".parse().expect("an address")];
        assert_eq!(may_listen(own, false, &[], false), Ok(()));
        for set_up in [false, true] {
            assert_eq!(may_listen(all, false, &[], set_up), Err(NotSafe::InClear(all)));
        }
        for (tls, proxies) in [(true, &[][..]), (false, &proxy), (true, &proxy)] {
            assert_eq!(may_listen(all, tls, proxies, false), Err(NotSafe::NoAccounts(all)));
            assert_eq!(may_listen(all, tls, proxies, true), Ok(()));
        }
    }
}
