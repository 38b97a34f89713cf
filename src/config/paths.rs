//! Where everything lives: one directory named by `PINXIT_HOME`, or the XDG places. Nothing is created here.

use std::path::{Path, PathBuf};

use etcetera::base_strategy::{BaseStrategy, Xdg};

use crate::domain::{Fault, FaultKind};

/// The name of the file of what was chosen in the studio.
pub const CHOSEN_FILE: &str = "chosen.toml";

/// Directories of the user, before any of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bases {
    /// The home directory.
    pub home: PathBuf,
    /// `$XDG_CONFIG_HOME`
    pub config: PathBuf,
    /// `$XDG_DATA_HOME`
    pub data: PathBuf,
    /// `$XDG_STATE_HOME`
    pub state: PathBuf,
    /// `$XDG_CACHE_HOME`
    pub cache: PathBuf,
}

impl Bases {
    /// The XDG places of this user; `None` without a home directory.
    pub fn system() -> Option<Bases> {
        let xdg = Xdg::new().ok()?;
        Some(Bases {
            home: xdg.home_dir().to_owned(),
            config: xdg.config_dir(),
            data: xdg.data_dir(),
            state: xdg.state_dir()?,
            cache: xdg.cache_dir(),
        })
    }
}

/// Where everything of ours lives. Absolute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// Settings, the user's catalogue and keymap.
    pub config: PathBuf,
    /// The database and the worker lock.
    pub data: PathBuf,
    /// What may be lost without harm.
    pub state: PathBuf,
    /// What can be made again.
    pub cache: PathBuf,
    /// New pictures.
    pub pictures: PathBuf,
    /// Where the demo keeps everything of its own.
    demo: PathBuf,
}

impl Paths {
    /// Finds the places. `home` is `PINXIT_HOME`; without it `bases` are used, and `var` may name the pictures folder.
    pub fn find(
        home: Option<&str>,
        bases: Option<&Bases>,
        var: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Paths, Fault> {
        if let Some(home) = home.filter(|home| !home.is_empty()) {
            let root = std::path::absolute(home).map_err(|e| {
                Fault::new(FaultKind::Invalid, "home_directory", format!("PINXIT_HOME={home} cannot be used: {e}."))
            })?;
            return Ok(Paths::under(&root));
        }
        let bases = bases.ok_or_else(|| {
            Fault::new(FaultKind::Invalid, "home_directory", "There is no home directory to keep things in.")
                .hint("Set PINXIT_HOME to a directory of yours.")
        })?;
        let data = bases.data.join("pinxit");
        Ok(Paths {
            config: bases.config.join("pinxit"),
            state: bases.state.join("pinxit"),
            cache: bases.cache.join("pinxit"),
            pictures: pictures_folder(bases, var).join("pinxit"),
            demo: data.join("demo"),
            data,
        })
    }

    /// The demo's places: everything it writes apart, the user's settings shared.
    pub fn demo(&self) -> Paths {
        Paths { config: self.config.clone(), ..Paths::under(&self.demo) }
    }

    /// The demo's home, as `PINXIT_HOME` would name it.
    pub fn demo_home(&self) -> &Path {
        &self.demo
    }

    /// The user's settings.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// What was chosen in the studio: a theme, a region. The program's own; `config.toml` goes over it.
    pub fn chosen_file(&self) -> PathBuf {
        self.config.join(CHOSEN_FILE)
    }

    /// The key given in the studio.
    pub fn key_file(&self) -> PathBuf {
        self.config.join("api_key")
    }

    /// The user's themes.
    pub fn themes(&self) -> PathBuf {
        self.config.join("themes")
    }

    /// The user's models.
    pub fn catalog_file(&self) -> PathBuf {
        self.config.join("catalog.toml")
    }

    /// The user's styles.
    pub fn styles_file(&self) -> PathBuf {
        self.config.join("styles.toml")
    }

    /// The user's lists, for `__name__` in a prompt.
    pub fn lists(&self) -> PathBuf {
        self.config.join("lists")
    }

    /// The user's keys.
    pub fn keymap_file(&self) -> PathBuf {
        self.config.join("keymap.toml")
    }

    fn under(root: &Path) -> Paths {
        Paths {
            config: root.join("config"),
            data: root.join("data"),
            state: root.join("state"),
            cache: root.join("cache"),
            pictures: root.join("pictures"),
            demo: root.join("demo"),
        }
    }
}

/// The desktop's pictures folder: the variable, `user-dirs.dirs`, or `~/Pictures`.
fn pictures_folder(bases: &Bases, var: &dyn Fn(&str) -> Option<String>) -> PathBuf {
    let named = var("XDG_PICTURES_DIR").map(PathBuf::from).filter(|path| path.is_absolute());
    let listed = || {
        let text = std::fs::read_to_string(bases.config.join("user-dirs.dirs")).ok()?;
        listed_pictures(&text, &bases.home)
    };
    // A folder that is the home directory itself means "none" (xdg-user-dirs).
    let usable = |path: &PathBuf| *path != bases.home;
    named.or_else(listed).filter(usable).unwrap_or_else(|| bases.home.join("Pictures"))
}

/// `XDG_PICTURES_DIR="$HOME/Bilder"` of a `user-dirs.dirs` file: an absolute path or one below `$HOME`.
fn listed_pictures(text: &str, home: &Path) -> Option<PathBuf> {
    let value = text.lines().rev().find_map(|line| line.trim().strip_prefix("XDG_PICTURES_DIR="))?;
    let plain = value.trim().trim_matches('"');
    let path = match plain.strip_prefix("$HOME") {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => home.join(rest.trim_matches('/')),
        _ => PathBuf::from(plain),
    };
    // Joining an empty rest leaves a slash at the end.
    path.is_absolute().then(|| path.components().collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn bases(home: &Path) -> Bases {
        Bases {
            home: home.into(),
            config: home.join(".config"),
            data: home.join(".local/share"),
            state: home.join(".local/state"),
            cache: home.join(".cache"),
        }
    }

    #[test]
    fn one_variable_puts_everything_under_one_directory() {
        let paths = Paths::find(Some("/srv/p"), None, &|_| None).unwrap();
        for path in [&paths.config, &paths.data, &paths.state, &paths.cache, &paths.pictures] {
            assert!(path.starts_with("/srv/p"), "{}", path.display());
        }
        let demo = paths.demo();
        assert_eq!(demo.data, Path::new("/srv/p/demo/data"));
        assert_eq!(demo.pictures, Path::new("/srv/p/demo/pictures"));
        assert_eq!(demo.config, paths.config);
    }

    #[test]
    fn a_relative_home_becomes_absolute_and_an_empty_one_counts_as_unset() {
        assert!(Paths::find(Some("here"), None, &|_| None).unwrap().data.is_absolute());
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::find(Some(""), Some(&bases(home.path())), &|_| None).unwrap();
        assert_eq!(paths.config_file(), home.path().join(".config/pinxit/config.toml"));
        assert_eq!(paths.data, home.path().join(".local/share/pinxit"));
        assert_eq!(Paths::find(None, None, &|_| None).unwrap_err().code, "home_directory");
    }

    #[test]
    fn pictures_go_to_the_desktops_pictures_folder() {
        let home = tempfile::tempdir().unwrap();
        let bases = bases(home.path());
        let pictures = |var: &dyn Fn(&str) -> Option<String>| Paths::find(None, Some(&bases), var).unwrap().pictures;
        assert_eq!(pictures(&|_| None), home.path().join("Pictures/pinxit"));

        std::fs::create_dir_all(&bases.config).unwrap();
        let list = bases.config.join("user-dirs.dirs");
        std::fs::write(&list, "# made by xdg-user-dirs\nXDG_PICTURES_DIR=\"$HOME/Bilder\"\n").unwrap();
        assert_eq!(pictures(&|_| None), home.path().join("Bilder/pinxit"));
        std::fs::write(&list, "XDG_PICTURES_DIR=\"$HOME/\"\n").unwrap();
        assert_eq!(pictures(&|_| None), home.path().join("Pictures/pinxit"));
        let named = |name: &str| (name == "XDG_PICTURES_DIR").then(|| "/mnt/art".to_owned());
        assert_eq!(pictures(&named), Path::new("/mnt/art/pinxit"));
    }
}
