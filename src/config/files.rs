//! Bounds on the files that are read.

use super::entry::{Entry, Source};
use super::error::ConfigError;
use super::raw;
use crate::files::Limits;

/// Seconds on the clock for each second of computing: other work may share the processor.
const WALL_PER_CPU: u64 = 2;

pub(super) fn files(source: &Source, written: raw::Files, default: raw::Files) -> Result<Limits, ConfigError> {
    let mib = |entry: Entry<u32>| positive(&entry, 1 << 20).map(|count| u64::from(count) << 20);
    let cpu_seconds = source.pick("files.seconds", written.seconds, default.seconds);
    let cpu_seconds = u64::from(positive(&cpu_seconds, 24 * 3600)?);
    let rows = source.pick("files.max_rows", written.max_rows, default.max_rows);
    let columns = source.pick("files.max_columns", written.max_columns, default.max_columns);
    let cells = source.pick("files.max_cells", written.max_cells, default.max_cells);
    let members = source.pick("files.max_members", written.max_members, default.max_members);
    Ok(Limits {
        file_bytes: mib(source.pick("files.max_file_mib", written.max_file_mib, default.max_file_mib))?,
        inflated_bytes: mib(source.pick(
            "files.max_inflated_mib",
            written.max_inflated_mib,
            default.max_inflated_mib,
        ))?,
        rows: positive(&rows, u32::MAX)?,
        columns: positive(&columns, 16_384)?,
        cells: u64::from(positive(&cells, u32::MAX)?),
        members: positive(&members, u32::MAX)? as usize,
        memory_bytes: mib(source.pick("files.memory_mib", written.memory_mib, default.memory_mib))?,
        cpu_seconds,
        wall_seconds: cpu_seconds * WALL_PER_CPU,
        ..Limits::default()
    })
}

fn positive(entry: &Entry<u32>, most: u32) -> Result<u32, ConfigError> {
    if (1..=most).contains(&entry.value) {
        return Ok(entry.value);
    }
    Err(entry.refuse(
        format!("{} 超出范围", entry.value),
        format!("写一个 1 到 {most} 之间的整数"),
    ))
}
