//! Identifiers. An id is derived from the natural key of its thing, so the same import on
//! a restored backup gives the same ids; ids of different kinds do not mix.

use sha2::{Digest, Sha256};
use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Derives the id from the natural key.
            pub fn of(key: &str) -> Self {
                Self(derive($kind, key))
            }

            /// Takes an id as it was stored.
            pub fn stored(text: String) -> Self {
                Self(text)
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A cadre.
    PersonId, "person"
);
id!(
    /// A 容错案件: one matter and one cadre's tolerance track in it.
    CaseId, "case"
);
id!(
    /// A 期限事项.
    ObligationId, "obligation"
);
id!(
    /// A 疑似问题.
    FindingId, "finding"
);
id!(
    /// An entry of 应补定未补定 or 应恢复未恢复.
    RemedyId, "remedy"
);
id!(
    /// A 整改事项.
    RectificationId, "rectification"
);
id!(
    /// A decision to send or not to send.
    AlertId, "alert"
);
id!(
    /// A mail in the outbox.
    MailId, "mail"
);
id!(
    /// A run of an import or a pre-check.
    RunId, "run"
);

fn derive(kind: &str, key: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(kind.as_bytes());
    hash.update([0]);
    hash.update(key.as_bytes());
    hex(&hash.finalize()[..10])
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            out.push(char::from(DIGITS[usize::from(digit)]));
        }
    }
    out
}

/// What each character is worth as a hexadecimal digit, and [`NO_DIGIT`] for what is none. Digits come in no order that a
/// processor could foresee, so a table is far quicker than asking what kind of digit it is.
const WORTH: [u8; 256] = {
    let mut worth = [NO_DIGIT; 256];
    let mut value = 0;
    while value < 16 {
        let digit = b"0123456789abcdef"[value as usize];
        worth[digit as usize] = value;
        worth[digit.to_ascii_uppercase() as usize] = value;
        value += 1;
    }
    worth
};
const NO_DIGIT: u8 = 0xff;

/// The bytes of hexadecimal digits; `None` for anything else.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    let mut all = 0;
    let byte = |pair: &[u8; 2]| {
        let [high, low] = pair.map(|digit| WORTH[usize::from(digit)]);
        all |= high | low;
        high << 4 | low
    };
    let bytes = pairs.iter().map(byte).collect();
    (all < 16).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_digits_come_back_as_bytes() {
        assert_eq!(hex(&[0, 9, 0xaf, 255]), "0009afff");
        assert_eq!(unhex("0009aFff"), Some(vec![0, 9, 0xaf, 255]));
        for wrong in ["0", "0g", "-1", "容"] {
            assert_eq!(unhex(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ids_are_stable_and_kinds_do_not_collide() {
        assert_eq!(CaseId::of("RC-1"), CaseId::of("RC-1"));
        assert_ne!(CaseId::of("RC-1").as_str(), PersonId::of("RC-1").as_str());
        assert_eq!(CaseId::of("RC-1").as_str().len(), 20);
    }
}
