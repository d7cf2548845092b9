//! Signing in with the word of a provider (OpenID Connect). The provider says who somebody is; that they have an account
//! here, what it may be used for, and its second factor are looked at as ever. Nobody is given an account by it.

use super::sign_in::{Asked, Refused, Shown, look_up, settle};
use super::{Rules, journal, key_of, viewer};
use crate::app::{App, AppError, uncancelled};
use crate::domain::account;
use crate::domain::time::Moment;
use crate::outbound::{self, Back, Provider, Trouble};
use crate::store::{accounts, forms};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Where the provider sends people back to.
pub const BACK: &str = "/sign-in/oidc/back";
/// How long somebody may take at the provider, and again to type their code, in milliseconds.
pub const LONGEST: i64 = 10 * 60_000;
/// How far the clocks of this service's instances may lie apart, in milliseconds.
const APART: i64 = 60_000;
/// How the journal names this way of signing in; failures that lead to no account are counted under it, as no login can be written so.
const BY: &str = "（统一身份认证）";
/// Whom the journal names where the provider's word leads to no account.
const ACTOR: &str = "oidc";

/// Signing in with the word of a provider, as it is configured.
#[derive(Debug, Clone)]
pub struct SignOn {
    /// The provider.
    pub provider: Provider,
    /// What the button on the sign-in page says.
    pub label: String,
    /// Where the provider sends people back to, in full.
    pub back: String,
}

impl SignOn {
    /// For pages that people find at `base_url`.
    pub fn new(provider: Provider, label: String, base_url: &str) -> Self {
        Self {
            provider,
            label,
            back: format!("{base_url}{BACK}"),
        }
    }
}

/// What a browser keeps while its user is at the provider.
#[derive(Serialize, Deserialize)]
struct Away {
    state: String,
    nonce: String,
    verifier: String,
    since: i64,
    next: String,
}

/// What a browser keeps while its user looks for the code of the second factor.
#[derive(Serialize, Deserialize)]
struct Halfway {
    login: String,
    /// The account's as the provider named it: a note does not outlive a change of the account.
    version: i64,
    since: i64,
    next: String,
}

/// What can be kept by a browser: nobody can read, write or move it to another purpose.
trait Kept: Serialize + DeserializeOwned {
    const PURPOSE: &'static [u8];
    fn since(&self) -> i64;

    fn sealed(&self, app: &App) -> Result<String, AppError> {
        let plain = serde_json::to_vec(self).map_err(|error| AppError::Environment(error.to_string()))?;
        Ok(URL_SAFE_NO_PAD.encode(app.keys.seal(&plain, Self::PURPOSE)))
    }

    fn opened(app: &App, sealed: &str, now: Moment) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let plain = app.keys.open(&bytes, Self::PURPOSE).ok()?;
        let kept: Self = serde_json::from_slice(&plain).ok()?;
        (-APART..LONGEST)
            .contains(&(now.millis() - kept.since()))
            .then_some(kept)
    }
}

impl Kept for Away {
    const PURPOSE: &'static [u8] = b"oidc|away";
    fn since(&self) -> i64 {
        self.since
    }
}

impl Kept for Halfway {
    const PURPOSE: &'static [u8] = b"oidc|halfway";
    fn since(&self) -> i64 {
        self.since
    }
}

/// Somebody is on the way to the provider.
#[derive(Debug, Clone)]
pub struct Left {
    /// Where to.
    pub location: String,
    /// What their browser keeps.
    pub kept: String,
}

/// What the provider sent somebody back with.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// What the question was marked with.
    pub state: String,
    /// What can be redeemed.
    pub code: String,
    /// Why there is nothing to redeem; empty where there is.
    pub error: String,
    /// Who says so, where it is said.
    pub issuer: Option<String>,
}

/// What comes of coming back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    /// They are in.
    In {
        /// What their browser holds from now on.
        token: String,
        /// The page they wanted.
        next: String,
    },
    /// The account has a second factor.
    Halfway {
        /// What their browser keeps until the code is typed.
        kept: String,
    },
    /// They are not.
    Out {
        /// Why.
        why: Why,
        /// The page they wanted.
        next: String,
    },
}

/// Why somebody who came back is not let in. It does not say whether there is an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Not begun in this browser, too long ago, or finished before.
    Stale,
    /// The provider did not let them in, or they turned back.
    Declined,
    /// The provider does not answer.
    Away,
    /// What the provider answers cannot be used or believed.
    Doubtful,
    /// Nothing here can be used by whom the provider named.
    NoAccount,
    /// That was not the code; what their browser keeps is good for another.
    Code,
    /// Too many failures; so many minutes make the window.
    Later(u32),
}

impl From<Refused> for Why {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Wrong => Self::NoAccount,
            Refused::Later(minutes) => Self::Later(minutes),
        }
    }
}

/// Sends somebody to the provider. What is asked there is kept by their browser, and nowhere else.
pub async fn leave(app: &App, on: &SignOn, next: &str) -> Result<Result<Left, Why>, AppError> {
    let now = app.now();
    let away = Away {
        state: app.keys.token(),
        nonce: app.keys.token(),
        verifier: app.keys.token(),
        since: now.millis(),
        next: next.to_owned(),
    };
    match on.provider.leave(question(on, &away), now).await {
        Ok(location) => Ok(Ok(Left {
            location,
            kept: away.sealed(app)?,
        })),
        Err(trouble) => Ok(Err(told(&trouble))),
    }
}

fn question<'a>(on: &'a SignOn, away: &'a Away) -> outbound::Asked<'a> {
    outbound::Asked {
        back: &on.back,
        state: &away.state,
        nonce: &away.nonce,
        verifier: &away.verifier,
    }
}

fn told(trouble: &Trouble) -> Why {
    tracing::warn!(error = %trouble, "经统一身份认证登录未成：{trouble}");
    match trouble {
        Trouble::Declined(_) => Why::Declined,
        Trouble::Away(_) => Why::Away,
        Trouble::Unusable(_) | Trouble::Doubtful(_) => Why::Doubtful,
    }
}

/// Somebody comes back from the provider. `kept` is what their browser kept, `from` says where the request comes from.
pub async fn come_back(
    app: &App,
    rules: &Rules,
    on: &SignOn,
    kept: Option<String>,
    answer: Answer,
    from: Asked,
) -> Result<Came, AppError> {
    let (app, rules, on) = (app.clone(), rules.clone(), on.clone());
    uncancelled(async move {
        let now = app.now();
        let away = kept.and_then(|kept| Away::opened(&app, &kept, now));
        let Some(away) = away.filter(|away| key_of(&away.state) == key_of(&answer.state)) else {
            return Ok(Came::Out {
                why: Why::Stale,
                next: "/".to_owned(),
            });
        };
        let came = arrive(&app, &rules, &on, &away, &answer, &from, now).await?;
        let next = away.next;
        Ok(match came {
            Ok(Arrived::In(token)) => Came::In { token, next },
            Ok(Arrived::Halfway(login, version)) => {
                let since = now.millis();
                let kept = Halfway {
                    login,
                    version,
                    since,
                    next,
                }
                .sealed(&app)?;
                Came::Halfway { kept }
            }
            Err(why) => Came::Out { why, next },
        })
    })
    .await
}

enum Arrived {
    In(String),
    Halfway(String, i64),
}

async fn arrive(
    app: &App,
    rules: &Rules,
    on: &SignOn,
    away: &Away,
    answer: &Answer,
    from: &Asked,
    now: Moment,
) -> Result<Result<Arrived, Why>, AppError> {
    if answer.issuer.as_deref().is_some_and(|own| own != on.provider.issuer()) {
        return Ok(Err(told(&Trouble::Doubtful(
            "答复来自别的统一身份认证（iss）".to_owned(),
        ))));
    }
    if !answer.error.is_empty() {
        return Ok(Err(told(&Trouble::of_word(&answer.error))));
    }
    if answer.code.is_empty() {
        return Ok(Err(told(&Trouble::Doubtful("答复里没有登录码（code）".to_owned()))));
    }
    // Only what can be redeemed has to count once.
    if let Err(why) = take(app, rules, away, from, now).await? {
        return Ok(Err(why));
    }
    let back = Back {
        asked: question(on, away),
        at: Moment::from_millis(away.since),
        code: &answer.code,
    };
    let named = match on.provider.redeem(back, now).await {
        Ok(named) => named,
        Err(trouble) => {
            // What the provider or the configuration does wrong is nobody's try.
            if matches!(trouble, Trouble::Doubtful(_)) {
                turn_away(app, from, None, now).await?;
            }
            return Ok(Err(told(&trouble)));
        }
    };
    enter(app, rules, &named, from, now).await
}

/// Lets each answer count once, and nobody try without end.
async fn take(app: &App, rules: &Rules, away: &Away, from: &Asked, now: Moment) -> Result<Result<(), Why>, AppError> {
    let key = key_of(&away.state);
    let mut tx = app.db.begin().await?;
    let since = rules.throttle.since(now);
    let trials = accounts::trials(&mut tx, &key_of(BY), &from.address, since).await?;
    // Of an account nothing is known yet.
    if trials.address >= rules.throttle.per_address {
        tx.rollback().await?;
        return Ok(Err(Why::Later(rules.throttle.minutes)));
    }
    let first = forms::claim(&mut tx, &key[..32], ACTOR, BACK, now).await?;
    tx.commit().await?;
    Ok(if first { Ok(()) } else { Err(Why::Stale) })
}

/// The provider has named somebody.
async fn enter(
    app: &App,
    rules: &Rules,
    named: &str,
    from: &Asked,
    now: Moment,
) -> Result<Result<Arrived, Why>, AppError> {
    // To the letter: another spelling may be another person's at the provider.
    let login = account::login(named).filter(|login| *login == named);
    let login_key = key_of(named);
    let account = match look_up(app, rules, (&login_key, login.as_deref()), &from.address, now).await? {
        Ok(account) => account,
        Err(refused) => return Ok(Err(refused.into())),
    };
    let Some(account) = account else {
        turn_away(app, from, Some((&login_key, login.as_deref())), now).await?;
        return Ok(Err(Why::NoAccount));
    };
    if account.totp.is_some() && viewer(&account).is_some() {
        return Ok(Ok(Arrived::Halfway(account.login, account.version)));
    }
    let shown = Shown {
        login_key,
        account: Some(account),
        proven: true,
        by: BY,
    };
    let settled = settle(app, rules, from, shown, now).await?;
    Ok(settled.map(Arrived::In).map_err(Why::from))
}

/// Notes that nobody was let in who has no account: whoever the provider named, or nobody it could be believed about.
async fn turn_away(app: &App, from: &Asked, named: Option<(&str, Option<&str>)>, now: Moment) -> Result<(), AppError> {
    let own = key_of(BY);
    let (login_key, login, why) = match named {
        Some((key, login)) => (key, login.unwrap_or("-"), "没有这个账号"),
        None => (own.as_str(), "-", "答复没有通过核对"),
    };
    let mut tx = app.db.begin().await?;
    crate::store::journal::take_turn(&mut tx).await?;
    accounts::failed(&mut tx, login_key, &from.address, now).await?;
    let detail = format!("登录未成{BY}：{why}，来自 {}", from.address);
    journal(&mut tx, now, ACTOR, "sign-in-refused", login, detail).await?;
    Ok(tx.commit().await?)
}

/// Whether what a browser keeps still waits for a code.
pub fn is_halfway(app: &App, kept: &str) -> bool {
    Halfway::opened(app, kept, app.now()).is_some()
}

/// Somebody the provider has named types the code of their second factor; `asked` holds it.
pub async fn with_code(app: &App, rules: &Rules, kept: &str, asked: Asked) -> Result<Came, AppError> {
    let (app, rules) = (app.clone(), rules.clone());
    let kept = kept.to_owned();
    uncancelled(async move {
        let now = app.now();
        let Some(Halfway {
            login, version, next, ..
        }) = Halfway::opened(&app, &kept, now)
        else {
            return Ok(Came::Out {
                why: Why::Stale,
                next: "/".to_owned(),
            });
        };
        let login_key = key_of(&login);
        let account = match look_up(&app, &rules, (&login_key, Some(&login)), &asked.address, now).await? {
            Ok(account) => account,
            Err(refused) => {
                let why = refused.into();
                return Ok(Came::Out { why, next });
            }
        };
        if account.as_ref().is_none_or(|account| account.version != version) {
            return Ok(Came::Out { why: Why::Stale, next });
        }
        let shown = Shown {
            login_key,
            account,
            proven: true,
            by: BY,
        };
        Ok(match settle(&app, &rules, &asked, shown, now).await? {
            Ok(token) => Came::In { token, next },
            Err(Refused::Wrong) => Came::Out { why: Why::Code, next },
            Err(refused) => Came::Out {
                why: refused.into(),
                next,
            },
        })
    })
    .await
}
