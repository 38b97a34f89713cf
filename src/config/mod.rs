//! Settings in layers, each value with its origin; where things live; the key.
//!
//! Built-in `default.toml` < the user's `config.toml` < environment < flags. Nothing that is wrong in them stops the
//! program: every problem is a [`Notice`], and the layer below holds. Files are read in `file`, `key` and `paths` only; the
//! environment comes in as a function, so tests need no global state. What the terminal can show is not decided here.

pub mod address;
pub mod amount;
mod environment;
mod file;
mod key;
mod layer;
mod notice;
mod paths;
mod setting;
mod settings;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::catalog::Catalog;
use crate::domain::Fault;

pub use key::{Class, Key};
pub use notice::Notice;
pub use paths::{Bases, Paths};
pub use setting::{Setting, nearest};
pub use settings::{Graphics, Settings, Shown};

/// What the command line says over everything else.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--base-url`
    pub base_url: Option<String>,
    /// `--region`
    pub region: Option<String>,
    /// `--prefer`
    pub prefer: Option<String>,
    /// `--project`
    pub project: Option<String>,
    /// `--inline`
    pub worker: Option<String>,
    /// `--idle`
    pub worker_idle: Option<String>,
}

/// The whole configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where things live.
    pub paths: Paths,
    /// What was set.
    pub settings: Settings,
    /// The key, if there is one.
    pub key: Option<Key>,
    /// The models, with the user's own.
    pub catalog: Arc<Catalog>,
    /// The user's keymap file as it was read, if there is one: what it may say stands in the studio's table of actions.
    pub keymap: Option<String>,
    /// What could not be used.
    pub notices: Vec<Notice>,
}

impl Config {
    /// Reads everything. `var` looks a variable up, `bases` are the user's directories. The only error is having no
    /// place to keep things in.
    pub fn load(var: &dyn Fn(&str) -> Option<String>, bases: Option<&Bases>, flags: &Flags) -> Result<Config, Fault> {
        let mut notices = Vec::new();
        let mut paths = Paths::find(var("PINXIT_HOME").as_deref(), bases, var)?;
        let catalog = catalog(&paths, &mut notices);
        let settings = settings::layered(&paths, &catalog, var, flags, &mut notices);
        let user_home = bases.map(|bases| bases.home.as_path());
        if let Some(pictures) = settings.pictures(user_home) {
            paths.pictures = pictures;
        }
        let key = key::find(var, user_home, &mut notices);
        let keymap = file::read(&paths.keymap_file(), &mut notices);
        Ok(Config { paths, settings, key, catalog: Arc::new(catalog), keymap, notices })
    }
}

fn catalog(paths: &Paths, notices: &mut Vec<Notice>) -> Catalog {
    let path = paths.catalog_file();
    let Some(text) = file::read(&path, notices) else { return Catalog::builtin() };
    let (catalog, problems) = Catalog::builtin().with_user(&text);
    let origin = path.display().to_string();
    notices.extend(problems.into_iter().map(|p| Notice::new(origin.clone(), p.message).at(p.line)));
    catalog
}
