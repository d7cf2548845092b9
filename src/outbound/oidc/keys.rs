//! The keys a provider signs with. Pure.

use super::base64url;
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;

/// Keys that are kept of one list.
const MOST_KEYS: usize = 50;
/// Bytes of a coordinate on the curve.
const COORDINATE: usize = 32;

/// How a token may be signed; nothing else is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alg {
    /// RSA with SHA-256.
    Rs256,
    /// The curve P-256 with SHA-256.
    Es256,
}

impl Alg {
    /// Their names, for a provider that says which it uses.
    pub(super) const NAMES: [&'static str; 2] = ["RS256", "ES256"];

    /// Reads the name; every other one is refused, those without a signature above all.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        match text {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }
}

/// The public keys of a provider.
#[derive(Debug, Clone)]
pub(super) struct Keys(Vec<Key>);

#[derive(Debug, Clone)]
struct Key {
    name: Option<String>,
    public: Public,
}

#[derive(Debug, Clone)]
enum Public {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256([u8; 1 + 2 * COORDINATE]),
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Written {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Keys {
    /// Reads a list; keys that serve something else are passed over.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let set: Set = serde_json::from_slice(bytes).ok()?;
        let readable = set.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
        Some(Self(readable.filter_map(Key::of).take(MOST_KEYS).collect()))
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the key that a token names, or the only one there is for its kind of signature, has signed it; `None`:
    /// there is no such key.
    pub(super) fn signed(&self, alg: Alg, name: Option<&str>, message: &[u8], signature: &[u8]) -> Option<bool> {
        let mut fitting = self.0.iter().filter(|key| key.public.alg() == alg);
        let key = match name {
            Some(name) => fitting.find(|key| key.name.as_deref() == Some(name)),
            None => fitting.next().filter(|_| fitting.next().is_none()),
        };
        key.map(|key| key.public.signed(message, signature))
    }
}

impl Key {
    fn of(written: Written) -> Option<Self> {
        let public = match written.kty.as_str() {
            "RSA" => Public::Rsa {
                n: number(&written.n?)?,
                e: number(&written.e?)?,
            },
            "EC" if written.crv.as_deref() == Some("P-256") => {
                let mut point = [0; 1 + 2 * COORDINATE];
                // Uncompressed.
                point[0] = 4;
                point[1..=COORDINATE].copy_from_slice(&coordinate(&written.x?)?);
                point[1 + COORDINATE..].copy_from_slice(&coordinate(&written.y?)?);
                Public::P256(point)
            }
            _ => return None,
        };
        let signs = written.purpose.is_none_or(|purpose| purpose == "sig");
        let fits = written.alg.is_none_or(|alg| Alg::from_text(&alg) == Some(public.alg()));
        (signs && fits).then_some(Self {
            name: written.kid,
            public,
        })
    }
}

impl Public {
    const fn alg(&self) -> Alg {
        match self {
            Self::Rsa { .. } => Alg::Rs256,
            Self::P256(_) => Alg::Es256,
        }
    }

    fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rsa { n, e } => RsaPublicKeyComponents { n, e }
                .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
                .is_ok(),
            Self::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                .verify(message, signature)
                .is_ok(),
        }
    }
}

/// A number without the zeros that some write before it.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = base64url(text)?;
    let start = bytes.iter().position(|byte| *byte != 0)?;
    Some(bytes[start..].to_vec())
}

fn coordinate(text: &str) -> Option<[u8; COORDINATE]> {
    let bytes = number(text)?;
    let mut whole = [0; COORDINATE];
    whole
        .get_mut(COORDINATE.checked_sub(bytes.len())?..)?
        .copy_from_slice(&bytes);
    Some(whole)
}
