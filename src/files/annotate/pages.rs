//! The sheets behind the list's own: who is missing, what could not be read, and what the whole is.

use super::looks::{Looks, height, lines};
use super::place::{Names, safe};
use super::{Absent, AnnotateError, Annotation};
use crate::domain::protection::list::RowFault;
use rust_xlsxwriter::{Workbook, Worksheet};

/// Cells named one by one; the others are counted.
const CUT_NAMED: usize = 20;

const DECIDES_NOTHING: &str =
    "本表只提出须核对的问题，不作任何决定，不是处理意见。标出的行请按「请联系」核对；没有标出的行，不等于已经审定。";

/// 名单缺漏
pub(super) fn absent(
    book: &mut Workbook,
    names: &mut Names,
    looks: &Looks,
    people: &[Absent],
) -> Result<(), AnnotateError> {
    if people.is_empty() {
        return Ok(());
    }
    let page = page(
        book,
        names,
        "名单缺漏",
        &[("姓名", 12), ("单位", 30), ("依据", 44), ("请联系", 40)],
        looks,
    )?;
    for (row, person) in (1_u32..).zip(people) {
        let texts = [&person.name, &person.unit, &person.basis, &person.contact];
        for (column, text) in (0_u16..).zip(texts) {
            page.write_string_with_format(row, column, safe(text).0, &looks.text)?;
        }
        let lines = [12, 30, 44, 40]
            .into_iter()
            .zip(texts)
            .map(|(width, text)| lines(text, width));
        page.set_row_height(row, height(lines.max().unwrap_or(1)))?;
    }
    Ok(())
}

/// 读不出的行
pub(super) fn unreadable(
    book: &mut Workbook,
    names: &mut Names,
    looks: &Looks,
    faults: &[RowFault],
) -> Result<(), AnnotateError> {
    if faults.is_empty() {
        return Ok(());
    }
    let page = page(
        book,
        names,
        "读不出的行",
        &[("工作表", 20), ("行", 8), ("列", 16), ("原因", 70)],
        looks,
    )?;
    for (row, fault) in (1_u32..).zip(faults) {
        page.write_string_with_format(row, 0, safe(fault.sheet.as_deref().unwrap_or("")).0, &looks.text)?;
        page.write_number_with_format(row, 1, fault.row, &looks.text)?;
        page.write_string_with_format(row, 2, safe(fault.column.as_deref().unwrap_or("")).0, &looks.text)?;
        page.write_string_with_format(row, 3, safe(&fault.reason).0, &looks.text)?;
        page.set_row_height(row, height(lines(&fault.reason, 70)))?;
    }
    Ok(())
}

/// 预检说明
pub(super) fn about(
    book: &mut Workbook,
    names: &mut Names,
    looks: &Looks,
    annotation: &Annotation,
    cut: &[String],
) -> Result<(), AnnotateError> {
    let page = page(book, names, "预检说明", &[("项目", 16), ("内容", 90)], looks)?;
    let mut row = 1;
    let mut say = |page: &mut Worksheet, word: &str, text: &str| -> Result<(), AnnotateError> {
        page.write_string_with_format(row, 0, safe(word).0, &looks.text)?;
        page.write_string_with_format(row, 1, safe(text).0, &looks.text)?;
        page.set_row_height(row, height(lines(text, 90)))?;
        row += 1;
        Ok(())
    };
    say(page, "性质", DECIDES_NOTHING)?;
    for (word, text) in &annotation.about {
        say(page, word, text)?;
    }
    if !cut.is_empty() {
        let named: Vec<&str> = cut.iter().take(CUT_NAMED).map(String::as_str).collect();
        let more = if cut.len() > CUT_NAMED { "等" } else { "" };
        let text = format!(
            "{} 个单元格的文字超过 32767 字，已截断：{}{more}",
            cut.len(),
            named.join("、")
        );
        say(page, "截断", &text)?;
    }
    say(
        page,
        "原表",
        "各行在原来的位置，行号与原表相同；原表的颜色、数字格式、公式（只留计算结果）、打印区域和隐藏没有带来，合并的只有标题和表头，请以原表为准。",
    )?;
    for (verdict, meaning) in &annotation.legend {
        page.write_string_with_format(row, 0, verdict.zh(), &looks.verdict(*verdict).word)?;
        page.write_string_with_format(row, 1, *meaning, &looks.text)?;
        page.set_row_height(row, height(lines(meaning, 90)))?;
        row += 1;
    }
    Ok(())
}

fn page<'a>(
    book: &'a mut Workbook,
    names: &mut Names,
    name: &str,
    heads: &[(&str, u16)],
    looks: &Looks,
) -> Result<&'a mut Worksheet, AnnotateError> {
    let page = book.add_worksheet();
    page.set_name(names.take(name))?;
    for (column, (head, width)) in (0_u16..).zip(heads) {
        page.write_string_with_format(0, column, *head, &looks.own_head)?;
        page.set_column_width(column, *width)?;
    }
    page.set_row_height(0, height(1))?;
    page.set_freeze_panes(1, 0)?;
    page.set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 0)
        .set_print_gridlines(true);
    Ok(page)
}
