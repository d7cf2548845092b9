//! With which characters words begin: a look at the first character of a cell tells nearly always that it is none of them.

/// First characters of some words: a bit for each of those that a word begins with as it is written.
pub(super) struct Starts {
    bits: Vec<u64>,
    /// One of them begins as figures do.
    pub(super) figures: bool,
}

/// Characters that have a bit.
const CHARACTERS: usize = 1 << 16;

impl Starts {
    pub(super) fn of<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let mut bits = vec![0; CHARACTERS / 64];
        for first in words.filter_map(|word| word.chars().next()) {
            if let Some(some) = bits.get_mut(first as usize / 64) {
                *some |= 1 << (first as usize % 64);
            }
        }
        let mut starts = Self { bits, figures: false };
        // With a digit or a sign, and some with a word.
        starts.figures = b"0123456789-Ni".iter().any(|first| starts.has(usize::from(*first)));
        starts
    }

    /// Whether a text may begin with one of the words: what begins with a plain character begins with no other one.
    #[inline]
    pub(super) fn may_begin(&self, text: &[u8]) -> bool {
        let first = match text {
            [] => return false,
            [first, ..] if first.is_ascii_alphanumeric() => usize::from(*first),
            [first, second, third, ..] if HAN.contains(first) => {
                let bits = |byte: &u8| usize::from(byte & 0x3f);
                (usize::from(first & 0x0f) << 12) | (bits(second) << 6) | bits(third)
            }
            _ => return true,
        };
        self.has(first)
    }

    #[inline]
    fn has(&self, first: usize) -> bool {
        self.bits[first / 64] >> (first % 64) & 1 == 1
    }
}

/// First bytes of the characters from U+4000 to U+9FFF.
pub(super) const HAN: std::ops::RangeInclusive<u8> = 0xe4..=0xe9;

/// Whether a text has no other characters than those; it is spelled in one way only.
pub(super) fn is_han(text: &[u8]) -> bool {
    let (characters, rest) = text.as_chunks::<3>();
    rest.is_empty() && characters.iter().all(|[first, ..]| HAN.contains(first))
}
