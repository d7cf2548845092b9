//! Bars of several parts, one bar a line: how many of each sort.

use super::{Fill, Sheet, WIDTH, bar, text};

/// A chart of bars in parts.
#[derive(Debug, Clone)]
pub struct Stacked {
    /// Begins the ids of the drawing.
    pub name: &'static str,
    /// Title over the chart.
    pub title: String,
    /// Names of the parts, at most four.
    pub parts: Vec<String>,
    /// The bars, top to bottom.
    pub bars: Vec<Stack>,
}

/// One bar.
#[derive(Debug, Clone)]
pub struct Stack {
    /// What it is about.
    pub label: String,
    /// How many of each part, in their order.
    pub counts: Vec<u32>,
    /// Words at its end, behind the counts.
    pub said: String,
}

/// Space of a bar's label.
const LABEL: u32 = 200;
/// Space of a bar's words.
const WORDS: u32 = 250;
const TOP: u32 = 84;
const ROW: u32 = 30;
/// Bars that are drawn; the table has them all.
const MOST: usize = 40;

impl Stacked {
    /// Draws it; the same chart gives the same bytes.
    pub fn svg(&self) -> String {
        let shown = &self.bars[..self.bars.len().min(MOST)];
        let bottom = TOP + ROW * u32::try_from(shown.len()).unwrap_or(0);
        let is_cut = self.bars.len() > shown.len();
        let cut = is_cut.then(|| format!("图中只画前 {MOST} 行，其余见表。"));
        let told: Vec<String> = shown.iter().map(|one| self.words(one)).collect();
        let sheet = Sheet {
            name: self.name,
            title: &self.title,
            description: &told.join("；"),
            bottom,
            notes: cut.as_slice(),
        };
        let full = shown.iter().map(total).max().unwrap_or(0).max(1);
        sheet.drawn(|out| {
            for (at, (part, fill)) in (0..).zip(self.parts.iter().zip(Fill::ALL)) {
                let x = 24 + 200 * at;
                bar(out, self.name, (f64::from(x), 48), 28.0, fill);
                text(out, x + 36, 62, part, "");
            }
            for (at, one) in (0..).zip(shown) {
                self.draw(out, one, TOP + ROW * at, full);
            }
        })
    }

    fn draw(&self, out: &mut String, one: &Stack, y: u32, full: u32) {
        let end = r#"text-anchor="end" font-size="12""#;
        text(out, LABEL - 10, y + 14, &short(&one.label), end);
        let room = f64::from(WIDTH - LABEL - WORDS);
        let mut x = f64::from(LABEL);
        for (count, fill) in one.counts.iter().zip(Fill::ALL) {
            let width = room * f64::from(*count) / f64::from(full);
            if *count > 0 {
                bar(out, self.name, (x, y), width, fill);
            }
            x += width;
        }
        text(out, x as u32 + 8, y + 14, &counted(one), r#"font-size="12""#);
    }

    fn words(&self, one: &Stack) -> String {
        let parts: Vec<String> = self
            .parts
            .iter()
            .zip(&one.counts)
            .map(|(part, count)| format!("{part} {count}"))
            .collect();
        format!("{}：{}", one.label, parts.join("，"))
    }
}

fn total(one: &Stack) -> u32 {
    one.counts.iter().sum()
}

fn counted(one: &Stack) -> String {
    let counts: Vec<String> = one.counts.iter().map(u32::to_string).collect();
    let said = if one.said.is_empty() {
        String::new()
    } else {
        format!("（{}）", one.said)
    };
    format!("{}{said}", counts.join(" · "))
}

/// The end of a long name, which tells it from its neighbours.
pub(super) fn short(label: &str) -> String {
    const MOST: usize = 14;
    let count = label.chars().count();
    if count <= MOST {
        return label.to_owned();
    }
    let tail: String = label.chars().skip(count - MOST + 1).collect();
    format!("…{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(bars: usize) -> Stacked {
        Stacked {
            name: "units",
            title: "按<单位>".to_owned(),
            parts: ["按期", "逾期", "未完成"].map(str::to_owned).to_vec(),
            bars: (0..bars)
                .map(|at| Stack {
                    label: format!("云川市住房和城乡建设局<{at}>建设管理科"),
                    counts: vec![2, 0, 1],
                    said: "66.7%".to_owned(),
                })
                .collect(),
        }
    }

    #[test]
    fn parts_are_told_apart_by_pattern_and_words_are_escaped() {
        let drawn = chart(2).svg();
        assert!(!drawn.contains("<单位>") && !drawn.contains("<0>"), "{drawn}");
        for there in [
            "fill=\"#1d4f91\"",
            "fill=\"url(#units-dots)\"",
            "2 · 0 · 1（66.7%）",
            "按期 2，逾期 0，未完成 1",
            "id=\"units-title\"",
        ] {
            assert!(drawn.contains(there), "{there}: {drawn}");
        }
        // An empty part is no bar: the two full ones of each line, and three in the legend.
        assert_eq!(drawn.matches("stroke=\"#1a1a1a\"").count(), 2 * 2 + 3);
    }

    #[test]
    fn a_long_list_is_drawn_to_a_bound_and_an_empty_one_stands() {
        assert!(chart(60).svg().contains("只画前 40 行"));
        assert!(chart(0).svg().contains("</svg>"));
    }
}
