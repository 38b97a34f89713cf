//! From flags to a request. What is legal is the catalogue's to say, once the request is whole.

use serde_json::Value;

use crate::catalog::{Catalog, Kind, ModeSpec, Model, Violation};
use crate::config::nearest;
use crate::domain::{Fault, FaultKind, Mode, ModelId, Request, SEED_MAX, Size};

use super::super::failure::Refused;
use super::args::{GenArgs, Switch};

/// Builds the request the flags describe. `dice` is where a seed comes from when none is given.
pub fn build(args: &GenArgs, prompt: String, catalog: &Catalog, usual: &ModelId, dice: u64) -> anyhow::Result<Request> {
    let id = args.model.as_deref().unwrap_or(usual.as_str());
    let model = catalog.get(id).ok_or_else(|| unknown_model(id, catalog))?;
    let mode = if args.sequential { Mode::Sequential } else { Mode::TextToImage };
    let mut request = model.blank(mode);
    // An edition by date stays the edition that was asked for.
    request.model = ModelId::from(id);
    request.prompt = prompt;
    // In a mode the model lacks, the mode is what is wrong, not the flags.
    let Some(spec) = model.mode(mode) else { return Ok(request) };
    if let Some(size) = args.size {
        request.size = size;
    }
    if let Some(ratio) = args.ar {
        let sizes = model.sizes(mode);
        request.size = ratio.nearest(&sizes, model.dimensions(&request)).ok_or_else(|| {
            Fault::new(FaultKind::Invalid, "ar", format!("{} has no list of sizes to choose from.", model.id))
                .hint("Use --size instead.")
        })?;
    }
    if let Some(n) = args.n {
        request.n = n;
    }
    let has_seed = spec.parameters.iter().any(|parameter| parameter.name == "seed");
    let drawn = has_seed.then(|| u32::try_from(dice % (u64::from(SEED_MAX) + 1)).unwrap_or(0));
    request.seed = args.seed.or(drawn);
    if let Some(negative) = &args.negative {
        request.negative_prompt.clone_from(negative);
    }
    for (name, value) in switches(args) {
        request.set(name, Value::Bool(value));
    }
    for (name, text) in &args.set {
        set(&mut request, model, spec, name, text)?;
    }
    Ok(request)
}

fn switches(args: &GenArgs) -> impl Iterator<Item = (&'static str, bool)> {
    let on = |switch: Switch| switch == Switch::On;
    let given = [
        ("thinking_mode", args.thinking.map(on)),
        ("prompt_extend", args.extend.map(on)),
        ("watermark", args.watermark.then_some(true)),
    ];
    given.into_iter().filter_map(|(name, value)| Some((name, value?)))
}

fn set(request: &mut Request, model: &Model, spec: &ModeSpec, name: &str, text: &str) -> Result<(), Fault> {
    let wrong = |message: String| Fault::new(FaultKind::Invalid, "set", message);
    let Some(parameter) = spec.parameters.iter().find(|parameter| parameter.name == name) else {
        let names = || spec.parameters.iter().map(|parameter| parameter.name.as_str());
        let hint = match nearest(name, names()) {
            Some(near) => format!("Did you mean {near}?"),
            None => format!("It has {}.", names().collect::<Vec<_>>().join(", ")),
        };
        return Err(wrong(format!("{} has no parameter {name} for {}.", model.id, spec.mode)).hint(hint));
    };
    let value = match parameter.kind {
        Kind::Int { .. } => text.parse::<i64>().ok().map(Value::from),
        Kind::Bool => match text {
            "on" | "true" | "yes" | "1" => Some(Value::Bool(true)),
            "off" | "false" | "no" | "0" => Some(Value::Bool(false)),
            _ => None,
        },
        Kind::Size => text.parse::<Size>().ok().map(|size| Value::from(size.to_string())),
        Kind::Text { .. } => Some(Value::from(text)),
        Kind::Boxes { .. } | Kind::Palette { .. } => serde_json::from_str(text).ok(),
    };
    let taken = value.is_some_and(|value| request.set(name, value));
    let form = match parameter.kind {
        Kind::Int { min, max } => format!("a whole number, {min} to {max}"),
        Kind::Bool => "on or off".to_owned(),
        Kind::Size => "a size like 1280*1280".to_owned(),
        Kind::Text { .. } => "text".to_owned(),
        Kind::Boxes { .. } | Kind::Palette { .. } => "JSON".to_owned(),
    };
    if taken { Ok(()) } else { Err(wrong(format!("{name}={text} cannot be used: {name} is {form}."))) }
}

fn unknown_model(id: &str, catalog: &Catalog) -> Refused {
    let request = Request {
        model: ModelId::from(id),
        mode: Mode::TextToImage,
        prompt: String::new(),
        negative_prompt: String::new(),
        images: vec![],
        size: Size::Auto,
        n: 1,
        seed: None,
        options: Default::default(),
    };
    let about_model = |violation: &Violation| violation.field == "model";
    Refused(catalog.check(&request).into_iter().filter(about_model).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn request(args: &GenArgs) -> anyhow::Result<Request> {
        build(args, "a fox".into(), &Catalog::builtin(), &"wan2.7-image-pro".into(), 5_000_000_000)
    }

    #[test]
    fn a_seed_is_drawn_unless_one_is_given() {
        assert_eq!(request(&GenArgs::default()).unwrap().seed, Some((5_000_000_000u64 % 2_147_483_648) as u32));
        assert_eq!(request(&GenArgs { seed: Some(7), ..GenArgs::default() }).unwrap().seed, Some(7));
    }

    #[test]
    fn flags_reach_the_parameters_the_api_names() {
        let args = GenArgs {
            thinking: Some(Switch::Off),
            watermark: true,
            n: Some(2),
            size: Some("1K".parse().unwrap()),
            negative: Some("blur".into()),
            set: vec![("n".into(), "3".into())],
            ..GenArgs::default()
        };
        let request = request(&args).unwrap();
        assert_eq!(request.get("thinking_mode"), Some(Value::Bool(false)));
        assert_eq!(request.get("watermark"), Some(Value::Bool(true)));
        assert_eq!((request.n, request.size.to_string().as_str()), (3, "1K"));
        assert_eq!(request.negative_prompt, "blur");
        assert_eq!(request.prompt, "a fox");
    }

    #[test]
    fn a_ratio_becomes_one_of_the_models_sizes() {
        let args = GenArgs { ar: Some("16:9".parse().unwrap()), ..GenArgs::default() };
        assert_eq!(request(&args).unwrap().size.ratio().as_deref(), Some("16:9"));
    }

    #[test]
    fn a_series_is_a_mode() {
        assert_eq!(request(&GenArgs { sequential: true, ..GenArgs::default() }).unwrap().mode, Mode::Sequential);
    }

    #[test]
    fn names_and_values_that_do_not_fit_are_told_with_what_would() {
        let said = |name: &str, value: &str| {
            let args = GenArgs { set: vec![(name.into(), value.into())], ..GenArgs::default() };
            request(&args).unwrap_err().downcast::<Fault>().unwrap()
        };
        assert!(said("thinking", "on").hint.contains("thinking_mode"), "{}", said("thinking", "on"));
        assert!(said("n", "many").message.contains("whole number"));
        let args = GenArgs { model: Some("wan2.7-imge".into()), ..GenArgs::default() };
        assert_eq!(request(&args).unwrap_err().downcast::<Refused>().unwrap().0.len(), 1);
    }
}
