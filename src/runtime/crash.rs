//! Named places where a test can make the process die, as if the power had been cut.
//!
//! `RONGCUO_CRASH_AT=name` aborts at the first arrival, `name:3` at the third. Release builds contain none of this.
//! Beside it, mistakes that a test can plant to see whether it would notice them.

#[cfg(debug_assertions)]
use std::sync::OnceLock;
#[cfg(debug_assertions)]
use std::sync::atomic::{AtomicU64, Ordering};

#[cfg(debug_assertions)]
struct Plan {
    name: String,
    nth: u64,
    arrivals: AtomicU64,
}

#[cfg(debug_assertions)]
impl Plan {
    fn parse(text: &str) -> Option<Self> {
        let (name, nth) = match text.rsplit_once(':') {
            Some((name, nth)) => (name, nth.parse().ok().filter(|nth| *nth > 0)?),
            None => (text, 1),
        };
        (!name.is_empty()).then(|| Self {
            name: name.to_owned(),
            nth,
            arrivals: AtomicU64::new(0),
        })
    }

    fn is_due(&self, name: &str) -> bool {
        self.name == name && self.arrivals.fetch_add(1, Ordering::SeqCst) + 1 == self.nth
    }
}

/// Dies here if the environment says so.
#[cfg(debug_assertions)]
pub fn crash_point(name: &str) {
    static PLAN: OnceLock<Option<Plan>> = OnceLock::new();
    let plan = PLAN.get_or_init(|| {
        std::env::var("RONGCUO_CRASH_AT")
            .ok()
            .and_then(|text| Plan::parse(&text))
    });
    if plan.as_ref().is_some_and(|plan| plan.is_due(name)) {
        std::process::abort();
    }
}

/// Does nothing in a release build.
#[cfg(not(debug_assertions))]
pub fn crash_point(_name: &str) {}

/// Whether the environment plants this mistake (`RONGCUO_FAULT=name`), so that a test which hunts for it can be
/// shown to find it.
#[cfg(debug_assertions)]
pub fn is_planted(fault: &str) -> bool {
    static FAULT: OnceLock<Option<String>> = OnceLock::new();
    FAULT.get_or_init(|| std::env::var("RONGCUO_FAULT").ok()).as_deref() == Some(fault)
}

/// Never in a release build.
#[cfg(not(debug_assertions))]
pub fn is_planted(_fault: &str) -> bool {
    false
}

#[cfg(all(test, debug_assertions))]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::Command;

    const SIGABRT: i32 = 6;

    #[test]
    fn only_the_named_arrival_is_due() {
        let plan = Plan::parse("mail.sent:2").unwrap();
        assert!(!plan.is_due("mail.claimed"));
        assert!(!plan.is_due("mail.sent"));
        assert!(plan.is_due("mail.sent"));
        assert!(!plan.is_due("mail.sent"));
        assert!(Plan::parse("mail.sent").unwrap().is_due("mail.sent"));
        for text in ["", ":1", "a:0", "a:x"] {
            assert!(Plan::parse(text).is_none(), "{text}");
        }
    }

    /// Passes by itself; the next test runs it in a child that is told to die here.
    #[test]
    fn arrives_twice() {
        crash_point("crash.self_test");
        crash_point("crash.self_test");
    }

    #[test]
    fn a_process_dies_at_the_named_arrival_and_nowhere_else() {
        let run = |plan: &str| {
            let status = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "runtime::crash::tests::arrives_twice", "--test-threads=1"])
                .env("RONGCUO_CRASH_AT", plan)
                .output()
                .unwrap()
                .status;
            (status.success(), status.signal())
        };
        assert_eq!(run("crash.self_test"), (false, Some(SIGABRT)));
        assert_eq!(run("crash.self_test:2"), (false, Some(SIGABRT)));
        assert_eq!(run("crash.self_test:3"), (true, None));
        assert_eq!(run("crash.other"), (true, None));
    }
}
