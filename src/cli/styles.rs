//! `pinxit styles`: the words there are to put around prompts.

use clap::Args;
use serde_json::json;

use crate::config::Flags;
use crate::domain::text;

use super::{desk, print};

const EXAMPLES: &str = "\
A style puts words around a prompt, and may keep some out. Styles of your own
stand in styles.toml beside config.toml:

  [fine-line]
  about = \"thin ink on white\"
  prompt = \"{prompt}, fine line drawing, black ink on white paper\"
  negative = \"colour\"

Examples:
  pinxit styles
  pinxit styles --json | jq -r '.styles[].name'
  pinxit gen --style ink-wash \"a fox under pines\"
";

/// The flags of `styles`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct StylesArgs {
    /// One JSON object on stdout
    #[arg(long)]
    pub json: bool,
}

/// Prints them.
pub fn run(flags: &Flags, args: &StylesArgs) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    let styles = config.styles.all();
    if args.json {
        let told = styles.iter().map(|style| {
            json!({"name": style.name, "about": style.about, "prompt": style.prompt, "negative": style.negative})
        });
        print::json(&json!({"schema": "pinxit.styles/1", "styles": told.collect::<Vec<_>>()}))?;
        return Ok(0);
    }
    let names = styles.iter().map(|style| style.name.chars().count()).max().unwrap_or(0);
    for style in styles {
        let about = if style.about.is_empty() { &style.prompt } else { &style.about };
        let line = format!("{:<names$}  {}", text::clean(&style.name), text::clean(about));
        print::line(print::cut(&line, print::columns()))?;
    }
    if styles.is_empty() {
        print::say("There are no styles.");
    }
    Ok(0)
}
