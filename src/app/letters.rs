//! A finished mail, ready for the outbox: sender, Message-ID and conversation are made alike for every one.

use super::{App, AppError};
use crate::domain::ids::MailId;
use crate::domain::time::Moment;
use crate::mail::{self, Envelope, RenderError, Rendered};
use crate::store::mails::NewMail;

/// Whom a mail goes to, and what makes it this one mail.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letter<'a> {
    /// Address and name of the reader.
    pub(super) to: (&'a str, &'a str),
    /// The same identity is the same mail on every try.
    pub(super) identity: &'a str,
    /// Mails with the same key are one conversation; empty for a mail on its own.
    pub(super) thread_key: &'a str,
    /// When it was decided.
    pub(super) at: Moment,
}

impl Letter<'_> {
    /// The mail with what `render` makes of the content.
    ///
    /// # Errors
    /// An address or a link is none.
    pub(super) fn written(
        self,
        app: &App,
        render: impl FnOnce(&Envelope) -> Result<Rendered, RenderError>,
    ) -> Result<NewMail, AppError> {
        let (address, name) = self.to;
        let host = mail_host(&app.mail_from);
        let message_id = mail::message_id(app.keys.message_key(), self.identity, &host);
        let envelope = Envelope {
            from: app.mail_from.clone(),
            to_address: address.to_owned(),
            to_name: name.to_owned(),
            message_id: message_id.clone(),
            date: self.at,
            list_id: host,
            thread_key: self.thread_key.to_owned(),
        };
        let rendered = render(&envelope).map_err(|error| AppError::Input(error.to_string()))?;
        Ok(NewMail {
            id: MailId::of(self.identity),
            dedup_key: self.identity.to_owned(),
            message_id,
            sender: mail::address_of(&app.mail_from),
            recipient: address.to_owned(),
            recipient_name: name.to_owned(),
            subject: rendered.subject,
            bytes: rendered.bytes,
        })
    }
}

/// The host that Message-IDs and lists are named by.
pub(super) fn mail_host(from: &str) -> String {
    let address = mail::address_of(from);
    address
        .rsplit_once('@')
        .map_or_else(|| "localhost".to_owned(), |(_, host)| host.to_owned())
}
