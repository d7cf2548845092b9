//! The service answers the questions of the pages.

use super::{PageError, PageSource};
use crate::app::health::{self, Check, Figures};
use crate::app::view::{
    AnswerView, CalendarView, DashboardView, FindingFilter, FindingRow, FindingView, MailFilter, MailView, MailsView,
    ObligationFilter, ObligationRow, ObligationView, PageOf, ProtectionRow, RectificationRow, RemedyRow, RemedyShow,
    Reply,
};
use crate::app::{App, AppError, answers, pages};
use crate::domain::health::MailTrouble;
use crate::domain::ids::{FindingId, MailId, ObligationId};
use crate::domain::time::Moment;

/// A page changes nothing, so whatever fails is a fault of ours.
impl From<AppError> for PageError {
    fn from(error: AppError) -> Self {
        Self::internal(error)
    }
}

fn found<T>(thing: Option<T>, what: &'static str) -> Result<T, PageError> {
    thing.ok_or(PageError::NotFound { what })
}

impl PageSource for App {
    fn now(&self) -> Moment {
        self.clock.now()
    }

    async fn dashboard(&self) -> Result<DashboardView, PageError> {
        Ok(pages::dashboard(self).await?)
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

    async fn obligations(&self, filter: ObligationFilter) -> Result<PageOf<ObligationRow>, PageError> {
        Ok(pages::obligations(self, &filter).await?)
    }

    async fn obligation(&self, id: ObligationId) -> Result<ObligationView, PageError> {
        found(pages::obligation(self, &id).await?, "期限事项")
    }

    async fn findings(&self, filter: FindingFilter) -> Result<PageOf<FindingRow>, PageError> {
        Ok(pages::findings(self, filter).await?)
    }

    async fn finding(&self, id: FindingId) -> Result<FindingView, PageError> {
        found(pages::finding(self, &id).await?, "疑似问题")
    }

    async fn remedies(&self, show: RemedyShow, page: u32) -> Result<PageOf<RemedyRow>, PageError> {
        Ok(pages::remedies(self, show, page).await?)
    }

    async fn rectifications(&self, page: u32) -> Result<PageOf<RectificationRow>, PageError> {
        Ok(pages::rectifications(self, page).await?)
    }

    async fn protections(&self, page: u32) -> Result<PageOf<ProtectionRow>, PageError> {
        Ok(pages::protections(self, page).await?)
    }

    async fn mails(&self, filter: MailFilter) -> Result<MailsView, PageError> {
        Ok(pages::mails(self, filter).await?)
    }

    async fn mail(&self, id: MailId) -> Result<MailView, PageError> {
        found(pages::mail(self, &id).await?, "邮件")
    }

    async fn mail_bytes(&self, id: MailId) -> Result<Vec<u8>, PageError> {
        found(pages::mail_bytes(self, &id).await?, "邮件")
    }

    async fn calendar(&self, year: Option<i32>) -> Result<CalendarView, PageError> {
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
