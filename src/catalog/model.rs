//! A model as the catalogue describes it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::{Format, Mode, ModelId, Region, Request, Size};

use super::{InputRule, Parameter, Prefer, Price, PromptRule, Rate, Route, SizeRule};

/// A model.
#[derive(Debug, Clone)]
pub struct Model {
    /// The service's name.
    pub id: ModelId,
    /// One line: what it is good at.
    pub about: String,
    /// What it can do, the default mode first.
    pub modes: Vec<ModeSpec>,
    /// Regions that spell its name another way (contract 3.1).
    pub names: BTreeMap<Region, ModelId>,
    /// Dated editions of it, newest first.
    pub snapshots: Vec<ModelId>,
    /// Where it runs.
    pub regions: Vec<Region>,
    /// How long a prompt may be.
    pub prompt: PromptRule,
    /// What it delivers.
    pub output: Format,
    /// Price of a picture by region.
    pub prices: BTreeMap<Region, Price>,
    /// How fast it may be used, by region.
    pub rates: BTreeMap<Region, Rate>,
    /// The model to use for a mode this one lacks.
    pub instead: BTreeMap<Mode, ModelId>,
    /// Where all this is written.
    pub source: String,
}

/// A model in one mode.
#[derive(Debug, Clone)]
pub struct ModeSpec {
    /// Which.
    pub mode: Mode,
    /// Ways to reach it, in order.
    pub routes: Vec<Route>,
    /// Its parameters in the order a form shows them: size, n, seed, then the others.
    pub parameters: Vec<Parameter>,
    /// Parameters that make the mode, always sent: `enable_sequential = true`.
    pub sends: BTreeMap<String, Value>,
    /// Its sizes.
    pub size: SizeRule,
    /// Its input pictures.
    pub images: InputRule,
    /// Where its messages put them.
    pub order: super::Order,
    /// Most pictures one request makes; a job may ask for [more](super::PICTURES_MAX) where the mode
    /// [splits](ModeSpec::splits).
    pub per_request: u32,
    /// The parameter that says how many pictures are billed at most: `n`, or `max_images`.
    pub billed_by: String,
}

impl ModeSpec {
    /// Its routes in the order to try them.
    pub fn ways(&self, prefer: Prefer) -> Vec<Route> {
        prefer.order(&self.routes)
    }

    /// A parameter by its API name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }
}

impl Model {
    /// The model in `mode`, if it has it.
    pub fn mode(&self, mode: Mode) -> Option<&ModeSpec> {
        self.modes.iter().find(|spec| spec.mode == mode)
    }

    /// A request with every default filled in and an empty prompt. In a mode the model lacks: one picture, size left out.
    pub fn blank(&self, mode: Mode) -> Request {
        let mut request = Request::new(self.id.clone(), mode);
        for parameter in self.mode(mode).map_or(&[][..], |spec| &spec.parameters) {
            if !parameter.default.is_null() && parameter.idle_reason(&request).is_none() {
                request.set(&parameter.name, parameter.default.clone());
            }
        }
        request
    }

    /// Why a parameter does not apply to this request now (`thinking needs a single picture`), or `None` when it does.
    pub fn idle_reason(&self, request: &Request, parameter: &str) -> Option<String> {
        let known = self.mode(request.mode).and_then(|spec| spec.parameter(parameter));
        match known {
            Some(parameter) => parameter.idle_reason(request).map(str::to_owned),
            None => Some(format!("{} has no {parameter} in {}", self.id, request.mode)),
        }
    }

    /// Sizes worth offering for this mode, the default first. Empty where the size cannot be set.
    pub fn sizes(&self, mode: Mode) -> Vec<Size> {
        self.mode(mode).filter(|spec| spec.parameter("size").is_some()).map_or(vec![], |spec| spec.size.choices())
    }

    /// The legal size nearest to `size`; `size` itself in a mode the model lacks.
    pub fn nearest_size(&self, mode: Mode, size: Size) -> Size {
        self.mode(mode).map_or(size, |spec| spec.size.nearest(size))
    }

    /// Pixels the result will have, where that does not depend on an input picture (contract 3.3.2, 3.3.3).
    pub fn dimensions(&self, request: &Request) -> Option<(u32, u32)> {
        self.mode(request.mode)?.size.dimensions(request.size, !request.images.is_empty())
    }

    /// Longest prompt, and the unit it is counted in (`characters` or `tokens`).
    pub fn prompt_limit(&self) -> (usize, &str) {
        (self.prompt.max, self.prompt.unit.id())
    }

    /// The name to send in `region` for a model asked for as `asked`: a dated edition stays as it is, otherwise the
    /// region's own spelling.
    pub fn wire_name(&self, asked: &ModelId, region: Region) -> ModelId {
        let is_dated = *asked != self.id && !self.names.values().any(|name| name == asked);
        if is_dated { asked.clone() } else { self.names.get(&region).unwrap_or(&self.id).clone() }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::{Call, Catalog, Shape};
    use super::*;
    use crate::domain::Reference;

    fn model(id: &str) -> Model {
        Catalog::builtin().get(id).unwrap().clone()
    }

    /// The last piece of each route's family, in order: `image-generation`, `multimodal-generation`, ...
    fn routes(id: &str, mode: Mode) -> Vec<(Call, Shape, String)> {
        let family = |path: &str| path.split('/').nth(3).unwrap().to_owned();
        let model = model(id);
        model.mode(mode).unwrap().routes.iter().map(|r| (r.call, r.shape, family(&r.path))).collect()
    }

    #[test]
    fn every_model_has_the_modes_of_the_specification() {
        use Mode::{Edit, Interleave, Sequential, TextToImage};
        for (ids, modes) in [
            (&["wan2.7-image-pro", "wan2.7-image"][..], &[TextToImage, Sequential, Edit][..]),
            (&["wan2.6-image"], &[Edit, Interleave]),
            (&["qwen-image-2.0-pro", "qwen-image-2.0"], &[TextToImage, Edit]),
            (&["wan2.5-i2i-preview", "qwen-image-edit-max", "qwen-image-edit-plus", "qwen-image-edit"], &[Edit]),
            (&["wan2.6-t2i", "wan2.5-t2i-preview", "wan2.2-t2i-flash", "wan2.2-t2i-plus"], &[TextToImage]),
            (&["wanx2.1-t2i-turbo", "wanx2.1-t2i-plus", "wanx2.0-t2i-turbo", "z-image-turbo"], &[TextToImage]),
            (&["qwen-image-max", "qwen-image-plus", "qwen-image"], &[TextToImage]),
        ] {
            for id in ids {
                assert_eq!(model(id).modes.iter().map(|spec| spec.mode).collect::<Vec<_>>(), modes, "{id}");
            }
        }
    }

    #[test]
    fn routes_are_durable_first() {
        let messages_async = (Call::Async, Shape::Messages, "image-generation".to_owned());
        let messages_sync = (Call::Sync, Shape::Messages, "multimodal-generation".to_owned());
        let words = (Call::Async, Shape::Prompt, "text2image".to_owned());
        let pictures = (Call::Async, Shape::Prompt, "image2image".to_owned());
        for mode in [Mode::TextToImage, Mode::Sequential, Mode::Edit] {
            assert_eq!(routes("wan2.7-image", mode), [messages_async.clone(), messages_sync.clone()]);
        }
        assert_eq!(routes("wan2.6-t2i", Mode::TextToImage), [messages_async.clone(), messages_sync.clone()]);
        assert_eq!(routes("wan2.6-image", Mode::Edit), [messages_async.clone(), messages_sync.clone()]);
        let stream = (Call::Stream, Shape::Messages, "multimodal-generation".to_owned());
        assert_eq!(routes("wan2.6-image", Mode::Interleave), [messages_async.clone(), stream]);
        for id in ["qwen-image-max", "qwen-image-plus", "qwen-image"] {
            assert_eq!(routes(id, Mode::TextToImage), [words.clone(), messages_sync.clone()], "{id}");
        }
        for id in ["wan2.5-t2i-preview", "wan2.2-t2i-flash", "wan2.2-t2i-plus", "wanx2.1-t2i-turbo"] {
            assert_eq!(routes(id, Mode::TextToImage), std::slice::from_ref(&words), "{id}");
        }
        assert_eq!(routes("wan2.5-i2i-preview", Mode::Edit), [pictures]);
        for id in ["qwen-image-2.0-pro", "qwen-image-edit-max", "qwen-image-edit-plus", "qwen-image-edit"] {
            assert_eq!(routes(id, Mode::Edit), std::slice::from_ref(&messages_sync), "{id}");
        }
        assert_eq!(routes("z-image-turbo", Mode::TextToImage), [messages_sync]);
    }

    #[test]
    fn what_answers_soonest_goes_first_when_that_is_preferred() {
        let calls = |id: &str, mode, prefer| {
            model(id).mode(mode).unwrap().ways(prefer).iter().map(|route| route.call).collect::<Vec<_>>()
        };
        let story = |prefer| calls("wan2.6-image", Mode::Interleave, prefer);
        assert_eq!(story(Prefer::Durable), [Call::Async, Call::Stream]);
        assert_eq!(story(Prefer::Fast), [Call::Stream, Call::Async]);
        assert_eq!(calls("wan2.7-image", Mode::Edit, Prefer::Fast), [Call::Sync, Call::Async]);
        assert_eq!(calls("qwen-image-max", Mode::TextToImage, Prefer::Durable), [Call::Async, Call::Sync]);
        for model in Catalog::builtin().models() {
            for spec in model.modes.iter().filter(|spec| spec.mode != Mode::Interleave) {
                assert!(
                    spec.routes.iter().all(|route| route.call != Call::Stream),
                    "{}: only a story streams",
                    model.id
                );
            }
        }
    }

    #[test]
    fn a_blank_request_holds_every_default() {
        let blank = model("wan2.7-image-pro").blank(Mode::TextToImage);
        assert_eq!((blank.n, blank.seed, blank.size.to_string().as_str()), (1, None, "2K"));
        assert_eq!(serde_json::json!(blank.options), serde_json::json!({"thinking_mode": true, "watermark": false}));
        let sequence = model("wan2.7-image").blank(Mode::Sequential);
        assert_eq!((sequence.n, sequence.options.contains_key("thinking_mode")), (1, false));
        let story = model("wan2.6-image").blank(Mode::Interleave);
        assert_eq!(serde_json::json!(story.options), serde_json::json!({"max_images": 5, "watermark": false}));
        assert_eq!(model("z-image-turbo").blank(Mode::TextToImage).options["prompt_extend"], false);
        for other in Catalog::builtin().models() {
            for spec in other.modes.iter().filter(|spec| spec.mode != Mode::Sequential) {
                assert_eq!(other.blank(spec.mode).n, 1, "{}: the default is one picture", other.id);
                let follows = spec.images.min > 0 && spec.size.auto;
                assert_eq!(other.blank(spec.mode).size == Size::Auto, follows, "{} {}", other.id, spec.mode);
            }
        }
    }

    #[test]
    fn modes_send_what_makes_them() {
        let sends = |id, mode| serde_json::json!(model(id).mode(mode).unwrap().sends);
        assert_eq!(sends("wan2.7-image", Mode::Sequential), serde_json::json!({"enable_sequential": true}));
        assert_eq!(sends("wan2.7-image", Mode::TextToImage), serde_json::json!({}));
        assert_eq!(sends("wan2.6-image", Mode::Edit), serde_json::json!({"enable_interleave": false}));
        assert_eq!(sends("wan2.6-image", Mode::Interleave), serde_json::json!({"enable_interleave": true}));
    }

    #[test]
    fn limits_are_those_of_contract_3_1_and_3_3() {
        for (id, limit) in [
            ("wan2.7-image-pro", (5000, "characters")),
            ("wan2.6-t2i", (2100, "characters")),
            ("wan2.6-image", (2000, "characters")),
            ("wan2.5-t2i-preview", (2000, "characters")),
            ("wan2.5-i2i-preview", (2000, "characters")),
            ("wan2.2-t2i-plus", (500, "characters")),
            ("wanx2.1-t2i-turbo", (500, "characters")),
            ("wanx2.0-t2i-turbo", (800, "characters")),
            ("qwen-image-2.0", (1300, "tokens")),
            ("qwen-image-edit", (800, "tokens")),
            ("z-image-turbo", (800, "characters")),
        ] {
            assert_eq!(model(id).prompt_limit(), limit, "{id}");
        }
        for (id, mode, count, sides, megabytes) in [
            ("wan2.7-image", Mode::Edit, (1, 9), (240, 8000), 20),
            ("wan2.7-image", Mode::Sequential, (0, 9), (240, 8000), 20),
            ("wan2.6-image", Mode::Edit, (1, 4), (240, 8000), 10),
            ("wan2.6-image", Mode::Interleave, (0, 1), (240, 8000), 10),
            ("wan2.5-i2i-preview", Mode::Edit, (1, 3), (384, 5000), 10),
            ("qwen-image-2.0-pro", Mode::Edit, (1, 3), (384, 3072), 10),
            ("qwen-image-edit-plus", Mode::Edit, (1, 3), (384, 3072), 10),
        ] {
            let images = model(id).mode(mode).unwrap().images.clone();
            assert_eq!(
                ((images.min, images.max), images.sides, images.megabytes),
                (count, Some(sides), Some(megabytes))
            );
        }
    }

    #[test]
    fn sizes_begin_with_the_default_and_hold_the_recommended() {
        let shown = |id, mode| model(id).sizes(mode).iter().map(Size::to_string).collect::<Vec<_>>();
        let fixed = ["1664*928", "1472*1104", "1328*1328", "1104*1472", "928*1664"];
        assert_eq!(shown("qwen-image-max", Mode::TextToImage), fixed);
        assert_eq!(shown("wan2.7-image-pro", Mode::TextToImage)[..3], ["2K", "1K", "4K"]);
        assert_eq!(shown("qwen-image-2.0", Mode::Edit)[0], "auto");
        assert_eq!(shown("qwen-image-edit", Mode::Edit), [""; 0], "its size cannot be set");
        assert!(shown("wan2.6-image", Mode::Edit).contains(&"1344*576".to_owned()));
    }

    #[test]
    fn named_sizes_mean_what_the_model_says() {
        let ask = |id: &str, mode, size: &str, images: usize| {
            let model = model(id);
            let mut request = model.blank(mode);
            request.size = size.parse().unwrap();
            request.images = vec![Reference::Url("https://host/a.png".into()); images];
            model.dimensions(&request)
        };
        assert_eq!(ask("wan2.7-image-pro", Mode::TextToImage, "4K", 0), Some((4096, 4096)));
        assert_eq!(ask("wan2.7-image", Mode::TextToImage, "1K", 0), Some((1024, 1024)));
        assert_eq!(ask("wan2.7-image", Mode::Edit, "2K", 1), None, "the last picture's ratio");
        assert_eq!(ask("wan2.6-image", Mode::Edit, "1033*1032", 1), Some((1040, 1024)));
        assert_eq!(ask("qwen-image-2.0", Mode::Edit, "auto", 1), None);
        assert_eq!(ask("wan2.6-t2i", Mode::Edit, "1280*1280", 1), None, "a mode it lacks");
    }

    #[test]
    fn singapore_spells_some_names_its_own_way() {
        let (model, id) = (model("wan2.1-t2i-plus"), |id: &str| ModelId::from(id));
        assert_eq!(model.wire_name(&id("wanx2.1-t2i-plus"), Region::Singapore), id("wan2.1-t2i-plus"));
        assert_eq!(model.wire_name(&id("wan2.1-t2i-plus"), Region::Beijing), id("wanx2.1-t2i-plus"));
        assert_eq!(
            model.wire_name(&id("wanx2.1-t2i-plus-2026-01-01"), Region::Singapore),
            id("wanx2.1-t2i-plus-2026-01-01")
        );
    }

    #[test]
    fn thinking_says_why_it_rests() {
        let model = model("wan2.7-image");
        let mut request = model.blank(Mode::TextToImage);
        assert_eq!(model.idle_reason(&request, "thinking_mode"), None);
        request.images.push(Reference::Url("https://host/a.png".into()));
        let reason = model.idle_reason(&request, "thinking_mode").unwrap();
        assert_eq!(reason, "thinking works from words alone, not with reference pictures");
        let sequence = model.blank(Mode::Sequential);
        assert_eq!(model.idle_reason(&sequence, "thinking_mode").unwrap(), "a sequence is made without thinking");
        let none = model.idle_reason(&sequence, "prompt_extend").unwrap();
        assert_eq!(none, "wan2.7-image has no prompt_extend in sequential");
    }
}
