//! `pinxit config`: where the settings file is, what holds now and why.

use clap::{Args, Subcommand};
use serde_json::json;

use crate::config::{Config, Flags, Shown};

use super::{desk, print};

const EXAMPLES: &str = "\
Examples:
  pinxit config print                # every setting, and where it comes from
  $EDITOR \"$(pinxit config path)\"    # change them
";

/// `config`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ConfigArgs {
    /// What about them.
    #[command(subcommand)]
    pub what: What,
}

/// What about the settings.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Print the path of the settings file, whether it exists or not
    Path,
    /// Print every setting with its value and origin
    #[command(after_help = "Example:\n  pinxit config print --json | jq '.settings[] | select(.name == \"model\")'")]
    Print {
        /// One JSON object on stdout
        #[arg(long)]
        json: bool,
    },
}

impl ConfigArgs {
    /// Whether stdout is to be JSON.
    pub fn wants_json(&self) -> bool {
        matches!(self.what, What::Print { json: true })
    }
}

/// Prints it.
pub fn run(flags: &Flags, args: &ConfigArgs) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    match args.what {
        What::Path => print::line(config.paths.config_file().display())?,
        What::Print { json: true } => {
            let document = json!({
                "schema": "pinxit.config/1",
                "settings": rows(&config),
                "key": config.key.as_ref().map(|key| json!({"masked": key.masked(), "origin": key.origin})),
                "notices": config.notices,
            });
            print::json(&document)?;
        }
        What::Print { json: false } => {
            for Shown { name, value, origin } in rows(&config) {
                print::line(format!("{name:<10} {value}  ({origin})"))?;
            }
            match &config.key {
                Some(key) => print::line(format!("{:<10} {}  ({})", "key", key.masked(), key.origin))?,
                None => print::line(format!("{:<10} none", "key"))?,
            }
        }
    }
    Ok(0)
}

/// Every setting, those included that follow from another.
fn rows(config: &Config) -> Vec<Shown> {
    let mut rows = config.settings.values().to_vec();
    let has = |rows: &[Shown], name: &str| rows.iter().any(|row| row.name == name);
    let row = |name: &str, value: String, origin: &str| Shown { name: name.into(), value, origin: origin.into() };
    if !has(&rows, "base_url") {
        let value = config.settings.base_url().unwrap_or_else(|_| "none".to_owned());
        rows.insert(1, row("base_url", value, "of the region"));
    }
    if !has(&rows, "pictures") {
        let origin = if desk::var("PINXIT_HOME").is_some() { "$PINXIT_HOME" } else { "the desktop's pictures folder" };
        rows.push(row("pictures", config.paths.pictures.display().to_string(), origin));
    }
    rows
}
