//! Rules over time: what another profile means for limits that already run.

use super::{App, AppError};
use crate::domain::name::Name;
use crate::domain::obligation::Kind;
use crate::domain::policy::Policy;
use crate::domain::time::Moment;
use crate::store::journal::{ACTOR_SERVICE, Entry};
use crate::store::{Db, Tx, journal, meta, obligations};

/// Open obligations whose limit a profile does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The limit.
    pub rule: Name,
    /// Its kind.
    pub kind: Kind,
    /// How many are open.
    pub open: i64,
    /// Whether another limit of the kind takes its place.
    pub replaced: bool,
}

impl Lost {
    /// For the terminal, the log and the journal.
    pub fn zh(&self) -> String {
        let then = if self.replaced {
            "改按同种类的期限"
        } else {
            "仍按原到期日提醒，但不能登记办结，请在规则文件中保留到办结为止"
        };
        format!(
            "期限「{}」（{}）不在规则文件中，还有 {} 项未办结：{then}",
            self.rule,
            self.kind.as_str(),
            self.open
        )
    }
}

/// What open obligations rest on and a profile lacks.
pub async fn lost(db: &Db, policy: &Policy) -> Result<Vec<Lost>, AppError> {
    let mut tx = db.read().await?;
    let lost = lost_in(&mut tx, policy).await?;
    tx.rollback().await?;
    Ok(lost)
}

async fn lost_in(tx: &mut Tx, policy: &Policy) -> Result<Vec<Lost>, AppError> {
    let open = obligations::open_by_rule(tx).await?;
    Ok(open
        .into_iter()
        .filter(|(rule, ..)| policy.rule(*rule).is_none())
        .map(|(rule, kind, open)| Lost {
            rule,
            kind,
            open,
            replaced: policy.limit(kind).is_some(),
        })
        .collect())
}

/// Notes that a profile has come into force. Where it is another one than before, every open obligation is looked at
/// again, because its reminders may have changed, and the journal says so.
pub async fn put_in_force(app: &App, now: Moment) -> Result<Vec<Lost>, AppError> {
    let mut tx = app.db.begin().await?;
    let lost = lost_in(&mut tx, &app.policy).await?;
    let print = app.policy.fingerprint();
    if meta::get(&mut tx, meta::POLICY).await?.as_deref() == Some(print) {
        tx.rollback().await?;
        return Ok(lost);
    }
    meta::put(&mut tx, meta::POLICY, print).await?;
    obligations::wake_open(&mut tx, now).await?;
    let profile = &app.policy.profile;
    let mut detail = format!("启用规则「{}」（{}），校验值 {print}", profile.name, profile.id);
    for one in &lost {
        detail.push('；');
        detail.push_str(&one.zh());
    }
    let entry = Entry {
        actor: ACTOR_SERVICE,
        action: "policy.change",
        object_kind: "policy",
        object_id: &profile.id,
        detail,
    };
    journal::append(&mut tx, now, &[entry]).await?;
    tx.commit().await?;
    Ok(lost)
}
