//! Counts the people of a final list by unit and rank, for the hidden penalty report. No name is kept.

use super::{App, AppError};
use crate::domain::hidden::{Counted, Group, Mark, Measure, Side, gather, is_partial};
use crate::domain::person::{CadreStatus, CitizenId, normal_name};
use crate::domain::protection::list::List;
use crate::domain::protection::{
    CaseFacts, Grade, IdKey, JudgeOptions, OutcomeClass, Register, Surveyed, Watched, survey, watched,
};
use crate::store::{Tx, journal, peers, people};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Said of a rank that neither the list nor the roster tells.
const NO_RANK: &str = "未注明";

/// What came of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    /// Groups now known from this list.
    pub groups: u32,
    /// Lists of a unit whose counts are new or changed.
    pub changed: u32,
    /// Lists of a unit with fewer than half the people of the known one, whose counts stay.
    pub partial: u32,
    /// Rows that cannot be counted: they name no unit or no period.
    pub left_out: u32,
}

/// Counts a final list; the latest list of a unit, domain, period and item stands, unless it has
/// fewer than half the people.
pub async fn count(app: &App, list: &List, options: &JudgeOptions) -> Result<Kept, AppError> {
    let mut read = app.db.read().await?;
    let register = super::precheck::register(app, &mut read, list).await?;
    let key_of = |id: &CitizenId| IdKey(app.keys.lookup(id.reveal()));
    let rows = survey(list, &register, &app.vocabulary().words, options, &key_of)
        .map_err(|error| AppError::Input(error.to_string()))?;
    let mut kept = Kept::default();
    let mut counted = Vec::new();
    let mut listed: BTreeMap<Place, BTreeSet<usize>> = BTreeMap::new();
    for row in &rows {
        // What is decided later is no final result yet.
        if row.row.decided_on.is_some_and(|day| day > options.as_of) {
            continue;
        }
        let Some(measure) = Measure::of(row.domain) else {
            continue;
        };
        match one(app, measure, row, &register) {
            Taken::Counted(one) => {
                if let Some(person) = row.person {
                    listed.entry(place(&one)).or_default().insert(person);
                } else if measure.is_choice() {
                    listed.entry(place(&one)).or_default();
                }
                counted.push(one);
            }
            Taken::NotMeant => {}
            Taken::Unplaced => kept.left_out += 1,
        }
    }
    counted.extend(not_chosen(app, &mut read, &listed, &register, options).await?);
    read.rollback().await?;
    let mut by_list: BTreeMap<(String, Measure, String, String), Vec<Group>> = BTreeMap::new();
    for group in gather(counted) {
        let list = (
            group.unit.clone(),
            group.measure,
            group.period.clone(),
            group.item.clone(),
        );
        by_list.entry(list).or_default().push(group);
    }
    let mut tx = app.db.begin().await?;
    // What is read below is written back, so nobody may write in between.
    journal::take_turn(&mut tx).await?;
    for ((unit, measure, period, item), groups) in by_list {
        let known = peers::of_list(&mut tx, &unit, measure, &period, &item).await?;
        if is_partial(&groups, &known) {
            kept.partial += 1;
            continue;
        }
        kept.groups += u32::try_from(groups.len()).unwrap_or(u32::MAX);
        if known != groups {
            peers::replace(&mut tx, &groups, app.now()).await?;
            kept.changed += 1;
        }
    }
    tx.commit().await?;
    Ok(kept)
}

enum Taken {
    Counted(Counted),
    /// Neither protected nor a peer, or a result that is neither given nor withheld.
    NotMeant,
    /// Without unit or year.
    Unplaced,
}

type Place = (Measure, String, i32, String, String);

fn place(one: &Counted) -> Place {
    (
        one.measure,
        one.unit.clone(),
        one.year,
        one.period.clone(),
        one.item.clone(),
    )
}

fn one(app: &App, measure: Measure, row: &Surveyed<'_>, register: &Register) -> Taken {
    let (Some(side), Some(mark)) = (side(row.watched), mark(app, measure, row)) else {
        return Taken::NotMeant;
    };
    let (Some(unit), Some(year)) = (&row.unit, row.year) else {
        return Taken::Unplaced;
    };
    let known = row.person.map(|person| &register.people[person]);
    let rank = row
        .row
        .rank
        .as_deref()
        .or_else(|| known.and_then(|known| known.rank.as_deref()));
    let who = match (known, row.row.id.valid()) {
        (Some(known), _) => known.person.as_str().to_owned(),
        (None, Some(id)) => id.reveal().to_owned(),
        (None, None) => normal_name(&row.row.name),
    };
    // A year has several lists of choices, told apart by their day; their 事项 is each one's own post.
    let day = row.row.decided_on.map(|day| day.to_string());
    let (period, item) = if measure.is_choice() {
        (day.or_else(|| row.period.clone()), None)
    } else {
        (row.period.clone().or(day), row.row.item.clone())
    };
    Taken::Counted(Counted {
        who,
        unit: unit.clone(),
        rank: rank_of(rank),
        measure,
        year,
        period: period.unwrap_or_else(|| year.to_string()),
        item: item.unwrap_or_default(),
        side,
        mark,
    })
}

fn rank_of(said: Option<&str>) -> String {
    let plain: String = said.unwrap_or_default().split_whitespace().collect();
    if plain.is_empty() { NO_RANK.to_owned() } else { plain }
}

fn side(watched: Watched) -> Option<Side> {
    match watched {
        Watched::No => Some(Side::Peer),
        Watched::Fully => Some(Side::Protected),
        // A sanction that stands lowers what one gets by law: such a person is no measure for others.
        Watched::Otherwise => None,
    }
}

fn mark(app: &App, measure: Measure, row: &Surveyed<'_>) -> Option<Mark> {
    match measure {
        Measure::Excellent => match app.vocabulary().words.grade(row.row.result.as_deref()?)? {
            grade @ Grade::Rank(_) => Some(Mark::Given(grade == Grade::BEST)),
            // Took part and got nothing; who took no part could get nothing.
            Grade::Undetermined => Some(Mark::Given(false)),
            Grade::Absent => None,
        },
        Measure::Appointment | Measure::RankPromotion | Measure::TitlePromotion => {
            Some(Mark::Given(row.class == OutcomeClass::Favourable))
        }
        Measure::PerformancePay | Measure::Bonus => match row.sum {
            Some(sum) => Some(Mark::Sum(sum)),
            // 不发, 停发 and the like stand below every sum.
            None => (row.class == OutcomeClass::Adverse).then_some(Mark::Sum(0)),
        },
    }
}

/// The people of a unit whom a list of choices does not name: they were not chosen.
async fn not_chosen(
    app: &App,
    read: &mut Tx,
    listed: &BTreeMap<Place, BTreeSet<usize>>,
    register: &Register,
    options: &JudgeOptions,
) -> Result<Vec<Counted>, AppError> {
    let cases: HashMap<&str, &[CaseFacts]> = register
        .people
        .iter()
        .map(|known| (known.person.as_str(), known.cases.as_slice()))
        .collect();
    let mut out = Vec::new();
    for ((measure, unit, year, period, item), people) in listed.iter().filter(|((measure, ..), _)| measure.is_choice())
    {
        let named: BTreeSet<&str> = people.iter().map(|at| register.people[*at].person.as_str()).collect();
        for person in people::of_unit(read, unit).await? {
            let here = person.status.is_none_or(|status| status == CadreStatus::Active);
            if !here || named.contains(person.id.as_str()) {
                continue;
            }
            let own = cases.get(person.id.as_str()).copied().unwrap_or_default();
            let watched = watched(own, measure.domain(), None, options, &app.vocabulary().words);
            out.extend(side(watched).map(|side| Counted {
                who: person.id.as_str().to_owned(),
                unit: unit.clone(),
                rank: rank_of(person.rank.as_deref()),
                measure: *measure,
                year: *year,
                period: period.clone(),
                item: item.clone(),
                side,
                mark: Mark::Given(false),
            }));
        }
    }
    Ok(out)
}
