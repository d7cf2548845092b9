//! What people of the city record step by step: an accountability that nobody reviewed for tolerance, and an
//! investigation whose clock stands still; and a rectification that is done and waits to be checked.

use super::city::{Cadre, LIAISON, ORGAN};
use super::lists::{BEGINS, Plot};
use crate::app::App;
use crate::app::procedure::{self, CaseRef, NewCase};
use crate::app::rectifications::{self as ledger, Attachment, By, ItemRef};
use crate::cli::output::Failure;
use crate::domain::contact::Role;
use crate::domain::name::Name;
use crate::domain::person::{CitizenId, IdNumber};
use crate::domain::procedure::{Act, Applicant, Aspect, Dated, Weight};
use crate::domain::rectification::Act as Step;
use chrono::{Datelike, NaiveDate};

/// Who records.
const ACTOR: &str = "江晚舟";

/// The case that nobody reviewed.
pub(super) fn unreviewed(today: NaiveDate) -> String {
    format!("RC-{}-201", today.year())
}

fn suspended(today: NaiveDate) -> String {
    format!("RC-{}-202", today.year())
}

/// The acts of the day that lies `back` working days before today.
pub(super) async fn of_day(app: &App, plot: &Plot, back: u32) -> Result<(), Failure> {
    let day = plot.day(back);
    let (first, second) = (unreviewed(plot.today), suspended(plot.today));
    match back {
        8 => {
            open(
                app,
                &first,
                "陆明澈",
                "工程质量保险试点核验疏漏",
                &Act::StartAccountability,
                day,
            )
            .await?;
            let applied = Act::Apply { by: Applicant::Cadre };
            open(app, &second, "周景行", "智慧停车试点收费延误", &applied, day).await
        }
        7 => act(app, &second, &Act::Accept, day).await,
        5 => {
            let motive = Act::Consider {
                aspect: Aspect::Motive,
                weight: Weight::For,
                finding: "为解决停车难先行先试，未见谋取私利".to_owned(),
                evidence: "局务会议纪要两份、试点方案一份".to_owned(),
            };
            act(app, &second, &motive, day).await
        }
        3 => {
            let waiting = Act::Suspend {
                limit: Name::known("investigation"),
                approver: Role::DeputyLeader,
                reason: "等待上级机关答复".to_owned(),
            };
            act(app, &second, &waiting, day).await
        }
        _ => Ok(()),
    }
}

/// What a unit does for a rectification until it asks for the closing; it waits for whoever supervises.
pub(super) async fn rectified(app: &App, plot: &Plot, back: u32) -> Result<(), Failure> {
    let item = ItemRef {
        number: format!("ZG-{}-034", plot.day(BEGINS).year()),
        version: None,
    };
    let by = By::from(LIAISON);
    match back {
        9 => drop(ledger::act(app, &item, &Step::Received, &by).await?),
        5 => {
            let report = Step::Reported {
                percent: Some(100),
                rating: None,
                text: "十二处公示牌已补齐，监督电话已公布".to_owned(),
                stage: None,
            };
            ledger::act(app, &item, &report, &by).await?;
        }
        4 => {
            let file = Attachment {
                name: "公示牌点位清单.txt".to_owned(),
                bytes: "云川市停车收费公示牌点位清单：十二处，均已安装。\n".into(),
            };
            ledger::attach(app, &item, file, &by).await?;
            ledger::act(app, &item, &Step::ClosingAsked, &by).await?;
        }
        _ => {}
    }
    Ok(())
}

async fn open(app: &App, number: &str, name: &str, matter: &str, first: &Act, day: NaiveDate) -> Result<(), Failure> {
    let cadre = Cadre::named(name);
    let id = CitizenId::parse(&cadre.id_number()).map_or(IdNumber::Missing, IdNumber::Valid);
    let new = NewCase {
        case_no: Some(number.to_owned()),
        matter_no: None,
        matter: matter.to_owned(),
        name: name.to_owned(),
        id,
        unit: cadre.unit.to_owned(),
        organ: Some(ORGAN.to_owned()),
        handler: Some(ACTOR.to_owned()),
        competent: None,
        superior: None,
    };
    procedure::open(app, &new, &Dated { act: first, day }, ACTOR).await?;
    Ok(())
}

async fn act(app: &App, number: &str, act: &Act, day: NaiveDate) -> Result<(), Failure> {
    let which = CaseRef {
        case_no: number.to_owned(),
        name: None,
        version: None,
    };
    procedure::act(app, &which, &Dated { act, day }, ACTOR).await?;
    Ok(())
}
