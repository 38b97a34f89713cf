//! The flags of `gen`. Names follow the API where it has one.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::config::amount;
use crate::domain::{SEED_MAX, Size};

use super::ratio::Ratio;

const EXAMPLES: &str = "\
Examples:
  pinxit gen \"a red fox in snow\"                  into your pictures folder
  pinxit gen --demo \"a red fox in snow\" -o out    try it: no key, nothing paid
  pinxit gen -m qwen-image --ar 16:9 --seed 7 \"a lighthouse at dusk\"
  echo \"a red fox\" | pinxit gen --json --yes | jq -r '.images[0].path'
  pinxit gen --sequential -n 4 --max-cost 0.40 \"four seasons of one garden\"

Exit codes:
  0 done                  4 network               8 not finished yet
  1 other failure         5 rate limit            9 some pictures missing
  2 usage, a broken rule  6 refused content      10 sent, no answer: may be billed
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

/// The flags of `gen`.
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = EXAMPLES)]
pub struct GenArgs {
    /// What to paint; - or a pipe reads it from stdin
    pub prompt: Option<String>,
    /// Model; `pinxit models` lists them
    #[arg(short, long)]
    pub model: Option<String>,
    /// Size: 1280*1280 (or 1280x1280), 1K, 2K, 4K
    #[arg(short, long)]
    pub size: Option<Size>,
    /// Shape: the model's size nearest to this ratio
    #[arg(long, value_name = "W:H", conflicts_with = "size")]
    pub ar: Option<Ratio>,
    /// Pictures; each is billed
    #[arg(short, value_name = "COUNT")]
    pub n: Option<u32>,
    /// Seed; without it a random one is drawn and written down
    #[arg(long, value_parser = clap::value_parser!(u32).range(0..=i64::from(SEED_MAX)))]
    pub seed: Option<u32>,
    /// What to keep out of the picture
    #[arg(long, visible_alias = "no", value_name = "TEXT")]
    pub negative: Option<String>,
    /// A coherent series of up to -n pictures
    #[arg(long)]
    pub sequential: bool,
    /// Let the model think first: slower, often better
    #[arg(long, value_name = "on|off", hide_possible_values = true)]
    pub thinking: Option<Switch>,
    /// Let the service rewrite the prompt
    #[arg(long, value_name = "on|off", hide_possible_values = true)]
    pub extend: Option<Switch>,
    /// Put the service's watermark on the picture
    #[arg(long)]
    pub watermark: bool,
    /// Any other parameter of the model, by its API name (repeatable)
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub set: Vec<(String, String)>,
    /// Directory for the pictures, or the first one's name (its ending follows the bytes; nothing is overwritten)
    #[arg(short, long, value_name = "PATH")]
    pub out: Option<PathBuf>,
    /// Use the built-in emulator: no key, no network, nothing paid
    #[arg(long, conflicts_with = "base_url")]
    pub demo: bool,
    /// One JSON object on stdout instead of paths
    #[arg(long)]
    pub json: bool,
    /// No progress on stderr
    #[arg(short, long)]
    pub quiet: bool,
    /// Agree to the cost without being asked
    #[arg(short, long)]
    pub yes: bool,
    /// Send nothing that may cost more, in the region's currency
    #[arg(long, value_name = "AMOUNT", value_parser = money)]
    pub max_cost: Option<String>,
    /// Stop waiting after this long; a paid call under way is still waited for, and the job is kept
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u64>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

fn money(text: &str) -> Result<String, String> {
    amount::micros(text).map(|_| text.to_owned()).ok_or_else(|| "write an amount like 0.50".to_owned())
}
