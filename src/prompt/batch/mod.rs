//! Batch files: what each row asks for.
//!
//! Four forms lead to the same [`Row`]s: JSON Lines, CSV with a header, lines with flags as other tools write them, and
//! grids (axes crossed over a base row). A file is read as a whole: every problem in it is found and told with its line,
//! and a file with a problem gives no rows at all.
//!
//! - `null` says nothing, in a row and over the defaults.
//! - A control character in a text is a problem, not something to be cleaned away: what is sent is what is written. Tabs and
//!   line feeds are allowed in prompts, and a Windows line ending counts as a line feed.
//!
//! Lives here: reading rows. Whether a model can do what a row asks is the [`catalog`](crate::catalog)'s to say.

mod assembly;
mod field;
mod flags;
mod grid;
mod jsonl;
#[cfg(test)]
mod laws;
mod lines;
mod reading;
mod row;
mod table;
#[cfg(test)]
mod tests;
mod value;
mod words;

pub use grid::grid;
pub use reading::{Batch, Form, LINE_MAX, Note, Problem, ROWS_MAX, Rules, decode, read};
pub use row::{Row, tell_apart};
