//! How far a file has been read, for whoever waits for it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Rows after which whoever waits is told.
const STEP: u32 = 1024;

/// Rows read up to now, in steps, and whether they are still wanted. Clones are one and the same.
#[derive(Clone, Default)]
pub struct Progress(Arc<Inner>);

#[derive(Default)]
struct Inner {
    rows: AtomicU64,
    stopped: AtomicBool,
    /// Is told every step.
    tell: Option<Box<dyn Fn(u64) + Send + Sync>>,
}

impl Progress {
    /// One that tells somebody else.
    pub(super) fn telling(tell: impl Fn(u64) + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner {
            tell: Some(Box::new(tell)),
            ..Inner::default()
        }))
    }

    /// Rows read up to now, over all lists of the file.
    pub fn rows(&self) -> u64 {
        self.0.rows.load(Ordering::Relaxed)
    }

    /// So many were read up to now.
    pub(crate) fn set(&self, rows: u64) {
        self.0.rows.store(rows, Ordering::Relaxed);
    }

    /// Whoever reads them has come from one number of rows of a list to another.
    pub(super) fn advance(&self, from: u32, to: u32) {
        let steps = to / STEP - from / STEP;
        if steps == 0 {
            return;
        }
        let more = u64::from(steps) * u64::from(STEP);
        let rows = self.0.rows.fetch_add(more, Ordering::Relaxed) + more;
        if let Some(tell) = &self.0.tell {
            tell(rows);
        }
    }

    /// Nobody waits any more.
    pub fn stop(&self) {
        self.0.stopped.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.0.stopped.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Progress").field(&self.rows()).finish()
    }
}

/// How far somebody has read makes no bound another one.
impl PartialEq for Progress {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Progress {}
