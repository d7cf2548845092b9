//! Mail from its content to the server's word: bytes, conversation, verdicts.

mod catcher;
mod faults;
mod postfix;
mod render;
mod transport;
