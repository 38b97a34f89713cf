//! Which model carries out a wish: the one asked for, or another where that one cannot, and never without a word.

use crate::catalog::{Catalog, Model};
use crate::domain::{Fault, FaultKind, Mode, ModelId, Request};

use super::super::failure::Refused;

/// Takes over for a usual model that lacks a mode: the cheaper of the models that do most (spec).
const DEPUTY: &str = "wan2.7-image";

/// The model that is asked.
#[derive(Debug)]
pub struct Choice<'a> {
    /// By the name it was asked for: an edition by date stays the edition that was asked for.
    pub id: ModelId,
    /// What is known about it.
    pub model: &'a Model,
    /// What to tell the user when it is not the model asked for.
    pub said: Option<String>,
}

/// Chooses for a mode. `asked` is the model of this request, `usual` the one of the settings; `strict` refuses to switch.
pub fn choose<'a>(
    catalog: &'a Catalog,
    asked: Option<&str>,
    usual: &ModelId,
    mode: Mode,
    strict: bool,
) -> anyhow::Result<Choice<'a>> {
    let id = asked.unwrap_or(usual.as_str());
    let model = catalog.get(id).ok_or_else(|| unknown_model(id, catalog))?;
    let as_asked = Choice { id: ModelId::from(id), model, said: None };
    if model.mode(mode).is_some() {
        return Ok(as_asked);
    }
    let fallback = model.fallback(&model.blank(mode)).and_then(|(id, why)| Some((catalog.get(id.as_str())?, why)));
    let deputy = || {
        let other = deputy(catalog, mode).filter(|_| asked.is_none())?;
        Some((other, format!("{}, the usual model, does not do {mode}; {} does", model.id, other.id)))
    };
    // Without a substitute the model's own rules say what is wrong.
    let Some((other, why)) = fallback.or_else(deputy) else { return Ok(as_asked) };
    if strict {
        return Err(refusal(model, other, &why).into());
    }
    Ok(Choice { id: other.id.clone(), model: other, said: Some(format!("{why}, and is taken (--strict refuses)")) })
}

fn deputy(catalog: &Catalog, mode: Mode) -> Option<&Model> {
    let first = || catalog.models().iter().find(|model| model.mode(mode).is_some());
    catalog.get(DEPUTY).filter(|model| model.mode(mode).is_some()).or_else(first)
}

fn refusal(model: &Model, other: &Model, why: &str) -> Fault {
    let has = |mode| model.mode(mode).is_some();
    let ways = [
        (has(Mode::Edit), "give a picture with --ref"),
        (has(Mode::Interleave), "ask for a story with --interleave"),
        (true, "leave out --strict"),
    ];
    let ways: Vec<_> = ways.into_iter().filter_map(|(is_open, way)| is_open.then_some(way)).collect();
    Fault::new(FaultKind::Invalid, "mode_unknown", format!("{why}.")).hint(format!(
        "Use -m {}; or {}.",
        other.id,
        ways.join(", or ")
    ))
}

fn unknown_model(id: &str, catalog: &Catalog) -> Refused {
    let request = Request::new(ModelId::from(id), Mode::TextToImage);
    Refused(catalog.check(&request).into_iter().filter(|violation| violation.field == "model").collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn chosen(asked: Option<&str>, usual: &str, mode: Mode) -> (String, bool) {
        let catalog = Catalog::builtin();
        let choice = choose(&catalog, asked, &usual.into(), mode, false).unwrap();
        (choice.id.to_string(), choice.said.is_some())
    }

    #[test]
    fn a_model_that_cannot_is_replaced_and_that_is_said() {
        use Mode::{Edit, Interleave, Sequential, TextToImage};
        let is = |(id, said): (String, bool), expected: &str| assert_eq!((id.as_str(), said), (expected, true));
        is(chosen(Some("wan2.6-image"), "x", TextToImage), "wan2.6-t2i");
        is(chosen(Some("qwen-image-edit-max"), "x", TextToImage), "wan2.6-t2i");
        is(chosen(None, "wan2.6-t2i", Edit), "wan2.7-image");
        is(chosen(None, "wan2.7-image-pro", Interleave), "wan2.6-image");
        is(chosen(None, "qwen-image", Sequential), "wan2.7-image");
    }

    #[test]
    fn a_model_that_can_is_taken_and_one_asked_for_by_name_is_not_replaced_without_reason() {
        assert_eq!(chosen(None, "wan2.7-image-pro", Mode::Edit), ("wan2.7-image-pro".into(), false));
        assert_eq!(chosen(Some("wan2.6-t2i"), "x", Mode::Edit), ("wan2.6-t2i".into(), false));
        let edition = "qwen-image-2.0-pro-2026-03-03";
        assert_eq!(chosen(Some(edition), "x", Mode::Edit), (edition.into(), false));
    }

    #[test]
    fn strict_refuses_and_says_what_to_do() {
        let catalog = Catalog::builtin();
        let error = choose(&catalog, Some("wan2.6-image"), &"x".into(), Mode::TextToImage, true).unwrap_err();
        let fault = error.downcast::<Fault>().unwrap();
        assert_eq!(fault.kind.exit(), 2);
        for way in ["-m wan2.6-t2i", "--ref", "--interleave"] {
            assert!(fault.hint.contains(way), "{fault}");
        }
    }

    #[test]
    fn a_name_that_is_mistyped_is_told_with_its_neighbour() {
        let catalog = Catalog::builtin();
        let error = choose(&catalog, Some("wan2.7-imge"), &"x".into(), Mode::TextToImage, false).unwrap_err();
        assert_eq!(error.downcast::<Refused>().unwrap().0.len(), 1);
    }
}
