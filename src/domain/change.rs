//! What was changed between two requests, by the names of what was set: the words of a prompt, and every other setting.

use serde_json::Value;

use super::diff::{Stretch, diff};
use super::{Reference, Request};

/// A part of a request that is another one now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its name: `prompt`, `without`, `model`, `mode`, `size`, `images`, `seed`, `pictures`, or a parameter's own.
    pub name: String,
    /// What became of it.
    pub how: How,
}

/// What became of a part of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// Words in it are others.
    Words(Vec<Stretch>),
    /// It has another value; `None`: it was, or is, not set.
    Value(Option<String>, Option<String>),
}

impl Change {
    /// How many words went or came, whichever are more; 0 for a value.
    pub fn words(&self) -> usize {
        let How::Words(stretches) = &self.how else { return 0 };
        let count = |text: &str| text.split_whitespace().count().max(usize::from(!text.trim().is_empty()));
        let (mut removed, mut added) = (0, 0);
        for stretch in stretches {
            match stretch {
                Stretch::Removed(text) => removed += count(text),
                Stretch::Added(text) => added += count(text),
                Stretch::Same(_) => {}
            }
        }
        removed.max(added)
    }
}

/// What was changed to make `after` of `before`, the words first; what is the same is not told.
pub fn changes(before: &Request, after: &Request) -> Vec<Change> {
    let words = |name: &str, before: &str, after: &str| {
        let how = How::Words(diff(before, after));
        (before != after).then(|| Change { name: name.to_owned(), how })
    };
    let value = |name: &str, before: Option<String>, after: Option<String>| {
        (before != after).then(|| Change { name: name.to_owned(), how: How::Value(before, after) })
    };
    let both = |name: &str, of: &dyn Fn(&Request) -> String| value(name, Some(of(before)), Some(of(after)));
    let mut found: Vec<Option<Change>> = vec![
        words("prompt", &before.prompt, &after.prompt),
        words("without", &before.negative_prompt, &after.negative_prompt),
        both("model", &|request| request.model.to_string()),
        both("mode", &|request| request.mode.to_string()),
        both("size", &|request| request.size.to_string()),
        both("images", &|request| request.n.to_string()),
        value("seed", before.seed.map(|seed| seed.to_string()), after.seed.map(|seed| seed.to_string())),
        (before.images != after.images).then(|| {
            let how = How::Value(pictures(before), pictures(after));
            Change { name: "pictures".to_owned(), how }
        }),
    ];
    let mut names: Vec<&String> = before.options.keys().chain(after.options.keys()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let plain = |request: &Request| request.options.get(name).and_then(told);
        found.push(value(name, plain(before), plain(after)));
    }
    found.into_iter().flatten().collect()
}

/// The names of the input pictures.
fn pictures(request: &Request) -> Option<String> {
    let name = |reference: &Reference| match reference {
        Reference::Url(address) => address.chars().take(60).collect(),
        Reference::File(path) => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
    };
    let names: Vec<String> = request.images.iter().map(name).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// A setting's value in words; `None` where it says nothing.
pub fn told(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(on) => Some(if *on { "on" } else { "off" }.to_owned()),
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Mode, Size};

    fn request(prompt: &str) -> Request {
        let size = Size::Pixels { width: 1280, height: 1280 };
        let seed = Some(7);
        Request { prompt: prompt.into(), size, seed, ..Request::new("wan2.7-image".into(), Mode::TextToImage) }
    }

    #[test]
    fn two_words_edited_are_all_that_is_told() {
        let found = changes(&request("a red fox in deep snow"), &request("a silver fox in wet snow"));
        let [change] = &found[..] else { panic!("{found:?}") };
        assert_eq!((change.name.as_str(), change.words()), ("prompt", 2));
        let How::Words(stretches) = &change.how else { panic!("{change:?}") };
        let moved: Vec<_> = stretches.iter().filter(|stretch| !matches!(stretch, Stretch::Same(_))).collect();
        let (gone, new) = (|text: &str| Stretch::Removed(text.into()), |text: &str| Stretch::Added(text.into()));
        assert_eq!(moved, [&gone("red"), &new("silver"), &gone("deep"), &new("wet")]);
    }

    #[test]
    fn every_setting_that_differs_is_told_by_its_name_and_no_other() {
        let before = request("雪中红狐");
        let mut after = request("雪中白狐");
        after.model = "wan2.7-image-pro".into();
        after.seed = None;
        after.images = vec![Reference::File("/a/b/cat.png".into())];
        after.options.insert("thinking_mode".into(), Value::Bool(true));
        after.options.insert("same".into(), Value::Null);
        let told: Vec<(String, Option<String>, Option<String>)> = changes(&before, &after)
            .into_iter()
            .filter_map(|change| match change.how {
                How::Value(before, after) => Some((change.name, before, after)),
                How::Words(_) => None,
            })
            .collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            told,
            [
                ("model".to_owned(), some("wan2.7-image"), some("wan2.7-image-pro")),
                ("seed".to_owned(), some("7"), None),
                ("pictures".to_owned(), None, some("cat.png")),
                ("thinking_mode".to_owned(), None, some("on")),
            ]
        );
        assert_eq!(changes(&before, &before), []);
    }
}
