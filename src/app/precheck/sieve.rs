//! Whom a pre-check looks for in a list.

use crate::app::{App, AppError};
use crate::files::Sieve;
use crate::runtime::random::Random;
use crate::store::people;

/// Everybody with a case, by name and ID number. The numbers are opened for this alone and dropped as hashes.
pub async fn sieve(app: &App, random: &dyn Random) -> Result<Sieve, AppError> {
    let mut tx = app.db.read().await?;
    let wanted = people::names_and_numbers(&mut tx).await?;
    tx.rollback().await?;
    let mut sieve = Sieve::new([random.next_u64(), random.next_u64()]);
    for person in wanted {
        sieve.add_name(&person.name);
        sieve.add_name(&person.name_key);
        if let Some(sealed) = &person.id_sealed {
            let number = app
                .keys
                .open(sealed, person.id.as_bytes())
                .map_err(|error| AppError::Environment(format!("身份证号码无法解密：{error}")))?;
            sieve.add_number(&String::from_utf8_lossy(&number));
        }
    }
    Ok(sieve)
}
