//! `pinxit expand`: what a prompt with wildcards stands for, and what it would cost. Nothing is sent.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::config::{Config, Flags};
use crate::domain::{Cost, Fault, FaultKind, Money, Size, text};
use crate::prompt::expand::{PROMPTS_MAX, Unfolded, Unfolding, Wildcards, Wordbook, unfold};

use super::super::batch::lists;
use super::super::{desk, print};
use super::plan::{Leeway, made};
use super::wish::Wish;
use super::{style, words};

const EXPAND: &str = "\
{a|b} is each of them in turn, {2$$a|b|c} every choice of two, __name__ a line
of the list lists/name.txt. A prompt is a line on stdout; how many there are,
and what they would cost, is said on stderr. Nothing is sent, and no key is
needed.

Examples:
  pinxit expand \"a {red|blue} fox in {snow|rain}\"
  pinxit expand --style ink-wash --limit 3 \"a __pet__ under pines\"
  pinxit expand --json \"a {red|blue} fox\" | jq '.price.total'
  pinxit expand \"a {red|blue} fox\" > rows.txt && pinxit batch plan rows.txt
";

/// The flags of `expand`.
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = EXPAND)]
pub struct ExpandArgs {
    /// The prompt with its wildcards; - or a pipe reads it from stdin
    pub prompt: Option<String>,
    /// Show so many at most
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: Option<u32>,
    /// Read `base | one | two` as the base with every selection of the options
    #[arg(long)]
    pub matrix: bool,
    /// A style around every prompt; `pinxit styles` lists them
    #[arg(long, value_name = "NAME")]
    pub style: Option<String>,
    /// Where the lists are that __name__ means; else lists/ here, or beside
    /// config.toml
    #[arg(long, value_name = "DIR")]
    pub list_dir: Option<PathBuf>,
    /// Model the price is for; `pinxit models` lists them
    #[arg(short, long)]
    pub model: Option<String>,
    /// Size the price is for
    #[arg(short, long)]
    pub size: Option<Size>,
    /// Pictures of each prompt the price is for
    #[arg(short, value_name = "COUNT")]
    pub n: Option<u32>,
    /// One JSON object on stdout
    #[arg(long)]
    pub json: bool,
}

/// Prints the prompts; the exit code.
pub fn expand(flags: &Flags, args: &ExpandArgs) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    let wrong = |message: String| Fault::new(FaultKind::Invalid, "prompt", message);
    let written = words::prompt(args.prompt.as_deref(), false)?;
    let here = std::env::current_dir().map_err(|error| wrong(format!("There is no place to be: {error}.")))?;
    let folders = lists(args.list_dir.clone(), &here, &config.paths);
    let limit = args.limit.map_or(PROMPTS_MAX, |limit| limit as usize);
    let how = Unfolding { wildcards: Wildcards::All, matrix: args.matrix, limit };
    let unfolded = unfold(&written, &how, &mut Wordbook::new(&folders));
    let Unfolded { count, mut prompts } =
        unfolded.map_err(|error| wrong(text::clean(&error.to_string()).into_owned()))?;
    let cost = cost(&config, args, prompts.first(), count)?;
    if let Some(name) = &args.style {
        let style = style::find(&config, name)?;
        prompts.iter_mut().for_each(|prompt| *prompt = style.around(prompt));
    }
    if args.json {
        print::json(&json!({
            "schema": "pinxit.expand/1",
            "count": count,
            "prompts": prompts,
            "price": cost.as_ref().map(price),
        }))?;
        return Ok(0);
    }
    // A prompt is a line, whatever is in it.
    prompts.iter().try_for_each(|prompt| print::line(text::clean(prompt)))?;
    print::say(said(count, prompts.len(), cost.as_ref()));
    Ok(0)
}

/// What all prompts together cost at most; `None` for more than could ever be sent. What is illegal is refused here as it
/// would be by `gen`.
fn cost(config: &Config, args: &ExpandArgs, first: Option<&String>, count: u64) -> anyhow::Result<Option<Cost>> {
    let Some(first) = first else { return Ok(None) };
    let ExpandArgs { model, size, n, style, .. } = args.clone();
    let wish = Wish { model, size, n, style, ..Wish::default() };
    let one = made(config, &wish, || Ok(first.clone()), Leeway::default())?.cost;
    let images = u32::try_from(count).ok().and_then(|count| count.checked_mul(one.images()));
    Ok(images.map(|images| one.for_images(images)))
}

fn price(cost: &Cost) -> serde_json::Value {
    let total = cost.total();
    json!({
        "images": cost.images(),
        "total": total.map(Money::units),
        "currency": total.map(|total| total.currency),
        "basis": basis(cost),
    })
}

pub(super) fn basis(cost: &Cost) -> &str {
    match cost {
        Cost::Known { basis, .. } => basis,
        Cost::Unknown { .. } => "price unknown",
    }
}

/// `4 prompts, 4 pictures: up to $0.300 (...)`.
fn said(count: u64, shown: usize, cost: Option<&Cost>) -> String {
    let plural = |count: u64, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    let all = plural(count, "prompt");
    let part = if (shown as u64) < count { format!(", {shown} of them shown") } else { String::new() };
    match cost {
        None => format!("{all}{part}: more than can be sent"),
        Some(cost) => {
            let pictures = plural(cost.images().into(), "picture");
            match cost.total() {
                Some(total) => format!("{all}{part}, {pictures}: up to {total} ({})", basis(cost)),
                None => format!("{all}{part}, {pictures}: price unknown"),
            }
        }
    }
}
