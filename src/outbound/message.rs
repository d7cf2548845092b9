//! What a channel says, made so that it cannot say more: kind, number and day; the rest is behind the link.

use crate::domain::time::day_zh;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A message, finished but for its looks.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
pub struct Message {
    /// The same for every attempt, so that a receiver can tell a repeat.
    pub id: String,
    /// One line.
    pub title: String,
    /// What must be done.
    pub kind: String,
    /// Number of the case or item; empty where there is none.
    pub number: String,
    /// The day it is due.
    pub day: Option<NaiveDate>,
    /// Where to read on.
    pub link: String,
}

/// How a robot shows a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    /// Plain lines.
    Text,
    /// Headed lines with a link.
    Markdown,
}

/// A message as a document for other programs.
#[derive(Debug, Serialize)]
pub(super) struct Document<'a> {
    id: &'a str,
    title: &'a str,
    text: String,
    kind: &'a str,
    number: &'a str,
    day: Option<String>,
    link: &'a str,
}

impl Message {
    /// Kind, number and day in one line.
    pub fn text(&self) -> String {
        let mut text = self.kind.clone();
        if !self.number.is_empty() {
            text.push(' ');
            text.push_str(&self.number);
        }
        if let Some(day) = self.day {
            text.push_str("，应于 ");
            text.push_str(&day_zh(day));
        }
        text
    }

    pub(super) fn document(&self) -> Document<'_> {
        Document {
            id: &self.id,
            title: &self.title,
            text: self.text(),
            kind: &self.kind,
            number: &self.number,
            day: self.day.map(|day| day.to_string()),
            link: &self.link,
        }
    }

    /// What a robot shows, in at most `bytes`.
    pub(super) fn shown(&self, looks: Looks, bytes: usize) -> String {
        // The link is what must not be cut; it comes from the configuration and an id.
        let room = bytes.saturating_sub(self.link.len() + 32);
        match looks {
            Looks::Text => {
                let lines = format!("{}\n{}", self.title, self.text());
                format!("{}\n{}", cut(&lines, room), self.link)
            }
            Looks::Markdown => {
                let lines = format!("**{}**\n\n{}", plain(&self.title), plain(&self.text()));
                format!("{}\n\n[查看]({})", cut(&lines, room), self.link)
            }
        }
    }
}

/// Without what the robots read as mark-up or as calling somebody.
pub(super) fn plain(text: &str) -> String {
    let swap = |c: char| match c {
        '[' => '［',
        ']' => '］',
        '<' => '＜',
        '>' => '＞',
        '*' => '＊',
        '`' => '｀',
        '#' => '＃',
        '\\' => '＼',
        c if c.is_control() => ' ',
        c => c,
    };
    text.chars().map(swap).collect()
}

fn cut(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let mut end = bytes;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::outbound) fn message() -> Message {
        Message {
            id: "a1b2".to_owned(),
            title: "【紧急】归入人事档案 RC-2：\"逾期\" 1 个工作日".to_owned(),
            kind: "结论归入干部人事档案".to_owned(),
            number: "RC-2".to_owned(),
            day: NaiveDate::from_ymd_opt(2026, 9, 30),
            link: "http://127.0.0.1:8087/obligations/x".to_owned(),
        }
    }

    #[test]
    fn the_text_is_kind_number_and_day() {
        assert_eq!(message().text(), "结论归入干部人事档案 RC-2，应于 2026年9月30日");
        let bare = Message {
            number: String::new(),
            day: None,
            ..message()
        };
        assert_eq!(bare.text(), "结论归入干部人事档案");
    }

    #[test]
    fn a_long_title_is_cut_and_the_link_is_whole() {
        let long = Message {
            title: "长".repeat(5000),
            ..message()
        };
        for looks in [Looks::Text, Looks::Markdown] {
            let shown = long.shown(looks, 2048);
            assert!(
                shown.len() <= 2048 && shown.contains("/obligations/x"),
                "{}",
                shown.len()
            );
        }
    }

    #[test]
    fn markup_in_a_title_is_only_text() {
        let odd = Message {
            title: "<@all> [x](http://evil.example) **b**".to_owned(),
            ..message()
        };
        let shown = odd.shown(Looks::Markdown, 2048);
        assert!(!shown.contains("<@") && !shown.contains("[x]"), "{shown}");
    }
}
