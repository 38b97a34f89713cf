//! A batch that is not begun: what is to be planned, and what the plan says.

use std::path::PathBuf;

use crate::domain::{Cost, ModelId, Money, Request};

/// Where rows come from.
#[derive(Debug, Clone, PartialEq)]
pub enum PlanSource {
    /// A file.
    File(PathBuf),
    /// The form: one row for each way its wildcards can be unfolded, in every combination of the axes.
    Form(Box<Request>, Vec<String>),
}

/// What a batch comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanSheet {
    /// Rows, price, time, room, budget, notes: a line each.
    pub words: Vec<String>,
    /// The first rows.
    pub rows: Vec<PlanRow>,
    /// Rows there are beyond those.
    pub more: usize,
    /// Rows that would be sent, and may be billed.
    pub sends: usize,
    /// Pictures of those.
    pub pictures: u32,
    /// What they cost at most, if all of it is known.
    pub total: Option<Money>,
}

/// A row of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanRow {
    /// Its name.
    pub name: String,
    /// What would be done about it: `new`, `again`, `finished`.
    pub fate: &'static str,
    /// The model asked.
    pub model: ModelId,
    /// What it costs at most.
    pub cost: Cost,
    /// The words.
    pub prompt: String,
}

/// A plan on the screen. Nothing is sent until the user says so.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanPage {
    /// Which: an answer to an older question is not shown.
    pub ticket: u64,
    /// What it is called.
    pub name: String,
    /// What it says, or everything that is wrong with its rows, a line each; `None` while it is made.
    pub outcome: Option<Result<PlanSheet, Vec<String>>>,
    /// First line shown.
    pub top: usize,
}
