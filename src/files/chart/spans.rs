//! From the quickest to the slowest, with the middle and the limit: one line each.

use super::stacked::short;
use super::{Sheet, WIDTH, axis, text};
use std::fmt::Write as _;

/// A chart of spans.
#[derive(Debug, Clone)]
pub struct Spans {
    /// Begins the ids of the drawing.
    pub name: &'static str,
    /// Title over the chart.
    pub title: String,
    /// What the numbers are, e.g. `个工作日`.
    pub unit: String,
    /// The lines, top to bottom.
    pub lines: Vec<Reach>,
}

/// One line.
#[derive(Debug, Clone)]
pub struct Reach {
    /// What it is about.
    pub label: String,
    /// The least, the middle and the most; none where it is not told.
    pub spread: Option<(f64, f64, f64)>,
    /// The limit.
    pub limit: Option<f64>,
    /// Words at its end.
    pub said: String,
}

const LABEL: u32 = 200;
const WORDS: u32 = 270;
const TOP: u32 = 88;
const ROW: u32 = 34;

impl Spans {
    /// Draws it; the same chart gives the same bytes.
    pub fn svg(&self) -> String {
        let bottom = TOP + ROW * u32::try_from(self.lines.len()).unwrap_or(0);
        let told: Vec<String> = self
            .lines
            .iter()
            .map(|line| format!("{}：{}", line.label, line.said))
            .collect();
        let sheet = Sheet {
            name: self.name,
            title: &self.title,
            description: &told.join("；"),
            bottom: bottom + 20,
            notes: &[],
        };
        let most = |line: &Reach| {
            let slowest = line.spread.map_or(0.0, |(.., most)| most);
            slowest.max(line.limit.unwrap_or(0.0))
        };
        // Four steps of whole days.
        let full = (self.lines.iter().map(most).fold(1.0, f64::max) / 4.0).ceil() * 4.0;
        sheet.drawn(|out| {
            legend(out);
            axis(out, (LABEL, room()), (TOP, bottom), |part| {
                format!("{:.0}", full * part)
            });
            text(
                out,
                WIDTH - WORDS + 24,
                bottom + 16,
                &self.unit,
                r##"font-size="11" fill="#444444""##,
            );
            for (at, line) in (0..).zip(&self.lines) {
                draw(out, line, TOP + ROW * at, full);
            }
        })
    }
}

fn place(value: f64, full: f64) -> f64 {
    f64::from(LABEL) + room() * value / full
}

fn room() -> f64 {
    f64::from(WIDTH - LABEL - WORDS)
}

/// Line from the least to the most, a full lozenge in the middle, a broken stroke for the limit.
fn legend(out: &mut String) {
    reach(out, 24.0, 70.0, 58);
    text(out, 80, 62, "最短至最长", "");
    lozenge(out, 214.0, 58);
    text(out, 230, 62, "中位数", "");
    stroke(out, 334.0, 46);
    text(out, 344, 62, "限期", "");
}

fn reach(out: &mut String, from: f64, to: f64, y: u32) {
    writeln!(
        out,
        r##"<path d="M{from:.1} {top}V{low}M{from:.1} {y}H{to:.1}M{to:.1} {top}V{low}" stroke="#5b6b7a" stroke-width="3" fill="none"/>"##,
        top = y - 6,
        low = y + 6,
    )
    .expect("a string takes all");
}

fn lozenge(out: &mut String, x: f64, y: u32) {
    writeln!(
        out,
        r##"<path d="M{x:.1} {top}l7 7l-7 7l-7 -7z" fill="#1d4f91" stroke="#ffffff"/>"##,
        top = y - 7,
    )
    .expect("a string takes all");
}

fn stroke(out: &mut String, x: f64, y: u32) {
    writeln!(
        out,
        r##"<line x1="{x:.1}" y1="{y}" x2="{x:.1}" y2="{low}" stroke="#1a1a1a" stroke-width="2" stroke-dasharray="4 3"/>"##,
        low = y + 24,
    )
    .expect("a string takes all");
}

fn draw(out: &mut String, line: &Reach, y: u32, full: f64) {
    text(
        out,
        LABEL - 14,
        y + 20,
        &short(&line.label),
        r#"text-anchor="end" font-size="12""#,
    );
    if let Some((least, middle, most)) = line.spread {
        reach(out, place(least, full), place(most, full), y + 16);
        if let Some(limit) = line.limit {
            stroke(out, place(limit, full), y + 4);
        }
        lozenge(out, place(middle, full), y + 16);
    } else if let Some(limit) = line.limit {
        stroke(out, place(limit, full), y + 4);
    }
    text(out, WIDTH - WORDS + 24, y + 20, &line.said, r#"font-size="12""#);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_shows_its_ends_its_middle_and_its_limit() {
        let line = |label: &str, spread, limit| Reach {
            label: label.to_owned(),
            spread,
            limit,
            said: "中位 3".to_owned(),
        };
        let chart = Spans {
            name: "steps",
            title: "用时".to_owned(),
            unit: "个工作日".to_owned(),
            lines: vec![
                line("结论归入<档案>", Some((1.0, 3.0, 10.0)), Some(5.0)),
                line("样本不足", None, None),
            ],
        };
        let drawn = chart.svg();
        assert!(drawn.contains("结论归入&lt;档案&gt;") && !drawn.contains("<档案>"));
        // The scale goes on to the next whole step: 12 at 200 + 430, and 10 before it.
        assert!(drawn.contains("H558.3"), "{drawn}");
        assert!(drawn.contains("M307.5 "), "the middle: {drawn}");
        assert!(drawn.contains(r#"x1="379.2""#), "the limit: {drawn}");
        for (at, step) in [
            ("200.0", "0"),
            ("307.5", "3"),
            ("415.0", "6"),
            ("522.5", "9"),
            ("630.0", "12"),
        ] {
            let told = format!(r#"x="{at}" y="#);
            let line = drawn.lines().find(|line| line.contains(&told)).expect("a step");
            assert!(
                line.contains(&format!(">{step}</text>")),
                "{step} stands where it is: {line}"
            );
        }
        assert!(drawn.contains("样本不足：中位 3"));
    }
}
