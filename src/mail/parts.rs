//! A finished mail taken apart again, for whoever looks at it without a mail program.

use lettre::message::Body;
use lettre::message::header::ContentTransferEncoding;
use mail_parser::{Encoding, MessageParser, PartType};
use std::borrow::Cow;

/// What a mail says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    /// The plain part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// Takes a mail apart; what it does not have is empty.
pub fn parts(bytes: &[u8]) -> Parts {
    let Some(message) = MessageParser::default().parse(bytes) else {
        return Parts::default();
    };
    Parts {
        text: message.body_text(0).map(Cow::into_owned).unwrap_or_default(),
        html: message.body_html(0).map(Cow::into_owned).unwrap_or_default(),
    }
}

/// The same mail with its texts changed; each stays encoded as it was, and what is not changed stays as it is byte for byte.
pub fn rewritten(bytes: &[u8], change: impl Fn(&str) -> String) -> Vec<u8> {
    let plainly = |bytes: &[u8]| change(&String::from_utf8_lossy(bytes)).into_bytes();
    let Some(message) = MessageParser::default().parse(bytes) else {
        return plainly(bytes);
    };
    let mut out = Vec::with_capacity(bytes.len());
    let mut done = 0;
    for part in &message.parts {
        let (PartType::Text(text) | PartType::Html(text)) = &part.body else {
            continue;
        };
        let (from, until) = (part.offset_body as usize, part.offset_end as usize);
        let Some(body) = bytes.get(from..until).filter(|_| from >= done) else {
            continue;
        };
        let encoding = match part.encoding {
            Encoding::None => None,
            Encoding::QuotedPrintable => Some(ContentTransferEncoding::QuotedPrintable),
            Encoding::Base64 => Some(ContentTransferEncoding::Base64),
        };
        let changed = change(text);
        let encoded = match encoding {
            None => plainly(body),
            Some(_) if changed == **text => body.to_vec(),
            // These two can hold every text.
            Some(encoding) => Body::new_with_encoding(changed, encoding).map_or_else(|plain| plain, Body::into_vec),
        };
        out.extend_from_slice(&bytes[done..from]);
        out.extend_from_slice(encoded.trim_ascii_end());
        out.extend_from_slice(&body[body.trim_ascii_end().len()..]);
        done = until;
    }
    out.extend_from_slice(&bytes[done..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_changed_in_its_encoding_and_the_rest_stays() {
        for (name, body, changed) in [
            ("8bit", "甲 secret 乙", "甲 **** 乙"),
            ("base64", "5paHIHNlY3JldCDlrZc=", "5paHICoqKiog5a2X"),
            ("quoted-printable", "=E7=94=B2 sec=\r\nret", "=E7=94=B2 ****"),
        ] {
            let mail = |body: &str| {
                format!(
                    "Subject: secret\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"x\"\r\n\r\n--x\r\n\
                     Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {name}\r\n\r\n{body}\r\n--x\r\n\
                     Content-Type: application/octet-stream\r\n\r\n--secret\r\n--x--\r\n"
                )
            };
            let told = rewritten(mail(body).as_bytes(), |text| text.replace("secret", "****"));
            assert_eq!(String::from_utf8(told).expect("text"), mail(changed), "{name}");
            let same = rewritten(mail(body).as_bytes(), str::to_owned);
            assert_eq!(String::from_utf8(same).expect("text"), mail(body), "{name}");
        }
    }
}
