//! Turns of phrase that several papers share. What the policy says is quoted, never retold.

use super::Block;
use crate::domain::case::Conclusion;
use crate::domain::time::day_zh;
use chrono::NaiveDate;

/// Clause on feedback, copies and the answer to a refusal.
pub(super) const FEEDBACK: &str = "二（四）4";
/// Clause on the archives.
pub(super) const ARCHIVE: &str = "二（四）5";
/// Clause on what a protected matter may not touch.
pub(super) const PROTECTION: &str = "二（五）";

/// The protection of clause 二(五), word for word.
pub(super) const UNAFFECTED: &str = "对于容错免责的，在年度考核、评先评优、表彰奖励时不受影响；在干部选拔任用、职级职称晋升及工资、绩效、奖金等方面不受影响；党代表、人大代表、政协委员等资格不受影响。";

/// The duty of clause 二(四)5, word for word.
pub(super) const INTO_ARCHIVES: &str = "结论性认定意见应于5个工作日内归入干部人事档案和廉政档案";

/// Title of the policy and how it is called after its first mention.
pub(super) struct Policy {
    title: String,
}

impl Policy {
    pub(super) fn of(title: &str) -> Self {
        let title = title.trim_start_matches('《').trim_end_matches('》');
        Self {
            title: title.to_owned(),
        }
    }

    /// The only mention.
    pub(super) fn cite(&self, clause: &str) -> String {
        format!("根据《{}》{clause}的规定", self.title)
    }

    /// The first of several mentions.
    pub(super) fn introduce(&self, clause: &str) -> String {
        let short = self.short().map(|short| format!("（以下简称《{short}》）"));
        format!("根据《{}》{}{clause}的规定", self.title, short.unwrap_or_default())
    }

    /// A further mention.
    pub(super) fn again(&self, clause: &str) -> String {
        match self.short() {
            Some(short) => format!("根据《{short}》{clause}的规定"),
            None => format!("根据该文件{clause}的规定"),
        }
    }

    /// The kind of document it calls itself, the longest that fits.
    fn short(&self) -> Option<&'static str> {
        const KINDS: [&str; 10] = [
            "实施意见",
            "实施办法",
            "实施细则",
            "操作规程",
            "意见",
            "办法",
            "细则",
            "规程",
            "规定",
            "条例",
        ];
        KINDS.into_iter().find(|kind| self.title.ends_with(kind))
    }
}

/// What was decided about the matter, in words that follow 失误错误.
pub(super) fn outcome(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::NotAccountable => "予以容错，不予问责",
        Conclusion::Exempted => "予以容错，免予问责",
        Conclusion::Exonerated => "予以容错免责",
        Conclusion::Lighter => "予以容错，从轻问责",
        Conclusion::Mitigated => "予以容错，减轻问责",
        Conclusion::NotTolerated => "不予容错",
        Conclusion::Investigating | Conclusion::NoTrack => "尚未作出结论",
        Conclusion::Clarified => "反映失实，予以澄清",
    }
}

/// The conclusion as a document: 结论性认定意见（云容认〔2026〕12号）.
pub(super) fn opinion(doc_no: Option<&str>) -> String {
    let number = doc_no.map(|number| format!("（{number}）"));
    format!("结论性认定意见{}", number.unwrap_or_default())
}

/// Who decided, when, under which number.
pub(super) fn decided(on: NaiveDate, doc_no: Option<&str>) -> String {
    format!("经研究，本机关于{}作出{}：", day_zh(on), opinion(doc_no))
}

/// Unit, post and name; the unit is not said twice when the post begins with it.
pub(super) fn person(unit: &str, post: Option<&str>, name: &str) -> String {
    let post = post.unwrap_or_default();
    if post.starts_with(unit) {
        format!("{post}{name}同志")
    } else {
        format!("{unit}{post}{name}同志")
    }
}

/// One line: line breaks and runs of blanks become nothing between ideographs and one blank elsewhere.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        let joins_latin =
            line.chars().next_back().is_some_and(|c| c.is_ascii()) && word.starts_with(|c: char| c.is_ascii());
        if joins_latin {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// A sentence of somebody else's text: it ends with a full stop, once.
pub(super) fn sentence(text: &str) -> String {
    let text = one_line(text);
    if text.ends_with(['。', '！', '？']) || text.ends_with("。”") {
        text
    } else {
        format!("{}。", text.trim_end_matches(['；', ';', '，', ',', '.', '、']))
    }
}

/// The lines of somebody else's text, a paragraph each.
pub(super) fn paragraphs(text: &str) -> Vec<Block> {
    text.lines()
        .filter(|line| !one_line(line).is_empty())
        .map(|line| Block::Paragraph(sentence(line)))
        .collect()
}

/// A body whose headings number themselves.
#[derive(Default)]
pub(super) struct Body {
    blocks: Vec<Block>,
    headings: usize,
}

impl Body {
    pub(super) fn heading(&mut self, text: &str) {
        const NUMERALS: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
        let numeral = NUMERALS[self.headings.min(NUMERALS.len() - 1)];
        self.headings += 1;
        self.blocks.push(Block::Heading(format!("{numeral}、{text}")));
    }

    pub(super) fn say(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Paragraph(text.into()));
    }

    pub(super) fn lines(&mut self, text: &str) {
        self.blocks.extend(paragraphs(text));
    }

    pub(super) fn table<const N: usize>(&mut self, header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) {
        self.blocks.push(Block::Table {
            header: header.map(str::to_owned).into(),
            rows: rows.into_iter().map(Into::into).collect(),
        });
    }

    pub(super) fn blocks(self) -> Vec<Block> {
        self.blocks
    }
}
