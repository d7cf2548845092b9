//! What follows a reminder: its day leaves the calendars when the matter is settled, its reader hands it on or answers it,
//! and its subject says as much as the site lets it.

use crate::routing::link_to;
use crate::support::app::{Bench, bench_under, each_database, on_both_summarised};
use crate::support::casework::{self, MATTER, UNIT, new_case};
use crate::support::site::{Answer as Page, Browser, info};
use axum::http::StatusCode;
use mail_parser::{MessageParser, MimeHeaders as _};
use rongcuo::app::reconcile::reconcile;
use rongcuo::app::view::{AnswerForm, AnswerState, AnswerView, Reply};
use rongcuo::app::{AppError, answers, findings, preview, rectifications, replay, routing, simulate};
use rongcuo::domain::account::{Role, Scope};
use rongcuo::domain::alert::{Outcome, Point};
use rongcuo::domain::case::Conclusion;
use rongcuo::domain::finding::Answer;
use rongcuo::domain::obligation::{Due, Kind, Obligation, State};
use rongcuo::domain::policy::{DEFAULT_PROFILE, Policy};
use rongcuo::domain::time::Moment;
use rongcuo::store::{mails, obligations};
use std::collections::BTreeMap;
use std::sync::Arc;

const CONTACTS: &str = "\
单位,姓名,角色,邮箱
云川市纪委监委,何收文,经办,he@yunchuan.example
云川市纪委监委,孟科长,科室负责人,meng@yunchuan.example
云川市纪委监委,方分管,分管领导,fang@yunchuan.example
云川市,管维护,管理员,guan@yunchuan.example
";
const HEAD: &str = "案件编号,姓名,单位,事项名称,认定结论,认定日期,状态,问责实施机关,人事档案归档日期,入卷归档日期,\
                    反馈本人日期,抄送主管部门日期,抄送上级部门日期,抄送组织部门日期,廉政档案归档日期\n";

/// A case of which only the integrity file is missing, or not even that; five working days from its conclusion.
fn case(number: &str, on: &str, archived: &str) -> String {
    format!(
        "{number},林甲,云川市住建局,加装电梯补贴误发,免责,{on},生效,云川市纪委监委,{on},{on},{on},{on},{on},{on},{archived}\n"
    )
}

async fn pass(bench: &Bench, at: &str) {
    bench.set(&format!("2026-{at}:00+08:00"));
    reconcile(&bench.app, bench.app.now()).await.expect("a pass");
}

/// The server takes everything that waits.
async fn delivered(bench: &Bench) {
    bench
        .execute("UPDATE mail SET state = 'sent', sent_ms = created_ms WHERE state = 'pending'")
        .await;
}

/// An event of a calendar file, by the names of its lines, and what the file wants done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Event {
    method: String,
    lines: BTreeMap<String, String>,
}

impl Event {
    fn of(&self, name: &str) -> &str {
        self.lines.get(name).map_or("", String::as_str)
    }

    fn sequence(&self) -> u32 {
        self.of("SEQUENCE").parse().expect("a number")
    }
}

/// Reads a calendar file as RFC 5545 has it.
fn events(file: &str) -> Vec<Event> {
    let whole = file.replace("\r\n ", "");
    let mut out = Vec::new();
    let mut lines = BTreeMap::new();
    let mut method = String::new();
    for line in whole.split("\r\n").filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').expect("name and value");
        let name = name.split(';').next().unwrap_or_default();
        match (name, value) {
            ("METHOD", value) => value.clone_into(&mut method),
            ("BEGIN", "VEVENT") => lines = BTreeMap::new(),
            ("END", "VEVENT") => out.push(Event {
                method: method.clone(),
                lines: std::mem::take(&mut lines),
            }),
            (name, value) => {
                lines.insert(name.to_owned(), value.to_owned());
            }
        }
    }
    out
}

struct Read {
    at: String,
    subject: String,
    text: String,
    events: Vec<Event>,
}

/// Every mail to a reader, read by an independent parser, in order.
async fn mails_of(bench: &Bench, reader: &str) -> Vec<Read> {
    let mut tx = bench.app.db.read().await.expect("the store");
    let mut rows = mails::page(&mut tx, mails::Show::All, &Scope::WHOLE, 1_000, 0)
        .await
        .expect("mails");
    rows.retain(|row| row.recipient.starts_with(reader));
    rows.sort_by_key(|row| row.created_ms);
    let mut out = Vec::new();
    for row in rows {
        let bytes = mails::bytes(&mut tx, &row.id).await.expect("mails").expect("its bytes");
        let message = MessageParser::default().parse(&bytes).expect("a MIME message");
        let mut all = Vec::new();
        for file in message.attachments() {
            let text = std::str::from_utf8(file.contents()).expect("UTF-8");
            let found = events(text);
            let kind = file.content_type().expect("a type");
            let method = kind.attribute("method").expect("a method");
            assert!(found.iter().all(|one| one.method == method), "{method}: {text}");
            all.extend(found);
        }
        let at = Moment::from_millis(row.created_ms).to_string();
        out.push(Read {
            at: at[5..16].to_owned(),
            subject: message.subject().unwrap_or_default().to_owned(),
            text: message.body_text(0).expect("a plain part").into_owned(),
            events: all,
        });
    }
    tx.rollback().await.expect("the end of reading");
    out
}

#[tokio::test]
async fn a_settled_day_leaves_the_calendars_of_those_who_were_sent_it() {
    on_both_summarised("2026-09-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        // Due on Tuesday the 8th: T-1 on Monday and T0 on Tuesday bring the day to the handler alone.
        bench
            .register(&format!("{HEAD}{}", case("RC-1", "2026-09-01", "")))
            .await;
        for at in ["09-07T09:00", "09-08T09:00"] {
            pass(&bench, at).await;
        }
        let told = mails_of(&bench, "he@").await;
        let brought: Vec<&Event> = told.iter().flat_map(|mail| &mail.events).collect();
        assert_eq!(brought.len(), 2, "{brought:?}");
        assert!(
            brought
                .iter()
                .all(|one| one.method == "PUBLISH" && one.of("STATUS").is_empty())
        );
        let before = told.len();

        bench.set("2026-09-08T15:00:00+08:00");
        let met = format!("{HEAD}{}", case("RC-1", "2026-09-01", "2026-09-08"));
        bench.register(&met).await;
        // What has not left yet is waited for: nothing may overtake it.
        pass(&bench, "09-09T09:00").await;
        assert_eq!(
            mails_of(&bench, "he@").await.len(),
            before,
            "the entry itself is still on its way"
        );
        delivered(&bench).await;
        for at in ["09-09T09:05", "09-09T09:06", "09-10T09:00", "09-11T09:00"] {
            pass(&bench, at).await;
            delivered(&bench).await;
        }
        let told = mails_of(&bench, "he@").await;
        assert_eq!(told.len(), before + 1, "one mail, once");
        let last = &told[before];
        assert_eq!(last.subject, "【日历更新】9月9日（周三）：1 项已办结或不再要求");
        assert!(last.text.contains("结论归入廉政档案 RC-1（已办结）"), "{}", last.text);
        let [gone] = last.events.as_slice() else {
            panic!("{:?}", last.events)
        };
        assert_eq!((gone.method.as_str(), gone.of("STATUS")), ("CANCEL", "CANCELLED"));
        assert_eq!(gone.of("UID"), brought[0].of("UID"));
        assert_eq!(gone.of("ORGANIZER"), brought[0].of("ORGANIZER"));
        assert!(brought.iter().all(|one| one.sequence() < gone.sequence()));
        for other in ["meng@", "fang@", "guan@"] {
            let events: Vec<Event> = mails_of(&bench, other)
                .await
                .into_iter()
                .flat_map(|mail| mail.events)
                .collect();
            assert!(events.is_empty(), "{other} was sent no day: {events:?}");
        }
        assert!(bench.verified().await > 0);

        // Open again: the day comes back, and no calendar takes it for older than its end.
        bench.set("2026-09-11T10:00:00+08:00");
        open_again(&bench, "RC-1", "2026-09-17").await;
        for at in ["09-11T10:01", "09-16T09:00", "09-17T09:00"] {
            pass(&bench, at).await;
        }
        let again = mails_of(&bench, "he@").await;
        let back: Vec<&Event> = again[told.len()..].iter().flat_map(|mail| &mail.events).collect();
        assert!(!back.is_empty());
        assert!(
            back.iter()
                .all(|one| one.method == "PUBLISH" && one.sequence() > gone.sequence()),
            "{back:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_settled_day_rides_in_the_summary_of_whoever_has_one() {
    on_both_summarised("2026-09-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        let second = case("RC-2", "2026-09-02", "");
        bench
            .register(&format!("{HEAD}{}{second}", case("RC-1", "2026-09-01", "")))
            .await;
        pass(&bench, "09-07T09:00").await;
        delivered(&bench).await;
        bench.set("2026-09-07T15:00:00+08:00");
        let met = case("RC-1", "2026-09-01", "2026-09-07");
        bench.register(&format!("{HEAD}{met}{second}")).await;
        // On Tuesday RC-2 is due the day after.
        for at in ["09-08T09:00", "09-08T09:01", "09-08T15:00"] {
            pass(&bench, at).await;
            delivered(&bench).await;
        }
        let told = mails_of(&bench, "he@").await;
        let tuesday: Vec<&Read> = told.iter().filter(|mail| mail.at.starts_with("09-08")).collect();
        let [mail] = tuesday.as_slice() else {
            panic!("{} mails", tuesday.len())
        };
        assert!(mail.subject.starts_with("【早间汇总】"), "{}", mail.subject);
        let methods: Vec<&str> = mail.events.iter().map(|one| one.method.as_str()).collect();
        assert_eq!(
            methods,
            ["CANCEL", "PUBLISH"],
            "programs that act on one file act on the last"
        );
        assert!(
            mail.text.contains("RC-1（已办结）") && mail.text.contains("运行情况"),
            "{}",
            mail.text
        );
        assert_ne!(mail.events[0].of("UID"), mail.events[1].of("UID"));
    })
    .await;
}

fn rules_saying(subject: &str) -> Policy {
    let own = "subject = \"number\"\n";
    assert!(DEFAULT_PROFILE.contains(own));
    Policy::parse(&DEFAULT_PROFILE.replace(own, &format!("subject = \"{subject}\"\n"))).expect("rules")
}

#[tokio::test]
async fn a_site_may_let_subjects_name_the_unit_or_the_person() {
    let steps = [
        ("number", "", ""),
        ("unit", "（云川市住建局）", "（云川市/示例单位）"),
        (
            "person",
            "（云川市住建局 林甲 Bcc: x@y.example）",
            "（云川市/示例单位 样本人员）",
        ),
    ];
    for (step, about, shown) in steps {
        each_database(async |db| {
            let bench = bench_under(db, "2026-09-02T10:00:00+08:00", rules_saying(step)).await;
            bench.contacts(CONTACTS).await;
            // A name from a file that would like to be a header of its own, and a title that bears a level.
            let odd = case("RC-1", "2026-09-01", "").replace("林甲", "\"林甲\r\nBcc: x@y.example\"");
            let secret = case("RC-2", "2026-09-01", "").replace("加装电梯", "（机密）加装电梯");
            bench.register(&format!("{HEAD}{odd}{secret}")).await;
            pass(&bench, "09-09T09:00").await;
            let told = mails_of(&bench, "meng@").await;
            let subjects: Vec<&str> = told.iter().map(|mail| mail.subject.as_str()).collect();
            let expected = ["RC-1", "RC-2"]
                .map(|number| (number, if number == "RC-1" { about } else { "" }))
                .map(|(number, about)| {
                    format!("【紧急】结论归入廉政档案 {number}{about}：逾期 1 个工作日，应于 9月8日（周二）")
                });
            assert_eq!(subjects, expected, "{step}");
            let mail = preview::mail(&bench.app, Kind::ArchiveIntegrity, Some(Point::After(1))).await;
            let subject = mail.expect("a preview").subject;
            let own = format!("RC-0000-000{shown}：");
            assert!(subject.contains(&own), "{subject}");
        })
        .await;
    }
    let wrong = DEFAULT_PROFILE.replace("subject = \"number\"", "subject = \"matter\"");
    assert!(Policy::parse(&wrong).is_err(), "a third step is none");
}

/// Point and reader of everything sent about a number, in order.
async fn sent(bench: &Bench, number: &str) -> Vec<String> {
    bench
        .texts(&format!(
            "SELECT point || ' ' || recipient_name FROM alert WHERE number = '{number}' AND outcome = 'sent' \
             ORDER BY decided_ms, point, recipient"
        ))
        .await
}

/// The link of the newest mail to a reader whose subject says something.
async fn link_about(bench: &Bench, reader: &str, subject: &str) -> String {
    let told = mails_of(bench, reader).await;
    let links = told
        .iter()
        .rev()
        .filter(|mail| mail.subject.contains(subject))
        .filter_map(|mail| {
            let rest = mail.text.split("/answers/").nth(1)?;
            rest.split_whitespace().next()
        });
    let mut links = links.map(str::to_owned);
    links.next().expect("a mail with a link")
}

/// The only obligation of a number that is met is open again, for another day.
async fn open_again(bench: &Bench, number: &str, due: &str) {
    let ids = bench
        .texts(&format!(
            "SELECT id FROM obligation WHERE number = '{number}' AND kind = 'archive_integrity'"
        ))
        .await;
    let mut tx = bench.app.db.begin().await.expect("a transaction");
    let met = obligations::by_id(&mut tx, &ids[0])
        .await
        .expect("the store")
        .expect("an obligation");
    assert_eq!(met.state, State::Met);
    let day = due.parse().expect("a day");
    let open = Obligation {
        state: State::Open,
        met_on: None,
        revision: met.revision + 1,
        due: Due {
            day,
            alert_day: day,
            ..met.due.clone()
        },
        next_at: Some(bench.app.now()),
        ..met
    };
    obligations::put(&mut tx, &open).await.expect("the store");
    tx.commit().await.expect("a commit");
}

fn note(text: &str) -> Reply {
    Reply::Note { text: text.to_owned() }
}

async fn opened(bench: &Bench, token: &str) -> AnswerView {
    answers::open(&bench.app, token).await.expect("read").expect("a page")
}

async fn replied(bench: &Bench, token: &str, reply: &Reply) -> AnswerView {
    answers::reply(&bench.app, token, reply)
        .await
        .expect("taken")
        .expect("a page")
}

async fn refused(bench: &Bench, token: &str, reply: &Reply) -> String {
    match answers::reply(&bench.app, token, reply).await {
        Err(AppError::Input(said) | AppError::Conflict(said)) => said,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_reader_hands_the_reminders_of_a_matter_on_until_it_is_settled() {
    on_both_summarised("2026-09-02T10:00:00+08:00", async |bench| {
        let below = "云川市纪委监委/二室,田二室,经办,tian@yunchuan.example\n";
        bench.contacts(&format!("{CONTACTS}{below}")).await;
        bench
            .register(&format!("{HEAD}{}", case("RC-1", "2026-09-01", "")))
            .await;
        for at in ["09-07T09:00", "09-08T09:00", "09-09T09:00"] {
            pass(&bench, at).await;
        }
        let token = link_to(&bench, "he@").await;
        let view = opened(&bench, &token).await;
        let said: Vec<&str> = view.others.iter().map(|one| one.said.as_str()).collect();
        assert_eq!(
            said,
            [
                "孟科长 科室负责人（云川市纪委监委）",
                "方分管 分管领导（云川市纪委监委）",
                "田二室 经办（云川市纪委监委/二室）"
            ],
            "nobody of another unit, nobody above"
        );
        let before = bench.everything().await;
        let to = |name: &str| {
            let other = view
                .others
                .iter()
                .find(|one| one.said.starts_with(name))
                .expect("listed");
            Reply::HandOn {
                to: other.key.clone(),
                reason: "休产假".to_owned(),
            }
        };
        let nobody = Reply::HandOn {
            to: "0123".to_owned(),
            reason: "休产假".to_owned(),
        };
        let silent = Reply::HandOn {
            to: view.others[0].key.clone(),
            reason: "  ".to_owned(),
        };
        assert!(refused(&bench, &token, &nobody).await.contains("列表"));
        assert!(refused(&bench, &token, &silent).await.contains("理由"));
        assert_eq!(bench.everything().await, before, "what is refused changes nothing");

        let view_after = replied(&bench, &token, &to("田二室")).await;
        assert_eq!(view_after.state, AnswerState::Open, "handing on is not taking note");
        assert_eq!(
            view_after.handed_on,
            ["何收文交由云川市纪委监委/二室经办「田二室」接收提醒：休产假"]
        );
        // The other has the present reminder at once, with a link of their own.
        let theirs = link_to(&bench, "tian@").await;
        assert_ne!(theirs, token);
        replied(&bench, &token, &to("田二室")).await;
        assert_eq!(mails_of(&bench, "tian@").await.len(), 1, "once");
        // Nobody hands it back.
        assert!(
            opened(&bench, &theirs).await.others.is_empty(),
            "nobody of their unit or below it"
        );

        let waiting = routing::waiting(&bench.app, None).await.expect("a list");
        assert_eq!(waiting.handed_on.len(), 1);
        assert_eq!(waiting.handed_on[0].1.to.name, "田二室");
        let to_moment = Moment::parse("2026-09-16T23:00:00+08:00").expect("a moment");
        let foreseen = simulate::alerts_between(&bench.app, bench.app.now(), to_moment)
            .await
            .expect("a simulation");
        let mut foreseen: Vec<String> = foreseen
            .iter()
            .filter(|one| one.alert.outcome == Outcome::Sent)
            .map(|one| {
                format!(
                    "{} {}",
                    one.alert.point,
                    one.alert.recipient.as_ref().expect("somebody").name
                )
            })
            .collect();
        let told = sent(&bench, "RC-1").await.len();
        for day in ["09-10", "09-11", "09-14", "09-15", "09-16"] {
            for time in ["00:05", "09:00"] {
                pass(&bench, &format!("{day}T{time}")).await;
            }
        }
        let mut after = sent(&bench, "RC-1").await.split_off(told);
        assert!(after.iter().any(|line| line == "T+5 田二室"), "{after:?}");
        assert!(after.iter().all(|line| !line.contains("何收文")), "{after:?}");
        assert!(
            after.iter().any(|line| line.contains("孟科长")),
            "the others hear as before: {after:?}"
        );
        foreseen.sort();
        after.sort();
        assert_eq!(foreseen, after, "what was foreseen is what happened");
        let from = Moment::parse("2026-09-02T00:00:00+08:00").expect("a moment");
        let replayed = replay::replay(&bench.app, from, bench.app.now())
            .await
            .expect("a replay");
        assert!(
            replayed.only_sent.is_empty() && replayed.only_replayed.is_empty(),
            "{replayed:?}"
        );

        // It ends with what it is about, also when that begins again.
        bench.set("2026-09-16T15:00:00+08:00");
        bench
            .register(&format!("{HEAD}{}", case("RC-1", "2026-09-01", "2026-09-16")))
            .await;
        assert_eq!(opened(&bench, &theirs).await.state, AnswerState::Settled);
        open_again(&bench, "RC-1", "2026-09-17").await;
        pass(&bench, "09-17T09:00").await;
        let last = sent(&bench, "RC-1").await;
        assert!(
            last.iter().filter(|line| line.ends_with("何收文")).count() > 3,
            "{last:?}"
        );
        assert!(
            routing::waiting(&bench.app, None)
                .await
                .expect("a list")
                .handed_on
                .is_empty()
        );
        assert!(bench.verified().await > 0);
    })
    .await;
}

#[tokio::test]
async fn a_finding_is_answered_from_the_mail_by_whoever_may_and_others_have_their_say() {
    on_both_summarised("2026-11-02T10:00:00+08:00", async |bench| {
        let liaison = format!("{UNIT},高联络,单位联络员,gao@yunchuan.example\n");
        bench.contacts(&format!("{}{liaison}", casework::CONTACTS)).await;
        bench.concluded(&new_case("林甲"), Conclusion::Exempted).await;
        bench.set("2026-11-09T10:00:00+08:00");
        let list = format!(
            "姓名,单位,事项类别,结果,理由,期间,决定日期\n林甲,{UNIT},年度考核,基本称职,因{MATTER}一事,2026年度,\n"
        );
        bench.keep("拟.csv", &list).await;
        reconcile(&bench.app, bench.app.now()).await.expect("a pass");
        for at in ["11-16T09:00", "11-17T09:00"] {
            pass(&bench, at).await;
        }
        let reader = link_about(&bench, "fang@", "疑似问题").await;
        let view = opened(&bench, &reader).await;
        assert_eq!(
            view.form,
            AnswerForm::Statement,
            "a leader answers for nobody, but may say something"
        );
        let answer = |version| Reply::Finding {
            answer: Answer::Mistaken {
                reason: "名单录入错误".to_owned(),
            },
            version,
        };
        assert!(refused(&bench, &reader, &answer(1)).await.contains("不能"));
        let word = Reply::Statement {
            text: "该同志当年休病假".to_owned(),
        };
        let view = replied(&bench, &reader, &word).await;
        assert_eq!(
            (view.done, view.state),
            (Some("说明"), AnswerState::Open),
            "a word settles nothing"
        );
        let id = bench.texts("SELECT id FROM finding").await.remove(0);
        let shown = findings::show(&bench.app, &id, "何收文").await.expect("a finding");
        let last = shown.history.last().expect("a history");
        assert_eq!(
            (last.actor.as_str(), last.text.as_str()),
            ("方分管", "说明：该同志当年休病假")
        );
        assert_eq!(shown.line.state, "open");

        let own = link_about(&bench, "gao@", "疑似问题").await;
        let AnswerForm::Finding { version } = opened(&bench, &own).await.form else {
            panic!("the liaison answers")
        };
        assert!(refused(&bench, &own, &answer(version + 1)).await.contains("版"));
        let view = replied(&bench, &own, &answer(version)).await;
        assert_eq!((view.done, view.state), (Some("答复"), AnswerState::Settled));
        assert_eq!(
            view.standing, "已于 2026年11月17日 办结",
            "no longer what is left of the time"
        );
        let shown = findings::show(&bench.app, &id, "何收文").await.expect("a finding");
        assert_eq!(shown.line.state, "answered", "a second person looks at it");
        // A second sending changes nothing.
        let before = bench.everything().await;
        replied(&bench, &own, &answer(version)).await;
        assert_eq!(bench.everything().await, before);
        let journal = bench
            .texts("SELECT actor FROM journal WHERE action = 'alert.answer' ORDER BY seq")
            .await;
        assert_eq!(journal, ["mail-link", "mail-link"]);
        assert!(bench.verified().await > 0);
    })
    .await;
}

#[tokio::test]
async fn a_unit_reports_from_the_mail_and_its_supervisor_does_not() {
    on_both_summarised("2026-05-11T10:00:00+08:00", async |bench| {
        let contacts = "单位,姓名,角色,邮箱\n云川市委督查室,秦督办,督办员,qin@yunchuan.example\n\
                        云川市住建局,罗联络,单位联络员,luo@yunchuan.example\n\
                        云川市住建局,周分管,分管领导,zhou@yunchuan.example\n云川市,管维护,管理员,guan@yunchuan.example\n";
        bench.contacts(contacts).await;
        let ledger = "编号,问题,责任单位,督办单位,整改时限,阶段目标,状态\n\
                      ZG-1,甲,云川市住建局,云川市委督查室,2026-05-20,2026-06-10 完成公示,整改中\n";
        bench.rectifications(ledger).await;
        for day in ["05-19", "05-20", "05-21", "05-22", "05-25", "05-26", "05-27", "05-28"] {
            for time in ["09:00", "15:00"] {
                pass(&bench, &format!("{day}T{time}")).await;
            }
        }
        let supervisor = link_to(&bench, "qin@").await;
        assert_eq!(opened(&bench, &supervisor).await.form, AnswerForm::Nothing);
        let report = |version| Reply::Report {
            percent: Some(60),
            text: "公示材料已备齐".to_owned(),
            stage: None,
            version,
        };
        assert!(refused(&bench, &supervisor, &report(1)).await.contains("不能"));
        let unit = link_to(&bench, "luo@").await;
        let AnswerForm::Report { version, stages } = opened(&bench, &unit).await.form else {
            panic!("the unit reports")
        };
        assert_eq!(stages.len(), 1, "{stages:?}");
        let view = replied(&bench, &unit, &report(version)).await;
        assert_eq!((view.done, view.state), (Some("报告进展"), AnswerState::Open), "a report is no end");
        assert!(refused(&bench, &unit, &report(version)).await.contains("版"), "once");
        let shown = rectifications::show(&bench.app, "ZG-1", "测试").await.expect("an item");
        let last = shown.history.last().expect("a history");
        assert!(last.text.contains("公示材料已备齐") && last.text.contains("60"), "{}", last.text);
        // Taking note is another thing still.
        let noted = replied(&bench, &unit, &note("")).await;
        assert!(matches!(noted.state, AnswerState::Noted { .. }));
        assert!(matches!(noted.form, AnswerForm::Report { .. }), "and settles nothing");
    })
    .await;
}

#[tokio::test]
async fn each_form_of_the_page_is_taken_for_what_it_says() {
    on_both_summarised("2026-09-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench
            .register(&format!("{HEAD}{}", case("RC-1", "2026-09-01", "")))
            .await;
        pass(&bench, "09-09T09:00").await;
        let token = link_to(&bench, "he@").await;
        let page = format!("/answers/{token}");
        let post = async |form: &str, origin: &str| {
            let mut browser = Browser::new(Arc::new(bench.app.clone()), info("http://127.0.0.1:8087", false));
            browser.more.push(("origin".to_owned(), origin.to_owned()));
            let fields: Vec<(&str, &str)> = form.split('&').filter_map(|pair| pair.split_once('=')).collect();
            let answer = browser.fill(&page, &page, &fields).await;
            (answer.status, answer.text().to_owned())
        };
        let before = bench.everything().await;
        let own = "http://localhost";
        for (form, said) in [
            ("", "表单"),
            ("act=nothing", "表单"),
            ("act=corrected&decided_on=soon", "决定日期"),
            ("act=report&percent=all", "完成比例"),
            ("act=report&text=x&version=1", "报告进展"),
            ("act=mistaken&text=x&version=1", "答复"),
            ("act=hand_on&to=x&reason=y", "列表"),
        ] {
            let (status, page) = post(form, own).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{form}: {page}");
            assert!(page.contains(said), "{form}: {page}");
        }
        let (status, _) = post("act=note", "https://evil.example").await;
        assert_eq!(status, StatusCode::MISDIRECTED_REQUEST);
        assert_eq!(bench.everything().await, before, "nothing of it changed anything");

        let to = opened(&bench, &token).await.others.remove(0).key;
        let (status, page) = post(&format!("act=hand_on&to={to}&reason=休假"), own).await;
        assert_eq!(status, StatusCode::OK);
        assert!(
            page.contains("已登记：交由他人接收提醒") && page.contains("接收提醒：休假"),
            "{page}"
        );
        let (status, page) = post("act=note&note=已知", own).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("已确认收悉") && page.contains("事项仍须办结"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn a_link_is_shown_to_nobody_else_but_in_the_demonstration() {
    on_both_summarised("2026-09-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench
            .register(&format!("{HEAD}{}", case("RC-1", "2026-09-01", "")))
            .await;
        pass(&bench, "09-09T09:00").await;
        let token = link_to(&bench, "he@").await;
        let mail = bench
            .texts("SELECT id FROM mail WHERE recipient LIKE 'he@%' ORDER BY created_ms DESC, id")
            .await;
        let mut clerk = Browser::signed_in(&bench.app, Role::Handler).await;
        let mut visitor = Browser::new(Arc::new(bench.app.clone()), info("http://127.0.0.1:8087", true));
        visitor.cookies.clone_from(&clerk.cookies);
        let mut told = 0;
        for id in mail {
            for path in ["", "/html", "/raw"] {
                let address = format!("/mails/{id}{path}");
                let (shown, whole) = (clerk.get(&address).await, visitor.get(&address).await);
                assert_eq!(
                    (shown.status, whole.status),
                    (StatusCode::OK, StatusCode::OK),
                    "{address}"
                );
                let text = |answer: &Page| {
                    let read = MessageParser::default().parse(&answer.body).expect("a message");
                    if path == "/raw" {
                        format!("{:?}{:?}", read.body_text(0), read.body_html(0))
                    } else {
                        answer.text().to_owned()
                    }
                };
                let (shown, whole) = (text(&shown), text(&whole));
                assert!(!shown.contains(&token), "{address}: {shown}");
                if whole.contains(&token) {
                    told += 1;
                    assert!(shown.contains("/answers/********"), "{address}: {shown}");
                    let rest = whole.replace(&token, "********");
                    assert!(path != "/raw" || shown == rest, "only the link is hidden: {shown}");
                }
            }
        }
        assert_eq!(told, 3, "page, part and file of the mail with the link");
        let masked = clerk.get("/answers/********").await;
        assert_eq!(masked.status, StatusCode::NOT_FOUND);
    })
    .await;
}
