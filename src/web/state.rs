//! What the pages need from the rest of the product: one question a page.

use super::PageError;
use super::pace::{Limiter, Pace};
use crate::app::App;
use crate::app::accounts::{self, oidc::SignOn};
use crate::app::health::{Check, Figures};
use crate::app::view::{
    AnswerView, CalendarView, DashboardView, FindingFilter, FindingRow, FindingView, MailFilter, MailView, MailsView,
    ObligationFilter, ObligationRow, ObligationView, PageOf, RemedyRow, RemedyShow, Reply,
};
use crate::domain::account::Viewer;
use crate::domain::health::MailTrouble;
use crate::domain::ids::{FindingId, MailId, ObligationId};
use crate::domain::time::Moment;
use crate::files::Sandbox;
use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;

/// The site as the pages name it.
#[derive(Debug, Clone)]
pub struct SiteInfo {
    /// `云川市委组织部`.
    pub name: String,
    /// Where people reach the pages; its host is accepted besides the loopback ones.
    pub base_url: String,
    /// Whether all data is made up.
    pub demo: bool,
    /// What is asked of accounts.
    pub accounts: accounts::Rules,
    /// Proxies whose word on where a request comes from is taken.
    pub proxies: Vec<IpAddr>,
    /// The header in which such a proxy names whom it has signed in.
    pub proxy_header: Option<String>,
    /// The provider people may sign in with.
    pub sign_on: Option<SignOn>,
    /// How often somebody may ask.
    pub pace: Pace,
    /// What opens files that people send, and the bounds on them.
    pub files: Sandbox,
    /// What is to be said of mail, label and text; no secret is among it.
    pub mail: Vec<(&'static str, String)>,
}

impl SiteInfo {
    /// Whether people reach the pages over TLS.
    pub fn is_secure(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}

/// Answers the questions of the pages. Whoever asks is answered for what they see, and for no more.
/// Ids come from the address and may name nothing, or nothing the viewer sees: both are
/// [`PageError::NotFound`], and so is a year outside the calendar. Why somebody looks at a file is noted with the look.
pub trait PageSource: Send + Sync + 'static {
    /// The use cases, for what is not shown but done.
    fn app(&self) -> &App;
    /// The same by the rules of now: one request goes by one set of rules.
    fn of_now(self: &Arc<Self>) -> Arc<Self> {
        Arc::clone(self)
    }
    /// The present moment.
    fn now(&self) -> Moment;
    /// The first page.
    fn dashboard(&self, viewer: &Viewer) -> impl Future<Output = Result<DashboardView, PageError>> + Send;
    /// A page of obligations, gravest first.
    fn obligations(
        &self,
        viewer: &Viewer,
        filter: ObligationFilter,
    ) -> impl Future<Output = Result<PageOf<ObligationRow>, PageError>> + Send;
    /// One obligation.
    fn obligation(
        &self,
        viewer: &Viewer,
        id: ObligationId,
        purpose: Option<&str>,
    ) -> impl Future<Output = Result<ObligationView, PageError>> + Send;
    /// A page of findings, gravest first.
    fn findings(
        &self,
        viewer: &Viewer,
        filter: FindingFilter,
    ) -> impl Future<Output = Result<PageOf<FindingRow>, PageError>> + Send;
    /// One finding.
    fn finding(
        &self,
        viewer: &Viewer,
        id: FindingId,
        purpose: Option<&str>,
    ) -> impl Future<Output = Result<FindingView, PageError>> + Send;
    /// A page of what is not put right yet.
    fn remedies(
        &self,
        viewer: &Viewer,
        show: RemedyShow,
        page: u32,
    ) -> impl Future<Output = Result<PageOf<RemedyRow>, PageError>> + Send;
    /// A page of mails, or of decisions not to send, newest first.
    fn mails(&self, viewer: &Viewer, filter: MailFilter) -> impl Future<Output = Result<MailsView, PageError>> + Send;
    /// The page behind the link of a mail; the token comes from the address and may be anything.
    fn answer(&self, token: &str) -> impl Future<Output = Result<AnswerView, PageError>> + Send;
    /// The reader of the mail answers.
    fn reply(&self, token: &str, reply: &Reply) -> impl Future<Output = Result<AnswerView, PageError>> + Send;
    /// One mail.
    fn mail(&self, viewer: &Viewer, id: MailId) -> impl Future<Output = Result<MailView, PageError>> + Send;
    /// The finished bytes of one mail.
    fn mail_bytes(&self, viewer: &Viewer, id: MailId) -> impl Future<Output = Result<Vec<u8>, PageError>> + Send;
    /// A year; the present one when none is asked for.
    fn calendar(
        &self,
        viewer: &Viewer,
        year: Option<i32>,
    ) -> impl Future<Output = Result<CalendarView, PageError>> + Send;
    /// Why mail does not work, if it does not; asked for every page.
    fn mail_trouble(&self) -> impl Future<Output = Result<Option<MailTrouble>, PageError>> + Send;
    /// What the work of this instance rests on.
    fn readiness(&self) -> impl Future<Output = Vec<Check>> + Send;
    /// The numbers a monitoring system collects.
    fn figures(&self) -> impl Future<Output = Result<Figures, PageError>> + Send;
}

/// What every handler shares.
pub(super) struct Site<S> {
    pub source: Arc<S>,
    pub info: SiteInfo,
    pub limiter: Arc<Limiter>,
}

impl<S> Clone for Site<S> {
    fn clone(&self) -> Self {
        Self {
            source: Arc::clone(&self.source),
            info: self.info.clone(),
            limiter: Arc::clone(&self.limiter),
        }
    }
}
