//! The keys of a made-up provider and tokens signed with them. The unit tests of the verification use it too.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

/// Made for the tests; it guards nothing.
pub const RSA_KEY: &str = include_str!("../../fixtures/oidc/key.pem");

pub struct Signer {
    rsa: RsaKeyPair,
    curve: EcdsaKeyPair,
}

pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Signer {
    /// The one RSA key there is, and a fresh one on the curve.
    pub fn new() -> Self {
        let lines: String = RSA_KEY.lines().filter(|line| !line.starts_with("---")).collect();
        let rsa = STANDARD.decode(lines).expect("a key file");
        let random = SystemRandom::new();
        let alg = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let curve = EcdsaKeyPair::generate_pkcs8(alg, &random).expect("a key");
        Self {
            rsa: RsaKeyPair::from_pkcs8(&rsa).expect("a key"),
            curve: EcdsaKeyPair::from_pkcs8(alg, curve.as_ref(), &random).expect("a key"),
        }
    }

    fn modulus(&self) -> PublicKeyComponents<Vec<u8>> {
        self.rsa.public().into()
    }

    /// Both keys as a provider publishes them, named `r1` and `e1`.
    pub fn keys(&self) -> Value {
        let PublicKeyComponents { n, e } = self.modulus();
        let point = self.curve.public_key().as_ref();
        json!({ "keys": [
            { "kty": "RSA", "kid": "r1", "use": "sig", "alg": "RS256", "n": base64url(n), "e": base64url(e) },
            { "kty": "EC", "crv": "P-256", "kid": "e1", "x": base64url(&point[1..33]), "y": base64url(&point[33..]) },
        ]})
    }

    /// A token; signed as its head says, also where nobody should believe that.
    pub fn token(&self, head: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", base64url(head.to_string()), base64url(claims.to_string()));
        let signature = match head["alg"].as_str() {
            Some("ES256") => {
                let signed = self.curve.sign(&SystemRandom::new(), message.as_bytes());
                signed.expect("a signature").as_ref().to_vec()
            }
            Some("HS256") => {
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &self.modulus().n);
                ring::hmac::sign(&key, message.as_bytes()).as_ref().to_vec()
            }
            Some("none") => Vec::new(),
            _ => {
                let mut signature = vec![0; self.rsa.public().modulus_len()];
                self.rsa
                    .sign(
                        &RSA_PKCS1_SHA256,
                        &SystemRandom::new(),
                        message.as_bytes(),
                        &mut signature,
                    )
                    .expect("a signature");
                signature
            }
        };
        format!("{message}.{}", base64url(signature))
    }
}
