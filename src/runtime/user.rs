//! Who runs this program, as the system knows it. The environment is not asked: anybody can set it.

use std::sync::OnceLock;

/// The account's name, else its number.
pub fn name() -> String {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| {
        let number = rustix::process::getuid().as_raw();
        let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        of(&accounts, number).unwrap_or_else(|| format!("uid:{number}"))
    })
    .clone()
}

/// The name of an account in the system's list.
fn of(accounts: &str, number: u32) -> Option<String> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let own: u32 = fields.nth(1)?.parse().ok()?;
        (own == number && !name.is_empty()).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_by_its_number() {
        let accounts = "root:x:0:0::/:/bin/sh\nclerk:x:1007:1007:,,,:/nowhere:/bin/sh\nbroken\n";
        assert_eq!(of(accounts, 1007).as_deref(), Some("clerk"));
        assert_eq!(of(accounts, 5), None);
        assert!(!name().is_empty());
    }
}
