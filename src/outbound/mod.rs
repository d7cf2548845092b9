//! Requests that leave the house by HTTP: one room, and one list of the places they may go to.
//!
//! Guarantees: nothing goes to a place that is not on the list; redirects are not followed; a name is resolved once, what it
//! resolves to is checked, and the line is made to the address that was checked; time and size are bounded; no text made here
//! names a key, a token or more of an address than scheme, host and port.

mod address;
mod channel;
mod client;
mod dingtalk;
mod file;
mod message;
mod oidc;
mod signing;
mod webhook;
mod wecom;

pub use address::{AllowList, Origin, Url, encoded, is_token};
pub use channel::{Channel, Kind, send};
pub use client::{Body, Client, Failed, Header, Limits, Reply, Request, header};
pub use dingtalk::DingTalk;
pub use file::Folder;
pub use message::{Looks, Message};
pub use oidc::{Asked, Back, Provider, Settings, Trouble};
pub use webhook::{HEADER_ID, HEADER_SIGNATURE, HEADER_TIMESTAMP, Template, Webhook};
pub use wecom::WeCom;
