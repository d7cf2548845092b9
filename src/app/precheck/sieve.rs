//! Whom a pre-check looks for in a list.

use crate::app::{App, AppError};
use crate::files::Sieve;
use crate::runtime::crypto::KeyRing;
use crate::runtime::random::Random;
use crate::store::people::{self, Known};

/// Everybody with a case, by name and ID number.
pub async fn sieve(app: &App, random: &dyn Random) -> Result<Sieve, AppError> {
    let mut tx = app.db.read().await?;
    let wanted = people::with_cases(&mut tx).await?;
    tx.rollback().await?;
    of(&app.keys, key(random), &wanted)
}

/// A key for one reading.
pub(super) fn key(random: &dyn Random) -> [u64; 2] {
    [random.next_u64(), random.next_u64()]
}

/// The same for people who were read. Their numbers are opened for this alone and dropped as hashes.
pub(super) fn of(keys: &KeyRing, key: [u64; 2], wanted: &[Known]) -> Result<Sieve, AppError> {
    let mut sieve = Sieve::new(key);
    for person in wanted {
        sieve.add_name(&person.facts.name);
        sieve.add_name(&person.name_key);
        if let Some(sealed) = &person.id_sealed {
            let number = keys
                .open(sealed, person.facts.person.as_str().as_bytes())
                .map_err(|error| AppError::Environment(format!("身份证号码无法解密：{error}")))?;
            sieve.add_number(&String::from_utf8_lossy(&number));
        }
    }
    Ok(sieve)
}
