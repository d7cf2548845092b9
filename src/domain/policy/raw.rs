//! A profile as it is written, each checked value with its place. Reading goes in three rounds, each telling all the
//! mistakes it finds: the TOML itself; sections, keys and types; what the values say (`check`).

use super::{AppliesTo, Guard, Mode, NumberFrom, Policy, Scope, check, said};
use crate::domain::alert::{Point, Severity, Subject};
use crate::domain::contact::Role;
use crate::domain::deadline::{Direction, Unit};
use crate::domain::name::Name;
use crate::domain::obligation::Kind;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

/// One mistake with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in characters.
    pub column: usize,
    /// What is wrong and what to do.
    pub problem: String,
}

/// Why a profile cannot be used: every mistake found, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct PolicyError(pub Vec<Fault>);

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "规则文件有 {} 处错误", self.0.len())?;
        for fault in &self.0 {
            write!(f, "\n  第 {} 行第 {} 列：{}", fault.line, fault.column, fault.problem)?;
        }
        Ok(())
    }
}

/// The sections, checked for their keys and types.
pub(super) struct Raw {
    pub(super) profile: RawProfile,
    pub(super) switches: RawSwitches,
    pub(super) hours: RawHours,
    pub(super) pay_tolerance: RawTolerance,
    pub(super) protection: Option<RawProtection>,
    pub(super) quota: Option<RawQuota>,
    pub(super) hidden_penalty: Option<RawHidden>,
    pub(super) rectification: Option<RawRectification>,
    pub(super) ladder: Vec<RawLevel>,
    pub(super) routing: Option<RawRouting>,
    pub(super) chains: Vec<RawChain>,
    pub(super) inhibitions: Vec<RawInhibition>,
    pub(super) consequences: Vec<RawConsequence>,
    pub(super) guards: Vec<RawGuard>,
    pub(super) events: Vec<RawEvent>,
    pub(super) limits: Vec<RawLimit>,
    pub(super) schedules: Vec<RawSchedule>,
}

/// The sections a profile is made of.
pub(super) const SECTIONS: [&str; 17] = [
    "profile",
    "switches",
    "hours",
    "pay_tolerance",
    "protection",
    "excellent_quota",
    "hidden_penalty",
    "rectification",
    "ladder",
    "routing",
    "chain",
    "inhibition",
    "consequence",
    "guard",
    "event",
    "limit",
    "schedule",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawProfile {
    pub(super) id: Name,
    pub(super) name: Spanned<String>,
    pub(super) source: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSwitches {
    pub(super) archive_when_not_tolerated: bool,
    pub(super) roll_off: bool,
    #[serde(default)]
    pub(super) next_year_notice_by: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) investigation_months: Option<Spanned<u32>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawHours {
    pub(super) start: Spanned<String>,
    pub(super) end: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTolerance {
    pub(super) salary: Spanned<u8>,
    pub(super) performance_pay: Spanned<u8>,
    pub(super) bonus: Spanned<u8>,
}

/// Which kinds of outcome are protected; all where the profile has no such section.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawProtection {
    pub(super) domains: Spanned<Vec<Spanned<String>>>,
    pub(super) clause: Spanned<String>,
}

/// The share of 优秀, shown as information; 20 and 25 percent where the profile has no such section.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawQuota {
    pub(super) percent: Spanned<u8>,
    pub(super) with_approval: Spanned<u8>,
    pub(super) basis: Spanned<String>,
    pub(super) number_from: NumberFrom,
}

/// When the hidden penalty report says something.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawHidden {
    pub(super) min_protected: Spanned<u32>,
    pub(super) min_peers: Spanned<u32>,
    pub(super) level: Spanned<f64>,
    pub(super) number_from: NumberFrom,
}

/// How rectification is supervised, where a profile says more than its limits do.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRectification {
    pub(super) clause: Spanned<String>,
    pub(super) accept_roles: Spanned<Vec<Spanned<Role>>>,
    pub(super) measures: Spanned<Vec<Spanned<String>>>,
    pub(super) number_from: NumberFrom,
}

/// One level of the ladder, the mildest first.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLevel {
    pub(super) id: Spanned<Name>,
    pub(super) name: Spanned<String>,
    pub(super) colour: Spanned<String>,
    #[serde(default)]
    pub(super) paper: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) deduction: Option<Spanned<f64>>,
    pub(super) severity: Severity,
    pub(super) scope: Scope,
    pub(super) roles: Spanned<Vec<Spanned<Role>>>,
    #[serde(default)]
    pub(super) also: Option<RawAlso>,
    pub(super) action: Spanned<String>,
    pub(super) clause: Spanned<String>,
    pub(super) number_from: NumberFrom,
}

/// How reminders reach people beyond their points; each a mail of its own where the profile has no such section.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRouting {
    pub(super) digest: Spanned<Vec<Spanned<Severity>>>,
    pub(super) digest_at: Spanned<String>,
    pub(super) longest_silence: Spanned<u32>,
    #[serde(default)]
    pub(super) above: BTreeMap<Role, Spanned<Role>>,
    #[serde(default)]
    pub(super) channels: Vec<RawThrough>,
    #[serde(default)]
    pub(super) subject: Subject,
    #[serde(default)]
    pub(super) link_days: Option<Spanned<u32>>,
    #[serde(default)]
    pub(super) anybody: Option<Spanned<Vec<Spanned<Role>>>>,
    #[serde(default)]
    pub(super) answers: Option<Spanned<Vec<Spanned<Role>>>>,
    #[serde(default)]
    pub(super) follow_ups: Option<Spanned<u32>>,
    pub(super) number_from: NumberFrom,
}

/// What goes through a channel beside the mails.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawThrough {
    pub(super) id: Spanned<String>,
    pub(super) severities: Spanned<Vec<Spanned<Severity>>>,
}

/// Who is told when nobody acknowledges.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawChain {
    pub(super) id: Spanned<String>,
    #[serde(default)]
    pub(super) repeat: Option<Spanned<u32>>,
    pub(super) steps: Spanned<Vec<RawChainStep>>,
    pub(super) number_from: NumberFrom,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawChainStep {
    pub(super) after: Spanned<u32>,
    pub(super) roles: Spanned<Vec<Spanned<Role>>>,
}

/// Parts that are silent while the whole is late.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawInhibition {
    pub(super) whole: Spanned<Vec<Spanned<Kind>>>,
    pub(super) parts: Spanned<Vec<Spanned<Kind>>>,
}

/// Outcomes of one sort that follow from another.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawConsequence {
    pub(super) after: Spanned<String>,
    pub(super) domains: Spanned<Vec<Spanned<String>>>,
    pub(super) years: Spanned<u32>,
    #[serde(default)]
    pub(super) named: Vec<Spanned<String>>,
    pub(super) clause: Spanned<String>,
    pub(super) number_from: NumberFrom,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGuard {
    pub(super) id: Spanned<Guard>,
    pub(super) clause: Spanned<String>,
    pub(super) quote: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEvent {
    pub(super) id: Spanned<Name>,
    pub(super) name: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLimit {
    #[serde(default)]
    pub(super) id: Option<Spanned<Name>>,
    pub(super) kind: Spanned<Kind>,
    pub(super) name: Spanned<String>,
    pub(super) anchor: Spanned<Name>,
    #[serde(default)]
    pub(super) done_by: Option<Spanned<Name>>,
    #[serde(default)]
    pub(super) levels: Option<Spanned<Vec<Spanned<AppliesTo>>>>,
    pub(super) amount: Spanned<u32>,
    #[serde(default = "working_day")]
    pub(super) unit: Unit,
    #[serde(default)]
    pub(super) direction: Option<Spanned<Direction>>,
    pub(super) mode: Mode,
    pub(super) number_from: Spanned<NumberFrom>,
    pub(super) clause: Option<Spanned<String>>,
    pub(super) quote: Option<Spanned<String>>,
    pub(super) schedule: Spanned<String>,
    pub(super) action: Spanned<String>,
    #[serde(default)]
    pub(super) extension: Option<Spanned<RawExtension>>,
    #[serde(default)]
    pub(super) suspension: Option<Spanned<RawSuspension>>,
    #[serde(default)]
    pub(super) postponement: Option<Spanned<RawPostponement>>,
}

const fn working_day() -> Unit {
    Unit::WorkingDay
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawExtension {
    pub(super) max: Spanned<u32>,
    pub(super) unit: Unit,
    pub(super) times: Spanned<u32>,
    pub(super) approver: Role,
    pub(super) reason_required: bool,
    pub(super) inform_subject: bool,
    pub(super) clause: Spanned<String>,
    pub(super) number_from: NumberFrom,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSuspension {
    pub(super) grounds: Vec<Spanned<String>>,
    pub(super) approver: Role,
    pub(super) clause: Spanned<String>,
    pub(super) number_from: NumberFrom,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPostponement {
    pub(super) within: Spanned<u32>,
    pub(super) unit: Unit,
    pub(super) clause: Spanned<String>,
    pub(super) number_from: NumberFrom,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSchedule {
    pub(super) id: Spanned<String>,
    pub(super) scope: Scope,
    pub(super) points: Spanned<Vec<RawStep>>,
    #[serde(default)]
    pub(super) chain: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStep {
    pub(super) point: Spanned<Point>,
    pub(super) severity: Severity,
    pub(super) roles: Spanned<Vec<Spanned<Role>>>,
    #[serde(default)]
    pub(super) also: Option<RawAlso>,
    #[serde(default)]
    pub(super) kind: Option<Spanned<Kind>>,
    #[serde(default)]
    pub(super) level: Option<Spanned<Name>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAlso {
    pub(super) scope: Scope,
    pub(super) roles: Spanned<Vec<Spanned<Role>>>,
}

/// Reads and checks the bytes of a file: office programs save other encodings than the one that is read.
pub(super) fn read(bytes: &[u8]) -> Result<Policy, PolicyError> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let good = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
            let problem = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
                "文件是 UTF-16 编码，请另存为 UTF-8 编码"
            } else {
                "从这里起不是 UTF-8 编码（可能是 GB18030，即 ANSI 编码），请另存为 UTF-8 编码"
            };
            return Err(told(good, vec![(good.len(), problem.to_owned())]));
        }
    };
    parse(text)
}

/// Reads and checks a profile.
pub(super) fn parse(text: &str) -> Result<Policy, PolicyError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let raw = sections(text)?;
    check::build(&raw, text)
}

fn sections(text: &str) -> Result<Raw, PolicyError> {
    let mut reader = Reader {
        text,
        found: Vec::new(),
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    let first = errors
        .iter()
        .min_by_key(|error| error.span().map_or(text.len(), |span| span.start));
    if let Some(first) = first {
        // What follows a mistake of punctuation is mostly its echo.
        reader.at(
            first.span().unwrap_or(text.len()..text.len()),
            said::what(text, first, ""),
        );
        return Err(told(text, reader.found));
    }
    let (mut profile, mut switches, mut hours, mut pay_tolerance, mut protection) = (None, None, None, None, None);
    let (mut quota, mut hidden_penalty) = (None, None);
    let (mut guards, mut events, mut limits, mut schedules) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut consequences = Vec::new();
    let (mut rectification, mut ladder) = (None, Vec::new());
    let (mut routing, mut chains, mut inhibitions) = (None, Vec::new(), Vec::new());
    let mut seen = Vec::new();
    for (key, value) in table.into_inner() {
        let name = key.get_ref().to_string();
        match name.as_str() {
            "profile" => profile = reader.one(&name, value),
            "switches" => switches = reader.one(&name, value),
            "hours" => hours = reader.one(&name, value),
            "pay_tolerance" => pay_tolerance = reader.one(&name, value),
            "protection" => protection = reader.one(&name, value),
            "excellent_quota" => quota = reader.one(&name, value),
            "hidden_penalty" => hidden_penalty = reader.one(&name, value),
            "rectification" => rectification = reader.one(&name, value),
            "ladder" => ladder = reader.many(&name, value),
            "routing" => routing = reader.one(&name, value),
            "chain" => chains = reader.many(&name, value),
            "inhibition" => inhibitions = reader.many(&name, value),
            "consequence" => consequences = reader.many(&name, value),
            "guard" => guards = reader.many(&name, value),
            "event" => events = reader.many(&name, value),
            "limit" => limits = reader.many(&name, value),
            "schedule" => schedules = reader.many(&name, value),
            _ => reader.at(
                key.span(),
                format!("不认识的节「{name}」，可用的是 {}", SECTIONS.join("、")),
            ),
        }
        seen.push(name);
    }
    for needed in ["profile", "switches", "hours", "pay_tolerance", "limit", "schedule"] {
        if !seen.iter().any(|name| name == needed) {
            reader.at(0..0, format!("缺少 {} 一节", said::header(needed)));
        }
    }
    let (Some(profile), Some(switches), Some(hours), Some(pay_tolerance), true) =
        (profile, switches, hours, pay_tolerance, reader.found.is_empty())
    else {
        return Err(told(text, reader.found));
    };
    Ok(Raw {
        profile,
        switches,
        hours,
        pay_tolerance,
        protection,
        quota,
        hidden_penalty,
        rectification,
        ladder,
        routing,
        chains,
        inhibitions,
        consequences,
        guards,
        events,
        limits,
        schedules,
    })
}

/// Mistakes told at once; whoever has more will look again.
const MOST_FAULTS: usize = 100;

/// The mistakes in the order of the file, each offset made a line and a column in one walk through the text.
pub(super) fn told(text: &str, mut found: Vec<(usize, String)>) -> PolicyError {
    found.sort_by_key(|(offset, _)| *offset);
    let more = found.len().saturating_sub(MOST_FAULTS);
    if more > 0 {
        found.truncate(MOST_FAULTS + 1);
        found[MOST_FAULTS].1 = format!("从这里起还有 {more} 处错误：改好以上各处再核对");
    }
    let (mut line, mut line_start, mut walked) = (1, 0, 0);
    let faults = found.into_iter().map(|(offset, problem)| {
        let offset = offset.min(text.len());
        for (newline, _) in text[walked..offset].match_indices('\n') {
            line += 1;
            line_start = walked + newline + 1;
        }
        walked = offset;
        Fault {
            line,
            column: text[line_start..offset].chars().count() + 1,
            problem,
        }
    });
    PolicyError(faults.collect())
}

/// Reads section by section, so that a mistake in one does not hide those of the next.
struct Reader<'a> {
    text: &'a str,
    found: Vec<(usize, String)>,
}

/// Parts of one sort; a profile has a few dozen.
const MOST_OF_A_SORT: usize = 1000;

impl Reader<'_> {
    fn at(&mut self, span: Range<usize>, problem: String) {
        self.found.push((span.start, problem));
    }

    fn one<T: DeserializeOwned>(&mut self, section: &str, value: Spanned<DeValue<'_>>) -> Option<T> {
        if !value.get_ref().is_table() {
            self.at(value.span(), format!("应写成 {} 一节", said::header(section)));
            return None;
        }
        let span = value.span();
        match T::deserialize(ValueDeserializer::from(value)) {
            Ok(read) => Some(read),
            Err(error) => {
                let place = error.span().unwrap_or(span);
                self.at(place, said::what(self.text, &error, section));
                None
            }
        }
    }

    fn many<T: DeserializeOwned>(&mut self, section: &str, value: Spanned<DeValue<'_>>) -> Vec<T> {
        let span = value.span();
        match value.into_inner() {
            DeValue::Array(items) if items.len() > MOST_OF_A_SORT => {
                self.at(
                    span,
                    format!(
                        "{} 有 {} 节，最多 {MOST_OF_A_SORT} 节",
                        said::header(section),
                        items.len()
                    ),
                );
                Vec::new()
            }
            DeValue::Array(items) => items.into_iter().filter_map(|item| self.one(section, item)).collect(),
            _ => {
                self.at(span, format!("应写成 {}，每项一节", said::header(section)));
                Vec::new()
            }
        }
    }
}
