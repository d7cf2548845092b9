//! Serves the samples in place of a database and remembers what it was asked.

use super::samples;
use crate::support::app::bench;
use rongcuo::app::App;
use rongcuo::app::health::{Check, Figures};
use rongcuo::app::view::{
    AnswerView, CalendarView, DashboardCounts, DashboardView, Decision, FindingFilter, FindingRow, FindingView,
    MailFilter, MailShow, MailView, MailsView, ObligationFilter, ObligationRow, ObligationView, PageOf, RemedyRow,
    RemedyShow, Reply,
};
use rongcuo::domain::account::Viewer;
use rongcuo::domain::health::MailTrouble;
use rongcuo::domain::ids::{FindingId, MailId, ObligationId};
use rongcuo::domain::time::Moment;
use rongcuo::store::Db;
use rongcuo::web::{PageError, PageSource};
use std::sync::Mutex;

/// What the source does with the samples.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Serves them.
    Plain,
    /// Serves nothing at all.
    Empty,
    /// Serves them with hostile text in every field that people write.
    Hostile,
    /// Fails.
    Broken,
}

pub const HOSTILE: &str = "<script>alert(1)</script>\"'&<b onclick=x>";
pub const SECRET: &str = "disk image is malformed at page 7";

pub struct Samples {
    app: App,
    _folder: tempfile::TempDir,
    pub mood: Mood,
    pub asked: Mutex<Vec<String>>,
}

impl Samples {
    pub async fn new(mood: Mood) -> Self {
        let folder = tempfile::tempdir().expect("as the test set it up");
        let db = Db::open_sqlite(&folder.path().join("test.db"))
            .await
            .expect("as the test set it up");
        let bench = bench(db, "2026-11-23T09:05:00+08:00").await;
        Self {
            app: bench.app,
            _folder: folder,
            mood,
            asked: Mutex::new(Vec::new()),
        }
    }

    fn serve<T>(&self, asked: &str, plain: T) -> Result<T, PageError> {
        self.asked.lock().expect("no holder panicked").push(asked.to_owned());
        match self.mood {
            Mood::Broken => Err(PageError::internal(SECRET)),
            _ => Ok(plain),
        }
    }

    fn list<T>(&self, asked: &str, rows: Vec<T>, page: u32, spoil: impl Fn(&mut T)) -> Result<PageOf<T>, PageError> {
        let mut rows = if self.mood == Mood::Empty { Vec::new() } else { rows };
        if self.mood == Mood::Hostile {
            rows.iter_mut().for_each(spoil);
        }
        let total = rows.len() as u64;
        self.serve(asked, samples::page(rows, page, total))
    }

    fn hostile(&self) -> bool {
        self.mood == Mood::Hostile
    }
}

fn spoil_obligation(row: &mut ObligationRow) {
    for text in [&mut row.kind, &mut row.number, &mut row.unit, &mut row.clause] {
        HOSTILE.clone_into(text);
    }
}

fn spoil_finding(row: &mut FindingRow) {
    HOSTILE.clone_into(&mut row.domain);
    HOSTILE.clone_into(&mut row.unit);
    row.outcome = Some(HOSTILE.to_owned());
    row.case_number = Some(HOSTILE.to_owned());
}

impl PageSource for Samples {
    fn app(&self) -> &App {
        &self.app
    }

    fn now(&self) -> Moment {
        samples::at("2026-11-23", 9, 5)
    }

    async fn dashboard(&self, _viewer: &Viewer) -> Result<DashboardView, PageError> {
        let mut view = samples::dashboard();
        if self.mood == Mood::Empty {
            view.obligations.clear();
            view.findings.clear();
            view.missing_year = None;
            view.mine.clear();
            view.counts = DashboardCounts {
                overdue: 0,
                today: 0,
                week: 0,
                findings: 0,
                unsent: 0,
            };
        }
        if self.hostile() {
            view.obligations.iter_mut().for_each(spoil_obligation);
            view.findings.iter_mut().for_each(spoil_finding);
        }
        self.serve("dashboard", view)
    }

    async fn answer(&self, token: &str) -> Result<AnswerView, PageError> {
        let mut view = samples::answer(token).ok_or(PageError::NotFound { what: "链接" })?;
        if self.hostile() {
            HOSTILE.clone_into(&mut view.kind);
            HOSTILE.clone_into(&mut view.number);
            HOSTILE.clone_into(&mut view.action);
            HOSTILE.clone_into(&mut view.clause);
            HOSTILE.clone_into(&mut view.reader);
            view.handed_on.iter_mut().for_each(|said| HOSTILE.clone_into(said));
            view.others
                .iter_mut()
                .for_each(|other| HOSTILE.clone_into(&mut other.said));
        }
        self.serve("answer", view)
    }

    async fn reply(&self, token: &str, _reply: &Reply) -> Result<AnswerView, PageError> {
        self.answer(token).await
    }

    async fn obligations(
        &self,
        _viewer: &Viewer,
        filter: ObligationFilter,
    ) -> Result<PageOf<ObligationRow>, PageError> {
        let asked = format!("{filter:?}");
        self.list(&asked, samples::obligation_rows(), filter.page, spoil_obligation)
    }

    async fn obligation(
        &self,
        _viewer: &Viewer,
        id: ObligationId,
        _purpose: Option<&str>,
    ) -> Result<ObligationView, PageError> {
        let mut view = samples::obligation(id.as_str()).ok_or(PageError::NotFound { what: "期限事项" })?;
        if self.hostile() {
            spoil_obligation(&mut view.row);
            view.person = Some(HOSTILE.to_owned());
            view.matter = Some(HOSTILE.to_owned());
            HOSTILE.clone_into(&mut view.certainty_reason);
            HOSTILE.clone_into(&mut view.state.by);
            HOSTILE.clone_into(&mut view.reckoning.event);
            view.reckoning
                .days
                .iter_mut()
                .for_each(|day| day.name = Some(HOSTILE.to_owned()));
            for alert in &mut view.alerts {
                alert.recipients = vec![HOSTILE.to_owned()];
                HOSTILE.clone_into(&mut alert.reason);
                HOSTILE.clone_into(&mut alert.point);
            }
        }
        self.serve("obligation", view)
    }

    async fn findings(&self, _viewer: &Viewer, filter: FindingFilter) -> Result<PageOf<FindingRow>, PageError> {
        self.list(
            &format!("{filter:?}"),
            samples::finding_rows(),
            filter.page,
            spoil_finding,
        )
    }

    async fn finding(&self, _viewer: &Viewer, id: FindingId, _purpose: Option<&str>) -> Result<FindingView, PageError> {
        let mut view = samples::finding(id.as_str()).ok_or(PageError::NotFound { what: "疑似问题" })?;
        if self.hostile() {
            spoil_finding(&mut view.row);
            for text in [
                &mut view.person,
                &mut view.item,
                &mut view.file,
                &mut view.reason,
                &mut view.evidence,
                &mut view.why,
                &mut view.owner,
            ] {
                HOSTILE.clone_into(text);
            }
            for one in &mut view.history {
                HOSTILE.clone_into(&mut one.text);
                HOSTILE.clone_into(&mut one.by);
            }
            view.sheet = Some(HOSTILE.to_owned());
            view.matched = vec![HOSTILE.to_owned(), "<b".to_owned()];
        }
        self.serve("finding", view)
    }

    async fn remedies(&self, _viewer: &Viewer, show: RemedyShow, page: u32) -> Result<PageOf<RemedyRow>, PageError> {
        self.list(&format!("remedies {show:?}"), samples::remedies(show), page, |row| {
            for text in [
                &mut row.case_number,
                &mut row.unit,
                &mut row.what,
                &mut row.period,
                &mut row.result,
            ] {
                HOSTILE.clone_into(text);
            }
        })
    }

    async fn mails(&self, _viewer: &Viewer, filter: MailFilter) -> Result<MailsView, PageError> {
        let asked = format!("{filter:?}");
        if filter.show == MailShow::Skipped {
            let skipped = samples::alerts()
                .into_iter()
                .filter(|alert| alert.mail.is_none() && alert.decision != Decision::Held)
                .collect();
            let list = self.list(&asked, skipped, filter.page, |alert| {
                HOSTILE.clone_into(&mut alert.subject);
            })?;
            return Ok(MailsView::Skipped(list));
        }
        let list = self.list(&asked, samples::mail_rows(), filter.page, |row| {
            HOSTILE.clone_into(&mut row.subject);
            row.to = vec![HOSTILE.to_owned()];
            row.last_reply = Some(HOSTILE.to_owned());
        })?;
        Ok(MailsView::Mails(list))
    }

    async fn mail(&self, _viewer: &Viewer, id: MailId) -> Result<MailView, PageError> {
        let mut view = samples::mail(id.as_str()).ok_or(PageError::NotFound { what: "邮件" })?;
        if self.hostile() {
            HOSTILE.clone_into(&mut view.row.subject);
            view.bytes =
                format!("From: {HOSTILE}\r\nX-A: {HOSTILE}\r\nSubject: {HOSTILE}\r\n\r\n{HOSTILE}\r\n").into_bytes();
        }
        self.serve("mail", view)
    }

    async fn mail_bytes(&self, _viewer: &Viewer, id: MailId) -> Result<Vec<u8>, PageError> {
        let view = samples::mail(id.as_str()).ok_or(PageError::NotFound { what: "邮件" })?;
        self.serve("mail_bytes", view.bytes)
    }

    async fn calendar(&self, _viewer: &Viewer, year: Option<i32>) -> Result<CalendarView, PageError> {
        let view = samples::calendar(year.unwrap_or(2026)).ok_or(PageError::NotFound {
            what: "年份的日历"
        })?;
        self.serve(&format!("calendar {year:?}"), view)
    }

    async fn mail_trouble(&self) -> Result<Option<MailTrouble>, PageError> {
        let trouble = MailTrouble::Late {
            since: samples::at("2026-11-23", 3, 0),
            waiting: 7,
        };
        match self.mood {
            Mood::Broken => Err(PageError::internal(SECRET)),
            Mood::Empty => Ok(None),
            Mood::Plain | Mood::Hostile => Ok(Some(trouble)),
        }
    }

    async fn readiness(&self) -> Vec<Check> {
        vec![Check {
            check: "database",
            ok: self.mood != Mood::Broken,
            text: "数据库".to_owned(),
        }]
    }

    async fn figures(&self) -> Result<Figures, PageError> {
        self.serve("figures", Figures::default())
    }
}
