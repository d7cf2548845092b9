//! What a handler works with: the site, who asks, and the forms they send.

use super::layout::{Chrome, Nav};
use super::state::{PageSource, Site};
use super::visit::{DONE, Visit};
use super::{PageError, SiteInfo, unsent};
use crate::app::App;
use crate::app::accounts::Current;
use crate::domain::account::{Act, Viewer};
use crate::domain::ids::hex;
use crate::store::{StoreError, forms};
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use std::time::Duration;

/// The field of a form that says that it was shown to this visitor.
pub(super) const MARK: &str = "form_mark";
/// The field of a form that makes it count once.
pub(super) const KEY: &str = "form_key";
/// Fields one form may have.
const MOST_FIELDS: usize = 500;
/// How long the second sending of a form waits for what came of the first, and how often it looks.
const LOOKS: u32 = 100;
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
/// How long what is sent to a route may be on its way, however it is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Longest(pub Duration);

/// A form without files.
impl Default for Longest {
    fn default() -> Self {
        Self(Duration::from_mins(1))
    }
}
/// Files one form may carry.
const MOST_FILES: usize = 200;

/// A visitor's desk; pages for anybody may have nobody at it.
pub(super) struct Desk<S> {
    pub source: Arc<S>,
    site: Site<S>,
    pub visit: Visit,
}

impl<S: PageSource> FromRequestParts<Site<S>> for Desk<S> {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, site: &Site<S>) -> Result<Self, PageError> {
        let visit = parts
            .extensions
            .get::<Visit>()
            .cloned()
            .ok_or_else(|| PageError::internal("a request came past the guard"))?;
        let site = Site {
            source: site.source.of_now(),
            ..site.clone()
        };
        Ok(Self {
            source: Arc::clone(&site.source),
            site,
            visit,
        })
    }
}

impl<S: PageSource> Desk<S> {
    /// The use cases.
    pub fn app(&self) -> &App {
        self.source.app()
    }

    /// What the site is called and asks.
    pub fn info(&self) -> &SiteInfo {
        &self.site.info
    }

    /// Who asks. Only behind a gate that lets nobody through is there surely somebody.
    pub fn viewer(&self) -> Viewer {
        self.current().map_or_else(|_| nobody(), |who| who.viewer)
    }

    /// Who asks, with their session.
    pub fn current(&self) -> Result<Current, PageError> {
        self.visit.who.clone().ok_or(PageError::SignIn { next: None })
    }

    /// Whether whoever asks may.
    pub fn may(&self, act: Act) -> bool {
        self.visit.viewer().is_some_and(|viewer| viewer.may(act))
    }

    /// The surroundings of a page.
    pub async fn chrome(&self, nav: Option<Nav>, title: impl Into<String> + Send) -> Chrome<'_> {
        Chrome {
            site: &self.site.info,
            title: title.into(),
            nav,
            now: self.source.now(),
            trouble: self.site.trouble().await,
            viewer: self.visit.viewer().cloned(),
            mark: self.visit.mark(),
            key: self.source.app().keys.token()[..32].to_owned(),
            done: self.visit.done.clone(),
            nonce: self.visit.nonce.clone(),
        }
    }

    /// The form has done its work: a page is shown that says in a green line what is now true.
    pub async fn done(&self, sent: &Sent, location: &str, message: &str) -> Result<Response, PageError> {
        let joint = if location.contains('?') { '&' } else { '?' };
        let location = format!("{location}{joint}{DONE}={}", sent.key);
        let work = async {
            let mut tx = self.app().db.begin().await?;
            forms::done(&mut tx, &sent.key, &location, message).await?;
            tx.commit().await
        };
        work.await.map_err(|error: StoreError| PageError::internal(error))?;
        Ok(see_other(&location))
    }

    /// Nothing came of the form: it may be sent again.
    pub async fn undone(&self, sent: &Sent) -> Result<(), PageError> {
        let work = async {
            let mut tx = self.app().db.begin().await?;
            forms::release(&mut tx, &sent.key).await?;
            tx.commit().await
        };
        work.await.map_err(|error: StoreError| PageError::internal(error))
    }
}

/// Sees nothing and may nothing.
fn nobody() -> Viewer {
    Viewer {
        login: String::new(),
        name: String::new(),
        role: crate::domain::account::Role::Prechecker,
        scope: crate::domain::account::Scope::of(Some("-")),
    }
}

/// An answer that leads the browser on with GET.
pub(super) fn see_other(location: &str) -> Response {
    let location = HeaderValue::from_str(location).unwrap_or_else(|_| HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// A page of a form that was not taken: the same page with what was typed and what is wrong.
pub(super) fn refused(page: Response) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

/// A file that came with a form.
#[derive(Debug, Clone)]
pub(super) struct File {
    /// The field it came in.
    pub field: String,
    /// Its name, without folders.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Their hash, taken while they came.
    hash: Vec<u8>,
}

/// A form that was sent: by a visitor it was shown to, and with this content for the first time.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    key: String,
    pairs: Vec<(String, String)>,
    /// What came with it.
    pub files: Vec<File>,
}

impl Sent {
    /// What a field holds, without spaces around it; empty when it was not there.
    pub fn get(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// What a field holds exactly; for passwords.
    pub fn raw(&self, name: &str) -> &str {
        self.pairs
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value)
    }

    /// What a field holds, unless it is empty.
    pub fn some(&self, name: &str) -> Option<String> {
        Some(self.get(name)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// Every value of a field that may be there several times.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let own = self.pairs.iter().filter(|(known, _)| known == name);
        own.map(|(_, value)| value.trim()).collect()
    }

    /// What was sent, as a hash.
    fn content(&self) -> String {
        let mut hash = Sha256::new();
        let mut put = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        for (name, value) in &self.pairs {
            put(name.as_bytes());
            put(value.as_bytes());
        }
        for file in &self.files {
            put(file.field.as_bytes());
            put(file.name.as_bytes());
            put(&file.hash);
        }
        hex(&hash.finalize())
    }

    /// Whether a box is ticked.
    pub fn ticked(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }
}

impl<S: PageSource> FromRequest<Site<S>> for Sent {
    type Rejection = PageError;

    async fn from_request(request: Request, site: &Site<S>) -> Result<Self, PageError> {
        let visit = request
            .extensions()
            .get::<Visit>()
            .cloned()
            .ok_or_else(|| PageError::internal("a request came past the guard"))?;
        let (uri, path) = (request.uri().clone(), request.uri().path().to_owned());
        let may_keep = unsent::may_keep(request.uri(), request.headers());
        let several = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|kind| kind.starts_with("multipart/form-data"));
        let Longest(longest) = request.extensions().get().copied().unwrap_or_default();
        let read = async {
            if several {
                parts(request, site, &visit).await
            } else {
                Ok((fields(request, site).await?, Vec::new()))
            }
        };
        let read = tokio::time::timeout(longest, read).await;
        let (pairs, files) = read.map_err(|_| PageError::Crowded)??;
        let mut sent = Self {
            key: String::new(),
            pairs,
            files,
        };
        if sent.get(MARK) != visit.mark() {
            let key = || site.source.app().keys.token()[..32].to_owned();
            let unsent = may_keep.then(|| unsent::kept(&uri, &sent.pairs, Some(key())));
            return Err(unsent
                .flatten()
                .map_or(PageError::Stale, |unsent| PageError::Unsent(Box::new(unsent))));
        }
        // The forms of one page have one key and different paths or contents; a form that was changed since is another.
        let key = sent.get(KEY).to_owned();
        if key.len() != 32 || !key.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(PageError::Stale);
        }
        let content = sent.content();
        sent.key = hex(&Sha256::digest(format!("{key}|{path}|{}|{content}", visit.actor()))[..16]);
        claim(site.source.app(), &sent.key, &visit.actor(), &path).await?;
        Ok(sent)
    }
}

/// Takes the key of a form. Whoever comes second is answered with what came of the first, or does its work if nothing did.
async fn claim(app: &App, key: &str, actor: &str, path: &str) -> Result<(), PageError> {
    let mut taken = claimed(app, key, actor, path).await?;
    for _ in 0..LOOKS {
        if taken {
            return Ok(());
        }
        match earlier(app, key).await? {
            None => taken = claimed(app, key, actor, path).await?,
            Some(Some(location)) => return Err(PageError::SentBefore { location }),
            Some(None) => tokio::time::sleep(BETWEEN_LOOKS).await,
        }
    }
    if taken { Ok(()) } else { Err(PageError::Busy) }
}

async fn claimed(app: &App, key: &str, actor: &str, path: &str) -> Result<bool, PageError> {
    let work = async {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        let taken = forms::claim(&mut tx, key, actor, path, now).await?;
        if taken {
            forms::sweep(&mut tx, now.plus_millis(-7 * 86_400_000)).await?;
            tx.commit().await?;
        } else {
            tx.rollback().await?;
        }
        Ok(taken)
    };
    work.await.map_err(|error: StoreError| PageError::internal(error))
}

/// The page that shows what came of an earlier sending, if there was one and it has come to its end.
async fn earlier(app: &App, key: &str) -> Result<Option<Option<String>>, PageError> {
    let work = async {
        let mut tx = app.db.read().await?;
        let earlier = forms::by_key(&mut tx, key).await?;
        tx.rollback().await?;
        Ok(earlier.map(|sent| sent.location))
    };
    work.await.map_err(|error: StoreError| PageError::internal(error))
}

async fn fields<S: PageSource>(request: Request, site: &Site<S>) -> Result<Vec<(String, String)>, PageError> {
    let axum::Form(pairs) = axum::Form::<Vec<(String, String)>>::from_request(request, site)
        .await
        .map_err(|refused| too_large_or_unreadable(refused.status()))?;
    bounded(pairs)
}

pub(super) fn bounded(pairs: Vec<(String, String)>) -> Result<Vec<(String, String)>, PageError> {
    if pairs.len() > MOST_FIELDS {
        return Err(PageError::bad_form("表单", format!("不超过 {MOST_FIELDS} 个字段")));
    }
    // Text of forms is kept as people write it: one kind of line end, nothing that steers a terminal.
    let plain = |text: String| {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        text.chars()
            .filter(|c| !c.is_control() || *c == '\n' || *c == '\t')
            .collect()
    };
    Ok(pairs.into_iter().map(|(name, value)| (name, plain(value))).collect())
}

fn too_large_or_unreadable(status: StatusCode) -> PageError {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        PageError::TooLarge
    } else {
        PageError::bad_form("表单", "由本网站的页面提交")
    }
}

/// Fields and files. The mark stands before the files in our forms, so a foreign form's files are not even read.
async fn parts<S: PageSource>(
    request: Request,
    site: &Site<S>,
    visit: &Visit,
) -> Result<(Vec<(String, String)>, Vec<File>), PageError> {
    let wrong = |error: axum::extract::multipart::MultipartError| too_large_or_unreadable(error.status());
    let mut form = Multipart::from_request(request, site)
        .await
        .map_err(|refused| too_large_or_unreadable(refused.status()))?;
    let (mut pairs, mut files) = (Vec::new(), Vec::new());
    while let Some(mut part) = form.next_field().await.map_err(wrong)? {
        let field = part.name().unwrap_or_default().to_owned();
        match part.file_name().map(str::to_owned) {
            None => {
                if pairs.len() >= MOST_FIELDS {
                    return Err(PageError::bad_form("表单", format!("不超过 {MOST_FIELDS} 个字段")));
                }
                pairs.push((field, part.text().await.map_err(wrong)?));
            }
            Some(name) => {
                let marked = pairs
                    .iter()
                    .any(|(known, value)| known == MARK && *value == visit.mark());
                if !marked {
                    return Err(PageError::Stale);
                }
                if files.len() >= MOST_FILES {
                    return Err(PageError::bad_form("文件", format!("一次不超过 {MOST_FILES} 个")));
                }
                let (mut bytes, mut hash) = (Vec::new(), Sha256::new());
                while let Some(chunk) = part.chunk().await.map_err(wrong)? {
                    hash.update(&chunk);
                    bytes.extend_from_slice(&chunk);
                }
                let hash = hash.finalize().to_vec();
                let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
                let name: String = name.chars().filter(|c| !c.is_control()).take(120).collect();
                // A file field that was left empty comes without a name.
                if !name.is_empty() {
                    files.push(File {
                        field,
                        name,
                        bytes,
                        hash,
                    });
                }
            }
        }
    }
    Ok((bounded(pairs)?, files))
}

/// What is wrong with a form, field by field, for the summary on top of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Problems(pub Vec<Problem>);

/// One thing that is wrong.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    /// The field; empty when it is about the whole form.
    pub field: &'static str,
    /// What is wrong and what to do.
    pub text: String,
}

impl Problems {
    /// One problem of the whole form.
    pub fn whole(text: impl Into<String>) -> Self {
        let mut problems = Self::default();
        problems.add("", text);
        problems
    }

    /// Notes a problem.
    pub fn add(&mut self, field: &'static str, text: impl Into<String>) {
        let text = text.into();
        self.0.push(Problem { field, text });
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong with a field.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|problem| problem.field == field)
            .map(|problem| problem.text.as_str())
    }
}
