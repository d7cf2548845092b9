//! The web pages: rendered on the server, read-only, without scripts and without sign-in,
//! therefore for a listener on the loopback address only.

mod address;
mod assets;
mod bounces;
mod error;
mod exposition;
mod guard;
mod health;
mod layout;
mod marks;
mod pages;
mod params;
mod router;
mod source;
mod state;

pub use bounces::bounces;
pub use error::PageError;
pub use guard::{NotLoopback, loopback_only};
pub use router::{router, routes};
pub use state::{PageSource, SiteInfo};
