//! The hidden command of the reading process: a file on standard input, its cells on standard output.

use super::args::ReadArgs;
use super::{DONE, ENVIRONMENT};
use crate::files::child;
use std::io::Write;

/// Answers one question; whoever asked sees by the broken answer when this fails.
pub fn run(args: &ReadArgs, out: &mut dyn Write) -> u8 {
    match child::serve(args.memory_bytes, args.cpu_seconds, &mut std::io::stdin().lock(), out) {
        Ok(()) => DONE,
        Err(_) => ENVIRONMENT,
    }
}
