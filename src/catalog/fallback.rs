//! The model to ask instead, where an editing model is given no picture to edit (contract 9.4). Whether to switch is for
//! the user to say.

use crate::domain::{Mode, ModelId, Request};

use super::{Catalog, Model};

/// A request that another model can take.
#[derive(Debug, Clone, PartialEq)]
pub struct Fallback {
    /// The request as that model takes it: a size it does not make is brought to the nearest it does.
    pub request: Request,
    /// Why: `wan2.6-image needs a picture to edit; wan2.6-t2i makes pictures from words alone`.
    pub reason: String,
}

impl Model {
    /// The model to ask instead and why, for a request without pictures that is no story, where this model only edits.
    pub fn fallback(&self, request: &Request) -> Option<(&ModelId, String)> {
        let wants_words = matches!(request.mode, Mode::TextToImage | Mode::Edit) && request.images.is_empty();
        if !wants_words || self.mode(Mode::TextToImage).is_some() || self.mode(Mode::Edit).is_none() {
            return None;
        }
        let other = self.instead.get(&Mode::TextToImage)?;
        Some((other, format!("{} needs a picture to edit; {other} makes pictures from words alone", self.id)))
    }
}

impl Catalog {
    /// The request carried over to the model that can take it, where its own only edits and there is no picture.
    pub fn fallback(&self, request: &Request) -> Option<Fallback> {
        let (other, reason) = self.get(request.model.as_str())?.fallback(request)?;
        let request = self.get(other.as_str())?.carry(request, Mode::TextToImage);
        Some(Fallback { request, reason })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::Reference;

    fn ask(id: &str, mode: Mode) -> Request {
        let blank = Catalog::builtin().get(id).unwrap().blank(mode);
        Request { prompt: "a red fox".into(), ..blank }
    }

    #[test]
    fn an_editing_model_without_a_picture_gives_way_to_one_that_needs_none() {
        let catalog = Catalog::builtin();
        for (id, other) in [
            ("wan2.6-image", "wan2.6-t2i"),
            ("qwen-image-edit-max", "wan2.6-t2i"),
            ("qwen-image-edit-plus", "wan2.6-t2i"),
            ("qwen-image-edit", "wan2.6-t2i"),
            ("wan2.5-i2i-preview", "wan2.5-t2i-preview"),
        ] {
            for mode in [Mode::Edit, Mode::TextToImage] {
                let Fallback { request, reason } = catalog.fallback(&ask(id, mode)).unwrap();
                assert_eq!((request.model.as_str(), request.mode), (other, Mode::TextToImage));
                assert_eq!(reason, format!("{id} needs a picture to edit; {other} makes pictures from words alone"));
                assert_eq!(catalog.check(&request), [], "{id}");
            }
        }
    }

    #[test]
    fn the_size_becomes_one_the_other_model_makes() {
        let carried = |size: &str| {
            let mut request =
                Request { size: size.parse().unwrap(), n: 3, seed: Some(7), ..ask("wan2.6-image", Mode::Edit) };
            request.options.insert("watermark".into(), json!(true));
            let next = Catalog::builtin().fallback(&request).unwrap().request;
            assert_eq!(
                (next.n, next.seed, next.is_on("watermark"), next.prompt.as_str()),
                (3, Some(7), true, "a red fox")
            );
            next.size.to_string()
        };
        assert_eq!(
            ["1K", "2K", "1280*720", "1280*1280"].map(carried),
            ["1280*1280", "1440*1440", "1696*960", "1280*1280"]
        );
    }

    #[test]
    fn pictures_stories_and_models_that_can_are_left_alone() {
        let catalog = Catalog::builtin();
        let mut edit = ask("wan2.6-image", Mode::Edit);
        edit.images.push(Reference::Url("https://host/a.png".into()));
        assert_eq!(catalog.fallback(&edit), None);
        assert_eq!(catalog.fallback(&ask("wan2.6-image", Mode::Interleave)), None);
        assert_eq!(catalog.fallback(&ask("qwen-image-2.0", Mode::Edit)), None, "it takes words itself");
        assert_eq!(catalog.fallback(&ask("wan2.6-t2i", Mode::Edit)), None);
        assert_eq!(catalog.fallback(&Request { model: "unknown".into(), ..ask("wan2.6-image", Mode::Edit) }), None);
    }
}
