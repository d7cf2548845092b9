//! Forms made from data: fields with what was typed, and the reading of what was sent, field by field.

use crate::web::desk::{Problems, Sent};
use crate::web::params::day_of;
use chrono::NaiveDate;

/// One field.
pub(super) struct Field {
    pub name: &'static str,
    pub label: &'static str,
    pub hint: String,
    pub kind: FieldKind,
    pub required: bool,
    pub value: String,
}

/// How a field is filled in.
pub(super) enum FieldKind {
    Line,
    Lines,
    Day,
    Number,
    /// An address, which may be long.
    Address,
    /// What nobody may read over a shoulder.
    Secret,
    /// Value and word of each choice.
    Choice(Vec<(String, String)>),
}

impl Field {
    fn new(name: &'static str, label: &'static str, kind: FieldKind) -> Self {
        Self {
            name,
            label,
            hint: String::new(),
            kind,
            required: true,
            value: String::new(),
        }
    }

    pub fn line(name: &'static str, label: &'static str) -> Self {
        Self::new(name, label, FieldKind::Line)
    }

    pub fn lines(name: &'static str, label: &'static str) -> Self {
        Self::new(name, label, FieldKind::Lines)
    }

    pub fn day(name: &'static str, label: &'static str, value: Option<NaiveDate>) -> Self {
        let value = value.map(|day| day.to_string()).unwrap_or_default();
        Self::new(name, label, FieldKind::Day).valued(value)
    }

    pub fn number(name: &'static str, label: &'static str) -> Self {
        Self::new(name, label, FieldKind::Number)
    }

    pub fn address(name: &'static str, label: &'static str) -> Self {
        Self::new(name, label, FieldKind::Address)
    }

    pub fn secret(name: &'static str, label: &'static str) -> Self {
        Self::new(name, label, FieldKind::Secret)
    }

    /// The first choice is the one to take unless another is meant.
    pub fn choice<V: Into<String>, W: Into<String>>(
        name: &'static str,
        label: &'static str,
        all: impl IntoIterator<Item = (V, W)>,
    ) -> Self {
        let all = all.into_iter().map(|(value, word)| (value.into(), word.into()));
        Self::new(name, label, FieldKind::Choice(all.collect()))
    }

    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    pub fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    pub fn valued(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// The word of what was chosen, or what was typed.
    pub fn said(&self) -> &str {
        match &self.kind {
            FieldKind::Choice(all) => all
                .iter()
                .find(|(value, _)| *value == self.value)
                .map_or("", |(_, word)| word.as_str()),
            _ => &self.value,
        }
    }
}

/// Puts what was sent into the fields it was typed in.
pub(super) fn typed(fields: &mut [Field], sent: &Sent) {
    for field in fields {
        sent.get(field.name).clone_into(&mut field.value);
    }
}

/// Reads what was sent and notes what is wrong.
pub(super) struct Reader<'a> {
    sent: &'a Sent,
    pub problems: Problems,
}

impl<'a> Reader<'a> {
    pub fn new(sent: &'a Sent) -> Self {
        Self {
            sent,
            problems: Problems::default(),
        }
    }

    /// A text that must be there.
    pub fn text(&mut self, name: &'static str, label: &str) -> String {
        let text = self.sent.get(name).to_owned();
        if text.is_empty() {
            self.problems.add(name, format!("请写明{label}"));
        }
        text
    }

    /// A text that may be left out.
    pub fn maybe(&self, name: &str) -> Option<String> {
        self.sent.some(name)
    }

    /// A day that may be left out.
    pub fn maybe_day(&mut self, name: &'static str, label: &str) -> Option<NaiveDate> {
        let text = self.sent.get(name);
        if text.is_empty() {
            return None;
        }
        let day = day_of(text);
        if day.is_none() {
            self.problems
                .add(name, format!("{label}应写成 年-月-日，如 2026-11-23"));
        }
        day
    }

    /// A day that must be there; any when it is not, for then the form is refused.
    pub fn day(&mut self, name: &'static str, label: &str) -> NaiveDate {
        let day = self.maybe_day(name, label);
        if day.is_none() && self.sent.get(name).is_empty() {
            self.problems.add(name, format!("请写明{label}"));
        }
        day.unwrap_or_default()
    }

    /// A number that must be there.
    pub fn number(&mut self, name: &'static str, label: &str) -> u32 {
        self.sent.get(name).parse().unwrap_or_else(|_| {
            self.problems.add(name, format!("{label}应为整数"));
            0
        })
    }

    /// One of a few things.
    pub fn choice<T>(&mut self, name: &'static str, label: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let found = read(self.sent.get(name));
        if found.is_none() {
            self.problems.add(name, format!("请选择{label}"));
        }
        found
    }
}

/// What commands call by their own names, in the words of the pages.
const WORDS: [(&str, &str); 15] = [
    ("（--organ）", ""),
    ("（--code）", ""),
    ("（--note）", ""),
    ("（见 case --help）", ""),
    ("用 case correct 更正并写明理由", "用「更正日期」更正并写明理由"),
    ("用 case amend --doc-no 补填", "用「补填或更改基本情况」补填"),
    ("用 case amend 补填", "用「补填或更改基本情况」补填"),
    ("写在 --organization", "写在「组织部门的名称」一栏"),
    ("（case conclude --measure）", ""),
    (
        "理由取自解释答复（case explain），也可写在 --reasons",
        "理由取自解释答复，也可写在「不予容错的理由」一栏",
    ),
    ("写在 --regrade", "写在「补定的年度和原登记等次」一栏"),
    ("写在 --finding（case show 列出编号）", "在「所问的疑似问题」一栏选择"),
    ("请用 --organ 写明是哪一个", "请核对"),
    ("请用 --name 写明是哪一名", "请从案件列表进入"),
    ("有自己的命令", "单独登记"),
];

/// A refusal as a page says it.
pub(super) fn on_page(text: &str) -> String {
    WORDS
        .iter()
        .fold(text.to_owned(), |text, (command, page)| text.replace(command, page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_name_no_commands() {
        let said = on_page("「入卷归档」已登记于 2026-11-19；日期有误的，用 case correct 更正并写明理由");
        assert_eq!(
            said,
            "「入卷归档」已登记于 2026-11-19；日期有误的，用「更正日期」更正并写明理由"
        );
        assert_eq!(
            on_page("没有结论文号：编号以后用 case amend --doc-no 补填"),
            "没有结论文号：编号以后用「补填或更改基本情况」补填"
        );
    }

    #[test]
    fn a_choice_is_said_by_its_word() {
        let field = Field::choice("fits", "研判", [("yes", "有容错情形"), ("no", "无容错情形")]).valued("no");
        assert_eq!(field.said(), "无容错情形");
        assert_eq!(Field::line("note", "情况").valued("查明").said(), "查明");
    }
}
