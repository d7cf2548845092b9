//! The hidden command of the reading process: a file on standard input, its cells on standard output.

use super::args::ReadArgs;
use super::{DONE, ENVIRONMENT};
use crate::files::child;
use std::fs::File;
use std::io;
use std::os::fd::AsFd as _;

/// Answers one question; whoever asked sees by the broken answer when this fails.
pub fn run(args: &ReadArgs) -> u8 {
    match answer(args) {
        Ok(()) => DONE,
        Err(_) => ENVIRONMENT,
    }
}

/// The answer is binary and has its own buffer: it goes past the standard output of lines.
fn answer(args: &ReadArgs) -> io::Result<()> {
    let output = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    child::serve(args.memory_bytes, args.cpu_seconds, &mut io::stdin().lock(), output)
}
