//! The API key: where it is found, whether it can work, and how it is shown. Never in full, never on a command line.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use secrecy::{ExposeSecret, SecretString};

use crate::domain::{Fault, FaultKind, KEY_LONGEST, text::shell};

use super::environment::set;
use super::notice::Notice;

/// Longer is no key.
const LONGEST: u64 = KEY_LONGEST as u64;

/// Variables that may hold a key; the alias wins (contract 8).
const VARIABLES: [&str; 2] = ["QWEN_API_KEY", "DASHSCOPE_API_KEY"];

/// A key and where it was found.
#[derive(Debug, Clone)]
pub struct Key {
    /// The key itself; its `Debug` shows nothing of it.
    pub secret: SecretString,
    /// `$DASHSCOPE_API_KEY`, or the file.
    pub origin: String,
}

/// What sort of key it is, by its beginning (contract 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// `sk-...`
    Standard,
    /// `sk-sp-...`: Coding Plan, no image models.
    CodingPlan,
    /// Anything else.
    Unfamiliar,
}

impl Key {
    /// First four and last four characters; less of a key too short for that.
    pub fn masked(&self) -> String {
        let key = self.secret.expose_secret();
        match (key.get(..4), key.len().checked_sub(4).and_then(|from| key.get(from..))) {
            (Some(head), Some(tail)) if key.len() >= 12 => format!("{head}...{tail}"),
            _ => "sk-...".to_owned(),
        }
    }

    /// What sort of key it is.
    pub fn class(&self) -> Class {
        let key = self.secret.expose_secret();
        match key {
            _ if key.starts_with("sk-sp-") => Class::CodingPlan,
            _ if key.starts_with("sk-") => Class::Standard,
            _ => Class::Unfamiliar,
        }
    }

    /// Refuses a key that cannot make pictures.
    pub fn usable(&self) -> Result<(), Fault> {
        if self.class() != Class::CodingPlan {
            return Ok(());
        }
        let message =
            format!("The key {} ({}) is a Coding Plan key: it has no image models.", self.masked(), self.origin);
        Err(Fault::new(FaultKind::Access, "coding_plan_key", message)
            .hint("Make a standard key (sk-...) in the Model Studio console and set DASHSCOPE_API_KEY to it."))
    }
}

/// Finds the key: variables first, then the file a variable names, the one the studio keeps (`own`), and the one other tools
/// for the service use. A file others can read is refused.
pub fn find(
    var: &dyn Fn(&str) -> Option<String>,
    own: &Path,
    user_home: Option<&Path>,
    notices: &mut Vec<Notice>,
) -> Option<Key> {
    for name in VARIABLES {
        let Some(text) = set(var, name) else { continue };
        let origin = format!("${name}");
        match plain(text) {
            Ok(secret) => return Some(Key { secret, origin }),
            Err(why) => notices.push(Notice::new(origin, why)),
        }
    }
    let named = set(var, "DASHSCOPE_API_KEY_FILE_PATH").map(PathBuf::from);
    let usual = user_home.map(|home| home.join(".dashscope/api_key"));
    let there = [Some(own.to_owned()), usual].into_iter().flatten().filter(|path| path.exists());
    named.into_iter().chain(there).find_map(|path| {
        let origin = path.display().to_string();
        match from_file(&path) {
            Ok(secret) => Some(Key { secret, origin }),
            Err(why) => {
                notices.push(Notice::new(origin, why));
                None
            }
        }
    })
}

/// Takes the key out of what a program started from here is told. Only the worker needs it.
pub fn withhold(command: &mut Command) -> &mut Command {
    VARIABLES.iter().fold(command, |command, name| command.env_remove(name))
}

fn from_file(path: &Path) -> Result<SecretString, String> {
    let file = File::open(path).map_err(|e| format!("the key file cannot be read ({e})"))?;
    // The open file is asked, not its name: the name may point elsewhere by now.
    let facts = file.metadata().map_err(|e| format!("the key file cannot be read ({e})"))?;
    if !facts.is_file() {
        return Err("the key file is not a plain file".into());
    }
    if facts.mode() & 0o077 != 0 {
        return Err(format!("others can read this key; run: chmod 600 {}", shell(&path.display().to_string())));
    }
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text).map_err(|e| format!("the key file cannot be read ({e})"))?;
    plain(text)
}

fn plain(text: String) -> Result<SecretString, String> {
    let key = text.trim();
    if key.is_empty() {
        return Err("the key is empty".into());
    }
    if key.len() as u64 >= LONGEST || !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err("this is not a key: a key is one word of letters, digits and dashes".into());
    }
    Ok(SecretString::from(key.to_owned()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn find_in(vars: &[(&str, &str)], home: Option<&Path>) -> (Option<Key>, Vec<Notice>) {
        let mut notices = Vec::new();
        let var = |name: &str| vars.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        (find(&var, &home.unwrap_or(Path::new("/")).join("own"), home, &mut notices), notices)
    }

    fn write(path: &Path, mode: u32) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "sk-0123456789abcdef\n").unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn the_alias_wins_and_an_empty_variable_counts_as_unset() {
        let both = [("DASHSCOPE_API_KEY", "sk-aaaaaaaaaaaa"), ("QWEN_API_KEY", "sk-bbbbbbbbbbbb")];
        assert_eq!(find_in(&both, None).0.unwrap().origin, "$QWEN_API_KEY");
        let (key, notices) = find_in(&[both[0], ("QWEN_API_KEY", "  ")], None);
        assert_eq!((key.unwrap().origin.as_str(), notices.len()), ("$DASHSCOPE_API_KEY", 0));
        assert!(find_in(&[], None).0.is_none());
    }

    #[test]
    fn files_come_last_and_one_that_others_can_read_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let usual = home.path().join(".dashscope/api_key");
        write(&usual, 0o600);
        assert_eq!(find_in(&[], Some(home.path())).0.unwrap().origin, usual.display().to_string());
        assert_eq!(
            find_in(&[("DASHSCOPE_API_KEY", "sk-x")], Some(home.path())).0.unwrap().origin,
            "$DASHSCOPE_API_KEY"
        );

        let own = home.path().join("own");
        write(&own, 0o600);
        assert_eq!(find_in(&[], Some(home.path())).0.unwrap().origin, own.display().to_string());
        std::fs::remove_file(own).unwrap();

        write(&usual, 0o640);
        let (key, notices) = find_in(&[], Some(home.path()));
        assert!(key.is_none());
        assert!(notices[0].message.contains(&format!("chmod 600 {}", usual.display())), "{}", notices[0]);
    }

    #[test]
    fn a_key_is_never_shown_whole() {
        let key = |text: &str| find_in(&[("DASHSCOPE_API_KEY", text)], None).0.unwrap();
        assert_eq!(key("sk-0123456789abcdef").masked(), "sk-0...cdef");
        assert_eq!(key("sk-short").masked(), "sk-...");
        assert!(!format!("{:?}", key("sk-0123456789abcdef")).contains("0123"));
        let (none, notices) = find_in(&[("DASHSCOPE_API_KEY", "sk-secret words")], None);
        assert!(none.is_none() && !notices[0].to_string().contains("secret"));
    }

    #[test]
    fn coding_plan_keys_are_refused() {
        let key = |text: &str| find_in(&[("DASHSCOPE_API_KEY", text)], None).0.unwrap();
        assert_eq!(key("sk-sp-0123456789").usable().unwrap_err().kind.exit(), 3);
        assert!(key("sk-0123456789").usable().is_ok());
        assert_eq!(key("hello-world-x").class(), Class::Unfamiliar);
    }
}
