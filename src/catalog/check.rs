//! Whether a request may be sent: every rule, across fields.

use serde_json::Value;

use crate::domain::{ModelId, Region, Request, Size, text};

use super::parameter::is_shared;
use super::violation::Breach;
use super::{Catalog, ModeSpec, Model, Parameter, Violation, boxes};

/// How alike two names must be (Jaro-Winkler, 0 to 1) for one to be offered in place of the other.
const ALIKE: f64 = 0.8;

impl Catalog {
    /// Every rule the request breaks; empty when it may be sent. Unknown models are one violation.
    pub fn check(&self, request: &Request) -> Vec<Violation> {
        match self.get(request.model.as_str()) {
            Some(model) => model.check(request),
            None => vec![self.unknown(&request.model)],
        }
    }

    /// The same for a service in `region`: a model that is not offered there is one violation more (contract 3.6).
    pub fn check_in(&self, request: &Request, region: Region) -> Vec<Violation> {
        let model = self.get(request.model.as_str());
        let absent = model.and_then(|model| model.region_breach(region)).into_iter();
        absent.chain(self.check(request)).collect()
    }

    fn unknown(&self, id: &ModelId) -> Violation {
        let names = || self.models().iter().map(|model| model.id.as_str());
        let message = match closest(id.as_str(), names()) {
            Some(near) => format!("there is no model {}; did you mean {near}?", text::clean(id.as_str())),
            None => format!("there is no model {}", text::clean(id.as_str())),
        };
        let legal = format!("one of {}", names().collect::<Vec<_>>().join(", "));
        Breach::new("model_unknown", message, legal).of("model", "the catalogue")
    }
}

impl Model {
    /// Every rule the request breaks; empty when it may be sent. That the request names this model is taken for granted.
    pub fn check(&self, request: &Request) -> Vec<Violation> {
        let prompt = self.prompt.breach(&request.prompt).map(|breach| breach.of("prompt", &self.prompt.source));
        let Some(spec) = self.mode(request.mode) else {
            return std::iter::once(self.lacks(request)).chain(prompt).collect();
        };
        let images = spec.images.breach(request.images.len()).map(|breach| breach.of("images", &spec.images.source));
        let are_few_or_many = images.is_some();
        let mut out: Vec<_> = prompt.into_iter().chain(images).collect();
        out.extend(self.check_size(spec, request));
        out.extend(["n", "seed", "negative_prompt"].iter().filter_map(|name| self.check_shared(spec, request, name)));
        let options = request.options.iter();
        out.extend(options.filter_map(|(name, value)| self.check_option(spec, request, name, value)));
        // What does not fit because a picture is missing, or one too many, is a fault of `images`, said once.
        out.retain(|violation| !(are_few_or_many && hangs_on_images(spec, request, violation)));
        out
    }

    /// A model whose regions nobody wrote down may be anywhere.
    fn region_breach(&self, region: Region) -> Option<Violation> {
        if self.regions.is_empty() || self.regions.contains(&region) {
            return None;
        }
        let cities = self.regions.iter().map(|region| region.city()).collect::<Vec<_>>().join(", ");
        let message = format!("{} is not offered in {}", self.id, region.city());
        Some(Breach::new("region", message, cities).of("model", "contract 3.6"))
    }

    fn lacks(&self, request: &Request) -> Violation {
        let instead = self.instead.get(&request.mode).map(|id| format!("; {id} does")).unwrap_or_default();
        let message = format!("{} does not do {}{instead}", self.id, request.mode.word());
        let legal = self.modes.iter().map(|spec| spec.mode.word()).collect::<Vec<_>>().join(", ");
        Breach::new("mode_unknown", message, legal).of("mode", &self.source)
    }

    fn check_size(&self, spec: &ModeSpec, request: &Request) -> Vec<Violation> {
        let rule = &spec.size;
        if spec.parameter("size").is_none() && request.size != Size::Auto {
            let message = format!("{} takes no size: the result follows the last picture", self.id);
            return vec![Breach::new("not_taken", message, rule.legal()).of("size", &rule.source)];
        }
        // A picture that has yet to be given is a fault of `images`, said once.
        let has_none = request.images.is_empty() && spec.images.min == 0;
        if request.size == Size::Auto && rule.auto && has_none {
            let message = "the size is left out, and there is no picture to follow";
            return vec![Breach::new("size_auto", message, rule.legal()).of("size", &rule.source)];
        }
        let elsewhere = match request.size {
            Size::Preset(_) => self.modes.iter().find(|other| other.size.is_legal(request.size)),
            _ => None,
        };
        let hint =
            elsewhere.map(|other| format!("; {} is for {}", request.size, other.mode.word())).unwrap_or_default();
        let tell = |breach: Breach| Breach { message: format!("{}{hint}", breach.message), ..breach };
        rule.breaches(request.size).into_iter().map(|breach| tell(breach).of("size", &rule.source)).collect()
    }

    fn check_shared(&self, spec: &ModeSpec, request: &Request, name: &str) -> Option<Violation> {
        let value = request.get(name)?;
        match spec.parameter(name) {
            Some(parameter) => check_value(parameter, request, &value),
            // One picture is what a model without `n` makes.
            None if name == "n" && request.n == 1 => None,
            None => {
                let legal = if name == "n" { "only 1" } else { "left out" };
                let message = format!("{} takes no {name} in {} mode", self.id, request.mode.word());
                Some(Breach::new("not_taken", message, legal).of(name, &self.source))
            }
        }
    }

    fn check_option(&self, spec: &ModeSpec, request: &Request, name: &str, value: &Value) -> Option<Violation> {
        let known = spec.parameter(name).filter(|parameter| !parameter.is_shared());
        match known {
            Some(parameter) => check_value(parameter, request, value),
            None => Some(self.stray(spec, request, name)),
        }
    }

    /// An option that this mode does not have.
    fn stray(&self, spec: &ModeSpec, request: &Request, name: &str) -> Violation {
        let names = || spec.parameters.iter().map(|parameter| parameter.name.as_str());
        let shown = text::clean(name);
        let maker = self.modes.iter().find(|other| other.sends.get(name) == Some(&Value::Bool(true)));
        let message = if let Some(maker) = maker {
            format!("{shown} is set by the mode: choose {}", maker.mode.word())
        } else if is_shared(name) {
            format!("{shown} is a field of its own, not an option")
        } else if let Some(near) = closest(name, names()) {
            format!("{} has no {shown} in {} mode; did you mean {near}?", self.id, request.mode.word())
        } else {
            format!("{} has no {shown} in {} mode", self.id, request.mode.word())
        };
        let legal = format!("one of {}", names().collect::<Vec<_>>().join(", "));
        Breach::new("not_taken", message, legal).of(name, &self.source)
    }
}

fn check_value(parameter: &Parameter, request: &Request, value: &Value) -> Option<Violation> {
    let name = &parameter.name;
    let idle = parameter
        .idle_reason(request)
        .map(|reason| Breach::new("idle", format!("{name} does not apply: {reason}"), "left out"));
    idle.or_else(|| parameter.breach(request, value)).map(|breach| breach.of(name, &parameter.source))
}

/// Whether a parameter is only at fault for the number of pictures.
fn hangs_on_images(spec: &ModeSpec, request: &Request, violation: &Violation) -> bool {
    let unmet = || spec.parameter(&violation.field)?.unmet(request);
    match violation.rule {
        boxes::LENGTH => true,
        "idle" => unmet().is_some_and(|when| when.images.or(when.images_min).is_some()),
        _ => false,
    }
}

/// The name most like `wanted`, if any is like it at all.
fn closest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names
        .map(|name| (strsim::jaro_winkler(wanted, name), name))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::domain::{Mode, Reference, SEED_MAX};

    fn pictures(count: usize) -> Vec<Reference> {
        (0..count).map(|i| Reference::Url(format!("https://host/{i}.png"))).collect()
    }

    /// A legal request: the defaults, a prompt and as many pictures as the mode needs.
    fn good(id: &str, mode: Mode) -> Request {
        let catalog = Catalog::builtin();
        let model = catalog.get(id).unwrap();
        let count = model.mode(mode).map_or(0, |spec| spec.images.min);
        Request { prompt: "a red fox in snow".into(), images: pictures(count), ..model.blank(mode) }
    }

    #[test]
    fn every_default_request_and_every_size_on_offer_is_legal() {
        let catalog = Catalog::builtin();
        for model in catalog.models() {
            for spec in &model.modes {
                let mut request = good(model.id.as_str(), spec.mode);
                assert_eq!(catalog.check(&request), [], "{} {}", model.id, spec.mode);
                request.images = pictures(spec.images.max);
                request.options.remove("thinking_mode");
                for size in spec.size.choices() {
                    request.size = size;
                    assert_eq!(catalog.check(&request), [], "{} {} {size}", model.id, spec.mode);
                }
            }
        }
    }

    #[test]
    fn recommended_sizes_below_the_stated_minimum_are_legal() {
        // Contract 3.3.1, by name.
        for id in ["wan2.6-t2i", "wan2.5-t2i-preview"] {
            for size in ["1280*1280", "1104*1472", "1472*1104", "960*1696", "1696*960", "768*2700"] {
                let request = Request { size: size.parse().unwrap(), ..good(id, Mode::TextToImage) };
                assert_eq!(Catalog::builtin().check(&request), [], "{id} {size}");
            }
        }
    }

    struct Case {
        model: &'static str,
        mode: Mode,
        spoil: fn(&mut Request),
        field: &'static str,
        rule: &'static str,
        says: &'static str,
        legal: &'static str,
    }

    fn spoiled(case: &Case) -> Vec<Violation> {
        let mut request = good(case.model, case.mode);
        (case.spoil)(&mut request);
        Catalog::builtin().check(&request)
    }

    fn set(request: &mut Request, name: &str, value: Value) {
        request.options.insert(name.into(), value);
    }

    fn size(request: &mut Request, size: &str) {
        request.size = size.parse().unwrap();
    }

    /// Spoils one field of a good request in every row and compares field, rule, message and legal range.
    fn broken_one_by_one(cases: &[Case]) {
        for case in cases {
            let found = spoiled(case);
            assert_eq!(found.len(), 1, "{} {}: {found:?}", case.model, case.says);
            let Violation { field, rule, message, legal, source } = &found[0];
            assert_eq!((field.as_str(), *rule), (case.field, case.rule), "{found:?}");
            assert_eq!(message, case.says);
            assert_eq!(legal, case.legal);
            assert!(!source.is_empty(), "{found:?}");
        }
    }

    const WORDS: Mode = Mode::TextToImage;

    #[rustfmt::skip]
    #[test]
    fn every_rule_on_size_is_told_with_its_legal_range() {
        broken_one_by_one(&[
            Case { model: "wan2.6-t2i", mode: WORDS, spoil: |r| size(r, "1000*1000"), field: "size", rule: "size_pixels",
                says: "1000*1000 has 1,000,000 pixels", legal: "1,638,400 to 2,073,600 pixels, ratio 1:4 to 4:1" },
            Case { model: "wan2.6-t2i", mode: WORDS, spoil: |r| size(r, "600*2800"), field: "size", rule: "size_ratio",
                says: "600*2800 is 1:4.67", legal: "1,638,400 to 2,073,600 pixels, ratio 1:4 to 4:1" },
            Case { model: "wan2.6-t2i", mode: WORDS, spoil: |r| size(r, "1K"), field: "size", rule: "size_preset",
                says: "1K is not a size of this mode", legal: "1,638,400 to 2,073,600 pixels, ratio 1:4 to 4:1" },
            Case { model: "wan2.6-t2i", mode: WORDS, spoil: |r| r.size = Size::Auto, field: "size", rule: "size_auto",
                says: "the size is left out, and this mode has none to follow",
                legal: "1,638,400 to 2,073,600 pixels, ratio 1:4 to 4:1" },
            Case { model: "wan2.7-image-pro", mode: Mode::Edit, spoil: |r| size(r, "4K"), field: "size", rule: "size_preset",
                says: "4K is not a size of this mode; 4K is for text",
                legal: "1K, 2K, or 589,824 to 4,194,304 pixels, ratio 1:8 to 8:1" },
            Case { model: "wan2.7-image-pro", mode: Mode::Sequential, spoil: |r| size(r, "4096*4096"), field: "size",
                rule: "size_pixels", says: "4096*4096 has 16,777,216 pixels",
                legal: "1K, 2K, or 589,824 to 4,194,304 pixels, ratio 1:8 to 8:1" },
            Case { model: "wan2.7-image-pro", mode: WORDS, spoil: |r| size(r, "4096*4097"), field: "size", rule: "size_pixels",
                says: "4096*4097 has 16,781,312 pixels",
                legal: "1K, 2K, 4K, or 589,824 to 16,777,216 pixels, ratio 1:8 to 8:1" },
            Case { model: "wan2.7-image", mode: WORDS, spoil: |r| size(r, "4K"), field: "size", rule: "size_preset",
                says: "4K is not a size of this mode", legal: "1K, 2K, or 589,824 to 4,194,304 pixels, ratio 1:8 to 8:1" },
            Case { model: "wan2.6-image", mode: Mode::Interleave, spoil: |r| size(r, "1600*1600"), field: "size",
                rule: "size_pixels", says: "1600*1600 has 2,560,000 pixels",
                legal: "auto, or 589,824 to 1,638,400 pixels, ratio 1:4 to 4:1" },
            Case { model: "wan2.6-image", mode: Mode::Interleave, spoil: |r| size(r, "1K"), field: "size",
                rule: "size_preset", says: "1K is not a size of this mode; 1K is for edit",
                legal: "auto, or 589,824 to 1,638,400 pixels, ratio 1:4 to 4:1" },
            Case { model: "wan2.6-image", mode: Mode::Interleave, spoil: |r| r.size = Size::Auto, field: "size",
                rule: "size_auto", says: "the size is left out, and there is no picture to follow",
                legal: "auto, or 589,824 to 1,638,400 pixels, ratio 1:4 to 4:1" },
            Case { model: "wan2.2-t2i-flash", mode: WORDS, spoil: |r| size(r, "500*1024"), field: "size", rule: "size_sides",
                says: "500*1024 has a side of 500", legal: "each side 512 to 1,440" },
            Case { model: "wan2.2-t2i-plus", mode: WORDS, spoil: |r| size(r, "1024*1441"), field: "size", rule: "size_sides",
                says: "1024*1441 has a side of 1,441", legal: "each side 512 to 1,440" },
            Case { model: "qwen-image-max", mode: WORDS, spoil: |r| size(r, "1024*1024"), field: "size", rule: "size_fixed",
                says: "1024*1024 is not one of the sizes made",
                legal: "1664*928, 1472*1104, 1328*1328, 1104*1472, 928*1664" },
            Case { model: "qwen-image-2.0", mode: WORDS, spoil: |r| size(r, "500*500"), field: "size", rule: "size_pixels",
                says: "500*500 has 250,000 pixels", legal: "262,144 to 4,194,304 pixels" },
            Case { model: "qwen-image-edit-max", mode: Mode::Edit, spoil: |r| size(r, "3072*1024"), field: "size",
                rule: "size_sides", says: "3072*1024 has a side of 3,072", legal: "auto, or each side 512 to 2,048" },
            Case { model: "qwen-image-edit", mode: Mode::Edit, spoil: |r| size(r, "1024*1024"), field: "size",
                rule: "not_taken", says: "qwen-image-edit takes no size: the result follows the last picture", legal: "auto" },
        ]);
    }

    #[rustfmt::skip]
    #[test]
    fn every_rule_on_words_pictures_and_numbers_is_told_with_its_legal_range() {
        broken_one_by_one(&[
            Case { model: "wan2.6-image", mode: WORDS, spoil: |_| (), field: "mode", rule: "mode_unknown",
                says: "wan2.6-image does not do text; wan2.6-t2i does", legal: "edit, story" },
            Case { model: "z-image-turbo", mode: Mode::Edit, spoil: |_| (), field: "mode", rule: "mode_unknown",
                says: "z-image-turbo does not do edit", legal: "text" },
            Case { model: "wan2.6-t2i", mode: WORDS, spoil: |r| r.prompt = " ".into(), field: "prompt", rule: "prompt_empty",
                says: "the prompt is empty", legal: "1 to 2,100 characters" },
            Case { model: "wan2.2-t2i-flash", mode: WORDS, spoil: |r| r.prompt = "雪".repeat(501), field: "prompt",
                rule: "prompt_length",
                says: "501 characters, 1 too many: the service would cut after \"雪雪雪雪雪雪雪雪雪雪雪雪雪雪雪雪\" and lose \"雪\"",
                legal: "1 to 500 characters" },
            Case { model: "qwen-image-2.0", mode: WORDS, spoil: |r| r.prompt = "x".repeat(5201), field: "prompt",
                rule: "prompt_length",
                says: "5,201 characters, about 1 too many: the service would cut about after \"xxxxxxxxxxxxxxxx\" and lose \"x\"",
                legal: "1 to 1,300 tokens (about 5,200 letters)" },
            Case { model: "wan2.6-t2i", mode: WORDS, spoil: |r| r.images = pictures(1), field: "images",
                rule: "images_not_taken", says: "1 picture given, this mode takes none", legal: "no pictures" },
            Case { model: "wan2.6-image", mode: Mode::Edit, spoil: |r| r.images.clear(), field: "images", rule: "images_few",
                says: "no picture is given", legal: "1 to 4 pictures" },
            Case { model: "qwen-image-2.0", mode: Mode::Edit, spoil: |r| r.images.clear(), field: "images", rule: "images_few",
                says: "no picture is given", legal: "1 to 3 pictures" },
            Case { model: "wan2.7-image", mode: Mode::Edit, spoil: |r| r.images = pictures(10), field: "images",
                rule: "images_many", says: "10 pictures given", legal: "1 to 9 pictures" },
            Case { model: "wan2.6-image", mode: Mode::Interleave, spoil: |r| r.images = pictures(2), field: "images",
                rule: "images_many", says: "2 pictures given", legal: "at most 1 picture" },
            Case { model: "wan2.7-image", mode: WORDS, spoil: |r| r.n = 25, field: "n", rule: "range",
                says: "n is 25", legal: "1 to 24" },
            Case { model: "wan2.7-image", mode: WORDS, spoil: |r| r.n = 0, field: "n", rule: "range",
                says: "n is 0", legal: "1 to 24" },
            Case { model: "wan2.7-image", mode: Mode::Sequential, spoil: |r| r.n = 13, field: "n", rule: "range",
                says: "n is 13", legal: "1 to 12" },
            Case { model: "qwen-image-edit-plus", mode: Mode::Edit, spoil: |r| r.n = 1000, field: "n", rule: "range",
                says: "n is 1,000", legal: "1 to 24" },
            Case { model: "qwen-image-plus", mode: WORDS, spoil: |r| r.n = 25, field: "n", rule: "range",
                says: "n is 25", legal: "1 to 24" },
            Case { model: "z-image-turbo", mode: WORDS, spoil: |r| r.n = 25, field: "n", rule: "range",
                says: "n is 25", legal: "1 to 24" },
            Case { model: "wan2.6-image", mode: Mode::Interleave, spoil: |r| r.n = 2, field: "n", rule: "not_taken",
                says: "wan2.6-image takes no n in story mode", legal: "only 1" },
            Case { model: "wan2.6-t2i", mode: WORDS, spoil: |r| r.seed = Some(SEED_MAX + 1), field: "seed", rule: "range",
                says: "seed is 2,147,483,648", legal: "0 to 2,147,483,647" },
            Case { model: "wan2.6-t2i", mode: WORDS, spoil: |r| r.negative_prompt = "x".repeat(501),
                field: "negative_prompt", rule: "length", says: "negative_prompt has 501 characters",
                legal: "at most 500 characters" },
            Case { model: "z-image-turbo", mode: WORDS, spoil: |r| r.negative_prompt = "blurry".into(),
                field: "negative_prompt", rule: "not_taken", says: "z-image-turbo takes no negative_prompt in text mode",
                legal: "left out" },
        ]);
    }

    #[rustfmt::skip]
    #[test]
    fn every_rule_on_options_is_told_with_its_legal_range() {
        const T2I: &str = "one of size, n, seed, prompt_extend, watermark, negative_prompt";
        const WAN27: &str = "one of size, n, seed, thinking_mode, bbox_list, color_palette, watermark, negative_prompt";
        broken_one_by_one(&[
            Case { model: "wan2.6-image", mode: Mode::Interleave, spoil: |r| set(r, "max_images", json!(6)),
                field: "max_images", rule: "range", says: "max_images is 6", legal: "1 to 5" },
            Case { model: "wan2.6-image", mode: Mode::Interleave, spoil: |r| set(r, "max_images", json!(u64::MAX)),
                field: "max_images", rule: "range", says: "max_images is 18446744073709551615", legal: "1 to 5" },
            Case { model: "wan2.6-image", mode: Mode::Interleave, spoil: |r| set(r, "max_images", json!(2.5)),
                field: "max_images", rule: "type", says: "max_images is 2.5", legal: "1 to 5" },
            Case { model: "wan2.6-image", mode: Mode::Interleave, spoil: |r| set(r, "prompt_extend", json!(true)),
                field: "prompt_extend", rule: "idle", says: "prompt_extend does not apply: a story's prompt is not rewritten",
                legal: "left out" },
            Case { model: "wan2.6-t2i", mode: WORDS, spoil: |r| set(r, "watermark", json!("yes\u{1b}")), field: "watermark",
                rule: "type", says: "watermark is \"yes\\u001b\"", legal: "true or false" },
            Case { model: "wan2.6-t2i", mode: WORDS, spoil: |r| set(r, "watermrk", json!(true)), field: "watermrk",
                rule: "not_taken", says: "wan2.6-t2i has no watermrk in text mode; did you mean watermark?", legal: T2I },
            Case { model: "wan2.6-t2i", mode: WORDS, spoil: |r| set(r, "thinking_mode", json!(true)), field: "thinking_mode",
                rule: "not_taken", says: "wan2.6-t2i has no thinking_mode in text mode", legal: T2I },
            Case { model: "wan2.6-t2i", mode: WORDS, spoil: |r| set(r, "n", json!(3)), field: "n", rule: "not_taken",
                says: "n is a field of its own, not an option", legal: T2I },
            Case { model: "wan2.7-image", mode: WORDS, spoil: |r| set(r, "enable_sequential", json!(true)),
                field: "enable_sequential", rule: "not_taken", says: "enable_sequential is set by the mode: choose series",
                legal: WAN27 },
            Case { model: "wan2.7-image", mode: Mode::Sequential, spoil: |r| set(r, "thinking_mode", json!(true)),
                field: "thinking_mode", rule: "idle", says: "thinking_mode does not apply: a sequence is made without thinking",
                legal: "left out" },
            Case { model: "wan2.7-image", mode: Mode::Sequential, spoil: |r| set(r, "bbox_list", json!([[[0, 0, 9, 9]]])),
                field: "bbox_list", rule: "idle",
                says: "bbox_list does not apply: boxes mark places in a picture, and there is none", legal: "left out" },
            Case { model: "wan2.7-image", mode: Mode::Edit, spoil: |r| set(r, "thinking_mode", json!(true)),
                field: "thinking_mode", rule: "idle",
                says: "thinking_mode does not apply: thinking works from words alone, not with reference pictures",
                legal: "left out" },
        ]);
    }

    #[test]
    fn an_unknown_model_is_one_violation_with_the_nearest_name() {
        let ask = |id: &str| Catalog::builtin().check(&Request { model: id.into(), ..good("wan2.7-image", WORDS) });
        let found = ask("wan2.7-imge-pro");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].field.as_str(), found[0].rule), ("model", "model_unknown"));
        assert_eq!(found[0].message, "there is no model wan2.7-imge-pro; did you mean wan2.7-image-pro?");
        assert!(found[0].legal.starts_with("one of wan2.7-image-pro, wan2.7-image, "));
        assert_eq!(ask("xx\u{1b}").first().unwrap().message, "there is no model xx␛");
    }

    #[test]
    fn a_model_is_told_where_it_is_offered() {
        let catalog = Catalog::builtin();
        let request = good("wan2.7-image", WORDS);
        assert_eq!(catalog.check_in(&request, Region::Beijing), []);
        let found = catalog.check_in(&request, Region::Frankfurt);
        assert_eq!((found.len(), found[0].field.as_str(), found[0].rule), (1, "model", "region"));
        assert_eq!(found[0].message, "wan2.7-image is not offered in Frankfurt");
        assert_eq!(found[0].legal, "Singapore, Beijing");
        let old = catalog.check_in(&good("wanx2.0-t2i-turbo", WORDS), Region::Singapore);
        assert_eq!(old[0].legal, "Beijing");
        for region in Region::ALL {
            assert_eq!(catalog.check_in(&good("wan2.6-t2i", WORDS), region), []);
        }
    }

    #[test]
    fn boxes_mark_places_in_the_pictures_of_an_edit_and_of_a_sequence() {
        for mode in [Mode::Edit, Mode::Sequential] {
            let mut request = good("wan2.7-image", mode);
            request.images = pictures(2);
            set(&mut request, "bbox_list", json!([[], [[989, 515, 1138, 681]]]));
            assert_eq!(Catalog::builtin().check(&request), [], "{mode}");
        }
    }

    #[test]
    fn every_broken_rule_is_told_at_once() {
        let mut request = good("wan2.6-t2i", WORDS);
        (request.prompt, request.n) = (String::new(), 90);
        size(&mut request, "10*4000");
        set(&mut request, "watermark", json!(1));
        let rules: Vec<_> = Catalog::builtin().check(&request).into_iter().map(|v| (v.field, v.rule)).collect();
        let expected = [
            ("prompt", "prompt_empty"),
            ("size", "size_pixels"),
            ("size", "size_ratio"),
            ("n", "range"),
            ("watermark", "type"),
        ];
        assert_eq!(rules, expected.map(|(field, rule)| (field.to_owned(), rule)));
    }

    #[test]
    fn text_options_of_a_users_model_have_a_length() {
        let text = "[parameter.style]\nkind = \"text\"\nmax = 5\n[[model]]\nid = \"wan2.6-t2i\"\n\
                    mode.text-to-image.parameters = [\"size\", \"n\", \"style\"]\n";
        let (catalog, problems) = Catalog::builtin().with_user(text);
        assert_eq!(problems, []);
        let mut request = good("wan2.6-t2i", WORDS);
        request.options = BTreeMap::from([("style".to_owned(), json!("watercolour"))]);
        request.seed = Some(7);
        let found = catalog.check(&request);
        assert_eq!(found[0].message, "wan2.6-t2i takes no seed in text mode");
        assert_eq!((found[1].rule, found[1].legal.as_str()), ("length", "at most 5 characters"));
    }
}
