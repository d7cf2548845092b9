//! The service answers the questions of the pages.

use super::{PageError, PageSource};
use crate::app::health::{self, Check, Figures};
use crate::app::view::{
    AnswerView, CalendarView, DashboardView, FindingFilter, FindingRow, FindingView, MailFilter, MailView, MailsView,
    ObligationFilter, ObligationRow, ObligationView, PageOf, ProtectionRow, RemedyRow, RemedyShow,
};
use crate::app::{App, AppError, answers, pages};
use crate::domain::account::Viewer;
use crate::domain::health::MailTrouble;
use crate::domain::ids::{FindingId, MailId, ObligationId};
use crate::domain::time::Moment;

/// What a form can put right is told by its page; whatever else fails is a fault of ours.
impl From<AppError> for PageError {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Input(problem) => Self::Refused { problem },
            AppError::Conflict(problem) => Self::Conflict { problem },
            other => Self::internal(other),
        }
    }
}

fn found<T>(thing: Option<T>, what: &'static str) -> Result<T, PageError> {
    thing.ok_or(PageError::NotFound { what })
}

impl PageSource for App {
    fn app(&self) -> &App {
        self
    }

    fn now(&self) -> Moment {
        self.clock.now()
    }

    async fn dashboard(&self, _viewer: &Viewer) -> Result<DashboardView, PageError> {
        Ok(pages::dashboard(self).await?)
    }

    async fn answer(&self, token: &str) -> Result<AnswerView, PageError> {
        found(answers::open(self, token).await?, "链接")
    }

    async fn take_note(&self, token: &str, note: &str) -> Result<AnswerView, PageError> {
        match answers::acknowledge(self, token, note).await {
            Err(AppError::Input(problem)) => Err(PageError::bad_query("说明", problem)),
            other => found(other?, "链接"),
        }
    }

    async fn obligations(
        &self,
        _viewer: &Viewer,
        filter: ObligationFilter,
    ) -> Result<PageOf<ObligationRow>, PageError> {
        Ok(pages::obligations(self, &filter).await?)
    }

    async fn obligation(&self, _viewer: &Viewer, id: ObligationId) -> Result<ObligationView, PageError> {
        found(pages::obligation(self, &id).await?, "期限事项")
    }

    async fn findings(&self, _viewer: &Viewer, filter: FindingFilter) -> Result<PageOf<FindingRow>, PageError> {
        Ok(pages::findings(self, filter).await?)
    }

    async fn finding(&self, _viewer: &Viewer, id: FindingId) -> Result<FindingView, PageError> {
        found(pages::finding(self, &id).await?, "疑似问题")
    }

    async fn remedies(&self, _viewer: &Viewer, show: RemedyShow, page: u32) -> Result<PageOf<RemedyRow>, PageError> {
        Ok(pages::remedies(self, show, page).await?)
    }

    async fn protections(&self, _viewer: &Viewer, page: u32) -> Result<PageOf<ProtectionRow>, PageError> {
        Ok(pages::protections(self, page).await?)
    }

    async fn mails(&self, _viewer: &Viewer, filter: MailFilter) -> Result<MailsView, PageError> {
        Ok(pages::mails(self, filter).await?)
    }

    async fn mail(&self, _viewer: &Viewer, id: MailId) -> Result<MailView, PageError> {
        found(pages::mail(self, &id).await?, "邮件")
    }

    async fn mail_bytes(&self, _viewer: &Viewer, id: MailId) -> Result<Vec<u8>, PageError> {
        found(pages::mail_bytes(self, &id).await?, "邮件")
    }

    async fn calendar(&self, _viewer: &Viewer, year: Option<i32>) -> Result<CalendarView, PageError> {
        found(pages::calendar(self, year).await?, "年份的日历")
    }

    async fn mail_trouble(&self) -> Result<Option<MailTrouble>, PageError> {
        Ok(health::mail_trouble(self).await?)
    }

    async fn readiness(&self) -> Vec<Check> {
        health::readiness(self).await
    }

    async fn figures(&self) -> Result<Figures, PageError> {
        Ok(health::figures(self).await?)
    }
}
