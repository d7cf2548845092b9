//! Rules as data: limits, reminder points, recipients, each with the clause it rests on.

use super::alert::{Point, Severity};
use super::contact::Role;
use super::obligation::Kind;
use super::protection::Tolerance;
use chrono::NaiveTime;
use serde::Deserialize;

/// The profile compiled in: the seed policy.
pub const DEFAULT_PROFILE: &str = include_str!("../../../config/policy/default.toml");

/// A checked profile.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Name and source of the policy.
    pub profile: Profile,
    /// Whether 不予容错 makes archive obligations too.
    pub archive_when_not_tolerated: bool,
    /// Start of office hours.
    pub start: NaiveTime,
    /// End of office hours.
    pub end: NaiveTime,
    /// Falls of pay that count as none.
    pub tolerance: Tolerance,
    limits: Vec<Limit>,
    schedules: Vec<Schedule>,
}

/// Name and source of a policy.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Short id.
    pub id: String,
    /// Name people see.
    pub name: String,
    /// Title of the policy document.
    pub source: String,
}

/// One limit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// What must be done.
    pub kind: Kind,
    /// Its name for people.
    pub name: String,
    /// The event it runs from.
    pub anchor: Anchor,
    /// Conclusions it applies to.
    pub levels: Vec<AppliesTo>,
    /// Amount; 0 where the anchor gives the day itself.
    pub days: u32,
    /// Unit of the amount.
    pub unit: DayUnit,
    /// How binding the text is.
    pub mode: Mode,
    /// Whether the number stands in the policy or is a local default.
    pub number_from: NumberFrom,
    /// Clause it rests on.
    pub clause: String,
    /// The words of the clause.
    pub quote: String,
    /// Reminder schedule.
    pub schedule: String,
    /// What to do, said in a mail.
    pub action: String,
}

/// The event a limit runs from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// The day of the conclusion.
    Conclusion,
    /// A ledger names the due day itself.
    Given,
    /// The day something was found or first imported.
    Opened,
}

impl Anchor {
    /// The words people see.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Conclusion => "结论作出之日",
            Self::Given => "台账写明的到期日",
            Self::Opened => "发现或首次导入之日",
        }
    }
}

/// Conclusions a limit applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppliesTo {
    /// 免责
    Full,
    /// 从轻, 减轻
    Capped,
    /// 不予容错
    NotTolerated,
}

impl AppliesTo {
    /// The words people see.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Full => "免责",
            Self::Capped => "从轻减轻",
            Self::NotTolerated => "不予容错",
        }
    }
}

/// Unit of an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum DayUnit {
    /// Working days.
    #[serde(rename = "工作日")]
    WorkingDay,
}

impl DayUnit {
    /// The word people see.
    pub fn zh(self) -> &'static str {
        match self {
            Self::WorkingDay => "工作日",
        }
    }
}

/// How binding a limit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// A number in the text.
    Hard,
    /// 及时: the text gives no number.
    Prompt,
}

impl Mode {
    /// The words people see.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Hard => "硬性",
            Self::Prompt => "及时",
        }
    }
}

/// Where the number comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberFrom {
    /// The policy text.
    Policy,
    /// A local default, to be shown as 本单位约定.
    Local,
}

impl NumberFrom {
    /// The words people see.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Policy => "政策规定",
            Self::Local => "本单位约定",
        }
    }
}

/// When and to whom reminders go.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Name a limit refers to.
    pub id: String,
    /// Whose contacts.
    pub scope: Scope,
    /// Reminder points in order.
    pub points: Vec<Step>,
}

/// Whose contacts are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// 问责实施机关
    Organ,
    /// 督办单位
    Supervisor,
    /// 责任单位
    Unit,
}

/// One reminder point.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// When.
    pub point: Point,
    /// How loud.
    pub severity: Severity,
    /// Which roles of the schedule's scope.
    pub roles: Vec<Role>,
    /// People of another unit who are told too.
    #[serde(default)]
    pub also: Option<Also>,
    /// Kind of the alert where it differs from the obligation's.
    #[serde(default)]
    pub kind: Option<Kind>,
}

/// Further recipients.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Also {
    /// Whose contacts.
    pub scope: Scope,
    /// Which roles.
    pub roles: Vec<Role>,
}

/// Why a profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// Not the TOML expected.
    #[error("规则文件无法读取：\n{0}")]
    Syntax(#[from] toml::de::Error),
    /// Reads well and means nothing.
    #[error("规则文件有误：{0}")]
    Meaning(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    profile: Profile,
    switches: RawSwitches,
    hours: RawHours,
    pay_tolerance: Tolerance,
    #[serde(rename = "limit")]
    limits: Vec<Limit>,
    #[serde(rename = "schedule")]
    schedules: Vec<Schedule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSwitches {
    archive_when_not_tolerated: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHours {
    start: String,
    end: String,
}

impl Policy {
    /// The profile compiled in.
    pub fn builtin() -> Self {
        Self::parse(DEFAULT_PROFILE).expect("the built-in profile is checked by a test")
    }

    /// Reads and checks a profile.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let raw: Raw = toml::from_str(text)?;
        let policy = Self {
            archive_when_not_tolerated: raw.switches.archive_when_not_tolerated,
            start: time_of("hours.start", &raw.hours.start)?,
            end: time_of("hours.end", &raw.hours.end)?,
            tolerance: raw.pay_tolerance,
            profile: raw.profile,
            limits: raw.limits,
            schedules: raw.schedules,
        };
        policy.check()?;
        Ok(policy)
    }

    /// The limit of a kind.
    pub fn limit(&self, kind: Kind) -> Option<&Limit> {
        self.limits.iter().find(|limit| limit.kind == kind)
    }

    /// Every limit.
    pub fn limits(&self) -> &[Limit] {
        &self.limits
    }

    /// The reminder points of a kind; empty when the profile has no such limit.
    pub fn schedule(&self, kind: Kind) -> Option<&Schedule> {
        let limit = self.limit(kind)?;
        self.schedules.iter().find(|schedule| schedule.id == limit.schedule)
    }

    fn check(&self) -> Result<(), PolicyError> {
        if self.start >= self.end {
            return Err(meaning("hours：上班时间须早于下班时间".to_owned()));
        }
        for (index, limit) in self.limits.iter().enumerate() {
            let name = limit.kind.as_str();
            if self.limits[..index].iter().any(|other| other.kind == limit.kind) {
                return Err(meaning(format!("期限 {name} 写了两次")));
            }
            if limit.clause.trim().is_empty() {
                return Err(meaning(format!("期限 {name} 没有写明依据的条款（clause）")));
            }
            if limit.anchor == Anchor::Conclusion && !(1..=1000).contains(&limit.days) {
                return Err(meaning(format!("期限 {name} 的天数须在 1 到 1000 之间")));
            }
            if !self.schedules.iter().any(|schedule| schedule.id == limit.schedule) {
                return Err(meaning(format!("期限 {name} 引用的提醒「{}」不存在", limit.schedule)));
            }
        }
        match [Kind::Rectification, Kind::FindingReply, Kind::Backlog]
            .iter()
            .find(|kind| self.limit(**kind).is_none())
        {
            Some(missing) => Err(meaning(format!("缺少期限 {}", missing.as_str()))),
            None => Ok(()),
        }
    }
}

fn meaning(text: String) -> PolicyError {
    PolicyError::Meaning(text)
}

fn time_of(key: &str, text: &str) -> Result<NaiveTime, PolicyError> {
    NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| meaning(format!("{key}：「{text}」不是时刻，应写成 09:00")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_profile_says_what_the_seed_says() {
        let policy = Policy::parse(DEFAULT_PROFILE).expect("valid");
        let archive = policy.limit(Kind::ArchivePersonnel).expect("present");
        assert_eq!((archive.days, archive.number_from), (5, NumberFrom::Policy));
        let feedback = policy.limit(Kind::FeedbackCompetent).expect("present");
        assert_eq!((feedback.days, feedback.number_from), (3, NumberFrom::Local));
        assert!(policy.archive_when_not_tolerated);
    }

    #[test]
    fn a_limit_without_a_clause_is_refused() {
        let text = DEFAULT_PROFILE.replacen("clause = \"二(四)5\"", "clause = \"\"", 1);
        let error = Policy::parse(&text).expect_err("no clause").to_string();
        assert!(error.contains("archive_personnel") && error.contains("条款"), "{error}");
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let text = DEFAULT_PROFILE.replacen("days = 5", "tage = 5", 1);
        let error = Policy::parse(&text).expect_err("unknown key").to_string();
        assert!(error.contains("tage") && error.contains("line"), "{error}");
    }

    #[test]
    fn a_schedule_that_is_not_there_is_named() {
        let text = DEFAULT_PROFILE.replacen("schedule = \"case\"", "schedule = \"nowhere\"", 1);
        assert!(
            Policy::parse(&text)
                .expect_err("dangling")
                .to_string()
                .contains("nowhere")
        );
    }
}
