//! How many 优秀 an appraisal list has against the usual share: told with a pre-check, never judged.

use super::output::Failure;
use crate::app::precheck::export::quota_said;
use crate::domain::quota::{Appraised, Quota};
use std::io::Write;

/// A line for each sheet.
pub(super) fn tell(quota: &Quota, sheets: &[Appraised], out: &mut dyn Write) -> Result<(), Failure> {
    for one in sheets {
        writeln!(out, "{}", quota_said(quota, one))?;
    }
    Ok(())
}
