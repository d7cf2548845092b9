//! (being written)
use super::{PageError, PageSource};
use crate::app::App;
use crate::app::view::*;
use crate::domain::ids::*;
use crate::domain::time::Moment;
impl PageSource for App {
    fn now(&self) -> Moment {
        self.clock.now()
    }
    async fn dashboard(&self) -> Result<DashboardView, PageError> {
        Err(PageError::NotFound { what: "页面" })
    }
    async fn obligations(&self, _f: ObligationFilter) -> Result<PageOf<ObligationRow>, PageError> {
        Err(PageError::NotFound { what: "页面" })
    }
    async fn obligation(&self, _id: ObligationId) -> Result<ObligationView, PageError> {
        Err(PageError::NotFound { what: "页面" })
    }
    async fn findings(&self, _f: FindingFilter) -> Result<PageOf<FindingRow>, PageError> {
        Err(PageError::NotFound { what: "页面" })
    }
    async fn finding(&self, _id: FindingId) -> Result<FindingView, PageError> {
        Err(PageError::NotFound { what: "页面" })
    }
    async fn rectifications(&self, _p: u32) -> Result<PageOf<RectificationRow>, PageError> {
        Err(PageError::NotFound { what: "页面" })
    }
    async fn protections(&self, _p: u32) -> Result<PageOf<ProtectionRow>, PageError> {
        Err(PageError::NotFound { what: "页面" })
    }
    async fn mails(&self, _f: MailFilter) -> Result<MailsView, PageError> {
        Err(PageError::NotFound { what: "页面" })
    }
    async fn mail(&self, _id: MailId) -> Result<MailView, PageError> {
        Err(PageError::NotFound { what: "页面" })
    }
    async fn mail_bytes(&self, _id: MailId) -> Result<Vec<u8>, PageError> {
        Err(PageError::NotFound { what: "页面" })
    }
    async fn calendar(&self, _y: Option<i32>) -> Result<CalendarView, PageError> {
        Err(PageError::NotFound { what: "页面" })
    }
}
