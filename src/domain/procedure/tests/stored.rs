//! Acts as the database keeps them. A stored word never changes: what was written once must be read for ever, and an
//! older program must read what a newer one adds to.

use super::super::*;
use super::story::*;
use crate::domain::case::Conclusion;
use crate::domain::contact::Role;
use crate::domain::deadline::Unit;
use crate::domain::name::Name;
use crate::domain::policy::{Event, Policy};
use std::collections::BTreeSet;

const LIMIT: Name = Name::known("investigation");

fn pinned() -> Vec<(Act, &'static str)> {
    vec![
        (
            Act::Register {
                conclusion: text("免责"),
                days: [(Event::CONCLUSION, d(0)), (Event::ARCHIVED_FILE, d(1))].into(),
                doc_no: Some(text("容错〔2025〕3号")),
                measure: None,
                revoked_on: Some(d(9)),
                revoked: true,
            },
            r#"{"act":"register","conclusion":"免责","days":{"archived_file":"2025-03-04","conclusion":"2025-03-03"},"doc_no":"容错〔2025〕3号","measure":null,"revoked_on":"2025-03-12","revoked":true}"#,
        ),
        (Act::StartAccountability, r#"{"act":"start_accountability"}"#),
        (
            review(true),
            r#"{"act":"review","fits":true,"note":"先行先试，未见谋私"}"#,
        ),
        (apply(), r#"{"act":"apply","by":"cadre"}"#),
        (Act::Apply { by: Applicant::Unit }, r#"{"act":"apply","by":"unit"}"#),
        (Act::Accept, r#"{"act":"accept"}"#),
        (
            consider(Aspect::Motive, Weight::ForGain),
            r#"{"act":"consider","aspect":"motive","weight":"for_gain","finding":"经集体研究后推进","evidence":"会议记录 3 份"}"#,
        ),
        (
            report(false),
            r#"{"act":"report","title":"调查报告〔2025〕3号","fits":false}"#,
        ),
        (
            decide(),
            r#"{"act":"decide","meeting":{"attendees":7,"minutes_no":"纪要 12"}}"#,
        ),
        (
            conclude_over(Conclusion::NotAccountable, approval()),
            r#"{"act":"conclude","conclusion":"不予问责","doc_no":"容错〔2025〕3号","measure":null,"basis":"问责条例第十七条","mitigation":"追回全部款项","approved_over":{"by":"市委主要负责人","reason":"动机已另案查清","doc_no":"特批〔2025〕1号"}}"#,
        ),
        (
            tell(Told::Organization),
            r#"{"act":"tell","to":"organization","receipt":"送达 1"}"#,
        ),
        (explain(), r#"{"act":"explain","reasons":"问题性质属于有令不行"}"#),
        (
            archive(Archive::Integrity, "廉 1"),
            r#"{"act":"archive","into":"integrity","receipt":"廉 1"}"#,
        ),
        (
            revoke(),
            r#"{"act":"revoke","doc_no":"容错撤〔2025〕1号","reason":"发现隐瞒重要事实","meeting":{"attendees":7,"minutes_no":"纪要 40"}}"#,
        ),
        (withdraw(), r#"{"act":"withdraw","reason":"本人书面撤回"}"#),
        (terminate(), r#"{"act":"terminate","reason":"问责程序已经撤销"}"#),
        (remedy(), r#"{"act":"remedy","measures":"重新招标"}"#),
        (guide(), r#"{"act":"guide","content":"谈心谈话"}"#),
        (
            open_clarification(),
            r#"{"act":"open_clarification","reported":"反映违规发放补贴"}"#,
        ),
        (refer(), r#"{"act":"refer","to":"公安机关","doc_no":"移送〔2025〕2号"}"#),
        (
            clarify(Reach::System, true),
            r#"{"act":"clarify","verified_by":"核实组","form":"会议通报","reach":"system","consent":true,"doc_no":"澄清〔2025〕1号"}"#,
        ),
        (
            record(Event::VISITED_1),
            r#"{"act":"record","event":"visited_1","note":"已核对"}"#,
        ),
        (
            correct(Event::ACCEPTED),
            r#"{"act":"correct","event":"accepted","reason":"登记时看错了日期"}"#,
        ),
        (
            amend(Changes {
                superior: Some(text("自治区住建厅")),
                ..Changes::default()
            }),
            r#"{"act":"amend","changes":{"matter":null,"organ":null,"handler":null,"competent":null,"superior":"自治区住建厅","doc_no":null},"reason":"登记时漏填"}"#,
        ),
        (
            Act::Extend {
                limit: LIMIT,
                amount: 10,
                unit: Unit::WorkingDay,
                approver: Role::Leader,
                reason: text("案情复杂"),
                informed_on: Some(d(3)),
            },
            r#"{"act":"extend","limit":"investigation","amount":10,"unit":"工作日","approver":"主要负责人","reason":"案情复杂","informed_on":"2025-03-06"}"#,
        ),
        (
            Act::Suspend {
                limit: LIMIT,
                approver: Role::DeputyLeader,
                reason: text("等待鉴定意见"),
            },
            r#"{"act":"suspend","limit":"investigation","approver":"分管领导","reason":"等待鉴定意见"}"#,
        ),
        (
            Act::Resume { limit: LIMIT },
            r#"{"act":"resume","limit":"investigation"}"#,
        ),
        (
            Act::Postpone {
                limit: LIMIT,
                from: d(1),
                until: d(2),
                reason: text("洪水"),
            },
            r#"{"act":"postpone","limit":"investigation","from":"2025-03-04","until":"2025-03-05","reason":"洪水"}"#,
        ),
    ]
}

#[test]
fn every_act_is_kept_and_read_as_it_always_was() {
    for (act, stored) in pinned() {
        assert_eq!(serde_json::to_string(&act).expect("it serialises"), stored);
        assert_eq!(
            serde_json::from_str::<Act>(stored).expect("it is read"),
            act,
            "{stored}"
        );
        assert!(
            stored.starts_with(&format!("{{\"act\":\"{}\"", act.as_str())),
            "{stored}"
        );
        assert!(!act.zh(&Policy::builtin()).is_empty());
    }
    let words: BTreeSet<&str> = pinned().iter().map(|(act, _)| act.as_str()).collect();
    assert_eq!(words.len(), 27, "every act has its line");
}

#[test]
fn an_older_reader_passes_over_what_a_newer_writer_adds() {
    for (act, stored) in pinned() {
        let newer = stored.replacen('{', r#"{"added_later":{"a":[1]},"#, 1);
        assert_eq!(serde_json::from_str::<Act>(&newer).expect("it is read"), act, "{newer}");
    }
}

#[test]
fn what_may_be_left_out_is_read_as_absent() {
    for (stored, whole) in [
        (
            r#"{"act":"tell","to":"subject"}"#,
            Act::Tell {
                to: Told::Subject,
                receipt: None,
            },
        ),
        (
            r#"{"act":"archive","into":"file"}"#,
            Act::Archive {
                into: Archive::File,
                receipt: None,
            },
        ),
        (
            r#"{"act":"conclude","conclusion":"从轻"}"#,
            Act::Conclude {
                conclusion: Conclusion::Lighter,
                doc_no: None,
                measure: None,
                basis: None,
                mitigation: None,
                approved_over: None,
            },
        ),
    ] {
        assert_eq!(serde_json::from_str::<Act>(stored).expect("it is read"), whole);
    }
}

#[test]
fn what_is_no_act_is_an_error_and_no_panic() {
    for broken in [
        "",
        "{}",
        r#"{"act":"pardon"}"#,
        r#"{"act":"conclude","conclusion":"赦免"}"#,
        r#"{"act":"record","event":"Not A Name","note":""}"#,
        r#"{"act":"decide","meeting":{"attendees":-1,"minutes_no":"1"}}"#,
        r#"{"act":"resume","limit":"复核"}"#,
    ] {
        assert!(serde_json::from_str::<Act>(broken).is_err(), "{broken}");
    }
}

#[test]
fn every_conclusion_and_every_word_of_a_choice_goes_round() {
    for conclusion in Conclusion::ALL {
        let act = conclude(conclusion);
        let stored = serde_json::to_string(&act).expect("it serialises");
        assert_eq!(serde_json::from_str::<Act>(&stored).expect("it is read"), act);
    }
    for aspect in Aspect::ALL {
        for weight in Weight::ALL {
            let act = consider(aspect, weight);
            let stored = serde_json::to_string(&act).expect("it serialises");
            assert_eq!(serde_json::from_str::<Act>(&stored).expect("it is read"), act);
        }
        assert_eq!(Aspect::from_zh(aspect.zh()), Some(aspect));
    }
}
