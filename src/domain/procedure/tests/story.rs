//! Cases told act by act.

use super::super::*;
use crate::domain::case::Conclusion;
use crate::domain::policy::{DEFAULT_PROFILE, Event, Guard, Policy};
use chrono::{Days, NaiveDate};

/// Day `n` of the story.
pub fn d(n: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 3, 3).expect("a day") + Days::new(n)
}

/// The day on which everything is told.
pub const TODAY: u64 = 600;

/// A case with what was accepted in it.
#[derive(Debug, Clone)]
pub struct Story {
    pub state: CaseState,
    pub acts: Vec<(Act, NaiveDate)>,
    pub policy: Policy,
}

impl Story {
    pub fn new() -> Self {
        Self::under(Policy::builtin())
    }

    pub fn under(policy: Policy) -> Self {
        Self {
            state: CaseState::default(),
            acts: Vec::new(),
            policy,
        }
    }

    pub fn attempt(&self, day: u64, act: &Act) -> Result<Accepted, Refused> {
        step(&self.state, &Dated { act, day: d(day) }, &self.policy, d(TODAY))
    }

    /// An act that must be possible.
    pub fn then(mut self, day: u64, act: Act) -> Self {
        let accepted = self
            .attempt(day, &act)
            .unwrap_or_else(|refused| panic!("{}: {refused}", act.zh(&Policy::builtin())));
        self.state = accepted.state;
        self.acts.push((act, d(day)));
        self
    }

    /// An act that must be possible, with what is said about it.
    pub fn warned(&self, day: u64, act: &Act) -> String {
        let accepted = self
            .attempt(day, act)
            .unwrap_or_else(|refused| panic!("{}: {refused}", act.zh(&Policy::builtin())));
        accepted.warnings.join("\n")
    }

    /// An act that must be impossible, with the reason.
    pub fn refused(&self, day: u64, act: &Act) -> String {
        match self.attempt(day, act) {
            Ok(_) => panic!(
                "{} on day {day} was accepted in {:?}",
                act.zh(&Policy::builtin()),
                self.state.stage
            ),
            Err(refused) => refused.0,
        }
    }
}

/// The built-in profile without some of its guards.
pub fn without(guards: &[Guard]) -> Policy {
    let mut lines: Vec<&str> = DEFAULT_PROFILE.lines().collect();
    for guard in guards {
        let id = format!("id = \"{}\"", guard.as_str());
        let at = lines
            .iter()
            .position(|line| *line == id)
            .expect("a guard of the profile");
        assert_eq!(lines[at - 1], "[[guard]]");
        lines.drain(at - 1..at + 3);
    }
    Policy::parse(&lines.join("\n")).expect("a profile need not have every guard")
}

pub fn statutes() -> Policy {
    Policy::parse(include_str!("../../../../config/policy/statutes.toml")).expect("valid")
}

pub fn text(text: &str) -> String {
    text.to_owned()
}

pub fn review(fits: bool) -> Act {
    Act::Review {
        fits,
        note: text("先行先试，未见谋私"),
    }
}

pub fn apply() -> Act {
    Act::Apply { by: Applicant::Cadre }
}

pub fn consider(aspect: Aspect, weight: Weight) -> Act {
    Act::Consider {
        aspect,
        weight,
        finding: text("经集体研究后推进"),
        evidence: text("会议记录 3 份"),
    }
}

pub fn report(fits: bool) -> Act {
    Act::Report {
        title: text("调查报告〔2025〕3号"),
        fits,
    }
}

pub fn meeting(minutes: &str) -> Meeting {
    Meeting {
        attendees: 7,
        minutes_no: text(minutes),
    }
}

pub fn decide() -> Act {
    Act::Decide {
        meeting: meeting("纪要 12"),
    }
}

pub fn conclude(conclusion: Conclusion) -> Act {
    Act::Conclude {
        conclusion,
        doc_no: Some(text("容错〔2025〕3号")),
        measure: None,
        basis: Some(text("问责条例第十七条")),
        mitigation: Some(text("追回全部款项")),
        approved_over: None,
    }
}

pub fn approval() -> Override {
    Override {
        by: text("市委主要负责人"),
        reason: text("动机已另案查清"),
        doc_no: text("特批〔2025〕1号"),
    }
}

pub fn conclude_over(conclusion: Conclusion, approval: Override) -> Act {
    let Act::Conclude {
        doc_no,
        measure,
        basis,
        mitigation,
        ..
    } = conclude(conclusion)
    else {
        unreachable!("a conclusion")
    };
    Act::Conclude {
        conclusion,
        doc_no,
        measure,
        basis,
        mitigation,
        approved_over: Some(approval),
    }
}

pub fn tell(to: Told) -> Act {
    Act::Tell {
        to,
        receipt: Some(text("送达 1")),
    }
}

pub fn explain() -> Act {
    Act::Explain {
        reasons: text("问题性质属于有令不行"),
    }
}

pub fn archive(into: Archive, receipt: &str) -> Act {
    Act::Archive {
        into,
        receipt: Some(text(receipt)),
    }
}

pub fn revoke() -> Act {
    Act::Revoke {
        doc_no: text("容错撤〔2025〕1号"),
        reason: text("发现隐瞒重要事实"),
        meeting: meeting("纪要 40"),
    }
}

pub fn withdraw() -> Act {
    Act::Withdraw {
        reason: text("本人书面撤回"),
    }
}

pub fn terminate() -> Act {
    Act::Terminate {
        reason: text("问责程序已经撤销"),
    }
}

pub fn remedy() -> Act {
    Act::Remedy {
        measures: text("重新招标"),
    }
}

pub fn guide() -> Act {
    Act::Guide {
        content: text("谈心谈话"),
    }
}

pub fn open_clarification() -> Act {
    Act::OpenClarification {
        reported: text("反映违规发放补贴"),
    }
}

pub fn refer() -> Act {
    Act::Refer {
        to: text("公安机关"),
        doc_no: text("移送〔2025〕2号"),
    }
}

pub fn clarify(reach: Reach, consent: bool) -> Act {
    Act::Clarify {
        verified_by: text("核实组"),
        form: text("会议通报"),
        reach,
        consent,
        doc_no: Some(text("澄清〔2025〕1号")),
    }
}

pub fn amend(changes: Changes) -> Act {
    Act::Amend {
        changes,
        reason: text("登记时漏填"),
    }
}

pub fn record(event: Event) -> Act {
    Act::Record {
        event,
        note: text("已核对"),
    }
}

pub fn correct(event: Event) -> Act {
    Act::Correct {
        event,
        reason: text("登记时看错了日期"),
    }
}

/// 六看 one after the other, all speaking for tolerance.
pub fn six(mut story: Story, day: u64) -> Story {
    for aspect in Aspect::ALL {
        story = story.then(day, consider(aspect, Weight::For));
    }
    story
}

/// Started by the organ, being looked into since day 2.
pub fn open() -> Story {
    open_under(Policy::builtin())
}

pub fn open_under(policy: Policy) -> Story {
    Story::under(policy)
        .then(0, Act::StartAccountability)
        .then(2, review(true))
}

/// Applied for on day 0, accepted on day 3.
pub fn accepted() -> Story {
    Story::new().then(0, apply()).then(3, Act::Accept)
}

/// With the report of day 20.
pub fn reported() -> Story {
    six(open(), 10).then(20, report(true))
}

/// With the meeting of day 25.
pub fn decided() -> Story {
    reported().then(25, decide())
}

/// The same, but the motive was private gain.
pub fn grave() -> Story {
    six(open(), 10)
        .then(11, consider(Aspect::Motive, Weight::ForGain))
        .then(20, report(true))
        .then(25, decide())
}

/// Exonerated on day 26.
pub fn concluded() -> Story {
    decided().then(26, conclude(Conclusion::Exempted))
}

/// Not tolerated on day 26.
pub fn not_tolerated() -> Story {
    decided().then(26, conclude(Conclusion::NotTolerated))
}

/// A report being verified since day 0.
pub fn clarifying() -> Story {
    Story::new().then(0, open_clarification())
}

/// Cleared on day 10.
pub fn clarified() -> Story {
    clarifying().then(10, clarify(Reach::Unit, true))
}

/// Revoked on day 60.
pub fn revoked() -> Story {
    concluded().then(60, revoke())
}
