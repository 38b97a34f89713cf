//! `pinxit recipe` and `pinxit meta`: what pictures were made from, as JSON, and the words in their files.
//!
//! ```text
//!  source   a recipe by whatever name it was given: a picture, a JSON file, stdin, a job
//!  inputs   the pictures it names, found again
//!  meta     the words in picture files: read, written, taken out
//! ```

mod inputs;
mod meta;
mod source;

use std::ffi::OsString;
use std::path::Path;

use clap::Args;

use crate::config::{Config, Flags};
use crate::domain::{Fault, FaultKind, ModelId, Request, text};
use crate::recipe::Recipe;
use crate::tui::msg::Loaded;
use crate::tui::runtime::Recipes;

use super::{desk, failure, print};

pub use meta::{MetaArgs, meta};
pub use source::carried;

const EXAMPLES: &str = "\
A file's own record is read: ours, or what A1111, ComfyUI, InvokeAI, SwarmUI,
Fooocus or mold wrote, as a request for a model here. What of that has no place
is listed under \"unmapped\", and said on stderr. Of an ID (12, 12b) the recipe is
the store's.

Examples:
  pinxit recipe fox.png
  pinxit recipe 12b | jq -r .request.prompt
  pinxit recipe fox.png | pinxit gen --recipe - --dry-run
  pinxit recipe -m qwen-image from-comfyui.png > fox.json
";

/// The flags of `recipe`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct RecipeArgs {
    /// A picture, a recipe's JSON, - for stdin, a job (12) or its picture (12b)
    #[arg(value_name = "FILE|ID")]
    pub what: OsString,
    /// Model that what another tool wrote is meant for; `pinxit models` lists
    /// them
    #[arg(short, long)]
    pub model: Option<String>,
}

/// Prints it.
pub fn recipe(flags: &Flags, args: &RecipeArgs) -> anyhow::Result<u8> {
    let config = desk::configure_aloud(flags)?;
    let recipe = source::find(&args.what, &config, args.model.as_deref())?;
    remarks(&recipe).iter().for_each(|remark| print::say(format!("note: {remark}")));
    print::safe_json(&recipe)?;
    Ok(0)
}

/// What of another tool's words has no place in a recipe, a sentence for each.
fn remarks(recipe: &Recipe) -> Vec<String> {
    let from = recipe.from.as_deref().unwrap_or("another tool");
    recipe.unmapped.iter().map(|(name, value)| format!("not taken from {from}: {name}: {value}")).collect()
}

/// What a request begins with: that of a recipe.
#[derive(Debug)]
pub struct Begun {
    /// It, with its pictures where they are wanted.
    pub request: Request,
    /// It is another tool's, and says less than ours.
    pub is_foreign: bool,
    /// What was left out.
    pub remarks: Vec<String>,
}

/// Begins with a recipe. With `pictures` those it was made from are found; all of them, or a fault that names the others.
pub fn begin(config: &Config, what: &str, model: Option<&str>, pictures: bool) -> anyhow::Result<Begun> {
    let recipe = source::find(what.as_ref(), config, model)?;
    let images = if pictures { inputs::find(&recipe.inputs, config)? } else { vec![] };
    let request = recipe.request(images);
    if request.prompt.trim().is_empty() && recipe.from.is_some() {
        let message = "There are no words in it to make a picture from.";
        return Err(Fault::new(FaultKind::Invalid, "recipe", message).into());
    }
    Ok(Begun { request, is_foreign: recipe.from.is_some(), remarks: remarks(&recipe) })
}

/// Reads recipes for the studio. Where pictures one was made from are gone, the rest of it is had all the same.
pub fn reader(config: &Config) -> Recipes {
    let config = config.clone();
    Recipes::new(move |path, model| load(&config, path, model).map_err(|error| failure::fault(&error)))
}

fn load(config: &Config, path: &Path, model: &ModelId) -> anyhow::Result<Loaded> {
    let recipe = source::of_file(path, config, model.as_str())?;
    let mut remarks = remarks(&recipe);
    let images = inputs::find(&recipe.inputs, config).or_else(|error| {
        let fault = error.downcast::<Fault>()?;
        remarks.push(fault.message);
        anyhow::Ok(vec![])
    })?;
    let request = recipe.request(images);
    if config.catalog.get(request.model.as_str()).is_none() {
        let message =
            format!("It was made with {}, which the catalogue does not have.", text::clean(request.model.as_str()));
        return Err(Fault::new(FaultKind::Invalid, "model_unknown", message).into());
    }
    Ok(Loaded { request, remarks })
}
