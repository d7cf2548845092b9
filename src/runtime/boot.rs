//! Which start of the machine this is: what was only in its memory before another start is lost.

/// Names the start, where the system tells.
pub fn boot_id() -> Option<String> {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(text.trim().to_owned()).filter(|id| !id.is_empty())
}
