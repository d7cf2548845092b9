//! What every target does: open the bytes under small limits, then read what came out.

use rongcuo::files::{self, HeaderWords, Limits, Opens as _, Sieve, Sifting};
use std::io::Cursor;

pub fn feed(name: &str, bytes: &[u8]) {
    let limits = Limits {
        inflated_bytes: 4 << 20,
        shared_text_bytes: 1 << 20,
        text_bytes: 4 << 20,
        rows: 2_000,
        cells: 50_000,
        ..Limits::default()
    };
    let Ok(documents) = limits.open(name, bytes) else {
        return;
    };
    let words = HeaderWords::builtin();
    let sieve = Sieve::new([1, 2]);
    if let Ok(sifted) = limits.sift(name, &mut Cursor::new(bytes), &Sifting::new(&words, &sieve)) {
        for sifted in &sifted {
            drop(files::sifted_list(sifted, &words));
        }
    }
    for document in &documents {
        drop(files::list(document, &words));
        drop(files::cadres(document, &words));
    }
}
