//! Reports over what is stored: numbers for a person to judge, without names.

mod show;

pub use show::p_zh;

use super::{App, AppError};
use crate::domain::account::Scope;
use crate::domain::hidden::{Comparison, Thresholds, compare};
use crate::domain::unit::{Relation, Units};
use crate::store::{peers, people};

/// The hidden penalty report.
#[derive(Debug, Clone)]
pub struct HiddenPenalty {
    /// First year.
    pub from: i32,
    /// Last year.
    pub to: i32,
    /// The unit with those below it; `None`: all.
    pub unit: Option<String>,
    /// When it says something.
    pub thresholds: Thresholds,
    /// What was compared.
    pub measures: Vec<Comparison>,
}

/// Compares protected cadres with their peers over some years, both included.
pub async fn hidden_penalty(app: &App, from: i32, to: i32, unit: Option<&str>) -> Result<HiddenPenalty, AppError> {
    hidden_penalty_seen(app, &Scope::WHOLE, from, to, unit).await
}

/// The same over the units that somebody sees.
pub async fn hidden_penalty_seen(
    app: &App,
    scope: &Scope,
    from: i32,
    to: i32,
    unit: Option<&str>,
) -> Result<HiddenPenalty, AppError> {
    if from > to {
        return Err(AppError::Input(format!("起止年份颠倒：{from}—{to}")));
    }
    let mut tx = app.db.read().await?;
    let mut groups = peers::of_years(&mut tx, from, to, scope).await?;
    let units = Units::new(&people::units(&mut tx).await?);
    tx.rollback().await?;
    let unit = unit.map(|unit| units.find_exact(unit).unwrap_or(unit).to_owned());
    if let Some(unit) = &unit {
        groups.retain(|group| match units.relation(&group.unit, unit) {
            Relation::Same => true,
            Relation::Line => group.unit.len() > unit.len(),
            Relation::Apart => false,
        });
    }
    Ok(HiddenPenalty {
        from,
        to,
        unit: unit.or_else(|| scope.unit().map(str::to_owned)),
        thresholds: app.policy.hidden_penalty.clone(),
        measures: compare(&groups, &app.policy.hidden_penalty),
    })
}
