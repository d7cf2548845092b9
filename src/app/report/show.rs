//! The hidden penalty report as words, drawing and workbook.

use super::HiddenPenalty;
use crate::domain::hidden::{Comparison, Reading, Share, UnitLine};
use crate::files::book::{Page, Value};
use crate::files::chart::{Chart, Pair};

/// Names of the two sides.
const SIDES: [&str; 2] = ["受保护人员", "同类人员"];

impl HiddenPenalty {
    /// The title.
    pub fn title(&self) -> String {
        let years = if self.from == self.to {
            format!("{} 年", self.from)
        } else {
            format!("{}—{} 年", self.from, self.to)
        };
        let unit = self.unit.as_deref().unwrap_or("全部单位");
        format!("隐性影响比对（{years}，{unit}）")
    }

    /// What the report is and is not.
    pub fn notes(&self) -> Vec<String> {
        let limits = &self.thresholds;
        vec![
            "本表供人工研判，不针对个人，不构成结论；只有人次，没有姓名。有差异可能另有原因，没有差异也不能排除个别人受影响。"
                .to_owned(),
            "受保护人员指免责结论生效的干部，只与同单位、同职级、同一年的人员相比；从轻、减轻、尚在认定中的和不能认定是谁的，两边都不计。"
                .to_owned(),
            "一人一年算一次。同一年有几份名单的，人数取最多的一份，晋升任用累加，其余取平均。晋升任用以名册人数为底数。"
                .to_owned(),
            format!(
                "p 值是费舍尔精确检验（双侧）：假如没有差别，单凭巧合出现这样或更大差异的可能。分层检验按单位、职级、年度分开再合并，单位做法不同不会当成差异，结论以它为准，p 不大于 {} 的才说显著。",
                limits.level
            ),
            "几项一起看时，偶然显著的机会更大；显著只说明不像巧合，不说明原因。".to_owned(),
            format!(
                "受保护人员不足 {} 人次、同类人员不足 {} 人次的为样本不足（{}），不作比较，也不列获得人次。样本不足的单位合为「其他单位」一行；合起来仍不足的，也不计入合计，以免由合计推出一两个人的结果。",
                limits.min_protected,
                limits.min_peers,
                limits.number_from.zh()
            ),
        ]
    }

    /// The drawing.
    pub fn chart(&self) -> Chart {
        let pairs: Vec<Pair> = self.measures.iter().map(pair).collect();
        let told: Vec<String> = self
            .measures
            .iter()
            .zip(&pairs)
            .map(|(measure, pair)| {
                format!(
                    "{}：{} {}，{} {}，{}",
                    pair.label,
                    SIDES[0],
                    pair.bars[0].1,
                    SIDES[1],
                    pair.bars[1].1,
                    measure.reading.zh()
                )
            })
            .collect();
        Chart {
            title: self.title(),
            description: format!("{}。{}", told.join("；"), self.notes()[0]),
            sides: SIDES.map(str::to_owned),
            pairs,
            notes: self.notes(),
        }
    }

    /// The workbook.
    pub fn pages(&self) -> Vec<Page> {
        let header = |words: &[(&str, f64)]| words.iter().map(|(word, width)| ((*word).to_owned(), *width)).collect();
        let all = Page {
            name: "比对".to_owned(),
            title: vec![self.title(), self.notes()[0].clone()],
            header: header(&[
                ("项目", 20.0),
                ("受保护人次", 10.0),
                ("获得", 8.0),
                ("比例（%）", 10.0),
                ("同类人次", 10.0),
                ("获得", 8.0),
                ("比例（%）", 10.0),
                ("相差（百分点）", 13.0),
                ("按同类比例应有", 15.0),
                ("p（合并）", 11.0),
                ("p（分层）", 11.0),
                ("结论", 18.0),
                ("没有同类而未计", 15.0),
                ("样本不足而未计", 15.0),
            ]),
            rows: self.measures.iter().map(row).collect(),
        };
        let units = Page {
            name: "各单位".to_owned(),
            title: vec![self.title(), self.notes()[5].clone()],
            header: header(&[
                ("项目", 20.0),
                ("单位", 34.0),
                ("受保护人次", 10.0),
                ("获得", 8.0),
                ("比例（%）", 10.0),
                ("同类人次", 10.0),
                ("获得", 8.0),
                ("比例（%）", 10.0),
                ("相差（百分点）", 13.0),
                ("p（分层）", 11.0),
                ("说明", 12.0),
            ]),
            rows: self
                .measures
                .iter()
                .flat_map(|measure| measure.units.iter().map(|line| unit_row(measure, line)))
                .collect(),
        };
        let notes = Page {
            name: "说明".to_owned(),
            title: vec![self.title()],
            header: header(&[("说明", 110.0)]),
            rows: self.notes().into_iter().map(|note| vec![Value::from(note)]).collect(),
        };
        vec![all, units, notes]
    }
}

/// A p-value as people read it.
pub fn p_zh(p: f64) -> String {
    if p < 0.0001 {
        "p<0.0001".to_owned()
    } else {
        format!("p={p:.4}")
    }
}

fn share_zh(share: Share, enough: bool) -> String {
    match share.percent() {
        None => "没有".to_owned(),
        Some(percent) if enough => format!("{percent:.1}%（{}／{} 人次）", share.favoured, share.persons),
        Some(_) => format!("{} 人次", share.persons),
    }
}

fn pair(measure: &Comparison) -> Pair {
    let said = match measure.stratified {
        Some(p) => format!("{}（分层检验 {}）", measure.reading.zh(), p_zh(p)),
        None => measure.reading.zh().to_owned(),
    };
    let drawn = |share: Share| {
        let percent = share.percent().filter(|_| measure.enough());
        (percent, share_zh(share, measure.enough()))
    };
    Pair {
        label: measure.measure.zh().to_owned(),
        said,
        bars: [drawn(measure.protected), drawn(measure.peers)],
    }
}

fn number(value: Option<f64>, places: u8) -> Value {
    value.map_or(Value::Blank, |value| Value::Number(value, places))
}

/// Of very few people the count would tell what one of them got.
fn cells(share: Share, enough: bool) -> [Value; 3] {
    if !enough {
        return [Value::Count(share.persons), Value::Blank, Value::Blank];
    }
    [
        Value::Count(share.persons),
        Value::Count(share.favoured),
        number(share.percent(), 1),
    ]
}

fn row(measure: &Comparison) -> Vec<Value> {
    let enough = measure.enough();
    let mut row = vec![Value::from(measure.measure.zh())];
    row.extend(cells(measure.protected, enough));
    row.extend(cells(measure.peers, enough));
    row.extend([
        number(measure.difference().filter(|_| enough), 1),
        number(Some(measure.expected).filter(|_| enough), 1),
        number(measure.pooled, 4),
        number(measure.stratified, 4),
        Value::from(measure.reading.zh()),
        Value::Count(measure.unmatched),
        Value::Count(measure.too_few),
    ]);
    row
}

fn unit_row(measure: &Comparison, line: &UnitLine) -> Vec<Value> {
    let mut row = vec![Value::from(measure.measure.zh()), Value::from(line.unit.clone())];
    row.extend(cells(line.protected, line.enough()));
    row.extend(cells(line.peers, line.enough()));
    if line.enough() {
        row.extend([number(line.difference(), 1), number(line.p, 4), Value::Blank]);
    } else {
        row.extend([Value::Blank, Value::Blank, Value::from(Reading::Insufficient.zh())]);
    }
    row
}
