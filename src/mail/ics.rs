//! A deadline as calendar programs take it in (RFC 5545, RFC 5546): an all-day event that a later mail about the same
//! deadline moves or takes away. The crates for this would bring the machine's clock with them.

use crate::domain::time::Moment;
use chrono::NaiveDate;

/// A deadline in a reader's calendar. Names no person and no matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// The same for every mail about one deadline.
    pub uid: String,
    /// Raised when it moves or is taken away.
    pub sequence: u32,
    /// The due day.
    pub day: NaiveDate,
    /// One line.
    pub summary: String,
    /// What to do.
    pub description: String,
    /// Page to do it on; empty for none.
    pub url: String,
}

/// Octets of a line before it must be folded.
const LINE: usize = 75;

/// What a calendar program is to do with the deadlines of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Take them in, or move them.
    Publish,
    /// Take them away.
    Cancel,
}

impl Method {
    /// The word of the format.
    pub fn word(self) -> &'static str {
        match self {
            Self::Publish => "PUBLISH",
            Self::Cancel => "CANCEL",
        }
    }

    /// The name of the file.
    pub fn file(self) -> &'static str {
        match self {
            Self::Publish => "deadline.ics",
            Self::Cancel => "cancelled.ics",
        }
    }
}

/// Who puts deadlines into calendars, and when.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// Name of the site.
    pub site: &'a str,
    /// Address the mails come from.
    pub sender: &'a str,
    /// When they were put together.
    pub at: Moment,
}

/// The calendar file with these deadlines.
pub fn calendar(by: By<'_>, method: Method, deadlines: &[Deadline]) -> String {
    let mut out = String::new();
    let mut line = |name: &str, value: &str| fold(&mut out, &format!("{name}:{value}"));
    line("BEGIN", "VCALENDAR");
    line("VERSION", "2.0");
    line("PRODID", &format!("-//rongcuo//{}//ZH", escaped(by.site)));
    line("METHOD", method.word());
    let stamp = by.at.local().naive_utc().format("%Y%m%dT%H%M%SZ").to_string();
    for deadline in deadlines {
        line("BEGIN", "VEVENT");
        line("UID", &deadline.uid);
        line("DTSTAMP", &stamp);
        line("ORGANIZER", &format!("mailto:{}", by.sender));
        line("SEQUENCE", &deadline.sequence.to_string());
        line("DTSTART;VALUE=DATE", &deadline.day.format("%Y%m%d").to_string());
        if let Some(next) = deadline.day.succ_opt() {
            line("DTEND;VALUE=DATE", &next.format("%Y%m%d").to_string());
        }
        line("SUMMARY", &escaped(&deadline.summary));
        line("DESCRIPTION", &escaped(&deadline.description));
        if !deadline.url.is_empty() {
            line("URL", &deadline.url);
        }
        if method == Method::Cancel {
            line("STATUS", "CANCELLED");
        }
        // It takes no time of the day away.
        line("TRANSP", "TRANSPARENT");
        line("END", "VEVENT");
    }
    line("END", "VCALENDAR");
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Writes a line, broken between characters so that no piece is too long.
fn fold(out: &mut String, line: &str) {
    let mut width = 0;
    for c in line.chars() {
        if width + c.len_utf8() > LINE {
            out.push_str("\r\n ");
            width = 1;
        }
        width += c.len_utf8();
        out.push(c);
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deadline() -> Deadline {
        Deadline {
            uid: "o-1@yunchuan.example".to_owned(),
            sequence: 2,
            day: NaiveDate::from_ymd_opt(2026, 12, 31).expect("a day"),
            summary: "结论归入廉政档案 RC-1; 第二次, 变动".to_owned(),
            description: "将结论性认定意见归入廉政档案，".repeat(9),
            url: String::new(),
        }
    }

    fn by() -> By<'static> {
        By {
            site: "云川市委组织部",
            sender: "rongcuo@yunchuan.example",
            at: Moment::from_millis(0),
        }
    }

    #[test]
    fn what_is_taken_away_says_so_and_for_whom() {
        let text = calendar(by(), Method::Cancel, &[deadline()]);
        for line in [
            "METHOD:CANCEL\r\n",
            "STATUS:CANCELLED\r\n",
            "UID:o-1@yunchuan.example\r\n",
            "ORGANIZER:mailto:rongcuo@yunchuan.example\r\n",
        ] {
            assert!(text.contains(line), "{text}");
        }
        assert!(!calendar(by(), Method::Publish, &[deadline()]).contains("CANCEL"));
    }

    #[test]
    fn lines_are_short_and_whole_when_unfolded() {
        let text = calendar(by(), Method::Publish, &[deadline()]);
        assert!(text.lines().all(|line| line.len() <= LINE), "{text}");
        assert!(text.ends_with("END:VCALENDAR\r\n") && !text.replace("\r\n", "").contains('\n'));
        let whole = text.replace("\r\n ", "");
        assert!(whole.contains(&format!("DESCRIPTION:{}\r\n", deadline().description)));
        assert!(
            whole.contains("SUMMARY:结论归入廉政档案 RC-1\\; 第二次\\, 变动\r\n"),
            "{whole}"
        );
        // The end of an all-day event is the day after: 1 January.
        assert!(whole.contains("DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n"));
        assert!(whole.contains("DTSTAMP:19700101T000000Z\r\n"));
    }
}
