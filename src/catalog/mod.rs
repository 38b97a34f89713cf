//! What each model can do, as data, and the rules that read it. Pure.
//!
//! `models.toml` holds every figure with its source; a user file adds or overrides models without recompiling. Forms,
//! validation, help, cost and `pinxit models` all come from here. How a request looks on the wire does not: that is the
//! API client's business.

mod advice;
mod assemble;
mod boxes;
mod check;
mod command;
mod entry;
mod fallback;
mod form;
mod input_rule;
#[cfg(test)]
mod laws;
mod load;
mod model;
mod nearest;
mod palette;
mod parameter;
mod parts;
mod plan;
mod price;
mod prompt_rule;
mod rate;
mod route;
mod size_rule;
mod violation;

pub use advice::Advice;
pub use boxes::{Corners, boxes_inside, parse_boxes, print_boxes, read_boxes, scale_boxes, write_boxes};
pub use fallback::Fallback;
pub use form::Row;
pub use input_rule::{Alpha, InputRule};
pub use load::{Catalog, Problem};
pub use model::{ModeSpec, Model};
pub use palette::{balance, parse_colour, parse_palette, print_palette, read_palette, write_palette};
pub use parameter::{Kind, Parameter, When};
pub use parts::PICTURES_MAX;
pub use price::Price;
pub use prompt_rule::{PromptRule, Unit};
pub use rate::Rate;
pub use route::{Call, Order, Prefer, Route, Shape};
pub use size_rule::{Named, SizeRule};
pub use violation::{Note, Violation};
