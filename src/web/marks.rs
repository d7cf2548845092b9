//! Small pieces of pages: state marks, days, pagers. Each renders itself and is escaped inside.

use super::address::address;
use crate::app::view::{AlertRow, Certainty, Day, Decision, Light, MailState, ObligationRow, PageOf, Verdict};
use crate::domain::time::Moment;
use askama::Template;
use askama::filters::HtmlSafe;
use chrono::NaiveDate;

macro_rules! safe {
    ($($name:ty),+ $(,)?) => { $(impl HtmlSafe for $name {})+ };
}

// Their templates escape what they print, so that pages need not do it again.
safe!(LightMark, Icon, DayMark, DateMark, MomentMark, Tag, Tentative, Pager);
safe!(ObligationTable<'_>, AlertTable<'_>);

/// What a value looks like on a page. A trait, because templates pass their arguments by reference.
pub(super) trait Shown {
    /// The finished piece.
    type Mark: HtmlSafe;

    /// Makes the piece.
    fn shown(&self) -> Self::Mark;
}

/// A state as colour, word and shape.
#[derive(Template)]
#[template(path = "partials/light.html")]
pub(super) struct LightMark {
    light: Light,
}

impl Shown for Light {
    type Mark = LightMark;

    fn shown(&self) -> LightMark {
        LightMark { light: *self }
    }
}

/// The shape alone, for places too small for the word; the word is its accessible name.
#[derive(Template)]
#[template(path = "partials/icon.html")]
pub(super) struct Icon {
    light: Light,
}

/// Makes the shape alone.
pub(super) trait Small {
    /// The shape with its word as accessible name.
    fn icon(&self) -> Icon;
}

impl Small for Light {
    fn icon(&self) -> Icon {
        Icon { light: *self }
    }
}

/// A day with weekday and, where they differ, 班 or 休.
#[derive(Template)]
#[template(path = "partials/day.html")]
pub(super) struct DayMark {
    day: Day,
}

impl Shown for Day {
    type Mark = DayMark;

    fn shown(&self) -> DayMark {
        DayMark { day: *self }
    }
}

/// A day of a record, with its weekday.
#[derive(Template)]
#[template(
    source = r#"<time datetime="{{ date }}" class="num">{{ date }}</time> <span class="wd">{{ crate::domain::time::weekday_zh(*date) }}</span>"#,
    ext = "html"
)]
pub(super) struct DateMark {
    date: NaiveDate,
}

impl Shown for NaiveDate {
    type Mark = DateMark;

    fn shown(&self) -> DateMark {
        DateMark { date: *self }
    }
}

/// A moment to the minute, in Asia/Shanghai.
#[derive(Template)]
#[template(
    source = r#"<time datetime="{{ at }}" class="num">{{ at.local().format("%Y-%m-%d %H:%M") }}</time>"#,
    ext = "html"
)]
pub(super) struct MomentMark {
    at: Moment,
}

impl Shown for Moment {
    type Mark = MomentMark;

    fn shown(&self) -> MomentMark {
        MomentMark { at: *self }
    }
}

/// A word in a frame; the key chooses the frame.
#[derive(Template)]
#[template(source = r#"<span class="tag tag-{{ key }}">{{ word }}</span>"#, ext = "html")]
pub(super) struct Tag {
    key: &'static str,
    word: &'static str,
}

impl Shown for Verdict {
    type Mark = Tag;

    fn shown(&self) -> Tag {
        Tag {
            key: self.as_str(),
            word: self.zh(),
        }
    }
}

impl Shown for MailState {
    type Mark = Tag;

    fn shown(&self) -> Tag {
        Tag {
            key: self.key(),
            word: self.word(),
        }
    }
}

impl Shown for Decision {
    type Mark = Tag;

    fn shown(&self) -> Tag {
        Tag {
            key: self.key(),
            word: self.word(),
        }
    }
}

/// The mark of a due day that may still move; nothing for one that is certain.
#[derive(Template)]
#[template(
    source = r#"{% if certainty.is_tentative() %} <span class="tag tag-dashed" title="{{ certainty.word() }}，到期日可能变动">暂定</span>{% endif %}"#,
    ext = "html"
)]
pub(super) struct Tentative {
    certainty: Certainty,
}

impl Shown for Certainty {
    type Mark = Tentative;

    fn shown(&self) -> Tentative {
        Tentative { certainty: *self }
    }
}

/// The table of obligations.
#[derive(Template)]
#[template(path = "partials/obligation_table.html")]
pub(super) struct ObligationTable<'a> {
    rows: &'a [ObligationRow],
}

pub(super) fn obligation_table(rows: &[ObligationRow]) -> ObligationTable<'_> {
    ObligationTable { rows }
}

/// The table of decisions about reminders.
#[derive(Template)]
#[template(path = "partials/alert_table.html")]
pub(super) struct AlertTable<'a> {
    rows: &'a [AlertRow],
    with_subject: bool,
    with_mail: bool,
}

pub(super) fn alert_table(rows: &[AlertRow], with_subject: bool, with_mail: bool) -> AlertTable<'_> {
    AlertTable {
        rows,
        with_subject,
        with_mail,
    }
}

/// Where in a long list this page lies, with links to the others.
#[derive(Template)]
#[template(path = "partials/pager.html")]
pub(super) struct Pager {
    first: u64,
    last: u64,
    total: u64,
    page: u64,
    pages: u64,
    links: Vec<PagerLink>,
    previous: Option<String>,
    next: Option<String>,
}

struct PagerLink {
    page: u64,
    href: String,
    gap_before: bool,
}

pub(super) fn pager<T>(list: &PageOf<T>, path: &str, parameters: &[(&str, &str)]) -> Pager {
    let (page, pages) = (u64::from(list.page), list.pages());
    let href = |to: u64| {
        let number = if to == 1 { String::new() } else { to.to_string() };
        let mut all = parameters.to_vec();
        all.push(("page", &number));
        address(path, &all)
    };
    let mut shown: Vec<u64> = [1, page.saturating_sub(1), page, page + 1, pages]
        .into_iter()
        .filter(|one| (1..=pages).contains(one))
        .collect();
    shown.sort_unstable();
    shown.dedup();
    let mut before = 0;
    let links = shown
        .into_iter()
        .map(|one| {
            let gap_before = one > before + 1;
            before = one;
            PagerLink {
                page: one,
                href: href(one),
                gap_before,
            }
        })
        .collect();
    Pager {
        first: list.first(),
        last: list.last(),
        total: list.total,
        page,
        pages,
        links,
        previous: (page > 1).then(|| href((page - 1).min(pages))),
        next: (page < pages).then(|| href(page + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hrefs(page: u32, total: u64) -> Vec<String> {
        let list = PageOf::<()> {
            rows: vec![],
            total,
            page,
            per_page: 50,
        };
        let made = pager(&list, "/obligations", &[("show", "all")]);
        made.links
            .iter()
            .map(|link| format!("{}{}", if link.gap_before { "…" } else { "" }, link.href))
            .collect()
    }

    #[test]
    fn a_pager_names_the_ends_and_the_neighbours() {
        assert_eq!(
            hrefs(8, 812),
            [
                "/obligations?show=all",
                "…/obligations?show=all&page=7",
                "/obligations?show=all&page=8",
                "/obligations?show=all&page=9",
                "…/obligations?show=all&page=17",
            ]
        );
        assert_eq!(hrefs(1, 50), ["/obligations?show=all"]);
        assert_eq!(hrefs(999, 15), ["/obligations?show=all"], "the way back");
        assert_eq!(hrefs(1, 51).len(), 2);
    }

    #[test]
    fn a_pager_counts_what_is_there() {
        let said = |rows: usize, total: u64, page: u32| {
            let list = PageOf {
                rows: vec![(); rows],
                total,
                page,
                per_page: 50,
            };
            pager(&list, "/cases", &[]).render().expect("a pager")
        };
        assert!(said(50, 812, 2).contains("第 51–100 项，共 812 项"));
        assert!(said(1, 1, 1).contains("第 1–1 项，共 1 项"));
        assert!(!said(0, 0, 1).contains("第 1"));
        let beyond = said(0, 15, 999);
        assert!(
            beyond.contains("没有第 999 页，共 15 项") && beyond.contains("href=\"/cases\""),
            "{beyond}"
        );
    }
}
