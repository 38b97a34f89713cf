//! The command line: one file or folder for each family of subcommands. Pictures' paths and JSON go to stdout, words for
//! people to stderr.
//!
//! Reading order: `args` (what can be typed), `desk` (what every command works at), then the commands. What a job is and
//! how it is paid for is not decided here: `generate` writes a job into the store and watches it; `worker` is where it is done.

mod args;
mod batch;
mod calendar;
mod cost;
mod desk;
mod doctor;
mod emulator;
mod envelope;
mod failure;
mod generate;
mod jobs;
mod keys;
mod models;
mod numbers;
mod place;
mod preview;
mod print;
mod queue;
mod recipe;
mod settings;
mod sheet;
mod shelf;
mod show;
mod signals;
mod studio;
mod styles;
mod themes;
mod tree;
mod watch;
mod worker;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use crate::config::Flags;

use args::{Args, Command};

/// Reads the command line, does what it says, and tells the exit code.
pub fn main() -> ExitCode {
    let given: Vec<OsString> = std::env::args_os().collect();
    let code = match Args::try_parse_from(&given) {
        Ok(args) => run(args),
        Err(error) => failure::usage(&given, &error),
    };
    ExitCode::from(code)
}

fn run(args: Args) -> u8 {
    let (name, json) = args.command.as_ref().map_or(("studio", None), |command| (command.name(), command.json()));
    let look = match &args.command {
        Some(Command::Demo(look)) => look.graphics(),
        _ => None,
    };
    let flags = Flags { graphics: look.or(args.look.graphics()), ..args.place.flags() };
    let done = match args.command {
        None => studio::run(&flags),
        Some(Command::Demo(_)) => studio::demo(&flags),
        Some(Command::Gen(args)) => generate::generate(&flags, &args),
        Some(Command::Edit(args)) => generate::edit(&flags, &args),
        Some(Command::Expand(args)) => generate::expand(&flags, &args),
        Some(Command::Batch(args)) => batch::run(&flags, &args),
        Some(Command::Grid(args)) => batch::grid(&flags, &args),
        Some(Command::Sheet(args)) => sheet::run(&flags, &args),
        Some(Command::Wait(args)) => jobs::wait(&flags, &args),
        Some(Command::Fetch(args)) => jobs::fetch(&flags, &args),
        Some(Command::Cancel(args)) => jobs::cancel(&flags, &args),
        Some(Command::Rescue(args)) => jobs::rescue(&flags, &args),
        Some(Command::Queue(args)) => queue::run(&flags, &args),
        Some(Command::Watch(args)) => watch::watch(&flags, &args),
        Some(Command::Cost(args)) => cost::run(&flags, &args),
        Some(Command::Models(args)) => models::run(&flags, &args),
        Some(Command::Styles(args)) => styles::run(&flags, &args),
        Some(Command::Show(args)) => show::run(&flags, &args),
        Some(Command::Tree(args)) => tree::run(&flags, &args),
        Some(Command::Name(args)) => tree::name(&flags, &args),
        Some(Command::Hide(args)) => tree::hide(&flags, &args),
        Some(Command::Recipe(args)) => recipe::recipe(&flags, &args),
        Some(Command::Meta(args)) => recipe::meta(&flags, &args),
        Some(Command::List(args)) => shelf::list(&flags, &args),
        Some(Command::Search(args)) => shelf::search(&flags, &args),
        Some(Command::Star(args)) => shelf::star(&flags, &args),
        Some(Command::Reject(args)) => shelf::reject(&flags, &args),
        Some(Command::Tag(args)) => shelf::tag(&flags, &args),
        Some(Command::Untag(args)) => shelf::untag(&flags, &args),
        Some(Command::Project(args)) => shelf::project(&flags, &args),
        Some(Command::Bin(args)) => shelf::bin(&flags, &args),
        Some(Command::Undo(args)) => shelf::undo(&flags, &args),
        Some(Command::Purge(args)) => shelf::purge(&flags, &args),
        Some(Command::Emulator(args)) => emulator::run(&args),
        Some(Command::Config(args)) => settings::run(&flags, &args),
        Some(Command::Themes(args)) => themes::run(&flags, &args),
        Some(Command::Keys(args)) => keys::run(&flags, &args),
        Some(Command::Doctor(args)) => doctor::run(&flags, &args),
        Some(Command::Worker(args)) => worker::run(&flags, &args),
    };
    done.unwrap_or_else(|error| failure::report(name, json, &error))
}
