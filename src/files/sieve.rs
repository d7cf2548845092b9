//! Whom a list is searched for. A sieve knows hashes of the names and ID numbers of protected people, under a key made
//! for one reading: two equal texts never differ, two different ones hardly ever agree, and a row too many costs a
//! look at it and nothing else.
//!
//! Of a long list most rows with a name looked for are about namesakes. Where a sieve knows where its people belong, those
//! are left out who have another number and whose unit has nothing to do with any of them, be it on record or not.

use crate::domain::person::{
    CitizenId, is_masked, is_plain_name, listed_names, names_within, normal_name, without_dots,
};
use crate::domain::tables::Table;
use crate::domain::unit::Units;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of a name of three characters; a longer text may be one with something behind it, as an address is.
const LONGEST_PLAIN: usize = 9;

/// Names and ID numbers to look for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sieve {
    key: [u64; 2],
    names: Hashes,
    numbers: Hashes,
    whereabouts: Option<Whereabouts>,
}

/// Where the people looked for belong.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Whereabouts {
    /// Every unit on record, as it is written there.
    units: HashSet<String>,
    /// Names with each unit that somebody of that name belongs to, or that lies above or below it.
    near: Hashes,
    /// Names with each unit that somebody of that name belongs to.
    homes: Hashes,
    /// Names of people who have to do with too many units to say so of each, or of whom it is not known.
    anywhere: Hashes,
    /// Numbers of everybody else on record: under a name looked for each is a contradiction.
    others: Hashes,
}

/// Units that are named of somebody one by one.
const FEW_UNITS: usize = 32;

impl Sieve {
    /// An empty sieve; the key is random and used once.
    pub fn new(key: [u64; 2]) -> Self {
        Self {
            // A poor key, as tests have them, spreads as well.
            key: key.map(|part| part.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0xd1b5_4a32_d192_ed03 | 1),
            names: Hashes::default(),
            numbers: Hashes::default(),
            whereabouts: None,
        }
    }

    /// Looks for everybody of this name.
    pub fn add_name(&mut self, name: &str) {
        self.names.add(self.hash_of_name(name));
    }

    fn hash_of_name(&self, name: &str) -> u64 {
        if is_plain_name(name) {
            self.hash(name.as_bytes())
        } else {
            self.hash(without_dots(&normal_name(name)).as_bytes())
        }
    }

    /// Knows where its people belong, once [`Self::add_place`] has said so of everybody: these are all units on record.
    pub fn know_units(&mut self, units: impl IntoIterator<Item = String>) {
        self.whereabouts = Some(Whereabouts {
            units: units.into_iter().collect(),
            ..Whereabouts::default()
        });
    }

    /// Somebody of this name belongs to a unit on record; with those above and below it. `None`: where is not known.
    pub fn add_place(&mut self, name: &str, place: Option<(&str, &[&str])>) {
        let name = self.hash_of_name(name);
        let hashes = place.filter(|(_, near)| near.len() <= FEW_UNITS).map(|(home, near)| {
            let near: Vec<u64> = near.iter().map(|unit| self.hash_in(name, unit.as_bytes())).collect();
            (self.hash_in(name, home.as_bytes()), near)
        });
        let Some(known) = &mut self.whereabouts else {
            return;
        };
        if let Some((home, near)) = hashes {
            known.homes.add(home);
            for unit in near {
                known.near.add(unit);
            }
        } else {
            known.anywhere.add(name);
        }
    }

    /// Somebody who is not looked for has this number.
    pub fn add_other_number(&mut self, number: &str) {
        let number = self.hash(number.as_bytes());
        if let Some(known) = &mut self.whereabouts {
            known.others.add(number);
        }
    }

    /// Whether a row is certain to be about a namesake: a plain name, a number that nobody looked for has, and a unit.
    pub(super) fn is_namesake(&self, name: &[u8], number: &[u8], unit: &[u8], strangers: &Strangers) -> bool {
        let Some(known) = &self.whereabouts else {
            return false;
        };
        let (Ok(text), Ok(unit)) = (str::from_utf8(name), str::from_utf8(unit)) else {
            return false;
        };
        let name = self.hash(name);
        let is_apart = || {
            if known.units.contains(unit) {
                return !known.near.has(self.hash_in(name, unit.as_bytes()));
            }
            let has_to_do = |other: &String| known.homes.has(self.hash_in(name, other.as_bytes()));
            strangers.beside(unit).is_some_and(|line| !line.iter().any(has_to_do))
        };
        is_plain_name(text) && !known.anywhere.has(name) && !known.others.has(self.hash(number)) && is_apart()
    }

    /// The units that lists name and nobody on record belongs to; none are told where it is not known who belongs where.
    pub(super) fn strangers(&self) -> Strangers {
        let units = self.whereabouts.iter().flat_map(|known| &known.units);
        Strangers {
            tree: Units::new(&units.collect::<Vec<_>>()),
            known: Mutex::default(),
        }
    }

    /// The hash of a text beside another one.
    fn hash_in(&self, one: u64, other: &[u8]) -> u64 {
        mix(one ^ self.hash(other).rotate_left(32), self.key[1]).max(1)
    }

    /// Looks for this ID number.
    pub fn add_number(&mut self, number: &str) {
        self.numbers.add(self.hash(number.as_bytes()));
    }

    /// Looks for everybody another sieve under the same key looks for, too.
    #[must_use]
    pub fn with(mut self, other: &Self) -> Self {
        debug_assert_eq!(self.key, other.key, "hashes under another key mean nothing here");
        self.names.add_all(&other.names);
        self.numbers.add_all(&other.numbers);
        self
    }

    /// Whether somebody looked for may have this name, spelled as [`normal_name`] spells, without dots.
    pub(super) fn may_have_name(&self, normal: &[u8]) -> bool {
        self.names.has(self.hash(normal))
    }

    /// The same for a text of Chinese characters alone. Nearly every one is a name and nothing else.
    #[inline]
    pub(super) fn may_have_plain_name(&self, text: &[u8]) -> bool {
        let is_more = || text.len() > LONGEST_PLAIN || text.as_chunks::<3>().0.contains(b"\xe6\x9f\x90");
        self.may_have_name(text) || is_more() && str::from_utf8(text).is_ok_and(|text| self.may_have_name_of(text))
    }

    /// The same for any other text: one cell may name several people, hide a part of a name, or hold more than it.
    #[cold]
    pub(super) fn may_have_name_of(&self, text: &str) -> bool {
        let has = |name: &String| self.may_have_name(without_dots(name).as_bytes());
        has(&normal_name(text))
            || is_masked(text)
            || listed_names(text).iter().any(has)
            || names_within(text).iter().any(has)
    }

    /// Whether somebody looked for may have this ID number.
    pub(super) fn may_have_number(&self, number: &CitizenId) -> bool {
        self.may_have_plain_number(number.reveal().as_bytes())
    }

    /// The same for the eighteen places as they stand in a cell.
    pub(super) fn may_have_plain_number(&self, number: &[u8]) -> bool {
        self.numbers.has(self.hash(number))
    }

    #[inline]
    fn hash(&self, text: &[u8]) -> u64 {
        let mut hash = self.key[0] ^ text.len() as u64;
        let (chunks, rest) = text.as_chunks::<8>();
        for chunk in chunks {
            hash = mix(hash ^ u64::from_le_bytes(*chunk), self.key[1]);
        }
        // The last bytes with some before them, or all of a short text.
        let last = match text.last_chunk::<8>() {
            Some(last) => u64::from_le_bytes(*last),
            None => rest.iter().fold(0, |last, byte| last << 8 | u64::from(*byte)),
        };
        mix(hash ^ last, self.key[1]).max(1)
    }
}

#[inline]
fn mix(value: u64, key: u64) -> u64 {
    let product = u128::from(value ^ key.rotate_left(32)) * u128::from(key);
    (product >> 64) as u64 ^ product as u64
}

/// What is found out of units that are not on record, as lists write them; most rows name one that others name.
pub(super) struct Strangers {
    tree: Units,
    known: Mutex<Table<String, Option<Arc<[String]>>>>,
}

/// Units of which that is remembered; a list with more of them keeps its namesakes.
const MOST_STRANGERS: usize = 4_096;

impl Strangers {
    /// The units on record that a unit which is not has to do with; `None` where a list may mean one of them by it.
    fn beside(&self, unit: &str) -> Option<Arc<[String]>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = known.get(unit) {
            return line.clone();
        }
        if known.len() >= MOST_STRANGERS {
            return None;
        }
        let is_elsewhere = self.tree.is_elsewhere(unit);
        let line = is_elsewhere.then(|| self.tree.in_line_with(unit).map(str::to_owned).collect());
        known.insert(unit.to_owned(), line.clone());
        line
    }
}

/// A set of hashes: a table at most half full, searched from the place the hash says. Nearly every question is about a
/// hash that is not there; a few bits, which stay near at hand where the table does not, answer it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Hashes {
    table: Vec<u64>,
    bits: Vec<u64>,
    count: usize,
}

/// Bits for each place of the table.
const BITS: usize = 8;

impl Hashes {
    fn add(&mut self, hash: u64) {
        if self.table.len() < 2 * (self.count + 1) {
            let places = (self.table.len() * 2).max(64);
            self.bits = vec![0; places * BITS / 64];
            for known in std::mem::replace(&mut self.table, vec![0; places]) {
                if known != 0 {
                    self.put(known);
                }
            }
        }
        self.count += usize::from(self.put(hash));
    }

    fn add_all(&mut self, other: &Self) {
        for known in other.table.iter().filter(|known| **known != 0) {
            self.add(*known);
        }
    }

    fn put(&mut self, hash: u64) -> bool {
        let (word, bit) = self.bit(hash);
        self.bits[word] |= bit;
        let mask = self.table.len() - 1;
        let mut at = hash as usize & mask;
        while self.table[at] != 0 {
            if self.table[at] == hash {
                return false;
            }
            at = (at + 1) & mask;
        }
        self.table[at] = hash;
        true
    }

    /// The word and the bit in it that stand for a hash: by other digits of it than its place in the table.
    fn bit(&self, hash: u64) -> (usize, u64) {
        ((hash >> 32) as usize & (self.bits.len() - 1), 1 << (hash >> 26 & 63))
    }

    #[inline]
    fn has(&self, hash: u64) -> bool {
        if self.bits.is_empty() {
            return false;
        }
        let (word, bit) = self.bit(hash);
        self.bits[word] & bit != 0 && self.is_in_table(hash)
    }

    fn is_in_table(&self, hash: u64) -> bool {
        let mask = self.table.len() - 1;
        // Half of the places are free, so the search ends; it is bounded all the same.
        let places = (0..self.table.len()).map(|step| self.table[(hash as usize).wrapping_add(step) & mask]);
        for known in places {
            if known == 0 || known == hash {
                return known == hash;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_is_found_and_little_else() {
        let mut sieve = Sieve::new([11, 12]);
        for number in 0..5_000 {
            sieve.add_name(&format!("张 {number}"));
            sieve.add_number(&number.to_string());
        }
        for number in 0..5_000 {
            assert!(sieve.may_have_name(format!("张{number}").as_bytes()), "{number}");
            assert!(sieve.may_have_plain_number(number.to_string().as_bytes()), "{number}");
        }
        let strangers = (5_000..50_000).filter(|number| sieve.may_have_name(format!("张{number}").as_bytes()));
        assert_eq!(strangers.count(), 0);
        assert!(!Sieve::new([1, 2]).may_have_name("张三".as_bytes()));
    }

    #[test]
    fn two_halves_are_one_sieve() {
        let half = |numbers: std::ops::Range<u32>| {
            let mut sieve = Sieve::new([11, 12]);
            numbers.for_each(|number| sieve.add_name(&format!("张{number}")));
            sieve.add_number("x");
            sieve
        };
        let both = half(0..300).with(&half(200..1_000));
        assert!((0..1_000).all(|number| both.may_have_name(format!("张{number}").as_bytes())));
        assert!(both.may_have_plain_number(b"x") && !both.may_have_name("张1000".as_bytes()));
        assert_eq!((both.names.count, both.numbers.count), (1_000, 1));
    }

    #[test]
    fn another_key_gives_other_hashes() {
        let (one, other) = (Sieve::new([11, 12]), Sieve::new([11, 13]));
        assert_ne!(one.hash(b"x"), other.hash(b"x"));
        assert_ne!(one.hash("张三".as_bytes()), one.hash("张四".as_bytes()));
    }
}
