//! From a request body to an order, or to the refusal the service would give (contract 2, 3,
//! 6.2, 6.3). Pure. Not here: keys, faults, input images (`inputs`) and what an accepted order
//! leads to.

mod content;
mod order;
mod parameters;
mod unread;

#[cfg(test)]
mod tests;

use serde_json::Value;

pub use order::{Draft, Order, Steering};

use super::Variants;
use super::models::{self, Model, Route, Standing};
use super::refusal::Refusal;
use super::steering;

use parameters::Parameters;
use unread::Mode;

/// What a request says about how it wants to be answered.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manner {
    /// `X-DashScope-Async: enable`.
    pub asks_async: bool,
    /// `X-DashScope-Sse: enable`.
    pub asks_stream: bool,
}

/// Judges one generation request, as far as its text goes: its input images are still unseen.
///
/// # Errors
/// The first thing the service would complain about.
pub fn draft(route: Route, manner: Manner, body: &[u8], variants: Variants) -> Result<Draft, Refusal> {
    let body: Value = serde_json::from_slice(body)
        .map_err(|_| Refusal::new(400, "BadRequest.IllegalInput", "The input parameter requires json format."))?;
    let name = body["model"].as_str().unwrap_or_default();
    if name.is_empty() {
        let message = "Required parameter \"model\" missing from request.";
        return Err(Refusal::new(400, "BadRequest.EmptyModel", message));
    }
    check_mode(route, manner.asks_async)?;
    let model = models::find(name).ok_or_else(|| unknown_model(name, variants))?;
    check_standing(model.standing(route, variants))?;
    let input = body["input"].as_object().ok_or_else(|| {
        let message = "Required input parameter missing from request.";
        Refusal::new(400, "BadRequest.EmptyInput", message)
    })?;
    let parameters = Parameters::of(&body)?;
    let content = content::read(route, input)?;
    let interleave = model.interleaves && parameters.flag("enable_interleave", false)?;
    let sequence = model.steers && parameters.flag("enable_sequential", false)?;
    check_mixing(route, manner, interleave, &parameters, variants)?;
    check_images(model.images_in(interleave, variants), content.images.len())?;
    check_parameters(model, &parameters, variants)?;
    let steering = steer(model, &parameters, sequence, content.images.len())?;
    let mut images = parameters.images(model, sequence, interleave)?;
    if variants.short_series && (sequence || interleave) {
        images = images.saturating_sub(1).max(1);
    }
    let mode = Mode { sequence, interleave, images: content.images.len() };
    let draft = Draft {
        model,
        negative_prompt: unread::negative(model, route, mode, &body),
        unread: unread::unread(model, route, mode, &body),
        name: name.to_owned(),
        route,
        prompt: content.prompt,
        sources: content.images,
        images,
        sizes: model.sizes(interleave, variants),
        size: parameters.text("size")?.map(|size| spelled(size, variants)),
        seed: parameters.number("seed", 0, 2_147_483_647)?.and_then(|seed| u32::try_from(seed).ok()),
        extend: parameters.flag("prompt_extend", model.extends)?,
        watermark: parameters.flag("watermark", false)?,
        sequence,
        interleave,
        steering,
    };
    draft.check_size()?;
    Ok(draft)
}

fn check_mode(route: Route, asks_async: bool) -> Result<(), Refusal> {
    match (route.is_async(), asks_async) {
        (true, false) => Err(Refusal::new(403, "AccessDenied", "current user api does not support synchronous calls.")),
        (false, true) => Err(not_async()),
        _ => Ok(()),
    }
}

fn check_standing(standing: Standing) -> Result<(), Refusal> {
    match standing {
        Standing::Served => Ok(()),
        Standing::SyncOnly => Err(not_async()),
        // The exclamation mark is full-width on the wire.
        Standing::Foreign => Err(Refusal::parameter("url error, please check url！")),
    }
}

fn not_async() -> Refusal {
    Refusal::new(403, "AccessDenied", "Current user api does not support asynchronous calls.")
}

fn unknown_model(name: &str, variants: Variants) -> Refusal {
    if variants.unknown_model_404 {
        let message = format!("The model {name} does not exist or you do not have access to it.");
        Refusal::new(404, "ModelNotFound", message)
    } else {
        Refusal::parameter("Model not exist.")
    }
}

/// Mixed answers come as a stream or as a task. Contract 5 wants a stream asked for twice, by header
/// and by parameter; the vendor's SDK sends the header alone, so a missing parameter is enough
/// unless the strict reading is shown.
fn check_mixing(
    route: Route,
    manner: Manner,
    interleave: bool,
    parameters: &Parameters<'_>,
    variants: Variants,
) -> Result<(), Refusal> {
    let streams = parameters.flag("stream", !variants.sse_pair)?;
    if interleave && route == Route::Sync && !(streams && manner.asks_stream) {
        return Err(Refusal::parameter("enable_interleave requires stream output or an asynchronous call"));
    }
    Ok(())
}

fn check_images((min, max): (usize, usize), images: usize) -> Result<(), Refusal> {
    if images < min {
        Err(Refusal::parameter("lack of image or text"))
    } else if images > max {
        Err(Refusal::parameter(format!("content length only support {}", max + 1)))
    } else {
        Ok(())
    }
}

/// What has a type and a range whether or not it has an effect here.
fn check_parameters(model: &Model, parameters: &Parameters<'_>, variants: Variants) -> Result<(), Refusal> {
    parameters.flag("thinking_mode", false)?;
    parameters.text("negative_prompt")?;
    if variants.wan27_strict && model.steers {
        for name in ["negative_prompt", "prompt_extend"] {
            if parameters.get(name).is_some() {
                return Err(Refusal::parameter(format!("{name} is not supported by the model")));
            }
        }
    }
    Ok(())
}

/// Regions and palette, for the models that have them; others do not look.
fn steer(model: &Model, parameters: &Parameters<'_>, sequence: bool, images: usize) -> Result<Steering, Refusal> {
    let mut steering = Steering::default();
    if !model.steers {
        return Ok(steering);
    }
    if let Some(list) = parameters.get("bbox_list") {
        steering.boxes = steering::read_boxes(list, images)?;
    }
    if let Some(palette) = parameters.get("color_palette") {
        if sequence {
            return Err(Refusal::parameter("color_palette requires enable_sequential to be false"));
        }
        steering.palette = steering::read_palette(palette)?;
    }
    Ok(steering)
}

/// `1024x1024` and `2k`, where the reading that takes them is shown (contract 13.7).
fn spelled(size: &str, variants: Variants) -> String {
    if variants.loose_sizes { size.replace(['x', 'X'], "*").to_uppercase() } else { size.to_owned() }
}

/// An order straight from its text, its input images made up.
#[cfg(test)]
pub fn test_order(route: Route, asks_async: bool, body: &[u8], variants: Variants) -> Result<Order, Refusal> {
    let draft = draft(route, Manner { asks_async, asks_stream: false }, body, variants)?;
    let seen = draft.sources.iter().map(|source| super::inputs::Seen::made_up(source)).collect();
    draft.order(seen, 7)
}
