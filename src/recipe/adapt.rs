//! What another tool wrote, as a request for a model of ours. What has no place here is listed, never dropped in silence.

use super::Recipe;
use super::foreign::Foreign;
use crate::catalog::Model;
use crate::domain::{Mode, ModelId, SEED_MAX, Size, text};

/// The most a listed value says of itself, in letters: a node graph is long.
const VALUE_MAX: usize = 300;

/// A recipe that asks `model` for what another tool was asked for: words, size, seed, number.
pub fn adapt(foreign: Foreign, id: &ModelId, model: &Model) -> Recipe {
    let Foreign { tool, prompt, negative, size, seed, n, unmapped } = foreign;
    let mut request = model.blank(Mode::TextToImage);
    request.model = id.clone();
    request.prompt = prompt;
    let mut left = unmapped;
    let takes = |name: &str| model.mode(Mode::TextToImage).is_some_and(|spec| spec.parameter(name).is_some());
    match takes("negative_prompt") {
        true => request.negative_prompt = negative,
        false if negative.is_empty() => {}
        false => drop(left.insert("negative prompt".into(), negative)),
    }
    if let Some((width, height)) = size {
        request.size = Size::Pixels { width, height };
        if let Some(nearest) = model.snap(&request, "size") {
            request.set("size", nearest);
            left.insert("size".into(), format!("{width}x{height}; the nearest is taken, {}", request.size));
        }
    }
    if let Some(number) = seed {
        match u32::try_from(number).ok().filter(|number| *number <= SEED_MAX && takes("seed")) {
            Some(number) => request.seed = Some(number),
            None => drop(left.insert("seed".into(), number.to_string())),
        }
    }
    if let Some(number) = n.filter(|number| *number > 1) {
        request.n = number;
        if let Some(nearest) = model.snap(&request, "n") {
            request.set("n", nearest);
            left.insert("number".into(), format!("{number}; {} taken", request.n));
        }
    }
    let unmapped = left.into_iter().filter(|(_, value)| !value.is_empty());
    let unmapped = unmapped.map(|(name, value)| (shortened(&name, 60), shortened(&value, VALUE_MAX))).collect();
    Recipe { from: Some(tool.to_owned()), unmapped, ..Recipe::asking(request) }
}

fn shortened(text: &str, most: usize) -> String {
    let text = text::clean(text);
    match text.chars().count() > most {
        true => format!("{}…", text.chars().take(most).collect::<String>()),
        false => text.into_owned(),
    }
}
