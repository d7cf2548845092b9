//! The word lists as the files have them.

use crate::domain::protection::list::Domain;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;

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
    pub long_leave: Option<RawLeave>,
    #[serde(default)]
    pub corrected: Vec<String>,
    #[serde(default)]
    pub regrade: Vec<String>,
    #[serde(default)]
    pub graded: Vec<String>,
    #[serde(default)]
    pub dismissal: Vec<String>,
    #[serde(default)]
    pub new_post: Vec<String>,
    #[serde(default)]
    pub not_new: Vec<String>,
    #[serde(default)]
    pub new_post_in_reason: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLeave {
    pub words: Vec<String>,
    pub days: u16,
    #[serde(default)]
    pub short: Vec<String>,
}

pub(super) struct RawOutcomes {
    pub domains: BTreeMap<Domain, RawClasses>,
    pub overturned: RawOverturned,
    pub year_end: RawYearEnd,
    pub across_the_board: RawAcrossTheBoard,
    /// A site's own list from before these two existed says nothing here.
    pub restored: RawWords,
    pub beside_favourable: Option<RawBeside>,
}

/// Written out, so that a fault in one of the many tables keeps its line and column.
impl<'de> Deserialize<'de> for RawOutcomes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tables;

        impl<'de> Visitor<'de> for Tables {
            type Value = RawOutcomes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("tables of outcome words")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<RawOutcomes, M::Error> {
                let mut domains = BTreeMap::new();
                let (mut overturned, mut year_end, mut across_the_board, mut restored) = (None, None, None, None);
                let mut beside_favourable = None;
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "overturned" => overturned = Some(map.next_value()?),
                        "year_end" => year_end = Some(map.next_value()?),
                        "across_the_board" => across_the_board = Some(map.next_value()?),
                        "restored" => restored = Some(map.next_value()?),
                        "beside_favourable" => beside_favourable = Some(map.next_value()?),
                        id => {
                            let domain = Domain::from_id(id).ok_or_else(|| {
                                M::Error::custom(format!("[{id}] 不是 domains.toml 里的事项类别，也不是 overturned、year_end、across_the_board、restored、beside_favourable"))
                            })?;
                            domains.insert(domain, map.next_value()?);
                        }
                    }
                }
                Ok(RawOutcomes {
                    domains,
                    overturned: overturned.ok_or_else(|| M::Error::missing_field("overturned"))?,
                    year_end: year_end.ok_or_else(|| M::Error::missing_field("year_end"))?,
                    across_the_board: across_the_board.ok_or_else(|| M::Error::missing_field("across_the_board"))?,
                    restored: restored.unwrap_or_default(),
                    beside_favourable,
                })
            }
        }

        deserializer.deserialize_map(Tables)
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawWords {
    pub words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawBeside {
    pub plain: Vec<String>,
    pub names: Vec<String>,
    pub turning: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEveryday {
    pub words: Vec<String>,
    /// Without it, as in a site's own list from before it existed, no longer run names a matter.
    pub common: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAcrossTheBoard {
    pub words: Vec<String>,
    /// A site's own list from before these existed has none.
    #[serde(default)]
    pub everyone: Vec<String>,
    #[serde(default)]
    pub lowered: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOverturned {
    pub reversed: Vec<String>,
    pub withheld: Vec<String>,
    pub spared: Vec<String>,
    pub followed: Vec<String>,
    /// A site's own list from before these existed has none.
    #[serde(default)]
    pub bracketed: Vec<String>,
    #[serde(default)]
    pub harmless: Vec<String>,
    #[serde(default)]
    pub undoing: Vec<String>,
    #[serde(default)]
    pub undone: Vec<String>,
    #[serde(default)]
    pub below: Vec<String>,
    #[serde(default)]
    pub short: Vec<String>,
    #[serde(default)]
    pub through: Vec<String>,
    #[serde(default)]
    pub rung: Vec<String>,
    #[serde(default)]
    pub lowered: Vec<String>,
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
    /// A site's own list from before this one existed has none.
    #[serde(default)]
    pub procedure: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawInflected {
    pub within: Vec<String>,
    pub except: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawNegation {
    pub before: Vec<String>,
    pub after: Vec<String>,
    pub affirmed: Vec<String>,
    pub cancels: Vec<String>,
    pub between: Vec<String>,
    #[serde(default)]
    pub settled: Vec<String>,
    #[serde(default)]
    pub clears: Vec<String>,
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
    /// A site's own list from before this one existed has none.
    #[serde(default)]
    pub inflected: RawInflected,
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
    /// The word people see; needed of a kind that is none of the ten.
    pub name: Option<String>,
    /// Its lists name everybody of a unit.
    pub roster: Option<bool>,
    /// It is compared with a 影响期 by the year it is about and not by the day of its decision.
    pub by_year: Option<bool>,
    /// It is counted in money, and a fall of so many percent is none.
    pub tolerance: Option<u8>,
    pub titles: Vec<String>,
    pub categories: Vec<String>,
    pub headers: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawComparison {
    pub grades: RawGrades,
    pub stages: RawStages,
    /// A site's own list from before this one existed says nothing here.
    #[serde(default)]
    pub titles: RawTitles,
    /// Then the words of this program count.
    pub cadres: Option<RawCadres>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTitles {
    pub asides: Vec<String>,
    /// Where a site's own list does not say these two, the words of this program count.
    pub own: Option<Vec<String>>,
    pub called: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCadres {
    pub gone: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGrades {
    pub order: Vec<Vec<String>>,
    pub undetermined: Vec<String>,
    pub absent: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStages {
    pub names: Vec<String>,
    pub known: Vec<String>,
    pub withdrawn: String,
}
