//! The procedure of a case through the whole service, on both databases: what is journaled, told and protected, what
//! two people at once may do, and what a failure leaves behind.

use crate::support::app::{Bench, on_both};
use crate::support::casework::{
    CONTACTS, MATTER, ORGAN, UNIT, act_on, case_ref, conclude, decide, new_case, report, review, six,
};
use chrono::NaiveDate;
use rongcuo::app::AppError;
use rongcuo::app::procedure::{self, CaseRef, LimitLine};
use rongcuo::app::reminders::{self, NewReminder};
use rongcuo::domain::case::Conclusion;
use rongcuo::domain::contact::Role;
use rongcuo::domain::deadline::Unit;
use rongcuo::domain::name::Name;
use rongcuo::domain::person::IdNumber;
use rongcuo::domain::policy::Event;
use rongcuo::domain::procedure::{
    Act, Applicant, Archive, Aspect, Changes, Dated, Meeting, Override, Reach, Stage, Told, Weight,
};
use rongcuo::domain::time::Moment;
use rongcuo::store::Backend;
use std::collections::BTreeMap;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn told(to: Told) -> Act {
    Act::Tell { to, receipt: None }
}

fn archived(into: Archive) -> Act {
    Act::Archive {
        into,
        receipt: (into != Archive::File).then(|| "档收〔2026〕31号".to_owned()),
    }
}

fn revoke() -> Act {
    Act::Revoke {
        doc_no: "云容撤〔2026〕1号".to_owned(),
        reason: "查明隐瞒事实".to_owned(),
        meeting: Meeting {
            attendees: 7,
            minutes_no: "纪要〔2026〕9号".to_owned(),
        },
    }
}

fn recorded(event: Event) -> Act {
    Act::Record {
        event,
        note: "已办".to_owned(),
    }
}

fn states(limits: &[LimitLine]) -> BTreeMap<&str, (&str, &str)> {
    limits
        .iter()
        .map(|limit| (limit.limit.as_str(), (limit.state, limit.due.as_str())))
        .collect()
}

// ---- whole cases ----

#[tokio::test]
async fn a_case_from_accountability_to_archive_with_every_limit_kept() {
    on_both("2026-09-28T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        let steps: Vec<(&str, Vec<Act>)> = vec![
            ("2026-09-30", vec![review()]),
            ("2026-10-12", six(None)),
            ("2026-10-20", vec![report()]),
            ("2026-10-27", vec![decide()]),
            ("2026-10-28", vec![conclude(Conclusion::Exempted)]),
            (
                "2026-10-30",
                [Told::Subject, Told::Competent, Told::Superior, Told::Organization]
                    .map(told)
                    .into(),
            ),
            (
                "2026-11-03",
                [Archive::Personnel, Archive::Integrity, Archive::File]
                    .map(archived)
                    .into(),
            ),
        ];
        let case = bench.open(&new_case("林甲"), &Act::StartAccountability).await;
        assert_eq!(case, "RC-2026-001");
        let mut acts: i64 = 1;
        let mut steps = steps.into_iter().peekable();
        let first = day("2026-09-28");
        for today in first.iter_days().take_while(|today| *today <= day("2026-11-20")) {
            bench.reconcile(&format!("{today}T10:00:00+08:00")).await;
            while let Some((_, now)) = steps.next_if(|(on, _)| day(on) == today) {
                for act in now {
                    bench.act(&case, act).await;
                    acts += 1;
                    let entries = "SELECT COUNT(*) FROM journal WHERE action = 'case.act' AND actor = '何收文'";
                    assert_eq!(bench.count(entries).await, acts, "one entry an act");
                    let dated = format!("{entries} AND at_ms = {}", bench.app.now().millis());
                    assert!(bench.count(&dated).await > 0, "with its moment");
                }
            }
        }
        let shown = bench.shown(&case).await;
        assert_eq!(shown.case.version, acts);
        assert_eq!(shown.events.len() as i64, acts);
        let expected = BTreeMap::from([
            ("parallel_review", ("met", "2026-10-08")),
            ("investigation", ("met", "2026-11-17")),
            ("decision", ("met", "2026-11-03")),
            ("feedback_subject", ("met", "2026-11-02")),
            ("feedback_competent", ("met", "2026-11-02")),
            ("feedback_superior", ("met", "2026-11-02")),
            ("feedback_organization", ("met", "2026-11-02")),
            ("archive_personnel", ("met", "2026-11-04")),
            ("archive_integrity", ("met", "2026-11-04")),
            ("archive_file", ("met", "2026-11-04")),
        ]);
        assert_eq!(states(&shown.limits), expected);
        for limit in &shown.limits {
            assert!(limit.met_on.as_ref().is_some_and(|on| on <= &limit.due), "{limit:?}");
        }
        let late = "SELECT COUNT(*) FROM alert WHERE point LIKE 'T+%'";
        assert_eq!(bench.count(late).await, 0, "nothing was late");
        assert!(
            bench.count("SELECT COUNT(*) FROM alert").await > 0,
            "and somebody was reminded"
        );
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_matter_with_three_cadres_ends_three_ways() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        let shared = |name: &str| procedure::NewCase {
            case_no: Some("RC-7".to_owned()),
            matter_no: Some("WZ-2026-3".to_owned()),
            ..new_case(name)
        };
        let ends = [
            ("林甲", Conclusion::Exempted),
            ("林乙", Conclusion::Mitigated),
            ("林丙", Conclusion::NotTolerated),
        ];
        for (name, _) in ends {
            bench.open(&shared(name), &Act::StartAccountability).await;
        }
        let other = procedure::NewCase {
            matter: "另一件事".to_owned(),
            ..shared("林丁")
        };
        let first = Dated {
            act: &Act::StartAccountability,
            day: bench.app.now().day(),
        };
        let refused = procedure::open(&bench.app, &other, &first, "何收文").await;
        assert!(matches!(refused, Err(AppError::Input(said)) if said.contains("WZ-2026-3")));
        let unnamed = act_on(&bench.app, &case_ref("RC-7"), &review()).await;
        assert!(matches!(unnamed, Err(AppError::Input(said)) if said.contains("3 名干部")));

        let archives = ["archive_file", "archive_integrity", "archive_personnel"];
        let feedback = [
            "feedback_competent",
            "feedback_organization",
            "feedback_subject",
            "feedback_superior",
        ];
        for (name, conclusion) in ends {
            let which = CaseRef {
                name: Some(name.to_owned()),
                ..case_ref("RC-7")
            };
            let mut acts = vec![review()];
            acts.extend(six(None));
            acts.extend([report(), decide(), conclude(conclusion)]);
            for act in &acts {
                act_on(&bench.app, &which, act).await.expect("possible");
            }
            let shown = procedure::show(&bench.app, &which, "何收文").await.expect("the case");
            assert_eq!(shown.siblings, ["RC-7", "RC-7"]);
            let open: Vec<&str> = states(&shown.limits)
                .into_iter()
                .filter(|(_, (state, _))| *state == "open")
                .map(|(limit, _)| limit)
                .collect();
            let expected: Vec<&str> = if conclusion == Conclusion::NotTolerated {
                archives.into_iter().chain(["explanation"]).collect()
            } else {
                archives.into_iter().chain(feedback).collect()
            };
            assert_eq!(open, expected, "{name}");
            let told = act_on(&bench.app, &which, &told(Told::Subject)).await;
            assert_eq!(told.is_err(), conclusion == Conclusion::NotTolerated, "{name}");
        }
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_registered_case_goes_on_act_by_act_and_the_register_no_longer_rules_it() {
    let line = |extra: &str| {
        format!(
            "案件编号,姓名,单位,事项名称,认定结论,认定日期,结论文号,状态,问责实施机关,人事档案归档日期\n\
             RC-9,林甲,{UNIT},{MATTER},免予问责,2026-10-28,云容认〔2026〕9号,生效,{ORGAN},{extra}\n"
        )
    };
    on_both("2026-10-29T10:00:00+08:00", async |bench| {
        bench.register(&line("")).await;
        let before = bench.shown("RC-9").await;
        assert_eq!((before.case.version, before.events.len()), (0, 0));
        assert_eq!(before.state.stage, Stage::Concluded);

        let obligations = bench.count("SELECT COUNT(*) FROM obligation").await;
        bench.set("2026-10-30");
        bench.act("RC-9", archived(Archive::Personnel)).await;
        let shown = bench.shown("RC-9").await;
        let acts: Vec<(&str, &str)> = shown
            .events
            .iter()
            .map(|event| (event.act.as_str(), event.actor.as_str()))
            .collect();
        assert_eq!(acts, [("register", "service"), ("archive", "何收文")]);
        assert_eq!(shown.case.version, 1);
        assert_eq!(shown.case.record.done.archive_personnel, Some(day("2026-10-30")));
        assert_eq!(shown.case.record.doc_no.as_deref(), Some("云容认〔2026〕9号"));
        let now = bench.count("SELECT COUNT(*) FROM obligation").await;
        assert_eq!(
            now, obligations,
            "the limits are those of the register, not new ones beside them"
        );
        assert_eq!(states(&shown.limits)["archive_personnel"].0, "met");

        // The register says something else now, and is told so; saying the same is no matter.
        let refused = bench.register(&line("2026-10-29")).await;
        assert_eq!((refused.changed, refused.unreadable.len()), (0, 1));
        assert!(refused.unreadable[0].reason.contains("逐步登记"));
        let same = bench.register(&line("2026-10-30")).await;
        assert_eq!((same.changed, same.unreadable.len()), (0, 0));
        assert_eq!(bench.shown("RC-9").await.case.record, shown.case.record);

        bench.act("RC-9", revoke()).await;
        assert!(bench.shown("RC-9").await.case.record.revoked);
        bench.verified().await;
    })
    .await;
}

// ---- two at once ----

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_who_saw_the_same_version_one_wins_and_the_other_is_told() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        let case = bench.open(&new_case("林甲"), &Act::StartAccountability).await;
        bench.act(&case, review()).await;
        for round in 0..20_i64 {
            let version = 2 + round;
            let one = |who: &'static str| {
                let (app, case) = (bench.app.clone(), case.clone());
                tokio::spawn(async move {
                    let which = CaseRef {
                        version: Some(version),
                        ..case_ref(&case)
                    };
                    let act = Act::Guide {
                        content: format!("{who}第 {round} 次谈话"),
                    };
                    let day = app.now().day();
                    procedure::act(&app, &which, &Dated { act: &act, day }, who).await
                })
            };
            let (first, second) = (one("甲"), one("乙"));
            let both = [first.await.expect("ended"), second.await.expect("ended")];
            let won: Vec<_> = both.iter().filter_map(|done| done.as_ref().ok()).collect();
            assert_eq!(won.len(), 1, "round {round}");
            assert_eq!(won[0].version, version + 1);
            let lost = both.iter().find_map(|done| done.as_ref().err()).expect("one loses");
            assert!(matches!(lost, AppError::Conflict(_)), "{lost}");
            let said = lost.to_string();
            assert!(
                said.contains(&format!("第 {version} 版")) && said.contains("没有改动"),
                "{said}"
            );
        }
        let acts = bench
            .count("SELECT COUNT(*) FROM journal WHERE action = 'case.act'")
            .await;
        assert_eq!(acts, 22, "one entry a round");
        assert_eq!(bench.shown(&case).await.events.len(), 22);
        bench.verified().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_who_record_the_same_step_one_is_refused_even_without_a_version() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        for round in 0..10 {
            let apply = Act::Apply { by: Applicant::Cadre };
            let case = bench.open(&new_case(&format!("林{round}")), &apply).await;
            let accept = || {
                let (app, case) = (bench.app.clone(), case.clone());
                tokio::spawn(async move { act_on(&app, &case_ref(&case), &Act::Accept).await })
            };
            let (first, second) = (accept(), accept());
            let both = [first.await.expect("ended"), second.await.expect("ended")];
            assert_eq!(both.iter().filter(|done| done.is_ok()).count(), 1, "{both:?}");
            assert_eq!(bench.shown(&case).await.case.version, 2);
        }
        bench.verified().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_register_imported_meanwhile_takes_no_act_back() {
    on_both("2026-10-29T10:00:00+08:00", async |bench| {
        for round in 0..10 {
            let line = |measure: &str| {
                format!(
                    "案件编号,姓名,单位,事项名称,认定结论,认定日期,处理措施,状态,问责实施机关\n\
                     RC-{round},林{round},{UNIT},{MATTER},免予问责,2026-10-28,{measure},生效,{ORGAN}\n"
                )
            };
            bench.register(&line("批评教育")).await;
            let act = {
                let app = bench.app.clone();
                tokio::spawn(async move { act_on(&app, &case_ref(&format!("RC-{round}")), &revoke()).await })
            };
            let text = line("责令检查");
            let import = bench.register(&text);
            let (act, import) = tokio::join!(act, import);
            act.expect("ended").expect("a revocation is possible either way");
            assert_eq!(
                import.changed + import.unchanged + u32::try_from(import.unreadable.len()).expect("few"),
                1
            );
            let case = bench.shown(&format!("RC-{round}")).await.case;
            assert!(case.record.revoked && case.version == 1, "{case:?}");
        }
        bench.verified().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn cases_and_reminders_of_several_organs_share_no_number() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        let mut tasks = tokio::task::JoinSet::new();
        for serial in 0..24 {
            let app = bench.app.clone();
            tasks.spawn(async move {
                let new = procedure::NewCase {
                    organ: Some(format!("机关{}", serial % 3)),
                    ..new_case(&format!("林{serial}"))
                };
                let first = Dated {
                    act: &Act::StartAccountability,
                    day: app.now().day(),
                };
                let case = procedure::open(&app, &new, &first, "何收文")
                    .await
                    .expect("opened")
                    .case;
                let reminder = NewReminder {
                    organ: Some(format!("机关{}", serial % 3)),
                    ..reminder(&format!("林{serial}"))
                };
                let reminder = reminders::add(&app, &reminder, "何收文").await.expect("kept");
                (case, reminder)
            });
        }
        let mut numbers: Vec<(String, String)> = tasks.join_all().await;
        numbers.sort();
        let cases: Vec<&str> = numbers.iter().map(|(case, _)| case.as_str()).collect();
        let expected: Vec<String> = (1..=24).map(|serial| format!("RC-2026-{serial:03}")).collect();
        assert_eq!(cases, expected);
        let mut reminders: Vec<&str> = numbers.iter().map(|(_, reminder)| reminder.as_str()).collect();
        reminders.sort_unstable();
        let expected: Vec<String> = (1..=24).map(|serial| format!("TX-2026-{serial:03}")).collect();
        assert_eq!(reminders, expected);
    })
    .await;
}

// ---- nothing by halves ----

#[tokio::test]
async fn a_refused_act_leaves_no_trace() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        let case = bench.open(&new_case("林甲"), &Act::StartAccountability).await;
        bench.act(&case, review()).await;
        let before = bench.everything().await;
        let late = Act::Report {
            title: "报\u{7}告".to_owned(),
            fits: true,
        };
        let refused = [
            Act::StartAccountability,
            review(),
            Act::Accept,
            decide(),
            conclude(Conclusion::Exempted),
            told(Told::Subject),
            archived(Archive::Personnel),
            revoke(),
            Act::Withdraw {
                reason: "不申请了".to_owned(),
            },
            Act::Refer {
                to: "市公安局".to_owned(),
                doc_no: "移〔2026〕1号".to_owned(),
            },
            recorded(Event::VISITED_1),
            recorded(Event::CONCLUSION),
            Act::Correct {
                event: Event::REVIEWED,
                reason: "笔误".to_owned(),
            },
            Act::Amend {
                changes: Changes::default(),
                reason: "补填".to_owned(),
            },
            Act::Extend {
                limit: Name::known("investigation"),
                amount: 31,
                unit: Unit::WorkingDay,
                approver: Role::Leader,
                reason: "案情复杂".to_owned(),
                informed_on: None,
            },
            late,
            Act::Guide {
                content: "字".repeat(4_001),
            },
        ];
        for act in &refused {
            let done = act_on(&bench.app, &case_ref(&case), act).await;
            assert!(matches!(done, Err(AppError::Input(_))), "{act:?}: {done:?}");
        }
        let tomorrow = day("2026-11-03");
        let early = Dated {
            act: &report(),
            day: tomorrow,
        };
        assert!(
            procedure::act(&bench.app, &case_ref(&case), &early, "何收文")
                .await
                .is_err()
        );
        for bad in [
            procedure::NewCase {
                organ: Some("  ".to_owned()),
                ..new_case("林乙")
            },
            procedure::NewCase {
                name: "林\n乙".to_owned(),
                ..new_case("林乙")
            },
            procedure::NewCase {
                case_no: Some(case.clone()),
                ..new_case("林甲")
            },
        ] {
            let first = Dated {
                act: &Act::StartAccountability,
                day: day("2026-11-02"),
            };
            let done = procedure::open(&bench.app, &bad, &first, "何收文").await;
            assert!(matches!(done, Err(AppError::Input(_))), "{bad:?}: {done:?}");
        }
        assert_eq!(bench.everything().await, before);
        bench.verified().await;
    })
    .await;
}

/// Makes the next insert into a table fail.
async fn plant(bench: &Bench, table: &str) {
    let sql = match bench.app.db.backend() {
        Backend::Sqlite => {
            format!("CREATE TRIGGER planted BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'planted'); END")
        }
        Backend::Postgres => format!(
            "CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'planted'; END $$; \
             CREATE TRIGGER planted BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION planted()"
        ),
    };
    bench.execute(&sql).await;
}

async fn weed(bench: &Bench, table: &str) {
    let sql = match bench.app.db.backend() {
        Backend::Sqlite => "DROP TRIGGER planted".to_owned(),
        Backend::Postgres => format!("DROP TRIGGER planted ON {table}; DROP FUNCTION planted()"),
    };
    bench.execute(&sql).await;
}

#[tokio::test]
async fn a_failure_in_the_middle_leaves_nothing() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        let grave = Some((Aspect::Motive, Weight::Knowingly));
        let case = bench.until_decided(&new_case("林甲"), grave).await;
        let over = overridden();
        for table in ["case_event", "journal", "obligation", "alert", "mail"] {
            let before = bench.everything().await;
            plant(&bench, table).await;
            let done = act_on(&bench.app, &case_ref(&case), &over).await;
            assert!(matches!(done, Err(AppError::Store(_))), "{table}: {done:?}");
            weed(&bench, table).await;
            assert_eq!(bench.everything().await, before, "{table}");
        }
        for table in ["case_event", "person", "tolerance_case", "number_series"] {
            let before = bench.everything().await;
            plant(&bench, table).await;
            let first = Dated {
                act: &Act::StartAccountability,
                day: day("2026-11-02"),
            };
            let done = procedure::open(&bench.app, &new_case("林乙"), &first, "何收文").await;
            assert!(matches!(done, Err(AppError::Store(_))), "{table}: {done:?}");
            weed(&bench, table).await;
            assert_eq!(bench.everything().await, before, "{table}");
        }
        bench.act(&case, over).await;
        let next = bench.open(&new_case("林乙"), &Act::StartAccountability).await;
        assert_eq!(next, "RC-2026-002", "the numbers that failed were taken back");
        bench.verified().await;
    })
    .await;
}

// ---- what people are told ----

fn overridden() -> Act {
    let Act::Conclude {
        conclusion,
        doc_no,
        basis,
        ..
    } = conclude(Conclusion::Exempted)
    else {
        panic!("a conclusion");
    };
    Act::Conclude {
        conclusion,
        doc_no,
        measure: None,
        basis,
        mitigation: None,
        approved_over: Some(Override {
            by: "卢书记".to_owned(),
            reason: "抢险中来不及报批".to_owned(),
            doc_no: "特批〔2026〕1号".to_owned(),
        }),
    }
}

#[tokio::test]
async fn an_override_is_told_at_once_whoever_records_the_report() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        let grave = Some((Aspect::Motive, Weight::Knowingly));
        let case = bench.until_decided(&new_case("林甲"), grave).await;
        let plain = act_on(&bench.app, &case_ref(&case), &conclude(Conclusion::Exempted)).await;
        assert!(matches!(plain, Err(AppError::Input(said)) if said.contains("明知故犯")));

        bench.act(&case, overridden()).await;
        // Recorded as reported in the same minute: the mails are on their way all the same.
        bench.act(&case, recorded(Event::OVERRIDE_REPORTED)).await;
        for address in ["lu@yunchuan.example", "tao@yunchuan.example"] {
            let mails = bench.mails_to(address).await;
            assert_eq!(mails.len(), 1, "{address}: {mails:?}");
            assert!(mails[0].contains("特批报告") && mails[0].contains(&case), "{mails:?}");
        }
        assert!(bench.mails_to("shouwen@yunchuan.example").await.is_empty());
        bench.reconcile("2026-11-02T10:05:00+08:00").await;
        assert_eq!(bench.mails_to("lu@yunchuan.example").await.len(), 1, "told once");
        let journal = bench
            .texts("SELECT detail FROM journal WHERE action = 'case.act' AND detail LIKE '%特批%'")
            .await;
        assert_eq!(journal.len(), 2, "{journal:?}");
        let report = &states(&bench.shown(&case).await.limits)["override_report"].0.to_owned();
        assert_eq!(report, "met");
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn an_override_that_nobody_can_be_told_of_says_so() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        let case = bench
            .until_decided(&new_case("林甲"), Some((Aspect::Motive, Weight::ForGain)))
            .await;
        let done = bench.act(&case, overridden()).await;
        assert!(done.warnings.iter().any(|said| said.contains("联系人")), "{done:?}");
    })
    .await;
}

#[tokio::test]
async fn accountability_without_a_review_is_reminded_of_until_it_is_reviewed() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        let forgotten = bench.open(&new_case("林甲"), &Act::StartAccountability).await;
        let looked_at = bench.open(&new_case("林乙"), &Act::StartAccountability).await;
        bench.act(&looked_at, review()).await;
        for now in ["2026-11-04", "2026-11-05", "2026-11-06", "2026-11-12"] {
            bench.reconcile(&format!("{now}T10:00:00+08:00")).await;
        }
        let points = bench
            .texts(&format!(
                "SELECT point || ' ' || recipient FROM alert WHERE kind = 'parallel_review' AND number = '{forgotten}' \
                 AND outcome = 'sent' ORDER BY at_ms, recipient"
            ))
            .await;
        let expected = [
            "T-1 shouwen@yunchuan.example",
            "T0 shouwen@yunchuan.example",
            "T+1 meng@yunchuan.example",
            "T+1 shouwen@yunchuan.example",
            "T+5 fang@yunchuan.example",
            "T+5 meng@yunchuan.example",
            "T+5 shouwen@yunchuan.example",
        ];
        assert_eq!(points, expected);
        let other = format!("SELECT COUNT(*) FROM alert WHERE kind = 'parallel_review' AND number = '{looked_at}'");
        assert_eq!(bench.count(&other).await, 0);
        bench.act(&forgotten, review()).await;
        bench.reconcile("2026-12-31T10:00:00+08:00").await;
        let all = bench
            .count("SELECT COUNT(*) FROM alert WHERE kind = 'parallel_review' AND outcome = 'sent'")
            .await;
        assert_eq!(all, 7, "a reviewed one is not reminded of");
    })
    .await;
}

#[tokio::test]
async fn a_reminder_is_followed_up_on_its_day() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        let number = reminders::add(&bench.app, &reminder("林甲"), "何收文")
            .await
            .expect("kept");
        bench.reconcile("2026-11-26T10:00:00+08:00").await;
        assert_eq!(bench.mails_to("shouwen@yunchuan.example").await.len(), 0);
        bench.reconcile("2026-11-27T10:00:00+08:00").await;
        bench.reconcile("2026-12-02T10:00:00+08:00").await;
        let mails = bench.mails_to("shouwen@yunchuan.example").await;
        let own = mails.iter().filter(|subject| subject.contains(&number)).count();
        assert_eq!(own, 2, "three days before and on the day: {mails:?}");
        assert!(mails.iter().all(|subject| !subject.contains("林甲")), "{mails:?}");

        let shown = reminders::show(&bench.app, &number, "何收文").await.expect("kept");
        assert_eq!(
            (shown.name.as_str(), shown.reminder.reminded_by.as_str()),
            ("林甲", "科室负责人")
        );
        assert_eq!(shown.reminder.problem, "工程款支付材料不全");
        let early = reminders::check(&bench.app, &number, day("2026-12-03"), "已改正", "何收文").await;
        assert!(early.is_err(), "not on a day to come");
        let checked = reminders::check(&bench.app, &number, day("2026-12-02"), "已改正", "何收文").await;
        checked.expect("on its day");
        let again = reminders::check(&bench.app, &number, day("2026-12-02"), "已改正", "何收文").await;
        assert!(matches!(again, Err(AppError::Input(_))));
        bench.reconcile("2026-12-20T10:00:00+08:00").await;
        let mails = bench.mails_to("shouwen@yunchuan.example").await;
        let own = mails.iter().filter(|subject| subject.contains(&number)).count();
        assert_eq!(own, 2, "done is done: {mails:?}");
        let entries = bench
            .texts("SELECT action || ' ' || actor FROM journal WHERE object_kind = 'reminder' ORDER BY seq")
            .await;
        assert_eq!(entries, ["reminder.add 何收文", "view 何收文", "reminder.check 何收文"]);
        bench.verified().await;
    })
    .await;
}

fn reminder(name: &str) -> NewReminder {
    NewReminder {
        number: None,
        name: name.to_owned(),
        id: IdNumber::Missing,
        unit: UNIT.to_owned(),
        problem: "工程款支付材料不全".to_owned(),
        reminded_on: day("2026-11-02"),
        reminded_by: "科室负责人".to_owned(),
        organ: Some(ORGAN.to_owned()),
        follow_up_on: day("2026-12-02"),
    }
}

// ---- what is protected ----

fn list(name: &str, result: &str, decided: &str) -> String {
    format!(
        "姓名,单位,事项类别,结果,理由,期间,决定日期\n{name},{UNIT},年度考核,{result},因{MATTER}一事,2026年度,{decided}\n"
    )
}

#[tokio::test]
async fn a_revocation_ends_the_protection_and_judges_the_open_findings_again() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        let case = bench.concluded(&new_case("林甲"), Conclusion::Exempted).await;
        bench.set("2026-11-09");
        let before = bench.keep("前.csv", &list("林甲", "基本称职", "2026-11-04")).await;
        let after = bench.keep("后.csv", &list("林甲", "不称职", "2026-11-06")).await;
        assert_eq!((before.opened, after.opened), (1, 1));
        bench.reconcile("2026-11-09T10:00:00+08:00").await;

        let ended = Dated {
            act: &revoke(),
            day: day("2026-11-06"),
        };
        let done = procedure::act(&bench.app, &case_ref(&case), &ended, "何收文").await;
        let done = done.expect("possible");
        assert_eq!((done.stage, done.findings_closed), ("已撤销", 1));

        let open = bench.texts("SELECT result FROM finding WHERE state = 'open'").await;
        assert_eq!(
            open,
            ["基本称职"],
            "what was decided under the protection stays a finding"
        );
        let voided = bench
            .count(
                "SELECT COUNT(*) FROM obligation JOIN finding ON finding.id = obligation.subject_id \
                 WHERE finding.result = '不称职' AND obligation.state = 'void'",
            )
            .await;
        assert_eq!(voided, 1);
        let rejudged = bench
            .texts("SELECT detail FROM journal WHERE action = 'finding.rejudge' ORDER BY detail")
            .await;
        assert_eq!(rejudged.len(), 2, "{rejudged:?}");

        let shown = bench.shown(&case).await;
        for (limit, (state, _)) in states(&shown.limits) {
            let expected = match limit {
                "revocation_notice" | "revocation_archive" => "open",
                "parallel_review" | "investigation" | "decision" => "met",
                _ => "void",
            };
            assert_eq!(state, expected, "{limit}");
        }
        assert_eq!(states(&shown.limits)["revocation_notice"].1, "2026-11-11");
        bench.reconcile("2026-11-12T10:00:00+08:00").await;
        let mails = bench.mails_to("shouwen@yunchuan.example").await;
        assert!(
            mails.iter().any(|subject| subject.contains("撤销决定送达")),
            "{mails:?}"
        );
        bench.act(&case, recorded(Event::REVOCATION_TOLD)).await;

        let later = bench.keep("再后.csv", &list("林甲", "不称职", "2026-11-10")).await;
        assert_eq!(later.opened, 0, "nothing protects any more");
        let refused = act_on(&bench.app, &case_ref(&case), &archived(Archive::Personnel)).await;
        assert!(matches!(refused, Err(AppError::Input(said)) if said.contains("已撤销")));
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn findings_made_while_a_case_was_open_fall_away_when_nothing_protects() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        let case = bench.until_decided(&new_case("林甲"), None).await;
        bench.set("2026-11-04");
        let kept = bench.keep("前.csv", &list("林甲", "基本称职", "2026-11-03")).await;
        assert_eq!(kept.opened, 1, "an outcome that was final before the conclusion");
        let done = bench.act(&case, conclude(Conclusion::NotTolerated)).await;
        assert_eq!(done.findings_closed, 1);
        assert_eq!(
            bench.count("SELECT COUNT(*) FROM finding WHERE state = 'open'").await,
            0
        );
        let owed = "SELECT COUNT(*) FROM obligation WHERE kind = 'finding_reply' AND state = 'open'";
        assert_eq!(bench.count(owed).await, 0);
        bench.verified().await;
    })
    .await;
}

#[tokio::test]
async fn a_clarified_cadre_is_protected_visited_and_the_false_report_followed() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        let first = Act::OpenClarification {
            reported: "反映收受礼金".to_owned(),
        };
        let case = bench.open(&new_case("林甲"), &first).await;
        let clarify = |consent: bool| Act::Clarify {
            verified_by: "市纪委监委信访室".to_owned(),
            form: "会议".to_owned(),
            reach: Reach::Unit,
            consent,
            doc_no: Some("云澄〔2026〕1号".to_owned()),
        };
        let without = act_on(&bench.app, &case_ref(&case), &clarify(false)).await;
        assert!(matches!(without, Err(AppError::Input(said)) if said.contains("同意")));
        bench.act(&case, clarify(true)).await;
        bench
            .act(
                &case,
                Act::Refer {
                    to: "市公安局".to_owned(),
                    doc_no: "云移〔2026〕1号".to_owned(),
                },
            )
            .await;
        let limits = bench.shown(&case).await.limits;
        let expected = BTreeMap::from([
            ("clarification", ("met", "2026-12-14")),
            ("follow_up_1", ("open", "2027-02-02")),
            ("follow_up_2", ("open", "2027-05-03")),
            ("follow_up_3", ("open", "2027-11-02")),
            ("referral_result", ("open", "2027-02-02")),
        ]);
        assert_eq!(states(&limits), expected);

        bench.set("2026-11-23");
        let kept = bench.keep("考核.csv", &list("林甲", "基本称职", "2026-11-20")).await;
        let line = &kept.report.results[0];
        assert_eq!((line.verdict.as_str(), kept.opened), ("violation", 1));

        let second = act_on(&bench.app, &case_ref(&case), &recorded(Event::VISITED_2)).await;
        assert!(matches!(second, Err(AppError::Input(said)) if said.contains("第一次回访")));
        bench.act(&case, recorded(Event::VISITED_1)).await;
        bench.act(&case, recorded(Event::REFERRAL_ANSWERED)).await;
        let now = bench.shown(&case).await.limits;
        let now = states(&now);
        assert_eq!((now["follow_up_1"].0, now["follow_up_2"].0), ("met", "open"));
        assert_eq!(now["referral_result"].0, "met");
        let told = bench.shown(&case).await.events;
        let clarified = told.iter().find(|event| event.act.as_str() == "clarify").expect("kept");
        for part in [("由谁核实", "市纪委监委信访室"), ("澄清的形式", "会议")] {
            assert!(
                clarified
                    .act
                    .texts()
                    .iter()
                    .any(|(name, text, _)| (*name, *text) == part)
            );
        }
        bench.verified().await;
    })
    .await;
}

// ---- what was left out or changed later ----

#[tokio::test]
async fn a_case_is_described_later_and_its_alerts_follow_the_organ() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        let new = procedure::NewCase {
            competent: None,
            superior: None,
            ..new_case("林甲")
        };
        let case = bench.concluded(&new, Conclusion::Exempted).await;
        let amend = Act::Amend {
            changes: Changes {
                organ: Some("云川市委组织部".to_owned()),
                competent: Some(" 云川市人民政府 ".to_owned()),
                doc_no: Some("云容认〔2026〕6号".to_owned()),
                ..Changes::default()
            },
            reason: "移交管辖".to_owned(),
        };
        // The organ is another one already: whoever changes it has seen it.
        let unseen = act_on(&bench.app, &case_ref(&case), &amend).await;
        assert!(matches!(unseen, Err(AppError::Input(said)) if said.contains("--version")));
        let seen = CaseRef {
            version: Some(bench.shown(&case).await.case.version),
            ..case_ref(&case)
        };
        act_on(&bench.app, &seen, &amend).await.expect("possible");
        let record = bench.shown(&case).await.case.record;
        assert_eq!(record.competent.as_deref(), Some("云川市人民政府"));
        assert_eq!(record.doc_no.as_deref(), Some("云容认〔2026〕6号"));
        assert_eq!(
            (record.organ.as_deref(), record.superior),
            (Some("云川市委组织部"), None)
        );
        let elsewhere = "SELECT COUNT(*) FROM obligation WHERE scope_unit <> '云川市委组织部'";
        assert_eq!(bench.count(elsewhere).await, 0);
        let entry = bench
            .texts("SELECT detail FROM journal WHERE action = 'case.act' AND detail LIKE '%补填或更改%'")
            .await;
        assert!(entry[0].contains("问责实施机关、主管部门、结论文号"), "{entry:?}");
    })
    .await;
}

#[tokio::test]
async fn a_limit_is_extended_stopped_and_resumed_and_nobody_is_reminded_meanwhile() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        bench.contacts(CONTACTS).await;
        let case = bench.open(&new_case("林甲"), &Act::StartAccountability).await;
        bench.act(&case, review()).await;
        let investigation = Name::known("investigation");
        let due = async |bench: &Bench| {
            let limits = bench.shown(&case).await.limits;
            states(&limits)["investigation"].1.to_owned()
        };
        assert_eq!(due(&bench).await, "2026-12-14");
        bench.set("2026-11-09");
        let suspend = Act::Suspend {
            limit: investigation,
            approver: Role::DeputyLeader,
            reason: "等待鉴定意见".to_owned(),
        };
        bench.act(&case, suspend).await;
        bench.reconcile("2026-12-20T10:00:00+08:00").await;
        let sent = "SELECT COUNT(*) FROM alert WHERE kind = 'investigation' AND outcome = 'sent' AND point LIKE 'T%'";
        assert_eq!(bench.count(sent).await, 0, "a stopped clock does not strike");
        bench.set("2026-12-21");
        bench.act(&case, Act::Resume { limit: investigation }).await;
        let resumed = due(&bench).await;
        assert!(resumed.as_str() > "2026-12-21", "{resumed}");
        let extend = Act::Extend {
            limit: investigation,
            amount: 10,
            unit: Unit::WorkingDay,
            approver: Role::Leader,
            reason: "案情复杂".to_owned(),
            informed_on: None,
        };
        bench.act(&case, extend.clone()).await;
        assert!(due(&bench).await > resumed);
        let again = act_on(&bench.app, &case_ref(&case), &extend).await;
        assert!(matches!(again, Err(AppError::Input(said)) if said.contains("最多延长 1 次")));
        let shown = bench.shown(&case).await;
        let id = &shown
            .limits
            .iter()
            .find(|limit| limit.limit == "investigation")
            .expect("it runs")
            .id;
        let explained = rongcuo::app::explain::obligation(&bench.app, id)
            .await
            .expect("explained");
        let lines: Vec<String> = explained
            .lines
            .iter()
            .map(|(label, text)| format!("{label}：{text}"))
            .collect();
        let text = lines.join("\n");
        for part in [
            "二(四)2",
            "启动容错认定：2026-11-02",
            "延长",
            "中止",
            "中止或顺延期间，不计",
            "第 40 个工作日",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_meeting_of_one_and_a_moment_of_entry_are_what_they_are() {
    on_both("2026-11-02T10:00:00+08:00", async |bench| {
        let case = bench.open(&new_case("林甲"), &Act::StartAccountability).await;
        bench.act(&case, review()).await;
        bench.act(&case, report()).await;
        let alone = Act::Decide {
            meeting: Meeting {
                attendees: 1,
                minutes_no: "纪要".to_owned(),
            },
        };
        assert!(act_on(&bench.app, &case_ref(&case), &alone).await.is_err());
        bench.set("2026-11-05T16:30:00+08:00");
        let late = Dated {
            act: &decide(),
            day: day("2026-11-04"),
        };
        procedure::act(&bench.app, &case_ref(&case), &late, "孟科长")
            .await
            .expect("possible");
        let event = bench.shown(&case).await.events.pop().expect("the last one");
        let entered = Moment::parse("2026-11-05T16:30:00+08:00").expect("a moment");
        assert_eq!(
            (event.day, event.at, event.actor.as_str()),
            (day("2026-11-04"), entered, "孟科长")
        );
    })
    .await;
}
