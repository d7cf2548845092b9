//! Every legible clause of the policy against what the product does about it. A rule is taken out of a copy of the data
//! and its probe must then fail: a rule that can be missing without anybody noticing does not count.

use chrono::NaiveDate;
use rongcuo::app::procedure::{self, NewCase};
use rongcuo::app::reminders::{self, NewReminder};
use rongcuo::domain::calendar::Calendar;
use rongcuo::domain::case::Conclusion;
use rongcuo::domain::ids::{CaseId, PersonId};
use rongcuo::domain::obligation::{Timeline, wanted_of_case};
use rongcuo::domain::person::{CitizenId, IdNumber};
use rongcuo::domain::policy::{Anchor, AppliesTo, DEFAULT_PROFILE, Guard, Policy};
use rongcuo::domain::procedure::{
    Accepted, Act, Applicant, Archive, Aspect, CaseState, Dated, Meeting, Override, Reach, Refused, Told, Weight, step,
};
use rongcuo::domain::protection::list::Domain;
use rongcuo::domain::protection::{CaseFacts, IdKey, PersonFacts, Register, Verdict, Words, judge};
use rongcuo::domain::rectification::{Closing, Extending, Life, Stage, wanted};
use rongcuo::files::{self, HeaderWords, Limits};
use rongcuo::store::Db;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const TABLE: &str = include_str!("../../config/clauses.toml");
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/CLAUSES.md");
const SEED: &str = include_str!("../fixtures/policy.txt");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    source: Source,
    clause: Vec<Clause>,
    declaratory: Vec<Declaratory>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    title: String,
    lost: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clause {
    id: String,
    name: String,
    quote: Vec<String>,
    does: String,
    rules: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declaratory {
    quote: String,
    why: String,
}

fn table() -> Table {
    toml::from_str(TABLE).expect("the table of clauses is well-formed")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn today() -> NaiveDate {
    day("2026-11-24")
}

// ---- the table is complete ----

/// Without spaces, line breaks and numbering of the copy.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn is_heading(sentence: &str) -> bool {
    sentence.chars().count() <= 18
        && sentence.starts_with(|c: char| c.is_ascii_digit() || c == '(' || "一二三四".contains(c))
}

#[test]
fn every_legible_sentence_of_the_policy_has_its_row() {
    let table = table();
    let quoted: Vec<String> = table
        .clause
        .iter()
        .flat_map(|clause| &clause.quote)
        .chain(table.declaratory.iter().map(|one| &one.quote))
        .map(|quote| plain(quote))
        .collect();
    let body = SEED.split_once("一、总体要求").expect("the policy's first heading").1;
    // The lines of the last clause run on over an empty one.
    let body = body.replace("强化干部\n", "强化干部");
    let mut uncovered = Vec::new();
    let text: String = body
        .lines()
        .filter(|line| !line.contains("此处隐藏"))
        .flat_map(|line| [line.trim(), "。"])
        .collect::<String>()
        .replace("强化干部。。", "强化干部");
    let text = text.replace("强化干部。", "强化干部");
    for sentence in text.split(['。', ';', ':', '；', '：']) {
        let sentence = plain(sentence);
        let sentence = sentence.trim_start_matches("(五)结果运用").to_owned();
        if sentence.is_empty() || is_heading(&sentence) {
            continue;
        }
        if !quoted
            .iter()
            .any(|quote| quote.contains(&sentence) || sentence.contains(quote.as_str()))
        {
            uncovered.push(sentence);
        }
    }
    assert_eq!(uncovered, Vec::<String>::new(), "sentences without a row");
    assert!(!table.source.lost.is_empty(), "what the copy lost is said");
}

#[test]
fn every_quotation_stands_in_the_policy() {
    let seed = plain(SEED);
    let table = table();
    let quotes = table.clause.iter().flat_map(|clause| &clause.quote);
    for quote in quotes.chain(table.declaratory.iter().map(|one| &one.quote)) {
        assert!(seed.contains(&plain(quote)), "not in the policy: {quote}");
    }
}

#[test]
fn every_row_names_rules_that_exist() {
    let policy = Policy::builtin();
    for clause in table().clause {
        assert!(
            !clause.rules.is_empty() && !clause.does.is_empty(),
            "{} has no rule",
            clause.id
        );
        for rule in &clause.rules {
            assert!(exists(&policy, rule), "{}: no rule {rule}", clause.id);
        }
    }
}

#[test]
fn every_rule_of_the_built_in_profile_serves_a_clause() {
    let named: Vec<String> = table().clause.into_iter().flat_map(|clause| clause.rules).collect();
    let policy = Policy::builtin();
    // These serve the service itself, not a clause.
    let own = ["backlog", "calendar_missing", "contact_trouble", "mail_trouble"];
    for limit in policy.limits() {
        let rule = format!("limit:{}", limit.id);
        assert!(
            own.contains(&limit.id.as_str()) || named.contains(&rule),
            "{rule} serves no clause"
        );
    }
    for guard in Guard::ALL {
        assert!(
            named.contains(&format!("guard:{}", guard.as_str())),
            "{guard:?} serves no clause"
        );
    }
    for domain in Domain::ALL {
        assert!(
            named.contains(&format!("protect:{}", domain.as_str())),
            "{domain:?} serves no clause"
        );
    }
}

fn exists(policy: &Policy, rule: &str) -> bool {
    match rule.split_once(':').expect("a prefix") {
        ("limit", id) => policy.limits().iter().any(|limit| limit.id.as_str() == id),
        ("guard", id) => policy.guards().iter().any(|rule| rule.guard.as_str() == id),
        ("protect", id) => policy.protected().iter().any(|domain| domain.as_str() == id),
        _ => false,
    }
}

// ---- each rule matters ----

/// The data a probe works with.
struct Rules {
    /// `None`: the profile cannot be loaded without the rule, so nothing of the product runs.
    policy: Option<Policy>,
}

fn with_everything() -> Rules {
    Rules {
        policy: Some(Policy::builtin()),
    }
}

/// The same data without one rule.
fn without(rule: &str) -> Rules {
    let (sort, id) = rule.split_once(':').expect("a prefix");
    let mut rules = with_everything();
    match sort {
        "limit" => rules.policy = Policy::parse(&without_block("limit", id)).ok(),
        "guard" => rules.policy = Some(Policy::parse(&without_block("guard", id)).expect("still a profile")),
        "protect" => {
            let quoted = format!("\"{id}\"");
            let (before, after) = DEFAULT_PROFILE.split_once("domains = [").expect("the section");
            let (list, rest) = after.split_once(']').expect("its end");
            let fewer: Vec<&str> = list
                .split(',')
                .map(str::trim)
                .filter(|word| !word.is_empty() && *word != quoted)
                .collect();
            let text = format!("{before}domains = [{}]{rest}", fewer.join(", "));
            rules.policy = Some(Policy::parse(&text).expect("still a profile"));
        }
        other => panic!("no such sort of rule: {other}"),
    }
    rules
}

/// The profile without the `[[sort]]` block of that id.
fn without_block(sort: &str, id: &str) -> String {
    let head = format!("[[{sort}]]\n");
    let own_id = format!("id = \"{id}\"");
    let own_kind = format!("kind = \"{id}\"");
    let mut parts = DEFAULT_PROFILE.split("\n\n").collect::<Vec<_>>();
    let before = parts.len();
    parts.retain(|part| {
        let block = part.trim_start();
        let named = block.contains(&own_id) || (!block.contains("\nid = ") && block.contains(&own_kind));
        !(block.starts_with(&head) && named)
    });
    assert_eq!(parts.len() + 1, before, "one block of {sort} {id}");
    parts.join("\n\n")
}

#[tokio::test]
async fn every_rule_holds_and_is_missed_when_it_is_taken_out() {
    let mut rules: Vec<String> = table().clause.into_iter().flat_map(|clause| clause.rules).collect();
    rules.sort();
    rules.dedup();
    for rule in rules {
        assert!(holds(&rule, &with_everything()).await, "{rule} does not hold");
        assert!(
            !holds(&rule, &without(&rule)).await,
            "{rule} holds even when it is taken out"
        );
    }
}

async fn holds(rule: &str, rules: &Rules) -> bool {
    let Some(policy) = &rules.policy else {
        return false;
    };
    match rule.split_once(':').expect("a prefix") {
        ("limit", "reminder_follow_up") => reminder_is_followed_up(policy).await,
        (
            "limit",
            id @ ("rectification" | "escalation" | "finding_reply" | "finding_confirm" | "regrade" | "restore"),
        ) => policy.limits().iter().any(|limit| limit.id.as_str() == id),
        (
            "limit",
            id @ ("receipt" | "progress" | "stage" | "confirmation" | "extension" | "acceptance_check" | "recheck_1"
            | "recheck_2" | "recheck_3"),
        ) => ledger_limit_runs(policy, id),
        ("limit", id) => limit_runs(policy, id),
        ("guard", "organ_named") => case_without_organ_is_refused(policy).await,
        ("guard", id) => guard_holds(policy, id),
        ("protect", id) => outcome_is_a_violation(policy, Domain::from_id(id).expect("a domain")),
        other => panic!("no probe for {other:?}"),
    }
}

fn calendar() -> Calendar {
    let source = files::calendar::load(None, today()).expect("built in");
    Calendar::replay(&source.notices, &source.statutory, None).expect("built in")
}

/// What happened makes an obligation with the limit's own number, and doing it fulfils it.
fn limit_runs(policy: &Policy, id: &str) -> bool {
    let model = Policy::builtin();
    let limit = model
        .limits()
        .iter()
        .find(|limit| limit.id.as_str() == id)
        .expect("a limit");
    let Anchor::Event(anchor) = limit.anchor else {
        panic!("{id} runs from no event");
    };
    let done_by = limit.done_by.expect("an event fulfils it");
    let level = limit.levels.first().copied().or(Some(AppliesTo::Full));
    let mut timeline = Timeline {
        days: BTreeMap::from([(anchor, day("2026-09-28"))]),
        level,
    };
    let calendar = calendar();
    let owed = |timeline: &Timeline| {
        wanted_of_case("x", timeline, policy, &calendar, |_| Vec::new())
            .expect("within the calendar")
            .into_iter()
            .find(|wanted| wanted.rule.as_str() == id)
    };
    let Some(open) = owed(&timeline) else {
        return false;
    };
    timeline.days.insert(done_by, day("2026-09-29"));
    let met = owed(&timeline).and_then(|wanted| wanted.met_on);
    open.met_on.is_none() && open.due.day > day("2026-09-28") && met == Some(day("2026-09-29"))
}

/// An item in the state that a limit of the ledger runs from asks for it, and no other item does.
fn ledger_limit_runs(policy: &Policy, id: &str) -> bool {
    let plain = Life {
        listed_on: Some(day("2026-09-01")),
        first_due: Some(day("2026-12-30")),
        due_on: Some(day("2026-12-30")),
        ..Life::default()
    };
    let mut life = plain.clone();
    match id {
        "receipt" => life.issued_on = Some(day("2026-09-28")),
        "stage" => life.stages.push(Stage {
            name: "摸底".to_owned(),
            due_on: day("2026-10-30"),
            done_on: None,
        }),
        "confirmation" => (life.first_due, life.due_on) = (None, None),
        "extension" => life.extensions.push(Extending {
            from: day("2026-12-30"),
            to: day("2027-01-29"),
            reason: "理由".to_owned(),
            asked_on: day("2026-09-28"),
            by: "甲".to_owned(),
            decided: None,
        }),
        "acceptance_check" => life.closings.push(Closing {
            asked_on: day("2026-09-28"),
            by: "甲".to_owned(),
            role: None,
            due_on: life.due_on,
            checked: None,
        }),
        "recheck_1" | "recheck_2" | "recheck_3" => life.closed_on = Some(day("2026-09-28")),
        _ => {}
    }
    let calendar = calendar();
    let asks = |life: &Life| {
        wanted("ZG-1", life, policy, &calendar, false)
            .expect("within the calendar")
            .iter()
            .any(|(want, _)| want.rule.as_str() == id && want.met_on.is_none())
    };
    asks(&life) && (id == "progress" || !asks(&plain))
}

async fn on_a_desk<T>(policy: &Policy, act: impl AsyncFnOnce(rongcuo::app::App) -> T) -> T {
    let folder = tempfile::tempdir().expect("a folder");
    let db = Db::open_sqlite(&folder.path().join("desk.db"))
        .await
        .expect("a database");
    let bench = crate::support::app::bench_under(db.clone(), "2026-11-24", policy.clone()).await;
    let done = act(bench.app).await;
    db.close().await;
    done
}

async fn reminder_is_followed_up(policy: &Policy) -> bool {
    on_a_desk(policy, async |app| {
        let new = NewReminder {
            number: None,
            name: "林甲".to_owned(),
            id: IdNumber::Missing,
            unit: "云川市住建局".to_owned(),
            problem: "工程款支付材料不全".to_owned(),
            reminded_on: today(),
            reminded_by: "科室负责人".to_owned(),
            organ: None,
            follow_up_on: day("2026-12-24"),
        };
        reminders::add(&app, &new, "tester").await.is_ok()
    })
    .await
}

async fn case_without_organ_is_refused(policy: &Policy) -> bool {
    on_a_desk(policy, async |app| {
        let new = NewCase {
            case_no: None,
            matter_no: None,
            matter: "提前拨付工程款问题".to_owned(),
            name: "林甲".to_owned(),
            id: IdNumber::Missing,
            unit: "云川市住建局".to_owned(),
            organ: None,
            handler: None,
            competent: None,
            superior: None,
        };
        let first = Dated {
            act: &Act::StartAccountability,
            day: today(),
        };
        procedure::open(&app, &new, &first, "tester").await.is_err()
    })
    .await
}

// ---- guards ----

fn run(policy: &Policy, acts: &[Act]) -> Result<Accepted, Refused> {
    let mut state = CaseState::default();
    let mut last = None;
    for act in acts {
        let dated = Dated { act, day: today() };
        let accepted = step(&state, &dated, policy, today())?;
        state = accepted.state.clone();
        last = Some(accepted);
    }
    Ok(last.expect("at least one act"))
}

fn meeting(attendees: u32) -> Meeting {
    Meeting {
        attendees,
        minutes_no: "纪要〔2026〕8号".to_owned(),
    }
}

fn considered(motive: Weight, without: Option<Aspect>) -> Vec<Act> {
    Aspect::ALL
        .into_iter()
        .filter(|aspect| Some(*aspect) != without)
        .map(|aspect| Act::Consider {
            aspect,
            weight: if aspect == Aspect::Motive { motive } else { Weight::For },
            finding: "查明".to_owned(),
            evidence: "谈话笔录".to_owned(),
        })
        .collect()
}

fn review() -> Act {
    Act::Review {
        fits: true,
        note: "有容错情形".to_owned(),
    }
}

fn report() -> Act {
    Act::Report {
        title: "调查报告".to_owned(),
        fits: true,
    }
}

fn conclude(conclusion: Conclusion, measure: Option<&str>, basis: Option<&str>, mitigation: Option<&str>) -> Act {
    Act::Conclude {
        conclusion,
        doc_no: Some("云容认〔2026〕5号".to_owned()),
        measure: measure.map(str::to_owned),
        basis: basis.map(str::to_owned),
        mitigation: mitigation.map(str::to_owned),
        approved_over: None::<Override>,
    }
}

fn until_decided(motive: Weight, without: Option<Aspect>) -> Vec<Act> {
    let mut acts = vec![Act::StartAccountability, review()];
    acts.extend(considered(motive, without));
    acts.extend([report(), Act::Decide { meeting: meeting(5) }]);
    acts
}

fn then(mut acts: Vec<Act>, more: impl IntoIterator<Item = Act>) -> Vec<Act> {
    acts.extend(more);
    acts
}

fn warns(policy: &Policy, acts: &[Act], about: &str) -> bool {
    let accepted = run(policy, acts).expect("a warning does not stop the case");
    accepted.warnings.iter().any(|warning| warning.contains(about))
}

fn guard_holds(policy: &Policy, id: &str) -> bool {
    let exempted = || conclude(Conclusion::Exempted, None, None, None);
    let apply = Act::Apply { by: Applicant::Cadre };
    let full = || then(until_decided(Weight::For, None), [exempted()]);
    match id {
        "review_follows_accountability" => run(policy, &[review()]).is_err(),
        "application_accepted_first" => run(policy, &[Act::StartAccountability, review(), apply, report()]).is_err(),
        "automatic_start_stands" => run(
            policy,
            &[
                Act::StartAccountability,
                review(),
                apply,
                Act::Accept,
                Act::Withdraw {
                    reason: "本人不再申请".to_owned(),
                },
            ],
        )
        .is_err(),
        "report_before_decision" => run(
            policy,
            &[Act::StartAccountability, review(), Act::Decide { meeting: meeting(5) }],
        )
        .is_err(),
        "collective_decision" => run(
            policy,
            &[
                Act::StartAccountability,
                review(),
                report(),
                Act::Decide { meeting: meeting(1) },
            ],
        )
        .is_err(),
        "six_considerations" => Aspect::ALL
            .into_iter()
            .all(|aspect| run(policy, &then(until_decided(Weight::For, Some(aspect)), [exempted()])).is_err()),
        "no_umbrella" => [Weight::Knowingly, Weight::ForGain]
            .into_iter()
            .all(|weight| run(policy, &then(until_decided(weight, None), [exempted()])).is_err()),
        "lenient_measures" => {
            let heavier = conclude(Conclusion::Exempted, Some("诫勉"), Some("问责条例第七条"), None);
            let allowed = conclude(
                Conclusion::Exempted,
                Some("批评教育、责令检查"),
                Some("问责条例第七条"),
                None,
            );
            warns(policy, &then(until_decided(Weight::For, None), [heavier]), "批评教育")
                && !warns(policy, &then(until_decided(Weight::For, None), [allowed]), "批评教育")
        }
        "mitigation_evidence" => {
            let bare = conclude(Conclusion::Mitigated, Some("诫勉"), Some("问责条例第七条"), None);
            warns(
                policy,
                &then(until_decided(Weight::For, None), [bare]),
                "挽回或减轻损失",
            )
        }
        "basis_named" => {
            let bare = conclude(Conclusion::Mitigated, Some("诫勉"), None, Some("已追回"));
            warns(policy, &then(until_decided(Weight::For, None), [bare]), "法规依据")
        }
        "told_or_explained" => {
            let refused = conclude(Conclusion::NotTolerated, None, None, None);
            let tell = Act::Tell {
                to: Told::Subject,
                receipt: None,
            };
            run(policy, &then(until_decided(Weight::For, None), [refused, tell])).is_err()
        }
        "archive_receipts" => [Archive::Personnel, Archive::Integrity].into_iter().all(|into| {
            let bare = Act::Archive { into, receipt: None };
            run(policy, &then(full(), [bare])).is_err()
        }),
        "clarification_consent" => {
            let open = Act::OpenClarification {
                reported: "收受礼金".to_owned(),
            };
            let clarify = Act::Clarify {
                verified_by: "市纪委监委".to_owned(),
                form: "会议".to_owned(),
                reach: Reach::Unit,
                consent: false,
                doc_no: None,
            };
            run(policy, &[open, clarify]).is_err()
        }
        "referral_from_clarification" => {
            let refer = Act::Refer {
                to: "市公安局".to_owned(),
                doc_no: "云纪移〔2026〕1号".to_owned(),
            };
            run(policy, &then(full(), [refer])).is_err()
        }
        other => panic!("no probe for the guard {other}"),
    }
}

// ---- what is protected ----

fn city() -> Register {
    let case = CaseFacts {
        case: CaseId::of("RC-2026-001"),
        case_no: "RC-2026-001".to_owned(),
        matter: "老旧小区改造资金提前拨付问题".to_owned(),
        conclusion: Conclusion::Exempted,
        concluded_on: Some(day("2026-03-02")),
        doc_no: Some("云容认〔2026〕5号".to_owned()),
        measure: None,
        revoked: false,
        revoked_on: None,
    };
    Register {
        people: vec![PersonFacts {
            person: PersonId::of("林甲"),
            name: "林甲".to_owned(),
            id_key: None,
            roster_unit: Some("云川市住建局".to_owned()),
            register_unit: Some("云川市住建局".to_owned()),
            post: None,
            rank: None,
            status: None,
            cases: vec![case],
        }],
        units: vec!["云川市住建局".to_owned()],
        grades: Vec::new(),
        neglect: Vec::new(),
    }
}

fn verdict(policy: &Policy, domain: Domain, result: &str, reason: &str) -> Option<Verdict> {
    let text = format!(
        "姓名,单位,事项类别,事项,结果,理由,决定日期\n林甲,云川市住建局,{},,{result},{reason},2026-11-20\n",
        domain.as_str()
    );
    let words_of_headers = HeaderWords::builtin();
    let list = files::read_list("名单.csv", text.as_bytes(), &words_of_headers, &Limits::default()).expect("a list");
    let options = policy.judging(today());
    let key = |_: &CitizenId| IdKey([0; 32]);
    let report = judge(&list, &city(), &Words::builtin(), &options, &key).expect("a list of one domain");
    report.results.first().map(|line| line.verdict)
}

fn outcome_is_a_violation(policy: &Policy, domain: Domain) -> bool {
    let adverse = match domain {
        Domain::AnnualAppraisal => "不称职",
        Domain::MeritSelection => "取消资格",
        Domain::Commendation => "取消奖励",
        Domain::Appointment => "免职",
        Domain::RankPromotion => "取消晋升",
        Domain::TitlePromotion => "取消申报资格",
        Domain::Salary | Domain::PerformancePay | Domain::Bonus => "扣发",
        Domain::Representative => "终止资格",
        added => panic!("{} is none of the ten", added.as_str()),
    };
    let reason = "因RC-2026-001一案";
    verdict(policy, domain, adverse, reason) == Some(Verdict::Violation)
}

// ---- the page ----

#[test]
fn the_page_of_clauses_says_what_the_table_says() {
    let expected = page(&table());
    if std::env::var_os("WRITE_DOCS").is_some() {
        std::fs::write(PAGE, &expected).expect("the page can be written");
    }
    let written = std::fs::read_to_string(PAGE).expect("docs/CLAUSES.md is there");
    assert_eq!(
        written, expected,
        "docs/CLAUSES.md is generated: WRITE_DOCS=1 cargo test --test it the_page_of_clauses"
    );
}

fn page(table: &Table) -> String {
    let policy = Policy::builtin();
    let mut out = String::new();
    let mut line = |text: &str| writeln!(out, "{text}").expect("writing to a string cannot fail");
    line("# 政策条款与产品做法对照\n");
    line(
        "本页由 `config/clauses.toml` 生成（`WRITE_DOCS=1 cargo test --test it the_page_of_clauses`），不要直接改动。\n",
    );
    line(&format!("依据：《{}》\n", table.source.title));
    line(
        "每条规则的检验都是 `tests/it/clauses.rs` 中的 `every_rule_holds_and_is_missed_when_it_is_taken_out`：规则在时成立，",
    );
    line("从数据中去掉这一条，检验就不成立。「检验」一栏写的是去掉之后不再成立的事。\n");
    line("| 条款 | 内容 | 产品做法 | 规则 | 检验 |");
    line("|---|---|---|---|---|");
    for clause in &table.clause {
        let rules: Vec<String> = clause.rules.iter().map(|rule| format!("`{rule}`")).collect();
        let probes: Vec<String> = clause.rules.iter().map(|rule| probe_zh(&policy, rule)).collect();
        line(&format!(
            "| {} | {} | {} | {} | {} |",
            clause.id,
            clause.name,
            clause.does,
            rules.join("<br>"),
            probes.join("<br>")
        ));
    }
    line("\n## 宣示性的文字\n");
    for one in &table.declaratory {
        line(&format!("- 「{}」：{}", one.quote, one.why));
    }
    line("\n## 抄本中缺失的条款\n");
    for lost in &table.source.lost {
        line(&format!("- {lost}"));
    }
    out
}

fn probe_zh(policy: &Policy, rule: &str) -> String {
    match rule.split_once(':').expect("a prefix") {
        ("limit", id) => {
            let limit = policy
                .limits()
                .iter()
                .find(|limit| limit.id.as_str() == id)
                .expect("a limit");
            match limit.anchor {
                Anchor::Event(event) => {
                    format!("{}后产生「{}」的期限，办结即销", policy.event_zh(event), limit.name)
                }
                _ => format!("产生「{}」的期限", limit.name),
            }
        }
        ("guard", id) => {
            let guard = Guard::ALL.iter().find(|guard| guard.as_str() == id).expect("a guard");
            guard.zh().to_owned()
        }
        ("protect", id) => format!(
            "{}中点名本案的不利结果判为违反",
            Domain::from_id(id).expect("a domain").zh()
        ),
        (_, id) => id.to_owned(),
    }
}
