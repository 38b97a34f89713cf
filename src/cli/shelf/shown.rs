//! A picture on the shelf as people and scripts read it.

use serde_json::{Value, json};

use crate::domain::{Card, text};

use super::super::{envelope, print};

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
    let mut value = envelope::facts(&card.image, card.price, card.parent);
    let shelf = json!({
        "job": card.image.id.job.to_string(),
        "cost": card.price.map(|price| json!({"amount": price.units(), "currency": price.currency})),
        "model": card.request.model,
        "mode": card.request.mode.id(),
        "prompt": card.request.prompt,
        "asked": card.asked,
        "saved": card.image.saved,
        "took_s": card.took.map(|took| took.as_secs_f64()),
        "project": card.project,
        "name": card.name,
        "batch": card.batch,
        "star": card.star,
        "rejected": card.rejected,
        "tags": card.tags,
        "binned": card.binned,
    });
    if let (Value::Object(value), Value::Object(shelf)) = (&mut value, shelf) {
        value.extend(shelf);
    }
    value
}
