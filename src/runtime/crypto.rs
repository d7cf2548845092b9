//! The installation's keys: ID numbers are sealed at rest and looked up by keyed hash; Message-IDs are keyed too.
//!
//! One master key lies in a file outside the database; each purpose has its own key derived from it, so that no
//! value made for one purpose says anything about another. Made for ID numbers and the like: short texts, kept whole.

mod keyfile;

use super::random::Random;
use crate::domain::ids::hex;
use chacha20::{R20, hchacha};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::Sha256;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

pub use keyfile::KeyError;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
/// Those of them that a key is made from; the others are a nonce under it.
const NONCE_OF_KEY: usize = 16;
/// First byte of every sealed value, so that another suite can be told apart later.
const SUITE_XCHACHA20_POLY1305: u8 = 1;

/// The keys of this installation. `Debug` shows only the fingerprint.
#[derive(Clone)]
pub struct KeyRing {
    /// With its first blocks hashed: a list asks for thousands of numbers.
    lookup: ring::hmac::Key,
    seal: XChaCha20Poly1305,
    open: Key,
    message: [u8; KEY_BYTES],
    fingerprint: String,
    random: Arc<dyn Random>,
}

/// Why a sealed value cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Too short, or made by a suite this version does not know.
    #[error("密文的格式无法识别")]
    Format,
    /// Sealed with another key, bound to another record, or altered.
    #[error("密文与密钥或记录不符：密钥文件不是当初的那一个，或数据被改动")]
    Refused,
}

impl KeyRing {
    /// Reads the key file, making it on first use. Processes that race for the first use agree on one key.
    pub fn load_or_create(path: &Path, random: Arc<dyn Random>) -> Result<Self, KeyError> {
        let master = keyfile::load_or_create(path, random.as_ref())?;
        Ok(Self::from_master(&master, random))
    }

    /// Derives the keys of all purposes from a master key.
    pub fn from_master(master: &[u8; KEY_BYTES], random: Arc<dyn Random>) -> Self {
        let open = Key::from(keyed(master, b"id-seal"));
        Self {
            lookup: ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &keyed(master, b"id-lookup")),
            seal: XChaCha20Poly1305::new(&open),
            open,
            message: keyed(master, b"message-id"),
            fingerprint: hex(&keyed(master, b"fingerprint")[..8]),
            random,
        }
    }

    /// Encrypts `plain` and binds it to `aad` (what it belongs to), under a fresh random nonce.
    pub fn seal(&self, plain: &[u8], aad: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_BYTES];
        self.random.fill(&mut nonce);
        let sealed = self
            .seal
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad })
            .expect("the cipher refuses only texts beyond 256 GiB");
        let mut out = Vec::with_capacity(1 + NONCE_BYTES + sealed.len());
        out.push(SUITE_XCHACHA20_POLY1305);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        out
    }

    /// Decrypts what [`KeyRing::seal`] made for the same `aad`.
    pub fn open(&self, sealed: &[u8], aad: &[u8]) -> Result<Vec<u8>, OpenError> {
        let (nonce, msg) = match sealed.split_first() {
            Some((&SUITE_XCHACHA20_POLY1305, rest)) => rest.split_at_checked(NONCE_BYTES).ok_or(OpenError::Format)?,
            _ => return Err(OpenError::Format),
        };
        // A pre-check opens thousands. XChaCha20-Poly1305 is ChaCha20-Poly1305 under a key made from the longer part of the
        // nonce; of that there is a version that short texts take a fifth of the time with.
        let (of_key, rest) = nonce.split_at_checked(NONCE_OF_KEY).ok_or(OpenError::Format)?;
        let of_key = of_key.try_into().map_err(|_| OpenError::Format)?;
        let key = UnboundKey::new(&CHACHA20_POLY1305, &hchacha::<R20>(&self.open, of_key));
        let key = LessSafeKey::new(key.map_err(|_| OpenError::Format)?);
        let mut nonce = [0; NONCE_LEN];
        nonce[NONCE_LEN - rest.len()..].copy_from_slice(rest);
        let mut text = msg.to_vec();
        let opened = key.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(aad), &mut text);
        let length = opened.map_err(|_| OpenError::Refused)?.len();
        text.truncate(length);
        Ok(text)
    }

    /// Keyed hash under which an ID number is found again without being readable.
    pub fn lookup(&self, text: &str) -> [u8; 32] {
        let hash = ring::hmac::sign(&self.lookup, text.as_bytes());
        hash.as_ref().try_into().expect("SHA-256 has this many bytes")
    }

    /// A fresh secret: 256 random bits as text that fits an address.
    pub fn token(&self) -> String {
        let mut bytes = [0; 32];
        self.random.fill(&mut bytes);
        hex(&bytes)
    }

    /// Key for deriving Message-IDs.
    pub fn message_key(&self) -> &[u8] {
        &self.message
    }

    /// Names the key without telling it: a database remembers this and refuses another key.
    pub fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing")
            .field("fingerprint", &self.fingerprint)
            .finish_non_exhaustive()
    }
}

fn keyed(key: &[u8; KEY_BYTES], text: &[u8]) -> [u8; KEY_BYTES] {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::random::{SeededRandom, SystemRandom};

    fn ring(byte: u8) -> KeyRing {
        KeyRing::from_master(&[byte; KEY_BYTES], Arc::new(SystemRandom))
    }

    #[test]
    fn subkeys_are_hmac_sha256_of_their_labels() {
        // Computed with `printf LABEL | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707…07`.
        let ring = ring(7);
        assert_eq!(
            hex(&keyed(&[7; KEY_BYTES], b"id-lookup")),
            "82b6c2e74cd1ae4f2c758abd4fd426ea6270ba1a69e5805f3efcd302f67e481a"
        );
        assert_eq!(
            hex(ring.message_key()),
            "fb90e568ad7010e8160e642966f988c15695cf374d57ca800145b83e28514b72"
        );
        assert_eq!(
            hex(&ring.lookup("11010519491231002X")),
            "8c94102a69885d7f162ab09a21cd809233731325fee51a2af994efab20e58e72"
        );
    }

    #[test]
    fn sealed_values_open_only_with_their_key_and_their_record() {
        let ring = ring(7);
        let sealed = ring.seal(b"11010519491231002X", b"person:1");
        assert_eq!(
            ring.open(&sealed, b"person:1").as_deref(),
            Ok(&b"11010519491231002X"[..])
        );
        assert_eq!(ring.open(&sealed, b"person:2"), Err(OpenError::Refused));
        assert_eq!(self::ring(8).open(&sealed, b"person:1"), Err(OpenError::Refused));
        for at in 1..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert_eq!(ring.open(&altered, b"person:1"), Err(OpenError::Refused), "byte {at}");
        }
        for bad in [&[][..], &[1][..], &[1; 20][..], &[2; 60][..]] {
            assert_eq!(ring.open(bad, b"person:1"), Err(OpenError::Format));
        }
        assert_eq!(ring.open(&sealed[..25], b"person:1"), Err(OpenError::Refused));
    }

    #[test]
    fn the_same_text_never_seals_to_the_same_bytes() {
        let ring = KeyRing::from_master(&[7; KEY_BYTES], Arc::new(SeededRandom::new(1)));
        let (one, two) = (ring.seal(b"x", b""), ring.seal(b"x", b""));
        assert_ne!(one[1..25], two[1..25]);
        assert_ne!(one[25..], two[25..]);
    }

    #[test]
    fn purposes_and_installations_do_not_mix() {
        let (ring, other) = (ring(7), ring(8));
        assert_ne!(ring.lookup("a"), other.lookup("a"));
        assert_ne!(ring.fingerprint(), other.fingerprint());
        assert_eq!(ring.fingerprint(), self::ring(7).fingerprint());
        assert_eq!(
            format!("{ring:?}"),
            format!("KeyRing {{ fingerprint: \"{}\", .. }}", ring.fingerprint())
        );
    }
}
