//! From a wish to a request. What is legal is the catalogue's to say, once the request is whole.

use serde_json::Value;

use crate::catalog::{Kind, ModeSpec, Model, Violation, parse_boxes, parse_palette};
use crate::config::nearest;
use crate::domain::{Fault, FaultKind, Mode, Reference, Request, SEED_MAX, Size};

use super::super::failure::Refused;
use super::choose::Choice;
use super::wish::Wish;

/// Builds the request a wish describes. `dice` is where a seed comes from when none is given.
pub fn build(wish: &Wish, prompt: String, choice: &Choice, dice: u64) -> anyhow::Result<Request> {
    let (model, mode) = (choice.model, wish.mode());
    let mut request = wish.base.as_ref().map_or_else(|| model.blank(mode), |base| rebased(base, choice, mode));
    request.model = choice.id.clone();
    request.prompt = prompt;
    if wish.base.is_none() || !wish.pictures.is_empty() {
        request.images = wish.pictures.iter().map(|text| reference(text)).collect::<Result<_, _>>()?;
    }
    // In a mode the model lacks, the mode is what is wrong, not the flags.
    let Some(spec) = model.mode(mode) else { return Ok(request) };
    // With pictures some defaults no longer apply.
    let is_new = wish.base.is_none();
    let idle = spec.parameters.iter().filter(|parameter| is_new && parameter.idle_reason(&request).is_some());
    for name in idle.map(|parameter| parameter.name.clone()).collect::<Vec<_>>() {
        request.set(&name, Value::Null);
    }
    request.size = size(wish, model, &request)?;
    request.n = wish.n.unwrap_or(request.n);
    let drawn = u32::try_from(dice % (u64::from(SEED_MAX) + 1)).unwrap_or(0);
    // Where a recipe leaves the seed to the service it stays there.
    let usual = if is_new { spec.parameter("seed").map(|_| drawn) } else { request.seed };
    request.seed = wish.seed.or(usual);
    if let Some(negative) = &wish.negative {
        request.negative_prompt.clone_from(negative);
    }
    for (name, value) in &wish.options {
        request.set(name, value.clone());
    }
    mark(&mut request, wish)?;
    for (name, text) in &wish.set {
        set(&mut request, model, spec, name, text)?;
    }
    Ok(request)
}

/// A recipe's request as it is, or carried to another model or mode.
fn rebased(base: &Request, choice: &Choice, mode: Mode) -> Request {
    if base.model == choice.id && base.mode == mode {
        return base.clone();
    }
    Request { written: base.written.clone(), ..choice.model.carry(base, mode) }
}

/// Regions and colours in their short forms.
fn mark(request: &mut Request, wish: &Wish) -> anyhow::Result<()> {
    if !wish.boxes.is_empty() {
        let boxes = parse_boxes(&wish.boxes.join(";"), request.images.len()).map_err(refused)?;
        request.set("bbox_list", boxes);
    }
    if let Some(palette) = &wish.palette {
        let text = match palette.strip_prefix('@') {
            Some(path) => std::fs::read_to_string(path).map_err(|error| {
                let message = format!("--palette: {path:?} cannot be read: {error}.");
                Fault::new(FaultKind::Invalid, "palette", message)
            })?,
            None => palette.clone(),
        };
        request.set("color_palette", parse_palette(&text).map_err(refused)?);
    }
    Ok(())
}

fn refused(violation: Violation) -> Refused {
    Refused(vec![violation])
}

/// A picture as it was written: an address the service reads itself, or a file here.
pub fn reference(text: &str) -> Result<Reference, Fault> {
    let begins = |with: &str| text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    if ["https://", "http://", "data:", "oss://"].into_iter().any(begins) {
        return Ok(Reference::Url(text.to_owned()));
    }
    let path = if begins("file://") { &text["file://".len()..] } else { text };
    std::path::absolute(path)
        .map(Reference::File)
        .map_err(|error| Fault::new(FaultKind::Invalid, "images", format!("{path:?} is no picture file: {error}.")))
}

fn size(wish: &Wish, model: &Model, request: &Request) -> Result<Size, Fault> {
    let Some(ratio) = wish.ar else { return Ok(wish.size.unwrap_or(request.size)) };
    ratio.nearest(&model.sizes(request.mode), model.dimensions(request)).ok_or_else(|| {
        Fault::new(FaultKind::Invalid, "ar", format!("{} has no list of sizes to choose from.", model.id))
            .hint("Use --size instead.")
    })
}

/// `--set NAME=VALUE`, in a request that has its model and mode.
pub fn put(request: &mut Request, model: &Model, name: &str, text: &str) -> anyhow::Result<()> {
    match model.mode(request.mode) {
        Some(spec) => set(request, model, spec, name, text),
        None => Ok(()),
    }
}

fn set(request: &mut Request, model: &Model, spec: &ModeSpec, name: &str, text: &str) -> anyhow::Result<()> {
    let wrong = |message: String| Fault::new(FaultKind::Invalid, "set", message);
    let Some(parameter) = spec.parameter(name) else {
        let names = || spec.parameters.iter().map(|parameter| parameter.name.as_str());
        let hint = match nearest(name, names()) {
            Some(near) => format!("Did you mean {near}?"),
            None => format!("It has {}.", names().collect::<Vec<_>>().join(", ")),
        };
        return Err(wrong(format!("{} has no parameter {name} for {}.", model.id, spec.mode)).hint(hint).into());
    };
    if text == "null" {
        let left_out = request.set(name, Value::Null);
        let always_sent = || wrong(format!("{name} is always sent: it decides the price."));
        return if left_out { Ok(()) } else { Err(always_sent().into()) };
    }
    let value = match parameter.kind {
        Kind::Int { .. } => text.parse::<i64>().ok().map(Value::from),
        Kind::Bool => match text {
            "on" | "true" | "yes" | "1" => Some(Value::Bool(true)),
            "off" | "false" | "no" | "0" => Some(Value::Bool(false)),
            _ => None,
        },
        Kind::Size => text.parse::<Size>().ok().map(|size| Value::from(size.to_string())),
        Kind::Text { .. } => Some(Value::from(text)),
        Kind::Boxes { .. } => Some(parse_boxes(text, request.images.len()).map_err(refused)?),
        Kind::Palette { .. } => Some(parse_palette(text).map_err(refused)?),
    };
    let taken = value.is_some_and(|value| request.set(name, value));
    let form = match parameter.kind {
        Kind::Int { min, max } => format!("a whole number, {min} to {max}"),
        Kind::Bool => "on or off".to_owned(),
        Kind::Size => "a size like 1280*1280".to_owned(),
        Kind::Text { .. } => "text".to_owned(),
        Kind::Boxes { .. } | Kind::Palette { .. } => parameter.kind.legal(),
    };
    if taken { Ok(()) } else { Err(wrong(format!("{name}={text} cannot be used: {name} is {form}.")).into()) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::choose::choose;
    use super::*;
    use crate::catalog::Catalog;

    fn request(wish: &Wish) -> anyhow::Result<Request> {
        let catalog = Catalog::builtin();
        let usual = "wan2.7-image-pro".into();
        let choice = choose(&catalog, wish.model.as_deref(), &usual, wish.mode(), false).unwrap();
        build(wish, "a fox".into(), &choice, 5_000_000_000)
    }

    #[test]
    fn a_seed_is_drawn_unless_one_is_given_or_left_to_the_service() {
        assert_eq!(request(&Wish::default()).unwrap().seed, Some((5_000_000_000u64 % 2_147_483_648) as u32));
        assert_eq!(request(&Wish { seed: Some(7), ..Wish::default() }).unwrap().seed, Some(7));
        let service = Wish { set: vec![("seed".into(), "null".into())], ..Wish::default() };
        assert_eq!(request(&service).unwrap().seed, None);
    }

    #[test]
    fn options_reach_the_parameters_the_api_names() {
        let wish = Wish {
            options: vec![("thinking_mode".into(), false.into()), ("watermark".into(), true.into())],
            n: Some(2),
            size: Some("1K".parse().unwrap()),
            negative: Some("blur".into()),
            set: vec![("n".into(), "3".into())],
            ..Wish::default()
        };
        let request = request(&wish).unwrap();
        assert_eq!(request.get("thinking_mode"), Some(Value::Bool(false)));
        assert_eq!(request.get("watermark"), Some(Value::Bool(true)));
        assert_eq!((request.n, request.size.to_string().as_str()), (3, "1K"));
        assert_eq!((request.negative_prompt.as_str(), request.prompt.as_str()), ("blur", "a fox"));
    }

    #[test]
    fn what_is_set_to_null_is_left_out_but_for_what_decides_the_price() {
        let set = |name: &str| Wish { set: vec![(name.into(), "null".into())], ..Wish::default() };
        assert_eq!(request(&set("watermark")).unwrap().get("watermark"), None);
        assert_eq!(request(&set("size")).unwrap().size, Size::Auto);
        assert!(request(&set("n")).unwrap_err().to_string().contains("always sent"));
    }

    #[test]
    fn a_ratio_becomes_one_of_the_models_sizes() {
        let wish = Wish { ar: Some("16:9".parse().unwrap()), ..Wish::default() };
        assert_eq!(request(&wish).unwrap().size.ratio().as_deref(), Some("16:9"));
    }

    #[test]
    fn pictures_are_addresses_or_files() {
        let pictures = ["https://h/a.png", "DATA:image/png;base64,AAAA", "oss://k/b.png", "c.png", "file:///d.png"];
        let wish = Wish { pictures: pictures.map(String::from).into(), ..Wish::default() };
        let request = request(&wish).unwrap();
        assert_eq!((request.mode, request.options.contains_key("thinking_mode")), (Mode::Edit, false));
        let is_file = |image: &Reference| matches!(image, Reference::File(path) if path.is_absolute());
        assert_eq!(request.images.iter().map(is_file).collect::<Vec<_>>(), [false, false, false, true, true]);
    }

    #[test]
    fn names_and_values_that_do_not_fit_are_told_with_what_would() {
        let said = |name: &str, value: &str| {
            let wish = Wish { set: vec![(name.into(), value.into())], ..Wish::default() };
            request(&wish).unwrap_err().downcast::<Fault>().unwrap()
        };
        assert!(said("thinking", "on").hint.contains("thinking_mode"), "{}", said("thinking", "on"));
        assert!(said("n", "many").message.contains("whole number"));
    }
}
