//! Who is told: the contacts of a unit by role, deputies for those who are away, and the units
//! above when nobody is there.

use crate::domain::contact::{Role, mailbox, same_mailbox};
use crate::domain::person::normal_name;
use std::collections::BTreeSet;

/// A contact as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// 单位
    pub unit: String,
    /// 姓名
    pub name: String,
    /// 角色
    pub role: Role,
    /// 邮箱
    pub email: Option<String>,
    /// 代理人
    pub deputy: Option<String>,
    /// 停用
    pub disabled: bool,
}

/// A person an alert goes to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recipient {
    /// 邮箱
    pub email: String,
    /// 姓名
    pub name: String,
    /// The role that made them a recipient.
    pub role: Role,
}

/// Finds the people of `roles` for `unit`, else of the units above it, else of the root unit, else any
/// administrator. Each address appears once. Empty: nobody can be told. `person` is whoever 责任人 means.
pub fn resolve(contacts: &[Contact], unit: Option<&str>, roles: &[Role], person: Option<&str>) -> Vec<Recipient> {
    let mut found: Vec<Recipient> = Vec::new();
    for role in roles {
        let holders = match role {
            Role::Responsible => responsible(contacts, unit, person),
            _ => holders(contacts, unit, *role),
        };
        for recipient in holders {
            if !found.iter().any(|known| same_mailbox(&known.email, &recipient.email)) {
                found.push(recipient);
            }
        }
    }
    if found.is_empty() {
        found = contacts
            .iter()
            .filter(|c| c.role == Role::Administrator)
            .filter_map(|c| reachable(c, contacts))
            .collect();
        let mut told = BTreeSet::new();
        found.retain(|one| told.insert(mailbox(&one.email)));
    }
    found
}

/// Somebody who should be told and cannot be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// The unit whose contact was looked for.
    pub unit: String,
    /// The role that was to be told.
    pub role: Role,
    /// Whoever holds it without an address; `None`: nobody holds it, there or above.
    pub name: Option<String>,
}

/// Whom a reminder to these roles of a unit does not reach.
pub fn gaps(contacts: &[Contact], unit: Option<&str>, roles: &[Role]) -> Vec<Gap> {
    let Some(unit) = unit else {
        return Vec::new();
    };
    let own = folded(unit);
    let mut gaps = Vec::new();
    // Whoever is responsible is found by name, and every site has administrators of its own choice.
    let looked_for = roles
        .iter()
        .filter(|role| !matches!(role, Role::Responsible | Role::Administrator));
    for role in looked_for {
        let gap = |name: Option<&str>| Gap {
            unit: unit.trim().trim_end_matches('/').to_owned(),
            role: *role,
            name: name.map(str::to_owned),
        };
        let here = contacts.iter().filter(|c| c.role == *role && folded(&c.unit) == own);
        let unreached: Vec<Gap> = here
            .filter(|c| reachable(c, contacts).is_none())
            .map(|c| gap(Some(&c.name)))
            .collect();
        if unreached.is_empty() && holders(contacts, Some(unit), *role).is_empty() {
            gaps.push(gap(None));
        }
        gaps.extend(unreached);
    }
    gaps
}

/// Whoever an item names, among the contacts of its unit; the unit's liaison where there is no such contact.
fn responsible(contacts: &[Contact], unit: Option<&str>, person: Option<&str>) -> Vec<Recipient> {
    let named = person.map(normal_name).and_then(|name| {
        let own = unit.map(folded);
        contacts
            .iter()
            .filter(|c| normal_name(&c.name) == name && own.as_ref().is_none_or(|own| folded(&c.unit) == *own))
            .find_map(|c| reachable(c, contacts))
    });
    match named {
        Some(recipient) => vec![Recipient {
            role: Role::Responsible,
            ..recipient
        }],
        None => holders(contacts, unit, Role::UnitLiaison),
    }
}

fn holders(contacts: &[Contact], unit: Option<&str>, role: Role) -> Vec<Recipient> {
    for candidate in chain(contacts, unit) {
        let here: Vec<Recipient> = contacts
            .iter()
            .filter(|c| c.role == role && folded(&c.unit) == candidate)
            .filter_map(|c| reachable(c, contacts))
            .collect();
        if !here.is_empty() {
            return here;
        }
    }
    Vec::new()
}

/// The unit itself, the units above it, and the root unit of the contact list, folded.
fn chain(contacts: &[Contact], unit: Option<&str>) -> Vec<String> {
    let mut units = Vec::new();
    if let Some(unit) = unit {
        let mut path = unit.trim().trim_end_matches('/');
        loop {
            units.push(folded(path));
            match path.rfind('/') {
                Some(cut) => path = &path[..cut],
                None => break,
            }
        }
        let own = folded(unit);
        let mut above: Vec<String> = contacts
            .iter()
            .map(|c| folded(&c.unit))
            .filter(|other| own.starts_with(other.as_str()) && *other != own)
            .collect();
        above.sort_by_key(|other| std::cmp::Reverse(other.len()));
        units.extend(above);
    }
    units.extend(root(contacts));
    units.dedup();
    units
}

/// The unit with the fewest path segments, the shortest name among equals.
fn root(contacts: &[Contact]) -> Option<String> {
    let top = contacts
        .iter()
        .map(|c| c.unit.as_str())
        .min_by_key(|unit| (unit.matches('/').count(), unit.chars().count(), *unit))?;
    Some(folded(top))
}

/// Who is told in the end when this contact is to be: the contact, or whoever stands in; `None`: nobody.
pub fn reachable(contact: &Contact, contacts: &[Contact]) -> Option<Recipient> {
    if !contact.disabled {
        let email = contact.email.clone()?;
        return Some(Recipient {
            email,
            name: contact.name.clone(),
            role: contact.role,
        });
    }
    let deputy = contact.deputy.as_deref().map(normal_name)?;
    let stand_in = contacts
        .iter()
        .find(|c| !c.disabled && c.email.is_some() && normal_name(&c.name) == deputy)?;
    Some(Recipient {
        email: stand_in.email.clone()?,
        name: stand_in.name.clone(),
        role: contact.role,
    })
}

/// A unit as units are compared: one width, no blanks, no slashes.
pub fn folded(unit: &str) -> String {
    normal_name(unit).replace('/', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(unit: &str, name: &str, role: Role) -> Contact {
        Contact {
            unit: unit.into(),
            name: name.into(),
            role,
            email: Some(format!("{name}@example.org")),
            deputy: None,
            disabled: false,
        }
    }

    fn names(found: &[Recipient]) -> Vec<&str> {
        found.iter().map(|r| r.name.as_str()).collect()
    }

    #[test]
    fn the_unit_s_own_people_come_first_then_those_above() {
        let contacts = [
            contact("临江市", "甲", Role::Handler),
            contact("临江市/纪委监委", "乙", Role::Handler),
            contact("临江市", "丙", Role::SectionHead),
        ];
        let found = resolve(
            &contacts,
            Some("临江市/纪委监委"),
            &[Role::Handler, Role::SectionHead],
            None,
        );
        assert_eq!(names(&found), ["乙", "丙"]);
        assert_eq!(names(&resolve(&contacts, Some("别处"), &[Role::Handler], None)), ["甲"]);
        assert_eq!(names(&resolve(&contacts, None, &[Role::Handler], None)), ["甲"]);
    }

    #[test]
    fn a_deputy_stands_in_for_whoever_is_away() {
        let mut away = contact("临江市", "甲", Role::Handler);
        away.disabled = true;
        away.deputy = Some("乙".into());
        let contacts = [away, contact("临江市/别处", "乙", Role::UnitLiaison)];
        assert_eq!(names(&resolve(&contacts, None, &[Role::Handler], None)), ["乙"]);
    }

    #[test]
    fn whoever_is_responsible_is_found_by_name_else_the_liaison() {
        let contacts = [
            contact("临江市/水务局", "甲", Role::SectionHead),
            contact("临江市/水务局", "乙", Role::UnitLiaison),
            contact("临江市/别处", "丙", Role::SectionHead),
        ];
        let told = |person| resolve(&contacts, Some("临江市/水务局"), &[Role::Responsible], person);
        assert_eq!(names(&told(Some("甲"))), ["甲"]);
        assert_eq!(told(Some("甲"))[0].role, Role::Responsible);
        assert_eq!(names(&told(Some("丙"))), ["乙"]);
        assert_eq!(names(&told(None)), ["乙"]);
    }

    #[test]
    fn a_role_nobody_holds_and_a_holder_without_an_address_are_gaps() {
        let mut silent = contact("临江市/水务局", "甲", Role::UnitLiaison);
        silent.email = None;
        let contacts = [silent, contact("临江市", "乙", Role::Handler)];
        let found = gaps(
            &contacts,
            Some("临江市/水务局"),
            &[Role::UnitLiaison, Role::Handler, Role::DeputyLeader, Role::Responsible],
        );
        let told: Vec<(Role, Option<&str>)> = found.iter().map(|gap| (gap.role, gap.name.as_deref())).collect();
        // The handler above answers for the unit.
        assert_eq!(told, [(Role::UnitLiaison, Some("甲")), (Role::DeputyLeader, None)]);
        assert!(gaps(&contacts, None, &[Role::DeputyLeader]).is_empty());
    }

    #[test]
    fn one_address_is_told_once_and_nobody_is_nobody() {
        let contacts = [
            contact("临江市", "甲", Role::Handler),
            contact("临江市", "甲", Role::SectionHead),
        ];
        assert_eq!(
            resolve(&contacts, None, &[Role::Handler, Role::SectionHead], None).len(),
            1
        );
        assert!(resolve(&[], Some("临江市"), &[Role::Handler], None).is_empty());
        let only_admin = [contact("临江市", "管", Role::Administrator)];
        assert_eq!(names(&resolve(&only_admin, None, &[Role::Handler], None)), ["管"]);
    }
}
