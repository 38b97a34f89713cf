//! What a form shows of a request: a row for each parameter, the value that would mend it, the request carried to
//! another model. Drawing it is done elsewhere.

use serde_json::Value;

use crate::domain::{Mode, Request, Size};

use super::{Model, Note, Parameter, Violation};

/// A parameter as a form shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Row<'a> {
    /// Which.
    pub parameter: &'a Parameter,
    /// The request's value, else the default; `Null` when unset without a default, or idle.
    pub value: Value,
    /// Why it does not apply now.
    pub idle: Option<String>,
    /// What is wrong with it: the first rule it breaks.
    pub violation: Option<Violation>,
    /// A remark about the value.
    pub note: Option<String>,
}

impl Model {
    /// The rows of a form for this request, in order. Empty in a mode the model lacks.
    pub fn form(&self, request: &Request) -> Vec<Row<'_>> {
        let (violations, notes) = (self.check(request), self.notes(request));
        let row = |parameter| self.row(parameter, request, &violations, &notes);
        self.mode(request.mode).map_or(vec![], |spec| spec.parameters.iter().map(row).collect())
    }

    fn row<'a>(&self, parameter: &'a Parameter, request: &Request, broken: &[Violation], notes: &[Note]) -> Row<'a> {
        let name = &parameter.name;
        let idle = parameter.idle_reason(request).map(str::to_owned);
        let default = || if idle.is_some() { Value::Null } else { parameter.default.clone() };
        Row {
            value: request.get(name).unwrap_or_else(default),
            violation: broken.iter().find(|violation| violation.field == *name).cloned(),
            note: notes.iter().find(|note| note.field == *name).map(|note| note.message.clone()),
            parameter,
            idle,
        }
    }

    /// Remarks that stop nothing: a prompt that may be cut, pictures that take several requests, a parameter the service
    /// may ignore, a number that is a ceiling.
    pub fn notes(&self, request: &Request) -> Vec<Note> {
        let doubt = self.prompt.doubt(&request.prompt).map(|message| Note { field: "prompt".into(), message });
        let note = |parameter: &Parameter| {
            let is_used = !matches!(self.value(request, &parameter.name), Value::Null | Value::Bool(false));
            let message = parameter.note.clone().filter(|_| is_used)?;
            Some(Note { field: parameter.name.clone(), message })
        };
        let parameters = self.mode(request.mode).map_or(&[][..], |spec| &spec.parameters);
        doubt.into_iter().chain(self.split_note(request)).chain(parameters.iter().filter_map(note)).collect()
    }

    /// The value that would mend `field`, for [`Request::set`]: the nearest legal one, or `Null` to clear it. `None` when
    /// nothing is wrong with it or there is nothing to offer (model, mode, prompt and pictures are the user's to mend).
    pub fn snap(&self, request: &Request, field: &str) -> Option<Value> {
        let spec = self.mode(request.mode)?;
        if !self.check(request).iter().any(|violation| violation.field == field) {
            return None;
        }
        match (field, spec.parameter(field)) {
            ("prompt" | "images" | "model" | "mode", _) => None,
            ("size", _) => Some(Value::from(spec.size.nearest(request.size).to_string())),
            ("n", None) => Some(Value::from(1)),
            (_, None) => Some(Value::Null),
            (_, Some(parameter)) if parameter.idle_reason(request).is_some() => Some(Value::Null),
            (_, Some(parameter)) => {
                let value = request.get(field).unwrap_or(Value::Null);
                Some(parameter.nearest(request, &value).unwrap_or_else(|| parameter.default.clone()))
            }
        }
    }

    /// The request as this model would take it in `mode`: words, pictures and every value that still applies are kept,
    /// brought to the nearest legal one; the others get their defaults. Surplus pictures are kept, for the user to decide.
    pub fn carry(&self, request: &Request, mode: Mode) -> Request {
        let mut next = self.blank(mode);
        next.prompt.clone_from(&request.prompt);
        next.images.clone_from(&request.images);
        let Some(spec) = self.mode(mode) else { return next };
        // A size that follows the pictures needs one to follow.
        let can_follow = spec.size.auto && (spec.images.min > 0 || !request.images.is_empty());
        if request.size != Size::Auto || can_follow {
            next.size = if spec.size.is_legal(request.size) { request.size } else { spec.size.nearest(request.size) };
        }
        for parameter in spec.parameters.iter().filter(|parameter| parameter.name != "size") {
            let Some(value) = request.get(&parameter.name) else { continue };
            let kept = match parameter.breach(&next, &value) {
                None => Some(value),
                Some(_) => parameter.nearest(&next, &value),
            };
            if let Some(value) = kept.filter(|_| parameter.idle_reason(&next).is_none()) {
                next.set(&parameter.name, value);
            }
        }
        let idle = spec.parameters.iter().filter(|parameter| parameter.idle_reason(&next).is_some());
        for name in idle.map(|parameter| parameter.name.clone()).collect::<Vec<_>>() {
            next.set(&name, Value::Null);
        }
        next
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::super::Catalog;
    use super::*;
    use crate::domain::Reference;

    fn model(id: &str) -> Model {
        Catalog::builtin().get(id).unwrap().clone()
    }

    fn request(id: &str, mode: Mode) -> Request {
        Request { prompt: "a red fox".into(), ..model(id).blank(mode) }
    }

    #[test]
    fn rows_stand_in_order_with_value_reason_and_violation() {
        let model = model("wan2.7-image");
        let mut request = request("wan2.7-image", Mode::Sequential);
        request.n = 13;
        let shown: Vec<_> =
            model.form(&request).into_iter().map(|row| (row.parameter.label.clone(), row.value)).collect();
        let expected = [
            ("Size", json!("2K")),
            ("Images", json!(13)),
            ("Seed", json!(null)),
            ("Thinking", json!(null)),
            ("Boxes", json!(null)),
            ("Palette", json!(null)),
            ("Watermark", json!(false)),
            ("Negative", json!(null)),
        ];
        assert_eq!(shown, expected.map(|(label, value)| (label.to_owned(), value)));
        let rows = model.form(&request);
        assert_eq!(rows[1].violation.as_ref().unwrap().legal, "1 to 12");
        assert!(rows[1].note.as_ref().unwrap().starts_with("A ceiling"));
        assert_eq!(rows[3].idle.as_deref(), Some("a sequence is made without thinking"));
        assert_eq!(rows[0].violation, None);
        assert_eq!(model.form(&Request { mode: Mode::Interleave, ..request }), []);
    }

    #[test]
    fn every_parameter_can_be_explained() {
        for model in Catalog::builtin().models() {
            for parameter in model.modes.iter().flat_map(|spec| &spec.parameters) {
                let Parameter { name, label, help, source, .. } = parameter;
                assert!(!label.is_empty() && label.len() <= 9 && help.ends_with('.') && !source.is_empty(), "{name}");
            }
        }
    }

    #[test]
    fn remarks_stop_nothing() {
        let wan = model("wan2.7-image");
        let mut request = request("wan2.7-image", Mode::TextToImage);
        assert_eq!(wan.notes(&request), []);
        request.negative_prompt = "blurry".into();
        assert_eq!(wan.notes(&request)[0].field, "negative_prompt");
        assert_eq!(wan.check(&request), []);
        let turbo = model("z-image-turbo");
        let mut request = turbo.blank(Mode::TextToImage);
        assert_eq!(turbo.notes(&request), []);
        request.options.insert("prompt_extend".into(), json!(true));
        assert_eq!(turbo.notes(&request)[0].message, "Doubles the price on this model.");
        let plus = Request { n: 3, ..request.clone() };
        let model_of_one = model("qwen-image-plus");
        let row = model_of_one.form(&plus).swap_remove(1);
        assert_eq!(row.note.as_deref(), Some("Sent as 3 requests of one picture each."));
        let qwen = model("qwen-image-edit");
        let long = Request { prompt: "雪".repeat(801), ..qwen.blank(Mode::Edit) };
        assert_eq!(qwen.notes(&long)[0].field, "prompt");
    }

    #[test]
    fn a_wrong_value_snaps_to_the_nearest_legal_one() {
        type Spoil = fn(&mut Request);
        let cases: [(&str, Mode, Spoil, &str, Option<Value>); 12] = [
            ("wan2.6-t2i", Mode::TextToImage, |r| r.size = Size::Auto, "size", Some(json!("1280*1280"))),
            ("wan2.6-t2i", Mode::TextToImage, |r| r.n = 90, "n", Some(json!(24))),
            ("wan2.6-t2i", Mode::TextToImage, |r| r.n = 0, "n", Some(json!(1))),
            ("wan2.6-t2i", Mode::TextToImage, |r| r.seed = Some(u32::MAX), "seed", Some(json!(2_147_483_647))),
            ("wan2.6-image", Mode::Interleave, |r| r.n = 4, "n", Some(json!(1))),
            (
                "z-image-turbo",
                Mode::TextToImage,
                |r| r.negative_prompt = "x".into(),
                "negative_prompt",
                Some(json!(null)),
            ),
            (
                "wan2.7-image",
                Mode::Sequential,
                |r| put(r, "thinking_mode", json!(true)),
                "thinking_mode",
                Some(json!(null)),
            ),
            ("wan2.7-image", Mode::TextToImage, |r| put(r, "watermark", json!("no")), "watermark", Some(json!(false))),
            ("wan2.7-image", Mode::TextToImage, |r| put(r, "bogus", json!(1)), "bogus", Some(json!(null))),
            ("wan2.6-image", Mode::Interleave, |r| put(r, "max_images", json!(7.9)), "max_images", Some(json!(5))),
            ("wan2.6-t2i", Mode::TextToImage, |r| r.prompt.clear(), "prompt", None),
            ("wan2.6-t2i", Mode::TextToImage, |_| (), "size", None),
        ];
        for (id, mode, spoil, field, mended) in cases {
            let mut request = request(id, mode);
            spoil(&mut request);
            let snapped = model(id).snap(&request, field);
            assert_eq!(snapped, mended, "{id} {field}");
            if let Some(value) = snapped {
                assert!(request.set(field, value), "{field}");
                assert_eq!(model(id).check(&request), [], "{id} {field} is mended");
            }
        }
    }

    fn put(request: &mut Request, name: &str, value: Value) {
        request.options.insert(name.into(), value);
    }

    #[test]
    fn a_long_negative_prompt_snaps_to_its_limit() {
        let mut request = request("wan2.6-t2i", Mode::TextToImage);
        request.negative_prompt = "雪".repeat(600);
        let snapped = model("wan2.6-t2i").snap(&request, "negative_prompt").unwrap();
        assert_eq!(snapped.as_str().unwrap().chars().count(), 500);
    }

    #[test]
    fn a_request_carried_to_another_model_stays_legal() {
        let mut from = request("wan2.7-image-pro", Mode::Sequential);
        from.seed = Some(7);
        from.n = 12;
        from.negative_prompt = "blurry".into();
        from.images = vec![Reference::Url("https://host/a.png".into())];
        put(&mut from, "watermark", json!(true));
        for model in Catalog::builtin().models() {
            for spec in &model.modes {
                let next = model.carry(&from, spec.mode);
                let wrong: Vec<_> = model.check(&next).into_iter().filter(|v| v.field != "images").collect();
                assert_eq!(wrong, [], "{} {}", model.id, spec.mode);
                assert_eq!((next.prompt.as_str(), next.seed, next.images.len()), ("a red fox", Some(7), 1));
            }
        }
        let next = model("qwen-image-2.0").carry(&from, Mode::Edit);
        assert_eq!((next.n, next.negative_prompt.as_str(), next.is_on("watermark")), (12, "blurry", true));
        let back = model("wan2.7-image").carry(&request("wan2.6-t2i", Mode::TextToImage), Mode::TextToImage);
        assert_eq!(back.size.to_string(), "1280*1280", "a size that is legal here is kept");
        assert_eq!(back.options["thinking_mode"], true, "what the other model lacks gets its default");
    }
}
