//! Which model for what: the specification's use-case table (`advice.toml`), and the rule that reads from a request which
//! row is meant. No service is asked, and the rule only ever suggests.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::domain::{Mode, ModelId, Region, Request, Size};

use super::Catalog;

/// Pictures from which on they are many.
const MANY: u32 = 8;

/// A use, and who is good at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// What it is for.
    pub title: String,
    /// Models to take, the best first; never empty.
    pub models: Vec<ModelId>,
    /// In this mode.
    pub mode: Mode,
    /// Why these.
    pub reason: String,
    /// What in the request speaks for this use; empty where nothing does.
    pub signs: Vec<String>,
    /// It goes with the number of input pictures there is.
    pub fits: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    sign: BTreeMap<String, Sign>,
    #[serde(rename = "use")]
    uses: Vec<Use>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sign {
    says: String,
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    quotes: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Use {
    title: String,
    models: Vec<ModelId>,
    mode: Mode,
    pictures: [usize; 2],
    signs: Vec<String>,
    reason: String,
}

/// The table, as it is part of the program; `None` could only be a fault of ours, which a test would find.
static TABLE: LazyLock<Option<Table>> = LazyLock::new(|| toml::from_str(include_str!("advice.toml")).ok());

impl Catalog {
    /// Every use, the likeliest first: those that go with the pictures there are, and of them those with the most signs.
    /// Models the catalogue lacks or `region` does not have are left out; `None` stands for no region.
    pub fn advise(&self, request: &Request, region: Option<Region>) -> Vec<Advice> {
        let Some(table) = &*TABLE else { return Vec::new() };
        let shown: Vec<&str> =
            table.sign.iter().filter(|(id, sign)| self.shows(id, sign, request)).map(|(id, _)| id.as_str()).collect();
        let has = |id: &&ModelId| {
            self.get(id.as_str()).is_some_and(|model| region.is_none_or(|region| model.regions.contains(&region)))
        };
        let advice = |case: &Use| {
            let models: Vec<ModelId> = case.models.iter().filter(has).cloned().collect();
            let signs = case.signs.iter().filter(|id| shown.contains(&id.as_str()));
            let [least, most] = case.pictures;
            (!models.is_empty()).then(|| Advice {
                title: case.title.clone(),
                models,
                mode: case.mode,
                reason: case.reason.clone(),
                signs: signs.filter_map(|id| Some(table.sign.get(id)?.says.clone())).collect(),
                fits: (least..=most).contains(&request.images.len()),
            })
        };
        let mut all: Vec<Advice> = table.uses.iter().filter_map(advice).collect();
        all.sort_by_key(|advice| (!advice.fits, std::cmp::Reverse(advice.signs.len())));
        all
    }

    fn shows(&self, id: &str, sign: &Sign, request: &Request) -> bool {
        match id {
            "boxes" => request.options.get("bbox_list").is_some_and(|boxes| !boxes.is_null()),
            "several" => request.images.len() > 1,
            "many" => request.n >= MANY,
            "odd_size" => self.is_odd(request),
            _ => sign.is_in(&request.prompt),
        }
    }

    /// Whether the size is in pixels, and none of those the request's own model offers.
    fn is_odd(&self, request: &Request) -> bool {
        let offered = self.get(request.model.as_str()).map(|model| model.sizes(request.mode)).unwrap_or_default();
        matches!(request.size, Size::Pixels { .. }) && !offered.contains(&request.size)
    }
}

impl Sign {
    fn is_in(&self, prompt: &str) -> bool {
        let prompt = prompt.to_lowercase();
        self.words.iter().any(|word| has_word(&prompt, word)) || (self.quotes && quotes(&prompt))
    }
}

/// Whether `word` stands in `text`, as a whole word where it is written in Latin letters.
fn has_word(text: &str, word: &str) -> bool {
    if !word.is_ascii() {
        return text.contains(word);
    }
    let is_letter = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
    text.match_indices(word).any(|(at, _)| {
        let after = &text[at + word.len()..];
        !is_letter(text[..at].chars().next_back())
            && !is_letter(after.strip_prefix('s').unwrap_or(after).chars().next())
    })
}

/// Whether something stands in quotation marks. A single straight one is an apostrophe.
fn quotes(text: &str) -> bool {
    let pairs = [('"', '"'), ('“', '”'), ('「', '」'), ('『', '』'), ('«', '»'), ('《', '》')];
    pairs.iter().any(|(open, close)| {
        let inside = text.split_once(*open).and_then(|(_, rest)| rest.split_once(*close));
        inside.is_some_and(|(words, _)| !words.trim().is_empty())
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::Reference;

    fn first(prompt: &str, pictures: usize) -> Advice {
        let catalog = Catalog::builtin();
        let mut request = catalog.get("wan2.7-image-pro").unwrap().blank(Mode::TextToImage);
        request.prompt = prompt.into();
        request.images = vec![Reference::Url("https://host/a.png".into()); pictures];
        catalog.advise(&request, Some(Region::Singapore)).swap_remove(0)
    }

    #[test]
    fn the_table_reads_and_names_only_what_there_is() {
        let table: Table = toml::from_str(include_str!("advice.toml")).unwrap();
        assert_eq!(table.uses.len(), 14, "a row for each of the specification");
        for case in &table.uses {
            for id in &case.models {
                let catalog = Catalog::builtin();
                let model = catalog.get(id.as_str()).unwrap_or_else(|| panic!("{id}"));
                let spec = model.mode(case.mode).unwrap_or_else(|| panic!("{id} has no {}", case.mode));
                assert!(spec.images.min <= case.pictures[0].max(1) && spec.images.max >= case.pictures[0], "{id}");
            }
            assert!(case.signs.iter().all(|sign| table.sign.contains_key(sign)), "{}", case.title);
            assert!(case.reason.ends_with('.'), "{}", case.title);
        }
    }

    #[test]
    fn the_rule_knows_each_use_by_what_the_request_says() {
        for (prompt, pictures, model, mode) in [
            ("", 0, "wan2.7-image-pro", Mode::TextToImage),
            ("a portrait of an old man, 85mm photo", 0, "wan2.7-image-pro", Mode::TextToImage),
            ("a poster for a jazz night", 0, "qwen-image-2.0-pro", Mode::TextToImage),
            ("a shop window with “open” on it", 0, "qwen-image-2.0-pro", Mode::TextToImage),
            ("一张写着春节快乐的海报", 0, "qwen-image-2.0-pro", Mode::TextToImage),
            ("a quick draft of a kitchen", 0, "wan2.2-t2i-flash", Mode::TextToImage),
            ("a stray cat through four seasons", 0, "wan2.7-image-pro", Mode::Sequential),
            ("a tutorial for latte art", 0, "wan2.6-image", Mode::Interleave),
            ("make it a watercolour", 1, "wan2.7-image-pro", Mode::Edit),
            ("change the headline", 1, "qwen-image-edit-max", Mode::Edit),
            ("remove the bin on the left", 1, "qwen-image-edit-max", Mode::Edit),
            ("put the clock from image 1 into image 2", 2, "wan2.7-image-pro", Mode::Edit),
            ("both products on a poster with a slogan", 2, "qwen-image-2.0-pro", Mode::Edit),
        ] {
            let advice = first(prompt, pictures);
            assert_eq!((advice.models[0].as_str(), advice.mode), (model, mode), "{prompt:?}: {advice:?}");
            assert!(advice.fits);
        }
    }

    #[test]
    fn words_are_whole_ones_and_an_apostrophe_is_no_quotation() {
        assert!(has_word("two posters", "poster") && !has_word("imposter", "poster") && !has_word("signal", "sign"));
        assert!(!quotes("it's a dog's life") && quotes("a cup with \"tea\"") && !quotes("\"\""));
    }

    #[test]
    fn boxes_and_numbers_speak_too_and_a_region_has_only_its_own() {
        let catalog = Catalog::builtin();
        let mut request = catalog.get("wan2.7-image").unwrap().blank(Mode::Edit);
        request.images = vec![Reference::Url("https://host/a.png".into())];
        request.options.insert("bbox_list".into(), json!([[[1, 2, 3, 4]]]));
        let advice = catalog.advise(&request, None).swap_remove(0);
        assert_eq!((advice.title.as_str(), advice.signs.len()), ("Editing at a marked place", 1));
        let mut request = catalog.get("wan2.6-t2i").unwrap().blank(Mode::TextToImage);
        request.n = 12;
        assert_eq!(catalog.advise(&request, None)[0].models[0].as_str(), "wan2.2-t2i-flash");
        request.n = 1;
        request.size = Size::Pixels { width: 1999, height: 700 };
        assert_eq!(catalog.advise(&request, None)[0].models[0].as_str(), "qwen-image-2.0");
        let there = catalog.advise(&request, Some(Region::Frankfurt));
        let has = |id: &ModelId| catalog.get(id.as_str()).unwrap().regions.contains(&Region::Frankfurt);
        assert!(!there.is_empty() && there.iter().flat_map(|advice| &advice.models).all(has));
    }
}
