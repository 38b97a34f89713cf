//! `--request`: a whole request as JSON, with the field names of the specification's script (contract 9.2).

use std::io::Read;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::config::nearest;
use crate::domain::{Fault, FaultKind, Mode, text};

use super::wish::Wish;

/// Longest text read: a picture as a data URI fits several times (contract 7.1).
const BYTES_MAX: u64 = 64 << 20;

/// The script's field names.
const FIELDS: [&str; 18] = [
    "prompt",
    "model",
    "reference_images",
    "reference_image",
    "size",
    "n",
    "seed",
    "negative_prompt",
    "prompt_extend",
    "watermark",
    "enable_interleave",
    "max_images",
    "enable_sequential",
    "thinking_mode",
    "bbox_list",
    "color_palette",
    "timeout_s",
    "poll_interval_s",
];

/// Reads `{...}`, `@FILE` or `-`. Beside the wish, what is worth knowing about it.
pub fn read(source: &str) -> Result<(Wish, Vec<String>), Fault> {
    let text = match source.strip_prefix('@') {
        _ if source == "-" => gulp(std::io::stdin().lock(), "stdin")?,
        Some(path) => gulp(std::fs::File::open(path).map_err(|e| unreadable(path, &e))?, path)?,
        None => source.to_owned(),
    };
    let text = text.trim_start_matches('\u{feff}');
    let fields: Map<String, Value> = serde_json::from_str(text).map_err(|e| {
        wrong(format!("--request is not a JSON object: {e}.")).hint("Write {\"prompt\": \"...\"}, @FILE or -.")
    })?;
    wish(fields)
}

fn wrong(message: String) -> Fault {
    Fault::new(FaultKind::Invalid, "request", message)
}

fn unreadable(path: &str, error: &std::io::Error) -> Fault {
    wrong(format!("{} cannot be read: {error}.", text::clean(path)))
}

fn gulp(source: impl Read, name: &str) -> Result<String, Fault> {
    let mut text = String::new();
    source.take(BYTES_MAX).read_to_string(&mut text).map_err(|e| unreadable(name, &e))?;
    Ok(text)
}

fn wish(fields: Map<String, Value>) -> Result<(Wish, Vec<String>), Fault> {
    let (mut wish, mut remarks, mut single) = (Wish::default(), vec![], None);
    let (mut series, mut story) = (false, false);
    for (name, value) in fields {
        let name = name.as_str();
        match name {
            "prompt" => wish.prompt = take(name, value)?,
            "model" => wish.model = take(name, value)?,
            "reference_images" => wish.pictures = take(name, value)?.unwrap_or_default(),
            "reference_image" => single = take(name, value)?,
            "size" => wish.size = take(name, value)?,
            "n" => wish.n = take(name, value)?,
            "seed" => wish.seed = take(name, value)?,
            "negative_prompt" => wish.negative = take(name, value)?,
            "enable_interleave" => story = take(name, value)?.unwrap_or(false),
            "enable_sequential" => series = take(name, value)?.unwrap_or(false),
            "timeout_s" => wish.timeout = take(name, value)?,
            "poll_interval_s" => remarks.push(format!("{name} is not used: questions follow the model's own pace")),
            other if FIELDS.contains(&other) => {
                wish.options.extend((!value.is_null()).then(|| (other.to_owned(), value)));
            }
            other => return Err(unknown(other)),
        }
    }
    if series && story {
        return Err(wrong("A request is enable_sequential or enable_interleave, not both.".into()));
    }
    if wish.pictures.is_empty() {
        wish.pictures.extend(single);
    }
    wish.mode = series.then_some(Mode::Sequential).or(story.then_some(Mode::Interleave));
    Ok((wish, remarks))
}

/// A field's value; `null` says nothing.
fn take<T: DeserializeOwned>(name: &str, value: Value) -> Result<Option<T>, Fault> {
    serde_json::from_value(value).map_err(|e| wrong(format!("--request: {name}: {}.", text::clean(&e.to_string()))))
}

fn unknown(name: &str) -> Fault {
    let fault = wrong(format!("--request does not know the field {}.", text::clean(name)));
    match nearest(name, FIELDS.into_iter()) {
        Some(near) => fault.hint(format!("Did you mean {near}?")),
        None => fault.hint(format!("Fields: {}.", FIELDS.join(", "))),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_the_script_is_understood() {
        let text = r##"{"prompt": "p", "model": "wan2.7-image", "reference_images": ["a.png", "https://h/b.png"],
            "reference_image": "c.png", "size": "1280x1280", "n": 2, "seed": 7, "negative_prompt": "blur",
            "prompt_extend": false, "watermark": true, "enable_interleave": false, "max_images": 3,
            "enable_sequential": true, "thinking_mode": true, "bbox_list": [[], [[1, 2, 3, 4]]],
            "color_palette": [{"hex": "#C2D1E6", "ratio": "23.51%"}], "timeout_s": 600, "poll_interval_s": 10}"##;
        let fields: Map<String, Value> = serde_json::from_str(text).unwrap();
        assert_eq!(fields.keys().map(String::as_str).collect::<Vec<_>>(), FIELDS, "the text names them all");
        let (wish, remarks) = read(text).unwrap();
        assert_eq!(wish.pictures, ["a.png", "https://h/b.png"]);
        assert_eq!((wish.n, wish.seed, wish.timeout), (Some(2), Some(7), Some(600)));
        assert_eq!((wish.mode, wish.size.unwrap().to_string().as_str()), (Some(Mode::Sequential), "1280*1280"));
        assert_eq!(wish.options.len(), 6);
        assert!(remarks.len() == 1 && remarks[0].starts_with("poll_interval_s is not used"), "{remarks:?}");
    }

    #[test]
    fn the_single_picture_counts_only_without_the_list() {
        let (wish, _) = read(r#"{"prompt": "p", "reference_image": "c.png", "reference_images": []}"#).unwrap();
        assert_eq!(wish.pictures, ["c.png"]);
        assert_eq!(wish.mode(), Mode::Edit);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let said = |text: &str| read(text).unwrap_err();
        assert!(said(r#"{"promt": "p"}"#).hint.contains("prompt"));
        assert!(said(r#"{"prompt": "p", "xyz": 1}"#).hint.contains("bbox_list"));
        assert!(said(r#"{"prompt": "p", "n": "two"}"#).message.contains("n: invalid type"));
        assert!(said(r#"{"enable_sequential": true, "enable_interleave": true}"#).message.contains("not both"));
        assert!(said("[1]").message.contains("JSON object"));
        assert!(said("@/nowhere/at/all.json").message.contains("/nowhere/at/all.json"));
        assert!(said("").kind.exit() == 2);
    }
}
