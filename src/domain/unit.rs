//! The tree of units. A path names its levels (云川市/住建局/质监站); where names stand without slashes, a unit lies
//! below another when its name begins with the other's.

use super::tables::Table;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Finds the units of many cells, most of which say what others say.
#[derive(Debug)]
pub struct Finder<'a> {
    units: &'a Units,
    known: Table<&'a str, Option<&'a str>>,
}

impl<'a> Finder<'a> {
    /// Nothing is found yet.
    pub fn new(units: &'a Units) -> Self {
        Self {
            units,
            known: Table::default(),
        }
    }

    /// What [`Units::find_exact`] finds, else the text itself.
    pub fn name(&mut self, text: &'a str) -> &'a str {
        let units = self.units;
        let found = self.known.entry(text).or_insert_with(|| units.find_exact(text));
        found.unwrap_or(text)
    }
}

/// How two units stand to one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// One and the same.
    Same,
    /// One lies above the other.
    Line,
    /// Neither above nor below.
    Apart,
}

/// Endings of administrative names: what stands before a unit's name and ends so is another place's.
const PLACE_ENDINGS: [char; 9] = ['省', '市', '州', '盟', '区', '县', '旗', '镇', '乡'];

/// The units of a site.
#[derive(Debug, Clone, Default)]
pub struct Units {
    known: Vec<Unit>,
    roots: BTreeSet<String>,
}

#[derive(Debug, Clone)]
struct Unit {
    name: String,
    /// Levels from the top; one for a plain full name.
    levels: Vec<String>,
    /// The name without the place it begins with, for plain full names.
    short: Option<String>,
}

impl Units {
    /// Units by their names; those above a path are known too.
    pub fn new<S: AsRef<str>>(names: &[S]) -> Self {
        let mut all = BTreeSet::new();
        for name in names {
            let levels = levels(name.as_ref());
            for depth in 1..=levels.len() {
                all.insert(levels[..depth].join("/"));
            }
        }
        let mut out = Self::default();
        for name in all.into_iter().filter(|name| !name.is_empty()) {
            let levels = levels(&name);
            let place = place_of(&levels[0]);
            out.roots.insert(place.clone().unwrap_or_else(|| levels[0].clone()));
            let short = place
                .filter(|place| levels.len() == 1 && place.len() < name.len())
                .map(|place| name[place.len()..].to_owned());
            out.known.push(Unit { name, levels, short });
        }
        out
    }

    /// The unit a title or a file name names. The longest path whose last level stands in the text wins; a text that
    /// names only the top is the top, unless an office that nobody knows stands behind it.
    pub fn find(&self, text: &str) -> Option<&str> {
        let found = self.look(text)?;
        (!is_place(found) || !names_an_office(&behind(text, found))).then_some(found)
    }

    /// The unit a cell or an option names: as [`Self::find`], but a place with anything behind it is another unit.
    pub fn find_exact(&self, text: &str) -> Option<&str> {
        let found = self.look(text)?;
        // A path says itself what its last level is.
        let own = tidy(text);
        let (_, level) = own.rsplit_once('/').unwrap_or(("", own.as_ref()));
        if own.contains('/') && !level.contains(found.rsplit('/').next().unwrap_or(found)) {
            return None;
        }
        let rest = behind(text, found);
        let nothing = ["", "本级", "机关", "直属", "本部", "人民政府", "政府", "党委"].contains(&rest.as_str());
        (!is_place(found) || nothing).then_some(found)
    }

    fn look(&self, text: &str) -> Option<&str> {
        let plain = tidy(text);
        // They stand in the order of their names.
        if let Ok(at) = self
            .known
            .binary_search_by(|unit| unit.name.as_str().cmp(plain.as_ref()))
        {
            return Some(&self.known[at].name);
        }
        let text = plain.replace('/', "");
        let mut best: Vec<(&Unit, bool, usize)> = Vec::new();
        for unit in &self.known {
            let Some(weight) = self.weight(unit, &text) else {
                continue;
            };
            best.push((unit, names_all(unit, &text), weight));
        }
        // A unit whose levels between are not named gives way to one of the same last level that needs none.
        let named_in_full: BTreeSet<&str> = best
            .iter()
            .filter(|(_, all, _)| *all)
            .map(|(unit, ..)| last(unit))
            .collect();
        best.retain(|(unit, all, _)| *all || !named_in_full.contains(last(unit)));
        let top = best.iter().map(|(_, _, weight)| *weight).max()?;
        best.retain(|(_, _, weight)| *weight == top);
        match best.as_slice() {
            [(unit, ..)] => Some(&unit.name),
            _ => None,
        }
    }

    /// Whether the unit is the top of the tree.
    pub fn is_top(&self, name: &str) -> bool {
        self.roots.contains(name)
    }

    /// How two units stand to one another.
    pub fn relation(&self, one: &str, other: &str) -> Relation {
        let (a, b) = (tidy(one), tidy(other));
        let agree = parts(&a).zip(parts(&b)).all(|(a, b)| a == b);
        let in_line = match (parts(&a).count(), parts(&b).count()) {
            (a, b) if agree && a == b => return Relation::Same,
            (1, 1) => one.starts_with(other) || other.starts_with(one),
            _ => agree,
        };
        if in_line { Relation::Line } else { Relation::Apart }
    }

    /// How much of a unit's path a text names; `None` when its last level is not there or is another place's.
    fn weight(&self, unit: &Unit, text: &str) -> Option<usize> {
        let (word, at) = match (text.find(last(unit)), &unit.short) {
            (Some(at), _) => (last(unit), at),
            (None, Some(short)) => (short.as_str(), text.find(short.as_str())?),
            (None, None) => return None,
        };
        let named: usize = unit.levels[..unit.levels.len() - 1]
            .iter()
            .filter(|level| text.contains(level.as_str()))
            .map(|level| level.chars().count())
            .sum();
        let before = &text[..at];
        self.fits_before(unit, before).then(|| {
            let depth = unit.levels.len();
            depth * 1000 + named + word.chars().count()
        })
    }

    /// What stands directly before a unit's name must be of its own path, or no place at all.
    fn fits_before(&self, unit: &Unit, before: &str) -> bool {
        let mut rest = before;
        for level in unit.levels.iter().rev().skip(1) {
            rest = rest.strip_suffix(level.as_str()).unwrap_or(rest);
        }
        let head = han_tail(rest);
        if head.is_empty() || unit.levels.iter().any(|level| head.ends_with(level.as_str())) {
            return true;
        }
        if self
            .roots
            .iter()
            .any(|root| root.ends_with(head.as_str()) || head.ends_with(root.as_str()))
        {
            return true;
        }
        if matches!(head.chars().last(), Some(c) if PLACE_ENDINGS.contains(&c)) || head.ends_with("街道") {
            let ours = ["全市", "我市", "本市", "全区", "我区", "本区", "全县", "我县", "本县"];
            return ours.iter().any(|word| head.ends_with(word)) || head.chars().count() == 1;
        }
        true
    }
}

/// Whether a unit is another or lies below it: by its path, or, where both names stand without slashes, by what it
/// begins with.
pub fn lies_within(unit: &str, top: &str) -> bool {
    let (a, b) = (tidy(unit), tidy(top));
    let (own, above) = (parts(&a).count(), parts(&b).count());
    let agree = parts(&a).zip(parts(&b)).all(|(a, b)| a == b);
    above > 0 && (agree && own >= above || own == 1 && above == 1 && a.starts_with(b.as_ref()))
}

/// Whether a unit is a place that offices belong to, by the last level of its name.
fn is_place(unit: &str) -> bool {
    unit.chars().last().is_some_and(|c| PLACE_ENDINGS.contains(&c))
}

/// The run of Chinese characters directly behind a place's name.
fn behind(text: &str, unit: &str) -> String {
    let place = unit.rsplit('/').next().unwrap_or(unit);
    let text = tidy(text).replace('/', "");
    let rest = text.rsplit_once(place).map_or("", |(_, rest)| rest);
    rest.chars().take_while(|c| is_han(*c)).collect()
}

/// Whether words behind a place name an office of it (财政局年度考核表) rather than a list (拟任免干部情况表).
fn names_an_office(words: &str) -> bool {
    let inside = ["局", "集团", "公司", "街道", "医院", "学校", "学院"];
    let at_the_end = ["镇", "乡", "站", "中心", "院", "校"];
    inside.iter().any(|word| words.contains(word)) || at_the_end.iter().any(|word| words.ends_with(word))
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

/// Whether a text names every level between the top and the unit.
fn names_all(unit: &Unit, text: &str) -> bool {
    let between = unit.levels.len().saturating_sub(1);
    unit.levels[..between]
        .iter()
        .skip(1)
        .all(|level| text.contains(level.as_str()))
}

fn last(unit: &Unit) -> &str {
    unit.levels.last().expect("a unit has a level")
}

fn levels(name: &str) -> Vec<String> {
    parts(&tidy(name)).map(str::to_owned).collect()
}

/// The levels of a tidy name.
fn parts(name: &str) -> impl Iterator<Item = &str> {
    name.split('/').filter(|level| !level.is_empty())
}

/// Spaces go away, full-width forms become plain, other slashes become one kind.
fn tidy(text: &str) -> Cow<'_, str> {
    if !text.contains(|c: char| c.is_whitespace() || matches!(c, '／' | '\\' | '＼' | '（' | '）')) {
        return text.trim_matches('/').into();
    }
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '／' | '\\' | '＼' => '/',
            '（' => '(',
            '）' => ')',
            other => other,
        })
        .collect::<String>()
        .trim_matches('/')
        .to_owned()
        .into()
}

/// The place a plain full name begins with: 云川市 of 云川市住房和城乡建设局.
pub(super) fn place_of(name: &str) -> Option<String> {
    let end = name
        .char_indices()
        .skip(1)
        .find(|(_, c)| matches!(c, '市' | '县' | '州' | '盟' | '旗'))?;
    Some(name[..end.0 + end.1.len_utf8()].to_owned())
}

/// The run of Chinese characters at the end of a text, at most six.
fn han_tail(text: &str) -> String {
    let tail: Vec<char> = text.chars().rev().take(6).take_while(|c| is_han(*c)).collect();
    tail.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn city() -> Units {
        Units::new(&[
            "云川市/住建局/质监站",
            "云川市/教育局/云川一中",
            "云川市/青禾区/住建局",
            "云川市/青禾区/柳溪街道",
            "云川市/交通局/公路中心",
        ])
    }

    #[test]
    fn spellings_find_the_unit() {
        let city = city();
        for (text, unit) in [
            ("云川市/住建局", "云川市/住建局"),
            ("市住建局", "云川市/住建局"),
            ("住建局", "云川市/住建局"),
            ("云川市 住建局", "云川市/住建局"),
            ("市住建局质监站", "云川市/住建局/质监站"),
            ("质监站", "云川市/住建局/质监站"),
            ("云川一中", "云川市/教育局/云川一中"),
            ("云川市教育局云川一中2026年度考核备案表", "云川市/教育局/云川一中"),
            ("青禾区住建局", "云川市/青禾区/住建局"),
            ("云川市青禾区住建局", "云川市/青禾区/住建局"),
            ("云川市2026年拟表彰奖励人员名单", "云川市"),
            ("填报单位：云川市住建局（盖章）", "云川市/住建局"),
            ("青禾区柳溪街道2026年10月工资发放表", "云川市/青禾区/柳溪街道"),
        ] {
            assert_eq!(city.find(text), Some(unit), "{text}");
        }
        for other in ["白马区住建局", "临江市住建局", "财政局", ""] {
            assert_eq!(city.find(other), None, "{other}");
        }
    }

    #[test]
    fn an_office_nobody_knows_is_not_its_place() {
        let city = city();
        for text in [
            "云川市/教育局/云川二中",
            "云川市财政局",
            "云川市发改委",
            "青禾区财政局",
            "云川市/财政局",
        ] {
            assert_eq!(city.find_exact(text), None, "{text}");
        }
        assert_eq!(city.find("云川市财政局2026年度考核表"), None);
        for (text, unit) in [
            ("云川市", "云川市"),
            ("云川市本级", "云川市"),
            ("云川市住建局", "云川市/住建局"),
            ("市住建局质监站检测科", "云川市/住建局/质监站"),
        ] {
            assert_eq!(city.find_exact(text), Some(unit), "{text}");
        }
        assert_eq!(city.find("云川市拟任免干部情况表"), Some("云川市"));
    }

    #[test]
    fn plain_full_names_nest_by_their_beginnings() {
        let units = Units::new(&["云川市住房和城乡建设局", "云川市住房和城乡建设局质监站", "云川市教育局"]);
        assert_eq!(
            units.find("市住房和城乡建设局质监站"),
            Some("云川市住房和城乡建设局质监站")
        );
        assert_eq!(units.find("市教育局2026年度考核"), Some("云川市教育局"));
        let relation = units.relation("云川市住房和城乡建设局", "云川市住房和城乡建设局质监站");
        assert_eq!(relation, Relation::Line);
        assert_eq!(
            units.relation("云川市教育局", "云川市住房和城乡建设局"),
            Relation::Apart
        );
    }

    #[test]
    fn two_offices_of_one_name_are_unrelated() {
        let city = city();
        assert_eq!(city.relation("云川市/住建局", "云川市/青禾区/住建局"), Relation::Apart);
        assert_eq!(city.relation("云川市", "云川市/青禾区/住建局"), Relation::Line);
        assert_eq!(city.relation("云川市/住建局", "云川市/住建局"), Relation::Same);
    }
}
