//! Text that fits the width of a page: folded lines and a ruled table, a Chinese character taking two places.

use super::output::width;

/// Places of a line that fits a terminal and an A4 page.
pub const PAGE: usize = 100;

/// Marks that do not begin a line.
const CLOSING: &str = "，。、；：？！）」』”’》〉】〕…,.;:)";

/// Marks that do not end a line.
const OPENING: &str = "（「『“《〈【〔(";

/// Folds a text into lines of at most so many places; words of Latin letters stay whole where they fit.
pub fn fold(text: &str, places: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line: Vec<String> = Vec::new();
    for piece in pieces(text, places) {
        let taken: usize = line.iter().map(|piece| width(piece)).sum();
        if taken + width(&piece) > places && !line.is_empty() {
            // A closing mark takes what stands before it along, an opening one goes with what follows.
            let closes = |piece: &str| piece.starts_with(|c| CLOSING.contains(c));
            let mut keep = line.len();
            let mut first = piece.as_str();
            while keep > 0 && (closes(first) || line[keep - 1].ends_with(|c| OPENING.contains(c))) {
                keep -= 1;
                first = &line[keep];
            }
            let moved: usize = line[keep..].iter().map(|piece| width(piece)).sum();
            if keep == 0 || moved + width(&piece) > places {
                keep = line.len();
            }
            let carried = line.split_off(keep);
            lines.push(line.concat().trim_end().to_owned());
            line = carried;
        }
        if !(line.is_empty() && piece == " ") {
            line.push(piece);
        }
    }
    lines.push(line.concat().trim_end().to_owned());
    lines
}

/// Latin words no wider than a line, and single characters.
fn pieces(text: &str, places: usize) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut in_word = false;
    for c in text.chars() {
        let of_word = c.is_ascii_alphanumeric() || c == '_';
        match pieces.last_mut() {
            Some(word) if in_word && of_word && word.len() < places => word.push(c),
            _ => pieces.push(c.to_string()),
        }
        in_word = of_word;
    }
    pieces
}

/// A paragraph after a label; further lines stand under its beginning.
pub fn labelled(label: &str, text: &str, places: usize) -> Vec<String> {
    let indent = width(label);
    fold(text, places.saturating_sub(indent).max(2))
        .into_iter()
        .enumerate()
        .map(|(number, line)| match number {
            0 => format!("{label}{line}"),
            _ => format!("{}{line}", " ".repeat(indent)),
        })
        .collect()
}

/// A ruled table; what belongs to a row as a whole stands below its cells.
pub struct Table<const N: usize> {
    widths: [usize; N],
    lines: Vec<String>,
}

impl<const N: usize> Table<N> {
    /// Begins a table of columns so wide.
    pub fn new(widths: [usize; N], header: [&str; N]) -> Self {
        let mut table = Self {
            widths,
            lines: Vec::new(),
        };
        table.rule();
        table.row(&header.map(str::to_owned), &[]);
        table
    }

    /// Adds a row.
    pub fn row(&mut self, cells: &[String; N], below: &[(&str, String)]) {
        let folded: Vec<Vec<String>> = cells
            .iter()
            .zip(self.widths)
            .map(|(cell, width)| fold(cell, width))
            .collect();
        let height = folded.iter().map(Vec::len).max().unwrap_or(1);
        for number in 0..height {
            let line: Vec<String> = folded
                .iter()
                .zip(self.widths)
                .map(|(cell, width)| padded(cell.get(number).map_or("", String::as_str), width))
                .collect();
            self.lines.push(format!("| {} |", line.join(" | ")));
        }
        let inner = self.widths.iter().sum::<usize>() + 3 * (N - 1);
        for (label, text) in below {
            for line in labelled(label, text, inner) {
                self.lines.push(format!("| {} |", padded(&line, inner)));
            }
        }
        self.rule();
    }

    fn rule(&mut self) {
        let cells = self.widths.map(|width| "-".repeat(width + 2));
        self.lines.push(format!("+{}+", cells.join("+")));
    }

    /// The finished lines.
    pub fn lines(self) -> Vec<String> {
        self.lines
    }
}

fn padded(text: &str, places: usize) -> String {
    format!("{text}{}", " ".repeat(places.saturating_sub(width(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_do_not_begin_with_a_closing_mark() {
        let text = "将结论性认定意见送组织部门归入干部人事档案（archive_personnel），并登记归档日期。";
        for places in 6..60 {
            let lines = fold(text, places);
            assert!(lines.iter().all(|line| width(line) <= places), "{places}: {lines:?}");
            assert!(
                places < 24 || lines.iter().all(|line| !line.starts_with(|c| CLOSING.contains(c))),
                "{places}: {lines:?}"
            );
            assert_eq!(lines.concat().replace(' ', ""), text, "{places}");
        }
        assert_eq!(fold("", 10), [""]);
    }

    #[test]
    fn every_line_of_a_table_is_as_wide_as_its_rules() {
        let mut table = Table::new([4, 10], ["号", "期限"]);
        table.row(
            &["1".to_owned(), "结论归入干部人事档案".to_owned()],
            &[("原文：", "结论性认定意见应于5个工作日内归入".to_owned())],
        );
        let lines = table.lines();
        assert!(
            lines.len() > 6 && lines.iter().all(|line| width(line) == 21),
            "{lines:#?}"
        );
    }
}
