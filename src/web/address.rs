//! Addresses of pages with their filters.

pub(super) use crate::outbound::encoded;

/// Joins a path and its parameters; empty values are left out.
pub(super) fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut out = path.to_owned();
    let mut lead = '?';
    for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
        out.push(lead);
        lead = '&';
        out.push_str(name);
        out.push('=');
        out.push_str(&encoded(value));
    }
    out
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
