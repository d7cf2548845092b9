//! A finished mail taken apart again, for whoever looks at it without a mail program.

use mail_parser::MessageParser;
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
