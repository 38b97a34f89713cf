//! The README's key table is the program's own.

use std::fmt::Write;
use std::path::Path;

use pinxit::keymap::Keymap;
use pinxit::tui::action::Action;
use pinxit::tui::state::Scope;

const OPEN: &str =
    "<!-- keys: made from the table of actions; `PINXIT_WRITE_README=1 cargo test readme` writes it anew -->\n";
const CLOSE: &str = "<!-- /keys -->";

fn table(keymap: &Keymap) -> String {
    let mut out = String::from("| where | keys | what |\n|---|---|---|\n");
    for scope in Scope::ALL {
        for action in Action::ALL.iter().filter(|action| action.scopes().contains(&scope)) {
            let keys: Vec<_> = keymap
                .keys(scope.name(), action.name())
                .iter()
                .map(|key| format!("`{}`", key.to_string().replace('|', "\\|")))
                .collect();
            let _ = writeln!(out, "| {} | {} | {} |", scope.place(), keys.join(" "), action.sentence());
        }
    }
    out
}

#[test]
fn readme_lists_every_key() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (head, rest) = readme.split_once(OPEN).expect("the README has a place for the keys");
    let (shown, tail) = rest.split_once(CLOSE).unwrap();
    let wanted = table(&Keymap::builtin());
    if std::env::var_os("PINXIT_WRITE_README").is_some() {
        std::fs::write(&path, format!("{head}{OPEN}{wanted}{CLOSE}{tail}")).unwrap();
    } else {
        assert_eq!(shown, wanted, "write it anew with PINXIT_WRITE_README=1 cargo test readme");
    }
}
