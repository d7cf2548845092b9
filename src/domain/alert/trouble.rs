//! What a reminder that reaches nobody is known by: the natural key of the obligation that somebody else gets of it.

use super::{Gap, folded};
use crate::domain::contact::{Role, mailbox};

/// Who could not be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// A role nobody holds, or whose holder has no address.
    Contact {
        /// The unit, folded.
        unit: String,
        /// The role.
        role: Role,
        /// Its holder, where there is one.
        name: Option<String>,
    },
    /// A mail that was refused for good.
    Mail {
        /// Id of the mail.
        mail: String,
        /// The role of its reader; none for somebody outside the contacts.
        role: Option<Role>,
        /// The mailbox or channel that refused it.
        recipient: String,
    },
}

impl Trouble {
    /// What a gap makes.
    pub fn of_gap(gap: &Gap) -> Self {
        Self::Contact {
            unit: folded(&gap.unit),
            role: gap.role,
            name: gap.name.clone(),
        }
    }

    /// What a refused mail makes.
    pub fn of_mail(mail: &str, role: Option<Role>, recipient: &str) -> Self {
        Self::Mail {
            mail: mail.to_owned(),
            role,
            recipient: mailbox(recipient),
        }
    }

    /// The natural key.
    pub fn key(&self) -> String {
        match self {
            Self::Contact { unit, role, name } => {
                format!("contact|{unit}|{}|{}", role.zh(), name.as_deref().unwrap_or(""))
            }
            Self::Mail { mail, role, recipient } => {
                format!("mail|{mail}|{}|{recipient}", role.map_or("", Role::zh))
            }
        }
    }

    /// Reads a natural key; `None` for that of anything else. A unit or a name may hold the sign that parts the key.
    pub fn of_key(key: &str) -> Option<Self> {
        let (sort, rest) = key.split_once('|')?;
        match sort {
            "contact" => rest.match_indices('|').find_map(|(at, _)| {
                let (role, name) = rest[at + 1..].split_once('|')?;
                Some(Self::Contact {
                    unit: rest[..at].to_owned(),
                    role: Role::from_zh(role)?,
                    name: (!name.is_empty()).then(|| name.to_owned()),
                })
            }),
            "mail" => {
                let mut parts = rest.splitn(3, '|');
                let (mail, role, recipient) = (parts.next()?, parts.next()?, parts.next()?);
                Some(Self::Mail {
                    mail: mail.to_owned(),
                    role: Role::from_zh(role),
                    recipient: recipient.to_owned(),
                })
            }
            _ => None,
        }
    }

    /// The role that should have been told.
    pub fn role(&self) -> Option<Role> {
        match self {
            Self::Contact { role, .. } => Some(*role),
            Self::Mail { role, .. } => *role,
        }
    }

    /// The mailbox that takes nothing.
    pub fn refused(&self) -> Option<&str> {
        match self {
            Self::Contact { .. } => None,
            Self::Mail { recipient, .. } => Some(recipient),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_what_it_was_made_of() {
        let gap = |unit: &str, name: Option<&str>| Gap {
            unit: unit.to_owned(),
            role: Role::Handler,
            name: name.map(str::to_owned),
        };
        let all = [
            Trouble::of_gap(&gap("云川市/住建局", None)),
            Trouble::of_gap(&gap("云川市|住建局", Some("何|收文"))),
            Trouble::of_mail("0af3", Some(Role::SectionHead), "He@x.example"),
            Trouble::of_mail("0af3", None, "channel:duty"),
        ];
        for one in all {
            assert_eq!(Trouble::of_key(&one.key()).as_ref(), Some(&one), "{}", one.key());
        }
        // As they stand in databases.
        let stored = Trouble::of_key("contact|云川市住建局|经办|何收文").expect("a key");
        assert_eq!((stored.role(), stored.refused()), (Some(Role::Handler), None));
        let stored = Trouble::of_key("mail|0af3||he@x.example").expect("a key");
        assert_eq!((stored.role(), stored.refused()), (None, Some("he@x.example")));
        for other in [
            "",
            "contact",
            "contact|云川市|谁|",
            "mail|0af3",
            "case:1:archive",
            "gap|a|经办|b",
        ] {
            assert_eq!(Trouble::of_key(other), None, "{other}");
        }
    }
}
