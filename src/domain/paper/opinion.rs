//! 预检意见: tells a unit which rows of its list are to be checked, whom to ask and by when. It holds nothing of a case.

use super::phrases::{Body, one_line};
use super::{Paper, PaperKind};
use crate::domain::time::day_zh;
use chrono::NaiveDate;

/// Rows of one table; a list with more of them is better checked in the workbook that was given back.
const ROWS_SHOWN: usize = 200;

/// What a 预检意见 says.
#[derive(Debug, Clone)]
pub struct OpinionFacts {
    /// Who gives it.
    pub organ: String,
    /// Who gets it; `None` where the list does not say.
    pub unit: Option<String>,
    /// Kinds of outcomes, in words.
    pub kinds: Vec<String>,
    /// Period of the list.
    pub period: Option<String>,
    /// The file.
    pub file: String,
    /// SHA-256 of its bytes.
    pub hash: String,
    /// The day it was judged for.
    pub as_of: NaiveDate,
    /// Records read.
    pub rows_read: u32,
    /// How many of what, such as 违反 1、疑似 2; empty: none.
    pub counts: String,
    /// Rows to be checked.
    pub rows: Vec<OpinionRow>,
    /// People who are missing.
    pub absent: Vec<OpinionRow>,
    /// Rows that could not be read: where and why.
    pub unreadable: Vec<(String, String)>,
    /// By when it is to be answered.
    pub reply_by: NaiveDate,
    /// 预审人, where named.
    pub examiner: Option<String>,
}

/// A row to be checked.
#[derive(Debug, Clone)]
pub struct OpinionRow {
    /// Where, such as 机关 第 5 行.
    pub place: String,
    /// 姓名, as in the list.
    pub name: String,
    /// What is to be checked.
    pub problem: String,
    /// Whom to ask.
    pub contact: String,
}

/// Composes it.
pub fn opinion(facts: &OpinionFacts, date: NaiveDate) -> Paper {
    let organ = one_line(&facts.organ);
    let unit = facts.unit.as_deref().map(|unit| one_line(unit).replace('/', ""));
    let list = list_name(facts);
    let mut body = Body::default();
    body.say(format!(
        "报来的{list}已按{}的情况预检，现提出意见如下。",
        day_zh(facts.as_of)
    ));
    body.heading("预检情况");
    let found = match facts.counts.as_str() {
        "" => "未发现须核对的问题".to_owned(),
        counts => counts.to_owned(),
    };
    let mut rows = vec![
        ["名单文件".to_owned(), one_line(&facts.file)],
        ["文件指纹".to_owned(), format!("SHA-256 {}", facts.hash)],
        ["读出".to_owned(), format!("{}行", facts.rows_read)],
        ["须核对".to_owned(), found],
    ];
    if !facts.unreadable.is_empty() {
        rows.push(["读不出".to_owned(), format!("{}处", facts.unreadable.len())]);
    }
    body.table(["项目", "内容"], rows);
    table(&mut body, "须核对的行", "所在行", &facts.rows);
    table(&mut body, "名单缺漏", "所在名单", &facts.absent);
    if !facts.unreadable.is_empty() {
        body.heading("读不出的行");
        let shown = facts.unreadable.iter().take(ROWS_SHOWN);
        body.table(
            ["所在行", "原因"],
            shown.map(|(place, why)| [one_line(place), one_line(why)]),
        );
        more(&mut body, facts.unreadable.len());
    }
    body.heading("办理要求");
    if facts.rows.is_empty() && facts.absent.is_empty() && facts.unreadable.is_empty() {
        body.say("名单此后有变动的，请重新报送预检。");
    } else {
        let mut asked = Vec::new();
        if !facts.rows.is_empty() {
            asked.push("确有不当的，更正名单；另有原因的，书面说明并附有关文件");
        }
        if !facts.absent.is_empty() {
            asked.push("名单缺漏的，补列或者说明");
        }
        if !facts.unreadable.is_empty() {
            asked.push("读不出的行，改好后重新报送");
        }
        body.say(format!(
            "请于{}前逐项核对：{}。核对以前，有关结果不宜确定。",
            day_zh(facts.reply_by),
            asked.join("；")
        ));
    }
    body.say("本意见只提出须核对的问题，不对任何人作出结论。");
    let examiner = facts.examiner.as_deref().map(one_line).unwrap_or_default();
    body.table(
        ["预审人", "复核人", "签署日期"],
        [[examiner, String::new(), String::new()]],
    );
    Paper {
        kind: PaperKind::Opinion,
        title: format!("{organ}关于{list}的预检意见"),
        number: None,
        salutation: format!("{}：", unit.as_deref().unwrap_or("报送单位")),
        body: body.blocks(),
        attachments: Vec::new(),
        organ,
        date,
        copies: Vec::new(),
    }
}

/// The list in words: 2026年度考核名单.
fn list_name(facts: &OpinionFacts) -> String {
    let kinds = facts.kinds.join("、");
    let period = facts.period.as_deref().map(one_line).unwrap_or_default();
    let period = match period.as_str() {
        year if year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()) => format!("{year}年度"),
        _ => period,
    };
    match kinds.strip_prefix("年度") {
        Some(rest) if period.ends_with("年度") => format!("{period}{rest}名单"),
        _ => format!("{period}{kinds}名单"),
    }
}

fn table(body: &mut Body, heading: &str, place: &str, rows: &[OpinionRow]) {
    if rows.is_empty() {
        return;
    }
    body.heading(heading);
    let shown = rows.iter().take(ROWS_SHOWN);
    body.table(
        [place, "姓名", "须核对的问题"],
        shown.map(|row| [&row.place, &row.name, &row.problem].map(|text| one_line(text))),
    );
    more(body, rows.len());
    let mut contacts: Vec<(&str, Vec<&str>)> = Vec::new();
    for row in rows {
        match contacts.iter_mut().find(|(contact, _)| *contact == row.contact) {
            Some((_, places)) => places.push(&row.place),
            None => contacts.push((&row.contact, vec![&row.place])),
        }
    }
    // Not a sentence: an address does not break, and the line before it would be drawn apart.
    let contacts = contacts.into_iter().map(|(contact, places)| {
        let shown: Vec<String> = places.iter().take(ROWS_SHOWN).map(|place| one_line(place)).collect();
        [shown.join("、"), one_line(contact)]
    });
    body.table([place, "核对时请联系"], contacts);
}

fn more(body: &mut Body, count: usize) {
    if count > ROWS_SHOWN {
        body.say(format!("以上列出前{ROWS_SHOWN}行，共{count}行，其余见交回的名单。"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::paper::Block;

    fn facts() -> OpinionFacts {
        let day = |text: &str| text.parse().expect("a date");
        OpinionFacts {
            organ: "云川市委组织部".into(),
            unit: Some("云川市/住建局".into()),
            kinds: vec!["年度考核".into()],
            period: Some("2026年度".into()),
            file: "考核.xlsx".into(),
            hash: "ab".repeat(32),
            as_of: day("2026-11-23"),
            rows_read: 12,
            counts: "违反 1".into(),
            rows: vec![OpinionRow {
                place: "机关第3行".into(),
                name: "林甲\n".into(),
                problem: "结果低于一般，请核对".into(),
                contact: "何收文".into(),
            }],
            absent: Vec::new(),
            unreadable: Vec::new(),
            reply_by: day("2026-11-30"),
            examiner: None,
        }
    }

    #[test]
    fn it_says_what_is_to_be_done_by_when() {
        let paper = opinion(&facts(), "2026-11-23".parse().expect("a date"));
        assert_eq!(paper.title, "云川市委组织部关于2026年度考核名单的预检意见");
        assert_eq!(paper.salutation, "云川市住建局：");
        let words = paper.words();
        for said in [
            "林甲",
            "机关第3行",
            "2026年11月30日",
            "复核人",
            "不对任何人作出结论",
            "12行",
        ] {
            assert!(words.contains(said), "{said}: {words}");
        }
    }

    #[test]
    fn a_clean_list_asks_for_nothing() {
        let clean = OpinionFacts {
            rows: Vec::new(),
            counts: String::new(),
            ..facts()
        };
        let paper = opinion(&clean, clean.as_of);
        let words = paper.words();
        assert!(
            words.contains("未发现须核对的问题") && !words.contains("逐项核对"),
            "{words}"
        );
        let tables = paper.body.iter().filter(|block| matches!(block, Block::Table { .. }));
        assert_eq!(tables.count(), 2, "what was judged and where to sign");
    }

    #[test]
    fn a_long_list_says_how_many_there_are() {
        let row = facts().rows.remove(0);
        let long = OpinionFacts {
            rows: vec![row; ROWS_SHOWN + 1],
            ..facts()
        };
        assert!(opinion(&long, long.as_of).words().contains("共201行"));
    }
}
