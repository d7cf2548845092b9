//! Sanctions for neglected rectification, by the people of the register they are about.

use crate::domain::alert::folded;
use crate::domain::person::normal_name;
use crate::domain::protection::{NeglectFacts, PersonFacts};
use crate::store::rectifications::DealtWith;
use std::collections::HashMap;

/// Those that can be told to be about somebody of the register: by name and unit, and about one person only.
pub(super) fn of_people(dealt: Vec<DealtWith>, people: &[PersonFacts]) -> Vec<NeglectFacts> {
    let mut by_name: HashMap<String, Vec<&PersonFacts>> = HashMap::new();
    if !dealt.is_empty() {
        for person in people {
            by_name.entry(normal_name(&person.name)).or_default().push(person);
        }
    }
    let mut out = Vec::new();
    for dealt in dealt {
        let unit = folded(&dealt.unit);
        let mut found = by_name
            .get(&normal_name(&dealt.person))
            .into_iter()
            .flatten()
            .filter(|person| {
                let home = person.home();
                home.is_some_and(|home| folded(home).starts_with(&unit))
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
    out
}
