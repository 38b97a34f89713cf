//! A picture being named by path or address, or a file of rows by path, with the files that fit what is typed so far.

use std::path::{Path, PathBuf};

use super::Line;
use crate::domain::text::shell;

/// Where paths begin; filled in by the runtime.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// What `~` stands for.
    pub home: PathBuf,
    /// What relative paths are relative to.
    pub here: PathBuf,
    /// This machine as the user's own reaches it: `ana@10.0.0.5`.
    pub host: String,
    /// The port that is reached by, where it is not the usual one.
    pub port: Option<u16>,
}

impl Place {
    /// The command that fetches a file from here, for a shell on the user's own machine.
    pub fn fetching(&self, path: &Path) -> String {
        let port = self.port.map(|port| format!("-P {port} ")).unwrap_or_default();
        // The brackets keep the colons of an IPv6 address apart from the one before the path.
        let host = match self.host.rsplit_once('@') {
            Some((user, host)) if host.contains(':') => format!("{user}@[{host}]"),
            None if self.host.contains(':') => format!("[{}]", self.host),
            _ => self.host.clone(),
        };
        format!("scp {port}{} .", shell(&format!("{host}:{}", path.display())))
    }
}

/// What is named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Wanted {
    /// A picture, or its address.
    #[default]
    Picture,
    /// A file of rows for a batch.
    Rows,
    /// A picture with its recipe in it, or a recipe alone.
    Recipe,
}

/// A file being named.
#[derive(Debug, Clone, Default)]
pub struct PictureEntry {
    /// What is typed.
    pub text: Line,
    /// What it is for.
    pub wanted: Wanted,
    /// The picture it takes the place of, from 0; `None` adds one.
    pub replaces: Option<usize>,
    /// The folder whose files were asked for.
    pub asked: Option<PathBuf>,
    /// Names of the files and folders in it, sorted; a folder's ends with a slash.
    pub listed: Vec<String>,
    /// The chosen one of [`PictureEntry::candidates`].
    pub selected: Option<usize>,
}

impl PictureEntry {
    /// Whether an address is typed rather than a path.
    pub fn is_address(&self) -> bool {
        self.wanted == Wanted::Picture && is_address(self.text.text())
    }

    /// What is typed of the folder, slash included, and of the name in it.
    pub fn parts(&self) -> (&str, &str) {
        let text = self.text.text();
        text.split_at(text.rfind('/').map_or(0, |at| at + 1))
    }

    /// The folder that is being typed in; `None` for an address.
    pub fn folder(&self, place: &Place) -> Option<PathBuf> {
        (!self.is_address()).then(|| place.resolve(self.parts().0))
    }

    /// Files and folders that fit what is typed. Hidden ones only when asked for by their dot.
    pub fn candidates(&self) -> Vec<&str> {
        if self.is_address() {
            return Vec::new();
        }
        let begun = self.parts().1.to_lowercase();
        let fits =
            |name: &&str| name.to_lowercase().starts_with(&begun) && (begun.starts_with('.') || !name.starts_with('.'));
        self.listed.iter().map(String::as_str).filter(fits).collect()
    }
}

impl Place {
    /// The whole path of what was typed.
    pub fn resolve(&self, typed: &str) -> PathBuf {
        match typed.strip_prefix('~') {
            Some("") => self.home.clone(),
            Some(rest) if rest.starts_with('/') => self.home.join(rest.trim_start_matches('/')),
            _ => self.here.join(Path::new(typed)),
        }
    }
}

/// Whether the service fetches this itself: a web address, data, or a place in its own storage.
pub fn is_address(text: &str) -> bool {
    let lower = text.get(..8.min(text.len())).unwrap_or(text).to_ascii_lowercase();
    ["http://", "https://", "data:", "oss://"].iter().any(|scheme| lower.starts_with(scheme))
}
