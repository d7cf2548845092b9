//! What the pages show, as plain values: days, words and numbers, no HTML. Queries fill these
//! structs and the pages print them, so neither side knows the other.

mod alerts;
mod answer;
mod calendar;
mod case;
mod common;
mod dashboard;
mod finding;
mod ledger;
mod mail;
mod obligation;
mod precheck;
mod remedy;

pub use alerts::{AlertFilter, AlertShow, ForeseenRow, HeldMail, PreviewShow, SilenceRow};
pub use answer::{AnswerForm, AnswerState, AnswerView, Other, Reply};
pub use calendar::{ArrivalRow, CalendarDay, CalendarView, Coverage, DueDot, MovedRow, NoticeRow};
pub use case::{
    AspectView, CaseEventRow, CaseFilter, CaseRow, CaseShow, CaseView, LimitView, Offer, OutcomeRow, PaperRow,
    PersonView, PlannedLimit, ProtectedRow, ProtectionShow, Span, StepItem, StepState, StepView,
};
pub use common::{Certainty, Day, DayKind, Light, PER_PAGE, PageOf, Remaining, Since, offset_of};
pub use dashboard::{DashboardCounts, DashboardView, Mine, MineRow, NextHoliday};
pub use finding::{
    Attribution, Cell, FindingFilter, FindingRow, FindingShow, FindingState, FindingView, HistoryRow, Level,
    OutcomeClass, Standing, Verdict,
};
pub use ledger::{
    BoardColumn, ItemEvent, ItemView, LedgerFilter, LedgerLook, LedgerPaper, LedgerShow, LedgerUnits, LedgerView,
    RectificationRow, Reporting, Rung, RunningLimit, Task, TaskState,
};
pub use mail::{Decision, MailFilter, MailRow, MailShow, MailState, MailView, MailsView};
pub use obligation::{
    AlertRow, Count, DayView, NumberSource, ObligationFilter, ObligationRow, ObligationShow, ObligationView, Reckoning,
};
pub use precheck::{
    CellView, FileFailure, FileLine, Head, JobFilter, JobView, LineShow, LineView, ListLine, ListView, RowFault,
    RunRow, Stage, Sums,
};
pub use remedy::{RemedyRow, RemedyShow};
