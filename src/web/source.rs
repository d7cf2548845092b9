//! The service answers the questions of the pages.

use super::{PageError, PageSource};
use crate::app::health::{self, Check, Figures};
use crate::app::view::{
    AnswerView, CalendarView, DashboardView, FindingFilter, FindingRow, FindingView, MailFilter, MailView, MailsView,
    ObligationFilter, ObligationRow, ObligationView, PageOf, RemedyRow, RemedyShow, Reply,
};
use crate::app::{App, AppError, answers, pages};
use crate::domain::account::Viewer;
use crate::domain::health::MailTrouble;
use crate::domain::ids::{FindingId, MailId, ObligationId};
use crate::domain::time::Moment;
use std::sync::Arc;

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

/// What somebody gave as their reason to look may be refused.
fn stated<T>(answer: Result<T, AppError>) -> Result<T, PageError> {
    answer.map_err(|error| match error {
        AppError::Input(problem) => PageError::bad_query("事由「purpose」", problem),
        other => other.into(),
    })
}

fn found<T>(thing: Option<T>, what: &'static str) -> Result<T, PageError> {
    thing.ok_or(PageError::NotFound { what })
}

impl PageSource for App {
    fn app(&self) -> &App {
        self
    }

    fn of_now(self: &Arc<Self>) -> Arc<Self> {
        Arc::new(self.latest())
    }

    fn now(&self) -> Moment {
        self.clock.now()
    }

    async fn dashboard(&self, viewer: &Viewer) -> Result<DashboardView, PageError> {
        Ok(pages::dashboard(self, viewer).await?)
    }

    async fn answer(&self, token: &str) -> Result<AnswerView, PageError> {
        found(answers::open(self, token).await?, "链接")
    }

    async fn reply(&self, token: &str, reply: &Reply) -> Result<AnswerView, PageError> {
        match answers::reply(self, token, reply).await {
            Err(AppError::Input(problem) | AppError::Conflict(problem)) => {
                Err(PageError::bad_query("登记的内容", problem))
            }
            other => found(other?, "链接"),
        }
    }

    async fn obligations(&self, viewer: &Viewer, filter: ObligationFilter) -> Result<PageOf<ObligationRow>, PageError> {
        Ok(pages::obligations(self, viewer, &filter).await?)
    }

    async fn obligation(
        &self,
        viewer: &Viewer,
        id: ObligationId,
        purpose: Option<&str>,
    ) -> Result<ObligationView, PageError> {
        found(stated(pages::obligation(self, viewer, &id, purpose).await)?, "期限事项")
    }

    async fn findings(&self, viewer: &Viewer, filter: FindingFilter) -> Result<PageOf<FindingRow>, PageError> {
        Ok(pages::findings(self, viewer, filter).await?)
    }

    async fn finding(&self, viewer: &Viewer, id: FindingId, purpose: Option<&str>) -> Result<FindingView, PageError> {
        found(stated(pages::finding(self, viewer, &id, purpose).await)?, "疑似问题")
    }

    async fn remedies(&self, viewer: &Viewer, show: RemedyShow, page: u32) -> Result<PageOf<RemedyRow>, PageError> {
        Ok(pages::remedies(self, viewer, show, page).await?)
    }

    async fn mails(&self, viewer: &Viewer, filter: MailFilter) -> Result<MailsView, PageError> {
        Ok(pages::mails(self, viewer, filter).await?)
    }

    async fn mail(&self, viewer: &Viewer, id: MailId) -> Result<MailView, PageError> {
        found(pages::mail(self, viewer, &id).await?, "邮件")
    }

    async fn mail_bytes(&self, viewer: &Viewer, id: MailId) -> Result<Vec<u8>, PageError> {
        found(pages::mail_bytes(self, viewer, &id).await?, "邮件")
    }

    async fn calendar(&self, viewer: &Viewer, year: Option<i32>) -> Result<CalendarView, PageError> {
        found(pages::calendar(self, viewer, year).await?, "年份的日历")
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
