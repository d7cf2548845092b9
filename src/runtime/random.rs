//! The only place that draws random bytes.

use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicU64, Ordering};

/// A source of random bytes.
pub trait Random: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);

    /// A random number, for jitter.
    fn next_u64(&self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the operating system for randomness"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("a system that cannot supply random bytes cannot make keys safely");
    }
}

/// The same bytes for the same seed; for tests and for the demonstration, never for keys that protect anything.
#[derive(Debug)]
pub struct SeededRandom {
    seed: u64,
    block: AtomicU64,
}

impl SeededRandom {
    /// A generator that starts at `seed`.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            block: AtomicU64::new(0),
        }
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let block = self.block.fetch_add(1, Ordering::SeqCst);
            let mut hash = Sha256::new();
            hash.update(self.seed.to_le_bytes());
            hash.update(block.to_le_bytes());
            chunk.copy_from_slice(&hash.finalize()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(random: &dyn Random) -> [u8; 40] {
        let mut bytes = [0; 40];
        random.fill(&mut bytes);
        bytes
    }

    #[test]
    fn a_seed_repeats_itself_and_another_does_not() {
        let (one, again, other) = (SeededRandom::new(7), SeededRandom::new(7), SeededRandom::new(8));
        let first = draw(&one);
        assert_eq!(first, draw(&again));
        assert_ne!(first, draw(&one));
        assert_ne!(first, draw(&other));
        assert_ne!(first[..8], first[32..]);
    }

    #[test]
    fn the_system_does_not_repeat_itself() {
        assert_ne!(draw(&SystemRandom), draw(&SystemRandom));
    }
}
