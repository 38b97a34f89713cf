//! Which model for what, in words and for scripts. The rule is the catalogue's.

use serde_json::{Value, json};

use crate::catalog::{Advice, Catalog};
use crate::domain::{Cost, Mode, ModelId, Region, Request, text};

/// Suggestions shown where several speak for themselves.
const MOST: usize = 3;

/// What to take for a wish: the uses that something in it speaks for, or else the likeliest one.
pub fn find(catalog: &Catalog, wish: &str, region: Region) -> Vec<Advice> {
    let first = catalog.models().first().map(|model| model.id.clone()).unwrap_or_else(|| ModelId::from(""));
    let request = Request { prompt: wish.to_owned(), ..Request::new(first, Mode::TextToImage) };
    let mut all = catalog.advise(&request, Some(region));
    // A wish may speak of pictures that are not there yet.
    all.sort_by_key(|advice| std::cmp::Reverse(advice.signs.len()));
    let spoken = all.iter().filter(|advice| !advice.signs.is_empty()).count();
    all.truncate(spoken.clamp(1, MOST));
    all
}

/// For people.
pub fn lines(catalog: &Catalog, found: &[Advice], region: Region) -> Vec<String> {
    let mut out = Vec::new();
    for advice in found {
        out.push(format!("{} ({})", advice.title, advice.mode));
        out.extend(
            advice.models.iter().map(|id| format!("  {:<20} {}", id.as_str(), price(catalog, id, advice, region))),
        );
        out.push(format!("  {}", advice.reason));
        if !advice.signs.is_empty() {
            out.push(format!("  Because {}.", advice.signs.join(", and ")));
        }
    }
    out.iter().map(|line| text::clean(line).into_owned()).collect()
}

fn cost(catalog: &Catalog, id: &ModelId, mode: Mode, region: Region) -> Option<Cost> {
    let model = catalog.get(id.as_str())?;
    Some(model.cost(&model.blank(mode), region).for_images(1))
}

fn price(catalog: &Catalog, id: &ModelId, advice: &Advice, region: Region) -> String {
    let total = cost(catalog, id, advice.mode, region).and_then(|cost| cost.total());
    total.map_or_else(|| "price unknown".to_owned(), |total| format!("{total} a picture"))
}

/// For scripts.
pub fn json(catalog: &Catalog, found: &[Advice], region: Region) -> Value {
    let model = |id: &ModelId, mode| {
        let price = cost(catalog, id, mode, region).and_then(|cost| cost.total());
        json!({"id": id, "price": price.map(|unit| json!({"amount": unit.units(), "currency": unit.currency}))})
    };
    let advice = |advice: &Advice| {
        let models: Vec<_> = advice.models.iter().map(|id| model(id, advice.mode)).collect();
        json!({"use": advice.title, "mode": advice.mode, "models": models, "reason": advice.reason, "because": advice.signs})
    };
    let advice: Vec<_> = found.iter().map(advice).collect();
    json!({"schema": "pinxit.advice/1", "region": region.id(), "advice": advice})
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_answered_with_models_prices_and_reasons() {
        let catalog = Catalog::builtin();
        let said = |wish: &str| lines(&catalog, &find(&catalog, wish, Region::Singapore), Region::Singapore).join("\n");
        let poster = said("a poster with a title");
        assert!(
            poster.starts_with("Posters, text in the picture (text-to-image)\n  qwen-image-2.0-pro   $0.075"),
            "{poster}"
        );
        assert!(poster.contains("Because the prompt asks for words in the picture."), "{poster}");
        let plain = said("a red fox");
        assert_eq!(plain.lines().filter(|line| line.contains("(text-to-image)")).count(), 1, "{plain}");
        let found = find(&catalog, "a tutorial", Region::Singapore);
        assert_eq!(json(&catalog, &found, Region::Singapore)["advice"][0]["models"][0]["id"], "wan2.6-image");
    }
}
