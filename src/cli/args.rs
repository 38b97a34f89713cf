//! What can be typed: subcommands and the flags all of them share.

use clap::{Args as Group, Parser, Subcommand};

use crate::config::{Flags, address};
use crate::domain::Region;

use super::batch::{BatchArgs, GridArgs};
use super::doctor::DoctorArgs;
use super::emulator::EmulatorArgs;
use super::generate::{EditArgs, GenArgs};
use super::jobs::{CancelArgs, FetchArgs, WaitArgs};
use super::models::ModelsArgs;
use super::print::Json;
use super::settings::ConfigArgs;
use super::sheet::SheetArgs;
use super::show::ShowArgs;

const ENVIRONMENT: &str = "\
Environment:
  DASHSCOPE_API_KEY           the key (QWEN_API_KEY goes first); or
  DASHSCOPE_API_KEY_FILE_PATH a file only you can read, with the key in it
  DASHSCOPE_HTTP_BASE_URL     where the service is (also DASHSCOPE_BASE_URL,
                              QWEN_BASE_URL)
  DASHSCOPE_API_REGION        the region (also DASHSCOPE_REGION, QWEN_REGION)
  PINXIT_HOME                 one directory for settings, data and pictures
  NO_COLOR                    no colours

Examples:
  pinxit demo                              # try everything, no key, no network
  pinxit                                   # the studio
  pinxit gen \"a red fox in snow\" -o out    # one picture, its path on stdout
";

const DEMO: &str = "\
What the demo makes is kept apart, in a `demo` folder of pinxit's home.

Example:
  pinxit demo
";

/// A terminal studio for making images with Alibaba's Wan and Qwen-Image models.
///
/// Without a command the studio opens.
#[derive(Debug, Parser)]
#[command(name = "pinxit", version, after_help = ENVIRONMENT, max_term_width = 80)]
pub struct Args {
    /// Where the service is.
    #[command(flatten)]
    pub place: Place,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Where the service is; holds for every command.
#[derive(Debug, Default, Group)]
pub struct Place {
    /// Native base address of the service; plain http only to this machine
    #[arg(long, global = true, help_heading = "Service", value_name = "URL", value_parser = address::base_url)]
    pub base_url: Option<String>,
    /// Region: ap-southeast-1, cn-beijing, us-east-1, eu-central-1, or the city
    #[arg(long, global = true, help_heading = "Service", value_parser = region)]
    pub region: Option<String>,
}

impl Place {
    /// As the configuration takes it.
    pub fn flags(&self) -> Flags {
        Flags { base_url: self.base_url.clone(), region: self.region.clone(), ..Flags::default() }
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the studio on the built-in emulator: no key, no network, nothing paid
    #[command(after_help = DEMO)]
    Demo,
    /// Make pictures and print their paths
    Gen(GenArgs),
    /// Make pictures from pictures and print their paths
    Edit(EditArgs),
    /// Make the pictures of a file's rows: plan, run, watch, stop, export
    Batch(BatchArgs),
    /// Make a picture for every combination of values
    Grid(Box<GridArgs>),
    /// Lay pictures out on one HTML page that needs nothing beside it
    Sheet(SheetArgs),
    /// Wait until jobs have ended and print their paths
    Wait(WaitArgs),
    /// Bring pictures home that are paid for: of a job, or of any task
    Fetch(FetchArgs),
    /// Stop jobs, as far as that can be
    Cancel(CancelArgs),
    /// List the models, or show everything known about one
    Models(ModelsArgs),
    /// Show pictures in the terminal
    Show(ShowArgs),
    /// Run a local stand-in for the service
    Emulator(EmulatorArgs),
    /// Show the settings and where they come from
    Config(ConfigArgs),
    /// Check terminal, places, key and connection
    Doctor(DoctorArgs),
}

impl Command {
    /// The word that was typed.
    pub fn name(&self) -> &'static str {
        match self {
            Command::Demo => "demo",
            Command::Gen(_) => "gen",
            Command::Edit(_) => "edit",
            Command::Batch(_) => "batch",
            Command::Grid(_) => "grid",
            Command::Sheet(_) => "sheet",
            Command::Wait(_) => "wait",
            Command::Fetch(_) => "fetch",
            Command::Cancel(_) => "cancel",
            Command::Models(_) => "models",
            Command::Show(_) => "show",
            Command::Emulator(_) => "emulator",
            Command::Config(_) => "config",
            Command::Doctor(_) => "doctor",
        }
    }

    /// How stdout is to be JSON, if it is.
    pub fn json(&self) -> Option<Json> {
        let object = match self {
            Command::Gen(args) => return args.order.output.form(),
            Command::Edit(args) => return args.order.output.form(),
            Command::Batch(args) => return args.form(),
            Command::Grid(args) => return args.form(),
            Command::Wait(args) => args.json,
            Command::Fetch(args) => args.json,
            Command::Cancel(args) => args.json,
            Command::Models(args) => args.json,
            Command::Config(args) => args.wants_json(),
            Command::Doctor(args) => args.json,
            Command::Demo | Command::Sheet(_) | Command::Show(_) | Command::Emulator(_) => false,
        };
        Json::of(object, false)
    }
}

fn region(text: &str) -> Result<String, String> {
    let names = || Region::ALL.map(Region::id).join(", ");
    Region::parse(text).map(|region| region.id().to_owned()).ok_or_else(|| format!("a region is one of {}", names()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_commands_are_well_formed_and_each_shows_an_example() {
        let mut command = Args::command();
        command.clone().debug_assert();
        command.build();
        for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
            let examples = sub.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(examples.contains(&format!("  pinxit {}", sub.get_name())), "{}", sub.get_name());
        }
    }

    #[test]
    fn remarks_behind_example_commands_are_remarks_to_a_shell() {
        let mut command = Args::command();
        command.build();
        let helps = command.get_subcommands().chain([&command]).filter_map(|sub| sub.get_after_help());
        for help in helps.map(ToString::to_string).collect::<Vec<_>>() {
            for line in help.lines().filter(|line| line.starts_with("  pinxit ")) {
                let has_gap = line.trim().contains("   ");
                assert!(!has_gap || line.contains("  # "), "{line}");
            }
        }
    }

    #[test]
    fn help_fits_eighty_columns() {
        let mut command = Args::command();
        command.build();
        let is_wide = |line: &&str| line.chars().count() > 80;
        let mut all: Vec<_> = command.get_subcommands_mut().filter(|sub| sub.get_name() != "help").collect();
        for sub in &mut all {
            // A line that is wrapped would be two broken commands when it is copied.
            let examples = sub.get_after_help().map(ToString::to_string).unwrap_or_default();
            let example = examples.lines().find(|line| line.starts_with("  pinxit") && is_wide(line));
            assert_eq!(example, None, "{}", sub.get_name());
            for help in [sub.render_help().to_string(), sub.render_long_help().to_string()] {
                assert_eq!(help.lines().find(is_wide), None, "{}", sub.get_name());
            }
        }
        assert_eq!(command.render_help().to_string().lines().find(is_wide), None);
    }

    #[test]
    fn what_gen_and_edit_take_stands_in_groups() {
        let mut command = Args::command();
        command.build();
        for name in ["gen", "edit"] {
            let help = command.find_subcommand_mut(name).unwrap().render_help().to_string();
            for heading in ["Request:", "Pictures in:", "Output:", "Money:", "Service:"] {
                assert_eq!(help.matches(&format!("\n{heading}\n")).count(), 1, "{name}: {heading} in\n{help}");
            }
        }
    }

    #[test]
    fn flags_of_the_place_hold_behind_every_command() {
        let args = Args::try_parse_from(["pinxit", "gen", "a fox", "--region", "beijing"]).unwrap();
        assert_eq!(args.place.region.as_deref(), Some("cn-beijing"));
        assert!(Args::try_parse_from(["pinxit", "gen", "a fox", "--base-url", "http://example.com"]).is_err());
        let local = "http://127.0.0.1:1";
        assert!(Args::try_parse_from(["pinxit", "gen", "a fox", "--demo", "--base-url", local]).is_err());
        assert!(Args::try_parse_from(["pinxit", "gen", "a fox", "--base-url", local]).is_ok());
    }
}
