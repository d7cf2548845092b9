//! From an alert to a finished message. Equal input gives equal bytes.

use super::clean;
use crate::domain::ids::hex;
use crate::domain::time::Moment;
use askama::Template;
use hmac::{Hmac, KeyInit as _, Mac as _};
use lettre::Address;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use sha2::{Digest as _, Sha256};
use std::error::Error;
use std::time::{Duration, UNIX_EPOCH};

/// Days of a reckoning that a mail shows; the page has the rest.
const DAYS_SHOWN: usize = 40;
/// Items of a summary that a mail shows.
const ITEMS_SHOWN: usize = 200;
/// Characters of a text.
const LONG: usize = 400;
/// Characters of a name or number.
const SHORT: usize = 60;

/// How loud a mail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity3 {
    /// Before the day.
    Info,
    /// On the day.
    Warn,
    /// A promise is broken.
    Urgent,
}

/// A line of a summary.
#[derive(Debug, Clone)]
pub struct AlertItem {
    /// Number of the case or rectification.
    pub number: String,
    /// What should have been done.
    pub kind_zh: String,
    /// By when.
    pub due_zh: String,
}

/// What an alert says.
#[derive(Debug, Clone)]
pub struct AlertMail {
    /// Name of the site.
    pub site: String,
    /// What must be done.
    pub kind_zh: String,
    /// Number of the case or rectification.
    pub subject_no: String,
    /// Reminder point in words.
    pub point_zh: String,
    /// How loud.
    pub severity: Severity3,
    /// Due day in words.
    pub due_zh: Option<String>,
    /// What is not sure about it.
    pub certainty_zh: Option<String>,
    /// Clause.
    pub clause: String,
    /// Whose number.
    pub basis_zh: Option<String>,
    /// Day and remark.
    pub reckoning: Vec<(String, String)>,
    /// What to do now.
    pub action_zh: String,
    /// Address of the page.
    pub link: String,
    /// Who reads it.
    pub recipient_name: String,
    /// Why this person got it.
    pub reason_zh: String,
    /// Lines of a summary.
    pub items: Vec<AlertItem>,
    /// When it was decided.
    pub decided_at: Moment,
}

/// The outside of a message.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// Sender, with or without a display name.
    pub from: String,
    /// Address of the recipient.
    pub to_address: String,
    /// Name of the recipient.
    pub to_name: String,
    /// Message-ID without angle brackets.
    pub message_id: String,
    /// Date header.
    pub date: Moment,
    /// Host that names the list.
    pub list_id: String,
    /// What binds the mails of one matter into a conversation.
    pub thread_key: String,
}

/// A finished message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Subject, decoded.
    pub subject: String,
    /// The message.
    pub bytes: Vec<u8>,
}

/// Why a message cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// An address that is none.
    #[error("邮箱地址「{0}」无法识别，请在联系人或配置 smtp.from 中改正")]
    Address(String),
    /// The message could not be put together.
    #[error("邮件无法生成：{0}")]
    Build(String),
}

#[derive(Template)]
#[template(path = "alert/body.txt", escape = "none")]
struct TextBody<'a> {
    mail: &'a AlertMail,
    mark: &'static str,
    shown: &'a [(String, String)],
    omitted: usize,
    items: &'a [AlertItem],
}

#[derive(Template)]
#[template(path = "alert/body.html")]
struct HtmlBody<'a> {
    mail: &'a AlertMail,
    subject: &'a str,
    mark: &'static str,
    tone: &'static str,
    shown: &'a [(String, String)],
    omitted: usize,
    items: &'a [AlertItem],
}

/// Renders an alert. The subject says what kind of thing, which number, by when; never the person or the matter.
pub fn render(mail: &AlertMail, envelope: &Envelope) -> Result<Rendered, RenderError> {
    let mail = &cleaned(mail);
    let subject = subject(mail);
    let shown = &mail.reckoning[..mail.reckoning.len().min(DAYS_SHOWN)];
    let items = &mail.items[..mail.items.len().min(ITEMS_SHOWN)];
    let omitted = mail.reckoning.len() - shown.len();
    let (mark, tone) = match mail.severity {
        Severity3::Urgent => ("■", "urgent"),
        Severity3::Warn => ("◧", "warn"),
        Severity3::Info => ("□", "info"),
    };
    let built = |error: askama::Error| RenderError::Build(error.to_string());
    let text = TextBody {
        mail,
        mark,
        shown,
        omitted,
        items,
    }
    .render()
    .map_err(built)?;
    let html = HtmlBody {
        mail,
        subject: &subject,
        mark,
        tone,
        shown,
        omitted,
        items,
    }
    .render()
    .map_err(built)?;
    let bytes = assemble(&subject, text, html, envelope)?;
    Ok(Rendered { subject, bytes })
}

fn subject(mail: &AlertMail) -> String {
    let due = mail
        .due_zh
        .as_ref()
        .map(|due| format!("（应于{due}）"))
        .unwrap_or_default();
    clean::line(
        &format!("【{}】{} {}{due}", mail.point_zh, mail.kind_zh, mail.subject_no),
        150,
    )
}

fn cleaned(mail: &AlertMail) -> AlertMail {
    let long = |text: &str| clean::line(text, LONG);
    let short = |text: &str| clean::line(text, SHORT);
    AlertMail {
        site: short(&mail.site),
        kind_zh: short(&mail.kind_zh),
        subject_no: short(&mail.subject_no),
        point_zh: short(&mail.point_zh),
        severity: mail.severity,
        due_zh: mail.due_zh.as_deref().map(short),
        certainty_zh: mail.certainty_zh.as_deref().map(long),
        clause: short(&mail.clause),
        basis_zh: mail.basis_zh.as_deref().map(short),
        reckoning: mail
            .reckoning
            .iter()
            .map(|(day, remark)| (short(day), short(remark)))
            .collect(),
        action_zh: long(&mail.action_zh),
        link: long(&mail.link),
        recipient_name: short(&mail.recipient_name),
        reason_zh: long(&mail.reason_zh),
        items: mail
            .items
            .iter()
            .map(|item| AlertItem {
                number: short(&item.number),
                kind_zh: short(&item.kind_zh),
                due_zh: short(&item.due_zh),
            })
            .collect(),
        decided_at: mail.decided_at,
    }
}

fn assemble(subject: &str, text: String, html: String, envelope: &Envelope) -> Result<Vec<u8>, RenderError> {
    let address = |text: &str| {
        text.parse::<Address>()
            .map_err(|_| RenderError::Address(clean::line(text, SHORT)))
    };
    let from = Mailbox::new(display_name(&envelope.from), address(&address_of(&envelope.from))?);
    let name = clean::line(&envelope.to_name, SHORT);
    let to = Mailbox::new((!name.is_empty()).then_some(name), address(&envelope.to_address)?);
    let host = clean::line(&envelope.list_id, SHORT);
    let thread = format!(
        "<{}@{host}>",
        &hex(&Sha256::digest(envelope.thread_key.as_bytes()))[..32]
    );
    let millis = u64::try_from(envelope.date.millis()).unwrap_or(0);
    let body = MultiPart::alternative()
        .boundary(format!(
            "=_{}",
            &hex(&Sha256::digest(envelope.message_id.as_bytes()))[..32]
        ))
        .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(text))
        .singlepart(SinglePart::builder().header(ContentType::TEXT_HTML).body(html));
    let message = Message::builder()
        .from(from)
        .to(to)
        .subject(subject)
        .message_id(Some(format!("<{}>", envelope.message_id)))
        .date(UNIX_EPOCH + Duration::from_millis(millis))
        .references(thread.clone())
        .in_reply_to(thread)
        .header(AutoSubmitted)
        .header(ListId(format!("<rongcuo.{host}>")))
        .multipart(body)
        .map_err(|error| RenderError::Build(error.to_string()))?;
    Ok(message.formatted())
}

#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[derive(Clone)]
struct ListId(String);

impl Header for ListId {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Id")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// A Message-ID that depends on nothing but the key of the installation and the identity of the alert: a repeat after
/// a crash or after an old backup was restored carries the same one. Without angle brackets.
pub fn message_id(key: &[u8], identity: &str, host: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(identity.as_bytes());
    format!("{}@{host}", &hex(&mac.finalize().into_bytes())[..32])
}

/// The bare address of `name <address>`.
pub fn address_of(mailbox: &str) -> String {
    match (mailbox.rfind('<'), mailbox.rfind('>')) {
        (Some(open), Some(close)) if open < close => mailbox[open + 1..close].trim().to_owned(),
        _ => mailbox.trim().to_owned(),
    }
}

fn display_name(mailbox: &str) -> Option<String> {
    let open = mailbox.rfind('<')?;
    let name = clean::line(mailbox[..open].trim().trim_matches('"'), SHORT);
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail_parser::MessageParser;
    use proptest::prelude::*;

    fn sample() -> (AlertMail, Envelope) {
        let mail = AlertMail {
            site: "临江市委组织部".into(),
            kind_zh: "结论归入廉政档案".into(),
            subject_no: "RC-2026-014".into(),
            point_zh: "逾期 1 个工作日".into(),
            severity: Severity3::Urgent,
            due_zh: Some("11月19日（周四）".into()),
            certainty_zh: None,
            clause: "二(四)5".into(),
            basis_zh: Some("政策规定".into()),
            reckoning: vec![
                ("11月12日（周四）".into(), "起算日，不计入".into()),
                ("11月13日（周五）".into(), "第 1 个工作日".into()),
            ],
            action_zh: "将结论性认定意见归入廉政档案，并登记归档日期。".into(),
            link: "http://127.0.0.1:8087/obligations/ab12".into(),
            recipient_name: "江晚舟".into(),
            reason_zh: "逾期 1 个工作日，经办「江晚舟」".into(),
            items: Vec::new(),
            decided_at: Moment::parse("2026-11-20").expect("valid"),
        };
        let envelope = Envelope {
            from: "容错护航 <rongcuo@example.org>".into(),
            to_address: "jiang@example.org".into(),
            to_name: "江晚舟".into(),
            message_id: message_id(b"key", "identity", "example.org"),
            date: Moment::parse("2026-11-20").expect("valid"),
            list_id: "example.org".into(),
            thread_key: "case:x".into(),
        };
        (mail, envelope)
    }

    #[test]
    fn an_independent_reader_sees_what_was_meant() {
        let (mail, envelope) = sample();
        let rendered = render(&mail, &envelope).expect("renders");
        let parsed = MessageParser::default().parse(&rendered.bytes).expect("parses");
        assert_eq!(
            parsed.subject(),
            Some("【逾期 1 个工作日】结论归入廉政档案 RC-2026-014（应于11月19日（周四））")
        );
        assert_eq!(parsed.message_id(), Some(envelope.message_id.as_str()));
        let to = parsed.to().and_then(|to| to.first()).expect("a recipient");
        assert_eq!((to.name(), to.address()), (Some("江晚舟"), Some("jiang@example.org")));
        assert_eq!(parsed.date().map(|date| date.to_timestamp()), Some(1_795_136_400));
        let text = parsed.body_text(0).expect("a text part");
        assert!(
            text.contains("应于：11月19日（周四）") && text.contains("二(四)5"),
            "{text}"
        );
        let html = parsed.body_html(0).expect("an HTML part");
        assert!(html.contains("第 1 个工作日") && html.contains("href=\"http://127.0.0.1:8087/obligations/ab12\""));
        for (name, value) in [
            ("Auto-Submitted", "auto-generated"),
            ("List-Id", "<rongcuo.example.org>"),
        ] {
            assert!(
                String::from_utf8_lossy(&rendered.bytes).contains(&format!("{name}: {value}\r\n")),
                "{name}"
            );
        }
    }

    #[test]
    fn equal_input_gives_equal_bytes_and_a_matter_is_one_conversation() {
        let (mail, envelope) = sample();
        let first = render(&mail, &envelope).expect("renders");
        assert_eq!(first, render(&mail, &envelope).expect("renders"));
        let other = Envelope {
            message_id: message_id(b"key", "other", "example.org"),
            ..envelope
        };
        let second = render(&mail, &other).expect("renders");
        let thread = |bytes: &[u8]| {
            MessageParser::default()
                .parse(bytes)
                .and_then(|m| m.in_reply_to().as_text().map(str::to_owned))
        };
        assert!(thread(&first.bytes).is_some());
        assert_eq!(thread(&first.bytes), thread(&second.bytes));
    }

    #[test]
    fn the_id_depends_on_key_and_identity_alone() {
        let id = message_id(b"key", "The quick brown fox jumps over the lazy dog", "h");
        // The well-known HMAC-SHA256 example for this key and text.
        assert_eq!(id, "f7bc83f430538424b13298e6aa6fb143@h");
    }

    #[test]
    fn a_bad_address_is_named() {
        let (mail, mut envelope) = sample();
        envelope.to_address = "nobody\r\nBcc: x@example.org".into();
        assert!(
            render(&mail, &envelope)
                .expect_err("refused")
                .to_string()
                .contains("nobody")
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_text_breaks_out_of_its_place(name in "\\PC{0,40}|[\\r\\n\\x00\\u{202e}a-z:]{0,60}", number in "[\\r\\n<>\"&a-z:𠮷]{0,200}") {
            let (mut mail, mut envelope) = sample();
            mail.recipient_name.clone_from(&name);
            mail.subject_no = number.clone();
            mail.kind_zh = number;
            envelope.to_name = name;
            let rendered = render(&mail, &envelope).expect("renders");
            let parsed = MessageParser::default().parse(&rendered.bytes).expect("parses");
            prop_assert_eq!(parsed.to().map_or(0, |to| to.clone().into_list().len()), 1);
            prop_assert!(parsed.bcc().is_none());
            let html = parsed.body_html(0).expect("an HTML part");
            prop_assert!(!html.contains("<script"));
        }
    }
}
