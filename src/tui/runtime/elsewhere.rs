//! The user's own editor: which one it is, and a text given to it in a file nobody else can read.

use std::fs::Permissions;
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::process::Command;

use tokio::sync::mpsc::UnboundedSender;

use crate::config::withhold;
use crate::domain::{Fault, FaultKind, text};
use crate::tui::msg::Msg;

/// Editors that are tried where the user names none.
const USUAL: [&str; 2] = ["vi", "nano"];

/// No prompt is longer.
const LONGEST: u64 = 1 << 20;

/// The user's editor, as a command line: `$VISUAL`, `$EDITOR`, or one of the usual ones.
pub(super) fn command(env: impl Fn(&str) -> Option<String>, is_there: impl Fn(&str) -> bool) -> Result<String, Fault> {
    let named = ["VISUAL", "EDITOR"].into_iter().filter_map(env).find(|command| !command.trim().is_empty());
    let usual = || USUAL.into_iter().find(|name| is_there(name)).map(str::to_owned);
    named.or_else(usual).ok_or_else(|| {
        let fault =
            Fault::new(FaultKind::Invalid, "no_editor", "There is no editor here: neither vi nor nano is found.");
        fault.hint("Name yours in the environment: EDITOR=micro pinxit")
    })
}

/// The editor of this environment.
pub(super) fn usual_command() -> Result<String, Fault> {
    let runs =
        |path: &Path| path.metadata().is_ok_and(|facts| facts.is_file() && facts.permissions().mode() & 0o111 != 0);
    let path = std::env::var_os("PATH").unwrap_or_default();
    command(|name| std::env::var(name).ok(), |name| std::env::split_paths(&path).any(|folder| runs(&folder.join(name))))
}

/// Starts the editor on a thread that waits for it. The terminal is not ours any more when this is called; how the editor
/// left the text is the answer.
pub(super) fn start(command: String, text: String, answers: UnboundedSender<Msg>) -> io::Result<()> {
    std::thread::Builder::new().name("editor".into()).spawn(move || {
        // Nobody listens any more once the loop has ended.
        let _ = answers.send(Msg::Edited(edit(&command, &text)));
    })?;
    Ok(())
}

fn edit(command: &str, text: &str) -> Result<String, Fault> {
    // A directory of mode 0700, gone with all in it when the editor has ended.
    let folder = tempfile::Builder::new()
        .prefix("pinxit-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir()
        .map_err(|error| no_file(&error))?;
    let path = folder.path().join("prompt.md");
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .map_err(|error| no_file(&error))?;
    let feed = if text.is_empty() { "" } else { "\n" };
    file.write_all(format!("{text}{feed}").as_bytes()).map_err(|error| no_file(&error))?;
    drop(file);
    // By the shell, as others do it: the command may have arguments, and quotes.
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("{command} \"$@\"")).arg("sh").arg(&path);
    let status = withhold(&mut shell).status();
    let name = text::clean(command);
    match status {
        Ok(status) if status.success() => read(&path),
        Ok(status) => Err(failed(format!("The editor ({name}) failed: {status}."))),
        Err(error) => Err(failed(format!("The editor ({name}) cannot be started: {error}."))),
    }
}

fn read(path: &Path) -> Result<String, Fault> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| no_file(&error))?;
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(|error| no_file(&error))?;
    if bytes.len() as u64 > LONGEST {
        return Err(failed("What the editor left is more than 1 MiB: no prompt is that long.".into()));
    }
    String::from_utf8(bytes).map_err(|_| failed("What the editor left is not text in UTF-8.".into()))
}

fn failed(message: String) -> Fault {
    Fault::new(FaultKind::Other, "editor_failed", message)
}

fn no_file(error: &io::Error) -> Fault {
    failed(text::clean(&format!("The editor's file cannot be written or read: {error}.")).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_own_choice_comes_first_then_what_is_there() {
        let chosen = |visual: &str, editor: &str, there: &[&str]| {
            let env = |name: &str| match name {
                "VISUAL" => Some(visual.to_owned()),
                "EDITOR" => (!editor.is_empty()).then(|| editor.to_owned()),
                _ => None,
            };
            command(env, |name| there.contains(&name)).map_err(|fault| fault.to_string())
        };
        assert_eq!(chosen("code --wait", "vim", &["vi"]), Ok("code --wait".into()));
        assert_eq!(chosen(" ", "vim", &["vi"]), Ok("vim".into()));
        assert_eq!(chosen("", "", &["nano"]), Ok("nano".into()));
        assert_eq!(chosen("", "", &["nano", "vi"]), Ok("vi".into()));
        let words = chosen("", "", &[]).expect_err("there is none");
        assert!(words.contains("EDITOR=micro pinxit"), "{words}");
    }

    #[test]
    fn a_text_goes_through_the_editor_in_a_file_of_ours_alone() {
        let script =
            r#"test "$(stat -c %a "$1" "$(dirname "$1")" | tr '\n' ' ')" = '600 700 ' && sed -i s/fox/hen/ "$1"; :"#;
        let command = format!("f() {{ {script}; }}; f");
        assert_eq!(edit(&command, "a red fox 狐").as_deref(), Ok("a red hen 狐\n"));
        assert!(edit("false", "a").expect_err("it fails").to_string().contains("(false) failed"));
        assert!(edit("no-such-editor-anywhere 2>/dev/null", "a").is_err());
        assert!(edit("printf '\\377' >", "a").expect_err("no text").to_string().contains("UTF-8"));
        assert!(edit("rm", "a").is_err(), "a file that is gone is no blank text");
    }
}
