//! The README's key table is the program's own.

use std::fmt::Write;
use std::path::Path;

use pinxit::keymap::Keymap;
use pinxit::tui::action::Action;
use pinxit::tui::state::Scope;

const OPEN: &str =
    "<!-- keys: made from the table of actions; `PINXIT_WRITE_README=1 cargo test readme` writes it anew -->\n";
const CLOSE: &str = "<!-- /keys -->";

fn where_it_works(scope: Scope) -> &'static str {
    match scope {
        Scope::Global => "everywhere",
        Scope::Screen => "everywhere outside dialogs",
        Scope::Normal => "while not typing",
        Scope::Text => "in a text, while not typing",
        Scope::Insert => "while typing",
        Scope::Offer => "while pictures to name are offered",
        Scope::Chosen => "with one of them chosen",
        Scope::References => "in the references",
        Scope::Settings => "in the settings",
        Scope::Value => "while typing a value",
        Scope::Queue => "in the queue pane",
        Scope::Jobs => "on the queue screen",
        Scope::Filter => "while typing a filter",
        Scope::Compose => "on the compose screen",
        Scope::Form => "on the compose screen, while not typing",
        Scope::Edit => "while changing a waiting job",
        Scope::Entry => "while naming a picture",
        Scope::Picker => "in a list",
        Scope::Browser => "while looking for pictures",
        Scope::Advice => "while choosing by use",
        Scope::Page => "in a page to read",
        Scope::Confirm => "in a question",
        Scope::Help => "in the help",
        Scope::Boxes => "while marking boxes",
        Scope::Palette => "in the palette",
        Scope::Zoom => "in the enlarged picture",
    }
}

fn table(keymap: &Keymap) -> String {
    let mut out = String::from("| where | keys | what |\n|---|---|---|\n");
    for scope in Scope::ALL {
        for action in Action::ALL.iter().filter(|action| action.scopes().contains(&scope)) {
            let keys: Vec<_> = keymap
                .keys(scope.name(), action.name())
                .iter()
                .map(|key| format!("`{}`", key.to_string().replace('|', "\\|")))
                .collect();
            let _ = writeln!(out, "| {} | {} | {} |", where_it_works(scope), keys.join(" "), action.sentence());
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
