//! The user's own editor on a text of ours. The text is in a file only the user can read, and the key is not in the
//! editor's environment.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use tempfile::TempPath;
use tokio::signal::unix::{SignalKind, signal};

use crate::config::withhold;
use crate::domain::{Fault, FaultKind};

use super::super::{desk, generate, signals};

fn fault(message: String) -> Fault {
    Fault::new(FaultKind::Invalid, "editor", message)
}

/// Writes a text into a file of its own; it goes with the value.
pub fn draft(directory: &Path, name: &str, text: &str) -> Result<TempPath, Fault> {
    let cannot = |error: std::io::Error| fault(format!("No file can be made in {}: {error}.", directory.display()));
    let mut file = tempfile::Builder::new().prefix(name).suffix(".toml").tempfile_in(directory).map_err(cannot)?;
    file.write_all(text.as_bytes()).map_err(cannot)?;
    Ok(file.into_temp_path())
}

/// Runs the editor on a file until it ends.
pub fn run(file: &Path) -> anyhow::Result<()> {
    let set = ["VISUAL", "EDITOR"].into_iter().filter_map(desk::var).find(|editor| !editor.trim().is_empty());
    let editor = match set {
        Some(editor) => editor,
        None if generate::can_ask() => "vi".to_owned(),
        None => {
            let none = fault("There is no editor: neither VISUAL nor EDITOR is set.".into());
            return Err(none.hint("In a script use `pinxit queue set`, or edit --from FILE.").into());
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // The editor's own Ctrl+C must not end us.
    let _theirs = {
        let _inside = runtime.enter();
        signal(SignalKind::interrupt())?
    };
    let mut command = Command::new("sh");
    // The variable may hold words: `code --wait`.
    command.arg("-c").arg(format!("{editor} \"$1\"")).arg("sh").arg(file);
    let status = withhold(&mut command).status();
    // From here on Ctrl+C is meant for us again.
    signals::watch(signals::HangUp::Stops, || false)?;
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(fault(format!("The editor ({editor}) ended with {status}.")).into()),
        Err(error) => Err(fault(format!("The editor ({editor}) cannot be started: {error}.")).into()),
    }
}
