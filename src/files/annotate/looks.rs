//! Colours and widths. A verdict is a word first; the colour only helps to find it.

use crate::domain::protection::Verdict;
use crate::files::table::{Cell, RawRow};
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

/// Rows that say how wide a column is.
const SAMPLE: usize = 2_000;
/// Narrowest and widest column.
const WIDTHS: (usize, usize) = (6, 32);

/// Formats of a workbook.
pub(super) struct Looks {
    pub(super) plain: Format,
    pub(super) text: Format,
    pub(super) date: Format,
    pub(super) title: Format,
    /// A title over several columns.
    pub(super) wide_title: Format,
    pub(super) head: Format,
    /// A cell of the header over several.
    pub(super) span: Format,
    pub(super) own_head: Format,
    pub(super) own: Format,
    verdicts: Vec<(Verdict, Look)>,
}

/// Formats of a verdict.
pub(super) struct Look {
    pub(super) word: Format,
    pub(super) cell: Format,
    pub(super) date: Format,
}

const DAY: &str = "yyyy-mm-dd";

impl Looks {
    pub(super) fn new() -> Self {
        let top = || Format::new().set_align(FormatAlign::Top);
        let head = || top().set_bold().set_text_wrap().set_border_bottom(FormatBorder::Thin);
        let grey = || head().set_background_color(Color::RGB(0x00F2_F2F2));
        let title = || top().set_bold().set_font_size(14);
        let verdicts = Verdict::ALL.iter().map(|verdict| {
            let (ground, ink) = colours(*verdict);
            let fill = || top().set_background_color(ground);
            let look = Look {
                word: fill().set_bold().set_font_color(ink).set_align(FormatAlign::Center),
                cell: fill().set_text_wrap(),
                date: fill().set_num_format(DAY),
            };
            (*verdict, look)
        });
        Self {
            plain: top(),
            text: top().set_text_wrap(),
            date: top().set_num_format(DAY),
            title: title(),
            wide_title: title().set_align(FormatAlign::Center),
            head: grey(),
            span: grey()
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::VerticalCenter),
            own_head: head().set_background_color(Color::RGB(0x00D9_E1F2)),
            own: top().set_text_wrap(),
            verdicts: verdicts.collect(),
        }
    }

    pub(super) fn verdict(&self, verdict: Verdict) -> &Look {
        let found = self.verdicts.iter().find(|(known, _)| *known == verdict);
        &found.expect("every verdict has its look").1
    }
}

/// Ground and ink.
fn colours(verdict: Verdict) -> (Color, Color) {
    let (ground, ink) = match verdict {
        Verdict::Violation => (0x00FF_C7CE, 0x009C_0006),
        Verdict::Suspect => (0x00FF_D9B3, 0x0083_3C00),
        Verdict::Absent => (0x00E4_DFEC, 0x003F_3151),
        Verdict::Review => (0x00FF_F2CC, 0x007F_6000),
        Verdict::Explain => (0x00DD_EBF7, 0x001F_4E78),
        Verdict::Clear => (0x00E2_EFDA, 0x0037_5623),
    };
    (Color::RGB(ground), Color::RGB(ink))
}

/// How wide each column is, by its longest line; a Chinese character takes two places.
pub(super) fn columns_wide(rows: &[RawRow]) -> Vec<usize> {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows.iter().filter(|row| !super::one_text(row)).take(SAMPLE) {
        for (column, cell) in row.cells.iter().enumerate() {
            if widths.len() <= column {
                widths.resize(column + 1, 0);
            }
            // A label of a line of signatures runs over what is empty beside it.
            let longest = cell
                .text()
                .filter(|text| !text.ends_with([':', '：']))
                .map_or(0, |text| text.lines().map(places).max().unwrap_or(0));
            widths[column] = widths[column].max(longest);
            // Short words of a column that never says more are not folded.
            if matches!(cell, Cell::Date(_)) {
                widths[column] = widths[column].max(DAY.len());
            }
        }
    }
    let (least, most) = WIDTHS;
    widths.into_iter().map(|width| (width + 2).clamp(least, most)).collect()
}

/// Highest row a workbook holds, in points.
const HIGHEST: f64 = 409.0;

/// Lines a text takes in a column of so many places.
pub(super) fn lines(text: &str, width: usize) -> usize {
    let room = width.saturating_sub(1).max(1);
    let all = text
        .lines()
        .map(|line| line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>());
    all.map(|places| places.div_ceil(room).max(1)).sum()
}

/// Height of a row of so many lines.
pub(super) fn height(lines: usize) -> f64 {
    (lines as f64 * 15.5 + 4.0).min(HIGHEST)
}

/// The same of a line above the header, whose letters are larger.
pub(super) fn title_height(lines: usize) -> f64 {
    (lines as f64 * 20.0 + 6.0).min(HIGHEST)
}

/// Whether a text needs more than one line. Others are left alone: office programs measure every row that may fold.
pub(super) fn folds(text: &str) -> bool {
    text.contains('\n') || text.chars().count() > WIDTHS.1 / 2 && places(text) + 2 > WIDTHS.1
}

fn places(line: &str) -> usize {
    line.chars()
        .take(WIDTHS.1)
        .map(|c| if c.is_ascii() { 1 } else { 2 })
        .sum()
}
