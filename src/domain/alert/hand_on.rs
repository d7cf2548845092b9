//! A reader hands the reminders of one matter on: to somebody of their own unit, of one below it, or their deputy.

use super::{Contact, Recipient, is_of};
use crate::domain::contact::{Role, same_mailbox};
use crate::domain::ids::hex;
use crate::domain::person::normal_name;
use crate::domain::time::Moment;
use sha2::{Digest, Sha256};

/// Somebody reads the reminders of one matter in another's place until it is settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOn {
    /// Id of the obligation.
    pub obligation: String,
    /// Address of whoever handed on.
    pub from_email: String,
    /// Their name.
    pub from_name: String,
    /// Unit of whoever reads now.
    pub to_unit: String,
    /// Who reads now.
    pub to: Recipient,
    /// Why.
    pub reason: String,
    /// Since when.
    pub at: Moment,
}

impl HandOn {
    /// In words.
    pub fn zh(&self) -> String {
        format!(
            "{}交由{}{}「{}」接收提醒：{}",
            self.from_name,
            self.to_unit,
            self.to.role.zh(),
            self.to.name,
            self.reason
        )
    }
}

/// What a form sends for a contact: it says neither address nor name.
pub fn key_of(contact: &Contact) -> String {
    let said = format!("{}|{}|{}", contact.unit, contact.name, contact.role.zh());
    hex(&Sha256::digest(said)[..6])
}

/// Who may read in a reader's place: those of the reader's units first, then those below, and the reader's deputies.
pub fn others<'a>(contacts: &'a [Contact], reader: &str) -> Vec<&'a Contact> {
    let own: Vec<&Contact> = contacts
        .iter()
        .filter(|contact| !contact.disabled && has(contact, reader))
        .collect();
    let same = |contact: &Contact| {
        own.iter()
            .any(|own| is_of(&own.unit, &contact.unit) && is_of(&contact.unit, &own.unit))
    };
    let deputy = |contact: &Contact| {
        let mut named = own.iter().filter_map(|own| own.deputy.as_deref());
        named.any(|deputy| normal_name(deputy) == normal_name(&contact.name))
    };
    let mut found: Vec<&Contact> = contacts
        .iter()
        .filter(|contact| !contact.disabled && contact.email.is_some() && !has(contact, reader))
        .filter(|contact| own.iter().any(|own| is_of(&contact.unit, &own.unit)) || deputy(contact))
        // Whom an item means by 责任人 is a contact under another role.
        .filter(|contact| contact.role != Role::Responsible)
        .collect();
    found.sort_by_key(|contact| {
        (
            !same(contact),
            contact.unit.as_str(),
            contact.role,
            contact.name.as_str(),
        )
    });
    found
}

fn has(contact: &Contact, email: &str) -> bool {
    contact.email.as_deref().is_some_and(|own| same_mailbox(own, email))
}

/// The readers as they are after what was handed on. Somebody who can no longer be told reads for nobody.
pub fn in_place(told: Vec<Recipient>, handed_on: &[HandOn], contacts: &[Contact]) -> Vec<Recipient> {
    let reads = |email: &str| contacts.iter().any(|contact| !contact.disabled && has(contact, email));
    let mut out: Vec<Recipient> = Vec::new();
    for mut reader in told {
        // Whoever was handed it may have handed it on; nobody hands it back.
        for _ in 0..handed_on.len() {
            let next = handed_on
                .iter()
                .find(|one| same_mailbox(&one.from_email, &reader.email) && reads(&one.to.email));
            match next {
                Some(next) => reader = next.to.clone(),
                None => break,
            }
        }
        if !out.iter().any(|known| same_mailbox(&known.email, &reader.email)) {
            out.push(reader);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(unit: &str, name: &str, role: Role) -> Contact {
        Contact {
            unit: unit.to_owned(),
            name: name.to_owned(),
            role,
            email: Some(format!("{name}@x.example")),
            deputy: None,
            disabled: false,
        }
    }

    fn handed(from: &str, to: &str) -> HandOn {
        HandOn {
            obligation: "o".to_owned(),
            from_email: format!("{from}@x.example"),
            from_name: from.to_owned(),
            to_unit: "云川市/住建局".to_owned(),
            to: Recipient {
                email: format!("{to}@x.example"),
                name: to.to_owned(),
                role: Role::Handler,
            },
            reason: "出差".to_owned(),
            at: Moment::from_millis(0),
        }
    }

    #[test]
    fn others_are_of_the_unit_or_below_it_or_a_deputy_and_never_above() {
        let mut head = contact("云川市/住建局", "甲", Role::UnitLiaison);
        head.deputy = Some("己".to_owned());
        let mut away = contact("云川市/住建局", "丁", Role::Handler);
        away.disabled = true;
        let contacts = [
            head,
            contact("云川市/住建局/质监站", "乙", Role::Handler),
            contact("云川市/住建局", "丙", Role::Handler),
            away,
            contact("云川市/住建局二处", "戊", Role::Handler),
            contact("云川市/财政局", "己", Role::Handler),
            contact("云川市", "庚", Role::Leader),
        ];
        let names = |reader: &str| -> Vec<String> {
            let found = others(&contacts, &format!("{reader}@X.example"));
            found.into_iter().map(|one| one.name.clone()).collect()
        };
        assert_eq!(names("甲"), ["丙", "乙", "己"]);
        assert!(names("乙").is_empty(), "nobody above");
        assert!(names("nobody").is_empty());
    }

    #[test]
    fn reminders_follow_from_hand_to_hand_and_end_with_whoever_can_be_told() {
        let contacts = [
            contact("云川市", "甲", Role::Handler),
            contact("云川市", "乙", Role::Handler),
            contact("云川市", "丙", Role::Handler),
        ];
        let told = |names: &[&str]| -> Vec<Recipient> { names.iter().map(|name| handed("x", name).to).collect() };
        let after = |readers: &[&str], handed_on: &[HandOn], contacts: &[Contact]| -> Vec<String> {
            let found = in_place(told(readers), handed_on, contacts);
            found.into_iter().map(|one| one.name).collect()
        };
        let chain = [handed("甲", "乙"), handed("乙", "丙")];
        assert_eq!(after(&["甲", "丙"], &chain, &contacts), ["丙"], "once");
        assert_eq!(after(&["甲"], &chain, &contacts[..2]), ["乙"], "丙 cannot be told");
        assert_eq!(after(&["甲"], &chain, &contacts[..1]), ["甲"]);
        let round = [handed("甲", "乙"), handed("乙", "甲")];
        assert_eq!(after(&["甲"], &round, &contacts).len(), 1, "no end is an end");
    }
}
