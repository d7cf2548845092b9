//! How much the subject of a mail says. Subjects stand in lists and on locked screens, and mail servers keep them.

use serde::Deserialize;

/// What a subject names beside kind, number and day; the site decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    /// Nothing more.
    #[default]
    Number,
    /// The unit.
    Unit,
    /// The unit and the person.
    Person,
}

/// 保守国家秘密法, the three levels above 内部. What bears one of them has no place here; should it have got in, its mail
/// says no more than it must.
const LEVELS: [&str; 3] = ["绝密", "机密", "秘密"];

/// What a matter could be named by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// Its unit.
    pub unit: Option<String>,
    /// Its person.
    pub person: Option<String>,
    /// What else is on record about it: its number, its title.
    pub texts: Vec<String>,
}

impl Subject {
    /// What the subject of a mail says beside kind, number and day; `None` for nothing.
    pub fn about(self, named: &Named) -> Option<String> {
        let mut all = named.texts.iter().chain(&named.unit).chain(&named.person);
        if self == Self::Number || all.any(|text| LEVELS.iter().any(|level| text.contains(level))) {
            return None;
        }
        let person = named.person.as_deref().filter(|_| self == Self::Person);
        let parts: Vec<&str> = [named.unit.as_deref(), person]
            .into_iter()
            .flatten()
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_names_one_thing_more_and_a_level_above_internal_nothing() {
        let named = Named {
            unit: Some("云川市/住建局".to_owned()),
            person: Some("林甲".to_owned()),
            texts: vec!["RC-1".to_owned(), "加装电梯补贴误发".to_owned()],
        };
        let said = [Subject::Number, Subject::Unit, Subject::Person].map(|step| step.about(&named));
        let said: Vec<Option<&str>> = said.iter().map(Option::as_deref).collect();
        assert_eq!(said, [None, Some("云川市/住建局"), Some("云川市/住建局 林甲")]);
        assert_eq!(Subject::Person.about(&Named::default()), None);
        for mark in ["机密★5年", "（秘密）补贴误发", "绝密"] {
            let secret = Named {
                texts: vec![mark.to_owned()],
                ..named.clone()
            };
            assert_eq!(Subject::Person.about(&secret), None, "{mark}");
        }
    }
}
