//! The six digits of a second factor.

use totp_rs::{Builder, Secret, Totp};

/// Bytes of a new secret.
pub const SECRET_BYTES: usize = 20;
/// Seconds one code lasts.
pub const STEP: u64 = 30;

/// The step whose code it is, of those a step around a moment (seconds since 1970), so that a clock may be a little off.
pub fn step_of(secret: &[u8], code: &str, at: u64) -> Option<i64> {
    let now = at / STEP;
    [now, now.saturating_sub(1), now + 1]
        .into_iter()
        .find(|step| same(code.trim(), &self::code(secret, *step)))
        .map(|step| i64::try_from(step).unwrap_or(i64::MAX))
}

/// The code of a step.
pub fn code(secret: &[u8], step: u64) -> String {
    totp(secret).generate(step * STEP).to_string()
}

/// The secret as people type it into their device.
pub fn text(secret: &[u8]) -> String {
    Secret::from(secret.to_vec()).to_base32()
}

fn totp(secret: &[u8]) -> Totp {
    Builder::new()
        .with_secret(secret.to_vec())
        .with_skew(0)
        .build()
        .expect("a secret of twenty bytes, six digits and thirty seconds are within the standard")
}

/// Every digit is compared, whatever the first difference is.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Appendix B of RFC 6238, the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (at, digits) in [
            (59, "287082"),
            (1111111109, "081804"),
            (1234567890, "005924"),
            (2000000000, "279037"),
        ] {
            assert_eq!(code(secret, at / STEP), digits, "at {at}");
            assert_eq!(step_of(secret, digits, at), Some((at / STEP) as i64));
            assert_eq!(step_of(secret, digits, at + STEP), Some((at / STEP) as i64));
            assert_eq!(step_of(secret, digits, at + 3 * STEP), None);
        }
        assert_eq!(step_of(secret, "28708", 59), None);
        assert_eq!(text(secret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }
}
