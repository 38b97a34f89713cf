//! A picture on the shelf as people and scripts read it.

use serde_json::{Value, json};

use crate::domain::{Card, Currency, Money, text};

use super::super::print;

/// A line on a terminal: which, what is thought of it, how it was made, and the prompt as far as there is room.
pub fn line(card: &Card, columns: usize) -> String {
    let star = if card.star { "*" } else { " " };
    let rejected = if card.rejected { "x" } else { " " };
    let size = format!("{}x{}", card.image.width, card.image.height);
    let price = card.price.map_or_else(|| "-".to_owned(), |price| price.to_string());
    let mut words = text::clean(&card.request.prompt).into_owned();
    if !card.tags.is_empty() {
        words = format!("[{}] {words}", text::clean(&card.tags.join(", ")));
    }
    if card.binned.is_some() {
        words = format!("(in the bin) {words}");
    }
    let facts = format!(
        "{:>6} {star}{rejected} {:<18} {size:<9} {price:<7} ",
        card.image.id.to_string(),
        card.request.model.as_str()
    );
    print::cut(&(facts + &words), Some(columns))
}

/// As scripts read it: what every list of pictures has, and what only the shelf knows.
pub fn value(card: &Card) -> Value {
    let image = &card.image;
    let dollars = |money: Money| (money.currency == Currency::Usd).then(|| money.units());
    json!({
        "id": image.id.to_string(),
        "job": image.id.job.to_string(),
        "path": image.path,
        "sha256": image.sha256,
        "seed": image.seed,
        "width": image.width,
        "height": image.height,
        "bytes": image.bytes,
        "format": image.format,
        "cost_usd": card.price.and_then(dollars),
        "cost": card.price.map(|price| json!({"amount": price.units(), "currency": price.currency})),
        "parent": card.parent.map(|parent| parent.to_string()),
        "model": card.request.model,
        "mode": card.request.mode.id(),
        "prompt": card.request.prompt,
        "asked": card.asked,
        "saved": image.saved,
        "took_s": card.took.map(|took| took.as_secs_f64()),
        "project": card.project,
        "name": card.name,
        "batch": card.batch,
        "star": card.star,
        "rejected": card.rejected,
        "tags": card.tags,
        "binned": card.binned,
    })
}
