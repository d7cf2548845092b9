//! How rectification is supervised, beside its limits and the ladder.

use super::NumberFrom;
use crate::domain::contact::Role;

/// Who accepts, and what neglect may lead to.
#[derive(Debug, Clone)]
pub struct RectificationRules {
    /// Clause it rests on.
    pub clause: String,
    /// Who may check and accept an item.
    pub accept_roles: Vec<Role>,
    /// What somebody may be dealt with for neglect, the mildest first.
    pub measures: Vec<String>,
    /// Whose rules these are.
    pub number_from: NumberFrom,
}

impl RectificationRules {
    /// Where a profile says nothing: the words of the clause, and whoever supervises.
    pub fn usual() -> Self {
        Self {
            clause: "三(三)".to_owned(),
            accept_roles: vec![Role::Supervisor, Role::SectionHead, Role::DeputyLeader, Role::Leader],
            measures: ["批评教育", "诫勉", "追责问责"].map(str::to_owned).to_vec(),
            number_from: NumberFrom::Local,
        }
    }
}
