//! Reads a keymap file: tables of scopes, `"keys" = "action"`.

use toml::de::DeTable;

use super::{Binding, Keys, Problem};

/// A line that binds something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Where, from 1.
    pub at: usize,
    /// The table it is in.
    pub scope: String,
    /// The keys.
    pub keys: Keys,
    /// The action's name.
    pub action: String,
}

/// The preset: bindings in the order written, and what could not be used.
pub(super) fn read(text: &str) -> (Vec<Binding>, Vec<Problem>) {
    let (lines, problems) = lines(text);
    let bind = |Line { scope, keys, action, .. }| Binding { scope, keys, action, line: None };
    (lines.into_iter().map(bind).collect(), problems)
}

/// Every good line in the order written, and what is wrong with the others.
pub(super) fn lines(text: &str) -> (Vec<Line>, Vec<Problem>) {
    let line_at = |offset: usize| text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut problems: Vec<Problem> = Vec::new();
    for error in errors {
        let line = line_at(error.span().map_or(0, |span| span.start));
        // One slip of the pen often gives several errors; the first says it best.
        if problems.iter().all(|problem| problem.line != line) {
            let message = error.message().lines().next().unwrap_or("this is not TOML").to_owned();
            problems.push(Problem { line, message });
        }
    }
    let broken: Vec<usize> = problems.iter().map(|problem| problem.line).collect();
    let mut found = Vec::new();
    for (scope, keys) in table.get_ref() {
        let Some(keys) = keys.get_ref().as_table() else {
            let message = format!("{0} must be a table: [{0}]", scope.get_ref());
            problems.push(Problem { line: line_at(scope.span().start), message });
            continue;
        };
        for (key, action) in keys {
            let start = key.span().start;
            let at = line_at(start);
            if broken.contains(&at) {
                continue;
            }
            match (key.get_ref().parse::<Keys>(), action.get_ref().as_str()) {
                (Ok(keys), Some(action)) => {
                    let scope = scope.get_ref().to_string();
                    found.push((start, Line { at, scope, keys, action: action.to_owned() }));
                }
                (Err(error), _) => problems.push(Problem { line: at, message: error.to_string() }),
                (_, None) => {
                    let message = format!("the action of {} must be text in quotes", key.get_ref());
                    problems.push(Problem { line: at, message });
                }
            }
        }
    }
    found.sort_by_key(|(start, _)| *start);
    problems.sort_by_key(|problem| problem.line);
    (found.into_iter().map(|(_, line)| line).collect(), problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_used_is_named_with_its_line() {
        let (found, problems) = read("[queue]\n\"x\" = \"job.cancel\"\n\"hyper+x\" = \"job.retry\"\n\"y\" = 3\n");
        assert_eq!(found.len(), 1);
        let lines: Vec<_> = problems.iter().map(|p| p.line).collect();
        assert_eq!(lines, [3, 4]);
        assert!(problems[0].message.contains("hyper+x"));
        let (found, problems) = read("queue = 1\n[x");
        assert!(found.is_empty());
        assert_eq!(problems.iter().map(|p| p.line).collect::<Vec<_>>(), [1, 2]);
    }
}
