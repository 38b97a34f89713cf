//! Settings in layers, each value with its origin; where things live; the key.
//!
//! Built-in `default.toml` < what was chosen in the studio (`chosen.toml`) < the user's `config.toml` < environment < flags.
//! Nothing that is wrong in them stops the program: every problem is a [`Notice`], and the layer below holds. The user's
//! `config.toml` is never written. Files are read in `file`, `key`, `looks` and `paths` only, and written in `keep`; the
//! environment comes in as a function, so tests need no global state. What the terminal can show is not decided here.

pub mod address;
pub mod amount;
mod environment;
mod file;
mod keep;
mod key;
mod layer;
mod lists;
mod looks;
mod notice;
mod paths;
mod setting;
mod settings;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::catalog::Catalog;
use crate::domain::Fault;
use crate::prompt::style::Styles;
use crate::theme::Themes;

pub use keep::{keep_choice, keep_key};
pub use key::{Class, Key, withhold};
pub use lists::ListFolders;
pub use notice::Notice;
pub use paths::{Bases, Paths};
pub use setting::{Known, Setting, nearest};
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
    /// `--graphics`
    pub graphics: Option<String>,
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
    /// The styles, with the user's own.
    pub styles: Arc<Styles>,
    /// The themes, with the user's own.
    pub themes: Arc<Themes>,
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
        let styles = styles(&paths, &mut notices);
        let themes = looks::themes(&paths, &mut notices);
        let known = Known { catalog: &catalog, themes: &themes };
        let settings = settings::layered(&paths, known, var, flags, &mut notices);
        let user_home = bases.map(|bases| bases.home.as_path());
        if let Some(pictures) = settings.pictures(user_home) {
            paths.pictures = pictures;
        }
        let key = key::find(var, &paths.key_file(), user_home, &mut notices);
        let keymap = file::read(&paths.keymap_file(), &mut notices);
        Ok(Config {
            paths,
            settings,
            key,
            catalog: Arc::new(catalog),
            styles: Arc::new(styles),
            themes: Arc::new(themes),
            keymap,
            notices,
        })
    }

    /// What the values of settings may name.
    pub fn known(&self) -> Known<'_> {
        Known { catalog: &self.catalog, themes: &self.themes }
    }
}

fn styles(paths: &Paths, notices: &mut Vec<Notice>) -> Styles {
    let path = paths.styles_file();
    let Some(text) = file::read(&path, notices) else { return Styles::builtin() };
    let (styles, problems) = Styles::builtin().with_user(&text);
    let origin = path.display().to_string();
    notices.extend(problems.into_iter().map(|p| Notice::new(origin.clone(), p.message).at(p.line)));
    styles
}

fn catalog(paths: &Paths, notices: &mut Vec<Notice>) -> Catalog {
    let path = paths.catalog_file();
    let Some(text) = file::read(&path, notices) else { return Catalog::builtin() };
    let (catalog, problems) = Catalog::builtin().with_user(&text);
    let origin = path.display().to_string();
    notices.extend(problems.into_iter().map(|p| Notice::new(origin.clone(), p.message).at(p.line)));
    catalog
}
