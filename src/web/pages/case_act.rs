//! One act in a case: the form for it, a page to check a decision before it is recorded, the recording.

use super::cases::case_id;
use super::form::{Field, FieldKind, Reader, on_page, typed};
use crate::app::pages;
use crate::app::procedure::{self, Done, Foreseen, Shown, Which};
use crate::app::view::{Light, PlannedLimit};
use crate::app::{App, AppError, uncancelled};
use crate::domain::case::Conclusion;
use crate::domain::contact::Role;
use crate::domain::deadline::Unit;
use crate::domain::ids::CaseId;
use crate::domain::name::Name;
use crate::domain::policy::{Event, Guard};
use crate::domain::procedure::{
    Act, Applicant, Archive, Aspect, Changes, Dated, Meeting, Override, Reach, Weight, What, approver_of, offered,
};
use crate::web::desk::{Desk, Problems, Sent, refused};
use crate::web::layout::{Chrome, Nav, html};
use crate::web::marks::Shown as _;
use crate::web::params::{Params, Segment};
use crate::web::{PageError, PageSource};
use askama::Template;
use axum::response::Response;
use chrono::NaiveDate;

#[derive(Template)]
#[template(path = "pages/case_act.html")]
struct ActPage<'a> {
    chrome: Chrome<'a>,
    problems: Problems,
    case: Shown,
    what: What,
    fields: Vec<Field>,
    why_not: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/case_check.html")]
struct CheckPage<'a> {
    chrome: Chrome<'a>,
    case: Shown,
    what: What,
    fields: Vec<Field>,
    foreseen: Foreseen,
    limits: Vec<PlannedLimit>,
}

async fn shown<S: PageSource>(site: &Desk<S>, id: &CaseId) -> Result<Shown, PageError> {
    let which = Which::Seen { id, version: None };
    Ok(procedure::show(site.app(), which, &site.viewer().actor()).await?)
}

fn what(text: &str) -> Result<What, PageError> {
    What::from_key(text).ok_or_else(|| PageError::bad_query("办理事项「what」", "案件页面上列出的一项"))
}

pub async fn show<S: PageSource>(site: Desk<S>, segment: Segment, params: Params) -> Result<Response, PageError> {
    let params = params.only(&["what", "event"])?;
    let id = case_id(&site, segment).await?;
    let what = what(params.text("what").unwrap_or_default())?;
    let case = shown(&site, &id).await?;
    let mut fields = fields(site.app(), &case, what, &site.viewer().name);
    if let Some(event) = params.text("event") {
        for field in fields.iter_mut().filter(|field| field.name == "event") {
            event.clone_into(&mut field.value);
        }
    }
    page(&site, Problems::default(), case, what, fields).await
}

async fn page<S: PageSource>(
    site: &Desk<S>,
    problems: Problems,
    case: Shown,
    what: What,
    fields: Vec<Field>,
) -> Result<Response, PageError> {
    let today = site.app().now().day();
    let why_not = offered(&case.state, what, &site.app().policy, today).err();
    let title = format!("{}：{}", what.zh(), case.case.record.case_no);
    html(&ActPage {
        chrome: site.chrome(Some(Nav::Cases), title).await,
        why_not: why_not.map(|refused| on_page(&refused.0)),
        problems,
        case,
        what,
        fields,
    })
}

pub async fn save<S: PageSource>(site: Desk<S>, segment: Segment, sent: Sent) -> Result<Response, PageError> {
    match take(&site, segment, &sent).await {
        Ok(Outcome::Recorded(id, said)) => site.done(&sent, &format!("/cases/{id}"), &said).await,
        Ok(Outcome::Again(again)) => {
            site.undone(&sent).await?;
            again_page(&site, *again, &sent).await
        }
        Err(error) => {
            site.undone(&sent).await?;
            Err(error)
        }
    }
}

enum Outcome {
    Recorded(CaseId, String),
    Again(Box<Again>),
}

/// What is shown instead of recording.
struct Again {
    id: CaseId,
    what: What,
    problems: Problems,
    foreseen: Option<Foreseen>,
}

async fn again_page<S: PageSource>(site: &Desk<S>, again: Again, sent: &Sent) -> Result<Response, PageError> {
    let case = shown(site, &again.id).await?;
    let mut fields = fields(site.app(), &case, again.what, &site.viewer().name);
    typed(&mut fields, sent);
    let Some(mut foreseen) = again.foreseen else {
        let page = page(site, again.problems, case, again.what, fields).await?;
        return Ok(if sent.ticked("back") { page } else { refused(page) });
    };
    foreseen
        .warnings
        .iter_mut()
        .for_each(|warning| *warning = on_page(warning));
    let title = format!("核对：{} {}", again.what.zh(), case.case.record.case_no);
    html(&CheckPage {
        chrome: site.chrome(Some(Nav::Cases), title).await,
        limits: pages::planned(site.app(), &foreseen.limits),
        what: again.what,
        case,
        fields,
        foreseen,
    })
}

async fn take<S: PageSource>(site: &Desk<S>, segment: Segment, sent: &Sent) -> Result<Outcome, PageError> {
    let id = case_id(site, segment).await?;
    let what = what(sent.get("what"))?;
    let again = |problems: Problems, foreseen: Option<Foreseen>| {
        Ok(Outcome::Again(Box::new(Again {
            id: id.clone(),
            what,
            problems,
            foreseen,
        })))
    };
    if sent.ticked("back") {
        return again(Problems::default(), None);
    }
    let Ok(version) = sent.get("version").parse::<i64>() else {
        return Err(PageError::Stale);
    };
    let mut reader = Reader::new(sent);
    let act = read(&mut reader, what);
    let day = reader.day("on", "日期");
    let Some(act) = act.filter(|_| reader.problems.is_empty()) else {
        return again(reader.problems, None);
    };
    let (app, actor) = (site.app().clone(), site.viewer().actor());
    let which = Which::Seen {
        id: &id,
        version: Some(version),
    };
    let dated = Dated { act: &act, day };
    let told = if what.is_decision() && !sent.ticked("sure") {
        match procedure::foresee(&app, which, &dated).await {
            Ok(foreseen) => return again(Problems::default(), Some(foreseen)),
            Err(error) => Err(error),
        }
    } else {
        record(app, id.clone(), version, act.clone(), day, actor).await
    };
    match told {
        Ok(done) => {
            // It is recorded by now, whatever becomes of what is said about it.
            let in_time = match event_of(what) {
                Some(event) => pages::kept_in_time(site.app(), &id, event).await.unwrap_or_default(),
                None => String::new(),
            };
            Ok(Outcome::Recorded(id, said(&done, &in_time)))
        }
        Err(AppError::Input(problem) | AppError::Conflict(problem)) => again(Problems::whole(on_page(&problem)), None),
        Err(other) => Err(other.into()),
    }
}

/// Records the act; a browser that goes away does not stop it half-way.
async fn record(app: App, id: CaseId, version: i64, act: Act, day: NaiveDate, actor: String) -> Result<Done, AppError> {
    uncancelled(async move {
        let which = Which::Seen {
            id: &id,
            version: Some(version),
        };
        procedure::act(&app, which, &Dated { act: &act, day }, &actor).await
    })
    .await
}

/// The event that fulfils a limit at once.
fn event_of(what: What) -> Option<Event> {
    let told = what.told().map(crate::domain::procedure::Told::event);
    told.or_else(|| what.archive().map(Archive::event)).or(match what {
        What::Accept => Some(Event::ACCEPTED),
        What::Review => Some(Event::REVIEWED),
        What::Explain => Some(Event::EXPLAINED),
        What::Report => Some(Event::REPORT_FORMED),
        What::Conclude => Some(Event::CONCLUSION),
        _ => None,
    })
}

/// What is now true, and what comes next.
pub(super) fn said(done: &Done, in_time: &str) -> String {
    let in_time = if in_time.is_empty() {
        String::new()
    } else {
        format!("（{in_time}）")
    };
    let mut said = format!("{}{in_time}。案件现为「{}」", done.act, done.stage);
    if let Some(next) = done.limits.iter().min_by(|one, other| one.due.cmp(&other.due)) {
        said += &[
            "；下一项期限：",
            &next.name,
            "，应于 ",
            next.due.as_str(),
            &next.provisional(),
        ]
        .concat();
    }
    if done.findings_closed > 0 {
        said += &["；不再核对的疑似问题 ", &done.findings_closed.to_string(), " 件"].concat();
    }
    if done.findings_opened > 0 {
        said += &["；因此新开或升级的疑似问题 ", &done.findings_opened.to_string(), " 件"].concat();
    }
    for warning in &done.warnings {
        said.push_str("。请注意：");
        said.push_str(on_page(warning).trim_end_matches('。'));
    }
    said
}

const FITS: [(&str, &str); 2] = [("yes", "符合容错条件"), ("no", "不符合容错条件")];
const HAS: [(&str, &str); 2] = [("yes", "有容错情形，启动容错认定"), ("no", "无容错情形")];
const UNITS: [Unit; 4] = [Unit::WorkingDay, Unit::Day, Unit::Month, Unit::Year];
const REACHES: [Reach; 4] = [Reach::Subject, Reach::Unit, Reach::System, Reach::Public];
const CONCLUSIONS: [Conclusion; 6] = [
    Conclusion::NotAccountable,
    Conclusion::Exempted,
    Conclusion::Exonerated,
    Conclusion::Lighter,
    Conclusion::Mitigated,
    Conclusion::NotTolerated,
];

/// Asks for nothing before somebody has chosen.
fn chosen<W: Into<String>>(all: impl IntoIterator<Item = (String, W)>) -> Vec<(String, String)> {
    let all = all.into_iter().map(|(value, word)| (value, word.into()));
    std::iter::once((String::new(), "请选择".to_owned()))
        .chain(all)
        .collect()
}

fn meeting() -> [Field; 2] {
    [
        Field::number("attendees", "参加人数").hinted("集体研究，2 人以上"),
        Field::line("minutes", "会议纪要编号"),
    ]
}

fn fields(app: &App, case: &Shown, what: What, by: &str) -> Vec<Field> {
    let today = app.now().day();
    let on = Field::day("on", "日期", Some(today));
    let possible = offered(&case.state, what, &app.policy, today).unwrap_or_default();
    let limits = possible.iter().filter_map(|act| match act {
        Act::Extend { limit, .. }
        | Act::Suspend { limit, .. }
        | Act::Resume { limit }
        | Act::Postpone { limit, .. } => {
            let rule = app.policy.rule(*limit)?;
            let approver = approver_of(what, rule).map(|role| format!("（须由{}批准）", role.zh()));
            Some((
                limit.to_string(),
                format!("{}{}", rule.name, approver.unwrap_or_default()),
            ))
        }
        _ => None,
    });
    let limit = Field::choice("limit", "期限", chosen(limits.collect::<Vec<_>>()));
    let roles = Role::ALL.iter().map(|role| (role.zh().to_owned(), role.zh()));
    let approver = Field::choice("approver", "批准人", chosen(roles));
    let events = possible.iter().filter_map(|act| match act {
        Act::Record { event, .. } => Some((event.as_str().to_owned(), app.policy.event_zh(*event))),
        Act::Correct { event, .. } => {
            let day = case.state.days.get(event)?;
            Some((
                event.as_str().to_owned(),
                format!("{}（登记为 {day}）", app.policy.event_zh(*event)),
            ))
        }
        _ => None,
    });
    let event = Field::choice("event", "事件", chosen(events.collect::<Vec<_>>()));
    let doc_no = |label| Field::line("doc_no", label);
    match what {
        What::Accountability | What::Accept => vec![on],
        What::Review => vec![
            Field::choice(
                "fits",
                "研判结果",
                chosen(HAS.map(|(value, word)| (value.to_owned(), word))),
            ),
            Field::lines("note", "研判情况"),
            on,
        ],
        What::Apply => vec![
            Field::choice("by", "申请人", [("cadre", "干部本人"), ("unit", "单位")]),
            on,
        ],
        What::Consider => {
            let open = case.state.unconsidered();
            let aspects = Aspect::ALL.into_iter().map(|aspect| {
                let seen = if open.contains(&aspect) {
                    ""
                } else {
                    "（已登记，再登记即改变认定）"
                };
                (
                    aspect.zh().to_owned(),
                    format!("{}：{}{seen}", aspect.zh(), aspect.question()),
                )
            });
            let next = open.first().map(|aspect| aspect.zh()).unwrap_or_default();
            vec![
                Field::choice("aspect", "哪一看", chosen(aspects)).valued(next),
                Field::choice(
                    "weight",
                    "认定",
                    chosen(Weight::ALL.map(|one| (one.zh().to_owned(), one.zh()))),
                ),
                Field::lines("finding", "认定情况"),
                Field::lines("evidence", "证据"),
                on,
            ]
        }
        What::Report => vec![
            Field::line("title", "调查报告的名称或编号"),
            Field::choice(
                "fits",
                "结论",
                chosen(FITS.map(|(value, word)| (value.to_owned(), word))),
            ),
            on,
        ],
        What::Decide => {
            let [attendees, minutes] = meeting();
            vec![attendees, minutes, on]
        }
        What::Conclude => vec![
            Field::choice(
                "conclusion",
                "结论性认定意见",
                chosen(CONCLUSIONS.map(|one| (one.zh().to_owned(), one.zh()))),
            ),
            on,
            doc_no("结论文号").optional(),
            Field::lines("measure", "处理措施").optional(),
            Field::lines("basis", "法规依据")
                .optional()
                .hinted("免责、从轻、减轻和所附处理所依据的规定"),
            Field::lines("mitigation", "积极整改、挽回或减轻损失的证据")
                .optional()
                .hinted("从轻、减轻的填写"),
            Field::line("override_by", "书面特批的批准人")
                .optional()
                .hinted("六看认定明知故犯或谋取私利而仍作免责结论的，三项都填写"),
            Field::lines("override_reason", "书面特批的理由").optional(),
            Field::line("override_doc", "书面特批的文号").optional(),
        ],
        What::Clarify => vec![
            Field::line("verified_by", "由谁核实"),
            Field::line("form", "澄清的形式").hinted("如 书面、会议、通报"),
            Field::choice(
                "reach",
                "范围",
                chosen(REACHES.map(|one| (one.zh().to_owned(), one.zh()))),
            ),
            Field::choice(
                "consent",
                "本人意见",
                [("no", "未征得本人同意"), ("yes", "已征得本人同意")],
            ),
            doc_no("文号").optional(),
            on,
        ],
        What::Refer => vec![Field::line("to", "移送给哪个机关"), doc_no("移送文号"), on],
        What::TellSubject | What::TellCompetent | What::TellSuperior | What::TellOrganization => {
            vec![
                on.hinted(format!("送达的日期；由{by}登记")),
                Field::line("receipt", "回执编号").optional(),
            ]
        }
        What::ArchivePersonnel | What::ArchiveIntegrity | What::ArchiveFile => {
            let receipt = Field::line("receipt", "回执编号");
            let asked = what != What::ArchiveFile && app.policy.insists_on(Guard::ArchiveReceipts);
            let receipt = if asked {
                receipt.hinted("档案部门的回执，两份档案各一个")
            } else {
                receipt.optional()
            };
            vec![on.hinted(format!("归档的日期；由{by}登记")), receipt]
        }
        What::Explain => vec![Field::lines("text", "解释答复的理由"), on],
        What::Remedy => vec![Field::lines("text", "采取的补救措施"), on],
        What::Guide => vec![Field::lines("text", "教育指导的内容"), on],
        What::Withdraw => vec![Field::lines("text", "撤回的理由"), on],
        What::Terminate => vec![Field::lines("text", "终止的理由"), on],
        What::Record => vec![event, on, Field::lines("note", "情况").optional()],
        What::Correct => vec![
            event,
            Field::day("on", "正确的日期", None),
            Field::lines("note", "更正的理由"),
        ],
        What::Revoke => {
            let [attendees, minutes] = meeting();
            vec![
                doc_no("撤销决定的文号").hinted("撤销是另一个决定，有自己的文号"),
                Field::lines("reason", "撤销的理由"),
                attendees,
                minutes,
                on.hinted("自当日起不再保护"),
            ]
        }
        What::Amend => {
            let r = &case.case.record;
            let now = |text: Option<&str>| text.map_or("现未填写".to_owned(), |text| format!("现为：{text}"));
            let field = |name, label, text: Option<&str>| Field::line(name, label).optional().hinted(now(text));
            vec![
                field("matter", "事项名称", Some(&r.matter)),
                field("organ", "问责实施机关", r.organ.as_deref()),
                field("handler", "经办人", r.handler.as_deref()),
                field("competent", "主管部门", r.competent.as_deref()),
                field("superior", "上级部门", r.superior.as_deref()),
                field("doc_no", "结论文号", r.doc_no.as_deref()),
                Field::lines("reason", "理由").hinted("如 立案时未填；不改的各栏留空"),
                on,
            ]
        }
        What::Extend => vec![
            limit,
            Field::number("amount", "延长多少"),
            Field::choice("unit", "单位", UNITS.map(|unit| (unit.zh(), unit.zh()))),
            approver,
            Field::lines("reason", "理由").optional(),
            on.hinted("批准的日期"),
            Field::day("informed_on", "告知当事人的日期", None).optional(),
        ],
        What::Suspend => {
            let grounds = app.policy.limits().iter().filter_map(|limit| limit.suspension.as_ref());
            let mut grounds: Vec<&str> = grounds.flat_map(|rule| &rule.grounds).map(String::as_str).collect();
            grounds.sort_unstable();
            grounds.dedup();
            let hint = if grounds.is_empty() {
                String::new()
            } else {
                format!("以其中一项开头：{}", grounds.join("、"))
            };
            vec![
                limit,
                Field::lines("reason", "事由").hinted(hint),
                approver,
                on.hinted("自当日起停止计算"),
            ]
        }
        What::Resume => vec![limit, on.hinted("自当日起继续计算")],
        What::Postpone => vec![
            limit,
            Field::day("from", "受阻的第一天", None),
            Field::day("until", "障碍消除之日", None),
            Field::lines("reason", "不可抗拒的事由或其他正当理由"),
            on.hinted("申请顺延的日期"),
        ],
    }
}

fn yes(text: &str) -> Option<bool> {
    match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

fn read_meeting(reader: &mut Reader<'_>) -> Meeting {
    Meeting {
        attendees: reader.number("attendees", "参加人数"),
        minutes_no: reader.text("minutes", "会议纪要编号"),
    }
}

fn read_override(reader: &mut Reader<'_>) -> Option<Override> {
    let names = ["override_by", "override_reason", "override_doc"];
    if names.iter().all(|name| reader.maybe(name).is_none()) {
        return None;
    }
    Some(Override {
        by: reader.text("override_by", "书面特批的批准人"),
        reason: reader.text("override_reason", "书面特批的理由"),
        doc_no: reader.text("override_doc", "书面特批的文号"),
    })
}

/// The act that was filled in; what is wrong is noted with the reader.
fn read(reader: &mut Reader<'_>, what: What) -> Option<Act> {
    let name = |text: &str| Name::new(text);
    Some(match what {
        What::Accountability => Act::StartAccountability,
        What::Accept => Act::Accept,
        What::Review => Act::Review {
            note: reader.text("note", "研判情况"),
            fits: reader.choice("fits", "研判结果", yes)?,
        },
        What::Apply => Act::Apply {
            by: reader.choice("by", "申请人", |text| match text {
                "cadre" => Some(Applicant::Cadre),
                "unit" => Some(Applicant::Unit),
                _ => None,
            })?,
        },
        What::Consider => {
            let (finding, evidence) = (reader.text("finding", "认定情况"), reader.text("evidence", "证据"));
            let aspect = reader.choice("aspect", "哪一看", Aspect::from_zh);
            let weight = reader.choice("weight", "认定", Weight::from_zh);
            Act::Consider {
                aspect: aspect?,
                weight: weight?,
                finding,
                evidence,
            }
        }
        What::Report => Act::Report {
            title: reader.text("title", "调查报告的名称或编号"),
            fits: reader.choice("fits", "结论", yes)?,
        },
        What::Decide => Act::Decide {
            meeting: read_meeting(reader),
        },
        What::Conclude => Act::Conclude {
            approved_over: read_override(reader),
            doc_no: reader.maybe("doc_no"),
            measure: reader.maybe("measure"),
            basis: reader.maybe("basis"),
            mitigation: reader.maybe("mitigation"),
            conclusion: reader.choice("conclusion", "结论性认定意见", |text| {
                Conclusion::from_zh(text).filter(|one| CONCLUSIONS.contains(one))
            })?,
        },
        What::Clarify => {
            let (verified_by, form) = (
                reader.text("verified_by", "由谁核实"),
                reader.text("form", "澄清的形式"),
            );
            let consent = reader.choice("consent", "本人意见", yes);
            Act::Clarify {
                verified_by,
                form,
                doc_no: reader.maybe("doc_no"),
                reach: reader.choice("reach", "范围", |text| {
                    REACHES.into_iter().find(|one| one.zh() == text)
                })?,
                consent: consent?,
            }
        }
        What::Refer => Act::Refer {
            to: reader.text("to", "移送给哪个机关"),
            doc_no: reader.text("doc_no", "移送文号"),
        },
        What::TellSubject | What::TellCompetent | What::TellSuperior | What::TellOrganization => Act::Tell {
            to: what.told()?,
            receipt: reader.maybe("receipt"),
        },
        What::ArchivePersonnel | What::ArchiveIntegrity | What::ArchiveFile => Act::Archive {
            into: what.archive()?,
            receipt: reader.maybe("receipt"),
        },
        What::Explain => Act::Explain {
            reasons: reader.text("text", "解释答复的理由"),
        },
        What::Remedy => Act::Remedy {
            measures: reader.text("text", "采取的补救措施"),
        },
        What::Guide => Act::Guide {
            content: reader.text("text", "教育指导的内容"),
        },
        What::Withdraw => Act::Withdraw {
            reason: reader.text("text", "撤回的理由"),
        },
        What::Terminate => Act::Terminate {
            reason: reader.text("text", "终止的理由"),
        },
        What::Record => Act::Record {
            note: reader.maybe("note").unwrap_or_default(),
            event: reader.choice("event", "事件", name).map(Event)?,
        },
        What::Correct => Act::Correct {
            reason: reader.text("note", "更正的理由"),
            event: reader.choice("event", "事件", name).map(Event)?,
        },
        What::Revoke => Act::Revoke {
            doc_no: reader.text("doc_no", "撤销决定的文号"),
            reason: reader.text("reason", "撤销的理由"),
            meeting: read_meeting(reader),
        },
        What::Amend => Act::Amend {
            reason: reader.text("reason", "理由"),
            changes: Changes {
                matter: reader.maybe("matter"),
                organ: reader.maybe("organ"),
                handler: reader.maybe("handler"),
                competent: reader.maybe("competent"),
                superior: reader.maybe("superior"),
                doc_no: reader.maybe("doc_no"),
            },
        },
        What::Extend => {
            let amount = reader.number("amount", "延长多少");
            let informed_on = reader.maybe_day("informed_on", "告知当事人的日期");
            let approver = reader.choice("approver", "批准人", Role::from_zh);
            let unit = reader.choice("unit", "单位", Unit::from_zh);
            Act::Extend {
                reason: reader.maybe("reason").unwrap_or_default(),
                limit: reader.choice("limit", "期限", name)?,
                approver: approver?,
                unit: unit?,
                amount,
                informed_on,
            }
        }
        What::Suspend => {
            let reason = reader.text("reason", "事由");
            let approver = reader.choice("approver", "批准人", Role::from_zh);
            Act::Suspend {
                limit: reader.choice("limit", "期限", name)?,
                approver: approver?,
                reason,
            }
        }
        What::Resume => Act::Resume {
            limit: reader.choice("limit", "期限", name)?,
        },
        What::Postpone => {
            let (from, until) = (reader.day("from", "受阻的第一天"), reader.day("until", "障碍消除之日"));
            Act::Postpone {
                reason: reader.text("reason", "事由"),
                limit: reader.choice("limit", "期限", name)?,
                from,
                until,
            }
        }
    })
}
