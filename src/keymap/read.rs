//! Reads a keymap file: tables of scopes, `"key" = "action"`.

use toml::de::DeTable;

use super::{Binding, Keys, Problem};

/// Bindings in the order written, and what could not be used.
pub(super) fn read(text: &str) -> (Vec<Binding>, Vec<Problem>) {
    let line_at = |offset: usize| text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    let table = match DeTable::parse(text) {
        Ok(table) => table.into_inner(),
        Err(error) => {
            let line = line_at(error.span().map_or(0, |span| span.start));
            return (Vec::new(), vec![Problem { line, message: error.message().to_owned() }]);
        }
    };
    for (scope, keys) in &table {
        let Some(keys) = keys.get_ref().as_table() else {
            let message = format!("{} must be a table: [{}]", scope.get_ref(), scope.get_ref());
            problems.push(Problem { line: line_at(scope.span().start), message });
            continue;
        };
        for (key, action) in keys {
            let start = key.span().start;
            match (key.get_ref().parse::<Keys>(), action.get_ref().as_str()) {
                (Ok(keys), Some(action)) => {
                    found.push((start, Binding { scope: scope.get_ref().to_string(), keys, action: action.to_owned() }))
                }
                (Err(error), _) => problems.push(Problem { line: line_at(start), message: error.to_string() }),
                (_, None) => problems.push(Problem {
                    line: line_at(start),
                    message: format!("the action of {} must be text", key.get_ref()),
                }),
            }
        }
    }
    found.sort_by_key(|(start, _)| *start);
    (found.into_iter().map(|(_, binding)| binding).collect(), problems)
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
        assert_eq!(problems[0].line, 2);
    }
}
