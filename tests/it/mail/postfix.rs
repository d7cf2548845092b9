//! The whole way through a real mail server: Postfix with STARTTLS and a login, on a port and in a folder of its own. What
//! it takes it hands to the scripted server, which shows what a reader gets.

use super::faults::{LONG, NOW, Post, copies, states, timeouts};
use crate::support::app::on_both;
use crate::support::smtp::{Script, SmtpServer};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SanType};
use rongcuo::domain::ids::MailId;
use rongcuo::mail::{SmtpSettings, Tls};
use std::fs::{self, Permissions};
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const POSTFIX: &str = "/usr/sbin/postfix";
const READERS: [&str; 4] = [
    "chen@yunchuan.example",
    "gone@yunchuan.example",
    "grey@yunchuan.example",
    "lin@yunchuan.example",
];

/// A running instance; it ends when dropped.
struct Postfix {
    folder: TempDir,
    port: u16,
}

/// Why there is none.
enum Missing {
    Package,
    Rights,
}

impl Postfix {
    /// Offers one mechanism for the login; hands what it takes to `next`.
    fn start(mechanism: &str, next: u16) -> Result<Self, Missing> {
        if !Path::new(POSTFIX).exists() || !Path::new("/usr/sbin/saslpasswd2").exists() {
            return Err(Missing::Package);
        }
        if !is_root() {
            return Err(Missing::Rights);
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|listener| listener.local_addr())
            .expect("a free port")
            .port();
        let postfix = Self { folder, port };
        postfix.furnish(mechanism, next);
        let started = Command::new(POSTFIX)
            .args(["-c", &postfix.path("etc"), "start"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .output()
            .expect("postfix runs");
        assert!(started.status.success(), "{started:?} {}", postfix.log());
        let mut looks = 0;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            looks += 1;
            assert!(looks < 300, "postfix does not listen: {}", postfix.log());
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(postfix)
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path("mail.log")).unwrap_or_default()
    }

    fn furnish(&self, mechanism: &str, next: u16) {
        let open = |name: &str, mode| {
            fs::set_permissions(self.path(name), Permissions::from_mode(mode)).expect("the folder is ours");
        };
        // Its processes give up their rights and must still reach their files.
        open("", 0o755);
        for name in ["queue", "data", "etc", "etc/sasl"] {
            fs::create_dir(self.path(name)).expect("the folder is ours");
        }
        self.certificates();
        let folder = self.folder.path().display();
        let daemons = must(
            Command::new("/usr/sbin/postconf").args(["-d", "-h", "daemon_directory"]),
            "",
        );
        let main = format!(
            "compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
daemon_directory = {daemons}
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
myhostname = mta.yunchuan.example
mydestination =
mynetworks =
inet_interfaces = loopback-only
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = yunchuan.example
virtual_mailbox_maps = static:all
virtual_transport = smtp:[127.0.0.1]:{next}
smtp_tls_security_level = none
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = {folder}/etc/cert.pem
smtpd_tls_key_file = {folder}/etc/key.pem
smtpd_sasl_auth_enable = yes
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = test
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions =
    check_recipient_access inline:{{ {{{gone}=550 5.1.1 no such user}}, {{{grey}=450 4.7.1 greylisted}} }},
    permit_sasl_authenticated, reject
",
            daemons = daemons.trim(),
            gone = READERS[1],
            grey = READERS[2],
        );
        self.write("etc/main.cf", &main);
        self.write("etc/master.cf", &master(self.port));
        self.write(
            "etc/sasl/smtpd.conf",
            &format!(
                "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: {folder}/sasldb\nmech_list: {mechanism}\n"
            ),
        );
        let database = self.path("sasldb");
        let mut secret = Command::new("/usr/sbin/saslpasswd2");
        secret.args(["-p", "-c", "-f", &database, "-u", "test", "mailuser"]);
        must(&mut secret, "pass word");
        must(
            Command::new("chown").args(["postfix", &database, &self.path("data")]),
            "",
        );
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("the folder is ours");
    }

    fn certificates(&self) {
        let mut authority = CertificateParams::default();
        authority.distinguished_name.push(DnType::CommonName, "test authority");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        self.write("ca.pem", &authority.self_signed(&key).expect("a certificate").pem());
        let own_key = KeyPair::generate().expect("a key");
        let mut own = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
        own.subject_alt_names
            .push(SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)));
        let signed = own
            .signed_by(&own_key, &Issuer::new(authority, key))
            .expect("a certificate");
        self.write("etc/cert.pem", &signed.pem());
        self.write("etc/key.pem", &own_key.serialize_pem());
        fs::set_permissions(self.path("etc/key.pem"), Permissions::from_mode(0o600)).expect("the file is ours");
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // Best effort: a failing test has said what it had to say.
        drop(
            Command::new(POSTFIX)
                .args(["-c", &self.path("etc"), "stop"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status(),
        );
    }
}

/// The services that take mail and hand it on, none of them in a cage.
fn master(port: u16) -> String {
    let mut text = format!("127.0.0.1:{port} inet n - n - - smtpd\npostlog unix-dgram n - n - 1 postlogd\n");
    for service in [
        "pickup unix n - n 60 1 pickup",
        "cleanup unix n - n - 0 cleanup",
        "qmgr unix n - n 300 1 qmgr",
        "tlsmgr unix - - n 1000? 1 tlsmgr",
        "rewrite unix - - n - - trivial-rewrite",
        "bounce unix - - n - 0 bounce",
        "defer unix - - n - 0 bounce",
        "trace unix - - n - 0 bounce",
        "proxymap unix - - n - - proxymap",
        "smtp unix - - n - - smtp",
        "error unix - - n - - error",
        "retry unix - - n - - error",
        "anvil unix - - n - 1 anvil",
        "scache unix - - n - 1 scache",
    ] {
        text.push_str(service);
        text.push('\n');
    }
    text
}

/// Runs a command that must succeed, with something to read; gives what it said.
fn must(command: &mut Command, input: &str) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut pipe = child.stdin.take().expect("a pipe");
    pipe.write_all(input.as_bytes()).expect("the command reads");
    drop(pipe);
    let ended = child.wait_with_output().expect("the command ends");
    assert!(ended.status.success(), "{command:?}: {ended:?}");
    String::from_utf8_lossy(&ended.stdout).into_owned()
}

fn is_root() -> bool {
    must(Command::new("id").arg("-u"), "").trim() == "0"
}

#[tokio::test]
async fn a_real_mail_server_is_spoken_to_as_it_wants() {
    on_both(NOW, async |bench| {
        for mechanism in ["PLAIN", "LOGIN"] {
            let reader = SmtpServer::start(vec![Script::ok()]);
            let postfix = match Postfix::start(mechanism, reader.addr.port()) {
                Ok(postfix) => postfix,
                Err(missing) => {
                    let message = match missing {
                        Missing::Package => "Postfix（postfix、sasl2-bin）未安装，与真实邮件服务器的测试没有运行",
                        Missing::Rights => "Postfix 只能由管理员启动，与真实邮件服务器的测试没有运行",
                    };
                    let must_be_there =
                        matches!(missing, Missing::Package) && std::env::var("CI").as_deref() == Ok("true");
                    assert!(!must_be_there, "{message}");
                    writeln!(std::io::stderr(), "\n######## {message} ########").expect("standard error is open");
                    return;
                }
            };
            let mut settings = SmtpSettings::new("127.0.0.1", postfix.port, Tls::StartTls);
            settings.timeouts = timeouts(LONG);
            settings.ca_file = Some(postfix.folder.path().join("ca.pem"));
            settings.username = "mailuser".to_owned();
            settings.password = "pass word".to_owned();

            if mechanism == "PLAIN" {
                let mut wrong = settings.clone();
                wrong.password = "wrong".to_owned();
                let post = Post::new(&bench, wrong);
                post.write(&READERS).await;
                let done = post.run().await;
                assert_eq!((done.sent, done.held), (0, 0), "{done:?}");
                let rows = post.rows().await;
                let said: Vec<_> = rows.iter().filter_map(|row| row.last_reply.as_deref()).collect();
                assert!(
                    !said.is_empty() && said.iter().all(|said| said.starts_with("535")),
                    "{said:?}"
                );
            }
            let post = Post::new(&bench, settings);
            if mechanism == "LOGIN" {
                // All over again, and the two that did not go through by another mechanism.
                for id in ["0001", "0000", "0003"] {
                    let row = post.rows().await.into_iter().find(|row| row.id == id).expect("a row");
                    assert_eq!(row.state, if id == "0001" { "held" } else { "sent" });
                }
                let gone = MailId::stored("0001".to_owned());
                let again = rongcuo::app::mails::resend(&bench.app, &gone, "何收文").await;
                again.expect("a held mail may go again");
            }
            post.run_after(30).await;
            let rows = post.rows().await;
            assert_eq!(
                states(&rows),
                ["sent", "held", "pending", "sent"],
                "{rows:?} {}",
                postfix.log()
            );
            let said = |at: usize| rows[at].last_reply.clone().unwrap_or_default();
            assert!(said(1).starts_with("550 5.1.1"), "{}", said(1));
            assert!(said(2).starts_with("450 4.7.1"), "{}", said(2));
            assert!(postfix.log().contains(&format!("sasl_method={mechanism}")) || mechanism == "LOGIN");

            if mechanism == "PLAIN" {
                let mut looks = 0;
                while reader.taken().len() < 2 {
                    looks += 1;
                    assert!(looks < 600, "{}", postfix.log());
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                let copies = copies(&reader.taken());
                let sent = [&rows[0].message_id, &rows[3].message_id];
                assert!(
                    copies.len() == 2 && sent.iter().all(|id| copies.get(*id) == Some(&1)),
                    "{copies:?}"
                );
            } else {
                assert!(said(2).starts_with("450") && rows[2].attempts >= 2, "{rows:?}");
            }
        }
    })
    .await;
}
