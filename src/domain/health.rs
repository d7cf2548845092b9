//! Whether the service does its work: what must hold, decided from signs that anybody can read.

use super::time::Moment;
use chrono::NaiveDate;

/// A completed pass of reconcile older than this means that it does not run.
pub const TICK_LIMIT_MILLIS: i64 = 5 * 60 * 1000;
/// A mail that has waited longer is late.
pub const MAIL_LIMIT_MILLIS: i64 = 4 * 60 * 60 * 1000;
/// Ticks are written down this far apart.
pub const TICK_APART_MILLIS: i64 = 60 * 1000;
/// So many failures in a row, with nothing sent since, mean that mail does not work.
pub const MANY_ATTEMPTS: i64 = 3;
/// Fewer days covered by a notice than this are few.
pub const FEW_DAYS: i64 = 30;

/// What the outbox shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MailSigns {
    /// Refused for good.
    pub held: i64,
    /// Waiting or being sent.
    pub waiting: i64,
    /// When the one that has waited longest was written.
    pub oldest_waiting: Option<Moment>,
    /// When the oldest of those that have failed [`MANY_ATTEMPTS`] times was written.
    pub failing_since: Option<Moment>,
    /// When the server last took one.
    pub last_sent: Option<Moment>,
}

/// Why mail does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTrouble {
    /// Mails have waited longer than the limit.
    Late {
        /// Since when.
        since: Moment,
        /// How many wait altogether.
        waiting: i64,
    },
    /// The last attempts all failed.
    Failing {
        /// How many wait.
        waiting: i64,
    },
    /// The server refused mails for good.
    Held {
        /// How many.
        held: i64,
    },
}

impl MailSigns {
    /// Since when the oldest has waited, if that is too long.
    pub fn late(&self, now: Moment) -> Option<Moment> {
        self.oldest_waiting
            .filter(|since| now.millis() - since.millis() > MAIL_LIMIT_MILLIS)
    }

    /// Whether the last attempts all failed.
    pub fn failing(&self) -> bool {
        self.failing_since
            .is_some_and(|since| self.last_sent.is_none_or(|sent| sent < since))
    }

    /// The gravest trouble.
    pub fn trouble(&self, now: Moment) -> Option<MailTrouble> {
        if let Some(since) = self.late(now) {
            return Some(MailTrouble::Late {
                since,
                waiting: self.waiting,
            });
        }
        if self.failing() {
            return Some(MailTrouble::Failing { waiting: self.waiting });
        }
        (self.held > 0).then_some(MailTrouble::Held { held: self.held })
    }
}

impl MailTrouble {
    /// What people read: what is wrong and what to do.
    pub fn zh(self) -> String {
        match self {
            Self::Late { since, waiting } => format!(
                "提醒发不出去：有 {waiting} 封邮件在等待，最早的一封自 {} {} 起没有送出。请检查邮件服务器和网络（在本机运行 rongcuo doctor）；恢复前请用电话等方式通知。",
                super::time::day_zh(since.day()),
                since.time().format("%H:%M"),
            ),
            Self::Failing { waiting } => format!(
                "提醒发不出去：最近几次发送都失败了，有 {waiting} 封邮件在等待。请检查邮件服务器和网络（在本机运行 rongcuo doctor）；恢复后会自动补发。"
            ),
            Self::Held { held } => format!(
                "有 {held} 封提醒被邮件服务器拒收，收件人没有收到。请查看拒收原因，更正联系人的邮箱，并先用电话等方式通知本人。"
            ),
        }
    }
}

/// How old a tick is.
pub fn tick_age(last: Option<Moment>, now: Moment) -> Option<i64> {
    last.map(|at| (now.millis() - at.millis()).max(0))
}

/// Whether reconcile runs.
pub fn tick_is_fresh(last: Option<Moment>, now: Moment) -> bool {
    tick_age(last, now).is_some_and(|age| age < TICK_LIMIT_MILLIS)
}

/// The last day up to which, from `today` on, every year has a notice; `None` when today's year has none.
pub fn covered_until(covered: &[i32], today: NaiveDate) -> Option<NaiveDate> {
    use chrono::Datelike as _;
    let mut last = None;
    for year in today.year().. {
        if !covered.contains(&year) {
            break;
        }
        last = NaiveDate::from_ymd_opt(year, 12, 31);
    }
    last
}

/// Days from `today` to the last covered one.
pub fn days_covered(covered: &[i32], today: NaiveDate) -> i64 {
    covered_until(covered, today).map_or(0, |last| (last - today).num_days())
}

/// Whether the coverage ends soon, once the next notice is expected.
pub fn coverage_is_short(covered: &[i32], today: NaiveDate, notice_by: (u32, u32)) -> bool {
    use chrono::Datelike as _;
    let expected = (today.month(), today.day()) >= notice_by;
    let days = days_covered(covered, today);
    covered_until(covered, today).is_none() || (expected && days < FEW_DAYS)
}

/// Decisions by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Alerts {
    /// Became a mail.
    pub sent: i64,
    /// Recorded, carried by a newer one.
    pub merged: i64,
    /// Nobody to tell.
    pub no_recipient: i64,
    /// Fell into a silence.
    pub silenced: i64,
    /// Told by the whole they are a part of.
    pub inhibited: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_millis(1_764_500_000_000);

    fn ago(millis: i64) -> Moment {
        NOW.plus_millis(-millis)
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_mail_is_late_after_four_hours() {
        let waiting = |millis| MailSigns {
            waiting: 1,
            oldest_waiting: Some(ago(millis)),
            ..MailSigns::default()
        };
        assert_eq!(waiting(MAIL_LIMIT_MILLIS).trouble(NOW), None);
        let late = waiting(MAIL_LIMIT_MILLIS + 1).trouble(NOW);
        assert!(matches!(late, Some(MailTrouble::Late { waiting: 1, .. })), "{late:?}");
    }

    #[test]
    fn mail_fails_when_nothing_was_sent_since() {
        let failing = |last_sent| MailSigns {
            waiting: 2,
            oldest_waiting: Some(ago(1000)),
            failing_since: Some(ago(1000)),
            last_sent,
            ..MailSigns::default()
        };
        assert_eq!(failing(None).trouble(NOW), Some(MailTrouble::Failing { waiting: 2 }));
        assert_eq!(
            failing(Some(ago(2000))).trouble(NOW),
            Some(MailTrouble::Failing { waiting: 2 })
        );
        assert_eq!(
            failing(Some(ago(500))).trouble(NOW),
            None,
            "one address fails, mail works"
        );
    }

    #[test]
    fn a_refused_mail_is_trouble_until_somebody_ends_it() {
        let held = MailSigns {
            held: 3,
            ..MailSigns::default()
        };
        assert_eq!(held.trouble(NOW), Some(MailTrouble::Held { held: 3 }));
        assert_eq!(MailSigns::default().trouble(NOW), None);
    }

    #[test]
    fn a_tick_is_fresh_for_less_than_five_minutes() {
        assert!(!tick_is_fresh(None, NOW));
        assert!(tick_is_fresh(Some(ago(TICK_LIMIT_MILLIS - 1)), NOW));
        assert!(!tick_is_fresh(Some(ago(TICK_LIMIT_MILLIS)), NOW));
        assert!(
            tick_is_fresh(Some(ago(-5000)), NOW),
            "another instance's clock is a little ahead"
        );
    }

    #[test]
    fn coverage_ends_with_the_last_year_without_a_gap() {
        let today = day("2026-11-30");
        assert_eq!(days_covered(&[2025, 2026], today), 31);
        assert_eq!(days_covered(&[2026, 2027], today), 31 + 365);
        assert_eq!(days_covered(&[2026, 2028], today), 31);
        assert_eq!(covered_until(&[2025], today), None);
    }

    #[test]
    fn short_coverage_is_told_from_the_day_the_notice_is_expected() {
        let short = |today, covered: &[i32]| coverage_is_short(covered, day(today), (12, 1));
        assert!(!short("2026-11-30", &[2026]));
        assert!(!short("2026-12-01", &[2026]), "thirty days are not fewer than thirty");
        assert!(short("2026-12-02", &[2026]));
        assert!(!short("2026-12-02", &[2026, 2027]));
        assert!(short("2026-03-01", &[2025]), "today itself has no notice");
    }
}
