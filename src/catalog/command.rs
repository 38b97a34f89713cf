//! A request as the command that asks for it: `pinxit gen` with what is not the model's own default.

use serde_json::Value;

use crate::domain::{Mode, Origin, Request, Size, text::shell};

use super::{Kind, Model, Parameter, print_boxes, print_palette};

impl Model {
    /// The command for a POSIX shell that makes a request like this one, seed and all. A request without a seed is left
    /// without: one is drawn then.
    pub fn command(&self, request: &Request, parent: Option<Origin>) -> String {
        let mut words = vec!["pinxit".to_owned(), "gen".into(), "-m".into(), shell(self.id.as_str())];
        match request.mode {
            Mode::Sequential => words.push("--sequential".into()),
            Mode::Interleave => words.push("--interleave".into()),
            Mode::TextToImage | Mode::Edit => {}
        }
        for picture in &request.images {
            words.extend(["--ref".to_owned(), shell(&picture.to_string())]);
        }
        let blank = self.blank(request.mode);
        for parameter in self.mode(request.mode).map_or(&[][..], |spec| &spec.parameters) {
            let is_default = request.get(&parameter.name) == blank.get(&parameter.name);
            // Size and seed are what one wants to see and change.
            if !is_default || ["size", "seed"].contains(&parameter.name.as_str()) {
                words.extend(flag(parameter, request));
            }
        }
        if let Some(parent) = parent {
            words.extend(["--parent".to_owned(), parent.to_string()]);
        }
        if request.prompt.starts_with('-') {
            words.push("--".into());
        }
        words.push(shell(&request.prompt));
        words.join(" ")
    }
}

/// The words that set a parameter: its own flag where it has one.
fn flag(parameter: &Parameter, request: &Request) -> Vec<String> {
    let name = parameter.name.as_str();
    let set = |value: &str| vec!["--set".to_owned(), shell(&format!("{name}={value}"))];
    let with = |flag: &str, value: &str| vec![flag.to_owned(), shell(value)];
    let Some(value) = request.get(name) else {
        // What does not apply is not sent anyway, and a seed is drawn.
        let is_left_out = name != "seed" && parameter.idle_reason(request).is_none();
        return if is_left_out { set("null") } else { Vec::new() };
    };
    let spelled = match (&parameter.kind, &value) {
        (Kind::Boxes { .. }, _) => print_boxes(&value).map(|boxes| boxes.replace("; ", ";")),
        (Kind::Palette { .. }, _) => print_palette(&value),
        (Kind::Bool, Value::Bool(on)) => Some(if *on { "on" } else { "off" }.to_owned()),
        (_, Value::String(text)) => Some(text.clone()),
        _ => None,
    };
    let spelled = spelled.unwrap_or_else(|| value.to_string());
    match name {
        // An x needs no quotes, and a star does.
        "size" if matches!(request.size, Size::Pixels { .. }) => with("-s", &spelled.replace('*', "x")),
        "size" => with("-s", &spelled),
        "n" => with("-n", &spelled),
        "seed" => with("--seed", &spelled),
        "negative_prompt" => with("--negative", &spelled),
        "max_images" => with("--max-images", &spelled),
        "thinking_mode" => with("--thinking", &spelled),
        "prompt_extend" => with("--extend", &spelled),
        "watermark" if request.is_on(name) => vec!["--watermark".into()],
        "color_palette" => with("--palette", &spelled),
        _ => set(&spelled),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::domain::Reference;

    fn command(id: &str, mode: Mode, change: impl FnOnce(&mut Request)) -> String {
        let catalog = Catalog::builtin();
        let model = catalog.get(id).unwrap();
        let mut request = Request { prompt: "a fox's den, 雪".into(), seed: Some(7), ..model.blank(mode) };
        change(&mut request);
        model.command(&request, None)
    }

    #[test]
    fn it_says_what_is_not_the_models_own() {
        let plain = command("wan2.7-image-pro", Mode::TextToImage, |_| {});
        assert_eq!(plain, r"pinxit gen -m wan2.7-image-pro -s 2K --seed 7 'a fox'\''s den, 雪'");
        let changed = command("wan2.7-image-pro", Mode::TextToImage, |request| {
            request.n = 2;
            request.seed = None;
            request.size = "2048*1152".parse().unwrap();
            request.options.insert("thinking_mode".into(), false.into());
            request.options.remove("watermark");
            request.prompt = "-fox".into();
        });
        assert_eq!(
            changed,
            "pinxit gen -m wan2.7-image-pro -s 2048x1152 -n 2 --thinking off --set watermark=null -- -fox"
        );
    }

    #[test]
    fn pictures_boxes_and_colours_are_written_as_they_are_typed() {
        let edit = command("wan2.7-image", Mode::Edit, |request| {
            request.images = vec![Reference::File("/p/a b.png".into()), Reference::Url("https://h/c.png".into())];
            request.options.insert("bbox_list".into(), serde_json::json!([[], [[9, 5, 11, 8]]]));
        });
        assert!(edit.contains("--ref '/p/a b.png' --ref https://h/c.png"), "{edit}");
        assert!(edit.contains("--set bbox_list=2:9,5,11,8"), "{edit}");
        let story = command("wan2.6-image", Mode::Interleave, |request| {
            request.options.insert("max_images".into(), 3.into());
        });
        assert!(story.starts_with("pinxit gen -m wan2.6-image --interleave "), "{story}");
        assert!(story.contains("--max-images 3"), "{story}");
    }
}
