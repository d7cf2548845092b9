//! The whole way with a real provider, Glewlwyd, on a port and in a folder of its own, and with the real daemon: an account is
//! let in that the provider vouches for, one that it does not is not, and nothing of that is in the log.

use super::fake::fields;
use crate::cli::Desk;
use crate::safety::administrators;
use crate::support::signer::RSA_KEY;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const PROGRAM: &str = "/usr/bin/glewlwyd";
/// The tables as the package makes them, with an administrator in them.
const TABLES: &str = "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3";
const SECRET: &str = "client-secret-of-the-test";
/// The public half of [`RSA_KEY`].
const PUBLIC_KEY: &str = include_str!("../../fixtures/oidc/public.pem");
const PASSWORD: &str = "password-at-the-provider";

/// A running provider; it ends when dropped.
struct Glewlwyd {
    _folder: TempDir,
    port: u16,
    program: Running,
}

/// A program that the test started; it ends when dropped.
struct Running(Child);

impl Running {
    /// Asks it to end; whether it does so in good order.
    fn ends(&mut self) -> bool {
        let told = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        told.is_ok() && self.0.wait().is_ok_and(|status| status.success())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended before.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port()
}

impl Glewlwyd {
    async fn start() -> Option<Self> {
        if !Path::new(PROGRAM).exists() || !Path::new(TABLES).exists() {
            return None;
        }
        let (folder, port) = (tempfile::tempdir().expect("a folder"), free_port());
        let path = |name: &str| folder.path().join(name);
        let database = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(path("provider.db"))
            .create_if_missing(true)
            .synchronous(sqlx::sqlite::SqliteSynchronous::Off);
        let mut line = sqlx::ConnectOptions::connect(&database).await.expect("a database");
        let tables = fs::read_to_string(TABLES).expect("the package's tables");
        let tables = sqlx::AssertSqlSafe(format!("BEGIN; {tables}; COMMIT;"));
        sqlx::raw_sql(tables).execute(&mut line).await.expect("tables");
        sqlx::Connection::close(line).await.expect("an orderly end");
        let mut config = format!(
            "port = {port}\nbind_address = \"127.0.0.1\"\nexternal_url = \"http://127.0.0.1:{port}\"\n\
             database = {{ type = \"sqlite3\"; path = \"{}\"; }};\nuse_secure_connection = false\n",
            path("provider.db").display()
        );
        let settings = [
            ("login_url", "login.html"),
            ("api_prefix", "api"),
            ("log_mode", "console"),
            ("log_level", "WARNING"),
            ("session_key", "GLEWLWYD2_SESSION_ID"),
            ("admin_scope", "g_admin"),
            ("profile_scope", "g_profile"),
            ("hash_algorithm", "SHA512"),
            ("user_module_path", "/usr/lib/glewlwyd/user"),
            ("client_module_path", "/usr/lib/glewlwyd/client"),
            ("user_auth_scheme_module_path", "/usr/lib/glewlwyd/scheme"),
            ("plugin_module_path", "/usr/lib/glewlwyd/plugin"),
            // It wants them named even where nothing is encrypted.
            ("secure_connection_key_file", "none"),
            ("secure_connection_pem_file", "none"),
            ("secure_connection_ca_file", "none"),
        ];
        let lines = settings.map(|(name, value)| format!("{name} = \"{value}\"\n"));
        config.push_str(&lines.concat());
        fs::write(path("provider.conf"), config).expect("a file");
        let log = File::create(path("provider.log")).expect("a file");
        let child = Command::new(PROGRAM)
            .arg(format!("--config-file={}", path("provider.conf").display()))
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file"))
            .stderr(log)
            .spawn()
            .expect("the provider starts");
        let said = path("provider.log");
        let provider = Self {
            _folder: folder,
            port,
            program: Running(child),
        };
        let mut looks = 0;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err() {
            looks += 1;
            let log = fs::read_to_string(&said).unwrap_or_default();
            assert!(looks < 300, "the provider does not listen: {log}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Some(provider)
    }

    fn place(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn issuer(&self) -> String {
        format!("{}/api/oidc", self.place())
    }

    /// Two people, this service as a client, and the plugin that lets the one sign in to the other.
    async fn furnish(&self, back: &str) {
        let mut administrator = Person::default();
        let login = json!({ "username": "admin", "password": "password" });
        administrator
            .send(&format!("{}/api/auth/", self.place()), "POST", &login)
            .await;
        let plugin = json!({
            "module": "oidc", "name": "oidc", "display_name": "oidc", "parameters": {
                "iss": self.issuer(), "jwks-show": true, "key": RSA_KEY, "cert": PUBLIC_KEY,
                "jwt-type": "rsa", "jwt-key-size": "256", "access-token-duration": 300,
                "refresh-token-duration": 300, "code-duration": 60, "refresh-token-rolling": false,
                "allow-non-oidc": false, "auth-type-code-enabled": true, "auth-type-id-token-enabled": true,
                "pkce-allowed": true, "pkce-method-plain-allowed": false, "pkce-required": true,
                "subject-type": "public", "claims": [{
                    "name": "preferred_username", "user-property": "username", "type": "string", "mandatory": true,
                }],
            },
        });
        administrator
            .send(&format!("{}/api/mod/plugin/", self.place()), "POST", &plugin)
            .await;
        for name in ["sys", "stranger"] {
            let user =
                json!({ "username": name, "password": PASSWORD, "enabled": true, "scope": ["openid", "g_profile"] });
            administrator
                .send(&format!("{}/api/user/", self.place()), "POST", &user)
                .await;
        }
        let client = json!({
            "client_id": "rongcuo", "confidential": true, "client_secret": SECRET, "redirect_uri": [back], "scope": ["openid"],
            "authorization_type": ["code"], "token_endpoint_auth_method": ["client_secret_basic"], "enabled": true,
        });
        administrator
            .send(&format!("{}/api/client/", self.place()), "POST", &client)
            .await;
    }
}

/// Somebody with a browser: keeps cookies for each port and goes where it is told.
#[derive(Default)]
struct Person {
    cookies: HashMap<(u16, String), String>,
}

struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Reply {
    fn location(&self) -> &str {
        let found = self.headers.iter().find(|(name, _)| name == "location");
        found.map_or_else(
            || panic!("{} leads nowhere: {}", self.status, self.body),
            |(_, value)| value,
        )
    }
}

impl Person {
    async fn get(&mut self, url: &str) -> Reply {
        self.ask(url, "GET", "", "").await
    }

    /// Sends a document and has it taken.
    async fn send(&mut self, url: &str, method: &str, document: &Value) {
        let reply = self.ask(url, method, "application/json", &document.to_string()).await;
        assert_eq!(reply.status, 200, "{url}: {}", reply.body);
    }

    async fn ask(&mut self, url: &str, method: &str, kind: &str, body: &str) -> Reply {
        let rest = url.strip_prefix("http://").expect("a place on this machine");
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let port: u16 = host
            .rsplit_once(':')
            .and_then(|(_, port)| port.parse().ok())
            .expect("a port");
        let held: Vec<String> = self
            .cookies
            .iter()
            .filter(|((of, _), _)| *of == port)
            .map(|((_, name), value)| format!("{name}={value}"))
            .collect();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncookie: {}\r\ncontent-type: {kind}\r\n\
             content-length: {}\r\n\r\n{body}",
            held.join("; "),
            body.len()
        );
        let mut line = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.expect("a line");
        line.write_all(request.as_bytes()).await.expect("a request");
        let mut answer = String::new();
        line.read_to_string(&mut answer).await.expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .expect("a status");
        let pairs = head.lines().skip(1).filter_map(|line| line.split_once(':'));
        let headers: Vec<(String, String)> = pairs
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        for (_, cookie) in headers.iter().filter(|(name, _)| name == "set-cookie") {
            let pair = cookie.split(';').next().and_then(|pair| pair.split_once('='));
            let (name, value) = pair.expect("a cookie");
            let key = (port, name.to_owned());
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(&key);
            } else {
                self.cookies.insert(key, value.to_owned());
            }
        }
        Reply {
            status,
            headers,
            body: body.to_owned(),
        }
    }

    /// Follows the button of the sign-in page to the provider, signs in there, and gives where that leads.
    async fn vouched(&mut self, pages: &str, provider: &Glewlwyd, name: &str) -> String {
        let form = self.get(&format!("{pages}/sign-in?next=/account")).await.body;
        let href = form
            .split("href=\"/sign-in/oidc")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        let button = format!("{pages}/sign-in/oidc{}", href.expect("a button"));
        let there = self.get(&button).await.location().to_owned();
        assert!(there.starts_with(&provider.place()), "{there}");
        let asks = self.get(&there).await;
        assert!(asks.location().contains("login.html"), "nobody has signed in there yet");
        let login = json!({ "username": name, "password": PASSWORD });
        self.send(&format!("{}/api/auth/", provider.place()), "POST", &login)
            .await;
        let consent = json!({ "scope": "openid" });
        self.send(&format!("{}/api/auth/grant/rongcuo", provider.place()), "PUT", &consent)
            .await;
        // What its page does once its form is filled in.
        self.get(&format!("{there}&g_continue")).await.location().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_provider_vouches_for_an_account_that_is_there() {
    let Some(mut provider) = Glewlwyd::start().await else {
        let message = "Glewlwyd（glewlwyd）未安装，经真实统一身份认证登录的测试没有运行";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{message}");
        writeln!(std::io::stderr(), "\n######## {message} ########").expect("standard error is open");
        return;
    };
    let port = free_port();
    let pages = format!("http://127.0.0.1:{port}");
    let back = format!("{pages}/sign-in/oidc/back");
    provider.furnish(&back).await;
    let desk = Desk::new();
    let (place, issuer) = (provider.place(), provider.issuer());
    let configure = |allowed: &str| {
        let text = format!(
            "[smtp]\nmode = \"file\"\ndir = \"outbox\"\n[site]\nbase_url = \"{pages}\"\n[outbound]\nallow = [{allowed}]\n\
             [web]\nlisten = \"127.0.0.1:{port}\"\n[web.oidc]\nissuer = \"{issuer}\"\nclient_id = \"rongcuo\"\n\
             secret_file = \"oidc.key\"\n"
        );
        desk.write("rongcuo.toml", text.as_bytes());
    };
    desk.write("oidc.key", format!("{SECRET}\n").as_bytes());
    let rights = |mode| fs::set_permissions(desk.path("oidc.key"), fs::Permissions::from_mode(mode)).expect("rights");
    tokio::task::block_in_place(|| {
        rights(0o644);
        configure(&format!("\"{place}\""));
        desk.ok(0, &["account", "list"]);
        administrators_apart(&desk);
        assert!(desk.run(&["doctor"]).out.contains("故障  统一身份认证："));
        assert!(desk.ok(2, &["serve"]).err.contains("chmod 600"));
        rights(0o600);
        configure("");
        let listed = format!("注意  统一身份认证：{place} 不在 [outbound] allow 之列");
        assert!(desk.run(&["doctor"]).out.contains(&listed));
        configure(&format!("\"{place}\""));
        let fine = desk.run(&["doctor"]).out;
        let said = format!("正常  统一身份认证：{issuer} 可用，公布签名密钥 1 把；须在那里登记回调地址 {back}");
        assert!(fine.contains(&said), "{fine}");
    });

    let log = File::create(desk.path("serve.log")).expect("a file");
    let daemon = Command::new(env!("CARGO_BIN_EXE_rongcuo"))
        .arg("serve")
        .current_dir(desk.folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .expect("the program starts");
    let mut daemon = Running(daemon);
    let mut said = String::new();
    let out = daemon.0.stdout.take().expect("a pipe");
    BufReader::new(out).read_line(&mut said).expect("a line");
    assert!(said.starts_with("listening on"), "{said}");

    let mut own = Person::default();
    let answer = own.vouched(&pages, &provider, "sys").await;
    assert!(answer.starts_with(&back), "{answer}");
    let before = own.cookies.clone();
    let entered = own.get(&answer).await;
    assert_eq!(
        (entered.status, entered.location()),
        (303, "/account"),
        "{}",
        entered.body
    );
    let account = own.get(&format!("{pages}/account")).await;
    assert!(account.body.contains("何系统 · 系统管理员"), "{}", account.body);
    // The same answer again, in the browser as it was: neither we nor the provider take it twice.
    let mut again = Person { cookies: before };
    let refused = again.get(&answer).await;
    assert!(
        refused.status == 422 && refused.body.contains("已经用过"),
        "{}",
        refused.body
    );

    let mut other = Person::default();
    let answer = other.vouched(&pages, &provider, "stranger").await;
    let refused = other.get(&answer).await;
    assert!(
        refused.status == 403 && refused.body.contains("与安全管理员联系"),
        "{}",
        refused.body
    );
    assert_eq!(other.get(&format!("{pages}/account")).await.status, 303);

    // Whoever is on the way when the provider ends is told, and the form is there still.
    let mut late = Person::default();
    let answer = late.vouched(&pages, &provider, "sys").await;
    provider.program.ends();
    let refused = late.get(&answer).await;
    assert!(
        refused.status == 503 && refused.body.contains("现在没有答复"),
        "{}",
        refused.body
    );
    let form = late.get(&format!("{pages}/sign-in")).await;
    assert!(form.status == 200 && form.body.contains("name=\"password\""));

    assert!(daemon.ends());
    let log = fs::read_to_string(desk.path("serve.log")).expect("a log");
    assert!(log.contains("经统一身份认证登录未成"), "{log}");
    let code = fields(answer.split_once('?').expect("parameters").1)["code"].clone();
    for secret in [SECRET, PASSWORD, &code] {
        assert!(!log.contains(secret), "{log}");
    }
}

/// On a thread of its own: it has a runtime of its own.
fn administrators_apart(desk: &Desk) {
    std::thread::scope(|threads| threads.spawn(|| administrators(desk)).join().expect("accounts"));
}
