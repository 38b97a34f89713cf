//! The flags of `gen` and `edit`, in the groups their help shows. Names follow the API where it has one.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::catalog::Catalog;
use crate::config::{Graphics, Known, Setting, amount};
use crate::domain::{Keeping, Metadata, Origin, SEED_MAX, Size};
use crate::theme::Themes;

use super::super::batch::Unfold;
use super::super::print::Json;
use super::ratio::Ratio;

const PICTURES: &str = "Pictures in";

const GEN: &str = "\
Examples:
  pinxit gen \"a red fox in snow\"                  # into your pictures folder
  pinxit gen --demo \"a red fox in snow\" -o out    # try it: nothing is paid
  pinxit gen -m qwen-image --ar 16:9 --seed 7 \"a lighthouse at dusk\"
  pinxit gen --style ink-wash \"a fox under pines\"
  pinxit gen --wildcards all \"a {red|blue} fox in {snow|rain}\"   # four jobs
  echo \"a red fox\" | pinxit gen --json --yes | jq -r '.images[0].path'
  pinxit gen --ndjson \"a red fox\" | jq -r 'select(.type==\"saved\").path'
  pinxit gen -o - \"a red fox\" > fox.png
  pinxit gen --sequential -n 4 --max-cost 0.40 \"four seasons of one garden\"
  pinxit gen -m wan2.6-image --interleave --max-images 3 \"how to make latte art\"
  pinxit gen --dry-run \"a red fox\" | jq '.requests[0].body'
  pinxit gen --request '{\"prompt\": \"a red fox\", \"seed\": 7}' -o out
  pinxit gen --recipe fox.png --seed 8            # the same, another seed
";

const EDIT: &str = "\
Pictures are counted in the order given: \"image 1\" in the prompt is the first.
A local file is never changed: what a model does not take as it is, is mended in
a copy, and said.

Examples:
  pinxit edit photo.jpg -p \"a watercolour of this\"
  pinxit edit clock.png room.png --bbox 2:989,515,1138,681 \\
      -p \"put the clock of image 1 at the marked place in image 2\"
  pinxit edit car.jpg https://example.com/graffiti.jpg -p \"image 2 on the car\"
  pinxit edit -m qwen-image-2.0-pro poster.png -n 2 --dry-run -p \"in Chinese\"
";

const CODES: &str = "
A parameter the API knows by name: --set NAME=VALUE; --set NAME=null leaves it
out of the request, to the service (as the seed, which is drawn here otherwise).

Exit codes:
  0 done                  4 network               8 not finished yet
  1 other failure         5 rate limit            9 some pictures missing
  2 usage, a broken rule  6 refused content      10 no answer, may be billed
  3 key or region         7 consent missing     130 interrupted, the job is kept
";

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

impl Switch {
    /// Whether it is on.
    pub fn is_on(self) -> bool {
        self == Switch::On
    }
}

/// Which way to a model is tried first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Way {
    /// A task.
    Durable,
    /// The answer in one request.
    Fast,
}

impl Way {
    /// As the settings spell it.
    pub fn word(self) -> &'static str {
        match self {
            Way::Durable => "durable",
            Way::Fast => "fast",
        }
    }
}

/// The flags of `gen`.
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = format!("{GEN}{CODES}"))]
pub struct GenArgs {
    /// What to paint; - or a pipe reads it from stdin
    pub prompt: Option<String>,
    /// A picture to work from (repeatable, counted in this order)
    #[arg(long = "ref", value_name = "FILE|URL", help_heading = PICTURES)]
    pub refs: Vec<String>,
    /// The rest.
    #[command(flatten)]
    pub order: Order,
}

/// The flags of `edit`.
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = format!("{EDIT}{CODES}"))]
pub struct EditArgs {
    /// Pictures to work from: files, web addresses, data URIs
    #[arg(value_name = "IMG", required_unless_present_any = ["request", "recipe", "refs"])]
    pub images: Vec<String>,
    /// One more picture, counted behind those (repeatable)
    #[arg(long = "ref", value_name = "FILE|URL", help_heading = PICTURES)]
    pub refs: Vec<String>,
    /// What to make of them; - or a pipe reads it from stdin
    #[arg(short, long, value_name = "TEXT")]
    pub prompt: Option<String>,
    /// The rest.
    #[command(flatten)]
    pub order: Order,
}

/// What `gen` and `edit` share.
#[derive(Debug, Clone, Default, Args)]
pub struct Order {
    /// Where pictures are marked.
    #[command(flatten)]
    pub pictures: PictureFlags,
    /// What is asked.
    #[command(flatten)]
    pub asked: RequestFlags,
    /// What is done about wildcards.
    #[command(flatten)]
    pub unfold: UnfoldFlags,
    /// The job (12) or picture (12b) it is made from: `pinxit tree` shows it there
    #[arg(long, value_name = "ID", help_heading = "Request")]
    pub parent: Option<Origin>,
    /// What comes out.
    #[command(flatten)]
    pub output: OutputFlags,
    /// What it may cost.
    #[command(flatten)]
    pub money: MoneyFlags,
    /// Who does it.
    #[command(flatten)]
    pub service: ServiceFlags,
}

/// What is asked.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Request")]
pub struct RequestFlags {
    /// Model; `pinxit models` lists them
    #[arg(short, long)]
    pub model: Option<String>,
    /// Size: 1280*1280 (or 1280x1280), 1K, 2K, 4K, auto
    #[arg(short, long)]
    pub size: Option<Size>,
    /// Shape: the model's size nearest to this ratio
    #[arg(long, value_name = "W:H", conflicts_with = "size")]
    pub ar: Option<Ratio>,
    /// Pictures, at most 24 a job; each is billed. More than one request makes
    /// are split
    #[arg(short, value_name = "COUNT")]
    pub n: Option<u32>,
    /// Seed; without it a random one is drawn and written down
    #[arg(long, value_parser = clap::value_parser!(u32).range(0..=i64::from(SEED_MAX)))]
    pub seed: Option<u32>,
    /// A style around the words; `pinxit styles` lists them
    #[arg(long, value_name = "NAME")]
    pub style: Option<String>,
    /// What to keep out of the picture
    #[arg(long, visible_alias = "no", value_name = "TEXT")]
    pub negative: Option<String>,
    /// A coherent series of up to -n pictures
    #[arg(long)]
    pub sequential: bool,
    /// A story: words and pictures in turn, kept as Markdown
    #[arg(long, conflicts_with = "sequential")]
    pub interleave: bool,
    /// Pictures of a story at most; each one made is billed
    #[arg(long, value_name = "COUNT")]
    pub max_images: Option<u32>,
    /// Let the model think first: slower, often better
    #[arg(long, value_name = "on|off", hide_possible_values = true)]
    pub thinking: Option<Switch>,
    /// Let the service rewrite the prompt
    #[arg(long, value_name = "on|off", hide_possible_values = true)]
    pub extend: Option<Switch>,
    /// Put the service's watermark on the picture
    #[arg(long)]
    pub watermark: bool,
    /// Colours with their shares: '#C2D1E6=23.51,...', or @FILE
    #[arg(long, value_name = "COLOURS|@FILE")]
    pub palette: Option<String>,
    /// Any parameter by its API name (repeatable); null leaves it out
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub set: Vec<(String, String)>,
    /// All of it as one JSON object; flags beside it win
    #[arg(long, value_name = "JSON|@FILE|-")]
    pub request: Option<String>,
    /// What a picture was made from, once more: a picture or a recipe's JSON;
    /// also a job (12) or its picture (12b). Flags beside it win
    #[arg(long, value_name = "FILE|-", conflicts_with = "request")]
    pub recipe: Option<String>,
    /// Accept that a prompt that is too long is cut
    #[arg(long)]
    pub truncate: bool,
    /// Take no other model than the one asked for: refuse instead
    #[arg(long)]
    pub strict: bool,
}

/// What is done about `{a|b}` and `__list__` in the prompt.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Request")]
pub struct UnfoldFlags {
    /// Unfold {a|b} and __list__ in the prompt, a job for each: every way, or some
    /// by chance (the same ones with the same --seed); JSON is then an object each
    #[arg(long, value_name = "all|random", hide_possible_values = true)]
    pub wildcards: Option<Unfold>,
    /// Prompts made of it at most; with random, how many (else one)
    #[arg(long, value_name = "COUNT", requires = "wildcards", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub limit: Option<u32>,
    /// Where the lists are that __name__ means; else lists/ here, or beside
    /// config.toml
    #[arg(long, value_name = "DIR", requires = "wildcards")]
    pub list_dir: Option<PathBuf>,
}

/// Where pictures are marked.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = PICTURES)]
pub struct PictureFlags {
    /// A region of picture K, in its pixels (repeatable)
    #[arg(long, value_name = "K:X1,Y1,X2,Y2")]
    pub bbox: Vec<String>,
}

/// What comes out.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputFlags {
    /// Directory for the pictures, or the first one's name (its ending follows
    /// the bytes; nothing is overwritten); - writes the one picture to stdout
    #[arg(short, long, value_name = "PATH")]
    pub out: Option<PathBuf>,
    /// One JSON object on stdout instead of paths
    #[arg(long)]
    pub json: bool,
    /// A line of JSON on stdout for each event, the result last
    #[arg(long, conflicts_with = "json")]
    pub ndjson: bool,
    /// Show the pictures in the terminal once they are saved: auto, kitty,
    /// iterm, sixel, octant, sextant, quadrant, half, ascii, none (see `pinxit
    /// show --help`); in a pipe never
    #[arg(long, value_name = "HOW", hide_possible_values = true, conflicts_with_all = ["json", "ndjson"])]
    pub preview: Option<Graphics>,
    /// What the picture file tells of its making: full, minimal (no paths, ids
    /// and costs), none
    #[arg(long, value_name = "HOW", value_parser = metadata)]
    pub metadata: Option<Metadata>,
    /// Write the recipe beside the picture too, as fox.png.json
    #[arg(long)]
    pub sidecar: bool,
    /// No progress on stderr
    #[arg(short, long)]
    pub quiet: bool,
    /// Print as JSON what would be sent; send nothing
    #[arg(long, conflicts_with = "demo")]
    pub dry_run: bool,
    /// Print it as a curl command, without the key; send nothing
    #[arg(long, conflicts_with_all = ["demo", "dry_run"])]
    pub curl: bool,
}

impl OutputFlags {
    /// How stdout is to be JSON, if it is.
    pub fn form(&self) -> Option<Json> {
        Json::of(self.json, self.ndjson)
    }

    /// What is kept with the pictures, where that is other than usual.
    pub fn keeping(&self, usual: Keeping) -> Option<Keeping> {
        let asked =
            Keeping { metadata: self.metadata.unwrap_or(usual.metadata), sidecar: self.sidecar || usual.sidecar };
        (asked != usual).then_some(asked)
    }

    /// Whether the picture itself goes to stdout.
    pub fn is_piped(&self) -> bool {
        self.out.as_deref() == Some(Path::new("-"))
    }
}

/// What it may cost.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Money")]
pub struct MoneyFlags {
    /// Agree to the cost without being asked
    #[arg(short, long)]
    pub yes: bool,
    /// Send nothing that may cost more, in the region's currency
    #[arg(long, value_name = "AMOUNT", value_parser = money)]
    pub max_cost: Option<String>,
    /// Book it under this name: `pinxit cost --by project`
    #[arg(long, value_name = "NAME", value_parser = project)]
    pub project: Option<String>,
}

/// Who does it.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Service")]
pub struct ServiceFlags {
    /// Use the built-in emulator: no key, no network, nothing paid
    #[arg(long, conflicts_with = "base_url")]
    pub demo: bool,
    /// Way tried first: durable (a task) or fast (in one request)
    #[arg(long, value_name = "durable|fast", hide_possible_values = true)]
    pub prefer: Option<Way>,
    /// Stop waiting after this long; the job is kept, and with --inline a paid
    /// call under way is still waited for
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u64>,
    /// Do the work in this program, not in the background: it ends with it
    #[arg(long)]
    pub inline: bool,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

fn metadata(text: &str) -> Result<Metadata, String> {
    Metadata::parse(text).ok_or_else(|| "write full, minimal or none".to_owned())
}

/// A name the settings would take too.
fn project(text: &str) -> Result<String, String> {
    let setting = Setting::named("project").ok_or("there are no projects")?;
    let (catalog, themes) = (Catalog::builtin(), Themes::builtin());
    setting.normal(text, Known { catalog: &catalog, themes: &themes })
}

fn money(text: &str) -> Result<String, String> {
    amount::micros(text).map(|_| text.to_owned()).ok_or_else(|| "write an amount like 0.50".to_owned())
}
