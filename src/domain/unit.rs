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

    /// What [`Units::name_of`] says. In the list of a district an office that names no place is the district's, known or
    /// not.
    pub fn name(&mut self, text: &'a str) -> Cow<'a, str> {
        let (units, top) = (self.units, self.top);
        let found = self.known.entry(text).or_insert_with(|| match top {
            Some(top) => units.find_below(text, top),
            None => units.name_of(text),
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
    /// Places, each as people shorten it and in full: 丹枫 and 丹枫县.
    stems: BTreeSet<(String, String)>,
}

#[derive(Debug, Clone)]
struct Unit {
    name: String,
    /// Levels from the top; one for a plain full name.
    levels: Vec<String>,
    /// The name without the place it begins with, for plain full names.
    short: Option<String>,
    /// The name without that of the unit above, for plain full names of what people know by its own: 第三中学 of
    /// 云川市教育局第三中学.
    tail: Option<String>,
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
        let tails = tails(&all);
        for (name, tail) in all.into_iter().zip(tails).filter(|(name, _)| !name.is_empty()) {
            let levels = levels(&name);
            let place = place_of(&levels[0]);
            for place in levels.iter().chain(&place) {
                out.stems.extend(shortened(place));
            }
            out.roots.insert(place.clone().unwrap_or_else(|| levels[0].clone()));
            let short = place
                .filter(|place| levels.len() == 1 && place.len() < name.len())
                .map(|place| name[place.len()..].to_owned());
            out.known.push(Unit {
                name,
                levels,
                short,
                tail,
            });
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
        self.find_among(text, |_| true)
    }

    /// The unit that a title or a file name names which lies in folders of a unit: one below that, else as
    /// [`Self::find`]. It may be an office of a town or of the folder's district that no tree holds.
    pub fn find_titled(&self, text: &str, around: Option<&str>) -> Option<Cow<'_, str>> {
        let office = self.of_town(text, |_| true).filter(|office| is_office_of_town(office));
        if let Some(office) = office {
            return Some(office.into());
        }
        let Some(top) = around else {
            return self.find(text).map(Cow::from);
        };
        let below = self.find_among(text, |unit| unit != top && lies_within(unit, top));
        let found = below.or_else(|| self.find(text))?;
        let is_district = is_place(top) && !self.is_top(top);
        if !is_district || is_place(found) || lies_within(found, top) {
            return Some(found.into());
        }
        // 水利局 among what a county handed in is the county's.
        let office = found.rsplit('/').next().unwrap_or(found);
        let plain = tidy(text);
        let names_no_place = plain.find(office).is_some_and(|at| han_tail(&plain[..at]).is_empty());
        Some(if names_no_place {
            format!("{top}/{office}").into()
        } else {
            found.into()
        })
    }

    /// The unit that folders name, each within what the one around it names.
    pub fn find_in_folders(&self, path: &str) -> Option<Cow<'_, str>> {
        path.split('/').fold(None, |around, folder| {
            self.find_titled(folder, around.as_deref()).or(around)
        })
    }

    fn find_among(&self, text: &str, among: impl Fn(&str) -> bool) -> Option<&str> {
        let found = self.look(text, among)?.name();
        (!is_place(found) || !names_an_office(&behind(text, found))).then_some(found)
    }

    /// What [`Self::find_exact`] finds, else a department of the town that a text begins with, else the text itself.
    pub fn name_of<'a>(&'a self, text: &'a str) -> Cow<'a, str> {
        self.or_of_town(self.find_exact(text), text)
    }

    fn or_of_town<'a>(&'a self, found: Option<&'a str>, text: &'a str) -> Cow<'a, str> {
        let of_town = || self.of_town(text, |_| true).map(Cow::from);
        found.map(Cow::from).or_else(of_town).unwrap_or_else(|| text.into())
    }

    /// The department of a town that a text names behind it (石桥镇党政办): small offices that no tree holds belong to the
    /// town, while those of a city or a county are units of their own.
    fn of_town(&self, text: &str, among: impl Fn(&str) -> bool) -> Option<String> {
        if !text.contains(TOWNS) {
            return None;
        }
        let found = self.look(text, among)?;
        let plain = tidy(text).replace('/', "");
        let at = plain.find(found.word).filter(|_| is_town(found.name()))?;
        let rest: String = plain[at + found.word.len()..]
            .chars()
            .take_while(|c| is_han(*c))
            .collect();
        (left_before(found.unit, &plain[..at]).is_empty() && !rest.is_empty())
            .then(|| format!("{}/{rest}", found.name()))
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
        // What is named as the tree names it is that one, whoever the list is of.
        if let Some(unit) = self.named(&tidy(text)) {
            return unit.name.as_str().into();
        }
        if let Some(below) = self.of_town(text, |unit| lies_within(unit, top)) {
            return below.into();
        }
        let other = self.exact_among(text, |_| true);
        let of_district = is_place(top) && !self.is_top(top) && !lies_within(top, other.unwrap_or_default());
        let plain = tidy(text);
        if !of_district || plain.contains('/') {
            return self.or_of_town(other, text);
        }
        // 区教育局 and 教育局 are this district's; 市教育局, and what is named in full, somebody else's.
        let own = top.chars().last().into_iter().collect::<String>();
        match (plain.strip_prefix(own.as_str()), names_a_place(&plain)) {
            (Some(office), _) if !office.is_empty() => format!("{top}/{office}").into(),
            (None, false) if other.is_some() || is_town(top) => format!("{top}/{plain}").into(),
            _ => self.or_of_town(other, text),
        }
    }

    fn exact_among(&self, text: &str, among: impl Fn(&str) -> bool) -> Option<&str> {
        let found = self.look(text, among)?.name();
        is_exact(text, found).then_some(found)
    }

    /// Whether a cell is certain to name none of these units, whatever unit its list is of: its own words are its name
    /// then. `false` says nothing.
    pub fn is_elsewhere(&self, text: &str) -> bool {
        let plain = tidy(text);
        if self.named(&plain).is_some() || plain.contains(TOWNS) {
            return false;
        }
        let joined = plain.replace('/', "");
        let mut candidates = self.known.iter().filter_map(|unit| self.candidate(unit, &joined));
        // What names no place of its own may be an office of the place that its list is of.
        let is_named = || names_a_place(&plain) && !plain.starts_with(PLACE_ENDINGS);
        candidates.all(|one| !is_exact(text, one.name())) && (plain.contains('/') || is_named())
    }

    /// Those that a unit, known or not, has to do with: itself, and what lies above or below it.
    pub fn in_line_with<'a>(&'a self, unit: &'a str) -> impl Iterator<Item = &'a str> {
        self.names()
            .filter(|known| self.relation(known, unit) != Relation::Apart)
    }

    /// The unit of exactly this name; they stand in the order of their names.
    fn named(&self, name: &str) -> Option<&Unit> {
        let at = self.known.binary_search_by(|unit| unit.name.as_str().cmp(name));
        at.ok().map(|at| &self.known[at])
    }

    fn look(&self, text: &str, among: impl Fn(&str) -> bool) -> Option<Candidate<'_>> {
        let plain = tidy(text);
        if let Some(unit) = self.named(&plain) {
            return Some(Candidate::whole(unit)).filter(|one| among(one.name()));
        }
        let text = plain.replace('/', "");
        let mut best: Vec<Candidate<'_>> = self
            .known
            .iter()
            .filter_map(|unit| self.candidate(unit, &text))
            .collect();
        // A name inside a longer one is not named, whether that is wanted or not: 人民法院 in 中级人民法院.
        let spans: Vec<Range<usize>> = best.iter().flat_map(|one| one.places(&text)).collect();
        best.retain(|one| {
            let longer = |place: &Range<usize>, span: &Range<usize>| {
                span.start <= place.start && place.end <= span.end && span != place
            };
            let is_named = |place: Range<usize>| !spans.iter().any(|span| longer(&place, span));
            among(one.name()) && one.places(&text).any(is_named)
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
        best.pop().filter(|_| best.is_empty())
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
        let words = [Some(last(unit)), unit.short.as_deref(), unit.tail.as_deref()];
        let mut words = words.into_iter().flatten();
        let (word, at) = words.find_map(|word| Some((word, text.find(word)?)))?;
        let before = &text[..at];
        let above = &unit.levels[..unit.levels.len() - 1];
        let named: usize = above
            .iter()
            .filter(|level| names_level(text, level))
            .map(|level| level.chars().count())
            .sum();
        // The office of a district is not named by the city alone.
        let of_district = above.iter().skip(1).rev().find(|level| is_district(level));
        let city_alone = of_district.is_some_and(|place| {
            let city = text.contains(&above[0]) || stem_of(&above[0]).is_some_and(|stem| before.ends_with(stem));
            let district = names_level(text, place) || stem_of(place).is_some_and(|stem| before.contains(stem));
            city && !district
        });
        // By its own name alone it is known only in its place, and every other way of naming a unit is the better one.
        let by_tail = unit.tail.as_deref() == Some(word);
        let fits = self.fits_before(unit, before, word) && (!by_tail || left_before(unit, before).is_empty());
        (!city_alone && fits).then(|| Candidate {
            unit,
            word,
            weight: unit.levels.len() * 1000 + named + word.chars().count() - if by_tail { 500 } else { 0 },
        })
    }

    /// What stands directly before a unit's name must be of its own path, or no place at all.
    fn fits_before(&self, unit: &Unit, before: &str, word: &str) -> bool {
        let above = &unit.levels[..unit.levels.len() - 1];
        let mut rest = before;
        for level in above.iter().rev() {
            let zone = zone_of(level).and_then(|zone| rest.strip_suffix(zone));
            let stem = || stem_of(level).and_then(|stem| rest.strip_suffix(stem));
            rest = rest.strip_suffix(level.as_str()).or(zone).or_else(stem).unwrap_or(rest);
        }
        let head = han_tail(rest);
        if head.is_empty() {
            return true;
        }
        let own = place_of(&unit.levels[0]);
        // 区教育局 is a district's and 市教育局 the city's.
        let mut chars = head.chars();
        if let (Some(c), None) = (chars.next(), chars.next())
            && PLACE_ENDINGS.contains(&c)
        {
            let nearest = above.iter().rev().find(|level| is_district(level)).map(String::as_str);
            let place = nearest.map(|level| zone_of(level).unwrap_or(level).to_owned());
            return place.or(own).is_none_or(|place| place.ends_with(c));
        }
        if unit.levels.iter().any(|level| head.ends_with(level.as_str())) {
            return true;
        }
        let is_root = |root: &String| root.ends_with(head.as_str()) || head.ends_with(root.as_str());
        let is_ours = match &own {
            Some(own) => is_root(own),
            None => self.roots.iter().any(is_root),
        };
        if is_ours {
            return true;
        }
        if matches!(head.chars().last(), Some(c) if PLACE_ENDINGS.contains(&c)) || head.ends_with("街道") {
            let ours = ["全市", "我市", "本市", "全区", "我区", "本区", "全县", "我县", "本县"];
            return ours.iter().any(|word| head.ends_with(word));
        }
        !self.ends_with_another_place(&head, own.as_deref(), word)
    }

    /// Whether words before a unit's name are another place without its ending: 丹枫 before 水利局.
    fn ends_with_another_place(&self, head: &str, own: Option<&str>, word: &str) -> bool {
        self.stems.iter().any(|(stem, place)| {
            let Some(left) = head.strip_suffix(stem.as_str()) else {
                return false;
            };
            let is_alone = left.chars().last().is_none_or(|c| PLACE_ENDINGS.contains(&c));
            let is_own = match own {
                Some(own) => stem_of(own) == Some(stem),
                None => self.roots.contains(place),
            };
            // 云川 before 市国投集团 is 云川市.
            is_alone && !is_own && !word.starts_with(&place[stem.len()..])
        })
    }
}

/// What is left of the words directly before a unit's name without the names of what it lies below.
fn left_before(unit: &Unit, before: &str) -> String {
    let above = &unit.levels[..unit.levels.len() - 1];
    let place = place_of(&unit.levels[0]);
    let mut rest = before;
    for level in above.iter().rev().chain(&place) {
        let zone = zone_of(level).and_then(|zone| rest.strip_suffix(zone));
        let full = rest.strip_suffix(level.as_str()).or(zone);
        let stem = || stem_of(level).and_then(|stem| rest.strip_suffix(stem));
        let end = || rest.strip_suffix(|c| level.ends_with(c) && PLACE_ENDINGS.contains(&c));
        rest = full.or_else(stem).or_else(end).unwrap_or(rest);
    }
    han_tail(rest)
}

/// A unit that a text may name.
struct Candidate<'a> {
    unit: &'a Unit,
    /// What of its name stands in the text.
    word: &'a str,
    /// How much of its path does.
    weight: usize,
}

impl<'a> Candidate<'a> {
    /// A unit that a text names and nothing else.
    fn whole(unit: &'a Unit) -> Self {
        Self {
            unit,
            word: &unit.name,
            weight: 0,
        }
    }

    fn name(&self) -> &'a str {
        &self.unit.name
    }

    fn places(&self, text: &str) -> impl Iterator<Item = Range<usize>> {
        let length = self.word.len();
        text.match_indices(self.word).map(move |(at, _)| at..at + length)
    }
}

/// Whether a text that a unit was found in names that unit and nothing else.
fn is_exact(text: &str, found: &str) -> bool {
    // A path says itself what its last level is.
    let own = tidy(text);
    let (_, level) = own.rsplit_once('/').unwrap_or(("", own.as_ref()));
    if own.contains('/') && !level.contains(found.rsplit('/').next().unwrap_or(found)) {
        return false;
    }
    let rest = behind(text, found);
    let nothing = ["", "本级", "机关", "直属", "本部", "人民政府", "政府", "党委"].contains(&rest.as_str());
    !is_place(found) || nothing
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

/// Endings of the places whose offices are not units of their own.
const TOWNS: [char; 2] = ['镇', '乡'];

/// Whether a unit is a town, by the last level of its name.
fn is_town(unit: &str) -> bool {
    unit.ends_with(TOWNS)
}

/// Whether what stands behind a town is one small office of it, and not the town's own or all of them (机关和各站所).
fn is_office_of_town(unit: &str) -> bool {
    let office = unit.rsplit('/').next().unwrap_or(unit);
    let ends = ["办", "办公室", "所", "站", "中心", "院", "校", "园", "队", "局"];
    let is_one = !office.contains(['及', '和', '各', '全']) && !office.starts_with("机关");
    is_one && ends.iter().any(|end| office.ends_with(end))
}

/// A place, or a zone that a committee runs, without what it is: 丹枫 of 丹枫县.
fn stem_of(level: &str) -> Option<&str> {
    let place = zone_of(level).unwrap_or(level);
    let stem = place.strip_suffix(PLACE_ENDINGS)?;
    (stem.chars().count() > 1).then_some(stem)
}

/// A place as people shorten it, and in full.
fn shortened(level: &str) -> Option<(String, String)> {
    let place = zone_of(level).unwrap_or(level);
    Some((stem_of(level)?.to_owned(), place.to_owned()))
}

/// Endings of what people know by its own name; every unit has an office or a section of the same name.
const KNOWN_BY_NAME: [&str; 16] = [
    "学", "校", "园", "院", "站", "所", "中心", "馆", "队", "公司", "集团", "厂", "社", "台", "团", "场",
];

/// What plain full names end with behind the longest other one they begin with, in their order.
fn tails(all: &BTreeSet<String>) -> Vec<Option<String>> {
    let mut above: Vec<&str> = Vec::new();
    let mut out = Vec::with_capacity(all.len());
    for name in all {
        // In their order, all that begin with a name stand directly behind it.
        while above.last().is_some_and(|one| !name.starts_with(one)) {
            above.pop();
        }
        let parent = above.last().filter(|one| !one.contains('/') && !is_place(one));
        let tail = parent.and_then(|parent| name.strip_prefix(parent));
        let is_known = |tail: &&str| {
            let ends = KNOWN_BY_NAME.iter().any(|end| tail.ends_with(end));
            ends && tail.chars().count() > 2 && !tail.contains('/')
        };
        out.push(tail.filter(is_known).map(str::to_owned));
        above.push(name);
    }
    out
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

pub(super) fn is_han(c: char) -> bool {
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
    fn a_unit_named_as_the_tree_names_it_is_that_one_in_every_list() {
        for tree in [
            &[
                "云川市/水利局",
                "云川市/丹枫县/水利局",
                "云川市/丹枫县/石桥镇/党政办",
                "石桥镇",
                "水利局",
            ][..],
            &[
                "云川市教育局",
                "云川市教育局第三中学",
                "第三中学",
                "丹枫县水利局",
                "丹枫县",
            ],
        ] {
            let units = Units::new(tree);
            for top in [None].into_iter().chain(units.names().map(Some)) {
                let mut finder = Finder::below(&units, top);
                for name in units.names() {
                    assert_eq!(finder.name(name), name, "below {top:?}");
                }
            }
        }
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
        // Not even where only what lies below a district is asked for.
        let district = Finder::below(&city, Some("澜江市/东湖区"))
            .name("市中级人民法院")
            .into_owned();
        assert_eq!(district, "澜江市/中级人民法院");
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

    fn county() -> Units {
        Units::new(&[
            "岭泽市/水利局",
            "岭泽市/档案局",
            "岭泽市/财政局",
            "岭泽市/教育局/岭泽一中",
            "岭泽市/丹枫县/水利局",
            "岭泽市/丹枫县/统计局",
            "岭泽市/丹枫县/石桥镇",
            "岭泽市/丹枫县/青坪镇/农技站",
        ])
    }

    #[test]
    fn departments_of_a_town_lie_below_it() {
        let county = county();
        let town = "岭泽市/丹枫县/石桥镇";
        for (text, department) in [
            ("石桥镇党政办", "党政办"),
            ("石桥镇党政办干部", "党政办干部"),
            ("丹枫县石桥镇党政办公室", "党政办公室"),
            ("岭泽市丹枫县石桥镇财政所", "财政所"),
            ("丹枫石桥镇财政所", "财政所"),
            ("县石桥镇财政所", "财政所"),
            ("丹枫县/石桥镇/财政所", "财政所"),
        ] {
            assert_eq!(county.name_of(text), format!("{town}/{department}"), "{text}");
            let mut of_county = Finder::below(&county, Some("岭泽市/丹枫县"));
            assert_eq!(of_county.name(text), format!("{town}/{department}"), "{text}");
        }
        for (text, unit) in [
            ("石桥镇", town),
            ("石桥镇人民政府", town),
            ("青坪镇农技站", "岭泽市/丹枫县/青坪镇/农技站"),
            ("青坪镇农技站站长", "岭泽市/丹枫县/青坪镇/农技站"),
            // Another place's, one that is only spoken of, and offices of a county or a city.
            ("白鹭县石桥镇财政所", "白鹭县石桥镇财政所"),
            ("柳树镇财政所", "柳树镇财政所"),
            ("驻石桥镇工作队", "驻石桥镇工作队"),
            ("丹枫县信访局", "丹枫县信访局"),
            ("岭泽市某某局", "岭泽市某某局"),
        ] {
            assert_eq!(county.name_of(text), unit, "{text}");
        }
        // In the town's own list a department needs no town.
        let mut of_town = Finder::below(&county, Some(town));
        assert_eq!(of_town.name("党政办"), format!("{town}/党政办"));
        let titled = |text: &str| county.find_titled(text, None).map(Cow::into_owned);
        assert_eq!(
            titled("石桥镇党政办2026年度考核").as_deref(),
            Some("岭泽市/丹枫县/石桥镇/党政办")
        );
        for title in ["石桥镇2026年度考核", "石桥镇机关和各站所", "石桥镇拟任免干部情况表"] {
            assert_eq!(titled(title).as_deref(), Some(town), "{title}");
        }
        let plain = Units::new(&["丹枫县石桥镇", "丹枫县水利局"]);
        let department = plain.name_of("丹枫县石桥镇党政办");
        assert_eq!(plain.relation("丹枫县石桥镇", &department), Relation::Line);
        assert_eq!(plain.relation("丹枫县水利局", &department), Relation::Apart);
    }

    #[test]
    fn a_place_without_its_ending_is_that_place() {
        let county = county();
        for (text, unit) in [
            ("丹枫水利局", Some("岭泽市/丹枫县/水利局")),
            ("岭泽市丹枫水利局", Some("岭泽市/丹枫县/水利局")),
            ("18丹枫水利局2026年度考核", Some("岭泽市/丹枫县/水利局")),
            ("丹枫石桥镇", Some("岭泽市/丹枫县/石桥镇")),
            ("岭泽水利局", Some("岭泽市/水利局")),
            ("岭泽一中", Some("岭泽市/教育局/岭泽一中")),
            ("水利局", Some("岭泽市/水利局")),
            // The place is known and its office is not.
            ("丹枫档案局", None),
            ("石桥水利局", None),
            ("岭泽统计局", None),
        ] {
            assert_eq!(county.find_exact(text), unit, "{text}");
        }
        let plain = Units::new(&["岭泽市水利局", "岭泽市档案局", "丹枫县水利局", "市国投集团"]);
        for (text, unit) in [
            ("丹枫水利局", Some("丹枫县水利局")),
            ("岭泽水利局", Some("岭泽市水利局")),
            ("岭泽市国投集团", Some("市国投集团")),
            ("丹枫档案局", None),
            ("丹枫县档案局", None),
        ] {
            assert_eq!(plain.find_exact(text), unit, "{text}");
        }
    }

    #[test]
    fn plain_full_names_are_found_by_what_stands_behind_the_unit_above() {
        let units = Units::new(&[
            "澄江市教育体育局",
            "澄江市教育体育局第三中学",
            "澄江市教育体育局办公室",
            "澄江市住建局",
            "澄江市住建局供水管理站",
            "澄江市文旅局",
            "澄江市文旅局培训中心",
            "澄江市人社局",
            "澄江市人社局培训中心",
            "丹枫县水利局",
        ]);
        for (text, unit) in [
            ("第三中学", Some("澄江市教育体育局第三中学")),
            ("市第三中学", Some("澄江市教育体育局第三中学")),
            ("澄江市第三中学", Some("澄江市教育体育局第三中学")),
            ("澄江第三中学", Some("澄江市教育体育局第三中学")),
            ("市教育体育局第三中学", Some("澄江市教育体育局第三中学")),
            ("供水管理站", Some("澄江市住建局供水管理站")),
            ("市供水管理站2026年度考核", Some("澄江市住建局供水管理站")),
            ("市文旅局培训中心", Some("澄江市文旅局培训中心")),
            // Others have one too, or it is another place's.
            ("培训中心", None),
            ("办公室", None),
            ("县第三中学", None),
            ("丹枫县第三中学", None),
            ("丹枫第三中学", None),
            ("附属第三中学", None),
        ] {
            assert_eq!(units.find_exact(text), unit, "{text}");
        }
        let known = Units::new(&["澄江市教育局", "澄江市教育局第三中学", "澄江市第三中学"]);
        assert_eq!(known.find("市第三中学"), Some("澄江市第三中学"));
    }

    #[test]
    fn folders_narrow_what_a_name_may_mean() {
        let county = county();
        let in_folders = |path: &str| county.find_in_folders(path).map(Cow::into_owned);
        for (path, unit) in [
            ("全市报送", None),
            ("丹枫县", Some("岭泽市/丹枫县")),
            ("丹枫县/水利局", Some("岭泽市/丹枫县/水利局")),
            ("丹枫县/县水利局/考核", Some("岭泽市/丹枫县/水利局")),
            ("丹枫县/市水利局", Some("岭泽市/水利局")),
            ("丹枫县/档案局", Some("岭泽市/丹枫县/档案局")),
            ("岭泽市财政局.zip/市水利局", Some("岭泽市/水利局")),
        ] {
            assert_eq!(in_folders(path).as_deref(), unit, "{path}");
        }
    }

    #[test]
    fn two_offices_of_one_name_are_unrelated() {
        let city = city();
        assert_eq!(city.relation("云川市/住建局", "云川市/青禾区/住建局"), Relation::Apart);
        assert_eq!(city.relation("云川市", "云川市/青禾区/住建局"), Relation::Line);
        assert_eq!(city.relation("云川市/住建局", "云川市/住建局"), Relation::Same);
    }
}
