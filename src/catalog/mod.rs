//! What each model can do, as data, and the rules that read it. Pure.
//!
//! `models.toml` holds every figure with its source; a user file adds or overrides models without recompiling. Forms,
//! validation, help, cost and `pinxit models` all come from here.

mod model;

pub use model::*;
