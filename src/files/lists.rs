//! Personnel lists, for the pre-check and for importing outcomes.

use super::grid::{Grid, Record};
use super::grounds::{Said, said, why_beside};
use super::records::id_number;
use super::sift::Sifted;
use super::table::{Cell, Document, Opens, is_error};
use super::{HeaderWords, ReadError, posts};
use crate::domain::protection::list::{List, ListRow, ListSheet, Passed, RowFault, Tally};
use crate::domain::shares::{by_shares, joined};

/// Reads a list from a file that holds one.
pub fn read_list(file: &str, bytes: &[u8], words: &HeaderWords, by: &impl Opens) -> Result<List, ReadError> {
    list(&super::single(file, bytes, by)?, words)
}

/// Reads a list; sheets without a header yield nothing, and one that may well be a list is told.
pub fn list(document: &Document, words: &HeaderWords) -> Result<List, ReadError> {
    list_with(document, &[], words)
}

/// Reads a list of which only some rows were kept; the others are counted in it.
pub fn sifted_list(sifted: &Sifted, words: &HeaderWords) -> Result<List, ReadError> {
    list_with(&sifted.document, &sifted.passed, words)
}

/// Reads a list of which some rows were left out; `passed` says what those come to.
pub fn list_with(document: &Document, passed: &[Passed], words: &HeaderWords) -> Result<List, ReadError> {
    let tables = document.tables.as_ref().map_err(Clone::clone)?;
    let mut list = List {
        file: document.name.clone(),
        unreadable: document.faults.clone(),
        ..List::default()
    };
    for (at, table) in tables.iter().enumerate() {
        let Some(grid) = Grid::of(table, &words.list, words) else {
            list.unreadable.extend(words.list.left_unread(table));
            continue;
        };
        let mut taken = records(&grid, words);
        let mut sheet = ListSheet {
            name: table.sheet.clone(),
            title: grid.title.clone(),
            header: grid.header.clone(),
            unread: grid.unread.clone(),
            guessed: grid.guessed.clone(),
            pointed: grid.pointed.clone(),
            rows: std::mem::take(&mut taken.rows),
            tally: std::mem::take(&mut taken.tally),
            passed: passed.get(at).cloned().unwrap_or_default(),
        };
        list.unreadable.extend(grid.faults.iter().cloned());
        list.unreadable.append(&mut taken.unreadable);
        list.rows_read += taken.rows_read;
        list.rows_read += sheet.passed.rows;
        for (word, count) in &sheet.passed.tally.counts {
            sheet.tally.add_many(word, *count);
        }
        sheet.tally.cut |= sheet.passed.tally.cut;
        list.sheets.push(sheet);
    }
    if list.sheets.is_empty() {
        return Err(words.list.refusal(&document.name, tables));
    }
    Ok(list)
}

/// What records come to.
#[derive(Default)]
struct Taken {
    rows: Vec<ListRow>,
    tally: Tally,
    unreadable: Vec<RowFault>,
    rows_read: u32,
}

impl Taken {
    /// Takes what records below these came to, without their rows.
    fn append(&mut self, below: Self) {
        for (word, count) in below.tally.counts {
            self.tally.add_many(&word, count);
        }
        self.tally.cut |= below.tally.cut;
        self.unreadable.extend(below.unreadable);
        self.rows_read += below.rows_read;
    }
}

/// Records that are worth a thread of their own.
const WORTH_WHILE: usize = 2_000;

/// Takes the records of a sheet: no record's row depends on another's.
fn records(grid: &Grid<'_>, words: &HeaderWords) -> Taken {
    let mut shares = by_shares(&grid.records, WORTH_WHILE, |records| {
        // Growing on the way would move them all again and again.
        let mut out = Taken {
            rows: Vec::with_capacity(records.len()),
            ..Taken::default()
        };
        for record in records {
            take((grid.sheet, record), words, &mut out);
        }
        out
    });
    let rows = joined(shares.iter_mut().map(|share| std::mem::take(&mut share.rows)).collect());
    let mut whole = Taken::default();
    for share in shares {
        whole.append(share);
    }
    Taken { rows, ..whole }
}

fn take((sheet, record): (Option<&str>, &Record<'_>), words: &HeaderWords, out: &mut Taken) {
    let (id, fault) = id_number(record, sheet);
    let name_error = match record.cell("姓名") {
        Some(Cell::Error(_)) => true,
        Some(Cell::Text(text)) => is_error(text),
        _ => false,
    };
    let name = if name_error {
        String::new()
    } else {
        record.text("姓名").unwrap_or_default()
    };
    let (result, grade) = result_and_grade(record, words);
    let nobody = name.is_empty() && id.valid().is_none();
    if nobody && !name_error && result.is_none() && grade.is_none() {
        return;
    }
    out.rows_read += 1;
    if let Some(result) = &result {
        out.tally.add(result);
    }
    if nobody {
        let reason = if name_error {
            format!(
                "「{}」是公式错误，读不出是谁；请改为姓名本身",
                record.text("姓名").unwrap_or_default()
            )
        } else {
            let id_says = fault.map(|fault| format!("；{}", fault.reason)).unwrap_or_default();
            format!("有结果而没有姓名和可用的身份证号，读不出是谁{id_says}")
        };
        out.unreadable.push(record.fault(sheet, Some("姓名"), reason));
        return;
    }
    let ticked = record.ticked(&words.list);
    if result.is_none() && ticked.len() > 1 {
        let reason = format!("「{}」几栏都作了记号，看不出结果；请只留一个", ticked.join("」「"));
        out.unreadable.push(record.fault(sheet, Some("结果"), reason));
    }
    let decided_on = match record.date(sheet, "决定日期") {
        Ok(day) => day,
        // A day that was only taken for one is no fault.
        Err(_) if record.is_guessed("决定日期") => None,
        Err(fault) => {
            out.unreadable.push(fault);
            None
        }
    };
    let Why {
        reasons,
        remarks,
        evidence,
    } = why(record, words);
    out.rows.push(ListRow {
        row: record.row.number,
        name,
        id,
        unit: unit(record, words),
        section: section(record),
        post: record.text("职务").or_else(|| record.text("单位及职务")),
        rank: record.text("职级"),
        category: record.text("事项类别"),
        item: record.text("事项"),
        result,
        baseline: baseline(record),
        grade,
        reasons,
        remarks,
        evidence,
        period: record.period(),
        decided_on,
    });
}

/// The unit of a row: its own column's, else the one that a line above its block names.
fn unit(record: &Record<'_>, words: &HeaderWords) -> Option<String> {
    let of_post = || {
        let both = record.text("单位及职务")?;
        let (unit, _) = posts::split(&both, &words.posts);
        (!unit.is_empty()).then(|| unit.to_owned())
    };
    let own = record.text("单位").or_else(of_post);
    let of_block = || {
        record
            .block_unit
            .as_deref()
            .filter(|_| !record.has("单位"))
            .map(str::to_owned)
    };
    own.or_else(of_block)
}

/// What a heading above a row says, where no column of its own could say the unit.
fn section(record: &Record<'_>) -> Option<String> {
    let heading = record.section.as_deref().filter(|_| !record.has("单位"));
    heading.map(str::to_owned)
}

/// 考核等次 is the result, unless another column is; then it stands beside it.
fn result_and_grade(record: &Record<'_>, words: &HeaderWords) -> (Option<String>, Option<String>) {
    let result = record.result(&words.list);
    let result = result.or_else(|| ticked(record, words)).or_else(|| of_posts(record));
    (result, record.grade(&words.list).filter(|_| record.has("结果")))
}

/// The result whose column is marked; none where several are.
fn ticked(record: &Record<'_>, words: &HeaderWords) -> Option<String> {
    match record.ticked(&words.list)[..] {
        [only] => Some(only.to_owned()),
        _ => None,
    }
}

/// What a list says that has a column for the post somebody is to have and one for the post somebody is to lose.
fn of_posts(record: &Record<'_>) -> Option<String> {
    let (to, from) = record.posts();
    match (to, from) {
        (Some(to), None) => Some(format!("拟任命：{to}")),
        (None, Some(from)) => Some(format!("拟免职：{from}")),
        (Some(to), Some(from)) => Some(format!("拟免职：{from}，另任命：{to}")),
        (None, None) => None,
    }
}

/// What is due is the baseline of what was paid, unless a column is called the baseline.
fn baseline(record: &Record<'_>) -> Option<String> {
    let due = || record.text("应发").filter(|_| record.has("结果"));
    if record.has("基准") {
        record.text("基准")
    } else {
        due()
    }
}

/// What a record says of why.
struct Why {
    reasons: Vec<String>,
    remarks: Vec<String>,
    evidence: Option<String>,
}

/// What the columns of reasons say, and those of opinions and of evidence that give the reason where no other does.
fn why(record: &Record<'_>, words: &HeaderWords) -> Why {
    let mut out = Why {
        reasons: reasons(record, words),
        remarks: record
            .remarks()
            .into_iter()
            .chain(record.headless().map(|(_, text)| text))
            .collect(),
        evidence: record.evidence(),
    };
    for opinion in record.opinions() {
        if words.list.only_takes_a_stand(&opinion) {
            out.remarks.push(opinion);
        } else {
            out.reasons.push(opinion);
        }
    }
    for ground in record.grounds() {
        match said(&ground, &words.list) {
            Said::Papers => out.evidence = out.evidence.or(Some(ground)),
            // The name of a paper may speak of accountability.
            Said::Names => {
                out.remarks.push(ground.clone());
                out.evidence = out.evidence.or(Some(ground));
            }
            Said::Why => out.reasons.push(ground),
        }
    }
    out.reasons.extend(
        record
            .with_reason()
            .and_then(|text| why_beside(&text, words.outcomes())),
    );
    out
}

/// The column called 理由 first, then the others as they stand.
fn reasons(record: &Record<'_>, words: &HeaderWords) -> Vec<String> {
    let mut texts = record.texts("理由");
    texts.sort_by_key(|(header, _)| !header.contains("理由") && !header.contains("原因"));
    // A cell merged over both says the result again, and no reason.
    let result = result_and_grade(record, words).0;
    let texts = texts.into_iter().map(|(_, text)| text);
    // Whoever only agrees gives no reason.
    texts
        .filter(|text| result.as_ref() != Some(text) && !words.list.is_agreed(text))
        .collect()
}
