//! One request, one line, one answer.

use super::address::{AllowList, Origin, Url};
use crate::runtime::trust;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Method, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_rustls::{TlsConnector, rustls};
use tokio_util::task::AbortOnDropHandle;

/// How the program names itself.
const AGENT: &str = concat!("rongcuo/", env!("CARGO_PKG_VERSION"));
/// Headers that belong to the conversation.
const OWN_HEADERS: [&str; 6] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "content-type",
    "user-agent",
];
/// Most an answer's head may take, in bytes.
const HEAD_BYTES: usize = 32 * 1024;

/// Bounds of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// To resolve, connect and encrypt.
    pub connect: Duration,
    /// To send, and to have the whole answer.
    pub answer: Duration,
    /// Most an answer may hold, in bytes.
    pub bytes: usize,
}

impl Limits {
    /// For what somebody waits for in front of a page; lists of keys hold whole certificates.
    pub const WAITED_FOR: Self = Self {
        connect: Duration::from_secs(5),
        answer: Duration::from_secs(10),
        bytes: 256 * 1024,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(15),
            bytes: 64 * 1024,
        }
    }
}

/// Makes requests to permitted places; cheap to clone.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    allow: AllowList,
    ca_file: Option<PathBuf>,
    limits: Limits,
    tls: OnceCell<Arc<ClientConfig>>,
}

/// A header of the site's own.
pub type Header = (HeaderName, HeaderValue);

/// Checks a header of the site's own; its value is not shown by `Debug`. The refusal says what is wrong.
pub fn header(name: &str, value: &str) -> Result<Header, &'static str> {
    let name = HeaderName::try_from(name).map_err(|_| "的名称不对")?;
    if OWN_HEADERS.contains(&name.as_str()) || name.as_str().starts_with("x-rongcuo-") {
        return Err("由程序自己写，不能另写");
    }
    let mut value = HeaderValue::try_from(value).map_err(|_| "的值不能用于请求头")?;
    value.set_sensitive(true);
    Ok((name, value))
}

/// A request; with a body it is a POST.
#[derive(Clone)]
pub struct Request {
    /// Where to.
    pub url: Url,
    /// Headers beside those every request has.
    pub headers: Vec<Header>,
    /// What it carries.
    pub body: Option<Body>,
}

/// What a request carries.
#[derive(Clone)]
pub enum Body {
    /// A JSON document.
    Json(Vec<u8>),
    /// Fields of a form, as a form writes them.
    Form(String),
}

impl Body {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Json(_) => "application/json; charset=utf-8",
            Self::Form(_) => "application/x-www-form-urlencoded",
        }
    }

    fn bytes(self) -> Vec<u8> {
        match self {
            Self::Json(bytes) => bytes,
            Self::Form(text) => text.into_bytes(),
        }
    }
}

/// An answer, whatever it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Status.
    pub status: StatusCode,
    /// Content.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    /// It may not go there; nothing was sent.
    #[error("{0}")]
    Refused(String),
    /// Nobody was reached; nothing was sent.
    #[error("{0}")]
    Unreached(String),
    /// The request may have been received.
    #[error("{0}")]
    Unanswered(String),
}

impl Client {
    /// A client for the permitted places. `ca_file`: the authority that signs their certificates, in place of the system's.
    pub fn new(allow: AllowList, ca_file: Option<PathBuf>, limits: Limits) -> Self {
        Self(Arc::new(Inner {
            allow,
            ca_file,
            limits,
            tls: OnceCell::new(),
        }))
    }

    /// Whether requests may go there, as far as the list says.
    pub fn permits(&self, url: &Url) -> bool {
        self.0.allow.permits(url)
    }

    /// Why no request may go there; `None` where one may.
    pub fn refused(&self, url: &Url) -> Option<String> {
        (!self.permits(url)).then(|| format!("{} 不在允许外发的地址之列（[outbound] allow）", url.origin()))
    }

    /// Makes the request and takes the whole answer. An answer that points elsewhere is an answer.
    pub async fn ask(&self, request: Request) -> Result<Reply, Failed> {
        let origin = request.url.origin().clone();
        if let Some(why) = self.refused(&request.url) {
            return Err(Failed::Refused(why));
        }
        let limits = self.0.limits;
        let line = tokio::time::timeout(limits.connect, self.line(&origin));
        let line = line
            .await
            .map_err(|_| Failed::Unreached(format!("连接 {origin} 超时（{}）", seconds(limits.connect))))??;
        let answer = tokio::time::timeout(limits.answer, exchange(line, request, limits.bytes));
        answer
            .await
            .map_err(|_| Failed::Unanswered(format!("等待 {origin} 答复超时（{}）", seconds(limits.answer))))?
    }

    /// A line to the place: resolved once, checked, and made to the address that was checked.
    async fn line(&self, origin: &Origin) -> Result<Box<dyn Line>, Failed> {
        let unreached = |what: String| Failed::Unreached(what);
        let addresses = resolve(origin).await?;
        let mut last = format!("{origin} 没有地址");
        for address in addresses {
            match TcpStream::connect(address).await {
                Ok(line) if origin.is_encrypted() => return self.encrypt(origin, line).await,
                Ok(line) => return Ok(Box::new(line)),
                Err(error) => last = format!("连接 {origin} 失败：{error}"),
            }
        }
        Err(unreached(last))
    }

    async fn encrypt(&self, origin: &Origin, line: TcpStream) -> Result<Box<dyn Line>, Failed> {
        let config = self
            .0
            .tls
            .get_or_try_init(|| trust::client(self.0.ca_file.clone(), "outbound.ca_file"))
            .await;
        let config = config.map_err(Failed::Unreached)?;
        let name = ServerName::try_from(origin.host())
            .map_err(|_| Failed::Unreached(format!("{origin} 的主机名不能用于加密连接")))?;
        let line = TlsConnector::from(Arc::clone(config)).connect(name, line).await;
        let line = line.map_err(|error| Failed::Unreached(format!("{origin} 的证书或加密方式未被接受：{error}")))?;
        Ok(Box::new(line))
    }
}

trait Line: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Line for T {}

async fn resolve(origin: &Origin) -> Result<Vec<SocketAddr>, Failed> {
    let found: Vec<SocketAddr> = match origin.literal() {
        Some(ip) => vec![SocketAddr::new(ip, origin.port())],
        None => tokio::net::lookup_host((origin.host(), origin.port()))
            .await
            .map_err(|error| Failed::Unreached(format!("{origin} 的主机名查不到：{error}")))?
            .collect(),
    };
    let some = !found.is_empty();
    let checked: Vec<SocketAddr> = found
        .into_iter()
        .filter(|address| origin.may_be(address.ip()))
        .collect();
    if checked.is_empty() && some {
        return Err(Failed::Refused(format!(
            "{origin} 指向本机或内网地址，不连接；确是内网网关的，在 [outbound] allow 里写明它的 IP 地址"
        )));
    }
    Ok(checked)
}

async fn exchange(line: Box<dyn Line>, request: Request, bytes: usize) -> Result<Reply, Failed> {
    let origin = request.url.origin().clone();
    let broken = |error: hyper::Error| Failed::Unanswered(format!("与 {origin} 的连接出错：{error}"));
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(HEAD_BYTES)
        .handshake(TokioIo::new(line))
        .await
        .map_err(broken)?;
    // The line lives as long as the answer is waited for.
    let _driven = AbortOnDropHandle::new(tokio::spawn(connection));
    let reply = sender.send_request(head(request)?).await.map_err(broken)?;
    let status = reply.status();
    let body = Limited::new(reply.into_body(), bytes).collect().await;
    let body = body.map_err(|error| Failed::Unanswered(format!("{origin} 的答复读不完：{error}")))?;
    Ok(Reply {
        status,
        body: body.to_bytes().to_vec(),
    })
}

fn head(request: Request) -> Result<hyper::Request<Full<Bytes>>, Failed> {
    let origin = request.url.origin();
    let method = if request.body.is_some() {
        Method::POST
    } else {
        Method::GET
    };
    let mut head = hyper::Request::builder()
        .method(method)
        .uri(request.url.target())
        .header(header::HOST, origin.authority())
        .header(header::USER_AGENT, AGENT)
        .header(header::CONNECTION, "close");
    if let Some(body) = &request.body {
        head = head.header(header::CONTENT_TYPE, body.kind());
    }
    for (name, value) in request.headers {
        head = head.header(name, value);
    }
    head.body(Full::new(Bytes::from(
        request.body.map(Body::bytes).unwrap_or_default(),
    )))
    .map_err(|_| Failed::Refused(format!("发往 {origin} 的请求写不成")))
}

fn seconds(limit: Duration) -> String {
    format!("{} 秒", limit.as_secs_f32())
}
