//! The pages of a service as a browser meets them: requests through the whole router, with cookies and forms.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode, header};
use rongcuo::app::App;
use rongcuo::app::accounts::{self, Asked};
use rongcuo::config::{Accounts, Web};
use rongcuo::domain::account::Role;
use rongcuo::files::{Limits, Sandbox};
use rongcuo::web::{PageSource, SiteInfo, router};
use std::net::SocketAddr;
use std::sync::Arc;
use tower::ServiceExt as _;

/// A site of tests; `demo` offers to sign in as anybody.
pub fn info(base_url: &str, demo: bool) -> SiteInfo {
    SiteInfo {
        name: "云川市委组织部".to_owned(),
        base_url: base_url.to_owned(),
        demo,
        accounts: Accounts::builtin().rules,
        proxies: Vec::new(),
        proxy_header: None,
        sign_on: None,
        pace: Web::builtin().pace,
        files: Sandbox::with_program(env!("CARGO_BIN_EXE_rongcuo"), Limits::default()).apart(),
        mail: vec![("服务器", "smtp.yunchuan.example".to_owned())],
    }
}

/// Signs in as a role without a password, for tests that are about something else.
pub async fn session(app: &App, role: Role) -> String {
    let asked = Asked {
        login: String::new(),
        password: String::new(),
        code: String::new(),
        address: "127.0.0.1".to_owned(),
        agent: "test".to_owned(),
    };
    accounts::demonstrate(app, &Accounts::builtin().rules, role, asked)
        .await
        .expect("as the test set it up")
}

/// An answer of the site.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("pages are UTF-8")
    }

    /// The same, of what may be no text at all.
    pub fn text_or_empty(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("headers are ASCII"))
    }

    /// The value of a hidden field of the page, the first of its name.
    pub fn hidden(&self, name: &str) -> String {
        let lead = format!("name=\"{name}\" value=\"");
        let rest = self
            .text()
            .split(&lead)
            .nth(1)
            .unwrap_or_else(|| panic!("no field {name}"));
        rest.split('"').next().unwrap_or_default().to_owned()
    }
}

/// A browser with its cookies, at one address.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub cookies: Vec<(String, String)>,
    pub peer: Option<SocketAddr>,
    pub host: String,
    pub more: Vec<(String, String)>,
}

impl Browser {
    /// A fresh one in front of these pages.
    pub fn new<S: PageSource>(source: Arc<S>, info: SiteInfo) -> Self {
        Self {
            router: router(source, info),
            cookies: Vec::new(),
            peer: None,
            host: "localhost".to_owned(),
            more: Vec::new(),
        }
    }

    /// The same in which somebody has signed in as a role.
    pub async fn signed_in(app: &App, role: Role) -> Self {
        let mut browser = Self::new(Arc::new(app.clone()), info("http://127.0.0.1:8087", false));
        let token = session(app, role).await;
        browser.cookies.push(("rongcuo-session".to_owned(), token));
        browser
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, None, Body::empty()).await
    }

    /// Sends fields as they are.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        let kind = "application/x-www-form-urlencoded";
        self.send("POST", path, Some(kind), Body::from(body.join("&"))).await
    }

    /// Opens a page and sends a form of it with its marks.
    pub async fn fill(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let shown = self.get(page).await;
        assert_eq!(shown.status, StatusCode::OK, "{page}: {}", shown.text());
        let (mark, key) = (shown.hidden("form_mark"), shown.hidden("form_key"));
        let mut all = vec![("form_mark", mark.as_str()), ("form_key", key.as_str())];
        all.extend_from_slice(fields);
        self.post(path, &all).await
    }

    /// Opens a page and sends a form of it with a file.
    pub async fn upload(
        &mut self,
        page: &str,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Answer {
        let shown = self.get(page).await;
        assert_eq!(shown.status, StatusCode::OK, "{page}: {}", shown.text());
        let (mark, key) = (shown.hidden("form_mark"), shown.hidden("form_key"));
        let mut all = vec![("form_mark", mark.as_str()), ("form_key", key.as_str())];
        all.extend_from_slice(fields);
        let line = "rongcuo-test-boundary";
        let mut body = Vec::new();
        for (name, value) in all {
            body.extend_from_slice(
                format!("--{line}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes(),
            );
        }
        for (name, file, bytes) in files {
            let head = format!(
                "--{line}\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\
                 content-type: application/octet-stream\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{line}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={line}");
        self.send("POST", path, Some(&kind), Body::from(body)).await
    }

    /// Follows where an answer leads.
    pub async fn follow(&mut self, answer: &Answer) -> Answer {
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let path = answer.header("location").to_owned();
        self.get(&path).await
    }

    pub async fn send(&mut self, method: &str, path: &str, kind: Option<&str>, body: Body) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", &self.host);
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        for (name, value) in &self.more {
            request = request.header(name, value);
        }
        if !self.cookies.is_empty() {
            let held: Vec<_> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header(header::COOKIE, held.join("; "));
        }
        let mut request = request.body(body).expect("a request");
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().expect("cookies are ASCII");
            let (name, value) = text
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='))
                .expect("a cookie");
            self.cookies.retain(|(known, _)| known != name);
            if !text.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, 64 << 20).await.expect("a bounded body").to_vec(),
        }
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
