//! The commands, one file each.

mod account;
mod alert;
mod args;
mod audit;
pub mod calendar;
mod case;
mod channel;
mod columns;
mod compare;
mod delimited;
pub mod demo;
mod doctor;
mod explain;
mod finding;
mod import;
mod mail;
mod migrate;
mod monitor;
mod open;
mod output;
mod paper;
mod policy;
mod precheck;
mod preview;
mod quota;
mod read;
mod rectification;
pub mod rehearse;
mod reminder;
mod replay;
mod report;
mod runs;
mod save;
mod serve;
mod simulate;
mod standing;
mod table;
mod usage;

pub use args::{Cli, Command};

use clap::Parser as _;
use output::Failure;
use std::ffi::OsString;
use std::io::Write;

/// Done.
pub const DONE: u8 = 0;
/// Done, and something needs attention.
pub const ATTENTION: u8 = 1;
/// Bad input or usage; nothing was changed.
pub const BAD_INPUT: u8 = 2;
/// Database or mail server.
pub const ENVIRONMENT: u8 = 3;

/// Runs the command line and gives the exit code.
pub fn run(args: impl IntoIterator<Item = OsString>, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, out, err),
    };
    run_parsed(cli, out, err)
}

/// Not generic, so that everything a command does is compiled once, here, and not again in every program.
fn run_parsed(cli: Cli, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    // Before any thread starts: the reading process counts every byte of its address space.
    if let Command::Read(args) = &cli.command {
        return read::run(args);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return tell(err, &Failure::environment(format!("无法启动运行环境：{error}"))),
    };
    let ended = runtime.block_on(dispatch(cli, out, err));
    match ended {
        Ok(code) => code,
        Err(failure) => tell(err, &failure),
    }
}

async fn dispatch(cli: Cli, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8, Failure> {
    let global = cli.global;
    fits(&global, &cli.command)?;
    match cli.command {
        Command::Demo(args) => demo::run(&global, &args, out).await,
        Command::Serve(args) => serve::run(&global, &args, out).await,
        Command::Calendar { command } => calendar_command(&global, command, out, err).await,
        Command::Import { what } => Box::pin(import::run(&global, &what, out, err)).await,
        Command::Precheck(args) => Box::pin(precheck::run(&global, &args, out, err)).await,
        Command::Runs { what } => runs::run(&global, &what, out).await,
        Command::Simulate(args) => simulate::run(&global, &args, out).await,
        Command::Replay(args) => replay::run(&global, &args, out).await,
        Command::PreviewMail(args) => preview::run(&global, &args, out).await,
        Command::Alert { what } => alert::run(&global, what, out).await,
        Command::Migrate(args) => migrate::run(&global, &args, out).await,
        Command::Explain { what } => explain::run(&global, &what, out).await,
        Command::Case { what } => case::run(&global, *what, out).await,
        Command::Channel { what } => channel::run(&global, &what, out).await,
        Command::Paper { what } => paper::run(&global, *what, out).await,
        Command::Reminder { what } => reminder::run(&global, what, out).await,
        Command::Columns { what } => columns::run(&global, &what, out).await,
        Command::Compare { what } => compare::run(&global, &what, out, err).await,
        Command::Report { what } => report::run(&global, &what, out, err).await,
        Command::Finding { what } => finding::run(&global, *what, out).await,
        Command::Rectification { what } => rectification::run(&global, *what, out).await,
        Command::Rehearse(args) => rehearse::run(&global, &args, out, err).await,
        Command::Standing { what } => standing::run(&global, what, out).await,
        Command::Mail { what } => mail::run(&global, what, out).await,
        Command::Policy { what } => policy::run(&global, &what, out).await,
        Command::Account { what } => account::run(&global, what, out).await,
        Command::Audit { what } => audit::run(&global, &what, out).await,
        Command::Read(args) => Ok(read::run(&args)),
        Command::Monitor => monitor::run(&global, out).await,
        Command::Doctor => doctor::run(&global, out).await,
    }
}

/// A form that a command does not have is refused, not silently another.
fn fits(global: &args::Global, command: &Command) -> Result<(), Failure> {
    let tabular = matches!(command, Command::Precheck(_) | Command::Runs { .. });
    match global.format {
        args::Format::Csv | args::Format::Table if !tabular => Err(Failure::input(
            "--format csv、table 只用于 precheck 和 runs list；这个命令可用的是 text、json",
        )),
        _ => Ok(()),
    }
}

async fn calendar_command(
    global: &args::Global,
    command: calendar::CalendarWhat,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let command = match command {
        calendar::CalendarWhat::Import(args) => return calendar::import(global, &args, out).await,
        calendar::CalendarWhat::Ask(command) => command,
    };
    let config = open::config(global)?;
    let context = calendar::CalendarContext {
        dir: config.calendar_dir.clone(),
        entries: open::calendar_entries(&config).await?,
        notice_by: open::policy_in_force(&config).await?.notice_by,
        today: open::clock(global, &config)?.now().day(),
        json: global.json(),
    };
    calendar::run(command, &context, out, err).map_err(|error| match error.downcast::<std::io::Error>() {
        Ok(error) => Failure::from(error),
        Err(error) => Failure::environment(error.to_string()),
    })
}

/// A text from a file as it may stand on a terminal: on one line, and without anything that steers it.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn usage(error: &clap::Error, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let (target, code): (&mut dyn Write, u8) = if error.use_stderr() {
        (err, BAD_INPUT)
    } else {
        (out, DONE)
    };
    let explained = usage::explained(error).map(|said| format!("错误：{said}\n"));
    match write!(target, "{}", explained.unwrap_or_else(|| error.to_string())) {
        Ok(()) => code,
        Err(_) => ENVIRONMENT,
    }
}

fn tell(err: &mut dyn Write, failure: &Failure) -> u8 {
    if failure.is_silent() {
        return failure.code;
    }
    // Nobody can be told that standard error is closed; the exit code still says it.
    match writeln!(err, "{failure}") {
        Ok(()) | Err(_) => failure.code,
    }
}
