//! Rows of a list as they stand in it, for a page that shows beside each what was found about it.

use super::annotate::column_of;
use super::grid::may_be_header;
use super::headers::{Header, HeaderWords};
use super::starts::Starts;
use super::table::{Document, RawRow};
use crate::domain::person::masked_in;
use crate::domain::protection::Deciding;
use std::collections::HashMap;

/// Characters of a cell that are shown.
const SHOWN: usize = 400;
/// Columns of a row that are shown.
const COLUMNS: usize = 60;

/// The header of a sheet.
#[derive(Debug, Clone)]
pub struct Heads {
    /// Sheet name; `None` for delimited text.
    pub sheet: Option<String>,
    /// What stands over each column, and the field it was taken for.
    pub columns: Vec<(String, Option<String>)>,
}

/// A row that is looked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Its sheet.
    pub sheet: Option<String>,
    /// The number a person sees.
    pub row: u32,
    /// 姓名, as it stands in the row: of lists side by side it tells which.
    pub name: String,
    /// Cells that decided.
    pub cells: Vec<Deciding>,
}

/// A row as it stands in the list, citizen ID numbers masked.
#[derive(Debug, Clone, Default)]
pub struct Original {
    /// Header and text of every column that holds something or decided.
    pub cells: Vec<(String, String)>,
    /// Which of them each deciding cell is.
    pub deciding: Vec<Option<usize>>,
}

/// The headers of the sheets that have one.
pub fn heads(document: &Document, words: &HeaderWords) -> Vec<Heads> {
    let tables = document.tables.iter().flatten();
    let found = tables.filter_map(|table| {
        let (_, _, header) = words.list.find(&table.rows)?;
        let columns = header.with_fields().into_iter().filter(|(text, _)| !text.is_empty());
        Some(Heads {
            sheet: table.sheet.clone(),
            columns: columns.collect(),
        })
    });
    found.collect()
}

/// The rows that are looked for, in their order.
pub fn originals(document: &Document, words: &HeaderWords, wanted: &[Wanted]) -> Vec<Option<Original>> {
    let mut found: Vec<Option<Original>> = vec![None; wanted.len()];
    for table in document.tables.iter().flatten() {
        let mut here: HashMap<u32, Vec<usize>> = HashMap::new();
        for (at, one) in wanted.iter().enumerate().filter(|(_, one)| one.sheet == table.sheet) {
            here.entry(one.row).or_default().push(at);
        }
        let Some((index, height, mut header)) = words.list.find(&table.rows).filter(|_| !here.is_empty()) else {
            continue;
        };
        let starts = Starts::of(words.list.words_for(words.list.telling()));
        for row in &table.rows[index + height..] {
            if may_be_header(row, &starts)
                && let Some(again) = words.list.of_row(row, &header)
            {
                header = again;
            }
            for at in here.remove(&row.number).into_iter().flatten() {
                let wanted = &wanted[at];
                let own = header.is_repeated().then(|| header.of_name(row, &wanted.name));
                found[at] = Some(original(row, own.as_ref().unwrap_or(&header), &wanted.cells));
            }
        }
    }
    found
}

fn original(row: &RawRow, header: &Header, cells: &[Deciding]) -> Original {
    let columns: Vec<Option<usize>> = cells.iter().map(|cell| column_of(row, header, cell)).collect();
    let mut out = Original::default();
    let mut places: HashMap<usize, usize> = HashMap::new();
    let last = columns.iter().flatten().max().map_or(0, |last| last + 1);
    for column in 0..row.cells.len().max(last) {
        let text = row
            .cells
            .get(column)
            .and_then(super::table::Cell::text)
            .unwrap_or_default();
        let decides = columns.contains(&Some(column));
        if (text.is_empty() || places.len() >= COLUMNS) && !decides {
            continue;
        }
        let head = header.text(column).unwrap_or("（没有表头）").replace('\n', " ");
        places.insert(column, out.cells.len());
        let shown = if header.all("公民身份号码").contains(&column) {
            starred(&text)
        } else {
            masked_in(&shortened(&text))
        };
        out.cells.push((head, shown));
    }
    out.deciding = columns
        .into_iter()
        .map(|column| column.and_then(|column| places.get(&column).copied()))
        .collect();
    out
}

/// A number whose check digit is wrong is a person's number all the same.
fn starred(text: &str) -> String {
    let length = text.chars().count();
    let star = |(at, c): (usize, char)| if at < 3 || at + 4 >= length { c } else { '*' };
    text.chars().enumerate().map(star).collect()
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}……", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{Limits, Opens as _};

    fn deciding(field: &'static str, words: &str) -> Deciding {
        Deciding {
            field,
            words: words.to_owned(),
            note: String::new(),
        }
    }

    #[test]
    fn a_row_is_shown_as_it_stands_with_numbers_masked() {
        let text =
            "单位：云川市住建局\n姓名,身份证号,考核等次,理由,备注\n林甲,450102198001010011,基本称职,,因补贴误发\n";
        let documents = Limits::default().open("考核.csv", text.as_bytes()).expect("a list");
        let words = HeaderWords::builtin();
        let wanted = Wanted {
            sheet: None,
            row: 3,
            name: "林甲".to_owned(),
            cells: vec![deciding("结果", "基本称职"), deciding("理由", "补贴误发")],
        };
        let found = originals(&documents[0], &words, &[wanted]).remove(0).expect("the row");
        let said: Vec<&str> = found.cells.iter().map(|(head, _)| head.as_str()).collect();
        assert_eq!(said, ["姓名", "身份证号", "考核等次", "备注"]);
        assert!(
            !found.cells.iter().any(|(_, text)| text.contains("19800101")),
            "{found:?}"
        );
        assert_eq!(found.deciding, [Some(2), Some(3)]);
        let heads = heads(&documents[0], &words);
        assert_eq!(
            heads[0].columns[2],
            ("考核等次".to_owned(), Some("考核等次".to_owned()))
        );
    }

    #[test]
    fn a_row_that_is_not_there_is_none() {
        let documents = Limits::default()
            .open("a.csv", "姓名,考核等次\n林甲,称职\n".as_bytes())
            .expect("a list");
        let wanted = Wanted {
            sheet: None,
            row: 9,
            name: "林甲".to_owned(),
            cells: Vec::new(),
        };
        assert!(originals(&documents[0], &HeaderWords::builtin(), &[wanted])[0].is_none());
    }
}
