//! Bounces: a mail gateway tells that a message which the mail server had taken did not reach its reader.

use super::{App, AppError, troubles};
use crate::domain::contact::same_mailbox;
use crate::domain::ids::{hex, unhex};
use crate::domain::time::Moment;
use crate::mail::one_line;
use crate::runtime::secret::Secret;
use crate::store::Tx;
use crate::store::bounces::{self, NewBounce};
use crate::store::journal::{self, ACTOR_SERVICE, Entry};
use crate::store::mails::{self, MailRow};
use ring::hmac;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// How far a gateway's clock may be from ours; an older telling is not taken again.
const WINDOW_MILLIS: i64 = 5 * 60_000;
/// A telling without a Message-ID is about the newest mail to the address, and no older one than this.
const LOOK_BACK_MILLIS: i64 = 7 * 24 * 3_600_000;
/// A bounce may be quicker than the record that the server took the mail: so often, so long apart, it is looked at again.
const LOOKS: u32 = 5;
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);
/// Longest part of a telling but its reason, in bytes; a longer one names nothing of ours.
const PART_BYTES: usize = 998;

/// Lets in whoever knows the secret.
#[derive(Debug, Clone)]
pub struct Gate(Secret);

/// Who asks to be let in, by the words of the request.
#[derive(Debug, Clone, Copy)]
pub struct Knock<'a> {
    /// Seconds since 1970.
    pub timestamp: &'a str,
    /// `v1=` and the HMAC-SHA256 over time, a full stop and body, in hexadecimal digits.
    pub signature: &'a str,
    /// The body as it came.
    pub body: &'a [u8],
}

/// Why a telling was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Signed by somebody else, not at all, or long ago.
    #[error("签名不符，或时间相差超过 5 分钟")]
    Stranger,
    /// Signed and not understood.
    #[error("{0}")]
    Unclear(String),
    /// A fault of ours.
    #[error(transparent)]
    Fault(#[from] AppError),
}

impl From<crate::store::StoreError> for Refused {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Fault(error.into())
    }
}

impl Gate {
    /// A gate that opens to this secret.
    pub fn new(secret: Secret) -> Self {
        Self(secret)
    }

    fn opens(&self, knock: Knock<'_>, now: Moment) -> bool {
        let Some(seconds) = plain_number(knock.timestamp) else {
            return false;
        };
        let off = now.millis().saturating_sub(seconds.saturating_mul(1000));
        let Some(tag) = knock.signature.strip_prefix("v1=").and_then(unhex) else {
            return false;
        };
        let signed = [knock.timestamp.as_bytes(), b".", knock.body].concat();
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.reveal().as_bytes());
        hmac::verify(&key, &signed, &tag).is_ok() && off.abs() <= WINDOW_MILLIS
    }
}

fn plain_number(text: &str) -> Option<i64> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
}

/// What the gateway tells; what else it may say is passed over.
#[derive(Debug, Deserialize)]
struct Telling {
    /// Its own number of the telling.
    #[serde(default)]
    id: String,
    #[serde(default)]
    message_id: String,
    #[serde(default)]
    recipient: String,
    kind: Sort,
    #[serde(default)]
    reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Sort {
    Permanent,
    Temporary,
}

impl Sort {
    fn as_str(self) -> &'static str {
        match self {
            Self::Permanent => "permanent",
            Self::Temporary => "temporary",
        }
    }
}

impl Telling {
    fn read(body: &[u8]) -> Result<Self, Refused> {
        let telling: Self =
            serde_json::from_slice(body).map_err(|error| Refused::Unclear(format!("内容无法识读：{error}")))?;
        let telling = Self {
            message_id: telling
                .message_id
                .trim()
                .trim_start_matches('<')
                .trim_end_matches('>')
                .to_owned(),
            recipient: telling.recipient.trim().to_owned(),
            ..telling
        };
        let parts = [&telling.id, &telling.message_id, &telling.recipient];
        if parts
            .iter()
            .any(|part| part.len() > PART_BYTES || part.contains(char::is_control))
        {
            return Err(Refused::Unclear("编号或地址过长，或含有控制字符".to_owned()));
        }
        if telling.message_id.is_empty() && telling.recipient.is_empty() {
            return Err(Refused::Unclear(
                "须写明 message_id（邮件编号）或 recipient（收件地址）".to_owned(),
            ));
        }
        Ok(telling)
    }

    /// The mail it is about; with both named, both must fit.
    async fn mail(&self, tx: &mut Tx, now: Moment) -> Result<Option<MailRow>, Refused> {
        if self.message_id.is_empty() {
            let since = now.plus_millis(-LOOK_BACK_MILLIS);
            return Ok(mails::newest_taken_for(tx, &self.recipient, since).await?);
        }
        let mail = mails::by_message_id(tx, &self.message_id).await?;
        Ok(mail.filter(|mail| self.recipient.is_empty() || same_mailbox(&mail.recipient, &self.recipient)))
    }

    /// The same for the same telling. Without a number of the gateway's the same words are the same telling until the mail
    /// has gone out once more.
    fn identity(&self, body: &[u8], mail: &MailRow) -> String {
        let mut hash = Sha256::new();
        if self.id.is_empty() {
            hash.update(format!("body|{}|{}|", mail.id, mail.attempts));
            hash.update(body);
        } else {
            hash.update(format!("id|{}", self.id));
        }
        hex(&hash.finalize())
    }
}

/// Takes a telling. Whether it was about a mail of ours is not answered.
pub async fn take(app: &App, gate: &Gate, knock: Knock<'_>) -> Result<(), Refused> {
    let now = app.now();
    if !gate.opens(knock, now) {
        return Err(Refused::Stranger);
    }
    let telling = Telling::read(knock.body)?;
    for _ in 0..LOOKS {
        if keep(app, &telling, knock.body, now, false).await? {
            return Ok(());
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    keep(app, &telling, knock.body, now, true).await?;
    Ok(())
}

/// Keeps a telling; `false` when its mail is under way, and is not to be judged as it stands.
async fn keep(app: &App, telling: &Telling, body: &[u8], now: Moment, as_it_stands: bool) -> Result<bool, Refused> {
    let mut tx = app.db.begin().await?;
    journal::take_turn(&mut tx).await?;
    let Some(mail) = telling.mail(&mut tx, now).await? else {
        tx.rollback().await?;
        tracing::info!("退信回执所指的邮件不在本系统，未作处理");
        return Ok(true);
    };
    if mail.state == "leased" && !as_it_stands {
        tx.rollback().await?;
        return Ok(false);
    }
    let id = telling.identity(body, &mail);
    let reason = match one_line(&telling.reason) {
        reason if reason.is_empty() => "网关未说明原因".to_owned(),
        reason => reason,
    };
    let bounce = NewBounce {
        id: &id,
        mail_id: &mail.id,
        kind: telling.kind.as_str(),
        reason: &reason,
    };
    if !bounces::insert(&mut tx, bounce, now).await? {
        tx.rollback().await?;
        return Ok(true);
    }
    let held = telling.kind == Sort::Permanent
        && mails::bounced(&mut tx, &mail.id, &one_line(&format!("退信：{reason}"))).await?;
    note(&mut tx, &mail, telling.kind, held, now).await?;
    if held {
        troubles::mail_held(app, &mut tx, &mail.id, now).await?;
    }
    tx.commit().await?;
    if held {
        tracing::error!(mail.id = %mail.id, "邮件被接收后又被退回，等待人工处理");
    }
    Ok(true)
}

/// The gateway's words may name the reader, so the journal goes without.
async fn note(tx: &mut Tx, mail: &MailRow, kind: Sort, held: bool, now: Moment) -> Result<(), Refused> {
    let detail = match (kind, held) {
        (_, true) => "退信：已送出 → 已搁置",
        (Sort::Permanent, false) => "退信：邮件不在已送出状态，不变",
        (Sort::Temporary, _) => "暂时退信：只作记录",
    };
    let entry = Entry {
        actor: ACTOR_SERVICE,
        action: "mail.bounce",
        object_kind: "mail",
        object_id: &mail.id,
        detail: detail.to_owned(),
    };
    Ok(journal::append(tx, now, &[entry]).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_millis(1_790_000_000_000);

    fn gate() -> Gate {
        Gate::new(Secret::new("sixteen letters!".to_owned()))
    }

    /// From `printf '1790000000.{"kind":"permanent"}' | openssl dgst -sha256 -hmac 'sixteen letters!'`.
    const SIGNED: Knock<'_> = Knock {
        timestamp: "1790000000",
        signature: "v1=4c29e3f0498d70ee6a7f6216c575741ec64279216633257e38a436f5ae07b025",
        body: b"{\"kind\":\"permanent\"}",
    };

    #[test]
    fn the_gate_opens_to_the_secret_within_five_minutes_and_to_nothing_else() {
        assert!(gate().opens(SIGNED, NOW));
        for off in [-300_000, 300_000] {
            assert!(gate().opens(SIGNED, NOW.plus_millis(off)));
            assert!(!gate().opens(SIGNED, NOW.plus_millis(off + off.signum())));
        }
        let other = Gate::new(Secret::new("sixteen letters?".to_owned()));
        assert!(!other.opens(SIGNED, NOW));
        let changed = [
            Knock { body: b"{}", ..SIGNED },
            Knock {
                timestamp: "1790000001",
                ..SIGNED
            },
            Knock {
                timestamp: "+1790000000",
                ..SIGNED
            },
            Knock {
                timestamp: "",
                ..SIGNED
            },
            Knock {
                signature: "",
                ..SIGNED
            },
            Knock {
                signature: "v1=",
                ..SIGNED
            },
            Knock {
                signature: &SIGNED.signature[3..],
                ..SIGNED
            },
            Knock {
                signature: &SIGNED.signature[..SIGNED.signature.len() - 1],
                ..SIGNED
            },
        ];
        for knock in changed {
            assert!(!gate().opens(knock, NOW), "{knock:?}");
        }
    }

    #[test]
    fn a_telling_names_a_message_or_an_address() {
        let read = |text: &str| Telling::read(text.as_bytes());
        let telling = read(r#"{"kind":"permanent","message_id":" <a@b.example> ","more":1}"#).expect("it is whole");
        assert_eq!(telling.message_id, "a@b.example");
        let long = format!(r#"{{"kind":"permanent","recipient":"{}"}}"#, "x".repeat(999));
        for bad in [
            "",
            "[]",
            "{}",
            r#"{"kind":"permanent"}"#,
            r#"{"kind":"odd","message_id":"a@b"}"#,
            r#"{"message_id":"a@b"}"#,
            r#"{"kind":"permanent","recipient":"a\u0000b"}"#,
            &long,
        ] {
            assert!(matches!(read(bad), Err(Refused::Unclear(_))), "{bad}");
        }
    }
}
