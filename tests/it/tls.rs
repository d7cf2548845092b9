//! The pages over lines that the daemon encrypts itself, asked for by a real client; and where it may listen at all.

use crate::cli::Desk;
use crate::safety::administrators;
use crate::support::app::{Bench, bench};
use crate::support::site::info;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rongcuo::runtime::certificate::Certificate;
use rongcuo::store::Db;
use rongcuo::web::{Bounds, Doors, router, serve};
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion};
use tokio_util::sync::CancellationToken;

const NOW: &str = "2026-11-12T10:00:00+08:00";
const HOST: &str = "rc.yunchuan.example";

/// An authority, and the files of a certificate it signed.
struct Signed {
    folder: TempDir,
    params: CertificateParams,
    key: KeyPair,
}

impl Signed {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let signed = Self {
            folder: tempfile::tempdir().expect("a folder"),
            params,
            key: KeyPair::generate().expect("a key"),
        };
        signed.renew();
        signed
    }

    fn chain(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }

    fn secret(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    /// Another certificate of the same authority in the same files; gives what clients are shown.
    fn renew(&self) -> Vec<u8> {
        let own = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec![HOST.to_owned()]).expect("a name");
        let issuer = Issuer::from_params(&self.params, &self.key);
        let certificate = params.signed_by(&own, &issuer).expect("a certificate");
        std::fs::write(self.secret(), own.serialize_pem()).expect("a file");
        std::fs::set_permissions(self.secret(), std::fs::Permissions::from_mode(0o600)).expect("rights");
        std::fs::write(self.chain(), certificate.pem()).expect("a file");
        certificate.der().to_vec()
    }

    fn client(&self, version: &'static SupportedProtocolVersion) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        let own = self.params.self_signed(&self.key).expect("an authority");
        roots.add(own.der().clone()).expect("an authority");
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&[version])
            .expect("a version")
            .with_root_certificates(roots)
            .with_no_client_auth();
        TlsConnector::from(Arc::new(config))
    }
}

/// Pages that are listened for on a real line.
struct Open {
    address: SocketAddr,
    stop: CancellationToken,
    served: tokio::task::JoinHandle<()>,
    _folder: TempDir,
}

impl Open {
    async fn with(doors: Doors, base_url: &str) -> Self {
        let (bench, folder) = embedded().await;
        let pages = router(Arc::new(bench.app), info(base_url, false));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let stop = CancellationToken::new();
        let until = stop.clone();
        let served = tokio::spawn(async move { serve(listener, pages, doors, until).await.expect("an orderly end") });
        Self {
            address,
            stop,
            served,
            _folder: folder,
        }
    }

    async fn line(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("a line")
    }

    async fn ends(self) {
        self.stop.cancel();
        self.served.await.expect("it ends");
    }
}

async fn embedded() -> (Bench, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let db = Db::open_sqlite(&folder.path().join("test.db"))
        .await
        .expect("a database");
    (bench(db, NOW).await, folder)
}

async fn asked(mut line: impl AsyncRead + AsyncWrite + Unpin, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: {HOST}\r\nconnection: close\r\n\r\n");
    line.write_all(request.as_bytes()).await.expect("a request");
    ended(line).await
}

/// All that comes until the other side ends the line; it may do so without a farewell.
async fn ended(mut line: impl AsyncRead + Unpin) -> String {
    let mut answer = Vec::new();
    let mut part = [0; 8192];
    while let Ok(count) = line.read(&mut part).await {
        if count == 0 {
            break;
        }
        answer.extend_from_slice(&part[..count]);
    }
    String::from_utf8(answer).expect("text")
}

fn doors(signed: &Signed) -> Doors {
    Doors {
        certificate: Some(Certificate::load(signed.chain(), signed.secret()).expect("a certificate")),
        ..Doors::default()
    }
}

fn name() -> ServerName<'static> {
    ServerName::try_from(HOST).expect("a name")
}

#[tokio::test]
async fn pages_come_encrypted_and_say_so() {
    let signed = Signed::new();
    let open = Open::with(doors(&signed), &format!("https://{HOST}")).await;
    for (version, agreed) in [(&TLS13, ProtocolVersion::TLSv1_3), (&TLS12, ProtocolVersion::TLSv1_2)] {
        let line = signed.client(version).connect(name(), open.line().await).await;
        let line = line.expect("an encrypted line");
        assert_eq!(line.get_ref().1.protocol_version(), Some(agreed));
        let answer = asked(line, "/sign-in").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(
            answer.contains("strict-transport-security: max-age=31536000"),
            "{answer}"
        );
        let cookie = answer
            .lines()
            .find(|line| line.starts_with("set-cookie:"))
            .expect("a cookie");
        assert!(
            cookie.contains(" __Host-rongcuo-visit=") && cookie.contains("; Secure"),
            "{cookie}"
        );
    }
    // Whoever speaks in clear gets no page, and an authority that is not known is refused by the client.
    let clear = asked(open.line().await, "/sign-in");
    let mut clear_text = String::new();
    if let Ok(answer) = tokio::spawn(clear).await {
        clear_text = answer;
    }
    assert!(!clear_text.contains("HTTP/1.1 200"), "{clear_text}");
    let stranger = Signed::new();
    assert!(
        stranger
            .client(&TLS13)
            .connect(name(), open.line().await)
            .await
            .is_err()
    );
    open.ends().await;
}

#[tokio::test]
async fn a_renewed_certificate_is_used_without_a_restart_and_a_broken_one_is_not() {
    let signed = Signed::new();
    let open = Open::with(doors(&signed), &format!("https://{HOST}")).await;
    let shown = async || {
        let line = signed
            .client(&TLS13)
            .connect(name(), open.line().await)
            .await
            .expect("a line");
        line.get_ref().1.peer_certificates().expect("a certificate")[0].to_vec()
    };
    let first = shown().await;
    let second = signed.renew();
    assert_ne!(first, second);
    assert_eq!(shown().await, second);
    // The key alone was replaced: it does not fit.
    std::fs::write(signed.secret(), KeyPair::generate().expect("a key").serialize_pem()).expect("a file");
    assert_eq!(shown().await, second);
    std::fs::write(signed.chain(), "no certificate").expect("a file");
    assert_eq!(shown().await, second);
    std::fs::remove_file(signed.chain()).expect("a file");
    assert_eq!(shown().await, second);
    let third = signed.renew();
    assert_eq!(shown().await, third);
    open.ends().await;
}

#[tokio::test]
async fn lines_that_say_nothing_are_given_up_and_nobody_holds_them_all() {
    let signed = Signed::new();
    let open = async |bounds: Bounds| {
        let doors = Doors {
            bounds,
            ..doors(&signed)
        };
        Open::with(doors, &format!("https://{HOST}")).await
    };
    let few = Bounds {
        lines: 2,
        ..Bounds::default()
    };
    // Neither an encryption that is not agreed on nor half a request keeps a line.
    let silent = open(Bounds {
        handshake: Duration::from_millis(50),
        ..few
    })
    .await;
    for _ in 0..4 {
        assert_eq!(ended(silent.line().await).await, "");
    }
    silent.ends().await;
    let open = open(Bounds {
        head: Duration::from_secs(2),
        ..few
    })
    .await;
    let mut half = signed
        .client(&TLS13)
        .connect(name(), open.line().await)
        .await
        .expect("a line");
    half.write_all(b"GET /sign-in HTTP/1.1\r\nhost: ")
        .await
        .expect("half a request");
    let answer = ended(half).await;
    assert!(!answer.contains("200 OK"), "{answer}");
    let line = signed
        .client(&TLS13)
        .connect(name(), open.line().await)
        .await
        .expect("a line");
    assert!(asked(line, "/sign-in").await.starts_with("HTTP/1.1 200"));
    open.ends().await;
}

#[tokio::test]
async fn what_is_being_answered_when_it_stops_is_answered() {
    let open = Open::with(Doors::default(), "http://127.0.0.1:8087").await;
    let mut idle = open.line().await;
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .expect("a request");
    let mut part = [0; 4096];
    assert!(idle.read(&mut part).await.expect("an answer") > 0);
    let address = open.address;
    open.ends().await;
    // The line that was kept is closed, and no other is taken.
    assert!(!ended(idle).await.contains("HTTP/1.1"));
    assert!(TcpStream::connect(address).await.is_err());
}

#[test]
fn a_certificate_that_cannot_be_used_is_told() {
    let signed = Signed::new();
    let said = |chain: &Path, key: &Path| Certificate::load(chain.to_owned(), key.to_owned()).expect_err("it cannot");
    let absent = signed.folder.path().join("absent.pem");
    assert!(said(&absent, &signed.secret()).contains("无法读取"));
    assert!(said(&signed.secret(), &signed.secret()).contains("没有证书"));
    std::fs::set_permissions(signed.chain(), std::fs::Permissions::from_mode(0o600)).expect("rights");
    assert!(said(&signed.chain(), &signed.chain()).contains("没有可用的私钥"));
    let other = Signed::new();
    assert!(said(&signed.chain(), &other.secret()).contains("不能一起用"));
    std::fs::set_permissions(signed.secret(), std::fs::Permissions::from_mode(0o644)).expect("rights");
    assert!(said(&signed.chain(), &signed.secret()).contains("任何用户都能读取"));
    std::fs::set_permissions(signed.secret(), std::fs::Permissions::from_mode(0o640)).expect("rights");
    assert!(Certificate::load(signed.chain(), signed.secret()).is_ok());
}

#[tokio::test]
async fn this_machine_is_answered_in_clear() {
    // On the loopback everybody is this machine; who else comes in is decided over addresses.
    let open = Open::with(
        Doors {
            proxies: vec![IpAddr::from([10, 0, 0, 5])],
            ..Doors::default()
        },
        &format!("https://{HOST}"),
    )
    .await;
    assert!(asked(open.line().await, "/sign-in").await.starts_with("HTTP/1.1 200"));
    open.ends().await;
}

#[test]
fn the_daemon_does_not_listen_for_others_unguarded() {
    let desk = Desk::new();
    let signed = Signed::new();
    let configure = |more: &str| {
        let text = format!("[smtp]\nmode = \"file\"\ndir = \"outbox\"\n[web]\nlisten = \"0.0.0.0:0\"\n{more}");
        desk.write("rongcuo.toml", text.as_bytes());
    };
    let tls = format!(
        "[web.tls]\ncertificate = \"{}\"\nkey = \"{}\"\n[site]\nbase_url = \"https://{HOST}\"\n",
        signed.chain().display(),
        signed.secret().display()
    );
    configure("");
    assert!(desk.ok(2, &["serve"]).err.contains("没有加密"));
    // Whoever came first would set the site up.
    configure(&tls);
    assert!(desk.ok(2, &["serve"]).err.contains("还没有建立账号"));
    configure("[accounts]\nproxies = [\"10.0.0.5\"]\n");
    assert!(desk.ok(2, &["serve"]).err.contains("还没有建立账号"));
    administrators(&desk);
    std::fs::set_permissions(signed.secret(), std::fs::Permissions::from_mode(0o644)).expect("rights");
    configure(&tls);
    assert!(desk.ok(2, &["serve"]).err.contains("chmod"));
    let told = || desk.run(&["doctor"]).out;
    let said = told();
    assert!(said.contains("故障  网页证书") && said.contains("chmod o="), "{said}");
    std::fs::set_permissions(signed.secret(), std::fs::Permissions::from_mode(0o600)).expect("rights");
    assert!(told().contains("正常  网页证书"));
    let mut daemon = std::process::Command::new(env!("CARGO_BIN_EXE_rongcuo"))
        .arg("serve")
        .current_dir(desk.folder.path())
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut said = String::new();
    let out = daemon.stdout.take().expect("a pipe");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut said).expect("a line");
    let port: u16 = said
        .trim()
        .strip_prefix("listening on 0.0.0.0:")
        .and_then(|port| port.parse().ok())
        .unwrap_or_else(|| panic!("{said}"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let answer = runtime.block_on(async {
        let line = TcpStream::connect(("127.0.0.1", port)).await.expect("a line");
        let line = signed
            .client(&TLS13)
            .connect(name(), line)
            .await
            .expect("an encrypted line");
        asked(line, "/sign-in").await
    });
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let id = daemon.id().to_string();
    let told = std::process::Command::new("kill")
        .args(["-TERM", &id])
        .status()
        .expect("kill");
    assert!(told.success() && daemon.wait().expect("it ends").success());
}
