//! What a try came to.

pub use crate::domain::outbox::Attempt;
use std::time::Duration;

/// Longest reply kept, in characters.
const REPLY_CHARS: usize = 300;

/// The step of the conversation that was under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Connect,
    Encrypt,
    Greeting,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    Content,
    FinalDot,
}

impl Stage {
    pub(super) fn zh(self) -> &'static str {
        match self {
            Self::Connect => "连接邮件服务器",
            Self::Encrypt => "建立加密连接",
            Self::Greeting => "等待邮件服务器问候",
            Self::StartTls => "请求加密（STARTTLS）",
            Self::Auth => "登录邮件服务器",
            Self::Mail => "报告发件人（MAIL）",
            Self::Rcpt => "报告收件人（RCPT）",
            Self::Data => "请求发送内容（DATA）",
            Self::Content => "发送邮件内容",
            Self::FinalDot => "等待邮件服务器确认收下",
        }
    }

    /// Whether a refusal at this step is about the mail. Before MAIL the server refuses the installation, and
    /// holding every mail for a password that ran out would hand them all to a person one by one.
    fn is_about_the_mail(self) -> bool {
        matches!(
            self,
            Self::Mail | Self::Rcpt | Self::Data | Self::Content | Self::FinalDot
        )
    }
}

/// A complete reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) code: u16,
    pub(super) text: String,
}

/// Judges a negative reply; `None` when the reply is not negative.
pub(super) fn refusal(stage: Stage, reply: &Reply) -> Option<Attempt> {
    if !(400..600).contains(&reply.code) {
        return None;
    }
    // RFC 4954: the login is missing, too weak or wrong. That is the installation's, whatever the step.
    let login = matches!(reply.code, 530 | 534 | 535 | 538);
    // The reply itself may quote an address.
    tracing::info!(smtp.stage = stage.zh(), smtp.reply = reply.code, "邮件服务器拒绝");
    let reply_text = reply.text.clone();
    Some(if reply.code >= 500 && !login && stage.is_about_the_mail() {
        Attempt::Permanent { reply: reply_text }
    } else {
        Attempt::Temporary { reply: reply_text }
    })
}

/// The verdict when a step ran out of time.
pub(super) fn timed_out(stage: Stage, limit: Duration) -> Attempt {
    let waited = if limit.as_secs() > 0 {
        format!("{} 秒", limit.as_secs())
    } else {
        format!("{} 毫秒", limit.as_millis())
    };
    Attempt::Unknown {
        what: format!("{}超时（{waited}）", stage.zh()),
        in_doubt: stage == Stage::FinalDot,
    }
}

/// The verdict when the line broke or the answer made no sense.
pub(super) fn broken(stage: Stage, why: &str) -> Attempt {
    Attempt::Unknown {
        what: one_line(&format!("{}时出错：{why}", stage.zh())),
        in_doubt: stage == Stage::FinalDot,
    }
}

/// One line without control characters, at most 300 characters.
pub fn one_line(text: &str) -> String {
    super::clean::line(text, REPLY_CHARS - 1)
}

/// Reads the bytes of a whole reply: the code of the last line, and the texts of all lines behind that code.
/// A reply that is not UTF-8 is read as GB18030, which many mail systems speak.
pub(super) fn read_reply(raw: &[u8]) -> Option<Reply> {
    let text = match std::str::from_utf8(raw) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling(raw).0.into_owned(),
    };
    let lines: Vec<&str> = text.lines().collect();
    let code = lines
        .last()?
        .get(..3)
        .filter(|code| code.bytes().all(|b| b.is_ascii_digit()))?;
    let said: Vec<&str> = lines
        .iter()
        .map(|line| line.get(4..).unwrap_or_default().trim())
        .collect();
    Some(Reply {
        code: code.parse().ok()?,
        text: one_line(&format!("{code} {}", said.join(" "))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(code: u16) -> Reply {
        Reply {
            code,
            text: code.to_string(),
        }
    }

    #[test]
    fn replies_are_joined_decoded_and_bounded() {
        let read = |raw: &[u8]| read_reply(raw).map(|reply| (reply.code, reply.text));
        assert_eq!(
            read(b"250 2.0.0 queued as 7\r\n"),
            Some((250, "250 2.0.0 queued as 7".to_owned()))
        );
        assert_eq!(
            read(b"550-no\r\n550 such user\r\n"),
            Some((550, "550 no such user".to_owned()))
        );
        assert_eq!(
            read("550 用户不存在\r\n".as_bytes()),
            Some((550, "550 用户不存在".to_owned()))
        );
        assert_eq!(
            read(b"550 \xd3\xc3\xbb\xa7\xb2\xbb\xb4\xe6\xd4\xda\r\n"),
            Some((550, "550 用户不存在".to_owned()))
        );
        assert_eq!(read(b"250 a\x1b[31m\0b\r\n"), Some((250, "250 a [31m b".to_owned())));
        assert_eq!(read(b"250\r\n"), Some((250, "250".to_owned())));
        assert_eq!(read(b"hello\r\n"), None);
        assert_eq!(read(b""), None);
        let long = format!("250 {}\r\n", "x".repeat(5000));
        assert_eq!(read(long.as_bytes()).map(|(_, text)| text.chars().count()), Some(300));
    }

    #[test]
    fn the_mail_is_refused_for_good_only_for_its_own_sake() {
        let temporary = |code: u16| {
            Some(Attempt::Temporary {
                reply: code.to_string(),
            })
        };
        let permanent = |code: u16| {
            Some(Attempt::Permanent {
                reply: code.to_string(),
            })
        };
        for stage in [Stage::Mail, Stage::Rcpt, Stage::Data, Stage::FinalDot] {
            assert_eq!(refusal(stage, &reply(550)), permanent(550));
            assert_eq!(refusal(stage, &reply(451)), temporary(451));
            assert_eq!(
                refusal(stage, &reply(530)),
                temporary(530),
                "a missing login is no fault of the mail"
            );
            assert_eq!(refusal(stage, &reply(250)), None);
        }
        for stage in [Stage::Greeting, Stage::StartTls, Stage::Auth] {
            assert_eq!(refusal(stage, &reply(554)), temporary(554));
            assert_eq!(refusal(stage, &reply(421)), temporary(421));
        }
    }

    #[test]
    fn only_the_wait_after_the_dot_leaves_doubt() {
        for (stage, doubt) in [
            (Stage::Connect, false),
            (Stage::Data, false),
            (Stage::Content, false),
            (Stage::FinalDot, true),
        ] {
            for attempt in [timed_out(stage, Duration::from_secs(1)), broken(stage, "断开")] {
                assert!(
                    matches!(attempt, Attempt::Unknown { in_doubt, .. } if in_doubt == doubt),
                    "{attempt:?}"
                );
            }
        }
    }
}
