//! What somebody may do about an item now, and why not the rest: the decision itself is asked, with an act as it would be.

use super::{ItemRef, find, roles_of};
use crate::app::{App, AppError};
use crate::domain::name::Name;
use crate::domain::rectification::{Act, Dealt, Evidence, Life, Said, step};
use crate::store::rectifications::StoredRectification;
use chrono::NaiveDate;

/// Something that people do about an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// 交办
    Issue,
    /// 签收
    Receive,
    /// 报告进展
    Report,
    /// 提交佐证材料
    Attach,
    /// 长期坚持的定期确认
    Confirm,
    /// 申请延期
    Extend,
    /// 审批延期
    DecideExtension,
    /// 申请销号
    Close,
    /// 验收
    Check,
    /// 登记反弹
    Relapse,
    /// 登记回访
    Visit,
    /// 升级
    Raise,
    /// 降级
    Lower,
    /// 制发文书
    Paper,
    /// 登记对整改不力的处理
    Deal,
}

impl Way {
    /// Every one, in the order of an item's life.
    pub const ALL: [Self; 15] = [
        Self::Issue,
        Self::Receive,
        Self::Report,
        Self::Attach,
        Self::Confirm,
        Self::Extend,
        Self::DecideExtension,
        Self::Close,
        Self::Check,
        Self::Relapse,
        Self::Visit,
        Self::Raise,
        Self::Lower,
        Self::Paper,
        Self::Deal,
    ];

    /// The word of addresses.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Receive => "receive",
            Self::Report => "report",
            Self::Attach => "attach",
            Self::Confirm => "confirm",
            Self::Extend => "extend",
            Self::DecideExtension => "decide-extension",
            Self::Close => "close",
            Self::Check => "check",
            Self::Relapse => "relapse",
            Self::Visit => "visit",
            Self::Raise => "raise",
            Self::Lower => "lower",
            Self::Paper => "paper",
            Self::Deal => "deal",
        }
    }

    /// The word on the page.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Issue => "交办",
            Self::Receive => "签收",
            Self::Report => "报告进展",
            Self::Attach => "提交佐证材料",
            Self::Confirm => "长期坚持确认",
            Self::Extend => "申请延期",
            Self::DecideExtension => "审批延期",
            Self::Close => "申请销号",
            Self::Check => "验收",
            Self::Relapse => "登记反弹",
            Self::Visit => "登记回访",
            Self::Raise => "升级",
            Self::Lower => "降级",
            Self::Paper => "制发文书",
            Self::Deal => "登记处理",
        }
    }

    /// Whether it may be recorded for an earlier day.
    pub const fn may_be_dated_back(self) -> bool {
        matches!(
            self,
            Self::Issue | Self::Receive | Self::Report | Self::Confirm | Self::Visit | Self::Deal
        )
    }
}

/// One of them, with the reason where it is not possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Which.
    pub way: Way,
    /// Why not.
    pub refused: Option<String>,
}

/// What somebody may do about an item today.
pub async fn ways(app: &App, number: &str, by: &str) -> Result<Vec<Open>, AppError> {
    let today = app.now().day();
    let mut tx = app.db.read().await?;
    let which = ItemRef {
        number: number.to_owned(),
        version: None,
    };
    let item = find(&mut tx, &which).await?;
    let roles = roles_of(&mut tx, &item, by, today).await?;
    tx.rollback().await?;
    let calendars = app.calendars();
    let (calendar, _) = calendars.of(item.life.facts.supervisor.as_deref());
    let known = super::known(app, &roles, calendar);
    let refused = |act: &Act| {
        let said = Said {
            act,
            by,
            on: today,
            today,
        };
        step(&item.life, &said, &known).err().map(|refused| refused.0)
    };
    Ok(Way::ALL
        .into_iter()
        .map(|way| Open {
            way,
            refused: match sample(app, &item, way, today) {
                Ok(act) => refused(&act),
                Err(why) => Some(why),
            },
        })
        .collect())
}

/// An act as it would be if everything that is typed were right.
fn sample(app: &App, item: &StoredRectification, way: Way, today: NaiveDate) -> Result<Act, String> {
    let life = &item.life;
    let some = || "—".to_owned();
    let after = |day: NaiveDate| day.succ_opt().unwrap_or(day);
    Ok(match way {
        Way::Issue => Act::Issued,
        Way::Receive => Act::Received,
        Way::Report => Act::Reported {
            percent: None,
            rating: None,
            text: some(),
            stage: None,
        },
        Way::Attach => Act::Attached {
            evidence: Evidence {
                name: some(),
                hash: Some(String::new()),
                bytes: 0,
                kind: String::new(),
            },
        },
        Way::Confirm => Act::Confirmed { text: some() },
        Way::Extend => Act::ExtensionAsked {
            to: after(life.due_on.unwrap_or(today)),
            reason: some(),
        },
        Way::DecideExtension => Act::ExtensionGranted {
            remark: None,
            due: None,
        },
        Way::Close => Act::ClosingAsked,
        Way::Check => Act::Accepted {
            opinion: None,
            by_ledger: false,
        },
        Way::Relapse => Act::Relapsed {
            reason: some(),
            due_on: after(today),
        },
        Way::Visit => Act::Visited { result: some() },
        Way::Raise => Act::Raised {
            level: above(app, life).ok_or("规则没有规定处置阶梯")?,
            reason: some(),
            deduction: 0,
        },
        Way::Lower => Act::Lowered {
            level: None,
            reason: some(),
        },
        Way::Paper => Act::Papered {
            paper: some(),
            doc_no: some(),
        },
        Way::Deal => Act::Dealt(Dealt {
            person: some(),
            measure: app
                .policy
                .rectification
                .measures
                .first()
                .cloned()
                .ok_or("规则没有列出处理措施")?,
            organ: some(),
            doc_no: some(),
            on: today,
            reason: some(),
        }),
    })
}

/// The next level up; the highest where it stands there already.
fn above(app: &App, life: &Life) -> Option<Name> {
    let levels = &app.policy.ladder.0;
    let next = levels.get(app.policy.ladder.rank_of(life.level) as usize);
    next.or(levels.last()).map(|level| level.id)
}
