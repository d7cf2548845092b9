//! Blocks of a header that were one cell: a cell that spans others is read as its text in each of them.

use crate::files::table::{Cell, RawRow};
use std::ops::RangeInclusive;

/// One cell over several: rows as they are numbered from 0, and columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) rows: RangeInclusive<u32>,
    pub(super) columns: RangeInclusive<usize>,
}

impl Block {
    pub(super) fn holds(&self, row: u32, column: usize) -> bool {
        self.rows.contains(&row) && self.columns.contains(&column)
    }

    /// Whether it begins here.
    pub(super) fn is_at(&self, row: u32, column: usize) -> bool {
        *self.rows.start() == row && *self.columns.start() == column
    }
}

/// The first line of a header, which may be read without those above it: in them stand cells that reach down into it.
pub(super) fn top(rows: &[RawRow], head: usize) -> usize {
    let mut top = head;
    while let Some([above, below]) = top.checked_sub(1).and_then(|from| rows.get(from..=top)) {
        let reaches_down = |column| text_at(above, column).is_some_and(|text| text_at(below, column) == Some(text));
        let is_one = super::one_text(above) || above.number.checked_add(1) != Some(below.number);
        if is_one || !(0..above.cells.len()).any(reaches_down) {
            break;
        }
        top -= 1;
    }
    top
}

/// The blocks of a header of several lines. Columns side by side whose own line says the same stay apart.
pub(super) fn blocks(lines: &[RawRow]) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        for column in 0..line.cells.len() {
            let row = line.number - 1;
            let Some(text) = text_at(line, column).filter(|_| !found.iter().any(|block| block.holds(row, column)))
            else {
                continue;
            };
            let is_own = at + 1 == lines.len();
            let same = |column: &usize| text_at(line, *column) == Some(text);
            let beside = (column + 1..line.cells.len()).take_while(same);
            let last = if is_own {
                column
            } else {
                beside.last().unwrap_or(column)
            };
            let columns = column..=last;
            let below = lines[at + 1..].iter().zip(row + 1..).take_while(|(line, number)| {
                line.number == number + 1 && columns.clone().all(|column| text_at(line, column) == Some(text))
            });
            let rows = row..=below.last().map_or(row, |(_, number)| number);
            if rows.start() != rows.end() || columns.start() != columns.end() {
                found.push(Block { rows, columns });
            }
        }
    }
    found
}

fn text_at(line: &RawRow, column: usize) -> Option<&str> {
    match line.cells.get(column) {
        Some(Cell::Text(text)) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(texts: &[&[&str]]) -> Vec<RawRow> {
        let cell = |text: &&str| {
            if text.is_empty() {
                Cell::Empty
            } else {
                Cell::Text((*text).to_owned())
            }
        };
        let rows = texts.iter().zip(3..);
        rows.map(|(texts, number)| RawRow {
            number,
            cells: texts.iter().map(cell).collect(),
        })
        .collect()
    }

    #[test]
    fn what_was_one_cell_is_one_block() {
        let found = blocks(&lines(&[
            &["序号", "基本情况", "基本情况", "考核", "备注"],
            &["序号", "姓名", "单位", "等次", "备注"],
        ]));
        let shown: Vec<_> = found
            .iter()
            .map(|block| (block.rows.clone(), block.columns.clone()))
            .collect();
        assert_eq!(shown, [(2..=3, 0..=0), (2..=2, 1..=2), (2..=3, 4..=4)]);
        assert!(found[1].holds(2, 2) && !found[1].holds(3, 2) && found[1].is_at(2, 1));
    }

    #[test]
    fn columns_that_say_the_same_stay_apart() {
        assert_eq!(blocks(&lines(&[&["姓名", "结果", "结果"]])), []);
        // Only what stands over them is one.
        let found = blocks(&lines(&[&["上年", "上年", ""], &["等次", "等次", "备注"]]));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].columns, 0..=1);
    }
}
