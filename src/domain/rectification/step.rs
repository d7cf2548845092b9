//! What may happen to an item, decided before anything is kept.

use super::act::{Act, Happened};
use super::ladder::Ladder;
use super::life::Life;
use crate::domain::calendar::Calendar;
use crate::domain::contact::Role;
use crate::domain::deadline::{self, Direction, Terms};
use crate::domain::person::normal_name;
use crate::domain::policy::{Extension, RectificationRules};
use crate::domain::written::{self, Size};
use chrono::NaiveDate;

/// Why something is not possible, in words for whoever tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(pub String);

/// On whose side somebody acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// 责任单位
    Unit,
    /// 督办单位
    Supervisor,
}

/// An act that somebody wants to record.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// What.
    pub act: &'a Act,
    /// By whom.
    pub by: &'a str,
    /// The day it counts for; today, or an earlier one where that is allowed.
    pub on: NaiveDate,
    /// Today.
    pub today: NaiveDate,
}

/// What is known beside the item.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// What the person is, on which side: from the contacts and from the item itself.
    pub roles: &'a [(Side, Role)],
    /// How the day may be moved.
    pub extension: Option<&'a Extension>,
    /// Rules of the profile.
    pub rules: &'a RectificationRules,
    /// Levels of the profile.
    pub ladder: &'a Ladder,
    /// The calendar that rules.
    pub calendar: &'a Calendar,
}

/// Decides whether something may happen; what is to be kept if so.
///
/// # Errors
/// It may not, and why.
pub fn step(life: &Life, said: &Said<'_>, known: &Known<'_>) -> Result<Happened, Refused> {
    let by = said.by.trim();
    if by.is_empty() {
        return refused("请写明由谁办理（--by）");
    }
    if said.on > said.today {
        return refused(format!("日期 {} 晚于今天：发生以后再登记", said.on));
    }
    if life.listed_on.is_some_and(|listed| said.on < listed) && !may_lie_before(said.act) {
        return refused(format!("日期 {} 早于该事项列入台账之日", said.on));
    }
    if said.on < said.today && !may_be_dated_back(said.act) {
        return refused("这一项以登记当天为准，不能补登为更早的日期");
    }
    let role = match side_of(said.act) {
        Some(sides) => Some(role(life, known, sides, said.act, by)?),
        None => None,
    };
    match said.act {
        Act::Listed { .. } | Act::Changed { .. } | Act::Reached { .. } | Act::HandedOver { .. } => {
            return refused("这一项由程序登记");
        }
        Act::Issued => issued(life)?,
        Act::Received => received(life, said)?,
        Act::Reported {
            percent, text, stage, ..
        } => reported(life, said, *percent, text, stage.as_deref())?,
        Act::Attached { evidence } => {
            open(life, "提交佐证材料")?;
            if evidence.hash.is_none() {
                return refused("请提交文件，只写名称的不作佐证");
            }
        }
        Act::Confirmed { text } => {
            open(life, "确认")?;
            if !life.is_standing() {
                return refused("只有长期坚持的事项才作定期确认；有时限的请报告进展");
            }
            filled("确认的情况", text)?;
        }
        Act::ExtensionAsked { to, reason } => extension_asked(life, said, *to, reason, known)?,
        Act::ExtensionGranted { .. } => extension_decided(life, by, role, known)?,
        Act::ExtensionRefused { reason, .. } => {
            extension_decided(life, by, role, known)?;
            filled("不同意的理由", reason)?;
        }
        Act::ClosingAsked => closing_asked(life)?,
        Act::Accepted { .. } => checked(life, by, role)?,
        Act::Returned { reason, redo_by } => {
            checked(life, by, role)?;
            filled("退回的理由", reason)?;
            if redo_by.is_some_and(|day| day <= said.today) {
                return refused("重新限定的日期须晚于今天");
            }
        }
        Act::Relapsed { reason, due_on } => {
            if !life.is_closed() {
                return refused("尚未销号，谈不上反弹；没有整改到位的，验收时退回");
            }
            filled("反弹的情况", reason)?;
            if *due_on <= said.today {
                return refused("重新整改的时限须晚于今天");
            }
        }
        Act::Visited { result } => {
            if !life.is_closed() {
                return refused("尚未销号：回访在销号以后进行");
            }
            if life.closed_on.is_some_and(|closed| said.on < closed) {
                return refused("回访日期早于销号日期");
            }
            if life.closed_on == Some(said.on) || life.visits.iter().any(|visit| visit.on >= said.on) {
                return refused("回访在销号之日以后、上一次回访以后进行，同一天不算两次");
            }
            filled("回访的情况", result)?;
        }
        Act::Raised { level, reason, .. } => raised(life, known.ladder, *level, reason)?,
        Act::Lowered { level, reason } => lowered(life, known.ladder, *level, reason, by, role)?,
        Act::Papered { paper, doc_no } => {
            filled("文书", paper)?;
            filled("文号", doc_no)?;
        }
        Act::Dealt(dealt) => dealt_with(life, said, dealt, known)?,
    }
    Ok(Happened {
        act: answered(life, said, known.calendar)?,
        on: said.on,
        by: by.to_owned(),
        role,
    })
}

/// An answer that came after the day gives what was left when it was asked for, from the answer on and at least a working
/// day: nobody is late because we were.
fn answered(life: &Life, said: &Said<'_>, calendar: &Calendar) -> Result<Act, Refused> {
    let mut act = said.act.clone();
    match &mut act {
        Act::Returned { redo_by, .. } if redo_by.is_none() => {
            *redo_by = put_off(life, life.closing_pending().map(|one| one.asked_on), said.on, calendar)?;
        }
        Act::ExtensionRefused { due, .. } => {
            *due = put_off(
                life,
                life.extension_pending().map(|one| one.asked_on),
                said.on,
                calendar,
            )?;
        }
        Act::ExtensionGranted { due, .. } => {
            let late = life.extension_pending().is_some_and(|one| said.on > one.to);
            *due = late.then(|| after(calendar, said.on, 1)).transpose()?;
        }
        _ => {}
    }
    Ok(act)
}

fn put_off(
    life: &Life,
    asked: Option<NaiveDate>,
    on: NaiveDate,
    calendar: &Calendar,
) -> Result<Option<NaiveDate>, Refused> {
    match (asked, life.due_on) {
        (Some(asked), Some(due)) if asked <= due && on > due => {
            let left = calendar.count(asked, due).map_err(|error| Refused(error.to_string()))?;
            after(calendar, on, left.working_days.max(1)).map(Some)
        }
        _ => Ok(None),
    }
}

fn after(calendar: &Calendar, on: NaiveDate, days: u32) -> Result<NaiveDate, Refused> {
    let end = calendar.add(on, days).map_err(|error| Refused(error.to_string()))?;
    Ok(end.day)
}

fn refused<T>(why: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(why.into()))
}

fn filled(what: &str, text: &str) -> Result<(), Refused> {
    if text.trim().is_empty() {
        return refused(format!("请写明{what}"));
    }
    written::check(what, text, Size::Lines).map_err(Refused)
}

/// What happened outside and is written down later.
const fn may_be_dated_back(act: &Act) -> bool {
    matches!(
        act,
        Act::Issued
            | Act::Received
            | Act::Reported { .. }
            | Act::Confirmed { .. }
            | Act::Visited { .. }
            | Act::Dealt(_)
    )
}

/// An item may have been handed out, and somebody dealt with, before it came into this ledger.
const fn may_lie_before(act: &Act) -> bool {
    matches!(act, Act::Issued | Act::Received | Act::Dealt(_))
}

const UNIT: &[Side] = &[Side::Unit, Side::Supervisor];
const SUPERVISOR: &[Side] = &[Side::Supervisor];

/// Who may do it. Whoever supervises may write down for the unit what the unit sent on paper; never the other way.
const fn side_of(act: &Act) -> Option<&'static [Side]> {
    match act {
        Act::Listed { .. } | Act::Changed { .. } | Act::Reached { .. } | Act::HandedOver { .. } => None,
        Act::Received
        | Act::Reported { .. }
        | Act::Attached { .. }
        | Act::Confirmed { .. }
        | Act::ExtensionAsked { .. }
        | Act::ClosingAsked => Some(UNIT),
        Act::Issued
        | Act::ExtensionGranted { .. }
        | Act::ExtensionRefused { .. }
        | Act::Accepted { .. }
        | Act::Returned { .. }
        | Act::Relapsed { .. }
        | Act::Visited { .. }
        | Act::Raised { .. }
        | Act::Lowered { .. }
        | Act::Papered { .. }
        | Act::Dealt(_) => Some(SUPERVISOR),
    }
}

/// As what somebody does it: of what they are, what suits the act best.
fn role(life: &Life, known: &Known<'_>, sides: &[Side], act: &Act, by: &str) -> Result<Role, Refused> {
    let own: Vec<(Side, Role)> = sides
        .iter()
        .flat_map(|side| known.roles.iter().filter(move |(own, _)| own == side).copied())
        .collect();
    let fits = |role: Role| match act {
        Act::Accepted { .. } | Act::Returned { .. } => known.rules.accept_roles.contains(&role),
        _ => true,
    };
    let asked_as = life.closing_pending().and_then(|pending| pending.role);
    let suits = |role: Role| match act {
        Act::Accepted { .. } | Act::Returned { .. } => u8::from(Some(role) != asked_as),
        Act::ExtensionGranted { .. } | Act::ExtensionRefused { .. } | Act::Lowered { .. } => standing(role),
        _ => 0,
    };
    let fitting = own.iter().map(|(_, role)| *role).filter(|role| fits(*role));
    // Of those that suit alike the first.
    if let Some(role) = fitting.rev().max_by_key(|role| suits(*role)) {
        return Ok(role);
    }
    if known.roles.is_empty() {
        return refused(format!(
            "「{by}」不在责任单位、督办单位的联系人中，也不是该事项的责任人：请先导入联系人"
        ));
    }
    if !own.is_empty() {
        let wanted: Vec<&str> = known.rules.accept_roles.iter().map(|role| role.zh()).collect();
        return refused(format!("验收由{}办理，「{by}」不是", wanted.join("、")));
    }
    refused(format!("这一项由督办单位办理，「{by}」是责任单位的人"))
}

fn open(life: &Life, what: &str) -> Result<(), Refused> {
    if let Some(closed) = life.closed_on {
        return refused(format!("该事项已于 {closed} 销号，不能再{what}；反弹的，请登记反弹"));
    }
    Ok(())
}

fn working(life: &Life, what: &str) -> Result<(), Refused> {
    open(life, what)?;
    if life.closing_pending().is_some() {
        return refused(format!("已申请销号，正待验收：退回以后才能{what}"));
    }
    Ok(())
}

fn issued(life: &Life) -> Result<(), Refused> {
    open(life, "交办")?;
    match life.issued_on {
        Some(on) => refused(format!("已于 {on} 交办")),
        None => Ok(()),
    }
}

fn received(life: &Life, said: &Said<'_>) -> Result<(), Refused> {
    open(life, "签收")?;
    if let Some(received) = &life.received {
        return refused(format!("已由{}于 {} 签收", received.by, received.on));
    }
    if life.issued_on.is_some_and(|issued| said.on < issued) {
        return refused("签收日期早于交办日期");
    }
    Ok(())
}

fn reported(life: &Life, said: &Said<'_>, percent: Option<u8>, text: &str, stage: Option<&str>) -> Result<(), Refused> {
    working(life, "报告进展")?;
    filled("进展情况", text)?;
    if percent.is_some_and(|percent| percent > 100) {
        return refused("完成比例须在 0 到 100 之间");
    }
    if life.report.as_ref().is_some_and(|last| said.on < last.on) {
        return refused("日期早于上一次报告");
    }
    let Some(name) = stage else {
        return Ok(());
    };
    let Some(stage) = life.stages.iter().find(|one| one.name == name) else {
        let names: Vec<&str> = life.stages.iter().map(|one| one.name.as_str()).collect();
        return refused(if names.is_empty() {
            "该事项没有阶段节点".to_owned()
        } else {
            format!("没有阶段「{name}」，有的是：{}", names.join("、"))
        });
    };
    match stage.done_on {
        Some(on) => refused(format!("阶段「{name}」已于 {on} 完成")),
        None => Ok(()),
    }
}

fn extension_asked(
    life: &Life,
    said: &Said<'_>,
    to: NaiveDate,
    reason: &str,
    known: &Known<'_>,
) -> Result<(), Refused> {
    working(life, "申请延期")?;
    let (Some(due), Some(first)) = (life.due_on, life.first_due) else {
        return refused("长期坚持的事项没有时限，不必延期");
    };
    let Some(rules) = known.extension else {
        return refused("现行规则不许延期");
    };
    if said.on > due {
        return refused(format!("时限 {due} 已过：延期须在到期前申请"));
    }
    if let Some(pending) = life.extension_pending() {
        return refused(format!("{} 的延期申请还没有审批", pending.asked_on));
    }
    if to <= due {
        return refused(format!("新的时限 {to} 须晚于现在的时限 {due}"));
    }
    if rules.reason_required || !reason.trim().is_empty() {
        filled("延期的理由", reason)?;
    }
    let times = life.extension_count();
    if times >= rules.times {
        return refused(format!("已延期 {times} 次，最多 {} 次", rules.times));
    }
    let most = Terms {
        amount: rules.max,
        unit: rules.unit,
        direction: Direction::After,
        roll_off: false,
    };
    let last = deadline::reckon(most, first, &[], known.calendar)
        .map_err(|error| Refused(error.to_string()))?
        .day;
    if to > last {
        return refused(format!(
            "延期合计最多 {}：最迟 {last}（原定 {first}）",
            rules.unit.amount_zh(rules.max)
        ));
    }
    Ok(())
}

fn extension_decided(life: &Life, by: &str, role: Option<Role>, known: &Known<'_>) -> Result<(), Refused> {
    open(life, "审批延期")?;
    let Some(pending) = life.extension_pending() else {
        return refused("没有待审批的延期申请");
    };
    if same(&pending.by, by) {
        return refused(format!("延期由「{}」申请：须由另一人审批", pending.by));
    }
    let needed = known.extension.map(|rules| rules.approver);
    if let (Some(needed), Some(role)) = (needed, role)
        && standing(role) < standing(needed)
    {
        return refused(format!("延期由{}审批，「{by}」是{}", needed.zh(), role.zh()));
    }
    Ok(())
}

/// Who may decide in whose place; whoever stands higher may.
const fn standing(role: Role) -> u8 {
    match role {
        Role::Leader => 4,
        Role::DeputyLeader => 3,
        Role::SectionHead => 2,
        Role::Handler | Role::Supervisor => 1,
        _ => 0,
    }
}

fn closing_asked(life: &Life) -> Result<(), Refused> {
    working(life, "申请销号")?;
    if life.is_standing() {
        return refused("长期坚持的事项以定期确认代替销号；已有时限的才申请销号");
    }
    let handed_in = life.evidence.get(life.evidence_from..).unwrap_or_default();
    if !handed_in.iter().any(|one| one.hash.is_some()) {
        return refused(if life.relapses.is_empty() {
            "没有佐证材料的文件：先提交材料，再申请销号"
        } else {
            "反弹以后没有新的佐证材料：先提交材料，再申请销号"
        });
    }
    if let Some(stage) = life.stages.iter().find(|stage| stage.done_on.is_none()) {
        return refused(format!("阶段「{}」还没有完成", stage.name));
    }
    if let Some(pending) = life.extension_pending() {
        return refused(format!(
            "{} 的延期申请还没有审批：请先审批，再申请销号",
            pending.asked_on
        ));
    }
    Ok(())
}

/// The check is another person's, of another role.
fn checked(life: &Life, by: &str, role: Option<Role>) -> Result<(), Refused> {
    let Some(pending) = life.closing_pending() else {
        return refused(if life.is_closed() {
            "该事项已经销号"
        } else {
            "没有待验收的销号申请"
        });
    };
    if same(&pending.by, by) || life.doers.iter().any(|doer| same(doer, by)) {
        return refused(format!("「{by}」报告过进展、提交过材料或申请了销号：须由另一人验收"));
    }
    if life.facts.person.as_deref().is_some_and(|person| same(person, by)) {
        return refused(format!("「{by}」是责任人：须由另一人验收"));
    }
    if role.is_some() && pending.role == role {
        return refused(format!(
            "申请人和「{by}」都是{}：须由另一角色的人验收",
            role.map(Role::zh).unwrap_or_default()
        ));
    }
    if life.evidence.is_empty() {
        return refused("没有佐证材料，不能验收");
    }
    Ok(())
}

fn raised(life: &Life, ladder: &Ladder, level: crate::domain::name::Name, reason: &str) -> Result<(), Refused> {
    open(life, "升级")?;
    filled("升级的理由", reason)?;
    let Some(wanted) = ladder.level(level) else {
        return refused(format!("处置阶梯没有级别「{}」", level.as_str()));
    };
    let now = ladder.rank_of(life.level);
    if ladder.rank(level) <= now {
        let current = life.level.map(|id| ladder.zh(id)).unwrap_or_default();
        return refused(format!("现为{current}，不低于{}", wanted.name));
    }
    Ok(())
}

fn lowered(
    life: &Life,
    ladder: &Ladder,
    level: Option<crate::domain::name::Name>,
    reason: &str,
    by: &str,
    role: Option<Role>,
) -> Result<(), Refused> {
    open(life, "降级")?;
    filled("降级的理由", reason)?;
    let Some(current) = life.level else {
        return refused("该事项没有处置级别");
    };
    if let Some(level) = level
        && ladder.level(level).is_none()
    {
        return refused(format!("处置阶梯没有级别「{}」", level.as_str()));
    }
    if ladder.rank_of(level) >= ladder.rank(current) {
        return refused(format!("现为{}，须降到更低的级别", ladder.zh(current)));
    }
    match &life.raised_by {
        Some(raiser) if same(raiser, by) => refused(format!("该级别由「{raiser}」升上：须由另一人降级")),
        _ if role.is_some_and(|role| standing(role) < 2) => {
            refused("降级由督办单位的科室负责人以上人员决定：督办员、经办须请第二人办理")
        }
        _ => Ok(()),
    }
}

fn dealt_with(life: &Life, said: &Said<'_>, dealt: &super::Dealt, known: &Known<'_>) -> Result<(), Refused> {
    filled("被处理人", &dealt.person)?;
    filled("决定机关", &dealt.organ)?;
    filled("事由", &dealt.reason)?;
    filled("文号", &dealt.doc_no)?;
    if !known.rules.measures.contains(&dealt.measure) {
        return refused(format!(
            "「{}」不是规则所列的处理措施，可用的是 {}",
            dealt.measure,
            known.rules.measures.join("、")
        ));
    }
    if dealt.on > said.today {
        return refused("决定日期晚于今天");
    }
    // Whoever is dealt with for neglect must have neglected something that this ledger knows of.
    let late = life
        .due_on
        .is_some_and(|due| dealt.on > due && life.done_on().is_none_or(|done| done > due));
    let returned = life.closings.iter().any(|one| {
        one.checked
            .as_ref()
            .is_some_and(|checked| checked.verdict == super::Verdict::Refused && checked.on <= dealt.on)
    });
    // What was raised by hand alone is no neglect yet.
    let climbed = life.steps.iter().any(|step| step.by.is_empty() && step.on <= dealt.on);
    let relapsed = life.relapses.iter().any(|on| *on <= dealt.on);
    if !(late || returned || climbed || relapsed) {
        return refused("该事项到决定之日没有逾期、退回、反弹，也没有因逾期升过处置级别，不能以整改不力处理");
    }
    Ok(())
}

fn same(one: &str, other: &str) -> bool {
    normal_name(one) == normal_name(other)
}
