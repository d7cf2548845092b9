//! Mails that the server has not taken, for whoever looks after the machine and may read none of them.

use super::Slice;
use super::mails::mail_row;
use crate::app::view::{HeldMail, MailState, PageOf};
use crate::app::{App, AppError};
use crate::domain::account::{Act, Viewer};
use crate::store::mails::{self, Show};

/// A page of what is not sent yet, without a word of it.
pub async fn held(app: &App, viewer: &Viewer, page: u32) -> Result<PageOf<HeldMail>, AppError> {
    let slice = Slice::of(page);
    if !viewer.may(Act::HandleMails) {
        return Ok(slice.nothing());
    }
    let mut tx = app.db.read().await?;
    let found = mails::page(&mut tx, Show::Unsent, &viewer.scope, slice.limit, slice.offset).await?;
    let total = mails::count(&mut tx, Show::Unsent, &viewer.scope).await?;
    tx.rollback().await?;
    let rows = found.into_iter().map(|row| {
        let to = masked(&row.recipient);
        let row = mail_row(row);
        HeldMail {
            id: row.id,
            state: row.state,
            to,
            created: row.created,
            attempts: row.attempts,
            reply: row.last_reply.as_deref().map(without_addresses),
        }
    });
    Ok(slice.of_rows(rows.collect(), total))
}

impl HeldMail {
    /// Whether a person has to let it go out again.
    pub fn is_held(&self) -> bool {
        self.state == MailState::Held
    }
}

/// An address of which only the kind of place is left: `＊@y＊.example`.
fn masked(address: &str) -> String {
    if address.starts_with("channel:") {
        return "消息通道".to_owned();
    }
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    let (name, end) = domain.rsplit_once('.').unwrap_or((domain, ""));
    let first: String = name.chars().take(1).collect();
    let end = if end.is_empty() {
        String::new()
    } else {
        format!(".{end}")
    };
    format!("＊@{first}＊{end}")
}

/// What a server said, without the addresses it repeats.
fn without_addresses(reply: &str) -> String {
    let ends =
        |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '"' | '\'' | ',' | ';' | ':');
    let mut out = String::new();
    let mut rest = reply;
    while !rest.is_empty() {
        let length = rest.find(ends).unwrap_or(rest.len());
        let (word, after) = rest.split_at(length);
        if word.contains('@') {
            out.push_str(&masked(word));
        } else {
            out.push_str(word);
        }
        let mut signs = after.chars();
        out.extend(signs.next());
        rest = signs.as_str();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_named() {
        assert_eq!(masked("he.shouwen@yunchuan.example"), "＊@y＊.example");
        assert_eq!(masked("channel:wecom"), "消息通道");
        assert_eq!(masked("broken"), "＊@＊");
        assert_eq!(
            without_addresses("550 5.1.1 <he@yunchuan.example>: user unknown, see=he@a.b"),
            "550 5.1.1 <＊@y＊.example>: user unknown, ＊@a＊.b"
        );
        assert_eq!(without_addresses("451 稍后再试"), "451 稍后再试");
    }
}
