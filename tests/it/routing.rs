//! Who is told what and when beyond the reminder points: the chain, silences, wholes and parts, the morning summary.

use crate::cli::Desk;
use crate::support::app::{Bench, on_both_summarised};
use rongcuo::app::AppError;
use rongcuo::app::preview;
use rongcuo::app::reconcile::reconcile;
use rongcuo::app::replay::replay;
use rongcuo::app::routing::{self, NewSilence, Noted};
use rongcuo::app::simulate::{alerts_between, unsent};
use rongcuo::app::view::{AnswerState, Reply};
use rongcuo::app::{answers, calendars};
use rongcuo::domain::account::Scope;
use rongcuo::domain::alert::{Contact, Outcome, Target};
use rongcuo::domain::contact::Role;
use rongcuo::domain::policy::DEFAULT_PROFILE;
use rongcuo::domain::time::Moment;
use rongcuo::store::{alerts, contacts, journal, mails, obligations};
use std::collections::BTreeSet;

const CONTACTS: &str = "\
单位,姓名,角色,邮箱
云川市纪委监委,何收文,经办,he@yunchuan.example
云川市纪委监委,孟科长,科室负责人,meng@yunchuan.example
云川市纪委监委,方分管,分管领导,fang@yunchuan.example
云川市委督查室,秦督办,督办员,qin@yunchuan.example
云川市委督查室,冯分管,分管领导,feng@yunchuan.example
云川市住建局,罗联络,单位联络员,luo@yunchuan.example
云川市住建局,周分管,分管领导,zhou@yunchuan.example
云川市住建局,郑局长,主要负责人,zheng@yunchuan.example
云川市,管维护,管理员,guan@yunchuan.example
";
/// Concluded on Tuesday 1 September 2026; only the integrity file is missing, due on Tuesday the 8th.
const REGISTER: &str = "\
案件编号,姓名,单位,事项名称,认定结论,认定日期,状态,问责实施机关,人事档案归档日期,入卷归档日期,反馈本人日期,抄送主管部门日期,抄送上级部门日期,抄送组织部门日期
RC-1,林甲,云川市住建局,加装电梯补贴误发,免责,2026-09-01,生效,云川市纪委监委,2026-09-02,2026-09-02,2026-09-02,2026-09-02,2026-09-02,2026-09-02
";

/// A working day's passes, or several days'.
async fn live(bench: &Bench, from: &str, to: &str) {
    let (from, to): (chrono::NaiveDate, chrono::NaiveDate) = (from.parse().expect("a day"), to.parse().expect("a day"));
    for day in from.iter_days().take_while(|day| *day <= to) {
        for time in ["00:05", "09:00", "09:01", "15:00"] {
            bench.set(&format!("{day}T{time}:00+08:00"));
            reconcile(&bench.app, bench.app.now()).await.expect("a pass");
        }
    }
}

/// Point, reader and day of everything sent about a number, in order.
async fn told(bench: &Bench, number: &str) -> Vec<String> {
    let mut tx = bench.app.db.read().await.expect("the store");
    let all = alerts::all(&mut tx).await.expect("alerts");
    tx.rollback().await.expect("the end of reading");
    let mut told: Vec<(Moment, String)> = all
        .into_iter()
        .filter(|stored| stored.alert.number.as_deref() == Some(number) && stored.alert.outcome == Outcome::Sent)
        .map(|stored| {
            let reader = stored.alert.recipient.expect("somebody").email;
            let name = reader.split('@').next().expect("a name").to_owned();
            let day = stored.decided.day().format("%m-%d").to_string();
            (stored.decided, format!("{day} {} {name}", stored.alert.point))
        })
        .collect();
    told.sort();
    told.into_iter().map(|(_, line)| line).collect()
}

/// Subject, reader and day of every mail, in order.
async fn written(bench: &Bench) -> Vec<(String, String, String)> {
    let mut tx = bench.app.db.read().await.expect("the store");
    let mut rows = mails::page(&mut tx, mails::Show::All, &Scope::WHOLE, 1_000, 0)
        .await
        .expect("mails");
    tx.rollback().await.expect("the end of reading");
    rows.sort_by_key(|row| (row.created_ms, row.recipient.clone()));
    rows.into_iter()
        .map(|row| {
            let at = Moment::from_millis(row.created_ms).to_string();
            (at[5..16].to_owned(), row.recipient, row.subject)
        })
        .collect()
}

#[tokio::test]
async fn nobody_acknowledges_and_the_chain_is_climbed_until_somebody_does() {
    // By hand: T+1 is Wednesday 9 September. Three working days on is Monday the 14th, five is Wednesday the 16th,
    // seven is Friday the 18th; Sunday the 20th is a make-up day, so ten is Tuesday the 22nd.
    on_both_summarised("2026-09-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench.register(REGISTER).await;
        live(&bench, "2026-09-02", "2026-09-22").await;
        let expected = [
            "09-07 T-1 he",
            "09-08 T0 he",
            "09-09 T+1 he",
            "09-09 T+1 meng",
            "09-14 chain-1 meng",
            "09-15 T+5 fang",
            "09-15 T+5 he",
            "09-15 T+5 meng",
            "09-16 again-1 he",
            "09-16 again-1 meng",
            "09-18 chain-2 fang",
            "09-22 again-2 fang",
            "09-22 again-2 he",
            "09-22 again-2 meng",
        ];
        assert_eq!(told(&bench, "RC-1").await, expected);

        let noted = Noted {
            number: "RC-1",
            kind: None,
            by: "孟科长",
            note: "档案室本周移交",
        };
        assert_eq!(
            routing::acknowledge(&bench.app, &noted, "测试").await.expect("noted"),
            1
        );
        assert_eq!(
            routing::acknowledge(&bench.app, &noted, "测试").await.expect("noted"),
            0,
            "once"
        );
        live(&bench, "2026-09-23", "2026-10-20").await;
        assert_eq!(
            told(&bench, "RC-1").await,
            expected,
            "nothing more after somebody took note"
        );
        let unknown = Noted {
            number: "RC-9",
            ..noted
        };
        assert!(matches!(
            routing::acknowledge(&bench.app, &unknown, "测试").await,
            Err(AppError::Input(_))
        ));
    })
    .await;
}

#[tokio::test]
async fn the_chain_ends_with_what_it_is_about() {
    on_both_summarised("2026-09-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench.register(REGISTER).await;
        live(&bench, "2026-09-02", "2026-09-14").await;
        let before = told(&bench, "RC-1").await;
        assert_eq!(before.last().map(String::as_str), Some("09-14 chain-1 meng"));
        let done = REGISTER.replace(
            "入卷归档日期,反馈本人日期",
            "入卷归档日期,廉政档案归档日期,反馈本人日期",
        );
        let done = done.replace(
            "2026-09-02,2026-09-02,2026-09-02,2026-09-02,2026-09-02,2026-09-02",
            "2026-09-02,2026-09-02,2026-09-15,2026-09-02,2026-09-02,2026-09-02,2026-09-02",
        );
        bench.set("2026-09-15T08:00:00+08:00");
        bench.register(&done).await;
        live(&bench, "2026-09-15", "2026-09-30").await;
        assert_eq!(told(&bench, "RC-1").await, before);
    })
    .await;
}

#[tokio::test]
async fn after_a_pause_of_the_service_the_chain_tells_each_reader_once() {
    on_both_summarised("2026-09-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench.register(REGISTER).await;
        live(&bench, "2026-09-02", "2026-09-07").await;
        let before = told(&bench, "RC-1").await.len();
        // Two weeks of T0, T+1, T+5, chain and repetition fell into the pause.
        bench.set("2026-09-21T10:00:00+08:00");
        reconcile(&bench.app, bench.app.now()).await.expect("a pass");
        let after = told(&bench, "RC-1").await;
        let readers: Vec<&str> = after[before..]
            .iter()
            .filter_map(|line| line.split(' ').nth(2))
            .collect();
        let once: BTreeSet<&str> = readers.iter().copied().collect();
        assert_eq!(readers.len(), once.len(), "{after:?}");
        assert_eq!(once, BTreeSet::from(["fang", "he", "meng"]), "{after:?}");
    })
    .await;
}

#[tokio::test]
async fn a_silence_holds_back_and_the_newest_follows_its_end() {
    on_both_summarised("2026-09-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench.register(REGISTER).await;
        live(&bench, "2026-09-02", "2026-09-07").await;
        let until = Moment::parse("2026-09-11T00:00:00+08:00").expect("a moment");
        let new = NewSilence {
            target: Target::Number("RC-1".to_owned()),
            reason: "档案室搬迁".to_owned(),
            by: "孟科长".to_owned(),
            until,
        };
        let too_long = NewSilence {
            until: Moment::parse("2026-12-31T00:00:00+08:00").expect("a moment"),
            ..new.clone()
        };
        assert!(matches!(
            routing::silence(&bench.app, too_long, "测试").await,
            Err(AppError::Input(_))
        ));
        routing::silence(&bench.app, new, "测试").await.expect("silenced");

        // What is foreseen under it says why, and the newest comes after its end: T+1 fell into it.
        let to = Moment::parse("2026-09-11T23:00:00+08:00").expect("a moment");
        let foreseen = alerts_between(&bench.app, bench.app.now(), to)
            .await
            .expect("a simulation");
        let why = unsent(&bench.app, &foreseen).await.expect("reasons");
        assert!(
            why.iter()
                .any(|one| one.outcome == "silenced" && one.reason.contains("档案室搬迁")),
            "{why:?}"
        );
        live(&bench, "2026-09-08", "2026-09-11").await;
        assert_eq!(
            told(&bench, "RC-1").await,
            ["09-07 T-1 he", "09-11 T+1 he", "09-11 T+1 meng"]
        );
        let why = "SELECT reason FROM alert WHERE point = 'T0' AND outcome = 'merged'";
        let why = bench.texts(why).await;
        assert!(why.len() == 1 && why[0].contains("档案室搬迁"), "{why:?}");
    })
    .await;
}

#[tokio::test]
async fn a_lifted_silence_ends_at_once_and_one_reader_s_silence_is_his_own() {
    on_both_summarised("2026-09-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench.register(REGISTER).await;
        live(&bench, "2026-09-02", "2026-09-08").await;
        let silence = |target| NewSilence {
            target,
            reason: "出差".to_owned(),
            by: "何收文".to_owned(),
            until: Moment::parse("2026-09-30T00:00:00+08:00").expect("a moment"),
        };
        let unit = Target::Unit("云川市纪委监委".to_owned());
        let of_unit = routing::silence(&bench.app, silence(unit), "测试")
            .await
            .expect("silenced");
        live(&bench, "2026-09-09", "2026-09-09").await;
        assert_eq!(told(&bench, "RC-1").await.len(), 2, "T-1 and T0");
        let his = Target::Recipient("he@yunchuan.example".to_owned());
        routing::silence(&bench.app, silence(his), "测试")
            .await
            .expect("silenced");
        routing::lift(&bench.app, &of_unit.id, "孟科长", "测试")
            .await
            .expect("lifted");
        bench.set("2026-09-09T16:00:00+08:00");
        reconcile(&bench.app, bench.app.now()).await.expect("a pass");
        let all = told(&bench, "RC-1").await;
        assert_eq!(all[2..], ["09-09 T+1 meng"]);
        assert!(matches!(
            routing::lift(&bench.app, &of_unit.id, "孟科长", "测试").await,
            Err(AppError::Input(_))
        ));
    })
    .await;
}

#[tokio::test]
async fn what_a_reader_s_silence_held_back_comes_with_the_summary_after_it() {
    on_both_summarised("2026-09-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench.register(REGISTER).await;
        live(&bench, "2026-09-02", "2026-09-08").await;
        let new = NewSilence {
            target: Target::Recipient("HE@yunchuan.example".to_owned()),
            reason: "出差".to_owned(),
            by: "何收文".to_owned(),
            until: Moment::parse("2026-09-11T00:00:00+08:00").expect("a moment"),
        };
        routing::silence(&bench.app, new, "测试").await.expect("silenced");
        // What is foreseen is what comes: when, which point, to whom.
        let began = bench.app.now();
        let to = Moment::parse("2026-09-14T23:00:00+08:00").expect("a moment");
        let foreseen = alerts_between(&bench.app, began, to).await.expect("a simulation");
        let foreseen: BTreeSet<(String, String)> = foreseen
            .into_iter()
            .filter(|foreseen| foreseen.alert.outcome == Outcome::Sent)
            .map(|foreseen| (foreseen.sent_at.to_string(), foreseen.alert.identity))
            .collect();
        // T+1 falls into it, and no further point on the day after its end.
        live(&bench, "2026-09-09", "2026-09-10").await;
        let before = ["09-07 T-1 he", "09-08 T0 he", "09-09 T+1 meng"];
        assert_eq!(told(&bench, "RC-1").await, before);
        let to_him = async || -> Vec<String> {
            let rows = written(&bench).await.into_iter();
            let his = rows.filter(|(at, to, _)| at.as_str() > "09-09" && to.starts_with("he@"));
            his.map(|(at, ..)| at).collect()
        };
        assert!(to_him().await.is_empty(), "{:?}", to_him().await);
        live(&bench, "2026-09-11", "2026-09-14").await;
        assert_eq!(to_him().await, ["09-11T09:00"], "once");
        let after = told(&bench, "RC-1").await;
        assert!(after.contains(&"09-09 T+1 he".to_owned()), "{after:?}");
        let happened = bench
            .read(async |tx| {
                let mut happened = BTreeSet::new();
                for stored in alerts::all(tx).await.expect("alerts") {
                    let Some(mail) = stored.mail.filter(|_| stored.decided > began) else {
                        continue;
                    };
                    let mail = mails::by_id(tx, mail.as_str()).await.expect("mails").expect("the mail");
                    let at = Moment::from_millis(mail.created_ms).to_string();
                    happened.insert((at, stored.alert.identity));
                }
                happened
            })
            .await;
        assert_eq!(foreseen, happened);
        let from = Moment::parse("2026-09-02T00:00:00+08:00").expect("a moment");
        let replayed = replay(&bench.app, from, bench.app.now()).await.expect("a replay");
        assert!(
            replayed.only_sent.is_empty() && replayed.only_replayed.is_empty(),
            "the same rules tell the same after it: {replayed:?}"
        );
        let his =
            |(at, identity): &(String, String)| at.starts_with("2026-09-11T09:00") && identity.contains("T+1|he@");
        assert!(foreseen.iter().any(his), "{foreseen:?}");
    })
    .await;
}

#[tokio::test]
async fn one_matter_that_cannot_be_reckoned_holds_up_no_other() {
    on_both_summarised("2026-09-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench.register(REGISTER).await;
        let far = bench
            .rectifications("编号,问题,责任单位,整改时限,交办日期\nZG-1,台账不全,云川市住建局,2099-12-31,2026-09-01\nZG-2,台账不全,云川市住建局,2026-09-10,2026-09-01\n")
            .await;
        assert_eq!(far.unreadable.len(), 1, "{:?}", far.unreadable);
        assert!(far.unreadable[0].reason.contains("日历推算不到"), "{:?}", far.unreadable);
        // What an earlier release took in all the same.
        bench
            .write(async |tx| {
                let of_number = obligations::open_of_number(tx, "ZG-2").await.expect("the store");
                let far = "2060-12-31".parse().expect("a day");
                for mut one in of_number {
                    one.due.day = far;
                    one.due.alert_day = far;
                    one.next_at = Some(bench.app.now());
                    obligations::put(tx, &one).await.expect("the store");
                }
            })
            .await;
        live(&bench, "2026-09-07", "2026-09-09").await;
        assert_eq!(
            told(&bench, "RC-1").await,
            ["09-07 T-1 he", "09-08 T0 he", "09-09 T+1 he", "09-09 T+1 meng"]
        );
        let failed = bench
            .read(async |tx| {
                let wanted = journal::Wanted {
                    actor: "",
                    action: "reconcile.failed",
                    kind: "",
                    object: "",
                    from: 0,
                    until: i64::MAX,
                };
                journal::count(tx, &wanted).await.expect("the store")
            })
            .await;
        assert!(failed > 0, "it is said which one");
        let to = Moment::parse("2026-09-30T23:00:00+08:00").expect("a moment");
        alerts_between(&bench.app, bench.app.now(), to).await.expect("a simulation of the others");
    })
    .await;
}

#[tokio::test]
async fn an_address_that_no_server_takes_is_no_mailbox_and_holds_up_nobody() {
    on_both_summarised("2026-09-02T10:00:00+08:00", async |bench| {
        let told_of = bench
            .contacts(&CONTACTS.replace("meng@yunchuan.example", "meng..ke@yunchuan.example"))
            .await;
        assert_eq!(told_of.unreadable.len(), 1, "{:?}", told_of.unreadable);
        bench
            .write(async |tx| {
                let known = contacts::all(tx).await.expect("the store");
                let he = known
                    .into_iter()
                    .find(|one| one.name == "何收文")
                    .expect("he is listed");
                // As an earlier release took him in.
                let meng = Contact {
                    name: "孟科长".to_owned(),
                    role: Role::SectionHead,
                    email: Some("meng..ke@yunchuan.example".to_owned()),
                    ..he
                };
                contacts::put(tx, &meng).await.expect("the store");
            })
            .await;
        bench.register(REGISTER).await;
        live(&bench, "2026-09-07", "2026-09-09").await;
        let told = told(&bench, "RC-1").await;
        assert!(told.contains(&"09-09 T+1 he".to_owned()), "{told:?}");
        let mails = written(&bench).await;
        assert!(
            mails.iter().any(|(_, _, subject)| subject.contains("没有可用的邮箱")),
            "{mails:?}"
        );
    })
    .await;
}

#[test]
fn something_is_silenced_at_the_command_line() {
    let desk = Desk::new();
    desk.write("联系人.csv", CONTACTS.as_bytes());
    desk.write("台账.csv", REGISTER.as_bytes());
    desk.at("2026-09-02T10:00:00+08:00", 0, &["import", "contacts", "联系人.csv"]);
    desk.at("2026-09-02T10:00:00+08:00", 0, &["import", "register", "台账.csv"]);
    let mut words = vec![
        "alert",
        "silence",
        "--until",
        "2026-09-20",
        "--reason",
        "汛期停工",
        "--by",
        "秦督办",
    ];
    desk.at("2026-09-03T10:00:00+08:00", 2, &words);
    words.extend(["--number", "RC-1"]);
    desk.at("2026-09-03T10:00:00+08:00", 0, &words);
    words.extend(["--unit", "云川市住建局"]);
    desk.at("2026-09-03T10:00:00+08:00", 2, &words);
    let listed = desk.at("2026-09-03T10:00:00+08:00", 0, &["alert", "list"]);
    assert!(listed.out.contains("汛期停工"), "{}", listed.out);
}

#[tokio::test]
async fn a_late_whole_speaks_for_its_parts() {
    on_both_summarised("2026-05-11T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        let ledger = "\
编号,问题,责任单位,督办单位,整改时限,阶段目标,状态
ZG-1,甲,云川市住建局,云川市委督查室,2026-05-20,2026-05-15 完成排查；2026-06-10 完成公示,整改中
";
        bench.rectifications(ledger).await;
        live(&bench, "2026-05-11", "2026-06-30").await;
        let mut tx = bench.app.db.read().await.expect("the store");
        let all = alerts::all(&mut tx).await.expect("alerts");
        tx.rollback().await.expect("the end of reading");
        let outcomes = |from: &str, to: &str| -> BTreeSet<(String, Outcome)> {
            all.iter()
                .filter(|stored| ["stage", "progress"].contains(&stored.alert.kind.as_str()))
                .filter(|stored| (from..=to).contains(&stored.decided.day().to_string().as_str()))
                .map(|stored| (stored.alert.kind.as_str().to_owned(), stored.alert.outcome))
                .collect()
        };
        let early = outcomes("2026-05-12", "2026-05-20");
        assert!(early.iter().any(|(_, outcome)| *outcome == Outcome::Sent), "{early:?}");
        let late = outcomes("2026-05-21", "2026-06-30");
        assert!(!late.is_empty());
        assert!(
            late.iter().all(|(_, outcome)| *outcome == Outcome::Inhibited),
            "{late:?}"
        );
        let from = Moment::parse("2026-05-21T00:00:00+08:00").expect("a moment");
        let replayed = replay(&bench.app, from, bench.app.now()).await.expect("a replay");
        let parts = |kind: &str| ["stage", "progress"].contains(&kind);
        let again = replayed.only_replayed.iter().filter(|told| parts(&told.kind)).count();
        assert_eq!(again, 0, "the same rules are silent in the past too: {replayed:?}");
    })
    .await;
}

/// Ledgers with three items of one liaison, due on the same Sunday that is a make-up day, and one due before it.
#[tokio::test]
async fn what_is_not_urgent_comes_as_one_summary_a_working_morning() {
    // 20 September 2026, a Sunday, is worked; 25 to 27 September is the Mid-Autumn festival.
    on_both_summarised("2026-09-10T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        let ledger = "\
编号,问题,责任单位,督办单位,整改时限,签收日期,状态
ZG-1,甲,云川市住建局,云川市委督查室,2026-09-20,2026-09-10,整改中
ZG-2,乙,云川市住建局,云川市委督查室,2026-09-20,2026-09-10,整改中
ZG-3,丙,云川市住建局,云川市委督查室,2026-09-26,2026-09-10,整改中
";
        bench.rectifications(ledger).await;
        live(&bench, "2026-09-10", "2026-09-28").await;
        let all = written(&bench).await;
        let of = |reader: &str, day: &str| -> Vec<String> {
            all.iter()
                .filter(|(at, to, _)| at.starts_with(day) && to.starts_with(reader))
                .map(|(at, _, subject)| format!("{} {subject}", &at[6..]))
                .collect()
        };
        // On Sunday the two items due that day are in one mail, at nine.
        let sunday = of("qin", "09-20");
        assert_eq!(sunday.len(), 1, "{all:#?}");
        assert!(
            sunday[0].starts_with("09:00 【早间汇总】9月20日（周日）："),
            "{sunday:?}"
        );
        // Monday: both are late, each is a mail of its own and does not wait.
        let monday = of("qin", "09-21");
        assert_eq!(
            monday.iter().filter(|mail| mail.contains("【紧急】")).count(),
            2,
            "{monday:?}"
        );
        // Nothing goes out on the holiday.
        for day in ["09-25", "09-26", "09-27"] {
            assert!(all.iter().all(|(at, ..)| !at.starts_with(day)), "{day}");
        }
        // The administrator hears every working morning that the service is alive, and only then.
        let mornings: Vec<&str> = all
            .iter()
            .filter(|(_, to, _)| to.starts_with("guan"))
            .map(|(at, ..)| at.as_str())
            .collect();
        let expected = [
            "10T09", "11T09", "14T09", "15T09", "16T09", "17T09", "18T09", "20T09", "21T09", "22T09", "23T09", "24T09",
            "28T09",
        ];
        let days: Vec<&str> = mornings.iter().map(|at| &at[3..8]).collect();
        assert_eq!(days, expected);
        // No reader has two summaries on one day.
        let mut summaries: Vec<(&str, &str)> = all
            .iter()
            .filter(|(.., subject)| subject.contains("早间汇总"))
            .map(|(at, to, _)| (&at[..5], to.as_str()))
            .collect();
        let count = summaries.len();
        summaries.dedup();
        assert_eq!(count, summaries.len());
    })
    .await;
}

/// The summaries to a reader, as text, the oldest first.
async fn summaries_to(bench: &Bench, reader: &str) -> Vec<String> {
    bench
        .read(async |tx| {
            let mut rows = mails::page(tx, mails::Show::All, &Scope::WHOLE, 1_000, 0)
                .await
                .expect("mails");
            rows.sort_by_key(|row| row.created_ms);
            rows.retain(|row| row.recipient.eq_ignore_ascii_case(reader) && row.subject.contains("早间汇总"));
            let mut texts = Vec::new();
            for row in rows {
                let bytes = mails::bytes(tx, &row.id).await.expect("mails").expect("its bytes");
                texts.push(rongcuo::mail::parts(&bytes).text);
            }
            texts
        })
        .await
}

fn tokens(text: &str) -> Vec<String> {
    let after = text.split("/answers/").skip(1);
    after
        .filter_map(|rest| rest.split_whitespace().next().map(str::to_owned))
        .collect()
}

const LATE_LEDGER: &str = "\
编号,问题,责任单位,督办单位,整改时限,签收日期,状态
ZG-1,甲,云川市住建局,云川市委督查室,2026-09-18,2026-09-10,整改中
ZG-2,乙,云川市住建局,云川市委督查室,2026-09-18,2026-09-10,整改中
ZG-3,丙,云川市住建局,云川市委督查室,2026-09-14,2026-09-10,整改中
";

#[tokio::test]
async fn each_matter_of_a_summary_is_answered_from_its_own_link() {
    on_both_summarised("2026-09-10T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench.rectifications(LATE_LEDGER).await;
        live(&bench, "2026-09-10", "2026-09-18").await;
        // On Friday the 18th two items are due, and the third is late with nobody having taken note.
        let friday = summaries_to(&bench, "qin@yunchuan.example")
            .await
            .pop()
            .expect("a summary");
        assert!(friday.contains("9月18日"), "{friday}");
        let mut numbers = BTreeSet::new();
        for token in tokens(&friday) {
            let view = answers::open(&bench.app, &token).await.expect("read").expect("a page");
            assert_eq!(
                (view.state, view.reader.as_str()),
                (AnswerState::Open, "秦督办"),
                "{}",
                view.number
            );
            numbers.insert((view.number, view.notes));
        }
        for (number, notes) in [("ZG-1", false), ("ZG-2", false), ("ZG-3", true)] {
            assert!(
                numbers.contains(&(number.to_owned(), notes)),
                "{number}: {numbers:?} {friday}"
            );
        }
        let lines = friday
            .lines()
            .filter(|line| line.starts_with("- ") && line.contains("ZG-"))
            .count();
        assert_eq!(tokens(&friday).len(), lines, "{friday}");
        for token in tokens(&friday) {
            assert!(["qin", "ZG-", "秦"].iter().all(|word| !token.contains(word)), "{token}");
        }
        let noted = answers::open(&bench.app, &tokens(&friday)[0])
            .await
            .expect("read")
            .expect("a page");
        assert_eq!(noted.number, "ZG-3", "the gravest stands first");
        answers::reply(&bench.app, &tokens(&friday)[0], &note(""))
            .await
            .expect("noted");
        assert_eq!(bench.count("SELECT COUNT(*) FROM acknowledgement").await, 1);
        // The links end like those of other mails, and a sample has them, too.
        let sample = preview::summary(&bench.app).await.expect("a summary");
        assert!(!tokens(&rongcuo::mail::parts(&sample.bytes).text).is_empty());
        bench.set("2026-12-01T10:00:00+08:00");
        let late = answers::open(&bench.app, &tokens(&friday)[0])
            .await
            .expect("read")
            .expect("a page");
        assert_eq!(late.state, AnswerState::Expired);
    })
    .await;
}

#[tokio::test]
async fn two_spellings_of_an_address_are_one_reader_with_one_summary() {
    on_both_summarised("2026-09-10T10:00:00+08:00", async |bench| {
        // The same man under two roles of two units, as two clerks wrote him down.
        let contacts = CONTACTS
            .replace("qin@yunchuan.example", "Luo.L@YunChuan.Example")
            .replace("luo@yunchuan.example", "　luo.l＠yunchuan.example ");
        let read = bench.contacts(&contacts).await;
        assert!(read.unreadable.is_empty(), "{:?}", read.unreadable);
        let emails = "SELECT email FROM contact WHERE lower(email) LIKE 'luo.l@%' ORDER BY lower(email), email";
        let emails: BTreeSet<String> = bench.texts(emails).await.into_iter().collect();
        assert_eq!(emails, ["Luo.L@yunchuan.example", "luo.l@yunchuan.example"].map(str::to_owned).into());
        assert_eq!(bench.contacts(&contacts).await.changed, 0, "written once");
        bench.rectifications(LATE_LEDGER).await;
        live(&bench, "2026-09-10", "2026-09-17").await;
        // A reminder of an earlier release, in the spelling of its contacts, still waits.
        let earlier = "UPDATE alert SET mail_id = NULL, recipient = 'luo.l@YUNCHUAN.example' WHERE id = (SELECT MIN(id) FROM alert \
             WHERE lower(recipient) = 'luo.l@yunchuan.example' AND number = 'ZG-1' AND outcome = 'sent' AND mail_id IS NOT NULL)";
        bench.execute(earlier).await;
        let spelt = "SELECT COUNT(*) FROM alert WHERE recipient = 'luo.l@YUNCHUAN.example'";
        assert_eq!(bench.count(spelt).await, 1);
        live(&bench, "2026-09-18", "2026-09-18").await;
        let mut mornings: Vec<String> = written(&bench)
            .await
            .into_iter()
            .filter(|(_, to, subject)| to.to_lowercase().starts_with("luo.l@") && subject.contains("早间汇总"))
            .map(|(at, ..)| at[..5].to_owned())
            .collect();
        let count = mornings.len();
        mornings.dedup();
        assert!(count > 1 && count == mornings.len(), "{mornings:?}");
        let friday = summaries_to(&bench, "luo.l@yunchuan.example").await.pop().expect("a summary");
        assert!(friday.contains("ZG-1") && friday.contains("ZG-2"), "{friday}");
        let waiting = "SELECT COUNT(*) FROM alert WHERE outcome = 'sent' AND mail_id IS NULL";
        assert_eq!(bench.count(waiting).await, 0, "nothing is left behind");
    })
    .await;
}

#[tokio::test]
async fn a_summary_comes_on_the_working_mornings_of_its_reader_s_unit() {
    on_both_summarised("2026-09-14T08:00:00+08:00", async |bench| {
        bench
            .contacts(&CONTACTS.replace("云川市,管维护", "云川市信息中心,管维护"))
            .await;
        let arrangement = r#"{"unit": "云川市信息中心", "name": "机房搬迁调休", "published": "2026-09-01", "days": [
            {"name": "调休", "date": "2026-09-16", "isOffDay": true},
            {"name": "调休", "date": "2026-09-19", "isOffDay": false}
        ]}"#;
        calendars::import(&bench.app, "信息中心.json", arrangement.as_bytes().to_vec(), "测试")
            .await
            .expect("an arrangement");
        live(&bench, "2026-09-14", "2026-09-20").await;
        let all = written(&bench).await;
        let mornings: Vec<&str> = all
            .iter()
            .filter(|(_, to, subject)| to.starts_with("guan") && subject.contains("早间汇总"))
            .map(|(at, ..)| &at[..5])
            .collect();
        // Wednesday the 16th is off there, Saturday the 19th is worked; Sunday the 20th is worked everywhere.
        assert_eq!(mornings, ["09-14", "09-15", "09-17", "09-18", "09-19", "09-20"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_done_before_the_summary_is_not_told_and_what_would_come_too_late_does_not_wait() {
    on_both_summarised("2026-09-07T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        // Imported on Monday after the summary: T-1 of Tuesday's day cannot wait for Tuesday.
        live(&bench, "2026-09-07", "2026-09-07").await;
        bench.set("2026-09-07T15:30:00+08:00");
        bench.register(REGISTER).await;
        reconcile(&bench.app, bench.app.now()).await.expect("a pass");
        assert_eq!(told(&bench, "RC-1").await, ["09-07 T-1 he"]);
        let all = written(&bench).await;
        assert!(
            all.iter()
                .any(|(at, to, subject)| at == "09-07T15:30" && to.starts_with("he@") && subject.contains("RC-1")),
            "{all:#?}"
        );
    })
    .await;
}

fn note(text: &str) -> Reply {
    Reply::Note { text: text.to_owned() }
}

/// The link of the newest mail to a reader that has one.
pub(crate) async fn link_to(bench: &Bench, reader: &str) -> String {
    let mut tx = bench.app.db.read().await.expect("the store");
    let rows = mails::page(&mut tx, mails::Show::All, &Scope::WHOLE, 1_000, 0)
        .await
        .expect("mails");
    let mut found = None;
    for row in rows.iter().filter(|row| row.recipient.starts_with(reader)) {
        let bytes = mails::bytes(&mut tx, &row.id).await.expect("mails").expect("its bytes");
        let text = rongcuo::mail::parts(&bytes).text;
        let token = text
            .split("/answers/")
            .nth(1)
            .and_then(|rest| rest.split_whitespace().next());
        if let Some(token) = token {
            found = Some(token.to_owned());
            break;
        }
    }
    tx.rollback().await.expect("the end of reading");
    found.expect("a mail with a link")
}

#[tokio::test]
async fn the_link_of_a_mail_shows_one_matter_and_only_its_form_takes_note() {
    on_both_summarised("2026-09-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench.register(REGISTER).await;
        live(&bench, "2026-09-02", "2026-09-09").await;
        let token = link_to(&bench, "meng@").await;
        for forbidden in ["meng", "RC-1", "孟"] {
            assert!(!token.contains(forbidden), "{token}");
        }
        for _ in 0..3 {
            let view = answers::open(&bench.app, &token).await.expect("read").expect("a page");
            assert_eq!((view.state, view.number.as_str()), (AnswerState::Open, "RC-1"));
        }
        // Another reminder, another end, another seal: nobody here wrote it.
        let (head, seal) = token.rsplit_once('-').expect("a seal");
        let longer = token.replacen('-', "-f", 1);
        let other = format!("{head}-{}", seal.chars().rev().collect::<String>());
        for forged in [longer.as_str(), other.as_str(), head, "", "a-b-c-d", "../x", "0-0-0"] {
            assert!(
                answers::open(&bench.app, forged).await.expect("read").is_none(),
                "{forged}"
            );
            assert!(
                answers::reply(&bench.app, forged, &note(""))
                    .await
                    .expect("read")
                    .is_none(),
                "{forged}"
            );
        }
        assert_eq!(
            bench.count("SELECT COUNT(*) FROM acknowledgement").await,
            0,
            "looking changes nothing"
        );
        let view = answers::reply(&bench.app, &token, &note("本周移交"))
            .await
            .expect("noted")
            .expect("a page");
        assert!(
            matches!(&view.state, AnswerState::Noted { by, .. } if by == "孟科长"),
            "{view:?}"
        );
        let again = answers::reply(&bench.app, &token, &note("再来"))
            .await
            .expect("noted")
            .expect("a page");
        assert_eq!(again.state, view.state);
        assert_eq!(bench.count("SELECT COUNT(*) FROM acknowledgement").await, 1);
        bench.set("2026-12-01T10:00:00+08:00");
        let late = answers::open(&bench.app, &token).await.expect("read").expect("a page");
        assert_eq!(late.state, AnswerState::Expired);
    })
    .await;
}

#[tokio::test]
async fn whoever_cannot_be_told_is_a_matter_for_the_next_in_the_chain_until_he_can() {
    on_both_summarised("2026-09-02T10:00:00+08:00", async |bench| {
        let silent = CONTACTS.replace("he@yunchuan.example", "");
        bench.contacts(&silent).await;
        bench.register(REGISTER).await;
        live(&bench, "2026-09-02", "2026-09-08").await;
        let number = "云川市纪委监委经办何收文没有可用的邮箱";
        let about = told(&bench, number).await;
        let readers: BTreeSet<&str> = about.iter().filter_map(|line| line.split(' ').nth(2)).collect();
        assert_eq!(readers, BTreeSet::from(["guan", "meng"]), "{about:?}");
        bench.set("2026-09-08T16:00:00+08:00");
        bench.contacts(CONTACTS).await;
        live(&bench, "2026-09-09", "2026-09-15").await;
        assert_eq!(told(&bench, number).await.len(), about.len(), "he has an address again");
        let open = "SELECT COUNT(*) FROM obligation WHERE kind = 'contact_trouble' AND state = 'open'";
        assert_eq!(bench.count(open).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_role_that_nobody_holds_passes_on_what_it_should_have_been_told() {
    on_both_summarised("2026-09-02T10:00:00+08:00", async |bench| {
        let silent = CONTACTS
            .replace("he@yunchuan.example", "")
            .replace("云川市纪委监委,孟科长,科室负责人,meng@yunchuan.example\n", "");
        bench.contacts(&silent).await;
        bench.register(REGISTER).await;
        live(&bench, "2026-09-02", "2026-09-08").await;
        let about = told(&bench, "云川市纪委监委经办何收文没有可用的邮箱").await;
        let readers: BTreeSet<&str> = about.iter().filter_map(|line| line.split(' ').nth(2)).collect();
        assert_eq!(readers, BTreeSet::from(["fang", "guan"]), "{about:?}");
    })
    .await;
}

/// The built-in rules with urgent reminders through a channel too.
fn rules_with_channel(id: &str) -> String {
    let before = "number_from = \"local\"\n\n# 无人确认收悉的";
    assert!(DEFAULT_PROFILE.contains(before));
    DEFAULT_PROFILE.replacen(
        before,
        &format!("channels = [{{ id = \"{id}\", severities = [\"urgent\"] }}]\n{before}"),
        1,
    )
}

#[test]
fn what_is_urgent_goes_through_a_channel_once_and_says_number_and_day_alone() {
    let desk = Desk::new();
    desk.ok(0, &["migrate", "--rehearsal"]);
    let config = std::fs::read_to_string(desk.path("rongcuo.toml")).expect("a configuration");
    let channel = "[policy]\nfile = \"rules.toml\"\n[[channel]]\nid = \"duty\"\nkind = \"file\"\ndir = \"gateway\"\n";
    desk.write("rongcuo.toml", format!("{config}{channel}").as_bytes());
    desk.write("rules.toml", rules_with_channel("duty").as_bytes());
    desk.write("联系人.csv", CONTACTS.as_bytes());
    desk.write("台账.csv", REGISTER.as_bytes());
    desk.at("2026-09-02T10:00:00+08:00", 0, &["import", "contacts", "联系人.csv"]);
    desk.at("2026-09-02T10:00:00+08:00", 0, &["import", "register", "台账.csv"]);
    let files = || -> Vec<serde_json::Value> {
        let Ok(folder) = std::fs::read_dir(desk.path("gateway")) else {
            return Vec::new();
        };
        folder
            .map(|entry| std::fs::read(entry.expect("an entry").path()).expect("a file"))
            .map(|bytes| serde_json::from_slice(&bytes).expect("a document"))
            .collect()
    };
    desk.at("2026-09-08T10:00:00+08:00", 0, &["serve", "--run-once"]);
    assert!(files().is_empty(), "nothing was urgent yet");
    desk.at("2026-09-09T10:00:00+08:00", 0, &["serve", "--run-once"]);
    desk.at("2026-09-09T10:05:00+08:00", 0, &["serve", "--run-once"]);
    let told = files();
    assert_eq!(
        told.len(),
        1,
        "two readers have mails of their own, the channel one message: {told:?}"
    );
    let text = told[0].to_string();
    assert!(text.contains("RC-1") && text.contains("2026-09-08"), "{text}");
    for untold in ["林甲", "电梯", "住建局", "@"] {
        assert!(!text.contains(untold), "{text}");
    }
    // With the mail server away, what does not need it goes at once.
    std::fs::remove_dir_all(desk.path("gateway")).expect("a folder");
    let away = std::net::TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr()
        .expect("its number");
    let smtp = format!(
        "[smtp]\nmode = \"smtp\"\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n",
        away.port()
    );
    let file = "[smtp]\nmode = \"file\"\ndir = \"outbox\"\n";
    assert!(config.contains(file));
    desk.write(
        "rongcuo.toml",
        format!("{}{channel}", config.replace(file, &smtp)).as_bytes(),
    );
    desk.write("台账.csv", REGISTER.replace("RC-1", "RC-2").as_bytes());
    desk.at("2026-09-10T10:00:00+08:00", 0, &["import", "register", "台账.csv"]);
    desk.run(&["--debug-now", "2026-09-14T10:00:00+08:00", "serve", "--run-once"]);
    assert!(!files().is_empty(), "mail waits, the channel does not");
    desk.write("rongcuo.toml", format!("{config}{channel}").as_bytes());
    // A name that no configuration knows is held for a person, and that is a matter of its own.
    desk.write("rules.toml", rules_with_channel("nobody").as_bytes());
    let doctor = desk.run(&["doctor"]);
    assert!(doctor.out.contains("没有这个通道，或者已停用"), "{}", doctor.out);
    desk.at("2026-09-15T10:00:00+08:00", 1, &["serve", "--run-once"]);
    let held = desk.at("2026-09-15T10:05:00+08:00", 1, &["mail", "list", "--format", "json"]);
    assert!(held.out.contains("channel:nobody"), "{}", held.out);
    desk.at("2026-09-15T10:06:00+08:00", 0, &["serve", "--run-once"]);
    let told = mails_of(&desk);
    assert!(
        told.iter()
            .any(|(to, subject)| to.starts_with("guan@") && subject.contains("邮件被拒收")),
        "{told:?}"
    );
}

fn mails_of(desk: &Desk) -> Vec<(String, String)> {
    crate::support::mails::of_folder(&desk.path("outbox"))
        .into_iter()
        .map(|mail| (mail.to, mail.subject))
        .collect()
}

/// On these days points of some kinds fall together, and one is told in the other's place.
#[tokio::test]
async fn every_mail_there_is_can_be_looked_at_on_any_day() {
    on_both_summarised("2026-11-05T10:00:00+08:00", async |bench| {
        for day in ["2026-11-05", "2026-11-25", "2026-11-27", "2026-12-01"] {
            bench.set(&format!("{day}T10:00:00+08:00"));
            for kind in preview::kinds(&bench.app) {
                for point in preview::points(&bench.app, kind) {
                    let mail = preview::mail(&bench.app, kind, Some(point)).await;
                    assert!(mail.is_ok(), "{day} {} {point}: {:?}", kind.as_str(), mail.err());
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn every_mail_there_is_is_whole_for_another_program() {
    on_both_summarised("2026-09-02T10:00:00+08:00", async |bench| {
        let mut all = vec![preview::summary(&bench.app).await.expect("a summary")];
        for kind in preview::kinds(&bench.app) {
            for point in preview::points(&bench.app, kind) {
                let mail = preview::mail(&bench.app, kind, Some(point)).await;
                all.push(mail.unwrap_or_else(|error| panic!("{} {point}: {error}", kind.as_str())));
            }
        }
        assert!(all.len() > 60, "{} mails", all.len());
        let mut with_a_deadline = 0;
        for mail in &all {
            let name = &mail.subject;
            let message = mail_parser::MessageParser::default()
                .parse(&mail.bytes)
                .expect("a MIME message");
            assert_eq!(message.subject(), Some(name.as_str()));
            let text = message.body_text(0).expect("a plain part");
            let html = message.body_html(0).expect("an HTML part");
            assert!(
                text.contains("云川市委组织部") && html.contains("云川市委组织部"),
                "{name}"
            );
            // Nothing is loaded, nothing runs, and it fits a narrow window.
            for forbidden in ["<script", "<img", "src=", "@import", "url(", "javascript:", "onload"] {
                assert!(!html.contains(forbidden), "{name}: {forbidden}");
            }
            assert!(
                html.contains("width:600px") && html.contains("prefers-color-scheme: dark"),
                "{name}"
            );
            assert!(
                !name.contains("示例"),
                "the reader's name is no part of a subject: {name}"
            );
            assert!(
                !mail.bytes.windows(2).any(|pair| pair[1] == b'\n' && pair[0] != b'\r'),
                "{name}: bare line end"
            );
            assert!(
                message.header("Auto-Submitted").is_some() && message.header("List-Id").is_some(),
                "{name}"
            );
            if let Some(file) = message.attachment(0) {
                let calendar = String::from_utf8(file.contents().to_vec()).expect("UTF-8");
                assert!(
                    calendar.starts_with("BEGIN:VCALENDAR\r\n") && calendar.ends_with("END:VCALENDAR\r\n"),
                    "{name}"
                );
                let events = calendar.matches("BEGIN:VEVENT").count();
                assert!(events > 0 && events == calendar.matches("UID:").count(), "{name}");
                with_a_deadline += 1;
            }
        }
        assert!(
            with_a_deadline > 30,
            "{with_a_deadline} with a deadline for the calendar"
        );
    })
    .await;
}

#[tokio::test]
async fn the_past_is_replayed_as_it_was_and_what_waits_for_an_answer_is_listed() {
    on_both_summarised("2026-09-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        bench.register(REGISTER).await;
        live(&bench, "2026-09-02", "2026-09-18").await;
        let from = Moment::parse("2026-09-02T00:00:00+08:00").expect("a moment");
        let replayed = replay(&bench.app, from, bench.app.now()).await.expect("a replay");
        assert_eq!(replayed.same as usize, told(&bench, "RC-1").await.len(), "{replayed:?}");
        assert!(
            replayed.only_sent.is_empty() && replayed.only_replayed.is_empty(),
            "{replayed:?}"
        );

        let waiting = routing::waiting(&bench.app, None).await.expect("a list");
        let numbers: Vec<&str> = waiting.unanswered.iter().map(|one| one.number.as_str()).collect();
        assert_eq!(numbers, ["RC-1"]);
        let elsewhere = routing::waiting(&bench.app, Some("云川市财政局"))
            .await
            .expect("a list");
        assert!(elsewhere.unanswered.is_empty());
        let noted = Noted {
            number: "RC-1",
            kind: Some("archive_integrity"),
            by: "孟科长",
            note: "",
        };
        assert_eq!(
            routing::acknowledge(&bench.app, &noted, "测试").await.expect("noted"),
            1
        );
        let waiting = routing::waiting(&bench.app, None).await.expect("a list");
        assert!(waiting.unanswered.is_empty());
        let quiet = unsent(&bench.app, &[]).await.expect("reasons");
        live(&bench, "2026-09-21", "2026-09-21").await;
        let later = unsent(&bench.app, &[]).await.expect("reasons");
        assert!(quiet.len() <= later.len());
        assert!(
            later.iter().any(|one| one.reason.contains("孟科长已确认收悉")),
            "{later:?}"
        );
    })
    .await;
}
