//! Pictures a recipe was made from, found again: where they lay, if it is still them, or the copy that was kept.

use std::path::Path;

use crate::config::Config;
use crate::domain::{Fault, FaultKind, Reference, text};
use crate::picture;
use crate::recipe::Input;
use crate::store::Store;

use super::super::desk;

/// All of them, in order; or a fault that names every one that is not here.
pub fn find(inputs: &[Input], config: &Config) -> anyhow::Result<Vec<Reference>> {
    let (mut found, mut gone) = (vec![], vec![]);
    for (nth, input) in inputs.iter().enumerate() {
        match one(input, config)? {
            Ok(reference) => found.push(reference),
            Err(why) => gone.push(format!("image {} ({}): {why}", nth + 1, text::clean(&input.name()))),
        }
    }
    if gone.is_empty() {
        return Ok(found);
    }
    let message = format!("Pictures the recipe was made from are not to be had. {}.", gone.join("; "));
    Err(Fault::new(FaultKind::Invalid, "inputs_gone", message)
        .hint("Give all of them again with --ref, in this order. Nothing was sent.")
        .into())
}

/// One of them, or why not.
fn one(input: &Input, config: &Config) -> anyhow::Result<Result<Reference, &'static str>> {
    match &input.url {
        Some(url) if url.starts_with("data:") => return Ok(Err("it stood in the request itself and was not kept")),
        Some(_) if input.cut => return Ok(Err("what made its address work was not kept")),
        Some(url) => return Ok(Ok(Reference::Url(url.clone()))),
        None => {}
    }
    let there = input.path.as_deref().filter(|path| path.is_file());
    let is_it =
        |path: &Path| input.sha256.as_deref().is_none_or(|sha256| picture::sha256(path).is_ok_and(|is| is == sha256));
    if let Some(path) = there.filter(|path| is_it(path)) {
        return Ok(Ok(Reference::File(path.to_owned())));
    }
    if let (Some(sha256), Ok(places)) = (&input.sha256, desk::places(config))
        && Store::exists(&places)
        && let Some(copy) = desk::store(config)?.input_of(sha256)?
    {
        return Ok(Ok(Reference::File(copy)));
    }
    Ok(Err(match there {
        Some(_) => "the file has changed since",
        None => "there is no such file here any more",
    }))
}
