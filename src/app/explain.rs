//! The chain of clause, facts, rule and calendar days behind an obligation or a finding.

use super::{App, AppError, wording};
use crate::domain::deadline::is_stopped;
use crate::store::journal::{ACTOR_LOCAL, Entry};
use crate::store::{findings, journal, obligations};
use serde::Serialize;

/// Labelled lines, in order.
#[derive(Debug, Clone, Serialize)]
pub struct Explained {
    /// Label and text.
    pub lines: Vec<(String, String)>,
}

impl Explained {
    fn line(&mut self, label: &str, text: impl Into<String>) {
        self.lines.push((label.to_owned(), text.into()));
    }
}

/// Explains an obligation.
pub async fn obligation(app: &App, id: &str) -> Result<Explained, AppError> {
    let mut tx = app.db.read().await?;
    let found = obligations::by_id(&mut tx, id).await?;
    tx.rollback().await?;
    let o = found.ok_or_else(|| AppError::Input(format!("没有编号为 {id} 的期限事项")))?;
    let mut out = Explained { lines: Vec::new() };
    out.line("事项", format!("{} {}", wording::name(app, &o), o.number));
    out.line("依据", format!("{}（{}）", o.clause, o.number_from.zh()));
    if let Some(limit) = app.policy.rule(o.rule) {
        out.line("原文", limit.quote.clone());
    }
    let started = app
        .policy
        .rule(o.rule)
        .map_or_else(|| "起算事件".to_owned(), |limit| app.policy.anchor_zh(limit.anchor));
    out.line("起算", format!("{started}：{}", o.event_day));
    if o.terms.counts() {
        out.line("期限", o.terms.zh());
    }
    out.line("日历", wording::calendar(&o));
    for one in &o.adjustments {
        out.line("调整", one.zh());
    }
    if let Some(moved) = &o.moved {
        out.line("变动", format!("原到期日 {}：{}", moved.from, moved.cause));
    }
    for (day, remark) in wording::full_reckoning(app, &o) {
        out.line(
            &day,
            if remark.is_empty() {
                "工作日".to_owned()
            } else {
                remark
            },
        );
    }
    let provisional = if is_stopped(&o.adjustments) {
        "中止中，恢复后重新推算"
    } else {
        o.due.certainty.zh()
    };
    out.line("到期日", format!("{}（{provisional}）", o.due.day));
    out.line(
        "状态",
        match (o.state, o.met_on) {
            (crate::domain::obligation::State::Met, Some(day)) => format!("已办结于 {day}"),
            (crate::domain::obligation::State::Void, _) => "不再要求".to_owned(),
            _ if is_stopped(&o.adjustments) => "未办结，中止中：不提醒，恢复后重新推算到期日".to_owned(),
            _ => "未办结".to_owned(),
        },
    );
    Ok(out)
}

/// Explains a finding. It names a person, so the view is journaled.
pub async fn finding(app: &App, id: &str) -> Result<Explained, AppError> {
    let mut tx = app.db.begin().await?;
    let Some(stored) = findings::stored_by_id(&mut tx, id).await? else {
        return Err(AppError::Input(format!("没有编号为 {id} 的疑似问题")));
    };
    let history = findings::events(&mut tx, &stored.finding.id).await?;
    let earlier = match &stored.finding.predecessor {
        Some(earlier) => findings::by_id(&mut tx, earlier.as_str()).await?,
        None => None,
    };
    let (state, f) = (stored.state, stored.finding);
    let entry = Entry {
        actor: ACTOR_LOCAL,
        action: "view",
        object_kind: "finding",
        object_id: id,
        detail: "查看依据".to_owned(),
    };
    journal::append(&mut tx, app.now(), &[entry]).await?;
    tx.commit().await?;
    let mut out = Explained { lines: Vec::new() };
    out.line("案件", f.case_no);
    out.line("事项类别", f.domain.zh());
    out.line("依据", "二(五)");
    let place = match (&f.sheet, f.row) {
        (Some(sheet), Some(row)) => format!("{}，工作表「{sheet}」第 {row} 行", f.file),
        (None, Some(row)) => format!("{}，第 {row} 行", f.file),
        _ => f.file.clone(),
    };
    out.line("出处", place);
    out.line("结果", f.result);
    out.line("理由", f.reason);
    out.line("判断", f.why);
    for matched in f.matched {
        out.line("命中", matched);
    }
    if let Some(earlier) = earlier {
        out.line("由来", format!("疑似问题 {}（{}）", earlier.id, earlier.short()));
    }
    let how = state
        .closed_by
        .map(|how| format!("（{}）", how.zh()))
        .unwrap_or_default();
    out.line("状态", format!("{}{how}", state.stage.zh()));
    out.line("由谁答复", state.owner.zh());
    for one in history {
        out.line("经过", format!("{} {} {}", one.at.day(), one.actor, one.event.zh()));
    }
    Ok(out)
}
