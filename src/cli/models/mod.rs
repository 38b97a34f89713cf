//! `pinxit models`: what each model can do and costs, from the catalogue.

mod advice;
mod card;
mod table;

use clap::Args;
use serde_json::json;

use crate::config::{Flags, nearest};
use crate::domain::{Fault, FaultKind, text};

use super::{desk, print};

const EXAMPLES: &str = "\
Examples:
  pinxit models                        # all models, with prices of your region
  pinxit models wan2.7-image-pro       # everything known about one
  pinxit models --for 'a poster with a title'   # which of them to take, and why
  pinxit models --json | jq -r '.models[].id'
";

/// The flags of `models`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ModelsArgs {
    /// One model, by its name
    pub id: Option<String>,
    /// Which models to take for this, by the use-case table; asks no service
    #[arg(long = "for", value_name = "WORDS", conflicts_with = "id")]
    pub wish: Option<String>,
    /// One JSON object on stdout
    #[arg(long)]
    pub json: bool,
}

/// Prints them.
pub fn run(flags: &Flags, args: &ModelsArgs) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    let (catalog, region) = (&config.catalog, config.settings.region);
    if let Some(wish) = &args.wish {
        let found = advice::find(catalog, wish, region);
        match args.json {
            true => print::json(&advice::json(catalog, &found, region))?,
            false => advice::lines(catalog, &found, region).iter().try_for_each(print::line)?,
        }
        return Ok(0);
    }
    let Some(id) = &args.id else {
        if args.json {
            let models: Vec<_> = catalog.models().iter().map(card::json).collect();
            print::json(&json!({"schema": "pinxit.models/1", "region": region.id(), "models": models}))?;
        } else {
            table::rows(catalog.models(), region, print::columns()).iter().try_for_each(print::line)?;
        }
        return Ok(0);
    };
    let model = catalog.get(id).ok_or_else(|| {
        let near = nearest(id, catalog.models().iter().map(|model| model.id.as_str()));
        let hint = near.map_or("`pinxit models` lists them.".into(), |near| format!("Did you mean {near}?"));
        Fault::new(FaultKind::Invalid, "model_unknown", format!("There is no model {}.", text::clean(id))).hint(hint)
    })?;
    match args.json {
        true => {
            print::json(&json!({"schema": "pinxit.models/1", "region": region.id(), "models": [card::json(model)]}))?
        }
        false => card::lines(model).iter().try_for_each(print::line)?,
    }
    Ok(0)
}
