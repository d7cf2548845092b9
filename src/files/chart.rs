//! Bars in pairs, stacked bars and spans, drawn as SVG: for a page, a report or a printer. Told apart by pattern, not by
//! colour alone.

mod spans;
mod stacked;

pub use spans::{Reach, Spans};
pub use stacked::{Stack, Stacked};

use super::docx::escape;
use std::fmt::Write as _;

/// A chart of pairs of shares.
#[derive(Debug, Clone)]
pub struct Chart {
    /// Title over the chart.
    pub title: String,
    /// What the chart shows, in words, for those who do not see it.
    pub description: String,
    /// Names of the two bars of a pair.
    pub sides: [String; 2],
    /// The pairs, top to bottom.
    pub pairs: Vec<Pair>,
    /// Lines below the chart.
    pub notes: Vec<String>,
}

/// Two shares to compare.
#[derive(Debug, Clone)]
pub struct Pair {
    /// What is compared.
    pub label: String,
    /// What the comparison came to.
    pub said: String,
    /// Percent of each side, with the words at the end of its bar; no percent, no bar.
    pub bars: [(Option<f64>, String); 2],
}

/// Begins the ids of a drawing of pairs.
const NAME: &str = "pairs";
const WIDTH: u32 = 900;
const LEFT: u32 = 150;
const BAR: u32 = 18;
/// Space of a bar's longest words.
const RIGHT: u32 = 210;
const TOP: u32 = 92;
const PAIR: u32 = 92;
const LINE: u32 = 20;

/// Draws a chart; the same chart gives the same bytes.
pub fn svg(chart: &Chart) -> String {
    let bottom = TOP + PAIR * u32::try_from(chart.pairs.len()).unwrap_or(0);
    let full = scale(&chart.pairs);
    let sheet = Sheet {
        name: NAME,
        title: &chart.title,
        description: &chart.description,
        bottom: bottom + 24,
        notes: &chart.notes,
    };
    sheet.drawn(|out| {
        legend(out, &chart.sides);
        axis(out, (LEFT, room()), (TOP, bottom), |part| format!("{}%", full * part));
        for (at, pair) in (0..).zip(&chart.pairs) {
            draw(out, pair, &chart.sides, TOP + PAIR * at, full);
        }
    })
}

/// What surrounds a drawing.
struct Sheet<'a> {
    /// Begins its ids, so that two drawings can stand on one page.
    name: &'a str,
    title: &'a str,
    description: &'a str,
    /// Where the drawing ends and the notes begin.
    bottom: u32,
    notes: &'a [String],
}

impl Sheet<'_> {
    fn drawn(&self, inside: impl FnOnce(&mut String)) -> String {
        let notes: Vec<String> = self.notes.iter().flat_map(|note| folded(note, 136)).collect();
        let height = self.bottom + 20 + LINE * u32::try_from(notes.len()).unwrap_or(0);
        let mut out = format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" aria-labelledby="{name}-title {name}-desc" font-family="'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif" font-size="13" fill="#1a1a1a">
<title id="{name}-title">{title}</title>
<desc id="{name}-desc">{description}</desc>
<defs><pattern id="{name}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="#ffffff"/><rect width="2" height="6" fill="#5b6b7a"/></pattern><pattern id="{name}-dots" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="#ffffff"/><circle cx="3" cy="3" r="1.3" fill="#1a1a1a"/></pattern></defs>
<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>
<text x="24" y="32" font-size="18" font-weight="bold">{title}</text>
"##,
            name = self.name,
            title = escape(self.title),
            description = escape(self.description),
        );
        inside(&mut out);
        for (at, note) in (0..).zip(&notes) {
            let y = self.bottom + 20 + LINE * at;
            text(&mut out, 24, y, note, r##"font-size="12" fill="#444444""##);
        }
        out.push_str("</svg>\n");
        out
    }
}

/// How parts are filled.
#[derive(Debug, Clone, Copy)]
enum Fill {
    Full,
    Hatched,
    Dotted,
    Empty,
}

impl Fill {
    const ALL: [Self; 4] = [Self::Full, Self::Hatched, Self::Dotted, Self::Empty];
}

fn text(out: &mut String, x: u32, y: u32, words: &str, attributes: &str) {
    writeln!(out, r#"<text x="{x}" y="{y}" {attributes}>{}</text>"#, escape(words)).expect("a string takes all");
}

/// A bar of the drawing of that name.
fn bar(out: &mut String, name: &str, (x, y): (f64, u32), width: f64, fill: Fill) {
    let fill = match fill {
        Fill::Full => "#1d4f91".to_owned(),
        Fill::Hatched => format!("url(#{name}-hatch)"),
        Fill::Dotted => format!("url(#{name}-dots)"),
        Fill::Empty => "#ffffff".to_owned(),
    };
    writeln!(
        out,
        r##"<rect x="{x:.1}" y="{y}" width="{width:.1}" height="{BAR}" fill="{fill}" stroke="#1a1a1a" stroke-width="1"/>"##
    )
    .expect("a string takes all");
}

fn legend(out: &mut String, sides: &[String; 2]) {
    for (side, x) in [(0, 24), (1, 324)] {
        bar(out, NAME, (f64::from(x), 50), 28.0, Fill::ALL[side]);
        text(out, x + 36, 64, &sides[side], "");
    }
}

/// Five lines from top to bottom, from nothing to the whole, with their numbers below.
fn axis(out: &mut String, (left, room): (u32, f64), (top, bottom): (u32, u32), number: impl Fn(f64) -> String) {
    for step in 0..=4 {
        let part = f64::from(step) / 4.0;
        writeln!(
            out,
            r##"<line x1="{x:.1}" y1="{top}" x2="{x:.1}" y2="{bottom}" stroke="#c8ccd0" stroke-width="1"/><text x="{x:.1}" y="{y}" font-size="11" text-anchor="middle" fill="#444444">{number}</text>"##,
            x = f64::from(left) + room * part,
            y = bottom + 16,
            number = number(part),
        )
        .expect("a string takes all");
    }
}

fn room() -> f64 {
    f64::from(WIDTH - LEFT - RIGHT)
}

fn draw(out: &mut String, pair: &Pair, sides: &[String; 2], y: u32, full: f64) {
    // A white ground keeps the words legible on the lines of the axis.
    writeln!(
        out,
        r##"<rect x="0" y="{y}" width="{WIDTH}" height="30" fill="#ffffff"/>"##
    )
    .expect("a string takes all");
    text(out, 24, y + 20, &pair.label, r#"font-size="14" font-weight="bold""#);
    text(out, WIDTH - 24, y + 20, &pair.said, r#"text-anchor="end""#);
    for (side, (percent, words)) in pair.bars.iter().enumerate() {
        let top = y + 34 + (BAR + 6) * u32::try_from(side).unwrap_or(0);
        text(
            out,
            LEFT - 10,
            top + 14,
            &sides[side],
            r#"text-anchor="end" font-size="12""#,
        );
        let width = percent.map_or(0.0, |percent| room() * percent / full);
        if percent.is_some() {
            bar(out, NAME, (f64::from(LEFT), top), width, Fill::ALL[side]);
        }
        text(out, LEFT + width as u32 + 8, top + 14, words, r#"font-size="12""#);
    }
}

/// The end of the axis: a round number of percent at or above every bar.
fn scale(pairs: &[Pair]) -> f64 {
    let most = pairs
        .iter()
        .flat_map(|pair| &pair.bars)
        .filter_map(|(percent, _)| *percent)
        .fold(0.0, f64::max);
    [4.0, 8.0, 20.0, 40.0, 60.0, 80.0]
        .into_iter()
        .find(|full| most <= *full)
        .unwrap_or(100.0)
}

/// Lines of at most so many half characters.
fn folded(words: &str, places: u32) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut taken = 0;
    for c in words.chars() {
        let own = if c.is_ascii() { 1 } else { 2 };
        // A closing mark does not begin a line.
        if taken + own > places && !"，。；：、）」".contains(c) {
            lines.push(String::new());
            taken = 0;
        }
        lines.last_mut().expect("there is one").push(c);
        taken += own;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(label: &str, percent: f64) -> Chart {
        Chart {
            title: "比对".to_owned(),
            description: "说明".to_owned(),
            sides: ["受保护人员".to_owned(), "同类人员".to_owned()],
            pairs: vec![Pair {
                label: label.to_owned(),
                said: "样本不足".to_owned(),
                bars: [(Some(percent), "1/4".to_owned()), (None, "—".to_owned())],
            }],
            notes: vec!["供人工研判。".repeat(30)],
        }
    }

    #[test]
    fn words_are_escaped_and_the_drawing_is_well_formed() {
        let drawn = svg(&chart("<script>&\"", 25.0));
        assert!(!drawn.contains("<script>") && drawn.contains("&lt;script&gt;&amp;"));
        let mut reader = quick_xml::Reader::from_str(&drawn);
        let mut depth = 0;
        loop {
            match reader.read_event().expect("well-formed") {
                quick_xml::events::Event::Start(_) => depth += 1,
                quick_xml::events::Event::End(_) => depth -= 1,
                quick_xml::events::Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(depth, 0);
        assert!(drawn.contains("<title id=\"pairs-title\">比对</title>") && drawn.contains("<desc"));
    }

    #[test]
    fn no_bar_is_longer_than_the_axis() {
        for percent in [0.0, 3.9, 4.0, 4.1, 55.0, 99.9, 100.0] {
            let full = scale(&chart("", percent).pairs);
            assert!(percent <= full && full <= 100.0, "{percent}: {full}");
        }
    }
}
