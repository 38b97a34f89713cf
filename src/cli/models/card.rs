//! Everything the catalogue knows about one model.

use serde_json::{Value, json};

use crate::catalog::{Call, Kind, ModeSpec, Model, Parameter};
use crate::domain::{Cost, Mode, Region};

/// The card, for people.
pub fn lines(model: &Model) -> Vec<String> {
    let mut out = vec![model.id.to_string(), format!("  {}", model.about)];
    let (most, unit) = model.prompt_limit();
    out.push(format!("  prompt     at most {most} {unit}"));
    if !model.snapshots.is_empty() {
        let names: Vec<_> = model.snapshots.iter().map(ToString::to_string).collect();
        out.push(format!("  editions   {}", names.join(", ")));
    }
    for spec in &model.modes {
        out.push(String::new());
        out.extend(mode(model, spec));
    }
    out.extend([String::new(), "  regions".to_owned()]);
    out.extend(model.regions.iter().map(|region| place(model, *region)));
    out
}

fn mode(model: &Model, spec: &ModeSpec) -> Vec<String> {
    let mut out = vec![format!("  {}", spec.mode)];
    out.extend(spec.routes.iter().map(|route| format!("    route    {:<6} {}", call(route.call), route.path)));
    out.push(format!("    pictures {}", pictures(spec)));
    let sizes: Vec<_> = model.sizes(spec.mode).iter().map(ToString::to_string).collect();
    if !sizes.is_empty() {
        out.push(format!("    sizes    {}", sizes.join(" ")));
        out.push(format!("             {}", spec.size.legal()));
    }
    if spec.images.max > 0 {
        out.push(format!("    inputs   {}", spec.images.legal()));
    }
    for parameter in spec.parameters.iter().filter(|parameter| parameter.name != "size") {
        let default = match &parameter.default {
            Value::Null => String::new(),
            value => format!(", default {value}"),
        };
        out.push(format!("    {:<20} {}{default}", parameter.name, range(parameter)));
        out.push(format!("    {:<20} {}", "", parameter.help));
        out.extend(remarks(spec, parameter).into_iter().map(|remark| format!("    {:<20} {remark}", "")));
    }
    out
}

/// How many there are, and over how many requests they go.
fn pictures(spec: &ModeSpec) -> String {
    let most = most(spec);
    match spec.per_request {
        per if spec.splits() && per < most => format!("1 to {most}, {per} a request: more are split"),
        _ => format!("1 to {most} in one request; the model decides how many"),
    }
}

/// Most pictures of a job.
fn most(spec: &ModeSpec) -> u32 {
    match spec.parameter(&spec.billed_by).map(|parameter| &parameter.kind) {
        Some(Kind::Int { max, .. }) => u32::try_from(*max).unwrap_or(u32::MAX),
        _ => 1,
    }
}

/// When it does not apply, as far as that can happen in this mode, and what else there is to know.
fn remarks<'a>(spec: &ModeSpec, parameter: &'a Parameter) -> Vec<&'a str> {
    let mut out: Vec<&str> = vec![];
    for when in &parameter.when {
        let elsewhere = when.mode.as_ref().is_some_and(|modes| !modes.contains(&spec.mode));
        let can_fail = elsewhere || (when.images.is_some() && spec.images.max > 0);
        if can_fail && !out.contains(&when.reason.as_str()) {
            out.push(&when.reason);
        }
    }
    out.extend(parameter.note.as_deref());
    out
}

fn range(parameter: &Parameter) -> String {
    match &parameter.kind {
        Kind::Bool => "on or off".to_owned(),
        kind => kind.legal(),
    }
}

fn place(model: &Model, region: Region) -> String {
    let rate = model.rate(region);
    let per = match rate.per.as_secs() {
        1 => "s".to_owned(),
        60 => "min".to_owned(),
        seconds => format!("{seconds} s"),
    };
    let first = model.modes.first().map(|spec| spec.mode).unwrap_or_default();
    let price = match model.cost(&model.blank(first), region).for_images(1) {
        Cost::Known { unit, basis, .. } => format!("{unit} a picture ({basis})"),
        Cost::Unknown { .. } => "price unknown".to_owned(),
    };
    format!("    {:<15} {price}, {} submits/{per}, {} at once", region.id(), rate.count, rate.concurrent)
}

fn call(call: Call) -> &'static str {
    match call {
        Call::Sync => "sync",
        Call::Stream => "stream",
        Call::Async => "async",
    }
}

/// The card, for scripts.
pub fn json(model: &Model) -> Value {
    let (most, unit) = model.prompt_limit();
    let modes: Vec<_> = model.modes.iter().map(|spec| json_mode(model, spec)).collect();
    let regions: Vec<_> = model.regions.iter().map(|region| json_region(model, *region)).collect();
    json!({
        "id": model.id, "about": model.about, "editions": model.snapshots, "source": model.source,
        "prompt": {"max": most, "unit": unit, "source": model.prompt.source}, "modes": modes, "regions": regions,
    })
}

fn json_mode(model: &Model, spec: &ModeSpec) -> Value {
    let routes: Vec<_> =
        spec.routes.iter().map(|route| json!({"call": call(route.call), "path": route.path})).collect();
    let parameters: Vec<_> = spec.parameters.iter().map(json_parameter).collect();
    json!({
        "mode": spec.mode, "routes": routes, "sizes": model.sizes(spec.mode), "size_rule": spec.size.legal(), "size_source": spec.size.source,
        "pictures": {"max": most(spec), "per_request": spec.per_request},
        "images": {"min": spec.images.min, "max": spec.images.max, "rule": spec.images.legal(), "source": spec.images.source}, "parameters": parameters,
    })
}

fn json_parameter(parameter: &Parameter) -> Value {
    let (kind, min, max) = match &parameter.kind {
        Kind::Size => ("size", None, None),
        Kind::Int { min, max } => ("int", Some(*min), Some(*max)),
        Kind::Bool => ("bool", None, None),
        Kind::Boxes { max } => ("boxes", None, i64::try_from(*max).ok()),
        Kind::Palette { min, max } => ("palette", i64::try_from(*min).ok(), i64::try_from(*max).ok()),
        Kind::Text { max } => ("text", None, i64::try_from(*max).ok()),
    };
    let when: Vec<_> = parameter.when.iter().map(|when| &when.reason).collect();
    json!({
        "name": parameter.name, "help": parameter.help, "type": kind, "min": min, "max": max,
        "default": parameter.default, "when": when, "note": parameter.note, "source": parameter.source,
    })
}

fn json_region(model: &Model, region: Region) -> Value {
    let rate = model.rate(region);
    let first = model.modes.first().map_or(Mode::default(), |spec| spec.mode);
    let cost = model.cost(&model.blank(first), region).for_images(1);
    let basis = match &cost {
        Cost::Known { basis, .. } => Some(basis),
        Cost::Unknown { .. } => None,
    };
    json!({
        "region": region.id(),
        "price": cost.total().map(|unit| json!({"amount": unit.units(), "currency": unit.currency, "basis": basis})),
        "rate": {"submits": rate.count, "per_seconds": rate.per.as_secs(), "concurrent": rate.concurrent},
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn a_card_tells_routes_ranges_and_prices() {
        let catalog = Catalog::builtin();
        let model = catalog.get("wan2.7-image-pro").unwrap();
        let text = lines(model).join("\n");
        for part in [
            "/services/aigc/image-generation/generation",
            "seed",
            "0 to 2,147,483,647",
            "$0.075",
            "5 submits/s",
            "1 to 24, 4 a request",
            "1 to 12 in one request",
        ] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
        assert!(!text.contains("contract"), "where a limit is from is for scripts:\n{text}");
        assert!(json(model)["prompt"]["source"].as_str().is_some_and(|source| !source.is_empty()));
    }

    #[test]
    fn the_json_card_has_every_parameter_of_every_mode() {
        for model in Catalog::builtin().models() {
            let value = json(model);
            for (spec, told) in model.modes.iter().zip(value["modes"].as_array().unwrap()) {
                assert_eq!(told["parameters"].as_array().unwrap().len(), spec.parameters.len(), "{}", model.id);
            }
        }
    }
}
