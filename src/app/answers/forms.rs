//! What the page behind a link lets its reader answer.

use crate::app::view::AnswerForm;
use crate::app::{App, AppError, rectifications};
use crate::domain::alert::{Contact, Recipient, is_of};
use crate::domain::contact::same_mailbox;
use crate::domain::finding::{Owner, Stage};
use crate::domain::obligation::{Kind, Obligation};
use crate::domain::person::normal_name;
use crate::domain::time::Moment;
use crate::store::{Tx, contacts, findings, hands, rectifications as stored_rectifications};

/// The form for a reader: the answer to a finding where their role permits, else their words to it; the progress of a
/// rectification that their unit answers for.
pub(super) async fn of(
    app: &App,
    tx: &mut Tx,
    obligation: &Obligation,
    reader: &Recipient,
    now: Moment,
) -> Result<AnswerForm, AppError> {
    if reader.name.is_empty() {
        return Ok(AnswerForm::Nothing);
    }
    match obligation.kind {
        Kind::FindingReply | Kind::FindingConfirm => {
            let Some(stored) = findings::stored_by_id(tx, &obligation.subject_id).await? else {
                return Ok(AnswerForm::Nothing);
            };
            let delegations = hands::delegations(tx, now.day()).await?;
            let present = rectifications::present(&contacts::all(tx).await?, &delegations, now.day());
            let answers = stored.state.stage == Stage::Open
                && may_answer(
                    app,
                    &present,
                    reader,
                    &stored.state.owner,
                    obligation.scope_unit.as_deref(),
                );
            Ok(if answers {
                AnswerForm::Finding {
                    version: stored.version,
                }
            } else {
                AnswerForm::Statement
            })
        }
        Kind::Progress | Kind::Rectification | Kind::Stage | Kind::Escalation => {
            let item = stored_rectifications::by_number(tx, &obligation.number).await?;
            let Some(item) = item.filter(|item| item.id.as_str() == obligation.subject_id && !item.life.is_closed())
            else {
                return Ok(AnswerForm::Nothing);
            };
            if !rectifications::answers_for(tx, &item, &reader.name, now.day()).await? {
                return Ok(AnswerForm::Nothing);
            }
            let stages = item.life.stages.iter().filter(|stage| stage.done_on.is_none());
            Ok(AnswerForm::Report {
                version: item.version,
                stages: stages.map(|stage| stage.name.clone()).collect(),
            })
        }
        _ => Ok(AnswerForm::Nothing),
    }
}

/// Whoever owes the answer, or handles the case for the organ, in a role that the profile lets answer.
fn may_answer(app: &App, present: &[Contact], reader: &Recipient, owner: &Owner, organ: Option<&str>) -> bool {
    let name = normal_name(&reader.name);
    if owner
        .person
        .as_deref()
        .is_some_and(|person| normal_name(person) == name)
    {
        return true;
    }
    let same = |one: &str, other: &str| is_of(one, other) && is_of(other, one);
    let units = [owner.unit.as_deref(), organ];
    present
        .iter()
        .filter(|contact| !contact.disabled && normal_name(&contact.name) == name)
        .filter(|contact| {
            let email = contact.email.as_deref();
            email.is_some_and(|email| same_mailbox(email, &reader.email))
        })
        .filter(|contact| app.policy.routing.answers.contains(&contact.role))
        .any(|contact| units.iter().flatten().any(|unit| same(&contact.unit, unit)))
}
