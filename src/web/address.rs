//! Addresses of pages with their filters.

use std::fmt::Write as _;

/// Joins a path and its parameters; empty values are left out.
pub(super) fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut out = path.to_owned();
    let mut lead = '?';
    for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
        out.push(lead);
        lead = '&';
        out.push_str(name);
        out.push('=');
        encode(value, &mut out);
    }
    out
}

/// A value as a part of an address.
pub(super) fn encoded(value: &str) -> String {
    let mut out = String::new();
    encode(value, &mut out);
    out
}

fn encode(value: &str, out: &mut String) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("writing to a string cannot fail");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_leave_their_parameter() {
        assert_eq!(
            address("/obligations", &[("show", "all"), ("number", "甲&b=\"1"), ("due", "")]),
            "/obligations?show=all&number=%E7%94%B2%26b%3D%221"
        );
        assert_eq!(address("/mails", &[("state", "")]), "/mails");
    }
}
