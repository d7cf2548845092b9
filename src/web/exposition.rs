//! The text form in which a monitoring system collects numbers (Prometheus exposition format 0.0.4).

use crate::app::health::Figures;
use std::fmt::Write as _;

/// What the answer is announced as.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

const WRITES: &str = "a String takes all text";

/// Writes all figures. Labels are words of this program only: no names, numbers or addresses.
pub(super) fn write(figures: &Figures) -> String {
    let mut page = Page::default();
    page.family("rongcuo_build_info", "gauge", "Version of the program.");
    page.sample(&[("version", env!("CARGO_PKG_VERSION"))], 1);
    page.family("rongcuo_obligations_open", "gauge", "Open obligations by kind.");
    page.by("kind", &figures.open);
    page.family(
        "rongcuo_obligations_lapsed",
        "gauge",
        "Open obligations past their due day, by kind.",
    );
    page.by("kind", &figures.lapsed);
    page.family("rongcuo_alerts_total", "counter", "Reminders decided, by outcome.");
    page.sample(&[("outcome", "sent")], figures.alerts.sent);
    page.sample(&[("outcome", "merged")], figures.alerts.merged);
    page.sample(&[("outcome", "no_recipient")], figures.alerts.no_recipient);
    page.sample(&[("outcome", "silenced")], figures.alerts.silenced);
    page.sample(&[("outcome", "inhibited")], figures.alerts.inhibited);
    let (running, held_back) = figures.silences;
    page.family("rongcuo_silences", "gauge", "Silences in force.");
    page.sample(&[], running);
    page.family(
        "rongcuo_alerts_held_back",
        "gauge",
        "Reminders of open matters that silences in force hold back.",
    );
    page.sample(&[], held_back);
    page.family("rongcuo_mails", "gauge", "Mails by state.");
    for state in ["pending", "leased", "sent", "held"] {
        let found = figures.mails.iter().find(|(word, _)| word == state);
        page.sample(&[("state", state)], found.map_or(0, |(_, count)| *count));
    }
    page.family(
        "rongcuo_mail_attempts_in_doubt_total",
        "counter",
        "Attempts to send whose end nobody knows.",
    );
    page.sample(&[], figures.in_doubt);
    page.family(
        "rongcuo_mail_oldest_waiting_seconds",
        "gauge",
        "Age of the oldest mail not sent; 0 when none waits.",
    );
    page.sample(&[], figures.oldest_waiting);
    if let Some(age) = figures.tick_age {
        page.family(
            "rongcuo_last_tick_age_seconds",
            "gauge",
            "Time since a pass of reconcile was last completed.",
        );
        page.sample(&[], age);
    }
    page.family(
        "rongcuo_calendar_days_covered",
        "gauge",
        "Days ahead that an official notice covers.",
    );
    page.sample(&[], figures.days_covered);
    page.family("rongcuo_findings_open", "gauge", "Findings that are not closed.");
    page.sample(&[], figures.findings);
    page.family(
        "rongcuo_heartbeats_total",
        "counter",
        "Heartbeats of this process, by whether they were answered.",
    );
    let (answered, failed) = figures.heartbeats;
    page.sample(&[("outcome", "answered")], answered);
    page.sample(&[("outcome", "failed")], failed);
    page.text
}

#[derive(Default)]
struct Page {
    text: String,
    name: &'static str,
}

impl Page {
    fn family(&mut self, name: &'static str, kind: &str, help: &str) {
        self.name = name;
        write!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}\n").expect(WRITES);
    }

    fn by(&mut self, label: &str, counts: &[(String, i64)]) {
        for (value, count) in counts {
            self.sample(&[(label, value)], count);
        }
    }

    fn sample(&mut self, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let labels: Vec<String> = labels
            .iter()
            .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
            .collect();
        let labels = if labels.is_empty() {
            String::new()
        } else {
            format!("{{{}}}", labels.join(","))
        };
        writeln!(self.text, "{}{labels} {value}", self.name).expect(WRITES);
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_escaped() {
        let figures = Figures {
            open: vec![("a\\b\"c\nd".to_owned(), 2)],
            ..Figures::default()
        };
        let text = write(&figures);
        assert!(
            text.contains("rongcuo_obligations_open{kind=\"a\\\\b\\\"c\\nd\"} 2\n"),
            "{text}"
        );
        assert!(
            !text.contains("rongcuo_last_tick_age_seconds"),
            "no tick, no age: {text}"
        );
    }
}
