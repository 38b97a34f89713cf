//! What can be typed: subcommands and the flags all of them share.

use clap::{Args as Group, Parser, Subcommand};

use crate::config::{Flags, Graphics, address};
use crate::domain::Region;

use super::batch::{BatchArgs, GridArgs};
use super::cost::CostArgs;
use super::doctor::DoctorArgs;
use super::emulator::EmulatorArgs;
use super::generate::{EditArgs, ExpandArgs, GenArgs};
use super::jobs::{CancelArgs, FetchArgs, RescueArgs, WaitArgs};
use super::keys::KeysArgs;
use super::models::ModelsArgs;
use super::print::Json;
use super::queue::QueueArgs;
use super::recipe::{MetaArgs, RecipeArgs};
use super::settings::ConfigArgs;
use super::sheet::SheetArgs;
use super::shelf::{self, BinArgs, ListArgs, MarkArgs, ProjectArgs, PurgeArgs, SearchArgs, TagArgs, UndoArgs};
use super::show::ShowArgs;
use super::styles::StylesArgs;
use super::themes::ThemesArgs;
use super::tree::{HideArgs, NameArgs, TreeArgs};
use super::watch::WatchArgs;
use super::worker::WorkerArgs;

const ENVIRONMENT: &str = "\
Environment:
  DASHSCOPE_API_KEY           the key (QWEN_API_KEY goes first); goes before one
                              given in the studio; or
  DASHSCOPE_API_KEY_FILE_PATH a file only you can read, with the key in it
  DASHSCOPE_HTTP_BASE_URL     where the service is (also DASHSCOPE_BASE_URL,
                              QWEN_BASE_URL)
  DASHSCOPE_API_REGION        the region (also DASHSCOPE_REGION, QWEN_REGION)
  PINXIT_HOME                 one directory for settings, data and pictures
  PINXIT_WORKER               background (as usual), or inline: the program that
                              asks does the work
  PINXIT_WORKER_IDLE          seconds the worker stays when nothing is to be done
  PINXIT_OPENER               what the studio opens pictures with, in place of the
                              setting `opener` and the desktop's own program
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
    /// How the studio draws pictures.
    #[command(flatten)]
    pub look: Look,
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

/// How the studio looks.
#[derive(Debug, Default, Group)]
pub struct Look {
    /// How to draw pictures: auto (what the terminal can), kitty, iterm, sixel,
    /// octant, sextant, quadrant, half, ascii, none
    #[arg(long, value_name = "HOW", hide_possible_values = true)]
    pub graphics: Option<Graphics>,
}

impl Look {
    /// Its word, as the configuration takes it.
    pub fn graphics(&self) -> Option<String> {
        use clap::ValueEnum;
        Some(self.graphics?.to_possible_value()?.get_name().to_owned())
    }
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
    Demo(Look),
    /// Make pictures and print their paths
    Gen(GenArgs),
    /// Make pictures from pictures and print their paths
    Edit(EditArgs),
    /// Print every prompt one with wildcards stands for, and what they cost
    Expand(ExpandArgs),
    /// Make the pictures of a file's rows: plan, run, watch, stop, export
    Batch(BatchArgs),
    /// Make a picture for every combination of values
    Grid(Box<GridArgs>),
    /// Lay pictures out on one HTML page that needs nothing beside it
    Sheet(SheetArgs),
    /// Show the queue, and change it: order, pauses, single jobs
    Queue(QueueArgs),
    /// Tell what happens to jobs, a line for each change
    Watch(WatchArgs),
    /// Wait until jobs have ended and print their paths
    Wait(WaitArgs),
    /// Bring pictures home that are paid for: of a job, or of any task
    Fetch(FetchArgs),
    /// Stop jobs, as far as that can be
    Cancel(CancelArgs),
    /// Find tasks on the service that no job here knows, and adopt them
    Rescue(RescueArgs),
    /// Show what was spent, and what is left of the budgets
    Cost(CostArgs),
    /// List the models, or show everything known about one
    Models(ModelsArgs),
    /// List the styles that can be put around a prompt
    Styles(StylesArgs),
    /// Show pictures in the terminal
    Show(ShowArgs),
    /// Show what was made from what: trees of jobs
    Tree(TreeArgs),
    /// Name a job and what is made from it
    Name(NameArgs),
    /// Fold a dead end of the tree away, or show it again
    Hide(HideArgs),
    /// Print what a picture was made from, as JSON
    Recipe(RecipeArgs),
    /// Read, write or strip the words in picture files
    Meta(MetaArgs),
    /// List the pictures made here, newest first
    List(ListArgs),
    /// Find pictures by words of their prompts and by fields
    Search(SearchArgs),
    /// Give pictures a star, or take it off
    #[command(after_help = shelf::STAR)]
    Star(MarkArgs),
    /// Turn pictures down, or take that back
    #[command(after_help = shelf::REJECT)]
    Reject(MarkArgs),
    /// Put words of your own on pictures
    #[command(after_help = shelf::TAG)]
    Tag(TagArgs),
    /// Take words off pictures
    #[command(after_help = shelf::UNTAG)]
    Untag(TagArgs),
    /// Book the jobs of pictures under a project
    Project(ProjectArgs),
    /// Put pictures into the bin, or bring them back
    Bin(BinArgs),
    /// Bring back what was put into the bin last
    Undo(UndoArgs),
    /// Delete the files in the bin for good; those with a star stay
    Purge(PurgeArgs),
    /// Run a local stand-in for the service
    Emulator(EmulatorArgs),
    /// Show the settings and where they come from
    Config(ConfigArgs),
    /// List the themes, or show the roles and colours of one
    Themes(ThemesArgs),
    /// List the studio's keys, and check a keymap of your own
    Keys(KeysArgs),
    /// Check terminal, places, key, region, clock and connection
    Doctor(DoctorArgs),
    /// Run the background worker here, or see about the one that runs
    Worker(WorkerArgs),
}

impl Command {
    /// The word that was typed.
    pub fn name(&self) -> &'static str {
        match self {
            Command::Demo(_) => "demo",
            Command::Gen(_) => "gen",
            Command::Edit(_) => "edit",
            Command::Expand(_) => "expand",
            Command::Batch(_) => "batch",
            Command::Grid(_) => "grid",
            Command::Sheet(_) => "sheet",
            Command::Queue(_) => "queue",
            Command::Watch(_) => "watch",
            Command::Cost(_) => "cost",
            Command::Wait(_) => "wait",
            Command::Fetch(_) => "fetch",
            Command::Cancel(_) => "cancel",
            Command::Rescue(_) => "rescue",
            Command::Models(_) => "models",
            Command::Styles(_) => "styles",
            Command::Show(_) => "show",
            Command::Tree(_) => "tree",
            Command::Name(_) => "name",
            Command::Hide(_) => "hide",
            Command::Recipe(_) => "recipe",
            Command::Meta(_) => "meta",
            Command::List(_) => "list",
            Command::Search(_) => "search",
            Command::Star(_) => "star",
            Command::Reject(_) => "reject",
            Command::Tag(_) => "tag",
            Command::Untag(_) => "untag",
            Command::Project(_) => "project",
            Command::Bin(_) => "bin",
            Command::Undo(_) => "undo",
            Command::Purge(_) => "purge",
            Command::Emulator(_) => "emulator",
            Command::Config(_) => "config",
            Command::Themes(_) => "themes",
            Command::Keys(_) => "keys",
            Command::Doctor(_) => "doctor",
            Command::Worker(_) => "worker",
        }
    }

    /// How stdout is to be JSON, if it is.
    pub fn json(&self) -> Option<Json> {
        let object = match self {
            Command::Gen(args) => return args.order.output.form(),
            Command::Edit(args) => return args.order.output.form(),
            Command::Batch(args) => return args.form(),
            Command::Grid(args) => return args.form(),
            Command::Watch(args) => return Json::of(false, args.ndjson),
            Command::Queue(args) => args.wants_json(),
            Command::Cost(args) => args.json,
            Command::Wait(args) => args.waiting.json,
            Command::Fetch(args) => args.waiting.json,
            Command::Cancel(args) => args.json,
            Command::Rescue(args) => args.waiting.json,
            Command::Models(args) => args.json,
            Command::Expand(args) => args.json,
            Command::Styles(args) => args.json,
            Command::Config(args) => args.wants_json(),
            Command::Themes(args) => args.json,
            Command::Keys(args) => args.json,
            Command::Doctor(args) => args.json,
            Command::Worker(args) => args.wants_json(),
            Command::Tree(args) => args.json,
            Command::Meta(args) => args.wants_json(),
            Command::Name(_) | Command::Hide(_) => false,
            Command::Demo(_) | Command::Sheet(_) | Command::Emulator(_) | Command::Recipe(_) => false,
            Command::Show(args) => return args.form(),
            Command::List(args) => return args.how.form(),
            Command::Search(args) => return args.how.form(),
            Command::Star(args) | Command::Reject(args) => args.json,
            Command::Tag(args) | Command::Untag(args) => args.json,
            Command::Project(args) => args.json,
            Command::Bin(args) => args.json,
            Command::Undo(args) => args.json,
            Command::Purge(args) => args.json,
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

    /// The words of a shell's line up to its remark, pipe or redirection.
    fn words(line: &str) -> Vec<String> {
        let (mut words, mut word, mut quote) = (vec![], None::<String>, None);
        for c in line.trim().chars() {
            match (quote, c) {
                (Some(open), _) if c == open => quote = None,
                (None, '"' | '\'') => (quote, word) = (Some(c), Some(word.unwrap_or_default())),
                (None, ' ') => words.extend(word.take()),
                _ => word.get_or_insert_default().push(c),
            }
        }
        words.extend(word);
        words.into_iter().take_while(|word| !matches!(word.as_str(), "#" | "|" | ">" | "&&" | "||")).collect()
    }

    #[test]
    fn examples_of_the_queue_and_of_money_can_be_typed() {
        let mut command = Args::command();
        command.build();
        let named = ["queue", "watch", "wait", "cancel", "cost"].map(|name| command.find_subcommand(name).unwrap());
        let all = named.into_iter().flat_map(|sub| sub.get_subcommands().chain([sub]));
        for sub in all.filter(|sub| sub.get_name() != "help") {
            let text = sub.get_after_help().or(sub.get_long_about()).map(ToString::to_string).unwrap_or_default();
            let examples: Vec<_> = text.lines().filter(|line| line.starts_with("  pinxit ")).collect();
            assert!(!examples.is_empty() || sub.get_name() == "cancel", "{}", sub.get_name());
            for line in examples.into_iter().filter(|line| !line.contains("$(")) {
                assert!(Args::try_parse_from(words(line)).is_ok(), "{line}");
            }
            assert_eq!(text.lines().find(|line| line.chars().count() > 80), None, "{}", sub.get_name());
        }
    }

    #[test]
    fn help_fits_eighty_columns() {
        let mut command = Args::command();
        command.build();
        let is_wide = |line: &&str| line.chars().count() > 80;
        let mut all: Vec<_> = command.get_subcommands_mut().filter(|sub| sub.get_name() != "help").collect();
        for sub in &mut all {
            // A line that is wrapped leaves a word alone in its own, and a command in two broken halves.
            let told = sub.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert_eq!(told.lines().find(is_wide), None, "{}", sub.get_name());
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
