//! Clock, randomness, keys, life cycle, telemetry: what the outside world supplies and tests replace.

pub mod boot;
pub mod certificate;
pub mod clock;
pub mod crash;
pub mod crypto;
pub mod disk;
pub mod lifecycle;
pub mod newfile;
pub mod notify;
pub mod password;
pub mod random;
pub mod secret;
pub mod sole;
pub mod telemetry;
pub mod totp;
pub mod trust;
pub mod user;

pub use clock::{Clock, FixedClock, OffsetClock, SystemClock};
pub use crash::{crash_point, is_planted};
pub use crypto::{KeyError, KeyRing, OpenError};
pub use lifecycle::{Finished, Lifecycle, StopCause};
pub use random::{Random, SeededRandom, SystemRandom};
