//! CSV for spreadsheet programs, on standard output.

use super::output::Failure;
use crate::files::plain;
use std::io::Write;

/// Writes rows of as many columns as the header has.
pub fn write<'a>(
    out: &mut dyn Write,
    header: &[&str],
    rows: impl IntoIterator<Item = &'a Vec<String>>,
) -> Result<(), Failure> {
    plain::write(out, header, rows).map_err(|error| Failure::environment(format!("输出失败：{error}")))
}
