//! The program dies at every named place, and at arbitrary moments, and nobody misses a reminder or gets it twice.
//!
//! Each case is an installation of its own with the real program as a child. What the mail server says it took is
//! balanced against the letters written down below. Three planted mistakes show first that the balance can fail.

mod balance;
mod house;
mod storm;

use crate::support::smtp::{Act, At, Script};
use balance::{Balance, Letter, Wrong, balance};
use house::{House, Kind, Story};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const SIGKILL: i32 = 9;
const SIGABRT: i32 = 6;

/// RC-2 was refused on a Tuesday, Mid-Autumn was on 25–27 September: the answer was due on Monday the 28th, the three
/// filings are due on Wednesday the 30th. RC-3 was concluded on Monday, nothing of it is near. RC-4 lapsed long before
/// the import.
const STORY: Story = Story {
    imported_at: "2026-09-28T10:00:00+08:00",
    served_at: "2026-09-29T10:00:00+08:00",
    contacts: "\
单位,姓名,角色,邮箱
云川市纪委监委,何收文,经办,shouwen@yunchuan.example
云川市纪委监委,林知微,科室负责人,zhiwei@yunchuan.example
",
    register: "\
案件编号,姓名,单位,事项名称,认定结论,认定日期,状态,撤销日期,问责实施机关,反馈本人日期
RC-2,苏念之,云川市水务局,堤防改造延期,不予容错,2026-09-22,生效,,云川市纪委监委,
RC-3,沈砚舟,云川市住建局,电梯补贴误发,免责,2026-09-28,生效,,云川市纪委监委,
RC-4,顾临川,云川市住建局,旧改超支,免予问责,2026-06-10,生效,,云川市纪委监委,
",
    each_alone: true,
};

/// The same with the summary of a morning: the three filings due tomorrow are in one mail.
const SUMMARISED: Story = Story {
    each_alone: false,
    ..STORY
};

/// What the story's readers must find in their boxes on the Tuesday.
fn expected() -> BTreeSet<Letter> {
    let handler = "shouwen@yunchuan.example";
    let head = "zhiwei@yunchuan.example";
    [
        (
            handler,
            "【紧急】不予容错解释答复 RC-2：逾期 1 个工作日，应于 9月28日（周一）",
        ),
        (
            head,
            "【紧急】不予容错解释答复 RC-2：逾期 1 个工作日，应于 9月28日（周一）",
        ),
        (
            handler,
            "【提醒】结论归入干部人事档案 RC-2：还有 1 个工作日到期，应于 9月30日（周三）",
        ),
        (
            handler,
            "【提醒】结论归入廉政档案 RC-2：还有 1 个工作日到期，应于 9月30日（周三）",
        ),
        (
            handler,
            "【提醒】调查报告和证据材料入卷归档 RC-2：还有 1 个工作日到期，应于 9月30日（周三）",
        ),
        (handler, "【注意】历史存量 首次导入时已逾期事项：新发现"),
    ]
    .map(|(recipient, subject)| Letter::new(recipient, subject))
    .into()
}

/// The same of the summarised story.
fn expected_summarised() -> BTreeSet<Letter> {
    let alone = expected()
        .into_iter()
        .filter(|letter| !letter.subject.starts_with("【提醒】"));
    let summary = Letter::new("shouwen@yunchuan.example", "【早间汇总】9月29日（周二）：提醒 3 项");
    alone.chain([summary]).collect()
}

/// Where a summary is written.
const SUMMARY_PLACES: [&str; 2] = ["digest.commit.before", "digest.commit.after"];

/// A place to die at, and what death leaves there: attempts in doubt, and mails the server takes once more, under the same
/// Message-ID, because it had taken them already.
struct Place {
    name: &'static str,
    /// With the first mail.
    first: Left,
    /// With a later one, if the place is passed once for every mail: another has been taken meanwhile, and its record may
    /// stand in the very turn that dies.
    later: Option<Left>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Left {
    repeats: usize,
    in_doubt: usize,
}

/// Nothing was begun, or everything was recorded.
const NOTHING: Left = Left {
    repeats: 0,
    in_doubt: 0,
};
/// A sending had begun and not reached the final dot.
const DOUBT: Left = Left {
    repeats: 0,
    in_doubt: 1,
};
/// The dot was on its way, or the 250 heard and not recorded.
const TAKEN: Left = Left {
    repeats: 1,
    in_doubt: 1,
};

const fn once(name: &'static str, first: Left) -> Place {
    Place {
        name,
        first,
        later: None,
    }
}

const fn each(name: &'static str, first: Left, later: Left) -> Place {
    Place {
        name,
        first,
        later: Some(later),
    }
}

const PLACES: [Place; 16] = [
    once("reconcile.commit.before", NOTHING),
    once("reconcile.commit.after", NOTHING),
    // All mails are claimed in one turn, which begins the first of them; the others were only claimed.
    once("claim.commit.before", NOTHING),
    once("claim.commit.after", DOUBT),
    each("begin.commit.before", NOTHING, TAKEN),
    each("begin.commit.after", DOUBT, DOUBT),
    // One connection carries them all.
    once("smtp.connected", DOUBT),
    each("smtp.mail", DOUBT, DOUBT),
    each("smtp.rcpt", DOUBT, DOUBT),
    each("smtp.data.before", DOUBT, DOUBT),
    each("smtp.data.after", DOUBT, DOUBT),
    each("smtp.dot.before", DOUBT, DOUBT),
    each("smtp.dot.after", TAKEN, TAKEN),
    each("smtp.reply.after", TAKEN, TAKEN),
    each("record.commit.before", TAKEN, TAKEN),
    // The turn that records one mail begins the next.
    each("record.commit.after", DOUBT, DOUBT),
];

/// Message-IDs of a run in which nothing dies.
async fn reference(kind: Kind) -> Option<BTreeMap<Letter, String>> {
    let house = House::build(kind, &STORY, Script::ok())?;
    house.recover(0).await;
    let log = house.log();
    let found = balance(&expected(), &log);
    assert_eq!(found, Balance::default(), "{kind:?}, nothing died: {log:?}");
    Some(log.into_iter().map(|one| (one.letter, one.message_id)).collect())
}

/// Lets everything come to rest and looks at what is left: nothing wrong at the server, every mail sent, every
/// acceptance an attempt, the audit chain whole.
async fn settle(house: &House, first: i64, ids: &BTreeMap<Letter, String>, case: &str) -> Left {
    let mails = house.recover(first).await;
    let log = house.log();
    let found = balance(&expected(), &log);
    assert_eq!(found.wrong, [], "{case}: {log:?}");
    for one in &log {
        assert_eq!(
            ids.get(&one.letter),
            Some(&one.message_id),
            "{case}: another run, another Message-ID"
        );
    }
    assert_eq!(mails.len(), expected().len(), "{case}: {mails:?}");
    for mail in &mails {
        let taken = log.iter().filter(|one| one.message_id == mail.message_id).count();
        let attempts = usize::try_from(mail.attempts).expect("a count");
        assert!(
            mail.state == "sent" && taken >= 1 && attempts >= taken,
            "{case}: {mail:?}"
        );
        assert!(mail.sent_ms.is_some() && mail.last_reply.is_some(), "{case}: {mail:?}");
    }
    let sum = |of: fn(&house::Mail) -> i64| usize::try_from(mails.iter().map(of).sum::<i64>()).expect("a count");
    let in_doubt = sum(|mail| mail.in_doubt);
    assert_eq!(sum(|mail| mail.attempts), mails.len() + in_doubt, "{case}: {mails:?}");
    house.verify_audit();
    Left {
        repeats: found.repeats,
        in_doubt,
    }
}

/// Dies at every place at its `nth` arrival: with the first mail, or with some mails behind and some before it.
async fn dies_everywhere(kind: Kind, nth: u32) {
    let Some(ids) = reference(kind).await else { return };
    for place in PLACES {
        let Some(expected) = (if nth == 1 { Some(place.first) } else { place.later }) else {
            continue;
        };
        let case = format!("{kind:?}, {}:{nth}", place.name);
        let house = House::build(kind, &STORY, Script::ok()).expect("it could be had a moment ago");
        let ended = house.pass_dying_at(&format!("{}:{nth}", place.name));
        assert_eq!(ended.status.signal(), Some(SIGABRT), "{case}: {ended:?}");
        let left = settle(&house, 1, &ids, &case).await;
        assert_eq!(left, expected, "{case}");
    }
}

async fn dies_with_a_summary(kind: Kind) {
    for place in SUMMARY_PLACES {
        let Some(house) = House::build(kind, &SUMMARISED, Script::ok()) else {
            return;
        };
        let ended = house.pass_dying_at(place);
        assert_eq!(ended.status.signal(), Some(SIGABRT), "{place}: {ended:?}");
        let mails = house.recover(1).await;
        let log = house.log();
        assert_eq!(
            balance(&expected_summarised(), &log),
            Balance::default(),
            "{kind:?}, {place}: {log:?}"
        );
        assert_eq!(mails.len(), expected_summarised().len(), "{place}: {mails:?}");
        house.verify_audit();
    }
}

#[tokio::test]
#[cfg_attr(not(debug_assertions), ignore = "a release build has no crash points")]
async fn dying_with_a_summary_loses_nothing_on_the_embedded_database() {
    dies_with_a_summary(Kind::Sqlite).await;
}

#[tokio::test]
#[cfg_attr(not(debug_assertions), ignore = "a release build has no crash points")]
async fn dying_with_a_summary_loses_nothing_on_the_server() {
    dies_with_a_summary(Kind::Postgres).await;
}

#[tokio::test]
#[cfg_attr(not(debug_assertions), ignore = "a release build has no crash points")]
async fn dying_with_the_first_mail_loses_nothing_on_the_embedded_database() {
    dies_everywhere(Kind::Sqlite, 1).await;
}

#[tokio::test]
#[cfg_attr(not(debug_assertions), ignore = "a release build has no crash points")]
async fn dying_with_a_later_mail_loses_nothing_on_the_embedded_database() {
    dies_everywhere(Kind::Sqlite, 4).await;
}

#[tokio::test]
#[cfg_attr(not(debug_assertions), ignore = "a release build has no crash points")]
async fn dying_with_the_first_mail_loses_nothing_on_the_server() {
    dies_everywhere(Kind::Postgres, 1).await;
}

#[tokio::test]
#[cfg_attr(not(debug_assertions), ignore = "a release build has no crash points")]
async fn dying_with_a_later_mail_loses_nothing_on_the_server() {
    dies_everywhere(Kind::Postgres, 4).await;
}

/// Dies amid many mails, of which some may be begun together.
async fn dies_amid_many(kind: Kind) {
    let story = storm::story(20);
    let Some(calm) = House::build(kind, &story, Script::ok()) else {
        return;
    };
    assert!(calm.pass_beside(0).wait().expect("the child ends").success());
    let expected: BTreeSet<Letter> = calm.log().into_iter().map(|one| one.letter).collect();
    assert!(
        expected.len() >= 100,
        "too few to be begun together: {}",
        expected.len()
    );
    for place in [
        "begin.commit.after:40",
        "smtp.dot.after:80",
        "smtp.reply.after:81",
        "record.commit.before:45",
    ] {
        let case = format!("{kind:?}, {place}");
        let house = House::build(kind, &story, Script::ok()).expect("it could be had a moment ago");
        let ended = house.pass_dying_at(place);
        let died = ended.status.signal() == Some(SIGABRT);
        let mails = house.recover(1).await;
        let found = balance(&expected, &house.log());
        assert_eq!(found.wrong, [], "{case}");
        let in_doubt: i64 = mails.iter().map(|mail| mail.in_doubt).sum();
        let in_doubt = usize::try_from(in_doubt).expect("a count");
        assert!(
            found.repeats <= in_doubt && in_doubt <= storm::MOST_IN_DOUBT,
            "{case}: {found:?}, {in_doubt}"
        );
        // Where the server was slow everything went one by one, and there were as many turns as mails.
        assert!(died || place.contains("commit"), "{case}");
        assert_eq!(died, in_doubt > 0, "{case}");
        house.verify_audit();
    }
}

#[tokio::test]
#[cfg_attr(not(debug_assertions), ignore = "a release build has no crash points")]
async fn dying_amid_many_mails_loses_nothing_on_the_embedded_database() {
    dies_amid_many(Kind::Sqlite).await;
}

#[tokio::test]
#[cfg_attr(not(debug_assertions), ignore = "a release build has no crash points")]
async fn dying_amid_many_mails_loses_nothing_on_the_server() {
    dies_amid_many(Kind::Postgres).await;
}

/// The balance with a mistake planted, after a death at `point` (or none) and every recovery.
async fn with_fault(kind: Kind, fault: &'static str, point: Option<&str>) -> Option<Balance> {
    let house = House::build(kind, &STORY, Script::ok())?.with_fault(fault);
    if let Some(point) = point {
        let ended = house.pass_dying_at(point);
        assert_eq!(
            ended.status.signal(),
            Some(SIGABRT),
            "{kind:?}, {fault}, {point}: {ended:?}"
        );
    }
    house.recover(1).await;
    Some(balance(&expected(), &house.log()))
}

#[tokio::test]
#[cfg_attr(not(debug_assertions), ignore = "a release build has no planted faults")]
async fn the_balance_notices_mail_marked_as_sent_before_it_is() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        // While nothing dies the mistake does no harm, so it is the death that brings it out.
        let Some(harmless) = with_fault(kind, "mark_first", None).await else {
            continue;
        };
        assert_eq!(harmless, Balance::default(), "{kind:?}");
        for point in ["smtp.connected", "smtp.data.before:3", "smtp.dot.before:6"] {
            let found = with_fault(kind, "mark_first", Some(point)).await.unwrap();
            assert!(
                matches!(found.wrong[..], [Wrong::Lost(_)]),
                "{kind:?}, {point}: {found:?}"
            );
        }
    }
}

#[tokio::test]
#[cfg_attr(not(debug_assertions), ignore = "a release build has no planted faults")]
async fn the_balance_notices_a_second_message_id() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let Some(harmless) = with_fault(kind, "random_ids", None).await else {
            continue;
        };
        assert_eq!(harmless, Balance::default(), "{kind:?}");
        for point in ["smtp.dot.after", "smtp.reply.after:5", "record.commit.before:2"] {
            let found = with_fault(kind, "random_ids", Some(point)).await.unwrap();
            assert!(
                matches!(found.wrong[..], [Wrong::SecondId(_)]),
                "{kind:?}, {point}: {found:?}"
            );
        }
    }
}

#[tokio::test]
#[cfg_attr(not(debug_assertions), ignore = "a release build has no planted faults")]
async fn the_balance_notices_that_nobody_looks_for_what_a_death_left() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let Some(house) = House::build(kind, &STORY, Script::ok()) else {
            continue;
        };
        let house = house.with_fault("no_doubt_scan");
        let ended = house.pass_dying_at("smtp.data.before:2");
        assert_eq!(ended.status.signal(), Some(SIGABRT), "{kind:?}: {ended:?}");
        house.passes(1);
        // The first was recorded; the other five had been claimed, and nobody looks for them.
        let found = balance(&expected(), &house.log());
        assert!(
            found.wrong.len() == 5 && found.wrong.iter().all(|wrong| matches!(wrong, Wrong::Lost(_))),
            "{kind:?}: {found:?}"
        );
    }
}

/// A server that takes its time at every turn.
fn slow() -> Script {
    let late = |millis| Act::Late(Duration::from_millis(millis));
    Script {
        always: vec![
            (At::Greeting, late(15)),
            (At::Mail, late(15)),
            (At::Rcpt, late(15)),
            (At::Data, late(25)),
            (At::Taken, late(60)),
        ],
        ..Script::ok()
    }
}

/// The same delays in every run: a linear congruential series (Knuth's MMIX constants).
struct Series(u64);

impl Series {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// How long a pass takes here when nobody kills it.
fn length_of_a_pass(kind: Kind) -> u64 {
    let house = House::build(kind, &STORY, slow()).expect("it could be had a moment ago");
    let began = Instant::now();
    let ended = house.pass_beside(0).wait().expect("the child ends");
    let length = u64::try_from(began.elapsed().as_millis()).expect("a short time");
    assert!(ended.success(), "{kind:?}: {ended:?}");
    assert_eq!(
        balance(&expected(), &house.log()),
        Balance::default(),
        "{kind:?}, slow server"
    );
    length
}

/// Kills with the real signal, twice in a row: the first blow falls in every eighth of a pass in turn, the second
/// anywhere in the pass that recovers.
async fn killed_whenever(kind: Kind, seed: u64) {
    const BLOWS: u64 = 8;
    let Some(ids) = reference(kind).await else { return };
    let pass = length_of_a_pass(kind);
    let mut series = Series(seed);
    let mut struck = 0;
    for turn in 0..BLOWS {
        let delays = [pass * turn / BLOWS + series.below(pass / BLOWS), series.below(pass)];
        let case = format!("{kind:?}, killed after {delays:?} of {pass} ms");
        let house = House::build(kind, &STORY, slow()).expect("it could be had a moment ago");
        let mut kills = 0;
        for (number, delay) in (0..).zip(delays) {
            let mut child = house.pass_beside(number);
            tokio::time::sleep(Duration::from_millis(delay)).await;
            child.kill().expect("the child is ours");
            let ended = child.wait().expect("the child ends");
            kills += usize::from(ended.signal() == Some(SIGKILL));
        }
        let Left { repeats, in_doubt } = settle(&house, 2, &ids, &case).await;
        assert!(
            repeats <= in_doubt && in_doubt <= kills,
            "{case}: {kills} kills, {repeats} repeats, {in_doubt} in doubt"
        );
        struck += in_doubt;
    }
    // Otherwise every blow fell where nothing could go wrong, and the test has shown nothing.
    assert!(
        struck >= 4,
        "{kind:?}: only {struck} blows fell while a mail was on its way"
    );
}

#[tokio::test]
async fn killing_at_any_moment_loses_nothing_on_the_embedded_database() {
    killed_whenever(Kind::Sqlite, 1).await;
}

#[tokio::test]
async fn killing_at_any_moment_loses_nothing_on_the_server() {
    killed_whenever(Kind::Postgres, 2).await;
}

/// The names written in the program's own text.
fn named_places(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("the source is there") {
        let path = entry.expect("the source is there").path();
        if path.is_dir() {
            named_places(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        for call in ["crash_point(\"", "probe.hit(\""] {
            for rest in text.split(call).skip(1) {
                found.extend(rest.split('"').next().map(str::to_owned));
            }
        }
        // A probe's points before a command are chosen by its stage.
        for rest in text.split("=> \"smtp.").skip(1) {
            found.extend(rest.split('"').next().map(|name| format!("smtp.{name}")));
        }
    }
}

#[test]
fn no_named_place_is_forgotten() {
    let mut named = BTreeSet::new();
    named_places(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut named);
    // The self-test of the crash points names one that is nowhere else.
    named.remove("crash.self_test");
    let mail: BTreeSet<String> = PLACES.iter().map(|place| place.name.to_owned()).collect();
    // The watched folder has its own test.
    let stops = crate::giveback::STOPS.map(str::to_owned);
    let summary = SUMMARY_PLACES.map(str::to_owned);
    let tested: BTreeSet<String> = mail.into_iter().chain(stops).chain(summary).collect();
    assert_eq!(named, tested);
}

/// Asked to stop while the server is taking its time over a mail that it has taken: the send is finished and recorded,
/// nothing new is begun, the exit code is 0, and what is left goes out later.
async fn asked_to_stop(kind: Kind) {
    let script = Script::always(At::Taken, Act::Late(Duration::from_millis(1500)));
    let Some(house) = House::build(kind, &STORY, script) else {
        return;
    };
    let mut child = house.daemon();
    let mut said = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    said.read_line(&mut line).expect("the daemon speaks");
    assert!(line.starts_with("listening on 127.0.0.1:"), "{kind:?}: {line}");
    let mut waits = 0;
    while house.server.taken().is_empty() {
        waits += 1;
        assert!(waits < 600, "{kind:?}: no mail came");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let asked = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .expect("kill runs");
    assert!(asked.success());
    let ended = child.wait().expect("the child ends");
    assert_eq!(ended.code(), Some(0), "{kind:?}: {ended:?}");
    let taken = house.server.taken().len();
    assert!(
        taken < expected().len(),
        "{kind:?}: nothing new is begun, {taken} were taken"
    );
    let sent = house.mails().await.iter().filter(|mail| mail.state == "sent").count();
    assert_eq!(sent, taken, "{kind:?}: what the server took is recorded");
    house.recover(1).await;
    assert_eq!(balance(&expected(), &house.log()), Balance::default(), "{kind:?}");
}

#[tokio::test]
async fn a_daemon_asked_to_stop_finishes_what_it_sends_on_the_embedded_database() {
    asked_to_stop(Kind::Sqlite).await;
}

#[tokio::test]
async fn a_daemon_asked_to_stop_finishes_what_it_sends_on_the_server() {
    asked_to_stop(Kind::Postgres).await;
}
