//! The finished bytes, read by a parser that did not write them.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use mail_parser::{Message, MessageParser};
use proptest::prelude::*;
use rongcuo::domain::time::Moment;
use rongcuo::mail::{
    AlertItem, AlertMail, DigestLine, DigestMail, Envelope, RenderError, Severity3, message_id, render, render_digest,
};

fn alert() -> AlertMail {
    AlertMail {
        site: "临江市容错护航".to_owned(),
        kind_zh: "结论归入廉政档案".to_owned(),
        subject_no: "RC-2026-014".to_owned(),
        about: None,
        point_zh: "逾期 1 个工作日".to_owned(),
        severity: Severity3::Urgent,
        due_zh: Some("11月19日（周四）".to_owned()),
        certainty_zh: None,
        facts: vec![("名单".to_owned(), "年度考核.xlsx，第 4 行".to_owned())],
        clause: "《容错纠错实施办法》第二条第（六）项".to_owned(),
        basis_zh: Some("政策原文".to_owned()),
        reckoning: vec![
            ("11月12日（周四）".to_owned(), "起算日，不计入".to_owned()),
            ("11月13日（周五）".to_owned(), "第 1 个工作日".to_owned()),
            ("11月14日（周六）".to_owned(), "周末".to_owned()),
            ("11月15日（周日）".to_owned(), "周末".to_owned()),
            ("11月16日（周一）".to_owned(), "第 2 个工作日".to_owned()),
            ("11月17日（周二）".to_owned(), "第 3 个工作日".to_owned()),
            ("11月18日（周三）".to_owned(), "第 4 个工作日".to_owned()),
            ("11月19日（周四）".to_owned(), "第 5 个工作日，到期".to_owned()),
        ],
        action_zh: "将结论性认定意见归入廉政档案，并在办理页面登记归档日期。".to_owned(),
        link: "http://127.0.0.1:8087/obligations/0af39c".to_owned(),
        answer: "http://127.0.0.1:8087/answers/0af39c-1-2".to_owned(),
        recipient_name: "许知行".to_owned(),
        reason_zh: "收到本邮件，是因为登记为问责实施机关的科室负责人。".to_owned(),
        items: Vec::new(),
        deadline: None,
        decided_at: Moment::parse("2026-11-20T09:00:00+08:00").unwrap(),
    }
}

fn envelope() -> Envelope {
    Envelope {
        from: "容错护航 <rongcuo@example.org>".to_owned(),
        to_address: "xuzhixing@example.org".to_owned(),
        to_name: "许知行".to_owned(),
        message_id: message_id(b"key", "archive_integrity|RC-2026-014|T+1", "example.org"),
        date: Moment::parse("2026-11-20T01:00:05Z").unwrap(),
        list_id: "alerts.example.org".to_owned(),
        thread_key: "case:RC-2026-014".to_owned(),
    }
}

fn parse(bytes: &[u8]) -> Message<'_> {
    MessageParser::default().parse(bytes).expect("a mail")
}

/// The lines of the head, unfolded, as name and value.
fn head(bytes: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8(bytes.to_vec()).expect("ASCII");
    let head = text
        .split("\r\n\r\n")
        .next()
        .unwrap()
        .replace("\r\n ", " ")
        .replace("\r\n\t", " ");
    let line = |line: &str| {
        line.split_once(": ")
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    head.split("\r\n")
        .map(|text| line(text).unwrap_or_else(|| panic!("no header: {text:?}")))
        .collect()
}

fn names(bytes: &[u8]) -> Vec<String> {
    let mut names: Vec<String> = head(bytes).into_iter().map(|(name, _)| name).collect();
    names.sort();
    names
}

const HEADERS: [&str; 11] = [
    "Auto-Submitted",
    "Content-Type",
    "Date",
    "From",
    "In-Reply-To",
    "List-Id",
    "MIME-Version",
    "Message-ID",
    "References",
    "Subject",
    "To",
];

#[test]
fn the_head_says_what_the_envelope_says() {
    let rendered = render(&alert(), &envelope()).unwrap();
    let subject = "【紧急】结论归入廉政档案 RC-2026-014：逾期 1 个工作日，应于 11月19日（周四）";
    assert_eq!(rendered.subject, subject);
    assert_eq!(names(&rendered.bytes), HEADERS);
    let message = parse(&rendered.bytes);
    assert_eq!(message.subject(), Some(subject));
    assert_eq!(message.message_id(), Some(envelope().message_id.as_str()));
    let from = message.from().and_then(|list| list.first()).unwrap();
    assert_eq!(
        (from.name(), from.address()),
        (Some("容错护航"), Some("rongcuo@example.org"))
    );
    let to: Vec<_> = message.all_to().flat_map(|list| list.iter()).collect();
    assert_eq!(to.len(), 1);
    assert_eq!(
        (to[0].name(), to[0].address()),
        (Some("许知行"), Some("xuzhixing@example.org"))
    );
    let raw = head(&rendered.bytes);
    let value = |name: &str| raw.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).unwrap();
    assert_eq!(value("Date"), "Fri, 20 Nov 2026 09:00:05 +0800");
    assert_eq!(value("Auto-Submitted"), "auto-generated");
    assert_eq!(value("List-Id"), "<alerts.example.org>");
}

#[test]
fn the_subject_names_neither_reader_nor_anything_but_kind_number_and_day() {
    let rendered = render(&alert(), &envelope()).unwrap();
    assert!(!rendered.subject.contains("许知行"));
    assert!(!rendered.subject.contains(&alert().clause));
}

#[test]
fn both_parts_say_the_same_and_reach_the_reader_whole() {
    let rendered = render(&alert(), &envelope()).unwrap();
    let message = parse(&rendered.bytes);
    assert!(message.content_type_is_alternative());
    let text = message
        .text_bodies()
        .next()
        .and_then(|part| part.text_contents())
        .unwrap()
        .to_owned();
    let html = message
        .html_bodies()
        .next()
        .and_then(|part| part.text_contents())
        .unwrap()
        .to_owned();
    for said in [
        "结论归入廉政档案",
        "RC-2026-014",
        "逾期 1 个工作日",
        "11月19日（周四）",
        "《容错纠错实施办法》第二条第（六）项",
        "政策原文",
        "起算日，不计入",
        "第 5 个工作日，到期",
        "将结论性认定意见归入廉政档案，并在办理页面登记归档日期。",
        "http://127.0.0.1:8087/obligations/0af39c",
        "许知行：",
        "科室负责人",
        "临江市容错护航",
        "2026年11月20日 09:00",
    ] {
        assert!(text.contains(said), "the text lacks {said}\n{text}");
        assert!(html.contains(said), "the page lacks {said}");
    }
    for never in [
        "<script",
        "<img",
        "src=",
        "url(",
        "@import",
        "http-equiv",
        "<link",
        "{{",
        "{%",
    ] {
        assert!(!html.contains(never), "{never}");
    }
    assert_eq!(
        html.matches("http").count(),
        3,
        "the only addresses are the link, as target and as text, and the answer's"
    );
    assert!(html.contains("lang=\"zh-CN\"") && html.contains("width=\"600\"") && html.contains("@page"));
}

trait Alternative {
    fn content_type_is_alternative(&self) -> bool;
}

impl Alternative for Message<'_> {
    fn content_type_is_alternative(&self) -> bool {
        use mail_parser::MimeHeaders as _;
        self.content_type()
            .is_some_and(|kind| kind.ctype() == "multipart" && kind.subtype() == Some("alternative"))
            && self.text_body_count() == 1
            && self.html_body_count() == 1
            && self.attachment_count() == 0
    }
}

#[test]
fn a_summary_lists_its_lines_and_leaves_out_what_is_not_there() {
    let mut summary = alert();
    summary.kind_zh = "历史存量".to_owned();
    summary.due_zh = None;
    summary.basis_zh = None;
    summary.reckoning.clear();
    summary.link.clear();
    summary.answer.clear();
    summary.subject_no.clear();
    summary.clause.clear();
    summary.severity = Severity3::Info;
    summary.items = (1..=130)
        .map(|n| AlertItem {
            number: format!("RC-2025-{n:03}"),
            kind_zh: "结论归入人事档案".to_owned(),
            due_zh: "2025-11-03".to_owned(),
        })
        .collect();
    let rendered = render(&summary, &envelope()).unwrap();
    assert_eq!(rendered.subject, "【提醒】历史存量：逾期 1 个工作日");
    let message = parse(&rendered.bytes);
    let text = message.body_text(0).unwrap().into_owned();
    let html = message.body_html(0).unwrap().into_owned();
    for body in [&text, &html] {
        assert!(body.contains("RC-2025-120") && !body.contains("RC-2025-121") && body.contains("另有 10 项"));
        assert!(body.contains("所涉事项（130）"));
        assert!(!body.contains("逐日计算") && !body.contains("应于：") && !body.contains("天数："));
        assert!(!body.contains("编号：") && !body.contains("依据"));
    }
    assert!(!html.contains("<a "));
}

#[test]
fn equal_input_gives_equal_bytes_and_one_matter_one_conversation() {
    let first = render(&alert(), &envelope()).unwrap();
    assert_eq!(first, render(&alert(), &envelope()).unwrap());

    let mut next = envelope();
    next.message_id = message_id(b"key", "archive_integrity|RC-2026-014|T+5", "example.org");
    let second = render(&alert(), &next).unwrap();
    let mut other = next.clone();
    other.thread_key = "case:RC-2026-015".to_owned();
    let third = render(&alert(), &other).unwrap();
    let mut alone = envelope();
    alone.thread_key.clear();
    let fourth = render(&alert(), &alone).unwrap();

    let thread = |bytes: &[u8]| {
        head(bytes)
            .into_iter()
            .find(|(name, _)| name == "References")
            .map(|(_, value)| value)
    };
    assert_eq!(thread(&first.bytes), thread(&second.bytes));
    assert_ne!(thread(&first.bytes), thread(&third.bytes));
    assert_eq!(thread(&fourth.bytes), None);
    assert!(
        !thread(&first.bytes).unwrap().contains("RC-2026"),
        "the key itself stays here"
    );
}

#[test]
fn text_from_lists_is_text_on_the_page() {
    let mut hostile = alert();
    hostile.action_zh = "<script>alert(1)</script>&amp;\"'".to_owned();
    let rendered = render(&hostile, &envelope()).unwrap();
    let message = parse(&rendered.bytes);
    let html = message.body_html(0).unwrap().into_owned();
    assert!(!html.contains("<script>") && html.contains("script&"));
    assert!(
        message
            .body_text(0)
            .unwrap()
            .contains("<script>alert(1)</script>&amp;\"'")
    );
}

#[test]
fn what_is_no_address_is_refused_in_words() {
    for bad in [
        "",
        "nobody",
        "a@",
        "@b",
        "a@b@c",
        "a b@example.org",
        "a@example.org\r\nBcc: x@example.org",
        "a@example.org, b@example.org",
        "<a@example.org>",
        "\"a,b\"@example.org",
        "张三@example.org",
        "a@例子.cn",
    ] {
        let envelope = Envelope {
            to_address: bad.to_owned(),
            ..envelope()
        };
        let error = render(&alert(), &envelope).unwrap_err();
        assert!(matches!(error, RenderError::Recipient(_)), "{bad:?}");
        assert!(error.to_string().contains("收件邮箱") && !error.to_string().contains('\n'));
        let envelope = Envelope {
            to_address: "a@example.org".to_owned(),
            from: bad.to_owned(),
            ..envelope
        };
        if bad != "<a@example.org>" {
            assert!(
                matches!(render(&alert(), &envelope), Err(RenderError::Sender(_))),
                "{bad:?}"
            );
        }
    }
    for bad in [
        "javascript:alert(1)",
        "https://a b",
        "http://a\r\nb",
        "//a",
        "https://a\u{202e}b",
        "https://a\"><b",
    ] {
        let alert = AlertMail {
            link: bad.to_owned(),
            ..alert()
        };
        assert!(
            matches!(render(&alert, &envelope()), Err(RenderError::Link(_))),
            "{bad:?}"
        );
    }
    for bad in ["", "a", "a@b>\r\nX: y", "a b@c", "@", "a@b@c"] {
        let envelope = Envelope {
            message_id: bad.to_owned(),
            ..envelope()
        };
        assert!(
            matches!(render(&alert(), &envelope), Err(RenderError::MessageId(_))),
            "{bad:?}"
        );
    }
}

fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        any::<String>(),
        Just("\r\nBcc: evil@example.org\r\n\r\nbody".to_owned()),
        Just("\n.\r\nMAIL FROM:<x>\r\n".to_owned()),
        Just("\u{202e}\u{2066}\u{200f}\0\u{85}\u{2028}".to_owned()),
        Just("𠮷野𪚥家".to_owned()),
        Just("=?utf-8?b?5byg5LiJ?=".to_owned()),
        Just("\",<>()@;:\\".to_owned()),
        Just("张".repeat(3500)),
        "[\\x00-\\x1f\\x7f-\\u{9f}]{0,40}",
    ];
    proptest::collection::vec(pieces, 0..4).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever names and texts hold: no panic, no other header, no other recipient, no line a server refuses.
    #[test]
    fn no_text_breaks_out_of_its_place(name in hostile(), kind in hostile(), number in hostile(), other in hostile()) {
        let mail = AlertMail {
            recipient_name: name.clone(),
            kind_zh: kind,
            subject_no: number,
            site: other.clone(),
            point_zh: other.clone(),
            due_zh: Some(name.clone()),
            action_zh: other.clone(),
            facts: vec![(other.clone(), name.clone())],
            reckoning: vec![(name.clone(), other.clone())],
            ..alert()
        };
        let envelope = Envelope { to_name: name, list_id: other.clone(), thread_key: format!("k{other}"), ..envelope() };
        let rendered = render(&mail, &envelope).expect("only addresses, ids and links are refused");
        prop_assert!(!rendered.subject.contains(char::is_control));
        prop_assert_eq!(names(&rendered.bytes), HEADERS);
        prop_assert!(rendered.bytes.is_ascii());
        prop_assert!(rendered.bytes.split(|b| *b == b'\n').all(|line| line.len() <= 999));
        prop_assert!(rendered.bytes.len() < 200_000);
        let message = parse(&rendered.bytes);
        prop_assert!(message.content_type_is_alternative());
        let to: Vec<_> = message.all_to().flat_map(|list| list.iter()).filter_map(|to| to.address()).collect();
        prop_assert_eq!(to, vec!["xuzhixing@example.org"]);
        let from: Vec<_> = message.from().into_iter().flat_map(|list| list.iter()).filter_map(|a| a.address()).collect();
        prop_assert_eq!(from, vec!["rongcuo@example.org"]);
        prop_assert_eq!(message.message_id(), Some(envelope.message_id.as_str()));
        prop_assert!(message.bcc().is_none() && message.cc().is_none());
    }

    #[test]
    fn no_address_breaks_out_of_its_place(address in hostile(), from in hostile()) {
        let to = Envelope { to_address: address, ..envelope() };
        if let Ok(rendered) = render(&alert(), &to) {
            prop_assert_eq!(names(&rendered.bytes), HEADERS);
        }
        let from = Envelope { from: format!("{from} <rongcuo@example.org>"), ..envelope() };
        if let Ok(rendered) = render(&alert(), &from) {
            prop_assert_eq!(names(&rendered.bytes), HEADERS);
        }
    }
}

/// A summary of many matters, each with an answer of its own.
fn summary(count: usize, padding: &str) -> DigestMail {
    let line = |number: usize| DigestLine {
        severity: if number == 0 {
            Severity3::Urgent
        } else {
            Severity3::Info
        },
        kind_zh: "整改到期".to_owned(),
        number: format!("ZG-{number}"),
        standing_zh: "还有 3 个工作日到期".to_owned(),
        due_zh: "11月19日（周四）".to_owned(),
        action_zh: "按时完成整改，并在办理页面登记进展。".to_owned(),
        clause: "《容错纠错实施办法》第二条第（六）项".to_owned(),
        link: format!("http://127.0.0.1:8087/obligations/{number}{padding}"),
        answer: format!("http://127.0.0.1:8087/answers/{number}-1-2{padding}"),
    };
    DigestMail {
        site: "临江市容错护航".to_owned(),
        day_zh: "11月16日（周一）".to_owned(),
        lines: (0..count).map(line).collect(),
        health: Vec::new(),
        link: "http://127.0.0.1:8087/obligations".to_owned(),
        recipient_name: "许知行".to_owned(),
        reason_zh: "汇总不紧急的提醒；紧急的随时单独发出。".to_owned(),
        deadlines: Vec::new(),
        gone: Vec::new(),
        decided_at: Moment::parse("2026-11-16T09:00:00+08:00").unwrap(),
    }
}

#[test]
fn each_line_of_a_summary_carries_its_own_answer_and_the_mail_stays_bounded() {
    let mut content = summary(3, "");
    content.lines[2].answer = String::new();
    let rendered = render_digest(&content, &envelope()).unwrap();
    let message = MessageParser::default().parse(&rendered.bytes).unwrap();
    let (text, html) = (message.body_text(0).unwrap(), message.body_html(0).unwrap());
    for body in [&text, &html] {
        assert_eq!(body.matches("/answers/").count(), 2, "{body}");
        assert_eq!(body.matches("/answers/1-1-2").count(), 1, "{body}");
    }
    // Only what is urgent waits for somebody to take note.
    assert_eq!(text.matches("确认收悉、答复或交由他人：").count(), 1, "{text}");
    assert_eq!(text.matches("  答复或交由他人：").count(), 1, "{text}");
    assert!(
        !rendered.subject.contains("ZG-") && !rendered.subject.contains("许知行"),
        "{}",
        rendered.subject
    );

    // With the longest links there may be and more matters than are shown.
    let rendered = render_digest(&summary(500, &"x".repeat(940)), &envelope()).unwrap();
    let message = MessageParser::default().parse(&rendered.bytes).unwrap();
    assert_eq!(message.body_text(0).unwrap().matches("/answers/").count(), 120);
    assert!(rendered.bytes.len() < 1 << 20, "{} bytes", rendered.bytes.len());

    content.lines[0].answer = "javascript:alert(1)".to_owned();
    let refused = render_digest(&content, &envelope());
    assert!(matches!(refused, Err(RenderError::Link(_))), "{refused:?}");
}
