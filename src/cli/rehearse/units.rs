//! Made-up units and how they go about their items: most in time, some late, some not at all before they are pushed.

use super::Rehearsal;
use super::dice::Dice;
use crate::cli::output::Failure;
use crate::domain::calendar::Calendar;
use crate::domain::contact::Role;
use crate::domain::rectification::{Act, Evidence, Facts, Listed, RectificationRecord};
use chrono::{Days, NaiveDate};

pub(super) const SITE: &str = "云川市委督查室";
const SUPERVISOR: &str = "云川市/市委督查室";
const UNITS: [&str; 8] = [
    "住房和城乡建设局",
    "水务局",
    "农业农村局",
    "交通运输局",
    "生态环境局",
    "教育局",
    "民政局",
    "市场监督管理局",
];
/// People of a unit who are responsible for items.
const PEOPLE: u32 = 4;

/// How a unit goes about an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Done in time.
    Prompt,
    /// Asks for another day in time, then does it.
    Extends,
    /// Asks for another day when it is too late.
    AsksTooLate,
    /// Done some working days late.
    Late,
    /// Never done.
    Neglects,
    /// Hands in something that is returned once.
    Sloppy,
    /// Done, and comes back later.
    Relapses,
    /// 长期坚持
    Standing,
}

/// What is done on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Deed {
    Issue,
    Receive,
    Report(u8),
    Attach,
    Ask,
    Accept,
    Return,
    Extend(NaiveDate),
    Grant,
    Refuse,
    Relapse(NaiveDate),
    Visit,
    Confirm,
}

/// An item with what will be done about it.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    pub(super) number: String,
    pub(super) unit: String,
    pub(super) person: String,
    pub(super) due: Option<NaiveDate>,
    manner: Manner,
    /// Days to come with what is done then, in order of being planned.
    ahead: Vec<(NaiveDate, Deed)>,
    dice: Dice,
    returned: bool,
    relapsed: bool,
}

fn unit(at: u32) -> String {
    format!("云川市/{}", UNITS[at as usize % UNITS.len()])
}

fn person(unit: u32, at: u32) -> String {
    let family = ["程", "乔", "苏", "贺", "陆", "闻", "简", "戚"][unit as usize % 8];
    let given = ["砺", "念之", "明远", "知秋"][at as usize % 4];
    format!("{family}{given}")
}

pub(super) fn address(unit: &str, name: &str) -> String {
    let mut hash: u32 = 2_166_136_261;
    for byte in unit.bytes().chain(name.bytes()) {
        hash = (hash ^ u32::from(byte)).wrapping_mul(16_777_619);
    }
    format!("u{hash:08x}@example.org")
}

/// Everybody who is told something.
pub(super) fn contacts() -> Vec<(String, String, Role)> {
    let mut all = vec![
        (SUPERVISOR.to_owned(), "沈督办".to_owned(), Role::Supervisor),
        (SUPERVISOR.to_owned(), "许科长".to_owned(), Role::SectionHead),
        (SUPERVISOR.to_owned(), "钱分管".to_owned(), Role::DeputyLeader),
        (SUPERVISOR.to_owned(), "郑主任".to_owned(), Role::Leader),
    ];
    for at in 0..UNITS.len() as u32 {
        for (name, role) in [
            ("联络", Role::UnitLiaison),
            ("副局", Role::DeputyLeader),
            ("局长", Role::Leader),
        ] {
            all.push((
                unit(at),
                format!("{}{name}", UNITS[at as usize].chars().next().unwrap_or('某')),
                role,
            ));
        }
        for who in 0..PEOPLE {
            all.push((unit(at), person(at, who), Role::Handler));
        }
    }
    all
}

/// Plans a year.
pub(super) fn plans(rehearsal: &Rehearsal, calendar: &Calendar) -> Result<Vec<Planned>, Failure> {
    let mut dice = Dice::new(rehearsal.seed);
    let first = NaiveDate::from_ymd_opt(rehearsal.year, 1, 1).expect("looked at before");
    let length = if first.leap_year() { 366 } else { 365 };
    (1..=rehearsal.items)
        .map(|at| {
            let manner = match dice.below(100) {
                0..40 => Manner::Prompt,
                40..52 => Manner::Extends,
                52..57 => Manner::AsksTooLate,
                57..74 => Manner::Late,
                74..82 => Manner::Neglects,
                82..90 => Manner::Sloppy,
                90..95 => Manner::Relapses,
                _ => Manner::Standing,
            };
            let unit_at = dice.below(UNITS.len() as u32);
            let due = first + Days::new(u64::from(20 + dice.below(length - 20)));
            let mut planned = Planned {
                number: format!("ZG-{}-{at:04}", rehearsal.year),
                unit: unit(unit_at),
                person: person(unit_at, dice.below(PEOPLE)),
                due: (manner != Manner::Standing).then_some(due),
                manner,
                ahead: Vec::new(),
                dice: Dice::new(rehearsal.seed ^ (u64::from(at) << 20)),
                returned: false,
                relapsed: false,
            };
            planned.plan(first, calendar).map_err(Failure::input)?;
            Ok(planned)
        })
        .collect()
}

impl Planned {
    /// The item as a ledger lists it.
    pub(super) fn record(&self) -> RectificationRecord {
        let plain = RectificationRecord::plain(&self.number, "演练事项", &self.unit, self.due);
        RectificationRecord {
            facts: Facts {
                person: Some(self.person.clone()),
                supervisor: Some(SUPERVISOR.to_owned()),
                ..plain.facts
            },
            listed: Listed {
                due_on: self.due,
                ..Listed::default()
            },
            ..plain
        }
    }

    fn plan(&mut self, first: NaiveDate, calendar: &Calendar) -> Result<(), String> {
        let forward = |day: NaiveDate, n: u32| {
            calendar
                .add(day, n)
                .map(|end| end.day)
                .map_err(|error| error.to_string())
        };
        let back = |day: NaiveDate, n: u32| {
            match n {
                0 => calendar.on_or_before(day),
                n => calendar.back(day, n),
            }
            .map_err(|error| error.to_string())
        };
        let issued = forward(first, 1 + self.dice.below(5))?;
        self.put(issued, Deed::Issue);
        // One in ten is not received in time.
        let wait = if self.dice.percent(90) {
            1 + self.dice.below(3)
        } else {
            4 + self.dice.below(6)
        };
        self.put(forward(issued, wait)?, Deed::Receive);
        let mut day = issued;
        let Some(due) = self.due else {
            // 长期坚持: confirmed about every three months, sometimes late.
            for _ in 0..4 {
                day = forward(day, 40 + self.dice.below(35))?;
                self.put(day, Deed::Confirm);
            }
            return Ok(());
        };
        let mut percent = 0;
        loop {
            day = forward(day, 8 + self.dice.below(16))?;
            if day >= due {
                break;
            }
            percent = (percent + 5 + self.dice.below(25)).min(95);
            // Now and then a unit forgets to report.
            if self.dice.percent(80) {
                self.put(day, Deed::Report(percent as u8));
            }
        }
        match self.manner {
            Manner::Prompt | Manner::Sloppy | Manner::Relapses => {
                let early = self.dice.below(6);
                self.finish(back(due, early)?.max(issued));
            }
            Manner::Late => {
                let late = 1 + self.dice.below(15);
                self.finish(forward(due, late)?);
            }
            Manner::Extends => {
                let early = self.dice.below(8);
                let asked = back(due, early)?;
                let to = due + Days::new(u64::from(5 + self.dice.below(40)));
                self.put(asked.max(issued), Deed::Extend(to));
            }
            Manner::AsksTooLate => {
                self.put(forward(due, 1)?, Deed::Extend(due + Days::new(30)));
                let late = 3 + self.dice.below(10);
                self.finish(forward(due, late)?);
            }
            Manner::Neglects | Manner::Standing => {}
        }
        Ok(())
    }

    fn put(&mut self, day: NaiveDate, deed: Deed) {
        self.ahead.push((day, deed));
    }

    fn finish(&mut self, day: NaiveDate) {
        self.put(day, Deed::Attach);
        self.put(day, Deed::Ask);
    }

    /// What is done on a working day, with what was put off to it.
    pub(super) fn on(&mut self, day: NaiveDate) -> Vec<Deed> {
        let (now, later) = std::mem::take(&mut self.ahead)
            .into_iter()
            .partition(|(on, _)| *on <= day);
        self.ahead = later;
        now.into_iter().map(|(_, deed): (NaiveDate, Deed)| deed).collect()
    }

    /// The act and who does it.
    pub(super) fn act(&self, deed: &Deed, today: NaiveDate) -> (Act, String) {
        let own = || self.person.clone();
        let (clerk, deputy) = ("沈督办".to_owned(), "钱分管".to_owned());
        match deed {
            Deed::Issue => (Act::Issued, clerk),
            Deed::Receive => (Act::Received, own()),
            Deed::Report(percent) => {
                let act = Act::Reported {
                    percent: Some(*percent),
                    rating: None,
                    text: "正在推进".to_owned(),
                    stage: None,
                };
                (act, own())
            }
            Deed::Attach => {
                let act = Act::Attached {
                    evidence: Evidence {
                        name: format!("整改报告-{today}.txt"),
                        hash: None,
                        bytes: 0,
                        kind: String::new(),
                    },
                };
                (act, own())
            }
            Deed::Ask => (Act::ClosingAsked, own()),
            Deed::Accept => {
                let act = Act::Accepted {
                    opinion: Some("整改到位".to_owned()),
                    by_ledger: false,
                };
                (act, clerk)
            }
            Deed::Return => {
                let act = Act::Returned {
                    reason: "材料不全".to_owned(),
                    redo_by: None,
                };
                (act, clerk)
            }
            Deed::Extend(to) => {
                let act = Act::ExtensionAsked {
                    to: *to,
                    reason: "需等待招标".to_owned(),
                };
                (act, own())
            }
            Deed::Grant => (
                Act::ExtensionGranted {
                    remark: None,
                    due: None,
                },
                deputy,
            ),
            Deed::Refuse => {
                let act = Act::ExtensionRefused {
                    reason: "条件已具备".to_owned(),
                    due: None,
                };
                (act, deputy)
            }
            Deed::Relapse(due_on) => {
                let act = Act::Relapsed {
                    reason: "回访发现".to_owned(),
                    due_on: *due_on,
                };
                (act, clerk)
            }
            Deed::Visit => {
                let act = Act::Visited {
                    result: "保持良好".to_owned(),
                };
                (act, clerk)
            }
            Deed::Confirm => {
                let act = Act::Confirmed {
                    text: "仍在执行".to_owned(),
                };
                (act, own())
            }
        }
    }

    /// What follows from it, planned by the character of the item.
    pub(super) fn happened(&mut self, deed: &Deed, act: &Act, today: NaiveDate) {
        let after = |dice: &mut Dice, least: u32, spread: u32| today + Days::new(u64::from(least + dice.below(spread)));
        match deed {
            Deed::Ask => {
                let on = after(&mut self.dice, 1, 12);
                let sloppy = self.manner == Manner::Sloppy && !self.returned;
                self.put(on, if sloppy { Deed::Return } else { Deed::Accept });
            }
            Deed::Return => {
                self.returned = true;
                let on = after(&mut self.dice, 2, 15);
                self.finish(on);
            }
            Deed::Extend(_) => {
                let on = after(&mut self.dice, 1, 9);
                let grant = self.dice.percent(70);
                self.put(on, if grant { Deed::Grant } else { Deed::Refuse });
            }
            Deed::Grant => {
                let on = after(&mut self.dice, 1, 30);
                self.finish(on);
            }
            Deed::Refuse => {
                let on = after(&mut self.dice, 1, 20);
                self.finish(on);
            }
            Deed::Accept => {
                if self.manner == Manner::Relapses && !self.relapsed {
                    let on = after(&mut self.dice, 20, 60);
                    let due = on + Days::new(u64::from(20 + self.dice.below(40)));
                    self.put(on, Deed::Relapse(due));
                } else if self.dice.percent(70) {
                    let on = after(&mut self.dice, 60, 40);
                    self.put(on, Deed::Visit);
                }
            }
            Deed::Relapse(due) => {
                self.relapsed = true;
                let late = self.dice.percent(40);
                let on = if late { *due + Days::new(4) } else { *due - Days::new(3) };
                self.finish(on);
            }
            Deed::Issue | Deed::Receive | Deed::Report(_) | Deed::Attach | Deed::Visit | Deed::Confirm => {}
        }
        // A visit that was planned before it came back is none.
        if matches!(act, Act::Relapsed { .. }) {
            self.ahead.retain(|(_, deed)| *deed != Deed::Visit);
        }
    }
}
