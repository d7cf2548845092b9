//! The web pages: rendered on the server, plain forms, for people who have signed in. The table of routes says whom each
//! is for ([`routes`]), the gate holds to it, and every form carries a mark of its visitor and a key that makes it count once.

mod address;
mod assets;
mod bounces;
mod desk;
mod error;
mod exposition;
mod gate;
mod guard;
mod health;
mod layout;
mod marks;
mod pages;
mod params;
mod qr;
mod router;
mod source;
mod state;
mod visit;

pub use bounces::bounces;
pub use error::PageError;
pub use guard::{NotLoopback, loopback_only};
pub use router::{router, routes};
pub use state::{PageSource, SiteInfo};
