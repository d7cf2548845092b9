//! A ledger that came again: what it would change, what it may not change, and what it takes back.

use super::act::{Act, Change};
use super::facts::{Facts, RectificationRecord, Source, Stage};
use super::life::{Evidence, Life, SelfRating};
use crate::domain::person::normal_name;
use chrono::NaiveDate;

/// Something that the ledger says has happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggested {
    /// What.
    pub act: Act,
    /// The day it counts for.
    pub on: NaiveDate,
    /// By whom, as the ledger says; empty where it does not.
    pub by: String,
}

/// What a row would do.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Differences {
    /// What is to be kept, in order.
    pub acts: Vec<Suggested>,
    /// The same for people: column, before, after.
    pub changes: Vec<Change>,
    /// What is not taken over: column and reason.
    pub refused: Vec<(&'static str, String)>,
}

struct Comparing<'a> {
    life: &'a Life,
    row: &'a RectificationRecord,
    today: NaiveDate,
    out: Differences,
}

/// Compares an item with its row. An item that is not known yet is [`Life::default`].
pub fn differences(life: &Life, row: &RectificationRecord, today: NaiveDate) -> Differences {
    let mut comparing = Comparing {
        life,
        row,
        today,
        out: Differences::default(),
    };
    if life.listed_on.is_none() {
        comparing.listed();
    } else {
        comparing.described();
        comparing.day();
    }
    comparing.handed_out();
    comparing.evidence();
    comparing.progress();
    comparing.closing();
    comparing.relapse();
    comparing.visit();
    comparing.out
}

impl Comparing<'_> {
    fn refuse(&mut self, column: &'static str, why: impl Into<String>) {
        self.out.refused.push((column, why.into()));
    }

    fn keep(&mut self, act: Act, on: NaiveDate, by: &str) {
        self.out.acts.push(Suggested {
            act,
            on,
            by: by.trim().to_owned(),
        });
    }

    fn changed(&mut self, column: &str, from: impl Into<String>, to: impl Into<String>) {
        self.out.changes.push(Change {
            column: column.to_owned(),
            from: from.into(),
            to: to.into(),
        });
    }

    /// A day that has come.
    fn past(&mut self, column: &'static str, day: Option<NaiveDate>) -> Option<NaiveDate> {
        let day = day?;
        if day > self.today {
            let today = self.today;
            self.refuse(column, format!("{day} 晚于今天（{today}），未采用"));
            return None;
        }
        Some(day)
    }

    fn listed(&mut self) {
        let (row, today) = (self.row, self.today);
        let listed = &row.listed;
        let earlier = [row.progress.on, listed.asked_on, listed.closed_on, listed.received_on];
        // What happened before it was listed here lies on its own day.
        let on = earlier
            .into_iter()
            .flatten()
            .filter(|day| *day <= today)
            .min()
            .unwrap_or(today);
        let extensions = listed
            .extensions
            .unwrap_or(0)
            .max(u32::from(listed.extended_to.is_some()));
        self.changed("编号", "", row.number.clone());
        self.keep(
            Act::Listed {
                facts: Box::new(row.facts.clone()),
                due_on: listed.due_on,
                extended_to: listed.extended_to,
                extensions,
                stages: listed.stages.clone(),
                percent: row.progress.percent.unwrap_or(0),
                rating: row.progress.state.as_deref().and_then(SelfRating::read),
                relapsed: listed.relapsed == Some(true),
            },
            on,
            "",
        );
    }

    fn described(&mut self) {
        let before = &self.life.facts;
        let mut facts = before.clone();
        let mut changes = Vec::new();
        let row = self.row;
        let now = &row.facts;
        let mut text = |column: &str, held: &mut String, new: &str| {
            if !new.is_empty() && held != new {
                changes.push(change(column, held, new));
                new.clone_into(held);
            }
        };
        text("问题", &mut facts.problem, &now.problem);
        text("责任单位", &mut facts.unit, &now.unit);
        let mut option = |column: &str, held: &mut Option<String>, new: &Option<String>| {
            // An emptied cell takes nothing back: a monthly list often leaves out what it said before.
            if let Some(new) = new.as_ref().filter(|new| held.as_ref() != Some(*new)) {
                changes.push(change(column, held.as_deref().unwrap_or_default(), new));
                *held = Some(new.clone());
            }
        };
        option("问题类型", &mut facts.sort, &now.sort);
        option("整改措施", &mut facts.measures, &now.measures);
        option("整改目标", &mut facts.goal, &now.goal);
        option("牵头领导", &mut facts.lead, &now.lead);
        option("责任人", &mut facts.person, &now.person);
        option("联系人", &mut facts.contact, &now.contact);
        option("督办单位", &mut facts.supervisor, &now.supervisor);
        option("督办单号", &mut facts.paper_no, &now.paper_no);
        let mut source = facts.source.as_ref().map(|source| source.text.clone());
        option(
            "来源",
            &mut source,
            &now.source.as_ref().map(|source| source.text.clone()),
        );
        facts.source = source.map(|text| Source::read(&text));
        for (header, value) in &now.extra {
            let held = facts.extra.entry(header.clone()).or_default();
            if held != value && !value.is_empty() {
                changes.push(change(header, held, value));
                held.clone_from(value);
            }
        }
        let stages = self.stages(&mut changes);
        if !changes.is_empty() {
            self.out.changes.extend(changes.iter().cloned());
            let today = self.today;
            self.keep(
                Act::Changed {
                    facts: Box::new(facts),
                    stages,
                    changes,
                },
                today,
                "",
            );
        }
    }

    /// New stages come in; a stage's own day is moved by an extension like the whole.
    fn stages(&mut self, changes: &mut Vec<Change>) -> Vec<Stage> {
        let mut stages = self.life.stages.clone();
        for new in &self.row.listed.stages {
            match stages.iter().find(|held| held.name == new.name) {
                None => {
                    changes.push(change("阶段节点", "", &format!("{} {}", new.name, new.due_on)));
                    stages.push(new.clone());
                }
                Some(held) if held.due_on != new.due_on => {
                    let why = format!(
                        "阶段「{}」原定 {}，表中改为 {}；改期须按延期办理，本次未改",
                        held.name, held.due_on, new.due_on
                    );
                    self.out.refused.push(("阶段节点", why));
                }
                Some(_) => {}
            }
        }
        stages
    }

    /// A due day never moves with a ledger.
    fn day(&mut self) {
        let (life, listed) = (self.life, &self.row.listed);
        let shown = |day: Option<NaiveDate>| day.map_or("空白".to_owned(), |day| day.to_string());
        let held = |day: Option<NaiveDate>| day.map_or("长期坚持".to_owned(), |day| day.to_string());
        if listed.extended_to.is_some() && listed.extended_to != life.due_on {
            let why = format!(
                "现为 {}，表中写 {}；改期须按延期办理，本次未改",
                held(life.due_on),
                shown(listed.extended_to)
            );
            self.refuse("延期后时限", why);
        }
        // A ledger may go on showing the first day beside the one it was moved to, or only the one of now.
        if listed.due_on != life.first_due && listed.due_on != life.due_on {
            let why = format!(
                "原定 {}，表中改为{}；改期须按延期办理，本次未改",
                held(life.due_on),
                shown(listed.due_on)
            );
            self.refuse("整改时限", why);
        }
    }

    fn handed_out(&mut self) {
        let (issued, received) = (self.row.listed.issued_on, self.row.listed.received_on);
        if self.life.issued_on.is_none()
            && let Some(on) = self.past("交办日期", issued)
        {
            self.changed("交办日期", "", on.to_string());
            self.keep(Act::Issued, on, "");
        }
        if self.life.received.is_none()
            && let Some(on) = self.past("签收日期", received)
        {
            self.changed("签收日期", "", on.to_string());
            let by = self.unit_person();
            self.keep(Act::Received, on, &by);
        }
    }

    /// Whoever the ledger holds responsible.
    fn unit_person(&self) -> String {
        let facts = &self.row.facts;
        let known = &self.life.facts;
        [&facts.person, &facts.contact, &known.person, &known.contact]
            .into_iter()
            .flatten()
            .next()
            .cloned()
            .unwrap_or_default()
    }

    fn evidence(&mut self) {
        let by = self.unit_person();
        for name in &self.row.listed.evidence {
            if self.life.evidence.iter().any(|held| held.name == *name) {
                continue;
            }
            self.changed("佐证材料", "", name.clone());
            let today = self.today;
            self.keep(
                Act::Attached {
                    evidence: Evidence {
                        name: name.clone(),
                        hash: None,
                        bytes: 0,
                        kind: String::new(),
                    },
                },
                today,
                &by,
            );
        }
    }

    fn progress(&mut self) {
        let (life, row) = (self.life, self.row);
        let on = self.past("最近进展日期", row.progress.on);
        let rating = match row.progress.state.as_deref() {
            None => None,
            Some(text) => SelfRating::read(text),
        };
        let last = life.report.as_ref();
        let text = row.progress.text.as_deref();
        let said = &life.ledger;
        // What the ledger said before is no news, whatever was reported here meanwhile.
        let newer_text =
            text.filter(|text| said.text.as_deref() != Some(*text) && last.is_none_or(|last| last.text != *text));
        let newer_day = on.filter(|day| last.is_none_or(|last| *day > last.on));
        let percent = row
            .progress
            .percent
            .filter(|percent| *percent != life.percent && Some(*percent) != said.percent);
        let newer_rating = rating.filter(|rating| Some(*rating) != life.rating && Some(*rating) != said.rating);
        if newer_text.is_none() && newer_day.is_none() && percent.is_none() && newer_rating.is_none() {
            return;
        }
        if let (Some(on), Some(last)) = (on, last)
            && on < last.on
        {
            let why = format!("{on} 早于已登记的进展（{}），本次未采用", last.on);
            self.refuse("最近进展日期", why);
            return;
        }
        if life.is_closed() {
            if life
                .closed_on
                .is_some_and(|closed| newer_day.is_some_and(|on| on > closed))
            {
                self.refuse("最近进展", "该事项已销号，进展没有登记；反弹的，请登记反弹");
            }
            return;
        }
        let shown = |text: Option<&str>| text.unwrap_or_default().to_owned();
        if let Some(text) = newer_text {
            self.changed("最近进展", shown(last.map(|last| last.text.as_str())), text);
        }
        if let Some(day) = newer_day {
            let before = last.map(|last| last.on.to_string()).unwrap_or_default();
            self.changed("最近进展日期", before, day.to_string());
        }
        if let Some(percent) = percent {
            self.changed("完成比例", format!("{}%", life.percent), format!("{percent}%"));
        }
        if let Some(rating) = newer_rating {
            self.changed("状态", life.rating.map(SelfRating::zh).unwrap_or_default(), rating.zh());
        }
        // How it stood when it was listed came with the listing; only words or a day are a report.
        if life.listed_on.is_none() && newer_text.is_none() && newer_day.is_none() {
            return;
        }
        let by = self.unit_person();
        let day = on.unwrap_or(self.today);
        self.keep(
            Act::Reported {
                percent,
                rating: newer_rating,
                text: text
                    .map(str::to_owned)
                    .or_else(|| last.map(|last| last.text.clone()))
                    .unwrap_or_else(|| "按台账更新".to_owned()),
                stage: None,
            },
            day,
            &by,
        );
    }

    fn closing(&mut self) {
        let listed = self.row.listed.clone();
        let asked = self.past("申请销号日期", listed.asked_on);
        let closed = self.past("销号日期", listed.closed_on);
        if self.life.is_closed() {
            if closed.is_some()
                && closed != self.life.closed_on
                && self.life.earlier_closings.iter().all(|on| Some(*on) != closed)
            {
                let held = self.life.closed_on.map(|on| on.to_string()).unwrap_or_default();
                self.refuse("销号日期", format!("已于 {held} 销号，表中日期不同，本次未改"));
            }
            return;
        }
        let reopened = self.life.relapses.last().copied();
        let after_relapse = |day: NaiveDate| reopened.is_none_or(|relapsed| day >= relapsed);
        let pending = self.life.closing_pending().is_some();
        let returned = self
            .life
            .closings
            .last()
            .and_then(|one| one.checked.as_ref())
            .map(|checked| checked.on);
        let news = |day: NaiveDate| after_relapse(day) && returned.is_none_or(|returned| day > returned);
        let by = self.unit_person();
        let closed = closed.filter(|on| after_relapse(*on));
        let doer = listed
            .checked_by
            .as_deref()
            .is_some_and(|checker| self.is_theirs(checker));
        // History comes in as it was; what lives here is closed here.
        let known = self.life.listed_on.is_some();
        let closes = closed.is_some() && !(known && (self.life.handled_here || doer));
        let day = asked.or(closed.filter(|_| closes));
        if let Some(on) = day.filter(|on| !pending && news(*on)) {
            let has_evidence = !self.life.evidence.is_empty() || !listed.evidence.is_empty();
            if !closes && !has_evidence {
                self.refuse("申请销号日期", "没有佐证材料：销号申请未登记，请先提交材料");
            } else {
                if asked.is_some() {
                    self.changed("申请销号日期", "", on.to_string());
                }
                self.keep(Act::ClosingAsked, on, &by);
            }
        }
        if closed.is_some() && !closes {
            let why = if doer {
                "验收人是责任单位办理该事项的人：销号未登记"
            } else {
                "该事项已在本系统办理，销号须在本系统由另一人验收（rectification accept）：未登记"
            };
            self.refuse("销号日期", why);
            return;
        }
        if let Some(on) = closed {
            self.changed("销号日期", "", on.to_string());
            self.keep(
                Act::Accepted {
                    opinion: listed.opinion.clone(),
                    by_ledger: true,
                },
                on,
                listed.checked_by.as_deref().unwrap_or_default(),
            );
        }
    }

    /// Whether somebody answers for the item on the unit's side.
    fn is_theirs(&self, name: &str) -> bool {
        let name = normal_name(name);
        let facts = [&self.life.facts, &self.row.facts];
        facts
            .iter()
            .flat_map(|facts| [&facts.person, &facts.contact])
            .flatten()
            .chain(&self.life.doers)
            .any(|own| normal_name(own) == name)
    }

    fn relapse(&mut self) {
        if self.row.listed.relapsed == Some(true) && self.life.relapses.is_empty() && self.life.is_closed() {
            self.refuse(
                "是否反弹",
                "反弹要写明情况和新的时限：请登记反弹（rectification relapse），本次未改",
            );
        }
    }

    fn visit(&mut self) {
        let Some(on) = self.past("回访日期", self.row.listed.visited_on) else {
            return;
        };
        let closed = self.life.closed_on.or(self.row.listed.closed_on);
        if closed.is_none_or(|closed| on < closed) || self.life.visits.iter().any(|visit| visit.on == on) {
            return;
        }
        self.changed("回访日期", "", on.to_string());
        self.keep(
            Act::Visited {
                result: "按台账登记".to_owned(),
            },
            on,
            "",
        );
    }
}

fn change(column: &str, from: &str, to: &str) -> Change {
    Change {
        column: column.to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
    }
}

/// The facts of a row that stand alone, for tests and for a first look.
impl RectificationRecord {
    /// A row with nothing but what every ledger has.
    pub fn plain(number: &str, problem: &str, unit: &str, due_on: Option<NaiveDate>) -> Self {
        Self {
            number: number.to_owned(),
            facts: Facts {
                problem: problem.to_owned(),
                unit: unit.to_owned(),
                ..Facts::default()
            },
            progress: super::Progressed::default(),
            listed: super::Listed {
                due_on,
                ..super::Listed::default()
            },
        }
    }
}
