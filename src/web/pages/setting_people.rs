//! 设置: units and people. Each change is looked at first, entry by entry, and made with a reason; every state an entry had
//! can come back.

use super::form::{Field, FieldKind, Reader, typed};
use crate::app::directory::{self, Asked, Change, Person, Plan, Unit};
use crate::app::rectifications::{self as ledger, Registrar};
use crate::app::view::PageOf;
use crate::app::{AppError, uncancelled};
use crate::domain::alert::Contact;
use crate::domain::contact::{Delegation, Role};
use crate::web::address::address;
use crate::web::desk::{Desk, Problems, Sent, refused};
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::{self as m, Shown as _};
use crate::web::params::{Params, Segment, day_of};
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;

const PEOPLE: &str = "/settings/people";
const UNITS: &str = "/settings/units";

#[derive(Template)]
#[template(path = "pages/setting_people.html")]
struct PeoplePage<'a> {
    chrome: Chrome<'a>,
    list: PageOf<Contact>,
    asked: Asked,
    pager: m::Pager,
}

#[derive(Template)]
#[template(path = "pages/setting_units.html")]
struct UnitsPage<'a> {
    chrome: Chrome<'a>,
    list: PageOf<Unit>,
    text: String,
    pager: m::Pager,
}

#[derive(Template)]
#[template(path = "pages/setting_person_new.html")]
struct NewPage<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    fields: Vec<Field>,
}

#[derive(Template)]
#[template(path = "pages/setting_person.html")]
struct PersonPage<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    id: String,
    person: Person,
    entry: Vec<Field>,
    absence: Vec<Field>,
    /// Whether the form of an absence was just filled in.
    is_absence: bool,
}

#[derive(Template)]
#[template(path = "pages/setting_unit.html")]
struct UnitPage<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    unit: Unit,
    /// Where its people are.
    people: String,
    /// Where one is added.
    add: String,
    fields: Vec<Field>,
}

/// What would become of the directory, and the form that makes it so.
#[derive(Template)]
#[template(path = "pages/setting_plan.html")]
struct PlanPage<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    /// Where the way back leads.
    crumb: (String, &'static str),
    action: String,
    plan: Option<Plan>,
    said: Option<String>,
    hidden: Vec<(&'static str, String)>,
    /// Whether a reason is asked for; an absence has said its own.
    asks: bool,
    reason: String,
}

fn id_of(contact: &Contact) -> String {
    directory::id_of(contact)
}

pub async fn list<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let params = params.only_long(&["text", "unit", "page"])?;
    let asked = Asked {
        text: params.text("text").unwrap_or_default().to_owned(),
        unit: params.text("unit").unwrap_or_default().to_owned(),
    };
    let list = directory::people(site.app(), &asked, params.page()?).await?;
    html(&PeoplePage {
        chrome: site.chrome(Some(Nav::Settings), "设置：人员").await,
        pager: m::pager(&list, PEOPLE, &[("text", &asked.text), ("unit", &asked.unit)]),
        list,
        asked,
    })
}

pub async fn units<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["text", "page"])?;
    let text = params.text("text").unwrap_or_default().to_owned();
    let list = directory::units(site.app(), &text, params.page()?).await?;
    html(&UnitsPage {
        chrome: site.chrome(Some(Nav::Settings), "设置：单位").await,
        pager: m::pager(&list, UNITS, &[("text", &text)]),
        list,
        text,
    })
}

/// What comes of a form.
enum Outcome {
    Done(String, String),
    /// To be looked at first, with what is wrong with the reason.
    Check(Box<Check>, Problems),
    Again(Problems),
}

/// What is to be looked at.
struct Check {
    plan: Option<Plan>,
    said: Option<String>,
    hidden: Vec<(&'static str, String)>,
}

/// Looks at a change, or makes it when it was looked at.
async fn changed<S: PageSource>(
    site: &Desk<S>,
    sent: &Sent,
    change: Change,
    mut hidden: Vec<(&'static str, String)>,
    to: &str,
) -> Result<Outcome, PageError> {
    let plan = match directory::plan(site.app(), &change).await {
        Ok(plan) => plan,
        Err(AppError::Input(problem)) => return Ok(Outcome::Again(Problems::whole(problem))),
        Err(other) => return Err(other.into()),
    };
    let mark = plan.mark();
    let mut problems = Problems::default();
    if sent.ticked("sure") {
        let (app, actor) = (site.app().clone(), site.viewer().actor());
        let (seen, reason) = (sent.get("seen").to_owned(), sent.get("reason").to_owned());
        let made = uncancelled(async move { directory::apply(&app, &change, &seen, &reason, &actor).await }).await;
        match made {
            Ok(count) => {
                let said = format!("通讯录已改动 {count} 条，即时起作用。");
                return Ok(Outcome::Done(to.to_owned(), said));
            }
            Err(AppError::Input(problem) | AppError::Conflict(problem)) => problems.add("reason", problem),
            Err(other) => return Err(other.into()),
        }
    }
    hidden.push(("seen", mark));
    let check = Check {
        plan: Some(plan),
        said: None,
        hidden,
    };
    Ok(Outcome::Check(Box::new(check), problems))
}

/// The page that a form leads to when it has not done its work.
async fn checking<S: PageSource>(
    site: &Desk<S>,
    sent: &Sent,
    check: Check,
    problems: Problems,
    crumb: (String, &'static str),
    action: String,
) -> Result<Response, PageError> {
    let wrong = !problems.is_empty();
    let page = html(&PlanPage {
        chrome: site.chrome(Some(Nav::Settings), "预览：通讯录").await,
        problems,
        crumb,
        action,
        plan: check.plan,
        said: check.said,
        asks: !check.hidden.iter().any(|(name, _)| *name == "why"),
        hidden: check.hidden,
        reason: sent.get("reason").to_owned(),
    })?;
    Ok(if wrong { refused(page) } else { page })
}

fn new_fields() -> Vec<Field> {
    let roles = Role::ALL.map(|role| (role.zh(), role.zh()));
    vec![
        Field::line("unit", "单位").hinted("从上到下写全，如 云川市/住建局；写法须与案件、台账一致"),
        Field::line("name", "姓名"),
        Field::choice("role", "角色", [("", "请选择")].into_iter().chain(roles)),
        Field::line("email", "邮箱").optional().hinted("没有邮箱的收不到提醒"),
        Field::line("deputy", "代理人")
            .optional()
            .hinted("停用期间由谁代收，须已在通讯录中"),
    ]
}

fn entry_fields(contact: &Contact) -> Vec<Field> {
    vec![
        Field::line("email", "邮箱")
            .optional()
            .valued(contact.email.clone().unwrap_or_default()),
        Field::line("deputy", "代理人")
            .optional()
            .hinted("停用期间由谁代收，须已在通讯录中")
            .valued(contact.deputy.clone().unwrap_or_default()),
        Field::choice("state", "状态", [("open", "启用"), ("closed", "停用")]).valued(if contact.disabled {
            "closed"
        } else {
            "open"
        }),
    ]
}

fn absence_fields() -> Vec<Field> {
    vec![
        Field::line("stand_in", "代理人").hinted("同一单位或上级单位可以收信的人"),
        Field::day("from", "起日", None),
        Field::day("to", "止日", None).hinted("含这一天，最长 366 天"),
        Field::line("why", "离岗事由"),
    ]
}

fn hidden(sent: &Sent, names: &[&'static str]) -> Vec<(&'static str, String)> {
    names.iter().map(|name| (*name, sent.get(name).to_owned())).collect()
}

pub async fn new<S: PageSource>(site: Desk<S>, params: Params) -> Result<Response, PageError> {
    let params = params.only_long(&["unit"])?;
    let mut fields = new_fields();
    params.text("unit").unwrap_or_default().clone_into(&mut fields[0].value);
    new_page(&site, fields, Problems::default()).await
}

async fn new_page<S: PageSource>(
    site: &Desk<S>,
    fields: Vec<Field>,
    problems: Problems,
) -> Result<Response, PageError> {
    html(&NewPage {
        chrome: site.chrome(Some(Nav::Settings), "新增人员").await,
        problems,
        fields,
    })
}

pub async fn add<S: PageSource>(site: Desk<S>, sent: Sent) -> Result<Response, PageError> {
    let outcome = adding(&site, &sent).await;
    let action = format!("{PEOPLE}/new");
    match answered(&site, &sent, outcome, (PEOPLE.to_owned(), "人员"), action).await? {
        Ok(response) => Ok(response),
        Err(problems) => {
            let mut fields = new_fields();
            typed(&mut fields, &sent);
            Ok(again(!problems.is_empty(), new_page(&site, fields, problems).await?))
        }
    }
}

async fn adding<S: PageSource>(site: &Desk<S>, sent: &Sent) -> Result<Outcome, PageError> {
    if sent.ticked("back") {
        return Ok(Outcome::Again(Problems::default()));
    }
    let mut reader = Reader::new(sent);
    let (unit, name) = (reader.text("unit", "单位"), reader.text("name", "姓名"));
    let role = reader.choice("role", "角色", Role::from_zh);
    let (Some(role), true) = (role, reader.problems.is_empty()) else {
        return Ok(Outcome::Again(reader.problems));
    };
    let contact = Contact {
        unit,
        name,
        role,
        email: sent.some("email"),
        deputy: sent.some("deputy"),
        disabled: false,
    };
    let kept = hidden(sent, &["unit", "name", "role", "email", "deputy"]);
    let to = format!("{PEOPLE}/{}", id_of(&contact));
    changed(site, sent, Change::Add(contact), kept, &to).await
}

/// Ends a form that is done or to be looked at; gives what is wrong where its own page is to be shown again.
async fn answered<S: PageSource>(
    site: &Desk<S>,
    sent: &Sent,
    outcome: Result<Outcome, PageError>,
    crumb: (String, &'static str),
    action: String,
) -> Result<Result<Response, Problems>, PageError> {
    match outcome {
        Ok(Outcome::Done(to, said)) => Ok(Ok(site.done(sent, &to, &said).await?)),
        Ok(Outcome::Check(check, problems)) => {
            site.undone(sent).await?;
            Ok(Ok(checking(site, sent, *check, problems, crumb, action).await?))
        }
        Ok(Outcome::Again(problems)) => {
            site.undone(sent).await?;
            Ok(Err(problems))
        }
        Err(error) => {
            site.undone(sent).await?;
            Err(error)
        }
    }
}

/// The page of a form again, as what it is: refused, or only gone back to.
fn again(wrong: bool, page: Response) -> Response {
    if wrong { refused(page) } else { page }
}

async fn found<S: PageSource>(site: &Desk<S>, id: &str) -> Result<Person, PageError> {
    let person = directory::person(site.app(), id).await?;
    person.ok_or(PageError::NotFound { what: "人员" })
}

pub async fn show<S: PageSource>(site: Desk<S>, id: Segment, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    let person = found(&site, &id.0).await?;
    let entry = entry_fields(&person.contact);
    page(&site, person, (entry, absence_fields()), false, Problems::default()).await
}

async fn page<S: PageSource>(
    site: &Desk<S>,
    person: Person,
    (entry, absence): (Vec<Field>, Vec<Field>),
    is_absence: bool,
    problems: Problems,
) -> Result<Response, PageError> {
    html(&PersonPage {
        chrome: site
            .chrome(Some(Nav::Settings), format!("人员：{}", person.contact.name))
            .await,
        problems,
        id: id_of(&person.contact),
        person,
        entry,
        absence,
        is_absence,
    })
}

/// The page of an entry again, with what was typed into one of its forms.
async fn shown_again<S: PageSource>(
    site: &Desk<S>,
    sent: &Sent,
    id: &str,
    problems: Problems,
) -> Result<Response, PageError> {
    let person = found(site, id).await?;
    let (mut entry, mut absence) = (entry_fields(&person.contact), absence_fields());
    match sent.get("form") {
        "entry" => typed(&mut entry, sent),
        "absence" => typed(&mut absence, sent),
        _ => {}
    }
    let is_absence = sent.get("form") == "absence";
    page(site, person, (entry, absence), is_absence, problems).await
}

pub async fn save<S: PageSource>(site: Desk<S>, id: Segment, sent: Sent) -> Result<Response, PageError> {
    let outcome = saving(&site, &sent, &id.0).await;
    let path = format!("{PEOPLE}/{}", id.0);
    match answered(&site, &sent, outcome, (path.clone(), "人员"), path).await? {
        Ok(response) => Ok(response),
        Err(problems) => Ok(again(
            !problems.is_empty(),
            shown_again(&site, &sent, &id.0, problems).await?,
        )),
    }
}

async fn saving<S: PageSource>(site: &Desk<S>, sent: &Sent, id: &str) -> Result<Outcome, PageError> {
    let person = found(site, id).await?;
    if sent.ticked("back") {
        return Ok(Outcome::Again(Problems::default()));
    }
    let to = format!("{PEOPLE}/{id}");
    match sent.get("form") {
        "restore" => {
            let change = Change::Restore {
                id: id.to_owned(),
                number: sent.get("number").parse().unwrap_or(-1),
            };
            changed(site, sent, change, hidden(sent, &["form", "number"]), &to).await
        }
        "absence" => absent(site, sent, &person.contact, &to).await,
        "end" => ended(site, sent, &person, &to).await,
        _ => {
            let contact = Contact {
                email: sent.some("email"),
                deputy: sent.some("deputy"),
                disabled: sent.get("state") == "closed",
                ..person.contact
            };
            let kept = hidden(sent, &["form", "email", "deputy", "state"]);
            changed(site, sent, Change::Set(contact), kept, &to).await
        }
    }
}

async fn absent<S: PageSource>(site: &Desk<S>, sent: &Sent, contact: &Contact, to: &str) -> Result<Outcome, PageError> {
    let mut reader = Reader::new(sent);
    let one = Delegation {
        unit: contact.unit.clone(),
        name: contact.name.clone(),
        deputy: reader.text("stand_in", "代理人"),
        from: reader.day("from", "起日"),
        to: reader.day("to", "止日"),
        reason: reader.text("why", "离岗事由"),
    };
    if !reader.problems.is_empty() {
        return Ok(Outcome::Again(reader.problems));
    }
    let actor = site.viewer().actor();
    let told = ledger::foresee_delegation(site.app(), &one, Registrar::Keeper(&actor)).await;
    let one = match told {
        Ok(one) => one,
        Err(AppError::Input(problem)) => return Ok(Outcome::Again(Problems::whole(problem))),
        Err(other) => return Err(other.into()),
    };
    let said = format!(
        "{} 至 {}，「{}」的提醒送「{}」，由「{}」代为办理；到期自动恢复。",
        one.from, one.to, one.name, one.deputy, one.deputy
    );
    if !sent.ticked("sure") {
        let check = Check {
            plan: None,
            said: Some(said),
            hidden: hidden(sent, &["form", "stand_in", "from", "to", "why"]),
        };
        return Ok(Outcome::Check(Box::new(check), Problems::default()));
    }
    let app = site.app().clone();
    let made = uncancelled(async move { ledger::delegate_by(&app, &one, Registrar::Keeper(&actor)).await }).await;
    match made {
        Ok(kept) => Ok(Outcome::Done(
            to.to_owned(),
            format!("{} 至 {} 由「{}」代理，已登记。", kept.from, kept.to, kept.deputy),
        )),
        Err(AppError::Input(problem)) => Ok(Outcome::Again(Problems::whole(problem))),
        Err(other) => Err(other.into()),
    }
}

async fn ended<S: PageSource>(site: &Desk<S>, sent: &Sent, person: &Person, to: &str) -> Result<Outcome, PageError> {
    let from = day_of(sent.get("since"));
    let one = person.absences.iter().find(|one| Some(one.from) == from);
    let Some(one) = one else {
        return Ok(Outcome::Again(Problems::whole("没有这一次离岗，或者已经结束")));
    };
    let mut problems = Problems::default();
    if sent.ticked("sure") {
        let (app, actor, reason) = (site.app().clone(), site.viewer().actor(), sent.get("reason").to_owned());
        let (unit, name, from) = (one.unit.clone(), one.name.clone(), one.from);
        let made =
            uncancelled(async move { ledger::end_absence(&app, (&unit, &name, from), &reason, &actor).await }).await;
        match made {
            Ok(()) => {
                return Ok(Outcome::Done(
                    to.to_owned(),
                    "离岗代理已结束，提醒自今天起送本人。".to_owned(),
                ));
            }
            Err(AppError::Input(problem)) => problems.add("reason", problem),
            Err(other) => return Err(other.into()),
        }
    }
    let check = Check {
        plan: None,
        said: Some(format!(
            "{} 至 {} 由「{}」代理的，自今天起结束，提醒送「{}」本人。",
            one.from, one.to, one.deputy, one.name
        )),
        hidden: hidden(sent, &["form", "since"]),
    };
    Ok(Outcome::Check(Box::new(check), problems))
}

fn unit_fields(unit: &Unit) -> Vec<Field> {
    vec![
        Field::line("to", "新的名称")
            .hinted("下级单位、登记的离岗代理一并改；案件和台账里的名称不改，须另行登记或导入")
            .valued(unit.name.clone()),
    ]
}

async fn found_unit<S: PageSource>(site: &Desk<S>, id: &str) -> Result<Unit, PageError> {
    let unit = directory::unit(site.app(), id).await?;
    unit.ok_or(PageError::NotFound { what: "单位" })
}

pub async fn unit<S: PageSource>(site: Desk<S>, id: Segment, params: Params) -> Result<Response, PageError> {
    params.only(&[])?;
    let unit = found_unit(&site, &id.0).await?;
    let fields = unit_fields(&unit);
    unit_page(&site, unit, fields, Problems::default()).await
}

async fn unit_page<S: PageSource>(
    site: &Desk<S>,
    unit: Unit,
    fields: Vec<Field>,
    problems: Problems,
) -> Result<Response, PageError> {
    html(&UnitPage {
        chrome: site.chrome(Some(Nav::Settings), format!("单位：{}", unit.name)).await,
        problems,
        people: address(PEOPLE, &[("unit", &unit.name)]),
        add: address(&format!("{PEOPLE}/new"), &[("unit", &unit.name)]),
        unit,
        fields,
    })
}

pub async fn change_unit<S: PageSource>(site: Desk<S>, id: Segment, sent: Sent) -> Result<Response, PageError> {
    let outcome = changing_unit(&site, &sent, &id.0).await;
    let path = format!("{UNITS}/{}", id.0);
    match answered(&site, &sent, outcome, (path.clone(), "单位"), path).await? {
        Ok(response) => Ok(response),
        Err(problems) => {
            let unit = found_unit(&site, &id.0).await?;
            let mut fields = unit_fields(&unit);
            if sent.get("act") == "rename" {
                typed(&mut fields, &sent);
            }
            Ok(again(
                !problems.is_empty(),
                unit_page(&site, unit, fields, problems).await?,
            ))
        }
    }
}

async fn changing_unit<S: PageSource>(site: &Desk<S>, sent: &Sent, id: &str) -> Result<Outcome, PageError> {
    let unit = found_unit(site, id).await?;
    if sent.ticked("back") {
        return Ok(Outcome::Again(Problems::default()));
    }
    let mut to = format!("{UNITS}/{id}");
    let change = match sent.get("act") {
        "close" => Change::CloseUnit(unit.name),
        "open" => Change::OpenUnit(unit.name),
        "rename" => {
            let name = sent.get("to").trim_matches('/').to_owned();
            to = format!("{UNITS}/{}", directory::id_of_unit(&name));
            Change::RenameUnit {
                from: unit.name,
                to: name,
            }
        }
        _ => return Ok(Outcome::Again(Problems::whole("请选择要办的事"))),
    };
    changed(site, sent, change, hidden(sent, &["act", "to"]), &to).await
}

/// How an entry reads in a list of changes.
fn entry_zh(contact: &Contact) -> String {
    let state = if contact.disabled { "停用" } else { "启用" };
    let deputy = contact
        .deputy
        .as_deref()
        .map(|deputy| format!("，代理人 {deputy}"))
        .unwrap_or_default();
    format!("{}{deputy}，{state}", contact.email.as_deref().unwrap_or("没有邮箱"))
}
