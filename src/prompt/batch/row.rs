//! A row: one request of a batch, and the key it is known by when the file is run again.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::domain::{Mode, ModelId, Size, text};

/// One request of a batch, as written: `None` or empty for what was not said.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Row {
    /// Line of the file it begins on, from 1; in a grid, the number of the cell.
    pub line: usize,
    /// Its name, different from all others of the file. Several rows of one template are `name-1`, `name-2`.
    pub id: Option<String>,
    /// The words. Never empty.
    pub prompt: String,
    /// The words as they were written, where wildcards made others of them.
    pub template: Option<String>,
    /// Which model, as written.
    pub model: Option<ModelId>,
    /// To do what.
    pub mode: Option<Mode>,
    /// What to keep out.
    pub negative: Option<String>,
    /// Size of the result; never beside a shape.
    pub size: Option<Size>,
    /// Its shape, `16:9`: two numbers that are shapes for sure.
    pub ar: Option<String>,
    /// How many pictures, from 1.
    pub n: Option<u32>,
    /// Seed, one that the service takes.
    pub seed: Option<u32>,
    /// Input pictures as written: files, addresses, data URIs.
    pub refs: Vec<String>,
    /// Where the pictures go, as written: `hero/{id}.{ext}`. Not checked: it may lead anywhere.
    pub out: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Project.
    pub project: Option<String>,
    /// Every other parameter by its API name.
    pub options: BTreeMap<String, Value>,
    /// Of rows that ask for the same, which one it is, from 1.
    pub occurrence: u32,
}

impl Row {
    /// Names what is asked for: the same for a row that asks for the same, wherever in a file it stands and in whatever
    /// order its fields do. Where it goes, what it is called and what it was made from do not count. Of equal rows the
    /// second ends in `#2`.
    pub fn key(&self) -> String {
        let content = self.content();
        if self.occurrence > 1 { format!("{content}#{}", self.occurrence) } else { content }
    }

    /// Lower-case hex of SHA-256.
    fn content(&self) -> String {
        let asked = json!([
            "pinxit.row/1",
            self.prompt,
            self.model,
            self.mode,
            self.negative,
            self.size,
            self.ar,
            self.n,
            self.seed,
            self.refs,
            self.options.iter().map(|(name, value)| json!([name, sorted(value)])).collect::<Vec<_>>(),
        ]);
        text::hex(&Sha256::digest(asked.to_string()))
    }
}

/// The same value, its fields in the order of their names.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(values) => values.iter().map(sorted).collect(),
        Value::Object(fields) => {
            let fields: BTreeMap<_, _> = fields.iter().map(|(name, value)| (name.clone(), sorted(value))).collect();
            fields.into_iter().collect()
        }
        other => other.clone(),
    }
}

/// Counts rows that ask for the same, so that their keys differ. [`read`](super::read) has done it; do it again after
/// filling in what rows leave out (a model), which can make rows equal that were not.
pub fn tell_apart(rows: &mut [Row]) {
    let mut seen: HashMap<String, u32> = HashMap::new();
    for row in rows {
        let count = seen.entry(row.content()).or_default();
        *count += 1;
        row.occurrence = *count;
    }
}
