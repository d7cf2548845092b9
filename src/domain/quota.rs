//! How many 优秀 an appraisal list has against the usual share. Information only: who is not 优秀 has lost nothing.

use super::policy::NumberFrom;
use super::protection::list::Tally;
use super::protection::{Grade, Words};

/// The usual share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// Percent of those who were graded.
    pub percent: u8,
    /// Percent with approval.
    pub with_approval: u8,
    /// Where the numbers come from, in words.
    pub basis: String,
    /// Whether they stand in the policy.
    pub number_from: NumberFrom,
}

/// The grades of one sheet, counted over all its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Appraised {
    /// Sheet; `None` for delimited text.
    pub sheet: Option<String>,
    /// Unit, where the list names one.
    pub unit: Option<String>,
    /// Rows with a grade; only these are participants.
    pub participants: u32,
    /// 优秀 among them.
    pub excellent: u32,
    /// Took part, no grade set.
    pub undetermined: u32,
    /// Took no part.
    pub absent: u32,
    /// Rows whose words no rule knows.
    pub unknown: u32,
}

/// How a count stands to the share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// At most the usual share.
    Within,
    /// Above the usual share, at most the share with approval.
    WithApproval,
    /// Above both.
    Over,
}

impl Standing {
    /// The word other programs read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Within => "within",
            Self::WithApproval => "with_approval",
            Self::Over => "over",
        }
    }

    /// The words people see.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Within => "没有超过",
            Self::WithApproval => "超过平常的比例，须经批准",
            Self::Over => "超过经批准的比例",
        }
    }
}

impl Appraised {
    /// Counts the grades of a sheet; `None` when too many different words stand there to be grades.
    pub fn of(tally: &Tally, words: &Words) -> Option<Self> {
        let mut out = Self::default();
        for (word, count) in &tally.counts {
            match words.grade(word) {
                Some(Grade::Rank(_)) => out.participants += count,
                Some(Grade::Undetermined) => out.undetermined += count,
                Some(Grade::Absent) => out.absent += count,
                None => out.unknown += count,
            }
            if words.grade(word) == Some(Grade::BEST) {
                out.excellent += count;
            }
        }
        (!tally.cut && out.participants > 0).then_some(out)
    }
}

impl Quota {
    /// The share where a profile does not say.
    pub fn usual() -> Self {
        Self {
            percent: 20,
            with_approval: 25,
            basis: "公务员、事业单位考核的通行比例（待核实）".to_owned(),
            number_from: NumberFrom::Local,
        }
    }

    /// The most 优秀 among so many, and the most with approval; parts of a person do not count.
    pub fn limits(&self, participants: u32) -> (u32, u32) {
        let of = |percent: u8| u64::from(participants) * u64::from(percent) / 100;
        (of(self.percent) as u32, of(self.with_approval) as u32)
    }

    /// How a sheet stands to the share.
    pub fn standing(&self, appraised: &Appraised) -> Standing {
        let (limit, with_approval) = self.limits(appraised.participants);
        if appraised.excellent <= limit {
            Standing::Within
        } else if appraised.excellent <= with_approval {
            Standing::WithApproval
        } else {
            Standing::Over
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(counts: &[(&str, u32)]) -> Tally {
        Tally {
            counts: counts
                .iter()
                .map(|(word, count)| ((*word).to_owned(), *count))
                .collect(),
            cut: false,
        }
    }

    #[test]
    fn only_those_with_a_grade_take_part() {
        let words = Words::builtin();
        let list = tally(&[
            ("优秀", 11),
            ("称职", 37),
            ("基本称职", 1),
            ("不称职", 1),
            ("不确定等次", 2),
            ("未参加考核", 3),
            ("详见附件", 1),
        ]);
        let counted = Appraised::of(&list, &words).expect("an appraisal");
        assert_eq!((counted.participants, counted.excellent), (50, 11));
        assert_eq!((counted.undetermined, counted.absent, counted.unknown), (2, 3, 1));
        assert_eq!(Quota::usual().limits(50), (10, 12));
        assert_eq!(Quota::usual().standing(&counted), Standing::WithApproval);
        assert_eq!(Appraised::of(&tally(&[("5000", 3)]), &words), None);
        let cut = Tally { cut: true, ..list };
        assert_eq!(Appraised::of(&cut, &words), None);
    }

    #[test]
    fn parts_of_a_person_do_not_count() {
        let quota = Quota::usual();
        for (participants, limits) in [
            (0, (0, 0)),
            (4, (0, 1)),
            (5, (1, 1)),
            (9, (1, 2)),
            (4_000_000_000, (800_000_000, 1_000_000_000)),
        ] {
            assert_eq!(quota.limits(participants), limits, "{participants}");
        }
        let with = |excellent| Appraised {
            participants: 9,
            excellent,
            ..Appraised::default()
        };
        assert_eq!(quota.standing(&with(1)), Standing::Within);
        assert_eq!(quota.standing(&with(2)), Standing::WithApproval);
        assert_eq!(quota.standing(&with(3)), Standing::Over);
    }
}
