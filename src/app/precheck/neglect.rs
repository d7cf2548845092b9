//! Sanctions for neglected rectification, by the people of the register they are about.

use crate::app::AppError;
use crate::domain::alert::folded;
use crate::domain::person::normal_name;
use crate::domain::protection::{NeglectFacts, PersonFacts};
use crate::store::{Tx, rectifications};

/// Those that can be told to be about somebody of the register: by name and unit, and about one person only.
pub(super) async fn of_people(tx: &mut Tx, people: &[PersonFacts]) -> Result<Vec<NeglectFacts>, AppError> {
    let mut out = Vec::new();
    for dealt in rectifications::dealt(tx).await? {
        let (name, unit) = (normal_name(&dealt.person), folded(&dealt.unit));
        let mut found = people.iter().filter(|person| {
            let home = person.roster_unit.as_deref().or(person.register_unit.as_deref());
            normal_name(&person.name) == name && home.is_some_and(|home| folded(home).starts_with(&unit))
        });
        if let (Some(person), None) = (found.next(), found.next()) {
            out.push(NeglectFacts {
                person: person.person.clone(),
                item: dealt.number,
                measure: dealt.measure,
                doc_no: dealt.doc_no,
                decided_on: dealt.decided_on,
            });
        }
    }
    Ok(out)
}
