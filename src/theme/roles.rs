//! The roles there are: those the default theme gives a style to, and what stands above them (`queue` above `queue.done`).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::file::{File, Problem};

/// Every role of the default theme.
static KNOWN: LazyLock<BTreeSet<String>> =
    LazyLock::new(|| File::read(include_str!("../../themes/ink.toml")).roles.into_keys().collect());

/// Roles that draw lines or blanks, and no letters that have to be read.
const NO_TEXT: [&str; 3] = ["ground", "pane", "pane.focused"];

/// Whether letters are drawn in this role.
pub(super) fn is_text(role: &str) -> bool {
    !NO_TEXT.contains(&role)
}

/// Roles of a file that nothing is drawn in.
pub(super) fn unknown(file: &File) -> Vec<Problem> {
    let is_known = |role: &str| {
        let above = format!("{role}.");
        KNOWN.contains(role) || KNOWN.iter().any(|known| known.starts_with(&above))
    };
    let wrong = file.roles.iter().filter(|(role, _)| !is_known(role));
    wrong.map(|(role, entry)| Problem { line: entry.line, message: unknown_role(role) }).collect()
}

fn unknown_role(role: &str) -> String {
    let role = crate::domain::text::clean(role);
    let near = KNOWN.iter().map(|known| (strsim::jaro_winkler(known, &role), known));
    match near.filter(|(likeness, _)| *likeness > 0.8).max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((_, near)) => format!("nothing is drawn as {role}: did you mean {near}?"),
        None => format!("nothing is drawn as {role}"),
    }
}

/// Every role that a theme may give a style to and a screen may ask for.
pub(super) fn known() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().map(String::as_str)
}
