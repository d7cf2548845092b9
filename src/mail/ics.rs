//! A deadline as calendar programs take it in (RFC 5545): an all-day event that a later mail about the same deadline
//! moves. The crates for this would bring the machine's clock with them.

use crate::domain::time::Moment;
use chrono::NaiveDate;

/// A deadline in a reader's calendar. Names no person and no matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// The same for every mail about one deadline.
    pub uid: String,
    /// Raised when it moves.
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

/// The calendar file with these deadlines; `at` is when they were put together.
pub fn calendar(site: &str, deadlines: &[Deadline], at: Moment) -> String {
    let mut out = String::new();
    let mut line = |name: &str, value: &str| fold(&mut out, &format!("{name}:{value}"));
    line("BEGIN", "VCALENDAR");
    line("VERSION", "2.0");
    line("PRODID", &format!("-//rongcuo//{}//ZH", escaped(site)));
    line("METHOD", "PUBLISH");
    let stamp = at.local().naive_utc().format("%Y%m%dT%H%M%SZ").to_string();
    for deadline in deadlines {
        line("BEGIN", "VEVENT");
        line("UID", &deadline.uid);
        line("DTSTAMP", &stamp);
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

    #[test]
    fn lines_are_short_and_whole_when_unfolded() {
        let text = calendar("云川市委组织部", &[deadline()], Moment::from_millis(0));
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
