//! The word lists as the files have them.

use crate::domain::protection::list::Domain;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawClasses {
    pub adverse: Vec<String>,
    pub ordinary: Vec<String>,
    pub favourable: Vec<String>,
    #[serde(default)]
    pub undetermined: Vec<String>,
    #[serde(default)]
    pub excused_by: Vec<String>,
    #[serde(default)]
    pub regrade: Vec<String>,
    #[serde(default)]
    pub graded: Vec<String>,
    #[serde(default)]
    pub dismissal: Vec<String>,
    #[serde(default)]
    pub new_post: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOutcomes {
    pub annual_appraisal: RawClasses,
    pub merit_selection: RawClasses,
    pub commendation: RawClasses,
    pub appointment: RawClasses,
    pub rank_promotion: RawClasses,
    pub title_promotion: RawClasses,
    pub salary: RawClasses,
    pub performance_pay: RawClasses,
    pub bonus: RawClasses,
    pub representative: RawClasses,
    pub overturned: RawOverturned,
    pub year_end: RawYearEnd,
    pub across_the_board: RawWords,
    /// A site's own list from before this one existed says nothing here.
    #[serde(default)]
    pub restored: RawWords,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawWords {
    pub words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOverturned {
    pub reversed: Vec<String>,
    pub withheld: Vec<String>,
    pub spared: Vec<String>,
    pub followed: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawYearEnd {
    pub items: Vec<String>,
    pub unpaid: Vec<String>,
    pub entitled: Vec<String>,
    pub grades: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawNothing {
    pub words: Vec<String>,
    pub whole: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawNegation {
    pub before: Vec<String>,
    pub after: Vec<String>,
    pub affirmed: Vec<String>,
    pub cancels: Vec<String>,
    pub between: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDocument {
    pub leads: Vec<String>,
    pub papers: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCauses {
    pub explicit: RawWords,
    pub implied: RawWords,
    pub nothing: RawNothing,
    pub independent: RawWords,
    pub negation: RawNegation,
    pub document: RawDocument,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEffects {
    pub effect: Vec<RawEffect>,
}

/// Whether an effect stands in a statute or is a local default.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum EffectSource {
    Statute,
    Local,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEffect {
    pub words: Vec<String>,
    pub months: u32,
    pub domains: Vec<Domain>,
    #[serde(rename = "source")]
    pub _source: EffectSource,
    pub clause: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawNames {
    pub titles: Vec<String>,
    pub categories: Vec<String>,
    pub headers: Vec<String>,
}
