//! How the units have done over a span: numbers, table, chart, workbook.

use super::shown::every;
use crate::app::{App, AppError};
use crate::domain::account::Scope;
use crate::domain::alert::is_of;
use crate::domain::rectification::{Counted, Done, Figure, Figures, Rate, Span, UnitFigures, by_month, figures};
use crate::files::book::{Page, Value};
use crate::files::chart::{Chart, Pair, Stack, Stacked};
use crate::store::rectifications::{self as store, StoredRectification};
use chrono::NaiveDate;

/// The report with what it was asked for.
#[derive(Debug, Clone)]
pub struct Reported {
    /// The days looked at.
    pub span: Span,
    /// Only this unit and those below it.
    pub unit: Option<String>,
    /// The last day that is counted: a span that is not over ends today.
    pub until: NaiveDate,
    /// The numbers.
    pub figures: Figures,
    /// The same by month of the day things were to be done by.
    pub months: Vec<(Span, UnitFigures)>,
}

/// Counts by unit.
pub async fn report(app: &App, span: Span, unit: Option<&str>) -> Result<Reported, AppError> {
    if span.from > span.to {
        return Err(AppError::Input(format!("起日 {} 晚于止日 {}", span.from, span.to)));
    }
    let mut items = every(app).await?;
    items.retain(|item| unit.is_none_or(|unit| is_of(&item.life.facts.unit, unit)));
    Ok(reported(app, &items, span, unit))
}

/// The same of the items that somebody sees.
pub async fn report_seen(app: &App, scope: &Scope, span: Span, unit: Option<&str>) -> Result<Reported, AppError> {
    let mut items: Vec<StoredRectification> = Vec::new();
    let mut tx = app.db.read().await?;
    loop {
        let last = items.last().map_or("", |item| item.number.as_str());
        let batch = store::seen_after(&mut tx, last, scope, unit.unwrap_or_default()).await?;
        if batch.is_empty() {
            break;
        }
        items.extend(batch);
    }
    tx.rollback().await?;
    Ok(reported(app, &items, span, unit.or(scope.unit())))
}

fn reported(app: &App, items: &[StoredRectification], span: Span, unit: Option<&str>) -> Reported {
    let today = app.now().day();
    let counted = items.iter().map(|item| Counted {
        number: &item.number,
        life: &item.life,
    });
    Reported {
        span,
        unit: unit.map(str::to_owned),
        until: span.to.min(today),
        months: by_month(&counted, span, today),
        figures: figures(counted, span, today),
    }
}

/// The four rates with their names.
pub fn rates(unit: &UnitFigures) -> [(&'static str, Rate); 4] {
    [
        ("整改率", unit.rectified()),
        ("按期率", unit.on_time()),
        ("延期率", unit.extended()),
        ("反弹率", unit.relapsed()),
    ]
}

/// Figures of the table, left to right.
const SHOWN: [Figure; 8] = [
    Figure::Due,
    Figure::Closed,
    Figure::OnTime,
    Figure::Extended,
    Figure::Overdue,
    Figure::EverClosed,
    Figure::Relapsed,
    Figure::Standing,
];

impl Reported {
    /// Title of the report.
    pub fn title(&self) -> String {
        let unit = self.unit.as_deref().unwrap_or("全部单位");
        format!("督促整改统计（{} 至 {}，{unit}）", self.span.from, self.until)
    }

    /// What is counted, and out of what.
    pub fn notes(&self) -> Vec<String> {
        vec![
            "应整改：整改时限（延期后的）在这段时间以内的事项，长期坚持的不计。整改率＝其中已销号的÷应整改。"
                .to_owned(),
            "按期率＝其中在时限以内申请销号并最终验收合格的÷应整改；等待验收的时间不算责任单位的。".to_owned(),
            "延期率＝其中延过期的÷应整改。反弹率＝这段时间以内反弹的÷截止日以前销过号的。".to_owned(),
            "扣分是这段时间以内升到各处置级别的扣分之和，分值由规则的处置阶梯写明。".to_owned(),
        ]
    }

    /// Units in the order of their names, then all together.
    pub fn lines(&self) -> impl Iterator<Item = (&str, &UnitFigures)> {
        let units = self
            .figures
            .units
            .iter()
            .map(|(unit, figures)| (unit.as_str(), figures));
        units.chain(std::iter::once(("合计", &self.figures.total)))
    }

    /// The table as text.
    pub fn table(&self) -> Vec<Vec<String>> {
        let mut header = vec!["责任单位".to_owned()];
        header.extend(SHOWN.map(|figure| figure.zh().to_owned()));
        header.extend(["整改率", "按期率", "延期率", "反弹率", "扣分"].map(str::to_owned));
        let mut rows = vec![header];
        for (unit, figures) in self.lines() {
            let mut row = vec![unit.to_owned()];
            row.extend(SHOWN.map(|figure| figures.count(figure).to_string()));
            row.extend(rates(figures).map(|(_, rate)| rate.zh()));
            row.push(figures.deducted.to_string());
            rows.push(row);
        }
        rows
    }

    /// The chart: 整改率 beside 按期率.
    pub fn chart(&self) -> Chart {
        let bar = |rate: Rate| {
            let percent = rate.per_mille().map(|share| f64::from(share) / 10.0);
            (percent, format!("{}（{}／{}）", rate.zh(), rate.count, rate.of))
        };
        let pairs: Vec<Pair> = self
            .lines()
            .map(|(unit, figures)| Pair {
                label: unit.rsplit('/').next().unwrap_or(unit).to_owned(),
                said: format!("扣分 {}，反弹 {} 件", figures.deducted, figures.count(Figure::Relapsed)),
                bars: [bar(figures.rectified()), bar(figures.on_time())],
            })
            .collect();
        let told: Vec<String> = pairs
            .iter()
            .map(|pair| format!("{}整改率 {}，按期率 {}", pair.label, pair.bars[0].1, pair.bars[1].1))
            .collect();
        Chart {
            title: self.title(),
            description: told.join("；"),
            sides: ["整改率", "按期率"].map(str::to_owned),
            pairs,
            notes: self.notes(),
        }
    }

    /// How what was to be done came out, by unit.
    pub fn done_by_unit(&self) -> Vec<(&str, &UnitFigures)> {
        let lines = self.lines();
        lines.filter(|(_, figures)| figures.count(Figure::Due) > 0).collect()
    }

    /// The same as a table; the first column is what `lines` are named by.
    pub fn done_table<'a>(
        &self,
        name: &str,
        first: &str,
        lines: impl Iterator<Item = (String, &'a UnitFigures)>,
    ) -> Page {
        let words = [
            (first, 32.0),
            (Figure::Due.zh(), 9.0),
            (Done::OnTime.zh(), 10.0),
            (Done::Late.zh(), 10.0),
            (Done::Open.zh(), 9.0),
            ("其中已逾期", 11.0),
            ("整改率（%）", 11.0),
            ("按期率（%）", 11.0),
            ("延期率（%）", 11.0),
        ];
        let count = |count: usize| Value::Count(u32::try_from(count).unwrap_or(u32::MAX));
        let percent = |rate: Rate| {
            let share = rate.per_mille().map(|share| f64::from(share) / 10.0);
            share.map_or(Value::Blank, |share| Value::Number(share, 1))
        };
        let row = |(label, figures): (String, &UnitFigures)| {
            let mut row = vec![Value::Text(label), count(figures.count(Figure::Due))];
            row.extend(Done::ALL.map(|how| count(figures.done(how).len())));
            row.push(count(figures.count(Figure::Overdue)));
            row.extend([figures.rectified(), figures.on_time(), figures.extended()].map(percent));
            row
        };
        Page {
            name: name.to_owned(),
            title: vec![self.title()],
            header: words.map(|(word, width)| (word.to_owned(), width)).to_vec(),
            rows: lines.map(row).collect(),
        }
    }

    /// The same as a drawing.
    pub fn done_chart<'a>(
        &self,
        (name, title): (&'static str, &str),
        lines: impl Iterator<Item = (String, &'a UnitFigures)>,
    ) -> Stacked {
        let bar = |(label, figures): (String, &UnitFigures)| Stack {
            label,
            counts: Done::ALL
                .map(|how| u32::try_from(figures.done(how).len()).unwrap_or(u32::MAX))
                .to_vec(),
            said: format!("按期率 {}", figures.on_time().zh()),
        };
        Stacked {
            name,
            title: title.to_owned(),
            parts: Done::ALL.map(|how| how.zh().to_owned()).to_vec(),
            bars: lines.map(bar).collect(),
        }
    }

    /// The workbook: the table, and the items behind every number.
    pub fn pages(&self) -> Vec<Page> {
        let mut rows = self.table();
        let header = rows.remove(0);
        let notes = self.notes();
        let table = Page {
            name: "统计".to_owned(),
            title: std::iter::once(self.title()).chain(notes).collect(),
            header: header
                .into_iter()
                .enumerate()
                .map(|(at, word)| (word, if at == 0 { 32.0 } else { 11.0 }))
                .collect(),
            rows: rows
                .into_iter()
                .map(|row| {
                    row.into_iter()
                        .map(|cell| match cell.parse() {
                            Ok(count) => Value::Count(count),
                            Err(_) => Value::Text(cell),
                        })
                        .collect()
                })
                .collect(),
        };
        let mut behind = Vec::new();
        for (unit, figures) in &self.figures.units {
            for figure in Figure::ALL {
                for number in figures.items.get(&figure).into_iter().flatten() {
                    behind.push(vec![
                        Value::Text(unit.clone()),
                        Value::Text(figure.zh().to_owned()),
                        Value::Text(number.clone()),
                    ]);
                }
            }
        }
        let items = Page {
            name: "事项".to_owned(),
            title: vec![format!("{}：每个数字对应的事项", self.title())],
            header: vec![
                ("责任单位".to_owned(), 32.0),
                ("统计项".to_owned(), 14.0),
                ("编号".to_owned(), 20.0),
            ],
            rows: behind,
        };
        vec![table, items]
    }
}
