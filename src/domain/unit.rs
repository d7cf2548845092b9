//! The tree of units. A path names its levels (云川市/住建局/质监站); where names stand without slashes, a unit lies
//! below another when its name begins with the other's.

use super::tables::Table;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

/// Finds the units of many cells, most of which say what others say.
#[derive(Debug, Clone)]
pub struct Finder<'a> {
    units: &'a Units,
    /// The unit that the list they stand in is of.
    top: Option<&'a str>,
    known: Table<&'a str, Cow<'a, str>>,
}

impl<'a> Finder<'a> {
    /// Nothing is found yet.
    pub fn new(units: &'a Units) -> Self {
        Self::below(units, None)
    }

    /// For cells of a list of one unit: what they name is looked for below it first.
    pub fn below(units: &'a Units, top: Option<&'a str>) -> Self {
        Self {
            units,
            top,
            known: Table::default(),
        }
    }

    /// Looks for what a cell names, so that clones know it.
    pub fn look(&mut self, text: &'a str) {
        self.name(text);
    }

    /// What [`Units::find_exact`] finds, else the text itself. In the list of a district an office that names no place is
    /// the district's, known or not.
    pub fn name(&mut self, text: &'a str) -> Cow<'a, str> {
        let (units, top) = (self.units, self.top);
        let found = self.known.entry(text).or_insert_with(|| match top {
            Some(top) => units.find_below(text, top),
            None => Cow::Borrowed(units.find_exact(text).unwrap_or(text)),
        });
        found.clone()
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

    /// Every unit's name, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.known.iter().map(|unit| unit.name.as_str())
    }

    /// The unit a title or a file name names. The longest path whose last level stands in the text wins; a text that
    /// names only the top is the top, unless an office that nobody knows stands behind it.
    pub fn find(&self, text: &str) -> Option<&str> {
        let found = self.look(text, |_| true)?;
        (!is_place(found) || !names_an_office(&behind(text, found))).then_some(found)
    }

    /// The unit a cell or an option names: as [`Self::find`], but a place with anything behind it is another unit.
    pub fn find_exact(&self, text: &str) -> Option<&str> {
        self.exact_among(text, |_| true)
    }

    /// The unit that a cell of a unit's list names: one below that unit, or one named with its place.
    fn find_below<'a>(&'a self, text: &'a str, top: &str) -> Cow<'a, str> {
        if let Some(below) = self.exact_among(text, |unit| lies_within(unit, top)) {
            return below.into();
        }
        let other = self.exact_among(text, |_| true);
        let of_district = is_place(top) && !self.is_top(top) && !lies_within(top, other.unwrap_or_default());
        let plain = tidy(text);
        if !of_district || plain.contains('/') || self.named(&plain).is_some() {
            return other.unwrap_or(text).into();
        }
        // 区教育局 and 教育局 are this district's; 市教育局, and what is named in full, somebody else's.
        let own = top.chars().last().into_iter().collect::<String>();
        match (plain.strip_prefix(own.as_str()), names_a_place(&plain)) {
            (Some(office), _) if !office.is_empty() => format!("{top}/{office}").into(),
            (None, false) if other.is_some() => format!("{top}/{plain}").into(),
            _ => other.unwrap_or(text).into(),
        }
    }

    fn exact_among(&self, text: &str, among: impl Fn(&str) -> bool) -> Option<&str> {
        let found = self.look(text, among)?;
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

    /// The unit of exactly this name; they stand in the order of their names.
    fn named(&self, name: &str) -> Option<&Unit> {
        let at = self.known.binary_search_by(|unit| unit.name.as_str().cmp(name));
        at.ok().map(|at| &self.known[at])
    }

    fn look(&self, text: &str, among: impl Fn(&str) -> bool) -> Option<&str> {
        let plain = tidy(text);
        if let Some(unit) = self.named(&plain) {
            return Some(unit.name.as_str()).filter(|name| among(name));
        }
        let text = plain.replace('/', "");
        let mut best: Vec<Candidate<'_>> = Vec::new();
        for unit in &self.known {
            // Hardly any is named, and whether it is costs less than whether it is wanted.
            best.extend(self.candidate(unit, &text).filter(|_| among(&unit.name)));
        }
        // A name inside a longer one is not named: 人民法院 in 中级人民法院.
        let spans: Vec<Range<usize>> = best.iter().flat_map(|one| one.places(&text)).collect();
        best.retain(|one| {
            let longer = |place: &Range<usize>, span: &Range<usize>| {
                span.start <= place.start && place.end <= span.end && span != place
            };
            one.places(&text)
                .any(|place| !spans.iter().any(|span| longer(&place, span)))
        });
        // A unit whose levels between are not named gives way to one of the same last level that needs none.
        let named_in_full: BTreeSet<&str> = best
            .iter()
            .filter(|one| names_all(one.unit, &text))
            .map(|one| last(one.unit))
            .collect();
        best.retain(|one| names_all(one.unit, &text) || !named_in_full.contains(last(one.unit)));
        let top = best.iter().map(|one| one.weight).max()?;
        best.retain(|one| one.weight == top);
        match best.as_slice() {
            [one] => Some(&one.unit.name),
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
        let (mut levels, mut others) = (parts(&a), parts(&b));
        let mut depth = 0;
        loop {
            depth += 1;
            match (levels.next(), others.next()) {
                (None, None) => return Relation::Same,
                (Some(level), Some(other)) if level == other => {}
                (Some(_), Some(_)) => break,
                (None, Some(_)) | (Some(_), None) => return Relation::Line,
            }
        }
        let are_plain = depth == 1 && levels.next().is_none() && others.next().is_none();
        if are_plain && (one.starts_with(other) || other.starts_with(one)) {
            Relation::Line
        } else {
            Relation::Apart
        }
    }

    /// How much of a unit's path a text names; `None` when its last level is not there or is another place's.
    fn candidate<'a>(&self, unit: &'a Unit, text: &str) -> Option<Candidate<'a>> {
        let (word, at) = match (text.find(last(unit)), &unit.short) {
            (Some(at), _) => (last(unit), at),
            (None, Some(short)) => (short.as_str(), text.find(short.as_str())?),
            (None, None) => return None,
        };
        let above = &unit.levels[..unit.levels.len() - 1];
        let named: usize = above
            .iter()
            .filter(|level| names_level(text, level))
            .map(|level| level.chars().count())
            .sum();
        // The office of a district is not named by the city alone.
        let of_district = above.iter().skip(1).rev().find(|level| is_district(level));
        let city_alone = of_district.is_some_and(|place| text.contains(&above[0]) && !names_level(text, place));
        (!city_alone && self.fits_before(unit, &text[..at])).then(|| Candidate {
            unit,
            word,
            weight: unit.levels.len() * 1000 + named + word.chars().count(),
        })
    }

    /// What stands directly before a unit's name must be of its own path, or no place at all.
    fn fits_before(&self, unit: &Unit, before: &str) -> bool {
        let above = &unit.levels[..unit.levels.len() - 1];
        let mut rest = before;
        for level in above.iter().rev() {
            let zone = zone_of(level).and_then(|zone| rest.strip_suffix(zone));
            rest = rest.strip_suffix(level.as_str()).or(zone).unwrap_or(rest);
        }
        let head = han_tail(rest);
        if head.is_empty() {
            return true;
        }
        // 区教育局 is a district's and 市教育局 the city's.
        let mut chars = head.chars();
        if let (Some(c), None) = (chars.next(), chars.next())
            && PLACE_ENDINGS.contains(&c)
        {
            let nearest = above.iter().rev().find(|level| is_district(level)).map(String::as_str);
            let place = nearest.map(|level| zone_of(level).unwrap_or(level).to_owned());
            let place = place.or_else(|| place_of(&unit.levels[0]));
            return place.is_none_or(|place| place.ends_with(c));
        }
        if unit.levels.iter().any(|level| head.ends_with(level.as_str())) {
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
            return ours.iter().any(|word| head.ends_with(word));
        }
        true
    }
}

/// A unit that a text may name.
struct Candidate<'a> {
    unit: &'a Unit,
    /// What of its name stands in the text.
    word: &'a str,
    /// How much of its path does.
    weight: usize,
}

impl Candidate<'_> {
    fn places(&self, text: &str) -> impl Iterator<Item = Range<usize>> {
        let length = self.word.len();
        text.match_indices(self.word).map(move |(at, _)| at..at + length)
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

/// Whether a level is a place, or a zone that a committee runs.
fn is_district(level: &str) -> bool {
    is_place(level) || zone_of(level).is_some()
}

/// Words of offices that hold what places end in.
const NO_PLACES: [&str; 8] = ["市场", "市政", "市容", "城市", "城乡", "乡村", "区域", "社区"];

/// Whether a text names a place, if only by what it is.
fn names_a_place(text: &str) -> bool {
    let plain = NO_PLACES
        .iter()
        .fold(text.to_owned(), |text, word| text.replace(word, ""));
    plain.contains(PLACE_ENDINGS) || plain.contains("街道")
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
pub(super) fn names_an_office(words: &str) -> bool {
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
        .all(|level| names_level(text, level))
}

/// Whether a text names a level, if only by the zone that a committee runs (高新区 for 高新区管委会).
fn names_level(text: &str, level: &str) -> bool {
    text.contains(level) || zone_of(level).is_some_and(|zone| text.contains(zone))
}

/// The zone that an administrative committee runs.
fn zone_of(level: &str) -> Option<&str> {
    let zone = level
        .strip_suffix("管委会")
        .or_else(|| level.strip_suffix("管理委员会"))?;
    (zone.ends_with('区') && zone.chars().count() > 1).then_some(zone)
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
    // Of nearly all texts the bytes tell it: letters, digits, signs and common Chinese characters.
    let is_usual = |byte: u8| matches!(byte, b'!'..=b'[' | b']'..=b'~' | 0x80..=0xbf | 0xe4..=0xe9);
    if text.bytes().all(is_usual) {
        return text.trim_matches('/').into();
    }
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
    fn a_name_inside_a_longer_one_or_of_another_level_is_not_named() {
        let city = Units::new(&[
            "澜江市/东湖区/人民法院",
            "澜江市/中级人民法院",
            "澜江市/东湖区/教育局",
            "澜江市/教育局",
            "澜江市/东湖区/统计局",
            "国家税务总局澜江市税务局",
            "澜江市/东湖区/税务局",
        ]);
        for (text, unit) in [
            ("澜江市中级人民法院2026年度考核表", Some("澜江市/中级人民法院")),
            ("东湖区人民法院", Some("澜江市/东湖区/人民法院")),
            ("国家税务总局澜江市税务局", Some("国家税务总局澜江市税务局")),
            ("区教育局", Some("澜江市/东湖区/教育局")),
            ("市教育局", Some("澜江市/教育局")),
            ("澜江市统计局", None),
            ("市统计局", None),
            ("统计局", Some("澜江市/东湖区/统计局")),
            ("县教育局", None),
        ] {
            assert_eq!(city.find(text), unit, "{text}");
        }
    }

    #[test]
    fn cells_of_a_districts_list_name_offices_of_the_district() {
        let city = Units::new(&[
            "澜江市/东湖区/教育局",
            "澜江市/教育局",
            "澜江市/水利局",
            "澜江市/市场监管局",
            "澜江市/东湖区/城建局/质监站",
        ]);
        let mut cells = Finder::below(&city, Some("澜江市/东湖区"));
        for (text, unit) in [
            ("区教育局", "澜江市/东湖区/教育局"),
            ("教育局", "澜江市/东湖区/教育局"),
            ("区水利局", "澜江市/东湖区/水利局"),
            ("水利局", "澜江市/东湖区/水利局"),
            ("市场监管局", "澜江市/东湖区/市场监管局"),
            ("市水利局", "澜江市/水利局"),
            ("市教育局", "澜江市/教育局"),
            ("澜江市/水利局", "澜江市/水利局"),
            ("质监站", "澜江市/东湖区/城建局/质监站"),
            ("西岭区教育局", "西岭区教育局"),
            ("澜江市", "澜江市"),
        ] {
            assert_eq!(cells.name(text), unit, "{text}");
        }
        let mut of_city = Finder::new(&city);
        assert_eq!(of_city.name("教育局"), "澜江市/教育局");
    }

    #[test]
    fn a_zone_stands_for_the_committee_that_runs_it() {
        let zones = Units::new(&[
            "栖川市/高新区管委会/招商局",
            "栖川市/招商局",
            "栖川市/临空区管理委员会/规建局",
        ]);
        for (text, unit) in [
            ("高新区招商局", "栖川市/高新区管委会/招商局"),
            ("栖川高新区招商局", "栖川市/高新区管委会/招商局"),
            ("高新区管委会招商局", "栖川市/高新区管委会/招商局"),
            ("临空区规建局", "栖川市/临空区管理委员会/规建局"),
            ("招商局", "栖川市/招商局"),
            ("市招商局", "栖川市/招商局"),
        ] {
            assert_eq!(zones.find(text), Some(unit), "{text}");
        }
        assert_eq!(zones.find("保税区招商局"), None);
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
