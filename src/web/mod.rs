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
mod guide;
mod health;
mod layout;
mod listen;
mod marks;
mod pace;
mod pages;
mod params;
mod qr;
mod router;
mod server;
mod source;
mod state;
mod unsent;
mod uploads;
mod visit;

pub use bounces::bounces;
pub use error::PageError;
pub use listen::{NotLoopback, NotSafe, loopback_only, may_listen};
pub use pace::Pace;
pub use router::{router, routes};
pub use server::{Bounds, Doors, serve};
pub use state::{PageSource, SiteInfo};
