//! The binary: arguments in, exit code out.

use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut out = std::io::stdout().lock();
    let mut err = std::io::stderr();
    let code = rongcuo::cli::run(std::env::args_os(), &mut out, &mut err);
    match out.flush() {
        Ok(()) => ExitCode::from(code),
        // A reader that closed its end, such as `head`, is no fault of ours.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::from(code),
        Err(_) => ExitCode::from(3),
    }
}
