//! Hashes of passwords, slow on purpose: they run beside the other work, a few at a time.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

/// As many at a time: each takes 19 MiB, and whoever tries passwords must not take the machine.
static TURNS: Semaphore = Semaphore::const_new(2);

/// argon2id with 19 MiB, two passes, one lane: what OWASP asks for.
fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("numbers within the limits of the algorithm");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Hash of a new password, with its own salt in it.
pub async fn hash(password: String, salt: [u8; 16]) -> String {
    apart(move || {
        let hash = argon2().hash_password_with_salt(password.as_bytes(), &salt);
        hash.expect("a salt of 16 bytes is taken").to_string()
    })
    .await
}

/// Whether a password has this hash. Without a hash it takes as long as with one, so that nobody can tell by the time
/// whether there is such an account.
pub async fn fits(password: String, hash: Option<String>) -> bool {
    const NOBODYS: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    apart(move || {
        let known = hash.is_some();
        let hash = hash.as_deref().unwrap_or(NOBODYS);
        let fits =
            PasswordHash::new(hash).is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok());
        fits && known
    })
    .await
}

async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let _turn = TURNS.acquire().await.expect("it is never closed");
    tokio::task::spawn_blocking(work).await.expect("hashing does not panic")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let made = hash("青石板上雨打芭蕉".to_owned(), [7; 16]).await;
        assert!(made.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{made}");
        assert!(fits("青石板上雨打芭蕉".to_owned(), Some(made.clone())).await);
        assert!(!fits("青石板上雨打芭焦".to_owned(), Some(made.clone())).await);
        assert!(!fits(String::new(), None).await);
        assert!(!fits("x".to_owned(), Some("no hash".to_owned())).await);
        assert_ne!(made, hash("青石板上雨打芭蕉".to_owned(), [8; 16]).await);
    }
}
