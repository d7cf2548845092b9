//! Accounts: making the first ones, signing in and out, and what the administrators do with them.

mod manage;
pub mod oidc;
mod own;
mod recover;
mod set_up;
mod sign_in;

pub use manage::{Listed, close, end_sessions, grant, is_unknown_unit, listed, lock, make, one, reopen, reset, unlock};
pub use own::{
    Enrolment, change_password, confirm_second, drop_second, enrol, enrolment_again, own_sessions, sign_out_everywhere,
};
pub use recover::{Recovered, Recovery, recover, recoveries};
pub use set_up::{Administrator, Opens, demonstrators, first_link, is_set_up, set_own_password, set_up, what_opens};
pub use sign_in::{Asked, Current, Refused, by_proxy, current, demonstrate, end_session, sign_in, sign_out};

use super::{App, AppError};
use crate::domain::account::{Throttle, Viewer, check_password};
use crate::domain::ids::hex;
use crate::domain::time::Moment;
use crate::runtime::password;
use crate::store::Tx;
use crate::store::accounts::Account;
use crate::store::journal::{self, Entry};
use sha2::{Digest as _, Sha256};
use std::sync::LazyLock;

/// Kind of the journal's entries about accounts.
const ACCOUNT: &str = "account";

/// What the site asks of accounts, from its configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The shortest password, in characters.
    pub password_least: usize,
    /// How often signing in may fail.
    pub throttle: Throttle,
    /// Minutes a session lasts that is not used.
    pub idle_minutes: u32,
    /// Hours a session lasts at most.
    pub session_hours: u32,
    /// Hours a one-time link can be used.
    pub link_hours: u32,
}

impl Rules {
    fn link_until(&self, now: Moment) -> Moment {
        now.plus_millis(i64::from(self.link_hours) * 3_600_000)
    }
}

/// Passwords that everybody tries.
static COMMON: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    include_str!("../../config/common-passwords.txt")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
});

/// What is kept in place of a secret that somebody else holds.
fn key_of(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// A new password, checked and hashed.
async fn hashed(app: &App, rules: &Rules, account: &Account, new: &str) -> Result<String, AppError> {
    let own = [
        account.login.as_str(),
        account.name.as_str(),
        app.site_name.as_str(),
        account.unit.as_deref().unwrap_or(""),
    ];
    check_password(new, rules.password_least, &COMMON, &own).map_err(|weak| AppError::Input(weak.to_string()))?;
    let token = app.keys.token();
    let mut salt = [0; 16];
    salt.copy_from_slice(&Sha256::digest(token.as_bytes())[..16]);
    Ok(password::hash(new.to_owned(), salt).await)
}

/// A person's name as it is typed: one line, short.
fn name(text: &str) -> Result<String, AppError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 40 || text.contains(char::is_control) {
        return Err(AppError::Input("姓名应为 1 至 40 个字，写在一行".to_owned()));
    }
    Ok(text.to_owned())
}

async fn journal(
    tx: &mut Tx,
    at: Moment,
    actor: &str,
    action: &str,
    login: &str,
    detail: String,
) -> Result<(), AppError> {
    let entry = Entry {
        actor,
        action,
        object_kind: ACCOUNT,
        object_id: login,
        detail,
    };
    Ok(journal::append(tx, at, &[entry]).await?)
}

fn viewer(account: &Account) -> Option<Viewer> {
    let usable = !account.closed && account.locked.is_none();
    account.role.filter(|_| usable).map(|role| Viewer {
        login: account.login.clone(),
        name: account.name.clone(),
        role,
        scope: crate::domain::account::Scope::of_account(role, account.unit.as_deref()),
    })
}

fn changed_since() -> AppError {
    AppError::Conflict("这个账号刚刚被别人改动过，请重新打开页面再办".to_owned())
}

fn no_such() -> AppError {
    AppError::Input("没有这个账号".to_owned())
}
