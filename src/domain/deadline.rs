//! Reckoning of a limit: working days, natural days, months and years; forwards and backwards; with extensions, a
//! stopped clock and time lost to an obstacle. The day of the event is day 0.
//!
//! Natural days, months and years follow 民法典 articles 201–203: the period runs from the day after the event; a
//! period by months or years ends on the corresponding day, or on the month's last day where there is none; a last day
//! that is a rest day gives way to the next working day. The last rule can be switched off in the profile.

use super::calendar::{Calendar, CalendarError, Certainty};
use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// Unit of an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// Working days.
    #[serde(rename = "工作日")]
    WorkingDay,
    /// Natural days.
    #[serde(rename = "日")]
    Day,
    /// Months by the corresponding day.
    #[serde(rename = "月")]
    Month,
    /// Years by the corresponding day.
    #[serde(rename = "年")]
    Year,
}

impl Unit {
    /// The word people see, files carry and the database keeps.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::WorkingDay => "工作日",
            Self::Day => "日",
            Self::Month => "月",
            Self::Year => "年",
        }
    }

    /// Reads the word.
    pub fn from_zh(text: &str) -> Option<Self> {
        [Self::WorkingDay, Self::Day, Self::Month, Self::Year]
            .into_iter()
            .find(|unit| unit.zh() == text)
    }

    /// The most of this unit that a limit may span.
    pub const fn most(self) -> u32 {
        match self {
            Self::WorkingDay | Self::Day => 4000,
            Self::Month => 120,
            Self::Year => 10,
        }
    }

    /// `5 个工作日`, `30 日`, `6 个月`, `1 年`.
    pub fn amount_zh(self, amount: u32) -> String {
        match self {
            Self::WorkingDay | Self::Month => format!("{amount} 个{}", self.zh()),
            Self::Day | Self::Year => format!("{amount} {}", self.zh()),
        }
    }
}

/// Which way a limit runs from its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// By so long after the event.
    After,
    /// At the latest so long before the event.
    Before,
}

impl Direction {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::After => "after",
            Self::Before => "before",
        }
    }

    /// The word people see.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::After => "内",
            Self::Before => "前",
        }
    }
}

/// How long a limit is and how it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Amount; 0 where the day was given.
    pub amount: u32,
    /// Unit of the amount.
    pub unit: Unit,
    /// Forwards or backwards.
    pub direction: Direction,
    /// Whether a natural last day that is a rest day gives way.
    pub roll_off: bool,
}

impl Terms {
    /// The day itself was given.
    pub const GIVEN: Self = Self::working_days(0);

    /// So many working days after the event.
    pub const fn working_days(amount: u32) -> Self {
        Self {
            amount,
            unit: Unit::WorkingDay,
            direction: Direction::After,
            roll_off: true,
        }
    }

    /// Whether there is something to count.
    pub const fn counts(self) -> bool {
        self.amount > 0
    }

    /// `5 个工作日内`, `10 个工作日前`.
    pub fn zh(self) -> String {
        format!("{}{}", self.unit.amount_zh(self.amount), self.direction.zh())
    }
}

/// What changed a limit after it began to run; each was decided by somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Adjustment {
    /// 延长
    Extended {
        /// How much.
        amount: u32,
        /// Unit of it.
        unit: Unit,
        /// Day of the approval.
        on: NaiveDate,
        /// Role of the approver.
        approver: String,
        /// Why.
        reason: String,
        /// Day on which the subject was told.
        informed_on: Option<NaiveDate>,
    },
    /// 中止
    Suspended {
        /// First day that does not count.
        from: NaiveDate,
        /// The day the clock goes on; this day counts again. `None`: still stopped.
        until: Option<NaiveDate>,
        /// Ground.
        reason: String,
        /// Role of the approver.
        approver: String,
    },
    /// 顺延
    Postponed {
        /// First day lost to the obstacle.
        from: NaiveDate,
        /// The day the obstacle was gone; this day counts again.
        until: NaiveDate,
        /// Day of the application.
        applied_on: NaiveDate,
        /// The obstacle.
        reason: String,
    },
}

impl Adjustment {
    /// Days that do not count: from the first up to, not including, the second.
    fn pause(&self) -> Option<(NaiveDate, NaiveDate)> {
        match self {
            Self::Extended { .. } => None,
            Self::Suspended { from, until, .. } => until.map(|until| (*from, until)),
            Self::Postponed { from, until, .. } => Some((*from, *until)),
        }
    }

    /// What it did, for people.
    pub fn zh(&self) -> String {
        match self {
            Self::Extended {
                amount,
                unit,
                on,
                approver,
                reason,
                informed_on,
            } => {
                let told = informed_on.map(|day| format!("，{day} 告知当事人")).unwrap_or_default();
                format!("{on} 经{approver}批准延长 {}：{reason}{told}", unit.amount_zh(*amount))
            }
            Self::Suspended {
                from,
                until: Some(until),
                reason,
                approver,
            } => format!("{from} 经{approver}批准中止，{until} 恢复：{reason}；其间不计"),
            Self::Suspended {
                from,
                until: None,
                reason,
                approver,
            } => format!("{from} 经{approver}批准中止，尚未恢复：{reason}"),
            Self::Postponed {
                from,
                until,
                applied_on,
                reason,
            } => format!("{from} 至 {until} 因障碍耽误（{reason}），{applied_on} 申请顺延；其间不计"),
        }
    }
}

/// Whether the clock stands still.
pub fn is_stopped(adjustments: &[Adjustment]) -> bool {
    adjustments
        .iter()
        .any(|one| matches!(one, Adjustment::Suspended { until: None, .. }))
}

/// Whether a day is not counted because of a pause, one that has not ended too.
pub fn is_paused(day: NaiveDate, adjustments: &[Adjustment]) -> bool {
    adjustments.iter().any(|one| match one {
        Adjustment::Suspended { from, until: None, .. } => *from <= day,
        other => other.pause().is_some_and(|(from, until)| from <= day && day < until),
    })
}

/// A reckoned last day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reckoned {
    /// The last day.
    pub day: NaiveDate,
    /// Where the period itself ended, before a rest day gave way.
    pub unrolled: NaiveDate,
    /// The day reminders go by while the calendar is not settled.
    pub alert_day: NaiveDate,
    /// How sure the day is.
    pub certainty: Certainty,
}

/// Reckons the last day of a limit.
pub fn reckon(
    terms: Terms,
    event_day: NaiveDate,
    adjustments: &[Adjustment],
    calendar: &Calendar,
) -> Result<Reckoned, CalendarError> {
    if terms.direction == Direction::Before {
        return before(terms, event_day, calendar);
    }
    let mut end = Reckoned {
        day: event_day,
        unrolled: event_day,
        alert_day: event_day,
        certainty: Certainty::Firm,
    };
    let parts = parts(terms, adjustments);
    for (amount, unit) in &parts {
        let next = advance(end.day, *amount, *unit, adjustments, calendar)?;
        end = Reckoned {
            certainty: end.certainty.max(next.certainty),
            ..next
        };
    }
    if parts.last().is_some_and(|(_, unit)| *unit == Unit::WorkingDay) {
        return Ok(end);
    }
    if !terms.roll_off {
        // The day is counted in natural days alone: no notice can move it.
        end.certainty = Certainty::Firm;
        return Ok(end);
    }
    let day = calendar.on_or_after(end.unrolled)?;
    let mut certainty = end.certainty;
    for passed in end.unrolled.iter_days().take_while(|passed| *passed <= day) {
        certainty = certainty.max(calendar.facts(passed)?.certainty);
    }
    Ok(Reckoned {
        day,
        alert_day: if certainty == Certainty::Firm {
            day
        } else {
            end.unrolled
        },
        unrolled: end.unrolled,
        certainty,
    })
}

/// The base and the extensions in order; what has the same unit is added up first, so that six and six months are twelve.
fn parts(terms: Terms, adjustments: &[Adjustment]) -> Vec<(u32, Unit)> {
    let mut parts = vec![(terms.amount, terms.unit)];
    for one in adjustments {
        if let Adjustment::Extended { amount, unit, .. } = one {
            match parts.last_mut() {
                Some((sum, same)) if same == unit => *sum += amount,
                _ => parts.push((*amount, *unit)),
            }
        }
    }
    parts
}

/// Days that a pause takes out of a span may bring in a later pause; each round takes in at least one more.
fn advance(
    from: NaiveDate,
    amount: u32,
    unit: Unit,
    adjustments: &[Adjustment],
    calendar: &Calendar,
) -> Result<Reckoned, CalendarError> {
    let mut lost = 0;
    loop {
        let end = plain(from, amount, lost, unit, calendar)?;
        let now_lost = paused_between(from, end.day, unit, adjustments, calendar)?;
        if now_lost <= lost {
            return Ok(end);
        }
        lost = now_lost;
    }
}

fn plain(from: NaiveDate, amount: u32, lost: u32, unit: Unit, calendar: &Calendar) -> Result<Reckoned, CalendarError> {
    let beyond = CalendarError::BeyondLast {
        last: chrono::Datelike::year(&calendar.last_day()),
    };
    let natural = match unit {
        Unit::WorkingDay => {
            let deadline = calendar.add(from, amount + lost)?;
            return Ok(Reckoned {
                day: deadline.day,
                unrolled: deadline.day,
                alert_day: deadline.alert_day,
                certainty: deadline.certainty,
            });
        }
        Unit::Day => from.checked_add_days(Days::new(u64::from(amount))),
        Unit::Month => from.checked_add_months(Months::new(amount)),
        Unit::Year => from.checked_add_months(Months::new(amount.saturating_mul(12))),
    };
    let day = natural
        .and_then(|day| day.checked_add_days(Days::new(u64::from(lost))))
        .filter(|day| *day <= calendar.last_day())
        .ok_or(beyond)?;
    Ok(Reckoned {
        day,
        unrolled: day,
        alert_day: day,
        certainty: Certainty::Firm,
    })
}

/// Days after `from` up to `to` that do not count because of a pause.
fn paused_between(
    from: NaiveDate,
    to: NaiveDate,
    unit: Unit,
    adjustments: &[Adjustment],
    calendar: &Calendar,
) -> Result<u32, CalendarError> {
    let mut lost = 0;
    if adjustments.iter().all(|one| one.pause().is_none()) {
        return Ok(lost);
    }
    for day in from.iter_days().skip(1).take_while(|day| *day <= to) {
        let counts = unit != Unit::WorkingDay || calendar.is_working_day(day)?;
        lost += u32::from(counts && is_paused(day, adjustments));
    }
    Ok(lost)
}

/// "At the latest n before": a rest day gives way to the working day before it, so that the n stays whole.
fn before(terms: Terms, event_day: NaiveDate, calendar: &Calendar) -> Result<Reckoned, CalendarError> {
    let early = || CalendarError::BeforeFirst {
        year: chrono::Datelike::year(&event_day),
        first: chrono::Datelike::year(&calendar.first_day()),
    };
    let unrolled = match terms.unit {
        Unit::WorkingDay => calendar.back(event_day, terms.amount)?,
        Unit::Day => event_day
            .checked_sub_days(Days::new(u64::from(terms.amount)))
            .ok_or_else(early)?,
        Unit::Month => event_day
            .checked_sub_months(Months::new(terms.amount))
            .ok_or_else(early)?,
        Unit::Year => event_day
            .checked_sub_months(Months::new(terms.amount.saturating_mul(12)))
            .ok_or_else(early)?,
    };
    let day = if terms.roll_off || terms.unit == Unit::WorkingDay {
        calendar.on_or_before(unrolled)?
    } else {
        unrolled
    };
    let depends = terms.roll_off || terms.unit == Unit::WorkingDay;
    let certainty = if depends {
        worst(day, event_day.max(unrolled), terms.unit, calendar)?
    } else {
        Certainty::Firm
    };
    Ok(Reckoned {
        day,
        unrolled,
        alert_day: day,
        certainty,
    })
}

fn worst(from: NaiveDate, to: NaiveDate, unit: Unit, calendar: &Calendar) -> Result<Certainty, CalendarError> {
    if unit == Unit::WorkingDay {
        return Ok(calendar.count(from, to)?.certainty);
    }
    Ok(calendar.facts(from)?.certainty)
}
