//! What the studio writes down for the next start: a choice made in it, and the key given to it. The user's `config.toml` is
//! never touched.

use std::fs::DirBuilder;
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use crate::domain::{Fault, FaultKind, Secret};

use super::Paths;

/// The first line of the file of choices.
const HEAD: &str = "# Written by pinxit: what was chosen in the studio. Settings in config.toml go over it.\n";

/// Keeps a choice in `chosen.toml`, in the place of an earlier one. `value` is a plain word.
pub fn keep_choice(paths: &Paths, name: &str, value: &str) -> Result<(), Fault> {
    let path = paths.chosen_file();
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    let is_it = |line: &str| line.split('=').next().is_some_and(|key| key.trim() == name);
    let others = before.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty() && !is_it(line));
    let mut text = HEAD.to_owned();
    others.for_each(|line| text.extend([line, "\n"]));
    text.push_str(&format!("{name} = {value:?}\n"));
    write(&path, text.as_bytes()).map_err(|error| {
        let message =
            format!("{name} = {value} holds until you leave: {} cannot be written ({error}).", path.display());
        Fault::new(FaultKind::Other, "choice_not_kept", message)
    })
}

/// Keeps a key in a file that only its owner can read (0600).
pub fn keep_key(paths: &Paths, key: &Secret) -> Result<(), Fault> {
    let path = paths.key_file();
    write(&path, format!("{}\n", key.expose()).as_bytes()).map_err(|error| {
        let message = format!("The key is not kept: {} cannot be written ({error}).", path.display());
        Fault::new(FaultKind::Other, "key_not_kept", message)
            .hint("Mend the place and give it again, or set DASHSCOPE_API_KEY.")
    })
}

/// Writes a file whole or not at all, for its owner's eyes only from its first byte on.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    // Such files are 0600 from the moment they are made.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn paths(home: &Path) -> Paths {
        Paths::find(home.to_str(), None, &|_| None).unwrap()
    }

    #[test]
    fn a_choice_takes_the_place_of_the_one_before_and_leaves_others() {
        let home = tempfile::tempdir().unwrap();
        let paths = paths(home.path());
        for (name, value) in [("theme", "dusk"), ("region", "cn-beijing"), ("theme", "mono")] {
            keep_choice(&paths, name, value).unwrap();
        }
        let text = std::fs::read_to_string(paths.chosen_file()).unwrap();
        assert_eq!(text, format!("{HEAD}region = \"cn-beijing\"\ntheme = \"mono\"\n"));
        assert!(!paths.config_file().exists(), "the user's own file is not touched");
    }

    #[test]
    fn a_key_is_kept_for_its_owner_alone_and_over_an_open_one() {
        let home = tempfile::tempdir().unwrap();
        let paths = paths(home.path());
        std::fs::create_dir_all(&paths.config).unwrap();
        std::fs::write(paths.key_file(), "sk-old").unwrap();
        std::fs::set_permissions(paths.key_file(), std::fs::Permissions::from_mode(0o644)).unwrap();
        keep_key(&paths, &Secret::new("sk-0123456789abcdef".into())).unwrap();
        let facts = std::fs::metadata(paths.key_file()).unwrap();
        assert_eq!(facts.permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_to_string(paths.key_file()).unwrap(), "sk-0123456789abcdef\n");
        assert_eq!(std::fs::read_dir(&paths.config).unwrap().count(), 1, "nothing else is left behind");
    }

    #[test]
    fn what_cannot_be_written_says_so_without_the_key() {
        let home = tempfile::tempdir().unwrap();
        let paths = paths(home.path());
        std::fs::write(&paths.config, "a file where the folder should be").unwrap();
        let fault = keep_key(&paths, &Secret::new("sk-0123456789abcdef".into())).unwrap_err();
        assert!(fault.to_string().contains("api_key") && !format!("{fault:?}").contains("0123"), "{fault:?}");
        assert!(keep_choice(&paths, "theme", "dusk").unwrap_err().message.contains("until you leave"));
    }
}
