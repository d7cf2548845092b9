//! Makes the finished bytes of a mail. Equal input gives equal bytes, so a repeat is the same mail.

use super::clean;
use super::ics::{self, By, Deadline, Method};
use super::message::{AlertItem, AlertMail, Envelope, RenderError, Rendered, digest};
use crate::domain::time::Moment;
use askama::Template;
use lettre::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use std::time::SystemTime;

pub(super) const NAME_CHARS: usize = 40;
pub(super) const PHRASE_CHARS: usize = 80;
pub(super) const TEXT_CHARS: usize = 600;
const LINK_CHARS: usize = 1000;
/// Lines of a summary or a reckoning that a mail shows; the page has all.
const LINES: usize = 120;

#[derive(Template)]
#[template(path = "alert/body.txt")]
struct Text<'a> {
    m: &'a AlertMail,
    name: &'a str,
    mark: &'a str,
    word: &'a str,
    decided: &'a str,
    item_count: usize,
    cut_items: usize,
    cut_days: usize,
}

#[derive(Template)]
#[template(path = "alert/body.html")]
struct Html<'a> {
    m: &'a AlertMail,
    subject: &'a str,
    name: &'a str,
    mark: &'a str,
    word: &'a str,
    class: &'a str,
    back: &'a str,
    front: &'a str,
    decided: &'a str,
    item_count: usize,
    cut_items: usize,
    cut_days: usize,
}

/// Makes a mail with a text part and an HTML part for one recipient.
pub fn render(mail: &AlertMail, envelope: &Envelope) -> Result<Rendered, RenderError> {
    let addressed = Addressed::read(envelope)?;
    let content = cleaned(mail)?;
    let subject = subject_of(&content);
    let bodies = Bodies::of(mail, &content, &subject)?;
    let deadlines: Vec<Deadline> = content.deadline.iter().cloned().collect();
    let calendars = addressed.calendars(&content.site, &[(Method::Publish, &deadlines)], envelope.date);
    let bytes = assemble(&addressed, &subject, bodies, calendars, envelope.date)?;
    Ok(Rendered { subject, bytes })
}

/// Kind, number, state and day: never the matter, and the unit or the person only where the site says so.
fn subject_of(mail: &AlertMail) -> String {
    let due = mail
        .due_zh
        .as_ref()
        .map(|day| format!("，应于 {day}"))
        .unwrap_or_default();
    let what = format!("{} {}", mail.kind_zh, mail.subject_no);
    let about = mail
        .about
        .as_ref()
        .map(|about| format!("（{about}）"))
        .unwrap_or_default();
    clean::line(
        &format!(
            "【{}】{}{about}：{}{due}",
            mail.severity.zh(),
            what.trim(),
            mail.point_zh
        ),
        3 * PHRASE_CHARS,
    )
}

fn cleaned(mail: &AlertMail) -> Result<AlertMail, RenderError> {
    let phrase = |text: &str| clean::line(text, PHRASE_CHARS);
    let text = |text: &str| clean::line(text, TEXT_CHARS);
    Ok(AlertMail {
        site: phrase(&mail.site),
        kind_zh: phrase(&mail.kind_zh),
        subject_no: phrase(&mail.subject_no),
        about: mail.about.as_deref().map(phrase).filter(|about| !about.is_empty()),
        point_zh: phrase(&mail.point_zh),
        severity: mail.severity,
        due_zh: mail.due_zh.as_deref().map(phrase),
        certainty_zh: mail.certainty_zh.as_deref().map(text),
        facts: mail
            .facts
            .iter()
            .take(LINES)
            .map(|(label, said)| (phrase(label), text(said)))
            .collect(),
        clause: text(&mail.clause),
        basis_zh: mail.basis_zh.as_deref().map(phrase),
        reckoning: mail
            .reckoning
            .iter()
            .take(LINES)
            .map(|(day, remark)| (phrase(day), phrase(remark)))
            .collect(),
        action_zh: text(&mail.action_zh),
        link: web_link(&mail.link)?,
        answer: web_link(&mail.answer)?,
        recipient_name: clean::line(&mail.recipient_name, NAME_CHARS),
        reason_zh: text(&mail.reason_zh),
        items: mail
            .items
            .iter()
            .take(LINES)
            .map(|item| summary_line(item, phrase))
            .collect(),
        deadline: mail.deadline.as_ref().map(tidied),
        decided_at: mail.decided_at,
    })
}

/// A deadline whose texts are lines of bounded length.
pub(super) fn tidied(deadline: &Deadline) -> Deadline {
    Deadline {
        uid: deadline.uid.chars().filter(|c| is_id_char(*c) || *c == '@').collect(),
        summary: clean::line(&deadline.summary, 3 * PHRASE_CHARS),
        description: clean::line(&deadline.description, TEXT_CHARS),
        url: web_link(&deadline.url).unwrap_or_default(),
        ..deadline.clone()
    }
}

fn summary_line(item: &AlertItem, phrase: impl Fn(&str) -> String) -> AlertItem {
    AlertItem {
        number: phrase(&item.number),
        kind_zh: phrase(&item.kind_zh),
        due_zh: phrase(&item.due_zh),
    }
}

/// Only web addresses: another scheme in a link could run something.
pub(super) fn web_link(link: &str) -> Result<String, RenderError> {
    let link = link.trim();
    let web = link.starts_with("https://") || link.starts_with("http://");
    let odd = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | '"');
    if link.is_empty()
        || (web && !link.contains(odd) && link.len() <= LINK_CHARS && clean::line(link, LINK_CHARS) == link)
    {
        return Ok(link.to_owned());
    }
    Err(RenderError::Link(clean::line(link, PHRASE_CHARS)))
}

pub(super) struct Bodies {
    pub(super) text: String,
    pub(super) html: String,
}

impl Bodies {
    fn of(mail: &AlertMail, content: &AlertMail, subject: &str) -> Result<Self, RenderError> {
        let name = if content.recipient_name.is_empty() {
            "收件人"
        } else {
            &content.recipient_name
        };
        let (mark, word) = (content.severity.mark(), content.severity.zh());
        let (back, front) = content.severity.colours();
        let decided = content.decided_at.local().format("%Y年%-m月%-d日 %H:%M").to_string();
        let item_count = mail.items.len();
        let cut_items = mail.items.len().saturating_sub(LINES);
        let cut_days = mail.reckoning.len().saturating_sub(LINES);
        let class = content.severity.class();
        let text = Text {
            m: content,
            name,
            mark,
            word,
            decided: &decided,
            item_count,
            cut_items,
            cut_days,
        };
        let html = Html {
            m: content,
            subject,
            name,
            mark,
            word,
            class,
            back,
            front,
            decided: &decided,
            item_count,
            cut_items,
            cut_days,
        };
        let failed = |error: askama::Error| RenderError::Build(error.to_string());
        Ok(Self {
            text: text.render().map_err(failed)?,
            html: html.render().map_err(failed)?,
        })
    }
}

/// The envelope with every part checked.
pub(super) struct Addressed {
    from: Mailbox,
    to: Mailbox,
    message_id: String,
    list_id: String,
    /// An id nobody ever sent, which all mails of one conversation refer to.
    thread: Option<String>,
}

impl Addressed {
    pub(super) fn read(envelope: &Envelope) -> Result<Self, RenderError> {
        let refused = || RenderError::Sender(clean::line(&envelope.from, PHRASE_CHARS));
        let written: Mailbox = without_controls(&envelope.from)
            .and_then(|from| from.parse().ok())
            .ok_or_else(refused)?;
        let name = |text: &str| Some(clean::line(text, NAME_CHARS)).filter(|name| !name.is_empty());
        let to = address(&envelope.to_address)
            .ok_or_else(|| RenderError::Recipient(clean::line(&envelope.to_address, PHRASE_CHARS)))?;
        let host = id_host(&envelope.message_id)
            .ok_or_else(|| RenderError::MessageId(clean::line(&envelope.message_id, PHRASE_CHARS)))?;
        let list_id: String = envelope
            .list_id
            .chars()
            .filter(|c| is_id_char(*c))
            .take(NAME_CHARS * 2)
            .collect();
        let key = envelope.thread_key.as_str();
        Ok(Self {
            from: Mailbox::new(
                written.name.as_deref().and_then(name),
                ascii(written.email).ok_or_else(refused)?,
            ),
            to: Mailbox::new(name(&envelope.to_name), to),
            message_id: format!("<{}>", envelope.message_id),
            thread: (!key.is_empty()).then(|| format!("<{}@{host}>", digest(&["thread", host, key]))),
            list_id: format!("<{}>", if list_id.is_empty() { host } else { &list_id }),
        })
    }

    /// The calendar files of a mail: none where there is nothing to take in or to take away.
    pub(super) fn calendars(&self, site: &str, files: &[(Method, &[Deadline])], at: Moment) -> Vec<(Method, String)> {
        let sender = self.from.email.to_string();
        let by = By {
            site,
            sender: &sender,
            at,
        };
        files
            .iter()
            .filter(|(_, deadlines)| !deadlines.is_empty())
            .map(|(method, deadlines)| (*method, ics::calendar(by, *method, deadlines)))
            .collect()
    }
}

fn without_controls(text: &str) -> Option<&str> {
    (!text.contains(char::is_control)).then(|| text.trim())
}

fn address(text: &str) -> Option<Address> {
    without_controls(text)
        .and_then(|text| text.parse().ok())
        .and_then(ascii)
}

/// Only ASCII addresses and no quoted local part: every server takes them and none can carry a second address.
fn ascii(address: Address) -> Option<Address> {
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '<' | '>' | '(' | ')' | ',' | ';');
    (AsRef::<str>::as_ref(&address).chars().all(plain)).then_some(address)
}

fn id_host(id: &str) -> Option<&str> {
    let (local, host) = id.split_once('@')?;
    let good = |part: &str| !part.is_empty() && part.len() <= 120 && part.chars().all(is_id_char);
    (good(local) && good(host)).then_some(host)
}

fn is_id_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')
}

pub(super) fn assemble(
    to: &Addressed,
    subject: &str,
    bodies: Bodies,
    calendars: Vec<(Method, String)>,
    date: Moment,
) -> Result<Vec<u8>, RenderError> {
    let mut builder = Message::builder()
        // The builder asks the machine's clock when it finds no date it can read; the real one is set below.
        .date(SystemTime::UNIX_EPOCH)
        .from(to.from.clone())
        .to(to.to.clone())
        .subject(subject)
        .message_id(Some(to.message_id.clone()))
        .raw_header(header("Auto-Submitted", "auto-generated".to_owned()))
        .raw_header(header("List-Id", to.list_id.clone()));
    if let Some(thread) = &to.thread {
        builder = builder.in_reply_to(thread.clone()).references(thread.clone());
    }
    let parts = MultiPart::alternative()
        .boundary(format!("rc_{}", digest(&["boundary", &to.message_id])))
        .singlepart(SinglePart::plain(bodies.text))
        .singlepart(SinglePart::html(bodies.html));
    let whole = if calendars.is_empty() {
        parts
    } else {
        let mut mixed = MultiPart::mixed()
            .boundary(format!("rc_{}", digest(&["mixed", &to.message_id])))
            .multipart(parts);
        for (method, calendar) in calendars {
            let kind = ContentType::parse(&format!("text/calendar; charset=utf-8; method={}", method.word()))
                .map_err(|error| RenderError::Build(error.to_string()))?;
            mixed = mixed.singlepart(Attachment::new(method.file().to_owned()).body(calendar, kind));
        }
        mixed
    };
    let mut message = builder
        .multipart(whole)
        .map_err(|error| RenderError::Build(error.to_string()))?;
    message
        .headers_mut()
        .insert_raw(header("Date", date.local().to_rfc2822()));
    Ok(message.formatted())
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}
