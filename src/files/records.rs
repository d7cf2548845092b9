//! Register, roster, contacts and ledger.

use super::grid::{Grid, Record, cut, is_dash};
use super::headers::Kind;
use super::table::{Cell, Document, Opens};
use super::{HeaderWords, Parsed, ReadError, posts};
use crate::domain::case::{CaseRecord, Conclusion, StepsDone};
use crate::domain::contact::{ContactRecord, Role, mail_address};
use crate::domain::person::{CadreRecord, CadreStatus, CitizenId, IdNumber, normal_name};
use crate::domain::protection::list::{Located, RowFault};
use std::collections::HashSet;

/// A record, or the faults that keep it out; faults beside a good record are pushed to `faults`.
pub(super) type Taken<T> = Result<T, RowFault>;

pub(super) fn read<T>(
    document: &Document,
    kind: &Kind,
    words: &HeaderWords,
    mut take: impl FnMut(&Record<'_>, Option<&str>, &mut Vec<RowFault>) -> Taken<T>,
) -> Result<Parsed<T>, ReadError> {
    let tables = document.tables.as_ref().map_err(Clone::clone)?;
    let mut parsed = Parsed {
        rows: Vec::new(),
        faults: document.faults.clone(),
        // Each names a file that was to be a record.
        rows_read: document.faults.len() as u32,
    };
    let mut headers = 0;
    for table in tables {
        let Some(grid) = Grid::of(table, kind, words) else {
            continue;
        };
        headers += 1;
        for record in &grid.records {
            parsed.rows_read += 1;
            match take(record, grid.sheet, &mut parsed.faults) {
                Ok(value) => {
                    parsed.rows.push(Located {
                        sheet: table.sheet.clone(),
                        row: record.row.number,
                        value,
                    });
                }
                Err(fault) => parsed.faults.push(fault),
            }
        }
    }
    if headers == 0 {
        return Err(kind.refusal(&document.name, tables));
    }
    Ok(parsed)
}

/// Reads the case register.
pub fn read_register(
    file: &str,
    bytes: &[u8],
    words: &HeaderWords,
    by: &impl Opens,
) -> Result<Parsed<CaseRecord>, ReadError> {
    register(&super::single(file, bytes, by)?, words)
}

/// Reads the case register that was opened.
pub fn register(document: &Document, words: &HeaderWords) -> Result<Parsed<CaseRecord>, ReadError> {
    let mut seen = HashSet::new();
    read(document, &words.register, words, |record, sheet, faults| {
        let case = case(record, sheet, faults)?;
        let number = case.id.valid().map(|id| id.reveal().to_owned());
        if !seen.insert((case.case_no.clone(), normal_name(&case.name), number)) {
            return Err(record.fault(
                sheet,
                Some("案件编号"),
                format!("与前面的行重复：{} {}", case.case_no, cut(&case.name)),
            ));
        }
        Ok(case)
    })
}

fn case(record: &Record<'_>, sheet: Option<&str>, faults: &mut Vec<RowFault>) -> Taken<CaseRecord> {
    let need = |field: &str| needed(record, sheet, field);
    let (case_no, name, matter, word) = (need("案件编号")?, need("姓名")?, need("事项名称")?, need("认定结论")?);
    let conclusion = Conclusion::from_zh(&super::headers::squeezed(&word)).ok_or_else(|| {
        let accepted: Vec<&str> = Conclusion::ALL.iter().map(|c| c.zh()).collect();
        record.fault(
            sheet,
            Some("认定结论"),
            format!("「{}」无法识别，应为：{}", cut(&word), accepted.join("、")),
        )
    })?;
    let (id, id_fault) = id_number(record, sheet);
    let unit = match record.text("单位") {
        Some(unit) => unit,
        None if id.valid().is_some() => String::new(),
        None => return Err(record.fault(sheet, Some("单位"), "没有单位也没有可用的身份证号，无法确定是谁")),
    };
    faults.extend(id_fault);
    let concluded_on = record.date(sheet, "认定日期")?;
    if concluded_on.is_none() && conclusion != Conclusion::Investigating {
        return Err(record.fault(sheet, Some("认定日期"), "缺少认定日期，无法计算期限"));
    }
    let revoked = match record.text("状态").as_deref().map(str::trim) {
        None | Some("生效" | "有效" | "正常") => false,
        Some("撤销" | "已撤销") => true,
        Some(other) => {
            return Err(record.fault(
                sheet,
                Some("状态"),
                format!("「{}」无法识别，应为：生效、撤销", cut(other)),
            ));
        }
    };
    let revoked_on = record.date(sheet, "撤销日期")?;
    if revoked && revoked_on.is_none() {
        return Err(record.fault(sheet, Some("撤销日期"), "状态为撤销，须填写撤销日期"));
    }
    let mut done_on = |field: &str| match record.date(sheet, field) {
        Ok(day) => day,
        Err(fault) => {
            faults.push(fault);
            None
        }
    };
    let done = StepsDone {
        archive_personnel: done_on("人事档案归档日期"),
        archive_integrity: done_on("廉政档案归档日期"),
        archive_file: done_on("入卷归档日期"),
        feedback_subject: done_on("反馈本人日期"),
        feedback_competent: done_on("抄送主管部门日期"),
        feedback_superior: done_on("抄送上级部门日期"),
        feedback_organization: done_on("抄送组织部门日期"),
    };
    Ok(CaseRecord {
        case_no,
        name,
        id,
        unit,
        matter,
        conclusion,
        concluded_on,
        doc_no: said(record, "结论文号"),
        measure: said(record, "处理措施"),
        revoked,
        revoked_on,
        organ: said(record, "问责实施机关"),
        handler: said(record, "经办人"),
        competent: said(record, "主管部门"),
        superior: said(record, "上级部门"),
        done,
    })
}

/// Reads a roster.
pub fn read_cadres(
    file: &str,
    bytes: &[u8],
    words: &HeaderWords,
    by: &impl Opens,
) -> Result<Parsed<CadreRecord>, ReadError> {
    cadres(&super::single(file, bytes, by)?, words)
}

/// Reads a roster that was opened.
pub fn cadres(document: &Document, words: &HeaderWords) -> Result<Parsed<CadreRecord>, ReadError> {
    read(document, &words.cadres, words, |record, sheet, faults| {
        let name = needed(record, sheet, "姓名")?;
        let (unit, post) = unit_and_post(record, sheet, words)?;
        let (id, id_fault) = id_number(record, sheet);
        faults.extend(id_fault);
        let status = match record.text("管理状态").as_deref() {
            None => None,
            Some("退休" | "离退休") => Some(CadreStatus::Retired),
            Some("去世") => Some(CadreStatus::Deceased),
            Some("在职") => Some(CadreStatus::Active),
            Some(word) => {
                if let Some(status) = CadreStatus::from_zh(word) {
                    Some(status)
                } else {
                    faults.push(record.fault(
                        sheet,
                        Some("管理状态"),
                        format!("「{}」无法识别，应为：现职、离退、调出、已去世", cut(word)),
                    ));
                    None
                }
            }
        };
        Ok(CadreRecord {
            name,
            id,
            unit,
            post,
            rank: said(record, "职级"),
            identity: said(record, "身份"),
            representative: said(record, "代表委员身份"),
            status,
        })
    })
}

/// Reads the contact list.
pub fn read_contacts(
    file: &str,
    bytes: &[u8],
    words: &HeaderWords,
    by: &impl Opens,
) -> Result<Parsed<ContactRecord>, ReadError> {
    contacts(&super::single(file, bytes, by)?, words)
}

/// Reads the contact list that was opened.
pub fn contacts(document: &Document, words: &HeaderWords) -> Result<Parsed<ContactRecord>, ReadError> {
    let mut seen = HashSet::new();
    read(document, &words.contacts, words, |record, sheet, faults| {
        let (unit, name, word) = (
            needed(record, sheet, "单位")?,
            needed(record, sheet, "姓名")?,
            needed(record, sheet, "角色")?,
        );
        let role = Role::from_zh(&word).ok_or_else(|| {
            let accepted: Vec<&str> = Role::ALL.iter().map(|role| role.zh()).collect();
            record.fault(
                sheet,
                Some("角色"),
                format!("「{}」无法识别，应为：{}", cut(&word), accepted.join("、")),
            )
        })?;
        let disabled = match record.text("停用").as_deref().map(str::trim) {
            None | Some("否" | "0" | "×" | "启用") => false,
            Some("是" | "1" | "√" | "停用") => true,
            Some(other) => {
                return Err(record.fault(sheet, Some("停用"), format!("「{}」无法识别，应为：是、否", cut(other))));
            }
        };
        let email = match said(record, "邮箱") {
            Some(email) => Some(
                mail_address(&email)
                    .ok_or_else(|| record.fault(sheet, Some("邮箱"), format!("「{}」不是邮箱地址", cut(&email))))?,
            ),
            None if !disabled => {
                faults.push(record.fault(sheet, Some("邮箱"), "没有邮箱，无法通知此人；联系人已登记"));
                None
            }
            None => None,
        };
        if !seen.insert((unit.clone(), name.clone(), role)) {
            return Err(record.fault(sheet, Some("姓名"), "与前面的行重复（单位、姓名、角色都相同）"));
        }
        Ok(ContactRecord {
            unit,
            name,
            role,
            email,
            deputy: said(record, "代理人"),
            disabled,
        })
    })
}

/// The unit by itself, else in front of the post in the same cell, else who reports the person.
fn unit_and_post(record: &Record<'_>, sheet: Option<&str>, words: &HeaderWords) -> Taken<(String, Option<String>)> {
    let post = said(record, "职务");
    if record.cell("单位").is_some() || !record.has("单位及职务") {
        return Ok((
            needed(record, sheet, "单位")?,
            post.or_else(|| said(record, "单位及职务")),
        ));
    }
    let both = said(record, "单位及职务").unwrap_or_default();
    let (unit, own) = posts::split(&both, &words.posts);
    let unit = match said(record, "呈报单位") {
        Some(reporter) if unit.is_empty() => reporter,
        _ if unit.is_empty() => return Err(record.fault(sheet, Some("单位及职务"), "读不出单位")),
        _ => unit.to_owned(),
    };
    Ok((unit, post.or_else(|| own.map(str::to_owned))))
}

/// A text that must be there.
pub(super) fn needed(record: &Record<'_>, sheet: Option<&str>, field: &str) -> Taken<String> {
    match record.cell(field) {
        Some(Cell::Error(error)) => {
            Err(record.fault(sheet, Some(field), format!("「{error}」是公式错误，请改为内容本身")))
        }
        Some(cell) => Ok(cell.text().unwrap_or_default()),
        None => Err(record.fault(sheet, Some(field), format!("缺少{field}"))),
    }
}

/// A text, unless it says nothing.
pub(super) fn said(record: &Record<'_>, field: &str) -> Option<String> {
    record.text(field).filter(|text| !is_dash(text))
}

/// The ID number of a row and what is wrong with it; the message never holds digits.
pub(super) fn id_number(record: &Record<'_>, sheet: Option<&str>) -> (IdNumber, Option<RowFault>) {
    let Some(text) = said(record, "公民身份号码") else {
        return (IdNumber::Missing, None);
    };
    match CitizenId::parse(&text) {
        Ok(id) => (IdNumber::Valid(id), None),
        Err(fault) => {
            let told = record.fault(sheet, Some("公民身份号码"), format!("{fault}；改按姓名和单位识别"));
            (IdNumber::Unusable(fault), Some(told))
        }
    }
}
