//! Expectations are written by hand from the documented contract of `rongcuo.toml`.

use super::*;
use crate::config::{LogFormat, LogLevel, Rate, SmtpMode, SmtpTls};
use crate::domain::outbox::Allowance;
use std::os::unix::fs::PermissionsExt as _;
use tempfile::TempDir;

fn folder(text: &str) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("rongcuo.toml");
    std::fs::write(&file, text).unwrap();
    (dir, file)
}

fn load(text: &str) -> Result<Config, ConfigError> {
    let (_dir, file) = folder(text);
    Config::load(Some(&file), None)
}

fn refused(text: &str) -> ConfigError {
    load(text).expect_err("must be refused")
}

#[test]
fn an_empty_file_means_the_defaults() {
    let (dir, file) = folder("");
    let config = Config::load(Some(&file), None).unwrap();
    assert_eq!(config.site.base_url, "http://127.0.0.1:8087");
    assert_eq!(config.database, DatabaseUrl::Sqlite(dir.path().join("rongcuo.db")));
    assert_eq!(config.web.listen.to_string(), "127.0.0.1:8087");
    assert_eq!(config.key_file, dir.path().join("rongcuo.key"));
    assert_eq!(
        (config.calendar_dir, config.policy_file, config.words_dir),
        (None, None, None)
    );
    assert_eq!((config.log.format, config.log.level), (LogFormat::Text, LogLevel::Info));
    assert_eq!(
        config.files,
        crate::files::Limits::default(),
        "the defaults stand in two places"
    );
}

#[test]
fn the_documented_example_is_read() {
    let (dir, file) = folder(
        r#"
[site]
name = "云川市委组织部"
base_url = "https://rc.example.org/"
[database]
url = "postgres://rc@127.0.0.1:5432/rc"
[web]
listen = "[::1]:9000"
[smtp]
mode = "smtp"
host = "mail.example.org"
port = 587
tls = "starttls"
username = "rc"
password_file = "secret/mail"
from = "容错护航 <rongcuo@example.org>"
ca_file = "ca.pem"
hello_name = "rc.example.org"
connections = 3
per_minute = 120
domain_connections = 0
domain_per_minute = 30
[calendar]
dir = "calendars"
[policy]
file = "policy.toml"
[words]
dir = "words"
[crypto]
key_file = "/var/lib/rc/key"
[log]
format = "json"
level = "debug"
"#,
    );
    for name in ["calendars", "words", "secret"] {
        std::fs::create_dir(dir.path().join(name)).unwrap();
    }
    for name in ["policy.toml", "ca.pem"] {
        std::fs::write(dir.path().join(name), "").unwrap();
    }
    let secret = dir.path().join("secret/mail");
    std::fs::write(&secret, "p\u{e9}ss word\n").unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();

    let config = Config::load(Some(&file), None).unwrap();
    assert_eq!(config.site.name, "云川市委组织部");
    assert_eq!(config.site.base_url, "https://rc.example.org");
    assert_eq!(
        config.database,
        DatabaseUrl::Postgres("postgres://rc@127.0.0.1:5432/rc".into())
    );
    assert_eq!(config.web.listen.to_string(), "[::1]:9000");
    assert_eq!(config.calendar_dir, Some(dir.path().join("calendars")));
    assert_eq!(config.policy_file, Some(dir.path().join("policy.toml")));
    assert_eq!(config.words_dir, Some(dir.path().join("words")));
    assert_eq!(config.key_file, PathBuf::from("/var/lib/rc/key"));
    assert_eq!(
        (config.log.format, config.log.level),
        (LogFormat::Json, LogLevel::Debug)
    );
    assert_eq!(config.smtp.from, "容错护航 <rongcuo@example.org>");
    let Outgoing::Smtp(server) = config.smtp_ready().unwrap() else {
        panic!("a server is configured")
    };
    assert_eq!(
        (server.host.as_str(), server.port, server.tls),
        ("mail.example.org", 587, SmtpTls::StartTls)
    );
    let login = server.credentials.clone().unwrap();
    assert_eq!(
        (login.username.as_str(), login.password.reveal()),
        ("rc", "p\u{e9}ss word")
    );
    assert_eq!(server.ca_file, Some(dir.path().join("ca.pem")));
    assert_eq!(server.hello_name.as_deref(), Some("rc.example.org"));
    assert_eq!(
        config.smtp.rate,
        Rate {
            connections: 3,
            limits: Allowance {
                per_minute: Some(120),
                domain_at_once: None,
                domain_per_minute: Some(30),
            },
        }
    );
    assert!(!format!("{server:?} {config:?}").contains("ss word"));
}

#[test]
fn an_unknown_key_is_refused_with_its_place() {
    let error = refused("[site]\nname = \"甲\"\n\n[smtp]\nhots = \"127.0.0.1\"\n");
    assert_eq!(
        (error.position, error.key.as_deref()),
        (Some((5, 1)), Some("smtp.hots"))
    );
    assert!(error.to_string().contains("第 5 行第 1 列"), "{error}");
    assert!(
        error.problem.contains("hots") && error.advice.contains("host"),
        "{error}"
    );
    let error = refused("[smpt]\nhost = \"127.0.0.1\"\n");
    assert_eq!((error.position, error.key.as_deref()), (Some((1, 2)), Some("smpt")));
    assert_eq!(ConfigError::EXIT_CODE, 2);
}

#[test]
fn a_wrong_type_is_refused_with_its_place_and_what_is_wanted() {
    let error = refused("[smtp]\nport = \"25\"\n");
    assert_eq!(
        (error.position, error.key.as_deref()),
        (Some((2, 8)), Some("smtp.port"))
    );
    assert!(error.advice.contains("整数"), "{error}");
    let error = refused("[smtp]\nport = 70000\n");
    assert!(error.advice.contains("65535"), "{error}");
    let error = refused("[site]\nname = 3\n");
    assert!(error.advice.contains("文字"), "{error}");
    let error = refused("site = 3\n");
    assert!(error.advice.contains("[节名]"), "{error}");
    assert!(
        refused("[site]\nname = \"甲\"\nname = \"乙\"\n")
            .problem
            .contains("两次")
    );
    assert!(refused("[site]\nname = 甲\n").problem.contains("TOML"));
}

#[test]
fn every_bad_value_names_its_key_and_line() {
    for (text, key) in [
        ("[database]\nurl = \"mysql://h/d\"", "database.url"),
        ("[database]\nurl = \"sqlite:\"", "database.url"),
        ("[site]\nname = \"\"", "site.name"),
        ("[site]\nbase_url = \"rc.example.org\"", "site.base_url"),
        ("[site]\nbase_url = \"javascript:alert(1)\"", "site.base_url"),
        ("[site]\nbase_url = \"http://\"", "site.base_url"),
        ("[web]\nlisten = \"localhost\"", "web.listen"),
        ("[web]\nlisten = \"0.0.0.0:8087\"", "web.listen"),
        ("[web]\nlisten = \"192.168.1.4:8087\"", "web.listen"),
        ("[web]\nlisten = \"[::ffff:10.0.0.1]:8087\"", "web.listen"),
        ("[web]\naddress_per_minute = 29", "web.address_per_minute"),
        ("[web]\naccount_per_minute = 1", "web.account_per_minute"),
        ("[web.tls]\ncertificate = \"absent.pem\"", "web.tls.certificate"),
        ("[web.tls]\nkey = \"absent.pem\"", "web.tls.key"),
        ("[smtp]\nmode = \"sendmail\"", "smtp.mode"),
        ("[smtp]\ntls = \"ssl\"", "smtp.tls"),
        ("[smtp]\nport = 0", "smtp.port"),
        ("[smtp]\nconnections = 0", "smtp.connections"),
        ("[smtp]\nconnections = 17", "smtp.connections"),
        ("[smtp]\nfrom = \"容错护航\"", "smtp.from"),
        ("[smtp]\nfrom = \"a@b.cn\\r\\nBcc: c@d.cn\"", "smtp.from"),
        ("[smtp]\nhost = \"a b\"", "smtp.host"),
        ("[smtp]\nhello_name = \"a\\r\\nb\"", "smtp.hello_name"),
        ("[smtp]\nusername = \"u\"", "smtp.username"),
        ("[smtp]\npassword_file = \"p\"", "smtp.password_file"),
        ("[smtp]\nca_file = \"absent.pem\"", "smtp.ca_file"),
        ("[calendar]\ndir = \"absent\"", "calendar.dir"),
        ("[policy]\nfile = \"absent.toml\"", "policy.file"),
        ("[words]\ndir = \"absent\"", "words.dir"),
        ("[files]\nmax_rows = 0", "files.max_rows"),
        ("[files]\nmax_columns = 100000", "files.max_columns"),
        ("[files]\nseconds = 100000", "files.seconds"),
        ("[crypto]\nkey_file = \"\"", "crypto.key_file"),
        ("[log]\nformat = \"xml\"", "log.format"),
        ("[log]\nlevel = \"verbose\"", "log.level"),
    ] {
        let error = refused(text);
        assert_eq!(error.key.as_deref(), Some(key), "{error}");
        assert_eq!(error.position.map(|at| at.0), Some(2), "{error}");
        assert!(
            !error.advice.is_empty() && error.to_string().contains("处理办法"),
            "{error}"
        );
    }
}

#[test]
fn mail_in_the_clear_stays_on_the_machine() {
    for host in ["127.0.0.1", "127.8.8.8", "::1", "localhost"] {
        let config = load(&format!("[smtp]\nhost = \"{host}\"\ntls = \"none\"\n")).unwrap();
        assert!(matches!(config.smtp_ready(), Ok(Outgoing::Smtp(server)) if server.host == host));
    }
    for host in ["mail.example.org", "10.0.0.1", "localhost.example.org"] {
        let error = refused(&format!("[smtp]\nhost = \"{host}\"\ntls = \"none\"\n"));
        assert_eq!(error.key.as_deref(), Some("smtp.tls"));
        // The default is no protection, so naming another host alone is refused as well.
        let error = refused(&format!("[smtp]\nhost = \"{host}\"\n"));
        assert!(error.advice.contains("starttls"), "{error}");
    }
}

#[test]
fn a_missing_mail_server_stops_only_what_sends() {
    let config = load("[smtp]\nmode = \"smtp\"\n").unwrap();
    let error = config.smtp_ready().expect_err("no host");
    assert_eq!(error.key.as_deref(), Some("smtp.host"));
    let (dir, file) = folder("[smtp]\nmode = \"file\"\ndir = \"sent\"\n");
    let config = Config::load(Some(&file), None).unwrap();
    assert!(matches!(&config.smtp.mode, SmtpMode::File { dir: path } if *path == dir.path().join("sent")));
    assert_eq!(
        config.smtp_ready(),
        Ok(Outgoing::File {
            dir: dir.path().join("sent")
        })
    );
}

#[test]
fn a_password_file_is_refused_when_shared_absent_or_empty() {
    let (dir, file) = folder("[smtp]\nhost = \"127.0.0.1\"\nusername = \"u\"\npassword_file = \"pw\"\n");
    let pw = dir.path().join("pw");
    let problem = || {
        let config = Config::load(Some(&file), None).unwrap();
        config.smtp_ready().expect_err("must be refused").to_string()
    };
    assert!(problem().contains("读不了密码文件"), "{}", problem());
    std::fs::write(&pw, "secret").unwrap();
    for mode in [0o640, 0o604, 0o644, 0o620] {
        std::fs::set_permissions(&pw, std::fs::Permissions::from_mode(mode)).unwrap();
        assert!(problem().contains("chmod 600"), "{}", problem());
    }
    std::fs::set_permissions(&pw, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&pw, " \n").unwrap();
    assert!(problem().contains("空的"), "{}", problem());
}

#[test]
fn the_argument_wins_and_counts_from_the_current_folder() {
    let (_dir, file) = folder("[database]\nurl = \"sqlite:a.db\"\n");
    let config = Config::load(Some(&file), Some("sqlite:b.db")).unwrap();
    assert_eq!(
        config.database,
        DatabaseUrl::Sqlite(std::env::current_dir().unwrap().join("b.db"))
    );
    let error = Config::load(Some(&file), Some("b.db")).expect_err("no kind");
    assert!(error.to_string().contains("--database"), "{error}");
}

#[test]
fn a_file_that_cannot_be_read_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let absent = dir.path().join("absent.toml");
    let error = Config::load(Some(&absent), None).expect_err("absent");
    assert!(error.problem.contains("找不到"), "{error}");
    let gbk = dir.path().join("gbk.toml");
    std::fs::write(&gbk, b"[site]\nname = \"\xd4\xc6\xb4\xa8\"\n").unwrap();
    let error = Config::load(Some(&gbk), None).expect_err("not UTF-8");
    assert!(error.problem.contains("UTF-8"), "{error}");
    let marked = dir.path().join("bom.toml");
    std::fs::write(&marked, "\u{feff}[site]\r\nname = \"甲\"\r\n").unwrap();
    assert_eq!(Config::load(Some(&marked), None).unwrap().site.name, "甲");
}

const WECOM: &str = "[[channel]]\nid = \"群\"\nkind = \"wecom\"\nurl = \"https://qyapi.weixin.qq.com/cgi-bin/webhook/send\"\n\
                     token_file = \"robot.key\"\n";

#[test]
fn channels_and_places_are_read() {
    let text = format!(
        "[outbound]\nallow = [\"https://qyapi.weixin.qq.com\", \"http://10.1.2.3:8080\"]\n\
         [watch]\nheartbeat_url = \"https://hc.example.org/ping/1\"\nheartbeat_minutes = 7\n{WECOM}\
         [[channel]]\nid = \"gw\"\nkind = \"webhook\"\nurl = \"http://10.1.2.3:8080/in\"\nheaders = {{ X-Token = \"a\" }}\n\
         body = '{{\"t\": \"{{title}}\"}}'\n[[channel]]\nid = \"f\"\nkind = \"file\"\ndir = \"gateway\"\nper_minute = 3\n"
    );
    let config = load(&text).unwrap();
    let ids: Vec<&str> = config.channels.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["群", "gw", "f"]);
    let heartbeat = config.heartbeat.unwrap();
    assert_eq!(heartbeat.every, std::time::Duration::from_mins(7));
    for channel in &config.channels {
        assert!(
            channel
                .url
                .as_ref()
                .is_none_or(|url| config.outbound.allow.permits(url))
        );
    }
    assert!(!config.outbound.allow.permits(&heartbeat.url));
    assert_eq!(config.channels[2].ready().unwrap().per_minute, 3);
    assert_eq!(config.channels[1].ready().unwrap().per_minute, 20);
    let unread = config.channels[0].ready().unwrap_err();
    assert_eq!(
        (unread.position.map(|at| at.0), unread.key.as_deref()),
        (Some(10), Some("channel.token_file"))
    );
}

#[test]
fn a_wrong_channel_is_refused_where_it_stands() {
    let webhook =
        |more: &str| format!("[[channel]]\nid = \"a\"\nkind = \"webhook\"\nurl = \"https://a.example/\"\n{more}");
    for (text, line, key, said) in [
        (
            "[outbound]\nallow = [\"https://a.example/x\"]\n".to_owned(),
            2,
            "outbound.allow",
            "不写路径",
        ),
        (
            "[outbound]\nallow = [\"http://gw.example\"]\n".to_owned(),
            2,
            "outbound.allow",
            "不加密",
        ),
        (
            "[watch]\nheartbeat_url = \"hc.example\"\n".to_owned(),
            2,
            "watch.heartbeat_url",
            "https://",
        ),
        (
            "[watch]\n\nheartbeat_minutes = 0\n".to_owned(),
            3,
            "watch.heartbeat_minutes",
            "超出范围",
        ),
        ("\n[[channel]]\nkind = \"file\"\n".to_owned(), 2, "channel", "没有写 id"),
        ("[[channel]]\nid = \"a\"\n".to_owned(), 1, "channel", "没有写 kind"),
        (
            "[[channel]]\nid = \"a b\"\nkind = \"file\"\n".to_owned(),
            2,
            "channel.id",
            "名称不对",
        ),
        (
            "[[channel]]\nid = \"a\"\nkind = \"sms\"\n".to_owned(),
            3,
            "channel.kind",
            "sms",
        ),
        (
            "[[channel]]\nid = \"a\"\nkind = \"file\"\n".to_owned(),
            1,
            "channel",
            "没有写 dir",
        ),
        (format!("{WECOM}{WECOM}"), 7, "channel.id", "用了两次"),
        (format!("{WECOM}dir = \"x\"\n"), 6, "channel.dir", "没有这一项"),
        (
            format!("{WECOM}secret_file = \"x\"\n"),
            6,
            "channel.secret_file",
            "没有这一项",
        ),
        (format!("{WECOM}format = \"html\"\n"), 6, "channel.format", "html"),
        (format!("{WECOM}per_minute = 0\n"), 6, "channel.per_minute", "超出范围"),
        (WECOM.replace("/send", "/send?key=abc"), 4, "channel.url", "写了 key"),
        (
            WECOM.replace("token_file = \"robot.key\"\n", ""),
            1,
            "channel",
            "token_file",
        ),
        (webhook("body = '{'\n"), 5, "channel.body", "JSON"),
        (webhook("body = '{\"a\": \"{nam}\"}'\n"), 5, "channel.body", "nam"),
        (webhook("headers = { Host = \"x\" }\n"), 5, "channel.headers", "Host"),
        (webhook("headers = { A = \"x\\ny\" }\n"), 5, "channel.headers", "请求头"),
    ] {
        let error = refused(&text);
        let place = (error.position.map(|at| at.0), error.key.as_deref());
        assert_eq!(place, (Some(line), Some(key)), "{text}\n{error}");
        assert!(error.to_string().contains(said), "{text}\n{error}");
    }
    let secret = refused(&WECOM.replace("/send", "/send?key=abc77"));
    assert!(!secret.to_string().contains("abc77"), "{secret}");
    let unknown = refused(&webhook("colour = 1\n"));
    assert!(unknown.to_string().contains("colour"), "{unknown}");
}

#[test]
fn other_machines_may_come_encrypted_or_through_a_proxy() {
    let (dir, file) = folder("");
    let write = |text: &str| std::fs::write(&file, text).unwrap();
    std::fs::write(dir.path().join("cert.pem"), "").unwrap();
    std::fs::write(dir.path().join("key.pem"), "").unwrap();
    write("[web]\nlisten = \"0.0.0.0:8087\"\n[accounts]\nproxies = [\"10.0.0.5\"]");
    let config = Config::load(Some(&file), None).unwrap();
    assert_eq!(
        (config.web.listen.to_string().as_str(), config.web.tls),
        ("0.0.0.0:8087", None)
    );
    let tls = "[web]\nlisten = \"0.0.0.0:8443\"\n[web.tls]\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\n";
    write(&format!("{tls}[site]\nbase_url = \"https://rc.example.org:8443\""));
    let files = Config::load(Some(&file), None).unwrap().web.tls.unwrap();
    assert_eq!(files.key, dir.path().join("key.pem"));
    // Links in mail would lead nowhere.
    write(tls);
    assert_eq!(
        Config::load(Some(&file), None).unwrap_err().key.as_deref(),
        Some("web.tls.certificate")
    );
    write("[web.tls]\ncertificate = \"cert.pem\"");
    assert!(
        Config::load(Some(&file), None)
            .unwrap_err()
            .to_string()
            .contains("密钥")
    );
    assert!(
        load("[web]\naddress_per_minute = 0")
            .unwrap()
            .web
            .pace
            .address
            .is_unlimited()
    );
}

#[test]
fn a_provider_is_named_whole_or_not_at_all() {
    assert!(load("").unwrap().oidc.is_none());
    let (dir, file) = folder(
        "[site]\nbase_url = \"https://rc.example.org/\"\n[web.oidc]\nissuer = \"https://id.example.org/realms/gov\"\n\
         client_id = \"rc\"\nsecret_file = \"oidc.key\"\n",
    );
    let oidc = Config::load(Some(&file), None).unwrap().oidc.expect("a provider");
    assert_eq!(
        (oidc.issuer.as_str(), oidc.label.as_str()),
        ("https://id.example.org/realms/gov", "统一身份认证登录")
    );
    assert!(oidc.ready().unwrap_err().to_string().contains("统一身份认证的密钥文件"));
    let secret = dir.path().join("oidc.key");
    std::fs::write(&secret, "geheim\n").unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(oidc.ready().unwrap_err().to_string().contains("chmod 600"));
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    let settings = oidc.ready().unwrap();
    assert_eq!(
        (
            settings.claim.as_str(),
            settings.client_id.as_str(),
            settings.secret.reveal()
        ),
        ("preferred_username", "rc", "geheim")
    );
    assert!(!format!("{oidc:?} {settings:?}").contains("geheim"));

    let whole = [
        ("issuer", "https://id.example.org"),
        ("client_id", "rc"),
        ("secret_file", "k"),
        ("claim", "upn"),
        ("label", "登录"),
    ];
    let wrong = |base: &str, name: &str, value: &str| {
        let lines: Vec<String> = whole
            .iter()
            .map(|(key, usual)| format!("{key} = \"{}\"", if *key == name { value } else { usual }))
            .collect();
        let text = format!("[site]\nbase_url = \"{base}\"\n[web.oidc]\n{}\n", lines.join("\n"));
        refused(&text).to_string()
    };
    for (name, value, why) in [
        ("issuer", "", "没有写 issuer"),
        ("issuer", "http://id.example.org", "要以 https:// 开头"),
        ("issuer", "https://id.example.org/?a=1", "不能有“?”"),
        ("issuer", "id.example.org", "issuer"),
        ("client_id", "", "client_id"),
        ("secret_file", "", "没有写 secret_file"),
        ("claim", " ", "claim"),
        ("label", "字字字字字字字字字字字字字字字字字字字字字", "label"),
    ] {
        let said = wrong("https://rc.example.org", name, value);
        assert!(said.contains(why), "{name} {value}: {said}");
    }
    assert!(wrong("http://rc.example.org", "", "").contains("[site] base_url"));
}
