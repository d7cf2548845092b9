//! How fast working days are reckoned: `add` and `count` against the `bdays` crate with its calendar cached, a
//! day-by-day loop over `chinese_holiday`, and a bare look-up in arrays made beforehand, which is the limit.
//!
//! Every contestant answers the same queries, and before anything is measured the answers are held against each other.
//! They take turns slice by slice, so that a busy moment of the machine hits all alike; the middle time counts.
//!
//!     cargo bench --bench calendar              # a million queries
//!     cargo bench --bench calendar -- 100000    # fewer

use bdays::{HolidayCalendar, HolidayCalendarCache, is_weekend};
use chinese_holiday::{Ymd, chinese_holiday};
use chrono::{Datelike, Days, NaiveDate};
use rongcuo::domain::calendar::{Calendar, Certainty};
use rongcuo::files::calendar::load;
use std::hint::black_box;
use std::io::{Result, Write, stdout};
use std::time::Instant;

/// Queries a contestant answers before it is the next one's turn: some microseconds for the quick ones, so that hardly
/// any slice is broken off by other work of the machine.
const SLICE: usize = 20_000;
/// The last day `chinese_holiday` may be asked for; it panics after it.
const LAST: &str = "2026-12-25";
/// The days it has wrong; queries that touch them it answers too, but these answers are not compared.
const WRONG: [&str; 2] = ["2016-10-09", "2016-12-30"];

fn main() -> Result<()> {
    let number = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let number: usize = number.unwrap_or(1_000_000);
    let source = load(None, day(LAST)).expect("the built-in files are tested");
    let calendar = Calendar::replay(&source.notices, &source.statutory, None).expect("the built-in files are tested");
    let field = Field::new(&calendar);
    let mut out = stdout().lock();
    writeln!(out, "同样的 {number} 次查询，轮流作答，取中位数；单位：纳秒/次\n")?;
    writeln!(
        out,
        "| 运算 | 裸数组（极限） | rongcuo | bdays（有缓存） | chinese_holiday 逐日 | 与极限之比 | 比 bdays 快 |"
    )?;
    writeln!(out, "|---|--:|--:|--:|--:|--:|--:|")?;
    for most in [5, 60, 250] {
        let queries = adds(number, if most == 5 { 5 } else { 1 }, most);
        let name = match most {
            5 => "加 5 个工作日".to_owned(),
            _ => format!("加 1～{most} 个工作日"),
        };
        line(&mut out, &name, field.add(&queries))?;
    }
    for most in [60, 365] {
        let queries = counts(number, most);
        line(&mut out, &format!("数 0～{most} 天里的工作日"), field.count(&queries))?;
    }
    Ok(())
}

/// Nanoseconds a query.
#[derive(Clone, Copy)]
struct Times {
    bare: f64,
    ours: f64,
    cached: f64,
    looped: f64,
}

fn line(out: &mut impl Write, name: &str, times: Times) -> Result<()> {
    let Times {
        bare,
        ours,
        cached,
        looped,
    } = times;
    let (limit, ahead) = (ours / bare, cached / ours);
    writeln!(
        out,
        "| {name} | {bare:.2} | {ours:.2} | {cached:.1} | {looped:.0} | {limit:.2} | {ahead:.1} 倍 |"
    )
}

// ---------------------------------------------------------------- queries

/// The `n`-th working day after a day.
#[derive(Debug, Clone, Copy)]
struct Add {
    start: NaiveDate,
    n: u32,
}

/// Working days after a day up to another.
#[derive(Debug, Clone, Copy)]
struct Span {
    from: NaiveDate,
    to: NaiveDate,
}

fn adds(number: usize, least: u32, most: u32) -> Vec<Add> {
    let mut random = Random(u64::from(most));
    // 1.6 natural days a working day are enough for the longest holidays.
    let starts = starts(u64::from(most) * 16 / 10 + 20);
    let one = |_| Add {
        start: day("2007-01-01") + Days::new(random.below(starts)),
        n: least + random.below(u64::from(most - least) + 1) as u32,
    };
    (0..number).map(one).collect()
}

fn counts(number: usize, most: u64) -> Vec<Span> {
    let mut random = Random(most);
    let starts = starts(most);
    let one = |_| {
        let from = day("2007-01-01") + Days::new(random.below(starts));
        let to = from + Days::new(random.below(most + 1));
        Span { from, to }
    };
    (0..number).map(one).collect()
}

/// The number of days to start from when every contestant must know the `span` days after them.
fn starts(span: u64) -> u64 {
    (day(LAST) - day("2007-01-01")).num_days() as u64 - span
}

/// The same queries on every machine: the generator `SplitMix64`.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("written as a date here")
}

// ---------------------------------------------------------------- contestants

/// Arrays made beforehand and nothing else: no certainty, no reason, no refusal. A date finds its place in the quickest
/// way there is, by the year and the day in it that it carries ready.
struct Bare {
    year: i32,
    /// Working days up to and including each day, 366 places a year.
    until: Vec<u32>,
    working: Vec<NaiveDate>,
}

impl Bare {
    fn new(calendar: &Calendar) -> Self {
        let first = calendar.first_day();
        let mut bare = Self {
            year: first.year(),
            until: Vec::new(),
            working: Vec::new(),
        };
        for day in first.iter_days().take_while(|day| *day <= calendar.last_day()) {
            if works(calendar, day) {
                bare.working.push(day);
            }
            bare.until.resize(bare.place(day) + 1, bare.working.len() as u32);
        }
        bare
    }

    #[inline]
    fn place(&self, day: NaiveDate) -> usize {
        (day.year() - self.year) as usize * 366 + day.ordinal0() as usize
    }

    #[inline]
    fn until(&self, day: NaiveDate) -> u32 {
        self.until[self.place(day)]
    }

    #[inline]
    fn add(&self, query: Add) -> NaiveDate {
        self.working[(self.until(query.start) + query.n - 1) as usize]
    }

    #[inline]
    fn count(&self, query: Span) -> u32 {
        self.until(query.to) - self.until(query.from)
    }
}

fn works(calendar: &Calendar, day: NaiveDate) -> bool {
    calendar.is_working_day(day).expect("inside the calendar")
}

/// Our days in the shape `bdays` asks for. By its own rule no Saturday or Sunday works; its trait lets a calendar say
/// otherwise and its cache keeps what the calendar says, so make-up days are corrected once and cost nothing later.
struct Corrected<'a>(&'a Calendar);

impl HolidayCalendar<NaiveDate> for Corrected<'_> {
    fn is_holiday(&self, date: NaiveDate) -> bool {
        !is_weekend(date) && !works(self.0, date)
    }

    fn is_bday(&self, date: NaiveDate) -> bool {
        works(self.0, date)
    }
}

type Cached = HolidayCalendarCache<NaiveDate>;

/// `bdays` moves a start on a rest day to the next working day first; here that working day is day 1.
#[inline]
fn cached_add(cache: &Cached, query: Add) -> NaiveDate {
    let n = query.n as i32 - i32::from(!cache.is_bday(query.start));
    cache.advance_bdays(query.start, n)
}

/// It moves both ends of a span so as well, which leaves one day out and takes one in.
#[inline]
fn cached_count(cache: &Cached, query: Span) -> u32 {
    let moved = i32::from(!cache.is_bday(query.from)) - i32::from(!cache.is_bday(query.to));
    (cache.bdays(query.from, query.to) + moved) as u32
}

#[inline]
fn looped_works(day: NaiveDate) -> bool {
    chinese_holiday(Ymd::new(day.year() as u16, day.month() as u8, day.day() as u8)).is_workday()
}

#[inline]
fn looped_add(query: Add) -> NaiveDate {
    let mut left = query.n;
    let mut day = query.start;
    while left > 0 {
        day = day.succ_opt().expect("years before the end of time");
        left -= u32::from(looped_works(day));
    }
    day
}

#[inline]
fn looped_count(query: Span) -> u32 {
    let days = query.from.iter_days().skip(1);
    days.take_while(|day| *day <= query.to)
        .map(|day| u32::from(looped_works(day)))
        .sum()
}

/// Whether `chinese_holiday` has the days after `from` up to `to` right.
fn knows(from: NaiveDate, to: NaiveDate) -> bool {
    !WRONG.iter().any(|wrong| from < day(wrong) && day(wrong) <= to)
}

// ---------------------------------------------------------------- the race

struct Field<'a> {
    calendar: &'a Calendar,
    bare: Bare,
    cached: Cached,
}

impl<'a> Field<'a> {
    fn new(calendar: &'a Calendar) -> Self {
        Self {
            calendar,
            bare: Bare::new(calendar),
            cached: Cached::new(Corrected(calendar), calendar.first_day(), calendar.last_day()),
        }
    }

    fn add(&self, queries: &[Add]) -> Times {
        for query in queries {
            let ours = self.calendar.add(query.start, query.n).expect("inside the calendar");
            assert_eq!(
                (ours.day, ours.certainty),
                (self.bare.add(*query), Certainty::Firm),
                "{query:?}"
            );
            assert_eq!(ours.day, cached_add(&self.cached, *query), "{query:?}");
            assert!(
                ours.day == looped_add(*query) || !knows(query.start, ours.day),
                "{query:?}"
            );
        }
        race(
            queries,
            [
                &|queries| each(queries, |query| self.bare.add(query)),
                &|queries| each(queries, |query| self.calendar.add(query.start, query.n)),
                &|queries| each(queries, |query| cached_add(&self.cached, query)),
                &|queries| each(queries, looped_add),
            ],
        )
    }

    fn count(&self, queries: &[Span]) -> Times {
        for query in queries {
            let ours = self.calendar.count(query.from, query.to).expect("inside the calendar");
            assert_eq!(
                (ours.working_days, ours.certainty),
                (self.bare.count(*query), Certainty::Firm),
                "{query:?}"
            );
            assert_eq!(ours.working_days, cached_count(&self.cached, *query), "{query:?}");
            assert!(
                ours.working_days == looped_count(*query) || !knows(query.from, query.to),
                "{query:?}"
            );
        }
        race(
            queries,
            [
                &|queries| each(queries, |query| self.bare.count(query)),
                &|queries| each(queries, |query| self.calendar.count(query.from, query.to)),
                &|queries| each(queries, |query| cached_count(&self.cached, query)),
                &|queries| each(queries, looped_count),
            ],
        )
    }
}

/// Answers a slice of queries.
type Contestant<'a, Q> = &'a dyn Fn(&[Q]);

/// Asks each contestant in turn, slice by slice.
fn race<Q: Copy>(queries: &[Q], contestants: [Contestant<'_, Q>; 4]) -> Times {
    let mut slices: [Vec<f64>; 4] = Default::default();
    for slice in queries.chunks(SLICE) {
        for (answer_all, times) in contestants.iter().zip(&mut slices) {
            let begin = Instant::now();
            answer_all(slice);
            times.push(begin.elapsed().as_secs_f64() * 1e9 / slice.len() as f64);
        }
    }
    let [bare, ours, cached, looped] = slices.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    });
    Times {
        bare,
        ours,
        cached,
        looped,
    }
}

/// Nothing of an answer may be left out because nobody looks at it.
fn each<Q: Copy, A>(queries: &[Q], answer: impl Fn(Q) -> A) {
    for query in queries {
        black_box(&answer(*query));
    }
}
