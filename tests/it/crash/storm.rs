//! Ten thousand reminders under two hundred kills. Takes minutes, so it runs only when asked for; `docs/delivery.md` says
//! how, and what it gave.

use super::balance::{Accepted, balance};
use super::house::{House, Kind, Story};
use super::{SIGKILL, Series};
use crate::support::smtp::Script;
use rongcuo::domain::outbox::GROUP;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::time::{Duration, Instant};

/// Five reminders each.
const CASES: usize = 2_000;
/// Kills while it is reckoned what is due.
const EARLY: usize = 20;
/// How often it is looked whether that is done, in milliseconds.
const LOOK: u64 = 20;
/// Copies of one kill at most: what is begun together on each connection.
pub const MOST_IN_DOUBT: usize = 2 * GROUP;

/// Each organ's mail goes to a domain of its own, so that all connections are busy.
pub fn story(cases: usize) -> Story {
    let mut contacts = "单位,姓名,角色,邮箱\n".to_owned();
    let mut register =
        "案件编号,姓名,单位,事项名称,认定结论,认定日期,状态,撤销日期,问责实施机关,反馈本人日期\n".to_owned();
    let organs = ["云川市纪委监委", "青禾县纪委监委", "澄江区纪委监委", "云川市审计局"];
    let done = (|| {
        for (number, organ) in organs.iter().enumerate() {
            writeln!(contacts, "{organ},何收文,经办,shouwen@o{number}.example")?;
            writeln!(contacts, "{organ},林知微,科室负责人,zhiwei@o{number}.example")?;
        }
        for number in 0..cases {
            let organ = organs[number % organs.len()];
            writeln!(
                register,
                "RC-{number},苏念之,云川市水务局,堤防改造延期,不予容错,2026-09-22,生效,,{organ},"
            )?;
        }
        Ok::<(), std::fmt::Error>(())
    })();
    done.expect("a text grows");
    Story {
        imported_at: "2026-09-28T10:00:00+08:00",
        served_at: "2026-09-29T10:00:00+08:00",
        contacts: contacts.leak(),
        register: register.leak(),
        each_alone: true,
    }
}

fn say(text: &str) {
    writeln!(std::io::stderr(), "{text}").expect("standard error is open");
}

/// Kills until so many fell; gives the figures.
async fn storm(kind: Kind, kills: usize) {
    let story = story(CASES);
    let Some(calm) = House::build(kind, &story, Script::ok()) else {
        return;
    };
    let began = Instant::now();
    assert!(calm.pass_beside(0).wait().expect("the child ends").success());
    let calm_pass = began.elapsed();
    let began = Instant::now();
    assert!(calm.pass_beside(0).wait().expect("the child ends").success());
    let idle = u64::try_from(began.elapsed().as_millis()).expect("a short time");
    let log = calm.log();
    let expected: BTreeSet<_> = log.iter().map(|one| one.letter.clone()).collect();
    let ids: BTreeMap<_, _> = log
        .iter()
        .map(|one| (one.letter.clone(), one.message_id.clone()))
        .collect();
    assert_eq!(expected.len(), log.len(), "nothing died, nothing is sent twice");
    drop(calm);
    say(&format!(
        "{kind:?}: {} reminders, {calm_pass:?} without a kill, {idle} ms when nothing is due",
        log.len()
    ));

    let house = House::build(kind, &story, Script::ok()).expect("it could be had a moment ago");
    let mut series = Series(11);
    let (mut struck, mut passes, mut finished) = (0, 0, 0);
    // The first passes reckon what is due, which takes most of a calm pass; later ones come to the mails at once. The pass
    // that is let through the reckoning is killed with its first mails, so that the others are left for the kills to come.
    let whole = u64::try_from(calm_pass.as_millis()).expect("a short time");
    // Behind what every pass begins with; grows and shrinks so that the kills to come meet the mails that are left.
    let mut span = idle;
    while struck < kills {
        let left = house.waiting().await;
        assert_ne!(left, Some(0), "everything was sent before {kills} kills: {struck}");
        let delay = match left {
            None if struck < EARLY => Some(series.below(whole / 8)),
            None => None,
            Some(_) => Some(span / 2 + series.below(span)),
        };
        let mut child = house.pass_beside(passes);
        passes += 1;
        if let Some(delay) = delay {
            tokio::time::sleep(Duration::from_millis(delay)).await;
        } else {
            while house.server.taken().is_empty() && child.try_wait().expect("the child is ours").is_none() {
                tokio::time::sleep(Duration::from_millis(LOOK)).await;
            }
        }
        child.kill().expect("the child is ours");
        let ended = child.wait().expect("the child ends");
        if ended.signal() == Some(SIGKILL) {
            struck += 1;
        } else {
            finished += 1;
        }
        if let Some(left) = left {
            // Half of an even share, so that mails are left for the last kill.
            let fair = left / (kills - struck).max(1) / 2;
            // The reckoning adds some while it is not done.
            let taken = left.saturating_sub(house.waiting().await.unwrap_or(left));
            span = match taken {
                _ if taken > 4 * fair => span / 2,
                _ if taken > fair => span * 4 / 5,
                _ => span * 9 / 8 + 1,
            };
        }
        assert!(finished < kills, "everything was sent before {kills} kills: {struck}");
        if struck % 20 == 0 {
            say(&format!("{struck} kills, {} taken", house.server.taken().len()));
        }
    }
    let mails = house.recover(passes).await;
    let log: Vec<Accepted> = house.log();
    let found = balance(&expected, &log);
    assert_eq!(found.wrong, [], "{kind:?}");
    for one in &log {
        assert_eq!(
            ids.get(&one.letter),
            Some(&one.message_id),
            "{kind:?}: another run, another Message-ID"
        );
    }
    let in_doubt: i64 = mails.iter().map(|mail| mail.in_doubt).sum();
    let in_doubt = usize::try_from(in_doubt).expect("a count");
    say(&format!(
        "{kind:?}: {struck} kills, {finished} passes ended before theirs; {} mails, {} lost, {} accepted twice, {in_doubt} in doubt",
        mails.len(),
        0,
        found.repeats
    ));
    assert!(
        found.repeats <= in_doubt && in_doubt <= struck * MOST_IN_DOUBT,
        "{found:?}, {in_doubt}"
    );
    assert!(
        in_doubt >= struck / 10,
        "the blows fell beside the mails: {in_doubt} of {struck}"
    );
    house.verify_audit();
}

#[tokio::test]
#[ignore = "takes minutes; docs/delivery.md says how to run it"]
async fn ten_thousand_reminders_outlive_two_hundred_kills_on_the_embedded_database() {
    storm(Kind::Sqlite, 200).await;
}

#[tokio::test]
#[ignore = "takes minutes; docs/delivery.md says how to run it"]
async fn ten_thousand_reminders_outlive_fifty_kills_on_the_server() {
    storm(Kind::Postgres, 50).await;
}
