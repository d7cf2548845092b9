//! The summary of a morning: everything one reader is told that day and need not know at once.

use super::clean;
use super::ics::{Deadline, Method};
use super::message::{Envelope, RenderError, Rendered, Severity3};
use super::render::{Addressed, Bodies, NAME_CHARS, PHRASE_CHARS, TEXT_CHARS, assemble, tidied, web_link};
use crate::domain::time::Moment;
use askama::Template;

/// Lines that a summary shows; the page has all.
const LINES: usize = 120;

/// One matter of a summary. Names no person and no matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestLine {
    /// How pressing it is.
    pub severity: Severity3,
    /// What is due.
    pub kind_zh: String,
    /// Number of the case or rectification.
    pub number: String,
    /// Where it stands.
    pub standing_zh: String,
    /// By when; empty for none.
    pub due_zh: String,
    /// What to do now.
    pub action_zh: String,
    /// The clause it rests on.
    pub clause: String,
    /// Address of its page; empty for none.
    pub link: String,
    /// Address of the page on which the reader answers; empty for none.
    pub answer: String,
}

impl DigestLine {
    /// What its reader can do without signing in: only what is urgent waits for somebody to take note.
    fn answer_zh(&self) -> &'static str {
        match self.severity {
            Severity3::Urgent => "确认收悉、答复或交由他人",
            Severity3::Warn | Severity3::Info => "答复或交由他人",
        }
    }
}

/// What a summary says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestMail {
    /// Name of the site.
    pub site: String,
    /// The morning: `12月3日（周四）`.
    pub day_zh: String,
    /// Its matters, in the order they are shown within their urgency.
    pub lines: Vec<DigestLine>,
    /// That the service is alive, and how it is: label and text.
    pub health: Vec<(String, String)>,
    /// Address of the page with all matters.
    pub link: String,
    /// Name of the reader.
    pub recipient_name: String,
    /// Why this mail came to this reader.
    pub reason_zh: String,
    /// Deadlines that lie ahead, for the reader's calendar.
    pub deadlines: Vec<Deadline>,
    /// Days the reader's calendar holds of matters that are settled.
    pub gone: Vec<Deadline>,
    /// When it was put together.
    pub decided_at: Moment,
}

impl DigestMail {
    /// Whether it brings nothing but days to be taken away.
    fn is_of_calendar(&self) -> bool {
        self.lines.is_empty() && self.health.is_empty() && !self.gone.is_empty()
    }
}

struct Group<'a> {
    mark: &'static str,
    word: &'static str,
    class: &'static str,
    back: &'static str,
    front: &'static str,
    lines: Vec<&'a DigestLine>,
}

struct Light {
    mark: &'static str,
    word: &'static str,
    class: &'static str,
    back: &'static str,
    front: &'static str,
    count: usize,
}

#[derive(Template)]
#[template(path = "digest/body.txt")]
struct Text<'a> {
    m: &'a DigestMail,
    name: &'a str,
    lights: &'a [Light],
    groups: &'a [Group<'a>],
    cut: usize,
    decided: &'a str,
}

#[derive(Template)]
#[template(path = "digest/body.html")]
struct Html<'a> {
    m: &'a DigestMail,
    subject: &'a str,
    name: &'a str,
    lights: &'a [Light],
    groups: &'a [Group<'a>],
    cut: usize,
    decided: &'a str,
}

const ORDER: [Severity3; 3] = [Severity3::Urgent, Severity3::Warn, Severity3::Info];

/// Makes the summary for one reader.
///
/// # Errors
/// An address or a link of the envelope is none.
pub fn render_digest(mail: &DigestMail, envelope: &Envelope) -> Result<Rendered, RenderError> {
    let addressed = Addressed::read(envelope)?;
    let content = cleaned(mail)?;
    let count = |severity| mail.lines.iter().filter(|line| line.severity == severity).count();
    let subject = subject(&content, count);
    let lights: Vec<Light> = ORDER
        .into_iter()
        .map(|severity| {
            let (back, front) = severity.colours();
            Light {
                mark: severity.mark(),
                word: severity.zh(),
                class: severity.class(),
                back,
                front,
                count: count(severity),
            }
        })
        .collect();
    let groups: Vec<Group<'_>> = lights
        .iter()
        .zip(ORDER)
        .map(|(light, severity)| Group {
            mark: light.mark,
            word: light.word,
            class: light.class,
            back: light.back,
            front: light.front,
            lines: content.lines.iter().filter(|line| line.severity == severity).collect(),
        })
        .filter(|group| !group.lines.is_empty())
        .collect();
    let name = if content.recipient_name.is_empty() {
        "收件人"
    } else {
        &content.recipient_name
    };
    let decided = content.decided_at.local().format("%Y年%-m月%-d日 %H:%M").to_string();
    let cut = mail.lines.len().saturating_sub(LINES);
    let failed = |error: askama::Error| RenderError::Build(error.to_string());
    let text = Text {
        m: &content,
        name,
        lights: &lights,
        groups: &groups,
        cut,
        decided: &decided,
    };
    let html = Html {
        m: &content,
        subject: &subject,
        name,
        lights: &lights,
        groups: &groups,
        cut,
        decided: &decided,
    };
    let bodies = Bodies {
        text: text.render().map_err(failed)?,
        html: html.render().map_err(failed)?,
    };
    // Programs that act on one file of a mail act on the last.
    let files: [(Method, &[Deadline]); 2] = [(Method::Cancel, &content.gone), (Method::Publish, &content.deadlines)];
    let calendars = addressed.calendars(&content.site, &files, envelope.date);
    let bytes = assemble(&addressed, &subject, bodies, calendars, envelope.date)?;
    Ok(Rendered { subject, bytes })
}

fn subject(mail: &DigestMail, count: impl Fn(Severity3) -> usize) -> String {
    let counts: Vec<String> = ORDER
        .into_iter()
        .filter(|severity| count(*severity) > 0)
        .map(|severity| format!("{} {}", severity.zh(), count(severity)))
        .collect();
    if mail.is_of_calendar() {
        let gone = mail.gone.len();
        let said = format!("【日历更新】{}：{gone} 项已办结或不再要求", mail.day_zh);
        return clean::line(&said, 3 * PHRASE_CHARS);
    }
    let what = if counts.is_empty() {
        "没有待办提醒".to_owned()
    } else {
        format!("{} 项", counts.join("、"))
    };
    clean::line(&format!("【早间汇总】{}：{what}", mail.day_zh), 3 * PHRASE_CHARS)
}

fn cleaned(mail: &DigestMail) -> Result<DigestMail, RenderError> {
    let phrase = |text: &str| clean::line(text, PHRASE_CHARS);
    let text = |text: &str| clean::line(text, TEXT_CHARS);
    let mut lines: Vec<&DigestLine> = mail.lines.iter().collect();
    // What is cut is the least pressing.
    lines.sort_by_key(|line| ORDER.iter().position(|severity| *severity == line.severity));
    Ok(DigestMail {
        site: phrase(&mail.site),
        day_zh: phrase(&mail.day_zh),
        lines: lines
            .into_iter()
            .take(LINES)
            .map(|line| {
                Ok(DigestLine {
                    severity: line.severity,
                    kind_zh: phrase(&line.kind_zh),
                    number: phrase(&line.number),
                    standing_zh: phrase(&line.standing_zh),
                    due_zh: phrase(&line.due_zh),
                    action_zh: text(&line.action_zh),
                    clause: text(&line.clause),
                    link: web_link(&line.link)?,
                    answer: web_link(&line.answer)?,
                })
            })
            .collect::<Result<_, RenderError>>()?,
        health: mail
            .health
            .iter()
            .map(|(label, said)| (phrase(label), text(said)))
            .collect(),
        link: web_link(&mail.link)?,
        recipient_name: clean::line(&mail.recipient_name, NAME_CHARS),
        reason_zh: text(&mail.reason_zh),
        deadlines: mail.deadlines.iter().take(LINES).map(tidied).collect(),
        gone: mail.gone.iter().take(LINES).map(tidied).collect(),
        decided_at: mail.decided_at,
    })
}
