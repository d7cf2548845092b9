//! `rongcuo demo`
use super::args::{DemoArgs, Global};
use super::output::Failure;
use std::io::Write;
pub async fn run(_g: &Global, _a: &DemoArgs, _out: &mut dyn Write, _err: &mut dyn Write) -> Result<u8, Failure> {
    Ok(0)
}
